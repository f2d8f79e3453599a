//! The history of a case, read off the journal.

use duixian_casework::case::CaseId;
use duixian_casework::event::Event;
use duixian_casework::moment::Moment;
use duixian_casework::people::UserId;

use crate::cases::left;
use crate::cases::rows::subject_of;
use crate::db::{Queries, Store, values};
use crate::error::StoreError;

/// One event of a case with its place on the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JournalEntry {
    /// The entry's number.
    pub seq: i64,
    /// When.
    pub at: Moment,
    /// Who; none of the public and of time.
    pub actor: Option<UserId>,
    /// Their name, as it is now.
    pub actor_name: Option<String>,
    /// What happened.
    pub event: Event,
    /// The entry's hash, as a receipt.
    pub hash: String,
}

impl Store {
    /// All that has happened to a case, in order.
    pub async fn history(&self, id: CaseId) -> Result<Vec<JournalEntry>, StoreError> {
        let sql = "SELECT j.seq, j.at, j.actor, j.body, j.hash, u.name AS actor_name FROM journal j \
                   LEFT JOIN users u ON u.id = j.actor WHERE j.subject = $1 ORDER BY j.seq";
        let rows = self.all(sql, values![subject_of(id)]).await?;
        let entry = |row: &crate::db::Row| {
            let (at, actor) = (Moment(row.int("at")?), row.opt_int("actor")?.map(UserId));
            let (what, _) = left::read(&row.text("body")?)?;
            let event = Event { at, by: actor, what };
            let (actor_name, hash) = (row.opt_text("actor_name")?, row.text("hash")?);
            Ok(JournalEntry { seq: row.int("seq")?, at, actor, actor_name, event, hash })
        };
        rows.iter().map(entry).collect()
    }
}
