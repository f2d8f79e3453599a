//! What happened to a case, and what that makes of it.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use duixian_money::Fen;
use serde::{Deserialize, Serialize};

use crate::case::{
    Answer, Assessed, BankAccount, Case, CaseId, CellRef, Decision, Defect, Evidence, Finding, Notice, Objection,
    Opinion, Paused, Payment, PaymentOutcome, Statement, Subject,
};
use crate::moment::Moment;
use crate::people::UserId;
use crate::stage::Stage;
use duixian_rules::plan::Duty;

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
        /// 受理号
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
    /// The applicant has sent the correction.
    Corrected {
        /// What the rules say now.
        assessed: Assessed,
        /// By when the desk is to go on.
        due: Option<NaiveDate>,
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
    /// A piece of evidence was looked into.
    EvidenceFound {
        /// Which.
        id: u32,
        /// What was found.
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
        /// By when it is to be paid, where there is no notice.
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
        /// By when it is to be paid, where there is no notice.
        due: Option<NaiveDate>,
    },
    /// The transfer that reserves the money was made.
    Reserved {
        /// Its number in the ledger.
        transfer: i64,
    },
    /// It was declined.
    Declined {
        /// Why.
        reason: String,
    },
    /// It was put up for all to see.
    NoticePublished(Notice),
    /// Someone objects.
    Objected {
        /// The objection.
        objection: Objection,
        /// By when it is to be answered.
        due: NaiveDate,
        /// What the notice's clock had left; none where an earlier objection has stopped it already.
        paused: Option<Paused>,
    },
    /// An objection was answered.
    ObjectionAnswered {
        /// Which.
        id: u32,
        /// The answer.
        answer: Answer,
        /// Where the case stands now.
        then: AfterAnswer,
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
    },
    /// The bank sent it back.
    PaymentFailed {
        /// What it said.
        reason: String,
        /// By when the account is to be corrected.
        due: NaiveDate,
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
}

impl What {
    /// What the event does to money, given the stage the case was in before.
    pub fn money(&self, before: Stage) -> Option<MoneyMove> {
        match self {
            What::Decided { decision, .. } => Some(MoneyMove::Reserve(decision.funded)),
            What::Funded { amount, .. } => Some(MoneyMove::Reserve(*amount)),
            What::Paid { .. } => Some(MoneyMove::Pay),
            What::ObjectionAnswered { then: AfterAnswer::BackToReview { .. }, .. } => Some(MoneyMove::Release),
            What::Withdrawn { .. } | What::Declined { .. } if before.holds_money() => Some(MoneyMove::Release),
            _ => None,
        }
    }

    /// The name of the kind of event, for lists and filters.
    pub fn word(&self) -> &'static str {
        match self {
            What::Opened(_) => "opened",
            What::Saved { .. } => "saved",
            What::EvidenceAdded(_) => "evidence_added",
            What::EvidenceRemoved(_) => "evidence_removed",
            What::Submitted { .. } => "submitted",
            What::Accepted { .. } => "accepted",
            What::NotAccepted { .. } => "not_accepted",
            What::CorrectionAsked { .. } => "correction_asked",
            What::Corrected { .. } => "corrected",
            What::TakenUp { .. } => "taken_up",
            What::StatementFound { .. } => "statement_found",
            What::EvidenceFound { .. } => "evidence_found",
            What::Reassessed(_) => "reassessed",
            What::Reviewed { .. } => "reviewed",
            What::SentBack { .. } => "sent_back",
            What::Held { .. } => "held",
            What::Resumed { .. } => "resumed",
            What::Decided { .. } => "decided",
            What::Queued(_) => "queued",
            What::Funded { .. } => "funded",
            What::Reserved { .. } => "reserved",
            What::Declined { .. } => "declined",
            What::NoticePublished(_) => "notice_published",
            What::Objected { .. } => "objected",
            What::ObjectionAnswered { .. } => "objection_answered",
            What::NoticeEnded { .. } => "notice_ended",
            What::PutInBatch(_) => "put_in_batch",
            What::TakenOutOfBatch { .. } => "taken_out_of_batch",
            What::PaymentReleased { .. } => "payment_released",
            What::Paid { .. } => "paid",
            What::PaymentFailed { .. } => "payment_failed",
            What::AccountCorrected { .. } => "account_corrected",
            What::Closed => "closed",
            What::Withdrawn { .. } => "withdrawn",
        }
    }
}

impl Case {
    /// The case that an [`What::Opened`] begins.
    pub fn open(id: CaseId, subject: Subject, by: UserId, at: Moment) -> Case {
        Case {
            id,
            subject,
            stage: Stage::Draft,
            number: None,
            opened_by: by,
            opened_at: at,
            submitted_at: None,
            statements: BTreeMap::new(),
            account: None,
            evidence: Vec::new(),
            next_evidence: 1,
            assessed: None,
            due: None,
            paused: None,
            assignee: None,
            defects: Vec::new(),
            opinions: Vec::new(),
            reason: None,
            decision: None,
            notice: None,
            objections: Vec::new(),
            payments: Vec::new(),
            acted: Vec::new(),
            version: 1,
        }
    }

    /// What the case is after an event. Events come from [`handle`](crate::handle::handle) alone, which gives none that
    /// does not fit; one that did would leave the case as it was but for what it says.
    pub fn apply(&mut self, event: &Event) {
        self.version += 1;
        match &event.what {
            What::Opened(_) => {}
            What::Saved { statements, account } => {
                for (cell, statement) in statements {
                    match statement {
                        Some(statement) => self.statements.insert(cell.clone(), statement.clone()),
                        None => self.statements.remove(cell),
                    };
                }
                if account.is_some() {
                    self.account.clone_from(account);
                }
            }
            What::EvidenceAdded(evidence) => {
                self.next_evidence = evidence.id + 1;
                self.evidence.push(evidence.clone());
            }
            What::EvidenceRemoved(id) => self.evidence.retain(|evidence| evidence.id != *id),
            What::Submitted { number, assessed, due } => {
                self.number = Some(number.clone());
                self.submitted_at = Some(event.at);
                self.assessed = Some(assessed.clone());
                self.go(Stage::Submitted, *due);
            }
            What::Accepted { stage, due } => self.go(*stage, *due),
            What::NotAccepted { reason } => self.end(Stage::NotAccepted, reason),
            What::CorrectionAsked { defects, due, paused } => {
                self.defects.clone_from(defects);
                self.paused = Some(paused.clone());
                self.act(Duty::Review, event.by.filter(|_| paused.stage != Stage::Submitted));
                self.stage = Stage::Correction;
                self.due = Some(*due);
            }
            What::Corrected { assessed, due } => {
                self.assessed = Some(assessed.clone());
                self.defects.clear();
                self.resume(*due);
            }
            What::TakenUp { stage } => {
                self.stage = *stage;
                self.assignee = event.by;
                self.act(Duty::Review, event.by);
            }
            What::StatementFound { cell, finding } => {
                if let Some(statement) = self.statements.get_mut(cell) {
                    statement.finding = Some(finding.clone());
                }
                self.act(Duty::Review, event.by);
            }
            What::EvidenceFound { id, finding } => {
                if let Some(evidence) = self.evidence.iter_mut().find(|evidence| evidence.id == *id) {
                    evidence.finding = Some(finding.clone());
                }
                self.act(Duty::Review, event.by);
            }
            What::Reassessed(assessed) => self.assessed = Some(assessed.clone()),
            What::Reviewed { opinion, stage, due } => {
                self.opinions.push(opinion.clone());
                self.act(Duty::Review, event.by);
                self.go(*stage, *due);
            }
            What::SentBack { reason, stage, due } => {
                self.reason = Some(reason.clone());
                self.decision = None;
                self.act(Duty::Decision, event.by);
                self.go(*stage, *due);
            }
            What::Held { reason, paused } => {
                self.reason = Some(reason.clone());
                self.paused = Some(paused.clone());
                self.stage = Stage::OnHold;
                self.due = None;
            }
            What::Resumed { due } => self.resume(*due),
            What::Decided { decision, stage, due } => {
                self.decision = Some(decision.clone());
                self.act(Duty::Decision, event.by);
                self.go(*stage, *due);
            }
            What::Queued(decision) => {
                self.decision = Some(decision.clone());
                self.act(Duty::Decision, event.by);
                self.go(Stage::Queued, None);
            }
            What::Funded { amount, stage, due } => {
                if let Some(decision) = &mut self.decision {
                    decision.funded = *amount;
                }
                self.act(Duty::Decision, event.by);
                self.go(*stage, *due);
            }
            What::Reserved { transfer } => {
                if let Some(decision) = &mut self.decision {
                    decision.reservation = Some(*transfer);
                }
            }
            What::Declined { reason } => {
                self.act(Duty::Decision, event.by);
                self.decision = None;
                self.end(Stage::Declined, reason);
            }
            What::NoticePublished(notice) => {
                self.go(Stage::InNotice, Some(notice.until));
                self.notice = Some(notice.clone());
            }
            What::Objected { objection, due, paused } => {
                self.objections.push(objection.clone());
                if paused.is_some() {
                    self.paused.clone_from(paused);
                }
                self.stage = Stage::Objection;
                self.due = Some(*due);
            }
            What::ObjectionAnswered { id, answer, then } => {
                if let Some(objection) = self.objections.iter_mut().find(|objection| objection.id == *id) {
                    objection.answer = Some(answer.clone());
                }
                match then {
                    AfterAnswer::StillObjected => {}
                    AfterAnswer::NoticeGoesOn(until) => {
                        if let Some(notice) = &mut self.notice {
                            notice.until = *until;
                        }
                        self.resume(Some(*until));
                    }
                    AfterAnswer::BackToReview { stage, due } => {
                        self.decision = None;
                        self.notice = None;
                        self.reason = Some(answer.text.clone());
                        self.go(*stage, *due);
                    }
                }
            }
            What::NoticeEnded { due } => self.go(Stage::Payable, *due),
            What::PutInBatch(payment) => {
                self.act(Duty::Payment, event.by);
                self.payments.push(payment.clone());
            }
            What::TakenOutOfBatch { batch } => {
                self.payments.retain(|payment| payment.batch != *batch || payment.outcome.is_some());
            }
            What::PaymentReleased { by } => by.iter().for_each(|one| self.act(Duty::Payment, Some(*one))),
            What::Paid { reference, on } => {
                self.finish_payment(PaymentOutcome::Paid { reference: reference.clone(), on: *on });
                self.go(Stage::Paid, None);
            }
            What::PaymentFailed { reason, due } => {
                self.finish_payment(PaymentOutcome::Failed { reason: reason.clone() });
                self.go(Stage::PaymentFailed, Some(*due));
            }
            What::AccountCorrected { account, due } => {
                self.account = Some(account.clone());
                self.go(Stage::Payable, *due);
            }
            What::Closed => self.go(Stage::Closed, None),
            What::Withdrawn { reason } => self.end(Stage::Withdrawn, reason),
        }
    }

    fn go(&mut self, stage: Stage, due: Option<NaiveDate>) {
        self.stage = stage;
        self.due = due;
        self.paused = None;
        self.assignee = None;
    }

    fn end(&mut self, stage: Stage, reason: &str) {
        self.go(stage, None);
        self.reason = Some(reason.to_owned());
    }

    /// Back to where the clock was stopped; whoever had the case has it again.
    fn resume(&mut self, due: Option<NaiveDate>) {
        if let Some(paused) = self.paused.take() {
            self.stage = paused.stage;
        }
        self.due = due;
    }

    fn act(&mut self, duty: Duty, by: Option<UserId>) {
        if let Some(by) = by.filter(|by| !self.acted.contains(&(duty, *by))) {
            self.acted.push((duty, by));
        }
    }

    fn finish_payment(&mut self, outcome: PaymentOutcome) {
        if let Some(payment) = self.payments.iter_mut().rev().find(|payment| payment.outcome.is_none()) {
            payment.outcome = Some(outcome);
        }
    }
}
