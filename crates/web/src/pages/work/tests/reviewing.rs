//! The conclusion of a review: where it leads, and what goes with it.

use super::*;

#[tokio::test]
async fn a_conclusion_says_where_it_leads_and_drops_no_amount_unsaid() {
    let world = World::new().await;
    let id = world.cases.in_review;
    let page = open(&world, Who::Reviewer, id).await;
    page.says("符合，转实质审核").says("也转实质审核，金额供其核实。").says("直接转审定。");
    // Inside what the rules allow or not: it goes with no other conclusion.
    for (chosen, amount) in [("go_on", "5000"), ("decline", "5000"), ("go_on", "900000")] {
        let fields = [("review-recommends", chosen), ("review-amount", amount), ("review-opinion", "齐全")];
        let sent = act(&world, Who::Reviewer, id, "review", &fields).await;
        sent.is(StatusCode::UNPROCESSABLE_ENTITY).says("id=\"review-amount-error\"").says("请改选“建议支持”");
        sent.says(&format!("value=\"{amount}\"")).says("齐全</textarea>");
        assert!(case(&world, id).await.opinions.is_empty());
    }
    let fields = [("review-recommends", "go_on"), ("review-amount", " "), ("review-opinion", "齐全")];
    act(&world, Who::Reviewer, id, "review", &fields).await.is(StatusCode::SEE_OTHER);
    ask(&world, Who::Reviewer, id, Ask::TakeUp).await;
    open(&world, Who::Reviewer, id).await.says("转审定。").says_not("也转");
}
