//! Evidence that was found not to hold stops nothing by itself: whoever goes on all the same has been told.

use super::bulk::is_ticked;
use super::checking::unchecked;
use super::*;

const UNTRUE: &str = "佐证“证书”核验为不属实：编号不存在";

/// The case in formal review, whose evidence was looked into and is not true.
async fn found_untrue(world: &World) -> CaseId {
    let id = world.cases.in_review;
    let untrue = Ask::FindEvidence { id: 1, holds: false, note: "编号不存在。".to_owned() };
    ask(world, Who::Reviewer, id, untrue).await;
    id
}

async fn supported(world: &World) -> CaseId {
    let id = found_untrue(world).await;
    let on = Ask::Review { recommends: Recommendation::GoOn, opinion: "齐全".to_owned() };
    ask(world, Who::Reviewer, id, on).await;
    ask(world, Who::Reviewer, id, Ask::TakeUp).await;
    let support = Ask::Review { recommends: Recommendation::Support(Fen::yuan(50_000)), opinion: "可".to_owned() };
    ask(world, Who::Reviewer, id, support).await;
    id
}

#[tokio::test]
async fn the_review_says_so_before_it_is_sent() {
    let world = World::new().await;
    let id = world.cases.in_review;
    open(&world, Who::Reviewer, id).await.is(StatusCode::OK).says_not("核验为不属实");
    found_untrue(&world).await;
    let page = open(&world, Who::Reviewer, id).await;
    page.says("请留意").says(&format!("{UNTRUE}。仍建议支持的，请在意见里写明为什么"));
    let english = world.get(Some(Who::Reviewer), &format!("/work/cases/{}?lang=en", id.0)).await;
    english.says("Evidence “证书” was found not to hold: 编号不存在. If you recommend support all the same");
    let bulk = world.get(Some(Who::Reviewer), &format!("/work/bulk/review?case={}", id.0)).await;
    bulk.is(StatusCode::OK).says(UNTRUE).says("1 件标出了原因，没有选中");
    assert!(!is_ticked(&bulk, &world, id).await);
}

#[tokio::test]
async fn of_several_of_one_type_it_is_said_how_many() {
    let world = World::new().await;
    let id = world.cases.correction;
    ask(&world, Who::Agent, id, Ask::AddEvidence(evidence())).await;
    ask(&world, Who::Agent, id, Ask::Resubmit { answers: Vec::new() }).await;
    ask(&world, Who::Intake, id, Ask::Accept).await;
    ask(&world, Who::Reviewer, id, Ask::TakeUp).await;
    ask(&world, Who::Reviewer, id, Ask::FindEvidence { id: 1, holds: false, note: "看不清".to_owned() }).await;
    ask(&world, Who::Reviewer, id, Ask::FindEvidence { id: 2, holds: true, note: String::new() }).await;
    open(&world, Who::Reviewer, id).await.says("佐证“证书” 2 份中有 1 份核验为不属实：看不清。");
}

#[tokio::test]
async fn who_decides_is_told_beside_the_form_and_where_it_is_checked() {
    let world = World::new().await;
    let id = supported(&world).await;
    open(&world, Who::DecisionMaker, id).await.says(&format!("{UNTRUE}。仍审定支持的，请在理由里写明为什么"));
    let fields = [("decide-amount", "50000"), ("decide-reason", "按规定"), ("decide-if_short", "refuse")];
    let check = unchecked(&world, Who::DecisionMaker, id, "decide", &fields).await;
    check.is(StatusCode::OK).says("审定：请核对").says(&format!("{UNTRUE}。")).says("class=\"callout bad\"");
    assert_eq!(case(&world, id).await.stage, Stage::Reviewed);
    // It is for who decides to judge.
    act(&world, Who::DecisionMaker, id, "decide", &fields).await.is(StatusCode::SEE_OTHER);
    // Of what holds nothing is said.
    let check = unchecked(&world, Who::DecisionMaker, world.cases.reviewed, "decide", &fields).await;
    check.is(StatusCode::OK).says("审定：请核对").says_not("核验为不属实").says_not("class=\"callout bad\"");
}

#[tokio::test]
async fn it_is_not_decided_with_the_others_unseen() {
    let world = World::new().await;
    let (sound, id) = (world.cases.reviewed, supported(&world).await);
    let path = format!("/work/bulk/decide?case={}&case={}", sound.0, id.0);
    let page = world.get(Some(Who::DecisionMaker), &path).await;
    page.is(StatusCode::OK).says(&format!("▲ {UNTRUE}")).says("1 件标出了原因，没有选中").says_not("与审核意见不一致");
    assert!(is_ticked(&page, &world, sound).await && !is_ticked(&page, &world, id).await);
    page.says(&format!("name=\"amount-{}\" class=\"short number\" value=\"\"", id.0));
    // Picked on purpose, it is told of once more.
    let pick = format!("{}:{}", id.0, case(&world, id).await.version);
    let amount = format!("amount-{}", id.0);
    let fields = [("case", &*pick), (&*amount, "50000"), ("reason", "按规定"), ("if_short", "refuse")];
    let check = world.post(Some(Who::DecisionMaker), "/work/bulk/decide", &fields).await;
    check.is(StatusCode::OK).says("请再核对").says(&format!("{UNTRUE}。")).says("class=\"callout bad\"");
    assert_eq!(case(&world, id).await.stage, Stage::Reviewed);
}
