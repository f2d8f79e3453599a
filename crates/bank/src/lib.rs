//! Payment files to the bank and result files back, in CSV and ISO 20022.
//!
//! The way out: a [`PaymentFile`], checked when it is made, is written by [`csv::write`] or [`pain001::write`]. The way
//! back: [`csv::read_results`] or [`camt054::read`] turn the bank's file, whatever its bytes, into a [`ResultFile`] or say
//! what is wrong with it; [`reconcile()`] holds it against what was sent and accounts for every fen.
//!
//! Nothing here reads a clock, a disk or a network, and the same input gives the same bytes. Keeping a file from being
//! sent or taken in twice is the caller's part: `message_id`, `end_to_end_id` and [`ResultFile::id`] are made for it.

pub mod camt054;
pub mod csv;
pub mod pain001;

mod cell;
mod codes;
mod error;
mod order;
mod reconcile;
mod result;
mod sample;
mod text;
mod value;
mod xml;

pub use codes::meaning_of;
pub use error::{BankFileError, BankFileErrorKind};
pub use order::{MAX_ORDERS, is_account, is_bank_code, is_reference, wrong_payee};
pub use order::{OrderError, OrderErrorKind, OrderField, PaymentFile, PaymentHeader, PaymentOrder};
pub use reconcile::{FailedOrder, MissingOrder, PaidOrder, Reconciliation, Totals, WrongAmount, reconcile};
pub use result::{Ignored, IgnoredReason, Origin, Outcome, ResultFile, ResultLine};
pub use sample::{ResultFormat, sample_results};

/// The largest result file that is read, in bytes: 16 MiB, twice what ordinary answers to ten thousand orders take.
pub const MAX_BYTES: usize = 16 * 1024 * 1024;
