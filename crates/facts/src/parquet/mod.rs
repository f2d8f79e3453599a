//! Parquet, decoded by row groups in parallel, each in batches.

mod columns;

use std::collections::VecDeque;
use std::error::Error as _;
use std::fs::File;
use std::io::{self, Read as _, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;

use arrow::datatypes::Schema;
use arrow::record_batch::RecordBatch;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
};
use parquet::errors::ParquetError;
use rayon::prelude::*;

use crate::assemble::Assembly;
use crate::chunk::{Cells, Chunk, Faults};
use crate::error::InputProblem;
use crate::heading::Heading;
use crate::limits;
use crate::load::{Failure, Job, Read, malformed};
use crate::table::Lines;

/// Rows decoded at a time: the decoder's buffers stay in the cache.
const BATCH_ROWS: usize = 8_192;
/// Rows of one row group that wait to be assembled, at most one batch more: it bounds the memory of row groups of any
/// size.
const WAITING_ROWS: usize = 131_072;

/// Reads a table.
pub(crate) fn read(job: &Job<'_>) -> Result<Read, Failure> {
    let path = job.input.path();
    let file = File::open(&path)?;
    let size = check_footer(&file)?;
    // The Arrow schema that writers embed is skipped: the file's own types say all that matters here, and there are
    // fewer of them.
    let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
    let metadata = ArrowReaderMetadata::load(&file, options).map_err(failure)?;
    let names: Vec<&str> = metadata.schema().fields().iter().map(|field| field.name().as_str()).collect();
    let (heading, warnings) = job.bind(&names)?;

    let mut fields: Vec<_> = metadata.schema().fields().iter().cloned().collect();
    for bound in &heading.columns {
        let field = &fields[bound.position];
        let wanted = columns::read_as(bound, field.data_type())?;
        fields[bound.position] = Arc::new(field.as_ref().clone().with_data_type(wanted));
    }
    let options = ArrowReaderOptions::new().with_schema(Arc::new(Schema::new(fields)));
    let metadata = ArrowReaderMetadata::try_new(metadata.metadata().clone(), options).map_err(failure)?;
    let positions = heading.columns.iter().map(|bound| bound.position);
    let projection = ProjectionMask::roots(metadata.parquet_schema(), positions);
    check_chunks(&metadata, &projection)?;

    let mut assembly = Assembly::new(&heading, job.parties, job.limits());
    // The row count is the file's own claim: no row takes less than a bit or so, and room never filled costs nothing.
    let claimed = metadata.metadata().file_metadata().num_rows().max(0) as u64;
    assembly.reserve(claimed.min(size) as usize);
    let source = Source { job, path: &path, heading: &heading, metadata: &metadata, projection };
    source.decode(&mut assembly)?;
    Ok(Read { assembled: assembly.finish(), warnings })
}

/// A file whose footer has been read and matched with its table.
struct Source<'a> {
    job: &'a Job<'a>,
    path: &'a Path,
    heading: &'a Heading<'a>,
    metadata: &'a ArrowReaderMetadata,
    projection: ProjectionMask,
}

impl<'a> Source<'a> {
    /// Decodes all row groups, a few at a time, while those before them are assembled in order.
    fn decode(&self, assembly: &mut Assembly<'_, '_>) -> Result<(), Failure> {
        let groups = self.metadata.metadata().row_groups();
        let mut first_lines = groups.iter().scan(1i64, |line, group| {
            let first = *line;
            *line = line.saturating_add(group.num_rows());
            Some(first)
        });
        let (mut next, mut active) = (0, VecDeque::<GroupStream<'_>>::new());
        let mut ready: Vec<Chunk> = Vec::new();
        loop {
            while active.len() < rayon::current_num_threads() && next < groups.len() {
                active.push_back(self.open(next, first_lines.next().unwrap_or(1))?);
                next += 1;
            }
            let chunks = std::mem::take(&mut ready);
            let is_last = active.is_empty();
            let (assembled, filled) = rayon::join(
                || chunks.into_iter().try_for_each(|chunk| assembly.append(chunk)),
                || active.par_iter_mut().try_for_each(GroupStream::fill),
            );
            // Rows before those being decoded come first, so an error in them does too.
            assembled?;
            self.job.progress(assembly);
            filled?;
            if is_last {
                return Ok(());
            }
            while let Some(head) = active.front_mut() {
                ready.append(&mut head.chunks);
                head.waiting = 0;
                if !head.at_end {
                    break;
                }
                active.pop_front();
            }
        }
    }

    fn open(&self, group: usize, first_line: i64) -> Result<GroupStream<'a>, Failure>
    where
        Self: 'a,
    {
        // Each row group has a file handle of its own, since handles share one position among their clones.
        let file = File::open(self.path)?;
        let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(file, self.metadata.clone())
            .with_row_groups(vec![group])
            .with_projection(self.projection.clone())
            .with_batch_size(BATCH_ROWS)
            .build()
            .map_err(failure)?;
        let heading = self.heading;
        let columns = heading.columns.iter().map(|bound| Cells::new(heading, bound, self.job.parties)).collect();
        Ok(GroupStream {
            reader,
            columns,
            limit: self.job.limits().errors,
            next_line: first_line,
            rows_left: self.metadata.metadata().row_group(group).num_rows(),
            chunks: Vec::new(),
            waiting: 0,
            at_end: false,
        })
    }
}

/// One row group being decoded.
struct GroupStream<'a> {
    reader: ParquetRecordBatchReader,
    columns: Vec<Cells<'a>>,
    limit: usize,
    next_line: i64,
    /// Rows the footer promises beyond those decoded.
    rows_left: i64,
    /// Rows decoded but not yet assembled.
    chunks: Vec<Chunk>,
    waiting: usize,
    at_end: bool,
}

impl GroupStream<'_> {
    /// Decodes until enough rows wait or the row group ends.
    fn fill(&mut self) -> Result<(), Failure> {
        while !self.at_end && self.waiting < WAITING_ROWS {
            match self.reader.next() {
                Some(batch) => {
                    let batch = batch.map_err(|error| match error {
                        arrow::error::ArrowError::ExternalError(source) => failure(ParquetError::External(source)),
                        other => malformed("Parquet", other).into(),
                    })?;
                    let chunk = self.chunk(&batch);
                    self.rows_left -= chunk.rows as i64;
                    self.waiting += chunk.rows;
                    self.chunks.push(chunk);
                }
                None if self.rows_left != 0 => {
                    return Err(malformed("Parquet", "a row group has not as many rows as the footer says").into());
                }
                None => self.at_end = true,
            }
        }
        Ok(())
    }

    fn chunk(&mut self, batch: &RecordBatch) -> Chunk {
        let rows = batch.num_rows();
        let mut bad = vec![false; rows];
        let mut faults = Faults::new(self.limit);
        for (index, (cells, array)) in self.columns.iter_mut().zip(batch.columns()).enumerate() {
            let mut column_faults = Faults::new(self.limit);
            columns::convert(cells, array, &mut |row, value, reason| {
                bad[row] = true;
                column_faults.add(row, Some(index), value, reason);
            });
            faults.merge(column_faults);
        }
        let lines = Lines::CountUp(self.next_line.min(u32::MAX.into()) as u32);
        self.next_line += rows as i64;
        Chunk { rows, lines, columns: self.columns.iter_mut().map(Cells::take).collect(), bad, faults }
    }
}

/// The file's size, once its footer is found to be there and of sensible length.
fn check_footer(mut file: &File) -> Result<u64, Failure> {
    let size = file.metadata()?.len();
    if size < 12 {
        return Err(malformed("Parquet", "shorter than any").into());
    }
    let mut tail = [0; 8];
    file.seek(SeekFrom::End(-8))?;
    file.read_exact(&mut tail)?;
    let footer = u32::from_le_bytes([tail[0], tail[1], tail[2], tail[3]]);
    if tail[4..] != *b"PAR1" {
        return Err(malformed("Parquet", "it does not end as one; cut short?").into());
    }
    // The parser reserves some hundred bytes for each byte of a footer made to make it do so.
    if u64::from(footer) > limits::PARQUET_FOOTER_BYTES {
        return Err(InputProblem::TooLarge("Parquet footer > 16 MiB").into());
    }
    Ok(size)
}

fn check_chunks(metadata: &ArrowReaderMetadata, projection: &ProjectionMask) -> Result<(), InputProblem> {
    for group in metadata.metadata().row_groups() {
        let too_large = group.columns().iter().enumerate().any(|(leaf, chunk)| {
            projection.leaf_included(leaf) && chunk.uncompressed_size() > limits::PARQUET_CHUNK_BYTES
        });
        if too_large {
            return Err(InputProblem::TooLarge("Parquet column chunk > 1 GiB"));
        }
    }
    Ok(())
}

/// An error of the system stays one; everything else is the file's fault.
fn failure(error: ParquetError) -> Failure {
    if let ParquetError::External(source) = &error
        && let Some(io) = source.downcast_ref::<io::Error>()
        && let Some(code) = io.raw_os_error()
        // A seek before the file's beginning, to where a hostile footer points, is an invalid argument to the system.
        && io.kind() != io::ErrorKind::InvalidInput
    {
        return Failure::Io(io::Error::from_raw_os_error(code));
    }
    malformed("Parquet", error.source().map_or_else(|| error.to_string(), ToString::to_string)).into()
}
