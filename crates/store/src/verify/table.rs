//! How it is told that a row of a table is not what the journal says, and tables small enough to be made anew in memory.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::{Broken, broken};
use crate::db::{Queries, Row, Snapshot};
use crate::error::StoreError;

/// The most of a value that is told, in characters.
const MOST_TOLD: usize = 80;

/// A table, as people read what is in it.
#[derive(Clone, Copy)]
pub(super) struct Table {
    /// What the database calls it.
    pub(super) name: &'static str,
    pub(super) zh: &'static str,
    pub(super) en: &'static str,
}

/// The columns of a row that are held against the journal, each with its value as text.
pub(super) type Fields = Vec<(&'static str, String)>;

impl Table {
    /// The journal has a row that the table has not.
    pub(super) fn lacks<T>(&self, seq: i64, key: &str) -> Result<T, Broken> {
        let Table { name, zh, en } = self;
        broken(
            seq,
            format!("{zh}（表 {name}）里没有“{key}”，日志里有"),
            format!("the {en} (table {name}) lack “{key}”, which the journal has"),
        )
    }

    /// The table has a row that the journal has not.
    pub(super) fn surplus<T>(&self, key: &str) -> Result<T, Broken> {
        let Table { name, zh, en } = self;
        broken(
            0,
            format!("{zh}（表 {name}）里的“{key}”不在日志里"),
            format!("“{key}” of the {en} (table {name}) is not on the journal"),
        )
    }

    /// A row has another value in one column.
    pub(super) fn differs<T>(&self, seq: i64, key: &str, column: &str, told: &str, there: &str) -> Result<T, Broken> {
        let Table { name, zh, en } = self;
        let (told, there) = (head(told), head(there));
        broken(
            seq,
            format!("{zh}（表 {name}）“{key}”的 {column} 栏：日志记的是“{told}”，表里是“{there}”"),
            format!(
                "the column {column} of “{key}” in the {en} (table {name}): the journal says “{told}”, the table “{there}”"
            ),
        )
    }

    /// Holds the columns of a row against what the journal says of them.
    pub(super) fn hold(&self, seq: i64, key: &str, told: &Fields, there: &Fields) -> Result<(), Broken> {
        let value = |column: &str| there.iter().find(|(name, _)| *name == column).map(|(_, value)| value.as_str());
        match told.iter().find(|(column, told)| value(column) != Some(told)) {
            None => Ok(()),
            Some((column, told)) => self.differs(seq, key, column, told, value(column).unwrap_or_default()),
        }
    }

    /// How many rows there are.
    pub(super) async fn count(&self, snapshot: &Snapshot) -> Result<i64, StoreError> {
        let row = snapshot.one(&format!("SELECT COUNT(*) AS n FROM {}", self.name), vec![]).await?;
        row.map_or(Ok(0), |row| row.int("n"))
    }
}

/// A document without the accidents of its writing.
pub(super) fn plain(text: &str) -> String {
    serde_json::from_str::<Json>(text).map_or_else(|_| text.to_owned(), |document| document.to_string())
}

fn head(text: &str) -> String {
    let mut head: String = text.chars().take(MOST_TOLD).collect();
    if head.len() < text.len() {
        head.push('…');
    }
    head
}

/// What the journal makes of a row.
#[derive(Clone)]
pub(super) struct Told {
    /// The last entry about it.
    pub(super) seq: i64,
    pub(super) fields: Fields,
}

/// What the journal makes of a table with few rows, by the rows' keys.
pub(super) struct Rows {
    table: Table,
    rows: BTreeMap<String, Told>,
}

impl Rows {
    pub(super) fn of(table: Table) -> Rows {
        Rows { table, rows: BTreeMap::new() }
    }

    pub(super) fn put(&mut self, seq: i64, key: impl Into<String>, fields: Fields) {
        self.rows.insert(key.into(), Told { seq, fields });
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.rows.contains_key(key)
    }

    /// Holds the table's rows against it; gives how many there are.
    pub(super) async fn check(
        &self,
        snapshot: &Snapshot,
        sql: &str,
        read: impl Fn(&Row) -> Result<(String, Fields), StoreError> + Send,
    ) -> Result<i64, Broken> {
        let mut lost: BTreeMap<&str, i64> = self.rows.iter().map(|(key, told)| (key.as_str(), told.seq)).collect();
        for row in snapshot.all(sql, vec![]).await? {
            let (key, there) = read(&row)?;
            lost.remove(key.as_str());
            match self.rows.get(&key) {
                Some(told) => self.table.hold(told.seq, &key, &told.fields, &there)?,
                None => return self.table.surplus(&key),
            }
        }
        match lost.into_iter().min_by_key(|(_, seq)| *seq) {
            Some((key, seq)) => self.table.lacks(seq, key),
            None => Ok(i64::try_from(self.rows.len()).unwrap_or(i64::MAX)),
        }
    }
}
