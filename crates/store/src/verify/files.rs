//! Attachments against the journal: which there are, and that the content of each is that of its hash.

use std::collections::HashMap;

use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::table::Table;
use super::{Broken, Held, Progress, body};
use crate::db::{Queries, Snapshot, Value, all_among, values};
use crate::error::StoreError;
use crate::journal::Entry;
use crate::once::hex;

const FILES: Table = Table { name: "files", zh: "附件", en: "attachments" };

/// How many rows are looked at together. Their contents are read one after the other.
const ROWS: i64 = 256;

#[derive(Deserialize)]
struct Kept {
    size: i64,
    media_type: String,
}

/// Every file that is kept. `live` is how many the journal has kept and not let go.
pub(super) async fn check(
    snapshot: &Snapshot,
    live: i64,
    progress: &mut (impl FnMut(Progress) + Send),
) -> Result<Held, Broken> {
    let all = FILES.count(snapshot).await?;
    let sql = format!(
        "SELECT sha256, size, media_type, created_at FROM files WHERE sha256 > $1 ORDER BY sha256 LIMIT {ROWS}"
    );
    let (mut last, mut checked) = (String::new(), 0);
    loop {
        let rows = snapshot.all(&sql, values![last.as_str()]).await?;
        let hashes = rows.iter().map(|row| row.text("sha256")).collect::<Result<Vec<_>, _>>()?;
        let Some(end) = hashes.last() else { break };
        let entries = entries_of(snapshot, &hashes).await?;
        for (row, hash) in rows.iter().zip(&hashes) {
            let Some(entry) = entries.get(&subject_of(hash)).filter(|entry| entry.kind == "file.kept") else {
                return FILES.surplus(hash);
            };
            let Kept { size, media_type } = body(entry)?;
            let told =
                vec![("size", size.to_string()), ("media_type", media_type), ("created_at", entry.at.0.to_string())];
            let there = vec![
                ("size", row.int("size")?.to_string()),
                ("media_type", row.text("media_type")?),
                ("created_at", row.int("created_at")?.to_string()),
            ];
            FILES.hold(entry.seq, hash, &told, &there)?;
            let content = snapshot.one("SELECT content FROM files WHERE sha256 = $1", values![hash.as_str()]).await?;
            let found = hex(&Sha256::digest(content.ok_or(StoreError::NotFound)?.bytes("content")?));
            if found != *hash {
                return FILES.differs(entry.seq, hash, "content", hash, &found);
            }
            checked += 1;
        }
        progress(Progress::Files(checked, all));
        last.clone_from(end);
    }
    if checked != live {
        let lost = "SELECT j.seq, j.subject FROM journal j WHERE j.kind = 'file.kept' \
                    AND NOT EXISTS (SELECT 1 FROM files f WHERE f.sha256 = SUBSTR(j.subject, 6)) \
                    AND NOT EXISTS (SELECT 1 FROM journal d WHERE d.subject = j.subject AND d.seq > j.seq) \
                    ORDER BY j.seq LIMIT 1";
        if let Some(row) = snapshot.one(lost, vec![]).await? {
            let subject = row.text("subject")?;
            return FILES.lacks(row.int("seq")?, subject.strip_prefix("file/").unwrap_or(&subject));
        }
    }
    Ok(Held::all("附件（内容与摘要相符）", "attachments, each with the content of its hash", checked))
}

/// The last entry about each of some files.
async fn entries_of(snapshot: &Snapshot, hashes: &[String]) -> Result<HashMap<String, Entry>, StoreError> {
    let sql = format!("SELECT {} FROM journal WHERE subject IN ({{}}) ORDER BY seq", Entry::COLUMNS);
    let subjects = hashes.iter().map(|hash| Value::from(subject_of(hash))).collect();
    let rows = all_among(snapshot, &sql, vec![], subjects).await?;
    let entries = rows.iter().map(|row| Entry::of(row).map(|entry| (entry.subject.clone(), entry)));
    entries.collect()
}

fn subject_of(hash: &str) -> String {
    format!("file/{hash}")
}
