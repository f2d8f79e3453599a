//! Durable submissions per second: everything but the submission itself is done beforehand.

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use duixian_store::Key;
use duixian_store::cases::Ask;

use crate::fill::{district, drafts};

/// Parties of the district, and the most drafts in it.
const PARTIES: u64 = 20_000;
const DRAFTS: usize = 16_000;

/// Fills an empty database and submits for so many seconds for each line that comes in, so that other work can be measured
/// in between; prints how many submissions a second each time. Ends with its input, or when all drafts are submitted.
pub async fn submit(url: &str, clients: usize, seconds: f64) -> Result<(), Box<dyn Error>> {
    let filled = district(url, PARTIES, DRAFTS).await?;
    let ids = Arc::new(drafts(&filled, false).await?);
    let store = &filled.store;
    let mut agents = std::collections::BTreeMap::new();
    for (agent, new) in &filled.bases {
        if !agents.contains_key(&new.party) {
            agents.insert(new.party.clone(), store.actor_of(*agent).await?);
        }
    }
    let mut of_case = Vec::new();
    for id in ids.iter() {
        of_case.push(agents[&store.case(*id).await?.subject.party].clone());
    }
    let (of_case, next) = (Arc::new(of_case), Arc::new(AtomicUsize::new(0)));
    let spent = processor_time();
    for line in std::io::stdin().lines() {
        line?;
        let (start, end, before) = (Instant::now(), Duration::from_secs_f64(seconds), next.load(Ordering::Relaxed));
        let tasks: Vec<_> = (0..clients)
            .map(|_| {
                let (store, ids, of_case, next) =
                    (store.clone(), Arc::clone(&ids), Arc::clone(&of_case), Arc::clone(&next));
                tokio::spawn(async move {
                    while start.elapsed() < end {
                        let place = next.fetch_add(1, Ordering::Relaxed);
                        let Some(id) = ids.get(place) else { break };
                        let key = Key::new(format!("submit-{place}"))?;
                        store.ask(&of_case[place], &key, *id, Ask::Submit).await?;
                    }
                    Ok::<(), duixian_store::StoreError>(())
                })
            })
            .collect();
        for task in tasks {
            task.await??;
        }
        let done = next.load(Ordering::Relaxed).min(ids.len()) - before;
        println!("{:.0}", done as f64 / start.elapsed().as_secs_f64());
        if before + done == ids.len() {
            break;
        }
    }
    let done = next.load(Ordering::Relaxed).min(ids.len());
    if let (Some(before), Some(after)) = (spent, processor_time()) {
        eprintln!("{} µs of this process's processors each", (after - before).as_micros() / done.max(1) as u128);
    }
    Ok(())
}

/// How long processors have worked for this process so far, where Linux says so: unlike the time it took, that does not
/// depend on what else the machine does.
fn processor_time() -> Option<Duration> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // Behind the name, which may hold anything, user and system time are the 12th and 13th, in hundredths of a second.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks: u64 = fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?;
    Some(Duration::from_millis(ticks * 10))
}
