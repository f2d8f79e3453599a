//! A list by what its cases come to, in the order of what its column shows.

use duixian_casework::case::CaseId;
use duixian_money::Fen;
use duixian_store::cases::{Ask, CaseFilter, CaseRow, Sort};

use crate::common::{World, decide, on_both};

/// What the column shows: what was decided or, as long as nothing was and the case goes on, the most that the rules give.
fn shown(row: &CaseRow) -> Option<Fen> {
    row.amount.or(row.high.filter(|_| !row.stage.is_final()))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_decided_yet_stands_by_the_most_that_the_rules_give() {
    on_both(async |world: World| {
        world.appropriate(1_000_000).await;
        let mut decided = Vec::new();
        for (result, yuan) in [(0, 300), (1, 90_000)] {
            let id = world.reviewed("result_award", 0, result).await;
            world.ask(&world.decider, id, decide(yuan)).await;
            decided.push(id);
        }
        let open = world.submitted("result_award", 1, 2).await;
        let ended = world.submitted("result_award", 0, 3).await;
        world.ask(&world.applicant, ended, Ask::Withdraw { reason: "改日再报".to_owned() }).await;
        for descending in [false, true] {
            let mut rows: Vec<CaseRow> = Vec::new();
            for page in 1..=4 {
                let filter = CaseFilter { sort: Sort::Amount, descending, page, per_page: 1, ..CaseFilter::default() };
                rows.extend(world.store.cases(&world.intake, &filter).await.expect("a page").rows);
            }
            let mut expected: Vec<(Fen, CaseId)> = rows.iter().filter_map(|row| Some((shown(row)?, row.id))).collect();
            assert!(expected.iter().any(|(amount, id)| *id == open && *amount > Fen::yuan(300)), "{rows:?}");
            expected.sort();
            if descending {
                expected.reverse();
            }
            let order: Vec<CaseId> = expected.into_iter().map(|(_, id)| id).chain([ended]).collect();
            assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), order);
        }
        assert_eq!(decided.len(), 2);
    })
    .await;
}
