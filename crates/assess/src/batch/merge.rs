//! Tests of one column made one, so that no cell is looked at twice.

use super::bound::{Cell, Cells, FALSE, Interval, Test};

impl<'a> Test<'a> {
    /// That the cell does not lie within the bounds, which holds of an empty one too. None where that takes two tests, or
    /// nothing is known of empty cells.
    pub fn complement(&self) -> Option<Test<'a>> {
        let cells = match &self.cells {
            Cells::Byte(cells) => Cells::Byte(cells.complement()?),
            Cells::Short(cells) => Cells::Short(cells.complement()?),
            Cells::Index(cells) => Cells::Index(cells.complement()?),
            Cells::Date(cells) => Cells::Date(cells.complement()?),
            Cells::Number(cells) => Cells::Number(cells.complement()?),
            Cells::Place(..) => return None,
        };
        Some(Test { cells, ..*self })
    }

    /// That one of two tests holds. None where they are not of one column, or their bounds do not meet.
    pub fn union(&self, other: &Test<'a>) -> Option<Test<'a>> {
        let cells = match (&self.cells, &other.cells) {
            (Cells::Byte(one), Cells::Byte(other)) => Cells::Byte(one.union(other)?),
            (Cells::Short(one), Cells::Short(other)) => Cells::Short(one.union(other)?),
            (Cells::Index(one), Cells::Index(other)) => Cells::Index(one.union(other)?),
            (Cells::Date(one), Cells::Date(other)) => Cells::Date(one.union(other)?),
            (Cells::Number(one), Cells::Number(other)) => Cells::Number(one.union(other)?),
            _ => return None,
        };
        Some(Test { cells, ..*self })
    }
}

impl<T: Cell> Interval<'_, T> {
    fn complement(&self) -> Option<Self> {
        if self.if_empty != FALSE {
            return None;
        }
        let (low, high) = match (self.low.before(), self.high.after()) {
            _ if self.low > self.high => (T::LEAST, T::GREATEST),
            (None, None) => (T::GREATEST, T::LEAST),
            (None, Some(after)) => (after, T::GREATEST),
            (Some(before), None) => (T::LEAST, before),
            (Some(_), Some(_)) => return None,
        };
        Some(Interval { low, high, ..*self })
    }

    fn union(&self, other: &Self) -> Option<Self> {
        if !std::ptr::eq(self.cells, other.cells) || self.if_empty != other.if_empty {
            return None;
        }
        let meets = |one: &Self, other: &Self| one.high.after().is_none_or(|after| after >= other.low);
        match (self.low > self.high, other.low > other.high) {
            (true, _) => Some(*other),
            (_, true) => Some(*self),
            _ if meets(self, other) && meets(other, self) => {
                Some(Interval { low: self.low.min(other.low), high: self.high.max(other.high), ..*self })
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::bound::{Rows, TRUE, UNSURE};
    use super::*;

    /// Every interval of small numbers, 0 being empty, beside what each cell answers it.
    fn tests(cells: &[u8], if_empty: u8) -> Vec<(Test<'_>, Vec<u8>)> {
        let bounds = [(1, 0), (0, 0), (1, 255), (1, 2), (3, 3), (3, 255), (5, 9)];
        let bounds = bounds.into_iter().filter(|&(low, _)| low > 0 || if_empty == FALSE);
        let test = |(low, high)| Test {
            cells: Cells::Byte(Interval { cells, low, high, empty: 0, if_empty }),
            is_of_party: true,
            missing: 1,
        };
        bounds
            .map(test)
            .map(|test| (answers(&test, cells.len()), test))
            .map(|(answers, test)| (test, answers))
            .collect()
    }

    fn answers(test: &Test, rows: usize) -> Vec<u8> {
        let mut answers = vec![9; rows];
        test.answer(&Rows::Range(0..rows), &mut answers);
        answers
    }

    #[test]
    fn merged_tests_answer_what_both_do() {
        let cells = [0, 1, 2, 3, 4, 5, 9, 10, 255];
        let mut merged = 0;
        for if_empty in [FALSE, UNSURE] {
            let tests = tests(&cells, if_empty);
            for (one, of_one) in &tests {
                if let Some(complement) = one.complement() {
                    assert!(answers(&complement, cells.len()).iter().zip(of_one).all(|(not, answer)| *not == !answer));
                }
                for (other, of_other) in &tests {
                    if let Some(union) = one.union(other) {
                        let greater = of_one.iter().zip(of_other).map(|(one, other)| *one.max(other));
                        assert!(greater.eq(answers(&union, cells.len())));
                        merged += 1;
                    }
                }
            }
            assert_eq!(tests[0].0.complement().is_some(), if_empty == FALSE);
        }
        assert!(merged > 20);
        assert!(tests(&cells, FALSE)[1].1.contains(&TRUE), "an empty cell may lie within bounds");
    }
}
