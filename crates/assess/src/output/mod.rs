//! Writes an assessment as the table `entitlements` (`docs/reference/data.md`, "The result").
//!
//! A file appears whole or not at all: it is written beside its place under another name, made durable, and renamed.

mod csv;
mod parquet;
mod xlsx;

use std::borrow::Cow;
use std::ffi::OsStr;
use std::fmt;
use std::io::{self, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};

use duixian_facts::table::Facts;
use duixian_facts::uscc::Uscc;
use duixian_rules::plan::{Measure, Plan};
use duixian_rules::vocabulary::Lang;
use rustc_hash::FxHashMap;
use tempfile::NamedTempFile;

use crate::names::{self, BasisText};
use crate::result::{Assessment, MeasureRows, Reason, Row};

/// The headings, in order.
const COLUMNS: [&str; 10] =
    ["measure", "code", "basis", "year", "status", "low", "high", "payable_from", "clause", "reason"];

/// Refuses a file whose extension names no format, before a long run rather than after it.
pub fn check_format(path: &Path) -> Result<(), OutputError> {
    Format::of(path).map(|_| ())
}

/// The table to write.
#[derive(Clone, Copy)]
pub struct Entitlements<'a> {
    plan: &'a Plan,
    facts: &'a Facts,
    assessment: &'a Assessment,
    lang: Lang,
}

impl<'a> Entitlements<'a> {
    /// The table of an assessment of these facts by this plan, with reasons in a language.
    pub fn new(plan: &'a Plan, facts: &'a Facts, assessment: &'a Assessment, lang: Lang) -> Entitlements<'a> {
        Entitlements { plan, facts, assessment, lang }
    }

    /// Writes CSV (RFC 4180, but with plain line feeds; UTF-8 without byte order mark).
    pub fn write_csv(&self, out: &mut dyn Write) -> io::Result<()> {
        csv::write(self, out)
    }

    /// Writes a file in the format that its extension names: `.csv`, `.parquet` or `.xlsx`. On an error nothing is left.
    pub fn save(&self, path: &Path) -> Result<(), OutputError> {
        let format = Format::of(path)?;
        if format == Format::Xlsx && self.assessment.rows() > xlsx::MOST_ROWS {
            return Err(OutputError::TooManyRows { path: path.to_owned(), rows: self.assessment.rows() });
        }
        let environment = |error| OutputError::Io { path: path.to_owned(), error };
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        // Named by what the person asked for: the temporary file's own name would only puzzle.
        let mut file = temporary_file(folder).map_err(|error| environment(error.kind().into()))?;
        let written = match format {
            Format::Csv => self.write_csv(&mut file),
            Format::Parquet => parquet::write(self, file.as_file_mut()),
            Format::Xlsx => xlsx::write(self, file.as_file_mut(), folder),
        };
        written.and_then(|()| file.as_file().sync_all()).map_err(environment)?;
        file.persist(path).map_err(|failed| environment(failed.error))?;
        Ok(())
    }

    /// The assessed measures' rows `range`, counted over all measures, measure by measure.
    fn segments(&self, range: Range<usize>) -> impl Iterator<Item = Segment<'a>> + use<'a> {
        let Entitlements { plan, facts, assessment, lang } = *self;
        let codes = names::party_codes(plan, facts);
        let mut before = 0;
        assessment.measures.iter().flat_map(move |MeasureRows { measure, rows }| {
            let cut = |at: usize| at.saturating_sub(before).min(rows.len());
            let within = cut(range.start)..cut(range.end);
            before += rows.len();
            let measure = &plan.measures[*measure];
            let basis = BasisText::of(plan, facts, measure.basis.table);
            rows.within(within).map(move |rows| Segment { plan, measure, rows, codes, basis, lang })
        })
    }

    /// The rows cut into ranges of at most `size`.
    fn ranges(&self, size: usize) -> impl Iterator<Item = Range<usize>> + use<> {
        let rows = self.assessment.rows();
        (0..rows).step_by(size).map(move |start| start..rows.min(start + size))
    }
}

/// Some rows of one measure.
struct Segment<'a> {
    plan: &'a Plan,
    measure: &'a Measure,
    rows: Cow<'a, [Row]>,
    codes: &'a [Uscc],
    basis: BasisText<'a>,
    lang: Lang,
}

impl Segment<'_> {
    /// The rows with their codes and basis texts, some at a time.
    fn named_rows(&self) -> impl Iterator<Item = (&[Row], RowNames)> {
        self.rows.chunks(1024).map(|rows| {
            // Where there is no party table, no row belongs to a party, and there are no rows.
            let codes: Vec<Uscc> = rows.iter().map(|row| self.codes[row.party as usize]).collect();
            let bases: Vec<u32> = rows.iter().map(|row| row.basis).collect();
            let (basis_bytes, basis_ends) = self.basis.gather(&bases);
            let codes = codes.into_iter().map(Uscc::to_bytes).collect();
            (rows, RowNames { codes, basis_bytes, basis_ends })
        })
    }
}

/// Codes and basis texts of some rows.
struct RowNames {
    codes: Vec<[u8; 18]>,
    basis_bytes: Vec<u8>,
    basis_ends: Vec<usize>,
}

impl RowNames {
    /// The text of the row at this position.
    fn basis(&self, position: usize) -> &[u8] {
        let start = if position == 0 { 0 } else { self.basis_ends[position - 1] };
        &self.basis_bytes[start..self.basis_ends[position]]
    }
}

/// What is worked out of a row's clause and reason, once for each that a segment has: they are few.
struct Verdicts<T> {
    known: FxHashMap<(Reason, Option<u16>), T>,
}

impl<T: Copy> Verdicts<T> {
    fn new() -> Verdicts<T> {
        Verdicts { known: FxHashMap::default() }
    }

    fn of(&mut self, segment: &Segment, row: &Row, make: impl FnOnce(&str, String) -> T) -> T {
        *self.known.entry((row.reason(), row.alternative())).or_insert_with(|| {
            make(row.clause(segment.measure), row.reason().text(segment.plan, segment.measure, segment.lang))
        })
    }
}

/// The formats of a file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Format {
    Csv,
    Parquet,
    Xlsx,
}

impl Format {
    fn of(path: &Path) -> Result<Format, OutputError> {
        let extension = path.extension().and_then(OsStr::to_str).map(str::to_ascii_lowercase);
        match extension.as_deref() {
            Some("csv") => Ok(Format::Csv),
            Some("parquet") => Ok(Format::Parquet),
            Some("xlsx") => Ok(Format::Xlsx),
            _ => Err(OutputError::UnknownFormat { path: path.to_owned() }),
        }
    }
}

/// A file in a folder that goes away unless it is given a name, readable as the process's other new files are.
fn temporary_file(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".entitlements-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder)
}

/// Why a file could not be written.
#[derive(Debug)]
pub enum OutputError {
    /// The extension names none of the formats. The call is at fault.
    UnknownFormat {
        /// The file.
        path: PathBuf,
    },
    /// A worksheet cannot hold so many rows. The call is at fault.
    TooManyRows {
        /// The file.
        path: PathBuf,
        /// How many there are.
        rows: usize,
    },
    /// The disk or the system is at fault.
    Io {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        error: io::Error,
    },
}

impl OutputError {
    /// Whether the environment is at fault (exit code 3) rather than the call (2).
    pub fn is_environment(&self) -> bool {
        matches!(self, OutputError::Io { .. })
    }

    /// What went wrong and what to do.
    pub fn message(&self, lang: Lang) -> String {
        match (self, lang) {
            (OutputError::UnknownFormat { path }, Lang::Zh) => {
                format!("{}：不认识的文件格式，请用 .csv、.parquet 或 .xlsx", path.display())
            }
            (OutputError::UnknownFormat { path }, Lang::En) => {
                format!("{}: unknown file format; use .csv, .parquet or .xlsx", path.display())
            }
            (OutputError::TooManyRows { path, rows }, Lang::Zh) => format!(
                "{}：结果有 {rows} 行，一张 Excel 工作表最多 {} 行，请改用 .parquet 或 .csv",
                path.display(),
                xlsx::MOST_ROWS
            ),
            (OutputError::TooManyRows { path, rows }, Lang::En) => format!(
                "{}: there are {rows} rows, and an Excel worksheet holds {}; use .parquet or .csv",
                path.display(),
                xlsx::MOST_ROWS
            ),
            (OutputError::Io { path, error }, Lang::Zh) => format!("{}：写不进去：{error}", path.display()),
            (OutputError::Io { path, error }, Lang::En) => format!("{}: cannot be written: {error}", path.display()),
        }
    }
}

impl fmt::Display for OutputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message(Lang::En))
    }
}

impl std::error::Error for OutputError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            OutputError::Io { error, .. } => Some(error),
            OutputError::UnknownFormat { .. } | OutputError::TooManyRows { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests;
