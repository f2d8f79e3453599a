//! Rounds that are over, and those that come after them.

use axum::http::StatusCode;
use chrono::{NaiveDate, TimeDelta};
use duixian_casework::people::Actor;
use duixian_store::NewRound;

use super::{AGENT, world};
use crate::testing::{World, fresh, party};

/// Closes the round of the district.
async fn close(world: &World) {
    world.store().advance_clock(&Actor::System, TimeDelta::days(101)).await.expect("a later day");
}

/// Another round by the same rules and facts, which opens so many days from now.
async fn announce(world: &World, name: &str, year: i32, opens_in: i64) -> i64 {
    let first = world.store().round(world.round).await.expect("the round");
    let now = world.store().now();
    let new = NewRound {
        name: name.to_owned(),
        year,
        as_of: NaiveDate::from_ymd_opt(year, 12, 31).expect("a day"),
        measures: Vec::new(),
        opens_at: now.plus(TimeDelta::days(opens_in)),
        closes_at: now.plus(TimeDelta::days(20)),
        pack: first.pack,
        facts: first.facts,
    };
    world.store().open_round(&Actor::System, &fresh(), new).await.expect("the round opens").value
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_round_takes_is_not_promised_to_one() {
    let world = World::new().await;
    close(&world).await;
    announce(&world, "2020年度第一批", 2020, 10).await;
    for id in [world.cases.declined.0, world.cases.draft.0] {
        let page = world.get(AGENT, &format!("/cases/{id}")).await;
        page.is(StatusCode::OK).says("2019年度的这一项已随“2019年度第一批”截止，现在没有批次受理它。");
        page.says_not("2020年度第一批”再次申请").says_not("等下一批次");
    }
    announce(&world, "2019年度第二批", 2019, 10).await;
    for id in [world.cases.declined.0, world.cases.draft.0] {
        world.get(AGENT, &format!("/cases/{id}")).await.says("可以在“2019年度第二批”再次申请");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_round_invites_nobody() {
    let world = world().await;
    let overview = format!("/my/{}?round={}", party(0), world.round);
    let together = format!("/my/{}/together/{}/result_award", party(0), world.round);
    world.get(AGENT, &overview).await.says("项也可以申请").says("接着填写（1 件草稿）");
    close(&world).await;
    let second = announce(&world, "2019年度第二批", 2019, -1).await;
    let page = world.get(AGENT, &overview).await;
    page.is(StatusCode::OK).says("本批次已截止").says("草稿没有提交，本批次已截止，不能再提交");
    page.says_not("也可以申请").says_not("接着填写").says_not("一起申请");
    let page = world.get(AGENT, &together).await;
    page.is(StatusCode::OK).says("已经开始填的有 1 件草稿，不能再提交").says_not("接着填写").says_not("checkbox");
    // In the next round's view the draft is where it belongs.
    let page = world.get(AGENT, &format!("/my/{}?round={second}", party(0))).await;
    page.is(StatusCode::OK).says("草稿在“2019年度第一批”").says_not("接着填写");
}
