//! The check of everything that is kept: the journal's chain, the cases against their events, the books against their
//! transfers.

use std::collections::HashMap;

use duixian_casework::case::{Case, CaseId};
use duixian_casework::event::{Event, What};
use duixian_casework::people::UserId;
use duixian_ledger::Transfer;

use crate::cases::rows;
use crate::db::{Queries, Snapshot, Store, values};
use crate::error::StoreError;
use crate::funds::book;
use crate::journal::{Entry, Head};

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

const ENTRIES: i64 = 2000;
const CASES: i64 = 200;

impl Store {
    /// Walks the journal from its first entry to its last and then checks that the cases are what their events make of
    /// them, and the balances what the transfers add up to. It sees one state of the database while others go on writing.
    /// `progress` is told how many entries are done, and of how many.
    ///
    /// # Errors
    /// The first broken link.
    pub async fn verify_journal(&self, mut progress: impl FnMut(i64, i64) + Send) -> Result<Verified, Broken> {
        let snapshot = self.snapshot().await?;
        let walked = walk(&snapshot, &mut progress).await?;
        let cases = check_cases(&snapshot, walked.opened).await?;
        check_books(&snapshot, walked.transfers).await?;
        Ok(Verified { rows: walked.head.seq, head: walked.head.hash, cases, transfers: walked.transfers })
    }
}

fn broken<T>(seq: i64, zh: impl Into<String>, en: impl Into<String>) -> Result<T, Broken> {
    Err(Broken::Link { seq, zh: zh.into(), en: en.into() })
}

struct Walked {
    head: Head,
    opened: i64,
    transfers: i64,
}

/// The chain, entry by entry; of transfers, that the table says the same.
async fn walk(snapshot: &Snapshot, progress: &mut (impl FnMut(i64, i64) + Send)) -> Result<Walked, Broken> {
    let chain = snapshot.one("SELECT seq, hash FROM chain WHERE id = 1", vec![]).await?;
    let Some(chain) = chain else { return broken(0, "链头不见了", "the head of the chain is missing") };
    let end = Head { seq: chain.int("seq")?, hash: chain.text("hash")? };
    let mut walked = Walked { head: Head::start(), opened: 0, transfers: 0 };
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
            if entry.kind == "case.opened" {
                walked.opened += 1;
            }
            if entry.kind == "transfer" {
                walked.transfers += 1;
                check_transfer(&kept, entry)?;
            }
            walked.head = entry.head();
        }
        progress(walked.head.seq, end.seq);
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

/// Every case made anew from its events.
async fn check_cases(snapshot: &Snapshot, opened: i64) -> Result<i64, Broken> {
    let mut last = 0;
    let mut checked = 0;
    loop {
        let sql = format!("SELECT id, stage, version, data FROM cases WHERE id > $1 ORDER BY id LIMIT {CASES}");
        let rows = snapshot.all(&sql, values![last]).await?;
        let Some(end) = rows.last().map(|row| row.int("id")).transpose()? else { break };
        let subjects: Vec<String> = rows
            .iter()
            .map(|row| Ok(format!("'{}'", rows::subject_of(CaseId(row.int("id")?)))))
            .collect::<Result<_, StoreError>>()?;
        let sql = format!(
            "SELECT {} FROM journal WHERE subject IN ({}) ORDER BY subject, seq",
            Entry::COLUMNS,
            subjects.join(", ")
        );
        let mut replayed = HashMap::<String, (i64, Option<Case>)>::new();
        for row in snapshot.all(&sql, vec![]).await? {
            let entry = Entry::of(&row)?;
            let slot = replayed.entry(entry.subject.clone()).or_insert((entry.seq, None));
            slot.1 = Some(step(slot.1.take(), &entry)?);
            slot.0 = entry.seq;
        }
        for row in &rows {
            let case: Case = row.json("data")?;
            let subject = rows::subject_of(case.id);
            let is_row_of_it = case.id.0 == row.int("id")?
                && case.stage.word() == row.text("stage")?
                && i64::try_from(case.version) == Ok(row.int("version")?);
            match replayed.remove(&subject) {
                Some((_, Some(replay))) if replay == case && is_row_of_it => {}
                Some((seq, _)) => {
                    return broken(
                        seq,
                        format!("{subject} 的记录与事件重演的结果不符"),
                        format!("the record of {subject} is not what its events make of it"),
                    );
                }
                None => {
                    return broken(0, format!("{subject} 没有事件"), format!("{subject} has no events"));
                }
            }
            checked += 1;
        }
        last = end;
    }
    if checked != opened {
        return broken(
            0,
            format!("日志里有 {opened} 件，库里有 {checked} 件"),
            format!("the journal has opened {opened} cases, and there are {checked}"),
        );
    }
    Ok(checked)
}

/// What an entry makes of a case.
pub(crate) fn step(case: Option<Case>, entry: &Entry) -> Result<Case, Broken> {
    let Ok(what) = serde_json::from_str::<What>(&entry.body) else {
        return broken(entry.seq, "事件内容无法读取", "its event can't be read");
    };
    match (case, what) {
        (None, What::Opened(subject)) => {
            let id = entry.subject.strip_prefix("case/").and_then(|id| id.parse().ok()).unwrap_or(0);
            Ok(Case::open(CaseId(id), subject, entry.actor.unwrap_or(UserId(0)), entry.at))
        }
        (Some(mut case), what) => {
            case.apply(&Event { at: entry.at, by: entry.actor, what });
            Ok(case)
        }
        (None, _) => broken(entry.seq, "事件之前没有立件", "its case was never opened"),
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
