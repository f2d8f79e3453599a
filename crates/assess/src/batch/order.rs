//! The order of results: by party code, then by basis as text.

use duixian_facts::uscc::Uscc;
use rayon::prelude::*;

use crate::names::BasisText;
use crate::result::Row;

/// The place of each party in the order of codes. Without codes, that of their rows.
pub fn ranks(codes: &[Uscc], parties: usize) -> Vec<u32> {
    if codes.len() != parties || codes.is_sorted() {
        return (0..parties as u32).collect();
    }
    let mut order: Vec<(Uscc, u32)> = codes.par_iter().copied().zip(0..parties as u32).collect();
    order.par_sort_unstable();
    let mut ranks = vec![0; parties];
    for (rank, (_, party)) in (0..).zip(order) {
        ranks[party as usize] = rank;
    }
    ranks
}

/// Puts rows that stand in the order of their bases into the order of results.
pub fn sort(rows: Vec<Row>, ranks: &[u32], text: BasisText) -> Vec<Row> {
    let rank = |row: &Row| ranks[row.party as usize];
    let mut rows = if rows.is_sorted_by_key(rank) {
        rows
    } else {
        // Numbers are cheaper to sort than rows; the position keeps rows of one party in the order of bases.
        let place = |(position, row): (usize, &Row)| u64::from(rank(row)) << 32 | position as u64;
        let mut order: Vec<u64> = rows.par_iter().enumerate().map(place).collect();
        order.par_sort_unstable();
        order.par_iter().map(|place| rows[(place & u64::from(u32::MAX)) as usize]).collect()
    };
    if !is_in_order(text) {
        sort_parties_rows(&mut rows, text);
    }
    rows
}

/// Whether a table's rows stand in the order of their texts already, as those of numbered registers do.
fn is_in_order(text: BasisText) -> bool {
    match text {
        BasisText::Id(ids) => {
            (1..ids.len()).into_par_iter().with_min_len(4096).all(|row| ids.bytes(row - 1) <= ids.bytes(row))
        }
        BasisText::Year(_) => false,
        BasisText::Nothing => true,
    }
}

/// Sorts by text what belongs to one party.
fn sort_parties_rows(rows: &mut [Row], text: BasisText) {
    rows.par_chunk_by_mut(|one, other| one.party == other.party).for_each(|rows| {
        if rows.len() > 1 {
            rows.sort_unstable_by(|one, other| text.compare(one.basis, other.basis));
        }
    });
}
