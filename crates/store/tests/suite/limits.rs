//! What limits give is used up by what the bank has paid after all: asked once more where money leaves, since the bank's word may come after
//! the decision.

use duixian_casework::case::{Case, CaseId};
use duixian_casework::refusal::Refusal;
use duixian_casework::stage::Stage;
use duixian_store::StoreError;
use duixian_store::batches::Format;
use duixian_store::cases::{Ask, NewCase};

use crate::common::limited::limited;
use crate::common::paying::{HEAD, read, released, sent};
use crate::common::together::seat;
use crate::common::{FUND, World, YEAR, account, decide, fresh, on_both, party};

/// A case of a party for its first result, decided.
async fn granted(world: &World, measure: &str, place: usize, yuan: i64) -> Case {
    let new =
        NewCase { round: world.round, party: party(place), measure: measure.to_owned(), basis: format!("L{place}-0") };
    let id = world.store.open_draft(&world.applicant, &fresh(), new).await.expect("a draft").value.id;
    let account = Some(account(&format!("企业{place}"), "6222000000000002"));
    world.ask(&world.applicant, id, Ask::Save { statements: [].into(), account }).await;
    world.ask(&world.applicant, id, Ask::Submit).await;
    world.ask(&world.intake, id, Ask::Accept).await;
    world.ask(&world.decider, id, decide(yuan)).await
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
            store.end_doubt(&world.other_finance, &fresh(), there.id, place, true, "").await.expect("it failed");
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
