//! The bank's last word of a payment: what one person reads anew buries none of it, and nothing else of its basis goes on before it is
//! looked into.

use chrono::TimeDelta;
use duixian_casework::doubt::Doubted;
use duixian_casework::people::Actor;
use duixian_casework::refusal::Refusal;
use duixian_casework::settlement::Oddity;
use duixian_casework::stage::Stage;
use duixian_money::Fen;
use duixian_store::StoreError;
use duixian_store::cases::Ask;

use crate::common::paying::{self, AFTER_ALL, AGAIN, FREES, NUMBER, Paying, correct, paying};
use crate::common::together::{beside, seat};
use crate::common::{FUND, World, YEAR, decide, fresh, on_both};
use sea_orm::ConnectionTrait;

/// A number that two people have found to be another payment's does not undo, in the hand of one, that the payment came back.
#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_was_corrected_pays_nothing_that_came_back() {
    on_both(async |world: World| {
        let one = paying(&world, 10).await;
        one.read(&world, "成功", "A1", 10).await;
        one.read(&world, "成功", "B1", 5).await;
        one.end(&world, NUMBER, true).await.expect("corrected");
        one.read(&world, "退汇", "R1", 7).await;
        one.end(&world, FREES, true).await.expect("it came back");
        assert_eq!(one.stage(&world).await, Stage::PaymentFailed);
        one.read(&world, "成功", "A1", 10).await;
        assert_eq!(one.stage(&world).await, Stage::PaymentFailed);
        assert!(one.is_open(&world, AGAIN).await);
        one.end(&world, AGAIN, false).await.expect("it stands");
        one.read(&world, "成功", "A1", 10).await;
        assert_eq!(one.stage(&world).await, Stage::PaymentFailed);
        // That it stands may have been wrong: two can say otherwise.
        one.end(&world, AGAIN, true).await.expect("it left once more");
        assert_eq!(one.stage(&world).await, Stage::Paid);
        world.check().await;
    })
    .await;
}

/// Nor does a number that two have rejected, or that nobody has looked into before the payment came back.
#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_was_not_taken_pays_nothing_that_came_back() {
    for is_rejected in [true, false] {
        on_both(async |world: World| {
            let one = paying(&world, 12).await;
            one.read(&world, "成功", "A1", 5).await;
            one.read(&world, "成功", "B1", 10).await;
            if is_rejected {
                one.end(&world, NUMBER, false).await.expect("A1 stands");
            }
            one.read(&world, "退汇", "R1", 7).await;
            one.end(&world, FREES, true).await.expect("it came back");
            one.read(&world, "成功", "B1", 10).await;
            assert_eq!(one.stage(&world).await, Stage::PaymentFailed, "rejected {is_rejected}");
            assert!(one.is_open(&world, AGAIN).await);
            world.check().await;
        })
        .await;
    }
}

/// A correction that was wrong can be corrected in turn, by two people.
#[tokio::test(flavor = "multi_thread")]
async fn a_corrected_number_can_be_corrected_back() {
    on_both(async |world: World| {
        let one = paying(&world, 10).await;
        one.read(&world, "成功", "A1", 3).await;
        one.read(&world, "成功", "B1", 3).await;
        one.end(&world, NUMBER, true).await.expect("corrected");
        one.read(&world, "成功", "A1", 4).await;
        one.end(&world, NUMBER, true).await.expect("corrected back");
        let line = world.store.batch(one.batch).await.expect("it").lines[0].clone();
        assert_eq!(line.dropped, ["B1"]);
        world.ask(&world.finance, one.case, Ask::Close).await;
        world.check().await;
    })
    .await;
}

/// The first payment failed and was called paid while the second was under way, then failed again, which waits for a second person. Who reads
/// again that it was paid says nothing new.
#[tokio::test(flavor = "multi_thread")]
async fn an_older_answer_buries_no_failure_that_waits() {
    for undated in [false, true] {
        on_both(async |world: World| {
            let first = paying(&world, 1).await;
            first.read(&world, "失败", "", 1).await;
            correct(&world, first.case, 3).await.expect("another account");
            let second = Paying::of(&world, first.case, 5).await;
            let paid = first.file("成功", "A1", Some(3), "明细");
            paying::read(&world, &paid).await;
            let day = (!undated).then_some(3);
            paying::read(&world, first.file("失败", "R1", day, "户名不符")).await;
            assert!(first.is_open(&world, FREES).await);
            second.read(&world, "失败", "", 1).await;
            paying::read(&world, &paid).await;
            assert_eq!(first.stage(&world).await, Stage::PaymentFailed, "undated {undated}");
            assert!(first.is_open(&world, FREES).await && first.is_open(&world, AGAIN).await);
            // Nor does another number, as long as nobody has looked into the failure; and that it was paid is not confirmed over it.
            first.read(&world, "成功", "B1", 1).await;
            assert_eq!(first.stage(&world).await, Stage::PaymentFailed);
            let over_it = first.end(&world, AGAIN, true).await;
            assert!(matches!(over_it, Err(StoreError::Conflict { .. })), "{over_it:?}");
            // Once two have found that it failed, an answer about the days before that pays nothing by one person either.
            first.end(&world, FREES, true).await.expect("it failed");
            first.read(&world, "成功", "C1", 1).await;
            assert_eq!(first.stage(&world).await, Stage::PaymentFailed);
            assert!(first.is_open(&world, AGAIN).await);
            world.check().await;
        })
        .await;
    }
}

/// While a second person has yet to find out whether a payment was made, its case is neither ended nor withdrawn; and what was ended before
/// keeps the next case for the same basis from being paid.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_a_basis_goes_on_while_a_payment_of_it_is_in_doubt() {
    on_both(async |world: World| {
        let one = paying(&world, 10).await;
        one.read(&world, "失败", "F1", 5).await;
        one.read(&world, "成功", "R2", 2).await;
        assert!(one.is_open(&world, AGAIN).await);
        world.store.advance_clock(&Actor::System, TimeDelta::days(40)).await.expect("later");
        let end = || Ask::ProposeEnding { reason: "逾期没有更正账户".to_owned() };
        let ended = world.store.ask(&world.finance, &fresh(), one.case, end()).await;
        assert!(matches!(ended, Err(StoreError::Refused(Refusal::DoubtOpen(_)))), "{ended:?}");
        let withdraw = || Ask::Withdraw { reason: "不要了".to_owned() };
        let withdrawn = world.store.ask(&world.applicant, &fresh(), one.case, withdraw()).await;
        assert!(matches!(withdrawn, Err(StoreError::Refused(Refusal::MayBePaid))), "{withdrawn:?}");

        one.end(&world, AGAIN, false).await.expect("it stands");
        world.ask(&world.applicant, one.case, withdraw()).await;
        let next = world.payable(0, 0, 300).await;
        let other = Paying::of(&world, next, 1).await;
        // Only now the bank says of the first what is not clear.
        let file = one.file("成功", "R3", Some(3), "明细").replace("300.00", "305.00");
        paying::read(&world, file).await;
        let file = world.store.bank_file(&world.finance, other.batch, duixian_store::batches::Format::Csv, false).await;
        assert!(matches!(file, Err(StoreError::Refused(Refusal::OtherInDoubt { .. }))), "{file:?}");
        other.read(&world, "成功", "N1", 1).await;
        let closed = world.store.ask(&world.finance, &fresh(), next, Ask::Close).await;
        assert!(matches!(closed, Err(StoreError::Refused(Refusal::OtherInDoubt { .. }))), "{closed:?}");
        one.end(&world, |_| true, false).await.expect("looked into");
        world.ask(&world.finance, next, Ask::Close).await;
        world.check().await;
    })
    .await;
}

/// Two read the same file at the same moment: only the first has brought anything up.
#[tokio::test(flavor = "multi_thread")]
async fn a_file_read_by_two_in_one_moment_breaks_no_journal() {
    on_both(async |world: World| {
        let one = paying(&world, 5).await;
        one.read(&world, "成功", "A1", 1).await;
        // The clock stands still as long as it is behind the last entry.
        let link = beside(&world).await;
        let ahead = world.store.now().0 + 3_600_000;
        link.execute_unprepared(&format!("UPDATE chain SET at = {ahead}")).await.expect("done");
        let file = one.file("退汇", "R1", Some(2), "户名不符");
        for who in [&world.finance, &world.other_finance] {
            world.store.read_results(who, &fresh(), None, file.as_bytes()).await.expect("read");
        }
        let there = world.store.batch(one.batch).await.expect("it");
        assert_eq!(there.doubts.len(), 1);
        world.check().await;
        link.close().await.expect("closed");
    })
    .await;
}

/// A case that waits goes ahead of none that was decided before it, but by a rule.
#[tokio::test(flavor = "multi_thread")]
async fn one_that_waits_goes_ahead_of_none_by_itself() {
    on_both(async |world: World| {
        seat(&world).await;
        world.appropriate(10).await;
        let mut waiting = Vec::new();
        for (result, yuan) in [(0, 400), (1, 300)] {
            let id = world.reviewed("instant_award", result as usize, 0).await;
            let Ask::Decide { amount, reason, conditions, priority, .. } = decide(yuan) else { panic!("a decision") };
            let if_short = duixian_casework::command::IfShort::Queue;
            world.ask(&world.decider, id, Ask::Decide { amount, reason, conditions, priority, if_short }).await;
            waiting.push(id);
        }
        world.appropriate(500).await;
        let [first, second] = waiting[..] else { panic!("two") };
        let ahead = world.store.ask(&world.decider, &fresh(), second, Ask::Fund).await;
        assert!(matches!(ahead, Err(StoreError::Refused(Refusal::OthersAhead { .. }))), "{ahead:?}");
        world.ask(&world.decider, first, Ask::Fund).await;
        world.appropriate(300).await;
        world.ask(&world.decider, second, Ask::Fund).await;
        assert_eq!(world.store.position(FUND, YEAR).await.expect("a position").waiting_cases, 0);
        world.check().await;
    })
    .await;
}

/// What is called paid while another payment is under way can't be ended by letting the record stand: only the bank takes its word back.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_takes_back_the_banks_word_by_letting_the_record_stand() {
    on_both(async |world: World| {
        let first = paying(&world, 1).await;
        first.read(&world, "失败", "", 1).await;
        correct(&world, first.case, 3).await.expect("another account");
        let second = Paying::of(&world, first.case, 5).await;
        first.read(&world, "成功", "A1", 3).await;
        let stands = first.end(&world, AFTER_ALL, false).await;
        assert!(matches!(stands, Err(StoreError::Refused(Refusal::BankCallsItPaid { .. }))), "{stands:?}");
        second.read(&world, "成功", "N1", 2).await;
        assert_eq!(first.stage(&world).await, Stage::Paid);
        assert!(first.is_open(&world, AFTER_ALL).await, "it may be paid twice");
        // One of the two comes back: the other has paid the case.
        second.read(&world, "退汇", "R1", 3).await;
        second.end(&world, FREES, true).await.expect("it came back");
        assert_eq!(first.stage(&world).await, Stage::PaymentFailed);
        first.read(&world, "成功", "A1", 3).await;
        assert_eq!(first.stage(&world).await, Stage::Paid);
        assert!(!first.is_open(&world, AFTER_ALL).await);
        world.ask(&world.other_finance, first.case, Ask::Close).await;
        world.check().await;
    })
    .await;
}

/// An older answer is confirmed where another payment has paid the case meanwhile: money may have left twice, which finance is shown.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_confirmed_as_paid_beside_another_stays_in_doubt() {
    on_both(async |world: World| {
        let first = paying(&world, 5).await;
        first.read(&world, "失败", "F1", 4).await;
        correct(&world, first.case, 3).await.expect("another account");
        let second = Paying::of(&world, first.case, 5).await;
        second.read(&world, "成功", "N1", 2).await;
        first.read(&world, "成功", "A1", 2).await;
        first.end(&world, AGAIN, true).await.expect("it was made");
        assert!(first.is_open(&world, AFTER_ALL).await);
        assert_eq!(world.store.doubted_batches().await.expect("batches").len(), 1);
        let closed = world.store.ask(&world.finance, &fresh(), first.case, Ask::Close).await;
        assert!(matches!(closed, Err(StoreError::Refused(Refusal::PaidTwice { .. }))), "{closed:?}");
        world.check().await;
    })
    .await;
}

/// While what the bank has said waits for a second person, its case is neither decided anew nor offered for a batch.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_in_doubt_is_neither_decided_anew_nor_offered_for_payment() {
    on_both(async |world: World| {
        let one = paying(&world, 5).await;
        one.read(&world, "失败", "F1", 4).await;
        correct(&world, one.case, 3).await.expect("another account");
        let offered = async || world.store.payable(FUND, YEAR).await.expect("cases").remove(0);
        let now = world.store.now();
        assert_eq!(offered().await.obstacles(&world.finance, now), []);
        one.read(&world, "成功", "A1", 2).await;
        let refused = offered().await.obstacles(&world.finance, now);
        assert!(matches!(refused[..], [Refusal::DoubtOpen(_)]), "{refused:?}");
        let revoke = Ask::ProposeRevocation { grounds: "有误".to_owned(), remark: "有误".to_owned() };
        world.ask(&world.decider, one.case, revoke).await;
        world.ask(&world.other_decider, one.case, Ask::ConfirmRevocation).await;
        let decided = world.store.ask(&world.decider, &fresh(), one.case, decide(300)).await;
        assert!(matches!(decided, Err(StoreError::Refused(Refusal::DoubtOpen(_)))), "{decided:?}");
        one.end(&world, AGAIN, false).await.expect("it stands");
        world.ask(&world.decider, one.case, decide(300)).await;
        world.check().await;
    })
    .await;
}

/// Who has recorded a failure, or a payment, does not put away what the bank says otherwise; and nothing fails on a day to come.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_puts_away_what_contradicts_their_own_reading() {
    on_both(async |world: World| {
        let first = paying(&world, 5).await;
        // A failure of a day that is still to come would make every true answer one from before it.
        first.read(&world, "失败", "F0", 30).await;
        assert_eq!(first.stage(&world).await, Stage::Payable);
        first.end(&world, |what| matches!(what, Doubted::Odd(Oddity::Day { .. })), false).await.expect("looked into");
        first.read(&world, "失败", "F1", 4).await;
        correct(&world, first.case, 3).await.expect("another account");
        let second = Paying::of(&world, first.case, 3).await;
        // The other one of finance reads the true answer.
        let paid = first.file("成功", "A1", Some(2), "明细");
        world.store.read_results(&world.other_finance, &fresh(), None, paid.as_bytes()).await.expect("read");
        let end = async |who: &Actor, is_confirmed| {
            let there = world.store.batch(first.batch).await.expect("it");
            let (place, _) = there.open_doubts().find(|(_, doubt)| AGAIN(&doubt.what)).expect("it is open");
            world.store.end_doubt(who, &fresh(), first.batch, place, is_confirmed, "查对明细").await
        };
        let alone = end(&world.finance, false).await;
        assert!(matches!(alone, Err(StoreError::Refused(Refusal::RecordedByYou))), "{alone:?}");
        let reader = end(&world.other_finance, false).await;
        assert!(matches!(reader, Err(StoreError::Refused(Refusal::ReadByYou))), "{reader:?}");
        end(&world.finance, true).await.expect("who was wrong may say so");
        second.read(&world, "失败", "", 1).await;
        first.read(&world, "成功", "A1", 2).await;
        world.check().await;
    })
    .await;
}

/// The bank says once more that it failed what it had called paid in between: another person knows which of the two is its last word.
#[tokio::test(flavor = "multi_thread")]
async fn a_failure_told_again_can_clear_up_what_was_called_paid() {
    on_both(async |world: World| {
        let first = paying(&world, 5).await;
        first.read(&world, "失败", "F1", 1).await;
        correct(&world, first.case, 3).await.expect("another account");
        let second = Paying::of(&world, first.case, 3).await;
        first.read(&world, "成功", "A1", 3).await;
        assert!(first.is_open(&world, AFTER_ALL).await);
        paying::read(&world, first.file("失败", "F1", Some(1), "补打明细")).await;
        assert!(first.is_open(&world, FREES).await);
        first.end(&world, FREES, true).await.expect("it failed");
        assert!(!first.is_open(&world, AFTER_ALL).await);
        second.read(&world, "成功", "N1", 1).await;
        world.ask(&world.finance, first.case, Ask::Close).await;
        world.check().await;
    })
    .await;
}

/// Who alone has read that a failed payment was made does not close its case by that: the firm may have nothing.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_turns_a_failure_into_a_payment_and_closes_alone() {
    on_both(async |world: World| {
        let one = paying(&world, 10).await;
        one.read(&world, "失败", "F1", 2).await;
        one.read(&world, "成功", "A1", 5).await;
        assert_eq!(one.stage(&world).await, Stage::Paid);
        let alone = world.store.ask(&world.finance, &fresh(), one.case, Ask::Close).await;
        assert!(matches!(alone, Err(StoreError::Refused(Refusal::SettledByYou))), "{alone:?}");
        world.ask(&world.other_finance, one.case, Ask::Close).await;
        world.check().await;
    })
    .await;
}

/// Nor does who has rejected that a payment came back, which a colleague has read: one of them is wrong.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_rejects_a_return_and_closes_alone() {
    on_both(async |world: World| {
        let one = paying(&world, 10).await;
        one.read(&world, "成功", "A1", 2).await;
        one.read(&world, "退汇", "R1", 5).await;
        one.end(&world, FREES, false).await.expect("it has not come back");
        // The same file says nothing new to who has let the record stand against it.
        one.read_by_other(&world, &one.file("退汇", "R1", Some(5), "明细")).await;
        assert!(!one.is_open(&world, FREES).await);
        let alone = world.store.ask(&world.other_finance, &fresh(), one.case, Ask::Close).await;
        assert!(matches!(alone, Err(StoreError::Refused(Refusal::SettledByYou))), "{alone:?}");
        world.ask(&world.finance, one.case, Ask::Close).await;
        world.check().await;
    })
    .await;
}

/// Two people may have been wrong that a payment came to nothing by a number: two can put that right.
#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_was_found_to_be_nothing_can_be_put_right_by_two() {
    on_both(async |world: World| {
        let first = paying(&world, 10).await;
        first.read(&world, "失败", "F1", 1).await;
        correct(&world, first.case, 3).await.expect("another account");
        let second = Paying::of(&world, first.case, 3).await;
        first.read(&world, "成功", "A1", 3).await;
        first.read(&world, "失败", "F2", 4).await;
        first.end(&world, FREES, true).await.expect("it failed");
        second.read(&world, "失败", "F3", 1).await;
        assert_eq!(first.stage(&world).await, Stage::PaymentFailed);
        // It was made after all: one who reads that undoes nothing, and two do.
        first.read(&world, "成功", "A1", 3).await;
        assert_eq!(first.stage(&world).await, Stage::PaymentFailed);
        first.end(&world, AGAIN, true).await.expect("it was made");
        assert_eq!(first.stage(&world).await, Stage::Paid);
        world.check().await;
        world.ask(&world.finance, first.case, Ask::Close).await;
        world.check().await;
    })
    .await;
}

/// That a payment was made is put away by nobody as long as its case can come back to be decided: where it was declined that can be revoked.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_paid_after_all_stays_in_doubt_where_a_refusal_can_be_revoked() {
    on_both(async |world: World| {
        let one = paying(&world, 10).await;
        one.read(&world, "失败", "F1", 1).await;
        let revoke = || Ask::ProposeRevocation { grounds: "有误".to_owned(), remark: "有误".to_owned() };
        world.ask(&world.decider, one.case, revoke()).await;
        world.ask(&world.other_decider, one.case, Ask::ConfirmRevocation).await;
        let decline = Ask::Decline { reason: "不符合条件".to_owned() };
        world.ask(&world.decider, one.case, decline).await;
        one.read(&world, "成功", "A1", 3).await;
        let put_away = one.end(&world, AFTER_ALL, false).await;
        assert!(matches!(put_away, Err(StoreError::Refused(Refusal::BankCallsItPaid { .. }))), "{put_away:?}");
        world.check().await;
    })
    .await;
}

/// One reads a failure that never was; then the bank calls it paid on an earlier day, and says that it came back. Nobody buries that by
/// confirming the payment, nor by letting the record stand, and what was told before brings nothing up.
#[tokio::test(flavor = "multi_thread")]
async fn what_came_back_while_its_payment_waited_is_not_buried() {
    on_both(async |world: World| {
        let one = paying(&world, 10).await;
        one.read_by_other(&world, &one.file("失败", "L1", Some(4), "明细")).await;
        one.read(&world, "成功", "A1", 3).await;
        // A statement that tells the first failure once more.
        one.read(&world, "失败", "L1", 4).await;
        assert!(one.is_open(&world, AGAIN).await && !one.is_open(&world, FREES).await);
        one.read(&world, "退汇", "R1", 5).await;
        assert!(one.is_open(&world, AGAIN).await && one.is_open(&world, FREES).await);
        let buried = one.end(&world, AGAIN, true).await;
        assert!(matches!(buried, Err(StoreError::Conflict { .. })), "{buried:?}");
        let put_away = one.end(&world, FREES, false).await;
        assert!(matches!(put_away, Err(StoreError::Refused(Refusal::RecordedByYou))), "{put_away:?}");
        let own = one.end_by(&world, &world.finance, FREES, true).await;
        assert!(matches!(own, Err(StoreError::Refused(Refusal::ReadByYou))), "{own:?}");
        one.end(&world, FREES, true).await.expect("it failed in the end");
        let there = world.store.batch(one.batch).await.expect("it");
        assert_eq!((there.is_doubted(), one.stage(&world).await), (false, Stage::PaymentFailed));
        assert_eq!(world.store.position(FUND, YEAR).await.expect("a position").paid, Fen(0));
        world.check().await;
    })
    .await;
}

/// The same told by two who are honest, where the payment was made after all: the failure is let stand against, and the payment confirmed.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_said_to_have_failed_while_its_payment_waited_can_be_paid() {
    on_both(async |world: World| {
        let one = paying(&world, 10).await;
        one.read(&world, "失败", "L1", 4).await;
        one.read(&world, "成功", "A1", 3).await;
        one.read(&world, "退汇", "R1", 5).await;
        one.end(&world, FREES, false).await.expect("it did not come back");
        one.end(&world, AGAIN, true).await.expect("it was paid");
        assert_eq!(one.stage(&world).await, Stage::Paid);
        let alone = world.store.ask(&world.other_finance, &fresh(), one.case, Ask::Close).await;
        assert!(matches!(alone, Err(StoreError::Refused(Refusal::SettledByYou))), "{alone:?}");
        world.check().await;
    })
    .await;
}
