//! Rounds that are over, and those that come after them.

use axum::http::StatusCode;
use chrono::{NaiveDate, TimeDelta};
use duixian_casework::case::{Case, CaseId, CellRef};
use duixian_casework::command::Stated;
use duixian_casework::people::Actor;
use duixian_casework::refusal::Refusal;
use duixian_casework::stage::Stage;
use duixian_store::cases::Ask;
use duixian_store::{NewRound, StoreError};

use super::{AGENT, world};
use crate::testing::{Who, World, account, evidence, fresh, party};

/// Closes the round of the district.
async fn close(world: &World) {
    world.store().advance_clock(&Actor::System, TimeDelta::days(101)).await.expect("a later day");
}

/// Another round by the same rules and facts, which opens so many days from now.
pub(super) async fn announce(world: &World, name: &str, year: i32, opens_in: i64) -> i64 {
    let first = world.store().round(world.round).await.expect("the round");
    let now = world.store().now();
    let new = NewRound {
        name: name.to_owned(),
        year,
        as_of: NaiveDate::from_ymd_opt(year, 12, 31).expect("a day"),
        measures: Vec::new(),
        opens_at: now.plus(TimeDelta::days(opens_in)),
        closes_at: now.plus(TimeDelta::days(20)),
        pack: first.pack,
        facts: first.facts,
    };
    world.store().open_round(&Actor::System, &fresh(), new).await.expect("the round opens").value
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_round_takes_is_not_promised_to_one() {
    let world = World::new().await;
    close(&world).await;
    announce(&world, "2020年度第一批", 2020, 10).await;
    for id in [world.cases.declined.0, world.cases.draft.0] {
        let page = world.get(AGENT, &format!("/cases/{id}")).await;
        page.is(StatusCode::OK).says("2019年度的这一项已随“2019年度第一批”截止，现在没有批次受理它。");
        page.says_not("2020年度第一批”再次申请").says_not("等下一批次");
    }
    announce(&world, "2019年度第二批", 2019, 10).await;
    for id in [world.cases.declined.0, world.cases.draft.0] {
        world.get(AGENT, &format!("/cases/{id}")).await.says("可以在“2019年度第二批”再次申请");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_called_for_before_its_round_closes_and_told_of_after() {
    let world = world().await;
    let store = world.store();
    let last_day = store.round(world.round).await.expect("the round").last_day();
    let early = last_day - store.now().day() - TimeDelta::days(2);
    store.advance_clock(&Actor::System, early).await.expect("a later day");
    assert!(store.tick().await.expect("a tick").drafts_told > 0);
    let messages = world.get(AGENT, "/messages").await;
    messages.is(StatusCode::OK).says("草稿还没有提交，批次快截止了").says("没有提交就没有人办理");
    world.get(AGENT, "/messages?show=todo").await.says("草稿还没有提交，批次快截止了");
    let draft = format!("/cases/{}/edit", world.cases.draft.0);
    world.get(AGENT, "/cases?state=yours").await.is(StatusCode::OK).says(&draft);
    world.get(AGENT, "/my").await.says("草稿").says_not("批次已截止的草稿");
    store.advance_clock(&Actor::System, TimeDelta::days(10)).await.expect("a later day");
    assert!(store.tick().await.expect("a tick").drafts_told > 0);
    let messages = world.get(AGENT, "/messages").await;
    messages.says("草稿没有提交，批次已截止").says("不能再填写、提交").says("现在没有别的批次受理这一项");
    world.get(AGENT, "/messages?show=todo").await.says_not("批次快截止了");
    world.get(AGENT, "/cases?state=yours").await.is(StatusCode::OK).says_not(&draft);
    world.get(AGENT, "/cases?state=drafts").await.is(StatusCode::OK).says(&draft);
    world.get(AGENT, "/my").await.says("批次已截止的草稿");
    let overview = world.get(AGENT, &format!("/my/{}", party(0))).await;
    overview.says("批次已截止、不能再提交的草稿 1 份").says_not("草稿 1 份</a> <a");
    announce(&world, "2019年度第二批", 2019, -1).await;
    world.get(AGENT, "/messages").await.says("在“2019年度第二批”里接着申请").says_not("现在没有别的批次");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_round_invites_nobody() {
    let world = world().await;
    let overview = format!("/my/{}?round={}", party(0), world.round);
    let together = format!("/my/{}/together/{}/result_award", party(0), world.round);
    world.get(AGENT, &overview).await.says("项也可以申请").says("接着填写（1 件草稿）");
    close(&world).await;
    let second = announce(&world, "2019年度第二批", 2019, -1).await;
    let page = world.get(AGENT, &overview).await;
    page.is(StatusCode::OK).says("本批次已截止").says("草稿没有提交，本批次已截止，不能再提交");
    page.says_not("也可以申请").says_not("接着填写").says_not("一起申请");
    let page = world.get(AGENT, &together).await;
    page.is(StatusCode::OK).says("已经开始填的有 1 件草稿，不能再提交").says_not("接着填写").says_not("checkbox");
    // In the next round's view the draft is where it belongs.
    let page = world.get(AGENT, &format!("/my/{}?round={second}", party(0))).await;
    page.is(StatusCode::OK).says("草稿在“2019年度第一批”").says_not("接着填写");
}

/// A draft that was not sent in time takes nothing more, is nobody's to go on with, and what it has is taken over into the next round.
#[tokio::test(flavor = "multi_thread")]
async fn a_draft_of_a_closed_round_is_taken_over_into_the_next() {
    let world = World::new().await;
    let (id, agent) = (world.cases.draft, world.actor(Who::Agent).await);
    let ask = async |id: CaseId, ask: Ask| world.store().ask(&agent, &fresh(), id, ask).await;
    let draft = world.store().case(id).await.expect("the draft");
    let cell = CellRef { table: "results".to_owned(), row: draft.subject.basis.clone(), column: "genuine".to_owned() };
    let stated = Stated { value: "false".to_owned(), dispute: Some("登记有误".to_owned()) };
    let save =
        Ask::Save { statements: [(cell, Some(stated))].into(), account: Some(account("企业0", "6222000000000002")) };
    ask(id, save.clone()).await.expect("saved");
    ask(id, Ask::AddEvidence(evidence())).await.expect("handed in");
    let before = world.store().case(id).await.expect("the draft");
    world.get(AGENT, &format!("/cases/{}", id.0)).await.says("谁在办");
    close(&world).await;

    let page = world.get(AGENT, &format!("/cases/{}", id.0)).await;
    page.says("不能再填写、提交").says("放弃草稿").says_not("谁在办").says_not("还缺");
    for step in ["known", "more", "account", "check"] {
        world.get(AGENT, &format!("/cases/{}/edit/{step}", id.0)).await.leads_to(&format!("/cases/{}", id.0));
    }
    for one in [save, Ask::AddEvidence(evidence()), Ask::RemoveEvidence(1)] {
        let refused = ask(id, one).await;
        assert!(matches!(refused, Err(StoreError::Refused(Refusal::RoundClosed(_)))), "{refused:?}");
    }

    let second = announce(&world, "2019年度第二批", 2019, -1).await;
    let apply = format!("/my/{}/apply/{second}/result_award/{}", party(0), draft.subject.basis);
    let page = world.get(AGENT, &format!("/cases/{}", id.0)).await;
    page.says("可以再次申请：“2019年度第二批”").says(&apply);
    world.get(AGENT, &apply).await.says("会带过来").says_not("已经申请过");
    let at = world.post(AGENT, &apply, &[]).await;
    let at = at.is(StatusCode::SEE_OTHER).location().to_owned();
    let new = at.split('/').nth(2).and_then(|id| id.parse().ok()).map(CaseId).expect("a draft");
    let after = world.store().case(new).await.expect("the new draft");
    let said = |case: &Case| {
        let said = case.statements.iter().map(|(cell, said)| (cell.clone(), said.value.clone(), said.dispute.clone()));
        let pieces = case.evidence.iter().map(|piece| (piece.kind.clone(), piece.number.clone()));
        (said.collect::<Vec<_>>(), case.account.clone(), pieces.collect::<Vec<_>>())
    };
    assert_eq!((after.subject.round, said(&after)), (second, said(&before)));
    // It can still be given up.
    world.post(AGENT, &format!("/cases/{}/withdraw", id.0), &[]).await.is(StatusCode::SEE_OTHER);
    assert_eq!(world.store().case(id).await.expect("the draft").stage, Stage::Withdrawn);
}

/// Whoever gives something up knows before whether it can be applied for again.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_given_up_after_its_round_is_not_promised_again() {
    let world = World::new().await;
    let pages = [world.cases.draft, world.cases.in_notice].map(|id| format!("/cases/{}/withdraw", id.0));
    for page in &pages {
        let page = world.get(AGENT, page).await;
        page.is(StatusCode::OK).says("以后可以再次申请：“2019年度第一批”受理到").says_not("不能再在本批次申请");
    }
    close(&world).await;
    for page in &pages {
        let closed = world.get(AGENT, page).await;
        closed
            .is(StatusCode::OK)
            .says("本批次已截止，不能再在本批次申请。")
            .says("现在没有批次受理它")
            .says_not("可以再次申请");
        world
            .get(AGENT, &format!("{page}?lang=en"))
            .await
            .says("This round is closed: it can&#39;t be applied for in it again.");
    }
    announce(&world, "2019年度第二批", 2019, -1).await;
    world
        .get(AGENT, &format!("{}?lang=zh", pages[0]))
        .await
        .says("不能再在本批次申请。以后可以再次申请：“2019年度第二批”");
}

/// That it was told to be late has changed the draft, which is nothing to its applicant: its round is over.
#[tokio::test(flavor = "multi_thread")]
async fn a_draft_sent_from_a_page_of_before_its_round_closed_is_told_of_that_alone() {
    let world = World::new().await;
    let id = world.cases.draft.0;
    let seen = super::version(&world, id).await;
    close(&world).await;
    assert!(world.store().tick().await.expect("a tick").drafts_told > 0);
    let send = [("agree", "yes"), ("what", "submit"), ("go", "send"), ("version", &*seen)];
    let sent = world.post(AGENT, &format!("/cases/{id}/submit"), &send).await;
    sent.leads_to(&format!("/cases/{id}"));
    let told = sent.cookie("flash").expect("a message");
    let told = form_urlencoded::parse(told.as_bytes()).find(|(key, _)| key == "zh").expect("it").1.into_owned();
    assert!(told.contains("本批次已于") && told.contains("截止") && !told.contains("已有变化"), "{told}");
    // So it is where several are sent together.
    let check = format!("/my/{}/together/{}/result_award/check", party(0), world.round);
    let sent = world.post(AGENT, &check, &[("case", &*format!("{id}:{seen}")), ("agree", "yes")]).await;
    let told = match sent.cookie("flash") {
        Some(flash) => {
            form_urlencoded::parse(flash.as_bytes()).find(|(key, _)| key == "zh").expect("it").1.into_owned()
        }
        None => sent.text(),
    };
    assert!(told.contains("本批次已于") && !told.contains("已有变化"), "{told}");
}
