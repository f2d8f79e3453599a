//! A statement of a longer time, which tells of one payment that it was made and that it came back: as if each had been read by itself.

use duixian_casework::case::{CaseId, PaymentOutcome};
use duixian_casework::stage::Stage;
use duixian_store::batches::Settled;

use crate::common::paying::{self, AGAIN, FREES, HEAD, Paying, paying};
use crate::common::{World, on_both};

/// Reads the rows of these answers as one file.
async fn read(world: &World, files: &[String]) -> Settled {
    let rows: String = files.iter().map(|file| file.lines().nth(1).expect("a row").to_owned() + "\n").collect();
    paying::read(world, format!("{HEAD}\n{rows}")).await
}

async fn outcome(world: &World, case: CaseId) -> Option<PaymentOutcome> {
    world.store.case(case).await.expect("it").payments.last()?.outcome.clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn paid_and_come_back_in_one_file() {
    // Wherever the rows stand, and of one day the payment first.
    for (is_back_first, back_on) in [(false, 5), (true, 5), (true, 2)] {
        on_both(async |world: World| {
            let one = paying(&world, 10).await;
            let other = Paying::of(&world, world.payable(1, 1, 300).await, 10).await;
            let mut files = vec![
                one.file("成功", "A1", Some(2), "明细"),
                one.file("退汇", "R1", Some(back_on), "账户已销户"),
                other.file("成功", "A2", Some(2), "明细"),
            ];
            if is_back_first {
                files.swap(0, 1);
            }
            let settled = read(&world, &files).await;
            let told: Vec<_> =
                settled.batches.iter().map(|one| (one.settlement.news.len(), one.settlement.reported.len())).collect();
            assert_eq!(told, [(1, 1), (1, 0)]);
            assert_eq!((one.stage(&world).await, other.stage(&world).await), (Stage::Paid, Stage::Paid));
            assert!(one.is_open(&world, FREES).await, "a second person looks into the return");
            world.check().await;
            // The same statement anew, and one that goes further, say nothing else.
            read(&world, &files).await;
            assert_eq!(world.store.batch(one.batch).await.expect("it").doubts.len(), 1);
            one.end(&world, FREES, true).await.expect("it came back");
            assert_eq!(one.stage(&world).await, Stage::PaymentFailed);
            files.push(one.file("成功", "A3", Some(7), "重新付出"));
            let settled = read(&world, &files).await;
            assert_eq!(settled.batches[0].settlement.news.len(), 1);
            assert_eq!(one.stage(&world).await, Stage::Paid);
            assert!(matches!(outcome(&world, one.case).await, Some(PaymentOutcome::Paid { reference, .. }) if reference == "A3"));
            assert!(!world.store.batch(one.batch).await.expect("it").is_doubted());
            world.check().await;
        })
        .await;
    }
}

/// A failure, and that the bank has tried again, in one file.
#[tokio::test(flavor = "multi_thread")]
async fn failed_and_paid_in_one_file() {
    on_both(async |world: World| {
        let one = paying(&world, 10).await;
        let files = [one.file("成功", "A1", Some(4), "明细"), one.file("失败", "F1", Some(2), "户名不符")];
        let settled = read(&world, &files).await;
        assert_eq!(settled.batches[0].turned.len(), 1, "the report tells that it had failed");
        assert_eq!(one.stage(&world).await, Stage::Paid);
        world.check().await;
    })
    .await;
}

/// Came back and paid on one day, read one after the other: which was first nobody can tell from that, so that a second person looks.
#[tokio::test(flavor = "multi_thread")]
async fn paid_on_the_day_on_which_it_came_back_is_for_two() {
    on_both(async |world: World| {
        let one = paying(&world, 10).await;
        one.read(&world, "退汇", "R1", 3).await;
        one.read(&world, "成功", "A1", 3).await;
        assert_eq!(one.stage(&world).await, Stage::PaymentFailed);
        assert!(one.is_open(&world, AGAIN).await);
        one.end(&world, AGAIN, true).await.expect("it was made");
        assert_eq!(one.stage(&world).await, Stage::Paid);
        // What is no return, the bank may have tried again on that day.
        let other = Paying::of(&world, world.payable(1, 1, 300).await, 10).await;
        other.read(&world, "失败", "F1", 3).await;
        other.read(&world, "成功", "A2", 3).await;
        assert_eq!(other.stage(&world).await, Stage::Paid);
        world.check().await;
    })
    .await;
}
