//! A case that a colleague has taken up, as the others of its desk see it; and what the rules set of the money's use.

use duixian_casework::people::UserId;
use duixian_store::people::NewUser;

use super::*;
use crate::testing::PASSWORD;

/// A second reviewer, who takes a case over.
async fn taken_over(world: &World, id: CaseId) -> UserId {
    let new = NewUser {
        login: "wangfang".to_owned(),
        name: "王芳".to_owned(),
        password: PASSWORD.to_owned(),
        roles: vec![Role::Reviewer],
        desks: Vec::new(),
        must_change: false,
    };
    let colleague = world.store().create_user(&Actor::System, &fresh(), new).await.expect("a user").value;
    let actor = world.store().actor_of(colleague).await.expect("an actor");
    world.store().ask(&actor, &fresh(), id, Ask::TakeUp).await.expect("taken over");
    colleague
}

#[tokio::test]
async fn what_a_colleague_has_taken_up_is_taken_over_by_one_click_before_it_is_worked_on() {
    let world = World::new().await;
    let id = world.cases.in_review;
    let colleague = taken_over(&world, id).await;
    let page = open(&world, Who::Reviewer, id).await;
    page.says("已由王芳领办：要由您办理的，请先接手").says("现在由王芳办理，接手后改由您办理，记入经过");
    page.says("id=\"panel-take_up\" open").says_not("id=\"panel-review\"").says_not("name=\"source\"");
    let finding = [("which", "1"), ("holds", "yes"), ("note", "")];
    act(&world, Who::Reviewer, id, "find_evidence", &finding).await.is(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(case(&world, id).await.evidence[0].finding.is_none());
    // Among others it is named with its reason; to take over many takes a pick of each.
    let bulk = |action: &str| format!("/work/bulk/{action}?case={}", id.0);
    let review = world.get(Some(Who::Reviewer), &bulk("review")).await;
    review.says("选中的 1 件现在都不能提出审核意见").says("已由王芳领办：要由您办理的，请先接手");
    let take = world.get(Some(Who::Reviewer), &bulk("take_up")).await;
    take.says("现由王芳办理，选中即接手").says("1 件标出了原因，没有选中");
    assert_eq!(case(&world, id).await.assignee, Some(colleague));
    act(&world, Who::Reviewer, id, "take_up", &[]).await.is(StatusCode::SEE_OTHER);
    let page = open(&world, Who::Reviewer, id).await;
    page.says("id=\"panel-review\" open").says_not("请先接手");
    act(&world, Who::Reviewer, id, "find_evidence", &finding).await.is(StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn the_letter_says_what_the_rules_set_of_the_moneys_use() {
    let world = World::new().await;
    let id = world.cases.reviewed;
    open(&world, Who::DecisionMaker, id).await.says("规则写明的不用填，排在第一条：用于研发。");
    let version = case(&world, id).await.version.to_string();
    let fields = [
        ("version", version.as_str()),
        ("decide-amount", "50000"),
        ("decide-reason", "按规定"),
        ("decide-conditions", "一年内报送决算"),
        ("decide-if_short", "refuse"),
    ];
    let check = world.post(Some(Who::DecisionMaker), &format!("/work/cases/{}/decide", id.0), &fields).await;
    check.is(StatusCode::OK).says("1. 用于研发；2. 一年内报送决算");
    act(&world, Who::DecisionMaker, id, "decide", &fields[1..]).await.is(StatusCode::SEE_OTHER);
    let letter = world.get(Some(Who::Agent), &format!("/cases/{}/documents/decision", id.0)).await;
    letter.says("资金使用须符合下列要求：").says("1．用于研发").says("2．一年内报送决算");
}
