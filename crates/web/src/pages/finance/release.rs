//! What is done to a batch: released by two people, payments taken out, cancelled, its file fetched.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use duixian_casework::case::CaseId;
use duixian_casework::refusal::Refusal;
use duixian_rules::vocabulary::Lang;
use duixian_store::StoreError;
use duixian_store::batches::{Format, Released};

use crate::forms::Posted;
use crate::locale::Text;
use crate::page::Page;
use crate::portal::Portal;
use crate::problem::{Problem, for_form};
use crate::shell::Flash;
use crate::viewer::Viewer;

use super::batch;
use super::doubts::NotEnded;

fn href(batch: i64) -> String {
    format!("/finance/batches/{batch}")
}

/// Back to the batch, with what was done or why not.
pub(super) fn told(portal: &Portal, batch: i64, outcome: Result<Text, StoreError>) -> Result<Response, Problem> {
    let flash = match outcome {
        Ok(text) => Flash { good: true, text },
        Err(error) => Flash { good: false, text: for_form(error)? },
    };
    Ok(flash.redirect(&portal.site().key, &href(batch)))
}

/// `POST /finance/batches/{id}/release`
pub async fn release(
    State(portal): State<Arc<Portal>>,
    viewer: Viewer,
    page: Page,
    Path(id): Path<i64>,
    posted: Posted,
) -> Result<Response, Problem> {
    let key = posted.key()?;
    let confirmed: Vec<CaseId> =
        posted.all("payee").into_iter().filter_map(|case| case.parse().ok()).map(CaseId).collect();
    let released = portal.store.release(&viewer.actor, &key, id, posted.get("seen"), confirmed.clone()).await;
    if let Err(StoreError::Refused(refusal @ Refusal::PayeesNotConfirmed(_))) = &released {
        let refused = batch::NotReleased { why: batch::words(refusal), ticked: confirmed };
        return batch::show(&portal, &viewer, page, id, (refused, NotEnded::default())).await;
    }
    let outcome = released.map(|done| match done.value {
        Released { is_second: true, .. } => {
            ("两人已确认，可以下载银行文件", "Two people have released it: the bank file can be fetched").into()
        }
        Released { void: None, .. } => {
            ("已复核，等另一名财务人员放款", "Released by the first; another person of finance must follow").into()
        }
        Released { void: Some(void), .. } => Text::new(
            format!("{}。您的确认算作第一人，等另一名财务人员放款", void.text(Lang::Zh)),
            format!("{}. Yours is the first now; another person of finance must follow", void.text(Lang::En)),
        ),
    });
    told(&portal, id, outcome)
}

/// `POST /finance/batches/{id}/take-out`
pub async fn take_out(
    State(portal): State<Arc<Portal>>,
    viewer: Viewer,
    Path(id): Path<i64>,
    posted: Posted,
) -> Result<Response, Problem> {
    let key = posted.key()?;
    // What is no number is no case either: no case has this one.
    let case = |typed: &str| CaseId(typed.parse().unwrap_or(0));
    let cases: BTreeSet<CaseId> = posted.all("case").into_iter().map(case).collect();
    if cases.is_empty() {
        let text = ("请先选中要移出的付款", "pick the payments to take out first").into();
        return Ok(Flash { good: false, text }.redirect(&portal.site().key, &href(id)));
    }
    let outcome = portal.store.take_out(&viewer.actor, &key, id, cases).await.map(|done| {
        let count = done.value;
        Text::new(
            format!("已移出 {count} 笔，案件回到待拨付"),
            format!("{count} taken out; the cases are payable again"),
        )
    });
    told(&portal, id, outcome)
}

/// `POST /finance/batches/{id}/cancel`
pub async fn cancel(
    State(portal): State<Arc<Portal>>,
    viewer: Viewer,
    Path(id): Path<i64>,
    posted: Posted,
) -> Result<Response, Problem> {
    let key = posted.key()?;
    let outcome = portal.store.cancel(&viewer.actor, &key, id, posted.get("reason")).await;
    told(&portal, id, outcome.map(|_| ("已作废，案件回到待拨付", "Cancelled; its cases are payable again").into()))
}

/// `POST /finance/batches/{id}/file/{format}`: who has the file may send it, so that it is never had by following a link. Where someone has
/// the other form of it, `unsent` says that it was not sent.
pub async fn file(
    State(portal): State<Arc<Portal>>,
    viewer: Viewer,
    Path((id, format)): Path<(i64, String)>,
    posted: Posted,
) -> Result<Response, Problem> {
    let (format, kind) = match format.as_str() {
        "csv" => (Format::Csv, "text/csv; charset=utf-8"),
        "pain001" => (Format::Pain001, "application/xml; charset=utf-8"),
        _ => return Err(Problem::not_found()),
    };
    match portal.store.bank_file(&viewer.actor, id, format, posted.has("unsent")).await {
        Ok((name, bytes)) => Ok(download(&name, kind, bytes)),
        // Also where the other was fetched since the page was shown, which then asked for nothing.
        Err(StoreError::Refused(refusal @ Refusal::OtherFormFetched { .. })) => {
            let flash = Flash { good: false, text: batch::words(&refusal) };
            Ok(flash.redirect(&portal.site().key, &format!("/finance/batches/{id}#bank")))
        }
        Err(error) => Err(error.into()),
    }
}

/// A file to be kept, never shown.
pub fn download(name: &str, kind: &'static str, bytes: Vec<u8>) -> Response {
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CONTENT_DISPOSITION, disposition.unwrap_or(HeaderValue::from_static("attachment"))),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (headers, bytes).into_response()
}
