//! A value as the reference interpreter sees it: known, unknown for want of named facts, or absent.

use std::collections::BTreeSet;

use duixian_rules::plan::FactSlot;

/// The facts that an unknown value hangs on. May be empty: then no single fact can be named.
pub type MissingFacts = BTreeSet<FactSlot>;

/// What an expression comes to (`duixian_rules::plan`, "Values").
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// In the unit of the expression's type. A text or code that is there is 1.
    Known(i64),
    /// These facts are missing.
    Unknown(MissingFacts),
    /// It has not happened.
    Absent,
}

/// Kleene's three truth values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Truth {
    /// It does not hold.
    False,
    /// It holds.
    True,
    /// Facts are missing.
    Unknown,
}

impl Value {
    /// A known truth value.
    pub fn of_bool(holds: bool) -> Value {
        Value::Known(holds.into())
    }

    /// Unknown for want of one fact.
    pub fn missing(fact: FactSlot) -> Value {
        Value::Unknown(MissingFacts::from([fact]))
    }

    /// The value read as a condition. A condition that is absent does not hold.
    pub fn truth(&self) -> Truth {
        match self {
            Value::Known(1) => Truth::True,
            Value::Known(_) | Value::Absent => Truth::False,
            Value::Unknown(_) => Truth::Unknown,
        }
    }

    /// The value, if it is known.
    pub fn known(&self) -> Option<i64> {
        match self {
            Value::Known(value) => Some(*value),
            Value::Unknown(_) | Value::Absent => None,
        }
    }
}

/// The facts missing in any of some values, or none if none of the values is unknown.
pub fn missing_in<'a>(values: impl IntoIterator<Item = &'a Value>) -> Option<MissingFacts> {
    let mut missing = None;
    for value in values {
        if let Value::Unknown(facts) = value {
            missing.get_or_insert_with(MissingFacts::new).extend(facts);
        }
    }
    missing
}
