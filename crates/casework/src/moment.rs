//! A point in time, as casework records it.

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use serde::{Deserialize, Serialize};

/// Milliseconds since 1970-01-01T00:00Z. The crate reads no clock: whoever calls says when it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Moment(pub i64);

/// China keeps one time throughout, eight hours ahead of UTC, without summer time since 1991.
const BEIJING_SECONDS: i32 = 8 * 3600;

impl Moment {
    /// The beginning of a day in China.
    pub fn start_of(day: NaiveDate) -> Moment {
        let beijing = i64::from(BEIJING_SECONDS) * 1000;
        Moment(day.and_time(NaiveTime::MIN).and_utc().timestamp_millis() - beijing)
    }

    /// A time of day in China.
    pub fn at(day: NaiveDate, hour: u32, minute: u32) -> Moment {
        Moment(Moment::start_of(day).0 + i64::from(hour * 60 + minute) * 60_000)
    }

    /// The calendar day in China.
    pub fn day(self) -> NaiveDate {
        self.local().date()
    }

    /// The calendar year in China.
    pub fn year(self) -> i32 {
        self.day().year()
    }

    /// Day and time of day in China.
    pub fn local(self) -> NaiveDateTime {
        // A moment beyond chrono's quarter of a million years is a corrupt record; the epoch says so plainly.
        let utc = DateTime::from_timestamp_millis(self.0).unwrap_or_default();
        FixedOffset::east_opt(BEIJING_SECONDS)
            .map_or(utc.naive_utc(), |beijing| utc.with_timezone(&beijing).naive_local())
    }

    /// This much later.
    pub fn plus(self, delta: TimeDelta) -> Moment {
        Moment(self.0.saturating_add(delta.num_milliseconds()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_midnight_in_china() {
        let day = NaiveDate::from_ymd_opt(2019, 1, 1).expect("a day");
        assert_eq!(Moment::start_of(day).0, 1_546_272_000_000);
        assert_eq!(Moment(Moment::start_of(day).0 - 1).day(), day.pred_opt().expect("a day"));
        assert_eq!(Moment::at(day, 9, 30).local().to_string(), "2019-01-01 09:30:00");
    }
}
