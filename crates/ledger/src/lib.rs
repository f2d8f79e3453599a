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
//! ```
//! use duixian_ledger::{Account, AccountId, Applied, Entry, Kind, Ledger, Purpose, Subject, Transfer, TransferId};
//! use duixian_money::Fen;
//!
//! let (treasury, fund, paid) = (AccountId(1), AccountId(2), AccountId(3));
//! let name = || "创新专项资金".to_string();
//! let mut ledger = Ledger::new()
//!     .with_account(Account::new(treasury, Purpose::Treasury))
//!     .with_account(Account::new(fund, Purpose::Fund { fund: name(), year: 2026 }))
//!     .with_account(Account::new(paid, Purpose::Paid { fund: name(), year: 2026 }));
//! let appropriation = Transfer {
//!     id: TransferId(1),
//!     debit: treasury,
//!     credit: fund,
//!     amount: Fen::yuan(15_000_000),
//!     kind: Kind::Single(Entry::Appropriation),
//!     at: 1_767_196_800_000,
//!     expires_on: None,
//!     subject: Subject::default(),
//! };
//! let reservation = Transfer {
//!     id: TransferId(2),
//!     debit: fund,
//!     credit: paid,
//!     amount: Fen::yuan(300_000),
//!     kind: Kind::Pending,
//!     subject: Subject { case: Some(7), ..Subject::default() },
//!     ..appropriation.clone()
//! };
//! let payment = Transfer::post(TransferId(3), &reservation, reservation.amount, 1_767_283_200_000);
//! assert_eq!(ledger.apply_all(&[appropriation, reservation, payment.clone()]), Ok(vec![Applied::Now; 3]));
//! assert_eq!(ledger.apply(&payment), Ok(Applied::Already));
//! assert_eq!(ledger.account(fund).map(Account::free), Some(Fen::yuan(14_700_000)));
//! ```
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
pub use allocate::{AllocationRule, Share, Waiting, allocate, passed_over, place};
pub use carry::{CarryRule, close_year};
pub use day::{china_day, start_of_china_day};
pub use ledger::{Applied, Changes, Ledger, Outcome, PendingState};
pub use refused::{Difference, Refused};
pub use statement::{By, Key, Line, Period, Scope, Statement, statement};
pub use transfer::{Entry, Kind, Subject, Transfer, TransferId};
pub use verify::{Discrepancy, Field, ReplayStopped, replay, verify, verify_pendings};
