//! Numbers, amounts and dates as people read them.

use std::borrow::Borrow;

use chrono::{Datelike, NaiveDate, NaiveDateTime, Weekday};
use duixian_casework::calendar::day_text;
use duixian_money::Fen;

use crate::locale::Lang;

/// `2017年5月3日`, in English `3 May 2017`.
pub fn date(lang: Lang, date: impl Borrow<NaiveDate>) -> String {
    day_text(*date.borrow(), lang)
}

/// A date with its day of the week, for deadlines: `2017年5月3日（周三）`.
pub fn date_with_weekday(lang: Lang, day: NaiveDate) -> String {
    let (zh, en) = match day.weekday() {
        Weekday::Mon => ("周一", "Mon"),
        Weekday::Tue => ("周二", "Tue"),
        Weekday::Wed => ("周三", "Wed"),
        Weekday::Thu => ("周四", "Thu"),
        Weekday::Fri => ("周五", "Fri"),
        Weekday::Sat => ("周六", "Sat"),
        Weekday::Sun => ("周日", "Sun"),
    };
    match lang {
        Lang::Zh => format!("{}（{zh}）", date(lang, day)),
        Lang::En => format!("{en}, {}", date(lang, day)),
    }
}

/// A date with hours and minutes: `2017年5月3日 14:05`.
pub fn moment(lang: Lang, moment: impl Borrow<NaiveDateTime>) -> String {
    let moment = moment.borrow();
    format!("{} {}", date(lang, moment.date()), moment.format("%H:%M"))
}

/// For `datetime` attributes and date fields: `2017-05-03`.
pub fn iso_date(date: impl Borrow<NaiveDate>) -> String {
    date.borrow().format("%Y-%m-%d").to_string()
}

/// `300,000元`, `1,234.56元`, in English `CNY 300,000`: fen are shown where there are any.
pub fn yuan(lang: Lang, amount: Fen) -> String {
    match lang {
        Lang::Zh => format!("{}元", amount.to_grouped_yuan()),
        Lang::En => format!("CNY {}", amount.to_grouped_yuan()),
    }
}

/// `300,000.00`: always to the fen, without a unit, for columns of figures that must line up.
pub fn yuan_exact(amount: impl Borrow<Fen>) -> String {
    let grouped = amount.borrow().to_grouped_yuan();
    if grouped.contains('.') { grouped } else { format!("{grouped}.00") }
}

/// `30.00万元`, in English, which counts in thousands, `CNY 300,000` and `CNY 5.09 million`: to the fen, with as many decimals as that
/// takes, so that what stands beside its parts is their sum. What two decimals show nothing of stands in yuan.
pub fn wan(lang: Lang, amount: Fen) -> String {
    match lang {
        Lang::Zh if is_too_small(amount) => yuan(lang, amount),
        Lang::Zh => format!("{}万元", in_units(amount, 6)),
        Lang::En if is_million(amount) => format!("CNY {} million", in_units(amount, 8)),
        Lang::En => yuan(lang, amount),
    }
}

/// An amount in units of a power of ten fen, exactly: at least two decimals, and none that say nothing.
fn in_units(amount: Fen, power: u32) -> String {
    let (magnitude, unit) = (amount.0.unsigned_abs(), 10_u64.pow(power));
    let (whole, rest) = (magnitude / unit, format!("{:0width$}", magnitude % unit, width = power as usize));
    let decimals = format!("{:0<2}", rest.trim_end_matches('0'));
    let sign = if amount.0 < 0 { "-" } else { "" };
    format!("{sign}{}.{decimals}", count(i64::try_from(whole).unwrap_or(i64::MAX)))
}

/// The same to two decimals, for where the exact amount stands beside it, and for figures that are only looked at.
pub fn about(lang: Lang, amount: Fen) -> String {
    match lang {
        Lang::Zh => format!("{}{}", large(lang, amount), large_unit(lang, amount)),
        Lang::En if is_million(amount) => format!("CNY {} million", millions(amount)),
        Lang::En => yuan(lang, amount),
    }
}

/// A figure that stands large, with its parts beside it, and the exact amount below. In English it is of millions only where nothing
/// is rounded: two decimals of them hide ten thousand yuan, and parts would not add up.
pub fn large(lang: impl Borrow<Lang>, amount: impl Borrow<Fen>) -> String {
    let amount = *amount.borrow();
    match *lang.borrow() {
        Lang::Zh if is_too_small(amount) => yuan_exact(amount),
        Lang::Zh => amount.to_wan_yuan(),
        Lang::En if is_round_million(amount) => millions(amount),
        Lang::En => amount.to_grouped_yuan(),
    }
}

/// Its unit.
pub fn large_unit(lang: impl Borrow<Lang>, amount: impl Borrow<Fen>) -> &'static str {
    let amount = *amount.borrow();
    match *lang.borrow() {
        Lang::Zh if is_too_small(amount) => "元",
        Lang::Zh => "万元",
        Lang::En if is_round_million(amount) => "million yuan",
        Lang::En => "yuan",
    }
}

/// In millions to two decimals: a million is a hundred times ten thousand.
fn millions(amount: Fen) -> String {
    Fen(amount.0 / 100).to_wan_yuan()
}

/// Whether two decimals of millions are all of an amount.
fn is_round_million(amount: Fen) -> bool {
    is_million(amount) && amount.0 % 1_000_000 == 0
}

fn is_million(amount: Fen) -> bool {
    amount.0.unsigned_abs() >= 100_000_000
}

/// Whether two decimals of ten thousand show nothing of an amount.
fn is_too_small(amount: Fen) -> bool {
    amount.0 != 0 && amount.0.unsigned_abs() < 5_000
}

/// A whole number with thousands separators.
pub fn count(number: i64) -> String {
    Fen::yuan(number.clamp(-Fen::MAX.0 / 100, Fen::MAX.0 / 100)).to_grouped_yuan()
}

/// Parts per million as a percentage without needless zeros: `50%`, `12.5%`.
pub fn percent(parts_per_million: i64) -> String {
    let magnitude = parts_per_million.unsigned_abs();
    let sign = if parts_per_million < 0 { "-" } else { "" };
    let decimals = format!("{:04}", magnitude % 10_000);
    match decimals.trim_end_matches('0') {
        "" => format!("{sign}{}%", magnitude / 10_000),
        decimals => format!("{sign}{}.{decimals}%", magnitude / 10_000),
    }
}

/// The size of a file: `1.2 MB`.
pub fn bytes(count: u64) -> String {
    match count {
        0..1_024 => format!("{count} B"),
        1_024..1_048_576 => format!("{} KB", count.div_ceil(1_024)),
        _ => format!("{}.{} MB", count / 1_048_576, count % 1_048_576 * 10 / 1_048_576),
    }
}

/// With a capital at its beginning: English names are written as within a sentence, and stand at the head of pages too.
pub fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_have_no_leading_zeros() {
        let day = NaiveDate::from_ymd_opt(2017, 5, 3).unwrap();
        assert_eq!(date(Lang::Zh, day), "2017年5月3日");
        assert_eq!(date(Lang::En, day), "3 May 2017");
        assert_eq!(date_with_weekday(Lang::Zh, day), "2017年5月3日（周三）");
        assert_eq!(moment(Lang::Zh, day.and_hms_opt(9, 5, 0).unwrap()), "2017年5月3日 09:05");
    }

    #[test]
    fn money_loses_no_fen() {
        assert_eq!(yuan(Lang::Zh, Fen(123_456)), "1,234.56元");
        assert_eq!(yuan(Lang::En, Fen(30_000_000)), "CNY 300,000");
        assert_eq!(yuan_exact(Fen(30_000_000)), "300,000.00");
        assert_eq!(yuan_exact(Fen(-5)), "-0.05");
        assert_eq!(
            [123_456_700, 123_456_789, -5_000_001].map(|fen| wan(Lang::Zh, Fen(fen))),
            ["123.4567万元", "123.456789万元", "-5.000001万元"]
        );
        assert_eq!(about(Lang::Zh, Fen(123_456_700)), "123.46万元");
        let english = [2_201_234, 509_050_000].map(|fen| [about, wan].map(|write| write(Lang::En, Fen(fen))));
        assert_eq!(english, [["CNY 22,012.34", "CNY 22,012.34"], ["CNY 5.09 million", "CNY 5.0905 million"]]);
        assert_eq!(
            (large(Lang::En, Fen(2_201_234)), large_unit(Lang::En, Fen(2_201_234))),
            ("22,012.34".to_owned(), "yuan")
        );
        let english =
            [1_500_000_000, 281_595_533].map(|fen| (large(Lang::En, Fen(fen)), large_unit(Lang::En, Fen(fen))));
        assert_eq!(english, [("15.00".to_owned(), "million yuan"), ("2,815,955.33".to_owned(), "yuan")]);
        assert_eq!([0, 1_000, 5_000].map(|fen| wan(Lang::Zh, Fen(fen))), ["0.00万元", "10元", "0.005万元"]);
        assert_eq!(about(Lang::Zh, Fen(1_000)), "10.00元");
    }

    #[test]
    fn shares_and_sizes() {
        assert_eq!(percent(500_000), "50%");
        assert_eq!(percent(-125_000), "-12.5%");
        assert_eq!(percent(1), "0.0001%");
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(bytes(1_300_000), "1.2 MB");
        assert_eq!(bytes(1_025), "2 KB");
    }
}
