//! The order of results: parties by code; the rows of every other table by party, then by their id, or year, as text.
//!
//! Facts that lie in this order are quicker to assess: results need no sorting, and what is known of the parties is read from
//! one end to the other. They say the same in any other order.

use std::cmp::Ordering;
use std::sync::{Arc, OnceLock};

use duixian_rules::vocabulary::{self, TableId, Vocabulary};
use rayon::prelude::*;

use crate::table::{Column, Facts, Lines, Table, TextColumn};
use crate::uscc::Uscc;

/// What is known of the order of some facts. Each part is worked out when first asked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Order {
    codes: OnceLock<Arc<CodeOrder>>,
    /// For each table whether it lies in order.
    tables: OnceLock<Arc<[OnceLock<bool>]>>,
    /// For each table that was asked for, see [`Facts::rows_of_parties`].
    rows: OnceLock<Arc<[OnceLock<RowsOfParties>]>>,
}

/// Where the rows of each party lie in a table whose rows come by party.
#[derive(Debug)]
pub struct RowsOfParties {
    /// The rows of party `p` are those from `starts[p]` up to `starts[p + 1]`, which is not one of them.
    pub starts: Vec<u32>,
    /// The most that any party has.
    pub most: u32,
}

/// The order of parties by code.
#[derive(Debug)]
struct CodeOrder {
    /// See [`Facts::ranks`].
    ranks: Vec<u32>,
    /// See [`Facts::parties_in_order`].
    parties: Vec<u32>,
    /// Whether the party table lies in this order.
    is_given: bool,
}

/// Every assessment of the facts asks for these; they are kept, so that tables must not be changed once one was asked for.
impl Facts {
    /// The place of each party in the order of codes, by its row in the party table; none without such a table.
    pub fn ranks(&self) -> &[u32] {
        &self.code_order().ranks
    }

    /// The parties in the order of their codes: the inverse of [`Facts::ranks`].
    pub fn parties_in_order(&self) -> &[u32] {
        &self.code_order().parties
    }

    /// Whether the rows of a table lie in the order of results.
    pub fn is_in_order(&self, vocabulary: &Vocabulary, table: TableId) -> bool {
        let known = self.order.tables.get_or_init(|| self.tables.iter().map(|_| OnceLock::new()).collect());
        let is_in_order = || {
            self.code_order().is_given
                && (vocabulary.party_table() == Some(table)
                    || RowOrder::of(&vocabulary.tables[table], &self.tables[table]).is_given())
        };
        known.get(table).is_some_and(|known| *known.get_or_init(is_in_order))
    }

    /// Where the rows of each party lie in a table whose rows come by party, as those of a table in order do. It must not be the
    /// party table.
    pub fn rows_of_parties(&self, table: TableId) -> Option<&RowsOfParties> {
        let known = self.order.rows.get_or_init(|| self.tables.iter().map(|_| OnceLock::new()).collect());
        let rows = || RowsOfParties::of(&self.tables[table].party, self.ranks().len());
        known.get(table).map(|known| known.get_or_init(rows))
    }

    /// The same facts in the order of results.
    pub fn in_order(self, vocabulary: &Vocabulary) -> Facts {
        let Some(party_table) = vocabulary.party_table() else { return self };
        let codes = Arc::clone(self.code_order());
        let (ranks, parties, is_given) = (&codes.ranks, &codes.parties, codes.is_given);
        let tables = self.tables.into_par_iter().enumerate().map(|(id, mut table)| {
            if id == party_table {
                if !is_given {
                    table.put_in_order(parties);
                }
                return table;
            }
            if !is_given {
                table.party.iter_mut().for_each(|party| *party = ranks[*party as usize]);
            }
            let order = RowOrder::of(&vocabulary.tables[id], &table);
            if !order.is_given() {
                let rows = order.rows(ranks.len());
                table.put_in_order(&rows);
            }
            table
        });
        Facts::new(tables.collect())
    }

    fn code_order(&self) -> &Arc<CodeOrder> {
        self.order.codes.get_or_init(|| {
            let codes = self.tables.iter().flat_map(|table| &table.columns).find_map(|column| match column {
                Column::Party(codes) => Some(codes.as_slice()),
                _ => None,
            });
            Arc::new(CodeOrder::of(codes.unwrap_or_default()))
        })
    }
}

impl RowsOfParties {
    /// Those of a table, whose rows' parties these are, ascending; there are `parties` parties.
    fn of(party: &[u32], parties: usize) -> RowsOfParties {
        let mut starts = Vec::with_capacity(parties + 1);
        for (row, &party) in (0..).zip(party) {
            while starts.len() <= party as usize {
                starts.push(row);
            }
        }
        starts.resize(parties + 1, party.len() as u32);
        let most = starts.windows(2).map(|bounds| bounds[1] - bounds[0]).max().unwrap_or(0);
        RowsOfParties { starts, most }
    }
}

impl CodeOrder {
    fn of(codes: &[Uscc]) -> CodeOrder {
        let in_file: Vec<u32> = (0..codes.len() as u32).collect();
        if codes.is_sorted() {
            return CodeOrder { ranks: in_file.clone(), parties: in_file, is_given: true };
        }
        let mut order: Vec<(Uscc, u32)> = codes.par_iter().copied().zip(in_file).collect();
        order.par_sort_unstable();
        let mut ranks = vec![0; codes.len()];
        for (rank, (_, party)) in (0..).zip(&order) {
            ranks[*party as usize] = rank;
        }
        CodeOrder { ranks, parties: order.into_iter().map(|(_, party)| party).collect(), is_given: false }
    }
}

/// What the rows of a table, not that of the parties, are ordered by. The parties lie in order.
struct RowOrder<'a> {
    party: &'a [u32],
    name: RowName<'a>,
}

/// What tells the rows of one party from each other.
enum RowName<'a> {
    Id(&'a TextColumn),
    Year(&'a [i32]),
    Nothing,
}

impl<'a> RowOrder<'a> {
    fn of(shape: &vocabulary::Table, table: &'a Table) -> RowOrder<'a> {
        let column = shape.id_column().or_else(|| shape.year_column());
        let name = match column.and_then(|column| table.columns.get(column)) {
            Some(Column::Text(ids)) => RowName::Id(ids),
            Some(Column::Date(years)) => RowName::Year(years),
            _ => RowName::Nothing,
        };
        RowOrder { party: &table.party, name }
    }

    /// Whether the rows lie in order.
    fn is_given(&self) -> bool {
        (1..self.party.len()).into_par_iter().with_min_len(1 << 14).all(|row| {
            let (before, party) = (self.party[row - 1], self.party[row]);
            before < party || (before == party && self.compare(row as u32 - 1, row as u32).is_le())
        })
    }

    /// The rows in order; those of one party with the same name stay as they are.
    fn rows(&self, parties: usize) -> Vec<u32> {
        let mut next = vec![0u32; parties + 1];
        self.party.iter().for_each(|&party| next[party as usize + 1] += 1);
        let mut rows_before = 0;
        for next in &mut next {
            rows_before += *next;
            *next = rows_before;
        }
        let mut rows = vec![0; self.party.len()];
        for (row, &party) in (0..).zip(self.party) {
            let next = &mut next[party as usize];
            rows[*next as usize] = row;
            *next += 1;
        }
        let is_of_one = |one: &u32, other: &u32| self.party[*one as usize] == self.party[*other as usize];
        rows.par_chunk_by_mut(is_of_one).for_each(|rows| {
            if !rows.is_sorted_by(|&one, &other| self.compare(one, other).is_le()) {
                rows.sort_by(|&one, &other| self.compare(one, other));
            }
        });
        rows
    }

    fn compare(&self, one: u32, other: u32) -> Ordering {
        match self.name {
            RowName::Id(ids) => ids.bytes(one as usize).cmp(ids.bytes(other as usize)),
            RowName::Year(years) => compare_years(years[one as usize], years[other as usize]),
            RowName::Nothing => Ordering::Equal,
        }
    }
}

/// Compares two years as text, since that is how a result shows them.
pub fn compare_years(one: i32, other: i32) -> Ordering {
    if (1_000..10_000).contains(&one) && (1_000..10_000).contains(&other) {
        return one.cmp(&other);
    }
    one.to_string().cmp(&other.to_string())
}

impl Table {
    /// Puts the row that stands at `rows[i]` in place `i`.
    fn put_in_order(&mut self, rows: &[u32]) {
        if !self.party.is_empty() {
            self.party = taken(&self.party, rows);
        }
        self.columns.par_iter_mut().for_each(|column| match column {
            Column::Empty => {}
            Column::Number(values) => *values = taken(values, rows),
            Column::Date(values) => *values = taken(values, rows),
            Column::Word(values) => *values = taken(values, rows),
            Column::Industry(values) => *values = taken(values, rows),
            Column::Division(values) => *values = taken(values, rows),
            Column::Party(codes) => *codes = taken(codes, rows),
            Column::Text(texts) => *texts = texts.taken(rows),
        });
        self.origin.lines = Lines::Each(match &self.origin.lines {
            Lines::CountUp(first) => rows.iter().map(|row| first + row).collect(),
            Lines::Each(lines) => taken(lines, rows),
        });
    }
}

fn taken<T: Copy>(values: &[T], rows: &[u32]) -> Vec<T> {
    rows.iter().map(|&row| values[row as usize]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_are_compared_as_text() {
        assert_eq!(compare_years(2017, 2018), Ordering::Less);
        assert_eq!(compare_years(2017, 999), Ordering::Less);
        assert_eq!(compare_years(10_000, 2017), Ordering::Less);
    }
}
