//! For whom agents act, since when, until when, and on what grounds.

use duixian_casework::moment::Moment;
use duixian_casework::people::{Actor, Role, UserId};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use super::user_of;
use crate::access::{needs, optional};
use crate::cases::left::hash_of;
use crate::db::{Queries, Row, Store, Value, values};
use crate::error::StoreError;
use crate::messages::Note;
use crate::once::{Done, Key};
use crate::settings::visible;
use crate::tx::Tx;

/// That a user acts for a party (经办授权).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delegation {
    /// Its number.
    pub id: i64,
    /// Who acts.
    pub user: UserId,
    /// Their name.
    pub user_name: String,
    /// What they sign in with: names can be the same.
    pub user_login: String,
    /// Whether they may sign in and are an agent at all.
    pub can_act: bool,
    /// For whom: a party's code.
    pub party: String,
    /// From when.
    pub since: Moment,
    /// Until when; for good if none.
    pub until: Option<Moment>,
    /// When it was taken back.
    pub revoked_at: Option<Moment>,
    /// Who took it back, and their name.
    pub revoked_by: Option<(UserId, String)>,
    /// Who gave it; none of the system.
    pub granted_by: Option<UserId>,
    /// On what grounds: the letter of authority.
    pub note: String,
}

impl Delegation {
    /// Whether it holds at a moment.
    pub fn holds(&self, now: Moment) -> bool {
        self.since <= now && self.until.is_none_or(|until| now < until) && self.revoked_at.is_none()
    }

    /// Whether somebody acts by it at a moment, and reads what is sent to the party.
    pub fn acts(&self, now: Moment) -> bool {
        self.can_act && self.holds(now)
    }
}

pub(crate) const DELEGATION: &str = "d.id, d.user_id, u.name AS user_name, u.login AS user_login, u.active, u.roles, d.party, d.since, d.until, \
                                     d.revoked_at, d.granted_by, d.note, r.id AS revoked_by, r.name AS revoker";
/// Who took one back stands on the journal alone.
pub(crate) const DELEGATIONS: &str = "delegations d JOIN users u ON u.id = d.user_id \
                                      LEFT JOIN journal j ON j.subject = 'delegation/' || d.id AND j.kind = 'delegation.revoked' \
                                      LEFT JOIN users r ON r.id = j.actor";

impl Store {
    /// Lets a user act for a party. A second delegation of the same beside one that holds is refused.
    ///
    /// # Errors
    /// [`StoreError::BadInput`] for an unknown party, a user who is no agent, or a time that is over.
    pub async fn delegate(
        &self,
        actor: &Actor,
        key: &Key,
        user: UserId,
        party: &str,
        until: Option<Moment>,
        note: &str,
    ) -> Result<Done<i64>, StoreError> {
        needs(actor, &[Role::Administrator, Role::Intake])?;
        let grounds = ("授权依据", "the grounds");
        let note = visible(optional(note, 200, grounds.0, grounds.1)?, grounds)?;
        let party = party.trim().to_owned();
        let content = format!("delegate {} {party} {until:?} {note}", user.0);
        let by = actor.user();
        self.write_once(actor, key, content, move |tx| {
            Box::pin(async move {
                let agent = user_of(tx, user).await?;
                if !agent.active || !agent.roles.contains(&Role::Agent) {
                    return Err(StoreError::bad_input("此人不是经办人", "this user is not an agent"));
                }
                if tx.one("SELECT code FROM parties WHERE code = $1", values![party.as_str()]).await?.is_none() {
                    return Err(StoreError::bad_input("登记中没有这家单位", "the registry has no such party"));
                }
                let now = tx.now();
                if until.is_some_and(|until| until <= now) {
                    return Err(StoreError::bad_input("截止时间已过", "the time given is over"));
                }
                let there = delegations(tx, "d.user_id = $1 AND d.party = $2", values![user.0, party.as_str()]).await?;
                if there.iter().any(|one| one.holds(now)) {
                    return Err(StoreError::conflict(
                        "此人已是这家单位的经办人",
                        "this user acts for the party already",
                    ));
                }
                let id = tx.next_id("delegations").await?;
                let sql = "INSERT INTO delegations (id, user_id, party, since, until, granted_by, note) \
                           VALUES ($1, $2, $3, $4, $5, $6, $7)";
                let (end, granted_by) = (until.map(|until| until.0), by.map(|by| by.0));
                let values = values![id, user.0, party.as_str(), now.0, end, granted_by, note.as_str()];
                tx.execute(sql, values).await?;
                let others = told_of(tx, &party, user).await?;
                let told = if others { Some(("agent_registered", json!({ "agent": agent.name }))) } else { None };
                let kept = tell(tx, &party, told).await?;
                let mut body = json!({ "user": user, "party": party, "until": until, "note": note });
                keep(&mut body, kept);
                tx.journal(by, "delegation.granted", &format!("delegation/{id}"), &body)?;
                Ok(id)
            })
        })
        .await
    }

    /// Takes a delegation back, at once. The agent can do it too. One that is over already stays as it is.
    pub async fn revoke(&self, actor: &Actor, key: &Key, id: i64) -> Result<Done<()>, StoreError> {
        let by = actor.user();
        let asker = actor.clone();
        self.write_once(actor, key, format!("revoke {id}"), move |tx| {
            Box::pin(async move {
                let there = delegations(tx, "d.id = $1", values![id]).await?.pop();
                let there = there.ok_or(StoreError::NotFound)?;
                if Some(there.user) != by {
                    needs(&asker, &[Role::Administrator, Role::Intake])?;
                }
                if there.revoked_at.is_some() {
                    return Ok(());
                }
                let now = tx.now();
                tx.execute("UPDATE delegations SET revoked_at = $1 WHERE id = $2", values![now.0, id]).await?;
                let ended = there.holds(now) && told_of(tx, &there.party, there.user).await?;
                let by_self = Some(there.user) == by;
                let letter = json!({ "agent": there.user_name, "by_self": by_self });
                let kept = tell(tx, &there.party, ended.then_some(("agent_ended", letter))).await?;
                let mut body = json!({ "user": there.user, "party": there.party });
                keep(&mut body, kept);
                tx.journal(by, "delegation.revoked", &format!("delegation/{id}"), &body)?;
                Ok(())
            })
        })
        .await
    }

    /// A user's delegations, those that are over among them; the newest first.
    pub async fn delegations_of(&self, user: UserId) -> Result<Vec<Delegation>, StoreError> {
        delegations(self, "d.user_id = $1", values![user.0]).await
    }

    /// A party's delegations, those that are over among them; the newest first.
    pub async fn delegations_for(&self, party: &str) -> Result<Vec<Delegation>, StoreError> {
        delegations(self, "d.party = $1", values![party]).await
    }
}

/// Whether there is anyone to be told of a change: another who acts for the party.
async fn told_of(tx: &Tx, party: &str, but: UserId) -> Result<bool, StoreError> {
    let now = tx.now();
    let there = delegations(tx, "d.party = $1", values![party]).await?;
    Ok(there.iter().any(|one| one.user != but && one.acts(now)))
}

/// Leaves a message, about no case, for those who act for a party; gives its hash for the entry on the journal.
async fn tell(tx: &mut Tx, party: &str, letter: Option<(&str, Json)>) -> Result<Option<String>, StoreError> {
    let Some((kind, body)) = letter else { return Ok(None) };
    let (id, at) = (tx.next_id("messages").await?, tx.now().0);
    let (party, kind, body) = (party.to_owned(), kind.to_owned(), body.to_string());
    let note = Note::Message { id, party, case: None, at, kind, body, together: None };
    let kept = hash_of(&note)?;
    note.put(tx).await?;
    Ok(Some(kept))
}

/// Puts the hash of a message into the entry of what has left it.
fn keep(body: &mut Json, kept: Option<String>) {
    if let (Json::Object(body), Some(kept)) = (body, kept) {
        body.insert("kept".to_owned(), kept.into());
    }
}

async fn delegations(link: &impl Queries, which: &str, values: Vec<Value>) -> Result<Vec<Delegation>, StoreError> {
    let sql = format!("SELECT {DELEGATION} FROM {DELEGATIONS} WHERE {which} ORDER BY d.id DESC");
    link.all(&sql, values).await?.iter().map(delegation).collect()
}

pub(crate) fn delegation(row: &Row) -> Result<Delegation, StoreError> {
    let roles: Vec<Role> = row.json("roles")?;
    Ok(Delegation {
        can_act: row.flag("active")? && roles.contains(&Role::Agent),
        id: row.int("id")?,
        user: UserId(row.int("user_id")?),
        user_name: row.text("user_name")?,
        user_login: row.text("user_login")?,
        party: row.text("party")?,
        since: Moment(row.int("since")?),
        until: row.opt_int("until")?.map(Moment),
        revoked_at: row.opt_int("revoked_at")?.map(Moment),
        revoked_by: row.opt_int("revoked_by")?.map(UserId).zip(row.opt_text("revoker")?),
        granted_by: row.opt_int("granted_by")?.map(UserId),
        note: row.text("note")?,
    })
}
