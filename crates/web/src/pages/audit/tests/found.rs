//! What an auditor looks for beside cases: batches, amounts, and what made a fund as large as it is.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::StatusCode;
use chrono::TimeDelta;
use duixian_casework::case::CaseId;
use duixian_casework::command::IfShort;
use duixian_casework::people::Actor;
use duixian_casework::stage::Stage;
use duixian_ledger::CarryRule;
use duixian_money::Fen;
use duixian_store::cases::{Ask, NewCase};
use duixian_store::funds::Proposed;

use super::{AUDITOR, query};
use crate::format;
use crate::locale::Lang;
use crate::testing::{FUND, Who, World, YEAR, account, evidence, fresh, party};

/// A case of the short way that was decided: payable, or waiting where the fund is short.
async fn decided(world: &World, result: usize, amount: Fen) -> CaseId {
    let new = NewCase {
        round: world.round,
        party: party(0),
        measure: "instant_award".to_owned(),
        basis: format!("R0-{result}"),
    };
    let agent = world.actor(Who::Agent).await;
    let id = world.store().open_draft(&agent, &fresh(), new).await.expect("a draft").value.id;
    let account = Some(account("企业0", "6222000000000002"));
    let decide = Ask::Decide {
        amount,
        reason: "按规定".to_owned(),
        conditions: Vec::new(),
        priority: 1,
        if_short: IfShort::Queue,
    };
    let steps = [
        (Who::Agent, Ask::Save { statements: BTreeMap::new(), account }),
        (Who::Agent, Ask::AddEvidence(evidence())),
        (Who::Agent, Ask::Submit),
        (Who::Intake, Ask::Accept),
        (Who::DecisionMaker, decide),
    ];
    for (who, ask) in steps {
        let (what, actor) = (format!("{ask:?}"), world.actor(who).await);
        let done = world.store().ask(&actor, &fresh(), id, ask).await;
        done.unwrap_or_else(|error| panic!("{what}: {error}"));
    }
    id
}

/// Two of finance do something to the fund.
async fn done_by_two(world: &World, what: Proposed, amount: Fen, grounds: &str) {
    let (finance, other) = (world.actor(Who::Finance).await, world.actor(Who::OtherFinance).await);
    let put = world.store().propose(&finance, &fresh(), what, (FUND, YEAR), amount, grounds).await;
    let put = put.unwrap_or_else(|error| panic!("it is put forward: {error}")).value;
    world.store().end_proposal(&other, &fresh(), put, true, "").await.expect("it is confirmed");
}

fn yuan(amount: Fen) -> String {
    format::yuan(Lang::Zh, amount)
}

fn money(text: &str) -> String {
    format!("/audit/money?q={}", query(text))
}

#[tokio::test]
async fn a_batch_is_found_by_its_number_beside_its_cases() {
    let world = World::new().await;
    let (store, finance) = (world.store(), world.actor(Who::Finance).await);
    let (stays, leaves) = (world.cases.payable, decided(&world, 15, Fen::yuan(20_000)).await);
    let made = store.make_batch(&finance, &fresh(), FUND, YEAR, vec![leaves, stays]).await.expect("a batch").value;
    store.take_out(&finance, &fresh(), made, BTreeSet::from([leaves])).await.expect("taken out");
    let q = query(&store.batch(made).await.expect("the batch").number);
    let number = async |id| query(&store.case(id).await.expect("a case").number.expect("a number"));
    let (stays, leaves) = (number(stays).await, number(leaves).await);
    for area in ["/audit", "/audit/money"] {
        let page = world.get(AUDITOR, &format!("{area}?q={q}")).await;
        page.is(StatusCode::OK).says("批次本身").says(&format!("href=\"/audit?q={q}&#38;kind=batch.\""));
        let text = page.text();
        let places = [format!("{area}?q={stays}"), format!("{area}?q={leaves}"), "已移出这一批".to_owned()]
            .map(|words| text.find(&words).expect("it is offered"));
        assert!(places.is_sorted(), "what is not in it any more comes last, and is said not to be: {places:?}");
        assert_eq!(text.matches("已移出这一批").count(), 1);
    }
    let own = world.get(AUDITOR, &format!("/audit?q={q}&kind=batch.")).await;
    own.is(StatusCode::OK).says("编制批次").says("移出案件").says_not("批次本身").says_not("资金划转：");
    // It is offered where it has one case alone, too.
    let paid = store.case(world.cases.paid).await.expect("a case");
    let batch = query(&store.batch(paid.payments[0].batch).await.expect("its batch").number);
    let page = world.get(AUDITOR, &format!("/audit?q={batch}")).await;
    page.is(StatusCode::OK).says("批次本身").says(&query(&paid.number.expect("a number"))).says_not("已移出");
    world.get(AUDITOR, &format!("/audit?q={batch}&kind=batch.")).await.says("下载付款文件").says("对账完成");
    world.get(AUDITOR, &format!("/audit?q={}", query("拨〔2019〕0099"))).await.says("没有找到这样的案件、批次或用户");
}

#[tokio::test]
async fn amounts_of_funds_and_of_decisions_that_wait_are_found() {
    let world = World::new().await;
    let store = world.store();
    let more = Fen(200_000_001);
    store.appropriate(&Actor::System, &fresh(), FUND, YEAR, more, "追加预算").await.expect("more money");
    let trace = money("试验资金 2019年度").replace('+', "%20");
    for typed in ["2,000,000.01", "2000000.01元"] {
        let page = world.get(AUDITOR, &money(typed)).await;
        page.is(StatusCode::OK).says("安排：2,000,000.01元").says("追加预算").says(&trace).says_not("没有找到");
    }
    world.get(AUDITOR, &trace).await.says("预算安排：2,000,000.01元");
    let free = store.position(FUND, YEAR).await.expect("a position").free;
    let back = Fen(free.0 - Fen::yuan(10_000).0);
    done_by_two(&world, Proposed::TakeBack, back, "财政追减").await;
    let page = world.get(AUDITOR, &money(&back.to_grouped_yuan())).await;
    page.says(&format!("收回安排：{}", yuan(back))).says("财政追减");
    let waits = store.case(decided(&world, 16, Fen(1_240_396)).await).await.expect("a case");
    assert_eq!(waits.stage, Stage::Queued);
    let number = query(&waits.number.expect("a number"));
    for typed in ["12,403.96", "12403.96"] {
        let page = world.get(AUDITOR, &money(typed)).await;
        page.is(StatusCode::OK).says("金额是 12,403.96元 的 1 件").says(&format!("q={number}"));
    }
    // With a decimal point it is an amount, and no digits of a number. What would be found is said.
    for typed in ["0.01", "0.16"] {
        let page = world.get(AUDITOR, &money(typed)).await;
        page.is(StatusCode::OK).says("没有找到").says("分毫不差").says_not("付款号 ");
    }
    world.get(AUDITOR, "/audit/money?q=x").await.says("没有找到").says_not("分毫不差");
}

/// What left a fund other than by payment is told with what came, so that both make up what it has.
#[tokio::test]
async fn what_came_into_a_fund_and_left_it_adds_up_to_its_size() {
    let world = World::new().await;
    let (store, finance) = (world.store(), world.actor(Who::Finance).await);
    let back = Fen::yuan(200_000);
    done_by_two(&world, Proposed::TakeBack, back, "财政追减").await;
    store.advance_clock(&finance, TimeDelta::days(220)).await.expect("time moves on");
    let free = store.position(FUND, YEAR).await.expect("a position").free;
    done_by_two(&world, Proposed::Close(CarryRule::Lapse), free, "").await;
    let (size, left) = (store.position(FUND, YEAR).await.expect("a position").size, Fen(back.0 + free.0));
    let page = world.get(AUDITOR, &money("试验资金")).await;
    page.is(StatusCode::OK).says("财政追减").says("年末结余收回");
    page.says(&format!("转入合计 1,000,000元，转出合计 {}，规模 {}", yuan(left), yuan(size)));
    let text = page.text();
    let lines =
        ["预算安排：1,000,000元".to_owned(), "收回安排：200,000元".to_owned(), format!("年末收回：{}", yuan(free))];
    let places = lines.map(|words| text.find(&words).expect("it is told"));
    assert!(places.is_sorted(), "{places:?}");
    let english = world.get(AUDITOR, &format!("{}&lang=en", money("试验资金"))).await;
    english.says("Appropriation taken back: CNY 200,000").says("left over at the year&#39;s end, and taken back");
    world.get(AUDITOR, &money(&free.to_grouped_yuan())).await.says(&format!("年末收回：{}", yuan(free)));
}
