//! What cells alone say of a condition: that it is false, that it is true, or that it takes evaluating to tell.
//!
//! A bound never says more than is so. Rows for which it is not sure are put to the frames ([`super::frame`]), so that a
//! bound may leave out whatever it has no quick answer to.
//!
//! The three answers are bytes so chosen that Kleene's *and* is the lesser and his *or* the greater: whole chunks of rows
//! are answered by loops without branches over the columns as they lie, which the compiler turns into vector instructions.

use std::ops::Range;
use std::ptr;

use super::wide::{answer_each, join_each};

/// Certainly false.
pub const FALSE: u8 = 0;
/// Unknown, or not told by cells alone.
pub const UNSURE: u8 = 1;
/// Certainly true. What lies between this and [`UNSURE`] is free for more special kinds of truth.
pub const TRUE: u8 = u8::MAX;

/// Rows that are answered together, so that their answers lie on the stack and in the nearest cache.
pub const CHUNK: usize = 2048;

/// A condition as far as cells answer it.
pub enum Bound<'a> {
    /// [`FALSE`] or [`TRUE`] for all rows.
    Always(u8),
    /// [`UNSURE`] for all rows: because these facts are missing, or, if none, because cells do not tell.
    Unsure(Option<u64>),
    /// One cell lies within bounds.
    Test(Test<'a>),
    /// All of these hold.
    All(Vec<Bound<'a>>),
    /// One of these holds.
    Any(Vec<Bound<'a>>),
    /// This does not hold.
    Not(Box<Bound<'a>>),
}

/// Whether a cell lies within bounds.
pub struct Test<'a> {
    /// The cells and the bounds.
    pub cells: Cells<'a>,
    /// Whether they are the party's, not the measure's row's.
    pub is_of_party: bool,
    /// What a row misses for which this is unsure.
    pub missing: u64,
}

/// Cells of one of the types that columns have, with the bounds that are tested.
pub enum Cells<'a> {
    /// Words, truth values, and distances that fit a byte.
    Byte(Interval<'a, u8>),
    /// Industries, and distances that fit two bytes.
    Short(Interval<'a, u16>),
    /// Divisions, and places in the order of codes.
    Index(Interval<'a, u32>),
    /// The party's own place, where the party table lies in the order of codes: from the first to the second, both included.
    Place(u32, u32),
    /// Dates and years.
    Date(Interval<'a, i32>),
    /// Money, counts, percents and decimals.
    Number(Interval<'a, i64>),
}

/// Cells and the bounds that they are to lie within, both included.
#[derive(Clone, Copy)]
pub struct Interval<'a, T> {
    /// The cells.
    pub cells: &'a [T],
    /// The least; above `high` where no cell can lie within.
    pub low: T,
    /// The greatest.
    pub high: T,
    /// What an empty cell holds, which is the least or the greatest of all cells. Where it lies within the bounds, the answer
    /// for an empty cell is [`TRUE`].
    pub empty: T,
    /// The answer for an empty cell otherwise: [`FALSE`] or [`UNSURE`].
    pub if_empty: u8,
}

/// Some rows, at most [`CHUNK`].
#[derive(Clone)]
pub enum Rows<'r> {
    /// Rows that follow each other, of the one table that is looked at.
    Range(Range<usize>),
    /// Rows of the measure's table, and each one's party.
    Picked(&'r [u32], &'r [u32]),
    /// The same, with the cells that a column of numbers has in these rows, which were fetched for another purpose.
    Fetched(&'r [u32], &'r [u32], Fetched<'r>),
}

/// The cells of some rows.
#[derive(Clone, Copy)]
pub struct Fetched<'r> {
    /// The column.
    pub column: &'r [i64],
    /// The cells, row by row.
    pub cells: &'r [i64],
}

impl<'a> Bound<'a> {
    /// All of these hold.
    pub fn all(bounds: impl IntoIterator<Item = Bound<'a>>) -> Bound<'a> {
        Bound::joined(bounds, TRUE, FALSE, Bound::All)
    }

    /// One of these holds.
    pub fn any(bounds: impl IntoIterator<Item = Bound<'a>>) -> Bound<'a> {
        let mut merged: Vec<Bound> = Vec::new();
        for bound in bounds {
            let union = match (merged.last(), &bound) {
                (Some(Bound::Test(before)), Bound::Test(test)) => before.union(test),
                _ => None,
            };
            if union.is_some() {
                merged.pop();
            }
            merged.push(union.map_or(bound, Bound::Test));
        }
        Bound::joined(merged, FALSE, TRUE, Bound::Any)
    }

    /// This does not hold.
    pub fn not(bound: Bound<'a>) -> Bound<'a> {
        let complement = if let Bound::Test(test) = &bound { test.complement() } else { None };
        complement.map_or_else(|| Bound::Not(Box::new(bound)), Bound::Test)
    }

    fn joined(
        bounds: impl IntoIterator<Item = Bound<'a>>,
        neutral: u8,
        decisive: u8,
        join: fn(Vec<Bound<'a>>) -> Bound<'a>,
    ) -> Bound<'a> {
        let is_always = |bound: &Bound, answer| matches!(bound, Bound::Always(always) if *always == answer);
        let mut joined: Vec<Bound> = bounds.into_iter().filter(|bound| !is_always(bound, neutral)).collect();
        if joined.iter().any(|bound| is_always(bound, decisive)) {
            return Bound::Always(decisive);
        }
        match joined.len() {
            0 => Bound::Always(neutral),
            1 => joined.remove(0),
            _ => join(joined),
        }
    }

    /// Whether no cell but the party's own is looked at.
    pub fn is_of_party(&self) -> bool {
        match self {
            Bound::Always(_) | Bound::Unsure(_) => true,
            Bound::Test(test) => test.is_of_party,
            Bound::All(bounds) | Bound::Any(bounds) => bounds.iter().all(Bound::is_of_party),
            Bound::Not(bound) => bound.is_of_party(),
        }
    }

    /// The answer for each row.
    pub fn answer(&self, rows: &Rows, answers: &mut [u8]) {
        match self {
            Bound::Always(answer) => answers.fill(*answer),
            Bound::Unsure(_) => answers.fill(UNSURE),
            Bound::Test(test) => test.answer(rows, answers),
            Bound::All(bounds) => join(bounds, rows, answers, u8::min),
            Bound::Any(bounds) => join(bounds, rows, answers, u8::max),
            Bound::Not(bound) => {
                bound.answer(rows, answers);
                answers.iter_mut().for_each(|answer| *answer = if *answer == UNSURE { UNSURE } else { !*answer });
            }
        }
    }
}

fn join(bounds: &[Bound], rows: &Rows, answers: &mut [u8], join: impl Fn(u8, u8) -> u8 + Copy) {
    let Some((first, others)) = bounds.split_first() else { return };
    first.answer(rows, answers);
    let mut further = [FALSE; CHUNK];
    let further = &mut further[..answers.len()];
    for bound in others {
        bound.answer(rows, further);
        join_each(answers, further, join);
    }
}

impl Test<'_> {
    /// The answer for each row.
    pub fn answer(&self, rows: &Rows, answers: &mut [u8]) {
        let rows = match (rows, &self.cells) {
            (Rows::Fetched(_, _, fetched), Cells::Number(of)) if ptr::eq(fetched.column, of.cells) => {
                return of.answer_cells(fetched.cells, answers);
            }
            (Rows::Picked(_, parties) | Rows::Fetched(_, parties, _), _) if self.is_of_party => {
                Rows::Picked(parties, parties)
            }
            (Rows::Fetched(rows, parties, _), _) => Rows::Picked(rows, parties),
            (rows, _) => rows.clone(),
        };
        match &self.cells {
            Cells::Byte(cells) => cells.answer(&rows, answers),
            Cells::Short(cells) => cells.answer(&rows, answers),
            Cells::Index(cells) => cells.answer(&rows, answers),
            Cells::Place(low, high) => answer_places(*low, *high, &rows, answers),
            Cells::Date(cells) => cells.answer(&rows, answers),
            Cells::Number(cells) => cells.answer(&rows, answers),
        }
    }
}

/// Whether rows themselves lie within bounds.
fn answer_places(low: u32, high: u32, rows: &Rows, answers: &mut [u8]) {
    let answer = |row: u32| u8::from((low..=high).contains(&row)).wrapping_neg();
    match rows {
        Rows::Picked(rows, _) | Rows::Fetched(rows, ..) => answer_each(rows, answers, answer),
        Rows::Range(range) => {
            let (first, last) = (range.start as u32, range.end as u32 - 1);
            match low <= high && first <= high && low <= last {
                // Mostly all of them lie on one side.
                false => answers.fill(FALSE),
                true if low <= first && last <= high => answers.fill(TRUE),
                true => answers.iter_mut().zip(first..=last).for_each(|(to, row)| *to = answer(row)),
            }
        }
    }
}

impl<T: Cell> Interval<'_, T> {
    fn answer(&self, rows: &Rows, answers: &mut [u8]) {
        match rows {
            Rows::Range(range) => self.answer_cells(&self.cells[range.clone()], answers),
            Rows::Picked(rows, _) | Rows::Fetched(rows, ..) => {
                // Fetched before they are looked at, so that what is looked at lies side by side.
                let mut cells = [T::LEAST; CHUNK];
                let cells = &mut cells[..rows.len()];
                cells.iter_mut().zip(*rows).for_each(|(cell, row)| *cell = self.cells[*row as usize]);
                self.answer_cells(cells, answers);
            }
        }
    }

    fn answer_cells(&self, cells: &[T], answers: &mut [u8]) {
        let Interval { low, high, empty, if_empty, .. } = *self;
        let within = |cell: T| u8::from(cell.is_within(low, high)).wrapping_neg();
        // One loop for each case, so that none asks in every row what is the same in all.
        match (low <= high, if_empty) {
            (true, FALSE) => answer_each(cells, answers, within),
            (true, _) => answer_each(cells, answers, |cell| within(cell) | (u8::from(cell == empty) * UNSURE)),
            (false, FALSE) => answers.fill(FALSE),
            (false, _) => answer_each(cells, answers, |cell| u8::from(cell == empty) * UNSURE),
        }
    }
}

/// A type of cells.
pub trait Cell: Copy + Ord {
    /// Whether it lies within bounds, of which the lower is not above the upper: one comparison of the distance from the
    /// lower, which goes round where the cell lies below.
    fn is_within(self, low: Self, high: Self) -> bool;
    /// The least of all.
    const LEAST: Self;
    /// The greatest of all.
    const GREATEST: Self;
    /// The one before, if there is one.
    fn before(self) -> Option<Self>;
    /// The one after, if there is one.
    fn after(self) -> Option<Self>;
}

macro_rules! cell {
    ($type:ty, $distance:ty) => {
        impl Cell for $type {
            const LEAST: $type = <$type>::MIN;
            const GREATEST: $type = <$type>::MAX;

            fn before(self) -> Option<$type> {
                self.checked_sub(1)
            }

            fn after(self) -> Option<$type> {
                self.checked_add(1)
            }

            #[inline]
            fn is_within(self, low: Self, high: Self) -> bool {
                (self.wrapping_sub(low) as $distance) <= (high.wrapping_sub(low) as $distance)
            }
        }
    };
}

cell!(u8, u8);
cell!(u16, u16);
cell!(u32, u32);
cell!(i32, u32);
cell!(i64, u64);

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWERS: [u8; 3] = [FALSE, UNSURE, TRUE];

    #[test]
    fn the_lesser_is_kleenes_and() {
        let rows = Rows::Range(0..1);
        let answer = |bound: Bound| {
            let mut answers = [0];
            bound.answer(&rows, &mut answers);
            answers[0]
        };
        let always = |answer| if answer == UNSURE { Bound::Unsure(None) } else { Bound::Always(answer) };
        for (one, other) in ANSWERS.iter().flat_map(|&one| ANSWERS.map(|other| (one, other))) {
            let both = || [one, other].map(always);
            let (and, or) = (answer(Bound::all(both())), answer(Bound::any(both())));
            let has = |answer| one == answer || other == answer;
            assert_eq!(
                and,
                if has(FALSE) {
                    FALSE
                } else if has(UNSURE) {
                    UNSURE
                } else {
                    TRUE
                }
            );
            assert_eq!(
                or,
                if has(TRUE) {
                    TRUE
                } else if has(UNSURE) {
                    UNSURE
                } else {
                    FALSE
                }
            );
            assert_eq!([answer(Bound::All(both().into())), answer(Bound::Any(both().into()))], [and, or]);
        }
        assert_eq!(ANSWERS.map(|one| answer(Bound::Not(Box::new(always(one))))), [TRUE, UNSURE, FALSE]);
    }

    #[test]
    fn empty_cells_are_never_within() {
        let cells = [i32::MIN, -5, 0, 7, i32::MAX];
        let mut answers = [9; 5];
        let interval = Interval { cells: &cells, low: -5, high: 6, empty: i32::MIN, if_empty: UNSURE };
        interval.answer(&Rows::Range(0..5), &mut answers);
        assert_eq!(answers, [UNSURE, TRUE, TRUE, FALSE, FALSE]);
        let nothing = Interval { low: 1, high: 0, if_empty: FALSE, ..interval };
        nothing.answer(&Rows::Picked(&[4, 0, 2], &[]), &mut answers[..3]);
        assert_eq!(answers[..3], [FALSE; 3]);
    }
}
