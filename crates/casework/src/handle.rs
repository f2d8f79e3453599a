//! The transition: a case, a command, who gives it and when; out come the events, or why not.

use chrono::NaiveDate;
use duixian_money::{Fen, Span};

use crate::account::{same_name, sound};
use crate::calendar::Calendar;
use crate::case::{
    Answer, Assessed, Case, Decision, Defect, Evidence, Finding, Notice, Objection, Opinion, Paused, Payment,
    PaymentOutcome, Recommendation, Reply, Revocation, Standing, Statement,
};
use crate::command::{Action, Command, IfShort, NewEvidence, Stated};
use crate::contradiction::Contradiction;
use crate::event::{AfterAnswer, Event, What};
use crate::late::ran_late;
use crate::moment::Moment;
use crate::people::{Actor, UserId};
use crate::permit::{may_uphold, permit};
use crate::procedure::Procedure;
use crate::refusal::Refusal;
use crate::round::Round;
use crate::stage::Stage;
use duixian_rules::plan::{Duty, StepKind};
use duixian_text::{has_unseen, is_written_otherwise};

/// Working days an applicant has to correct an account that a payment failed on.
pub const ACCOUNT_CORRECTION_DAYS: u32 = 10;

/// What a transition may look at beside the case.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// When the command is given.
    pub now: Moment,
    /// Working days.
    pub calendar: &'a Calendar,
    /// How the case's measure is handled.
    pub procedure: &'a Procedure,
    /// The case's round.
    pub round: &'a Round,
    /// What the case's fund has free in its year; none where it has no appropriation.
    pub free: Option<Fen>,
    /// What others were granted before that still waits for the same money: theirs comes first.
    pub waiting: Fen,
    /// The number of another party's case that was granted for a basis of the same number, which is one party's alone.
    pub granted_elsewhere: Option<&'a str>,
    /// The number of another live case for the same basis.
    pub duplicate: Option<&'a str>,
    /// The number of another case in which the same basis was granted; where the measure goes by years, for the same year.
    pub granted: Option<&'a str>,
    /// The number of another case for the same basis for which money has left or is on its way; none where nobody has looked yet.
    pub paid_otherwise: Option<&'a str>,
    /// What other cases of the party state otherwise; nothing where nobody has looked yet.
    pub contradictions: &'a [Contradiction],
    /// The party's name in the registry; none where nobody has looked yet, or where it has none.
    pub party_name: Option<&'a str>,
    /// A desk's name for people.
    pub desk_name: &'a dyn Fn(&str) -> String,
}

impl Context<'_> {
    fn due_in(&self, working_days: u32) -> NaiveDate {
        self.calendar.add_working_days(self.now.day(), working_days)
    }

    fn due_of(&self, step: StepKind) -> Option<NaiveDate> {
        self.procedure.step(step).map(|step| self.due_in(step.working_days))
    }

    /// Stops a clock.
    fn pause(&self, case: &Case) -> Paused {
        let left = case.due.map_or(0, |due| self.calendar.working_days_between(self.now.day(), due));
        let has_run_out = case.is_overdue(self.now.day());
        Paused { stage: case.stage, left, has_run_out, was_due: case.due.filter(|_| has_run_out) }
    }

    /// Starts a clock that was stopped: the same number of working days from today, or as long ago as it was late. To stop it gives
    /// nobody new days.
    pub fn resume(&self, paused: &Paused) -> NaiveDate {
        let days = u32::try_from(paused.left.unsigned_abs()).unwrap_or(u32::MAX);
        if paused.left < 0 || paused.has_run_out {
            self.calendar.late_by(self.now.day(), days)
        } else {
            self.due_in(days)
        }
    }

    /// Starts the clock of a notice: it hangs at least until today, whenever it should have ended.
    fn resume_notice(&self, paused: &Paused) -> NaiveDate {
        self.due_in(u32::try_from(paused.left).unwrap_or(0))
    }
}

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
        Command::Remind => {
            let due = case.due.unwrap_or_else(|| context.now.day());
            one(match case.stage {
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
            case.statements.get(&cell).ok_or(Refusal::NoSuch("项填报", "statement"))?;
            let mut others = context.contradictions.iter();
            if let Some(other) = others.find(|other| holds && other.is_binding && other.cell == cell) {
                return Err(Refusal::Contradicts(other.number.clone()));
            }
            let finding = finding(holds, note, user, at)?;
            one(What::StatementFound { cell, finding })
        }
        Command::ConfirmFacts { mut facts, source } => {
            // Of what was stated it is said fact by fact whether it holds: silence about a dispute confirms nothing.
            facts.retain(|cell, _| !case.statements.contains_key(cell));
            if facts.is_empty() {
                return Err(Refusal::NoSuch("项可以确认的登记事实", "registered fact to confirm"));
            }
            let note = text(source, "确认的依据", "by what the facts are confirmed")?;
            one(What::FactsConfirmed { registered: facts, finding: finding(true, note, user, at)? })
        }
        Command::FindEvidence { id, holds, note } => {
            case.evidence
                .iter()
                .find(|evidence| evidence.id == id)
                .ok_or(Refusal::NoSuch("份佐证", "piece of evidence"))?;
            one(What::EvidenceFound { id, finding: finding(holds, note, user, at)? })
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
            one(What::Held { reason: text(reason, "暂缓的原因", "a reason")?, paused: context.pause(case) })
        }
        Command::Resume => one(What::Resumed { due: case.paused.as_ref().map(|paused| context.resume(paused)) }),
        Command::Decide { amount, reason, conditions, priority, if_short } => {
            grantable(case, amount)?;
            granted_once(context)?;
            if let Some(other) = context.contradictions.iter().find(|other| other.is_binding) {
                return Err(Refusal::Contradicts(other.number.clone()));
            }
            let conditions: Vec<String> =
                conditions.into_iter().map(|one| one.trim().to_owned()).filter(|one| !one.is_empty()).collect();
            let reason = text(reason, "审定的理由", "the reason for the amount")?;
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
        Command::Fund { amount, sharing } => {
            let decided = case.decision.as_ref().map_or(Fen(0), |decision| decision.amount);
            if amount <= Fen(0) {
                return Err(Refusal::NothingToGrant);
            }
            if amount > decided {
                return Err(Refusal::OutsideSpan { amount, span: Span { low: Fen(1), high: Some(decided) } });
            }
            granted_once(context)?;
            // What is cut is cut for good: whoever is cut reads why.
            if amount < decided && sharing.as_ref().is_some_and(|sharing| sharing.grounds.trim().is_empty()) {
                return Err(Refusal::TextMissing("这样分配的理由", "why it is shared out like this"));
            }
            let free = context.free.ok_or_else(|| Refusal::NoFund(case.subject.year.to_string()))?;
            if free < amount {
                return Err(Refusal::FundShort { free, waiting: Fen(0), wanted: amount });
            }
            let (stage, due) = after_decision(context);
            one(What::Funded { amount, stage, due, sharing })
        }
        Command::Decline { reason } => {
            one(What::Declined { reason: text(reason, "不予支持的理由", "a reason")? })
        }
        Command::ProposeRevocation { grounds, remark } => {
            let grounds = text(grounds, "撤销的理由", "the grounds")?;
            let remark = match case.notice {
                Some(_) => text(remark, "向公众说明的一句话", "one line for the public")?,
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
            one(What::NoticePublished(Notice { at, by: user, until }))
        }
        Command::Object { name, contact, grounds } => {
            for (given, zh, en) in [(&name, "姓名或单位名称", "name"), (&contact, "联系方式", "way to reach you")]
            {
                if has_unseen(given) {
                    return Err(Refusal::Unseen(zh, en));
                }
            }
            let objection = Objection {
                id: case.objections.len() as u32 + 1,
                name: text(name, "姓名或单位名称", "a name")?,
                contact: reachable(text(contact, "联系方式", "how to reach you")?)?,
                grounds: text(grounds, "异议的理由", "the grounds")?,
                at,
                reply: None,
                answer: None,
            };
            let paused = (case.stage == Stage::InNotice).then(|| context.pause(case));
            one(What::Objected { objection, due: context.due_in(context.procedure.objection_days), paused })
        }
        Command::Reply { text: words } => {
            one(What::Replied(Reply { text: text(words, "陈述的意见", "a reply")?, by: user, at }))
        }
        Command::AnswerObjection { id, upheld, text: words } => {
            let objection = case
                .objections
                .iter()
                .find(|objection| objection.id == id)
                .ok_or(Refusal::NoSuch("条异议", "objection"))?;
            if objection.answer.is_some() {
                return Err(Refusal::AlreadyDone);
            }
            let answer = Answer { upheld, text: text(words, "答复", "an answer")?, by: user, at };
            let others_open = case.open_objections().any(|other| other.id != id);
            let then = match (upheld, others_open, &case.paused) {
                (true, ..) => {
                    let (stage, due) = back_to_review(context);
                    AfterAnswer::BackToReview { stage, due, by_decider: true }
                }
                (false, true, _) => AfterAnswer::StillObjected,
                (false, false, Some(paused)) => AfterAnswer::NoticeGoesOn(context.resume_notice(paused)),
                (false, false, None) => AfterAnswer::NoticeGoesOn(context.now.day()),
            };
            one(What::ObjectionAnswered { id, answer, then })
        }
        Command::EndNotice => one(What::NoticeEnded { due: context.due_of(StepKind::Pay) }),
        Command::PutInBatch { batch, end_to_end_id } => {
            let account = sound(case.account.clone().ok_or(Refusal::AccountMissing)?)?;
            let amount = case.granted().ok_or(Refusal::NothingToGrant)?;
            let (outcome, is_paid_after_all, cleared) = (None, false, None);
            let payment = Payment { batch, end_to_end_id, amount, account, outcome, is_paid_after_all, cleared };
            one(What::PutInBatch(payment))
        }
        Command::TakeOutOfBatch { batch } => match case.open_payment() {
            Some(payment) if payment.batch == batch => one(What::TakenOutOfBatch { batch }),
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
                    if is_waiting && case.open_payment().is_none() {
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
                    one(What::PaymentFailed { reason, due: context.due_in(ACCOUNT_CORRECTION_DAYS) })
                }
            }
        }
        Command::EndPayment { reason } => {
            one(What::Declined { reason: text(reason, "终止拨付的理由", "why the payment is ended")? })
        }
        Command::RecordReturn { back, reported_by } => {
            two_people(by, reported_by)?;
            let is_it = |payment: &&Payment| payment.end_to_end_id == back.end_to_end_id;
            match case.payments.iter().find(is_it).and_then(|payment| payment.outcome.as_ref()) {
                Some(PaymentOutcome::Paid { on, .. }) if *on <= back.on => {
                    one(What::PaymentReturned { back, reported_by, due: context.due_in(ACCOUNT_CORRECTION_DAYS) })
                }
                _ => Err(Refusal::NoSuch("笔已付的拨付", "payment that was made")),
            }
        }
        Command::ConfirmFailure { end_to_end_id, reported_by } => {
            two_people(by, reported_by)?;
            match case.doubtful_payment() {
                Some(payment) if payment.end_to_end_id == end_to_end_id => {
                    one(What::FailedAfterAll { end_to_end_id, reported_by: Some(reported_by) })
                }
                _ => Err(Refusal::NoSuch("笔有疑问的拨付", "payment in doubt")),
            }
        }
        Command::CorrectAccount(account) => {
            let account = sound(account)?;
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

/// What frees money to be paid again is read by one person and confirmed by another.
fn two_people(by: Option<UserId>, reported_by: UserId) -> Result<(), Refusal> {
    if by == Some(reported_by) { Err(Refusal::ReadByYou) } else { Ok(()) }
}

/// What an application must have to be sent: the facts that decide, the evidence, the account.
///
/// One that the rules refuse may be sent all the same: its party has a right to a decision in writing.
pub fn complete(case: &Case, assessed: &Assessed, procedure: &Procedure) -> Result<(), Refusal> {
    if assessed.standing == Standing::Unknown {
        return Err(Refusal::FactsMissing(assessed.reason.0.clone(), assessed.reason.1.clone()));
    }
    let is_missing = |kind: &&String| !case.evidence.iter().any(|evidence| evidence.kind == **kind);
    let missing: Vec<String> = procedure.required_evidence.iter().filter(is_missing).cloned().collect();
    if !missing.is_empty() {
        return Err(Refusal::EvidenceMissing(missing));
    }
    let account = case.account.clone().ok_or(Refusal::AccountMissing)?;
    sound(account).map(|_| ())
}

/// The most pieces of evidence that a case has: more than anyone verifies.
const MOST_EVIDENCE: usize = 60;

fn add_evidence(case: &Case, evidence: NewEvidence, by: UserId, at: Moment) -> Result<What, Refusal> {
    let kind = text(evidence.kind, "佐证的类型", "the type of evidence")?;
    let (number, issuer) = (evidence.number.trim().to_owned(), evidence.issuer.trim().to_owned());
    for (given, zh, en) in [(&kind, "佐证的类型", "type"), (&number, "文号", "number"), (&issuer, "出具单位", "issuer")]
    {
        if has_unseen(given) {
            return Err(Refusal::Unseen(zh, en));
        }
    }
    if evidence.file.is_none() && number.is_empty() {
        return Err(Refusal::TextMissing("文号，或上传文件", "the document's number, or a file"));
    }
    if case.evidence.len() >= MOST_EVIDENCE {
        return Err(Refusal::TooMuchEvidence(MOST_EVIDENCE));
    }
    if let Some(file) = &evidence.file {
        let is_same = |piece: &&Evidence| {
            piece.kind == kind && piece.file.as_ref().is_some_and(|other| other.sha256 == file.sha256)
        };
        if let Some(there) = case.evidence.iter().find(is_same) {
            let name = there.file.as_ref().map_or_else(String::new, |file| file.name.clone());
            return Err(Refusal::SameFile(name));
        }
    }
    Ok(What::EvidenceAdded(Evidence {
        id: case.next_evidence,
        kind,
        number,
        issuer,
        issued_on: evidence.issued_on,
        file: evidence.file,
        by,
        at,
        finding: None,
    }))
}

fn review(
    case: &Case,
    recommends: Recommendation,
    opinion: String,
    by: UserId,
    context: &Context,
) -> Result<What, Refusal> {
    let text = text(opinion, "审核意见", "an opinion")?;
    let step = case.stage.step().unwrap_or(StepKind::FormalReview);
    let next = context.procedure.review_after(step).map(|step| step.kind);
    match (recommends, next) {
        (Recommendation::Support(amount), _) => grantable(case, amount)?,
        (Recommendation::GoOn, None) => {
            return Err(Refusal::TextMissing(
                "建议的金额，或建议不予支持",
                "the amount recommended, or that it be declined",
            ));
        }
        _ => {}
    }
    if recommends != Recommendation::Decline && next.is_none() {
        let unverified = unverified(case);
        if !unverified.is_empty() {
            return Err(Refusal::NotVerified(unverified));
        }
    }
    let opinion = Opinion { stage: case.stage, recommends, text, by, at: context.now };
    // Whoever is for declining sends it to the decision at once: no later review can help.
    let stage = if recommends == Recommendation::Decline { Stage::Reviewed } else { review_stage(next) };
    let due = context.due_of(stage.step().unwrap_or(StepKind::Decide));
    Ok(What::Reviewed { opinion, stage, due })
}

/// What a reviewer has yet to look at: statements and evidence without a finding that counts.
pub fn unverified(case: &Case) -> Vec<String> {
    let is_open = |finding: &Option<Finding>| !finding.as_ref().is_some_and(|finding| case.is_current(finding));
    let statements = case.statements.iter().filter(|(_, statement)| is_open(&statement.finding));
    let evidence = case.evidence.iter().filter(|evidence| is_open(&evidence.finding));
    statements.map(|(cell, _)| cell.column.clone()).chain(evidence.map(|evidence| evidence.kind.clone())).collect()
}

/// Whether an amount may be granted: the rules give something, and the amount lies inside their span.
fn grantable(case: &Case, amount: Fen) -> Result<(), Refusal> {
    let assessed = case.assessed.as_ref().ok_or(Refusal::NoSuch("项评定", "assessment"))?;
    let (zh, en) = assessed.reason.clone();
    let span = match (assessed.standing, assessed.span) {
        (Standing::NotEntitled, _) => return Err(Refusal::NotEntitled(zh, en)),
        (Standing::Entitled | Standing::Conditional, Some(span)) => span,
        _ => return Err(Refusal::FactsMissing(zh, en)),
    };
    if amount <= Fen(0) {
        return Err(Refusal::NothingToGrant);
    }
    if !span.contains(amount) {
        return Err(Refusal::OutsideSpan { amount, span });
    }
    Ok(())
}

/// Whether no other case has been granted the same: since this one was judged, one that had come to nothing may have been paid.
fn granted_once(context: &Context) -> Result<(), Refusal> {
    if let Some(number) = context.granted_elsewhere {
        return Err(Refusal::GrantedElsewhere(number.to_owned()));
    }
    context.granted.map_or(Ok(()), |number| Err(Refusal::GrantedBefore(number.to_owned())))
}

fn review_stage(step: Option<StepKind>) -> Stage {
    match step {
        Some(StepKind::FormalReview) => Stage::FormalReview,
        Some(StepKind::SubstantiveReview) => Stage::SubstantiveReview,
        _ => Stage::Reviewed,
    }
}

/// The last review there is, where what was decided or recommended is looked at again.
fn back_to_review(context: &Context) -> (Stage, Option<NaiveDate>) {
    let reviews = [StepKind::SubstantiveReview, StepKind::FormalReview];
    let last = reviews.into_iter().find(|kind| context.procedure.step(*kind).is_some());
    (review_stage(last), context.due_of(last.unwrap_or(StepKind::Decide)))
}

fn after_decision(context: &Context) -> (Stage, Option<NaiveDate>) {
    match context.procedure.step(StepKind::Notice) {
        // It is put up within as many days as it hangs.
        Some(step) => (Stage::Decided, Some(context.due_in(step.working_days))),
        None => (Stage::Payable, context.due_of(StepKind::Pay)),
    }
}

fn finding(holds: bool, note: String, by: UserId, at: Moment) -> Result<Finding, Refusal> {
    let note = note.trim().to_owned();
    if !holds && note.is_empty() {
        return Err(Refusal::TextMissing("不属实的理由", "why it does not hold"));
    }
    Ok(Finding { holds, note, by, at })
}

/// A telephone number or an e-mail address: an answer must be able to reach someone.
fn reachable(contact: String) -> Result<String, Refusal> {
    let digits = contact.chars().filter(char::is_ascii_digit).count();
    let is_telephone = digits >= 7;
    let is_email = contact.split_once('@').is_some_and(|(who, host)| {
        let host = host.trim_end_matches(|letter: char| !letter.is_ascii_alphanumeric());
        !who.trim().is_empty()
            && host.split_once('.').is_some_and(|(first, rest)| !first.is_empty() && !rest.is_empty())
    });
    if is_telephone || is_email { Ok(contact) } else { Err(Refusal::Unreachable) }
}

/// What is said to each of what was to be mended; nothing where all of it is empty.
fn answered(case: &Case, answers: Vec<String>) -> Vec<String> {
    let answers: Vec<String> =
        answers.into_iter().take(case.defects.len()).map(|answer| answer.trim().to_owned()).collect();
    if answers.iter().all(String::is_empty) { Vec::new() } else { answers }
}

/// A text that must be given, trimmed.
fn text(given: String, zh: &'static str, en: &'static str) -> Result<String, Refusal> {
    let given = given.trim();
    if given.is_empty() { Err(Refusal::TextMissing(zh, en)) } else { Ok(given.to_owned()) }
}

/// The actions a page shows for a case, each with why it is closed if it is.
pub fn actions(case: &Case, actor: &Actor, context: &Context) -> Vec<(Action, Option<Refusal>)> {
    let shown = Action::ON_PAGES.into_iter().filter(|action| crate::permit::concerns(case, *action, actor));
    shown.map(|action| (action, permit(case, action, actor, context).err())).collect()
}
