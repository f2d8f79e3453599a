//! What cases take from the registry, where another case of the party disputes it.

use std::sync::Arc;

use duixian_assess::facts_read;
use duixian_casework::case::{Case, CellRef};
use duixian_casework::contradiction::{Contradiction, Registered, disputed as between, disputes};
use duixian_text::folded;

use crate::db::Queries;
use crate::error::StoreError;
use crate::facts::frozen_rows;
use crate::rounds;

/// What one of two cases disputes of the registry while the other rests on it, for a case and each of the party's others.
pub(super) async fn disputed(
    link: &impl Queries,
    case: &Case,
    others: &[Arc<Case>],
) -> Result<Vec<Contradiction>, StoreError> {
    let (is_disputing, mut found) = (disputes(case).next().is_some(), Vec::new());
    let is_disputed = others.iter().any(|other| disputes(other).next().is_some());
    let own = if is_disputed { rests_on(link, case).await? } else { Registered::new() };
    for other in others {
        let theirs = if is_disputing { rests_on(link, other).await? } else { Registered::new() };
        found.extend(between(case, &own, other, &theirs));
    }
    Ok(found)
}

/// The cells of the registry that a case's measure reads, of its party and its basis, unless the case states them itself.
async fn rests_on(link: &impl Queries, case: &Case) -> Result<Registered, StoreError> {
    let (round, pack) = rounds::round_with_pack(link, case.subject.round).await?;
    let plan = &pack.plan;
    let Some(measure) = plan.measures.iter().find(|measure| measure.name.en == case.subject.measure) else {
        return Ok(Registered::new());
    };
    let read = facts_read(plan, measure);
    let basis = folded(&case.subject.basis);
    let mut rests_on = Registered::new();
    for row in frozen_rows(link, &round, &case.subject.party).await?.iter() {
        let (table, key) = (&plan.vocabulary.tables[row.table], folded(&row.key));
        let is_basis = row.table == measure.basis.table && key == basis;
        let basis_slots = read.basis.iter().filter(|_| is_basis);
        for slot in basis_slots.chain(&read.party).chain(&read.others).filter(|slot| slot.table == row.table) {
            let column = table.columns[slot.column].name.en.clone();
            let cell = |row: String| CellRef { table: table.name.en.clone(), row, column: column.clone() };
            let value = row.cells.get(slot.column).filter(|value| !value.is_empty());
            let is_stated = case.statements.contains_key(&cell(row.key.clone()));
            if let Some(value) = value.filter(|_| !is_stated) {
                rests_on.insert(cell(key.clone()), value.clone());
            }
        }
    }
    Ok(rests_on)
}
