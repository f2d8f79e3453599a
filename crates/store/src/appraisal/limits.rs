//! What limits leave of a case that was decided, once the bank has paid another that was withdrawn or revoked: at the decision nobody
//! could count that.

use std::collections::BTreeSet;
use std::sync::Arc;

use duixian_assess::reference::ClaimRecord;
use duixian_assess::reference::Standing::Granted;
use duixian_casework::appraisal::record_of;
use duixian_casework::case::{Case, CaseId, Decision, Standing};
use duixian_casework::round::Round;
use duixian_casework::stage::Stage;

use super::{Put, put};
use crate::cases::known;
use crate::db::Queries;
use crate::error::StoreError;
use crate::rounds;

/// The number of a case that the bank has paid all the same, beside which the limits don't leave what was decided; none where there is none.
/// What was decided later counts not: it was decided beside this one. Within a transaction, what it keeps of cases must be put down before.
pub(crate) async fn taken(link: &impl Queries, case: &Case, round: &Round) -> Result<Option<String>, StoreError> {
    let Some(decision) = case.standing_decision() else { return Ok(None) };
    let put = put(link, case, round).await?;
    let mut others = known::sharing(link, &case.subject.measure, &put.keys).await?;
    others.retain(|other| other.id != case.id);
    if !others.iter().any(|other| is_late(other)) {
        return Ok(None);
    }
    let leaves = |counts: &dyn Fn(&Case) -> bool| {
        let counted = others.iter().filter(|other| counts(other));
        let records: Vec<ClaimRecord> =
            counted.filter_map(|other| record_of(other)).filter(|record| record.standing == Granted).collect();
        leaves(&put, case, decision, &records)
    };
    let was_before =
        |other: &Case| !is_late(other) && other.binding_decision().is_some_and(|one| one.at <= decision.at);
    // What the rules would refuse without them is not their doing.
    if !leaves(&was_before) || leaves(&|other| was_before(other) || is_late(other)) {
        return Ok(None);
    }
    let mut late = others.iter().filter(|other| is_late(other));
    let by_itself = late.clone().find(|one| !leaves(&|other| was_before(other) || other.id == one.id));
    Ok(by_itself.or(late.next()).and_then(|other| other.number.clone()))
}

/// The cases that are counted together with one by its measure's limits.
pub(crate) async fn counted_with(link: &impl Queries, case: &Case) -> Result<BTreeSet<CaseId>, StoreError> {
    let (round, _) = rounds::round_with_pack(link, case.subject.round).await?;
    let put = put(link, case, &round).await?;
    let found = known::sharing(link, &case.subject.measure, &put.keys).await?;
    Ok(found.into_iter().map(|other: Arc<Case>| other.id).collect())
}

/// Whether the bank has paid it though nothing is granted to it any more.
fn is_late(case: &Case) -> bool {
    case.standing_decision().is_none() && case.doubtful_payment().is_some()
}

/// Whether the rules give what was set aside for a case, beside these, or what is to be set aside for one that waits.
fn leaves(put: &Put, case: &Case, decision: &Decision, records: &[ClaimRecord]) -> bool {
    let Some(found) = put.question.appraise(&case.subject, records, decision.at) else { return false };
    let amount = if case.stage == Stage::Queued { decision.amount } else { decision.funded };
    let gives = matches!(found.assessed.standing, Standing::Entitled | Standing::Conditional);
    gives && found.assessed.span.is_some_and(|span| span.high.is_none_or(|high| amount <= high))
}
