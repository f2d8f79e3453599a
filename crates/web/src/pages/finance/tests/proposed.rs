//! What changes how much a fund has, by two people.

use axum::http::StatusCode;
use duixian_money::Fen;

use super::{FINANCE, OTHER, fund};
use crate::format;
use crate::locale::Lang;
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
    // It is looked at once more, with what it makes of the fund, and so does the second person.
    let figures = |before: Fen| {
        let after = Fen(before.0 - 100_000);
        format!("{} → {}", format::yuan(Lang::Zh, before), format::yuan(Lang::Zh, after))
    };
    let check = world.post(FINANCE, &page, &fields).await;
    check
        .is(StatusCode::OK)
        .says("请核对后登记")
        .says(&figures(before.size))
        .says(&figures(before.free))
        .says("登记错了");
    assert_eq!(world.store().proposals().await.expect("none"), []);
    let changed = [fields[0], fields[1], ("change", "1")];
    world.post(FINANCE, &page, &changed).await.is(StatusCode::OK).says("value=\"1000\"").says("下一步：核对");
    let confirmed = [fields[0], fields[1], ("confirmed", "1")];
    world.post(FINANCE, &page, &confirmed).await.leads_to("/finance");
    world.post(OTHER, &page, &confirmed).await.leads_to("/finance");
    let waiting = world.get(OTHER, "/finance").await;
    waiting.says("等第二人确认").says(&figures(before.size)).says(&figures(before.free));
    for reads in [Who::Auditor, Who::Leader, Who::DecisionMaker] {
        world.get(Some(reads), "/finance").await.is(StatusCode::OK).says("等第二人确认").says("需要“财务”角色");
    }
    world.post(OTHER, "/finance/proposals/1", &[("end", "confirm")]).await.leads_to("/finance");
    world
        .post(FINANCE, "/finance/proposals/2", &[("end", "reject"), ("grounds", "重复登记")])
        .await
        .leads_to("/finance");
    // Who has put it forward reads why, and may take back what they have put forward themselves.
    world.get(OTHER, "/finance").await.says("近日退回的").says("重复登记");
    world.post(OTHER, &page, &confirmed).await.leads_to("/finance");
    world.get(OTHER, "/finance").await.says("撤回这笔登记").says("须由另一名财务人员确认");
    let own = [("end", "reject"), ("grounds", "数字登记错了")];
    world.post(OTHER, "/finance/proposals/3", &own).await.leads_to("/finance");
    assert_eq!(world.store().proposals().await.expect("none"), []);
    world.get(OTHER, "/finance").await.says_not("数字登记错了");
    let after = world.store().position(FUND, YEAR).await.expect("a position");
    assert_eq!((after.size.0, after.free.0), (before.size.0 - 100_000, before.free.0 - 100_000));
    world.get(FINANCE, &fund("/statement")).await.says("更正").says("与资金状况一致").says("累计预留").says("现在预留");
    world.get(FINANCE, "/finance").await.says_not("等第二人确认");
}

#[tokio::test]
async fn of_a_fund_that_has_nothing_free_nothing_is_taken_back() {
    let world = World::new().await;
    super::drain(&world).await;
    let left = world.store().position(FUND, YEAR).await.expect("a position").free;
    let (page, amount) = (fund("/take-back"), left.to_grouped_yuan().replace(',', ""));
    let fields = [("amount", amount.as_str()), ("grounds", "登记错了"), ("confirmed", "1")];
    world.post(FINANCE, &page, &fields).await.leads_to("/finance");
    world.post(OTHER, "/finance/proposals/1", &[("end", "confirm")]).await.leads_to("/finance");
    assert_eq!(world.store().position(FUND, YEAR).await.expect("a position").free, Fen(0));
    world.get(FINANCE, &page).await.is(StatusCode::OK).says("没有可用余额").says_not("name=\"amount\"");
    world.post(FINANCE, &page, &fields).await.says("没有可用余额").says_not("0.01");
}
