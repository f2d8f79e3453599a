//! The figures over a small district.

use axum::http::StatusCode;
use duixian_store::cases::CaseFilter;

use crate::testing::{Who, World};

const LEADER: Option<Who> = Some(Who::Leader);

/// The addresses of lists of cases on a page, as a browser would follow them.
fn lists(html: &str) -> Vec<String> {
    let parts = html.split("href=\"/work?").skip(1);
    let mut found: Vec<String> = parts
        .filter_map(|rest| rest.split('"').next())
        .map(|query| format!("/work?{}", query.replace("&amp;", "&").replace("&#38;", "&")))
        .collect();
    found.sort();
    found.dedup();
    found
}

#[tokio::test]
async fn one_page_says_how_much_to_whom_for_what_and_what_is_late() {
    let world = World::new().await;
    let finance = world.actor(Who::Finance).await;
    let answer = world.get(LEADER, "/figures").await;
    answer.is(StatusCode::OK).says("没有超期的案件").says("3.00 <small>万元").says("企业0").says("成果奖励");
    world.store().advance_clock(&finance, chrono::TimeDelta::days(60)).await.expect("time moves on");
    let answer = world.get(LEADER, "/figures?year=2019").await;
    answer.is(StatusCode::OK).says("超期最久的案件").says("个工作日").says("2019年度总览").says("data-print");
    assert!(answer.bytes.len() < 100 * 1024, "{} bytes", answer.bytes.len());
    // The figure at the top is the one that its list has, the applicants' own delays among them.
    let filter = CaseFilter { overdue: true, year: Some(2019), ..CaseFilter::default() };
    let leader = world.actor(Who::Leader).await;
    let late = world.store().cases(&leader, &filter).await.expect("cases").total;
    answer.says("在申请人手里").says_not("超期金额").says(&format!("{late} <small>件"));
    let found = lists(&answer.text());
    assert!(found.len() > 15, "{found:?}");
    for href in found {
        // A figure that is not nothing opens a list that is not empty.
        world.get(LEADER, &href).await.is(StatusCode::OK).says("<table data-list").says("/work/cases/");
    }
    let none = world.get(LEADER, "/figures?year=2011").await;
    none.is(StatusCode::OK).says("还没有拨付").says_not("/work?");
}

#[tokio::test]
async fn what_desks_and_applicants_have_adds_up_to_the_groups_at_the_top() {
    let world = World::new().await;
    let leader = world.actor(Who::Leader).await;
    let figures = world.store().figures(&leader, None).await.expect("figures");
    let open: u64 = figures.by_stage.iter().filter(|(stage, _)| !stage.is_final()).map(|(_, tally)| tally.cases).sum();
    let at_desks: u64 = figures.by_desk.iter().map(|one| one.open.cases).sum();
    assert!(open > at_desks, "the district has cases that wait for their applicants");
    let answer = world.get(LEADER, "/figures").await;
    answer.says(&format!("合计 {open} 件 ＝ 还没有安排资金")).says("在申请人手里");
    let csv = world.get(LEADER, "/figures?list=desks&format=csv").await.text();
    let away = csv.lines().find(|line| line.starts_with("在申请人手里")).expect("a line");
    assert_eq!(away.split(',').nth(2), Some((open - at_desks).to_string().as_str()), "{csv}");
}

#[tokio::test]
async fn each_table_is_exported_for_itself() {
    let world = World::new().await;
    for (list, words) in [
        ("measures", "成果奖励"),
        ("funds", "试验资金"),
        ("parties", "企业0"),
        ("desks", "业务科"),
        ("late", "编号"),
        ("months", "2019-06"),
        ("stages", "待拨付"),
    ] {
        let answer = world.get(LEADER, &format!("/figures?list={list}&format=csv")).await;
        answer.is(StatusCode::OK).says(words);
        world.get(LEADER, &format!("/figures?list={list}&format=xlsx")).await.is(StatusCode::OK);
    }
}

#[tokio::test]
async fn figures_are_for_those_who_lead_decide_pay_and_audit() {
    let world = World::new().await;
    for who in [Who::Leader, Who::Auditor, Who::DecisionMaker, Who::Finance, Who::Administrator] {
        world.get(Some(who), "/figures").await.is(StatusCode::OK);
    }
    for who in [Who::Agent, Who::Intake, Who::Reviewer] {
        world.get(Some(who), "/figures").await.is(StatusCode::FORBIDDEN);
    }
}

#[tokio::test]
async fn parties_that_a_measure_supports_are_counted_once_and_their_cases_open() {
    let world = World::new().await;
    let leader = world.actor(Who::Leader).await;
    let store = world.store();
    let supported = store.supported(&leader, "result_award", None).await.expect("figures");
    let [one] = &supported[..] else { panic!("{supported:?}") };
    let cases = store.cases(&leader, &one.filter).await.expect("cases").rows;
    let parties: std::collections::BTreeSet<&str> = cases.iter().map(|case| case.party.as_str()).collect();
    assert_eq!((one.year, one.parties), (crate::testing::YEAR, parties.len() as u64));
    assert!(cases.len() > parties.len() && cases.iter().all(|case| case.amount.is_some()), "{cases:?}");
    assert!(store.supported(&leader, "result_award", Some(one.year + 1)).await.expect("figures").is_empty());
    assert!(store.supported(&world.actor(Who::Agent).await, "result_award", None).await.is_err());
}
