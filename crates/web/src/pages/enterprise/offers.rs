//! What parties could apply for at this moment and have not, whatever the round: where someone acts for many, that says where
//! there is work to do.

use duixian_assess::result::Status as Outcome;
use duixian_casework::people::Actor;
use duixian_casework::round::{Round, RoundState};
use duixian_casework::stage::Stage;
use duixian_money::Span;
use duixian_store::StoreError;
use duixian_text::folded;

use super::amounts::Total;
use crate::portal::Portal;
use crate::problem::Problem;

/// The rounds that take applications now.
pub async fn open_rounds(portal: &Portal) -> Result<Vec<Round>, Problem> {
    let now = portal.store.now();
    let rounds = portal.store.rounds().await?;
    Ok(rounds.into_iter().filter(|round| round.state(now) == RoundState::Open).collect())
}

/// What a party could still apply for in these rounds. What was begun, is under way or was granted is no part of it, nor what
/// an office has refused.
pub async fn offer(portal: &Portal, actor: &Actor, party: &str, rounds: &[Round]) -> Result<Total, Problem> {
    let mut spans: Vec<Span> = Vec::new();
    for round in rounds {
        let found = match portal.store.entitlements(actor, round.id, party).await {
            Ok(found) => found,
            // The facts of the round know nothing of it.
            Err(StoreError::NotFound) => continue,
            Err(error) => return Err(error.into()),
        };
        for of in &found.explained.measures {
            let measure = found.pack.plan.measures[of.measure].name.en.as_str();
            if !round.takes(measure) {
                continue;
            }
            for basis in &of.bases {
                let is_given = matches!(basis.row.status(), Outcome::Entitled | Outcome::Conditional);
                let key = folded(&basis.basis);
                let is_settled = found.cases.iter().any(|case| {
                    let is_about = case.measure == measure && case.year == round.year && folded(&case.basis) == key;
                    is_about && case.stage != Stage::Withdrawn
                });
                spans.extend(basis.row.amount().filter(|_| is_given && !is_settled));
            }
        }
    }
    Ok(Total::of(spans))
}
