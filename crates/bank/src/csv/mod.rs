//! Payment orders as CSV for banks without ISO 20022, and their answers.
//!
//! Out: UTF-8 with a byte order mark, Chinese headings, CRLF, one row for each order, each row complete in itself. Amounts
//! are yuan with two decimals. A text that a spreadsheet would compute has an apostrophe in front (`'=1+1`); who reads the
//! file takes one apostrophe off in front of `= + - @`, their full-width forms, or another apostrophe.
//!
//! The file is made to be uploaded as it is. A spreadsheet that opens and saves it rounds account numbers to fifteen digits.
//!
//! Back: see [`read_results`].

mod results;
mod sample;

use crate::cell::neutralise;
use crate::order::PaymentFile;
use crate::xml::CURRENCY;

pub use results::read_results;
pub(crate) use sample::write as write_results;

/// The headings of a payment file, in order.
pub const HEADINGS: [&str; 14] = [
    "文件编号",
    "序号",
    "业务编号",
    "付款日期",
    "付款户名",
    "付款账号",
    "付款行号",
    "收款户名",
    "收款账号",
    "收款开户行",
    "收款行号",
    "金额",
    "币种",
    "附言",
];

/// The file as CSV.
pub fn write(file: &PaymentFile) -> String {
    let header = file.header();
    let date = header.execution_on.to_string();
    table(&HEADINGS, file.orders().iter().enumerate(), |(index, order)| {
        [
            header.message_id.clone(),
            (index + 1).to_string(),
            order.end_to_end_id.clone(),
            date.clone(),
            header.debtor_name.clone(),
            header.debtor_account.clone(),
            header.debtor_bank_code.clone(),
            order.creditor_name.clone(),
            order.creditor_account.clone(),
            order.creditor_bank.clone().unwrap_or_default(),
            order.creditor_bank_code.clone().unwrap_or_default(),
            order.amount.to_yuan_string(),
            CURRENCY.to_owned(),
            order.remittance.clone(),
        ]
    })
}

/// A table with its byte order mark; every cell is neutralised, quoted where it must be.
fn table<T, const WIDTH: usize>(
    headings: &[&str; WIDTH],
    rows: impl Iterator<Item = T>,
    cells: impl Fn(T) -> [String; WIDTH],
) -> String {
    let mut writer = ::csv::WriterBuilder::new().terminator(::csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(headings).expect("writing to memory does not fail");
    for row in rows {
        let cells = cells(row);
        writer
            .write_record(cells.iter().map(|cell| neutralise(cell).into_owned()))
            .expect("every row has a cell for each heading");
    }
    let bytes = writer.into_inner().expect("writing to memory does not fail");
    String::from("\u{feff}") + std::str::from_utf8(&bytes).expect("only texts were written")
}
