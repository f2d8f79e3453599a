//! Whose account the money goes to, where that is someone else than the party it is for. The applicant is told while typing,
//! the official at the case, and finance beside every payment: all by the same comparison.

use duixian_casework::account::is_other_name;
use duixian_casework::case::BankAccount;

use crate::locale::Text;

/// Whether a holder is another than the party. Brackets and spaces make no other name; a party whose name nobody knows has
/// none to compare with: it is empty, or the code stands in its place.
pub fn is_other(holder: &str, name: &str, code: &str) -> bool {
    name != code && is_other_name(holder, name)
}

/// The bank of an account, with its code where one was given: it goes into the payment file, and whoever gave it is to see it.
pub fn bank(account: &BankAccount) -> Text {
    match &account.bank_code {
        Some(code) => {
            Text::new(format!("{}（联行号 {code}）", account.bank), format!("{} (bank code {code})", account.bank))
        }
        None => Text::same(account.bank.clone()),
    }
}

/// What officials and finance read beside such an account.
pub fn mark(holder: &str, name: &str) -> Text {
    let holder = holder.trim();
    Text::new(
        format!("▲ 户名“{holder}”与单位名称“{name}”不一致"),
        format!("▲ The holder “{holder}” is not the party “{name}”"),
    )
}

/// The mark of an account, where it needs one.
pub fn mark_of(account: Option<&BankAccount>, name: &str, code: &str) -> Option<Text> {
    let account = account.filter(|account| is_other(&account.holder, name, code))?;
    Some(mark(&account.holder, name))
}

/// What a correction notice asks for with such an account, in Chinese as the notice is.
pub fn defect(holder: &str, name: &str) -> String {
    format!("户名“{}”与单位名称“{name}”不一致，请改用本单位的账户。", holder.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_and_spaces_make_no_other_name_and_a_code_is_none() {
        assert!(is_other("李萍", "贵州某某（集团）公司", "9152"));
        assert!(!is_other(" 贵州某某(集团) 公司", "贵州某某（集团）公司", "9152"));
        for (holder, name) in [("", "某某公司"), (" ", "某某公司"), ("李萍", ""), ("李萍", "9152")] {
            assert!(!is_other(holder, name, "9152"), "{holder:?} {name:?}");
        }
        assert_eq!(mark(" 李萍", "某某公司").zh, "▲ 户名“李萍”与单位名称“某某公司”不一致");
    }
}
