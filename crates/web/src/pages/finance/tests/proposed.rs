//! What changes how much a fund has, by two people.

use axum::http::StatusCode;
use duixian_casework::people::Actor;
use duixian_ledger::AllocationRule;
use duixian_money::Fen;

use super::{FINANCE, OTHER, fund};
use crate::format;
use crate::locale::Lang;
use crate::testing::{FUND, Who, World, YEAR, fresh};

#[tokio::test]
async fn what_is_free_is_taken_back_by_two_people_and_no_slip_of_the_pen_is_booked() {
    let world = World::new().await;
    let huge =
        [("fund", FUND), ("year", "2019"), ("amount", "888999968816580.08"), ("memo", "追加"), ("confirmed", "1")];
    let answer = world.post(FINANCE, "/finance/appropriate", &huge).await;
    answer.is(StatusCode::UNPROCESSABLE_ENTITY).says("一次安排不能超过 1,000,000,000 元");
    let before = world.store().position(FUND, YEAR).await.expect("a position");
    world.get(FINANCE, &fund("")).await.says("收回安排");
    let page = fund("/take-back");
    world.get(FINANCE, &page).await.is(StatusCode::OK).says("只能收回可用的");
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
    world.get(OTHER, "/work").await.says("等另一名财务人员确认：试验资金 2019年度 收回安排 1,000元");
    // Whoever puts another forward reads what waits already, and what all of it leaves.
    let rest = |taken: i64| format::yuan(Lang::Zh, Fen(before.free.0 - taken));
    let told = "已登记 2 笔收回，共 2,000元，等另一名财务人员确认";
    world.get(FINANCE, &page).await.says(told).says(&format!("都确认以后，可用的还剩 {}", rest(200_000)));
    let third = world.post(FINANCE, &page, &fields).await;
    third.says(told).says(&format!("连这次的都确认以后，可用的还剩 {}", rest(300_000)));
    let all = before.free.to_grouped_yuan().replace(',', "");
    let too_much = world.post(FINANCE, &page, &[("amount", all.as_str()), ("grounds", "登记错了")]).await;
    too_much.says("连这次的一起可用的不够，差 2,000元");
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
    // A page from before, where each of these still waits, is told what has become of it.
    for (id, end, said) in [
        (1, "confirm", "这一项OtherFinance已在 "),
        (1, "reject", "确认，没有再办"),
        (2, "confirm", "退回，理由：重复登记，没有再办"),
        (3, "reject", "撤回，理由：数字登记错了，没有再办"),
    ] {
        let path = format!("/finance/proposals/{id}");
        let stale = world.post(FINANCE, &path, &[("end", end), ("grounds", "登记错了")]).await;
        stale.leads_to("/finance");
        let (is_good, text) = super::flash(&stale);
        assert!(!is_good && text.contains(said), "{id}: {text}");
    }
    let never = world.post(FINANCE, "/finance/proposals/99", &[("end", "confirm")]).await;
    never.is(StatusCode::NOT_FOUND);
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

/// What is put forward to be taken from a fund is granted meanwhile: it is not booked any more, and the page says so before anyone clicks.
#[tokio::test]
async fn what_is_granted_before_it_is_taken_back_is_taken_back_no_more() {
    let world = World::new().await;
    let free = world.store().position(FUND, YEAR).await.expect("a position").free;
    let amount = free.to_grouped_yuan().replace(',', "");
    let fields = [("amount", amount.as_str()), ("grounds", "登记错了"), ("confirmed", "1")];
    let answer = world.post(FINANCE, &fund("/take-back"), &fields).await;
    answer.leads_to("/finance");
    assert!(super::flash(&answer).1.starts_with("已登记，等另一名财务人员"));
    let page = world.get(OTHER, "/finance").await;
    page.says("：收回安排 ")
        .says("这笔钱仍可以审定出去")
        .says_not("钱不能用")
        .says("核对无误，确认入账</button></form>");
    super::grant(&world, 10, Fen::yuan(1_000)).await;
    let left = Fen(free.0 - 100_000);
    let page = world.get(OTHER, "/finance").await;
    page.says("aria-describedby=\"stale-1\">核对无误，确认入账").says_not("确认入账</button></form>");
    page.says(&format!("现在只有 {} 元，不够收回登记的 {} 元", left.to_grouped_yuan(), free.to_grouped_yuan()));
    page.says_not("→ -").says("退回，不入账");
    // Who has put it forward is told too, and so is who only reads.
    for who in [FINANCE, Some(Who::Auditor)] {
        world.get(who, "/finance").await.says("不够收回登记的");
    }
    world.get(OTHER, "/finance?lang=en").await.says("less than the").says("can still be granted");
    world.post(OTHER, "/finance/proposals/1", &[("end", "confirm")]).await.leads_to("/finance");
    assert_eq!(world.store().position(FUND, YEAR).await.expect("a position").free, left);
}

/// Nor is a sharing out confirmed by which the shares are others by now.
#[tokio::test]
async fn what_a_fund_has_outgrown_is_shared_out_no_more() {
    let world = World::new().await;
    super::drain(&world).await;
    let (store, decider) = (world.store(), world.actor(Who::DecisionMaker).await);
    let wait = super::waits();
    store.ask(&decider, &fresh(), world.cases.reviewed, wait).await.expect("it waits");
    let rule = AllocationRule::ProRata;
    let seen = store.preview_allocation(FUND, YEAR, rule).await.expect("shares");
    let seen = seen.iter().map(|one| one.share).collect();
    let why = (rule, "年底资金不足");
    store.propose_sharing(&decider, &fresh(), (FUND, YEAR), why, seen).await.expect("put forward");
    let (href, other) = (format!("/finance/waiting/{FUND}/{YEAR}"), Some(Who::OtherDecisionMaker));
    world.get(other, &href).await.says("核对无误，确认分配</button></form>");
    store.appropriate(&Actor::System, &fresh(), FUND, YEAR, Fen::yuan(1_000), "追加").await.expect("more of it");
    // Nor is it previewed: no figure of it fits the fund or the queue.
    for (path, is_there) in [(href.as_str(), true), ("/finance", false)] {
        let page = world.get(other, path).await;
        page.says("不能照此分配").says("按比例分配轮候资金").says_not("核对无误，确认分配</button></form>");
        page.says_not("→ -").says_not("→ 1,000元").says_not("共少给").says_not("本次安排");
        if is_there {
            page.says("退回，不分配");
        }
    }
    let own = world.get(Some(Who::DecisionMaker), &format!("{href}?lang=en")).await;
    own.says("reject it or take it back").says_not("less than was decided");
}
