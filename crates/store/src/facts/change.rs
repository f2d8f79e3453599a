//! One row of the registry corrected by an official: a version of its own.

use std::collections::BTreeMap;

use duixian_casework::dossier::row_key;
use duixian_casework::people::{Actor, Role};
use duixian_facts::{canonical_cell, form, record};
use duixian_rules::vocabulary::{ColumnType, Lang, Name, Table};
use duixian_text::folded;
use serde_json::json;

use super::import::{RowDigest, end_rows, follow_names, search_text};
use super::{Readers, table_named};
use crate::access::{given, needs, optional};
use crate::db::{Queries, Store, values};
use crate::error::StoreError;
use crate::once::{Done, Key};
use crate::packs;
use crate::tx::Tx;

/// What is to be said of one row from now on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowChange {
    /// The pack whose vocabulary is meant.
    pub pack: i64,
    /// The party's code.
    pub party: String,
    /// The table, by English name.
    pub table: String,
    /// The row's key within the party: its id, its year, or nothing.
    pub row: String,
    /// Cells by English name of the column, as typed; those not named stay as they are. None takes the row away.
    pub cells: Option<BTreeMap<String, String>>,
    /// Where this comes from.
    pub source: Name,
    /// Why.
    pub note: String,
}

impl Store {
    /// Changes one row of the registry. Rounds that are open go by the version they were opened on; this one is for those
    /// that come after.
    ///
    /// # Errors
    /// [`StoreError::BadInput`] with what is wrong with a cell.
    pub async fn put_fact(&self, actor: &Actor, key: &Key, change: RowChange) -> Result<Done<i64>, StoreError> {
        needs(actor, &[Role::Administrator, Role::Intake, Role::Reviewer])?;
        let change = RowChange {
            source: Name::new(
                given(&change.source.zh, 80, "数据来源", "the source")?,
                given(&change.source.en, 120, "英文来源", "the source")?,
            ),
            note: optional(&change.note, 200, "说明", "the note")?,
            ..change
        };
        let content = format!("put_fact {change:?}");
        let by = actor.clone();
        self.write_once(actor, key, content, move |tx| Box::pin(run(tx, by, change))).await
    }
}

async fn run(tx: &mut Tx, actor: Actor, change: RowChange) -> Result<i64, StoreError> {
    let pack = packs::pack(tx, change.pack).await.map_err(|_| unknown("规则包", "pack"))?;
    let vocabulary = &pack.plan.vocabulary;
    let (table, declared) = table_named(vocabulary, &change.table).ok_or_else(|| unknown("表", "table"))?;
    let there = current(tx, &change).await?;
    let record = match &change.cells {
        None => None,
        Some(given) => {
            let mut cells = there.as_ref().map_or_else(|| fresh(declared, &change), |(_, cells)| cells.clone());
            for (name, typed) in given {
                let column = declared.column(name).ok_or_else(|| unknown("列", "column"))?;
                let text = canonical_cell(vocabulary, table, column, typed);
                cells[column] = text.map_err(|error| wrong(declared, column, &error))?;
            }
            let is_missing =
                |(column, cell): &(usize, &String)| cell.is_empty() && form::is_required(declared, *column);
            if let Some((column, _)) = cells.iter().enumerate().find(is_missing) {
                return Err(wrong(declared, column, &duixian_facts::RowErrorKind::Empty));
            }
            let party = declared.party_column().and_then(|column| cells.get(column)).map(String::as_str);
            if party != Some(change.party.as_str()) || row_key(declared, &cells) != change.row {
                return Err(StoreError::bad_input(
                    "不能改动主键，请另建一行",
                    "a row's key can't be changed: make another row",
                ));
            }
            let texts: Vec<Option<&str>> = cells.iter().map(|cell| Some(cell.as_str())).collect();
            Some((record::write(&texts), cells))
        }
    };
    if there.is_none() && record.is_none() {
        return Err(StoreError::NotFound);
    }
    if declared.id_column().is_some() && there.is_none() {
        let sql = "SELECT id FROM facts WHERE tbl = $1 AND row_key = $2 AND until IS NULL";
        if tx.one(sql, values![change.table.as_str(), change.row.as_str()]).await?.is_some() {
            return Err(StoreError::bad_input("这个编号已属于别的单位", "another party has a row of this id"));
        }
    }
    let version = tx.next_id("fact_versions").await?;
    let rows = tx.one("SELECT row_count FROM fact_versions WHERE id = $1", values![version - 1]).await?;
    let rows = rows.map_or(Ok(0), |row| row.int("row_count"))?;
    let rows = rows + i64::from(record.is_some()) - i64::from(there.is_some());
    let sql = "INSERT INTO fact_versions (id, source_zh, source_en, note, created_at, by_user, pack, row_count) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let (zh, en, note) = (change.source.zh.as_str(), change.source.en.as_str(), change.note.as_str());
    let by = actor.user();
    tx.execute(sql, values![version, zh, en, note, tx.now().0, by.map(|by| by.0), change.pack, rows]).await?;
    let mut digest = RowDigest::default();
    if let Some((id, _)) = &there {
        end_rows(tx, version, &[*id]).await?;
        digest.ended(*id);
    }
    let (tbl, party, row) = (change.table.as_str(), change.party.as_str(), change.row.as_str());
    if let Some((record, _)) = &record {
        let id = tx.next_id("facts").await?;
        let sql = "INSERT INTO facts (id, tbl, party, row_key, folded_key, record, since) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7)";
        tx.execute(sql, values![id, tbl, party, row, folded(row), record.as_str(), version]).await?;
        digest.added(tbl, party, row, record);
    }
    if Some(table) == vocabulary.party_table() {
        tx.execute("DELETE FROM parties WHERE code = $1", values![party]).await?;
        if let Some((_, cells)) = &record {
            let name = declared.column("name").and_then(|column| cells.get(column)).filter(|name| !name.is_empty());
            let name = name.map_or(party, String::as_str);
            let sql = "INSERT INTO parties (code, name, search) VALUES ($1, $2, $3)";
            tx.execute(sql, values![party, name, search_text(party, name)]).await?;
        }
        follow_names(tx, Some(party)).await?;
    }
    let body = json!({
        "pack": change.pack, "source": [zh, en], "note": note, "table": tbl, "party": party, "row": row,
        "record": record.as_ref().map(|(record, _)| record), "digest": digest.finish(),
    });
    tx.journal(by, "facts.changed", &format!("facts/{version}"), &body)?;
    Ok(version)
}

/// The row as it is now, with its number.
async fn current(tx: &mut Tx, change: &RowChange) -> Result<Option<(i64, Vec<String>)>, StoreError> {
    let sql = "SELECT f.id, f.record, v.pack FROM facts f JOIN fact_versions v ON v.id = f.since \
               WHERE f.party = $1 AND f.tbl = $2 AND f.row_key = $3 AND f.until IS NULL";
    let row = tx.one(sql, values![change.party.as_str(), change.table.as_str(), change.row.as_str()]).await?;
    let Some(row) = row else { return Ok(None) };
    let mut readers = Readers::of(tx, change.pack).await?;
    readers.meet(tx, row.int("pack")?).await?;
    let read = readers.read(row.int("pack")?, &change.table, &row.text("record")?);
    read.map(|(_, cells)| Ok((row.int("id")?, cells))).transpose()
}

/// A row that is not there yet: it knows its party and its key.
fn fresh(table: &Table, change: &RowChange) -> Vec<String> {
    let mut cells = vec![String::new(); table.columns.len()];
    if let Some(column) = table.party_column() {
        change.party.clone_into(&mut cells[column]);
    }
    let own: Vec<usize> =
        table.key.iter().copied().filter(|column| table.columns[*column].ty != ColumnType::Party).collect();
    if let [only] = own[..] {
        change.row.clone_into(&mut cells[only]);
    }
    cells
}

fn unknown(zh: &str, en: &str) -> StoreError {
    StoreError::bad_input(format!("没有这个{zh}"), format!("there is no such {en}"))
}

fn wrong(table: &Table, column: usize, error: &duixian_facts::RowErrorKind) -> StoreError {
    let name = &table.columns[column].name;
    StoreError::bad_input(
        format!("{}：{}", name.zh, error.message(Lang::Zh)),
        format!("{}: {}", name.en, error.message(Lang::En)),
    )
}
