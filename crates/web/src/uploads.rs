//! How much of what is being uploaded may lie in memory at once: so much in all that a small server bears it, and so much of one
//! user that nobody takes all of it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use duixian_casework::people::UserId;

use crate::problem::Problem;

/// How many bytes there may be in all: the largest version of the facts, and as much of everyone else.
const ALL: u64 = 512 << 20;
/// How many bytes there may be of one user beside another upload: a few files at a time.
const FROM_ONE: u64 = 48 << 20;
/// After how many seconds it is worth another attempt.
const LATER: u32 = 10;

/// What is being uploaded.
#[derive(Default)]
pub(crate) struct Uploads {
    held: Arc<Mutex<Held>>,
}

#[derive(Default)]
struct Held {
    all: u64,
    of: HashMap<Option<UserId>, u64>,
}

/// The room of one upload, free again when this is dropped.
pub(crate) struct Room {
    held: Arc<Mutex<Held>>,
    user: Option<UserId>,
    bytes: u64,
}

impl Uploads {
    /// Makes room for so many bytes of a user.
    ///
    /// # Errors
    /// 429 where they have too much under way, 503 where all have.
    pub(crate) fn admit(&self, user: Option<UserId>, bytes: u64) -> Result<Room, Problem> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let own = held.of.get(&user).copied().unwrap_or(0);
        if own > 0 && own.saturating_add(bytes) > FROM_ONE {
            return Err(Problem::too_many(LATER));
        }
        if held.all.saturating_add(bytes) > ALL {
            return Err(Problem::unavailable(format!("uploads: {} bytes under way, {bytes} more", held.all)));
        }
        held.all += bytes;
        held.of.insert(user, own + bytes);
        Ok(Room { held: Arc::clone(&self.held), user, bytes })
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.all -= self.bytes;
        let left = held.of.get(&self.user).map_or(0, |own| own - self.bytes);
        if left == 0 {
            held.of.remove(&self.user);
        } else {
            held.of.insert(self.user, left);
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use super::*;

    #[test]
    fn there_is_room_for_a_few_of_one_and_for_many_of_all() {
        let uploads = Uploads::default();
        let (one, file) = (Some(UserId(1)), 11 << 20);
        let four: Vec<Room> = (0..4).map(|_| uploads.admit(one, file).expect("room for four")).collect();
        let refused = uploads.admit(one, file).err().expect("no fifth");
        assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
        let others: Vec<Room> = (2..44).map(|user| uploads.admit(Some(UserId(user)), file).expect("room")).collect();
        let refused = uploads.admit(Some(UserId(99)), file).err().expect("no more");
        assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
        drop((four, others));
        drop(uploads.admit(one, 256 << 20).expect("one that is large, alone"));
        assert_eq!(uploads.held.lock().expect("held").all, 0);
        assert!(uploads.held.lock().expect("held").of.is_empty());
    }
}
