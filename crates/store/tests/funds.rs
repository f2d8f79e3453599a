//! Funds: the last yuan, queues and their shares, the end of a year.

mod common;

use common::{FUND, World, YEAR, decide, fresh, on_both};
use duixian_casework::case::CaseId;
use duixian_casework::command::IfShort;
use duixian_casework::refusal::Refusal;
use duixian_casework::stage::Stage;
use duixian_ledger::{AllocationRule, By, CarryRule};
use duixian_money::Fen;
use duixian_store::StoreError;
use duixian_store::cases::Ask;

fn queue(yuan: i64, priority: i32) -> Ask {
    let reason = "按规定".to_owned();
    Ask::Decide { amount: Fen::yuan(yuan), reason, conditions: Vec::new(), priority, if_short: IfShort::Queue }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_officials_decide_on_the_last_yuan_and_one_succeeds() {
    on_both(async |world: World| {
        world.appropriate(100).await;
        for try_of in 0..3 {
            let (one, other) =
                (world.reviewed("instant_award", 0, try_of).await, world.reviewed("instant_award", 1, try_of).await);
            let free = world.store.position(FUND, YEAR).await.expect("a position").free;
            let yuan = free.0 / 100;
            let decisions = [(world.decider.clone(), one), (world.other_decider.clone(), other)].map(|(actor, id)| {
                let store = world.store.clone();
                tokio::spawn(async move { store.ask(&actor, &fresh(), id, decide(yuan)).await })
            });
            let mut won = Vec::new();
            for decision in decisions {
                match decision.await.expect("no panic") {
                    Ok(done) => won.push(done.value),
                    Err(StoreError::Refused(Refusal::FundShort { free, .. })) => assert_eq!(free, Fen(0)),
                    Err(other) => panic!("{other:?}"),
                }
            }
            assert_eq!(won.len(), 1);
            let position = world.store.position(FUND, YEAR).await.expect("a position");
            assert_eq!((position.free, position.reserved), (Fen(0), Fen::yuan(100)));
            // The winner gives up, and the money is free for the next.
            let id = won[0].id;
            world.ask(&world.applicant, id, Ask::Withdraw { reason: "不要了".to_owned() }).await;
            assert_eq!(world.store.position(FUND, YEAR).await.expect("a position").free, Fen::yuan(100));
        }
        world.check().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_short_fund_is_shared_out_as_it_was_shown() {
    on_both(async |world: World| {
        world.appropriate(100).await;
        let mut ids: Vec<CaseId> = Vec::new();
        for (result, priority) in [(0, 2), (1, 2), (2, 1)] {
            let id = world.reviewed("instant_award", 0, result).await;
            let case = world.ask(&world.decider, id, queue(150, priority)).await;
            assert_eq!(case.stage, Stage::Queued);
            ids.push(id);
        }
        let store = &world.store;
        let position = store.position(FUND, YEAR).await.expect("a position");
        assert_eq!((position.waiting, position.waiting_cases), (Fen::yuan(450), 3));
        world.appropriate(200).await;
        let closed = store.close_year(&world.finance, &fresh(), FUND, YEAR, CarryRule::Lapse).await;
        assert!(matches!(closed, Err(StoreError::BadInput { .. })), "what waits would wait for ever: {closed:?}");
        let late = world.reviewed("instant_award", 1, 0).await;
        let overtaking = store.ask(&world.decider, &fresh(), late, decide(100)).await;
        assert!(matches!(overtaking, Err(StoreError::Refused(Refusal::OthersWait { .. }))), "{overtaking:?}");
        let granted = async |rule| {
            let shares = store.preview_allocation(FUND, YEAR, rule).await.expect("shares");
            shares.iter().map(|planned| (planned.share.case, planned.share.granted.0 / 100)).collect::<Vec<_>>()
        };
        let [a, b, c] = [ids[0].0, ids[1].0, ids[2].0];
        assert_eq!(granted(AllocationRule::FirstDecided).await, [(a, 150), (b, 150), (c, 0)]);
        assert_eq!(granted(AllocationRule::Priority).await, [(c, 150), (a, 150), (b, 0)]);
        assert_eq!(granted(AllocationRule::ProRata).await, [(a, 100), (b, 100), (c, 100)]);
        let preview = store.preview_allocation(FUND, YEAR, AllocationRule::ProRata).await.expect("shares");
        let seen: Vec<_> = preview.iter().map(|planned| planned.share).collect();
        world.appropriate(3).await;
        let stale = store
            .allocate(&world.decider, &fresh(), FUND, YEAR, common::shared_by(AllocationRule::ProRata), Some(seen))
            .await;
        assert!(matches!(stale, Err(StoreError::Conflict { .. })));
        let key = fresh();
        let first = store
            .allocate(&world.decider, &key, FUND, YEAR, common::shared_by(AllocationRule::ProRata), None)
            .await
            .expect("shared");
        let again = store
            .allocate(&world.decider, &key, FUND, YEAR, common::shared_by(AllocationRule::ProRata), None)
            .await
            .expect("same");
        assert_eq!((first.value.clone(), first.already, again.already), (again.value, false, true));
        for id in &ids {
            let case = store.case(*id).await.expect("the case");
            assert_eq!((case.stage, case.granted()), (Stage::Payable, Some(Fen::yuan(101))));
        }
        assert_eq!(store.position(FUND, YEAR).await.expect("a position").free, Fen(0));
        world.check().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_year_is_closed_and_its_statement_adds_up() {
    on_both(async |world: World| {
        world.appropriate(1000).await;
        world.payable(0, 0, 300).await;
        let store = &world.store;
        let closed = store.close_year(&world.finance, &fresh(), FUND, YEAR, CarryRule::CarryOver).await;
        assert!(closed.expect("closed").value.is_some());
        let again = store.close_year(&world.finance, &fresh(), FUND, YEAR, CarryRule::CarryOver).await;
        assert_eq!(again.expect("nothing is left").value, None);
        let (old, new) = (store.position(FUND, YEAR).await, store.position(FUND, YEAR + 1).await);
        let (old, new) = (old.expect("a position"), new.expect("a position"));
        assert_eq!((old.size, old.reserved, old.free), (Fen::yuan(300), Fen::yuan(300), Fen(0)));
        assert_eq!(new.free, Fen::yuan(700));
        let statement = store.statement(FUND, YEAR, By::Measure).await.expect("a statement");
        assert_eq!(statement.total.appropriated, Fen::yuan(1000));
        assert_eq!((statement.total.carried_out, statement.total.closing_reserved), (Fen::yuan(700), Fen::yuan(300)));
        assert_eq!(store.positions().await.expect("positions").len(), 2);
        assert_eq!(store.carry_rule(FUND).await.expect("the pack's rule"), CarryRule::CarryOver);
        world.check().await;
    })
    .await;
}
