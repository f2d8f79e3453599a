use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Fen;

/// What a person may decide: `low..high`, or `low..open` where the text gives no ceiling (`high` is `None`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Span {
    /// The least that may be decided.
    pub low: Fen,
    /// The most, or `None` where it is open.
    pub high: Option<Fen>,
}

impl Span {
    /// One amount: no discretion.
    pub const fn exact(amount: Fen) -> Span {
        Span { low: amount, high: Some(amount) }
    }

    /// Whether an amount may be decided under this span.
    pub fn contains(self, amount: Fen) -> bool {
        self.low <= amount && self.high.is_none_or(|high| amount <= high)
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.high {
            Some(high) if high == self.low => write!(f, "{}", self.low),
            Some(high) => write!(f, "{}..{high}", self.low),
            None => write!(f, "{}..open", self.low),
        }
    }
}
