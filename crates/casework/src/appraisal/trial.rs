//! What the rules say of facts that someone tries out, whoever they are: nothing is on record of them, and nothing is put there.
//!
//! It is the evaluation by which an application is appraised. Only silence is something else: of a party that the registry knows an
//! empty cell may say that a thing has not happened, and a row without what it must have is in error. Whoever tries a rule out and
//! leaves a question open knows no answer, and is to be told what hangs on it.

use chrono::NaiveDate;
use duixian_assess::reference::{Claim, Index, explain_claim};
use duixian_facts::LoadError;
use duixian_facts::table::Facts;
use duixian_rules::plan::Plan;
use duixian_rules::syntax::token::days_of;
use duixian_rules::vocabulary::{ColumnId, ColumnType, Empty, Name, TableId};

use super::why_outside;
use crate::dossier::Dossier;

/// What came of it.
#[derive(Clone, Debug)]
pub struct Trial {
    /// The rules, with silence taken for what it is: what explains the claim is laid out by this plan.
    pub plan: Plan,
    /// The facts in columns.
    pub facts: Facts,
    /// What the basis comes to, or why it is none.
    pub claim: Result<Claim, Name>,
}

impl Trial {
    /// Puts a dossier's basis to a measure, beside no other claims. The dossier's rows are all made of statements. `as_of`: bases
    /// dated later are not looked at.
    ///
    /// # Errors
    /// Only where the plan's own tables cannot be written as records.
    pub fn of(
        plan: &Plan,
        measure: usize,
        dossier: Dossier,
        basis: &str,
        (year, as_of): (i32, NaiveDate),
    ) -> Result<Trial, LoadError> {
        let table = plan.measures[measure].basis.table;
        let party_table = plan.vocabulary.party_table();
        let key = if party_table == Some(table) { "" } else { basis };
        let dossier = party_table
            .into_iter()
            .fold(dossier.with_row(plan, table, key), |dossier, party_table| dossier.with_row(plan, party_table, ""));
        let mut plan = plan.clone();
        for (table, column) in silent(&plan, &dossier) {
            plan.vocabulary.tables[table].columns[column].empty = Empty::Unknown;
        }
        let facts = dossier.facts(&plan)?;
        let index = Index::new(&plan, &facts);
        let party = index.party(&dossier.party);
        let row =
            if party_table == Some(table) { party } else { party.and_then(|party| index.row_named(table, party, key)) };
        let rule = &plan.measures[measure];
        let claim = match row {
            Some(row) => explain_claim(&index, measure, row, year.into(), days_of(as_of), &[])
                .map_err(|outside| why_outside(outside, rule)),
            None => Err(Name::new("这一项的名称或年度读不出来", "its number or year cannot be read")),
        };
        drop(index);
        Ok(Trial { plan, facts, claim })
    }
}

/// The columns in which an empty cell of a row says nothing at all, whatever its table says of it; and those that must not be empty,
/// but for what names a row. A column means the same in all rows of its table: where one of them says nothing of it, an empty cell of
/// another says nothing either.
fn silent(plan: &Plan, dossier: &Dossier) -> Vec<(TableId, ColumnId)> {
    let mut silent = Vec::new();
    for (table, declared) in plan.vocabulary.tables.iter().enumerate() {
        let unanswered = dossier.keys(table).flat_map(|key| dossier.unanswered(table, key));
        silent.extend(unanswered.map(|column| (table, column)));
        let names_the_row =
            |column: ColumnId| declared.key.contains(&column) || declared.columns[column].ty == ColumnType::Party;
        let is_required =
            |column: &ColumnId| declared.columns[*column].empty == Empty::Required && !names_the_row(*column);
        silent.extend((0..declared.columns.len()).filter(is_required).map(|column| (table, column)));
    }
    silent
}
