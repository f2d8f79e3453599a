//! One user: roles and desks, the password, whether they may sign in.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use duixian_casework::people::{Role, UserId};
use duixian_store::StoreError;
use duixian_store::journal::Entry;
use duixian_store::people::User;
use duixian_store::search::JournalFilter;
use serde::Deserialize;

use super::hanging;
use super::seen::{self, Whole};
use super::users::{
    chosen_desks, chosen_roles, fresh_password, is_mixed, namesakes, office_fields, once_page, status_of,
};
use crate::format;
use crate::forms::{Field, Form, Posted};
use crate::locale::{Lang, Speak, Text};
use crate::page::Page;
use crate::pages::account::locks;
use crate::pages::shared::{self, DelegationView};
use crate::portal::Portal;
use crate::problem::{Problem, for_form};
use crate::shell::Flash;
use crate::ui::{Facts, Status};
use crate::viewer::Viewer;

#[derive(Template)]
#[template(path = "admin/user.html")]
struct UserPage {
    page: Page,
    user: User,
    status: Status,
    /// What of the user's is locked after wrong passwords.
    locks: Vec<Text>,
    form: Form,
    /// Roles and desks, for who reads them alone.
    office: Facts,
    is_self: bool,
    delegations: Vec<DelegationView>,
    trouble: Option<Text>,
    /// What hangs on the user: cases taken up, desks that nobody else is at.
    hangs: Vec<Text>,
    /// What would be left to nobody by the roles and desks that were chosen, so that it is confirmed first.
    leaves: Vec<Text>,
    /// That the user has roles of which one case takes one alone.
    mixed: bool,
    namesakes: Text,
    /// What another has changed since the form was opened that was not taken.
    overtaken: Option<Text>,
}

/// What came of a form that was not taken, for the page that shows it again.
#[derive(Default)]
struct Told {
    trouble: Option<Text>,
    overtaken: Option<Text>,
    leaves: Vec<Text>,
}

/// One user.
pub(super) async fn show(
    State(portal): State<Arc<Portal>>,
    Path(id): Path<i64>,
    viewer: Viewer,
    page: Page,
) -> Result<Response, Problem> {
    let seen = Whole::office(UserId(id)).last(&portal).await?;
    let user = portal.store.user(UserId(id)).await?;
    let form = user_form(&portal, page.lang, seen, &user.roles, &user.desks).await?;
    shown(&portal, page, viewer, user, form, Told::default(), StatusCode::OK).await
}

async fn user_form(portal: &Portal, lang: Lang, seen: i64, roles: &[Role], desks: &[String]) -> Result<Form, Problem> {
    let roles = roles.iter().map(|role| ("roles".to_owned(), role.word().to_owned()));
    let desks = desks.iter().map(|desk| ("desks".to_owned(), desk.clone()));
    let values = Posted::from_pairs(roles.chain(desks).chain([(seen::FIELD.to_owned(), seen.to_string())]));
    Ok(Form::new(lang, user_fields(portal).await?).drafted(&values))
}

async fn user_fields(portal: &Portal) -> Result<Vec<Field>, Problem> {
    let mut fields = office_fields(portal).await?;
    fields.push(seen::field());
    Ok(fields)
}

async fn shown(
    portal: &Portal,
    page: Page,
    viewer: Viewer,
    user: User,
    form: Form,
    told: Told,
    status: StatusCode,
) -> Result<Response, Problem> {
    let delegations = portal.store.delegations_of(user.id).await?;
    let delegations = shared::delegations(portal, delegations).await?;
    let page = super::framed(page.titled(Text::same(user.name.clone()))).under("/admin/users", ("用户", "Users"));
    let is_self = viewer.user == user.id;
    let hangs = if user.active { hanging::on(portal, &user).await? } else { Vec::new() };
    let locks = portal.store.locks_of(&viewer.actor, user.id).await?;
    let locks = locks.into_iter().map(|(locked, until)| locks::locked(locked, until)).collect();
    let mixed = is_mixed(&user);
    let office = office(portal, &user).await?;
    let status_text = status_of(&user);
    let namesakes = namesakes(portal, &user).await?;
    let Told { trouble, overtaken, leaves } = told;
    let view = UserPage {
        page,
        status: status_text,
        user,
        locks,
        form,
        office,
        is_self,
        delegations,
        trouble,
        hangs,
        leaves,
        mixed,
        namesakes,
        overtaken,
    };
    Page::show_as(status, &view)
}

async fn office(portal: &Portal, user: &User) -> Result<Facts, Problem> {
    let pack = portal.store.current_pack().await?;
    let pack = pack.as_ref().map(|(_, pack)| &**pack);
    let roles =
        |lang: Lang| user.roles.iter().map(|role| role.label(lang)).collect::<Vec<_>>().join(lang.t("、", ", "));
    let [zh, en] = [Lang::Zh, Lang::En].map(|lang| shared::desk_names(pack, &user.desks, lang));
    let since = user.created_at.day();
    let facts = Facts::default()
        .add(("角色", "Roles"), Text::new(roles(Lang::Zh), roles(Lang::En)))
        .add(("建立", "Since"), Text::new(format::date(Lang::Zh, since), format::date(Lang::En, since)));
    Ok(if zh.is_empty() { facts } else { facts.add(("岗位", "Desks"), Text::new(zh, en)) })
}

/// Sets roles and desks.
pub(super) async fn set_roles(
    State(portal): State<Arc<Portal>>,
    Path(id): Path<i64>,
    viewer: Viewer,
    page: Page,
    posted: Posted,
) -> Result<Response, Problem> {
    let user = portal.store.user(UserId(id)).await?;
    let seen = seen::of(&posted);
    let mut form = Form::new(page.lang, user_fields(&portal).await?).filled(&posted);
    if !form.is_good() {
        return shown(&portal, page, viewer, user, form, Told::default(), StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let (roles, desks) = (chosen_roles(&form), chosen_desks(&form));
    if user.active && posted.get("confirmed") != "yes" {
        let leaves = hanging::left(&portal, &user, &roles, &desks).await?;
        if !leaves.is_empty() {
            let told = Told { leaves, ..Told::default() };
            return shown(&portal, page, viewer, user, form, told, StatusCode::UNPROCESSABLE_ENTITY).await;
        }
    }
    let key = posted.key()?;
    match portal.store.set_roles_of_version(&viewer.actor, &key, user.id, Some(seen), (roles, desks)).await {
        Ok(_) => {
            let flash = Flash::done("角色和岗位已保存，立即生效", "Roles and desks are saved and act at once");
            Ok(flash.redirect(&page.site().key, &format!("/admin/users/{id}")))
        }
        Err(error) => {
            let changes = Whole::office(user.id).since(&portal, seen).await?;
            if matches!(error, StoreError::Conflict { .. }) && !changes.is_empty() {
                return overtaken(&portal, page, viewer, form, (user.id, seen), &changes).await;
            }
            form.error("roles", for_form(error)?);
            shown(&portal, page, viewer, user, form, Told::default(), StatusCode::UNPROCESSABLE_ENTITY).await
        }
    }
}

/// What the journal says of a user's roles and desks, when they are made and when they are changed.
#[derive(Default, Deserialize)]
struct Office {
    #[serde(alias = "to")]
    roles: Vec<Role>,
    #[serde(default)]
    desks: Vec<String>,
}

/// Roles and desks as they were after a change, or as the user was made with where that was none.
async fn office_at(portal: &Portal, user: UserId, seen: i64) -> Result<Office, Problem> {
    let change = match Whole::office(user).change(portal, seen).await? {
        Some(change) => Some(change),
        None => {
            let (subjects, kind) = (vec![format!("user/{}", user.0)], Some("user.created".to_owned()));
            let made = JournalFilter { subjects, kind, per_page: 1, ..JournalFilter::default() };
            portal.store.journal(&made).await?.rows.pop()
        }
    };
    Ok(change.and_then(|change| serde_json::from_str(&change.body).ok()).unwrap_or_default())
}

/// The page for a form from before another's change: nothing was saved, and what was ticked stands over what is there now.
async fn overtaken(
    portal: &Portal,
    page: Page,
    viewer: Viewer,
    typed: Form,
    (user, seen): (UserId, i64),
    changes: &[Entry],
) -> Result<Response, Problem> {
    let last = Whole::office(user).last(portal).await?;
    let user = portal.store.user(user).await?;
    let before = office_at(portal, user.id, seen).await?;
    let pack = portal.store.current_pack().await?;
    let pack = pack.as_ref().map(|(_, pack)| &**pack);
    let named = |lang: Lang, roles: &[Role], desks: &[String]| {
        let roles = roles.iter().map(|role| role.label(lang)).collect::<Vec<_>>().join(lang.t("、", ", "));
        let desks = shared::desk_names(pack, desks, lang);
        match (desks.is_empty(), lang) {
            (true, _) => roles,
            (false, Lang::Zh) => format!("{roles}（{desks}）"),
            (false, Lang::En) => format!("{roles} ({desks})"),
        }
    };
    let [was_zh, was_en] = [Lang::Zh, Lang::En].map(|lang| named(lang, &before.roles, &before.desks));
    let [is_zh, is_en] = [Lang::Zh, Lang::En].map(|lang| named(lang, &user.roles, &user.desks));
    let by = seen::by(portal, changes).await?;
    let (what_zh, what_en) = match was_zh == is_zh {
        true => (format!("角色和岗位改过，又改回了{is_zh}"), format!(", and changed back to {is_en}")),
        false => (format!("角色和岗位已有改动：原来是{was_zh}，现在是{is_zh}"), format!(", from {was_en} to {is_en}")),
    };
    let text = Text::new(
        format!("您打开这一页以后，{what_zh}。改动人：{}。下面是改动后的，加上您改的，请核对后再保存。", by.zh),
        format!(
            "Roles and desks were changed since you opened this page{what_en}. By: {}. Below is what they are now, with what you \
             have changed: look at it, and save again.",
            by.en
        ),
    );
    let before = user_form(portal, page.lang, seen, &before.roles, &before.desks).await?;
    let now = user_form(portal, page.lang, last, &user.roles, &user.desks).await?;
    let form = seen::merged(&typed, &before, &now);
    let told = Told { overtaken: Some(text), ..Told::default() };
    shown(portal, page, viewer, user, form, told, StatusCode::CONFLICT).await
}

/// Gives a new password, shown once.
pub(super) async fn reset_password(
    State(portal): State<Arc<Portal>>,
    Path(id): Path<i64>,
    viewer: Viewer,
    page: Page,
    posted: Posted,
) -> Result<Response, Problem> {
    let user = portal.store.user(UserId(id)).await?;
    if user.id == viewer.user {
        let flash = Flash::trouble("自己的密码请在“账号与密码”里修改", "Change your own password in your account");
        return Ok(flash.redirect(&page.site().key, &format!("/admin/users/{id}")));
    }
    let password = fresh_password()?;
    let done = portal.store.set_password(&viewer.actor, &posted.key()?, user.id, None, &password).await?;
    once_page(&portal, &viewer, page, user.id, (!done.already).then_some(password)).await
}

/// Bars a user, or lets them in again.
pub(super) async fn set_active(
    State(portal): State<Arc<Portal>>,
    Path(id): Path<i64>,
    viewer: Viewer,
    page: Page,
    posted: Posted,
) -> Result<Response, Problem> {
    let active = match posted.get("active") {
        "yes" => true,
        "no" => false,
        _ => return Err(Problem::bad_request("the form does not say whether the user may sign in")),
    };
    let user = portal.store.user(UserId(id)).await?;
    match portal.store.set_active(&viewer.actor, &posted.key()?, user.id, active).await {
        Ok(_) => {
            let flash = if active {
                Flash::done("已恢复使用", "The user may sign in again")
            } else {
                Flash::done("已停用，其登录立即失效", "Deactivated; the user is signed out")
            };
            Ok(flash.redirect(&page.site().key, &format!("/admin/users/{id}")))
        }
        Err(error) => {
            let told = Told { trouble: Some(for_form(error)?), ..Told::default() };
            let seen = Whole::office(user.id).last(&portal).await?;
            let user = portal.store.user(user.id).await?;
            let form = user_form(&portal, page.lang, seen, &user.roles, &user.desks).await?;
            shown(&portal, page, viewer, user, form, told, StatusCode::CONFLICT).await
        }
    }
}
