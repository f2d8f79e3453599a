//! Real spans that are easily counted wrong, and what holds for all.

use proptest::prelude::*;

use super::*;

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

#[test]
fn days_that_differ_from_the_week() {
    let calendar = Calendar::shipped();
    for (date, works) in [
        ("2017-09-30", true),  // A Saturday, worked for National Day.
        ("2017-10-01", false), // A Sunday, and a holiday.
        ("2017-10-06", false), // A Friday, off.
        ("2017-10-09", true),
        ("2015-09-03", false), // The parade, entered in May of that year.
        ("2015-09-06", true),
        ("2018-12-29", true), // Ruled by the notice for 2019.
        ("2018-12-31", false),
        ("2019-05-02", false), // The longer Labour Day, entered in March of that year.
        ("2019-05-05", true),
        ("2020-01-31", false), // The Spring Festival prolonged in the epidemic.
        ("2020-02-01", false), // Was to be a make-up working day before.
        ("2020-02-03", true),
        ("2026-02-28", true),
        ("2026-02-21", false),
        ("2024-06-15", false), // A plain Saturday.
        ("2031-01-01", true),  // Not published: by the week.
    ] {
        assert_eq!(calendar.is_working_day(day(date)), works, "{date}");
    }
}

#[test]
fn a_period_that_runs_keeps_its_working_days_when_the_calendar_changes() {
    let before = Calendar::shipped();
    let with = |days: &[(&str, DayKind)]| {
        let mut after = before.clone();
        for (date, kind) in days {
            after.set(day(date), *kind, "调整").expect("a day");
        }
        after
    };
    let off = |dates: &[&'static str]| with(&dates.iter().map(|date| (*date, DayKind::Off)).collect::<Vec<_>>());
    for (after, today, end, kept) in [
        // Monday to Thursday; two days of these are off, and Saturday and Sunday are.
        (off(&["2019-03-19", "2019-03-20"]), "2019-03-18", "2019-03-21", "2019-03-25"),
        // Its last day, on the day itself.
        (off(&["2019-03-21"]), "2019-03-21", "2019-03-21", "2019-03-22"),
        // Today, tomorrow, the last day: each is made up for.
        (off(&["2019-03-19"]), "2019-03-19", "2019-03-21", "2019-03-22"),
        (off(&["2019-03-20"]), "2019-03-19", "2019-03-21", "2019-03-22"),
        (off(&["2019-03-21"]), "2019-03-19", "2019-03-21", "2019-03-22"),
        // What has gone by is not counted anew, nor what comes after.
        (off(&["2019-03-18", "2019-03-22"]), "2019-03-19", "2019-03-21", "2019-03-21"),
        // One that is over stays so.
        (off(&["2019-03-21"]), "2019-03-22", "2019-03-21", "2019-03-21"),
        // A day that is worked in return is one of its days; it never ends earlier.
        (with(&[("2019-03-16", DayKind::Work)]), "2019-03-14", "2019-03-21", "2019-03-21"),
        (
            with(&[("2019-03-16", DayKind::Work), ("2019-03-19", DayKind::Off)]),
            "2019-03-14",
            "2019-03-21",
            "2019-03-21",
        ),
        // As many days as before, but the last of them is off.
        (
            with(&[("2019-03-16", DayKind::Work), ("2019-03-21", DayKind::Off)]),
            "2019-03-14",
            "2019-03-21",
            "2019-03-22",
        ),
    ] {
        let begun = day("2019-03-13");
        assert_eq!(before.kept_end(&after, day(today), begun, day(end)), day(kept), "{today} {end}");
    }
    // Of a period that began today, five working days up to the next Tuesday, today is none.
    for (after, kept, left) in [
        (off(&["2019-03-19"]), "2019-03-26", 5),
        (off(&["2019-03-20"]), "2019-03-27", 5),
        (off(&["2019-03-26"]), "2019-03-27", 5),
        (off(&["2019-03-19", "2019-03-20", "2019-03-26"]), "2019-03-28", 5),
        (with(&[("2019-03-23", DayKind::Work), ("2019-03-20", DayKind::Off)]), "2019-03-26", 5),
        (with(&[("2019-03-23", DayKind::Work)]), "2019-03-26", 6),
    ] {
        let (today, end) = (day("2019-03-19"), day("2019-03-26"));
        assert_eq!(before.working_days_between(today, end), 5);
        assert_eq!(before.kept_end(&after, today, today, end), day(kept), "{kept}");
        assert_eq!(after.working_days_between(today, day(kept)), left, "{kept}");
    }
}

#[test]
fn periods_end_on_the_right_day() {
    let calendar = Calendar::shipped();
    for (from, n, last) in [
        // A week without holidays: the day it begins on does not count.
        ("2024-06-17", 1, "2024-06-18"),
        ("2024-06-17", 5, "2024-06-24"),
        // National Day 2017: Saturday 30 September is worked, then eight days off.
        ("2017-09-28", 1, "2017-09-29"),
        ("2017-09-28", 2, "2017-09-30"),
        ("2017-09-28", 3, "2017-10-09"),
        ("2017-09-29", 5, "2017-10-12"),
        // From a day off: the first working day after it is the first of the period.
        ("2017-10-04", 1, "2017-10-09"),
        // Spring Festival 2018: Sunday 11 and Saturday 24 February are worked.
        ("2018-02-09", 5, "2018-02-22"),
        ("2018-02-14", 3, "2018-02-24"),
        ("2018-02-14", 4, "2018-02-26"),
        // Spring Festival 2020 as prolonged: off from 24 January to 2 February; Sunday 19 January worked.
        ("2020-01-17", 1, "2020-01-19"),
        ("2020-01-23", 1, "2020-02-03"),
        ("2020-01-22", 5, "2020-02-06"),
        // New Year 2019: Saturday 29 December 2018 is worked, then three days off.
        ("2018-12-28", 2, "2019-01-02"),
        // Labour Day 2024: Sunday 28 April and Saturday 11 May are worked.
        ("2024-04-26", 5, "2024-05-07"),
        ("2024-05-07", 4, "2024-05-11"),
        // Spring Festival 2026, nine days off.
        ("2026-02-13", 2, "2026-02-24"),
        // A whole year has 248 working days.
        ("2024-12-31", 248, "2025-12-31"),
        // Nothing is added.
        ("2017-10-03", 0, "2017-10-03"),
    ] {
        assert_eq!(calendar.add_working_days(day(from), n), day(last), "{n} after {from}");
    }
}

#[test]
fn working_days_of_whole_years() {
    let calendar = Calendar::shipped();
    // Days of the year, those of its weekends, statutory days off: the make-up days bring every year to the difference.
    // 2015 had one day more off, and 2025 has two more by law.
    for (year, all, weekends, off) in [
        (2013, 365, 104, 11),
        (2014, 365, 104, 11),
        (2015, 365, 104, 12),
        (2016, 366, 105, 11),
        (2017, 365, 105, 11),
        (2023, 365, 105, 11),
        (2024, 366, 104, 11),
        (2025, 365, 104, 13),
    ] {
        let days = all - weekends - off;
        let from = day(&format!("{}-12-31", year - 1));
        assert_eq!(calendar.working_days_between(from, day(&format!("{year}-12-31"))), days, "{year}");
    }
}

#[test]
fn a_period_in_calendar_days_gives_way_to_rest() {
    let calendar = Calendar::shipped();
    for (date, moved) in [("2017-10-01", "2017-10-09"), ("2017-09-30", "2017-09-30"), ("2024-06-15", "2024-06-17")] {
        assert_eq!(calendar.working_day_on_or_after(day(date)), day(moved), "{date}");
    }
}

#[test]
fn says_what_it_does_not_know() {
    let mut calendar = Calendar::shipped();
    assert_eq!(calendar.covered_years(), (2013..=2026).collect::<Vec<_>>());
    assert!(!calendar.covers(2012) && !calendar.covers(2027));
    assert!(calendar.is_certain(day("2025-12-31")) && calendar.is_certain(day("2026-12-24")));
    assert!(!calendar.is_certain(day("2026-12-25")), "the notice for 2027 may rule otherwise");
    assert!(!calendar.is_certain(day("2027-03-01")));

    calendar.set(day("2027-01-01"), DayKind::Off, "元旦").expect("a day off");
    assert_eq!(calendar.missing_festivals(2027), ["春节", "清明", "劳动", "端午", "中秋", "国庆"]);
    for (date, name) in [
        ("2027-02-06", "春节"),
        ("2027-04-05", "清明节"),
        ("2027-05-01", "劳动节"),
        ("2027-06-09", "端午节"),
        ("2027-10-01", "中秋节、国庆节"),
    ] {
        assert!(!calendar.covers(2027));
        calendar.set(day(date), DayKind::Off, name).expect("a day off");
    }
    assert!(calendar.covers(2027) && calendar.is_certain(day("2026-12-31")));
}

#[test]
fn edits_change_what_is_counted() {
    let mut calendar = Calendar::shipped();
    let date = day("2024-06-18");
    assert_eq!(calendar.set(date, DayKind::Off, " 本地节日 "), Ok(None));
    assert_eq!(calendar.get(date), Some((DayKind::Off, "本地节日")));
    assert_eq!(calendar.add_working_days(day("2024-06-17"), 1), day("2024-06-19"));
    let before = calendar.remove(date).expect("what was entered");
    assert_eq!((before.kind, before.name.as_str()), (DayKind::Off, "本地节日"));
    assert_eq!(calendar.remove(date), None);
    assert_eq!(calendar, Calendar::shipped());
    assert_eq!(
        calendar.set(day("2024-10-01"), DayKind::Off, "国庆").expect("a day").map(|day| day.name).as_deref(),
        Some("国庆节")
    );
}

#[test]
fn the_words_of_officials_are_read_too() {
    let zh =
        Calendar::parse("日期,类别,名称\n2027-10-01,放假,国庆节\n2027-10-09,调休上班,国庆节\n").expect("a calendar");
    let en = Calendar::parse("date,kind,name\n2027-10-01,off,国庆节\n2027-10-09,work,国庆节\n").expect("a calendar");
    assert_eq!(zh.to_csv(), en.to_csv());
}

#[test]
fn refuses_with_a_reason() {
    let text = "\u{feff}# 说明\n\ndate,kind,name\n2026-13-01,off,元旦\n2026-1-1,off,元旦\n2026-01-01,假,元旦\n2026-01-02,work,元旦\n\
                2026-01-03,off,\n2026-01-03,off,=1+1\n2026-01-03,off\n1026-01-04,off,元旦\n2026-01-04,work,元旦\n2026-01-04,off,元旦\n";
    let errors = Calendar::parse(text).expect_err("errors");
    let zh: Vec<String> = errors.iter().map(|error| error.message(Lang::Zh)).collect();
    assert_eq!(
        zh,
        [
            "第 4 行：“2026-13-01”不是日期；请写成 2026-10-01 的形式",
            "第 5 行：“2026-1-1”不是日期；请写成 2026-10-01 的形式",
            "第 6 行：“假”不是可用的类别；写“放假”或“调休上班”",
            "第 7 行：2026年1月2日是周一至周五，本来就上班；调休上班日应在周末，请核对日期",
            "第 8 行：名称“”不可用；请填写节日名称，不超过 40 个字，不含逗号、引号，不以 = + - @ # ' 开头",
            "第 9 行：名称“=1+1”不可用；请填写节日名称，不超过 40 个字，不含逗号、引号，不以 = + - @ # ' 开头",
            "第 10 行：应有 3 个字段，实有 2 个；请写成“日期,放假 或 调休上班,名称”，名称中不要用半角逗号",
            "第 11 行：1026年1月4日不在 2000 年至 2100 年之间；请核对年份",
            "第 13 行：2026年1月4日重复出现；请只保留一行",
        ]
    );
    assert_eq!(
        errors[3].to_string(),
        "line 7: 2026-01-02 falls on Monday to Friday and is worked anyway; a make-up working day is one of the weekend, check the date"
    );
    for text in ["", "# 只有说明\n", "2026-01-01,off,元旦\n"] {
        let errors = Calendar::parse(text).expect_err("no headings");
        assert_eq!(errors.len(), 1, "{text:?}");
        assert_eq!(errors[0].kind, CalendarErrorKind::Headings);
    }
    let wrong = format!("{HEADINGS}\n{}", "x,y,z\n".repeat(1000));
    assert_eq!(Calendar::parse(&wrong).expect_err("errors").len(), MOST_ERRORS);
}

#[test]
fn goes_through_its_file_and_through_json_unchanged() {
    let calendar = Calendar::shipped();
    assert_eq!(Calendar::parse(&calendar.to_csv()), Ok(calendar.clone()));
    let json = serde_json::to_string(&calendar).expect("JSON");
    assert!(json.starts_with(r#"[{"date":"2013-01-01","kind":"off","name":"元旦"}"#));
    assert_eq!(serde_json::from_str::<Calendar>(&json).expect("a calendar"), calendar);
    let twice =
        r#"[{"date":"2013-01-01","kind":"off","name":"元旦"},{"date":"2013-01-01","kind":"off","name":"元旦"}]"#;
    assert!(serde_json::from_str::<Calendar>(twice).is_err());
}

#[test]
fn ends_with_the_calendar_rather_than_panic() {
    let calendar = Calendar::shipped();
    assert_eq!(calendar.add_working_days(day("2024-01-01"), u32::MAX), NaiveDate::MAX);
    assert_eq!(calendar.add_working_days(NaiveDate::MAX, 1), NaiveDate::MAX);
    assert!(calendar.working_days_between(NaiveDate::MIN, NaiveDate::MAX) > 130_000_000);
    assert!(!calendar.is_certain(NaiveDate::MAX) && !calendar.is_certain(NaiveDate::MIN));
}

fn dates() -> impl Strategy<Value = NaiveDate> {
    (0..8_000_i64).prop_map(|days| day("2008-01-01") + TimeDelta::days(days))
}

proptest! {
    #[test]
    fn adding_then_counting_gives_back(from in dates(), n in 0..600_u32) {
        let calendar = Calendar::shipped();
        let last = calendar.add_working_days(from, n);
        prop_assert_eq!(calendar.working_days_between(from, last), i64::from(n));
        prop_assert!(n == 0 || calendar.is_working_day(last));
        prop_assert!(calendar.add_working_days(from, n + 1) > last);
    }

    #[test]
    fn a_deadline_that_is_late_is_found_from_how_late_it_is(due in dates(), days in 1..400_i64) {
        let calendar = Calendar::shipped();
        let (due, today) = (calendar.working_day_on_or_after(due), due + TimeDelta::days(days));
        prop_assume!(due < today);
        let late = u32::try_from(calendar.working_days_between(due, today)).expect("it is late");
        prop_assert_eq!(calendar.late_by(today, late), due);
    }

    #[test]
    fn agrees_with_counting_one_by_one(from in dates(), days in 0..400_i64) {
        let calendar = Calendar::shipped();
        let to = from + TimeDelta::days(days);
        let counted = (1..=days).filter(|step| calendar.is_working_day(from + TimeDelta::days(*step))).count() as i64;
        prop_assert_eq!(calendar.working_days_between(from, to), counted);
        prop_assert_eq!(calendar.working_days_between(to, from), -counted);
    }

    #[test]
    fn later_beginnings_end_no_earlier(from in dates(), later in 0..60_i64, n in 0..60_u32) {
        let calendar = Calendar::shipped();
        let end = calendar.add_working_days(from, n);
        prop_assert!(calendar.add_working_days(from + TimeDelta::days(later), n) >= end);
    }

    #[test]
    fn no_text_makes_it_panic(text in "(date,kind,name\n)?([0-9/,offwrk\n#\u{feff}元旦-]{0,60}\n){0,5}") {
        if let Ok(calendar) = Calendar::parse(&text) {
            prop_assert_eq!(Calendar::parse(&calendar.to_csv()), Ok(calendar));
        }
    }
}
