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
            let is_key = table.key.contains(&column) || declared.ty == ColumnType::Party;
            let required = is_required(table, column);
            let kept = is_key || needed(id, column);
            match position {
                None if required => return Err(InputProblem::MissingColumn(declared.name.clone())),
                None => {}
                Some(_) if declared.ty == ColumnType::Text && !required && !kept => {}
                Some(position) => {
                    let name = trim(names[position].as_ref()).into();
                    columns.push(Bound { position, kept, name, ..Bound::new(vocabulary, id, column) });
                }
            }
        }
        columns.sort_by_key(|column| column.position);
        let party = columns.iter().position(|column| column.ty == ColumnType::Party);
        Ok((Heading { table, file, width: names.len(), columns, party }, warnings))
    }
}

impl Bound {
    /// A column by itself, as if it were the only one of a file.
    pub(crate) fn new(vocabulary: &Vocabulary, table: TableId, column: ColumnId) -> Bound {
        let table = &vocabulary.tables[table];
        let declared = &table.columns[column];
        Bound {
            position: 0,
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
