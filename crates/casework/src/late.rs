//! That a case was late at a desk, whatever deadline it is given after.

use crate::case::{Case, Late, Paused};
use crate::event::Event;
use crate::handle::Context;
use crate::permit::desk_step;
use crate::stage::Stage;

/// That a case leaves a desk after its deadline, whoever moves it on. The days that applicants have, and those of a notice, are no
/// desk's; a clock that is stopped keeps what it lacks, and where the case ends without going on that is told then.
pub(crate) fn ran_late(case: &Case, events: &[Event], context: &Context) -> Option<Late> {
    let mut after = case.clone();
    events.iter().for_each(|event| after.apply(event));
    let (step, days) = match stopped(case) {
        // It ends without going on.
        Some(paused) if stopped(&after).is_none() && after.stage != paused.stage => {
            (desk_step(paused.stage, context), paused.left.saturating_neg())
        }
        Some(_) => return None,
        None => {
            let is_of_desk = !matches!(case.stage, Stage::Draft | Stage::InNotice | Stage::PaymentFailed);
            let due = case.due.filter(|due| is_of_desk && *due < context.now.day())?;
            let (step, next) = (desk_step(case.stage, context), desk_step(after.stage, context));
            if stopped(&after).is_some() || (after.due == case.due && next == step) {
                return None;
            }
            (step, context.calendar.working_days_between(due, context.now.day()))
        }
    };
    let days = u32::try_from(days).ok().filter(|days| *days > 0)?;
    let desk = context.procedure.step(step)?.desk.clone();
    Some(Late { step, desk, days, is_of_objections: case.stage == Stage::Objection })
}

/// A desk's clock that stands still. What an objection stops is the notice's.
fn stopped(case: &Case) -> Option<&Paused> {
    case.paused.as_ref().filter(|_| matches!(case.stage, Stage::OnHold | Stage::Correction))
}
