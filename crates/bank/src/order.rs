//! What the bank is asked to pay: orders under a header, checked when the file is made.

use std::collections::HashMap;
use std::fmt;

use chrono::{DateTime, Datelike, NaiveDate};
use duixian_money::Fen;
use serde::{Deserialize, Serialize};

/// The most orders of one file. A batch that needs more is split, so that the bank's answer can still be read.
pub const MAX_ORDERS: usize = 10_000;
/// The longest identifier, in characters: `Max35Text` of ISO 20022.
const MAX_REFERENCE: usize = 35;
/// The longest name or remittance text, in characters: `Max140Text`.
const MAX_TEXT: usize = 140;
/// The longest account number, in characters: `Max34Text`.
const MAX_ACCOUNT: usize = 34;
/// Errors told of one file.
const MOST_ERRORS: usize = 100;

/// Orders to pay, from one account on one day. Exists only if every order can be written in both formats.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Unchecked", into = "Unchecked")]
pub struct PaymentFile {
    header: PaymentHeader,
    orders: Vec<PaymentOrder>,
    total: Fen,
}

/// Who pays, when, and under which number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentHeader {
    /// Our number of the file, as [`is_reference`] wants it; never used twice.
    pub message_id: String,
    /// When the file was made, in milliseconds since 1970-01-01T00:00Z.
    pub created_at: i64,
    /// The day on which the bank is to pay.
    pub execution_on: NaiveDate,
    /// The name of the account that pays.
    pub debtor_name: String,
    /// Its number, as [`is_account`] wants it.
    pub debtor_account: String,
    /// The CNAPS code of its bank (大额支付行号), twelve digits.
    pub debtor_bank_code: String,
}

/// One payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentOrder {
    /// Our number of the payment, as [`is_reference`] wants it; the bank hands it on and back.
    pub end_to_end_id: String,
    /// What is paid: more than nothing.
    pub amount: Fen,
    /// The name of the account that is paid, at most 140 characters.
    pub creditor_name: String,
    /// Its number, as [`is_account`] wants it.
    pub creditor_account: String,
    /// The name of its bank, at most 140 characters.
    pub creditor_bank: Option<String>,
    /// The CNAPS code of its bank, twelve digits.
    pub creditor_bank_code: Option<String>,
    /// What the payee reads, at most 140 characters; may be empty.
    pub remittance: String,
}

/// The serialised form, which is checked like any other.
#[derive(Serialize, Deserialize)]
struct Unchecked {
    header: PaymentHeader,
    orders: Vec<PaymentOrder>,
}

impl PaymentFile {
    /// Checks header and orders. Texts are trimmed and empty bank names and codes taken out; everything else that is wrong
    /// is told at once, a hundred errors at most.
    pub fn new(header: PaymentHeader, orders: Vec<PaymentOrder>) -> Result<PaymentFile, Vec<OrderError>> {
        let mut file = PaymentFile { header, orders, total: Fen(0) };
        file.trim();
        let mut errors = file.check_header();
        let total: i128 = file.orders.iter().map(|order| i128::from(order.amount.0)).sum();
        match file.orders.len() {
            0 => errors.push(OrderError::of_file(OrderField::Orders, OrderErrorKind::Empty)),
            1..=MAX_ORDERS => {}
            found => errors.push(OrderError::of_file(OrderField::Orders, OrderErrorKind::TooMany(found))),
        }
        match i64::try_from(total).ok().filter(|total| *total <= Fen::MAX.0) {
            Some(total) => file.total = Fen(total),
            None => errors.push(OrderError::of_file(OrderField::Amount, OrderErrorKind::TooLarge)),
        }
        let mut first_of: HashMap<&str, usize> = HashMap::new();
        for (index, order) in file.orders.iter().enumerate().take(MAX_ORDERS) {
            let number = index + 1;
            errors.extend(check_order(order).map(|(field, kind)| OrderError { order: Some(number), field, kind }));
            let first = *first_of.entry(&order.end_to_end_id).or_insert(number);
            if first != number {
                let kind = OrderErrorKind::Repeated { first };
                errors.push(OrderError { order: Some(number), field: OrderField::EndToEndId, kind });
            }
            if errors.len() >= MOST_ERRORS {
                errors.truncate(MOST_ERRORS);
                break;
            }
        }
        if errors.is_empty() { Ok(file) } else { Err(errors) }
    }

    /// Who pays, when, and under which number.
    pub fn header(&self) -> &PaymentHeader {
        &self.header
    }

    /// The payments, in the order they are written; one at least, ten thousand at most, no number twice.
    pub fn orders(&self) -> &[PaymentOrder] {
        &self.orders
    }

    /// The sum of the orders, exact; at most [`Fen::MAX`].
    pub fn total(&self) -> Fen {
        self.total
    }

    fn trim(&mut self) {
        let header = &mut self.header;
        let own =
            [&mut header.message_id, &mut header.debtor_name, &mut header.debtor_account, &mut header.debtor_bank_code];
        own.into_iter().for_each(trim);
        for order in &mut self.orders {
            let texts = [
                &mut order.end_to_end_id,
                &mut order.creditor_name,
                &mut order.creditor_account,
                &mut order.remittance,
            ];
            texts.into_iter().for_each(trim);
            for optional in [&mut order.creditor_bank, &mut order.creditor_bank_code] {
                optional.iter_mut().for_each(trim);
                optional.take_if(|text| text.is_empty());
            }
        }
    }

    fn check_header(&self) -> Vec<OrderError> {
        use OrderField as F;
        let header = &self.header;
        let day = DateTime::from_timestamp_millis(header.created_at).filter(|time| is_four_digit_year(time.year()));
        [
            (F::MessageId, (!is_reference(&header.message_id)).then_some(OrderErrorKind::Reference)),
            (F::CreatedAt, day.is_none().then_some(OrderErrorKind::Time)),
            (F::ExecutionOn, (!is_four_digit_year(header.execution_on.year())).then_some(OrderErrorKind::Time)),
            (F::DebtorName, wrong_text(&header.debtor_name, true)),
            (F::DebtorAccount, (!is_account(&header.debtor_account)).then_some(OrderErrorKind::Account)),
            (F::DebtorBankCode, (!is_bank_code(&header.debtor_bank_code)).then_some(OrderErrorKind::BankCode)),
        ]
        .into_iter()
        .filter_map(|(field, kind)| kind.map(|kind| OrderError::of_file(field, kind)))
        .collect()
    }
}

impl TryFrom<Unchecked> for PaymentFile {
    type Error = OrderError;

    fn try_from(file: Unchecked) -> Result<PaymentFile, OrderError> {
        PaymentFile::new(file.header, file.orders).map_err(|mut errors| errors.swap_remove(0))
    }
}

impl From<PaymentFile> for Unchecked {
    fn from(file: PaymentFile) -> Unchecked {
        Unchecked { header: file.header, orders: file.orders }
    }
}

/// Whether a text serves as the number of a file or a payment: 1 to 35 Latin letters, digits, `-`, `_` and `.`, beginning
/// with a letter or digit. Every bank hands these on unchanged, and no spreadsheet takes them for a formula.
pub fn is_reference(text: &str) -> bool {
    text.len() <= MAX_REFERENCE && is_plain(text, b"-_.")
}

/// Whether a text serves as an account number: 1 to 34 digits, Latin letters and `-`, beginning with a letter or digit.
pub fn is_account(text: &str) -> bool {
    text.len() <= MAX_ACCOUNT && is_plain(text, b"-")
}

/// Whether a text is a bank's CNAPS code: twelve digits.
pub fn is_bank_code(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_plain(text: &str, also: &[u8]) -> bool {
    text.bytes().next().is_some_and(|first| first.is_ascii_alphanumeric())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || also.contains(&byte))
}

/// Both formats write years with four digits; the rest is a slip.
fn is_four_digit_year(year: i32) -> bool {
    (1970..=2999).contains(&year)
}

fn trim(text: &mut String) {
    if text.trim().len() != text.len() {
        *text = text.trim().to_owned();
    }
}

fn check_order(order: &PaymentOrder) -> impl Iterator<Item = (OrderField, OrderErrorKind)> {
    use OrderField as F;
    let wrong_amount = match order.amount {
        amount if amount <= Fen(0) => Some(OrderErrorKind::NotPositive),
        amount if amount > Fen::MAX => Some(OrderErrorKind::TooLarge),
        _ => None,
    };
    let own = [
        (F::EndToEndId, (!is_reference(&order.end_to_end_id)).then_some(OrderErrorKind::Reference)),
        (F::Amount, wrong_amount),
        (F::Remittance, wrong_text(&order.remittance, false)),
    ];
    let bank = (order.creditor_bank.as_deref(), order.creditor_bank_code.as_deref());
    own.into_iter().filter_map(|(field, kind)| kind.map(|kind| (field, kind))).chain(wrong_payee(
        &order.creditor_name,
        &order.creditor_account,
        bank,
    ))
}

/// What is wrong with an account that is to be paid: its name, its number, its bank's name and code, trimmed. It is
/// asked when a file is written, and of every account long before, so that no file fails for one.
pub fn wrong_payee(
    name: &str,
    account: &str,
    (bank, bank_code): (Option<&str>, Option<&str>),
) -> impl Iterator<Item = (OrderField, OrderErrorKind)> {
    use OrderField as F;
    let wrong_code = bank_code.is_some_and(|code| !is_bank_code(code));
    [
        (F::CreditorName, wrong_text(name, true)),
        (F::CreditorAccount, (!is_account(account)).then_some(OrderErrorKind::Account)),
        (F::CreditorBank, bank.and_then(|name| wrong_text(name, true))),
        (F::CreditorBankCode, wrong_code.then_some(OrderErrorKind::BankCode)),
    ]
    .into_iter()
    .filter_map(|(field, kind)| kind.map(|kind| (field, kind)))
}

fn wrong_text(text: &str, is_required: bool) -> Option<OrderErrorKind> {
    if text.is_empty() {
        return is_required.then_some(OrderErrorKind::Empty);
    }
    if text.chars().count() > MAX_TEXT {
        return Some(OrderErrorKind::TooLong);
    }
    duixian_text::has_control(text).then_some(OrderErrorKind::Control)
}

/// What is wrong with a payment file that was to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderError {
    /// The position of the order in the file, from 1; none where the file as a whole is meant.
    pub order: Option<usize>,
    /// Which of its fields.
    pub field: OrderField,
    /// What is wrong.
    pub kind: OrderErrorKind,
}

/// A field of a payment file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each is the field of PaymentHeader or PaymentOrder of that name")]
pub enum OrderField {
    MessageId,
    CreatedAt,
    ExecutionOn,
    DebtorName,
    DebtorAccount,
    DebtorBankCode,
    Orders,
    EndToEndId,
    Amount,
    CreditorName,
    CreditorAccount,
    CreditorBank,
    CreditorBankCode,
    Remittance,
}

impl OrderField {
    /// The field's name for people, Chinese and English.
    pub fn names(self) -> (&'static str, &'static str) {
        match self {
            OrderField::MessageId => ("文件编号", "message number"),
            OrderField::CreatedAt => ("生成时间", "time of creation"),
            OrderField::ExecutionOn => ("付款日期", "execution date"),
            OrderField::DebtorName => ("付款户名", "payer's name"),
            OrderField::DebtorAccount => ("付款账号", "payer's account"),
            OrderField::DebtorBankCode => ("付款行号", "payer's bank code"),
            OrderField::Orders => ("付款明细", "payments"),
            OrderField::EndToEndId => ("业务编号", "payment number"),
            OrderField::Amount => ("金额", "amount"),
            OrderField::CreditorName => ("收款户名", "payee's name"),
            OrderField::CreditorAccount => ("收款账号", "payee's account"),
            OrderField::CreditorBank => ("收款开户行", "payee's bank"),
            OrderField::CreditorBankCode => ("收款行号", "payee's bank code"),
            OrderField::Remittance => ("附言", "remittance text"),
        }
    }
}

/// What can be wrong with a payment file that is to be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderErrorKind {
    /// Nothing is there.
    Empty,
    /// More than 140 characters.
    TooLong,
    /// A line break or another control character.
    Control,
    /// Not a number of a file or payment ([`is_reference`]).
    Reference,
    /// Not an account number ([`is_account`]).
    Account,
    /// Not twelve digits ([`is_bank_code`]).
    BankCode,
    /// Nothing or less than nothing is to be paid.
    NotPositive,
    /// More than [`Fen::MAX`].
    TooLarge,
    /// A time before 1970 or after 2999.
    Time,
    /// So many orders.
    TooMany(usize),
    /// The number of an earlier order.
    Repeated {
        /// The position of the order that had it first.
        first: usize,
    },
}

impl OrderError {
    fn of_file(field: OrderField, kind: OrderErrorKind) -> OrderError {
        OrderError { order: None, field, kind }
    }

    /// What is wrong, where, and what to do, in Chinese.
    pub fn message_zh(&self) -> String {
        let (field, _) = self.field.names();
        let place = self.order.map(|order| format!("第 {order} 笔：")).unwrap_or_default();
        let what = match self.kind {
            OrderErrorKind::Empty => format!("缺少{field}；请补上"),
            OrderErrorKind::TooLong => format!("{field}超过 {MAX_TEXT} 个字；请缩短"),
            OrderErrorKind::Control => format!("{field}含有换行或其他控制字符；请删去"),
            OrderErrorKind::Reference => {
                format!("{field}只能由字母、数字和 - _ . 组成，以字母或数字开头，不超过 {MAX_REFERENCE} 位；请改正")
            }
            OrderErrorKind::Account => {
                format!("{field}只能由数字、字母和 - 组成，以数字或字母开头，不超过 {MAX_ACCOUNT} 位；请核对")
            }
            OrderErrorKind::BankCode => format!("{field}应为 12 位数字的支付系统行号；请向开户行核对"),
            OrderErrorKind::NotPositive => format!("{field}必须大于零；请核对"),
            OrderErrorKind::TooLarge => format!("{field}合计超出可处理的上限；请分成几个文件"),
            OrderErrorKind::Time => format!("{field}不在 1970 年至 2999 年之间；请核对"),
            OrderErrorKind::TooMany(found) => format!("{field}有 {found} 笔，最多 {MAX_ORDERS} 笔；请分成几个文件"),
            OrderErrorKind::Repeated { first } => format!("{field}与第 {first} 笔相同；每笔应有自己的编号"),
        };
        place + &what
    }

    /// What is wrong, where, and what to do, in English.
    pub fn message_en(&self) -> String {
        let (_, field) = self.field.names();
        let place = self.order.map(|order| format!("payment {order}: ")).unwrap_or_default();
        let what = match self.kind {
            OrderErrorKind::Empty => format!("the {field} is missing; fill it in"),
            OrderErrorKind::TooLong => format!("the {field} has more than {MAX_TEXT} characters; shorten it"),
            OrderErrorKind::Control => format!("the {field} has a line break or another control character; remove it"),
            OrderErrorKind::Reference => format!(
                "the {field} may have letters, digits, - _ and . only, begins with a letter or digit, and has at most \
                 {MAX_REFERENCE} characters; correct it"
            ),
            OrderErrorKind::Account => format!(
                "the {field} may have digits, letters and - only, begins with a digit or letter, and has at most \
                 {MAX_ACCOUNT} characters; check it"
            ),
            OrderErrorKind::BankCode => {
                format!("the {field} must be a CNAPS code of 12 digits; ask the bank that keeps the account")
            }
            OrderErrorKind::NotPositive => format!("the {field} must be more than zero; check it"),
            OrderErrorKind::TooLarge => format!("the {field} exceeds what can be handled; split the file"),
            OrderErrorKind::Time => format!("the {field} is not between 1970 and 2999; check it"),
            OrderErrorKind::TooMany(found) => {
                format!("there are {found} {field}, at most {MAX_ORDERS} go into a file; split it")
            }
            OrderErrorKind::Repeated { first } => {
                format!("the {field} is that of payment {first}; each payment needs its own")
            }
        };
        place + &what
    }
}

impl fmt::Display for OrderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message_en())
    }
}

impl std::error::Error for OrderError {}
