//! Reading ahead: what the jobs of a transaction will look at is read for all of them together before the first is run.
//!
//! Nothing depends on it but the time it takes: a job that looks at something else reads it when it comes to it.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use duixian_casework::case::{Case, CaseId};

use crate::cases::known::{self, Basis};
use crate::cases::rows;
use crate::error::StoreError;
use crate::once::Key;
use crate::tx::Tx;
use crate::{appraisal, facts, rounds};

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
pub(crate) async fn read(tx: &mut Tx, jobs: &[Ahead]) -> Result<(), StoreError> {
    let keys: BTreeSet<&str> = jobs.iter().filter_map(|job| job.key.as_ref()).map(Key::as_str).collect();
    tx.read_keys(&keys).await?;
    let ids: BTreeSet<CaseId> = jobs.iter().filter_map(|job| job.case).collect();
    let assessed: BTreeSet<CaseId> = jobs.iter().filter(|job| job.is_assessed).filter_map(|job| job.case).collect();
    let cases = known::read_cases(tx, &ids.into_iter().collect::<Vec<_>>()).await?;
    let assessed: Vec<&Arc<Case>> = cases.iter().filter(|case| assessed.contains(&case.id)).collect();

    let mut bases: HashSet<Basis> = jobs.iter().filter_map(|job| job.basis.clone()).collect();
    bases.extend(assessed.iter().map(|case| Basis::of(&case.subject)));
    let bases: Vec<Basis> = bases.into_iter().collect();
    known::read_siblings(tx, &bases).await?;
    let parties =
        cases.iter().map(|case| case.subject.party.as_str()).chain(bases.iter().map(|one| one.party.as_str()));
    rows::remember_names(tx, parties.collect()).await?;

    let mut wanted = HashSet::new();
    for case in &assessed {
        let round = rounds::round(tx, case.subject.round).await?;
        wanted.insert((round.facts, round.pack, case.subject.party.as_str()));
    }
    facts::read_frozen(tx, &wanted).await?;
    let mut counted = HashSet::new();
    for case in assessed {
        let round = rounds::round(tx, case.subject.round).await?;
        let keys = appraisal::keys_of(tx, case, &round).await?;
        counted.extend(keys.into_iter().map(|key| (case.subject.measure.clone(), key)));
    }
    known::read_sharing(tx, &counted.into_iter().collect::<Vec<_>>()).await.map(drop)
}
