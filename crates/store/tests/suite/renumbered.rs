//! A number of the bank that was read by mistake: two people correct it, and it proves the payment that it belongs to.

use crate::common::paying::{self, HEAD, released, sent};
use crate::common::together::seat;
use crate::common::{World, fresh, on_both};
use duixian_casework::case::{CaseId, PaymentOutcome};
use duixian_casework::doubt::Doubted;
use duixian_casework::refusal::Refusal;
use duixian_casework::settlement::Oddity;
use duixian_casework::stage::Stage;
use duixian_store::StoreError;
use duixian_store::batches::Settled;
use duixian_store::cases::Ask;

/// Two cases of 300 yuan in one batch that is with the bank, with their payments; the first is recorded by the number of the second.
async fn mistaken(world: &World) -> (i64, [(CaseId, String); 2]) {
    seat(world).await;
    world.appropriate(10_000).await;
    let cases = [world.payable(0, 0, 300).await, world.payable(1, 1, 300).await];
    let batch = released(world, cases.to_vec()).await;
    sent(world, batch).await;
    let there = world.store.batch(batch).await.expect("it");
    let payment =
        |case: CaseId| there.lines.iter().find(|line| line.case == case).expect("a line").end_to_end_id.clone();
    let both = cases.map(|case| (case, payment(case)));
    read(world, &[(&both[0].1, "B2")], "手工").await;
    (batch, both)
}

/// A file of the bank in which these payments were made; `note` makes it another file.
async fn read(world: &World, paid: &[(&str, &str)], note: &str) -> Settled {
    let today = world.store.now().day();
    let row = |(payment, number): &(&str, &str)| format!("{payment},300.00,成功,{number},{today},{note}\n");
    let rows: String = paid.iter().map(row).collect();
    let file = format!("{HEAD}\n{rows}");
    paying::read(world, file).await
}

/// A second person ends what is open of the number of a payment.
async fn end(world: &World, batch: i64, payment: &str, is_confirmed: bool) -> Result<(), StoreError> {
    let there = world.store.batch(batch).await.expect("it");
    let is_it = |what: &Doubted| matches!(what, Doubted::Renumbered { .. }) && what.end_to_end_id() == payment;
    let place = there.open_doubts().find(|(_, doubt)| is_it(&doubt.what)).expect("it is brought up").0;
    world.store.end_doubt(&world.other_finance, &fresh(), batch, place, is_confirmed, "查对明细").await.map(drop)
}

async fn recorded(world: &World, case: CaseId) -> Option<String> {
    match world.store.case(case).await.expect("it").payments.last()?.outcome.clone()? {
        PaymentOutcome::Paid { reference, .. } => Some(reference),
        _ => None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_people_correct_a_number_and_it_proves_the_payment_it_belongs_to() {
    on_both(async |world: World| {
        let (batch, [(one, first), (other, second)]) = mistaken(&world).await;
        let truth = [(first.as_str(), "B1"), (second.as_str(), "B2")];
        let settled = read(&world, &truth, "银行").await;
        let said = &settled.batches[0].settlement;
        assert_eq!((said.news.len(), &said.reported), (0, &vec![first.clone()]));
        let of_second =
            Oddity::Reference { end_to_end_id: second.clone(), said: "B2".to_owned(), other: first.clone() };
        assert_eq!(said.odd, [of_second]);
        // Read again it brings up nothing more, and neither case goes on before it is looked into.
        read(&world, &truth, "银行").await;
        let there = world.store.batch(batch).await.expect("it");
        assert_eq!(there.open_doubts().count(), 2);
        let is_number = |what: &Doubted| matches!(what, Doubted::Renumbered { .. });
        let place = there.open_doubts().find(|(_, doubt)| is_number(&doubt.what)).expect("it is brought up").0;
        let closed = world.store.ask(&world.other_finance, &fresh(), one, Ask::Close).await;
        assert!(matches!(closed, Err(StoreError::Refused(Refusal::DoubtOpen(_)))), "{closed:?}");

        let alone = world.store.end_doubt(&world.finance, &fresh(), batch, place, true, "查对明细").await;
        assert!(matches!(alone, Err(StoreError::Refused(Refusal::ReadByYou))), "{alone:?}");
        world.store.end_doubt(&world.other_finance, &fresh(), batch, place, true, "查对明细").await.expect("corrected");
        assert_eq!(recorded(&world, one).await.as_deref(), Some("B1"));
        world.check().await;

        // Now the same file settles the other, and the mistaken one records nothing.
        let settled = read(&world, &truth, "银行").await;
        assert_eq!(settled.batches[0].settlement.news.len(), 1);
        assert_eq!(recorded(&world, other).await.as_deref(), Some("B2"));
        let settled = read(&world, &[(&first, "B2")], "手工").await;
        let said = &settled.batches[0].settlement;
        assert_eq!((said.news.len(), &said.reported), (0, &vec![first.clone()]), "B2 is the other's");
        let taken = end(&world, batch, &first, true).await;
        assert!(matches!(taken, Err(StoreError::Conflict { .. })), "{taken:?}");
        end(&world, batch, &first, false).await.expect("it stands");
        assert_eq!(recorded(&world, one).await.as_deref(), Some("B1"));
        assert_eq!(world.store.cases_by_payment("B2").await.expect("found"), [other]);
        assert_eq!(world.store.cases_by_payment("B1").await.expect("found"), [one]);
        world.check().await;
    })
    .await;
}

/// Two payments that were given each other's numbers, in one batch or in two, are set right in one: neither could have the other's first.
#[tokio::test(flavor = "multi_thread")]
async fn two_that_have_each_others_numbers_are_set_right_together() {
    for apart in [false, true] {
        on_both(async |world: World| {
            seat(&world).await;
            world.appropriate(10_000).await;
            let cases = [world.payable(0, 0, 300).await, world.payable(1, 1, 300).await];
            let groups = if apart { vec![vec![cases[0]], vec![cases[1]]] } else { vec![cases.to_vec()] };
            let mut both = Vec::new();
            for group in groups {
                let batch = released(&world, group).await;
                sent(&world, batch).await;
                let lines = world.store.batch(batch).await.expect("it").lines;
                both.extend(lines.into_iter().map(|line| (batch, line.end_to_end_id)));
            }
            let [(batch, one), (other_batch, other)] = &both[..] else { panic!("two") };
            read(&world, &[(one, "B2"), (other, "B1")], "手工").await;
            // Alone it can't have what the other has.
            read(&world, &[(one, "B1")], "银行一").await;
            let taken = end(&world, *batch, one, true).await;
            assert!(matches!(taken, Err(StoreError::Conflict { .. })), "{taken:?}");
            assert_eq!(recorded(&world, cases[0]).await.as_deref(), Some("B2"));
            let settled = read(&world, &[(other, "B2")], "银行二").await;
            assert_eq!(settled.batches[0].settlement.reported, std::slice::from_ref(other));
            end(&world, *other_batch, other, true).await.expect("both are set right");
            assert_eq!(recorded(&world, cases[0]).await.as_deref(), Some("B1"));
            assert_eq!(recorded(&world, cases[1]).await.as_deref(), Some("B2"));
            assert!(world.store.doubted_batches().await.expect("batches").is_empty());
            assert_eq!(world.store.cases_by_payment("B1").await.expect("found"), [cases[0]]);
            assert_eq!(world.store.cases_by_payment("B2").await.expect("found"), [cases[1]]);
            read(&world, &[(one, "B1"), (other, "B2")], "银行").await;
            world.check().await;
            for case in cases {
                world.ask(&world.finance, case, Ask::Close).await;
            }
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_is_no_mistake_stands() {
    on_both(async |world: World| {
        let (batch, [(one, first), _]) = mistaken(&world).await;
        read(&world, &[(&first, "B7")], "又一份").await;
        let place = world.store.batch(batch).await.expect("it").open_doubts().next().expect("brought up").0;
        let grounds = "只付出过一次，流水是 B2";
        world.store.end_doubt(&world.other_finance, &fresh(), batch, place, false, grounds).await.expect("dismissed");
        assert_eq!(recorded(&world, one).await.as_deref(), Some("B2"));
        assert_eq!(world.store.case(one).await.expect("it").stage, Stage::Paid);
        world.ask(&world.other_finance, one, Ask::Close).await;
        world.check().await;
    })
    .await;
}

/// That a number is another says nothing of a return that waits.
#[tokio::test(flavor = "multi_thread")]
async fn a_corrected_number_buries_no_return() {
    on_both(async |world: World| {
        let (batch, [(one, first), _]) = mistaken(&world).await;
        read(&world, &[(&first, "B7")], "又一份").await;
        let today = world.store.now().day();
        paying::read(&world, format!("{HEAD}\n{first},300.00,退汇,T1,{today},账户已销户\n")).await;
        let there = world.store.batch(batch).await.expect("it");
        let is_number = |what: &Doubted| matches!(what, Doubted::Renumbered { .. });
        let place = there.open_doubts().find(|(_, doubt)| is_number(&doubt.what)).expect("brought up").0;
        world.store.end_doubt(&world.other_finance, &fresh(), batch, place, true, "查对明细").await.expect("corrected");
        let there = world.store.batch(batch).await.expect("it");
        let place = there.open_doubts().find(|(_, doubt)| doubt.what.frees_money()).expect("it is open still").0;
        world.store.end_doubt(&world.other_finance, &fresh(), batch, place, true, "查对明细").await.expect("confirmed");
        assert_eq!(world.store.case(one).await.expect("it").stage, Stage::PaymentFailed);
        world.check().await;
    })
    .await;
}
