//! Facts that come as records instead of files, and single cells of forms.

// What fails in a helper is to fail the test.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use crate::common::{Folder, vocabulary};
use duixian_facts::record::{self, cells_of};
use duixian_facts::uscc::Uscc;
use duixian_facts::{
    InputProblem, LoadError, LoadOptions, Loaded, RowErrorKind, TableRows, TableText, canonical_cell, check_cell, load,
};
use duixian_rules::vocabulary::{Column, ColumnType, Empty, Lang, Name, Table, TableKind, Vocabulary, WordList};
use proptest::prelude::*;

const A: &str = "91110000802100433B";

/// A party table with a column of every type, its names the types' own.
fn every_type() -> Vocabulary {
    let column = |en: &str, ty, empty| Column { name: Name::new(format!("列{en}"), en), ty, empty };
    let columns = vec![
        column("code", ColumnType::Party, Empty::Required),
        column("money", ColumnType::Money, Empty::Unknown),
        column("percent", ColumnType::Percent, Empty::Unknown),
        column("decimal", ColumnType::Decimal, Empty::Unknown),
        column("date", ColumnType::Date, Empty::Unknown),
        column("year", ColumnType::Year, Empty::Unknown),
        column("count", ColumnType::Count, Empty::Unknown),
        column("bool", ColumnType::Bool, Empty::Unknown),
        column("text", ColumnType::Text, Empty::Unknown),
        column("word", ColumnType::Word(0), Empty::Required),
        column("industry", ColumnType::Industry, Empty::Unknown),
        column("division", ColumnType::Division, Empty::Unknown),
    ];
    let words = [("国家级", "national"), ("省级", "provincial")].map(|(zh, en)| Name::new(zh, en));
    Vocabulary {
        tables: vec![Table { name: Name::new("主体", "parties"), kind: TableKind::Party, key: vec![0], columns }],
        word_lists: vec![Arc::new(WordList { name: Name::new("级别", "level"), words: words.into() })],
        groups: Vec::new(),
    }
}

/// The canonical texts of a type.
fn cell(vocabulary: &Vocabulary, ty: ColumnType) -> BoxedStrategy<String> {
    let fraction = |number: i64, decimals: u32| {
        let (sign, number) = (if number < 0 { "-" } else { "" }, number.unsigned_abs());
        let (whole, rest) = (number / 10u64.pow(decimals), number % 10u64.pow(decimals));
        format!("{sign}{whole}.{rest:0width$}", width = decimals as usize)
    };
    let short = |text: String| text.trim_end_matches('0').trim_end_matches('.').to_owned();
    let most = 100_000_000_000_000_000i64;
    match ty {
        ColumnType::Money => (-most..=most).prop_map(move |fen| fraction(fen, 2)).boxed(),
        ColumnType::Percent => (-most..=most).prop_map(move |ppm| short(fraction(ppm, 4))).boxed(),
        ColumnType::Decimal => (-most..=most).prop_map(move |ppm| short(fraction(ppm, 6))).boxed(),
        ColumnType::Date => (1..=9999i32, 1..=12i32, 1..=28i32)
            .prop_map(|(year, month, day)| format!("{year:04}-{month:02}-{day:02}"))
            .boxed(),
        ColumnType::Year => (0..=9999i32).prop_map(|year| year.to_string()).boxed(),
        ColumnType::Count => (0..=most).prop_map(|count| count.to_string()).boxed(),
        ColumnType::Bool => any::<bool>().prop_map(|value| value.to_string()).boxed(),
        ColumnType::Text => "[a-c,\"\u{feff}甲\n \r;='-]{1,12}".prop_map(|text| text.trim().to_owned()).boxed(),
        ColumnType::Word(list) => {
            let words: Vec<String> = vocabulary.word_lists[list].words.iter().map(|word| word.en.clone()).collect();
            proptest::sample::select(words).boxed()
        }
        ColumnType::Industry => "[0-9]{2,4}".boxed(),
        ColumnType::Division => "[0-9]{6}".boxed(),
        ColumnType::Party => {
            "[0-9A-HJ-NP-RTUWXY]{17}".prop_map(|body| Uscc::complete(&body).unwrap().to_string()).boxed()
        }
    }
}

/// The rows of a table: cells of the columns' types, those that may be empty sometimes so.
fn rows(vocabulary: &Vocabulary, table: usize) -> BoxedStrategy<Vec<Vec<String>>> {
    let columns: Vec<BoxedStrategy<String>> = (0..vocabulary.tables[table].columns.len())
        .map(|column| {
            let given = cell(vocabulary, vocabulary.tables[table].columns[column].ty);
            if duixian_facts::form::is_required(&vocabulary.tables[table], column) {
                given.prop_filter("not empty", |text| !text.is_empty()).boxed()
            } else {
                prop_oneof![3 => given, 1 => Just(String::new())].boxed()
            }
        })
        .collect();
    prop::collection::vec(columns, 0..6).boxed()
}

fn write(cells: &[String]) -> String {
    record::write(&cells.iter().map(|cell| Some(cell.as_str())).collect::<Vec<_>>())
}

fn loaded(vocabulary: &Vocabulary, tables: &[(usize, Vec<String>)]) -> Loaded {
    let texts: Vec<TableText> =
        tables.iter().map(|(table, records)| TableText::from_records(vocabulary, *table, "登记库", records)).collect();
    load(vocabulary, &texts, &LoadOptions::default()).unwrap()
}

proptest! {
    #[test]
    fn a_record_gives_its_cells_back(cells in prop::collection::vec("[a,\"\u{feff}甲\r\n ]{0,6}", 1..5)) {
        prop_assert_eq!(record::read(&write(&cells)), cells);
    }

    #[test]
    fn what_is_written_loads_and_comes_back(rows in rows(&every_type(), 0)) {
        let vocabulary = every_type();
        let records = rows.iter().map(|cells| write(cells)).collect();
        let loaded = loaded(&vocabulary, &[(0, records)]);
        let mut expected: Vec<&Vec<String>> = Vec::new();
        for row in &rows {
            if expected.iter().all(|earlier| earlier[0] != row[0]) {
                expected.push(row);
            }
        }
        let facts = &loaded.facts;
        let found: Vec<Vec<String>> = (0..facts.tables[0].rows).map(|row| cells_of(&vocabulary, facts, 0, row)).collect();
        prop_assert!(found.iter().eq(expected), "{:?}", loaded.report.errors().collect::<Vec<_>>());
    }

    #[test]
    fn rows_load_as_their_records_do(rows in rows(&every_type(), 0), short in prop::option::of(0..6usize)) {
        let (vocabulary, mut rows) = (every_type(), rows);
        // Of rows in memory each is a line, whatever its cells hold.
        rows.iter_mut().flatten().for_each(|cell| *cell = cell.replace(['\r', '\n'], " "));
        if let Some(row) = short.and_then(|place| rows.get_mut(place)) {
            row.pop();
        }
        let records = rows.iter().map(|cells| write(cells)).collect();
        let from_records = loaded(&vocabulary, &[(0, records)]);
        let rows = rows.iter().map(Vec::as_slice).collect();
        let tables = vec![TableRows { table: 0, name: "登记库".to_owned(), rows }];
        let from_rows = load(&vocabulary, &tables, &LoadOptions::default()).unwrap();
        prop_assert_eq!(format!("{:?}", from_rows.facts), format!("{:?}", from_records.facts));
        prop_assert_eq!(format!("{:?}", from_rows.report), format!("{:?}", from_records.report));
    }

    #[test]
    fn a_canonical_cell_is_sound_and_stays(column in 0..12usize, text in "[ -~０-９，．￥年月日元甲\r\n\t]{0,12}") {
        let vocabulary = every_type();
        if let Ok(canonical) = canonical_cell(&vocabulary, 0, column, &text) {
            prop_assert_eq!(check_cell(&vocabulary, 0, column, &canonical), Ok(()));
            prop_assert_eq!(canonical_cell(&vocabulary, 0, column, &canonical), Ok(canonical));
        }
    }
}

#[test]
fn rows_of_other_tables_name_their_party() {
    let vocabulary = vocabulary();
    let accounts = vocabulary.table("annual_accounts").unwrap();
    let account = format!("{A},2017,12345.60,,-0.05,true,");
    let loaded = loaded(&vocabulary, &[(accounts, vec![account.clone()]), (0, vec![format!("{A},甲,,,,,,,,")])]);
    assert_eq!(loaded.report.rows_in_error(), 0, "{}", loaded.report.summary(Lang::En));
    let cells = cells_of(&vocabulary, &loaded.facts, accounts, 0);
    assert_eq!(write(&cells), account);
    assert_eq!(loaded.facts.tables[accounts].origin.file, "登记库");
}

#[test]
fn texts_are_read_as_files_are() {
    let vocabulary = vocabulary();
    let parties =
        format!("code,名称,registered_on,更多\n{A},甲,2017/1/1,\n{A},乙,,\n{A},丙,2017-01-01,\n\nx\n").into_bytes();
    let (gb, ..) = encoding_rs::GB18030.encode("编号,code,kind\n甲,,发明专利\n");
    let texts = [
        TableText { table: 0, name: "enterprises.csv".to_owned(), csv: parties.clone() },
        TableText { table: 2, name: "ip_filings.csv".to_owned(), csv: gb.to_vec() },
    ];
    let from_texts = load(&vocabulary, &texts[..], &LoadOptions::default()).unwrap();
    let from_files = Folder::new().file("enterprises.csv", parties).file("ip_filings.csv", gb).load().unwrap();
    assert_eq!(from_texts.report, from_files.report);
    assert!(from_texts.report.rows_in_error() == 4 && from_texts.report.warnings.len() == 1);
    assert_eq!(format!("{:?}", from_texts.facts), format!("{:?}", from_files.facts));

    let twice = [texts[0].clone(), texts[0].clone()];
    let Err(LoadError::Input { problem, .. }) = load(&vocabulary, &twice[..], &LoadOptions::default()) else {
        panic!("one table in two texts")
    };
    assert!(matches!(*problem, InputProblem::TwoFiles(..)));
}

#[test]
fn forms_take_what_people_type() {
    let vocabulary = every_type();
    let column = |name: &str| vocabulary.tables[0].column(name).unwrap();
    for (name, typed, data) in [
        ("money", "1,234.50", "1234.50"),
        ("money", "￥１，２３４．５ 元", "1234.50"),
        ("money", "-80", "-80.00"),
        ("percent", "２.120％", "2.12"),
        ("decimal", "-0.500", "-0.5"),
        ("date", "2017/5/3", "2017-05-03"),
        ("date", "2017年5月3日", "2017-05-03"),
        ("date", "2017．05．3", "2017-05-03"),
        ("date", "20170503", "2017-05-03"),
        ("year", "２０１７年", "2017"),
        ("count", "1,000", "1000"),
        ("bool", "是", "true"),
        ("text", " （甲）\r\n乙　", "（甲）\n乙"),
        ("word", "省级", "provincial"),
        ("industry", "f5131", "5131"),
        ("division", "５２０１０２", "520102"),
        ("code", "9111 0000 8021 0043 3b", A),
        ("money", " 　", ""),
    ] {
        assert_eq!(canonical_cell(&vocabulary, 0, column(name), typed).as_deref(), Ok(data), "{name}: {typed}");
    }
    for (name, typed) in [
        ("money", "1,23"),
        ("money", "1234,567"),
        ("money", "5万"),
        ("money", "1.005"),
        ("date", "2017年2月29日"),
        ("date", "3/5/2017"),
        ("date", "2017-5"),
        ("count", "-3"),
        ("bool", "也许"),
        ("text", "a\0b"),
        ("word", "省部级"),
        ("word", ""),
        ("division", "52010"),
        ("code", "91110000802100433A"),
    ] {
        let error = canonical_cell(&vocabulary, 0, column(name), typed).expect_err(typed);
        assert!(!error.message(Lang::Zh).is_empty(), "{typed}");
    }
    let long = "a".repeat(duixian_facts::limits::CELL_BYTES + 1);
    let too_long = RowErrorKind::TooLong { most: duixian_facts::limits::CELL_BYTES };
    assert_eq!(check_cell(&vocabulary, 0, column("text"), &long), Err(too_long));
    assert_eq!(check_cell(&vocabulary, 0, column("date"), "2017/5/3"), Err(RowErrorKind::NotDate));
}
