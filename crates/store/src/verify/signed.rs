//! What the journal makes of a payment batch: what was put in and taken out, who has released it, and what the bank has answered.

use std::collections::{BTreeMap, BTreeSet};

use duixian_casework::batch::{Batch, BatchStage};
use duixian_casework::case::{BankAccount, CaseId};
use duixian_casework::doubt::{self, Doubt, DoubtEnd, DoubtEnded, Doubted};
use duixian_casework::moment::Moment;
use duixian_casework::people::UserId;
use duixian_money::Fen;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::{Broken, body};
use crate::journal::Entry;
use crate::once::hex;

/// A batch as its entries leave it.
#[derive(Default)]
pub(super) struct Signed {
    /// The last entry.
    pub(super) seq: i64,
    /// The answers that were read, each with the entry that was first to name it and when that was.
    pub(super) files: BTreeMap<String, (i64, Moment)>,
    made: Option<(UserId, Moment, Made)>,
    out: BTreeSet<CaseId>,
    stage: Option<BatchStage>,
    signers: Vec<UserId>,
    signed_at: Option<Moment>,
    debtor: Option<BankAccount>,
    /// Who has looked into which cases, and when.
    confirmed: Vec<(UserId, Moment, Vec<CaseId>)>,
    doubts: Vec<Doubt>,
    /// The hash of what the last entry has left; none from before entries said it.
    kept: Option<String>,
}

#[derive(Deserialize)]
struct Left {
    #[serde(default)]
    kept: Option<String>,
}

#[derive(Deserialize)]
struct Made {
    number: String,
    fund: String,
    year: i32,
    lines: Vec<String>,
}

#[derive(Deserialize)]
struct TakenOut {
    case: CaseId,
}

#[derive(Deserialize)]
struct Released {
    second: bool,
    debtor: Option<BankAccount>,
    #[serde(default)]
    confirmed: Vec<TakenOut>,
}

#[derive(Deserialize)]
struct Settled {
    file: String,
    open: Fen,
    #[serde(default)]
    news: Vec<String>,
    #[serde(default)]
    doubts: Vec<Doubted>,
}

#[derive(Deserialize)]
struct Raised {
    doubt: Doubted,
}

#[derive(Deserialize)]
struct Ended {
    doubt: Doubted,
    file: String,
    grounds: String,
    #[serde(default)]
    doubts: Vec<Doubted>,
}

impl Signed {
    /// Takes note of an entry about the batch.
    pub(super) fn note(&mut self, entry: &Entry) -> Result<(), Broken> {
        self.seq = entry.seq;
        let Left { kept } = body(entry)?;
        let by = entry.actor.unwrap_or(UserId(0));
        match entry.kind.as_str() {
            "batch.made" => {
                self.made = Some((by, entry.at, body(entry)?));
                self.stage = Some(BatchStage::Drafted);
            }
            "batch.case_taken_out" => {
                let TakenOut { case } = body(entry)?;
                self.out.insert(case);
                self.void();
            }
            "batch.told_of_payment" => self.void(),
            "batch.cancelled" => self.stage = Some(BatchStage::Cancelled),
            "batch.released" => self.release(by, entry.at, body(entry)?),
            "batch.settled" => {
                let Settled { file, open, news, doubts } = body(entry)?;
                self.files.entry(file.clone()).or_insert((entry.seq, entry.at));
                if open == Fen(0) {
                    self.stage = Some(BatchStage::Settled);
                }
                let (of_record, odd): (Vec<Doubted>, Vec<Doubted>) =
                    doubts.into_iter().partition(Doubted::can_be_confirmed);
                let doubts = &mut self.doubts;
                of_record.into_iter().for_each(|what| doubt::bring_up(doubts, what, by, entry.at, &file, true));
                news.iter().for_each(|payment| doubt::answer(doubts, payment, by, entry.at, |_| true));
                odd.into_iter().for_each(|what| doubt::bring_up(doubts, what, by, entry.at, &file, true));
            }
            "batch.doubt_raised" => {
                let Raised { doubt } = body(entry)?;
                doubt::bring_up(&mut self.doubts, doubt, by, entry.at, "", true);
            }
            "batch.doubt_confirmed" => self.end(by, entry.at, DoubtEnded::Confirmed, body(entry)?),
            "batch.doubt_dismissed" => self.end(by, entry.at, DoubtEnded::Dismissed, body(entry)?),
            _ => {}
        }
        // What leaves the batch as it was, a file fetched, says nothing of it.
        self.kept = kept.or(self.kept.take());
        Ok(())
    }

    fn void(&mut self) {
        self.stage = Some(BatchStage::Drafted);
        self.signers.clear();
        self.confirmed.clear();
        (self.signed_at, self.debtor) = (None, None);
    }

    fn release(&mut self, by: UserId, at: Moment, released: Released) {
        // A first release that counted no more is followed by another first one.
        if !released.second {
            self.void();
        }
        self.signers.push(by);
        self.debtor = released.debtor;
        let cases: Vec<CaseId> = released.confirmed.iter().map(|one| one.case).collect();
        if !cases.is_empty() {
            self.confirmed.push((by, at, cases));
        }
        self.signed_at = released.second.then_some(at);
        self.stage = Some(if released.second { BatchStage::Released } else { BatchStage::HalfReleased });
    }

    fn end(&mut self, by: UserId, at: Moment, how: DoubtEnded, Ended { doubt, file, grounds, doubts }: Ended) {
        let is_it = |one: &&mut Doubt| one.end.is_none() && one.what == doubt && one.file == file;
        if let Some(open) = self.doubts.iter_mut().rev().find(is_it) {
            open.end = Some(DoubtEnd { by, at, how, grounds });
        }
        if how == DoubtEnded::Confirmed && doubt.frees_money() {
            doubt::answer(&mut self.doubts, doubt.end_to_end_id(), by, at, |_| true);
        }
        doubts.into_iter().for_each(|what| doubt::bring_up(&mut self.doubts, what, by, at, &file, true));
    }

    /// The hash of the batch as the journal left it, where it says so and the batch has another.
    pub(super) fn other_text(&self, text: &str) -> Option<(String, String)> {
        let there = hex(&Sha256::digest(text));
        self.kept.clone().filter(|told| *told != there).map(|told| (told, there))
    }

    /// The first thing about a batch that is not so: where it stands, what the journal says, and what is there.
    pub(super) fn strange(&self, batch: &Batch) -> Option<(&'static str, String, String)> {
        let (by, at, made) = self.made.as_ref()?;
        let lines: Vec<&str> = batch.lines.iter().map(|line| line.end_to_end_id.as_str()).collect();
        let (put_in, left) = (
            made.lines.iter().map(String::as_str).collect::<BTreeSet<_>>(),
            made.lines.len().saturating_sub(self.out.len()),
        );
        let are_of_it = lines.len() == left
            && lines.iter().all(|line| put_in.contains(line))
            && batch.lines.iter().all(|line| !self.out.contains(&line.case));
        let held = [
            ("number", made.number.clone(), batch.number.clone()),
            ("fund", made.fund.clone(), batch.fund.clone()),
            ("year", made.year.to_string(), batch.year.to_string()),
            ("created_by", by.0.to_string(), batch.created_by.0.to_string()),
            ("created_at", at.0.to_string(), batch.created_at.0.to_string()),
            ("stage", self.stage.map_or("", BatchStage::word).to_owned(), batch.stage.word().to_owned()),
            ("released_by", numbers(&self.signers), numbers(&batch.released_by)),
            ("released_at", moment(self.signed_at), moment(batch.released_at)),
            ("debtor", account(self.debtor.as_ref()), account(batch.debtor.as_ref())),
            ("confirmed", confirmed(self.confirmed.iter().map(|(by, at, cases)| (*by, *at, cases))), {
                confirmed(batch.confirmed.iter().map(|one| (one.by, one.at, &one.cases)))
            }),
            ("results", sorted(self.files.keys()), sorted(&batch.results)),
        ];
        // What the bank has said is held by the hash of all of the batch, once its entries say that; before, it is read out of them.
        let doubts = ("doubts", self.doubts.iter().map(told).collect(), batch.doubts.iter().map(told).collect());
        let doubts = Some(doubts).filter(|_| self.kept.is_none());
        if !are_of_it {
            return Some(("lines", made.lines.join(", "), lines.join(", ")));
        }
        held.into_iter().chain(doubts).find(|(_, told, there)| told != there)
    }
}

/// A doubt and its end. That a later answer of the bank has ended it is on the journal as that answer.
fn told(doubt: &Doubt) -> String {
    let end = doubt.end.as_ref().filter(|end| end.how != DoubtEnded::Answered);
    let end = end.map_or(String::new(), |end| format!(" {} {} {}", end.how.word(), end.by.0, end.grounds));
    format!("[{} {} {}{end}]", doubt.by.0, doubt.at.0, of(&doubt.what, &doubt.file))
}

fn of(doubt: &Doubted, file: &str) -> String {
    let what = match doubt {
        Doubted::Returned(back) => format!("{} {:?} {}", back.on, back.reference, back.reason),
        Doubted::FailedAgain { reason, reference, .. } => format!("{reason} {reference:?}"),
        Doubted::PaidAgain { reference, on, .. } => format!("{reference} {on}"),
        Doubted::Renumbered { recorded, reference, on, .. } => format!("{recorded} {reference} {on}"),
        Doubted::NotReturned { reference, on, reason, proof, .. } => format!("{reference} {on} {reason} {proof}"),
        Doubted::Odd(odd) => format!("{odd:?}"),
    };
    format!("{} {what} {file}", doubt.end_to_end_id())
}

fn numbers(people: &[UserId]) -> String {
    people.iter().map(|one| one.0.to_string()).collect::<Vec<_>>().join(", ")
}

fn moment(at: Option<Moment>) -> String {
    at.map_or(String::new(), |at| at.0.to_string())
}

fn account(account: Option<&BankAccount>) -> String {
    account.map_or(String::new(), |one| format!("{} {} {} {:?}", one.holder, one.number, one.bank, one.bank_code))
}

fn confirmed<'c>(all: impl Iterator<Item = (UserId, Moment, &'c Vec<CaseId>)>) -> String {
    let one = |(by, at, cases): (UserId, Moment, &Vec<CaseId>)| {
        let cases: Vec<String> = cases.iter().map(|case| case.0.to_string()).collect();
        format!("[{} {} {}]", by.0, at.0, cases.join(", "))
    };
    all.map(one).collect()
}

fn sorted<'t>(texts: impl IntoIterator<Item = &'t String>) -> String {
    let sorted: BTreeSet<&str> = texts.into_iter().map(String::as_str).collect();
    sorted.into_iter().collect::<Vec<_>>().join(", ")
}
