//! Rows picked by their answers, without branches: nobody could foretell which rows they are.

use std::ops::Range;

use multiversion::multiversion;

use super::bound::{CHUNK, FALSE, Rows, UNSURE};
use super::wide::zip_each;

/// Room for places that are picked of a chunk: eight more than can be picked, since eight are written at a time, of which the next
/// eight write over those that do not count.
pub struct Picker([u16; CHUNK + 8]);

impl Picker {
    /// Nothing picked yet.
    pub fn new() -> Picker {
        Picker([0; CHUNK + 8])
    }

    /// The places of a chunk whose answer is not false, in their order.
    pub fn pick(&mut self, answers: &[u8]) -> &[u16] {
        let count = pick(answers, &mut self.0);
        &self.0[..count]
    }
}

/// For each set of bits of a byte, which bits these are, from the lowest.
static BITS: [[u8; 8]; 256] = {
    let mut bits = [[0; 8]; 256];
    let mut set = 0;
    while set < 256 {
        let (mut bit, mut count) = (0, 0);
        while bit < 8 {
            if set >> bit & 1 == 1 {
                bits[set][count] = bit;
                count += 1;
            }
            bit += 1;
        }
        set += 1;
    }
    bits
};

#[multiversion(targets = "simd")]
fn pick(answers: &[u8], places: &mut [u16; CHUNK + 8]) -> usize {
    let (mut count, mut first) = (0, 0);
    let (eights, rest) = answers.as_chunks();
    for eight in eights {
        let set = set_of(*eight);
        let places = &mut places[count..count + 8];
        places.iter_mut().zip(&BITS[usize::from(set)]).for_each(|(place, bit)| *place = first + u16::from(*bit));
        count += set.count_ones() as usize;
        first += 8;
    }
    for answer in rest {
        places[count] = first;
        count += usize::from(*answer != FALSE);
        first += 1;
    }
    count
}

/// Which of eight answers are not false, as bits.
#[inline]
fn set_of(answers: [u8; 8]) -> u8 {
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let word = u64::from_le_bytes(answers);
    // The high bit of each byte that is not zero: its own, or what its other bits carry into it.
    let high = (((word & !HIGH) + !HIGH) | word) & HIGH;
    // Moves the bit of byte i to bit 56 + i; no two of the product's terms meet.
    ((high >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56) as u8
}

/// Rows that were picked of several chunks, in their order.
pub struct Kept {
    /// The rows.
    pub rows: Vec<u32>,
    /// The party of each.
    pub parties: Vec<u32>,
    /// The answer of each.
    pub answers: Vec<u8>,
    picker: Picker,
}

/// At most [`CHUNK`] of them.
pub struct KeptChunk<'k> {
    /// The rows.
    pub rows: &'k [u32],
    /// The party of each.
    pub parties: &'k [u32],
    /// The answer of each.
    pub answers: &'k mut [u8],
}

/// Rows that are not certainly refused.
pub struct Sifted {
    /// Those that have to be asked everything.
    pub unsure: Vec<u32>,
    /// By alternative, the rows that no other can pay.
    pub by_alternative: Vec<Chosen>,
}

/// Rows whose alternative is settled.
#[derive(Default)]
pub struct Chosen {
    /// Those that it certainly pays, if its amount is there.
    pub paid: Vec<u32>,
    /// Those whose conditions are settled as far as they are the party's ([`super::sieve::Sieve::is_settled`]).
    pub unsure: Vec<u32>,
}

impl Kept {
    /// None yet.
    pub fn new() -> Kept {
        let (rows, parties, answers) = Default::default();
        Kept { rows, parties, answers, picker: Picker::new() }
    }

    /// Keeps none any more, and makes room for so many.
    pub fn clear(&mut self, rows: usize) {
        self.truncate(0);
        self.rows.reserve(rows);
        self.parties.reserve(rows);
        self.answers.reserve(rows);
    }

    /// Keeps the rows of a chunk whose answer is not false. `first` is the chunk's first row; its rows are the parties
    /// themselves where these are not given.
    pub fn keep(&mut self, first: u32, answers: &[u8], parties: Option<&[u32]>) {
        let places = self.picker.pick(answers);
        let rows = places.iter().map(|&place| first + u32::from(place));
        self.rows.extend(rows.clone());
        match parties {
            Some(parties) => self.parties.extend(places.iter().map(|&place| parties[usize::from(place)])),
            None => self.parties.extend(rows),
        }
        self.answers.extend(places.iter().map(|&place| answers[usize::from(place)]));
    }

    /// Keeps the rows of those of a chunk of parties whose answer is not false, as far as they lie in a range. `first` is the
    /// chunk's first party, `starts` where its parties' rows begin and the last one's end; no party has more than `most`.
    pub fn keep_rows_of(&mut self, first: u32, answers: &mut [u8], starts: &[u32], most: u32, range: &Range<u32>) {
        let ends = &starts[1..];
        zip_each(answers, starts, ends, |answer, start, end| answer & u8::from(start != end).wrapping_neg());
        let places = self.picker.pick(answers).iter().map(|&place| usize::from(place));
        if most == 1 {
            // Then a chunk's rows lie in the range if its parties' do.
            self.rows.extend(places.clone().map(|place| starts[place]));
            self.parties.extend(places.clone().map(|place| first + place as u32));
            self.answers.extend(places.map(|place| answers[place]));
            return;
        }
        for place in places {
            let rows = starts[place].max(range.start)..ends[place].min(range.end);
            self.parties.extend(rows.clone().map(|_| first + place as u32));
            self.answers.extend(rows.clone().map(|_| answers[place]));
            self.rows.extend(rows);
        }
    }

    /// Leaves out those rows from a place on whose answer to a further question is false.
    pub fn retain(&mut self, from: usize, ask: impl Fn(&Rows, &mut [u8])) {
        let mut kept = from;
        for start in (from..self.rows.len()).step_by(CHUNK) {
            let mut answers = [FALSE; CHUNK];
            let chunk = start..self.rows.len().min(start + CHUNK);
            let answers = &mut answers[..chunk.len()];
            ask(&Rows::Picked(&self.rows[chunk.clone()], &self.parties[chunk]), answers);
            for place in self.picker.pick(answers).iter().map(|&place| start + usize::from(place)) {
                self.rows[kept] = self.rows[place];
                self.parties[kept] = self.parties[place];
                self.answers[kept] = self.answers[place];
                kept += 1;
            }
        }
        self.truncate(kept);
    }

    fn truncate(&mut self, rows: usize) {
        self.rows.truncate(rows);
        self.parties.truncate(rows);
        self.answers.truncate(rows);
    }

    /// The rows in chunks.
    pub fn chunks(&mut self) -> impl Iterator<Item = KeptChunk<'_>> {
        let rows = self.rows.chunks(CHUNK).zip(self.parties.chunks(CHUNK));
        rows.zip(self.answers.chunks_mut(CHUNK)).map(|((rows, parties), answers)| KeptChunk { rows, parties, answers })
    }

    /// Sorts the rows by their answers.
    pub fn by_answer(&self) -> Sifted {
        let mut counts = [0usize; 256];
        self.answers.iter().for_each(|&answer| counts[usize::from(answer)] += 1);
        let answers = counts.iter().rposition(|&count| count > 0).map_or(0, |last| last + 1);
        let mut lists: Vec<Vec<u32>> = counts[..answers].iter().map(|&count| Vec::with_capacity(count)).collect();
        for (&row, &answer) in self.rows.iter().zip(&self.answers) {
            lists[usize::from(answer)].push(row);
        }
        let mut lists = lists.into_iter().skip(UNSURE.into());
        let unsure = lists.next().unwrap_or_default();
        let chosen = || Some(Chosen { paid: lists.next()?, unsure: lists.next().unwrap_or_default() });
        Sifted { unsure, by_alternative: std::iter::from_fn(chosen).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::bound::TRUE;

    #[test]
    fn what_is_not_false_is_picked() {
        let mut picker = Picker::new();
        for len in [0, 1, 7, 8, 9, 255, CHUNK - 1, CHUNK] {
            for step in 1..12 {
                let answer = |place: usize| [FALSE, UNSURE, 2, 128, TRUE][place * step % 23 % 5];
                let answers: Vec<u8> = (0..len).map(answer).collect();
                let picked: Vec<u16> =
                    (0..len).filter(|place| answers[*place] != FALSE).map(|place| place as u16).collect();
                assert_eq!(picker.pick(&answers), picked);
            }
            assert_eq!(picker.pick(&vec![TRUE; len]).len(), len);
        }
    }
}
