//! Accounts: which of them a bank could pay to, and whose they are.

use duixian_bank::wrong_payee;
use duixian_text::has_unseen;

use crate::case::{BankAccount, Case, CaseId, Payment, PaymentOutcome};
use crate::payment::is_payers;
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
    if !is_name(&account.holder) {
        return Err(Refusal::BadAccount(
            "户名只能用汉字、字母、数字和（）·&-.，、/ 等名称里的符号，不能以 = + - @ 开头；请照开户许可证填写",
            "the account holder is written with letters, digits and the marks that names have (brackets, · & - . , /), and does not \
             begin with = + - or @: write it as the bank has it",
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
    if !is_name(&account.bank) {
        return Err(Refusal::BadAccount(
            "开户行只能用汉字、字母、数字和（）·&-.，、/ 等名称里的符号，不能以 = + - @ 开头；请照银行的全称填写",
            "the bank is written with letters, digits and the marks that names have (brackets, · & - . , /), and does not begin with \
             = + - or @: write it as the bank is called",
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

/// Whether a text is written as names of people, firms and banks are. What begins as a formula does would come to the bank with the mark
/// by which spreadsheets are kept from reckoning it.
fn is_name(text: &str) -> bool {
    let is_mark = |one: char| one == ' ' || "（）()·•・&＆-－—–.．,，、/／'’“”\u{3000}".contains(one);
    !text.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
        && text.chars().all(|one| one.is_alphanumeric() || is_mark(one))
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
    let others = others.filter(|other| other.id != case.id && other.subject.party == case.subject.party);
    let payments = others.flat_map(|other| other.payments.iter().map(move |payment| (other, payment)));
    let tried = payments.filter(|(_, payment)| payment.outcome.is_some() && is_same(account, &payment.account));
    let (other, payment) = tried.max_by_key(|(_, payment)| payment.batch)?;
    let reason = match &payment.outcome {
        Some(PaymentOutcome::Failed { reason }) if is_payers(reason) => return None,
        Some(PaymentOutcome::Failed { reason } | PaymentOutcome::Returned { reason, .. })
            if !payment.is_paid_after_all =>
        {
            reason.clone()
        }
        _ => return None,
    };
    Some(FailedElsewhere { case: other.id, number: other.number.clone().unwrap_or_default(), reason })
}

/// Whether the bank has sent a payment of a case back from an account, for something that is wrong with it: it is given for that case no
/// more. With another code of its bank it is another account, without one it is not.
pub fn has_come_back(case: &Case, account: &BankAccount) -> bool {
    let has_code_of =
        |other: &BankAccount| account.bank_code.as_ref().is_none_or(|code| other.bank_code.as_ref() == Some(code));
    let is_it = |other: &BankAccount| is_same(account, other) && has_code_of(other);
    let is_back = |payment: &Payment| match &payment.outcome {
        Some(PaymentOutcome::Failed { reason }) if is_payers(reason) => false,
        Some(outcome) => !payment.is_paid_after_all && outcome.is_back(),
        None => false,
    };
    case.payments.iter().any(|payment| is_back(payment) && is_it(&payment.account))
}

/// Whether two accounts are one, whatever blanks and signs stand in them: a blank more in the name of the bank makes no other.
fn is_same(one: &BankAccount, other: &BankAccount) -> bool {
    let all = |account: &BankAccount| [&account.number, &account.holder, &account.bank].map(|text| number_key(text));
    all(one) == all(other)
}

/// Whether the holder of an account is another than the party. Where either has no name there is nothing to compare.
pub fn is_other_name(holder: &str, party: &str) -> bool {
    !holder.trim().is_empty() && !party.is_empty() && !same_name(holder, party)
}

/// Whether two names are one, whatever the width of their brackets and the spaces between.
pub fn same_name(one: &str, other: &str) -> bool {
    plain(one) == plain(other)
}

/// The number of an account as it is compared, whatever the width of its digits and the spaces and dashes between.
pub fn number_key(number: &str) -> String {
    plain(number).chars().filter(|character| character.is_alphanumeric()).collect()
}

/// Whether money of a case goes to the account of a number, which [`number_key`] has made: it is the case's account, or a payment to
/// it was made or is under way.
pub fn is_paid_to(case: &Case, key: &str) -> bool {
    let is_it = |account: &BankAccount| number_key(&account.number) == key;
    let stands = |payment: &Payment| {
        payment.is_paid_after_all || payment.outcome.as_ref().is_none_or(|outcome| !outcome.is_back())
    };
    case.account.as_ref().is_some_and(is_it)
        || case.payments.iter().any(|payment| stands(payment) && is_it(&payment.account))
}

fn plain(name: &str) -> String {
    let half = |character| match character {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(character as u32 - 0xfee0).unwrap_or(character),
        other => other,
    };
    name.chars().filter(|character| !character.is_whitespace()).map(half).collect()
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

    #[test]
    fn names_begin_as_no_formula_does_and_hold_the_marks_of_names_alone() {
        let taken = |holder: &str, bank: &str| sound(account(holder, bank)).is_ok();
        for name in
            ["贵州某某（集团）有限公司", "张三·买买提", "A&B Co., Ltd.", "工行南明支行/营业部", "李—萍", "2019店"]
        {
            assert!(taken(name, "某银行") && taken("企业", name), "{name}");
        }
        for name in ["=cmd|' /C calc'!A0", "=1+1银行", "+86", "-某", "@某", "＝某", "某|某", "某;某", "某\"某", "某<b>"]
        {
            assert!(!taken(name, "某银行") && !taken("企业", name), "{name}");
        }
        let text =
            |lang| sound(account("企业", "=1+1银行")).map_err(|refusal| refusal.text(lang)).expect_err("refused");
        assert!(text(duixian_rules::vocabulary::Lang::Zh).starts_with("开户行只能用"));
        assert!(text(duixian_rules::vocabulary::Lang::En).starts_with("the bank is written with"));
    }

    #[test]
    fn one_number_has_one_key() {
        for written in ["6222021234", " 6222 0212 34", "６２２２０２１２３４", "6222-0212-34", "6222\u{3000}021234"]
        {
            assert_eq!(number_key(written), "6222021234", "{written}");
        }
        assert_ne!(number_key("6222021234"), number_key("62220212340"));
    }
}
