//! What belongs to one request before anyone knows its page: language, visitor, the signed-in viewer, messages carried
//! over from the last page.

use std::sync::{Arc, OnceLock};

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::csrf::{Key, hex};
use crate::locale::{self, Lang, Speak, Text};
use crate::once::Once;
use crate::page::{NavItem, Site};
use crate::problem::Problem;

/// One request's surroundings, in its extensions as `Arc<Shell>`.
#[derive(Debug)]
pub struct Shell {
    /// The reader's language.
    pub lang: Lang,
    /// The path asked for.
    pub path: String,
    /// Its query.
    pub query: Option<String>,
    /// The number shown on error pages and written to the log.
    pub request_id: String,
    /// A message left by the request before this one.
    pub flash: Option<Flash>,
    visitor: String,
    viewer: OnceLock<Viewer>,
}

/// Who is signed in, as far as pages show it.
#[derive(Clone, Debug, Default)]
pub struct Viewer {
    /// The session's id: forms are tied to it.
    pub session: String,
    /// The name shown at the top.
    pub name: String,
    /// In which role, or for which party: `初审岗`, `南明某某公司 经办人`.
    pub role: Text,
    /// The areas this viewer may enter, in order.
    pub nav: Vec<NavItem>,
    /// Other roles and parties the same person can act for: each a link that switches.
    pub others: Vec<NavItem>,
    /// Unread messages; shown with the word, not as a bare number.
    pub unread: u32,
}

/// A message for the next page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flash {
    /// Whether it reports a success or a difficulty.
    pub good: bool,
    /// The message.
    pub text: Text,
}

impl Flash {
    /// Something was done.
    pub fn done(zh: impl Into<String>, en: impl Into<String>) -> Flash {
        Flash { good: true, text: Text::new(zh.into(), en.into()) }
    }

    /// Something was not done.
    pub fn trouble(zh: impl Into<String>, en: impl Into<String>) -> Flash {
        Flash { good: false, text: Text::new(zh.into(), en.into()) }
    }

    /// Sends the browser on to a page of ours (303, so that reloading sends nothing twice) and shows the message there.
    pub fn redirect(&self, key: &Key, to: &str) -> Response {
        let mut response = redirect(to);
        let cookie = format!("flash={}; Path=/; Max-Age=60; HttpOnly; SameSite=Lax", self.encode(key));
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
        response
    }

    fn encode(&self, key: &Key) -> String {
        let flag = if self.good { "1" } else { "0" };
        let pairs = [("good", flag), ("zh", &*self.text.zh), ("en", &*self.text.en)];
        let message = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        format!("{}.{message}", key.sign("flash", &message))
    }

    /// Only what this installation signed: nobody can plant a message in our name.
    fn decode(key: &Key, cookie: &str) -> Option<Flash> {
        let (signature, message) = cookie.split_once('.')?;
        if !key.verify_signature("flash", message, signature) {
            return None;
        }
        let value = |name: &str| {
            form_urlencoded::parse(message.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
        };
        Some(Flash { good: value("good")? == "1", text: Text::new(value("zh")?, value("en")?) })
    }
}

/// 303 to a page of ours. Anything that could lead elsewhere leads to the first page.
pub fn redirect(to: &str) -> Response {
    // Browsers leave out tabs and line ends, and take a backslash for a slash.
    let own = to.starts_with('/') && !to.starts_with("//") && !to.contains(|one: char| one == '\\' || one.is_control());
    let location = HeaderValue::from_str(to).ok().filter(|_| own).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response()
}

impl Shell {
    /// For a page outside a request: tests and samples.
    pub fn sample(lang: Lang, path: &str) -> Shell {
        Shell {
            lang,
            path: path.to_owned(),
            query: None,
            request_id: "0000000000000000".to_owned(),
            flash: None,
            visitor: "sample".to_owned(),
            viewer: OnceLock::new(),
        }
    }

    /// Called once by the sign-in middleware, when a session's cookie was found good. A second call changes nothing.
    pub fn sign_in(&self, viewer: Viewer) {
        let _ = self.viewer.set(viewer);
    }

    /// Who is signed in.
    pub fn viewer(&self) -> Option<&Viewer> {
        self.viewer.get()
    }

    /// What forms are tied to: the session, or the visitor's cookie before signing in.
    pub fn form_session(&self) -> &str {
        self.viewer().map_or(&self.visitor, |viewer| &viewer.session)
    }
}

/// Middleware, outermost: makes the [`Shell`], and sets the cookies `lang`, `visitor` and `flash` where they change.
pub async fn surround(State(site): State<Arc<Site>>, mut request: Request, next: Next) -> Response {
    let mut random = [0; 8];
    let Ok(fresh_visitor) = getrandom::fill(&mut random).and_then(|()| Once::fresh()) else {
        return Problem::internal("the system has no randomness").into_response();
    };
    let headers = request.headers();
    let known_visitor = locale::cookie(headers, "visitor").filter(|id| Once::parse(id).is_some());
    let known_flash = locale::cookie(headers, "flash").is_some();
    let is_visitor_new = known_visitor.is_none();
    let query = request.uri().query();
    let chosen_lang = locale::lang_in_query(query);
    let shell = Arc::new(Shell {
        lang: locale::lang_of(query, headers),
        path: request.uri().path().to_owned(),
        query: query.map(str::to_owned),
        request_id: hex(&random),
        flash: flash_of(&site.key, headers),
        visitor: known_visitor.map_or_else(|| fresh_visitor.to_string(), str::to_owned),
        viewer: OnceLock::new(),
    });
    let is_asset = shell.path.starts_with("/static/");
    // Scripts that look at a page before the browser goes there leave its message unread.
    let is_read = request.method() == Method::GET && !request.headers().contains_key("x-peek");
    request.extensions_mut().insert(site.clone());
    request.extensions_mut().insert(shell.clone());
    let mut response = next.run(request).await;

    let mut cookies = Vec::new();
    if let Some(lang) = chosen_lang {
        cookies.push(format!("lang={}; Path=/; Max-Age=31536000; SameSite=Lax", lang.word()));
    }
    if is_visitor_new && !is_asset {
        cookies.push(format!("visitor={}; Path=/; HttpOnly; SameSite=Lax", shell.visitor));
    }
    // A message is shown once, on the first page that is read after it.
    if known_flash && is_read && !is_asset && !response.status().is_redirection() {
        cookies.push("flash=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax".to_owned());
    }
    let headers = response.headers_mut();
    for cookie in cookies {
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            headers.append(header::SET_COOKIE, cookie);
        }
    }
    if site.https {
        secure_cookies(headers);
    }
    if let Ok(id) = HeaderValue::from_str(&shell.request_id) {
        headers.insert("x-request-id", id);
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        // What a signed-in person saw must not be there for the next one at the same computer.
        let rule = if shell.viewer().is_some() { "no-store" } else { "no-cache" };
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(rule));
    }
    response
}

/// Cookies set over HTTPS go back over HTTPS alone, whoever set them.
fn secure_cookies(headers: &mut HeaderMap) {
    let cookies: Vec<HeaderValue> = headers.get_all(header::SET_COOKIE).iter().cloned().collect();
    headers.remove(header::SET_COOKIE);
    for cookie in cookies {
        let text = cookie.to_str().unwrap_or_default();
        let is_secure = text.split(';').any(|part| part.trim() == "Secure");
        let secured = HeaderValue::from_str(&format!("{text}; Secure")).ok().filter(|_| !is_secure);
        headers.append(header::SET_COOKIE, secured.unwrap_or(cookie));
    }
}

fn flash_of(key: &Key, headers: &HeaderMap) -> Option<Flash> {
    Flash::decode(key, locale::cookie(headers, "flash")?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_comes_back_only_if_we_signed_it() {
        let key = Key::new([1; 32]);
        let flash = Flash::done("已提交，编号 2017-0042", "Submitted as 2017-0042; thank you");
        let cookie = flash.encode(&key);
        assert!(cookie.bytes().all(|byte| byte.is_ascii_graphic() && byte != b';' && byte != b','));
        assert_eq!(Flash::decode(&key, &cookie), Some(flash));
        assert_eq!(Flash::decode(&Key::new([2; 32]), &cookie), None);
        assert_eq!(Flash::decode(&key, &cookie.replace("2017", "2018")), None);
    }

    #[test]
    fn redirects_stay_at_home() {
        for (to, expected) in [
            ("/cases/1", "/cases/1"),
            ("//evil.example/", "/"),
            ("https://evil.example/", "/"),
            ("/\\evil.example", "/"),
            ("/\t/evil.example/", "/"),
            ("/a\r\nSet-Cookie: x", "/"),
        ] {
            assert_eq!(redirect(to).headers()[header::LOCATION], expected, "{to}");
        }
    }
}
