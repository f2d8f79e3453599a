//! Findings inside one measure: conditions that never hold, tiers that overlap or leave gaps, limits that never bite.

use crate::compile::operands;
use crate::diagnostic::Diagnostic;
use crate::plan::{Alternative, Amount, Key, LimitKind, Measure, Node, NodeId, Period, Plan};
use crate::vocabulary::TableKind;

use super::domain::{Domain, domains, satisfiable};

pub(super) fn analyse(plan: &Plan, measure: &Measure, diagnostics: &mut Vec<Diagnostic>) {
    let mut held: Vec<NodeId> = measure.basis.filter.into_iter().collect();
    for condition in &measure.conditions {
        held.push(condition.node);
        if !satisfiable(plan, &held) {
            let diagnostic = Diagnostic::new(
                "E701",
                condition.span,
                format!("措施“{}”的这个条件永远不成立", measure.name.zh),
                format!("this condition of measure “{}” can never hold", measure.name.en),
            );
            diagnostics.push(diagnostic.hint(
                "它与对象或前面的条件相矛盾，或自相矛盾",
                "it contradicts the basis or an earlier condition, or itself",
            ));
            return;
        }
    }
    tiers(plan, measure, &held, diagnostics);
    limits(plan, measure, diagnostics);
    history(plan, measure, diagnostics);
}

fn tiers(plan: &Plan, measure: &Measure, held: &[NodeId], diagnostics: &mut Vec<Diagnostic>) {
    let alternatives = &measure.pay.alternatives;
    let with = |guards: &[NodeId]| [held, guards].concat();
    for (index, alternative) in alternatives.iter().enumerate() {
        let guard: Vec<NodeId> = alternative.guard.into_iter().collect();
        if !satisfiable(plan, &with(&guard)) {
            diagnostics.push(
                Diagnostic::new("W704", alternative.span, "这一档永远用不上", "this tier is never reached")
                    .hint("条件已经把它排除在外", "the conditions rule it out"),
            );
        }
        for earlier in &alternatives[..index] {
            let both: Vec<NodeId> = earlier.guard.into_iter().chain(guard.clone()).collect();
            // Amounts by rank have no guards: their ranks keep them apart.
            if !measure.pay.by_rank && satisfiable(plan, &with(&both)) {
                let certain = match both[..] {
                    [one, other] => sure_to_overlap(plan, one, other),
                    _ => true,
                };
                diagnostics.push(overlap(earlier, alternative, certain));
            }
        }
    }
    gaps(plan, measure, held, diagnostics);
}

/// Whether an overlap is certain: both guards bound the same single expression and nothing else.
fn sure_to_overlap(plan: &Plan, left: NodeId, right: NodeId) -> bool {
    let subject = |guard: NodeId| {
        let domains = domains(plan, &[guard]);
        let simple = leaves(plan, guard).len() == 1;
        (domains.len() == 1 && simple).then(|| domains.into_keys().next()).flatten()
    };
    matches!((subject(left), subject(right)), (Some(a), Some(b)) if a == b)
}

/// The expressions that tests in a guard are about.
fn leaves(plan: &Plan, guard: NodeId) -> Vec<NodeId> {
    let mut found = Vec::new();
    let mut pending = vec![guard];
    while let Some(id) = pending.pop() {
        match &plan.nodes[id].node {
            Node::And(_) | Node::Or(_) | Node::Not(_) => pending.extend(operands(&plan.nodes[id].node)),
            Node::Compare(_, a, b) => {
                let is_constant = |id: NodeId| matches!(plan.nodes[id].node, Node::Constant(_));
                found.extend([*a, *b].into_iter().filter(|id| !is_constant(*id)));
            }
            node => found.extend(operands(node)),
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

fn overlap(earlier: &Alternative, later: &Alternative, certain: bool) -> Diagnostic {
    let diagnostic = if certain {
        Diagnostic::new("E702", later.span, "这一档与另一档重叠", "this tier overlaps another")
            .hint(
                "每个值只能落在一档：少于 与 不少于 相接；按日期更替的，旧的止于新的前一天",
                "a value belongs to one tier: let less than meet at least; let an old version end the day before the new one",
            )
    } else {
        Diagnostic::new("W713", later.span, "这一项与另一项可能同时适用", "this alternative and another may both apply")
            .hint(
                "给其中一个加上条件，使两者不会同时成立；否则评定时同时适用的行会报错",
                "add a condition that keeps them apart; rows to which both apply are reported when the pack runs",
            )
    };
    diagnostic.related(earlier.span, "另一项在这里", "the other is here")
}

/// Values of the tiers' subject that no tier covers: missing words, and holes between ranges.
fn gaps(plan: &Plan, measure: &Measure, held: &[NodeId], diagnostics: &mut Vec<Diagnostic>) {
    let guards: Vec<NodeId> = measure.pay.alternatives.iter().filter_map(|alternative| alternative.guard).collect();
    if guards.is_empty() || guards.len() != measure.pay.alternatives.len() {
        return;
    }
    let each: Vec<_> = guards.iter().map(|guard| domains(plan, &[*guard])).collect();
    let Some(subject) = each[0].keys().copied().find(|id| each.iter().all(|domains| domains.contains_key(id))) else {
        return;
    };
    let uncovered = |value: i64| {
        let mut context = domains(plan, held);
        let admitted = context.entry(subject).or_default().admits(value);
        admitted && !each.iter().any(|domains| domains[&subject].admits(value))
    };
    if let crate::plan::NodeType::Word(list) = plan.nodes[subject].ty {
        let words = &plan.vocabulary.word_lists[list].words;
        let missing: Vec<_> =
            words.iter().enumerate().filter(|(index, _)| uncovered(*index as i64)).map(|(_, word)| word).collect();
        if !missing.is_empty() {
            let join = |texts: Vec<&str>, by: &str| texts.join(by);
            diagnostics.push(
                Diagnostic::new(
                    "W703",
                    measure.pay.span,
                    format!("分档没有覆盖：{}", join(missing.iter().map(|word| word.zh.as_str()).collect(), "、")),
                    format!("no tier covers: {}", join(missing.iter().map(|word| word.en.as_str()).collect(), ", ")),
                )
                .hint(
                    "补上这些档，或用条件说明不支持它们",
                    "add tiers for them, or a condition that says they are not supported",
                ),
            );
        }
        return;
    }
    let mut ranges: Vec<&Domain> = each.iter().map(|domains| &domains[&subject]).collect();
    ranges.sort_by_key(|domain| domain.min);
    for pair in ranges.windows(2) {
        let hole = pair[0].max.saturating_add(1);
        if pair[0].allowed.is_none() && pair[0].max < i64::MAX && hole < pair[1].min && uncovered(hole) {
            diagnostics.push(
                Diagnostic::new("W703", measure.pay.span, "两档之间有空当", "there is a gap between two tiers").hint(
                    "上一档用 少于，下一档用 不少于 同一个数；按日期更替的，旧的止于新的前一天",
                    "end one tier with less than and begin the next with at least; let an old version end the day before the new one",
                ),
            );
        }
    }
}

fn limits(plan: &Plan, measure: &Measure, diagnostics: &mut Vec<Diagnostic>) {
    let table = &plan.vocabulary.tables[measure.basis.table];
    for (index, limit) in measure.limits.iter().enumerate() {
        let single = |key: Key| match key {
            Key::Party => table.kind == TableKind::Party,
            Key::Column(column) => table.key == [column],
            Key::All => false,
        };
        let useless = match &limit.kind {
            LimitKind::Once { key } | LimitKind::TopUp { key } => single(*key),
            LimitKind::Cap { key, at_most, every_year } => {
                let one_row = single(*key)
                    || (*every_year && *key == Key::Party && table.key.len() == 2 && table.year_column().is_some());
                one_row && largest(plan, measure).is_some_and(|largest| largest <= at_most.0)
            }
            LimitKind::Years { .. } | LimitKind::Top { .. } => false,
        };
        let repeated = measure.limits[..index].iter().any(|other| other.text == limit.text);
        if useless || repeated {
            let diagnostic =
                Diagnostic::new("W705", limit.span, "这个限额永远不起作用", "this limit never turns a row away");
            diagnostics.push(diagnostic.hint(
                "每个键下至多一行，或金额本来就不会超过；删去它，或改限额的范围",
                "there is one row to a key, or no amount reaches the cap; drop it or change what it counts",
            ));
        }
    }
}

/// The most one row can be paid, where every amount is a fixed figure.
fn largest(plan: &Plan, measure: &Measure) -> Option<i64> {
    let constant = |id: NodeId| match plan.nodes[id].node {
        Node::Constant(value) => Some(value),
        _ => None,
    };
    let most = |alternative: &Alternative| match alternative.amount {
        Amount::Exact(node) => constant(node),
        Amount::Span { high, .. } => high.and_then(constant),
        Amount::Nothing => Some(0),
    };
    measure.pay.alternatives.iter().map(most).try_fold(0, |largest, most| most.map(|most| largest.max(most)))
}

/// Values that change from a day on must cover the measure from its start.
fn history(plan: &Plan, measure: &Measure, diagnostics: &mut Vec<Diagnostic>) {
    let Period::Dated { start, .. } = measure.basis.period else { return };
    let mut seen = Vec::new();
    let mut pending = crate::compile::roots(measure);
    while let Some(id) = pending.pop() {
        if seen.contains(&id) {
            continue;
        }
        seen.push(id);
        if let Node::Dated { on, steps } = &plan.nodes[id].node
            && matches!(plan.nodes[*on].node, Node::BasisDate)
            && steps.first().is_some_and(|(first, _)| *first > start)
        {
            diagnostics.push(
                Diagnostic::new(
                    "W714",
                    measure.span,
                    format!("措施“{}”用的参数在它起始时还没有值", measure.name.zh),
                    format!("measure “{}” starts before a parameter it uses has a value", measure.name.en),
                )
                .hint(
                    "把参数最早的值提前，或推迟措施的起点",
                    "let the first value begin earlier, or the measure later",
                ),
            );
        }
        pending.extend(operands(&plan.nodes[id].node));
    }
}
