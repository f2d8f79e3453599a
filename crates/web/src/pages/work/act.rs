//! One action on one case.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use duixian_assess::reference::Audience;
use duixian_casework::case::CaseId;
use duixian_casework::command::Action;
use duixian_casework::refusal::Refusal;
use duixian_store::StoreError;
use duixian_store::cases::Ask;

use crate::casefile::CaseFile;
use crate::casefile::facts::FactLine;
use crate::casefile::why::Why;
use crate::forms::{Form, Posted, read_money};
use crate::page::Page;
use crate::portal::Portal;
use crate::problem::{Problem, for_form};
use crate::shell::Flash;
use crate::viewer::Viewer;

use super::ask::Offered;
use super::case::{BadFinding, CaseView, first_unverified, is_open, unverified};
use super::following::Following;
use super::money;
use super::panels::{self, is_officials};
use super::{ask, checking, correction, deciding, distinguishing, late, refusing, same_number};

/// `POST /work/cases/{id}/{action}`
pub async fn act(
    State(portal): State<Arc<Portal>>,
    viewer: Viewer,
    page: Page,
    Path((id, word)): Path<(i64, String)>,
    posted: Posted,
) -> Result<Response, Problem> {
    let action = Action::ON_PAGES.into_iter().find(|action| action.word() == word && is_officials(*action));
    let action = action.ok_or_else(Problem::not_found)?;
    let id = CaseId(id);
    let key = posted.key()?;
    let seen: u64 = posted.get("version").parse().map_err(|_| Problem::bad_request("the form names no version"))?;
    let file = CaseFile::load(&portal.store, &viewer.actor, id).await?;
    let is_late = file.case.version != seen;
    let objection: Option<u32> =
        if action == Action::AnswerObjection { posted.get("objection").parse().ok() } else { None };

    let purse = if action == Action::AskCorrection { None } else { money::purse_of(&portal.store, &file).await? };
    let lines = match action {
        Action::AskCorrection | Action::ConfirmFacts => {
            FactLine::all(&file, Why::of(&file, page.lang, Audience::Official)?.as_ref())
        }
        _ => Vec::new(),
    };
    let offered = Offered {
        items: if action == Action::AskCorrection { correction::items(&file, &lines) } else { Vec::new() },
        facts: lines.into_iter().filter_map(|line| Some((line.cell, line.undisputed?))).collect(),
        grounds: refusing::grounds(&file, action)?,
    };
    let form = match action {
        Action::AskCorrection => correction::form(&offered.items, page.lang),
        Action::Distinguish => distinguishing::form(&portal.store.cases_elsewhere(&file.case).await?, page.lang),
        Action::Review => {
            let is_support = posted.get(&panels::field(action, None, "recommends")) == "support";
            panels::review(&file, is_support, page.lang)
        }
        Action::Decide => {
            let typed = read_money(posted.get(&panels::field(action, None, "amount"))).ok();
            // Of a form that was sent twice the second is held against nothing that the first has changed: the store knows it again.
            let fund = purse.as_ref().map(|purse| &purse.fund).filter(|_| !is_late);
            deciding::form(&file, fund, typed, page.lang)
        }
        Action::AnswerObjection => panels::answering(&file, objection.unwrap_or_default(), &viewer.actor, page.lang),
        _ => panels::form(&file, action, objection, purse.as_ref(), page.lang)?,
    };
    let mut form = form.filled(&posted);
    if action == Action::Decide && !is_late && posted.get(&panels::field(action, None, "if_short")) == "refuse" {
        let amount = panels::field(action, None, "amount");
        let fund = purse.as_ref().map(|purse| &purse.fund);
        if let Some(beyond) = deciding::beyond(&file, fund, form.money(&amount)) {
            form.error(&amount, beyond);
        }
    }
    refusing::check_clause(&mut form, &panels::field(action, None, "unmet"), &panels::field(action, None, "clause"));
    let ask = if form.is_good() { ask::of(&file, action, objection, &mut form, &offered, &posted) } else { None };
    let Some(ask) = ask else {
        if form.is_good() {
            return Err(Problem::bad_request("the form does not say what is to be done"));
        }
        // What does not fit the case as it is now may have fitted it as it was seen.
        let status = if is_late { StatusCode::CONFLICT } else { StatusCode::UNPROCESSABLE_ENTITY };
        let sent = Sent { action, objection, form, posted, seen };
        return again(&portal, &viewer, page, id, sent, status).await;
    };
    if posted.has("change") {
        let sent = Sent { action, objection, form, posted, seen };
        return again(&portal, &viewer, page, id, sent, StatusCode::OK).await;
    }
    if !is_late && !posted.has("confirmed") && checking::is_to_be_checked(&file, &viewer.actor, &ask) {
        let earlier = match action {
            Action::Decide => portal.store.granted_earlier(&file.case.subject.measure, id).await?,
            _ => None,
        };
        let found = checking::Found { earlier, same_number: same_number::told(&portal, &file).await? };
        return checking::page(&file, &ask, purse.as_ref(), found, &offered.grounds, &posted, page);
    }
    match portal.store.ask_of_version(&viewer.actor, &key, id, Some(seen), ask).await {
        Ok(done) => {
            let text = match objection {
                Some(objection) => ask::answered(objection, &done.value),
                None => ask::done_to(action, &done.value),
            };
            let number = file.number();
            let flash = Flash::done(format!("{}：{}", text.zh, number.zh), format!("{}: {}", text.en, number.en));
            Ok(flash.redirect(&portal.site().key, &after(&page, id, anchor(action))))
        }
        Err(error @ (StoreError::Conflict { .. } | StoreError::Refused(_))) => {
            let is_late = is_late || matches!(error, StoreError::Conflict { .. });
            let first = match &error {
                StoreError::Refused(Refusal::NotVerified(_)) => first_unverified(&file.case),
                _ => None,
            };
            let field = slot(action, &posted).or(first);
            let field = field.unwrap_or_else(|| ask::field_of(action, objection, &error));
            let text = match &error {
                StoreError::Refused(Refusal::NotVerified(_)) => unverified(&file),
                _ => for_form(error)?,
            };
            let sent = Sent { action, objection, form, posted, seen };
            if is_late {
                return again(&portal, &viewer, page, id, sent, StatusCode::CONFLICT).await;
            }
            let mut sent = sent;
            sent.form.error(&field, text);
            again(&portal, &viewer, page, id, sent, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(error @ StoreError::BadInput { .. }) => {
            let field = slot(action, &posted).unwrap_or_else(|| ask::panel(action));
            let mut sent = Sent { action, objection, form, posted, seen };
            sent.form.error(&field, for_form(error)?);
            again(&portal, &viewer, page, id, sent, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /work/cases/{id}/evidence/hold`: all evidence that has no finding yet holds, in one step.
pub async fn all_evidence_holds(
    State(portal): State<Arc<Portal>>,
    viewer: Viewer,
    page: Page,
    Path(id): Path<i64>,
    posted: Posted,
) -> Result<Response, Problem> {
    let key = posted.key()?;
    let seen: u64 = posted.get("version").parse().map_err(|_| Problem::bad_request("the form names no version"))?;
    let file = CaseFile::load(&portal.store, &viewer.actor, CaseId(id)).await?;
    let open = file.case.evidence.iter().filter(|piece| is_open(&file.case, &piece.finding));
    let asks: Vec<Ask> =
        open.map(|piece| Ask::FindEvidence { id: piece.id, holds: true, note: String::new() }).collect();
    let count = asks.len();
    let flash = match portal.store.ask_in_turn(&viewer.actor, &key, CaseId(id), seen, asks).await {
        Ok(done) if done.already => Flash::done("核验结果以前已记录", "The findings were on record already"),
        Ok(_) => {
            Flash::done(format!("已记录 {count} 份佐证属实"), format!("{count} pieces of evidence hold, on record"))
        }
        Err(error) => Flash { good: false, text: for_form(error)? },
    };
    Ok(flash.redirect(&portal.site().key, &after(&page, CaseId(id), "#evidence")))
}

/// The case again, once something was done to it: still on the way through its list.
fn after(page: &Page, id: CaseId, anchor: &str) -> String {
    format!("/work/cases/{}{}{anchor}", id.0, Following::of(page).suffix())
}

/// Where the page is shown again after a finding: at the facts or the evidence, not at its top.
fn anchor(action: Action) -> &'static str {
    match action {
        Action::FindStatement | Action::ConfirmFacts => "#facts",
        Action::FindEvidence => "#evidence",
        _ => "",
    }
}

/// The field of a verification: `f` or `e` and the place of what was looked into, or by what facts were confirmed.
fn slot(action: Action, posted: &Posted) -> Option<String> {
    match action {
        Action::FindStatement => Some(format!("f{}", posted.get("which"))),
        Action::ConfirmFacts => Some("source".to_owned()),
        Action::FindEvidence => Some(format!("e{}", posted.get("which"))),
        _ => None,
    }
}

/// A form as it was sent.
struct Sent {
    action: Action,
    objection: Option<u32>,
    form: Form,
    posted: Posted,
    /// The version of the case that its page showed.
    seen: u64,
}

/// Beside a note whose verification came too late.
const NOT_RECORDED: (&str, &str) =
    ("没有记录。请看过现在的情况再提交。", "Not recorded: look at how the case stands now, then send it again.");

/// The case as it is now, with the form as it was sent.
async fn again(
    portal: &Portal,
    viewer: &Viewer,
    page: Page,
    id: CaseId,
    sent: Sent,
    status: StatusCode,
) -> Result<Response, Problem> {
    let mut view = CaseView::load(portal, viewer, page, id).await?;
    let is_late = status == StatusCode::CONFLICT;
    if is_late {
        view.late = Some(late::changed(&view.file.history, sent.seen, &viewer.actor));
    }
    match slot(sent.action, &sent.posted) {
        Some(slot) => {
            let typed = if sent.action == Action::ConfirmFacts { "source" } else { "note" };
            let note = sent.posted.get(typed).trim().to_owned();
            let error = sent.form.found().first().map(|(_, error)| error.clone());
            let error = error.or_else(|| (is_late && !note.is_empty()).then(|| NOT_RECORDED.into()));
            if is_late && !view.panels.may_verify(sent.action) {
                view.typed = vec![(("核实说明", "Note").into(), note)];
                view.typed.retain(|(_, note)| !note.is_empty());
            } else if let Some(error) = error {
                view.bad_finding = Some(BadFinding { slot, note, error });
            }
        }
        None => {
            if !view.panels.show_again(sent.action, sent.objection, &sent.form) {
                view.typed = late::typed(&sent.form);
            }
            // What stands in the way beside a fact or a piece of evidence is told there too.
            let unverified = first_unverified(&view.file.case);
            let found = sent.form.found().iter().find(|(name, _)| Some(name) == unverified.as_ref());
            if let Some((slot, error)) = found {
                view.bad_finding = Some(BadFinding { slot: slot.clone(), note: String::new(), error: error.clone() });
            }
        }
    }
    if !sent.form.is_good() && view.typed.is_empty() {
        view.errors = Some(sent.form);
    }
    view.show_wrong(status)
}
