//! Payees that are to be looked into before money goes to them: those of another name than the party's, and accounts that are another
//! party's too.

use duixian_casework::batch::{Batch, BatchLine};
use duixian_casework::case::{Case, CaseId};
use duixian_store::cases::{SharedAccount, SharedAccounts};

use crate::casefile::shared;
use crate::format::yuan;
use crate::locale::{Lang, Text};

/// A case whose account is another party's too.
pub(super) struct SharedLine {
    pub case: CaseId,
    pub number: String,
    pub party: String,
    pub others: Vec<SharedAccount>,
}

/// Those of a batch.
pub(super) fn shared_of(batch: &Batch, shared: &SharedAccounts) -> Vec<SharedLine> {
    let line = |line: &BatchLine| {
        let others = shared.get(&line.case)?.clone();
        Some(SharedLine { case: line.case, number: line.number.clone(), party: line.party.clone(), others })
    };
    batch.lines.iter().filter_map(line).collect()
}

/// Those of cases that are to be chosen, each with the name of its party.
pub(super) fn shared_among<'c>(
    cases: impl Iterator<Item = (&'c Case, &'c str)>,
    shared: &SharedAccounts,
) -> Vec<SharedLine> {
    let line = |(case, party): (&Case, &str)| {
        let (others, number) = (shared.get(&case.id)?.clone(), case.number.clone().unwrap_or_default());
        Some(SharedLine { case: case.id, number, party: party.to_owned(), others })
    };
    cases.filter_map(line).collect()
}

/// A payee as the form of a release has it.
pub(super) struct Payee {
    pub case: CaseId,
    /// What whoever ticks it says.
    pub label: Text,
}

/// The payees that whoever releases a batch looks into.
pub(super) fn to_look_into(batch: &Batch, shared: &SharedAccounts) -> Vec<Payee> {
    let lines = batch.to_look_into(|case| shared.contains_key(&case));
    lines.map(|line| Payee { case: line.case, label: label(line, shared.get(&line.case)) }).collect()
}

/// What is to be done with them; empty where there are none.
pub(super) fn legend(batch: &Batch, shared: &SharedAccounts) -> Text {
    let count = batch.to_look_into(|case| shared.contains_key(&case)).count();
    match (count, shared.is_empty()) {
        (0, _) => Text::default(),
        (_, true) => Text::new(
            format!("有 {count} 笔户名与单位不一致，请逐笔核实后勾选"),
            format!("The holders of {count} are not the party: look into each, then tick it"),
        ),
        (_, false) => Text::new(
            format!("有 {count} 笔户名与单位不一致，或者账号也是别的单位的，请逐笔核实后勾选"),
            format!(
                "{count} go to a holder that is not the party, or to an account that is another party's too: look into each, then tick it"
            ),
        ),
    }
}

fn label(line: &BatchLine, others: Option<&Vec<SharedAccount>>) -> Text {
    let BatchLine { number, party, account, amount, .. } = line;
    let (zh, en) = (yuan(Lang::Zh, *amount), yuan(Lang::En, *amount));
    let mut label = Text::new(
        format!("已核实 {number}：{party} 的 {zh}付给“{}”", account.holder),
        format!("Looked into {number}: {en} of {party} goes to “{}”", account.holder),
    );
    if let Some(others) = others {
        let names = shared::names(others);
        label = Text::new(
            format!("{}，账号也是 {}", label.zh, names.zh),
            format!("{}, whose account is also that of {}", label.en, names.en),
        );
    }
    label
}
