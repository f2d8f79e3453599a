//! Signing in and staying signed in.
//!
//! A session's token is 256 random bits and leaves the server once, in the answer to a sign-in; the database has its
//! SHA-256, so that who reads the database cannot use it. Guesses are counted before a password is looked at, so that many at
//! once get no further than one after the other: those from a browser in which the login has signed in before by that browser, and
//! all others by login, by address and by both (`docs/design/wrong-passwords.md`).

mod browsers;
mod locks;

use locks::SignedIn;
pub(crate) use locks::write_down;
pub use locks::{Lock, Locked, Meanwhile};

use chrono::TimeDelta;
use duixian_casework::moment::Moment;
use duixian_casework::people::{Actor, UserId};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::attempts::{self, Counted};
use crate::db::{Queries, Store, values};
use crate::error::StoreError;
use crate::once::hex;
use crate::people::{self, passwords};
use crate::settings::random;
use crate::tx::Tx;

/// The text that a browser keeps, and gives back with every request.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionToken(String);

impl SessionToken {
    /// The text, for the cookie and for nothing else.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SessionToken(…)")
    }
}

/// Who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Who.
    pub user: UserId,
    /// What they may do at this moment.
    pub actor: Actor,
    /// Their name.
    pub name: String,
    /// What they sign in with.
    pub login: String,
    /// Whether they must choose a new password first.
    pub must_change: bool,
    /// What the tokens of this session's forms are made from: 32 random bytes in hexadecimal.
    pub csrf_seed: String,
    /// When it ends, whatever is done.
    pub expires_at: Moment,
}

/// Why nobody was signed in.
#[derive(Clone, Debug)]
pub enum SignInError {
    /// Login or password is not right; which one is not said.
    Wrong,
    /// Too many guesses; from then on it can be tried again.
    TooMany {
        /// When.
        until: Moment,
    },
    /// Everything is right, but the user may not sign in any more.
    Inactive,
    /// The store fails.
    Store(StoreError),
}

impl From<StoreError> for SignInError {
    fn from(error: StoreError) -> SignInError {
        SignInError::Store(error)
    }
}

/// How long a session lasts without a request.
const IDLE: TimeDelta = TimeDelta::hours(8);
/// How long it lasts at most.
const ABSOLUTE: TimeDelta = TimeDelta::hours(24);
/// How old the time of the last request may be before it is written again: not every page is worth a write.
const TOUCH: TimeDelta = TimeDelta::minutes(5);
/// Guesses at one login from one address within a quarter of an hour, by strangers.
const PER_LOGIN_AND_ADDRESS: i64 = 10;
/// Guesses at one login by strangers from anywhere within the same, however many addresses they have.
const PER_LOGIN: i64 = 100;
/// Guesses by strangers from one address within the same: a whole office may share one.
const PER_ADDRESS: i64 = 100;
/// Guesses at one login from one browser in which it has signed in before, within the same.
const PER_BROWSER: i64 = 10;

/// Where someone signs in from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The address that the request comes from.
    pub address: String,
    /// What the browser has kept of an earlier sign-in, as [`Store::browser_mark`] gave it.
    pub mark: Option<String>,
}

impl From<&str> for Origin {
    /// An address alone, as of a stranger.
    fn from(address: &str) -> Origin {
        Origin { address: address.to_owned(), mark: None }
    }
}

impl Store {
    /// Signs someone in.
    ///
    /// # Errors
    /// Why not.
    pub async fn sign_in(
        &self,
        login: &str,
        password: &str,
        from: impl Into<Origin>,
    ) -> Result<SessionToken, SignInError> {
        let Origin { address, mark } = from.into();
        // No login has a stroke, which counts of wrong passwords have between it and the address.
        let login: String = login.trim().to_lowercase().replace('/', " ").chars().take(64).collect();
        let sql = "SELECT id, password_hash, active FROM users WHERE login = $1";
        let row = self.one(sql, values![login.as_str()]).await?;
        let kept = row.as_ref().map(|row| row.text("password_hash")).transpose()?;
        let browser = match (&mark, &kept) {
            (Some(mark), Some(kept)) => browsers::number(&self.installation_key().await?, mark, &login, kept),
            _ => None,
        };
        // The name of the count that a right password clears, and those of which it takes itself back.
        let (cleared, lessened) = match browser {
            Some(number) => (format!("browser/{login}/{number}"), Vec::new()),
            None => {
                let (by_login, by_address) = (format!("login/{login}"), attempts::of_address("address", &address));
                (here(&login, &address), vec![by_login, by_address])
            }
        };
        // What is done of a login that nobody has is the same, so that it takes as long.
        let user = row.as_ref().map(|row| row.int("id")).transpose()?.map(UserId);
        let (own, shared) = (cleared.clone(), lessened.clone());
        let (counted, before) = self
            .write(move |tx| {
                Box::pin(async move {
                    let counted = match &shared[..] {
                        [by_login, by_address] => {
                            let all =
                                [(&**by_login, PER_LOGIN), (by_address, PER_ADDRESS), (&own, PER_LOGIN_AND_ADDRESS)];
                            attempts::count(tx, all).await?
                        }
                        _ => attempts::count(tx, [(&own, PER_BROWSER)]).await?,
                    };
                    let mut before = None;
                    if matches!(counted, Counted::Within(_)) {
                        before = attempts::passwords_of(tx, user.unwrap_or(UserId(0))).await?;
                        attempts::note_password(tx, &login).await?;
                    }
                    Ok((counted, before))
                })
            })
            .await?;
        let locks = match counted {
            Counted::TooMany(until) => return Err(SignInError::TooMany { until }),
            Counted::Within(filled) => filled.into_iter().map(|(place, until)| match (browser, place) {
                (Some(_), _) => (Locked::KnownBrowser, until),
                (None, 0) => (Locked::LoginEverywhere, until),
                (None, 1) => (Locked::Address, until),
                (None, _) => (Locked::LoginAtAddress, until),
            }),
        };
        let locks: Vec<(Locked, Moment)> = locks.collect();
        let password = Some(password).filter(|password| password.len() <= passwords::LONGEST).unwrap_or_default();
        let is_right = passwords::verify(password, kept.clone()).await?;
        let is_active = row.as_ref().map(|row| row.flag("active")).transpose()?.unwrap_or_default();
        let (true, Some(user), true) = (is_right, user, is_active) else {
            if !locks.is_empty() {
                self.write(move |tx| Box::pin(async move { write_down(tx, user, &address, &locks) })).await?;
            }
            return Err(if is_right && user.is_some() { SignInError::Inactive } else { SignInError::Wrong });
        };
        let token = SessionToken(hex(&random::<32>()?));
        let (hash, seed) = (hash_of(token.as_str()), hex(&random::<32>()?));
        let is_in = self
            .write(move |tx| {
                Box::pin(async move {
                    // Between the look at the password and now it may have been changed, or the user barred.
                    let sql = "SELECT password_hash FROM users WHERE id = $1 AND active = 1";
                    let row = tx.one(sql, values![user.0]).await?;
                    if row.map(|row| row.text("password_hash")).transpose()? != kept {
                        return Ok(false);
                    }
                    let now = tx.now();
                    tx.execute("DELETE FROM attempts WHERE name = $1", values![cleared]).await?;
                    let sql = "UPDATE attempts SET tries = tries - 1 WHERE name = $1 AND tries > 0";
                    for name in lessened {
                        tx.execute(sql, values![name]).await?;
                    }
                    tx.execute("DELETE FROM sessions WHERE expires_at <= $1", values![now.0]).await?;
                    let sql = "INSERT INTO sessions (token_hash, user_id, csrf_seed, created_at, last_seen, expires_at) \
                               VALUES ($1, $2, $3, $4, $4, $5)";
                    tx.execute(sql, values![hash, user.0, seed, now.0, now.plus(ABSOLUTE).0]).await?;
                    attempts::forget_passwords(tx, user).await?;
                    tx.journal(Some(user), "user.signed_in", &format!("user/{}", user.0), &SignedIn::after(before))?;
                    Ok(true)
                })
            })
            .await?;
        if is_in { Ok(token) } else { Err(SignInError::Wrong) }
    }

    /// Whose session a token is, with what they may do at this very moment; none of one that has ended.
    pub async fn session(&self, token: &str) -> Result<Option<Session>, StoreError> {
        // A token of another form is none of ours: it is not even looked up.
        if token.len() != 64 || !token.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Ok(None);
        }
        let hash = hash_of(token);
        let sql = "SELECT s.csrf_seed, s.last_seen, s.expires_at, u.id, u.login, u.name, u.roles, u.desks, u.active, \
                   u.must_change, u.created_at FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.token_hash = $1";
        // The time is taken first: where a demonstration's clock moves meanwhile, sessions move along, and nobody was idle.
        let now = self.now();
        let Some(row) = self.one(sql, values![hash.as_str()]).await? else { return Ok(None) };
        let (last_seen, expires_at) = (Moment(row.int("last_seen")?), Moment(row.int("expires_at")?));
        let user = people::user(&row)?;
        if now >= expires_at || now >= last_seen.plus(IDLE) || !user.active {
            return Ok(None);
        }
        if now >= last_seen.plus(TOUCH) {
            let sql = "UPDATE sessions SET last_seen = $1 WHERE token_hash = $2 AND last_seen < $1";
            self.write(move |tx| Box::pin(async move { tx.execute(sql, values![now.0, hash]).await.map(drop) }))
                .await?;
        }
        let (id, name, login, must_change) = (user.id, user.name.clone(), user.login.clone(), user.must_change);
        let actor = people::actor(self, user, now).await?;
        Ok(Some(Session { user: id, actor, name, login, must_change, csrf_seed: row.text("csrf_seed")?, expires_at }))
    }

    /// Ends a session.
    pub async fn sign_out(&self, token: &str) -> Result<(), StoreError> {
        let hash = hash_of(token);
        self.write(move |tx| {
            Box::pin(async move {
                let sql = "SELECT user_id FROM sessions WHERE token_hash = $1";
                let Some(row) = tx.one(sql, values![hash.as_str()]).await? else { return Ok(()) };
                let user = row.int("user_id")?;
                tx.execute("DELETE FROM sessions WHERE token_hash = $1", values![hash]).await?;
                tx.journal(Some(UserId(user)), "user.signed_out", &format!("user/{user}"), &json!({}))?;
                Ok(())
            })
        })
        .await
    }

    /// Ends all sessions of a user.
    pub async fn sign_out_everywhere(&self, user: UserId) -> Result<(), StoreError> {
        self.write(move |tx| {
            Box::pin(async move {
                if tx.execute("DELETE FROM sessions WHERE user_id = $1", values![user.0]).await? > 0 {
                    let body = json!({ "everywhere": true });
                    tx.journal(Some(user), "user.signed_out", &format!("user/{}", user.0), &body)?;
                }
                Ok(())
            })
        })
        .await
    }
}

/// Moves the times of all sessions along with a clock that is moved forward: nobody has been idle in that time.
pub(crate) async fn move_on(tx: &mut Tx, delta: TimeDelta) -> Result<(), StoreError> {
    let sql = "UPDATE sessions SET last_seen = last_seen + $1, expires_at = expires_at + $1";
    tx.execute(sql, values![delta.num_milliseconds()]).await.map(drop)
}

/// What guesses at a login from an address are counted under. It begins with another word than what those from everywhere are: who
/// types a login with an address behind it would otherwise fill the count of both.
fn here(login: &str, address: &str) -> String {
    attempts::of_address(&format!("here/{login}"), address)
}

fn hash_of(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}
