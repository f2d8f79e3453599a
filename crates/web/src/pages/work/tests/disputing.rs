//! What an applicant says that the registry has wrong: nobody refuses support before it is looked into, and everybody reads what became of it.

use super::checking::{in_dispute, send_disputing, unchecked};
use super::*;

const UNSEEN: &str = "申请单位说登记不对的还有 1 项没有核实，核实以前不能";
const CLAIM: &str = "登记为2019年5月1日";

async fn find(world: &World, id: CaseId, holds: bool, note: &str) {
    let cell = case(world, id).await.statements.keys().next().expect("a statement").clone();
    ask(world, Who::Reviewer, id, Ask::FindStatement { cell, holds, note: note.to_owned() }).await;
}

async fn against(world: &World, id: CaseId) {
    let against = Ask::Review { recommends: Recommendation::Decline, opinion: "不符合".to_owned() };
    ask(world, Who::Reviewer, id, against).await;
}

#[tokio::test]
async fn a_reviewer_reads_why_it_can_not_be_recommended_to_decline_yet() {
    let world = World::new().await;
    let (id, _) = in_dispute(&world).await;
    let page = open(&world, Who::Reviewer, id).await;
    page.is(StatusCode::OK).says(&format!("{UNSEEN}建议不予支持：请先在“事实”里逐项核实（")).says("完成日）");
    world
        .get(Some(Who::Reviewer), &format!("/work/cases/{}?lang=en", id.0))
        .await
        .says("1 value(s) of the registry that the applicant calls wrong are not verified yet");
    let fields = [("review-recommends", "decline"), ("review-opinion", "不符合")];
    let sent = act(&world, Who::Reviewer, id, "review", &fields).await;
    sent.is(StatusCode::UNPROCESSABLE_ENTITY).says(UNSEEN);
    find(&world, id, false, "登记无误").await;
    open(&world, Who::Reviewer, id).await.says_not(UNSEEN);
    act(&world, Who::Reviewer, id, "review", &fields).await.is(StatusCode::SEE_OTHER);
    assert_eq!(case(&world, id).await.stage, Stage::Reviewed);
}

#[tokio::test]
async fn the_check_the_clerk_and_the_letter_tell_every_dispute_with_what_became_of_it() {
    for (holds, note, told) in
        [(false, "登记无误", "不认可，以登记为准：登记无误"), (true, "与合同一致", "认可，按所报的计：与合同一致")]
    {
        let world = World::new().await;
        let (id, _) = in_dispute(&world).await;
        let firm = async || world.get(Some(Who::Agent), &format!("/cases/{}", id.0)).await;
        firm().await.is(StatusCode::OK).says("您认为是：").says_not("已核实，");
        find(&world, id, holds, note).await;
        // Its applicant reads it on the case as soon as it is found.
        let found = if holds { "已核实，认可：与合同一致" } else { "已核实，不认可：登记无误" };
        firm().await.says(found);
        against(&world, id).await;
        let fields = [("decline-unmet", "evidence-0"), ("decline-reason", "证书与成果无关")];
        let check = unchecked(&world, Who::DecisionMaker, id, "decline", &fields).await;
        check.is(StatusCode::OK).says("申请单位称登记有误").says(CLAIM).says("登记晚录了一天").says(told);
        act(&world, Who::DecisionMaker, id, "decline", &fields).await.is(StatusCode::SEE_OTHER);
        // The refusal rests on the certificate: what became of the dispute is told all the same.
        let letter = world.get(Some(Who::Agent), &format!("/cases/{}/documents/decision", id.0)).await;
        letter.is(StatusCode::OK).says("你单位称登记有误的事项，逐项处理如下").says(CLAIM);
        letter.says("申请单位称应为2019年5月2日，理由：登记晚录了一天").says(told);
        let firm = world.get(Some(Who::Agent), &format!("/cases/{}", id.0)).await;
        firm.is(StatusCode::OK).says("您说登记不对的").says(CLAIM).says("登记晚录了一天").says(told);
        let english = world.get(Some(Who::Agent), &format!("/cases/{}?lang=en", id.0)).await;
        english.says("What you say the registry has wrong").says("because: 登记晚录了一天").says("looked into on");
    }
}

#[tokio::test]
async fn a_grant_tells_it_too_and_what_was_not_accepted_says_that_nobody_looked() {
    let world = World::new().await;
    let (id, _) = in_dispute(&world).await;
    find(&world, id, true, "与合同一致").await;
    bring_to_decision(&world, id, Fen::yuan(50_000)).await;
    let fields = [("decide-amount", "50000"), ("decide-reason", "贡献突出"), ("decide-if_short", "refuse")];
    let check = unchecked(&world, Who::DecisionMaker, id, "decide", &fields).await;
    check.is(StatusCode::OK).says("申请单位称登记有误").says("认可，按所报的计：与合同一致");
    act(&world, Who::DecisionMaker, id, "decide", &fields).await.is(StatusCode::SEE_OTHER);
    let letter = world.get(Some(Who::Agent), &format!("/cases/{}/documents/decision", id.0)).await;
    letter.is(StatusCode::OK).says("认可，按所报的计：与合同一致");

    let world = World::new().await;
    let (id, _) = send_disputing(&world).await;
    let not = Ask::NotAccept { reason: "不属受理范围".to_owned() };
    ask(&world, Who::Intake, id, not).await;
    let firm = world.get(Some(Who::Agent), &format!("/cases/{}", id.0)).await;
    firm.is(StatusCode::OK).says("您说登记不对的").says("没有核实，以登记为准");
}

#[tokio::test]
async fn a_letter_leaves_no_cell_empty_of_what_an_amount_was_reckoned_by() {
    let world = World::new().await;
    let letter = world.get(Some(Who::Agent), &format!("/cases/{}/documents/decision", world.cases.in_notice.0)).await;
    letter.is(StatusCode::OK).says("条款要求\">—</td>").says("计算用").says_not("条款要求\"></td>");
}
