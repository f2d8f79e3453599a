//! Measures: from the clauses of a rule to what an execution needs.

use crate::diagnostic::Diagnostic;
use crate::fmt;
use crate::plan::{Basis, Comparison, Condition, Measure, MeasureNotes, Node, NodeId, Payable, Period};
use crate::source::Span;
use crate::syntax::ast::{self, ConditionDecl, Each, Expr, ExprKind, Item, Test, Transition, Validity};
use crate::syntax::token::date_of;
use crate::vocabulary::{Lang, Name, TableId};

use super::expressions::Lowering;
use super::names::{name_of, unknown};
use super::scope::{Place, Ty};
use super::{limits, pay, procedures, slots};

/// What the head of the pack sets for all measures.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Defaults {
    /// First day covered where a measure names none.
    pub(super) covers: i64,
    /// No payment before this day.
    pub(super) payable: Option<i64>,
}

/// A measure being compiled, with what its parts share.
pub(super) struct Context<'a> {
    pub(super) item: &'a Item,
    pub(super) measure: &'a ast::Measure,
    pub(super) names: &'a fmt::Names,
    /// The clause it cites first.
    pub(super) clause: String,
    pub(super) place: Place,
}

impl Context<'_> {
    pub(super) fn clause_or(&self, validity: &Validity) -> String {
        validity.cites.as_ref().map_or_else(|| self.clause.clone(), |cites| cites.number.clone())
    }

    /// The node that decides which version is in force.
    pub(super) fn deciding_date(&self, lowering: &mut Lowering<'_>) -> NodeId {
        let node = match self.measure.transition {
            Some((Transition::ByAsOf, _)) => Node::AsOf,
            _ => Node::BasisDate,
        };
        lowering.add(node, Ty::Date).0
    }

    /// Whether something is in force, as a node; `None` where it always is.
    pub(super) fn in_force(&self, lowering: &mut Lowering<'_>, validity: &Validity) -> Option<NodeId> {
        let mut bounds = Vec::new();
        for (bound, comparison) in [(validity.from, Comparison::AtLeast), (validity.until, Comparison::AtMost)] {
            if let Some((day, span)) = bound {
                self.report_change_within_a_year(lowering, comparison, (day, span));
                let date = self.deciding_date(lowering);
                let day = lowering.constant(day, Ty::Date).0;
                bounds.push(lowering.add(Node::Compare(comparison, date, day), Ty::Bool).0);
            }
        }
        if bounds.is_empty() { None } else { Some(lowering.add(Node::And(bounds), Ty::Bool).0) }
    }
}

impl Context<'_> {
    /// Reports that something begins or ends in the middle of a year, where a measure goes by whole years: it is in force, or not,
    /// for all of the year, since the year's last day decides.
    fn report_change_within_a_year(
        &self,
        lowering: &mut Lowering<'_>,
        comparison: Comparison,
        (day, span): (i64, Span),
    ) {
        let is_yearly = self.measure.basis.as_ref().is_some_and(|basis| basis.each == Each::Year);
        let by_as_of = matches!(self.measure.transition, Some((Transition::ByAsOf, _)));
        let first_covered = if comparison == Comparison::AtLeast { day } else { day.saturating_add(1) };
        let is_new_year = chrono::Datelike::ordinal(&date_of(first_covered)) == 1;
        if !is_yearly || by_as_of || is_new_year || lowering.has_reported("E504", span) {
            return;
        }
        lowering.report(
            Diagnostic::new(
                "E504",
                span,
                "按年的措施在一年中间不能改：整年都按年末的写法算",
                "a measure by year cannot change within a year: the year's last day decides for all of it",
            )
            .hint(
                "改在 1月1日 起、12月31日 止；要按日子分的，对象写 每项 并写 基准日",
                "begin on 1 January and end on 31 December; what goes by days is a measure on each row with a date",
            ),
        );
    }
}

/// Both languages' words of something.
pub(super) fn both(render: impl Fn(Lang) -> String) -> Name {
    Name::new(render(Lang::Zh), render(Lang::En))
}

/// Compiles one measure; `None` where too little of it could be read to make one.
pub(super) fn compile(
    lowering: &mut Lowering<'_>,
    item: &Item,
    measure: &ast::Measure,
    defaults: Defaults,
    names: &fmt::Names,
) -> Option<Measure> {
    let Some(basis) = &measure.basis else {
        missing(lowering, item, "对象", "for", "写明依据哪张表逐项或逐年审核", "say which table's rows it looks at");
        return None;
    };
    let Some(table) = lowering.vocabulary.table(&basis.table.text) else {
        let tables = lowering.vocabulary.tables.iter().map(|table| &table.name);
        let diagnostic = unknown(&basis.table, ("表", "table"), tables);
        lowering.report(diagnostic);
        return None;
    };
    let clause = item.cites.first().map(|cites| cites.number.clone()).or_else(|| item.heading.clone());
    let mut context = Context {
        item,
        measure,
        names,
        clause: clause.unwrap_or_default(),
        place: Place { basis: Some(table), ..Place::default() },
    };
    let period = period(lowering, &context, basis.each, table, defaults);
    for (let_names, expr) in &measure.lets {
        match lowering.lower(&context.place, expr, None) {
            Some((node, ty)) => context.place.lets.push((name_of(let_names), node, ty)),
            None => context.place.unread.push(name_of(let_names)),
        }
    }
    let filter = basis.filter.as_ref().map(|filter| lowering.boolean(&context.place, filter));
    let dated = basis.each != Each::Year;
    let mut conditions = general_conditions(lowering, &context, dated);
    for declared in &measure.conditions {
        conditions.extend(condition(lowering, &context, declared, context.clause_or(&declared.validity), None));
    }
    let pay = pay::compile(lowering, &context);
    let limits = limits::compile(lowering, &context, table, pay.as_ref());
    let fund = measure.fund.as_ref().and_then(|fund| {
        let found = lowering.declared.funds.iter().position(|(name, _, _)| name.is(&fund.text));
        if found.is_none() {
            let funds = lowering.declared.funds.iter().map(|(name, _, _)| name);
            let diagnostic = unknown(fund, ("资金", "fund"), funds);
            lowering.report(diagnostic);
        }
        found
    });
    let procedure = procedures::of_measure(lowering, measure);
    for other in &measure.stacks_with {
        if !lowering.declared.measures.iter().any(|name| name.is(&other.text)) {
            let diagnostic = unknown(other, ("措施", "measure"), lowering.declared.measures.iter());
            lowering.report(diagnostic);
        }
    }
    let basis = Basis { table, filter: filter.unwrap_or(None), period: period? };
    let mut compiled = Measure {
        name: name_of(&item.names),
        clause: context.clause.clone(),
        span: item.span,
        basis,
        named: calculations(lowering, &context.place),
        conditions,
        pay: pay?,
        limits,
        payable: match measure.next_year {
            Some(_) => Payable::NextYear,
            None => Payable::NotBefore(defaults.payable),
        },
        fund,
        procedure,
        slots: Vec::new(),
        notes: MeasureNotes {
            evidence: measure.evidence.clone(),
            optional_evidence: measure.optional_evidence.clone(),
            discretion: measure.discretion.clone(),
            purpose: measure.purpose.clone(),
        },
    };
    compiled.slots = slots::of(&compiled, lowering.arena, lowering.vocabulary);
    if compiled.slots.len() > slots::MAX {
        let max = slots::MAX;
        lowering.report(
            Diagnostic::new(
                "E420",
                item.names.zh.span,
                format!("一项措施最多用到 {max} 列可能不知道的事实"),
                format!("a measure can read at most {max} columns that may be unknown"),
            )
            .hint("拆成几项措施", "split it into several measures"),
        );
    }
    Some(compiled)
}

/// What the place's names stand for, but for mere columns and constants, which are called what they are.
fn calculations(lowering: &Lowering<'_>, place: &Place) -> Vec<(NodeId, Name)> {
    let is_calculation = |node: NodeId| !matches!(lowering.arena.node(node).node, Node::Column(..) | Node::Constant(_));
    let lets = place.lets.iter().filter(|(_, node, _)| is_calculation(*node));
    lets.map(|(name, node, _)| (*node, name.clone())).collect()
}

/// Reports that a measure lacks a clause, unless a line of it could not be read: that may have been the clause.
pub(super) fn missing(lowering: &mut Lowering<'_>, item: &Item, zh: &str, en: &str, hint_zh: &str, hint_en: &str) {
    if lowering.has_unread_lines(item.span) {
        return;
    }
    let span = item.names.zh.span.to(item.names.en.span);
    let diagnostic = Diagnostic::new(
        "E501",
        span,
        format!("措施“{}”没有写“{zh}”", item.names.zh.text),
        format!("measure “{}” has no “{en}”", item.names.en.text),
    );
    lowering.report(diagnostic.hint(hint_zh, hint_en));
}

fn period(
    lowering: &mut Lowering<'_>,
    context: &Context<'_>,
    each: Each,
    table: TableId,
    defaults: Defaults,
) -> Option<Period> {
    let measure = context.measure;
    let is_party = lowering.vocabulary.party_table() == Some(table);
    if (each == Each::Party) != is_party {
        let span = measure.basis.as_ref().map_or(context.item.span, |basis| basis.table.span);
        lowering.report(
            Diagnostic::new(
                "E502",
                span,
                "每家 用于主体表，每项、每年 用于其他表",
                "each party of is for the table of parties, the others for other tables",
            )
            .hint(
                if is_party { "这里写 每家" } else { "这里写 每项 或 每年" },
                if is_party { "write each party of" } else { "write each, or each year of" },
            ),
        );
    }
    if each == Each::Year {
        if let Some(dated) = &measure.dated {
            lowering.report(
                Diagnostic::new("E503", dated.span, "按年的措施没有基准日", "a measure by year has no basis date")
                    .hint("删去 基准日，或把对象改成 每项", "drop it, or look at each row"),
            );
        }
        let start = match &measure.from {
            None => i64::from(chrono::Datelike::year(&date_of(defaults.covers))),
            Some(from) => match from.kind {
                ExprKind::Year(year) => year,
                _ => return wrong_start(lowering, from, "年度，如 2017年", "a year such as year 2017"),
            },
        };
        return Some(Period::Yearly { start });
    }
    let start = match &measure.from {
        None => defaults.covers,
        Some(from) => match from.kind {
            ExprKind::Date(days) => days,
            _ => return wrong_start(lowering, from, "日期，如 2016年1月1日", "a date such as 2016-01-01"),
        },
    };
    let Some(dated) = &measure.dated else {
        missing(
            lowering,
            context.item,
            "基准日",
            "dated",
            "写明以哪个日期为准，如 基准日 申请日",
            "say which date counts, such as dated filed_on",
        );
        return None;
    };
    let date = lowering.of_type(&context.place, dated, Ty::Date)?;
    Some(Period::Dated { date, start })
}

fn wrong_start(lowering: &mut Lowering<'_>, from: &Expr, zh: &str, en: &str) -> Option<Period> {
    let diagnostic = Diagnostic::new(
        "E504",
        from.span,
        format!("这项措施的起点应当是{zh}"),
        format!("this measure starts from {en}"),
    );
    lowering.report(diagnostic.hint(
        "每项、每家 的措施从某日起，每年 的措施从某年起",
        "measures on rows start on a day, measures by year in a year",
    ));
    None
}

/// The general rules that are for this measure, as conditions.
fn general_conditions(lowering: &mut Lowering<'_>, context: &Context<'_>, dated: bool) -> Vec<Condition> {
    let declared = lowering.declared;
    for exempt in &context.measure.exempt {
        if !declared.generals.iter().any(|(name, _, _)| name.is(&exempt.text)) {
            let names = declared.generals.iter().map(|(name, _, _)| name);
            let diagnostic = unknown(exempt, ("通则", "general rule"), names);
            lowering.report(diagnostic);
        }
    }
    let mut conditions = Vec::new();
    for (name, item, general) in &declared.generals {
        let applies = general.dated_only.is_none_or(|only| only == dated);
        let exempt = context.measure.exempt.iter().any(|exempt| name.is(&exempt.text));
        if !applies || exempt {
            continue;
        }
        let clause = item.cites.first().map(|cites| cites.number.clone()).or_else(|| item.heading.clone());
        for declared in &general.conditions {
            let clause = match &declared.validity.cites {
                Some(cites) => cites.number.clone(),
                None if general.is_reading => context.clause.clone(),
                None => clause.clone().unwrap_or_default(),
            };
            let is_reading = general.is_reading && declared.validity.cites.is_none();
            let reading_of = item.heading.clone().filter(|_| is_reading);
            let found = condition(lowering, context, declared, clause, Some(name.clone()));
            conditions.extend(found.map(|condition| Condition { reading_of, ..condition }));
        }
    }
    conditions
}

fn condition(
    lowering: &mut Lowering<'_>,
    context: &Context<'_>,
    declared: &ConditionDecl,
    clause: String,
    general: Option<Name>,
) -> Option<Condition> {
    let all = |lowering: &mut Lowering<'_>, operands: &[Expr]| {
        let nodes: Vec<Option<NodeId>> =
            operands.iter().map(|operand| lowering.boolean(&context.place, operand)).collect();
        nodes.into_iter().collect::<Option<Vec<NodeId>>>()
    };
    let node = match &declared.test {
        Test::One(expr) => lowering.boolean(&context.place, expr)?,
        Test::Any(operands) => {
            let nodes = all(lowering, operands)?;
            lowering.add(Node::Or(nodes), Ty::Bool).0
        }
        Test::All(operands) => {
            let nodes = all(lowering, operands)?;
            lowering.add(Node::And(nodes), Ty::Bool).0
        }
    };
    let node = match context.in_force(lowering, &declared.validity) {
        None => node,
        Some(in_force) => {
            let not_yet = lowering.add(Node::Not(in_force), Ty::Bool).0;
            lowering.add(Node::Or(vec![not_yet, node]), Ty::Bool).0
        }
    };
    let text = both(|lang| fmt::condition(declared, lang, context.names));
    Some(Condition { node, clause, text, general, reading_of: None, span: declared.span })
}
