//! What was found of what the bank said stands with its case: that the record stands leaves no event there, and a return that never was is
//! told by the transfer that booked it.

use duixian_casework::doubt::Doubted;
use duixian_store::cases::Finding;
use duixian_store::funds::{TransferFilter, TransferRow};

use crate::common::paying::{FREES, NUMBER, Paying, paying};
use crate::common::{World, fresh, on_both};

async fn findings(world: &World, one: &Paying) -> Vec<Finding> {
    let case = world.store.case(one.case).await.expect("it");
    world.store.findings(&case).await.expect("findings")
}

async fn transfers(world: &World, one: &Paying) -> Vec<TransferRow> {
    let filter = TransferFilter { case: Some(one.case), ..TransferFilter::default() };
    world.store.transfers(&filter).await.expect("transfers").rows
}

async fn contest(world: &World, one: &Paying) {
    let said = ("没有退回", "明细");
    world.store.contest_return(&world.finance, &fresh(), one.batch, &one.payment, said).await.expect("put forward");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_found_is_told_with_the_case_it_is_about() {
    on_both(async |world: World| {
        let one = paying(&world, 10).await;
        let other = Paying::of(&world, world.payable(1, 1, 300).await, 10).await;
        one.read(&world, "成功", "A1", 2).await;
        one.read(&world, "成功", "B1", 2).await;
        assert_eq!(findings(&world, &one).await, []);
        one.end(&world, NUMBER, false).await.expect("A1 stands");
        let found = findings(&world, &one).await;
        let [stands] = &found[..] else { panic!("one: {found:?}") };
        assert!(matches!(&stands.what, Doubted::Renumbered { reference, .. } if reference == "B1"));
        let (read_by, by) = (world.finance.user(), world.other_finance.user());
        assert_eq!((Some(stands.read_by), Some(stands.by), stands.batch), (read_by, by, one.batch));
        assert_eq!((stands.is_confirmed, stands.grounds.as_str()), (false, "查对明细"));
        assert_eq!(findings(&world, &other).await, [], "nothing was found of another's");
        world.check().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_return_that_never_was_is_known_by_its_transfer() {
    on_both(async |world: World| {
        let one = paying(&world, 10).await;
        one.read(&world, "成功", "A1", 2).await;
        one.read(&world, "退汇", "R1", 5).await;
        one.end(&world, FREES, true).await.expect("it is said to have come back");
        assert_eq!(world.store.mistaken_returns(&transfers(&world, &one).await).await.expect("returns"), []);
        let first =
            transfers(&world, &one).await.into_iter().find(|row| row.kind == "return").expect("it").transfer.id.0;
        contest(&world, &one).await;
        one.end(&world, |what| matches!(what, Doubted::NotReturned { .. }), true).await.expect("it has not");
        // One that did come back later is none.
        one.read(&world, "退汇", "R2", 7).await;
        one.end(&world, FREES, true).await.expect("it came back");
        let rows = transfers(&world, &one).await;
        let mistaken = world.store.mistaken_returns(&rows).await.expect("returns");
        let [only] = &mistaken[..] else { panic!("one: {mistaken:?}") };
        assert_eq!((only.case, only.transfer), (one.case, first));
        let made_up = rows.iter().find(|row| row.transfer.at == only.found_at.0);
        assert_eq!(made_up.map(|row| row.kind), Some("post"));
        assert!(findings(&world, &one).await.iter().any(Finding::undoes_a_return));
        world.check().await;
    })
    .await;
}
