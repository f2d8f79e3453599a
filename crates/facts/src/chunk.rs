//! Some consecutive rows of a file, typed but not yet checked against the rows before them.

use std::collections::BTreeMap;

use duixian_rules::vocabulary::{ColumnType, TableKind};

use crate::cells;
use crate::heading::{Bound, Heading, shorten};
use crate::keys::{PartyFinder, PartyIndex};
use crate::report::{ErrorClass, RowErrorKind};
use crate::table::{Column, Lines, NO_DATE, NO_DIVISION, NO_INDUSTRY, NO_NUMBER, NO_WORD, TextColumn};
use crate::uscc::Uscc;

/// Some consecutive rows. Rows in error keep their place, with empty cells where they are bad.
pub(crate) struct Chunk {
    pub(crate) rows: usize,
    pub(crate) lines: Lines,
    /// One for each of [`Heading::columns`].
    pub(crate) columns: Vec<Column>,
    /// Rows in error.
    pub(crate) bad: Vec<bool>,
    pub(crate) faults: Faults,
}

/// The bad cells of a chunk: all of them counted, the first ones kept.
pub(crate) struct Faults {
    limit: usize,
    pub(crate) kept: Vec<Fault>,
    pub(crate) counts: BTreeMap<ErrorClass, u64>,
}

/// One bad cell.
pub(crate) struct Fault {
    /// The row in the chunk.
    pub(crate) row: usize,
    /// The index in [`Heading::columns`], or `None` for the whole row.
    pub(crate) column: Option<usize>,
    pub(crate) value: String,
    pub(crate) reason: RowErrorKind,
}

impl Faults {
    pub(crate) fn new(limit: usize) -> Faults {
        Faults { limit, kept: Vec::new(), counts: BTreeMap::new() }
    }

    pub(crate) fn add(&mut self, row: usize, column: Option<usize>, value: &str, reason: RowErrorKind) {
        *self.counts.entry(reason.class()).or_default() += 1;
        if self.kept.len() < self.limit {
            self.kept.push(Fault { row, column, value: shorten(value), reason });
        }
    }

    /// Takes over the faults of another column of the same rows.
    pub(crate) fn merge(&mut self, other: Faults) {
        self.kept.extend(other.kept);
        for (class, count) in other.counts {
            *self.counts.entry(class).or_default() += count;
        }
    }

    /// Puts the faults in the order of rows, then columns, and drops those beyond the limit.
    pub(crate) fn sort(&mut self) {
        self.kept.sort_by_key(|fault| (fault.row, fault.column));
        self.kept.truncate(self.limit);
    }
}

/// One column of a chunk while it grows.
pub(crate) struct Cells<'a> {
    pub(crate) bound: &'a Bound,
    /// Other tables hold the row of their party here, as [`Column::Division`] holds numbers of its size.
    pub(crate) column: Column,
    /// Finds the party; absent in the party table itself.
    finder: Option<PartyFinder<'a>>,
}

impl<'a> Cells<'a> {
    pub(crate) fn new(heading: &'a Heading<'_>, bound: &'a Bound, parties: &'a PartyIndex) -> Cells<'a> {
        let is_foreign = bound.ty == ColumnType::Party && heading.table.kind != TableKind::Party;
        Cells {
            bound,
            column: if is_foreign { Column::Division(Vec::new()) } else { column_of(bound.ty) },
            finder: is_foreign.then(|| PartyFinder::new(parties)),
        }
    }

    /// A column that looks no party up: a code needs only be sound.
    pub(crate) fn alone(bound: &'a Bound) -> Cells<'a> {
        Cells { bound, column: column_of(bound.ty), finder: None }
    }

    /// Appends a cell from its text. A cell in error is appended as an empty one, so that rows stay aligned.
    pub(crate) fn push(&mut self, text: &str) -> Result<(), RowErrorKind> {
        let text = cells::trim(text);
        if text.is_empty() {
            return self.push_empty();
        }
        let (ty, words) = (self.bound.ty, self.bound.words.as_ref());
        match &mut self.column {
            Column::Number(values) => put(values, cells::number(ty, text), NO_NUMBER),
            Column::Date(values) => put(values, cells::date_or_year(ty, text), NO_DATE),
            Column::Word(values) => {
                let word = words.map_or_else(|| cells::boolean(text), |list| cells::word(list, text));
                put(values, word, NO_WORD)
            }
            Column::Industry(values) => put(values, cells::industry(text), NO_INDUSTRY),
            Column::Division(values) => match &mut self.finder {
                Some(finder) => put(values, finder.find(text), NO_DIVISION),
                None => put(values, cells::division(text), NO_DIVISION),
            },
            Column::Party(values) => put(values, Uscc::parse(text).map_err(RowErrorKind::NotCode), Uscc::FILLER),
            Column::Text(texts) => {
                texts.push(text);
                Ok(())
            }
            Column::Empty => Ok(()),
        }
    }

    /// Appends an empty cell; an error where it must not be empty.
    pub(crate) fn push_empty(&mut self) -> Result<(), RowErrorKind> {
        match &mut self.column {
            Column::Number(values) => values.push(NO_NUMBER),
            Column::Date(values) => values.push(NO_DATE),
            Column::Word(values) => values.push(NO_WORD),
            Column::Industry(values) => values.push(NO_INDUSTRY),
            Column::Division(values) => values.push(NO_DIVISION),
            Column::Party(values) => values.push(Uscc::FILLER),
            Column::Text(texts) => texts.push(""),
            Column::Empty => {}
        }
        if self.bound.required { Err(RowErrorKind::Empty) } else { Ok(()) }
    }

    /// Appends a checked number to a column of numbers.
    pub(crate) fn push_number(&mut self, value: i64) -> Result<(), RowErrorKind> {
        let Column::Number(values) = &mut self.column else { return self.push_empty() };
        values.push(value);
        Ok(())
    }

    /// Appends a checked date or year to a column of them.
    pub(crate) fn push_date(&mut self, value: i32) -> Result<(), RowErrorKind> {
        let Column::Date(values) = &mut self.column else { return self.push_empty() };
        values.push(value);
        Ok(())
    }

    /// Appends the index of a word, or a boolean, to a column of them.
    pub(crate) fn push_word(&mut self, value: u8) -> Result<(), RowErrorKind> {
        let Column::Word(values) = &mut self.column else { return self.push_empty() };
        values.push(value);
        Ok(())
    }

    /// Takes the values gathered so far, leaving the column empty.
    pub(crate) fn take(&mut self) -> Column {
        let fresh = if self.finder.is_some() { Column::Division(Vec::new()) } else { column_of(self.bound.ty) };
        std::mem::replace(&mut self.column, fresh)
    }
}

fn put<T>(values: &mut Vec<T>, value: Result<T, RowErrorKind>, empty: T) -> Result<(), RowErrorKind> {
    let (value, result) = match value {
        Ok(value) => (value, Ok(())),
        Err(error) => (empty, Err(error)),
    };
    values.push(value);
    result
}

/// Why a code names no party: it is no code at all, or nobody's.
pub(crate) fn unknown_party(text: &str) -> RowErrorKind {
    Uscc::parse(text).map_or_else(RowErrorKind::NotCode, |_| RowErrorKind::UnknownParty)
}

/// An empty column of the kind that holds a type.
pub(crate) fn column_of(ty: ColumnType) -> Column {
    match ty {
        ColumnType::Money | ColumnType::Percent | ColumnType::Decimal | ColumnType::Count => Column::Number(Vec::new()),
        ColumnType::Date | ColumnType::Year => Column::Date(Vec::new()),
        ColumnType::Bool | ColumnType::Word(_) => Column::Word(Vec::new()),
        ColumnType::Text => Column::Text(TextColumn::default()),
        ColumnType::Industry => Column::Industry(Vec::new()),
        ColumnType::Division => Column::Division(Vec::new()),
        ColumnType::Party => Column::Party(Vec::new()),
    }
}

/// Gathers chunks from a format that is read row by row.
pub(crate) struct RowReader<'a> {
    columns: Vec<Cells<'a>>,
    rows: usize,
    lines: Lines,
    bad: Vec<bool>,
    faults: Faults,
    limit: usize,
}

impl<'a> RowReader<'a> {
    pub(crate) fn new(heading: &'a Heading<'_>, parties: &'a PartyIndex, limit: usize) -> RowReader<'a> {
        let columns = heading.columns.iter().map(|bound| Cells::new(heading, bound, parties)).collect();
        let (lines, bad) = (Lines::default(), Vec::new());
        RowReader { columns, rows: 0, lines, bad, faults: Faults::new(limit), limit }
    }

    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    /// Appends a row. `text` gives the cell of a file's column, or what is wrong with it and how it reads.
    pub(crate) fn push_row<'t>(
        &mut self,
        line: u32,
        text: impl Fn(&Bound) -> Result<std::borrow::Cow<'t, str>, (RowErrorKind, String)>,
    ) {
        let mut is_bad = false;
        for (index, cells) in self.columns.iter_mut().enumerate() {
            let fault = match text(cells.bound) {
                Ok(text) => cells.push(&text).err().map(|reason| (reason, text)),
                Err((reason, text)) => {
                    // The cell's own fault says more than that it would also be empty.
                    let _ = cells.push_empty();
                    Some((reason, text.into()))
                }
            };
            if let Some((reason, text)) = fault {
                is_bad = true;
                self.faults.add(self.rows, Some(index), cells::trim(&text), reason);
            }
        }
        self.end_row(line, is_bad);
    }

    /// Appends a row that is in error as a whole.
    pub(crate) fn push_bad_row(&mut self, line: u32, value: &str, reason: RowErrorKind) {
        for cells in &mut self.columns {
            // The row's own fault is the one to report.
            let _ = cells.push_empty();
        }
        self.faults.add(self.rows, None, value, reason);
        self.end_row(line, true);
    }

    fn end_row(&mut self, line: u32, is_bad: bool) {
        self.lines.push(self.rows, line);
        self.bad.push(is_bad);
        self.rows += 1;
    }

    /// Takes the rows gathered so far.
    pub(crate) fn take(&mut self) -> Chunk {
        Chunk {
            rows: std::mem::take(&mut self.rows),
            lines: std::mem::take(&mut self.lines),
            columns: self.columns.iter_mut().map(Cells::take).collect(),
            bad: std::mem::take(&mut self.bad),
            faults: std::mem::replace(&mut self.faults, Faults::new(self.limit)),
        }
    }
}
