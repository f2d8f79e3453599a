//! The facts a measure can miss.

use std::collections::BTreeSet;

use crate::plan::{Amount, FactSlot, LimitKind, Measure, Node, NodeId, Period};
use crate::vocabulary::Vocabulary;

use super::arena::{Arena, operands};
use super::expressions::Lowering;

/// Most facts a measure can miss: a row's are a set of 64 bits.
pub(super) const MAX: usize = 64;

/// Columns read by the measure whose empty cells are unknown facts, ordered by table and column.
pub(super) fn of(measure: &Measure, arena: &Arena, vocabulary: &Vocabulary) -> Vec<FactSlot> {
    let mut slots = BTreeSet::new();
    let mut seen = BTreeSet::new();
    let mut pending = roots(measure);
    while let Some(id) = pending.pop() {
        if !seen.insert(id) {
            continue;
        }
        let node = &arena.node(id).node;
        if let Node::Column(table, column) = *node
            && Lowering::can_be_unknown(vocabulary, table, column)
        {
            slots.insert(FactSlot { table, column });
        }
        // The only row of several, or of none, leaves its value unknown even where the column is always filled.
        if let Node::Aggregate { kind: crate::plan::AggregateKind::Only, value: Some(value), .. } = node
            && let Node::Column(table, column) = arena.node(*value).node
        {
            slots.insert(FactSlot { table, column });
        }
        pending.extend(operands(node));
    }
    slots.into_iter().collect()
}

/// Every node an execution of the measure starts from.
pub fn roots(measure: &Measure) -> Vec<NodeId> {
    let mut roots: Vec<NodeId> = measure.basis.filter.into_iter().collect();
    if let Period::Dated { date, .. } = measure.basis.period {
        roots.push(date);
    }
    roots.extend(measure.conditions.iter().map(|condition| condition.node));
    for alternative in &measure.pay.alternatives {
        roots.extend(alternative.guard);
        match alternative.amount {
            Amount::Exact(node) => roots.push(node),
            Amount::Span { low, high } => roots.extend(std::iter::once(low).chain(high)),
            Amount::Nothing => {}
        }
    }
    for limit in &measure.limits {
        match limit.kind {
            LimitKind::Years { first, .. } => roots.push(first),
            LimitKind::Top { by, .. } => roots.push(by),
            LimitKind::Once { .. } | LimitKind::TopUp { .. } | LimitKind::Cap { .. } => {}
        }
    }
    roots
}
