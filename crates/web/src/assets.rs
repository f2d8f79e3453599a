//! Style sheets and scripts: compiled in, named by their content, cached for ever.

use std::sync::LazyLock;

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use sha2::{Digest, Sha256};

use crate::csrf::hex;
use crate::problem::Problem;

/// A file under `/static/`.
#[derive(Debug)]
pub struct Asset {
    /// Its name, as in the address.
    pub name: &'static str,
    /// What the browser is told it is.
    pub content_type: &'static str,
    /// The bytes.
    pub bytes: &'static [u8],
    /// The first 16 hexadecimal digits of its SHA-256.
    pub version: String,
}

/// The scripts that every page loads, in this order. Each does nothing on a page without its markup.
pub const SCRIPTS: [&str; 6] = ["guard.js", "autosave.js", "list.js", "upload.js", "money.js", "print.js"];

/// All assets.
pub fn all() -> &'static [Asset] {
    static ALL: LazyLock<Vec<Asset>> = LazyLock::new(|| {
        macro_rules! asset {
            ($name:literal, $content_type:expr) => {{
                let bytes: &'static [u8] = include_bytes!(concat!("../assets/", $name));
                let version = hex(&Sha256::digest(bytes)[..8]);
                Asset { name: $name, content_type: $content_type, bytes, version }
            }};
        }
        const CSS: &str = "text/css; charset=utf-8";
        const JS: &str = "text/javascript; charset=utf-8";
        vec![
            asset!("base.css", CSS),
            asset!("components.css", CSS),
            asset!("document.css", CSS),
            asset!("enterprise.css", CSS),
            asset!("work.css", CSS),
            asset!("finance.css", CSS),
            asset!("admin.css", CSS),
            asset!("guard.js", JS),
            asset!("autosave.js", JS),
            asset!("list.js", JS),
            asset!("upload.js", JS),
            asset!("money.js", JS),
            asset!("print.js", JS),
            asset!("finance.js", JS),
            asset!("keep.js", JS),
            asset!("pick.js", JS),
            asset!("mark.svg", "image/svg+xml"),
        ]
    });
    &ALL
}

/// The address of an asset with its version. A name that does not exist leads to a 404 (a test looks at all templates).
pub fn href(name: &str) -> String {
    match all().iter().find(|asset| asset.name == name) {
        Some(asset) => format!("/static/{name}?v={}", asset.version),
        None => format!("/static/{name}"),
    }
}

/// Serves `/static/{name}`, and the icon where browsers look for it beside downloads, whatever a page says.
pub fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    let icon = |request: HeaderMap| async move { serve("mark.svg", &request) };
    let named = |Path(name): Path<String>, request: HeaderMap| async move { serve(&name, &request) };
    Router::new().route("/static/{name}", get(named)).route("/favicon.ico", get(icon))
}

fn serve(name: &str, request: &HeaderMap) -> Response {
    let Some(asset) = all().iter().find(|asset| asset.name == name) else {
        return Problem::not_found().into_response();
    };
    let etag = format!("\"{}\"", asset.version);
    let unchanged = request.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == etag.as_bytes());
    let mut response = if unchanged { StatusCode::NOT_MODIFIED.into_response() } else { asset.bytes.into_response() };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.content_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    headers.insert(header::ETAG, HeaderValue::from_str(&etag).expect("hexadecimal digits in quotes"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_stay_small() {
        // What every page loads; beside it a page loads one or two files of its area.
        let is_common = |name: &str| ["base.css", "components.css"].contains(&name) || SCRIPTS.contains(&name);
        let (common, others): (Vec<&Asset>, Vec<&Asset>) = all().iter().partition(|asset| is_common(asset.name));
        let total: usize = common.iter().map(|asset| asset.bytes.len()).sum();
        assert!(total < 40 * 1024, "what every page loads is {total} bytes");
        for asset in others {
            assert!(asset.bytes.len() < 8 * 1024, "{} is {} bytes", asset.name, asset.bytes.len());
        }
    }

    #[test]
    fn every_script_exists() {
        for name in SCRIPTS {
            assert!(href(name).contains("?v="), "{name}");
        }
    }
}
