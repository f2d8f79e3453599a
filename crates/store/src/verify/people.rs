//! Who may do what, against the journal: what each user was made, and what was delegated to whom.

use std::collections::BTreeMap;

use duixian_casework::moment::Moment;
use duixian_casework::people::{Role, UserId};
use serde::Deserialize;

use super::{Broken, Held, body, broken};
use crate::db::{Queries, Snapshot};
use crate::journal::Entry;
use crate::people;

/// What the journal has made of everyone so far.
#[derive(Default)]
pub(super) struct People {
    users: BTreeMap<i64, Told<Office>>,
    delegations: BTreeMap<i64, Told<Delegated>>,
}

struct Told<T> {
    /// The last entry about it.
    seq: i64,
    what: T,
}

#[derive(PartialEq)]
struct Office {
    login: String,
    name: String,
    roles: Vec<Role>,
    desks: Vec<String>,
    is_active: bool,
}

#[derive(PartialEq)]
struct Delegated {
    user: UserId,
    party: String,
    until: Option<Moment>,
    is_revoked: bool,
}

#[derive(Deserialize)]
struct Created {
    login: String,
    name: String,
    roles: Vec<Role>,
    desks: Vec<String>,
}

#[derive(Deserialize)]
struct Roles {
    to: Vec<Role>,
    desks: Vec<String>,
}

#[derive(Deserialize)]
struct Granted {
    user: UserId,
    party: String,
    until: Option<Moment>,
}

impl People {
    /// Takes note of an entry.
    pub(super) fn note(&mut self, entry: &Entry) -> Result<(), Broken> {
        let Some((sort, id)) = entry.subject.split_once('/') else { return Ok(()) };
        let Ok(id) = id.parse::<i64>() else { return Ok(()) };
        match (sort, entry.kind.as_str()) {
            ("user", "user.created") => {
                let Created { login, name, roles, desks } = body(entry)?;
                let what = Office { login, name, roles, desks, is_active: true };
                self.users.insert(id, Told { seq: entry.seq, what });
            }
            ("user", kind) => {
                let Some(user) = self.users.get_mut(&id) else { return Ok(()) };
                user.seq = entry.seq;
                match kind {
                    "user.roles" => {
                        let Roles { to, desks } = body(entry)?;
                        (user.what.roles, user.what.desks) = (to, desks);
                    }
                    "user.activated" => user.what.is_active = true,
                    "user.deactivated" => user.what.is_active = false,
                    _ => {}
                }
            }
            ("delegation", "delegation.granted") => {
                let Granted { user, party, until } = body(entry)?;
                let what = Delegated { user, party, until, is_revoked: false };
                self.delegations.insert(id, Told { seq: entry.seq, what });
            }
            ("delegation", "delegation.revoked") => {
                if let Some(delegation) = self.delegations.get_mut(&id) {
                    *delegation = Told { seq: entry.seq, what: delegation.what.revoked() };
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Holds the tables against it.
    pub(super) async fn check(mut self, snapshot: &Snapshot, held: &mut Vec<Held>) -> Result<(), Broken> {
        held.push(Held::of("用户账号", "accounts of people", self.users.len()));
        held.push(Held::of("经办授权", "delegations", self.delegations.len()));
        for row in snapshot.all("SELECT * FROM users ORDER BY id", vec![]).await? {
            let user = people::user(&row)?;
            let login = user.login.clone();
            let (roles, desks) = (user.roles, user.desks);
            let there = Office { login: user.login, name: user.name, roles, desks, is_active: user.active };
            hold(self.users.remove(&user.id.0), there, &format!("账号“{login}”"), &format!("the account “{login}”"))?;
        }
        let sql = "SELECT id, user_id, party, until, revoked_at FROM delegations ORDER BY id";
        for row in snapshot.all(sql, vec![]).await? {
            let id = row.int("id")?;
            let there = Delegated {
                user: UserId(row.int("user_id")?),
                party: row.text("party")?,
                until: row.opt_int("until")?.map(Moment),
                is_revoked: row.opt_int("revoked_at")?.is_some(),
            };
            hold(self.delegations.remove(&id), there, &format!("第 {id} 项经办授权"), &format!("delegation {id}"))?;
        }
        let lost = self.users.values().map(|told| told.seq).chain(self.delegations.values().map(|told| told.seq)).min();
        match lost {
            Some(seq) => {
                broken(seq, "它所记的账号或经办授权不见了", "the account or delegation it is about is missing")
            }
            None => Ok(()),
        }
    }
}

impl Delegated {
    fn revoked(&self) -> Delegated {
        Delegated { user: self.user, party: self.party.clone(), until: self.until, is_revoked: true }
    }
}

fn hold<T: PartialEq>(told: Option<Told<T>>, there: T, zh: &str, en: &str) -> Result<(), Broken> {
    match told {
        Some(told) if told.what == there => Ok(()),
        Some(told) => broken(told.seq, format!("{zh}与日志不符"), format!("{en} is not what the journal says")),
        None => broken(0, format!("{zh}不在日志里"), format!("{en} is not on the journal")),
    }
}
