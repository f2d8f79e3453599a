//! What was issued, and what becomes of it.

use super::*;

use duixian_rules::vocabulary::Name;
use duixian_store::Settings;
use duixian_store::facts::RowChange;

async fn answer(world: &World, id: CaseId, upheld: bool) {
    let number = case(world, id).await.open_objections().next().expect("an objection").id;
    // A finding of the same instant would still count, and an answer on the same day costs the notice no day.
    world.store().advance_clock(&Actor::System, chrono::TimeDelta::days(4)).await.expect("later days");
    let who = if upheld { Who::OtherDecisionMaker } else { Who::Intake };
    ask(world, who, id, Ask::AnswerObjection { id: number, upheld, text: "查实转让在先".to_owned() }).await;
}

#[tokio::test]
async fn what_was_issued_stays_and_says_that_it_holds_no_more() {
    let world = World::new().await;
    let id = world.cases.objected;
    let at = |kind: &str| format!("/cases/{}/documents/{kind}", id.0);
    let before = world.get(Some(Who::Agent), &at("notice")).await;
    before.is(StatusCode::OK).says("000005号").says("50,000.00").says_not("已撤销");
    answer(&world, id, true).await;
    let page = world.get(Some(Who::Agent), &format!("/cases/{}", id.0)).await;
    page.is(StatusCode::OK).says("决定书（已撤销）").says("公示（已撤销）");
    world.get(Some(Who::Agent), &at("decision")).await.is(StatusCode::OK).says("本文书已撤销").says("50,000.00");
    world.get(Some(Who::Intake), &at("notice")).await.is(StatusCode::OK).says("本公示中该项不再有效").says("50,000.00");

    // The reviewer reads why it came back, confirms what was found, and concludes nothing beforehand.
    let page = open(&world, Who::Reviewer, id).await;
    page.says("异议成立，退回审核")
        .says("查实转让在先")
        .says("须重新确认")
        .says_not("name=\"review-recommends\" value=\"support\" checked");
    ask(&world, Who::Reviewer, id, Ask::TakeUp).await;
    let support = Ask::Review { recommends: Recommendation::Support(Fen::yuan(40_000)), opinion: "可".to_owned() };
    let reviewer = world.actor(Who::Reviewer).await;
    let refused = world.store().ask(&reviewer, &fresh(), id, support.clone()).await;
    assert!(refused.is_err(), "what was found before is to be confirmed");
    ask(&world, Who::Reviewer, id, Ask::FindEvidence { id: 1, holds: true, note: String::new() }).await;
    ask(&world, Who::Reviewer, id, support).await;
    let decide = Ask::Decide {
        amount: Fen::yuan(40_000),
        reason: "按规定".to_owned(),
        conditions: Vec::new(),
        priority: 1,
        if_short: duixian_casework::command::IfShort::Refuse,
    };
    ask(&world, Who::DecisionMaker, id, decide).await;
    // The second letter has a number of its own; the first is still there.
    let second = world.get(Some(Who::Agent), &at("decision")).await;
    second.is(StatusCode::OK).says("号之二").says("40,000.00").says_not("已撤销");
    let first = world.get(Some(Who::Agent), &at("decision-1")).await;
    first.is(StatusCode::OK).says("本文书已撤销").says("50,000.00").says_not("号之二");
    world.get(Some(Who::Agent), &at("decision-2")).await.is(StatusCode::NOT_FOUND);
}

/// One document of every kind that a party is given, and what stands in it.
async fn letters(world: &World) -> Vec<(String, String)> {
    let cases = world.cases;
    let given = [
        (cases.submitted, "submission"),
        (cases.in_review, "receipt"),
        (cases.correction, "correction"),
        (cases.in_notice, "decision"),
        (cases.in_notice, "notice"),
        (cases.objected, "extension"),
        (cases.declined, "decision"),
        (cases.paid, "payment"),
    ];
    let mut letters = Vec::new();
    for (id, kind) in given {
        let path = format!("/cases/{}/documents/{kind}", id.0);
        let text = article(&world.get(Some(Who::Agent), &path).await);
        letters.push((path, text));
    }
    letters
}

fn article(page: &Answer) -> String {
    page.is(StatusCode::OK).text().split_once("<article").expect("a document").1.to_owned()
}

/// Time that tells what was given from what comes after.
async fn later() {
    tokio::time::sleep(std::time::Duration::from_millis(5)).await;
}

#[tokio::test]
async fn what_was_issued_names_the_party_as_it_was_called_then() {
    let world = World::new().await;
    answer(&world, world.cases.objected, false).await;
    let before = letters(&world).await;
    assert!(before.iter().filter(|(_, text)| text.contains("企业0")).count() > 6, "{before:?}");
    later().await;
    let change = RowChange {
        pack: world.store().round(world.round).await.expect("the round").pack,
        party: crate::testing::party(0),
        table: "enterprises".to_owned(),
        row: String::new(),
        cells: Some(BTreeMap::from([("name".to_owned(), "更名企业".to_owned())])),
        source: Name::new("市场监管", "registration"),
        note: String::new(),
    };
    world.store().put_fact(&world.actor(Who::Administrator).await, &fresh(), change).await.expect("another name");
    assert_eq!(letters(&world).await, before);
    later().await;
    // What is given from then on has the new name.
    ask(&world, Who::Intake, world.cases.submitted, Ask::Accept).await;
    let path = format!("/cases/{}/documents/receipt", world.cases.submitted.0);
    world.get(Some(Who::Agent), &path).await.is(StatusCode::OK).says("更名企业").says_not("企业0");
}

#[tokio::test]
async fn what_was_issued_keeps_the_office_that_has_issued_it() {
    let world = World::new().await;
    answer(&world, world.cases.objected, false).await;
    let before = letters(&world).await;
    later().await;
    let settings = world.store().settings().await.expect("settings");
    let other = Settings { name_zh: "改名后的局".to_owned(), contact: "0851-99999999".to_owned(), ..settings };
    world.store().set_settings(&world.actor(Who::Administrator).await, &fresh(), other).await.expect("another name");
    assert_eq!(letters(&world).await, before);
    later().await;
    ask(&world, Who::Intake, world.cases.submitted, Ask::Accept).await;
    let path = format!("/cases/{}/documents/receipt", world.cases.submitted.0);
    world.get(Some(Who::Agent), &path).await.is(StatusCode::OK).says("改名后的局").says("0851-99999999");
}

#[tokio::test]
async fn a_receipt_stays_as_it_was_given_whatever_a_correction_brings() {
    let world = World::new().await;
    let id = world.cases.correction;
    let path = format!("/cases/{}/documents/submission", id.0);
    let page = world.get(Some(Who::Agent), &path).await;
    page.says("决定是否受理");
    let before = article(&page);
    ask(&world, Who::Agent, id, Ask::AddEvidence(evidence())).await;
    ask(&world, Who::Agent, id, Ask::Resubmit { answers: Vec::new() }).await;
    assert_eq!(article(&world.get(Some(Who::Agent), &path).await), before);
}

#[tokio::test]
async fn letters_say_which_item_they_are_about() {
    let world = World::new().await;
    answer(&world, world.cases.objected, false).await;
    for (path, text) in letters(&world).await {
        // A sheet has a column for it.
        assert!(path.ends_with("notice") || text.contains("（成果 R0-"), "{path}: {text}");
    }
}

#[tokio::test]
async fn a_notice_of_several_says_of_each_that_holds_no_more_so_from_all_of_them() {
    let world = World::new().await;
    let (first, second) = (world.cases.in_review, world.cases.reviewed);
    bring_to_decision(&world, first, Fen::yuan(40_000)).await;
    let decide = |amount| Ask::Decide {
        amount: Fen::yuan(amount),
        reason: "按规定".to_owned(),
        conditions: Vec::new(),
        priority: 1,
        if_short: duixian_casework::command::IfShort::Refuse,
    };
    ask(&world, Who::DecisionMaker, first, decide(40_000)).await;
    ask(&world, Who::DecisionMaker, second, decide(50_000)).await;
    let mut asked = Vec::new();
    for id in [first, second] {
        asked.push((id, case(&world, id).await.version, Ask::PublishNotice));
    }
    for (_, outcome) in world.store().ask_many(&world.actor(Who::Intake).await, &fresh(), asked).await {
        outcome.expect("put up");
    }
    let at = |id: CaseId, word: &str| format!("/cases/{}/documents/{word}", id.0);
    let standing = world.get(Some(Who::Agent), &at(first, "notice")).await;
    standing.is(StatusCode::OK).says("90,000.00").says_not("其中仍有效");
    let object =
        Ask::Object { name: "某".to_owned(), contact: "0851-88880000".to_owned(), grounds: "不符".to_owned() };
    world.store().ask(&Actor::Public, &fresh(), second, object).await.expect("an objection");
    answer(&world, second, true).await;
    for id in [first, second] {
        let page = world.get(Some(Who::Agent), &at(id, "notice")).await;
        page.says("000003号已撤销").says("第2项已撤销").says("其中仍有效").says("40,000.00").says("90,000.00");
    }
    ask(&world, Who::Agent, first, Ask::Withdraw { reason: "项目取消".to_owned() }).await;
    let both = [first, second].map(|id| at(id, "notice"));
    let read = [world.get(Some(Who::Agent), &both[0]).await, world.get(Some(Who::Agent), &both[1]).await];
    read[0].says("本公示中有2项不再有效").says("第1项已失效").says("第2项已撤销").says(">0.00<");
    assert_eq!(article(&read[0]), article(&read[1]));

    // Put up again alone, it is the first sheet of its own number: the one before had that of another case.
    ask(&world, Who::Reviewer, second, Ask::TakeUp).await;
    ask(&world, Who::Reviewer, second, Ask::FindEvidence { id: 1, holds: true, note: String::new() }).await;
    let support = Ask::Review { recommends: Recommendation::Support(Fen::yuan(30_000)), opinion: "可".to_owned() };
    ask(&world, Who::Reviewer, second, support).await;
    ask(&world, Who::DecisionMaker, second, decide(30_000)).await;
    ask(&world, Who::Intake, second, Ask::PublishNotice).await;
    let again = world.get(Some(Who::Agent), &at(second, "notice")).await;
    again.is(StatusCode::OK).says("示〔2019〕000003号").says("30,000.00").says_not("之二").says_not("已撤销");
    let earlier = world.get(Some(Who::Agent), &at(second, "notice-1")).await;
    earlier.is(StatusCode::OK).says("第2项已撤销").says("90,000.00");
}

#[tokio::test]
async fn an_objection_that_was_not_upheld_makes_the_notice_longer_by_a_notice_of_its_own() {
    let world = World::new().await;
    let id = world.cases.objected;
    let at = |kind: &str| format!("/cases/{}/documents/{kind}", id.0);
    let before = world.get(Some(Who::Intake), &at("notice")).await.text();
    world.get(Some(Who::Intake), &at("extension")).await.is(StatusCode::NOT_FOUND);
    answer(&world, id, false).await;
    let article = |page: &str| page.split_once("<article").expect("a document").1.to_owned();
    let after = world.get(Some(Who::Intake), &at("notice")).await.text();
    assert_eq!(article(&before), article(&after));
    let longer = world.get(Some(Who::Agent), &at("extension")).await;
    longer.is(StatusCode::OK).says("公示期顺延").says("示〔2019〕000005号").says_not("王某").says_not("13800000000");
}

#[tokio::test]
async fn a_withdrawn_case_keeps_its_letter_marked_and_is_no_more_to_be_paid() {
    let world = World::new().await;
    let id = world.cases.in_notice;
    ask(&world, Who::Agent, id, Ask::Withdraw { reason: "项目取消".to_owned() }).await;
    let letter = world.get(Some(Who::Agent), &format!("/cases/{}/documents/decision", id.0)).await;
    letter.is(StatusCode::OK).says("本文书已失效").says("申请已撤回");
    let page = world.get(Some(Who::Agent), &format!("/cases/{}", id.0)).await;
    page.is(StatusCode::OK).says("可以再次申请").says("决定书（已失效）").says_not("审定日期");
    let number = case(&world, id).await.number.expect("a number");
    let path = format!("/notices/{}", crate::pages::shared::path_part(&number));
    let page = world.get(None, &path).await;
    page.is(StatusCode::OK).says("已撤回，不再拨付").says_not("拟支持金额").says_not("公示期满");
}

#[tokio::test]
async fn a_correction_that_came_back_shows_what_was_asked_and_what_is_new_and_all_of_it_is_verified_at_once() {
    let world = World::new().await;
    let id = world.cases.correction;
    open(&world, Who::Intake, id).await.says_not("补正已回");
    ask(&world, Who::Agent, id, Ask::AddEvidence(crate::testing::evidence())).await;
    ask(&world, Who::Agent, id, Ask::Resubmit { answers: Vec::new() }).await;
    let page = open(&world, Who::Intake, id).await;
    page.says("补正已回").says("佐证“证书”：证书看不清").says("已改").says("补正新交").says_not("没有改动");
    ask(&world, Who::Intake, id, Ask::Accept).await;
    ask(&world, Who::Reviewer, id, Ask::TakeUp).await;
    open(&world, Who::Reviewer, id).await.says("没有核验的 2 份都看过，均属实");
    let once = [("version", case(&world, id).await.version.to_string())];
    let fields: Vec<(&str, &str)> = once.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let path = format!("/work/cases/{}/evidence/hold", id.0);
    // Who may not verify records nothing of it.
    world.post(Some(Who::Intake), &path, &fields).await.is(StatusCode::SEE_OTHER);
    assert!(case(&world, id).await.evidence.iter().all(|piece| piece.finding.is_none()));
    world.post(Some(Who::Reviewer), &path, &fields).await.is(StatusCode::SEE_OTHER);
    assert!(
        case(&world, id).await.evidence.iter().all(|piece| piece.finding.as_ref().is_some_and(|found| found.holds))
    );
    open(&world, Who::Reviewer, id).await.says_not("都看过，均属实");
}

#[tokio::test]
async fn what_was_overdue_when_it_was_held_is_overdue_when_it_goes_on() {
    let world = World::new().await;
    let id = world.cases.submitted;
    let number = case(&world, id).await.number.expect("a number");
    world.store().advance_clock(&Actor::System, chrono::TimeDelta::days(30)).await.expect("a later day");
    ask(&world, Who::Intake, id, Ask::Hold { reason: "等待部门回函".to_owned() }).await;
    let page = open(&world, Who::Intake, id).await;
    page.is(StatusCode::OK).says("接着计时，期限2019年6月").says("已超期").says_not("（0个工作日）");
    // While it is on hold its count stands still, wherever it is told.
    let late = |page: &Answer| -> Vec<String> {
        let text = page.text();
        let counts = text.split("已超期").skip(1).filter_map(|rest| rest.split("个工作日").next());
        counts.filter(|count| count.parse::<u32>().is_ok()).map(str::to_owned).collect()
    };
    let count = late(&page).swap_remove(0);
    world.store().advance_clock(&Actor::System, chrono::TimeDelta::days(9)).await.expect("a later day");
    let page = open(&world, Who::Intake, id).await;
    assert!(late(&page).len() > 1 && late(&page).iter().all(|told| *told == count), "{:?} {count}", late(&page));
    let own = format!("/my/{}", case(&world, id).await.subject.party);
    for (who, path) in [(Who::Intake, "/work?view=held"), (Who::Agent, "/cases"), (Who::Agent, &own)] {
        let list = world.get(Some(who), path).await;
        list.is(StatusCode::OK).says(&format!("已超期{count}个工作日"));
    }
    let file = world.get(Some(Who::Intake), "/work?view=held&format=csv").await;
    file.is(StatusCode::OK).says(&format!(",-{count},"));
    let late_list = world.get(Some(Who::Leader), "/figures?list=late").await;
    late_list.is(StatusCode::OK).says(&format!("已超期{count}个工作日"));
    act(&world, Who::Intake, id, "resume", &[]).await.is(StatusCode::SEE_OTHER);
    world.get(Some(Who::Intake), "/work?overdue=1").await.is(StatusCode::OK).says(&number);
    open(&world, Who::Intake, id).await.says("已超期").says_not("今天到期");
}
