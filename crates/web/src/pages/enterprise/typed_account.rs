//! The account that is typed into a form: read, held against the rule, and shown.

use duixian_casework::account::sound;
use duixian_casework::case::BankAccount;
use duixian_casework::refusal::Refusal;
use duixian_text::{half_width, has_unseen};

use crate::forms::Posted;
use crate::locale::Text;

/// The longest name of a holder or of a bank, in characters, as casework takes it.
pub const LONGEST_NAME: usize = 70;

/// The account that a form gives, as typed but for the spaces around and, in numbers, between. What is no number for its length is
/// told so, whatever is kept of it.
pub fn posted_account(posted: &Posted) -> BankAccount {
    let text = |name: &str| posted.get(name).trim().to_owned();
    let digits = |name: &str| -> String {
        half_width(posted.get(name)).chars().filter(|one| !one.is_whitespace()).take(60).collect()
    };
    BankAccount {
        holder: text("holder"),
        number: digits("number"),
        bank: text("bank"),
        bank_code: Some(digits("bank_code")).filter(|code| !code.is_empty()),
    }
}

/// What is wrong with an account, by field: the rule is casework's, asked field by field so that each error finds its place.
pub fn account_errors(account: &BankAccount) -> Vec<(String, Text)> {
    let good = BankAccount {
        holder: "户名".to_owned(),
        number: "123456".to_owned(),
        bank: "开户行".to_owned(),
        bank_code: None,
    };
    let alone = [
        ("holder", BankAccount { holder: account.holder.clone(), ..good.clone() }),
        ("number", BankAccount { number: account.number.clone(), ..good.clone() }),
        ("bank", BankAccount { bank: account.bank.clone(), ..good.clone() }),
        ("bank_code", BankAccount { bank_code: account.bank_code.clone(), ..good }),
    ];
    let error = |(field, one): (&str, BankAccount)| {
        let error = told_apart(field, account).or_else(|| match sound(one) {
            Err(Refusal::BadAccount(zh, en)) => Some(Text::new(format!("{zh}。"), format!("{en}."))),
            _ => None,
        });
        error.map(|error| (field.to_owned(), error))
    };
    alone.into_iter().filter_map(error).collect()
}

/// What is wrong with a field of an account, where the rule says less: how long a name is that is too long, and why a number is none that
/// looks right.
fn told_apart(field: &str, account: &BankAccount) -> Option<Text> {
    let (zh, en, text) = match field {
        "holder" => ("户名", "The account holder", account.holder.trim()),
        "bank" => ("开户行", "The bank", account.bank.trim()),
        "number" => ("账号", "The account number", account.number.as_str()),
        _ => ("联行号", "The bank code", account.bank_code.as_deref().unwrap_or_default()),
    };
    let chars = text.chars().count();
    match field {
        "holder" | "bank" => (chars > LONGEST_NAME).then(|| {
            Text::new(
                format!("{zh}最多{LONGEST_NAME}个字，现在有{chars}个。"),
                format!("{en} has at most {LONGEST_NAME} characters; there are {chars}."),
            )
        }),
        _ => has_unseen(&text.split_whitespace().collect::<String>()).then(|| {
            Text::new(
                format!("{zh}里有看不见的字符，请清空后重新手打。"),
                format!("{en} has characters that can't be seen: empty it and type it anew."),
            )
        }),
    }
}

/// An account whole, in groups of four as it stands on a card: for who checks what they have typed.
pub fn grouped(number: &str) -> String {
    let digits: Vec<char> = number.chars().filter(|digit| !digit.is_whitespace()).collect();
    digits.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

/// An account with all but the last four digits hidden.
pub fn masked(number: &str) -> String {
    let digits: Vec<char> = number.chars().collect();
    let shown = digits.len().min(4);
    let tail: String = digits[digits.len() - shown..].iter().collect();
    if digits.len() > 4 { format!("**** {tail}") } else { tail }
}
