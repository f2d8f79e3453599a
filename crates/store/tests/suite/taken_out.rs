//! What was taken out of a batch, and the bank calls paid all the same.

use std::collections::BTreeSet;

use crate::common::paying::{HEAD, released, sent};
use crate::common::together::seat;
use crate::common::{FUND, World, YEAR, fresh, on_both};

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_paid_for_a_case_whose_payment_was_taken_out_and_is_called_made() {
    on_both(async |world: World| {
        seat(&world).await;
        world.appropriate(10_000).await;
        let (stays, leaves) = (world.payable(0, 0, 200).await, world.payable(0, 1, 300).await);
        let batch = released(&world, vec![stays, leaves]).await;
        let there = world.store.batch(batch).await.expect("it");
        let line = there.lines.iter().find(|line| line.case == leaves).expect("its line");
        let taken_out = world.store.take_out(&world.finance, &fresh(), batch, BTreeSet::from([leaves])).await;
        taken_out.expect("nobody has fetched the file");
        let there = world.store.to_release(batch).await.expect("the batch");
        for who in [&world.finance, &world.other_finance] {
            world.store.release(who, &fresh(), batch, &there.seen, Vec::new()).await.expect("released anew");
        }
        sent(&world, batch).await;
        let today = world.store.now().day();
        let file = format!("{HEAD}\n{},300.00,成功,S1,{today},\n", line.end_to_end_id);
        world.store.read_results(&world.finance, &fresh(), None, file.as_bytes()).await.expect("read");
        let again = async || world.store.make_batch(&world.finance, &fresh(), FUND, YEAR, vec![leaves]).await;
        let refused = again().await;
        assert!(refused.is_err(), "it may have been paid: {refused:?}");
        let doubted = world.store.batch(batch).await.expect("it");
        let (place, _) = doubted.open_doubts().next().expect("it waits for a second person");
        let ended =
            world.store.end_doubt(&world.other_finance, &fresh(), batch, place, false, "查过明细，没有付出").await;
        ended.expect("it was looked into");
        again().await.expect("it can be paid");
        world.check().await;
    })
    .await;
}
