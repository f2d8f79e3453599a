//! One action on many cases.

use super::*;

#[tokio::test]
async fn bulk_decisions_keep_each_amount_and_say_what_was_not_done() {
    let world = World::new().await;
    let (a, b) = (world.cases.reviewed, world.cases.in_review);
    bring_to_decision(&world, b, Fen::yuan(12_345)).await;
    let paths = format!("/work/bulk/decide?case={}&case={}&case={}", a.0, b.0, world.cases.submitted.0);
    let page = world.get(Some(Who::DecisionMaker), &paths).await;
    page.is(StatusCode::OK).says("value=\"50000.00\"").says("value=\"12345.00\"").says("共 3 件，可以办理 2 件");
    page.says("62,345元").says("不能审定金额");

    let (version_a, version_b) = (case(&world, a).await.version, case(&world, b).await.version);
    let picks = [format!("{}:{version_a}", a.0), format!("{}:{version_b}", b.0)];
    let amounts = [format!("amount-{}", a.0), format!("amount-{}", b.0)];
    let mut fields = vec![
        ("case", picks[0].as_str()),
        ("case", picks[1].as_str()),
        ("reason", "按规定"),
        ("if_short", "refuse"),
        (amounts[0].as_str(), "50000"),
        (amounts[1].as_str(), "900000"),
    ];
    let wrong = world.post(Some(Who::DecisionMaker), "/work/bulk/decide", &fields).await;
    wrong.is(StatusCode::UNPROCESSABLE_ENTITY).says(&format!("id=\"amount-{}-error\"", b.0)).says("value=\"900000\"");
    assert!(case(&world, a).await.decision.is_none());

    // Meanwhile someone sends one of them back: the other is decided all the same.
    ask(&world, Who::OtherDecisionMaker, a, Ask::SendBack { reason: "再核".to_owned() }).await;
    fields[5].1 = "12000.50";
    let done = world.post(Some(Who::DecisionMaker), "/work/bulk/decide", &fields).await;
    done.is(StatusCode::OK).says("办成 1 件").says("没有办成 1 件").says("12,000.50").says("本件在您打开之后已有变化");
    assert_eq!(case(&world, b).await.decision.expect("decided").amount, Fen(1_200_050));
    assert!(case(&world, a).await.decision.is_none());
}

#[tokio::test]
async fn bulk_acceptance_and_notice_run_from_the_list() {
    let world = World::new().await;
    let id = world.cases.submitted;
    let page = world.get(Some(Who::Intake), &format!("/work/bulk/accept?case={}", id.0)).await;
    page.is(StatusCode::OK).says("共 1 件，可以办理 1 件");
    let pick = format!("{}:{}", id.0, case(&world, id).await.version);
    world.post(Some(Who::Intake), "/work/bulk/accept", &[("case", &pick)]).await.is(StatusCode::OK).says("办成 1 件");
    assert_eq!(case(&world, id).await.stage, Stage::Accepted);
    let none = world.post(Some(Who::Intake), "/work/bulk/accept", &[("shown", &id.0.to_string())]).await;
    none.is(StatusCode::UNPROCESSABLE_ENTITY).says("请至少选择一件");
    world.get(Some(Who::Auditor), "/work/bulk/accept").await.is(StatusCode::FORBIDDEN);
    world.get(Some(Who::Intake), "/work/bulk/erase").await.is(StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_recommendation_to_decline_is_not_approved_with_the_others() {
    let world = World::new().await;
    let (a, b) = (world.cases.reviewed, world.cases.in_review);
    let against = Ask::Review { recommends: Recommendation::Decline, opinion: "成果已转让".to_owned() };
    ask(&world, Who::Reviewer, b, against).await;
    let path = format!("/work/bulk/decide?case={}&case={}", a.0, b.0);
    let page = world.get(Some(Who::DecisionMaker), &path).await;
    page.is(StatusCode::OK).says("建议不予支持").says("成果已转让").says("1 件与审核意见不一致，没有选中");
    page.says("比规则上限少 50,000元").says("可以办理 1 件");
    assert!(is_ticked(&page, &world, a).await && !is_ticked(&page, &world, b).await);
    let field = format!("name=\"amount-{}\" class=\"short number\" value=\"\"", b.0);
    page.says(&field);
    // The single case says it too, and suggests nothing.
    let single = open(&world, Who::DecisionMaker, b).await;
    single.says("审核意见是建议不予支持").says("name=\"decide-amount\" class=\"short number\" value=\"\"");

    // It can be picked on purpose, and its field is there again when something is wrong.
    let picks = [a, b].map(|id| id.0);
    let version = case(&world, a).await.version;
    let pick = format!("{}:{version}", picks[0]);
    let (shown_a, shown_b) = (picks[0].to_string(), picks[1].to_string());
    let amount = format!("amount-{}", picks[0]);
    let fields = [
        ("case", pick.as_str()),
        ("shown", shown_a.as_str()),
        ("shown", shown_b.as_str()),
        (amount.as_str(), "50000"),
        ("if_short", "refuse"),
    ];
    let wrong = world.post(Some(Who::DecisionMaker), "/work/bulk/decide", &fields).await;
    wrong.is(StatusCode::UNPROCESSABLE_ENTITY).says(&field).says("id=\"reason-error\"").says("value=\"50000\"");
}

#[tokio::test]
async fn a_recommendation_of_support_is_not_declined_with_the_others() {
    let world = World::new().await;
    let id = world.cases.reviewed;
    let page = world.get(Some(Who::DecisionMaker), &format!("/work/bulk/decline?case={}", id.0)).await;
    page.is(StatusCode::OK).says("建议 50,000元").says("1 件与审核意见不一致，没有选中");
    assert!(!is_ticked(&page, &world, id).await);
}

/// Whether a case's box is set on a page of a bulk action.
async fn is_ticked(page: &Answer, world: &World, id: CaseId) -> bool {
    let start = format!("name=\"case\" value=\"{}:{}\"", id.0, case(world, id).await.version);
    let text = page.text();
    let tag = text.split(&start).nth(1).and_then(|rest| rest.split('>').next()).expect("a box");
    tag.contains("checked")
}
