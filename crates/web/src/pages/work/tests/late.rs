//! What comes too late is not done, and what was typed is not lost.

use duixian_casework::event::What;

use super::*;
use crate::pages::work::late::changed;

/// Sends a form of a page that was opened before someone else acted.
async fn late(world: &World, who: Who, id: CaseId, action: &str, version: u64, fields: &[(&str, &str)]) -> Answer {
    let version = version.to_string();
    let fields = [&[("version", version.as_str())], fields].concat();
    let answer = world.post(Some(who), &format!("/work/cases/{}/{action}", id.0), &fields).await;
    answer.is(StatusCode::CONFLICT).says("您刚才提交的没有办理");
    answer
}

#[tokio::test]
async fn who_was_quicker_is_the_last_person_since_the_page_was_opened() {
    let world = World::new().await;
    let (in_review, objected) = (world.cases.in_review, world.cases.objected);
    // How many events came since, whether time has added one by itself, who asks, and what is said.
    for (id, since, is_ticked, who, title, text) in [
        (in_review, 0, false, Who::Intake, "本件已有变化", "本件在您打开之后已有变化"),
        (in_review, 1, false, Who::Intake, "别人先办了", "在您打开之后，Reviewer已于"),
        (in_review, 1, false, Who::Reviewer, "您自己已办理过", "您自己已在另一个窗口办理过本件"),
        // What was done before the page was opened is nobody's being quicker.
        (in_review, 2, false, Who::Reviewer, "您自己已办理过", "您自己已在另一个窗口办理过本件"),
        (in_review, 2, false, Who::Intake, "别人先办了", "在您打开之后，Reviewer已于"),
        (objected, 1, false, Who::Intake, "收到了异议", "有人对本件提出了异议"),
        (objected, 2, false, Who::DecisionMaker, "别人先办了", "在您打开之后，Intake已于"),
        // What comes by itself hides nobody.
        (in_review, 0, true, Who::Intake, "本件已有变化", "系统已于"),
        (in_review, 1, true, Who::Intake, "别人先办了", "在您打开之后，Reviewer已于"),
        (in_review, 1, true, Who::Reviewer, "您自己已办理过", "您自己已在另一个窗口办理过本件"),
    ] {
        let mut history = world.store().history(id).await.expect("a history");
        assert_eq!(history.len() as u64, case(&world, id).await.version, "each event makes a version");
        let seen = (history.len() - since) as u64;
        if is_ticked {
            let mut entry = history.last().expect("an entry").clone();
            (entry.actor, entry.actor_name) = (None, None);
            (entry.event.by, entry.event.what) = (None, What::NoticeEnded { due: None });
            history.push(entry);
        }
        let changed = changed(&history, seen, &world.actor(who).await);
        assert_eq!(changed.title.zh, title, "{since} {who:?}");
        assert!(changed.text.zh.contains(text), "{since} {who:?}: {}", changed.text.zh);
    }
}

#[tokio::test]
async fn who_has_acted_in_another_window_is_not_told_of_somebody_else() {
    let world = World::new().await;
    let id = world.cases.submitted;
    let seen = case(&world, id).await.version;
    ask(&world, Who::Intake, id, Ask::Accept).await;
    let page = late(&world, Who::Intake, id, "hold", seen, &[("hold-reason", "等待回函")]).await;
    page.says("您自己已办理过").says("您自己已在另一个窗口办理过本件").says_not("别人先办了").says_not("系统已于");
    // The one before has acted before the page was opened.
    let seen = case(&world, id).await.version;
    ask(&world, Who::Reviewer, id, Ask::TakeUp).await;
    let opinion = [("review-recommends", "go_on"), ("review-opinion", "齐全")];
    let page = late(&world, Who::Reviewer, id, "review", seen, &opinion).await;
    page.says("您自己已在另一个窗口办理过本件").says_not("Intake已于");
    let page = late(&world, Who::Intake, id, "hold", seen, &[("hold-reason", "等待回函")]).await;
    page.says("别人先办了").says("在您打开之后，Reviewer已于");
}

#[tokio::test]
async fn someone_who_was_quicker_is_named_and_the_case_is_shown() {
    let world = World::new().await;
    let id = world.cases.reviewed;
    let seen = case(&world, id).await.version.to_string();
    let first = [("version", seen.as_str()), ("send_back-reason", "再核一次金额")];
    let path = |action: &str| format!("/work/cases/{}/{action}", id.0);
    world.post(Some(Who::OtherDecisionMaker), &path("send_back"), &first).await.is(StatusCode::SEE_OTHER);
    let second =
        [("version", seen.as_str()), ("decide-amount", "50000"), ("decide-reason", "x"), ("decide-if_short", "refuse")];
    let late = world.post(Some(Who::DecisionMaker), &path("decide"), &second).await;
    late.is(StatusCode::CONFLICT).says("别人先办了").says("OtherDecisionMaker").says("再核一次金额");
    assert!(case(&world, id).await.decision.is_none());
}

#[tokio::test]
async fn what_was_typed_comes_back_from_every_form() {
    let text = "写了很久的一段话\n第二行<b>";
    let kept = "写了很久的一段话\n第二行&#60;b&#62;";
    let given_back = "您刚才填写的内容没有保存";
    // The action is not open any more: what was typed stands above.
    let world = World::new().await;
    let cases = &world.cases;
    let not_accept: &[_] = &[("not_accept-reason", text)];
    let correct: &[_] = &[("ask_correction-0", "请核对完成日")];
    for (who, id, action, fields, other, ask_first) in [
        (Who::Intake, cases.submitted, "not_accept", not_accept, Who::Intake, Ask::Accept),
        (Who::Reviewer, cases.in_review, "ask_correction", correct, Who::Reviewer, decline()),
    ] {
        let seen = case(&world, id).await.version;
        ask(&world, other, id, ask_first).await;
        let page = late(&world, who, id, action, seen, fields).await;
        page.says(given_back).says(if action == "not_accept" { kept } else { "请核对完成日" });
    }
    let id = cases.reviewed;
    let seen = case(&world, id).await.version;
    ask(&world, Who::OtherDecisionMaker, id, Ask::SendBack { reason: "再核一次".to_owned() }).await;
    let decision = [("decide-amount", "50000"), ("decide-reason", text), ("decide-if_short", "refuse")];
    let page = late(&world, Who::DecisionMaker, id, "decide", seen, &decision).await;
    page.says(given_back).says(kept).says(">50000</textarea>").says("不作决定</textarea>");
    for action in ["decline", "send_back", "hold"] {
        let field = format!("{action}-reason");
        let page = late(&world, Who::DecisionMaker, id, action, seen, &[(&field, text)]).await;
        page.says(given_back).says(kept);
    }
    let english = [("version", &*seen.to_string()), ("send_back-reason", text)];
    let path = format!("/work/cases/{}/send_back?lang=en", id.0);
    world.post(Some(Who::DecisionMaker), &path, &english).await.says("copy it from here");
}

#[tokio::test]
async fn an_opinion_comes_back_whether_it_can_still_be_given_or_not() {
    let world = World::new().await;
    let id = world.cases.in_review;
    let opinion = [("review-recommends", "decline"), ("review-opinion", "我的长篇意见")];
    // Still open: the form is filled as it was.
    let seen = case(&world, id).await.version;
    let finding = Ask::FindEvidence { id: 1, holds: true, note: String::new() };
    ask(&world, Who::Reviewer, id, finding).await;
    let page = late(&world, Who::Reviewer, id, "review", seen, &opinion).await;
    page.says("我的长篇意见</textarea>").says_not("您刚才填写的内容没有保存");
    let note = [("which", "1"), ("holds", "no"), ("note", "查无此证")];
    let page = late(&world, Who::Reviewer, id, "find_evidence", seen, &note).await;
    page.says("value=\"查无此证\"").says("没有记录。请看过现在的情况再提交");
    // Not open any more, and not even fit for what the case is now.
    let seen = case(&world, id).await.version;
    ask(&world, Who::Reviewer, id, decline()).await;
    let page = late(&world, Who::Reviewer, id, "review", seen, &opinion).await;
    page.says("您刚才填写的内容没有保存").says("我的长篇意见</textarea>").says("建议不予支持</textarea>");
    let on = [("review-recommends", "go_on"), ("review-opinion", "转下一步")];
    let page = late(&world, Who::Reviewer, id, "review", seen, &on).await;
    page.says("转下一步</textarea>").says_not("请从列出的选项中选择");
    let page = late(&world, Who::Reviewer, id, "find_evidence", seen, &note).await;
    page.says("您刚才填写的内容没有保存").says("查无此证</textarea>");
}

#[tokio::test]
async fn an_answer_to_an_objection_comes_back() {
    let world = World::new().await;
    let id = world.cases.objected;
    let seen = case(&world, id).await.version;
    ask(&world, Who::Intake, id, Ask::AnswerObjection { id: 1, upheld: false, text: "不成立".to_owned() }).await;
    let answer = [("objection", "1"), ("answer_objection-1-upheld", "no"), ("answer_objection-1-text", "另一份答复")];
    let page = late(&world, Who::Intake, id, "answer_objection", seen, &answer).await;
    page.says("另一份答复</textarea>").says("异议不成立</textarea>");
}

fn decline() -> Ask {
    Ask::Review { recommends: Recommendation::Decline, opinion: "不符合".to_owned() }
}
