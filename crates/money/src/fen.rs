use std::fmt;

use serde::{Deserialize, Serialize};

/// An amount in fen (1/100 yuan). May be negative. Serialised as the plain integer, so that records stay exact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fen(pub i64);

impl Fen {
    /// The largest amount a table may hold: 10^17 fen, a thousand million million yuan. Sums of such amounts saturate.
    pub const MAX: Fen = Fen(100_000_000_000_000_000);

    /// A whole number of yuan.
    pub const fn yuan(yuan: i64) -> Fen {
        Fen(yuan.saturating_mul(100))
    }

    /// Reads yuan in plain digits with at most two decimals (`12345.60`, `-0.5`): no exponent, no thousands separator,
    /// no sign but a leading minus (`docs/reference/data.md`, "Money").
    pub fn parse_yuan(text: &str) -> Result<Fen, ParseFenError> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
        let is_plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !is_plain(whole) || !is_plain(decimals) || digits.ends_with('.') {
            return Err(ParseFenError::NotPlainDigits);
        }
        if decimals.len() > 2 {
            return Err(ParseFenError::TooManyDecimals);
        }
        let mut fen: i64 = 0;
        let padding = "00"[decimals.len()..].bytes();
        for byte in whole.bytes().chain(decimals.bytes()).chain(padding) {
            fen = fen
                .checked_mul(10)
                .and_then(|fen| fen.checked_add(i64::from(byte - b'0')))
                .filter(|fen| *fen <= Fen::MAX.0)
                .ok_or(ParseFenError::TooLarge)?;
        }
        Ok(Fen(if negative { -fen } else { fen }))
    }

    /// `0.00` style, as the result tables write money: `-12.30`.
    pub fn to_yuan_string(self) -> String {
        let magnitude = self.0.unsigned_abs();
        let sign = if self.0 < 0 { "-" } else { "" };
        format!("{sign}{}.{:02}", magnitude / 100, magnitude % 100)
    }

    /// As people read it: `300,000` or `1,234.56` yuan, without a unit.
    pub fn to_grouped_yuan(self) -> String {
        let magnitude = self.0.unsigned_abs();
        let sign = if self.0 < 0 { "-" } else { "" };
        let digits = (magnitude / 100).to_string();
        let mut grouped = String::new();
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        match magnitude % 100 {
            0 => format!("{sign}{grouped}"),
            fen => format!("{sign}{grouped}.{fen:02}"),
        }
    }

    /// In 万元 with two decimals, rounded half away from zero: for summaries only, never for a payment.
    pub fn to_wan_yuan(self) -> String {
        let hundredths = (self.0.unsigned_abs() + 5_000) / 10_000;
        let sign = if self.0 < 0 && hundredths > 0 { "-" } else { "" };
        let whole = Fen((hundredths / 100) as i64 * 100).to_grouped_yuan();
        format!("{sign}{whole}.{:02}", hundredths % 100)
    }
}

impl fmt::Display for Fen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_yuan_string())
    }
}

/// Why a text is not an amount in yuan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParseFenError {
    /// Something other than digits, one leading minus and one decimal point.
    NotPlainDigits,
    /// More than two decimals: a fen cannot be divided.
    TooManyDecimals,
    /// Beyond [`Fen::MAX`].
    TooLarge,
}

impl fmt::Display for ParseFenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ParseFenError::NotPlainDigits => "not an amount in plain digits",
            ParseFenError::TooManyDecimals => "more than two decimals",
            ParseFenError::TooLarge => "too large an amount",
        })
    }
}

impl std::error::Error for ParseFenError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_plain_digits_and_nothing_else() {
        let good = [("0", 0), ("12345.60", 1_234_560), ("-0.5", -50), ("007", 700), ("0.01", 1), ("-3", -300)];
        for (text, fen) in good {
            assert_eq!(Fen::parse_yuan(text), Ok(Fen(fen)), "{text}");
        }
        for text in ["", "-", ".5", "5.", "1e3", "1,000", "+1", "１", " 1", "0x1", "NaN", "--1"] {
            assert_eq!(Fen::parse_yuan(text), Err(ParseFenError::NotPlainDigits), "{text}");
        }
        assert_eq!(Fen::parse_yuan("1.005"), Err(ParseFenError::TooManyDecimals));
        assert_eq!(Fen::parse_yuan("99999999999999999999999"), Err(ParseFenError::TooLarge));
    }

    #[test]
    fn prints_for_tables_and_for_people() {
        assert_eq!(Fen(-1_230).to_string(), "-12.30");
        assert_eq!(Fen(30_000_000).to_grouped_yuan(), "300,000");
        assert_eq!(Fen(123_456).to_grouped_yuan(), "1,234.56");
        assert_eq!(Fen(1_500_000_000).to_wan_yuan(), "1,500.00");
        assert_eq!(Fen(5_000).to_wan_yuan(), "0.01");
        assert_eq!(Fen(4_999).to_wan_yuan(), "0.00");
    }
}
