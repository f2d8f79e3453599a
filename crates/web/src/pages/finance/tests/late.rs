//! What the bank says later than anyone waited for.

use duixian_bank::{ResultFormat, sample_results};
use duixian_casework::people::Actor;
use duixian_store::batches::Format;

use super::*;

/// Another case, accepted, for a basis that was granted before in a case which was withdrawn after its payment had failed; and what
/// the bank says when it calls that payment made.
async fn accepted_again(world: &World) -> (CaseId, String) {
    let (store, id) = (world.store(), world.cases.payable);
    let (agent, intake) = (world.actor(Who::Agent).await, world.actor(Who::Intake).await);
    let ask = async |who: &Actor, id: CaseId, ask: Ask| store.ask(who, &fresh(), id, ask).await.expect("done").value;
    let batch = released(world, id).await;
    let finance = world.actor(Who::Finance).await;
    store.bank_file(&finance, batch, Format::Csv, false).await.expect("its file");
    let file = store.payment_file(&store.batch(batch).await.expect("the batch")).await.expect("its file");
    let refused = [(file.orders()[0].end_to_end_id.clone(), "账号户名不符".to_owned())];
    let [failed, paid] = [&refused[..], &[]].map(|failing| sample_results(&file, failing, ResultFormat::Csv));
    store.read_results(&finance, &fresh(), None, failed.as_bytes()).await.expect("read");
    let before = ask(&agent, id, Ask::Withdraw { reason: "不要了".to_owned() }).await;
    let (subject, account) = (before.subject.clone(), before.account.clone());
    let new = NewCase { round: subject.round, party: subject.party, measure: subject.measure, basis: subject.basis };
    let again = store.open_draft(&agent, &fresh(), new).await.expect("a draft").value.id;
    ask(&agent, again, Ask::Save { statements: Default::default(), account }).await;
    ask(&agent, again, Ask::Submit).await;
    ask(&intake, again, Ask::Accept).await;
    (again, paid)
}

/// A batch of one case, which both have released.
async fn released(world: &World, id: CaseId) -> i64 {
    let (store, finance) = (world.store(), world.actor(Who::Finance).await);
    let batch = store.make_batch(&finance, &fresh(), FUND, YEAR, vec![id]).await.expect("a batch").value;
    for who in [Who::Finance, Who::OtherFinance] {
        let seen = store.to_release(batch).await.expect("the batch").seen;
        store.release(&world.actor(who).await, &fresh(), batch, &seen, vec![]).await.expect("released");
    }
    batch
}

async fn decide(world: &World, id: CaseId, amount: Fen, if_short: IfShort) {
    let reason = "按规定".to_owned();
    let decision = Ask::Decide { amount, reason, conditions: Vec::new(), priority: 1, if_short };
    let decider = world.actor(Who::DecisionMaker).await;
    world.store().ask(&decider, &fresh(), id, decision).await.expect("decided");
}

/// The bank's answer, as finance reads it.
async fn reads(world: &World, told: &str) {
    let finance = world.actor(Who::Finance).await;
    world.store().read_results(&finance, &fresh(), None, told.as_bytes()).await.expect("read");
}

/// A released batch, its path and a case in it for a basis that the bank calls paid in a withdrawn case, before which its file is
/// fetched or not.
async fn stopped(is_fetched: bool) -> (World, String, CaseId) {
    let world = World::new().await;
    let (again, paid) = accepted_again(&world).await;
    decide(&world, again, Fen::yuan(30_000), IfShort::Refuse).await;
    let path = format!("/finance/batches/{}", released(&world, again).await);
    world.get(FINANCE, &path).await.is(StatusCode::OK).says_not("现在不能付");
    if is_fetched {
        world.post(FINANCE, &format!("{path}/file/csv"), UNSENT).await.is(StatusCode::OK);
    }
    reads(&world, &paid).await;
    (world, path, again)
}

/// What the bank calls paid of a withdrawn case stops a decision for the same basis that waits for money: whoever shares the fund out
/// reads which, and why.
#[tokio::test]
async fn the_queue_says_who_may_get_nothing() {
    let world = World::new().await;
    let (again, paid) = accepted_again(&world).await;
    drain(&world).await;
    decide(&world, again, Fen::yuan(60_000), IfShort::Queue).await;
    let href = format!("/finance/waiting/{FUND}/{YEAR}?rule=pro_rata");
    let left_out = "现在不能安排资金";
    world.get(Some(Who::DecisionMaker), &href).await.is(StatusCode::OK).says("60,000.00").says_not(left_out);
    reads(&world, &paid).await;
    let page = world.get(Some(Who::DecisionMaker), &href).await;
    let number = world.store().case(again).await.expect("a case").number.expect("a number");
    page.is(StatusCode::OK).says(left_out).says(&format!("{number}</a>：本件的同一依据在"));
    world.get(Some(Who::DecisionMaker), &format!("{href}&lang=en")).await.says("1 can't be funded now");
}

/// What the bank calls paid of a withdrawn case stops the batch that another case for the same basis is in, and its page says so.
#[tokio::test]
async fn a_batch_says_which_of_its_cases_are_paid_already() {
    let (world, path, again) = stopped(false).await;
    let page = world.get(FINANCE, &path).await;
    page.is(StatusCode::OK).says("有 1 件现在不能付").says("把选中的移出批次");
    // Its number stands before the reason, and not in it once more.
    let number = world.store().case(again).await.expect("a case").number.expect("a number");
    page.says(&format!("{number}</a>：本件的同一依据在")).says_not(&format!("：{number}"));
    page.says("移出以前不能下载")
        .says("aria-describedby=\"no-file\"")
        .says_not("/file/csv\"")
        .says_not("/file/pain001\"");
    world.post(FINANCE, &format!("{path}/file/csv"), UNSENT).await.is(StatusCode::CONFLICT);
    let picked = [("case", &*again.0.to_string())];
    world.post(FINANCE, &format!("{path}/take-out"), &picked).await.leads_to(&path);
    world.get(FINANCE, &path).await.is(StatusCode::OK).says_not("现在不能付");
}

/// Once the file was fetched it may be with the bank: the page says what to do, and offers nothing that would unsend it.
#[tokio::test]
async fn what_is_stopped_in_a_fetched_batch_waits_for_the_bank() {
    let (world, path, again) = stopped(true).await;
    let page = world.get(FINANCE, &path).await;
    page.is(StatusCode::OK).says("有 1 件现在不能付").says("请立即联系银行止付").says_not("把选中的移出批次");
    // What is paid beside the reservations is its measure's as well.
    world.get(FINANCE, &fund("")).await.says("60,000.00").says_not("退回与更正");
    page.says("查清以前不能再下载").says_not("/file/csv\"");
    world.get(FINANCE, &format!("{path}?lang=en")).await.says("ask the bank at once to stop these payments");
    let picked = [("case", &*again.0.to_string())];
    world.post(FINANCE, &format!("{path}/take-out"), &picked).await.leads_to(&path);
    world.get(FINANCE, &path).await.is(StatusCode::OK).says("有 1 件现在不能付");
}
