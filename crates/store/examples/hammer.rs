//! Writes to a store under load and prints every acknowledged key: the crash tests kill it, and `throughput` times it.
//!
//! `hammer setup URL` makes the district and prints the round. `hammer load URL ROUND SEED WORKERS COUNT` submits, decides
//! and pays; each line on the output is a key that was acknowledged, or `E` and why one was not.
//! `hammer check URL` reads keys from its input and fails unless all are there, whole, and the journal verifies.
//! `hammer time URL WORKERS SECONDS` prints durable submissions per second.

#[path = "../tests/suite/common/mod.rs"]
#[allow(dead_code, reason = "its use of what the tests share is a part of it")]
mod common;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use common::{PARTIES, RESULTS, World, account, decide, evidence, key, party};
use duixian_store::cases::{Ask, NewCase};
use duixian_store::{Clock, Store, StoreError};

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["setup", url] => {
            let world = World::new(url.to_owned(), None).await;
            world.appropriate(1_000_000).await;
            say(&world.round.to_string());
        }
        ["load", url, round, seed, workers, count] => {
            load(open(url, number(round) as i64).await, number(seed), number(workers), number(count)).await;
        }
        ["check", url] => check(url).await,
        ["time", url, workers, seconds] => {
            let world = World::of_size(url.to_owned(), None, TIMED.0, TIMED.1).await;
            time(world, number(workers), number(seconds)).await;
        }
        _ => eprintln!("hammer setup|load|check|time URL …"),
    }
}

/// Parties, and results of each, where submissions are timed: a party has few things to apply for.
const TIMED: (usize, usize) = (1000, 4);

fn number(text: &str) -> usize {
    text.parse().expect("a number")
}

async fn open(url: &str, round: i64) -> World {
    let store = Store::open(url, Clock::Shifted).await.unwrap_or_else(|error| panic!("{error}"));
    World::around(store, url.to_owned(), round, None)
}

/// One line at once, so that a kill leaves none by half but the last.
fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    let _gone = writeln!(out, "{line}").and_then(|()| out.flush());
}

async fn load(world: World, seed: usize, workers: usize, count: usize) {
    let world = Arc::new(world);
    let tasks: Vec<_> = (0..workers)
        .map(|worker| {
            let world = Arc::clone(&world);
            tokio::spawn(async move {
                for turn in 0..count {
                    let place = (seed * 7919 + worker * count + turn) % (PARTIES * RESULTS);
                    if let Err(error) = life(&world, &format!("s{seed}w{worker}t{turn}"), place).await {
                        let refused = matches!(error, StoreError::Refused(_) | StoreError::Conflict { .. });
                        if !refused {
                            say(&format!("E {error}"));
                            tokio::time::sleep(Duration::from_millis(50)).await;
                        }
                    }
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("no panic");
    }
}

/// A short life: draft, submitted, taken in, decided. Each step is told once it is acknowledged.
async fn life(world: &World, name: &str, place: usize) -> Result<(), StoreError> {
    let (at, result) = (place % PARTIES, place / PARTIES);
    let measure = "instant_award".to_owned();
    let new = NewCase { round: world.round, party: party(at), measure, basis: format!("R{at}-{result}") };
    let store = &world.store;
    let opened = store.open_draft(&world.applicant, &key(format!("{name}o")), new).await?;
    say(&format!("{name}o"));
    let save = Ask::Save { statements: BTreeMap::new(), account: Some(account("甲公司", "6222000000000002")) };
    let steps = [
        (&world.applicant, save),
        (&world.applicant, Ask::AddEvidence(evidence())),
        (&world.applicant, Ask::Submit),
        (&world.intake, Ask::Accept),
        (&world.decider, decide(1)),
        (&world.applicant, Ask::Withdraw { reason: "再来".to_owned() }),
    ];
    for (number, (actor, ask)) in steps.into_iter().enumerate() {
        let name = format!("{name}a{number}");
        store.ask(actor, &key(&name), opened.value.id, ask).await?;
        say(&name);
    }
    Ok(())
}

async fn check(url: &str) {
    let world = open(url, 0).await;
    let mut missing = 0;
    let mut keys = 0;
    for line in std::io::stdin().lines() {
        let line = line.expect("input");
        keys += 1;
        if !world.store.knows_key(&key(&line)).await.expect("an answer") {
            println!("lost: {line}");
            missing += 1;
        }
    }
    assert_eq!(missing, 0, "of {keys} acknowledged keys some are lost");
    world.check().await;
    say(&format!("{keys} keys"));
}

async fn time(world: World, workers: usize, seconds: usize) {
    // Everything but the submission is done beforehand.
    let world = Arc::new(world);
    let mut drafts = Vec::new();
    for place in 0..TIMED.0 * TIMED.1 {
        let world = Arc::clone(&world);
        drafts.push(tokio::spawn(async move {
            let id = world.draft("instant_award", place % TIMED.0, place / TIMED.0).await;
            let save =
                Ask::Save { statements: BTreeMap::new(), account: Some(account("甲公司", "6222000000000002")) };
            world.ask(&world.applicant, id, save).await;
            id
        }));
    }
    let mut ids = Vec::new();
    for draft in drafts {
        ids.push(draft.await.expect("a draft"));
    }
    let (ids, next) = (Arc::new(ids), Arc::new(AtomicUsize::new(0)));
    let (start, end) = (Instant::now(), Duration::from_secs(seconds as u64));
    let tasks: Vec<_> = (0..workers)
        .map(|_| {
            let (world, ids, next) = (Arc::clone(&world), Arc::clone(&ids), Arc::clone(&next));
            tokio::spawn(async move {
                let mut slowest = Duration::ZERO;
                while start.elapsed() < end {
                    let place = next.fetch_add(1, Ordering::Relaxed);
                    let Some(id) = ids.get(place) else { break };
                    let begun = Instant::now();
                    world.ask(&world.applicant, *id, Ask::Submit).await;
                    slowest = slowest.max(begun.elapsed());
                }
                slowest
            })
        })
        .collect();
    let mut slowest = Duration::ZERO;
    for task in tasks {
        slowest = slowest.max(task.await.expect("no panic"));
    }
    let (done, taken) = (next.load(Ordering::Relaxed).min(ids.len()), start.elapsed());
    let rate = done as f64 / taken.as_secs_f64();
    println!("{workers} at once: {done} submissions in {taken:.2?}, {rate:.0} a second, the slowest {slowest:.1?}");
}
