//! One of finance reads answers that the bank never gave: nothing by which money leaves twice, or a firm is called paid that is not, comes
//! of it without the other, whatever the order.

use chrono::TimeDelta;
use duixian_casework::doubt::Doubted;
use duixian_casework::people::{Actor, Role};
use duixian_casework::refusal::Refusal;
use duixian_casework::settlement::Oddity;
use duixian_casework::stage::Stage;
use duixian_store::StoreError;
use duixian_store::cases::Ask;

use crate::common::paying::{self, AFTER_ALL, AGAIN, FREES, Paying, correct, paying};
use crate::common::together::seat;
use crate::common::{World, decide, fresh, official, on_both, party};

const REFERENCE: fn(&Doubted) -> bool = |what| matches!(what, Doubted::Odd(Oddity::Reference { .. }));
const DAY: fn(&Doubted) -> bool = |what| matches!(what, Doubted::Odd(Oddity::Day { .. }));

fn refused(outcome: &Result<(), StoreError>, why: &Refusal) -> bool {
    matches!(outcome, Err(StoreError::Refused(refusal)) if refusal == why)
}

/// A made-up failure leaves open that the bank has called the payment made, by a number that proves another or on a day that can't be.
#[tokio::test(flavor = "multi_thread")]
async fn a_failure_buries_nothing_that_calls_the_payment_made() {
    on_both(async |world: World| {
        seat(&world).await;
        world.appropriate(10_000).await;
        let one = Paying::of(&world, world.payable(0, 1, 300).await, 1).await;
        let other = Paying::of(&world, world.payable(0, 0, 300).await, 5).await;
        one.read(&world, "成功", "N1", 2).await;
        let (number, day) = (other.file("成功", "N1", Some(1), "真"), other.file("成功", "N2", Some(-3), "真"));
        for file in [&number, &day] {
            other.read_by_other(&world, file).await;
        }
        other.read(&world, "失败", "F1", 1).await;
        assert!(other.is_open(&world, REFERENCE).await && other.is_open(&world, DAY).await);
        let corrected = correct(&world, other.case, 3).await;
        assert!(matches!(corrected, Err(StoreError::Refused(Refusal::PaymentInDoubt))), "{corrected:?}");
        // Nor does who has recorded the payment that has the number put the other's away.
        let alone = other.end_by(&world, &world.finance, REFERENCE, false).await;
        assert!(refused(&alone, &Refusal::RecordedByYou), "{alone:?}");
        world.check().await;
    })
    .await;
}

/// A false answer takes no true one's place: where it is rejected, the true one is still there.
#[tokio::test(flavor = "multi_thread")]
async fn a_false_answer_stands_beside_the_true_one() {
    on_both(async |world: World| {
        let first = paying(&world, 10).await;
        first.read(&world, "失败", "F1", 4).await;
        first.read_by_other(&world, &first.file("成功", "A1", Some(2), "真")).await;
        first.read(&world, "成功", "X9", 2).await;
        first.end(&world, |what| what.reference() == Some("X9"), false).await.expect("there is no X9");
        assert!(first.is_open(&world, |what| what.reference() == Some("A1")).await);
        first.end_by(&world, &world.finance, AGAIN, true).await.expect("who was wrong says so");
        assert_eq!(first.stage(&world).await, Stage::Paid);
        world.check().await;
    })
    .await;
    on_both(async |world: World| {
        let first = paying(&world, 10).await;
        first.read(&world, "成功", "A1", 2).await;
        first.read_by_other(&world, &first.file("退汇", "R1", Some(5), "真")).await;
        first.read(&world, "退汇", "X9", 6).await;
        first.end(&world, |what| what.reference() == Some("X9"), false).await.expect("there is no X9");
        let closed = world.store.ask(&world.finance, &fresh(), first.case, Ask::Close).await;
        assert!(matches!(closed, Err(StoreError::Refused(Refusal::DoubtOpen(_)))), "{closed:?}");
        first.end_by(&world, &world.finance, FREES, true).await.expect("it came back");
        assert_eq!(first.stage(&world).await, Stage::PaymentFailed);
        world.check().await;
    })
    .await;
}

/// Who has recorded a failure puts away nothing that speaks of money; who may not pay the case puts away nothing at all.
#[tokio::test(flavor = "multi_thread")]
async fn what_speaks_of_money_is_put_away_by_who_may_pay_and_has_recorded_no_failure() {
    on_both(async |world: World| {
        let first = paying(&world, 10).await;
        first.read(&world, "失败", "F1", 4).await;
        let other_amount = first.file("成功", "A1", Some(2), "真").replace("300.00", "299.50");
        first.read_by_other(&world, &other_amount).await;
        let alone = first.end_by(&world, &world.finance, |_| true, false).await;
        assert!(refused(&alone, &Refusal::RecordedByYou), "{alone:?}");
        let third = official(20, &[Role::Finance]);
        let Actor::User { id, roles, desks, .. } = third else { panic!("a user") };
        let tied = Actor::User { id, roles, desks: desks.clone(), parties: [party(0)].into() };
        let put_away = first.end_by(&world, &tied, |_| true, false).await;
        assert!(refused(&put_away, &Refusal::OwnParty), "{put_away:?}");
        let id = world.decider.user().expect("a user");
        let decider = Actor::User { id, roles: vec![Role::DecisionMaker, Role::Finance], desks, parties: [].into() };
        let put_away = first.end_by(&world, &decider, |_| true, false).await;
        assert!(matches!(put_away, Err(StoreError::Refused(Refusal::Recused { .. }))), "{put_away:?}");
        world.check().await;
    })
    .await;
}

/// Whoever has decided a case reads in nothing that the bank says of it, whether that is recorded or put to a second person.
#[tokio::test(flavor = "multi_thread")]
async fn who_decided_a_case_reads_in_no_answer_about_it() {
    on_both(async |world: World| {
        let one = paying(&world, 10).await;
        let Actor::User { desks, .. } = official(20, &[Role::Finance]) else { panic!("a user") };
        let id = world.decider.user().expect("a user");
        let decider = Actor::User { id, roles: vec![Role::DecisionMaker, Role::Finance], desks, parties: [].into() };
        let is_refused = async |word: &str, number: &str, day: i64| {
            let file = one.file(word, number, Some(day), "真");
            let read = world.store.read_results(&decider, &fresh(), None, file.as_bytes()).await;
            assert!(matches!(read, Err(StoreError::BadInput { .. })), "{word}: {read:?}");
        };
        is_refused("成功", "A1", 2).await;
        is_refused("失败", "A1", 2).await;
        assert_eq!(one.stage(&world).await, Stage::Payable);
        one.read(&world, "成功", "A1", 2).await;
        is_refused("退汇", "R1", 4).await;
        assert!(!one.is_open(&world, |_| true).await);
        world.check().await;
    })
    .await;
}

/// A made-up payment does not stand against the bank for ever: whatever day its failure gives, or none, two people can find that it failed.
#[tokio::test(flavor = "multi_thread")]
async fn a_made_up_payment_gives_way_to_the_banks_failure() {
    for day in [None, Some(2)] {
        on_both(async |world: World| {
            let one = paying(&world, 10).await;
            one.read(&world, "成功", "X1", 5).await;
            world.ask(&world.finance, one.case, Ask::Close).await;
            one.read_by_other(&world, &one.file("失败", "", day, "账号户名不符")).await;
            one.end_by(&world, &world.finance, FREES, true).await.expect("who was wrong says so");
            assert_eq!(one.stage(&world).await, Stage::PaymentFailed);
            correct(&world, one.case, 3).await.expect("another account");
            world.check().await;
        })
        .await;
    }
}

/// A bank that gives one number to all that becomes of an order tells of the next failure by it, too.
#[tokio::test(flavor = "multi_thread")]
async fn a_later_return_of_the_same_number_is_news() {
    on_both(async |world: World| {
        let one = paying(&world, 10).await;
        one.read(&world, "失败", "N1", 1).await;
        one.read(&world, "成功", "N1", 3).await;
        one.read(&world, "退汇", "N1", 5).await;
        assert!(one.is_open(&world, FREES).await);
        one.end(&world, FREES, true).await.expect("it came back");
        assert_eq!(one.stage(&world).await, Stage::PaymentFailed);
        world.check().await;
    })
    .await;
}

/// What was sent for the decision that stands can be paid after all, though another was revoked before.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_decided_anew_is_paid_after_all() {
    on_both(async |world: World| {
        seat(&world).await;
        world.appropriate(10_000).await;
        let case = world.payable(0, 0, 200).await;
        let revoke = Ask::ProposeRevocation { grounds: "有误".to_owned(), remark: "有误".to_owned() };
        world.ask(&world.decider, case, revoke).await;
        world.ask(&world.other_decider, case, Ask::ConfirmRevocation).await;
        world.store.advance_clock(&Actor::System, TimeDelta::days(1)).await.expect("later");
        world.ask(&world.decider, case, decide(300)).await;
        let one = Paying::of(&world, case, 10).await;
        one.read(&world, "失败", "F1", 1).await;
        one.read(&world, "成功", "A1", 3).await;
        assert_eq!(one.stage(&world).await, Stage::Paid);
        world.check().await;
    })
    .await;
}

/// What is confirmed beside another payment stays in finance's list, whatever its file had brought up before; where the other fails, the
/// same file can record it.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_confirmed_beside_another_payment_is_recorded_once_that_fails() {
    on_both(async |world: World| {
        let first = paying(&world, 10).await;
        first.read(&world, "失败", "F1", 1).await;
        correct(&world, first.case, 3).await.expect("another account");
        let second = Paying::of(&world, first.case, 5).await;
        let file = first.file("成功", "A1", Some(3), "真");
        paying::read(&world, &file).await;
        first.read(&world, "失败", "F2", 4).await;
        first.end(&world, FREES, true).await.expect("it failed");
        paying::read(&world, &file).await;
        first.end(&world, AGAIN, true).await.expect("it was made");
        assert!(first.is_open(&world, AFTER_ALL).await);
        second.read(&world, "失败", "F3", 1).await;
        paying::read(&world, &file).await;
        first.end(&world, AGAIN, true).await.expect("it was made");
        assert_eq!(first.stage(&world).await, Stage::Paid);
        world.check().await;
    })
    .await;
}

/// Time takes back no application while it may have been paid.
#[tokio::test(flavor = "multi_thread")]
async fn time_withdraws_nothing_that_may_be_paid() {
    on_both(async |world: World| {
        seat(&world).await;
        world.appropriate(10_000).await;
        let case = world.reviewed("result_award", 0, 0).await;
        world.ask(&world.decider, case, decide(300)).await;
        world.ask(&world.intake, case, Ask::PublishNotice).await;
        let later = async |days: i64| {
            world.store.advance_clock(&Actor::System, TimeDelta::days(days)).await.expect("later");
            world.store.tick().await.expect("what time does");
        };
        later(20).await;
        let one = Paying::of(&world, case, 10).await;
        one.read(&world, "失败", "F1", 5).await;
        let revoke = Ask::ProposeRevocation { grounds: "有误".to_owned(), remark: "有误".to_owned() };
        world.ask(&world.decider, case, revoke).await;
        world.ask(&world.other_decider, case, Ask::ConfirmRevocation).await;
        one.read(&world, "成功", "A1", 2).await;
        let about = duixian_casework::case::DefectAbout::Evidence("证书".to_owned());
        let defects = vec![duixian_casework::case::Defect { text: "补".to_owned(), about }];
        world.ask(&world.reviewer, case, Ask::AskCorrection { defects }).await;
        later(40).await;
        assert_eq!(one.stage(&world).await, Stage::Correction);
        one.end(&world, AGAIN, false).await.expect("it was not made");
        later(1).await;
        assert_eq!(one.stage(&world).await, Stage::Withdrawn);
        world.check().await;
    })
    .await;
}
