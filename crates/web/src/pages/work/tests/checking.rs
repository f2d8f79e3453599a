//! A decision is looked at once more before it is made.

use duixian_casework::case::CellRef;
use duixian_casework::command::Stated;

use super::*;

/// Sends a decision's form as the page of the case has it, not checked yet.
pub(super) async fn unchecked(world: &World, who: Who, id: CaseId, action: &str, fields: &[(&str, &str)]) -> Answer {
    let version = case(world, id).await.version.to_string();
    let fields = [&[("version", version.as_str())], fields].concat();
    world.post(Some(who), &format!("/work/cases/{}/{action}", id.0), &fields).await
}

const REASON: (&str, &str) = ("decide-reason", "贡献突出");
const REFUSE: (&str, &str) = ("decide-if_short", "refuse");

#[tokio::test]
async fn one_click_decides_nothing_and_the_check_says_what_it_comes_to() {
    let world = World::new().await;
    let id = world.cases.reviewed;
    let fields = [("decide-amount", "90000"), REASON, REFUSE];
    let check = unchecked(&world, Who::DecisionMaker, id, "decide", &fields).await;
    check.is(StatusCode::OK).says("审定：请核对").says("¥90,000.00").says("玖万元整");
    check.says("不超过100,000元").says("建议支持 50,000元").says("中位数 50,000元，最高 50,000元").says("审定后剩");
    check.says("与审核建议的 50,000元 不同").says("比本措施最近审定的最高金额 50,000元 还高");
    check.says("name=\"decide-reason\" value=\"贡献突出\"").says("确认审定").says("name=\"version\"");
    assert_eq!(case(&world, id).await.stage, Stage::Reviewed);
    // Who thinks better of it finds the form as it was.
    let change = [&fields[..], &[("change", "1")]].concat();
    let back = unchecked(&world, Who::DecisionMaker, id, "decide", &change).await;
    back.is(StatusCode::OK).says("name=\"decide-amount\"").says("value=\"90000\"").says("贡献突出</textarea>");
    assert_eq!(case(&world, id).await.stage, Stage::Reviewed);
    let english = format!("/work/cases/{}/decide?lang=en", id.0);
    let version = case(&world, id).await.version.to_string();
    let sent = [&fields[..], &[("version", version.as_str())]].concat();
    world.post(Some(Who::DecisionMaker), &english, &sent).await.says("please check").says("CNY 50,000 in the middle");
}

#[tokio::test]
async fn a_check_that_is_confirmed_twice_decides_once() {
    let world = World::new().await;
    let id = world.cases.reviewed;
    let (once, path) = ("00112233445566778899aabbccddeeff", format!("/work/cases/{}/decide", id.0));
    let version = case(&world, id).await.version.to_string();
    let fields = [("version", version.as_str()), ("decide-amount", "50000"), REASON, REFUSE];
    let check = world.post_once(Some(Who::DecisionMaker), &path, once, &fields).await;
    check.is(StatusCode::OK).says(&format!("name=\"_once\" value=\"{once}\""));
    let confirmed = [&fields[..], &[("confirmed", "1")]].concat();
    for _ in 0..2 {
        world.post_once(Some(Who::DecisionMaker), &path, once, &confirmed).await.is(StatusCode::SEE_OTHER);
    }
    let history = world.store().history(id).await.expect("a history");
    let decided = history.iter().filter(|entry| entry.event.what.word() == "decided").count();
    assert_eq!(decided, 1);
}

#[tokio::test]
async fn what_would_be_refused_is_refused_at_once() {
    let world = World::new().await;
    let id = world.cases.reviewed;
    let roles = vec![Role::Reviewer, Role::DecisionMaker];
    world.store().set_roles(&Actor::System, &fresh(), Who::Reviewer.id(), roles, Vec::new()).await.expect("roles");
    let fields = [("decide-amount", "50000"), REASON, REFUSE];
    let refused = unchecked(&world, Who::Reviewer, id, "decide", &fields).await;
    refused.is(StatusCode::UNPROCESSABLE_ENTITY).says("回避").says_not("请核对");
}

#[tokio::test]
async fn a_refusal_is_checked_and_a_ground_that_was_found_to_hold_is_remarked_on() {
    let world = World::new().await;
    let id = world.cases.reviewed;
    let fields = [("decline-unmet", "evidence-0"), ("decline-reason", "合同与利息单对不上")];
    let check = unchecked(&world, Who::DecisionMaker, id, "decline", &fields).await;
    check.is(StatusCode::OK).says("不予支持：请核对").says("佐证“证书”（二）").says("合同与利息单对不上");
    check.says("按规则可以支持，金额待定").says("审核意见是建议支持 50,000元").says("“佐证：证书”经核实为属实");
    assert_eq!(case(&world, id).await.stage, Stage::Reviewed);
    act(&world, Who::DecisionMaker, id, "decline", &fields).await.is(StatusCode::SEE_OTHER);
    assert_eq!(case(&world, id).await.stage, Stage::Declined);
}

/// Nothing takes back that a case was not accepted: one click does not do it.
#[tokio::test]
async fn that_a_case_is_not_accepted_is_checked_against_what_the_rules_say() {
    let world = World::new().await;
    let id = world.cases.submitted;
    let fields =
        [("not_accept-unmet", "other"), ("not_accept-clause", "第九条"), ("not_accept-reason", "同一成果已由他人申请")];
    let check = unchecked(&world, Who::Intake, id, "not_accept", &fields).await;
    check.is(StatusCode::OK).says("不予受理：请核对").says("其他要求（第九条）").says("同一成果已由他人申请");
    check.says("按规则可以支持，金额待定。").says("不超过100,000元").says("在本系统里不能撤销").says("确认不予受理");
    check.says(&format!("action=\"/work/cases/{}/not_accept", id.0));
    assert_eq!(case(&world, id).await.stage, Stage::Submitted);
    let change = [&fields[..], &[("change", "1")]].concat();
    let back = unchecked(&world, Who::Intake, id, "not_accept", &change).await;
    back.is(StatusCode::OK).says("同一成果已由他人申请</textarea>").says("value=\"第九条\"");
    // Who may not do it is told at once.
    unchecked(&world, Who::Reviewer, id, "not_accept", &fields).await.says_not("不予受理：请核对");
    act(&world, Who::Intake, id, "not_accept", &fields).await.is(StatusCode::SEE_OTHER);
    assert_eq!(case(&world, id).await.stage, Stage::NotAccepted);
}

/// Submits the draft with a day that its party states otherwise than the registry has it.
pub(super) async fn send_disputing(world: &World) -> (CaseId, CellRef) {
    let id = world.cases.draft;
    let cell = CellRef { table: "results".to_owned(), row: "R0-0".to_owned(), column: "done_on".to_owned() };
    let stated = Stated { value: "2019-05-02".to_owned(), dispute: Some("登记晚录了一天".to_owned()) };
    let statements = BTreeMap::from([(cell.clone(), Some(stated))]);
    let account = BankAccount {
        holder: "企业0".to_owned(),
        number: "6222000000000002".to_owned(),
        bank: "某银行".to_owned(),
        bank_code: None,
    };
    ask(world, Who::Agent, id, Ask::Save { statements, account: Some(account) }).await;
    ask(world, Who::Agent, id, Ask::AddEvidence(evidence())).await;
    ask(world, Who::Agent, id, Ask::Submit).await;
    (id, cell)
}

/// The same, taken up.
pub(super) async fn in_dispute(world: &World) -> (CaseId, CellRef) {
    let (id, cell) = send_disputing(world).await;
    ask(world, Who::Intake, id, Ask::Accept).await;
    ask(world, Who::Reviewer, id, Ask::TakeUp).await;
    (id, cell)
}

/// Brings that to its decision, with the registry found to be right.
async fn disputed(world: &World) -> CaseId {
    let (id, cell) = in_dispute(world).await;
    ask(world, Who::Reviewer, id, Ask::FindStatement { cell, holds: false, note: "登记无误".to_owned() }).await;
    bring_to_decision(world, id, Fen::yuan(50_000)).await;
    id
}

#[tokio::test]
async fn nobodys_word_counts_in_place_of_the_registry_without_a_note() {
    let world = World::new().await;
    let (id, cell) = in_dispute(&world).await;
    open(&world, Who::Reviewer, id)
        .await
        .says("核实的依据，必填")
        .says_not("不属实时必填\" autocomplete=\"off\" data-key");
    for (holds, told) in [("yes", "请填写不按登记的依据"), ("no", "理由")] {
        let fields = [("which", "0"), ("holds", holds), ("note", "  ")];
        let sent = act(&world, Who::Reviewer, id, "find_statement", &fields).await;
        sent.is(StatusCode::UNPROCESSABLE_ENTITY).says("id=\"f0-error\"").says(told);
        assert_eq!(case(&world, id).await.statements[&cell].finding, None);
    }
    let fields = [("which", "0"), ("holds", "yes"), ("note", "与证书原件一致")];
    act(&world, Who::Reviewer, id, "find_statement", &fields).await.is(StatusCode::SEE_OTHER);
    assert!(case(&world, id).await.statements[&cell].finding.as_ref().is_some_and(|found| found.holds));
}

#[tokio::test]
async fn several_conditions_stand_in_one_row_each_with_its_number() {
    let world = World::new().await;
    let id = world.cases.reviewed;
    for (typed, shown) in
        [("用于研发", "<dd>用于研发</dd>"), ("用于研发。\n按季度报告", "<dd>1. 用于研发；2. 按季度报告</dd>")]
    {
        let fields = [("decide-amount", "50000"), REASON, REFUSE, ("decide-conditions", typed)];
        let check = unchecked(&world, Who::DecisionMaker, id, "decide", &fields).await;
        check.is(StatusCode::OK).says(shown);
        assert_eq!(check.text().matches("使用条件").count(), 1, "{typed}");
    }
}

#[tokio::test]
async fn that_the_registry_stands_is_no_untruth_and_no_reason_that_nobody_chose() {
    let world = World::new().await;
    let id = disputed(&world).await;
    let page = open(&world, Who::DecisionMaker, id).await;
    page.is(StatusCode::OK)
        .says("（以登记为准：2019年5月1日）")
        .says_not("name=\"decline-unmet\" value=\"fact-0\" checked");
    page.says_not("name=\"decline-unmet\" value=\"fact-1\" checked");
    let fields = [("decline-unmet", "evidence-0"), ("decline-reason", "证书与成果无关")];
    act(&world, Who::DecisionMaker, id, "decline", &fields).await.is(StatusCode::SEE_OTHER);
    let letter = world.get(Some(Who::Agent), &format!("/cases/{}/documents/decision", id.0)).await;
    letter.is(StatusCode::OK).says("不符合：佐证“证书”（二）。").says_not("经查不属实").says_not("填报的");
    let firm = world.get(Some(Who::Agent), &format!("/cases/{}", id.0)).await;
    firm.is(StatusCode::OK).says("不认可，以登记为准：登记无误").says_not("查明不属实的");
}

#[tokio::test]
async fn a_grant_says_how_its_amount_was_reckoned() {
    let world = World::new().await;
    let letter = world.get(Some(Who::Agent), &format!("/cases/{}/documents/decision", world.cases.in_notice.0)).await;
    letter.is(StatusCode::OK).says("金额按条款计算：不超过10万元。");
}
