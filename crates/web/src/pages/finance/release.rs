//! What is done to a batch: released by two people, payments taken out, cancelled, its file fetched.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use duixian_casework::case::CaseId;
use duixian_casework::refusal::Refusal;
use duixian_money::Fen;
use duixian_store::batches::Format;
use duixian_store::{Key, StoreError};

use crate::forms::Posted;
use crate::locale::Text;
use crate::page::Page;
use crate::portal::Portal;
use crate::problem::{Problem, for_form};
use crate::shell::Flash;
use crate::viewer::Viewer;

use super::batch;

fn href(batch: i64) -> String {
    format!("/finance/batches/{batch}")
}

/// Back to the batch, with what was done or why not.
fn told(portal: &Portal, batch: i64, outcome: Result<Text, StoreError>) -> Result<Response, Problem> {
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
    let seen = posted.get("seen").split_once(':');
    let seen = seen.and_then(|(lines, total)| Some((lines.parse().ok()?, Fen(total.parse().ok()?))));
    let confirmed: Vec<CaseId> =
        posted.all("payee").into_iter().filter_map(|case| case.parse().ok()).map(CaseId).collect();
    // Whoever sends something else has seen nothing.
    let released = portal.store.release(&viewer.actor, &key, id, seen.unwrap_or_default(), confirmed.clone()).await;
    if let Err(StoreError::Refused(refusal @ Refusal::PayeesNotConfirmed(_))) = &released {
        let refused = batch::NotReleased { why: batch::words(refusal), ticked: confirmed };
        return batch::show(&portal, &viewer, page, id, refused).await;
    }
    let outcome = released.map(|done| match done.value {
        true => ("两人已确认，可以下载银行文件", "Two people have released it: the bank file can be fetched").into(),
        false => {
            ("已复核，等另一名财务人员放款", "Released by the first; another person of finance must follow").into()
        }
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
    let once = posted.once()?;
    let cases: Vec<i64> = posted.all("case").into_iter().filter_map(|case| case.parse().ok()).collect();
    if cases.is_empty() {
        let text = ("请先选中要移出的付款", "pick the payments to take out first").into();
        return Ok(Flash { good: false, text }.redirect(&portal.site().key, &href(id)));
    }
    let count = cases.len();
    for case in cases {
        // Each has a key of its own, so that a form sent twice takes each out once.
        let key = Key::new(format!("{once}-{case}"))?;
        if let Err(error) = portal.store.take_out(&viewer.actor, &key, id, CaseId(case)).await {
            return told(&portal, id, Err(error));
        }
    }
    told(
        &portal,
        id,
        Ok(Text::new(
            format!("已移出 {count} 笔，案件回到待拨付"),
            format!("{count} taken out; the cases are payable again"),
        )),
    )
}

/// `POST /finance/batches/{id}/cancel`
pub async fn cancel(
    State(portal): State<Arc<Portal>>,
    viewer: Viewer,
    Path(id): Path<i64>,
    posted: Posted,
) -> Result<Response, Problem> {
    let key = posted.key()?;
    let outcome = portal.store.cancel(&viewer.actor, &key, id).await;
    told(&portal, id, outcome.map(|_| ("已作废，案件回到待拨付", "Cancelled; its cases are payable again").into()))
}

/// `GET /finance/batches/{id}/file/{format}`
pub async fn file(
    State(portal): State<Arc<Portal>>,
    Path((id, format)): Path<(i64, String)>,
) -> Result<Response, Problem> {
    let (format, kind) = match format.as_str() {
        "csv" => (Format::Csv, "text/csv; charset=utf-8"),
        "pain001" => (Format::Pain001, "application/xml; charset=utf-8"),
        _ => return Err(Problem::not_found()),
    };
    let (name, bytes) = portal.store.bank_file(id, format).await?;
    Ok(download(&name, kind, bytes))
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
