//! Who one is here, for whom one acts, in which language one reads.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use duixian_casework::people::Role;

use super::sign_in::with_session;
use crate::forms::Posted;
use crate::locale::{Lang, Text};
use crate::page::Page;
use crate::pages::shared::{self, DelegationView};
use crate::portal::Portal;
use crate::problem::Problem;
use crate::shell::Flash;
use crate::ui::Facts;
use crate::viewer::Viewer;

#[derive(Template)]
#[template(path = "account/account.html")]
struct Account {
    page: Page,
    who: Facts,
    is_agent: bool,
    delegations: Vec<DelegationView>,
}

/// The page.
pub(super) async fn show(State(portal): State<Arc<Portal>>, viewer: Viewer, page: Page) -> Result<Response, Problem> {
    let user = portal.store.user(viewer.user).await?;
    let roles =
        |lang: Lang, between: &str| user.roles.iter().map(|role| role.label(lang)).collect::<Vec<_>>().join(between);
    let mut who = Facts::default()
        .add(("姓名", "Name"), Text::same(user.name.clone()))
        .add(("登录名", "Login name"), Text::same(user.login.clone()))
        .add(("岗位角色", "Roles"), Text::new(roles(Lang::Zh, "、"), roles(Lang::En, ", ")));
    if !user.desks.is_empty() {
        let pack = portal.store.current_pack().await?;
        let names = |lang| shared::desk_names(pack.as_ref().map(|(_, pack)| &**pack), &user.desks, lang);
        who = who.add(("所在岗位", "Desks"), Text::new(names(Lang::Zh), names(Lang::En)));
    }
    let is_agent = user.roles.contains(&Role::Agent);
    let delegations = if is_agent {
        let all = portal.store.delegations_of(viewer.user).await?;
        shared::delegations(&portal, all).await?
    } else {
        Vec::new()
    };
    let page = page.titled(("账号与密码", "Account and password"));
    Page::show(&Account { page, who, is_agent, delegations })
}

/// Gives a delegation back.
pub(super) async fn revoke(
    State(portal): State<Arc<Portal>>,
    Path(id): Path<i64>,
    viewer: Viewer,
    page: Page,
    posted: Posted,
) -> Result<Response, Problem> {
    // Officials take delegations back among the users; here it is one's own, and others' are not there.
    let own = portal.store.delegations_of(viewer.user).await?;
    if !own.iter().any(|one| one.id == id) {
        return Err(Problem::not_found());
    }
    portal.store.revoke(&viewer.actor, &posted.key()?, id).await?;
    let flash = Flash::done("已不再代这家单位办事", "You no longer act for this party");
    Ok(flash.redirect(&page.site().key, "/account"))
}

/// Ends all sessions, this one too.
pub(super) async fn out_everywhere(
    State(portal): State<Arc<Portal>>,
    viewer: Viewer,
    page: Page,
    _posted: Posted,
) -> Result<Response, Problem> {
    portal.store.sign_out_everywhere(viewer.user).await?;
    let flash = Flash::done("所有地方的登录都已退出", "You are signed out everywhere");
    Ok(with_session(&portal, flash.redirect(&page.site().key, "/sign-in"), None))
}
