//! From the text of a cell to a value of its column's type.

use chrono::{Datelike, NaiveDate};
use duixian_money::{Fen, ParseFenError};
use duixian_rules::vocabulary::{ColumnType, WordList};

use crate::report::RowErrorKind;

/// `1970-01-01` as chrono counts days.
const EPOCH: i32 = 719_163;

/// A cell's text without the white space around it, the full-width space U+3000 included.
pub(crate) fn trim(text: &str) -> &str {
    match text.as_bytes() {
        // Most cells begin and end with a printable ASCII byte; they need no look at Unicode's tables.
        [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => text,
        _ => text.trim(),
    }
}

/// Money in fen; percent and decimals in parts per million; counts.
pub(crate) fn number(ty: ColumnType, text: &str) -> Result<i64, RowErrorKind> {
    match ty {
        ColumnType::Money => Fen::parse_yuan(text).map(|fen| fen.0).map_err(|error| match error {
            ParseFenError::NotPlainDigits => RowErrorKind::NotMoney,
            ParseFenError::TooManyDecimals => RowErrorKind::TooManyDecimals { most: 2 },
            ParseFenError::TooLarge => RowErrorKind::TooLarge,
        }),
        // One percent is 10,000 parts per million, so four decimals of a percent are exact.
        ColumnType::Percent => fixed_point(text.strip_suffix('%').unwrap_or(text).trim_end(), 4),
        ColumnType::Decimal => fixed_point(text, 6),
        _ => count(text),
    }
}

/// A plain decimal number with at most `decimals` decimals, in units of its last place.
fn fixed_point(text: &str, decimals: usize) -> Result<i64, RowErrorKind> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if !is_digits(whole) || (digits.contains('.') && !is_digits(fraction)) {
        return Err(RowErrorKind::NotDecimal);
    }
    if fraction.len() > decimals {
        return Err(RowErrorKind::TooManyDecimals { most: decimals as u8 });
    }
    let padding = std::iter::repeat_n(b'0', decimals - fraction.len());
    let value = whole_number(whole.bytes().chain(fraction.bytes()).chain(padding))?;
    Ok(if negative { -value } else { value })
}

/// A whole number, zero or more.
fn count(text: &str) -> Result<i64, RowErrorKind> {
    if is_digits(text) {
        whole_number(text.bytes())
    } else if text.strip_prefix('-').is_some_and(is_digits) {
        Err(RowErrorKind::Negative)
    } else {
        Err(RowErrorKind::NotCount)
    }
}

fn whole_number(digits: impl Iterator<Item = u8>) -> Result<i64, RowErrorKind> {
    let mut value: i64 = 0;
    for digit in digits {
        // The limit leaves evaluators room to add and multiply by ten without overflow.
        value = value * 10 + i64::from(digit - b'0');
        if value > Fen::MAX.0 {
            return Err(RowErrorKind::TooLarge);
        }
    }
    Ok(value)
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A calendar day `YYYY-MM-DD` as days since 1970-01-01, or a year as itself.
pub(crate) fn date_or_year(ty: ColumnType, text: &str) -> Result<i32, RowErrorKind> {
    if ty == ColumnType::Year { year(text) } else { date(text) }
}

fn year(text: &str) -> Result<i32, RowErrorKind> {
    match count(text) {
        Ok(year) => check_year(year),
        Err(RowErrorKind::Negative) => Err(RowErrorKind::Negative),
        Err(_) => Err(RowErrorKind::NotYear),
    }
}

/// A year that came as a number.
pub(crate) fn check_year(year: i64) -> Result<i32, RowErrorKind> {
    match year {
        ..0 => Err(RowErrorKind::Negative),
        0..=9999 => Ok(year as i32),
        _ => Err(RowErrorKind::NotYear),
    }
}

fn date(text: &str) -> Result<i32, RowErrorKind> {
    let bytes: &[u8; 10] = text.as_bytes().try_into().map_err(|_| RowErrorKind::NotDate)?;
    let digits = |range: std::ops::Range<usize>| {
        bytes[range]
            .iter()
            .try_fold(0u32, |value, byte| byte.is_ascii_digit().then(|| value * 10 + u32::from(byte - b'0')))
    };
    let (Some(year), b'-', Some(month), b'-', Some(day)) =
        (digits(0..4), bytes[4], digits(5..7), bytes[7], digits(8..10))
    else {
        return Err(RowErrorKind::NotDate);
    };
    let date = NaiveDate::from_ymd_opt(year as i32, month, day).ok_or(RowErrorKind::NotDate)?;
    check_date(date.num_days_from_ce() - EPOCH)
}

/// Days since 1970-01-01 that came as a number: years 1 to 9999 are taken.
pub(crate) fn check_date(days: i32) -> Result<i32, RowErrorKind> {
    const FIRST: i32 = 1 - EPOCH;
    const LAST: i32 = 3_652_059 - EPOCH;
    if (FIRST..=LAST).contains(&days) { Ok(days) } else { Err(RowErrorKind::NotDate) }
}

/// `YYYY-MM-DD` of days since 1970-01-01.
pub(crate) fn date_text(days: i32) -> String {
    match NaiveDate::from_num_days_from_ce_opt(days.saturating_add(EPOCH)) {
        Some(date) => date.format("%Y-%m-%d").to_string(),
        None => days.to_string(),
    }
}

/// 0 or 1.
pub(crate) fn boolean(text: &str) -> Result<u8, RowErrorKind> {
    match text {
        "true" => Ok(1),
        "false" => Ok(0),
        _ => Err(RowErrorKind::NotBool),
    }
}

/// The index of a word in its list, by its English name: the tables' contract knows no other.
pub(crate) fn word(list: &std::sync::Arc<WordList>, text: &str) -> Result<u8, RowErrorKind> {
    // A list has at most 250 words (its contract), and a handful in life: a scan beats a hash.
    let index = list.words.iter().position(|word| word.en == text);
    index.map(|index| index as u8).ok_or_else(|| RowErrorKind::NotWord(list.clone()))
}

/// Two to four digits as nibbles from the left, `F` after the last; a section letter A–T before them is dropped.
pub(crate) fn industry(text: &str) -> Result<u16, RowErrorKind> {
    let digits = text.strip_prefix(|letter| matches!(letter, 'A'..='T')).unwrap_or(text);
    if !(2..=4).contains(&digits.len()) || !is_digits(digits) {
        return Err(RowErrorKind::NotIndustry);
    }
    let code = digits.bytes().fold(0u16, |code, digit| code << 4 | u16::from(digit - b'0'));
    let missing = 4 * (4 - digits.len());
    Ok(code << missing | ((1u16 << missing) - 1))
}

/// Six digits as a number.
pub(crate) fn division(text: &str) -> Result<u32, RowErrorKind> {
    if text.len() != 6 || !is_digits(text) {
        return Err(RowErrorKind::NotDivision);
    }
    Ok(text.bytes().fold(0, |code, digit| code * 10 + u32::from(digit - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trims_the_full_width_space_too() {
        assert_eq!(trim("\u{3000} 甲\t\u{3000}"), "甲");
        assert_eq!(trim(" \u{3000}"), "");
        assert_eq!(trim("a b"), "a b");
    }

    #[test]
    fn reads_days_of_the_calendar_and_no_others() {
        assert_eq!(date("1970-01-01"), Ok(0));
        assert_eq!(date("2016-02-29"), Ok(16_860));
        assert_eq!(date_text(16_860), "2016-02-29");
        assert!(date("0001-01-01").is_ok() && date("9999-12-31").is_ok());
        for text in ["2017-02-29", "0000-01-01", "2017-1-01", "2017/01/01", "20170101", "2017-01-01 ", "２０１７"] {
            assert_eq!(date(text), Err(RowErrorKind::NotDate), "{text}");
        }
        assert_eq!(check_date(i32::MAX), Err(RowErrorKind::NotDate));
    }

    #[test]
    fn reads_numbers_exactly() {
        assert_eq!(number(ColumnType::Percent, "2.12%"), Ok(21_200));
        assert_eq!(number(ColumnType::Percent, "2.12"), Ok(21_200));
        assert_eq!(number(ColumnType::Decimal, "-0.000001"), Ok(-1));
        assert_eq!(number(ColumnType::Decimal, "1."), Err(RowErrorKind::NotDecimal));
        assert_eq!(number(ColumnType::Decimal, "0.0000001"), Err(RowErrorKind::TooManyDecimals { most: 6 }));
        assert_eq!(number(ColumnType::Count, "-3"), Err(RowErrorKind::Negative));
        assert_eq!(number(ColumnType::Count, "3.0"), Err(RowErrorKind::NotCount));
        assert_eq!(number(ColumnType::Count, "99999999999999999999"), Err(RowErrorKind::TooLarge));
        assert_eq!(number(ColumnType::Money, "1e5"), Err(RowErrorKind::NotMoney));
        assert_eq!(date_or_year(ColumnType::Year, "2017"), Ok(2017));
        assert_eq!(date_or_year(ColumnType::Year, "20170"), Err(RowErrorKind::NotYear));
    }

    #[test]
    fn packs_industry_and_division_codes() {
        assert_eq!(industry("51"), Ok(0x51FF));
        assert_eq!(industry("F5131"), Ok(0x5131));
        assert_eq!(industry("T011"), Ok(0x011F));
        for text in ["5", "F5", "U51", "51311", "f51", "5A"] {
            assert_eq!(industry(text), Err(RowErrorKind::NotIndustry), "{text}");
        }
        assert_eq!(division("052010"), Ok(52_010));
        assert_eq!(division("52010"), Err(RowErrorKind::NotDivision));
    }
}
