//! Desks and procedures that nothing uses, and desks that would check themselves.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::diagnostic::Diagnostic;
use crate::syntax::ast::{Item, ItemKind, Procedure, StepDecl};
use crate::vocabulary::Lang;

use super::usage::is_never_used;

pub(super) fn analyse(items: &[Item], diagnostics: &mut Vec<Diagnostic>) {
    unused(items, diagnostics);
    // Desks can be named in either language: they are told apart by the English name.
    let mut desks: FxHashMap<&str, &str> = FxHashMap::default();
    for item in items.iter().filter(|item| matches!(item.kind, ItemKind::Desk(_))) {
        let en = item.names.en.text.as_str();
        desks.extend([(item.names.zh.text.as_str(), en), (en, en)]);
    }
    for item in items {
        if let ItemKind::Procedure(procedure) = &item.kind {
            two_duties(procedure, |step| desks.get(step.desk.text.as_str()).copied(), diagnostics);
        }
    }
}

fn unused(items: &[Item], diagnostics: &mut Vec<Diagnostic>) {
    let mut named: FxHashSet<&str> = FxHashSet::default();
    let mut by_default = false;
    for item in items {
        match &item.kind {
            ItemKind::Procedure(procedure) => named.extend(procedure.steps.iter().map(|step| step.desk.text.as_str())),
            ItemKind::Measure(measure) => match &measure.procedure {
                Some(procedure) => {
                    named.insert(&procedure.text);
                }
                None => by_default = true,
            },
            _ => {}
        }
    }
    for item in items {
        let is_named = [&item.names.zh, &item.names.en].iter().any(|name| named.contains(name.text.as_str()));
        let used = match &item.kind {
            ItemKind::Desk(_) => is_named,
            // The first procedure is that of the measures which name none.
            ItemKind::Procedure(_) => is_named || std::mem::take(&mut by_default),
            _ => true,
        };
        if !used {
            diagnostics.push(is_never_used(item));
        }
    }
}

/// Nobody takes two of review, decision and payment of one case. At a desk that has two of these duties, that would
/// rest on nothing but who happens to sit there.
fn two_duties<'a>(
    procedure: &'a Procedure,
    desk_of: impl Fn(&StepDecl) -> Option<&'a str>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    for (index, step) in procedure.steps.iter().enumerate() {
        let is_other = |other: &&StepDecl| {
            let duties = (other.step.duty(), step.step.duty());
            matches!(duties, (Some(one), Some(other)) if one != other) && desk_of(other) == desk_of(step)
        };
        if let Some(other) = procedure.steps[..index].iter().find(is_other) {
            let title = |lang| (other.step.label(lang), step.step.label(lang));
            let ((one_zh, two_zh), (one_en, two_en)) = (title(Lang::Zh), title(Lang::En));
            diagnostics.push(
                Diagnostic::new(
                    "W715",
                    step.desk.span,
                    format!("“{}”既管{one_zh}，又管{two_zh}", step.desk.text),
                    format!("“{}” has both {one_en} and {two_en}", step.desk.text),
                )
                .related(other.desk.span, "另一步在这里", "the other step is here")
                .hint(
                    "自己查不了自己：审核、审定、拨付分给不同的岗位",
                    "no desk can check itself: give review, decision and payment to different desks",
                ),
            );
        }
    }
}
