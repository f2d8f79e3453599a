//! What rows are asked: whether they are paid, and by which alternative.

use std::ops::Range;

use duixian_rules::plan::{Amount, NodeId};

use super::bound::{Bound, CHUNK, FALSE, Rows, TRUE, UNSURE};
use super::specialise::Specialiser;
use super::wide::join_each;

/// Certainly paid by the first alternative. The codes of the others follow, each two after the one before; with
/// [`UNSURE`] added they say that the alternative is settled, but not whether it is paid.
const FIRST: u8 = 2;
/// How many alternatives have a code. Rows that others may pay are asked everything.
const CODED: usize = (TRUE - FIRST) as usize / 2;

/// How many codes of alternatives there are.
pub const CODES: usize = 1 << 7;

/// The code of the alternative that an answer above [`UNSURE`] settles; of other answers 0.
#[inline]
pub fn code_of(answer: u8) -> usize {
    usize::from(answer / 2)
}

/// What there is for each alternative, by its code; codes that no alternative has get what an alternative next to them has. None
/// without alternatives.
pub fn by_code<T: Copy>(of_alternatives: &[T]) -> Option<Box<[T; CODES]>> {
    let last = of_alternatives.len().checked_sub(1)?;
    let first = code_of(FIRST);
    Some(Box::new(std::array::from_fn(|code| of_alternatives[code.saturating_sub(first).min(last)])))
}

/// Whether an answer is that a row is certainly paid.
#[inline]
pub fn is_paid(answer: u8) -> bool {
    answer & UNSURE == 0
}

/// Whether rows are paid, and how.
pub struct Question<'a> {
    /// Whether they are paid at all.
    pub condition: Bound<'a>,
    /// None where it is settled elsewhere.
    pub choice: Option<Choice<'a>>,
}

impl Question<'_> {
    /// Whether the answer is always true.
    pub fn is_idle(&self) -> bool {
        self.choice.is_none() && matches!(self.condition, Bound::Always(TRUE))
    }

    /// Whether an answer of [`UNSURE`] always means that facts are missing, or that alternatives are at odds.
    pub fn tells_all(&self) -> bool {
        let guards = self.choice.iter().flat_map(|choice| &choice.guards);
        self.condition.tells_all() && guards.into_iter().all(|(guard, _)| guard.tells_all())
    }

    /// [`FALSE`], [`UNSURE`], or by which alternative a row is paid ([`TRUE`] where that is settled elsewhere).
    pub fn answer(&self, rows: &Rows, answers: &mut [u8]) {
        self.condition.answer(rows, answers);
        let Some(choice) = &self.choice else { return };
        let mut chosen = [FALSE; CHUNK];
        let chosen = &mut chosen[..answers.len()];
        choice.answer(rows, chosen);
        join_each(answers, chosen, u8::min);
    }

    /// The answers for any number of parties that follow each other.
    pub fn answer_parties(&self, parties: Range<usize>, answers: &mut [u8]) {
        for (chunk, answers) in answers.chunks_mut(CHUNK).enumerate() {
            let first = parties.start + chunk * CHUNK;
            self.answer(&Rows::Range(first..first + answers.len()), answers);
        }
    }
}

/// By which alternative a row is paid.
pub struct Choice<'a> {
    /// When each alternative pays, and its code; [`UNSURE`] for one that has none or pays nothing.
    pub guards: Vec<(Bound<'a>, u8)>,
}

impl<'a> Choice<'a> {
    /// That of a measure.
    pub fn of(of: &Specialiser<'a>) -> Choice<'a> {
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

    /// Whether no cell but the party's own is looked at.
    pub fn is_of_party(&self) -> bool {
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
            join_each(answers, holds, |answer, holds| {
                let is_only = mask((holds == TRUE) & (answer == FALSE));
                let chosen = (code & is_only) | (UNSURE & !is_only);
                let may_hold = mask(holds != FALSE);
                (chosen & may_hold) | (answer & !may_hold)
            });
        }
    }
}
