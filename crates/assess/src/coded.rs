//! Rows of few verdicts, column by column: half the memory, and so half the time to write them.

use std::sync::Arc;

use duixian_money::{Fen, Span};

use crate::result::Row;

/// Rows each of which is one of some verdicts but for its party, its basis and its amount.
#[derive(Clone, Debug)]
pub(crate) struct CodedRows {
    /// The verdicts, by code. That of [`CodedRows::MISSING`] is that facts are missing; the others pay.
    verdicts: Arc<[Row]>,
    /// Row by row: its code.
    codes: Vec<u8>,
    parties: Vec<u32>,
    bases: Vec<u32>,
    /// The lower end in fen, or the bits of the missing facts.
    lows: Vec<i64>,
    /// The upper end, if there is one; nothing where every amount is exact.
    highs: Vec<Option<Fen>>,
}

impl CodedRows {
    /// The code of rows that hang on missing facts.
    pub const MISSING: u8 = 0;

    /// No rows yet, with room for some.
    pub fn with_capacity(verdicts: Arc<[Row]>, rows: usize) -> CodedRows {
        CodedRows {
            verdicts,
            codes: Vec::with_capacity(rows),
            parties: Vec::with_capacity(rows),
            bases: Vec::with_capacity(rows),
            lows: Vec::with_capacity(rows),
            highs: Vec::new(),
        }
    }

    /// How many rows.
    pub fn len(&self) -> usize {
        self.codes.len()
    }

    /// Appends rows that are paid: those at some places of `parties` and `bases`, with the code and the lower end of each.
    pub fn extend(&mut self, places: &[u16], parties: &[u32], bases: &[u32], lows: &[Fen], code: impl Fn(usize) -> u8) {
        let places_of = || places.iter().map(|&place| usize::from(place));
        self.codes.extend(places_of().map(code));
        if places.len() == parties.len() {
            self.parties.extend_from_slice(parties);
            self.bases.extend_from_slice(bases);
        } else {
            self.parties.extend(places_of().map(|place| parties[place]));
            self.bases.extend(places_of().map(|place| bases[place]));
        }
        self.lows.extend(lows[..places.len()].iter().map(|low| low.0));
    }

    /// Appends the upper ends of rows that were appended. Once there are any, each row has one.
    pub fn extend_highs(&mut self, highs: impl Iterator<Item = Option<Fen>>) {
        self.highs.extend(highs);
    }

    /// Makes of a row one that misses these facts, given as bits.
    pub fn miss(&mut self, position: usize, facts: u64) {
        self.codes[position] = CodedRows::MISSING;
        self.lows[position] = facts.cast_signed();
    }

    /// The code of the row at a position.
    pub fn code(&self, position: usize) -> usize {
        usize::from(self.codes[position])
    }

    /// The bases of the rows at some positions, and their parties.
    pub fn at(&self, positions: &[u32]) -> (Vec<u32>, Vec<u32>) {
        positions.iter().map(|&position| (self.bases[position as usize], self.parties[position as usize])).unzip()
    }

    /// The row at a position.
    pub fn row(&self, position: usize) -> Row {
        let (party, basis, code) = (self.parties[position], self.bases[position], self.codes[position]);
        let (verdict, low) = (self.verdicts[usize::from(code)], self.lows[position]);
        if code == CodedRows::MISSING {
            return Row::missing(party, basis, low.cast_unsigned(), verdict.payable_from().map(i64::from));
        }
        let low = Fen(low);
        let high = if self.highs.is_empty() { Some(low) } else { self.highs[position] };
        verdict.with(party, basis, Span { low, high })
    }

    /// The rows one after the other.
    pub fn to_whole(&self) -> Vec<Row> {
        (0..self.len()).map(|position| self.row(position)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_back_as_they_were_put_in() {
        let span = |low, high: Option<i64>| Span { low: Fen(low), high: high.map(Fen) };
        let paid = |index, exact| Row::paid(0, 0, index, exact, span(0, None), Some(17_289));
        let verdicts: Arc<[Row]> = [Row::missing(0, 0, 0, Some(17_289)), paid(0, true), paid(1, false)].into();
        let mut rows = CodedRows::with_capacity(Arc::clone(&verdicts), 3);
        rows.extend(&[0, 2], &[4, 5, 6], &[7, 8, 9], &[Fen(10), Fen(20)], |place| 1 + u8::from(place == 2));
        rows.extend_highs([Some(Fen(10)), None].into_iter());
        rows.extend(&[0], &[5], &[11], &[Fen(0)], |_| 1);
        rows.extend_highs([Some(Fen(0))].into_iter());
        rows.miss(2, 1 << 63);
        let expected = [
            Row::paid(4, 7, 0, true, span(10, Some(10)), Some(17_289)),
            Row::paid(6, 9, 1, false, span(20, None), Some(17_289)),
            Row::missing(5, 11, 1 << 63, Some(17_289)),
        ];
        assert_eq!((rows.to_whole(), rows.at(&[2, 0])), (expected.to_vec(), (vec![11, 7], vec![5, 4])));

        let mut exact = CodedRows::with_capacity(verdicts, 1);
        exact.extend(&[0], &[4], &[7], &[Fen(10)], |_| 1);
        assert_eq!(exact.to_whole(), expected[..1]);
    }
}
