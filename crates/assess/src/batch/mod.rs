//! The batch evaluator: a plan over whole tables, column by column.
//!
//! Each measure's table is cut into ranges, which all cores work off; a range is evaluated in chunks of rows ([`frame`]),
//! whose refused rows are dropped step by step ([`measure`], [`pay`]). What the ranges give is put together in their order,
//! so the result is the same for any number of threads. Limits look at all rows of a measure together.

mod aggregate;
mod bound;
mod column;
mod frame;
mod gaps;
pub(crate) mod measure;
mod merge;
mod order;
mod pay;
mod pick;
mod price;
mod question;
mod run;
mod settle;
mod sieve;
mod specialise;
#[cfg(test)]
mod tests;
mod vector;
mod wide;

use std::ops::Range;

use duixian_facts::table::Facts;
use duixian_rules::plan::Plan;
use rayon::prelude::*;

use crate::limits;
use crate::names::BasisText;
use crate::result::{Assessment, MeasureRows, Row};
use crate::rows::{Part, Rows};
use measure::{Job, Piece};
use run::Run;
use settle::Desk;

/// Rows of a table that one core works off at a time.
const RANGE: u32 = 16 * 1024;

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
    // The calling thread waits once, not at every step that is spread over the cores.
    rayon::scope(|_| assess(plan, facts, options))
}

fn assess(plan: &Plan, facts: &Facts, options: &AssessOptions) -> Assessment {
    let wanted = |measure: &usize| options.measures.as_ref().is_none_or(|wanted| wanted.contains(measure));
    let measures: Vec<usize> = (0..plan.measures.len()).filter(wanted).collect();
    let run = Run::new(plan, facts, options.year, options.as_of, &measures);
    let jobs: Vec<Job> = measures.iter().map(|&measure| Job::new(&run, &plan.measures[measure], options.all)).collect();
    let tasks: Vec<(usize, Range<u32>)> =
        jobs.iter().enumerate().flat_map(|(job, prepared)| ranges(job, prepared)).collect();
    let pieces: Vec<Piece> =
        tasks.par_iter().map_init(Desk::new, |desk, (job, rows)| jobs[*job].evaluate(rows.clone(), desk)).collect();
    let mut pieces_of_jobs: Vec<Vec<Piece>> = jobs.iter().map(|_| Vec::new()).collect();
    for ((job, _), piece) in tasks.iter().zip(pieces) {
        pieces_of_jobs[*job].push(piece);
    }
    let finish = |(job, pieces): (&Job, Vec<Piece>)| finish(job, pieces);
    let rows: Vec<Rows> = jobs.par_iter().zip(pieces_of_jobs).map(finish).collect();
    let measures = measures.into_iter().zip(rows).map(|(measure, rows)| MeasureRows { measure, rows }).collect();
    Assessment { year: options.year, as_of: options.as_of, measures }
}

/// The ranges a measure's table is worked off in.
fn ranges(job: usize, prepared: &Job) -> impl Iterator<Item = (usize, Range<u32>)> {
    let rows = prepared.run.rows(prepared.measure.basis.table) as u32;
    (0..rows).step_by(RANGE as usize).map(move |start| (job, start..rows.min(start.saturating_add(RANGE))))
}

/// Applies a measure's limits and puts its rows in order.
fn finish(job: &Job, mut pieces: Vec<Piece>) -> Rows {
    let parts: Vec<Part> = pieces.iter_mut().map(Piece::take_rows).collect();
    let (mut candidates, mut values) = (Vec::new(), Vec::new());
    for piece in pieces {
        candidates.extend(piece.candidates);
        values.extend(piece.values);
    }
    let (plan, facts, table) = (job.run.plan, job.run.facts, job.measure.basis.table);
    if candidates.is_empty() && job.keeps_order {
        // The ranges follow each other, and so do the rows of each.
        return Rows::of_parts(parts);
    }
    let mut parts: Vec<Vec<Row>> = parts.into_par_iter().map(Part::into_whole).collect();
    if !candidates.is_empty() {
        limits::apply(job, &mut candidates, &values, facts.ranks());
        parts.push(candidates.iter().filter_map(|candidate| job.report(candidate)).collect());
    }
    let rows = match job.keeps_order {
        true => order::by_basis(parts),
        false => order::sort(&parts, facts.ranks(), BasisText::of(plan, facts, table)),
    };
    rows.into()
}
