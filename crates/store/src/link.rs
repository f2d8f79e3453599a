//! The writer's own connection, which it keeps: SQLite in the writer's thread, PostgreSQL over the line.
//!
//! A lone submission is little work, and waits for the most part: so nothing stands between the writer and the database. SQLite is
//! called by the thread that writes, where a pool of connections has threads of its own, to and from which each statement takes
//! longer than in the tables; PostgreSQL is not asked after each transaction whether it is still there, and begins one and gives
//! the head of the chain in one answer.

use std::path::Path;
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use sea_orm::{DbBackend, DbErr, RuntimeErr};
use sqlx::postgres::{PgArguments, PgConnectOptions, PgConnection};
use sqlx::query::Query;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor, Postgres};
use tokio::sync::Mutex as LineMutex;

use crate::db::{PATIENCE, Place, REST, Row, STATEMENTS, Value};
use crate::error::StoreError;
use crate::late::{Insert, in_rows};
#[cfg(target_os = "linux")]
use crate::nodelay;

mod file;
pub(crate) use file::PRAGMAS;

/// A connection that writes, one transaction after the other.
pub(crate) enum Link {
    File(Mutex<rusqlite::Connection>),
    Server(LineMutex<Line>),
}

/// A connection to PostgreSQL.
pub(crate) struct Line {
    link: PgConnection,
    used: Instant,
}

/// The head of the chain.
const HEAD: &str = "SELECT seq, hash FROM chain WHERE id = 1";

impl Link {
    /// # Errors
    /// Where the file can't be opened, or nobody answers.
    pub(crate) async fn open(place: &Place) -> Result<Link, StoreError> {
        match place {
            Place::File(path) => Link::open_file(path),
            Place::Server(url) => {
                let opened = tokio::time::timeout(PATIENCE, PgConnection::connect_with(&options(url)?)).await;
                let mut link = opened.unwrap_or(Err(sqlx::Error::PoolTimedOut)).map_err(line_error)?;
                // It is asked with every transaction, beside what begins that, which no statement of the cache can be.
                let head = format!("PREPARE head AS {HEAD} FOR UPDATE");
                sqlx::raw_sql(AssertSqlSafe(head)).execute(&mut link).await.map_err(line_error)?;
                #[cfg(target_os = "linux")]
                nodelay::set_for_all();
                Ok(Link::Server(LineMutex::new(Line { link, used: Instant::now() })))
            }
        }
    }

    fn open_file(path: &Path) -> Result<Link, StoreError> {
        Ok(Link::File(Mutex::new(file::open(path)?)))
    }

    pub(crate) fn backend(&self) -> DbBackend {
        match self {
            Link::File(_) => DbBackend::Sqlite,
            Link::Server(_) => DbBackend::Postgres,
        }
    }

    /// Whether someone still answers, where nobody has asked for a while.
    pub(crate) async fn is_there(&self) -> bool {
        match self {
            Link::File(_) => true,
            Link::Server(line) => {
                let mut line = line.lock().await;
                line.used.elapsed() < REST || line.link.ping().await.is_ok()
            }
        }
    }

    /// Begins a transaction that nobody else writes beside, and gives the head of the chain.
    pub(crate) async fn begin(&self) -> Result<Option<Row>, StoreError> {
        match self {
            Link::File(_) => {
                self.run("BEGIN IMMEDIATE").await?;
                Ok(self.all(HEAD, vec![]).await?.pop())
            }
            Link::Server(line) => {
                let mut line = line.lock().await;
                line.used = Instant::now();
                let row = sqlx::raw_sql("BEGIN; EXECUTE head").fetch_optional(&mut line.link).await;
                Ok(row.map_err(line_error)?.map(Row::from_line))
            }
        }
    }

    /// Executes what has no values: about the transaction itself.
    pub(crate) async fn run(&self, sql: &'static str) -> Result<(), StoreError> {
        match self {
            Link::File(link) => file::execute(&held(link), sql, &[]).map(drop),
            Link::Server(line) => line.lock().await.link.execute(sql).await.map(drop).map_err(line_error),
        }
    }

    /// Executes a statement with placeholders `$1`, `$2`, … or `?`; gives the number of rows it changed.
    pub(crate) async fn execute(&self, sql: &str, values: Vec<Value>) -> Result<u64, StoreError> {
        match self {
            Link::File(link) => file::execute(&held(link), sql, &values),
            Link::Server(line) => {
                let done = query(sql, values)?.execute(&mut line.lock().await.link).await;
                Ok(done.map_err(line_error)?.rows_affected())
            }
        }
    }

    /// All rows of a query.
    pub(crate) async fn all(&self, sql: &str, values: Vec<Value>) -> Result<Vec<Row>, StoreError> {
        match self {
            Link::File(link) => file::all(&held(link), sql, &values),
            Link::Server(line) => {
                let rows = query(sql, values)?.fetch_all(&mut line.lock().await.link).await;
                Ok(rows.map_err(line_error)?.into_iter().map(Row::from_line).collect())
            }
        }
    }

    /// Inserts rows into tables. No row depends on one of another table being there before it.
    pub(crate) async fn insert(&self, mut inserts: Vec<Insert>) -> Result<(), StoreError> {
        inserts.retain(|insert| !insert.rows.is_empty());
        for (sql, values) in in_rows(inserts, self.backend() == DbBackend::Postgres) {
            self.execute(&sql, values).await?;
        }
        Ok(())
    }

    /// Ends the transaction, and keeps what was written.
    pub(crate) async fn commit(&self) -> Result<(), StoreError> {
        self.run("COMMIT").await
    }

    /// Ends the transaction, and takes back what was written.
    pub(crate) async fn roll_back(&self) -> Result<(), StoreError> {
        self.run("ROLLBACK").await
    }

    /// The last connection to close a SQLite file tidies its log away.
    pub(crate) async fn close(self) {
        // Whoever could not be told has gone.
        if let Link::Server(line) = self {
            let _gone = line.into_inner().link.close().await;
        }
    }
}

fn held(link: &Mutex<rusqlite::Connection>) -> std::sync::MutexGuard<'_, rusqlite::Connection> {
    link.lock().unwrap_or_else(PoisonError::into_inner)
}

fn line_error(error: sqlx::Error) -> StoreError {
    DbErr::Query(RuntimeErr::SqlxError(error.into())).into()
}

/// How both kinds of connections to a server are made.
pub(crate) fn options(url: &str) -> Result<PgConnectOptions, StoreError> {
    Ok(tuned(PgConnectOptions::from_str(url).map_err(line_error)?).disable_statement_logging())
}

/// What the store wants of every connection to a server.
pub(crate) fn tuned(options: PgConnectOptions) -> PgConnectOptions {
    let options = options.application_name("duixian").statement_cache_capacity(STATEMENTS);
    // A page anywhere costs little more than the next one, on the disks of today: whoever thinks otherwise reads whole tables
    // where an index has all that is asked.
    options.options([("random_page_cost", "1.1")])
}

fn query(sql: &str, values: Vec<Value>) -> Result<Query<'_, Postgres, PgArguments>, StoreError> {
    values.into_iter().try_fold(sqlx::query(AssertSqlSafe(sql)), |query, value| match value {
        Value::BigInt(number) => Ok(query.bind(number)),
        Value::Int(number) => Ok(query.bind(number)),
        Value::Bool(flag) => Ok(query.bind(flag)),
        Value::String(text) => Ok(query.bind(text)),
        Value::Bytes(bytes) => Ok(query.bind(bytes)),
        other => Err(StoreError::corrupt("a value", format!("of no kind that is kept: {other:?}"))),
    })
}
