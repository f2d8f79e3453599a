//! Times the sample and the load: `cargo run --release --example measure -- ENTERPRISES csv|parquet DIR`.
//!
//! The district is made if `DIR` is not there. Each run prints the time and the most memory it ever held (Linux).

#[path = "../tests/suite/common/mod.rs"]
#[allow(dead_code, reason = "its use of what the tests share is a part of it")]
mod common;

use std::path::PathBuf;
use std::time::Instant;

use duixian_facts::{LoadOptions, SampleFormat, SampleOptions, load, sample};
use duixian_rules::vocabulary::Lang;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [enterprises, format, dir] = &arguments[..] else {
        return Err("usage: measure ENTERPRISES csv|parquet DIR".into());
    };
    let dir = PathBuf::from(dir);
    if !dir.exists() {
        let format = if format == "csv" { SampleFormat::Csv } else { SampleFormat::Parquet };
        let start = Instant::now();
        let made = sample(&SampleOptions { enterprises: enterprises.parse()?, seed: 1, format, known_on: None }, &dir)?;
        println!("made in {:.2?}: {:?}", start.elapsed(), made.tables);
        return Ok(());
    }
    let start = Instant::now();
    let loaded = load(&common::vocabulary(), &dir, &LoadOptions::default())?;
    println!("loaded in {:.2?}", start.elapsed());
    print!("{}", loaded.report.summary(Lang::En));
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    println!("{}", status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or("memory not known"));
    Ok(())
}
