//! The reference: a slow and obvious interpreter of plans, which also tells how each result came about.
//!
//! It shares no evaluation code with the batch evaluator; tests compare the two row by row. [`assess`] runs it over a whole
//! small district, [`explain_party`] over one party of a large one, [`explain_claim`] over one basis beside what is on record.

#[cfg(test)]
mod agreement;
mod claim;
#[cfg(test)]
mod claim_tests;
mod coverage;
mod evaluate;
#[cfg(test)]
pub(crate) mod example;
mod index;
mod judge;
mod limits;
mod nearest;
mod operations;
#[cfg(test)]
mod tests;
mod trace;
mod value;

use std::collections::BTreeSet;
use std::sync::Arc;

use duixian_facts::table::{Cell, Facts};
use duixian_rules::plan::{Key, Measure, Plan};
use duixian_rules::vocabulary::TableId;

pub use claim::{Claim, ClaimKey, ClaimRecord, Standing, explain_claim};
pub use coverage::{ConditionCoverage, Coverage, LimitCoverage, MeasureCoverage};
pub use index::Index;
pub use judge::Outside;
pub use limits::{Effect, Pass};
pub use operations::{date_parts, operands};
pub use trace::{
    Audience, BasisExplanation, Detail, FactRead, Gap, InnerRow, LimitTrace, MeasureExplanation, Need, OtherRow,
    OutsideRow, PartyExplanation, Step,
};
pub use value::{MissingFacts, Truth, Value};

use crate::result::{Assessment, MeasureRows, Row, Status};
use evaluate::Evaluator;
use judge::{Examined, examine, row_of};
use limits::Settled;

/// What a run of the reference gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assessed {
    /// The rows, in the order of results.
    pub assessment: Assessment,
    /// What the rows have put to use, of all measures of the plan.
    pub coverage: Coverage,
}

/// Assesses a whole district, row after row. `as_of` is in days since 1970-01-01; `measures` are indices in the plan, all
/// if none; `all` keeps refused rows of measures that hide them.
pub fn assess(plan: &Plan, facts: &Facts, year: i64, as_of: i64, measures: Option<&[usize]>, all: bool) -> Assessed {
    let index = Index::new(plan, facts);
    let evaluator = Evaluator { index: &index, as_of };
    let mut coverage = Coverage::none(plan);
    let of_measure = |id: usize| {
        let measure = &plan.measures[id];
        let everyone = 0..index.rows(measure.basis.table);
        let settled = judge(evaluator, measure, everyone, year, Some(&mut coverage.measures[id]));
        let mut rows: Vec<(String, String, Row)> = settled
            .iter()
            .filter(|settled| settled.moment.is_none_or(|moment| moment.year == year))
            .map(|settled| {
                let row = row_of(&settled.verdict, (settled.party, settled.basis), measure, settled.moment, year);
                (index.party_code(settled.party), index.basis_text(measure.basis.table, settled.basis), row)
            })
            .filter(|(_, _, row)| {
                all || row.status() != Status::NotEntitled || !measure.hides_refusals(&plan.vocabulary)
            })
            .collect();
        rows.sort_by(|a, b| (&a.0, &a.1, a.2.basis).cmp(&(&b.0, &b.1, b.2.basis)));
        MeasureRows { measure: id, rows: rows.into_iter().map(|(_, _, row)| row).collect() }
    };
    let measures = asked_for(plan, measures).into_iter().map(of_measure).collect();
    Assessed { assessment: Assessment { year, as_of, measures }, coverage }
}

/// Explains what one party is entitled to, and why: `party` is its row in the party table ([`Index::party`] finds it), `as_of` is
/// in days since 1970-01-01, `measures` are indices in the plan, all if none.
pub fn explain_party(index: &Index, party: u32, year: i64, as_of: i64, measures: Option<&[usize]>) -> PartyExplanation {
    let evaluator = Evaluator { index, as_of };
    let of_measure = |id: usize| explain_measure(evaluator, id, party, year);
    let measures = asked_for(&index.plan, measures).into_iter().map(of_measure).collect();
    party_explanation(evaluator, party, year, measures)
}

fn party_explanation(
    Evaluator { index, as_of }: Evaluator,
    party: u32,
    year: i64,
    measures: Vec<MeasureExplanation>,
) -> PartyExplanation {
    PartyExplanation {
        party,
        code: index.party_code(party),
        name: party_name(index, party),
        year,
        as_of,
        measures,
        files: index.facts.tables.iter().map(|table| table.origin.file.clone()).collect(),
    }
}

/// The measures in the plan's order, each once.
fn asked_for(plan: &Plan, measures: Option<&[usize]>) -> Vec<usize> {
    let is_asked_for = |id: &usize| measures.is_none_or(|measures| measures.contains(id));
    (0..plan.measures.len()).filter(is_asked_for).collect()
}

fn party_name(index: &Index, party: u32) -> Option<String> {
    let table = index.plan.vocabulary.party_table()?;
    let column = index.plan.vocabulary.tables[table].column("name")?;
    match index.cell(table, column, party) {
        Cell::Text(name) => Some(name.into_owned()),
        Cell::Number(_) | Cell::Empty => None,
    }
}

/// Examines rows and puts them to the limits. `rows` must hold every row that shares a limit's key with one of them.
fn judge(
    evaluator: Evaluator,
    measure: &Measure,
    rows: impl IntoIterator<Item = u32>,
    year: i64,
    mut coverage: Option<&mut MeasureCoverage>,
) -> Vec<Settled> {
    let examined: Vec<Examined<Value>> =
        rows.into_iter().filter_map(|basis| examine(evaluator, measure, basis, year).ok()).collect();
    let by_guard: Vec<Option<usize>> = examined.iter().map(|row| row.alternative).collect();
    if let Some(coverage) = &mut coverage {
        examined.iter().for_each(|row| coverage.note_examined(row));
    }
    let settled = limits::settle(evaluator.index, measure, examined);
    if let Some(coverage) = &mut coverage {
        settled.iter().zip(by_guard).for_each(|(row, by_guard)| coverage.note_settled(row, by_guard));
    }
    settled
}

fn explain_measure(evaluator: Evaluator, id: usize, party: u32, year: i64) -> MeasureExplanation {
    let index = evaluator.index;
    let measure = &index.plan.measures[id];
    let table = measure.basis.table;
    let line_of = |row: u32| line_of(index, table, row);
    let (mut examined, mut outside) = (Vec::new(), Vec::new());
    for row in index.rows_of_party(table, party) {
        match examine::<Step>(evaluator, measure, row, year) {
            Ok(found) => examined.push(found),
            Err(why) => outside.push(OutsideRow { basis: index.basis_text(table, row), line: line_of(row), why }),
        }
    }
    let settled = settle_with_rivals(evaluator, id, &examined, year);
    let other_row = |other: u32| {
        let moment = examine::<Value>(evaluator, measure, other, year).ok()?.moment?;
        Some(OtherRow {
            code: index.party_code(index.owner(table, other)),
            basis: index.basis_text(table, other),
            case: None,
            is_withheld: false,
            day: moment.day,
            year: moment.year,
        })
    };
    // Rows of earlier years were examined because a limit counts them; they give no result in this one.
    let mut bases = Vec::new();
    for row in examined {
        match row.moment {
            Some(moment) if moment.year != year => {
                let (basis, why) = (index.basis_text(table, row.basis), Outside::OtherYear(moment.year));
                outside.push(OutsideRow { basis, line: line_of(row.basis), why });
            }
            _ => {
                let after_limits = settled.iter().find(|settled| settled.basis == row.basis);
                let after_limits = after_limits.expect("a party's own rows are among those that are settled");
                bases.push(explain_basis(evaluator, measure, row, (after_limits, &settled), year, &other_row));
            }
        }
    }
    bases.sort_by(|a, b| (&a.basis, a.row.basis).cmp(&(&b.basis, b.row.basis)));
    outside.sort_by(|a, b| (&a.basis, a.line).cmp(&(&b.basis, b.line)));
    MeasureExplanation { measure: id, bases, outside }
}

/// Settles a party's rows together with all rows that may take their places.
fn settle_with_rivals(evaluator: Evaluator, id: usize, own: &[Examined<Step>], year: i64) -> Arc<Vec<Settled>> {
    let index = evaluator.index;
    let measure = &index.plan.measures[id];
    let table = measure.basis.table;
    if own.is_empty() {
        return Arc::default();
    }
    let keys: Vec<Key> = measure.limits.iter().filter_map(|limit| limit.kind.key()).collect();
    if keys.contains(&Key::All) {
        let everyone = || judge(evaluator, measure, 0..index.rows(table), year, None);
        return index.whole(id, year, evaluator.as_of, everyone);
    }
    // A rival may itself have rivals by another key, whose refusal makes room.
    let mut rows = BTreeSet::new();
    let mut pending: Vec<u32> = own.iter().map(|row| row.basis).collect();
    while let Some(row) = pending.pop() {
        if !rows.insert(row) {
            continue;
        }
        for key in &keys {
            match key {
                Key::All => {}
                Key::Party => pending.extend(index.rows_of_party(table, index.owner(table, row))),
                Key::Column(column) => pending.extend(index.rows_with_same_key(table, *column, row)),
            }
        }
    }
    Arc::new(judge(evaluator, measure, rows, year, None))
}

fn line_of(index: &Index, table: TableId, row: u32) -> u32 {
    index.facts.table(table).origin.lines.of(row as usize)
}

/// A row with all that led to what it comes to, given as it was settled beside others. `other_row` tells of a rival what people
/// know it by.
fn explain_basis(
    evaluator: Evaluator,
    measure: &Measure,
    examined: Examined<Step>,
    (settled, beside): (&Settled, &[Settled]),
    year: i64,
    other_row: &dyn Fn(u32) -> Option<OtherRow>,
) -> BasisExplanation {
    let index = evaluator.index;
    let row = row_of(&settled.verdict, (examined.party, examined.basis), measure, examined.moment, year);
    let rival = |effect: &Effect| match effect {
        Effect::Once { taken_by } => *taken_by,
        Effect::TopUp { reached_by, .. } => *reached_by,
        Effect::Top { last, .. } => last.map(|(last, _)| last),
        Effect::Years { .. } | Effect::Cap { .. } => None,
    };
    let limits = settled.passes.iter().map(|pass| LimitTrace {
        limit: pass.limit,
        passed: pass.passed,
        effect: pass.effect.clone(),
        step: examined.limit_values[pass.limit].clone(),
        other: rival(&pass.effect).and_then(other_row),
        unsettled: limits::may_come_before(index, measure, pass, settled, beside),
        pending: Vec::new(),
    });
    let limits = limits.collect();
    // Of a measure that pays by rank all offers were looked at; the rank decides which one counts.
    let alternative = if measure.pay.by_rank { row.alternative().map(usize::from) } else { examined.alternative };
    let gaps = |explanation: &BasisExplanation| {
        nearest::gaps(&index.plan, explanation, &examined.offers, &examined.limit_values)
    };
    // Where the guards leave one alternative, it is the only offer.
    let offer = alternative.map(|alternative| if measure.pay.by_rank { alternative } else { 0 });
    let amount = offer.and_then(|offer| examined.offers.get(offer)).map_or_else(Vec::new, |offer| offer.found.clone());
    let mut explanation = BasisExplanation {
        row,
        basis: index.basis_text(measure.basis.table, examined.basis),
        line: line_of(index, measure.basis.table, examined.basis),
        day: examined.moment.and_then(|moment| moment.day),
        year: examined.moment.map(|moment| moment.year),
        date: examined.date,
        filter: examined.filter,
        conditions: examined.conditions,
        guards: examined.guards,
        alternative,
        amount,
        limits,
        missing: Vec::new(),
        nearest: Vec::new(),
    };
    if explanation.row.status() == Status::Unknown {
        explanation.missing = gaps(&explanation);
    }
    explanation.nearest = nearest::needs(&index.plan, &explanation);
    explanation
}
