//! What no example reaches.

use duixian_rules::analysis::can_fail;
use duixian_rules::diagnostic::Diagnostic;
use duixian_rules::plan::{LimitKind, Plan};
use duixian_rules::source::Span;

use crate::reference::Coverage;

/// Conditions that no example has seen hold or fail, tiers and limits that none has used. A general rule counts once for
/// all measures it is for.
pub(super) fn unreached(plan: &Plan, coverage: &Coverage) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut general: Vec<(Span, bool, bool)> = Vec::new();
    for (measure, seen) in plan.measures.iter().zip(&coverage.measures) {
        for (condition, seen) in measure.conditions.iter().zip(&seen.conditions) {
            // A condition over every word of a list only tells known from unknown.
            let failed = seen.seen_false || !can_fail(plan, condition.node);
            if condition.general.is_some() {
                match general.iter_mut().find(|(span, _, _)| *span == condition.span) {
                    Some((_, held, before)) => {
                        *held |= seen.seen_true;
                        *before |= failed;
                    }
                    None => general.push((condition.span, seen.seen_true, failed)),
                }
            } else {
                found.extend(of_condition(condition.span, seen.seen_true, failed));
            }
        }
        for (alternative, reached) in measure.pay.alternatives.iter().zip(&seen.alternatives) {
            if !reached {
                found.push(note("W661", alternative.span, "没有示例用到这一档", "no example reaches this amount"));
            }
        }
        for (limit, seen) in measure.limits.iter().zip(&seen.limits) {
            if !seen.turned_away && !seen.cut {
                let (zh, en) = match limit.kind {
                    LimitKind::Cap { .. } | LimitKind::TopUp { .. } => {
                        ("没有示例被这个限额挡下或减少", "no example is turned away or paid less by this limit")
                    }
                    _ => ("没有示例被这个限额挡下", "no example is turned away by this limit"),
                };
                found.push(note("W662", limit.span, zh, en));
            } else if !seen.let_through {
                found.push(note("W662", limit.span, "没有示例通过这个限额", "no example passes this limit"));
            }
        }
    }
    for (span, held, failed) in general {
        found.extend(of_condition(span, held, failed));
    }
    found.sort_by_key(|diagnostic| (diagnostic.span.file, diagnostic.span.start));
    found.dedup();
    found
}

fn of_condition(span: Span, held: bool, failed: bool) -> Option<Diagnostic> {
    match (held, failed) {
        (false, _) => Some(note("W660", span, "没有示例满足这个条件", "no example meets this condition")),
        (true, false) => Some(note("W660", span, "没有示例不满足这个条件", "no example fails this condition")),
        (true, true) => None,
    }
}

fn note(id: &'static str, span: Span, zh: &str, en: &str) -> Diagnostic {
    Diagnostic::new(id, span, zh, en).hint("在示例表里补一行", "add a row to a table of examples")
}
