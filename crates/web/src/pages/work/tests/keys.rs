//! A case by the keyboard: what each key goes to is on the page, and does nothing without the script.

use super::*;

#[tokio::test]
async fn a_case_says_where_its_keys_lead() {
    let world = World::new().await;
    let page = open(&world, Who::Reviewer, world.cases.in_review).await;
    page.is(StatusCode::OK).says("<a href=\"/work\" data-key=\"u\">").says("/static/list.js?v=");
    let sections = ["actions", "rule", "facts", "evidence", "opinions", "history"];
    for (place, id) in sections.iter().enumerate() {
        page.says(&format!("<a href=\"#{id}\" data-key=\"{}\">", place + 1)).says(&format!("id=\"{id}\""));
    }
    page.says("id=\"e1\" name=\"note\" data-key=\"e\"").says("data-keys hidden>").says("data-keys-link hidden>");
    page.says("<kbd>n</kbd> 下一件待办").says("关闭单键操作").says_not("<kbd>7</kbd>").says_not("<script>");
    open(&world, Who::Intake, world.cases.objected).await.says("<kbd>7</kbd> 异议");
    let next = open(&world, Who::DecisionMaker, world.cases.submitted).await;
    next.says(&format!("href=\"/work/cases/{}\" rel=\"next\" data-key=\"n\"", world.cases.reviewed.0));
    next.says_not("data-key=\"e\"");
}

#[tokio::test]
async fn the_first_thing_to_verify_is_what_is_open_and_the_registry_comes_last() {
    let world = World::new().await;
    let id = world.cases.in_review;
    ask(&world, Who::Reviewer, id, Ask::FindEvidence { id: 1, holds: true, note: String::new() }).await;
    let page = open(&world, Who::Reviewer, id).await;
    page.says("id=\"source\" name=\"source\" data-key=\"e\"").says_not("name=\"note\" data-key=\"e\"");
    let facts = [("fact", "results/genuine/R0-2"), ("fact", "results/done_on/R0-2"), ("source", "登记系统")];
    act(&world, Who::Reviewer, id, "confirm_facts", &facts).await.is(StatusCode::SEE_OTHER);
    open(&world, Who::Reviewer, id).await.says("已确认 2 项").says_not("data-key=\"e\"");
}
