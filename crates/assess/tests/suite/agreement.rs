//! The two executions agree: on random districts, dense in boundary values, the batch comes to what the reference comes to,
//! row for row and on any number of threads, and an explanation says of a party what the assessment says.
//!
//! The seeds are fixed. `DUIXIAN_SEEDS` multiplies how many are run; `DUIXIAN_SEED` runs one alone.

use crate::dice::Dice;
use crate::district::{Question, district};
use crate::packs::TestPack;
use crate::seen::Seen;
use duixian_assess::reference::Coverage;
use duixian_rules::plan::Plan;
use rayon::{ThreadPool, ThreadPoolBuilder};

/// Seeds of each pack: enough that everything the last assertions name occurs, few enough for a debug build.
const SEEDS: u64 = 300;

/// A seed that makes several long tables.
const LONG: u64 = 6;

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|text| text.parse().expect("a number"))
}

fn seeds() -> Vec<u64> {
    match number("DUIXIAN_SEED") {
        Some(seed) => vec![seed],
        None => (0..SEEDS * number("DUIXIAN_SEEDS").unwrap_or(1)).collect(),
    }
}

fn pools() -> Vec<ThreadPool> {
    let pool = |threads| ThreadPoolBuilder::new().num_threads(threads).build().expect("threads can be started");
    [1, 2, 5].map(pool).into()
}

/// One random district and one question to it.
fn run(plan: &Plan, seed: u64, pools: &[ThreadPool]) -> Result<crate::compare::Agreed, String> {
    let mut dice = Dice::new(seed);
    let question = Question::random(plan, &mut dice);
    let parties = if dice.one_in(10) { dice.between(50, 200) } else { dice.between(5, 40) };
    let facts = district(plan, &question, parties, &mut dice);
    // Facts that lie in the order of results are worked off in another way.
    let facts = if seed.is_multiple_of(3) { facts.in_order(&plan.vocabulary) } else { facts };
    let agreed = crate::compare::assess(plan, &facts, &question, pools)?;
    crate::compare::explain(plan, &facts, &question, &agreed.assessment, &mut dice)?;
    Ok(agreed)
}

/// Conditions of the shipped programme that no fact can make false: a basis is dated no earlier than the day of moving in,
/// or every word of the list will do.
const ALWAYS_MET: [&str; 5] = [
    "nanming-2017: project_matching: never fails: condition 4",
    "nanming-2017: project_matching: never fails: condition 5",
    "nanming-2017: high_tech_recognition: never fails: condition 2",
    "nanming-2017: software_recognition: never fails: condition 2",
    "nanming-2017: standard_participation: never fails: condition 4",
];

#[test]
fn the_batch_and_the_explanations_agree_with_the_reference() {
    let pools = pools();
    let mut seen = Seen::default();
    let mut untouched = Vec::new();
    for TestPack { name, pack, is_ours } in crate::packs::all() {
        let plan = &pack.plan;
        let mut coverage = Coverage::none(plan);
        let mut rows = 0;
        for seed in seeds() {
            let agreed = run(plan, seed, &pools);
            let agreed = agreed.unwrap_or_else(|difference| panic!("{name}, DUIXIAN_SEED={seed}: {difference}"));
            seen.note(plan, &agreed.assessment, &agreed.coverage);
            coverage.add(&agreed.coverage);
            rows += agreed.assessment.rows();
        }
        eprintln!("{name}: {rows} rows agree");
        if is_ours {
            untouched.extend(crate::seen::untouched(plan, &coverage).into_iter().map(|part| format!("{name}: {part}")));
        }
    }
    if number("DUIXIAN_SEED").is_none() {
        assert_eq!(seen.unseen(), Vec::<String>::new(), "never occurred");
        untouched.retain(|part| !ALWAYS_MET.contains(&part.as_str()));
        assert!(untouched.is_empty(), "never put to use:\n{}", untouched.join("\n"));
    }
}

/// Tables so long that several cores share one.
#[test]
fn long_tables_are_worked_off_alike_on_any_number_of_threads() {
    let pack =
        crate::packs::all().into_iter().find(|pack| pack.name == "every-form").expect("the pack beside this test");
    let plan = &pack.pack.plan;
    let question = Question { year: 2017, as_of: crate::palette::day(2017, 12, 31), all: true, measures: None };
    let facts = district(plan, &question, 34_000, &mut Dice::new(LONG));
    let lengths: Vec<usize> = facts.tables.iter().map(|table| table.rows).collect();
    assert!(lengths.iter().filter(|rows| **rows > 33_000).count() > 2, "{lengths:?} rows are one core's work");
    for facts in [facts.clone(), facts.in_order(&plan.vocabulary)] {
        for question in [question.clone(), Question { all: false, ..question.clone() }] {
            let agreed = crate::compare::assess(plan, &facts, &question, &pools());
            let agreed = agreed.unwrap_or_else(|difference| panic!("{difference}"));
            eprintln!("{} rows agree", agreed.assessment.rows());
        }
    }
}
