//! Settles rows by their cells alone: the paid ones in one pass, each written once and in its place; of the others, what is
//! missing. Few are left to be evaluated in frames.

use std::ops::Range;

use duixian_facts::table::NO_NUMBER;
use duixian_money::{Fen, Span};
use duixian_rules::plan::{Payable, Period};

use super::bound::{CHUNK, FALSE, Rows, TRUE, UNSURE};
use super::measure::{Job, Piece};
use super::pick::{KeptChunk, Picked};
use super::price::{Prices, Quote};
use super::question::{CODES, Question, by_code, code_of, is_paid};
use super::sieve::Sieve;
use super::specialise::Specialiser;
use crate::result::Row;

/// What rows of a measure are paid, which no limit looks at.
pub struct Tariff<'a> {
    prices: Prices<'a>,
    /// What each alternative pays, by code.
    quotes: Box<[Quote; CODES]>,
    /// Whether all these amounts are exact.
    are_exact: bool,
    /// A row that each alternative pays, by code, but for the basis and the amount.
    paid: Box<[Row; CODES]>,
    /// The first day of payment, the same for all.
    payable_from: Option<i64>,
    /// Whether the cells always say what a row misses of which they are not sure.
    tells_all: bool,
}

impl<'a> Tariff<'a> {
    /// The tariff of a measure without limits; none where amounts hang on more than a cell, or days of payment on the row.
    pub fn of(of: &Specialiser<'a>, sieve: &Sieve, next_year: i64) -> Option<Tariff<'a>> {
        let measure = of.measure;
        let payable_from = match (measure.payable, &measure.basis.period) {
            (Payable::NextYear, _) => Some(next_year),
            (Payable::NotBefore(_), Period::Yearly { .. }) => None,
            (Payable::NotBefore(_), Period::Dated { .. }) => return None,
        };
        if measure.pay.by_rank {
            return None;
        }
        let prices = Prices::of(of)?;
        let nothing = Span { low: Fen(0), high: None };
        let paid = |(quote, index): (&Quote, u16)| Row::paid(0, 0, index, quote.is_exact(), nothing, payable_from);
        let paid: Vec<Row> = prices.quotes.iter().zip(0..).map(paid).collect();
        let tells_all = sieve.of_row.tells_all() && sieve.of_party.as_ref().is_none_or(Question::tells_all);
        Some(Tariff {
            quotes: by_code(&prices.quotes)?,
            are_exact: prices.quotes.iter().all(Quote::is_exact),
            paid: by_code(&paid)?,
            prices,
            payable_from,
            tells_all,
        })
    }

    /// Appends a row for each that was picked, as if it were paid; says of which that is not certain. A row of which it is
    /// not even certain by what alternative gets some amount.
    fn pay(&self, kept: KeptChunk, picked: &Picked, settled: &mut Vec<Row>, is_open: &mut [u8]) {
        let KeptChunk { rows, parties, answers } = kept;
        let mut cells = [0; CHUNK];
        self.prices.cells(&Rows::Picked(rows, parties), &mut cells);
        // Two short loops are quicker than one that needs everything at once.
        let mut lows = [Fen(0); CHUNK];
        let places = || picked.places().iter().map(|&place| usize::from(place));
        for ((low, is_open), place) in lows.iter_mut().zip(is_open).zip(places()) {
            let (answer, cell) = (answers[place], cells[place]);
            *is_open = u8::from(!is_paid(answer) | (cell == NO_NUMBER));
            *low = self.quotes[code_of(answer)].low(cell.max(0));
        }
        let row = |place: usize, amount| self.paid[code_of(answers[place])].with(parties[place], rows[place], amount);
        if self.are_exact {
            settled.extend(places().zip(&lows).map(|(place, low)| row(place, Span::exact(*low))));
        } else {
            settled.extend(
                places().zip(&lows).map(|(place, low)| {
                    row(place, self.quotes[code_of(answers[place])].span(*low, cells[place].max(0)))
                }),
            );
        }
    }
}

/// Places of rows, in one piece, that are not settled yet, with the answers of the sieve.
#[derive(Default)]
struct Open {
    /// Those whose alternative is settled, and the party's conditions with it.
    by_row: Vec<u32>,
    /// The others.
    wholly: Vec<u32>,
    /// Those that have to be evaluated.
    untold: Vec<u32>,
}

impl Job<'_> {
    /// Settles a range of rows, in their order.
    pub fn settle(&self, tariff: &Tariff, sieve: &Sieve, rows: Range<u32>, piece: &mut Piece) {
        let kept = sieve.sift(rows);
        let settled = &mut piece.rows;
        settled.reserve_exact(kept.rows.len());
        let mut places = Open::default();
        for kept in kept.chunks() {
            let first = settled.len() as u32;
            let picked = Picked::of(kept.answers);
            let mut is_open = [FALSE; CHUNK];
            let is_open = &mut is_open[..picked.places().len()];
            tariff.pay(kept, &picked, settled, is_open);
            for &open in Picked::of(is_open).places() {
                match kept.answers[usize::from(picked.places()[usize::from(open)])] {
                    _ if !tariff.tells_all => &mut places.untold,
                    UNSURE => &mut places.wholly,
                    answer if is_paid(answer) => &mut places.untold,
                    _ => &mut places.by_row,
                }
                .push(first + u32::from(open));
            }
        }
        places.by_row.chunks(CHUNK).for_each(|places| self.name_gaps_of_rows(tariff, sieve, places, settled));
        for chunk in places.wholly.chunks(CHUNK) {
            self.name_gaps(tariff, sieve, chunk, settled, &mut places.untold);
        }
        places.untold.sort_unstable();
        self.evaluate_untold(&places.untold, piece);
    }

    /// Says what is missing of rows that are open only by what is asked row by row.
    fn name_gaps_of_rows(&self, tariff: &Tariff, sieve: &Sieve, places: &[u32], settled: &mut [Row]) {
        let (mut answers, mut missing) = ([FALSE; CHUNK], [0; CHUNK]);
        let (bases, parties) = rows_at(places, settled);
        let (answers, missing) = (&mut answers[..places.len()], &mut missing[..places.len()]);
        sieve.of_row.condition.gaps(&Rows::Picked(&bases, &parties), answers, missing);
        for (&place, &missing) in places.iter().zip(&*missing) {
            self.miss_in_place(tariff, missing, &mut settled[place as usize]);
        }
    }

    /// Says what is missing of rows. Those that miss nothing, or may be refused or contradictory, are untold.
    fn name_gaps(&self, tariff: &Tariff, sieve: &Sieve, places: &[u32], settled: &mut [Row], untold: &mut Vec<u32>) {
        let (bases, parties) = rows_at(places, settled);
        let rows = Rows::Picked(&bases, &parties);
        let mut gaps = Gaps { missing: vec![0; bases.len()], ..Gaps::default() };
        gaps.of_choice.resize(bases.len(), 0);
        gaps.holding.resize(bases.len(), 0);
        sieve.of_party.iter().chain([&sieve.of_row]).for_each(|question| gaps.add(question, &rows));
        for (index, &place) in places.iter().enumerate() {
            let (of_choice, holding) = (gaps.of_choice[index], gaps.holding[index]);
            let missing = gaps.missing[index] | of_choice;
            if missing != 0 && holding <= Gaps::ONE && (of_choice != 0 || holding == Gaps::ONE) {
                self.miss_in_place(tariff, missing, &mut settled[place as usize]);
            } else {
                untold.push(place);
            }
        }
    }

    fn miss_in_place(&self, tariff: &Tariff, missing: u64, row: &mut Row) {
        *row = Row::missing(row.party, row.basis, self.context.named(missing), tariff.payable_from);
    }

    /// Evaluates the rows at some ascending places of a piece; those that turn out to be refused are taken out.
    fn evaluate_untold(&self, places: &[u32], piece: &mut Piece) {
        if places.is_empty() {
            return;
        }
        let mut told = Piece::default();
        let bases: Vec<u32> = places.iter().map(|&place| piece.rows[place as usize].basis).collect();
        bases.chunks(CHUNK).for_each(|rows| self.evaluate_rows(rows.to_vec(), &mut told));
        told.rows.sort_unstable_by_key(|row| row.basis);
        let mut told = told.rows.into_iter().peekable();
        let mut refused = Vec::new();
        for (&place, &basis) in places.iter().zip(&bases) {
            match told.next_if(|row| row.basis == basis) {
                Some(row) => piece.rows[place as usize] = row,
                None => refused.push(place),
            }
        }
        let (mut place, mut refused) = (0.., refused.into_iter().peekable());
        piece.rows.retain(|_| refused.next_if_eq(&place.next().unwrap_or(0)).is_none());
    }
}

/// The bases of the rows at some places, and their parties.
fn rows_at(places: &[u32], settled: &[Row]) -> (Vec<u32>, Vec<u32>) {
    let row = |place: &u32| (settled[*place as usize].basis, settled[*place as usize].party);
    places.iter().map(row).unzip()
}

/// What some rows miss.
#[derive(Default)]
struct Gaps {
    /// Of the conditions.
    missing: Vec<u64>,
    /// Of what the choice of an alternative hangs on.
    of_choice: Vec<u64>,
    /// How many alternatives hold; one that pays nothing counts as more than one.
    holding: Vec<u8>,
}

impl Gaps {
    const ONE: u8 = 1;

    fn add(&mut self, question: &Question, rows: &Rows) {
        let (mut answers, mut missing) = ([FALSE; CHUNK], [0; CHUNK]);
        let (answers, missing) = (&mut answers[..self.missing.len()], &mut missing[..self.missing.len()]);
        question.condition.gaps(rows, answers, missing);
        self.missing.iter_mut().zip(&*missing).for_each(|(all, missing)| *all |= missing);
        for (guard, code) in question.choice.iter().flat_map(|choice| &choice.guards) {
            guard.gaps(rows, answers, missing);
            self.of_choice.iter_mut().zip(&*missing).for_each(|(all, missing)| *all |= missing);
            let weight = if *code == UNSURE { Gaps::ONE + 1 } else { Gaps::ONE };
            for (holding, answer) in self.holding.iter_mut().zip(&*answers) {
                *holding = holding.saturating_add(if *answer == TRUE { weight } else { 0 });
            }
        }
    }
}
