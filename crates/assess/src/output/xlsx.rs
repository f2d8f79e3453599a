//! XLSX: one worksheet, written row by row in constant memory.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use duixian_money::Fen;
use duixian_rules::vocabulary::Lang;
use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};

use super::{COLUMNS, Entitlements, Segment, Verdicts};
use crate::result::Row;

/// The rows of a worksheet, less the one of the headings.
pub const MOST_ROWS: usize = 1_048_575;
/// Excel keeps 15 digits of a number; a larger amount is written as text, so as not to lose a fen.
const EXACT: i64 = 999_999_999_999_999;
/// Days from the day that Excel counts as 0 (1899-12-30) to 1970-01-01.
const EPOCH: i32 = 25_569;
/// Widths of the columns in characters.
const WIDTHS: [f64; 10] = [24.0, 21.0, 18.0, 7.0, 13.0, 16.0, 16.0, 13.0, 12.0, 60.0];

/// Writes the table into a file; intermediate files go to `folder`.
pub fn write(table: &Entitlements, file: &mut File, folder: &Path) -> io::Result<()> {
    let mut file = BufWriter::new(file);
    fill(table, &mut file, folder).map_err(|error| match error {
        XlsxError::IoError(error) => error,
        other => io::Error::other(other),
    })?;
    file.flush()
}

fn fill(table: &Entitlements, file: &mut BufWriter<&mut File>, folder: &Path) -> Result<(), XlsxError> {
    let mut workbook = Workbook::new();
    workbook.set_tempdir(folder)?;
    let sheet = workbook.add_worksheet_with_constant_memory()?;
    sheet.set_name(match table.lang {
        Lang::Zh => "兑现结果",
        Lang::En => "entitlements",
    })?;
    let heading = Format::new().set_bold();
    for ((name, width), column) in COLUMNS.iter().zip(WIDTHS).zip(0..) {
        sheet.set_column_width(column, width)?;
        sheet.write_string_with_format(0, column, *name, &heading)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    sheet.autofilter(0, 0, table.assessment.rows() as u32, COLUMNS.len() as u16 - 1)?;
    let formats =
        Formats { money: Format::new().set_num_format("#,##0.00"), date: Format::new().set_num_format("yyyy-mm-dd") };
    let mut line = 0;
    for segment in table.segments(0..table.assessment.rows()) {
        let mut texts: Vec<(String, String)> = Vec::new();
        let mut verdicts = Verdicts::new();
        for row in segment.rows.iter() {
            line += 1;
            let verdict = verdicts.of(&segment, row, |clause, reason| {
                texts.push((clause.to_owned(), reason));
                texts.len() - 1
            });
            write_row(sheet, line, &segment, row, table.assessment.year, &texts[verdict], &formats)?;
        }
    }
    workbook.save_to_writer(file)
}

struct Formats {
    money: Format,
    date: Format,
}

fn write_row(
    sheet: &mut Worksheet,
    line: u32,
    segment: &Segment,
    row: &Row,
    year: i64,
    (clause, reason): &(String, String),
    formats: &Formats,
) -> Result<(), XlsxError> {
    sheet.write_string(line, 0, &segment.measure.name.en)?;
    sheet.write_string(line, 1, segment.codes[row.party as usize].to_string())?;
    let basis = segment.basis.text(row.basis);
    if !basis.is_empty() {
        sheet.write_string(line, 2, basis)?;
    }
    sheet.write_number(line, 3, year as f64)?;
    sheet.write_string(line, 4, row.status().word())?;
    if let Some(span) = row.amount() {
        write_money(sheet, line, 5, span.low, &formats.money)?;
        if let Some(high) = span.high {
            write_money(sheet, line, 6, high, &formats.money)?;
        }
    }
    if let Some(day) = row.payable_from() {
        sheet.write_number_with_format(line, 7, f64::from(day.saturating_add(EPOCH)), &formats.date)?;
    }
    sheet.write_string(line, 8, clause)?;
    if !reason.is_empty() {
        sheet.write_string(line, 9, reason)?;
    }
    Ok(())
}

/// A worksheet's numbers are binary fractions. Up to 15 digits one prints as the decimal it was read from, so the
/// cell holds these digits and no others.
fn write_money(sheet: &mut Worksheet, line: u32, column: u16, amount: Fen, format: &Format) -> Result<(), XlsxError> {
    let text = amount.to_yuan_string();
    match text.parse::<f64>() {
        Ok(number) if amount.0.abs() <= EXACT => sheet.write_number_with_format(line, column, number, format)?,
        _ => sheet.write_string(line, column, text)?,
    };
    Ok(())
}
