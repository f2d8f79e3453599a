//! Finding a row by its key: parties by their code, and rows that repeat another's key.

use std::hash::BuildHasher as _;

// The default hasher is seeded at random: codes and ids come from outside, and a fixed hash could be fed collisions.
use hashbrown::{DefaultHashBuilder, HashSet, HashTable};

use crate::chunk::unknown_party;
use crate::report::RowErrorKind;
use crate::table::{Column, TextColumn};
use crate::uscc::Uscc;

/// The party table's rows by code.
#[derive(Default)]
pub(crate) struct PartyIndex {
    codes: Vec<Uscc>,
    rows: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

impl PartyIndex {
    /// Makes room for more rows.
    pub(crate) fn reserve(&mut self, rows: usize) {
        self.codes.reserve(rows);
        let (codes, hasher) = (&self.codes, &self.hasher);
        self.rows.reserve(rows, |&row| hasher.hash_one(codes[row as usize]));
    }

    /// Appends a row's code unless an earlier row has it; whether it was appended.
    pub(crate) fn insert(&mut self, code: Uscc) -> bool {
        let (codes, hasher) = (&mut self.codes, &self.hasher);
        let entry = self.rows.entry(
            hasher.hash_one(code),
            |&row| codes[row as usize] == code,
            |&row| hasher.hash_one(codes[row as usize]),
        );
        match entry {
            hashbrown::hash_table::Entry::Occupied(_) => false,
            hashbrown::hash_table::Entry::Vacant(vacant) => {
                vacant.insert(codes.len() as u32);
                codes.push(code);
                true
            }
        }
    }

    /// A row's code.
    pub(crate) fn code(&self, row: u32) -> Uscc {
        self.codes[row as usize]
    }

    fn get(&self, code: Uscc) -> Option<u32> {
        self.rows.find(self.hasher.hash_one(code), |&row| self.codes[row as usize] == code).copied()
    }

    /// The codes by row, once no more rows are looked for.
    pub(crate) fn into_codes(self) -> Vec<Uscc> {
        self.codes
    }
}

/// Looks parties up for rows that mostly come ordered by party.
pub(crate) struct PartyFinder<'i> {
    index: &'i PartyIndex,
    last_text: [u8; 18],
    last_row: u32,
}

/// How many parties after the last one are looked at before the hash table: they lie side by side in memory, where the
/// hash table costs a miss of the cache.
const NEAR: usize = 16;

/// No code, nor any text: these bytes never stand in UTF-8.
const NO_TEXT: [u8; 18] = [0xFF; 18];

impl<'i> PartyFinder<'i> {
    pub(crate) fn new(index: &'i PartyIndex) -> PartyFinder<'i> {
        PartyFinder { index, last_text: NO_TEXT, last_row: 0 }
    }

    /// The row of the party with this code.
    pub(crate) fn find(&mut self, text: &str) -> Result<u32, RowErrorKind> {
        if text.as_bytes() == self.last_text {
            return Ok(self.last_row);
        }
        let found = Uscc::unverified(text.as_bytes()).and_then(|code| {
            let next = self.last_row as usize + 1;
            let near = &self.index.codes[next.min(self.index.codes.len())..];
            let ahead = near.iter().take(NEAR).position(|near| *near == code);
            ahead.map_or_else(|| self.index.get(code), |ahead| Some((next + ahead) as u32))
        });
        let row = found.ok_or_else(|| unknown_party(text))?;
        self.last_text.copy_from_slice(text.as_bytes());
        self.last_row = row;
        Ok(row)
    }
}

/// The keys of a table's rows so far.
pub(crate) enum Keys {
    /// The key is an `id`, and each so far was greater than the one before: none can repeat another.
    Ascending,
    /// The key is an `id`: rows by its text.
    Ids(HashTable<u32>, DefaultHashBuilder),
    /// The key is the party and the year: for each party a bit for each year from [`FIRST_YEAR`], and the rest.
    PartyYears(Vec<u64>, HashSet<(u32, i32)>),
    /// Any other key: the cells' bytes end to end.
    Other(HashSet<Box<[u8]>>),
}

/// The first of the 64 years that have a bit of their own in [`Keys::PartyYears`].
const FIRST_YEAR: i32 = 1980;

impl Keys {
    /// Takes a party's year; whether it was free.
    pub(crate) fn take_party_year(&mut self, party: u32, year: i32) -> bool {
        let Keys::PartyYears(bits, rest) = self else { return true };
        let offset = year.wrapping_sub(FIRST_YEAR);
        if !(0..64).contains(&offset) {
            return rest.insert((party, year));
        }
        if bits.len() <= party as usize {
            bits.resize(party as usize + 1, 0);
        }
        let (word, bit) = (&mut bits[party as usize], 1 << offset);
        let is_free = *word & bit == 0;
        *word |= bit;
        is_free
    }

    /// Takes the id of a chunk's row; whether it was free. `stored` are the ids of rows appended, `taken` the chunk's
    /// rows that will be appended after them.
    pub(crate) fn take_id(&mut self, stored: &TextColumn, chunk: &TextColumn, taken: &[u32], row: usize) -> bool {
        let id = chunk.bytes(row);
        let id_of = |index: u32| match (index as usize).checked_sub(stored.len()) {
            None => stored.bytes(index as usize),
            Some(later) => chunk.bytes(taken[later] as usize),
        };
        let count = (stored.len() + taken.len()) as u32;
        if let Keys::Ascending = self {
            if count == 0 || id_of(count - 1) < id {
                return true;
            }
            let hasher = DefaultHashBuilder::default();
            let mut rows = HashTable::with_capacity(count as usize + 1);
            for index in 0..count {
                rows.insert_unique(hasher.hash_one(id_of(index)), index, |&row| hasher.hash_one(id_of(row)));
            }
            *self = Keys::Ids(rows, hasher);
        }
        let Keys::Ids(rows, hasher) = self else { return true };
        let entry = rows.entry(hasher.hash_one(id), |&row| id_of(row) == id, |&row| hasher.hash_one(id_of(row)));
        match entry {
            hashbrown::hash_table::Entry::Occupied(_) => false,
            hashbrown::hash_table::Entry::Vacant(vacant) => {
                vacant.insert(count);
                true
            }
        }
    }

    /// Takes a key of other columns; whether it was free.
    pub(crate) fn take_other(&mut self, columns: &[&Column], row: usize) -> bool {
        let Keys::Other(keys) = self else { return true };
        let mut key = Vec::new();
        for column in columns {
            match column {
                Column::Empty => {}
                Column::Number(values) => key.extend(values[row].to_le_bytes()),
                Column::Date(values) => key.extend(values[row].to_le_bytes()),
                Column::Word(values) => key.push(values[row]),
                Column::Industry(values) => key.extend(values[row].to_le_bytes()),
                Column::Division(values) => key.extend(values[row].to_le_bytes()),
                Column::Party(codes) => key.extend(codes[row].to_bytes()),
                Column::Text(texts) => {
                    // The length goes before the text, lest two texts side by side read as two others.
                    key.extend((texts.bytes(row).len() as u64).to_le_bytes());
                    key.extend(texts.bytes(row));
                }
            }
        }
        keys.insert(key.into())
    }
}
