//! A decision that two decision makers revoke, as everyone reads of it.

use super::*;

const GROUNDS: (&str, &str) = ("propose_revocation-reason", "金额多写了一个零");

#[tokio::test]
async fn a_decision_is_revoked_by_two_and_everyone_reads_so() {
    let world = World::new().await;
    let id = world.cases.in_notice;
    let number = case(&world, id).await.number.expect("a number");
    let page = open(&world, Who::DecisionMaker, id).await;
    page.is(StatusCode::OK).says("提请撤销审定").says("name=\"propose_revocation-remark\"").says("预留的资金释放");
    page.says("id=\"panel-propose_revocation\">").says_not("id=\"panel-propose_revocation\" open");
    open(&world, Who::Intake, id).await.says_not("name=\"propose_revocation-reason\"");
    // What hangs in public comes down with a word to the public.
    let sent = act(&world, Who::DecisionMaker, id, "propose_revocation", &[GROUNDS]).await;
    sent.is(StatusCode::UNPROCESSABLE_ENTITY).says("id=\"propose_revocation-remark-error\"");
    let remark = ("propose_revocation-remark", "金额有误");
    act(&world, Who::DecisionMaker, id, "propose_revocation", &[GROUNDS, remark]).await.is(StatusCode::SEE_OTHER);
    // Who proposes it does not confirm it; the applicant learns nothing before it is done.
    let page = open(&world, Who::DecisionMaker, id).await;
    page.says("已提请撤销审定").says("须由另一位审定人员确认").says_not("action=\"/work/cases/0/confirm_revocation\"");
    world.get(Some(Who::Agent), &format!("/cases/{}", id.0)).await.says_not("金额多写了一个零").says_not("撤销");
    act(&world, Who::DecisionMaker, id, "confirm_revocation", &[]).await.is(StatusCode::UNPROCESSABLE_ENTITY);
    // The second decision maker is told where their day begins.
    let href = "view=all&#38;awaits=decision_maker";
    let home = world.get(Some(Who::OtherDecisionMaker), "/work").await;
    home.is(StatusCode::OK).says("待第二人确认").says(href);
    let list = world.get(Some(Who::OtherDecisionMaker), "/work?view=all&awaits=decision_maker").await;
    list.is(StatusCode::OK).says(&number).says("▲ 已提请撤销审定，待第二人确认").says("只列：").says_not("对选中的：");
    world.get(Some(Who::Reviewer), "/work").await.says_not("待第二人确认");
    open(&world, Who::OtherDecisionMaker, id).await.says("确认撤销审定").says("金额多写了一个零").says("不撤销审定");
    act(&world, Who::OtherDecisionMaker, id, "confirm_revocation", &[]).await.is(StatusCode::SEE_OTHER);
    let list = world.get(Some(Who::OtherDecisionMaker), "/work?view=all&awaits=decision_maker").await;
    list.is(StatusCode::OK).says_not(&number);

    let revoked = case(&world, id).await;
    assert_eq!((revoked.stage, revoked.granted()), (Stage::SubstantiveReview, None));
    let page = open(&world, Who::Reviewer, id).await;
    page.says("决定已撤销，退回审核").says("原审定（已撤销）").says("撤销审定，退回审核").says("OtherDecisionMaker");
    let firm = world.get(Some(Who::Agent), &format!("/cases/{}", id.0)).await;
    firm.is(StatusCode::OK).says("决定已撤销，退回重新审核").says("金额多写了一个零").says("以前的决定不再算数");
    firm.says("决定书（已撤销）").says("公示（已撤销）").says_not("DecisionMaker");
    world.get(Some(Who::Agent), "/messages").await.says("决定已撤销，重新审核").says("金额多写了一个零");
    let at = |kind: &str| format!("/cases/{}/documents/{kind}", id.0);
    let letter = world.get(Some(Who::Agent), &at("decision")).await;
    letter.is(StatusCode::OK).says("本文书已撤销").says("决定已撤销，退回审核（金额有误）").says("50,000.00");
    world.get(Some(Who::Agent), &at("notice")).await.says("本公示中该项不再有效").says("金额有误");
    let path: String = form_urlencoded::byte_serialize(number.as_bytes()).collect();
    let public = world.get(None, &format!("/notices/{path}")).await;
    public.is(StatusCode::OK).says("公示已撤下").says("金额有误").says_not("金额多写了一个零").says_not("提交异议");
    public.says_not("拟支持金额").says_not("DecisionMaker");
    world.get(None, "/notices").await.is(StatusCode::OK).says_not(&number);
    let english = world.get(None, &format!("/notices/{path}?lang=en")).await;
    english.says("The notice was taken down").says("the decision was revoked");
}

#[tokio::test]
async fn what_was_declined_can_be_taken_up_again_by_two() {
    let world = World::new().await;
    let id = world.cases.declined;
    open(&world, Who::Reviewer, id).await.says("本件已经结束").says_not("name=\"propose_revocation-reason\"");
    let page = open(&world, Who::DecisionMaker, id).await;
    page.says("提请撤销原决定").says_not("name=\"propose_revocation-remark\"").says_not("本件已经结束");
    // Nothing is set aside for it, in public, or to be paid.
    page.says("结束本件的决定撤销").says_not("预留的资金释放").says_not("不公示、不拨付");
    let grounds = ("propose_revocation-reason", "行政复议决定撤销原决定");
    act(&world, Who::DecisionMaker, id, "propose_revocation", &[grounds]).await.is(StatusCode::SEE_OTHER);
    let page = open(&world, Who::OtherDecisionMaker, id).await;
    page.says("已提请撤销原决定").says("本件仍然结束").says_not("预留的资金释放").says_not("不公示、不拨付");
    act(&world, Who::OtherDecisionMaker, id, "confirm_revocation", &[]).await.is(StatusCode::SEE_OTHER);
    assert_eq!(case(&world, id).await.stage, Stage::Reviewed);
    let letter = world.get(Some(Who::Agent), &format!("/cases/{}/documents/decision", id.0)).await;
    letter.is(StatusCode::OK).says("本文书已撤销").says("行政复议决定撤销原决定").says("成果与主业无关");
    // What was never in notice is nowhere in public.
    let number = case(&world, id).await.number.expect("a number");
    let path: String = form_urlencoded::byte_serialize(number.as_bytes()).collect();
    world.get(None, &format!("/notices/{path}")).await.is(StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_is_sent_back_before_a_decision_is_not_told_as_one_that_was_taken_back() {
    let world = World::new().await;
    let id = world.cases.reviewed;
    ask(&world, Who::DecisionMaker, id, Ask::SendBack { reason: "再核".to_owned() }).await;
    let page = world.get(Some(Who::Agent), &format!("/cases/{}", id.0)).await;
    page.is(StatusCode::OK).says("还没有作出决定").says_not("不再算数").says_not("为什么退回见下面的经过");
}

#[tokio::test]
async fn the_party_replies_to_an_objection_before_it_is_answered() {
    let world = World::new().await;
    let id = world.cases.objected;
    let path = format!("/cases/{}/reply", id.0);
    world.get(Some(Who::Agent), &format!("/cases/{}", id.0)).await.is(StatusCode::OK).says(&format!("href=\"{path}\""));
    world.get(Some(Who::Agent), &path).await.is(StatusCode::OK).says("成果不是这家做的").says_not("13800000000");
    world.post(Some(Who::Agent), &path, &[]).await.is(StatusCode::UNPROCESSABLE_ENTITY).says("id=\"text-error\"");
    world.post(Some(Who::Agent), &path, &[("text", "有完整的研发记录")]).await.is(StatusCode::SEE_OTHER);
    world.get(Some(Who::OtherAgent), &path).await.is(StatusCode::NOT_FOUND);
    open(&world, Who::Intake, id).await.says("申请单位的意见").says("有完整的研发记录");
    world.get(Some(Who::Agent), &format!("/cases/{}", id.0)).await.says("陈述意见").says("有完整的研发记录");
    let number = case(&world, id).await.number.expect("a number");
    let public: String = form_urlencoded::byte_serialize(number.as_bytes()).collect();
    world.get(None, &format!("/notices/{public}")).await.is(StatusCode::OK).says_not("有完整的研发记录");
    // Once it is answered there is nothing to reply to.
    ask(&world, Who::Intake, id, Ask::AnswerObjection { id: 1, upheld: false, text: "查无此事".to_owned() }).await;
    world.get(Some(Who::Agent), &path).await.leads_to(&format!("/cases/{}", id.0));
}

#[tokio::test]
async fn an_objection_is_upheld_by_who_decides() {
    let world = World::new().await;
    let id = world.cases.objected;
    let page = open(&world, Who::Intake, id).await;
    page.is(StatusCode::OK).says("认为成立的，请交审定人员答复");
    let fields = [("objection", "1"), ("answer_objection-1-upheld", "yes"), ("answer_objection-1-text", "查实")];
    let sent = act(&world, Who::Intake, id, "answer_objection", &fields).await;
    sent.is(StatusCode::UNPROCESSABLE_ENTITY).says("需要“审定”角色");
    assert_eq!(case(&world, id).await.stage, Stage::Objection);
    // Who decided it reads whose the answer is, and gives none.
    open(&world, Who::DecisionMaker, id).await.says("本件由您审定，须由另一人答复异议");
    let own = act(&world, Who::DecisionMaker, id, "answer_objection", &fields).await;
    own.is(StatusCode::UNPROCESSABLE_ENTITY).says("须由另一人答复异议");
    assert_eq!(case(&world, id).await.stage, Stage::Objection);
    open(&world, Who::OtherDecisionMaker, id).await.says("答复异议").says_not("请交审定人员答复");
    act(&world, Who::OtherDecisionMaker, id, "answer_objection", &fields).await.is(StatusCode::SEE_OTHER);
    assert_eq!(case(&world, id).await.stage, Stage::SubstantiveReview);
}
