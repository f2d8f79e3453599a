//! Facts of the registry that nobody disputes, confirmed by whoever reviews.

use super::*;

const GENUINE: &str = "results/genuine/R0-2";

#[tokio::test]
async fn a_reviewer_confirms_undisputed_facts_in_one_step_and_who_decides_reads_by_whom_and_by_what() {
    let world = World::new().await;
    let id = world.cases.in_review;
    let page = open(&world, Who::Reviewer, id).await;
    page.is(StatusCode::OK).says("企业没有异议的事实 2 项，已确认 0 项").says("确认勾选的登记事实");
    page.says(&format!("value=\"{GENUINE}\" form=\"confirm\" checked"));
    // Who does not review reads how it stands, and confirms nothing.
    open(&world, Who::DecisionMaker, id).await.says("已确认 0 项").says_not("form=\"confirm\"");

    let both = [("fact", GENUINE), ("fact", "results/done_on/R0-2")];
    let bare = act(&world, Who::Reviewer, id, "confirm_facts", &both).await;
    bare.is(StatusCode::UNPROCESSABLE_ENTITY).says("id=\"source-error\"").says("确认的依据");
    let none = act(&world, Who::Reviewer, id, "confirm_facts", &[("source", "成果登记系统")]).await;
    none.is(StatusCode::UNPROCESSABLE_ENTITY).says("id=\"source-error\"").says("value=\"成果登记系统\"");

    let fields = [both[0], both[1], ("fact", "enterprises/name/"), ("source", "成果登记系统，5月6日查询")];
    act(&world, Who::Reviewer, id, "confirm_facts", &fields).await.is(StatusCode::SEE_OTHER);
    // What the rule does not read is not confirmed, whatever is sent.
    assert_eq!(case(&world, id).await.confirmed.len(), 2);
    let page = open(&world, Who::DecisionMaker, id).await;
    page.says("已确认 2 项").says("依据：成果登记系统，5月6日查询").says("Reviewer").says("确认登记事实");
    let page = world.get(Some(Who::Auditor), &format!("/work/cases/{}?lang=en", id.0)).await;
    page.says("2 confirmed").says("Registered facts confirmed").says("By: 成果登记系统");
    // The party reads what is found of its own statements; how the office looks into the registry stays inside.
    world.get(Some(Who::Agent), &format!("/cases/{}", id.0)).await.is(StatusCode::OK).says_not("成果登记系统");
}

#[tokio::test]
async fn one_of_them_can_be_confirmed_alone_and_another_desk_confirms_again() {
    let world = World::new().await;
    let id = world.cases.in_review;
    let one = [("fact", GENUINE), ("source", "证书原件")];
    act(&world, Who::Reviewer, id, "confirm_facts", &one).await.is(StatusCode::SEE_OTHER);
    let page = open(&world, Who::Reviewer, id).await;
    page.says("已确认 1 项").says(&format!("value=\"{GENUINE}\" form=\"confirm\">")).says_not("再次确认");
    let rest = [("fact", "results/done_on/R0-2"), ("source", "证书原件")];
    act(&world, Who::Reviewer, id, "confirm_facts", &rest).await.is(StatusCode::SEE_OTHER);
    open(&world, Who::Reviewer, id).await.says("已确认 2 项").says("再次确认");
    let again = [("fact", GENUINE), ("source", "向科技局核实")];
    act(&world, Who::Reviewer, id, "confirm_facts", &again).await.is(StatusCode::SEE_OTHER);
    let confirmed = case(&world, id).await.confirmed;
    let by: Vec<&str> = confirmed.values().map(|one| one.finding.note.as_str()).collect();
    assert_eq!(by, ["证书原件", "向科技局核实"]);
}

#[tokio::test]
async fn why_evidence_is_not_verified_now_is_said_to_those_who_verify_it() {
    let world = World::new().await;
    let reason = "现在不能核验佐证";
    let accepted = world.cases.submitted;
    open(&world, Who::Intake, accepted).await.is(StatusCode::OK).says_not(reason);
    ask(&world, Who::Intake, accepted, Ask::Accept).await;
    open(&world, Who::Reviewer, accepted).await.says(reason).says("领办以后才能核实");
    open(&world, Who::Intake, accepted).await.says_not(reason);
    open(&world, Who::DecisionMaker, world.cases.reviewed).await.is(StatusCode::OK).says_not(reason);
}
