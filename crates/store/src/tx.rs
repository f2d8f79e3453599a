//! What a job of the writer works with: statements, the journal, the keys of commands, new numbers.

use std::collections::HashMap;
use std::sync::Arc;

use duixian_casework::moment::Moment;
use duixian_casework::people::{Actor, UserId};
use sea_orm::{DatabaseTransaction, DbErr};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::db::{Queries, Row, Shared, Value, all_of, execute_on, json, one_of, values};
use crate::error::StoreError;
use crate::journal::{Entry, Head};
use crate::memo::Memo;
use crate::once::Key;

/// A transaction under way. What it has done is kept only if the job comes back with success.
pub(crate) struct Tx {
    link: DatabaseTransaction,
    shared: Arc<Shared>,
    now: Moment,
    gathered: Gathered,
    before: Mark,
    kept: Kept,
    failure: Option<StoreError>,
}

/// What the jobs of one transaction have gathered, to be written at its end.
pub(crate) struct Gathered {
    head: Head,
    entries: Vec<Entry>,
    commands: Vec<Remembered>,
    rows: Vec<LateRow>,
    series: HashMap<String, i64>,
}

/// How far things were gathered when a job began.
pub(crate) struct Mark {
    head: Head,
    entries: usize,
    commands: usize,
    rows: usize,
    series: HashMap<String, i64>,
    ids: HashMap<&'static str, i64>,
}

/// What is remembered from one transaction to the next.
#[derive(Default)]
pub(crate) struct Kept {
    pub(crate) memo: Memo,
    /// The last number given in each table.
    ids: HashMap<&'static str, i64>,
    /// The end of the journal as this writer has left it.
    pub(crate) seen: i64,
}

/// A row that nothing reads before the transaction's end.
struct LateRow {
    table: &'static str,
    columns: &'static str,
    values: Vec<Value>,
}

struct Remembered {
    key: String,
    at: Moment,
    actor: Option<UserId>,
    digest: String,
    outcome: String,
}

impl Gathered {
    pub(crate) fn new(head: Head) -> Gathered {
        let (entries, commands, rows) = (Vec::new(), Vec::new(), Vec::new());
        Gathered { head, entries, commands, rows, series: HashMap::new() }
    }

    /// The number of the last entry.
    pub(crate) fn end(&self) -> i64 {
        self.head.seq
    }

    fn mark(&self, kept: &Kept) -> Mark {
        Mark {
            head: self.head.clone(),
            entries: self.entries.len(),
            commands: self.commands.len(),
            rows: self.rows.len(),
            series: self.series.clone(),
            ids: kept.ids.clone(),
        }
    }
}

impl Tx {
    pub(crate) fn new(link: DatabaseTransaction, shared: Arc<Shared>, gathered: Gathered, kept: Kept) -> Tx {
        let now = shared.clock.now();
        let before = gathered.mark(&kept);
        Tx { link, shared, now, gathered, before, kept, failure: None }
    }

    /// Ends the job: what it has gathered stays, or is forgotten where it failed.
    pub(crate) fn end(self, has_failed: bool) -> (DatabaseTransaction, Gathered, Kept) {
        let Tx { link, mut gathered, before, mut kept, .. } = self;
        if has_failed {
            gathered.head = before.head;
            gathered.entries.truncate(before.entries);
            gathered.commands.truncate(before.commands);
            gathered.rows.truncate(before.rows);
            gathered.series = before.series;
            kept.ids = before.ids;
        }
        kept.memo.job_ended();
        (link, gathered, kept)
    }

    /// The first error of the database, which a job may not pass over.
    pub(crate) fn failure(&mut self) -> Option<StoreError> {
        self.failure.take()
    }

    /// What time it is, for all of the job.
    pub(crate) fn now(&self) -> Moment {
        self.now
    }

    /// Executes a statement with placeholders `$1`, `$2`, …; gives the number of rows it changed.
    pub(crate) async fn execute(&mut self, sql: &str, values: Vec<Value>) -> Result<u64, StoreError> {
        let outcome = execute_on(&self.link, sql, values).await;
        outcome.map_err(|error| self.failed(error))
    }

    /// Inserts rows, many to a statement. All have the same number of values, which is that of the columns.
    pub(crate) async fn insert_many(
        &mut self,
        table: &str,
        columns: &str,
        rows: Vec<Vec<Value>>,
    ) -> Result<(), StoreError> {
        let outcome = insert_many_on(&self.link, table, columns, rows).await;
        outcome.map_err(|error| self.failed(error))
    }

    /// The next number of a table whose ids are given by us: no gaps, and none twice.
    pub(crate) async fn next_id(&mut self, table: &'static str) -> Result<i64, StoreError> {
        let last = match self.kept.ids.get(table) {
            Some(last) => *last,
            None => {
                let row = self.one(&format!("SELECT COALESCE(MAX(id), 0) AS last FROM {table}"), vec![]).await?;
                row.map_or(Ok(0), |row| row.int("last"))?
            }
        };
        self.kept.ids.insert(table, last + 1);
        Ok(last + 1)
    }

    /// Inserts a row at the end of the transaction, together with those of other jobs: for what nothing reads before.
    pub(crate) fn insert_late(&mut self, table: &'static str, columns: &'static str, values: Vec<Value>) {
        self.gathered.rows.push(LateRow { table, columns, values });
    }

    /// The next number of a series, without gaps: what is taken back is given again.
    pub(crate) async fn next_of_series(&mut self, series: String) -> Result<i64, StoreError> {
        let last = match self.gathered.series.get(&series) {
            Some(last) => *last,
            None => {
                let row = self.one("SELECT last FROM numbers WHERE series = $1", values![series.as_str()]).await?;
                row.map_or(Ok(0), |row| row.int("last"))?
            }
        };
        self.gathered.series.insert(series, last + 1);
        Ok(last + 1)
    }

    /// Writes on the journal what is being done, and gives the entry's number. `kind` names the sort of change, `subject`
    /// what it is about (`case/12`, `user/3`); `body` says all that is needed to do it again.
    pub(crate) fn journal(
        &mut self,
        by: Option<UserId>,
        kind: &str,
        subject: &str,
        body: &impl Serialize,
    ) -> Result<i64, StoreError> {
        let body = json(body)?;
        let entry = Entry::after(&self.gathered.head, self.now, by, kind, subject, body);
        self.gathered.head = entry.head();
        let seq = entry.seq;
        self.gathered.entries.push(entry);
        self.kept.memo.journaled(kind);
        Ok(seq)
    }

    /// What was the outcome when this key was used before; none if it is new.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if it was used by someone else or for something else. `content` says what is asked for.
    pub(crate) async fn recall<T: DeserializeOwned>(
        &mut self,
        key: &Key,
        actor: &Actor,
        content: &str,
    ) -> Result<Option<T>, StoreError> {
        let sql = "SELECT digest, outcome FROM commands WHERE key = $1";
        let kept = match self.gathered.commands.iter().any(|command| command.key == key.as_str()) {
            true => None,
            false => self.one(sql, values![key.as_str()]).await?,
        };
        let kept = kept.map(|row| Ok::<_, StoreError>((row.text("digest")?, row.text("outcome")?))).transpose()?;
        self.recall_of(key, actor, content, kept)
    }

    /// The same where the row of the key, digest and outcome, was read along with something else.
    pub(crate) fn recall_of<T: DeserializeOwned>(
        &self,
        key: &Key,
        actor: &Actor,
        content: &str,
        kept: Option<(String, String)>,
    ) -> Result<Option<T>, StoreError> {
        let here = self.gathered.commands.iter().find(|command| command.key == key.as_str());
        let here = here.map(|command| (command.digest.clone(), command.outcome.clone()));
        let Some((digest, outcome)) = here.or(kept) else { return Ok(None) };
        if digest != key.digest(actor, content) {
            return Err(StoreError::conflict(
                "这张表单已经提交过，内容与这次不同。请重新打开页面再填",
                "this form was sent before with other content: open the page again and fill it in anew",
            ));
        }
        Ok(Some(serde_json::from_str(&outcome)?))
    }

    /// Keeps the outcome under the key.
    pub(crate) fn remember(
        &mut self,
        key: &Key,
        actor: &Actor,
        content: &str,
        outcome: &impl Serialize,
    ) -> Result<(), StoreError> {
        let outcome = json(outcome)?;
        let (key, digest) = (key.as_str().to_owned(), key.digest(actor, content));
        self.gathered.commands.push(Remembered { key, at: self.now, actor: actor.user(), digest, outcome });
        Ok(())
    }

    fn failed(&mut self, error: DbErr) -> StoreError {
        let error = StoreError::from(error);
        self.failure.get_or_insert_with(|| error.clone());
        error
    }
}

impl Queries for Tx {
    fn shared(&self) -> &Shared {
        &self.shared
    }

    fn memo(&self) -> Option<&Memo> {
        Some(&self.kept.memo)
    }

    async fn all(&self, sql: &str, values: Vec<Value>) -> Result<Vec<Row>, StoreError> {
        Ok(all_of(&self.link, sql, values).await?)
    }

    async fn one(&self, sql: &str, values: Vec<Value>) -> Result<Option<Row>, StoreError> {
        Ok(one_of(&self.link, sql, values).await?)
    }
}

/// Writes what was gathered: the journal's entries, the keys, and the new head of the chain.
pub(crate) async fn flush(link: &DatabaseTransaction, gathered: &Gathered) -> Result<(), StoreError> {
    let commands = gathered.commands.iter().map(|command| {
        let Remembered { key, at, actor, digest, outcome } = command;
        values![key.as_str(), at.0, actor.map(|actor| actor.0), digest.as_str(), outcome.as_str()]
    });
    insert_many_on(link, "commands", "key, at, actor, digest, outcome", commands.collect()).await?;
    for (series, last) in &gathered.series {
        let sql = "INSERT INTO numbers (series, last) VALUES ($1, $2) \
                   ON CONFLICT (series) DO UPDATE SET last = excluded.last";
        execute_on(link, sql, values![series.as_str(), *last]).await?;
    }
    // Rows of a table go together, in the order in which they came.
    for rows in gathered.rows.chunk_by(|one, next| one.table == next.table) {
        if let Some(LateRow { table, columns, .. }) = rows.first() {
            insert_many_on(link, table, columns, rows.iter().map(|row| row.values.clone()).collect()).await?;
        }
    }
    let Some(last) = gathered.entries.last() else { return Ok(()) };
    let entries = gathered.entries.iter().map(Entry::values).collect();
    insert_many_on(link, "journal", Entry::COLUMNS, entries).await?;
    let sql = "UPDATE chain SET seq = $1, hash = $2, at = $3 WHERE id = 1";
    execute_on(link, sql, values![last.seq, last.hash.as_str(), last.at.0]).await?;
    Ok(())
}

/// The numbers of rows that go into one statement: few, so that the database prepares few statements.
const ROWS: [usize; 4] = [512, 64, 8, 1];
/// The most values of one statement that both databases take, with room.
const MOST_VALUES: usize = 30_000;

async fn insert_many_on(
    link: &DatabaseTransaction,
    table: &str,
    columns: &str,
    rows: Vec<Vec<Value>>,
) -> Result<(), DbErr> {
    let Some(width) = rows.first().map(Vec::len) else { return Ok(()) };
    let mut left = rows.len();
    let mut rows = rows.into_iter();
    while left > 0 {
        let fits = |size: &usize| *size <= left && *size * width <= MOST_VALUES;
        let size = ROWS.into_iter().find(fits).unwrap_or(1);
        left -= size;
        let one = |row: usize| {
            let numbers: Vec<String> = (1..=width).map(|column| format!("${}", row * width + column)).collect();
            format!("({})", numbers.join(", "))
        };
        let places: Vec<String> = (0..size).map(one).collect();
        let sql = format!("INSERT INTO {table} ({columns}) VALUES {}", places.join(", "));
        let values: Vec<Value> = rows.by_ref().take(size).flatten().collect();
        execute_on(link, &sql, values).await?;
    }
    Ok(())
}
