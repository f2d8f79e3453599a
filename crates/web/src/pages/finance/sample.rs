//! In a demonstration, the bank's answer to a batch: there is no bank that would give one.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use duixian_bank::{ResultFormat, sample_results};
use duixian_casework::batch::BatchStage;

use crate::page::Page;
use crate::portal::Portal;
use crate::problem::Problem;

use super::release::download;

/// Why the first payment fails, where it shall: a code of ISO 20022 and words, as banks give them.
const REASON: &str = "AC04 收款账户已销户";

/// `GET /finance/batches/{id}/sample?fail=first&form=camt054`
pub async fn file(State(portal): State<Arc<Portal>>, page: Page, Path(id): Path<i64>) -> Result<Response, Problem> {
    if !portal.demo {
        return Err(Problem::not_found());
    }
    let batch = portal.store.batch(id).await?;
    if !matches!(batch.stage, BatchStage::Released | BatchStage::Settled) {
        return Err(Problem::conflict((
            "这一批还没有放款，银行没有收到",
            "The batch was not released: the bank has not seen it",
        )));
    }
    let file = portal.store.payment_file(&batch).await?;
    let fails = page.query_value("fail").as_deref() == Some("first");
    let failures: Vec<(String, String)> = batch
        .lines
        .iter()
        .take(usize::from(fails))
        .map(|line| (line.end_to_end_id.clone(), REASON.to_owned()))
        .collect();
    let (format, extension, kind) = match page.query_value("form").as_deref() {
        Some("camt054") => (ResultFormat::Camt054, "xml", "application/xml; charset=utf-8"),
        _ => (ResultFormat::Csv, "csv", "text/csv; charset=utf-8"),
    };
    let name = format!("answer-to-{}.{extension}", file.header().message_id);
    Ok(download(&name, kind, sample_results(&file, &failures, format).into_bytes()))
}
