//! What a job of the writer works with: statements, the journal, the keys of commands, new numbers.
//!
//! One transaction serves many jobs, one after the other. What a job leaves to the transaction's end — entries, keys,
//! numbers, messages, cases — is gathered in memory; if it is refused, its part is cut off again. Only a job that executes a
//! statement of its own sets a savepoint before the first, to go back to: also before one that only reads, since after a
//! statement that fails PostgreSQL takes none but that way back.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use duixian_assess::reference::ClaimKey;
use duixian_casework::case::Case;
use duixian_casework::moment::Moment;
use duixian_casework::people::{Actor, UserId};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::cases::known::{self, Known, Length, Pending};
use crate::db::{Queries, Row, Shared, Value, json, values};
use crate::error::StoreError;
use crate::journal::{Entry, Head, holds_control};
use crate::late::{Insert, Target};
use crate::link::Link;
use crate::memo::Memo;
use crate::once::Key;
use crate::together::Question;

/// A transaction under way. What a job has done in it is kept only if the job comes back with success.
pub(crate) struct Tx {
    link: Link,
    shared: Arc<Shared>,
    now: Moment,
    gathered: Gathered,
    kept: Kept,
    /// How far things were when the job under way began.
    before: Before,
    savepoint: Mutex<Savepoint>,
    failure: Option<StoreError>,
}

/// What the jobs of one transaction have gathered, to be written at its end.
struct Gathered {
    head: Head,
    entries: Vec<Entry>,
    commands: Vec<Remembered>,
    rows: Vec<(Target, Vec<Value>)>,
    /// The series of which numbers were given.
    series: BTreeSet<String>,
    cases: Known,
    /// What the table has of the keys that the jobs were known to bring: digest and outcome.
    recalled: HashMap<String, Option<(String, String)>>,
}

/// How far things were gathered when a job began.
struct Before {
    head: Head,
    entries: usize,
    commands: usize,
    rows: usize,
    cases: (Length, Length),
    last: Last,
}

/// What is remembered from one transaction to the next.
#[derive(Default)]
pub(crate) struct Kept {
    memo: Memo,
    last: Last,
    cases: Known,
    /// The end of the journal as this writer has left it.
    seen: i64,
}

impl Kept {
    /// Whether a head of the chain is where this writer has left it.
    pub(crate) fn has_left(&self, head: &Head) -> bool {
        self.seen == head.seq
    }

    /// Goes over from what a transaction has written to what the tables have now. Nobody who waits for an answer need wait for that.
    pub(crate) fn settle(&mut self) {
        self.cases = std::mem::take(&mut self.cases).committed();
    }
}

/// The last numbers given.
#[derive(Clone, Default)]
struct Last {
    /// In each table whose ids are given by us.
    ids: HashMap<&'static str, i64>,
    /// In each series.
    series: HashMap<String, i64>,
}

/// The way back for the job under way.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Savepoint {
    /// None is needed: with this job the whole transaction goes back, or none is under way.
    Needless,
    /// None was needed yet.
    Unset,
    /// It was asked for, and the database has not said that it is there.
    Unsure,
    Set,
}

/// Where a job's changes begin. The name is used again by the next: going back goes to the last of the name.
const MARK: &str = "SAVEPOINT job";
const BACK: &str = "ROLLBACK TO SAVEPOINT job";

struct Remembered {
    key: String,
    at: Moment,
    actor: Option<UserId>,
    digest: String,
    outcome: String,
}

impl Tx {
    /// A transaction that has the head of the chain. What is remembered holds if nobody else has moved that since.
    pub(crate) fn new(link: Link, shared: Arc<Shared>, head: Head, kept: Kept) -> Tx {
        let now = shared.clock.now();
        let mut kept = if kept.has_left(&head) { kept } else { Kept { seen: head.seq, ..Kept::default() } };
        let cases = (Length::default(), Length::default());
        let before = Before { head: head.clone(), entries: 0, commands: 0, rows: 0, cases, last: kept.last.clone() };
        let gathered = Gathered {
            head,
            entries: Vec::new(),
            commands: Vec::new(),
            rows: Vec::new(),
            series: BTreeSet::new(),
            cases: std::mem::take(&mut kept.cases),
            recalled: HashMap::new(),
        };
        Tx { link, shared, now, gathered, kept, before, savepoint: Mutex::new(Savepoint::Needless), failure: None }
    }

    /// Takes note of the time of an entry that another process has written.
    pub(crate) async fn look_at_clock(&self) -> Result<(), StoreError> {
        let last = self.one("SELECT at FROM journal WHERE seq = $1", values![self.gathered.head.seq]).await?;
        if let Some(last) = last {
            self.shared.clock.not_before(Moment(last.int("at")?));
        }
        Ok(())
    }

    /// Begins a job. If it is alone, the transaction goes back with it.
    pub(crate) fn begin_job(&mut self, is_alone: bool) {
        let gathered = &self.gathered;
        self.now = self.shared.clock.now();
        self.before = Before {
            head: gathered.head.clone(),
            entries: gathered.entries.len(),
            commands: gathered.commands.len(),
            rows: gathered.rows.len(),
            cases: (gathered.cases.length(), gathered.cases.down()),
            last: self.kept.last.clone(),
        };
        self.failure = None;
        *self.savepoint() = if is_alone { Savepoint::Needless } else { Savepoint::Unset };
    }

    /// Ends the job: what it has gathered stays, or is forgotten where it failed.
    ///
    /// # Errors
    /// The transaction is of no more use then, to nobody.
    pub(crate) async fn end_job(&mut self, has_failed: bool) -> Result<(), StoreError> {
        self.kept.memo.job_ended();
        let savepoint = std::mem::replace(&mut *self.savepoint(), Savepoint::Needless);
        if has_failed {
            let (gathered, before) = (&mut self.gathered, &self.before);
            gathered.head = before.head.clone();
            gathered.entries.truncate(before.entries);
            gathered.commands.truncate(before.commands);
            gathered.rows.truncate(before.rows);
            gathered.cases.cut(before.cases.0, before.cases.1);
            self.kept.last = before.last.clone();
        }
        match savepoint {
            // To go back would be to go back to where an earlier job began.
            Savepoint::Unsure => Err(StoreError::corrupt("SAVEPOINT", "it could not be set")),
            Savepoint::Set if has_failed => Ok(self.link.run(BACK).await?),
            _ => Ok(()),
        }
    }

    fn savepoint(&self) -> MutexGuard<'_, Savepoint> {
        self.savepoint.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sees to it that there is a way back from whatever is executed now.
    async fn mark(&self) -> Result<(), StoreError> {
        if *self.savepoint() != Savepoint::Unset {
            return Ok(());
        }
        *self.savepoint() = Savepoint::Unsure;
        self.link.run(MARK).await?;
        *self.savepoint() = Savepoint::Set;
        Ok(())
    }

    /// The first error of the database, which a job may not pass over.
    pub(crate) fn failure(&mut self) -> Option<StoreError> {
        self.failure.take()
    }

    /// What time it is, for all of the job.
    pub(crate) fn now(&self) -> Moment {
        self.now
    }

    /// Takes a moment of its own for the job.
    pub(crate) fn take_moment(&mut self) {
        self.now = self.shared.clock.next();
    }

    /// Executes a statement with placeholders `$1`, `$2`, …; gives the number of rows it changed.
    pub(crate) async fn execute(&mut self, sql: &str, values: Vec<Value>) -> Result<u64, StoreError> {
        let outcome = async {
            self.mark().await?;
            self.link.execute(sql, values).await
        };
        let outcome = outcome.await;
        outcome.map_err(|error| self.failed(error))
    }

    /// Inserts rows, many to a statement. All have the same number of values, which is that of the columns.
    pub(crate) async fn insert_many(
        &mut self,
        table: &'static str,
        columns: &'static str,
        rows: Vec<Vec<Value>>,
    ) -> Result<(), StoreError> {
        self.insert_into(Target::new(table, columns), rows).await
    }

    /// The same into a target that says what becomes of rows that are there.
    pub(crate) async fn insert_into(&mut self, target: Target, rows: Vec<Vec<Value>>) -> Result<(), StoreError> {
        let outcome = async {
            self.mark().await?;
            self.link.insert(vec![Insert::new(target, rows)]).await
        };
        let outcome = outcome.await;
        outcome.map_err(|error| self.failed(error))
    }

    /// The next number of a table whose ids are given by us: no gaps, and none twice.
    pub(crate) async fn next_id(&mut self, table: &'static str) -> Result<i64, StoreError> {
        let last = match self.kept.last.ids.get(table) {
            Some(last) => *last,
            None => {
                let row = self.one(&format!("SELECT COALESCE(MAX(id), 0) AS last FROM {table}"), vec![]).await?;
                row.map_or(Ok(0), |row| row.int("last"))?
            }
        };
        self.kept.last.ids.insert(table, last + 1);
        Ok(last + 1)
    }

    /// The next number of a series, without gaps: what is taken back is given again.
    pub(crate) async fn next_of_series(&mut self, series: String) -> Result<i64, StoreError> {
        let last = match self.kept.last.series.get(&series) {
            Some(last) => *last,
            None => {
                let row = self.one("SELECT last FROM numbers WHERE series = $1", values![series.as_str()]).await?;
                row.map_or(Ok(0), |row| row.int("last"))?
            }
        };
        self.gathered.series.insert(series.clone());
        self.kept.last.series.insert(series, last + 1);
        Ok(last + 1)
    }

    /// Inserts a row at the end of the transaction, together with those of other jobs: for what nothing reads before.
    pub(crate) fn insert_late(
        &mut self,
        table: &'static str,
        columns: &'static str,
        values: Vec<Value>,
    ) -> Result<(), StoreError> {
        self.insert_late_into(Target::new(table, columns), values)
    }

    /// The same into a target that says what becomes of a row that is there.
    pub(crate) fn insert_late_into(&mut self, target: Target, values: Vec<Value>) -> Result<(), StoreError> {
        storable(&values)?;
        self.gathered.rows.push((target, values));
        Ok(())
    }

    /// Keeps what a case has become, to be written at the end of the transaction.
    pub(crate) fn keep_case(&mut self, case: &Case, row: Vec<Value>) -> Result<(), StoreError> {
        storable(&row)?;
        self.gathered.cases.write(case, row);
        Ok(())
    }

    /// What is known of cases, to be added to.
    pub(crate) fn known_mut(&mut self) -> &mut Known {
        &mut self.gathered.cases
    }

    /// Keeps by what limits count a case together with others.
    pub(crate) fn keep_keys(&mut self, case: &Case, keys: &[ClaimKey]) {
        self.gathered.cases.write_keys(case, keys);
    }

    /// Writes what was kept of cases to the tables now: before a statement that asks them itself.
    pub(crate) async fn put_down(&mut self) -> Result<(), StoreError> {
        let outcome = async {
            self.mark().await?;
            let inserts = known::make_room_on(&self.link, self.gathered.cases.pending()).await?;
            self.link.insert(inserts.into()).await
        };
        let outcome = outcome.await;
        outcome.map_err(|error| self.failed(error))?;
        self.gathered.cases.put_down();
        Ok(())
    }

    /// The entries of a kind about something that this transaction has written, the last first: the table does not have them yet.
    pub(crate) fn written(&self, kind: &str, subject: &str) -> impl Iterator<Item = &Entry> {
        self.gathered.entries.iter().rev().filter(move |entry| entry.kind == kind && entry.subject == subject)
    }

    /// The last of them.
    pub(crate) fn last_written(&self, kind: &str, subject: &str) -> Option<&Entry> {
        self.written(kind, subject).next()
    }

    /// Asks what was done under some keys.
    pub(crate) fn ask_keys(keys: &BTreeSet<&str>) -> Question {
        Question {
            columns: &["key", "digest", "outcome"],
            from: "FROM commands WHERE key IN ({})",
            before: None,
            of: keys.iter().map(|key| Value::from(*key)).collect(),
        }
    }

    /// Keeps what was done under these keys, ahead of who will ask.
    pub(crate) fn take_keys(&mut self, keys: &BTreeSet<&str>, rows: &[Row]) -> Result<(), StoreError> {
        self.gathered.recalled.extend(keys.iter().map(|key| ((*key).to_owned(), None)));
        for row in rows {
            self.gathered.recalled.insert(row.text("key")?, Some((row.text("digest")?, row.text("outcome")?)));
        }
        Ok(())
    }

    /// Writes on the journal what is being done, and gives the entry's number. `kind` names the sort of change, `subject`
    /// what it is about (`case/12`, `user/3`); `body` says all that is needed to do it again. Whatever people send comes by
    /// here, so that no text with a control character but breaks and tabs is kept anywhere.
    ///
    /// # Errors
    /// [`StoreError::BadInput`] for such a text.
    pub(crate) fn journal(
        &mut self,
        by: Option<UserId>,
        kind: &str,
        subject: &str,
        body: &impl Serialize,
    ) -> Result<i64, StoreError> {
        debug_assert!(crate::journal::is_known(kind), "a kind that readers of the journal have no words for: {kind}");
        let body = json(body)?;
        if holds_control(&body) {
            return Err(StoreError::bad_input(
                "填写的内容里有看不见的控制字符，没有保存；请删去后重新填写",
                "what was filled in has control characters, which can't be seen, and was not kept: remove them and send it again",
            ));
        }
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
        let here = self.gathered.commands.iter().find(|command| command.key == key.as_str());
        let here = here.map(|command| (command.digest.clone(), command.outcome.clone()));
        let kept = match (here, self.gathered.recalled.get(key.as_str())) {
            (Some(here), _) => Some(here),
            (None, Some(there)) => there.clone(),
            (None, None) => {
                let row =
                    self.one("SELECT digest, outcome FROM commands WHERE key = $1", values![key.as_str()]).await?;
                row.map(|row| Ok::<_, StoreError>((row.text("digest")?, row.text("outcome")?))).transpose()?
            }
        };
        let Some((digest, outcome)) = kept else { return Ok(None) };
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

    fn failed(&mut self, error: StoreError) -> StoreError {
        self.failure.get_or_insert_with(|| error.clone());
        error
    }

    /// Writes what was gathered, commits, and gives the connection back. It is lost with whatever fails. What is kept is to be
    /// [settled](Kept::settle) before the next transaction.
    pub(crate) async fn commit(self) -> Result<(Link, Kept), StoreError> {
        let Tx { link, mut gathered, mut kept, .. } = self;
        let (seen, cases) = (gathered.head.seq, std::mem::take(&mut gathered.cases));
        write(&link, gathered, cases.pending(), &kept.last).await?;
        link.commit().await?;
        kept.seen = seen;
        kept.cases = cases;
        Ok((link, kept))
    }

    /// Takes everything back, and gives the connection back.
    pub(crate) async fn roll_back(self) -> Result<(Link, Kept), StoreError> {
        let Tx { link, gathered, mut kept, .. } = self;
        link.roll_back().await?;
        // What was written was cut off with the jobs that were refused; what was read stays read.
        kept.cases = gathered.cases;
        Ok((link, kept))
    }
}

impl Queries for Tx {
    fn shared(&self) -> &Shared {
        &self.shared
    }

    fn memo(&self) -> Option<&Memo> {
        Some(&self.kept.memo)
    }

    fn known(&self) -> Option<&Known> {
        Some(&self.gathered.cases)
    }

    async fn all(&self, sql: &str, values: Vec<Value>) -> Result<Vec<Row>, StoreError> {
        self.mark().await?;
        self.link.all(sql, values).await
    }

    async fn one(&self, sql: &str, values: Vec<Value>) -> Result<Option<Row>, StoreError> {
        self.mark().await?;
        Ok(self.link.all(sql, values).await?.into_iter().next())
    }
}

/// Refuses at once what PostgreSQL would refuse at the transaction's end, where it would take the other jobs along.
fn storable(values: &[Value]) -> Result<(), StoreError> {
    let is_refused = |value: &Value| matches!(value, Value::String(Some(text)) if text.contains('\0'));
    if values.iter().any(is_refused) {
        let (zh, en) = ("文字中含有不能保存的字符", "a text holds a character that can't be kept");
        return Err(StoreError::bad_input(zh, en));
    }
    Ok(())
}

/// Writes what was gathered: keys, numbers, rows, cases, the journal's entries, and the new head of the chain.
async fn write(link: &Link, gathered: Gathered, cases: Pending, last: &Last) -> Result<(), StoreError> {
    let commands = gathered.commands.into_iter().map(|command| {
        let Remembered { key, at, actor, digest, outcome } = command;
        values![key, at.0, actor.map(|actor| actor.0), digest, outcome]
    });
    let mut inserts = vec![Insert::new(Target::new("commands", "key, at, actor, digest, outcome"), commands.collect())];
    let numbers = gathered.series.iter().filter_map(|series| Some(values![series.as_str(), *last.series.get(series)?]));
    inserts.push(Insert::new(NUMBERS, numbers.collect()));
    for (target, row) in gathered.rows {
        match inserts.iter_mut().find(|insert| insert.target == target) {
            Some(insert) => insert.rows.push(row),
            None => inserts.push(Insert::new(target, vec![row])),
        }
    }
    inserts.extend(known::make_room_on(link, cases).await?);
    if let Some(end) = gathered.entries.last() {
        inserts.push(Insert::new(HEAD, vec![values![1_i64, end.seq, end.hash.as_str(), end.at.0]]));
    }
    let entries = gathered.entries.into_iter().map(Entry::into_values).collect();
    inserts.push(Insert::new(Target::new("journal", Entry::COLUMNS), entries));
    link.insert(inserts).await
}

const NUMBERS: Target = Target {
    table: "numbers",
    columns: Cow::Borrowed("series, last"),
    conflict: Cow::Borrowed(" ON CONFLICT (series) DO UPDATE SET last = excluded.last"),
};

const HEAD: Target = Target {
    table: "chain",
    columns: Cow::Borrowed("id, seq, hash, at"),
    conflict: Cow::Borrowed(
        " ON CONFLICT (id) DO UPDATE SET seq = excluded.seq, hash = excluded.hash, at = excluded.at",
    ),
};
