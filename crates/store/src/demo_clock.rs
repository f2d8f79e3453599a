//! Moving time forward in a demonstration.

use chrono::TimeDelta;
use duixian_casework::moment::Moment;
use duixian_casework::people::Actor;
use serde_json::json;

use crate::clock::{Clock, shifted_by};
use crate::db::{Queries, Store};
use crate::error::StoreError;
use crate::sessions;
use crate::settings::{keep, kept};

/// Where the shift stands, in milliseconds.
pub(crate) const SHIFT: &str = "clock_shift";

impl Store {
    /// Moves the clock forward and gives the time it is then. Only a [`Clock::Shifted`] moves, and never back.
    ///
    /// # Errors
    /// [`StoreError::Denied`] on the machine's own clock; [`StoreError::BadInput`] for a step back, or one of more than ten
    /// years.
    pub async fn advance_clock(&self, actor: &Actor, by: TimeDelta) -> Result<Moment, StoreError> {
        self.move_clock(actor, move |_| Ok(by)).await
    }

    /// Moves the clock forward to a moment. Of several who ask for the same at once, one moves it: whether it is there already is
    /// seen where it is moved.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] where it is as late already; otherwise as for [`Store::advance_clock`].
    pub async fn advance_clock_to(&self, actor: &Actor, to: Moment) -> Result<Moment, StoreError> {
        let step = move |now: Moment| {
            let by = TimeDelta::milliseconds(to.0.saturating_sub(now.0));
            let moved = || StoreError::conflict("时间已经调过了", "the time has been moved already");
            if by > TimeDelta::zero() { Ok(by) } else { Err(moved()) }
        };
        self.move_clock(actor, step).await
    }

    async fn move_clock(
        &self,
        actor: &Actor,
        step: impl FnOnce(Moment) -> Result<TimeDelta, StoreError> + Send + 'static,
    ) -> Result<Moment, StoreError> {
        if self.shared.clock.clock != Clock::Shifted {
            return Err(StoreError::Denied);
        }
        let user = actor.user();
        let shift = self
            .write(move |tx| {
                Box::pin(async move {
                    let before = kept(tx, SHIFT).await?.and_then(|text| text.parse::<i64>().ok()).unwrap_or(0);
                    let by = step(shifted_by(before))?;
                    if by <= TimeDelta::zero() || by > TimeDelta::days(3660) {
                        return Err(StoreError::bad_input(
                            "时间只能向前调，一次最多十年",
                            "time only moves forward, at most ten years at once",
                        ));
                    }
                    let step = by.num_milliseconds();
                    let after = before.saturating_add(step);
                    keep(tx, SHIFT, &after.to_string()).await?;
                    // Whoever is signed in stays so: for them no time has passed.
                    sessions::move_on(tx, by).await?;
                    tx.journal(user, "clock.advanced", "clock", &json!({ "now": tx.now().plus(by), "shift": after }))?;
                    Ok(after)
                })
            })
            .await?;
        self.shared().clock.set_shift(shift);
        Ok(self.now())
    }
}
