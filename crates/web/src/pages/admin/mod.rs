//! Administration: users, delegations, rounds, calendar, facts, packs, settings. Auditors read what is set, and find nothing to press.

mod calendar;
mod delegations;
mod facts;
mod hanging;
mod opening;
mod packs;
mod rounds;
mod seen;
mod settings;
#[cfg(test)]
mod tests;
mod user;
mod users;

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use duixian_casework::people::Role;
use duixian_casework::permit::role_of;
use duixian_casework::round::RoundState;
use duixian_rules::pack::Pack;
use duixian_store::people::User;
use duixian_store::search::DelegationFilter;

use crate::access::{Access, Routes};
use crate::casefile::cells;
use crate::forms::Form;
use crate::locale::{Lang, Text};
use crate::page::Page;
use crate::portal::Portal;
use crate::problem::Problem;

const ADMINISTRATOR: Access = Access::Roles(&[Role::Administrator]);
/// What is set is read by auditors too.
const READERS: Access = Access::Roles(&[Role::Administrator, Role::Auditor]);
/// The service desk registers letters of authority.
const REGISTRARS: Access = Access::Roles(&[Role::Administrator, Role::Intake]);
const READERS_OF_DELEGATIONS: Access = Access::Roles(&[Role::Administrator, Role::Intake, Role::Auditor]);
/// Tables of a whole district.
const FACTS_BYTES: usize = 256 << 20;
/// A pack's texts.
const PACK_BYTES: usize = 20 << 20;
/// A year's calendar.
const CALENDAR_BYTES: usize = 1 << 20;

/// The routes.
pub fn routes() -> Routes {
    Routes::new()
        .get("/admin", ADMINISTRATOR, overview)
        .get("/admin/users", READERS, users::list)
        .get("/admin/users/new", ADMINISTRATOR, users::new)
        .post("/admin/users/new", ADMINISTRATOR, users::create)
        .get("/admin/users/{id}", READERS, user::show)
        .post("/admin/users/{id}/roles", ADMINISTRATOR, user::set_roles)
        .post("/admin/users/{id}/password", ADMINISTRATOR, user::reset_password)
        .post("/admin/users/{id}/active", ADMINISTRATOR, user::set_active)
        .get("/admin/delegations", READERS_OF_DELEGATIONS, delegations::list)
        .post("/admin/delegations", REGISTRARS, delegations::grant)
        .post("/admin/delegations/{id}/revoke", REGISTRARS, delegations::revoke)
        .get("/admin/rounds", READERS, rounds::list)
        .get("/admin/rounds/new", ADMINISTRATOR, opening::new)
        .post("/admin/rounds/new", ADMINISTRATOR, opening::open)
        .get("/admin/rounds/{id}", READERS, rounds::show)
        .post("/admin/rounds/{id}", ADMINISTRATOR, rounds::change_closing)
        .post("/admin/rounds/{id}/opening", ADMINISTRATOR, rounds::change_opening)
        .post("/admin/rounds/{id}/renew", ADMINISTRATOR, rounds::renew)
        .post("/admin/rounds/{id}/withdraw", ADMINISTRATOR, rounds::withdraw)
        .get("/admin/calendar", READERS, calendar::show)
        .post("/admin/calendar", ADMINISTRATOR, calendar::set)
        .post("/admin/calendar/remove", ADMINISTRATOR, calendar::remove)
        .post_files("/admin/calendar/import", ADMINISTRATOR, CALENDAR_BYTES, calendar::import)
        .get("/admin/facts", READERS, facts::show)
        .post_files("/admin/facts", ADMINISTRATOR, FACTS_BYTES, facts::import)
        .get("/admin/facts/template/{table}", ADMINISTRATOR, facts::template)
        .get("/admin/pack", READERS, packs::list)
        .post_files("/admin/pack", ADMINISTRATOR, PACK_BYTES, packs::install)
        .get("/admin/pack/{id}", READERS, packs::show)
        .get("/admin/settings", READERS, settings::show)
        .post("/admin/settings", ADMINISTRATOR, settings::save)
        .post("/admin/settings/carry", ADMINISTRATOR, settings::carry)
}

/// A page below the area that its reader comes from: administration, or the audit; whoever registers delegations has neither.
fn framed(page: Page) -> Page {
    if page.has_area("/admin") {
        page.under("/admin", ("管理", "Administration"))
    } else if page.has_area("/audit") {
        page.under("/audit", ("审计", "Audit"))
    } else {
        page
    }
}

/// A page that is one form.
#[derive(Template)]
#[template(path = "admin/form.html")]
struct FormPage {
    page: Page,
    form: Form,
    action: String,
    button: Text,
    back: String,
}

impl FormPage {
    fn show(self, status: StatusCode) -> Result<Response, Problem> {
        Page::show_as(status, &self)
    }
}

#[derive(Template)]
#[template(path = "admin/overview.html")]
struct Overview {
    page: Page,
    doors: Vec<Door>,
}

/// A way into one part of the administration.
struct Door {
    href: &'static str,
    name: Text,
    state: Text,
    /// Set where something should be done about it.
    warning: Text,
}

/// The desks at which nobody can act: what comes to them lies there. Empty where somebody is at each.
fn nobody_at(users: &[User], pack: Option<&Pack>) -> Text {
    let Some(plan) = pack.map(|pack| &pack.plan) else { return Text::default() };
    let is_at = |user: &&User, role: Role, desk: &str| {
        user.active && user.roles.contains(&role) && (user.desks.is_empty() || user.desks.iter().any(|one| one == desk))
    };
    let steps = || plan.procedures.iter().flat_map(|procedure| &procedure.steps);
    let mut empty: Vec<(usize, Role)> = steps().map(|step| (step.desk, role_of(step.step))).collect();
    empty.sort_unstable();
    empty.dedup();
    empty.retain(|(desk, role)| !users.iter().any(|user| is_at(&user, *role, &plan.desks[*desk].name.en)));
    if empty.is_empty() {
        return Text::default();
    }
    let named = |lang: Lang, between: &str| {
        let name = |(desk, role): &(usize, Role)| {
            let desk = cells::name(&plan.desks[*desk].name);
            match lang {
                Lang::Zh => format!("{}（{}）", desk.zh, role.label(lang)),
                Lang::En => format!("{} ({})", desk.en, role.label(lang)),
            }
        };
        empty.iter().map(name).collect::<Vec<_>>().join(between)
    };
    Text::new(
        format!("没有人在岗，转到这里的案件没有人办：{}", named(Lang::Zh, "、")),
        format!("nobody is at these desks, and what comes to them lies there: {}", named(Lang::En, ", ")),
    )
}

async fn overview(State(portal): State<Arc<Portal>>, page: Page) -> Result<Response, Problem> {
    let store = &portal.store;
    let today = store.now().day();
    let users = store.users().await?;
    let active = users.iter().filter(|user| user.active).count();
    let holding = DelegationFilter { holding: true, per_page: 1, ..DelegationFilter::default() };
    let delegations = store.delegations(&holding).await?.total;
    let rounds = store.rounds().await?;
    let open = rounds.iter().filter(|round| round.state(store.now()) == RoundState::Open).count();
    let calendar = store.calendar().await?;
    let facts = store.newest_facts().await?;
    let pack = store.current_pack().await?.map(|(_, pack)| pack);
    let packs = store.packs().await?;
    let settings = store.settings().await?;
    let none = Text::default;
    let warn = |is_missing: bool, zh: &'static str, en: &'static str| if is_missing { (zh, en).into() } else { none() };
    let covered = calendar::covered_until(&calendar);
    let doors = vec![
        Door {
            href: "/admin/users",
            name: ("用户", "Users").into(),
            state: Text::new(
                format!("{active} 人在用，{} 人停用", users.len() - active),
                format!("{active} active, {} deactivated", users.len() - active),
            ),
            warning: nobody_at(&users, pack.as_deref()),
        },
        Door {
            href: "/admin/delegations",
            name: ("经办授权", "Delegations").into(),
            state: Text::new(format!("{delegations} 项有效"), format!("{delegations} in force")),
            warning: none(),
        },
        Door {
            href: "/admin/rounds",
            name: ("申报批次", "Rounds").into(),
            state: Text::new(format!("{open} 批正在受理"), format!("{open} open")),
            warning: warn(open == 0, "没有正在受理的批次，企业不能申请", "no round is open: nobody can apply"),
        },
        Door {
            href: "/admin/calendar",
            name: ("工作日历", "Calendar").into(),
            state: match covered {
                Some(year) => Text::new(format!("放假安排录到 {year} 年"), format!("holidays known until {year}")),
                None => ("没有录入放假安排", "no holidays known").into(),
            },
            warning: warn(
                covered.is_none_or(|year| year < calendar::needed_until(today)),
                "下一年的放假安排还没有录入，期限会算错",
                "the coming year's holidays are missing: deadlines will be wrong",
            ),
        },
        Door {
            href: "/admin/facts",
            name: ("企业数据", "Facts").into(),
            state: match &facts {
                Some(version) => Text::new(
                    format!("第 {} 版，{} 行", version.id, crate::format::count(version.rows as i64)),
                    format!("version {}, {} rows", version.id, crate::format::count(version.rows as i64)),
                ),
                None => ("还没有导入", "none imported yet").into(),
            },
            warning: none(),
        },
        Door {
            href: "/admin/pack",
            name: ("规则包", "Packs").into(),
            state: match packs.first() {
                Some(pack) => Text::new(format!("第 {} 版", pack.id), format!("version {}", pack.id)),
                None => ("还没有安装", "none installed yet").into(),
            },
            warning: none(),
        },
        Door {
            href: "/admin/settings",
            name: ("设置", "Settings").into(),
            state: Text::same(settings.name_zh),
            warning: warn(
                settings.debtor.is_none(),
                "没有设置付款账户，不能生成付款文件",
                "no account to pay from: bank files cannot be made",
            ),
        },
    ];
    let page = page.titled(("管理", "Administration"));
    Page::show(&Overview { page, doors })
}
