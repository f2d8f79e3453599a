//! Who may have no hand in a batch, since they are recused from one of its cases: said before anyone tries, or waits for them.

use duixian_casework::account::is_writable;
use duixian_casework::batch::{Batch, BatchLine};
use duixian_casework::case::Case;
use duixian_casework::people::{Actor, Role, UserId};
use duixian_casework::refusal::Refusal;
use duixian_store::cases::may_pay;
use duixian_store::people::User;

use super::batch::{beside, words};
use crate::locale::Text;
use crate::pages::empowered;
use crate::portal::Portal;
use crate::problem::Problem;
use crate::viewer::Viewer;

/// How many cases are looked at for a recusal before someone releases; the store looks at all.
const MOST_LOOKED_AT: usize = 300;

/// The cases of a batch, read once for all who may be recused from one of them.
pub(super) struct Looked<'b>(Vec<(&'b BatchLine, Case)>);

impl<'b> Looked<'b> {
    /// At those of a batch.
    pub async fn at(portal: &Portal, batch: &'b Batch) -> Result<Looked<'b>, Problem> {
        let mut cases = Vec::new();
        for line in batch.lines.iter().take(MOST_LOOKED_AT) {
            cases.push((line, portal.store.case(line.case).await?));
        }
        Ok(Looked(cases))
    }

    /// At none: nothing is to be done.
    pub fn at_none() -> Looked<'b> {
        Looked(Vec::new())
    }

    fn recused(&self, actor: &Actor) -> impl Iterator<Item = (&'b BatchLine, Refusal)> {
        self.0.iter().filter_map(move |(line, case)| Some((*line, may_pay(case, actor).err()?)))
    }

    /// Those that someone may have no hand in paying, each with why.
    pub fn not_paid_by(&self, actor: &Actor) -> Vec<(BatchLine, Text)> {
        self.recused(actor).map(told).collect()
    }

    /// Those of them that they can't take out either, nor cancel the batch for it. Whoever has reviewed or decided a case may, unless no file
    /// can hold its account: it is recorded as failed then, which is a part of paying it.
    pub fn not_taken_out_by(&self, actor: &Actor) -> Vec<(BatchLine, Text)> {
        let stays = |(line, why): &(&BatchLine, Refusal)| *why == Refusal::OwnParty || !is_writable(&line.account);
        self.recused(actor).filter(stays).map(told).collect()
    }

    /// Who else could release the batch: of finance, has not signed it, and may have a hand in all of it.
    pub async fn others(
        &self,
        portal: &Portal,
        viewer: &Viewer,
        batch: &Batch,
        users: &[User],
    ) -> Result<Vec<Text>, Problem> {
        let is_other = |user: &&User| Some(user.id) != viewer.actor.user() && !batch.released_by.contains(&user.id);
        let payers = users.iter().filter(|user| user.active && user.roles.contains(&Role::Finance));
        let mut others = Vec::new();
        for user in payers.filter(is_other) {
            let actor = portal.store.actor_of(user.id).await?;
            if self.recused(&actor).next().is_none() {
                others.push(user);
            }
        }
        let ids: Vec<UserId> = others.iter().map(|user| user.id).collect();
        let lately = empowered::lately(portal, &ids, Role::Finance).await?;
        Ok(others.into_iter().map(|user| empowered::marked(&user.name, lately.get(&user.id))).collect())
    }
}

fn told((line, why): (&BatchLine, Refusal)) -> (BatchLine, Text) {
    (line.clone(), beside(&line.number, &words(&why)))
}
