//! Many decisions are looked at once more before they are made.

use super::*;

/// What is sent of two cases: their picks, and an amount for each.
async fn sent(world: &World, of: [(CaseId, &str); 2]) -> Vec<(String, String)> {
    let mut fields = vec![
        ("reason".to_owned(), "按规定".to_owned()),
        ("conditions".to_owned(), "用于研发\n按季度报告".to_owned()),
        ("if_short".to_owned(), "refuse".to_owned()),
    ];
    for (id, amount) in of {
        fields.push(("case".to_owned(), format!("{}:{}", id.0, case(world, id).await.version)));
        fields.push(("shown".to_owned(), id.0.to_string()));
        fields.push((format!("amount-{}", id.0), amount.to_owned()));
    }
    fields
}

async fn post(world: &World, fields: &[(String, String)], more: &[(&str, &str)]) -> Answer {
    let mut all: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (&**name, &**value)).collect();
    all.extend(more);
    let once = "00112233445566778899aabbccddeeff";
    world.post_once(Some(Who::DecisionMaker), "/work/bulk/decide", once, &all).await
}

#[tokio::test]
async fn an_amount_that_differs_is_told_of_before_anything_is_decided_and_each_is_kept() {
    let world = World::new().await;
    let (same, other) = (world.cases.reviewed, world.cases.in_review);
    bring_to_decision(&world, other, Fen::yuan(10_000)).await;
    let fields = sent(&world, [(same, "50000"), (other, "99999.50")]).await;
    let check = post(&world, &fields, &[]).await;
    check
        .is(StatusCode::OK)
        .says("批量审定金额：请再核对")
        .says("1 件有需要留意的")
        .says("与审核建议的 10,000元 不同。");
    check.says("玖万玖仟玖佰玖拾玖元伍角").says("壹拾肆万玖仟玖佰玖拾玖元伍角").says("149,999.50");
    check.says("比本措施最近审定的最高金额 50,000元 还高").says("1. 用于研发；2. 按季度报告").says("不作决定");
    check.says("确认审定 2 件，共 149,999.50元").says("name=\"_once\" value=\"00112233445566778899aabbccddeeff\"");
    // What is to be minded stands first.
    let number = case(&world, other).await.number.expect("a number");
    let first = check.text().split("<tbody>").nth(1).and_then(|rest| rest.split("</tr>").next()).map(str::to_owned);
    assert!(first.is_some_and(|row| row.contains(&number)));
    for id in [same, other] {
        check.says(&format!("name=\"amount-{}\" value=", id.0));
        assert_eq!(case(&world, id).await.stage, Stage::Reviewed, "nothing is decided yet");
    }
    let back = post(&world, &fields, &[("change", "1")]).await;
    back.is(StatusCode::OK).says("value=\"99999.50\"").says("按规定</textarea>").says("批量审定金额：请核对");
    assert_eq!(case(&world, other).await.stage, Stage::Reviewed);
    for _ in 0..2 {
        post(&world, &fields, &[("confirmed", "1")]).await.is(StatusCode::SEE_OTHER);
    }
    for (id, amount) in [(same, Fen::yuan(50_000)), (other, Fen(9_999_950))] {
        assert_eq!(case(&world, id).await.decision.map(|one| one.amount), Some(amount));
    }
}

/// What is said of the sums follows the picks: where a script can't, by a button, and no sum stands that it does not touch.
#[tokio::test]
async fn the_sums_follow_what_is_picked() {
    let world = World::new().await;
    let (a, b) = (world.cases.reviewed, world.cases.in_review);
    bring_to_decision(&world, b, Fen::yuan(50_000)).await;
    let page = world.get(Some(Who::DecisionMaker), &format!("/work/bulk/decide?case={}&case={}", a.0, b.0)).await;
    page.is(StatusCode::OK).says("data-sum=\"{}\"").says("finance.js").says("name=\"recount\"").says_not("审定后剩");
    page.says("选中的共 <output>100,000.00</output> 元").says("<output data-sum-total>100,000.00</output>");
    let fields = sent(&world, [(a, "50000"), (b, "50000")]).await;
    let one: Vec<(String, String)> = fields
        .iter()
        .filter(|(name, value)| name != "case" || value.starts_with(&format!("{}:", a.0)))
        .cloned()
        .collect();
    let page = post(&world, &one, &[("recount", "1")]).await;
    page.is(StatusCode::OK).says("选中的共 <output>50,000.00</output> 元").says("data-sum-count>1</output>");

    let decided = |amount| Ask::Decide {
        amount: Fen::yuan(amount),
        reason: "按规定".to_owned(),
        conditions: Vec::new(),
        priority: 1,
        if_short: duixian_casework::command::IfShort::Refuse,
    };
    ask(&world, Who::DecisionMaker, a, decided(40_000)).await;
    let page = world.get(Some(Who::Intake), &format!("/work/bulk/publish_notice?case={}", a.0)).await;
    let pick = format!("{}:{}", a.0, case(&world, a).await.version);
    page.is(StatusCode::OK).says(&format!("data-sum=\"{{&#34;{pick}&#34;:&#34;4000000&#34;}}\""));
    page.says("<output data-sum-total>40,000.00</output>").says("name=\"recount\"");
    let shown = [("shown", &*a.0.to_string()), ("recount", "1")];
    let none = world.post(Some(Who::Intake), "/work/bulk/publish_notice", &shown).await;
    none.is(StatusCode::OK).says("<output data-sum-total>0.00</output>").says_not("cases-error");
    // That nothing was picked is told beside what there is to pick.
    let none = world.post(Some(Who::Intake), "/work/bulk/publish_notice", &shown[..1]).await;
    none.is(StatusCode::UNPROCESSABLE_ENTITY).says("id=\"cases-error\">请至少选择一件");
    none.says(&format!("value=\"{pick}\" aria-invalid=\"true\" aria-describedby=\"cases-error\""));
    assert_eq!(case(&world, a).await.stage, Stage::Decided);
}

#[tokio::test]
async fn what_goes_as_recommended_is_counted_up_and_confirmed_too() {
    let world = World::new().await;
    let (a, b) = (world.cases.reviewed, world.cases.in_review);
    bring_to_decision(&world, b, Fen::yuan(50_000)).await;
    let fields = sent(&world, [(a, "50000"), (b, "50000")]).await;
    let check = post(&world, &fields, &[]).await;
    check
        .is(StatusCode::OK)
        .says("没有需要特别留意的")
        .says("壹拾万元整")
        .says("本次共 100,000元")
        .says_not("请留意</strong>");
    let english = post(&world, &fields, &[("lang", "en")]).await;
    english.is(StatusCode::OK);
    // What is wrong is told at once, before anything is to be confirmed.
    let wrong = sent(&world, [(a, "50000"), (b, "900000")]).await;
    let wrong = post(&world, &wrong, &[("confirmed", "1")]).await;
    wrong.is(StatusCode::UNPROCESSABLE_ENTITY).says(&format!("id=\"amount-{}-error\"", b.0));
}

/// Those that the fund is short of are named before anything is decided, and are in no sum of what will be.
#[tokio::test]
async fn what_a_short_fund_does_to_each_is_said_before() {
    let world = World::new().await;
    let (a, b) = (world.cases.reviewed, world.cases.in_review);
    bring_to_decision(&world, b, Fen::yuan(50_000)).await;
    let position = world.store().position(crate::testing::FUND, crate::testing::YEAR).await.expect("the fund");
    super::money::crowd(&world, position.free, Fen::yuan(50_000)).await;
    let fields = sent(&world, [(a, "30000"), (b, "50000")]).await;
    let check = post(&world, &fields, &[]).await;
    check
        .is(StatusCode::OK)
        .says("按所选的办法这次不作决定")
        .says("能审定的 1 件合计")
        .says("确认审定 1 件，共 30,000元");
    let waits: Vec<(String, String)> = fields.iter().filter(|(name, _)| name != "if_short").cloned().collect();
    let check = post(&world, &waits, &[("if_short", "queue")]).await;
    check.is(StatusCode::OK).says("审定后进入轮候").says("确认审定 2 件，共 80,000元").says_not("这次不作决定");
    let neither = sent(&world, [(a, "50000"), (b, "50000")]).await;
    post(&world, &neither, &[])
        .await
        .is(StatusCode::OK)
        .says("2 件有需要留意的")
        .says_not("name=\"confirmed\"")
        .says_not("合计</th>");
    post(&world, &fields, &[("confirmed", "1")]).await.is(StatusCode::SEE_OTHER);
    assert_eq!((case(&world, a).await.stage, case(&world, b).await.stage), (Stage::Decided, Stage::Reviewed));
}
