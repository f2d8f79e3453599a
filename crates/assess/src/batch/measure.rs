//! One measure over some rows of its table: from the basis to the conditions. What is paid stands in `pay`.

use std::ops::Range;
use std::rc::Rc;

use duixian_facts::table::{Column, NO_DATE};
use duixian_rules::plan::{Limit, Measure, Node, NodeId, Payable, Period};
use rustc_hash::FxHashMap;

use super::bound::{CHUNK, Rows};
use super::frame::{Frame, Moment};
use super::pick::Kept;
use super::run::{Context, Run, Truth};
use super::settle::{Desk, Tariff};
use super::sieve::Sieve;
use super::specialise::{Specialiser, years_of_rows};
use super::vector::{ABSENT, Vector, positions, union};
use crate::calendar;
use crate::coded::CodedRows;
use crate::limits::{self, Candidate};
use crate::result::{Reason, Row, Status};
use crate::rows::Part;

/// A measure made ready to be run.
pub struct Job<'a> {
    /// The run it belongs to.
    pub run: &'a Run<'a>,
    /// The measure.
    pub measure: &'a Measure,
    /// Its limits that can turn a row away, with their index.
    pub limits: Vec<(usize, &'a Limit)>,
    /// Which facts have which bit.
    pub context: Context,
    /// What the rows' cells say beforehand, where refused rows need no reason.
    sieve: Option<Sieve<'a>>,
    /// What rows are paid, where their cells say as much and no limit looks at them.
    tariff: Option<Tariff<'a>>,
    /// The column of years that rows belong to; none of measures that go by days or look at every row.
    years: Option<&'a [i32]>,
    /// The first and last day looked at in days since 1970-01-01, or year; earlier than the assessed year where limits count
    /// earlier rows.
    first: i64,
    last: i64,
    /// 1 January after the assessed year, in days since 1970-01-01.
    next_year: i64,
    /// Whether refused rows are left out.
    hides_refusals: bool,
    /// Whether rows come in the order of results.
    pub keeps_order: bool,
    /// The first day of the assessed year in days since 1970-01-01; of measures on whole years, that year.
    start_of_year: i64,
}

/// What a range of rows gives.
#[derive(Default)]
pub struct Piece {
    /// Rows that are settled, by basis: each basis has one.
    pub rows: Vec<Row>,
    /// The same where cells alone settled all of them; then `rows` is empty.
    pub coded: Option<CodedRows>,
    /// Rows that the limits have yet to judge.
    pub candidates: Vec<Candidate>,
    /// What the limits go by, candidate by candidate, one value for each of [`Job::limits`].
    pub values: Vec<i64>,
}

impl Piece {
    /// The settled rows, which are taken out.
    pub fn take_rows(&mut self) -> Part {
        self.coded.take().map_or_else(|| Part::Whole(std::mem::take(&mut self.rows)), Part::Coded)
    }
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
        let history = !limits.is_empty() && measure.needs_history();
        let (start, start_of_year, last) = match measure.basis.period {
            Period::Dated { start, .. } => {
                let end_of_year = calendar::day_number(run.year, 12, 31);
                (start, calendar::day_number(run.year, 1, 1), run.as_of.min(end_of_year))
            }
            Period::Yearly { start } => (start, run.year, run.year),
        };
        let first = if history { start } else { start.max(start_of_year) };
        let hides_refusals = measure.hides_refusals(vocabulary) && !all;
        let next_year = calendar::day_number(run.year + 1, 1, 1);
        let specialiser = Specialiser { run, measure, context: Context::of(run, measure), history };
        let sieve = hides_refusals.then(|| Sieve::of(&specialiser, first, last));
        let without_limits = sieve.as_ref().filter(|_| limits.is_empty());
        let tariff = without_limits.and_then(|sieve| Tariff::of(&specialiser, sieve, next_year));
        Job {
            run,
            measure,
            context: specialiser.context,
            sieve,
            tariff,
            years: match measure.basis.period {
                Period::Dated { .. } => None,
                Period::Yearly { .. } => years_of_rows(run, measure),
            },
            limits,
            first,
            last,
            next_year,
            hides_refusals,
            keeps_order: run.facts.is_in_order(vocabulary, measure.basis.table),
            start_of_year,
        }
    }

    /// Evaluates a range of the rows of the measure's table.
    pub fn evaluate(&self, rows: Range<u32>, desk: &mut Desk) -> Piece {
        let mut piece = Piece::default();
        if let Some(sieve) = &self.sieve {
            match &self.tariff {
                Some(tariff) => return self.settle(tariff, sieve, rows, desk),
                None => {
                    self.evaluate_sifted(sieve, rows, &mut desk.kept, &mut piece);
                    piece.rows.sort_unstable_by_key(|row| row.basis);
                }
            }
            return piece;
        }
        for start in rows.clone().step_by(CHUNK) {
            let before = piece.rows.len();
            let chunk = start..rows.end.min(start.saturating_add(CHUNK as u32));
            self.evaluate_rows(self.rows_that_may_belong(chunk), &mut piece);
            // Rows are settled condition by condition; this puts them back in their order while they are few.
            piece.rows[before..].sort_by_key(|row| row.basis);
        }
        piece
    }

    /// Evaluates those of a range of rows that the sieve leaves, as far as it leaves them open.
    fn evaluate_sifted(&self, sieve: &Sieve, rows: Range<u32>, kept: &mut Kept, piece: &mut Piece) {
        sieve.sift(rows, kept);
        kept.chunks().for_each(|kept| sieve.ask_row_by_row(&Rows::Picked(kept.rows, kept.parties), kept.answers));
        let sifted = kept.by_answer();
        for rows in sifted.unsure.chunks(CHUNK) {
            self.evaluate_rows(rows.to_vec(), piece);
        }
        for (chosen, alternative) in sifted.by_alternative.iter().zip(0..) {
            for rows in chosen.paid.chunks(CHUNK) {
                if let Some(work) = self.rows_of_the_period(rows.to_vec()) {
                    self.offer(work, alternative, piece);
                }
            }
            for rows in chosen.unsure.chunks(CHUNK) {
                let work = self.rows_of_the_period(rows.to_vec());
                if let Some(work) = work.and_then(|work| self.satisfying(work, |index| sieve.is_settled(index), piece))
                {
                    self.offer_if_complete(work, alternative, piece);
                }
            }
        }
    }

    /// Evaluates some rows, nothing of them being settled.
    pub fn evaluate_rows(&self, rows: Vec<u32>, piece: &mut Piece) {
        let work = self.rows_of_the_period(rows);
        if let Some(work) = work.and_then(|work| self.satisfying(work, |_| false, piece)) {
            self.pay(work, piece);
        }
    }

    /// Those of the rows for which the filter and the conditions are not false. Conditions that are settled hold.
    fn satisfying<'j>(
        &'j self,
        mut work: Work<'j>,
        is_settled: impl Fn(usize) -> bool,
        piece: &mut Piece,
    ) -> Option<Work<'j>> {
        if let Some(filter) = self.measure.basis.filter {
            let holds = self.truth(&mut work.frame, filter);
            work = work.keep(&holds, |_| {});
        }
        for (index, condition) in self.measure.conditions.iter().enumerate().filter(|(index, _)| !is_settled(*index)) {
            if work.missing.is_empty() {
                return None;
            }
            let holds = self.truth(&mut work.frame, condition.node);
            let reason = Reason::ConditionFailed(index as u16);
            work = work.keep(&holds, |spot| self.refuse(spot, reason, piece));
        }
        (!work.missing.is_empty()).then_some(work)
    }

    /// Those of the rows that the assessed year looks at, or a limit that counts earlier years. They are among
    /// [`Job::rows_that_may_belong`].
    fn rows_of_the_period(&self, rows: Vec<u32>) -> Option<Work<'_>> {
        if rows.is_empty() {
            return None;
        }
        let Period::Dated { date, .. } = self.measure.basis.period else {
            // Mostly one year is looked at, and a constant costs nothing.
            let years = match self.years {
                Some(years) if self.first < self.last => {
                    let values = rows.iter().map(|&row| years[row as usize].into()).collect();
                    Vector { values, missing: Vec::new() }
                }
                _ => Vector::constant(self.run.year),
            };
            let mut frame = self.frame(rows);
            frame.moment = Moment::Year(Rc::new(years));
            return Some(Work { missing: vec![0; frame.len()], frame });
        };
        let mut frame = self.frame(rows);
        let days = frame.evaluate(date);
        let looked_at = self.first..=self.last;
        let kept = positions(frame.len(), |row| {
            days.missing_at(row) != 0 || (days.at(row) != ABSENT && looked_at.contains(&days.at(row)))
        });
        frame.moment = Moment::Day(days);
        let mut work = Work { missing: vec![0; kept.len()], frame: frame.take(&kept) };
        if let Moment::Day(days) = &work.frame.moment {
            work.missing = union(&work.missing, &days.missing);
        }
        (!kept.is_empty()).then_some(work)
    }

    /// Leaves out rows that a plain column says are not looked at, so that nothing else is read of them.
    fn rows_that_may_belong(&self, rows: Range<u32>) -> Vec<u32> {
        let looked_at = self.first..=self.last;
        let table = self.measure.basis.table;
        match self.measure.basis.period {
            Period::Dated { date, .. } => {
                let cells = match self.run.plan.nodes[date].node {
                    Node::Column(of, column) if of == table => self.run.facts.table(table).columns.get(column),
                    _ => None,
                };
                let Some(Column::Date(days)) = cells else { return rows.collect() };
                rows_where(rows, days, |day| day == NO_DATE || looked_at.contains(&day.into()))
            }
            Period::Yearly { .. } => match self.years {
                Some(years) => rows_where(rows, years, |year| looked_at.contains(&year.into())),
                None if looked_at.contains(&self.run.year) => rows.collect(),
                None => Vec::new(),
            },
        }
    }

    /// Rows of the measure's table, nothing of them evaluated yet.
    pub fn frame(&self, rows: Vec<u32>) -> Frame<'_> {
        let table = self.measure.basis.table;
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
            (Payable::NextYear, _) => Some(self.next_year),
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
