//! What administrators do to accounts, as the journal has it: one alone can make accounts that review, decide and pay, and others are to
//! see it.

use duixian_casework::moment::Moment;
use duixian_casework::people::{Role, UserId};
use serde::Deserialize;

use crate::db::{Queries, Row, Store, values};
use crate::error::StoreError;

/// The kinds of entries, as the index over them has it.
const KINDS: &str = "kind IN ('user.created', 'user.roles', 'user.password', 'user.activated', 'user.deactivated')";
/// That users choose a password of their own is theirs alone.
const BY_ANOTHER: &str = "(kind <> 'user.password' OR actor IS NULL OR subject <> 'user/' || CAST(actor AS TEXT))";
/// What is read of each.
const COLUMNS: &str = "seq, at, actor, kind, subject, body";

/// A change of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountChange {
    /// The number of its entry on the journal.
    pub seq: i64,
    /// When.
    pub at: Moment,
    /// By whom; none where the system itself did it, when it was set up.
    pub by: Option<UserId>,
    /// Whose account.
    pub user: UserId,
    /// What was changed.
    pub what: Change,
}

/// What was changed of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// It was made, with these roles.
    Made(Vec<Role>),
    /// Roles were given and taken; neither where the desks alone were changed.
    Roles {
        /// Which it got.
        given: Vec<Role>,
        /// Which it lost.
        taken: Vec<Role>,
    },
    /// Another than its user gave it a new password.
    Password,
    /// It was let in again.
    Activated,
    /// It was barred.
    Deactivated,
}

impl AccountChange {
    /// Whether an administrator has put a role into someone's hands by it: has given it, or has let another sign in who has it.
    pub fn empowers(&self, role: Role) -> bool {
        self.by.is_some()
            && match &self.what {
                Change::Made(roles) | Change::Roles { given: roles, .. } => roles.contains(&role),
                Change::Password | Change::Activated => true,
                Change::Deactivated => false,
            }
    }
}

impl Store {
    /// The latest changes of accounts, the newest first.
    pub async fn account_changes(&self, most: u32) -> Result<Vec<AccountChange>, StoreError> {
        let sql =
            format!("SELECT {COLUMNS} FROM journal WHERE {KINDS} AND {BY_ANOTHER} ORDER BY seq DESC LIMIT {most}");
        self.all(&sql, vec![]).await?.iter().map(change).collect()
    }

    /// The changes of some accounts since a moment, the newest first.
    pub async fn account_changes_of(&self, users: &[UserId], since: Moment) -> Result<Vec<AccountChange>, StoreError> {
        if users.is_empty() {
            return Ok(Vec::new());
        }
        let subjects: Vec<String> = users.iter().map(|user| format!("'user/{}'", user.0)).collect();
        let sql = format!(
            "SELECT {COLUMNS} FROM journal WHERE {KINDS} AND {BY_ANOTHER} AND at >= $1 AND subject IN ({}) ORDER BY seq DESC",
            subjects.join(", ")
        );
        self.all(&sql, values![since.0]).await?.iter().map(change).collect()
    }
}

/// What the journal says of roles, when an account is made and when they are changed.
#[derive(Deserialize)]
struct Roles {
    #[serde(default)]
    from: Vec<Role>,
    #[serde(alias = "to")]
    roles: Vec<Role>,
}

fn change(row: &Row) -> Result<AccountChange, StoreError> {
    let (kind, subject) = (row.text("kind")?, row.text("subject")?);
    let number = subject.strip_prefix("user/").and_then(|number| number.parse().ok());
    let user = number.ok_or_else(|| StoreError::corrupt(subject.clone(), "an account without a number"))?;
    let what = match kind.as_str() {
        "user.created" => Change::Made(row.json::<Roles>("body")?.roles),
        "user.roles" => {
            let Roles { from, roles } = row.json("body")?;
            let without = |these: &[Role], those: &[Role]| {
                these.iter().copied().filter(|role| !those.contains(role)).collect::<Vec<_>>()
            };
            Change::Roles { given: without(&roles, &from), taken: without(&from, &roles) }
        }
        "user.password" => Change::Password,
        "user.activated" => Change::Activated,
        _ => Change::Deactivated,
    };
    let by = row.opt_int("actor")?.map(UserId);
    Ok(AccountChange { seq: row.int("seq")?, at: Moment(row.int("at")?), by, user: UserId(user), what })
}
