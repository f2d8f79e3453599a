//! Forged requests: every posted form carries a token tied to the session that it was shown to.

use std::fmt;

use hmac::{Hmac, Mac};
use sha2::Sha256;

/// The name of the hidden field.
pub const FIELD: &str = "_csrf";

/// The installation's secret, 32 random bytes made once and kept with the database.
#[derive(Clone)]
pub struct Key([u8; 32]);

impl Key {
    /// From bytes.
    pub fn new(bytes: [u8; 32]) -> Key {
        Key(bytes)
    }

    /// The token of a session (or of a visitor's cookie before signing in): HMAC-SHA256 in hexadecimal.
    pub fn token(&self, session: &str) -> String {
        hex(&self.mac(b"csrf", session.as_bytes()).finalize().into_bytes())
    }

    /// Whether a token is this session's, compared in constant time.
    pub fn verify(&self, session: &str, token: &str) -> bool {
        unhex(token).is_some_and(|token| self.mac(b"csrf", session.as_bytes()).verify_slice(&token).is_ok())
    }

    /// Signs what is given out to a browser and must come back unchanged. `purpose` keeps a signature for one use from
    /// serving another.
    pub fn sign(&self, purpose: &str, message: &str) -> String {
        hex(&self.mac(purpose.as_bytes(), message.as_bytes()).finalize().into_bytes())
    }

    /// Whether a signature is ours, compared in constant time.
    pub fn verify_signature(&self, purpose: &str, message: &str, signature: &str) -> bool {
        unhex(signature)
            .is_some_and(|bytes| self.mac(purpose.as_bytes(), message.as_bytes()).verify_slice(&bytes).is_ok())
    }

    fn mac(&self, purpose: &[u8], message: &[u8]) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        // The length keeps ("ab", "c") and ("a", "bc") apart.
        mac.update(&(purpose.len() as u64).to_le_bytes());
        mac.update(purpose);
        mac.update(message);
        mac
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(secret)")
    }
}

/// Bytes in lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The bytes of an even number of hexadecimal digits.
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_token_is_good_for_its_session_and_key_only() {
        let key = Key::new([7; 32]);
        let token = key.token("session-1");
        assert!(key.verify("session-1", &token));
        assert!(!key.verify("session-2", &token));
        assert!(!Key::new([8; 32]).verify("session-1", &token));
        assert!(!key.verify("session-1", ""));
        assert!(!key.verify("session-1", &token[..62]));
        assert_ne!(key.sign("csrf2", "session-1"), token);
        assert_eq!(format!("{key:?}"), "Key(secret)");
    }

    proptest! {
        #[test]
        fn no_other_text_passes(text in ".{0,80}") {
            let key = Key::new([7; 32]);
            prop_assert_eq!(key.verify("s", &text), text.to_ascii_lowercase() == key.token("s"));
        }

        #[test]
        fn hexadecimal_comes_back(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            prop_assert_eq!(unhex(&hex(&bytes)), Some(bytes));
        }
    }
}
