//! Limits: what their keys and values mean, and whether they fit the measure.

use duixian_money::Fen;

use crate::diagnostic::Diagnostic;
use crate::fmt;
use crate::plan::{Amount, Key, Limit, LimitKind, Node, Pay};
use crate::source::Span;
use crate::syntax::ast::{KeyDecl, LimitDecl, LimitKindDecl};
use crate::vocabulary::{ColumnType, TableId};

use super::expressions::Lowering;
use super::measure::{Context, both};
use super::names::unknown;
use super::scope::Ty;

pub(super) fn compile(
    lowering: &mut Lowering<'_>,
    context: &Context<'_>,
    table: TableId,
    pay: Option<&Pay>,
) -> Vec<Limit> {
    let mut limits = Vec::new();
    for declared in &context.measure.limits {
        if let Some(kind) = limit(lowering, context, table, declared, pay) {
            let text = both(|lang| fmt::limit(declared, lang, context.names));
            limits.push(Limit { kind, clause: context.clause.clone(), text, span: declared.span });
        }
    }
    let ranked = limits.iter().any(|limit| matches!(limit.kind, LimitKind::Top { .. }));
    if let Some(pay) = pay.filter(|pay| pay.by_rank && !ranked) {
        lowering.report(
            Diagnostic::new("E510", pay.span, "按名次支付，却没有排名的限额", "it pays by rank, but no limit ranks")
                .hint("加上 限额 每年 前3名 按 … 从多到少", "add limit yearly top 3 by … most first"),
        );
    }
    limits
}

fn limit(
    lowering: &mut Lowering<'_>,
    context: &Context<'_>,
    table: TableId,
    declared: &LimitDecl,
    pay: Option<&Pay>,
) -> Option<LimitKind> {
    Some(match &declared.kind {
        LimitKindDecl::Once(key) => LimitKind::Once { key: limit_key(lowering, table, key)? },
        LimitKindDecl::Years(at_most, first) => {
            positive(lowering, *at_most, declared.span)?;
            LimitKind::Years { at_most: *at_most, first: lowering.of_type(&context.place, first, Ty::Year)? }
        }
        LimitKindDecl::Top { key, places, by, descending } => {
            positive(lowering, *places, declared.span)?;
            let (by_node, ty) = lowering.lower(&context.place, by, None)?;
            if matches!(ty, Ty::Bool | Ty::Word(_) | Ty::Text | Ty::Industry | Ty::Division | Ty::Party) {
                let title = ty.title(lowering.vocabulary);
                lowering.report(
                    Diagnostic::new(
                        "E403",
                        by.span,
                        format!("{}不能排名", title.0),
                        format!("{} cannot be ranked", title.1),
                    )
                    .hint("按金额、数目、比例或日期排名", "rank by money, a count, a share or a date"),
                );
                return None;
            }
            LimitKind::Top {
                places: *places,
                key: limit_key(lowering, table, key)?,
                by: by_node,
                descending: *descending,
            }
        }
        LimitKindDecl::TopUp(key) => {
            let exact = |pay: &Pay| pay.alternatives.iter().all(|a| !matches!(a.amount, Amount::Span { .. }));
            if !pay.is_none_or(exact) {
                lowering.report(
                    Diagnostic::new(
                        "E511",
                        declared.span,
                        "就高补差要求金额是确定的",
                        "topping up needs exact amounts",
                    )
                    .hint(
                        "幅度内的金额由人决定，补差无从计算",
                        "within a span a person decides, so there is no difference to compute",
                    ),
                );
                return None;
            }
            LimitKind::TopUp { key: limit_key(lowering, table, key)? }
        }
        LimitKindDecl::Cap { key, every_year, at_most } => {
            let node = lowering.of_type(&context.place, at_most, Ty::Money)?;
            let Node::Constant(fen) = lowering.arena.node(node).node else {
                lowering.report(
                    Diagnostic::new(
                        "E512",
                        at_most.span,
                        "封顶的金额要是固定的数",
                        "the most a limit allows is a fixed figure",
                    )
                    .hint(
                        "随事实变化的上限写在 支付 里：费用 与 10万元 的 较小者",
                        "a cap that goes by facts belongs in pays: lesser of (cost, 100,000 yuan)",
                    ),
                );
                return None;
            };
            LimitKind::Cap { key: limit_key(lowering, table, key)?, every_year: *every_year, at_most: Fen(fen) }
        }
    })
}

fn positive(lowering: &mut Lowering<'_>, number: i64, span: Span) -> Option<()> {
    if number < 1 {
        lowering.report(
            Diagnostic::new("E513", span, "限额至少是 1", "a limit is at least 1")
                .hint("谁都不支付的，删去这项措施", "if nobody is paid, drop the measure"),
        );
    }
    (number >= 1).then_some(())
}

fn limit_key(lowering: &mut Lowering<'_>, table: TableId, key: &KeyDecl) -> Option<Key> {
    let ident = match key {
        KeyDecl::Party => return Some(Key::Party),
        KeyDecl::All => return Some(Key::All),
        KeyDecl::Column(ident) => ident,
    };
    let declared = &lowering.vocabulary.tables[table];
    let Some(column) = declared.column(&ident.text) else {
        let diagnostic = unknown(ident, ("列", "column"), declared.columns.iter().map(|column| &column.name));
        lowering.report(diagnostic);
        return None;
    };
    match declared.columns[column].ty {
        ColumnType::Text => Some(Key::Column(column)),
        ColumnType::Party => Some(Key::Party),
        _ => {
            lowering.report(
                Diagnostic::new("E514", ident.span, "“同一”后面要是文本列", "the key of a limit is a text column")
                    .hint(
                        "如项目标识、平台标识；按企业计算写 每家",
                        "such as project_key; to count by party write per party",
                    ),
            );
            None
        }
    }
}
