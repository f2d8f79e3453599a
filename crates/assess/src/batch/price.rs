//! Amounts that hang on one cell at most: constants, a cell, percentages of a cell.

use std::ptr;

use duixian_facts::table::Column;
use duixian_money::{Fen, Span, WHOLE, percent_of};
use duixian_rules::plan::{Amount, Node, NodeId};

use super::bound::{CHUNK, Rows};
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
        let (Column::Number(cells), _, is_of_party) = of.cells(table, column)? else { return None };
        let is_the_same = self.cells.is_none_or(|known| ptr::eq(known.cells, cells.as_slice()));
        self.cells = Some(PricedCells { cells, is_of_party });
        // Of nothing at all, an empty cell would be missed all the same.
        (is_the_same && rate > 0).then_some(Price { constant: 0, rate })
    }

    /// The cells that the amounts of some rows hang on; zeros if on none.
    pub fn cells(&self, rows: &Rows, fetched: &mut [i64; CHUNK]) {
        let (Some(PricedCells { cells, is_of_party }), Rows::Picked(rows, parties)) = (self.cells, rows) else {
            return;
        };
        let rows = if is_of_party { parties } else { rows };
        fetched.iter_mut().zip(*rows).for_each(|(cell, row)| *cell = cells[*row as usize]);
    }
}

impl Quote {
    const NOTHING: Quote = Quote { low: Price { constant: 0, rate: 0 }, high: High::Low };

    /// The lower end of what a row is paid for the cell that it hangs on, which is not below zero.
    #[inline]
    pub fn low(&self, cell: i64) -> Fen {
        self.low.at(cell)
    }

    /// What a row is paid whose lower end this is.
    #[inline]
    pub fn span(&self, low: Fen, cell: i64) -> Span {
        let high = match &self.high {
            High::Low => Some(low),
            High::Open => None,
            High::Price(price) => Some(price.at(cell)),
        };
        Span { low, high }
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

/// A percentage of an amount, as `duixian_money::percent_of` has it; neither is negative.
#[inline(always)]
fn share(rate: i64, amount: i64) -> Fen {
    const PARTS: u64 = WHOLE.unsigned_abs();
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
