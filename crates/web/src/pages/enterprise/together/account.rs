//! One account for all of the applications.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use duixian_casework::case::BankAccount;
use duixian_store::cases::Ask;

use super::super::bank_code;
use super::super::edit::{form_key, once};
use super::super::facts::{account_form, warned, warned_of_failure};
use super::super::keeping;
use super::super::remembered::{LastAccount, last_account};
use super::super::typed_account::{account_errors, posted_account};
use super::{Part, Place, Together, Walk, page_of, refused};
use crate::forms::{Form, Posted};
use crate::locale::Text;
use crate::page::Page;
use crate::portal::Portal;
use crate::problem::Problem;
use crate::shell::redirect;
use crate::viewer::Viewer;

#[derive(Template)]
#[template(path = "enterprise/together/account.html")]
struct Account {
    page: Page,
    walk: Walk,
    form: Form,
    once: String,
    count: usize,
    remembered: Option<Text>,
    /// That some of the applications have another account now.
    differs: bool,
    /// The fingerprint of the accounts that they have now.
    seen: String,
    /// Whether others were saved elsewhere since the form was opened.
    is_overtaken: bool,
}

/// The fingerprint of the accounts that the applications have.
fn fingerprint(together: &Together) -> String {
    keeping::of_accounts(together.drafts.iter().filter_map(|draft| draft.case.account.as_ref()))
}

/// `GET …/account`.
pub async fn ask(
    State(portal): State<Arc<Portal>>,
    page: Page,
    viewer: Viewer,
    Path(place): Path<Place>,
) -> Result<Response, Problem> {
    let together = Together::at(&portal, &viewer, &place).await?;
    let given = together.drafts.iter().find_map(|draft| draft.case.account.clone());
    let last = if given.is_none() { last_account(&portal, &viewer, &together.party).await? } else { None };
    let account = given.as_ref().or(last.as_ref().map(|last| &last.account));
    let form = account_form(account, &together.party, page.lang);
    show(&portal, page, &together, form, last.as_ref().map(LastAccount::text), false).await
}

async fn show(
    portal: &Portal,
    page: Page,
    together: &Together,
    form: Form,
    remembered: Option<Text>,
    is_overtaken: bool,
) -> Result<Response, Problem> {
    if together.drafts.is_empty() {
        return Ok(redirect(&together.href(Part::Pick)));
    }
    let calendar = portal.store.calendar().await?;
    let status = match (is_overtaken, form.is_good()) {
        (true, _) => StatusCode::CONFLICT,
        (false, true) => StatusCode::OK,
        (false, false) => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let mut accounts: Vec<&BankAccount> =
        together.drafts.iter().filter_map(|draft| draft.case.account.as_ref()).collect();
    accounts.dedup();
    let shown = Account {
        walk: together.walk(portal, Part::Account, &calendar),
        once: once()?,
        count: together.drafts.len(),
        remembered,
        differs: accounts.len() > 1,
        seen: fingerprint(together),
        // What stands beside the fields already says what was saved elsewhere.
        form: match is_overtaken {
            true => form,
            false => together.drafts.iter().fold(warned(form, &together.party), warned_of_failure),
        },
        is_overtaken,
        page: page_of(page, together, ("钱打到哪个账户？", "Which account should it go to?")),
    };
    Page::show_as(status, &shown)
}

/// `POST …/account`: gives it to each of them.
pub async fn save(
    State(portal): State<Arc<Portal>>,
    page: Page,
    viewer: Viewer,
    Path(place): Path<Place>,
    posted: Posted,
) -> Result<Response, Problem> {
    let together = Together::at(&portal, &viewer, &place).await?;
    let mut form = account_form(None, &together.party, page.lang).drafted(&posted);
    let account = posted_account(&posted);
    account_errors(&account).into_iter().for_each(|(field, error)| form.error(&field, error));
    let kept = together.drafts.iter().find_map(|draft| draft.case.account.as_ref());
    if form.is_good() && bank_code::is_of_another(&posted, &account, kept) {
        form = bank_code::emptied(form);
        form.error("bank_code", bank_code::taken_out());
    }
    if !form.is_good() {
        return show(&portal, page, &together, form, None, false).await;
    }
    let overtaking = together.drafts.iter().filter_map(|draft| draft.case.account.as_ref());
    if let Some(kept) = overtaking.into_iter().find(|kept| **kept != account)
        && posted.get(keeping::FIELD) != fingerprint(&together)
    {
        keeping::warn_of_account(&mut form, &account, kept);
        return show(&portal, page, &together, form, None, true).await;
    }
    let key = form_key(&posted, &format!("{account:?}"))?;
    let others = together.drafts.iter().filter(|draft| draft.case.account.as_ref() != Some(&account));
    let save = || Ask::Save { statements: Default::default(), account: Some(account.clone()) };
    let asks = others.map(|draft| (draft.case.id, draft.case.version, save())).collect();
    let outcomes = portal.store.ask_many(&viewer.actor, &key, asks).await;
    if let Some(why) = refused(&portal, &viewer, &together, outcomes).await?.into_iter().next() {
        form.error("number", why);
        return show(&portal, page, &together, form, None, false).await;
    }
    Ok(redirect(&together.href(Part::Check)))
}
