//! The facts of a whole district in columns, out of the database.

use std::collections::HashMap;
use std::sync::Arc;

use duixian_facts::table::Facts;
use duixian_facts::{LoadOptions, TableText, load, record};
use duixian_rules::pack::Pack;
use duixian_rules::vocabulary::Lang;
use tokio::task::spawn_blocking;

use super::Readers;
use crate::db::{Queries, Store, values};
use crate::error::StoreError;
use crate::packs::stopping;

/// How many rows are read at once: enough to spread the cost of a query, few enough to be held.
const ROWS: i64 = 16_384;

/// A row before it is put in order: party, key, record.
type Raw = (String, String, String);

impl Store {
    /// All facts of a version, in the vocabulary of a pack, as the columnar evaluator reads them: each table by party, then
    /// key, whatever the order in which the database has them. Kept in memory for the versions used last. `progress` is told
    /// how many rows are read.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for a version or pack that is not there.
    pub async fn load_facts(
        &self,
        version: i64,
        pack: i64,
        progress: impl Fn(u64) + Send,
    ) -> Result<Arc<Facts>, StoreError> {
        if let Some(facts) = self.shared.caches.facts.get(&(version, pack)) {
            return Ok(facts);
        }
        let snapshot = self.snapshot().await?;
        snapshot
            .one("SELECT id FROM fact_versions WHERE id = $1", values![version])
            .await?
            .ok_or(StoreError::NotFound)?;
        let versions = snapshot.all("SELECT id, pack FROM fact_versions WHERE id <= $1", values![version]).await?;
        let mut readers = Readers::of(&snapshot, pack).await?;
        let mut pack_of = HashMap::new();
        for row in &versions {
            let (id, pack) = (row.int("id")?, row.int("pack")?);
            readers.meet(&snapshot, pack).await?;
            pack_of.insert(id, pack);
        }
        let target = Arc::clone(&readers.target);
        let mut tables: Vec<Vec<Raw>> = target.plan.vocabulary.tables.iter().map(|_| Vec::new()).collect();
        let mut layouts = HashMap::new();
        let sql = "SELECT id, tbl, party, row_key, record, since FROM facts \
                   WHERE id > $1 AND since <= $2 AND (until IS NULL OR until > $2) ORDER BY id LIMIT $3";
        let (mut last, mut read) = (0, 0);
        loop {
            let rows = snapshot.all(sql, values![last, version, ROWS]).await?;
            for row in &rows {
                let (tbl, since) = (row.text("tbl")?, row.int("since")?);
                let pack = *pack_of.get(&since).ok_or_else(|| StoreError::corrupt("facts.since", since))?;
                let layout = layouts.entry((tbl, pack)).or_insert_with_key(|(tbl, pack)| readers.columns(*pack, tbl));
                let Some((table, columns)) = layout else { continue };
                let text = row.text("record")?;
                let text = match columns {
                    None => text,
                    Some(columns) => remapped(&text, columns),
                };
                tables[*table].push((row.text("party")?, row.text("row_key")?, text));
            }
            read += rows.len() as u64;
            progress(read);
            let Some(end) = rows.last() else { break };
            last = end.int("id")?;
        }
        let facts = Arc::new(spawn_blocking(move || in_columns(&target, tables)).await.map_err(stopping)??);
        self.shared.caches.facts.put((version, pack), Arc::clone(&facts));
        Ok(facts)
    }
}

fn remapped(text: &str, columns: &[Option<usize>]) -> String {
    let cells = record::read(text);
    let of = |column: &Option<usize>| column.and_then(|column| cells.get(column)).map(String::as_str);
    record::write(&columns.iter().map(of).collect::<Vec<_>>())
}

fn in_columns(pack: &Pack, tables: Vec<Vec<Raw>>) -> Result<Facts, StoreError> {
    let vocabulary = &pack.plan.vocabulary;
    let text = |(table, mut rows): (usize, Vec<Raw>)| {
        // An import leaves its rows in this order; only what came later is out of it.
        rows.sort_by(|a, b| (&a.0, &a.1).cmp(&(&b.0, &b.1)));
        let name = vocabulary.tables[table].name.en.as_str();
        TableText::from_records(vocabulary, table, name, rows.into_iter().map(|(_, _, record)| record))
    };
    let texts: Vec<TableText> = tables.into_iter().enumerate().map(text).collect();
    let loaded = load(vocabulary, &texts, &LoadOptions::default());
    loaded.map(|loaded| loaded.facts).map_err(|error| StoreError::corrupt("facts", error.message(Lang::Zh)))
}
