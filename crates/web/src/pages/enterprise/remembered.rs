//! The account that a party was last to be paid on: offered again, so that nobody types it twenty times.

use duixian_casework::case::BankAccount;
use duixian_casework::stage::Stage;
use duixian_store::cases::{CaseFilter, Sort};

use crate::locale::Text;
use crate::portal::Portal;
use crate::problem::Problem;
use crate::viewer::Viewer;

/// An account that an earlier application was sent with.
pub struct LastAccount {
    /// The account.
    pub account: BankAccount,
    /// The application's number.
    pub number: String,
}

impl LastAccount {
    /// Where it comes from, said beside it.
    pub fn text(&self) -> Text {
        let number = &self.number;
        Text::new(
            format!("已填好上次申请（{number}）用的账户，请核对。"),
            format!("This is the account of your last application ({number}): please check it."),
        )
    }
}

/// The account of the party's last application that was sent; none that the bank sent the money back from.
pub async fn last_account(portal: &Portal, viewer: &Viewer, party: &str) -> Result<Option<LastAccount>, Problem> {
    let is_good = |stage: &Stage| !matches!(stage, Stage::Draft | Stage::PaymentFailed);
    let filter = CaseFilter {
        stages: Stage::ALL.into_iter().filter(is_good).collect(),
        party: Some(party.to_owned()),
        sort: Sort::Submitted,
        descending: true,
        per_page: 1,
        ..CaseFilter::default()
    };
    let rows = portal.store.cases(&viewer.actor, &filter).await?.rows;
    let Some(row) = rows.into_iter().next() else { return Ok(None) };
    let case = portal.store.case_for(&viewer.actor, row.id).await?;
    Ok(case.account.zip(row.number).map(|(account, number)| LastAccount { account, number }))
}
