//! Row errors: each kind is found, placed and explained, and its row left out.

// What fails in a helper is to fail the test.
#![allow(clippy::unwrap_used)]

use crate::common::Folder;
use duixian_facts::table::{Cell, Column, NO_DATE};
use duixian_facts::{ErrorClass, InputProblem, LoadError, Loaded, RowErrorKind, Warning};
use duixian_rules::vocabulary::Lang;

/// Public codes of two large firms.
const A: &str = "91110000802100433B";
const B: &str = "914403001922038216";

fn parties() -> Folder {
    Folder::new().file("enterprises.csv", format!("code,name\n{A},甲\n{B},乙\n"))
}

/// Line, column, value and class of each error of a load.
fn errors(loaded: &Loaded) -> Vec<(u32, &str, &str, ErrorClass)> {
    let errors = loaded.report.errors();
    errors.map(|error| (error.line, &*error.column, error.value.as_str(), error.reason.class())).collect()
}

fn problem(result: Result<Loaded, LoadError>) -> InputProblem {
    match result {
        Err(LoadError::Input { problem, .. }) => *problem,
        other => panic!("not an error of the input: {other:?}"),
    }
}

#[test]
fn headings_in_either_language_cells_trimmed_empty_cells_unknown() {
    let loaded = Folder::new()
        .file(
            "enterprises.csv",
            format!(
                "\u{FEFF}名称 , 统一社会信用代码,注册日期,industry,规模,区划,备注\r\n\
                 \u{3000}甲\u{3000}, {A} ,2016-02-29,F5131,micro,520102,x\r\n\"乙,\"\"二\"\"\",{B},,,large,,\r\n"
            ),
        )
        .load()
        .unwrap();
    assert_eq!(errors(&loaded), []);
    let table = &loaded.facts.tables[0];
    assert_eq!(table.rows, 2);
    assert_eq!(table.cell(0, 1), Cell::Text(B.into()));
    assert_eq!(table.cell(1, 0), Cell::Text("甲".into()));
    assert_eq!(table.cell(1, 1), Cell::Text("乙,\"二\"".into()));
    assert!(matches!(&table.columns[2], Column::Date(days) if days[..] == [16_860, NO_DATE]));
    assert!(matches!(&table.columns[5], Column::Industry(codes) if codes[0] == 0x5131));
    assert!(matches!(&table.columns[6], Column::Word(words) if words[..] == [3, 0]));
    assert!(matches!(table.columns[4], Column::Empty), "no such column in the file");
    let warning = Warning::UnknownColumn { file: "enterprises.csv".into(), column: "备注".into() };
    assert_eq!(loaded.report.warnings, [warning]);
}

#[test]
fn every_kind_of_bad_row_is_reported_and_left_out() {
    let loaded = parties()
        .file(
            "annual_accounts.csv",
            format!(
                "code,year,sales,has_rd_institution\n\
                 {A},2017,1.005,yes\n{A},-5,,\n{A},,1,\n914403001922038217,2017,1,\n91520102MA6DJ00000,2017,1,true\n\
                 {A},2017,12345.60,true\n{A},2017,1,false\n{A},2018\n{A},2018,1,true,9\n\n{B},2017,1e5,\n{B},2017,-1,\n"
            ),
        )
        .load()
        .unwrap();
    use ErrorClass as C;
    let key = format!("{A} 2017");
    assert_eq!(
        errors(&loaded),
        [
            (2, "sales", "1.005", C::WrongType),
            (2, "has_rd_institution", "yes", C::WrongType),
            (3, "year", "-5", C::Negative),
            (4, "year", "", C::Empty),
            (5, "code", "914403001922038217", C::BadCode),
            (6, "code", "91520102MA6DJ00000", C::BadCode),
            (8, "code", &key, C::DuplicateKey),
            (9, "", A, C::CellCount),
            (10, "", A, C::CellCount),
            (12, "sales", "1e5", C::WrongType),
        ]
    );
    let (table, report) = (&loaded.facts.tables[1], &loaded.report.tables[1]);
    assert_eq!((report.rows_read, report.rows_in_error, report.rows_valid()), (11, 9, 2));
    assert_eq!(report.errors_by_class[&C::WrongType], 3);
    assert!(matches!(&table.columns[2], Column::Number(fen) if fen[..] == [1_234_560, -100]));
    assert_eq!(table.party, [0, 1]);
    assert_eq!((table.origin.lines.of(0), table.origin.lines.of(1)), (7, 13));
    for lang in [Lang::Zh, Lang::En] {
        let messages: Vec<String> = loaded.report.errors().map(|error| error.message(lang)).collect();
        assert!(messages.iter().all(|message| message.contains("annual_accounts.csv")), "{messages:#?}");
        assert!(loaded.report.summary(lang).contains("11"));
    }
}

#[test]
fn a_key_taken_by_a_row_in_error_is_not_taken() {
    let loaded = parties()
        .file(
            "ip_filings.csv",
            format!(
                "id,code,kind,filed_on\nX9,{A},invention,2017-02-30\nX9,{A},invention,2017-02-28\nX1,{B},design,\n\
                 X9,{B},design,\nX1,{A},design,\nX2,{A},发明专利,\nX2,91520000214424968P,design,\n"
            ),
        )
        .load()
        .unwrap();
    use ErrorClass as C;
    assert_eq!(
        errors(&loaded),
        [
            (2, "filed_on", "2017-02-30", C::WrongType),
            (5, "id", "X9", C::DuplicateKey),
            (6, "id", "X1", C::DuplicateKey),
            (7, "kind", "发明专利", C::UnknownWord),
            (8, "code", "91520000214424968P", C::UnknownParty),
        ]
    );
    assert_eq!(loaded.facts.tables[2].rows, 2);
    assert_eq!(loaded.facts.tables[2].party, [0, 1]);
}

#[test]
fn parties_in_error_or_repeated_have_no_events() {
    let loaded = Folder::new()
        .file("enterprises.csv", format!("code,name,scale\n{A},甲,giant\n{B},乙,large\n{B},丙,small\n"))
        .file("trainings.csv", format!("code,year,trainees_placed\n{A},2017,5\n{B},2017,6\n{B},2016,-1\n"))
        .load()
        .unwrap();
    use ErrorClass as C;
    assert_eq!(
        errors(&loaded),
        [
            (2, "scale", "giant", C::UnknownWord),
            (4, "code", B, C::DuplicateKey),
            (2, "code", A, C::UnknownParty),
            (4, "trainees_placed", "-1", C::Negative),
        ]
    );
    assert_eq!(loaded.facts.tables[0].cell(1, 0), Cell::Text("乙".into()));
}

#[test]
fn a_strict_load_stops_at_the_first() {
    let folder = parties().file("trainings.csv", format!("code,year\n{A},2017\n{A},x\n{A},y\n"));
    let InputProblem::Row(error) = problem(folder.load_strictly()) else { panic!("a row's error") };
    assert_eq!((error.line, &error.reason), (3, &RowErrorKind::NotYear));
    assert!(parties().load_strictly().is_ok());
}

#[test]
fn errors_beyond_the_limit_are_counted() {
    let mut text = String::from("code,year\n");
    for _ in 0..5_000 {
        text += &format!("{A},x\n");
    }
    let loaded = parties().file("trainings.csv", text).load().unwrap();
    let report = &loaded.report.tables[9];
    assert_eq!((report.errors.len(), report.rows_in_error), (1_000, 5_000));
    assert_eq!(report.errors_by_class[&ErrorClass::WrongType], 5_000);
    assert_eq!(report.errors[999].line, 1_001);
}

#[test]
fn faults_of_whole_tables() {
    let load = |heading: &str| problem(Folder::new().file("enterprises.csv", heading).load());
    assert!(matches!(load("name\n"), InputProblem::MissingColumn(name) if name.en == "code"));
    assert!(matches!(load("code,名称,name\n"), InputProblem::DuplicateColumn { .. }));
    assert_eq!(load(""), InputProblem::NoHeading);
    let folder = parties().file("enterprises.parquet", "");
    assert!(matches!(problem(folder.load()), InputProblem::TwoFiles(..)));
    let missing = Folder::new();
    let dir = missing.0.path().join("not there");
    let options = duixian_facts::LoadOptions::default();
    let error = duixian_facts::load(&crate::common::vocabulary(), &dir, &options).unwrap_err();
    assert!(matches!(error, LoadError::Environment { .. }));
    assert!(error.message(Lang::Zh).contains("not there"));
}

#[test]
fn other_files_are_passed_over() {
    let folder =
        parties().file("profiles.csv", "x").file("Trainings.CSV", "x").file("README.md", "x").file(".x.csv", "");
    let files: Vec<Warning> = folder.load().unwrap().report.warnings;
    let unknown = |file: &str| Warning::UnknownFile { file: file.into() };
    assert_eq!(files, [unknown("Trainings.CSV"), unknown("profiles.csv")]);
}

#[test]
fn gb18030_is_recognised() {
    let text = format!("统一社会信用代码,名称,规模\n{A},贵阳市南明区甲秀楼,micro\n{B},\n");
    let mut bytes = encoding_rs::GB18030.encode(&text).0.into_owned();
    bytes.extend(b"x\xFF,\xFF,\n");
    let loaded = Folder::new().file("enterprises.csv", bytes).load().unwrap();
    assert_eq!(loaded.facts.tables[0].cell(1, 0), Cell::Text("贵阳市南明区甲秀楼".into()));
    let classes: Vec<ErrorClass> = errors(&loaded).iter().map(|error| error.3).collect();
    assert_eq!(classes, [ErrorClass::CellCount, ErrorClass::WrongType, ErrorClass::WrongType]);
}

#[test]
fn columns_not_needed_are_checked_and_dropped() {
    let folder = parties().file("annual_accounts.csv", format!("code,year,sales\n{A},2017,1\n{A},2018,x\n"));
    let options = duixian_facts::LoadOptions { needed: &|_, _| false, ..Default::default() };
    let loaded = duixian_facts::load(&crate::common::vocabulary(), folder.0.path(), &options).unwrap();
    assert_eq!(errors(&loaded), [(3, "sales", "x", ErrorClass::WrongType)]);
    assert!(matches!(loaded.facts.tables[1].columns[2], Column::Empty));
    assert!(matches!(loaded.facts.tables[0].columns[1], Column::Empty));
    assert_eq!(loaded.facts.tables[1].party, [0]);
    assert!(matches!(loaded.facts.tables[0].columns[0], Column::Party(_)));
}

#[test]
fn the_real_registry_loads() {
    let Some(dir) = crate::common::shared_data("registry-guiyang") else { return };
    let options = duixian_facts::LoadOptions::default();
    let loaded = duixian_facts::load(&crate::common::vocabulary(), &dir, &options).unwrap();
    assert_eq!(loaded.report.tables[0].rows_read, 25_175);
    assert_eq!(loaded.report.rows_in_error(), 0, "{:?}", loaded.report.errors().next());
    assert_eq!(loaded.report.warnings, [Warning::UnknownFile { file: "profiles.csv".into() }]);
}
