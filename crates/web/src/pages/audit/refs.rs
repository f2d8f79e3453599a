//! What entries name by number: people, accounts of the ledger, cases, batches and transfers; as people know them, and where they
//! are shown.

use std::collections::HashMap;

use duixian_casework::case::CaseId;
use duixian_casework::people::UserId;
use duixian_ledger::{AccountId, Entry as Reason, Kind, Purpose, Transfer};
use duixian_store::StoreError;
use duixian_store::search::JournalFilter;
use serde_json::Value as Json;

use super::labels::{FIELDS, Is};
use crate::locale::Text;
use crate::pages::finance::{fund_href, fund_of_year};
use crate::pages::shared::path_part;
use crate::pages::work::rows::Names;
use crate::portal::Portal;
use crate::problem::Problem;

/// What each account of the ledger is for.
pub(super) type Accounts = HashMap<AccountId, Purpose>;

/// What entries name by number, as people know it; of what there is not, that there is none. Each is looked up once.
pub(super) type Met = HashMap<(Is, i64), Option<Shown>>;

/// Something that an entry names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shown {
    /// What people know it by.
    pub text: Text,
    /// Where it is shown; none where it has no page.
    pub href: Option<String>,
}

/// Everyone's name; with the login where several have one name, so that an auditor can tell them apart.
pub(super) async fn people(portal: &Portal) -> Result<HashMap<UserId, String>, Problem> {
    let users = portal.store.users().await?;
    let mut times: HashMap<&str, usize> = HashMap::new();
    for user in &users {
        *times.entry(&user.name).or_default() += 1;
    }
    let told = |name: &str, login: &str| match times.get(name) {
        Some(1) => name.to_owned(),
        _ => format!("{name}（{login}）"),
    };
    Ok(users.iter().map(|user| (user.id, told(&user.name, &user.login))).collect())
}

/// What each account of the ledger is for.
pub(super) async fn accounts(portal: &Portal) -> Result<Accounts, Problem> {
    Ok(portal.store.accounts().await?.into_iter().collect())
}

/// Everything that these documents name by number, beside what is known of it already.
pub(super) async fn meet(
    portal: &Portal,
    names: &Names,
    accounts: &Accounts,
    bodies: impl Iterator<Item = &str>,
    met: &mut Met,
) -> Result<(), Problem> {
    let mut found = Vec::new();
    for body in bodies {
        named("", &serde_json::from_str(body).unwrap_or_default(), &mut found);
    }
    for (is, id) in found {
        match is {
            Is::Case => case(portal, id, met).await?,
            Is::Batch => batch(portal, id, met).await?,
            _ => transfer(portal, names, accounts, id, met).await?,
        };
    }
    Ok(())
}

/// The numbers of a document that name something with a page.
fn named(field: &str, value: &Json, found: &mut Vec<(Is, i64)>) {
    match value {
        Json::Object(fields) => fields.iter().for_each(|(field, value)| named(field, value, found)),
        Json::Array(items) => items.iter().for_each(|item| named(field, item, found)),
        other => {
            let is = FIELDS.iter().find(|(known, ..)| *known == field).map(|(_, is, ..)| *is);
            if let (Some(is @ (Is::Case | Is::Batch | Is::Transfer)), Some(id)) = (is, other.as_i64()) {
                found.push((is, id));
            }
        }
    }
}

/// A case, by its number for people; a draft has none.
pub(super) async fn case(portal: &Portal, id: i64, met: &mut Met) -> Result<Option<Shown>, Problem> {
    if let Some(known) = met.get(&(Is::Case, id)) {
        return Ok(known.clone());
    }
    let draft = || Text::new(format!("草稿 {id}"), format!("draft {id}"));
    let case = there(portal.store.case(CaseId(id)).await)?;
    let shown = case.map(|case| Shown {
        text: case.number.map_or_else(draft, Text::same),
        href: Some(format!("/work/cases/{id}")),
    });
    Ok(met.entry((Is::Case, id)).or_insert(shown).clone())
}

/// A payment batch.
pub(super) async fn batch(portal: &Portal, id: i64, met: &mut Met) -> Result<Option<Shown>, Problem> {
    if let Some(known) = met.get(&(Is::Batch, id)) {
        return Ok(known.clone());
    }
    let batch = there(portal.store.batch(id).await)?;
    let shown =
        batch.map(|batch| Shown { text: Text::same(batch.number), href: Some(format!("/finance/batches/{id}")) });
    Ok(met.entry((Is::Batch, id)).or_insert(shown).clone())
}

/// A transfer by its number, as its own entry has it.
async fn transfer(
    portal: &Portal,
    names: &Names,
    accounts: &Accounts,
    id: i64,
    met: &mut Met,
) -> Result<Option<Shown>, Problem> {
    if let Some(known) = met.get(&(Is::Transfer, id)) {
        return Ok(known.clone());
    }
    let filter = JournalFilter { subjects: vec![format!("transfer/{id}")], per_page: 1, ..JournalFilter::default() };
    let shown = match portal.store.journal(&filter).await?.rows.into_iter().next() {
        Some(entry) => of_transfer(portal, names, accounts, &entry.body, met).await?,
        None => None,
    };
    Ok(met.entry((Is::Transfer, id)).or_insert(shown).clone())
}

/// A transfer by what its entry has written down: it belongs to a case, whose money is traced, or to the ledger of its fund.
pub(super) async fn of_transfer(
    portal: &Portal,
    names: &Names,
    accounts: &Accounts,
    body: &str,
    met: &mut Met,
) -> Result<Option<Shown>, Problem> {
    let Ok(transfer) = serde_json::from_str::<Transfer>(body) else { return Ok(None) };
    let id = transfer.id;
    if let Some(known) = met.get(&(Is::Transfer, id.0)) {
        return Ok(known.clone());
    }
    let told = |whose: &Text| Text::new(format!("划转 {id}（{}）", whose.zh), format!("transfer {id} ({})", whose.en));
    let shown = match transfer.subject.case {
        Some(number) => case(portal, number, met).await?.map(|case| Shown {
            text: told(&case.text),
            href: Some(format!("/audit/money?q={}", path_part(&case.text.zh))),
        }),
        None => {
            let sides = [transfer.credit, transfer.debit];
            let of_fund = sides.iter().filter_map(|account| accounts.get(account)).find_map(Purpose::fund_year);
            of_fund.map(|(fund, year)| Shown {
                text: told(&fund_of_year(names, fund, year)),
                href: Some(format!("{}/transfers", fund_href(fund, year))),
            })
        }
    };
    Ok(met.entry((Is::Transfer, id.0)).or_insert(shown).clone())
}

/// What a transfer does, by what its entry has written down.
pub(super) fn kind_of_transfer(body: &str, accounts: &Accounts) -> Option<Text> {
    let transfer: Transfer = serde_json::from_str(body).ok()?;
    Some(what_it_does(&transfer, accounts))
}

/// What a transfer does.
pub(super) fn what_it_does(transfer: &Transfer, accounts: &Accounts) -> Text {
    let is_treasury = |account: AccountId| accounts.get(&account) == Some(&Purpose::Treasury);
    let words = match transfer.kind {
        Kind::Single(Reason::Appropriation) => ("安排", "appropriation"),
        Kind::Single(Reason::CarryOver) => ("结转", "carried over"),
        Kind::Single(Reason::Lapse) => ("年末收回", "taken back at the year's end"),
        Kind::Single(Reason::Return) => ("退回", "returned"),
        Kind::Single(Reason::Correction) if is_treasury(transfer.credit) => ("收回安排", "appropriation taken back"),
        Kind::Single(Reason::Correction) => ("更正", "corrected"),
        Kind::Single(Reason::Advance) if is_treasury(transfer.credit) => ("归还垫付", "advance given back"),
        Kind::Single(Reason::Advance) => ("垫付", "advance"),
        Kind::Pending => ("预留", "reserved"),
        Kind::Post { .. } => ("拨付", "paid"),
        Kind::Void { .. } => ("释放预留", "reservation released"),
        Kind::Expire { .. } => ("预留到期释放", "reservation expired"),
    };
    words.into()
}

/// What there is, or none where there is no such thing.
fn there<T>(found: Result<T, StoreError>) -> Result<Option<T>, Problem> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(StoreError::NotFound) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_document_names_is_found_wherever_it_is() {
        let mut found = Vec::new();
        let body = r#"{"subject":{"case":23,"memo":"7"},"kind":{"Post":{"pending":35}},"lines":[{"case":4},{"batch":2}],"id":9}"#;
        named("", &serde_json::from_str(body).expect("a document"), &mut found);
        found.sort_unstable_by_key(|(_, id)| *id);
        assert_eq!(found, [(Is::Batch, 2), (Is::Case, 4), (Is::Case, 23), (Is::Transfer, 35)]);
    }

    #[test]
    fn transfers_are_called_by_what_they_do() {
        let fund = Purpose::Fund { fund: "innovation_fund".to_owned(), year: 2019 };
        let accounts = Accounts::from([(AccountId(1), Purpose::Treasury), (AccountId(2), fund)]);
        let told = |debit: i64, credit: i64, kind: &str| {
            let body = format!(
                r#"{{"id":1,"debit":{debit},"credit":{credit},"amount":100,"kind":{kind},"at":0,"expires_on":null,
                "subject":{{"case":null,"measure":null,"clause":null,"memo":""}}}}"#
            );
            kind_of_transfer(&body, &accounts).expect("a transfer").zh.into_owned()
        };
        assert_eq!(told(1, 2, r#"{"Single":"Appropriation"}"#), "安排");
        assert_eq!(told(2, 3, r#""Pending""#), "预留");
        assert_eq!(told(2, 3, r#"{"Post":{"pending":1}}"#), "拨付");
        assert_eq!(told(2, 1, r#"{"Single":"Correction"}"#), "收回安排");
        assert_eq!(told(2, 3, r#"{"Single":"Correction"}"#), "更正");
        assert_eq!(
            (told(1, 2, r#"{"Single":"Advance"}"#), told(2, 1, r#"{"Single":"Advance"}"#)),
            ("垫付".into(), "归还垫付".into())
        );
        assert_eq!(kind_of_transfer("{}", &accounts), None);
    }
}
