//! Who one is here, for whom one acts, in which language one reads.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use duixian_casework::people::Role;
use duixian_casework::stage::Stage;
use duixian_store::cases::CaseFilter;

use super::locks;
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
    /// What became of the password while its owner was not signed in.
    meanwhile: Option<Text>,
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
    let meanwhile = locks::meanwhile(&portal.store.meanwhile(viewer.user).await?);
    Page::show(&Account { page, who, meanwhile, is_agent, delegations })
}

/// What is to be known before a delegation is given back.
#[derive(Template)]
#[template(path = "account/give_back.html")]
struct GiveBack {
    page: Page,
    party: String,
    /// What is open there.
    open: Vec<Text>,
    /// Whether nobody else acts for the party.
    is_last: bool,
}

/// Asks before a delegation is given back: what is open then, and who sees to it.
pub(super) async fn give_back(
    State(portal): State<Arc<Portal>>,
    Path(id): Path<i64>,
    viewer: Viewer,
    page: Page,
) -> Result<Response, Problem> {
    let now = portal.store.now();
    let own = portal.store.delegations_of(viewer.user).await?;
    let own = own.into_iter().find(|one| one.id == id && one.holds(now)).ok_or_else(Problem::not_found)?;
    let waits = |stage: &Stage| stage.holds_money() || matches!(stage, Stage::Queued);
    let handled = |stage: &Stage| !stage.is_final() && !waits(stage) && !matches!(stage, Stage::Draft | Stage::Paid);
    let sorts: [(Vec<Stage>, _, _); 3] = [
        (Stage::ALL.into_iter().filter(handled).collect(), "件在办", "under way"),
        (Stage::ALL.into_iter().filter(waits).collect(), "件已审定，等待拨付", "decided, waiting for payment"),
        (vec![Stage::Draft], "份草稿没有提交", "draft(s) not sent"),
    ];
    let mut open = Vec::new();
    for (stages, zh, en) in sorts {
        let filter = CaseFilter { stages, party: Some(own.party.clone()), per_page: 1, ..CaseFilter::default() };
        let count = portal.store.cases(&viewer.actor, &filter).await?.total;
        open.extend((count > 0).then(|| Text::new(format!("{count} {zh}"), format!("{count} {en}"))));
    }
    let others = portal.store.delegations_for(&own.party).await?;
    let is_last = !others.iter().any(|one| one.user != viewer.user && one.acts(now));
    let party = portal.store.party(&own.party).await?.map_or(own.party, |party| party.name);
    let page = page.narrow().titled(("不再代办？", "Give it back?"));
    let page = page.under("/account", ("账号与密码", "Account and password"));
    Page::show(&GiveBack { page, party, open, is_last })
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
