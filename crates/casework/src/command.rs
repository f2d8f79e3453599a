//! What people can ask of a case.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;
use duixian_money::Fen;

use crate::calendar::Calendar;
use crate::case::{Assessed, BankAccount, CaseId, CellRef, Defect, FileRef, PaymentOutcome, Recommendation, Sharing};
use crate::doubt::Return;
use crate::people::UserId;

mod action;

pub use action::Action;

/// Something asked of a case, with what it takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Keep what the applicant has typed; an empty option takes a statement back.
    Save {
        /// Value and, where the registry says otherwise, why it is wrong.
        statements: BTreeMap<CellRef, Option<Stated>>,
        /// The account, where it was given.
        account: Option<BankAccount>,
    },
    /// Hand in a piece of evidence.
    AddEvidence(NewEvidence),
    /// Take one back.
    RemoveEvidence(u32),
    /// Send the application.
    Submit {
        /// What the rules say of it; the store asks them in the same transaction.
        assessed: Assessed,
        /// The number it gets.
        number: String,
    },
    /// Send the corrected application.
    Resubmit {
        /// What the rules say of it now.
        assessed: Assessed,
        /// What is said to each of what was to be mended, in its order: also why something is not to be mended.
        answers: Vec<String>,
    },
    /// Take it back.
    Withdraw {
        /// Why.
        reason: String,
    },
    /// Take it in.
    Accept,
    /// Do not take it in.
    NotAccept {
        /// Why.
        reason: String,
    },
    /// Send it back to be mended.
    AskCorrection {
        /// All that is wrong.
        defects: Vec<Defect>,
    },
    /// Leave a period that people have as many working days as it had by the calendar before a change.
    KeepDays {
        /// The calendar before it.
        before: Arc<Calendar>,
        /// The day on which the period began, or goes on since it stood still.
        begun: NaiveDate,
    },
    /// Tell the applicant that the days for the correction are running out.
    Remind,
    /// Begin the review.
    TakeUp,
    /// Say whether a statement holds.
    FindStatement {
        /// Which.
        cell: CellRef,
        /// Whether it is right.
        holds: bool,
        /// In words.
        note: String,
    },
    /// Say that what the registry says, and nobody disputes, is so.
    ConfirmFacts {
        /// Which, with the values that were looked at.
        facts: BTreeMap<CellRef, String>,
        /// By what they were confirmed.
        source: String,
    },
    /// Say that the number of the basis is another one than that of a case which it looks like.
    Distinguish {
        /// The other case.
        other: CaseId,
        /// Its number for people.
        number: String,
        /// The number of its basis, as it is written.
        basis: String,
        /// On what grounds.
        grounds: String,
    },
    /// Say whether a piece of evidence holds.
    FindEvidence {
        /// Which.
        id: u32,
        /// Whether it is right.
        holds: bool,
        /// In words.
        note: String,
    },
    /// Record what the rules say after findings.
    Reassess {
        /// What they say.
        assessed: Assessed,
    },
    /// Finish the review.
    Review {
        /// What is recommended.
        recommends: Recommendation,
        /// Why.
        opinion: String,
    },
    /// Back to review.
    SendBack {
        /// Why.
        reason: String,
    },
    /// Stop the clock.
    Hold {
        /// Why.
        reason: String,
    },
    /// Let it go on.
    Resume,
    /// Fix the amount.
    Decide {
        /// Inside the assessed span.
        amount: Fen,
        /// Why this amount.
        reason: String,
        /// Conditions on the use of the money.
        conditions: Vec<String>,
        /// The smaller, the sooner it is served from a short fund.
        priority: i32,
        /// What to do if the fund is short.
        if_short: IfShort,
    },
    /// Give a waiting decision money.
    Fund {
        /// How much, at most what was decided, and by what the fund is shared out, where it is among others; alone it gets what was decided.
        shared: Option<(Fen, Sharing)>,
    },
    /// Grant nothing.
    Decline {
        /// Why.
        reason: String,
    },
    /// Propose to revoke what was decided.
    ProposeRevocation {
        /// Why; the party reads it.
        grounds: String,
        /// Why in one line for the public; of a decision that was never in notice nothing is said there.
        remark: String,
    },
    /// Confirm that it is revoked.
    ConfirmRevocation,
    /// Let what was decided stand.
    DropRevocation {
        /// Why.
        reason: String,
    },
    /// Put it up for all to see.
    PublishNotice,
    /// Object to what is in notice.
    Object {
        /// Who.
        name: String,
        /// How to reach them.
        contact: String,
        /// Why.
        grounds: String,
    },
    /// Say, for the party, what there is to say to the objections that wait for an answer.
    Reply {
        /// In words.
        text: String,
    },
    /// Answer an objection.
    AnswerObjection {
        /// Which.
        id: u32,
        /// Whether it is right.
        upheld: bool,
        /// In words.
        text: String,
    },
    /// End a notice whose days are over.
    EndNotice,
    /// Put it in a payment batch.
    PutInBatch {
        /// Which.
        batch: i64,
        /// What the bank will know it by.
        end_to_end_id: String,
    },
    /// Take it out of a batch that was not released.
    TakeOutOfBatch {
        /// Which.
        batch: i64,
        /// Why, where the whole batch is cancelled; empty where it alone is taken out.
        reason: String,
    },
    /// Note who released its payment.
    NoteRelease {
        /// Both of them.
        by: Vec<UserId>,
    },
    /// Record what the bank says.
    RecordPayment {
        /// Of which payment.
        end_to_end_id: String,
        /// How it ended.
        outcome: PaymentOutcome,
    },
    /// Confirm that a recorded payment came back.
    RecordReturn {
        /// What the bank says.
        back: Return,
        /// Who has read that.
        reported_by: UserId,
    },
    /// Confirm that a payment failed all the same which the bank had called paid in between.
    ConfirmFailure {
        /// Of which payment.
        end_to_end_id: String,
        /// Who has read that.
        reported_by: UserId,
    },
    /// Confirm that a payment recorded as made has another number of the bank, or another day.
    CorrectReference {
        /// Of which payment.
        end_to_end_id: String,
        /// The bank's number.
        reference: String,
        /// The day of payment.
        on: NaiveDate,
        /// Who has read that.
        reported_by: UserId,
    },
    /// Propose to grant no more what could not be paid, since no other account was given in time.
    ProposeEnding {
        /// Why; the party reads it.
        reason: String,
    },
    /// Confirm that.
    EndPayment,
    /// Go on waiting for another account after all.
    DropEnding {
        /// Why.
        reason: String,
    },
    /// Give another account.
    CorrectAccount(BankAccount),
    /// Nothing more is to be done.
    Close,
}

/// A statement as given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stated {
    /// The value in canonical form; empty says that it has not happened.
    pub value: String,
    /// Why the registry is wrong, where it says otherwise.
    pub dispute: Option<String>,
}

/// A piece of evidence as handed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEvidence {
    /// Its type.
    pub kind: String,
    /// The document's number.
    pub number: String,
    /// Who issued it.
    pub issuer: String,
    /// When.
    pub issued_on: Option<NaiveDate>,
    /// The file.
    pub file: Option<FileRef>,
}

/// What a decision does when the fund is short.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IfShort {
    /// Refuse the decision.
    Refuse,
    /// Let it wait for money.
    Queue,
}

impl Command {
    /// What kind of command it is.
    pub fn action(&self) -> Action {
        match self {
            Command::Save { .. } => Action::Save,
            Command::AddEvidence(_) => Action::AddEvidence,
            Command::RemoveEvidence(_) => Action::RemoveEvidence,
            Command::Submit { .. } => Action::Submit,
            Command::Resubmit { .. } => Action::Resubmit,
            Command::Withdraw { .. } => Action::Withdraw,
            Command::Accept => Action::Accept,
            Command::NotAccept { .. } => Action::NotAccept,
            Command::AskCorrection { .. } => Action::AskCorrection,
            Command::KeepDays { .. } => Action::KeepDays,
            Command::Remind => Action::Remind,
            Command::TakeUp => Action::TakeUp,
            Command::FindStatement { .. } => Action::FindStatement,
            Command::ConfirmFacts { .. } => Action::ConfirmFacts,
            Command::FindEvidence { .. } => Action::FindEvidence,
            Command::Distinguish { .. } => Action::Distinguish,
            Command::Reassess { .. } => Action::Reassess,
            Command::Review { .. } => Action::Review,
            Command::SendBack { .. } => Action::SendBack,
            Command::Hold { .. } => Action::Hold,
            Command::Resume => Action::Resume,
            Command::Decide { .. } => Action::Decide,
            Command::Fund { .. } => Action::Fund,
            Command::Decline { .. } => Action::Decline,
            Command::ProposeRevocation { .. } => Action::ProposeRevocation,
            Command::ConfirmRevocation => Action::ConfirmRevocation,
            Command::DropRevocation { .. } => Action::DropRevocation,
            Command::PublishNotice => Action::PublishNotice,
            Command::Object { .. } => Action::Object,
            Command::Reply { .. } => Action::Reply,
            Command::AnswerObjection { .. } => Action::AnswerObjection,
            Command::EndNotice => Action::EndNotice,
            Command::PutInBatch { .. } => Action::PutInBatch,
            Command::TakeOutOfBatch { .. } => Action::TakeOutOfBatch,
            Command::NoteRelease { .. } => Action::NoteRelease,
            Command::RecordPayment { .. } => Action::RecordPayment,
            Command::RecordReturn { .. } => Action::RecordReturn,
            Command::ConfirmFailure { .. } => Action::ConfirmFailure,
            Command::CorrectReference { .. } => Action::CorrectReference,
            Command::ProposeEnding { .. } => Action::ProposeEnding,
            Command::EndPayment => Action::EndPayment,
            Command::DropEnding { .. } => Action::DropEnding,
            Command::CorrectAccount(_) => Action::CorrectAccount,
            Command::Close => Action::Close,
        }
    }
}
