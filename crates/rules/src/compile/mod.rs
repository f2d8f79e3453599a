//! From the tree to the plan: names, types, and what each measure comes down to.

mod aggregates;
mod arena;
mod arithmetic;
mod expressions;
mod limits;
mod measure;
mod membership;
mod names;
mod pay;
mod procedures;
mod scope;
mod slots;
mod vocabulary;

pub use arena::operands;
pub use names::all_names;
pub(crate) use names::all_names_mut;
pub use names::name_of;
pub use slots::roots;

use duixian_money::Fen;

use crate::diagnostic::Diagnostic;
use crate::english::English;
use crate::fmt;
use crate::plan::{Fund, Node, Plan};
use crate::source::Span;
use crate::syntax::ast::{Expr, Item, ItemKind, Parameter, Validity};
use crate::vocabulary::Name;

use arena::Arena;
use expressions::Lowering;
use measure::Defaults;
use scope::{Declared, Place, Ty};

/// Compiles a pack's declarations. There is always a plan; it may run only if no error was reported.
pub fn compile(items: &[Item], diagnostics: &mut Vec<Diagnostic>) -> Plan {
    names::check_pairs(items, diagnostics);
    let mut vocabulary = vocabulary::declare(items, diagnostics);
    let declared = Declared::gather(items, diagnostics);
    let names = fmt::Names::new(items);
    let (policy, defaults) = policy(items, diagnostics);
    let mut arena = Arena::default();
    let mut lowering = Lowering {
        vocabulary: &vocabulary,
        declared: &declared,
        arena: &mut arena,
        diagnostics,
        depth: 0,
        nesting: 0,
        expansions: 0,
        definitions: Vec::new(),
    };
    let funds = declared.funds.iter().map(|(name, item, fund)| {
        let mut sizes = Vec::new();
        for (size, from, span) in &fund.sizes {
            match lowering
                .of_type(&Place::default(), size, Ty::Money)
                .map(|node| lowering.arena.node(node).node.clone())
            {
                Some(Node::Constant(fen)) => sizes.push((*from, Fen(fen))),
                Some(_) => lowering.report(
                    Diagnostic::new("E512", *span, "资金规模要是固定的数", "a fund's size is a fixed figure").hint(
                        "规模变化的，每个起始年度写一行",
                        "where the size changes, write a line for each first year",
                    ),
                ),
                None => {}
            }
        }
        sizes.sort_by_key(|(from, _)| *from);
        Fund { name: name.clone(), clause: first_clause(item), sizes, carries_over: fund.carries_over }
    });
    let funds: Vec<Fund> = funds.collect();
    check_unused_forms(&mut lowering, items);
    let (desks, procedures) = procedures::compile(&mut lowering);
    let mut measures = Vec::new();
    for item in items {
        if let ItemKind::Measure(declared) = &item.kind {
            measures.extend(measure::compile(&mut lowering, item, declared, defaults, &names));
        }
    }
    let definitions = lowering.definitions;
    let nodes = arena.into_nodes();
    vocabulary::note_tested_groups(&mut vocabulary, &nodes);
    let english = English::default();
    Plan { policy, nodes, measures, funds, desks, procedures, vocabulary, definitions, english }
}

fn first_clause(item: &Item) -> String {
    item.cites.first().map(|cites| cites.number.clone()).or_else(|| item.heading.clone()).unwrap_or_default()
}

/// The head of the pack and what it sets for all measures.
fn policy(items: &[Item], diagnostics: &mut Vec<Diagnostic>) -> (Name, Defaults) {
    let mut policies = items.iter().filter_map(|item| match &item.kind {
        ItemKind::Policy(policy) => Some((item, policy)),
        _ => None,
    });
    let Some((item, policy)) = policies.next() else {
        let span = items.first().map_or(Span::default(), |item| item.span);
        diagnostics.push(
            Diagnostic::new("E520", span, "规则包没有“政策”声明", "the pack has no policy declaration")
                .hint("写上 政策 名称 (name)，下面写 发布 日期", "write policy name (名称), and published below it"),
        );
        return (Name::new("", ""), Defaults::default());
    };
    if let Some((second, _)) = policies.next() {
        diagnostics.push(
            Diagnostic::new("E521", second.names.zh.span, "一套规则只有一个“政策”声明", "a pack declares one policy")
                .related(item.names.zh.span, "先在这里声明", "first declared here")
                .hint("另一项政策另建一个规则包", "make another pack for another policy"),
        );
    }
    let Some((covers, _)) = policy.covers.or(policy.published) else {
        diagnostics.push(
            Diagnostic::new("E522", item.span, "政策没有发布日期", "the policy has no date of publication")
                .hint("写上 发布 2017年5月3日", "write published 2017-05-03"),
        );
        return (name_of(&item.names), Defaults::default());
    };
    let defaults = Defaults { covers, payable: policy.payable.map(|(day, _)| day) };
    (name_of(&item.names), defaults)
}

/// Definitions and parameters are checked where they are used; those that stand unused are read once here, so that a
/// mistake in one does not hide until its first use.
fn check_unused_forms(lowering: &mut Lowering<'_>, items: &[Item]) {
    for item in items {
        if let ItemKind::Parameter(parameter) = &item.kind {
            let mut days: Vec<(i64, Span)> = Vec::new();
            for (value, validity) in &parameter.values {
                lowering.lower(&Place::default(), value, None);
                let from = validity.from.map_or(i64::MIN, |(day, _)| day);
                if days.iter().any(|(day, _)| *day == from) {
                    lowering.report(
                        Diagnostic::new("E515", value.span, "两个值从同一天起", "two values begin on the same day")
                            .hint("给后来的值写上 自 某日 起", "give the later one its own from"),
                    );
                }
                days.push((from, value.span));
            }
            if parameter.values.is_empty() && !lowering.has_unread_lines(item.span) {
                lowering.report(
                    Diagnostic::new("E516", item.span, "参数没有值", "the parameter has no value")
                        .hint("下一行写上值，如 5万元", "write its value on the next line, such as 50,000 yuan"),
                );
            }
            check_ends(lowering, parameter);
        }
        if let ItemKind::Statement(_, statement) = &item.kind
            && let Some(fund) = &statement.fund
            && !lowering.declared.funds.iter().any(|(name, _, _)| name.is(&fund.text))
        {
            let funds = lowering.declared.funds.iter().map(|(name, _, _)| name);
            let diagnostic = names::unknown(fund, ("资金", "fund"), funds);
            lowering.report(diagnostic);
        }
        if let ItemKind::Target(target) = &item.kind
            && let Some(measure) = &target.counted_by
        {
            let measures = items.iter().filter(|item| matches!(item.kind, ItemKind::Measure(_)));
            let measures: Vec<Name> = measures.map(|item| name_of(&item.names)).collect();
            if !measures.iter().any(|name| name.is(&measure.text)) {
                lowering.report(names::unknown(measure, ("措施", "measure"), measures.iter()));
            }
        }
    }
}

/// A value of a parameter ends where the next begins, and says nothing else: the last one has no end.
fn check_ends(lowering: &mut Lowering<'_>, parameter: &Parameter) {
    for (_, validity) in &parameter.values {
        let Some((until, span)) = validity.until else { continue };
        let begins = |(_, other): &&(Expr, Validity)| other.from.is_some_and(|(from, _)| from == until + 1);
        if !parameter.values.iter().any(|other| begins(&other)) {
            lowering.report(
                Diagnostic::new("E517", span, "没有值从次日接上", "no value goes on from the next day").hint(
                    "给下一个值写 自 次日 起；最后一个值不写 至 … 止",
                    "let the next value begin from that day on; the last one has no end",
                ),
            );
        }
    }
}
