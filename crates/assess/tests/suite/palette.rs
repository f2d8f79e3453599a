//! The values that cells are drawn from: those at which the rules of a plan change their mind.

use std::collections::HashMap;

use chrono::{Datelike, NaiveDate};
use duixian_money::Fen;
use duixian_rules::plan::{LimitKind, Node, NodeType, Payable, Period, Plan};
use duixian_rules::syntax::token::{date_of, days_of};
use duixian_rules::vocabulary::{ColumnId, TableId};

use super::dice::Dice;

/// A calendar day in days since 1970-01-01.
pub fn day(year: i64, month: u32, day: u32) -> i64 {
    NaiveDate::from_ymd_opt(year as i32, month, day).map_or(0, days_of)
}

/// Boundary values by type.
pub struct Palette {
    pub days: Vec<i64>,
    pub years: Vec<i64>,
    pub money: Vec<i64>,
    /// Percents and decimals.
    pub shares: Vec<i64>,
    pub counts: Vec<i64>,
    /// Texts, and beginnings of texts and codes.
    pub texts: Vec<String>,
}

/// What a rule holds a column against directly, by column.
#[derive(Default)]
pub struct Tested {
    pub numbers: HashMap<(TableId, ColumnId), Vec<i64>>,
    pub texts: HashMap<(TableId, ColumnId), Vec<String>>,
}

impl Tested {
    pub fn of(plan: &Plan) -> Tested {
        let mut tested = Tested::default();
        let column_of = |node: &usize| match plan.nodes[*node].node {
            Node::Column(table, column) => Some((table, column)),
            _ => None,
        };
        for info in &plan.nodes {
            let (column, numbers, texts) = match &info.node {
                Node::Compare(_, left, right) => match plan.nodes[*right].node {
                    Node::Constant(value) => (column_of(left), vec![value], &[][..]),
                    _ => continue,
                },
                Node::OneOf(column, values) => (column_of(column), values.clone(), &[][..]),
                Node::HasPrefix(column, texts) | Node::TextIs(column, texts) => {
                    (column_of(column), Vec::new(), &texts[..])
                }
                _ => continue,
            };
            if let Some(column) = column {
                tested.numbers.entry(column).or_default().extend(numbers);
                tested.texts.entry(column).or_default().extend(texts.iter().cloned());
            }
        }
        tested
    }
}

impl Palette {
    /// The values of a plan, and those just below and above.
    pub fn of(plan: &Plan, year: i64, as_of: i64) -> Palette {
        let mut days = vec![as_of];
        let mut years = Vec::new();
        let mut money = vec![0, 3, 10_001];
        let mut shares = vec![0, 10_000, 1_000_000];
        let mut counts = vec![0, 1, 2, 3];
        let mut texts = Vec::new();
        for info in &plan.nodes {
            match (&info.node, info.ty) {
                (Node::Constant(value), NodeType::Date) => days.push(*value),
                (Node::Constant(value), NodeType::Year) => years.push(*value),
                (Node::Constant(value), NodeType::Money) => money.push(*value),
                (Node::Constant(value), NodeType::Percent | NodeType::Decimal) => shares.push(*value),
                (Node::Constant(value), NodeType::Count) => counts.push(*value),
                (Node::Dated { steps, .. }, _) => days.extend(steps.iter().map(|(day, _)| *day)),
                (Node::OneOf(_, values), _) => counts.extend(values),
                (Node::HasPrefix(_, some) | Node::TextIs(_, some), _) => texts.extend(some.iter().cloned()),
                _ => {}
            }
        }
        for measure in &plan.measures {
            match measure.basis.period {
                Period::Dated { start, .. } => days.push(start),
                Period::Yearly { start } => years.push(start),
            }
            if let Payable::NotBefore(Some(first)) = measure.payable {
                days.push(first);
            }
            for limit in &measure.limits {
                match limit.kind {
                    LimitKind::Cap { at_most, .. } => money.extend([at_most.0, at_most.0 / 2, at_most.0 / 3]),
                    LimitKind::Years { at_most, .. } => years.push(year - at_most),
                    _ => {}
                }
            }
        }
        // The first step of a value that was always in force begins before all days.
        days.retain(|day| (-100_000..=100_000).contains(day));
        years.extend(days.iter().map(|&day| i64::from(date_of(day).year())));
        years.retain(|year| (1900..=2100).contains(year));
        years.extend([year - 3, year, year, year]);
        let around = |values: Vec<i64>| values.into_iter().flat_map(|value| [value - 1, value, value + 1]).collect();
        days.extend((year - 2..=year + 1).flat_map(|year| [day(year, 1, 1), day(year, 12, 31)]));
        days.extend([day(2016, 2, 29), day(2020, 2, 29)]);
        let mut money: Vec<i64> = around(money);
        money.extend(money.clone().iter().map(|fen| fen.saturating_mul(2).clamp(-Fen::MAX.0, Fen::MAX.0)));
        let mut counts: Vec<i64> = around(counts);
        counts.retain(|count| (0..=1_000_000).contains(count));
        texts.sort();
        texts.dedup();
        let (days, years, shares) = (around(days), around(years), around(shares));
        Palette { days, years, money, shares, counts, texts }
    }

    /// A few of the values, so that a district repeats itself: ties and shared keys are where rules go wrong.
    pub fn few(&self, year: i64, dice: &mut Dice) -> Palette {
        let (first, last) = (day(year, 1, 1), day(year, 12, 31));
        let mut days = dice.some(&self.days, 5);
        let in_year: Vec<i64> = self.days.iter().copied().filter(|day| (first..=last).contains(day)).collect();
        days.extend(dice.some(&in_year, 3));
        days.extend([first + dice.below(365) as i64, day(year - 1, 7, 1)]);
        let mut years = dice.some(&self.years, 3);
        years.extend([year - 1, year, year]);
        let (some_money, some_counts) = (dice.between(2, 12), dice.between(1, 6));
        let mut money = dice.some(&self.money, some_money);
        if dice.one_in(12) {
            money.push(Fen::MAX.0);
        }
        if dice.one_in(6) {
            money.push(-*dice.pick(&self.money));
        }
        let (shares, counts) = (dice.some(&self.shares, 5), dice.some(&self.counts, some_counts));
        let mut texts = dice.some(&["甲", "乙", "B", "b", "a,b", "引\"号", "云上 平台", "多\n行", "大"], 4);
        texts.extend(self.texts.iter().map(String::as_str));
        let texts = texts.into_iter().map(str::to_owned).collect();
        Palette { days, years, money, shares, counts, texts }
    }
}
