//! The order of a list, and what comes after a case in it.

use super::{CaseFilter, Sort};
use crate::db::{Row, Value};
use crate::error::StoreError;
use duixian_casework::stage::Stage;

/// What a list is ordered by.
pub(super) fn order(filter: &CaseFilter) -> String {
    let direction = if filter.descending { "DESC" } else { "ASC" };
    let first = match filter.sort {
        // Few cases hold a text: to walk through all by their deadlines would read every row until a page is full.
        Sort::Due if filter.text.is_some() => {
            format!("CASE WHEN due IS NULL THEN 1 ELSE 0 END, COALESCE(due, '') {direction}")
        }
        Sort::Due => format!("due {direction} NULLS LAST"),
        Sort::Number => format!("number {direction}"),
        Sort::Submitted => format!("submitted_at {direction}"),
        Sort::Updated => format!("updated_at {direction}"),
        Sort::Party => format!("party_name {direction}"),
        Sort::Amount => format!("{} {direction} NULLS LAST", by_amount()),
        Sort::Applicant => format!(
            "CASE WHEN stage IN ('{}', '{}', '{}') THEN 0 WHEN stage = '{}' THEN 1 ELSE 2 END, updated_at {direction}",
            Stage::Correction.word(),
            Stage::PaymentFailed.word(),
            Stage::Objection.word(),
            Stage::Draft.word()
        ),
        Sort::Stage => format!("{} {direction}, due {direction} NULLS LAST", by_stage()),
    };
    format!("{first}, id {direction}")
}

/// What a case is shown to come to: what was decided or, as long as nothing was, the most that the rules give. The index of lists has
/// all of it: a queue of ten thousand is put in this order in a few milliseconds, and no index has to keep the order itself.
fn by_amount() -> String {
    let ended = Stage::ALL.iter().filter(|stage| stage.is_final()).map(|stage| format!("'{}'", stage.word()));
    let ended = ended.collect::<Vec<_>>().join(", ");
    format!("COALESCE(amount, CASE WHEN stage NOT IN ({ended}) THEN high END)")
}

/// The place of a stage in a case's life.
fn by_stage() -> String {
    let stages = Stage::ALL.iter().enumerate();
    let whens: Vec<String> = stages.map(|(place, stage)| format!("WHEN '{}' THEN {place}", stage.word())).collect();
    format!("CASE stage {} END", whens.join(" "))
}

/// What a walk through a list goes by: what [`order`] has, with nothing empty, so that each case has a place even among those without a
/// deadline or a number.
pub(super) struct Walk {
    keys: Vec<Key>,
    is_descending: bool,
    order: String,
}

struct Key {
    expression: String,
    is_text: bool,
}

impl Walk {
    /// Through what a filter takes.
    pub(super) fn of(filter: &CaseFilter) -> Walk {
        let key = |expression: String, is_text| Key { expression, is_text };
        // Without a deadline is last, whichever way round.
        let due = || key(format!("COALESCE(due, '{}')", if filter.descending { "" } else { "9999-12-31" }), true);
        let keys = match filter.sort {
            Sort::Due => vec![due()],
            Sort::Number => vec![key("COALESCE(number, '')".to_owned(), true)],
            Sort::Submitted => vec![key("COALESCE(submitted_at, 0)".to_owned(), false)],
            // Applicants see all of theirs on one page, and walk through none.
            Sort::Updated | Sort::Applicant => vec![key("updated_at".to_owned(), false)],
            Sort::Party => vec![key("party_name".to_owned(), true)],
            // So is what comes to nothing that is known.
            Sort::Amount => {
                let last = if filter.descending { -1 } else { i64::MAX };
                vec![key(format!("COALESCE({}, {last})", by_amount()), false)]
            }
            // PostgreSQL takes small numbers for smaller ones than are read here.
            Sort::Stage => vec![key(format!("CAST({} AS BIGINT)", by_stage()), false), due()],
        };
        let direction = if filter.descending { "DESC" } else { "ASC" };
        let order = match filter.sort {
            // As an index has it.
            Sort::Due => order(filter),
            _ => {
                let keys: Vec<String> = keys.iter().map(|key| format!("{} {direction}", key.expression)).collect();
                format!("{}, id {direction}", keys.join(", "))
            }
        };
        Walk { keys, is_descending: filter.descending, order }
    }

    pub(super) fn order(&self) -> &str {
        &self.order
    }

    /// The statement that reads where a case stands.
    pub(super) fn place_of(&self, id: i64) -> String {
        let keys = self.keys.iter().enumerate().map(|(at, key)| format!("{} AS k{at}", key.expression));
        format!("SELECT {} FROM cases WHERE id = {id}", keys.collect::<Vec<_>>().join(", "))
    }

    /// The condition of what comes after that place, with its values; `before` is how many values the statement has already.
    pub(super) fn after(&self, row: &Row, id: i64, before: usize) -> Result<(String, Vec<Value>), StoreError> {
        let than = if self.is_descending { "<" } else { ">" };
        let mut condition = format!("id {than} {id}");
        for (at, key) in self.keys.iter().enumerate().rev() {
            let (of, place) = (&key.expression, before + at + 1);
            condition = format!("({of} {than} ${place} OR ({of} = ${place} AND {condition}))");
        }
        let value = |(at, key): (usize, &Key)| {
            let name = format!("k{at}");
            Ok(if key.is_text { row.text(&name)?.into() } else { row.int(&name)?.into() })
        };
        let values = self.keys.iter().enumerate().map(value).collect::<Result<_, StoreError>>()?;
        Ok((condition, values))
    }
}
