//! Which facts are missing where cells leave a condition unsure.

use super::bound::{Bound, FALSE, Rows, UNSURE};

/// The most rows whose gaps are named together: few, since mostly few are open.
pub const GAPS: usize = 256;

impl Bound<'_> {
    /// Whether an answer of [`UNSURE`] always means that facts are missing.
    pub fn tells_all(&self) -> bool {
        match self {
            Bound::Always(_) | Bound::Test(_) => true,
            Bound::Unsure(missing) => missing.is_some(),
            Bound::All(bounds) | Bound::Any(bounds) => bounds.iter().all(Bound::tells_all),
            Bound::Not(bound) => bound.tells_all(),
        }
    }

    /// The answer for each row, and the facts that are missing where it is unsure: those of the operands that are unsure. The
    /// bound tells all; there are at most [`GAPS`] rows.
    pub fn gaps(&self, rows: &Rows, answers: &mut [u8], missing: &mut [u64]) {
        match self {
            Bound::Always(_) => {
                self.answer(rows, answers);
                missing.fill(0);
            }
            Bound::Unsure(facts) => {
                answers.fill(UNSURE);
                missing.fill(facts.unwrap_or(0));
            }
            Bound::Test(test) => {
                self.answer(rows, answers);
                let facts = |answer: u8| if answer == UNSURE { test.missing } else { 0 };
                missing.iter_mut().zip(&*answers).for_each(|(missing, answer)| *missing = facts(*answer));
            }
            Bound::All(bounds) => join(bounds, rows, answers, missing, u8::min),
            Bound::Any(bounds) => join(bounds, rows, answers, missing, u8::max),
            Bound::Not(bound) => {
                bound.gaps(rows, answers, missing);
                answers.iter_mut().for_each(|answer| *answer = if *answer == UNSURE { UNSURE } else { !*answer });
            }
        }
    }
}

fn join(bounds: &[Bound], rows: &Rows, answers: &mut [u8], missing: &mut [u64], join: impl Fn(u8, u8) -> u8) {
    let Some((first, others)) = bounds.split_first() else { return };
    first.gaps(rows, answers, missing);
    let (mut further, mut further_missing) = ([FALSE; GAPS], [0; GAPS]);
    let (further, further_missing) = (&mut further[..answers.len()], &mut further_missing[..answers.len()]);
    for bound in others {
        bound.gaps(rows, further, further_missing);
        answers.iter_mut().zip(&*further).for_each(|(answer, further)| *answer = join(*answer, *further));
        missing.iter_mut().zip(&*further_missing).for_each(|(missing, further)| *missing |= further);
    }
    for (missing, answer) in missing.iter_mut().zip(&*answers) {
        *missing = if *answer == UNSURE { *missing } else { 0 };
    }
}
