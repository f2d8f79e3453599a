//! The journal: searched by case, person, kind and time; checked from its first entry to its last.

use std::collections::HashMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDateTime;
use duixian_casework::moment::Moment;
use duixian_casework::people::{Role, UserId};
use duixian_rules::vocabulary::Lang;
use duixian_store::Broken;
use duixian_store::funds::TransferFilter;
use duixian_store::people::{AccountChange, Change};
use duixian_store::search::JournalFilter;
use duixian_text::folded;

use super::find::{self, Named, OF_BATCHES, Several};
use super::refs::{self, Met};
use super::{told, words};
use crate::export;
use crate::forms::{Choice, Field, Form, Posted};
use crate::list::{Cell, Column, List, Row, Value};
use crate::locale::Text;
use crate::page::Page;
use crate::pages::work::rows::Names;
use crate::portal::Portal;
use crate::problem::Problem;
use crate::ui::Pager;
use crate::viewer::Viewer;

const PER_PAGE: u64 = 50;
/// The most entries of one export.
const EXPORTED: u64 = 20_000;
/// People offered in the filter; others are found by case and time.
const PEOPLE: usize = 300;
/// The choice among kinds that leaves only those out by which people come and go.
const WITHOUT_SESSIONS: &str = "without-sessions";

#[derive(Template)]
#[template(path = "audit/journal.html")]
struct JournalPage {
    page: Page,
    form: Form,
    list: List,
    pager: Pager,
    result: Option<Checked>,
    is_cut: bool,
    several: Option<Several>,
    /// The latest changes of accounts, where nothing is looked for.
    accounts: Vec<AccountLine>,
}

/// A change of an account, as its line says it.
struct AccountLine {
    seq: i64,
    at: NaiveDateTime,
    by: Text,
    user: String,
    what: Text,
}

/// How many of these are told.
const CHANGES: u32 = 8;

/// What administrators have done to accounts of late: one alone can make some that review, decide and pay.
async fn account_lines(portal: &Portal, names: &HashMap<UserId, String>) -> Result<Vec<AccountLine>, Problem> {
    let changes = portal.store.account_changes(CHANGES).await?;
    let name = |user: UserId| names.get(&user).cloned().unwrap_or_else(|| user.0.to_string());
    let line = |change: AccountChange| AccountLine {
        seq: change.seq,
        at: change.at.local(),
        by: change.by.map_or_else(|| ("系统", "the system").into(), |by| Text::same(name(by))),
        user: name(change.user),
        what: what_was_changed(&change.what),
    };
    Ok(changes.into_iter().map(line).collect())
}

fn what_was_changed(change: &Change) -> Text {
    let named = |roles: &[Role]| {
        let of = |lang, between: &str| roles.iter().map(|role| role.label(lang)).collect::<Vec<_>>().join(between);
        (of(Lang::Zh, "、"), of(Lang::En, ", "))
    };
    match change {
        Change::Made(roles) => {
            let (zh, en) = named(roles);
            Text::new(format!("建立账号：{zh}"), format!("account made: {en}"))
        }
        Change::Roles { given, taken } => {
            let (mut zh, mut en) = (Vec::new(), Vec::new());
            for (roles, verb_zh, verb_en) in [(given, "授予", "given"), (taken, "收回", "taken")] {
                if !roles.is_empty() {
                    let (named_zh, named_en) = named(roles);
                    zh.push(format!("{verb_zh}{named_zh}"));
                    en.push(format!("{verb_en}: {named_en}"));
                }
            }
            match zh.is_empty() {
                true => ("调整岗位", "desks changed").into(),
                false => Text::new(zh.join("，"), en.join("; ")),
            }
        }
        Change::Password => ("重置密码", "password reset").into(),
        Change::Activated => ("恢复使用", "let in again").into(),
        Change::Deactivated => ("停用", "deactivated").into(),
    }
}

/// What a check has come to.
struct Checked {
    good: bool,
    text: Text,
    /// All else that was found as the journal has it, a line each.
    held: Vec<Text>,
    head: String,
}

/// Entries that fit.
pub(super) async fn search(State(portal): State<Arc<Portal>>, viewer: Viewer, page: Page) -> Result<Response, Problem> {
    shown(&portal, &viewer, page, None).await
}

async fn shown(portal: &Portal, viewer: &Viewer, page: Page, result: Option<Checked>) -> Result<Response, Problem> {
    let names = refs::people(portal).await?;
    let of_packs = Names::load(&portal.store).await?;
    let accounts = refs::accounts(portal).await?;
    let mut met = Met::new();
    let mut people: Vec<(UserId, String)> = names.iter().map(|(id, name)| (*id, name.clone())).collect();
    people.sort_unstable();
    let person = |(id, name): &(UserId, String)| Choice::new(id.0.to_string(), Text::same(name.clone()));
    let mut choices = vec![Choice::new("nobody", ("公众、时间或系统", "the public, time or the system"))];
    choices.extend(people.iter().take(PEOPLE).map(person));
    let mut kinds = vec![Choice::new(WITHOUT_SESSIONS, ("除登录和退出以外", "all but signing in and out"))];
    kinds.extend(words::areas());
    let mut form = Form::new(
        page.lang,
        vec![
            Field::text("q", ("编号、批次、单位、信用代码、用户", "Number, batch, party, code, user"))
                .max_chars(60)
                .optional(),
            Field::select("kind", ("类别", "Kind"), kinds).optional(),
            Field::select("who", ("办理人", "Who"), choices).optional(),
            Field::date("from", ("从", "From")).optional(),
            Field::date("to", ("到", "To")).optional(),
        ],
    )
    .filled(&Posted::from_query(page.query()));
    if let (Some(from), Some(to)) = (form.date("from"), form.date("to"))
        && from > to
    {
        form.error(
            "to",
            ("早于“从”，两个日期写反了，请对调。", "is before “from”: the two days are the wrong way round."),
        );
    }
    let (wanted, several) = subjects(portal, viewer, &page, &mut form).await?;
    let format = export::Format::asked(&page);
    let who = form.text("who");
    let filter = JournalFilter {
        subjects: wanted,
        kind: Some(form.text("kind").to_owned()).filter(|kind| !kind.is_empty() && kind != WITHOUT_SESSIONS),
        without_sessions: form.text("kind") == WITHOUT_SESSIONS,
        actor: who.parse().ok().map(UserId),
        by_nobody: who == "nobody",
        from: form.date("from").map(Moment::start_of),
        before: form.date("to").and_then(|day| day.succ_opt()).map(Moment::start_of),
        page: page.query_value("page").and_then(|text| text.parse().ok()).unwrap_or(1),
        per_page: PER_PAGE,
    };
    let mut columns = vec![
        Column::number("seq", ("序号", "No.")),
        Column::text("at", ("时间", "When")),
        Column::text("who", ("办理人", "Who")),
        Column::text("kind", ("事项", "What")),
        Column::text("subject", ("对象", "About")),
        Column::text("hash", ("校验值", "Hash")),
    ];
    columns.extend(format.map(|_| Column::text("body", ("内容", "Written down"))));
    let mut list = List::new(("日志", "Journal"), columns).cards();
    let mut total = 0;
    if form.is_good() && several.is_none() {
        let per_page = if format.is_some() { 1_000 } else { PER_PAGE };
        let mut number = if format.is_some() { 1 } else { filter.page };
        loop {
            let found = portal.store.journal(&JournalFilter { page: number, per_page, ..filter.clone() }).await?;
            total = found.total;
            // On the page each entry has a page of its own for what it has written down.
            if format.is_some() {
                let bodies = found.rows.iter().map(|entry| entry.body.as_str());
                refs::meet(portal, &of_packs, &accounts, bodies, &mut met).await?;
            }
            for entry in &found.rows {
                let (about, href) = words::subject(portal, &names, (&of_packs, &accounts), entry, &mut met).await?;
                let known = told::Known { people: &names, names: &of_packs, accounts: &accounts, met: &met };
                let who = entry.actor.and_then(|actor| names.get(&actor).cloned());
                let about = Cell::pair(about);
                let mut cells = vec![
                    Cell::text(entry.seq.to_string()).link(format!("/audit/entries/{}", entry.seq)),
                    Cell::of(Value::Moment(entry.at.local())),
                    who.map_or_else(|| Cell::pair(words::nobody(&entry.kind)), Cell::text),
                    Cell::pair(words::entry(entry, &accounts)),
                    match href {
                        Some(href) => about.link(href),
                        None => about,
                    },
                    Cell::text(if format.is_some() { entry.hash.clone() } else { entry.hash[..12].to_owned() }),
                ];
                cells.extend(format.map(|_| Cell::pair(told::in_one(&entry.body, &known))));
                list.push(Row::new(cells));
            }
            if format.is_none() || number >= found.pages() || number * per_page >= EXPORTED {
                break;
            }
            number += 1;
        }
    }
    if let Some(format) = format {
        return export::answer(&list, page.lang, format, "journal");
    }
    let pager = Pager::asked(&page, PER_PAGE, total);
    let page = page.titled(("审计", "Audit")).wide().led((
        "每一步都记在这里，环环相扣：改动或抽掉任何一条，检查时都会发现。",
        "Every step is written here, each chained to the one before: none can be altered or taken out unnoticed.",
    ));
    let is_home = page.query_value("page").is_none()
        && ["q", "kind", "who", "from", "to"].iter().all(|field| form.text(field).is_empty());
    let accounts = if is_home { account_lines(portal, &names).await? } else { Vec::new() };
    Page::show(&JournalPage { page, form, list, pager, result, is_cut: total > EXPORTED, several, accounts })
}

/// What a case that is named stands for: the case and its transfers; and what a user does, by login or name, to whose account something was
/// done. The number of a batch stands for the batch where its kinds of entries are asked for; else it is left to be chosen from the batch
/// and its cases, as is a name of several cases. One of none finds nothing and is told.
async fn subjects(
    portal: &Portal,
    viewer: &Viewer,
    page: &Page,
    form: &mut Form,
) -> Result<(Vec<String>, Option<Several>), Problem> {
    let text = form.text("q").to_owned();
    if text.is_empty() {
        return Ok((Vec::new(), None));
    }
    let (typed, users) = (folded(&text), portal.store.users().await?);
    let of_users = users.iter().filter(|user| folded(&user.login) == typed || folded(&user.name) == typed);
    let of_users: Vec<String> = of_users.map(|user| format!("user/{}", user.id.0)).collect();
    if !of_users.is_empty() {
        return Ok((of_users, None));
    }
    if let Some(batch) = portal.store.batch_by_number(&text).await? {
        if form.text("kind").starts_with(OF_BATCHES) {
            return Ok((vec![format!("batch/{}", batch.id)], None));
        }
        let entries = page.href_with(&[("q", &batch.number), ("kind", OF_BATCHES), ("page", "")]);
        return Ok((Vec::new(), Some(find::of_batch(portal, page, &batch, entries).await?)));
    }
    let case = match find::named(portal, viewer, page, &text).await? {
        Named::One(case) => case,
        Named::Several(several) => return Ok((Vec::new(), Some(several))),
        Named::Nothing => {
            form.error("q", ("没有找到这样的案件、批次或用户。", "There is no such case, batch or user."));
            return Ok((Vec::new(), None));
        }
    };
    let filter = TransferFilter { case: Some(case.id), per_page: 400, ..TransferFilter::default() };
    let transfers = portal.store.transfers(&filter).await?;
    let transfers = transfers.rows.iter().map(|row| format!("transfer/{}", row.transfer.id.0));
    Ok((std::iter::once(format!("case/{}", case.id.0)).chain(transfers).collect(), None))
}

/// Walks the whole journal. It only reads; it is a form's doing because it takes a while.
pub(super) async fn verify(
    State(portal): State<Arc<Portal>>,
    viewer: Viewer,
    page: Page,
    _posted: Posted,
) -> Result<Response, Problem> {
    let result = match portal.store.verify_journal(|_| {}).await {
        Ok(verified) => Checked {
            good: true,
            text: Text::new(
                format!(
                    "{} 条日志首尾相接，{} 件案件与各自的记录一致，{} 笔划转与余额一致。",
                    verified.rows, verified.cases, verified.transfers
                ),
                format!(
                    "{} entries are chained without a gap; {} cases are what their events make of them; {} transfers add up to the balances.",
                    verified.rows, verified.cases, verified.transfers
                ),
            ),
            held: verified.held.iter().map(|one| Text::new(one.text(Lang::Zh), one.text(Lang::En))).collect(),
            head: verified.head,
        },
        Err(Broken::Link { seq, zh, en }) => Checked {
            good: false,
            text: match seq {
                0 => Text::new(zh, en),
                _ => Text::new(format!("第 {seq} 条起不对：{zh}"), format!("From entry {seq} on: {en}")),
            },
            held: Vec::new(),
            head: String::new(),
        },
        Err(Broken::Unreadable(error)) => return Err(error.into()),
    };
    shown(&portal, &viewer, page, Some(result)).await
}
