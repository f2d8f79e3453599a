//! From a folder of files, or from texts in memory, to tables of facts.

use std::collections::BTreeMap;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use duixian_rules::vocabulary::{ColumnId, TableId, TableKind, Vocabulary};
use rayon::prelude::*;

use crate::assemble::{Assembled, Assembly, Limits};
use crate::error::{InputProblem, LoadError};
use crate::heading::Heading;
use crate::keys::PartyIndex;
use crate::report::{Report, TableReport, Warning};
use crate::source::{Format, Input, Inputs, Source};
use crate::table::{Column, Facts, Table};
use crate::{csv, parquet, rows, xlsx};

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

/// Texts of so many bytes are read by several threads: fewer, as those of one party, are read before another has woken.
const WORTH_SHARING: usize = 1 << 17;

/// What a load gives.
#[derive(Debug)]
pub struct Loaded {
    /// The valid rows.
    pub facts: Facts,
    /// What was read, refused and passed over.
    pub report: Report,
}

/// Reads the tables of a vocabulary from the files of a folder (`docs/reference/data.md`) or from texts in memory, which
/// are checked and reported on in the same way. The party table comes first; the others follow, in parallel where it pays.
pub fn load<'a>(
    vocabulary: &Vocabulary,
    source: impl Into<Source<'a>>,
    options: &LoadOptions<'_>,
) -> Result<Loaded, LoadError> {
    let Inputs { tables: inputs, mut warnings } = Inputs::of(vocabulary, source.into())?;
    let no_parties = PartyIndex::default();
    let read = |table: TableId, parties: &PartyIndex| match &inputs[table] {
        None => Ok(None),
        Some(input) => Job { vocabulary, table, input, parties, options }.run().map(Some),
    };
    let party_table = vocabulary.party_table();
    let mut party_read = match party_table {
        Some(table) => read(table, &no_parties)?,
        None => None,
    };
    let parties = party_read.as_mut().map(|read| std::mem::take(&mut read.assembled.parties)).unwrap_or_default();
    let rest = |table: TableId| if Some(table) == party_table { Ok(None) } else { read(table, &parties) };
    let tables = 0..vocabulary.tables.len();
    let known: Option<usize> = inputs.iter().flatten().map(Input::known_size).sum();
    let results: Vec<Result<Option<Read>, LoadError>> = if known.is_some_and(|bytes| bytes < WORTH_SHARING) {
        tables.map(rest).collect()
    } else {
        tables.into_par_iter().map(rest).collect()
    };

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

/// One table to be read.
pub(crate) struct Job<'a> {
    pub(crate) vocabulary: &'a Vocabulary,
    pub(crate) table: TableId,
    pub(crate) input: &'a Input<'a>,
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
        let read = || match self.input.format {
            Format::Csv => csv::read(self),
            Format::Parquet => parquet::read(self),
            Format::Xlsx => xlsx::read(self),
            Format::Rows(rows) => rows::read(self, rows),
        };
        // The parsers of others may still panic on a file made to hurt them. Nothing they touched is used afterwards,
        // so that the panic can end as an error of the file.
        let result = catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|panic| {
            let words = panic.downcast_ref::<&str>().copied().map(str::to_owned);
            let words = words.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
            Err(Failure::Input(malformed(self.input.format.name(), words)))
        });
        result.map_err(|failure| match failure {
            Failure::Io(source) => LoadError::Environment { path: self.input.path(), source },
            Failure::Input(problem) => LoadError::Input { path: self.input.path(), problem: Box::new(problem) },
        })
    }

    /// How many errors are kept in full; a strict load needs the first.
    pub(crate) fn limits(&self) -> Limits {
        let errors = self.options.kept_errors.max(usize::from(self.options.strict));
        Limits { strict: self.options.strict, errors }
    }

    pub(crate) fn bind(&self, names: &[impl AsRef<str>]) -> Result<(Heading<'a>, Vec<Warning>), InputProblem> {
        Heading::bind(self.vocabulary, self.table, Arc::from(&*self.input.name), names, self.options.needed)
    }

    /// The heading of rows that have all columns.
    pub(crate) fn whole(&self) -> Heading<'a> {
        Heading::whole(self.vocabulary, self.table, Arc::from(&*self.input.name), self.options.needed)
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
