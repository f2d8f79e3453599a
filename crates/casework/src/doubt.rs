//! What the bank has said of a batch's payments that does not go with what is recorded, until a second person has looked into it.

use chrono::NaiveDate;
use duixian_rules::vocabulary::Lang;
use serde::{Deserialize, Serialize};

use crate::batch::{Batch, BatchLine};
use crate::case::{Case, PaymentOutcome};
use crate::moment::Moment;
use crate::people::{Actor, Role, UserId};
use crate::refusal::Refusal;
use crate::settlement::{BankResult, Oddity, Stray};
use crate::stage::Stage;

/// A payment that was made and came back (退汇), as the bank says it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Return {
    /// What the bank knows the payment by.
    pub end_to_end_id: String,
    /// The day the money was booked back.
    pub on: NaiveDate,
    /// Why, in the bank's words.
    pub reason: String,
    /// The bank's own number of the entry that brought it back, where it gives one.
    pub reference: Option<String>,
}

/// That a payment failed or came back, as an answer of the bank has told it. Another file that tells the same again, a statement sent
/// anew or one of a longer time, tells of what was before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failing {
    /// The day it was booked.
    pub on: NaiveDate,
    /// Why, in the bank's words.
    pub reason: String,
    /// The bank's own number of the entry, where it gives one.
    pub reference: Option<String>,
    /// Whether the bank has called it a return: the money had left before.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub came_back: bool,
}

impl Failing {
    /// The failure that a result tells of; none where it tells of none, or not when that was.
    pub fn of(result: &BankResult) -> Option<Failing> {
        let PaymentOutcome::Failed { reason } = &result.outcome else { return None };
        let (reason, reference, came_back) = (reason.clone(), result.failed_by.clone(), result.came_back);
        Some(Failing { on: result.failed_on?, reason, reference, came_back })
    }

    /// Whether two tell of one failure. The bank's number and day say that: in another form of file its words are others at times. Banks that
    /// give one number to all that becomes of an order give it to the next failure too.
    pub fn is_same(&self, other: &Failing) -> bool {
        match (&self.reference, &other.reference) {
            (Some(one), Some(number)) => (one, self.on) == (number, other.on),
            (None, None) => (self.on, &self.reason) == (other.on, &other.reason),
            _ => false,
        }
    }
}

/// What is in doubt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Doubted {
    /// A recorded payment came back: once that is confirmed it can be paid again.
    Returned(Return),
    /// A payment failed that the bank had called failed, and then paid: once that is confirmed it can be paid again. Where nobody has
    /// confirmed yet that it was paid, it stays failed by that.
    FailedAgain {
        /// What the bank knows it by.
        end_to_end_id: String,
        /// Why, in the bank's words.
        reason: String,
        /// The bank's own number of the failure, where it gives one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reference: Option<String>,
    },
    /// A payment is recorded as made, and the bank gives another number or day of it: once that is confirmed it is recorded so, and the
    /// number that was read by mistake proves nothing.
    Renumbered {
        /// What the bank knows it by.
        end_to_end_id: String,
        /// The number that is recorded.
        recorded: String,
        /// The bank's number, as it says now.
        reference: String,
        /// The day of payment, as it says now.
        on: NaiveDate,
    },
    /// A payment that has failed or come back is called paid on a day that is no later: that may tell of what was before it came back.
    /// Once it is confirmed it is recorded as paid.
    PaidAgain {
        /// What the bank knows it by.
        end_to_end_id: String,
        /// The bank's number.
        reference: String,
        /// The day of payment.
        on: NaiveDate,
    },
    /// A payment is recorded as come back, and one of finance says that it has not: once that is confirmed it is recorded as paid again.
    NotReturned {
        /// What the bank knows it by.
        end_to_end_id: String,
        /// The bank's number of the payment.
        reference: String,
        /// The day of payment.
        on: NaiveDate,
        /// Why, in the words of who says so.
        reason: String,
        /// By what of the bank that is seen: a statement, a notice, a number.
        proof: String,
    },
    /// Something that does not fit and changes nothing; it stands until someone has found out what it is.
    Odd(Oddity),
}

impl Doubted {
    /// Whether the bank calls a payment made that was taken out of its batch: nothing is paid for its case before that is looked into.
    pub fn calls_stray_paid(&self) -> bool {
        matches!(self, Doubted::Odd(Oddity::Unknown(Stray::Said { outcome: PaymentOutcome::Paid { .. }, .. })))
    }

    /// That a payment recorded as made has another number or day by what the bank says now; none where that is not what it says.
    pub(crate) fn renumbered(end_to_end_id: &str, known: &PaymentOutcome, said: &PaymentOutcome) -> Option<Doubted> {
        let (PaymentOutcome::Paid { reference: recorded, .. }, PaymentOutcome::Paid { reference, on }) = (known, said)
        else {
            return None;
        };
        let (end_to_end_id, recorded) = (end_to_end_id.to_owned(), recorded.clone());
        Some(Doubted::Renumbered { end_to_end_id, recorded, reference: reference.clone(), on: *on })
    }

    /// The payment that it is about.
    pub fn end_to_end_id(&self) -> &str {
        match self {
            Doubted::Returned(back) => &back.end_to_end_id,
            Doubted::FailedAgain { end_to_end_id, .. }
            | Doubted::Renumbered { end_to_end_id, .. }
            | Doubted::PaidAgain { end_to_end_id, .. }
            | Doubted::NotReturned { end_to_end_id, .. } => end_to_end_id,
            Doubted::Odd(odd) => odd.end_to_end_id(),
        }
    }

    /// The bank's own number of what it says, where it gives one.
    pub fn reference(&self) -> Option<&str> {
        match self {
            Doubted::Returned(back) => back.reference.as_deref(),
            Doubted::FailedAgain { reference, .. } => reference.as_deref(),
            Doubted::Renumbered { reference, .. }
            | Doubted::PaidAgain { reference, .. }
            | Doubted::NotReturned { reference, .. } => Some(reference),
            Doubted::Odd(_) => None,
        }
    }

    /// Whether there is something to confirm, by which money can be paid again.
    pub fn frees_money(&self) -> bool {
        matches!(self, Doubted::Returned(_) | Doubted::FailedAgain { .. })
    }

    /// Whether there is something to confirm that is then recorded.
    pub fn can_be_confirmed(&self) -> bool {
        !matches!(self, Doubted::Odd(_))
    }

    /// The payment that is called made, with its number and day, where that is what it says.
    pub fn called_paid(&self) -> Option<(&str, NaiveDate)> {
        match self {
            Doubted::PaidAgain { reference, on, .. } | Doubted::NotReturned { reference, on, .. } => {
                Some((reference, *on))
            }
            _ => None,
        }
    }

    /// The day of what it says, where it tells one.
    fn day(&self) -> Option<NaiveDate> {
        match self {
            Doubted::Returned(back) => Some(back.on),
            Doubted::Renumbered { on, .. } | Doubted::PaidAgain { on, .. } | Doubted::NotReturned { on, .. } => {
                Some(*on)
            }
            Doubted::FailedAgain { .. } | Doubted::Odd(_) => None,
        }
    }

    /// Whether an answer of the bank that fits leaves it as it is: money that is not what was sent may have left all the same, by another
    /// amount, account or file. That a payment was made, by whatever number or day, is not said otherwise by a failure that one person reads.
    fn outlasts(&self, is_failure: bool) -> bool {
        match self {
            Doubted::Odd(Oddity::Amount { .. } | Oddity::OtherAccount { .. } | Oddity::OtherFile { .. }) => true,
            Doubted::Odd(Oddity::Reference { .. } | Oddity::Day { .. }) => is_failure,
            _ => false,
        }
    }

    /// Whether two say the same thing of one payment. A bank that tells of one return in two files gives it other words at times; another
    /// number or day is another thing, which waits beside the first, so that neither is put away with the other.
    fn is_same(&self, other: &Doubted) -> bool {
        match (self, other) {
            (Doubted::Odd(one), Doubted::Odd(other)) => one == other,
            _ => {
                std::mem::discriminant(self) == std::mem::discriminant(other)
                    && self.end_to_end_id() == other.end_to_end_id()
                    && (self.reference(), self.day()) == (other.reference(), other.day())
            }
        }
    }
}

/// One doubt, who has brought it up, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Doubt {
    /// What.
    pub what: Doubted,
    /// Who has read the file that says so.
    pub by: UserId,
    /// When.
    pub at: Moment,
    /// The file, by its SHA-256.
    pub file: String,
    /// What became of it; none while it is open.
    pub end: Option<DoubtEnd>,
}

/// What became of a doubt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DoubtEnd {
    /// Who.
    pub by: UserId,
    /// When.
    pub at: Moment,
    /// How.
    pub how: DoubtEnded,
    /// On what grounds, where the end was someone's to give.
    pub grounds: String,
}

/// How a doubt was ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DoubtEnded {
    /// It is so, and was recorded.
    Confirmed,
    /// What was recorded stands.
    Dismissed,
    /// A later answer of the bank has settled the payment.
    Answered,
    /// Another person has read the same, and stands for it from then on.
    TakenOver,
}

impl DoubtEnded {
    /// The word that stands in records.
    pub fn word(self) -> &'static str {
        match self {
            DoubtEnded::Confirmed => "confirmed",
            DoubtEnded::Dismissed => "dismissed",
            DoubtEnded::Answered => "answered",
            DoubtEnded::TakenOver => "taken_over",
        }
    }

    /// The end as people read it.
    pub fn label(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (DoubtEnded::Confirmed, Lang::Zh) => "已确认",
            (DoubtEnded::Confirmed, Lang::En) => "confirmed",
            (DoubtEnded::Dismissed, Lang::Zh) => "已核实，维持原记录",
            (DoubtEnded::Dismissed, Lang::En) => "looked into; the record stands",
            (DoubtEnded::Answered, Lang::Zh) => "后来的回单已说清",
            (DoubtEnded::Answered, Lang::En) => "settled by a later answer",
            (DoubtEnded::TakenOver, Lang::Zh) => "重新读入，改由其负责",
            (DoubtEnded::TakenOver, Lang::En) => "read again and taken over",
        }
    }
}

impl Doubt {
    /// Whether it can be ended by letting the record of its case stand. That a payment was made which is recorded as failed counts as
    /// long as the bank says so, whatever one finds out; only where nothing is granted to its case any more, nor can be, is there nothing to
    /// wait for.
    ///
    /// # Errors
    /// [`Refusal::BankCallsItPaid`].
    pub fn may_be_dismissed(&self, case: &Case) -> Result<(), Refusal> {
        let Doubted::Odd(Oddity::PaidAfterAll(payment)) = &self.what else { return Ok(()) };
        let is_called_paid = case.doubtful_payments().any(|one| one.end_to_end_id == *payment);
        let is_over = matches!(case.stage, Stage::Withdrawn | Stage::NotAccepted);
        match is_called_paid && !is_over {
            true => Err(Refusal::BankCallsItPaid { payment: payment.clone() }),
            false => Ok(()),
        }
    }

    fn was_dismissed(&self) -> bool {
        self.end.as_ref().is_some_and(|end| end.how == DoubtEnded::Dismissed)
    }

    /// Whether two people have found by it that a return was none.
    fn has_undone(&self, what: &Doubted) -> bool {
        matches!((&self.what, what), (Doubted::NotReturned { .. }, Doubted::Returned(_)))
            && self.what.end_to_end_id() == what.end_to_end_id()
            && self.end.as_ref().is_some_and(|end| end.how == DoubtEnded::Confirmed)
    }

    /// Whether nothing came of it that would settle what it says: it was dismissed, or gave way to another that may have been.
    fn has_come_to_nothing(&self) -> bool {
        self.end.as_ref().is_some_and(|end| matches!(end.how, DoubtEnded::Dismissed | DoubtEnded::TakenOver))
    }
}

impl Batch {
    /// The doubts that nobody has ended, with their places among all.
    pub fn open_doubts(&self) -> impl Iterator<Item = (usize, &Doubt)> {
        self.doubts.iter().enumerate().filter(|(_, doubt)| doubt.end.is_none())
    }

    /// Whether the bank has said something that does not go with what is recorded, and nobody has looked into it.
    pub fn is_doubted(&self) -> bool {
        self.open_doubts().next().is_some()
    }

    /// Brings up a doubt, unless it is there: open, or from the same file, since reading one again says nothing new. One that can
    /// be confirmed gives way to the same in other words, or where who has read it has left (`has_left`), whom nobody can confirm; and it is
    /// brought up anew where it was dismissed, since that may have been wrong.
    pub fn doubt(&mut self, what: Doubted, by: UserId, at: Moment, file: &str, has_left: bool) {
        bring_up(&mut self.doubts, what, by, at, file, has_left);
    }

    /// Who has read what is in doubt, where the same is open.
    pub fn reader_of(&self, what: &Doubted) -> Option<UserId> {
        self.open_doubts().find(|(_, doubt)| doubt.what.is_same(what)).map(|(_, doubt)| doubt.by)
    }

    /// Whether a file that was read before still says something of a payment: what frees its money is open, or was brought up by this
    /// file and dismissed, by another than who reads it again. Anything else tells of what was before.
    pub fn is_unsettled(&self, end_to_end_id: &str, file: &str, reader: UserId) -> bool {
        let frees_it = |doubt: &&Doubt| doubt.what.frees_money() && doubt.what.end_to_end_id() == end_to_end_id;
        let mut said =
            self.doubts.iter().rev().filter(frees_it).filter(|doubt| doubt.end.is_none() || doubt.file == file);
        let is_settled = |end: &DoubtEnd| end.how == DoubtEnded::Dismissed && end.by == reader;
        said.next().is_some_and(|doubt| match &doubt.end {
            None => true,
            Some(end) => doubt.has_come_to_nothing() && !is_settled(end),
        })
    }

    /// Whether it waits for a second person that a payment was made which is recorded as failed.
    pub fn may_be_paid(&self, end_to_end_id: &str) -> bool {
        let is_it = |what: &Doubted| matches!(what, Doubted::PaidAgain { .. }) && what.end_to_end_id() == end_to_end_id;
        self.open_doubts().any(|(_, doubt)| is_it(&doubt.what))
    }

    /// Whether a file says again only what its reader has let the record stand against, all of it: they bring it up no more, or a third would be
    /// needed to end what two have looked into. The day of what tells none is that of the reading, so that days are not compared.
    pub fn has_put_away(&self, what: &Doubted, file: &str, reader: UserId) -> bool {
        let is_said = |doubt: &&Doubt| {
            let is_of_kind = std::mem::discriminant(&doubt.what) == std::mem::discriminant(what);
            let is_of_payment = doubt.what.end_to_end_id() == what.end_to_end_id();
            is_of_kind && is_of_payment && doubt.what.reference() == what.reference() && doubt.file == file
        };
        let since = self.doubts.iter().rev().take_while(|doubt| !doubt.has_undone(what));
        let mut said = since.filter(is_said).peekable();
        said.peek().is_some()
            && said
                .all(|doubt| doubt.end.as_ref().is_some_and(|end| end.how == DoubtEnded::Dismissed && end.by == reader))
    }

    /// Ends the doubts of a payment that has been settled by what the bank said later; `is_failure` where that is a failure which one person
    /// has read.
    pub fn answer_doubts(&mut self, end_to_end_id: &str, by: UserId, at: Moment, is_failure: bool) {
        answer(&mut self.doubts, end_to_end_id, by, at, |what| !what.outlasts(is_failure));
    }

    /// Whether an actor may end a doubt: someone of finance, and another than who has read the file that brought it up. One person
    /// alone could have money paid twice by it, or keep a firm from being paid at all.
    ///
    /// # Errors
    /// Why not.
    pub fn may_end_doubt(&self, place: usize, actor: &Actor) -> Result<UserId, Refusal> {
        let user = actor.user().filter(|_| actor.has(Role::Finance)).ok_or(Refusal::NeedsRole(Role::Finance))?;
        let doubt = self.doubts.get(place).ok_or(Refusal::NoSuch("项待核实的回单内容", "answer to be looked into"))?;
        if doubt.end.is_some() {
            return Err(Refusal::AlreadyDone);
        }
        if doubt.by == user {
            return Err(Refusal::ReadByYou);
        }
        Ok(user)
    }

    /// Whether an actor may let the record stand against a doubt: not who has recorded alone what the doubt says otherwise, or that the
    /// payment came to nothing, which whatever does not fit says otherwise. Whoever has read one answer of the bank wrongly, or made it up,
    /// would put away the next by themselves. To confirm the doubt is open to them.
    ///
    /// # Errors
    /// Why not.
    pub fn may_dismiss(&self, place: usize, actor: &Actor) -> Result<UserId, Refusal> {
        let user = self.may_end_doubt(place, actor)?;
        let what = &self.doubts[place].what;
        let contradicts = what.can_be_confirmed()
            || matches!(
                what,
                Doubted::Odd(Oddity::Contradicts(_) | Oddity::Reference { .. } | Oddity::PaidAfterAll(_))
            );
        let line = self.line(what.end_to_end_id());
        let is_back = |line: &BatchLine| line.outcome.as_ref().is_some_and(PaymentOutcome::is_back);
        match line.is_some_and(|line| (contradicts || is_back(line)) && line.read_by == Some(user)) {
            true => Err(Refusal::RecordedByYou),
            false => Ok(user),
        }
    }

    /// The mirror of a correction: another payment that was given the number which this one is to have, and is to have this one's. By its place.
    pub fn mirror(&self, of: &Doubted) -> Option<usize> {
        let Doubted::Renumbered { end_to_end_id: one, recorded: own, reference: other, .. } = of else { return None };
        let is_it = |doubt: &Doubt| {
            matches!(&doubt.what, Doubted::Renumbered { end_to_end_id, recorded, reference, .. }
                if end_to_end_id != one && recorded == other && reference == own)
        };
        self.open_doubts().find(|(_, doubt)| is_it(doubt)).map(|(place, _)| place)
    }

    /// Ends a doubt, and gives what it was about. That what was recorded stands takes grounds, and so does what frees
    /// money, since a wrong confirmation pays twice; what only does not fit can't be confirmed.
    ///
    /// # Errors
    /// Why it may not be ended so.
    pub fn end_doubt(
        &mut self,
        place: usize,
        is_confirmed: bool,
        grounds: &str,
        actor: &Actor,
        now: Moment,
    ) -> Result<Doubt, Refusal> {
        let by = if is_confirmed { self.may_end_doubt(place, actor)? } else { self.may_dismiss(place, actor)? };
        let grounds = grounds.trim().to_owned();
        let doubt = &mut self.doubts[place];
        if is_confirmed && !doubt.what.can_be_confirmed() {
            return Err(Refusal::NoSuch("项可以确认的退汇、失败或流水", "return, failure or number to confirm"));
        }
        if grounds.is_empty() && (!is_confirmed || doubt.what.frees_money()) {
            return Err(Refusal::TextMissing("核实的经过和依据", "what was found out, and how"));
        }
        let how = if is_confirmed { DoubtEnded::Confirmed } else { DoubtEnded::Dismissed };
        doubt.end = Some(DoubtEnd { by, at: now, how, grounds });
        Ok(doubt.clone())
    }
}

/// Brings up a doubt among those that there are, as [`Batch::doubt`] says.
pub fn bring_up(doubts: &mut Vec<Doubt>, what: Doubted, by: UserId, at: Moment, file: &str, has_left: bool) {
    let can_be_confirmed = what.can_be_confirmed();
    let is_there = match doubts.iter_mut().find(|doubt| doubt.what.is_same(&what) && doubt.end.is_none()) {
        Some(open) if can_be_confirmed && (open.what != what || has_left && open.by != by) => {
            open.end = Some(DoubtEnd { by, at, how: DoubtEnded::TakenOver, grounds: String::new() });
            false
        }
        Some(_) => true,
        None => {
            // Two people may have been wrong that a return was none: what is told again counts from then on.
            let mut since = doubts.iter().rev().take_while(|doubt| !doubt.has_undone(&what));
            let of_file = since.find(|doubt| doubt.what.is_same(&what) && doubt.file == file);
            of_file.is_some_and(|doubt| match what {
                // These are said only while the payment is recorded otherwise.
                Doubted::PaidAgain { .. } | Doubted::NotReturned { .. } => false,
                Doubted::Odd(Oddity::PaidAfterAll(_)) => doubt.was_dismissed(),
                Doubted::Odd(_) => true,
                _ => !doubt.has_come_to_nothing(),
            })
        }
    };
    if !is_there {
        doubts.push(Doubt { what, by, at, file: file.to_owned(), end: None });
    }
}

/// Ends those of a payment that an answer `ends`, as [`Batch::answer_doubts`] says.
pub fn answer(doubts: &mut [Doubt], end_to_end_id: &str, by: UserId, at: Moment, ends: impl Fn(&Doubted) -> bool) {
    let end = DoubtEnd { by, at, how: DoubtEnded::Answered, grounds: String::new() };
    let open = doubts.iter_mut().filter(|doubt| doubt.end.is_none() && ends(&doubt.what));
    open.filter(|doubt| doubt.what.end_to_end_id() == end_to_end_id).for_each(|doubt| doubt.end = Some(end.clone()));
}
