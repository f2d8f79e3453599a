//! Another account, after the bank has sent the money back.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use duixian_casework::account::{FailedElsewhere, has_come_back, is_open_to_correction, same_name};
use duixian_casework::case::{BankAccount, Case};
use duixian_casework::refusal::Refusal;
use duixian_casework::stage::Stage;
use duixian_store::StoreError;
use duixian_store::cases::Ask;

use super::bank_code;
use super::draft::Draft;
use super::edit::{deadline, form_key, once};
use super::facts::{filled_account, not_paid_to};
use super::keeping;
use super::standing::{bank_words, failure, says_no};
use super::typed_account::{account_errors, posted_account};
use crate::casefile::payee;
use crate::forms::{Form, Posted};
use crate::locale::{Lang, Text};
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
    /// The number of the account to which the bank could not pay elsewhere, where that was told; empty where it was not.
    told_of: String,
    /// The fingerprint of the account that is kept now.
    seen: String,
    /// Whether another was saved elsewhere since the form was opened.
    is_overtaken: bool,
}

/// What stands above a form that was sent.
enum Beside {
    /// Nothing but its errors.
    Nothing,
    /// The number of the account to which the bank could not pay elsewhere.
    ToldOf(String),
    /// Another account was saved elsewhere.
    Overtaken,
}

/// The fingerprint of the account that a case has.
fn fingerprint(draft: &Draft) -> String {
    keeping::of_accounts(draft.case.account.iter())
}

/// `GET /cases/{id}/account`.
pub async fn ask(
    State(portal): State<Arc<Portal>>,
    page: Page,
    viewer: Viewer,
    Path(id): Path<i64>,
) -> Result<Response, Problem> {
    let draft = Draft::of(&portal, &viewer, id).await?;
    if !is_open_to_correction(&draft.case, draft.scene.failed_elsewhere.as_ref()) || draft.scene.doubted_in.is_some() {
        let flash = Flash { good: false, text: not_open(&draft, &page.site().contact) };
        return Ok(flash.redirect(&page.site().key, &format!("/cases/{id}")));
    }
    let form = blank(&draft, page.lang);
    show(&portal, page, draft, form, Beside::Nothing)
}

/// That no other account can be given here now, and what to do instead.
fn not_open(draft: &Draft, contact: &str) -> Text {
    let (at, called) = match contact {
        "" => ("受理窗口".to_owned(), "the intake desk".to_owned()),
        contact => (format!("受理窗口（{contact}）"), format!("the intake desk ({contact})")),
    };
    match draft.case.stage {
        Stage::Draft | Stage::Correction => says_no(draft),
        stage if stage.is_final() || stage == Stage::Paid => says_no(draft),
        Stage::PaymentFailed => says_no(draft),
        Stage::Payable | Stage::Decided | Stage::InNotice | Stage::Objection | Stage::Queued => Text::new(
            format!(
                "审定以后账户不能在网上直接换。账户确实不能用的，请在拨付以前告诉{at}；银行没有付成的，会请您在这里更正"
            ),
            format!(
                "After the decision the account is not changed here. Where it does not work, tell {called} before the payment; \
                 where the bank can't pay to it, you are asked for another here"
            ),
        ),
        _ => Text::new(
            format!("审核期间账户不能在网上直接换。要更正的，请告诉{at}，由审核人员要求补正"),
            format!(
                "During the review the account is not changed here: tell {called}, so that a correction of it is asked for"
            ),
        ),
    }
}

/// The form with the present account. Nobody looks into a payee again after the decision, and it says so.
fn blank(draft: &Draft, lang: Lang) -> Form {
    let name = &draft.party.name;
    let hint = match seen(draft) {
        Some(seen) => Text::new(
            format!("只能是本单位（{name}），或者与现在的收款账户相同（{seen}）。"),
            format!("Either the party ({name}), or the holder of the present account ({seen})."),
        ),
        None => Text::new(format!("只能是本单位（{name}）。"), format!("The party alone ({name}).")),
    };
    filled_account(draft.case.account.as_ref(), &draft.party, hint, lang)
}

/// The holder of the present account, where that is another than the party.
fn seen(draft: &Draft) -> Option<&str> {
    let holder = draft.case.account.as_ref().map(|account| account.holder.trim())?;
    payee::is_other(holder, &draft.party.name, &draft.party.code).then_some(holder)
}

/// The form with what is true of the holder in it, where that is another than the party.
fn warned(mut form: Form, draft: &Draft) -> Form {
    let (name, holder) = (&draft.party.name, form.text("holder"));
    if payee::is_other(holder, name, &draft.party.code) {
        let mark = payee::mark(holder, name);
        let (zh, en) = match seen(draft).is_some_and(|seen| same_name(seen, holder)) {
            true => ("审定时就是这个户名，可以继续用。", "It was so when the case was decided, and may stay so."),
            false => ("这个户名不能用。", "This holder can't be taken."),
        };
        form.warn("holder", Text::new(format!("{}。{zh}", mark.zh), format!("{}. {en}", mark.en)));
    }
    form
}

/// That the bank could not pay to an account in another case of the party, were it given for this one.
async fn failed_with(
    portal: &Portal,
    draft: &Draft,
    account: &BankAccount,
) -> Result<Option<FailedElsewhere>, StoreError> {
    let case = Case { account: Some(account.clone()), ..draft.case.clone() };
    Ok(portal.store.failed_accounts(&[&case]).await?.remove(&case.id))
}

fn show(portal: &Portal, page: Page, draft: Draft, form: Form, beside: Beside) -> Result<Response, Problem> {
    let is_overtaken = matches!(beside, Beside::Overtaken);
    let told_of = match beside {
        Beside::Nothing | Beside::Overtaken => String::new(),
        Beside::ToldOf(number) => number,
    };
    let status = match (is_overtaken, form.is_good()) {
        (true, _) => StatusCode::CONFLICT,
        (false, true) => StatusCode::OK,
        (false, false) => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let page = draft.framed(page, ("更正收款账户", "Correct the account"));
    let (mut reason, deadline) = (failure(&draft.case), deadline(portal, &draft));
    if let Some(elsewhere) = draft.scene.failed_elsewhere.as_ref().filter(|_| reason.is_empty()) {
        reason = bank_words(&elsewhere.reason).to_owned();
    }
    // What stands beside the holder already says what was saved elsewhere.
    let form = if is_overtaken { form } else { warned(form, &draft) };
    let seen = fingerprint(&draft);
    let once = once()?;
    let shown = Account { page, form, draft, once, reason, deadline, told_of, seen, is_overtaken };
    Page::show_as(status, &shown)
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
    let account = posted_account(&posted);
    // It was corrected meanwhile, in another tab or by a colleague: there is nothing left to fill in here.
    if !is_open_to_correction(&draft.case, draft.scene.failed_elsewhere.as_ref())
        && draft.case.account.as_ref() != Some(&account)
    {
        let flash = Flash { good: false, text: says_no(&draft) };
        return Ok(flash.redirect(&page.site().key, &format!("/cases/{id}")));
    }
    let mut form = blank(&draft, page.lang).drafted(&posted);
    account_errors(&account).into_iter().for_each(|(field, error)| form.error(&field, error));
    if form.is_good() && has_come_back(&draft.case, &account) {
        form.error("number", problem::words(&StoreError::Refused(Refusal::AccountCameBack)));
    }
    if form.is_good() && bank_code::is_of_another(&posted, &account, draft.case.account.as_ref()) {
        form = bank_code::emptied(form);
        form.error("bank_code", bank_code::taken_out());
    }
    if !form.is_good() {
        return show(&portal, page, draft, form, Beside::Nothing);
    }
    if let Some(kept) = draft.case.account.as_ref().filter(|kept| **kept != account)
        && posted.get(keeping::FIELD) != fingerprint(&draft)
        && is_open_to_correction(&draft.case, draft.scene.failed_elsewhere.as_ref())
    {
        keeping::warn_of_account(&mut form, &account, kept);
        return show(&portal, page, draft, form, Beside::Overtaken);
    }
    if posted.get("told_of") != account.number
        && let Some(failed) = failed_with(&portal, &draft, &account).await?
    {
        let told = not_paid_to(&failed);
        let (zh, en) = ("确认无误的，请再点一次“更正账户”。", "If all are right, press the button once more.");
        form.error("number", Text::new(format!("{}{zh}", told.zh), format!("{} {en}", told.en)));
        return show(&portal, page, draft, form, Beside::ToldOf(account.number));
    }
    let key = form_key(&posted, &format!("{account:?}"))?;
    // One correction is taken for each failure, so that of two at once the store refuses the second.
    match portal.store.ask(&viewer.actor, &key, draft.case.id, Ask::CorrectAccount(account)).await {
        Ok(_) => {
            Ok(Flash::done("账户已经更正，将列入下一批拨付", "The account is corrected; the next batch will pay it")
                .redirect(&page.site().key, &format!("/cases/{id}")))
        }
        Err(error @ StoreError::Refused(Refusal::HolderIsNotParty(_))) => {
            form.error("holder", problem::for_form(error)?);
            show(&portal, page, draft, form, Beside::Nothing)
        }
        Err(error) => {
            form.error("number", problem::for_form(error)?);
            show(&portal, page, draft, form, Beside::Nothing)
        }
    }
}
