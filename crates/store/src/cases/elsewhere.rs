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

use crate::cases::known;
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
}

impl Store {
    /// Other parties' cases for a basis of the same number, for officials; none of measures on parties and years, whose
    /// numbers are nobody's own.
    pub async fn cases_elsewhere(&self, case: &Case) -> Result<Vec<Elsewhere>, StoreError> {
        let (_, pack) = crate::rounds::round_with_pack(self, case.subject.round).await?;
        elsewhere(self, &pack.plan, &case.subject).await
    }

    /// What other cases of the party state otherwise than a case does, for officials: whoever reviews or decides it looks there
    /// first.
    pub async fn contradictions(&self, case: &Case) -> Result<Vec<Contradiction>, StoreError> {
        contradictions_of(self, case).await
    }
}

/// What other cases of the party state otherwise than a case does. Within a transaction, what it keeps of cases must be put down
/// before.
pub(crate) async fn contradictions_of(link: &impl Queries, case: &Case) -> Result<Vec<Contradiction>, StoreError> {
    if case.statements.is_empty() {
        return Ok(Vec::new());
    }
    let sql = "SELECT id FROM cases WHERE party = $1 AND number IS NOT NULL AND id <> $2 \
               AND (stage NOT IN ('draft', 'not_accepted', 'declined', 'withdrawn') OR decided_at IS NOT NULL) ORDER BY id";
    let rows = link.all(sql, values![case.subject.party.as_str(), case.id.0]).await?;
    let ids = rows.iter().map(|row| row.int("id").map(CaseId)).collect::<Result<Vec<_>, _>>()?;
    let others = known::cases(link, &ids).await?;
    Ok(contradictions(case, others.iter().map(Arc::as_ref)))
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
pub(crate) async fn elsewhere(
    link: &impl Queries,
    plan: &Plan,
    subject: &Subject,
) -> Result<Vec<Elsewhere>, StoreError> {
    if events(plan, subject).is_none() {
        return Ok(Vec::new());
    }
    let sql = "SELECT id, number, party_name, stage, decided_at FROM cases \
               WHERE basis_key = $1 AND measure = $2 AND party <> $3 AND number IS NOT NULL ORDER BY id";
    let values = values![folded(&subject.basis), subject.measure.as_str(), subject.party.as_str()];
    let mut found = Vec::new();
    for row in &link.all(sql, values).await? {
        let stage = row.text("stage")?;
        let stage = Stage::from_word(&stage).ok_or_else(|| StoreError::corrupt("cases.stage", &stage))?;
        found.push(Elsewhere {
            case: CaseId(row.int("id")?),
            number: row.text("number")?,
            party_name: row.text("party_name")?,
            stage,
            // What was withdrawn, revoked or ended has a day of decision only where the bank has paid it all the same.
            is_granted: (stage.is_granted() || matches!(stage, Stage::Withdrawn | Stage::Declined))
                && row.opt_int("decided_at")?.is_some(),
        });
    }
    Ok(found)
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
