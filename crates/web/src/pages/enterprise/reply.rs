//! What a party says to the objections against what it is to get: whoever answers them reads it first.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use duixian_casework::command::Action;
use duixian_casework::permit::permit;
use duixian_rules::vocabulary::Lang;
use duixian_store::cases::Ask;

use super::draft::Draft;
use crate::forms::{Field, Form, Posted};
use crate::locale::Text;
use crate::page::Page;
use crate::portal::Portal;
use crate::problem::{self, Problem};
use crate::shell::Flash;
use crate::viewer::Viewer;

#[derive(Template)]
#[template(path = "enterprise/reply.html")]
struct ReplyPage {
    page: Page,
    draft: Draft,
    form: Form,
}

impl ReplyPage {
    /// By whom, and to which case, what is written and not sent is kept: it outlives a session that has ended meanwhile.
    fn keeper(&self) -> String {
        format!("{} /cases/{}/reply", self.page.viewer().map_or("", |viewer| &viewer.name), self.draft.case.id.0)
    }
}

fn form(page: &Page) -> Form {
    let text = Field::text_area("text", ("您的意见", "Your reply"))
        .hint((
            "写明事实和依据；答复异议的人会看到，不公开。再次提交的，以最后一次为准。",
            "The facts, and by what they are known. Whoever answers the objection reads it; it is not published. If you send another, the last \
             one counts.",
        ))
        .max_chars(1000);
    Form::new(page.lang, vec![text])
}

/// `GET /cases/{id}/reply`.
pub async fn ask(
    State(portal): State<Arc<Portal>>,
    page: Page,
    viewer: Viewer,
    Path(id): Path<i64>,
) -> Result<Response, Problem> {
    let draft = Draft::of(&portal, &viewer, id).await?;
    let asked = draft
        .scene
        .with_context(portal.store.now(), |context| permit(&draft.case, Action::Reply, &viewer.actor, context));
    if let Err(refusal) = asked {
        let text = Text::new(refusal.text(Lang::Zh), refusal.text(Lang::En));
        return Ok(Flash { good: false, text }.redirect(&page.site().key, &format!("/cases/{id}")));
    }
    let form = form(&page);
    show(page, draft, form)
}

fn show(page: Page, draft: Draft, form: Form) -> Result<Response, Problem> {
    let status = if form.is_good() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = draft.framed(page, ("对异议陈述意见", "Reply to the objection"));
    Page::show_as(status, &ReplyPage { page, draft, form })
}

/// `POST /cases/{id}/reply`.
pub async fn send(
    State(portal): State<Arc<Portal>>,
    page: Page,
    viewer: Viewer,
    Path(id): Path<i64>,
    posted: Posted,
) -> Result<Response, Problem> {
    let draft = Draft::of(&portal, &viewer, id).await?;
    let mut form = form(&page).filled(&posted);
    if !form.is_good() {
        return show(page, draft, form);
    }
    let reply = Ask::Reply { text: form.text("text").to_owned() };
    match portal.store.ask(&viewer.actor, &posted.key()?, draft.case.id, reply).await {
        Ok(_) => {
            let flash =
                Flash::done("意见已提交，答复异议的人会看到", "Your reply was sent to whoever answers the objection");
            Ok(flash.redirect(&page.site().key, &format!("/cases/{id}")))
        }
        Err(error) => {
            form.error("text", problem::for_form(error)?);
            show(page, draft, form)
        }
    }
}
