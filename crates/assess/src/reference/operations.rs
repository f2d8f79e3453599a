//! What each operation makes of its operands, one rule after the other as `duixian_rules::plan` states them.

use chrono::{Datelike, NaiveDate};
use duixian_money::{Fen, WHOLE, percent_of, round_to};
use duixian_rules::plan::{Comparison, Node, NodeId};

use super::value::{Truth, Value, missing_in};

/// The operands of an operation that looks at nothing but its operands' values; of others none.
pub fn operands(node: &Node) -> Vec<NodeId> {
    match node {
        Node::YearOf(a) | Node::OneOf(a, _) | Node::Happened(a) | Node::Not(a) | Node::Round { value: a, .. } => {
            vec![*a]
        }
        Node::YearsBetween(a, b)
        | Node::Add(a, b)
        | Node::Subtract(a, b)
        | Node::Multiply(a, b)
        | Node::PercentOf(a, b)
        | Node::Steps(a, b)
        | Node::Compare(_, a, b) => vec![*a, *b],
        Node::CompareRatio { numerator, denominator, rate, .. } => vec![*numerator, *denominator, *rate],
        Node::Least(all) | Node::Greatest(all) | Node::And(all) | Node::Or(all) => all.clone(),
        Node::Constant(_)
        | Node::Column(..)
        | Node::BasisDate
        | Node::RowYear
        | Node::AsOf
        | Node::Dated { .. }
        | Node::HasPrefix(..)
        | Node::TextIs(..)
        | Node::Aggregate { .. } => Vec::new(),
    }
}

/// The value of such an operation. Operations that look at rows (columns, dates, texts, aggregates) are absent here: the
/// evaluator does them itself.
pub fn apply(node: &Node, operands: &[&Value]) -> Value {
    match (node, operands) {
        (Node::Constant(value), _) => Value::Known(*value),
        (Node::And(_), _) => all_hold(operands),
        (Node::Or(_), _) => one_holds(operands),
        _ => match missing_in(operands.iter().copied()) {
            Some(facts) => Value::Unknown(facts),
            None => of_settled(node, &operands.iter().map(|operand| operand.known()).collect::<Vec<_>>()),
        },
    }
}

/// An operation none of whose operands is unknown; those that are absent are none.
fn of_settled(node: &Node, operands: &[Option<i64>]) -> Value {
    let there = || operands.iter().flatten().copied();
    match (node, operands) {
        (Node::Least(_), _) => there().min().map_or(Value::Absent, Value::Known),
        (Node::Greatest(_), _) => there().max().map_or(Value::Absent, Value::Known),
        (Node::Happened(_), [value]) => Value::of_bool(value.is_some()),
        (Node::Not(_), [value]) => Value::of_bool(*value != Some(1)),
        (Node::OneOf(_, choices), [value]) => Value::of_bool(value.is_some_and(|value| choices.contains(&value))),
        (Node::Compare(comparison, ..), [left, right]) => {
            let both = left.zip(*right);
            Value::of_bool(both.is_some_and(|(left, right)| comparison.holds(left, right)))
        }
        (Node::CompareRatio { comparison, .. }, [Some(numerator), Some(denominator), Some(rate)]) => {
            Value::of_bool(ratio_holds(*comparison, *numerator, *denominator, *rate))
        }
        (Node::CompareRatio { .. }, _) => Value::of_bool(false),
        (_, [Some(value)]) => match node {
            Node::YearOf(_) => Value::Known(year_of(*value)),
            Node::Round { unit_fen, rounding, .. } => known(round_to(Fen(*value), *unit_fen, *rounding).0.into()),
            _ => Value::Absent,
        },
        (_, [Some(a), Some(b)]) => match node {
            Node::YearsBetween(..) => Value::Known(years_between(*a, *b)),
            Node::Add(..) => known(i128::from(*a) + i128::from(*b)),
            Node::Subtract(..) => known(i128::from(*a) - i128::from(*b)),
            Node::Multiply(..) => known(i128::from(*a) * i128::from(*b)),
            Node::PercentOf(..) => known(percent_of(*a, Fen(*b)).0.into()),
            Node::Steps(..) if *b <= 0 => Value::Absent,
            Node::Steps(..) => Value::Known(if *a < 0 { 0 } else { a / b }),
            _ => Value::Absent,
        },
        _ => Value::Absent,
    }
}

fn all_hold(operands: &[&Value]) -> Value {
    if operands.iter().any(|operand| operand.truth() == Truth::False) {
        return Value::of_bool(false);
    }
    missing_in(operands.iter().copied()).map_or(Value::of_bool(true), Value::Unknown)
}

fn one_holds(operands: &[&Value]) -> Value {
    if operands.iter().any(|operand| operand.truth() == Truth::True) {
        return Value::of_bool(true);
    }
    missing_in(operands.iter().copied()).map_or(Value::of_bool(false), Value::Unknown)
}

fn ratio_holds(comparison: Comparison, numerator: i64, denominator: i64, rate_ppm: i64) -> bool {
    let left = i128::from(numerator) * i128::from(WHOLE);
    let right = i128::from(rate_ppm) * i128::from(denominator);
    denominator > 0 && comparison.holds(left, right)
}

/// A result, saturating. The least `i64` is left out because tables take it for an empty cell.
pub fn known(value: i128) -> Value {
    Value::Known(value.clamp(-i128::from(i64::MAX), i64::MAX.into()) as i64)
}

/// Days from 1 January of the year 1, which chrono counts from, to 1970-01-01.
const EPOCH_FROM_YEAR_ONE: i64 = 719_163;

/// The day, in days since 1970-01-01. Days beyond the calendar's ends, a quarter of a million years away, are those ends.
fn day(days: i64) -> NaiveDate {
    let nearest_end = if days < 0 { NaiveDate::MIN } else { NaiveDate::MAX };
    let from_year_one = i32::try_from(days.saturating_add(EPOCH_FROM_YEAR_ONE));
    from_year_one.ok().and_then(NaiveDate::from_num_days_from_ce_opt).unwrap_or(nearest_end)
}

/// The calendar year of a day.
pub fn year_of(days: i64) -> i64 {
    day(days).year().into()
}

/// Year, month and day of a day.
pub fn date_parts(days: i64) -> (i32, u32, u32) {
    let day = day(days);
    (day.year(), day.month(), day.day())
}

/// A month and day of a year, in days since 1970-01-01.
pub fn day_in(year: i64, month: u32, day: u32) -> i64 {
    let nearest_end = if year < 0 { NaiveDate::MIN } else { NaiveDate::MAX };
    let date = i32::try_from(year).ok().and_then(|year| NaiveDate::from_ymd_opt(year, month, day));
    i64::from(date.unwrap_or(nearest_end).num_days_from_ce()) - EPOCH_FROM_YEAR_ONE
}

/// Whole years from one day to another. An anniversary of 29 February falls on 1 March where the year has no such day.
fn years_between(from: i64, to: i64) -> i64 {
    let (from, to) = (day(from), day(to));
    let years = i64::from(to.year()) - i64::from(from.year());
    let has_anniversary_come = (to.month(), to.day()) >= (from.month(), from.day());
    if has_anniversary_come { years } else { years - 1 }
}
