//! Runs the examples that a pack carries, on the reference and on the batch, and says what no example reaches.

mod coverage;
mod district;

use duixian_rules::diagnostic::Diagnostic;
use duixian_rules::examples::{CaseRow, Example, ExpectedStatus};
use duixian_rules::plan::Plan;
use duixian_rules::syntax::token::days_of;
use duixian_rules::vocabulary::Lang;

use crate::batch::{AssessOptions, assess_batch};
use crate::reference::{self, Coverage};
use crate::result::{Row, Status};
use district::District;

/// What running a pack's examples gave.
#[derive(Clone, Debug)]
pub struct ExampleRun {
    /// Rows that came out as expected.
    pub passed: usize,
    /// Rows that did not, each at its place in the pack.
    pub failures: Vec<Diagnostic>,
    /// Conditions, tiers and limits that no example reaches, each at its place in the pack.
    pub unreached: Vec<Diagnostic>,
}

/// Runs all examples of a pack.
pub fn run(plan: &Plan, examples: &[Example]) -> ExampleRun {
    let mut coverage = Coverage::none(plan);
    let mut result = ExampleRun { passed: 0, failures: Vec::new(), unreached: Vec::new() };
    for example in examples {
        for case in &example.cases {
            let basis = plan.measures[example.measure].basis.table;
            let district = District::of(case, basis, example.year, &plan.vocabulary);
            let as_of = last_day_of(example.year);
            let measures = [example.measure];
            let assessed = reference::assess(plan, &district.facts, example.year, as_of, Some(&measures), true);
            coverage.add(&assessed.coverage);
            let options = AssessOptions { year: example.year, as_of, measures: Some(measures.to_vec()), all: true };
            let batch = assess_batch(plan, &district.facts, &options);
            let rows = |assessment: &crate::result::Assessment| -> Vec<Row> {
                assessment.measures.first().map(|measure| measure.rows.iter().collect()).unwrap_or_default()
            };
            let (by_reference, by_batch) = (rows(&assessed.assessment), rows(&batch));
            for (expected, basis_row) in case.rows.iter().zip(&district.basis_rows) {
                let found = by_reference.iter().find(|row| row.basis == *basis_row);
                let in_batch = by_batch.iter().find(|row| row.basis == *basis_row);
                match compare(plan, example.measure, expected, found) {
                    Some(failure) => result.failures.push(failure),
                    None if found != in_batch => result.failures.push(disagreement(expected)),
                    None => result.passed += 1,
                }
            }
        }
    }
    result.unreached = coverage::unreached(plan, &coverage);
    result
}

/// The as-of date of an example: the last day of its year, in days since 1970-01-01.
fn last_day_of(year: i64) -> i64 {
    let year = i32::try_from(year).unwrap_or(0);
    chrono::NaiveDate::from_ymd_opt(year, 12, 31).map_or(0, days_of)
}

/// What is wrong with a row's result, if anything.
fn compare(plan: &Plan, measure: usize, expected: &CaseRow, found: Option<&Row>) -> Option<Diagnostic> {
    let status = found.map_or(ExpectedStatus::NoRow, |row| match row.status() {
        Status::Entitled => ExpectedStatus::Entitled,
        Status::Conditional => ExpectedStatus::Conditional,
        Status::Unknown => ExpectedStatus::Unknown,
        Status::NotEntitled => ExpectedStatus::NotEntitled,
    });
    let measure = &plan.measures[measure];
    let reason = |lang: Lang| found.map(|row| row.reason().text(plan, measure, lang)).unwrap_or_default();
    let describe = |lang: Lang| {
        let because = Some(reason(lang)).filter(|reason| !reason.is_empty());
        let separator = if lang == Lang::Zh { "：" } else { ": " };
        because.map(|because| format!("{separator}{because}")).unwrap_or_default()
    };
    if status != expected.status {
        return Some(Diagnostic::new(
            "E650",
            expected.span,
            format!(
                "示例预期“{}”，结果是“{}”{}",
                word(expected.status, Lang::Zh),
                word(status, Lang::Zh),
                describe(Lang::Zh)
            ),
            format!(
                "the example expects {}, the result is {}{}",
                word(expected.status, Lang::En),
                word(status, Lang::En),
                describe(Lang::En)
            ),
        ));
    }
    let amount = found.and_then(|row| row.amount());
    if let Some(wanted) = expected.amount
        && amount != Some(wanted)
    {
        let shown = amount.map_or_else(|| "–".to_owned(), |amount| amount.to_string());
        return Some(Diagnostic::new(
            "E651",
            expected.span,
            format!("示例预期金额 {wanted} 元，结果是 {shown} 元"),
            format!("the example expects {wanted} yuan, the result is {shown} yuan"),
        ));
    }
    if let Some(because) = &expected.because
        && !reason(Lang::Zh).contains(because)
        && !reason(Lang::En).contains(because)
    {
        return Some(Diagnostic::new(
            "E652",
            expected.span,
            format!("示例预期的原因含“{because}”，结果的原因是“{}”", reason(Lang::Zh)),
            format!("the example expects a reason with “{because}”, the reason is “{}”", reason(Lang::En)),
        ));
    }
    None
}

fn disagreement(expected: &CaseRow) -> Diagnostic {
    Diagnostic::new(
        "E653",
        expected.span,
        "两种执行方式对这一行的结果不同：这是程序的缺陷，请报告",
        "the two executions disagree on this row: this is a defect of the program, please report it",
    )
}

fn word(status: ExpectedStatus, lang: Lang) -> &'static str {
    let (zh, en, _) = duixian_rules::examples::RESULTS
        .iter()
        .find(|(_, _, other)| *other == status)
        .expect("every status has its words in the table");
    match lang {
        Lang::Zh => zh,
        Lang::En => en,
    }
}
