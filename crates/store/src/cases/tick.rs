//! What time alone does to cases.

use duixian_casework::case::CaseId;
use duixian_casework::command::Command;
use duixian_casework::people::Actor;
use duixian_casework::stage::Stage;

use crate::ahead::Ahead;
use crate::cases::{act, rows};
use crate::db::{Queries, Store, values};
use crate::error::StoreError;

/// What the passing of time has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ticked {
    /// Notices that have come to their end.
    pub notices_ended: usize,
    /// Corrections that were not sent in time, and were taken as withdrawn.
    pub corrections_lapsed: usize,
    /// Files that no case has come to name.
    pub files_dropped: usize,
}

/// What stands on a case that lapsed.
const LAPSED: &str = "逾期未补正，视为撤回";

impl Store {
    /// Does what time has done: ends notices whose days are over, takes back what was not corrected in time, lets go of
    /// files that no case names. Doing it again does nothing.
    pub async fn tick(&self) -> Result<Ticked, StoreError> {
        let today = self.now().day().to_string();
        let sql = "SELECT id, stage FROM cases WHERE (stage = 'in_notice' AND notice_until < $1) \
                   OR (stage = 'correction' AND due < $1) ORDER BY id";
        let mut ticked = Ticked { files_dropped: self.drop_unused_files().await?, ..Ticked::default() };
        for row in self.all(sql, values![today]).await? {
            let id = CaseId(row.int("id")?);
            let ahead = Ahead { case: Some(id), ..Ahead::default() };
            match self.write_ahead(ahead, move |tx| Box::pin(run_out(tx, id))).await? {
                Some(Stage::InNotice) => ticked.notices_ended += 1,
                Some(_) => ticked.corrections_lapsed += 1,
                None => {}
            }
        }
        Ok(ticked)
    }
}

/// What time does to one case, if it still does when its turn has come; gives the stage it was in.
async fn run_out(tx: &mut crate::tx::Tx, id: CaseId) -> Result<Option<Stage>, StoreError> {
    let case = rows::load(tx, id).await?;
    let before = case.stage;
    let command = match before {
        Stage::InNotice => Command::EndNotice,
        Stage::Correction => Command::Withdraw { reason: LAPSED.to_owned() },
        _ => return Ok(None),
    };
    match act::act(tx, case, command, &Actor::System).await {
        Ok(_) => Ok(Some(before)),
        // Someone was faster, or the deadline was moved.
        Err(StoreError::Refused(_)) => Ok(None),
        Err(error) => Err(error),
    }
}
