//! One measure over some rows of its table: from the basis to the conditions. What is paid stands in `pay`.

use std::ops::Range;
use std::rc::Rc;

use duixian_facts::table::{Column, NO_DATE};
use duixian_rules::plan::{Limit, Measure, Node, NodeId, Payable, Period};
use rustc_hash::FxHashMap;

use super::frame::{Frame, Moment};
use super::run::{Context, Run, Truth};
use super::vector::{ABSENT, Vector, positions, union};
use crate::calendar;
use crate::limits::{self, Candidate};
use crate::result::{Reason, Row, Status};

/// Rows that are looked at together: few enough for their vectors to stay in the processor's nearest cache.
const CHUNK: usize = 2048;

/// A measure made ready to be run.
pub struct Job<'a> {
    /// The run it belongs to.
    pub run: &'a Run<'a>,
    /// The measure.
    pub measure: &'a Measure,
    /// Its limits that can turn a row away, with their index.
    pub limits: Vec<(usize, &'a Limit)>,
    context: Context,
    /// Whether rows of earlier years are evaluated because a limit counts them.
    history: bool,
    /// Whether refused rows are left out.
    hides_refusals: bool,
    /// The first day of the assessed year in days since 1970-01-01; of measures on whole years, that year.
    start_of_year: i64,
}

/// What a range of rows gives.
#[derive(Default)]
pub struct Piece {
    /// Rows that are settled, by basis.
    pub rows: Vec<Row>,
    /// Rows that the limits have yet to judge.
    pub candidates: Vec<Candidate>,
    /// What the limits go by, candidate by candidate, one value for each of [`Job::limits`].
    pub values: Vec<i64>,
}

/// A row of a measure's table, and when it happened.
#[derive(Clone, Copy)]
pub struct Spot {
    /// Its party.
    pub party: u32,
    /// Its row.
    pub basis: u32,
    /// Its day in days since 1970-01-01, or its year; none if unknown.
    pub time: Option<i64>,
}

/// The rows that are still in question.
pub struct Work<'j> {
    /// The rows.
    pub frame: Frame<'j>,
    /// What each misses so far.
    pub missing: Vec<u64>,
}

impl<'a> Job<'a> {
    /// Prepares a measure; `all` keeps refused rows of measures that hide them.
    pub fn new(run: &'a Run<'a>, measure: &'a Measure, all: bool) -> Job<'a> {
        let vocabulary = &run.plan.vocabulary;
        let table = &vocabulary.tables[measure.basis.table];
        let bites = |(_, limit): &(usize, &Limit)| !limits::is_idle(&limit.kind, table);
        let limits: Vec<_> = measure.limits.iter().enumerate().filter(bites).collect();
        Job {
            run,
            measure,
            context: Context::of(run, measure),
            history: !limits.is_empty() && measure.needs_history(),
            limits,
            hides_refusals: measure.hides_refusals(vocabulary) && !all,
            start_of_year: match measure.basis.period {
                Period::Dated { .. } => calendar::day_number(run.year, 1, 1),
                Period::Yearly { .. } => run.year,
            },
        }
    }

    /// Evaluates a range of the rows of the measure's table.
    pub fn evaluate(&self, rows: Range<u32>) -> Piece {
        let mut piece = Piece::default();
        for start in rows.clone().step_by(CHUNK) {
            let before = piece.rows.len();
            self.evaluate_chunk(start..rows.end.min(start.saturating_add(CHUNK as u32)), &mut piece);
            // Rows are settled condition by condition; this puts them back in their order while they are few.
            piece.rows[before..].sort_by_key(|row| row.basis);
        }
        piece
    }

    fn evaluate_chunk(&self, rows: Range<u32>, piece: &mut Piece) {
        let Some(mut work) = self.rows_of_the_period(rows) else { return };
        if let Some(filter) = self.measure.basis.filter {
            let holds = self.truth(&mut work.frame, filter);
            work = work.keep(&holds, |_| {});
        }
        for (index, condition) in self.measure.conditions.iter().enumerate() {
            if work.missing.is_empty() {
                return;
            }
            let holds = self.truth(&mut work.frame, condition.node);
            let reason = Reason::ConditionFailed(index as u16);
            work = work.keep(&holds, |spot| self.refuse(spot, reason, piece));
        }
        if !work.missing.is_empty() {
            self.pay(work, piece);
        }
    }

    /// Those of the rows that the assessed year looks at, or a limit that counts earlier years.
    fn rows_of_the_period(&self, rows: Range<u32>) -> Option<Work<'_>> {
        match self.measure.basis.period {
            Period::Dated { date, start } => {
                let first = if self.history { start } else { start.max(self.start_of_year) };
                let last = self.run.as_of.min(calendar::day_number(self.run.year, 12, 31));
                let mut frame = self.frame(self.rows_that_may_be_dated(rows, date, first, last));
                let days = frame.evaluate(date);
                let kept = positions(frame.len(), |row| {
                    days.missing_at(row) != 0 || (days.at(row) != ABSENT && (first..=last).contains(&days.at(row)))
                });
                frame.moment = Moment::Day(days);
                let mut work = Work { missing: vec![0; kept.len()], frame: frame.take(&kept) };
                if let Moment::Day(days) = &work.frame.moment {
                    work.missing = union(&work.missing, &days.missing);
                }
                (!kept.is_empty()).then_some(work)
            }
            Period::Yearly { start } => {
                let table = self.measure.basis.table;
                let year_column = self.run.plan.vocabulary.tables[table].year_column();
                let years = year_column.and_then(|column| self.run.facts.table(table).columns.get(column));
                let Some(Column::Date(years)) = years else {
                    let mut frame = self.frame(rows.clone());
                    frame.moment = Moment::Year(Rc::new(Vector::constant(self.run.year)));
                    return (self.run.year >= start).then(|| Work { frame, missing: vec![0; rows.len()] });
                };
                let first = if self.history { start } else { start.max(self.run.year) };
                let kept = rows_where(rows, years, |year| (first..=self.run.year).contains(&year.into()));
                let values = kept.iter().map(|&row| years[row as usize].into()).collect();
                let mut frame = self.frame(kept);
                frame.moment = Moment::Year(Rc::new(Vector { values, missing: Vec::new() }));
                let missing = vec![0; frame.len()];
                (!missing.is_empty()).then_some(Work { frame, missing })
            }
        }
    }

    /// Leaves out rows that a plain column dates outside the days looked at, so that nothing else is read of them.
    fn rows_that_may_be_dated(&self, rows: Range<u32>, date: NodeId, first: i64, last: i64) -> Vec<u32> {
        let table = self.measure.basis.table;
        let cells = match self.run.plan.nodes[date].node {
            Node::Column(of, column) if of == table => self.run.facts.table(table).columns.get(column),
            _ => None,
        };
        let Some(Column::Date(days)) = cells else { return rows.collect() };
        rows_where(rows, days, |day| day == NO_DATE || (first..=last).contains(&day.into()))
    }

    /// Rows of the measure's table, nothing of them evaluated yet.
    pub fn frame(&self, rows: impl IntoIterator<Item = u32>) -> Frame<'_> {
        let table = self.measure.basis.table;
        let rows: Vec<u32> = rows.into_iter().collect();
        let party = if self.run.party_table == Some(table) {
            rows.clone()
        } else {
            let party = &self.run.facts.table(table).party;
            rows.iter().map(|&row| party[row as usize]).collect()
        };
        let (tables, memo) = (vec![(table, rows)], FxHashMap::default());
        Frame { run: self.run, context: &self.context, tables, party, moment: Moment::Unsettled, memo }
    }

    /// A condition's value, looked up where it was worked out for all parties.
    fn truth(&self, frame: &mut Frame, condition: NodeId) -> Rc<Vector> {
        let Some(truths) = self.run.truths(condition) else {
            return frame.evaluate(condition);
        };
        let truths: Vec<Truth> = frame.party.iter().map(|&party| truths[party as usize]).collect();
        let values: Vec<i64> = truths.iter().map(|&truth| i64::from(truth == Truth::True)).collect();
        let unknown = positions(truths.len(), |row| truths[row] == Truth::Unknown);
        let mut missing = Vec::new();
        if !unknown.is_empty() {
            // Which fact has which bit is each measure's own affair.
            let of_unknown = frame.take(&unknown).evaluate(condition);
            missing.resize(values.len(), 0);
            for (position, &row) in unknown.iter().enumerate() {
                missing[row as usize] = of_unknown.missing_at(position);
            }
        }
        Rc::new(Vector { values, missing })
    }

    /// Reports a row as refused, if it is to be reported.
    pub fn refuse(&self, spot: Spot, reason: Reason, piece: &mut Piece) {
        if !self.hides_refusals && !self.is_past(spot.time) {
            piece.rows.push(Row::refused(spot.party, spot.basis, reason));
        }
    }

    /// A candidate's row after the limits, if it is to be reported.
    pub fn report(&self, candidate: &Candidate) -> Option<Row> {
        let is_hidden = self.hides_refusals && candidate.row.status() == Status::NotEntitled;
        (!is_hidden && !self.is_past(Some(candidate.time.into()))).then_some(candidate.row)
    }

    /// Reports a row as hanging on missing facts.
    pub fn miss(&self, spot: Spot, facts: u64, piece: &mut Piece) {
        if !self.is_past(spot.time) {
            let facts = self.context.named(facts);
            piece.rows.push(Row::missing(spot.party, spot.basis, facts, self.payable_from(spot)));
        }
    }

    /// Reports a row for which two alternatives hold at once.
    pub fn contradict(&self, spot: Spot, one: u16, other: u16, piece: &mut Piece) {
        if !self.is_past(spot.time) {
            let row = Row::contradiction(spot.party, spot.basis, one, other, self.payable_from(spot));
            piece.rows.push(row);
        }
    }

    /// Whether a row of this time stands before the assessed year: then limits may count it, and it is not reported.
    pub fn is_past(&self, time: Option<i64>) -> bool {
        time.is_some_and(|time| time < self.start_of_year)
    }

    /// The calendar year of a row of this time.
    pub fn year_of(&self, time: i64) -> i64 {
        match self.measure.basis.period {
            Period::Dated { .. } => calendar::year_of(time),
            Period::Yearly { .. } => time,
        }
    }

    /// The first day of payment, in days since 1970-01-01.
    pub fn payable_from(&self, spot: Spot) -> Option<i64> {
        match (self.measure.payable, &self.measure.basis.period) {
            (Payable::NextYear, _) => Some(calendar::day_number(self.run.year + 1, 1, 1)),
            (Payable::NotBefore(Some(first)), Period::Dated { .. }) => {
                spot.time.is_some_and(|day| day < first).then_some(first)
            }
            (Payable::NotBefore(_), _) => None,
        }
    }
}

/// Those of a range of rows whose cell satisfies a test.
fn rows_where(rows: Range<u32>, cells: &[i32], holds: impl Fn(i32) -> bool) -> Vec<u32> {
    let cells = &cells[rows.start as usize..rows.end as usize];
    let mut kept = positions(cells.len(), |row| holds(cells[row]));
    kept.iter_mut().for_each(|row| *row += rows.start);
    kept
}

impl Work<'_> {
    /// Those rows for which a condition is not false; the others go to `refuse`.
    fn keep(mut self, holds: &Vector, mut refuse: impl FnMut(Spot)) -> Self {
        let is_kept = |row: usize| (holds.missing_at(row) != 0) | (holds.at(row) == 1);
        let rows = self.missing.len();
        self.missing = union(&self.missing, &holds.missing);
        let kept = positions(rows, is_kept);
        if kept.len() == rows {
            return self;
        }
        (0..rows).filter(|&row| !is_kept(row)).for_each(|row| refuse(self.spot(row)));
        self.take(&kept)
    }

    /// Some of the rows.
    pub fn take(&self, rows: &[u32]) -> Self {
        let missing = rows.iter().map(|&row| self.missing[row as usize]).collect();
        Work { frame: self.frame.take(rows), missing }
    }

    /// A row and when it happened.
    pub fn spot(&self, row: usize) -> Spot {
        let time = match &self.frame.moment {
            Moment::Day(times) | Moment::Year(times) => (times.missing_at(row) == 0).then(|| times.at(row)),
            Moment::Unsettled => None,
        };
        Spot { party: self.frame.party[row], basis: self.frame.tables[0].1[row], time }
    }
}
