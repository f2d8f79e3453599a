//! The batch evaluator: a plan over whole tables, column by column.
//!
//! Each measure's table is cut into ranges, which all cores work off; a range is evaluated in chunks of rows ([`frame`]),
//! whose refused rows are dropped step by step ([`measure`], [`pay`]). What the ranges give is put together in their order,
//! so the result is the same for any number of threads. Limits look at all rows of a measure together.

mod aggregate;
mod bound;
mod column;
mod frame;
pub(crate) mod measure;
mod order;
mod pay;
mod run;
mod sieve;
mod specialise;
#[cfg(test)]
mod tests;
mod vector;

use std::ops::Range;

use duixian_facts::table::Facts;
use duixian_rules::plan::Plan;
use rayon::prelude::*;

use crate::limits;
use crate::names::BasisText;
use crate::result::{Assessment, MeasureRows, Row};
use measure::{Job, Piece};
use run::Run;

/// Rows of a table that one core works off at a time.
const RANGE: u32 = 32 * 1024;

/// What to assess.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssessOptions {
    /// The calendar year.
    pub year: i64,
    /// Bases dated after this day are left out; in days since 1970-01-01.
    pub as_of: i64,
    /// Indices of measures in the plan; all if none. Their order and repetitions do not matter.
    pub measures: Option<Vec<usize>>,
    /// Whether to keep refused rows of measures on parties and accounts, which are otherwise left out.
    pub all: bool,
}

/// Assesses every party. The facts must have been read with the plan's vocabulary.
pub fn assess_batch(plan: &Plan, facts: &Facts, options: &AssessOptions) -> Assessment {
    let wanted = |measure: &usize| options.measures.as_ref().is_none_or(|wanted| wanted.contains(measure));
    let measures: Vec<usize> = (0..plan.measures.len()).filter(wanted).collect();
    let run = Run::new(plan, facts, options.year, options.as_of, &measures);
    let jobs: Vec<Job> = measures.iter().map(|&measure| Job::new(&run, &plan.measures[measure], options.all)).collect();
    let tasks: Vec<(usize, Range<u32>)> =
        jobs.iter().enumerate().flat_map(|(job, prepared)| ranges(job, prepared)).collect();
    let evaluate = || tasks.par_iter().map(|(job, rows)| jobs[*job].evaluate(rows.clone())).collect::<Vec<Piece>>();
    let (pieces, orders) = rayon::join(evaluate, || Orders::of(&run, &measures));
    let mut pieces_of_jobs: Vec<Vec<Piece>> = jobs.iter().map(|_| Vec::new()).collect();
    for ((job, _), piece) in tasks.iter().zip(pieces) {
        pieces_of_jobs[*job].push(piece);
    }
    let finish = |(job, pieces): (&Job, Vec<Piece>)| finish(job, pieces, &orders);
    let rows: Vec<Vec<Row>> = jobs.par_iter().zip(pieces_of_jobs).map(finish).collect();
    let measures = measures.into_iter().zip(rows).map(|(measure, rows)| MeasureRows { measure, rows }).collect();
    Assessment { year: options.year, as_of: options.as_of, measures }
}

/// The ranges a measure's table is worked off in.
fn ranges(job: usize, prepared: &Job) -> impl Iterator<Item = (usize, Range<u32>)> {
    let rows = prepared.run.rows(prepared.measure.basis.table) as u32;
    (0..rows).step_by(RANGE as usize).map(move |start| (job, start..rows.min(start.saturating_add(RANGE))))
}

/// What the order of results goes by.
struct Orders<'a> {
    /// The place of each party in the order of codes.
    ranks: &'a [u32],
    /// For each table whether its rows stand in the order of their texts, if a measure is about it.
    in_order: Vec<bool>,
}

impl<'a> Orders<'a> {
    fn of(run: &Run<'a>, measures: &[usize]) -> Orders<'a> {
        let ranks = run.facts.ranks();
        let is_about = |table| measures.iter().any(|&measure| run.plan.measures[measure].basis.table == table);
        let in_order = |table| is_about(table) && order::is_in_order(BasisText::of(run.plan, run.facts, table));
        Orders { ranks, in_order: (0..run.plan.vocabulary.tables.len()).map(in_order).collect() }
    }
}

/// Applies a measure's limits and puts its rows in order.
fn finish(job: &Job, mut pieces: Vec<Piece>, orders: &Orders) -> Vec<Row> {
    let mut parts: Vec<Vec<Row>> = pieces.iter_mut().map(|piece| std::mem::take(&mut piece.rows)).collect();
    let (mut candidates, mut values) = (Vec::new(), Vec::new());
    for piece in pieces {
        candidates.extend(piece.candidates);
        values.extend(piece.values);
    }
    if !candidates.is_empty() {
        limits::apply(job, &mut candidates, &values, orders.ranks);
        parts.push(candidates.iter().filter_map(|candidate| job.report(candidate)).collect());
    }
    let table = job.measure.basis.table;
    order::sort(&parts, orders.ranks, BasisText::of(job.run.plan, job.run.facts, table), orders.in_order[table])
}
