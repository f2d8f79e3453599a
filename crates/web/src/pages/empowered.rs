//! Who was given power of late by an administrator: one alone can make an account that pays, and whoever is to trust another's second look
//! sees since when that one has it.

use std::collections::HashMap;

use chrono::TimeDelta;
use duixian_casework::people::{Role, UserId};
use duixian_store::people::{AccountChange, Change};

use crate::format;
use crate::locale::{Lang, Text};
use crate::portal::Portal;
use crate::problem::Problem;

/// For how many days it is said.
const DAYS: i64 = 30;

/// Of those users whom an administrator has given a role of late, or the account of someone who has it, when that was: 3月14日由管理员新授权.
pub async fn lately(portal: &Portal, users: &[UserId], role: Role) -> Result<HashMap<UserId, Text>, Problem> {
    let since = portal.store.now().plus(TimeDelta::days(-DAYS));
    let mut told = HashMap::new();
    for change in portal.store.account_changes_of(users, since).await? {
        if change.empowers(role) {
            told.entry(change.user).or_insert_with(|| mark(&change));
        }
    }
    Ok(told)
}

/// A name with its mark, where it has one.
pub fn marked(name: &str, mark: Option<&Text>) -> Text {
    match mark {
        Some(mark) => Text::new(format!("{name}（{}）", mark.zh), format!("{name} ({})", mark.en)),
        None => Text::same(name.to_owned()),
    }
}

fn mark(change: &AccountChange) -> Text {
    let (zh, en) = match change.what {
        Change::Password => ("重置密码", "given a new password"),
        Change::Activated => ("恢复使用", "let in again"),
        _ => ("新授权", "given the role"),
    };
    let day = change.at.day();
    Text::new(
        format!("{}由管理员{zh}", format::date(Lang::Zh, day)),
        format!("{en} by an administrator on {}", format::date(Lang::En, day)),
    )
}
