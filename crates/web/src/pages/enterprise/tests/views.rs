//! What pages say of one thing: the same wherever it stands, and nothing that is not so.

use axum::http::StatusCode;
use chrono::TimeDelta;
use duixian_casework::case::{CaseId, CellRef, Defect, DefectAbout, Recommendation};
use duixian_casework::people::Actor;
use duixian_casework::stage::Stage;
use duixian_store::cases::Ask;

use super::accounts::{answered, sent};
use super::rounds::announce;
use super::{AGENT, PDF, spend_all, stage, world};
use crate::format;
use crate::locale::Lang;
use crate::testing::{Answer, Who, World, fresh, party};

async fn ask(world: &World, who: Who, id: CaseId, ask: Ask) {
    world.store().ask(&world.actor(who).await, &fresh(), id, ask).await.expect("it is done");
}

/// Begins an application for a result that the registry does not have.
async fn begun(world: &World, round: i64, basis: &str) -> String {
    let path = format!("/my/{}/apply/{round}/result_award/{basis}", party(0));
    world.post(AGENT, &path, &[]).await.is(StatusCode::SEE_OTHER).location().to_owned()
}

fn count(page: &Answer, words: &str) -> usize {
    page.text().matches(words).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_answers_the_defect_that_it_belongs_to() {
    let world = world().await;
    let id = world.cases.submitted;
    let fact = |column: &str| {
        let (table, row) = ("results".to_owned(), "R0-1".to_owned());
        DefectAbout::Fact(CellRef { table, row, column: column.to_owned() })
    };
    let defect = |about, text: &str| Defect { about, text: text.to_owned() };
    let defects = vec![
        defect(fact("done_on"), "与合同不符"),
        defect(fact("genuine"), "请说明"),
        defect(DefectAbout::Evidence("证书".to_owned()), "看不清"),
        defect(DefectAbout::Account, "户名不对"),
    ];
    ask(&world, Who::Intake, id, Ask::AskCorrection { defects }).await;
    let check = format!("/cases/{}/edit/check", id.0);
    let page = format!("/cases/{}", id.0);
    world.get(AGENT, &check).await.is(StatusCode::OK).says("一处都还没有改");
    // What is to be mended of the registry's facts says of which, at the top and beside each.
    let known = world.get(AGENT, &format!("/cases/{}/edit/known?from=check", id.0)).await;
    known.is(StatusCode::OK).says("完成日：与合同不符").says("class=\"error\">需要补正：与合同不符");
    world.get(AGENT, &page).await.is(StatusCode::OK).says("材料名称写明是证明哪一项的");
    // The document that was asked for is the only thing that is mended by it.
    let path = format!("/cases/{}/evidence/evidence-1", id.0);
    world.post_files(AGENT, &path, &[("go", "more")], &[("file", "清楚.pdf", PDF)]).await.is(StatusCode::SEE_OTHER);
    for path in [&check, &page] {
        let page = world.get(AGENT, path).await;
        page.is(StatusCode::OK).says_not("补了 1 份材料");
        assert_eq!((count(&page, ">已改<"), count(&page, ">未改<")), (1, 3), "{}", page.text());
    }
    world.get(AGENT, &check).await.says("还有 3 处没有改");
    // A proof is for the fact that it names.
    let more = format!("/cases/{}/evidence/more", id.0);
    let other: Vec<u8> = [b"%PDF-1.5", &PDF[8..]].concat();
    let fields = [("go", "more"), ("name", "完成日的证明")];
    world.post_files(AGENT, &more, &fields, &[("file", "a.pdf", &other)]).await.is(StatusCode::SEE_OTHER);
    world.get(AGENT, &check).await.says("所填的没有改，补了 1 份材料").says("还有 2 处没有改");
    let halves = [("f1", "2019-01-02"), ("w1", ""), ("go", "next")];
    let wrong = world.typed(&format!("/cases/{}/edit/known", id.0), &halves).await;
    wrong
        .is(StatusCode::UNPROCESSABLE_ENTITY)
        .says("：为什么，有什么材料可以证明：请写明")
        .says_not(">为什么，有什么材料");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_party_has_reported_itself_is_not_said_to_be_missing() {
    let world = world().await;
    // By the rules of 2018 no row of the registry counts.
    let round = announce(&world, "2018年度补报", 2018, -1).await;
    let overview = format!("/my/{}?round={round}", party(0));
    let page = world.get(AGENT, &overview).await;
    page.is(StatusCode::OK).says("这次不能 <span class=\"figure\">(2)</span>").says_not("自己填报的");
    let edit = begun(&world, round, "R0-99").await;
    let page = world.get(AGENT, &overview).await;
    page.is(StatusCode::OK)
        .says("自己填报的 <span class=\"figure\">(1)</span>")
        .says("这次不能 <span class=\"figure\">(1)</span>");
    page.says(&format!("<a href=\"{edit}\">接着填写")).says("再填报一项").says("草稿 1 份").says_not("草稿 2 份");
    // Why nothing is there says what was begun, too.
    let why = format!("/my/{}/why/result_award?round={round}", party(0));
    world.get(AGENT, &why).await.is(StatusCode::OK).says("草稿 1 份").says(&edit).says("再填报一项");
    let id = edit.trim_start_matches("/cases/").trim_end_matches("/edit").to_owned();
    for (path, fields) in [
        ("edit/row-1", &[("f1", "2018-05-01"), ("f2", "true"), ("go", "next")][..]),
        ("edit/account", &[("holder", "企业0"), ("number", "6222000000000002"), ("bank", "某银行"), ("go", "next")]),
    ] {
        world.post(AGENT, &format!("/cases/{id}/{path}"), fields).await.is(StatusCode::SEE_OTHER);
    }
    let files = [("file", "证书.pdf", PDF)];
    world.post_files(AGENT, &format!("/cases/{id}/evidence/evidence-1"), &[("go", "next")], &files).await;
    ask(&world, Who::Agent, CaseId(id.parse().expect("a number")), Ask::Submit).await;
    let page = world.get(AGENT, &overview).await;
    page.is(StatusCode::OK)
        .says("已申请 1 件</a>")
        .says("这次不能 <span class=\"figure\">(1)</span>")
        .says_not("草稿 1 份");
    // The draft that is left is another round's, and is counted there.
    world.get(AGENT, &format!("/my/{}?round={}", party(0), world.round)).await.is(StatusCode::OK).says("草稿 1 份");
    // All drafts stand on a list of their own, each with the last day to send it.
    let drafts = world.get(AGENT, &format!("/cases?party={}&state=drafts", party(0))).await;
    drafts.is(StatusCode::OK).says("成果奖励 R0-0").says("还有").says_not("R0-1<");
    let closes = world.store().round(world.round).await.expect("the round").closes_at;
    drafts.says(&format::date(Lang::Zh, duixian_casework::moment::Moment(closes.0 - 1).day()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_there_is_no_money_for_is_told_apart_on_both_pages() {
    let world = world().await;
    let choices = world.get(AGENT, "/my").await;
    choices.is(StatusCode::OK).says("可申请 40 项，最多4,000,000元").says_not("审定后轮候");
    spend_all(&world).await;
    let choices = world.get(AGENT, "/my").await;
    let waits = "可申请 40 项，最多4,000,000元，资金没有剩余或者不够，审定后轮候";
    choices.is(StatusCode::OK).says(waits).says_not("tag good");
    let page = world.get(AGENT, &format!("/my/{}", party(1))).await;
    page.is(StatusCode::OK).says("可以申请，但资金已用完或者不够").says("最多4,000,000元").says("共40项");
    page.says("可以申请 <span class=\"figure\">(40)</span>");
    world.get(AGENT, "/my?lang=en").await.says("40 to apply for, from funds with nothing or not enough left");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_review_that_never_took_place_is_not_shown_as_done() {
    let world = World::new().await;
    let id = world.cases.in_review;
    let against = Ask::Review { recommends: Recommendation::Decline, opinion: "证书不符".to_owned() };
    ask(&world, Who::Reviewer, id, against).await;
    assert_eq!(stage(&world, id.0).await, Stage::Reviewed);
    let done = |step: &str| format!("<li class=\"done\">{step}");
    let page = world.get(AGENT, &format!("/cases/{}", id.0)).await;
    page.is(StatusCode::OK).says(&done("形式审查")).says_not(&done("实质审核"));
    let reviewed = world.get(AGENT, &format!("/cases/{}", world.cases.reviewed.0)).await;
    reviewed.says(&done("形式审查")).says(&done("实质审核"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_says_its_reason_once_and_both_days() {
    let world = World::new().await;
    let id = world.cases.declined;
    let page = world.get(AGENT, &format!("/cases/{}", id.0)).await;
    assert_eq!(count(&page, "成果与主业无关"), 1, "{}", page.text());
    page.is(StatusCode::OK).says("决定不予支持。");
    let told = world.store().now().day();
    let (last, calendar) =
        (told.checked_add_months(chrono::Months::new(6)).expect("a day"), world.store().calendar().await);
    let court = format::date(Lang::Zh, calendar.expect("the calendar").working_day_on_or_after(last));
    page.says(&format!("<strong>{court}</strong> 以前（六个月内"));
    let letter = world.get(AGENT, &format!("/cases/{}/documents/decision", id.0)).await;
    letter.is(StatusCode::OK).says(&format!("六个月内（即{court}以前"));
    world.get(AGENT, &format!("/cases/{}?lang=en", id.0)).await.says("go to court until");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_of_non_acceptance_says_what_each_ground_is() {
    let world = World::new().await;
    let id = world.cases.submitted;
    let reason = "不符合：属实（二）；佐证“证书”（二）。查明：同一成果已由他人申请".to_owned();
    ask(&world, Who::Intake, id, Ask::NotAccept { reason }).await;
    let letter = world.get(AGENT, &format!("/cases/{}/documents/not_accepted", id.0)).await;
    letter
        .is(StatusCode::OK)
        .says("<p>不符合“属实”这一条件（二）；佐证“证书”没有达到要求（二）。</p>")
        .says("<p>查明：同一成果已由他人申请。</p>");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_and_the_page_mean_the_same_last_day() {
    let world = World::new().await;
    let id = world.cases.correction;
    let due = world.store().case(id).await.expect("the case").due.expect("a deadline");
    let letter = world.get(AGENT, &format!("/cases/{}/documents/correction", id.0)).await;
    letter.is(StatusCode::OK).says(&format!("请于{}前（含当天，10个工作日内）补正", format::date(Lang::Zh, due)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_that_was_given_up_was_never_withdrawn() {
    let world = world().await;
    let id = world.cases.draft.0;
    world.get(AGENT, &format!("/cases/{id}")).await.is(StatusCode::OK).says("办件的人看不到，审计可以查看");
    world.post(AGENT, &format!("/cases/{id}/withdraw"), &[]).await.is(StatusCode::SEE_OTHER);
    let page = world.get(AGENT, &format!("/cases/{id}")).await;
    page.is(StatusCode::OK).says("草稿已放弃").says("放弃草稿").says_not("已撤回").says_not("已经撤回");
    world.get(AGENT, "/cases?state=over&q=R0-0").await.is(StatusCode::OK).says("草稿已放弃").says_not("已撤回");
}

#[tokio::test(flavor = "multi_thread")]
async fn that_a_payment_is_to_be_ended_is_told_while_an_account_can_still_be_given() {
    let world = world().await;
    let id = world.cases.payable;
    let batch = sent(&world, id).await;
    answered(&world, batch, Some("账户已销户")).await;
    world.store().advance_clock(&Actor::System, TimeDelta::days(40)).await.expect("a later day");
    let page = format!("/cases/{}", id.0);
    world.get(AGENT, &page).await.is(StatusCode::OK).says_not("终止拨付，还要另一人确认");
    ask(&world, Who::Finance, id, Ask::ProposeEnding { reason: "逾期没有更正。".to_owned() }).await;
    let told = world.get(AGENT, &page).await;
    told.is(StatusCode::OK).says("已经提出终止拨付，还要另一人确认。理由：逾期没有更正。确认以前仍可以更正收款账户");
    told.says(&format!("href=\"{page}/account\""));
    world.get(AGENT, &format!("{page}?lang=en")).await.says("Until then you can still give another account");
    let account = crate::testing::account("企业0", "6222000000000099");
    ask(&world, Who::Agent, id, Ask::CorrectAccount(account)).await;
    assert_eq!(stage(&world, id.0).await, Stage::Payable);
    world.get(AGENT, &page).await.says_not("还要另一人确认");
}

#[tokio::test(flavor = "multi_thread")]
async fn why_leads_to_what_can_be_done_and_every_fact_can_be_disputed() {
    let world = world().await;
    let why = |basis: &str| format!("/my/{}/why/result_award?round={}&basis={basis}", party(0), world.round);
    let apply = format!("/my/{}/apply/{}/result_award/R0-15", party(0), world.round);
    let page = world.get(AGENT, &why("R0-15")).await;
    page.is(StatusCode::OK).says(&format!("href=\"{apply}\">去申请")).says(&format!("href=\"{apply}\">不对？"));
    // What was begun is gone on with, and what was sent is looked at: its facts are disputed no more.
    let page = world.get(AGENT, &why("R0-0")).await;
    page.says("接着填写").says(&format!("/cases/{}/edit\">不对？", world.cases.draft.0));
    let page = world.get(AGENT, &why("R0-1")).await;
    page.says("看已有的申请").says(&format!("\"/cases/{}\"", world.cases.submitted.0));
    page.says_not("不对？").says_not("去申请");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_says_who_reads_what_is_written_to_it() {
    let world = world().await;
    let (early, late) = (world.cases.correction, world.cases.in_review);
    let defects = vec![Defect { about: DefectAbout::Evidence("证书".to_owned()), text: "看不清".to_owned() }];
    ask(&world, Who::Reviewer, late, Ask::AskCorrection { defects }).await;
    let page = world.get(AGENT, &format!("/cases/{}/edit/check", early.0)).await;
    page.is(StatusCode::OK).says("窗口会在旁边看到").says("或者不予受理");
    // What was accepted is at a desk of review, and can't be refused acceptance any more.
    let page = world.get(AGENT, &format!("/cases/{}/edit/check", late.0)).await;
    page.is(StatusCode::OK).says("审核的人会在旁边看到").says("或者不予支持").says_not("窗口").says_not("不予受理");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_in_chinese_on_a_page_in_english_is_marked_and_what_the_pack_says_in_english_is_in_english() {
    let world = World::new().await;
    let marked = "<span lang=\"zh-CN\">2019年度第一批</span>";
    let case = world.cases.in_notice.0;
    let case_of_party = format!("/cases/{case}");
    let for_officials = format!("/work/cases/{case}");
    let my = format!("/my/{}", party(1));
    for (who, path) in [
        (None, "/"),
        (AGENT, my.as_str()),
        (AGENT, &case_of_party),
        (Some(Who::Reviewer), &for_officials),
        (Some(Who::Administrator), "/admin/rounds"),
        (Some(Who::Administrator), &format!("/admin/rounds/{}", world.round)),
    ] {
        world.get(who, &format!("{path}?lang=en")).await.is(StatusCode::OK).says(marked);
        world
            .get(who, &format!("{path}?lang=zh"))
            .await
            .is(StatusCode::OK)
            .says("2019年度第一批")
            .says_not("lang=\"zh-CN\">2019");
    }
    let list = world.get(Some(Who::Reviewer), "/work?lang=en").await;
    list.says(" lang=\"zh-CN\">2019年度第一批</option>");
    for (who, path) in [(AGENT, &case_of_party), (Some(Who::Reviewer), &for_officials)] {
        let page = world.get(who, &format!("{path}?lang=en")).await;
        page.says("for research and development").says_not("用于研发");
        world.get(who, &format!("{path}?lang=zh")).await.says("用于研发");
    }
    let draft = world.get(Some(Who::DecisionMaker), &format!("/work/cases/{}?lang=en", world.cases.reviewed.0)).await;
    draft.says("What the rules set comes first by itself: for research and development.");
}
