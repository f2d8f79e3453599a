//! Puts one question to both executions.

use duixian_assess::reference::{self, Coverage, Index};
use duixian_assess::{AssessOptions, Assessment, Row, Status, assess_batch};
use duixian_facts::table::Facts;
use duixian_rules::plan::Plan;
use rayon::ThreadPool;

use super::dice::Dice;
use super::district::Question;

/// What both executions came to.
pub struct Agreed {
    pub assessment: Assessment,
    pub coverage: Coverage,
}

/// Assesses by the reference, and by the batch in each pool; says where they differ.
pub fn assess(plan: &Plan, facts: &Facts, question: &Question, pools: &[ThreadPool]) -> Result<Agreed, String> {
    let Question { year, as_of, all, measures } = question.clone();
    let expected = reference::assess(plan, facts, year, as_of, measures.as_deref(), all);
    let options = AssessOptions { year, as_of, measures, all };
    for pool in pools {
        let found = pool.install(|| assess_batch(plan, facts, &options));
        if found != expected.assessment {
            let difference = difference(plan, &expected.assessment, &found);
            return Err(format!("batch on {} threads: {difference}", pool.current_num_threads()));
        }
    }
    Ok(Agreed { assessment: expected.assessment, coverage: expected.coverage })
}

/// Explains some parties and holds their decided rows against the assessment's.
pub fn explain(
    plan: &Plan,
    facts: &Facts,
    question: &Question,
    agreed: &Assessment,
    dice: &mut Dice,
) -> Result<(), String> {
    let parties = plan.vocabulary.party_table().map_or(0, |table| facts.table(table).rows);
    let index = Index::new(plan, facts);
    for _ in 0..parties.min(3) {
        let party = dice.below(parties) as u32;
        let measures = question.measures.as_deref();
        let explained = reference::explain_party(&index, party, question.year, question.as_of, measures);
        for (expected, found) in agreed.measures.iter().zip(&explained.measures) {
            let measure = &plan.measures[expected.measure];
            let is_shown = |row: &Row| {
                question.all || row.status() != Status::NotEntitled || !measure.hides_refusals(&plan.vocabulary)
            };
            let expected: Vec<Row> = expected.rows.iter().filter(|row| row.party == party).collect();
            let found: Vec<Row> = found.bases.iter().map(|basis| basis.row).filter(is_shown).collect();
            if expected != found {
                return Err(format!("{} explained to {party}: {expected:#?} or {found:#?}", measure.name.en));
            }
        }
    }
    Ok(())
}

/// The first row in which two assessments differ.
fn difference(plan: &Plan, expected: &Assessment, found: &Assessment) -> String {
    for (expected, found) in expected.measures.iter().zip(&found.measures) {
        let name = &plan.measures[expected.measure].name.en;
        let rows = expected.rows.len().max(found.rows.len());
        for row in 0..rows {
            let (expected, found) = (expected.rows.get(row), found.rows.get(row));
            if expected != found {
                return format!("{name}, row {row}\nreference {expected:#?}\nbatch {found:#?}");
            }
        }
    }
    "the measures differ, or the year, or the day".to_owned()
}
