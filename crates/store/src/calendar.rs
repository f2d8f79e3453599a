//! The calendar of working days: what ships, with what the administrator has entered laid over it.

use std::sync::Arc;

use chrono::NaiveDate;
use duixian_casework::calendar::{Calendar, Day, DayKind};
use duixian_casework::moment::Moment;
use duixian_casework::people::{Actor, Role};
use duixian_rules::vocabulary::Lang;
use serde::{Deserialize, Serialize};

use crate::access::needs;
use crate::db::{Queries, Store, values};
use crate::error::StoreError;
use crate::memo::memoized;
use crate::once::{Done, Key};
use crate::settings::{keep, kept, random};
use crate::tx::Tx;

/// What the table says of a day that ships and was taken out.
pub(crate) const REMOVED: &str = "removed";
/// Where the calendar's version is kept, by which other processes know that theirs is old.
const VERSION: &str = "calendar_version";

impl Store {
    /// The calendar.
    pub async fn calendar(&self) -> Result<Arc<Calendar>, StoreError> {
        calendar(self).await
    }

    /// The calendar as it was at a moment: what was told by it then does not change with what is entered later.
    pub async fn calendar_at(&self, at: Moment) -> Result<Calendar, StoreError> {
        let sql = "SELECT kind, body FROM journal WHERE subject = 'calendar' AND at <= $1 ORDER BY seq";
        let mut calendar = Calendar::shipped();
        for row in self.all(sql, values![at.0]).await? {
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

    /// Enters days, in place of what stood there. Deadlines that run already stay; those set from now on follow.
    ///
    /// # Errors
    /// [`StoreError::BadInput`] with what is wrong with a day; none is entered then.
    pub async fn set_days(&self, actor: &Actor, key: &Key, days: Vec<Day>) -> Result<Done<()>, StoreError> {
        needs(actor, &[Role::Administrator])?;
        let mut trial = Calendar::default();
        for day in &days {
            trial
                .set(day.date, day.kind, &day.name)
                .map_err(|error| StoreError::bad_input(error.message(Lang::Zh), error.message(Lang::En)))?;
        }
        let content = format!("set_days {days:?}");
        let by = actor.user();
        self.write_once(actor, key, content, move |tx| {
            Box::pin(async move {
                for day in &days {
                    put(tx, day.date, day.kind.word(), day.name.trim()).await?;
                }
                tx.journal(by, "calendar.set", "calendar", &days)?;
                next_version(tx).await
            })
        })
        .await
    }

    /// Enters one day.
    pub async fn set_day(&self, actor: &Actor, key: &Key, day: Day) -> Result<Done<()>, StoreError> {
        self.set_days(actor, key, vec![day]).await
    }

    /// Takes a day out: it follows the week again.
    pub async fn remove_day(&self, actor: &Actor, key: &Key, date: NaiveDate) -> Result<Done<()>, StoreError> {
        needs(actor, &[Role::Administrator])?;
        let by = actor.user();
        self.write_once(actor, key, format!("remove_day {date}"), move |tx| {
            Box::pin(async move {
                put(tx, date, REMOVED, "").await?;
                tx.journal(by, "calendar.removed", "calendar", &Removed { date })?;
                next_version(tx).await
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
