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
