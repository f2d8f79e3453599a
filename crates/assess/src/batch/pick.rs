//! Rows picked by their answers, without branches: nobody could foretell which rows they are.

use super::bound::{CHUNK, FALSE, UNSURE};

/// Rows of a chunk whose answer is not false, in their order.
pub struct Picked {
    /// The place of each in the chunk, and its answer in the last byte.
    entries: [u32; CHUNK],
    count: usize,
}

impl Picked {
    /// Picks rows by the answers of a chunk.
    pub fn of(answers: &[u8]) -> Picked {
        let (mut entries, mut count, mut place) = ([0; CHUNK], 0, 0);
        for &answer in answers {
            // The remainder is the number itself; it spares a test of the bounds.
            entries[count % CHUNK] = place | u32::from(answer);
            place += 1 << 8;
            count += usize::from(answer != FALSE);
        }
        Picked { entries, count }
    }

    /// Keeps those of the rows for which `answer` makes of their answer, and a further one, anything but false.
    pub fn pick(&mut self, further: &[u8], answer: impl Fn(u8, u8) -> u8) {
        let mut count = 0;
        for (place, &further) in (0..self.count).zip(further) {
            let entry = self.entries[place % CHUNK];
            let answer = answer(entry as u8, further);
            self.entries[count % CHUNK] = (entry & !0xFF) | u32::from(answer);
            count += usize::from(answer != FALSE);
        }
        self.count = count;
    }

    /// The rows, where the chunk's first is this.
    pub fn rows(&self, first: u32) -> impl Iterator<Item = u32> {
        self.entries[..self.count].iter().map(move |entry| first + (entry >> 8))
    }

    /// Their answers.
    fn answers(&self) -> impl Iterator<Item = u8> {
        self.entries[..self.count].iter().map(|&entry| entry as u8)
    }
}

/// Rows that were picked of several chunks, with their answers.
pub struct Kept {
    rows: Vec<u32>,
    answers: Vec<u8>,
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
    /// None yet, of at most so many.
    pub fn with_capacity(rows: usize) -> Kept {
        Kept { rows: Vec::with_capacity(rows), answers: Vec::with_capacity(rows) }
    }

    /// The rows, in their order, and their answers.
    pub fn entries(&self) -> (&[u32], &[u8]) {
        (&self.rows, &self.answers)
    }

    /// Keeps rows of the chunk whose first is this.
    pub fn keep(&mut self, first: u32, picked: &Picked) {
        self.rows.extend(picked.rows(first));
        self.answers.extend(picked.answers());
    }

    /// Sorts the rows by their answers.
    pub fn by_answer(self) -> Sifted {
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
