//! Unified social credit codes (GB 32100-2015).

use std::fmt;

/// The 31 characters of a code, in ascending order: digits and capital letters without I, O, S, V and Z.
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

/// The value of each byte in the alphabet, or 255.
const VALUES: [u8; 256] = {
    let mut values = [u8::MAX; 256];
    let mut index = 0;
    while index < ALPHABET.len() {
        values[ALPHABET[index] as usize] = index as u8;
        index += 1;
    }
    values
};

/// Weights of the first 17 characters: powers of 3 modulo 31.
const WEIGHTS: [u32; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

/// A code whose check digit is right. 18 characters, held as one base-31 number whose order is that of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uscc(u128);

/// Why a text is not a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UsccError {
    /// It has not 18 characters.
    Length(usize),
    /// The character at this position (from 1) is not of the alphabet.
    Character(usize),
    /// The last character should be this one.
    CheckDigit(char),
}

impl Uscc {
    /// Reads and verifies a code.
    pub fn parse(text: &str) -> Result<Uscc, UsccError> {
        Uscc::from_bytes(text.as_bytes()).map_err(|error| match error {
            // Count characters, not bytes, for the reader of the message.
            UsccError::Length(_) => UsccError::Length(text.chars().count()),
            other => other,
        })
    }

    /// Reads and verifies a code given as bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Uscc, UsccError> {
        let bytes: &[u8; 18] = bytes.try_into().map_err(|_| UsccError::Length(bytes.len()))?;
        let mut packed: u128 = 0;
        let mut sum = 0;
        // Two halves of nine characters each fit a u64 (31^9 < 2^45): cheaper than eighteen 128-bit multiplications.
        for half in [&bytes[..9], &bytes[9..]] {
            let offset = if half.as_ptr() == bytes.as_ptr() { 0 } else { 9 };
            let mut number: u64 = 0;
            for (index, byte) in half.iter().enumerate() {
                let value = VALUES[*byte as usize];
                if value == u8::MAX {
                    return Err(UsccError::Character(offset + index + 1));
                }
                number = number * 31 + u64::from(value);
                if offset + index < 17 {
                    sum += u32::from(value) * WEIGHTS[offset + index];
                }
            }
            packed = packed * 31u128.pow(9) + u128::from(number);
        }
        let expected = ALPHABET[((31 - sum % 31) % 31) as usize];
        if bytes[17] != expected {
            return Err(UsccError::CheckDigit(expected.into()));
        }
        Ok(Uscc(packed))
    }

    /// Fills the place of a code in a row that is in error and will be left out.
    pub(crate) const FILLER: Uscc = Uscc(0);

    /// The code with these characters, its check digit not verified: only to look for it among verified ones.
    pub(crate) fn unverified(bytes: &[u8]) -> Option<Uscc> {
        let bytes: &[u8; 18] = bytes.try_into().ok()?;
        let mut halves = [0u64; 2];
        let mut worst = 0;
        for (half, bytes) in halves.iter_mut().zip([&bytes[..9], &bytes[9..]]) {
            for byte in bytes {
                let value = VALUES[*byte as usize];
                worst = worst.max(value);
                *half = half.wrapping_mul(31).wrapping_add(u64::from(value));
            }
        }
        (worst != u8::MAX).then(|| Uscc(u128::from(halves[0]) * 31u128.pow(9) + u128::from(halves[1])))
    }

    /// The code whose first 17 characters are these, completed by its check digit.
    pub fn complete(body: &str) -> Option<Uscc> {
        let try_with = |last: u8| Uscc::parse(&format!("{body}{}", last as char));
        match try_with(b'0') {
            Ok(code) => Some(code),
            Err(UsccError::CheckDigit(expected)) => try_with(expected as u8).ok(),
            Err(_) => None,
        }
    }

    /// The 18 characters.
    pub fn to_bytes(self) -> [u8; 18] {
        let mut bytes = [0; 18];
        let halves = [(self.0 / 31u128.pow(9)) as u64, (self.0 % 31u128.pow(9)) as u64];
        for (half, mut number) in halves.into_iter().enumerate() {
            for index in (0..9).rev() {
                bytes[half * 9 + index] = ALPHABET[(number % 31) as usize];
                number /= 31;
            }
        }
        bytes
    }
}

impl fmt::Display for Uscc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for byte in self.to_bytes() {
            fmt::Write::write_char(f, byte.into())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verifies_and_prints_codes() {
        // Public codes of two large firms.
        for text in ["91110000802100433B", "914403001922038216"] {
            assert_eq!(Uscc::parse(text).map(|code| code.to_string()), Ok(text.to_owned()));
        }
        assert_eq!(Uscc::parse("914403001922038217"), Err(UsccError::CheckDigit('6')));
        assert_eq!(Uscc::parse("91440300192203821"), Err(UsccError::Length(17)));
        assert_eq!(Uscc::parse("9144030019220382I6"), Err(UsccError::Character(17)));
        assert_eq!(Uscc::parse("91440300192203821６"), Err(UsccError::Length(18)));
    }

    #[test]
    fn orders_as_text_does() {
        let mut codes: Vec<Uscc> =
            ["91520102MA6DJ0000", "915201020000000000", "52520102MA6DJ1234", "91520102MA6DHX000"]
                .iter()
                .filter_map(|body| Uscc::complete(&body[..17]))
                .collect();
        assert_eq!(codes.len(), 4);
        codes.sort();
        let texts: Vec<String> = codes.iter().map(Uscc::to_string).collect();
        let mut sorted = texts.clone();
        sorted.sort();
        assert_eq!(texts, sorted);
    }
}
