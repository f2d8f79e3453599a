//! The answer of a bank to a payment file, as CSV.

use super::table;
use crate::result::{Outcome, ResultFile};
use crate::xml::CURRENCY;

const HEADINGS: [&str; 9] =
    ["回单编号", "业务编号", "金额", "币种", "处理结果", "银行流水号", "入账日期", "原因代码", "原因"];

/// The results as a bank would write them.
pub(crate) fn write(results: &ResultFile) -> String {
    table(&HEADINGS, results.lines.iter(), |line| {
        let (word, reference, day, code, reason) = match &line.outcome {
            Outcome::Paid { bank_reference, on } => {
                ("成功", bank_reference.clone(), on.to_string(), String::new(), String::new())
            }
            Outcome::Failed { code, reason } => {
                ("失败", String::new(), String::new(), code.clone().unwrap_or_default(), reason.clone())
            }
        };
        [
            results.id.clone(),
            line.end_to_end_id.clone(),
            line.amount.to_yuan_string(),
            CURRENCY.to_owned(),
            word.to_owned(),
            reference,
            day,
            code,
            reason,
        ]
    })
}
