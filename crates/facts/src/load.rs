//! From a folder of files to tables of facts.

use std::collections::BTreeMap;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use duixian_rules::vocabulary::{ColumnId, TableId, TableKind, Vocabulary};
use rayon::prelude::*;

use crate::assemble::{Assembled, Assembly, Limits};
use crate::error::{InputProblem, LoadError};
use crate::heading::Heading;
use crate::keys::PartyIndex;
use crate::report::{Report, TableReport, Warning};
use crate::table::{Column, Facts, Table};
use crate::{csv, parquet, xlsx};

/// How to load. The number of threads is that of the rayon pool the call runs in.
#[derive(Clone, Copy)]
pub struct LoadOptions<'a> {
    /// Whether the first row in error ends the load with [`InputProblem::Row`].
    pub strict: bool,
    /// Whether a column's values are wanted. Those of key columns are kept whatever it says. Cells of columns that
    /// are not wanted are checked all the same, since a bad one makes its row an error.
    pub needed: &'a (dyn Fn(TableId, ColumnId) -> bool + Sync),
    /// Told now and then the English name of a table and how many of its rows are read; from any thread.
    pub progress: &'a (dyn Fn(&str, u64) + Sync),
    /// How many errors of each table are kept in full; the rest are counted.
    pub kept_errors: usize,
}

impl Default for LoadOptions<'_> {
    /// All columns, no progress, not strict, a thousand errors a table.
    fn default() -> Self {
        LoadOptions { strict: false, needed: &|_, _| true, progress: &|_, _| {}, kept_errors: 1_000 }
    }
}

/// What a load gives.
#[derive(Debug)]
pub struct Loaded {
    /// The valid rows.
    pub facts: Facts,
    /// What was read, refused and passed over.
    pub report: Report,
}

/// Reads the tables of a vocabulary from the files of a folder (`docs/reference/data.md`). The party table comes
/// first; the others follow in parallel.
pub fn load(vocabulary: &Vocabulary, dir: &Path, options: &LoadOptions<'_>) -> Result<Loaded, LoadError> {
    let Folder { files, mut warnings } = Folder::list(vocabulary, dir)?;
    let no_parties = PartyIndex::default();
    let read = |table: TableId, parties: &PartyIndex| match &files[table] {
        None => Ok(None),
        Some(file) => Job { vocabulary, table, dir, file, parties, options }.run().map(Some),
    };
    let party_table = vocabulary.party_table();
    let mut party_read = match party_table {
        Some(table) => read(table, &no_parties)?,
        None => None,
    };
    let parties = party_read.as_mut().map(|read| std::mem::take(&mut read.assembled.parties)).unwrap_or_default();
    let results: Vec<Result<Option<Read>, LoadError>> = (0..vocabulary.tables.len())
        .into_par_iter()
        .map(|table| if Some(table) == party_table { Ok(None) } else { read(table, &parties) })
        .collect();

    let mut facts = Facts::default();
    let mut report = Report::default();
    let mut codes = Some(parties.into_codes());
    for (id, result) in results.into_iter().enumerate() {
        let declared = &vocabulary.tables[id];
        let is_party_table = Some(id) == party_table;
        let mut read = match if is_party_table { party_read.take() } else { result? } {
            Some(read) => read,
            None => Read::nothing(declared),
        };
        if let (true, Some(column)) = (is_party_table, declared.party_column()) {
            read.assembled.table.columns[column] = Column::Party(codes.take().unwrap_or_default());
        }
        facts.tables.push(read.assembled.table);
        report.tables.push(read.assembled.report);
        report.warnings.append(&mut read.warnings);
    }
    report.warnings.append(&mut warnings);
    Ok(Loaded { facts, report })
}

/// The formats, by the ending of the file's name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Format {
    Csv,
    Parquet,
    Xlsx,
}

impl Format {
    fn of(extension: &str) -> Option<Format> {
        match extension {
            "csv" => Some(Format::Csv),
            "parquet" => Some(Format::Parquet),
            "xlsx" => Some(Format::Xlsx),
            _ => None,
        }
    }
}

/// What lies in a folder.
struct Folder {
    /// For each table its file.
    files: Vec<Option<(String, Format)>>,
    warnings: Vec<Warning>,
}

impl Folder {
    fn list(vocabulary: &Vocabulary, dir: &Path) -> Result<Folder, LoadError> {
        let environment = |source| LoadError::Environment { path: dir.to_owned(), source };
        let mut names = Vec::new();
        for entry in std::fs::read_dir(dir).map_err(environment)? {
            // A name that is not Unicode is no table's.
            names.extend(entry.map_err(environment)?.file_name().into_string());
        }
        names.sort();
        let mut files: Vec<Option<(String, Format)>> = vec![None; vocabulary.tables.len()];
        let mut warnings = Vec::new();
        // Hidden files are someone's own, `~$…` is what a spreadsheet program leaves while a file is open.
        for name in names.into_iter().filter(|name| !name.starts_with('.') && !name.starts_with("~$")) {
            let Some((stem, extension)) = name.rsplit_once('.') else { continue };
            let table = vocabulary.tables.iter().position(|table| table.name.en == stem);
            match (table, Format::of(extension)) {
                (Some(table), Some(format)) => {
                    if let Some((first, _)) = &files[table] {
                        let problem = Box::new(InputProblem::TwoFiles(first.clone(), name));
                        return Err(LoadError::Input { path: dir.to_owned(), problem });
                    }
                    files[table] = Some((name, format));
                }
                (Some(_), None) => warnings.push(Warning::UnknownFile { file: name }),
                (None, _) if Format::of(&extension.to_ascii_lowercase()).is_some() => {
                    warnings.push(Warning::UnknownFile { file: name });
                }
                (None, _) => {}
            }
        }
        Ok(Folder { files, warnings })
    }
}

/// One table's file to be read.
pub(crate) struct Job<'a> {
    pub(crate) vocabulary: &'a Vocabulary,
    pub(crate) table: TableId,
    dir: &'a Path,
    file: &'a (String, Format),
    pub(crate) parties: &'a PartyIndex,
    options: &'a LoadOptions<'a>,
}

/// A table that was read.
pub(crate) struct Read {
    pub(crate) assembled: Assembled,
    pub(crate) warnings: Vec<Warning>,
}

/// Why a table cannot be read.
#[derive(Debug)]
pub(crate) enum Failure {
    Io(io::Error),
    Input(InputProblem),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        Failure::Io(error)
    }
}

impl From<InputProblem> for Failure {
    fn from(problem: InputProblem) -> Failure {
        Failure::Input(problem)
    }
}

impl<'a> Job<'a> {
    fn run(&self) -> Result<Read, LoadError> {
        let (name, read) = match self.file.1 {
            Format::Csv => ("CSV", csv::read as fn(&Job<'_>) -> _),
            Format::Parquet => ("Parquet", parquet::read as _),
            Format::Xlsx => ("XLSX", xlsx::read as _),
        };
        // The parsers of others may still panic on a file made to hurt them. Nothing they touched is used afterwards,
        // so that the panic can end as an error of the file.
        let result = catch_unwind(AssertUnwindSafe(|| read(self))).unwrap_or_else(|panic| {
            let words = panic.downcast_ref::<&str>().copied().map(str::to_owned);
            let words = words.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
            Err(Failure::Input(malformed(name, words)))
        });
        result.map_err(|failure| match failure {
            Failure::Io(source) => LoadError::Environment { path: self.path(), source },
            Failure::Input(problem) => LoadError::Input { path: self.path(), problem: Box::new(problem) },
        })
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.dir.join(&self.file.0)
    }

    /// How many errors are kept in full; a strict load needs the first.
    pub(crate) fn limits(&self) -> Limits {
        let errors = self.options.kept_errors.max(usize::from(self.options.strict));
        Limits { strict: self.options.strict, errors }
    }

    pub(crate) fn bind(&self, names: &[impl AsRef<str>]) -> Result<(Heading<'a>, Vec<Warning>), InputProblem> {
        Heading::bind(self.vocabulary, self.table, Arc::from(&*self.file.0), names, self.options.needed)
    }

    pub(crate) fn progress(&self, assembly: &Assembly<'_, '_>) {
        (self.options.progress)(&self.vocabulary.tables[self.table].name.en, assembly.rows_read());
    }
}

/// What a parser said of a file that is not sound.
pub(crate) fn malformed(format: &'static str, detail: impl ToString) -> InputProblem {
    InputProblem::Malformed { format, detail: crate::heading::shorten(&detail.to_string()) }
}

impl Read {
    /// A table without a file.
    fn nothing(declared: &duixian_rules::vocabulary::Table) -> Read {
        let mut table = Table { columns: vec![Column::Empty; declared.columns.len()], ..Table::default() };
        if let (TableKind::Party, Some(column)) = (declared.kind, declared.party_column()) {
            table.columns[column] = Column::Party(Vec::new());
        }
        let report = TableReport {
            table: declared.name.clone(),
            file: Arc::from(""),
            rows_read: 0,
            rows_in_error: 0,
            errors_by_class: BTreeMap::new(),
            errors: Vec::new(),
        };
        Read { assembled: Assembled { table, parties: PartyIndex::default(), report }, warnings: Vec::new() }
    }
}
