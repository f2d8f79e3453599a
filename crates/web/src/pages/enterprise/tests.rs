use axum::http::StatusCode;
use duixian_casework::stage::Stage;
use duixian_store::cases::Ask;

use super::routes;
use crate::testing::{Who, World, fresh, party};

const AGENT: Option<Who> = Some(Who::Agent);
const OTHER: Option<Who> = Some(Who::OtherAgent);

/// The smallest PDF that is taken for one.
const PDF: &[u8] = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";

async fn world() -> World {
    World::of(routes()).await
}

async fn stage(world: &World, id: i64) -> Stage {
    world.store().case(duixian_casework::case::CaseId(id)).await.expect("the case").stage
}

#[tokio::test(flavor = "multi_thread")]
async fn one_party_is_gone_straight_to_and_several_are_chosen_from() {
    let world = world().await;
    world.get(AGENT, "/my").await.is(StatusCode::OK).says("为哪家单位办事").says(&party(0)).says(&party(1));
    world.get(OTHER, "/my").await.leads_to(&format!("/my/{}", party(2)));
    world.get(AGENT, &format!("/my/{}", party(1))).await.is(StatusCode::OK).says(&format!("/my/{}", party(0)));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_screen_says_what_how_much_and_until_when() {
    let world = world().await;
    let answer = world.get(AGENT, &format!("/my/{}", party(0))).await;
    answer.is(StatusCode::OK).says("现在可以申请").says("元").says("截止").says("个工作日").says("还剩").says("为什么");
    answer.says("已经申请").says(&format!("/cases/{}", world.cases.correction.0)).says("要准备：证书");
    assert!(answer.bytes.len() < 100 * 1024, "{} bytes", answer.bytes.len());
    world.get(AGENT, &format!("/my/{}?lang=en", party(0))).await.is(StatusCode::OK).says("You can apply for");
}

#[tokio::test(flavor = "multi_thread")]
async fn why_is_one_tap_away_and_the_law_one_more() {
    let world = world().await;
    let answer = world.get(AGENT, &format!("/my/{}/why/result_award", party(0))).await;
    answer.is(StatusCode::OK).says("R0-0").says("属实").says("来源：").says("登记机关").says("/programme/");
    for code in [party(1), party(2)] {
        answer.says_not(&format!("({code})")).says_not(&format!("{code}）"));
    }
    world.get(AGENT, &format!("/my/{}/why/no_such", party(0))).await.is(StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn others_parties_and_cases_are_not_there() {
    let world = world().await;
    let other = world.cases.of_other.0;
    let (code, round) = (party(2), world.round);
    for path in [
        format!("/my/{code}"),
        format!("/my/{code}/why/result_award"),
        format!("/my/{code}/apply/{round}/result_award/R2-1"),
        format!("/cases/{other}"),
        format!("/cases/{other}/edit"),
        format!("/cases/{other}/edit/account"),
        format!("/cases/{other}/edit/check"),
        format!("/cases/{other}/withdraw"),
        format!("/cases/{other}/account"),
        format!("/cases/{other}/evidence/1/file"),
        "/cases/999999".to_owned(),
    ] {
        world.get(AGENT, &path).await.is(StatusCode::NOT_FOUND);
    }
    for path in [
        format!("/my/{code}/apply/{round}/result_award/R2-1"),
        format!("/cases/{other}/edit/account"),
        format!("/cases/{other}/edit/account/autosave"),
        format!("/cases/{other}/submit"),
        format!("/cases/{other}/withdraw"),
        format!("/cases/{other}/account"),
        format!("/cases/{other}/evidence/evidence-1/remove"),
    ] {
        world.post(AGENT, &path, &[("reason", "x"), ("agree", "yes"), ("holder", "x")]).await.is(StatusCode::NOT_FOUND);
    }
    let files = [("file", "a.pdf", PDF)];
    let path = format!("/cases/{other}/evidence/evidence-1");
    world.post_files(AGENT, &path, &[], &files).await.is(StatusCode::NOT_FOUND);
    world.get(AGENT, &format!("/cases?party={code}")).await.is(StatusCode::OK).says_not("R2-0");
    assert_eq!(stage(&world, other).await, Stage::Draft);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delegation_that_has_ended_hides_everything_at_once() {
    let world = world().await;
    let draft = world.cases.draft.0;
    world.get(AGENT, &format!("/cases/{draft}")).await.is(StatusCode::OK);
    let admin = world.actor(Who::Administrator).await;
    for delegation in world.store().delegations_of(Who::Agent.id()).await.expect("delegations") {
        world.store().revoke(&admin, &fresh(), delegation.id).await.expect("revoked");
    }
    world.get(AGENT, &format!("/cases/{draft}")).await.is(StatusCode::NOT_FOUND);
    world.get(AGENT, &format!("/my/{}", party(0))).await.is(StatusCode::NOT_FOUND);
    world.get(AGENT, "/cases").await.is(StatusCode::OK).says_not("R0-");
    world.get(AGENT, "/messages").await.is(StatusCode::OK).says("还没有消息");
    world.get(AGENT, "/my").await.is(StatusCode::OK).says("授权");
}

#[tokio::test(flavor = "multi_thread")]
async fn applying_opens_a_draft_once_and_warns_before_a_second() {
    let world = world().await;
    let path = format!("/my/{}/apply/{}/result_award/R0-15", party(0), world.round);
    let once = crate::once::Once::fresh().expect("randomness").to_string();
    let first = world.post_once(AGENT, &path, &once, &[]).await;
    let second = world.post_once(AGENT, &path, &once, &[]).await;
    assert_eq!((first.status, first.location()), (StatusCode::SEE_OTHER, second.location()));
    // What was submitted already is warned of before anything is begun.
    let taken = format!("/my/{}/apply/{}/result_award/R0-1", party(0), world.round);
    let answer = world.post(AGENT, &taken, &[]).await;
    answer.is(StatusCode::OK).says("已经申请过").says(&format!("/cases/{}", world.cases.submitted.0));
    let anyway = world.post(AGENT, &taken, &[("anyway", "yes")]).await;
    assert_eq!(anyway.status, StatusCode::SEE_OTHER);
    world.get(AGENT, &taken).await.is(StatusCode::OK).says("已经申请过");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_goes_from_step_to_step_with_gaps_and_is_sent_once() {
    let world = world().await;
    let id = world.cases.draft.0;
    let at = |step: &str| format!("/cases/{id}/edit/{step}");
    world.get(AGENT, &format!("/cases/{id}/edit")).await.leads_to(&at("known"));
    world
        .get(AGENT, &at("known"))
        .await
        .is(StatusCode::OK)
        .says("登记机关")
        .says("不对？")
        .says("第 1 步")
        .says("最多100,000元");
    world.post(AGENT, &at("known"), &[("go", "next")]).await.leads_to(&at("evidence-1"));
    // A gap is no error on the way.
    let evidence = format!("/cases/{id}/evidence/evidence-1");
    world.post_files(AGENT, &evidence, &[("go", "next")], &[]).await.leads_to(&at("more"));
    world
        .post_files(AGENT, &format!("/cases/{id}/evidence/more"), &[("go", "next")], &[])
        .await
        .leads_to(&at("account"));
    world.post(AGENT, &at("account"), &[("holder", "企业0"), ("go", "next")]).await.leads_to(&at("check"));
    let check = world.get(AGENT, &at("check")).await;
    check.is(StatusCode::OK).says("还缺 2 项").says("请上传证书").says("请填写收款账户").says("aria-disabled");
    world
        .post(AGENT, &format!("/cases/{id}/submit"), &[("agree", "yes"), ("what", "submit")])
        .await
        .is(StatusCode::UNPROCESSABLE_ENTITY);
    // Filled in, it goes.
    let fields = [("go", "next"), ("number", "Z-1"), ("issued_on", "2019-05-02")];
    world.post_files(AGENT, &evidence, &fields, &[("file", "证书.pdf", PDF)]).await.leads_to(&at("more"));
    let fields = [("holder", "企业0"), ("number", "6222 0000 0000 0002"), ("bank", "某银行"), ("go", "next")];
    world.post(AGENT, &at("account"), &fields).await.leads_to(&at("check"));
    world
        .get(AGENT, &at("check"))
        .await
        .is(StatusCode::OK)
        .says("**** 0002")
        .says("证书.pdf")
        .says_not("6222000000000002");
    let once = crate::once::Once::fresh().expect("randomness").to_string();
    let send = format!("/cases/{id}/submit");
    world.post_once(AGENT, &send, &once, &[("what", "submit")]).await.is(StatusCode::UNPROCESSABLE_ENTITY).says("勾选");
    for _ in 0..2 {
        let answer = world.post_once(AGENT, &send, &once, &[("agree", "yes"), ("what", "submit")]).await;
        answer.leads_to(&format!("/cases/{id}"));
    }
    let page = world.get(AGENT, &format!("/cases/{id}")).await;
    page.is(StatusCode::OK).says("试兑").says("窗口").says("个工作日").says("形式审查").says("谁在办");
    assert_eq!(stage(&world, id).await, Stage::Submitted);
    world.get(AGENT, &at("account")).await.leads_to(&format!("/cases/{id}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_typed_is_kept_as_it_is_typed() {
    let world = world().await;
    let id = world.cases.draft.0;
    let path = format!("/cases/{id}/edit/account/autosave");
    let answer = world.post(AGENT, &path, &[("holder", "企业0"), ("number", "62"), ("bank", "")]).await;
    answer.is(StatusCode::OK).says("\"saved\":true").says("\"errors\"").says("\"number\"").says("最多100,000元");
    assert_eq!(answer.headers["content-type"], "application/json; charset=utf-8");
    world.get(AGENT, &format!("/cases/{id}/edit/account")).await.is(StatusCode::OK).says("value=\"62\"");
    // Said in words beside the field once someone goes on, with everything kept.
    let fields = [("holder", "企业0"), ("number", "62"), ("bank", ""), ("go", "next")];
    let page = world.post(AGENT, &format!("/cases/{id}/edit/account"), &fields).await;
    page.is(StatusCode::UNPROCESSABLE_ENTITY).says("6 至 32 位").says("value=\"62\"");
    // To leave and to go back are always possible.
    for (go, to) in [("leave", format!("/cases/{id}")), ("back", format!("/cases/{id}/edit/more"))] {
        let fields = [("holder", "企业0"), ("number", "62"), ("bank", ""), ("go", go)];
        world.post(AGENT, &format!("/cases/{id}/edit/account"), &fields).await.leads_to(&to);
    }
    // Once it is sent nothing is kept any more, and a script is told so.
    let sent = format!("/cases/{}/edit/account/autosave", world.cases.submitted.0);
    world.post(AGENT, &sent, &[("holder", "别人")]).await.is(StatusCode::CONFLICT).says("\"saved\":false");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_registry_says_can_be_disputed_and_the_effect_is_shown_at_once() {
    let world = world().await;
    let id = world.cases.draft.0;
    let known = format!("/cases/{id}/edit/known");
    let page = world.get(AGENT, &known).await.text();
    // Of the two facts the measure reads, the second is whether the result is genuine.
    assert!(page.contains("name=\"d2\"") && page.contains("name=\"f2\""), "{page}");
    let incomplete = world.post(AGENT, &known, &[("d2", "yes"), ("f2", "false"), ("w2", ""), ("go", "next")]).await;
    incomplete.is(StatusCode::UNPROCESSABLE_ENTITY).says("请写明为什么");
    let fields = [("d2", "yes"), ("f2", "false"), ("w2", "<b>登记错了</b>"), ("go", "next")];
    world.post(AGENT, &known, &fields).await.leads_to(&format!("/cases/{id}/edit/evidence-1"));
    let page = world.get(AGENT, &known).await;
    page.is(StatusCode::OK)
        .says("异议核实后：")
        .says("不予支持")
        .says("最多100,000元")
        .says("&#60;b&#62;")
        .says_not("<b>登记");
    let wrong = world
        .post(AGENT, &known, &[("d1", "yes"), ("f1", "2019-13-40"), ("w1", "x"), ("d2", ""), ("go", "next")])
        .await;
    wrong.is(StatusCode::UNPROCESSABLE_ENTITY).says("2019-13-40");
    // Unticked, it is taken back.
    world.post(AGENT, &known, &[("go", "next")]).await.leads_to(&format!("/cases/{id}/edit/evidence-1"));
    let case = world.store().case(world.cases.draft).await.expect("the case");
    assert!(case.statements.is_empty(), "{:?}", case.statements);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_of_ones_own_is_asked_for_and_settles_the_result() {
    let world = world().await;
    let start = format!("/my/{}/apply/{}/result_award", party(0), world.round);
    world.get(AGENT, &start).await.is(StatusCode::OK).says("成果的编号");
    world.post(AGENT, &start, &[("basis", "")]).await.is(StatusCode::UNPROCESSABLE_ENTITY).says("请填写");
    let answer = world.post(AGENT, &start, &[("basis", "自填一项")]).await;
    let edit = answer.location().to_owned();
    let first = world.get(AGENT, &edit).await.location().to_owned();
    world.get(AGENT, &first).await.is(StatusCode::OK).says("登记里没有这一项").says("type=\"date\"");
    let saved = world.post(AGENT, &format!("{first}/autosave"), &[("f1", "2019年6月1日")]).await;
    saved.is(StatusCode::OK).says("属实");
    let second = world.post(AGENT, &first, &[("f1", "2019年6月1日"), ("go", "next")]).await.location().to_owned();
    let settled = world.post(AGENT, &format!("{second}/autosave"), &[("f2", "true")]).await;
    settled.is(StatusCode::OK).says("最多100,000元");
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_are_not_taken_say_why_and_those_that_are_need_not_be_chosen_again() {
    let world = world().await;
    let id = world.cases.draft.0;
    let path = format!("/cases/{id}/evidence/evidence-1");
    let script: &[u8] = b"<html><script>alert(1)</script></html>";
    let refused =
        world.post_files(AGENT, &path, &[("go", "next"), ("number", "Z-9")], &[("file", "照片.jpg", script)]).await;
    refused.is(StatusCode::UNPROCESSABLE_ENTITY).says("照片.jpg").says("没有收下").says("value=\"Z-9\"");
    let wrong_date = [("go", "next"), ("issued_on", "去年")];
    let kept = world.post_files(AGENT, &path, &wrong_date, &[("file", "证书.pdf", PDF)]).await;
    kept.is(StatusCode::UNPROCESSABLE_ENTITY).says("不用再选").says("证书.pdf");
    let page = kept.text();
    let sealed = page.split("name=\"kept\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("the seal");
    let sealed = sealed.replace("&#38;", "&").replace("&amp;", "&");
    let forged = sealed.replacen(&sealed[..4], "0000", 1);
    world
        .post_files(AGENT, &path, &[("go", "next"), ("kept", &forged), ("number", "Z")], &[])
        .await
        .is(StatusCode::UNPROCESSABLE_ENTITY);
    world.post_files(AGENT, &path, &[("go", "more"), ("kept", &sealed)], &[]).await;
    let case = world.store().case(world.cases.draft).await.expect("the case");
    assert_eq!(case.evidence.len(), 1);
    let file = world.get(AGENT, &format!("/cases/{id}/evidence/1/file")).await;
    file.is(StatusCode::OK);
    assert!(file.headers["content-disposition"].to_str().expect("ASCII").starts_with("attachment"));
    assert_eq!(file.bytes, PDF);
    world
        .post(AGENT, &format!("{path}/remove"), &[("piece", "1")])
        .await
        .leads_to(&format!("/cases/{id}/edit/evidence-1"));
    assert!(world.store().case(world.cases.draft).await.expect("the case").evidence.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_tells_all_defects_at_once_and_goes_back_where_it_was() {
    let world = world().await;
    let id = world.cases.correction.0;
    let page = world.get(AGENT, &format!("/cases/{id}")).await;
    page.is(StatusCode::OK)
        .says("证书看不清")
        .says(&format!("/cases/{id}/edit/evidence-1?from=check#file"))
        .says("去补正");
    world
        .get(AGENT, &format!("/cases/{id}/edit/evidence-1?from=check"))
        .await
        .is(StatusCode::OK)
        .says("需要补正：")
        .says("证书看不清");
    let path = format!("/cases/{id}/evidence/evidence-1?from=check");
    world
        .post_files(AGENT, &path, &[("go", "next")], &[("file", "清楚.pdf", PDF)])
        .await
        .leads_to(&format!("/cases/{id}/edit/check"));
    let send = [("agree", "yes"), ("what", "resubmit"), ("go", "send")];
    world.post(AGENT, &format!("/cases/{id}/submit"), &send).await.leads_to(&format!("/cases/{id}"));
    assert_eq!(stage(&world, id).await, Stage::Submitted);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_says_clause_and_both_sides_and_how_to_object() {
    let world = world().await;
    let page = world.get(AGENT, &format!("/cases/{}", world.cases.declined.0)).await;
    page.is(StatusCode::OK)
        .says("成果与主业无关")
        .says("行政复议")
        .says("六十日")
        .says("依据")
        .says("属实")
        .says("决定书");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_application_is_taken_back_after_a_look_and_only_then() {
    let world = world().await;
    let id = world.cases.in_notice.0;
    world
        .get(AGENT, &format!("/cases/{id}/withdraw"))
        .await
        .is(StatusCode::OK)
        .says("撤回不能恢复")
        .says("资金也会放掉");
    world.post(AGENT, &format!("/cases/{id}/withdraw"), &[("reason", " ")]).await.is(StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(stage(&world, id).await, Stage::InNotice);
    let once = crate::once::Once::fresh().expect("randomness").to_string();
    for _ in 0..2 {
        let answer = world.post_once(AGENT, &format!("/cases/{id}/withdraw"), &once, &[("reason", "不要了")]).await;
        answer.leads_to(&format!("/cases/{id}"));
    }
    assert_eq!(stage(&world, id).await, Stage::Withdrawn);
    world.get(AGENT, &format!("/cases/{id}")).await.is(StatusCode::OK).says("已撤回").says("不要了");
}

#[tokio::test(flavor = "multi_thread")]
async fn cases_are_listed_filtered_and_taken_along() {
    let world = world().await;
    let all = world.get(AGENT, "/cases").await;
    all.is(StatusCode::OK).says("成果奖励 R0-1").says("试兑").says("xlsx").says("还有");
    world.get(AGENT, "/cases?state=yours").await.is(StatusCode::OK).says("请您补正").says_not("已办结");
    let csv = world.get(AGENT, "/cases?format=csv").await;
    csv.is(StatusCode::OK).says("成果奖励 R0-1");
    // An official is led to the official's view of the same case.
    let id = world.cases.submitted.0;
    world.get(Some(Who::Intake), &format!("/cases/{id}")).await.leads_to(&format!("/work/cases/{id}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_say_what_to_do_and_count_as_read_once_seen() {
    let world = world().await;
    let agent = world.actor(Who::Agent).await;
    assert!(world.store().unread(&agent).await.expect("a number") > 0);
    let page = world.get(AGENT, "/messages").await;
    page.is(StatusCode::OK).says("未读").says("证书看不清").says("请在").says_not("13800000000").says_not("王某");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_payment_says_what_the_bank_said_and_takes_another_account() {
    let world = world().await;
    let id = world.cases.payable;
    let finance = world.actor(Who::Finance).await;
    let other = world.actor(Who::OtherFinance).await;
    let store = world.store();
    let batch = store
        .make_batch(&finance, &fresh(), crate::testing::FUND, crate::testing::YEAR, vec![id])
        .await
        .expect("a batch")
        .value;
    let seen = store.batch(batch).await.expect("the batch").seen();
    store.release(&finance, &fresh(), batch, seen).await.expect("the first release");
    store.release(&other, &fresh(), batch, seen).await.expect("the second release");
    let file = store.payment_file(&store.batch(batch).await.expect("the batch")).await.expect("its file");
    let refused = [(file.orders()[0].end_to_end_id.clone(), "账号户名不符".to_owned())];
    let results = duixian_bank::sample_results(&file, &refused, duixian_bank::ResultFormat::Csv);
    store.read_results(&finance, &fresh(), None, results.as_bytes()).await.expect("the bank's answer");
    let page = world.get(AGENT, &format!("/cases/{}", id.0)).await;
    page.is(StatusCode::OK).says("账号户名不符").says("更正收款账户");
    let path = format!("/cases/{}/account", id.0);
    world.get(AGENT, &path).await.is(StatusCode::OK).says("账号户名不符");
    let same = [("holder", "企业0"), ("number", "6222000000000002"), ("bank", "某银行"), ("bank_code", "102701000001")];
    world.post(AGENT, &path, &same).await.is(StatusCode::UNPROCESSABLE_ENTITY).says("退回的那个账户");
    let once = crate::once::Once::fresh().expect("randomness").to_string();
    let good = [("holder", "企业0"), ("number", "6222 0000 0000 0099"), ("bank", "某银行")];
    for _ in 0..2 {
        world.post_once(AGENT, &path, &once, &good).await.leads_to(&format!("/cases/{}", id.0));
    }
    assert_eq!(stage(&world, id.0).await, Stage::Payable);
    let nothing = world.store().ask(&world.actor(Who::OtherAgent).await, &fresh(), id, Ask::Resubmit).await;
    assert!(nothing.is_err());
}
