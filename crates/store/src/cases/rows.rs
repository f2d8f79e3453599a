//! A case's row: the whole of it as a document, and beside it the columns that lists look for.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, LazyLock};

use duixian_casework::case::{Case, CaseId, PaymentOutcome, Subject};
use duixian_casework::moment::Moment;
use duixian_casework::people::Role;
use duixian_casework::stage::Stage;
use duixian_rules::plan::{Plan, StepKind};
use duixian_text::folded;

use crate::cases::known::{self, Sibling};
use crate::cases::scene::Scene;
use crate::db::{Queries, Row, Value, json, values};
use crate::error::StoreError;
use crate::facts::former_name;
use crate::late::Target;
use crate::memo::memoized;
use crate::together::{Question, ask};
use crate::tx::Tx;

/// What the journal calls a case.
pub(crate) fn subject_of(id: CaseId) -> String {
    format!("case/{}", id.0)
}

/// The case that the journal calls so.
pub(crate) fn id_of(subject: &str) -> Option<CaseId> {
    subject.strip_prefix("case/")?.parse().ok().map(CaseId)
}

/// A case by its number in the store.
pub(crate) async fn load(link: &impl Queries, id: CaseId) -> Result<Case, StoreError> {
    known::case(link, id).await.map(Arc::unwrap_or_clone)
}

/// The draft of the same party for the same basis in the same round.
pub(crate) async fn draft_of(link: &impl Queries, subject: &Subject) -> Result<Option<CaseId>, StoreError> {
    let siblings = known::siblings(link, subject).await?;
    let mine = siblings.into_iter().find(|one| one.round == subject.round && one.stage == Stage::Draft);
    Ok(mine.map(|one| one.id))
}

/// Another case for the same basis, submitted and not at its end, with its number; where the measure goes by years, for the same year.
pub(crate) async fn live_case_of(
    link: &impl Queries,
    plan: &Plan,
    subject: &Subject,
    but: Option<CaseId>,
) -> Result<Option<(CaseId, String)>, StoreError> {
    let siblings = same_basis(link, plan, subject, but).await?;
    let mut live = siblings.into_iter().filter(|one| !one.stage.is_final());
    Ok(live.find_map(|one| Some((one.id, one.number?))))
}

/// The number of another case in which the same basis was granted, in any round: of a measure that goes by a date in whatever year,
/// since it happened once, whenever that is said to have been; of one that goes by years for the same year, since it may be granted
/// anew every year.
pub(crate) async fn granted_before(
    link: &impl Queries,
    plan: &Plan,
    subject: &Subject,
    but: Option<CaseId>,
) -> Result<Option<String>, StoreError> {
    let siblings = same_basis(link, plan, subject, but).await?;
    Ok(siblings.into_iter().filter(Sibling::is_granted).find_map(|one| one.number))
}

/// The same cases.
pub(crate) async fn granted_of(
    link: &impl Queries,
    plan: &Plan,
    subject: &Subject,
    but: Option<CaseId>,
) -> Result<Vec<CaseId>, StoreError> {
    let siblings = same_basis(link, plan, subject, but).await?;
    Ok(siblings.into_iter().filter(Sibling::is_granted).map(|one| one.id).collect())
}

/// The other cases for what a case is for, however they stand.
pub(crate) async fn cases_of(
    link: &impl Queries,
    plan: &Plan,
    subject: &Subject,
    but: Option<CaseId>,
) -> Result<Vec<CaseId>, StoreError> {
    Ok(same_basis(link, plan, subject, but).await?.into_iter().map(|one| one.id).collect())
}

/// The other cases for what a case is for: that of one year is not that of another, where the measure goes by years.
async fn same_basis(
    link: &impl Queries,
    plan: &Plan,
    subject: &Subject,
    but: Option<CaseId>,
) -> Result<Vec<Sibling>, StoreError> {
    let mut siblings = known::siblings(link, subject).await?;
    let measure = plan.measures.iter().find(|measure| measure.name.en == subject.measure);
    let is_once = measure.is_some_and(|measure| measure.basis.period.is_dated());
    siblings.retain(|one| Some(one.id) != but && (is_once || one.year == subject.year));
    Ok(siblings)
}

/// The last day of a case's notice; of one that was taken down, when.
pub(crate) fn hung_until(case: &Case) -> Option<String> {
    case.notice.as_ref().map(|notice| notice.until).or(case.taken_down).map(|day| day.to_string())
}

/// The columns of a case's row, its number first: those that stay as they are, those that change with it.
const FIXED: [&str; 10] =
    ["id", "party", "measure", "basis", "basis_key", "year", "round", "fund", "opened_by", "opened_at"];
const CHANGING: [&str; 19] = [
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
    "awaits",
    "submitted_at",
    "updated_at",
    "version",
    "data",
    "party_name",
];

/// How rows of cases are written: what is there is made what it has become. The texts are put together once: of a lone submission
/// that took as long as its journal entry.
pub(crate) fn target() -> Target {
    static COLUMNS: LazyLock<String> =
        LazyLock::new(|| FIXED.into_iter().chain(CHANGING).collect::<Vec<_>>().join(", "));
    static CONFLICT: LazyLock<String> = LazyLock::new(|| {
        let sets = CHANGING.map(|column| format!("{column} = excluded.{column}"));
        format!(" ON CONFLICT (id) DO UPDATE SET {}", sets.join(", "))
    });
    Target { table: "cases", columns: Cow::Borrowed(&COLUMNS), conflict: Cow::Borrowed(&CONFLICT) }
}

/// What a case's columns hold, in the order of [`FIXED`] and [`CHANGING`].
fn row_of(case: &Case, scene: &Scene, now: Moment, name: String) -> Result<Vec<Value>, StoreError> {
    let assessed = case.assessed.as_ref();
    let span = assessed.and_then(|assessed| assessed.span);
    let decision = case.standing_decision();
    // Of a payment that came back it is still said when it had been made.
    let paid_on = case.payments.iter().rev().find_map(|payment| match &payment.outcome {
        Some(PaymentOutcome::Paid { on, .. } | PaymentOutcome::Returned { on, .. }) => Some(on.to_string()),
        _ => None,
    });
    // A waiting decision shows what was decided; what is paid is what was funded.
    let amount = decision.map(|decision| if case.stage == Stage::Queued { decision.amount } else { decision.funded });
    let Subject { party, measure, basis, year, round, fund } = &case.subject;
    Ok(values![
        case.id.0,
        party.as_str(),
        measure.as_str(),
        basis.as_str(),
        folded(basis),
        i64::from(*year),
        *round,
        fund.as_str(),
        case.opened_by.0,
        case.opened_at.0,
        case.number.clone(),
        assessed.map_or(String::new(), |assessed| assessed.clause.clone()),
        case.stage.word(),
        desk_of(case, scene),
        case.last_day().map(|due| due.to_string()),
        case.assignee.map(|assignee| assignee.0),
        amount.map(|amount| amount.0),
        span.map(|span| span.low.0),
        span.and_then(|span| span.high).map(|high| high.0),
        decision.map(|decision| i64::from(decision.priority)),
        case.binding_decision().map(|decision| decision.at.0),
        paid_on,
        hung_until(case),
        case.awaits_second().map_or("", Role::word),
        case.submitted_at.map(|at| at.0),
        now.0,
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

/// Keeps what a case has become, to be written at the end of the transaction.
pub(crate) async fn keep(tx: &mut Tx, case: &Case, scene: &Scene) -> Result<(), StoreError> {
    let name = party_of(tx, case).await?;
    let row = row_of(case, scene, tx.now(), name)?;
    tx.keep_case(case, row)
}

/// What a case has its party called: as the registry does now or, where the case is done, as it did until then; its code where it has no
/// name.
pub(crate) async fn party_of(link: &impl Queries, case: &Case) -> Result<String, StoreError> {
    if case.stage.is_done() {
        let row = link.one("SELECT party_name FROM cases WHERE id = $1", values![case.id.0]).await?;
        if let Some(row) = row {
            return row.text("party_name");
        }
    }
    name_of(link, &case.subject.party).await
}

/// Those columns that can be told from a case alone: not when it was written, nor what its party was called then.
pub(crate) fn told_columns() -> impl Iterator<Item = &'static str> {
    FIXED.into_iter().chain(CHANGING).filter(|column| !UNTOLD.contains(column))
}

const UNTOLD: [&str; 3] = ["updated_at", "data", "party_name"];

/// The first column of a row that does not hold what its case says.
pub(crate) fn strange_column(row: &Row, case: &Case, scene: &Scene) -> Result<Option<&'static str>, StoreError> {
    let values = row_of(case, scene, Moment(0), String::new())?;
    for (column, value) in FIXED.into_iter().chain(CHANGING).zip(values) {
        if !UNTOLD.contains(&column) && !row.holds(column, &value)? {
            return Ok(Some(column));
        }
    }
    Ok(None)
}

/// The name of a party; its code where it has none.
pub(crate) async fn name_of(link: &impl Queries, party: &str) -> Result<String, StoreError> {
    let read = async { Ok(read_names(link, &[party]).await?.remove(party).unwrap_or_else(|| party.to_owned())) };
    memoized(link, &memo_of_name(party), read).await
}

/// A party's name where the registry knows one: where it does not, it has the code in its place.
pub(crate) async fn registered_name(link: &impl Queries, party: &str) -> Result<Option<String>, StoreError> {
    Ok(Some(name_of(link, party).await?).filter(|name| name != party))
}

/// Those parties whose names the writer does not remember.
pub(crate) fn without_names<'p>(tx: &Tx, parties: BTreeSet<&'p str>) -> Vec<&'p str> {
    let is_missing = |party: &&str| tx.memo().is_some_and(|memo| memo.get::<String>(&memo_of_name(party)).is_none());
    parties.into_iter().filter(is_missing).collect()
}

/// Asks for the names of parties.
pub(crate) fn ask_names(parties: &[&str]) -> Question {
    let of = parties.iter().map(|party| Value::from(*party)).collect();
    Question { columns: &["code", "name"], from: "FROM parties WHERE code IN ({})", before: None, of }
}

/// Has the writer remember the names of parties.
pub(crate) fn take_names(tx: &Tx, parties: &[&str], rows: &[Row]) -> Result<(), StoreError> {
    let Some(memo) = tx.memo() else { return Ok(()) };
    let mut names = names_of(rows)?;
    // One that the registry has no more is looked for by itself, and seldom.
    for (party, name) in parties.iter().filter_map(|party| names.remove_entry(*party)) {
        memo.put(&memo_of_name(&party), name);
    }
    Ok(())
}

async fn read_names(link: &impl Queries, parties: &[&str]) -> Result<HashMap<String, String>, StoreError> {
    let [rows] = ask(link, [ask_names(parties)]).await?;
    let mut names = names_of(&rows)?;
    for party in parties {
        if !names.contains_key(*party)
            && let Some(name) = former_name(link, party).await?
        {
            names.insert((*party).to_owned(), name);
        }
    }
    Ok(names)
}

fn names_of(rows: &[Row]) -> Result<HashMap<String, String>, StoreError> {
    rows.iter().map(|row| Ok((row.text("code")?, row.text("name")?))).collect()
}

fn memo_of_name(party: &str) -> String {
    format!("party/{party}")
}
