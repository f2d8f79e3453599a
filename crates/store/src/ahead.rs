//! Reading ahead: what the jobs of a transaction will look at is read for all of them together before the first is run.
//!
//! Nothing depends on it but the time it takes: a job that looks at something else reads it when it comes to it.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use duixian_casework::case::{Case, CaseId};
use duixian_casework::round::Round;
use duixian_rules::pack::Pack;
use tokio::task::spawn_blocking;

use crate::appraisal::Put;
use crate::cases::known::{self, Basis, Sharing};
use crate::cases::rows;
use crate::error::StoreError;
use crate::facts::{self, FactRow, Frozen};
use crate::once::Key;
use crate::rounds;
use crate::threads::PROCESSORS;
use crate::together::{Question, ask};
use crate::tx::Tx;

/// What a job will look at.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ahead {
    /// What was done under this key.
    pub(crate) key: Option<Key>,
    /// A case.
    pub(crate) case: Option<CaseId>,
    /// What the rules say of the case.
    pub(crate) is_assessed: bool,
    /// All cases about a basis.
    pub(crate) basis: Option<Basis>,
}

/// Reads what jobs will look at, at the beginning of their transaction.
///
/// # Errors
/// Where the database fails. A record that can't be read is left to the job that needs it, which is refused alone.
pub(crate) async fn read(tx: &mut Tx, jobs: &[Ahead]) -> Result<(), StoreError> {
    match read_all(tx, jobs).await {
        Err(error @ StoreError::Environment { .. }) => Err(error),
        _ => Ok(()),
    }
}

async fn read_all(tx: &mut Tx, jobs: &[Ahead]) -> Result<(), StoreError> {
    let keys: BTreeSet<&str> = jobs.iter().filter_map(|job| job.key.as_ref()).map(Key::as_str).collect();
    let ids: BTreeSet<CaseId> = jobs.iter().filter_map(|job| job.case).collect();
    let ids: Vec<CaseId> = ids.into_iter().collect();
    let assessed: BTreeSet<CaseId> = jobs.iter().filter(|job| job.is_assessed).filter_map(|job| job.case).collect();
    let unknown = known::unknown(tx, &ids);
    let [of_keys, of_cases] = ask(tx, [Tx::ask_keys(&keys), known::ask_cases(&unknown)]).await?;
    tx.take_keys(&keys, &of_keys)?;
    known::take_cases(tx, &unknown, &of_cases)?;
    let cases = known::cases(tx, &ids).await?;
    let assessed: Vec<&Arc<Case>> = cases.iter().filter(|case| assessed.contains(&case.id)).collect();

    let mut bases: HashSet<Basis> = jobs.iter().filter_map(|job| job.basis.clone()).collect();
    bases.extend(assessed.iter().map(|case| Basis::of(&case.subject)));
    let bases_asked = known::without_siblings(tx, bases.iter().cloned());
    let parties =
        cases.iter().map(|case| case.subject.party.as_str()).chain(bases.iter().map(|one| one.party.as_str()));
    let names_asked = rows::without_names(tx, parties.collect());
    let mut wanted = HashSet::new();
    for case in &assessed {
        let round = rounds::round(tx, case.subject.round).await?;
        wanted.insert((round.facts, round.pack, case.subject.party.as_str()));
    }
    let mut frozen = Frozen::missing(tx, &wanted).into_iter();
    let first = frozen.next();
    let of_facts = first.as_ref().map_or_else(Question::nothing, Frozen::ask);
    let questions = [known::ask_siblings(&bases_asked), rows::ask_names(&names_asked), of_facts];
    let [of_bases, of_names, of_facts] = ask(tx, questions).await?;
    known::take_siblings(tx, &bases_asked, &of_bases)?;
    rows::take_names(tx, &names_asked, &of_names)?;
    if let Some(first) = first {
        first.take(tx, &of_facts).await?;
    }
    // Rounds on other facts are seldom sent in at the same moment.
    for other in frozen {
        let [rows] = ask(tx, [other.ask()]).await?;
        other.take(tx, &rows).await?;
    }
    let put = put(tx, &assessed).await?;
    let by_measure = |case: &Arc<Case>| {
        let keys = put.get(&case.id).into_iter().flat_map(|put| put.keys.clone());
        keys.map(|key| (case.subject.measure.clone(), key)).collect::<Vec<_>>()
    };
    let counted: HashSet<Sharing> = assessed.iter().flat_map(|case| by_measure(case)).collect();
    tx.known_mut().keep_put(put);
    known::learn_sharing(tx, counted.into_iter()).await
}

/// Puts cases to the rules, by as many threads as there are processors: it is much of what a submission costs, and nothing of
/// it depends on the others. One with which that fails is left out.
async fn put(tx: &Tx, cases: &[&Arc<Case>]) -> Result<HashMap<CaseId, Arc<Put>>, StoreError> {
    let share = cases.len().div_ceil(*PROCESSORS).max(1);
    let mut shares = Vec::new();
    for cases in cases.chunks(share) {
        let mut all = Vec::new();
        for case in cases {
            let (round, pack) = rounds::round_with_pack(tx, case.subject.round).await?;
            let rows = facts::frozen_rows(tx, &round, &case.subject.party).await?;
            all.push((Arc::clone(case), round, pack, rows));
        }
        shares.push(all);
    }
    // The last share is this thread's: a case that is alone is put before another thread has woken.
    let own = shares.pop().unwrap_or_default();
    let tasks: Vec<_> = shares.into_iter().map(|share| spawn_blocking(move || put_share(share))).collect();
    let mut put = put_share(own);
    for task in tasks {
        put.extend(task.await.unwrap_or_default());
    }
    Ok(put)
}

/// A case, its round with the pack, and what the round's facts say of its party.
type Asked = (Arc<Case>, Round, Arc<Pack>, Arc<Vec<FactRow>>);

fn put_share(share: Vec<Asked>) -> HashMap<CaseId, Arc<Put>> {
    let put = |(case, round, pack, rows): Asked| Some((case.id, Arc::new(Put::new(&case, &round, pack, &rows).ok()?)));
    share.into_iter().filter_map(put).collect()
}
