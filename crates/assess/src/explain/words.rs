//! Names, amounts, dates and cells as people read them.

use duixian_facts::table::Cell;
use duixian_money::{Fen, Span};
use duixian_rules::plan::{FactSlot, Measure, NodeId, NodeType, Plan};
use duixian_rules::vocabulary::{ColumnType, Empty, Lang, Name};

use crate::reference::{BasisExplanation, FactRead, Gap, date_parts};

/// A plan's words in one language.
#[derive(Clone, Copy, Debug)]
pub struct Words<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// The language.
    pub lang: Lang,
    /// What calculations are called.
    named: &'a [(NodeId, Name)],
    /// The year of the row that is spoken of, where there is one.
    pub(super) row_year: Option<i64>,
}

/// Fen in 1万元 and in 1亿元.
const WAN: i64 = 1_000_000;
const YI: i64 = 10_000_000_000;

impl<'a> Words<'a> {
    /// The words of a plan.
    pub fn new(plan: &'a Plan, lang: Lang) -> Words<'a> {
        Words { plan, lang, named: &[], row_year: None }
    }

    /// The same within a measure, whose names for calculations they use.
    pub fn of(self, measure: &'a Measure) -> Words<'a> {
        Words { named: &measure.named, ..self }
    }

    /// The same of one row of a measure.
    pub fn within(self, measure: &'a Measure, basis: &BasisExplanation) -> Words<'a> {
        Words { row_year: basis.year, ..self.of(measure) }
    }

    /// What a calculation is called.
    pub fn calculation(self, node: NodeId) -> Option<String> {
        self.named.iter().find(|(of, _)| *of == node).map(|(_, name)| self.name(name))
    }

    /// One of two fixed texts.
    pub fn pick<'t>(self, zh: &'t str, en: &'t str) -> &'t str {
        match self.lang {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }

    /// A name.
    pub fn name(self, name: &Name) -> String {
        name.in_a_sentence(self.lang).into_owned()
    }

    /// A text of the pack.
    pub fn text(self, text: &str) -> String {
        self.plan.english.in_lang(text, self.lang).to_owned()
    }

    /// Texts of the pack.
    pub fn texts(self, texts: &[String]) -> Vec<String> {
        texts.iter().map(|text| self.text(text)).collect()
    }

    /// A text whose English ids are read as words.
    pub fn in_words(self, text: String) -> String {
        match self.lang {
            Lang::Zh => text,
            Lang::En => text.replace('_', " "),
        }
    }

    /// A rule's own words. English ids among them are read as words.
    pub fn rule(self, text: &Name) -> String {
        self.name(text)
    }

    /// A list of things.
    pub fn list(self, things: &[String]) -> String {
        things.join(self.pick("、", ", "))
    }

    /// Something in brackets after something else.
    pub fn aside(self, text: &str) -> String {
        match self.lang {
            Lang::Zh => format!("（{text}）"),
            Lang::En => format!(" ({text})"),
        }
    }

    /// An amount with its unit: in Chinese in 万元 or 亿元 where two decimals of these say it exactly.
    pub fn money(self, fen: i64) -> String {
        let exact_in = |unit: i64| fen.unsigned_abs() >= unit.unsigned_abs() && fen % (unit / 100) == 0;
        match self.lang {
            Lang::Zh if exact_in(YI) => format!("{}亿元", in_unit(fen, YI)),
            Lang::Zh if exact_in(WAN) => format!("{}万元", in_unit(fen, WAN)),
            Lang::Zh => format!("{}元", Fen(fen).to_grouped_yuan()),
            Lang::En => format!("{} yuan", Fen(fen).to_grouped_yuan()),
        }
    }

    /// An entitlement; `decided` where a person fixes the amount.
    pub fn span(self, span: Span, decided: bool) -> String {
        let range = match (span.high, self.lang) {
            (Some(high), _) if high == span.low => self.money(high.0),
            (Some(high), Lang::Zh) if span.low == Fen(0) => format!("不超过{}", self.money(high.0)),
            (Some(high), Lang::En) if span.low == Fen(0) => format!("up to {}", self.money(high.0)),
            (Some(high), Lang::Zh) => format!("{}至{}", self.money(span.low.0), self.money(high.0)),
            (Some(high), Lang::En) => {
                format!("between {} and {}", span.low.to_grouped_yuan(), self.money(high.0))
            }
            (None, Lang::Zh) if span.low == Fen(0) => "金额未定，文件没有写明上限".to_owned(),
            (None, Lang::En) if span.low == Fen(0) => "an open amount, for which the text sets no ceiling".to_owned(),
            (None, Lang::Zh) => format!("不少于{}，文件没有写明上限", self.money(span.low.0)),
            (None, Lang::En) => format!("{} or more, for which the text names no ceiling", self.money(span.low.0)),
        };
        if decided {
            format!("{range}{}", self.pick("，由主管部门确定", ", decided by an official"))
        } else {
            range
        }
    }

    /// An exact entitlement; of one that comes to nothing it is said that this is the rule's doing.
    pub fn due(self, amount: Span) -> String {
        let text = self.span(amount, false);
        if amount.high != Some(Fen(0)) {
            return text;
        }
        text + &self.aside(self.pick("按规定计算金额为零", "the rule comes to zero"))
    }

    /// A day given in days since 1970-01-01.
    pub fn date(self, days: i64) -> String {
        let (year, month, day) = date_parts(days);
        match self.lang {
            Lang::Zh => format!("{year}年{month}月{day}日"),
            Lang::En => format!("{year:04}-{month:02}-{day:02}"),
        }
    }

    /// A calendar year.
    pub fn year(self, year: i64) -> String {
        format!("{year}{}", self.pick("年", ""))
    }

    /// Some calendar years.
    pub fn years(self, years: &[i64]) -> String {
        let years: Vec<String> = years.iter().map(i64::to_string).collect();
        self.list(&years) + self.pick("年", "")
    }

    /// A value in the unit of its type.
    pub fn value(self, value: i64, ty: NodeType) -> String {
        match ty {
            NodeType::Bool if value == 1 => self.pick("是", "yes").to_owned(),
            NodeType::Bool => self.pick("否", "no").to_owned(),
            NodeType::Money => self.money(value),
            NodeType::Percent => format!("{}%", decimal(value, 10_000)),
            NodeType::Decimal => decimal(value, 1_000_000),
            NodeType::Date => self.date(value),
            NodeType::Year => self.year(value),
            NodeType::Word(list) => self.word(list, value),
            NodeType::Count | NodeType::Text => value.to_string(),
        }
    }

    /// A difference between two values of a type, which is not itself one where the type is a date.
    pub fn distance(self, distance: i64, ty: NodeType) -> String {
        match (ty, self.lang) {
            (NodeType::Date, Lang::Zh) => format!("{distance}天"),
            (NodeType::Date, Lang::En) => format!("{distance} days"),
            (NodeType::Year, Lang::Zh) => format!("{distance}年"),
            (NodeType::Year, Lang::En) => format!("{distance} years"),
            _ => self.value(distance, ty),
        }
    }

    fn word(self, list: usize, index: i64) -> String {
        let words = self.plan.vocabulary.word_lists.get(list).map(|list| &list.words);
        let word = usize::try_from(index).ok().and_then(|index| words?.get(index));
        word.map_or_else(|| index.to_string(), |word| self.name(word))
    }

    /// What stands in a cell.
    pub fn cell(self, read: &FactRead) -> String {
        let column = &self.plan.vocabulary.tables[read.slot.table].columns[read.slot.column];
        match &read.cell {
            Cell::Empty if column.empty == Empty::Unknown => self.pick("空缺", "missing").to_owned(),
            Cell::Empty => self.pick("无", "none").to_owned(),
            Cell::Text(text) => self.coded(column.ty, text),
            Cell::Number(number) => self.value(*number, type_of(column.ty)),
        }
    }

    /// A code with the name that the pack has for it; other texts as they are.
    fn coded(self, ty: ColumnType, text: &str) -> String {
        match self.plan.vocabulary.group_with(ty, text) {
            Some(group) => format!("{text} {}", self.name(group)),
            None => text.to_owned(),
        }
    }

    /// A column's name.
    pub fn column(self, slot: FactSlot) -> String {
        self.name(&self.plan.vocabulary.tables[slot.table].columns[slot.column].name)
    }

    /// A cell's name: the column's, with its table's and the row's, which is a year or an id.
    pub fn fact(self, read: &FactRead) -> String {
        let (table, column) = (self.table(read.slot.table), self.column(read.slot));
        let by_year = self.plan.vocabulary.tables[read.slot.table].year_column().is_some();
        let row = match (&read.of[..], self.lang) {
            ("", _) => table,
            (year, Lang::Zh) if by_year => format!("{year}年度{}", table.trim_start_matches("年度")),
            (row, _) => format!("{table} {row}"),
        };
        format!("{row}{}{column}", self.pick("·", ": "))
    }

    /// A column's name with its table's, of no row.
    pub fn fact_of(self, slot: FactSlot) -> String {
        let (table, column) = (self.table(slot.table), self.column(slot));
        match self.lang {
            Lang::Zh => format!("{table}的{column}"),
            Lang::En => format!("{column} ({table})"),
        }
    }

    /// The same as lists have it.
    pub fn heading(self, slot: FactSlot) -> String {
        format!("{}{}{}", self.table(slot.table), self.pick("·", ": "), self.column(slot))
    }

    /// What is missing: a cell, or a whole row, of which is told what is known of it.
    pub fn gap(self, gap: &Gap) -> String {
        let about = match (gap, self.lang) {
            (Gap::Cell(read), _) => return self.fact(read),
            (Gap::Row { years, .. }, Lang::Zh) if !years.is_empty() => format!("{}，无记录", self.years(years)),
            (Gap::Row { years, .. }, Lang::En) if !years.is_empty() => format!("no row for {}", self.years(years)),
            (Gap::Row { rows: 0, .. }, _) => self.pick("没有符合的记录", "no such row").to_owned(),
            (Gap::Row { rows, .. }, Lang::Zh) => format!("符合的记录有{rows}项，应只有一项"),
            (Gap::Row { rows, .. }, Lang::En) => format!("{rows} such rows where there should be one"),
        };
        self.heading(gap.slot()) + &self.aside(&about)
    }

    /// The same beside the row of a measure that it is missing of, which needs no name any more.
    pub fn gap_beside(self, gap: &Gap, measure: &Measure, basis: &BasisExplanation) -> String {
        match gap.cell() {
            Some(read) if (read.slot.table, read.row) == (measure.basis.table, basis.row.basis) => {
                self.heading(read.slot)
            }
            _ => self.gap(gap),
        }
    }

    /// A table's name.
    pub fn table(self, table: usize) -> String {
        self.name(&self.plan.vocabulary.tables[table].name)
    }

    /// A place in a file; none where there is no file.
    pub fn place(self, file: &str, line: u32) -> Option<String> {
        let place = match self.lang {
            Lang::Zh => format!("{file} 第{line}行"),
            Lang::En => format!("{file}, line {line}"),
        };
        (!file.is_empty()).then_some(place)
    }
}

/// The type of a column's values.
pub fn type_of(ty: ColumnType) -> NodeType {
    match ty {
        ColumnType::Money => NodeType::Money,
        ColumnType::Percent => NodeType::Percent,
        ColumnType::Decimal => NodeType::Decimal,
        ColumnType::Date => NodeType::Date,
        ColumnType::Year => NodeType::Year,
        ColumnType::Count => NodeType::Count,
        ColumnType::Bool => NodeType::Bool,
        ColumnType::Word(list) => NodeType::Word(list),
        ColumnType::Text | ColumnType::Industry | ColumnType::Division | ColumnType::Party => NodeType::Text,
    }
}

/// An amount in a larger unit, of which it is a whole number of hundredths.
fn in_unit(fen: i64, unit: i64) -> String {
    let text = Fen(fen / (unit / 100)).to_grouped_yuan();
    if text.contains('.') { text.trim_end_matches('0').to_owned() } else { text }
}

/// A number of parts as a decimal without trailing zeros.
fn decimal(parts: i64, whole: i64) -> String {
    let sign = if parts < 0 { "-" } else { "" };
    let (parts, whole) = (parts.unsigned_abs(), whole.unsigned_abs());
    let digits = whole.ilog10() as usize;
    let text = format!("{sign}{}.{:0digits$}", parts / whole, parts % whole);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_without_trailing_zeros() {
        assert_eq!(decimal(800_000, 10_000), "80");
        assert_eq!(decimal(21_200, 10_000), "2.12");
        assert_eq!(decimal(-500_000, 1_000_000), "-0.5");
        assert_eq!(in_unit(12_500_000, WAN), "12.5");
        assert_eq!(in_unit(10 * YI, YI), "10");
        assert_eq!(in_unit(123_456 * WAN, WAN), "123,456");
    }
}
