//! What holds for every answer of the portal: headers, languages, errors, tokens, markup.

// Helpers of tests are tests too; the lint knows only the functions marked so.
#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use axum::response::Response;
use axum::routing::{get, post};
use chrono::NaiveDate;
use duixian_web::csrf::Key;
use duixian_web::forms::{Posted, PostedFiles};
use duixian_web::locale::{Lang, Text};
use duixian_web::page::{NavItem, Page, Site};
use duixian_web::problem::Problem;
use duixian_web::shell::{Flash, Shell};
use duixian_web::{app, assets, csrf, design};
use tower::ServiceExt;

const VISITOR: &str = "a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5";

fn site(https: bool) -> Arc<Site> {
    Arc::new(Site {
        programme: Text::new("某区扶持资金", "Support programme"),
        office: Text::new("某区办公室", "Office"),
        contact: String::new(),
        demo_today: Some(Box::new(|| NaiveDate::from_ymd_opt(2017, 5, 3).unwrap())),
        https,
        key: Key::new([9; 32]),
        log: |_| {},
        public_nav: vec![NavItem::new("/design", "设计", "Design")],
    })
}

fn portal(https: bool) -> Router {
    async fn panics() -> Response {
        panic!("deliberately, for the test")
    }
    async fn echo(posted: Posted) -> String {
        posted.get("word").to_owned()
    }
    async fn files(posted: PostedFiles) -> String {
        let sizes: Vec<String> =
            posted.files.iter().map(|file| format!("{} {}", file.file_name, file.bytes.len())).collect();
        format!("{} {}", posted.form.get("word"), sizes.join(","))
    }
    async fn done(page: Page) -> Response {
        Flash::done("已提交", "Submitted").redirect(&page.site().key, "/design")
    }
    let routes: Router = design::router()
        .route("/panics", get(panics))
        .route("/echo", post(echo))
        .route("/done", get(done))
        .route("/files", post(files).layer(DefaultBodyLimit::max(1024 * 1024)));
    app::surround(routes, site(https))
}

async fn send(request: Request<Body>) -> (StatusCode, HeaderMap, String) {
    let response = portal(false).oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap();
    (parts.status, parts.headers, String::from_utf8_lossy(&bytes).into_owned())
}

async fn see(path: &str) -> (StatusCode, HeaderMap, String) {
    send(Request::get(path).body(Body::empty()).unwrap()).await
}

fn form(path: &str, body: String) -> Request<Body> {
    Request::post(path)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::COOKIE, format!("visitor={VISITOR}"))
        .body(Body::from(body))
        .unwrap()
}

fn token() -> String {
    site(false).key.token(VISITOR)
}

#[tokio::test]
async fn every_answer_has_the_security_headers() {
    let href = assets::href("base.css");
    for path in ["/design", "/nowhere", "/panics", &href, "/design/documents/supported", "/design?format=csv"] {
        let (_, headers, _) = see(path).await;
        let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self'"), "{path}: {policy}");
        assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff", "{path}");
        assert_eq!(headers[header::REFERRER_POLICY], "same-origin", "{path}");
        assert_eq!(headers["cross-origin-opener-policy"], "same-origin", "{path}");
        assert_eq!(headers["cross-origin-resource-policy"], "same-origin", "{path}");
        assert!(headers.contains_key("x-request-id"), "{path}");
        assert!(!headers.contains_key(header::STRICT_TRANSPORT_SECURITY), "{path}");
    }
    let secure = portal(true).oneshot(Request::get("/design").body(Body::empty()).unwrap()).await.unwrap();
    assert!(secure.headers().contains_key(header::STRICT_TRANSPORT_SECURITY));
    assert!(secure.headers()[header::SET_COOKIE].to_str().unwrap().contains("; Secure"));
}

#[tokio::test]
async fn assets_are_kept_for_ever_under_the_name_of_their_content() {
    for asset in assets::all() {
        let (status, headers, body) = see(&assets::href(asset.name)).await;
        assert_eq!((status, body.as_bytes()), (StatusCode::OK, asset.bytes), "{}", asset.name);
        assert_eq!(headers[header::CACHE_CONTROL], "public, max-age=31536000, immutable");
        let again = Request::get(format!("/static/{}", asset.name))
            .header(header::IF_NONE_MATCH, headers[header::ETAG].clone())
            .body(Body::empty())
            .unwrap();
        assert_eq!(send(again).await.0, StatusCode::NOT_MODIFIED, "{}", asset.name);
    }
    assert_eq!(see("/static/../Cargo.toml").await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn errors_are_pages_in_the_reader_s_language() {
    for (method, path, status, zh, en) in [
        (Method::GET, "/nowhere", 404, "没有找到这个页面", "There is no such page"),
        (Method::POST, "/done", 405, "这个网址不能这样用", "This address cannot be used this way"),
        (Method::GET, "/design/problems/413", 413, "提交的内容太大", "Too much was sent at once"),
        (Method::GET, "/design/problems/429", 429, "操作太频繁", "Too many attempts"),
        (Method::GET, "/design/problems/409", 409, "情况已经变化", "Things have changed"),
        (Method::GET, "/panics", 500, "系统出错了", "Something went wrong on our side"),
    ] {
        for (lang, words) in [("zh", zh), ("en", en)] {
            let uri = format!("{path}?lang={lang}");
            let request = Request::builder().method(&method).uri(&uri).body(Body::empty()).unwrap();
            let (answered, headers, body) = send(request).await;
            assert_eq!(answered.as_u16(), status, "{uri}");
            assert_eq!(headers[header::CONTENT_TYPE], "text/html; charset=utf-8", "{uri}");
            assert!(body.contains(words), "{uri}: {body}");
            assert!(!body.contains("deliberately"), "the detail of an error reached the reader");
            well_formed(&body, &uri);
        }
    }
    assert_eq!(see("/design/problems/429").await.1[header::RETRY_AFTER], "60");
}

#[tokio::test]
async fn a_language_once_chosen_stays() {
    let (_, headers, body) = see("/design?lang=en").await;
    let cookies: Vec<&str> = headers.get_all(header::SET_COOKIE).iter().map(|value| value.to_str().unwrap()).collect();
    assert!(cookies.iter().any(|cookie| cookie.starts_with("lang=en;")), "{cookies:?}");
    assert!(body.contains("<html lang=\"en\">"));
    let request = Request::get("/design").header(header::COOKIE, "lang=en").body(Body::empty()).unwrap();
    assert!(send(request).await.2.contains("<html lang=\"en\">"));
    assert!(see("/design").await.2.contains("<html lang=\"zh-CN\">"));
}

#[tokio::test]
async fn a_form_needs_the_token_of_its_own_session() {
    let good = format!("word=hello&{}={}", csrf::FIELD, token());
    let (status, _, body) = send(form("/echo", good.clone())).await;
    assert_eq!((status, &*body), (StatusCode::OK, "hello"));
    for body in ["word=hello".to_owned(), "word=hello&_csrf=".to_owned(), good.replace(&token()[..4], "0000")] {
        assert_eq!(send(form("/echo", body)).await.0, StatusCode::FORBIDDEN);
    }
    let mut stranger = form("/echo", good.clone());
    stranger.headers_mut().insert(header::COOKIE, "visitor=b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5".parse().unwrap());
    assert_eq!(send(stranger).await.0, StatusCode::FORBIDDEN);
    let mut text = form("/echo", good);
    text.headers_mut().insert(header::CONTENT_TYPE, "text/plain".parse().unwrap());
    assert_eq!(send(text).await.0, StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[tokio::test]
async fn what_is_too_large_is_refused() {
    let large = format!("_csrf={}&word={}", token(), "x".repeat(app::FORM_BYTES));
    let (status, _, body) = send(form("/echo", large)).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(body.contains("提交的内容太大"));
}

fn upload(token: &str, bytes: usize) -> Request<Body> {
    let body = format!(
        "--b\r\nContent-Disposition: form-data; name=\"_csrf\"\r\n\r\n{token}\r\n\
         --b\r\nContent-Disposition: form-data; name=\"word\"\r\n\r\nhello\r\n\
         --b\r\nContent-Disposition: form-data; name=\"empty\"; filename=\"\"\r\n\r\n\r\n\
         --b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"合同.pdf\"\r\nContent-Type: application/pdf\r\n\r\n{}\r\n--b--\r\n",
        "x".repeat(bytes)
    );
    Request::post("/files")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=b")
        .header(header::COOKIE, format!("visitor={VISITOR}"))
        .body(Body::from(body))
        .unwrap()
}

#[tokio::test]
async fn files_come_with_their_form() {
    let (status, _, body) = send(upload(&token(), 300 * 1024)).await;
    assert_eq!((status, &*body), (StatusCode::OK, "hello 合同.pdf 307200"));
    assert_eq!(send(upload("", 10)).await.0, StatusCode::FORBIDDEN);
    assert_eq!(send(upload(&token(), 2 * 1024 * 1024)).await.0, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn a_message_is_shown_once_on_the_next_page() {
    let (status, headers, _) = see("/done").await;
    assert_eq!((status, &headers[header::LOCATION]), (StatusCode::SEE_OTHER, &"/design".parse().unwrap()));
    let cookie = headers
        .get_all(header::SET_COOKIE)
        .iter()
        .map(|value| value.to_str().unwrap())
        .find(|cookie| cookie.starts_with("flash="))
        .and_then(|cookie| cookie.split(';').next())
        .unwrap()
        .to_owned();
    let next = |peek: bool| {
        let mut request = Request::get("/design").header(header::COOKIE, &cookie);
        if peek {
            request = request.header("x-peek", "1");
        }
        request.body(Body::empty()).unwrap()
    };
    let clears = |headers: &HeaderMap| {
        headers.get_all(header::SET_COOKIE).iter().any(|value| value.to_str().unwrap().starts_with("flash=;"))
    };
    let (_, headers, body) = send(next(false)).await;
    assert!(body.contains("已提交") && clears(&headers));
    assert!(!clears(&send(next(true)).await.1));
}

#[tokio::test]
async fn every_page_is_well_formed_in_both_languages() {
    for lang in ["zh", "en"] {
        for path in [
            "/design",
            "/design/documents/submission",
            "/design/documents/acceptance",
            "/design/documents/correction",
            "/design/documents/not-accepted",
            "/design/documents/supported",
            "/design/documents/declined",
            "/design/documents/notice",
            "/design/documents/payment",
        ] {
            let uri = format!("{path}?lang={lang}");
            let (status, _, body) = see(&uri).await;
            assert_eq!(status, StatusCode::OK, "{uri}");
            well_formed(&body, &uri);
            assert!(body.len() < 100 * 1024, "{uri} is {} bytes", body.len());
        }
        let (status, _, body) =
            send(form(&format!("/design?lang={lang}"), format!("_csrf={}&_once={VISITOR}", token()))).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(body.contains("aria-invalid=\"true\""));
        well_formed(&body, "the form with errors");
    }
}

#[tokio::test]
async fn the_declined_letter_says_which_clause_which_fact_and_until_when() {
    let (_, _, body) = see("/design/documents/declined").await;
    let text = words(&body);
    insta::assert_snapshot!(text);
    assert!(!text.contains("王小明"));
}

#[tokio::test]
async fn a_public_notice_masks_persons() {
    let (_, _, body) = see("/design/documents/notice").await;
    assert!(!body.contains("王小明"));
    insta::assert_snapshot!(words(&body));
}

#[test]
fn templates_have_nothing_that_the_policy_refuses() {
    let mut seen = 0;
    for_each_file(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/templates")), &mut |path, text| {
        seen += 1;
        let place = path.display();
        assert!(!text.contains("style="), "{place} has a style attribute");
        assert!(!text.contains("<style"), "{place} has inline styles");
        for (at, _) in text.match_indices("<script") {
            assert!(text[at..].starts_with("<script type=\"module\" src="), "{place} has an inline script");
        }
        let lower = text.to_lowercase();
        for handler in [" onclick=", " onload=", " onchange=", " onsubmit=", " oninput=", "javascript:"] {
            assert!(!lower.contains(handler), "{place} has {handler}");
        }
        // What is printed as it is must be markup made by a template or by the chart library.
        for (at, _) in text.match_indices("|safe") {
            let before = &text[..at];
            assert!(before.ends_with("chart.draw(*page.lang)") || before.ends_with("article"), "{place}: |safe");
        }
        for (at, _) in text.match_indices("asset(\"") {
            let name = text[at + 7..].split('"').next().unwrap();
            assert!(assets::href(name).contains("?v="), "{place} asks for {name}, which does not exist");
        }
    });
    assert!(seen > 20, "only {seen} templates were found");
}

#[test]
fn a_page_outside_a_request_can_be_made_for_tests() {
    let page = Page::new(site(false), Arc::new(Shell::sample(Lang::En, "/design/x")));
    assert!(page.is_current(&NavItem::new("/design", "设计", "Design")));
    assert!(!page.is_current(&NavItem::new("/des", "设", "Des")));
    assert_eq!(Problem::not_found().status, StatusCode::NOT_FOUND);
}

/// Every tag is closed in order, attributes are not given twice, ids are there once, and labels and descriptions find
/// their target.
fn well_formed(html: &str, place: &str) {
    const VOID: [&str; 6] = ["meta", "link", "input", "img", "br", "hr"];
    let mut open: Vec<&str> = Vec::new();
    let mut ids: Vec<&str> = Vec::new();
    let mut wanted: Vec<&str> = Vec::new();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        let tag_end = rest[start..].find('>').unwrap_or_else(|| panic!("{place}: a tag never ends")) + start;
        let tag = &rest[start + 1..tag_end];
        rest = &rest[tag_end + 1..];
        if tag.starts_with('!') {
            continue;
        }
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "{place}: </{name}> closes another tag");
            continue;
        }
        let name = tag.split([' ', '\n', '/']).next().unwrap();
        let mut names: Vec<&str> = Vec::new();
        for (at, _) in tag.match_indices("=\"") {
            let attribute = tag[..at].rsplit([' ', '\n', '"']).next().unwrap();
            let value = tag[at + 2..].split('"').next().unwrap();
            assert!(!names.contains(&attribute), "{place}: <{tag}> has {attribute} twice");
            names.push(attribute);
            match attribute {
                "id" => {
                    assert!(!ids.contains(&value), "{place}: the id {value} is there twice");
                    ids.push(value);
                }
                "for" | "aria-labelledby" | "aria-describedby" => wanted.extend(value.split(' ')),
                "href" if value.starts_with('#') => wanted.push(&value[1..]),
                _ => {}
            }
        }
        if !VOID.contains(&name) && !tag.ends_with('/') {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "{place}: {open:?} are never closed");
    for id in wanted {
        assert!(ids.contains(&id), "{place}: nothing has the id {id}");
    }
}

/// The text of a document, a line for each block.
fn words(html: &str) -> String {
    let main = html.split_once("<main id=\"main\">").unwrap().1.split_once("</main>").unwrap().0;
    let mut text = String::new();
    for piece in main.split('<') {
        let (tag, words) = piece.split_once('>').unwrap_or(("", piece));
        if tag == "/tr" {
            text.push('\n');
        }
        if tag.starts_with("/td") || tag.starts_with("/th") {
            text.push_str(" | ");
        }
        text.push_str(words);
    }
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

fn for_each_file(folder: &Path, look: &mut impl FnMut(&Path, &str)) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            for_each_file(&path, look);
        } else {
            look(&path, &std::fs::read_to_string(&path).unwrap());
        }
    }
}
