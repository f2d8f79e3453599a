//! The tables, as an ordered list of steps written once for both databases.
//!
//! The list is our own because it is all that is needed: sea-orm-migration would bring a command line and a schema
//! builder for what is portable SQL but for two types. `{id}` stands for a key given by us, `{blob}` for bytes.

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, SqliteTransactionMode, TransactionOptions, TransactionTrait,
};
use sha2::{Digest, Sha256};

use crate::db::{execute_on, one_of, values};
use crate::error::StoreError;
use crate::once::hex;

/// The steps; the database's version is how many of them it has been through. A step that was released is never edited.
const STEPS: [&str; 5] = [
    include_str!("migration/0001.sql"),
    include_str!("migration/0002.sql"),
    include_str!("migration/0003.sql"),
    include_str!("migration/0004.sql"),
    include_str!("migration/0005.sql"),
];

/// A number of our own for PostgreSQL's lock, so that two processes don't migrate at once.
const LOCK: i64 = 0x6475_6978_6961_6e01;

/// Brings the tables up to date, all steps that are missing or none.
pub(crate) async fn migrate(link: &DatabaseConnection) -> Result<(), StoreError> {
    let backend = link.get_database_backend();
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    let txn = link.begin_with_options(options).await?;
    if backend == DbBackend::Postgres {
        execute_on(&txn, "SELECT pg_advisory_xact_lock($1)", values![LOCK]).await?;
    }
    txn.execute_unprepared("CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL)").await?;
    let row = one_of(&txn, "SELECT value FROM meta WHERE key = 'schema'", vec![]).await?;
    let version = match row {
        None => 0,
        Some(row) => {
            let text = row.text("value")?;
            let (version, made_by) = text.split_once(' ').unwrap_or((&text, ""));
            let version = version.parse::<usize>().map_err(|error| StoreError::corrupt("meta.schema", error))?;
            if version <= STEPS.len() && made_by != fingerprint(version) {
                return Err(StoreError::bad_input(
                    "这个数据库由一个没有发布的兑现版本写成，表的样子不同，不能接着用；演示用 FRESH=1 ./run 重新开始",
                    "this database was written by a version of duixian that was never released, with other tables: it can't \
                     be used; a demonstration begins anew with FRESH=1 ./run",
                ));
            }
            version
        }
    };
    if version > STEPS.len() {
        return Err(StoreError::bad_input(
            "这个数据库由更新的兑现版本写成，请使用新版程序打开",
            "this database was written by a later version of duixian: open it with that version",
        ));
    }
    for step in STEPS.iter().skip(version) {
        for statement in step.split(';').map(without_comments).filter(|statement| !statement.trim().is_empty()) {
            txn.execute_unprepared(&in_dialect(&statement, backend)).await?;
        }
    }
    let upsert =
        "INSERT INTO meta (key, value) VALUES ('schema', $1) ON CONFLICT (key) DO UPDATE SET value = excluded.value";
    let made = format!("{} {}", STEPS.len(), fingerprint(STEPS.len()));
    execute_on(&txn, upsert, values![made]).await?;
    txn.commit().await?;
    Ok(())
}

/// What the first steps were, in short: a step that was edited after it had made tables shows.
fn fingerprint(steps: usize) -> String {
    let mut hash = Sha256::new();
    STEPS[..steps].iter().for_each(|step| hash.update(step));
    let mut text = hex(&hash.finalize());
    text.truncate(16);
    text
}

fn without_comments(statement: &str) -> String {
    statement.lines().filter(|line| !line.trim_start().starts_with("--")).collect::<Vec<_>>().join("\n")
}

fn in_dialect(statement: &str, backend: DbBackend) -> String {
    let (id, blob) = match backend {
        DbBackend::Postgres => ("BIGINT PRIMARY KEY", "BYTEA"),
        _ => ("INTEGER PRIMARY KEY", "BLOB"),
    };
    statement.replace("{id}", id).replace("{blob}", blob)
}
