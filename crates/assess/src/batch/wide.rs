//! Loops over many cells or answers at once, compiled for each width of vector instructions; the widest that the machine has is
//! taken when the program runs.

use multiversion::multiversion;

/// The answer for each cell.
#[multiversion(targets = "simd")]
pub fn answer_each<T: Copy>(cells: &[T], answers: &mut [u8], answer: impl Fn(T) -> u8) {
    answers.iter_mut().zip(cells).for_each(|(to, cell)| *to = answer(*cell));
}

/// Joins a further answer to each.
#[multiversion(targets = "simd")]
pub fn join_each(answers: &mut [u8], further: &[u8], join: impl Fn(u8, u8) -> u8) {
    answers.iter_mut().zip(further).for_each(|(answer, further)| *answer = join(*answer, *further));
}

/// Joins to each answer two cells that lie beside each other in two columns.
#[multiversion(targets = "simd")]
pub fn zip_each<T: Copy>(answers: &mut [u8], one: &[T], other: &[T], join: impl Fn(u8, T, T) -> u8) {
    answers.iter_mut().zip(one).zip(other).for_each(|((answer, one), other)| *answer = join(*answer, *one, *other));
}
