//! The two databases behind one face: opening, reading, rows and values. No type of sea-orm leaves the crate.

use std::borrow::Cow;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::time::Duration;

use duixian_casework::moment::Moment;
use rusqlite::types::Value as Cell;
pub(crate) use sea_orm::Value;
use sea_orm::{
    AccessMode, ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr,
    IsolationLevel, QueryResult, Statement, TransactionOptions, TransactionTrait,
};
use sqlx::postgres::PgRow;
use tokio::sync::mpsc;

use crate::caches::Caches;
use crate::cases::known::Known;
use crate::clock::{Clock, Ticking};
use crate::error::StoreError;
use crate::link::{Link, PRAGMAS, tuned};
use crate::memo::Memo;
use crate::migration;
#[cfg(target_os = "linux")]
use crate::nodelay;
use crate::writer::{self, Job};

/// Values for the placeholders of a statement, in order.
macro_rules! values {
    ($($value:expr),* $(,)?) => { vec![$(sea_orm::Value::from($value)),*] };
}
pub(crate) use values;

/// How many connections read beside the one that writes.
const READERS: u32 = 8;
/// How much of a file each of them keeps, in KiB with a minus: enough for the rows that lists walk through.
const READER_CACHE: &str = "-16384";
/// How long anyone waits for a connection or a lock.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);
/// How many statements a connection keeps ready.
pub(crate) const STATEMENTS: usize = 256;
/// After so long without use, a connection may have been lost unnoticed.
pub(crate) const REST: Duration = Duration::from_secs(1);

/// The store: cheap to clone, shared by all who serve pages.
#[derive(Clone)]
pub struct Store {
    pub(crate) shared: Arc<Shared>,
    pub(crate) jobs: mpsc::Sender<Box<dyn Job>>,
}

/// What reading and writing have in common.
pub(crate) struct Shared {
    pub(crate) reads: DatabaseConnection,
    pub(crate) backend: DbBackend,
    pub(crate) clock: Ticking,
    pub(crate) caches: Caches,
    /// When this process has last looked for drafts to tell of, in milliseconds.
    pub(crate) drafts_looked_at: AtomicI64,
}

impl Store {
    /// Opens the database at `url` and brings its tables up to date: `sqlite:///path/file.db` or a plain path for one
    /// SQLite file, which is made if it is not there; `postgres://user@host/database` for PostgreSQL. It must be called
    /// within a tokio runtime.
    ///
    /// # Errors
    /// [`StoreError::BadInput`] for a URL of another kind or a database of a later version, [`StoreError::Environment`] if
    /// it can't be opened.
    pub async fn open(url: &str, clock: Clock) -> Result<Store, StoreError> {
        let place = Place::of(url)?;
        let made = Database::connect(place.options(true)).await?;
        migration::migrate(&made).await?;
        let reads = Database::connect(place.options(false)).await?;
        let writes = Link::open(&place).await?;
        made.close().await?;
        let backend = reads.get_database_backend();
        let caches = Caches::default();
        let shared = Shared {
            reads,
            backend,
            clock: Ticking::new(clock, 0, Moment(0)),
            caches,
            drafts_looked_at: AtomicI64::new(i64::MIN),
        };
        // Of the last entry, which its hash vouches for: of the time that the head of the chain tells nothing does.
        let last = shared.one("SELECT at FROM journal ORDER BY seq DESC LIMIT 1", vec![]).await?;
        shared.clock.not_before(Moment(last.map_or(Ok(0), |row| row.int("at"))?));
        if clock == Clock::Shifted {
            let shift = shared.one("SELECT value FROM meta WHERE key = 'clock_shift'", vec![]).await?;
            let shift = shift.map(|row| row.text("value")).transpose()?.and_then(|text| text.parse().ok());
            shared.clock.set_shift(shift.unwrap_or(0));
        }
        let shared = Arc::new(shared);
        let jobs = writer::start(place, writes, Arc::clone(&shared))?;
        Ok(Store { shared, jobs })
    }

    /// Opens a database that has been one of ours before: what is to be checked is not made by the check.
    ///
    /// # Errors
    /// Those of [`Store::open`]; [`StoreError::BadInput`] where there is none.
    pub async fn open_existing(url: &str, clock: Clock) -> Result<Store, StoreError> {
        let place = Place::of(url)?;
        if let Place::File(path) = &place
            && !path.is_file()
        {
            return Err(StoreError::bad_input(
                format!("没有数据库文件 {url}，请核对路径"),
                format!("there is no database file {url}: check the path"),
            ));
        }
        let there = Database::connect(place.options(false)).await?;
        let chain =
            there.query_one_raw(Statement::from_string(there.get_database_backend(), "SELECT seq FROM chain")).await;
        there.close().await?;
        if !matches!(chain, Ok(Some(_))) {
            return Err(StoreError::bad_input(
                format!("{url} 里没有流水，不是本系统的数据库，或者还没有启动过"),
                format!("{url} has no journal: it is no database of this program, or was never started with"),
            ));
        }
        Store::open(url, clock).await
    }

    /// Moves what commits have left beside a SQLite file into it: whoever copies a file that nobody serves any more has all of it.
    pub async fn settle(&self) -> Result<(), StoreError> {
        if self.shared.backend == DbBackend::Sqlite {
            self.all("PRAGMA wal_checkpoint(TRUNCATE)", vec![]).await?;
        }
        Ok(())
    }

    /// What time it is. It never goes back.
    pub fn now(&self) -> Moment {
        self.shared.clock.now()
    }

    /// One view of everything as it is now, while others go on writing.
    pub(crate) async fn snapshot(&self) -> Result<Snapshot, StoreError> {
        let is_postgres = self.shared.backend == DbBackend::Postgres;
        let options = TransactionOptions {
            isolation_level: is_postgres.then_some(IsolationLevel::RepeatableRead),
            access_mode: is_postgres.then_some(AccessMode::ReadOnly),
            sqlite_transaction_mode: None,
        };
        let txn = self.shared.reads.begin_with_options(options).await?;
        Ok(Snapshot { txn, shared: Arc::clone(&self.shared) })
    }
}

/// Where a database is.
pub(crate) enum Place {
    File(PathBuf),
    Server(String),
}

impl Place {
    fn of(url: &str) -> Result<Place, StoreError> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(Place::Server(url.replacen("postgresql://", "postgres://", 1)));
        }
        let path = url.strip_prefix("sqlite://").or_else(|| url.strip_prefix("sqlite:")).unwrap_or(url);
        if path.is_empty() || path.contains("://") || path.starts_with(':') {
            return Err(StoreError::bad_input(
                format!("数据库地址“{url}”无法识别：请写 SQLite 文件的路径，或 postgres://用户@主机/库名"),
                format!(
                    "the database address `{url}` is of no known kind: give a file's path, or postgres://user@host/name"
                ),
            ));
        }
        let parent = Path::new(path).parent().filter(|parent| !parent.as_os_str().is_empty());
        if let Some(parent) = parent.filter(|parent| !parent.is_dir()) {
            let parent = parent.display();
            return Err(StoreError::bad_input(
                format!("数据库文件所在的目录 {parent} 不存在，请先建立"),
                format!("the directory {parent} of the database file does not exist: make it first"),
            ));
        }
        Ok(Place::File(path.into()))
    }

    /// How a pool is opened: of the one connection that makes the tables, or of those that read.
    fn options(&self, makes: bool) -> ConnectOptions {
        let mut options = match self {
            Place::File(path) => {
                let path = path.clone();
                let mut options = ConnectOptions::new("sqlite://duixian.db".to_owned());
                options.map_sqlx_sqlite_opts(move |sqlite| {
                    let sqlite = sqlite.filename(&path).create_if_missing(makes).busy_timeout(PATIENCE);
                    let sqlite = sqlite.statement_cache_capacity(STATEMENTS);
                    let sqlite = PRAGMAS.iter().fold(sqlite, |sqlite, (name, value)| sqlite.pragma(*name, *value));
                    if makes { sqlite } else { sqlite.pragma("cache_size", READER_CACHE).pragma("query_only", "ON") }
                });
                options
            }
            Place::Server(url) => {
                let mut options = ConnectOptions::new(url.clone());
                options.map_sqlx_postgres_opts(move |postgres| {
                    let postgres = tuned(postgres);
                    if makes { postgres } else { postgres.options([("default_transaction_read_only", "on")]) }
                });
                #[cfg(target_os = "linux")]
                options.map_sqlx_postgres_pool_opts(|pool| {
                    pool.after_connect(|_, _| {
                        nodelay::set_for_all();
                        Box::pin(async { Ok(()) })
                    })
                });
                options
            }
        };
        options
            .max_connections(if makes { 1 } else { READERS })
            .min_connections(1)
            .connect_timeout(PATIENCE)
            .acquire_timeout(PATIENCE)
            // A connection is tested when it comes back; before it is lent again, only after a rest.
            .test_before_acquire_if_idle_for(REST)
            .idle_timeout(None::<Duration>)
            .max_lifetime(None::<Duration>)
            .sqlx_logging(false);
        options
    }
}

/// Something that answers queries: the store, a snapshot of it, or a transaction under way.
pub(crate) trait Queries: Sync {
    /// What reading and writing have in common: caches, the clock.
    fn shared(&self) -> &Shared;

    /// What the writer remembers; none elsewhere.
    fn memo(&self) -> Option<&Memo> {
        None
    }

    /// What a transaction knows of cases; none elsewhere.
    fn known(&self) -> Option<&Known> {
        None
    }

    /// All rows. Placeholders are `$1`, `$2`, … on both databases.
    fn all(&self, sql: &str, values: Vec<Value>) -> impl Future<Output = Result<Vec<Row>, StoreError>> + Send;

    /// The first row, if there is one.
    fn one(&self, sql: &str, values: Vec<Value>) -> impl Future<Output = Result<Option<Row>, StoreError>> + Send;
}

/// How many are named in one statement.
pub(crate) const NAMED_TOGETHER: usize = 256;

/// Those of a list, filled up to full eights by naming the last again, so that the database prepares few statements.
pub(crate) fn filled(some: &[Value]) -> Vec<Value> {
    let length = if some.len() == 1 { 1 } else { some.len().next_multiple_of(8) };
    let filling = some.last().into_iter().cycle();
    some.iter().chain(filling).take(length).cloned().collect()
}

/// A statement about some of many: `{}` in it stands for the list of those that it is about, after the `before` values it
/// has anyway. Lists are [`filled`].
pub(crate) fn among(sql: &str, before: &[Value], of: &[Value]) -> impl Iterator<Item = (String, Vec<Value>)> {
    of.chunks(NAMED_TOGETHER).map(move |some| {
        let some = filled(some);
        let places: Vec<String> = (1..=some.len()).map(|place| format!("${}", before.len() + place)).collect();
        let values = before.iter().cloned().chain(some).collect();
        (sql.replace("{}", &places.join(", ")), values)
    })
}

/// All rows of a query about some of many, put as [`among`] says.
pub(crate) async fn all_among(
    link: &impl Queries,
    sql: &str,
    before: Vec<Value>,
    of: Vec<Value>,
) -> Result<Vec<Row>, StoreError> {
    let mut found = Vec::new();
    for (sql, values) in among(sql, &before, &of) {
        found.extend(link.all(&sql, values).await?);
    }
    Ok(found)
}

pub(crate) async fn all_of(link: &impl ConnectionTrait, sql: &str, values: Vec<Value>) -> Result<Vec<Row>, DbErr> {
    let statement = Statement::from_sql_and_values(link.get_database_backend(), sql, values);
    Ok(link.query_all_raw(statement).await?.into_iter().map(Row::new).collect())
}

pub(crate) async fn one_of(link: &impl ConnectionTrait, sql: &str, values: Vec<Value>) -> Result<Option<Row>, DbErr> {
    let statement = Statement::from_sql_and_values(link.get_database_backend(), sql, values);
    Ok(link.query_one_raw(statement).await?.map(Row::new))
}

pub(crate) async fn execute_on(link: &impl ConnectionTrait, sql: &str, values: Vec<Value>) -> Result<u64, DbErr> {
    let statement = Statement::from_sql_and_values(link.get_database_backend(), sql, values);
    Ok(link.execute_raw(statement).await?.rows_affected())
}

impl Queries for Shared {
    fn shared(&self) -> &Shared {
        self
    }

    async fn all(&self, sql: &str, values: Vec<Value>) -> Result<Vec<Row>, StoreError> {
        Ok(all_of(&self.reads, sql, values).await?)
    }

    async fn one(&self, sql: &str, values: Vec<Value>) -> Result<Option<Row>, StoreError> {
        Ok(one_of(&self.reads, sql, values).await?)
    }
}

impl Queries for Store {
    fn shared(&self) -> &Shared {
        &self.shared
    }

    async fn all(&self, sql: &str, values: Vec<Value>) -> Result<Vec<Row>, StoreError> {
        self.shared.all(sql, values).await
    }

    async fn one(&self, sql: &str, values: Vec<Value>) -> Result<Option<Row>, StoreError> {
        self.shared.one(sql, values).await
    }
}

/// A read-only transaction: every query sees the same state.
pub(crate) struct Snapshot {
    txn: DatabaseTransaction,
    shared: Arc<Shared>,
}

impl Queries for Snapshot {
    fn shared(&self) -> &Shared {
        &self.shared
    }

    async fn all(&self, sql: &str, values: Vec<Value>) -> Result<Vec<Row>, StoreError> {
        Ok(all_of(&self.txn, sql, values).await?)
    }

    async fn one(&self, sql: &str, values: Vec<Value>) -> Result<Option<Row>, StoreError> {
        Ok(one_of(&self.txn, sql, values).await?)
    }
}

/// One row of a result. Columns are asked for by name; a sum is cast to BIGINT in the statement, since PostgreSQL makes it
/// something else.
pub(crate) struct Row {
    cells: Cells,
    /// Of a row that answers one of several questions, the columns of that question: it has them as texts, without their names.
    columns: Option<&'static [&'static str]>,
}

enum Cells {
    Result(QueryResult),
    File(Arc<[String]>, Vec<Cell>),
}

impl Row {
    fn new(result: QueryResult) -> Row {
        Row { cells: Cells::Result(result), columns: None }
    }

    /// A row from the writer's connection to PostgreSQL.
    pub(crate) fn from_line(row: PgRow) -> Row {
        Row::new(row.into())
    }

    /// A row from the writer's SQLite file: the names of its columns, and what is in them.
    pub(crate) fn from_file(names: Arc<[String]>, cells: Vec<Cell>) -> Row {
        Row { cells: Cells::File(names, cells), columns: None }
    }

    /// The same as an answer to the question for these columns.
    pub(crate) fn of_columns(self, columns: &'static [&'static str]) -> Row {
        Row { columns: Some(columns), ..self }
    }

    pub(crate) fn int(&self, column: &str) -> Result<i64, StoreError> {
        self.opt_int(column)?.ok_or_else(|| StoreError::corrupt(column, "it is empty"))
    }

    pub(crate) fn opt_int(&self, column: &str) -> Result<Option<i64>, StoreError> {
        if self.columns.is_some() {
            let number = self.opt_text(column)?.map(|text| text.parse());
            return number.transpose().map_err(|error| StoreError::corrupt(column, error));
        }
        match &self.cells {
            Cells::Result(result) => Ok(result.try_get_by(column)?),
            Cells::File(names, cells) => match cell(names, cells, column)? {
                Cell::Null => Ok(None),
                Cell::Integer(number) => Ok(Some(*number)),
                other => Err(unfit(column, other)),
            },
        }
    }

    pub(crate) fn text(&self, column: &str) -> Result<String, StoreError> {
        self.opt_text(column)?.ok_or_else(|| StoreError::corrupt(column, "it is empty"))
    }

    pub(crate) fn opt_text(&self, column: &str) -> Result<Option<String>, StoreError> {
        let name = self.name(column)?;
        match &self.cells {
            Cells::Result(result) => Ok(result.try_get_by(name.as_ref())?),
            Cells::File(names, cells) => match cell(names, cells, &name)? {
                Cell::Null => Ok(None),
                Cell::Text(text) => Ok(Some(text.clone())),
                other => Err(unfit(column, other)),
            },
        }
    }

    /// What the result calls a column.
    fn name<'c>(&self, column: &'c str) -> Result<Cow<'c, str>, StoreError> {
        let Some(columns) = self.columns else { return Ok(Cow::Borrowed(column)) };
        let is_named = |one: &&str| one.rsplit('.').next() == Some(column);
        let place =
            columns.iter().position(is_named).ok_or_else(|| StoreError::corrupt(column, "it was not asked for"))?;
        Ok(Cow::Owned(format!("c{place}")))
    }

    pub(crate) fn bytes(&self, column: &str) -> Result<Vec<u8>, StoreError> {
        match &self.cells {
            Cells::Result(result) => Ok(result.try_get_by(column)?),
            Cells::File(names, cells) => match cell(names, cells, column)? {
                Cell::Blob(bytes) => Ok(bytes.clone()),
                other => Err(unfit(column, other)),
            },
        }
    }

    /// Whether a column holds a value.
    pub(crate) fn holds(&self, column: &str, value: &Value) -> Result<bool, StoreError> {
        match value {
            Value::BigInt(number) => Ok(self.opt_int(column)? == *number),
            Value::String(text) => Ok(self.opt_text(column)? == *text),
            other => Err(StoreError::corrupt(column, format!("compared with what it cannot hold: {other:?}"))),
        }
    }

    /// Yes or no, kept as 1 or 0.
    pub(crate) fn flag(&self, column: &str) -> Result<bool, StoreError> {
        Ok(self.int(column)? != 0)
    }

    /// A document kept as JSON text.
    pub(crate) fn json<T: serde::de::DeserializeOwned>(&self, column: &str) -> Result<T, StoreError> {
        let text = self.text(column)?;
        serde_json::from_str(&text).map_err(|error| StoreError::corrupt(format!("{column}: {}", head(&text)), error))
    }
}

fn cell<'c>(names: &[String], cells: &'c [Cell], column: &str) -> Result<&'c Cell, StoreError> {
    let place = names.iter().position(|name| name == column);
    place.and_then(|place| cells.get(place)).ok_or_else(|| StoreError::corrupt(column, "it was not asked for"))
}

fn unfit(column: &str, cell: &Cell) -> StoreError {
    StoreError::corrupt(column, format!("it is of another kind: {:?}", cell.data_type()))
}

fn head(text: &str) -> String {
    text.chars().take(80).collect()
}

/// A document as JSON text.
pub(crate) fn json(document: &impl serde::Serialize) -> Result<String, StoreError> {
    Ok(serde_json::to_string(document)?)
}
