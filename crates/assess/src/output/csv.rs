//! CSV: ranges of rows are formatted on all cores and written in order.

use std::io::{self, Write};

use duixian_money::Fen;
use rayon::prelude::*;

use super::{COLUMNS, Entitlements, Verdicts};
use crate::calendar;

/// Rows formatted at a time by one core.
const BLOCK: usize = 16 * 1024;

/// Writes the table with its headings.
pub fn write(table: &Entitlements, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(format!("{}\n", COLUMNS.join(",")).as_bytes())?;
    let ranges: Vec<_> = table.ranges(BLOCK).collect();
    // Some blocks at a time, so that memory does not grow with the result.
    for ranges in ranges.chunks(4 * rayon::current_num_threads()) {
        let blocks: Vec<Vec<u8>> = ranges.par_iter().map(|range| block(table, range.clone())).collect();
        blocks.iter().try_for_each(|block| out.write_all(block))?;
    }
    out.flush()
}

fn block(table: &Entitlements, range: std::ops::Range<usize>) -> Vec<u8> {
    let mut out = Vec::with_capacity(range.len() * 120);
    let mut tails: Vec<Vec<u8>> = Vec::new();
    let mut day: (i32, String) = (i32::MIN, String::new());
    for segment in table.segments(range) {
        let mut head = Vec::new();
        push_field(&mut head, segment.measure.name.en.as_bytes());
        let mut verdicts = Verdicts::new();
        for (rows, names) in segment.named_rows() {
            for (position, row) in rows.iter().enumerate() {
                out.extend_from_slice(&head);
                out.push(b',');
                out.extend_from_slice(&names.codes[position]);
                out.push(b',');
                push_field(&mut out, names.basis(position));
                out.push(b',');
                push_number(&mut out, table.assessment.year, 1);
                out.push(b',');
                out.extend_from_slice(row.status().word().as_bytes());
                out.push(b',');
                let amount = row.amount();
                amount.iter().for_each(|span| push_yuan(&mut out, span.low));
                out.push(b',');
                amount.and_then(|span| span.high).iter().for_each(|high| push_yuan(&mut out, *high));
                out.push(b',');
                if let Some(payable_from) = row.payable_from() {
                    if day.0 != payable_from {
                        day = (payable_from, calendar::iso_date(payable_from.into()));
                    }
                    out.extend_from_slice(day.1.as_bytes());
                }
                let tail = verdicts.of(&segment, row, |clause, reason| {
                    let mut tail = vec![b','];
                    push_field(&mut tail, clause.as_bytes());
                    tail.push(b',');
                    push_field(&mut tail, reason.as_bytes());
                    tail.push(b'\n');
                    tails.push(tail);
                    tails.len() - 1
                });
                out.extend_from_slice(&tails[tail]);
            }
        }
    }
    out
}

/// A field, in quotation marks where it would otherwise be torn.
fn push_field(out: &mut Vec<u8>, field: &[u8]) {
    if !field.iter().any(|byte| matches!(byte, b',' | b'"' | b'\n' | b'\r')) {
        return out.extend_from_slice(field);
    }
    out.push(b'"');
    for &byte in field {
        if byte == b'"' {
            out.push(b'"');
        }
        out.push(byte);
    }
    out.push(b'"');
}

fn push_yuan(out: &mut Vec<u8>, amount: Fen) {
    push_number(out, amount.0 / 100, 1);
    out.push(b'.');
    push_number(out, (amount.0 % 100).abs(), 2);
}

/// A number with at least so many digits: the formatting of the standard library is the slowest part of a row.
fn push_number(out: &mut Vec<u8>, number: i64, at_least: usize) {
    if number < 0 {
        out.push(b'-');
    }
    let mut digits = [b'0'; 20];
    let (mut rest, mut first) = (number.unsigned_abs(), digits.len());
    while rest > 0 {
        first -= 1;
        digits[first] = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    out.extend_from_slice(&digits[first.min(digits.len() - at_least)..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_fields() {
        let text = |push: &dyn Fn(&mut Vec<u8>)| {
            let mut out = Vec::new();
            push(&mut out);
            String::from_utf8(out).unwrap()
        };
        for fen in [0, 1, 10, 99, 100, 12_345, i64::MAX] {
            assert_eq!(text(&|out| push_yuan(out, Fen(fen))), Fen(fen).to_yuan_string());
        }
        assert_eq!(text(&|out| push_number(out, -44, 1)), "-44");
        assert_eq!(text(&|out| push_field(out, "甲,\"乙\"".as_bytes())), "\"甲,\"\"乙\"\"\"");
        assert_eq!(text(&|out| push_field(out, b"plain text")), "plain text");
    }
}
