//! Columns of values in the three conditions known, unknown and absent, and the operations on them.

use std::borrow::Cow;

use duixian_rules::plan::Comparison;

/// An absent value. Arithmetic saturates above it, so no known value is taken for it.
pub const ABSENT: i64 = i64::MIN;

/// One value for each row of a frame.
///
/// A vector of length one stands for the same value in every row: constants cost nothing, and operations on them
/// fold by themselves.
#[derive(Clone, Debug)]
pub struct Vector {
    /// Values or [`ABSENT`]. Where a row is unknown, its value means nothing.
    pub values: Vec<i64>,
    /// The facts each row misses, as bits over the measure's slots. Not zero means unknown; no entries at all mean that every row
    /// is known or absent.
    pub missing: Vec<u64>,
}

impl Vector {
    /// The same value in every row.
    pub fn constant(value: i64) -> Vector {
        Vector { values: vec![value], missing: Vec::new() }
    }

    /// Unknown in every row.
    pub fn unknown(facts: u64) -> Vector {
        Vector { values: vec![ABSENT], missing: vec![facts] }
    }

    /// A row's value, to be used only where [`Vector::missing_at`] is zero.
    #[inline]
    pub fn at(&self, row: usize) -> i64 {
        if self.values.len() == 1 { self.values[0] } else { self.values[row] }
    }

    /// The facts a row misses; zero if it is not unknown.
    #[inline]
    pub fn missing_at(&self, row: usize) -> u64 {
        match self.missing.len() {
            0 => 0,
            1 => self.missing[0],
            _ => self.missing[row],
        }
    }

    /// The vector of some of the rows.
    pub fn take(&self, rows: &[u32]) -> Vector {
        Vector { values: take(&self.values, rows), missing: take(&self.missing, rows) }
    }

    /// A function of the values that are there; absent stays absent.
    pub fn map(&self, f: impl Fn(i64) -> i64) -> Vector {
        self.map_all(|value| if value == ABSENT { ABSENT } else { f(value) })
    }

    /// A function of all values, absent ones too.
    pub fn map_all(&self, f: impl Fn(i64) -> i64) -> Vector {
        Vector { values: self.values.iter().map(|&value| f(value)).collect(), missing: self.missing.clone() }
    }

    /// A function of two values that are there; absent if one is.
    pub fn zip(&self, other: &Vector, f: impl Fn(i64, i64) -> i64) -> Vector {
        self.zip_all(other, |one, other| if one == ABSENT || other == ABSENT { ABSENT } else { f(one, other) })
    }

    /// A function of two values, absent ones too; unknown where one is.
    pub fn zip_all(&self, other: &Vector, f: impl Fn(i64, i64) -> i64) -> Vector {
        Vector { values: zip(&self.values, &other.values, f), missing: union(&self.missing, &other.missing) }
    }

    /// A comparison: false where a side is absent.
    pub fn compare(&self, comparison: Comparison, other: &Vector) -> Vector {
        // One loop for each comparison, so that none of them decides anew in every row.
        let there = |one: i64, other: i64| (one != ABSENT) & (other != ABSENT);
        match comparison {
            Comparison::Equal => self.zip_all(other, |a, b| i64::from(there(a, b) & (a == b))),
            Comparison::NotEqual => self.zip_all(other, |a, b| i64::from(there(a, b) & (a != b))),
            Comparison::Less => self.zip_all(other, |a, b| i64::from(there(a, b) & (a < b))),
            Comparison::AtMost => self.zip_all(other, |a, b| i64::from(there(a, b) & (a <= b))),
            Comparison::Greater => self.zip_all(other, |a, b| i64::from(there(a, b) & (a > b))),
            Comparison::AtLeast => self.zip_all(other, |a, b| i64::from(there(a, b) & (a >= b))),
        }
    }

    /// Kleene's and. A condition that is absent is not true.
    pub fn and(&self, other: &Vector) -> Vector {
        self.kleene(other, false)
    }

    /// Kleene's or.
    pub fn or(&self, other: &Vector) -> Vector {
        self.kleene(other, true)
    }

    /// And, or or: `decisive` is the value of one operand that settles the result whatever the other is.
    fn kleene(&self, other: &Vector, decisive: bool) -> Vector {
        let combine = |a: bool, b: bool| if decisive { a | b } else { a & b };
        if self.missing.is_empty() && other.missing.is_empty() {
            let values = zip(&self.values, &other.values, |a, b| i64::from(combine(a == 1, b == 1)));
            return Vector { values, missing: Vec::new() };
        }
        let sides = [self, other];
        let rows = sides.iter().map(|side| side.values.len().max(side.missing.len())).max().unwrap_or(1);
        let [settled, also_settled] = sides.map(|side| side.settles(decisive, rows));
        let settled: Vec<bool> = settled.iter().zip(also_settled).map(|(one, other)| one | other).collect();
        let [one, other] = sides.map(|side| in_full(&side.missing, rows));
        let either = one.iter().zip(other.iter()).map(|(one, other)| one | other);
        Vector {
            // Where neither settles it, what is known is neutral.
            values: settled.iter().map(|&settled| i64::from(settled == decisive)).collect(),
            missing: settled.iter().zip(either).map(|(&settled, facts)| if settled { 0 } else { facts }).collect(),
        }
    }

    /// In which rows the vector is known to be `decisive`.
    fn settles(&self, decisive: bool, rows: usize) -> Vec<bool> {
        let (values, missing) = (in_full(&self.values, rows), in_full(&self.missing, rows));
        values
            .iter()
            .zip(missing.iter())
            .map(|(value, missing)| (*missing == 0) & ((*value == 1) == decisive))
            .collect()
    }

    /// Whether every row is known to be this truth value.
    pub fn is_all(&self, truth: bool) -> bool {
        self.missing.is_empty() && self.values.iter().all(|&value| (value == 1) == truth)
    }
}

/// A function of two columns of values, either of which may be one value for all rows.
fn zip(one: &[i64], other: &[i64], f: impl Fn(i64, i64) -> i64) -> Vec<i64> {
    match (one, other) {
        (&[one], _) => other.iter().map(|&other| f(one, other)).collect(),
        (_, &[other]) => one.iter().map(|&one| f(one, other)).collect(),
        _ => one.iter().zip(other).map(|(&one, &other)| f(one, other)).collect(),
    }
}

/// What either side misses.
pub fn union(one: &[u64], other: &[u64]) -> Vec<u64> {
    match (one, other) {
        ([], some) | (some, []) => some.to_vec(),
        (&[one], _) => other.iter().map(|other| one | other).collect(),
        (_, &[other]) => one.iter().map(|one| one | other).collect(),
        _ => one.iter().zip(other).map(|(one, other)| one | other).collect(),
    }
}

/// A column with one entry for each row, nothing being zero.
fn in_full<T: Copy + Default>(column: &[T], rows: usize) -> Cow<'_, [T]> {
    match column {
        [] => Cow::Owned(vec![T::default(); rows]),
        [one] => Cow::Owned(vec![*one; rows]),
        _ => Cow::Borrowed(column),
    }
}

/// Those of the first `rows` numbers for which something holds. Every number is written and only counted if it
/// holds: a branch would be taken wrong as often as not.
pub fn positions(rows: usize, holds: impl Fn(usize) -> bool) -> Vec<u32> {
    let mut kept = vec![0; rows];
    let mut count = 0;
    for row in 0..rows {
        kept[count] = row as u32;
        count += usize::from(holds(row));
    }
    kept.truncate(count);
    kept
}

/// Some rows of a column that has one entry per row, one for all, or none.
fn take<T: Copy>(column: &[T], rows: &[u32]) -> Vec<T> {
    match column {
        [] | [_] => column.to_vec(),
        _ => rows.iter().map(|&row| column[row as usize]).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// False, true and two kinds of unknown, each against each.
    fn all_pairs() -> (Vector, Vector) {
        let truth = [(0, 0), (1, 0), (0, 1), (0, 2)];
        let vector = |sides: Vec<(i64, u64)>| {
            let (values, missing) = sides.into_iter().unzip();
            Vector { values, missing }
        };
        let (one, other) = truth.iter().flat_map(|&a| truth.iter().map(move |&b| (a, b))).unzip();
        (vector(one), vector(other))
    }

    #[test]
    fn logic_is_kleenes() {
        let (one, other) = all_pairs();
        let (and, or) = (one.and(&other), one.or(&other));
        for row in 0..16 {
            let (a, b) = ((one.at(row) == 1, one.missing_at(row)), (other.at(row) == 1, other.missing_at(row)));
            let is = |side: (bool, u64), truth: bool| side.1 == 0 && side.0 == truth;
            let expected_and = if is(a, false) || is(b, false) { 0 } else { a.1 | b.1 };
            let expected_or = if is(a, true) || is(b, true) { 0 } else { a.1 | b.1 };
            assert_eq!((and.missing_at(row), or.missing_at(row)), (expected_and, expected_or));
            if expected_and == 0 {
                assert_eq!(and.at(row) == 1, is(a, true) && is(b, true));
            }
            if expected_or == 0 {
                assert_eq!(or.at(row) == 1, is(a, true) || is(b, true));
            }
        }
        assert_eq!(Vector::constant(0).and(&one).missing.iter().max(), Some(&0), "false and unknown is false");
        assert_eq!(Vector::constant(1).and(&one).missing, one.missing);
    }

    #[test]
    fn comparisons_with_something_absent_are_false() {
        let value = Vector { values: vec![1, ABSENT], missing: Vec::new() };
        assert_eq!(value.compare(Comparison::NotEqual, &Vector::constant(2)).values, [1, 0]);
        assert_eq!(value.compare(Comparison::AtMost, &value).values, [1, 0]);
        assert_eq!(value.compare(Comparison::Less, &Vector::unknown(4)).missing, [4]);
    }

    #[test]
    fn constants_stay_constants() {
        let sum = Vector::constant(2).zip(&Vector::constant(3), i64::saturating_add);
        assert_eq!((sum.values, sum.missing), (vec![5], vec![]));
    }
}
