//! Facts: the registry's rows, each kept from the version that brought it until the version that took it away, so that a
//! round's snapshot is a number and nothing is copied.

mod change;
mod columns;
mod import;

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use duixian_casework::dossier::RegistryRow;
use duixian_casework::moment::Moment;
use duixian_casework::people::UserId;
use duixian_casework::round::Round;
use duixian_facts::record;
use duixian_rules::pack::Pack;
use duixian_rules::vocabulary::{Column, ColumnType, Name, Table, TableId, Vocabulary};

pub use change::RowChange;
pub use import::{ImportProgress, ImportReport, RowProblem, TableImport};
pub(crate) use import::{RowDigest, search_text};

use crate::db::{Queries, Row, Store, Value, values};
use crate::error::StoreError;
use crate::packs;
use crate::search::holding;
use crate::together::{Question, ask};

/// A version of the facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactVersion {
    /// Its number.
    pub id: i64,
    /// Where what is new in it comes from.
    pub source: Name,
    /// What was said of it.
    pub note: String,
    /// When it was recorded.
    pub created_at: Moment,
    /// By whom.
    pub by: Option<UserId>,
    /// The pack in whose vocabulary its new rows are written.
    pub pack: i64,
    /// How many rows there are in it.
    pub rows: u64,
}

/// One row about a party, with where it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactRow {
    /// The table, by index in the pack's vocabulary.
    pub table: TableId,
    /// Its key within the party ([`duixian_casework::dossier::row_key`]).
    pub key: String,
    /// Its cells in the vocabulary's order, each in canonical form.
    pub cells: Arc<[String]>,
    /// Where it comes from.
    pub source: Name,
    /// When it was recorded.
    pub recorded_at: Moment,
    /// The version that brought it.
    pub version: i64,
}

impl FactRow {
    /// The row as casework reads it.
    pub fn registry(&self) -> RegistryRow {
        RegistryRow { table: self.table, key: self.key.clone(), cells: Arc::clone(&self.cells) }
    }
}

/// A party of the registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    /// Its unified social credit code.
    pub code: String,
    /// Its name; the code where the registry has none.
    pub name: String,
}

/// How many codes go into one statement.
const AT_ONCE: usize = 500;

impl Store {
    /// All versions of the facts, the newest first.
    pub async fn fact_versions(&self) -> Result<Vec<FactVersion>, StoreError> {
        self.all(&format!("SELECT {VERSION} FROM fact_versions ORDER BY id DESC"), vec![])
            .await?
            .iter()
            .map(version)
            .collect()
    }

    /// The newest version of the facts; none before the first import.
    pub async fn newest_facts(&self) -> Result<Option<FactVersion>, StoreError> {
        let sql = format!("SELECT {VERSION} FROM fact_versions ORDER BY id DESC LIMIT 1");
        self.one(&sql, vec![]).await?.map(|row| version(&row)).transpose()
    }

    /// What a version says of a party, in the vocabulary of a pack: by table, then key.
    pub async fn party_rows(&self, version: i64, pack: i64, party: &str) -> Result<Vec<FactRow>, StoreError> {
        party_rows(self, version, pack, party).await
    }

    /// The parties whose name or code holds a text, by code; at most `limit`.
    pub async fn find_parties(&self, text: &str, limit: u64) -> Result<Vec<Party>, StoreError> {
        let mut values: Vec<Value> = Vec::new();
        let held = holding(Some(text), |way| {
            values.push(format!("%{}%", like(&way.to_lowercase())).into());
            format!("search LIKE ${} ESCAPE '!'", values.len())
        });
        let (held, limit) = (held.unwrap_or_else(|| "1 = 1".to_owned()), limit.min(500));
        let sql = format!("SELECT code, name FROM parties WHERE {held} ORDER BY code LIMIT {limit}");
        self.all(&sql, values).await?.iter().map(party).collect()
    }

    /// The parties with these codes, by code, those that there are or were: one look for all that there are.
    pub async fn parties(&self, codes: &[String]) -> Result<Vec<Party>, StoreError> {
        let mut parties = Vec::new();
        for codes in codes.chunks(AT_ONCE) {
            let places: Vec<String> = (1..=codes.len()).map(|place| format!("${place}")).collect();
            let sql = format!("SELECT code, name FROM parties WHERE code IN ({}) ORDER BY code", places.join(", "));
            let values = codes.iter().map(|code| Value::from(code.as_str())).collect();
            parties.extend(self.all(&sql, values).await?.iter().map(party).collect::<Result<Vec<_>, _>>()?);
        }
        let there: BTreeSet<String> = parties.iter().map(|party| party.code.clone()).collect();
        for code in codes.iter().filter(|code| !there.contains(*code)) {
            let name = former_name(self, code).await?;
            parties.extend(name.map(|name| Party { code: code.clone(), name }));
        }
        parties.sort_by(|one, other| one.code.cmp(&other.code));
        Ok(parties)
    }

    /// What a party was called at a moment, by the registry as it was then; none where it had no name yet. What was issued to a
    /// party names it so, whatever it is called since.
    pub async fn party_name_at(&self, code: &str, moment: Moment) -> Result<Option<String>, StoreError> {
        let sql = "SELECT f.tbl, f.record, v.pack FROM facts f JOIN fact_versions v ON v.id = f.since \
                   LEFT JOIN fact_versions e ON e.id = f.until \
                   WHERE f.party = $1 AND v.created_at <= $2 AND (e.id IS NULL OR e.created_at > $2) ORDER BY f.since DESC";
        name_in(self, &self.all(sql, values![code, moment.0]).await?).await
    }

    /// The party with this code; one that the registry has no more by the name that it had last.
    pub async fn party(&self, code: &str) -> Result<Option<Party>, StoreError> {
        match self.one("SELECT code, name FROM parties WHERE code = $1", values![code]).await? {
            Some(row) => party(&row).map(Some),
            None => Ok(former_name(self, code).await?.map(|name| Party { code: code.to_owned(), name })),
        }
    }
}

/// What a party was called last, whether the registry still has it or not; none where it never had a name. Its applications go on, and
/// nobody knows it by its code.
pub(crate) async fn former_name(link: &impl Queries, code: &str) -> Result<Option<String>, StoreError> {
    let sql = "SELECT f.tbl, f.record, v.pack FROM facts f JOIN fact_versions v ON v.id = f.since \
               WHERE f.party = $1 ORDER BY f.since DESC";
    name_in(link, &link.all(sql, values![code]).await?).await
}

/// The name in the first of a party's rows that is of the party table.
async fn name_in(link: &impl Queries, rows: &[Row]) -> Result<Option<String>, StoreError> {
    for row in rows {
        let pack = packs::pack(link, row.int("pack")?).await?;
        let vocabulary = &pack.plan.vocabulary;
        let Some(table) = vocabulary.party_table().map(|table| &vocabulary.tables[table]) else { continue };
        if table.name.en != row.text("tbl")? {
            continue;
        }
        let name = table.column("name").filter(|column| table.columns[*column].ty == ColumnType::Text);
        let cells = record::read(&row.text("record")?);
        return Ok(name.and_then(|column| cells.get(column)).filter(|name| !name.is_empty()).cloned());
    }
    Ok(None)
}

/// A text as part of a pattern of `LIKE … ESCAPE '!'`.
pub(crate) fn like(text: &str) -> String {
    text.replace('!', "!!").replace('%', "!%").replace('_', "!_")
}

const VERSION: &str = "id, source_zh, source_en, note, created_at, by_user, pack, row_count";

fn version(row: &Row) -> Result<FactVersion, StoreError> {
    Ok(FactVersion {
        id: row.int("id")?,
        source: Name::new(row.text("source_zh")?, row.text("source_en")?),
        note: row.text("note")?,
        created_at: Moment(row.int("created_at")?),
        by: row.opt_int("by_user")?.map(UserId),
        pack: row.int("pack")?,
        rows: row.int("row_count")?.unsigned_abs(),
    })
}

fn party(row: &Row) -> Result<Party, StoreError> {
    Ok(Party { code: row.text("code")?, name: row.text("name")? })
}

/// What a version says of a party, from whatever answers queries.
pub(crate) async fn party_rows(
    link: &impl Queries,
    version: i64,
    pack: i64,
    party: &str,
) -> Result<Vec<FactRow>, StoreError> {
    let mut read = rows_of_parties(link, version, pack, &[party]).await?;
    Ok(read.remove(party).unwrap_or_default())
}

/// What a version says of some parties, by code; those without rows are left out. Rows that were written in another pack's
/// vocabulary are read in this one's, column by column of the same name.
async fn rows_of_parties(
    link: &impl Queries,
    version: i64,
    pack: i64,
    parties: &[&str],
) -> Result<HashMap<String, Vec<FactRow>>, StoreError> {
    let [rows] = ask(link, [ask_rows(version, parties)]).await?;
    take_rows(link, pack, &rows).await
}

fn ask_rows(version: i64, parties: &[&str]) -> Question {
    Question {
        columns: &[
            "f.party",
            "f.tbl",
            "f.row_key",
            "f.record",
            "f.since",
            "v.source_zh",
            "v.source_en",
            "v.created_at",
            "v.pack",
        ],
        from: "FROM facts f JOIN fact_versions v ON v.id = f.since \
               WHERE f.since <= $1 AND (f.until IS NULL OR f.until > $1) AND f.party IN ({})",
        before: Some(version.into()),
        of: parties.iter().map(|party| Value::from(*party)).collect(),
    }
}

async fn take_rows(link: &impl Queries, pack: i64, rows: &[Row]) -> Result<HashMap<String, Vec<FactRow>>, StoreError> {
    let mut readers = Readers::of(link, pack).await?;
    let mut found: HashMap<String, Vec<FactRow>> = HashMap::new();
    for row in rows {
        readers.meet(link, row.int("pack")?).await?;
        let Some((table, cells)) = readers.read(row.int("pack")?, &row.text("tbl")?, &row.text("record")?) else {
            continue;
        };
        found.entry(row.text("party")?).or_default().push(FactRow {
            table,
            key: row.text("row_key")?,
            cells: cells.into(),
            source: Name::new(row.text("source_zh")?, row.text("source_en")?),
            recorded_at: Moment(row.int("created_at")?),
            version: row.int("since")?,
        });
    }
    // Not by the database: its order of texts may be that of some locale.
    found.values_mut().for_each(|rows| rows.sort_by(|a, b| (a.table, &a.key).cmp(&(b.table, &b.key))));
    Ok(found)
}

/// What a round's version says of a party. That never changes, and is remembered.
pub(crate) async fn frozen_rows(
    link: &impl Queries,
    round: &Round,
    party: &str,
) -> Result<Arc<Vec<FactRow>>, StoreError> {
    let (remembered, key) = (&link.shared().caches.parties, (round.facts, round.pack, party.to_owned()));
    if let Some(rows) = remembered.get(&key) {
        return Ok(rows);
    }
    let rows = Arc::new(party_rows(link, round.facts, round.pack, party).await?);
    // A transaction may have made the version itself, and be taken back.
    if link.known().is_none() {
        remembered.put(key, Arc::clone(&rows));
    }
    Ok(rows)
}

/// What a version says of parties, read in a pack's vocabulary: asked for, to be remembered.
pub(crate) struct Frozen<'p> {
    version: i64,
    pack: i64,
    parties: Vec<&'p str>,
}

impl<'p> Frozen<'p> {
    /// What is not remembered of what is wanted: by version, pack and party.
    pub(crate) fn missing(link: &impl Queries, wanted: &HashSet<(i64, i64, &'p str)>) -> Vec<Frozen<'p>> {
        let remembered = &link.shared().caches.parties;
        let mut missing: HashMap<(i64, i64), Vec<&str>> = HashMap::new();
        for (version, pack, party) in wanted {
            if remembered.get(&(*version, *pack, (*party).to_owned())).is_none() {
                missing.entry((*version, *pack)).or_default().push(party);
            }
        }
        missing.into_iter().map(|((version, pack), parties)| Frozen { version, pack, parties }).collect()
    }

    /// Asks for it.
    pub(crate) fn ask(&self) -> Question {
        ask_rows(self.version, &self.parties)
    }

    /// Remembers it. What was read must be committed.
    pub(crate) async fn take(self, link: &impl Queries, rows: &[Row]) -> Result<(), StoreError> {
        let mut read = take_rows(link, self.pack, rows).await?;
        for party in self.parties {
            let rows = Arc::new(read.remove(party).unwrap_or_default());
            link.shared().caches.parties.put((self.version, self.pack, party.to_owned()), rows);
        }
        Ok(())
    }
}

/// Reads records of other packs' vocabularies in that of one.
struct Readers {
    target: Arc<Pack>,
    packs: HashMap<i64, Arc<Pack>>,
}

impl Readers {
    async fn of(link: &impl Queries, pack: i64) -> Result<Readers, StoreError> {
        let target = packs::pack(link, pack).await?;
        Ok(Readers { packs: HashMap::from([(pack, Arc::clone(&target))]), target })
    }

    async fn meet(&mut self, link: &impl Queries, pack: i64) -> Result<(), StoreError> {
        if let Entry::Vacant(place) = self.packs.entry(pack) {
            place.insert(packs::pack(link, pack).await?);
        }
        Ok(())
    }

    /// How records of a table of another pack lie in the target's: its table, and for each of its columns the one of the
    /// record; no columns where they are the same.
    fn columns(&self, pack: i64, table: &str) -> Option<(TableId, Option<Vec<Option<usize>>>)> {
        let (id, target) = table_named(&self.target.plan.vocabulary, table)?;
        let (_, own) = table_named(&self.packs.get(&pack)?.plan.vocabulary, table)?;
        if same_columns(target, own) {
            return Some((id, None));
        }
        let of = |column: &Column| own.columns.iter().position(|one| one.name.en == column.name.en);
        Some((id, Some(target.columns.iter().map(of).collect())))
    }

    fn read(&self, pack: i64, table: &str, text: &str) -> Option<(TableId, Vec<String>)> {
        let (id, columns) = self.columns(pack, table)?;
        let cells = record::read(text);
        let cells = match columns {
            None => cells,
            Some(columns) => columns
                .into_iter()
                .map(|column| column.and_then(|column| cells.get(column)).cloned().unwrap_or_default())
                .collect(),
        };
        Some((id, cells))
    }
}

fn table_named<'v>(vocabulary: &'v Vocabulary, en: &str) -> Option<(TableId, &'v Table)> {
    vocabulary.tables.iter().enumerate().find(|(_, table)| table.name.en == en)
}

fn same_columns(one: &Table, other: &Table) -> bool {
    let same = |(one, other): (&Column, &Column)| one.name.en == other.name.en;
    one.columns.len() == other.columns.len() && one.columns.iter().zip(&other.columns).all(same)
}
