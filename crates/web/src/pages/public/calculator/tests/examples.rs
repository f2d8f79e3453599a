//! The examples of packs, put to the calculator as a person would type them, and to the appraisal of an application: all three come to
//! the same.

use std::sync::Arc;

use chrono::NaiveDate;
use duixian_assess::result::Status as Outcome;
use duixian_casework::appraisal::Question;
use duixian_casework::case::{Standing, Subject};
use duixian_casework::dossier::{Dossier, RegistryRow, row_key};
use duixian_casework::moment::Moment;
use duixian_facts::form::canonical_cell;
use duixian_money::Fen;
use duixian_rules::examples::{CaseRow, ExpectedStatus, Given as Example, Value};
use duixian_rules::pack::Pack;
use duixian_rules::plan::FactSlot;
use duixian_rules::syntax::token::date_of;
use duixian_rules::vocabulary::ColumnType;

use super::super::reckon::Reckoned;
use super::super::sheet::{Ask, BASIS};
use super::super::starts::made;
use super::{Reckoning, pack_from, pack_of};
use crate::testing::PACK;

/// What a person types for a value of an example.
fn typed(pack: &Pack, slot: FactSlot, value: &Value) -> String {
    let ty = pack.plan.vocabulary.tables[slot.table].columns[slot.column].ty;
    match (value, ty) {
        (Value::Text(text), _) => text.clone(),
        (Value::Number(fen), ColumnType::Money) => Fen(*fen).to_yuan_string(),
        (Value::Number(days), ColumnType::Date) => date_of(*days).to_string(),
        (Value::Number(yes), ColumnType::Bool) => if *yes == 1 { "是" } else { "否" }.to_owned(),
        (Value::Number(place), ColumnType::Word(list)) => {
            let place = usize::try_from(*place).expect("a place");
            pack.plan.vocabulary.word_lists[list].words[place].zh.clone()
        }
        (Value::Number(parts), ColumnType::Percent | ColumnType::Decimal) => {
            let scale = if ty == ColumnType::Percent { 10_000 } else { 1_000_000 };
            format!("{}.{:06}", parts / scale, parts % scale * (1_000_000 / scale))
        }
        (Value::Number(number), _) => number.to_string(),
    }
}

/// The answer to a question by the facts of an example.
fn answer(pack: &Pack, ask: &Ask, facts: &[Example]) -> Option<(String, String)> {
    let slot = ask.question.slot;
    let fact = facts.iter().find(|fact| (fact.table, fact.column) == (slot.table, slot.column));
    let text = fact.map(|fact| typed(pack, slot, &fact.value));
    if ask.is_choice_of_starts() {
        // In an example whose code is not given it is an enterprise's.
        let text = text.or(ask.is_code().then(|| "91".to_owned()))?;
        let start = ask.starts.iter().find(|start| text.starts_with(&start.value));
        let start = start.or(ask.starts.last()).expect("some beginning");
        return Some((ask.name.clone(), start.value.clone()));
    }
    match text {
        Some(text) => {
            // A word that is chosen is sent by its English name.
            let canonical = canonical_cell(&pack.plan.vocabulary, slot.table, slot.column, &text);
            let is_word = matches!(ask.question.column.ty, ColumnType::Word(_));
            Some((ask.name.clone(), if is_word { canonical.expect("a word") } else { text }))
        }
        None => ask.may_not_have_happened().then(|| (ask.not_happened(), "yes".to_owned())),
    }
}

/// The registry's rows that say what an example says.
fn registry(pack: &Pack, party: &str, measure: usize, year: i32, facts: &[Example]) -> Vec<RegistryRow> {
    let vocabulary = &pack.plan.vocabulary;
    let basis = pack.plan.measures[measure].basis.table;
    let mut tables: Vec<usize> = vocabulary.party_table().into_iter().chain([basis]).collect();
    tables.dedup();
    let row = |table: usize| {
        let declared = &vocabulary.tables[table];
        let cells: Vec<String> = declared
            .columns
            .iter()
            .enumerate()
            .map(|(column, of)| {
                let fact = facts.iter().find(|fact| (fact.table, fact.column) == (table, column));
                match of.ty {
                    ColumnType::Party => party.to_owned(),
                    ColumnType::Year if declared.key.contains(&column) => year.to_string(),
                    ColumnType::Text if declared.key.contains(&column) => BASIS.to_owned(),
                    _ => fact.map_or_else(String::new, |fact| {
                        let text = typed(pack, FactSlot { table, column }, &fact.value);
                        canonical_cell(vocabulary, table, column, &text).expect("a value")
                    }),
                }
            })
            .collect();
        RegistryRow { table, key: row_key(declared, &cells), cells: cells.into() }
    };
    tables.into_iter().map(row).collect()
}

/// Runs all examples of a pack that are about one row; gives how many there were.
fn examples_come_out(pack: &Arc<Pack>) -> usize {
    let mut run = 0;
    for example in &pack.examples {
        let year = i32::try_from(example.year).expect("a year");
        let reckoning = Reckoning { pack, measure: example.measure, year };
        let measure = &pack.plan.measures[example.measure];
        let sheet = reckoning.sheet();
        for row in example.cases.iter().filter(|case| case.rows.len() == 1).flat_map(|case| &case.rows) {
            let is_of_sheet = |fact: &Example| {
                let table = &pack.plan.vocabulary.tables[fact.table];
                let is_own =
                    fact.table == measure.basis.table || pack.plan.vocabulary.party_table() == Some(fact.table);
                // Of another year than the example's, a row is none to try out.
                is_own
                    && !(table.columns[fact.column].ty == ColumnType::Year && fact.value != Value::Number(example.year))
            };
            let is_kind = |ask: &Ask| ask.question.offered.is_some();
            if !row.given.iter().all(is_of_sheet) || limited(row) {
                continue;
            }
            let own = sheet.asks().filter(|ask| !ask.is_of_other_row);
            let others = sheet.groups.iter().filter_map(|group| group.other.as_ref());
            let none = others.map(|row| (row.none.clone(), "yes".to_owned()));
            let answers: Vec<_> = own.filter_map(|ask| answer(pack, ask, &row.given)).chain(none).collect();
            // What is of another kind than the measure means is not offered at all.
            let fixed = sheet.fixed.iter().any(|(cell, word)| {
                let table = pack.plan.vocabulary.table(&cell.table).expect("a table");
                let column = pack.plan.vocabulary.tables[table].column(&cell.column).expect("a column");
                let fact = row.given.iter().find(|fact| (fact.table, fact.column) == (table, column));
                let slot = FactSlot { table, column };
                fact.is_some_and(|fact| {
                    canonical_cell(&pack.plan.vocabulary, table, column, &typed(pack, slot, &fact.value)).as_deref()
                        != Ok(word)
                })
            });
            if fixed || sheet.asks().any(|ask| is_kind(ask) && !answers.iter().any(|(name, _)| *name == ask.name)) {
                continue;
            }
            let reckoned = reckoning.of(&answers);
            let place = format!("{} {year} {:?}", measure.name.zh, row.given);
            let outcome = match row.status {
                ExpectedStatus::Entitled => Some(Outcome::Entitled),
                ExpectedStatus::Conditional => Some(Outcome::Conditional),
                ExpectedStatus::Unknown => Some(Outcome::Unknown),
                ExpectedStatus::NotEntitled => Some(Outcome::NotEntitled),
                ExpectedStatus::NoRow => None,
            };
            assert_eq!(reckoned.outcome, outcome, "{place}");
            if row.amount.is_some() {
                assert_eq!(reckoned.span, row.amount, "{place}");
            }
            as_an_application(pack, example.measure, year, row, &reckoned, &place);
            run += 1;
        }
    }
    run
}

/// Whether an example is about what others have: the calculator knows of nobody else.
fn limited(row: &CaseRow) -> bool {
    row.because.as_deref().is_some_and(|because| ["限额", "就高补差", "前"].iter().any(|one| because.contains(one)))
}

/// An application for the same, of a party that the registry knows, is appraised with the same.
fn as_an_application(pack: &Arc<Pack>, measure: usize, year: i32, row: &CaseRow, reckoned: &Reckoned, place: &str) {
    let vocabulary = &pack.plan.vocabulary;
    let is_code = |fact: &&Example| vocabulary.tables[fact.table].columns[fact.column].ty == ColumnType::Party;
    let start = match row.given.iter().find(is_code).map(|fact| &fact.value) {
        Some(Value::Text(start)) => start.as_str(),
        _ => "91",
    };
    let party = made(ColumnType::Party, start, &[start]).expect("a code");
    let rule = &pack.plan.measures[measure];
    let rows = registry(pack, &party, measure, year, &row.given);
    let own = vocabulary.party_table() != Some(rule.basis.table);
    let basis =
        rows.iter().find(|row| row.table == rule.basis.table && own).map_or(String::new(), |row| row.key.clone());
    let dossier = Dossier::of(&pack.plan, &party, rows, &Default::default());
    let as_of = NaiveDate::from_ymd_opt(year, 12, 31).expect("a day");
    let question = Question::new(pack.clone(), dossier, year, as_of).expect("the tables are sound");
    let subject = Subject { party, measure: rule.name.en.clone(), basis, year, round: 1, fund: String::new() };
    let assessed = question.appraise(&subject, &[], Moment(0)).expect("the measure is there").assessed;
    let standing = match reckoned.outcome {
        Some(Outcome::Entitled) => Standing::Entitled,
        Some(Outcome::Conditional) => Standing::Conditional,
        Some(Outcome::Unknown) => Standing::Unknown,
        Some(Outcome::NotEntitled) | None => Standing::NotEntitled,
    };
    let is_paid = matches!(standing, Standing::Entitled | Standing::Conditional);
    assert_eq!((assessed.standing, assessed.span), (standing, reckoned.span.filter(|_| is_paid)), "{place}");
}

#[test]
fn the_examples_of_every_pack_come_out_as_they_should_and_as_applications_do() {
    let run = examples_come_out(&pack_of("packs/nanming-2017"));
    assert!(run > 85, "only {run} examples of Nanming were run");
    let run = examples_come_out(&pack_of("docs/guide/recipes.zh.md"));
    assert!(run > 45, "only {run} recipes were run");
    assert_eq!(examples_come_out(&pack_from(PACK)), 2);
}
