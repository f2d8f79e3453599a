//! Messages to those who act for parties, against the events that have left them. An entry has the hash of its own; one from before entries
//! said it may have left one or none, but nothing else has.

use std::collections::{BTreeMap, BTreeSet};

use duixian_casework::case::Case;
use duixian_casework::event::Event;

use super::table::Table;
use super::{Broken, Held, broken};
use crate::cases::left::{Left, hash_of};
use crate::db::{Queries, Snapshot, Value, all_among};
use crate::error::StoreError;
use crate::journal::Entry;
use crate::messages::{Note, message_for};

const MESSAGES: Table = Table { name: "messages", zh: "通知", en: "messages" };
const BESIDE: Table =
    Table { name: "message_cases", zh: "通知里一并告知的案件", en: "cases that messages tell of together" };

/// What some cases' events have left, and how much of it was found of all cases before.
#[derive(Default)]
pub(super) struct Notes {
    told: BTreeMap<i64, Vec<Told>>,
    parties: BTreeSet<String>,
    messages: i64,
    beside: i64,
    unseen: i64,
}

/// What an event has left, or may have.
struct Told {
    seq: i64,
    at: i64,
    /// The hash of it; none from before entries said it.
    kept: Option<String>,
    kind: &'static str,
}

/// A row of either table.
struct There {
    table: Table,
    key: String,
    hash: String,
    kind: String,
    /// When; none of what stands beside another's message.
    at: Option<i64>,
}

impl Notes {
    /// Takes note of an event, with its case as it has left it.
    pub(super) fn note(&mut self, entry: &Entry, event: &Event, case: &Case, left: &Left) {
        if !self.parties.contains(&case.subject.party) {
            self.parties.insert(case.subject.party.clone());
        }
        let kind = message_for(event, case).map(|(kind, _)| kind);
        if kind.is_none() && left.kept.is_none() {
            return;
        }
        let (seq, at, kept) = (entry.seq, entry.at.0, left.kept.clone());
        self.told.entry(case.id.0).or_default().push(Told { seq, at, kept, kind: kind.unwrap_or_default() });
    }

    /// Holds the rows of those cases, and the like for their parties, against what was noted since.
    pub(super) async fn check(&mut self, snapshot: &Snapshot, cases: &[i64]) -> Result<(), Broken> {
        let (told, parties) = (std::mem::take(&mut self.told), std::mem::take(&mut self.parties));
        let mut there = self.rows(snapshot, &parties, cases).await?;
        for (case, told) in told {
            let mut there = there.remove(&case).unwrap_or_default();
            for one in told.iter().filter(|one| one.kept.is_some()) {
                match there.iter().position(|row| Some(&row.hash) == one.kept.as_ref()) {
                    Some(place) => drop(there.swap_remove(place)),
                    None => return is_lost(one, case, &there),
                }
            }
            let mut before: Vec<&Told> = told.iter().filter(|one| one.kept.is_none()).collect();
            for row in there {
                let fits = |one: &&Told| one.kind == row.kind && row.at.is_none_or(|at| one.at == at);
                match before.iter().position(fits) {
                    Some(place) => drop(before.swap_remove(place)),
                    None => return row.table.surplus(&row.key),
                }
                self.unseen += 1;
            }
        }
        match there.into_values().flatten().next() {
            Some(row) => row.table.surplus(&row.key),
            None => Ok(()),
        }
    }

    async fn rows(
        &mut self,
        snapshot: &Snapshot,
        parties: &BTreeSet<String>,
        cases: &[i64],
    ) -> Result<BTreeMap<i64, Vec<There>>, StoreError> {
        let parties = || parties.iter().map(|party| Value::from(party.as_str())).collect::<Vec<_>>();
        let cases = cases.iter().map(i64::to_string).collect::<Vec<_>>().join(", ");
        let mut there = BTreeMap::<i64, Vec<There>>::new();
        // By party, which they have an index of.
        let sql = format!("SELECT {} FROM messages WHERE party IN ({{}}) AND case_id IN ({cases})", Note::MESSAGE);
        for row in all_among(snapshot, &sql, vec![], parties()).await? {
            let (hash, at, kind) = (hash_of(&Note::of_message(&row)?)?, Some(row.int("at")?), row.text("kind")?);
            let one = There { table: MESSAGES, key: row.int("id")?.to_string(), hash, kind, at };
            there.entry(row.int("case_id")?).or_default().push(one);
            self.messages += 1;
        }
        let sql = format!(
            "SELECT b.message, b.case_id, b.number, b.basis, m.kind FROM messages m JOIN message_cases b ON b.message = m.id \
             WHERE m.party IN ({{}}) AND b.case_id IN ({cases})"
        );
        for row in all_among(snapshot, &sql, vec![], parties()).await? {
            let (message, case, hash) = (row.int("message")?, row.int("case_id")?, hash_of(&Note::of_beside(&row)?)?);
            let key = format!("{message} case/{case}");
            there.entry(case).or_default().push(There { table: BESIDE, key, hash, kind: row.text("kind")?, at: None });
            self.beside += 1;
        }
        Ok(there)
    }

    /// Holds the messages about no case, which tell of who acts for a party, against the hashes in the entries that have left them.
    pub(super) async fn check_told(&mut self, snapshot: &Snapshot, told: Vec<(i64, String)>) -> Result<(), Broken> {
        let sql = format!("SELECT {} FROM messages WHERE case_id IS NULL ORDER BY id", Note::MESSAGE);
        let mut there = BTreeMap::new();
        for row in snapshot.all(&sql, vec![]).await? {
            there.insert(hash_of(&Note::of_message(&row)?)?, row.int("id")?.to_string());
            self.messages += 1;
        }
        for (seq, kept) in told {
            if there.remove(&kept).is_none() {
                return match there.into_values().next() {
                    Some(key) => differs(MESSAGES, seq, &key),
                    None => MESSAGES.lacks(seq, "delegation"),
                };
            }
        }
        there.into_values().next().map_or(Ok(()), |key| MESSAGES.surplus(&key))
    }

    /// That the tables have no more than what was found of all cases.
    pub(super) async fn end(&self, snapshot: &Snapshot, held: &mut Vec<Held>) -> Result<(), Broken> {
        // Looked for only where there are too many: what is no message to the party of its case.
        let stray = "SELECT CAST(t.id AS TEXT) AS key FROM messages t WHERE t.case_id IS NOT NULL AND NOT EXISTS \
                     (SELECT 1 FROM cases c WHERE c.id = t.case_id AND c.party = t.party) ORDER BY t.id LIMIT 1";
        let stray_beside = "SELECT t.message || ' case/' || t.case_id AS key FROM message_cases t WHERE NOT EXISTS \
                            (SELECT 1 FROM cases c JOIN messages m ON m.party = c.party \
                            WHERE c.id = t.case_id AND m.id = t.message) ORDER BY t.message, t.case_id LIMIT 1";
        for (table, found, sql) in [(MESSAGES, self.messages, stray), (BESIDE, self.beside, stray_beside)] {
            if table.count(snapshot).await? != found {
                let row = snapshot.one(sql, vec![]).await?;
                return table.surplus(&row.map_or(Ok(String::new()), |row| row.text("key"))?);
            }
        }
        let count = self.messages + self.beside - self.unseen;
        held.push(Held { zh: MESSAGES.zh, en: MESSAGES.en, count, unseen: self.unseen });
        Ok(())
    }
}

/// That what an event has left is not there, or is another.
fn is_lost(told: &Told, case: i64, there: &[There]) -> Result<(), Broken> {
    match there.iter().find(|row| row.at.is_none_or(|at| at == told.at)) {
        None => MESSAGES.lacks(told.seq, &format!("case/{case} {}", told.at)),
        Some(There { table, key, .. }) => differs(*table, told.seq, key),
    }
}

/// That a row is not the one of which an entry has the hash.
fn differs(table: Table, seq: i64, key: &str) -> Result<(), Broken> {
    broken(
        seq,
        format!("{}（表 {}）“{key}”的内容与日志里的校验值不符", table.zh, table.name),
        format!("“{key}” of the {} (table {}) is not that of its hash on the journal", table.en, table.name),
    )
}
