//! Parquet: row groups are encoded on all cores and written in order.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, Date32Array, Decimal64Array, DictionaryArray, Int32Array, StringArray, StringBuilder, UInt32Array,
};
use arrow::buffer::{Buffer, OffsetBuffer};
use arrow::datatypes::{DataType, Field, Schema, UInt32Type};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::{ArrowColumnChunk, ArrowRowGroupWriterFactory, ArrowWriterOptions, compute_leaves};
use parquet::basic::Compression;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;
use rayon::prelude::*;

use super::{COLUMNS, Entitlements, Verdicts};
use crate::result::Status;

/// Rows of one row group.
const ROW_GROUP: usize = 128 * 1024;
/// Digits of an amount in fen: what 64 bits hold for sure.
const PRECISION: u8 = 18;

/// Writes the table into a file.
pub fn write(table: &Entitlements, file: &mut File) -> io::Result<()> {
    let schema = Arc::new(schema());
    let options = ArrowWriterOptions::new()
        .with_properties(properties())
        // The logical types of Parquet say all; how the columns lay in this program's memory is nobody's business.
        .with_skip_arrow_metadata(true);
    let writer = ArrowWriter::try_new_with_options(&mut *file, Arc::clone(&schema), options)?;
    let (mut writer, factory) = writer.into_serialized_writer()?;
    let ranges: Vec<_> = table.ranges(ROW_GROUP).enumerate().collect();
    // A few row groups at a time, so that memory does not grow with the result.
    for ranges in ranges.chunks(rayon::current_num_threads()) {
        let encode = |(index, range): &(usize, Range<usize>)| encode(table, range.clone(), *index, &factory, &schema);
        let groups: Vec<io::Result<Vec<ArrowColumnChunk>>> = ranges.par_iter().map(encode).collect();
        for group in groups {
            let mut row_group = writer.next_row_group()?;
            for column in group? {
                column.append_to_row_group(&mut row_group)?;
            }
            row_group.close()?;
        }
    }
    writer.close()?;
    Ok(())
}

fn schema() -> Schema {
    let words = || DataType::Dictionary(DataType::UInt32.into(), DataType::Utf8.into());
    let money = || DataType::Decimal64(PRECISION, 2);
    let types = [
        words(),
        DataType::Utf8,
        DataType::Utf8,
        DataType::Int32,
        words(),
        money(),
        money(),
        DataType::Date32,
        words(),
        words(),
    ];
    let may_be_null = |name: &str| matches!(name, "low" | "high" | "payable_from");
    let field = |(name, ty): (&str, DataType)| Field::new(name, ty, may_be_null(name));
    Schema::new(COLUMNS.into_iter().zip(types).map(field).collect::<Vec<_>>())
}

fn properties() -> WriterProperties {
    let path = |name: &str| ColumnPath::from(name.to_owned());
    WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_statistics_enabled(EnabledStatistics::Chunk)
        // Nearly every row has another code and basis: a dictionary would be filled only to be given up.
        .set_column_dictionary_enabled(path("code"), false)
        .set_column_dictionary_enabled(path("basis"), false)
        // Nobody looks for a range of ids.
        .set_column_statistics_enabled(path("basis"), EnabledStatistics::None)
        .set_max_row_group_row_count(Some(ROW_GROUP))
        .build()
}

fn encode(
    table: &Entitlements,
    range: Range<usize>,
    index: usize,
    factory: &ArrowRowGroupWriterFactory,
    schema: &Schema,
) -> io::Result<Vec<ArrowColumnChunk>> {
    let columns = columns(table, range)?;
    let mut writers = factory.create_column_writers(index)?;
    for ((field, column), writer) in schema.fields.iter().zip(&columns).zip(&mut writers) {
        // A flat column has one leaf.
        for leaf in compute_leaves(field, column)? {
            writer.write(&leaf)?;
        }
    }
    Ok(writers.into_iter().map(|writer| writer.close()).collect::<Result<_, _>>()?)
}

/// The columns of some rows, in the order of the headings.
fn columns(table: &Entitlements, range: Range<usize>) -> io::Result<Vec<ArrayRef>> {
    let rows = range.len();
    let (mut measures, mut statuses) = (Words::new(rows), Words::new(rows));
    let (mut clauses, mut reasons) = (Words::new(rows), Words::new(rows));
    let status_words = Status::ALL.map(|status| statuses.word(status.word()));
    let (mut codes, mut bases) = (Texts::new(rows), Texts::new(rows));
    let mut lows = Vec::with_capacity(rows);
    let mut highs = Vec::with_capacity(rows);
    let mut payable_from = Vec::with_capacity(rows);
    for segment in table.segments(range) {
        let measure = measures.word(&segment.measure.name.en);
        let mut verdicts = Verdicts::new();
        for (rows, names) in segment.named_rows() {
            names.codes.iter().for_each(|code| codes.push(code));
            (0..rows.len()).for_each(|position| bases.push(names.basis(position)));
        }
        for row in segment.rows.iter() {
            measures.keys.push(measure);
            statuses.keys.push(status_words[row.status() as usize]);
            let amount = row.amount();
            lows.push(amount.map(|span| span.low.0));
            highs.push(amount.and_then(|span| span.high).map(|high| high.0));
            payable_from.push(row.payable_from());
            let (clause, reason) =
                verdicts.of(&segment, row, |clause, reason| (clauses.word(clause), reasons.word(&reason)));
            clauses.keys.push(clause);
            reasons.keys.push(reason);
        }
    }
    let year = i32::try_from(table.assessment.year).map_err(io::Error::other)?;
    Ok(vec![
        measures.finish()?,
        codes.finish()?,
        bases.finish()?,
        Arc::new(Int32Array::from(vec![year; rows])),
        statuses.finish()?,
        money(lows)?,
        money(highs)?,
        Arc::new(Date32Array::from(payable_from)),
        clauses.finish()?,
        reasons.finish()?,
    ])
}

fn money(fen: Vec<Option<i64>>) -> io::Result<ArrayRef> {
    let column = Decimal64Array::from(fen).with_precision_and_scale(PRECISION, 2).map_err(io::Error::other)?;
    // An amount of more digits than declared would be misread.
    column.validate_decimal_precision(PRECISION).map_err(io::Error::other)?;
    Ok(Arc::new(column))
}

/// A column of few words.
struct Words {
    keys: Vec<u32>,
    words: StringBuilder,
    count: u32,
}

impl Words {
    fn new(rows: usize) -> Words {
        Words { keys: Vec::with_capacity(rows), words: StringBuilder::new(), count: 0 }
    }

    /// Adds a word and returns its key.
    fn word(&mut self, word: &str) -> u32 {
        self.words.append_value(word);
        self.count += 1;
        self.count - 1
    }

    fn finish(mut self) -> io::Result<ArrayRef> {
        let keys = UInt32Array::from(self.keys);
        let words = Arc::new(self.words.finish());
        Ok(Arc::new(DictionaryArray::<UInt32Type>::try_new(keys, words).map_err(io::Error::other)?))
    }
}

/// A column of texts, end to end.
struct Texts {
    bytes: Vec<u8>,
    offsets: Vec<i32>,
}

impl Texts {
    fn new(rows: usize) -> Texts {
        let mut offsets = Vec::with_capacity(rows + 1);
        offsets.push(0);
        Texts { bytes: Vec::with_capacity(rows * 18), offsets }
    }

    fn push(&mut self, text: &[u8]) {
        self.bytes.extend_from_slice(text);
        // Texts beyond 2 GiB in one row group are refused when the column is finished.
        self.offsets.push(i32::try_from(self.bytes.len()).unwrap_or(i32::MAX));
    }

    fn finish(self) -> io::Result<ArrayRef> {
        if i32::try_from(self.bytes.len()).is_err() {
            return Err(io::Error::other("the texts of one row group exceed 2 GiB"));
        }
        let offsets = OffsetBuffer::new(self.offsets.into());
        let texts = StringArray::try_new(offsets, Buffer::from_vec(self.bytes), None).map_err(io::Error::other)?;
        Ok(Arc::new(texts))
    }
}
