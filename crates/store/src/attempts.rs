//! How often something may be tried within a quarter of an hour: sign-ins, uploads and objections, which cost nothing to
//! send and something to answer or to keep. Counts stand in the database, so that several processes share them. Beside them stands how
//! many wrong passwords everyone has had since they last signed in, until they do.

use chrono::TimeDelta;
use duixian_casework::moment::Moment;
use duixian_casework::people::UserId;

use crate::db::{Queries, Store, values};
use crate::error::StoreError;
use crate::tx::Tx;

/// The span over which attempts are counted.
const WINDOW: TimeDelta = TimeDelta::minutes(15);
/// Uploads by one user within it: more than anyone fills in forms for.
const UPLOADS: i64 = 60;
/// Objections from one address within it: a whole office may share one.
const OBJECTIONS: i64 = 10;
/// The same with those that are sent back to be mended, which stop no notice.
const WRITTEN: i64 = 100;

impl Store {
    /// Counts an objection from an address; if there have been too many, from when on it can be tried again.
    pub async fn count_objection(&self, address: &str) -> Result<Option<Moment>, StoreError> {
        let (filed, written) = (of_address("objection", address), of_address("written", address));
        self.write(move |tx| {
            Box::pin(async move {
                let names = [(filed.as_str(), OBJECTIONS), (written.as_str(), WRITTEN)];
                count(tx, names).await.map(Counted::too_many)
            })
        })
        .await
    }

    /// Takes back that an objection from an address counts: it was refused, and is mended and sent again.
    pub async fn uncount_objection(&self, address: &str) -> Result<(), StoreError> {
        let filed = of_address("objection", address);
        let sql = "UPDATE attempts SET tries = tries - 1 WHERE name = $1 AND tries > 0";
        self.write(move |tx| Box::pin(async move { tx.execute(sql, values![filed.as_str()]).await.map(drop) })).await
    }
}

/// Counts an upload by a user.
///
/// # Errors
/// [`StoreError::BadInput`] if there have been too many.
pub(crate) async fn count_upload(tx: &mut Tx, user: UserId) -> Result<(), StoreError> {
    let name = format!("upload/{}", user.0);
    match count(tx, [(name.as_str(), UPLOADS)]).await?.too_many() {
        None => Ok(()),
        Some(until) => {
            let time = until.local().format("%H:%M");
            Err(StoreError::bad_input(
                format!("短时间内上传的文件太多，请在 {time} 以后再传"),
                format!("there were too many uploads: go on after {time}"),
            ))
        }
    }
}

/// What attempts of a kind from an address are counted under. Whatever a proxy passes on, it is no long text.
pub(crate) fn of_address(kind: &str, address: &str) -> String {
    format!("{kind}/{}", address.chars().take(64).collect::<String>())
}

/// What comes of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Counted {
    /// There were as many as may be: from when on it can be tried again.
    TooMany(Moment),
    /// It counts. Of the names of which it is the last that may be, the place, and until when they take no more.
    Within(Vec<(usize, Moment)>),
}

impl Counted {
    /// From when on it can be tried again, where there were too many.
    pub(crate) fn too_many(self) -> Option<Moment> {
        match self {
            Counted::TooMany(until) => Some(until),
            Counted::Within(_) => None,
        }
    }
}

/// Counts an attempt under each name; where one has had as many as it may, counts nothing and says until when.
pub(crate) async fn count<const N: usize>(tx: &mut Tx, names: [(&str, i64); N]) -> Result<Counted, StoreError> {
    let now = tx.now();
    // Old counts go in passing: the table stays as small as a quarter of an hour is.
    let sql = "DELETE FROM attempts WHERE since <= $1 AND name NOT LIKE 'wrong/%'";
    tx.execute(sql, values![begun(now).0]).await?;
    let mut filled = Vec::new();
    for (place, (name, most)) in names.into_iter().enumerate() {
        let row = tx.one("SELECT since, tries FROM attempts WHERE name = $1", values![name]).await?;
        let (since, tries) = match row {
            Some(row) => (Moment(row.int("since")?), row.int("tries")?),
            None => (now, 0),
        };
        if tries >= most {
            return Ok(Counted::TooMany(since.plus(WINDOW)));
        }
        if tries + 1 == most {
            filled.push((place, since.plus(WINDOW)));
        }
    }
    for (name, _) in names {
        let sql = "INSERT INTO attempts (name, since, tries) VALUES ($1, $2, 1) \
                   ON CONFLICT (name) DO UPDATE SET tries = attempts.tries + 1";
        tx.execute(sql, values![name, now.0]).await?;
    }
    Ok(Counted::Within(filled))
}

/// When counts have begun that still count.
fn begun(now: Moment) -> Moment {
    Moment(now.0 - WINDOW.num_milliseconds())
}

/// Until when the names that begin so take no more attempts, where they have had as many as they may; the last of them.
pub(crate) async fn full_until(
    link: &impl Queries,
    now: Moment,
    names: &str,
    most: i64,
) -> Result<Option<Moment>, StoreError> {
    let sql = "SELECT MAX(since) AS since FROM attempts WHERE name LIKE $1 ESCAPE '!' AND tries >= $2 AND since > $3";
    let row = link.one(sql, values![names, most, begun(now).0]).await?;
    let since = row.map(|row| row.opt_int("since")).transpose()?.flatten();
    Ok(since.map(|since| Moment(since).plus(WINDOW)))
}

/// Notes a password for a login before it is looked at, in one statement whether there is such a login or not: how long it takes tells
/// nobody.
pub(crate) async fn note_password(tx: &mut Tx, login: &str) -> Result<(), StoreError> {
    let sql = "INSERT INTO attempts (name, since, tries) \
               SELECT 'wrong/' || CAST(id AS TEXT), CAST($1 AS BIGINT), 1 FROM users WHERE login = $2 \
               ON CONFLICT (name) DO UPDATE SET tries = attempts.tries + 1, since = excluded.since";
    tx.execute(sql, values![tx.now().0, login]).await.map(drop)
}

/// How many passwords a user has had since they last signed in, and when the last one came; none where there were none.
pub(crate) async fn passwords_of(link: &impl Queries, user: UserId) -> Result<Option<(i64, Moment)>, StoreError> {
    let sql = "SELECT since, tries FROM attempts WHERE name = $1";
    let row = link.one(sql, values![of_passwords(user)]).await?;
    row.map(|row| Ok((row.int("tries")?, Moment(row.int("since")?)))).transpose()
}

/// Begins that count anew.
pub(crate) async fn forget_passwords(tx: &mut Tx, user: UserId) -> Result<(), StoreError> {
    tx.execute("DELETE FROM attempts WHERE name = $1", values![of_passwords(user)]).await.map(drop)
}

fn of_passwords(user: UserId) -> String {
    format!("wrong/{}", user.0)
}
