//! Cases made anew from their events, where events have come to say more than they did when the record was written.

use duixian_casework::case::{Case, CaseId};
use sea_orm::ConnectionTrait;

use crate::cases::rows;
use crate::db::{all_of, execute_on, json, values};
use crate::error::StoreError;
use crate::journal::Entry;
use crate::verify::step;

/// Writes the records of the cases that have had an event of these kinds anew. One whose events don't make a case is left as it is,
/// for the check of the journal to tell.
pub(super) async fn write_anew(link: &impl ConnectionTrait, kinds: &[&str]) -> Result<(), StoreError> {
    let kinds: Vec<String> = kinds.iter().map(|kind| format!("'case.{kind}'")).collect();
    let sql = format!("SELECT DISTINCT subject FROM journal WHERE kind IN ({})", kinds.join(", "));
    for row in all_of(link, &sql, vec![]).await? {
        let subject = row.text("subject")?;
        let sql = format!("SELECT {} FROM journal WHERE subject = $1 ORDER BY seq", Entry::COLUMNS);
        let mut case: Option<Case> = None;
        for row in all_of(link, &sql, values![subject.as_str()]).await? {
            case = step(case, &Entry::of(&row)?).ok();
        }
        let Some(case) = case.filter(|case| rows::subject_of(case.id) == subject) else { continue };
        let CaseId(id) = case.id;
        let sql = "UPDATE cases SET data = $1, notice_until = $2 WHERE id = $3 AND version = $4";
        let version = i64::try_from(case.version).unwrap_or(i64::MAX);
        execute_on(link, sql, values![json(&case)?, rows::hung_until(&case), id, version]).await?;
    }
    Ok(())
}
