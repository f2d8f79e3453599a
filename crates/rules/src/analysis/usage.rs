//! Things declared and not used, things used and not declared: clauses, funds, facts.

use std::collections::BTreeSet;

use crate::diagnostic::Diagnostic;
use crate::markdown::Clause;
use crate::plan::Plan;
use crate::reads::columns_read;
use crate::syntax::ast::{
    AmountDecl, Expr, ExprKind, Item, ItemKind, LimitKindDecl, Test, TierKey, TypeDecl, Validity,
};
use crate::vocabulary::ColumnType;

/// Prose that begins so says that a clause sets no rule.
const NO_RULE: &[&str] = &["不设规则", "No rule"];

/// Every rule cites a clause that has a heading, and every heading has a rule or says why not.
pub(super) fn clauses(items: &[Item], clauses: &[&Clause], diagnostics: &mut Vec<Diagnostic>) {
    let known = |number: &str| clauses.iter().any(|clause| clause.number == number);
    // What could not be read may have been the rule, or its fund.
    let unread = diagnostics.iter().any(|found| found.id.starts_with("E1") || found.id.starts_with("E2"));
    let mut cited: BTreeSet<&str> = BTreeSet::new();
    for item in items {
        for cites in
            item.cites.iter().chain(validities(item).into_iter().filter_map(|validity| validity.cites.as_ref()))
        {
            cited.insert(&cites.number);
            if !known(&cites.number) {
                diagnostics.push(
                    Diagnostic::new(
                        "E710",
                        cites.span,
                        format!("规则包里没有条款“{}”的标题", cites.number),
                        format!("no heading of the pack is clause “{}”", cites.number),
                    )
                    .hint(
                        "写一个以条款号开头的标题，或核对条款号",
                        "add a heading that begins with its number, or check the number",
                    ),
                );
            }
        }
        cited.extend(item.heading.as_deref());
        let needs_clause = !matches!(
            item.kind,
            ItemKind::Policy(_)
                | ItemKind::WordList(_)
                | ItemKind::Table(..)
                | ItemKind::Group(_)
                | ItemKind::Define(_)
                | ItemKind::Parameter(_)
                | ItemKind::Desk(_)
        );
        let span = item.names.zh.span.to(item.names.en.span);
        if needs_clause && item.cites.is_empty() && item.heading.is_none() {
            diagnostics.push(
                Diagnostic::new(
                    "E709",
                    span,
                    format!("“{}”没有条款依据", item.names.zh.text),
                    format!("“{}” cites no clause", item.names.en.text),
                )
                .hint(
                    "写上 依据 三(五).1，或放到该条款的标题下",
                    "write cites 三(五).1, or put it under the clause's heading",
                ),
            );
        }
        if let ItemKind::Measure(measure) = &item.kind
            && measure.fund.is_none()
            && !unread
        {
            diagnostics.push(
                Diagnostic::new(
                    "W708",
                    span,
                    format!("措施“{}”没有写由哪笔资金支付", item.names.zh.text),
                    format!("measure “{}” names no fund that pays it", item.names.en.text),
                )
                .hint("写上 资金 某资金", "write fund and its name"),
            );
        }
    }
    for clause in clauses {
        // A heading also counts as covered by what stands below it: 三(五) by 三(五).1.
        let covered = cited.iter().any(|number| stands_under(number, &clause.number));
        let explained =
            clause.prose.iter().chain(&clause.readings).any(|text| NO_RULE.iter().any(|w| text.starts_with(w)));
        if !covered && !explained && !unread {
            diagnostics.push(
                Diagnostic::new(
                    "W711",
                    clause.span,
                    format!("条款“{}”没有任何规则或声明", clause.number),
                    format!("clause “{}” has no rule and no declaration", clause.number),
                )
                .hint(
                    "写出它的规则；不是规则的，写一段“不设规则：原因”",
                    "write its rule, or a paragraph “No rule: why”",
                ),
            );
        }
    }
}

/// Whether a clause is this one or a part of it: 三(五).1 of 三(五), but not 12 of 1.
pub fn stands_under(number: &str, clause: &str) -> bool {
    let is_numeral = |c: char| c.is_ascii_digit() || "〇零一二三四五六七八九十百".contains(c);
    let Some(rest) = number.strip_prefix(clause) else { return false };
    let goes_on = rest.starts_with(is_numeral) && clause.ends_with(is_numeral);
    !goes_on
}

/// From when to when the parts of a declaration are in force, which may cite clauses of their own.
fn validities(item: &Item) -> Vec<&Validity> {
    match &item.kind {
        ItemKind::Parameter(parameter) => parameter.values.iter().map(|(_, validity)| validity).collect(),
        ItemKind::General(general) => general.conditions.iter().map(|condition| &condition.validity).collect(),
        ItemKind::Measure(measure) => {
            let conditions = measure.conditions.iter().map(|condition| &condition.validity);
            let pays = measure.pays.iter().map(|pay| &pay.validity);
            let exceptions = measure.exceptions.iter().map(|exception| &exception.validity);
            conditions.chain(pays).chain(exceptions).collect()
        }
        _ => Vec::new(),
    }
}

/// Columns, words and definitions that no rule reads.
pub(super) fn unused(items: &[Item], plan: &Plan, diagnostics: &mut Vec<Diagnostic>) {
    let read = columns_read(plan, plan.measures.iter());
    let mentioned = names_mentioned(items);
    for item in items {
        match &item.kind {
            ItemKind::Table(_, columns) => {
                let Some(table) = plan.vocabulary.table(&item.names.en.text) else { continue };
                for declared in columns.iter().filter(|declared| !declared.for_the_record) {
                    let Some(column) = plan.vocabulary.tables[table].column(&declared.names.en.text) else { continue };
                    let is_key = plan.vocabulary.tables[table].key.contains(&column);
                    let is_party = plan.vocabulary.tables[table].columns[column].ty == ColumnType::Party;
                    if !is_key && !is_party && !read.contains(&(table, column)) {
                        diagnostics.push(
                            Diagnostic::new(
                                "W706",
                                declared.span,
                                format!("没有规则用到“{}”", declared.names.zh.text),
                                format!("no rule reads “{}”", declared.names.en.text),
                            )
                            .hint("只供人查阅的列写上 备查", "mark a column that only people read with for the record"),
                        );
                    }
                }
            }
            ItemKind::Group(_) | ItemKind::Define(_) | ItemKind::Parameter(_) | ItemKind::WordList(_)
                if ![&item.names.zh, &item.names.en].iter().any(|name| mentioned.contains(name.text.as_str())) =>
            {
                diagnostics.push(is_never_used(item));
            }
            _ => {}
        }
    }
}

pub(super) fn is_never_used(item: &Item) -> Diagnostic {
    Diagnostic::new(
        "W707",
        item.names.zh.span,
        format!("“{}”没有被用到", item.names.zh.text),
        format!("“{}” is never used", item.names.en.text),
    )
    .hint("删去它，或在规则里用它", "drop it, or use it in a rule")
}

/// Every name that stands in an expression or as a column's type.
fn names_mentioned(items: &[Item]) -> BTreeSet<&str> {
    let mut names = BTreeSet::new();
    let mut exprs: Vec<&Expr> = Vec::new();
    for item in items {
        match &item.kind {
            ItemKind::Table(_, columns) => {
                for column in columns {
                    if let TypeDecl::Words(ident) = &column.ty {
                        names.insert(ident.text.as_str());
                    }
                }
            }
            ItemKind::Define(expr) => exprs.push(expr),
            ItemKind::Group(list) => exprs.extend(list),
            ItemKind::Fund(fund) => exprs.extend(fund.sizes.iter().map(|(size, _, _)| size)),
            ItemKind::General(general) => exprs.extend(general.conditions.iter().flat_map(|c| tests(&c.test))),
            ItemKind::Measure(measure) => {
                exprs.extend(measure.basis.iter().filter_map(|basis| basis.filter.as_ref()));
                exprs.extend(&measure.dated);
                exprs.extend(measure.lets.iter().map(|(_, expr)| expr));
                exprs.extend(measure.conditions.iter().flat_map(|condition| tests(&condition.test)));
                exprs.extend(measure.pays.iter().flat_map(|pay| amounts(&pay.amount)));
                exprs.extend(measure.limits.iter().filter_map(|limit| match &limit.kind {
                    LimitKindDecl::Years(_, expr)
                    | LimitKindDecl::Top { by: expr, .. }
                    | LimitKindDecl::Cap { at_most: expr, .. } => Some(expr),
                    LimitKindDecl::Once(_) | LimitKindDecl::TopUp(_) => None,
                }));
                for exception in &measure.exceptions {
                    exprs.push(&exception.when);
                    exprs.extend(amounts(&exception.amount));
                }
            }
            _ => {}
        }
    }
    while let Some(expr) = exprs.pop() {
        match &expr.kind {
            ExprKind::Name(ident) => {
                names.insert(ident.text.as_str());
            }
            kind => exprs.extend(kind.children()),
        }
    }
    names
}

fn tests(test: &Test) -> Vec<&Expr> {
    match test {
        Test::One(expr) => vec![expr],
        Test::Any(exprs) | Test::All(exprs) => exprs.iter().collect(),
    }
}

fn amounts(amount: &AmountDecl) -> Vec<&Expr> {
    match amount {
        AmountDecl::One(expr) => vec![expr],
        AmountDecl::Nothing => Vec::new(),
        AmountDecl::Tiers { by, tiers } => {
            let mut exprs = vec![by];
            for tier in tiers {
                exprs.push(&tier.amount);
                match &tier.key {
                    TierKey::Values(values) => exprs.extend(values),
                    TierKey::Range(range) => exprs.extend(range.iter().map(|(_, bound)| bound)),
                    TierKey::Otherwise(_) => {}
                }
            }
            exprs
        }
    }
}
