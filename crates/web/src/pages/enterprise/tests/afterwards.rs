//! After an application was sent: corrections, letters, messages, refusals, payments that come back.

use axum::http::StatusCode;
use duixian_casework::case::{Defect, DefectAbout};
use duixian_casework::command::IfShort;
use duixian_casework::people::Actor;
use duixian_casework::stage::Stage;
use duixian_money::Fen;
use duixian_store::cases::Ask;

use super::{AGENT, OTHER, PDF, stage, version, world};
use crate::testing::{Who, World, evidence, fresh, party};

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_tells_all_defects_at_once_and_goes_back_where_it_was() {
    let world = World::new().await;
    let id = world.cases.correction.0;
    let page = world.get(AGENT, &format!("/cases/{id}")).await;
    page.is(StatusCode::OK)
        .says("证书看不清")
        .says(&format!("/cases/{id}/edit/evidence-1?from=check#file"))
        .says("去补正");
    let check = format!("/cases/{id}/edit/check");
    let page = world.get(AGENT, &check).await;
    page.is(StatusCode::OK).says("未改").says("一处都还没有改").says_not("已改");
    // What is written to what was asked outlives a look at what is to be mended.
    page.says(" data-keep-leaving").says("/static/keep.js?v=").says("<noscript> 改好再写");
    world
        .get(AGENT, &format!("/cases/{id}/edit/evidence-1?from=check"))
        .await
        .is(StatusCode::OK)
        .says("需要补正：")
        .says("证书看不清");
    let path = format!("/cases/{id}/evidence/evidence-1?from=check");
    let old = world.store().case(world.cases.correction).await.expect("the case").evidence[0].id.to_string();
    let step = world.get(AGENT, &format!("/cases/{id}/edit/evidence-1?from=check")).await;
    step.says(&format!("name=\"replaces\" value=\"{old}\" checked"));
    world
        .post_files(AGENT, &path, &[("go", "next"), ("replaces", &old)], &[("file", "清楚.pdf", PDF)])
        .await
        .leads_to(&format!("/cases/{id}/edit/check"));
    world.get(AGENT, &check).await.is(StatusCode::OK).says("已改").says_not("未改").says_not("还没有改");
    let seen = version(&world, id).await;
    let send = [("agree", "yes"), ("what", "resubmit"), ("go", "send"), ("version", &*seen)];
    // The old page of a correction is not sent either.
    let before = (seen.parse::<u64>().expect("a version") - 1).to_string();
    let old = [send[0], send[1], send[2], ("version", &*before)];
    world.post(AGENT, &format!("/cases/{id}/submit"), &old).await.is(StatusCode::CONFLICT).says("没有提交");
    world.post(AGENT, &format!("/cases/{id}/submit"), &send).await.leads_to(&format!("/cases/{id}"));
    assert_eq!(stage(&world, id).await, Stage::Submitted);
    // The old one no longer counts, and the record says so.
    let case = world.store().case(world.cases.correction).await.expect("the case");
    assert_eq!(case.evidence.iter().map(|piece| piece.kind.as_str()).collect::<Vec<_>>(), ["证书"]);
    world.get(AGENT, &format!("/cases/{id}")).await.says("原来的材料已被替换").says("佐证“证书”：");
    let receipt = world.get(AGENT, &format!("/cases/{id}/documents/submission")).await;
    receipt.is(StatusCode::OK).says("证书（Z1）").says_not("清楚.pdf");
    world.get(AGENT, "/messages").await.is(StatusCode::OK).says("佐证“证书”：");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_said_to_a_correction_stands_beside_what_was_asked() {
    let world = World::new().await;
    let id = world.cases.correction;
    let check = world.get(AGENT, &format!("/cases/{}/edit/check", id.0)).await;
    check.is(StatusCode::OK).says("对第1处的说明（佐证“证书”：证书看不清）").says("name=\"answer-0\"");
    let seen = version(&world, id.0).await;
    let said = [("answer-0", "原件就是这样印的，可到窗口核对。"), ("agree", "yes"), ("what", "resubmit")];
    let fields = [&said[..], &[("go", "send"), ("version", &*seen)]].concat();
    world.post(AGENT, &format!("/cases/{}/submit", id.0), &fields).await.leads_to(&format!("/cases/{}", id.0));
    let page = world.get(Some(Who::Intake), &format!("/work/cases/{}", id.0)).await;
    page.is(StatusCode::OK).says("未改").says("企业说明：原件就是这样印的，可到窗口核对。");
    world.get(AGENT, &format!("/cases/{}", id.0)).await.says("您的说明：1. 原件就是这样印的");
    world.get(Some(Who::Intake), &format!("/work/cases/{}?lang=en", id.0)).await.says("The applicant says: 原件");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_rules_do_not_name_is_named_by_who_hands_it_in() {
    let world = world().await;
    let id = world.cases.draft;
    let path = format!("/cases/{}/evidence/more", id.0);
    world.get(AGENT, &format!("/cases/{}/edit/more", id.0)).await.is(StatusCode::OK).says("材料名称");
    let files: [(&str, &str, &[u8]); 1] = [("file", "合同.pdf", PDF)];
    let wrong = world.post_files(AGENT, &path, &[("go", "next")], &files).await;
    wrong.is(StatusCode::UNPROCESSABLE_ENTITY).says("请写明是什么材料").says("还没有存进申请");
    let done = world.post_files(AGENT, &path, &[("go", "next"), ("name", "证书")], &files).await;
    done.is(StatusCode::SEE_OTHER);
    let case = world.store().case(id).await.expect("the case");
    let kinds: Vec<&str> = case.evidence.iter().map(|piece| piece.kind.as_str()).collect();
    assert!(kinds.contains(&"其他证明材料：证书") && !kinds.contains(&"其他证明材料"), "{kinds:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_says_clause_and_both_sides_and_how_to_object() {
    let world = World::new().await;
    let page = world.get(AGENT, &format!("/cases/{}", world.cases.declined.0)).await;
    page.is(StatusCode::OK)
        .says("成果与主业无关")
        .says("行政复议")
        .says("六十日")
        .says("决定书")
        .says("主管部门写明的理由")
        .says("现在可以做什么")
        .says("可以再次申请：“2019年度第一批”受理到")
        .says(&format!("/apply/{}/instant_award/R0-8\">再次申请", world.round));
    let again = format!("/my/{}/apply/{}/instant_award/R0-8", party(0), world.round);
    world.get(AGENT, &again).await.is(StatusCode::OK).says("R0-8");
    // Conditions that are all met explain nothing.
    page.says_not("供参考").says_not("<li class=\"yes\">").says_not("按规则没有达到的");
    // The letter is what is come for; the receipt stands after it.
    let letter = format!("href=\"/cases/{}/documents/decision\">看决定书", world.cases.declined.0);
    let text = page.says(&letter).text();
    assert!(text.find(&letter) < text.find("打印回执"), "{text}");
    // The letter names the same remedies until the same day, and no way that there is not.
    let page = page.text();
    let until = page.split("可以在 <strong>").nth(1).and_then(|rest| rest.split('<').next()).expect("a day");
    let letter = world.get(AGENT, &format!("/cases/{}/documents/decision", world.cases.declined.0)).await;
    letter.is(StatusCode::OK).says("行政复议").says(until).says_not("供参考").says_not("在线提出");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_refused_is_no_part_of_what_can_be_expected() {
    let world = world().await;
    let page = world.get(AGENT, &format!("/my/{}", party(0))).await;
    page.is(StatusCode::OK).says("已办过、未获支持或终止拨付").says("成果与主业无关").says("再次申请");
    let text = page.text();
    let begin = format!("action=\"/my/{}/apply/{}/instant_award/R0-8\"", party(0), world.round);
    let (can, refused) = (text.find("id=\"can\"").expect("some"), text.find("id=\"refused\"").expect("some"));
    assert!(can < refused && !text[can..refused].contains(&begin) && text[refused..].contains(&begin), "{text}");
    assert!(!text[..refused].contains("不予支持"), "it stands in one place alone");
    // Nor is it among those that go together.
    let together = format!("/my/{}/together/{}/instant_award", party(0), world.round);
    world.get(AGENT, &together).await.is(StatusCode::OK).says_not("value=\"R0-8\"").says("value=\"R0-10\"");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_for_what_was_found_untrue_says_so_first() {
    let world = World::new().await;
    let id = world.cases.in_review;
    let finding = Ask::FindEvidence { id: 1, holds: false, note: "证书编号查无此证".to_owned() };
    let decline = duixian_casework::case::Recommendation::Decline;
    for (who, ask) in [
        (Who::Reviewer, finding),
        (Who::Reviewer, Ask::Review { recommends: decline, opinion: "证书不实".to_owned() }),
        (Who::DecisionMaker, Ask::Decline { reason: "证书不属实".to_owned() }),
    ] {
        world.store().ask(&world.actor(who).await, &fresh(), id, ask).await.expect("it is done");
    }
    let page = world.get(AGENT, &format!("/cases/{}", id.0)).await;
    page.says_not("<li class=\"yes\">");
    let page = page.text();
    let (untrue, then) = (page.find("证书编号查无此证"), page.find("现在可以做什么"));
    assert!(untrue.is_some() && untrue < then, "{page}");
    let letter = world.get(AGENT, &format!("/cases/{}/documents/decision", id.0)).await;
    letter.is(StatusCode::OK).says("不属实：证书编号查无此证").says("不符合");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_says_what_was_handed_in_and_what_comes_next() {
    let world = World::new().await;
    let id = world.cases.submitted.0;
    world.get(AGENT, &format!("/cases/{id}")).await.says(&format!("/cases/{id}/documents/submission"));
    let receipt = world.get(AGENT, &format!("/cases/{id}/documents/submission")).await;
    receipt
        .is(StatusCode::OK)
        .says("<h1>回执</h1>")
        .says("试兑收")
        .says("证书（Z1）")
        .says("窗口")
        .says("决定是否受理");
    receipt.says_not("6222000000000002");
    let draft = world.cases.draft.0;
    world.get(AGENT, &format!("/cases/{draft}/documents/submission")).await.is(StatusCode::NOT_FOUND);
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
    // What waits for the applicant stands first, whatever changed last.
    let text = all.text();
    let at = |href: String| text.find(&format!("href=\"{href}\"")).expect("the case is listed");
    let draft = at(format!("/cases/{}/edit", world.cases.draft.0));
    assert!(at(format!("/cases/{}", world.cases.correction.0)) < draft, "what was sent back comes before drafts");
    assert!(draft < at(format!("/cases/{}", world.cases.declined.0)), "drafts come before what is over");
    // An official is led to the official's view of the same case.
    let id = world.cases.submitted.0;
    world.get(Some(Who::Intake), &format!("/cases/{id}")).await.leads_to(&format!("/work/cases/{id}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_say_what_to_do_and_count_as_read_once_opened() {
    let world = world().await;
    let agent = world.actor(Who::Agent).await;
    let before = world.store().unread(&agent).await.expect("a number");
    assert!(before > 0);
    let page = world.get(AGENT, "/messages").await;
    page.is(StatusCode::OK).says("未读").says("证书看不清").says("请在").says_not("13800000000").says_not("王某");
    assert_eq!(world.store().unread(&agent).await.expect("a number"), before, "to look at the list opens none");
    // What asks for something stands alone, and leads to its case once opened.
    let page = world.get(AGENT, "/messages?show=todo").await;
    page.is(StatusCode::OK).says("证书看不清").says_not("申请已收到");
    let text = page.text();
    let href = text.split("href=\"/messages/").nth(1).and_then(|rest| rest.split('"').next()).expect("a message");
    let open = format!("/messages/{href}");
    world.get(OTHER, &open).await.is(StatusCode::NOT_FOUND);
    world.get(AGENT, &open).await.leads_to(&format!("/cases/{}", world.cases.correction.0));
    assert_eq!(world.store().unread(&agent).await.expect("a number"), before - 1);
    world.get(AGENT, "/cases").await.says("条未读");
    world.post(AGENT, "/messages/read", &[]).await.leads_to("/messages");
    assert_eq!(world.store().unread(&agent).await.expect("a number"), 0);
    world.get(AGENT, "/messages?show=unread").await.is(StatusCode::OK).says("这里没有消息").says_not("条未读");
    // Read or not, what is to be done stays to be done.
    world.get(AGENT, "/messages?show=todo").await.is(StatusCode::OK).says("证书看不清");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_objection_that_was_upheld_is_told_from_one_that_was_not() {
    for (upheld, words) in [(true, "异议成立，退回审核，预留资金已释放"), (false, "异议不成立，公示继续")]
    {
        let world = world().await;
        let who = world.actor(if upheld { Who::OtherDecisionMaker } else { Who::Intake }).await;
        let answer = Ask::AnswerObjection { id: 1, upheld, text: "已核实".to_owned() };
        world.store().ask(&who, &fresh(), world.cases.objected, answer).await.expect("it is answered");
        world.get(AGENT, "/messages").await.is(StatusCode::OK).says(words).says_not("异议已答复");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_objection_asks_for_a_reply_until_there_is_one() {
    let world = world().await;
    let reply = format!("/cases/{}/reply", world.cases.objected.0);
    let to_do = world.get(AGENT, "/messages?show=todo").await;
    let text = to_do.is(StatusCode::OK).says("公示期间有人提出异议").says(">陈述意见</a>").text();
    let letter = text.split("公示期间有人提出异议").next().and_then(|text| text.rsplit("href=\"").next());
    let letter = letter.and_then(|text| text.split('"').next()).expect("its link").to_owned();
    world.get(AGENT, &letter).await.leads_to(&reply);
    // What is typed there outlives a session that has ended.
    world.get(AGENT, &reply).await.says("第 1 项异议：").says(&format!(" {reply}\"")).says("/static/keep.js?v=");
    // It waits for the applicant until then, in every list of what does.
    let number = world.store().case(world.cases.objected).await.expect("the case").number.expect("a number");
    world.get(AGENT, "/cases?state=yours").await.is(StatusCode::OK).says(&number);
    world.post(AGENT, &reply, &[("text", "成果是自己的")]).await.is(StatusCode::SEE_OTHER);
    world.get(AGENT, "/cases?state=yours").await.is(StatusCode::OK).says_not(&number);
    world.get(AGENT, "/messages?show=todo").await.is(StatusCode::OK).says_not("公示期间有人提出异议");
    // What is answered can't be replied to any more: the message leads to the case.
    let answer = Ask::AnswerObjection { id: 1, upheld: false, text: "已核实".to_owned() };
    let intake = world.actor(Who::Intake).await;
    world.store().ask(&intake, &fresh(), world.cases.objected, answer).await.expect("it is answered");
    world.get(AGENT, &letter).await.leads_to(&format!("/cases/{}", world.cases.objected.0));
    world.get(AGENT, "/messages").await.says("公示期间有人提出异议").says_not(">陈述意见</a>");
}

#[tokio::test(flavor = "multi_thread")]
async fn several_objections_to_one_case_are_one_thing_to_do_that_says_how_many_they_are() {
    let world = world().await;
    let (name, contact, grounds) = ("李某".to_owned(), "13900000000".to_owned(), "证书已经过期".to_owned());
    let object = Ask::Object { name, contact, grounds };
    world.store().ask(&Actor::Public, &fresh(), world.cases.objected, object).await.expect("an objection");
    world.get(AGENT, "/messages?show=todo").await.says("证书已经过期").says("公示期间有人提出异议（共2项）");
    world.get(AGENT, "/messages?show=todo&lang=en").await.says("Objected to (2 in all)");
    world.get(AGENT, "/messages").await.is(StatusCode::OK).says("证书已经过期").says_not("（共2项）");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_is_the_applications_until_it_is_accepted_and_the_cases_from_then_on() {
    let world = World::new().await;
    let cases = world.cases;
    for (id, is_accepted) in
        [(cases.submitted, false), (cases.correction, false), (cases.in_review, true), (cases.declined, true)]
    {
        let page = world.get(AGENT, &format!("/cases/{}", id.0)).await;
        let (label, other) = if is_accepted { ("受理号", "申请编号") } else { ("申请编号", "受理号") };
        page.is(StatusCode::OK).says(&format!("{label} <strong")).says_not(&format!("{other} <strong"));
        page.says("申请编号 试兑");
    }
    // What was accepted keeps its number's name when it is withdrawn; what never was has none to keep.
    for (id, label) in [(cases.reviewed, "受理号"), (cases.submitted, "申请编号")] {
        let withdraw = Ask::Withdraw { reason: "不再需要".to_owned() };
        world.store().ask(&world.actor(Who::Agent).await, &fresh(), id, withdraw).await.expect("it is withdrawn");
        world.get(AGENT, &format!("/cases/{}", id.0)).await.is(StatusCode::OK).says(&format!("{label} <strong"));
    }
    let receipt = |kind: &str| format!("/cases/{}/documents/{kind}", cases.in_review.0);
    world
        .get(AGENT, &receipt("submission"))
        .await
        .is(StatusCode::OK)
        .says("申请编号为<span class=\"whole\">试兑")
        .says_not("受理号");
    world.get(AGENT, &receipt("receipt")).await.is(StatusCode::OK).says("现予受理，受理号为<span class=\"whole\">试兑");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_asks_by_the_day_of_now() {
    let world = World::new().await;
    let id = world.cases.correction;
    let store = world.store();
    let due = async || store.case(id).await.expect("the case").due.expect("a deadline");
    let by = |day| format!("请在{}前（含当天）办好", crate::format::date(crate::locale::Lang::Zh, day));
    let was = due().await;
    world.get(AGENT, "/messages?show=todo").await.is(StatusCode::OK).says(&by(was));
    let day = duixian_casework::calendar::Day {
        date: was,
        kind: duixian_casework::calendar::DayKind::Off,
        name: "临时放假".to_owned(),
    };
    let admin = world.actor(Who::Administrator).await;
    store.set_day(&admin, &fresh(), day).await.expect("the calendar is changed");
    let moved = due().await;
    assert!(moved > was);
    for page in ["/messages?show=todo", "/messages"] {
        world.get(AGENT, page).await.says(&by(moved)).says_not(&by(was));
    }
    let late = moved.signed_duration_since(store.now().day()) + chrono::TimeDelta::days(1);
    store.advance_clock(&duixian_casework::people::Actor::System, late).await.expect("a later day");
    let messages = world.get(AGENT, "/messages?show=todo").await;
    messages.says("已超期：应在").says_not("请在");
    world.get(AGENT, "/messages?show=todo&lang=en").await.says("Overdue: it was to be done by");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_that_is_past_when_it_is_told_is_told_to_be() {
    let world = World::new().await;
    let (store, id) = (world.store(), world.cases.submitted);
    let ask = async |who: Who, ask: Ask| store.ask(&world.actor(who).await, &fresh(), id, ask).await.expect("done");
    store.advance_clock(&duixian_casework::people::Actor::System, chrono::TimeDelta::days(60)).await.expect("later");
    let defects = vec![Defect { about: DefectAbout::Other, text: "请补说明".to_owned() }];
    ask(Who::Intake, Ask::AskCorrection { defects }).await;
    ask(Who::Agent, Ask::AddEvidence(evidence())).await;
    ask(Who::Agent, Ask::Resubmit { answers: vec!["已补".to_owned()] }).await;
    world.get(AGENT, "/messages").await.is(StatusCode::OK).says("补正已收到").says("（已超期）");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_counts_its_days_and_is_told_of_again_before_it_lapses() {
    let world = World::new().await;
    let id = world.cases.correction;
    let store = world.store();
    let due = store.case(id).await.expect("the case").due.expect("a deadline");
    world.get(AGENT, "/cases?state=yours").await.is(StatusCode::OK).says("还有10个工作日");
    world.get(AGENT, "/messages").await.says_not("补正快到期了");
    let early = due.signed_duration_since(store.now().day()) - chrono::TimeDelta::days(1);
    store.advance_clock(&duixian_casework::people::Actor::System, early).await.expect("a later day");
    store.tick().await.expect("a tick");
    world.get(AGENT, "/cases?state=yours").await.is(StatusCode::OK).says("还有1个工作日");
    world.get(AGENT, "/cases?state=yours&lang=en").await.says("1 working day(s) left");
    let messages = world.get(AGENT, "/messages?lang=zh").await;
    messages.says("补正快到期了").says("到期没有补正的，申请视为撤回").says("佐证“证书”：证书看不清");
    world.get(AGENT, "/messages?lang=en").await.says("Your correction is due soon").says("counts as withdrawn");
    world.get(AGENT, &format!("/cases/{}?lang=en", id.0)).await.is(StatusCode::OK).says("Reminded of the correction");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_time_takes_back_has_a_letter() {
    let world = World::new().await;
    let id = world.cases.correction;
    let store = world.store();
    let letter = format!("/cases/{}/documents/lapse", id.0);
    world.get(AGENT, &letter).await.is(StatusCode::NOT_FOUND);
    store
        .advance_clock(&duixian_casework::people::Actor::System, chrono::TimeDelta::days(60))
        .await
        .expect("a later day");
    store.tick().await.expect("a tick");
    assert_eq!(stage(&world, id.0).await, Stage::Withdrawn);
    world.get(AGENT, &format!("/cases/{}", id.0)).await.is(StatusCode::OK).says(&letter).says("逾期未补正告知书");
    let page = world.get(AGENT, &letter).await;
    page.is(StatusCode::OK).says("试兑撤〔").says("试兑补〔").says("视为撤回").says("特此告知");
    page.says("要求补正的是：").says("关于佐证“证书”：证书看不清").says("可以再次申请");
    let messages = world.get(AGENT, "/messages?lang=zh").await;
    messages.says("要求补正、到期没有收到的：").says("佐证“证书”：证书看不清").says("补齐以后可以再次申请");
    world.get(AGENT, "/messages?lang=en").await.says("did not come in time").says("you may apply again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_that_waits_for_money_has_a_letter_that_says_so() {
    let world = World::new().await;
    let id = world.cases.reviewed;
    super::spend_all(&world).await;
    let queued = Ask::Decide {
        amount: Fen::yuan(90_000),
        reason: "按规定".to_owned(),
        conditions: Vec::new(),
        priority: 1,
        if_short: IfShort::Queue,
    };
    world.store().ask(&world.actor(Who::DecisionMaker).await, &fresh(), id, queued).await.expect("it waits");
    world.get(AGENT, &format!("/cases/{}", id.0)).await.is(StatusCode::OK).says("决定书（轮候）");
    let letter = world.get(AGENT, &format!("/cases/{}/documents/decision", id.0)).await;
    letter
        .is(StatusCode::OK)
        .says("审定金额为人民币玖万元整（¥90,000.00）")
        .says("列入轮候")
        .says("安排资金以前不予拨付");
    letter.says_not("从试验资金中安排").says_not("不再安排").says_not("按程序拨付");
    // What is revoked holds no more.
    let back = Ask::ProposeRevocation { grounds: "再核".to_owned(), remark: String::new() };
    world.store().ask(&world.actor(Who::DecisionMaker).await, &fresh(), id, back).await.expect("proposed");
    let other = world.actor(Who::OtherDecisionMaker).await;
    world.store().ask(&other, &fresh(), id, Ask::ConfirmRevocation).await.expect("it goes back");
    world
        .get(AGENT, &format!("/cases/{}/documents/decision", id.0))
        .await
        .is(StatusCode::OK)
        .says("本文书已撤销")
        .says("决定已撤销，退回审核（再核）");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_refused_and_can_get_nothing_more_is_not_told_to_apply_again() {
    let world = World::new().await;
    let page = format!("/cases/{}", world.cases.declined.0);
    world.get(AGENT, &page).await.is(StatusCode::OK).says("可以再次申请").says_not("再申请也不能得到支持");
    let agent = world.actor(Who::Agent).await;
    let new = duixian_store::cases::NewCase {
        round: world.round,
        party: party(0),
        measure: "instant_award".to_owned(),
        basis: "R0-8".to_owned(),
    };
    let id = world.store().open_draft(&agent, &fresh(), new).await.expect("a draft").value.id;
    let account = duixian_casework::case::BankAccount {
        holder: "企业0".to_owned(),
        number: "6222000000000002".to_owned(),
        bank: "某银行".to_owned(),
        bank_code: None,
    };
    let decide = Ask::Decide {
        amount: duixian_money::Fen::yuan(10_000),
        reason: "按规定".to_owned(),
        conditions: Vec::new(),
        priority: 1,
        if_short: duixian_casework::command::IfShort::Refuse,
    };
    for (who, ask) in [
        (Who::Agent, Ask::Save { statements: Default::default(), account: Some(account) }),
        (Who::Agent, Ask::Submit),
        (Who::Intake, Ask::Accept),
        (Who::DecisionMaker, decide),
    ] {
        world.store().ask(&world.actor(who).await, &fresh(), id, ask).await.expect("it is done");
    }
    world.get(AGENT, &page).await.says("再申请也不能得到支持").says("获得支持").says_not("可以再次申请");
}
