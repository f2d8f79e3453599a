//! What was decided for a measure before: beside it an amount with a nought too many stands out.

use duixian_casework::case::{CaseId, Decision};
use duixian_money::Fen;
use serde::Deserialize;

use crate::db::{Queries, Store, values};
use crate::error::StoreError;

/// The amounts that were decided last for a measure and not taken back: whole, whatever a short fund has left of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Earlier {
    /// How many; at most the latest hundred.
    pub cases: usize,
    /// That in the middle; of two the lesser.
    pub median: Fen,
    /// The largest.
    pub most: Fen,
}

/// The latest that something was granted to: only they have an amount in its column. Of a short fund that was shared out the column
/// has what the case got, and what was decided stands in the document alone. Documents are long, and a hundred tell what is usual.
const LATEST: &str = "SELECT data FROM cases WHERE id IN (\
                      SELECT id FROM cases WHERE measure = $1 AND id <> $2 \
                      AND number IS NOT NULL AND amount IS NOT NULL \
                      ORDER BY decided_at DESC, id DESC LIMIT 100)";

/// What is read of a document.
#[derive(Deserialize)]
struct Told {
    decision: Option<Decision>,
}

impl Store {
    /// What was decided last for a measure, one case left out; none where nothing was.
    pub async fn granted_earlier(&self, measure: &str, but: CaseId) -> Result<Option<Earlier>, StoreError> {
        let mut amounts = Vec::new();
        for row in self.all(LATEST, values![measure, but.0]).await? {
            let Told { decision } = row.json("data")?;
            amounts.extend(decision.map(|decision| decision.amount));
        }
        amounts.sort_unstable();
        let median = amounts.get(amounts.len().saturating_sub(1) / 2);
        let found = median.zip(amounts.last());
        Ok(found.map(|(median, most)| Earlier { cases: amounts.len(), median: *median, most: *most }))
    }
}
