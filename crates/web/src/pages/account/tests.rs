//! Signing in, out, and what is one's own.

use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use duixian_casework::people::Actor;

use crate::once::Once;
use crate::portal::Options;
use crate::testing::{Answer, PASSWORD, Who, World, fresh};

#[tokio::test]
async fn the_right_password_opens_a_session_and_leads_to_where_one_wanted_to_go() {
    let world = World::new().await;
    world.get(None, "/sign-in?next=/admin/users").await.is(StatusCode::OK).says("value=\"/admin/users\"").says("周敏");
    let fields = [("login", "Admin "), ("password", PASSWORD), ("next", "/admin/users")];
    let answer = world.post(None, "/sign-in", &fields).await;
    answer.leads_to("/admin/users");
    let cookie = answer.headers.get_all(header::SET_COOKIE).iter().filter_map(|one| one.to_str().ok());
    let cookie = cookie.filter(|one| one.starts_with("session=")).collect::<Vec<_>>().join("\n");
    assert!(cookie.contains("; HttpOnly; SameSite=Lax") && !cookie.contains("Secure"), "{cookie}");
    let token = answer.cookie("session").expect("a session");
    let request = axum::http::Request::get("/account").header(header::COOKIE, format!("session={token}"));
    world.send(request.body(Body::empty()).expect("a request")).await.is(StatusCode::OK).says("Administrator");
}

#[tokio::test]
async fn over_https_the_cookie_is_bound_to_the_host() {
    let world = World::with(Options { https: true, ..Options::default() }, None).await;
    let answer = world.post(None, "/sign-in", &[("login", "leader"), ("password", PASSWORD)]).await;
    answer.leads_to("/figures");
    let cookies = answer.headers.get_all(header::SET_COOKIE).iter().filter_map(|one| one.to_str().ok());
    let cookies = cookies.filter(|one| one.starts_with("__Host-session=")).collect::<Vec<_>>();
    assert!(matches!(cookies[..], [one] if one.ends_with("; Path=/; HttpOnly; SameSite=Lax; Secure")), "{cookies:?}");
}

#[tokio::test]
async fn what_was_wrong_is_not_told_and_guessing_is_slowed_down() {
    let world = World::new().await;
    let unknown = world.post(None, "/sign-in", &[("login", "nobody"), ("password", "x")]).await;
    let wrong = world.post(None, "/sign-in", &[("login", "admin"), ("password", "x")]).await;
    for answer in [&unknown, &wrong] {
        answer.is(StatusCode::UNPROCESSABLE_ENTITY).says("登录名或密码不对。").says_not("value=\"x\"");
    }
    world.post(None, "/sign-in", &[("login", ""), ("password", "")]).await.is(StatusCode::UNPROCESSABLE_ENTITY);
    for _ in 0..12 {
        world.post(None, "/sign-in", &[("login", "admin"), ("password", "x")]).await;
    }
    let fields = [("login", "admin"), ("password", PASSWORD)];
    let refused = world.post(None, "/sign-in", &fields).await;
    refused.is(StatusCode::TOO_MANY_REQUESTS).says("尝试的次数太多");
    let wait: u64 = refused.headers[header::RETRY_AFTER].to_str().expect("a text").parse().expect("seconds");
    assert!((800..=900).contains(&wait), "{wait}");
}

#[tokio::test]
async fn wrong_passwords_are_told_to_the_owner_the_administrator_and_the_auditor() {
    let world = World::new().await;
    let cookie = known(&world.post(None, "/sign-in", &[("login", "admin"), ("password", PASSWORD)]).await);
    world.get(Some(Who::Administrator), "/account").await.is(StatusCode::OK).says_not("输错您的密码");
    for _ in 0..12 {
        world.post(None, "/sign-in", &[("login", "admin"), ("password", "x")]).await;
    }
    let id = world.actor(Who::Administrator).await.user().expect("a user").0;
    let user = world.get(Some(Who::Administrator), &format!("/admin/users/{id}")).await;
    user.is(StatusCode::OK).says("现在锁定").says("从一个地址输错 10 次密码");
    let back = sign_in_with(&world, &cookie, PASSWORD).await;
    back.leads_to("/admin");
    let is_told = |answer: &Answer| answer.cookie("flash").is_some_and(|flash| !flash.is_empty());
    assert!(is_told(&back), "whoever signs in is told at once");
    let own = world.get(Some(Who::Administrator), "/account").await;
    own.says("有人输错您的密码 10 次").says("锁定 1 次").says("请改密码");
    let journal = world.get(Some(Who::Auditor), "/audit?kind=user.").await;
    journal.is(StatusCode::OK).says("多次输错密码，锁定");
    assert!(!is_told(&sign_in_with(&world, &cookie, PASSWORD).await), "once");
}

/// Sends a form as a browser without a session does that has this cookie.
async fn sign_in_with(world: &World, cookie: &str, password: &str) -> Answer {
    let (csrf, once) = (world.csrf(None).await, Once::fresh().expect("randomness").to_string());
    let fields = [("_csrf", csrf.as_str()), ("_once", &once), ("login", "Admin "), ("password", password)];
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let request = world.request(Method::POST, None, "/sign-in").header(header::COOKIE, cookie);
    let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    world.send(request.body(Body::from(body)).expect("a request")).await
}

/// The cookie by which a browser is known the next time, as it is sent back.
fn known(answer: &Answer) -> String {
    let cookies = answer.headers.get_all(header::SET_COOKIE).iter().filter_map(|cookie| cookie.to_str().ok());
    let set = cookies.into_iter().find(|cookie| cookie.starts_with("known-")).expect("the browser is remembered");
    assert!(
        set.contains("; Path=/sign-in; Max-Age=31536000; HttpOnly; SameSite=Lax") && !set.contains("admin"),
        "{set}"
    );
    set.split(';').next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn others_do_not_keep_an_owner_out_of_a_browser_in_which_they_have_signed_in() {
    let world = World::new().await;
    let cookie = known(&world.post(None, "/sign-in", &[("login", "admin"), ("password", PASSWORD)]).await);
    for _ in 0..12 {
        world.post(None, "/sign-in", &[("login", "admin"), ("password", "x")]).await;
    }
    let stranger = world.post(None, "/sign-in", &[("login", "admin"), ("password", PASSWORD)]).await;
    stranger.is(StatusCode::TOO_MANY_REQUESTS).says("在您以前登录过的另一个浏览器里现在就可以登录");
    assert!(!stranger.headers.get_all(header::SET_COOKIE).iter().any(|one| one.as_bytes().starts_with(b"known-")));
    sign_in_with(&world, &cookie, "x").await.is(StatusCode::UNPROCESSABLE_ENTITY);
    sign_in_with(&world, &cookie, PASSWORD).await.leads_to("/admin");
    // Who changes the password there goes on being known, by the new one alone.
    let (new, path) = ("another-Secret-9", "/account/password");
    let answer =
        world.post(Some(Who::Administrator), path, &[("current", PASSWORD), ("new", new), ("again", new)]).await;
    answer.leads_to("/account");
    sign_in_with(&world, &cookie, new).await.is(StatusCode::TOO_MANY_REQUESTS);
    sign_in_with(&world, &known(&answer), new).await.leads_to("/admin");
}

#[tokio::test]
async fn nobody_is_sent_to_another_site() {
    let world = World::new().await;
    for next in ["//evil.example", "https://evil.example", "/\\evil.example", "/sign-out"] {
        let fields = [("login", "auditor"), ("password", PASSWORD), ("next", next)];
        let answer = world.post(None, "/sign-in", &fields).await;
        assert!(["/audit", "/"].contains(&answer.location()), "{next}: {}", answer.location());
    }
}

#[tokio::test]
async fn signing_out_ends_the_session() {
    let world = World::new().await;
    world.get(Some(Who::Leader), "/account").await.is(StatusCode::OK);
    let out = world.post(Some(Who::Leader), "/sign-out", &[]).await;
    out.leads_to("/");
    assert_eq!(out.cookie("session").as_deref(), Some(""));
    world.get(Some(Who::Leader), "/account").await.leads_to("/sign-in?next=%2Faccount");
}

#[tokio::test]
async fn a_password_is_changed_by_who_knows_the_old_one() {
    let world = World::new().await;
    let path = "/account/password";
    let fields = |current, new, again| [("current", current), ("new", new), ("again", again)];
    let bad = [
        (fields("wrong", "another-Secret-9", "another-Secret-9"), "当前密码不对"),
        (fields(PASSWORD, "another-Secret-9", "else"), "两次输入的新密码不一样"),
        (fields(PASSWORD, "short", "short"), "8 个以上字符"),
    ];
    for (fields, message) in bad {
        let answer = world.post(Some(Who::Finance), path, &fields).await;
        answer.is(StatusCode::UNPROCESSABLE_ENTITY).says(message).says_not("another-Secret-9");
    }
    let fields = fields(PASSWORD, "another-Secret-9", "another-Secret-9");
    let answer = world.post(Some(Who::Finance), path, &fields).await;
    answer.leads_to("/account");
    assert!(answer.cookie("session").is_some_and(|token| token.len() == 64), "the session goes on as a new one");
    world.get(Some(Who::Finance), "/account").await.is(StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn an_agent_gives_only_their_own_delegation_back() {
    let world = World::new().await;
    world.get(Some(Who::Agent), "/account").await.is(StatusCode::OK).says("企业0").says("授权书");
    world.post(Some(Who::Agent), "/account/delegations/3/revoke", &[]).await.is(StatusCode::NOT_FOUND);
    world.post(Some(Who::Agent), "/account/delegations/1/revoke", &[]).await.leads_to("/account");
    let cases = world.get(Some(Who::Agent), "/account").await;
    cases.says("已撤销");
    let actor = world.actor(Who::Agent).await;
    assert!(!actor.acts_for(&crate::testing::party(0)) && actor.acts_for(&crate::testing::party(1)));
}

#[tokio::test]
async fn a_post_after_the_session_has_ended_leads_back_to_its_page() {
    let world = World::new().await;
    let request = world.request(Method::POST, None, "/account/password");
    let request = request.header(header::REFERER, "http://portal.example/account/password?x=1");
    let answer = world.send(request.body(Body::empty()).expect("a request")).await;
    let to = "/sign-in?next=%2Faccount%2Fpassword%3Fx%3D1&lost=1";
    answer.leads_to(to);
    // What became of it is said before signing in, and after.
    world
        .get(None, to)
        .await
        .is(StatusCode::OK)
        .says("登录已经过期")
        .says("对异议的陈述")
        .says("如收款账户")
        .says("name=\"lost\"");
    world.get(None, "/sign-in?next=/account").await.says_not("登录已经过期").says_not("name=\"lost\"");
    let fields = [("login", Who::Leader.login()), ("password", PASSWORD), ("next", "/account"), ("lost", "1")];
    let back = world.post(None, "/sign-in", &fields).await;
    back.leads_to("/account");
    assert!(back.headers.get_all(header::SET_COOKIE).iter().any(|cookie| cookie.as_bytes().starts_with(b"flash=")));
}

#[tokio::test]
async fn agents_know_of_each_other_and_who_goes_knows_what_is_open() {
    let world = World::new().await;
    let (agent, other, code) = (Some(Who::Agent), Some(Who::OtherAgent), crate::testing::party(0));
    let own = world.store().delegations_for(&code).await.expect("delegations").remove(0).id;
    let ask = format!("/account/delegations/{own}/revoke");
    let page = world.get(agent, &ask).await;
    page.is(StatusCode::OK).says("份草稿没有提交").says("件在办").says("没有别的人代这家单位办事");
    world.get(other, &ask).await.is(StatusCode::NOT_FOUND);
    for party in [code.clone(), crate::testing::party(1)] {
        let other = Who::OtherAgent.id();
        let given = world.store().delegate(&Actor::System, &fresh(), other, &party, None, "授权书").await;
        given.expect("delegated");
    }
    world.get(agent, "/messages").await.says("这家单位新增了经办人");
    world.get(agent, &format!("/my/{code}")).await.is(StatusCode::OK).says("经办人：").says("、");
    world.get(agent, &ask).await.says("还有别的经办人").says_not("没有别的人代");
    // The messages of one party can be told from those of the others.
    let of_one = world.get(agent, &format!("/messages?party={code}")).await;
    of_one.is(StatusCode::OK).says("<select id=\"party\"").says("</time> · 企业0").says_not("</time> · 企业1");
    world.get(agent, "/messages").await.says("</time> · 企业0").says("</time> · 企业1");
    world.post(agent, &ask, &[]).await.leads_to("/account");
    world.get(other, "/messages").await.says("少了一位经办人").says("自己退出");
    world.get(Some(Who::Administrator), "/admin/delegations").await.is(StatusCode::OK).says("经办人本人，");
    // The office reads of a case whether anyone reads what it sends.
    let case = format!("/work/cases/{}", world.cases.submitted.0);
    world.get(Some(Who::Intake), &case).await.is(StatusCode::OK).says_not("现在没有经办人");
    for delegation in world.store().delegations_for(&code).await.expect("delegations") {
        world.store().revoke(&Actor::System, &fresh(), delegation.id).await.expect("revoked");
    }
    world.get(Some(Who::Intake), &case).await.says("现在没有经办人");
}
