//! A district written as CSV files comes back from the readers as it was: in either language's headings, in any order of
//! columns, with or without a byte order mark, in UTF-8 and in GB18030; and so does one kept as records in memory.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use crate::dice::Dice;
use crate::district::{Question, district};
use duixian_assess::facts_read;
use duixian_facts::table::{Cell, Column, Facts};
use duixian_facts::{LoadOptions, Loaded, TableText, load, record};
use duixian_money::Fen;
use duixian_rules::reads::columns_read;
use duixian_rules::syntax::token::date_of;
use duixian_rules::vocabulary::{ColumnType, TableKind, Vocabulary};
use encoding_rs::GB18030;

#[test]
fn districts_come_back_from_csv_as_they_were() {
    let mut rows = 0;
    for pack in crate::packs::all() {
        for seed in 0..40 {
            let vocabulary = &pack.pack.plan.vocabulary;
            let mut dice = Dice::new(seed);
            let question = Question::random(&pack.pack.plan, &mut dice);
            let parties = dice.between(5, 60);
            let facts = district(&pack.pack.plan, &question, parties, &mut dice);
            let folder = tempfile::tempdir().unwrap();
            for table in 0..vocabulary.tables.len() {
                // A table without rows may as well have no file.
                if facts.table(table).rows > 0 || dice.one_in(2) {
                    let bytes = file(vocabulary, &facts, table, &mut dice);
                    let name = format!("{}.csv", vocabulary.tables[table].name.en);
                    std::fs::write(folder.path().join(name), bytes).unwrap();
                }
            }
            let loaded = load(vocabulary, folder.path(), &LoadOptions::default());
            let Loaded { facts: found, report } = loaded.unwrap_or_else(|error| panic!("seed {seed}: {error:?}"));
            assert_eq!(report.errors().count(), 0, "{}, seed {seed}: {:?}", pack.name, report.errors().next());
            assert_same(vocabulary, &facts, &found, &format!("{}, seed {seed}", pack.name));
            rows += facts.tables.iter().map(|table| table.rows).sum::<usize>();
        }
    }
    assert!(rows > 10_000, "{rows} rows are hardly a test");
}

#[test]
fn districts_come_back_from_records_as_they_were() {
    for pack in crate::packs::all() {
        for seed in 100..120 {
            let vocabulary = &pack.pack.plan.vocabulary;
            let mut dice = Dice::new(seed);
            let question = Question::random(&pack.pack.plan, &mut dice);
            let parties = dice.between(5, 60);
            let facts = district(&pack.pack.plan, &question, parties, &mut dice);
            let record = |table: usize, row: usize| {
                let cells = record::cells_of(vocabulary, &facts, table, row);
                record::write(&cells.iter().map(|cell| Some(cell.as_str())).collect::<Vec<_>>())
            };
            let text = |table: usize| {
                let records = (0..facts.table(table).rows).map(|row| record(table, row));
                TableText::from_records(vocabulary, table, "登记库", records)
            };
            let texts: Vec<TableText> = (0..vocabulary.tables.len()).map(text).collect();
            let Loaded { facts: found, report } = load(vocabulary, &texts, &LoadOptions::default()).unwrap();
            assert_eq!(report.errors().count(), 0, "{}, seed {seed}: {:?}", pack.name, report.errors().next());
            assert_same(vocabulary, &facts, &found, &format!("{}, seed {seed}", pack.name));
        }
    }
}

#[test]
fn forms_ask_for_what_a_measure_reads() {
    for pack in crate::packs::all() {
        let plan = &pack.pack.plan;
        for measure in &plan.measures {
            let read = facts_read(plan, measure);
            let asked = [&read.basis, &read.party, &read.others].into_iter().flatten();
            let asked: BTreeSet<_> = asked.map(|slot| (slot.table, slot.column)).collect();
            assert_eq!(asked, columns_read(plan, [measure].into_iter()), "{}: {}", pack.name, measure.name.en);
        }
    }
}

fn assert_same(vocabulary: &Vocabulary, expected: &Facts, found: &Facts, which: &str) {
    for (id, declared) in vocabulary.tables.iter().enumerate() {
        let (expected, found) = (expected.table(id), found.table(id));
        let name = &declared.name.en;
        assert_eq!((expected.rows, &expected.party), (found.rows, &found.party), "{which}: {name}");
        for (column, spec) in declared.columns.iter().enumerate() {
            // Tables other than the party table name their parties by row.
            if spec.ty == ColumnType::Party && declared.kind != TableKind::Party {
                continue;
            }
            for row in 0..expected.rows {
                let (expected, found) = (expected.cell(column, row), found.cell(column, row));
                assert_eq!(expected, found, "{which}: {name}.{}, row {row}", spec.name.en);
            }
        }
    }
}

/// A table as a CSV file.
fn file(vocabulary: &Vocabulary, facts: &Facts, id: usize, dice: &mut Dice) -> Vec<u8> {
    let declared = &vocabulary.tables[id];
    let table = facts.table(id);
    let is_chinese = dice.one_in(2);
    let mut order: Vec<usize> = (0..declared.columns.len()).collect();
    order.sort_by_cached_key(|_| dice.roll());
    // A column that is left out is as if all its cells were empty.
    let is_left_out = |column: usize| {
        matches!(table.columns[column], Column::Empty) && declared.columns[column].ty != ColumnType::Party
    };
    order.retain(|&column| !is_left_out(column));
    let crlf = dice.one_in(2);
    let terminator = if crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') };
    let mut writer = csv::WriterBuilder::new().terminator(terminator).from_writer(Vec::new());
    let heading = order.iter().map(|&column| {
        let name = &declared.columns[column].name;
        if is_chinese { &name.zh } else { &name.en }
    });
    writer.write_record(heading.map(String::as_str).chain(["备注 the readers pass over"])).unwrap();
    for row in 0..table.rows {
        let cells = order.iter().map(|&column| {
            let text = cell(vocabulary, facts, (id, column), row, dice);
            match dice.below(12) {
                0 => format!(" {text}"),
                1 => format!("{text}\u{3000}"),
                _ => text,
            }
        });
        let mut cells: Vec<String> = cells.collect();
        cells.push("无".to_owned());
        writer.write_record(cells).unwrap();
    }
    let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
    match dice.below(3) {
        0 => format!("\u{FEFF}{text}").into_bytes(),
        1 => GB18030.encode(&text).0.into_owned(),
        _ => text.into_bytes(),
    }
}

/// A cell as people write it.
fn cell(vocabulary: &Vocabulary, facts: &Facts, (id, column): (usize, usize), row: usize, dice: &mut Dice) -> String {
    let spec = &vocabulary.tables[id].columns[column];
    let table = facts.table(id);
    if spec.ty == ColumnType::Party && !table.party.is_empty() {
        let parties = vocabulary.party_table().unwrap();
        let code = vocabulary.tables[parties].party_column().unwrap();
        return cell(vocabulary, facts, (parties, code), table.party[row] as usize, dice);
    }
    let number = match table.cell(column, row) {
        Cell::Empty => return dice.pick(&["", " ", "\u{3000}"]).to_string(),
        Cell::Text(text) => {
            let is_industry = spec.ty == ColumnType::Industry;
            return if is_industry && dice.one_in(3) { format!("F{text}") } else { text.into_owned() };
        }
        Cell::Number(number) => number,
    };
    match spec.ty {
        ColumnType::Money => {
            let yuan = Fen(number).to_yuan_string();
            if dice.one_in(2) { yuan.strip_suffix(".00").map_or(yuan.clone(), str::to_owned) } else { yuan }
        }
        ColumnType::Percent if dice.one_in(2) => format!("{}%", fixed(number, 4)),
        ColumnType::Percent => fixed(number, 4),
        ColumnType::Decimal => fixed(number, 6),
        ColumnType::Date => date_of(number).format("%Y-%m-%d").to_string(),
        ColumnType::Bool => (number == 1).to_string(),
        ColumnType::Word(list) => vocabulary.word_lists[list].words[number as usize].en.clone(),
        _ => number.to_string(),
    }
}

/// A number with so many decimals.
fn fixed(number: i64, decimals: usize) -> String {
    let sign = if number < 0 { "-" } else { "" };
    let digits = format!("{:0>1$}", number.unsigned_abs(), decimals + 1);
    let (whole, fraction) = digits.split_at(digits.len() - decimals);
    format!("{sign}{whole}.{fraction}")
}
