//! Funds: the last yuan, queues and their shares, the end of a year.

use crate::common::{FUND, World, YEAR, decide, fresh, on_both};
use duixian_casework::case::CaseId;
use duixian_casework::command::IfShort;
use duixian_casework::people::{Actor, Role};
use duixian_casework::refusal::Refusal;
use duixian_casework::stage::Stage;
use duixian_ledger::{AllocationRule, By, CarryRule};
use duixian_money::Fen;
use duixian_store::StoreError;
use duixian_store::cases::Ask;
use duixian_store::funds::Proposed;

fn queue(yuan: i64, priority: i32) -> Ask {
    let reason = "按规定".to_owned();
    Ask::Decide { amount: Fen::yuan(yuan), reason, conditions: Vec::new(), priority, if_short: IfShort::Queue }
}

/// Closes the year by two people.
async fn close(world: &World, rule: CarryRule) -> Result<Option<i64>, StoreError> {
    let (store, what) = (&world.store, Proposed::Close(rule));
    let free = store.position(FUND, YEAR).await?.free;
    let id = store.propose(&world.finance, &fresh(), what, (FUND, YEAR), free, "").await?.value;
    Ok(store.end_proposal(&world.other_finance, &fresh(), id, true, "").await?.value)
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

/// What is decided in bulk takes its places in the order of the list, and not in that in which threads come to it.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_decided_together_is_decided_in_the_order_of_the_list() {
    on_both(async |world: World| {
        world.appropriate(100).await;
        let mut asked = Vec::new();
        for result in 0..6 {
            let id = world.reviewed("instant_award", 0, result).await;
            asked.insert(0, (id, world.store.case(id).await.expect("it").version, queue(100, 1)));
        }
        let order: Vec<i64> = asked.iter().map(|(id, ..)| id.0).collect();
        for (_, outcome) in world.store.ask_many(&world.decider, &fresh(), asked).await {
            outcome.expect("decided");
        }
        assert_eq!(world.store.case(CaseId(order[0])).await.expect("it").stage, Stage::Payable);
        let waiting = world.store.waiting(FUND, YEAR).await.expect("what waits");
        assert_eq!(waiting.iter().map(|one| one.case).collect::<Vec<_>>(), order[1..]);
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
        let closed = close(&world, CarryRule::Lapse).await;
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
        let rule = AllocationRule::ProRata;
        let seen = async || {
            let preview = store.preview_allocation(FUND, YEAR, rule).await.expect("shares");
            preview.iter().map(|planned| planned.share).collect::<Vec<_>>()
        };
        let propose = async |who: &Actor, seen| {
            store
                .propose_sharing(who, &fresh(), (FUND, YEAR), (rule, crate::common::SHORT), seen)
                .await
                .map(|done| done.value)
        };
        let end = async |who: &Actor, id, is_confirmed| {
            store.end_proposal(who, &fresh(), id, is_confirmed, "再议").await.map(|done| done.value)
        };
        // What gives any less than was decided is nobody's to do alone, nor by who has reviewed.
        let alone = store.allocate(&world.decider, &fresh(), FUND, YEAR, rule, Some(seen().await)).await;
        assert!(matches!(alone, Err(StoreError::Refused(Refusal::SecondSharerNeeded))), "{alone:?}");
        // Nor is it to pass over who was decided before; that takes grounds and a second person, too.
        let by_priority = store.preview_allocation(FUND, YEAR, AllocationRule::Priority).await.expect("shares");
        let passed: Vec<i64> = by_priority.iter().filter(|one| one.is_passed_over).map(|one| one.share.case).collect();
        assert_eq!(passed, [b]);
        let by_priority: Vec<_> = by_priority.iter().map(|planned| planned.share).collect();
        let alone = store
            .allocate(&world.decider, &fresh(), FUND, YEAR, AllocationRule::Priority, Some(by_priority.clone()))
            .await;
        assert!(matches!(alone, Err(StoreError::Refused(Refusal::SecondSharerNeeded))), "{alone:?}");
        let silent = store
            .propose_sharing(
                &world.decider,
                &fresh(),
                (FUND, YEAR),
                (AllocationRule::Priority, " "),
                by_priority.clone(),
            )
            .await;
        assert!(matches!(silent, Err(StoreError::BadInput { .. })), "{silent:?}");
        crate::common::together::seat(&world).await;
        let why = (AllocationRule::Priority, crate::common::SHORT);
        let overtaking =
            store.propose_sharing(&world.decider, &fresh(), (FUND, YEAR), why, by_priority).await.expect("put forward");
        let own = end(&world.decider, overtaking.value, true).await;
        assert!(matches!(own, Err(StoreError::Refused(Refusal::SecondSharerNeeded))), "{own:?}");
        end(&world.other_decider, overtaking.value, false).await.expect("sent back");
        for who in [&world.reviewer, &world.finance] {
            let denied = propose(who, seen().await).await;
            assert!(matches!(denied, Err(StoreError::Denied)), "{denied:?}");
        }
        let before = seen().await;
        let first = propose(&world.decider, before.clone()).await.expect("put forward");
        let twice = propose(&world.other_decider, before.clone()).await;
        let waits = |why: &StoreError| matches!(why, StoreError::Refused(Refusal::SharingOpen));
        assert!(twice.as_ref().is_err_and(waits), "{twice:?}");
        // Nor does anything of the fund go another way meanwhile, by a rule that needs no second person or by itself.
        let first_decided = AllocationRule::FirstDecided;
        let seen_otherwise = store.preview_allocation(FUND, YEAR, first_decided).await.expect("shares");
        let seen_otherwise: Vec<_> = seen_otherwise.iter().map(|planned| planned.share).collect();
        for (who, seen) in [(&world.decider, Some(seen_otherwise)), (&world.other_decider, None)] {
            let otherwise = store.allocate(who, &fresh(), FUND, YEAR, first_decided, seen).await;
            assert!(otherwise.as_ref().is_err_and(waits), "{otherwise:?}");
        }
        let alone = store.ask(&world.other_decider, &fresh(), ids[0], Ask::Fund).await;
        assert!(alone.as_ref().is_err_and(waits), "{alone:?}");
        assert_eq!(store.position(FUND, YEAR).await.expect("a position").waiting_cases, 3);
        let own = end(&world.decider, first, true).await;
        assert!(matches!(own, Err(StoreError::Refused(Refusal::SecondSharerNeeded))), "{own:?}");
        let others = end(&world.finance, first, true).await;
        let needed = Refusal::NeedsRole(Role::DecisionMaker);
        assert!(matches!(&others, Err(StoreError::Refused(why)) if *why == needed), "{others:?}");
        // The fund is not what it was: nothing is shared out by what was looked at before.
        world.appropriate(3).await;
        let stale = end(&world.other_decider, first, true).await;
        assert!(matches!(stale, Err(StoreError::Conflict { .. })), "{stale:?}");
        assert_eq!(end(&world.other_decider, first, false).await.expect("rejected"), None);
        let stale = propose(&world.decider, before).await;
        assert!(matches!(stale, Err(StoreError::Conflict { .. })), "{stale:?}");
        // What was sent back stands in nobody's way: there it is only what was seen that is no more.
        let stale = store.allocate(&world.decider, &fresh(), FUND, YEAR, first_decided, Some(Vec::new())).await;
        assert!(matches!(stale, Err(StoreError::Conflict { .. })), "{stale:?}");
        let second = propose(&world.decider, seen().await).await.expect("put forward");
        assert_eq!(store.position(FUND, YEAR).await.expect("a position").free, Fen::yuan(303), "nothing is booked yet");
        end(&world.other_decider, second, true).await.expect("confirmed");
        for id in &ids {
            let case = store.case(*id).await.expect("the case");
            assert_eq!((case.stage, case.granted()), (Stage::Payable, Some(Fen::yuan(101))));
            let sharing = case.decision.and_then(|decision| decision.sharing).expect("by what it was cut");
            assert_eq!((sharing.proposed_by, sharing.grounds.as_str()), (world.decider.user(), crate::common::SHORT));
        }
        // An amount is held against what was decided before, and not against what a short fund has left of it.
        let usual = store.granted_earlier("instant_award", late).await.expect("amounts").expect("some were decided");
        assert_eq!((usual.cases, usual.median, usual.most), (3, Fen::yuan(150), Fen::yuan(150)));
        let but_one = store.granted_earlier("instant_award", ids[0]).await.expect("amounts").expect("others were");
        assert_eq!(but_one.cases, 2);
        assert_eq!(store.granted_earlier("result_award", late).await.expect("amounts"), None);
        assert_eq!(store.position(FUND, YEAR).await.expect("a position").free, Fen(0));
        world.check().await;
    })
    .await;
}

/// By priority who was decided later may go first, if two say so and why; one is enough where that passes over nobody.
#[tokio::test(flavor = "multi_thread")]
async fn two_share_out_by_priority_where_it_passes_over_who_was_decided_before() {
    on_both(async |world: World| {
        crate::common::together::seat(&world).await;
        world.appropriate(100).await;
        let mut ids: Vec<CaseId> = Vec::new();
        for (result, priority) in [(0, 2), (1, 1), (2, 3)] {
            let id = world.reviewed("instant_award", 0, result).await;
            world.ask(&world.decider, id, queue(150, priority)).await;
            ids.push(id);
        }
        let store = &world.store;
        let seen = async || {
            let preview = store.preview_allocation(FUND, YEAR, AllocationRule::Priority).await.expect("shares");
            preview.iter().map(|planned| planned.share).collect::<Vec<_>>()
        };
        let why = (AllocationRule::Priority, crate::common::SHORT);
        world.appropriate(100).await;
        let id = store
            .propose_sharing(&world.decider, &fresh(), (FUND, YEAR), why, seen().await)
            .await
            .expect("put forward");
        store.end_proposal(&world.other_decider, &fresh(), id.value, true, "").await.expect("confirmed");
        let stages = async || {
            let mut stages = Vec::new();
            for id in &ids {
                stages.push(store.case(*id).await.expect("the case").stage);
            }
            stages
        };
        assert_eq!(stages().await, [Stage::Queued, Stage::Payable, Stage::Queued]);
        let sharing = store.case(ids[1]).await.expect("the case").decision.and_then(|decision| decision.sharing);
        let sharing = sharing.expect("by what it went ahead");
        assert_eq!((sharing.proposed_by, sharing.grounds.as_str()), (world.decider.user(), crate::common::SHORT));
        // The first of those left is also the first decided: nobody is passed over.
        world.appropriate(100).await;
        let needless = store.propose_sharing(&world.decider, &fresh(), (FUND, YEAR), why, seen().await).await;
        assert!(matches!(needless, Err(StoreError::BadInput { .. })), "{needless:?}");
        let rule = AllocationRule::Priority;
        store.allocate(&world.decider, &fresh(), FUND, YEAR, rule, Some(seen().await)).await.expect("shared out");
        assert_eq!(stages().await, [Stage::Payable, Stage::Payable, Stage::Queued]);
        world.check().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_year_is_closed_and_its_statement_adds_up() {
    on_both(async |world: World| {
        crate::common::together::seat(&world).await;
        world.appropriate(1000).await;
        world.payable(0, 0, 300).await;
        let store = &world.store;
        let closed = close(&world, CarryRule::CarryOver).await;
        assert!(closed.expect("closed").is_some());
        let again = close(&world, CarryRule::CarryOver).await;
        assert!(matches!(again, Err(StoreError::BadInput { .. })), "nothing is left: {again:?}");
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

/// What changes how much a fund has is done by two people, on what is there when the second confirms it.
#[tokio::test(flavor = "multi_thread")]
async fn one_person_alone_changes_no_fund() {
    on_both(async |world: World| {
        crate::common::together::seat(&world).await;
        world.appropriate(100).await;
        let store = &world.store;
        let propose = async |who: &Actor, what, yuan, grounds: &str| {
            store.propose(who, &fresh(), what, (FUND, YEAR), Fen::yuan(yuan), grounds).await.map(|done| done.value)
        };
        let end = async |who: &Actor, id, confirms, grounds: &str| {
            store.end_proposal(who, &fresh(), id, confirms, grounds).await.map(|done| done.value)
        };
        let denied = store.appropriate(&world.finance, &fresh(), FUND, YEAR, Fen::yuan(1), "批复").await;
        assert!(matches!(denied, Err(StoreError::Denied)), "{denied:?}");
        for (who, what, yuan, grounds) in [
            (&world.decider, Proposed::Appropriate, 50, "批复"),
            (&world.admin, Proposed::Appropriate, 50, "批复"),
            (&world.admin, Proposed::TakeBack, 50, "批复"),
            (&world.finance, Proposed::Appropriate, 50, " "),
            (&world.finance, Proposed::Appropriate, 1_000_000_001, "批复"),
            (&world.finance, Proposed::TakeBack, 101, "批复"),
        ] {
            let refused = propose(who, what, yuan, grounds).await;
            assert!(refused.is_err(), "{what:?} {yuan}");
        }
        let more = propose(&world.other_finance, Proposed::Appropriate, 50, "批复").await.expect("put forward");
        let back = propose(&world.finance, Proposed::TakeBack, 140, "登记错了").await;
        assert!(matches!(back, Err(StoreError::Conflict { .. })), "what is not confirmed is not there: {back:?}");
        end(&world.finance, more, true, "").await.expect("confirmed");
        let again = end(&world.other_finance, more, true, "").await;
        assert!(matches!(again, Err(StoreError::NotFound)), "{again:?}");
        let back = propose(&world.finance, Proposed::TakeBack, 140, "登记错了").await.expect("put forward");
        let own = end(&world.finance, back, true, "").await;
        assert!(matches!(own, Err(StoreError::BadInput { .. })), "{own:?}");
        // What was granted meanwhile can't go back.
        world.payable(0, 0, 100).await;
        let late = end(&world.other_finance, back, true, "").await;
        assert!(matches!(late, Err(StoreError::Conflict { .. })), "{late:?}");
        assert_eq!(end(&world.other_finance, back, false, "余额已变").await.expect("rejected"), None);
        let back = propose(&world.other_finance, Proposed::TakeBack, 50, "登记错了").await.expect("put forward");
        end(&world.finance, back, true, "").await.expect("confirmed");
        let position = store.position(FUND, YEAR).await.expect("a position");
        assert_eq!((position.size, position.reserved, position.free), (Fen::yuan(100), Fen::yuan(100), Fen(0)));
        assert_eq!(store.proposals().await.expect("what waits"), []);
        // Who has put it forward reads why it was sent back; what they took back themselves they know.
        let own = propose(&world.finance, Proposed::Appropriate, 1, "追加").await.expect("put forward");
        end(&world.finance, own, false, "登记错了").await.expect("taken back");
        let returned = store.returned_proposals().await.expect("what was sent back");
        let told: Vec<(&str, i32)> = returned.iter().map(|one| (one.grounds.as_str(), one.proposal.year)).collect();
        assert_eq!(told, [("余额已变", YEAR)]);
        world.check().await;
    })
    .await;
}
