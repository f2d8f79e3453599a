//! The file with which a bank would answer, for demonstrations and tests.

use crate::order::PaymentFile;
use crate::result::{Origin, Outcome, ResultFile, ResultLine};
use crate::{camt054, csv, value};

/// The formats of result files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ResultFormat {
    /// Read by [`csv::read_results`].
    Csv,
    /// Read by [`camt054::read`].
    Camt054,
}

/// The answer of a bank that pays every order on its day, except for those listed with the number of the payment and the
/// reason for which it failed. A reason may begin with a code of four characters and a space (`AC04 账户已销户`); otherwise
/// the code is `NARR`: the reason is in the words. The same arguments give the same bytes.
pub fn sample_results(file: &PaymentFile, failures: &[(String, String)], format: ResultFormat) -> String {
    let header = file.header();
    // A bank numbers what it books, so that no number comes twice: here by the day, the file and the place in it.
    let of_file = &header.message_id[header.message_id.len().saturating_sub(16)..];
    let lines = file.orders().iter().enumerate().map(|(index, order)| {
        let failure = failures.iter().find(|(id, _)| *id == order.end_to_end_id);
        let outcome = match failure {
            Some((_, reason)) => failed(reason),
            None => Outcome::Paid {
                bank_reference: format!("{}{of_file}{:06}", header.execution_on.format("%Y%m%d"), index + 1),
                on: header.execution_on,
            },
        };
        let (end_to_end_id, amount) = (order.end_to_end_id.clone(), order.amount);
        ResultLine { line: index + 1, end_to_end_id, amount, outcome, origin: Origin::default() }
    });
    // A number of the bank's own, of at most 35 characters like ours.
    let own = &header.message_id[header.message_id.len().saturating_sub(33)..];
    let results = ResultFile { id: format!("R-{own}"), lines: lines.collect(), ignored: Vec::new() };
    match format {
        ResultFormat::Csv => csv::write_results(&results),
        ResultFormat::Camt054 => camt054::write_results(file, &results),
    }
}

fn failed(reason: &str) -> Outcome {
    let is_code = |code: &str| code.len() == 4 && code.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    let (code, words) = reason.split_once(' ').filter(|(code, _)| is_code(code)).unwrap_or(("NARR", reason));
    Outcome::Failed { code: Some(code.to_owned()), reason: value::words(words) }
}
