//! Browsers in which someone has signed in before: wrong guesses made elsewhere do not keep them out there.
//!
//! Such a browser keeps a mark: a random number, and the installation's signature of it with the login and the hash of the password. So
//! nothing is stored of anyone's browsers, nobody comes by a mark who did not know the password, and a new password ends all marks
//! of the one before. A mark opens nothing: it says whose count a guess belongs to.

use duixian_casework::people::UserId;
use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::db::{Queries, Store, values};
use crate::error::StoreError;
use crate::once::hex;
use crate::settings::{random, unhex};

impl Store {
    /// A mark for the browser in which a user has just shown to know their password.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] of nobody.
    pub async fn browser_mark(&self, user: UserId) -> Result<String, StoreError> {
        let row = self.one("SELECT login, password_hash FROM users WHERE id = $1", values![user.0]).await?;
        let row = row.ok_or(StoreError::NotFound)?;
        let number = hex(&random::<16>()?);
        let signed =
            signature(&self.installation_key().await?, &number, &row.text("login")?, &row.text("password_hash")?);
        Ok(format!("{number}.{}", hex(&signed.finalize().into_bytes())))
    }
}

/// The number of the browser whose mark this is; none if it is none of this login's with its present password.
pub(super) fn number<'m>(key: &[u8; 32], mark: &'m str, login: &str, password_hash: &str) -> Option<&'m str> {
    let (number, signed) = mark.split_once('.')?;
    signature(key, number, login, password_hash).verify_slice(&unhex(signed)?).is_ok().then_some(number)
}

fn signature(key: &[u8; 32], number: &str, login: &str, password_hash: &str) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    // None of the parts has a line's end, and the first keeps it from serving as a signature of anything else.
    mac.update(format!("browser\n{number}\n{login}\n{password_hash}").as_bytes());
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_one_logins_with_one_password() {
        let key = [7; 32];
        let mark = |number: &str| {
            let signed = signature(&key, number, "lisi", "$argon2id$a").finalize().into_bytes();
            format!("{number}.{}", hex(&signed))
        };
        let good = mark("00ff");
        assert_eq!(number(&key, &good, "lisi", "$argon2id$a"), Some("00ff"));
        assert_eq!(number(&key, &good, "wangwu", "$argon2id$a"), None);
        assert_eq!(number(&key, &good, "lisi", "$argon2id$b"), None, "another password since");
        assert_eq!(number(&[8; 32], &good, "lisi", "$argon2id$a"), None);
        for bad in ["", ".", "00ff", "00ff.", "00fe.", &good.replace("00ff", "00fe"), &format!("{good}0")] {
            assert_eq!(number(&key, bad, "lisi", "$argon2id$a"), None, "{bad}");
        }
    }
}
