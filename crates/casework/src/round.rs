//! Rounds (批次): when applications are taken, and by which rules and facts they are decided.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::moment::Moment;

/// A round. Its rules and facts are frozen: its cases are decided, and can be explained for ever, by them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Round {
    /// Its number in the store.
    pub id: i64,
    /// As people read it: `2018年度第一批`.
    pub name: String,
    /// The year assessed.
    pub year: i32,
    /// Bases dated later are not looked at.
    pub as_of: NaiveDate,
    /// The measures that can be applied for, by English name; all if empty.
    pub measures: Vec<String>,
    /// From when applications are taken.
    pub opens_at: Moment,
    /// Until when.
    pub closes_at: Moment,
    /// The pack's version in the store.
    pub pack: i64,
    /// The facts' version in the store.
    pub facts: i64,
    /// Whether it was withdrawn (撤销) before anybody had begun to apply.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_withdrawn: bool,
}

/// Where a round stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoundState {
    /// It has yet to open.
    Announced,
    /// Applications are taken.
    Open,
    /// No more are taken, or, where it was withdrawn, none ever.
    Closed,
}

impl Round {
    /// Where it stands at a moment.
    pub fn state(&self, now: Moment) -> RoundState {
        if self.is_withdrawn {
            RoundState::Closed
        } else if now < self.opens_at {
            RoundState::Announced
        } else if now < self.closes_at {
            RoundState::Open
        } else {
            RoundState::Closed
        }
    }

    /// The last day on which applications are taken: of one that closes at midnight, the day before.
    pub fn last_day(&self) -> NaiveDate {
        Moment(self.closes_at.0 - 1).day()
    }

    /// Whether a measure can be applied for in it.
    pub fn takes(&self, measure: &str) -> bool {
        self.measures.is_empty() || self.measures.iter().any(|one| one == measure)
    }
}
