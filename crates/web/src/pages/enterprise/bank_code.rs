//! The code of a bank in the form of an account. The bank pays by it: one that stood there beforehand is not left to another bank.

use duixian_casework::account::same_name;
use duixian_casework::case::BankAccount;

use crate::forms::{Field, Form, Posted};
use crate::locale::Text;

/// The fields in which a form carries the bank and the code that it was opened with: what is kept changes as it is typed.
const BANK_BEFORE: &str = "bank_before";
const CODE_BEFORE: &str = "code_before";
/// The field that carries the bank for which the code was asked for once more.
const ASKED_FOR: &str = "code_asked_for";

/// These fields.
pub fn fields() -> [Field; 3] {
    [BANK_BEFORE, CODE_BEFORE, ASKED_FOR].map(Field::hidden)
}

/// The form with the bank and the code that it is opened with.
pub fn opened(form: Form, account: &BankAccount) -> Form {
    form.with(BANK_BEFORE, account.bank.clone()).with(CODE_BEFORE, account.bank_code.clone().unwrap_or_default())
}

/// Whether another bank is given with the code of the one before, as a form that was filled in before leaves it. Who has been asked
/// once may say that it is the same all the same. What is kept counts where the form does not say what it was opened with.
pub fn is_of_another(posted: &Posted, account: &BankAccount, kept: Option<&BankAccount>) -> bool {
    let (bank, code) = match kept {
        _ if posted.has(BANK_BEFORE) => (posted.get(BANK_BEFORE), posted.get(CODE_BEFORE)),
        Some(kept) => (kept.bank.as_str(), kept.bank_code.as_deref().unwrap_or_default()),
        None => return false,
    };
    let is_left = !code.is_empty() && account.bank_code.as_deref() == Some(code);
    let is_another = !account.bank.is_empty() && !same_name(bank, &account.bank);
    is_left && is_another && posted.get(ASKED_FOR) != account.bank
}

/// The form without that code, and with the bank for which another is asked.
pub fn emptied(form: Form) -> Form {
    let bank = form.text("bank").to_owned();
    form.with("bank_code", "").with(ASKED_FOR, bank)
}

/// That the code was taken out.
pub fn taken_out() -> Text {
    (
        "开户行改了，原来的联行号已经清空：请填新开户行的联行号，不知道可以不填。",
        "The bank is another, so the code of the one before was taken out: give the new bank's, or leave it empty.",
    )
        .into()
}
