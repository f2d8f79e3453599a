//! That the bank could not pay to a case's account in another case of the party: whoever reads it can have it corrected in time.

use duixian_casework::account::FailedElsewhere;
use duixian_store::cases::Scene;

use crate::locale::Text;

/// Such an account.
pub struct FailedAccount {
    /// Why it failed, in the bank's words.
    pub reason: String,
    /// The other case's number.
    pub number: String,
    /// Where that is.
    pub href: String,
}

/// The account of a case, as its scene has it; `under` is where cases are for who reads it.
pub fn told(scene: &Scene, under: &str) -> Option<FailedAccount> {
    let FailedElsewhere { case, number, reason } = scene.failed_elsewhere.as_ref()?;
    let (reason, number) = (reason.clone(), number.clone());
    Some(FailedAccount { reason, number, href: format!("{under}/{}", case.0) })
}

/// The same beside an account in a list.
pub fn mark(failed: &FailedElsewhere) -> Text {
    let FailedElsewhere { number, reason, .. } = failed;
    Text::new(
        format!("▲ 这个账户在 {number} 没有付成：{reason}"),
        format!("▲ A payment to this account failed in {number}: {reason}"),
    )
}
