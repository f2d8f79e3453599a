//! What was decided of a case, and what takes it back.

use duixian_ledger::AllocationRule;
use duixian_money::Fen;
use serde::{Deserialize, Serialize};

use crate::moment::Moment;
use crate::people::UserId;

/// What was decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// The amount granted, inside the assessed span.
    pub amount: Fen,
    /// What is reserved of it: all, unless a short fund was shared out.
    pub funded: Fen,
    /// Why this amount.
    pub reason: String,
    /// Conditions on the use of the money.
    pub conditions: Vec<String>,
    /// Its place where waiting decisions are served by priority; the smaller the sooner.
    pub priority: i32,
    /// Who.
    pub by: UserId,
    /// When.
    pub at: Moment,
    /// The transfer that reserves the money, once there is one.
    pub reservation: Option<i64>,
    /// By what a short fund was shared out, where it was among others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sharing: Option<Sharing>,
}

/// By what a short fund was shared out among the decisions that waited for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sharing {
    /// The rule that was chosen.
    pub rule: AllocationRule,
    /// Why; nothing where each that was served got all of its amount.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub grounds: String,
    /// Who has proposed it, where any gets less than its amount: who has confirmed that gives the event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposed_by: Option<UserId>,
}

/// Why a case is looked at again after its review.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reopened {
    /// When: what was found before counts no more until it is confirmed.
    pub at: Moment,
    /// The objection that was upheld; none where the decision maker sent it back.
    pub objection: Option<u32>,
    /// Whether what had been decided was revoked by two decision makers.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_revoked: bool,
    /// Why, in the words of who sent it back.
    pub reason: String,
}

impl Reopened {
    /// Whether something had been decided that holds no more, and the party was told why.
    pub fn takes_back(&self) -> bool {
        self.is_revoked || self.objection.is_some()
    }
}

/// A proposal to revoke what was decided. One decision maker makes it, another confirms it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revocation {
    /// Why; the party reads it.
    pub grounds: String,
    /// Why in one line, for the public notice that comes down; empty where nothing was made public.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub remark: String,
    /// Who proposes it.
    pub by: UserId,
    /// When.
    pub at: Moment,
}
