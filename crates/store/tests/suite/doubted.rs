//! What the bank says of a payment after its case has gone another way: nothing is paid twice, and what left is booked once.

use std::collections::BTreeSet;

use crate::common::paying::{HEAD, answer, correct, read, released, renumbered, sent};
use crate::common::together::{beside, seat};
use crate::common::{FUND, World, YEAR, decide, fresh, on_both};
use duixian_bank::ResultFormat;
use duixian_casework::batch::BatchStage;
use duixian_casework::case::CaseId;
use duixian_casework::doubt::Doubted;
use duixian_casework::refusal::Refusal;
use duixian_casework::stage::Stage;
use duixian_money::Fen;
use duixian_store::StoreError;
use duixian_store::batches::Format;
use duixian_store::cases::Ask;
use sea_orm::ConnectionTrait;

/// A case whose payment of 20,000 yuan has failed, and its batch.
async fn failed(world: &World) -> (CaseId, i64) {
    seat(world).await;
    world.appropriate(100_000).await;
    let id = world.payable(0, 0, 20_000).await;
    let batch = released(world, vec![id]).await;
    read(world, &answer(world, batch, &[id], ResultFormat::Csv).await).await;
    (id, batch)
}

/// A second person confirms the first that is in doubt and can be confirmed.
async fn confirm(world: &World, batch: i64) {
    let there = world.store.batch(batch).await.expect("it");
    let (place, _) =
        there.open_doubts().find(|(_, doubt)| doubt.what.can_be_confirmed()).expect("something to confirm");
    world.store.end_doubt(&world.other_finance, &fresh(), batch, place, true, "查对明细").await.expect("confirmed");
}

async fn revoke(world: &World, id: CaseId) {
    let (grounds, remark) = ("金额有误".to_owned(), "金额有误".to_owned());
    world.ask(&world.decider, id, Ask::ProposeRevocation { grounds, remark }).await;
    world.ask(&world.other_decider, id, Ask::ConfirmRevocation).await;
}

async fn review_again(world: &World, id: CaseId) -> Stage {
    for _ in 0..3 {
        let case = world.store.case(id).await.expect("the case");
        match case.stage {
            Stage::FormalReview | Stage::SubstantiveReview => {
                for piece in &case.evidence {
                    let found = Ask::FindEvidence { id: piece.id, holds: true, note: String::new() };
                    world.ask(&world.reviewer, id, found).await;
                }
                let recommends = duixian_casework::case::Recommendation::Support(Fen::yuan(20_000));
                world.ask(&world.reviewer, id, Ask::Review { recommends, opinion: "属实".to_owned() }).await;
            }
            _ => break,
        }
    }
    world.store.case(id).await.expect("the case").stage
}

async fn stands(world: &World) -> [i64; 2] {
    let position = world.store.position(FUND, YEAR).await.expect("a position");
    [position.paid, position.reserved].map(|fen| fen.0 / 100)
}

/// A case whose payment has failed, whose account was corrected and that is in a released batch with another; then the bank calls
/// the failed one paid. `before` happens to the new batch before that.
async fn stopped(world: &World, before: impl AsyncFnOnce(i64)) -> (CaseId, CaseId, i64) {
    let (id, first) = failed(world).await;
    correct(world, id, 9).await.expect("another account");
    let other = world.payable(1, 1, 5_000).await;
    let second = released(world, vec![id, other]).await;
    before(second).await;
    read(world, &answer(world, first, &[], ResultFormat::Csv).await).await;
    (id, other, second)
}

/// What may be with the bank can't be unsent: nothing of it is taken out or cancelled, and what the bank answers is recorded.
#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_was_fetched_or_answered_is_not_unsent() {
    on_both(async |world: World| {
        let store = &world.store;
        let (id, other, batch) = stopped(&world, async |batch| {
            store.bank_file(&world.finance, batch, Format::Csv, false).await.expect("the file");
        })
        .await;
        let at_bank = |done: Result<(), StoreError>| {
            assert!(matches!(done, Err(StoreError::Refused(Refusal::FileAtBank))), "{done:?}");
        };
        let unsent = async |batch: i64, id: CaseId| {
            at_bank(store.take_out(&world.finance, &fresh(), batch, BTreeSet::from([id])).await.map(drop));
            let there = store.batch(batch).await.expect("it");
            assert_eq!((there.stage, there.released_by.len(), there.lines.len()), (BatchStage::Released, 2, 2));
        };
        unsent(batch, id).await;
        assert!(store.cancel(&world.finance, &fresh(), batch, "重编").await.is_err());
        // Whatever the bank answers is recorded, of the stopped payment too.
        read(&world, &answer(&world, batch, &[id], ResultFormat::Camt054).await).await;
        assert_eq!(store.batch(batch).await.expect("it").stage, BatchStage::Settled);
        assert_eq!(store.case(other).await.expect("it").stage, Stage::Paid);
        assert_eq!(store.case(id).await.expect("it").stage, Stage::PaymentFailed);
        assert_eq!(stands(&world).await, [5_000, 20_000]);

        // The bank has answered a part of it, whoever has given it the file.
        let (first, second) = (world.payable(2, 0, 1_000).await, world.payable(3, 0, 2_000).await);
        let before = released(&world, vec![first]).await;
        read(&world, &answer(&world, before, &[first], ResultFormat::Csv).await).await;
        let account = crate::common::account("企业2", "6222000000000007");
        world.ask(&world.applicant, first, Ask::CorrectAccount(account)).await;
        let batch = released(&world, vec![first, second]).await;
        sent(&world, batch).await;
        let line = store.batch(batch).await.expect("it").lines[1].clone();
        let one = format!("{HEAD}\n{},2000.00,成功,B8,{},\n", line.end_to_end_id, store.now().day());
        read(&world, one.as_bytes()).await;
        read(&world, &answer(&world, before, &[], ResultFormat::Csv).await).await;
        unsent(batch, first).await;
        world.check().await;
    })
    .await;
}

/// Earlier versions let a fetched batch be reopened. It is with the bank all the same. (What the journal has of that is not made here,
/// and so not checked.)
#[tokio::test(flavor = "multi_thread")]
async fn a_batch_that_was_reopened_once_is_still_with_the_bank() {
    on_both(async |world: World| {
        seat(&world).await;
        world.appropriate(100_000).await;
        let (store, id) = (&world.store, world.payable(0, 0, 20_000).await);
        let batch = released(&world, vec![id]).await;
        store.bank_file(&world.finance, batch, Format::Csv, false).await.expect("the file");
        let paid = answer(&world, batch, &[], ResultFormat::Csv).await;
        let mut there = store.batch(batch).await.expect("it");
        there.void_release();
        let data = serde_json::to_string(&there).expect("a document");
        let sql = format!("UPDATE batches SET stage = 'drafted', data = '{data}' WHERE id = {batch}");
        beside(&world).await.execute_unprepared(&sql).await.expect("reopened");
        let seen = store.to_release(batch).await.expect("it").seen;
        let anew = store.release(&world.finance, &fresh(), batch, &seen, vec![]).await;
        assert!(matches!(anew, Err(StoreError::Refused(Refusal::FileAtBank))), "{anew:?}");
        assert!(store.cancel(&world.finance, &fresh(), batch, "重编").await.is_err());
        read(&world, &paid).await;
        assert_eq!(store.case(id).await.expect("it").stage, Stage::Paid);
    })
    .await;
}

/// What nobody has fetched is with nobody: a stopped payment is taken out, and the rest is signed anew under its numbers.
#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_has_fetched_is_signed_anew_without_what_is_stopped() {
    on_both(async |world: World| {
        let store = &world.store;
        let (id, other, batch) = stopped(&world, async |_| ()).await;
        let number = store.batch(batch).await.expect("it").lines[1].end_to_end_id.clone();
        store.take_out(&world.finance, &fresh(), batch, BTreeSet::from([id])).await.expect("taken out");
        assert!(store.bank_file(&world.finance, batch, Format::Csv, false).await.is_err());
        let seen = store.to_release(batch).await.expect("it").seen;
        for who in [&world.finance, &world.other_finance] {
            store.release(who, &fresh(), batch, &seen, vec![]).await.expect("released");
        }
        store.bank_file(&world.finance, batch, Format::Pain001, false).await.expect("the file");
        read(&world, &answer(&world, batch, &[], ResultFormat::Csv).await).await;
        assert_eq!(store.batch(batch).await.expect("it").lines[0].end_to_end_id, number);
        assert_eq!(store.case(other).await.expect("it").stage, Stage::Paid);
        world.check().await;
    })
    .await;
}

/// What was paid of a revoked decision is booked once, stops a new decision, and is booked back when it failed after all.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_paid_of_a_revoked_decision_is_booked_once_and_decided_by_nobody() {
    on_both(async |world: World| {
        let (id, batch) = failed(&world).await;
        revoke(&world, id).await;
        assert_eq!(stands(&world).await, [0, 0]);
        let paid = answer(&world, batch, &[], ResultFormat::Csv).await;
        read(&world, &paid).await;
        assert_eq!(stands(&world).await, [20_000, 0]);
        assert_eq!(review_again(&world, id).await, Stage::Reviewed);
        let anew = world.store.ask(&world.decider, &fresh(), id, decide(20_000)).await;
        assert!(matches!(anew, Err(StoreError::Refused(Refusal::PaidAfterAll { .. }))), "{anew:?}");
        // Two people clear it up: it did not arrive. Then it is decided anew.
        let again = [answer(&world, batch, &[id], ResultFormat::Csv).await.as_slice(), b"\r\n"].concat();
        read(&world, &again).await;
        let there = world.store.batch(batch).await.expect("the batch");
        let (place, _) = there.open_doubts().find(|(_, doubt)| doubt.what.frees_money()).expect("a doubt");
        world.store.end_doubt(&world.other_finance, &fresh(), batch, place, true, "查对明细").await.expect("confirmed");
        assert_eq!(stands(&world).await, [0, 0]);
        world.ask(&world.decider, id, decide(20_000)).await;
        assert_eq!(stands(&world).await, [0, 20_000]);
        // A payment of the decision before does not pay this one; once that goes, what left is booked.
        let late = renumbered(&paid, "LATE1");
        read(&world, &late).await;
        assert_eq!(
            (world.store.case(id).await.expect("it").stage, stands(&world).await),
            (Stage::Payable, [0, 20_000])
        );
        revoke(&world, id).await;
        assert_eq!(stands(&world).await, [20_000, 0]);
        world.check().await;
    })
    .await;
}

/// What was ended for want of an account stops its sibling, in the file too, when the bank calls it paid.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_ended_and_paid_after_all_stops_the_next() {
    on_both(async |world: World| {
        let (id, batch) = failed(&world).await;
        let days = chrono::TimeDelta::days(40);
        world.store.advance_clock(&duixian_casework::people::Actor::System, days).await.expect("later");
        world.ask(&world.finance, id, Ask::ProposeEnding { reason: "逾期没有更正账户".to_owned() }).await;
        world.ask(&world.other_finance, id, Ask::EndPayment).await;
        let again = world.payable(0, 0, 20_000).await;
        let third = released(&world, vec![again]).await;
        read(&world, &answer(&world, batch, &[], ResultFormat::Csv).await).await;
        // An answer about a line that does not fit changes nothing about what is stopped.
        let line = world.store.batch(third).await.expect("it").lines[0].clone();
        let odd = format!("{HEAD}\n{},1.00,成功,B1,{},\n", line.end_to_end_id, world.store.now().day());
        read(&world, odd.as_bytes()).await;
        // What has called it paid proves no other payment.
        let again = world.payable(1, 1, 5_000).await;
        let fourth = released(&world, vec![again]).await;
        let line = world.store.batch(batch).await.expect("it").lines[0].clone();
        let reference = line.called_paid.expect("it is kept");
        let other = world.store.batch(fourth).await.expect("it").lines[0].end_to_end_id.clone();
        let same = format!("{HEAD}\n{other},5000.00,成功,{reference},{},\n", world.store.now().day());
        read(&world, same.as_bytes()).await;
        assert_eq!(world.store.case(again).await.expect("it").stage, Stage::Payable);
        for form in Format::ALL {
            let file = world.store.bank_file(&world.finance, third, form, false).await;
            assert!(matches!(file, Err(StoreError::Refused(Refusal::PaidOtherwise { .. }))), "{form:?}");
        }
        world.check().await;
    })
    .await;
}

/// An answer that was read before is no return, a reference proves one return, and what came back can be called paid once more.
#[tokio::test(flavor = "multi_thread")]
async fn a_return_is_told_by_a_new_answer_alone() {
    on_both(async |world: World| {
        let (id, batch) = failed(&world).await;
        let (store, today) = (&world.store, world.store.now().day());
        let payment = store.batch(batch).await.expect("it").lines[0].end_to_end_id.clone();
        let say = |word: &str, reference: &str| format!("{HEAD}\n{payment},20000.00,{word},{reference},{today},原因\n");
        let old = say("失败", "");
        read(&world, old.as_bytes()).await;
        read(&world, say("成功", "B2").as_bytes()).await;
        assert_eq!(store.case(id).await.expect("it").stage, Stage::Paid);
        read(&world, old.as_bytes()).await;
        let doubts = async || store.batch(batch).await.expect("it").open_doubts().count();
        assert_eq!(doubts().await, 0, "the same file again");
        // Another file, of which this is all that is new: the row was read before.
        for other in [format!("{old}\n"), format!("{}\nX1,1.00,成功,Y1,{today},\n", old.trim_end())] {
            read(&world, other.as_bytes()).await;
            assert_eq!(doubts().await, 0, "{other}");
        }
        // What was found to be no return is not brought up by a file that tells it again.
        read(&world, say("退汇", "B9").as_bytes()).await;
        let there = store.batch(batch).await.expect("it");
        let (place, _) = there.open_doubts().next().expect("a return");
        store.end_doubt(&world.other_finance, &fresh(), batch, place, false, "银行说记错了").await.expect("it stands");
        read(&world, format!("{}\n", say("退汇", "B9")).as_bytes()).await;
        assert_eq!(doubts().await, 0);
        read(&world, say("退汇", "B3").as_bytes()).await;
        assert_eq!(doubts().await, 1);
        let there = store.batch(batch).await.expect("it");
        let (place, _) = there.open_doubts().find(|(_, one)| matches!(one.what, Doubted::Returned(_))).expect("it");
        store.end_doubt(&world.other_finance, &fresh(), batch, place, true, "查对明细").await.expect("confirmed");
        assert_eq!(
            (store.case(id).await.expect("it").stage, stands(&world).await),
            (Stage::PaymentFailed, [0, 20_000])
        );
        // Sent once more by the bank itself: it is paid, and not in another batch.
        read(&world, say("成功", "B4").as_bytes()).await;
        confirm(&world, batch).await;
        assert_eq!((store.case(id).await.expect("it").stage, stands(&world).await), (Stage::Paid, [20_000, 0]));
        world.check().await;
    })
    .await;
}

/// A bank can bring back two payments by one number. Whoever confirms the second is told of the first; nothing is paid by that number.
#[tokio::test(flavor = "multi_thread")]
async fn two_may_come_back_by_one_number() {
    on_both(async |world: World| {
        seat(&world).await;
        world.appropriate(100_000).await;
        let ids = [world.payable(0, 0, 20_000).await, world.payable(1, 1, 20_000).await];
        let batch = released(&world, ids.to_vec()).await;
        read(&world, &answer(&world, batch, &[], ResultFormat::Csv).await).await;
        let (store, today) = (&world.store, world.store.now().day());
        let lines = store.batch(batch).await.expect("it").lines;
        for line in &lines {
            let said = format!("{HEAD}\n{},20000.00,退汇,B9,{today},账户已销户\n", line.end_to_end_id);
            read(&world, said.as_bytes()).await;
        }
        let open: Vec<usize> = store.batch(batch).await.expect("it").open_doubts().map(|(place, _)| place).collect();
        assert_eq!(open.len(), 2);
        store.end_doubt(&world.other_finance, &fresh(), batch, open[0], true, "查对明细").await.expect("the first");
        let numbers = async || {
            let there = store.batch(batch).await.expect("it");
            store.payments_by_number(&there).await.expect("numbers")
        };
        let both = lines.iter().map(|line| line.end_to_end_id.clone()).collect();
        assert_eq!(numbers().await, [("B9".to_owned(), both)].into());
        // Read in one file, once the first is on record, it is still for a second person.
        let rows = lines.iter().map(|line| format!("{},20000.00,退汇,B9,{today},账户已销户\n", line.end_to_end_id));
        let settled = read(&world, format!("{HEAD}\n{}", rows.collect::<String>()).as_bytes()).await;
        assert_eq!((settled.batches[0].settlement.odd.len(), settled.batches[0].settlement.reported.len()), (0, 1));
        store.end_doubt(&world.other_finance, &fresh(), batch, open[1], true, "查对明细").await.expect("the second");
        assert_eq!(stands(&world).await, [0, 40_000]);
        assert!(numbers().await.is_empty());
        world.check().await;
        // What came back by it pays neither, nor a third.
        let third = released(&world, vec![world.payable(2, 2, 20_000).await]).await;
        sent(&world, third).await;
        let line = store.batch(third).await.expect("it").lines[0].clone();
        let said = format!("{HEAD}\n{},20000.00,成功,B9,{today},\n", line.end_to_end_id);
        let settled = read(&world, said.as_bytes()).await;
        assert_eq!((settled.batches[0].settlement.news.len(), settled.batches[0].settlement.odd.len()), (0, 1));
        world.check().await;
    })
    .await;
}

/// Nobody can answer what nobody was given: what is said of a batch whose file nobody has fetched frees no money, and pays nobody.
#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_was_given_nobody_has_answered() {
    on_both(async |world: World| {
        seat(&world).await;
        world.appropriate(100_000).await;
        let (store, today) = (&world.store, world.store.now().day());
        let batch = released(&world, vec![world.payable(0, 0, 20_000).await]).await;
        let line = store.batch(batch).await.expect("it").lines[0].clone();
        let said = |word: &str| format!("{HEAD}\n{},20000.00,{word},N1,{today},原因\n", line.end_to_end_id);
        for word in ["成功", "失败"] {
            let settled =
                store.read_results(&world.finance, &fresh(), None, said(word).as_bytes()).await.expect("read");
            assert_eq!(settled.value.unreleased.len(), 1, "{word}");
            assert_eq!(store.case(line.case).await.expect("it").stage, Stage::Payable, "{word}");
        }
        sent(&world, batch).await;
        read(&world, said("成功").as_bytes()).await;
        assert_eq!(store.case(line.case).await.expect("it").stage, Stage::Paid);
        world.check().await;
    })
    .await;
}

/// What does not fit may be that a payment was made: nothing more is paid for its case until someone has looked into it.
#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_fit_stops_the_next_payment() {
    on_both(async |world: World| {
        let (id, batch) = failed(&world).await;
        let (store, today) = (&world.store, world.store.now().day());
        let line = store.batch(batch).await.expect("it").lines[0].clone();
        let account = crate::common::account("企业0", "6222000000000007");
        world.ask(&world.applicant, id, Ask::CorrectAccount(account)).await;
        let odd = format!("{HEAD}\n{},19999.00,成功,N1,{today},\n", line.end_to_end_id);
        read(&world, odd.as_bytes()).await;
        let make = async || store.make_batch(&world.finance, &fresh(), FUND, YEAR, vec![id]).await;
        let refused = make().await;
        assert!(matches!(&refused, Err(StoreError::Conflict { zh, .. }) if zh.contains("000001号：")), "{refused:?}");
        store.end_doubt(&world.other_finance, &fresh(), batch, 0, false, "是另一笔").await.expect("it stands");
        make().await.expect("a batch");
        world.check().await;
    })
    .await;
}

/// The bank's number tells one return from another, whatever its words are in this form of file or that; and it proves one.
#[tokio::test(flavor = "multi_thread")]
async fn one_return_in_other_words_is_one_return() {
    on_both(async |world: World| {
        seat(&world).await;
        world.appropriate(100_000).await;
        let (store, id) = (&world.store, world.payable(0, 0, 20_000).await);
        let batch = released(&world, vec![id]).await;
        let (line, today) = (store.batch(batch).await.expect("it").lines[0].clone(), store.now().day());
        let say = |word: &str, number: &str, why: &str| {
            format!("{HEAD}\n{},20000.00,{word},{number},{today},{why}\n", line.end_to_end_id)
        };
        sent(&world, batch).await;
        read(&world, say("成功", "P1", "").as_bytes()).await;
        read(&world, say("退汇", "RT1", "账户销户").as_bytes()).await;
        store.end_doubt(&world.other_finance, &fresh(), batch, 0, true, "查对明细").await.expect("confirmed");
        read(&world, say("成功", "P2", "").as_bytes()).await;
        confirm(&world, batch).await;
        assert_eq!(store.case(id).await.expect("it").stage, Stage::Paid);
        for number in ["RT1", "rt1", "ＲＴ１"] {
            read(&world, say("退汇", number, "账户销户（AC04）").as_bytes()).await;
            assert!(!store.batch(batch).await.expect("it").is_doubted(), "{number}");
        }
        read(&world, say("退汇", "RT2", "账户销户").as_bytes()).await;
        assert!(store.batch(batch).await.expect("it").is_doubted());
        world.check().await;
    })
    .await;
}
