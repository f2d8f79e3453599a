//! Funds as accounts and two-phase transfers in fen: nothing is overdrawn, nothing lost.
//!
//! Every movement of money is one immutable [`Transfer`] that debits one [`Account`] and credits another. Money goes
//!
//! ```text
//! Treasury ──appropriation──▶ Fund(2026) ──reserved, then paid──▶ Paid(2026)
//!                              │   ▲  ◀────────return──────────────┘
//!                    carry-over│   └ corrections
//!                              ▼
//!                         Fund(2027)   or, by the fund's rule, Lapsed(2026)
//! ```
//!
//! A decision *reserves* ([`Kind::Pending`]); a payment *posts* the reservation, a refusal or withdrawal *voids* it, a
//! missed deadline *expires* it. Nothing is ever edited: a payment that the bank sends back is a further transfer.
//! [`Ledger::apply`] is the only way a balance changes, and refuses whatever would break an invariant.
//!
//! The crate does no I/O and has no clock. A store loads the accounts and pendings a transfer touches, applies it, and
//! writes back what [`Ledger::changes`] lists.

mod account;
mod allocate;
mod carry;
mod day;
mod ledger;
mod refused;
mod statement;
mod transfer;
mod verify;
mod whole_fen;

pub use account::{Account, AccountId, Limit, Purpose};
pub use allocate::{AllocationRule, Share, Waiting, allocate};
pub use carry::{CarryRule, close_year};
pub use day::{china_day, start_of_china_day};
pub use ledger::{Applied, Changes, Ledger, Outcome, PendingState};
pub use refused::{Difference, Refused};
pub use statement::{By, Key, Line, Period, Scope, Statement, statement};
pub use transfer::{Entry, Kind, Subject, Transfer, TransferId};
pub use verify::{Discrepancy, Field, ReplayStopped, replay, verify, verify_pendings};
