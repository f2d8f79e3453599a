//! Taking in a folder of tables as a new version: what is unchanged stays as it is, so that a version costs what is new.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Arc;

use duixian_casework::dossier::row_key;
use duixian_casework::people::{Actor, Role};
use duixian_casework::stage::Stage;
use duixian_facts::record::{self, cells_of};
use duixian_facts::{LoadError, LoadOptions, Loaded, Report, load};
use duixian_rules::pack::Pack;
use duixian_rules::vocabulary::{ColumnType, Lang, Name, TableId};
use duixian_text::folded;
use duixian_text::without_unseen;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};
use tokio::task::spawn_blocking;

use super::{same_columns, table_named};
use crate::access::{given, needs};
use crate::db::{Queries, Store, values};
use crate::error::StoreError;
use crate::once::{Done, Key, hex};
use crate::packs::{self, stopping};
use crate::tx::Tx;

/// What an import has come to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportReport {
    /// The version it made.
    pub version: i64,
    /// Table by table; those without a file are left out, and stay as they were.
    pub tables: Vec<TableImport>,
    /// Rows that were refused; the first hundred of each table.
    pub problems: Vec<RowProblem>,
    /// What was passed over, in Chinese and in English.
    pub warnings: Vec<(String, String)>,
}

/// What an import has come to for one table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableImport {
    /// The table, by English name.
    pub table: String,
    /// Rows in the file.
    pub read: u64,
    /// Of these refused.
    pub in_error: u64,
    /// New ones.
    pub added: u64,
    /// Ones that say something else than before.
    pub changed: u64,
    /// Ones that say the same as before.
    pub unchanged: u64,
    /// Rows that were there before and are no more.
    pub ended: u64,
}

/// A row that was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowProblem {
    /// The file.
    pub file: String,
    /// The line.
    pub line: u32,
    /// What is wrong with it, in Chinese and in English.
    pub text: (String, String),
}

/// How far an import is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportProgress {
    /// Files are read: rows so far, of all tables.
    Reading(u64),
    /// What is there is compared: rows so far.
    Comparing(u64),
    /// New rows are written: so far, and of how many.
    Writing(u64, u64),
}

/// Row errors of each table that are kept.
const PROBLEMS: usize = 100;
/// Rows read at once for comparison.
const ROWS: i64 = 16_384;
/// Rows that go to the database at once.
const CHUNK: usize = 4_096;
/// How often a comparison is made anew because another version came between.
const ATTEMPTS: usize = 3;

/// A row as it is to be kept.
struct NewRow {
    party: String,
    key: String,
    record: String,
}

/// The files, read.
struct Read {
    pack: Arc<Pack>,
    /// For each table with a file its rows, by party and key.
    tables: BTreeMap<TableId, Vec<NewRow>>,
    /// Names of the parties.
    names: Vec<(String, String)>,
    report: Report,
    /// SHA-256 of all rows: what tells one import from another under one key.
    digest: String,
}

/// What is to be done to the rows there are.
struct Changes {
    /// The version they were compared with.
    base: i64,
    ended: Vec<i64>,
    /// Rows to be added, by table and place in it.
    added: Vec<(TableId, usize)>,
    /// For each table rows added, changed, unchanged, ended.
    counts: BTreeMap<TableId, (u64, u64, u64, u64)>,
    /// Rows of tables without a file.
    kept: u64,
}

impl Store {
    /// Takes in the tables of a folder as a new version: rows that are not there any more, or say something else, end with
    /// it. A table without a file stays as it is; the party table must be there. Rows in error are left out and told.
    ///
    /// # Errors
    /// [`StoreError::BadInput`] for a folder that cannot be read as the pack's tables.
    pub async fn import_folder(
        &self,
        actor: &Actor,
        key: &Key,
        pack: i64,
        folder: &Path,
        source: Name,
        progress: impl Fn(ImportProgress) + Send + Sync + 'static,
    ) -> Result<Done<ImportReport>, StoreError> {
        needs(actor, &[Role::Administrator])?;
        let source = Name::new(
            given(&source.zh, 80, "数据来源", "the source")?,
            given(&source.en, 120, "英文来源", "the source")?,
        );
        let rules = self.pack(pack).await?;
        let progress: Arc<dyn Fn(ImportProgress) + Send + Sync> = Arc::new(progress);
        let (told, path) = (Arc::clone(&progress), folder.to_owned());
        let read = spawn_blocking(move || Read::of(rules, &path, &*told)).await.map_err(stopping)??;
        let read = Arc::new(read);
        let content = format!("import_folder {pack} {} {source:?}", read.digest);
        for _ in 0..ATTEMPTS {
            let changes = self.compare(&read, &*progress).await?;
            let job = Import {
                actor: actor.clone(),
                key: key.clone(),
                content: content.clone(),
                pack,
                source: source.clone(),
                read: Arc::clone(&read),
                changes,
                progress: Arc::clone(&progress),
            };
            if let Some(done) = self.write(move |tx| Box::pin(job.run(tx))).await? {
                return Ok(done);
            }
        }
        Err(StoreError::conflict(
            "数据正被别人更新，请稍后再导入",
            "the facts are being changed by others: import again shortly",
        ))
    }

    /// Compares what was read with the newest version.
    async fn compare(
        &self,
        read: &Read,
        progress: &(dyn Fn(ImportProgress) + Send + Sync),
    ) -> Result<Changes, StoreError> {
        let snapshot = self.snapshot().await?;
        let mut pack_of = HashMap::new();
        let mut base = 0;
        for row in snapshot.all("SELECT id, pack FROM fact_versions ORDER BY id", vec![]).await? {
            base = row.int("id")?;
            pack_of.insert(base, packs::pack(&snapshot, row.int("pack")?).await?);
        }
        let mut seen: BTreeMap<TableId, Vec<bool>> =
            read.tables.iter().map(|(table, rows)| (*table, vec![false; rows.len()])).collect();
        let mut changes = Changes { base, ended: Vec::new(), added: Vec::new(), counts: BTreeMap::new(), kept: 0 };
        let sql = "SELECT id, tbl, party, row_key, record, since FROM facts WHERE id > $1 AND until IS NULL ORDER BY id LIMIT $2";
        let (mut last, mut compared) = (0, 0);
        loop {
            let rows = snapshot.all(sql, values![last, ROWS]).await?;
            for row in &rows {
                let tbl = row.text("tbl")?;
                let table = table_named(&read.pack.plan.vocabulary, &tbl);
                let Some((id, declared)) = table.filter(|(id, _)| read.tables.contains_key(id)) else {
                    changes.kept += 1;
                    continue;
                };
                let (new, counts) = (&read.tables[&id], changes.counts.entry(id).or_default());
                let (party, key) = (row.text("party")?, row.text("row_key")?);
                let there = new.binary_search_by(|one| (&one.party, &one.key).cmp(&(&party, &key))).ok();
                let written_in = pack_of.get(&row.int("since")?);
                let same_shape = written_in
                    .and_then(|pack| table_named(&pack.plan.vocabulary, &tbl))
                    .is_some_and(|(_, written)| same_columns(declared, written));
                match there {
                    Some(place) if same_shape && new[place].record == row.text("record")? => {
                        seen.get_mut(&id).expect("every table that was read is seen")[place] = true;
                        counts.2 += 1;
                    }
                    Some(_) => {
                        changes.ended.push(row.int("id")?);
                        counts.1 += 1;
                    }
                    None => {
                        changes.ended.push(row.int("id")?);
                        counts.3 += 1;
                    }
                }
            }
            compared += rows.len() as u64;
            progress(ImportProgress::Comparing(compared));
            let Some(end) = rows.last() else { break };
            last = end.int("id")?;
        }
        for (table, seen) in seen {
            let new = seen.iter().enumerate().filter(|(_, seen)| !**seen).map(|(place, _)| (table, place));
            let before = changes.added.len();
            changes.added.extend(new);
            let counts = changes.counts.entry(table).or_default();
            counts.0 = (changes.added.len() - before) as u64 - counts.1;
        }
        Ok(changes)
    }
}

/// The part of an import that writes.
struct Import {
    actor: Actor,
    key: Key,
    content: String,
    pack: i64,
    source: Name,
    read: Arc<Read>,
    changes: Changes,
    progress: Arc<dyn Fn(ImportProgress) + Send + Sync>,
}

impl Import {
    /// Writes the new version; none where another has come since the comparison.
    async fn run(self, tx: &mut Tx) -> Result<Option<Done<ImportReport>>, StoreError> {
        if let Some(value) = tx.recall(&self.key, &self.actor, &self.content).await? {
            return Ok(Some(Done { value, already: true }));
        }
        let newest = tx.one("SELECT COALESCE(MAX(id), 0) AS id FROM fact_versions", vec![]).await?;
        if newest.map_or(Ok(0), |row| row.int("id"))? != self.changes.base {
            return Ok(None);
        }
        let version = tx.next_id("fact_versions").await?;
        let (read, changes) = (&*self.read, &self.changes);
        let row_count = changes.kept + read.tables.values().map(|rows| rows.len() as u64).sum::<u64>();
        let sql = "INSERT INTO fact_versions (id, source_zh, source_en, note, created_at, by_user, pack, row_count) \
                   VALUES ($1, $2, $3, '', $4, $5, $6, $7)";
        let (zh, en, now) = (self.source.zh.as_str(), self.source.en.as_str(), tx.now().0);
        let by = self.actor.user();
        tx.execute(sql, values![version, zh, en, now, by.map(|by| by.0), self.pack, row_count as i64]).await?;
        let digest = end_and_add(tx, version, read, changes, &*self.progress).await?;
        name_parties(tx, &read.names).await?;
        let report = read.report_of(version, changes);
        let body = json!({
            "pack": self.pack, "source": [zh, en], "tables": report.tables, "rows": row_count, "digest": digest,
        });
        tx.journal(by, "facts.imported", &format!("facts/{version}"), &body)?;
        tx.remember(&self.key, &self.actor, &self.content, &report)?;
        Ok(Some(Done::now(report)))
    }
}

/// Ends the rows that are no more and adds those that are new. Gives a digest of both, which the journal keeps: what stands
/// in the table cannot be altered unnoticed.
async fn end_and_add(
    tx: &mut Tx,
    version: i64,
    read: &Read,
    changes: &Changes,
    progress: &(dyn Fn(ImportProgress) + Send + Sync),
) -> Result<String, StoreError> {
    let mut digest = RowDigest::default();
    end_rows(tx, version, &changes.ended).await?;
    let mut ended = changes.ended.clone();
    ended.sort_unstable();
    ended.iter().for_each(|id| digest.ended(*id));
    let (mut written, all) = (0, changes.added.len() as u64);
    for chunk in changes.added.chunks(CHUNK) {
        let mut rows = Vec::with_capacity(chunk.len());
        for (table, place) in chunk {
            let row = &read.tables[table][*place];
            let tbl = read.pack.plan.vocabulary.tables[*table].name.en.as_str();
            digest.added(tbl, &row.party, &row.key, &row.record);
            let id = tx.next_id("facts").await?;
            let (party, key) = (row.party.as_str(), row.key.as_str());
            rows.push(values![id, tbl, party, key, folded(key), row.record.as_str(), version]);
        }
        tx.insert_many("facts", "id, tbl, party, row_key, folded_key, record, since", rows).await?;
        written += chunk.len() as u64;
        progress(ImportProgress::Writing(written, all));
    }
    Ok(digest.finish())
}

/// Lets rows end with a version.
pub(super) async fn end_rows(tx: &mut Tx, version: i64, ids: &[i64]) -> Result<(), StoreError> {
    const TOGETHER: usize = 256;
    let places: Vec<String> = (2..TOGETHER + 2).map(|place| format!("${place}")).collect();
    let sql = format!("UPDATE facts SET until = $1 WHERE id IN ({})", places.join(", "));
    for chunk in ids.chunks(TOGETHER) {
        // One statement whatever the number: the last id stands for those that are wanting.
        let last = chunk[chunk.len() - 1];
        let padded = chunk.iter().copied().chain(std::iter::repeat(last)).take(TOGETHER);
        tx.execute(&sql, values![version].into_iter().chain(padded.map(crate::db::Value::from)).collect()).await?;
    }
    Ok(())
}

/// Makes the list of parties that of the party table.
async fn name_parties(tx: &mut Tx, names: &[(String, String)]) -> Result<(), StoreError> {
    tx.execute("DELETE FROM parties", vec![]).await?;
    for chunk in names.chunks(CHUNK) {
        let rows = chunk.iter().map(|(code, name)| values![code.as_str(), name.as_str(), search_text(code, name)]);
        tx.insert_many("parties", "code, name, search", rows.collect()).await?;
    }
    follow_names(tx, None).await
}

/// Has cases under way, of one party or of all, go by what the registry calls their parties now. Those that are done keep the name of
/// then.
pub(super) async fn follow_names(tx: &mut Tx, party: Option<&str>) -> Result<(), StoreError> {
    tx.put_down().await?;
    let done = Stage::ALL.into_iter().filter(|stage| stage.is_done());
    let done: Vec<String> = done.map(|stage| format!("'{}'", stage.word())).collect();
    let sql = format!(
        "UPDATE cases SET party_name = (SELECT p.name FROM parties p WHERE p.code = cases.party) \
         WHERE stage NOT IN ({}) AND {} \
         AND EXISTS (SELECT 1 FROM parties p WHERE p.code = cases.party AND p.name <> cases.party_name)",
        done.join(", "),
        if party.is_some() { "party = $1" } else { "1 = 1" }
    );
    tx.execute(&sql, party.map_or_else(Vec::new, |party| values![party])).await.map(drop)
}

/// What a party is found by.
pub(crate) fn search_text(code: &str, name: &str) -> String {
    format!("{} {}", name.to_lowercase(), code.to_lowercase())
}

/// SHA-256 over the rows that a version ends and adds, in the order of their numbers.
#[derive(Default)]
pub(crate) struct RowDigest(Sha256);

impl RowDigest {
    pub(crate) fn ended(&mut self, id: i64) {
        self.0.update([b'-']);
        self.0.update(id.to_be_bytes());
    }

    pub(crate) fn added(&mut self, table: &str, party: &str, key: &str, record: &str) {
        self.0.update([b'+']);
        for text in [table, party, key, record] {
            self.0.update((text.len() as u64).to_be_bytes());
            self.0.update(text);
        }
    }

    pub(crate) fn finish(self) -> String {
        hex(&self.0.finalize())
    }
}

impl Read {
    fn of(
        pack: Arc<Pack>,
        folder: &Path,
        progress: &(dyn Fn(ImportProgress) + Send + Sync),
    ) -> Result<Read, StoreError> {
        let vocabulary = &pack.plan.vocabulary;
        let so_far = std::sync::Mutex::new(HashMap::new());
        let told = |table: &str, rows: u64| {
            let mut so_far = so_far.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            so_far.insert(table.to_owned(), rows);
            progress(ImportProgress::Reading(so_far.values().sum()));
        };
        let options = LoadOptions { progress: &told, kept_errors: PROBLEMS, ..LoadOptions::default() };
        let Loaded { facts, report } = load(vocabulary, folder, &options).map_err(unreadable)?;
        let has_file = |table: &TableId| report.tables.get(*table).is_some_and(|table| !table.file.is_empty());
        let party_table = vocabulary.party_table().filter(has_file).ok_or_else(|| {
            let name = vocabulary.party_table().map_or("", |table| vocabulary.tables[table].name.en.as_str());
            StoreError::bad_input(
                format!("文件夹里没有主体表 {name}，无法导入"),
                format!("the folder has no file of the party table {name}"),
            )
        })?;
        if facts.table(party_table).rows == 0 {
            let Name { zh, en, .. } = &vocabulary.tables[party_table].name;
            let first = report.errors().next();
            let because = |lang| first.map_or_else(String::new, |error| error.message(lang));
            return Err(StoreError::bad_input(
                format!("{zh}里没有一行可用，没有导入：所有单位都会消失。{}", because(Lang::Zh)),
                format!(
                    "{en} has no good row, and nothing was taken in: all parties would be gone. {}",
                    because(Lang::En)
                ),
            ));
        }
        let mut tables = BTreeMap::new();
        let mut names = Vec::new();
        let mut digest = RowDigest::default();
        for table in (0..vocabulary.tables.len()).filter(has_file) {
            let declared = &vocabulary.tables[table];
            let party = declared.party_column();
            let name = declared.column("name").filter(|column| declared.columns[*column].ty == ColumnType::Text);
            let mut rows: Vec<NewRow> = Vec::with_capacity(facts.table(table).rows);
            for row in 0..facts.table(table).rows {
                let cells = cells_of(vocabulary, &facts, table, row);
                let code = party.and_then(|column| cells.get(column)).cloned().unwrap_or_default();
                if table == party_table {
                    let name = name.and_then(|column| cells.get(column)).map(|name| without_unseen(name));
                    names.push((code.clone(), name.filter(|name| !name.is_empty()).unwrap_or_else(|| code.clone())));
                }
                let texts: Vec<Option<&str>> = cells.iter().map(|cell| Some(cell.as_str())).collect();
                rows.push(NewRow { party: code, key: row_key(declared, &cells), record: record::write(&texts) });
            }
            rows.sort_by(|a, b| (&a.party, &a.key).cmp(&(&b.party, &b.key)));
            rows.iter().for_each(|row| digest.added(&declared.name.en, &row.party, &row.key, &row.record));
            tables.insert(table, rows);
        }
        Ok(Read { tables, names, report, digest: digest.finish(), pack })
    }

    fn report_of(&self, version: i64, changes: &Changes) -> ImportReport {
        let of = |table: &TableId| {
            let (read, counts) = (&self.report.tables[*table], changes.counts.get(table).copied().unwrap_or_default());
            TableImport {
                table: read.table.en.clone(),
                read: read.rows_read,
                in_error: read.rows_in_error,
                added: counts.0,
                changed: counts.1,
                unchanged: counts.2,
                ended: counts.3,
            }
        };
        let both = |message: &dyn Fn(Lang) -> String| (message(Lang::Zh), message(Lang::En));
        let problem = |error: &duixian_facts::RowError| RowProblem {
            file: error.file.to_string(),
            line: error.line,
            text: both(&|lang| error.message(lang)),
        };
        ImportReport {
            version,
            tables: self.tables.keys().map(of).collect(),
            problems: self.report.errors().map(problem).collect(),
            warnings: self.report.warnings.iter().map(|warning| both(&|lang| warning.message(lang))).collect(),
        }
    }
}

fn unreadable(error: LoadError) -> StoreError {
    let (zh, en) = (error.message(Lang::Zh), error.message(Lang::En));
    match error {
        LoadError::Environment { source, .. } => StoreError::environment(&zh, &en, source),
        LoadError::Input { .. } => StoreError::BadInput { zh, en },
    }
}
