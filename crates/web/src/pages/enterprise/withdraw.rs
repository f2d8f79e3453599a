//! Taking an application back, after a look at what that means.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use duixian_casework::command::Action;
use duixian_casework::permit::permit;
use duixian_casework::stage::Stage;
use duixian_rules::vocabulary::Lang;
use duixian_store::cases::Ask;

use super::draft::Draft;
use super::edit::{form_key, once};
use super::refused::after_giving_up;
use crate::forms::{Field, Form, Posted};
use crate::locale::Text;
use crate::page::Page;
use crate::portal::Portal;
use crate::problem::{self, Problem};
use crate::shell::Flash;
use crate::viewer::Viewer;

#[derive(Template)]
#[template(path = "enterprise/withdraw.html")]
struct Withdraw {
    page: Page,
    draft: Draft,
    form: Form,
    once: String,
    is_draft: bool,
    holds_money: bool,
    /// Whether and where it can be applied for again.
    again: Text,
}

/// Why a case can't be taken back now; nothing where it can.
pub fn refusal(portal: &Portal, viewer: &Viewer, draft: &Draft) -> Option<Text> {
    if draft.case.stage == Stage::Withdrawn {
        let text = if draft.case.number.is_some() {
            ("这件申请已经撤回（可能是在别处撤回的），不用再办", "This was taken back already, perhaps elsewhere")
        } else {
            ("这份草稿已经放弃（可能是在别处放弃的），不用再办", "This draft was given up already, perhaps elsewhere")
        };
        return Some(text.into());
    }
    let asked = draft
        .scene
        .with_context(portal.store.now(), |context| permit(&draft.case, Action::Withdraw, &viewer.actor, context));
    asked.err().map(|refusal| Text::new(refusal.text(Lang::Zh), refusal.text(Lang::En)))
}

fn form(page: &Page, draft: &Draft) -> Form {
    // Nobody asks why a draft is given up.
    let reason = || Field::text_area("reason", ("为什么撤回", "Why")).max_chars(300);
    Form::new(page.lang, if draft.case.stage == Stage::Draft { Vec::new() } else { vec![reason()] })
}

/// `GET /cases/{id}/withdraw`.
pub async fn ask(
    State(portal): State<Arc<Portal>>,
    page: Page,
    viewer: Viewer,
    Path(id): Path<i64>,
) -> Result<Response, Problem> {
    let draft = Draft::of(&portal, &viewer, id).await?;
    if let Some(why) = refusal(&portal, &viewer, &draft) {
        return Ok(Flash { good: false, text: why }.redirect(&page.site().key, &format!("/cases/{id}")));
    }
    let form = form(&page, &draft);
    show(&portal, page, draft, form).await
}

async fn show(portal: &Portal, page: Page, draft: Draft, form: Form) -> Result<Response, Problem> {
    let status = if form.is_good() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let is_draft = draft.case.stage == Stage::Draft;
    let title = if is_draft {
        ("放弃这份草稿？", "Give this draft up?")
    } else {
        ("撤回这份申请？", "Take this application back?")
    };
    let page = draft.framed(page, title);
    let holds_money = draft.case.stage.holds_money();
    let again = after_giving_up(portal, &draft).await?;
    Page::show_as(status, &Withdraw { page, draft, form, once: once()?, is_draft, holds_money, again })
}

/// `POST /cases/{id}/withdraw`.
pub async fn withdraw(
    State(portal): State<Arc<Portal>>,
    page: Page,
    viewer: Viewer,
    Path(id): Path<i64>,
    posted: Posted,
) -> Result<Response, Problem> {
    let draft = Draft::of(&portal, &viewer, id).await?;
    let mut form = form(&page, &draft).filled(&posted);
    if !form.is_good() {
        return match refusal(&portal, &viewer, &draft) {
            Some(why) => Ok(Flash { good: false, text: why }.redirect(&page.site().key, &format!("/cases/{id}"))),
            None => show(&portal, page, draft, form).await,
        };
    }
    let is_draft = draft.case.stage == Stage::Draft;
    let reason = if is_draft { "申请人放弃草稿".to_owned() } else { form.text("reason").to_owned() };
    let key = form_key(&posted, &reason)?;
    match portal.store.ask(&viewer.actor, &key, draft.case.id, Ask::Withdraw { reason }).await {
        Ok(_) => {
            let flash = if is_draft {
                Flash::done("草稿已经放弃", "The draft was given up")
            } else {
                Flash::done("申请已经撤回", "The application was taken back")
            };
            Ok(flash.redirect(&page.site().key, &format!("/cases/{id}")))
        }
        Err(error) => {
            let words = problem::for_form(error)?;
            // Where it can't be taken back any more, no other reason helps: what has become of it stands on its page.
            let draft = Draft::of(&portal, &viewer, id).await?;
            if let Some(why) = refusal(&portal, &viewer, &draft) {
                return Ok(Flash { good: false, text: why }.redirect(&page.site().key, &format!("/cases/{id}")));
            }
            form.error("reason", words);
            show(&portal, page, draft, form).await
        }
    }
}
