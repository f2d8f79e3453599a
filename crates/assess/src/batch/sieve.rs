//! Sorts out a measure's rows by their cells alone: which are refused, which are certainly paid and how, and which have
//! to be asked.
//!
//! Where refused rows are not reported, it does not matter which condition refuses a row. All of them, the tiers' guards
//! included, are then one question, and what the party's own cells answer of it is answered once for all parties
//! ([`super::specialise`], [`super::bound`]). Mostly few rows are left, and of these few need their conditions evaluated.

use std::ops::Range;

use duixian_facts::order::RowsOfParties;
use duixian_rules::plan::Period;
use rayon::prelude::*;

use super::bound::{Bound, CHUNK, FALSE, Rows, TRUE, UNSURE};
use super::pick::Kept;
use super::question::{Choice, Question};
use super::run::Run;
use super::specialise::{Specialiser, years_of_rows};
use super::wide::join_each;

/// What the cells say of a measure's rows.
pub struct Sieve<'a> {
    /// That a row belongs to the years looked at; always true of rows that have no year.
    years: Bound<'a>,
    /// What is asked of the party's own cells alone; none where everything is asked row by row.
    pub of_party: Option<Question<'a>>,
    /// What is asked row by row besides.
    pub of_row: Question<'a>,
    /// How rows come by what their parties answer.
    parties: Parties<'a>,
    /// Whether a condition is answered with the parties.
    settled: Vec<bool>,
}

/// How the rows of a table lie to the parties.
enum Parties<'a> {
    /// The rows are the parties.
    Themselves,
    /// The rows of a party follow each other, and so do the parties, of which each row has this. Parties are answered first,
    /// and only the rows of those that are not refused are looked at.
    InOrder(&'a [u32], &'a RowsOfParties),
    /// In any order, each row with this party. What all the parties answer, if they are asked, was worked out in advance.
    Scattered(&'a [u32], Option<Vec<u8>>),
}

impl<'a> Sieve<'a> {
    /// The sieve of a measure whose refused rows are not reported. Of its rows those are looked at whose day, or year, lies
    /// from `first` to `last`.
    pub fn of(of: &Specialiser<'a>, first: i64, last: i64) -> Sieve<'a> {
        let (run, measure) = (of.run, of.measure);
        let table = measure.basis.table;
        let party_of = (run.party_table != Some(table)).then(|| run.facts.tables[table].party.as_slice());
        let mut conditions: Vec<Bound> = measure.basis.filter.iter().map(|&filter| of.condition(filter)).collect();
        let looked_at = (first.into(), last.into());
        let mut years = Bound::Always(TRUE);
        match (&measure.basis.period, years_of_rows(run, measure)) {
            (Period::Dated { date, .. }, _) => conditions.push(of.within(*date, looked_at)),
            (Period::Yearly { .. }, Some(_)) => years = of.year_within(looked_at).unwrap_or(years),
            (Period::Yearly { .. }, None) if (first..=last).contains(&run.year) => {}
            (Period::Yearly { .. }, None) => conditions.push(Bound::Always(FALSE)),
        }
        let not_of_measure = conditions.len();
        conditions.extend(measure.conditions.iter().map(|condition| of.condition(condition.node)));
        // Accounts may be few where parties are many.
        let by_party = party_of.is_none_or(|party_of| party_of.len() >= run.parties() / 2);
        let is_settled = |bound: &Bound| by_party && bound.is_of_party() && !matches!(bound, Bound::Unsure(_));
        let settled = conditions[not_of_measure..].iter().map(is_settled).collect();
        let (of_party, of_row): (Vec<_>, Vec<_>) = conditions.into_iter().partition(is_settled);
        let mut choice = Some(Choice::of(of));
        let choice_of_party = choice.take_if(|choice| by_party && choice.is_of_party());
        let of_party = by_party.then(|| Question { condition: Bound::all(of_party), choice: choice_of_party });
        let is_in_order = by_party && run.facts.is_in_order(&run.plan.vocabulary, table);
        let parties = match party_of {
            None => Parties::Themselves,
            Some(party_of) => match run.facts.rows_of_parties(table).filter(|_| is_in_order) {
                Some(rows) => Parties::InOrder(party_of, rows),
                None => {
                    let answers = of_party.as_ref().map(|question| answers_of_all_parties(question, run));
                    Parties::Scattered(party_of, answers)
                }
            },
        };
        Sieve { years, of_party, of_row: Question { condition: Bound::all(of_row), choice }, parties, settled }
    }

    /// Whether rows whose alternative is settled are known to satisfy this condition of the measure.
    pub fn is_settled(&self, condition: usize) -> bool {
        self.settled[condition]
    }

    /// Those of a range of rows that are not certainly refused, and some that are: their answer says so. What is asked row by
    /// row is not asked yet.
    pub fn sift(&self, rows: Range<u32>, kept: &mut Kept) {
        kept.clear(rows.len());
        match (&self.parties, &self.of_party) {
            (Parties::InOrder(party_of, rows_of), Some(question)) if !rows.is_empty() => {
                let (first, last) = (party_of[rows.start as usize], party_of[rows.end as usize - 1]);
                self.sift_in_order(question, first..last + 1, rows_of, &rows, kept);
            }
            _ => chunks(rows).for_each(|rows| self.sift_chunk(rows, kept)),
        }
    }

    /// Sifts the rows of some parties, as far as they lie in the range.
    fn sift_in_order(
        &self,
        question: &Question,
        parties: Range<u32>,
        rows_of: &RowsOfParties,
        range: &Range<u32>,
        kept: &mut Kept,
    ) {
        for parties in chunks(parties) {
            let mut answers = [FALSE; CHUNK];
            let answers = &mut answers[..parties.len()];
            let parties = parties.start as usize..parties.end as usize;
            question.answer(&Rows::Range(parties.clone()), answers);
            let before = kept.rows.len();
            kept.keep_rows_of(
                parties.start as u32,
                answers,
                &rows_of.starts[parties.start..=parties.end],
                rows_of.most,
                range,
            );
            if !self.are_all_years_looked_at() {
                kept.retain(before, |rows, answers| self.years.answer(rows, answers));
            }
        }
    }

    fn sift_chunk(&self, rows: Range<u32>, kept: &mut Kept) {
        let mut answers = [TRUE; CHUNK];
        let answers = &mut answers[..rows.len()];
        let chunk = rows.start as usize..rows.end as usize;
        if !self.are_all_years_looked_at() {
            self.years.answer(&Rows::Range(chunk.clone()), answers);
        }
        let mut further = [FALSE; CHUNK];
        let further = &mut further[..rows.len()];
        match (&self.parties, &self.of_party) {
            (Parties::Themselves, Some(question)) => {
                question.answer(&Rows::Range(chunk), further);
                join_each(answers, further, u8::min);
                kept.keep(rows.start, answers, None);
            }
            (Parties::Themselves, None) => kept.keep(rows.start, answers, None),
            (Parties::InOrder(party_of, _) | Parties::Scattered(party_of, None), _) => {
                kept.keep(rows.start, answers, Some(&party_of[chunk]));
            }
            (Parties::Scattered(party_of, Some(of_party)), _) => {
                let parties = &party_of[chunk];
                look_up(of_party, parties, further);
                join_each(answers, further, u8::min);
                kept.keep(rows.start, answers, Some(parties));
            }
        }
    }

    fn are_all_years_looked_at(&self) -> bool {
        matches!(self.years, Bound::Always(TRUE))
    }

    /// Joins to the answers of some rows what is asked row by row.
    pub fn ask_row_by_row(&self, rows: &Rows, answers: &mut [u8]) {
        if self.of_row.is_idle() {
            return;
        }
        let mut further = [FALSE; CHUNK];
        let further = &mut further[..answers.len()];
        self.of_row.answer(rows, further);
        match self.of_row.choice {
            Some(_) => join_each(answers, further, u8::min),
            // The alternative stays settled where the rest is unsure.
            None => join_each(answers, further, |answer, further| {
                (answer | u8::from(further == UNSURE)) & u8::from(further != FALSE).wrapping_neg()
            }),
        }
    }
}

/// A range in chunks.
fn chunks(range: Range<u32>) -> impl Iterator<Item = Range<u32>> {
    range.clone().step_by(CHUNK).map(move |start| start..range.end.min(start.saturating_add(CHUNK as u32)))
}

/// What the parties of some rows answer, of whom each has an answer. A loop of its own, since it has everything it needs in
/// registers.
#[inline(never)]
fn look_up(of_party: &[u8], parties: &[u32], answers: &mut [u8]) {
    answers.iter_mut().zip(parties).for_each(|(answer, party)| *answer = of_party[*party as usize]);
}

fn answers_of_all_parties(question: &Question, run: &Run) -> Vec<u8> {
    /// Parties that one core answers at a time.
    const PARTIES: usize = 16 * CHUNK;
    let mut answers = vec![FALSE; run.parties()];
    answers.par_chunks_mut(PARTIES).enumerate().for_each(|(part, answers)| {
        question.answer_parties(part * PARTIES..part * PARTIES + answers.len(), answers);
    });
    answers
}
