//! Amounts, days and words as banks write them, read exactly.

use chrono::NaiveDate;
use duixian_money::{Fen, ParseFenError};

use crate::error::BankFileErrorKind as Kind;
use crate::xml::CURRENCY;
use duixian_text::{half_width, without_unseen};

/// The longest identifier, in characters.
const MAX_REFERENCE: usize = 35;
/// The longest number the bank gives a payment, in characters.
const MAX_BANK_REFERENCE: usize = 70;
/// Beyond so many characters the bank's words are cut short, which a last `…` shows.
const MAX_REASON: usize = 500;

/// An amount in yuan that is more than zero: plain digits; thousands may be set apart by commas; of the decimals, those
/// beyond the second may only be zeros, as the schema's five decimals allow.
pub(crate) fn amount(text: &str) -> Result<Fen, Kind> {
    let wrong = |why| Kind::Amount { text: shortened(text), why };
    let plain = without_grouping(text).ok_or_else(|| wrong(ParseFenError::NotPlainDigits))?;
    let plain = match plain.split_once('.') {
        Some((whole, decimals)) if decimals.len() > 2 && decimals.is_ascii() => {
            let exact = decimals.trim_end_matches('0');
            format!("{whole}.{exact:0<2}")
        }
        _ => plain,
    };
    match Fen::parse_yuan(&plain).map_err(wrong)? {
        amount if amount > Fen(0) => Ok(amount),
        _ => Err(Kind::NotPositive),
    }
}

/// Takes out the commas of `1,234,567.89`, where they stand between groups of three.
fn without_grouping(text: &str) -> Option<String> {
    if !text.contains(',') {
        return Some(text.to_owned());
    }
    let (whole, decimals) = text.split_at(text.find('.').unwrap_or(text.len()));
    let mut groups = whole.split(',');
    let is_led = groups.next().is_some_and(|first| (1..=3).contains(&first.len()));
    let is_grouped = groups.all(|group| group.len() == 3) && !decimals.contains(',');
    (is_led && is_grouped).then(|| whole.replace(',', "") + decimals)
}

/// Refuses every currency but the yuan, by its codes and names.
pub(crate) fn check_currency(text: &str) -> Result<(), Kind> {
    match text {
        CURRENCY | "RMB" | "156" | "人民币" | "人民币元" => Ok(()),
        other => Err(Kind::Currency(shortened(other))),
    }
}

/// A day as `2026-03-01`, `2026/3/1` or `20260301`; a time of day after it is passed over.
pub(crate) fn day(text: &str) -> Result<NaiveDate, Kind> {
    let wrong = || Kind::Date(shortened(text));
    let date = text.split(['T', ' ']).next().unwrap_or_default();
    let mut parts = date.split(['-', '/']);
    let (year, month, day) = match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(year), Some(month), Some(day), None) => (year, month, day),
        (Some(packed), None, None, None) if packed.len() == 8 && packed.is_ascii() => {
            (&packed[..4], &packed[4..6], &packed[6..])
        }
        _ => return Err(wrong()),
    };
    let number = |part: &str, length: std::ops::RangeInclusive<usize>| {
        let is_plain = length.contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        is_plain.then(|| part.parse::<u32>().ok()).flatten()
    };
    let year = number(year, 4..=4).and_then(|year| i32::try_from(year).ok()).ok_or_else(wrong)?;
    let month = number(month, 1..=2).ok_or_else(wrong)?;
    let day = number(day, 1..=2).ok_or_else(wrong)?;
    NaiveDate::from_ymd_opt(year, month, day).ok_or_else(wrong)
}

/// A number of a payment or file.
pub(crate) fn reference(text: &str) -> Result<String, Kind> {
    bounded(text, MAX_REFERENCE)
}

/// The bank's own number of a payment, as it is compared: however it is written, it proves one.
pub(crate) fn bank_reference(text: &str) -> Result<String, Kind> {
    let text = bounded(text, MAX_BANK_REFERENCE)?;
    bounded(half_width(&without_unseen(&text)).trim().to_uppercase().as_str(), MAX_BANK_REFERENCE)
}

fn bounded(text: &str, max: usize) -> Result<String, Kind> {
    match text.chars().count() {
        0 => Err(Kind::Missing),
        length if length > max => Err(Kind::TooLong { max }),
        _ if text.chars().any(char::is_control) => Err(Kind::Control),
        _ => Ok(text.to_owned()),
    }
}

/// The bank's words on one line, with single spaces, cut short where they are no longer a reason.
pub(crate) fn words(text: &str) -> String {
    let text = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    let text = text.collect::<Vec<_>>().join(" ");
    match text.char_indices().nth(MAX_REASON) {
        Some((end, _)) => text[..end].to_owned() + "…",
        None => text,
    }
}

/// As much of a wrong text as helps to find it.
pub(crate) fn shortened(text: &str) -> String {
    words(&text.chars().take(40).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_exact_or_refused() {
        for (text, fen) in [
            ("0.01", 1),
            ("300000", 30_000_000),
            ("300000.5", 30_000_050),
            ("1,234,567.89", 123_456_789),
            ("12,345", 1_234_500),
            ("100.00000", 10_000),
            ("100.10000", 10_010),
            ("90071992547409.93", 9_007_199_254_740_993),
        ] {
            assert_eq!(amount(text), Ok(Fen(fen)), "{text}");
        }
        for text in [
            "",
            "1e3",
            "1,23",
            "1234,567",
            ",123",
            "1,234,56.00",
            "1.23,456",
            "¥1",
            "１００",
            "1.005",
            "+1",
            "∞",
            "1.0é0",
        ] {
            assert!(matches!(amount(text), Err(Kind::Amount { .. })), "{text}");
        }
        for text in ["0", "0.00", "-1", "-1,000.00"] {
            assert!(amount(text).is_err(), "{text}");
        }
    }

    #[test]
    fn days_in_three_forms() {
        let expected = NaiveDate::from_ymd_opt(2026, 3, 1).expect("a day");
        for text in ["2026-03-01", "2026/3/1", "20260301", "2026-03-01T10:00:00+08:00", "2026/03/01 09:12:33"] {
            assert_eq!(day(text), Ok(expected), "{text}");
        }
        for text in
            ["", "2026-02-30", "26-3-1", "2026-3", "2026-3-1-1", "２０２６-03-01", "3/1/2026", "202６0301", "99999999"]
        {
            assert!(day(text).is_err(), "{text}");
        }
    }
}
