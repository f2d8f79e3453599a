//! The transition: a case, a command, who gives it and when; out come the events, or why not.

use duixian_money::{Fen, Span};
use duixian_rules::plan::{Duty, StepKind};
use duixian_text::{has_unseen, is_written_otherwise};

use crate::account::{has_come_back, same_name, sound};
use crate::case::{
    Answer, Assessed, Case, CellRef, Decision, Defect, Ending, Notice, Objection, Payment, PaymentOutcome, Reply,
    Revocation, Statement,
};
use crate::command::{Action, Command, IfShort, Stated};
use crate::event::{AfterAnswer, Event, What};
use crate::late::ran_late;
use crate::payment::is_payers;
use crate::people::{Actor, UserId};
use crate::permit::{NO_ENDING, may_uphold, obstacles, permit};
use crate::refusal::Refusal;
use crate::round::RoundState;
use crate::stage::Stage;

mod context;
mod naming;
mod steps;

pub use context::Context;
use steps::{
    add_evidence, after_decision, answered, back_to_review, finding, for_all, grantable, granted_once, is_found,
    reachable, review, review_stage, shared_by_two, silent_about, text, two_people,
};
pub use steps::{complete, disputes_found, objection_grounds, unverified, use_conditions};

/// What the public is told of a decision that is revoked after its notice, in the words of the form.
pub const REMARK: (&str, &str) = ("向公众说明的一句话", "one line for the public");

/// Working days an applicant has to correct an account that a payment failed on.
pub const ACCOUNT_CORRECTION_DAYS: u32 = 10;

/// Says what a command makes of a case. Nothing changes but by applying the events, in order.
///
/// # Errors
/// The rule that the command would break.
pub fn handle(case: &Case, command: Command, actor: &Actor, context: &Context) -> Result<Vec<Event>, Refusal> {
    permit(case, command.action(), actor, context)?;
    if let Command::AnswerObjection { upheld: true, .. } = command {
        may_uphold(case, actor, context)?;
    }
    let by = actor.user();
    let what = transition(case, command, by, context)?;
    let mut events: Vec<Event> = what.into_iter().map(|what| Event { at: context.now, by, what }).collect();
    if let Some(late) = ran_late(case, &events, context) {
        events.insert(0, Event { at: context.now, by: None, what: What::RanLate(late) });
    }
    Ok(events)
}

fn transition(case: &Case, command: Command, by: Option<UserId>, context: &Context) -> Result<Vec<What>, Refusal> {
    let at = context.now;
    // Who asks is a user in all commands but those that the public and time may give.
    let user = by.unwrap_or(UserId(0));
    let one = |what: What| Ok(vec![what]);
    let told = |given, zh, en| silent_about(text(given, zh, en)?, (zh, en), &case.objections);
    match command {
        Command::Save { statements, account } => {
            let stated = |stated: Stated| Statement {
                value: stated.value,
                dispute: stated.dispute,
                by: user,
                at,
                finding: None,
            };
            let statements = statements
                .into_iter()
                .map(|(cell, given)| (cell, given.map(stated)))
                .filter(|(cell, given)| match (given, case.statements.get(cell)) {
                    (Some(given), Some(there)) => given.value != there.value || given.dispute != there.dispute,
                    (None, there) => there.is_some(),
                    (Some(_), None) => true,
                })
                .collect();
            one(What::Saved { statements, account: account.filter(|account| case.account.as_ref() != Some(account)) })
        }
        Command::AddEvidence(evidence) => add_evidence(case, evidence, user, at).and_then(one),
        Command::RemoveEvidence(id) => {
            case.evidence
                .iter()
                .find(|evidence| evidence.id == id)
                .ok_or(Refusal::NoSuch("份佐证", "piece of evidence"))?;
            one(What::EvidenceRemoved(id))
        }
        Command::Submit { assessed, number } => {
            if let Some(number) = context.duplicate {
                return Err(Refusal::Duplicate(number.to_owned()));
            }
            if let Some(number) = context.granted {
                return Err(Refusal::GrantedBefore(number.to_owned()));
            }
            complete(case, &assessed, context.procedure)?;
            one(What::Submitted { number, assessed, due: context.due_of(StepKind::Accept) })
        }
        Command::Resubmit { assessed, answers } => {
            complete(case, &assessed, context.procedure)?;
            let due = case.paused.as_ref().map(|paused| context.resume(paused));
            one(What::Corrected { assessed, due, answers: answered(case, answers) })
        }
        Command::Withdraw { reason } => one(What::Withdrawn { reason: text(reason, "撤回的原因", "a reason")? }),
        Command::Accept => {
            let review = context.procedure.review_after(StepKind::Accept);
            let stage = if review.is_some() { Stage::Accepted } else { Stage::Reviewed };
            let next = review.map_or(StepKind::Decide, |step| step.kind);
            one(What::Accepted { stage, due: context.due_of(next) })
        }
        Command::NotAccept { reason } => {
            one(What::NotAccepted { reason: text(reason, "不予受理的原因", "a reason")? })
        }
        Command::AskCorrection { defects } => {
            let defects = defects
                .into_iter()
                .map(|defect| {
                    Ok(Defect {
                        text: text(defect.text, "需要补正的内容", "what is to be corrected")?, ..defect
                    })
                })
                .collect::<Result<Vec<_>, _>>()?;
            if defects.is_empty() {
                return Err(Refusal::NoDefects);
            }
            let due = context.due_in(context.procedure.correction_days);
            one(What::CorrectionAsked { defects, due, paused: context.pause(case) })
        }
        Command::KeepDays { before, begun } => Ok(case
            .due
            .map(|was_due| (was_due, before.kept_end(context.calendar, at.day(), begun, was_due)))
            .filter(|(was_due, due)| due > was_due)
            .map(|(was_due, due)| What::DeadlineMoved { stage: case.stage, was_due, due })
            .into_iter()
            .collect()),
        Command::Remind => {
            let due = case.due.unwrap_or_else(|| context.now.day());
            one(match case.stage {
                Stage::Draft if context.round.state(at) == RoundState::Closed => {
                    What::DraftMissed { closed: context.round.last_day() }
                }
                Stage::Draft => What::DraftReminded { closes: context.round.last_day() },
                Stage::PaymentFailed => What::AccountReminded { due },
                _ => What::CorrectionReminded { due },
            })
        }
        Command::TakeUp => {
            let stage = match case.stage {
                Stage::Accepted => review_stage(context.procedure.review_after(StepKind::Accept).map(|step| step.kind)),
                stage => stage,
            };
            if case.assignee == by && by.is_some() {
                return Err(Refusal::AlreadyDone);
            }
            one(What::TakenUp { stage })
        }
        Command::FindStatement { cell, holds, note } => {
            let statement = case.statements.get(&cell).ok_or(Refusal::NoSuch("项填报", "statement"))?;
            // Either way one of two values on record is set aside; that the registry's is takes a reason.
            if holds && statement.dispute.is_some() && note.trim().is_empty() {
                return Err(Refusal::TextMissing("不按登记的依据", "why the registry's value does not hold"));
            }
            let mut others = context.contradictions.iter();
            if let Some(other) = others.find(|other| holds && other.is_binding && other.cell == cell) {
                return Err(Refusal::Contradicts(other.number.clone()));
            }
            let found = finding(holds, note, user, at)?;
            if is_found(case, statement.finding.as_ref(), &found) {
                return Ok(Vec::new());
            }
            one(What::StatementFound { cell, finding: found })
        }
        Command::ConfirmFacts { mut facts, source } => {
            // Of what was stated it is said fact by fact whether it holds: silence about a dispute confirms nothing.
            facts.retain(|cell, _| !case.statements.contains_key(cell));
            if facts.is_empty() {
                return Err(Refusal::NoSuch("项可以确认的登记事实", "registered fact to confirm"));
            }
            let note = text(source, "确认的依据", "by what the facts are confirmed")?;
            let found = finding(true, note, user, at)?;
            let there = |cell: &CellRef, value: &String| case.confirmed.get(cell).filter(|there| there.value == *value);
            let is_there =
                |cell: &CellRef, value: &String| is_found(case, there(cell, value).map(|there| &there.finding), &found);
            if facts.iter().all(|(cell, value)| is_there(cell, value)) {
                return Ok(Vec::new());
            }
            one(What::FactsConfirmed { registered: facts, finding: found })
        }
        Command::FindEvidence { id, holds, note } => {
            let piece = case.evidence.iter().find(|evidence| evidence.id == id);
            let piece = piece.ok_or(Refusal::NoSuch("份佐证", "piece of evidence"))?;
            let found = finding(holds, note, user, at)?;
            if is_found(case, piece.finding.as_ref(), &found) {
                return Ok(Vec::new());
            }
            one(What::EvidenceFound { id, finding: found })
        }
        Command::Distinguish { other, number, basis, grounds } => {
            if !is_written_otherwise(&case.subject.basis, &basis) {
                return Err(Refusal::SameNumber(number));
            }
            let note = text(grounds, "认定编号不同的依据", "why the numbers are two")?;
            one(What::NumberDistinguished { other, number, finding: finding(true, note, user, at)? })
        }
        Command::Reassess { assessed } => {
            let unchanged =
                case.assessed.as_ref().is_some_and(|there| Assessed { at: there.at, ..assessed.clone() } == *there);
            if unchanged { Ok(Vec::new()) } else { one(What::Reassessed(assessed)) }
        }
        Command::Review { recommends, opinion } => review(case, recommends, opinion, user, context).and_then(one),
        Command::SendBack { reason } => {
            let (stage, due) = back_to_review(context);
            one(What::SentBack { reason: text(reason, "退回的原因", "a reason")?, stage, due })
        }
        Command::Hold { reason } => {
            one(What::Held { reason: told(reason, "暂缓的原因", "a reason")?, paused: context.pause(case) })
        }
        Command::Resume => one(What::Resumed { due: case.paused.as_ref().map(|paused| context.resume(paused)) }),
        Command::Decide { amount, reason, conditions, priority, if_short } => {
            grantable(case, amount)?;
            granted_once(context)?;
            if let Some(other) = context.contradictions.iter().find(|other| other.is_binding) {
                return Err(Refusal::Contradicts(other.number.clone()));
            }
            let conditions = use_conditions(&conditions, context.procedure);
            let reason = told(reason, "审定的理由", "the reason for the amount")?;
            let decision = Decision {
                amount,
                funded: amount,
                reason,
                conditions,
                priority,
                by: user,
                at,
                reservation: None,
                sharing: None,
            };
            let free = context.free.ok_or_else(|| Refusal::NoFund(case.subject.year.to_string()))?;
            let waiting = context.waiting;
            if free.0.saturating_sub(waiting.0) >= amount.0 {
                let (stage, due) = after_decision(context);
                return one(What::Decided { decision, stage, due });
            }
            match if_short {
                IfShort::Refuse if free >= amount => Err(Refusal::OthersWait { free, waiting, wanted: amount }),
                IfShort::Refuse => Err(Refusal::FundShort { free, waiting, wanted: amount }),
                IfShort::Queue => one(What::Queued(Decision { funded: Fen(0), ..decision })),
            }
        }
        Command::Fund { shared } => {
            let decided = case.decision.as_ref().map_or(Fen(0), |decision| decision.amount);
            let (amount, sharing) = shared.map_or((decided, None), |(amount, sharing)| (amount, Some(sharing)));
            if amount <= Fen(0) {
                return Err(Refusal::NothingToGrant);
            }
            if amount > decided {
                return Err(Refusal::OutsideSpan { amount, span: Span { low: Fen(1), high: Some(decided) } });
            }
            granted_once(context)?;
            let free = context.free.ok_or_else(|| Refusal::NoFund(case.subject.year.to_string()))?;
            let goes_ahead = free.0.saturating_sub(context.ahead.0) < amount.0;
            // What is cut is cut for good, and who is passed over goes without: two people do it, and say why.
            if let Some(sharing) = sharing.as_ref().filter(|_| amount < decided || goes_ahead) {
                shared_by_two(case, by, sharing.proposed_by)?;
                if sharing.grounds.trim().is_empty() {
                    return Err(Refusal::TextMissing("这样分配的理由", "why it is shared out like this"));
                }
            }
            if free < amount && sharing.is_none() {
                return Err(Refusal::ShortForOne { free, wanted: amount });
            }
            // By itself none goes ahead of those that were decided before it; two people may let it, by a rule.
            if goes_ahead && sharing.is_none() {
                return Err(Refusal::OthersAhead { free, ahead: context.ahead, wanted: amount });
            }
            if free < amount {
                return Err(Refusal::FundShort { free, waiting: Fen(0), wanted: amount });
            }
            let (stage, due) = after_decision(context);
            one(What::Funded { amount, stage, due, sharing })
        }
        Command::Decline { reason } => {
            one(What::Declined { reason: told(reason, "不予支持的理由", "a reason")? })
        }
        Command::ProposeRevocation { grounds, remark } => {
            let grounds = told(grounds, "撤销的理由", "the grounds")?;
            let remark = match case.notice {
                Some(_) => told(for_all(remark, REMARK.0, REMARK.1)?, REMARK.0, REMARK.1)?,
                None => String::new(),
            };
            one(What::RevocationProposed(Revocation { grounds, remark, by: user, at }))
        }
        Command::ConfirmRevocation => {
            let proposal = case.revocation.clone();
            let proposal = proposal.ok_or(Refusal::NoSuch("项撤销审定的提议", "proposal to revoke the decision"))?;
            let (stage, due) = back_to_review(context);
            one(What::Revoked { proposal, stage, due })
        }
        Command::DropRevocation { reason } => {
            one(What::RevocationDropped { reason: text(reason, "不撤销的理由", "why the decision stands")? })
        }
        Command::PublishNotice => {
            let until = context.due_of(StepKind::Notice).unwrap_or_else(|| context.now.day());
            one(What::NoticePublished(Notice { at, by: user, until, put_off_from: None }))
        }
        Command::Object { name, contact, grounds } => {
            for (given, zh, en) in [(&name, "姓名或单位名称", "name"), (&contact, "联系方式", "way to reach you")]
            {
                if has_unseen(given) {
                    return Err(Refusal::Unseen(zh, en));
                }
            }
            let contact = reachable(text(contact, "联系方式", "how to reach you")?)?;
            let name = text(name, "姓名或单位名称", "a name")?;
            // Each has its own days; one more gives the desk no more of them for those that were there.
            let due = context.due_in(context.procedure.objection_days);
            let objection = Objection {
                id: case.objections.len() as u32 + 1,
                grounds: objection_grounds(grounds, &name, &contact)?,
                name,
                contact,
                at,
                due: Some(due),
                reply: None,
                answer: None,
            };
            let paused = (case.stage == Stage::InNotice).then(|| context.pause(case));
            let first = case.open_objections().map(|other| context.objection_due(other)).min();
            let due = first.map_or(due, |first| first.min(due));
            one(What::Objected { objection, due, paused })
        }
        Command::Reply { text: words } => {
            let to = case.open_objections().map(|objection| objection.id).collect();
            one(What::Replied(Reply { text: text(words, "陈述的意见", "a reply")?, by: user, at, to }))
        }
        Command::AnswerObjection { id, upheld, text: words } => {
            if case.objections.iter().any(|objection| objection.id == id && objection.answer.is_some()) {
                return Err(Refusal::AlreadyDone);
            }
            if !case.open_objections().any(|objection| objection.id == id) {
                return Err(Refusal::NoSuch("条待答复的异议", "objection that waits for an answer"));
            }
            let words = told(for_all(words, "答复", "an answer")?, "答复", "the answer")?;
            let answer = Answer { upheld, text: words, by: user, at };
            let others = case.open_objections().filter(|other| other.id != id);
            let next = others.map(|other| context.objection_due(other)).min();
            // Whoever has objected has an answer before anything else is done: one that is upheld sends the case back with the last.
            let then = match (next.is_some(), upheld || case.upheld_objection().is_some(), &case.paused) {
                (true, ..) => AfterAnswer::StillObjected,
                (false, true, _) => {
                    let (stage, due) = back_to_review(context);
                    AfterAnswer::BackToReview { stage, due, by_decider: upheld }
                }
                (false, false, paused) => {
                    let until = paused.as_ref().map_or(context.now.day(), |paused| context.resume_notice(paused));
                    // What was published holds: days that have since become working days shorten nothing.
                    AfterAnswer::NoticeGoesOn(case.notice.as_ref().map_or(until, |notice| notice.until.max(until)))
                }
            };
            one(What::ObjectionAnswered { id, answer, then, due: next })
        }
        Command::EndNotice => one(What::NoticeEnded { due: context.due_of(StepKind::Pay) }),
        Command::PutInBatch { batch, end_to_end_id } => {
            let account = sound(case.account.clone().ok_or(Refusal::AccountMissing)?)?;
            let amount = case.granted().ok_or(Refusal::NothingToGrant)?;
            let (outcome, is_paid_after_all, cleared) = (None, false, None);
            let decided_at = case.standing_decision().map(|decision| decision.at);
            let payment =
                Payment { batch, end_to_end_id, amount, account, decided_at, outcome, is_paid_after_all, cleared };
            one(What::PutInBatch(payment))
        }
        Command::TakeOutOfBatch { batch, reason } => match case.open_payment() {
            Some(payment) if payment.batch == batch => one(What::TakenOutOfBatch { batch, reason }),
            _ => Err(Refusal::NoSuch("笔拨付", "payment")),
        },
        Command::NoteRelease { by } => {
            for releaser in &by {
                let other = case.acted.iter().find(|(did, who)| who == releaser && *did != Duty::Payment);
                if let Some((did, _)) = other {
                    return Err(Refusal::Recused { did: *did, now: Duty::Payment });
                }
            }
            one(What::PaymentReleased { by })
        }
        Command::RecordPayment { end_to_end_id, outcome } => {
            let payment = case.payments.iter().rev().find(|payment| payment.end_to_end_id == end_to_end_id);
            let payment = payment.ok_or(Refusal::NoSuch("笔拨付", "payment"))?;
            match outcome {
                PaymentOutcome::Paid { reference, on } if payment.has_failed() => {
                    // What was withdrawn, revoked or ended, or is being paid another time, can't be paid by this.
                    let is_waiting = matches!(case.stage, Stage::Payable | Stage::PaymentFailed);
                    // Nor what was decided anew since it was sent.
                    let is_of_it = case.is_for_standing_decision(payment);
                    if is_waiting && is_of_it && case.open_payment().is_none() {
                        one(What::Paid { reference, on, after_all: Some(end_to_end_id) })
                    } else if payment.is_paid_after_all {
                        Ok(Vec::new())
                    } else {
                        one(What::PaidAfterAll { end_to_end_id })
                    }
                }
                // What the bank had said in between is cleared up by two people.
                PaymentOutcome::Failed { .. } if payment.has_failed() => Ok(Vec::new()),
                _ if payment.outcome.is_some() => {
                    Err(Refusal::NoSuch("笔没有结果的拨付", "payment without an outcome"))
                }
                // Nothing comes back that is not recorded as paid.
                PaymentOutcome::Returned { .. } => Err(Refusal::NoSuch("笔已付的拨付", "payment that was made")),
                PaymentOutcome::Paid { reference, on } => one(What::Paid { reference, on, after_all: None }),
                PaymentOutcome::Failed { reason } => {
                    let is_payers = is_payers(&reason);
                    // Want of money of the payer's own buys it no more time.
                    let again = case.due.filter(|_| is_payers);
                    let due = again.unwrap_or_else(|| context.due_in(ACCOUNT_CORRECTION_DAYS));
                    one(What::PaymentFailed { reason, due, is_payers })
                }
            }
        }
        Command::ProposeEnding { reason } => {
            let reason = told(reason, "终止拨付的理由", "why the payment is ended")?;
            one(What::EndingProposed(Ending { reason, by: user, at }))
        }
        Command::EndPayment => {
            let proposal = case.ending.as_ref().ok_or(NO_ENDING)?;
            one(What::PaymentEnded { reason: proposal.reason.clone() })
        }
        Command::DropEnding { reason } => {
            one(What::EndingDropped { reason: text(reason, "不终止的理由", "why it is not ended")? })
        }
        Command::RecordReturn { back, reported_by } => {
            two_people(by, reported_by)?;
            let it = case.payments.iter().find(|payment| payment.end_to_end_id == back.end_to_end_id);
            match it.map(|payment| (&payment.outcome, payment.is_paid_after_all)) {
                Some((Some(PaymentOutcome::Paid { on, .. }), ends_doubt)) if *on <= back.on => {
                    let due = context.due_in(ACCOUNT_CORRECTION_DAYS);
                    one(What::PaymentReturned { back, reported_by, due, ends_doubt })
                }
                _ => Err(Refusal::NoSuch("笔已付的拨付", "payment that was made")),
            }
        }
        Command::ConfirmFailure { end_to_end_id, reported_by } => {
            two_people(by, reported_by)?;
            if !case.doubtful_payments().any(|payment| payment.end_to_end_id == end_to_end_id) {
                return Err(Refusal::NoSuch("笔有疑问的拨付", "payment in doubt"));
            }
            // As long as another is in doubt no account is asked for.
            let waits = case.stage == Stage::PaymentFailed && case.doubtful_payments().count() == 1;
            let due = waits.then(|| context.due_in(ACCOUNT_CORRECTION_DAYS));
            one(What::FailedAfterAll { end_to_end_id, reported_by: Some(reported_by), due })
        }
        Command::CorrectReference { end_to_end_id, reference, on, reported_by } => {
            two_people(by, reported_by)?;
            let it = case.payments.iter().find(|payment| payment.end_to_end_id == end_to_end_id);
            match it.and_then(|payment| payment.outcome.as_ref()) {
                Some(PaymentOutcome::Paid { reference: recorded, on: day }) if (recorded, *day) != (&reference, on) => {
                    let recorded = recorded.clone();
                    one(What::ReferenceCorrected { end_to_end_id, recorded, reference, on, reported_by })
                }
                _ => Err(Refusal::NoSuch("笔已付的拨付", "payment that was made")),
            }
        }
        Command::CorrectAccount(account) => {
            let account = sound(account)?;
            if has_come_back(case, &account) {
                return Err(Refusal::AccountCameBack);
            }
            // Nobody reviews the case again: the money may only go where it was seen to go, or to the party by its name.
            let was_seen = case.account.as_ref().is_some_and(|before| same_name(&before.holder, &account.holder));
            if let Some(name) = context.party_name.filter(|name| !was_seen && !same_name(name, &account.holder)) {
                return Err(Refusal::HolderIsNotParty(name.to_owned()));
            }
            one(What::AccountCorrected { account, due: context.due_of(StepKind::Pay) })
        }
        Command::Close => one(What::Closed),
    }
}

/// The actions a page shows for a case, each with all that stands in its way.
pub fn actions(case: &Case, actor: &Actor, context: &Context) -> Vec<(Action, Vec<Refusal>)> {
    let shown = Action::ON_PAGES.into_iter().filter(|action| crate::permit::concerns(case, *action, actor));
    shown.map(|action| (action, obstacles(case, action, actor, context))).collect()
}
