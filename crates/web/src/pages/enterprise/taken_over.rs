//! A draft that was not sent before its round closed, taken over into another round: what was filled in need not be typed again.

use std::collections::BTreeSet;

use duixian_casework::case::{Case, CaseId, Evidence};
use duixian_casework::command::{NewEvidence, Stated};
use duixian_casework::round::RoundState;
use duixian_casework::stage::Stage;
use duixian_store::cases::{Ask, CaseRow};
use duixian_store::{Key, StoreError};

use super::draft::Draft;
use crate::portal::Portal;
use crate::problem::Problem;
use crate::viewer::Viewer;

/// The rounds that take no more.
pub async fn closed_rounds(portal: &Portal) -> Result<BTreeSet<i64>, Problem> {
    let now = portal.store.now();
    let rounds = portal.store.rounds().await?;
    Ok(rounds.iter().filter(|round| round.state(now) == RoundState::Closed).map(|round| round.id).collect())
}

/// Whether a case is a draft that was left lying when its round closed.
pub fn is_left(row: &CaseRow, closed: &BTreeSet<i64>) -> bool {
    row.stage == Stage::Draft && closed.contains(&row.round)
}

/// Fills a new draft with what an old one has: what is stated of facts that it asks too, the account and the evidence. What the rules
/// of today refuse of it is left out. Gives whether there was anything.
pub async fn take_over(
    portal: &Portal,
    viewer: &Viewer,
    key: &Key,
    (old, new): (CaseId, CaseId),
) -> Result<bool, Problem> {
    let old = portal.store.case_for(&viewer.actor, old).await?;
    let draft = Draft::of(portal, viewer, new.0).await?;
    let mut is_any = false;
    let stated = old.statements.iter().filter(|(cell, _)| draft.questions.iter().any(|asked| asked.cell == **cell));
    let stated = stated
        .map(|(cell, said)| (cell.clone(), Some(Stated { value: said.value.clone(), dispute: said.dispute.clone() })));
    let mut asks = vec![Ask::Save { statements: stated.collect(), account: old.account.clone() }];
    asks.extend(old.evidence.iter().map(handed_in));
    for (place, ask) in asks.into_iter().enumerate() {
        match portal.store.ask(&viewer.actor, &key.part(&format!("over {place}")), new, ask).await {
            Ok(_) => is_any |= place > 0 || has_answers(&old),
            Err(StoreError::Refused(_) | StoreError::BadInput { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(is_any)
}

fn has_answers(old: &Case) -> bool {
    old.account.is_some() || !old.statements.is_empty()
}

fn handed_in(piece: &Evidence) -> Ask {
    let Evidence { kind, number, issuer, issued_on, file, .. } = piece.clone();
    Ask::AddEvidence(NewEvidence { kind, number, issuer, issued_on, file })
}
