//! The journal: what breaks it is found, and what many do at once leaves it sound.

use std::collections::BTreeMap;

use crate::common::together::beside;
use crate::common::{FUND, World, YEAR, account, decide, evidence, fresh, on_both, party};
use chrono::TimeDelta;
use duixian_casework::case::{Case, CaseId, Defect, DefectAbout, Recommendation};
use duixian_casework::command::IfShort;
use duixian_casework::people::{Actor, Role};
use duixian_casework::stage::Stage;
use duixian_money::Fen;
use duixian_store::cases::{Ask, NewCase};
use duixian_store::people::NewUser;
use duixian_store::{Broken, Progress, StoreError};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use sea_orm::ConnectionTrait;

async fn first_broken(world: &World) -> i64 {
    match world.store.verify_journal(|_| {}).await {
        Err(Broken::Link { seq, zh, en }) => {
            assert!(!zh.is_empty() && !en.is_empty());
            seq
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_tampered_with_is_found() {
    on_both(async |world: World| {
        world.appropriate(1000).await;
        let id = world.payable(0, 0, 300).await;
        let mut seen = Vec::new();
        let verified = world.store.verify_journal(|progress| seen.push(progress)).await.expect("sound");
        assert!(seen.contains(&Progress::Entries(verified.rows, verified.rows)), "{seen:?}");
        assert_eq!((verified.cases, verified.transfers), (1, 2));
        let link = beside(&world).await;
        let rows = verified.rows;
        // Each is done, found, and undone.
        let tampering = [
            (
                "UPDATE journal SET body = body || ' ' WHERE seq = 5",
                "UPDATE journal SET body = TRIM(body) WHERE seq = 5",
                5,
            ),
            ("UPDATE journal SET at = at + 1 WHERE seq = 6", "UPDATE journal SET at = at - 1 WHERE seq = 6", 6),
            ("UPDATE journal SET seq = -7 WHERE seq = 7", "UPDATE journal SET seq = 7 WHERE seq = -7", 7),
            ("UPDATE chain SET seq = seq + 1", "UPDATE chain SET seq = seq - 1", rows + 1),
            (
                "UPDATE accounts SET dp = dp + 1 WHERE kind = 'fund'",
                "UPDATE accounts SET dp = dp - 1 WHERE kind = 'fund'",
                0,
            ),
        ];
        for (harm, mend, at) in tampering {
            link.execute_unprepared(harm).await.expect("done");
            assert_eq!(first_broken(&world).await, at, "{harm}");
            link.execute_unprepared(mend).await.expect("undone");
            world.check().await;
        }
        // What limits, lists and the bank go by beside the documents, and who may do what.
        let batch = world.store.make_batch(&world.finance, &fresh(), FUND, YEAR, vec![id]).await.expect("made").value;
        let new = |login: &str| NewUser {
            login: login.to_owned(),
            name: "某人".to_owned(),
            password: "not-a-common-one".to_owned(),
            roles: vec![Role::Agent],
            desks: vec![],
            must_change: false,
        };
        let agent = world.store.create_user(&world.admin, &fresh(), new("agent")).await.expect("made").value;
        world.store.delegate(&world.admin, &fresh(), agent, &party(0), None, "").await.expect("delegated");
        world.check().await;
        let tampering = [
            ("cases", "amount", "amount + 1", "amount - 1"),
            ("cases", "decided_at", "-decided_at", "-decided_at"),
            ("cases", "basis_key", "basis_key || 'x'", "REPLACE(basis_key, 'x', '')"),
            ("batches", "data", "REPLACE(data, '6222', '6229')", "REPLACE(data, '6229', '6222')"),
            ("users", "roles", "REPLACE(roles, 'agent', 'finance')", "REPLACE(roles, 'finance', 'agent')"),
            ("users", "active", "1 - active", "1 - active"),
            ("delegations", "party", "party || 'x'", "REPLACE(party, 'x', '')"),
        ];
        for (table, column, harm, mend) in tampering {
            link.execute_unprepared(&format!("UPDATE {table} SET {column} = {harm}")).await.expect("done");
            first_broken(&world).await;
            link.execute_unprepared(&format!("UPDATE {table} SET {column} = {mend}")).await.expect("undone");
            world.check().await;
        }
        world.store.cancel(&world.finance, &fresh(), batch, "重编").await.expect("given up");
        let harm = "UPDATE transfers SET amount = amount - 1 WHERE kind = 'reserve'";
        link.execute_unprepared(harm).await.expect("done");
        assert!(first_broken(&world).await > 0);
        link.execute_unprepared("UPDATE transfers SET amount = amount + 1 WHERE kind = 'reserve'")
            .await
            .expect("undone");
        let harm = format!("UPDATE cases SET data = REPLACE(data, '按规定', '照顾') WHERE id = {}", id.0);
        link.execute_unprepared(&harm).await.expect("done");
        assert!(first_broken(&world).await > 0);
        link.execute_unprepared("DELETE FROM cases").await.expect("done");
        assert_eq!(first_broken(&world).await, 0);
        link.close().await.expect("closed");
    })
    .await;
}

/// Something that someone asks.
#[derive(Clone, Debug)]
enum Step {
    Draft(usize, usize, bool),
    /// Something asked of a case, whether or not it makes sense.
    Case(usize, usize, u8),
    /// What comes next in a case's life, with a number for the amount.
    Next(usize, u8),
    Tick(i64),
    Appropriate(i64),
    Allocate(u8),
    Batch(Vec<usize>),
    Settle(usize, bool),
    Cancel(usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..4_usize, 0..4_usize, any::<bool>()).prop_map(|(at, result, short)| Step::Draft(at, result, short)),
        40 => (0..12_usize, 0..8_usize, 0..29_u8).prop_map(|(case, who, what)| Step::Case(case, who, what)),
        60 => (0..12_usize, 0..29_u8).prop_map(|(case, what)| Step::Next(case, what)),
        2 => (0..4_i64).prop_map(Step::Tick),
        1 => (1..300_i64).prop_map(Step::Appropriate),
        1 => (0..3_u8).prop_map(Step::Allocate),
        3 => proptest::collection::vec(0..12_usize, 1..4).prop_map(Step::Batch),
        3 => (0..4_usize, any::<bool>()).prop_map(|(batch, fails)| Step::Settle(batch, fails)),
        1 => (0..4_usize).prop_map(Step::Cancel),
    ]
}

fn asked(what: u8) -> Ask {
    let reason = || "理由".to_owned();
    let yuan = i64::from(what) * 10 + 1;
    match what {
        0 => Ask::Save { statements: BTreeMap::new(), account: Some(account("甲", "6222000000000002")) },
        1 => Ask::AddEvidence(evidence()),
        2 => Ask::Submit,
        3 => Ask::Resubmit { answers: Vec::new() },
        4 => Ask::Withdraw { reason: reason() },
        5 | 6 => Ask::Accept,
        7 => Ask::AskCorrection { defects: vec![Defect { about: DefectAbout::Other, text: reason() }] },
        8 | 9 => Ask::TakeUp,
        10 => Ask::FindEvidence { id: 1, holds: true, note: String::new() },
        11 => Ask::Review { recommends: Recommendation::GoOn, opinion: reason() },
        12 => Ask::Review { recommends: Recommendation::Support(Fen::yuan(20)), opinion: reason() },
        13 => Ask::SendBack { reason: reason() },
        14 => Ask::Hold { reason: reason() },
        15 => Ask::Resume,
        16 | 17 => decide(yuan),
        18 => Ask::Decide {
            amount: Fen::yuan(yuan),
            reason: reason(),
            conditions: vec![reason()],
            priority: 1,
            if_short: IfShort::Queue,
        },
        19 => Ask::PublishNotice,
        20 => Ask::Object { name: reason(), contact: "0851-88880000".to_owned(), grounds: reason() },
        21 => Ask::AnswerObjection { id: 1, upheld: false, text: reason() },
        22 => Ask::AnswerObjection { id: 1, upheld: true, text: reason() },
        23 => Ask::CorrectAccount(account("乙", "6222000000000004")),
        24 => Ask::Fund,
        26 => Ask::ProposeRevocation { grounds: reason(), remark: reason() },
        27 => Ask::ConfirmRevocation,
        28 => Ask::DropRevocation { reason: reason() },
        _ => Ask::Close,
    }
}

/// What a case waits for, and who does it.
fn next<'a>(world: &'a World, case: &Case, what: u8) -> (&'a Actor, Ask) {
    if case.revocation.is_some() {
        let actor = if what.is_multiple_of(2) { &world.decider } else { &world.other_decider };
        return (actor, asked(27 + what % 2));
    }
    match case.stage {
        Stage::Draft if case.account.is_none() => (&world.applicant, asked(0)),
        Stage::Draft if case.evidence.is_empty() => (&world.applicant, asked(1)),
        Stage::Draft => (&world.applicant, Ask::Submit),
        Stage::Correction => (&world.applicant, Ask::Resubmit { answers: Vec::new() }),
        Stage::Submitted => (&world.intake, Ask::Accept),
        Stage::Accepted => (&world.reviewer, Ask::TakeUp),
        Stage::FormalReview | Stage::SubstantiveReview if case.assignee.is_none() => (&world.reviewer, Ask::TakeUp),
        Stage::FormalReview => (&world.reviewer, asked(11)),
        Stage::SubstantiveReview if case.evidence.iter().all(|one| one.finding.is_some()) => {
            (&world.reviewer, asked(12))
        }
        Stage::SubstantiveReview => (&world.reviewer, asked(10)),
        Stage::Reviewed => (&world.decider, asked(16 + what % 3)),
        Stage::Queued => (&world.decider, asked(24)),
        Stage::Decided => (&world.intake, Ask::PublishNotice),
        Stage::InNotice => (&world.intake, asked(20 + what % 2)),
        Stage::Objection => (&world.decider, asked(21 + what % 2)),
        Stage::Payable | Stage::Declined | Stage::PaymentEnded => (&world.decider, asked(26)),
        Stage::OnHold => (&world.reviewer, Ask::Resume),
        Stage::PaymentFailed => (&world.applicant, asked(23)),
        _ => (&world.finance, Ask::Close),
    }
}

/// What a step comes to does not matter, as long as it is done or refused.
fn fine<T: std::fmt::Debug>(outcome: Result<T, StoreError>) -> Option<T> {
    match outcome {
        Ok(done) => Some(done),
        Err(error @ (StoreError::Environment { .. } | StoreError::Corrupt { .. })) => panic!("{error:?}"),
        Err(_) => None,
    }
}

async fn take(world: &World, step: Step) {
    let store = &world.store;
    match step {
        Step::Draft(at, result, short) => {
            let measure = if short { "instant_award" } else { "result_award" };
            let new = NewCase {
                round: world.round,
                party: party(at),
                measure: measure.to_owned(),
                basis: format!("R{at}-{result}"),
            };
            fine(store.open_draft(&world.applicant, &fresh(), new).await);
        }
        Step::Case(case, who, what) => {
            let people = [
                &world.applicant,
                &world.intake,
                &world.reviewer,
                &world.decider,
                &world.other_decider,
                &world.finance,
                &world.auditor,
                &Actor::Public,
            ];
            fine(store.ask(people[who], &fresh(), CaseId(case as i64 + 1), asked(what)).await);
        }
        Step::Next(case, what) => {
            if let Some(case) = fine(store.case(CaseId(case as i64 + 1)).await) {
                let (actor, ask) = next(world, &case, what);
                fine(store.ask(actor, &fresh(), case.id, ask).await);
            }
        }
        Step::Tick(days) => {
            fine(store.advance_clock(&world.admin, TimeDelta::days(days + 1)).await);
            fine(store.tick().await);
        }
        Step::Appropriate(yuan) => world.appropriate(yuan).await,
        Step::Allocate(rule) => {
            use duixian_ledger::AllocationRule::{FirstDecided, Priority, ProRata};
            let rule = [FirstDecided, ProRata, Priority][usize::from(rule)];
            crate::common::together::seat(world).await;
            if fine(store.allocate(&world.decider, &fresh(), FUND, YEAR, rule, None).await).is_none() {
                let preview = store.preview_allocation(FUND, YEAR, rule).await.expect("shares");
                let seen = preview.iter().map(|planned| planned.share).collect();
                let why = (rule, crate::common::SHORT);
                let id = store.propose_sharing(&world.other_decider, &fresh(), (FUND, YEAR), why, seen).await;
                if let Some(id) = fine(id) {
                    fine(store.end_proposal(&world.decider, &fresh(), id.value, true, "").await);
                }
            }
        }
        Step::Batch(cases) => {
            let cases = cases.into_iter().map(|case| CaseId(case as i64 + 1)).collect();
            crate::common::together::seat(world).await;
            if let Some(batch) = fine(store.make_batch(&world.finance, &fresh(), FUND, YEAR, cases).await) {
                let seen = store.to_release(batch.value).await.expect("the batch").seen;
                fine(store.release(&world.finance, &fresh(), batch.value, &seen, vec![]).await);
                fine(store.release(&world.other_finance, &fresh(), batch.value, &seen, vec![]).await);
            }
        }
        Step::Settle(batch, fails) => {
            let Ok(batch) = store.batch(batch as i64 + 1).await else { return };
            let Ok(file) = store.payment_file(&batch).await else { return };
            let _stopped = store.bank_file(&world.finance, batch.id, duixian_store::batches::Format::Csv, false).await;
            let failures: Vec<(String, String)> = file
                .orders()
                .iter()
                .filter(|_| fails)
                .map(|order| (order.end_to_end_id.clone(), "户名不符".to_owned()))
                .collect();
            let answer = duixian_bank::sample_results(&file, &failures, duixian_bank::ResultFormat::Csv);
            fine(store.read_results(&world.finance, &fresh(), None, answer.as_bytes()).await);
        }
        Step::Cancel(batch) => {
            fine(store.cancel(&world.finance, &fresh(), batch as i64 + 1, "重编").await);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_many_do_at_once_all_adds_up() {
    on_both(async |world: World| {
        world.appropriate(500).await;
        // The choices are the same at every run; how they interleave is up to the machine.
        let mut runner = TestRunner::deterministic();
        let many = proptest::collection::vec(step(), 250);
        for _ in 0..2 {
            let mut all = Vec::new();
            for _ in 0..4 {
                all.push(many.new_tree(&mut runner).expect("steps").current());
            }
            let walks = all.into_iter().map(|steps| async {
                for step in steps {
                    take(&world, step).await;
                }
            });
            let walks: Vec<_> = walks.collect();
            join_all(walks).await;
            world.check().await;
            for position in world.store.positions().await.expect("positions") {
                assert_eq!(position.size.0, position.paid.0 + position.reserved.0 + position.free.0);
                assert!(position.free >= Fen(0), "{position:?}");
            }
        }
        let stages = world.store.counts(&Actor::System, &Default::default()).await.expect("counts").by_stage;
        assert!(stages.len() > 2, "the walks got somewhere: {stages:?}");
    })
    .await;
}

/// Polls all until each is done.
async fn join_all<F: Future<Output = ()>>(futures: Vec<F>) {
    let mut futures: Vec<_> = futures.into_iter().map(|one| (Box::pin(one), false)).collect();
    std::future::poll_fn(|context| {
        for (one, done) in &mut futures {
            *done = *done || one.as_mut().poll(context).is_ready();
        }
        if futures.iter().all(|(_, done)| *done) { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
}

/// A file that is copied once the portal has stopped has all of it, without what stands beside it while it is written.
#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_was_settled_is_whole_by_itself() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("store.db");
    let world = crate::common::World::new(path.display().to_string(), None).await;
    let case = world.submitted("result_award", 0, 0).await;
    world.store.settle().await.expect("settled");
    let copy = folder.path().join("copy.db");
    std::fs::copy(&path, &copy).expect("a copy");
    let url = copy.display().to_string();
    let store = duixian_store::Store::open_existing(&url, duixian_store::Clock::System).await.expect("it opens");
    assert_eq!(store.case(case).await.expect("the case"), world.store.case(case).await.expect("the case"));
}
