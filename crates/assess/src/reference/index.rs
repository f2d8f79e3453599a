//! Where a party's rows are, and where those are that a limit counts together: built once, so that one party can be looked at
//! without reading the district.

use std::collections::HashMap;
use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError};

use duixian_facts::table::{Cell, Facts};
use duixian_facts::uscc::Uscc;
use duixian_rules::plan::Plan;
use duixian_rules::vocabulary::{ColumnId, ColumnType, TableId};

use super::limits::Settled;
use crate::names::party_codes;

/// A plan and the facts of a district, ready to be asked about single parties. Can be shared between threads. One that is to
/// outlive the call that made it, as in a server, holds its plan and facts itself: [`Index::shared`].
pub struct Index<'a> {
    pub(super) plan: Held<'a, Plan>,
    pub(super) facts: Held<'a, Facts>,
    by_code: HashMap<Uscc, u32>,
    /// For each table the rows of each party; of the party table itself none.
    by_party: Vec<RowsByParty>,
    /// For a column that a limit counts by, the rows with each text.
    by_text: Mutex<HashMap<(TableId, ColumnId), RowsByText>>,
    /// Measures in which any row may take another's place, settled for the whole district: by measure, year and as-of date.
    whole: Mutex<HashMap<WholeKey, Arc<Vec<Settled>>>>,
}

/// Something lent, or held together with others.
pub(super) enum Held<'a, T> {
    Lent(&'a T),
    Shared(Arc<T>),
}

impl<T> Deref for Held<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        match self {
            Held::Lent(it) => it,
            Held::Shared(it) => it,
        }
    }
}

/// The rows of one table by their party: those of party `p` stand from `ends[p - 1]` to `ends[p]`.
#[derive(Default)]
struct RowsByParty {
    rows: Vec<u32>,
    ends: Vec<u32>,
}

impl RowsByParty {
    /// `owners` has the party of each row.
    fn new(owners: &[u32], parties: usize) -> RowsByParty {
        let mut ends = vec![0; parties];
        owners.iter().for_each(|&party| ends[party as usize] += 1);
        let mut sum = 0;
        for end in &mut ends {
            // Where the party's rows begin; each row that is put in its place moves it on, until it is where they end.
            sum += std::mem::replace(end, sum);
        }
        let mut rows = vec![0; owners.len()];
        for (row, &party) in (0..).zip(owners) {
            let place = &mut ends[party as usize];
            rows[*place as usize] = row;
            *place += 1;
        }
        RowsByParty { rows, ends }
    }

    fn of(&self, party: u32) -> &[u32] {
        let party = party as usize;
        let Some(&end) = self.ends.get(party) else { return &[] };
        let start = party.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.rows[start as usize..end as usize]
    }
}

/// The rows with each text in one column.
type RowsByText = HashMap<String, Vec<u32>>;
/// A measure, a year and an as-of date.
type WholeKey = (usize, i64, i64);

impl<'a> Index<'a> {
    /// Reads through all tables once.
    pub fn new(plan: &'a Plan, facts: &'a Facts) -> Index<'a> {
        Index::of(Held::Lent(plan), Held::Lent(facts))
    }

    fn of(plan: Held<'a, Plan>, facts: Held<'a, Facts>) -> Index<'a> {
        let party_table = plan.vocabulary.party_table();
        let parties = party_table.and_then(|table| facts.tables.get(table)).map_or(0, |table| table.rows);
        let by_code = party_codes(&plan, &facts).iter().copied().zip(0..).collect();
        let by_party = (0..plan.vocabulary.tables.len()).map(|table| match facts.tables.get(table) {
            Some(rows) if party_table != Some(table) => RowsByParty::new(&rows.party, parties),
            _ => RowsByParty::default(),
        });
        let by_party = by_party.collect();
        Index { plan, facts, by_code, by_party, by_text: Mutex::default(), whole: Mutex::default() }
    }

    /// The plan.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The facts.
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// The row of the party table with this code.
    pub fn party(&self, code: &str) -> Option<u32> {
        self.by_code.get(&Uscc::parse(code).ok()?).copied()
    }

    /// A party's code.
    pub fn party_code(&self, party: u32) -> String {
        party_codes(&self.plan, &self.facts).get(party as usize).map_or_else(String::new, Uscc::to_string)
    }

    /// A row's name in the result: its id, its year, or nothing.
    pub fn basis_text(&self, table: TableId, row: u32) -> String {
        let shape = &self.plan.vocabulary.tables[table];
        let column = shape.id_column().or_else(|| shape.year_column());
        column.map_or_else(String::new, |column| self.text(table, column, row))
    }

    /// The party's row of a table with this name ([`Index::basis_text`]).
    pub fn row_named(&self, table: TableId, party: u32, name: &str) -> Option<u32> {
        self.rows_of_party(table, party).into_iter().find(|&row| self.basis_text(table, row) == name)
    }

    /// A cell as plain text; empty if it is.
    fn text(&self, table: TableId, column: ColumnId, row: u32) -> String {
        match self.cell(table, column, row) {
            Cell::Empty => String::new(),
            Cell::Number(number) => number.to_string(),
            Cell::Text(text) => text.into_owned(),
        }
    }

    /// A cell. A table or column that was not read is empty.
    pub(super) fn cell(&self, table: TableId, column: ColumnId, row: u32) -> Cell<'_> {
        match self.facts.tables.get(table) {
            Some(rows) if column < rows.columns.len() => rows.cell(column, row as usize),
            _ => Cell::Empty,
        }
    }

    /// The year a row is of, where its table has one for each year.
    pub(super) fn year_of(&self, table: TableId, row: u32) -> Option<i64> {
        match self.cell(table, self.plan.vocabulary.tables[table].year_column()?, row) {
            Cell::Number(year) => Some(year),
            Cell::Empty | Cell::Text(_) => None,
        }
    }

    /// The party a row belongs to.
    pub(super) fn owner(&self, table: TableId, row: u32) -> u32 {
        if self.plan.vocabulary.party_table() == Some(table) {
            return row;
        }
        self.facts.table(table).party[row as usize]
    }

    /// How many rows a table has.
    pub(super) fn rows(&self, table: TableId) -> u32 {
        self.facts.tables.get(table).map_or(0, |table| table.rows as u32)
    }

    /// A party's rows of a table; of the party table the party itself.
    pub(super) fn rows_of_party(&self, table: TableId, party: u32) -> Vec<u32> {
        if self.plan.vocabulary.party_table() == Some(table) {
            return vec![party];
        }
        self.by_party[table].of(party).to_vec()
    }

    /// The rows with the same value in a column as this one, itself among them. One whose cell is empty stands alone.
    pub(super) fn rows_with_same_key(&self, table: TableId, column: ColumnId, row: u32) -> Vec<u32> {
        if self.plan.vocabulary.tables[table].columns[column].ty == ColumnType::Party {
            return self.rows_of_party(table, self.owner(table, row));
        }
        let text = self.text(table, column, row);
        if text.is_empty() {
            return vec![row];
        }
        let mut by_text = self.by_text.lock().unwrap_or_else(PoisonError::into_inner);
        let rows = by_text.entry((table, column)).or_insert_with(|| {
            let mut rows = RowsByText::new();
            for row in 0..self.rows(table) {
                rows.entry(self.text(table, column, row)).or_default().push(row);
            }
            rows
        });
        rows.get(&text).cloned().unwrap_or_default()
    }

    /// What a measure comes to in the whole district, worked out on the first call.
    pub(super) fn whole(
        &self,
        measure: usize,
        year: i64,
        as_of: i64,
        settle: impl FnOnce() -> Vec<Settled>,
    ) -> Arc<Vec<Settled>> {
        let key = (measure, year, as_of);
        let lock = || self.whole.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(settled) = lock().get(&key) {
            return Arc::clone(settled);
        }
        // Not under the lock: two threads may both work it out, and come to the same.
        let settled = Arc::new(settle());
        lock().insert(key, Arc::clone(&settled));
        settled
    }
}

impl Index<'static> {
    /// An index that holds what it reads, to be kept for as long as anyone asks.
    pub fn shared(plan: Arc<Plan>, facts: Arc<Facts>) -> Index<'static> {
        Index::of(Held::Shared(plan), Held::Shared(facts))
    }
}
