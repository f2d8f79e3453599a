//! What Parquet and XLSX hold that CSV does not: types of their own.

// What fails in a helper is to fail the test.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use crate::common::Folder;
use arrow::array::*;
use arrow::datatypes::{DataType, Int32Type, TimeUnit, i256};
use arrow::record_batch::RecordBatch;
use duixian_facts::table::{Column, NO_DATE, NO_NUMBER, NO_WORD};
use duixian_facts::{InputProblem, LoadError, Loaded, RowErrorKind};
use parquet::arrow::ArrowWriter;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

const A: &str = "91110000802100433B";
const B: &str = "914403001922038216";

fn parties() -> Folder {
    Folder::new().file("enterprises.csv", format!("code,name\n{A},甲\n{B},乙\n"))
}

fn parquet(columns: Vec<(&str, ArrayRef)>) -> Vec<u8> {
    let batch = RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, array)| (name, array, true)));
    let batch = batch.unwrap();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    bytes
}

/// Loads accounts of the years 2016, 2017 and 2018 with one more column.
fn accounts(name: &str, array: ArrayRef) -> Result<Loaded, LoadError> {
    let codes: ArrayRef = Arc::new(LargeStringArray::from(vec![A, A, B]));
    let years: ArrayRef = Arc::new(UInt16Array::from(vec![2016, 2017, 2018]));
    let bytes = parquet(vec![("code", codes), ("year", years), (name, array)]);
    parties().file("annual_accounts.parquet", bytes).load()
}

fn sales(array: ArrayRef) -> Vec<i64> {
    let loaded = accounts("sales", array).unwrap();
    assert_eq!(loaded.report.rows_in_error(), 0, "{:?}", loaded.report.errors().next());
    match &loaded.facts.tables[1].columns[2] {
        Column::Number(fen) => fen.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn money_in_all_widths_of_parquet() {
    let fen = [Some(1_234_560i64), None, Some(-1)];
    let expected = [1_234_560, NO_NUMBER, -1];
    let small: Decimal32Array = fen.iter().map(|fen| fen.map(|fen| fen as i32)).collect();
    assert_eq!(sales(Arc::new(small.with_data_type(DataType::Decimal32(9, 2)))), expected);
    let array: Decimal64Array = fen.iter().copied().collect();
    assert_eq!(sales(Arc::new(array.with_data_type(DataType::Decimal64(18, 2)))), expected);
    for precision in [12, 18, 20, 38] {
        let array: Decimal128Array = fen.iter().map(|fen| fen.map(i128::from)).collect();
        assert_eq!(sales(Arc::new(array.with_data_type(DataType::Decimal128(precision, 2)))), expected);
    }
    for precision in [18, 50, 76] {
        let array: Decimal256Array = fen.iter().map(|fen| fen.map(|fen| i256::from_i128(fen.into()))).collect();
        assert_eq!(sales(Arc::new(array.with_data_type(DataType::Decimal256(precision, 2)))), expected);
    }
    let texts = ["12345.6", " ", "-0.01"];
    assert_eq!(sales(Arc::new(StringArray::from(texts.to_vec()))), expected);
    assert_eq!(sales(Arc::new(StringViewArray::from(texts.to_vec()))), expected);
    assert_eq!(sales(Arc::new(DictionaryArray::<Int32Type>::from_iter(texts))), expected);
    assert_eq!(sales(Arc::new(Int32Array::from(vec![Some(5), None, Some(-1)]))), [500, NO_NUMBER, -100]);
    assert_eq!(sales(Arc::new(NullArray::new(3))), [NO_NUMBER; 3]);
}

#[test]
fn money_that_is_not_exact_is_refused() {
    for array in [Arc::new(Float64Array::from(vec![1.0; 3])) as ArrayRef, Arc::new(Float32Array::from(vec![1.0; 3]))] {
        let error = accounts("sales", array).unwrap_err();
        assert!(error.to_string().contains("floating point"), "{error}");
    }
    let array = Decimal128Array::from(vec![1; 3]).with_data_type(DataType::Decimal128(10, 3));
    let Err(LoadError::Input { problem, .. }) = accounts("sales", Arc::new(array)) else { panic!("three decimals") };
    assert!(matches!(*problem, InputProblem::ColumnType { .. }), "{problem:?}");
    let huge = Decimal256Array::from(vec![i256::MAX; 3]).with_data_type(DataType::Decimal256(76, 0));
    let loaded = accounts("sales", Arc::new(huge)).unwrap();
    assert!(loaded.report.errors().all(|error| error.reason == RowErrorKind::TooLarge));
    assert_eq!(loaded.report.rows_in_error(), 3);
}

#[test]
fn dates_words_booleans_and_years_of_parquet() {
    let dates = |array: ArrayRef| {
        let code: ArrayRef = Arc::new(StringArray::from(vec![A, B]));
        let scale: ArrayRef = Arc::new(DictionaryArray::<Int32Type>::from_iter([Some(" large "), None]));
        let industry: ArrayRef = Arc::new(StringViewArray::from(vec!["F51", "5131"]));
        let bytes = parquet(vec![("scale", scale), ("industry", industry), ("registered_on", array), ("code", code)]);
        let loaded = Folder::new().file("enterprises.parquet", bytes).load().unwrap();
        if loaded.report.rows_in_error() == 0 {
            let columns = &loaded.facts.tables[0].columns;
            assert!(matches!(&columns[6], Column::Word(words) if words[..] == [0, NO_WORD]));
            assert!(matches!(&columns[5], Column::Industry(codes) if codes[..] == [0x51FF, 0x5131]));
            assert!(matches!(&columns[2], Column::Date(days) if days[..] == [17_000, NO_DATE]), "{:?}", columns[2]);
        }
        loaded.report.errors().map(|error| (error.line, error.reason.clone())).collect::<Vec<_>>()
    };
    assert_eq!(dates(Arc::new(Date32Array::from(vec![Some(17_000), None]))), []);
    assert_eq!(dates(Arc::new(StringArray::from(vec!["2016-07-18", ""]))), []);
    let second = 17_000 * 86_400;
    assert_eq!(dates(Arc::new(TimestampMicrosecondArray::from(vec![Some(second * 1_000_000), None]))), []);
    assert_eq!(dates(Arc::new(TimestampNanosecondArray::from(vec![Some(second * 1_000_000_000), None]))), []);
    let noon = TimestampMillisecondArray::from(vec![Some((second + 43_200) * 1_000), None]);
    assert_eq!(noon.data_type(), &DataType::Timestamp(TimeUnit::Millisecond, None));
    assert_eq!(dates(Arc::new(noon)), [(1, RowErrorKind::NotMidnight)]);
    assert_eq!(dates(Arc::new(Date32Array::from(vec![None, Some(i32::MAX)]))), [(2, RowErrorKind::NotDate)]);

    let has = |array: ArrayRef| accounts("has_rd_institution", array).unwrap().facts.tables[1].columns[5].clone();
    let expected = [1, NO_WORD, 0];
    assert!(
        matches!(has(Arc::new(BooleanArray::from(vec![Some(true), None, Some(false)]))), Column::Word(words) if words == expected)
    );
    assert!(
        matches!(has(Arc::new(StringArray::from(vec!["true", "", "false"]))), Column::Word(words) if words == expected)
    );

    for years in [
        Arc::new(Int8Array::from(vec![-1, 1, 2])) as ArrayRef,
        Arc::new(Int64Array::from(vec![i64::MIN, 2016, 2017])),
        Arc::new(StringArray::from(vec!["-1", "2016", "2017"])),
    ] {
        let codes: ArrayRef = Arc::new(StringArray::from(vec![A, A, A]));
        let bytes = parquet(vec![("year", years), ("code", codes)]);
        let loaded = parties().file("trainings.parquet", bytes).load().unwrap();
        let errors: Vec<_> = loaded.report.errors().map(|error| (error.line, error.reason.clone())).collect();
        assert_eq!(errors, [(1, RowErrorKind::Negative)]);
        assert_eq!(loaded.facts.tables[9].rows, 2);
    }
}

#[test]
fn cells_of_a_spreadsheet() {
    let mut workbook = Workbook::new();
    workbook.add_worksheet().write(0, 0, "notes").unwrap();
    let sheet = workbook.add_worksheet().set_name("企业").unwrap();
    let day = Format::new().set_num_format("yyyy-mm-dd");
    for (column, name) in ["code", "名称", "registered_on", "district", "industry", "moved_in_on"].iter().enumerate()
    {
        sheet.write(0, column as u16, *name).unwrap();
    }
    sheet.write(1, 0, A).unwrap().write(1, 1, 360).unwrap();
    let date = |text: &str| ExcelDateTime::parse_from_str(text).unwrap();
    sheet.write_with_format(1, 2, date("2016-07-18"), &day).unwrap();
    sheet.write(1, 3, 520_102).unwrap().write(1, 4, 5_131).unwrap().write(1, 5, "2016-07-18").unwrap();
    sheet.write(3, 0, B).unwrap().write_with_format(3, 2, date("2016-07-18T12:00:00"), &day).unwrap();
    let parties = workbook.save_to_buffer().unwrap();

    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (column, name) in ["code", "year", "sales", "has_rd_institution"].iter().enumerate() {
        sheet.write(0, column as u16, *name).unwrap();
    }
    for (row, amount) in [12_345.6, 0.1 + 0.2, 1.005, 1e15].into_iter().enumerate() {
        let row = row as u32 + 1;
        sheet.write(row, 0, A).unwrap().write(row, 1, 2_000 + row).unwrap();
        sheet.write(row, 2, amount).unwrap().write(row, 3, row == 1).unwrap();
    }
    let accounts = workbook.save_to_buffer().unwrap();

    let loaded = Folder::new().file("enterprises.xlsx", parties).file("annual_accounts.xlsx", accounts).load().unwrap();
    let errors: Vec<_> = loaded.report.errors().map(|error| (&*error.file, error.line, error.reason.clone())).collect();
    assert_eq!(
        errors,
        [
            ("enterprises.xlsx", 4, RowErrorKind::NotMidnight),
            ("annual_accounts.xlsx", 4, RowErrorKind::NotExact),
            ("annual_accounts.xlsx", 5, RowErrorKind::NotExact),
        ]
    );
    let columns = &loaded.facts.tables[0].columns;
    assert!(matches!(&columns[1], Column::Text(names) if names.get(0) == "360"));
    assert!(matches!(&columns[2], Column::Date(days) if days[..] == [17_000]));
    assert!(matches!(&columns[3], Column::Division(codes) if codes[..] == [520_102]));
    assert!(matches!(&columns[4], Column::Date(days) if days[..] == [17_000]));
    assert!(matches!(&columns[5], Column::Industry(codes) if codes[..] == [0x5131]));
    let columns = &loaded.facts.tables[1].columns;
    assert!(matches!(&columns[2], Column::Number(fen) if fen[..] == [1_234_560, 30]));
    assert!(matches!(&columns[5], Column::Word(words) if words[..] == [1, 0]));
}
