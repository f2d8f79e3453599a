//! Whether someone may ask something of a case now: where it stands, who they are, and what they did before.

use crate::account::is_open_to_correction;
use crate::case::Case;
use crate::command::Action;
use crate::handle::{ACCOUNT_CORRECTION_DAYS, Context};
use crate::people::{Actor, Role};
use crate::refusal::Refusal;
use crate::round::RoundState;
use crate::stage::Stage;
use duixian_rules::plan::{Duty, StepKind};

mod money;

pub use money::{is_clear, may_leave};
use money::{no_other_in_doubt, not_in_doubt, not_paid_after_all, not_paid_twice};

/// Whether an action is open to an actor. A page shows the actions that are not, with the refusal's words;
/// [`handle`](crate::handle::handle) asks the same before it does anything, so that nothing else is possible.
///
/// What depends on the content of a command (an amount outside the span, a missing text) is judged there.
pub fn permit(case: &Case, action: Action, actor: &Actor, context: &Context) -> Result<(), Refusal> {
    stands_right(case, action)?;
    who(case, action, actor, context)?;
    recusal(case, action, actor)?;
    not_by_who_decided(case, action, actor)?;
    timing(case, action, actor, context)
}

/// Whether an official may know who has objected and how to reach them: at their desks who answers objections and who decides, and
/// the auditor. The form promises it, and whoever objects may have to live with whom they object to.
pub fn may_see_objectors(case: &Case, actor: &Actor, context: &Context) -> bool {
    let at_desk = |role, step| official(case, actor, role, step, context).is_ok();
    actor.has(Role::Auditor)
        || at_desk(Role::Intake, StepKind::Notice)
        || at_desk(Role::DecisionMaker, StepKind::Decide)
}

/// Whether a page should offer the action at all, allowed or greyed: it is for people of this kind, at this stage or a
/// later one. Others would only be noise.
pub fn concerns(case: &Case, action: Action, actor: &Actor) -> bool {
    let applicant = matches!(
        action,
        Action::Save
            | Action::AddEvidence
            | Action::RemoveEvidence
            | Action::Submit
            | Action::Resubmit
            | Action::Withdraw
            | Action::CorrectAccount
            | Action::Reply
    );
    let stage_fits = stages(action).contains(&case.stage)
        && match action {
            Action::ProposeRevocation => case.revocation.is_none(),
            Action::ConfirmRevocation | Action::DropRevocation => case.revocation.is_some(),
            Action::ProposeEnding => case.ending.is_none(),
            Action::EndPayment | Action::DropEnding => case.ending.is_some(),
            _ => true,
        };
    // What was declined has ended, and only what was decided there may be revoked.
    let has_ended = case.stage.is_final() && !is_of_revocation(action);
    match actor {
        Actor::User { .. } if applicant => actor.acts_for(&case.subject.party) && stage_fits,
        Actor::User { roles, .. } => stage_fits && roles.iter().any(|role| role.is_official()) && !has_ended,
        Actor::Public => action == Action::Object && stage_fits,
        Actor::System => false,
    }
}

fn is_of_revocation(action: Action) -> bool {
    matches!(action, Action::ProposeRevocation | Action::ConfirmRevocation | Action::DropRevocation)
}

/// The stages in which an action makes sense.
fn stages(action: Action) -> &'static [Stage] {
    match action {
        Action::Save | Action::AddEvidence | Action::RemoveEvidence => &[Stage::Draft, Stage::Correction],
        Action::Submit => &[Stage::Draft],
        Action::Resubmit => &[Stage::Correction],
        Action::Remind => &[Stage::Correction, Stage::PaymentFailed],
        Action::Withdraw => &[
            Stage::Draft,
            Stage::Submitted,
            Stage::Accepted,
            Stage::FormalReview,
            Stage::SubstantiveReview,
            Stage::Reviewed,
            Stage::Queued,
            Stage::Decided,
            Stage::InNotice,
            Stage::Payable,
            Stage::Correction,
            Stage::OnHold,
            Stage::PaymentFailed,
        ],
        Action::Accept => &[Stage::Submitted],
        Action::NotAccept => &[Stage::Submitted],
        Action::AskCorrection => &[Stage::Submitted, Stage::FormalReview, Stage::SubstantiveReview],
        Action::TakeUp => &[Stage::Accepted, Stage::FormalReview, Stage::SubstantiveReview],
        Action::FindStatement | Action::ConfirmFacts | Action::FindEvidence | Action::Review => {
            &[Stage::FormalReview, Stage::SubstantiveReview]
        }
        Action::Distinguish => &[Stage::FormalReview, Stage::SubstantiveReview, Stage::Reviewed],
        Action::Reassess => &[Stage::FormalReview, Stage::SubstantiveReview, Stage::Reviewed],
        // What was decided is not sent back by one alone: it is revoked.
        Action::SendBack => &[Stage::Reviewed],
        Action::Hold => {
            &[Stage::Submitted, Stage::Accepted, Stage::FormalReview, Stage::SubstantiveReview, Stage::Reviewed]
        }
        Action::Resume => &[Stage::OnHold],
        Action::Decide => &[Stage::Reviewed],
        Action::Fund => &[Stage::Queued],
        Action::Decline => &[Stage::Reviewed, Stage::Queued],
        Action::ProposeRevocation | Action::ConfirmRevocation | Action::DropRevocation => &[
            Stage::Queued,
            Stage::Decided,
            Stage::InNotice,
            Stage::Payable,
            Stage::PaymentFailed,
            Stage::Declined,
            Stage::PaymentEnded,
        ],
        Action::PublishNotice => &[Stage::Decided],
        Action::Object => &[Stage::InNotice, Stage::Objection],
        Action::Reply | Action::AnswerObjection => &[Stage::Objection],
        Action::EndNotice => &[Stage::InNotice],
        Action::PutInBatch | Action::TakeOutOfBatch | Action::NoteRelease => &[Stage::Payable],
        // Of a failed one the bank may yet say that it was made, whatever became of the case.
        Action::RecordPayment => &[
            Stage::Payable,
            Stage::PaymentFailed,
            Stage::Paid,
            Stage::Closed,
            Stage::Withdrawn,
            Stage::FormalReview,
            Stage::SubstantiveReview,
            Stage::Reviewed,
            Stage::Queued,
            Stage::Decided,
            Stage::InNotice,
            Stage::Objection,
            Stage::Correction,
            Stage::OnHold,
            Stage::Declined,
            Stage::PaymentEnded,
        ],
        Action::ConfirmFailure => stages(Action::RecordPayment),
        Action::RecordReturn | Action::CorrectReference => &[Stage::Paid, Stage::Closed],
        Action::ProposeEnding | Action::EndPayment | Action::DropEnding => &[Stage::PaymentFailed],
        Action::CorrectAccount => &[Stage::Payable, Stage::PaymentFailed],
        Action::Close => &[Stage::Paid],
    }
}

fn stands_right(case: &Case, action: Action) -> Result<(), Refusal> {
    if stages(action).contains(&case.stage) { Ok(()) } else { Err(Refusal::WrongStage { action, stage: case.stage }) }
}

/// Whether an actor may have a hand in paying a case.
///
/// # Errors
/// Why not: their role, their desk, their own party, or what they did in the case.
pub fn may_pay(case: &Case, actor: &Actor, context: &Context) -> Result<(), Refusal> {
    official(case, actor, Role::Finance, StepKind::Pay, context)?;
    recused_from(case, Duty::Payment, actor)
}

/// Who may do it.
fn who(case: &Case, action: Action, actor: &Actor, context: &Context) -> Result<(), Refusal> {
    match action {
        Action::Withdraw if *actor == Actor::System => Ok(()),
        Action::Save
        | Action::AddEvidence
        | Action::RemoveEvidence
        | Action::Submit
        | Action::Resubmit
        | Action::Withdraw
        | Action::CorrectAccount
        | Action::Reply => {
            if actor.acts_for(&case.subject.party) {
                Ok(())
            } else {
                Err(Refusal::NotYourParty)
            }
        }
        Action::Object => Ok(()),
        Action::Remind if *actor == Actor::System => Ok(()),
        // Officials write to the applicant in their own words; this is the clock's alone.
        Action::Remind => Err(Refusal::WrongStage { action, stage: case.stage }),
        Action::EndNotice | Action::RecordPayment | Action::Reassess if *actor == Actor::System => Ok(()),
        Action::RecordPayment
        | Action::RecordReturn
        | Action::ConfirmFailure
        | Action::CorrectReference
        | Action::ProposeEnding
        | Action::EndPayment
        | Action::DropEnding
        | Action::NoteRelease
        | Action::PutInBatch
        | Action::TakeOutOfBatch
        | Action::Close => official(case, actor, Role::Finance, StepKind::Pay, context),
        Action::Accept | Action::NotAccept => official(case, actor, Role::Intake, StepKind::Accept, context),
        // Who decides may answer too: what an objection overturns is their decision.
        Action::AnswerObjection if may_uphold(case, actor, context).is_ok() => Ok(()),
        Action::PublishNotice | Action::AnswerObjection | Action::EndNotice => {
            official(case, actor, Role::Intake, StepKind::Notice, context)
        }
        Action::SendBack
        | Action::Decide
        | Action::Fund
        | Action::Decline
        | Action::ProposeRevocation
        | Action::ConfirmRevocation
        | Action::DropRevocation => official(case, actor, Role::DecisionMaker, StepKind::Decide, context),
        Action::AskCorrection
        | Action::TakeUp
        | Action::FindStatement
        | Action::ConfirmFacts
        | Action::FindEvidence
        | Action::Distinguish
        | Action::Reassess
        | Action::Review
        | Action::Hold
        | Action::Resume => {
            let stage = case.paused.as_ref().map_or(case.stage, |paused| paused.stage);
            let step = desk_step(stage, context);
            official(case, actor, role_of(step), step, context)
        }
    }
}

/// The step whose desk has a case at a stage; a case that was taken in waits for the first review.
pub(crate) fn desk_step(stage: Stage, context: &Context) -> StepKind {
    match stage {
        Stage::Accepted => context.procedure.review_after(StepKind::Accept).map_or(StepKind::Decide, |step| step.kind),
        stage => stage.step().unwrap_or(StepKind::Accept),
    }
}

/// The role that does a step.
pub fn role_of(step: StepKind) -> Role {
    match step {
        StepKind::Accept | StepKind::Notice => Role::Intake,
        StepKind::FormalReview | StepKind::SubstantiveReview => Role::Reviewer,
        StepKind::Decide => Role::DecisionMaker,
        StepKind::Pay => Role::Finance,
    }
}

fn official(case: &Case, actor: &Actor, role: Role, step: StepKind, context: &Context) -> Result<(), Refusal> {
    if !actor.has(role) {
        return Err(Refusal::NeedsRole(role));
    }
    if let Some(step) = context.procedure.step(step)
        && !actor.sits_at(&step.desk)
    {
        return Err(Refusal::NeedsDesk((context.desk_name)(&step.desk)));
    }
    if case.is_of(actor) {
        return Err(Refusal::OwnParty);
    }
    Ok(())
}

/// The duty an action belongs to, of which nobody may do two for one case.
pub fn duty(action: Action, stage: Stage) -> Option<Duty> {
    match action {
        Action::TakeUp | Action::FindStatement | Action::ConfirmFacts | Action::FindEvidence | Action::Review => {
            Some(Duty::Review)
        }
        // Whoever calls two numbers two does not decide by it.
        Action::Distinguish => Some(Duty::Review),
        Action::AskCorrection if stage != Stage::Submitted => Some(Duty::Review),
        Action::SendBack
        | Action::Decide
        | Action::Fund
        | Action::Decline
        | Action::ProposeRevocation
        | Action::ConfirmRevocation
        | Action::DropRevocation => Some(Duty::Decision),
        Action::PutInBatch
        | Action::NoteRelease
        | Action::RecordReturn
        | Action::ConfirmFailure
        | Action::CorrectReference
        | Action::ProposeEnding
        | Action::EndPayment
        | Action::DropEnding => Some(Duty::Payment),
        _ => None,
    }
}

fn recusal(case: &Case, action: Action, actor: &Actor) -> Result<(), Refusal> {
    duty(action, case.stage).map_or(Ok(()), |now| recused_from(case, now, actor))
}

fn recused_from(case: &Case, now: Duty, actor: &Actor) -> Result<(), Refusal> {
    let Some(user) = actor.user() else { return Ok(()) };
    match case.acted.iter().find(|(did, who)| *who == user && *did != now) {
        Some((did, _)) => Err(Refusal::Recused { did: *did, now }),
        None => Ok(()),
    }
}

/// Keeps who decided a case from being the only one who looks at that again: the objections to it, and what its letter promised
/// while it waits for money, are another's.
fn not_by_who_decided(case: &Case, action: Action, actor: &Actor) -> Result<(), Refusal> {
    let is_anothers = match action {
        Action::AnswerObjection => true,
        Action::Decline => case.stage == Stage::Queued,
        _ => false,
    };
    match &case.decision {
        Some(decision) if is_anothers && actor.user() == Some(decision.by) => Err(Refusal::DecidedByYou(action)),
        _ => Ok(()),
    }
}

/// Whether someone may uphold an objection. That takes back what was decided, and is for those who decide.
///
/// # Errors
/// [`Refusal::NeedsRole`], [`Refusal::NeedsDesk`], [`Refusal::OwnParty`], [`Refusal::Recused`].
pub fn may_uphold(case: &Case, actor: &Actor, context: &Context) -> Result<(), Refusal> {
    official(case, actor, Role::DecisionMaker, StepKind::Decide, context)?;
    recused_from(case, Duty::Decision, actor)
}

/// Whether what was decided can be revoked as it stands: money that is on its way cannot be called back by a decision, and what
/// was declined or ended may have been applied for anew.
fn revocable(case: &Case, context: &Context) -> Result<(), Refusal> {
    if case.open_payment().is_some() {
        return Err(Refusal::TakeOutFirst);
    }
    match (case.stage, context.granted, context.duplicate) {
        (Stage::Declined | Stage::PaymentEnded, Some(number), _) => Err(Refusal::GrantedBefore(number.to_owned())),
        (Stage::Declined | Stage::PaymentEnded, None, Some(number)) => Err(Refusal::Duplicate(number.to_owned())),
        _ => Ok(()),
    }
}

/// Working days before the end of a correction from which on its applicant is reminded.
pub const REMINDER_DAYS: u32 = 3;

/// Whether the last days of a correction have come, of the application or of an account. One that has no more days than those from
/// the first needs no reminder.
fn is_running_out(case: &Case, context: &Context) -> bool {
    let left = case.due.map(|due| context.calendar.working_days_between(context.now.day(), due));
    let days = match case.stage {
        Stage::PaymentFailed => ACCOUNT_CORRECTION_DAYS,
        _ => context.procedure.correction_days,
    };
    days > REMINDER_DAYS
        && !case.is_overdue(context.now.day())
        && left.is_some_and(|left| left <= i64::from(REMINDER_DAYS))
}

/// That nobody proposes to end the payment.
pub(crate) const NO_ENDING: Refusal = Refusal::NoSuch("项终止拨付的提议", "proposal to end the payment");

/// What the calendar forbids, and what is under way.
fn timing(case: &Case, action: Action, actor: &Actor, context: &Context) -> Result<(), Refusal> {
    let today = context.now.day();
    match action {
        Action::Submit => match context.round.state(context.now) {
            RoundState::Open => Ok(()),
            RoundState::Announced => Err(Refusal::RoundNotOpen(context.round.opens_at.day())),
            RoundState::Closed => Err(Refusal::RoundClosed(context.round.closes_at.day())),
        },
        // What can no more be sent takes nothing more.
        Action::Save | Action::AddEvidence | Action::RemoveEvidence
            if case.stage == Stage::Draft && context.round.state(context.now) == RoundState::Closed =>
        {
            Err(Refusal::RoundClosed(context.round.closes_at.day()))
        }
        Action::Resubmit => match case.due {
            Some(due) if due < today => Err(Refusal::TooLate(due)),
            _ => Ok(()),
        },
        Action::Remind if case.reminded == case.due => Err(Refusal::AlreadyDone),
        Action::Remind if !is_running_out(case, context) => Err(Refusal::WrongStage { action, stage: case.stage }),
        Action::Withdraw if case.open_payment().is_some() => Err(Refusal::PaymentUnderWay),
        // It may be paid already.
        Action::Withdraw if case.doubtful_payment().is_some() || context.doubted_in.is_some() => {
            Err(Refusal::MayBePaid)
        }
        // Time itself takes back only what the applicant has left lying.
        Action::Withdraw if *actor == Actor::System => {
            if case.stage == Stage::Correction && case.is_overdue(today) {
                Ok(())
            } else {
                Err(Refusal::WrongStage { action, stage: case.stage })
            }
        }
        Action::EndNotice => match &case.notice {
            Some(notice) if notice.until >= today => Err(Refusal::NoticeRuns(notice.until)),
            _ if case.open_objections().next().is_some() => Err(Refusal::ObjectionOpen),
            _ => Ok(()),
        },
        Action::ProposeRevocation
        | Action::PublishNotice
        | Action::Fund
        | Action::PutInBatch
        | Action::NoteRelease
        | Action::ProposeEnding
            if case.revocation.is_some() =>
        {
            Err(Refusal::RevocationOpen)
        }
        Action::ProposeRevocation | Action::ProposeEnding if case.ending.is_some() => Err(Refusal::EndingOpen),
        Action::ProposeRevocation => revocable(case, context),
        Action::ConfirmRevocation | Action::DropRevocation => match &case.revocation {
            None => Err(Refusal::NoSuch("项撤销审定的提议", "proposal to revoke the decision")),
            Some(_) if action == Action::DropRevocation => Ok(()),
            Some(proposal) if actor.user() == Some(proposal.by) => Err(Refusal::SecondDeciderNeeded),
            Some(_) => revocable(case, context),
        },
        // No other account is needed before it is known whether anything is to be paid.
        Action::CorrectAccount | Action::Remind
            if case.stage == Stage::PaymentFailed
                && (case.doubtful_payment().is_some() || context.doubted_in.is_some()) =>
        {
            Err(Refusal::PaymentInDoubt)
        }
        Action::CorrectAccount if case.open_payment().is_some() => Err(Refusal::PaymentUnderWay),
        Action::CorrectAccount if !is_open_to_correction(case) => {
            Err(Refusal::WrongStage { action, stage: case.stage })
        }
        // Nothing is granted once more while the bank calls an earlier payment made, or has said of it what nobody has looked into.
        Action::Decide | Action::Fund => not_paid_after_all(case).and_then(|()| not_in_doubt(context)),
        Action::NoteRelease => may_leave(case, context),
        Action::Close if context.turned_by.is_some() && context.turned_by == actor.user() => Err(Refusal::TurnedByYou),
        Action::Close => {
            not_paid_twice(case)?;
            not_in_doubt(context)?;
            no_other_in_doubt(context)
        }
        Action::EndPayment | Action::DropEnding if case.ending.is_none() => Err(NO_ENDING),
        Action::EndPayment if case.ending.as_ref().map(|proposal| proposal.by) == actor.user() => {
            Err(Refusal::SecondPayerNeeded)
        }
        Action::ProposeEnding | Action::EndPayment => match case.due {
            Some(due) if due >= today => Err(Refusal::AccountMayCome(due)),
            _ => not_paid_after_all(case).and_then(|()| not_in_doubt(context)),
        },
        Action::PutInBatch => {
            may_leave(case, context)?;
            if case.open_payment().is_some() {
                return Err(Refusal::PaymentUnderWay);
            }
            match case.assessed.as_ref().and_then(|assessed| assessed.payable_from) {
                Some(day) if today < day => Err(Refusal::NotPayableBefore(day)),
                _ => Ok(()),
            }
        }
        _ => Ok(()),
    }
}
