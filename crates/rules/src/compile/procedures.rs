//! Desks and procedures: the way a case takes, complete and valid whatever was written.

use crate::diagnostic::Diagnostic;
use crate::plan::{CORRECTION_DAYS, Desk, MAX_WORKING_DAYS, OBJECTION_DAYS, Procedure, StepKind, StepRule};
use crate::syntax::ast::{self, Item, StepDecl, WorkingDays};
use crate::vocabulary::Lang;

use super::expressions::Lowering;
use super::first_clause;
use super::names::{name_of, unknown};

/// The desks and procedures of a pack. What is wrong is reported, and the built-in step stands in its place; a pack
/// without procedures has the built-in one. So there is always a procedure, and every desk it names exists.
pub(super) fn compile(lowering: &mut Lowering<'_>) -> (Vec<Desk>, Vec<Procedure>) {
    let declared = lowering.declared;
    let desks = declared.desks.iter();
    let mut desks: Vec<Desk> =
        desks.map(|(name, desk)| Desk { name: name.clone(), department: desk.department.clone() }).collect();
    // In the order of the declarations, by which measures look theirs up.
    let procedures = declared.procedures.iter();
    let mut procedures: Vec<Procedure> =
        procedures.map(|(_, item, procedure)| one(lowering, item, procedure, &mut desks)).collect();
    if procedures.is_empty() {
        procedures.push(Procedure::built_in(&mut desks));
    }
    (desks, procedures)
}

fn one(lowering: &mut Lowering<'_>, item: &Item, declared: &ast::Procedure, desks: &mut Vec<Desk>) -> Procedure {
    let mut steps: Vec<StepRule> = Vec::new();
    let mut latest: Option<&StepDecl> = None;
    for written in &declared.steps {
        match latest {
            Some(before) if before.step > written.step => {
                let (step, earlier) = (written.step, before.step);
                lowering.report(
                    Diagnostic::new(
                        "E530",
                        written.span,
                        format!("“{}”不能写在“{}”后面", step.label(Lang::Zh), earlier.label(Lang::Zh)),
                        format!("{} cannot stand behind {}", step.label(Lang::En), earlier.label(Lang::En)),
                    )
                    .related(before.span, "它在这里", "which is here")
                    .hint(
                        "按办理的先后写：受理、形式审查、实质审核、审定、公示、拨付",
                        "in the order they are taken: accept, formal review, substantive review, decide, notice, pay",
                    ),
                );
            }
            _ => latest = Some(written),
        }
        steps.push(step(lowering, written, desks));
    }
    for missing in StepKind::ALL.into_iter().filter(|step| step.is_required()) {
        if declared.steps.iter().any(|written| written.step == missing) {
            continue;
        }
        steps.push(StepRule::built_in(missing, desks));
        // A line that could not be read may have been the step.
        if !lowering.has_unread_lines(item.span) {
            lowering.report(
                Diagnostic::new(
                    "E531",
                    item.names.zh.span.to(item.names.en.span),
                    format!("流程“{}”没有“{}”这一步", item.names.zh.text, missing.label(Lang::Zh)),
                    format!("procedure “{}” has no step for {}", item.names.en.text, missing.label(Lang::En)),
                )
                .hint(
                    "受理、审定、拨付缺一不可，各写一行：步骤、岗位、几个工作日",
                    "accept, decide and pay are needed, a line each: step, desk, working days",
                ),
            );
        }
    }
    steps.sort_by_key(|rule| rule.step);
    Procedure {
        name: name_of(&item.names),
        clause: first_clause(item),
        steps,
        correction_days: declared.correction.map_or(CORRECTION_DAYS, |within| days(lowering, within)),
        objection_days: declared.objection.map_or(OBJECTION_DAYS, |within| days(lowering, within)),
    }
}

fn step(lowering: &mut Lowering<'_>, written: &StepDecl, desks: &mut Vec<Desk>) -> StepRule {
    let working_days = days(lowering, written.within);
    let declared = &lowering.declared.desks;
    if let Some(desk) = declared.iter().position(|(name, _)| name.is(&written.desk.text)) {
        return StepRule { step: written.step, desk, working_days };
    }
    let diagnostic = unknown(&written.desk, ("岗位", "desk"), declared.iter().map(|(name, _)| name));
    lowering.report(diagnostic);
    StepRule { working_days, ..StepRule::built_in(written.step, desks) }
}

/// A number of working days, within what a pack can give.
fn days(lowering: &mut Lowering<'_>, written: WorkingDays) -> u16 {
    let most = MAX_WORKING_DAYS;
    match u16::try_from(written.days) {
        Ok(days) if (1..=most).contains(&days) => days,
        _ => {
            let hint = match written.days {
                0 => ("没有这一步的，删去这一行", "if the step is not taken, drop the line"),
                _ => ("核对天数：一年大约 250 个工作日", "check the figure: a year has about 250 working days"),
            };
            lowering.report(
                Diagnostic::new(
                    "E532",
                    written.span,
                    format!("期限要在 1 到 {most} 个工作日之间"),
                    format!("a time limit is 1 to {most} working days"),
                )
                .hint(hint.0, hint.1),
            );
            u16::try_from(written.days).map_or(most, |days| days.clamp(1, most))
        }
    }
}

/// The procedure a measure names; the first where it names none, or one that is not there.
pub(super) fn of_measure(lowering: &mut Lowering<'_>, measure: &ast::Measure) -> usize {
    let Some(ident) = &measure.procedure else { return 0 };
    let declared = &lowering.declared.procedures;
    if let Some(found) = declared.iter().position(|(name, _, _)| name.is(&ident.text)) {
        return found;
    }
    let diagnostic = unknown(ident, ("流程", "procedure"), declared.iter().map(|(name, _, _)| name));
    lowering.report(diagnostic);
    0
}
