//! Lists for Excel: CSV and XLSX, in which nothing that a person typed can become a formula.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use chrono::{NaiveDate, Timelike};
use duixian_money::Fen;
use rust_xlsxwriter::{Format as CellFormat, Workbook, XlsxError};

use crate::format;
use crate::list::{List, Value};
use crate::locale::{Lang, Text};
use crate::page::Page;
use crate::problem::Problem;
use crate::ui::Deadline;

/// A file format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// UTF-8 with a byte-order mark, so that Excel reads Chinese; lines end in CRLF.
    Csv,
    /// One sheet; amounts, numbers and days are numbers.
    Xlsx,
}

impl Format {
    /// Reads `?format=` of a list's own address. An export has all rows, not the ones of one page.
    pub fn asked(page: &Page) -> Option<Format> {
        match page.query_value("format").as_deref() {
            Some("csv") => Some(Format::Csv),
            Some("xlsx") => Some(Format::Xlsx),
            _ => None,
        }
    }
}

/// The file as an answer, under a name in ASCII and the caption as the name that is kept.
pub fn answer(list: &List, lang: Lang, format: Format, name: &str) -> Result<Response, Problem> {
    answer_of(list, lang, format, name, &Text::default())
}

/// The same of one of many, such as a batch or the year of a fund: both names say which, so that two files are not taken for each other.
pub fn answer_of(list: &List, lang: Lang, format: Format, name: &str, of: &Text) -> Result<Response, Problem> {
    let (bytes, kind, extension) = match format {
        Format::Csv => {
            let bytes = csv(list, lang).map_err(|error| Problem::internal(format!("CSV: {error}")))?;
            (bytes, "text/csv; charset=utf-8", "csv")
        }
        Format::Xlsx => {
            let bytes = xlsx(list, lang).map_err(|error| Problem::internal(format!("XLSX: {error}")))?;
            (bytes, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx")
        }
    };
    let plain = plain(&of.en);
    let between = if plain.is_empty() { "" } else { "-" };
    let kept = in_names(format!("{} {}", list.caption.get(lang), of.get(lang)).trim());
    let kept: String = form_urlencoded::byte_serialize(kept.as_bytes()).collect();
    let disposition = format!(
        "attachment; filename=\"{name}{between}{plain}.{extension}\"; filename*=UTF-8''{}.{extension}",
        kept.replace('+', "%20")
    );
    let disposition = HeaderValue::from_str(&disposition).unwrap_or(HeaderValue::from_static("attachment"));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, bytes).into_response())
}

/// What a name in ASCII has of a text: letters and digits, and a dash for all that stands between them.
fn plain(text: &str) -> String {
    let words = text.split(|one: char| !(one.is_ascii_alphanumeric() || matches!(one, '_' | '.')));
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join("-")
}

/// A text without what some system allows in no file's name.
fn in_names(text: &str) -> String {
    let is_barred = |one: char| one.is_control() || r#"\/:*?"<>|"#.contains(one);
    text.chars().map(|one| if is_barred(one) { '-' } else { one }).collect()
}

/// A list as CSV. Amounts are in yuan with two decimals, days as `2017-05-03`.
pub fn csv(list: &List, lang: Lang) -> Result<Vec<u8>, csv::Error> {
    let mut writer =
        csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::from("\u{feff}".as_bytes()));
    writer.write_record(list.columns.iter().map(|column| harmless(column.title.get(lang))))?;
    for row in &list.rows {
        writer.write_record(row.cells.iter().map(|cell| csv_cell(&cell.value, lang)))?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}

/// A list as XLSX. What a person typed is written as a string, which Excel never evaluates.
pub fn xlsx(list: &List, lang: Lang) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let head = CellFormat::new().set_bold();
    let money = CellFormat::new().set_num_format("#,##0.00");
    let count = CellFormat::new().set_num_format("#,##0");
    let percent = CellFormat::new().set_num_format("0.00##%");
    let date = CellFormat::new().set_num_format("yyyy-mm-dd");
    let moment = CellFormat::new().set_num_format("yyyy-mm-dd hh:mm");
    for (column, index) in list.columns.iter().zip(0u16..) {
        sheet.write_string_with_format(0, index, column.title.get(lang), &head)?;
    }
    for (row, row_index) in list.rows.iter().zip(1u32..) {
        for (cell, index) in row.cells.iter().zip(0u16..) {
            match &cell.value {
                Value::Empty => {}
                // The file's numbers are doubles, exact to 15 digits. What is larger is kept exactly, as text.
                Value::Money(amount) if amount.0.unsigned_abs() < 1_000_000_000_000_000 => {
                    sheet.write_number_with_format(row_index, index, as_double(*amount), &money)?;
                }
                Value::Count(number) if number.unsigned_abs() < 1_000_000_000_000_000 => {
                    sheet.write_number_with_format(row_index, index, *number as f64, &count)?;
                }
                Value::Percent(ppm) => {
                    sheet.write_number_with_format(row_index, index, *ppm as f64 / 1e6, &percent)?;
                }
                Value::Date(day) | Value::Deadline(Deadline { last_day: day, .. }) => {
                    sheet.write_number_with_format(row_index, index, serial_day(*day) as f64, &date)?;
                }
                Value::Moment(time) => {
                    let fraction = f64::from(time.num_seconds_from_midnight()) / 86_400.0;
                    let serial = serial_day(time.date()) as f64 + fraction;
                    sheet.write_number_with_format(row_index, index, serial, &moment)?;
                }
                other => {
                    sheet.write_string(row_index, index, shortened(&other.words(lang)))?;
                }
            }
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    if let (Some(last), false) = (list.columns.len().checked_sub(1), list.rows.is_empty()) {
        sheet.autofilter(0, 0, list.rows.len() as u32, last as u16)?;
    }
    sheet.autofit();
    book.save_to_buffer()
}

fn csv_cell(value: &Value, lang: Lang) -> String {
    match value {
        Value::Money(amount) => amount.to_yuan_string(),
        Value::Count(number) => number.to_string(),
        Value::Percent(ppm) => format::percent(*ppm),
        Value::Date(date) | Value::Deadline(Deadline { last_day: date, .. }) => format::iso_date(*date),
        Value::Moment(moment) => moment.format("%Y-%m-%d %H:%M").to_string(),
        words => harmless(&words.words(lang)),
    }
}

/// An apostrophe before what a spreadsheet would take for a formula, in ASCII or full width.
fn harmless(text: &str) -> String {
    match text.chars().next() {
        Some('=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠') => format!("'{text}"),
        _ => text.to_owned(),
    }
}

/// A sheet's cell holds 32,767 characters.
fn shortened(text: &str) -> String {
    text.chars().take(32_000).collect()
}

/// Days since the sheet's own day 0, 30 December 1899.
fn serial_day(day: NaiveDate) -> i64 {
    const UNIX_EPOCH_SERIAL: i64 = 25_569;
    day.signed_duration_since(NaiveDate::default()).num_days() + UNIX_EPOCH_SERIAL
}

/// Only for a sheet's number, which is a double whatever we do. Below 10^15 fen both are exact, and the quotient is the double nearest to
/// the amount: it is written with the amount's own digits.
fn as_double(amount: Fen) -> f64 {
    amount.0 as f64 / 100.0
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use calamine::{Data, Reader, Xlsx};
    use proptest::prelude::*;

    use super::*;
    use crate::list::{Cell, Column, Row};
    use crate::ui::Status;

    fn list(name: &str) -> List {
        let columns = vec![
            Column::text("name", ("企业", "Company")),
            Column::money("amount", ("金额（元）", "Amount (yuan)")),
            Column::date("date", ("日期", "Date")),
            Column::status("status", ("状态", "Status")),
        ];
        let mut list = List::new(("案件", "Cases"), columns);
        list.push(Row::new(vec![
            Cell::text(name),
            Cell::money(Fen(-123_456)),
            Cell::date(NaiveDate::from_ymd_opt(2017, 5, 3).unwrap()),
            Cell::status(Status::good("已拨付", "Paid")),
        ]));
        list
    }

    #[test]
    fn csv_is_what_excel_reads() {
        let text = String::from_utf8(csv(&list("南明\"某\"公司"), Lang::Zh).unwrap()).unwrap();
        assert_eq!(text, "\u{feff}企业,金额（元）,日期,状态\r\n\"南明\"\"某\"\"公司\",-1234.56,2017-05-03,已拨付\r\n");
    }

    #[test]
    fn numbers_are_numbers_and_formulas_are_words() {
        let bytes = xlsx(&list("=HYPERLINK(\"http://evil\")"), Lang::En).unwrap();
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
        let sheet = book.worksheet_range_at(0).unwrap().unwrap();
        assert_eq!(sheet.get((1, 0)), Some(&Data::String("=HYPERLINK(\"http://evil\")".into())));
        assert_eq!(sheet.get((1, 1)), Some(&Data::Float(-1234.56)));
        assert!(matches!(sheet.get((1, 2)), Some(Data::DateTime(_))));
        let formulas = book.worksheet_formula("Sheet1").unwrap();
        assert!(formulas.used_cells().all(|(_, _, formula)| formula.is_empty()));
    }

    #[test]
    fn a_file_of_one_of_many_says_of_which_in_both_its_names() {
        let named = |of: &Text, lang| {
            let answer = answer_of(&list("甲"), lang, Format::Csv, "batch", of).unwrap();
            answer.headers()[header::CONTENT_DISPOSITION].to_str().expect("ASCII").to_owned()
        };
        let plain = named(&Text::default(), Lang::Zh);
        assert_eq!(plain, "attachment; filename=\"batch.csv\"; filename*=UTF-8''%E6%A1%88%E4%BB%B6.csv");
        let of = Text::new("专项 2019年度", "R&D fund \"2019\"");
        let zh = "%E6%A1%88%E4%BB%B6%20%E4%B8%93%E9%A1%B9%202019%E5%B9%B4%E5%BA%A6";
        assert_eq!(
            named(&of, Lang::Zh),
            format!("attachment; filename=\"batch-R-D-fund-2019.csv\"; filename*=UTF-8''{zh}.csv")
        );
        // What would leave the quotes, the line or the folder is in neither.
        let hostile = named(&Text::same("a\"; x=/../\\b\r\nc*"), Lang::En);
        assert_eq!(
            hostile,
            "attachment; filename=\"batch-a-x-..-b-c.csv\"; filename*=UTF-8''Cases%20a-%3B%20x%3D-..--b--c-.csv"
        );
    }

    proptest! {
        #[test]
        fn no_text_begins_like_a_formula(start in "[=+@\\-\t\r\n＝＋－＠]", rest in "\\PC{0,10}") {
            let bytes = csv(&list(&format!("{start}{rest}")), Lang::Zh).unwrap();
            let mut reader = csv::Reader::from_reader(&bytes[3..]);
            let record = reader.records().next().unwrap().unwrap();
            prop_assert!(record[0].starts_with('\''), "{:?}", &record[0]);
        }
    }
}
