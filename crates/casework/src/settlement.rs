//! What the bank answers about a batch: held against what was sent and what is recorded, and what each payment keeps of it.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use chrono::NaiveDate;
use duixian_money::Fen;
use serde::{Deserialize, Serialize};

use crate::batch::{Batch, BatchLine, BatchStage};
use crate::case::{CaseId, PaymentOutcome};
use crate::doubt::{Doubt, DoubtEnded, Doubted, Failing, Return};
use crate::people::UserId;
use crate::refusal::Refusal;

/// What the bank says of one payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BankResult {
    /// Which.
    pub end_to_end_id: String,
    /// How much the bank moved, or would have.
    pub amount: Fen,
    /// How it ended.
    pub outcome: PaymentOutcome,
    /// Our number of the file that asked for it, where the bank says it.
    pub message_id: Option<String>,
    /// The account that paid, where the bank names one that is not ours.
    pub foreign_account: Option<String>,
    /// The day on which a failure was booked, and the bank's number of it, where it says them.
    pub failed_on: Option<NaiveDate>,
    /// The bank's number of the entry by which it failed.
    pub failed_by: Option<String>,
    /// Whether the bank calls the failure a return: the money had left before.
    pub came_back: bool,
}

/// Which payments each of the bank's references belongs to: one that was paid by it, or several that came back by it.
pub type References = BTreeMap<String, BTreeSet<String>>;

/// The payment that a reference belongs to, where that is not this one.
fn other_of<'r>(references: &'r References, number: &str, end_to_end_id: &str) -> Option<&'r String> {
    references.get(number).filter(|payments| !payments.contains(end_to_end_id))?.first()
}

/// What a result file comes to for one batch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settlement {
    /// Results that are news, to be recorded with their cases.
    pub news: Vec<(CaseId, String, PaymentOutcome)>,
    /// Results that were recorded before: the same file, or one that overlaps it.
    pub known: Vec<String>,
    /// Results that do not fit: reported, never recorded.
    pub odd: Vec<Oddity>,
    /// What is recorded once a second person has confirmed it: payments that came back, have failed after all, or have another number.
    #[serde(default)]
    pub reported: Vec<String>,
    /// Payments of the batch that are still open: no result speaks of them, or none that fits.
    pub missing: Vec<String>,
    /// What the bank now says of payments that were recorded as failed, with its number of another failure: what becomes of them hangs on
    /// their cases.
    #[serde(skip)]
    pub after_all: Vec<(CaseId, String, PaymentOutcome, Option<String>)>,
    /// Those of them that it calls paid on a day no later than the one on which they had failed or come back.
    #[serde(skip)]
    pub paid_again: Vec<Doubted>,
    /// Payments that were recorded as made, and came back.
    #[serde(skip)]
    pub returned: Vec<Return>,
    /// Payments that are recorded as made, of which the bank gives another number or day.
    #[serde(skip)]
    pub renumbered: Vec<Doubted>,
    /// Payments of which an earlier file has told the same failure or return.
    #[serde(skip)]
    pub told_before: BTreeSet<String>,
}

fn belongs(references: &mut References, number: &str, end_to_end_id: &str) {
    references.entry(number.to_owned()).or_default().insert(end_to_end_id.to_owned());
}

impl Settlement {
    /// Takes in what a later part of the same file comes to.
    pub fn extend(&mut self, later: Settlement) {
        self.news.extend(later.news);
        self.known.extend(later.known);
        self.odd.extend(later.odd);
        self.reported.extend(later.reported);
        self.missing = later.missing;
    }
}

impl Oddity {
    /// The payment that it is about.
    pub fn end_to_end_id(&self) -> &str {
        match self {
            Oddity::Unknown(stray) => stray.end_to_end_id(),
            Oddity::Contradicts(id) | Oddity::PaidAfterAll(id) => id,
            Oddity::Amount { end_to_end_id, .. }
            | Oddity::Day { end_to_end_id, .. }
            | Oddity::OtherFile { end_to_end_id, .. }
            | Oddity::Reference { end_to_end_id, .. }
            | Oddity::OtherAccount { end_to_end_id, .. } => end_to_end_id,
        }
    }
}

/// A result that does not fit what was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Oddity {
    /// The batch has no such payment: it was taken out.
    Unknown(Stray),
    /// The amount is another than was sent.
    Amount {
        /// Which.
        end_to_end_id: String,
        /// What was sent.
        sent: Fen,
        /// What the bank says.
        said: Fen,
    },
    /// A day of payment before the release, or one of payment or of return that is still to come.
    Day {
        /// Which.
        end_to_end_id: String,
        /// What the bank says.
        said: NaiveDate,
    },
    /// The bank says that another file asked for it.
    OtherFile {
        /// Which.
        end_to_end_id: String,
        /// The number of that file.
        said: String,
    },
    /// The bank says that it was paid from an account that is not ours.
    OtherAccount {
        /// Which.
        end_to_end_id: String,
        /// The number of that account.
        said: String,
    },
    /// The bank's reference is recorded for another payment: one movement of money proves one payment.
    Reference {
        /// Which.
        end_to_end_id: String,
        /// The reference.
        said: String,
        /// The payment that has it.
        other: String,
    },
    /// Another end was recorded before. Only earlier versions have brought that up: now it is put to a second person.
    Contradicts(String),
    /// It was recorded as failed before, and its case is in another batch by now, which can't be released until this is cleared up, or
    /// was paid otherwise, so that it may be paid twice, or was withdrawn, so that its basis is not granted again.
    PaidAfterAll(String),
}

/// A payment that its batch does not have any more, and that the bank speaks of all the same: it may have been made outside the record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Stray {
    /// What the bank says of it, by which people ask it.
    Said {
        /// Which.
        end_to_end_id: String,
        /// How much the bank moved, or would have.
        amount: Fen,
        /// How it ended.
        outcome: PaymentOutcome,
        /// The bank's number of the entry by which it failed, where it says one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        failed_by: Option<String>,
    },
    /// Its number alone, as earlier versions have kept it.
    Number(String),
}

impl Stray {
    fn of(result: &BankResult) -> Stray {
        let BankResult { end_to_end_id, amount, outcome, failed_by, .. } = result.clone();
        Stray::Said { end_to_end_id, amount, outcome, failed_by }
    }

    /// Which it is.
    pub fn end_to_end_id(&self) -> &str {
        match self {
            Stray::Said { end_to_end_id, .. } => end_to_end_id,
            Stray::Number(id) => id,
        }
    }
}

impl Batch {
    /// Compares what the bank says with what was sent, and records what is news. Reading the same results twice
    /// changes nothing. `today` is the day they are read: nothing was paid later. `references` are those that are recorded for
    /// whatever payment; those of the news are added.
    ///
    /// # Errors
    /// If the batch was cancelled. Whether the bank can have the file of one that is not released is for the caller to know.
    pub fn settle(
        &mut self,
        results: &[BankResult],
        today: NaiveDate,
        references: &mut References,
    ) -> Result<Settlement, Refusal> {
        if self.stage == BatchStage::Cancelled {
            return Err(Refusal::WrongBatchStage("这一批已经作废", "the batch was cancelled"));
        }
        let mut settlement = Settlement::default();
        let (days, own_file) = (self.execution_day()..=today, self.message_id());
        // Of these the bank's last word is that they came to nothing, and waits for a second person.
        let failing_open = self.open_doubts().filter(|(_, doubt)| doubt.what.frees_money());
        let failing_open: BTreeSet<String> =
            failing_open.map(|(_, doubt)| doubt.what.end_to_end_id().to_owned()).collect();
        for result in results {
            let id = &result.end_to_end_id;
            let Some(line) = self.lines.iter_mut().find(|line| line.end_to_end_id == *id) else {
                settlement.odd.push(Oddity::Unknown(Stray::of(result)));
                continue;
            };
            if let Some(odd) = not_as_sent(line, result, &own_file, &days) {
                settlement.odd.push(odd);
                continue;
            }
            if let PaymentOutcome::Paid { reference, .. } = &result.outcome {
                // Two that were given each other's numbers are set right together: what is recorded by another number is for two people.
                let is_free = line.outcome.as_ref().is_none_or(PaymentOutcome::is_back);
                if let Some(other) = other_of(references, reference, id).filter(|_| is_free).cloned() {
                    let said = reference.clone();
                    settlement.odd.push(Oddity::Reference { end_to_end_id: id.clone(), said, other });
                    continue;
                }
                if is_free {
                    belongs(references, reference, id);
                }
            }
            // Banks there are that bring back two by one number: whether it is so, a second person sees.
            let failed_by = result.failed_by.clone().filter(|_| line.outcome.is_some());
            // What was told before is no news, but where it was put to someone who has left, or was dismissed.
            let failing = Failing::of(result);
            let is_told =
                failing.as_ref().is_some_and(|failing| line.failings.iter().any(|told| told.is_same(failing)));
            if is_told {
                settlement.told_before.insert(id.clone());
            }
            let failing = failing.filter(|_| !is_told);
            match &line.outcome {
                None => {
                    line.failings.extend(failing);
                    line.outcome = Some(result.outcome.clone());
                    settlement.news.push((line.case, id.clone(), result.outcome.clone()));
                }
                // What came back may have been sent once more, and what was called paid since may have come back again.
                Some(known @ (PaymentOutcome::Failed { .. } | PaymentOutcome::Returned { .. }))
                    if !known.goes_with(&result.outcome) || result.outcome.is_back() =>
                {
                    if let Some(again) = paid_before_it_came_back(line, known, &result.outcome, &failing_open) {
                        settlement.paid_again.push(again);
                        continue;
                    }
                    line.failings.extend(failing);
                    failed_by.iter().for_each(|said| belongs(references, said, id));
                    settlement.after_all.push((line.case, id.clone(), result.outcome.clone(), failed_by));
                }
                Some(known) if known.goes_with(&result.outcome) => settlement.known.push(id.clone()),
                Some(known) => match came_back(known, result, today) {
                    Some(back) => {
                        line.failings.extend(failing);
                        back.reference.iter().for_each(|said| belongs(references, said, id));
                        settlement.returned.push(back);
                    }
                    None => settlement.renumbered.extend(Doubted::renumbered(id, known, &result.outcome)),
                },
            }
        }
        let open = self.lines.iter().filter(|line| line.outcome.is_none());
        settlement.missing = open.map(|line| line.end_to_end_id.clone()).collect();
        if settlement.missing.is_empty() {
            self.stage = BatchStage::Settled;
        }
        Ok(settlement)
    }

    /// What was paid and came back, which is a part of what failed ([`Batch::totals`]).
    pub fn returned(&self) -> Fen {
        let back = |line: &&BatchLine| matches!(line.outcome, Some(PaymentOutcome::Returned { .. }));
        Fen(self.lines.iter().filter(back).map(|line| line.amount.0).sum())
    }

    /// Keeps who has read what is recorded of a payment, or that two people stand for it.
    pub fn keep_reader(&mut self, end_to_end_id: &str, reader: Option<UserId>) {
        if let Some(line) = self.lines.iter_mut().find(|line| line.end_to_end_id == end_to_end_id) {
            line.read_by = reader;
            line.readers.extend(reader.filter(|reader| !line.readers.contains(reader)));
        }
    }

    /// Who stands alone for it that a payment was made where the bank has said otherwise: has rejected that it came to nothing, or has read
    /// that it was made after it had, unless another has rejected the like since.
    pub fn settled_alone(&self, end_to_end_id: &str) -> Vec<UserId> {
        let frees_it = |doubt: &&Doubt| doubt.what.frees_money() && doubt.what.end_to_end_id() == end_to_end_id;
        let ends = self.doubts.iter().filter(frees_it).filter_map(|doubt| doubt.end.as_ref());
        let rejected = ends.filter(|end| end.how == DoubtEnded::Dismissed).map(|end| end.by);
        let mut alone: Vec<UserId> = rejected.collect();
        if alone.is_empty() {
            alone.extend(self.line(end_to_end_id).filter(|line| line.has_turned).and_then(|line| line.read_by));
        }
        alone
    }

    /// Records another end of a payment than was recorded before: it was made after all, or it came back.
    pub fn end_otherwise(&mut self, end_to_end_id: &str, outcome: PaymentOutcome) {
        if let Some(line) = self.lines.iter_mut().find(|line| line.end_to_end_id == end_to_end_id) {
            line.has_turned = false;
            if let PaymentOutcome::Paid { on, .. } = &outcome {
                Batch::forget_later(line, *on);
                line.has_turned = line.outcome.as_ref().is_some_and(PaymentOutcome::is_back);
            }
            line.outcome = Some(outcome);
        }
    }

    /// What was paid on a day leaves only failures from before it told: a later one may be its return.
    fn forget_later(line: &mut BatchLine, paid: NaiveDate) {
        line.failings.retain(|failing| failing.on <= paid);
    }

    /// Keeps that a payment came to nothing by all numbers by which the bank has called it paid so far.
    pub fn undo(&mut self, end_to_end_id: &str) {
        let Some(line) = self.lines.iter_mut().find(|line| line.end_to_end_id == end_to_end_id) else { return };
        let paid = match &line.outcome {
            Some(PaymentOutcome::Paid { reference, .. } | PaymentOutcome::Returned { reference, .. }) => {
                Some(reference)
            }
            _ => None,
        };
        let called = line.called_paid.iter().chain(&line.called_before);
        let numbers: Vec<String> = paid.into_iter().chain(called).cloned().collect();
        line.undone.extend(numbers);
        line.undone.sort();
        line.undone.dedup();
        // What was only put to a second person by then is no news afterwards either.
        let said = self.doubts.iter().filter(|doubt| doubt.what.end_to_end_id() == end_to_end_id);
        let said = said.filter(|doubt| doubt.what.can_be_confirmed() && !doubt.what.frees_money());
        let said = said.filter_map(|doubt| doubt.what.reference());
        let said: Vec<String> =
            said.filter(|number| !line.undone.iter().any(|undone| undone == number)).map(str::to_owned).collect();
        said.iter().for_each(|number| self.keep_dropped(end_to_end_id, number));
    }

    /// Keeps that two people have found that a payment was not made by a number, or not once more: by that it is called paid by two.
    pub fn keep_dropped(&mut self, end_to_end_id: &str, number: &str) {
        if let Some(line) = self.lines.iter_mut().find(|line| line.end_to_end_id == end_to_end_id)
            && !line.dropped.iter().any(|known| known == number)
        {
            line.dropped.push(number.to_owned());
        }
    }

    /// Takes from a payment a number that was read by mistake, in favour of another.
    pub fn drop_number(&mut self, end_to_end_id: &str, number: &str, other: &str) {
        if number != other
            && let Some(line) = self.lines.iter_mut().find(|line| line.end_to_end_id == end_to_end_id)
        {
            line.called_paid.take_if(|called| called == number);
            line.called_before.retain(|called| called != number);
            line.dropped.retain(|dropped| dropped != number && dropped != other);
            line.dropped.push(number.to_owned());
        }
    }

    /// Keeps when the answer was read by which two people have found that a payment failed after all.
    pub fn keep_failed(&mut self, end_to_end_id: &str, read: NaiveDate) {
        if let Some(line) = self.lines.iter_mut().find(|line| line.end_to_end_id == end_to_end_id) {
            line.found_failed = Some(line.found_failed.map_or(read, |known| known.max(read)));
        }
    }

    /// Keeps by which number the bank has called a payment paid that is recorded as failed.
    pub fn call_paid(&mut self, end_to_end_id: &str, reference: String, on: NaiveDate) {
        if let Some(line) = self.lines.iter_mut().find(|line| line.end_to_end_id == end_to_end_id) {
            Batch::forget_later(line, on);
            let before = line.called_paid.replace(reference);
            line.called_before.extend(before.filter(|before| line.called_paid.as_ref() != Some(before)));
        }
    }
}

/// What of a result is not what was sent, or can't be: another amount, file or account, or a day on which nothing was paid.
fn not_as_sent(
    line: &BatchLine,
    result: &BankResult,
    own_file: &str,
    days: &RangeInclusive<NaiveDate>,
) -> Option<Oddity> {
    let end_to_end_id = result.end_to_end_id.clone();
    if line.amount != result.amount {
        return Some(Oddity::Amount { end_to_end_id, sent: line.amount, said: result.amount });
    }
    if let Some(said) = result.message_id.clone().filter(|said| said != own_file) {
        return Some(Oddity::OtherFile { end_to_end_id, said });
    }
    if let Some(said) = result.foreign_account.clone() {
        return Some(Oddity::OtherAccount { end_to_end_id, said });
    }
    match &result.outcome {
        PaymentOutcome::Paid { on, .. } if !days.contains(on) => Some(Oddity::Day { end_to_end_id, said: *on }),
        // What has yet to fail would make every later answer one from before it.
        PaymentOutcome::Failed { .. } => {
            let to_come = result.failed_on.filter(|on| on > days.end());
            to_come.map(|said| Oddity::Day { end_to_end_id, said })
        }
        _ => None,
    }
}

/// That a payment which failed or came back is called paid by what may tell of before that: what two people have found came back, or was
/// told as a later failure, is not undone by one who reads what was before it. So is what gives a day no later than that, a number that two
/// have rejected, and whatever is told while a failure or return waits for a second person (`failing_open`, the payments of which one does).
/// Of a failure of the same day the bank may have tried again; where it calls that a return, the money had left before.
fn paid_before_it_came_back(
    line: &BatchLine,
    known: &PaymentOutcome,
    said: &PaymentOutcome,
    failing_open: &BTreeSet<String>,
) -> Option<Doubted> {
    let PaymentOutcome::Paid { reference, on } = said else { return None };
    let is_before = match known {
        PaymentOutcome::Returned { returned_on, .. } => on <= returned_on,
        _ => {
            let is_after = |failing: &Failing| failing.on > *on || failing.came_back && failing.on == *on;
            line.failings.iter().any(is_after) || line.found_failed.is_some_and(|read| *on < read)
        }
    };
    let is_rejected = line.undone.contains(reference) || line.dropped.contains(reference);
    let is_old = failing_open.contains(&line.end_to_end_id) || is_rejected;
    let (end_to_end_id, reference) = (line.end_to_end_id.clone(), reference.clone());
    (is_before || is_old).then_some(Doubted::PaidAgain { end_to_end_id, reference, on: *on })
}

/// The return of a recorded payment, where a failure is one. One that gives no day, or an earlier one than the payment's, may tell of what was
/// before; but the payment may have been recorded wrongly, and then no other answer ever comes: two people know which it is.
fn came_back(known: &PaymentOutcome, result: &BankResult, today: NaiveDate) -> Option<Return> {
    let (PaymentOutcome::Paid { on: paid, .. }, PaymentOutcome::Failed { reason }) = (known, &result.outcome) else {
        return None;
    };
    let on = result.failed_on.unwrap_or(today).max(*paid);
    let (end_to_end_id, reason, reference) = (result.end_to_end_id.clone(), reason.clone(), result.failed_by.clone());
    Some(Return { end_to_end_id, on, reason, reference })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payment_that_was_taken_out_keeps_what_the_bank_said_and_is_read_as_it_was_kept_before() {
        let result = BankResult {
            end_to_end_id: "7-2".to_owned(),
            amount: Fen(1230),
            outcome: PaymentOutcome::Failed { reason: "户名不符".to_owned() },
            message_id: None,
            foreign_account: None,
            failed_on: None,
            failed_by: Some("F9".to_owned()),
            came_back: false,
        };
        let odd = Oddity::Unknown(Stray::of(&result));
        assert_eq!(odd.end_to_end_id(), "7-2");
        let kept = serde_json::to_string(&odd).expect("JSON");
        assert!(kept.contains("户名不符") && kept.contains("F9"), "{kept}");
        assert_eq!(serde_json::from_str::<Oddity>(&kept).expect("read"), odd);
        let before = serde_json::from_str::<Oddity>(r#"{"unknown":"7-2"}"#).expect("read");
        assert_eq!(before, Oddity::Unknown(Stray::Number("7-2".to_owned())));
        assert_eq!(before.end_to_end_id(), "7-2");
    }
}
