//! What keeps a row from being paid: what is missing, and the facts that would have to be otherwise.

use duixian_rules::plan::{AggregateKind, Comparison, Node, Plan};

use super::judge::Offer;
use super::trace::{BasisExplanation, Detail, Gap, InnerRow, Need, Step};
use super::value::{Truth, Value};
use crate::result::Reason;

/// What the unknown parts of a row hang on, each once, in the order of the rule: also in amounts that may be paid, and in what limits
/// go by.
pub fn gaps(plan: &Plan, row: &BasisExplanation, offers: &[Offer<Step>], limit_values: &[Option<Step>]) -> Vec<Gap> {
    let mut gaps: Vec<Gap> = Vec::new();
    let steps = row.filter.iter().chain(&row.date).chain(&row.conditions).chain(row.guards.iter().flatten());
    let amounts = offers.iter().flat_map(|offer| &offer.found);
    for step in steps.chain(amounts).chain(limit_values.iter().flatten()) {
        each_gap(plan, step, &mut |gap| {
            if !gaps.contains(&gap) {
                gaps.push(gap);
            }
        });
    }
    gaps
}

/// Calls `f` with each gap that makes a step unknown. What is known in spite of an empty cell is passed over.
fn each_gap(plan: &Plan, step: &Step, f: &mut dyn FnMut(Gap)) {
    let Value::Unknown(facts) = &step.value else { return };
    match &step.detail {
        Detail::Fact(read) => f(Gap::Cell(read.clone())),
        Detail::Operands(operands) => operands.iter().for_each(|operand| each_gap(plan, operand, f)),
        Detail::Rows { rows, years_without_row } => {
            let open = rows.iter().filter(|row| row.truth() == Truth::Unknown);
            let mut is_open = false;
            for filter in open.filter_map(|row| row.filter.as_ref()) {
                is_open = true;
                each_gap(plan, filter, f);
            }
            let meant: Vec<&InnerRow<Step>> = rows.iter().filter(|row| row.truth() == Truth::True).collect();
            let takes_the_only =
                matches!(plan.nodes[step.node].node, Node::Aggregate { kind: AggregateKind::Only, .. });
            if takes_the_only && meant.len() != 1 {
                for &slot in facts.iter().filter(|_| !is_open) {
                    f(Gap::Row { slot, rows: meant.len(), years: years_without_row.clone() });
                }
            } else {
                meant.iter().filter_map(|row| row.value.as_ref()).for_each(|value| each_gap(plan, value, f));
            }
        }
    }
}

/// What would have to be otherwise for a refused row: of each condition that fails, or of each tier where none applies.
pub fn needs(plan: &Plan, row: &BasisExplanation) -> Vec<Need> {
    match row.row.reason() {
        Reason::ConditionFailed(_) => {
            let failed = row.conditions.iter().filter(|condition| condition.value.truth() == Truth::False);
            failed.map(|condition| need(plan, condition, true)).collect()
        }
        Reason::NoTier if row.alternative.is_none() => {
            let tiers: Vec<Need> = row.guards.iter().flatten().map(|guard| need(plan, guard, true)).collect();
            if tiers.is_empty() { tiers } else { vec![Need::Any(tiers)] }
        }
        _ => Vec::new(),
    }
}

/// What it takes for a step to come out as wanted.
fn need(plan: &Plan, step: &Step, wanted: bool) -> Need {
    let operands = match &step.detail {
        Detail::Operands(operands) => operands.as_slice(),
        Detail::Fact(_) | Detail::Rows { .. } => &[],
    };
    let settled = if wanted { Truth::True } else { Truth::False };
    let open = || operands.iter().filter(|operand| operand.value.truth() != settled);
    match (&plan.nodes[step.node].node, wanted) {
        (Node::Not(_), _) if operands.len() == 1 => need(plan, &operands[0], !wanted),
        (Node::And(_), true) | (Node::Or(_), false) => all(open().map(|operand| need(plan, operand, wanted)).collect()),
        (Node::And(_), false) | (Node::Or(_), true) => any(open().map(|operand| need(plan, operand, wanted)).collect()),
        _ => Need::Test { step: step.clone(), wanted, distance: distance(plan, step, wanted) },
    }
}

fn all(mut needs: Vec<Need>) -> Need {
    if needs.len() == 1 { needs.remove(0) } else { Need::All(needs) }
}

fn any(mut needs: Vec<Need>) -> Need {
    if needs.len() == 1 { needs.remove(0) } else { Need::Any(needs) }
}

/// By how much the left side of a comparison would have to change, in the unit of its type.
fn distance(plan: &Plan, step: &Step, wanted: bool) -> Option<i64> {
    let Node::Compare(comparison, ..) = &plan.nodes[step.node].node else { return None };
    let Detail::Operands(operands) = &step.detail else { return None };
    let [left, right] = operands.as_slice() else { return None };
    // That an amount must be more than nothing says it all: a fen more is no advice.
    if matches!((comparison, wanted), (Comparison::Greater, true)) && right.value.known() == Some(0) {
        return None;
    }
    let between = right.value.known()?.checked_sub(left.value.known()?)?.checked_abs()?;
    match (comparison, wanted) {
        (Comparison::AtLeast | Comparison::AtMost, true) | (Comparison::Greater | Comparison::Less, false) => {
            Some(between)
        }
        // The next value beyond, which is one fen, day or piece away.
        (Comparison::Greater | Comparison::Less, true) | (Comparison::AtLeast | Comparison::AtMost, false) => {
            between.checked_add(1)
        }
        (Comparison::Equal | Comparison::NotEqual, _) => None,
    }
}
