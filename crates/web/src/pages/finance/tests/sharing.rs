//! How a short fund is shared out: the effect of each rule beforehand, by two decision makers, and what everyone reads of it.

use axum::http::StatusCode;
use duixian_casework::command::IfShort;
use duixian_casework::stage::Stage;
use duixian_ledger::AllocationRule;
use duixian_money::Fen;
use duixian_store::cases::Ask;

use super::{FINANCE, drain, flash, stage};
use crate::testing::{FUND, Who, World, YEAR, fresh};

#[tokio::test]
async fn a_short_fund_is_shared_out_by_the_rule_that_was_seen() {
    let world = World::new().await;
    let href = format!("/finance/waiting/{FUND}/{YEAR}");
    world.get(FINANCE, &href).await.is(StatusCode::OK).says("没有轮候的审定");
    // Everything that is free goes to another case, so that the reviewed one must wait.
    let decider = world.actor(Who::DecisionMaker).await;
    let wait = super::waits();
    drain(&world).await;
    let done = world.store().ask(&decider, &fresh(), world.cases.reviewed, wait).await;
    done.unwrap_or_else(|error| panic!("it waits: {error}"));
    assert_eq!(stage(&world, world.cases.reviewed).await, Stage::Queued);
    let answer = world.get(FINANCE, &href).await;
    answer.is(StatusCode::OK).says("先审定先保障").says("60,000.00").says("怎么分由审定人决定").says_not("用这个方式");
    world.post(FINANCE, &href, &[("rule", "pro_rata")]).await.is(StatusCode::FORBIDDEN);
    let answer = world.get(Some(Who::DecisionMaker), &format!("{href}?rule=pro_rata")).await;
    answer.is(StatusCode::OK).says("请确认：").says("提请分配").says("另一位审定人员在本页确认以后才预留资金");
    answer.says("这些企业会原样看到").says_not("企业看不到");
    // Whoever has money to add is led to the year of those who wait.
    let form = world.get(FINANCE, "/finance/appropriate").await;
    form.says(&format!("name=\"year\" class=\"short number\" value=\"{YEAR}\""));
    let next = (YEAR + 1).to_string();
    let late = [("fund", FUND), ("year", next.as_str()), ("amount", "20万"), ("memo", "追加")];
    world.post(FINANCE, "/finance/appropriate", &late).await.is(StatusCode::OK).says("它们用不上");
    let shares = world.store().preview_allocation(FUND, YEAR, AllocationRule::ProRata).await.expect("shares");
    let shares: Vec<String> =
        shares.iter().map(|one| format!("{}:{}:{}", one.share.case, one.share.granted.0, one.share.short.0)).collect();
    for share in &shares {
        answer.says(&format!("name=\"share\" value=\"{share}\""));
    }
    let stale = [("rule", "pro_rata"), ("share", "1:2:3"), ("grounds", "年底资金不足")];
    world.post(Some(Who::DecisionMaker), &href, &stale).await.leads_to(&href);
    assert_eq!(stage(&world, world.cases.reviewed).await, Stage::Queued);
    // While a decision among them is to be revoked the page says so, and where that is settled.
    let revoke = Ask::ProposeRevocation { grounds: "再核".to_owned(), remark: String::new() };
    world.store().ask(&decider, &fresh(), world.cases.reviewed, revoke).await.expect("proposed");
    let held = world.get(Some(Who::DecisionMaker), &format!("{href}?rule=pro_rata")).await;
    held.says("有案件已提请撤销审定").says(&format!("/work/cases/{}", world.cases.reviewed.0));
    held.says("先处理上面已提请撤销审定的案件").says_not("提请分配</button>");
    let stands = Ask::DropRevocation { reason: "无误".to_owned() };
    world.store().ask(&decider, &fresh(), world.cases.reviewed, stands).await.expect("it stands");
    // What is cut is told case by case and in all, and asks for grounds.
    answer.says("共少给 20,000元").says("应支持60,000元，本次安排40,000元，其余20,000元不再安排");
    let mut fields = vec![("rule", "pro_rata")];
    fields.extend(shares.iter().map(|share| ("share", share.as_str())));
    let silent = world.post(Some(Who::DecisionMaker), &href, &fields).await;
    silent.is(StatusCode::UNPROCESSABLE_ENTITY).says("id=\"grounds-error\"").says("请确认：");
    fields.push(("grounds", "年底资金不足"));
    world.post(Some(Who::DecisionMaker), &href, &fields).await.leads_to(&href);
    // Another decision maker is told, sees who gets what, and confirms it.
    assert_eq!(stage(&world, world.cases.reviewed).await, Stage::Queued);
    let told = "按比例分配 40,000元，共少给 20,000元";
    world.get(Some(Who::OtherDecisionMaker), "/work").await.says("等另一位审定人员确认的分配").says(&href);
    for (who, words) in [
        (FINANCE, "需要“审定”角色"),
        (Some(Who::Auditor), "需要“审定”角色"),
        (Some(Who::DecisionMaker), "须由另一位确认"),
    ] {
        let page = world.get(who, &href).await;
        page.is(StatusCode::OK).says(told).says("40,000元 → 0元").says(words).says_not("核对无误，确认分配");
        world.get(who, "/finance").await.is(StatusCode::OK).says(told).says(&format!("{href}#proposed"));
    }
    // Nothing is shared out another way meanwhile: the page says so instead of asking, and so does the store.
    let otherwise = world.get(Some(Who::DecisionMaker), &format!("{href}?rule=first_decided")).await;
    otherwise
        .says("由另一位确认或退回，或由提请人撤回")
        .says("撤回这份方案")
        .says_not("用这个方式")
        .says_not("请确认：");
    world
        .get(Some(Who::OtherDecisionMaker), &format!("{href}?lang=en"))
        .await
        .says("put it forward take it back, first");
    let first = world.store().preview_allocation(FUND, YEAR, AllocationRule::FirstDecided).await.expect("shares");
    let first: Vec<String> =
        first.iter().map(|one| format!("{}:{}:{}", one.share.case, one.share.granted.0, one.share.short.0)).collect();
    let mut second = vec![("rule", "first_decided")];
    second.extend(first.iter().map(|share| ("share", share.as_str())));
    for fields in [&second, &fields] {
        let answer = world.post(Some(Who::OtherDecisionMaker), &href, fields).await;
        answer.leads_to(&href);
        let (is_good, told) = flash(&answer);
        assert!(!is_good && told.contains("已有一份轮候分配方案在等另一位审定人员确认"), "{told}");
    }
    let alone = world.get(Some(Who::DecisionMaker), &format!("/work/cases/{}", world.cases.reviewed.0)).await;
    alone.says("已有一份轮候分配方案在等另一位审定人员确认");
    world.post(FINANCE, "/finance/proposals/1", &[("end", "confirm")]).await.leads_to(&href);
    assert_eq!(stage(&world, world.cases.reviewed).await, Stage::Queued);
    let page = world.get(Some(Who::OtherDecisionMaker), &href).await;
    page.says("核对无误，确认分配")
        .says("提请；理由：年底资金不足")
        .says("应支持60,000元，本次安排40,000元，其余20,000元不再安排");
    world.post(Some(Who::OtherDecisionMaker), "/finance/proposals/1", &[("end", "confirm")]).await.leads_to(&href);
    let case = world.store().case(world.cases.reviewed).await.expect("a case");
    assert_eq!(case.stage, Stage::Decided);
    // The applicant reads the rule that was applied, and why.
    let words = "分配规则：按比例，应支持60,000元，本次安排40,000元，其余20,000元不再安排。理由：年底资金不足。";
    let own = format!("/cases/{}", case.id.0);
    world.get(Some(Who::Agent), &own).await.is(StatusCode::OK).says(words).says_not("按比例或顺序");
    world.get(Some(Who::Agent), &format!("{own}/documents/decision")).await.is(StatusCode::OK).says(words);
    world.get(Some(Who::Agent), "/messages").await.says("分配规则：按比例（年底资金不足）");
    world
        .get(Some(Who::Auditor), &format!("/work{own}"))
        .await
        .says("（按比例，")
        .says("提请、另一人确认）")
        .says("年底资金不足");
    assert_eq!(world.store().position(FUND, YEAR).await.expect("a position").free, Fen(0));
    let number: String = form_urlencoded::byte_serialize(case.number.expect("a number").as_bytes()).collect();
    let trail = world.get(Some(Who::Auditor), &format!("/audit/money?q={number}")).await;
    trail.says("审定，进入轮候：").says("轮候的分配规则：按比例");
    world.post(Some(Who::DecisionMaker), &href, &[("rule", "whim")]).await.is(StatusCode::BAD_REQUEST);
}

/// A priority that lets who was decided later go first is no one person's to use: the page names who is passed over, and asks why.
#[tokio::test]
async fn whoever_is_passed_over_by_priority_is_named_and_two_confirm_it() {
    let world = World::new().await;
    let href = format!("/finance/waiting/{FUND}/{YEAR}");
    let decider = world.actor(Who::DecisionMaker).await;
    drain(&world).await;
    let wait = super::waits();
    let first = world.cases.reviewed;
    world.store().ask(&decider, &fresh(), first, wait).await.expect("it waits");
    let second = super::decided(&world, 19, Fen::yuan(30_000), "企业0", IfShort::Queue).await;
    let number = world.store().case(first).await.expect("a case").number.expect("a number");
    let page = world.get(Some(Who::DecisionMaker), &format!("{href}?rule=priority")).await;
    page.is(StatusCode::OK)
        .says("以下审定在先的这次一分不给")
        .says(&number)
        .says("审定 60,000元，这次一分不给，继续轮候");
    page.says("提请分配</button>").says_not("确认分配</button>").says("name=\"grounds\"");
    page.says("不写进决定书，企业看不到").says_not("这些企业会原样看到");
    let shares = world.store().preview_allocation(FUND, YEAR, AllocationRule::Priority).await.expect("shares");
    let shares: Vec<String> =
        shares.iter().map(|one| format!("{}:{}:{}", one.share.case, one.share.granted.0, one.share.short.0)).collect();
    let mut fields = vec![("rule", "priority")];
    fields.extend(shares.iter().map(|share| ("share", share.as_str())));
    let silent = world.post(Some(Who::DecisionMaker), &href, &fields).await;
    silent.is(StatusCode::UNPROCESSABLE_ENTITY).says("id=\"grounds-error\"");
    fields.push(("grounds", "重点项目先保障"));
    world.post(Some(Who::DecisionMaker), &href, &fields).await.leads_to(&href);
    assert_eq!([stage(&world, first).await, stage(&world, second).await], [Stage::Queued, Stage::Queued]);
    let page = world.get(Some(Who::OtherDecisionMaker), &href).await;
    page.says("轮候的 1 件按优先级分配 30,000元，越过审定在先的")
        .says("越过的（审定在先，这次不给，后审定的先给）")
        .says("重点项目先保障");
    world.post(Some(Who::OtherDecisionMaker), "/finance/proposals/1", &[("end", "confirm")]).await.leads_to(&href);
    assert_eq!([stage(&world, first).await, stage(&world, second).await], [Stage::Queued, Stage::Payable]);
    let own = world.get(Some(Who::Auditor), &format!("/work/cases/{}", second.0)).await;
    own.says("（按优先级，").says("提请、另一人确认）").says("重点项目先保障");
    // So does the case that was passed over, for officials: by whom, and on which grounds.
    let passed = world.get(Some(Who::Auditor), &format!("/work/cases/{}", first.0)).await;
    passed.says("分配轮候资金时被越过").says("按优先级，后审定的先给").says("提请、另一人确认）　重点项目先保障");
    world.get(Some(Who::Auditor), &format!("/work/cases/{}", second.0)).await.says_not("被越过");
    let waits = world.get(Some(Who::Agent), &format!("/cases/{}", first.0)).await;
    waits.is(StatusCode::OK).says_not("被越过").says_not("重点项目先保障");
    for path in
        [format!("/cases/{}", second.0), format!("/cases/{}/documents/decision", second.0), "/messages".to_owned()]
    {
        world.get(Some(Who::Agent), &path).await.is(StatusCode::OK).says_not("重点项目先保障");
    }
}
