//! The order of results: by party code, then by basis as text.

use rayon::prelude::*;

use crate::names::BasisText;
use crate::result::Row;

/// Puts rows that stand in the order of their bases into the order of results. `in_order` says that the texts of their
/// table stand in order already ([`is_in_order`]).
pub fn sort(rows: Vec<Row>, ranks: &[u32], text: BasisText, in_order: bool) -> Vec<Row> {
    let rank = |row: &Row| ranks[row.party as usize];
    let mut rows = if rows.is_sorted_by_key(rank) { rows } else { sort_by_rank(&rows, ranks) };
    if !in_order {
        rows.par_chunk_by_mut(|one, other| one.party == other.party).for_each(|rows| {
            if rows.len() > 1 {
                rows.sort_unstable_by(|one, other| text.compare(one.basis, other.basis));
            }
        });
    }
    rows
}

/// Whether a table's rows stand in the order of their texts, as those of numbered registers do.
pub fn is_in_order(text: BasisText) -> bool {
    let rows = match text {
        BasisText::Id(ids) => ids.len(),
        // Few rows of one party are left of a table by years; looking through the whole table would cost more.
        BasisText::Year(_) => return false,
        BasisText::Nothing => return true,
    };
    (1..rows as u32).into_par_iter().with_min_len(4096).all(|row| text.compare_text(row - 1, row).is_le())
}

/// Sorts by the party's place, otherwise keeping the order: a radix sort, for the places are dense numbers.
fn sort_by_rank(rows: &[Row], ranks: &[u32]) -> Vec<Row> {
    const BITS: u32 = 11;
    const BUCKETS: usize = 1 << BITS;
    let place = |(position, row): (u32, &Row)| (ranks[row.party as usize], position);
    let mut order: Vec<(u32, u32)> = (0..).zip(rows).map(place).collect();
    let mut sorted = vec![(0, 0); rows.len()];
    let bits = u32::BITS - (ranks.len() as u32).leading_zeros();
    for shift in (0..bits).step_by(BITS as usize) {
        let bucket = |rank: u32| (rank >> shift) as usize % BUCKETS;
        let mut starts = [0; BUCKETS];
        order.iter().for_each(|(rank, _)| starts[bucket(*rank)] += 1);
        let mut next = 0;
        for start in &mut starts {
            next += std::mem::replace(start, next);
        }
        for &entry in &order {
            let start = &mut starts[bucket(entry.0)];
            sorted[*start] = entry;
            *start += 1;
        }
        std::mem::swap(&mut order, &mut sorted);
    }
    order.par_iter().map(|(_, position)| rows[*position as usize]).collect()
}
