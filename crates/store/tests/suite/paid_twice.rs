//! What the bank calls paid beside what has paid its case: it is known, booked once, stops whatever would follow, and is booked back.

use crate::common::paying::{HEAD, correct, read, released, sent};
use crate::common::together::seat;
use crate::common::{FUND, World, YEAR, fresh, on_both};
use duixian_casework::case::CaseId;
use duixian_casework::refusal::Refusal;
use duixian_casework::stage::Stage;
use duixian_store::StoreError;
use duixian_store::cases::Ask;
use duixian_store::messages::Wanted;

/// A payment of 20,000 yuan, by what the bank knows it by, and its batch.
struct Sent {
    batch: i64,
    payment: String,
}

/// A case of 20,000 yuan, and as many payments of it that have failed.
async fn failed<const N: usize>(world: &World) -> (CaseId, [Sent; N]) {
    seat(world).await;
    world.appropriate(100_000).await;
    let id = world.payable(0, 0, 20_000).await;
    let mut sent = Vec::new();
    for place in 0..N {
        let one = send(world, id).await;
        says(world, &one, "失败", "").await;
        correct(world, id, place + 3).await.expect("another account");
        sent.push(one);
    }
    (id, sent.try_into().unwrap_or_else(|_| panic!("as many as were asked for")))
}

async fn send(world: &World, id: CaseId) -> Sent {
    let batch = released(world, vec![id]).await;
    sent(world, batch).await;
    let payment = world.store.batch(batch).await.expect("it").lines[0].end_to_end_id.clone();
    Sent { batch, payment }
}

/// A new answer of the bank about one payment.
async fn says(world: &World, sent: &Sent, word: &str, reference: &str) {
    let (today, payment) = (world.store.now().day(), &sent.payment);
    // No two answers are the same file.
    let file = format!("{HEAD}\n{payment},20000.00,{word},{reference},{today},{:?}\n", fresh());
    let file = file.replace('"', "");
    read(world, file).await;
}

/// A second person confirms what the bank says of a payment.
async fn confirm(world: &World, sent: &Sent) {
    let there = world.store.batch(sent.batch).await.expect("it");
    let (place, _) =
        there.open_doubts().find(|(_, doubt)| doubt.what.can_be_confirmed()).expect("something to confirm");
    world
        .store
        .end_doubt(&world.other_finance, &fresh(), sent.batch, place, true, "查对明细")
        .await
        .expect("confirmed");
}

/// Where the case stands, what is paid, and what is reserved, in yuan.
async fn stands(world: &World, id: CaseId) -> (Stage, i64, i64) {
    let position = world.store.position(FUND, YEAR).await.expect("a position");
    (world.store.case(id).await.expect("the case").stage, position.paid.0 / 100, position.reserved.0 / 100)
}

async fn is_stopped(world: &World, id: CaseId) {
    assert!(world.store.make_batch(&world.finance, &fresh(), FUND, YEAR, vec![id]).await.is_err());
    let refused = correct(world, id, 9).await;
    assert!(matches!(refused, Err(StoreError::Refused(Refusal::PaymentInDoubt))), "{refused:?}");
}

/// The first is called paid while the second is under way, and then that is paid too: both are booked, and the case is not closed.
#[tokio::test(flavor = "multi_thread")]
async fn both_that_were_paid_are_booked_and_the_case_stays_open() {
    on_both(async |world: World| {
        let (id, [first]) = failed(&world).await;
        let second = send(&world, id).await;
        says(&world, &first, "成功", "B1").await;
        assert_eq!(stands(&world, id).await, (Stage::Payable, 0, 20_000));
        says(&world, &second, "成功", "B2").await;
        assert_eq!(stands(&world, id).await, (Stage::Paid, 40_000, 0));
        let closed = world.store.ask(&world.finance, &fresh(), id, Ask::Close).await;
        let of_first =
            matches!(&closed, Err(StoreError::Refused(Refusal::PaidTwice { payment })) if *payment == first.payment);
        assert!(of_first, "{closed:?}");
        says(&world, &first, "退汇", "T1").await;
        confirm(&world, &first).await;
        assert_eq!(stands(&world, id).await, (Stage::Paid, 20_000, 0));
        world.ask(&world.finance, id, Ask::Close).await;
        world.check().await;
    })
    .await;
}

/// The first is called paid after the case was closed: known and booked all the same. When the second comes back, nothing leaves.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_called_paid_of_a_closed_case_is_known_and_booked() {
    on_both(async |world: World| {
        let (id, [first]) = failed(&world).await;
        let second = send(&world, id).await;
        says(&world, &second, "成功", "B2").await;
        world.ask(&world.finance, id, Ask::Close).await;
        says(&world, &first, "成功", "B1").await;
        assert_eq!(stands(&world, id).await, (Stage::Closed, 40_000, 0));
        says(&world, &second, "退汇", "T2").await;
        confirm(&world, &second).await;
        assert_eq!(stands(&world, id).await, (Stage::PaymentFailed, 0, 20_000));
        is_stopped(&world, id).await;
        // Called paid once more it pays the case.
        says(&world, &first, "成功", "B1").await;
        assert_eq!(stands(&world, id).await, (Stage::Paid, 20_000, 0));
        world.check().await;
    })
    .await;
}

/// The second is called paid after the first has paid the case all the same; and what was called paid, and came back, is settled.
#[tokio::test(flavor = "multi_thread")]
async fn of_two_that_were_called_paid_one_coming_back_leaves_the_other() {
    on_both(async |world: World| {
        let (id, [first, second]) = failed(&world).await;
        says(&world, &first, "成功", "B1").await;
        assert_eq!(stands(&world, id).await, (Stage::Paid, 20_000, 0));
        says(&world, &second, "成功", "B2").await;
        assert_eq!(stands(&world, id).await, (Stage::Paid, 40_000, 0));
        says(&world, &first, "退汇", "T1").await;
        confirm(&world, &first).await;
        assert_eq!(stands(&world, id).await, (Stage::PaymentFailed, 0, 20_000));
        is_stopped(&world, id).await;
        let due = async || world.store.case(id).await.expect("it").due.expect("a deadline");
        let before = due().await;
        let days = chrono::TimeDelta::days(40);
        world.store.advance_clock(&world.admin, days).await.expect("later");
        says(&world, &second, "失败", "").await;
        confirm(&world, &second).await;
        assert_eq!(stands(&world, id).await, (Stage::PaymentFailed, 0, 20_000));
        assert!(before < world.store.now().day() && due().await > world.store.now().day());
        // Another account is asked for now, in as many days as after any failure.
        let told = world.store.messages(&world.applicant, None, Wanted::ToDo, 1).await.expect("messages").rows;
        assert_eq!((told.len(), told[0].kind.as_str()), (1, "payment_failed"));
        correct(&world, id, 9).await.expect("it is to be paid now");
        let third = send(&world, id).await;
        says(&world, &third, "成功", "B3").await;
        assert_eq!(stands(&world, id).await, (Stage::Paid, 20_000, 0));
        world.check().await;
    })
    .await;
}

/// Two are called paid at once: what is set aside covers one of them, and each is cleared up by its own number.
#[tokio::test(flavor = "multi_thread")]
async fn two_that_are_called_paid_are_cleared_up_each_by_its_number() {
    on_both(async |world: World| {
        let (id, [first, second]) = failed(&world).await;
        let batch = world.store.make_batch(&world.finance, &fresh(), FUND, YEAR, vec![id]).await.expect("made").value;
        says(&world, &first, "成功", "B1").await;
        assert_eq!(stands(&world, id).await, (Stage::Payable, 0, 20_000));
        says(&world, &second, "成功", "B2").await;
        assert_eq!(stands(&world, id).await, (Stage::Payable, 20_000, 20_000));
        says(&world, &second, "失败", "").await;
        confirm(&world, &second).await;
        assert_eq!(stands(&world, id).await, (Stage::Payable, 0, 20_000));
        let seen = world.store.to_release(batch).await.expect("it").seen;
        assert!(world.store.release(&world.finance, &fresh(), batch, &seen, vec![]).await.is_err(), "the first stands");
        says(&world, &first, "失败", "").await;
        confirm(&world, &first).await;
        world.store.cancel(&world.finance, &fresh(), batch, "重编").await.expect("cancelled");
        // What two people have cleared up nobody undoes by reading the old answer once more; a new one of the bank is another matter.
        says(&world, &second, "成功", "b2").await;
        assert_eq!(stands(&world, id).await, (Stage::Payable, 0, 20_000));
        let doubt = world.store.batch(second.batch).await.expect("it").is_doubted();
        assert!(doubt, "someone looks into it");
        says(&world, &second, "成功", "B3").await;
        assert_eq!(stands(&world, id).await, (Stage::Paid, 20_000, 0));
        world.check().await;
    })
    .await;
}

/// What came back, was called paid again and came back again is booked back again, by two people again.
#[tokio::test(flavor = "multi_thread")]
async fn a_second_return_is_no_old_news() {
    on_both(async |world: World| {
        let (id, []) = failed(&world).await;
        let sent = send(&world, id).await;
        says(&world, &sent, "成功", "W1").await;
        says(&world, &sent, "退汇", "T1").await;
        confirm(&world, &sent).await;
        world.ask(&world.applicant, id, Ask::Withdraw { reason: "不要了".to_owned() }).await;
        // It is known already that it came back.
        says(&world, &sent, "退汇", "T1").await;
        assert_eq!(world.store.batch(sent.batch).await.expect("it").open_doubts().count(), 0);
        // That it left once more takes two as well: it may tell of what was before it came back.
        says(&world, &sent, "成功", "W2").await;
        assert_eq!(stands(&world, id).await, (Stage::Withdrawn, 0, 0));
        confirm(&world, &sent).await;
        assert_eq!(stands(&world, id).await, (Stage::Withdrawn, 20_000, 0));
        says(&world, &sent, "退汇", "T2").await;
        confirm(&world, &sent).await;
        assert_eq!(stands(&world, id).await, (Stage::Withdrawn, 0, 0));
        world.check().await;
    })
    .await;
}

/// What two people have found came back is not paid again by one who reads what was before it.
#[tokio::test(flavor = "multi_thread")]
async fn what_came_back_is_not_paid_again_by_an_older_answer() {
    on_both(async |world: World| {
        let (id, []) = failed(&world).await;
        let sent = send(&world, id).await;
        says(&world, &sent, "成功", "W1").await;
        says(&world, &sent, "退汇", "T1").await;
        confirm(&world, &sent).await;
        // The true number of the payment that came back, which had been read wrongly before.
        says(&world, &sent, "成功", "W9").await;
        assert_eq!(stands(&world, id).await, (Stage::PaymentFailed, 0, 20_000));
        let doubts = async || world.store.batch(sent.batch).await.expect("it");
        let place = doubts().await.open_doubts().next().expect("it is brought up").0;
        let own = world.store.end_doubt(&world.finance, &fresh(), sent.batch, place, true, "查对明细").await;
        assert!(matches!(own, Err(StoreError::Refused(Refusal::ReadByYou))), "{own:?}");
        let before = "退回以前的那一次，钱在账上";
        world
            .store
            .end_doubt(&world.other_finance, &fresh(), sent.batch, place, false, before)
            .await
            .expect("dismissed");
        world.check().await;
        // It can be paid again, and who reads it once more undoes nothing.
        correct(&world, id, 9).await.expect("another account");
        says(&world, &sent, "成功", "W9").await;
        assert_eq!(stands(&world, id).await, (Stage::Payable, 0, 20_000));
        world.check().await;
    })
    .await;
}

/// Each number by which a payment was called paid is kept, proves it, and is undone with it.
#[tokio::test(flavor = "multi_thread")]
async fn all_numbers_by_which_it_was_called_paid_are_undone_together() {
    on_both(async |world: World| {
        let (id, [first]) = failed(&world).await;
        world.ask(&world.applicant, id, Ask::Withdraw { reason: "不要了".to_owned() }).await;
        says(&world, &first, "成功", "R2").await;
        says(&world, &first, "成功", "R3").await;
        world.check().await;
        says(&world, &first, "失败", "").await;
        confirm(&world, &first).await;
        assert_eq!(stands(&world, id).await, (Stage::Withdrawn, 0, 0));
        for old in ["R2", "R3"] {
            says(&world, &first, "成功", old).await;
            assert_eq!(stands(&world, id).await, (Stage::Withdrawn, 0, 0), "{old}");
        }
        world.check().await;
    })
    .await;
}
