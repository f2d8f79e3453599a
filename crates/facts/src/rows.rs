//! Rows that are in memory with their cells apart: of one party's tables, to write them as CSV and to read that takes longer
//! than all that the rules do with them.

use std::borrow::Cow;

use crate::assemble::Assembly;
use crate::chunk::RowReader;
use crate::load::{Failure, Job, Read};
use crate::report::RowErrorKind;

/// Reads a table.
pub(crate) fn read(job: &Job<'_>, given: &[&[String]]) -> Result<Read, Failure> {
    let heading = job.whole();
    let mut assembly = Assembly::new(&heading, job.parties, job.limits());
    let mut rows = RowReader::new(&heading, job.parties, job.limits().errors);
    for (number, cells) in given.iter().enumerate() {
        let line = u32::try_from(number + 2).unwrap_or(u32::MAX);
        if cells.len() == heading.width {
            rows.push_row(line, |bound| Ok(Cow::Borrowed(cells[bound.position].as_str())));
        } else {
            let reason = RowErrorKind::CellCount { expected: heading.width, found: cells.len() };
            rows.push_bad_row(line, cells.first().map_or("", String::as_str), reason);
        }
    }
    assembly.append(rows.take())?;
    job.progress(&assembly);
    Ok(Read { assembled: assembly.finish(), warnings: Vec::new() })
}
