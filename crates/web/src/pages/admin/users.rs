//! Users: looked up, and made with a password that is shown once.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use duixian_casework::people::{Role, UserId};
use duixian_store::people::{self, NewUser, User, compatible};
use duixian_text::{folded, half_width};

use super::FormPage;
use crate::casefile::cells;
use crate::casefile::said::said;
use crate::export;
use crate::forms::{Choice, Field, Form, Posted};
use crate::list::{Cell, Column, List, Row, RowState, Value};
use crate::locale::{Lang, Text};
use crate::page::Page;
use crate::pages::account::locks;
use crate::pages::shared;
use crate::portal::Portal;
use crate::problem::{Problem, for_form};
use crate::ui::{Pager, Status};
use crate::viewer::Viewer;

const PER_PAGE: u64 = 50;

#[derive(Template)]
#[template(path = "admin/users.html")]
struct UsersPage {
    page: Page,
    form: Form,
    list: List,
    pager: Pager,
}

fn role_choices() -> Vec<Choice> {
    let what = |role: Role| -> (&'static str, &'static str) {
        match role {
            Role::Agent => ("代被授权的单位申请", "applies for the parties that have delegated it"),
            Role::Intake => {
                ("收件、公示、答复异议、登记授权", "takes in, publishes, answers objections, registers delegations")
            }
            Role::Reviewer => ("在所在岗位审核", "examines at the desks given"),
            Role::DecisionMaker => ("审定金额", "fixes amounts"),
            Role::Finance => ("编制、放款、对账", "makes and releases batches, reconciles"),
            Role::Auditor => ("看得到全部，什么都不能改", "reads everything, changes nothing"),
            Role::Leader => ("看总览和背后的案件", "reads the figures and the cases behind them"),
            Role::Administrator => ("用户、批次、日历、数据、设置", "users, rounds, calendar, facts, settings"),
        }
    };
    let choice = |role: Role| Choice::new(role.word(), role_text(role)).hint(what(role));
    Role::ALL.into_iter().map(choice).collect()
}

fn role_text(role: Role) -> Text {
    Text::new(role.label(Lang::Zh), role.label(Lang::En))
}

async fn desk_choices(portal: &Portal) -> Result<Vec<Choice>, Problem> {
    let pack = portal.store.current_pack().await?;
    let Some((_, pack)) = pack else { return Ok(Vec::new()) };
    let choice = |desk: &duixian_rules::plan::Desk| {
        let hint = desk.department.as_ref().map_or_else(Text::default, |one| said(&pack.plan.english, one));
        Choice::new(desk.name.en.clone(), cells::name(&desk.name)).hint(hint)
    };
    Ok(pack.plan.desks.iter().map(choice).collect())
}

/// Roles and desks, for a user who is there or to be made.
pub(super) async fn office_fields(portal: &Portal) -> Result<Vec<Field>, Problem> {
    let mut fields = vec![Field::checkboxes("roles", ("角色", "Roles"), role_choices())];
    let desks = desk_choices(portal).await?;
    if !desks.is_empty() {
        let hint = (
            "不选即为其角色的所有岗位。审核、审定和拨付不要由同一人兼任：同一件里只能承担一项。",
            "None chosen means every desk of the roles. Review, decision and payment of one case are never one person's.",
        );
        fields.push(Field::checkboxes("desks", ("岗位", "Desks"), desks).optional().hint(hint));
    }
    Ok(fields)
}

pub(super) fn chosen_roles(form: &Form) -> Vec<Role> {
    form.texts("roles").into_iter().filter_map(Role::from_word).collect()
}

pub(super) fn chosen_desks(form: &Form) -> Vec<String> {
    form.texts("desks").into_iter().map(str::to_owned).collect()
}

/// All users, with search by name and login, and by role.
pub(super) async fn list(State(portal): State<Arc<Portal>>, page: Page) -> Result<Response, Problem> {
    let filter = Form::new(
        page.lang,
        vec![
            Field::text("q", ("姓名或登录名", "Name or login")).optional(),
            Field::select("role", ("角色", "Role"), role_choices()).optional(),
            Field::select(
                "state",
                ("状态", "State"),
                vec![Choice::new("active", ("在用", "active")), Choice::new("inactive", ("停用", "deactivated"))],
            )
            .optional(),
        ],
    )
    .drafted(&Posted::from_query(page.query()));
    let plain = |text: &str| half_width(text).to_lowercase();
    let (text, role) = (plain(filter.text("q")), Role::from_word(filter.text("role")));
    let active = match filter.text("state") {
        "active" => Some(true),
        "inactive" => Some(false),
        _ => None,
    };
    let is_meant = |user: &User| {
        let name = plain(&user.name);
        text.split_whitespace().all(|word| user.login.contains(word) || name.contains(word))
            && role.is_none_or(|role| user.roles.contains(&role))
            && active.is_none_or(|active| user.active == active)
    };
    let pack = portal.store.current_pack().await?;
    let pack = pack.as_ref().map(|(_, pack)| &**pack);
    let users: Vec<User> = portal.store.users().await?.into_iter().filter(is_meant).collect();
    let format = export::Format::asked(&page);
    let pager = Pager::asked(&page, PER_PAGE, users.len() as u64);
    let (skip, take) = if format.is_some() { (0, users.len()) } else { (pager.offset() as usize, PER_PAGE as usize) };
    let mut list = List::new(
        ("用户", "Users"),
        vec![
            Column::text("name", ("姓名", "Name")),
            Column::text("login", ("登录名", "Login")),
            Column::text("roles", ("角色", "Roles")),
            Column::text("desks", ("岗位", "Desks")),
            Column::status("state", ("状态", "State")),
            Column::date("since", ("建立", "Since")),
        ],
    )
    .cards();
    for user in users.iter().skip(skip).take(take) {
        let roles = |lang| user.roles.iter().map(|role| role.label(lang)).collect::<Vec<_>>();
        let desks = |lang| shared::desk_names(pack, &user.desks, lang);
        let row = Row::new(vec![
            Cell::text(user.name.clone()).link(format!("/admin/users/{}", user.id.0)),
            Cell::text(user.login.clone()),
            Cell::pair(Text::new(roles(Lang::Zh).join("、"), roles(Lang::En).join(", "))),
            Cell::pair(Text::new(desks(Lang::Zh), desks(Lang::En))),
            Cell::status(status_of(user)),
            Cell::of(Value::Date(user.created_at.day())),
        ]);
        list.push(row.in_state(if user.active { RowState::Plain } else { RowState::Done }));
    }
    if let Some(format) = format {
        return export::answer(&list, page.lang, format, "users");
    }
    let page = super::framed(page.titled(("用户", "Users")));
    Page::show(&UsersPage { page, form: filter, list, pager })
}

pub(super) fn status_of(user: &User) -> Status {
    match (user.active, user.must_change) {
        (false, _) => Status::quiet("停用", "Deactivated"),
        (true, true) => Status::hold("待改初始密码", "First password not changed"),
        (true, false) => Status::good("在用", "Active"),
    }
}

async fn new_form(portal: &Portal, lang: Lang) -> Result<Form, Problem> {
    let mut fields = vec![
        Field::text("name", ("姓名", "Name")).max_chars(40),
        Field::text("login", ("登录名", "Login name")).max_chars(32).hint((
            "小写字母、数字和 . - _，以后不能改。",
            "Small letters, digits, . - and _; it cannot be changed later.",
        )),
    ];
    fields.extend(office_fields(portal).await?);
    Ok(Form::new(lang, fields))
}

/// The form for a new user.
pub(super) async fn new(State(portal): State<Arc<Portal>>, page: Page) -> Result<Response, Problem> {
    let form = new_form(&portal, page.lang).await?;
    new_page(page, form).show(StatusCode::OK)
}

fn new_page(page: Page, form: Form) -> FormPage {
    let page = page
        .titled(("新建用户", "A new user"))
        .led((
            "初始密码由系统生成，只显示一次；本人第一次登录时必须换掉。",
            "The first password is made by the system and shown once; it must be changed at the first sign-in.",
        ))
        .under("/admin", ("管理", "Administration"))
        .under("/admin/users", ("用户", "Users"))
        .narrow();
    let button = ("建立用户", "Make the user").into();
    FormPage { page, form, action: "/admin/users/new".to_owned(), button, back: "/admin/users".to_owned() }
}

#[derive(Template)]
#[template(path = "admin/password_once.html")]
struct PasswordOnce {
    page: Page,
    user: User,
    password: Option<String>,
    /// That the user has roles of which one case takes one alone.
    mixed: bool,
    /// That an agent has no party to act for yet, and so sees nothing.
    acts_for_nobody: bool,
    namesakes: Text,
    /// Until when the new password is not taken yet: after too many wrong ones.
    locks: Vec<Text>,
}

/// Makes a user, and shows the first password once.
pub(super) async fn create(
    State(portal): State<Arc<Portal>>,
    viewer: Viewer,
    page: Page,
    posted: Posted,
) -> Result<Response, Problem> {
    let mut form = new_form(&portal, page.lang).await?.filled(&posted);
    if !form.is_good() {
        return new_page(page, form).show(StatusCode::UNPROCESSABLE_ENTITY);
    }
    // What is wrong with the name or the roles is told beside them, and not beside the login name.
    if let Err(error) = people::name(form.text("name")) {
        form.error("name", for_form(error)?);
        return new_page(page, form).show(StatusCode::UNPROCESSABLE_ENTITY);
    }
    if let Err(error) = compatible(&chosen_roles(&form)) {
        form.error("roles", for_form(error)?);
        return new_page(page, form).show(StatusCode::UNPROCESSABLE_ENTITY);
    }
    let password = fresh_password()?;
    let new = NewUser {
        login: form.text("login").to_owned(),
        name: form.text("name").to_owned(),
        password: password.clone(),
        roles: chosen_roles(&form),
        desks: chosen_desks(&form),
        must_change: true,
    };
    match portal.store.create_user(&viewer.actor, &posted.key()?, new).await {
        Ok(done) => once_page(&portal, &viewer, page, done.value, (!done.already).then_some(password)).await,
        Err(error) => {
            form.error("login", for_form(error)?);
            new_page(page, form).show(StatusCode::UNPROCESSABLE_ENTITY)
        }
    }
}

/// Shown in the answer itself: a redirect would have to carry the password.
pub(super) async fn once_page(
    portal: &Portal,
    viewer: &Viewer,
    page: Page,
    user: UserId,
    password: Option<String>,
) -> Result<Response, Problem> {
    let user = portal.store.user(user).await?;
    let locks = portal.store.locks_of(&viewer.actor, user.id).await?;
    let locks = locks.into_iter().map(|(locked, until)| locks::locked(locked, until)).collect();
    let page = page
        .titled(Text::new(format!("{}的登录密码", user.name), format!("The password of {}", user.name)))
        .under("/admin", ("管理", "Administration"))
        .under("/admin/users", ("用户", "Users"))
        .narrow();
    let acts_for_nobody = user.roles.contains(&Role::Agent) && portal.store.delegations_of(user.id).await?.is_empty();
    let namesakes = namesakes(portal, &user).await?;
    Page::show(&PasswordOnce { page, mixed: is_mixed(&user), acts_for_nobody, namesakes, locks, user, password })
}

/// Who else is called so, or looks as if they were: told with their logins, since nothing else tells them apart.
pub(super) async fn namesakes(portal: &Portal, user: &User) -> Result<Text, Problem> {
    let users = portal.store.users().await?;
    let (name, is_other) = (folded(&user.name), |other: &&User| other.id != user.id);
    let logins: Vec<&str> =
        users.iter().filter(is_other).filter(|other| folded(&other.name) == name).map(|other| &*other.login).collect();
    if logins.is_empty() {
        return Ok(Text::default());
    }
    Ok(Text::new(
        format!("还有姓名一样的用户：{}。授权和查看记录时请认准登录名。", logins.join("、")),
        format!(
            "Others are called the same: {}. Mind the login name where you delegate or look at records.",
            logins.join(", ")
        ),
    ))
}

/// Fifteen letters and digits, none of which is easily taken for another (no `0`, `1`, `i`, `l`): 75 bits.
pub(super) fn fresh_password() -> Result<String, Problem> {
    const SIGNS: &[u8; 32] = b"abcdefghjkmnopqrstuvwxyz23456789";
    let mut random = [0; 15];
    getrandom::fill(&mut random).map_err(|_| Problem::internal("the system has no randomness"))?;
    let signs: Vec<char> = random.iter().map(|byte| char::from(SIGNS[usize::from(byte % 32)])).collect();
    Ok(signs.chunks(5).map(|part| part.iter().collect::<String>()).collect::<Vec<_>>().join("-"))
}

/// Whether a user has roles of which one case takes one alone.
pub(super) fn is_mixed(user: &User) -> bool {
    let apart = [Role::Reviewer, Role::DecisionMaker, Role::Finance];
    apart.iter().filter(|role| user.roles.contains(role)).count() > 1
}
