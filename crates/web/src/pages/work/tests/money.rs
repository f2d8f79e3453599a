//! Decisions of which the fund is short.

use super::*;

#[tokio::test]
async fn a_short_fund_refuses_or_lets_wait_as_the_official_chooses() {
    let world = World::new().await;
    let id = world.cases.reviewed;
    // All but a little of the fund goes elsewhere first.
    let position = world.store().position(crate::testing::FUND, crate::testing::YEAR).await.expect("the fund");
    let others = crowd(&world, position.free, Fen::yuan(50_000)).await;
    assert!(others > 0);
    let fields = |if_short| {
        [
            ("decide-amount", "50000"),
            ("decide-reason", "按规定"),
            ("decide-if_short", if_short),
            ("decide-priority", "5"),
        ]
    };
    let page = open(&world, Who::DecisionMaker, id).await;
    page.is(StatusCode::OK).says("资金可用").says_not("还差");
    let refused = act(&world, Who::DecisionMaker, id, "decide", &fields("refuse")).await;
    refused.is(StatusCode::UNPROCESSABLE_ENTITY).says("多出 10,000元").says("id=\"decide-amount-error\"");
    let waits = act(&world, Who::DecisionMaker, id, "decide", &fields("queue")).await;
    let told = waits.is(StatusCode::SEE_OTHER).cookie("flash").expect("a message");
    let words: String = form_urlencoded::byte_serialize("资金不够，已进入轮候".as_bytes()).collect();
    assert!(told.contains(&words), "{told}");
    let queued = case(&world, id).await;
    assert_eq!((queued.stage, queued.decision.expect("a decision").priority), (Stage::Queued, 5));
    // Nowhere is it counted among what was decided and funded.
    let list = world.get(Some(Who::DecisionMaker), "/work?view=all&stage=queued").await;
    list.says_not("已审定 <span").says("轮候 <span class=\"figure\">5.00万元");
    world.get(Some(Who::Leader), "/figures").await.says("其中 1 件金额已定、轮候资金 5.00万元");
}

/// A form that is sent twice does one thing, and is answered alike, also where the first has taken the fund's last money.
#[tokio::test]
async fn a_double_click_on_the_last_money_is_answered_alike() {
    let world = World::new().await;
    let id = world.cases.reviewed;
    let position = world.store().position(crate::testing::FUND, crate::testing::YEAR).await.expect("the fund");
    crowd(&world, position.free, Fen::yuan(50_000)).await;
    let version = case(&world, id).await.version.to_string();
    let fields = [
        ("version", &*version),
        ("decide-amount", "40000"),
        ("decide-reason", "按规定"),
        ("decide-if_short", "refuse"),
        ("confirmed", "1"),
    ];
    let (path, once) = (format!("/work/cases/{}/decide", id.0), "fedcba9876543210fedcba9876543210");
    for _ in 0..2 {
        let answer = world.post_once(Some(Who::DecisionMaker), &path, once, &fields).await;
        answer.leads_to(&format!("/work/cases/{}", id.0));
    }
    assert_eq!(world.store().position(crate::testing::FUND, crate::testing::YEAR).await.expect("it").free, Fen(0));
    let other = world.post(Some(Who::DecisionMaker), &path, &fields).await;
    other.is(StatusCode::CONFLICT);
}

/// Decides cases of the instant measure until less than some amount is free; gives how many it took.
pub(super) async fn crowd(world: &World, mut free: Fen, enough: Fen) -> usize {
    let agent = world.actor(Who::Agent).await;
    let decider = world.actor(Who::DecisionMaker).await;
    let intake = world.actor(Who::Intake).await;
    let store = world.store();
    let mut count = 0;
    while free >= enough {
        let basis = format!("R1-{count}");
        let (round, party) = (world.round, crate::testing::party(1));
        let new = duixian_store::cases::NewCase { round, party, measure: "instant_award".to_owned(), basis };
        let id = store.open_draft(&agent, &fresh(), new).await.expect("a draft").value.id;
        let account = case(world, world.cases.reviewed).await.account;
        let save = Ask::Save { statements: Default::default(), account };
        store.ask(&agent, &fresh(), id, save).await.expect("saved");
        store.ask(&agent, &fresh(), id, Ask::Submit).await.expect("submitted");
        store.ask(&intake, &fresh(), id, Ask::Accept).await.expect("accepted");
        let amount = free.min(Fen::yuan(100_000));
        let decide = Ask::Decide {
            amount,
            reason: "按规定".to_owned(),
            conditions: Vec::new(),
            priority: 1,
            if_short: duixian_casework::command::IfShort::Refuse,
        };
        store.ask(&decider, &fresh(), id, decide).await.expect("decided");
        free = Fen(free.0 - amount.0);
        count += 1;
    }
    count
}

#[tokio::test]
async fn a_waiting_case_gets_what_was_decided_or_its_share_by_a_rule() {
    let world = World::new().await;
    let id = world.cases.reviewed;
    let position = world.store().position(crate::testing::FUND, crate::testing::YEAR).await.expect("the fund");
    crowd(&world, position.free, Fen::yuan(50_000)).await;
    let rest = world.store().position(crate::testing::FUND, crate::testing::YEAR).await.expect("the fund").free;
    let decided = Fen::yuan(100_000);
    assert!(rest < decided, "{rest:?}");
    let queued = Ask::Decide {
        amount: decided,
        reason: "按规定".to_owned(),
        conditions: Vec::new(),
        priority: 1,
        if_short: duixian_casework::command::IfShort::Queue,
    };
    ask(&world, Who::DecisionMaker, id, queued).await;
    let page = open(&world, Who::DecisionMaker, id).await;
    let short = format!("资金只有 {} 元，不够审定的 100,000 元", rest.to_grouped_yuan());
    page.says("轮候中，还没有安排资金").says(&format!("{short}：要少给的，在轮候资金的页面按规则分配"));
    page.says("aria-describedby=\"action-fund\"").says_not("id=\"panel-fund\"").says("看轮候的各件");
    let refused = act(&world, Who::DecisionMaker, id, "fund", &[]).await;
    refused.is(StatusCode::UNPROCESSABLE_ENTITY).says(&short);
    assert_eq!(case(&world, id).await.stage, Stage::Queued);
}

/// Two cases that wait for 100,000 and 10,000 yuan, the larger decided first, of a fund that has 40,000.
async fn two_waiting(world: &World) -> [CaseId; 2] {
    let (first, second) = (world.cases.reviewed, world.cases.in_review);
    let position = world.store().position(crate::testing::FUND, crate::testing::YEAR).await.expect("the fund");
    crowd(world, position.free, Fen::yuan(50_000)).await;
    bring_to_decision(world, second, Fen::yuan(10_000)).await;
    for (id, amount) in [(first, 100_000), (second, 10_000)] {
        let queued = Ask::Decide {
            amount: Fen::yuan(amount),
            reason: "按规定".to_owned(),
            conditions: Vec::new(),
            priority: 100,
            if_short: duixian_casework::command::IfShort::Queue,
        };
        ask(world, Who::DecisionMaker, id, queued).await;
        world.store().advance_clock(&Actor::System, chrono::TimeDelta::hours(1)).await.expect("a later hour");
    }
    [first, second]
}

#[tokio::test]
async fn funding_is_offered_where_it_can_be_done_and_says_what_is_left_for_whom() {
    let world = World::new().await;
    let [first, second] = two_waiting(&world).await;
    for (id, why) in [
        (first, "资金只有 40,000 元，不够审定的 100,000 元"),
        (second, "在本件之前审定、正在轮候的要用 100,000 元，剩下的不够本件的 10,000 元"),
    ] {
        let page = open(&world, Who::DecisionMaker, id).await;
        page.is(StatusCode::OK).says(why).says("aria-describedby=\"action-fund\"").says_not("id=\"panel-fund\"");
    }
    let (fund, year, more) = (crate::testing::FUND, crate::testing::YEAR, Fen::yuan(170_000));
    world.store().appropriate(&Actor::System, &fresh(), fund, year, more, "追加").await.expect("more money");
    for (id, effect) in [
        (first, "资金可用 210,000元。本件全额安排 100,000元，之后还剩 110,000元，后面还有 1 件轮候，共 10,000元。"),
        (
            second,
            "资金可用 210,000元。先审定的 1 件要用 100,000元，给它们留着。本件全额安排 10,000元，之后还剩 100,000元。",
        ),
    ] {
        open(&world, Who::DecisionMaker, id).await.says("id=\"panel-fund\"").says(effect);
        // Who may not fund it reads whose that is.
        open(&world, Who::Reviewer, id).await.says("需要“审定”角色").says_not("id=\"panel-fund\"");
    }
    act(&world, Who::DecisionMaker, second, "fund", &[]).await.is(StatusCode::SEE_OTHER);
    assert_eq!(case(&world, second).await.stage, Stage::Decided);
}

#[tokio::test]
async fn a_sharing_out_that_was_put_forward_is_told_of_on_the_cases_that_it_cuts() {
    let world = World::new().await;
    let [first, second] = two_waiting(&world).await;
    let (store, of) = (world.store(), (crate::testing::FUND, crate::testing::YEAR));
    open(&world, Who::Reviewer, first).await.says_not("本件要少给");
    let rule = duixian_ledger::AllocationRule::ProRata;
    let shares = store.preview_allocation(of.0, of.1, rule).await.expect("shares");
    let seen: Vec<_> = shares.iter().map(|one| one.share).collect();
    let decider = world.actor(Who::DecisionMaker).await;
    let put = store.propose_sharing(&decider, &fresh(), of, (rule, "资金有限，各家同等。"), seen.clone()).await;
    let proposal = put.unwrap_or_else(|error| panic!("{error}")).value;
    for (id, decided) in [(first, "100,000元"), (second, "10,000元")] {
        let share = seen.iter().find(|share| share.case == id.0).expect("a share");
        let granted = crate::format::yuan(crate::locale::Lang::Zh, share.granted);
        let page = open(&world, Who::OtherDecisionMaker, id).await;
        page.says("已提请分配轮候资金，本件要少给").says(&format!("本件审定 {decided}，只安排 {granted}，少给的"));
        page.says("DecisionMaker 2019年")
            .says("提请按比例分配")
            .says("理由：资金有限，各家同等。</p>")
            .says_not("。。");
        page.says("/finance/waiting/trial_fund/2019#proposed");
        // Who may not read the page of those that wait is given no way there.
        open(&world, Who::Reviewer, id).await.says("本件要少给").says_not("/finance/waiting");
    }
    let english = world.get(Some(Who::DecisionMaker), &format!("/work/cases/{}?lang=en", first.0)).await;
    english.says("is not made up later. Why: 资金有限，各家同等.");
    let other = world.actor(Who::OtherDecisionMaker).await;
    let confirmed = store.end_proposal(&other, &fresh(), proposal, true, "").await;
    confirmed.unwrap_or_else(|error| panic!("{error}"));
    let page = open(&world, Who::DecisionMaker, first).await;
    page.says("其余").says("不再安排。理由：资金有限，各家同等。按规定").says_not("。。").says_not("本件要少给");
}

#[tokio::test]
async fn what_was_withdrawn_while_it_waited_has_a_void_letter_and_no_amount() {
    let world = World::new().await;
    let id = world.cases.reviewed;
    let position = world.store().position(crate::testing::FUND, crate::testing::YEAR).await.expect("the fund");
    crowd(&world, position.free, Fen::yuan(50_000)).await;
    let queued = Ask::Decide {
        amount: Fen::yuan(98_765),
        reason: "按规定".to_owned(),
        conditions: Vec::new(),
        priority: 1,
        if_short: duixian_casework::command::IfShort::Queue,
    };
    ask(&world, Who::DecisionMaker, id, queued).await;
    ask(&world, Who::Agent, id, Ask::Withdraw { reason: "不再需要".to_owned() }).await;
    let letter = format!("/cases/{}/documents/decision", id.0);
    for who in [Who::Agent, Who::Intake] {
        world.get(Some(who), &letter).await.is(StatusCode::OK).says("本文书已失效").says("申请已撤回");
    }
    let page = world.get(Some(Who::Agent), &format!("/cases/{}", id.0)).await;
    page.is(StatusCode::OK).says("决定书（轮候）（已失效）");
    let page = open(&world, Who::DecisionMaker, id).await;
    page.is(StatusCode::OK).says("已撤回，不再拨付").says_not("<strong class=\"figure\">98,765元");
    world.get(Some(Who::Leader), "/work?view=all&stage=withdrawn").await.is(StatusCode::OK).says_not("98,765");
}

#[tokio::test]
async fn a_decision_says_its_own_reason_and_a_short_fund_offers_no_trap() {
    let world = World::new().await;
    let id = world.cases.reviewed;
    let page = open(&world, Who::DecisionMaker, id).await;
    page.says("审核意见（内部，不会自动写入）：属实").says("value=\"refuse\" checked").says_not(">属实</textarea>");
    let position = world.store().position(crate::testing::FUND, crate::testing::YEAR).await.expect("the fund");
    crowd(&world, position.free, Fen(1)).await;
    let page = open(&world, Who::DecisionMaker, id).await;
    page.says("name=\"decide-if_short\" value=\"queue\"").says("value=\"refuse\" disabled").says("不能选：资金不足");
    // Whoever had chosen it before reads the same.
    let fields = [("decide-amount", "5000"), ("decide-reason", "按规定"), ("decide-if_short", "refuse")];
    let late = act(&world, Who::DecisionMaker, id, "decide", &fields).await;
    late.is(StatusCode::UNPROCESSABLE_ENTITY).says("资金不足：钱已被别的决定用去").says("value=\"5000\"");
}

#[tokio::test]
async fn a_place_among_those_that_wait_is_told_to_the_party_and_to_officials() {
    let world = World::new().await;
    let (first, second) = (world.cases.reviewed, world.cases.in_review);
    let position = world.store().position(crate::testing::FUND, crate::testing::YEAR).await.expect("the fund");
    crowd(&world, position.free, Fen(1)).await;
    bring_to_decision(&world, second, Fen::yuan(90_000)).await;
    let queued = |priority| Ask::Decide {
        amount: Fen::yuan(90_000),
        reason: "按规定".to_owned(),
        conditions: Vec::new(),
        priority,
        if_short: duixian_casework::command::IfShort::Queue,
    };
    ask(&world, Who::DecisionMaker, first, queued(5)).await;
    let own = format!("/cases/{}", first.0);
    world.get(Some(Who::Agent), &own).await.is(StatusCode::OK).says("这笔资金目前只有本件轮候");
    world.store().advance_clock(&Actor::System, chrono::TimeDelta::hours(1)).await.expect("a later hour");
    ask(&world, Who::DecisionMaker, second, queued(1)).await;
    let page = world.get(Some(Who::Agent), &own).await;
    page.says("共有 2 件轮候。按审定先后，本件排第 1；按优先级，排第 2").says("按比例分的，不分先后");
    let english = world.get(Some(Who::Agent), &format!("/cases/{}?lang=en", second.0)).await;
    english.says("2 decisions wait for this fund").says("this one is number 2, by priority number 1");
    open(&world, Who::Auditor, second).await.says("按审定先后，本件排第 2；按优先级，排第 1");
    world.get(Some(Who::Agent), "/messages?lang=zh").await.says("排在第几，在申请的页面上随时可以看到");
    let waiting = format!("/finance/waiting/{}/{}", crate::testing::FUND, crate::testing::YEAR);
    world.get(Some(Who::Finance), &waiting).await.is(StatusCode::OK).says("位次").says("按优先级第 2");
    // What does not wait has no place.
    let paid = world.get(Some(Who::Agent), &format!("/cases/{}", world.cases.paid.0)).await;
    paid.is(StatusCode::OK).says_not("件轮候");
}

/// A fund that is short of what is suggested may have enough for what is decided.
#[tokio::test]
async fn a_fund_is_short_of_the_amount_that_was_typed_or_not_at_all() {
    let world = World::new().await;
    let id = world.cases.reviewed;
    let position = world.store().position(crate::testing::FUND, crate::testing::YEAR).await.expect("the fund");
    crowd(&world, position.free, Fen::yuan(50_000)).await;
    let rest = world.store().position(crate::testing::FUND, crate::testing::YEAR).await.expect("the fund").free;
    assert!(rest > Fen::yuan(5_000) && rest < Fen::yuan(50_000), "{rest:?}");
    let page = open(&world, Who::DecisionMaker, id).await;
    page.says("资金可用").says_not("value=\"refuse\" checked").says_not("value=\"refuse\" disabled");
    let more = Fen(rest.0 + 1).to_yuan_string();
    let reason = ("decide-reason", "按规定");
    let refuse = ("decide-if_short", "refuse");
    let refused = act(&world, Who::DecisionMaker, id, "decide", &[("decide-amount", &more), reason, refuse]).await;
    refused.is(StatusCode::UNPROCESSABLE_ENTITY).says_not("钱已被别的决定用去").says("审定还差 0.01元");
    refused
        .says("href=\"#decide-amount\"")
        .says("这个金额多出 0.01元：请核对金额")
        .says_not("id=\"decide-if_short-error\"");
    let silent = act(&world, Who::DecisionMaker, id, "decide", &[("decide-amount", &more), reason]).await;
    silent.is(StatusCode::UNPROCESSABLE_ENTITY).says("请选一项");
    let fits = act(&world, Who::DecisionMaker, id, "decide", &[("decide-amount", "5000"), reason]).await;
    fits.is(StatusCode::SEE_OTHER);
    assert_eq!(case(&world, id).await.stage, Stage::Decided);
}

#[tokio::test]
async fn a_small_decision_need_not_wait_where_not_to_decide_was_chosen() {
    let world = World::new().await;
    let id = world.cases.reviewed;
    let position = world.store().position(crate::testing::FUND, crate::testing::YEAR).await.expect("the fund");
    crowd(&world, position.free, Fen::yuan(50_000)).await;
    let fields = [("decide-amount", "5000"), ("decide-reason", "按规定"), ("decide-if_short", "refuse")];
    act(&world, Who::DecisionMaker, id, "decide", &fields).await.is(StatusCode::SEE_OTHER);
    assert_eq!(case(&world, id).await.stage, Stage::Decided);
}
