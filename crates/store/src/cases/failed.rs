//! Accounts on which a payment failed in another case of their party: they are to be corrected before the next batch.

use std::collections::{BTreeMap, BTreeSet};

use duixian_casework::account::{FailedElsewhere, failed_elsewhere};
use duixian_casework::case::{Case, CaseId};

use crate::db::{Queries, Store, Value};
use crate::error::StoreError;

impl Store {
    /// The cases among these whose account could not be paid to in another case of their party.
    pub async fn failed_accounts(&self, cases: &[&Case]) -> Result<BTreeMap<CaseId, FailedElsewhere>, StoreError> {
        failed_accounts(self, cases).await
    }
}

/// How many parties are asked about in one statement.
const AT_ONCE: usize = 200;

/// The same. Within a transaction, what it keeps of cases must be put down before.
pub(crate) async fn failed_accounts(
    link: &impl Queries,
    cases: &[&Case],
) -> Result<BTreeMap<CaseId, FailedElsewhere>, StoreError> {
    let with_account = cases.iter().filter(|case| case.account.is_some());
    let parties: BTreeSet<&str> = with_account.map(|case| case.subject.party.as_str()).collect();
    let parties: Vec<&str> = parties.into_iter().collect();
    let mut paid: BTreeMap<String, Vec<Case>> = BTreeMap::new();
    for some in parties.chunks(AT_ONCE) {
        let places: Vec<String> = (1..=some.len()).map(|place| format!("${place}")).collect();
        let sql = format!(
            "SELECT data FROM cases WHERE party IN ({}) AND number IS NOT NULL AND data NOT LIKE '%\"payments\":[]%'",
            places.join(", ")
        );
        let values = some.iter().map(|party| Value::from(*party)).collect();
        for row in link.all(&sql, values).await? {
            let case: Case = row.json("data")?;
            paid.entry(case.subject.party.clone()).or_default().push(case);
        }
    }
    let found = cases.iter().filter_map(|case| {
        let others = paid.get(&case.subject.party)?;
        Some((case.id, failed_elsewhere(case, others.iter())?))
    });
    Ok(found.collect())
}
