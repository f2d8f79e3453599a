//! That a case was late at a desk, whatever deadline it is given after.

use crate::case::{Case, Late};
use crate::event::Event;
use crate::handle::Context;
use crate::permit::desk_step;
use crate::stage::Stage;

/// That a case leaves a desk after its deadline, whoever moves it on. The days that applicants have, and those of a notice, are no
/// desk's; a clock that is stopped keeps what it lacks.
pub(crate) fn ran_late(case: &Case, events: &[Event], context: &Context) -> Option<Late> {
    let is_of_desk = !matches!(case.stage, Stage::Draft | Stage::Correction | Stage::InNotice | Stage::PaymentFailed);
    let due = case.due.filter(|due| is_of_desk && *due < context.now.day())?;
    let mut after = case.clone();
    events.iter().for_each(|event| after.apply(event));
    let (step, next) = (desk_step(case.stage, context), desk_step(after.stage, context));
    if after.paused.is_some() || (after.due == case.due && next == step) {
        return None;
    }
    let days = context.calendar.working_days_between(due, context.now.day());
    let days = u32::try_from(days).ok().filter(|days| *days > 0)?;
    let desk = context.procedure.step(step)?.desk.clone();
    Some(Late { step, desk, days })
}
