//! Asks a running portal for pages, by so many clients at once, each with its connection.

use std::collections::BTreeMap;
use std::error::Error;
use std::io::BufRead;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Runs for so many seconds and prints, for each kind of page, how many answers, the median and the 99th percentile in
/// milliseconds, and the largest page in KiB.
pub fn load(address: &str, seconds: u64, clients: usize) -> Result<(), Box<dyn Error>> {
    let mut pages = Vec::new();
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        if let [name, path, session] = line.split('\t').collect::<Vec<_>>()[..] {
            pages.push((name.to_owned(), format!("http://{address}{path}"), session.to_owned()));
        }
    }
    // Kinds of pages are asked for in turn, however many pages there are of a kind.
    let mut by_kind: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (place, (name, ..)) in pages.iter().enumerate() {
        by_kind.entry(name).or_default().push(place);
    }
    let kinds: Vec<(&str, Vec<usize>)> = by_kind.into_iter().collect();
    let (asked, times) = (AtomicUsize::new(0), Mutex::new(BTreeMap::<&str, Vec<(Duration, usize)>>::new()));
    let (start, end) = (Instant::now(), Duration::from_secs(seconds));
    let failed = Mutex::new(None);
    std::thread::scope(|scope| {
        for _ in 0..clients {
            scope.spawn(|| {
                let client = ureq::Agent::new_with_defaults();
                while start.elapsed() < end {
                    let turn = asked.fetch_add(1, Ordering::Relaxed);
                    let (kind, places) = &kinds[turn % kinds.len()];
                    let (_, url, session) = &pages[places[turn / kinds.len() % places.len()]];
                    let begun = Instant::now();
                    let answer = client.get(url).header("Cookie", &format!("session={session}")).call();
                    match answer.and_then(|mut answer| answer.body_mut().read_to_vec()) {
                        Ok(body) => {
                            let took = begun.elapsed();
                            times.lock().expect("no client panics").entry(kind).or_default().push((took, body.len()));
                        }
                        Err(error) => *failed.lock().expect("no client panics") = Some(format!("{url}: {error}")),
                    }
                }
            });
        }
    });
    if let Some(error) = failed.into_inner().expect("no client panics") {
        return Err(error.into());
    }
    let total = start.elapsed().as_secs_f64();
    let mut all = 0;
    for (kind, mut times) in times.into_inner().expect("no client panics") {
        times.sort();
        all += times.len();
        let at = |share: usize| times[(times.len() - 1) * share / 100].0.as_secs_f64() * 1000.0;
        let largest = times.iter().map(|(_, bytes)| bytes).max().copied().unwrap_or(0) / 1024;
        println!("{kind}\t{}\t{:.1}\t{:.1}\t{largest}", times.len(), at(50), at(99));
    }
    println!("all\t{all}\t{:.0} pages a second", all as f64 / total);
    Ok(())
}
