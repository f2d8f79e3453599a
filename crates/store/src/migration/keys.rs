//! The keys by which numbers are compared, for rows that were written before there were such keys, or with others.

use duixian_casework::case::Case;
use duixian_text::folded;
use sea_orm::ConnectionTrait;

use crate::cases::known::key_text;
use crate::db::{Value, all_of, execute_on, values};
use crate::error::StoreError;

/// Rows that are read, and written, at once.
const ROWS: i64 = 512;

/// Gives every case and every row of facts its key.
pub(super) async fn fill(link: &impl ConnectionTrait) -> Result<(), StoreError> {
    fill_table(link, "cases", "basis", "basis_key").await?;
    fill_table(link, "facts", "row_key", "folded_key").await
}

/// Writes by what limits count cases, as their records have it. One that can't be read is left to whoever asks for it.
pub(super) async fn count_anew(link: &impl ConnectionTrait) -> Result<(), StoreError> {
    let select = format!("SELECT id, measure, data FROM cases WHERE id > $1 ORDER BY id LIMIT {ROWS}");
    let insert = "INSERT INTO case_keys (measure, key, case_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    let mut last = 0;
    loop {
        let rows = all_of(link, &select, values![last]).await?;
        for row in &rows {
            last = row.int("id")?;
            let Ok(case) = row.json::<Case>("data") else { continue };
            let claim = case.assessed.and_then(|assessed| assessed.claim);
            for key in claim.iter().flat_map(|claim| &claim.keys).filter_map(key_text) {
                execute_on(link, insert, values![row.text("measure")?, key, last]).await?;
            }
        }
        if rows.is_empty() {
            return Ok(());
        }
    }
}

async fn fill_table(link: &impl ConnectionTrait, table: &str, from: &str, to: &str) -> Result<(), StoreError> {
    let select = format!("SELECT id, {from} AS number FROM {table} WHERE id > $1 ORDER BY id LIMIT {ROWS}");
    let mut last = 0;
    loop {
        let rows = all_of(link, &select, values![last]).await?;
        let (mut places, mut keys) = (Vec::with_capacity(rows.len()), Vec::with_capacity(rows.len()));
        for row in &rows {
            last = row.int("id")?;
            keys.push(Value::from(folded(&row.text("number")?)));
            places.push(format!("({last}, ${})", keys.len()));
        }
        if places.is_empty() {
            return Ok(());
        }
        // Both databases call the columns of such a list so.
        let sql = format!(
            "UPDATE {table} SET {to} = given.column2 FROM (VALUES {}) AS given WHERE {table}.id = given.column1",
            places.join(", ")
        );
        execute_on(link, &sql, keys).await?;
    }
}
