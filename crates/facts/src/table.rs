//! Tables of facts in memory: one typed column after the other, rows in error already left out.
//!
//! An empty cell is a sentinel of its type, so that a column is one plain vector and a scan touches nothing else.
//! What an empty cell *means* stands in the vocabulary ([`duixian_rules::vocabulary::Empty`]).

use std::sync::{Arc, OnceLock};

use duixian_rules::vocabulary::{ColumnId, TableId};

use crate::narrow::NarrowColumns;
use crate::order::Order;
use crate::uscc::Uscc;

/// Empty money, count, percent or decimal.
pub const NO_NUMBER: i64 = i64::MIN;
/// Empty date or year.
pub const NO_DATE: i32 = i32::MIN;
/// Empty word or boolean.
pub const NO_WORD: u8 = u8::MAX;
/// Empty industry code.
pub const NO_INDUSTRY: u16 = u16::MAX;
/// Empty division code.
pub const NO_DIVISION: u32 = u32::MAX;

/// All tables of a district, indexed as in the vocabulary. A table without a file is there with no rows. What is worked out of
/// them when first asked for is kept ([`crate::order`], [`crate::narrow`]), so that tables must not be changed afterwards; changed
/// tables make new facts.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// The tables.
    pub tables: Vec<Table>,
    pub(crate) order: Order,
    pub(crate) narrow: OnceLock<Arc<NarrowColumns>>,
}

impl Facts {
    /// Facts of these tables.
    pub fn new(tables: Vec<Table>) -> Facts {
        Facts { tables, order: Order::default(), narrow: OnceLock::new() }
    }

    /// A table's rows.
    pub fn table(&self, id: TableId) -> &Table {
        &self.tables[id]
    }
}

/// The valid rows of one table.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// How many rows.
    pub rows: usize,
    /// For each row its party's row in the party table; empty for the party table itself.
    pub party: Vec<u32>,
    /// The columns, indexed as in the vocabulary.
    pub columns: Vec<Column>,
    /// Where the rows came from.
    pub origin: Origin,
}

/// Where a table's rows came from.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// The file's name, without its folder; empty if there was none.
    pub file: String,
    /// For each row its line in the file (CSV: the line its record begins on, the heading being line 1; XLSX: the sheet's
    /// row; Parquet: the row counted from 1).
    pub lines: Lines,
}

/// Line numbers of rows, compact where they simply count up.
#[derive(Clone, Debug)]
pub enum Lines {
    /// Row `i` stands on line `i + first`.
    CountUp(u32),
    /// Row `i` stands on line `lines[i]`.
    Each(Vec<u32>),
}

impl Default for Lines {
    fn default() -> Self {
        Lines::CountUp(1)
    }
}

impl Lines {
    /// The line a row stands on.
    pub fn of(&self, row: usize) -> u32 {
        match self {
            Lines::CountUp(first) => first + row as u32,
            Lines::Each(lines) => lines[row],
        }
    }

    /// Notes the line of the next row, `row` being how many are noted already.
    pub(crate) fn push(&mut self, row: usize, line: u32) {
        match self {
            Lines::CountUp(first) if row == 0 => *first = line,
            Lines::CountUp(first) if line == *first + row as u32 => {}
            Lines::CountUp(first) => {
                *self = Lines::Each((0..row as u32).map(|row| *first + row).chain([line]).collect());
            }
            Lines::Each(lines) => lines.push(line),
        }
    }
}

/// One typed column. All variants but [`Column::Empty`] hold one value per row.
#[derive(Clone, Debug, Default)]
pub enum Column {
    /// Every cell is empty: the file has no such column, or it was not asked for.
    #[default]
    Empty,
    /// Money in fen, or a count, percent or decimal; [`NO_NUMBER`] is empty.
    Number(Vec<i64>),
    /// Days since 1970-01-01, or a calendar year; [`NO_DATE`] is empty.
    Date(Vec<i32>),
    /// Index in the word list, or 0 and 1 for false and true; [`NO_WORD`] is empty.
    Word(Vec<u8>),
    /// Industry code: four hexadecimal nibbles, the digits from the left, `F` after the last (`51` is `0x51FF`);
    /// [`NO_INDUSTRY`] is empty. The section letter, which the digits imply, is not kept.
    Industry(Vec<u16>),
    /// The six digits as a number; [`NO_DIVISION`] is empty.
    Division(Vec<u32>),
    /// Unified social credit codes; never empty, being part of a key. Held by the party table alone: other tables
    /// have [`Table::party`] in its place.
    Party(Vec<Uscc>),
    /// Text, trimmed; the empty text is empty.
    Text(TextColumn),
}

/// Texts of one column, end to end.
#[derive(Clone, Debug)]
pub struct TextColumn {
    bytes: Vec<u8>,
    /// `ends[row]` is where the row's text ends in `bytes`; it begins where the one before ends.
    ends: Vec<u64>,
}

impl Default for TextColumn {
    fn default() -> Self {
        TextColumn::with_capacity(0, 0)
    }
}

impl TextColumn {
    /// An empty column with room.
    pub fn with_capacity(rows: usize, bytes: usize) -> TextColumn {
        TextColumn { bytes: Vec::with_capacity(bytes), ends: Vec::with_capacity(rows) }
    }

    /// Appends a row's text.
    pub fn push(&mut self, text: &str) {
        self.bytes.extend_from_slice(text.as_bytes());
        self.ends.push(self.bytes.len() as u64);
    }

    /// Appends all rows of another column.
    pub(crate) fn append(&mut self, other: &TextColumn) {
        let before = self.bytes.len() as u64;
        self.bytes.extend_from_slice(&other.bytes);
        self.ends.extend(other.ends.iter().map(|end| before + end));
    }

    /// Makes room for more rows.
    pub(crate) fn reserve(&mut self, rows: usize) {
        self.ends.reserve(rows);
    }

    /// Gives back room that was not needed.
    pub(crate) fn shrink_to_fit(&mut self) {
        self.bytes.shrink_to_fit();
        self.ends.shrink_to_fit();
    }

    /// Some rows' texts.
    pub(crate) fn taken(&self, rows: &[u32]) -> TextColumn {
        let mut taken = TextColumn::with_capacity(rows.len(), self.bytes.len());
        for &row in rows {
            taken.bytes.extend_from_slice(self.bytes(row as usize));
            taken.ends.push(taken.bytes.len() as u64);
        }
        taken
    }

    /// How many rows.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// A row's text as bytes (UTF-8), whose order is that of code points.
    pub fn bytes(&self, row: usize) -> &[u8] {
        let start = if row == 0 { 0 } else { self.ends[row - 1] as usize };
        &self.bytes[start..self.ends[row] as usize]
    }

    /// A row's text.
    pub fn get(&self, row: usize) -> &str {
        std::str::from_utf8(self.bytes(row)).expect("only whole `str`s are pushed, so every row is UTF-8")
    }
}

/// One cell, for explanations and one-case work; batches read the columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell<'a> {
    /// The cell is empty.
    Empty,
    /// Any of the `i64` types, in the units of `duixian_rules::plan`.
    Number(i64),
    /// Text, or a code in its digits.
    Text(std::borrow::Cow<'a, str>),
}

impl Table {
    /// The value of a cell.
    pub fn cell(&self, column: ColumnId, row: usize) -> Cell<'_> {
        let number = |value: i64, empty: bool| if empty { Cell::Empty } else { Cell::Number(value) };
        match &self.columns[column] {
            Column::Empty => Cell::Empty,
            Column::Number(values) => number(values[row], values[row] == NO_NUMBER),
            Column::Date(values) => number(values[row].into(), values[row] == NO_DATE),
            Column::Word(values) => number(values[row].into(), values[row] == NO_WORD),
            Column::Industry(values) if values[row] == NO_INDUSTRY => Cell::Empty,
            Column::Industry(values) => {
                Cell::Text(format!("{:04X}", values[row]).trim_end_matches('F').to_owned().into())
            }
            Column::Division(values) if values[row] == NO_DIVISION => Cell::Empty,
            Column::Division(values) => Cell::Text(format!("{:06}", values[row]).into()),
            Column::Party(codes) => Cell::Text(codes[row].to_string().into()),
            Column::Text(texts) if texts.bytes(row).is_empty() => Cell::Empty,
            Column::Text(texts) => Cell::Text(texts.get(row).into()),
        }
    }
}
