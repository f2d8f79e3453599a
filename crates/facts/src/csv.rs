//! CSV, streamed record by record in bounded memory.

use std::borrow::Cow;
use std::cell::Cell;
use std::io::{self, Read as _};

use csv_core::{ReadRecordResult, Reader};

use crate::assemble::Assembly;
use crate::chunk::RowReader;
use crate::encoding::{Encoding, Gb18030Reader, detect};
use crate::error::InputProblem;
use crate::limits;
use crate::load::{Failure, Job, Read};
use crate::report::RowErrorKind;

/// Rows of one chunk: enough to spread the cost of a chunk, few enough to stay in the cache.
const CHUNK_ROWS: usize = 4_096;

/// How much of the source is read at once; less of a text that is shorter, since one party's tables are tiny.
const BUFFER_BYTES: usize = 1 << 18;

/// How much is looked at together to find the encoding.
const DETECTED_AT_ONCE: usize = 1 << 16;

thread_local! {
    /// A parser that has done its work: to make one takes longer than to read a small table.
    static PARSER: Cell<Option<Box<Reader>>> = const { Cell::new(None) };
}

/// Reads a table.
pub(crate) fn read(job: &Job<'_>) -> Result<Read, Failure> {
    let buffer_bytes = job.input.known_size().unwrap_or(BUFFER_BYTES).clamp(1, BUFFER_BYTES);
    let encoding = detect(job.input.open()?, buffer_bytes.min(DETECTED_AT_ONCE))?;
    let source = job.input.open()?;
    let source = match encoding {
        Encoding::Utf8 => source,
        Encoding::Gb18030 => Box::new(Gb18030Reader::new(source)),
        Encoding::Utf16 => return Err(InputProblem::Utf16.into()),
    };
    let mut records = Records::new(source, buffer_bytes);
    if !records.next()? {
        return Err(InputProblem::NoHeading.into());
    }
    let names: Vec<Cow<'_, str>> =
        (0..records.width()).map(|index| String::from_utf8_lossy(records.cell(index))).collect();
    let (heading, warnings) = job.bind(&names)?;
    let mut assembly = Assembly::new(&heading, job.parties, job.limits());
    let mut rows = RowReader::new(&heading, job.parties, job.limits().errors);
    while records.next()? {
        let line = records.line.min(u32::MAX.into()) as u32;
        if records.width() == heading.width {
            rows.push_row(line, |bound| text(records.cell(bound.position), encoding));
        } else {
            let reason = RowErrorKind::CellCount { expected: heading.width, found: records.width() };
            rows.push_bad_row(line, &String::from_utf8_lossy(records.cell(0)), reason);
        }
        if rows.rows() == CHUNK_ROWS {
            assembly.append(rows.take())?;
            job.progress(&assembly);
        }
    }
    assembly.append(rows.take())?;
    job.progress(&assembly);
    PARSER.set(Some(records.parser));
    Ok(Read { assembled: assembly.finish(), warnings })
}

fn text(cell: &[u8], encoding: Encoding) -> Result<Cow<'_, str>, (RowErrorKind, String)> {
    match std::str::from_utf8(cell) {
        // The decoder's mark for bytes that are no character; in UTF-8 it is a character like others.
        Ok(text) if encoding == Encoding::Gb18030 && text.contains('\u{FFFD}') => {
            Err((RowErrorKind::NotText, text.to_owned()))
        }
        Ok(text) => Ok(Cow::Borrowed(text)),
        Err(_) => Err((RowErrorKind::NotText, String::from_utf8_lossy(cell).into_owned())),
    }
}

/// The records of a CSV file, one at a time, none larger than the limits.
struct Records<'a> {
    source: Box<dyn io::Read + 'a>,
    input: Vec<u8>,
    /// The part of `input` not yet parsed.
    pending: std::ops::Range<usize>,
    at_end: bool,
    parser: Box<Reader>,
    /// Line breaks skipped before records, which the parser has not seen.
    skipped: u64,
    /// The record's cells, end to end.
    output: Vec<u8>,
    ends: Vec<usize>,
    cells: usize,
    /// The line on which the record begins, the first being 1.
    line: u64,
}

impl<'a> Records<'a> {
    fn new(source: Box<dyn io::Read + 'a>, buffer_bytes: usize) -> Records<'a> {
        let mut parser = PARSER.take().unwrap_or_else(|| Box::new(Reader::new()));
        parser.reset();
        Records {
            source,
            input: vec![0; buffer_bytes],
            pending: 0..0,
            at_end: false,
            parser,
            skipped: 0,
            // They grow with the records; large ones cost a small table more than to read it.
            output: vec![0; 1 << 9],
            ends: vec![0; 32],
            cells: 0,
            line: 0,
        }
    }

    fn width(&self) -> usize {
        self.cells
    }

    fn cell(&self, index: usize) -> &[u8] {
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        &self.output[start..self.ends[index]]
    }

    /// Reads the next record; false at the end of the file.
    fn next(&mut self) -> Result<bool, Failure> {
        self.skip_blank_lines()?;
        self.line = self.parser.line() + self.skipped;
        let too_long = InputProblem::TooLong { line: self.line };
        let (mut written, mut ended) = (0, 0);
        loop {
            self.fill()?;
            let input = &self.input[self.pending.clone()];
            let (result, read, more, ends) =
                self.parser.read_record(input, &mut self.output[written..], &mut self.ends[ended..]);
            self.pending.start += read;
            written += more;
            ended += ends;
            let cell_start = if ended == 0 { 0 } else { self.ends[ended - 1] };
            if written - cell_start.min(written) > limits::CELL_BYTES || written > limits::RECORD_BYTES {
                return Err(too_long.into());
            }
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull => self.output.resize(self.output.len() * 2, 0),
                ReadRecordResult::OutputEndsFull if ended > limits::COLUMNS => {
                    return Err(InputProblem::TooManyColumns.into());
                }
                ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                ReadRecordResult::Record => break,
                ReadRecordResult::End => return Ok(false),
            }
        }
        self.cells = ended;
        let has_long_cell = (0..ended).any(|index| self.cell(index).len() > limits::CELL_BYTES);
        if written > limits::CELL_BYTES && has_long_cell {
            return Err(too_long.into());
        }
        if ended > limits::COLUMNS {
            return Err(InputProblem::TooManyColumns.into());
        }
        Ok(true)
    }

    /// Skips what the parser would skip too, but count to the record that follows.
    fn skip_blank_lines(&mut self) -> Result<(), Failure> {
        loop {
            self.fill()?;
            match self.input[self.pending.clone()].first() {
                Some(b'\n') => self.skipped += 1,
                Some(b'\r') => {}
                _ => return Ok(()),
            }
            self.pending.start += 1;
        }
    }

    /// Reads more of the file if all that was read is parsed.
    fn fill(&mut self) -> Result<(), Failure> {
        if self.pending.is_empty() && !self.at_end {
            let read = self.source.read(&mut self.input)?;
            self.pending = 0..read;
            self.at_end = read == 0;
        }
        Ok(())
    }
}
