//! Delegations: who acts for which party, granted on a letter of authority, until when; taken back at once.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use duixian_casework::moment::Moment;
use duixian_casework::people::Role;
use duixian_store::people::User;
use duixian_store::search::DelegationFilter;

use crate::export;
use crate::forms::{Choice, Field, Form, Posted};
use crate::list::{Cell, Column, List, Row, RowState};
use crate::locale::Text;
use crate::page::Page;
use crate::pages::shared::{self, DelegationView};
use crate::portal::Portal;
use crate::problem::{Problem, for_form};
use crate::shell::Flash;
use crate::ui::Pager;
use crate::viewer::Viewer;

const PER_PAGE: u64 = 50;
const EXPORTED: u64 = 1_000;
/// Parties proposed where a name fits several.
const PROPOSED: u64 = 8;

#[derive(Template)]
#[template(path = "admin/delegations.html")]
struct DelegationsPage {
    page: Page,
    filter: Form,
    form: Form,
    list: List,
    pager: Pager,
    rows: Vec<Granted>,
    may_register: bool,
}

/// A delegation with the login of its agent, since two may have one name.
struct Granted {
    delegation: DelegationView,
    login: String,
}

fn grant_form(page: &Page) -> Form {
    Form::new(
        page.lang,
        vec![
            Field::text("agent", ("经办人", "Agent")).max_chars(64).hint(("登录名", "Login name")),
            Field::text("party", ("单位", "Party"))
                .max_chars(100)
                .hint(("统一社会信用代码，或者能认出是哪一家的名称", "Credit code, or enough of its name")),
            Field::date("until", ("到哪天为止", "Until"))
                .optional()
                .hint(("当天仍有效。空着即长期有效。", "That day included. Empty: for good.")),
            Field::text("note", ("授权依据", "Grounds"))
                .hint(("授权书的编号和日期", "Number and date of the letter of authority")),
        ],
    )
}

/// All delegations, with the form that grants one.
pub(super) async fn list(State(portal): State<Arc<Portal>>, page: Page) -> Result<Response, Problem> {
    let mut form = grant_form(&page);
    if let Some(agent) = page.query_value("agent") {
        form = form.with("agent", agent);
    }
    shown(&portal, page, form, StatusCode::OK).await
}

async fn shown(portal: &Portal, page: Page, form: Form, status: StatusCode) -> Result<Response, Problem> {
    let choices = vec![Choice::new("holding", ("有效的", "in force")), Choice::new("all", ("全部", "all"))];
    let filter = Form::new(
        page.lang,
        vec![
            Field::text("q", ("经办人或单位", "Agent or party")).optional(),
            Field::select("state", ("状态", "State"), choices).optional(),
        ],
    )
    .drafted(&Posted::from_query(page.query()));
    let format = export::Format::asked(&page);
    let asked = page.query_value("page").and_then(|text| text.parse().ok()).unwrap_or(1);
    let wanted = DelegationFilter {
        text: Some(filter.text("q").to_owned()).filter(|text| !text.is_empty()),
        holding: filter.text("state") == "holding",
        page: if format.is_some() { 1 } else { asked },
        per_page: if format.is_some() { EXPORTED } else { PER_PAGE },
    };
    let found = portal.store.delegations(&wanted).await?;
    let pager = Pager::asked(&page, PER_PAGE, found.total);
    let mut all = found.rows;
    if format.is_some() {
        // An export has all rows, not those of one page.
        for number in 2..=found.total.div_ceil(EXPORTED) {
            let more = DelegationFilter { page: number, ..wanted.clone() };
            all.extend(portal.store.delegations(&more).await?.rows);
        }
    }
    let logins: Vec<String> = all.iter().map(|one| one.user_login.clone()).collect();
    let rows: Vec<Granted> = shared::delegations(portal, all)
        .await?
        .into_iter()
        .zip(logins)
        .map(|(delegation, login)| Granted { delegation, login })
        .collect();
    let mut list = List::new(
        ("经办授权", "Delegations"),
        vec![
            Column::text("agent", ("经办人", "Agent")),
            Column::text("login", ("登录名", "Login")),
            Column::text("party", ("单位", "Party")),
            Column::text("code", ("信用代码", "Code")),
            Column::date("since", ("起", "From")),
            Column::date("until", ("止", "Until")),
            Column::text("note", ("依据", "Grounds")),
            Column::status("state", ("状态", "State")),
            Column::text("ended", ("谁、何时结束", "Ended by and when")),
        ],
    )
    .cards();
    for Granted { delegation: one, login } in &rows {
        let row = Row::new(vec![
            Cell::text(one.user_name.clone()),
            Cell::text(login.clone()),
            Cell::text(one.party_name.clone()),
            Cell::text(one.party.clone()),
            Cell::date(one.since.date()),
            one.last_day.map_or_else(|| Cell::pair(("长期", "for good")), Cell::date),
            Cell::text(one.note.clone()),
            Cell::status(one.status.clone()),
            Cell::pair(one.ended.clone()),
        ]);
        list.push(row.in_state(if one.holds { RowState::Plain } else { RowState::Done }));
    }
    if let Some(format) = format {
        return export::answer(&list, page.lang, format, "delegations");
    }
    let may_register = page.has_area("/admin") || page.has_area("/admin/delegations");
    let page = super::framed(page.titled(("经办授权", "Delegations")));
    Page::show_as(status, &DelegationsPage { page, filter, form, list, pager, rows, may_register })
}

/// Grants one.
pub(super) async fn grant(
    State(portal): State<Arc<Portal>>,
    viewer: Viewer,
    page: Page,
    posted: Posted,
) -> Result<Response, Problem> {
    let mut form = grant_form(&page).filled(&posted);
    let agent = agent(&portal, &mut form).await?;
    let party = party(&portal, &mut form).await?;
    let (Some(agent), Some(party), true) = (agent, party, form.is_good()) else {
        return shown(&portal, page, form, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    let until = form.date("until").and_then(|day| day.succ_opt()).map(Moment::start_of);
    let note = form.text("note").to_owned();
    match portal.store.delegate(&viewer.actor, &posted.key()?, agent.id, &party, until, &note).await {
        Ok(_) => {
            let flash = Flash::done("授权已登记，立即生效", "The delegation is registered and acts at once");
            Ok(flash.redirect(&page.site().key, "/admin/delegations"))
        }
        Err(error) => {
            let text = for_form(error)?;
            form.error(if text.zh.contains("截止") { "until" } else { "agent" }, text);
            shown(&portal, page, form, StatusCode::UNPROCESSABLE_ENTITY).await
        }
    }
}

async fn agent(portal: &Portal, form: &mut Form) -> Result<Option<User>, Problem> {
    let login = form.text("agent").to_lowercase();
    if login.is_empty() {
        return Ok(None);
    }
    let found = portal.store.users().await?.into_iter().find(|user| user.login == login);
    match &found {
        None => form.error("agent", ("没有这个登录名。", "There is no such login name.")),
        Some(user) if !user.roles.contains(&Role::Agent) => {
            form.error(
                "agent",
                ("此人不是经办人，请先给他这个角色。", "This user is no agent: give them the role first."),
            );
        }
        Some(_) => {}
    }
    Ok(found)
}

/// The party by its code, or by a name that only one has.
async fn party(portal: &Portal, form: &mut Form) -> Result<Option<String>, Problem> {
    let text = form.text("party").to_owned();
    if text.is_empty() {
        return Ok(None);
    }
    if let Some(party) = portal.store.party(&text.to_uppercase()).await? {
        return Ok(Some(party.code));
    }
    let mut found = portal.store.find_parties(&text, PROPOSED).await?;
    if let Some(at) = found.iter().position(|party| party.name == text) {
        return Ok(Some(found.swap_remove(at).code));
    }
    match found.len() {
        1 => Ok(found.pop().map(|party| party.code)),
        0 => {
            form.error("party", ("登记中没有这家单位。", "The registry has no such party."));
            Ok(None)
        }
        _ => {
            let names: Vec<String> = found.iter().map(|party| format!("{} {}", party.name, party.code)).collect();
            let zh = format!("有几家都符合，请写信用代码：{}。", names.join("、"));
            let en = format!("Several fit; give the code: {}.", names.join(", "));
            form.error("party", Text::new(zh, en));
            Ok(None)
        }
    }
}

/// Takes one back.
pub(super) async fn revoke(
    State(portal): State<Arc<Portal>>,
    Path(id): Path<i64>,
    viewer: Viewer,
    page: Page,
    posted: Posted,
) -> Result<Response, Problem> {
    portal.store.revoke(&viewer.actor, &posted.key()?, id).await?;
    let flash = Flash::done("授权已撤销，立即生效", "The delegation is revoked and acts no more");
    Ok(flash.redirect(&page.site().key, "/admin/delegations"))
}
