//! The sample district loads without an error, the same from either format and on any number of threads.

// What fails in a helper is to fail the test.
#![allow(clippy::unwrap_used)]

use std::path::Path;

use crate::common::{Folder, vocabulary};
use duixian_facts::table::{Cell, Facts, Lines};
use duixian_facts::{SampleError, SampleFormat, SampleOptions, sample};
use duixian_rules::vocabulary::ColumnType;

fn make(enterprises: u64, seed: u64, format: SampleFormat, threads: usize) -> Folder {
    let folder = Folder::new();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    let options = SampleOptions { enterprises, seed, format, known_on: None };
    pool.install(|| sample(&options, folder.0.path())).unwrap();
    folder
}

/// All that evaluators read, without the files' names and lines.
fn contents(mut facts: Facts) -> String {
    for table in &mut facts.tables {
        table.origin.file.clear();
        table.origin.lines = Lines::default();
    }
    format!("{facts:?}")
}

#[test]
fn both_formats_hold_the_same_facts_and_no_error() {
    let csv = make(9_000, 3, SampleFormat::Csv, 2).load().unwrap();
    let parquet = make(9_000, 3, SampleFormat::Parquet, 2).load().unwrap();
    assert_eq!(csv.report.rows_in_error(), 0, "{:?}", csv.report.errors().next());
    assert_eq!(parquet.report.rows_in_error(), 0, "{:?}", parquet.report.errors().next());
    assert!(csv.report.warnings.is_empty() && parquet.report.warnings.is_empty());
    assert!(csv.facts.tables.iter().all(|table| table.rows > 0), "every table has rows");
    assert!(contents(csv.facts) == contents(parquet.facts));
}

#[test]
fn the_same_seed_gives_the_same_bytes_on_any_number_of_threads() {
    let read = |folder: &Path, file: &str| std::fs::read(folder.join(file)).unwrap();
    for (format, file) in [
        (SampleFormat::Csv, "enterprises.csv"),
        (SampleFormat::Csv, "ip_filings.csv"),
        (SampleFormat::Parquet, "enterprises.parquet"),
        (SampleFormat::Parquet, "annual_accounts.parquet"),
    ] {
        let (one, three) = (make(10_000, 5, format, 1), make(10_000, 5, format, 3));
        assert!(read(one.0.path(), file) == read(three.0.path(), file), "{file}");
        let other = make(10_000, 6, format, 3);
        assert!(read(one.0.path(), file) != read(other.0.path(), file), "another seed, another district");
    }
}

#[test]
fn small_districts_and_other_formats() {
    let folder = make(0, 1, SampleFormat::Parquet, 2);
    let loaded = folder.load().unwrap();
    assert!(loaded.facts.tables.iter().all(|table| table.rows == 0));
    let options = SampleOptions { enterprises: 1, seed: 1, format: SampleFormat::Csv, known_on: None };
    assert!(matches!(sample(&options, folder.0.path()), Err(SampleError::OtherFormat(_))));
    let again = SampleOptions { format: SampleFormat::Parquet, ..options };
    assert_eq!(sample(&again, folder.0.path()).unwrap().tables[0], ("enterprises", 1));
    assert_eq!(std::fs::read_dir(folder.0.path()).unwrap().count(), vocabulary().tables.len(), "nothing left over");
}

/// Puts a district's rows in order: the same rows, each with its file's line, parties by code and the others by party and name.
#[test]
fn facts_in_order_say_the_same() {
    let facts = make(3_000, 4, SampleFormat::Csv, 2).load().unwrap().facts;
    let vocabulary = vocabulary();
    let in_order = facts.clone().in_order(&vocabulary);
    let party_table = vocabulary.party_table().unwrap();
    let rows_of = |facts: &Facts, id: usize| {
        let table = &facts.tables[id];
        let code = |row: usize| {
            let party = if id == party_table { row } else { table.party[row] as usize };
            facts.tables[party_table].cell(0, party)
        };
        let shape = &vocabulary.tables[id];
        let name = shape.id_column().or_else(|| shape.year_column()).filter(|_| id != party_table);
        let row = |row: usize| {
            let cells: Vec<_> = (0..shape.columns.len()).map(|column| table.cell(column, row)).collect();
            let key = (format!("{:?}", code(row)), name.map(|name| format!("{:?}", table.cell(name, row))));
            (key, format!("{cells:?} {}", table.origin.lines.of(row)))
        };
        (0..table.rows).map(row).collect::<Vec<_>>()
    };
    for id in 0..vocabulary.tables.len() {
        let (mut before, after) = (rows_of(&facts, id), rows_of(&in_order, id));
        assert!(!facts.is_in_order(&vocabulary, id) && in_order.is_in_order(&vocabulary, id), "table {id}");
        assert!(after.is_sorted_by(|one, other| one.0 <= other.0), "table {id}");
        if id != party_table {
            let (rows_of, party) = (in_order.rows_of_parties(id).unwrap(), &in_order.tables[id].party);
            let bounds = |party: u32| (rows_of.starts[party as usize], rows_of.starts[party as usize + 1]);
            let is_within = |(row, party): (u32, &u32)| (bounds(*party).0..bounds(*party).1).contains(&row);
            assert!((0..).zip(party).all(is_within), "table {id}");
            let lengths = rows_of.starts.windows(2).map(|bounds| bounds[1] - bounds[0]);
            assert_eq!((lengths.clone().sum::<u32>() as usize, lengths.max()), (party.len(), Some(rows_of.most)));
        }
        before.sort();
        let mut sorted = after;
        sorted.sort();
        assert_eq!(before, sorted, "table {id}");
    }
}

/// Tables drawn up on a day know nothing of later days, but how long something is valid, and all that happened before.
#[test]
fn nothing_is_known_of_later_days() {
    let (vocabulary, folder) = (vocabulary(), Folder::new());
    let options = SampleOptions { enterprises: 3_000, seed: 4, format: SampleFormat::Csv, known_on: None };
    let all = make(3_000, 4, SampleFormat::Csv, 2).load().unwrap().facts;
    let day = 17_959;
    sample(&SampleOptions { known_on: Some(day), ..options }, folder.0.path()).unwrap();
    let loaded = folder.load().unwrap();
    assert_eq!(loaded.report.errors().count(), 0);
    for (id, table) in vocabulary.tables.iter().enumerate() {
        for (column, shape) in table.columns.iter().enumerate().filter(|(_, shape)| shape.ty == ColumnType::Date) {
            let days = |facts: &Facts| {
                let cells = (0..facts.tables[id].rows).map(|row| facts.tables[id].cell(column, row));
                let days = cells.filter_map(|cell| if let Cell::Number(day) = cell { Some(day) } else { None });
                days.collect::<Vec<i64>>()
            };
            let (before, after) = (days(&all), days(&loaded.facts));
            let early = |days: &[i64]| days.iter().filter(|known| **known <= day).count();
            match shape.name.en.as_str() {
                "valid_until" => assert!(after.len() <= before.len()),
                "registered_on" => assert_eq!((early(&after), after.len()), (before.len(), before.len())),
                _ => assert_eq!((early(&after), after.len()), (early(&before), early(&before)), "{}", shape.name.en),
            }
        }
    }
}
