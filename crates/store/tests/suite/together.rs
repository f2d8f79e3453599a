//! Jobs of one transaction: each sees what those before it have done and nothing of what was refused, as if it had been
//! alone.

use std::collections::BTreeMap;

use crate::common::limited::{limited, open};
use crate::common::together::{ask, together};
use crate::common::{FUND, World, YEAR, account, decide, evidence, fresh, key, on_both, party};
use duixian_casework::case::{CaseId, Standing};
use duixian_casework::refusal::Refusal;
use duixian_casework::stage::Stage;
use duixian_money::Fen;
use duixian_store::cases::{Ask, NewCase};
use duixian_store::{Clock, Done, Store, StoreError};

fn save(holder: &str) -> Ask {
    Ask::Save { statements: BTreeMap::new(), account: Some(account(holder, "6222000000000002")) }
}

/// A draft that could be sent.
async fn ready(world: &World, measure: &str, at: usize, basis: &str) -> CaseId {
    let new = NewCase { round: world.round, party: party(at), measure: measure.to_owned(), basis: basis.to_owned() };
    let id = world.store.open_draft(&world.applicant, &fresh(), new).await.expect("a draft").value.id;
    world.ask(&world.applicant, id, save("甲公司")).await;
    world.ask(&world.applicant, id, Ask::AddEvidence(evidence())).await;
    id
}

async fn stages(world: &World, ids: &[CaseId]) -> Vec<Stage> {
    let mut stages = Vec::new();
    for id in ids {
        stages.push(world.store.case(*id).await.expect("the case").stage);
    }
    stages
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_of_one_case_adds_up() {
    on_both(async |world: World| {
        let (store, applicant) = (&world.store, &world.applicant);
        let id = ready(&world, "result_award", 0, "R0-0").await;
        let version = store.case(id).await.expect("the case").version;
        let stale = |name: &'static str| {
            let (ask, key) = (save(name), fresh());
            Box::pin(async move { store.ask_of_version(applicant, &key, id, Some(version), ask).await }) as _
        };
        let add = || Ask::AddEvidence(evidence());
        let asked = vec![
            stale("乙公司"),
            stale("丙公司"),
            ask(store, applicant, key("one"), id, add()),
            ask(store, applicant, key("other"), id, add()),
            ask(store, applicant, key("one"), id, add()),
            ask(store, applicant, key("one"), id, Ask::RemoveEvidence(1)),
            ask(store, applicant, fresh(), id, Ask::Submit),
            ask(store, applicant, fresh(), id, Ask::Submit),
            ask(store, &world.intake, fresh(), id, Ask::Accept),
        ];
        let answers = together(&world, asked).await;
        let done: Vec<Option<bool>> =
            answers.iter().map(|answer| answer.as_ref().ok().map(|Done { already, .. }| *already)).collect();
        let (new, again, refused) = (Some(false), Some(true), None);
        assert_eq!(done, [new, refused, new, new, again, refused, new, refused, new], "{answers:?}");
        assert!(matches!(answers[1], Err(StoreError::Conflict { .. })));
        assert!(matches!(answers[5], Err(StoreError::Conflict { .. })));
        let case = store.case(id).await.expect("the case");
        assert_eq!((case.stage, case.evidence.len()), (Stage::Accepted, 3));
        assert_eq!(case.account.expect("an account").holder, "乙公司");
        world.check().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_cases_for_one_basis_one_is_submitted() {
    on_both(async |mut world: World| {
        let one = ready(&world, "result_award", 0, "R0-0").await;
        let round = world.store.round(world.round).await.expect("the round");
        world.round = open(&world, round.pack, round.facts).await;
        let other = ready(&world, "result_award", 0, "R0-0").await;
        let beside = ready(&world, "result_award", 0, "R0-1").await;
        let (store, applicant) = (&world.store, &world.applicant);
        let submit = |id| ask(store, applicant, fresh(), id, Ask::Submit);
        let answers = together(&world, vec![submit(one), submit(other), submit(beside)]).await;
        let number = answers[0].as_ref().expect("submitted").value.number.clone().expect("a number");
        assert!(
            matches!(&answers[1], Err(StoreError::Refused(Refusal::Duplicate(of))) if *of == number),
            "{answers:?}"
        );
        let next = answers[2].as_ref().expect("submitted").value.number.clone().expect("a number");
        assert!(number.ends_with("000001号") && next.ends_with("000002号"), "{number} {next}");
        // Where the first gives up before the second is sent, the second may be.
        let withdraw = ask(store, applicant, fresh(), one, Ask::Withdraw { reason: "不要了".to_owned() });
        let answers = together(&world, vec![submit(other), withdraw, submit(other)]).await;
        let done: Vec<bool> = answers.iter().map(Result::is_ok).collect();
        assert_eq!(done, [false, true, true], "{answers:?}");
        // Two drafts of the same are one.
        let new = NewCase {
            round: world.round,
            party: party(1),
            measure: "result_award".to_owned(),
            basis: "R1-0".to_owned(),
        };
        let opened = (0..3).map(|_| crate::common::together::open(store, applicant, fresh(), new.clone())).collect();
        let opened = together(&world, opened).await;
        let ids: Vec<CaseId> = opened.into_iter().map(|opened| opened.expect("a draft").value.id).collect();
        assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
        world.check().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_sees_what_was_decided_just_before() {
    on_both(async |mut world: World| {
        limited(&mut world).await;
        let mut taken = Vec::new();
        for (measure, at) in [("first_award", 0), ("project_award", 1)] {
            let id = ready(&world, measure, at, &format!("L{at}-0")).await;
            world.ask(&world.applicant, id, Ask::Submit).await;
            world.ask(&world.intake, id, Ask::Accept).await;
            taken.push(id);
        }
        // What shares the place of the first is for the same party, of the second for the same project.
        let round = world.store.round(world.round).await.expect("the round");
        world.round = open(&world, round.pack, round.facts).await;
        let by_project =
            [ready(&world, "project_award", 2, "L2-0").await, ready(&world, "project_award", 3, "L3-0").await];
        let ranked = [ready(&world, "top_award", 2, "L2-0").await, ready(&world, "top_award", 3, "L3-0").await];
        let (store, applicant) = (&world.store, &world.applicant);
        let submit = |id| ask(store, applicant, fresh(), id, Ask::Submit);
        let decide = |id| ask(store, &world.decider, fresh(), id, decide(30_000));
        let asked =
            vec![submit(by_project[0]), decide(taken[1]), submit(by_project[1]), submit(ranked[0]), submit(ranked[1])];
        let answers = together(&world, asked).await;
        let standing = |place: usize| {
            let case = &answers[place].as_ref().unwrap_or_else(|error| panic!("{place}: {error}")).value;
            case.assessed.as_ref().expect("assessed").standing
        };
        assert_eq!(answers[1].as_ref().expect("decided").value.stage, Stage::Payable);
        assert_eq!(standing(0), Standing::Entitled, "nothing was decided yet");
        assert_eq!(standing(2), Standing::NotEntitled, "its project was granted in the same transaction");
        // Read again beside the database as it is now, all are what they would be.
        for (id, expected) in [(by_project[0], Standing::NotEntitled), (by_project[1], Standing::NotEntitled)] {
            let case = store.case(id).await.expect("the case");
            assert_eq!(store.appraisal(&case).await.expect("appraised").appraisal.assessed.standing, expected);
        }
        for id in ranked {
            let case = store.case(id).await.expect("the case");
            let seen = case.assessed.clone().expect("assessed");
            assert_eq!(store.appraisal(&case).await.expect("appraised").appraisal.assessed.standing, seen.standing);
        }
        world.check().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_sees_a_case_that_was_submitted_just_before() {
    on_both(async |mut world: World| {
        limited(&mut world).await;
        let one = ready(&world, "project_award", 1, "L1-0").await;
        let rival = ready(&world, "project_award", 2, "L2-0").await;
        let (store, applicant) = (&world.store, &world.applicant);
        let asked = vec![
            ask(store, applicant, fresh(), one, Ask::Submit),
            ask(store, &world.intake, fresh(), one, Ask::Accept),
            ask(store, &world.decider, fresh(), one, decide(30_000)),
            ask(store, applicant, fresh(), rival, Ask::Submit),
        ];
        let answers = together(&world, asked).await;
        assert_eq!(answers[2].as_ref().expect("decided").value.stage, Stage::Payable);
        let rival = &answers[3].as_ref().expect("submitted").value;
        assert_eq!(rival.assessed.as_ref().expect("assessed").standing, Standing::NotEntitled);
        world.check().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_job_leaves_its_neighbours_alone() {
    on_both(async |world: World| {
        world.appropriate(100).await;
        let mut sent = Vec::new();
        for place in 0..4 {
            sent.push(ready(&world, "result_award", 0, &format!("R0-{place}")).await);
        }
        let payable = world.payable(1, 0, 10).await;
        let unpaid = world.reviewed("instant_award", 1, 1).await;
        let dear = world.reviewed("instant_award", 1, 2).await;
        let (store, applicant) = (&world.store, &world.applicant);
        let submit = |id| ask(store, applicant, fresh(), id, Ask::Submit);
        let batch = |cases: Vec<CaseId>| {
            let (key, finance) = (fresh(), &world.finance);
            Box::pin(async move {
                store.make_batch(finance, &key, FUND, YEAR, cases).await?;
                store.case(payable).await.map(|value| Done { value, already: false })
            }) as _
        };
        let asked = vec![
            submit(sent[0]),
            // Has written a batch and put one case in when the other is refused.
            batch(vec![payable, unpaid]),
            submit(sent[1]),
            ask(store, &world.decider, fresh(), dear, decide(91)),
            submit(sent[2]),
            ask(store, &world.decider, fresh(), dear, decide(90)),
            ask(store, &world.other_decider, fresh(), unpaid, decide(1)),
            submit(CaseId(4096)),
            submit(sent[3]),
            batch(vec![payable]),
        ];
        let answers = together(&world, asked).await;
        let done: Vec<bool> = answers.iter().map(Result::is_ok).collect();
        assert_eq!(done, [true, false, true, false, true, true, false, false, true, true], "{answers:?}");
        let numbers: Vec<String> = [0, 2, 4, 8]
            .map(|place: usize| answers[place].as_ref().expect("sent").value.number.clone().unwrap())
            .into();
        for (place, number) in (4..).zip(&numbers) {
            assert!(number.ends_with(&format!("{place:06}号")), "{numbers:?}");
        }
        assert_eq!(stages(&world, &sent).await, [Stage::Submitted; 4]);
        let batches = store.batches(1).await.expect("batches").rows;
        assert_eq!(batches.len(), 1);
        assert_eq!((batches[0].id, batches[0].number.ends_with("0001")), (1, true));
        assert!(batches[0].lines[0].end_to_end_id.ends_with("-0001-1"));
        let position = store.position(FUND, YEAR).await.expect("a position");
        assert_eq!((position.free, position.reserved), (Fen(0), Fen::yuan(100)));
        world.check().await;
    })
    .await;
}

/// What a writer knows of cases from its last transaction holds only if nobody else has written since.
#[tokio::test(flavor = "multi_thread")]
async fn two_processes_in_turn_see_what_the_other_has_done() {
    on_both(async |mut world: World| {
        limited(&mut world).await;
        let stores = [world.store.clone(), Store::open(&world.url, Clock::Shifted).await.expect("a second process")];
        let ids = [ready(&world, "project_award", 1, "L1-0").await, ready(&world, "project_award", 2, "L2-0").await];
        let mut versions = Vec::new();
        for turn in 0..6 {
            let piece = Ask::AddEvidence(evidence());
            let case = stores[turn % 2].ask(&world.applicant, &fresh(), ids[0], piece).await.expect("added").value;
            assert_eq!(case.evidence.len(), turn + 2, "none of the other's is lost");
            versions.push(case.version);
        }
        assert!(versions.windows(2).all(|two| two[0] < two[1]), "{versions:?}");
        // The project has one place. The second process has looked at the rival's draft before the first gives the place away.
        let piece = Ask::AddEvidence(evidence());
        stores[1].ask(&world.applicant, &fresh(), ids[1], piece).await.expect("added");
        let asked = [(&world.applicant, Ask::Submit), (&world.intake, Ask::Accept), (&world.decider, decide(30_000))];
        for (place, (actor, ask)) in asked.into_iter().enumerate() {
            stores[place % 2].ask(actor, &fresh(), ids[0], ask).await.expect("done");
        }
        let rival = stores[1].ask(&world.applicant, &fresh(), ids[1], Ask::Submit).await.expect("submitted").value;
        assert_eq!(rival.assessed.expect("assessed").standing, Standing::NotEntitled);
        assert!(rival.number.expect("a number").ends_with("000002号"));
        world.check().await;
    })
    .await;
}
