//! A return that two people have recorded and that never was: one of finance puts that forward, another confirms it, and the payment counts
//! as made again.

use duixian_casework::batch::BatchStage;
use duixian_casework::case::PaymentOutcome;
use duixian_casework::doubt::Doubted;
use duixian_casework::people::{Actor, Role};
use duixian_casework::refusal::Refusal;
use duixian_casework::stage::Stage;
use duixian_store::StoreError;
use duixian_store::cases::Ask;
use duixian_store::people::NewUser;

use crate::common::paying::{self, AFTER_ALL, FREES, HEAD, Paying, correct, paying, released, sent};
use crate::common::{FUND, World, YEAR, fresh, on_both};

const WRONG: fn(&Doubted) -> bool = |what| matches!(what, Doubted::NotReturned { .. });

async fn contest(world: &World, who: &Actor, one: &Paying) -> Result<(), StoreError> {
    let said = ("明细里没有这笔退汇", "三月明细第七页");
    world.store.contest_return(who, &fresh(), one.batch, &one.payment, said).await.map(drop)
}

/// A payment that is recorded as made by `A1`, and then, by two people, as come back.
async fn returned(world: &World, by: &str) -> Paying {
    let one = paying(world, 10).await;
    one.read(world, "成功", "A1", 2).await;
    one.read(world, "退汇", by, 5).await;
    one.end(world, FREES, true).await.expect("it is said to have come back");
    assert_eq!(one.stage(world).await, Stage::PaymentFailed);
    one
}

async fn books(world: &World) -> [i64; 2] {
    let position = world.store.position(FUND, YEAR).await.expect("a position");
    [position.paid.0 / 100, position.reserved.0 / 100]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_return_that_never_was_is_undone_by_two() {
    on_both(async |world: World| {
        let one = returned(&world, "R1").await;
        assert_eq!(books(&world).await, [0, 300]);
        // The same answer told again rightly raises nothing.
        one.read(&world, "成功", "A1", 2).await;
        assert_eq!(one.stage(&world).await, Stage::PaymentFailed);
        let by = |who| contest(&world, who, &one);
        let denied = by(&world.decider).await;
        assert!(matches!(denied, Err(StoreError::Denied)), "{denied:?}");
        let without =
            world.store.contest_return(&world.finance, &fresh(), one.batch, &one.payment, ("没有", " ")).await;
        assert!(matches!(without, Err(StoreError::BadInput { .. })), "{without:?}");
        let before = world.store.batch(one.batch).await.expect("it");
        let before = world.store.contestable(&world.finance, &before).await.expect("those that came back");
        assert!(matches!(before[..], [(_, None)]), "{before:?}");
        by(&world.finance).await.expect("put forward");
        let twice = by(&world.other_finance).await;
        assert!(matches!(twice, Err(StoreError::Refused(Refusal::ReturnContested))), "{twice:?}");
        assert_eq!(world.store.doubted_batches().await.expect("batches").len(), 1);
        let offered = async |who| {
            let there = world.store.batch(one.batch).await.expect("it");
            let all = world.store.contestable(who, &there).await.expect("those that came back");
            all.into_iter().map(|(line, why)| (line.end_to_end_id, why)).collect::<Vec<_>>()
        };
        assert_eq!(offered(&world.other_finance).await, [(one.payment.clone(), Some(Refusal::ReturnContested))]);
        let denied = offered(&world.decider).await;
        assert!(matches!(denied[..], [(_, Some(Refusal::NeedsRole(Role::Finance)))]), "{denied:?}");
        world.check().await;

        // While it waits nothing else is paid, and no other account is taken.
        let account = correct(&world, one.case, 7).await;
        assert!(matches!(account, Err(StoreError::Refused(Refusal::PaymentInDoubt))), "{account:?}");
        let alone = one.end_by(&world, &world.finance, WRONG, true).await;
        assert!(matches!(alone, Err(StoreError::Refused(Refusal::ReadByYou))), "{alone:?}");
        one.end(&world, WRONG, true).await.expect("confirmed");
        assert_eq!((one.stage(&world).await, books(&world).await), (Stage::Paid, [300, 0]));
        let there = world.store.batch(one.batch).await.expect("it");
        assert_eq!((there.is_doubted(), there.stage), (false, BatchStage::Settled));
        assert!(matches!(&there.lines[0].outcome, Some(PaymentOutcome::Paid { reference, .. }) if reference == "A1"));
        world.check().await;
        // The number of the return is another payment's, if anyone's.
        let other = Paying::of(&world, world.payable(1, 1, 300).await, 5).await;
        other.read(&world, "成功", "R1", 2).await;
        assert_eq!(other.stage(&world).await, Stage::Paid);
        world.ask(&world.finance, one.case, Ask::Close).await;
        world.check().await;
    })
    .await;
}

/// Rejected, the return stands; whoever was wrong can be told so again.
#[tokio::test(flavor = "multi_thread")]
async fn a_return_that_was_stands() {
    on_both(async |world: World| {
        let one = returned(&world, "R1").await;
        contest(&world, &world.finance, &one).await.expect("put forward");
        one.end(&world, WRONG, false).await.expect("it came back");
        assert_eq!((one.stage(&world).await, books(&world).await), (Stage::PaymentFailed, [0, 300]));
        contest(&world, &world.other_finance, &one).await.expect("put forward once more");
        one.end_by(&world, &world.finance, WRONG, true).await.expect("confirmed");
        assert_eq!(one.stage(&world).await, Stage::Paid);
        let nothing = contest(&world, &world.finance, &one).await;
        assert!(matches!(nothing, Err(StoreError::Refused(Refusal::NoSuch(..)))), "{nothing:?}");
        world.check().await;
    })
    .await;
}

/// Two people may have been wrong that it was none: the return told again, by the same file too, waits for a second person again. So it does
/// of a bank that gives one number to all that becomes of a payment.
#[tokio::test(flavor = "multi_thread")]
async fn a_return_that_was_undone_is_no_old_news() {
    for number in ["R1", "A1"] {
        on_both(async |world: World| {
            let one = returned(&world, number).await;
            for _ in 0..2 {
                contest(&world, &world.finance, &one).await.expect("put forward");
                one.end(&world, WRONG, true).await.expect("confirmed");
                assert_eq!(one.stage(&world).await, Stage::Paid);
                world.check().await;
                one.read(&world, "退汇", number, 5).await;
                one.end(&world, FREES, true).await.expect("it came back after all");
                assert_eq!(one.stage(&world).await, Stage::PaymentFailed);
                world.check().await;
            }
            one.read(&world, "成功", "Z1", 8).await;
            assert_eq!(one.stage(&world).await, Stage::Paid);
            world.check().await;
        })
        .await;
    }
}

/// Paid anew meanwhile, it may be paid twice, and is called so; in another batch it stops that.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_paid_anew_meanwhile_may_be_paid_twice() {
    for is_paid in [false, true] {
        on_both(async |world: World| {
            let one = returned(&world, "R1").await;
            correct(&world, one.case, 7).await.expect("another account");
            let batch = released(&world, vec![one.case]).await;
            if is_paid {
                sent(&world, batch).await;
                let payment = world.store.batch(batch).await.expect("it").lines[0].end_to_end_id.clone();
                let today = world.store.now().day();
                paying::read(&world, format!("{HEAD}\n{payment},300.00,成功,B1,{today},\n")).await;
            }
            contest(&world, &world.finance, &one).await.expect("put forward");
            let stopped = world.store.to_release(batch).await.expect("it").stopped;
            assert_eq!(stopped.len(), usize::from(!is_paid), "{stopped:?}");
            one.end(&world, WRONG, true).await.expect("confirmed");
            assert!(one.is_open(&world, AFTER_ALL).await);
            let expected = if is_paid { (Stage::Paid, [600, 0]) } else { (Stage::Payable, [0, 300]) };
            assert_eq!((one.stage(&world).await, books(&world).await), expected);
            let twice = world.store.ask(&world.other_finance, &fresh(), one.case, Ask::Close).await;
            assert!(twice.is_err(), "{twice:?}");
            let again = contest(&world, &world.finance, &one).await;
            assert!(matches!(again, Err(StoreError::Refused(Refusal::AlreadyDone))), "{again:?}");
            world.check().await;
        })
        .await;
    }
}

/// Who has put it forward may have left: another puts it forward anew, and a third confirms it.
#[tokio::test(flavor = "multi_thread")]
async fn who_has_left_stands_for_nothing() {
    on_both(async |world: World| {
        let one = returned(&world, "R1").await;
        contest(&world, &world.finance, &one).await.expect("put forward");
        let left = world.finance.user().expect("a user");
        let admin = NewUser {
            login: "admin9".to_owned(),
            name: "管理员".to_owned(),
            password: "not-a-common-one".to_owned(),
            roles: vec![Role::Administrator],
            desks: Vec::new(),
            must_change: false,
        };
        world.store.create_user(&world.admin, &fresh(), admin).await.expect("one who administers");
        world
            .store
            .set_roles(&world.admin, &fresh(), left, vec![Role::Auditor], vec![])
            .await
            .expect("of finance no more");
        let alone = one.end(&world, WRONG, true).await;
        assert!(matches!(alone, Err(StoreError::Conflict { .. })), "{alone:?}");
        contest(&world, &world.other_finance, &one).await.expect("put forward anew");
        let alone = one.end(&world, WRONG, true).await;
        assert!(matches!(alone, Err(StoreError::Refused(Refusal::ReadByYou))), "{alone:?}");
        world.check().await;
    })
    .await;
}
