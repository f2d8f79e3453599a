//! A case's row: the whole of it as a document, and beside it the columns that lists look for.

use duixian_casework::case::{Case, CaseId, PaymentOutcome, Subject};
use duixian_casework::stage::Stage;
use duixian_rules::plan::StepKind;

use crate::cases::scene::Scene;
use crate::db::{Queries, Value, json, values};
use crate::error::StoreError;
use crate::memo::memoized;
use crate::once::Key;
use crate::tx::Tx;

/// What the journal calls a case.
pub(crate) fn subject_of(id: CaseId) -> String {
    format!("case/{}", id.0)
}

/// A case by its number in the store.
pub(crate) async fn load(link: &impl Queries, id: CaseId) -> Result<Case, StoreError> {
    let row = link.one("SELECT data FROM cases WHERE id = $1", values![id.0]).await?;
    row.ok_or(StoreError::NotFound)?.json("data")
}

/// A case and, in the same breath, digest and outcome of what was done under a key.
pub(crate) async fn load_with_key(
    link: &impl Queries,
    id: CaseId,
    key: &Key,
) -> Result<(Case, Option<(String, String)>), StoreError> {
    let sql = "SELECT c.data, k.digest, k.outcome FROM cases c LEFT JOIN commands k ON k.key = $1 WHERE c.id = $2";
    let row = link.one(sql, values![key.as_str(), id.0]).await?.ok_or(StoreError::NotFound)?;
    Ok((row.json("data")?, row.opt_text("digest")?.zip(row.opt_text("outcome")?)))
}

/// The draft of the same party for the same basis in the same round.
pub(crate) async fn draft_of(link: &impl Queries, subject: &Subject) -> Result<Option<CaseId>, StoreError> {
    let sql = "SELECT id FROM cases WHERE party = $1 AND measure = $2 AND basis = $3 AND round = $4 AND stage = 'draft' \
               ORDER BY id LIMIT 1";
    let Subject { party, measure, basis, round, .. } = subject;
    let row = link.one(sql, values![party.as_str(), measure.as_str(), basis.as_str(), *round]).await?;
    row.map(|row| row.int("id").map(CaseId)).transpose()
}

/// Another case for the same basis, submitted and not at its end, with its number.
pub(crate) async fn live_case_of(
    link: &impl Queries,
    subject: &Subject,
    but: Option<CaseId>,
) -> Result<Option<(CaseId, String)>, StoreError> {
    let ended: Vec<String> =
        Stage::ALL.iter().filter(|stage| stage.is_final()).map(|stage| format!("'{}'", stage.word())).collect();
    let sql = format!(
        "SELECT id, number FROM cases WHERE party = $1 AND measure = $2 AND basis = $3 AND number IS NOT NULL \
         AND stage NOT IN ({}) AND id <> $4 ORDER BY id LIMIT 1",
        ended.join(", ")
    );
    let Subject { party, measure, basis, .. } = subject;
    let but = but.map_or(0, |id| id.0);
    let row = link.one(&sql, values![party.as_str(), measure.as_str(), basis.as_str(), but]).await?;
    row.map(|row| Ok((CaseId(row.int("id")?), row.text("number")?))).transpose()
}

/// The columns that change with a case, in the order of [`changing`].
const CHANGING: [&str; 18] = [
    "number",
    "clause",
    "stage",
    "desk",
    "due",
    "assignee",
    "amount",
    "low",
    "high",
    "priority",
    "decided_at",
    "paid_on",
    "notice_until",
    "submitted_at",
    "updated_at",
    "version",
    "data",
    "party_name",
];

async fn changing(tx: &Tx, case: &Case, scene: &Scene) -> Result<Vec<Value>, StoreError> {
    let assessed = case.assessed.as_ref();
    let span = assessed.and_then(|assessed| assessed.span);
    let decision = case.decision.as_ref();
    let paid_on = case.payments.iter().rev().find_map(|payment| match &payment.outcome {
        Some(PaymentOutcome::Paid { on, .. }) => Some(on.to_string()),
        _ => None,
    });
    // A waiting decision shows what was decided; what is paid is what was funded.
    let amount = decision.map(|decision| if case.stage == Stage::Queued { decision.amount } else { decision.funded });
    let party = case.subject.party.as_str();
    let name = async {
        let row = tx.one("SELECT name FROM parties WHERE code = $1", values![party]).await?;
        row.map_or_else(|| Ok(party.to_owned()), |row| row.text("name"))
    };
    let name = memoized(tx, &format!("party/{party}"), name).await?;
    Ok(values![
        case.number.clone(),
        assessed.map_or(String::new(), |assessed| assessed.clause.clone()),
        case.stage.word(),
        desk_of(case, scene),
        case.due.map(|due| due.to_string()),
        case.assignee.map(|assignee| assignee.0),
        amount.map(|amount| amount.0),
        span.map(|span| span.low.0),
        span.and_then(|span| span.high).map(|high| high.0),
        decision.map(|decision| i64::from(decision.priority)),
        decision.map(|decision| decision.at.0),
        paid_on,
        case.notice.as_ref().map(|notice| notice.until.to_string()),
        case.submitted_at.map(|at| at.0),
        tx.now().0,
        i64::try_from(case.version).unwrap_or(i64::MAX),
        json(case)?,
        name,
    ])
}

/// The desk that has the case, by English name; nothing where the applicant has it, or nobody.
pub(crate) fn desk_of(case: &Case, scene: &Scene) -> String {
    let procedure = &scene.procedure;
    let step = match case.stage {
        Stage::Accepted => procedure.review_after(StepKind::Accept),
        Stage::OnHold => {
            let held = case.paused.as_ref().map(|paused| paused.stage);
            match held {
                Some(Stage::Accepted) => procedure.review_after(StepKind::Accept),
                held => held.and_then(Stage::step).and_then(|kind| procedure.step(kind)),
            }
        }
        stage => stage.step().and_then(|kind| procedure.step(kind)),
    };
    step.map_or(String::new(), |step| step.desk.clone())
}

/// Writes a case that is new.
pub(crate) async fn insert(tx: &mut Tx, case: &Case, scene: &Scene) -> Result<(), StoreError> {
    let Subject { party, measure, basis, year, round, fund } = &case.subject;
    let fixed = values![
        case.id.0,
        party.as_str(),
        measure.as_str(),
        basis.as_str(),
        i64::from(*year),
        *round,
        fund.as_str(),
        case.opened_by.0,
        case.opened_at.0
    ];
    let columns =
        format!("id, party, measure, basis, year, round, fund, opened_by, opened_at, {}", CHANGING.join(", "));
    let values = fixed.into_iter().chain(changing(tx, case, scene).await?).collect();
    tx.insert_many("cases", &columns, vec![values]).await
}

/// Writes what a case has become.
pub(crate) async fn update(tx: &mut Tx, case: &Case, scene: &Scene) -> Result<(), StoreError> {
    let sets: Vec<String> =
        CHANGING.iter().enumerate().map(|(place, column)| format!("{column} = ${}", place + 2)).collect();
    let sql = format!("UPDATE cases SET {} WHERE id = $1", sets.join(", "));
    let values = values![case.id.0].into_iter().chain(changing(tx, case, scene).await?).collect();
    match tx.execute(&sql, values).await? {
        1 => Ok(()),
        rows => Err(StoreError::corrupt(subject_of(case.id), format!("its row was written {rows} times"))),
    }
}
