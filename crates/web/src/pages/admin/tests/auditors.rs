//! What auditors read of what administrators set.

use super::*;

/// Auditors read what administrators set, and find nothing to press there.
#[tokio::test]
async fn auditors_read_what_is_set_and_change_nothing() {
    const AUDITOR: Option<Who> = Some(Who::Auditor);
    let world = World::new().await;
    let user = format!("/admin/users/{}", Who::Intake.id().0);
    let pages = [
        "/admin/users",
        &user,
        "/admin/delegations",
        "/admin/rounds",
        "/admin/rounds/1",
        "/admin/calendar?month=2019-10",
        "/admin/facts",
        "/admin/pack",
        "/admin/pack/1",
        "/admin/settings",
    ];
    for path in pages {
        let read = world.get(AUDITOR, path).await;
        let text = read.is(StatusCode::OK).says_not("href=\"/admin\"").says_not("/new\"").text();
        let main = text.split_once("<main").expect("a page").1;
        assert!(!main.contains("method=\"post\""), "{path}: {main}");
        world.get(ADMIN, path).await.is(StatusCode::OK).says("href=\"/admin\"");
    }
    let linked = world.get(AUDITOR, "/audit").await;
    for path in ["users", "delegations", "rounds", "calendar", "facts", "pack", "settings"] {
        linked.says(&format!("href=\"/admin/{path}\""));
    }
    world.get(AUDITOR, &user).await.says("<dt>角色</dt><dd>受理").says("/audit?q=");
    world.get(AUDITOR, "/admin/settings").await.says("<dt>单位名称</dt>").says("余额");
    world.get(AUDITOR, "/admin/calendar?month=2019-10").await.says("国庆节").says_not("删除这一天");
    for closed in ["/admin", "/admin/users/new", "/admin/rounds/new"] {
        world.get(AUDITOR, closed).await.is(StatusCode::FORBIDDEN).says("只对以下角色开放");
    }
    world.post(AUDITOR, &format!("{user}/active"), &[("active", "no")]).await.is(StatusCode::FORBIDDEN);
    // What was done to an account is found by whose it is.
    let intake = world.store().user(Who::Intake.id()).await.expect("the user");
    for named in [intake.login.as_str(), &intake.name] {
        let found = world.get(AUDITOR, &format!("/audit?q={named}&kind=user.&format=csv")).await;
        let text = found.is(StatusCode::OK).says("建立用户").text();
        assert!(text.trim().lines().skip(1).all(|line| line.contains(&intake.name)), "{named}: {text}");
    }
}
