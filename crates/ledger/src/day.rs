//! Calendar days in China, which is eight hours ahead of UTC all year.

use chrono::{Duration, NaiveDate};

const DAY_MS: i64 = 86_400_000;
const AHEAD_MS: i64 = 8 * 3_600_000;

/// The day in China at an instant in Unix milliseconds. Instants outside the calendar count as its first or last day.
pub fn china_day(at: i64) -> NaiveDate {
    let days = at.saturating_add(AHEAD_MS).div_euclid(DAY_MS);
    let beyond = if days < 0 { NaiveDate::MIN } else { NaiveDate::MAX };
    Duration::try_days(days).and_then(|days| NaiveDate::default().checked_add_signed(days)).unwrap_or(beyond)
}

/// The first instant of a day in China, in Unix milliseconds.
pub fn start_of_china_day(day: NaiveDate) -> i64 {
    // The calendar spans some 2·10^8 days, so the product stays below 2·10^16.
    (day - NaiveDate::default()).num_days() * DAY_MS - AHEAD_MS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_in_china_begins_at_four_in_the_afternoon_utc() {
        let new_year = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap();
        let start = start_of_china_day(new_year);
        assert_eq!(start, 1_767_196_800_000, "2025-12-31T16:00:00Z");
        assert_eq!(china_day(start), new_year);
        assert_eq!(china_day(start - 1), new_year.pred_opt().unwrap());
        assert_eq!(china_day(0), NaiveDate::from_ymd_opt(1970, 1, 1).unwrap());
    }

    #[test]
    fn instants_beyond_the_calendar_do_not_panic() {
        assert_eq!(china_day(i64::MAX), NaiveDate::MAX);
        assert_eq!(china_day(i64::MIN), NaiveDate::MIN);
        assert_eq!(china_day(start_of_china_day(NaiveDate::MAX)), NaiveDate::MAX);
        assert_eq!(china_day(start_of_china_day(NaiveDate::MIN)), NaiveDate::MIN);
    }
}
