//! Double clicks and resubmitted forms: a number given out with a form, by which the store knows that it has seen it.
//!
//! The form carries it in a hidden field; the store writes it in the same transaction as the change, under a unique
//! index, and answers a second arrival with the outcome of the first.

use std::fmt;

use crate::csrf::{hex, unhex};

/// The name of the hidden field.
pub const FIELD: &str = "_once";

/// 16 random bytes, 32 hexadecimal digits on the page.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Once([u8; 16]);

impl Once {
    /// From random bytes made elsewhere.
    pub fn from_bytes(bytes: [u8; 16]) -> Once {
        Once(bytes)
    }

    /// From the operating system's randomness. Fails where there is none, as in a broken container.
    pub fn fresh() -> Result<Once, getrandom::Error> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes)?;
        Ok(Once(bytes))
    }

    /// Reads what a form sent back.
    pub fn parse(text: &str) -> Option<Once> {
        unhex(text)?.try_into().ok().map(Once)
    }

    /// The key under which the store does it once.
    pub fn key(self) -> duixian_store::Key {
        duixian_store::Key::new(self.to_string()).expect("32 hexadecimal digits are a key")
    }

    /// The bytes.
    pub fn bytes(self) -> [u8; 16] {
        self.0
    }
}

impl fmt::Display for Once {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

impl fmt::Debug for Once {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Once({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_form_sends_back_is_what_it_was_given() {
        let once = Once::from_bytes([0xa5; 16]);
        assert_eq!(Once::parse(&once.to_string()), Some(once));
        assert_eq!(Once::parse("a5"), None);
        assert_eq!(Once::parse("zz"), None);
        assert_ne!(Once::fresh().unwrap(), Once::fresh().unwrap());
    }
}
