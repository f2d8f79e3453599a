//! What the bank calls paid of a case that was withdrawn: what it stops, counts for, and comes to in the books.

use std::collections::BTreeSet;

use crate::common::paying::{answer, released, renumbered};
use crate::common::together::seat;
use crate::common::{FUND, World, YEAR, fresh, on_both};
use duixian_bank::ResultFormat;
use duixian_casework::case::CaseId;
use duixian_casework::people::Actor;
use duixian_casework::refusal::Refusal;
use duixian_money::Fen;
use duixian_store::StoreError;
use duixian_store::batches::Format;
use duixian_store::cases::Ask;

/// A basis of the short way whose payment failed, whose case was withdrawn, and that is payable once more in another case.
async fn paid_late(world: &World, yuan: i64) -> (CaseId, i64, CaseId) {
    let store = &world.store;
    let gone = world.payable(0, 0, yuan).await;
    let batch = released(world, vec![gone]).await;
    let failed = answer(world, batch, &[gone], ResultFormat::Csv).await;
    store.read_results(&world.finance, &fresh(), None, &failed).await.expect("read");
    world.ask(&world.applicant, gone, Ask::Withdraw { reason: "不要了".to_owned() }).await;
    (gone, batch, world.payable(0, 0, yuan).await)
}

/// What the bank calls paid of a case that was withdrawn stops the payment of another for the same basis, before its second
/// signature and after; and is booked, as long as the bank says so.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_paid_late_is_not_paid_in_another_case() {
    on_both(async |world: World| {
        seat(&world).await;
        world.appropriate(100_000).await;
        let store = &world.store;
        let (gone, batch, again) = paid_late(&world, 20_000).await;
        let (failed, paid) = (
            answer(&world, batch, &[gone], ResultFormat::Csv).await,
            answer(&world, batch, &[], ResultFormat::Csv).await,
        );
        let other = store.make_batch(&world.finance, &fresh(), FUND, YEAR, vec![again]).await.expect("made").value;
        let release = async |who: &Actor| {
            let seen = store.to_release(other).await.expect("the batch").seen;
            store.release(who, &fresh(), other, &seen, vec![]).await
        };
        release(&world.finance).await.expect("the first");
        store.read_results(&world.finance, &fresh(), None, &paid).await.expect("read");
        let number = store.case(gone).await.expect("the case").number.expect("a number");
        let is_stopped = |refused: &StoreError| {
            matches!(refused, StoreError::Refused(Refusal::PaidOtherwise { other, .. }) if *other == number)
        };
        assert!(release(&world.other_finance).await.as_ref().is_err_and(is_stopped));
        let position = store.position(FUND, YEAR).await.expect("a position");
        assert_eq!((position.paid, position.reserved), (Fen::yuan(20_000), Fen::yuan(20_000)));

        // Where it did not arrive, it is not booked any more, and the other is paid.
        let anew = [failed.as_slice(), b"\r\n"].concat();
        store.read_results(&world.finance, &fresh(), None, &anew).await.expect("read");
        let doubts = store.batch(batch).await.expect("the batch");
        let (place, _) = doubts.open_doubts().find(|(_, one)| one.what.frees_money()).expect("a doubt");
        store.end_doubt(&world.other_finance, &fresh(), batch, place, true, "查对明细").await.expect("confirmed");
        assert_eq!(store.position(FUND, YEAR).await.expect("a position").paid, Fen(0));
        release(&world.other_finance).await.expect("the second");

        // Once it was released, there is no file for it any more; it is taken out, and goes into no other batch.
        let paid = renumbered(&paid, "LATE1");
        store.read_results(&world.finance, &fresh(), None, &paid).await.expect("read");
        assert!(store.bank_file(&world.finance, other, Format::Csv, false).await.as_ref().is_err_and(is_stopped));
        assert_eq!(store.to_release(other).await.expect("the batch").stopped.len(), 1);
        store.take_out(&world.finance, &fresh(), other, BTreeSet::from([again])).await.expect("taken out");
        let refused = store.make_batch(&world.finance, &fresh(), FUND, YEAR, vec![again]).await;
        assert!(refused.as_ref().is_err_and(is_stopped), "{refused:?}");
        world.check().await;
    })
    .await;
}

/// What has left is booked also where nothing is free for it: the treasury advances it, and has it back from what comes next.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_paid_late_is_advanced_where_nothing_is_free() {
    on_both(async |world: World| {
        seat(&world).await;
        world.appropriate(30_000).await;
        let store = &world.store;
        let (_, batch, again) = paid_late(&world, 20_000).await;
        let paid = answer(&world, batch, &[], ResultFormat::Csv).await;
        store.read_results(&world.finance, &fresh(), None, &paid).await.expect("read");
        let stands = async || {
            let position = store.position(FUND, YEAR).await.expect("a position");
            [position.paid, position.reserved, position.free, position.advanced].map(|fen| fen.0 / 100)
        };
        assert_eq!(stands().await, [20_000, 20_000, 0, 10_000]);
        // What the other case had set aside comes free, and goes back as far as it is owed.
        world.ask(&world.applicant, again, Ask::Withdraw { reason: "不要了".to_owned() }).await;
        assert_eq!(stands().await, [20_000, 0, 10_000, 0]);
        world.check().await;
    })
    .await;
}
