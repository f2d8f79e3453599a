//! Conditions specialised for the assessed year: comparisons turned into tests of single cells.
//!
//! With the year fixed, much of a condition is constant: what is left of `this_year - year of registered_on + 1 = 2` is that
//! the day of registration lies within one year. Such a comparison is solved for its only column, step by step from
//! the outside in. What cannot be solved is left unsure ([`super::bound`]).

use duixian_facts::narrow::NarrowCells;
use duixian_facts::table::{Column, NO_DATE, NO_DIVISION, NO_INDUSTRY, NO_NUMBER, NO_WORD};
use duixian_rules::plan::{Comparison, Measure, Node, NodeId, Period};
use duixian_rules::vocabulary::{ColumnId, ColumnType, Empty, TableId};

use super::bound::{Bound, Cells, FALSE, Interval, TRUE, Test, UNSURE};
use super::column::{division_test, industry_test, party_test};
use super::run::{Context, Run};
use super::vector::ABSENT;
use crate::calendar;

/// Values from the first to the second, both included. Wider than values are, so that no step out of their range is lost.
pub type Within = (i128, i128);

/// Below and above all values.
const ANYTHING: Within = (i128::MIN, i128::MAX);

/// What conditions of one measure are specialised for.
pub struct Specialiser<'a> {
    /// The plan, the facts and the year.
    pub run: &'a Run<'a>,
    /// The measure.
    pub measure: &'a Measure,
    /// What the measure calls the facts that rows may miss.
    pub context: Context,
    /// Whether rows of earlier years are looked at too.
    pub history: bool,
}

impl<'a> Specialiser<'a> {
    /// A condition.
    pub fn condition(&self, node: NodeId) -> Bound<'a> {
        if let Some(value) = self.constant(node) {
            return Bound::Always(if value == 1 { TRUE } else { FALSE });
        }
        let each = |nodes: &'a [NodeId]| nodes.iter().map(|node| self.condition(*node));
        match &self.run.plan.nodes[node].node {
            Node::Column(..) => self.within(node, (1, 1)),
            Node::Compare(comparison, a, b) => match (self.constant(*a), self.constant(*b)) {
                (_, Some(b)) => self.compare(*comparison, *a, b),
                (Some(a), _) => self.compare(turned(*comparison), *b, a),
                _ => Bound::Unsure(None),
            },
            Node::OneOf(value, choices) => {
                Bound::any(choices.iter().map(|&choice| self.within(*value, (choice.into(), choice.into()))))
            }
            Node::HasPrefix(column, texts) => self.text_test(*column, texts, false),
            Node::TextIs(column, texts) => self.text_test(*column, texts, true),
            Node::Happened(value) => self.within(*value, ANYTHING),
            Node::Not(condition) => Bound::not(self.condition(*condition)),
            Node::And(conditions) => Bound::all(each(conditions)),
            Node::Or(conditions) => Bound::any(each(conditions)),
            _ => Bound::Unsure(None),
        }
    }

    fn compare(&self, comparison: Comparison, node: NodeId, value: i64) -> Bound<'a> {
        let value = i128::from(value);
        match comparison {
            Comparison::Equal => self.within(node, (value, value)),
            Comparison::NotEqual => {
                Bound::any([self.within(node, (ANYTHING.0, value - 1)), self.within(node, (value + 1, ANYTHING.1))])
            }
            Comparison::Less => self.within(node, (ANYTHING.0, value - 1)),
            Comparison::AtMost => self.within(node, (ANYTHING.0, value)),
            Comparison::Greater => self.within(node, (value + 1, ANYTHING.1)),
            Comparison::AtLeast => self.within(node, (value, ANYTHING.1)),
        }
    }

    /// That a value is there and lies within bounds.
    pub fn within(&self, node: NodeId, within: Within) -> Bound<'a> {
        if let Some(value) = self.constant(node) {
            return Bound::Always(if (within.0..=within.1).contains(&value.into()) { TRUE } else { FALSE });
        }
        match &self.run.plan.nodes[node].node {
            Node::Column(table, column) => self.cell(*table, *column, within),
            Node::YearOf(date) => self.within(*date, days_of_years(within)),
            Node::RowYear => match self.measure.basis.period {
                Period::Dated { date, .. } => self.within(date, days_of_years(within)),
                Period::Yearly { .. } => self.year_within(within).unwrap_or(Bound::Unsure(None)),
            },
            Node::BasisDate => match self.measure.basis.period {
                Period::Dated { date, .. } => self.within(date, within),
                Period::Yearly { .. } => Bound::Unsure(None),
            },
            Node::Add(a, b) => match (self.constant(*a), self.constant(*b)) {
                (Some(known), _) => self.within(*b, shifted(unsaturated(within), -i128::from(known))),
                (_, Some(known)) => self.within(*a, shifted(unsaturated(within), -i128::from(known))),
                _ => Bound::Unsure(None),
            },
            Node::Subtract(a, b) => match (self.constant(*a), self.constant(*b)) {
                (Some(known), _) => self.within(*b, shifted(negated(unsaturated(within)), known.into())),
                (_, Some(known)) => self.within(*a, shifted(unsaturated(within), known.into())),
                _ => Bound::Unsure(None),
            },
            _ => Bound::Unsure(None),
        }
    }

    /// The value of a node that is there and the same in every row that belongs to the measure's period.
    pub fn constant(&self, node: NodeId) -> Option<i64> {
        let year = || {
            let is_yearly = matches!(self.measure.basis.period, Period::Yearly { .. });
            (is_yearly && (!self.history || self.years_of_rows().is_none())).then_some(self.run.year)
        };
        let value = match &self.run.plan.nodes[node].node {
            Node::Constant(value) => *value,
            Node::AsOf => self.run.as_of,
            Node::RowYear => year()?,
            Node::BasisDate => calendar::day_number(year()?, 12, 31),
            Node::YearOf(date) => calendar::year_of(self.constant(*date)?),
            _ => return None,
        };
        (value != ABSENT).then_some(value)
    }

    /// The years that the rows of a measure on whole years belong to; none where each belongs to the assessed year.
    fn years_of_rows(&self) -> Option<&'a [i32]> {
        years_of_rows(self.run, self.measure)
    }

    /// A cell whose value is there and lies within bounds.
    fn cell(&self, table: TableId, column: ColumnId, within: Within) -> Bound<'a> {
        let Some((cells, if_empty, is_of_party)) = self.cells(table, column) else { return Bound::Unsure(None) };
        let missing = self.context.bit(table, column);
        let test = |cells| Bound::Test(Test { cells, is_of_party, missing });
        match cells {
            Column::Empty => self.nothing(table, column, if_empty),
            Column::Number(cells) => {
                let (low, high) = clipped(within, NO_NUMBER + 1, i64::MAX);
                test(Cells::Number(Interval { cells, low, high, empty: NO_NUMBER, if_empty }))
            }
            Column::Date(_) if self.is_everywhere(table, column, within) => Bound::Always(TRUE),
            Column::Date(cells) => test(self.narrow(table, column, within, if_empty).unwrap_or_else(|| {
                let (low, high) = clipped(within, NO_DATE + 1, i32::MAX);
                Cells::Date(Interval { cells, low, high, empty: NO_DATE, if_empty })
            })),
            Column::Word(cells) => {
                let (low, high) = clipped(within, 0, NO_WORD - 1);
                test(Cells::Byte(Interval { cells, low, high, empty: NO_WORD, if_empty }))
            }
            // Texts and codes have no value but that they are there.
            Column::Industry(_) | Column::Division(_) if within == ANYTHING => {
                self.codes(table, column, &[(0, u32::MAX)])
            }
            Column::Industry(_) | Column::Division(_) | Column::Party(_) | Column::Text(_) => Bound::Unsure(None),
        }
    }

    /// A cell of a column that has narrow cells.
    fn narrow(&self, table: TableId, column: ColumnId, within: Within, if_empty: u8) -> Option<Cells<'a>> {
        let narrow = self.run.facts.narrow(table, column)?;
        let within = shifted(within, -i128::from(narrow.base));
        Some(match &narrow.cells {
            NarrowCells::Byte(cells) => {
                let (low, high) = clipped(within, 1, u8::MAX);
                Cells::Byte(Interval { cells, low, high, empty: 0, if_empty })
            }
            NarrowCells::Short(cells) => {
                let (low, high) = clipped(within, 1, u16::MAX);
                Cells::Short(Interval { cells, low, high, empty: 0, if_empty })
            }
        })
    }

    /// Whether the narrow cells of a column are known to lie within bounds, all of them.
    fn is_everywhere(&self, table: TableId, column: ColumnId, (low, high): Within) -> bool {
        let narrow = self.run.facts.narrow(table, column);
        narrow.is_some_and(|narrow| {
            !narrow.has_empty && low <= i128::from(narrow.base) + 1 && i128::from(narrow.greatest) <= high
        })
    }

    /// That the year a row belongs to lies within bounds; none where each belongs to the assessed year.
    pub fn year_within(&self, within: Within) -> Option<Bound<'a>> {
        let table = self.measure.basis.table;
        let (cells, column) = (self.years_of_rows()?, self.run.plan.vocabulary.tables[table].year_column()?);
        if self.is_everywhere(table, column, within) {
            return Some(Bound::Always(TRUE));
        }
        let cells = self.narrow(table, column, within, FALSE).unwrap_or_else(|| {
            let (low, high) = clipped(within, NO_DATE + 1, i32::MAX);
            Cells::Date(Interval { cells, low, high, empty: NO_DATE, if_empty: FALSE })
        });
        Some(Bound::Test(Test { cells, is_of_party: false, missing: 0 }))
    }

    /// A test of a column of which every cell is empty.
    fn nothing(&self, table: TableId, column: ColumnId, if_empty: u8) -> Bound<'a> {
        match if_empty {
            UNSURE => Bound::Unsure(Some(self.context.bit(table, column))),
            _ => Bound::Always(FALSE),
        }
    }

    /// Whether the code in a column is one of these (`whole`) or begins with one of these.
    fn text_test(&self, operand: NodeId, texts: &[String], whole: bool) -> Bound<'a> {
        let Node::Column(table, column) = self.run.plan.nodes[operand].node else { return Bound::Unsure(None) };
        match self.cells(table, column) {
            Some((Column::Empty, if_empty, _)) => self.nothing(table, column, if_empty),
            Some((Column::Industry(_), ..)) => {
                let of_text = |(shift, start): (u32, u32)| (start << shift, start << shift | ((1 << shift) - 1));
                let ranges: Vec<_> = texts.iter().filter_map(|text| industry_test(text, whole).map(of_text)).collect();
                self.codes(table, column, &ranges)
            }
            Some((Column::Division(_), ..)) => {
                let ranges: Vec<_> = texts.iter().filter_map(|text| division_test(text, whole)).collect();
                self.codes(table, column, &ranges)
            }
            Some((Column::Party(codes), ..)) => {
                // The codes with one beginning follow each other in the order of codes.
                let (ranks, in_order) = (self.run.facts.ranks(), self.run.facts.parties_in_order());
                if ranks.len() != codes.len() {
                    return Bound::Unsure(None);
                }
                let are_in_order = self.run.are_parties_in_order();
                let rank = |text: &String| {
                    let (first, last) = party_test(text, whole)?;
                    let low = in_order.partition_point(|&party| codes[party as usize] < first) as u32;
                    let end = in_order.partition_point(|&party| codes[party as usize] <= last) as u32;
                    // Where no code is within, the least is above the greatest.
                    let (low, high) = if low < end { (low, end - 1) } else { (1, 0) };
                    let cells = match are_in_order {
                        true => Cells::Place(low, high),
                        false => Cells::Index(Interval { cells: ranks, low, high, empty: u32::MAX, if_empty: FALSE }),
                    };
                    Some(Bound::Test(Test { cells, is_of_party: true, missing: 0 }))
                };
                Bound::any(texts.iter().filter_map(rank))
            }
            _ => Bound::Unsure(None),
        }
    }

    /// Whether a code is there and lies within one of these ranges.
    fn codes(&self, table: TableId, column: ColumnId, ranges: &[(u32, u32)]) -> Bound<'a> {
        let Some((cells, if_empty, is_of_party)) = self.cells(table, column) else { return Bound::Unsure(None) };
        // Where there is no text to look for, empty cells still make the answer unknown.
        let ranges = if ranges.is_empty() { &[(1, 0)] } else { ranges };
        Bound::any(ranges.iter().map(|&(low, high)| {
            let within = (low.into(), high.into());
            let cells = match cells {
                Column::Industry(cells) => {
                    let (low, high) = clipped(within, 0, NO_INDUSTRY - 1);
                    Cells::Short(Interval { cells, low, high, empty: NO_INDUSTRY, if_empty })
                }
                Column::Division(cells) => self.narrow(table, column, within, if_empty).unwrap_or_else(|| {
                    let (low, high) = clipped(within, 0, NO_DIVISION - 1);
                    Cells::Index(Interval { cells, low, high, empty: NO_DIVISION, if_empty })
                }),
                _ => return Bound::Unsure(None),
            };
            Bound::Test(Test { cells, is_of_party, missing: self.context.bit(table, column) })
        }))
    }

    /// A column, the answer for its empty cells, and whether it is the party's. None where the measure's rows have no cell
    /// in it.
    pub fn cells(&self, table: TableId, column: ColumnId) -> Option<(&'a Column, u8, bool)> {
        let run = self.run;
        let is_of_party = run.party_table == Some(table);
        if !is_of_party && table != self.measure.basis.table {
            return None;
        }
        let shape = &run.plan.vocabulary.tables[table].columns[column];
        let if_empty = if shape.empty == Empty::Unknown { UNSURE } else { FALSE };
        if shape.ty == ColumnType::Party {
            return Some((run.party_code_column()?, if_empty, true));
        }
        let cells = run.facts.tables.get(table).and_then(|table| table.columns.get(column));
        Some((cells.unwrap_or(&Column::Empty), if_empty, is_of_party))
    }
}

/// The column of years that the rows of a measure on whole years belong to; none where each belongs to the assessed year.
pub fn years_of_rows<'a>(run: &Run<'a>, measure: &Measure) -> Option<&'a [i32]> {
    let table = measure.basis.table;
    let column = run.plan.vocabulary.tables[table].year_column()?;
    match run.facts.tables.get(table)?.columns.get(column) {
        Some(Column::Date(years)) => Some(years),
        _ => None,
    }
}

/// The comparison with its sides exchanged.
fn turned(comparison: Comparison) -> Comparison {
    match comparison {
        Comparison::Less => Comparison::Greater,
        Comparison::AtMost => Comparison::AtLeast,
        Comparison::Greater => Comparison::Less,
        Comparison::AtLeast => Comparison::AtMost,
        Comparison::Equal | Comparison::NotEqual => comparison,
    }
}

/// The days of these years. Days beyond the calendar's ends belong to its last year, or its first.
fn days_of_years((low, high): Within) -> Within {
    let (first, last) = (i128::from(calendar::year_of(i64::MIN)), i128::from(calendar::year_of(i64::MAX)));
    if low > last || high < first || low > high {
        return (1, 0);
    }
    let low = if low <= first { ANYTHING.0 } else { calendar::day_number(low as i64, 1, 1).into() };
    let high = if high >= last { ANYTHING.1 } else { calendar::day_number(high as i64, 12, 31).into() };
    (low, high)
}

/// The bounds that an exact result lies within if the saturated one lies within these.
fn unsaturated((low, high): Within) -> Within {
    let low = if low <= i128::from(-i64::MAX) { ANYTHING.0 } else { low };
    (low, if high >= i128::from(i64::MAX) { ANYTHING.1 } else { high })
}

/// Bounds moved by so much; where there is none, there stays none.
fn shifted((low, high): Within, by: i128) -> Within {
    let shift = |bound: i128| if bound == ANYTHING.0 || bound == ANYTHING.1 { bound } else { bound + by };
    (shift(low), shift(high))
}

/// The bounds of the negated value.
fn negated((low, high): Within) -> Within {
    let negate = |bound: i128| match bound {
        i128::MIN => i128::MAX,
        i128::MAX => i128::MIN,
        bound => -bound,
    };
    (negate(high), negate(low))
}

/// Bounds in a type of cells, of which values from `least` to `most` are there. The lower comes out above the upper
/// where nothing lies within.
fn clipped<T: Copy + Into<i128> + TryFrom<i128>>((low, high): Within, least: T, most: T) -> (T, T) {
    let (low, high) = (low.max(least.into()), high.min(most.into()));
    match (T::try_from(low), T::try_from(high)) {
        (Ok(low), Ok(high)) if low.into() <= high.into() => (low, high),
        _ => (most, least),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_are_ranges_of_days() {
        let year_of = |day: i128| i128::from(calendar::year_of(day as i64));
        for year in [-262_142, 1599, 1970, 2016, 2018] {
            let (first, last) = days_of_years((year, year));
            assert_eq!([first - 1, first, last, last + 1].map(year_of), [year - 1, year, year, year + 1]);
        }
        assert_eq!(days_of_years(ANYTHING), ANYTHING);
        assert_eq!(days_of_years((-262_143, 300_000)), ANYTHING, "days beyond the ends belong to the last years");
        assert!(days_of_years((262_143, 300_000)) == (1, 0) && days_of_years((2018, 2017)) == (1, 0));
    }

    #[test]
    fn bounds_are_moved_without_loss() {
        let most = i128::from(i64::MAX);
        assert_eq!(shifted(unsaturated((5, most)), -3), (2, i128::MAX), "a saturated sum is any that is greater");
        assert_eq!(shifted(negated((i128::MIN, 7)), 10), (3, i128::MAX));
        assert_eq!(clipped((-5, 300), 0u8, 254), (0, 254));
        assert_eq!(clipped((255, i128::MAX), 0u8, 254), (254, 0));
        assert_eq!(clipped((most + 1, most + 1), i64::MIN + 1, i64::MAX), (i64::MAX, i64::MIN + 1));
    }
}
