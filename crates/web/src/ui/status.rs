//! Where something stands: colour, shape and word together.

use super::shown;
use crate::locale::Text;

/// A status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// Colour and shape.
    pub tone: Tone,
    /// The word.
    pub text: Text,
}

/// What a status means for who reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Not begun, or over without a result: draft, withdrawn. An empty circle.
    Quiet,
    /// Under way: someone has it. A half-filled circle.
    Active,
    /// Waits for something: correction, on hold, objection. Two bars.
    Hold,
    /// Came out well: decided, paid. A tick.
    Good,
    /// Came out badly, or failed: declined, payment failed. A cross.
    Bad,
}

impl Status {
    /// Of any tone.
    pub fn new(tone: Tone, text: impl Into<Text>) -> Status {
        Status { tone, text: text.into() }
    }

    /// Not begun, or over without a result.
    pub fn quiet(zh: &'static str, en: &'static str) -> Status {
        Status::new(Tone::Quiet, (zh, en))
    }

    /// Under way.
    pub fn active(zh: &'static str, en: &'static str) -> Status {
        Status::new(Tone::Active, (zh, en))
    }

    /// Waits for something.
    pub fn hold(zh: &'static str, en: &'static str) -> Status {
        Status::new(Tone::Hold, (zh, en))
    }

    /// Came out well.
    pub fn good(zh: &'static str, en: &'static str) -> Status {
        Status::new(Tone::Good, (zh, en))
    }

    /// Came out badly.
    pub fn bad(zh: &'static str, en: &'static str) -> Status {
        Status::new(Tone::Bad, (zh, en))
    }
}

impl Tone {
    fn class(self) -> &'static str {
        match self {
            Tone::Quiet => "quiet",
            Tone::Active => "active",
            Tone::Hold => "hold",
            Tone::Good => "good",
            Tone::Bad => "bad",
        }
    }
}

shown!(Status, ShownStatus, "ui/status.html");
