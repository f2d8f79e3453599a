//! Two administrators who have the same page open: the second does not put back what the first has changed.

use axum::http::StatusCode;
use chrono::NaiveDate;
use duixian_casework::calendar::{Day, DayKind};
use duixian_casework::moment::Moment;
use duixian_casework::people::{Actor, Role};
use duixian_ledger::CarryRule;
use duixian_store::Settings;
use duixian_store::people::NewUser;

use super::{ADMIN, SETTINGS, seen};
use crate::testing::{FUND, PASSWORD, Who, World, account, fresh};

/// Another administrator, who changes things while a page is open.
async fn another(world: &World) -> Actor {
    let new = NewUser {
        login: "wangfang".to_owned(),
        name: "王芳".to_owned(),
        password: PASSWORD.to_owned(),
        roles: vec![Role::Administrator],
        desks: Vec::new(),
        must_change: false,
    };
    let made = world.store().create_user(&Actor::System, &fresh(), new).await.expect("made").value;
    world.store().actor_of(made).await.expect("an actor")
}

#[tokio::test]
async fn a_paying_account_is_not_put_back_by_an_older_form() {
    let world = World::new().await;
    let other = another(&world).await;
    let number = seen(&world, SETTINGS).await.swap_remove(0);
    let settings = world.store().settings().await.expect("settings");
    let moved = Settings { debtor: Some(account("财政专户", "6222000000000099")), ..settings.clone() };
    world.store().set_settings(&other, &fresh(), moved.clone()).await.expect("another account");
    let debtor = settings.debtor.expect("an account");
    let code = debtor.bank_code.unwrap_or_default();
    let form = |number| {
        [
            ("name_zh", "试验区科技局"),
            ("contact", "0851-5678"),
            ("number_prefix", "试兑"),
            ("holder", debtor.holder.as_str()),
            ("account", debtor.number.as_str()),
            ("bank", debtor.bank.as_str()),
            ("bank_code", code.as_str()),
            ("seen", number),
        ]
    };
    let page = world.post(ADMIN, SETTINGS, &form(&number)).await;
    page.is(StatusCode::CONFLICT).says("设置已有改动：付款账户：账号").says("王芳（wangfang）2019年6月3日");
    page.says("value=\"6222000000000099\"").says("value=\"0851-5678\"").says_not("6222000000000001");
    assert_eq!(world.store().settings().await.expect("settings"), moved, "nothing is saved");

    // What the page shows now, sent once more, changes what was meant and nothing else.
    let text = page.text();
    let now = text.split("name=\"seen\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a number");
    let mut again = form(now);
    again[4] = ("account", "6222000000000099");
    world.post(ADMIN, SETTINGS, &again).await.leads_to(SETTINGS);
    let settings = world.store().settings().await.expect("settings");
    assert_eq!(settings, Settings { contact: "0851-5678".to_owned(), ..moved });

    // A form that does not say what it showed has shown nothing.
    world.post(ADMIN, SETTINGS, &again[..7]).await.is(StatusCode::CONFLICT);
}

#[tokio::test]
async fn a_second_click_is_no_change_by_another() {
    let world = World::new().await;
    let number = seen(&world, SETTINGS).await.swap_remove(0);
    let fields = [("name_zh", "新区科技局"), ("seen", number.as_str())];
    let once = "00112233445566778899aabbccddeeff";
    for _ in 0..2 {
        world.post_once(ADMIN, SETTINGS, once, &fields).await.leads_to(SETTINGS);
    }
    let number = seen(&world, "/admin/rounds/1").await.swap_remove(0);
    let fields = [("closes", "2019-10-31"), ("seen", number.as_str())];
    let once = "0123456789abcdef0123456789abcdef";
    for _ in 0..2 {
        world.post_once(ADMIN, "/admin/rounds/1", once, &fields).await.leads_to("/admin/rounds/1");
    }
    let number = seen(&world, SETTINGS).await.swap_remove(1);
    let field = format!("rule-{FUND}");
    let fields = [("fund", FUND), (field.as_str(), "lapse"), ("seen", number.as_str())];
    let once = "abcdef0123456789abcdef0123456789";
    for _ in 0..2 {
        world.post_once(ADMIN, "/admin/settings/carry", once, &fields).await.leads_to(SETTINGS);
    }
}

#[tokio::test]
async fn what_was_changed_and_changed_back_is_told_as_that() {
    let world = World::new().await;
    let other = another(&world).await;
    let (settings, round) = (world.store().settings().await.expect("settings"), "/admin/rounds/1");
    let (number, of_round) = (seen(&world, SETTINGS).await.swap_remove(0), seen(&world, round).await.swap_remove(0));
    let moved = Settings { contact: "0851-1".to_owned(), ..settings.clone() };
    let closes_at = world.store().round(world.round).await.expect("the round").closes_at;
    for (settings, closes_at) in [(moved, closes_at.plus(chrono::TimeDelta::days(1))), (settings, closes_at)] {
        world.store().set_settings(&other, &fresh(), settings).await.expect("set");
        world.store().change_closing(&other, &fresh(), world.round, closes_at).await.expect("moved");
    }
    let fields = [("name_zh", "新区科技局"), ("seen", number.as_str())];
    let answer = world.post(ADMIN, SETTINGS, &fields).await;
    answer.is(StatusCode::CONFLICT).says("设置改过，又改回了原样。改动人：王芳").says_not("已有改动：");
    let fields = [("closes", "2019-10-31"), ("seen", of_round.as_str())];
    let answer = world.post(ADMIN, round, &fields).await;
    answer.is(StatusCode::CONFLICT).says("截止改过又改回 2019年").says_not("截止已改为");
}

#[tokio::test]
async fn a_role_that_was_taken_away_is_not_given_back_by_an_older_form() {
    let world = World::new().await;
    let other = another(&world).await;
    let user = Who::Leader.id();
    let (page, path) = (format!("/admin/users/{}", user.0), format!("/admin/users/{}/roles", user.0));
    let both = vec![Role::Finance, Role::Leader];
    world.store().set_roles(&other, &fresh(), user, both, Vec::new()).await.expect("set");
    let number = seen(&world, &page).await.swap_remove(0);
    world.store().set_roles(&other, &fresh(), user, vec![Role::Leader], Vec::new()).await.expect("set");
    let fields = [("roles", "leader"), ("roles", "finance"), ("roles", "intake"), ("seen", number.as_str())];
    let answer = world.post(ADMIN, &path, &fields).await;
    answer.is(StatusCode::CONFLICT).says("原来是财务、领导，现在是领导").says("王芳（wangfang）");
    answer.says("value=\"intake\" checked").says("value=\"leader\" checked").says_not("value=\"finance\" checked");
    assert_eq!(world.store().user(user).await.expect("the user").roles, [Role::Leader]);
    // Whoever was never changed since they were made is known by that.
    let fields = [("roles", "leader"), ("seen", "0")];
    world.post(ADMIN, &path, &fields).await.is(StatusCode::CONFLICT).says("角色和岗位改过，又改回了领导");
}

#[tokio::test]
async fn a_closing_and_a_rule_that_another_has_set_stay() {
    let world = World::new().await;
    let other = another(&world).await;
    let number = seen(&world, "/admin/rounds/1").await.swap_remove(0);
    let later = Moment::start_of(NaiveDate::from_ymd_opt(2019, 10, 1).expect("a day"));
    world.store().change_closing(&other, &fresh(), world.round, later).await.expect("moved");
    let fields = [("closes", "2019-08-31"), ("seen", number.as_str())];
    let answer = world.post(ADMIN, "/admin/rounds/1", &fields).await;
    answer
        .is(StatusCode::CONFLICT)
        .says("截止已改为 2019年9月30日")
        .says("王芳（wangfang）")
        .says("value=\"2019-08-31\"");
    assert_eq!(world.store().round(world.round).await.expect("the round").closes_at, later);

    let number = seen(&world, SETTINGS).await.swap_remove(1);
    world.store().set_carry_rule(&other, &fresh(), FUND, CarryRule::CarryOver).await.expect("set");
    let field = format!("rule-{FUND}");
    let fields = [("fund", FUND), (field.as_str(), "lapse"), ("seen", number.as_str())];
    let answer = world.post(ADMIN, "/admin/settings/carry", &fields).await;
    answer.is(StatusCode::CONFLICT).says("这条规则已有改动").says("王芳（wangfang）").says("value=\"lapse\" checked");
    assert_eq!(world.store().carry_rule(FUND).await.expect("the rule"), CarryRule::CarryOver);
}

#[tokio::test]
async fn of_two_who_have_seen_the_same_one_sets_it() {
    let world = World::new().await;
    let number = seen(&world, "/admin/rounds/1").await.swap_remove(0);
    let moved = async |day| {
        let fields = [("closes", day), ("seen", number.as_str()), ("confirmed", "1")];
        world.post(ADMIN, "/admin/rounds/1", &fields).await
    };
    let (one, other) = tokio::join!(moved("2019-10-30"), moved("2019-10-31"));
    let mut answers = [one.status, other.status];
    answers.sort();
    assert_eq!(answers, [StatusCode::SEE_OTHER, StatusCode::CONFLICT]);
}

#[tokio::test]
async fn a_day_that_another_has_entered_stays_and_other_days_are_in_nobodys_way() {
    let world = World::new().await;
    let other = another(&world).await;
    let number = seen(&world, "/admin/calendar").await.swap_remove(0);
    let date = NaiveDate::from_ymd_opt(2019, 6, 12).expect("a day");
    let off = Day { date, kind: DayKind::Off, name: "停电".to_owned() };
    world.store().set_day(&other, &fresh(), off).await.expect("entered");
    let day = |date, name| [("date", date), ("kind", "off"), ("name", name), ("seen", number.as_str())];
    let answer = world.post(ADMIN, "/admin/calendar", &day("2019-06-12", "停水")).await;
    answer
        .is(StatusCode::UNPROCESSABLE_ENTITY)
        .says("2019年6月12日已改成放假（停电），没有录入")
        .says("王芳（wangfang）")
        .says("value=\"停水\"");
    let removed = [("date", "2019-06-12"), ("seen", number.as_str())];
    let answer = world.post(ADMIN, "/admin/calendar/remove", &removed).await;
    let flash = answer.is(StatusCode::SEE_OTHER).cookie("flash").expect("a message");
    let words: String = form_urlencoded::byte_serialize("没有删除。请看清后再删除".as_bytes()).collect();
    assert!(flash.contains(&words), "{flash}");
    let there = world.store().calendar().await.expect("the calendar");
    assert_eq!(there.get(date), Some((DayKind::Off, "停电")));
    let file = "date,kind,name\n2019-06-13,off,停水\n2019-06-12,off,停水\n";
    let (fields, file) = ([("seen", number.as_str())], [("file", "2019.csv", file.as_bytes())]);
    world
        .post_files(ADMIN, "/admin/calendar/import", &fields, &file)
        .await
        .is(StatusCode::UNPROCESSABLE_ENTITY)
        .says("停电");
    let entered = world.post(ADMIN, "/admin/calendar", &day("2019-06-13", "停水")).await;
    entered.leads_to("/admin/calendar?month=2019-06");
}
