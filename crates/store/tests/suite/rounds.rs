//! Rounds that are withdrawn.

use crate::common::limited::open;
use crate::common::{World, fresh, on_both, party};
use duixian_store::StoreError;
use duixian_store::cases::NewCase;

#[tokio::test]
async fn a_round_is_withdrawn_only_while_it_has_no_case() {
    on_both(async |mut world: World| {
        let withdraw = async |world: &World, id| world.store.withdraw_round(&world.admin, &fresh(), id).await;
        let used = world.round;
        world.draft("result_award", 0, 0).await;
        let refused = withdraw(&world, used).await;
        assert!(matches!(refused, Err(StoreError::BadInput { .. })), "a draft is in it: {refused:?}");

        let first = world.store.round(used).await.expect("the round");
        let mistaken = open(&world, first.pack, first.facts).await;
        let denied = world.store.withdraw_round(&world.finance, &fresh(), mistaken).await;
        assert!(denied.is_err(), "only an administrator does");
        withdraw(&world, mistaken).await.expect("nobody has begun to apply");
        assert!(world.store.rounds().await.expect("the rounds").iter().all(|round| round.id != mistaken));
        assert!(withdraw(&world, mistaken).await.is_err(), "once only");
        let closes = world.store.now();
        let moved = world.store.change_closing(&world.admin, &fresh(), mistaken, closes).await;
        assert!(matches!(moved, Err(StoreError::BadInput { .. })), "{moved:?}");
        let new =
            NewCase { round: mistaken, party: party(0), measure: "result_award".to_owned(), basis: "R0-1".to_owned() };
        let begun = world.store.open_draft(&world.applicant, &fresh(), new).await;
        assert!(matches!(begun, Err(StoreError::BadInput { .. })), "{begun:?}");

        // Its name is free again, its number is not.
        let again = open(&world, first.pack, first.facts).await;
        assert!(again > mistaken);
        world.round = again;
        world.draft("result_award", 0, 1).await;
        world.check().await;
    })
    .await;
}
