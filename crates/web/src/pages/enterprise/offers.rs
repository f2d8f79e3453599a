//! The rounds in which parties could apply for something at this moment: where someone acts for many, what each could apply for in
//! them says where there is work to do.

use duixian_casework::round::{Round, RoundState};

use crate::portal::Portal;
use crate::problem::Problem;

/// The rounds that take applications now.
pub async fn open_rounds(portal: &Portal) -> Result<Vec<Round>, Problem> {
    let now = portal.store.now();
    let rounds = portal.store.rounds().await?;
    Ok(rounds.into_iter().filter(|round| round.state(now) == RoundState::Open).collect())
}
