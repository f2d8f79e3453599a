//! Tests of values: comparisons, membership in lists, beginnings of codes.

use crate::diagnostic::Diagnostic;
use crate::plan::{Comparison, Node, NodeId};
use crate::source::Span;
use crate::syntax::ast::{Expr, ExprKind};

use super::expressions::{Lowered, Lowering};
use super::scope::{Place, Ty};

pub(super) fn compare(
    lowering: &mut Lowering<'_>,
    place: &Place,
    (comparison, of_dates): (Comparison, bool),
    left: &Expr,
    right: &Expr,
    span: Span,
) -> Lowered {
    // A bare literal takes its type from the other side, so the side that knows its own is read first.
    let swapped = is_literal(left) && !is_literal(right);
    let (first, second) = if swapped { (right, left) } else { (left, right) };
    let (a, ty) = lowering.lower(place, first, None)?;
    if matches!(ty, Ty::Text | Ty::Industry | Ty::Division | Ty::Party) {
        let node = match comparison {
            Comparison::Equal | Comparison::NotEqual => code_is(lowering, (a, ty), second)?,
            _ => {
                lowering.report(
                    Diagnostic::new("E403", span, "文字和代码不分大小", "text and codes have no order")
                        .hint("用 是、属于 或 开头是", "test them with is, in or starts with"),
                );
                return None;
            }
        };
        return Some(negate_if(lowering, node, comparison == Comparison::NotEqual));
    }
    let b = lowering.of_type(place, second, ty)?;
    if a == b {
        lowering.report(
            Diagnostic::new("E418", span, "两边是同一个值，比较没有意义", "both sides are the same value").hint(
                "统计里写列名，指的都是所统计的那一行，不是依据那一行",
                "inside an aggregate a column is that of its own row on both sides, not of the basis row",
            ),
        );
        return None;
    }
    if of_dates && !matches!(ty, Ty::Date | Ty::Year) {
        lowering.report(
            Diagnostic::new("E404", span, "早于、晚于只用于日期和年份", "before and after are for dates and years")
                .hint("数量用 少于、不超过、多于、不少于", "quantities take less than, at most, more than, at least"),
        );
        return None;
    }
    let ordered = !matches!(comparison, Comparison::Equal | Comparison::NotEqual);
    if ordered && matches!(ty, Ty::Bool | Ty::Word(_)) {
        lowering.report(
            Diagnostic::new("E403", span, "词语和是否不分大小", "words and yes-or-no have no order")
                .hint("用 是、不是、属于", "test them with is, is not or in"),
        );
        return None;
    }
    let (a, b) = if swapped { (b, a) } else { (a, b) };
    if let (Ty::Word(_), Node::Constant(word)) = (ty, lowering.arena.node(b).node.clone()) {
        let node = lowering.add(Node::OneOf(a, vec![word]), Ty::Bool).0;
        return Some(negate_if(lowering, node, comparison == Comparison::NotEqual));
    }
    Some(lowering.add(Node::Compare(comparison, a, b), Ty::Bool))
}

/// `值 属于 甲、乙`, where groups stand for their members.
pub(super) fn one_of(lowering: &mut Lowering<'_>, place: &Place, value: &Expr, list: &[Expr]) -> Option<NodeId> {
    let (node, ty) = lowering.lower(place, value, None)?;
    let members = members(lowering, list);
    match ty {
        Ty::Industry | Ty::Division => {
            let prefixes = prefixes(lowering, ty, &members)?;
            Some(lowering.add(Node::HasPrefix(node, prefixes), Ty::Bool).0)
        }
        Ty::Text => {
            let texts = texts(lowering, &members)?;
            Some(lowering.add(Node::TextIs(node, texts), Ty::Bool).0)
        }
        Ty::Word(_) | Ty::Count | Ty::Year => {
            let mut values = Vec::new();
            for member in &members {
                let member_node = lowering.of_type(place, member, ty)?;
                match lowering.arena.node(member_node).node {
                    Node::Constant(value) => values.push(value),
                    _ => return not_a_member(lowering, member.span),
                }
            }
            values.sort_unstable();
            values.dedup();
            Some(lowering.add(Node::OneOf(node, values), Ty::Bool).0)
        }
        _ => {
            let title = ty.title(lowering.vocabulary);
            lowering.report(
                Diagnostic::new(
                    "E403",
                    value.span,
                    format!("{}不能用 属于", title.0),
                    format!("{} cannot be tested with in", title.1),
                )
                .hint("用 不少于…且 不超过…", "write at least … and at most …"),
            );
            None
        }
    }
}

/// `代码 开头是 91`.
pub(super) fn starts_with(lowering: &mut Lowering<'_>, place: &Place, value: &Expr, list: &[Expr]) -> Lowered {
    let (node, ty) = lowering.lower(place, value, None)?;
    if !matches!(ty, Ty::Party | Ty::Text | Ty::Industry | Ty::Division) {
        let title = ty.title(lowering.vocabulary);
        lowering.report(
            Diagnostic::new(
                "E403",
                value.span,
                format!("{}没有“开头”", title.0),
                format!("{} has no beginning to test", title.1),
            )
            .hint("开头是 用于代码和文本", "starts with is for codes and text"),
        );
        return None;
    }
    let members = members(lowering, list);
    let prefixes = prefixes(lowering, ty, &members)?;
    Some(lowering.add(Node::HasPrefix(node, prefixes), Ty::Bool))
}

/// The expressions of a list, with groups replaced by their members.
fn members(lowering: &Lowering<'_>, list: &[Expr]) -> Vec<Expr> {
    let mut members = Vec::new();
    for item in list {
        match &item.kind {
            ExprKind::Name(ident) if lowering.declared.groups.contains_key(ident.text.as_str()) => {
                members.extend(lowering.declared.groups[ident.text.as_str()].iter().cloned());
            }
            _ => members.push(item.clone()),
        }
    }
    members
}

fn prefixes(lowering: &mut Lowering<'_>, ty: Ty, members: &[Expr]) -> Option<Vec<String>> {
    let mut prefixes = Vec::new();
    for member in members {
        let text = match &member.kind {
            ExprKind::Integer(digits) => digits.clone(),
            ExprKind::Quoted(text) => text.clone(),
            _ => return not_a_member(lowering, member.span),
        };
        let (longest, of_digits) = match ty {
            Ty::Industry => (4, true),
            Ty::Division => (6, true),
            Ty::Party => (18, false),
            _ => (usize::MAX, false),
        };
        let fits =
            !text.is_empty() && text.len() <= longest && (!of_digits || text.bytes().all(|byte| byte.is_ascii_digit()));
        if !fits {
            lowering.report(
                Diagnostic::new("E414", member.span, "不是这种代码的开头", "not the beginning of such a code").hint(
                    "行业代码 1 到 4 位数字（不带门类字母），区划代码 1 到 6 位数字，统一代码至多 18 位",
                    "industry codes have up to 4 digits and no letter, division codes up to 6, party codes up to 18 characters",
                ),
            );
            return None;
        }
        prefixes.push(text);
    }
    prefixes.sort();
    prefixes.dedup();
    Some(prefixes)
}

fn texts(lowering: &mut Lowering<'_>, members: &[Expr]) -> Option<Vec<String>> {
    let mut texts = Vec::new();
    for member in members {
        match &member.kind {
            ExprKind::Quoted(text) => texts.push(text.clone()),
            ExprKind::Integer(digits) => texts.push(digits.clone()),
            _ => return not_a_member(lowering, member.span),
        }
    }
    texts.sort();
    texts.dedup();
    Some(texts)
}

fn code_is(lowering: &mut Lowering<'_>, (node, ty): (NodeId, Ty), right: &Expr) -> Option<NodeId> {
    let members = members(lowering, std::slice::from_ref(right));
    match ty {
        Ty::Text => {
            let texts = texts(lowering, &members)?;
            Some(lowering.add(Node::TextIs(node, texts), Ty::Bool).0)
        }
        Ty::Division => {
            let prefixes = prefixes(lowering, ty, &members)?;
            if prefixes.iter().any(|prefix| prefix.len() != 6) {
                lowering.report(
                    Diagnostic::new("E414", right.span, "区划代码要写满 6 位", "a division code has 6 digits")
                        .hint("只写开头几位时用 属于", "to test the first digits write in"),
                );
                return None;
            }
            Some(lowering.add(Node::HasPrefix(node, prefixes), Ty::Bool).0)
        }
        _ => {
            lowering.report(
                Diagnostic::new("E403", right.span, "代码不用 是 比较", "codes are not compared with is").hint(
                    "行业用 属于 51（含其下各类），统一代码用 开头是 91",
                    "industries take in 51 (with all below it), party codes starts with 91",
                ),
            );
            None
        }
    }
}

fn not_a_member<T>(lowering: &mut Lowering<'_>, span: Span) -> Option<T> {
    lowering.report(
        Diagnostic::new("E415", span, "列举里只能写具体的值或组名", "a list holds values or names of groups only")
            .hint(
                "代码直接写数字，文字加引号，组要先声明",
                "write codes as digits, put text in quotation marks, declare groups first",
            ),
    );
    None
}

fn negate_if(lowering: &mut Lowering<'_>, node: NodeId, negate: bool) -> (NodeId, Ty) {
    if negate { lowering.add(Node::Not(node), Ty::Bool) } else { (node, Ty::Bool) }
}

fn is_literal(expr: &Expr) -> bool {
    matches!(
        expr.kind,
        ExprKind::Integer(_)
            | ExprKind::Money(_)
            | ExprKind::Percent(_)
            | ExprKind::Decimal(_)
            | ExprKind::Date(_)
            | ExprKind::Year(_)
            | ExprKind::Quoted(_)
            | ExprKind::Bool(_)
    )
}
