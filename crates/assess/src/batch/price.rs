//! Amounts that hang on one cell at most: constants, a cell, percentages of a cell.

use std::ptr;

use duixian_facts::table::{Column, NO_NUMBER};
use duixian_money::{Fen, WHOLE, percent_of};
use duixian_rules::plan::{Amount, Node, NodeId};
use multiversion::multiversion;

use super::bound::UNSURE;
use super::specialise::Specialiser;

/// The amounts of a measure's alternatives, all of which hang on the same cell or on none.
pub struct Prices<'a> {
    /// By alternative.
    pub quotes: Vec<Quote>,
    cells: Option<PricedCells<'a>>,
}

/// A column of money or numbers.
#[derive(Clone, Copy)]
struct PricedCells<'a> {
    cells: &'a [i64],
    is_of_party: bool,
    /// The facts that an empty cell leaves missing; zero where it says that something has not happened.
    missing: u64,
}

/// What an alternative pays.
#[derive(Clone, Copy)]
pub struct Quote {
    low: Price,
    high: High,
}

/// The upper end of what is paid.
#[derive(Clone, Copy)]
enum High {
    /// The lower end: the amount is exact.
    Low,
    /// None.
    Open,
    /// This.
    Price(Price),
}

/// An amount: a constant, and a percentage of the cell. One of them is zero.
#[derive(Clone, Copy)]
struct Price {
    constant: i64,
    /// In parts per million; not negative.
    rate: i64,
}

impl<'a> Prices<'a> {
    /// The prices of a measure, if its amounts hang on so little.
    pub fn of(of: &Specialiser<'a>) -> Option<Prices<'a>> {
        let mut prices = Prices { quotes: Vec::new(), cells: None };
        for alternative in &of.measure.pay.alternatives {
            let quote = match alternative.amount {
                Amount::Exact(low) => prices.quote(of, low, |_| Some(High::Low)),
                Amount::Span { low, high: None } => prices.quote(of, low, |_| Some(High::Open)),
                Amount::Span { low, high: Some(high) } => {
                    prices.quote(of, low, |prices| prices.price(of, high).map(High::Price))
                }
                Amount::Nothing => Some(Quote::NOTHING),
            };
            prices.quotes.push(quote?);
        }
        Some(prices)
    }

    fn quote(
        &mut self,
        of: &Specialiser<'a>,
        low: NodeId,
        high: impl FnOnce(&mut Self) -> Option<High>,
    ) -> Option<Quote> {
        Some(Quote { low: self.price(of, low)?, high: high(self)? })
    }

    fn price(&mut self, of: &Specialiser<'a>, node: NodeId) -> Option<Price> {
        if let Some(constant) = of.constant(node) {
            return Some(Price { constant: constant.max(0), rate: 0 });
        }
        let (cell, rate) = match of.run.plan.nodes[node].node {
            Node::PercentOf(rate, amount) => (amount, of.constant(rate)?),
            _ => (node, WHOLE),
        };
        let Node::Column(table, column) = of.run.plan.nodes[cell].node else { return None };
        let (Column::Number(cells), if_empty, is_of_party) = of.cells(table, column)? else { return None };
        let is_the_same = self.cells.is_none_or(|known| ptr::eq(known.cells, cells.as_slice()));
        let missing = if if_empty == UNSURE { of.context.bit(table, column) } else { 0 };
        self.cells = Some(PricedCells { cells, is_of_party, missing });
        // Of nothing at all, an empty cell would be missed all the same.
        (is_the_same && rate > 0).then_some(Price { constant: 0, rate })
    }

    /// Fetches the cells that the amounts of some rows hang on, and says of which column they are; none if on none.
    pub fn fetch(&self, rows: &[u32], parties: &[u32], cells: &mut [i64]) -> Option<&'a [i64]> {
        let PricedCells { cells: column, is_of_party, .. } = self.cells?;
        let rows = if is_of_party { parties } else { rows };
        cells.iter_mut().zip(rows).for_each(|(cell, row)| *cell = column[*row as usize]);
        Some(column)
    }

    /// What a row's amounts miss that hang on the cell.
    pub fn missing_at(&self, row: u32, party: u32) -> u64 {
        let Some(PricedCells { cells, is_of_party, missing }) = self.cells else { return 0 };
        let cell = cells[if is_of_party { party } else { row } as usize];
        if cell == NO_NUMBER { missing } else { 0 }
    }
}

impl Quote {
    const NOTHING: Quote = Quote { low: Price { constant: 0, rate: 0 }, high: High::Low };

    /// The lower end of what a row is paid: a constant, and besides a percentage, in parts per million, of the cell.
    #[inline]
    pub fn low(&self) -> (Fen, u64) {
        (Fen(self.low.constant), self.low.rate.cast_unsigned())
    }

    /// The upper end of what a row is paid whose lower end this is, for its cell, which is not below zero; none if it is open.
    #[inline]
    pub fn high(&self, low: Fen, cell: i64) -> Option<Fen> {
        match &self.high {
            High::Low => Some(low),
            High::Open => None,
            High::Price(price) => Some(price.at(cell)),
        }
    }

    /// Whether the amount hangs on the cell.
    pub fn reads_the_cell(&self) -> bool {
        self.low.rate > 0 || matches!(self.high, High::Price(price) if price.rate > 0)
    }

    /// Whether the amount is exact.
    pub fn is_exact(&self) -> bool {
        matches!(self.high, High::Low)
    }
}

impl Price {
    #[inline(always)]
    fn at(&self, cell: i64) -> Fen {
        Fen(self.constant + share(self.rate, cell).0)
    }
}

/// Adds to each the percentage of an amount, as `duixian_money::percent_of` has it. Rates in parts per million; nothing exceeds
/// what `i64` holds.
#[multiversion(targets = "simd")]
pub fn add_shares(to: &mut [Fen], rates: &[u64], amounts: &[u64]) {
    let rows = to.iter_mut().zip(rates).zip(amounts);
    let greatest = |numbers: &[u64]| numbers.iter().fold(0, |greatest, number| greatest.max(*number));
    let is_small = greatest(rates).checked_mul(greatest(amounts)).is_some_and(|product| product <= u64::MAX / 2);
    if is_small {
        rows.for_each(|((to, rate), amount)| to.0 += by_parts(rate * amount + PARTS / 2).cast_signed());
    } else {
        rows.for_each(|((to, rate), amount)| to.0 += share(rate.cast_signed(), amount.cast_signed()).0);
    }
}

/// A number divided by [`PARTS`]: the upper half of its product with 2^82 / [`PARTS`] rounded up, divided by 2^18 (Granlund and
/// Montgomery, “Division by invariant integers using multiplication”, 1994). Made of multiplications of 32 bits, of which there
/// are vector instructions.
#[inline(always)]
fn by_parts(number: u64) -> u64 {
    const FACTOR: u64 = ((1 << 82) / PARTS as u128 + 1) as u64;
    const LOW: u64 = u32::MAX as u64;
    let (high, low) = (number >> 32, number & LOW);
    let middle = high * (FACTOR & LOW) + ((low * (FACTOR & LOW)) >> 32);
    let rest = low * (FACTOR >> 32) + (middle & LOW);
    (high * (FACTOR >> 32) + (middle >> 32) + (rest >> 32)) >> 18
}

const PARTS: u64 = WHOLE.unsigned_abs();

/// A percentage of an amount, as `duixian_money::percent_of` has it; neither is negative.
#[inline(always)]
fn share(rate: i64, amount: i64) -> Fen {
    let product = rate.cast_unsigned().checked_mul(amount.cast_unsigned());
    match product.and_then(|product| product.checked_add(PARTS / 2)) {
        // Without a sign, a division by a constant is little more than a multiplication.
        Some(product) => Fen((product / PARTS) as i64),
        None => percent_of(rate, Fen(amount)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_of_many_are_percentages() {
        let amounts = [0, 1, 2, 3, 49, 50, 51, 1_234_567, 99_999_999_999, i64::MAX / 4_000_000, i64::MAX / 3];
        for rates in [[0, 1, 499_999, 500_000, 600_000, 800_000, 1_000_000], [1, 2, 3, 4, 5, 6, 7]] {
            for amounts in [&amounts[..], &amounts[..10], &amounts[..9]] {
                let pairs = || rates.iter().flat_map(|rate| amounts.iter().map(move |amount| (*rate, *amount)));
                let mut shares = vec![Fen(7); pairs().count()];
                let (of, to): (Vec<u64>, Vec<u64>) =
                    pairs().map(|(rate, amount): (i64, i64)| (rate.cast_unsigned(), amount.cast_unsigned())).unzip();
                add_shares(&mut shares, &of, &to);
                assert!(pairs().map(|(rate, amount)| Fen(percent_of(rate, Fen(amount)).0 + 7)).eq(shares));
            }
        }
    }

    #[test]
    fn a_number_is_divided_exactly() {
        let near =
            |number: u64| (number.saturating_sub(2)..=number.saturating_add(2)).filter(|near| *near <= u64::MAX / 2);
        let multiples = (0..62).flat_map(|shift| near(((1u64 << shift) / PARTS) * PARTS).chain(near(1 << shift)));
        for number in multiples.chain(near(u64::MAX / 2)) {
            assert_eq!(by_parts(number), number / PARTS, "{number}");
        }
    }

    #[test]
    fn shares_are_percentages() {
        let amounts = [0, 1, 2, 3, 49, 50, 51, 1_234_567, i64::MAX / 1_000_000, i64::MAX / 2, i64::MAX];
        for rate in [0, 1, 499_999, 500_000, 600_000, 800_000, WHOLE, 3_333_333] {
            for amount in amounts {
                assert_eq!(share(rate, amount), percent_of(rate, Fen(amount)), "{rate} ppm of {amount}");
            }
        }
        assert!(amounts.iter().all(|&amount| share(WHOLE, amount) == Fen(amount)), "the whole is the cell itself");
    }
}
