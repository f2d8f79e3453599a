//! The figures over a small district.

use axum::http::StatusCode;
use duixian_bank::{ResultFormat, sample_results};
use duixian_casework::people::Actor;
use duixian_casework::stage::Stage;
use duixian_money::Fen;
use duixian_store::batches::Format;
use duixian_store::cases::{Ask, CaseFilter};

use crate::testing::{FUND, Who, World, YEAR, fresh, party};

const LEADER: Option<Who> = Some(Who::Leader);

/// The addresses on a page that begin so, as a browser would follow them.
fn hrefs(html: &str, start: &str) -> Vec<String> {
    let link = format!("href=\"{start}");
    let parts = html.split(&link).skip(1);
    let mut found: Vec<String> = parts
        .filter_map(|rest| rest.split('"').next())
        .map(|rest| format!("{start}{}", rest.replace("&amp;", "&").replace("&#38;", "&")))
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
    let found = hrefs(&answer.text(), "/work?");
    assert!(found.len() > 15, "{found:?}");
    for href in found {
        // A figure that is not nothing opens a list that is not empty.
        world.get(LEADER, &href).await.is(StatusCode::OK).says("<table data-list").says("/work/cases/");
    }
    for href in hrefs(&answer.text(), "/finance/") {
        world.get(LEADER, &href).await.is(StatusCode::OK);
    }
    // What is counted is what is listed, in every row and in the sums below them.
    let text = answer.text().replace("&amp;", "&").replace("&#38;", "&");
    let counted = text.split("<a href=\"/work?").skip(1).filter_map(|rest| {
        let (query, rest) = rest.split_once("\">")?;
        Some((format!("/work?{query}"), rest.split_once("</a>")?.0.parse::<u64>().ok()?))
    });
    let counted: Vec<(String, u64)> = counted.collect();
    assert!(counted.len() > 20, "{counted:?}");
    for (href, count) in counted {
        world.get(LEADER, &href).await.says(&format!("共 {count} 条"));
    }
}

#[tokio::test]
async fn a_year_without_applications_says_so_and_one_that_is_none_is_not_there() {
    let world = World::new().await;
    let next = YEAR + 1;
    world.store().appropriate(&Actor::System, &fresh(), FUND, next, Fen::yuan(500), "预拨").await.expect("money");
    let empty = world.get(LEADER, &format!("/figures?year={next}")).await;
    empty.is(StatusCode::OK).says("2020年度还没有申请").says("年度是评定年度").says("500.00 元");
    empty.says_not("/work?").says("还没有数可画");
    for wrong in ["2011", "-1", "abc", "02019", "2019.0"] {
        world.get(LEADER, &format!("/figures?year={wrong}")).await.is(StatusCode::NOT_FOUND);
        world.get(LEADER, &format!("/figures?list=parties&year={wrong}")).await.is(StatusCode::NOT_FOUND);
    }
    for wrong in ["?list=bogus", "?list=bogus&format=csv", "?format=csv", "?list=Late"] {
        world.get(LEADER, &format!("/figures{wrong}")).await.is(StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn what_the_funds_have_together_is_the_last_row_of_their_table() {
    let world = World::new().await;
    world.store().appropriate(&Actor::System, &fresh(), FUND, YEAR + 1, Fen::yuan(500), "预拨").await.expect("money");
    for (query, size) in [("", "1,000,500.00"), ("?year=2019", "1,000,000.00"), ("?year=2020", "500.00")] {
        let page = world.get(LEADER, &format!("/figures{query}")).await;
        // The four figures lead to it, and not to a page of all years.
        page.is(StatusCode::OK)
            .says("<p class=\"amount\"><a href=\"#funds\">")
            .says(&format!("<p class=\"exact\">{size} 元"));
        let text = page.text();
        let table = text.split_once("id=\"funds\"").and_then(|(_, rest)| rest.split_once("</table>"));
        let sums = table.and_then(|(table, _)| table.split_once("<tfoot")).expect("a row of sums").1;
        assert!(sums.contains("合计") && sums.contains(&format!(">{size}</td>")), "{query}: {sums}");
    }
}

/// What the bank calls paid of a case that was withdrawn has left the fund, too: the figure opens what adds up to it, to the fen.
#[tokio::test]
async fn what_a_fund_has_paid_opens_what_adds_up_to_it() {
    let world = World::new().await;
    let (store, id) = (world.store(), world.cases.payable);
    let [finance, other] = [world.actor(Who::Finance).await, world.actor(Who::OtherFinance).await];
    let batch = store.make_batch(&finance, &fresh(), FUND, YEAR, vec![id]).await.expect("a batch").value;
    for who in [&finance, &other] {
        let seen = store.to_release(batch).await.expect("the batch").seen;
        store.release(who, &fresh(), batch, &seen, vec![]).await.expect("released");
    }
    store.bank_file(&finance, batch, Format::Csv, false).await.expect("its file");
    let file = store.payment_file(&store.batch(batch).await.expect("the batch")).await.expect("its file");
    let refused = [(file.orders()[0].end_to_end_id.clone(), "账号户名不符".to_owned())];
    let [failed, paid] = [&refused[..], &[]].map(|failing| sample_results(&file, failing, ResultFormat::Csv));
    store.read_results(&finance, &fresh(), None, failed.as_bytes()).await.expect("read");
    let withdraw = Ask::Withdraw { reason: "不要了".to_owned() };
    store.ask(&world.actor(Who::Agent).await, &fresh(), id, withdraw).await.expect("withdrawn");
    store.read_results(&finance, &fresh(), None, paid.as_bytes()).await.expect("read");
    let position = store.position(FUND, YEAR).await.expect("a position");
    assert_eq!(position.paid, Fen::yuan(60_000), "the withdrawn case is paid, by what the bank says");
    let page = world.get(LEADER, "/figures").await;
    let href = format!("/finance/funds/{FUND}/{YEAR}/statement?by=case");
    assert!(hrefs(&page.text(), "/finance/funds/").contains(&href), "{}", page.text());
    let whole = store.statement(FUND, YEAR, duixian_ledger::By::Case).await.expect("a statement");
    let paid: i64 = whole.lines.iter().map(|(_, line)| line.paid.0 - line.returned.0).sum();
    assert_eq!(Fen(paid), position.paid);
    let number = store.case(id).await.expect("the case").number.expect("a number");
    world.get(LEADER, &href).await.is(StatusCode::OK).says(&number).says("60,000.00");
}

#[tokio::test]
async fn whoever_names_no_desk_sits_at_all_of_their_roles_and_an_empty_desk_is_said_loud() {
    let world = World::new().await;
    let people = async |desk: &str| {
        let csv = world.get(LEADER, "/figures?list=desks&format=csv").await.text();
        let line = csv.lines().find(|line| line.starts_with(desk)).expect("the desk");
        line.split(',').nth(1).expect("who sits there").to_owned()
    };
    assert_eq!(people("业务科").await, "Reviewer");
    assert_eq!(people("办公会").await, "DecisionMaker、OtherDecisionMaker");
    let admin = world.actor(Who::Administrator).await;
    world.store().set_active(&admin, &fresh(), Who::Reviewer.id(), false).await.expect("nobody reviews");
    assert_eq!(people("业务科").await, "没有人在岗");
    world.get(LEADER, "/figures").await.says("没有人在岗</span>");
}

#[tokio::test]
async fn what_has_no_deadline_is_not_called_on_time() {
    let world = World::new().await;
    let leader = world.actor(Who::Leader).await;
    let figures = world.store().figures(&leader, None).await.expect("figures");
    let treasury = figures.by_desk.iter().find(|one| one.desk == "treasury").expect("the desk that pays");
    let paid = figures.by_stage.iter().find(|(stage, _)| *stage == Stage::Paid).map_or(0, |(_, tally)| tally.cases);
    assert_eq!((treasury.untimed, paid), (1, 1), "what is paid waits without a deadline");
    for one in figures.by_desk.iter().chain([&figures.with_applicants]) {
        assert!(one.overdue.cases + one.untimed <= one.open.cases, "{one:?}");
        let listed = world.store().cases(&leader, &one.open.filter).await.expect("the list").total;
        assert_eq!(listed, one.open.cases, "{}", one.desk);
    }
    let page = world.get(LEADER, "/figures").await;
    page.says("在办案件都在谁手里").says("不计时").says("<td role=\"cell\" data-label=\"项目\">在申请人手里</td>");
}

#[tokio::test]
async fn what_was_late_at_a_desk_opens_as_a_list() {
    let world = World::new().await;
    let (store, admin) = (world.store(), world.actor(Who::Administrator).await);
    store.advance_clock(&admin, chrono::TimeDelta::days(20)).await.expect("time passes");
    let decider = world.actor(Who::DecisionMaker).await;
    let back = Ask::SendBack { reason: "再核".to_owned() };
    store.ask(&decider, &fresh(), world.cases.reviewed, back).await.expect("sent back");
    let page = world.get(LEADER, "/figures").await;
    let found = hrefs(&page.text(), "/figures?list=were_late");
    assert_eq!(found, ["/figures?list=were_late", "/figures?list=were_late&desk=meeting"]);
    let number = store.case(world.cases.reviewed).await.expect("the case").number.expect("a number");
    for href in found {
        let list = world.get(LEADER, &href).await;
        list.is(StatusCode::OK).says("曾超期的案件").says(&number).says("办公会");
    }
    world.get(LEADER, "/figures?list=were_late&desk=window").await.is(StatusCode::OK).says_not(&number);
    // What is with applicants is late too, and opens.
    store.advance_clock(&admin, chrono::TimeDelta::days(40)).await.expect("time passes");
    let away = "/work?view=all&stage=correction&stage=payment_failed&overdue=1";
    let page = world.get(LEADER, "/figures").await.text();
    assert!(hrefs(&page, "/work?").iter().any(|href| href == away), "{page}");
    let number = store.case(world.cases.correction).await.expect("the case").number.expect("a number");
    world.get(LEADER, away).await.is(StatusCode::OK).says(&number);
}

#[tokio::test]
async fn everyone_who_was_paid_is_listed_with_their_code() {
    let world = World::new().await;
    let page = world.get(LEADER, "/figures?list=parties").await;
    page.is(StatusCode::OK).says("拨付过的单位").says(&party(0)).says("30,000.00").says("共 1 条");
    let csv = world.get(LEADER, "/figures?list=parties&format=csv").await;
    csv.says("单位,统一社会信用代码,件数,已拨付（元）").says(&format!("企业0,{},1,30000.00", party(0)));
    let leader = world.actor(Who::Leader).await;
    let none = world.store().most_paid(&leader, Some(YEAR + 1), 1, 10).await.expect("figures");
    assert_eq!((none.total, none.rows.len(), none.sum.cases), (0, 0, 0));
    // A page beyond the last is the last, with the sum of all.
    let last = world.store().most_paid(&leader, None, 7, 10).await.expect("figures");
    assert_eq!((last.total, last.rows.len(), last.sum.amount), (1, 1, Fen::yuan(30_000)));
    let figures = world.store().figures(&leader, None).await.expect("figures");
    let by_measure: i64 = figures.by_measure.iter().map(|one| one.paid.amount.0).sum();
    assert_eq!(last.sum.amount, Fen(by_measure));
}

#[tokio::test]
async fn a_stage_at_which_nothing_is_decided_has_no_amount() {
    let world = World::new().await;
    let csv = world.get(LEADER, "/figures?list=stages&format=csv").await.text();
    // A column of amounts has nothing but amounts in it.
    assert!(csv.contains("已提交,1,\r\n") && csv.contains("已拨付,1,30000.00") && !csv.contains('—'), "{csv}");
    world.get(LEADER, "/figures").await.says("<small>—</small>");
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

/// Taken to a meeting on paper, figures say whose they are, of which year and of which day; the button that prints them is seen only by
/// who has scripts.
#[tokio::test]
async fn what_is_printed_says_of_when_it_is() {
    let world = World::new().await;
    for (path, scope) in [("/figures", "各年度合计"), ("/figures?year=2019", "2019年度")] {
        let page = world.get(Some(Who::Leader), path).await;
        let text = page.is(StatusCode::OK).text();
        let line = text.split("<p class=\"row\">").nth(1).and_then(|rest| rest.split("</p>").next()).expect("a line");
        let (printed, button) = line.split_once("<span class=\"no-print\" hidden>").expect("a button");
        assert!(printed.contains(scope) && printed.contains("截至 2019年"), "{printed}");
        assert!(button.contains("data-print"), "{button}");
    }
    let statement = world.get(Some(Who::Auditor), "/finance/funds/trial_fund/2019/statement").await;
    statement.is(StatusCode::OK).says("截至 2019年");
}
