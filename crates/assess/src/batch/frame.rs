//! Evaluates expressions over a frame: some rows, looked at together.

use std::rc::Rc;

use duixian_money::{Fen, percent_of, round_to};
use duixian_rules::plan::{Node, NodeId};
use duixian_rules::vocabulary::{ColumnId, TableId};
use rustc_hash::FxHashMap;

use super::run::{Context, Run};
use super::vector::{ABSENT, Vector};
use crate::calendar;

/// Rows and what has been evaluated of them. Frames only ever lose rows ([`Frame::take`]), and every remembered
/// vector loses the same, so a node is evaluated once for as many rows as still matter.
pub struct Frame<'a> {
    /// The plan and the facts.
    pub run: &'a Run<'a>,
    /// What the measure makes of nodes.
    pub context: &'a Context,
    /// The rows of each table that columns are read from, innermost first: inside an aggregate its own table comes
    /// before the measure's. The party table is always at hand besides.
    pub tables: Vec<(TableId, Vec<u32>)>,
    /// Each row's party.
    pub party: Vec<u32>,
    /// When each row happened.
    pub moment: Moment,
    /// What has been evaluated.
    pub memo: FxHashMap<NodeId, Rc<Vector>>,
}

/// When the rows of a frame happened.
#[derive(Clone)]
pub enum Moment {
    /// Not settled yet, or of no interest: unknown.
    Unsettled,
    /// On these days.
    Day(Rc<Vector>),
    /// In these years.
    Year(Rc<Vector>),
}

impl<'a> Frame<'a> {
    /// How many rows.
    pub fn len(&self) -> usize {
        self.party.len()
    }

    /// The frame of some of the rows. A position may be given more than once.
    pub fn take(&self, rows: &[u32]) -> Frame<'a> {
        let memo = self.memo.iter().map(|(&node, vector)| (node, Rc::new(vector.take(rows)))).collect();
        Frame { memo, ..self.take_unevaluated(rows) }
    }

    /// The same without what has been evaluated.
    pub fn take_unevaluated(&self, rows: &[u32]) -> Frame<'a> {
        let take = |column: &[u32]| rows.iter().map(|&row| column[row as usize]).collect();
        Frame {
            run: self.run,
            context: self.context,
            tables: self.tables.iter().map(|(table, of)| (*table, take(of))).collect(),
            party: take(&self.party),
            moment: match &self.moment {
                Moment::Unsettled => Moment::Unsettled,
                Moment::Day(days) => Moment::Day(Rc::new(days.take(rows))),
                Moment::Year(years) => Moment::Year(Rc::new(years.take(rows))),
            },
            memo: FxHashMap::default(),
        }
    }

    /// The rows of a table that this frame looks at.
    pub fn rows_of(&self, table: TableId) -> Option<&[u32]> {
        let inner = self.tables.iter().find(|(id, _)| *id == table).map(|(_, rows)| rows.as_slice());
        inner.or_else(|| (self.run.party_table == Some(table)).then_some(self.party.as_slice()))
    }

    /// A node's value in every row.
    pub fn evaluate(&mut self, node: NodeId) -> Rc<Vector> {
        if let Some(vector) = self.memo.get(&node) {
            return Rc::clone(vector);
        }
        let vector = match &self.run.plan.nodes[node].node {
            Node::BasisDate => self.basis_date(),
            Node::RowYear => self.row_year(),
            operation => Rc::new(self.compute(operation)),
        };
        if self.context.is_shared(node) {
            self.memo.insert(node, Rc::clone(&vector));
        }
        vector
    }

    fn compute(&mut self, operation: &Node) -> Vector {
        match operation {
            Node::Constant(value) => Vector::constant(*value),
            Node::Column(table, column) => self.column(*table, *column),
            Node::BasisDate => self.basis_date().as_ref().clone(),
            Node::RowYear => self.row_year().as_ref().clone(),
            Node::AsOf => Vector::constant(self.run.as_of),
            Node::YearOf(date) => self.evaluate(*date).map(calendar::year_of),
            Node::YearsBetween(from, to) => self.binary(*from, *to, calendar::years_between),
            Node::Add(a, b) => self.binary(*a, *b, |a, b| above_absent(a.saturating_add(b))),
            Node::Subtract(a, b) => self.binary(*a, *b, |a, b| above_absent(a.saturating_sub(b))),
            Node::Multiply(a, b) => self.binary(*a, *b, |a, b| above_absent(a.saturating_mul(b))),
            Node::PercentOf(rate, amount) => self.binary(*rate, *amount, percentage),
            Node::Steps(amount, step) => self.binary(*amount, *step, |amount, step| match step {
                ..=0 => ABSENT,
                _ => amount.max(0) / step,
            }),
            Node::Round { value, unit_fen, rounding } => {
                let rounded = |value| above_absent(round_to(Fen(value), *unit_fen, *rounding).0);
                self.evaluate(*value).map(rounded)
            }
            Node::Least(operands) => self.fold(operands, |a, b| match (a, b) {
                (ABSENT, some) | (some, ABSENT) => some,
                _ => a.min(b),
            }),
            // An absent value is below all others, so the greater of two is the one that is there.
            Node::Greatest(operands) => self.fold(operands, i64::max),
            Node::Dated { on, steps } => self.dated(*on, steps),
            Node::Compare(comparison, a, b) => {
                let (a, b) = (self.evaluate(*a), self.evaluate(*b));
                a.compare(*comparison, &b)
            }
            Node::CompareRatio { comparison, numerator, denominator, rate } => {
                let (numerator, denominator) = (self.evaluate(*numerator), self.evaluate(*denominator));
                let rate = self.evaluate(*rate);
                let holds = |row| {
                    let [n, d, rate] = [&numerator, &denominator, &rate].map(|side| side.at(row));
                    let whole = i128::from(duixian_money::WHOLE);
                    let there = n != ABSENT && rate != ABSENT && d > 0;
                    there && comparison.holds(i128::from(n) * whole, i128::from(rate) * i128::from(d))
                };
                let values = (0..self.len()).map(|row| i64::from(holds(row))).collect();
                let missing = (0..self.len())
                    .map(|row| numerator.missing_at(row) | denominator.missing_at(row) | rate.missing_at(row))
                    .collect();
                Vector { values, missing }
            }
            Node::OneOf(value, choices) => {
                let value = self.evaluate(*value);
                match choices[..] {
                    [choice] => value.map_all(|value| i64::from(value == choice)),
                    _ => value.map_all(|value| i64::from(choices.contains(&value))),
                }
            }
            Node::HasPrefix(column, prefixes) => self.text_test(*column, prefixes, false),
            Node::TextIs(column, texts) => self.text_test(*column, texts, true),
            Node::Happened(value) => self.evaluate(*value).map_all(|value| i64::from(value != ABSENT)),
            Node::Not(condition) => self.evaluate(*condition).map_all(|value| i64::from(value != 1)),
            Node::And(conditions) => self.logic(conditions, true),
            Node::Or(conditions) => self.logic(conditions, false),
            Node::Aggregate { kind, table, filter, value } => self.aggregate(*kind, *table, *filter, *value),
        }
    }

    fn binary(&mut self, one: NodeId, other: NodeId, f: impl Fn(i64, i64) -> i64) -> Vector {
        let (one, other) = (self.evaluate(one), self.evaluate(other));
        one.zip(&other, f)
    }

    fn fold(&mut self, operands: &[NodeId], f: impl Fn(i64, i64) -> i64) -> Vector {
        let none = Vector::constant(ABSENT);
        operands.iter().fold(none, |folded, operand| folded.zip_all(&self.evaluate(*operand), &f))
    }

    /// And, or or. Operands after the one that settles every row are not evaluated.
    fn logic(&mut self, conditions: &[NodeId], neutral: bool) -> Vector {
        let mut result = Vector::constant(i64::from(neutral));
        for condition in conditions {
            let side = self.evaluate(*condition);
            result = if neutral { result.and(&side) } else { result.or(&side) };
            if result.is_all(!neutral) {
                break;
            }
        }
        result
    }

    fn basis_date(&self) -> Rc<Vector> {
        match &self.moment {
            Moment::Day(days) => Rc::clone(days),
            Moment::Year(years) => Rc::new(years.map(|year| calendar::day_number(year, 12, 31))),
            Moment::Unsettled => Rc::new(Vector::unknown(Context::UNNAMED)),
        }
    }

    fn row_year(&self) -> Rc<Vector> {
        match &self.moment {
            Moment::Day(days) => Rc::new(days.map(calendar::year_of)),
            Moment::Year(years) => Rc::clone(years),
            Moment::Unsettled => Rc::new(Vector::unknown(Context::UNNAMED)),
        }
    }

    fn dated(&mut self, on: NodeId, steps: &[(i64, NodeId)]) -> Vector {
        let on = self.evaluate(on);
        let step_of = |day: i64| match day {
            ABSENT => 0,
            _ => steps.partition_point(|(from, _)| *from <= day),
        };
        // Where one step serves all rows, as it mostly does, the others are not evaluated.
        if on.missing.is_empty() {
            let mut used = on.values.iter().map(|&day| step_of(day));
            let first = used.next().unwrap_or(0);
            if used.all(|step| step == first) {
                return match first {
                    0 => Vector::constant(ABSENT),
                    _ => self.evaluate(steps[first - 1].1).as_ref().clone(),
                };
            }
        }
        let values: Vec<Rc<Vector>> = steps.iter().map(|(_, value)| self.evaluate(*value)).collect();
        let (values, missing) = (0..self.len())
            .map(|row| match (on.missing_at(row), step_of(on.at(row))) {
                (0, 0) => (ABSENT, 0),
                (0, step) => (values[step - 1].at(row), values[step - 1].missing_at(row)),
                (facts, _) => (ABSENT, facts),
            })
            .unzip();
        Vector { values, missing }
    }

    fn text_test(&self, operand: NodeId, texts: &[String], whole: bool) -> Vector {
        match self.run.plan.nodes[operand].node {
            Node::Column(table, column) => self.column_test(table, column, texts, whole),
            // Nothing but a column has a text.
            _ => Vector::constant(0),
        }
    }

    /// The bit that stands for an empty cell of a column in this measure.
    pub fn missing_bit(&self, table: TableId, column: ColumnId) -> u64 {
        self.context.bit(table, column)
    }
}

/// Keeps a saturated result from being taken for an absent one.
fn above_absent(value: i64) -> i64 {
    value.max(-i64::MAX)
}

/// A percentage of an amount, as `duixian_money::percent_of` has it: in 64 bits where they suffice, which is many times faster.
fn percentage(rate: i64, amount: i64) -> i64 {
    const HALF: i64 = duixian_money::WHOLE / 2;
    match rate.checked_mul(amount).and_then(|product| product.checked_add(product.signum() * HALF)) {
        Some(product) => product / duixian_money::WHOLE,
        None => percent_of(rate, Fen(amount)).0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_are_those_of_money() {
        let amounts = [0, 1, 2, 3, 49, 50, 51, 1_234_567, i64::MAX / 1_000_000, i64::MAX / 2, Fen::MAX.0];
        for rate in [0, 1, 499_999, 500_000, 600_000, 800_000, 1_000_000, 3_333_333] {
            for amount in amounts.into_iter().flat_map(|amount| [amount, -amount]) {
                assert_eq!(percentage(rate, amount), percent_of(rate, Fen(amount)).0, "{rate} ppm of {amount}");
            }
        }
    }
}
