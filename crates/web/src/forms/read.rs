//! Amounts, dates and numbers as people type them: full-width digits, separators and units are understood.

use chrono::NaiveDate;
use duixian_money::Fen;
use duixian_text::hundred_millions;

use crate::locale::Text;

/// An amount: `300000`, `300,000.50`, `３０００００元`, `30万`, `30.5万元`, `1.3亿`.
pub fn read_money(text: &str) -> Result<Fen, Text> {
    let plain = hundred_millions(text).unwrap_or_else(|| plain(text));
    let number = plain.trim_start_matches(['¥', '￥']).trim_end_matches("yuan").trim_end_matches('元');
    let (number, is_wan) = match number.strip_suffix('万') {
        Some(number) => (number, true),
        None => (number, false),
    };
    let number = without_separators(number).ok_or_else(not_money)?;
    let number = if is_wan { times_ten_thousand(&number).ok_or_else(not_money)? } else { number };
    Fen::parse_yuan(&number).map_err(|error| match error {
        duixian_money::ParseFenError::NotPlainDigits => not_money(),
        duixian_money::ParseFenError::TooManyDecimals => {
            Text::new("金额最多写到分，即两位小数。", "An amount has at most two decimals.")
        }
        duixian_money::ParseFenError::TooLarge => {
            Text::new("金额太大，请检查是不是多写了零。", "This amount is too large; are there too many zeros?")
        }
    })
}

/// The years that a day may lie in.
const YEARS: std::ops::RangeInclusive<u32> = 1900..=2999;

/// A day: `2017-05-03`, `2017/5/3`, `2017.5.3`, `2017年5月3日`, `20170503`.
pub fn read_date(text: &str) -> Result<NaiveDate, Text> {
    let plain = plain(text);
    let wrong =
        || Text::new("请写完整的日期，例如 2017年5月3日 或 2017-05-03。", "Give a whole date, such as 2017-05-03.");
    let parts: Vec<&str> = if plain.len() == 8 && plain.bytes().all(|byte| byte.is_ascii_digit()) {
        vec![&plain[..4], &plain[4..6], &plain[6..]]
    } else {
        plain.trim_end_matches('日').split(['-', '/', '.', '年', '月']).collect()
    };
    let [year, month, day] = parts[..] else { return Err(wrong()) };
    let number = |part: &str| {
        part.parse::<u32>().ok().filter(|_| part.len() <= 4 && part.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let (Some(year), Some(month), Some(day)) = (number(year), number(month), number(day)) else { return Err(wrong()) };
    // Years with fewer digits are typing mistakes, not antiquity.
    if !YEARS.contains(&year) {
        let (first, last) = (YEARS.start(), YEARS.end());
        return Err(Text::new(
            format!("年份应在{first}年至{last}年之间，写成四位，例如 2017-05-03。"),
            format!("The year must be between {first} and {last}, in four digits, as in 2017-05-03."),
        ));
    }
    NaiveDate::from_ymd_opt(year as i32, month, day).ok_or_else(|| {
        Text::new(
            format!("{year}年{month}月{day}日不是日历上的日期，请核对。"),
            format!("There is no {year:04}-{month:02}-{day:02} in the calendar; check the day."),
        )
    })
}

/// A whole number: `1200`, `1,200`, `１２００`.
pub fn read_whole(text: &str) -> Result<i64, Text> {
    let plain = plain(text);
    without_separators(&plain)
        .and_then(|digits| digits.parse().ok())
        .ok_or_else(|| Text::new("请只写整数，例如 120。", "Write a whole number in digits, such as 120."))
}

fn not_money() -> Text {
    Text::new(
        "请写数字金额，单位是元，例如 300000、30万 或 1.3亿。",
        "Write an amount in yuan in digits, such as 300000.",
    )
}

/// Full-width digits and punctuation as ASCII, spaces gone.
fn plain(text: &str) -> String {
    text.chars()
        .filter(|character| !character.is_whitespace())
        .map(|character| match character {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(character as u32 - 0xfee0).unwrap_or(character),
            '。' => '.',
            '—' | '−' => '-',
            other => other,
        })
        .collect()
}

/// Takes commas out where they stand between groups of three digits; `1,2` is not a number.
fn without_separators(number: &str) -> Option<String> {
    if !number.contains(',') {
        return Some(number.to_owned());
    }
    let (whole, decimals) = number.split_once('.').map_or((number, None), |(whole, rest)| (whole, Some(rest)));
    let mut groups = whole.trim_start_matches('-').split(',');
    let first = groups.next()?;
    let is_grouped = (1..=3).contains(&first.len())
        && groups.all(|group| group.len() == 3)
        && !decimals.is_some_and(|rest| rest.contains(','));
    is_grouped.then(|| number.replace(',', ""))
}

/// Moves the decimal point of plain digits four places to the right, exactly.
fn times_ten_thousand(number: &str) -> Option<String> {
    let (whole, decimals) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() || !decimals.bytes().all(|byte| byte.is_ascii_digit()) || number.ends_with('.') {
        return None;
    }
    let padded = format!("{decimals:0<4}");
    let (moved, rest) = padded.split_at(4);
    Some(if rest.is_empty() { format!("{whole}{moved}") } else { format!("{whole}{moved}.{rest}") })
}
