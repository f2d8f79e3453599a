//! Packs that still compile after a mutation, over random districts: both executions come to the same, and every result can
//! be explained.

#![no_main]

use std::sync::LazyLock;

use duixian_assess::explain;
use duixian_assess::reference::{Index, explain_party};
use duixian_fuzz::dice::Dice;
use duixian_fuzz::district::{Question, district};
use duixian_fuzz::{compare, mutate, pack};
use duixian_rules::vocabulary::Lang;
use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};
use rayon::{ThreadPool, ThreadPoolBuilder};

/// Bytes that choose the district; the pack comes after them.
const SEED: usize = 8;

static POOLS: LazyLock<[ThreadPool; 1]> =
    LazyLock::new(|| [ThreadPoolBuilder::new().num_threads(1).build().expect("a thread can be started")]);

fuzz_target!(|input: &[u8]| {
    let Some((seed, text)) = input.split_at_checked(SEED) else { return };
    let read = pack(&String::from_utf8_lossy(text));
    if read.has_errors() {
        return;
    }
    let plan = &read.plan;
    let mut dice = Dice::new(seed.iter().fold(0, |seed, byte| seed << 8 | u64::from(*byte)));
    let question = Question::random(plan, &mut dice);
    let parties = dice.between(3, 12);
    let facts = district(plan, &question, parties, &mut dice);
    let agreed = compare::assess(plan, &facts, &question, &*POOLS).unwrap_or_else(|difference| panic!("{difference}"));
    let explained = compare::explain(plan, &facts, &question, &agreed.assessment, &mut dice);
    explained.unwrap_or_else(|difference| panic!("{difference}"));
    if plan.vocabulary.party_table().is_some_and(|table| facts.table(table).rows > 0) {
        let explanation = explain_party(&Index::new(plan, &facts), 0, question.year, question.as_of, None);
        for lang in [Lang::Zh, Lang::En] {
            explain::render_text(&explanation, plan, lang, &|_| None);
            explain::render_html(&explanation, plan, lang, &|_| None);
        }
        explain::render_json(&explanation, plan, &|_| None);
    }
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    let text = data[..size].get(SEED..).and_then(|text| std::str::from_utf8(text).ok());
    match text {
        Some(text) if !seed.is_multiple_of(4) => {
            let mutated = mutate::mutate(text, seed);
            let length = mutated.floor_char_boundary(max_size.min(data.len()) - SEED);
            data[SEED..SEED + length].copy_from_slice(&mutated.as_bytes()[..length]);
            SEED + length
        }
        // Another district for the same pack.
        _ if size > SEED => fuzzer_mutate(&mut data[..SEED], SEED, SEED).max(SEED) + size - SEED,
        _ => fuzzer_mutate(data, size, max_size),
    }
});
