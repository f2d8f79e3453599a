//! One fact stated as two things: a party leads the work on a standard in one case and takes part in it in another. One of
//! them is not so, whichever measure each is for.

use duixian_text::folded;

use crate::case::{Case, CaseId, CellRef, Finding};
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
    /// Whether that was found to hold.
    pub is_found: bool,
    /// Whether nothing else can be found to hold as long as it was. What is said of the party itself may be another thing in
    /// another year.
    pub is_binding: bool,
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
        Stage::Declined | Stage::Withdrawn => case.binding_decision().is_some(),
        _ => true,
    }
}
