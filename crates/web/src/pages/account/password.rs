//! Changing one's own password.

use std::net::SocketAddr;
use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use duixian_store::sessions::Origin;

use super::sign_in::{with_mark, with_session};
use crate::forms::{Field, Form, Posted};
use crate::locale::Lang;
use crate::nav;
use crate::page::Page;
use crate::portal::Portal;
use crate::problem::{Problem, for_form};
use crate::shell::Flash;
use crate::viewer::Viewer;

#[derive(Template)]
#[template(path = "account/password.html")]
struct Password {
    page: Page,
    form: Form,
    must_change: bool,
    login: String,
}

fn form(lang: Lang) -> Form {
    Form::new(
        lang,
        vec![
            Field::password("current", ("当前密码", "Current password")),
            Field::password("new", ("新密码", "New password"))
                .hint((
                    "至少 8 个字符，不要包含登录名。常见的词、单位和地方的名称、键盘上连着的键、年份日期、重复的部分，每一段只算一个字符。",
                    "At least 8 characters, without the login name. A common word, a name of the office or a place, keys in a row, a year \
                     or date, and what is repeated count as one character each.",
                ))
                .autocomplete("new-password"),
            Field::password("again", ("再输一遍新密码", "The new password once more")).autocomplete("new-password"),
        ],
    )
}

/// The page.
pub(super) async fn show(viewer: Viewer, page: Page) -> Result<Response, Problem> {
    let form = form(page.lang);
    shown(page, viewer, form, StatusCode::OK)
}

/// Changes it. All other sessions end; this one goes on as a new one.
pub(super) async fn submit(
    State(portal): State<Arc<Portal>>,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
    viewer: Viewer,
    page: Page,
    posted: Posted,
) -> Result<Response, Problem> {
    let mut form = form(page.lang).filled(&posted);
    let (current, new) = (posted.get("current"), posted.get("new"));
    if form.is_good() && new != posted.get("again") {
        form.error("again", ("两次输入的新密码不一样。", "The two do not agree."));
    }
    if !form.is_good() {
        return shown(page, viewer, form, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let key = posted.key()?;
    let changed = portal.store.set_password(&viewer.actor, &key, viewer.user, Some(current), new).await;
    if let Err(error) = changed {
        let text = for_form(error)?;
        let field = if text.zh.starts_with("当前") { "current" } else { "new" };
        form.error(field, text);
        return shown(page, viewer, form, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let address = portal.address(peer.map(|Extension(ConnectInfo(peer))| peer), &headers);
    let site_key = &page.site().key;
    // The new password makes a stranger of this browser; who has just given the old one is none.
    let mark = portal.store.browser_mark(viewer.user).await?;
    let origin = Origin { address, mark: Some(mark.clone()) };
    match portal.store.sign_in(&viewer.login, new, origin).await {
        Ok(token) => {
            let flash = Flash::done(
                "密码已修改，其他地方的登录都已退出",
                "The password is changed; you are signed out everywhere else",
            );
            let to = if viewer.must_change { nav::landing(viewer.roles()) } else { "/account" };
            let response = with_session(&portal, flash.redirect(site_key, to), Some(token.as_str()));
            Ok(with_mark(response, &viewer.login, &mark))
        }
        Err(_) => {
            let flash = Flash::done("密码已修改，请用新密码登录", "The password is changed; sign in with it");
            Ok(with_session(&portal, flash.redirect(site_key, "/sign-in"), None))
        }
    }
}

fn shown(page: Page, viewer: Viewer, form: Form, status: StatusCode) -> Result<Response, Problem> {
    let mut page = page.titled(("修改密码", "Change the password")).narrow();
    if !viewer.must_change {
        page = page.under("/account", ("账号", "Account"));
    }
    Page::show_as(status, &Password { page, form, must_change: viewer.must_change, login: viewer.login })
}
