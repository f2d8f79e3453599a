//! What limits give is used up by what the bank has paid after all: asked once more where money leaves, since the bank's word may come after
//! the decision.

use duixian_casework::case::{Case, CaseId};
use duixian_casework::command::IfShort;
use duixian_casework::refusal::Refusal;
use duixian_casework::stage::Stage;
use duixian_ledger::AllocationRule;
use duixian_money::Fen;
use duixian_store::StoreError;
use duixian_store::batches::Format;
use duixian_store::cases::{Ask, NewCase};

use crate::common::limited::{limited, limited_with};
use crate::common::paying::{HEAD, read, released, sent};
use crate::common::together::seat;
use crate::common::{FUND, World, YEAR, account, decide, fresh, number_of, on_both, party};

/// A case of a party for its first result, decided.
async fn granted(world: &World, measure: &str, place: usize, yuan: i64) -> Case {
    decided(world, measure, place, decide(yuan)).await
}

/// The same where the fund has too little: it waits for money.
async fn queued(world: &World, measure: &str, place: usize, yuan: i64) -> Case {
    let Ask::Decide { amount, reason, conditions, priority, .. } = decide(yuan) else { panic!("a decision") };
    let if_short = IfShort::Queue;
    let case = decided(world, measure, place, Ask::Decide { amount, reason, conditions, priority, if_short }).await;
    assert_eq!(case.stage, Stage::Queued);
    case
}

async fn decided(world: &World, measure: &str, place: usize, decision: Ask) -> Case {
    let new =
        NewCase { round: world.round, party: party(place), measure: measure.to_owned(), basis: format!("L{place}-0") };
    let id = world.store.open_draft(&world.applicant, &fresh(), new).await.expect("a draft").value.id;
    let account = Some(account(&format!("企业{place}"), &number_of(place)));
    world.ask(&world.applicant, id, Ask::Save { statements: [].into(), account }).await;
    world.ask(&world.applicant, id, Ask::Submit).await;
    world.ask(&world.intake, id, Ask::Accept).await;
    world.ask(&world.decider, id, decision).await
}

/// What the bank says of the payment of a case.
async fn says(world: &World, id: CaseId, word: &str, number: &str) {
    let payment = world.store.case(id).await.expect("it").payments[0].clone();
    let (amount, today) = (payment.amount.0 / 100, world.store.now().day());
    read(world, format!("{HEAD}\n{},{amount}.00,{word},{number},{today},明细\n", payment.end_to_end_id)).await;
}

/// A case that was withdrawn after its payment had failed.
async fn withdrawn(world: &World, measure: &str, yuan: i64) -> Case {
    let id = granted(world, measure, 0, yuan).await.id;
    let batch = released(world, vec![id]).await;
    sent(world, batch).await;
    says(world, id, "失败", "").await;
    world.ask(&world.applicant, id, Ask::Withdraw { reason: "不要了".to_owned() }).await
}

fn is_of(refused: &Refusal, number: Option<&str>) -> bool {
    matches!(refused, Refusal::LimitTaken { other, .. } if Some(other.as_str()) == number)
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_leaves_beside_what_was_paid_after_all() {
    // The bank says so before the next is put in a batch, before it is signed, and before its file is fetched.
    for steps in 0..3 {
        on_both(async |mut world: World| {
            limited(&mut world).await;
            seat(&world).await;
            let store = &world.store;
            let first = withdrawn(&world, "project_award", 30_000).await;
            let next = granted(&world, "project_award", 1, 30_000).await;
            assert_eq!(next.stage, Stage::Payable);
            let make = async || store.make_batch(&world.finance, &fresh(), FUND, YEAR, vec![next.id]).await;
            let batch = match steps {
                0 => None,
                1 => Some(make().await.expect("a batch").value),
                _ => Some(released(&world, vec![next.id]).await),
            };
            says(&world, first.id, "成功", "A1").await;
            let number = first.number.as_deref();
            let payable = store.payable(FUND, YEAR).await.expect("cases");
            let shown = payable.iter().find(|one| one.case.id == next.id).expect("it waits");
            assert!(shown.stopped.as_ref().is_some_and(|why| is_of(why, number)), "{:?}", shown.stopped);
            let refused = match (steps, batch) {
                (0, _) => make().await.map(drop).expect_err("refused"),
                (1, Some(batch)) => {
                    let seen = store.to_release(batch).await.expect("it").seen;
                    store.release(&world.finance, &fresh(), batch, &seen, vec![]).await.map(drop).expect_err("refused")
                }
                (_, batch) => {
                    let batch = batch.expect("a batch");
                    store.bank_file(&world.finance, batch, Format::Csv, false).await.map(drop).expect_err("refused")
                }
            };
            assert!(matches!(&refused, StoreError::Refused(why) if is_of(why, number)), "{refused:?}");
            world.check().await;
            // Once two have found that it failed after all, the next can be paid.
            says(&world, first.id, "失败", "F2").await;
            let payment = store.case(first.id).await.expect("it").payments[0].clone();
            let there = store.batch(payment.batch).await.expect("it");
            let (place, _) = there.open_doubts().find(|(_, doubt)| doubt.what.frees_money()).expect("brought up");
            store
                .end_doubt(&world.other_finance, &fresh(), there.id, place, true, "查对明细")
                .await
                .expect("it failed");
            match batch {
                None => drop(make().await.expect("a batch")),
                Some(batch) => assert_eq!(store.to_release(batch).await.expect("it").stopped, []),
            }
            world.check().await;
        })
        .await;
    }
}

/// Where the limit leaves room for both, neither stops the other, nor does a measure of which nothing was paid late.
#[tokio::test(flavor = "multi_thread")]
async fn what_limits_leave_is_paid() {
    on_both(async |mut world: World| {
        limited(&mut world).await;
        seat(&world).await;
        let first = withdrawn(&world, "top_award", 20_000).await;
        let next = granted(&world, "top_award", 1, 20_000).await;
        let other = granted(&world, "project_award", 1, 30_000).await;
        says(&world, first.id, "成功", "A1").await;
        let payable = world.store.payable(FUND, YEAR).await.expect("cases");
        assert!(payable.iter().all(|one| one.stopped.is_none()), "{payable:?}");
        released(&world, vec![next.id, other.id]).await;
        world.check().await;
    })
    .await;
}

/// A waiting decision whose limit another case has taken meanwhile is not funded, alone or with others: those get what is free. It can be
/// decided anew, or declined.
#[tokio::test(flavor = "multi_thread")]
async fn what_the_limits_no_longer_give_is_not_funded() {
    on_both(async |mut world: World| {
        limited_with(&mut world, 40_000).await;
        seat(&world).await;
        let store = &world.store;
        let first = withdrawn(&world, "project_award", 30_000).await;
        let spent = granted(&world, "top_award", 2, 20_000).await;
        let mut waiting = Vec::new();
        for (measure, place, yuan) in [("project_award", 1, 30_000), ("top_award", 3, 20_000)] {
            waiting.push(queued(&world, measure, place, yuan).await);
        }
        let [next, other] = &waiting[..] else { panic!("two") };
        says(&world, first.id, "成功", "A1").await;
        // The treasury has advanced what was lacking for that.
        world.appropriate(100_000).await;
        let number = first.number.as_deref();
        let alone = store.ask(&world.decider, &fresh(), next.id, Ask::Fund).await;
        assert!(matches!(&alone, Err(StoreError::Refused(why)) if is_of(why, number)), "{alone:?}");
        let shown = store.context_of(next).await.expect("its surroundings").limit_taken;
        assert_eq!(shown.as_deref(), number, "its page says so");
        for rule in [AllocationRule::FirstDecided, AllocationRule::ProRata, AllocationRule::Priority] {
            let planned = store.preview_allocation(FUND, YEAR, rule).await.expect("a plan");
            let got: Vec<(i64, Fen, bool)> = planned
                .iter()
                .map(|one| {
                    let is_stopped = one.stopped.as_ref().is_some_and(|why| is_of(why, number));
                    (one.share.case, one.share.granted, is_stopped)
                })
                .collect();
            assert_eq!(got, [(other.id.0, Fen::yuan(20_000), false), (next.id.0, Fen(0), true)], "{rule:?}");
        }
        let rule = AllocationRule::FirstDecided;
        store.allocate(&world.decider, &fresh(), FUND, YEAR, rule, None).await.expect("shared out");
        let stage = async |id| store.case(id).await.expect("it").stage;
        assert_eq!((stage(next.id).await, stage(other.id).await), (Stage::Queued, Stage::Payable));
        world.check().await;
        // What was decided is revoked by two, and decided anew: the rules give nothing more.
        let revoke = Ask::ProposeRevocation { grounds: "限额已用完".to_owned(), remark: String::new() };
        world.ask(&world.decider, next.id, revoke).await;
        world.ask(&world.other_decider, next.id, Ask::ConfirmRevocation).await;
        let anew = store.ask(&world.decider, &fresh(), next.id, decide(30_000)).await;
        assert!(matches!(anew, Err(StoreError::Refused(_))), "{anew:?}");
        world.ask(&world.decider, next.id, Ask::Decline { reason: "本项目已拨付过".to_owned() }).await;
        assert_eq!(stage(spent.id).await, Stage::Payable);
        world.check().await;
    })
    .await;
}

/// A waiting decision that may get nothing keeps nobody's place: what is free goes to the one behind it.
#[tokio::test(flavor = "multi_thread")]
async fn what_may_not_be_funded_keeps_no_place_in_the_queue() {
    on_both(async |mut world: World| {
        limited_with(&mut world, 40_000).await;
        seat(&world).await;
        let first = withdrawn(&world, "project_award", 30_000).await;
        granted(&world, "top_award", 2, 20_000).await;
        let next = queued(&world, "project_award", 1, 30_000).await;
        let behind = queued(&world, "top_award", 3, 20_000).await;
        world.appropriate(5_000).await;
        let fund = async || world.store.ask(&world.decider, &fresh(), behind.id, Ask::Fund).await;
        let refused = fund().await;
        assert!(
            matches!(&refused, Err(StoreError::Refused(Refusal::OthersAhead { ahead, .. })) if *ahead == Fen::yuan(30_000)),
            "{refused:?}"
        );
        says(&world, first.id, "成功", "A1").await;
        world.appropriate(30_000).await;
        assert_eq!(fund().await.expect("it is funded").value.stage, Stage::Payable);
        assert_eq!(world.store.case(next.id).await.expect("it").stage, Stage::Queued);
        world.check().await;
    })
    .await;
}

/// Once two have found that the other failed after all, it is funded as any.
#[tokio::test(flavor = "multi_thread")]
async fn what_the_limits_give_again_is_funded() {
    on_both(async |mut world: World| {
        limited_with(&mut world, 40_000).await;
        seat(&world).await;
        let store = &world.store;
        let first = withdrawn(&world, "project_award", 30_000).await;
        granted(&world, "top_award", 2, 20_000).await;
        let next = queued(&world, "project_award", 1, 30_000).await;
        says(&world, first.id, "成功", "A1").await;
        says(&world, first.id, "失败", "F2").await;
        let there = store.batch(store.case(first.id).await.expect("it").payments[0].batch).await.expect("it");
        let (place, _) = there.open_doubts().find(|(_, doubt)| doubt.what.frees_money()).expect("brought up");
        store.end_doubt(&world.other_finance, &fresh(), there.id, place, true, "查对明细").await.expect("it failed");
        world.appropriate(100_000).await;
        assert_eq!(world.ask(&world.decider, next.id, Ask::Fund).await.stage, Stage::Payable);
        world.check().await;
    })
    .await;
}
