//! What changes how much a fund has, by two people.

use axum::http::StatusCode;

use super::{FINANCE, OTHER, fund};
use crate::testing::{FUND, Who, World, YEAR};

#[tokio::test]
async fn what_is_free_is_taken_back_by_two_people_and_no_slip_of_the_pen_is_booked() {
    let world = World::new().await;
    let huge =
        [("fund", FUND), ("year", "2019"), ("amount", "888999968816580.08"), ("memo", "追加"), ("confirmed", "1")];
    let answer = world.post(FINANCE, "/finance/appropriate", &huge).await;
    answer.is(StatusCode::UNPROCESSABLE_ENTITY).says("一次安排不能超过 1,000,000,000 元");
    let before = world.store().position(FUND, YEAR).await.expect("a position");
    world.get(FINANCE, &fund("")).await.says("撤回安排");
    let page = fund("/take-back");
    world.get(FINANCE, &page).await.is(StatusCode::OK).says("只能撤回可用的");
    world.get(Some(Who::Administrator), &page).await.is(StatusCode::FORBIDDEN);
    for (amount, grounds) in [("1,000,000", "登记错了"), ("1", " ")] {
        let answer = world.post(FINANCE, &page, &[("amount", amount), ("grounds", grounds)]).await;
        answer.is(StatusCode::UNPROCESSABLE_ENTITY);
    }
    let fields = [("amount", "1000"), ("grounds", "登记错了")];
    world.post(FINANCE, &page, &fields).await.leads_to("/finance");
    world.post(OTHER, &page, &fields).await.leads_to("/finance");
    world.post(OTHER, "/finance/proposals/1", &[("end", "confirm")]).await.leads_to("/finance");
    world
        .post(FINANCE, "/finance/proposals/2", &[("end", "reject"), ("grounds", "重复登记")])
        .await
        .leads_to("/finance");
    let after = world.store().position(FUND, YEAR).await.expect("a position");
    assert_eq!((after.size.0, after.free.0), (before.size.0 - 100_000, before.free.0 - 100_000));
    world.get(FINANCE, &fund("/statement")).await.says("更正").says("与资金状况一致").says("累计预留").says("现在预留");
    world.get(FINANCE, "/finance").await.says_not("等第二人确认");
}
