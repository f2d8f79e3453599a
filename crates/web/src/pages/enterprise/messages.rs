//! What has become of the applications, in letters.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use duixian_money::Fen;
use duixian_rules::pack::Pack;
use duixian_store::messages::Message;
use serde_json::Value as Json;

use super::draft::title;
use super::parties;
use super::standing::day_text;
use crate::format;
use crate::locale::{Lang, Text};
use crate::page::Page;
use crate::portal::Portal;
use crate::problem::Problem;
use crate::ui::Pager;
use crate::viewer::Viewer;

/// A message as it is read.
struct Letter {
    what: Text,
    title: Text,
    lines: Vec<Text>,
    href: Option<String>,
    at: chrono::NaiveDateTime,
    party: Option<String>,
    is_new: bool,
    is_bad: bool,
}

#[derive(Template)]
#[template(path = "enterprise/messages.html")]
struct Messages {
    page: Page,
    letters: Vec<Letter>,
    pager: Pager,
}

/// `GET /messages`: the newest first. What is shown counts as read from then on.
pub async fn list(State(portal): State<Arc<Portal>>, page: Page, viewer: Viewer) -> Result<Response, Problem> {
    let number = page.query_value("page").and_then(|text| text.parse().ok()).unwrap_or(1);
    let found = portal.store.messages(&viewer.actor, None, number).await?;
    let names = parties::all(&portal, &viewer).await?;
    let pack = portal.store.current_pack().await?.map(|(_, pack)| pack);
    let unread: Vec<i64> =
        found.rows.iter().filter(|message| message.read_at.is_none()).map(|message| message.id).collect();
    if !unread.is_empty() {
        portal.store.mark_read(&viewer.actor, unread).await?;
    }
    let has_parties = names.len() > 1;
    let letter = |message: &Message| {
        let party = names.iter().find(|party| party.code == message.party).map(|party| party.name.clone());
        Letter { party: party.filter(|_| has_parties), ..letter(message, pack.as_deref()) }
    };
    let letters = found.rows.iter().map(letter).collect();
    let pager = Pager::asked(&page, found.per_page, found.total);
    let page = page.titled(("消息", "Messages")).narrow();
    Page::show(&Messages { page, letters, pager })
}

/// A message in words: what happened, until when, what to do.
fn letter(message: &Message, pack: Option<&Pack>) -> Letter {
    let body = &message.body;
    let text = |key: &str| body.get(key).and_then(Json::as_str).unwrap_or("").to_owned();
    let day = |key: &str| body.get(key).and_then(Json::as_str).and_then(|text| text.parse::<NaiveDate>().ok());
    let amount = |key: &str| body.get(key).and_then(Json::as_i64).map(Fen);
    let (measure, basis) = (text("measure"), text("basis"));
    let rule = pack.and_then(|pack| pack.plan.measures.iter().find(|rule| rule.name.en == measure));
    let name = rule.map_or_else(|| Text::same(format!("{measure} {basis}")), |rule| title(rule, &basis));
    let mut lines: Vec<Text> = Vec::new();
    let mut say = |zh: String, en: String| lines.push(Text::new(zh, en));
    if let Some(amount) = amount("amount") {
        say(format!("金额：{}", format::yuan(Lang::Zh, amount)), format!("Amount: {}", format::yuan(Lang::En, amount)));
    }
    for key in ["reason", "grounds", "answer"] {
        let words = text(key);
        if !words.is_empty() {
            say(words.clone(), words);
        }
    }
    let each = |key: &str| body.get(key).and_then(Json::as_array).cloned().unwrap_or_default();
    for defect in each("defects") {
        let words = defect.get("text").and_then(Json::as_str).unwrap_or("").to_owned();
        say(format!("· {words}"), format!("· {words}"));
    }
    for condition in each("conditions") {
        let words = condition.as_str().unwrap_or("").to_owned();
        say(format!("条件：{words}"), format!("Condition: {words}"));
    }
    let yours = matches!(message.kind.as_str(), "correction_asked" | "payment_failed");
    for (key, zh, en) in
        [("due", "办理期限", "to be done by"), ("until", "公示到", "in notice until"), ("on", "付款日", "paid on")]
    {
        if let Some(day) = day(key) {
            let day = day_text(day);
            if key == "due" && yours {
                say(format!("请在{}前办好", day.zh), format!("Please do it by {}", day.en));
            } else {
                say(format!("{zh}{}", day.zh), format!("{en} {}", day.en));
            }
        }
    }
    let href = message.case.map(|id| match message.kind.as_str() {
        "payment_failed" => format!("/cases/{}/account", id.0),
        _ => format!("/cases/{}", id.0),
    });
    let number = text("number");
    let title = if number.is_empty() {
        name
    } else {
        Text::new(format!("{}（{number}）", name.zh), format!("{} ({number})", name.en))
    };
    Letter {
        what: what(&message.kind),
        title,
        lines,
        href,
        at: message.at.local(),
        party: None,
        is_new: message.read_at.is_none(),
        is_bad: matches!(
            message.kind.as_str(),
            "correction_asked" | "payment_failed" | "declined" | "not_accepted" | "lapsed" | "objected"
        ),
    }
}

/// The heading of a kind of message.
fn what(kind: &str) -> Text {
    match kind {
        "submitted" => ("申请已收到", "Application received"),
        "accepted" => ("申请已受理", "Application accepted"),
        "not_accepted" => ("申请没有受理", "Application not accepted"),
        "correction_asked" => ("请您补正", "Please correct your application"),
        "corrected" => ("补正已收到", "Correction received"),
        "held" => ("暂缓办理", "Put on hold"),
        "resumed" => ("恢复办理", "Resumed"),
        "decided" => ("金额已审定", "Decided"),
        "queued" => ("已审定，排队等资金", "Decided, waits for funds"),
        "funded" => ("资金已安排", "Funded"),
        "declined" => ("决定不予支持", "Declined"),
        "notice_published" => ("开始公示", "In public notice"),
        "objected" => ("公示期间有人提出异议", "Objected to"),
        "objection_answered" => ("异议已答复", "Objection answered"),
        "notice_ended" => ("公示期满，等待拨付", "Notice over; to be paid"),
        "paid" => ("款项已拨付", "Paid"),
        "payment_failed" => ("银行退回了款项，请更正账户", "The bank sent the money back: correct the account"),
        "closed" => ("已办结", "Closed"),
        "lapsed" => ("逾期没有补正，视为撤回", "Not corrected in time: counts as withdrawn"),
        _ => ("案件有变化", "Something has changed"),
    }
    .into()
}
