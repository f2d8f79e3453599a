//! What many ask at once comes to the same as if one had asked after the other: the same answers, the same journal, the
//! same rows.

use std::collections::BTreeMap;

use crate::common::limited::{limited_with, open};
use crate::common::together::{Asked, beside, seat, together};
use crate::common::{FUND, World, YEAR, account, evidence, key, on_both, party};
use duixian_casework::case::{Case, CaseId, CellRef, Recommendation};
use duixian_casework::command::{IfShort, Stated};
use duixian_casework::people::Actor;
use duixian_casework::stage::Stage;
use duixian_ledger::{AllocationRule, Share};
use duixian_money::Fen;
use duixian_rules::vocabulary::Name;
use duixian_store::cases::{Ask, NewCase};
use duixian_store::facts::RowChange;
use duixian_store::{Done, StoreError};
use sea_orm::{ConnectionTrait, Statement};
use serde::Serialize;

/// Something that is asked, by the place of who asks.
#[derive(Clone, Debug)]
enum Step {
    Open(usize, String, String, i64),
    Ask(usize, CaseId, Ask),
    Batch(Vec<CaseId>),
    ShareOut,
    ProposeSharing(Vec<Share>),
    EndProposal(i64),
    Rename(usize, String, i64),
}

/// Numbers that look random and are the same at every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % most
    }
}

const MEASURES: [&str; 4] = ["first_award", "project_award", "top_award", "instant_award"];

fn person(world: &World, place: usize) -> &Actor {
    [&world.applicant, &world.intake, &world.reviewer, &world.decider, &world.other_decider, &world.finance][place]
}

/// What a case waits for, mostly.
fn next(case: &Case, dice: &mut Dice) -> (usize, Ask) {
    let reason = || "理由".to_owned();
    if dice.below(6) == 0 {
        return match dice.below(5) {
            0 => (0, Ask::Withdraw { reason: reason() }),
            1 => (0, Ask::AddEvidence(evidence())),
            2 => (2, Ask::FindEvidence { id: 1, holds: dice.below(3) > 0, note: String::new() }),
            3 => (1, Ask::NotAccept { reason: reason() }),
            _ => (3, Ask::Decline { reason: reason() }),
        };
    }
    match case.stage {
        Stage::Draft if case.account.is_none() => {
            let account = Some(account("甲公司", "6222000000000002"));
            (0, Ask::Save { statements: BTreeMap::new(), account })
        }
        Stage::Draft if case.statements.is_empty() && dice.below(2) == 0 => {
            let (row, column) = (case.subject.basis.clone(), "genuine".to_owned());
            let stated = Stated { value: "true".to_owned(), dispute: None };
            let cell = CellRef { table: "results".to_owned(), row, column };
            (0, Ask::Save { statements: BTreeMap::from([(cell, Some(stated))]), account: None })
        }
        Stage::Draft => (0, Ask::Submit),
        Stage::Correction => (0, Ask::Resubmit { answers: Vec::new() }),
        Stage::Submitted => (1, Ask::Accept),
        Stage::Reviewed => {
            let most = [50_000, 30_000, 20_000, 10_000][dice.below(4)];
            let if_short = if dice.below(3) == 0 { IfShort::Refuse } else { IfShort::Queue };
            let (amount, conditions) = (Fen::yuan(most), Vec::new());
            (3 + dice.below(2), Ask::Decide { amount, reason: reason(), conditions, priority: 1, if_short })
        }
        Stage::Accepted => (2, Ask::TakeUp),
        Stage::FormalReview => (2, Ask::Review { recommends: Recommendation::GoOn, opinion: reason() }),
        Stage::Queued => (3, Ask::Fund),
        // Nothing that could be done: it waits to be paid, or is at its end.
        _ => (1, Ask::Accept),
    }
}

/// What is asked next, as things are.
async fn step(world: &World, rounds: [i64; 2], dice: &mut Dice) -> Step {
    let all = world.store.cases(&Actor::System, &Default::default()).await.expect("a page").total.max(1);
    let some = |dice: &mut Dice| CaseId(1 + dice.below(all as usize) as i64);
    match dice.below(24) {
        0..4 => {
            let at = dice.below(4);
            let basis = format!("L{at}-{}", dice.below(2));
            Step::Open(at, MEASURES[dice.below(4)].to_owned(), basis, rounds[dice.below(2)])
        }
        4 => Step::Batch((0..1 + dice.below(2)).map(|_| some(dice)).collect()),
        5..7 => match world.store.proposals().await.expect("what waits").first() {
            Some(open) => Step::EndProposal(open.id),
            None if dice.below(2) == 0 => Step::ShareOut,
            None => {
                let shares = world.store.preview_allocation(FUND, YEAR, AllocationRule::ProRata).await;
                Step::ProposeSharing(shares.expect("shares").iter().map(|planned| planned.share).collect())
            }
        },
        7 if dice.below(3) == 0 => {
            let pack = world.store.round(world.round).await.expect("the round").pack;
            Step::Rename(dice.below(4), format!("新名{}", dice.below(9)), pack)
        }
        _ => match world.store.case(some(dice)).await {
            Ok(case) => {
                let (who, ask) = next(&case, dice);
                Step::Ask(who, case.id, ask)
            }
            Err(_) => Step::Ask(0, CaseId(4096), Ask::Submit),
        },
    }
}

/// Without the times and the salts of passwords, which are of the run, and the hashes of what holds them.
fn timeless(text: &str) -> String {
    let mut text = text.to_owned();
    for hash in ["kept", "hung", "password"] {
        if let Some((before, rest)) = text.split_once(&format!("\"{hash}\":\"")) {
            text = format!("{before}{}", rest.get(64..).unwrap_or_default());
        }
    }
    let mut out = String::new();
    let mut digits = String::new();
    for character in text.chars().chain(['\n']) {
        if character.is_ascii_digit() {
            digits.push(character);
            continue;
        }
        out.push_str(if digits.len() == 13 { "time" } else { &digits });
        digits.clear();
        out.push(character);
    }
    out
}

fn told<T: Serialize>(outcome: Result<Done<T>, StoreError>) -> String {
    timeless(&match outcome {
        Ok(Done { value, already }) => format!("{already} {}", serde_json::to_string(&value).expect("JSON")),
        Err(error) => format!("{error:?}"),
    })
}

/// Asks it. What is not asked of the writer at once would come to it in another order.
fn take<'a>(world: &'a World, number: usize, step: &'a Step) -> Asked<'a, String> {
    let (store, key) = (&world.store, key(format!("step{number}")));
    match step.clone() {
        Step::Open(at, measure, basis, round) => Box::pin(async move {
            let new = NewCase { round, party: party(at), measure, basis };
            told(store.open_draft(&world.applicant, &key, new).await)
        }),
        Step::Ask(who, id, ask) => Box::pin(async move { told(store.ask(person(world, who), &key, id, ask).await) }),
        Step::Batch(cases) => {
            Box::pin(async move { told(store.make_batch(&world.finance, &key, FUND, YEAR, cases).await) })
        }
        Step::ShareOut => Box::pin(async move {
            let shares = store.allocate(&world.decider, &key, FUND, YEAR, AllocationRule::FirstDecided, None).await;
            told(shares.map(|done| done.map(|shares| format!("{shares:?}"))))
        }),
        Step::ProposeSharing(seen) => Box::pin(async move {
            let why = (AllocationRule::ProRata, crate::common::SHORT);
            told(store.propose_sharing(&world.other_decider, &key, (FUND, YEAR), why, seen).await)
        }),
        Step::EndProposal(id) => {
            Box::pin(async move { told(store.end_proposal(&world.decider, &key, id, true, "").await) })
        }
        Step::Rename(at, name, pack) => Box::pin(async move {
            let change = RowChange {
                pack,
                party: party(at),
                table: "enterprises".to_owned(),
                row: String::new(),
                cells: Some(BTreeMap::from([("name".to_owned(), name)])),
                source: Name::new("更正", "correction"),
                note: String::new(),
            };
            told(store.put_fact(&world.admin, &key, change).await)
        }),
    }
}

/// All that is left, line by line.
async fn rows(world: &World) -> Vec<String> {
    let link = beside(world).await;
    let text = |column: &str| format!("COALESCE(CAST({column} AS TEXT), '-')");
    let line = |columns: &str| columns.split(' ').map(text).collect::<Vec<_>>().join(" || ' ' || ");
    let tables = [
        ("journal", "seq kind subject actor body"),
        ("cases", "id number party_name stage desk clause amount low high priority assignee version due data"),
        ("case_keys", "case_id measure key"),
        ("numbers", "series last"),
        ("accounts", "id kind fund year dp dq cp cq"),
        ("transfers", "id debit credit amount kind pending case_id outcome settled_by"),
        ("messages", "id party case_id kind body"),
        ("batches", "id number stage data"),
        ("payments", "end_to_end_id batch case_id"),
        ("commands WHERE key LIKE 'step%'", "key actor digest outcome"),
    ];
    let mut all = Vec::new();
    for (table, columns) in tables {
        let sql = format!("SELECT {} AS line FROM {table}", line(columns));
        let found = link.query_all_raw(Statement::from_string(link.get_database_backend(), sql)).await.expect("rows");
        let lines = found.iter().map(|row| row.try_get::<String>("", "line").expect("a line"));
        let mut lines: Vec<String> = lines.map(|line| format!("{table}: {}", timeless(&line))).collect();
        lines.sort();
        all.extend(lines);
    }
    link.close().await.expect("closed");
    all
}

async fn ready(world: &mut World) -> [i64; 2] {
    seat(world).await;
    limited_with(world, 60_000).await;
    let round = world.store.round(world.round).await.expect("the round");
    [world.round, open(world, round.pack, round.facts).await]
}

#[tokio::test(flavor = "multi_thread")]
async fn many_at_once_come_to_the_same_as_one_after_the_other() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut serial = World::new(folder.path().join("serial.db").display().to_string(), None).await;
    let rounds = ready(&mut serial).await;
    let (mut dice, mut steps, mut expected) = (Dice(7), Vec::new(), Vec::new());
    for number in 0..600 {
        let step = step(&serial, rounds, &mut dice).await;
        expected.push(take(&serial, number, &step).await);
        steps.push(step);
    }
    serial.check().await;
    let left = rows(&serial).await;
    let stages = serial.store.counts(&Actor::System, &Default::default()).await.expect("counts").by_stage;
    assert!(stages.len() > 4, "the steps got somewhere: {stages:?}");
    let done = |kind: &str| left.iter().filter(|line| line.starts_with("journal:") && line.contains(kind)).count();
    for kind in [
        "case.submitted",
        "case.decided",
        "case.queued",
        "case.funded",
        "fund.confirmed",
        "batch.made",
        "facts.changed",
    ] {
        assert!(done(kind) > 0, "{kind}: {} times; {stages:?}", done(kind));
    }

    on_both(async |mut world: World| {
        assert_eq!(ready(&mut world).await, rounds);
        let (mut dice, mut number) = (Dice(11), 0);
        while number < steps.len() {
            let some = &steps[number..steps.len().min(number + 1 + dice.below(30))];
            let asked = (number..).zip(some).map(|(number, step)| take(&world, number, step)).collect();
            for (place, answer) in together(&world, asked).await.iter().enumerate() {
                assert_eq!(*answer, expected[number + place], "step {}: {:?}", number + place, some[place]);
            }
            number += some.len();
        }
        world.check().await;
        let here = rows(&world).await;
        for (one, other) in here.iter().zip(&left) {
            assert_eq!(one, other);
        }
        assert_eq!(here.len(), left.len());
    })
    .await;
}
