//! Working days in China: the week, corrected by the public holidays and the weekend days worked in return.
//!
//! How a period is counted follows the rule of the Civil Code (民法典, articles 201 and 203) and of the Administrative
//! Licensing Law (行政许可法, article 82), restated: the day on which a period begins is not counted, its first day is the
//! one after; a period in working days leaves out holidays and days of rest, and counts make-up working days; it ends with
//! its last day, and a last day that is one of rest gives way to the first working day after it.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;

use chrono::{Datelike, NaiveDate, TimeDelta, Weekday};
use duixian_rules::vocabulary::Lang;
use serde::{Deserialize, Serialize};

/// The days of rest and of work that differ from the week. An administrator edits it; the periods counted with it follow.
///
/// Serialised as the list of its days.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Day>", into = "Vec<Day>")]
pub struct Calendar {
    days: BTreeMap<NaiveDate, (DayKind, String)>,
}

/// One date of the calendar.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Day {
    /// The date.
    pub date: NaiveDate,
    /// What is done on it.
    pub kind: DayKind,
    /// The holiday it belongs to, a make-up working day also: `国庆节`.
    pub name: String,
}

/// What a date of the calendar says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DayKind {
    /// A day of rest by official notice, on a weekday or on a weekend.
    Off,
    /// A day of the weekend that is worked in return for a holiday.
    Work,
}

impl DayKind {
    /// The word in the file.
    pub fn word(self) -> &'static str {
        match self {
            DayKind::Off => "off",
            DayKind::Work => "work",
        }
    }

    /// The word on a page.
    pub fn label(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (DayKind::Off, Lang::Zh) => "放假",
            (DayKind::Off, Lang::En) => "day off",
            (DayKind::Work, Lang::Zh) => "调休上班",
            (DayKind::Work, Lang::En) => "make-up working day",
        }
    }
}

/// The years an entry may lie in: wide enough for any case, narrow enough to catch a slip of the keyboard.
const YEARS: std::ops::RangeInclusive<i32> = 2000..=2100;
/// The longest name, in characters.
const NAME: usize = 40;
/// Errors reported of one file; a file of another kind has one on every line.
const MOST_ERRORS: usize = 50;
/// The headings, in this order.
const HEADINGS: &str = "date,kind,name";
/// The same as an official writes them.
const HEADINGS_ZH: &str = "日期,类别,名称";
/// The statutory festivals by the word their names have in common. Every yearly notice rules on each.
const FESTIVALS: [&str; 7] = ["元旦", "春节", "清明", "劳动", "端午", "中秋", "国庆"];
/// From this day of December on, the notice for the next year may say otherwise: those of 2007, 2019 and 2023 did.
const RULED_BY_NEXT_YEAR: u32 = 25;

impl Calendar {
    /// The calendar that ships with duixian: 2013 to 2026.
    pub fn shipped() -> Calendar {
        Calendar::parse(include_str!("../data/holidays.csv")).expect("the shipped file is read by the tests")
    }

    /// Reads a calendar from CSV with the columns `date,kind,name` (`日期,类别,名称`): a date as `2026-10-01`, `off` (`放假`) or
    /// `work` (`调休上班`), the name of the
    /// holiday. Empty lines and lines that begin with `#` are passed over. All errors are told at once, fifty at most.
    pub fn parse(text: &str) -> Result<Calendar, Vec<CalendarError>> {
        let mut calendar = Calendar::default();
        let mut errors = Vec::new();
        let mut has_headings = false;
        for (index, line) in text.strip_prefix('\u{feff}').unwrap_or(text).lines().enumerate() {
            let row = line.trim();
            if row.is_empty() || row.starts_with('#') {
                continue;
            }
            let read = if has_headings { read_row(row) } else { read_headings(row).map(|()| None) };
            has_headings = true;
            let added = read.and_then(|day| match day {
                Some(day) if calendar.days.contains_key(&day.date) => Err(CalendarErrorKind::Repeated(day.date)),
                Some(day) => calendar.set(day.date, day.kind, &day.name).map(|_| ()).map_err(|error| error.kind),
                None => Ok(()),
            });
            if let Err(kind) = added {
                let is_hopeless = kind == CalendarErrorKind::Headings;
                errors.push(CalendarError { line: Some(index + 1), kind });
                if is_hopeless || errors.len() == MOST_ERRORS {
                    break;
                }
            }
        }
        if !has_headings {
            errors.push(CalendarError { line: None, kind: CalendarErrorKind::Headings });
        }
        if errors.is_empty() { Ok(calendar) } else { Err(errors) }
    }

    /// The calendar as the file that [`Calendar::parse`] reads.
    pub fn to_csv(&self) -> String {
        let rows = self.days.iter().map(|(date, (kind, name))| format!("{date},{},{name}\n", kind.word()));
        std::iter::once(format!("{HEADINGS}\n")).chain(rows).collect()
    }

    /// Whether people work on this day.
    pub fn is_working_day(&self, date: NaiveDate) -> bool {
        match self.days.get(&date) {
            Some((kind, _)) => *kind == DayKind::Work,
            None => !is_weekend(date),
        }
    }

    /// The last day of a period of `n` working days that begins on `from`: the `n`-th working day after it. A period of no
    /// days ends where it begins. A period that would outlast the calendar of `chrono` ends with it.
    pub fn add_working_days(&self, from: NaiveDate, n: u32) -> NaiveDate {
        let mut last = from;
        loop {
            // As many days later there are at most as many more working days, so a step never goes too far; and the last
            // step, which finds all it lacks, went over working days alone.
            let lacking = i64::from(n) - self.working_days_between(from, last);
            if lacking == 0 {
                return last;
            }
            match last.checked_add_signed(TimeDelta::days(lacking)) {
                Some(later) => last = later,
                None => return NaiveDate::MAX,
            }
        }
    }

    /// When a period that runs on `today`, began on the day `begun` and ends on `end` by this calendar, ends by one that takes its place:
    /// it keeps the working days that it had left, and ends on a working day if it did. Today is one of these, but for a period that
    /// began today: the day on which one begins does not count. It never ends earlier; one that is over stays so.
    pub fn kept_end(&self, after: &Calendar, today: NaiveDate, begun: NaiveDate, end: NaiveDate) -> NaiveDate {
        let Some(yesterday) = today.pred_opt().filter(|_| today <= end) else { return end };
        let gone = yesterday.max(begun.min(today));
        let left = u32::try_from(self.working_days_between(gone, end)).unwrap_or(0);
        let kept = after.add_working_days(gone, left).max(end);
        if self.is_working_day(end) { after.working_day_on_or_after(kept) } else { kept }
    }

    /// The latest working day before `day` since which at least `n` working days have gone by: where a deadline lies that is so
    /// late on `day`.
    pub fn late_by(&self, day: NaiveDate, n: u32) -> NaiveDate {
        // So many days earlier at most as many working days have gone by, so that no later day will do.
        let mut due = day.checked_sub_signed(TimeDelta::days(i64::from(n.max(1))));
        while let Some(earlier) = due {
            if self.is_working_day(earlier) && self.working_days_between(earlier, day) >= i64::from(n) {
                return earlier;
            }
            due = earlier.pred_opt();
        }
        NaiveDate::MIN
    }

    /// The working days after `from` up to and including `to`; negative where `to` lies before `from`, so that the two
    /// directions cancel out.
    pub fn working_days_between(&self, from: NaiveDate, to: NaiveDate) -> i64 {
        if to < from {
            return -self.working_days_between(to, from);
        }
        let Some(first) = from.succ_opt().filter(|first| *first <= to) else { return 0 };
        let corrections: i64 = self
            .days
            .range(first..=to)
            .map(|(date, (kind, _))| match kind {
                DayKind::Work => 1,
                DayKind::Off => -i64::from(!is_weekend(*date)),
            })
            .sum();
        weekdays_until(to) - weekdays_until(from) + corrections
    }

    /// The day itself where it is worked, otherwise the next one that is: where a period in calendar days ends.
    pub fn working_day_on_or_after(&self, date: NaiveDate) -> NaiveDate {
        if self.is_working_day(date) { date } else { self.add_working_days(date, 1) }
    }

    /// Whether a year's official notice has been entered: each of the seven statutory festivals has a day off in it. Other
    /// years are counted by the week alone.
    pub fn covers(&self, year: i32) -> bool {
        self.missing_festivals(year).is_empty()
    }

    /// The statutory festivals without a day off in a year: what an administrator has yet to enter.
    pub fn missing_festivals(&self, year: i32) -> Vec<&'static str> {
        let names: Vec<&str> = self
            .in_year(year)
            .filter(|(_, (kind, _))| *kind == DayKind::Off)
            .map(|(_, (_, name))| name.as_str())
            .collect();
        FESTIVALS.into_iter().filter(|festival| !names.iter().any(|name| name.contains(festival))).collect()
    }

    /// Whether a date rests on a published notice, or only on the week. The last days of December wait for the next year's
    /// notice too. A deadline that is not certain is shown as such.
    pub fn is_certain(&self, date: NaiveDate) -> bool {
        let waits = date.month() == 12 && date.day() >= RULED_BY_NEXT_YEAR;
        self.covers(date.year()) && (!waits || self.covers(date.year() + 1))
    }

    /// The years that are covered, in order.
    pub fn covered_years(&self) -> Vec<i32> {
        let mut years: Vec<i32> = self.days.keys().map(|date| date.year()).collect();
        years.dedup();
        years.retain(|year| self.covers(*year));
        years
    }

    /// What is entered for a date.
    pub fn get(&self, date: NaiveDate) -> Option<(DayKind, &str)> {
        self.days.get(&date).map(|(kind, name)| (*kind, name.as_str()))
    }

    /// The days of a year that are entered, in order.
    pub fn days_of(&self, year: i32) -> Vec<Day> {
        self.in_year(year).map(|(date, (kind, name))| Day { date: *date, kind: *kind, name: name.clone() }).collect()
    }

    /// Enters a day, in place of what stood there, which is returned.
    pub fn set(&mut self, date: NaiveDate, kind: DayKind, name: &str) -> Result<Option<Day>, CalendarError> {
        let name = name.trim();
        check(date, kind, name).map_err(|kind| CalendarError { line: None, kind })?;
        Ok(match self.days.entry(date) {
            Entry::Occupied(mut entry) => {
                let (kind, name) = entry.insert((kind, name.to_owned()));
                Some(Day { date, kind, name })
            }
            Entry::Vacant(entry) => {
                entry.insert((kind, name.to_owned()));
                None
            }
        })
    }

    /// Takes a day out: it follows the week again. What stood there is returned.
    pub fn remove(&mut self, date: NaiveDate) -> Option<Day> {
        self.days.remove(&date).map(|(kind, name)| Day { date, kind, name })
    }

    fn in_year(&self, year: i32) -> impl Iterator<Item = (&NaiveDate, &(DayKind, String))> {
        self.days
            .iter()
            .skip_while(move |(date, _)| date.year() < year)
            .take_while(move |(date, _)| date.year() == year)
    }
}

impl TryFrom<Vec<Day>> for Calendar {
    type Error = CalendarError;

    fn try_from(days: Vec<Day>) -> Result<Calendar, CalendarError> {
        let mut calendar = Calendar::default();
        for day in days {
            if calendar.set(day.date, day.kind, &day.name)?.is_some() {
                return Err(CalendarError { line: None, kind: CalendarErrorKind::Repeated(day.date) });
            }
        }
        Ok(calendar)
    }
}

impl From<Calendar> for Vec<Day> {
    fn from(calendar: Calendar) -> Vec<Day> {
        calendar.days.into_iter().map(|(date, (kind, name))| Day { date, kind, name }).collect()
    }
}

/// A day in words: `2017年5月3日`, `3 May 2017`.
pub fn day_text(day: NaiveDate, lang: Lang) -> String {
    match lang {
        Lang::Zh => format!("{}年{}月{}日", day.year(), day.month(), day.day()),
        Lang::En => format!("{} {} {}", day.day(), month_in_english(day.month()), day.year()),
    }
}

fn month_in_english(month: u32) -> &'static str {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    MONTHS[(month as usize - 1) % 12]
}

fn is_weekend(date: NaiveDate) -> bool {
    matches!(date.weekday(), Weekday::Sat | Weekday::Sun)
}

/// Mondays to Fridays up to and including a date, counted from a Monday (1 January of the year 1).
fn weekdays_until(date: NaiveDate) -> i64 {
    let days = i64::from(date.num_days_from_ce());
    days.div_euclid(7) * 5 + days.rem_euclid(7).min(5)
}

fn read_headings(row: &str) -> Result<(), CalendarErrorKind> {
    let found = row.split(',').map(str::trim);
    let is_one_of = |headings: &str| found.clone().eq(headings.split(','));
    if is_one_of(HEADINGS) || is_one_of(HEADINGS_ZH) { Ok(()) } else { Err(CalendarErrorKind::Headings) }
}

fn read_row(row: &str) -> Result<Option<Day>, CalendarErrorKind> {
    let fields: Vec<&str> = row.split(',').map(str::trim).collect();
    let [date, kind, name] = fields[..] else { return Err(CalendarErrorKind::Fields(fields.len())) };
    // `chrono` reads `2026-1-1` and `+2026-01-01` as well: a file that has both forms of a date is hard to search.
    let date = NaiveDate::parse_from_str(date, "%Y-%m-%d")
        .ok()
        .filter(|read| read.to_string() == date)
        .ok_or_else(|| CalendarErrorKind::Date(shortened(date)))?;
    let kind = match kind {
        "off" | "放假" => DayKind::Off,
        "work" | "调休上班" => DayKind::Work,
        other => return Err(CalendarErrorKind::Kind(shortened(other))),
    };
    Ok(Some(Day { date, kind, name: name.to_owned() }))
}

fn check(date: NaiveDate, kind: DayKind, name: &str) -> Result<(), CalendarErrorKind> {
    if !YEARS.contains(&date.year()) {
        return Err(CalendarErrorKind::Year(date));
    }
    if kind == DayKind::Work && !is_weekend(date) {
        return Err(CalendarErrorKind::WorkOnWeekday(date));
    }
    // A name that a spreadsheet would take for a formula, or that would tear the row apart, is no holiday's.
    let is_sound = name.chars().all(|c| !c.is_control() && c != ',' && c != '"');
    if name.is_empty() || name.chars().count() > NAME || !is_sound || name.starts_with(['=', '+', '-', '@', '#', '\''])
    {
        return Err(CalendarErrorKind::Name(shortened(name)));
    }
    Ok(())
}

/// As much of a wrong text as helps to find it.
fn shortened(text: &str) -> String {
    text.chars().take(30).collect()
}

/// What is wrong with a calendar, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarError {
    /// The line of the file, from 1; none where the day came from a form, or the whole file is meant.
    pub line: Option<usize>,
    /// What is wrong.
    pub kind: CalendarErrorKind,
}

/// What can be wrong with a calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CalendarErrorKind {
    /// The first line is not `date,kind,name`.
    Headings,
    /// A row of another number of fields than three.
    Fields(usize),
    /// Not a date of the form `2026-10-01`.
    Date(String),
    /// Neither `off` nor `work`.
    Kind(String),
    /// No name, one that is too long, or one with characters that a name does not have.
    Name(String),
    /// A year before 2000 or after 2100.
    Year(NaiveDate),
    /// A make-up working day from Monday to Friday, which says nothing.
    WorkOnWeekday(NaiveDate),
    /// A date that stands there twice.
    Repeated(NaiveDate),
}

impl CalendarError {
    /// What is wrong, where, and what to do.
    pub fn message(&self, lang: Lang) -> String {
        use CalendarErrorKind as K;
        let (zh, en) = match &self.kind {
            K::Headings => (
                format!("缺少表头；请以“{HEADINGS_ZH}”作为第一行"),
                format!("the headings are missing; begin with the line \"{HEADINGS}\""),
            ),
            K::Fields(found) => (
                format!("应有 3 个字段，实有 {found} 个；请写成“日期,放假 或 调休上班,名称”，名称中不要用半角逗号"),
                format!(
                    "expected 3 fields, found {found}; write \"date,off or work,name\", without a comma in the name"
                ),
            ),
            K::Date(text) => (
                format!("“{text}”不是日期；请写成 2026-10-01 的形式"),
                format!("\"{text}\" is not a date; write it like 2026-10-01"),
            ),
            K::Kind(text) => (
                format!("“{text}”不是可用的类别；写“放假”或“调休上班”"),
                format!("\"{text}\" is not a kind of day; write off for a day off, work for a make-up working day"),
            ),
            K::Name(text) => (
                format!(
                    "名称“{text}”不可用；请填写节日名称，不超过 {NAME} 个字，不含逗号、引号，不以 = + - @ # ' 开头"
                ),
                format!(
                    "the name \"{text}\" cannot be used; give the holiday's name, at most {NAME} characters, without \
                     commas or quotation marks, and not beginning with = + - @ # '"
                ),
            ),
            K::Year(date) => (
                format!("{}不在 {} 年至 {} 年之间；请核对年份", day_text(*date, Lang::Zh), YEARS.start(), YEARS.end()),
                format!("{date} is not between {} and {}; check the year", YEARS.start(), YEARS.end()),
            ),
            K::WorkOnWeekday(date) => (
                format!("{}是周一至周五，本来就上班；调休上班日应在周末，请核对日期", day_text(*date, Lang::Zh)),
                format!(
                    "{date} falls on Monday to Friday and is worked anyway; a make-up working day is one of the weekend, check the date"
                ),
            ),
            K::Repeated(date) => (
                format!("{}重复出现；请只保留一行", day_text(*date, Lang::Zh)),
                format!("{date} is there twice; keep one of the rows"),
            ),
        };
        match (lang, self.line) {
            (Lang::Zh, Some(line)) => format!("第 {line} 行：{zh}"),
            (Lang::Zh, None) => zh,
            (Lang::En, Some(line)) => format!("line {line}: {en}"),
            (Lang::En, None) => en,
        }
    }
}

impl fmt::Display for CalendarError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message(Lang::En))
    }
}

impl std::error::Error for CalendarError {}

#[cfg(test)]
mod tests;
