//! The demonstration's clock. Outside a demonstration there is no such page.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{NaiveDate, TimeDelta};
use duixian_casework::moment::Moment;
use duixian_store::StoreError;

use crate::access::{Access, Routes};
use crate::format;
use crate::forms::{Field, Form, Posted};
use crate::locale::{Lang, Text};
use crate::page::Page;
use crate::portal::Portal;
use crate::problem::{Problem, for_form};
use crate::shell::Flash;
use crate::viewer::Viewer;

/// The routes. Everyone who is signed in may move a demonstration's time.
pub fn routes() -> Routes {
    Routes::new().get("/demo/clock", Access::SignedIn, show).post("/demo/clock", Access::SignedIn, advance)
}

/// The hour at which a day begins that the clock was moved to: offices open.
const OPENING_HOUR: u32 = 9;

#[derive(Template)]
#[template(path = "demo/clock.html")]
struct ClockPage {
    page: Page,
    form: Form,
    from: String,
    now: String,
    next_working_day: String,
    in_five: String,
}

fn form(lang: Lang) -> Form {
    let days = Field::whole("days", ("向前几天", "How many days"))
        .within(1, 366)
        .hint(("按日历天数，周末和假期也算一天。", "Calendar days; weekends and holidays count as days."));
    Form::new(lang, vec![days])
}

async fn show(State(portal): State<Arc<Portal>>, page: Page) -> Result<Response, Problem> {
    let form = form(page.lang).with("days", "1");
    shown(&portal, page, form, StatusCode::OK).await
}

async fn advance(
    State(portal): State<Arc<Portal>>,
    viewer: Viewer,
    page: Page,
    posted: Posted,
) -> Result<Response, Problem> {
    if !portal.demo {
        return Err(Problem::not_found());
    }
    let now = portal.store.now();
    let calendar = portal.store.calendar().await?;
    let mut form = form(page.lang);
    let to = match posted.get("to") {
        "next" => calendar.add_working_days(now.day(), 1),
        "five" => calendar.add_working_days(now.day(), 5),
        _ => {
            form = form.filled(&posted);
            match form.whole("days") {
                Some(days) if form.is_good() => now.day() + TimeDelta::days(days),
                _ => return shown(&portal, page, form, StatusCode::UNPROCESSABLE_ENTITY).await,
            }
        }
    };
    // A second click on the same form finds the time moved already and would move it again; one that comes at the same moment is
    // seen by the store.
    let there = Moment::at(to, OPENING_HOUR, 0);
    let is_fresh = posted.get("from") == now.day().to_string();
    let moved_to =
        if is_fresh { portal.store.advance_clock_to(&viewer.actor, there).await.map(Some) } else { Ok(None) };
    match moved_to {
        Ok(Some(_)) => {}
        Ok(None) | Err(StoreError::Conflict { .. }) => {
            let flash = Flash::trouble("时间已经调过了", "The time has been moved already");
            return Ok(flash.redirect(&page.site().key, "/demo/clock"));
        }
        Err(error) => {
            form.error("days", for_form(error)?);
            return shown(&portal, page, form, StatusCode::UNPROCESSABLE_ENTITY).await;
        }
    }
    // What has come due by then is done at once, not within the next minute.
    portal.store.tick().await?;
    let flash = Flash { good: true, text: moved(to) };
    Ok(flash.redirect(&page.site().key, "/demo/clock"))
}

fn moved(to: NaiveDate) -> Text {
    Text::new(
        format!("现在是{}上午九点，到期的事项已经处理", format::date_with_weekday(Lang::Zh, to)),
        format!("It is nine in the morning of {}; what has come due is done", format::date_with_weekday(Lang::En, to)),
    )
}

async fn shown(portal: &Portal, page: Page, form: Form, status: StatusCode) -> Result<Response, Problem> {
    if !portal.demo {
        return Err(Problem::not_found());
    }
    let calendar = portal.store.calendar().await?;
    let now = portal.store.now().local();
    let today = now.date();
    let day = |days| format::date_with_weekday(page.lang, calendar.add_working_days(today, days));
    let (next_working_day, in_five) = (day(1), day(5));
    let from = today.to_string();
    let now = format!("{} {}", format::date_with_weekday(page.lang, today), now.format("%H:%M"));
    let page = page.titled(("演示时钟", "Demonstration clock")).narrow().led((
        "期限、公示和补正都按这个时间计。时间只能向前。",
        "Deadlines, notices and corrections go by this clock. Time only moves forward.",
    ));
    Page::show_as(status, &ClockPage { page, form, from, now, next_working_day, in_five })
}

#[cfg(test)]
mod tests;
