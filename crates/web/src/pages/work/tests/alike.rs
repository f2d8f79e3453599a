//! Cases that say the same number, or another thing of the same fact: whoever reviews reads it, and says what was found out.

use duixian_casework::case::CellRef;
use duixian_casework::command::{IfShort, Stated};
use duixian_store::cases::NewCase;

use super::*;
use crate::testing::party;

/// A case for a result that the registry does not have, with a day on which it was done.
pub(super) async fn typed(world: &World, who: Who, at: usize, (measure, basis): (&str, &str), done_on: &str) -> CaseId {
    let actor = world.actor(who).await;
    let round = case(world, world.cases.submitted).await.subject.round;
    let new = NewCase { round, party: party(at), measure: measure.to_owned(), basis: basis.to_owned() };
    let id = world.store().open_draft(&actor, &fresh(), new).await.expect("a draft").value.id;
    let stated = |column: &str, value: &str| {
        let cell = CellRef { table: "results".to_owned(), row: basis.to_owned(), column: column.to_owned() };
        (cell, Some(Stated { value: value.to_owned(), dispute: None }))
    };
    let account = BankAccount {
        holder: format!("企业{at}"),
        number: "6222000000000002".to_owned(),
        bank: "某银行".to_owned(),
        bank_code: None,
    };
    let statements = [stated("done_on", done_on), stated("genuine", "true")].into();
    ask(world, who, id, Ask::Save { statements, account: Some(account) }).await;
    ask(world, who, id, Ask::AddEvidence(evidence())).await;
    ask(world, who, id, Ask::Submit).await;
    ask(world, Who::Intake, id, Ask::Accept).await;
    id
}

#[tokio::test]
async fn numbers_that_look_alike_are_found_to_be_two() {
    let world = World::new().await;
    let other = typed(&world, Who::OtherAgent, 2, ("result_award", "K1-12"), "2019-05-01").await;
    let id = typed(&world, Who::Agent, 0, ("result_award", "K11-2"), "2019-05-01").await;
    ask(&world, Who::Reviewer, id, Ask::TakeUp).await;
    open(&world, Who::Reviewer, id)
        .await
        .says("同一编号还有别家单位的申请")
        .says("编号写作“K1-12”")
        .says("认定编号不同");
    open(&world, Who::Reviewer, world.cases.in_review).await.says_not("认定编号不同");
    let other = other.0.to_string();
    let bare = act(&world, Who::Reviewer, id, "distinguish", &[("distinguish-other", &other)]).await;
    bare.is(StatusCode::UNPROCESSABLE_ENTITY).says("distinguish-reason-error");
    let fields = [("distinguish-other", other.as_str()), ("distinguish-reason", "两份证书都核对过原件")];
    act(&world, Who::Reviewer, id, "distinguish", &fields).await.is(StatusCode::SEE_OTHER);
    open(&world, Who::Reviewer, id)
        .await
        .says("已认定与本件不是同一个编号")
        .says("两份证书都核对过原件")
        .says_not("id=\"panel-distinguish\"");
    world.get(Some(Who::Agent), &format!("/cases/{}", id.0)).await.is(StatusCode::OK).says_not("核对过原件");
}

#[tokio::test]
async fn what_another_case_states_otherwise_is_read_before_anything_is_found() {
    let world = World::new().await;
    let first = typed(&world, Who::Agent, 0, ("result_award", "STD-1"), "2019-05-01").await;
    let second = typed(&world, Who::Agent, 0, ("instant_award", "std 1"), "2019-06-01").await;
    ask(&world, Who::Reviewer, first, Ask::TakeUp).await;
    let number = case(&world, second).await.number.expect("a number");
    open(&world, Who::Reviewer, first)
        .await
        .says("同一事实在本单位的另一件里不一样")
        .says(&number)
        .says("填的是“2019年6月1日”，本件填的是“2019年5月1日”");
    let bulk = format!("/work/bulk/review?case={}", first.0);
    world.get(Some(Who::Reviewer), &bulk).await.is(StatusCode::OK).says("不一样，请打开本件核实");
}

#[tokio::test]
async fn what_the_registry_knows_nothing_of_may_hold_without_a_note() {
    let world = World::new().await;
    let id = typed(&world, Who::Agent, 0, ("result_award", "STD-1"), "2019-05-01").await;
    ask(&world, Who::Reviewer, id, Ask::TakeUp).await;
    for which in ["0", "1"] {
        let fields = [("which", which), ("holds", "yes"), ("note", "")];
        act(&world, Who::Reviewer, id, "find_statement", &fields).await.is(StatusCode::SEE_OTHER);
    }
    assert!(case(&world, id).await.statements.values().all(|one| one.finding.is_some()));
}

/// Whoever decides reads on the last page before it, of one case as of many, that the number is another firm's as well; and nobody
/// supports it with the others unseen.
#[tokio::test]
async fn who_decides_is_told_of_another_firm_with_the_same_number() {
    let world = World::new().await;
    let other = typed(&world, Who::OtherAgent, 2, ("instant_award", "K1-12"), "2019-05-01").await;
    let id = typed(&world, Who::Agent, 0, ("instant_award", "k1-12"), "2019-05-01").await;
    let number = case(&world, other).await.number.expect("a number");
    let decider = Some(Who::DecisionMaker);
    let bulk = format!("/work/bulk/decide?case={}&case={}", id.0, world.cases.reviewed.0);
    let is_set = |page: &Answer, id: CaseId| {
        let text = page.text();
        let place = text.find(&format!("value=\"{}:", id.0)).expect("its box");
        text[place..].split('>').next().is_some_and(|tag| tag.contains("checked"))
    };
    let page = world.get(decider, &bulk).await;
    page.is(StatusCode::OK).says(&format!("也申请过（{number}，"));
    assert!(!is_set(&page, id) && is_set(&page, world.cases.reviewed), "{}", page.text());
    let version = case(&world, id).await.version.to_string();
    let fields = [
        ("version", version.as_str()),
        ("decide-amount", "50000"),
        ("decide-reason", "按规定"),
        ("decide-if_short", "refuse"),
    ];
    let check = world.post(decider, &format!("/work/cases/{}/decide", id.0), &fields).await;
    check.is(StatusCode::OK).says("审定：请核对").says(&format!("也申请过（{number}，"));
    let grant = Ask::Decide {
        amount: Fen::yuan(100),
        reason: "按规定".to_owned(),
        conditions: Vec::new(),
        priority: 1,
        if_short: IfShort::Refuse,
    };
    ask(&world, Who::OtherDecisionMaker, other, grant).await;
    let page = world.get(decider, &bulk).await;
    page.is(StatusCode::OK).says(&format!("的 {number} 中审定支持"));
    assert!(!is_set(&page, id), "{}", page.text());
}
