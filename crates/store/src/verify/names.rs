//! What parties were called, against the versions of the facts: a case keeps the name of the time at which it was last written.

use std::collections::{BTreeMap, BTreeSet};

use duixian_facts::record;
use duixian_text::without_unseen;

use crate::db::{Snapshot, Value, all_among};
use crate::error::StoreError;
use crate::packs;

/// All that some parties were ever called. One without a name is called by its code.
pub(super) async fn ever(
    snapshot: &Snapshot,
    parties: &BTreeSet<&str>,
) -> Result<BTreeMap<String, BTreeSet<String>>, StoreError> {
    let mut ever: BTreeMap<String, BTreeSet<String>> =
        parties.iter().map(|party| ((*party).to_owned(), BTreeSet::from([(*party).to_owned()]))).collect();
    let sql = "SELECT f.party, f.tbl, f.record, v.pack FROM facts f JOIN fact_versions v ON v.id = f.since \
               WHERE f.party IN ({})";
    let parties = parties.iter().map(|party| Value::from(*party)).collect();
    for row in all_among(snapshot, sql, vec![], parties).await? {
        let pack = packs::pack(snapshot, row.int("pack")?).await?;
        let vocabulary = &pack.plan.vocabulary;
        let Some(table) = vocabulary.party_table().map(|table| &vocabulary.tables[table]) else { continue };
        if table.name.en != row.text("tbl")? {
            continue;
        }
        let cells = record::read(&row.text("record")?);
        if let Some(name) = table.column("name").and_then(|column| cells.get(column)) {
            let names = ever.entry(row.text("party")?).or_default();
            names.extend([without_unseen(name), name.clone()]);
        }
    }
    Ok(ever)
}
