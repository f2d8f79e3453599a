//! One row of a table of events belongs to one party. What others apply for by its number is refused where the registry says
//! whose it is, shown to officials where it does not, and granted once. Numbers are compared by the key that all ways of writing
//! one of them have, so that a space or a letter that looks alike makes no other number of it.

use std::sync::Arc;

use duixian_casework::case::{Case, CaseId, Subject};
use duixian_casework::contradiction::{Contradiction, contradictions};
use duixian_casework::stage::Stage;
use duixian_rules::plan::Plan;
use duixian_rules::vocabulary::TableKind;
use duixian_text::folded;

use crate::cases::known::{self, ON_RECORD};
use crate::cases::rests;
use crate::db::{Queries, Store, values};
use crate::error::StoreError;

/// Another party's case for a basis of the same number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Elsewhere {
    /// The case.
    pub case: CaseId,
    /// Its number.
    pub number: String,
    /// The other party's name.
    pub party_name: String,
    /// Where it stands.
    pub stage: Stage,
    /// Whether it was granted, and is not taken back.
    pub is_granted: bool,
    /// The number of its basis, as it is written.
    pub basis: String,
    /// Whether an official has found out, in one of the two cases, that the numbers are two.
    pub is_distinct: bool,
}

impl Store {
    /// Other parties' cases for a basis of the same number, for officials; none of measures on parties and years, whose
    /// numbers are nobody's own.
    pub async fn cases_elsewhere(&self, case: &Case) -> Result<Vec<Elsewhere>, StoreError> {
        let (_, pack) = crate::rounds::round_with_pack(self, case.subject.round).await?;
        elsewhere(self, &pack.plan, case).await
    }

    /// What other cases of the party state otherwise than a case does, or rest on the registry for while one of the two disputes it,
    /// for officials: whoever reviews or decides it looks there first.
    pub async fn contradictions(&self, case: &Case) -> Result<Vec<Contradiction>, StoreError> {
        let others = others_of(self, case).await?;
        let mut found = contradictions(case, others.iter().map(Arc::as_ref));
        found.extend(rests::disputed(self, case, &others).await?);
        Ok(found)
    }
}

/// What other cases of the party state otherwise than a case does. Within a transaction, what it keeps of cases must be put down
/// before.
pub(crate) async fn contradictions_of(link: &impl Queries, case: &Case) -> Result<Vec<Contradiction>, StoreError> {
    if case.statements.is_empty() {
        return Ok(Vec::new());
    }
    let others = others_of(link, case).await?;
    Ok(contradictions(case, others.iter().map(Arc::as_ref)))
}

/// The party's other cases on record.
async fn others_of(link: &impl Queries, case: &Case) -> Result<Vec<Arc<Case>>, StoreError> {
    let sql = format!("SELECT c.id FROM cases c WHERE c.party = $1 AND c.id <> $2 AND {ON_RECORD} ORDER BY c.id");
    let rows = link.all(&sql, values![case.subject.party.as_str(), case.id.0]).await?;
    let ids = rows.iter().map(|row| row.int("id").map(CaseId)).collect::<Result<Vec<_>, _>>()?;
    known::cases(link, &ids).await
}

/// The English name of the table of events that a measure's bases stand in; none of other tables, and of a basis without number.
pub(crate) fn events<'p>(plan: &'p Plan, subject: &Subject) -> Option<&'p str> {
    let measure = plan.measures.iter().find(|measure| measure.name.en == subject.measure)?;
    let table = &plan.vocabulary.tables[measure.basis.table];
    // Rows that go by their year, such as a year's trainings, have a number that every party's have.
    let is_own = table.kind == TableKind::Event && table.id_column().is_some() && !subject.basis.is_empty();
    is_own.then_some(table.name.en.as_str())
}

/// Other parties' cases for a basis of the same number. Within a transaction, what it keeps of cases must be put down before.
pub(crate) async fn elsewhere(link: &impl Queries, plan: &Plan, case: &Case) -> Result<Vec<Elsewhere>, StoreError> {
    let subject = &case.subject;
    if events(plan, subject).is_none() {
        return Ok(Vec::new());
    }
    let sql = "SELECT party_name, data FROM cases \
               WHERE basis_key = $1 AND measure = $2 AND party <> $3 AND number IS NOT NULL ORDER BY id";
    let values = values![folded(&subject.basis), subject.measure.as_str(), subject.party.as_str()];
    let mut found = Vec::new();
    for row in &link.all(sql, values).await? {
        let other: Case = row.json("data")?;
        found.push(Elsewhere {
            case: other.id,
            is_granted: other.binding_decision().is_some(),
            is_distinct: case.distinct.contains_key(&other.id) || other.distinct.contains_key(&case.id),
            number: other.number.unwrap_or_default(),
            party_name: row.text("party_name")?,
            stage: other.stage,
            basis: other.subject.basis,
        });
    }
    Ok(found)
}

/// The cases granted to other parties for a basis of this very number.
pub(crate) async fn granted_elsewhere(
    link: &impl Queries,
    plan: &Plan,
    case: &Case,
) -> Result<Vec<Elsewhere>, StoreError> {
    let mut granted = elsewhere(link, plan, case).await?;
    granted.retain(|one| one.is_granted && !one.is_distinct);
    Ok(granted)
}

/// Whether a version of the facts has the basis as another party's.
pub(crate) async fn is_of_another(
    link: &impl Queries,
    plan: &Plan,
    subject: &Subject,
    version: i64,
) -> Result<bool, StoreError> {
    let Some(table) = events(plan, subject) else { return Ok(false) };
    let sql =
        "SELECT party FROM facts WHERE folded_key = $1 AND tbl = $2 AND since <= $3 AND (until IS NULL OR until > $3)";
    let rows = link.all(sql, values![folded(&subject.basis), table, version]).await?;
    let parties = rows.iter().map(|row| row.text("party")).collect::<Result<Vec<_>, _>>()?;
    Ok(!parties.is_empty() && !parties.contains(&subject.party))
}
