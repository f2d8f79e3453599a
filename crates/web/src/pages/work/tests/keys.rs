//! A case by the keyboard: what each key goes to is on the page, and does nothing without the script.

use duixian_store::cases::CaseFilter;

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
    page.says("<kbd>n</kbd> 下一件").says("关闭单键操作").says_not("<kbd>7</kbd>").says_not("<script>");
    open(&world, Who::Intake, world.cases.objected).await.says("<kbd>7</kbd> 异议");
    let next = open(&world, Who::DecisionMaker, world.cases.submitted).await;
    next.says(&format!("href=\"/work/cases/{}\" rel=\"next\" data-key=\"n\"", world.cases.reviewed.0));
    next.says_not("data-key=\"e\"");
}

/// Whoever goes from one to the next comes to all, and to the first again: two that are due first do not send each other back and forth.
#[tokio::test]
async fn the_next_to_do_goes_round_all_of_the_list() {
    let world = World::new().await;
    let actor = world.actor(Who::DecisionMaker).await;
    bring_to_decision(&world, world.cases.in_review, Fen::yuan(10_000)).await;
    super::alike::typed(&world, Who::Agent, 0, ("instant_award", "K1-12"), "2019-05-01").await;
    let filter = CaseFilter { mine: true, ..CaseFilter::default() };
    let mine: Vec<CaseId> =
        world.store().cases(&actor, &filter).await.expect("cases").rows.iter().map(|row| row.id).collect();
    assert!(mine.len() > 2, "{mine:?}");
    for (place, id) in mine.iter().enumerate() {
        let next = mine[(place + 1) % mine.len()];
        let page = open(&world, Who::DecisionMaker, *id).await;
        page.says(&format!("href=\"/work/cases/{}\" rel=\"next\"", next.0));
    }
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

/// The cases that a list links to, in its order, each with the address.
fn listed(page: &Answer) -> Vec<String> {
    let text = page.text();
    let links = text.split("href=\"/work/cases/").skip(1).filter_map(|rest| rest.split('"').next());
    links.map(|rest| format!("/work/cases/{}", rest.replace("&#38;", "&"))).collect()
}

fn next_of(page: &Answer) -> String {
    let text = page.text();
    let before = text.split("\" rel=\"next\"").next().unwrap_or_default();
    before.rsplit("href=\"").next().unwrap_or_default().replace("&#38;", "&")
}

#[tokio::test]
async fn the_next_case_is_that_of_the_list_one_came_from() {
    let world = World::new().await;
    for query in [
        "?view=all&sort=-number",
        "?view=all&sort=party",
        "?view=all&sort=-amount",
        "?view=all&sort=stage",
        "?view=all&sort=-due",
        "?view=all&sort=submitted&measure=result_award",
        "?view=all&q=企业0",
    ] {
        let links = listed(&world.get(Some(Who::Leader), &format!("/work{query}")).await);
        assert!(links.len() > 3, "{query} {links:?}");
        for (place, link) in links.iter().enumerate() {
            let page = world.get(Some(Who::Leader), link).await;
            page.is(StatusCode::OK).says("名单里的下一件");
            assert_eq!(next_of(&page), links[(place + 1) % links.len()], "{query} after {link}");
        }
    }
}

/// What is done to a case may move it within its list, or out of it: what came next comes next all the same.
#[tokio::test]
async fn the_list_stays_with_what_is_done_on_the_way_through_it() {
    let world = World::new().await;
    let id = world.cases.in_review;
    let list = "view=all&stage=formal_review&stage=reviewed&sort=-number";
    let page = world.get(Some(Who::Reviewer), &format!("/work/cases/{}?{list}", id.0)).await;
    page.is(StatusCode::OK).says("<a href=\"/work?view=all&#38;stage=formal_review");
    let next = world.cases.reviewed;
    let suffix = format!("?{list}&next={}", next.0);
    page.says(&format!("action=\"/work/cases/{}/review{}\"", id.0, suffix.replace('&', "&#38;")));
    let version = case(&world, id).await.version.to_string();
    let fields = [("version", version.as_str()), ("review-recommends", "go_on"), ("review-opinion", "齐全")];
    let done = world.post(Some(Who::Reviewer), &format!("/work/cases/{}/review{suffix}", id.0), &fields).await;
    done.leads_to(&format!("/work/cases/{}{suffix}", id.0));
    let page = world.follow(Some(Who::Reviewer), &done).await;
    page.says("名单里的下一件");
    assert_eq!(next_of(&page), format!("/work/cases/{}?{list}", next.0));
}
