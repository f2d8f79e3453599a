//! Exact amounts of money: integer fen, spans of discretion, rounding.
//!
//! Nothing here uses floating point. A yuan is 100 fen; a percentage is parts per million. Arithmetic saturates at
//! ±[`Fen::MAX`] (about 92 thousand million million yuan, far above what a reader accepts), so that no input can
//! make a batch panic or wrap round.

mod fen;
mod rounding;
mod span;

pub use fen::{Fen, ParseFenError};
pub use rounding::{Rounding, percent_of, round_to};
pub use span::Span;

/// Parts per million that make one whole: 100 % is `1_000_000`.
pub const WHOLE: i64 = 1_000_000;
