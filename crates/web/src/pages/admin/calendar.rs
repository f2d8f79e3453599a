//! The calendar of working days: a month at a glance, days entered and taken out, a year's notice read from a file.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{Datelike, Months, NaiveDate, TimeDelta};
use duixian_casework::calendar::{Calendar, CalendarErrorKind, Day, DayKind};
use duixian_casework::people::Actor;
use duixian_casework::stage::Stage;
use duixian_store::StoreError;
use duixian_store::calendar::{Changed, Moved};
use duixian_store::cases::CaseFilter;

use super::seen::{self, Whole};
use crate::export;
use crate::format;
use crate::forms::{Choice, Field, Form, Posted, PostedFiles};
use crate::list::{Cell, Column, List, Row};
use crate::locale::{Lang, Speak, Text};
use crate::page::Page;
use crate::portal::Portal;
use crate::problem::{Problem, for_form};
use crate::shell::Flash;
use crate::viewer::Viewer;

/// From this month on the next year's notice should be in: the State Council publishes it in November.
const NOTICE_MONTH: u32 = 12;
/// The most bytes of a year's file.
const FILE_BYTES: u64 = 256 << 10;

/// The last year of which the calendar knows the holidays.
pub(super) fn covered_until(calendar: &Calendar) -> Option<i32> {
    calendar.covered_years().into_iter().max()
}

/// Until which year it should know them.
pub(super) fn needed_until(today: NaiveDate) -> i32 {
    if today.month() >= NOTICE_MONTH { today.year() + 1 } else { today.year() }
}

#[derive(Template)]
#[template(path = "admin/calendar.html")]
struct CalendarPage {
    page: Page,
    month: String,
    weeks: Vec<Vec<CalendarCell>>,
    weekdays: [&'static str; 7],
    before: String,
    after: String,
    years: Vec<(i32, bool)>,
    entries: Vec<Entry>,
    list: List,
    form: Form,
    upload: Form,
    year: i32,
    missing: Option<Text>,
    /// The last change of the calendar that the page shows.
    seen: i64,
}

/// A day of the month's table; days of its neighbours are empty.
struct CalendarCell {
    day: Option<u32>,
    is_today: bool,
    is_working: bool,
    /// A plain Saturday or Sunday.
    is_weekend: bool,
    /// What the calendar says of it, in words.
    word: String,
}

/// A day that differs from the week.
struct Entry {
    date: String,
    iso: String,
    word: String,
    name: String,
}

fn day_form(lang: Lang) -> Form {
    let kinds = vec![
        Choice::new("off", ("放假", "Day off")),
        Choice::new("work", ("调休上班", "Make-up working day"))
            .hint(("只能是周六、周日", "Saturdays and Sundays only")),
    ];
    Form::new(
        lang,
        vec![
            Field::date("date", ("日期", "Date")),
            Field::radios("kind", ("当天", "That day"), kinds),
            Field::text("name", ("节日", "Holiday")).max_chars(40).hint(("例如：国庆节", "Such as: 国庆节")),
            seen::field(),
        ],
    )
}

fn upload_form(lang: Lang) -> Form {
    let file = Field::file("file", ("CSV 文件", "CSV file"), ".csv,text/csv", FILE_BYTES).hint((
        "第一行写“日期,类别,名称”，类别写“放假”或“调休上班”，例如 2027-10-01,放假,国庆节。",
        "Columns date,kind,name; kind is off or work, as in 2027-10-01,off,国庆节.",
    ));
    Form::new(lang, vec![file, seen::field()])
}

/// A month, or the one that `?month=2019-10` names.
pub(super) async fn show(State(portal): State<Arc<Portal>>, page: Page) -> Result<Response, Problem> {
    let (form, upload) = (day_form(page.lang), upload_form(page.lang));
    shown(&portal, page, form, upload, StatusCode::OK).await
}

async fn shown(portal: &Portal, page: Page, form: Form, upload: Form, status: StatusCode) -> Result<Response, Problem> {
    let seen = Whole::calendar().last(portal).await?;
    // What was typed stands beside the calendar as it is now, and is sent with that once more.
    let [form, upload] = [form, upload].map(|form| form.with(seen::FIELD, seen.to_string()));
    let calendar = portal.store.calendar().await?;
    let today = portal.store.now().day();
    let asked = page.query_value("month").and_then(|month| format!("{month}-01").parse().ok());
    let first: NaiveDate = asked.or_else(|| form.date("date")).unwrap_or(today).with_day(1).unwrap_or(today);
    let lang = page.lang;
    let year = first.year();
    let entries = calendar.days_of(year).into_iter().map(|day| Entry {
        date: format::date_with_weekday(lang, day.date),
        iso: day.date.to_string(),
        word: day.kind.label(lang).to_owned(),
        name: day.name,
    });
    let entries: Vec<Entry> = entries.collect();
    let mut list = List::new(
        Text::new(format!("{year}年工作日历"), format!("Calendar of {year}")),
        vec![
            Column::text("date", ("日期", "date")),
            Column::text("kind", ("类别", "kind")),
            Column::text("name", ("节日", "name")),
        ],
    );
    for day in calendar.days_of(year) {
        let kind = Text::new(day.kind.label(Lang::Zh), day.kind.label(Lang::En));
        list.push(Row::new(vec![Cell::date(day.date), Cell::pair(kind), Cell::text(day.name)]));
    }
    if let Some(format) = export::Format::asked(&page) {
        return export::answer(&list, lang, format, "calendar");
    }
    let mut years = calendar.covered_years();
    years.extend([today.year(), today.year() + 1, year]);
    years.sort_unstable();
    years.dedup();
    let missing = calendar.missing_festivals(year);
    let missing = (!missing.is_empty()).then(|| {
        Text::new(
            format!("{year}年还没有录入：{}。期限会按普通的周末计算。", missing.join("、")),
            format!("Of {year} these are missing: {}. Deadlines count plain weekends.", missing.join(", ")),
        )
    });
    let month_of = |date: Option<NaiveDate>| date.map_or_else(String::new, |date| date.format("%Y-%m").to_string());
    let view = CalendarPage {
        month: match lang {
            Lang::Zh => format!("{}年{}月", year, first.month()),
            Lang::En => first.format("%B %Y").to_string(),
        },
        weeks: weeks(&calendar, first, today, lang),
        weekdays: match lang {
            Lang::Zh => ["一", "二", "三", "四", "五", "六", "日"],
            Lang::En => ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
        },
        before: month_of(first.checked_sub_months(Months::new(1))),
        after: month_of(first.checked_add_months(Months::new(1))),
        years: years.into_iter().map(|one| (one, one == year)).collect(),
        entries,
        list,
        form,
        upload,
        year,
        missing,
        seen,
        page: super::framed(page.titled(("工作日历", "Calendar of working days"))),
    };
    Page::show_as(status, &view)
}

/// The weeks of a month, from Monday.
fn weeks(calendar: &Calendar, first: NaiveDate, today: NaiveDate, lang: Lang) -> Vec<Vec<CalendarCell>> {
    let mut date = first - TimeDelta::days(i64::from(first.weekday().num_days_from_monday()));
    let mut weeks = Vec::new();
    while date < first || date.month() == first.month() {
        let mut week = Vec::new();
        for _ in 0..7 {
            let is_inside = date.month() == first.month();
            let word = match calendar.get(date) {
                Some((kind, name)) => format!("{} {name}", kind.label(lang)),
                None if calendar.is_working_day(date) => String::new(),
                None => lang.t("周末", "weekend").to_owned(),
            };
            week.push(CalendarCell {
                day: is_inside.then(|| date.day()),
                is_today: date == today,
                is_working: calendar.is_working_day(date),
                is_weekend: calendar.get(date).is_none() && !calendar.is_working_day(date),
                word,
            });
            date += TimeDelta::days(1);
        }
        weeks.push(week);
    }
    weeks
}

/// What a change of the calendar means to the cases that are under way, told once it is made.
async fn changed(portal: &Portal, before: &Calendar, made: &Changed, (zh, en): (&str, &str)) -> Result<Flash, Problem> {
    let after = portal.store.calendar().await?;
    let counted = counted(portal, before, &after).await?;
    let (desks_zh, desks_en) = counted.told();
    let mut told: Vec<Text> = Vec::new();
    let moved = moved(&made.moved);
    if !moved.is_empty() {
        told.push(Text::new(
            format!("当事人的期限按原来剩下的工作日顺延：{}", moved.zh),
            format!("what people have keeps its working days, and ends later: {}", moved.en),
        ));
    }
    if counted.longer > 0 {
        told.push(Text::new(
            format!("当事人的期限多出工作日的 {} 件，到期日不提前", counted.longer),
            format!("{} of people's periods have more working days, and end no earlier", counted.longer),
        ));
    }
    if !desks_zh.is_empty() {
        told.push(Text::new(
            format!("办理部门的期限，到期日不变：{desks_zh}"),
            format!("the dates that desks were given stay: {desks_en}"),
        ));
    }
    if told.is_empty() {
        told.push(Text::new(
            "在办案件的剩余天数和超期天数都不变",
            "no open case has other days left or is overdue by other days",
        ));
    }
    let told = |lang: Lang, between: &str| told.iter().map(|one| one.get(lang)).collect::<Vec<_>>().join(between);
    Ok(Flash::done(
        format!("{zh}。{}。以后定的期限按新日历算。", told(Lang::Zh, "。")),
        format!("{en}. {}. Deadlines set from now on go by it.", format::capital(&told(Lang::En, ". "))),
    ))
}

/// Which periods of people end later, and how many; empty where none does.
fn moved(moved: &Moved) -> Text {
    let kinds = [
        (moved.notices, "公示", "notices"),
        (moved.corrections, "补正", "corrections"),
        (moved.accounts, "更正账户", "corrections of accounts"),
    ];
    let kinds = kinds.into_iter().filter(|(count, ..)| *count > 0);
    let zh: Vec<String> = kinds.clone().map(|(count, zh, _)| format!("{zh} {count} 件")).collect();
    let en: Vec<String> = kinds.map(|(count, _, en)| format!("{count} {en}")).collect();
    Text::new(zh.join("、"), en.join(", "))
}

/// Open cases that a change of the calendar touches.
#[derive(Default)]
struct Counted {
    /// With a period of people that has more working days than before, which is no reason to end it earlier.
    longer: usize,
    /// At a desk and not yet due, with other working days left than before.
    ahead: usize,
    /// Of these, due on a day that was worked before.
    ahead_on_it: usize,
    /// Due on such a day with as many working days left as before: today, or where another day makes up for it.
    on_it: usize,
    /// Overdue by other working days than before.
    late: usize,
    /// Of these, past with no working day since: they have no number.
    unnumbered: usize,
}

impl Counted {
    /// In words, in Chinese and English; empty where it touches none. No case is told of twice as if it were two.
    fn told(&self) -> (String, String) {
        let on_it = (
            "的到期日成了休息日，仍在那天到期，不顺延",
            "fall due on what is now a day off, and still do: nothing is put off",
        );
        let unnumbered = (
            "到期以后到今天都是休息日，只写“已过期”，到下一个工作日起才有天数",
            "with nothing but days off since: “past”, with a number from the next working day on",
        );
        let groups = [
            (
                (self.ahead, ("还没有到期的，剩余工作日变了", "not yet due have other working days left")),
                (self.ahead_on_it, on_it),
            ),
            ((self.on_it, on_it), (0, ("", ""))),
            ((self.late, ("已超期的，超期天数变了", "overdue are so by other days")), (self.unnumbered, unnumbered)),
        ];
        let (mut told_zh, mut told_en) = (Vec::new(), Vec::new());
        for ((count, (zh, en)), (part, (part_zh, part_en))) in groups.into_iter().filter(|((count, _), _)| *count > 0) {
            let (of_zh, of_en) = match part {
                0 => (String::new(), String::new()),
                _ => (format!("（其中 {part} 件{part_zh}）"), format!(" (of these {part} {part_en})")),
            };
            told_zh.push(format!("{count} 件{zh}{of_zh}"));
            told_en.push(format!("{count} {en}{of_en}"));
        }
        (told_zh.join("；"), told_en.join("; "))
    }
}

async fn counted(portal: &Portal, before: &Calendar, after: &Calendar) -> Result<Counted, Problem> {
    let today = portal.store.now().day();
    let stages = Stage::ALL.into_iter().filter(|stage| *stage != Stage::Draft && !stage.is_final()).collect();
    let mut filter = CaseFilter { stages, page: 1, per_page: 1000, ..CaseFilter::default() };
    let mut counted = Counted::default();
    loop {
        let found = portal.store.cases(&Actor::System, &filter).await?;
        // What is on hold keeps its count.
        let running = found.rows.iter().filter(|row| row.stage != Stage::OnHold);
        for (stage, due) in running.filter_map(|row| Some((row.stage, row.due?))) {
            let [was, is] = [before, after].map(|calendar| calendar.working_days_between(today, due));
            // What people have was moved with the calendar, so that nothing is taken of it.
            if due >= today && matches!(stage, Stage::InNotice | Stage::Correction | Stage::PaymentFailed) {
                counted.longer += usize::from(is > was);
                continue;
            }
            let is_on_it = due >= today && before.is_working_day(due) && !after.is_working_day(due);
            counted.ahead += usize::from(was != is && due >= today);
            counted.ahead_on_it += usize::from(was != is && is_on_it);
            counted.on_it += usize::from(was == is && is_on_it);
            counted.late += usize::from(was != is && due < today);
            counted.unnumbered += usize::from(was != is && due < today && is == 0);
        }
        if filter.page >= found.pages() {
            return Ok(counted);
        }
        filter.page += 1;
    }
}

/// What is wrong with days that were not entered; of those that another has changed meanwhile, by whom.
async fn refused(portal: &Portal, error: StoreError, seen: i64, dates: &[NaiveDate]) -> Result<Text, Problem> {
    let is_overtaken = matches!(error, StoreError::Conflict { .. });
    let text = for_form(error)?;
    let mut changes = Whole::calendar().since(portal, seen).await?;
    // The journal has dates as the calendar's file does.
    changes.retain(|change| dates.iter().any(|date| change.body.contains(&format!("\"{date}\""))));
    if !is_overtaken || changes.is_empty() {
        return Ok(text);
    }
    let by = seen::by(portal, &changes).await?;
    Ok(Text::new(format!("{}。改动人：{}。", text.zh, by.zh), format!("{}. By: {}.", text.en, by.en)))
}

/// Enters a day.
pub(super) async fn set(
    State(portal): State<Arc<Portal>>,
    viewer: Viewer,
    page: Page,
    posted: Posted,
) -> Result<Response, Problem> {
    let seen = seen::of(&posted);
    let mut form = day_form(page.lang).filled(&posted);
    let upload = upload_form(page.lang);
    let (Some(date), true) = (form.date("date"), form.is_good()) else {
        return shown(&portal, page, form, upload, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    let kind = if form.text("kind") == "work" { DayKind::Work } else { DayKind::Off };
    let day = Day { date, kind, name: form.text("name").to_owned() };
    let before = portal.store.calendar().await?;
    let made = match portal.store.set_days_of_version(&viewer.actor, &posted.key()?, Some(seen), vec![day]).await {
        Ok(done) => done.value,
        Err(error) => {
            // What is wrong with the holiday's name stands beside that.
            let trial = Calendar::default().set(date, kind, form.text("name"));
            let is_name = trial.is_err_and(|error| matches!(error.kind, CalendarErrorKind::Name(_)));
            form.error(if is_name { "name" } else { "date" }, refused(&portal, error, seen, &[date]).await?);
            return shown(&portal, page, form, upload, StatusCode::UNPROCESSABLE_ENTITY).await;
        }
    };
    let day = |lang| format::date(lang, date);
    let (now_zh, now_en) =
        (as_entered(Lang::Zh, kind, form.text("name")), as_entered(Lang::En, kind, form.text("name")));
    let flash = match made.were.first() {
        _ if made.days == 0 => Flash::done(
            format!("{}原来就是{now_zh}，没有改动。", day(Lang::Zh)),
            format!("{} was {now_en} already; nothing was changed.", day(Lang::En)),
        ),
        Some(was) => {
            let zh = format!("{}原来是{}，已改成{now_zh}", day(Lang::Zh), as_entered(Lang::Zh, was.kind, &was.name));
            let en =
                format!("{} was {}, and is {now_en} now", day(Lang::En), as_entered(Lang::En, was.kind, &was.name));
            changed(&portal, &before, &made, (&zh, &en)).await?
        }
        None => {
            let (zh, en) = (format!("{}已录入：{now_zh}", day(Lang::Zh)), format!("{} is {now_en} now", day(Lang::En)));
            changed(&portal, &before, &made, (&zh, &en)).await?
        }
    };
    Ok(flash.redirect(&page.site().key, &format!("/admin/calendar?month={}", date.format("%Y-%m"))))
}

/// Takes a day out: it follows the week again.
pub(super) async fn remove(
    State(portal): State<Arc<Portal>>,
    viewer: Viewer,
    page: Page,
    posted: Posted,
) -> Result<Response, Problem> {
    let date: NaiveDate = posted.get("date").parse().map_err(|_| Problem::bad_request("no date"))?;
    let (seen, before) = (seen::of(&posted), portal.store.calendar().await?);
    let (day_zh, day_en) = (format::date(Lang::Zh, date), format::date(Lang::En, date));
    let flash = match portal.store.remove_day_of_version(&viewer.actor, &posted.key()?, Some(seen), date).await {
        Ok(done) if done.value.days == 0 => Flash::done(
            format!("{day_zh}已经删除了，早已照平常的星期算，没有改动。"),
            format!("{day_en} was deleted already, and is an ordinary day of its week; nothing was changed."),
        ),
        Ok(done) => {
            let zh = format!("{day_zh}已删除，照平常的星期算");
            let en = format!("{day_en} is deleted: it is an ordinary day of its week again");
            changed(&portal, &before, &done.value, (&zh, &en)).await?
        }
        Err(error) => Flash { good: false, text: refused(&portal, error, seen, &[date]).await? },
    };
    Ok(flash.redirect(&page.site().key, &format!("/admin/calendar?month={}", date.format("%Y-%m"))))
}

/// What is done on a day, and for what: 放假（国庆节）.
fn as_entered(lang: Lang, kind: DayKind, name: &str) -> String {
    match lang {
        Lang::Zh => format!("{}（{name}）", kind.label(lang)),
        Lang::En => format!("a {} ({name})", kind.label(lang)),
    }
}

/// The most days that were something else of which it is said what.
const WERE: usize = 5;

/// What a file has come to: how many days it has, how many were there already, and what stood where it has put something else.
fn imported(read: usize, made: &Changed) -> (String, String) {
    let there = read.saturating_sub(made.days);
    let were = |lang: Lang| {
        let one = |day: &Day| format!("{} {}", format::date(lang, day.date), as_entered(lang, day.kind, &day.name));
        made.were.iter().take(WERE).map(one).collect::<Vec<_>>().join(lang.t("、", ", "))
    };
    let more = made.were.len() > WERE;
    let mut zh = format!("录入了 {} 天", made.days);
    let mut en = format!("{} days entered", made.days);
    if there > 0 {
        zh += &format!("，另有 {there} 天原来就一样");
        en += &format!(", {there} were there already");
    }
    if !made.were.is_empty() {
        zh += &format!("；替换了 {} 天，原来是：{}{}", made.were.len(), were(Lang::Zh), if more { "等" } else { "" });
        en +=
            &format!("; {} replaced, which were: {}{}", made.were.len(), were(Lang::En), if more { ", …" } else { "" });
    }
    (zh, en)
}

/// Reads a year's days from a file. With a mistake in it, none is entered.
pub(super) async fn import(
    State(portal): State<Arc<Portal>>,
    viewer: Viewer,
    page: Page,
    posted: PostedFiles,
) -> Result<Response, Problem> {
    let seen = seen::of(&posted.form);
    let (form, mut upload) = (day_form(page.lang), upload_form(page.lang));
    let file = posted.files.first();
    let is_large = file.is_some_and(|file| file.bytes.len() as u64 > FILE_BYTES);
    let text = file.map(|file| if is_large { None } else { duixian_facts::decoded(&file.bytes) });
    let read = match text {
        Some(None) if is_large => {
            let most = format::bytes(FILE_BYTES);
            Err(Text::new(
                format!("文件超过{most}，不会是一年的放假安排；请核对选的文件。"),
                format!("The file is larger than {most}, and no year's calendar: look which was chosen."),
            ))
        }
        None => Err(("请选择文件。", "Choose a file.").into()),
        Some(None) => Err((
            "读不出文字：请在 Excel 中另存为“CSV（逗号分隔）”再上传（UTF-8、GBK 或 GB18030 编码）。",
            "The file is no readable text: save it as CSV in UTF-8 or GB18030.",
        )
            .into()),
        Some(Some(text)) => Calendar::parse(&text).map_err(|errors| {
            let told = |lang, between: &str| {
                errors.iter().take(10).map(|error| error.message(lang)).collect::<Vec<_>>().join(between)
            };
            Text::new(told(Lang::Zh, "；"), told(Lang::En, "; "))
        }),
    };
    let days: Vec<Day> = match read {
        Ok(calendar) => calendar.into(),
        Err(text) => {
            upload.error("file", text);
            return shown(&portal, page, form, upload, StatusCode::UNPROCESSABLE_ENTITY).await;
        }
    };
    let dates: Vec<NaiveDate> = days.iter().map(|day| day.date).collect();
    let before = portal.store.calendar().await?;
    let key = posted.form.key()?;
    let made = match portal.store.set_days_of_version(&viewer.actor, &key, Some(seen), days).await {
        Ok(done) => done.value,
        Err(error) => {
            upload.error("file", refused(&portal, error, seen, &dates).await?);
            return shown(&portal, page, form, upload, StatusCode::UNPROCESSABLE_ENTITY).await;
        }
    };
    let flash = match made.days {
        0 => Flash::done(
            format!("文件里的 {} 天原来都已录入，没有改动。", dates.len()),
            format!("All {} days of the file were there already; nothing was changed.", dates.len()),
        ),
        _ => {
            let (zh, en) = imported(dates.len(), &made);
            changed(&portal, &before, &made, (&zh, &en)).await?
        }
    };
    let month = dates.into_iter().min().map_or_else(String::new, |date| format!("?month={}", date.format("%Y-%m")));
    Ok(flash.redirect(&page.site().key, &format!("/admin/calendar{month}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_case_that_a_change_of_the_calendar_touches_is_told_of_twice() {
        let counted = Counted { longer: 0, ahead: 3, ahead_on_it: 1, on_it: 2, late: 5, unnumbered: 4 };
        let (zh, en) = counted.told();
        assert_eq!(
            zh,
            "3 件还没有到期的，剩余工作日变了（其中 1 件的到期日成了休息日，仍在那天到期，不顺延）；\
             2 件的到期日成了休息日，仍在那天到期，不顺延；\
             5 件已超期的，超期天数变了（其中 4 件到期以后到今天都是休息日，只写“已过期”，到下一个工作日起才有天数）"
        );
        assert!(en.contains("(of these 1 fall due") && en.contains("(of these 4 with nothing but days off"), "{en}");
        let counted = Counted { late: 1, ..Counted::default() };
        assert_eq!(counted.told().0, "1 件已超期的，超期天数变了");
        assert_eq!(Counted::default().told(), (String::new(), String::new()));
    }
}
