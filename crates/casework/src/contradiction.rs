//! One fact stated as two things: a party leads the work on a standard in one case and takes part in it in another. One of
//! them is not so, whichever measure each is for.

use std::collections::BTreeMap;

use duixian_text::folded;

use crate::case::{Case, CaseId, CellRef, Finding, Statement};
use crate::stage::Stage;

/// What another case of the same party states of a cell, where a case states something else of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contradiction {
    /// The other case.
    pub case: CaseId,
    /// Its number.
    pub number: String,
    /// The measure it is for, by English name.
    pub measure: String,
    /// Where it stands.
    pub stage: Stage,
    /// The cell, as the case names it.
    pub cell: CellRef,
    /// What the other states of it, in the canonical form of tables.
    pub value: String,
    /// What the case itself states.
    pub own: String,
    /// Which of the two does not state it, but rests on what the registry says.
    pub rests: Option<Rests>,
    /// Whether that was found to hold.
    pub is_found: bool,
    /// Whether nothing else can be found to hold as long as it was. What is said of the party itself may be another thing in
    /// another year.
    pub is_binding: bool,
}

/// Of two cases that contradict each other, the one that rests on the registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rests {
    /// The case that is looked at.
    Own,
    /// The other.
    Other,
}

/// What a case takes from the registry and does not state: its rows by the key that all ways of writing their number have.
pub type Registered = BTreeMap<CellRef, String>;

/// What one of two cases of a party disputes of the registry while the other rests on it. Nobody has stated both, and the registry
/// may well be wrong: it binds nobody, but whoever decides is to know.
pub fn disputed(case: &Case, rests_on: &Registered, other: &Case, other_rests_on: &Registered) -> Vec<Contradiction> {
    let Some(number) = other.number.as_ref().filter(|_| other.id != case.id && counts(other)) else {
        return Vec::new();
    };
    let told = |cell: &CellRef, value: &str, own: &str, is_found: bool, rests: Rests| Contradiction {
        case: other.id,
        number: number.clone(),
        measure: other.subject.measure.clone(),
        stage: other.stage,
        cell: cell.clone(),
        value: value.to_owned(),
        own: own.to_owned(),
        rests: Some(rests),
        is_found,
        is_binding: false,
    };
    let mut found = Vec::new();
    for (cell, statement) in disputes(case) {
        if let Some(value) = registered(other_rests_on, cell).filter(|value| **value != statement.value) {
            let is_found = other.confirmed.contains_key(cell);
            found.push(told(cell, value, &statement.value, is_found, Rests::Other));
        }
    }
    for (cell, statement) in disputes(other) {
        if let Some(own) = registered(rests_on, cell).filter(|own| **own != statement.value) {
            let is_found = statement.finding.as_ref().is_some_and(|finding| finding.holds);
            found.push(told(cell, &statement.value, own, is_found, Rests::Own));
        }
    }
    found
}

/// What a case disputes of the registry, and was not found to be wrong.
pub fn disputes(case: &Case) -> impl Iterator<Item = (&CellRef, &Statement)> {
    let is_wrong = |statement: &Statement| statement.finding.as_ref().is_some_and(|finding| !finding.holds);
    case.statements.iter().filter(move |(_, statement)| statement.dispute.is_some() && !is_wrong(statement))
}

fn registered<'r>(rests_on: &'r Registered, cell: &CellRef) -> Option<&'r String> {
    rests_on.get(&CellRef { row: folded(&cell.row), ..cell.clone() })
}

/// What other cases of the party state otherwise than a case does: of those that are under way or were granted, what was not found
/// to be wrong. Rows are the same by the key that all ways of writing their number have.
pub fn contradictions<'c>(case: &Case, others: impl IntoIterator<Item = &'c Case>) -> Vec<Contradiction> {
    let mut found = Vec::new();
    for other in others.into_iter().filter(|other| other.id != case.id && counts(other)) {
        let Some(number) = &other.number else { continue };
        for (cell, own) in &case.statements {
            let is_about = |place: &CellRef| {
                place.table == cell.table && place.column == cell.column && folded(&place.row) == folded(&cell.row)
            };
            let statement = other.statements.iter().find(|(place, _)| is_about(place)).map(|(_, statement)| statement);
            let Some(statement) = statement.filter(|there| there.value != own.value) else {
                continue;
            };
            let holds = |finding: &Option<Finding>| finding.as_ref().map(|finding| finding.holds);
            if holds(&own.finding) == Some(false) || holds(&statement.finding) == Some(false) {
                continue;
            }
            let is_found = holds(&statement.finding) == Some(true);
            found.push(Contradiction {
                case: other.id,
                number: number.clone(),
                measure: other.subject.measure.clone(),
                stage: other.stage,
                cell: cell.clone(),
                value: statement.value.clone(),
                own: own.value.clone(),
                rests: None,
                is_found,
                is_binding: is_found && (!cell.row.is_empty() || other.subject.year == case.subject.year),
            });
        }
    }
    found
}

/// Whether what a case states has any bearing: it is under way, or something was granted for it.
fn counts(case: &Case) -> bool {
    match case.stage {
        Stage::Draft | Stage::NotAccepted => false,
        Stage::Declined | Stage::PaymentEnded | Stage::Withdrawn => case.binding_decision().is_some(),
        _ => true,
    }
}
