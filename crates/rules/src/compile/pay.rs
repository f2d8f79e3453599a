//! What is paid: tiers, versions and exceptions become alternatives that exclude each other.

use crate::diagnostic::Diagnostic;
use crate::fmt;
use crate::plan::{Alternative, Amount, Node, NodeId, Pay};
use crate::source::Span;
use crate::syntax::ast::{AmountDecl, BuiltIn, Expr, ExprKind, TierDecl, TierKey};
use crate::vocabulary::{Lang, Name};

use super::expressions::Lowering;
use super::measure::{Context, both, missing};
use super::scope::Ty;

pub(super) fn compile(lowering: &mut Lowering<'_>, context: &Context<'_>) -> Option<Pay> {
    let measure = context.measure;
    let Some(first) = measure.pays.first() else {
        missing(
            lowering,
            context.item,
            "支付",
            "pays",
            "写明金额；没有金额写 不定额",
            "say how much; if the text does not, write open amount",
        );
        return None;
    };
    let mut exceptions = Vec::new();
    for exception in &measure.exceptions {
        let when = lowering.boolean(&context.place, &exception.when)?;
        let guard = match context.in_force(lowering, &exception.validity) {
            Some(in_force) => lowering.add(Node::And(vec![in_force, when]), Ty::Bool).0,
            None => when,
        };
        exceptions.push(guard);
    }
    let no_exception: Vec<NodeId> =
        exceptions.iter().map(|exception| lowering.add(Node::Not(*exception), Ty::Bool).0).collect();
    let mut alternatives = Vec::new();
    let mut by_rank = false;
    for pay in &measure.pays {
        let mut guards: Vec<NodeId> = context.in_force(lowering, &pay.validity).into_iter().collect();
        guards.extend(&no_exception);
        let whole = both(|lang| fmt::pay(pay, lang, context.names));
        let clause = context.clause_or(&pay.validity);
        by_rank |= is_by_rank(&pay.amount);
        alternatives.extend(amounts(lowering, context, &pay.amount, &guards, (whole, pay.span), &clause)?);
    }
    for (exception, guard) in measure.exceptions.iter().zip(&exceptions) {
        let whole = both(|lang| fmt::exception(exception, lang, context.names));
        let clause = context.clause_or(&exception.validity);
        let place = (whole, exception.span);
        alternatives.extend(amounts(lowering, context, &exception.amount, &[*guard], place, &clause)?);
    }
    if by_rank && (measure.pays.len() > 1 || !measure.exceptions.is_empty() || first.validity.from.is_some()) {
        lowering.report(
            Diagnostic::new(
                "E505",
                first.span,
                "按名次支付时不能再有别的支付或例外",
                "an amount by rank stands alone, without versions or exceptions",
            )
            .hint("把例外改成条件，或另写一项措施", "make the exception a condition, or a measure of its own"),
        );
        return None;
    }
    let text = both(|lang| {
        let pays = measure.pays.iter().map(|pay| fmt::pay(pay, lang, context.names));
        let exceptions = measure.exceptions.iter().map(|exception| fmt::exception(exception, lang, context.names));
        pays.chain(exceptions).collect::<Vec<_>>().join(if lang == Lang::Zh { "；" } else { "; " })
    });
    Some(Pay { alternatives, by_rank, text, span: first.span })
}

fn is_by_rank(amount: &AmountDecl) -> bool {
    matches!(amount, AmountDecl::Tiers { by, .. } if matches!(by.kind, ExprKind::BuiltIn(BuiltIn::Rank)))
}

/// The alternatives of one 支付 or 例外, each under the guards given.
fn amounts(
    lowering: &mut Lowering<'_>,
    context: &Context<'_>,
    declared: &AmountDecl,
    guards: &[NodeId],
    (text, span): (Name, Span),
    clause: &str,
) -> Option<Vec<Alternative>> {
    let guarded = |lowering: &mut Lowering<'_>, own: Option<NodeId>| {
        let all: Vec<NodeId> = guards.iter().copied().chain(own).collect();
        if all.is_empty() { None } else { Some(lowering.add(Node::And(all), Ty::Bool).0) }
    };
    let (by, tiers) = match declared {
        AmountDecl::Nothing => {
            let guard = guarded(lowering, None);
            return Some(vec![Alternative { guard, amount: Amount::Nothing, clause: clause.into(), text, span }]);
        }
        AmountDecl::One(expr) => {
            let guard = guarded(lowering, None);
            let amount = amount(lowering, context, expr)?;
            return Some(vec![Alternative { guard, amount, clause: clause.into(), text, span }]);
        }
        AmountDecl::Tiers { by, tiers } => (by, tiers),
    };
    if is_by_rank(declared) {
        return ranks(lowering, context, tiers, clause);
    }
    let mut alternatives = Vec::new();
    let mut keys = Vec::new();
    for tier in tiers {
        let key = match &tier.key {
            TierKey::Otherwise(_) => None,
            key => Some(tier_key(lowering, context, by, key)?),
        };
        keys.push(key);
    }
    for (tier, key) in tiers.iter().zip(&keys) {
        let own = match key {
            Some(key) => *key,
            None => {
                let others: Vec<NodeId> = keys.iter().flatten().copied().collect();
                if others.is_empty() || keys.iter().filter(|key| key.is_none()).count() > 1 {
                    lowering.report(
                        Diagnostic::new(
                            "E506",
                            tier.span,
                            "“其他”前面要有别的档，且只能有一个",
                            "otherwise needs other tiers, and stands once",
                        )
                        .hint("只有一个金额时不用分档", "a single amount needs no tiers"),
                    );
                    return None;
                }
                let any = lowering.add(Node::Or(others), Ty::Bool).0;
                lowering.add(Node::Not(any), Ty::Bool).0
            }
        };
        let guard = guarded(lowering, Some(own));
        let amount = amount(lowering, context, &tier.amount)?;
        let text = both(|lang| fmt::tier(tier, lang, context.names));
        alternatives.push(Alternative { guard, amount, clause: clause.into(), text, span: tier.span });
    }
    Some(alternatives)
}

/// The test that a tier's key stands for.
fn tier_key(lowering: &mut Lowering<'_>, context: &Context<'_>, by: &Expr, key: &TierKey) -> Option<NodeId> {
    match key {
        TierKey::Values(values) => super::membership::one_of(lowering, &context.place, by, values),
        TierKey::Range(range) => {
            let mut tests = Vec::new();
            for (comparison, bound) in range {
                let span = by.span.to(bound.span);
                tests.push(lowering.compare(&context.place, (*comparison, false), by, bound, span)?.0);
            }
            Some(lowering.add(Node::And(tests), Ty::Bool).0)
        }
        TierKey::Otherwise(_) => None,
    }
}

/// An amount as written: exact, or a span of discretion.
fn amount(lowering: &mut Lowering<'_>, context: &Context<'_>, expr: &Expr) -> Option<Amount> {
    let place = &context.place;
    let zero = lowering.constant(0, Ty::Money).0;
    Some(match &expr.kind {
        ExprKind::OpenAmount => Amount::Span { low: zero, high: None },
        ExprKind::UpTo(high) => {
            let high = lowering.of_type(place, high, Ty::Money)?;
            Amount::Span { low: zero, high: Some(high) }
        }
        ExprKind::FloorOpen(low) => Amount::Span { low: lowering.of_type(place, low, Ty::Money)?, high: None },
        ExprKind::Span(low, high) => {
            let low_node = lowering.of_type(place, low, Ty::Money)?;
            let high_node = lowering.of_type(place, high, Ty::Money)?;
            let constants = (lowering.arena.node(low_node).node.clone(), lowering.arena.node(high_node).node.clone());
            if let (Node::Constant(low), Node::Constant(high)) = constants
                && low > high
            {
                lowering.report(
                    Diagnostic::new("E507", expr.span, "幅度的下限高于上限", "the span's low is above its high")
                        .hint("把两个金额对调", "swap the two amounts"),
                );
                return None;
            }
            Amount::Span { low: low_node, high: Some(high_node) }
        }
        _ => Amount::Exact(lowering.of_type(place, expr, Ty::Money)?),
    })
}

/// Tiers by rank: 1, 2, 3 … in order, with fixed amounts.
fn ranks(
    lowering: &mut Lowering<'_>,
    context: &Context<'_>,
    tiers: &[TierDecl],
    clause: &str,
) -> Option<Vec<Alternative>> {
    let mut alternatives = Vec::new();
    for (index, tier) in tiers.iter().enumerate() {
        let is_next = match &tier.key {
            TierKey::Values(values) => match &values[..] {
                [Expr { kind: ExprKind::Integer(digits), .. }] => *digits == (index + 1).to_string(),
                _ => false,
            },
            _ => false,
        };
        if !is_next {
            lowering.report(
                Diagnostic::new("E508", tier.span, "名次从 1 起逐行写", "ranks are written one by one from 1")
                    .hint(format!("这一行应当是 {}", index + 1), format!("this line is for {}", index + 1)),
            );
            return None;
        }
        let amount = amount(lowering, context, &tier.amount)?;
        let nodes = match amount {
            Amount::Exact(node) => vec![node],
            Amount::Span { low, high } => std::iter::once(low).chain(high).collect(),
            Amount::Nothing => Vec::new(),
        };
        if nodes.iter().any(|node| !matches!(lowering.arena.node(*node).node, Node::Constant(_))) {
            lowering.report(
                Diagnostic::new(
                    "E509",
                    tier.amount.span,
                    "按名次的金额只能是固定的数",
                    "an amount by rank is a fixed figure",
                )
                .hint("写成 5万元 或 3万元 至 5万元", "write 50,000 yuan, or 30,000 yuan to 50,000 yuan"),
            );
            return None;
        }
        let text = both(|lang| fmt::tier(tier, lang, context.names));
        alternatives.push(Alternative { guard: None, amount, clause: clause.into(), text, span: tier.span });
    }
    Some(alternatives)
}
