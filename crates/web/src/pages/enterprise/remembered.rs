//! The account that a party was last to be paid on: offered again, so that nobody types it twenty times.

use duixian_casework::case::{BankAccount, Payment, PaymentOutcome};
use duixian_casework::stage::Stage;
use duixian_store::cases::{CaseFilter, Sort};
use duixian_store::facts::Party;

use crate::casefile::payee;
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

/// How many applications are looked at for an account: the last ones that were sent.
const LOOKED_AT: u64 = 20;

/// The account of the party's last application that was sent; none that the bank sent the money back from, and none under
/// another name than the party's: that is looked into each time, and nobody is to send it on unseen.
pub async fn last_account(portal: &Portal, viewer: &Viewer, party: &Party) -> Result<Option<LastAccount>, Problem> {
    let filter = CaseFilter {
        stages: Stage::ALL.into_iter().filter(|stage| *stage != Stage::Draft).collect(),
        party: Some(party.code.clone()),
        sort: Sort::Submitted,
        descending: true,
        per_page: LOOKED_AT,
        ..CaseFilter::default()
    };
    let rows = portal.store.cases(&viewer.actor, &filter).await?.rows;
    let (mut latest, mut rejected) = (Vec::new(), Vec::new());
    for row in rows {
        let case = portal.store.case_for(&viewer.actor, row.id).await?;
        let came_back = |payment: &Payment| match &payment.outcome {
            Some(PaymentOutcome::Failed { .. } | PaymentOutcome::Returned { .. }) => {
                Some(payment.account.number.clone())
            }
            _ => None,
        };
        rejected.extend(case.payments.iter().filter_map(came_back));
        latest.extend(case.account.zip(row.number));
    }
    // An older application may still name what the bank has rejected since.
    let mut latest = latest.into_iter().filter(|(account, _)| !rejected.contains(&account.number));
    let last = latest.next().map(|(account, number)| LastAccount { account, number });
    Ok(last.filter(|last| !payee::is_other(&last.account.holder, &party.name, &party.code)))
}
