//! The last number that each series has given, against the numbers that cases and batches have: one that was set back would be given again.

use std::collections::BTreeMap;

use super::table::{Rows, Table};
use super::{Broken, Held};
use crate::db::Snapshot;
use crate::numbers;

const NUMBERS: Table = Table { name: "numbers", zh: "编号的序列", en: "series of numbers" };

/// The highest number of each series that was met so far.
#[derive(Default)]
pub(super) struct Numbers(BTreeMap<String, i64>);

impl Numbers {
    /// Takes note of the number of a case.
    pub(super) fn note_case(&mut self, number: &str) {
        self.note(numbers::series_of_case(number));
    }

    /// Takes note of the number of a batch.
    pub(super) fn note_batch(&mut self, number: &str) {
        self.note(numbers::series_of_batch(number));
    }

    fn note(&mut self, place: Option<(String, i64)>) {
        if let Some((series, number)) = place {
            let last = self.0.entry(series).or_default();
            *last = number.max(*last);
        }
    }

    /// Holds the table against it.
    pub(super) async fn check(self, snapshot: &Snapshot, held: &mut Vec<Held>) -> Result<(), Broken> {
        let mut told = Rows::of(NUMBERS);
        self.0.into_iter().for_each(|(series, last)| told.put(0, series, vec![("last", last.to_string())]));
        let there = told.check(snapshot, "SELECT series, last FROM numbers ORDER BY series", |row| {
            Ok((row.text("series")?, vec![("last", row.int("last")?.to_string())]))
        });
        held.push(Held::all(NUMBERS.zh, NUMBERS.en, there.await?));
        Ok(())
    }
}
