//! Which parts of the rules some rows have put to use: what the examples in a pack leave untested.

use duixian_rules::plan::Plan;

use super::evaluate::Finding;
use super::judge::{Examined, Verdict};
use super::limits::Settled;
use super::value::Truth;
use crate::result::Reason;

/// For each measure of a plan what has been seen of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// Indexed as in the plan.
    pub measures: Vec<MeasureCoverage>,
}

/// What has been seen of one measure. Rows of earlier years that a limit counts are among the rows seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MeasureCoverage {
    /// For each condition the truth values it had.
    pub conditions: Vec<ConditionCoverage>,
    /// For each alternative whether a row came to it: was paid by it, or refused because it pays nothing.
    pub alternatives: Vec<bool>,
    /// For each limit what it did.
    pub limits: Vec<LimitCoverage>,
}

/// The truth values a condition had.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ConditionCoverage {
    /// It held for some row.
    pub seen_true: bool,
    /// It did not.
    pub seen_false: bool,
    /// Facts were missing.
    pub seen_unknown: bool,
}

/// What a limit did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LimitCoverage {
    /// It let some row through.
    pub let_through: bool,
    /// It turned some row away.
    pub turned_away: bool,
    /// It left some row less than it came to.
    pub cut: bool,
}

impl Coverage {
    /// Nothing seen yet.
    pub fn none(plan: &Plan) -> Coverage {
        let measures = plan.measures.iter().map(|measure| MeasureCoverage {
            conditions: vec![ConditionCoverage::default(); measure.conditions.len()],
            alternatives: vec![false; measure.pay.alternatives.len()],
            limits: vec![LimitCoverage::default(); measure.limits.len()],
        });
        Coverage { measures: measures.collect() }
    }

    /// Adds what another run over the same plan has seen.
    pub fn add(&mut self, other: &Coverage) {
        for (one, other) in self.measures.iter_mut().zip(&other.measures) {
            for (one, other) in one.conditions.iter_mut().zip(&other.conditions) {
                one.seen_true |= other.seen_true;
                one.seen_false |= other.seen_false;
                one.seen_unknown |= other.seen_unknown;
            }
            for (one, other) in one.alternatives.iter_mut().zip(&other.alternatives) {
                *one |= other;
            }
            for (one, other) in one.limits.iter_mut().zip(&other.limits) {
                one.let_through |= other.let_through;
                one.turned_away |= other.turned_away;
                one.cut |= other.cut;
            }
        }
    }
}

impl MeasureCoverage {
    /// Notes the conditions of a row.
    pub(super) fn note_examined<F: Finding>(&mut self, row: &Examined<F>) {
        for (seen, condition) in self.conditions.iter_mut().zip(&row.conditions) {
            match condition.value().truth() {
                Truth::True => seen.seen_true = true,
                Truth::False => seen.seen_false = true,
                Truth::Unknown => seen.seen_unknown = true,
            }
        }
    }

    /// Notes what a row came to.
    pub(super) fn note_settled(&mut self, row: &Settled, by_guard: Option<usize>) {
        let reached = match row.verdict {
            Verdict::Paid { alternative, .. } => Some(alternative),
            Verdict::Refused(Reason::PaysNothing(alternative)) => Some(alternative.into()),
            // Its tier was chosen before a limit turned it away.
            Verdict::Refused(Reason::Limit(_)) => by_guard,
            Verdict::Refused(_) | Verdict::Unknown(_) | Verdict::Contradiction(..) => None,
        };
        if let Some(seen) = reached.and_then(|index| self.alternatives.get_mut(index)) {
            *seen = true;
        }
        for pass in &row.passes {
            let seen = &mut self.limits[pass.limit];
            seen.cut |= pass.cut;
            if pass.passed {
                seen.let_through = true;
            } else {
                seen.turned_away = true;
            }
        }
    }
}
