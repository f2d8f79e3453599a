//! Whether someone may ask something of a case now: where it stands, who they are, and what they did before.

use crate::account::is_open_to_correction;
use crate::case::Case;
use crate::command::Action;
use crate::handle::{ACCOUNT_CORRECTION_DAYS, Context, disputes_found};
use crate::people::{Actor, Role};
use crate::refusal::Refusal;
use crate::round::RoundState;
use crate::stage::Stage;
use duixian_rules::plan::{Duty, StepKind};

mod money;
mod stages;

pub use money::{is_clear, may_be_funded, may_leave};
use money::{keeps_money, no_other_in_doubt, not_in_doubt, not_paid_after_all, not_paid_twice, within_limits};
use stages::stages;

/// Whether an action is open to an actor. A page shows the actions that are not, with the refusals' words;
/// [`handle`](crate::handle::handle) asks the same before it does anything, so that nothing else is possible.
///
/// What depends on the content of a command (an amount outside the span, a missing text) is judged there.
///
/// # Errors
/// The first of what stands in the way, as [`obstacles`] has it.
pub fn permit(case: &Case, action: Action, actor: &Actor, context: &Context) -> Result<(), Refusal> {
    obstacles(case, action, actor, context).into_iter().next().map_or(Ok(()), Err)
}

/// All that stands in the way of an action, so that nobody clears one thing away to read of the next: nothing where it is open. Of a case
/// that stands where the action makes no sense that alone is told, since the rest would be said of another stage.
pub fn obstacles(case: &Case, action: Action, actor: &Actor, context: &Context) -> Vec<Refusal> {
    if let Err(elsewhere) = stands_right(case, action) {
        return vec![elsewhere];
    }
    let mut all = who(case, action, actor, context);
    all.extend(refused([
        recusal(case, action, actor),
        not_by_who_decided(case, action, actor),
        not_taken_up_by_another(case, action, actor, context),
    ]));
    all.extend(timing(case, action, actor, context));
    all
}

/// The refusals among what was asked.
fn refused<const N: usize>(asked: [Result<(), Refusal>; N]) -> Vec<Refusal> {
    asked.into_iter().filter_map(Result::err).collect()
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

fn stands_right(case: &Case, action: Action) -> Result<(), Refusal> {
    if stages(action).contains(&case.stage) {
        return Ok(());
    }
    Err(match (action, case.stage) {
        (Action::Withdraw, Stage::Objection) => Refusal::AnsweredFirst(case.due),
        (action, stage) => Refusal::WrongStage { action, stage },
    })
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
fn who(case: &Case, action: Action, actor: &Actor, context: &Context) -> Vec<Refusal> {
    match action {
        Action::Withdraw if *actor == Actor::System => Vec::new(),
        Action::Save
        | Action::AddEvidence
        | Action::RemoveEvidence
        | Action::Submit
        | Action::Resubmit
        | Action::Withdraw
        | Action::CorrectAccount
        | Action::Reply => {
            let user = actor.user();
            match case.acted.iter().find(|(_, who)| Some(*who) == user) {
                _ if !actor.acts_for(&case.subject.party) => vec![Refusal::NotYourParty],
                // Whoever has changed sides does not direct the money that they had a say in.
                Some((did, _)) => vec![Refusal::OfficialBefore(*did)],
                None => Vec::new(),
            }
        }
        Action::Object => Vec::new(),
        // The calendar moves it, and whoever changes that; nobody does so for one case.
        Action::KeepDays if actor.has(Role::Administrator) || *actor == Actor::System => Vec::new(),
        Action::KeepDays => vec![Refusal::NeedsRole(Role::Administrator)],
        Action::Remind if *actor == Actor::System => Vec::new(),
        // Officials write to the applicant in their own words; this is the clock's alone.
        Action::Remind => vec![Refusal::WrongStage { action, stage: case.stage }],
        Action::EndNotice | Action::RecordPayment | Action::Reassess if *actor == Actor::System => Vec::new(),
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
        | Action::Close => keeps_out(case, actor, Role::Finance, StepKind::Pay, context),
        Action::Accept | Action::NotAccept => keeps_out(case, actor, Role::Intake, StepKind::Accept, context),
        // Who decides may answer too: what an objection overturns is their decision.
        Action::AnswerObjection if may_uphold(case, actor, context).is_ok() => Vec::new(),
        Action::PublishNotice | Action::AnswerObjection | Action::EndNotice => {
            keeps_out(case, actor, Role::Intake, StepKind::Notice, context)
        }
        Action::SendBack
        | Action::Decide
        | Action::Fund
        | Action::Decline
        | Action::ProposeRevocation
        | Action::ConfirmRevocation
        | Action::DropRevocation => keeps_out(case, actor, Role::DecisionMaker, StepKind::Decide, context),
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
            keeps_out(case, actor, role_of(step), step, context)
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
    keeps_out(case, actor, role, step, context).into_iter().next().map_or(Ok(()), Err)
}

/// What keeps someone from a step as an official: their role, their desk, that they act for the party.
fn keeps_out(case: &Case, actor: &Actor, role: Role, step: StepKind, context: &Context) -> Vec<Refusal> {
    let desk = context.procedure.step(step).map(|step| &step.desk).filter(|desk| !actor.sits_at(desk));
    let mut all = Vec::new();
    if !actor.has(role) {
        all.push(Refusal::NeedsRole(role));
    }
    all.extend(desk.map(|desk| Refusal::NeedsDesk((context.desk_name)(desk))));
    if case.is_of(actor) {
        all.push(Refusal::OwnParty);
    }
    all
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
        // What is read in as the bank's answer is believed.
        Action::RecordPayment => Some(Duty::Payment),
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
/// while it waits for money, are another's. Nor does who reviewed it answer that the review was right.
fn not_by_who_decided(case: &Case, action: Action, actor: &Actor) -> Result<(), Refusal> {
    let is_anothers = match action {
        Action::AnswerObjection => true,
        Action::Decline => case.stage == Stage::Queued,
        _ => false,
    };
    let has_reviewed = |user| case.acted.contains(&(Duty::Review, user));
    if action == Action::AnswerObjection && actor.user().is_some_and(has_reviewed) {
        return Err(Refusal::ReviewedByYou(action));
    }
    match &case.decision {
        Some(decision) if is_anothers && actor.user() == Some(decision.by) => Err(Refusal::DecidedByYou(action)),
        _ => Ok(()),
    }
}

/// Whether the objections to a case are not for an official to answer, who has decided or reviewed it.
pub fn is_anothers_to_answer(case: &Case, actor: &Actor) -> bool {
    let action = Action::AnswerObjection;
    recusal(case, action, actor).and_then(|()| not_by_who_decided(case, action, actor)).is_err()
}

/// Keeps colleagues of a desk from working on a case that one of them has taken up: they take it over first, which is on record.
fn not_taken_up_by_another(case: &Case, action: Action, actor: &Actor, context: &Context) -> Result<(), Refusal> {
    let is_in_review = matches!(case.stage, Stage::Accepted | Stage::FormalReview | Stage::SubstantiveReview);
    let is_of_review = matches!(
        action,
        Action::AskCorrection
            | Action::FindStatement
            | Action::ConfirmFacts
            | Action::FindEvidence
            | Action::Distinguish
            | Action::Review
            | Action::Hold
    );
    let other = case.assignee.filter(|assignee| Some(*assignee) != actor.user());
    match other {
        Some(_) if is_in_review && is_of_review => {
            Err(Refusal::TakenUpBy(context.assignee_name.unwrap_or_default().to_owned()))
        }
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

/// What keeps what was decided from being revoked as it stands: money that is on its way cannot be called back by a decision, and what
/// was declined or ended may have been applied for anew.
fn irrevocable(case: &Case, context: &Context) -> Vec<Refusal> {
    let under_way = case.open_payment().map(|_| Refusal::TakeOutFirst);
    let anew = match (case.stage, context.granted, context.duplicate) {
        (Stage::Declined | Stage::PaymentEnded, Some(number), _) => Some(Refusal::GrantedBefore(number.to_owned())),
        (Stage::Declined | Stage::PaymentEnded, None, Some(number)) => Some(Refusal::Duplicate(number.to_owned())),
        _ => None,
    };
    under_way.into_iter().chain(anew).collect()
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

/// Working days before the last day of a round from which on those who have a draft for it are reminded.
pub const DRAFT_REMINDER_DAYS: u32 = 5;

/// Whether the applicant is to be told of a draft: while its round is open, that it closes soon, and afterwards, that it was not sent; each
/// once for a closing day. On the day on which it was begun nobody has forgotten it, and what can't be sent beside another is not called for.
fn is_told_of_draft(case: &Case, context: &Context) -> Result<(), Refusal> {
    let (today, last_day) = (context.now.day(), context.round.last_day());
    let is_barred = context.duplicate.is_some() || context.granted.is_some();
    let (told, is_time) = match context.round.state(context.now) {
        RoundState::Closed => (case.missed, !is_barred),
        RoundState::Announced => (case.reminded, false),
        RoundState::Open => {
            let left = context.calendar.working_days_between(today, last_day);
            (case.reminded, left <= i64::from(DRAFT_REMINDER_DAYS) && case.opened_at.day() < today && !is_barred)
        }
    };
    match told == Some(last_day) {
        true => Err(Refusal::AlreadyDone),
        false if is_time => Ok(()),
        false => Err(Refusal::WrongStage { action: Action::Remind, stage: case.stage }),
    }
}

/// That nobody proposes to end the payment.
pub(crate) const NO_ENDING: Refusal = Refusal::NoSuch("项终止拨付的提议", "proposal to end the payment");

/// What the calendar forbids, and what is under way.
fn timing(case: &Case, action: Action, actor: &Actor, context: &Context) -> Vec<Refusal> {
    let today = context.now.day();
    let elsewhere = || Refusal::WrongStage { action, stage: case.stage };
    let when = |holds: bool, refusal: Refusal| if holds { Err(refusal) } else { Ok(()) };
    let may_be_paid = case.doubtful_payment().is_some() || context.doubted_in.is_some();
    let no_revocation_open = || when(case.revocation.is_some(), Refusal::RevocationOpen);
    match action {
        Action::Submit => match context.round.state(context.now) {
            RoundState::Open => Vec::new(),
            RoundState::Announced => vec![Refusal::RoundNotOpen(context.round.opens_at.day())],
            RoundState::Closed => vec![Refusal::RoundClosed(context.round.closes_at.day())],
        },
        // What can no more be sent takes nothing more.
        Action::Save | Action::AddEvidence | Action::RemoveEvidence
            if case.stage == Stage::Draft && context.round.state(context.now) == RoundState::Closed =>
        {
            vec![Refusal::RoundClosed(context.round.closes_at.day())]
        }
        Action::Resubmit => case.due.filter(|due| *due < today).map(Refusal::TooLate).into_iter().collect(),
        Action::Remind if case.stage == Stage::Draft => refused([is_told_of_draft(case, context)]),
        // No other account is needed before it is known whether anything is to be paid.
        Action::Remind => {
            let is_to_wait = case.stage == Stage::PaymentFailed && may_be_paid;
            let is_no_time = case.reminded != case.due && !is_running_out(case, context);
            refused([
                when(case.reminded == case.due, Refusal::AlreadyDone),
                when(is_no_time, elsewhere()),
                when(is_to_wait, Refusal::PaymentInDoubt),
            ])
        }
        Action::Withdraw => {
            // Time itself takes back only what the applicant has left lying.
            let is_lying = case.stage == Stage::Correction && case.is_overdue(today);
            refused([
                when(case.open_payment().is_some(), Refusal::PaymentUnderWay),
                when(may_be_paid, Refusal::MayBePaid),
                when(*actor == Actor::System && !is_lying, elsewhere()),
            ])
        }
        Action::EndNotice => {
            let until = case.notice.as_ref().map(|notice| notice.until).filter(|until| *until >= today);
            refused([
                until.map_or(Ok(()), |until| Err(Refusal::NoticeRuns(until))),
                when(case.open_objections().next().is_some(), Refusal::ObjectionOpen),
            ])
        }
        Action::PublishNotice => refused([no_revocation_open()]),
        Action::ProposeRevocation => {
            let mut all = refused([no_revocation_open(), when(case.ending.is_some(), Refusal::EndingOpen)]);
            all.extend(irrevocable(case, context));
            all
        }
        Action::ConfirmRevocation | Action::DropRevocation => match &case.revocation {
            None => vec![Refusal::NoSuch("项撤销审定的提议", "proposal to revoke the decision")],
            Some(_) if action == Action::DropRevocation => Vec::new(),
            Some(proposal) => {
                let mut all = refused([when(actor.user() == Some(proposal.by), Refusal::SecondDeciderNeeded)]);
                all.extend(irrevocable(case, context));
                all
            }
        },
        Action::CorrectAccount => {
            let is_failed_in_doubt = case.stage == Stage::PaymentFailed && may_be_paid;
            let is_under_way = case.open_payment().is_some();
            refused([
                when(is_failed_in_doubt, Refusal::PaymentInDoubt),
                when(is_under_way, Refusal::PaymentUnderWay),
                when(!is_under_way && !is_open_to_correction(case, context.failed_elsewhere), elsewhere()),
            ])
        }
        // Nothing is granted once more while the bank calls an earlier payment made, or has said of it what nobody has looked into.
        Action::Decide => refused([not_paid_after_all(case), not_in_doubt(context)]),
        Action::Decline => refused([disputes_found(case, context)]),
        Action::Fund => refused([
            when(context.is_sharing_open, Refusal::SharingOpen),
            no_revocation_open(),
            not_paid_after_all(case),
            within_limits(case, context),
            not_in_doubt(context),
        ]),
        Action::NoteRelease => {
            let mut all = refused([no_revocation_open()]);
            all.extend(keeps_money(case, context));
            all
        }
        Action::Close => refused([
            when(actor.user().is_some_and(|user| context.settled_alone.contains(&user)), Refusal::SettledByYou),
            not_paid_twice(case),
            not_in_doubt(context),
            no_other_in_doubt(context),
        ]),
        Action::DropEnding => refused([when(case.ending.is_none(), NO_ENDING)]),
        Action::EndPayment if case.ending.is_none() => vec![NO_ENDING],
        Action::ProposeEnding | Action::EndPayment => {
            let is_proposed = action == Action::ProposeEnding && case.ending.is_some();
            let is_own = case.ending.as_ref().is_some_and(|proposal| Some(proposal.by) == actor.user());
            let due = case.due.filter(|due| *due >= today);
            refused([
                when(action == Action::ProposeEnding && case.revocation.is_some(), Refusal::RevocationOpen),
                when(is_proposed, Refusal::EndingOpen),
                when(action == Action::EndPayment && is_own, Refusal::SecondPayerNeeded),
                due.map_or(Ok(()), |due| Err(Refusal::AccountMayCome(due))),
                not_paid_after_all(case),
                not_in_doubt(context),
            ])
        }
        Action::PutInBatch => {
            let payable_from = case.assessed.as_ref().and_then(|assessed| assessed.payable_from);
            let too_early = payable_from.filter(|day| today < *day);
            let mut all = refused([no_revocation_open()]);
            all.extend(keeps_money(case, context));
            all.extend(refused([
                when(case.open_payment().is_some(), Refusal::PaymentUnderWay),
                too_early.map_or(Ok(()), |day| Err(Refusal::NotPayableBefore(day))),
            ]));
            all
        }
        _ => Vec::new(),
    }
}
