//! Doing things once: keys that forms carry, and what a repeated key gets.

use duixian_casework::people::Actor;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use crate::ahead::Ahead;
use crate::db::{Queries, Store, values};
use crate::error::StoreError;
use crate::tx::Tx;
use crate::writer::Work;

/// The key of a form: made when the page is, sent with it, so that a second click or a resubmission does nothing twice.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Key(String);

/// The longest key, in bytes.
const LONGEST: usize = 64;

impl Key {
    /// A key of 1 to 64 letters, digits, `-` and `_`.
    ///
    /// # Errors
    /// [`StoreError::BadInput`] for any other text.
    pub fn new(text: impl Into<String>) -> Result<Key, StoreError> {
        let text = text.into();
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        if text.is_empty() || text.len() > LONGEST || !text.bytes().all(is_plain) {
            return Err(StoreError::bad_input(
                "表单缺少有效的编号，请重新打开页面",
                "the form carries no valid key: open the page again",
            ));
        }
        Ok(Key(text))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A key of its own for one part of what the form asks.
    pub fn part(&self, part: &str) -> Key {
        let mut hash = Sha256::new();
        hash.update(format!("{}\n{part}", self.0));
        let mut text = hex(&hash.finalize());
        text.truncate(LONGEST);
        Key(text)
    }

    /// What tells one use of the key from another: who asks, and for what.
    pub(crate) fn digest(&self, actor: &Actor, content: &str) -> String {
        let mut hash = Sha256::new();
        hash.update(format!("{:?}\n{content}", actor.user()));
        hex(&hash.finalize())
    }
}

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done<T> {
    /// What came of it.
    pub value: T,
    /// Whether it had been done before under the same key, and nothing was done now.
    pub already: bool,
}

impl<T> Done<T> {
    /// Done just now.
    pub(crate) fn now(value: T) -> Done<T> {
        Done { value, already: false }
    }

    /// The same with something else in it.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Done<U> {
        Done { value: change(self.value), already: self.already }
    }
}

/// Bytes in lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.extend([byte >> 4, byte & 0xf].map(|half| char::from(DIGITS[usize::from(half)])));
    }
    text
}

impl Store {
    /// Whether something was done under a key: for who has lost the answer.
    pub async fn knows_key(&self, key: &Key) -> Result<bool, StoreError> {
        let row = self.one("SELECT key FROM commands WHERE key = $1", values![key.as_str()]).await?;
        Ok(row.is_some())
    }

    /// Has the writer do some work once for a key. `content` says what is asked for: the same key with other content, or
    /// from someone else, is refused.
    pub(crate) async fn write_once<T, F>(
        &self,
        actor: &Actor,
        key: &Key,
        content: String,
        work: F,
    ) -> Result<Done<T>, StoreError>
    where
        T: Serialize + DeserializeOwned + Send + 'static,
        F: for<'a> FnOnce(&'a mut Tx) -> Work<'a, T> + Send + 'static,
    {
        self.write_once_ahead(Ahead::default(), actor, key, content, work).await
    }

    /// The same for work that says beforehand what it will look at.
    pub(crate) async fn write_once_ahead<T, F>(
        &self,
        ahead: Ahead,
        actor: &Actor,
        key: &Key,
        content: String,
        work: F,
    ) -> Result<Done<T>, StoreError>
    where
        T: Serialize + DeserializeOwned + Send + 'static,
        F: for<'a> FnOnce(&'a mut Tx) -> Work<'a, T> + Send + 'static,
    {
        let (actor, key) = (actor.clone(), key.clone());
        let ahead = Ahead { key: Some(key.clone()), ..ahead };
        self.write_ahead(ahead, move |tx| {
            Box::pin(async move {
                if let Some(value) = tx.recall(&key, &actor, &content).await? {
                    return Ok(Done { value, already: true });
                }
                let value = work(tx).await?;
                tx.remember(&key, &actor, &content, &value)?;
                Ok(Done::now(value))
            })
        })
        .await
    }
}
