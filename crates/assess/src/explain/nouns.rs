//! What rules look at, as people name it: cells, calculations, rows of other tables, each with the value that was found where
//! there is one.

use duixian_money::Rounding;
use duixian_rules::plan::{AggregateKind, Comparison, FactSlot, Node, NodeId, NodeType};
use duixian_rules::vocabulary::{Lang, TableKind};

use super::words::Words;
use crate::reference::{Detail, InnerRow, Step, Truth, Value};

impl Words<'_> {
    /// What something is called, without its value: 销售额.
    pub(super) fn noun(self, id: NodeId) -> String {
        self.calculation(id).unwrap_or_else(|| self.spelled(id, None))
    }

    /// The same with the value that was found: 销售额（463万元）, A − B（= 2万元）.
    pub(super) fn noun_found(self, id: NodeId, step: Option<&Step>) -> String {
        let Some(step) = step.filter(|_| !self.is_constant(id)) else {
            return self.quoted(self.noun(id));
        };
        let value = self.outcome(&step.value, id);
        match self.is_one_thing(id) {
            true => {
                let years = self.years_without_row(step).map(|years| self.pick("；", "; ").to_owned() + &years);
                format!("{}{}", self.quoted(self.noun(id)), self.aside(&(value + &years.unwrap_or_default())))
            }
            false => format!("{}{}", self.spelled(id, Some(step)), self.aside(&format!("= {value}"))),
        }
    }

    /// The value that was found, as a statement: 销售额为463万元.
    pub(super) fn fact_found(self, step: &Step, verb: &str) -> String {
        let (id, value) = (step.node, self.outcome(&step.value, step.node));
        if !self.is_one_thing(id) {
            return format!("{} = {value}", self.spelled(id, Some(step)));
        }
        let value = value + &self.beside_years(step);
        let noun = self.noun(id);
        match (self.lang, self.ordinal(id)) {
            (Lang::Zh, Some(unit)) => {
                let year = self.row_year.map(|year| self.year(year)).unwrap_or_default();
                format!("{year}为第{value}{unit}")
            }
            (Lang::Zh, None) => format!("{noun}为{value}"),
            (Lang::En, Some(unit)) => {
                let year = self.row_year.map_or_else(|| "this".to_owned(), |year| self.year(year));
                format!("{year} is {unit} {value}")
            }
            // Names such as “recognised on” go before a day without a verb.
            (Lang::En, _) if ends_in_a_preposition(&noun) => format!("{noun} {value}"),
            (Lang::En, _) => format!("{noun} {verb} {value}"),
        }
    }

    /// A name that does not read as one between other words, such as “registered on”, in quotes.
    pub(super) fn quoted(self, name: String) -> String {
        if self.lang == Lang::En && ends_in_a_preposition(&name) { format!("“{name}”") } else { name }
    }

    /// What is counted by something that is called 第几… (nth …), such as years.
    pub(super) fn ordinal(self, id: NodeId) -> Option<String> {
        let name = self.calculation(id)?;
        name.strip_prefix(self.pick("第几", "nth ")).map(str::to_owned)
    }

    /// Whether something has a name of its own, and needs no spelling out.
    pub(super) fn is_one_thing(self, id: NodeId) -> bool {
        let one = matches!(
            self.plan.nodes[id].node,
            Node::Constant(_)
                | Node::Column(..)
                | Node::BasisDate
                | Node::RowYear
                | Node::AsOf
                | Node::YearOf(_)
                | Node::Aggregate { .. }
                | Node::Dated { .. }
        );
        one || self.calculation(id).is_some()
    }

    pub(super) fn is_constant(self, id: NodeId) -> bool {
        matches!(self.plan.nodes[id].node, Node::Constant(_))
    }

    /// The calculations that some steps call by their names, each once, with how it comes about.
    pub fn calculations<'s>(self, steps: impl IntoIterator<Item = &'s Step>) -> Vec<String> {
        let mut told = Vec::new();
        steps.into_iter().for_each(|step| self.add_calculations(step, &mut told));
        told
    }

    fn add_calculations(self, step: &Step, told: &mut Vec<String>) {
        if let Some(name) = self.calculation(step.node) {
            let plain = matches!(self.plan.nodes[step.node].node, Node::Aggregate { .. } | Node::Column(..));
            let value = self.outcome(&step.value, step.node) + &self.beside_years(step);
            let how = self.spelled(step.node, Some(step));
            let is_known = step.value.known().is_some();
            let line = match (plain, is_known, self.lang) {
                (true, true, Lang::Zh) => format!("{name}：{how}，为{value}"),
                (true, true, Lang::En) => format!("{name}: {how}, which is {value}"),
                (true, false, Lang::Zh) => format!("{name}：{how}，{}", self.without_value(step)),
                (true, false, Lang::En) => format!("{name}: {how}, {}", self.without_value(step)),
                (false, true, _) => format!("{name} = {how} = {value}"),
                (false, false, _) => format!("{name} = {how}"),
            };
            if told.contains(&line) {
                return;
            }
            told.push(line);
        }
        children(step).iter().for_each(|part| self.add_calculations(part, told));
    }

    /// What there is instead of a value: nothing on record, or rows that do not tell.
    fn without_value(self, step: &Step) -> &'static str {
        let is_open = |row: &InnerRow<Step>| row.truth() != Truth::False;
        match &step.detail {
            Detail::Rows { rows, .. } if step.value != Value::Absent && rows.iter().any(is_open) => {
                self.pick("空缺", "which is missing")
            }
            _ => self.pick("没有记录", "of which there is no record"),
        }
    }

    /// An expression spelled out, its own name and value left out, those of its parts not.
    pub(super) fn spelled(self, id: NodeId, step: Option<&Step>) -> String {
        let info = &self.plan.nodes[id];
        let operand = |index: usize| step.and_then(|step| children(step).get(index));
        let part = |index: usize, node: NodeId| self.noun_found(node, operand(index));
        // Of a calculation within a calculation the value is left out: only the last one matters.
        let inner = |index: usize, node: NodeId| {
            if self.is_one_thing(node) {
                return part(index, node);
            }
            let text = self.spelled(node, operand(index));
            if needs_brackets(&info.node, index, &self.plan.nodes[node].node) { format!("({text})") } else { text }
        };
        match &info.node {
            Node::Constant(value) => self.value(*value, info.ty),
            Node::Column(table, column) => self.column(FactSlot { table: *table, column: *column }),
            Node::BasisDate => self.pick("基准日", "the basis date").to_owned(),
            Node::RowYear => self.pick("本年度", "the year").to_owned(),
            Node::AsOf => self.pick("截至日期", "the as-of date").to_owned(),
            Node::YearOf(a) => {
                let of = self.noun(*a);
                match self.lang {
                    Lang::Zh => format!("{}年份", happening(&of)),
                    Lang::En => format!("the year of “{of}”"),
                }
            }
            Node::YearsBetween(a, b) => {
                let (from, to) = (inner(0, *a), inner(1, *b));
                match self.lang {
                    Lang::Zh => format!("从{from}到{to}的满整年数"),
                    Lang::En => format!("the whole years from {from} to {to}"),
                }
            }
            Node::Add(a, b) => format!("{} + {}", inner(0, *a), inner(1, *b)),
            Node::Subtract(a, b) => match self.years_before(id) {
                Some(years) if step.is_none() => self.year_before(years),
                _ => format!("{} − {}", inner(0, *a), inner(1, *b)),
            },
            Node::Multiply(a, b) => match (&self.plan.nodes[*a].node, step.is_some()) {
                (Node::Steps(amount, size), _) => {
                    let steps = operand(0);
                    let amount = self.noun_found(*amount, steps.and_then(|steps| children(steps).first()));
                    let size = self.noun(*size);
                    let (each, comma) = (inner(1, *b), self.pick("，", ", "));
                    match self.lang {
                        Lang::Zh => format!("{amount}{comma}每满{size}计{each}"),
                        Lang::En => format!("{amount}{comma}{each} for every full {size}"),
                    }
                }
                _ => format!("{} × {}", inner(0, *a), inner(1, *b)),
            },
            Node::PercentOf(rate, amount) => {
                let (rate, amount) = (inner(0, *rate), inner(1, *amount));
                match self.lang {
                    Lang::Zh => format!("{amount}的{rate}"),
                    Lang::En => format!("{rate} of {amount}"),
                }
            }
            Node::Steps(amount, size) => {
                let (amount, size) = (inner(0, *amount), inner(1, *size));
                match self.lang {
                    Lang::Zh => format!("{amount}中每满{size}的次数"),
                    Lang::En => format!("how many times {size} fits in {amount}"),
                }
            }
            Node::Round { value, unit_fen, rounding } => {
                let unit = self.unit(*unit_fen);
                let how = match rounding {
                    Rounding::HalfUp => self.pick("四舍五入到", "rounded to"),
                    Rounding::Down => self.pick("舍去到", "rounded down to"),
                    Rounding::Up => self.pick("进位到", "rounded up to"),
                };
                format!("{}{}{how}{}{unit}", inner(0, *value), self.pick("，", ", "), self.pick("", " a whole "))
            }
            Node::Least(all) => self.choice(all, step, true, info.ty),
            Node::Greatest(all) => self.choice(all, step, false, info.ty),
            Node::Dated { steps, .. } => match step.map(children) {
                // The second operand is the step that applies.
                Some([_, applies]) => self.spelled(applies.node, Some(applies)),
                _ => {
                    let from = |(day, node): &(i64, NodeId)| match self.lang {
                        Lang::Zh => format!("自{}起{}", self.date(*day), self.noun(*node)),
                        Lang::En => format!("from {} {}", self.date(*day), self.noun(*node)),
                    };
                    self.list(&steps.iter().map(from).collect::<Vec<_>>())
                }
            },
            Node::Aggregate { kind, table, filter, value } => self.aggregate(*kind, *table, *filter, *value),
            Node::CompareRatio { numerator, denominator, .. } => {
                format!("{} ÷ {}", inner(0, *numerator), inner(1, *denominator))
            }
            Node::Compare(..)
            | Node::OneOf(..)
            | Node::HasPrefix(..)
            | Node::TextIs(..)
            | Node::Happened(_)
            | Node::Not(_)
            | Node::And(_)
            | Node::Or(_) => self.in_general(id),
        }
    }

    /// The least or the greatest of some. One figure beside one calculation bounds it, and is told as its bound.
    fn choice(self, all: &[NodeId], step: Option<&Step>, least: bool, ty: NodeType) -> String {
        let found = step.map(children).unwrap_or_default();
        let of_time = matches!(ty, NodeType::Date | NodeType::Year);
        if let ([one, other], false) = (all, of_time)
            && self.is_constant(*one) != self.is_constant(*other)
        {
            let (bound, free) = if self.is_constant(*one) { (0, 1) } else { (1, 0) };
            let known = |index: usize| found.get(index).and_then(|step| step.value.known());
            let is_bound =
                known(bound).zip(known(free)).map(|(bound, free)| if least { free > bound } else { free < bound });
            let (text, bound) = (self.noun_found(all[free], found.get(free)), self.noun(all[bound]));
            return match (least, is_bound, self.lang) {
                (true, Some(false), Lang::Zh) => format!("{text}，没有超过{bound}"),
                (true, Some(false), Lang::En) => format!("{text}, not more than {bound}"),
                (true, _, Lang::Zh) => format!("{text}，以{bound}为限"),
                (true, _, Lang::En) => format!("{text}, but at most {bound}"),
                (false, Some(false), Lang::Zh) => format!("{text}，不低于{bound}"),
                (false, Some(false), Lang::En) => format!("{text}, not less than {bound}"),
                (false, _, Lang::Zh) => format!("{text}，不足{bound}的按{bound}"),
                (false, _, Lang::En) => format!("{text}, but at least {bound}"),
            };
        }
        let parts: Vec<String> =
            all.iter().enumerate().map(|(index, node)| self.noun_found(*node, found.get(index))).collect();
        let (zh, en) = match (least, of_time) {
            (true, true) if all.len() == 2 => ("中较早的", "the earlier of"),
            (false, true) if all.len() == 2 => ("中较晚的", "the later of"),
            (true, true) => ("中最早的", "the earliest of"),
            (false, true) => ("中最晚的", "the latest of"),
            (true, false) => ("中较小的", "the lesser of"),
            (false, false) => ("中较大的", "the greater of"),
        };
        let all = if let [one, other] = &parts[..] {
            format!("{one}{}{other}", self.pick("与", " and "))
        } else {
            self.list(&parts)
        };
        match self.lang {
            Lang::Zh => format!("{all}{zh}"),
            Lang::En => format!("{en} {all}"),
        }
    }

    fn aggregate(self, kind: AggregateKind, table: usize, filter: Option<NodeId>, value: Option<NodeId>) -> String {
        let rows = self.rows(table, filter);
        let of = value.map(|value| self.noun(value)).unwrap_or_default();
        match (kind, self.lang) {
            (AggregateKind::Count | AggregateKind::Any, Lang::Zh) => format!("{rows}的项数"),
            (AggregateKind::Count | AggregateKind::Any, Lang::En) => format!("the number of {rows}"),
            (AggregateKind::Sum, Lang::Zh) => format!("{rows}的{of}合计"),
            (AggregateKind::Sum, Lang::En) => format!("the sum of {of} over {rows}"),
            (AggregateKind::Earliest, Lang::Zh) => format!("{rows}中最早（最小）的{of}"),
            (AggregateKind::Earliest, Lang::En) => format!("the earliest (least) {of} of {rows}"),
            (AggregateKind::Latest, Lang::Zh) => format!("{rows}中最晚（最大）的{of}"),
            (AggregateKind::Latest, Lang::En) => format!("the latest (greatest) {of} of {rows}"),
            (AggregateKind::Only, _) => self.only(table, filter, &rows, &of),
        }
    }

    /// The value of the only row: that of another year is told by its year.
    fn only(self, table: usize, filter: Option<NodeId>, rows: &str, of: &str) -> String {
        let (years, rest) = self.by_year(table, filter);
        let is_account = self.plan.vocabulary.tables[table].kind == TableKind::Account;
        match (years.filter(|_| is_account && rest.is_empty()), self.lang) {
            (Some(years), Lang::Zh) => format!("{}{of}", self.year_before(years)),
            (Some(years), Lang::En) => format!("{of} of {}", self.year_before(years)),
            (None, Lang::Zh) => format!("{rows}的{of}"),
            (None, Lang::En) => format!("{of} of the {rows}"),
        }
    }

    /// Rows of a table, those that are meant: 类别为高新技术企业的认定.
    pub(super) fn rows(self, table: usize, filter: Option<NodeId>) -> String {
        let (years, rest) = self.by_year(table, filter);
        let tests: Vec<String> = rest.iter().map(|test| self.in_general(*test)).collect();
        let name = self.table(table);
        let year = years.map(|years| self.year_before(years));
        match self.lang {
            Lang::Zh => {
                let which = if tests.is_empty() { String::new() } else { format!("{}的", tests.join("且")) };
                format!("{}{which}{name}", year.unwrap_or_default())
            }
            Lang::En => {
                let year = year.map(|year| format!(" of {year}")).unwrap_or_default();
                let which = if tests.is_empty() { String::new() } else { format!(" where {}", tests.join(" and ")) };
                format!("{name}{year}{which}")
            }
        }
    }

    /// What a filter asks of the rows' year, in years before the basis's, and what else it asks.
    fn by_year(self, table: usize, filter: Option<NodeId>) -> (Option<i64>, Vec<NodeId>) {
        let tests = match filter.map(|filter| (filter, &self.plan.nodes[filter].node)) {
            Some((_, Node::And(all))) => all.clone(),
            Some((filter, _)) => vec![filter],
            None => Vec::new(),
        };
        let year_column = self.plan.vocabulary.tables[table].year_column();
        let years = |test: &NodeId| {
            let Node::Compare(Comparison::Equal, a, b) = self.plan.nodes[*test].node else { return None };
            let is_year = |id: NodeId| match self.plan.nodes[id].node {
                Node::Column(of, column) => of == table && Some(column) == year_column,
                _ => false,
            };
            if is_year(a) {
                self.years_before(b)
            } else if is_year(b) {
                self.years_before(a)
            } else {
                None
            }
        };
        match tests.iter().find_map(years) {
            Some(found) => (Some(found), tests.into_iter().filter(|test| years(test).is_none()).collect()),
            None => (None, tests),
        }
    }

    /// How many years before the basis's own a year lies.
    fn years_before(self, id: NodeId) -> Option<i64> {
        match self.plan.nodes[id].node {
            Node::RowYear => Some(0),
            Node::Subtract(a, b) => match (&self.plan.nodes[a].node, &self.plan.nodes[b].node) {
                (Node::RowYear, Node::Constant(years)) if *years > 0 => Some(*years),
                _ => None,
            },
            _ => None,
        }
    }

    /// A year by how long before the basis's own it lies, and its number where that is known: 上一年度（2018年）.
    fn year_before(self, years: i64) -> String {
        let name = match (years, self.lang) {
            (0, Lang::Zh) => "本年度".to_owned(),
            (0, Lang::En) => "the year itself".to_owned(),
            (1, Lang::Zh) => "上一年度".to_owned(),
            (1, Lang::En) => "the year before".to_owned(),
            (years, Lang::Zh) => format!("前{years}年度"),
            (years, Lang::En) => format!("the year {years} years before"),
        };
        let number = self.row_year.and_then(|year| year.checked_sub(years)).map(|year| self.aside(&self.year(year)));
        format!("{name}{}", number.unwrap_or_default())
    }

    fn unit(self, unit_fen: i64) -> String {
        match (unit_fen, self.lang) {
            (1, Lang::Zh) => "分".to_owned(),
            (10, Lang::Zh) => "角".to_owned(),
            (100, Lang::Zh) => "元".to_owned(),
            (1_000_000, Lang::Zh) => "万元".to_owned(),
            _ => self.money(unit_fen),
        }
    }

    /// The years of which a calculation over rows found none, where that has made a difference.
    pub(super) fn years_without_row(self, step: &Step) -> Option<String> {
        let (Node::Aggregate { kind, .. }, Detail::Rows { years_without_row: years, .. }) =
            (&self.plan.nodes[step.node].node, &step.detail)
        else {
            return None;
        };
        let text = self.years(years);
        match (kind, self.lang) {
            _ if years.is_empty() => None,
            (AggregateKind::Sum, Lang::Zh) => Some(format!("{text}无记录，按零计")),
            (AggregateKind::Sum, Lang::En) => Some(format!("no row for {text}, counted as zero")),
            (AggregateKind::Only, Lang::Zh) => Some(format!("{text}无记录")),
            (AggregateKind::Only, Lang::En) => Some(format!("no row for {text}")),
            _ => None,
        }
    }

    /// The same in brackets, after the value.
    pub(super) fn beside_years(self, step: &Step) -> String {
        self.years_without_row(step).map(|years| self.aside(&years)).unwrap_or_default()
    }

    /// What was found, in words.
    pub(super) fn outcome(self, value: &Value, id: NodeId) -> String {
        match value {
            Value::Known(_) if self.plan.nodes[id].ty == NodeType::Text => self.pick("有", "there").to_owned(),
            Value::Known(value) => self.value(*value, self.plan.nodes[id].ty),
            Value::Unknown(_) => self.pick("未知", "unknown").to_owned(),
            Value::Absent => self.pick("无", "none").to_owned(),
        }
    }
}

/// Whether an English name is one that a day follows.
fn ends_in_a_preposition(name: &str) -> bool {
    [" on", " since", " until"].iter().any(|ending| name.ends_with(ending))
}

/// What happened on a date, by the date's name: 迁入 of 迁入日期.
pub(super) fn happening(name: &str) -> &str {
    let endings = ["日期", "时间", "日"];
    let stem = endings.iter().find_map(|ending| name.strip_suffix(ending));
    stem.filter(|stem| !stem.is_empty()).unwrap_or(name)
}

/// The steps an expression was made of, where these are expressions of the same row.
pub(super) fn children(step: &Step) -> &[Step] {
    match &step.detail {
        Detail::Operands(operands) => operands,
        Detail::Fact(_) | Detail::Rows { .. } => &[],
    }
}

/// Whether a calculation within a calculation must be kept together: a sum everywhere but in a sum or left of a minus, and
/// whatever is more than one figure under a division.
fn needs_brackets(outer: &Node, index: usize, inner: &Node) -> bool {
    let is_sum = matches!(inner, Node::Add(..) | Node::Subtract(..));
    let is_product = matches!(inner, Node::Multiply(..) | Node::PercentOf(..));
    match (outer, index) {
        (Node::Add(..), _) | (Node::Subtract(..), 0) => false,
        (Node::CompareRatio { .. }, 1) => is_sum || is_product,
        (Node::Round { .. } | Node::YearsBetween(..), _) => false,
        _ => is_sum,
    }
}
