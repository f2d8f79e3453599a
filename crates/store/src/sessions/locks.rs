//! What is left of wrong passwords: an entry on the journal for each lock, and what owners and administrators are told of them.
//!
//! An entry is written by the attempt that fills a count, once its password was wrong; those that are refused after it write nothing. It
//! is written of logins that nobody has too, so that how long an answer takes tells nobody which there are; what was typed for one stands
//! nowhere, since it may be a password.

use std::net::IpAddr;

use duixian_casework::moment::Moment;
use duixian_casework::people::{Actor, Role, UserId};
use serde::{Deserialize, Serialize};

use super::{PER_ADDRESS, PER_BROWSER, PER_LOGIN, PER_LOGIN_AND_ADDRESS, here};
use crate::access::needs;
use crate::attempts;
use crate::db::{Queries, Store, values};
use crate::error::StoreError;
use crate::facts::like;
use crate::people::{PASSWORD_GUESSES, user_of};
use crate::tx::Tx;

/// What was locked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Locked {
    /// A login, for all browsers that it is not known in.
    LoginEverywhere,
    /// A login, for those of one address.
    LoginAtAddress,
    /// A login, in one browser that it is known in.
    KnownBrowser,
    /// All logins, for browsers at one address that they are not known in.
    Address,
    /// The change of one's own password.
    OwnPassword,
}

impl Locked {
    /// How many wrong passwords lock it.
    pub fn most(self) -> i64 {
        match self {
            Locked::LoginEverywhere => PER_LOGIN,
            Locked::LoginAtAddress => PER_LOGIN_AND_ADDRESS,
            Locked::KnownBrowser => PER_BROWSER,
            Locked::Address => PER_ADDRESS,
            Locked::OwnPassword => PASSWORD_GUESSES,
        }
    }
}

/// A lock, as the journal has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lock {
    /// What was locked.
    pub locked: Locked,
    /// Until when.
    pub locked_until: Moment,
    /// The network from which it was guessed: no more of the address than tells an office from elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network: Option<String>,
}

/// What became of someone's password while they were not signed in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Meanwhile {
    /// When they signed in before the last time, since when it is counted; none where that was the first time.
    pub since: Option<Moment>,
    /// How many wrong passwords there were.
    pub wrong: i64,
    /// When the last of them was typed.
    pub last: Option<Moment>,
    /// How often the login was locked.
    pub locks: i64,
}

/// What a sign-in says of the wrong passwords before it.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct SignedIn {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    wrong: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    wrong_last: Option<Moment>,
}

impl SignedIn {
    /// What a sign-in says before which there were these.
    pub(super) fn after(wrong: Option<(i64, Moment)>) -> SignedIn {
        SignedIn { wrong: wrong.map(|(times, _)| times), wrong_last: wrong.map(|(_, last)| last) }
    }
}

/// Writes down the locks that a wrong password has brought. Of a login that nobody has it is said only that there was one.
pub(crate) fn write_down(
    tx: &mut Tx,
    user: Option<UserId>,
    address: &str,
    locks: &[(Locked, Moment)],
) -> Result<(), StoreError> {
    for &(locked, locked_until) in locks {
        let subject = match user {
            Some(user) if locked != Locked::Address => format!("user/{}", user.0),
            _ => "sign-in".to_owned(),
        };
        tx.journal(None, "user.locked", &subject, &Lock { locked, locked_until, network: network(address) })?;
    }
    Ok(())
}

/// The network of an address: the first three of its four numbers, or of the long kind the first three groups.
fn network(address: &str) -> Option<String> {
    Some(match address.parse::<IpAddr>().ok()?.to_canonical() {
        IpAddr::V4(address) => {
            let [one, two, three, _] = address.octets();
            format!("{one}.{two}.{three}.*")
        }
        IpAddr::V6(address) => {
            let [one, two, three, ..] = address.segments();
            format!("{one:x}:{two:x}:{three:x}:*")
        }
    })
}

impl Store {
    /// What of a user's is locked now, each until when.
    ///
    /// # Errors
    /// [`StoreError::Denied`] to whoever is neither administrator nor auditor.
    pub async fn locks_of(&self, actor: &Actor, user: UserId) -> Result<Vec<(Locked, Moment)>, StoreError> {
        needs(actor, &[Role::Administrator, Role::Auditor])?;
        let login = like(&user_of(self, user).await?.login);
        let names = [
            (Locked::LoginEverywhere, format!("login/{login}")),
            (Locked::LoginAtAddress, here(&login, "%")),
            (Locked::KnownBrowser, format!("browser/{login}/%")),
            (Locked::OwnPassword, format!("password/{}", user.0)),
        ];
        let mut locks = Vec::new();
        for (locked, names) in names {
            let until = attempts::full_until(self, self.now(), &names, locked.most()).await?;
            locks.extend(until.map(|until| (locked, until)));
        }
        Ok(locks)
    }

    /// What became of one's own password since the sign-in before the last.
    pub async fn meanwhile(&self, user: UserId) -> Result<Meanwhile, StoreError> {
        let subject = format!("user/{}", user.0);
        let sql = "SELECT seq, at, body FROM journal WHERE subject = $1 AND kind = 'user.signed_in' ORDER BY seq DESC LIMIT 2";
        let rows = self.all(sql, values![subject.as_str()]).await?;
        let told = rows.first().map(|row| row.json::<SignedIn>("body")).transpose()?.unwrap_or_default();
        let (seq, since) = match rows.get(1) {
            Some(row) => (row.int("seq")?, Some(Moment(row.int("at")?))),
            None => (0, None),
        };
        // Who mistypes their own password to change it is signed in, and none of those who guess.
        let sql = "SELECT COUNT(*) AS n FROM journal WHERE subject = $1 AND kind = 'user.locked' AND seq > $2 \
                   AND body NOT LIKE '%\"locked\":\"own_password\"%'";
        let locks = self.one(sql, values![subject, seq]).await?.map_or(Ok(0), |row| row.int("n"))?;
        let since_then = attempts::passwords_of(self, user).await?;
        let wrong = told.wrong.unwrap_or_default() + since_then.map_or(0, |(wrong, _)| wrong);
        let last = since_then.map(|(_, last)| last).or(told.wrong_last);
        Ok(Meanwhile { since, wrong, last, locks })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_an_address_its_network_alone_is_written_down() {
        for (address, told) in [
            ("203.0.113.77", Some("203.0.113.*")),
            ("::ffff:203.0.113.77", Some("203.0.113.*")),
            ("2001:db8:7:1::5", Some("2001:db8:7:*")),
            ("unknown", None),
            ("<script>", None),
        ] {
            assert_eq!(network(address).as_deref(), told, "{address}");
        }
    }
}
