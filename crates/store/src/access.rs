//! Who may do what is not about one case; what is about one, [`permit`](duixian_casework::permit::permit) says.

use duixian_casework::people::{Actor, Role};

use crate::error::StoreError;

/// Lets through who has one of the roles, and the system itself, which sets up a demonstration and makes the first
/// administrator.
pub(crate) fn needs(actor: &Actor, roles: &[Role]) -> Result<(), StoreError> {
    let is_let_in = *actor == Actor::System || roles.iter().any(|role| actor.has(*role));
    if is_let_in { Ok(()) } else { Err(StoreError::Denied) }
}

/// A text that must be given: trimmed, not empty, not longer than `most` characters, without control characters.
pub(crate) fn given(text: &str, most: usize, zh: &str, en: &str) -> Result<String, StoreError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(StoreError::bad_input(format!("请填写{zh}"), format!("{en} is required")));
    }
    optional(text, most, zh, en)
}

/// A text that may be empty.
pub(crate) fn optional(text: &str, most: usize, zh: &str, en: &str) -> Result<String, StoreError> {
    let text = text.trim();
    let is_stray = |character: char| character.is_control() && !matches!(character, '\n' | '\t');
    if text.chars().count() > most || text.contains(is_stray) {
        return Err(StoreError::bad_input(
            format!("{zh}最多 {most} 字，不能含控制字符"),
            format!("{en} has at most {most} characters, and no control characters"),
        ));
    }
    Ok(text.to_owned())
}
