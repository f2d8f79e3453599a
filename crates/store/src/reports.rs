//! What came of something done to many at once, kept as it was told: whoever did it reads it again at its address, and can
//! show it to a colleague. What was done stands in the journal; a report adds what was not, and why: of it the journal has the hash.

use duixian_casework::moment::Moment;
use duixian_casework::people::{Actor, UserId};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::db::{self, Queries, Row, Store, Value, values};
use crate::error::StoreError;
use crate::once::{Done, Key, hex};
use crate::tx::Tx;

/// A report as it was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report<T> {
    /// When.
    pub at: Moment,
    /// To whom.
    pub by: Option<UserId>,
    /// What.
    pub told: T,
}

impl Store {
    /// Keeps what came of a form, under its number among all reports. The same form that came to the same again has the
    /// same number.
    pub async fn keep_report(
        &self,
        actor: &Actor,
        key: &Key,
        kind: &'static str,
        told: &impl Serialize,
    ) -> Result<Done<i64>, StoreError> {
        let told = db::json(told)?;
        let (by, key) = (actor.clone(), key.part(&format!("{kind} {told}")));
        self.write_once(actor, &key, format!("report {kind}"), move |tx| {
            Box::pin(async move { write(tx, &by, kind, told).await })
        })
        .await
    }

    /// A report of a kind.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for a number that none has, or one of another kind.
    pub async fn report<T: DeserializeOwned>(&self, kind: &str, id: i64) -> Result<Report<T>, StoreError> {
        read(self, kind, id).await
    }
}

/// How many reports a list has at most, the newest.
pub const MOST_LISTED: u64 = 50;

impl Store {
    /// The newest reports of a kind, with their numbers: those told to someone, or to anyone.
    pub async fn reports<T: DeserializeOwned>(
        &self,
        kind: &str,
        to: Option<UserId>,
        most: u64,
    ) -> Result<Vec<(i64, Report<T>)>, StoreError> {
        match to {
            Some(to) => newest(self, "kind = $1 AND actor = $2", values![kind, to.0], most).await,
            None => newest(self, "kind = $1", values![kind], most).await,
        }
    }
}

/// The newest reports that fit a condition.
pub(crate) async fn newest<T: DeserializeOwned>(
    link: &impl Queries,
    fit: &str,
    given: Vec<Value>,
    most: u64,
) -> Result<Vec<(i64, Report<T>)>, StoreError> {
    let most = most.min(MOST_LISTED);
    let sql = format!("SELECT id, at, actor, told FROM reports WHERE {fit} ORDER BY id DESC LIMIT {most}");
    link.all(&sql, given).await?.iter().map(|row| Ok((row.int("id")?, report_of(row)?))).collect()
}

/// Keeps a report with what it tells of.
pub(crate) async fn keep(
    tx: &mut Tx,
    actor: &Actor,
    kind: &'static str,
    told: &impl Serialize,
) -> Result<i64, StoreError> {
    let told = db::json(told)?;
    write(tx, actor, kind, told).await
}

async fn write(tx: &mut Tx, actor: &Actor, kind: &'static str, told: String) -> Result<i64, StoreError> {
    let id = tx.next_id("reports").await?;
    let kept = hex(&Sha256::digest(&told));
    let sql = "INSERT INTO reports (id, kind, at, actor, told) VALUES ($1, $2, $3, $4, $5)";
    tx.execute(sql, values![id, kind, tx.now().0, actor.user().map(|user| user.0), told]).await?;
    tx.journal(actor.user(), "report.kept", &format!("report/{id}"), &json!({ "report": kind, "kept": kept }))?;
    Ok(id)
}

/// A report, from whatever answers queries.
pub(crate) async fn read<T: DeserializeOwned>(
    link: &impl Queries,
    kind: &str,
    id: i64,
) -> Result<Report<T>, StoreError> {
    let sql = "SELECT at, actor, told FROM reports WHERE id = $1 AND kind = $2";
    report_of(&link.one(sql, values![id, kind]).await?.ok_or(StoreError::NotFound)?)
}

fn report_of<T: DeserializeOwned>(row: &Row) -> Result<Report<T>, StoreError> {
    Ok(Report { at: Moment(row.int("at")?), by: row.opt_int("actor")?.map(UserId), told: row.json("told")? })
}
