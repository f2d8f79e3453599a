//! Versions of the registry's facts against the journal, which has a digest of the rows that each brought and ended; and the list of
//! parties against the rows.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use duixian_facts::record;
use duixian_rules::pack::Pack;
use duixian_text::{folded, without_unseen};
use serde::Deserialize;

use super::table::{Rows, Table};
use super::{Broken, Held, body, broken};
use crate::db::{Queries, Row, Snapshot, Value, all_among, values};
use crate::error::StoreError;
use crate::facts::{RowDigest, search_text};
use crate::journal::Entry;
use crate::packs;

const VERSIONS: Table = Table { name: "fact_versions", zh: "企业数据的版本", en: "versions of the facts" };
const FACTS: Table = Table { name: "facts", zh: "企业数据", en: "facts" };
const PARTIES: Table = Table { name: "parties", zh: "单位名单", en: "parties" };

/// How many rows are read together.
const ROWS: i64 = 8_192;

/// What the journal has of versions so far.
pub(super) struct Facts {
    table: Rows,
    versions: BTreeMap<i64, Version>,
}

struct Version {
    seq: i64,
    pack: i64,
    is_import: bool,
    digest: Option<String>,
}

#[derive(Deserialize)]
struct Told {
    pack: i64,
    source: [String; 2],
    #[serde(default)]
    note: String,
    #[serde(default)]
    digest: Option<String>,
}

/// What the rows of a version come to.
#[derive(Default)]
struct Come {
    digest: RowDigest,
    added: i64,
    ended: i64,
}

/// The party table of the pack by which parties were named last: its name, and the column with a party's name.
struct Naming {
    table: String,
    name: Option<usize>,
}

impl Facts {
    pub(super) fn new() -> Facts {
        Facts { table: Rows::of(VERSIONS), versions: BTreeMap::new() }
    }

    /// Takes note of an entry.
    pub(super) fn note(&mut self, entry: &Entry) -> Result<(), Broken> {
        let is_import = match entry.kind.as_str() {
            "facts.imported" => true,
            "facts.changed" => false,
            _ => return Ok(()),
        };
        let id = entry.subject.strip_prefix("facts/").and_then(|id| id.parse::<i64>().ok());
        let Some(id) = id else { return Ok(()) };
        let Told { pack, source: [zh, en], note, digest } = body(entry)?;
        let fields = vec![
            ("source_zh", zh),
            ("source_en", en),
            ("note", note),
            ("created_at", entry.at.0.to_string()),
            ("by_user", entry.actor.map_or(String::new(), |by| by.0.to_string())),
            ("pack", pack.to_string()),
        ];
        self.table.put(entry.seq, id.to_string(), fields);
        self.versions.insert(id, Version { seq: entry.seq, pack, is_import, digest });
        Ok(())
    }

    /// Holds versions, rows and parties against it.
    pub(super) async fn check(&self, snapshot: &Snapshot, held: &mut Vec<Held>) -> Result<(), Broken> {
        let sql = "SELECT id, source_zh, source_en, note, created_at, by_user, pack FROM fact_versions ORDER BY id";
        let versions = self.table.check(snapshot, sql, |row| {
            let fields = vec![
                ("source_zh", row.text("source_zh")?),
                ("source_en", row.text("source_en")?),
                ("note", row.text("note")?),
                ("created_at", row.int("created_at")?.to_string()),
                ("by_user", row.opt_int("by_user")?.map_or(String::new(), |by| by.to_string())),
                ("pack", row.int("pack")?.to_string()),
            ];
            Ok((row.int("id")?.to_string(), fields))
        });
        let versions = versions.await?;
        let mut come = self.ended(snapshot).await?;
        let (rows, parties) = self.rows(snapshot, &mut come).await?;
        let there = PARTIES.count(snapshot).await?;
        if there != parties {
            return broken(
                0,
                format!("单位名单（表 parties）有 {there} 个单位，企业数据里有 {parties} 个"),
                format!("the parties (table parties) are {there}, and {parties} in the facts"),
            );
        }
        let unseen = self.hold(snapshot, come).await?;
        held.push(Held { zh: "企业数据的版本", en: "versions of the facts", count: versions, unseen });
        held.push(Held::all("企业数据的行", "rows of the facts", rows));
        held.push(Held::all("单位", "parties", parties));
        Ok(())
    }

    /// What each version has ended: two numbers for each such row.
    async fn ended(&self, snapshot: &Snapshot) -> Result<BTreeMap<i64, Come>, Broken> {
        let mut come: BTreeMap<i64, Come> = self.versions.keys().map(|id| (*id, Come::default())).collect();
        let sql = format!("SELECT id, until FROM facts WHERE id > $1 AND until IS NOT NULL ORDER BY id LIMIT {ROWS}");
        let mut last = 0;
        loop {
            let rows = snapshot.all(&sql, values![last]).await?;
            for row in &rows {
                last = row.int("id")?;
                let until = row.int("until")?;
                match come.get_mut(&until) {
                    Some(version) => {
                        version.digest.ended(last);
                        version.ended += 1;
                    }
                    None => return VERSIONS.surplus(&until.to_string()),
                }
            }
            if rows.is_empty() {
                return Ok(come);
            }
        }
    }

    /// What each version has brought, in the order of its rows. Gives how many rows there are, and how many parties they name.
    async fn rows(&self, snapshot: &Snapshot, come: &mut BTreeMap<i64, Come>) -> Result<(i64, i64), Broken> {
        let naming = self.naming(snapshot).await?;
        let sql = format!(
            "SELECT id, tbl, party, row_key, folded_key, record, since, until FROM facts WHERE id > $1 \
             ORDER BY id LIMIT {ROWS}"
        );
        let (mut last, mut counted, mut parties) = (0, 0, 0);
        loop {
            let rows = snapshot.all(&sql, values![last]).await?;
            let mut named = HashMap::new();
            for row in &rows {
                last = row.int("id")?;
                counted += 1;
                let (tbl, party, key) = (row.text("tbl")?, row.text("party")?, row.text("row_key")?);
                let (record, since) = (row.text("record")?, row.int("since")?);
                let Some(version) = come.get_mut(&since) else { return FACTS.surplus(&last.to_string()) };
                version.digest.added(&tbl, &party, &key, &record);
                version.added += 1;
                let told = vec![("folded_key", folded(&key))];
                FACTS.hold(0, &last.to_string(), &told, &vec![("folded_key", row.text("folded_key")?)])?;
                let is_current = row.opt_int("until")?.is_none();
                if let Some(naming) = naming.as_ref().filter(|naming| is_current && naming.table == tbl) {
                    let name = naming.name.and_then(|name| record::read(&record).get(name).cloned());
                    named.insert(party, name.unwrap_or_default());
                }
            }
            parties += hold_parties(snapshot, &named).await?;
            if rows.is_empty() {
                return Ok((counted, parties));
            }
        }
    }

    /// Parties are named anew by every import.
    async fn naming(&self, snapshot: &Snapshot) -> Result<Option<Naming>, StoreError> {
        let Some(last) = self.versions.values().rev().find(|version| version.is_import) else { return Ok(None) };
        let pack: Arc<Pack> = packs::pack(snapshot, last.pack).await?;
        let vocabulary = &pack.plan.vocabulary;
        let table = vocabulary.party_table().map(|table| &vocabulary.tables[table]);
        Ok(table.map(|table| Naming { table: table.name.en.clone(), name: table.column("name") }))
    }

    /// Gives how many versions have no digest on the journal.
    async fn hold(&self, snapshot: &Snapshot, come: BTreeMap<i64, Come>) -> Result<i64, Broken> {
        let counts = snapshot.all("SELECT id, row_count FROM fact_versions ORDER BY id", vec![]).await?;
        let counts = counts.iter().map(|row: &Row| Ok((row.int("id")?, row.int("row_count")?)));
        let counts = counts.collect::<Result<HashMap<_, _>, StoreError>>()?;
        let (mut there, mut unseen) = (0, 0);
        for (id, Come { digest, added, ended }) in come {
            let Some(version) = self.versions.get(&id) else { continue };
            match &version.digest {
                None => unseen += 1,
                Some(told) => {
                    let found = digest.finish();
                    if *told != found {
                        return broken(
                            version.seq,
                            format!(
                                "企业数据（表 facts）第 {id} 版带来的 {added} 行、终止的 {ended} 行与日志里的摘要不符：有一行被改过、删过或加过"
                            ),
                            format!(
                                "the {added} rows that version {id} of the facts (table facts) has brought and the {ended} that it has ended \
                                 are not those of the digest on the journal: one was changed, taken away or added"
                            ),
                        );
                    }
                }
            }
            there += added - ended;
            let told = counts.get(&id).copied().unwrap_or_default();
            if told != there {
                return VERSIONS.differs(
                    version.seq,
                    &id.to_string(),
                    "row_count",
                    &there.to_string(),
                    &told.to_string(),
                );
            }
        }
        Ok(unseen)
    }
}

/// Holds parties against what their rows call them; gives how many there are. An import leaves out of names what is not seen.
async fn hold_parties(snapshot: &Snapshot, named: &HashMap<String, String>) -> Result<i64, Broken> {
    let codes = named.keys().map(|code| Value::from(code.as_str())).collect();
    let sql = "SELECT code, name, search FROM parties WHERE code IN ({})";
    let mut there = HashMap::new();
    for row in all_among(snapshot, sql, vec![], codes).await? {
        there.insert(row.text("code")?, (row.text("name")?, row.text("search")?));
    }
    for (code, raw) in named {
        let Some((name, search)) = there.get(code) else { return PARTIES.lacks(0, code) };
        let or_code = |name: String| if name.is_empty() { code.clone() } else { name };
        if *name != or_code(raw.clone()) && *name != or_code(without_unseen(raw)) {
            return PARTIES.differs(0, code, "name", raw, name);
        }
        let told = search_text(code, name);
        if *search != told {
            return PARTIES.differs(0, code, "search", &told, search);
        }
    }
    Ok(i64::try_from(named.len()).unwrap_or(i64::MAX))
}
