//! What has become of the applications, in letters.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use chrono::NaiveDate;
use duixian_casework::case::{CaseId, DefectAbout, Sharing};
use duixian_casework::procedure::Procedure;
use duixian_casework::round::Round;
use duixian_casework::stage::Stage;
use duixian_money::Fen;
use duixian_rules::pack::Pack;
use duixian_rules::plan::StepKind;
use duixian_store::facts::Party;
use duixian_store::messages::{Message, Wanted};
use serde_json::Value as Json;

use super::asked::{Asked, asked};
use super::draft::title;
use super::offers::open_rounds;
use super::outlook::apply_href;
use super::standing::{bank_words, day_text};
use super::{parties, together};
use crate::casefile::cells;
use crate::casefile::corrected::in_words;
use crate::casefile::history::put_off;
use crate::casefile::industry;
use crate::casefile::queue::{plain, rule_name};
use crate::casefile::said::use_condition;
use crate::format;
use crate::forms::{Choice, Field, Form, Posted};
use crate::locale::{Lang, Text};
use crate::page::Page;
use crate::portal::Portal;
use crate::problem::Problem;
use crate::shell::{Flash, redirect};
use crate::ui::{Pager, Tab, Tabs};
use crate::viewer::Viewer;

/// A message as it is read.
struct Letter {
    what: Text,
    title: Text,
    lines: Vec<Text>,
    /// The applications that were sent together, each with its number and where it stands; none of a single one.
    together: Vec<(String, String)>,
    href: String,
    /// What its reader may do about it, and where, where the heading does not say it.
    step: Option<(String, Text)>,
    at: chrono::NaiveDateTime,
    party: Option<String>,
    is_new: bool,
    is_bad: bool,
}

#[derive(Template)]
#[template(path = "enterprise/messages.html")]
struct Messages {
    page: Page,
    tabs: Tabs,
    unread: u64,
    letters: Vec<Letter>,
    pager: Pager,
    /// By which of the parties that have messages they can be sorted out; none where there is but one.
    filter: Option<Form>,
    /// Whether there is any party whose messages could be shown.
    has_party: bool,
    /// Parties whose delegation has ended of late: their messages are not there any more.
    ended: Vec<(String, NaiveDate)>,
}

/// `GET /messages`: the newest first; all of them, or those that ask for something, or those that nobody has opened. To look
/// at the list opens none: what asks for something stays unread until someone goes there, or says that all were read.
pub async fn list(State(portal): State<Arc<Portal>>, page: Page, viewer: Viewer) -> Result<Response, Problem> {
    let number = page.query_value("page").and_then(|text| text.parse().ok()).unwrap_or(1);
    let wanted = match page.query_value("show").as_deref() {
        Some("todo") => Wanted::ToDo,
        Some("unread") => Wanted::Unread,
        _ => Wanted::All,
    };
    let names = parties::all(&portal, &viewer).await?;
    let asked_for = page.query_value("party").filter(|party| viewer.actor.acts_for(party));
    let only = asked_for.as_deref();
    let filter = filter(&portal, &page, &viewer, &names).await?;
    let found = portal.store.messages(&viewer.actor, only, wanted, number).await?;
    let to_do = match wanted {
        Wanted::ToDo => found.total,
        Wanted::All | Wanted::Unread => portal.store.messages(&viewer.actor, only, Wanted::ToDo, 1).await?.total,
    };
    let unread = match only {
        Some(_) => portal.store.messages(&viewer.actor, only, Wanted::Unread, 1).await?.total,
        None => viewer.unread,
    };
    let rounds = open_rounds(&portal).await?;
    let pack = portal.store.current_pack().await?.map(|(_, pack)| pack);
    let has_parties = names.len() > 1;
    let letter = |message: &Message, asked: Asked| {
        let party = names.iter().find(|party| party.code == message.party).map(|party| party.name.clone());
        Letter { party: party.filter(|_| has_parties), ..letter(message, pack.as_deref(), &rounds, asked) }
    };
    let mut letters: Vec<Letter> = Vec::new();
    for message in &found.rows {
        let asked = asked(&portal, &viewer, message).await?;
        let mut letter = letter(message, asked);
        // What is to be done stands there once for each case, by its last message.
        if wanted == Wanted::ToDo {
            letter.what = asked.of_all(letter.what);
        }
        letters.push(letter);
    }
    let pager = Pager::asked(&page, found.per_page, found.total);
    let page = page.titled(("消息", "Messages")).narrow();
    let tabs = tabs(wanted, only, to_do, unread);
    let has_party = !names.is_empty();
    let ended = if letters.is_empty() { parties::ended(&portal, &viewer).await? } else { Vec::new() };
    Page::show(&Messages { page, tabs, unread, letters, pager, filter, has_party, ended })
}

/// The form by which the messages of one party are looked for: whoever acts for many has hundreds. It keeps which messages are looked at.
async fn filter(portal: &Portal, page: &Page, viewer: &Viewer, names: &[Party]) -> Result<Option<Form>, Problem> {
    let with = portal.store.parties_with_messages(&viewer.actor).await?;
    let named = names.iter().filter(|party| with.contains(&party.code));
    let choices: Vec<Choice> =
        named.map(|party| Choice::new(party.code.clone(), Text::same(party.name.clone()))).collect();
    if choices.len() < 2 && page.query_value("party").is_none() {
        return Ok(None);
    }
    let fields =
        vec![Field::select("party", ("哪家单位", "Of which party"), choices).optional(), Field::hidden("show")];
    Ok(Some(Form::new(page.lang, fields).unmarked().drafted(&Posted::from_query(page.query()))))
}

fn tabs(current: Wanted, only: Option<&str>, to_do: u64, unread: u64) -> Tabs {
    let of = |show: &str| {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(Some(("show", show)).filter(|_| !show.is_empty()));
        query.extend_pairs(only.map(|party| ("party", party)));
        let query = query.finish();
        if query.is_empty() { "/messages".to_owned() } else { format!("/messages?{query}") }
    };
    let tab = |wanted, show: &str, text: (&'static str, &'static str), count| Tab {
        href: of(show),
        text: text.into(),
        count,
        is_current: wanted == current,
    };
    Tabs {
        label: ("看哪些消息", "Which messages").into(),
        tabs: vec![
            tab(Wanted::ToDo, "todo", ("需要办的", "To do"), Some(to_do)),
            tab(Wanted::Unread, "unread", ("未读", "Unread"), Some(unread)),
            tab(Wanted::All, "", ("全部", "All"), None),
        ],
    }
}

/// `GET /messages/{id}`: counts as read from now on; leads to what it is about.
pub async fn open(State(portal): State<Arc<Portal>>, viewer: Viewer, Path(id): Path<i64>) -> Result<Response, Problem> {
    let message = portal.store.message(&viewer.actor, id).await?;
    if message.read_at.is_none() {
        portal.store.mark_read(&viewer.actor, vec![id]).await?;
    }
    let place = match message.case {
        Some(id) if !message.beside.is_empty() => sent_place(&portal, &viewer, &message, id).await?,
        // Once the objection is answered there is nothing more to say to it.
        Some(id) if message.kind == "objected" => {
            let is_open = portal.store.case_for(&viewer.actor, id).await?.stage == Stage::Objection;
            format!("/cases/{}{}", id.0, if is_open { "/reply" } else { "" })
        }
        _ => place(&message),
    };
    Ok(redirect(&place))
}

/// `POST /messages/read`: all count as read, or those of one party.
pub async fn read_all(
    State(portal): State<Arc<Portal>>,
    page: Page,
    viewer: Viewer,
    posted: Posted,
) -> Result<Response, Problem> {
    let only = Some(posted.get("party")).filter(|party| viewer.actor.acts_for(party));
    portal.store.mark_all_read(&viewer.actor, only).await?;
    let flash = match only {
        Some(_) => Flash::done("这家单位的消息已标为已读", "The messages of this party count as read"),
        None => Flash::done("全部消息已标为已读", "All messages count as read"),
    };
    Ok(flash
        .redirect(&page.site().key, &only.map_or("/messages".to_owned(), |party| format!("/messages?party={party}"))))
}

/// Where what a message is about is dealt with: of those who act for a party, where they are listed.
fn place(message: &Message) -> String {
    match (message.case, message.kind.as_str()) {
        (Some(id), "payment_failed" | "payment_returned" | "account_reminded") => format!("/cases/{}/account", id.0),
        (Some(id), "deadline_moved") if message.body["stage"] == Stage::PaymentFailed.word() => {
            format!("/cases/{}/account", id.0)
        }
        (Some(id), _) => format!("/cases/{}", id.0),
        (None, _) => format!("/my/{}#agents", message.party),
    }
}

/// Where all stand that were sent together.
async fn sent_place(portal: &Portal, viewer: &Viewer, message: &Message, first: CaseId) -> Result<String, Problem> {
    let subject = portal.store.case_for(&viewer.actor, first).await?.subject;
    let base = together::href(&subject.party, subject.round, &subject.measure);
    let all: Vec<CaseId> = [first].into_iter().chain(message.beside.iter().map(|one| one.case)).collect();
    Ok(together::sent_href(&base, &all))
}

/// Where what was filled in for a round that has closed is taken over: the first of the open rounds that takes the same.
fn another_round(message: &Message, rounds: &[Round]) -> Option<(String, Text)> {
    let text = |key: &str| message.body.get(key).and_then(Json::as_str).unwrap_or("");
    let round = rounds.iter().find(|round| round.takes(text("measure")))?;
    let name = &round.name;
    let said = Text::new(format!("在“{name}”里接着申请"), format!("Apply in “{name}” with what was filled in"));
    Some((apply_href(&message.party, round.id, text("measure"), text("basis")), said))
}

/// A message about who acts for a party; none of any other.
fn of_agents(message: &Message) -> Option<Letter> {
    let agent = message.body.get("agent").and_then(Json::as_str).unwrap_or("").to_owned();
    let by_self = message.body.get("by_self").and_then(Json::as_bool).unwrap_or_default();
    let line = match message.kind.as_str() {
        "agent_registered" => Text::new(
            format!("受理窗口登记了经办人{agent}，从现在起也代这家单位办事。"),
            format!("The intake desk has registered {agent}, who acts for the party from now on, too."),
        ),
        "agent_ended" if by_self => Text::new(
            format!("经办人{agent}自己退出，不再代这家单位办事。"),
            format!("{agent} has given it up, and acts for the party no more."),
        ),
        "agent_ended" => Text::new(
            format!("受理窗口撤销了对经办人{agent}的授权，不再代这家单位办事。"),
            format!("The delegation of {agent} was revoked by the office: they act for the party no more."),
        ),
        _ => return None,
    };
    Some(Letter {
        what: what(&message.kind),
        title: line,
        lines: Vec::new(),
        together: Vec::new(),
        href: format!("/messages/{}", message.id),
        step: None,
        at: message.at.local(),
        party: None,
        is_new: message.read_at.is_none(),
        is_bad: false,
    })
}

/// A message in words: what happened, until when, what to do. `rounds` are those that are open.
fn letter(message: &Message, pack: Option<&Pack>, rounds: &[Round], asked: Asked) -> Letter {
    if let Some(letter) = of_agents(message) {
        return letter;
    }
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
    if let (Some(funded), Some(decided)) = (amount("amount"), amount("decided"))
        && funded < decided
    {
        let sharing = body.get("sharing").and_then(|sharing| serde_json::from_value::<Sharing>(sharing.clone()).ok());
        let (zh, en) = match sharing {
            Some(Sharing { rule, grounds, .. }) => {
                let (name, grounds) = (rule_name(rule), plain(&grounds));
                (
                    format!("，分配规则：{}（{grounds}）", name.zh),
                    format!(", shared out {} ({grounds})", name.en.to_lowercase()),
                )
            }
            None => Default::default(),
        };
        say(
            format!("审定的是{}，资金不够{zh}，只安排了这些，其余不再支付", format::yuan(Lang::Zh, decided)),
            format!(
                "{} was decided; the fund had no more{en}, and the rest is not paid",
                format::yuan(Lang::En, decided)
            ),
        );
    }
    let is_back = matches!(message.kind.as_str(), "payment_failed" | "payment_returned");
    for key in ["reason", "grounds", "answer"] {
        let words = text(key);
        let words = match pack {
            _ if is_back => bank_words(&words).to_owned(),
            Some(pack) => industry::named(&pack.plan.vocabulary, &words),
            None => words,
        };
        if !words.is_empty() {
            say(words.clone(), words);
        }
    }
    let each = |key: &str| body.get(key).and_then(Json::as_array).cloned().unwrap_or_default();
    if message.kind == "lapsed" && !each("defects").is_empty() {
        say("要求补正、到期没有收到的：".to_owned(), "What was asked for, and did not come in time:".to_owned());
    }
    for defect in each("defects") {
        let words = defect.get("text").and_then(Json::as_str).unwrap_or("");
        let words = match (pack, about(&defect)) {
            (Some(pack), Some(about)) => in_words(&pack.plan, &about, words),
            _ => Text::same(words.to_owned()),
        };
        say(format!("· {}", words.zh), format!("· {}", words.en));
    }
    for condition in each("conditions") {
        let words = condition.as_str().unwrap_or("");
        let words = match (pack, rule) {
            (Some(pack), Some(rule)) => use_condition(&pack.plan.english, &Procedure::of(&pack.plan, rule), words),
            _ => Text::same(words.to_owned()),
        };
        say(format!("条件：{}", words.zh), format!("Condition: {}", words.en));
    }
    let yours = is_back
        || matches!(
            message.kind.as_str(),
            "correction_asked" | "correction_reminded" | "account_reminded" | "draft_reminded" | "deadline_moved"
        );
    if let (Some(was_due), Some(due)) = (day("was_due"), day("due")) {
        let stage = Stage::from_word(&text("stage")).unwrap_or(Stage::Correction);
        let told = put_off(stage, was_due, due);
        say(told.zh.into_owned(), format::capital(&told.en));
    }
    for (key, zh, en) in [
        ("due", "这一步的办理期限：", "this step is to be done by"),
        ("decided_by", "审定（作出决定）：", "decision by"),
        ("until", "公示到", "in notice until"),
        ("closed", "受理到", "applications were taken up to"),
        ("on", if is_back { "退回日" } else { "付款日" }, if is_back { "sent back on" } else { "paid on" }),
    ] {
        if let Some(day) = day(key) {
            // A desk that was late before a correction was asked for is late still when it comes.
            let is_late = key == "due" && day < message.at.day();
            let late = if is_late { ("（已超期）", " (overdue)") } else { ("", "") };
            let day = day_text(day);
            let step = StepKind::ALL.into_iter().find(|step| step.word() == text("step")).filter(|_| key == "due");
            if let Some(step) = step {
                let (zh, en) = (step.label(Lang::Zh), step.label(Lang::En));
                say(format!("{zh}：{}前{}", day.zh, late.0), format!("{en}: by {}{}", day.en, late.1));
            } else if key == "due" && yours {
                let (day, is_past) = asked.due.map_or((day, false), |(due, is_past)| (day_text(due), is_past));
                if is_past {
                    say(
                        format!("已超期：应在{}前（含当天）办好", day.zh),
                        format!("Overdue: it was to be done by {}", day.en),
                    );
                    continue;
                }
                say(format!("请在{}前（含当天）办好", day.zh), format!("Please do it by {}", day.en));
            } else {
                say(format!("{zh}{}{}", day.zh, late.0), format!("{en} {}{}", day.en, late.1));
            }
        }
    }
    if message.kind == "queued" {
        let en = "The application's page says where it stands among those that wait.";
        say("排在第几，在申请的页面上随时可以看到。".to_owned(), en.to_owned());
    }
    if message.kind == "objected" {
        let en = "Until it is answered you may reply, with the facts and by what they are known.";
        say("答复以前，您可以写明事实和依据，陈述意见。".to_owned(), en.to_owned());
    }
    if message.kind == "correction_reminded" {
        let en = "An application that is not corrected by then counts as withdrawn.";
        say("到期没有补正的，申请视为撤回。".to_owned(), en.to_owned());
    }
    if message.kind == "lapsed" {
        let en = "While the round is open you may apply again, once this is made good; the application's page says until when.";
        say("本批次还在受理期内的，补齐以后可以再次申请；受理到哪天，看申请的页面。".to_owned(), en.to_owned());
    }
    if message.kind == "draft_reminded" {
        let en = "It is a draft, and nobody handles it before it is sent; once the round has closed it can't be.";
        say("这还是草稿，没有提交就没有人办理；批次截止以后不能再提交。".to_owned(), en.to_owned());
    }
    let another = another_round(message, rounds).filter(|_| message.kind == "draft_missed");
    if message.kind == "draft_missed" {
        let en = "The round has closed: the draft can no more be filled in or sent.";
        say("本批次已经截止，这份草稿不能再填写、提交。".to_owned(), en.to_owned());
        if another.is_none() {
            let en = "No other round takes the same now; where one does, what was filled in is taken over.";
            say("现在没有别的批次受理这一项；以后有批次受理的，填过的内容可以带过去。".to_owned(), en.to_owned());
        }
    }
    if message.kind == "account_reminded" {
        let en = "If no other account is given by then, the payment may be ended and the money taken back.";
        say("到期没有更正的，主管部门可以终止拨付，收回预留的资金。".to_owned(), en.to_owned());
    }
    if message.kind == "payment_ended" {
        let en = "While the round is open you may apply again, with an account that money can be paid to.";
        say("本批次还在受理期内的，可以用能收款的账户重新申请。".to_owned(), en.to_owned());
        let en = "Why, and until when to ask for reconsideration, stands in the letter on the application's page.";
        say("原因和救济途径写在《终止拨付告知书》里，在申请的页面上可以看到。".to_owned(), en.to_owned());
    }
    let number = text("number");
    let count = message.beside.len() + 1;
    let title = match (count, rule) {
        (1, _) if number.is_empty() => name,
        (1, _) => Text::new(format!("{}（{number}）", name.zh), format!("{} ({number})", name.en)),
        (_, Some(rule)) => {
            let name = cells::name(&rule.name);
            Text::new(format!("{}：{count} 件一起提交", name.zh), format!("{}: {count} sent together", name.en))
        }
        (_, None) => Text::new(format!("{measure}：{count} 件一起提交"), format!("{measure}: {count} sent together")),
    };
    let mut together: Vec<(String, String)> = Vec::new();
    if let (Some(first), false) = (message.case, message.beside.is_empty()) {
        let line =
            |case: CaseId, number: &str, basis: &str| (format!("/cases/{}", case.0), format!("{number}　{basis}"));
        together.push(line(first, &number, &basis));
        together.extend(message.beside.iter().map(|one| line(one.case, &one.number, &one.basis)));
        together.sort_by(|one, other| one.1.cmp(&other.1));
    }
    let upheld = body.get("upheld").and_then(Json::as_bool);
    // Before that was said, one that was upheld sent the case back at once.
    let back = body.get("back").and_then(Json::as_bool).unwrap_or(upheld == Some(true));
    Letter {
        what: match upheld {
            None if count > 1 => ("申请已收到", "Applications received").into(),
            Some(upheld) => answered(upheld, back, day("until").is_some()),
            None => what(&message.kind),
        },
        title,
        lines,
        together,
        href: format!("/messages/{}", message.id),
        step: match message.kind.as_str() {
            "objected" if asked.is_objected => {
                Some((format!("/messages/{}", message.id), ("陈述意见", "Reply to it").into()))
            }
            _ => another,
        },
        at: message.at.local(),
        party: None,
        is_new: message.read_at.is_none(),
        is_bad: upheld == Some(true)
            || back
            || matches!(
                message.kind.as_str(),
                "correction_asked"
                    | "correction_reminded"
                    | "payment_failed"
                    | "payment_returned"
                    | "payment_ended"
                    | "account_reminded"
                    | "draft_reminded"
                    | "draft_missed"
                    | "declined"
                    | "revoked"
                    | "not_accepted"
                    | "lapsed"
                    | "objected"
            ),
    }
}

/// What a defect in a message is about.
fn about(defect: &Json) -> Option<DefectAbout> {
    let about = defect.get("about")?;
    let text = |key: &str| about.get(key).and_then(Json::as_str).map(str::to_owned);
    match (text("fact"), text("evidence"), about.as_str()) {
        (Some(cell), ..) => cell.try_into().ok().map(DefectAbout::Fact),
        (_, Some(kind), _) => Some(DefectAbout::Evidence(kind)),
        (.., Some("account")) => Some(DefectAbout::Account),
        _ => None,
    }
}

/// The heading of the answer to an objection: one that was upheld takes back what was decided.
fn answered(upheld: bool, back: bool, goes_on: bool) -> Text {
    match (upheld, goes_on) {
        (true, _) if !back => {
            ("异议成立，其余异议答复后退回审核", "Objection upheld: back to review once the others are answered")
        }
        (false, _) if back => (
            "异议不成立；另有异议成立，退回审核，预留资金已释放",
            "Objection not upheld; another was: back to review, the reserved money is let go",
        ),
        (true, _) => {
            ("异议成立，退回审核，预留资金已释放", "Objection upheld: back to review, the reserved money is let go")
        }
        (false, true) => ("异议不成立，公示继续", "Objection not upheld: the notice goes on"),
        (false, false) => ("异议不成立，还有别的异议待答复", "Objection not upheld; another is still open"),
    }
    .into()
}

/// The heading of a kind of message.
fn what(kind: &str) -> Text {
    match kind {
        "submitted" => ("申请已收到", "Application received"),
        "accepted" => ("申请已受理", "Application accepted"),
        "not_accepted" => ("申请没有受理", "Application not accepted"),
        "correction_asked" => ("请您补正", "Please correct your application"),
        "correction_reminded" => ("补正快到期了", "Your correction is due soon"),
        "deadline_moved" => ("期限顺延", "You have longer"),
        "draft_reminded" => ("草稿还没有提交，批次快截止了", "A draft is not sent yet, and its round closes soon"),
        "draft_missed" => ("草稿没有提交，批次已截止", "A draft was not sent, and its round has closed"),
        "agent_registered" => ("这家单位新增了经办人", "Another agent acts for this party"),
        "agent_ended" => ("这家单位少了一位经办人", "An agent acts for this party no more"),
        "corrected" => ("补正已收到", "Correction received"),
        "held" => ("暂缓办理", "Put on hold"),
        "resumed" => ("恢复办理", "Resumed"),
        "decided" => ("金额已审定", "Decided"),
        "queued" => ("已审定，排队等资金", "Decided, waits for funds"),
        "funded" => ("资金已安排", "Funded"),
        "declined" => ("决定不予支持", "Declined"),
        "revoked" => ("决定已撤销，重新审核", "The decision was revoked: back to review"),
        "notice_published" => ("开始公示", "In public notice"),
        "objected" => ("公示期间有人提出异议", "Objected to"),
        "objection_answered" => ("异议已答复", "Objection answered"),
        "notice_ended" => ("公示期满，等待拨付", "Notice over; to be paid"),
        "paid" => ("款项已拨付", "Paid"),
        "payment_failed" => ("款项没有付成，请更正收款账户", "The payment failed: correct the account"),
        "payment_returned" => ("付出的款项被银行退回，请更正收款账户", "What was paid came back: correct the account"),
        "account_reminded" => ("更正收款账户的期限快到了", "Another account is due soon"),
        "payment_ended" => ("拨付已经终止", "The payment was ended"),
        "closed" => ("已办结", "Closed"),
        "lapsed" => ("逾期没有补正，视为撤回", "Not corrected in time: counts as withdrawn"),
        _ => ("案件有变化", "Something has changed"),
    }
    .into()
}
