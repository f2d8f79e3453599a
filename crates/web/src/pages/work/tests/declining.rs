//! What the letter of a refusal says that goes against what is on record.

use super::*;

#[tokio::test]
async fn a_row_of_a_refusal_does_not_set_the_record_against_what_was_found() {
    let world = World::new().await;
    let id = world.cases.reviewed;
    let fields = [("decline-unmet", "fact-1"), ("decline-reason", "现场核查，成果没有实施")];
    act(&world, Who::DecisionMaker, id, "decline", &fields).await.is(StatusCode::SEE_OTHER);
    let letter = world.get(Some(Who::Agent), &format!("/cases/{}/documents/decision", id.0)).await;
    // The fact has one row: what the clause asks of it, what was found, and by whom; no row calls it met.
    letter.is(StatusCode::OK).says("为“是”，经查不符合，见“查明”").says(">本机关2019年").says(">不符合</td>");
    letter.says_not(">符合</td>").says_not(">是</td>");
}

#[tokio::test]
async fn a_ground_in_words_has_its_row_beside_the_conditions_that_are_met() {
    let world = World::new().await;
    let id = world.cases.reviewed;
    let fields = [("decline-unmet", "other"), ("decline-clause", "第九条"), ("decline-reason", "同一成果已由他人申请")];
    act(&world, Who::DecisionMaker, id, "decline", &fields).await.is(StatusCode::SEE_OTHER);
    let letter = world.get(Some(Who::Agent), &format!("/cases/{}/documents/decision", id.0)).await;
    letter.is(StatusCode::OK).says("<th scope=\"row\">其他要求（第九条）</th>").says(">经查不符合，见“查明”</td>");
    letter.says(">不符合</td>").says_not("不属实");
}

/// As a refusal of before, or of the demonstration, may name something that stands in no list.
#[tokio::test]
async fn a_ground_that_nobody_could_choose_brings_what_was_found_untrue() {
    let world = World::new().await;
    let id = world.cases.in_review;
    ask(&world, Who::Reviewer, id, Ask::FindEvidence { id: 1, holds: false, note: "编号不存在".to_owned() }).await;
    let against = Ask::Review { recommends: Recommendation::Decline, opinion: "证书是假的".to_owned() };
    ask(&world, Who::Reviewer, id, against).await;
    let reason = "不符合：佐证应当真实有效。查明：名单上没有这个编号".to_owned();
    ask(&world, Who::DecisionMaker, id, Ask::Decline { reason }).await;
    let letter = world.get(Some(Who::Agent), &format!("/cases/{}/documents/decision", id.0)).await;
    letter.is(StatusCode::OK).says("<th scope=\"row\">佐证应当真实有效</th>").says("不属实：编号不存在");
}
