//! What was granted for a measure before: beside it an amount with a nought too many stands out.

use duixian_casework::case::CaseId;
use duixian_money::Fen;

use crate::db::{Queries, Store, values};
use crate::error::StoreError;

/// The amounts that were granted for a measure and not taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Earlier {
    /// How many.
    pub cases: u64,
    /// That in the middle; of two the lesser.
    pub median: Fen,
    /// The largest.
    pub most: Fen,
}

/// Only what was granted has an amount.
const GRANTED: &str = "FROM cases WHERE measure = $1 AND id <> $2 AND number IS NOT NULL AND amount IS NOT NULL";

impl Store {
    /// What was granted for a measure, one case left out; none where nothing was.
    pub async fn granted_earlier(&self, measure: &str, but: CaseId) -> Result<Option<Earlier>, StoreError> {
        let sql = format!("SELECT CAST(COUNT(*) AS BIGINT) AS n, MAX(amount) AS most {GRANTED}");
        let Some(row) = self.one(&sql, values![measure, but.0]).await? else { return Ok(None) };
        let (cases, most) = (row.int("n")?, row.opt_int("most")?);
        let Some(most) = most else { return Ok(None) };
        let sql = format!("SELECT amount {GRANTED} ORDER BY amount LIMIT 1 OFFSET {}", (cases - 1).max(0) / 2);
        let median = self.one(&sql, values![measure, but.0]).await?.map_or(Ok(most), |row| row.int("amount"))?;
        Ok(Some(Earlier { cases: cases.unsigned_abs(), median: Fen(median), most: Fen(most) }))
    }
}
