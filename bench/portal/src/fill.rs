//! A district with many cases, made through the store as people would, many at once.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::NaiveDate;
use duixian_assess::names::{BasisText, party_codes};
use duixian_assess::{AssessOptions, Status, assess_batch};
use duixian_casework::case::{BankAccount, CaseId};
use duixian_casework::command::NewEvidence;
use duixian_casework::moment::Moment;
use duixian_casework::people::{Actor, Role, UserId};
use duixian_facts::{LoadOptions, SampleFormat, SampleOptions, load, sample};
use duixian_money::Fen;
use duixian_rules::vocabulary::Name;
use duixian_store::cases::{Ask, NewCase};
use duixian_store::people::NewUser;
use duixian_store::{Clock, Key, NewRound, Store, StoreError};

/// The year assessed.
pub const YEAR: i32 = 2018;
const PASSWORD: &str = "bench-2019-bench";
/// How many parties one agent acts for.
const PARTIES_OF_AN_AGENT: usize = 50;
/// How many write at once.
const WRITERS: usize = 64;

/// Everything that is filled.
pub struct Filled {
    pub store: Store,
    pub round: i64,
    /// What can be applied for: the agent, the party, the measure, the basis.
    pub bases: Vec<(UserId, NewCase)>,
}

type Failure = Box<dyn Error>;

/// Fills an empty database and prints the pages to be asked for.
pub async fn fill(url: &str, parties: u64, cases: usize) -> Result<(), Failure> {
    let filled = district(url, parties, cases).await?;
    let ids = drafts(&filled, true).await?;
    let intake = user(&filled.store, "intake", Role::Intake).await?;
    let intake = filled.store.actor_of(intake).await?;
    // Every second case is taken in, so that lists have several stages.
    each(&filled.store, ids.iter().copied().step_by(2).collect(), move |store, id, key| {
        let intake = intake.clone();
        async move { store.ask(&intake, &key, id, Ask::Accept).await.map(drop) }
    })
    .await?;
    eprintln!("{} cases", ids.len());
    for (login, role) in [("leader", Role::Leader), ("finance", Role::Finance)] {
        user(&filled.store, login, role).await?;
    }
    pages(&filled, &ids).await
}

async fn pages(filled: &Filled, ids: &[CaseId]) -> Result<(), Failure> {
    let store = &filled.store;
    let mut sessions = BTreeMap::new();
    for login in ["agent0", "intake", "leader", "finance"] {
        let token = store.sign_in(login, PASSWORD, "127.0.0.1").await.map_err(|error| format!("{login}: {error:?}"))?;
        sessions.insert(login, token.as_str().to_owned());
    }
    let agent = filled.bases.first().map(|(agent, _)| *agent);
    let say = |name: &str, login: &str, path: String| {
        println!("{name}\t{path}\t{}", sessions.get(login).map_or("-", String::as_str));
    };
    for path in ["/", "/programme", "/notices"] {
        say(&format!("public {path}"), "", path.to_owned());
    }
    for (_, case) in filled.bases.iter().filter(|(of, _)| Some(*of) == agent).take(20) {
        say("my entitlements", "agent0", format!("/my/{}", case.party));
    }
    say("my cases", "agent0", "/cases".to_owned());
    say("work list", "intake", "/work".to_owned());
    say("work list, searched", "intake", "/work?view=all&q=000123".to_owned());
    for id in ids.iter().step_by(ids.len().max(40) / 40).take(40) {
        say("a case at its desk", "intake", format!("/work/cases/{}", id.0));
    }
    say("finance", "finance", "/finance".to_owned());
    say("figures", "leader", "/figures".to_owned());
    Ok(())
}

/// A district without cases: pack, facts, agents with their parties, an open round.
pub async fn district(url: &str, parties: u64, cases: usize) -> Result<Filled, Failure> {
    let store = Store::open(url, Clock::Shifted).await?;
    store.begin_demo(Moment::at(day(2019, 3, 4), 9, 0)).await?;
    let system = Actor::System;
    let mut files: Vec<(String, String)> = Vec::new();
    for file in fs::read_dir("packs/nanming-2017")? {
        let path = file?.path();
        files.push((path.display().to_string(), fs::read_to_string(&path)?));
    }
    let pack = store.install_pack(&system, &key("pack")?, files).await?.value;
    let plan = store.pack(pack).await?.plan.clone();
    let folder = tempfile::tempdir()?;
    sample(&SampleOptions { enterprises: parties, seed: 7, format: SampleFormat::Parquet, known_on: None }, folder.path())
        .map_err(|error| format!("{error:?}"))?;
    let started = std::time::Instant::now();
    let source = Name::new("样例", "sample");
    let facts = store.import_folder(&system, &key("facts")?, pack, folder.path(), source, |_| {}).await?.value;
    eprintln!("imported in {:.1} s", started.elapsed().as_secs_f64());
    let round = NewRound {
        name: "2018年度第一批".to_owned(),
        year: YEAR,
        as_of: day(YEAR, 12, 31),
        measures: Vec::new(),
        opens_at: Moment::at(day(2019, 3, 1), 9, 0),
        closes_at: Moment::at(day(2019, 6, 28), 18, 0),
        pack,
        facts: facts.version,
    };
    let round = store.open_round(&system, &key("round")?, round).await?.value;
    store.appropriate(&system, &key("fund")?, "innovation_fund", YEAR, Fen::yuan(15_000_000), "2018年度预算").await?;

    let loaded =
        load(&plan.vocabulary, folder.path(), &LoadOptions::default()).map_err(|error| format!("{error:?}"))?;
    let as_of = i64::from(day(YEAR, 12, 31).to_epoch_days());
    let options = AssessOptions { year: YEAR.into(), as_of, measures: None, all: false };
    let assessment = assess_batch(&plan, &loaded.facts, &options);
    let codes = party_codes(&plan, &loaded.facts);
    let mut wanted: Vec<(String, String, String)> = Vec::new();
    for of_measure in &assessment.measures {
        let measure = &plan.measures[of_measure.measure];
        let text = BasisText::of(&plan, &loaded.facts, measure.basis.table);
        for row in of_measure.rows.iter().filter(|row| row.status() != Status::Unknown) {
            wanted.push((codes[row.party as usize].to_string(), measure.name.en.clone(), text.text(row.basis)));
        }
    }
    wanted.sort();
    wanted.truncate(cases);

    let mut bases = Vec::new();
    let (mut agents, mut last, mut of_agent) = (Vec::new(), String::new(), PARTIES_OF_AN_AGENT);
    let mut delegations = Vec::new();
    for (party, measure, basis) in wanted {
        if party != last {
            if of_agent == PARTIES_OF_AN_AGENT {
                agents.push(user(&store, &format!("agent{}", agents.len()), Role::Agent).await?);
                of_agent = 0;
            }
            of_agent += 1;
            delegations.push((agents[agents.len() - 1], party.clone()));
            last.clone_from(&party);
        }
        bases.push((agents[agents.len() - 1], NewCase { round, party, measure, basis }));
    }
    each(&store, delegations, |store, (user, party), key| async move {
        store.delegate(&Actor::System, &key, user, &party, None, "").await.map(drop)
    })
    .await?;
    Ok(Filled { store, round, bases })
}

/// Drafts that could be sent; sent, if wanted.
pub async fn drafts(filled: &Filled, send: bool) -> Result<Vec<CaseId>, Failure> {
    let mut agents: BTreeMap<UserId, Actor> = BTreeMap::new();
    for (agent, _) in &filled.bases {
        if !agents.contains_key(agent) {
            agents.insert(*agent, filled.store.actor_of(*agent).await?);
        }
    }
    let agents = Arc::new(agents);
    let measures = filled.store.round_with_pack(filled.round).await?.1;
    let ids = Arc::new(std::sync::Mutex::new(Vec::new()));
    let kept = Arc::clone(&ids);
    each(&filled.store, filled.bases.clone(), move |store, (agent, new), key| {
        let (agents, kept, pack) = (Arc::clone(&agents), Arc::clone(&kept), Arc::clone(&measures));
        async move {
            let agent = &agents[&agent];
            let next = |part: &str| Key::new(format!("{}-{part}", key.as_str()));
            let evidence = pack.plan.measures.iter().find(|measure| measure.name.en == new.measure);
            let id = store.open_draft(agent, &key, new).await?.value.id;
            let account = BankAccount {
                holder: "某某公司".to_owned(),
                number: "6228480402564890018".to_owned(),
                bank: "贵阳银行".to_owned(),
                bank_code: None,
            };
            let save = Ask::Save { statements: BTreeMap::new(), account: Some(account) };
            store.ask(agent, &next("s")?, id, save).await?;
            for (place, kind) in evidence.iter().flat_map(|measure| &measure.notes.evidence).enumerate() {
                let piece = NewEvidence {
                    kind: kind.clone(),
                    number: "号".to_owned(),
                    issuer: "机关".to_owned(),
                    issued_on: None,
                    file: None,
                };
                store.ask(agent, &next(&format!("e{place}"))?, id, Ask::AddEvidence(piece)).await?;
            }
            if send {
                store.ask(agent, &next("t")?, id, Ask::Submit).await?;
            }
            kept.lock().map_err(|_| StoreError::NotFound)?.push(id);
            Ok(())
        }
    })
    .await?;
    let mut ids = std::mem::take(&mut *ids.lock().map_err(|_| "a writer panicked")?);
    ids.sort();
    Ok(ids)
}

/// Does the same for many things, [`WRITERS`] at once.
pub async fn each<T, F>(
    store: &Store,
    all: Vec<T>,
    work: impl Fn(Store, T, Key) -> F + Send + Sync + 'static,
) -> Result<(), Failure>
where
    T: Clone + Send + Sync + 'static,
    F: Future<Output = Result<(), StoreError>> + Send,
{
    static KEYS: AtomicUsize = AtomicUsize::new(0);
    let (all, next, work) = (Arc::new(all), Arc::new(AtomicUsize::new(0)), Arc::new(work));
    let tasks: Vec<_> = (0..WRITERS)
        .map(|_| {
            let (store, all, next, work) = (store.clone(), Arc::clone(&all), Arc::clone(&next), Arc::clone(&work));
            tokio::spawn(async move {
                while let Some(one) = all.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let key = Key::new(format!("bench-{}", KEYS.fetch_add(1, Ordering::Relaxed)))?;
                    work(store.clone(), one.clone(), key).await?;
                }
                Ok::<(), StoreError>(())
            })
        })
        .collect();
    for task in tasks {
        task.await??;
    }
    Ok(())
}

/// Makes a user.
pub async fn user(store: &Store, login: &str, role: Role) -> Result<UserId, Failure> {
    let new = NewUser {
        login: login.to_owned(),
        name: login.to_owned(),
        password: PASSWORD.to_owned(),
        roles: vec![role],
        desks: Vec::new(),
        must_change: false,
    };
    Ok(store.create_user(&Actor::System, &key(login)?, new).await?.value)
}

fn key(name: &str) -> Result<Key, StoreError> {
    Key::new(format!("bench-{name}"))
}

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("the days written in this file are days of the calendar")
}
