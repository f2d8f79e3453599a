//! The officials' pages over a small district.

mod afterwards;
mod alike;
mod bulk;
mod checking;
mod claimed;
mod confirming;
mod declining;
mod disputing;
mod keys;
mod late;
mod lists;
mod money;
mod reviewing;
mod revoking;
mod together;
mod untrue;

use std::collections::BTreeMap;

use axum::http::StatusCode;
use duixian_casework::case::{BankAccount, Case, CaseId, DefectAbout, Recommendation};
use duixian_casework::command::NewEvidence;
use duixian_casework::people::{Actor, Role};
use duixian_casework::stage::Stage;
use duixian_money::Fen;
use duixian_store::cases::Ask;

use crate::testing::{Answer, Who, World, evidence, fresh};

async fn case(world: &World, id: CaseId) -> Case {
    world.store().case(id).await.expect("the case")
}

async fn open(world: &World, who: Who, id: CaseId) -> Answer {
    world.get(Some(who), &format!("/work/cases/{}", id.0)).await
}

/// Sends an action's form as the page of the case has it now; a decision, or that it is not accepted, as the page has it on which that is
/// checked.
async fn act(world: &World, who: Who, id: CaseId, action: &str, fields: &[(&str, &str)]) -> Answer {
    let version = case(world, id).await.version.to_string();
    let mut all = vec![("version", version.as_str())];
    all.extend_from_slice(fields);
    if matches!(action, "decide" | "decline" | "not_accept") {
        all.push(("confirmed", "1"));
    }
    world.post(Some(who), &format!("/work/cases/{}/{action}", id.0), &all).await
}

async fn ask(world: &World, who: Who, id: CaseId, ask: Ask) {
    let actor = world.actor(who).await;
    world.store().ask(&actor, &fresh(), id, ask).await.unwrap_or_else(|error| panic!("{error}"));
}

/// Brings the case that is in formal review to its decision, with a recommended amount.
async fn bring_to_decision(world: &World, id: CaseId, recommended: Fen) {
    let going_on = Ask::Review { recommends: Recommendation::GoOn, opinion: "齐全".to_owned() };
    ask(world, Who::Reviewer, id, Ask::FindEvidence { id: 1, holds: true, note: String::new() }).await;
    ask(world, Who::Reviewer, id, going_on).await;
    ask(world, Who::Reviewer, id, Ask::TakeUp).await;
    let supporting = Ask::Review { recommends: Recommendation::Support(recommended), opinion: "属实".to_owned() };
    ask(world, Who::Reviewer, id, supporting).await;
}

#[tokio::test]
async fn the_list_opens_on_what_waits_for_the_officials_own_roles() {
    let world = World::new().await;
    let submitted = case(&world, world.cases.submitted).await.number.expect("a number");
    let reviewed = case(&world, world.cases.reviewed).await.number.expect("a number");
    world.get(Some(Who::Intake), "/work").await.is(StatusCode::OK).says(&submitted).says_not(&reviewed);
    world.get(Some(Who::DecisionMaker), "/work").await.is(StatusCode::OK).says(&reviewed).says_not(&submitted);
    // Who only reads sees everything, and no buttons that act.
    world.get(Some(Who::Auditor), "/work").await.says(&reviewed).says(&submitted).says_not("formaction=");
    let found = world.get(Some(Who::Leader), "/work?view=all&stage=reviewed").await;
    found.is(StatusCode::OK).says(&reviewed).says_not(&submitted);
    let searched: String = form_urlencoded::byte_serialize(submitted.as_bytes()).collect();
    world.get(Some(Who::Leader), &format!("/work?q={searched}")).await.says(&submitted).says_not(&reviewed);
    // A Chinese keyboard writes digits in either width.
    let wide = submitted.chars().filter_map(|one| match one {
        '0'..='9' => char::from_u32(u32::from(one) + 0xfee0),
        other => Some(other),
    });
    let wide: String = form_urlencoded::byte_serialize(wide.collect::<String>().as_bytes()).collect();
    world.get(Some(Who::Leader), &format!("/work?q={wide}&format=csv")).await.says(&submitted).says_not(&reviewed);
}

#[tokio::test]
async fn overdue_cases_are_lit_up_in_words_and_exported() {
    let world = World::new().await;
    let number = case(&world, world.cases.submitted).await.number.expect("a number");
    world.store().advance_clock(&Actor::System, chrono::TimeDelta::days(30)).await.expect("a later day");
    let list = world.get(Some(Who::Intake), "/work?overdue=1").await;
    list.is(StatusCode::OK).says(&number).says("已超期").says("class=\"late\"");
    list.says("data-pick-all").says("/static/pick.js?v=");
    let csv = world.get(Some(Who::Intake), "/work?view=all&format=csv").await;
    csv.is(StatusCode::OK).says(&number).says("剩余工作日").says("审定或安排金额（元）");
    let xlsx = world.get(Some(Who::Intake), "/work?format=xlsx").await;
    assert!(xlsx.is(StatusCode::OK).bytes.starts_with(b"PK"));
}

#[tokio::test]
async fn a_new_deadline_does_not_hide_that_a_desk_was_late() {
    let world = World::new().await;
    let id = world.cases.reviewed;
    world.store().advance_clock(&Actor::System, chrono::TimeDelta::days(30)).await.expect("a later day");
    ask(&world, Who::DecisionMaker, id, Ask::SendBack { reason: "再核".to_owned() }).await;
    open(&world, Who::Auditor, id).await.says("曾超期：审定").says("超期离开岗位").says("审定（办公会）超期");
    world.get(Some(Who::Leader), "/figures").await.is(StatusCode::OK).says("曾超期（件）");
    // Who is late is a matter of the office.
    world.get(Some(Who::Agent), &format!("/cases/{}", id.0)).await.says_not("超期离开岗位");
}

#[tokio::test]
async fn a_case_shows_facts_rule_evidence_and_what_can_be_done() {
    let world = World::new().await;
    let page = open(&world, Who::DecisionMaker, world.cases.reviewed).await;
    page.is(StatusCode::OK);
    for text in ["属实", "登记机关", "证书", "不超过100,000元", "建议支持 50,000元", "name=\"decide-amount\"", "可用"]
    {
        page.says(text);
    }
    // What a reviewer recommends stands in the form.
    page.says("value=\"50000.00\"");
}

#[tokio::test]
async fn readers_see_every_action_greyed_with_the_reason() {
    let world = World::new().await;
    for who in [Who::Auditor, Who::Leader, Who::Administrator] {
        let page = open(&world, who, world.cases.reviewed).await;
        page.is(StatusCode::OK).says("需要“审定”角色").says("aria-disabled=\"true\"").says_not("name=\"version\"");
        let sent = act(&world, who, world.cases.reviewed, "decline", &[("decline-reason", "不")]).await;
        sent.is(StatusCode::FORBIDDEN);
    }
    assert_eq!(case(&world, world.cases.reviewed).await.stage, Stage::Reviewed);
}

#[tokio::test]
async fn another_desks_case_is_greyed_and_named() {
    let world = World::new().await;
    let desks = vec!["window".to_owned()];
    let (user, key) = (Who::Reviewer.id(), fresh());
    world.store().set_roles(&Actor::System, &key, user, vec![Role::Reviewer], desks).await.expect("other desks");
    let page = open(&world, Who::Reviewer, world.cases.in_review).await;
    page.is(StatusCode::OK).says("由“业务科”办理").says_not("name=\"review-opinion\"");
    let english = world.get(Some(Who::Reviewer), &format!("/work/cases/{}?lang=en", world.cases.in_review.0)).await;
    english.says("this is for the desk “").says_not("this is for the desk “业务科”");
    let fields = [("review-recommends", "go_on"), ("review-opinion", "齐全")];
    let sent = act(&world, Who::Reviewer, world.cases.in_review, "review", &fields).await;
    sent.is(StatusCode::UNPROCESSABLE_ENTITY).says("由“业务科”办理");
}

#[tokio::test]
async fn who_has_reviewed_reads_that_another_must_decide() {
    let world = World::new().await;
    let roles = vec![Role::Reviewer, Role::DecisionMaker];
    world.store().set_roles(&Actor::System, &fresh(), Who::Reviewer.id(), roles, Vec::new()).await.expect("roles");
    let page = open(&world, Who::Reviewer, world.cases.reviewed).await;
    page.is(StatusCode::OK).says("回避").says_not("name=\"decide-amount\"");
    let fields = [("decide-amount", "50000"), ("decide-reason", "x"), ("decide-if_short", "refuse")];
    let sent = act(&world, Who::Reviewer, world.cases.reviewed, "decide", &fields).await;
    sent.is(StatusCode::UNPROCESSABLE_ENTITY).says("回避");
    assert!(case(&world, world.cases.reviewed).await.decision.is_none());
}

#[tokio::test]
async fn an_amount_outside_the_span_is_wrong_beside_its_field_and_the_rest_is_kept() {
    let world = World::new().await;
    let id = world.cases.reviewed;
    let fields = [
        ("decide-amount", "200000"),
        ("decide-reason", "贡献突出"),
        ("decide-conditions", "用于研发"),
        ("decide-if_short", "refuse"),
    ];
    let sent = act(&world, Who::DecisionMaker, id, "decide", &fields).await;
    sent.is(StatusCode::UNPROCESSABLE_ENTITY);
    sent.says("id=\"decide-amount-error\"").says("贡献突出").says("用于研发").says("value=\"200000\"");
    let fields = [
        ("decide-amount", "60000"),
        ("decide-reason", "贡献突出"),
        ("decide-conditions", "用于研发\n按季度报告"),
        ("decide-if_short", "refuse"),
    ];
    act(&world, Who::DecisionMaker, id, "decide", &fields).await.leads_to(&format!("/work/cases/{}", id.0));
    let decided = case(&world, id).await;
    let decision = decided.decision.expect("a decision");
    assert_eq!((decided.stage, decision.amount), (Stage::Decided, Fen::yuan(60_000)));
    assert_eq!(decision.conditions, ["用于研发", "按季度报告"]);
}

#[tokio::test]
async fn every_text_that_must_be_given_is_asked_for_beside_its_field() {
    let world = World::new().await;
    let cases = world.cases;
    type Fields = &'static [(&'static str, &'static str)];
    let wrong: [(Who, CaseId, &str, Fields, &str); 8] = [
        (Who::Intake, cases.submitted, "not_accept", &[], "not_accept-reason"),
        (Who::Intake, cases.submitted, "hold", &[], "hold-reason"),
        (Who::Intake, cases.submitted, "ask_correction", &[], "panel-ask_correction"),
        (
            Who::Reviewer,
            cases.in_review,
            "review",
            &[("review-recommends", "support"), ("review-opinion", "可")],
            "review-amount",
        ),
        (Who::Reviewer, cases.in_review, "review", &[("review-recommends", "go_on")], "review-opinion"),
        (
            Who::DecisionMaker,
            cases.reviewed,
            "decide",
            &[("decide-amount", "1"), ("decide-if_short", "refuse")],
            "decide-reason",
        ),
        (Who::DecisionMaker, cases.reviewed, "send_back", &[], "send_back-reason"),
        (Who::Intake, cases.objected, "answer_objection", &[("objection", "1")], "answer_objection-1-text"),
    ];
    for (who, id, action, fields, field) in wrong {
        let before = case(&world, id).await;
        let sent = act(&world, who, id, action, fields).await;
        sent.is(StatusCode::UNPROCESSABLE_ENTITY).says(&format!("id=\"{field}-error\""));
        assert_eq!(case(&world, id).await, before, "{action}");
    }
    let sent = act(&world, Who::Reviewer, cases.in_review, "find_evidence", &[("which", "1"), ("holds", "no")]).await;
    sent.is(StatusCode::UNPROCESSABLE_ENTITY).says("id=\"e1-error\"");
}

#[tokio::test]
async fn a_second_click_does_nothing_twice() {
    let world = World::new().await;
    let id = world.cases.submitted;
    let version = case(&world, id).await.version.to_string();
    let (once, path) = ("00112233445566778899aabbccddeeff", format!("/work/cases/{}/accept", id.0));
    for _ in 0..2 {
        let sent = world.post_once(Some(Who::Intake), &path, once, &[("version", version.as_str())]).await;
        sent.is(StatusCode::SEE_OTHER);
    }
    let accepted = case(&world, id).await;
    assert_eq!(accepted.stage, Stage::Accepted);
    assert_eq!(accepted.version, version.parse::<u64>().expect("a number") + 1);
}

#[tokio::test]
async fn all_defects_go_in_one_notice_that_prints() {
    let world = World::new().await;
    let id = world.cases.submitted;
    let page = open(&world, Who::Intake, id).await;
    page.is(StatusCode::OK).says("收款账户").says("name=\"ask_correction-0\"");
    let fields = [("ask_correction-0", "请核对"), ("ask_correction-1", "请上传原件"), ("ask_correction-2", "户名不符")];
    act(&world, Who::Intake, id, "ask_correction", &fields).await.is(StatusCode::SEE_OTHER);
    let sent_back = case(&world, id).await;
    assert_eq!((sent_back.stage, sent_back.defects.len()), (Stage::Correction, 3));
    let notice = world.get(Some(Who::Agent), &format!("/cases/{}/documents/correction", id.0)).await;
    notice.is(StatusCode::OK).says("补正通知书").says("请上传原件。</p>").says("（三）").says("10个工作日");
    let other = world.get(Some(Who::OtherAgent), &format!("/cases/{}/documents/correction", id.0)).await;
    other.is(StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_account_of_someone_elses_is_marked_and_offered_as_a_defect() {
    let world = World::new().await;
    let id = world.cases.draft;
    let account = BankAccount {
        holder: "李萍".to_owned(),
        number: "6222000000000002".to_owned(),
        bank: "某银行".to_owned(),
        bank_code: None,
    };
    ask(&world, Who::Agent, id, Ask::Save { statements: BTreeMap::new(), account: Some(account) }).await;
    ask(&world, Who::Agent, id, Ask::AddEvidence(evidence())).await;
    ask(&world, Who::Agent, id, Ask::Submit).await;
    let page = open(&world, Who::Intake, id).await;
    page.is(StatusCode::OK).says("▲ 户名“李萍”与单位名称“企业0”不一致");
    let text = "户名“李萍”与单位名称“企业0”不一致，请改用本单位的账户。";
    page.says(&format!("value=\"{text}\"")).says("已按户名填好");
    open(&world, Who::Intake, world.cases.submitted).await.says_not("不一致，请改用").says_not("▲ 户名");
    // What the official takes out is not asked for.
    act(&world, Who::Intake, id, "ask_correction", &[]).await.is(StatusCode::UNPROCESSABLE_ENTITY);
    let items = case(&world, id).await;
    assert_eq!(items.stage, Stage::Submitted);
    let text_of = page.text();
    let field = text_of.split(&format!("value=\"{text}\"")).next().and_then(|head| head.rsplit("name=\"").next());
    let field = field.and_then(|rest| rest.split('"').next()).expect("the field of the account").to_owned();
    act(&world, Who::Intake, id, "ask_correction", &[(&field, text)]).await.is(StatusCode::SEE_OTHER);
    let sent_back = case(&world, id).await;
    assert_eq!((sent_back.defects.len(), &sent_back.defects[0].about), (1, &DefectAbout::Account));
}

/// The form promises that only those who handle it see who objects.
#[tokio::test]
async fn who_objects_is_known_to_those_who_answer_and_no_others() {
    let world = World::new().await;
    let id = world.cases.objected;
    let objection = case(&world, id).await.objections.remove(0);
    let pages = ["/work/objections", "/work/objections?format=csv", &format!("/work/cases/{}", id.0)];
    for (who, is_known) in [
        (Who::Intake, true),
        (Who::DecisionMaker, true),
        (Who::Auditor, true),
        (Who::Reviewer, false),
        (Who::Finance, false),
        (Who::Leader, false),
        (Who::Administrator, false),
    ] {
        for path in pages {
            let page = world.get(Some(who), path).await;
            page.is(StatusCode::OK).says(&objection.grounds);
            if is_known {
                page.says(&objection.name);
            } else {
                page.says_not(&objection.name).says_not(&objection.contact);
            }
        }
    }
}

#[tokio::test]
async fn objections_are_listed_and_answered() {
    let world = World::new().await;
    let id = world.cases.objected;
    world.get(Some(Who::Intake), "/work/objections").await.is(StatusCode::OK).says("成果不是这家做的");
    let fields =
        [("objection", "1"), ("answer_objection-1-upheld", "no"), ("answer_objection-1-text", "已核实，是本单位成果")];
    act(&world, Who::Intake, id, "answer_objection", &fields).await.is(StatusCode::SEE_OTHER);
    assert_eq!(case(&world, id).await.stage, Stage::InNotice);
    open(&world, Who::Intake, id).await.says("异议不成立").says("已核实，是本单位成果");
    let open = world.get(Some(Who::Intake), "/work/objections").await;
    open.says("没有待答复的异议").says_not("成果不是这家做的");
    // Who answered when, and what, stays there to be read.
    let objection = case(&world, id).await.objections.remove(0);
    for state in ["answered", "all"] {
        for who in [Who::Intake, Who::Auditor] {
            let list = world.get(Some(who), &format!("/work/objections?state={state}")).await;
            list.is(StatusCode::OK)
                .says("成果不是这家做的")
                .says("已核实，是本单位成果")
                .says("异议不成立")
                .says(&objection.name);
            list.says("Intake");
        }
        let file = world.get(Some(Who::Reviewer), &format!("/work/objections?state={state}&format=csv&lang=en")).await;
        file.says("By whom").says("已核实，是本单位成果").says("not upheld").says_not(&objection.name);
    }
    world.get(Some(Who::Agent), "/work/objections?state=answered").await.is(StatusCode::FORBIDDEN);
}

/// One that came later has its own days, and each keeps its day once it is answered.
#[tokio::test]
async fn each_objection_is_due_on_its_own_day() {
    let world = World::new().await;
    let id = world.cases.objected;
    world.store().advance_clock(&Actor::System, chrono::TimeDelta::days(11)).await.expect("a later day");
    let second =
        Ask::Object {
            name: "李某".to_owned(), contact: "13900000000".to_owned(), grounds: "金额算错了".to_owned()
        };
    world.store().ask(&Actor::Public, &fresh(), id, second).await.expect("an objection");
    let due: Vec<String> =
        case(&world, id).await.objections.iter().map(|one| one.due.expect("a day").to_string()).collect();
    assert!(due[0] < due[1], "{due:?}");
    let file = world.get(Some(Who::Intake), "/work/objections?format=csv").await;
    file.is(StatusCode::OK).says(&due[0]).says(&due[1]).says("答复期限");
    open(&world, Who::Intake, id).await.says("待答复，期限").says("已超期").says("还有5个工作日");
    let answer = Ask::AnswerObjection { id: 1, upheld: false, text: "已核实".to_owned() };
    ask(&world, Who::Intake, id, answer).await;
    let file = world.get(Some(Who::Intake), "/work/objections?state=answered&format=csv").await;
    file.says(&due[0]).says_not(&due[1]);
    world.get(Some(Who::Auditor), "/work/objections?state=answered").await.says("答复时已超期");
    // It was the answer that was late, and not the notice.
    open(&world, Who::Auditor, id).await.says("曾超期：异议处理").says_not("曾超期：公示");
}

/// Where several have objected, one that is right sends the case back with the last answer, and whoever answers reads that.
#[tokio::test]
async fn what_follows_from_an_answer_hangs_on_the_others() {
    let world = World::new().await;
    let id = world.cases.objected;
    open(&world, Who::OtherDecisionMaker, id).await.says("公示接着计时").says("审定撤销，退回审核");
    let second =
        Ask::Object {
            name: "李某".to_owned(), contact: "13900000000".to_owned(), grounds: "金额算错了".to_owned()
        };
    world.store().ask(&Actor::Public, &fresh(), id, second).await.expect("an objection");
    let both = open(&world, Who::OtherDecisionMaker, id).await;
    both.says("其余异议也答复后再看").says("其余异议也答复后，审定撤销").says_not("公示接着计时");
    let upheld = Ask::AnswerObjection { id: 1, upheld: true, text: "查实".to_owned() };
    ask(&world, Who::OtherDecisionMaker, id, upheld).await;
    let left = open(&world, Who::Intake, id).await;
    left.says("另有异议成立：答复后退回审核").says("异议成立，其余异议答复后退回审核");
    let told = world.get(Some(Who::Agent), "/messages").await;
    told.says("异议成立，其余异议答复后退回审核").says_not("预留资金已释放");
    let last = Ask::AnswerObjection { id: 2, upheld: false, text: "没有算错".to_owned() };
    ask(&world, Who::Intake, id, last).await;
    let told = world.get(Some(Who::Agent), "/messages").await;
    told.says("异议不成立；另有异议成立，退回审核，预留资金已释放");
    let path = format!("/cases/{}", id.0);
    world.get(Some(Who::Agent), &path).await.says("异议不成立；另有异议成立").says("退回审核");
}

/// Whoever may not uphold an objection reads that again where an answer has come back, and beside what was picked.
#[tokio::test]
async fn an_answer_that_comes_back_says_what_it_said() {
    let world = World::new().await;
    let id = world.cases.objected;
    let fields = [("objection", "1"), ("answer_objection-1-text", "")];
    let back = act(&world, Who::Intake, id, "answer_objection", &fields).await;
    back.says("撤销审定须由审定人员作出").says("公示接着计时").says("审定撤销，退回审核");
    let fields = [("objection", "1"), ("answer_objection-1-upheld", "yes"), ("answer_objection-1-text", "查实")];
    let back = act(&world, Who::Intake, id, "answer_objection", &fields).await;
    back.says("撤销审定须由审定人员作出").says("查实");
}

/// What an answer may not say is told beside it.
#[tokio::test]
async fn what_is_wrong_with_an_answer_stands_beside_it() {
    let world = World::new().await;
    let fields = [
        ("objection", "1"),
        ("answer_objection-1-upheld", "no"),
        ("answer_objection-1-text", "已电话 13912345678 告知"),
    ];
    let sent = act(&world, Who::Intake, world.cases.objected, "answer_objection", &fields).await;
    sent.is(StatusCode::UNPROCESSABLE_ENTITY).says("id=\"answer_objection-1-text-error\"");
    sent.says("href=\"#answer_objection-1-text\"").says("已电话 13912345678 告知");
}

/// The fund is said of the amount that was typed, and of none before one was.
#[tokio::test]
async fn what_the_fund_has_is_said_of_the_amount_that_was_typed() {
    let world = World::new().await;
    let id = world.cases.reviewed;
    let legend = "<legend>资金不足时</legend>";
    open(&world, Who::DecisionMaker, id).await.says("资金可用").says(legend).says_not("审定后剩");
    let fields = [("decide-amount", "60000"), ("decide-reason", ""), ("decide-if_short", "refuse")];
    let again = act(&world, Who::DecisionMaker, id, "decide", &fields).await;
    again.is(StatusCode::UNPROCESSABLE_ENTITY).says("按 60,000元 审定后剩").says(legend);
}

#[tokio::test]
async fn documents_print_what_is_on_record_and_nothing_private() {
    let world = World::new().await;
    let cases = world.cases;
    let there = [
        (cases.in_review, "receipt", "受理通知书"),
        (cases.correction, "correction", "证书看不清"),
        (cases.in_notice, "decision", "人民币伍万元整"),
        (cases.in_notice, "notice", "关于2019年度第一批拟支持对象的公示"),
        (cases.declined, "decision", "成果与主业无关"),
        (cases.paid, "payment", "人民币叁万元整"),
    ];
    for (id, kind, text) in there {
        for who in [Who::Agent, Who::Intake] {
            let page = world.get(Some(who), &format!("/cases/{}/documents/{kind}", id.0)).await;
            page.is(StatusCode::OK).says(text).says_not("6222000000000002").says_not("13800000000");
        }
    }
    for (id, kind) in [(cases.submitted, "receipt"), (cases.in_review, "decision"), (cases.payable, "payment")] {
        let page = world.get(Some(Who::Intake), &format!("/cases/{}/documents/{kind}", id.0)).await;
        page.is(StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn agents_do_not_enter_and_drafts_are_not_for_officials() {
    let world = World::new().await;
    world.get(Some(Who::Agent), "/work").await.is(StatusCode::FORBIDDEN);
    open(&world, Who::Agent, world.cases.reviewed).await.is(StatusCode::FORBIDDEN);
    open(&world, Who::Intake, world.cases.draft).await.is(StatusCode::NOT_FOUND);
    world.get(Some(Who::Intake), "/work/cases/999999").await.is(StatusCode::NOT_FOUND);
    let sent = world.post(Some(Who::Intake), "/work/cases/1/save", &[("version", "1")]).await;
    sent.is(StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_is_not_verified_is_counted_beforehand_and_linked_where_it_stands_in_the_way() {
    let world = World::new().await;
    let id = world.cases.in_review;
    let page = open(&world, Who::Reviewer, id).await;
    page.says("还有 1 项没有核实").says("href=\"#e1\"").says("可以先转下一步").says("href=\"#actions\"");
    let going_on = Ask::Review { recommends: Recommendation::GoOn, opinion: "齐全".to_owned() };
    ask(&world, Who::Reviewer, id, going_on).await;
    ask(&world, Who::Reviewer, id, Ask::TakeUp).await;
    open(&world, Who::Reviewer, id).await.says("核实完才能建议支持");
    let fields = [("review-recommends", "support"), ("review-amount", "5000"), ("review-opinion", "情况属实")];
    let sent = act(&world, Who::Reviewer, id, "review", &fields).await;
    sent.is(StatusCode::UNPROCESSABLE_ENTITY).says("<a href=\"#e1\">还没有核实").says("id=\"e1-error\"");
    sent.says("情况属实").says_not("id=\"review-opinion-error\"");
    // Who recommends to decline gives no amount.
    let fields = [("review-recommends", "decline"), ("review-amount", ""), ("review-opinion", "与事实不符")];
    act(&world, Who::Reviewer, id, "review", &fields).await.is(StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn forms_of_a_case_keep_what_is_unsent_for_the_one_who_typed_it() {
    let world = World::new().await;
    let id = world.cases.in_review;
    let page = open(&world, Who::Reviewer, id).await;
    page.says(&format!("data-keep=\"Reviewer /work/cases/{}\"", id.0)).says("/static/keep.js?v=").says("<noscript>");
}

#[tokio::test]
async fn amounts_of_a_list_are_figures_of_one_form() {
    let world = World::new().await;
    let list = world.get(Some(Who::Leader), "/work?view=all").await;
    list.says("至多 100,000.00").says("按规则初算").says("30,000.00").says_not("不超过100,000元");
    for (stage, word) in [("in_notice", "已安排"), ("paid", "已拨付")] {
        let list = world.get(Some(Who::Leader), &format!("/work?view=all&stage={stage}")).await;
        list.says(word).says_not("按规则初算");
    }
    // What came to an end without money has no amount.
    let list = world.get(Some(Who::Leader), "/work?view=all&stage=declined").await;
    list.says("/work/cases/").says_not("按规则初算").says_not("已安排");
}

#[tokio::test]
async fn a_long_text_is_cut_and_a_page_beyond_the_last_is_the_last() {
    let world = World::new().await;
    let long = "长".repeat(6_000);
    world
        .get(Some(Who::Intake), &format!("/work?view=all&q={long}"))
        .await
        .is(StatusCode::OK)
        .says_not(&"长".repeat(1_000));
    for page in ["2", "9223372036854775807", "18446744073709551615"] {
        world
            .get(Some(Who::Intake), &format!("/work?view=all&page={page}"))
            .await
            .is(StatusCode::OK)
            .says("/work/cases/");
    }
}

#[tokio::test]
async fn the_headline_counts_the_rows_and_several_stages_stay_chosen() {
    let world = World::new().await;
    let all = world.get(Some(Who::Leader), "/work?view=all").await;
    let one = world.get(Some(Who::Leader), "/work?view=all&stage=reviewed").await;
    all.says_not("<strong class=\"figure\">1</strong> 件");
    // The chips still count the others.
    one.says("<strong class=\"figure\">1</strong> 件").says("待拨付");
    let two = world.get(Some(Who::Leader), "/work?view=all&stage=reviewed&stage=payable").await;
    two.says("<strong class=\"figure\">2</strong> 件").says("已审定 <span class=\"figure\">3.00万元</span>");
    two.says("<option value=\"reviewed,payable\" selected>已选 2 个阶段</option>");
    let kept = world.get(Some(Who::Leader), "/work?view=all&stage=reviewed%2Cpayable").await;
    kept.says("<strong class=\"figure\">2</strong> 件");
}

#[tokio::test]
async fn the_basis_is_named_and_a_file_of_several_cases_says_so() {
    let world = World::new().await;
    let agent = world.actor(Who::Agent).await;
    let id = world.cases.correction;
    let file = world.store().put_file(&agent, "证书.pdf", b"%PDF-1.4\n%%EOF\n".to_vec()).await;
    let file = file.unwrap_or_else(|error| panic!("{error}"));
    for case in [id, world.cases.draft] {
        let piece = crate::testing::evidence();
        ask(&world, Who::Agent, case, Ask::AddEvidence(NewEvidence { file: Some(file.clone()), ..piece })).await;
    }
    // A draft is not for officials: nor is it counted.
    open(&world, Who::Intake, id).await.says("R0-9　2019年5月1日").says_not("这份文件还用于");
    let save = Ask::Save { statements: Default::default(), account: case(&world, id).await.account };
    ask(&world, Who::Agent, world.cases.draft, save).await;
    ask(&world, Who::Agent, world.cases.draft, Ask::Submit).await;
    open(&world, Who::Intake, id)
        .await
        .says(&format!("这份文件还用于 <a href=\"/work/cases/{}\">", world.cases.draft.0));
    // Nor does one document show two things unseen.
    open(&world, Who::Intake, id).await.says_not("同一份文件在本件还用作");
    let piece = NewEvidence { file: Some(file.clone()), kind: "用途证明".to_owned(), ..crate::testing::evidence() };
    ask(&world, Who::Agent, id, Ask::AddEvidence(piece)).await;
    open(&world, Who::Intake, id).await.says("同一份文件在本件还用作：用途证明").says("同一份文件在本件还用作：证书");
    let english = world.get(Some(Who::Intake), &format!("/work/cases/{}?lang=en", id.0)).await;
    english.says("The same file is in this case also as: Certificate");
}
