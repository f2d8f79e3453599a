//! What the bank says that does not go with what is recorded, in words.

use std::collections::BTreeMap;

use duixian_bank::{Outcome, ResultLine};
use duixian_casework::batch::Batch;
use duixian_casework::case::{Case, CaseId, PaymentOutcome};
use duixian_casework::doubt::{Doubt, Doubted};
use duixian_casework::refusal::Refusal;
use duixian_casework::settlement::{Oddity, Stray};
use duixian_casework::stage::Stage;
use duixian_rules::vocabulary::Lang;
use duixian_store::batches::Unknown;
use duixian_store::search::JournalFilter;
use serde::Deserialize;

use super::batch::at;
use super::unsent;
use crate::casefile::doubted;
use crate::format;
use crate::locale::Text;
use crate::pages::shared;
use crate::portal::Portal;
use crate::problem::Problem;

/// How many of the cases that were taken out of a batch are looked through for who has done it.
const MOST_TAKEN_OUT: u64 = 1_000;

/// What is to be done about payments that were recorded as failed and that the bank calls paid, each by what has become of its case; and
/// about those that were taken out of their batch before it went to the bank.
#[derive(Default)]
pub(super) struct After {
    words: BTreeMap<String, Text>,
    /// The cases.
    cases: BTreeMap<String, Case>,
}

impl After {
    /// Of what is said of a batch's payments.
    pub async fn of(portal: &Portal, batch: &Batch, said: impl Iterator<Item = &Oddity>) -> Result<After, Problem> {
        let (mut after, mut strays) = (After::default(), Vec::new());
        for oddity in said {
            let id = match oddity {
                Oddity::PaidAfterAll(id) => id,
                Oddity::Unknown(stray) => {
                    strays.push(stray);
                    continue;
                }
                _ => continue,
            };
            let Some(line) = batch.lines.iter().find(|line| line.end_to_end_id == *id) else { continue };
            let case = portal.store.case(line.case).await?;
            after.words.insert(id.clone(), after_all(portal, &case, id).await?);
            after.cases.insert(id.clone(), case);
        }
        if !strays.is_empty() {
            after.add_taken_out(portal, batch, &strays).await?;
        }
        Ok(after)
    }

    /// Adds whose payments they were that a batch has no more, who has taken them out, and what is to be done where the bank calls them made.
    async fn add_taken_out(&mut self, portal: &Portal, batch: &Batch, strays: &[&Stray]) -> Result<(), Problem> {
        let filter = JournalFilter {
            subjects: vec![format!("batch/{}", batch.id)],
            kind: Some("batch.case_taken_out".to_owned()),
            per_page: MOST_TAKEN_OUT,
            ..JournalFilter::default()
        };
        let taken_out = portal.store.journal(&filter).await?.rows;
        let people = shared::user_names(portal).await?;
        let numbers = strays.iter().filter_map(|stray| number_of(stray));
        let known = portal.store.payments_proved_by(&numbers.collect()).await?;
        for stray in strays {
            let id = stray.end_to_end_id();
            let Some(case) = portal.store.cases_by_payment(id).await?.first().copied() else { continue };
            let case = portal.store.case(case).await?;
            let is_it = |body: &str| serde_json::from_str::<TakenOut>(body).is_ok_and(|out| out.case == case.id);
            let entry = taken_out.iter().find(|entry| is_it(&entry.body));
            let number = case.number.clone().unwrap_or_default();
            let (mut zh, mut en) = (format!("；这是 {number} 的付款"), format!("; it was for {number}"));
            if let Some(entry) = entry {
                let who = entry.actor.and_then(|user| people.get(&user).cloned()).unwrap_or_default();
                zh += &format!("，{who} {}移出本批", at(entry.at, Lang::Zh));
                en += &format!(", which {who} took out of this batch on {}", at(entry.at, Lang::En));
            }
            if let Some(number) = number_of(stray) {
                let todo = unsent::what_to_do(portal, &case, id, number, &known).await?;
                zh += &format!("。这一笔可能已在记录以外付出，请立即向银行查实。{}", todo.zh);
                en += &format!(". It may have been paid outside the record: ask the bank at once. {}", todo.en);
            }
            self.words.insert(id.to_owned(), Text::new(zh, en));
            self.cases.insert(id.to_owned(), case);
        }
        Ok(())
    }

    /// The case, and its number, of a payment that was taken out of its batch.
    pub fn stray(&self, id: &str, batch: &Batch) -> Option<(CaseId, String)> {
        let case = self.cases.get(id).filter(|_| batch.line(id).is_none())?;
        Some((case.id, case.number.clone().unwrap_or_default()))
    }

    /// Why a doubt can't be ended by letting the record stand; none where it can.
    pub fn keeps_open(&self, doubt: &Doubt) -> Option<Refusal> {
        doubt.may_be_dismissed(self.cases.get(doubt.what.end_to_end_id())?).err()
    }

    /// Of what was brought up of a batch.
    pub async fn of_doubts(portal: &Portal, batch: &Batch) -> Result<After, Problem> {
        let odd = batch.doubts.iter().filter(|doubt| doubt.end.is_none()).filter_map(|doubt| match &doubt.what {
            Doubted::Odd(odd) => Some(odd),
            _ => None,
        });
        After::of(portal, batch, odd).await
    }
}

/// What the journal has of a case that was taken out of a batch.
#[derive(Deserialize)]
struct TakenOut {
    case: CaseId,
}

/// The bank's number by which it calls a payment made that its batch does not have; none where it does not.
fn number_of(stray: &Stray) -> Option<&str> {
    match stray {
        Stray::Said { outcome: PaymentOutcome::Paid { reference, .. }, .. } => Some(reference),
        _ => None,
    }
}

/// What is to be done about a payment that was recorded as failed and that the bank calls paid.
async fn after_all(portal: &Portal, case: &Case, id: &str) -> Result<Text, Problem> {
    let doubted = case.payments.iter().any(|payment| payment.end_to_end_id == id && payment.is_paid_after_all);
    let mut others = case.payments.iter().filter(|payment| payment.end_to_end_id != id);
    if let Some(open) = case.open_payment() {
        let number = portal.store.batch(open.batch).await?.number;
        return Ok(Text::new(
            format!(
                "本件已列入批次 {number}，那一批现在不能放款：把它移出（付款文件已有人下载的移不出，请银行止付），确已付到的再读一次这份回单"
            ),
            format!(
                "Its case is in batch {number}, which can't be released: take it out there (if its file was fetched, ask the bank to \
                 stop the payment), and if it did arrive read this answer once more"
            ),
        ));
    }
    let words = if others.any(|payment| payment.is_called_paid()) {
        (
            "本件已另外拨付，可能付了两次：这一笔不记作本件的拨付，已作为更正记入资金；确已付两次的请追回一笔，读入退回的回单",
            "Its case was paid otherwise, so that it may be paid twice: this one is no payment of its, and is booked on the fund as a correction. If it was, have one of them sent back, and read the answer \
             that says so",
        )
    } else if doubted && may_not_be_paid_by(case) {
        (
            "付款以后撤销过审定、重新审定：确已付到的请审定人员撤销现在的审定，本件不再拨付",
            "It was decided anew since that payment: if it did arrive, have that decision revoked, so that nothing more is paid",
        )
    } else if doubted && case.granted().is_none() {
        (
            "本件已经不再支持，付出的钱已记入资金；同一事项不再支持，另有一件在办的也不能再付",
            "Nothing is granted to its case any more; what was paid is booked, and nothing more is granted or paid for the same, in \
             another case neither",
        )
    } else {
        return Ok(Text::default());
    };
    Ok(words.into())
}

/// Whether a case waits for payment that no earlier one can pay, since it was decided anew.
fn may_not_be_paid_by(case: &Case) -> bool {
    matches!(case.stage, Stage::Payable | Stage::PaymentFailed) && !case.revoked.is_empty()
}

/// What a doubt is about, in words, with what is to be done about it.
pub(super) fn text(what: &Doubted, after: &After) -> Text {
    match what {
        Doubted::Odd(odd) => oddity(odd, after),
        what => doubted::text(what),
    }
}

/// What does not fit, in words, with what is to be done about it.
pub(super) fn oddity(oddity: &Oddity, after: &After) -> Text {
    let said = doubted::oddity(oddity);
    match (oddity, after.words.get(oddity.end_to_end_id())) {
        (Oddity::PaidAfterAll(_), Some(now)) => {
            Text::new(format!("{}{}", said.zh, now.zh), format!("{} {}", said.en, now.en))
        }
        (Oddity::Unknown(_), Some(whose)) => {
            Text::new(format!("{}{}", said.zh, whose.zh), format!("{}{}", said.en, whose.en))
        }
        _ => said,
    }
}

/// What a file says of a payment that is not ours: what people ask the bank about.
pub(super) fn unknown(one: &Unknown) -> Text {
    let said = match one {
        Unknown::Line(line) => line,
        Unknown::Number(id) => return Text::same(id.clone()),
    };
    let (id, place, told) = (&said.end_to_end_id, said.line, outcome(said));
    Text::new(format!("第 {place} 行　{id}　{}", told.zh), format!("Line {place}: {id}, {}", told.en))
}

/// What a file says of a payment that is named beside it.
pub(super) fn line(said: &ResultLine) -> Text {
    let (place, told) = (said.line, outcome(said));
    Text::new(format!("第 {place} 行　{}", told.zh), format!("Line {place}: {}", told.en))
}

/// How much a payment came to by a file, and how it ended.
fn outcome(line: &ResultLine) -> Text {
    let [zh, en] = [Lang::Zh, Lang::En].map(|lang| format::yuan(lang, line.amount));
    let (said, said_en) = match &line.outcome {
        Outcome::Paid { bank_reference, on } => (
            format!("已付，{} 流水 {bank_reference}", format::date(Lang::Zh, on)),
            format!("paid, {}, reference {bank_reference}", format::date(Lang::En, on)),
        ),
        Outcome::Failed { reason, .. } => {
            let (by, by_en) =
                line.origin.failed_by.as_ref().map_or_else(Default::default, |number| {
                    (format!("，流水 {number}"), format!(", reference {number}"))
                });
            (format!("失败：{reason}{by}"), format!("failed: {reason}{by_en}"))
        }
    };
    Text::new(format!("{zh}　{said}"), format!("{en}, {said_en}"))
}
