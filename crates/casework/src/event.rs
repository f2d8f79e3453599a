//! What happened to a case, and what it means for money.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use duixian_money::Fen;
use serde::{Deserialize, Serialize};

use crate::case::{
    Answer, Assessed, BankAccount, CaseId, CellRef, Decision, Defect, Ending, Evidence, Finding, Late, Notice,
    Objection, Opinion, Paused, Payment, Reply, Revocation, Sharing, Statement, Subject,
};
use crate::doubt::Return;
use crate::moment::Moment;
use crate::people::UserId;
use crate::stage::Stage;

mod words;

pub use words::WORDS;

/// One thing that happened, as the journal keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// When.
    pub at: Moment,
    /// Who; none of the public and of time.
    pub by: Option<UserId>,
    /// What.
    pub what: What,
}

/// What can happen to a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// A draft was begun.
    Opened(Subject),
    /// The draft or correction was written on.
    Saved {
        /// Cells stated anew; none takes a statement back.
        statements: BTreeMap<CellRef, Option<Statement>>,
        /// The account, where it was given.
        account: Option<BankAccount>,
    },
    /// A piece of evidence was handed in.
    EvidenceAdded(Evidence),
    /// One was taken back before submission.
    EvidenceRemoved(u32),
    /// It was submitted.
    Submitted {
        /// 申请编号
        number: String,
        /// What the rules say.
        assessed: Assessed,
        /// By when it is to be taken in.
        due: Option<NaiveDate>,
    },
    /// It was taken in.
    Accepted {
        /// The stage that follows: waiting for a review or, where there is none, for the decision.
        stage: Stage,
        /// By when.
        due: Option<NaiveDate>,
    },
    /// It was not taken in.
    NotAccepted {
        /// Why.
        reason: String,
    },
    /// It was sent back to the applicant.
    CorrectionAsked {
        /// All that is to be mended.
        defects: Vec<Defect>,
        /// By when.
        due: NaiveDate,
        /// Where it goes back to.
        paused: Paused,
    },
    /// The applicant was reminded of the correction, once its last days had come.
    CorrectionReminded {
        /// By when it is to be sent.
        due: NaiveDate,
    },
    /// The calendar of working days was changed, and a period that people have would have been left with fewer of them: it ends later.
    DeadlineMoved {
        /// Whose period: that of a notice, a correction, or an account that is to be corrected.
        stage: Stage,
        /// When it would have ended.
        was_due: NaiveDate,
        /// When it ends.
        due: NaiveDate,
    },
    /// Those who act for the party were told of a draft, since its round closes soon.
    DraftReminded {
        /// The last day on which it can be sent.
        closes: NaiveDate,
    },
    /// They were told that a draft was not sent before its round closed.
    DraftMissed {
        /// The last day on which it could have been sent.
        closed: NaiveDate,
    },
    /// The applicant has sent the correction.
    Corrected {
        /// What the rules say now.
        assessed: Assessed,
        /// By when the desk is to go on.
        due: Option<NaiveDate>,
        /// What the applicant says to each of what was to be mended, in its order; empty where it says nothing of any.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        answers: Vec<String>,
    },
    /// A reviewer took it up.
    TakenUp {
        /// The review it is in.
        stage: Stage,
    },
    /// A statement was looked into.
    StatementFound {
        /// Which.
        cell: CellRef,
        /// What was found.
        finding: Finding,
    },
    /// Facts of the registry that nobody disputes were confirmed.
    FactsConfirmed {
        /// Which, with their values.
        registered: BTreeMap<CellRef, String>,
        /// By whom, when, and by what source.
        finding: Finding,
    },
    /// A piece of evidence was looked into.
    EvidenceFound {
        /// Which.
        id: u32,
        /// What was found.
        finding: Finding,
    },
    /// The number of its basis is another one than that of a case which it looks like.
    NumberDistinguished {
        /// The other case.
        other: CaseId,
        /// Its number for people.
        number: String,
        /// On what grounds, by whom, and when.
        finding: Finding,
    },
    /// The rules were asked again, after a finding.
    Reassessed(Assessed),
    /// A review was finished.
    Reviewed {
        /// The opinion.
        opinion: Opinion,
        /// The stage that follows.
        stage: Stage,
        /// By when.
        due: Option<NaiveDate>,
    },
    /// The decision maker sent it back for review.
    SentBack {
        /// Why.
        reason: String,
        /// To where.
        stage: Stage,
        /// By when.
        due: Option<NaiveDate>,
    },
    /// It leaves a desk after its deadline: told before what it leaves by.
    RanLate(Late),
    /// It was put on hold.
    Held {
        /// Why.
        reason: String,
        /// Where it goes back to.
        paused: Paused,
    },
    /// It went on.
    Resumed {
        /// By when the desk is to be done.
        due: Option<NaiveDate>,
    },
    /// The amount was fixed, and the money reserved.
    Decided {
        /// The decision.
        decision: Decision,
        /// The stage that follows: waiting for notice, or for payment where there is none.
        stage: Stage,
        /// By when that is done: the notice put up, or the money paid.
        due: Option<NaiveDate>,
    },
    /// The amount was fixed; the fund is short.
    Queued(Decision),
    /// A waiting decision got money.
    Funded {
        /// How much.
        amount: Fen,
        /// The stage that follows.
        stage: Stage,
        /// By when that is done: the notice put up, or the money paid.
        due: Option<NaiveDate>,
        /// By what the fund was shared out, where it was among others.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sharing: Option<Sharing>,
    },
    /// The transfer that reserves the money was made.
    Reserved {
        /// Its number in the ledger.
        transfer: i64,
    },
    /// It was declined. (Until 2026 also: it was ended after a payment had failed.)
    Declined {
        /// Why.
        reason: String,
    },
    /// A decision maker proposes to revoke what was decided.
    RevocationProposed(Revocation),
    /// What was decided stands after all.
    RevocationDropped {
        /// Why.
        reason: String,
    },
    /// A second decision maker has confirmed it: what was decided holds no more, and is looked at again.
    Revoked {
        /// The proposal.
        proposal: Revocation,
        /// To where.
        stage: Stage,
        /// By when.
        due: Option<NaiveDate>,
    },
    /// It was put up for all to see.
    NoticePublished(Notice),
    /// Someone objects.
    Objected {
        /// The objection.
        objection: Objection,
        /// By when the first of those that wait is to be answered: the objection itself has its own day.
        due: NaiveDate,
        /// What the notice's clock had left; none where an earlier objection has stopped it already.
        paused: Option<Paused>,
    },
    /// The party has said what it has to say to the objections that wait for an answer.
    Replied(Reply),
    /// An objection was answered.
    ObjectionAnswered {
        /// Which.
        id: u32,
        /// The answer.
        answer: Answer,
        /// Where the case stands now.
        then: AfterAnswer,
        /// By when the first of those that still wait is to be answered; the same day as before where that was not kept.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        due: Option<NaiveDate>,
    },
    /// The notice came to its end with nothing open.
    NoticeEnded {
        /// By when it is to be paid.
        due: Option<NaiveDate>,
    },
    /// It was put in a payment batch.
    PutInBatch(Payment),
    /// It was taken out of a batch that was not released.
    TakenOutOfBatch {
        /// Which.
        batch: i64,
        /// Why, where the whole batch was cancelled; empty where it alone was taken out, and from when that was not asked.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        reason: String,
    },
    /// Two people have released the payment.
    PaymentReleased {
        /// Who.
        by: Vec<UserId>,
    },
    /// The bank paid.
    Paid {
        /// The bank's own number.
        reference: String,
        /// When.
        on: NaiveDate,
        /// The payment, by what the bank knows it by, where it is one that was recorded as failed before; the open one otherwise.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after_all: Option<String>,
    },
    /// The bank says that a payment was made which was recorded as failed, and the case can't be paid by it: another is under way or was
    /// made, or nothing is to be paid any more.
    PaidAfterAll {
        /// What the bank knows it by.
        end_to_end_id: String,
    },
    /// The bank says once more that it failed: what it had said in between is cleared up.
    FailedAfterAll {
        /// What the bank knows it by.
        end_to_end_id: String,
        /// Who has read that answer; none where one person was enough.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reported_by: Option<UserId>,
        /// By when the account is to be corrected, of a case that waits for that: no other could be given as long as it was in doubt.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        due: Option<NaiveDate>,
    },
    /// The number or the day of a payment that was made was read by mistake; two people have looked into it.
    ReferenceCorrected {
        /// What the bank knows it by.
        end_to_end_id: String,
        /// The number that was recorded.
        recorded: String,
        /// The bank's own number.
        reference: String,
        /// When it was paid.
        on: NaiveDate,
        /// Who has read the bank's answer; who has confirmed it gives the event.
        reported_by: UserId,
    },
    /// A payment that was made came back, by what the bank says and two people have looked into.
    PaymentReturned {
        /// What the bank knows it by, when it was booked back, and why.
        back: Return,
        /// Who has read the bank's answer; who has confirmed it gives the event.
        reported_by: UserId,
        /// By when the account is to be corrected.
        due: NaiveDate,
        /// Whether the bank had called it paid after a failure, which this settles: it is not called paid any more.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        ends_doubt: bool,
    },
    /// The bank sent it back.
    PaymentFailed {
        /// What it said.
        reason: String,
        /// By when the account is to be corrected, or the payment is still to be made where that is not what is wrong.
        due: NaiveDate,
        /// Whether nothing is wrong with the account: the payer's lacks money, or the like. The case is payable again at once.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        is_payers: bool,
    },
    /// The applicant was reminded of the account to be corrected, once its last days had come.
    AccountReminded {
        /// By when it is to be corrected.
        due: NaiveDate,
    },
    /// A person of finance proposes to end the payment, since no other account was given in time.
    EndingProposed(Ending),
    /// It was ended, after a payment had failed, by a second person: no other account was given.
    PaymentEnded {
        /// Why.
        reason: String,
    },
    /// It is not ended after all.
    EndingDropped {
        /// Why.
        reason: String,
    },
    /// The account was corrected.
    AccountCorrected {
        /// The account.
        account: BankAccount,
        /// By when it is to be paid.
        due: Option<NaiveDate>,
    },
    /// Nothing more is to be done.
    Closed,
    /// The applicant took it back.
    Withdrawn {
        /// Why.
        reason: String,
    },
}

/// Where a case stands after the answer to an objection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AfterAnswer {
    /// Another objection is still open.
    StillObjected,
    /// The notice goes on, until this day.
    NoticeGoesOn(NaiveDate),
    /// The objection is right: back to review; the money is free again.
    BackToReview {
        /// To where.
        stage: Stage,
        /// By when.
        due: Option<NaiveDate>,
        /// Whether a decision maker has answered, which is a part in the decision.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        by_decider: bool,
    },
}

/// What an event does to money. The store makes it a transfer in the same transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MoneyMove {
    /// Set this much aside for the case.
    Reserve(Fen),
    /// Let what was set aside go.
    Release,
    /// What was set aside is paid.
    Pay,
    /// Nothing that is set aside moves, but the bank calls another sum paid than before.
    Late,
    /// What was paid came back, and is set aside again.
    TakeBack,
}

impl What {
    /// What the event does to money, given the stage the case was in before.
    pub fn money(&self, before: Stage) -> Option<MoneyMove> {
        match self {
            What::Decided { decision, .. } => Some(MoneyMove::Reserve(decision.funded)),
            What::Funded { amount, .. } => Some(MoneyMove::Reserve(*amount)),
            What::Paid { .. } => Some(MoneyMove::Pay),
            What::PaidAfterAll { .. } | What::FailedAfterAll { .. } => Some(MoneyMove::Late),
            What::PaymentReturned { .. } => Some(MoneyMove::TakeBack),
            What::ObjectionAnswered { then: AfterAnswer::BackToReview { .. }, .. } => Some(MoneyMove::Release),
            What::Withdrawn { .. } | What::Declined { .. } | What::PaymentEnded { .. } | What::Revoked { .. }
                if before.holds_money() =>
            {
                Some(MoneyMove::Release)
            }
            _ => None,
        }
    }

    /// Whether it is what those do who act for the party.
    pub fn is_for_the_party(&self) -> bool {
        matches!(
            self,
            What::Saved { .. }
                | What::EvidenceAdded(_)
                | What::EvidenceRemoved(_)
                | What::Submitted { .. }
                | What::Corrected { .. }
                | What::AccountCorrected { .. }
                | What::Replied(_)
                | What::Withdrawn { .. }
        )
    }
}
