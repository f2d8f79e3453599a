//! Who may do what, against the journal: what each user was made, by which password they sign in, and what was delegated to whom.

use std::collections::BTreeMap;

use duixian_casework::moment::Moment;
use duixian_casework::people::{Role, UserId};
use serde::Deserialize;

use super::table::{Fields, Rows, Table};
use super::{Broken, Held, body};
use crate::db::{Row, Snapshot, json};
use crate::error::StoreError;
use crate::journal::Entry;
use crate::people::passwords;

const USERS: Table = Table { name: "users", zh: "用户账号", en: "accounts of people" };
const DELEGATIONS: Table = Table { name: "delegations", zh: "经办授权", en: "delegations" };

/// The column of the hash of a password. It is told by its digest alone.
const PASSWORD: &str = "password_hash";

/// What the journal has made of everyone so far, each with the last entry about it.
#[derive(Default)]
pub(super) struct People {
    users: BTreeMap<i64, (i64, Fields)>,
    delegations: BTreeMap<i64, (i64, Fields)>,
    /// The hashes of the messages by which others were told of who acts for their party, each with its entry.
    told: Vec<(i64, String)>,
}

#[derive(Deserialize)]
struct Created {
    login: String,
    name: String,
    roles: Vec<Role>,
    desks: Vec<String>,
    #[serde(default)]
    must_change: Option<bool>,
    #[serde(default)]
    password: Option<String>,
}

#[derive(Deserialize)]
struct Roles {
    to: Vec<Role>,
    desks: Vec<String>,
}

#[derive(Deserialize)]
struct Password {
    #[serde(default)]
    password: Option<String>,
}

#[derive(Deserialize)]
struct Granted {
    user: UserId,
    party: String,
    until: Option<Moment>,
    #[serde(default)]
    note: Option<String>,
}

/// What an entry about a delegation has left.
#[derive(Deserialize)]
struct Told {
    #[serde(default)]
    kept: Option<String>,
}

impl People {
    /// The messages that were left about who acts for a party.
    pub(super) fn take_told(&mut self) -> Vec<(i64, String)> {
        std::mem::take(&mut self.told)
    }

    /// Takes note of an entry.
    pub(super) fn note(&mut self, entry: &Entry) -> Result<(), Broken> {
        let Some((sort, id)) = entry.subject.split_once('/') else { return Ok(()) };
        let Ok(id) = id.parse::<i64>() else { return Ok(()) };
        if sort == "delegation" {
            let Told { kept } = body(entry)?;
            self.told.extend(kept.map(|kept| (entry.seq, kept)));
        }
        match (sort, entry.kind.as_str()) {
            ("user", "user.created") => {
                let Created { login, name, roles, desks, must_change, password } = body(entry)?;
                let mut fields = vec![
                    ("login", login),
                    ("name", name),
                    ("roles", json(&roles)?),
                    ("desks", json(&desks)?),
                    ("active", flag(true)),
                    ("created_at", entry.at.0.to_string()),
                ];
                set(&mut fields, "must_change", must_change.map(flag));
                set(&mut fields, PASSWORD, password);
                self.users.insert(id, (entry.seq, fields));
            }
            ("user", kind) => {
                let Some((seq, fields)) = self.users.get_mut(&id) else { return Ok(()) };
                *seq = entry.seq;
                match kind {
                    "user.roles" => {
                        let Roles { to, desks } = body(entry)?;
                        set(fields, "roles", Some(json(&to)?));
                        set(fields, "desks", Some(json(&desks)?));
                    }
                    "user.activated" => set(fields, "active", Some(flag(true))),
                    "user.deactivated" => set(fields, "active", Some(flag(false))),
                    "user.password" => {
                        let Password { password } = body(entry)?;
                        let is_own = entry.actor == Some(UserId(id));
                        set(fields, "must_change", Some(flag(!is_own)));
                        // One from before entries said it leaves open which it is.
                        set(fields, PASSWORD, password);
                    }
                    _ => {}
                }
            }
            ("delegation", "delegation.granted") => {
                let Granted { user, party, until, note } = body(entry)?;
                let mut fields = vec![
                    ("user_id", user.0.to_string()),
                    ("party", party),
                    ("since", entry.at.0.to_string()),
                    ("until", number(until.map(|until| until.0))),
                    ("granted_by", number(entry.actor.map(|by| by.0))),
                    ("revoked_at", String::new()),
                ];
                set(&mut fields, "note", note);
                self.delegations.insert(id, (entry.seq, fields));
            }
            ("delegation", "delegation.revoked") => {
                if let Some((seq, fields)) = self.delegations.get_mut(&id) {
                    *seq = entry.seq;
                    set(fields, "revoked_at", Some(entry.at.0.to_string()));
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Holds the tables against it.
    pub(super) async fn check(self, snapshot: &Snapshot, held: &mut Vec<Held>) -> Result<(), Broken> {
        let has_password = |(_, fields): &&(i64, Fields)| fields.iter().any(|(column, _)| *column == PASSWORD);
        let with_password = self.users.values().filter(has_password).count();
        let without = self.users.len() - with_password;
        let users = rows_of(USERS, self.users).check(snapshot, "SELECT * FROM users ORDER BY id", user).await?;
        held.push(Held::all(USERS.zh, USERS.en, users));
        let passwords = Held::of("密码的校验值", "digests of passwords", with_password);
        held.push(Held { unseen: i64::try_from(without).unwrap_or(i64::MAX), ..passwords });
        let delegations = rows_of(DELEGATIONS, self.delegations);
        let there = delegations.check(snapshot, "SELECT * FROM delegations ORDER BY id", delegation).await?;
        held.push(Held::all(DELEGATIONS.zh, DELEGATIONS.en, there));
        Ok(())
    }
}

fn rows_of(table: Table, told: BTreeMap<i64, (i64, Fields)>) -> Rows {
    let mut rows = Rows::of(table);
    told.into_iter().for_each(|(id, (seq, fields))| rows.put(seq, id.to_string(), fields));
    rows
}

/// Puts a value in a column's place; none where what it holds is not known.
fn set(fields: &mut Fields, column: &'static str, value: Option<String>) {
    fields.retain(|(known, _)| *known != column);
    fields.extend(value.map(|value| (column, value)));
}

fn user(row: &Row) -> Result<(String, Fields), StoreError> {
    let fields = vec![
        ("login", row.text("login")?),
        ("name", row.text("name")?),
        ("roles", json(&row.json::<Vec<Role>>("roles")?)?),
        ("desks", json(&row.json::<Vec<String>>("desks")?)?),
        ("active", flag(row.flag("active")?)),
        ("must_change", flag(row.flag("must_change")?)),
        ("created_at", row.int("created_at")?.to_string()),
        (PASSWORD, passwords::digest(&row.text("password_hash")?)),
    ];
    Ok((row.int("id")?.to_string(), fields))
}

fn delegation(row: &Row) -> Result<(String, Fields), StoreError> {
    let fields = vec![
        ("user_id", row.int("user_id")?.to_string()),
        ("party", row.text("party")?),
        ("since", row.int("since")?.to_string()),
        ("until", number(row.opt_int("until")?)),
        ("granted_by", number(row.opt_int("granted_by")?)),
        ("revoked_at", number(row.opt_int("revoked_at")?)),
        ("note", row.text("note")?),
    ];
    Ok((row.int("id")?.to_string(), fields))
}

fn flag(value: bool) -> String {
    i64::from(value).to_string()
}

fn number(value: Option<i64>) -> String {
    value.map_or(String::new(), |value| value.to_string())
}
