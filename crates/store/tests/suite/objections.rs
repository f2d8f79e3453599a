//! Objections as one list: those that wait first, those that were answered after them, the last answer first, page by page.

use duixian_casework::case::CaseId;
use duixian_casework::people::Actor;
use duixian_store::StoreError;
use duixian_store::cases::{Ask, Objections};

use crate::common::together::seat;
use crate::common::{World, decide, fresh, on_both};

async fn objects(world: &World, id: CaseId, grounds: &str) {
    let ask =
        Ask::Object { name: "邻居".to_owned(), contact: "0851-88880000".to_owned(), grounds: grounds.to_owned() };
    world.store.ask(&Actor::Public, &fresh(), id, ask).await.expect("an objection");
}

async fn list(world: &World, which: Objections, page: u64) -> (u64, Vec<(String, Option<String>)>) {
    let found = world.store.objections(&world.auditor, which, (page, 2)).await.expect("objections");
    (found.total, found.rows.into_iter().map(|one| (one.objection.grounds, one.answered_by)).collect())
}

/// Each has the days that whoever objects was promised, and keeps its own once it is answered.
#[tokio::test(flavor = "multi_thread")]
async fn each_has_its_own_day() {
    on_both(async |world: World| {
        seat(&world).await;
        world.appropriate(10_000).await;
        let id = world.reviewed("result_award", 0, 0).await;
        world.ask(&world.decider, id, decide(300)).await;
        world.ask(&world.intake, id, Ask::PublishNotice).await;
        objects(&world, id, "甲").await;
        world.store.advance_clock(&Actor::System, chrono::TimeDelta::days(11)).await.expect("a later day");
        objects(&world, id, "乙").await;
        let due = async |which| {
            let found = world.store.objections(&world.auditor, which, (1, 9)).await.expect("objections");
            found.rows.into_iter().map(|one| (one.objection.grounds, one.due)).collect::<Vec<_>>()
        };
        let waiting = due(Objections::Open).await;
        let [(first, before), (second, after)] = &waiting[..] else { panic!("two wait: {waiting:?}") };
        assert_eq!((first.as_str(), second.as_str()), ("甲", "乙"));
        assert!(*before < world.store.now().day() && *after > world.store.now().day(), "{waiting:?}");
        assert_eq!(world.store.case_for(&world.auditor, id).await.expect("the case").due, Some(*before));
        world.ask(&world.intake, id, Ask::AnswerObjection { id: 1, upheld: false, text: "属实".to_owned() }).await;
        assert_eq!(world.store.case_for(&world.auditor, id).await.expect("the case").due, Some(*after));
        assert_eq!(due(Objections::Open).await, [("乙".to_owned(), *after)]);
        assert_eq!(due(Objections::Answered).await, [("甲".to_owned(), *before)]);
        world.check().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_stands_before_what_was_answered() {
    on_both(async |world: World| {
        seat(&world).await;
        world.appropriate(10_000).await;
        let mut cases = Vec::new();
        for result in 0..2 {
            let id = world.reviewed("result_award", 0, result).await;
            world.ask(&world.decider, id, decide(300)).await;
            world.ask(&world.intake, id, Ask::PublishNotice).await;
            cases.push(id);
        }
        assert_eq!(list(&world, Objections::All, 1).await, (0, vec![]));
        objects(&world, cases[0], "甲").await;
        objects(&world, cases[0], "乙").await;
        objects(&world, cases[1], "丙").await;
        for (case, id) in [(cases[0], 1), (cases[1], 1)] {
            let answer = Ask::AnswerObjection { id, upheld: false, text: "属实".to_owned() };
            world.ask(&world.intake, case, answer).await;
        }
        let name = world.store.user(world.intake.user().expect("a user")).await.expect("they").name;
        let (waiting, answered) =
            (|text: &str| (text.to_owned(), None), |text: &str| (text.to_owned(), Some(name.clone())));
        assert_eq!(list(&world, Objections::Open, 1).await, (1, vec![waiting("乙")]));
        assert_eq!(list(&world, Objections::Answered, 1).await, (2, vec![answered("丙"), answered("甲")]));
        assert_eq!(list(&world, Objections::All, 1).await, (3, vec![waiting("乙"), answered("丙")]));
        assert_eq!(list(&world, Objections::All, 2).await, (3, vec![answered("甲")]));
        let denied = world.store.objections(&world.applicant, Objections::All, (1, 2)).await;
        assert!(matches!(denied, Err(StoreError::Denied)), "{denied:?}");
        world.check().await;
    })
    .await;
}
