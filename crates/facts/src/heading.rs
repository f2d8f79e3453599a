//! Which of a file's columns is which of the table's.

use std::sync::Arc;

use duixian_rules::vocabulary::{ColumnId, ColumnType, Table, TableId, Vocabulary, WordList};

use crate::cells::trim;
use crate::error::InputProblem;
use crate::form::is_required;
use crate::limits;
use crate::report::Warning;

/// A table and the columns of its file that are to be read.
pub(crate) struct Heading<'v> {
    pub(crate) table: &'v Table,
    pub(crate) file: Arc<str>,
    /// How many columns the file has.
    pub(crate) width: usize,
    /// Those to be read, in the file's order.
    pub(crate) columns: Vec<Bound>,
    /// The index in `columns` of the column that names the party.
    pub(crate) party: Option<usize>,
}

/// A column of the file and what it is.
pub(crate) struct Bound {
    /// Which column of the file, from 0.
    pub(crate) position: usize,
    pub(crate) id: ColumnId,
    pub(crate) ty: ColumnType,
    /// Whether an empty cell is an error.
    pub(crate) required: bool,
    /// Whether its values are kept once they are found valid.
    pub(crate) kept: bool,
    /// The name as the file has it.
    pub(crate) name: Arc<str>,
    /// The words of a column of words.
    pub(crate) words: Option<Arc<WordList>>,
}

impl<'v> Heading<'v> {
    /// Finds the table's columns among a file's headings. `needed` says whose values are wanted; a text column that is
    /// not wanted is not read at all, since every text is valid.
    pub(crate) fn bind(
        vocabulary: &'v Vocabulary,
        id: TableId,
        file: Arc<str>,
        names: &[impl AsRef<str>],
        needed: &(dyn Fn(TableId, ColumnId) -> bool + Sync),
    ) -> Result<(Heading<'v>, Vec<Warning>), InputProblem> {
        let table = &vocabulary.tables[id];
        let mut warnings = Vec::new();
        let mut positions: Vec<Option<usize>> = vec![None; table.columns.len()];
        if names.is_empty() {
            return Err(InputProblem::NoHeading);
        }
        if names.len() > limits::COLUMNS {
            return Err(InputProblem::TooManyColumns);
        }
        for (position, name) in names.iter().enumerate() {
            let name = trim(name.as_ref());
            let Some(column) = table.column(name) else {
                warnings.push(Warning::UnknownColumn { file: file.clone(), column: shorten(name) });
                continue;
            };
            if let Some(first) = positions[column].replace(position) {
                let first = trim(names[first].as_ref()).to_owned();
                return Err(InputProblem::DuplicateColumn { first, second: name.to_owned() });
            }
        }
        let mut columns = Vec::new();
        for (column, (declared, position)) in table.columns.iter().zip(positions).enumerate() {
            let Some(position) = position else {
                if is_required(table, column) {
                    return Err(InputProblem::MissingColumn(declared.name.clone()));
                }
                continue;
            };
            if let Some(bound) = Bound::wanted(vocabulary, id, column, needed) {
                let name = trim(names[position].as_ref()).into();
                columns.push(Bound { position, name, ..bound });
            }
        }
        columns.sort_by_key(|column| column.position);
        Ok((Heading::of(table, file, names.len(), columns), warnings))
    }

    /// The heading of rows that have a cell for every column, in the vocabulary's order: none need be looked for.
    pub(crate) fn whole(
        vocabulary: &'v Vocabulary,
        id: TableId,
        file: Arc<str>,
        needed: &(dyn Fn(TableId, ColumnId) -> bool + Sync),
    ) -> Heading<'v> {
        let table = &vocabulary.tables[id];
        let wanted = |column| Bound::wanted(vocabulary, id, column, needed);
        let columns = (0..table.columns.len()).filter_map(wanted).collect();
        Heading::of(table, file, table.columns.len(), columns)
    }

    fn of(table: &'v Table, file: Arc<str>, width: usize, columns: Vec<Bound>) -> Heading<'v> {
        let party = columns.iter().position(|column| column.ty == ColumnType::Party);
        Heading { table, file, width, columns, party }
    }
}

impl Bound {
    /// A column where the vocabulary has it, unless its values are of no interest and every text is one.
    fn wanted(
        vocabulary: &Vocabulary,
        table: TableId,
        column: ColumnId,
        needed: &(dyn Fn(TableId, ColumnId) -> bool + Sync),
    ) -> Option<Bound> {
        let bound = Bound::new(vocabulary, table, column);
        let is_key = vocabulary.tables[table].key.contains(&column) || bound.ty == ColumnType::Party;
        let kept = is_key || needed(table, column);
        (kept || bound.required || bound.ty != ColumnType::Text).then_some(Bound { kept, ..bound })
    }

    /// A column where the vocabulary has it, read and kept.
    pub(crate) fn new(vocabulary: &Vocabulary, table: TableId, column: ColumnId) -> Bound {
        let table = &vocabulary.tables[table];
        let declared = &table.columns[column];
        Bound {
            position: column,
            id: column,
            ty: declared.ty,
            required: is_required(table, column),
            kept: true,
            name: declared.name.en.as_str().into(),
            words: match declared.ty {
                ColumnType::Word(list) => Some(Arc::clone(&vocabulary.word_lists[list])),
                _ => None,
            },
        }
    }
}

/// At most about 60 characters of a text, on one line.
pub(crate) fn shorten(text: &str) -> String {
    let mut characters = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    let mut short: String = characters.by_ref().take(60).collect();
    if characters.next().is_some() {
        short.push('…');
    }
    short
}
