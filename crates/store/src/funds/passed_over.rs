//! That a case was passed over when its fund was shared out, as the journal has it of the fund: nothing happened to the case itself.

use duixian_casework::case::{Case, Sharing};
use duixian_casework::moment::Moment;
use duixian_casework::people::UserId;
use serde::Deserialize;

use super::{Proposal, Proposed};
use crate::db::{Queries, Store, values};
use crate::error::StoreError;

/// A sharing out that gave a case nothing before one that was decided after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PassedOver {
    /// The entry of the journal by which it was confirmed.
    pub seq: i64,
    /// When.
    pub at: Moment,
    /// Who has confirmed it.
    pub by: Option<UserId>,
    /// By which rule, on which grounds, and who has put it forward.
    pub sharing: Sharing,
}

/// What the entry has of it.
#[derive(Deserialize)]
struct Told {
    proposal: Proposal,
}

impl Store {
    /// Where a case was passed over, in order.
    pub async fn passed_over(&self, case: &Case) -> Result<Vec<PassedOver>, StoreError> {
        let sql =
            "SELECT seq, at, actor, body FROM journal WHERE subject = $1 AND kind = 'fund.confirmed' ORDER BY seq";
        let mut found = Vec::new();
        for row in self.all(sql, values![format!("fund/{}", case.subject.fund)]).await? {
            let Told { proposal } = row.json("body")?;
            let (Proposed::ShareOut(rule), true) = (proposal.what, proposal.passed_over.contains(&case.id.0)) else {
                continue;
            };
            let sharing = Sharing { rule, grounds: proposal.grounds, proposed_by: Some(proposal.by) };
            let by = row.opt_int("actor")?.map(UserId);
            found.push(PassedOver { seq: row.int("seq")?, at: Moment(row.int("at")?), by, sharing });
        }
        Ok(found)
    }
}
