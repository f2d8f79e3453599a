//! Expressions in words, with the values that were found in a row where there is one.

use duixian_rules::plan::{AggregateKind, Comparison, Node, NodeId, NodeType};
use duixian_rules::vocabulary::Lang;

use super::words::Words;
use crate::reference::{Detail, Step, Truth, Value, operands};

/// One test of a condition, or a heading over several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestLine {
    /// How deep it stands under others, from 0.
    pub depth: usize,
    /// Whether it holds.
    pub truth: Truth,
    /// The test in words, with both sides of a comparison.
    pub text: String,
}

impl Words<'_> {
    /// The tests that a condition is made of, as far as a reader wants them apart: where any one is enough, and one is there,
    /// the others matter to nobody.
    pub fn tests(self, step: &Step) -> Vec<TestLine> {
        let mut lines = Vec::new();
        self.add_tests(step, 0, false, &mut lines);
        lines
    }

    /// All the tests that a condition is made of.
    pub fn all_tests(self, step: &Step) -> Vec<TestLine> {
        let mut lines = Vec::new();
        self.add_tests(step, 0, true, &mut lines);
        lines
    }

    fn add_tests(self, step: &Step, depth: usize, all: bool, lines: &mut Vec<TestLine>) {
        let heading = match &self.plan.nodes[step.node].node {
            Node::And(_) => Some(self.pick("以下全部成立", "all of these")),
            Node::Or(_) => Some(self.pick("以下任一成立", "any of these")),
            _ => None,
        };
        let text = heading.map_or_else(|| self.found(step) + &self.names_used([step]), str::to_owned);
        lines.push(TestLine { depth, truth: step.value.truth(), text });
        if let (Some(_), Detail::Operands(operands)) = (heading, &step.detail) {
            let is_met = |operand: &Step| operand.value.truth() == Truth::True;
            let any_met = !all && matches!(self.plan.nodes[step.node].node, Node::Or(_)) && operands.iter().any(is_met);
            let shown = operands.iter().filter(|operand| !any_met || is_met(operand));
            shown.for_each(|operand| self.add_tests(operand, depth + 1, all, lines));
        }
    }

    /// An expression as it was found in a row.
    pub fn found(self, step: &Step) -> String {
        self.describe(step.node, Some(step), true)
    }

    /// What a condition is called where it has a definition, before what was found.
    pub fn by_name(self, step: &Step, text: String) -> String {
        match self.plan.definition(step.node) {
            Some(name) => format!("{}{}{text}", self.name(name), self.pick("：", ": ")),
            None => text,
        }
    }

    /// What the calculations come from that some expressions call by their names; empty where there are none.
    pub fn names_used<'s>(self, steps: impl IntoIterator<Item = &'s Step>) -> String {
        let mut used = Vec::new();
        steps.into_iter().for_each(|step| self.add_names_used(step, &mut used));
        used.iter().map(|said| format!("{}{said}", self.pick("，其中", ", where "))).collect()
    }

    fn add_names_used(self, step: &Step, used: &mut Vec<String>) {
        if let Some(name) = self.calculation(step.node) {
            let said = format!("{name} = {}", self.spelled_out(step.node, Some(step), false));
            if used.contains(&said) {
                return;
            }
            used.push(said);
        }
        children(step).iter().for_each(|part| self.add_names_used(part, used));
    }

    /// What a calculation with a name stands for, in general.
    pub fn meaning(self, node: NodeId) -> String {
        self.spelled_out(node, None, false)
    }

    /// An expression in general.
    pub fn in_general(self, node: NodeId) -> String {
        self.describe(node, None, true)
    }

    /// A comparison as it would have to come out.
    pub fn wanted(self, step: &Step, wanted: bool) -> String {
        let node = &self.plan.nodes[step.node].node;
        match (node, wanted) {
            (Node::Compare(comparison, a, b), false) => {
                let operands = children(step);
                let [left, right] =
                    [(*a, operands.first()), (*b, operands.get(1))].map(|(n, s)| self.describe(n, s, true));
                format!("{left} {} {right}", self.sign(opposite(*comparison), self.plan.nodes[*a].ty))
            }
            (_, true) => self.found(step),
            (_, false) => format!("{}{}", self.pick("并非：", "not: "), self.found(step)),
        }
    }

    /// An expression, with what was found in `step`. Of a calculation within a calculation the result is left out
    /// (`with_result`): only the last one matters.
    fn describe(self, id: NodeId, step: Option<&Step>, with_result: bool) -> String {
        match self.calculation(id) {
            Some(name) => format!("{name}{}", self.valued(step, self.plan.nodes[id].ty)),
            None => self.spelled_out(id, step, with_result),
        }
    }

    /// The same of an expression whose own name is not to be used.
    fn spelled_out(self, id: NodeId, step: Option<&Step>, with_result: bool) -> String {
        let info = &self.plan.nodes[id];
        let operand = |index: usize| step.and_then(|step| children(step).get(index));
        let part = |index: usize, node: NodeId| self.describe(node, operand(index), true);
        let inner = |index: usize, node: NodeId| {
            let text = self.describe(node, operand(index), false);
            if needs_brackets(&info.node, index, &self.plan.nodes[node].node) { format!("({text})") } else { text }
        };
        let two = |a: NodeId, b: NodeId| (inner(0, a), inner(1, b));
        let result = || if with_result { self.result(step, info.ty) } else { String::new() };
        match &info.node {
            Node::Constant(value) => self.value(*value, info.ty),
            Node::Column(table, column) => {
                let name = self.column(duixian_rules::plan::FactSlot { table: *table, column: *column });
                match step.map(|step| &step.detail) {
                    Some(Detail::Fact(read)) => format!("{name}{}", self.aside(&self.cell(read))),
                    _ => name,
                }
            }
            Node::BasisDate => format!("{}{}", self.pick("基准日", "basis date"), self.valued(step, info.ty)),
            Node::RowYear => format!("{}{}", self.pick("本年度", "the row's year"), self.valued(step, info.ty)),
            Node::AsOf => format!("{}{}", self.pick("截至日期", "as-of date"), self.valued(step, info.ty)),
            Node::YearOf(a) => match self.lang {
                Lang::Zh => format!("{}的年份", part(0, *a)),
                Lang::En => format!("year of {}", part(0, *a)),
            },
            Node::YearsBetween(a, b) => {
                let (from, to) = two(*a, *b);
                match self.lang {
                    Lang::Zh => format!("从{from}到{to}的周年数{}", result()),
                    Lang::En => format!("whole years from {from} to {to}{}", result()),
                }
            }
            Node::Add(a, b) => self.arithmetic("+", two(*a, *b), result()),
            Node::Subtract(a, b) => self.arithmetic("−", two(*a, *b), result()),
            Node::Multiply(a, b) => self.arithmetic("×", two(*a, *b), result()),
            Node::PercentOf(rate, amount) => {
                let (rate, amount) = two(*rate, *amount);
                match self.lang {
                    Lang::Zh => format!("{amount}的{rate}{}", result()),
                    Lang::En => format!("{rate} of {amount}{}", result()),
                }
            }
            Node::Steps(amount, size) => {
                let (amount, size) = two(*amount, *size);
                match self.lang {
                    Lang::Zh => format!("{amount}每满{size}的次数{}", result()),
                    Lang::En => format!("how many times {size} fits in {amount}{}", result()),
                }
            }
            Node::Round { value, unit_fen, .. } => {
                let (value, unit) = (part(0, *value), self.money(*unit_fen));
                match self.lang {
                    Lang::Zh => format!("{value}取整到{unit}{}", result()),
                    Lang::En => format!("{value} rounded to {unit}{}", result()),
                }
            }
            Node::Least(all) if matches!(info.ty, NodeType::Date | NodeType::Year) => {
                self.choice(all, step, ("中最早者", "the earliest of"), result())
            }
            Node::Least(all) => self.choice(all, step, ("中较小者", "the lesser of"), result()),
            Node::Greatest(all) if matches!(info.ty, NodeType::Date | NodeType::Year) => {
                self.choice(all, step, ("中最晚者", "the latest of"), result())
            }
            Node::Greatest(all) => self.choice(all, step, ("中较大者", "the greater of"), result()),
            Node::Dated { steps, .. } => match step.map(children) {
                // The second operand is the step that applies.
                Some([_, applies]) => self.found(applies),
                _ => {
                    let from = |(day, node): &(i64, NodeId)| match self.lang {
                        Lang::Zh => format!("自{}起{}", self.date(*day), self.in_general(*node)),
                        Lang::En => format!("from {} {}", self.date(*day), self.in_general(*node)),
                    };
                    self.list(&steps.iter().map(from).collect::<Vec<_>>())
                }
            },
            Node::Compare(comparison, a, b) => {
                format!("{} {} {}", part(0, *a), self.sign(*comparison, self.plan.nodes[*a].ty), part(1, *b))
            }
            Node::CompareRatio { comparison, numerator, denominator, rate } => {
                let sides = (part(0, *numerator), part(1, *denominator), part(2, *rate));
                let sign = self.sign(*comparison, NodeType::Percent);
                format!("{} ÷ {} {sign} {}", sides.0, sides.1, sides.2)
            }
            Node::OneOf(a, choices) => {
                let ty = self.plan.nodes[*a].ty;
                let choices: Vec<String> = choices.iter().map(|choice| self.value(*choice, ty)).collect();
                self.is_one_of(part(0, *a), &choices)
            }
            Node::TextIs(a, texts) => self.is_one_of(part(0, *a), texts),
            Node::HasPrefix(a, prefixes) => match (self.plan.vocabulary.group_of(prefixes), self.lang) {
                (Some(group), _) => {
                    let group = format!("{}{}", self.name(group), self.aside(&self.list(prefixes)));
                    format!("{}{}{group}", part(0, *a), self.pick(" 属于 ", " is one of "))
                }
                (None, Lang::Zh) => format!("{} 以 {} 开头", part(0, *a), prefixes.join(" 或 ")),
                (None, Lang::En) => format!("{} begins with {}", part(0, *a), prefixes.join(" or ")),
            },
            Node::Happened(a) => match self.lang {
                Lang::Zh => format!("有 {}", part(0, *a)),
                Lang::En => format!("{} is on record", part(0, *a)),
            },
            Node::Not(a) => match (&self.plan.nodes[*a].node, self.lang) {
                // Rules say “没有 …”; so do we, of the thing itself.
                (Node::Happened(it), _) => {
                    let it = self.describe(*it, operand(0).and_then(|step| children(step).first()), true);
                    format!("{}{it}", self.pick("没有 ", "no "))
                }
                (_, Lang::Zh) => format!("并非：{}", part(0, *a)),
                (_, Lang::En) => format!("not: {}", part(0, *a)),
            },
            Node::And(all) => self.join(all, step, self.pick(" 且 ", " and ")),
            Node::Or(all) => self.join(all, step, self.pick(" 或 ", " or ")),
            Node::Aggregate { kind, table, filter, value } => {
                let found = step.map(|step| self.aside(&self.aggregated(*kind, step)));
                self.aggregate(*kind, *table, (*filter, *value), found.unwrap_or_default())
            }
        }
    }

    fn aggregate(
        self,
        kind: AggregateKind,
        table: usize,
        (filter, value): (Option<NodeId>, Option<NodeId>),
        found: String,
    ) -> String {
        let of = value.map(|value| self.in_general(value)).unwrap_or_default();
        let rows = match (filter, self.lang) {
            (None, _) => self.table(table),
            (Some(filter), Lang::Zh) => format!("{}（其中 {}）", self.table(table), self.in_general(filter)),
            (Some(filter), Lang::En) => format!("{} where {}", self.table(table), self.in_general(filter)),
        };
        let words = match (kind, self.lang) {
            (AggregateKind::Count, Lang::Zh) => format!("{rows}的项数"),
            (AggregateKind::Count, Lang::En) => format!("the number of {rows}"),
            (AggregateKind::Sum, Lang::Zh) => format!("{rows}的{of}合计"),
            (AggregateKind::Sum, Lang::En) => format!("the sum of {of} over {rows}"),
            (AggregateKind::Any, Lang::Zh) => format!("有{rows}"),
            (AggregateKind::Any, Lang::En) => format!("there is a row of {rows}"),
            (AggregateKind::Earliest, Lang::Zh) => format!("{rows}最早（最小）的{of}"),
            (AggregateKind::Earliest, Lang::En) => format!("the earliest (least) {of} of {rows}"),
            (AggregateKind::Latest, Lang::Zh) => format!("{rows}最晚（最大）的{of}"),
            (AggregateKind::Latest, Lang::En) => format!("the latest (greatest) {of} of {rows}"),
            (AggregateKind::Only, Lang::Zh) => format!("{rows}唯一一项的{of}"),
            (AggregateKind::Only, Lang::En) => format!("{of} of the only row of {rows}"),
        };
        words + &found
    }

    /// What an aggregate came to, and the years of which it found no row where that has made a difference.
    fn aggregated(self, kind: AggregateKind, step: &Step) -> String {
        let found = self.outcome(&step.value, self.plan.nodes[step.node].ty);
        let Detail::Rows { years_without_row: years, .. } = &step.detail else { return found };
        if years.is_empty() {
            return found;
        }
        let years = self.years(years);
        match (kind, self.lang) {
            (AggregateKind::Sum, Lang::Zh) => format!("{found}；{years}无记录，按零计"),
            (AggregateKind::Sum, Lang::En) => format!("{found}; no row for {years}, counted as zero"),
            (AggregateKind::Only, Lang::Zh) => format!("{found}；{years}无记录"),
            (AggregateKind::Only, Lang::En) => format!("{found}; no row for {years}"),
            _ => found,
        }
    }

    /// A comparison as rules write it.
    fn sign(self, comparison: Comparison, ty: NodeType) -> &'static str {
        let of_time = matches!(ty, NodeType::Date | NodeType::Year);
        let (zh, en) = match comparison {
            Comparison::Equal => ("是", "is"),
            Comparison::NotEqual => ("不是", "is not"),
            Comparison::Less if of_time => ("早于", "is before"),
            Comparison::Less => ("少于", "is less than"),
            Comparison::AtMost if of_time => ("不晚于", "is not after"),
            Comparison::AtMost => ("不多于", "is at most"),
            Comparison::Greater if of_time => ("晚于", "is after"),
            Comparison::Greater => ("多于", "is more than"),
            Comparison::AtLeast if of_time => ("不早于", "is not before"),
            Comparison::AtLeast => ("不少于", "is at least"),
        };
        self.pick(zh, en)
    }

    fn arithmetic(self, sign: &str, (left, right): (String, String), result: String) -> String {
        format!("{left} {sign} {right}{result}")
    }

    fn choice(self, all: &[NodeId], step: Option<&Step>, (zh, en): (&str, &str), result: String) -> String {
        let parts = self.parts(all, step);
        let all = if let [one, other] = &parts[..] {
            format!("{one}{}{other}", self.pick("与", " and "))
        } else {
            self.list(&parts)
        };
        match self.lang {
            Lang::Zh => format!("{all}{zh}{result}"),
            Lang::En => format!("{en} {all}{result}"),
        }
    }

    fn join(self, all: &[NodeId], step: Option<&Step>, word: &str) -> String {
        let parts: Vec<String> = self
            .parts(all, step)
            .into_iter()
            .zip(all)
            .map(|(text, &node)| match self.plan.nodes[node].node {
                Node::And(_) | Node::Or(_) => format!("({text})"),
                _ => text,
            })
            .collect();
        parts.join(word)
    }

    fn parts(self, all: &[NodeId], step: Option<&Step>) -> Vec<String> {
        let found = step.map(children).unwrap_or_default();
        all.iter().enumerate().map(|(index, node)| self.describe(*node, found.get(index), true)).collect()
    }

    fn is_one_of(self, value: String, choices: &[String]) -> String {
        match (choices, self.lang) {
            ([one], Lang::Zh) => format!("{value} 是 {one}"),
            ([one], Lang::En) => format!("{value} is {one}"),
            (_, Lang::Zh) => format!("{value} 属于 {}", self.list(choices)),
            (_, Lang::En) => format!("{value} is one of {}", self.list(choices)),
        }
    }

    /// The value found, in brackets.
    fn valued(self, step: Option<&Step>, ty: NodeType) -> String {
        step.map(|step| self.aside(&self.outcome(&step.value, ty))).unwrap_or_default()
    }

    /// The value found, in brackets after an equals sign.
    fn result(self, step: Option<&Step>, ty: NodeType) -> String {
        step.map(|step| self.aside(&format!("= {}", self.outcome(&step.value, ty)))).unwrap_or_default()
    }

    fn outcome(self, value: &Value, ty: NodeType) -> String {
        match value {
            Value::Known(value) => self.value(*value, ty),
            Value::Unknown(_) => self.pick("未知", "unknown").to_owned(),
            Value::Absent => self.pick("无", "none").to_owned(),
        }
    }

    /// The type of the left side of a comparison.
    pub fn compared_type(self, step: &Step) -> NodeType {
        let left = operands(&self.plan.nodes[step.node].node).first().copied();
        self.plan.nodes[left.unwrap_or(step.node)].ty
    }
}

/// The steps an expression was made of, where these are expressions of the same row.
fn children(step: &Step) -> &[Step] {
    match &step.detail {
        Detail::Operands(operands) => operands,
        Detail::Fact(_) | Detail::Rows { .. } => &[],
    }
}

/// Whether a sum within a calculation must be kept together: everywhere but in a sum, or left of a minus.
fn needs_brackets(outer: &Node, index: usize, inner: &Node) -> bool {
    let is_sum = matches!(inner, Node::Add(..) | Node::Subtract(..));
    is_sum && !matches!((outer, index), (Node::Add(..), _) | (Node::Subtract(..), 0))
}

fn opposite(comparison: Comparison) -> Comparison {
    match comparison {
        Comparison::Equal => Comparison::NotEqual,
        Comparison::NotEqual => Comparison::Equal,
        Comparison::Less => Comparison::AtLeast,
        Comparison::AtMost => Comparison::Greater,
        Comparison::Greater => Comparison::AtMost,
        Comparison::AtLeast => Comparison::Less,
    }
}
