//! What one case goes by: its party's rows of the registry, with what counts of the applicant's statements laid over them.
//!
//! A statement fills a cell that the registry leaves empty. Against a cell that the registry knows it counts only once an
//! official has found that it holds; one that was found not to hold counts nowhere. A row that the registry does not have
//! is made of statements alone.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use duixian_facts::table::Facts;
use duixian_facts::{LoadError, LoadOptions, TableRows, check_cell, form, load};
use duixian_rules::plan::{FactSlot, Plan};
use duixian_rules::vocabulary::{ColumnId, ColumnType, Empty, Table, TableId};

use crate::case::{CellRef, Statement};

/// One row of the registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistryRow {
    /// Its table.
    pub table: TableId,
    /// Its key within the party, as [`row_key`] gives it.
    pub key: String,
    /// Its cells in the vocabulary's order, each in canonical form. They are shared: most rows are only looked at.
    pub cells: Arc<[String]>,
}

/// Where what a dossier says of a cell comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The registry.
    Registry,
    /// The applicant; nobody has looked into it yet.
    Stated,
    /// The applicant; an official has found that it holds.
    Verified,
}

/// A party's facts for one case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dossier {
    /// The party's code.
    pub party: String,
    rows: BTreeMap<(TableId, String), Row>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Row {
    cells: Arc<[String]>,
    sources: Vec<Source>,
    /// Of a row that is made of statements: the columns where an empty cell says that something has not happened, and of which
    /// nothing was stated. Whoever says nothing of a thing does not say that it never happened.
    unanswered: BTreeSet<ColumnId>,
}

/// A row's key within its party: its id, its year, nothing for the party's own row; of a table with another key its cells,
/// joined by `|`. The party's code is left out, since it is that of every row.
pub fn row_key(table: &Table, cells: &[String]) -> String {
    let own = table.key.iter().filter(|column| table.columns[**column].ty != ColumnType::Party);
    own.map(|column| cells.get(*column).map_or("", String::as_str)).collect::<Vec<_>>().join("|")
}

impl Dossier {
    /// Lays statements over a party's rows. What is stated of tables and columns that the plan does not have, or is no
    /// value of its column, is left out.
    pub fn of(
        plan: &Plan,
        party: &str,
        registry: impl IntoIterator<Item = RegistryRow>,
        statements: &BTreeMap<CellRef, Statement>,
    ) -> Dossier {
        let known = |cells: Arc<[String]>| Row {
            sources: vec![Source::Registry; cells.len()],
            cells,
            unanswered: BTreeSet::new(),
        };
        let mut rows: BTreeMap<(TableId, String), Row> =
            registry.into_iter().map(|row| ((row.table, row.key), known(row.cells))).collect();
        let mut answered = BTreeSet::new();
        for (place, statement) in statements {
            let Some(table) = plan.vocabulary.table(&place.table) else { continue };
            let declared = &plan.vocabulary.tables[table];
            let Some(column) = declared.column(&place.column) else { continue };
            let holds = statement.finding.as_ref().map(|finding| finding.holds);
            let is_sound =
                statement.value.is_empty() || check_cell(&plan.vocabulary, table, column, &statement.value).is_ok();
            let names_the_row = declared.key.contains(&column) || declared.columns[column].ty == ColumnType::Party;
            // What was found not to hold was an answer all the same.
            if is_sound {
                answered.insert((table, place.row.as_str(), column));
            }
            if holds == Some(false) || !is_sound || names_the_row {
                continue;
            }
            let row = rows.entry((table, place.row.clone())).or_insert_with(|| Row::made(declared, party, &place.row));
            let is_known = row.sources[column] == Source::Registry && !row.cells[column].is_empty();
            if !is_known || holds == Some(true) {
                row.put(column, &statement.value);
                row.sources[column] = if holds == Some(true) { Source::Verified } else { Source::Stated };
            }
        }
        for ((table, key), row) in &mut rows {
            row.unanswered.retain(|column| !answered.contains(&(*table, key.as_str(), *column)));
        }
        Dossier { party: party.to_owned(), rows }
    }

    /// The same with a row of which nothing is known but its name, unless it has that row.
    pub fn with_row(mut self, plan: &Plan, table: TableId, key: &str) -> Dossier {
        let made = || Row::made(&plan.vocabulary.tables[table], &self.party, key);
        self.rows.entry((table, key.to_owned())).or_insert_with(made);
        self
    }

    /// The same with a cell as if this were known of it.
    pub fn with_cell(mut self, (table, key, column): (TableId, &str, ColumnId), value: &str) -> Dossier {
        if let Some(row) = self.rows.get_mut(&(table, key.to_owned())) {
            row.put(column, value);
        }
        self
    }

    /// The columns of a row that is made of statements which may say that something has not happened, and of which nothing was
    /// stated: neither when it happened nor that it did not.
    pub fn unanswered(&self, table: TableId, key: &str) -> impl Iterator<Item = ColumnId> {
        self.rows.get(&(table, key.to_owned())).into_iter().flat_map(|row| row.unanswered.iter().copied())
    }

    /// What the dossier says of a cell, and from where; none of a row that it does not have.
    pub fn cell(&self, table: TableId, row: &str, column: usize) -> Option<(&str, Source)> {
        let row = self.rows.get(&(table, row.to_owned()))?;
        Some((row.cells.get(column)?.as_str(), row.sources[column]))
    }

    /// Whether it has a row.
    pub fn has(&self, table: TableId, row: &str) -> bool {
        self.rows.contains_key(&(table, row.to_owned()))
    }

    /// The keys of its rows of a table, in order.
    pub fn keys(&self, table: TableId) -> impl Iterator<Item = &str> {
        self.rows.keys().filter(move |(of, _)| *of == table).map(|(_, key)| key.as_str())
    }

    /// The cells without which a row cannot be read at all, and which are empty.
    pub fn missing(&self, plan: &Plan, table: TableId, row: &str) -> Vec<FactSlot> {
        let declared = &plan.vocabulary.tables[table];
        let Some(row) = self.rows.get(&(table, row.to_owned())) else { return Vec::new() };
        let is_missing = |column: &usize| row.cells[*column].is_empty() && form::is_required(declared, *column);
        (0..declared.columns.len()).filter(is_missing).map(|column| FactSlot { table, column }).collect()
    }

    /// The facts in columns, as the rules read them. Rows that lack what they need to be read are left out.
    ///
    /// # Errors
    /// Only where the plan's own tables cannot be written as records.
    pub fn facts(&self, plan: &Plan) -> Result<Facts, LoadError> {
        let vocabulary = &plan.vocabulary;
        // A table of which there are no rows loads as one that is not there. The parties' must be.
        let is_there = |table: &usize| vocabulary.party_table() == Some(*table) || self.keys(*table).next().is_some();
        let tables: Vec<TableRows<'_>> = (0..vocabulary.tables.len())
            .filter(is_there)
            .map(|table| {
                let rows = self.rows.range((table, String::new())..(table + 1, String::new()));
                let rows = rows.map(|(_, row)| &*row.cells).collect();
                TableRows { table, name: vocabulary.tables[table].name.en.clone(), rows }
            })
            .collect();
        load(vocabulary, &tables, &LoadOptions::default()).map(|loaded| loaded.facts)
    }
}

impl Row {
    /// Puts a value into a cell.
    fn put(&mut self, column: ColumnId, value: &str) {
        value.clone_into(&mut Arc::make_mut(&mut self.cells)[column]);
    }

    /// A row that the registry does not have: it knows its party and its key.
    fn made(table: &Table, party: &str, key: &str) -> Row {
        let mut cells = vec![String::new(); table.columns.len()];
        if let Some(column) = table.party_column() {
            party.clone_into(&mut cells[column]);
        }
        let own = table.key.iter().copied().filter(|column| table.columns[*column].ty != ColumnType::Party);
        let own: Vec<usize> = own.collect();
        match own[..] {
            // An id may itself hold the mark that joins several cells.
            [only] => key.clone_into(&mut cells[only]),
            _ => own.iter().zip(key.split('|')).for_each(|(column, cell)| cell.clone_into(&mut cells[*column])),
        }
        let sources = vec![Source::Stated; cells.len()];
        let may_not_have_happened = |column: &ColumnId| table.columns[*column].empty == Empty::NotHappened;
        let unanswered = (0..cells.len()).filter(may_not_have_happened).collect();
        Row { cells: cells.into(), sources, unanswered }
    }
}
