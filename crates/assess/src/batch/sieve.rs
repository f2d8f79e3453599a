//! Sorts out a measure's rows by their cells alone: which are refused, which are certainly paid and how, and which have
//! to be asked.
//!
//! Where refused rows are not reported, it does not matter which condition refuses a row. All of them, the tiers' guards
//! included, are then one question, and what the party's own cells answer of it is answered once for all parties
//! ([`super::specialise`], [`super::bound`]). Mostly few rows are left, and of these few need their conditions evaluated.

use std::borrow::Cow;
use std::ops::Range;

use duixian_rules::plan::Period;
use rayon::prelude::*;

use super::bound::{Bound, CHUNK, FALSE, Rows, TRUE, Test, UNSURE};
use super::pick::Kept;
use super::question::{Choice, Question};
use super::run::Run;
use super::specialise::{Specialiser, years_of_rows};
use super::wide::join_each;

/// What the cells say of a measure's rows.
pub struct Sieve<'a> {
    /// The year column, with the years looked at; none where rows have no year.
    years: Option<Test<'a>>,
    /// What is asked of the party's own cells alone; none where everything is asked row by row.
    pub of_party: Option<Question<'a>>,
    /// The answers to it, party by party; none where rows come by party, and are answered a range at a time.
    answers: Option<Vec<u8>>,
    /// What is asked row by row besides.
    pub of_row: Question<'a>,
    /// Each row's party; none where the rows are the parties themselves.
    party_of: Option<&'a [u32]>,
    /// Whether a condition is answered with the parties.
    settled: Vec<bool>,
}

/// What the parties of some rows answer, from a first party on.
struct OfParties<'s> {
    first: u32,
    answers: Cow<'s, [u8]>,
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
        let mut years = None;
        match (&measure.basis.period, years_of_rows(run, measure)) {
            (Period::Dated { date, .. }, _) => conditions.push(of.within(*date, looked_at)),
            (Period::Yearly { .. }, Some(_)) => years = of.year_within(looked_at),
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
        let comes_by_party = party_of.is_none() || run.facts.is_in_order(&run.plan.vocabulary, table);
        let in_advance = of_party.as_ref().filter(|_| !comes_by_party);
        Sieve {
            years,
            answers: in_advance.map(|question| answers_of_all_parties(question, run)),
            of_party,
            of_row: Question { condition: Bound::all(of_row), choice },
            party_of,
            settled,
        }
    }

    /// Whether rows whose alternative is settled are known to satisfy this condition of the measure.
    pub fn is_settled(&self, condition: usize) -> bool {
        self.settled[condition]
    }

    /// Those of a range of rows that are not certainly refused, and some that are: their answer says so.
    pub fn sift(&self, rows: Range<u32>) -> Kept {
        let mut kept = Kept::with_capacity(rows.len());
        let of_parties = self.of_parties(rows.clone());
        for start in rows.clone().step_by(CHUNK) {
            let chunk = start as usize..rows.end.min(start.saturating_add(CHUNK as u32)) as usize;
            self.sift_chunk(chunk, of_parties.as_ref(), &mut kept);
        }
        if !self.of_row.is_idle() {
            self.ask_row_by_row(&mut kept);
        }
        kept
    }

    /// What the parties of a range of rows answer.
    fn of_parties(&self, rows: Range<u32>) -> Option<OfParties<'_>> {
        let question = self.of_party.as_ref()?;
        if let Some(answers) = &self.answers {
            return Some(OfParties { first: 0, answers: Cow::Borrowed(answers) });
        }
        if rows.is_empty() {
            return None;
        }
        let party_of = |row: u32| self.party_of.map_or(row, |party_of| party_of[row as usize]);
        let (first, last) = (party_of(rows.start), party_of(rows.end - 1));
        let parties = first as usize..last as usize + 1;
        let mut answers = vec![FALSE; parties.len()];
        question.answer_parties(parties, &mut answers);
        Some(OfParties { first, answers: Cow::Owned(answers) })
    }

    fn sift_chunk(&self, chunk: Range<usize>, of_parties: Option<&OfParties>, kept: &mut Kept) {
        let mut answers = [TRUE; CHUNK];
        let answers = &mut answers[..chunk.len()];
        if let Some(years) = &self.years {
            years.answer(&Rows::Range(chunk.clone()), answers);
        }
        let parties = self.party_of.map(|party_of| &party_of[chunk.clone()]);
        if let Some(OfParties { first, answers: of_party }) = of_parties {
            match parties {
                Some(parties) => {
                    let mut further = [FALSE; CHUNK];
                    look_up(of_party, *first, parties, &mut further);
                    join_each(answers, &further, u8::min);
                }
                None => join_each(answers, &of_party[chunk.start - *first as usize..], u8::min),
            }
        }
        kept.keep(chunk.start as u32, answers, parties);
    }

    /// Answers for rows what is asked row by row.
    fn ask_row_by_row(&self, kept: &mut Kept) {
        let rows = kept.rows.chunks(CHUNK).zip(kept.parties.chunks(CHUNK));
        for ((rows, parties), answers) in rows.zip(kept.answers.chunks_mut(CHUNK)) {
            let mut further = [FALSE; CHUNK];
            let further = &mut further[..rows.len()];
            self.of_row.answer(&Rows::Picked(rows, parties), further);
            match self.of_row.choice {
                Some(_) => join_each(answers, further, u8::min),
                // The alternative stays settled where the rest is unsure.
                None => join_each(answers, further, |answer, further| {
                    (answer | u8::from(further == UNSURE)) & u8::from(further != FALSE).wrapping_neg()
                }),
            }
        }
    }
}

/// What the parties of some rows answer, party by party from a first one on. A loop of its own, since it has everything it needs in
/// registers.
#[inline(never)]
fn look_up(of_party: &[u8], first: u32, parties: &[u32], answers: &mut [u8]) {
    answers.iter_mut().zip(parties).for_each(|(answer, party)| *answer = of_party[(party - first) as usize]);
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
