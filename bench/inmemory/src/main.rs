//! What the engine does with facts in memory: rows per second of one measure, one party explained, one case beside CEL.
//!
//! `inmemory [ENTERPRISES]` prints a name and a figure per line; all times are medians.

use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cel::{Context, Env};
use duixian_assess::explain::render_text;
use duixian_assess::reference::{Index, explain_party};
use duixian_assess::{AssessOptions, assess_batch};
use duixian_facts::table::{Column, Facts, Table};
use duixian_facts::{LoadOptions, SampleFormat, SampleOptions, load, sample};
use duixian_rules::pack::Pack;
use duixian_rules::source::Sources;
use duixian_rules::vocabulary::Lang;

/// Assessed year, and its last day in days since 1970-01-01.
const YEAR: i64 = 2018;
const AS_OF: i64 = 17_896;

fn main() -> Result<(), Box<dyn Error>> {
    // As in `duixian assess`: this thread is one of those that work.
    rayon::ThreadPoolBuilder::new().use_current_thread().build_global()?;
    let enterprises = std::env::args().nth(1).map_or(Ok(1_000_000), |text| text.parse())?;
    let pack = read_pack(Path::new("packs/nanming-2017"))?;
    let plan = &pack.plan;
    let folder = tempfile::tempdir()?;
    sample(&SampleOptions { enterprises, seed: 7, format: SampleFormat::Parquet, known_on: None }, folder.path())?;
    let as_loaded = load(&plan.vocabulary, folder.path(), &LoadOptions::default())?.facts;
    let start = Instant::now();
    let facts = as_loaded.clone().in_order(&plan.vocabulary);
    println!("in_order_seconds {:.4}", start.elapsed().as_secs_f64());
    let industry_support =
        plan.measures.iter().position(|measure| measure.name.en == "industry_support").ok_or("no such measure")?;

    let accounts = plan.vocabulary.table("annual_accounts").ok_or("no such table")?;
    let year_column = plan.vocabulary.tables[accounts].year_column().ok_or("no such column")?;
    let one_year = only_year(&facts, accounts, year_column);
    let rows = one_year.tables[accounts].rows;
    let options = AssessOptions { year: YEAR, as_of: AS_OF, measures: Some(vec![industry_support]), all: false };
    // The system takes some tens of milliseconds to give each thread a core of its own.
    let took = median(200, || assess_batch(plan, &one_year, &options).rows());
    println!("rows {rows}");
    println!("rows_per_second {:.0}", rows as f64 / took.as_secs_f64());

    let one_year = only_year(&as_loaded, accounts, year_column);
    let took = median(50, || assess_batch(plan, &one_year, &options).rows());
    println!("rows_per_second_as_loaded {:.0}", rows as f64 / took.as_secs_f64());
    // Nothing kept from an earlier run: not even the narrow copies of what is tested.
    let mut times: Vec<Duration> = (0..7)
        .map(|_| {
            let fresh = Facts::new(one_year.tables.clone());
            let start = Instant::now();
            std::hint::black_box(assess_batch(plan, &fresh, &options).rows());
            start.elapsed()
        })
        .collect();
    times.sort();
    println!("rows_per_second_first {:.0}", rows as f64 / times[times.len() / 2].as_secs_f64());

    let everything = AssessOptions { measures: None, ..options };
    let took = median(7, || assess_batch(plan, &facts, &everything).rows());
    println!("all_measures_seconds {:.4}", took.as_secs_f64());
    let took = median(7, || assess_batch(plan, &as_loaded, &everything).rows());
    println!("all_measures_seconds_as_loaded {:.4}", took.as_secs_f64());

    let index = Index::new(plan, &facts);
    let parties: Vec<u32> = (0..2_000).map(|step| (step * (enterprises as u32 / 2_000)).min(enterprises as u32 - 1)).collect();
    // The first explanation of a year also ranks what limits rank across parties, once.
    explain_party(&index, parties[0], YEAR, AS_OF, None);
    let mut times: Vec<Duration> = parties
        .iter()
        .map(|party| {
            let start = Instant::now();
            let explanation = explain_party(&index, *party, YEAR, AS_OF, None);
            std::hint::black_box(&explanation);
            start.elapsed()
        })
        .collect();
    times.sort();
    println!("explain_micros {:.1}", micros(times[times.len() / 2]));
    println!("explain_p99_micros {:.1}", micros(times[times.len() * 99 / 100]));
    let explained = explain_party(&index, parties[0], YEAR, AS_OF, None);
    let took = median(200, || render_text(&explained, plan, Lang::Zh, &|_| None).len());
    println!("render_micros {:.1}", micros(took));

    let one = Some([industry_support]);
    let case = parties[parties.len() / 2];
    let took = median(2_000, || explain_party(&index, case, YEAR, AS_OF, one.as_ref().map(|one| &one[..])).measures.len());
    println!("case_micros {:.2}", micros(took));
    println!("cel_micros {:.2}", micros(cel_case()?));
    Ok(())
}

/// The same case as an expression of CEL, compiled once and run with its facts bound. It knows no missing facts and
/// gives no reasons.
fn cel_case() -> Result<Duration, Box<dyn Error>> {
    let expression = "district == '520102' && (moved_in_year == 0 || year >= moved_in_year) && code.startsWith('91') \
                      && revenue > 0 && year - registered >= 0 && year - registered < 3 \
                      ? (year == registered ? revenue : year == registered + 1 ? (revenue * 80 + 50) / 100 \
                      : (revenue * 60 + 50) / 100) : 0";
    let env = Arc::new(Env::stdlib());
    let program = env.compile(expression)?;
    let run = || {
        let mut context = Context::with_env(env.clone());
        let bound = context
            .add_variable("district", "520102")
            .and_then(|()| context.add_variable("moved_in_year", 0i64))
            .and_then(|()| context.add_variable("year", YEAR))
            .and_then(|()| context.add_variable("code", "91520102MA6DJ12345"))
            .and_then(|()| context.add_variable("revenue", 1_234_567i64))
            .and_then(|()| context.add_variable("registered", YEAR - 1));
        let value = bound.map_err(|error| error.to_string()).and_then(|()| {
            program.execute(&context).map_err(|error| error.to_string())
        });
        format!("{value:?}").len()
    };
    Ok(median(2_000, run))
}

/// The same facts with the accounts of the assessed year alone, as a peer that holds one value per party and year sees them.
fn only_year(facts: &Facts, accounts: usize, year_column: usize) -> Facts {
    let mut tables = facts.tables.clone();
    let table = &facts.tables[accounts];
    let Column::Date(years) = &table.columns[year_column] else { return facts.clone() };
    let kept: BTreeSet<usize> = (0..table.rows).filter(|row| i64::from(years[*row]) == YEAR).collect();
    let numbers = |column: &Column| match column {
        Column::Number(values) => Column::Number(kept.iter().map(|row| values[*row]).collect()),
        Column::Date(values) => Column::Date(kept.iter().map(|row| values[*row]).collect()),
        Column::Word(values) => Column::Word(kept.iter().map(|row| values[*row]).collect()),
        other => other.clone(),
    };
    tables[accounts] = Table {
        rows: kept.len(),
        party: kept.iter().map(|row| table.party[*row]).collect(),
        columns: table.columns.iter().map(numbers).collect(),
        ..Table::default()
    };
    Facts::new(tables)
}

fn read_pack(folder: &Path) -> Result<Pack, Box<dyn Error>> {
    let mut files: Vec<_> = fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    files.sort_by_key(|file| file.file_name());
    let mut sources = Sources::default();
    for file in files {
        sources.add(file.path().display().to_string(), fs::read_to_string(file.path())?);
    }
    Ok(Pack::read(sources))
}

/// The median time of `runs` runs after one that does not count.
fn median<T>(runs: usize, mut run: impl FnMut() -> T) -> Duration {
    std::hint::black_box(run());
    let mut times: Vec<Duration> = (0..runs)
        .map(|_| {
            let start = Instant::now();
            std::hint::black_box(run());
            start.elapsed()
        })
        .collect();
    times.sort();
    times[times.len() / 2]
}

fn micros(time: Duration) -> f64 {
    time.as_nanos() as f64 / 1000.0
}
