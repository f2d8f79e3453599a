mod accounts;
mod afterwards;
mod forms;
mod late;
mod reported;
mod rounds;
mod together;
mod uploads;
mod views;

use std::collections::BTreeMap;

use axum::http::StatusCode;
use duixian_casework::command::IfShort;
use duixian_casework::stage::Stage;
use duixian_money::Fen;
use duixian_store::cases::{Ask, NewCase};

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

/// The version of a case, as its page of checking has it in its form.
async fn version(world: &World, id: i64) -> String {
    world.store().case(duixian_casework::case::CaseId(id)).await.expect("the case").version.to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_party_is_gone_straight_to_and_several_are_chosen_from() {
    let world = world().await;
    world.get(AGENT, "/my").await.is(StatusCode::OK).says("为哪家单位办事").says(&party(0)).says(&party(1));
    // Where something is to be done is marked, and any can be searched for by name or code.
    world.get(AGENT, "/my").await.says("待补正").says("草稿");
    // And so is what could be applied for, with what it comes to.
    world.get(AGENT, "/my").await.says("可申请 40 项，最多4,000,000元");
    let listed = |place: usize| format!("<span class=\"code\">{}</span>", party(place));
    world.get(AGENT, "/my?q=企业1").await.is(StatusCode::OK).says(&listed(1)).says_not(&listed(0));
    world.get(AGENT, &format!("/my?q={}", party(0))).await.says(&listed(0)).says_not(&listed(1));
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
    let hidden = world.get(AGENT, &format!("/cases/{draft}")).await;
    hidden.is(StatusCode::NOT_FOUND).says("结束以后填的没有保存").says_not("这一次填的");
    world.get(AGENT, &format!("/my/{}", party(0))).await.is(StatusCode::NOT_FOUND);
    world.get(AGENT, "/cases").await.is(StatusCode::OK).says_not("R0-");
    world.get(AGENT, "/messages").await.is(StatusCode::OK).says("您现在不代任何单位办事");
    // Whoever was filling it in is told why nothing is kept, and not that the address is wrong.
    let typed = world.post(AGENT, &format!("/cases/{draft}/edit/account"), &[("number", "6222")]).await;
    typed.is(StatusCode::NOT_FOUND).says("经办授权已于").says("没有保存").says_not("网址可能抄错");
    world.get(OTHER, &format!("/cases/{draft}")).await.is(StatusCode::NOT_FOUND).says("网址可能抄错");
    // Who acted for them is told why they are gone, and since when.
    let name = world.store().party(&party(0)).await.expect("a party").expect("it is known").name;
    world.get(AGENT, "/my").await.is(StatusCode::OK).says("授权").says(&format!("{name}的经办授权已于"));
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
    // A name that no application can have is refused before anyone begins.
    for name in ["R0-15%E2%80%AE".to_owned(), "R".repeat(3000)] {
        let refused = world.get(AGENT, &format!("/my/{}/apply/{}/result_award/{name}", party(0), world.round)).await;
        refused.leads_to(&format!("/my/{}", party(0)));
        let told = refused.cookie("flash").expect("a message");
        let mut told = form_urlencoded::parse(told.as_bytes());
        assert!(told.any(|(key, zh)| key == "zh" && zh.contains("编号")), "{name}");
    }
    // Another party's number stays where it was typed, with what is wrong beside it.
    let reported = format!("/my/{}/apply/{}/result_award", party(0), world.round);
    let others = world.post(AGENT, &reported, &[("basis", "R1-0")]).await;
    others.is(StatusCode::UNPROCESSABLE_ENTITY).says("value=\"R1-0\"").says("id=\"basis-error\"");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_taken_back_elsewhere_is_not_asked_about_again() {
    let world = world().await;
    let id = world.cases.submitted.0;
    let path = format!("/cases/{id}/withdraw");
    for reason in ["不要了", "不要了，另一个页面", ""] {
        world.post(AGENT, &path, &[("reason", reason)]).await.leads_to(&format!("/cases/{id}"));
    }
    let draft = world.cases.draft.0;
    for _ in 0..2 {
        world.post(AGENT, &format!("/cases/{draft}/withdraw"), &[]).await.leads_to(&format!("/cases/{draft}"));
    }
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
        .post(
            AGENT,
            &format!("/cases/{id}/submit"),
            &[("agree", "yes"), ("what", "submit"), ("version", &version(&world, id).await)],
        )
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
        // Who has typed the number reads it whole once more.
        .says("6222 0000 0000 0002")
        .says("证书.pdf")
        .says_not("户名“");
    let once = crate::once::Once::fresh().expect("randomness").to_string();
    let send = format!("/cases/{id}/submit");
    let seen = version(&world, id).await;
    let unsure = [("what", "submit"), ("version", &*seen)];
    world.post_once(AGENT, &send, &once, &unsure).await.is(StatusCode::UNPROCESSABLE_ENTITY).says("勾选");
    for _ in 0..2 {
        let answer = world.post_once(AGENT, &send, &once, &[&unsure[..], &[("agree", "yes")]].concat()).await;
        answer.leads_to(&format!("/cases/{id}"));
    }
    let page = world.get(AGENT, &format!("/cases/{id}")).await;
    page.is(StatusCode::OK).says("试兑").says("窗口").says("个工作日").says("形式审查").says("谁在办");
    assert_eq!(stage(&world, id).await, Stage::Submitted);
    world.get(AGENT, &at("account")).await.leads_to(&format!("/cases/{id}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_changed_after_the_check_page_was_opened_is_not_sent_unseen() {
    let world = world().await;
    let id = world.cases.draft.0;
    let (check, send) = (format!("/cases/{id}/edit/check"), format!("/cases/{id}/submit"));
    let file = [("file", "证书.pdf", PDF)];
    world.post_files(AGENT, &format!("/cases/{id}/evidence/evidence-1"), &[("go", "next")], &file).await;
    let account = async |number: &str| {
        let fields = [("holder", "企业0"), ("number", number), ("bank", "某银行"), ("go", "next")];
        world.typed(&format!("/cases/{id}/edit/account"), &fields).await.is(StatusCode::SEE_OTHER);
    };
    account("6222000000000002").await;
    let seen = version(&world, id).await;
    world.get(AGENT, &check).await.says(&format!("name=\"version\" value=\"{seen}\""));
    account("6222999999999999").await;
    let sent = [("agree", "yes"), ("what", "submit"), ("version", &*seen)];
    let answer = world.post(AGENT, &send, &sent).await;
    answer.is(StatusCode::CONFLICT).says("没有提交").says("6222 9999 9999 9999").says_not(" checked");
    assert_eq!(stage(&world, id).await, Stage::Draft);
    world.post(AGENT, &format!("{send}?lang=en"), &sent).await.is(StatusCode::CONFLICT).says("Not sent");
    world.post(AGENT, &send, &sent[..2]).await.is(StatusCode::BAD_REQUEST);
    let now = version(&world, id).await;
    answer.says(&format!("name=\"version\" value=\"{now}\""));
    world.post(AGENT, &send, &[sent[0], sent[1], ("version", &now)]).await.leads_to(&format!("/cases/{id}"));
    assert_eq!(stage(&world, id).await, Stage::Submitted);
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
    let page = world.typed(&format!("/cases/{id}/edit/account"), &fields).await;
    page.is(StatusCode::UNPROCESSABLE_ENTITY).says("6 至 32 位").says("value=\"62\"");
    // To leave and to go back are always possible.
    for (go, to) in [("leave", format!("/cases/{id}")), ("back", format!("/cases/{id}/edit/more"))] {
        let fields = [("holder", "企业0"), ("number", "62"), ("bank", ""), ("go", go)];
        world.typed(&format!("/cases/{id}/edit/account"), &fields).await.leads_to(&to);
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
    assert!(page.contains("name=\"w2\"") && page.contains("name=\"f2\""), "{page}");
    // What is typed disputes, without anything to tick: it is never lost without a word.
    let incomplete = world.typed(&known, &[("f2", "false"), ("w2", ""), ("go", "next")]).await;
    incomplete.is(StatusCode::UNPROCESSABLE_ENTITY).says("请写明为什么");
    let incomplete = world.typed(&known, &[("w2", "登记错了"), ("go", "next")]).await;
    incomplete.is(StatusCode::UNPROCESSABLE_ENTITY).says("请写明应当是什么").says("登记错了");
    let fields = [("f2", "false"), ("w2", "<b>登记错了</b>"), ("go", "next")];
    world.typed(&known, &fields).await.leads_to(&format!("/cases/{id}/edit/evidence-1"));
    let page = world.get(AGENT, &known).await;
    page.is(StatusCode::OK)
        .says("异议核实后：")
        .says("不予支持")
        .says("最多100,000元")
        .says("&#60;b&#62;")
        .says_not("<b>登记");
    let wrong = world.typed(&known, &[("f1", "2019-13-40"), ("w1", "x"), ("go", "next")]).await;
    wrong.is(StatusCode::UNPROCESSABLE_ENTITY).says("2019-13-40");
    // It is taken back by the box, since a choice cannot be emptied, or by emptying what was typed.
    let back = [("f2", "false"), ("w2", "登记错了"), ("r2", "yes"), ("f1", ""), ("w1", " "), ("go", "next")];
    world.typed(&known, &back).await.leads_to(&format!("/cases/{id}/edit/evidence-1"));
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
    world.get(AGENT, &first).await.is(StatusCode::OK).says("登记里没有这一条").says("type=\"date\"");
    let saved = world.typed(&format!("{first}/autosave"), &[("f1", "2019年6月1日")]).await;
    saved.is(StatusCode::OK).says("属实");
    let both = [("f1", "2019年6月1日"), ("f2", "true")];
    let settled = world.typed(&format!("{first}/autosave"), &both).await;
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
    refused.is(StatusCode::UNPROCESSABLE_ENTITY).says("“照片.jpg”打不开：内容不是 JPG 照片").says("value=\"Z-9\"");
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
async fn a_torn_file_is_told_for_what_it_is_and_headings_leave_no_level_out() {
    let world = world().await;
    let id = world.cases.draft.0;
    let path = format!("/cases/{id}/evidence/evidence-1");
    let torn = [("file", "坏.docx", &b"torn"[..])];
    let refused = world.post_files(AGENT, &path, &[("go", "next")], &torn).await;
    refused.is(StatusCode::UNPROCESSABLE_ENTITY).says("“坏.docx”打不开：内容不是 Word 文件").says_not("只接收");
    let page = world.get(AGENT, &format!("/cases/{id}/edit/check")).await;
    let text = page.is(StatusCode::OK).text();
    let levels: Vec<u32> = text.split("<h").filter_map(|rest| rest.chars().next()?.to_digit(10)).collect();
    assert!(levels.contains(&3), "the reasons have headings: {levels:?}");
    assert!(levels.windows(2).all(|two| two[1] <= two[0] + 1), "{levels:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_of_another_is_warned_of_where_it_is_typed_and_where_it_is_sent() {
    let world = world().await;
    let id = world.cases.draft.0;
    let account = format!("/cases/{id}/edit/account");
    let fields = [("holder", "企业0"), ("number", "6222000000000002"), ("bank", "某银行"), ("go", "next")];
    world.typed(&format!("{account}/autosave"), &fields).await.is(StatusCode::OK).says_not("不一致");
    let other = [("holder", "别的公司"), ("number", "6222000000000002"), ("bank", "某银行"), ("go", "next")];
    let typed = world.typed(&format!("{account}/autosave"), &other).await;
    let warning = "户名“别的公司”与单位名称“企业0”不一致。可以这样提交";
    typed.is(StatusCode::OK).says(warning);
    for path in [account.clone(), format!("/cases/{id}/edit/check")] {
        world.get(AGENT, &path).await.is(StatusCode::OK).says(warning);
    }
    let together = format!("/my/{}/together/{}/instant_award", party(0), world.round);
    let draft = world.store().case(world.cases.draft).await.expect("the case").subject.measure;
    let together = together.replace("instant_award", &draft);
    for part in ["account", "check"] {
        world.get(AGENT, &format!("{together}/{part}")).await.is(StatusCode::OK).says("不一致。可以这样提交");
    }
}

/// Has all that the fund has free decided away.
async fn spend_all(world: &World) {
    let store = world.store();
    let (agent, intake) = (world.actor(Who::Agent).await, world.actor(Who::Intake).await);
    let decider = world.actor(Who::DecisionMaker).await;
    let account = store.case(world.cases.submitted).await.expect("the case").account;
    for result in 10.. {
        let free = store.position(crate::testing::FUND, crate::testing::YEAR).await.expect("the fund").free;
        if free == Fen(0) {
            return;
        }
        let new = NewCase {
            round: world.round,
            party: party(0),
            measure: "instant_award".to_owned(),
            basis: format!("R0-{result}"),
        };
        let id = store.open_draft(&agent, &fresh(), new).await.expect("a draft").value.id;
        let decide = Ask::Decide {
            amount: free.min(Fen::yuan(100_000)),
            reason: "按规定".to_owned(),
            conditions: Vec::new(),
            priority: 1,
            if_short: IfShort::Refuse,
        };
        for (actor, ask) in [
            (&agent, Ask::Save { statements: BTreeMap::new(), account: account.clone() }),
            (&agent, Ask::Submit),
            (&intake, Ask::Accept),
            (&decider, decide),
        ] {
            store.ask(actor, &fresh(), id, ask).await.expect("it is done");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_fund_is_said_before_anyone_applies() {
    let world = world().await;
    spend_all(&world).await;
    let overview = world.get(AGENT, &format!("/my/{}", party(0))).await;
    overview
        .is(StatusCode::OK)
        .says("试验资金已用完，审定后轮候")
        .says("资金没有剩余或者不够，审定后轮候</p>")
        .says_not("0.00万元");
    let draft = world.cases.draft.0;
    for step in ["known", "check"] {
        let page = world.get(AGENT, &format!("/cases/{draft}/edit/{step}")).await;
        page.is(StatusCode::OK).says("试验资金已用完，审定后轮候");
    }
    // Where nothing is due, nothing is short: one that is not genuine, and one of another year.
    for (basis, day, genuine) in [("R0-98", "2019-05-01", "false"), ("R0-97", "2017-05-01", "true")] {
        let path = format!("/my/{}/apply/{}/result_award/{basis}", party(0), world.round);
        let begun = world.post(AGENT, &path, &[]).await.location().trim_end_matches("/edit").to_owned();
        world.typed(&format!("{begun}/edit/row-1"), &[("f1", day), ("f2", genuine), ("go", "next")]).await;
        let page = world.get(AGENT, &format!("{begun}/edit/check")).await;
        page.is(StatusCode::OK).says("书面决定").says_not("试验资金已用完");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn money_that_others_wait_for_is_not_offered_to_who_applies() {
    let world = world().await;
    let (store, decider) = (world.store(), world.actor(Who::DecisionMaker).await);
    spend_all(&world).await;
    let queued = Ask::Decide {
        amount: Fen::yuan(90_000),
        reason: "按规定".to_owned(),
        conditions: Vec::new(),
        priority: 1,
        if_short: IfShort::Queue,
    };
    store.ask(&decider, &fresh(), world.cases.reviewed, queued).await.expect("it waits");
    let more = async |yuan| {
        let (fund, year) = (crate::testing::FUND, crate::testing::YEAR);
        store
            .appropriate(&duixian_casework::people::Actor::System, &fresh(), fund, year, Fen::yuan(yuan), "追加")
            .await
            .expect("money");
    };
    let party = party(0);
    let (first, apply) = (format!("/my/{party}"), format!("/my/{party}/apply/{}/result_award/R0-15", world.round));
    let check = format!("/cases/{}/edit/check", world.cases.draft.0);
    // What came would do for a new decision, and is not for it.
    more(90_000).await;
    for page in [&first, &apply, &check] {
        world.get(AGENT, page).await.is(StatusCode::OK).says("试验资金先给已在轮候的，之后没有剩余；再审定的排在后面");
    }
    more(40_000).await;
    world.get(AGENT, &first).await.says("试验资金还剩4.00万元（已扣除轮候的9.00万元）").says_not("13.00万元");
    for page in [&apply, &check] {
        world.get(AGENT, page).await.is(StatusCode::OK).says_not("之后没有剩余");
    }
    world
        .get(AGENT, &format!("{first}?lang=en"))
        .await
        .says("CNY 40,000 (CNY 90,000 that others wait for is taken off) left");
}

#[tokio::test]
async fn what_was_granted_is_not_offered_again() {
    let world = World::new().await;
    let paid = world.store().case(world.cases.paid).await.expect("the case");
    let number = paid.number.expect("a number");
    let path = format!("/my/{}/apply/{}/instant_award/R0-7", crate::testing::party(0), world.round);
    let page = world.get(AGENT, &path).await;
    page.is(StatusCode::OK).says("这一项已经获得支持，不能再申请").says(&number).says_not("仍要再填一份");
    page.says_not("开始填写").says_not("按登记：");
    let sent = world.post(AGENT, &path, &[("anyway", "yes")]).await;
    sent.says("这一项已经获得支持，不能再申请");
    let filter = duixian_store::cases::CaseFilter { text: Some("R0-7".to_owned()), ..Default::default() };
    let agent = world.actor(Who::Agent).await;
    assert_eq!(world.store().cases(&agent, &filter).await.expect("a list").total, 1);
}
