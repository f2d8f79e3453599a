//! What a case is after what happened to it.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use duixian_rules::plan::Duty;

use crate::case::{Case, CaseId, Cleared, Confirmed, Payment, PaymentOutcome, Reopened, Subject};
use crate::event::{AfterAnswer, Event, What};
use crate::moment::Moment;
use crate::people::UserId;
use crate::stage::Stage;

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
            applicants: Vec::new(),
            submitted_at: None,
            statements: BTreeMap::new(),
            confirmed: BTreeMap::new(),
            distinct: BTreeMap::new(),
            account: None,
            evidence: Vec::new(),
            next_evidence: 1,
            assessed: None,
            due: None,
            late: Vec::new(),
            reminded: None,
            missed: None,
            paused: None,
            assignee: None,
            defects: Vec::new(),
            opinions: Vec::new(),
            reason: None,
            decision: None,
            revoked: Vec::new(),
            revocation: None,
            reopened: None,
            notice: None,
            taken_down: None,
            objections: Vec::new(),
            payments: Vec::new(),
            ending: None,
            acted: Vec::new(),
            version: 1,
        }
    }

    /// What the case is after an event. Events come from [`handle`](crate::handle::handle) alone, which gives none that
    /// does not fit; one that did would leave the case as it was but for what it says.
    pub fn apply(&mut self, event: &Event) {
        self.version += 1;
        if let Some(by) = event.by.filter(|by| event.what.is_for_the_party() && !self.applicants.contains(by)) {
            self.applicants.push(by);
        }
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
                // What it was told of as a draft is no reminder of a deadline that it gets later.
                self.reminded = None;
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
            What::CorrectionReminded { due } | What::AccountReminded { due } => self.reminded = Some(*due),
            What::DeadlineMoved { was_due, due, .. } => self.move_deadline(*was_due, *due),
            What::DraftReminded { closes } => self.reminded = Some(*closes),
            What::DraftMissed { closed } => self.missed = Some(*closed),
            What::Corrected { assessed, due, answers: _ } => {
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
            What::FactsConfirmed { registered, finding } => {
                let confirmed = |value: &String| Confirmed { value: value.clone(), finding: finding.clone() };
                self.confirmed.extend(registered.iter().map(|(cell, value)| (cell.clone(), confirmed(value))));
                self.act(Duty::Review, event.by);
            }
            What::EvidenceFound { id, finding } => {
                if let Some(evidence) = self.evidence.iter_mut().find(|evidence| evidence.id == *id) {
                    evidence.finding = Some(finding.clone());
                }
                self.act(Duty::Review, event.by);
            }
            What::NumberDistinguished { other, finding, .. } => {
                self.distinct.insert(*other, finding.clone());
                self.act(Duty::Review, event.by);
            }
            What::Reassessed(assessed) => self.assessed = Some(assessed.clone()),
            What::Reviewed { opinion, stage, due } => {
                self.opinions.push(opinion.clone());
                self.act(Duty::Review, event.by);
                self.go(*stage, *due);
            }
            What::SentBack { reason, stage, due } => {
                self.act(Duty::Decision, event.by);
                self.reopen(event.at, None, false, reason);
                self.go(*stage, *due);
            }
            What::RanLate(late) => self.late.push(late.clone()),
            What::Held { reason, paused } => {
                self.reason = Some(reason.clone());
                self.paused = Some(paused.clone());
                self.stage = Stage::OnHold;
                self.due = None;
            }
            What::Resumed { due } => self.resume(*due),
            What::Decided { decision, stage, due } => {
                self.decision = Some(decision.clone());
                self.reopened = None;
                self.act(Duty::Decision, event.by);
                self.go(*stage, *due);
            }
            What::Queued(decision) => {
                self.decision = Some(decision.clone());
                self.reopened = None;
                self.act(Duty::Decision, event.by);
                self.go(Stage::Queued, None);
            }
            What::Funded { amount, stage, due, sharing } => {
                if let Some(decision) = &mut self.decision {
                    decision.funded = *amount;
                    decision.sharing.clone_from(sharing);
                }
                self.act(Duty::Decision, sharing.as_ref().and_then(|sharing| sharing.proposed_by));
                self.act(Duty::Decision, event.by);
                self.go(*stage, *due);
            }
            What::Reserved { transfer } => {
                if let Some(decision) = &mut self.decision {
                    decision.reservation = Some(*transfer);
                }
            }
            What::Declined { reason } => {
                // What could not be paid was ended so before that was an event of its own.
                if self.stage == Stage::PaymentFailed {
                    self.act(Duty::Payment, event.by);
                } else {
                    self.act(Duty::Decision, event.by);
                    self.decision = None;
                }
                self.reopened = None;
                self.revocation = None;
                self.end(Stage::Declined, reason);
            }
            What::PaymentEnded { reason } => {
                // The decision stays with it, for what the bank may yet say.
                self.act(Duty::Payment, event.by);
                self.reopened = None;
                self.revocation = None;
                self.end(Stage::PaymentEnded, reason);
            }
            What::RevocationProposed(proposal) => {
                self.act(Duty::Decision, event.by);
                self.revocation = Some(proposal.clone());
            }
            What::RevocationDropped { .. } => {
                self.act(Duty::Decision, event.by);
                self.revocation = None;
            }
            What::Revoked { proposal, stage, due } => {
                self.act(Duty::Decision, event.by);
                self.revoked.extend(self.decision.take());
                self.reopen(event.at, None, true, &proposal.grounds);
                self.go(*stage, *due);
            }
            What::NoticePublished(notice) => {
                self.go(Stage::InNotice, Some(notice.until));
                self.notice = Some(notice.clone());
                self.taken_down = None;
            }
            What::Objected { objection, due, paused } => {
                self.objections.push(objection.clone());
                if paused.is_some() {
                    self.paused.clone_from(paused);
                }
                self.stage = Stage::Objection;
                self.due = Some(*due);
            }
            What::Replied(reply) => {
                let is_meant = |id| reply.to.is_empty() || reply.to.contains(&id);
                let open = self.objections.iter_mut();
                let open = open.filter(|objection| objection.answer.is_none() && is_meant(objection.id));
                open.for_each(|objection| objection.reply = Some(reply.clone()));
            }
            What::ObjectionAnswered { id, answer, then, due } => {
                if let Some(objection) = self.objections.iter_mut().find(|objection| objection.id == *id) {
                    objection.answer = Some(answer.clone());
                }
                match then {
                    AfterAnswer::StillObjected => {
                        // To uphold one is a part in the decision.
                        if answer.upheld {
                            self.act(Duty::Decision, event.by);
                        }
                        self.due = due.or(self.due);
                    }
                    AfterAnswer::NoticeGoesOn(until) => {
                        if let Some(notice) = &mut self.notice {
                            notice.until = *until;
                        }
                        self.resume(Some(*until));
                    }
                    AfterAnswer::BackToReview { stage, due, by_decider } => {
                        self.act(Duty::Decision, event.by.filter(|_| *by_decider));
                        // The last answer may be to another than the one that is right.
                        let upheld = self.upheld_objection().filter(|_| !answer.upheld);
                        let ground = upheld.and_then(|one| Some((one.id, one.answer.as_ref()?.text.clone())));
                        let (id, text) = ground.unwrap_or_else(|| (*id, answer.text.clone()));
                        self.reopen(event.at, Some(id), false, &text);
                        self.go(*stage, *due);
                    }
                }
            }
            What::NoticeEnded { due } => self.go(Stage::Payable, *due),
            What::PutInBatch(payment) => {
                self.act(Duty::Payment, event.by);
                self.payments.push(payment.clone());
            }
            What::TakenOutOfBatch { batch, .. } => {
                self.payments.retain(|payment| payment.batch != *batch || payment.outcome.is_some());
            }
            What::PaymentReleased { by } => by.iter().for_each(|one| self.act(Duty::Payment, Some(*one))),
            What::Paid { reference, on, after_all } => {
                let outcome = PaymentOutcome::Paid { reference: reference.clone(), on: *on };
                match after_all.as_deref().and_then(|id| self.payment_mut(id)) {
                    Some(payment) => payment.outcome = Some(outcome),
                    None => self.finish_payment(outcome),
                }
                self.revocation = None;
                self.go(Stage::Paid, None);
            }
            What::PaidAfterAll { end_to_end_id } => self.doubt(end_to_end_id, true),
            What::FailedAfterAll { end_to_end_id, reported_by, due } => {
                self.doubt(end_to_end_id, false);
                self.due = due.or(self.due);
                if let (Some(payment), Some((reported_by, confirmed_by))) =
                    (self.payment_mut(end_to_end_id), reported_by.zip(event.by))
                {
                    payment.cleared = Some(Cleared { reported_by, confirmed_by, at: event.at });
                }
            }
            What::ReferenceCorrected { end_to_end_id, reference, on, .. } => {
                self.act(Duty::Payment, event.by);
                if let Some(payment) = self.payment_mut(end_to_end_id) {
                    payment.outcome = Some(PaymentOutcome::Paid { reference: reference.clone(), on: *on });
                }
            }
            What::PaymentReturned { back, due, ends_doubt, .. } => {
                self.act(Duty::Payment, event.by);
                if let Some(payment) = self.payment_mut(&back.end_to_end_id)
                    && let Some(PaymentOutcome::Paid { reference, on }) = &payment.outcome
                {
                    payment.outcome = Some(PaymentOutcome::Returned {
                        reference: reference.clone(),
                        on: *on,
                        returned_on: back.on,
                        reason: back.reason.clone(),
                        returned_by: back.reference.clone(),
                    });
                    payment.is_paid_after_all &= !ends_doubt;
                }
                self.go(Stage::PaymentFailed, Some(*due));
            }
            What::PaymentFailed { reason, due, is_payers } => {
                self.finish_payment(PaymentOutcome::Failed { reason: reason.clone() });
                self.go(if *is_payers { Stage::Payable } else { Stage::PaymentFailed }, Some(*due));
            }
            What::EndingProposed(proposal) => {
                self.act(Duty::Payment, event.by);
                self.ending = Some(proposal.clone());
            }
            What::EndingDropped { .. } => {
                self.act(Duty::Payment, event.by);
                self.ending = None;
            }
            What::AccountCorrected { account, due } => {
                self.account = Some(account.clone());
                self.go(Stage::Payable, *due);
            }
            What::Closed => self.go(Stage::Closed, None),
            What::Withdrawn { reason } => {
                self.revocation = None;
                self.end(Stage::Withdrawn, reason);
            }
        }
    }

    /// Back to review: what was decided and put up for all to see holds no more.
    fn reopen(&mut self, at: Moment, objection: Option<u32>, is_revoked: bool, reason: &str) {
        self.decision = None;
        if self.notice.take().is_some() {
            self.taken_down = Some(at.day());
        }
        self.revocation = None;
        self.reason = Some(reason.to_owned());
        self.reopened = Some(Reopened { at, objection, is_revoked, reason: reason.to_owned() });
    }

    /// As many days are left as before: whoever was reminded of the old last day has been told of the new one, and is not reminded again.
    fn move_deadline(&mut self, was_due: NaiveDate, due: NaiveDate) {
        if self.reminded == Some(was_due) {
            self.reminded = Some(due);
        }
        self.due = Some(due);
        if let Some(notice) = self.notice.as_mut().filter(|_| self.stage == Stage::InNotice) {
            // However often it is moved, the day that was published first stays told.
            notice.put_off_from = notice.put_off_from.or(Some(was_due)).filter(|first| *first != due);
            notice.until = due;
        }
    }

    fn go(&mut self, stage: Stage, due: Option<NaiveDate>) {
        self.stage = stage;
        self.due = due;
        self.paused = None;
        self.assignee = None;
        self.ending = None;
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

    fn doubt(&mut self, end_to_end_id: &str, is_paid_after_all: bool) {
        if let Some(payment) = self.payment_mut(end_to_end_id) {
            payment.is_paid_after_all = is_paid_after_all;
        }
    }

    fn payment_mut(&mut self, end_to_end_id: &str) -> Option<&mut Payment> {
        self.payments.iter_mut().find(|payment| payment.end_to_end_id == end_to_end_id)
    }

    fn finish_payment(&mut self, outcome: PaymentOutcome) {
        if let Some(payment) = self.payments.iter_mut().rev().find(|payment| payment.outcome.is_none()) {
            payment.outcome = Some(outcome);
        }
    }
}
