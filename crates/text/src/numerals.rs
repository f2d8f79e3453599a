//! Numbers as people write them beside plain digits: amounts with 亿, and classes and counts in Chinese or Roman numerals.

use unicode_normalization::UnicodeNormalization;

use crate::personal::is_between;

/// An amount that is written with 亿, in plain digits: `1.3亿元` and `1亿3000万` both as 130000000. Digits are moved as text, so that
/// it is exact. None of any other.
pub fn hundred_millions(amount: &str) -> Option<String> {
    let plain: String = amount.nfkc().filter(|one| !one.is_whitespace()).collect();
    let number = plain.trim_start_matches(['¥', '￥']).trim_end_matches('元');
    let (head, tail) = number.split_once('亿')?;
    if tail.is_empty() {
        return moved(head, 8);
    }
    // `1亿3` may be 1.3 of them, or three yuan more: nobody knows.
    let tail = moved(tail.strip_suffix('万')?, 4)?;
    let (whole, decimals) = tail.split_once('.').map_or((tail.as_str(), None), |(whole, rest)| (whole, Some(rest)));
    if !is_digits(head) || whole.len() > 8 {
        return None;
    }
    let decimals = decimals.map(|rest| format!(".{rest}")).unwrap_or_default();
    Some(format!("{head}{whole:0>8}{decimals}"))
}

/// A whole number from 0 to 99 that stands in other numerals than ours, or with what it counts: `三类`, `Ⅲ`, `第3类`, `十二人`. None of
/// any other, plain digits among them.
pub fn whole_number(text: &str) -> Option<String> {
    let plain: String = text.nfkc().filter(|one| !one.is_whitespace()).collect();
    let number = plain.strip_prefix('第').unwrap_or(&plain);
    let number = number.strip_suffix(COUNTED).unwrap_or(number);
    if is_digits(number) {
        return (number != text).then(|| number.to_owned());
    }
    let roman = || ROMAN.iter().position(|roman| roman.eq_ignore_ascii_case(number)).map(|place| place + 1);
    chinese(number).or_else(roman).map(|number| number.to_string())
}

/// What numbers are written with where they count or name something.
const COUNTED: [char; 9] = ['类', '级', '号', '人', '个', '名', '家', '项', '件'];

const ROMAN: [&str; 12] = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"];

fn is_digits(number: &str) -> bool {
    !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// Moves the point of plain digits to the right.
fn moved(number: &str, places: usize) -> Option<String> {
    let (whole, decimals) = number.split_once('.').unwrap_or((number, "0"));
    if !is_digits(whole) || !is_digits(decimals) {
        return None;
    }
    let padded = format!("{decimals:0<places$}");
    let (moved, rest) = padded.split_at(places);
    Some(if rest.is_empty() { format!("{whole}{moved}") } else { format!("{whole}{moved}.{rest}") })
}

/// A text in which runs of Chinese digits that are as long as a telephone's number, or longer, are plain digits: `一三九 一二三四 五六七八`.
pub(crate) fn with_digits(text: &str) -> String {
    const SHORTEST: usize = 11;
    let is_of_run = |one: char| digit(one).is_some() || is_between(one);
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(from) = rest.find(|one| digit(one).is_some()) {
        let (before, run) = rest.split_at(from);
        let (run, after) = run.split_at(run.find(|one| !is_of_run(one)).unwrap_or(run.len()));
        plain.push_str(before);
        match run.chars().filter_map(digit).count() >= SHORTEST {
            true => plain.extend(run.chars().map(|one| digit(one).unwrap_or(one))),
            false => plain.push_str(run),
        }
        rest = after;
    }
    plain.push_str(rest);
    plain
}

/// The digit that a Chinese one stands for, as numbers are read out.
fn digit(one: char) -> Option<char> {
    const DIGITS: [char; 10] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];
    match one {
        '零' | '○' => Some('0'),
        '幺' => Some('1'),
        _ => "〇一二三四五六七八九".chars().zip(DIGITS).find_map(|(chinese, digit)| (chinese == one).then_some(digit)),
    }
}

fn chinese(number: &str) -> Option<usize> {
    let digit = |text: &str| {
        let mut letters = text.chars();
        let place = match letters.next()? {
            '零' | '〇' => 0,
            '两' => 2,
            one => "一二三四五六七八九".chars().position(|digit| digit == one)? + 1,
        };
        letters.next().is_none().then_some(place)
    };
    match number.split_once('十') {
        None => digit(number),
        Some((tens, ones)) => {
            let tens = if tens.is_empty() { 1 } else { digit(tens)? };
            let ones = if ones.is_empty() { 0 } else { digit(ones)? };
            Some(tens * 10 + ones)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_in_hundred_millions_is_exact() {
        for (typed, digits) in [
            ("1.3亿", "130000000"),
            ("１．３ 亿元", "130000000"),
            ("1亿3000万", "130000000"),
            ("¥2亿", "200000000"),
            ("1亿5.5万元", "100055000"),
            ("0.0000000001亿", "000000000.01"),
            ("1.000000000001亿", "100000000.0001"),
        ] {
            assert_eq!(hundred_millions(typed).as_deref(), Some(digits), "{typed}");
        }
        for other in
            ["", "亿", "30万", "130000000", "1亿3", "1.5亿3万", "一亿", "1亿99999万", "-1亿", "1..3亿", "1万亿"]
        {
            assert_eq!(hundred_millions(other), None, "{other:?}");
        }
    }

    #[test]
    fn a_class_is_read_however_it_is_written() {
        for three in ["三", "三类", "Ⅲ", "Ⅲ类", "III", "iii类", "3类", "第三类", "第 3 类", "３"] {
            assert_eq!(whole_number(three).as_deref(), Some("3"), "{three}");
        }
        for (typed, number) in
            [("十", "10"), ("十二人", "12"), ("二十", "20"), ("三十五名", "35"), ("Ⅻ", "12"), ("零", "0")]
        {
            assert_eq!(whole_number(typed).as_deref(), Some(number), "{typed}");
        }
        for other in ["", "类", "3", "1200", "三或四", "十十", "3.5类", "IIII", "-3", "约三类"] {
            assert_eq!(whole_number(other), None, "{other:?}");
        }
    }
}
