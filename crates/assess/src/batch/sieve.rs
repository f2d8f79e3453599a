//! Sorts out a measure's rows by their cells alone: which are refused, which are certainly paid and how, and which have
//! to be asked.
//!
//! Where refused rows are not reported, it does not matter which condition refuses a row. All of them, the tiers' guards
//! included, are then one question, and what the party's own cells answer of it is answered once for all parties
//! ([`super::specialise`], [`super::bound`]). Mostly few rows are left, and of these few need their conditions evaluated.

use std::ops::Range;

use duixian_rules::plan::{Amount, NodeId, Period};
use rayon::prelude::*;

use super::bound::{Bound, CHUNK, FALSE, Interval, Rows, TRUE, UNSURE};
use super::run::Run;
use super::specialise::{Specialiser, years_of_rows, years_within};

/// Certainly paid by the first alternative. The codes of the others follow, each two after the one before; with
/// [`UNSURE`] added they say that the alternative is settled, but not whether it is paid.
const FIRST: u8 = 2;
/// How many alternatives have a code. Rows that others may pay are asked everything.
const CODED: usize = (TRUE - FIRST) as usize / 2;

/// What the cells say of a measure's rows.
pub struct Sieve<'a> {
    /// The year column, with the years looked at; none where rows have no year.
    years: Option<Interval<'a, i32>>,
    /// What the party's own cells say, party by party; none where that is worked out row by row.
    parties: Option<Vec<u8>>,
    /// What is to be asked row by row besides; none if nothing.
    question: Option<Question<'a>>,
    /// Each row's party; none where the rows are the parties themselves.
    party_of: Option<&'a [u32]>,
    /// Whether a condition is answered with the parties.
    settled: Vec<bool>,
}

/// Rows that are not certainly refused.
pub struct Sifted {
    /// Those that have to be asked everything.
    pub unsure: Vec<u32>,
    /// By alternative, the rows that no other can pay.
    pub by_alternative: Vec<Chosen>,
}

/// Rows whose alternative is settled.
#[derive(Default)]
pub struct Chosen {
    /// Those that it certainly pays, if its amount is there.
    pub paid: Vec<u32>,
    /// Those whose conditions are settled as far as they are the party's ([`Sieve::is_settled`]).
    pub unsure: Vec<u32>,
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
            (Period::Yearly { .. }, Some(cells)) => years = Some(years_within(cells, looked_at)),
            (Period::Yearly { .. }, None) if (first..=last).contains(&run.year) => {}
            (Period::Yearly { .. }, None) => conditions.push(Bound::Always(FALSE)),
        }
        let not_of_measure = conditions.len();
        conditions.extend(measure.conditions.iter().map(|condition| of.condition(condition.node)));
        // Accounts may be few where parties are many.
        let by_party = party_of.is_none_or(|party_of| party_of.len() >= run.parties() / 2);
        let is_settled = |bound: &Bound| by_party && bound.is_of_party() && !matches!(bound, Bound::Always(UNSURE));
        let settled = conditions[not_of_measure..].iter().map(is_settled).collect();
        let (of_party, of_row): (Vec<_>, Vec<_>) = conditions.into_iter().partition(is_settled);
        let mut choice = Some(Choice::of(of));
        let choice_of_party = choice.take_if(|choice| by_party && choice.is_of_party());
        let parties = by_party.then(|| Question { condition: Bound::all(of_party), choice: choice_of_party });
        let question = Question { condition: Bound::all(of_row), choice };
        Sieve {
            years,
            parties: parties.map(|question| question.answers_of_parties(run)),
            question: (!question.is_idle()).then_some(question),
            party_of,
            settled,
        }
    }

    /// Whether rows whose alternative is settled are known to satisfy this condition of the measure.
    pub fn is_settled(&self, condition: usize) -> bool {
        self.settled[condition]
    }

    /// Sorts out a range of rows.
    pub fn sift(&self, rows: Range<u32>) -> Sifted {
        let mut kept = Kept::default();
        for start in rows.clone().step_by(CHUNK) {
            self.sift_chunk(start as usize..rows.end.min(start.saturating_add(CHUNK as u32)) as usize, &mut kept);
        }
        kept.by_answer()
    }

    fn sift_chunk(&self, chunk: Range<usize>, kept: &mut Kept) {
        let mut of_year = [TRUE; CHUNK];
        let of_year = &mut of_year[..chunk.len()];
        if let Some(years) = &self.years {
            years.answer_range(chunk.clone(), of_year);
        }
        let rows = (chunk.start as u32..).zip(&*of_year);
        let mut picked = Picked::new();
        match (&self.parties, self.party_of) {
            (Some(of_party), Some(party_of)) => picked.pick(
                rows.zip(&party_of[chunk.clone()])
                    .map(|((row, answer), &party)| (row, of_party[party as usize].min(*answer))),
            ),
            (Some(of_party), None) => picked
                .pick(rows.zip(&of_party[chunk.clone()]).map(|((row, answer), of_party)| (row, *of_party.min(answer)))),
            (None, _) => picked.pick(rows.map(|(row, answer)| (row, *answer))),
        }
        let Some(question) = &self.question else { return kept.keep(&picked) };
        let (rows, answers) = picked.entries();
        let mut parties = [0; CHUNK];
        let parties = match self.party_of {
            Some(party_of) => {
                parties.iter_mut().zip(rows).for_each(|(party, &row)| *party = party_of[row as usize]);
                &parties[..rows.len()]
            }
            None => rows,
        };
        let mut further = [FALSE; CHUNK];
        let further = &mut further[..rows.len()];
        question.answer(&Rows::Picked(rows, parties), further);
        let entries = rows.iter().zip(answers).zip(&*further).map(|((row, answer), further)| (*row, *answer, *further));
        let mut left = Picked::new();
        if question.choice.is_some() {
            left.pick(entries.map(|(row, answer, further)| (row, answer.min(further))));
        } else {
            // The alternative stays settled where the rest is unsure.
            let unsure = |further: u8| u8::from(further == UNSURE);
            let may_hold = |further: u8| u8::from(further != FALSE).wrapping_neg();
            left.pick(entries.map(|(row, answer, further)| (row, (answer | unsure(further)) & may_hold(further))));
        }
        kept.keep(&left);
    }
}

/// Rows of a chunk whose answer is not false, with the answer.
struct Picked {
    rows: [u32; CHUNK],
    answers: [u8; CHUNK],
    count: usize,
}

impl Picked {
    fn new() -> Picked {
        Picked { rows: [0; CHUNK], answers: [FALSE; CHUNK], count: 0 }
    }

    /// Picks those of at most [`CHUNK`] rows. It does not branch, since nobody could foretell where.
    fn pick(&mut self, entries: impl Iterator<Item = (u32, u8)>) {
        let mut count = 0;
        for (row, answer) in entries {
            // The remainder is the number itself; it spares a test of the bounds.
            self.rows[count % CHUNK] = row;
            self.answers[count % CHUNK] = answer;
            count += usize::from(answer != FALSE);
        }
        self.count = count;
    }

    fn entries(&self) -> (&[u32], &[u8]) {
        (&self.rows[..self.count], &self.answers[..self.count])
    }
}

/// Rows that were kept, with their answers.
#[derive(Default)]
struct Kept {
    rows: Vec<u32>,
    answers: Vec<u8>,
}

impl Kept {
    fn keep(&mut self, picked: &Picked) {
        let (rows, answers) = picked.entries();
        self.rows.extend_from_slice(rows);
        self.answers.extend_from_slice(answers);
    }

    fn by_answer(self) -> Sifted {
        let mut counts = [0usize; 256];
        self.answers.iter().for_each(|&answer| counts[usize::from(answer)] += 1);
        let answers = counts.iter().rposition(|&count| count > 0).map_or(0, |last| last + 1);
        let mut lists: Vec<Vec<u32>> = counts[..answers].iter().map(|&count| Vec::with_capacity(count)).collect();
        for (&row, &answer) in self.rows.iter().zip(&self.answers) {
            lists[usize::from(answer)].push(row);
        }
        let mut lists = lists.into_iter().skip(UNSURE.into());
        let unsure = lists.next().unwrap_or_default();
        let chosen = || Some(Chosen { paid: lists.next()?, unsure: lists.next().unwrap_or_default() });
        Sifted { unsure, by_alternative: std::iter::from_fn(chosen).collect() }
    }
}

/// Whether rows are paid, and how.
struct Question<'a> {
    condition: Bound<'a>,
    /// None where it is settled elsewhere.
    choice: Option<Choice<'a>>,
}

impl Question<'_> {
    /// Whether the answer is always true.
    fn is_idle(&self) -> bool {
        self.choice.is_none() && matches!(self.condition, Bound::Always(TRUE))
    }

    /// [`FALSE`], [`UNSURE`], or by which alternative a row is paid ([`TRUE`] where that is settled elsewhere).
    fn answer(&self, rows: &Rows, answers: &mut [u8]) {
        self.condition.answer(rows, answers);
        let Some(choice) = &self.choice else { return };
        let mut chosen = [FALSE; CHUNK];
        let chosen = &mut chosen[..answers.len()];
        choice.answer(rows, chosen);
        answers.iter_mut().zip(&*chosen).for_each(|(answer, chosen)| *answer = (*answer).min(*chosen));
    }

    fn answers_of_parties(&self, run: &Run) -> Vec<u8> {
        /// Chunks of parties that one core answers at a time.
        const CHUNKS: usize = 16;
        let mut answers = vec![FALSE; run.parties()];
        answers.par_chunks_mut(CHUNKS * CHUNK).enumerate().for_each(|(part, answers)| {
            for (chunk, answers) in answers.chunks_mut(CHUNK).enumerate() {
                let first = (part * CHUNKS + chunk) * CHUNK;
                self.answer(&Rows::Parties(first..first + answers.len()), answers);
            }
        });
        answers
    }
}

/// By which alternative a row is paid.
struct Choice<'a> {
    /// When each alternative pays, and its code.
    guards: Vec<(Bound<'a>, u8)>,
}

impl<'a> Choice<'a> {
    fn of(of: &Specialiser<'a>) -> Choice<'a> {
        let pay = &of.measure.pay;
        if pay.by_rank {
            // The rank decides later; until then the first alternative stands for all.
            return Choice { guards: vec![(Bound::Always(TRUE), FIRST)] };
        }
        let guard = |guard: Option<NodeId>| guard.map_or(Bound::Always(TRUE), |guard| of.condition(guard));
        let guards = pay.alternatives.iter().enumerate().map(|(index, alternative)| {
            let pays = index < CODED && alternative.amount != Amount::Nothing;
            (guard(alternative.guard), if pays { FIRST + 2 * index as u8 } else { UNSURE })
        });
        Choice { guards: guards.collect() }
    }

    fn is_of_party(&self) -> bool {
        self.guards.iter().all(|(guard, _)| guard.is_of_party())
    }

    /// The code of the only alternative that holds; [`FALSE`] where none can hold; otherwise [`UNSURE`].
    fn answer(&self, rows: &Rows, answers: &mut [u8]) {
        answers.fill(FALSE);
        let mut holds = [FALSE; CHUNK];
        let holds = &mut holds[..answers.len()];
        for (guard, code) in &self.guards {
            guard.answer(rows, holds);
            // With masks in place of branches the compiler makes vector instructions of it.
            let mask = |truth: bool| u8::from(truth).wrapping_neg();
            for (answer, holds) in answers.iter_mut().zip(&*holds) {
                let is_only = mask((*holds == TRUE) & (*answer == FALSE));
                let chosen = (code & is_only) | (UNSURE & !is_only);
                let may_hold = mask(*holds != FALSE);
                *answer = (chosen & may_hold) | (*answer & !may_hold);
            }
        }
    }
}
