//! Another account, after the bank has sent the money back.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use duixian_casework::account::is_open_to_correction;
use duixian_casework::refusal::Refusal;
use duixian_casework::stage::Stage;
use duixian_store::StoreError;
use duixian_store::cases::Ask;

use super::draft::Draft;
use super::edit::{deadline, form_key, once};
use super::facts::{account_errors, account_form, posted_account, warned};
use super::standing::{failure, stage_says_no};
use crate::forms::{Form, Posted};
use crate::locale::Text;
use crate::page::Page;
use crate::portal::Portal;
use crate::problem::{self, Problem};
use crate::shell::Flash;
use crate::ui::Deadline;
use crate::viewer::Viewer;

#[derive(Template)]
#[template(path = "enterprise/account.html")]
struct Account {
    page: Page,
    draft: Draft,
    form: Form,
    once: String,
    reason: String,
    deadline: Option<Deadline>,
}

/// `GET /cases/{id}/account`.
pub async fn ask(
    State(portal): State<Arc<Portal>>,
    page: Page,
    viewer: Viewer,
    Path(id): Path<i64>,
) -> Result<Response, Problem> {
    let draft = Draft::of(&portal, &viewer, id).await?;
    if !is_open_to_correction(&draft.case) {
        let flash = Flash { good: false, text: stage_says_no(&draft.case) };
        return Ok(flash.redirect(&page.site().key, &format!("/cases/{id}")));
    }
    let form = account_form(draft.case.account.as_ref(), &draft.party, page.lang);
    show(&portal, page, draft, form)
}

fn show(portal: &Portal, page: Page, draft: Draft, form: Form) -> Result<Response, Problem> {
    let status = if form.is_good() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = draft.framed(page, ("更正收款账户", "Correct the account"));
    let (reason, deadline) = (failure(&draft.case), deadline(portal, &draft));
    Page::show_as(status, &Account { page, form: warned(form, &draft.party), draft, once: once()?, reason, deadline })
}

/// `POST /cases/{id}/account`.
pub async fn correct(
    State(portal): State<Arc<Portal>>,
    page: Page,
    viewer: Viewer,
    Path(id): Path<i64>,
    posted: Posted,
) -> Result<Response, Problem> {
    let draft = Draft::of(&portal, &viewer, id).await?;
    let mut form = account_form(draft.case.account.as_ref(), &draft.party, page.lang).drafted(&posted);
    let account = posted_account(&posted);
    account_errors(&account).into_iter().for_each(|(field, error)| form.error(&field, error));
    let came_back = draft.case.payments.last().map(|payment| &payment.account);
    if form.is_good() && draft.case.stage == Stage::PaymentFailed && came_back == Some(&account) {
        let error =
            ("这就是银行退回的那个账户，请改正。", "This is the account that the bank sent the money back from.");
        form.error("number", error);
    }
    if !form.is_good() {
        return show(&portal, page, draft, form);
    }
    let key = form_key(&posted, &format!("{account:?}"))?;
    match portal.store.ask(&viewer.actor, &key, draft.case.id, Ask::CorrectAccount(account)).await {
        Ok(_) => {
            Ok(Flash::done("账户已经更正，将列入下一批拨付", "The account is corrected; the next batch will pay it")
                .redirect(&page.site().key, &format!("/cases/{id}")))
        }
        Err(StoreError::Refused(Refusal::HolderIsNotParty(name))) => {
            let (zh, en) = (
                format!(
                    "户名不是本单位“{name}”。审定以后没有人再审核收款人，所以钱只能打到本单位的账户，或者审定时看过的那个户名下。单位已更名的，请先到窗口更新登记。"
                ),
                format!(
                    "The holder is not the party “{name}”. After the decision nobody looks into a payee again, so that the \
                     money goes only to the party itself, or to the holder that was seen then. If the party's name has changed, have the registry say so first."
                ),
            );
            form.error("holder", Text::new(zh, en));
            show(&portal, page, draft, form)
        }
        Err(error) => {
            form.error("number", problem::for_form(error)?);
            show(&portal, page, draft, form)
        }
    }
}
