//! The check of what is kept: the journal's chain; every table that the journal is the source of against its entries; the books
//! against their transfers; files against their hashes.

use std::collections::{BTreeMap, HashMap};

use duixian_casework::moment::Moment;
use duixian_ledger::Transfer;
use duixian_rules::vocabulary::Lang;
use serde::de::DeserializeOwned;

use crate::db::{Queries, Snapshot, Store, values};
use crate::error::StoreError;
use crate::funds::book;
use crate::journal::{Entry, Head};
use crate::verify::accounts::Accounts;
use crate::verify::facts::Facts;
use crate::verify::installation::Installation;
use crate::verify::numbers::Numbers;
use crate::verify::people::People;
use crate::verify::proposals::Proposals;
use crate::verify::reports::Reports;

mod accounts;
mod batches;
mod beside;
mod cases;
mod facts;
mod files;
mod installation;
mod names;
mod notes;
mod numbers;
mod people;
mod proposals;
mod reports;
mod signed;
mod table;

pub(crate) use cases::step;

/// What a sound journal comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// How many entries it has.
    pub rows: i64,
    /// The hash of the last: who keeps it elsewhere can tell later that nothing before it was changed.
    pub head: String,
    /// How many cases were made anew from their events and found as they are.
    pub cases: i64,
    /// How many transfers the balances were added up from.
    pub transfers: i64,
    /// All else that was held against the journal.
    pub held: Vec<Held>,
}

/// One sort of thing that was found as the journal has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// What, in Chinese.
    pub zh: &'static str,
    /// In English.
    pub en: &'static str,
    /// How many.
    pub count: i64,
    /// How many more could not be held against it, since the journal of their time does not say enough.
    pub unseen: i64,
}

impl Held {
    fn all(zh: &'static str, en: &'static str, count: i64) -> Held {
        Held { zh, en, count, unseen: 0 }
    }

    /// How many were found so, and how many were not looked at.
    pub fn text(&self, lang: Lang) -> String {
        let Held { zh, en, count, unseen } = self;
        match (lang, unseen) {
            (Lang::Zh, 0) => format!("{zh}：{count}，与日志相符"),
            (Lang::Zh, _) => format!("{zh}：{count}，与日志相符；另有 {unseen} 留存时日志还没有这一项，未核对"),
            (Lang::En, 0) => format!("{en}: {count} as the journal has them"),
            (Lang::En, _) => {
                format!(
                    "{en}: {count} as the journal has them; {unseen} more are from before it said so, and were not looked at"
                )
            }
        }
    }

    fn of(zh: &'static str, en: &'static str, count: usize) -> Held {
        Held::all(zh, en, i64::try_from(count).unwrap_or(i64::MAX))
    }
}

/// How far the check is: so many, and of how many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Entries of the journal are walked.
    Entries(i64, i64),
    /// Attachments are read.
    Files(i64, i64),
}

/// Where the check has stopped.
#[derive(Clone, Debug)]
pub enum Broken {
    /// The first entry of the journal that is not what it must be, or what contradicts it.
    Link {
        /// The entry's number; 0 where no single entry is at fault.
        seq: i64,
        /// What is wrong, in Chinese.
        zh: String,
        /// The same in English.
        en: String,
    },
    /// It could not be read.
    Unreadable(StoreError),
}

impl From<StoreError> for Broken {
    fn from(error: StoreError) -> Broken {
        Broken::Unreadable(error)
    }
}

/// How many entries are read together.
const ENTRIES: i64 = 2000;

impl Store {
    /// Walks the journal from its first entry to its last and then checks that the cases are what their events make of
    /// them, with the columns that lists and limits look at and what stands beside them, the payments in batches those of the cases, the
    /// balances what the transfers add up to, what is set, imported, uploaded, put up and told as it was journaled, and that everyone may do what the
    /// journal says. It sees one state of the database while others go on writing, and holds no more in memory than two numbers for each
    /// row of the registry that has ended.
    ///
    /// # Errors
    /// The first broken link.
    pub async fn verify_journal(&self, mut progress: impl FnMut(Progress) + Send) -> Result<Verified, Broken> {
        let snapshot = self.snapshot().await?;
        let mut walked = walk(&snapshot, &mut progress).await?;
        let mut held = Vec::new();
        // What cases go by comes before them: of what is missing it is said what it is.
        let told = walked.people.take_told();
        walked.people.check(&snapshot, &mut held).await?;
        walked.installation.check(&snapshot, &mut held).await?;
        walked.facts.check(&snapshot, &mut held).await?;
        walked.proposals.check(&snapshot, &mut held).await?;
        let mut numbers = Numbers::default();
        let cases = cases::check(&snapshot, walked.opened, told, &mut numbers, &mut held).await?;
        batches::check(&snapshot, walked.batches, &mut numbers, &mut held).await?;
        numbers.check(&snapshot, &mut held).await?;
        walked.reports.check(&snapshot, &mut held).await?;
        held.push(files::check(&snapshot, walked.files, &mut progress).await?);
        walked.accounts.check(&snapshot, &mut held).await?;
        check_books(&snapshot, walked.transfers).await?;
        Ok(Verified { rows: walked.head.seq, head: walked.head.hash, cases, transfers: walked.transfers, held })
    }
}

fn broken<T>(seq: i64, zh: impl Into<String>, en: impl Into<String>) -> Result<T, Broken> {
    Err(Broken::Link { seq, zh: zh.into(), en: en.into() })
}

fn body<T: DeserializeOwned>(entry: &Entry) -> Result<T, Broken> {
    match serde_json::from_str(&entry.body) {
        Ok(body) => Ok(body),
        Err(_) => broken(entry.seq, "内容无法读取", "its content can't be read"),
    }
}

struct Walked {
    head: Head,
    opened: i64,
    transfers: i64,
    /// Batches that were made, each with the entry that says so.
    batches: BTreeMap<i64, i64>,
    /// Files that are kept, and were not let go.
    files: i64,
    people: People,
    installation: Installation,
    facts: Facts,
    proposals: Proposals,
    accounts: Accounts,
    reports: Reports,
}

/// The chain, entry by entry; of transfers, that the table says the same.
async fn walk(snapshot: &Snapshot, progress: &mut (impl FnMut(Progress) + Send)) -> Result<Walked, Broken> {
    let chain = snapshot.one("SELECT seq, hash, at FROM chain WHERE id = 1", vec![]).await?;
    let Some(chain) = chain else { return broken(0, "链头不见了", "the head of the chain is missing") };
    let end = Head { seq: chain.int("seq")?, hash: chain.text("hash")? };
    let mut last_at = Moment(0);
    let mut walked = Walked {
        head: Head::start(),
        opened: 0,
        transfers: 0,
        batches: BTreeMap::new(),
        files: 0,
        people: People::default(),
        installation: Installation::new(),
        facts: Facts::new(),
        proposals: Proposals::default(),
        accounts: Accounts::new(),
        reports: Reports::default(),
    };
    let sql = format!("SELECT {} FROM journal WHERE seq > $1 ORDER BY seq LIMIT {ENTRIES}", Entry::COLUMNS);
    loop {
        let rows = snapshot.all(&sql, values![walked.head.seq]).await?;
        let entries = rows.iter().map(Entry::of).collect::<Result<Vec<_>, _>>()?;
        let kept = transfers_of(snapshot, &entries).await?;
        for entry in &entries {
            let expected = walked.head.seq + 1;
            if entry.seq != expected {
                return broken(expected, "这一条不见了", "this entry is missing");
            }
            if entry.prev != walked.head.hash {
                return broken(entry.seq, "与前一条接不上", "it does not follow from the one before");
            }
            if entry.digest() != entry.hash {
                return broken(entry.seq, "内容与摘要不符", "its content is not that of its hash");
            }
            match entry.kind.as_str() {
                "case.opened" => walked.opened += 1,
                "file.kept" => walked.files += 1,
                "file.dropped" => walked.files -= 1,
                "batch.made" => {
                    let id = entry.subject.strip_prefix("batch/").and_then(|id| id.parse().ok());
                    walked.batches.extend(id.map(|id| (id, entry.seq)));
                }
                "transfer" => {
                    walked.transfers += 1;
                    check_transfer(&kept, entry)?;
                }
                _ => {}
            }
            walked.people.note(entry)?;
            walked.installation.note(entry)?;
            walked.facts.note(entry)?;
            walked.proposals.note(entry)?;
            walked.accounts.note(entry)?;
            walked.reports.note(entry);
            last_at = entry.at;
            walked.head = entry.head();
        }
        progress(Progress::Entries(walked.head.seq, end.seq));
        if rows.is_empty() {
            break;
        }
    }
    if walked.head != end {
        return broken(
            walked.head.seq + 1,
            "日志在此中断，链头另有记载",
            "the journal ends before what the head of the chain says",
        );
    }
    // Nothing goes by it: the clock never goes back behind the last entry itself.
    if Moment(chain.int("at")?) != last_at {
        return broken(
            end.seq,
            "链头的时间与最后一条不符",
            "the head of the chain has another time than the last entry",
        );
    }
    Ok(walked)
}

/// The transfers in the books that entries speak of. Their numbers go up with the entries, so that they lie together.
async fn transfers_of(snapshot: &Snapshot, entries: &[Entry]) -> Result<HashMap<i64, Transfer>, StoreError> {
    let journaled = entries.iter().filter(|entry| entry.kind == "transfer");
    let ids = journaled.filter_map(|entry| entry.subject.strip_prefix("transfer/")?.parse::<i64>().ok());
    let ids: Vec<i64> = ids.collect();
    let (Some(first), Some(last)) = (ids.iter().min(), ids.iter().max()) else { return Ok(HashMap::new()) };
    let sql = format!("SELECT {} FROM transfers WHERE id BETWEEN $1 AND $2", book::TRANSFER);
    let rows = snapshot.all(&sql, values![*first, *last]).await?;
    rows.iter().map(|row| book::transfer_of(row).map(|transfer| (transfer.id.0, transfer))).collect()
}

fn check_transfer(kept: &HashMap<i64, Transfer>, entry: &Entry) -> Result<(), Broken> {
    let Ok(journaled) = serde_json::from_str::<Transfer>(&entry.body) else {
        return broken(entry.seq, "转账内容无法读取", "its transfer can't be read");
    };
    match kept.get(&journaled.id.0) {
        Some(transfer) if *transfer == journaled => Ok(()),
        Some(_) => broken(entry.seq, "转账与账簿不符", "the books have another transfer under its number"),
        None => broken(entry.seq, "转账不在账簿里", "its transfer is not in the books"),
    }
}

/// The balances against the transfers, and that no transfer is beside the journal.
async fn check_books(snapshot: &Snapshot, journaled: i64) -> Result<(), Broken> {
    let row = snapshot.one("SELECT COUNT(*) AS n FROM transfers", vec![]).await?;
    let there = row.map_or(Ok(0), |row| row.int("n"))?;
    if there != journaled {
        return broken(
            0,
            format!("账簿有 {there} 笔，日志有 {journaled} 笔"),
            format!("the books have {there} transfers, the journal {journaled}"),
        );
    }
    match book::verify(snapshot).await?.first() {
        Some(discrepancy) => broken(0, discrepancy.zh(), discrepancy.en()),
        None => Ok(()),
    }
}
