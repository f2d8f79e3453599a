//! The order of results: by party code, then by basis as text.

use rayon::prelude::*;

use crate::names::BasisText;
use crate::result::Row;

/// Puts rows by their bases, which is the order of results where their table lies in it.
pub fn by_basis(parts: Vec<Vec<Row>>) -> Vec<Row> {
    let mut rows = parts.concat();
    rows.par_sort_unstable_by_key(|row| row.basis);
    rows
}

/// Puts rows into the order of results, whatever that of their table.
pub fn sort(parts: &[Vec<Row>], ranks: &[u32], text: BasisText) -> Vec<Row> {
    let rank = |row: &Row| ranks[row.party as usize];
    let mut rows = if parts.iter().flatten().is_sorted_by_key(rank) { parts.concat() } else { by_rank(parts, ranks) };
    let is_of_one = |one: &Row, other: &Row| one.party == other.party;
    if rows.par_windows(2).with_min_len(1 << 14).any(|pair| is_of_one(&pair[0], &pair[1])) {
        rows.par_chunk_by_mut(is_of_one).filter(|rows| rows.len() > 1).for_each(|rows| {
            rows.sort_unstable_by(|one, other| text.compare(one.basis, other.basis));
        });
    }
    rows
}

/// Where a row stands: its party's place, and its own place among the parts.
type Entry = (u32, u32);

/// Rows of a part that have a place of their own.
const PART_BITS: u32 = 15;

/// A part dealt into buckets.
struct Dealt {
    rows: Vec<Row>,
    /// Row by row.
    entries: Vec<Entry>,
    /// Where each bucket ends.
    ends: Vec<usize>,
}

/// Sorts by the party's place, otherwise keeping the order. The places are dense numbers, so rows need not be compared:
/// all cores deal them into buckets by the upper bits of their place, then sort each bucket by the lower ones.
fn by_rank(parts: &[Vec<Row>], ranks: &[u32]) -> Vec<Row> {
    /// Rows of a bucket to aim at: they stay in the nearest cache.
    const BUCKET: usize = 1024;
    let parts: Vec<&[Row]> = parts.iter().flat_map(|part| part.chunks(1 << PART_BITS)).collect();
    let rows: usize = parts.iter().map(|part| part.len()).sum();
    let bits = u32::BITS - (ranks.len() as u32).leading_zeros();
    let upper = (rows / BUCKET + 1).ilog2().min(8).min(bits);
    let lower = bits - upper;
    // A part's rows move while they are near; those of one bucket then lie side by side wherever they come from.
    let dealt: Vec<Dealt> = parts
        .par_iter()
        .enumerate()
        .map(|(index, part)| {
            let entries: Vec<Entry> = part.iter().zip(0..).map(|(row, at)| (ranks[row.party as usize], at)).collect();
            let mut sorted = vec![(0, 0); entries.len()];
            let ends = deal(entries.iter().copied(), &mut sorted, 1 << upper, |rank| rank >> lower);
            let rows = sorted.iter().map(|(_, at)| part[*at as usize]).collect();
            sorted.iter_mut().zip(0..).for_each(|(entry, at)| entry.1 = (index as u32) << PART_BITS | at);
            Dealt { rows, entries: sorted, ends }
        })
        .collect();
    let bucket = |bucket: usize| {
        let mut entries: Vec<Entry> = Vec::with_capacity(2 * BUCKET);
        for Dealt { entries: of_part, ends, .. } in &dealt {
            let start = if bucket == 0 { 0 } else { ends[bucket - 1] };
            entries.extend_from_slice(&of_part[start..ends[bucket]]);
        }
        let mut sorted = vec![(0, 0); entries.len()];
        let half = lower.div_ceil(2);
        for shift in [0, half] {
            deal(entries.iter().copied(), &mut sorted, 1 << half, |rank| (rank >> shift) & ((1 << half) - 1));
            std::mem::swap(&mut entries, &mut sorted);
        }
        entries
    };
    let order: Vec<Vec<Entry>> = (0..1usize << upper).into_par_iter().map(bucket).collect();
    let order = order.concat();
    let row =
        |&(_, place): &Entry| dealt[(place >> PART_BITS) as usize].rows[(place & ((1 << PART_BITS) - 1)) as usize];
    order.par_iter().with_min_len(4096).map(row).collect()
}

/// Deals entries out by a digit of their party's place, keeping the order of those with one digit. Gives where the entries
/// of each digit end.
fn deal(
    entries: impl Iterator<Item = Entry> + Clone,
    sorted: &mut [Entry],
    digits: usize,
    digit: impl Fn(u32) -> u32,
) -> Vec<usize> {
    let mut starts = vec![0; digits];
    entries.clone().for_each(|(rank, _)| starts[digit(rank) as usize] += 1);
    let mut next = 0;
    for start in &mut starts {
        next += std::mem::replace(start, next);
    }
    for entry in entries {
        let start = &mut starts[digit(entry.0) as usize];
        sorted[*start] = entry;
        *start += 1;
    }
    starts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::result::Reason;

    #[test]
    fn rows_come_by_place_and_keep_their_order_within_one() {
        let parties = 5_000u32;
        let ranks: Vec<u32> = (0..parties).map(|party| (party * 2_731 + 17) % parties).collect();
        let row = |basis: u32| Row::refused(basis.wrapping_mul(2_654_435_761) % parties, basis, Reason::NoTier);
        for rows in [0, 1, 3, 700, 40_000, 100_000] {
            let all: Vec<Row> = (0..rows).map(row).collect();
            let parts = [all[..all.len() / 3].to_vec(), Vec::new(), all[all.len() / 3..].to_vec()];
            let mut expected = all;
            expected.sort_by_key(|row| ranks[row.party as usize]);
            assert!(by_rank(&parts, &ranks) == expected, "{rows}");
        }
    }
}
