//! What came of things done to many at once, against the journal, which has the hash of what was told.

use std::collections::HashMap;

use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::table::Table;
use super::{Broken, Held, body};
use crate::db::{Queries, Snapshot, Value, all_among, values};
use crate::error::StoreError;
use crate::journal::Entry;
use crate::once::hex;

const REPORTS: Table = Table { name: "reports", zh: "办理结果", en: "results of forms" };

/// How many are read together.
const ROWS: i64 = 200;

/// The reports that the journal has seen kept so far: how many, and the first. Those before it are from before it said so.
#[derive(Default)]
pub(super) struct Reports {
    first: Option<i64>,
    told: i64,
}

#[derive(Deserialize)]
struct Kept {
    report: String,
    kept: String,
}

impl Reports {
    /// Takes note of an entry.
    pub(super) fn note(&mut self, entry: &Entry) {
        if let Some(id) = entry.subject.strip_prefix("report/").and_then(|id| id.parse().ok()) {
            self.first.get_or_insert(id);
            self.told += 1;
        }
    }

    /// Holds the table against it.
    pub(super) async fn check(&self, snapshot: &Snapshot, held: &mut Vec<Held>) -> Result<(), Broken> {
        let sql = format!("SELECT id, kind, at, actor, told FROM reports WHERE id > $1 ORDER BY id LIMIT {ROWS}");
        let (mut last, mut count, mut unseen) = (0, 0, 0);
        loop {
            let rows = snapshot.all(&sql, values![last]).await?;
            let ids = rows.iter().map(|row| row.int("id")).collect::<Result<Vec<_>, _>>()?;
            let Some(end) = ids.last() else { break };
            let entries = entries_of(snapshot, &ids).await?;
            for (row, id) in rows.iter().zip(&ids) {
                let Some(entry) = entries.get(&subject_of(*id)) else {
                    if self.first.is_some_and(|first| *id >= first) {
                        return REPORTS.surplus(&id.to_string());
                    }
                    unseen += 1;
                    continue;
                };
                let Kept { report, kept } = body(entry)?;
                let told = vec![
                    ("kind", report),
                    ("at", entry.at.0.to_string()),
                    ("actor", entry.actor.map_or(String::new(), |actor| actor.0.to_string())),
                    ("told", kept),
                ];
                let there = vec![
                    ("kind", row.text("kind")?),
                    ("at", row.int("at")?.to_string()),
                    ("actor", row.opt_int("actor")?.map_or(String::new(), |actor| actor.to_string())),
                    ("told", hex(&Sha256::digest(row.text("told")?))),
                ];
                REPORTS.hold(entry.seq, &id.to_string(), &told, &there)?;
                count += 1;
            }
            last = *end;
        }
        if count != self.told {
            let lost = "SELECT j.seq, j.subject FROM journal j WHERE j.kind = 'report.kept' \
                        AND NOT EXISTS (SELECT 1 FROM reports r WHERE 'report/' || r.id = j.subject) ORDER BY j.seq LIMIT 1";
            if let Some(row) = snapshot.one(lost, vec![]).await? {
                let subject = row.text("subject")?;
                return REPORTS.lacks(row.int("seq")?, subject.strip_prefix("report/").unwrap_or(&subject));
            }
        }
        held.push(Held { zh: REPORTS.zh, en: REPORTS.en, count, unseen });
        Ok(())
    }
}

async fn entries_of(snapshot: &Snapshot, ids: &[i64]) -> Result<HashMap<String, Entry>, StoreError> {
    let sql = format!("SELECT {} FROM journal WHERE subject IN ({{}}) ORDER BY seq", Entry::COLUMNS);
    let subjects = ids.iter().map(|id| Value::from(subject_of(*id))).collect();
    let rows = all_among(snapshot, &sql, vec![], subjects).await?;
    rows.iter().map(|row| Entry::of(row).map(|entry| (entry.subject.clone(), entry))).collect()
}

fn subject_of(id: i64) -> String {
    format!("report/{id}")
}
