//! Chunks of a file become one table: keys checked, rows in error left out, columns end to end.

use std::sync::Arc;

use duixian_rules::vocabulary::{ColumnType, TableKind};

use crate::chunk::{Chunk, Faults, column_of};
use crate::error::InputProblem;
use crate::heading::Heading;
use crate::keys::{Keys, PartyIndex};
use crate::report::{RowError, RowErrorKind, TableReport};
use crate::table::{Column, Lines, Origin, Table};

/// A table in the making.
pub(crate) struct Assembly<'h, 'v> {
    heading: &'h Heading<'v>,
    /// The parties that rows may belong to; none yet where this is their table.
    known: &'h PartyIndex,
    limits: Limits,
    keys: Keys,
    /// The index in [`Heading::columns`] of each key column.
    key_columns: Vec<usize>,
    /// One for each of [`Heading::columns`]; those not kept stay without rows.
    columns: Vec<Column>,
    lines: Lines,
    rows: usize,
    /// Whether room was made for the rows of several chunks.
    has_room: bool,
    /// The parties by code, if this is their table.
    parties: PartyIndex,
    report: TableReport,
}

/// Of fewer rows, as of one party's, there is next to nothing to give back.
const WORTH_SHRINKING: usize = 64;

/// What the caller of the load asked for.
#[derive(Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) strict: bool,
    /// How many errors of a table are kept in full.
    pub(crate) errors: usize,
}

/// A table, what was found in it, and the parties it introduces.
pub(crate) struct Assembled {
    pub(crate) table: Table,
    pub(crate) parties: PartyIndex,
    pub(crate) report: TableReport,
}

impl<'h, 'v> Assembly<'h, 'v> {
    pub(crate) fn new(heading: &'h Heading<'v>, known: &'h PartyIndex, limits: Limits) -> Assembly<'h, 'v> {
        let table = heading.table;
        let position = |id| heading.columns.iter().position(|bound| bound.id == id);
        let key_columns: Vec<usize> = table.key.iter().filter_map(|&id| position(id)).collect();
        let types: Vec<ColumnType> = key_columns.iter().map(|&index| heading.columns[index].ty).collect();
        let keys = match types[..] {
            [ColumnType::Text] => Keys::Ascending,
            [ColumnType::Party, ColumnType::Year] | [ColumnType::Year, ColumnType::Party]
                if table.kind != TableKind::Party =>
            {
                Keys::PartyYears(Vec::new(), Default::default())
            }
            _ => Keys::Other(Default::default()),
        };
        let is_foreign = |ty| ty == ColumnType::Party && table.kind != TableKind::Party;
        let columns = heading
            .columns
            .iter()
            .map(|bound| if is_foreign(bound.ty) { Column::Division(Vec::new()) } else { column_of(bound.ty) });
        Assembly {
            heading,
            known,
            limits,
            keys,
            key_columns,
            columns: columns.collect(),
            lines: Lines::default(),
            rows: 0,
            has_room: false,
            parties: PartyIndex::default(),
            report: TableReport {
                table: table.name.clone(),
                file: heading.file.clone(),
                rows_read: 0,
                rows_in_error: 0,
                errors_by_class: Default::default(),
                errors: Vec::new(),
            },
        }
    }

    /// Rows read so far.
    pub(crate) fn rows_read(&self) -> u64 {
        self.report.rows_read
    }

    /// Makes room for as many more rows.
    pub(crate) fn reserve(&mut self, rows: usize) {
        self.has_room = true;
        if self.heading.table.kind == TableKind::Party {
            self.parties.reserve(rows);
        }
        for (bound, column) in self.heading.columns.iter().zip(&mut self.columns) {
            match column {
                _ if !bound.kept => {}
                Column::Number(values) => values.reserve(rows),
                Column::Date(values) => values.reserve(rows),
                Column::Word(values) => values.reserve(rows),
                Column::Industry(values) => values.reserve(rows),
                Column::Division(values) => values.reserve(rows),
                Column::Text(texts) => texts.reserve(rows),
                Column::Party(_) | Column::Empty => {}
            }
        }
    }

    /// Appends a chunk's valid rows; the first row in error ends a strict load.
    pub(crate) fn append(&mut self, mut chunk: Chunk) -> Result<(), InputProblem> {
        self.report.rows_read += chunk.rows as u64;
        if self.report.rows_read > u64::from(u32::MAX - 1) {
            return Err(InputProblem::TooManyRows);
        }
        let taken = self.take_keys(&mut chunk);
        self.report.rows_in_error += (chunk.rows - taken.len()) as u64;
        self.note_faults(std::mem::replace(&mut chunk.faults, Faults::new(0)), &chunk.lines)?;
        for &row in &taken {
            self.lines.push(self.rows, chunk.lines.of(row as usize));
            self.rows += 1;
        }
        let all = taken.len() == chunk.rows;
        // A table of one chunk is that chunk.
        let is_it = all && self.rows == chunk.rows && !self.has_room;
        for ((bound, column), more) in self.heading.columns.iter().zip(&mut self.columns).zip(chunk.columns) {
            match bound.kept {
                true if is_it => *column = more,
                true => append_rows(column, &more, if all { None } else { Some(&taken) }),
                false => {}
            }
        }
        Ok(())
    }

    /// The chunk's valid rows whose key no row before them has; a repeated key is noted as a fault.
    fn take_keys(&mut self, chunk: &mut Chunk) -> Vec<u32> {
        let mut taken: Vec<u32> = Vec::with_capacity(chunk.rows);
        let mut repeated = Faults::new(self.limits.errors);
        let key: Vec<&Column> = self.key_columns.iter().map(|&index| &chunk.columns[index]).collect();
        let stored = self.key_columns.first().map(|&index| &self.columns[index]);
        for row in (0..chunk.rows).filter(|&row| !chunk.bad[row]) {
            let is_free = match (&key[..], &mut self.keys, stored) {
                ([Column::Party(codes)], _, _) => self.parties.insert(codes[row]),
                ([Column::Division(parties), Column::Date(years)], keys @ Keys::PartyYears(..), _)
                | ([Column::Date(years), Column::Division(parties)], keys @ Keys::PartyYears(..), _) => {
                    keys.take_party_year(parties[row], years[row])
                }
                ([Column::Text(ids)], keys @ (Keys::Ascending | Keys::Ids(..)), Some(Column::Text(stored))) => {
                    keys.take_id(stored, ids, &taken, row)
                }
                (_, keys, _) => keys.take_other(&key, row),
            };
            if is_free {
                taken.push(row as u32);
            } else {
                let value = self.key_text(&key, row);
                repeated.add(row, self.key_columns.first().copied(), &value, RowErrorKind::DuplicateKey);
            }
        }
        chunk.faults.merge(repeated);
        taken
    }

    /// A row's key as a person reads it.
    fn key_text(&self, key: &[&Column], row: usize) -> String {
        let parts = key.iter().map(|column| match column {
            Column::Text(texts) => texts.get(row).to_owned(),
            Column::Party(codes) => codes[row].to_string(),
            Column::Division(parties) => self.known.code(parties[row]).to_string(),
            Column::Date(values) => values[row].to_string(),
            Column::Number(values) => values[row].to_string(),
            Column::Word(_) | Column::Industry(_) | Column::Empty => "…".to_owned(),
        });
        parts.collect::<Vec<_>>().join(" ")
    }

    fn note_faults(&mut self, mut faults: Faults, lines: &Lines) -> Result<(), InputProblem> {
        faults.sort();
        for (class, count) in faults.counts {
            *self.report.errors_by_class.entry(class).or_default() += count;
        }
        for fault in faults.kept {
            let column = match fault.column {
                Some(index) => self.heading.columns[index].name.clone(),
                None => Arc::from(""),
            };
            let error = RowError {
                file: self.heading.file.clone(),
                line: lines.of(fault.row),
                column,
                value: fault.value,
                reason: fault.reason,
            };
            if self.limits.strict {
                return Err(InputProblem::Row(error));
            }
            if self.report.errors.len() < self.limits.errors {
                self.report.errors.push(error);
            }
        }
        Ok(())
    }

    /// The table as evaluators read it.
    pub(crate) fn finish(self) -> Assembled {
        let mut table = Table {
            rows: self.rows,
            party: Vec::new(),
            columns: vec![Column::Empty; self.heading.table.columns.len()],
            origin: Origin { file: self.heading.file.to_string(), lines: self.lines },
        };
        for (index, (bound, mut column)) in self.heading.columns.iter().zip(self.columns).enumerate() {
            if self.rows >= WORTH_SHRINKING {
                shrink(&mut column);
            }
            match column {
                Column::Division(parties) if self.heading.party == Some(index) => table.party = parties,
                column if bound.kept => table.columns[bound.id] = column,
                _ => {}
            }
        }
        Assembled { table, parties: self.parties, report: self.report }
    }
}

/// Gives back room that was not needed.
fn shrink(column: &mut Column) {
    match column {
        Column::Number(values) => values.shrink_to_fit(),
        Column::Date(values) => values.shrink_to_fit(),
        Column::Word(values) => values.shrink_to_fit(),
        Column::Industry(values) => values.shrink_to_fit(),
        Column::Division(values) => values.shrink_to_fit(),
        Column::Text(texts) => texts.shrink_to_fit(),
        Column::Party(_) | Column::Empty => {}
    }
}

/// Appends all rows of a column, or those at the given places.
pub(crate) fn append_rows(column: &mut Column, more: &Column, rows: Option<&[u32]>) {
    fn copy<T: Copy>(values: &mut Vec<T>, more: &[T], rows: Option<&[u32]>) {
        match rows {
            None => values.extend_from_slice(more),
            Some(rows) => values.extend(rows.iter().map(|&row| more[row as usize])),
        }
    }
    match (column, more) {
        (Column::Number(values), Column::Number(more)) => copy(values, more, rows),
        (Column::Date(values), Column::Date(more)) => copy(values, more, rows),
        (Column::Word(values), Column::Word(more)) => copy(values, more, rows),
        (Column::Industry(values), Column::Industry(more)) => copy(values, more, rows),
        (Column::Division(values), Column::Division(more)) => copy(values, more, rows),
        (Column::Text(texts), Column::Text(more)) => match rows {
            None => texts.append(more),
            Some(rows) => rows.iter().for_each(|&row| texts.push(more.get(row as usize))),
        },
        // The party table's codes are already in its index.
        _ => {}
    }
}
