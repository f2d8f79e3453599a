//! The calendar of working days: what ships, with what the administrator has entered laid over it.

use std::sync::Arc;

use chrono::NaiveDate;
use duixian_casework::calendar::{Calendar, Day, DayKind, day_text};
use duixian_casework::case::{Case, CaseId};
use duixian_casework::command::Command;
use duixian_casework::moment::Moment;
use duixian_casework::people::{Actor, Role};
use duixian_casework::stage::Stage;
use duixian_rules::vocabulary::Lang;
use serde::{Deserialize, Serialize};

use crate::access::needs;
use crate::cases::{act, rows};
use crate::db::{Queries, Store, values};
use crate::error::StoreError;
use crate::journal::Entry;
use crate::memo::memoized;
use crate::once::{Done, Key};
use crate::settings::{keep, kept, random, visible};
use crate::tx::Tx;
use crate::verify::step;

/// What the table says of a day that ships and was taken out.
pub(crate) const REMOVED: &str = "removed";
/// Where the calendar's version is kept, by which other processes know that theirs is old.
const VERSION: &str = "calendar_version";

/// What a change of the calendar has come to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    /// How many days are something else now. Where none is nothing was changed, and nothing is on the journal.
    pub days: usize,
    /// What stood on those of these that were no ordinary days.
    pub were: Vec<Day>,
    /// The periods of people that end later for it.
    pub moved: Moved,
}

/// How many periods that people have end later, so that they keep their working days.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    /// Public notices.
    pub notices: usize,
    /// Corrections of applications.
    pub corrections: usize,
    /// Corrections of accounts.
    pub accounts: usize,
}

impl Store {
    /// The calendar.
    pub async fn calendar(&self) -> Result<Arc<Calendar>, StoreError> {
        calendar(self).await
    }

    /// The calendar as it was at a moment: what was told by it then does not change with what is entered later.
    pub async fn calendar_at(&self, at: Moment) -> Result<Calendar, StoreError> {
        journaled(self, "at <= $1", at.0).await
    }

    /// Enters days, in place of what stood there. Periods that people have keep their working days; a desk's deadline stays as it was
    /// promised, and those set from now on follow.
    ///
    /// # Errors
    /// [`StoreError::BadInput`] with what is wrong with a day; none is entered then.
    pub async fn set_days(&self, actor: &Actor, key: &Key, days: Vec<Day>) -> Result<Done<Changed>, StoreError> {
        self.set_days_of_version(actor, key, None, days).await
    }

    /// Enters days in a calendar as it was seen: `expected` is the number of the last change to it on the journal, 0 before the
    /// first.
    ///
    /// # Errors
    /// As for [`Store::set_days`]; [`StoreError::Conflict`] if one of the days has become something else since.
    pub async fn set_days_of_version(
        &self,
        actor: &Actor,
        key: &Key,
        expected: Option<i64>,
        days: Vec<Day>,
    ) -> Result<Done<Changed>, StoreError> {
        needs(actor, &[Role::Administrator])?;
        let mut trial = Calendar::default();
        for day in &days {
            visible(day.name.clone(), ("节日名称", "the holiday's name"))?;
            trial
                .set(day.date, day.kind, &day.name)
                .map_err(|error| StoreError::bad_input(error.message(Lang::Zh), error.message(Lang::En)))?;
        }
        let content = format!("set_days {expected:?} {days:?}");
        let by = actor.clone();
        self.write_once(actor, key, content, move |tx| {
            Box::pin(async move {
                let before = calendar(tx).await?;
                let wanted = days.iter().map(|day| (day.date, Some((day.kind, day.name.trim()))));
                unchanged(tx, expected, wanted).await?;
                let is_news = |day: &&Day| before.get(day.date) != Some((day.kind, day.name.trim()));
                let news: Vec<&Day> = days.iter().filter(is_news).collect();
                if news.is_empty() {
                    return Ok(Changed::default());
                }
                let were = news.iter().filter_map(|day| there(&before, day.date)).collect();
                for day in &news {
                    put(tx, day.date, day.kind.word(), day.name.trim()).await?;
                }
                tx.journal(by.user(), "calendar.set", "calendar", &news)?;
                let days = news.len();
                Ok(Changed { days, were, moved: follow(tx, &by, before).await? })
            })
        })
        .await
    }

    /// Enters one day.
    pub async fn set_day(&self, actor: &Actor, key: &Key, day: Day) -> Result<Done<Changed>, StoreError> {
        self.set_days(actor, key, vec![day]).await
    }

    /// Takes a day out: it follows the week again.
    pub async fn remove_day(&self, actor: &Actor, key: &Key, date: NaiveDate) -> Result<Done<Changed>, StoreError> {
        self.remove_day_of_version(actor, key, None, date).await
    }

    /// Takes a day out of a calendar as it was seen, like [`Store::set_days_of_version`].
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if the day has become something else since.
    pub async fn remove_day_of_version(
        &self,
        actor: &Actor,
        key: &Key,
        expected: Option<i64>,
        date: NaiveDate,
    ) -> Result<Done<Changed>, StoreError> {
        needs(actor, &[Role::Administrator])?;
        let by = actor.clone();
        self.write_once(actor, key, format!("remove_day {expected:?} {date}"), move |tx| {
            Box::pin(async move {
                let before = calendar(tx).await?;
                unchanged(tx, expected, [(date, None)]).await?;
                let Some(was) = there(&before, date) else { return Ok(Changed::default()) };
                put(tx, date, REMOVED, "").await?;
                tx.journal(by.user(), "calendar.removed", "calendar", &Removed { date })?;
                Ok(Changed { days: 1, were: vec![was], moved: follow(tx, &by, before).await? })
            })
        })
        .await
    }
}

/// What the journal says of a day that was taken out.
#[derive(Serialize, Deserialize)]
struct Removed {
    date: NaiveDate,
}

/// The calendar as some entries of the journal, from the first on, have made it.
async fn journaled(link: &impl Queries, which: &str, until: i64) -> Result<Calendar, StoreError> {
    let sql = format!("SELECT kind, body FROM journal WHERE subject = 'calendar' AND {which} ORDER BY seq");
    let mut calendar = Calendar::shipped();
    for row in link.all(&sql, values![until]).await? {
        if row.text("kind")? == "calendar.removed" {
            calendar.remove(row.json::<Removed>("body")?.date);
            continue;
        }
        for day in row.json::<Vec<Day>>("body")? {
            let set = calendar.set(day.date, day.kind, day.name.trim());
            set.map_err(|error| StoreError::corrupt(format!("calendar/{}", day.date), error))?;
        }
    }
    Ok(calendar)
}

/// That days still are what they were when the calendar was seen, or are already what they are to be. Each day is looked at by
/// itself: two who enter different days are not in each other's way.
async fn unchanged<'d>(
    tx: &Tx,
    expected: Option<i64>,
    wanted: impl IntoIterator<Item = (NaiveDate, Option<(DayKind, &'d str)>)>,
) -> Result<(), StoreError> {
    let Some(expected) = expected else { return Ok(()) };
    let (then, now) = (journaled(tx, "seq <= $1", expected).await?, calendar(tx).await?);
    let changed =
        wanted.into_iter().find(|(date, wanted)| now.get(*date) != then.get(*date) && now.get(*date) != *wanted);
    let Some((date, wanted)) = changed else { return Ok(()) };
    let [zh, en] = [Lang::Zh, Lang::En].map(|lang| now.get(date).map(|(kind, name)| (kind.label(lang), name)));
    let zh = zh.map_or_else(|| "普通的一天".to_owned(), |(kind, name)| format!("{kind}（{name}）"));
    let en = en.map_or_else(|| "an ordinary day".to_owned(), |(kind, name)| format!("{kind} ({name})"));
    let (verb, done, again) = match wanted {
        Some(_) => ("录入", "entered", "enter it again"),
        None => ("删除", "deleted", "delete it again"),
    };
    let [day_zh, day_en] = [Lang::Zh, Lang::En].map(|lang| day_text(date, lang));
    Err(StoreError::conflict(
        format!("您打开这一页以后，{day_zh}已改成{zh}，没有{verb}。请看清后再{verb}"),
        format!("since you opened the page {day_en} was made {en}; nothing was {done}. Look at it, and {again}"),
    ))
}

/// What stands in a calendar on a day.
fn there(calendar: &Calendar, date: NaiveDate) -> Option<Day> {
    calendar.get(date).map(|(kind, name)| Day { date, kind, name: name.to_owned() })
}

/// Has everything go by the calendar as it is now: what is counted from now on, and the periods of people that run already and would be
/// left with fewer working days than `before`. What a desk was to be done by was told to the applicant, and stays.
async fn follow(tx: &mut Tx, by: &Actor, before: Arc<Calendar>) -> Result<Moved, StoreError> {
    next_version(tx).await?;
    let (after, today) = (calendar(tx).await?, tx.now().day());
    tx.put_down().await?;
    let sql = "SELECT id, stage, due FROM cases WHERE stage IN ('in_notice', 'correction', 'payment_failed') AND due >= $1 \
               ORDER BY id";
    let mut moved = Moved::default();
    for row in tx.all(sql, values![today.to_string()]).await? {
        let (id, text) = (CaseId(row.int("id")?), row.text("due")?);
        let due: NaiveDate = text.parse().map_err(|error| StoreError::corrupt(rows::subject_of(id), error))?;
        // Most stay as they are, whenever they began.
        if before.kept_end(&after, today, NaiveDate::MIN, due) == due {
            continue;
        }
        let begun = begun(tx, id).await?;
        if before.kept_end(&after, today, begun, due) == due {
            continue;
        }
        let case = rows::load(tx, id).await?;
        let count = match case.stage {
            Stage::InNotice => &mut moved.notices,
            Stage::Correction => &mut moved.corrections,
            _ => &mut moved.accounts,
        };
        *count += 1;
        act::act(tx, case, Command::KeepDays { before: Arc::clone(&before), begun }, by).await?;
    }
    Ok(moved)
}

/// The day on which a case's period began, or goes on since it stood still: the last on which anything but a change of the calendar has
/// set when it ends.
async fn begun(tx: &Tx, id: CaseId) -> Result<NaiveDate, StoreError> {
    let subject = rows::subject_of(id);
    let sql = format!("SELECT {} FROM journal WHERE subject = $1 ORDER BY seq", Entry::COLUMNS);
    let (mut case, mut begun): (Option<Case>, NaiveDate) = (None, NaiveDate::MIN);
    for row in tx.all(&sql, values![subject.as_str()]).await? {
        let entry = Entry::of(&row)?;
        let was = case.as_ref().map(|case| (case.stage, case.due));
        let now = step(case, &entry).map_err(|_| StoreError::corrupt(&subject, "its events make no case"))?;
        if was != Some((now.stage, now.due)) && entry.kind != "case.deadline_moved" {
            begun = entry.at.day();
        }
        case = Some(now);
    }
    Ok(begun)
}

async fn put(tx: &mut Tx, date: NaiveDate, kind: &str, name: &str) -> Result<(), StoreError> {
    let sql = "INSERT INTO calendar (date, kind, name) VALUES ($1, $2, $3) \
               ON CONFLICT (date) DO UPDATE SET kind = excluded.kind, name = excluded.name";
    tx.execute(sql, values![date.to_string(), kind, name]).await.map(drop)
}

async fn next_version(tx: &mut Tx) -> Result<(), StoreError> {
    // Not a count: an edit that is rolled back must not share its number with the one that comes after.
    let version = i64::from_be_bytes(random::<8>()?);
    keep(tx, VERSION, &version.to_string()).await
}

async fn version(link: &impl Queries) -> Result<i64, StoreError> {
    Ok(kept(link, VERSION).await?.and_then(|text| text.parse().ok()).unwrap_or(0))
}

/// The calendar, from whatever answers queries.
pub(crate) async fn calendar(link: &impl Queries) -> Result<Arc<Calendar>, StoreError> {
    let version = memoized(link, "calendar", version(link)).await?;
    if let Some(calendar) = link.shared().caches.calendar.get(&version) {
        return Ok(calendar);
    }
    let mut calendar = Calendar::shipped();
    for row in link.all("SELECT date, kind, name FROM calendar", vec![]).await? {
        let text = row.text("date")?;
        let date: NaiveDate = text.parse().map_err(|error| StoreError::corrupt(format!("calendar/{text}"), error))?;
        let kind = match row.text("kind")?.as_str() {
            "off" => DayKind::Off,
            "work" => DayKind::Work,
            _ => {
                calendar.remove(date);
                continue;
            }
        };
        let set = calendar.set(date, kind, &row.text("name")?);
        set.map_err(|error| StoreError::corrupt(format!("calendar/{text}"), error))?;
    }
    let calendar = Arc::new(calendar);
    link.shared().caches.calendar.put(version, Arc::clone(&calendar));
    Ok(calendar)
}
