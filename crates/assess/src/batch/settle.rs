//! Settles rows by their cells alone: the paid ones in one pass, each written once and in its place; of the others, what is
//! missing. Few are left to be evaluated in frames.

use std::ops::Range;
use std::sync::Arc;

use duixian_facts::table::NO_NUMBER;
use duixian_money::{Fen, Span};
use duixian_rules::plan::{Payable, Period};

use super::bound::{CHUNK, FALSE, Fetched, Rows, TRUE, UNSURE};
use super::gaps::GAPS;
use super::measure::{Job, Piece};
use super::pick::{Kept, KeptChunk, Picker};
use super::price::{Prices, Quote, add_shares};
use super::question::{CODES, Question, by_code, code_of, is_paid};
use super::sieve::Sieve;
use super::specialise::Specialiser;
use crate::coded::CodedRows;
use crate::result::Row;

/// What rows of a measure are paid, which no limit looks at.
pub struct Tariff<'a> {
    prices: Prices<'a>,
    /// What each alternative pays, by code.
    quotes: Box<[Quote; CODES]>,
    /// Whether all these amounts are exact.
    are_exact: bool,
    /// What rows come to, by code, but for the basis and the amount.
    verdicts: Arc<[Row]>,
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
        let mut verdicts = by_code(&paid)?;
        verdicts[usize::from(CodedRows::MISSING)] = Row::missing(0, 0, 0, payable_from);
        let tells_all = sieve.of_row.tells_all() && sieve.of_party.as_ref().is_none_or(Question::tells_all);
        Some(Tariff {
            quotes: by_code(&prices.quotes)?,
            are_exact: prices.quotes.iter().all(Quote::is_exact),
            verdicts: (verdicts as Box<[Row]>).into(),
            prices,
            tells_all,
        })
    }

    /// Asks some rows what is asked row by row, and appends a row for each that is not refused, as if it were paid; says of
    /// which that is not certain. A row of which it is not even certain by what alternative gets some amount.
    fn pay<'d>(&self, sieve: &Sieve, kept: &mut KeptChunk, settled: &mut CodedRows, desk: &'d mut Papers) -> Paid<'d> {
        let KeptChunk { rows, parties, ref mut answers } = *kept;
        let cells = &mut desk.cells[..rows.len()];
        let asked = match self.prices.fetch(rows, parties, cells) {
            Some(column) => Rows::Fetched(rows, parties, Fetched { column, cells }),
            None => Rows::Picked(rows, parties),
        };
        sieve.ask_row_by_row(&asked, answers);
        let picked = desk.picker.pick(answers);
        let places = || picked.iter().map(|&place| usize::from(place));
        // Short loops are quicker than one that needs everything at once.
        let is_open = &mut desk.is_open[..picked.len()];
        let (rates, amounts) = (&mut desk.rates[..picked.len()], &mut desk.amounts[..picked.len()]);
        let lows = &mut desk.lows[..picked.len()];
        for (index, place) in places().enumerate() {
            let (answer, cell) = (answers[place], desk.cells[place]);
            is_open[index] = u8::from(!is_paid(answer) | (cell == NO_NUMBER));
            amounts[index] = cell.max(0).cast_unsigned();
            (lows[index], rates[index]) = self.quotes[code_of(answer)].low();
        }
        add_shares(lows, rates, amounts);
        settled.extend(picked, parties, rows, lows, |place| code_of(answers[place]) as u8);
        if !self.are_exact {
            let high =
                |(place, low): (usize, &Fen)| self.quotes[code_of(answers[place])].high(*low, desk.cells[place].max(0));
            settled.extend_highs(places().zip(&*lows).map(high));
        }
        Paid { picked, open: desk.open.pick(is_open) }
    }
}

/// Room for what one core works on, used again for the next range.
pub struct Desk {
    /// The rows of a range that are not refused.
    pub kept: Kept,
    /// Not on the stack, which stays deep while a core waits for others and works on what they have left.
    papers: Box<Papers>,
}

/// Room for what is worked out of a chunk.
struct Papers {
    picker: Picker,
    open: Picker,
    cells: [i64; CHUNK],
    is_open: [u8; CHUNK],
    rates: [u64; CHUNK],
    amounts: [u64; CHUNK],
    lows: [Fen; CHUNK],
}

/// The places of a chunk that were picked, and which of these, by their number, are open.
struct Paid<'d> {
    picked: &'d [u16],
    open: &'d [u16],
}

/// Places of rows, in one piece, that are not settled yet: by what there is to be done with them.
#[derive(Default)]
struct Open([Vec<u32>; 3]);

impl Open {
    /// Their alternative is settled, and the party's conditions with it.
    const BY_ROW: usize = 0;
    /// Nothing of them is settled.
    const WHOLLY: usize = 1;
    /// They have to be evaluated.
    const UNTOLD: usize = 2;

    /// What there is to be done with an open row of which the sieve gave this answer. A choice of values, not of ways,
    /// since nobody could foretell it.
    #[inline]
    fn kind(answer: u8) -> usize {
        let unless_paid = if answer == UNSURE { Open::WHOLLY } else { Open::BY_ROW };
        if is_paid(answer) { Open::UNTOLD } else { unless_paid }
    }
}

impl Desk {
    /// Room for the first range.
    pub fn new() -> Desk {
        let papers = Papers {
            picker: Picker::new(),
            open: Picker::new(),
            cells: [0; CHUNK],
            is_open: [FALSE; CHUNK],
            rates: [0; CHUNK],
            amounts: [0; CHUNK],
            lows: [Fen(0); CHUNK],
        };
        Desk { kept: Kept::new(), papers: Box::new(papers) }
    }
}

impl Job<'_> {
    /// Settles a range of rows, in their order.
    pub fn settle(&self, tariff: &Tariff, sieve: &Sieve, rows: Range<u32>, desk: &mut Desk) -> Piece {
        let Desk { kept, papers } = desk;
        sieve.sift(rows, kept);
        let mut settled = CodedRows::with_capacity(Arc::clone(&tariff.verdicts), kept.rows.len());
        let mut places = Open::default();
        for mut kept in kept.chunks() {
            let first = settled.len() as u32;
            let paid = tariff.pay(sieve, &mut kept, &mut settled, papers);
            for &open in paid.open {
                let answer = kept.answers[usize::from(paid.picked[usize::from(open)])];
                let kind = if tariff.tells_all { Open::kind(answer) } else { Open::UNTOLD };
                places.0[kind].push(first + u32::from(open));
            }
        }
        let Open([by_row, wholly, mut untold]) = places;
        by_row.chunks(GAPS).for_each(|places| self.name_gaps_of_rows(tariff, sieve, places, &mut settled));
        wholly.chunks(GAPS).for_each(|places| self.name_gaps(tariff, sieve, places, &mut settled, &mut untold));
        if untold.is_empty() {
            return match self.keeps_order {
                true => Piece { coded: Some(settled), ..Piece::default() },
                // Rows that are yet to be put in order move about whole.
                false => Piece { rows: settled.to_whole(), ..Piece::default() },
            };
        }
        untold.sort_unstable();
        Piece { rows: self.evaluate_untold(&untold, settled.to_whole()), ..Piece::default() }
    }

    /// Says what is missing of rows that are open only by what is asked row by row.
    fn name_gaps_of_rows(&self, tariff: &Tariff, sieve: &Sieve, places: &[u32], settled: &mut CodedRows) {
        let (mut answers, mut missing) = ([FALSE; GAPS], [0; GAPS]);
        let (bases, parties) = settled.at(places);
        let (answers, missing) = (&mut answers[..places.len()], &mut missing[..places.len()]);
        sieve.of_row.condition.gaps(&Rows::Picked(&bases, &parties), answers, missing);
        for (index, (&place, missing)) in places.iter().zip(missing).enumerate() {
            if tariff.quotes[settled.code(place as usize)].reads_the_cell() {
                *missing |= tariff.prices.missing_at(bases[index], parties[index]);
            }
            settled.miss(place as usize, self.context.named(*missing));
        }
    }

    /// Says what is missing of rows. Those that miss nothing, or may be refused or contradictory, are untold.
    fn name_gaps(
        &self,
        tariff: &Tariff,
        sieve: &Sieve,
        places: &[u32],
        settled: &mut CodedRows,
        untold: &mut Vec<u32>,
    ) {
        let (bases, parties) = settled.at(places);
        let rows = Rows::Picked(&bases, &parties);
        let mut gaps = Gaps { missing: vec![0; bases.len()], ..Gaps::default() };
        gaps.of_choice.resize(bases.len(), 0);
        gaps.holding.resize(bases.len(), 0);
        gaps.of_amount.resize(bases.len(), false);
        sieve.of_party.iter().chain([&sieve.of_row]).for_each(|question| gaps.add(question, &tariff.prices, &rows));
        for (index, &place) in places.iter().enumerate() {
            let (of_choice, holding) = (gaps.of_choice[index], gaps.holding[index]);
            let mut missing = gaps.missing[index] | of_choice;
            if gaps.of_amount[index] {
                missing |= tariff.prices.missing_at(bases[index], parties[index]);
            }
            if missing != 0 && holding <= Gaps::ONE && (of_choice != 0 || holding == Gaps::ONE) {
                settled.miss(place as usize, self.context.named(missing));
            } else {
                untold.push(place);
            }
        }
    }

    /// Evaluates the rows at some ascending places; those that turn out to be refused are taken out.
    fn evaluate_untold(&self, places: &[u32], mut rows: Vec<Row>) -> Vec<Row> {
        let mut told = Piece::default();
        let bases: Vec<u32> = places.iter().map(|&place| rows[place as usize].basis).collect();
        bases.chunks(CHUNK).for_each(|rows| self.evaluate_rows(rows.to_vec(), &mut told));
        told.rows.sort_unstable_by_key(|row| row.basis);
        let mut told = told.rows.into_iter().peekable();
        let mut refused = Vec::new();
        for (&place, &basis) in places.iter().zip(&bases) {
            match told.next_if(|row| row.basis == basis) {
                Some(row) => rows[place as usize] = row,
                None => refused.push(place),
            }
        }
        let (mut place, mut refused) = (0.., refused.into_iter().peekable());
        rows.retain(|_| refused.next_if_eq(&place.next().unwrap_or(0)).is_none());
        rows
    }
}

/// What some rows miss.
#[derive(Default)]
struct Gaps {
    /// Of the conditions.
    missing: Vec<u64>,
    /// Of what the choice of an alternative hangs on.
    of_choice: Vec<u64>,
    /// Whether an alternative may hold whose amount hangs on a cell.
    of_amount: Vec<bool>,
    /// How many alternatives hold; one that pays nothing counts as more than one.
    holding: Vec<u8>,
}

impl Gaps {
    const ONE: u8 = 1;

    fn add(&mut self, question: &Question, prices: &Prices, rows: &Rows) {
        let (mut answers, mut missing) = ([FALSE; GAPS], [0; GAPS]);
        let (answers, missing) = (&mut answers[..self.missing.len()], &mut missing[..self.missing.len()]);
        question.condition.gaps(rows, answers, missing);
        self.missing.iter_mut().zip(&*missing).for_each(|(all, missing)| *all |= missing);
        let guards = question.choice.iter().flat_map(|choice| &choice.guards);
        for ((guard, code), quote) in guards.zip(&prices.quotes) {
            guard.gaps(rows, answers, missing);
            self.of_choice.iter_mut().zip(&*missing).for_each(|(all, missing)| *all |= missing);
            if quote.reads_the_cell() {
                self.of_amount.iter_mut().zip(&*answers).for_each(|(reads, answer)| *reads |= *answer != FALSE);
            }
            let weight = if *code == UNSURE { Gaps::ONE + 1 } else { Gaps::ONE };
            for (holding, answer) in self.holding.iter_mut().zip(&*answers) {
                *holding = holding.saturating_add(if *answer == TRUE { weight } else { 0 });
            }
        }
    }
}
