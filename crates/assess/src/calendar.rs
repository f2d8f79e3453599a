//! Days and years of the proleptic Gregorian calendar, fast enough to be asked once per row.
//!
//! The algorithm counts in eras of 400 years with the year beginning in March, so that the leap day comes last
//! (H. Hinnant, "chrono-compatible low-level date algorithms").

/// The years that dates are kept within, so that no input can overflow: those of `chrono`, whose calendar the reference
/// interpreter uses.
const YEARS: (i64, i64) = (-262_143, 262_142);
/// Their first and last day.
const DAYS: (i64, i64) = (-96_465_292, 95_026_236);
/// Days in 400 years.
const ERA: i64 = 146_097;
/// Days from 1 March of the year 0 to 1970-01-01.
const EPOCH: i64 = 719_468;

/// Year, month (1–12) and day (1–31) of a date in days since 1970-01-01.
pub fn date_of(days: i64) -> (i64, i64, i64) {
    let days = days.clamp(DAYS.0, DAYS.1) + EPOCH;
    let (era, day_of_era) = (days.div_euclid(ERA), days.rem_euclid(ERA));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

/// The calendar year of a date in days since 1970-01-01.
pub fn year_of(days: i64) -> i64 {
    date_of(days).0
}

/// Days since 1970-01-01 of a date. A date beyond the calendar's ends is that end.
pub fn day_number(year: i64, month: i64, day: i64) -> i64 {
    if year < YEARS.0 {
        return DAYS.0;
    } else if year > YEARS.1 {
        return DAYS.1;
    }
    let year = year - i64::from(month <= 2);
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let march_month = if month > 2 { month - 3 } else { month + 9 };
    let day_of_year = (153 * march_month + 2) / 5 + day - 1;
    era * ERA + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - EPOCH
}

/// Whole years elapsed from one date to another, both in days since 1970-01-01: negative as soon as the second lies before
/// the first; a birthday counts as reached on the day, one of 29 February on 1 March.
pub fn years_between(from: i64, to: i64) -> i64 {
    let (from, to) = (date_of(from), date_of(to));
    to.0 - from.0 - i64::from((to.1, to.2) < (from.1, from.2))
}

/// `YYYY-MM-DD`.
pub fn iso_date(days: i64) -> String {
    let (year, month, day) = date_of(days);
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{Datelike, Days, NaiveDate};

    #[test]
    fn agrees_with_chrono_on_every_day_of_a_millennium() {
        let first = NaiveDate::from_ymd_opt(1600, 1, 1).unwrap();
        let epoch = NaiveDate::from_ymd_opt(1970, 1, 1).unwrap();
        for offset in 0..365_250 {
            let date = first + Days::new(offset);
            let days = (date - epoch).num_days();
            let expected = (i64::from(date.year()), i64::from(date.month()), i64::from(date.day()));
            assert_eq!(date_of(days), expected);
            assert_eq!(day_number(expected.0, expected.1, expected.2), days);
        }
        assert_eq!(iso_date(day_number(2017, 5, 3)), "2017-05-03");
    }

    #[test]
    fn birthdays_count_on_the_day() {
        let years = |from: (i64, i64, i64), to: (i64, i64, i64)| {
            years_between(day_number(from.0, from.1, from.2), day_number(to.0, to.1, to.2))
        };
        assert_eq!(years((2000, 5, 3), (2017, 5, 2)), 16);
        assert_eq!(years((2000, 5, 3), (2017, 5, 3)), 17);
        assert_eq!(years((2016, 2, 29), (2017, 2, 28)), 0);
        assert_eq!(years((2016, 2, 29), (2017, 3, 1)), 1);
        assert_eq!(years((2017, 5, 3), (2017, 5, 2)), -1);
    }

    #[test]
    fn the_ends_are_those_of_chrono() {
        let epoch = NaiveDate::from_ymd_opt(1970, 1, 1).unwrap();
        let days = [NaiveDate::MIN, NaiveDate::MAX].map(|end| (end - epoch).num_days());
        assert_eq!(days, [DAYS.0, DAYS.1]);
        assert_eq!([NaiveDate::MIN, NaiveDate::MAX].map(|end| i64::from(end.year())), [YEARS.0, YEARS.1]);
        assert_eq!((year_of(i64::MIN), year_of(i64::MAX)), YEARS);
        assert_eq!((day_number(i64::MIN, 1, 1), day_number(i64::MAX, 12, 31)), DAYS);
        assert_eq!((day_number(YEARS.0, 1, 1), day_number(YEARS.1, 12, 31)), DAYS);
    }
}
