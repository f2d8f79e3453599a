//! Which cases have named which account, in a table of its own beside their files: where money of two parties would go to one account,
//! officials are told before it does. A row only says where to look; what is told stands in the cases themselves.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use duixian_casework::account::{is_paid_to, number_key};
use duixian_casework::case::{BankAccount, Case, CaseId};
use duixian_casework::event::What;
use sea_orm::{ConnectionTrait, DbBackend};

use crate::cases::{known, left, rows};
use crate::db::{Queries, Row, Store, Value, all_among, all_of, execute_on, values};
use crate::error::StoreError;
use crate::journal::Entry;
use crate::late::{Insert, Target, in_rows};
use crate::tx::Tx;

/// Entries that are read at once when the table is filled.
const ROWS: i64 = 512;

/// As many cases as may have named one number for all of them to be looked at.
const FEW: i64 = 200;
/// Of a number that more have named, as many of other parties are looked at: a district may pay thousands by way of one account.
const FIRST: u32 = 20;
/// As many other parties are told of.
const MOST_TOLD: usize = 5;

/// Another party's case to whose account money of a case goes too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharedAccount {
    /// The other case.
    pub case: CaseId,
    /// Its number.
    pub number: String,
    /// The other party, by its code.
    pub party: String,
    /// Its name.
    pub party_name: String,
}

/// Of some cases those whose account is another party's too, each with the first case of each of the others.
pub type SharedAccounts = BTreeMap<CaseId, Vec<SharedAccount>>;

impl Store {
    /// Those of some cases whose account is that of another party's case on record, or was paid to in one; for officials alone.
    pub async fn shared_accounts(&self, cases: &[&Case]) -> Result<SharedAccounts, StoreError> {
        let of = cases.iter().filter_map(|case| Some((case.id, case.account.as_ref()?.number.as_str())));
        shared_accounts(self, of).await
    }
}

/// The same of cases with the numbers of the accounts that they are paid to.
pub(crate) async fn shared_accounts<'n>(
    link: &impl Queries,
    of: impl Iterator<Item = (CaseId, &'n str)>,
) -> Result<SharedAccounts, StoreError> {
    let asked: Vec<(CaseId, String)> = of.map(|(case, number)| (case, number_key(number))).collect();
    let keys: BTreeSet<&str> = asked.iter().map(|(_, key)| key.as_str()).filter(|key| !key.is_empty()).collect();
    let sql = "SELECT number, COUNT(*) AS uses FROM account_uses WHERE number IN ({}) GROUP BY number";
    let (mut few, mut many) = (Vec::new(), BTreeSet::new());
    for row in all_among(link, sql, vec![], keys.into_iter().map(Value::from).collect()).await? {
        match (row.text("number")?, row.int("uses")?) {
            (_, 1) => {}
            (number, uses) if uses <= FEW => few.push(Value::from(number)),
            (number, _) => drop(many.insert(number)),
        }
    }
    let few = uses_of(link, few).await?;
    let mut first = BTreeMap::<CaseId, Vec<Use>>::new();
    for (id, key) in asked.iter().filter(|(_, key)| many.contains(key)) {
        first.insert(*id, first_others(link, *id, key).await?);
    }
    let ids: BTreeSet<CaseId> = few.values().chain(first.values()).flatten().map(|one| one.case).collect();
    let cases = known::cases(link, &ids.into_iter().collect::<Vec<_>>()).await?;
    let cases: BTreeMap<CaseId, &Case> = cases.iter().map(|case| (case.id, case.as_ref())).collect();
    let on_record = |one: &Use, key: &str| {
        let case = cases.get(&one.case)?;
        let number = case.number.clone().filter(|_| is_paid_to(case, key))?;
        Some(SharedAccount { case: one.case, number, party: one.party.clone(), party_name: one.party_name.clone() })
    };
    let mut found = SharedAccounts::new();
    for (id, key) in &asked {
        let Some(uses) = first.get(id).or_else(|| few.get(key)) else { continue };
        let own = uses.iter().find(|one| one.case == *id).map(|one| one.party.as_str());
        let others = uses.iter().filter(|one| one.case != *id && Some(one.party.as_str()) != own);
        // One case of each party says enough.
        let mut parties = BTreeSet::new();
        let told = others.filter_map(|one| on_record(one, key).filter(|_| parties.insert(one.party.as_str())));
        let others: Vec<SharedAccount> = told.take(MOST_TOLD).collect();
        if !others.is_empty() {
            found.insert(*id, others);
        }
    }
    Ok(found)
}

/// The cases that have named some numbers, by number, where more than one party has.
async fn uses_of(link: &impl Queries, numbers: Vec<Value>) -> Result<BTreeMap<String, Vec<Use>>, StoreError> {
    let sql = "SELECT u.number, u.case_id, c.party, c.party_name FROM account_uses u JOIN cases c ON c.id = u.case_id \
               WHERE u.number IN ({}) ORDER BY u.case_id";
    let mut uses = BTreeMap::<String, Vec<Use>>::new();
    for row in all_among(link, sql, vec![], numbers).await? {
        uses.entry(row.text("number")?).or_default().push(Use::of(&row)?);
    }
    // Most accounts are one party's alone.
    uses.retain(|_, uses| uses.iter().any(|one| one.party != uses[0].party));
    Ok(uses)
}

/// The first cases of other parties, on record, that have named a number which very many have.
async fn first_others(link: &impl Queries, case: CaseId, number: &str) -> Result<Vec<Use>, StoreError> {
    let sql = format!(
        "SELECT u.case_id, c.party, c.party_name FROM account_uses u JOIN cases c ON c.id = u.case_id \
         WHERE u.number = $1 AND c.number IS NOT NULL AND c.party <> (SELECT party FROM cases WHERE id = $2) \
         ORDER BY u.case_id LIMIT {FIRST}"
    );
    link.all(&sql, values![number, case.0]).await?.iter().map(Use::of).collect()
}

/// A case that has named an account.
struct Use {
    case: CaseId,
    party: String,
    party_name: String,
}

impl Use {
    fn of(row: &Row) -> Result<Use, StoreError> {
        let (case, party) = (CaseId(row.int("case_id")?), row.text("party")?);
        Ok(Use { case, party, party_name: row.text("party_name")? })
    }
}

/// The account that an event gives.
pub(crate) fn account_of(what: &What) -> Option<&BankAccount> {
    match what {
        What::Saved { account, .. } => account.as_ref(),
        What::AccountCorrected { account, .. } => Some(account),
        _ => None,
    }
}

/// Notes that an event names an account for a case, which is as it was before.
pub(crate) fn note_use(tx: &mut Tx, case: &Case, what: &What) -> Result<(), StoreError> {
    let Some(account) = account_of(what) else { return Ok(()) };
    let key = number_key(&account.number);
    if case.account.as_ref().is_some_and(|before| number_key(&before.number) == key) {
        return Ok(());
    }
    tx.insert_late_into(target(), values![key, case.id.0])
}

fn target() -> Target {
    Target {
        table: "account_uses",
        columns: Cow::Borrowed("number, case_id"),
        conflict: Cow::Borrowed(" ON CONFLICT DO NOTHING"),
    }
}

/// Fills the table from the journal, which has every account that a case ever named. An entry that can't be read is left for the check of
/// the journal to tell.
pub(crate) async fn fill(link: &impl ConnectionTrait) -> Result<(), StoreError> {
    let sql = format!(
        "SELECT {} FROM journal WHERE seq > $1 AND kind IN ('case.saved', 'case.account_corrected') ORDER BY seq LIMIT {ROWS}",
        Entry::COLUMNS
    );
    let mut last = 0;
    loop {
        let entries = all_of(link, &sql, values![last]).await?;
        let Some(end) = entries.last().map(|row| row.int("seq")).transpose()? else { return Ok(()) };
        let mut named = Vec::with_capacity(entries.len());
        for row in &entries {
            let Entry { subject, body, .. } = Entry::of(row)?;
            let Some(case) = rows::id_of(&subject) else { continue };
            let Ok((what, _)) = left::read(&body) else { continue };
            named.extend(account_of(&what).map(|account| values![number_key(&account.number), case.0]));
        }
        if !named.is_empty() {
            let is_postgres = link.get_database_backend() == DbBackend::Postgres;
            for (sql, values) in in_rows(vec![Insert::new(target(), named)], is_postgres) {
                execute_on(link, &sql, values).await?;
            }
        }
        last = end;
    }
}
