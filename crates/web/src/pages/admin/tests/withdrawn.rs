//! Rounds that are withdrawn.

use axum::http::StatusCode;
use chrono::TimeDelta;
use duixian_store::NewRound;

use super::ADMIN;
use crate::testing::{Who, World, fresh};

/// A round that was opened by mistake goes after a last look, and only as long as nobody has begun to apply in it.
#[tokio::test]
async fn a_round_is_withdrawn_while_nobody_has_begun_to_apply() {
    let world = World::new().await;
    let first = world.store().round(world.round).await.expect("the round");
    let now = world.store().now();
    let admin = world.actor(Who::Administrator).await;
    let another = NewRound {
        name: "开错的批次".to_owned(),
        year: first.year,
        as_of: first.as_of,
        measures: Vec::new(),
        opens_at: now.plus(TimeDelta::days(-1)),
        closes_at: now.plus(TimeDelta::days(30)),
        pack: first.pack,
        facts: first.facts,
    };
    let id = world.store().open_round(&admin, &fresh(), another.clone()).await.expect("a round").value;
    let path = format!("/admin/rounds/{id}");
    let withdraw = format!("{path}/withdraw");
    world.get(None, "/").await.says("开错的批次");
    world.get(ADMIN, &path).await.says("撤销这一批");
    let check = world.post(ADMIN, &withdraw, &[]).await;
    check.is(StatusCode::OK).says("请核对后撤销：开错的批次").says("确认撤销").says_not("name=\"change\"");
    world.get(None, "/").await.says("开错的批次");
    world.post(ADMIN, &withdraw, &[("confirmed", "1")]).await.leads_to(&path);
    world.get(None, "/").await.says_not("开错的批次");
    world.get(ADMIN, "/admin/rounds").await.says_not("开错的批次");
    world.get(ADMIN, &path).await.says("已撤销").says_not("改截止日期").says_not("撤销这一批");
    world.get(Some(Who::Auditor), "/audit").await.says("撤销批次");
    world.store().open_round(&admin, &fresh(), another).await.expect("its name is free again");
    // One in which there are cases stays.
    let used = format!("/admin/rounds/{}", world.round);
    world.get(ADMIN, &used).await.says_not("撤销这一批");
    world.post(ADMIN, &format!("{used}/withdraw"), &[("confirmed", "1")]).await.leads_to(&used);
    assert!(!world.store().round(world.round).await.expect("the round").is_withdrawn);
    world.store().verify_journal(|_| ()).await.expect("the journal holds");
}
