//! The form of an application, derived from the facts that its measure reads: what the registry knows is shown, and can be
//! disputed; only what it does not know is asked.

use std::collections::BTreeSet;

use duixian_assess::{facts_read, words_meant};
use duixian_casework::case::CellRef;
use duixian_facts::form::is_required;
use duixian_rules::plan::{FactSlot, Measure, Plan};
use duixian_rules::vocabulary::{Empty, Vocabulary};
use duixian_store::facts::FactRow;

use crate::casefile::question::{Known, Question, names_the_row};

/// The questions of a case, those about its basis first, then those about the party, then those about its other rows; within
/// each in the order in which the rule reads them.
pub fn questions(plan: &Plan, measure: &Measure, basis: &str, rows: &[FactRow]) -> Vec<Question> {
    let read = facts_read(plan, measure);
    let vocabulary = &plan.vocabulary;
    let table = measure.basis.table;
    let mut asked: Vec<(FactSlot, String)> = Vec::new();
    let mut seen = BTreeSet::new();
    let mut add = |slot: FactSlot, row: &str| {
        if !names_the_row(&vocabulary.tables[slot.table], slot.column) && seen.insert((slot, row.to_owned())) {
            asked.push((slot, row.to_owned()));
        }
    };
    let own_row = if read.party.iter().any(|slot| slot.table == table) { "" } else { basis };
    read.basis.iter().for_each(|slot| add(*slot, own_row));
    // A row that the registry does not have must have all that a row needs, whether or not the measure reads it.
    if !rows.iter().any(|row| row.table == table && row.key == own_row) {
        let declared = &vocabulary.tables[table];
        let needed = (0..declared.columns.len()).filter(|column| is_required(declared, *column));
        needed.for_each(|column| add(FactSlot { table, column }, own_row));
    }
    read.party.iter().for_each(|slot| add(*slot, ""));
    for slot in &read.others {
        rows.iter().filter(|row| row.table == slot.table).for_each(|row| add(*slot, &row.key));
    }
    let meant = words_meant(plan, measure);
    let asked = asked.into_iter().enumerate().map(|(index, (slot, row))| {
        let is_own = slot.table == table && row == own_row;
        let question = question(vocabulary, index + 1, slot, row, rows);
        // Whoever says that the registry is wrong may say anything.
        let offered = meant.get(&slot.column).filter(|_| is_own && question.known.is_none()).cloned();
        Question { offered, ..question }
    });
    asked.collect()
}

fn question(vocabulary: &Vocabulary, number: usize, slot: FactSlot, row: String, rows: &[FactRow]) -> Question {
    let table = &vocabulary.tables[slot.table];
    let column = table.columns[slot.column].clone();
    let there = rows.iter().find(|there| there.table == slot.table && there.key == row);
    let known = there.and_then(|there| {
        let value = there.cells.get(slot.column)?.clone();
        let says_something = !value.is_empty() || matches!(column.empty, Empty::NotHappened | Empty::Own);
        let known = Known { value, source: there.source.clone(), recorded_at: there.recorded_at };
        says_something.then_some(known)
    });
    Question {
        number,
        cell: CellRef { table: table.name.en.clone(), row, column: column.name.en.clone() },
        slot,
        table: table.name.clone(),
        is_required: is_required(table, slot.column),
        column,
        known,
        offered: None,
    }
}
