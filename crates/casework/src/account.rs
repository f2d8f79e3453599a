//! Accounts: which of them a bank could pay to, and whose they are.

use duixian_bank::wrong_payee;
use duixian_text::has_unseen;

use crate::case::{BankAccount, Case, CaseId, PaymentOutcome};
use crate::refusal::Refusal;
use crate::stage::Stage;

/// An account that a bank could pay to, trimmed.
///
/// # Errors
/// [`Refusal::BadAccount`] with what is wrong.
pub fn sound(account: BankAccount) -> Result<BankAccount, Refusal> {
    let trim = |text: String| text.split_whitespace().collect::<String>();
    let account = BankAccount {
        holder: account.holder.trim().to_owned(),
        number: trim(account.number),
        bank: account.bank.trim().to_owned(),
        bank_code: account.bank_code.map(trim).filter(|code| !code.is_empty()),
    };
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let long = |text: &str, most: usize| text.chars().count() > most;
    if account.holder.is_empty() || long(&account.holder, 70) {
        return Err(Refusal::BadAccount(
            "请填写户名，最多 70 字",
            "the account holder is required, up to 70 characters",
        ));
    }
    if has_unseen(&account.holder) {
        return Err(Refusal::BadAccount(
            "户名里有看不见的字符；请清空后重新手打",
            "the account holder has characters that can't be seen: empty the field and type it anew",
        ));
    }
    if account.bank.is_empty() || long(&account.bank, 70) {
        return Err(Refusal::BadAccount("请填写开户行，最多 70 字", "the bank is required, up to 70 characters"));
    }
    if has_unseen(&account.bank) {
        return Err(Refusal::BadAccount(
            "开户行里有看不见的字符；请清空后重新手打",
            "the bank has characters that can't be seen: empty the field and type it anew",
        ));
    }
    if !is_digits(&account.number) || !(6..=32).contains(&account.number.len()) {
        return Err(Refusal::BadAccount("账号应为 6 至 32 位数字", "an account number has 6 to 32 digits"));
    }
    if account.bank_code.as_deref().is_some_and(|code| !is_digits(code) || code.len() != 12) {
        return Err(Refusal::BadAccount("联行号应为 12 位数字", "a bank code has 12 digits"));
    }
    Ok(account)
}

/// Whether a file for the bank can hold it. Every sound account can be written; one that was taken in before as much was asked of
/// it may not.
pub fn is_writable(account: &BankAccount) -> bool {
    let bank = Some(account.bank.trim()).filter(|bank| !bank.is_empty());
    let code = account.bank_code.as_deref().map(str::trim).filter(|code| !code.is_empty());
    wrong_payee(account.holder.trim(), account.number.trim(), (bank, code)).next().is_none()
}

/// Whether another account may be given for a case: after a payment has failed, unless the bank has since called one made, so that
/// perhaps none is needed; and before, where the account is known not to do: no bank takes it, which happens only to one that was taken in
/// before as much was asked of it, or a payment to it has failed in another case.
pub fn is_open_to_correction(case: &Case, failed_elsewhere: Option<&FailedElsewhere>) -> bool {
    let is_unsound = || case.account.clone().is_some_and(|account| sound(account).is_err());
    match case.stage {
        Stage::PaymentFailed => case.doubtful_payment().is_none(),
        Stage::Payable => case.open_payment().is_none() && (failed_elsewhere.is_some() || is_unsound()),
        _ => false,
    }
}

/// That the bank could not pay to an account in another case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedElsewhere {
    /// The other case.
    pub case: CaseId,
    /// Its number.
    pub number: String,
    /// Why, in the bank's words.
    pub reason: String,
}

/// Whether the account of a case is one that the last payment to it, in another case of the party, failed on: it will hardly do here. One
/// that a later payment reached does again, and so does one of another name or bank under the same number.
pub fn failed_elsewhere<'c>(case: &Case, others: impl Iterator<Item = &'c Case>) -> Option<FailedElsewhere> {
    let account = case.account.as_ref().filter(|_| !case.stage.is_final() && case.stage != Stage::Paid)?;
    let is_it = |other: &BankAccount| {
        let same = |one: &str, other: &str| same_name(one, other);
        same(&account.number, &other.number) && same(&account.holder, &other.holder) && same(&account.bank, &other.bank)
    };
    let others = others.filter(|other| other.id != case.id && other.subject.party == case.subject.party);
    let payments = others.flat_map(|other| other.payments.iter().map(move |payment| (other, payment)));
    let tried = payments.filter(|(_, payment)| payment.outcome.is_some() && is_it(&payment.account));
    let (other, payment) = tried.max_by_key(|(_, payment)| payment.batch)?;
    let reason = match &payment.outcome {
        Some(PaymentOutcome::Failed { reason } | PaymentOutcome::Returned { reason, .. })
            if !payment.is_paid_after_all =>
        {
            reason.clone()
        }
        _ => return None,
    };
    Some(FailedElsewhere { case: other.id, number: other.number.clone().unwrap_or_default(), reason })
}

/// Whether the holder of an account is another than the party. Where either has no name there is nothing to compare.
pub fn is_other_name(holder: &str, party: &str) -> bool {
    !holder.trim().is_empty() && !party.is_empty() && !same_name(holder, party)
}

/// Whether two names are one, whatever the width of their brackets and the spaces between.
pub fn same_name(one: &str, other: &str) -> bool {
    let plain = |name: &str| -> String {
        let half = |character| match character {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(character as u32 - 0xfee0).unwrap_or(character),
            other => other,
        };
        name.chars().filter(|character| !character.is_whitespace()).map(half).collect()
    };
    plain(one) == plain(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(holder: &str, bank: &str) -> BankAccount {
        let (holder, bank) = (holder.to_owned(), bank.to_owned());
        BankAccount { holder, number: "6222021234567890128".to_owned(), bank, bank_code: None }
    }

    #[test]
    fn an_account_that_is_taken_in_can_be_written_into_a_file() {
        let texts =
            ["企业", "工行\u{1}南明支行", "企业\u{85}一", "一\n二", "a\u{200b}", "\u{202e}a", "a\u{fffe}", "（）", ""];
        for holder in texts {
            for bank in texts {
                let given = account(holder, bank);
                let is_plain = |text: &str| matches!(text, "企业" | "（）");
                let taken = sound(given.clone());
                assert_eq!(taken.is_ok(), is_plain(holder) && is_plain(bank), "{given:?}");
                assert!(taken.is_err() || is_writable(&given), "{given:?}");
            }
        }
        assert!(!is_writable(&account("企业", "工行\u{1}南明支行")) && is_writable(&account(" 企业\n", "支行")));
        let refused =
            sound(account("企业", "工行\u{1}")).map_err(|refusal| refusal.text(duixian_rules::vocabulary::Lang::Zh));
        assert_eq!(refused, Err("开户行里有看不见的字符；请清空后重新手打".to_owned()));
    }
}
