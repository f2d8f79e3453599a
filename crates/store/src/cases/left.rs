//! What an event leaves beside its case, and its entry on the journal, which has the hash of each: a message that was altered later,
//! another name on a notice, or one that is gone, would show nowhere else.

use duixian_casework::event::What;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::db::json;
use crate::error::StoreError;
use crate::once::hex;

/// The hashes of what an event has left; none of what it has not left, nor from before entries said it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Left {
    /// Of the message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) kept: Option<String>,
    /// Of the row on a sheet of notices.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) hung: Option<String>,
}

/// An event as its entry has it.
#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum Said<'e> {
    Alone(&'e What),
    With {
        #[serde(flatten)]
        what: &'e What,
        #[serde(flatten)]
        left: Left,
    },
}

#[derive(Deserialize)]
struct Read {
    #[serde(flatten)]
    what: What,
    #[serde(flatten)]
    left: Left,
}

impl<'e> Said<'e> {
    pub(crate) fn of(what: &'e What, left: Left) -> Said<'e> {
        if left == Left::default() { Said::Alone(what) } else { Said::With { what, left } }
    }
}

/// The event of an entry, with what it has left.
pub(crate) fn read(body: &str) -> serde_json::Result<(What, Left)> {
    match serde_json::from_str(body) {
        Ok(what) => Ok((what, Left::default())),
        Err(_) => serde_json::from_str(body).map(|Read { what, left }| (what, left)),
    }
}

/// The hash of a row that was left.
pub(crate) fn hash_of(row: &impl Serialize) -> Result<String, StoreError> {
    Ok(hex(&Sha256::digest(json(row)?)))
}

#[cfg(test)]
mod tests {
    use duixian_casework::case::Reply;
    use duixian_casework::moment::Moment;
    use duixian_casework::people::UserId;

    use super::*;

    #[test]
    fn events_are_read_with_and_without_what_they_have_left() {
        let text = "补正，\"kept\":\"0\"".to_owned();
        let events = [
            What::Closed,
            What::EvidenceRemoved(3),
            What::NotAccepted { reason: text.clone() },
            What::Replied(Reply { by: UserId(1), at: Moment(i64::MAX), text, to: vec![1] }),
        ];
        for what in events {
            let left = Left { kept: Some("ab".to_owned()), hung: None };
            for left in [Left::default(), left] {
                let body = json(&Said::of(&what, left.clone())).expect("JSON");
                assert_eq!(body.contains(r#""kept":"ab""#), left.kept.is_some(), "{body}");
                assert_eq!(read(&body).expect("read"), (what.clone(), left), "{body}");
            }
        }
        assert!(read(r#"{"never":null,"kept":"ab"}"#).is_err());
    }
}
