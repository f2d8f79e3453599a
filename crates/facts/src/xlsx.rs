//! XLSX: the first sheet, or the one named as the table.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Read as _};

use calamine::{DataRef, Reader as _, Xlsx, XlsxError};
use duixian_rules::vocabulary::ColumnType;
use zip::ZipArchive;

use crate::assemble::Assembly;
use crate::cells;
use crate::chunk::RowReader;
use crate::error::InputProblem;
use crate::heading::Bound;
use crate::limits;
use crate::load::{Failure, Job, Read, malformed};
use crate::report::RowErrorKind;

const CHUNK_ROWS: usize = 4_096;
/// What an archive begins with.
const ARCHIVE: &[u8] = b"PK";

/// Reads a table.
pub(crate) fn read(job: &Job<'_>) -> Result<Read, Failure> {
    let path = job.input.path();
    check_unpacked_size(&path)?;
    let mut workbook: Xlsx<_> = Xlsx::new(BufReader::new(File::open(&path)?)).map_err(failure)?;
    let table = &job.vocabulary.tables[job.table].name;
    let sheets = workbook.sheet_names();
    let sheet = sheets.iter().find(|name| table.is(name)).or(sheets.first()).cloned();
    let sheet = sheet.ok_or(InputProblem::NoWorkbook)?;
    let mut rows = Rows { cells: workbook.worksheet_cells_reader(&sheet).map_err(failure)?, next: None, at_end: false };

    let Some((heading_row, names)) = rows.next()? else { return Err(InputProblem::NoHeading.into()) };
    let width = names.last_key_value().map_or(0, |(column, _)| *column as usize + 1);
    if width > limits::COLUMNS {
        return Err(InputProblem::TooManyColumns.into());
    }
    let names: Vec<String> =
        (0..width).map(|column| names.get(&(column as u32)).map_or_else(String::new, plain_text)).collect();
    let (heading, warnings) = job.bind(&names)?;
    let mut assembly = Assembly::new(&heading, job.parties, job.limits());
    let mut reader = RowReader::new(&heading, job.parties, job.limits().errors);
    let mut last = heading_row;
    while let Some((row, cells)) = rows.next()? {
        if row <= last {
            return Err(malformed("XLSX", "rows out of order").into());
        }
        last = row;
        // Rows that are only formatted are no rows of the table.
        if cells.values().all(|cell| cells::trim(&plain_text(cell)).is_empty()) {
            continue;
        }
        reader.push_row(row + 1, |bound| match cells.get(&(bound.position as u32)) {
            Some(cell) => text(bound, cell).map_err(|reason| (reason, plain_text(cell))),
            None => Ok(Cow::Borrowed("")),
        });
        if reader.rows() == CHUNK_ROWS {
            assembly.append(reader.take())?;
            job.progress(&assembly);
        }
    }
    assembly.append(reader.take())?;
    job.progress(&assembly);
    Ok(Read { assembled: assembly.finish(), warnings })
}

/// A sheet's cells, row by row, so that a sheet with two cells in opposite corners takes no more memory than two cells.
struct Rows<'a> {
    cells: calamine::XlsxCellReader<'a, BufReader<File>>,
    /// The first cell of the row after the last one given.
    next: Option<((u32, u32), DataRef<'a>)>,
    /// The parser takes it for an error to be asked again after the last cell.
    at_end: bool,
}

/// A row's number from 0 and its cells by column.
type Row<'a> = (u32, BTreeMap<u32, DataRef<'a>>);

impl<'a> Rows<'a> {
    /// The next row that has cells.
    fn next(&mut self) -> Result<Option<Row<'a>>, Failure> {
        let mut row: Option<Row<'a>> = None;
        while !self.at_end {
            let cell = match self.next.take() {
                Some(cell) => Some(cell),
                None => {
                    self.cells.next_cell().map_err(failure)?.map(|cell| (cell.get_position(), cell.get_value().clone()))
                }
            };
            let Some(((number, column), value)) = cell else {
                self.at_end = true;
                break;
            };
            match &mut row {
                None => row = Some((number, BTreeMap::from([(column, value)]))),
                Some((current, cells)) if *current == number => {
                    cells.insert(column, value);
                }
                Some(_) => {
                    self.next = Some(((number, column), value));
                    return Ok(row);
                }
            }
        }
        Ok(row)
    }
}

/// A cell as the text that its column's type is read from.
fn text<'c>(bound: &Bound, cell: &'c DataRef<'_>) -> Result<Cow<'c, str>, RowErrorKind> {
    let number = |value: f64| match bound.ty {
        ColumnType::Money => decimal(value, 2).map(Cow::Owned),
        ColumnType::Decimal => decimal(value, 6).map(Cow::Owned),
        // Whether the cell shows 2.12 or, with a percent format, 0.0212 as 2.12 % cannot be told from its number.
        ColumnType::Percent => Err(RowErrorKind::NotExact),
        ColumnType::Text => Ok(Cow::Owned(value.to_string())),
        _ => decimal(value, 0).map(Cow::Owned),
    };
    match cell {
        DataRef::Int(value) => number(*value as f64),
        DataRef::Float(value) => number(*value),
        DataRef::DateTime(time) if bound.ty == ColumnType::Date => {
            let (year, month, day, hour, minute, second, milli) = time.to_ymd_hms_milli();
            match (hour, minute, second, milli) {
                (0, 0, 0, 0) => Ok(Cow::Owned(format!("{year:04}-{month:02}-{day:02}"))),
                _ => Err(RowErrorKind::NotMidnight),
            }
        }
        DataRef::DateTimeIso(text) if bound.ty == ColumnType::Date => match text.split_once('T') {
            Some((day, time)) if time.bytes().all(|byte| matches!(byte, b'0' | b':' | b'.' | b'Z')) => Ok(day.into()),
            Some(_) => Err(RowErrorKind::NotMidnight),
            None => Ok(text.as_str().into()),
        },
        DataRef::String(text) => Ok(text.as_str().into()),
        DataRef::SharedString(text) => Ok((*text).into()),
        DataRef::Error(_) => Err(RowErrorKind::NotText),
        other => Ok(plain_text(other).into()),
    }
}

/// A number in plain digits, if it is whole in units of its last decimal. XLSX has no other numbers than IEEE doubles,
/// so 12345.60 arrives as the double next to it: within a millionth of a unit, and below the 2^53 up to which doubles
/// tell units apart, only one decimal number can have been meant.
fn decimal(value: f64, decimals: u32) -> Result<String, RowErrorKind> {
    let units = value * 10f64.powi(decimals as i32);
    if !units.is_finite() || units.abs() >= 9_007_199_254_740_992.0 || (units - units.round()).abs() > 1e-6 {
        return Err(RowErrorKind::NotExact);
    }
    let units = units.round() as i64;
    let (sign, one) = (if units < 0 { "-" } else { "" }, 10u64.pow(decimals));
    let (whole, part) = (units.unsigned_abs() / one, units.unsigned_abs() % one);
    Ok(match decimals {
        0 => format!("{sign}{whole}"),
        _ => format!("{sign}{whole}.{part:0width$}", width = decimals as usize),
    })
}

/// A cell as a person reads it.
fn plain_text(cell: &DataRef<'_>) -> String {
    match cell {
        DataRef::Empty => String::new(),
        DataRef::Int(value) => value.to_string(),
        DataRef::Float(value) => value.to_string(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(value) => value.to_string(),
        DataRef::DateTime(time) => time.as_f64().to_string(),
        DataRef::Error(error) => error.to_string(),
    }
}

/// Refuses a file that would unpack to more than the limits, before its parser holds any of it. The sizes that a zip
/// declares are its maker's word, so the entries are unpacked here and counted.
fn check_unpacked_size(path: &std::path::Path) -> Result<(), Failure> {
    // An archive that was cut off on its way begins as one. What does not, a table of another format or a text, was only called so.
    let mut beginning = Vec::new();
    File::open(path)?.take(ARCHIVE.len() as u64).read_to_end(&mut beginning)?;
    if beginning != ARCHIVE {
        return Err(InputProblem::NoWorkbook.into());
    }
    let mut archive = ZipArchive::new(BufReader::new(File::open(path)?)).map_err(|error| malformed("XLSX", error))?;
    let mut total = 0;
    let mut buffer = vec![0; 1 << 16];
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).map_err(|error| malformed("XLSX", error))?;
        let packed = entry.compressed_size();
        let (mut unpacked, mut claim, mut kept) = (0, 0, 0);
        loop {
            let read = entry.read(&mut buffer[kept..]).map_err(|error| malformed("XLSX", error))?;
            if read == 0 {
                break;
            }
            unpacked += read as u64;
            total += read as u64;
            if total > limits::XLSX_BYTES {
                return Err(InputProblem::TooLarge("XLSX > 1 GiB").into());
            }
            if unpacked > (1 << 20) && unpacked / limits::XLSX_RATIO > packed {
                return Err(InputProblem::TooLarge("XLSX > 400:1").into());
            }
            claim = claim.max(claimed_strings(&buffer[..kept + read]));
            // What may be the beginning of a claim that goes on in the next piece.
            let tail = (kept + read).min(64);
            buffer.copy_within(kept + read - tail..kept + read, 0);
            kept = tail;
        }
        // The parser reserves room for as many strings as the list claims to have; each takes some bytes of it.
        if claim > unpacked {
            return Err(malformed("XLSX", "more shared strings claimed than there can be").into());
        }
    }
    Ok(())
}

/// The largest number that stands in an attribute `uniqueCount="…"`.
fn claimed_strings(bytes: &[u8]) -> u64 {
    const NAME: &[u8] = b"uniqueCount";
    let found = bytes.windows(NAME.len()).enumerate().filter(|(_, window)| *window == NAME);
    let claims = found.map(|(at, _)| {
        let rest = bytes[at + NAME.len()..].iter().skip_while(|byte| !byte.is_ascii_digit() && **byte != b'>');
        rest.take_while(|byte| byte.is_ascii_digit())
            .fold(0u64, |claim, digit| claim.saturating_mul(10).saturating_add(u64::from(digit - b'0')))
    });
    claims.max().unwrap_or(0)
}

/// An error of the system stays one; everything else is the file's fault. An archive without the parts of a workbook is another's.
fn failure(error: XlsxError) -> Failure {
    match error {
        XlsxError::Io(source) if source.raw_os_error().is_some() => Failure::Io(source),
        XlsxError::FileNotFound(_) => InputProblem::NoWorkbook.into(),
        other => malformed("XLSX", other).into(),
    }
}
