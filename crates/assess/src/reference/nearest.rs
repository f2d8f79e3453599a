//! What keeps a row from being paid: what is missing, and the facts that would have to be otherwise.

use duixian_rules::plan::{AggregateKind, Comparison, Node, NodeId, NodeType, Plan};

use super::judge::Offer;
use super::operations::operands;
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

/// What would have to be otherwise for a refused row: of each condition that fails, or of each tier where none applies. Nothing,
/// where that is not in anyone's hands: what a row is, where a party sits and when things happened does not change.
pub fn needs(plan: &Plan, row: &BasisExplanation) -> Vec<Need> {
    match row.row.reason() {
        Reason::ConditionFailed(_) => {
            let failed = row.conditions.iter().filter(|condition| condition.value.truth() == Truth::False);
            failed.map(|condition| need(plan, condition, true)).collect::<Option<_>>().unwrap_or_default()
        }
        Reason::NoTier if row.alternative.is_none() => {
            let tiers: Vec<Need> = row.guards.iter().flatten().filter_map(|guard| need(plan, guard, true)).collect();
            any(tiers).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

/// What it takes for a step to come out as wanted; none where nothing can be done about it.
fn need(plan: &Plan, step: &Step, wanted: bool) -> Option<Need> {
    let operands = match &step.detail {
        Detail::Operands(operands) => operands.as_slice(),
        Detail::Fact(_) | Detail::Rows { .. } => &[],
    };
    let settled = if wanted { Truth::True } else { Truth::False };
    let open = operands.iter().filter(|operand| operand.value.truth() != settled);
    let mut needs = open.map(|operand| need(plan, operand, wanted));
    match (&plan.nodes[step.node].node, wanted) {
        (Node::Not(_), _) if operands.len() == 1 => need(plan, &operands[0], !wanted),
        (Node::And(_), true) | (Node::Or(_), false) => all(needs.collect::<Option<_>>()?),
        (Node::And(_), false) | (Node::Or(_), true) => any(needs.by_ref().flatten().collect()),
        (test, _) if can_change(plan, test) => {
            Some(Need::Test { step: step.clone(), wanted, distance: distance(plan, step, wanted) })
        }
        _ => None,
    }
}

/// Whether a party can do anything about a test: about figures of its own, answers and records, but not about what a word or a code
/// says, nor about days and years, nor about what another year came to.
fn can_change(plan: &Plan, test: &Node) -> bool {
    let is_figure = |id: NodeId| {
        let ty = plan.nodes[id].ty;
        let is_figure = matches!(ty, NodeType::Money | NodeType::Percent | NodeType::Decimal | NodeType::Count);
        (is_figure && !goes_by_time(plan, id)) || ty == NodeType::Bool
    };
    match test {
        // That a number is just this one tells what something is, not how much of it there is.
        Node::Compare(Comparison::Equal | Comparison::NotEqual, a, _) if plan.nodes[*a].ty != NodeType::Bool => false,
        Node::Compare(_, a, b) => is_figure(*a) && is_figure(*b),
        Node::CompareRatio { numerator, denominator, .. } => is_figure(*numerator) && is_figure(*denominator),
        Node::Column(..) => true,
        Node::Happened(it) => !matches!(plan.nodes[*it].ty, NodeType::Date | NodeType::Year),
        Node::Aggregate { kind, .. } => *kind == AggregateKind::Any,
        _ => false,
    }
}

/// Whether an expression reads a day, a year, or the only row of its kind, which is that of another year.
fn goes_by_time(plan: &Plan, id: NodeId) -> bool {
    let info = &plan.nodes[id];
    matches!(info.ty, NodeType::Date | NodeType::Year)
        || matches!(info.node, Node::Aggregate { kind: AggregateKind::Only, .. })
        || operands(&info.node).into_iter().any(|operand| goes_by_time(plan, operand))
}

fn all(mut needs: Vec<Need>) -> Option<Need> {
    if needs.len() < 2 { needs.pop() } else { Some(Need::All(needs)) }
}

fn any(mut needs: Vec<Need>) -> Option<Need> {
    if needs.len() < 2 { needs.pop() } else { Some(Need::Any(needs)) }
}

/// By how much the left side of a comparison would have to change, in the unit of its type.
fn distance(plan: &Plan, step: &Step, wanted: bool) -> Option<i64> {
    let Node::Compare(comparison, ..) = &plan.nodes[step.node].node else { return None };
    let Detail::Operands(operands) = &step.detail else { return None };
    let [left, right] = operands.as_slice() else { return None };
    let is_whole = plan.nodes[left.node].ty == NodeType::Count;
    let between = right.value.known()?.checked_sub(left.value.known()?)?.checked_abs()?;
    match (comparison, wanted) {
        (Comparison::AtLeast | Comparison::AtMost, true) | (Comparison::Greater | Comparison::Less, false) => {
            Some(between)
        }
        // The next number beyond. Of amounts that would be a fen more, which is no advice.
        (Comparison::Greater | Comparison::Less, true) | (Comparison::AtLeast | Comparison::AtMost, false)
            if is_whole =>
        {
            between.checked_add(1)
        }
        _ => None,
    }
}
