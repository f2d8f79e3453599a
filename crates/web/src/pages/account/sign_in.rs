//! Signing in and out.

use std::net::SocketAddr;
use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use duixian_store::sessions::{Origin, SignInError};
use sha2::{Digest, Sha256};

use super::locks;
use crate::csrf::hex;
use crate::forms::{Field, Form, Posted};
use crate::locale::{self, Lang, Text};
use crate::nav;
use crate::page::Page;
use crate::portal::{DemoAccount, Portal};
use crate::problem::{self, Problem};
use crate::shell::{Flash, redirect};
use crate::viewer::Viewer;

#[derive(Template)]
#[template(path = "account/sign_in.html")]
struct SignIn<'a> {
    page: Page,
    form: Form,
    next: String,
    /// Whether a form was sent after its session had ended.
    is_lost: bool,
    accounts: &'a [DemoAccount],
}

fn form(lang: Lang) -> Form {
    Form::new(
        lang,
        vec![
            Field::text("login", ("登录名", "Login name")).max_chars(64).autocomplete("username"),
            Field::password("password", ("密码", "Password")),
        ],
    )
}

/// The page. Who is signed in goes on to where they wanted to go.
pub(super) async fn show(
    State(portal): State<Arc<Portal>>,
    viewer: Option<Viewer>,
    page: Page,
) -> Result<Response, Problem> {
    let next = page.query_value("next").unwrap_or_default();
    match viewer {
        Some(viewer) => Ok(redirect(&onward(&next, &viewer))),
        None => {
            let is_lost = page.query_value("lost").is_some();
            shown(&portal, page, None, next, is_lost, StatusCode::OK)
        }
    }
}

/// Looks at login and password. What of them was wrong is not said.
pub(super) async fn submit(
    State(portal): State<Arc<Portal>>,
    viewer: Option<Viewer>,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
    page: Page,
    posted: Posted,
) -> Result<Response, Problem> {
    let mut form = form(page.lang).filled(&posted);
    let (next, is_lost) = (posted.get("next").to_owned(), posted.has("lost"));
    if !form.is_good() {
        return shown(&portal, page, Some(form), next, is_lost, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let address = portal.address(peer.map(|Extension(ConnectInfo(peer))| peer), &headers);
    let mark = locale::cookie(&headers, &mark_cookie(form.text("login"))).map(str::to_owned);
    // The password is taken as typed: spaces around it belong to it.
    let error = match portal.store.sign_in(form.text("login"), posted.get("password"), Origin { address, mark }).await {
        Ok(token) => {
            // Whoever signs in anew is done with what this browser had before.
            if let Some(before) = viewer {
                portal.store.sign_out(&before.token).await?;
            }
            let session = portal.store.session(token.as_str()).await?;
            let session = session.ok_or_else(|| Problem::internal("a session that has just begun is not there"))?;
            let landing = if session.must_change { "/account/password" } else { landing(&next, &session.actor) };
            let alarm =
                locks::alarm(&portal.store.meanwhile(session.user).await?).map(|text| Flash { good: false, text });
            let told = if is_lost { Some(lost()) } else { alarm };
            let response = told.map_or_else(|| redirect(landing), |told| told.redirect(&page.site().key, landing));
            let mark = portal.store.browser_mark(session.user).await?;
            return Ok(with_mark(with_session(&portal, response, Some(token.as_str())), &session.login, &mark));
        }
        Err(error) => error,
    };
    let text: Text = match error {
        SignInError::Wrong => ("登录名或密码不对。", "The login name or the password is not right.").into(),
        SignInError::TooMany { until } => {
            let time = until.local().format("%H:%M").to_string();
            let text = Text::new(
                format!(
                    "尝试的次数太多，请在 {time} 以后再试；在您以前登录过的另一个浏览器里现在就可以登录。忘记密码的可以请管理员重置，但也要等到 {time} 以后才能用新密码登录。"
                ),
                format!(
                    "There were too many attempts. Try again after {time}, or now in another browser in which you have signed in \
                     before; an administrator can give you a new password, which works after {time} too."
                ),
            );
            form.error("login", text);
            let response = shown(&portal, page, Some(form), next, is_lost, StatusCode::TOO_MANY_REQUESTS)?;
            return Ok(problem::until(response, (portal.store.now(), until)));
        }
        SignInError::Inactive => {
            ("这个账号已经停用，请联系管理员。", "This account has been deactivated; ask the administrator.").into()
        }
        SignInError::Store(error) => return Err(error.into()),
    };
    form.error("login", text);
    shown(&portal, page, Some(form), next, is_lost, StatusCode::UNPROCESSABLE_ENTITY)
}

/// What whoever comes back reads whose form was sent after the session had ended.
fn lost() -> Flash {
    let text = (
        "登录已经过期，刚才提交的没有办。请看填写的内容还在不在，核对后再提交。",
        "Your session had ended, and nothing was done. See whether what you had typed is still there, then send it again.",
    );
    Flash { good: false, text: text.into() }
}

/// Signs out. A session that has ended already is no error.
pub(super) async fn out(
    State(portal): State<Arc<Portal>>,
    viewer: Option<Viewer>,
    page: Page,
    _posted: Posted,
) -> Result<Response, Problem> {
    if let Some(viewer) = viewer {
        portal.store.sign_out(&viewer.token).await?;
    }
    let flash = Flash::done("您已退出登录", "You have signed out");
    Ok(with_session(&portal, flash.redirect(&page.site().key, "/"), None))
}

/// An answer with the session's cookie set, or taken away.
pub(super) fn with_session(portal: &Portal, mut response: Response, token: Option<&str>) -> Response {
    if let Ok(cookie) = HeaderValue::from_str(&portal.session_cookie_of(token)) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// An answer with the mark by which the store knows this browser the next time the login signs in: others' wrong passwords do not keep it
/// out there then. Each login has its own, on a computer that several people use.
pub(super) fn with_mark(mut response: Response, login: &str, mark: &str) -> Response {
    let name = mark_cookie(login);
    let cookie = format!("{name}={mark}; Path=/sign-in; Max-Age=31536000; HttpOnly; SameSite=Lax");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// The name of its cookie, which says nothing of the login to who looks at it.
fn mark_cookie(login: &str) -> String {
    format!("known-{}", hex(&Sha256::digest(login.trim().to_lowercase())[..8]))
}

fn shown(
    portal: &Portal,
    page: Page,
    form: Option<Form>,
    next: String,
    is_lost: bool,
    status: StatusCode,
) -> Result<Response, Problem> {
    let form = form.unwrap_or_else(|| self::form(page.lang));
    let page = page.titled(("登录", "Sign in")).narrow();
    Page::show_as(status, &SignIn { page, form, next, is_lost, accounts: &portal.demo_accounts })
}

/// Where to after signing in: where one wanted to go, or where one's work begins.
fn landing<'a>(next: &'a str, actor: &duixian_casework::people::Actor) -> &'a str {
    use duixian_casework::people::Actor;
    match actor {
        _ if is_wanted(next) => next,
        Actor::User { roles, .. } => nav::landing(roles),
        Actor::Public | Actor::System => "/",
    }
}

fn onward(next: &str, viewer: &Viewer) -> String {
    if is_wanted(next) { next.to_owned() } else { nav::landing(viewer.roles()).to_owned() }
}

/// A page of ours other than the first and this one. [`redirect`] looks at it once more.
fn is_wanted(next: &str) -> bool {
    next.len() > 1 && next.starts_with('/') && !next.starts_with("/sign-") && !next.starts_with("//")
}
