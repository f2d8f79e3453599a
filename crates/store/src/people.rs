//! Users, what they may do, and for whom agents act.

mod changes;
mod delegations;
mod guessable;
pub(crate) mod passwords;

pub use changes::{AccountChange, Change};
pub use delegations::Delegation;
pub(crate) use delegations::{DELEGATION, DELEGATIONS, delegation};
pub use passwords::fresh_password;

use duixian_casework::moment::Moment;
use duixian_casework::people::{Actor, Role, UserId};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::access::{given, needs};
use crate::attempts::{self, Counted};
use crate::db::{Queries, Row, Store, json, values};
use crate::error::StoreError;
use crate::once::{Done, Key};
use crate::sessions::{Locked, write_down};
use crate::settings::{unchanged, visible};
use crate::tx::Tx;

/// Guesses at one's own password, where it is to be changed, within a quarter of an hour.
pub(crate) const PASSWORD_GUESSES: i64 = 10;

/// A user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// Their number.
    pub id: UserId,
    /// What they sign in with.
    pub login: String,
    /// Their name.
    pub name: String,
    /// What they may be.
    pub roles: Vec<Role>,
    /// The desks they sit at, by English name; every desk of their roles if empty.
    pub desks: Vec<String>,
    /// Whether they can sign in.
    pub active: bool,
    /// Whether they must choose a new password first.
    pub must_change: bool,
    /// Since when they are there.
    pub created_at: Moment,
}

/// A user that is to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewUser {
    /// Letters, digits, `.`, `-`, `_`; small letters are kept.
    pub login: String,
    /// Their name.
    pub name: String,
    /// Their first password.
    pub password: String,
    /// What they may be.
    pub roles: Vec<Role>,
    /// The desks they sit at.
    pub desks: Vec<String>,
    /// Whether they must choose another at the first sign-in.
    pub must_change: bool,
}

const USER: &str = "id, login, name, roles, desks, active, must_change, created_at";

impl Store {
    /// Makes a user.
    ///
    /// # Errors
    /// [`StoreError::BadInput`] for a login that is taken or not well formed, a password that is easy to guess, no role.
    pub async fn create_user(&self, actor: &Actor, key: &Key, new: NewUser) -> Result<Done<UserId>, StoreError> {
        needs(actor, &[Role::Administrator])?;
        let login = login(&new.login)?;
        let name = name(&new.name)?;
        // What the system hands out is random or, in a demonstration, for everyone to read.
        if *actor != Actor::System {
            passwords::check(&new.password, &login, &self.names_around(&name).await?)?;
        }
        let (roles, desks) = office(new.roles, new.desks)?;
        // The key tells a second click by all but the password: its hash is salted, and another each time.
        let content = format!("create_user {login} {name} {roles:?} {desks:?}");
        let hash = passwords::hash(&new.password).await?;
        let by = actor.user();
        self.write_once(actor, key, content, move |tx| {
            Box::pin(async move {
                if tx.one("SELECT id FROM users WHERE login = $1", values![login.as_str()]).await?.is_some() {
                    return Err(StoreError::bad_input("登录名已有人使用", "the login name is taken"));
                }
                let id = tx.next_id("users").await?;
                let sql = "INSERT INTO users (id, login, name, password_hash, roles, desks, active, must_change, created_at) \
                           VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $8)";
                let (in_json, desks_json) = (json(&roles)?, json(&desks)?);
                let must_change = i64::from(new.must_change);
                let now = tx.now().0;
                let digest = passwords::digest(&hash);
                let values =
                    values![id, login.as_str(), name.as_str(), hash, in_json, desks_json, must_change, now];
                tx.execute(sql, values).await?;
                let body = json!({
                    "login": login, "name": name, "roles": roles, "desks": desks,
                    "must_change": new.must_change, "password": digest,
                });
                tx.journal(by, "user.created", &format!("user/{id}"), &body)?;
                Ok(UserId(id))
            })
        })
        .await
    }

    /// Says what a user may be from now on. It acts at once, on sessions that are open too.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if no administrator would be left.
    pub async fn set_roles(
        &self,
        actor: &Actor,
        key: &Key,
        user: UserId,
        roles: Vec<Role>,
        desks: Vec<String>,
    ) -> Result<Done<()>, StoreError> {
        self.set_roles_of_version(actor, key, user, None, (roles, desks)).await
    }

    /// Says what a user may be in place of what was seen: `expected` is the number of the last change of their roles on the
    /// journal, 0 before the first.
    ///
    /// # Errors
    /// As for [`Store::set_roles`]; [`StoreError::Conflict`] also if roles or desks have changed since.
    pub async fn set_roles_of_version(
        &self,
        actor: &Actor,
        key: &Key,
        user: UserId,
        expected: Option<i64>,
        (roles, desks): (Vec<Role>, Vec<String>),
    ) -> Result<Done<()>, StoreError> {
        needs(actor, &[Role::Administrator])?;
        // Whoever administers gives power to others, not to themselves.
        if actor.user() == Some(user) {
            return Err(StoreError::bad_input(
                "不能改自己的角色和岗位，请另一位管理员来改",
                "nobody changes their own roles and desks: another administrator does",
            ));
        }
        let (roles, desks) = office(roles, desks)?;
        let content = format!("set_roles {} {expected:?} {roles:?} {desks:?}", user.0);
        let by = actor.user();
        self.write_once(actor, key, content, move |tx| {
            Box::pin(async move {
                unchanged(tx, "user.roles", &format!("user/{}", user.0), expected).await?;
                let before = user_of(tx, user).await?;
                let sql = "UPDATE users SET roles = $1, desks = $2 WHERE id = $3";
                tx.execute(sql, values![json(&roles)?, json(&desks)?, user.0]).await?;
                someone_administers(tx).await?;
                let body = json!({ "from": before.roles, "to": roles, "desks": desks });
                tx.journal(by, "user.roles", &format!("user/{}", user.0), &body)?;
                Ok(())
            })
        })
        .await
    }

    /// Gives a user a new password, and signs them out everywhere. Whoever sets another's makes them choose their own at
    /// the next sign-in; users set their own themselves, for which `current` must be given and right.
    ///
    /// # Errors
    /// [`StoreError::BadInput`] for a password that is easy to guess, or a current one that is not right.
    pub async fn set_password(
        &self,
        actor: &Actor,
        key: &Key,
        user: UserId,
        current: Option<&str>,
        new: &str,
    ) -> Result<Done<()>, StoreError> {
        let is_own = actor.user() == Some(user);
        if !is_own {
            needs(actor, &[Role::Administrator])?;
        }
        let row = self.one("SELECT login, name, password_hash FROM users WHERE id = $1", values![user.0]).await?;
        let row = row.ok_or(StoreError::NotFound)?;
        // A second click finds the password changed already; the key tells it from a new request.
        let is_repeated = self.one("SELECT key FROM commands WHERE key = $1", values![key.as_str()]).await?.is_some();
        if is_own && !is_repeated {
            let name = format!("password/{}", user.0);
            let counted = self
                .write(move |tx| {
                    Box::pin(async move { attempts::count(tx, [(name.as_str(), PASSWORD_GUESSES)]).await })
                })
                .await?;
            let filled = match counted {
                Counted::Within(filled) => filled,
                Counted::TooMany(until) => {
                    let time = until.local().format("%H:%M");
                    return Err(StoreError::bad_input(
                        format!("尝试的次数太多，请在 {time} 以后再试"),
                        format!("there were too many attempts: try again after {time}"),
                    ));
                }
            };
            let current = current.filter(|current| current.len() <= passwords::LONGEST).unwrap_or_default();
            if !passwords::verify(current, Some(row.text("password_hash")?)).await? {
                if let Some((_, until)) = filled.first().copied() {
                    let locks = [(Locked::OwnPassword, until)];
                    self.write(move |tx| Box::pin(async move { write_down(tx, Some(user), "", &locks) })).await?;
                }
                return Err(StoreError::bad_input("当前密码不对", "the current password is not right"));
            }
            if current == new {
                return Err(StoreError::bad_input("新密码不能与当前密码相同", "the new password must differ"));
            }
        }
        let around = self.names_around(&row.text("name")?).await?;
        passwords::check(new, &row.text("login")?, &around)?;
        let hash = passwords::hash(new).await?;
        let by = actor.user();
        self.write_once(actor, key, format!("set_password {}", user.0), move |tx| {
            Box::pin(async move {
                let sql = "UPDATE users SET password_hash = $1, must_change = $2 WHERE id = $3";
                let digest = passwords::digest(&hash);
                tx.execute(sql, values![hash, i64::from(!is_own), user.0]).await?;
                tx.execute("DELETE FROM sessions WHERE user_id = $1", values![user.0]).await?;
                let guesses = format!("password/{}", user.0);
                tx.execute("DELETE FROM attempts WHERE name = $1", values![guesses]).await?;
                tx.journal(by, "user.password", &format!("user/{}", user.0), &json!({ "password": digest }))?;
                Ok(())
            })
        })
        .await
    }

    /// What whoever guesses a user's password tries first: their own name, and what the place is called.
    async fn names_around(&self, name: &str) -> Result<Vec<String>, StoreError> {
        let settings = self.settings().await?;
        let pack = self.packs().await?.into_iter().next().map(|pack| pack.name);
        let mut around = vec![name.to_owned(), settings.name_zh, settings.name_en, settings.number_prefix];
        around.extend(pack.into_iter().flat_map(|name| [name.zh, name.en]));
        Ok(around)
    }

    /// Lets a user sign in or not. Who may not is signed out at once. Nobody shuts themselves out.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if no administrator would be left.
    pub async fn set_active(
        &self,
        actor: &Actor,
        key: &Key,
        user: UserId,
        active: bool,
    ) -> Result<Done<()>, StoreError> {
        needs(actor, &[Role::Administrator])?;
        let by = actor.user();
        if by == Some(user) && !active {
            return Err(StoreError::bad_input(
                "不能停用自己的账号，请另一位管理员来办",
                "nobody deactivates their own account: another administrator does",
            ));
        }
        self.write_once(actor, key, format!("set_active {} {active}", user.0), move |tx| {
            Box::pin(async move {
                user_of(tx, user).await?;
                tx.execute("UPDATE users SET active = $1 WHERE id = $2", values![i64::from(active), user.0]).await?;
                if !active {
                    tx.execute("DELETE FROM sessions WHERE user_id = $1", values![user.0]).await?;
                }
                someone_administers(tx).await?;
                let kind = if active { "user.activated" } else { "user.deactivated" };
                tx.journal(by, kind, &format!("user/{}", user.0), &json!({}))?;
                Ok(())
            })
        })
        .await
    }

    /// All users, by number.
    pub async fn users(&self) -> Result<Vec<User>, StoreError> {
        self.all(&format!("SELECT {USER} FROM users ORDER BY id"), vec![]).await?.iter().map(user).collect()
    }

    /// A user.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for a number that nobody has.
    pub async fn user(&self, id: UserId) -> Result<User, StoreError> {
        user_of(self, id).await
    }

    /// What a user may do now: roles, desks, and the parties they act for at this moment.
    ///
    /// # Errors
    /// [`StoreError::Denied`] of a user who may not sign in.
    pub async fn actor_of(&self, id: UserId) -> Result<Actor, StoreError> {
        let user = user_of(self, id).await?;
        actor(self, user, self.now()).await
    }
}

/// A user by number, from whatever answers queries.
pub(crate) async fn user_of(link: &impl Queries, id: UserId) -> Result<User, StoreError> {
    let row = link.one(&format!("SELECT {USER} FROM users WHERE id = $1"), values![id.0]).await?;
    user(&row.ok_or(StoreError::NotFound)?)
}

/// That who has put something forward for another to confirm still may.
///
/// # Errors
/// [`StoreError::Conflict`] where they have no account in use or none of these roles any more.
pub(crate) async fn still_has(link: &impl Queries, user: UserId, roles: &[Role]) -> Result<(), StoreError> {
    let user = user_of(link, user).await?;
    if user.active && roles.iter().any(|role| user.roles.contains(role)) {
        return Ok(());
    }
    let name = &user.name;
    Err(StoreError::conflict(
        format!("提出人{name}已经停用，或者不再担任这个岗位：请退回，由在岗的人重新提出"),
        format!(
            "{name}, who has put this forward, has no such office any more: reject it, and have it put forward anew"
        ),
    ))
}

/// What a user may do at a moment.
pub(crate) async fn actor(link: &impl Queries, user: User, now: Moment) -> Result<Actor, StoreError> {
    if !user.active {
        return Err(StoreError::Denied);
    }
    // Also of those who are no agents any more: what was delegated to them keeps them from handling it.
    let sql = "SELECT DISTINCT party FROM delegations WHERE user_id = $1 AND since <= $2 \
               AND (until IS NULL OR until > $2) AND revoked_at IS NULL ORDER BY party";
    let rows = link.all(sql, values![user.id.0, now.0]).await?;
    let parties = rows.iter().map(|row| row.text("party")).collect::<Result<_, _>>()?;
    Ok(Actor::User { id: user.id, roles: user.roles, desks: user.desks, parties })
}

/// Locks nobody out: as long as someone administers, mistakes with roles can be mended.
async fn someone_administers(tx: &mut Tx) -> Result<(), StoreError> {
    let users: Vec<User> = tx
        .all(&format!("SELECT {USER} FROM users WHERE active = 1"), vec![])
        .await?
        .iter()
        .map(user)
        .collect::<Result<_, _>>()?;
    if users.iter().any(|user| user.roles.contains(&Role::Administrator)) {
        return Ok(());
    }
    Err(StoreError::conflict("至少要有一位在用的管理员", "at least one active administrator must be left"))
}

fn login(text: &str) -> Result<String, StoreError> {
    let login = text.trim().to_lowercase();
    let is_plain = |character: char| character.is_ascii_alphanumeric() || matches!(character, '.' | '-' | '_');
    if (3..=32).contains(&login.len()) && login.chars().all(is_plain) {
        return Ok(login);
    }
    Err(StoreError::bad_input(
        "登录名应为 3 至 32 位字母、数字、点、横线或下划线",
        "a login name has 3 to 32 letters, digits, dots, dashes or underscores",
    ))
}

/// What no name of a person has, and a page, a spreadsheet or a command might take for something else than a name.
const NO_NAME: [char; 11] = ['<', '>', '=', '"', '`', '@', ';', '{', '}', '\\', '|'];

/// A person's name.
///
/// # Errors
/// [`StoreError::BadInput`] for none, a long one, and one with characters that names don't have.
pub fn name(text: &str) -> Result<String, StoreError> {
    let name = visible(given(text, 40, "姓名", "a name")?, ("姓名", "the name"))?;
    if name.contains(NO_NAME) || name.starts_with(['+', '-', '＋', '－', '＝', '＠']) {
        return Err(StoreError::bad_input(
            "姓名里有名字不用的符号（< > = \" ` @ ; { } \\ |，或以 + - 开头）；请只写姓名",
            "the name has signs that no name has (< > = \" ` @ ; { } \\ |, or + - at its beginning): give the name alone",
        ));
    }
    Ok(name)
}

/// Roles in their order, each once, and desks likewise.
fn office(mut roles: Vec<Role>, mut desks: Vec<String>) -> Result<(Vec<Role>, Vec<String>), StoreError> {
    roles.sort();
    roles.dedup();
    desks.sort();
    desks.dedup();
    compatible(&roles)?;
    Ok((roles, desks))
}

/// Whether one person may have these roles.
///
/// # Errors
/// [`StoreError::BadInput`] for none at all, and for two of which one is there to watch the other.
pub fn compatible(roles: &[Role]) -> Result<(), StoreError> {
    if roles.is_empty() {
        return Err(StoreError::bad_input("请至少选择一个角色", "choose at least one role"));
    }
    // Who audits must have nothing to hide: an auditor who also decides would read their own work.
    if roles.contains(&Role::Auditor) && roles.iter().any(|role| *role != Role::Auditor) {
        return Err(StoreError::bad_input("审计不能兼任其他角色", "an auditor can have no other role"));
    }
    // Nor does anyone hand out accounts and handle cases with them, or apply for what they handle.
    let handles = |role: &Role| matches!(role, Role::Intake | Role::Reviewer | Role::DecisionMaker | Role::Finance);
    if roles.contains(&Role::Administrator) && roles.iter().any(handles) {
        return Err(StoreError::bad_input(
            "管理员不能兼任受理、审核、审定或财务",
            "an administrator can be neither intake, reviewer, decision maker nor finance",
        ));
    }
    if roles.contains(&Role::Agent) && roles.iter().any(|role| *role != Role::Agent) {
        return Err(StoreError::bad_input("经办人不能兼任机关的角色", "an agent can have no office"));
    }
    Ok(())
}

pub(crate) fn user(row: &Row) -> Result<User, StoreError> {
    Ok(User {
        id: UserId(row.int("id")?),
        login: row.text("login")?,
        name: row.text("name")?,
        roles: row.json("roles")?,
        desks: row.json("desks")?,
        active: row.flag("active")?,
        must_change: row.flag("must_change")?,
        created_at: Moment(row.int("created_at")?),
    })
}
