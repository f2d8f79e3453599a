//! How often something may be tried within a quarter of an hour: sign-ins and objections, which cost nothing to send and
//! something to answer. Counts stand in the database, so that several processes share them.

use chrono::TimeDelta;
use duixian_casework::moment::Moment;

use crate::db::{Queries, Store, values};
use crate::error::StoreError;
use crate::tx::Tx;

/// The span over which attempts are counted.
const WINDOW: TimeDelta = TimeDelta::minutes(15);
/// Objections from one address within it: a whole office may share one.
const OBJECTIONS: i64 = 10;

impl Store {
    /// Counts an objection from an address; if there have been too many, from when on it can be tried again.
    pub async fn count_objection(&self, address: &str) -> Result<Option<Moment>, StoreError> {
        let name = of_address("objection", address);
        self.write(move |tx| Box::pin(async move { count(tx, [(name.as_str(), OBJECTIONS)]).await })).await
    }
}

/// What attempts of a kind from an address are counted under. Whatever a proxy passes on, it is no long text.
pub(crate) fn of_address(kind: &str, address: &str) -> String {
    format!("{kind}/{}", address.chars().take(64).collect::<String>())
}

/// Counts an attempt under each name; where one has had as many as it may, counts nothing and says until when.
pub(crate) async fn count<const N: usize>(tx: &mut Tx, names: [(&str, i64); N]) -> Result<Option<Moment>, StoreError> {
    let now = tx.now();
    let begun = Moment(now.0 - WINDOW.num_milliseconds());
    // Old counts go in passing: the table stays as small as a quarter of an hour is.
    tx.execute("DELETE FROM attempts WHERE since <= $1", values![begun.0]).await?;
    for (name, most) in names {
        let row = tx.one("SELECT since, tries FROM attempts WHERE name = $1", values![name]).await?;
        if let Some(row) = row
            && row.int("tries")? >= most
        {
            return Ok(Some(Moment(row.int("since")?).plus(WINDOW)));
        }
    }
    for (name, _) in names {
        let sql = "INSERT INTO attempts (name, since, tries) VALUES ($1, $2, 1) \
                   ON CONFLICT (name) DO UPDATE SET tries = attempts.tries + 1";
        tx.execute(sql, values![name, now.0]).await?;
    }
    Ok(None)
}
