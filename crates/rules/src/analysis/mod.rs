//! What can be said of a pack without running it: contradictions, gaps, and things nobody uses.

mod domain;
mod measures;
mod procedures;
mod usage;

use rustc_hash::FxHashMap;

pub(crate) use usage::stands_under;

use crate::diagnostic::{Diagnostic, has_errors};
use crate::markdown::Clause;
use crate::plan::{Measure, NodeId, Plan};
use crate::syntax::ast::{Ident, Item, ItemKind};

/// Analyses a compiled pack.
pub fn analyse(items: &[Item], plan: &Plan, clauses: &[&Clause], diagnostics: &mut Vec<Diagnostic>) {
    usage::clauses(items, clauses, diagnostics);
    // What a rule lacks because part of it could not be read says nothing about the policy.
    if has_errors(diagnostics) {
        return;
    }
    for measure in &plan.measures {
        measures::analyse(plan, measure, diagnostics);
    }
    double_payments(items, plan, diagnostics);
    usage::unused(items, plan, diagnostics);
    procedures::analyse(items, diagnostics);
}

/// Whether a condition can be false for some facts: one over all words of a list cannot, though it can be unknown.
pub fn can_fail(plan: &Plan, condition: NodeId) -> bool {
    domain::refutable(plan, condition)
}

/// Most pairs of measures that are compared: no real pack comes near, and a hostile one must end.
const MAX_PAIRS: usize = 100_000;

/// Pairs of measures that may pay the same basis, unless the pack says that they may.
fn double_payments(items: &[Item], plan: &Plan, diagnostics: &mut Vec<Diagnostic>) {
    let mut declared: FxHashMap<&str, &[Ident]> = FxHashMap::default();
    for item in items {
        if let ItemKind::Measure(measure) = &item.kind {
            declared.insert(&item.names.en.text, &measure.stacks_with);
        }
    }
    let stacks = |one: &Measure, other: &Measure| {
        declared.get(one.name.en.as_str()).is_some_and(|names| names.iter().any(|name| other.name.is(&name.text)))
    };
    let mut pairs = 0;
    let held = |measure: &Measure| -> Vec<NodeId> {
        measure.basis.filter.into_iter().chain(measure.conditions.iter().map(|condition| condition.node)).collect()
    };
    for (index, later) in plan.measures.iter().enumerate() {
        for earlier in &plan.measures[..index] {
            if earlier.basis.table != later.basis.table || stacks(earlier, later) || stacks(later, earlier) {
                continue;
            }
            pairs += 1;
            if pairs > MAX_PAIRS {
                return;
            }
            if domain::satisfiable(plan, &[held(earlier), held(later)].concat()) {
                diagnostics.push(
                    Diagnostic::new(
                        "W712",
                        later.span,
                        format!("措施“{}”与“{}”可能为同一件事重复支付", later.name.zh, earlier.name.zh),
                        format!("measures “{}” and “{}” may pay the same basis twice", later.name.en, earlier.name.en),
                    )
                    .related(earlier.span, "另一项在这里", "the other is here")
                    .hint(
                        "政策允许就写 可与 另一项 并享；不允许就加条件分开",
                        "if the policy allows it write stacks with … too; if not, keep them apart by a condition",
                    ),
                );
            }
        }
    }
}
