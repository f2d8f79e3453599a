//! What time alone does to cases.

use std::sync::atomic::Ordering;

use duixian_casework::case::{Case, CaseId};
use duixian_casework::command::{Action, Command};
use duixian_casework::handle::Context;
use duixian_casework::moment::Moment;
use duixian_casework::people::Actor;
use duixian_casework::permit::{DRAFT_REMINDER_DAYS, REMINDER_DAYS, permit};
use duixian_casework::round::Round;
use duixian_casework::stage::Stage;

use crate::ahead::Ahead;
use crate::calendar;
use crate::cases::{Scene, act, rows};
use crate::db::{Queries, Store, values};
use crate::error::StoreError;
use crate::tx::Tx;

/// What the passing of time has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ticked {
    /// Notices that have come to their end.
    pub notices_ended: usize,
    /// Corrections that were not sent in time, and were taken as withdrawn.
    pub corrections_lapsed: usize,
    /// Corrections, of applications and of accounts, whose applicant was reminded that the days are running out.
    pub reminded: usize,
    /// Drafts whose applicant was told that their round closes soon, or has closed.
    pub drafts_told: usize,
    /// Files that no case has come to name.
    pub files_dropped: usize,
}

/// Milliseconds between two looks at drafts.
const HOUR: i64 = 3_600_000;
/// Drafts that are read at once.
const AT_ONCE: i64 = 500;

/// What stands on a case that lapsed.
const LAPSED: &str = "逾期未补正，视为撤回";

impl Store {
    /// Does what time has done: ends notices whose days are over, takes back what was not corrected in time, reminds of
    /// corrections and drafts in their last days, tells of drafts that were not sent in time, lets go of files that no case names. Doing it
    /// again does nothing.
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
        ticked.reminded = self.remind().await?;
        ticked.drafts_told = self.tell_of_drafts().await?;
        Ok(ticked)
    }

    /// Reminds those whose corrections are in their last days, each once.
    async fn remind(&self) -> Result<usize, StoreError> {
        let today = self.now().day();
        let horizon = calendar::calendar(self).await?.add_working_days(today, REMINDER_DAYS);
        let sql = "SELECT data FROM cases WHERE stage IN ('correction', 'payment_failed') AND due >= $1 AND due <= $2 ORDER BY id";
        let mut reminded = 0;
        for row in self.all(sql, values![today.to_string(), horizon.to_string()]).await? {
            let case: Case = row.json("data")?;
            // Every minute comes here again: those that are done with do not trouble the writer.
            if case.reminded == case.due {
                continue;
            }
            reminded += usize::from(self.remind_of(&case).await?);
        }
        Ok(reminded)
    }

    /// Tells of drafts whose round closes within days, and of those whose round has closed, each once for a closing day.
    async fn tell_of_drafts(&self) -> Result<usize, StoreError> {
        let now = self.now();
        // There may be tens of thousands of them, and nobody minds an hour.
        let last = self.shared.drafts_looked_at.load(Ordering::Relaxed);
        if (0..HOUR).contains(&now.0.saturating_sub(last)) {
            return Ok(0);
        }
        let last_day = calendar::calendar(self).await?.add_working_days(now.day(), DRAFT_REMINDER_DAYS);
        let horizon = Moment::start_of(last_day.succ_opt().unwrap_or(last_day));
        // Drafts that nobody gives up lie there for ever: those that are done with are not read again.
        let sql = "SELECT c.data, r.data AS round FROM cases c JOIN rounds r ON r.id = c.round \
                   WHERE c.id > $3 AND c.stage = 'draft' AND r.opens_at <= $1 AND r.closes_at <= $2 AND NOT EXISTS (SELECT 1 FROM messages m \
                   WHERE m.party = c.party AND m.case_id = c.id AND m.kind = 'draft_missed' AND m.at >= r.closes_at) \
                   ORDER BY c.id LIMIT $4";
        let (mut told, mut after) = (0, 0);
        loop {
            let rows = self.all(sql, values![now.0, horizon.0, after, AT_ONCE]).await?;
            for row in &rows {
                let (case, round): (Case, Round) = (row.json("data")?, row.json("round")?);
                after = case.id.0;
                if now < round.closes_at && case.reminded == Some(round.last_day()) {
                    continue;
                }
                told += usize::from(self.remind_of(&case).await?);
            }
            if rows.is_empty() {
                break;
            }
        }
        self.shared.drafts_looked_at.store(now.0, Ordering::Relaxed);
        Ok(told)
    }

    /// Reminds of one case, if it is time to.
    async fn remind_of(&self, case: &Case) -> Result<bool, StoreError> {
        let mut scene = Scene::around(self, case).await?;
        let is_due = |context: &Context| permit(case, Action::Remind, &Actor::System, context).is_ok();
        if !scene.with_context(self.now(), is_due) {
            return Ok(false);
        }
        // Whether another was sent for the same is asked of the few that are due.
        scene.look_up_duplicate(self, case).await?;
        if !scene.with_context(self.now(), is_due) {
            return Ok(false);
        }
        let id = case.id;
        let ahead = Ahead { case: Some(id), ..Ahead::default() };
        self.write_ahead(ahead, move |tx| Box::pin(remind(tx, id))).await
    }
}

/// Reminds of one case, if it is still to be when its turn has come.
async fn remind(tx: &mut Tx, id: CaseId) -> Result<bool, StoreError> {
    let case = rows::load(tx, id).await?;
    match act::act(tx, case, Command::Remind, &Actor::System).await {
        Ok(_) => Ok(true),
        Err(StoreError::Refused(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

/// What time does to one case, if it still does when its turn has come; gives the stage it was in.
async fn run_out(tx: &mut Tx, id: CaseId) -> Result<Option<Stage>, StoreError> {
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
