//! One action on many cases.

use duixian_casework::case::CellRef;
use duixian_casework::command::Stated;
use duixian_store::NewRound;
use duixian_store::cases::NewCase;

use super::*;
use crate::testing::{PACK, evidence, party};

#[tokio::test]
async fn bulk_decisions_keep_each_amount_and_say_what_was_not_done() {
    let world = World::new().await;
    let (a, b) = (world.cases.reviewed, world.cases.in_review);
    bring_to_decision(&world, b, Fen::yuan(12_345)).await;
    let paths = format!("/work/bulk/decide?case={}&case={}&case={}", a.0, b.0, world.cases.submitted.0);
    let page = world.get(Some(Who::DecisionMaker), &paths).await;
    page.is(StatusCode::OK).says("value=\"50000.00\"").says("value=\"12345.00\"").says("共 3 件，可以办理 2 件");
    page.says("<output data-sum-total>62,345.00</output>").says("不能审定金额");
    // What cannot be done comes after what can, folded away.
    let (before, after) =
        page.text().split_once("不能办的 1 件").map(|(a, b)| (a.to_owned(), b.to_owned())).expect("a fold");
    let link = |id: CaseId| format!("<a href=\"/work/cases/{}\">", id.0);
    assert!(before.contains(&link(a)) && before.contains(&link(b)) && after.contains(&link(world.cases.submitted)));
    // What tells the cases of one party apart, and what the rules give them together.
    page.says("R0-3　2019年5月1日").says("R0-2　2019年5月1日").says("不超过200,000元");

    let (version_a, version_b) = (case(&world, a).await.version, case(&world, b).await.version);
    let picks = [format!("{}:{version_a}", a.0), format!("{}:{version_b}", b.0)];
    let amounts = [format!("amount-{}", a.0), format!("amount-{}", b.0)];
    let mut fields = vec![
        ("case", picks[0].as_str()),
        ("case", picks[1].as_str()),
        ("reason", "按规定"),
        ("if_short", "refuse"),
        (amounts[0].as_str(), "50000"),
        (amounts[1].as_str(), "900000"),
    ];
    let wrong = world.post(Some(Who::DecisionMaker), "/work/bulk/decide", &fields).await;
    wrong.is(StatusCode::UNPROCESSABLE_ENTITY).says(&format!("id=\"amount-{}-error\"", b.0)).says("value=\"900000\"");
    assert!(case(&world, a).await.decision.is_none());

    // Meanwhile someone sends one of them back: the other is decided all the same.
    ask(&world, Who::OtherDecisionMaker, a, Ask::SendBack { reason: "再核".to_owned() }).await;
    fields[5].1 = "12000.50";
    fields.push(("confirmed", "1"));
    let done = world.post(Some(Who::DecisionMaker), "/work/bulk/decide", &fields).await;
    let told = world.follow(Some(Who::DecisionMaker), &done).await;
    told.is(StatusCode::OK)
        .says("办成 1 件")
        .says("没有办成 1 件")
        .says("12,000.50")
        .says("R0-2　2019年5月1日")
        .says("本件在您打开之后已有变化");
    assert_eq!(case(&world, b).await.decision.expect("decided").amount, Fen(1_200_050));
    told.says("没有办成的再看一次").says("DecisionMaker，");
    // A report is for every official, and for nobody else; who cannot do such things is not asked to do them again.
    for who in Who::ALL {
        let read = world.get(Some(who), done.location()).await;
        match who.role() {
            Role::Agent => read.is(StatusCode::FORBIDDEN),
            Role::DecisionMaker => read.is(StatusCode::OK).says("没有办成的再看一次"),
            _ => read.is(StatusCode::OK).says("12,000.50").says_not("没有办成的再看一次"),
        };
    }
    world.get(Some(Who::Finance), "/finance/results/2").await.is(StatusCode::NOT_FOUND);
    assert!(case(&world, a).await.decision.is_none());
}

#[tokio::test]
async fn bulk_acceptance_and_notice_run_from_the_list() {
    let world = World::new().await;
    let id = world.cases.submitted;
    let page = world.get(Some(Who::Intake), &format!("/work/bulk/accept?case={}", id.0)).await;
    page.is(StatusCode::OK).says("共 1 件，可以办理 1 件").says("<p class=\"effect\">转业务科形式审查");
    let pick = format!("{}:{}", id.0, case(&world, id).await.version);
    let once = "00112233445566778899aabbccddeeff";
    let first = world.post_once(Some(Who::Intake), "/work/bulk/accept", once, &[("case", &pick)]).await;
    let told = world.follow(Some(Who::Intake), &first).await;
    told.is(StatusCode::OK).says("办成 1 件").says_not("已受理　").says_not("没有办成");
    assert_eq!(case(&world, id).await.stage, Stage::Accepted);
    let again = world.post_once(Some(Who::Intake), "/work/bulk/accept", once, &[("case", &pick)]).await;
    assert_eq!(again.location(), first.location(), "a second click leads to the same report");
    let none = world.post(Some(Who::Intake), "/work/bulk/accept", &[("shown", &id.0.to_string())]).await;
    none.is(StatusCode::UNPROCESSABLE_ENTITY).says("请至少选择一件");
    // Where nothing can be done the page says so, and has no empty table and nothing to press.
    let page = world.get(Some(Who::Intake), &format!("/work/bulk/accept?case={}", id.0)).await;
    page.is(StatusCode::OK)
        .says("选中的 1 件现在都不能受理")
        .says("不能办的 1 件")
        .says_not("合计")
        .says_not("<button class=\"button\">");
}

/// What someone has taken up already is not offered to them once more, only to end among what was not done.
#[tokio::test]
async fn what_is_taken_up_already_is_not_taken_up_with_the_others() {
    let world = World::new().await;
    let id = world.cases.in_review;
    assert_eq!(case(&world, id).await.assignee, world.actor(Who::Reviewer).await.user());
    let page = world.get(Some(Who::Reviewer), &format!("/work/bulk/take_up?case={}", id.0)).await;
    page.is(StatusCode::OK).says("已经是您领办的").says("不能办的 1 件").says_not("name=\"case\"");
}

#[tokio::test]
async fn a_report_counts_what_was_asked_and_nothing_that_could_not_be_picked() {
    let world = World::new().await;
    let (open, closed) = (world.cases.submitted, world.cases.reviewed);
    let pick = format!("{}:{}", open.0, case(&world, open).await.version);
    let shown = [open.0.to_string(), closed.0.to_string()];
    let fields = [("case", pick.as_str()), ("shown", &shown[0]), ("shown", &shown[1])];
    let done = world.post(Some(Who::Intake), "/work/bulk/accept", &fields).await;
    let told = world.follow(Some(Who::Intake), &done).await;
    told.is(StatusCode::OK).says("办成 1 件").says_not("没有办成");
    // It is found again from the work list, by who did it.
    world.get(Some(Who::Intake), "/work").await.says("href=\"/work/reports\"");
    let link = format!("href=\"{}\"", done.location());
    world.get(Some(Who::Intake), "/work/reports").await.is(StatusCode::OK).says(&link);
    world.get(Some(Who::Reviewer), "/work/reports").await.is(StatusCode::OK).says_not(&link).says("还没有批量办理过");
    assert_eq!(case(&world, closed).await.stage, Stage::Reviewed);
    world.get(Some(Who::Auditor), "/work/bulk/accept").await.is(StatusCode::FORBIDDEN);
    world.get(Some(Who::Intake), "/work/bulk/erase").await.is(StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_recommendation_to_decline_is_not_approved_with_the_others() {
    let world = World::new().await;
    let (a, b) = (world.cases.reviewed, world.cases.in_review);
    let against = Ask::Review { recommends: Recommendation::Decline, opinion: "成果已转让".to_owned() };
    ask(&world, Who::Reviewer, b, against).await;
    let path = format!("/work/bulk/decide?case={}&case={}", a.0, b.0);
    let page = world.get(Some(Who::DecisionMaker), &path).await;
    page.is(StatusCode::OK).says("建议不予支持").says("成果已转让").says("1 件与审核意见不一致，没有选中");
    page.says("比规则上限少 50,000元").says("可以办理 2 件，已选中 <output data-sum-count>1</output> 件");
    assert!(is_ticked(&page, &world, a).await && !is_ticked(&page, &world, b).await);
    let field = format!("name=\"amount-{}\" class=\"short number\" value=\"\"", b.0);
    page.says(&field);
    // The single case says it too, and suggests nothing.
    let single = open(&world, Who::DecisionMaker, b).await;
    single.says("审核意见是建议不予支持").says("name=\"decide-amount\" class=\"short number\" value=\"\"");

    // It can be picked on purpose, and its field is there again when something is wrong.
    let picks = [a, b].map(|id| id.0);
    let version = case(&world, a).await.version;
    let pick = format!("{}:{version}", picks[0]);
    let (shown_a, shown_b) = (picks[0].to_string(), picks[1].to_string());
    let amount = format!("amount-{}", picks[0]);
    let fields = [
        ("case", pick.as_str()),
        ("shown", shown_a.as_str()),
        ("shown", shown_b.as_str()),
        (amount.as_str(), "50000"),
        ("if_short", "refuse"),
    ];
    let wrong = world.post(Some(Who::DecisionMaker), "/work/bulk/decide", &fields).await;
    wrong.is(StatusCode::UNPROCESSABLE_ENTITY).says(&field).says("id=\"reason-error\"").says("value=\"50000\"");
}

#[tokio::test]
async fn a_recommendation_of_support_is_not_declined_with_the_others() {
    let world = World::new().await;
    let id = world.cases.reviewed;
    let page = world.get(Some(Who::DecisionMaker), &format!("/work/bulk/decline?case={}", id.0)).await;
    page.is(StatusCode::OK).says("建议 50,000元").says("1 件与审核意见或规则不一致，没有选中");
    assert!(!is_ticked(&page, &world, id).await);
}

/// Whether a case's box is set on a page of a bulk action.
pub(super) async fn is_ticked(page: &Answer, world: &World, id: CaseId) -> bool {
    let start = format!("name=\"case\" value=\"{}:{}\"", id.0, case(world, id).await.version);
    let text = page.text();
    let tag = text.split(&start).nth(1).and_then(|rest| rest.split('>').next()).expect("a box");
    tag.contains("checked")
}

/// Applies in a round of its own, whose measures have one review alone: that of the form. Each case is accepted and taken up.
async fn with_one_review(world: &World, of: &[(&str, &str)]) -> Vec<CaseId> {
    let pack = PACK
        .replace("  实质审核 业务科 10个工作日\n", "")
        .replace("  受理 窗口 1个工作日\n", "  受理 窗口 1个工作日\n  形式审查 业务科 3个工作日\n");
    let (before, after) = pack.split_once("措施 即办奖励").expect("the measure");
    let pack = format!("{before}措施 即办奖励{}", after.replacen("支付 不超过 10万元", "支付 3万元", 1));
    by_pack(world, pack, of).await
}

/// Applies in a round of its own by a pack. Each case is accepted and taken up.
pub(super) async fn by_pack(world: &World, pack: String, of: &[(&str, &str)]) -> Vec<CaseId> {
    by_pack_stating(world, pack, of, BTreeMap::new()).await
}

/// The same with what is stated in each.
pub(super) async fn by_pack_stating(
    world: &World,
    pack: String,
    of: &[(&str, &str)],
    stated: BTreeMap<CellRef, Option<Stated>>,
) -> Vec<CaseId> {
    let store = world.store();
    let pack = store.install_pack(&Actor::System, &fresh(), vec![("trial.md".to_owned(), pack)]).await;
    let pack = pack.unwrap_or_else(|error| panic!("the pack is sound: {error}")).value;
    let known = store.round(world.round).await.expect("the round");
    let round = NewRound {
        name: "2019年度第二批".to_owned(),
        year: known.year,
        as_of: known.as_of,
        measures: Vec::new(),
        opens_at: known.opens_at,
        closes_at: known.closes_at,
        pack,
        facts: known.facts,
    };
    let round = store.open_round(&Actor::System, &fresh(), round).await.expect("the round opens").value;
    let account = case(world, world.cases.reviewed).await.account;
    let mut cases = Vec::new();
    for (measure, basis) in of {
        let agent = world.actor(Who::Agent).await;
        let new = NewCase { round, party: party(0), measure: (*measure).to_owned(), basis: (*basis).to_owned() };
        let id = store.open_draft(&agent, &fresh(), new).await.unwrap_or_else(|error| panic!("{error}")).value.id;
        ask(world, Who::Agent, id, Ask::Save { statements: stated.clone(), account: account.clone() }).await;
        ask(world, Who::Agent, id, Ask::AddEvidence(evidence())).await;
        ask(world, Who::Agent, id, Ask::Submit).await;
        ask(world, Who::Intake, id, Ask::Accept).await;
        ask(world, Who::Reviewer, id, Ask::TakeUp).await;
        cases.push(id);
    }
    cases
}

#[tokio::test]
async fn where_it_is_read_that_something_has_not_happened_is_said() {
    let world = World::new().await;
    let name = "  名称 (name) 文本 备查\n";
    let pack = PACK.replace(name, &format!("{name}  迁入日期 (moved_in_on) 日期 空即未发生\n"));
    let pack = pack.replacen("  条件 属实\n", "  条件 属实\n  条件 没有 迁入日期 或 基准日 不早于 迁入日期\n", 1);
    let cases = by_pack(&world, pack, &[("result_award", "R0-10")]).await;
    let page = open(&world, Who::Reviewer, cases[0]).await.text();
    let row = page.split("没有发生").nth(1).and_then(|rest| rest.split("</tr>").next()).expect("a row of the facts");
    assert!(row.contains("登记机关"), "{row}");
}

async fn verify(world: &World, id: CaseId) {
    ask(world, Who::Reviewer, id, Ask::FindEvidence { id: 1, holds: true, note: String::new() }).await;
}

#[tokio::test]
async fn last_reviews_in_bulk_recommend_each_its_own_amount() {
    let world = World::new().await;
    let of = [("result_award", "R0-10"), ("instant_award", "R0-11"), ("result_award", "R0-12")];
    let cases = with_one_review(&world, &of).await;
    let [ranged, exact, open] = cases[..] else { panic!("three cases") };
    verify(&world, ranged).await;
    verify(&world, exact).await;
    let path = format!("/work/bulk/review?case={}&case={}&case={}", ranged.0, exact.0, open.0);
    let page = world.get(Some(Who::Reviewer), &path).await;
    page.is(StatusCode::OK).says("共 3 件，可以办理 2 件").says("还有 1 项没有核实，核实完才能建议支持");
    // What the rules fix stands in its field; where they leave a range, somebody must think.
    page.says(&format!("name=\"amount-{}\" class=\"short number\" value=\"30000.00\"", exact.0));
    page.says(&format!("name=\"amount-{}\" class=\"short number\" value=\"\"", ranged.0));
    page.says_not(&format!("name=\"amount-{}\"", open.0)).says("建议金额").says("name=\"verdict\"");

    let picks = [
        format!("{}:{}", ranged.0, case(&world, ranged).await.version),
        format!("{}:{}", exact.0, case(&world, exact).await.version),
    ];
    let amounts = [format!("amount-{}", ranged.0), format!("amount-{}", exact.0)];
    let mut fields = vec![
        ("case", picks[0].as_str()),
        ("case", picks[1].as_str()),
        (amounts[0].as_str(), ""),
        (amounts[1].as_str(), "30000"),
        ("verdict", "support"),
        ("opinion", "材料齐全，属实。"),
    ];
    let wrong = world.post(Some(Who::Reviewer), "/work/bulk/review", &fields).await;
    wrong.is(StatusCode::UNPROCESSABLE_ENTITY).says(&format!("id=\"amount-{}-error\"", ranged.0));
    // Above the page the number of its case is named once.
    let number = case(&world, ranged).await.number.expect("a number");
    wrong.says(&format!("\">{number} 金额：请填写。</a>"));
    fields[2].1 = "45000";
    let done = world.post(Some(Who::Reviewer), "/work/bulk/review", &fields).await;
    let done = world.follow(Some(Who::Reviewer), &done).await;
    done.is(StatusCode::OK).says("办成 2 件").says("45,000.00").says("30,000.00").says("75,000元");
    for (id, amount) in [(ranged, Fen::yuan(45_000)), (exact, Fen::yuan(30_000))] {
        let reviewed = case(&world, id).await;
        assert_eq!(reviewed.stage, Stage::Reviewed);
        assert_eq!(reviewed.opinions.last().map(|one| one.recommends), Some(Recommendation::Support(amount)));
    }
}

#[tokio::test]
async fn amounts_in_bulk_come_to_what_is_shown_of_them() {
    let world = World::new().await;
    // Of the measure whose amount the rules fix it is the first of two reviews, of the other the only one.
    let pack = PACK.replace("  实质审核 业务科 10个工作日\n", "").replace(
        "  受理 窗口 1个工作日\n",
        "  受理 窗口 1个工作日\n  形式审查 业务科 3个工作日\n  实质审核 业务科 3个工作日\n",
    );
    let (before, after) = pack.split_once("措施 即办奖励").expect("the measure");
    let pack = format!("{before}措施 即办奖励{}", after.replacen("支付 不超过 10万元", "支付 3万元", 1));
    let cases = by_pack(&world, pack, &[("instant_award", "R0-10"), ("result_award", "R0-11")]).await;
    let [first, last] = cases[..] else { panic!("two cases") };
    verify(&world, last).await;
    let paths = format!("/work/bulk/review?case={}&case={}", first.0, last.0);
    let page = world.get(Some(Who::Reviewer), &paths).await;
    page.is(StatusCode::OK).says("共 2 件，可以办理 2 件").says_not(&format!("name=\"amount-{}\"", first.0));
    page.says(&format!("name=\"amount-{}\" class=\"short number\" value=\"\"", last.0));
    page.says("<output data-sum-total>0.00</output></td></tr></tfoot>").says_not("data-sum-total>30,000.00<");

    // No conclusion fits both: none is chosen beforehand, and what was chosen is recorded for no other.
    page.says("符合，转下一步").says("建议支持").says_not("name=\"verdict\" value=\"support\" checked");
    let picks = [
        format!("{}:{}", first.0, case(&world, first).await.version),
        format!("{}:{}", last.0, case(&world, last).await.version),
    ];
    let amount = format!("amount-{}", last.0);
    let fields = [
        ("case", picks[0].as_str()),
        ("case", picks[1].as_str()),
        (amount.as_str(), "45000"),
        ("opinion", "材料齐全，属实。"),
    ];
    let wrong = world.post(Some(Who::Reviewer), "/work/bulk/review", &fields).await;
    wrong.is(StatusCode::UNPROCESSABLE_ENTITY).says("id=\"verdict-error\"");
    let mut chosen = fields.to_vec();
    chosen.push(("verdict", "support"));
    let done = world.post(Some(Who::Reviewer), "/work/bulk/review", &chosen).await;
    let told = world.follow(Some(Who::Reviewer), &done).await;
    told.is(StatusCode::OK).says("办成 1 件，没有办成 1 件").says("请选“符合，转下一步”");
    assert!(case(&world, first).await.opinions.is_empty(), "nothing was concluded of it");
    assert_eq!(case(&world, last).await.stage, Stage::Reviewed);
    let fields = [("case", picks[0].as_str()), ("opinion", "齐全"), ("verdict", "go_on")];
    let done = world.post(Some(Who::Reviewer), "/work/bulk/review", &fields).await;
    world.follow(Some(Who::Reviewer), &done).await.says("办成 1 件");
    assert_eq!(case(&world, first).await.stage, Stage::SubstantiveReview);
}

#[tokio::test]
async fn what_nobody_looked_at_goes_with_no_others_unseen() {
    let world = World::new().await;
    // Nothing of it was verified, and nothing is said of it beforehand.
    let review = format!("/work/bulk/review?case={}", world.cases.in_review.0);
    let page = world.get(Some(Who::Reviewer), &review).await;
    page.is(StatusCode::OK).says("还有 1 项没有核实").says("1 件标出了原因，没有选中").says_not("符合规定形式");
    page.says("可以办理 1 件，已选中 <output data-sum-count>0</output> 件");
    assert!(!is_ticked(&page, &world, world.cases.in_review).await);

    // It comes back as it went: who accepts or reviews is told.
    let id = world.cases.correction;
    ask(&world, Who::Agent, id, Ask::Resubmit { answers: Vec::new() }).await;
    let action = if case(&world, id).await.stage == Stage::Submitted { "accept" } else { "review" };
    let who = if action == "accept" { Who::Intake } else { Who::Reviewer };
    let others = if action == "accept" { world.cases.submitted } else { world.cases.in_review };
    let page = world.get(Some(who), &format!("/work/bulk/{action}?case={}&case={}", id.0, others.0)).await;
    page.is(StatusCode::OK).says("补正后交回，有 1 处未改");
    assert!(!is_ticked(&page, &world, id).await);
}

#[tokio::test]
async fn last_reviews_in_bulk_decline_with_a_reason_alone() {
    let world = World::new().await;
    let cases = with_one_review(&world, &[("result_award", "R0-10"), ("result_award", "R0-11")]).await;
    for id in &cases {
        verify(&world, *id).await;
    }
    let mut picks = Vec::new();
    for id in [cases[0], cases[1], world.cases.in_review] {
        picks.push(format!("{}:{}", id.0, case(&world, id).await.version));
    }
    let mut fields: Vec<(&str, &str)> = picks.iter().map(|pick| ("case", pick.as_str())).collect();
    fields.extend([("verdict", "decline"), ("opinion", "")]);
    let wrong = world.post(Some(Who::Reviewer), "/work/bulk/review", &fields).await;
    wrong.is(StatusCode::UNPROCESSABLE_ENTITY).says("id=\"opinion-error\"").says("1 件要转下一步审核");
    fields.remove(2);
    fields[3].1 = "成果已经转让，不属于本单位。";
    let done = world.post(Some(Who::Reviewer), "/work/bulk/review", &fields).await;
    world.follow(Some(Who::Reviewer), &done).await.is(StatusCode::OK).says("办成 2 件");
    for id in cases {
        let opinions = case(&world, id).await.opinions;
        assert_eq!(opinions.last().map(|one| one.recommends), Some(Recommendation::Decline));
    }
    assert_eq!(case(&world, world.cases.in_review).await.stage, Stage::FormalReview);
}

/// An application of party 0 that waits for its decision, accepted at once. Of a result that is not genuine the registry
/// knows nothing: the party says so.
async fn instant(world: &World, basis: &str, genuine: bool) -> CaseId {
    let agent = world.actor(Who::Agent).await;
    let new =
        NewCase { round: world.round, party: party(0), measure: "instant_award".to_owned(), basis: basis.to_owned() };
    let id = world.store().open_draft(&agent, &fresh(), new).await.unwrap_or_else(|error| panic!("{error}")).value.id;
    let stated = |(column, value): (&str, &str)| {
        let cell = CellRef { table: "results".to_owned(), row: basis.to_owned(), column: column.to_owned() };
        (cell, Some(Stated { value: value.to_owned(), dispute: None }))
    };
    let statements = [("done_on", "2019-05-01"), ("genuine", "false")].map(stated);
    let statements = if genuine { BTreeMap::new() } else { BTreeMap::from(statements) };
    let account = case(world, world.cases.reviewed).await.account;
    ask(world, Who::Agent, id, Ask::Save { statements, account }).await;
    ask(world, Who::Agent, id, Ask::AddEvidence(evidence())).await;
    ask(world, Who::Agent, id, Ask::Submit).await;
    ask(world, Who::Intake, id, Ask::Accept).await;
    id
}

#[tokio::test]
async fn declined_in_bulk_names_in_each_case_what_is_not_met_there_and_leaves_out_what_meets_it() {
    let world = World::new().await;
    let untrue = world.cases.in_review;
    ask(&world, Who::Reviewer, untrue, Ask::FindEvidence { id: 1, holds: false, note: "编号不存在".to_owned() }).await;
    let against = Ask::Review { recommends: Recommendation::Decline, opinion: "证书是假的".to_owned() };
    ask(&world, Who::Reviewer, untrue, against).await;
    let (failing, met) = (instant(&world, "N-1", false).await, instant(&world, "R0-11", true).await);
    let path = format!("/work/bulk/decline?case={}&case={}&case={}", untrue.0, failing.0, met.0);
    let page = world.get(Some(Who::DecisionMaker), &path).await;
    page.is(StatusCode::OK).says("不符合哪一条").says("条件：属实（二）").says("佐证：证书").says("1 件不符合");
    // What is written under “other” names a clause of one measure: it goes into no letter of another.
    page.says("1 件与审核意见或规则不一致，没有选中").says_not("其他（请写明条款）").says("请只选同一项措施的案件");
    let of_one = format!("/work/bulk/decline?case={}&case={}", failing.0, met.0);
    let of_one = world.get(Some(Who::DecisionMaker), &of_one).await;
    of_one.is(StatusCode::OK).says("其他（请写明条款）").says_not("请只选同一项措施的案件");
    assert!(is_ticked(&page, &world, untrue).await && is_ticked(&page, &world, failing).await);
    assert!(!is_ticked(&page, &world, met).await, "what the rules support is picked by hand alone");

    let mut picks = Vec::new();
    for id in [untrue, failing, met] {
        picks.push(format!("{}:{}", id.0, case(&world, id).await.version));
    }
    let mut fields: Vec<(&str, &str)> = picks.iter().map(|pick| ("case", pick.as_str())).collect();
    fields.push(("reason", "证书查无此号，成果不属实"));
    let wrong = world.post(Some(Who::DecisionMaker), "/work/bulk/decline", &fields).await;
    wrong.is(StatusCode::UNPROCESSABLE_ENTITY).says("id=\"unmet-error\"");
    wrong.says("1 件与审核意见或规则不一致，其中 1 件您已选中");
    // Sent all the same, “other” is not taken, and a case that was not picked is not picked after the error either.
    let shown = met.0.to_string();
    let mut others: Vec<(&str, &str)> = fields.iter().filter(|(_, value)| *value != picks[2]).copied().collect();
    others.extend([("unmet", "other"), ("shown", &shown)]);
    let ids = [untrue.0.to_string(), failing.0.to_string()];
    others.extend(ids.iter().map(|id| ("shown", id.as_str())));
    let wrong = world.post(Some(Who::DecisionMaker), "/work/bulk/decline", &others).await;
    wrong.is(StatusCode::UNPROCESSABLE_ENTITY).says("1 件与审核意见或规则不一致，没有选中");
    assert!(is_ticked(&wrong, &world, untrue).await && !is_ticked(&wrong, &world, met).await);
    fields.extend([("unmet", "属实（二）"), ("unmet", "佐证“证书”（二）")]);
    let done = world.post(Some(Who::DecisionMaker), "/work/bulk/decline", &fields).await;
    let done = world.follow(Some(Who::DecisionMaker), &done).await;
    done.is(StatusCode::OK).says("办成 2 件").says("没有办成 1 件").says("本件符合所选的“条件：属实（二）”");
    for (id, unmet) in [(untrue, "佐证“证书”（二）"), (failing, "属实（二）")] {
        let declined = case(&world, id).await;
        let reason = format!("不符合：{unmet}。查明：证书查无此号，成果不属实");
        assert_eq!((declined.stage, declined.reason), (Stage::Declined, Some(reason)));
    }
    assert_eq!(case(&world, met).await.stage, Stage::Reviewed);

    // The applicant reads what was not met, and what the rules ask where they refuse it too, and nothing that is met.
    let read = async |id: CaseId| world.get(Some(Who::Agent), &format!("/cases/{}", id.0)).await;
    let page = read(failing).await;
    page.is(StatusCode::OK).says("没有达到的").says("查明的事实").says("按规则没有达到的").says("怎样才能符合");
    page.says_not("<li class=\"yes").says_not("金额怎么来的");
    let page = read(untrue).await;
    page.says("佐证“证书”（二）").says("证书查无此号，成果不属实").says_not("按规则没有达到的");
    // It can be applied for again where the round is still open, and later where it is over.
    page.says("再次申请</a>");
    world.store().advance_clock(&Actor::System, chrono::TimeDelta::days(400)).await.expect("a later day");
    read(untrue).await.is(StatusCode::OK).says("现在没有批次受理它").says_not("再次申请</a>");
}
