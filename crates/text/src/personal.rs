//! What a person is reached, named, found or robbed by: nothing that everyone reads, or that is passed on, may hold one.

use unicode_normalization::UnicodeNormalization;

use crate::address::home_address;

/// The first number of a person or address of a home in a text.
pub fn personal_detail(text: &str) -> Option<String> {
    personal_number(text).or_else(|| home_address(text))
}

/// The first number of a mobile telephone, an identity card or a bank card in a text, in plain digits. Telephones are taken in one run of
/// digits or in groups as they are spoken; the others only where their check digit is right, so that numbers of certificates and firms
/// are seldom meant.
///
/// Sources: 电信网编号计划 (mobile numbers), GB 11643-1999 (identity cards), GB/T 19584-2010 and ISO/IEC 7812-1 (bank cards).
fn personal_number(text: &str) -> Option<String> {
    let text: String = text.nfkc().collect();
    let is_part = |one: char| one.is_ascii_alphanumeric() || matches!(one, '-' | ' ');
    text.split(|one| !is_part(one)).find_map(|part| in_words(part).or_else(|| in_groups(part)))
}

/// One in a run of letters and digits.
fn in_words(part: &str) -> Option<String> {
    let mut words = part.split(|one: char| !one.is_ascii_alphanumeric());
    words.find_map(|word| {
        let runs = word.split(|one: char| !one.is_ascii_digit());
        let mobile = runs.map(without_country).find(|run| is_mobile(run)).map(str::to_owned);
        mobile.or_else(|| (is_identity_card(word) || is_bank_card(word)).then(|| word.to_owned()))
    })
}

/// A telephone in groups: `139 1234 5678`, `+86-139-1234-5678`.
fn in_groups(part: &str) -> Option<String> {
    let groups: Vec<&str> = part.split(['-', ' ']).filter(|group| !group.is_empty()).collect();
    groups.windows(3).find_map(|three| {
        let is_grouped = three.iter().map(|group| group.len()).eq([3, 4, 4]);
        let run = three.concat();
        (is_grouped && is_mobile(&run)).then_some(run)
    })
}

fn without_country(run: &str) -> &str {
    run.strip_prefix("0086").or_else(|| run.strip_prefix("86")).filter(|rest| rest.len() == 11).unwrap_or(run)
}

fn is_mobile(run: &str) -> bool {
    let digits = run.as_bytes();
    digits.len() == 11 && digits.iter().all(u8::is_ascii_digit) && digits[0] == b'1' && digits[1] >= b'3'
}

fn is_identity_card(word: &str) -> bool {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let letters = word.as_bytes();
    let (Some(number), Some(check)) = (letters.get(..17), letters.get(17)) else { return false };
    if letters.len() != 18 || !number.iter().all(u8::is_ascii_digit) {
        return false;
    }
    let part =
        |from: usize, to: usize| word.get(from..to).and_then(|part| part.parse::<u32>().ok()).unwrap_or_default();
    let is_birthday =
        (1900..2100).contains(&part(6, 10)) && (1..=12).contains(&part(10, 12)) && (1..=31).contains(&part(12, 14));
    let sum: u32 = number.iter().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    is_birthday && b"10X98765432"[sum as usize % 11] == check.to_ascii_uppercase()
}

/// A card of UnionPay, by the digit that Luhn's sum asks for.
fn is_bank_card(word: &str) -> bool {
    let is_long_enough = (16..=19).contains(&word.len()) && word.starts_with("62");
    let doubled = |(place, digit): (usize, u8)| {
        let digit = u32::from(digit - b'0');
        match (place % 2, digit) {
            (1, 5..) => digit * 2 - 9,
            (1, _) => digit * 2,
            _ => digit,
        }
    };
    is_long_enough
        && word.bytes().all(|digit| digit.is_ascii_digit())
        && word.bytes().rev().enumerate().map(doubled).sum::<u32>().is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_people_are_found_however_they_are_written() {
        for (text, number) in [
            ("请联系张晓13912345678", "13912345678"),
            ("电话：１３９１２３４５６７８。", "13912345678"),
            ("139 1234 5678", "13912345678"),
            ("+86-139-1234-5678", "13912345678"),
            ("微信8613912345678同号", "13912345678"),
            ("身份证11010519491231002X", "11010519491231002X"),
            ("11010519491231002x", "11010519491231002x"),
            ("卡号 6222021234567890128", "6222021234567890128"),
        ] {
            let found = personal_number(text);
            assert_eq!(found.as_deref(), Some(number), "{text}");
        }
    }

    #[test]
    fn numbers_of_certificates_firms_and_offices_are_none() {
        for text in [
            "",
            "ZL201710123456.7",
            "201710123456",
            "2018SR1391234",
            "GB/T 19584-2010",
            "91520102MA6D00001C",
            "520102199913320011",
            "南明兑〔2019〕000083号",
            "0851-88880000",
            "GR201752000123",
            "12912345678",
            "139123456789",
            "2019-1391-2345",
            "6222021234567890129",
        ] {
            assert_eq!(personal_number(text), None, "{text}");
        }
    }
}
