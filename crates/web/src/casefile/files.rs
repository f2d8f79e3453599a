//! Files of evidence, given out to whoever may see the case: always to be kept, never shown by the browser in our name.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use duixian_casework::case::CaseId;

use crate::portal::Portal;
use crate::problem::Problem;
use crate::viewer::Viewer;

/// `GET /cases/{id}/files/{evidence}`
pub async fn download(
    State(portal): State<Arc<Portal>>,
    viewer: Viewer,
    Path((id, evidence)): Path<(i64, u32)>,
) -> Result<Response, Problem> {
    let case = portal.store.case_for(&viewer.actor, CaseId(id)).await?;
    let file = portal.store.file(&case, evidence).await?;
    // The name a person gave stands in percent signs alone; the plain name is ours.
    let name: String = form_urlencoded::byte_serialize(file.name.as_bytes()).collect();
    let ending = file.name.rsplit_once('.').map_or("", |(_, ending)| ending);
    let ending: String = ending.chars().filter(char::is_ascii_alphanumeric).take(5).collect();
    let plain = format!("evidence-{id}-{evidence}.{ending}");
    let disposition = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{}", name.replace('+', "%20"));
    let disposition = HeaderValue::from_str(&disposition).unwrap_or(HeaderValue::from_static("attachment"));
    let kind = HeaderValue::from_str(&file.media_type)
        .unwrap_or(HeaderValue::from_static("application/octet-stream"));
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, file.bytes).into_response())
}
