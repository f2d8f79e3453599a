//! Times a district on its way into the database and out of it: `import URL ENTERPRISES PACK_FOLDER`.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use chrono::{NaiveDate, TimeDelta};
use duixian_casework::people::Actor;
use duixian_facts::{SampleFormat, SampleOptions, sample};
use duixian_rules::vocabulary::Name;
use duixian_store::{Clock, Key, NewRound, Store};

type Failure = Box<dyn std::error::Error>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [url, enterprises, pack] = &arguments[..] else { return Err("import URL ENTERPRISES PACK_FOLDER".into()) };
    let folder = tempfile::tempdir()?;
    let options =
        SampleOptions { enterprises: enterprises.parse()?, seed: 1, format: SampleFormat::Csv, known_on: None };
    sample(&options, folder.path()).map_err(|error| format!("{error:?}"))?;
    let store = Store::open(url, Clock::System).await?;
    let mut files = Vec::new();
    for entry in std::fs::read_dir(pack)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "md") {
            files.push((
                path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
                std::fs::read_to_string(&path)?,
            ));
        }
    }
    let pack = timed("install the pack", store.install_pack(&Actor::System, &Key::new("pack")?, files)).await?.value;
    let first = timed("import", import(&store, "first", pack, folder.path())).await?;
    let read: u64 = first.tables.iter().map(|table| table.added).sum();
    println!("rows: {read}");
    timed("import the same again", import(&store, "second", pack, folder.path())).await?;
    let version = store.newest_facts().await?.ok_or("no version")?.id;
    let facts = timed("load into columns", store.load_facts(version, pack, |_| {})).await?;
    println!("parties: {}", facts.tables.first().map_or(0, |table| table.rows));
    let now = store.now();
    let round = NewRound {
        name: "测".to_owned(),
        year: 2018,
        as_of: NaiveDate::from_ymd_opt(2018, 12, 31).ok_or("no day")?,
        measures: Vec::new(),
        opens_at: now.plus(TimeDelta::days(-1)),
        closes_at: now.plus(TimeDelta::days(1)),
        pack,
        facts: version,
    };
    let round = store.open_round(&Actor::System, &Key::new("round")?, round).await?.value;
    let parties = store.find_parties("9", 50).await?;
    let begun = Instant::now();
    for party in &parties {
        store.entitlements(&Actor::System, round, &party.code).await?;
    }
    println!("entitlements of one party: {:?}", begun.elapsed() / u32::try_from(parties.len().max(1))?);
    timed("find parties by name", store.find_parties("科技", 20)).await?;
    Ok(())
}

async fn import(
    store: &Store,
    key: &str,
    pack: i64,
    folder: &Path,
) -> Result<Arc<duixian_store::facts::ImportReport>, duixian_store::StoreError> {
    let source = Name::new("样例", "sample");
    let done = store.import_folder(&Actor::System, &Key::new(key)?, pack, folder, source, |_| {}).await?;
    Ok(Arc::new(done.value))
}

async fn timed<T>(what: &str, work: impl Future<Output = T>) -> T {
    let begun = Instant::now();
    let done = work.await;
    println!("{what}: {:?}", begun.elapsed());
    done
}
