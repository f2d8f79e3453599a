//! Statements on a SQLite file, by the thread that asks.

use std::path::Path;
use std::sync::Arc;

use rusqlite::types::{Value as Cell, ValueRef};
use rusqlite::{CachedStatement, Connection, OpenFlags};

use crate::db::{PATIENCE, Row, STATEMENTS, Value};
use crate::error::StoreError;

/// Opens a file that is there.
pub(super) fn open(path: &Path) -> Result<Connection, StoreError> {
    let link = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    link.busy_timeout(PATIENCE)?;
    for (name, value) in PRAGMAS {
        link.pragma_update(None, name, value)?;
    }
    link.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(link)
}

/// What the store wants of every connection to a file.
pub(crate) const PRAGMAS: [(&str, &str); 5] = [
    ("journal_mode", "WAL"),
    ("synchronous", "FULL"),
    // What going back to a savepoint needs stays in memory: a file each time is slow.
    ("temp_store", "MEMORY"),
    // 4 MiB, the inner pages of a large installation. SQLite walks through all that it keeps at the end of most transactions (it
    // moves pages by way of a number past the file's end), so that more costs each of them more than reading it again does.
    ("cache_size", "-4096"),
    ("foreign_keys", "ON"),
];

pub(super) fn execute(link: &Connection, sql: &str, values: &[Value]) -> Result<u64, StoreError> {
    let mut statement = prepared(link, sql, values)?;
    let mut rows = statement.raw_query();
    while rows.next()?.is_some() {}
    Ok(link.changes())
}

pub(super) fn all(link: &Connection, sql: &str, values: &[Value]) -> Result<Vec<Row>, StoreError> {
    let mut statement = prepared(link, sql, values)?;
    let columns: Arc<[String]> = statement.column_names().into_iter().map(str::to_owned).collect();
    let (mut rows, mut found) = (statement.raw_query(), Vec::new());
    while let Some(row) = rows.next()? {
        let mut cells = Vec::with_capacity(columns.len());
        for place in 0..columns.len() {
            cells.push(owned(row.get_ref(place)?));
        }
        found.push(Row::from_file(Arc::clone(&columns), cells));
    }
    Ok(found)
}

fn owned(cell: ValueRef<'_>) -> Cell {
    match cell {
        ValueRef::Null => Cell::Null,
        ValueRef::Integer(number) => Cell::Integer(number),
        ValueRef::Real(number) => Cell::Real(number),
        // Nothing else is written; to look for what is not takes longer than to see that it is.
        ValueRef::Text(text) => Cell::Text(match str::from_utf8(text) {
            Ok(text) => text.to_owned(),
            Err(_) => String::from_utf8_lossy(text).into_owned(),
        }),
        ValueRef::Blob(bytes) => Cell::Blob(bytes.to_vec()),
    }
}

/// A statement with its values. `$2` is the second value wherever it stands, which to SQLite is a name like any other.
fn prepared<'c>(link: &'c Connection, sql: &str, values: &[Value]) -> Result<CachedStatement<'c>, StoreError> {
    let mut statement = link.prepare_cached(sql)?;
    for place in 1..=statement.parameter_count() {
        let named = statement.parameter_name(place).and_then(|name| name.strip_prefix('$')?.parse::<usize>().ok());
        let value = values.get(named.unwrap_or(place).wrapping_sub(1));
        let value = value
            .ok_or_else(|| StoreError::corrupt("a statement", format!("it has more places than values: {sql}")))?;
        bind(&mut statement, place, value)?;
    }
    Ok(statement)
}

fn bind(statement: &mut CachedStatement<'_>, place: usize, value: &Value) -> Result<(), StoreError> {
    match value {
        Value::BigInt(number) => statement.raw_bind_parameter(place, number)?,
        Value::Int(number) => statement.raw_bind_parameter(place, number)?,
        Value::Bool(flag) => statement.raw_bind_parameter(place, flag)?,
        Value::String(text) => statement.raw_bind_parameter(place, text)?,
        Value::Bytes(bytes) => statement.raw_bind_parameter(place, bytes)?,
        other => return Err(StoreError::corrupt("a value", format!("of no kind that is kept: {other:?}"))),
    }
    Ok(())
}
