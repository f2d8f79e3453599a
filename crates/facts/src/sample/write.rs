//! Rows of the sample to files.

use std::fs::File;
use std::io::{self, Write};
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Decimal64Array, DictionaryArray, Int8Array, Int32Array, StringArray,
};
use arrow::datatypes::{DataType, Field, Schema};
use arrow::record_batch::RecordBatch;
use duixian_money::Fen;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use parquet::schema::types::ColumnPath;

use super::rows::{EMPTY, Rows, TableSpec, Type, Values};
use crate::cells::date_text;

/// Rows of a Parquet row group.
const GROUP_ROWS: usize = 131_072;

/// Rows as their file's format has them, made in parallel and written in order.
pub(super) enum Encoded {
    Csv(Vec<u8>),
    Parquet(RecordBatch),
}

/// A table's file being written.
pub(super) enum TableWriter {
    Csv(io::BufWriter<File>),
    Parquet(Box<ArrowWriter<io::BufWriter<File>>>),
}

impl TableWriter {
    pub(super) fn csv(spec: &TableSpec, file: File) -> io::Result<TableWriter> {
        let mut writer = io::BufWriter::new(file);
        let names: Vec<&str> = spec.columns.iter().map(|(name, _)| *name).collect();
        writeln!(writer, "{}", names.join(","))?;
        Ok(TableWriter::Csv(writer))
    }

    pub(super) fn parquet(spec: &TableSpec, file: File) -> io::Result<TableWriter> {
        let level = ZstdLevel::try_new(1).map_err(io::Error::other)?;
        let mut properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(level))
            .set_max_row_group_row_count(Some(GROUP_ROWS));
        for (name, ty) in spec.columns {
            if matches!(ty, Type::Text | Type::Money) {
                // What seldom repeats would fill a dictionary only to be written plain after all.
                properties = properties.set_column_dictionary_enabled(ColumnPath::from(*name), false);
            }
        }
        // Readers of every age know the file's own types; not all know each Arrow type they could be told of.
        let options = ArrowWriterOptions::new().with_properties(properties.build()).with_skip_arrow_metadata(true);
        let writer = ArrowWriter::try_new_with_options(io::BufWriter::new(file), schema(spec), options);
        Ok(TableWriter::Parquet(Box::new(writer.map_err(io::Error::other)?)))
    }

    pub(super) fn write(&mut self, rows: &Encoded) -> io::Result<()> {
        match (self, rows) {
            (TableWriter::Csv(writer), Encoded::Csv(bytes)) => writer.write_all(bytes),
            (TableWriter::Parquet(writer), Encoded::Parquet(batch)) => writer.write(batch).map_err(io::Error::other),
            _ => Err(io::Error::other("rows of another format")),
        }
    }

    pub(super) fn finish(self) -> io::Result<()> {
        match self {
            TableWriter::Csv(mut writer) => writer.flush(),
            TableWriter::Parquet(writer) => writer.close().map(drop).map_err(io::Error::other),
        }
    }
}

/// Rows as lines. No text of the sample has a comma, a quote or a line break, so none is quoted.
pub(super) fn csv(rows: &Rows) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(rows.len * 80);
    for row in 0..rows.len {
        for (index, (column, (_, ty))) in rows.columns.iter().zip(rows.spec.columns).enumerate() {
            if index > 0 {
                bytes.push(b',');
            }
            match (column, ty) {
                (Values::Texts(texts), _) => bytes.extend_from_slice(texts.bytes(row)),
                (Values::Numbers(numbers), _) if numbers[row] == EMPTY => {}
                (Values::Numbers(numbers), ty) => {
                    let number = numbers[row];
                    match ty {
                        Type::Word(words) => bytes.extend_from_slice(words[number as usize].as_bytes()),
                        Type::Money => write!(bytes, "{}", Fen(number))?,
                        Type::Date => bytes.extend_from_slice(date_text(number as i32).as_bytes()),
                        Type::Bool => write!(bytes, "{}", number != 0)?,
                        Type::Text | Type::Label | Type::Integer => write!(bytes, "{number}")?,
                    }
                }
            }
        }
        bytes.push(b'\n');
    }
    Ok(bytes)
}

/// Rows as Arrow arrays.
pub(super) fn parquet(rows: &Rows) -> io::Result<RecordBatch> {
    let columns = rows.columns.iter().zip(rows.spec.columns).map(|(column, (_, ty))| array(column, *ty));
    RecordBatch::try_new(schema(rows.spec), columns.collect()).map_err(io::Error::other)
}

fn array(column: &Values, ty: Type) -> ArrayRef {
    let numbers = match column {
        Values::Texts(texts) => {
            let texts = (0..texts.len()).map(|row| Some(texts.get(row)).filter(|text| !text.is_empty()));
            return Arc::new(texts.collect::<StringArray>());
        }
        Values::Numbers(numbers) => numbers,
    };
    let known = numbers.iter().map(|&number| (number != EMPTY).then_some(number));
    match ty {
        Type::Money => Arc::new(known.collect::<Decimal64Array>().with_data_type(DataType::Decimal64(18, 2))),
        Type::Date => Arc::new(known.map(|day| day.map(|day| day as i32)).collect::<Date32Array>()),
        Type::Bool => Arc::new(known.map(|value| value.map(|value| value != 0)).collect::<BooleanArray>()),
        Type::Word(words) => {
            let keys: Int8Array = known.map(|word| word.map(|word| word as i8)).collect();
            let words = StringArray::from_iter_values(words);
            Arc::new(DictionaryArray::new(keys, Arc::new(words)))
        }
        Type::Integer | Type::Text | Type::Label => {
            Arc::new(known.map(|number| number.map(|number| number as i32)).collect::<Int32Array>())
        }
    }
}

fn schema(spec: &TableSpec) -> Arc<Schema> {
    let fields = spec.columns.iter().map(|(name, ty)| {
        let ty = match ty {
            Type::Text | Type::Label => DataType::Utf8,
            Type::Word(_) => DataType::Dictionary(Box::new(DataType::Int8), Box::new(DataType::Utf8)),
            Type::Money => DataType::Decimal64(18, 2),
            Type::Date => DataType::Date32,
            Type::Integer => DataType::Int32,
            Type::Bool => DataType::Boolean,
        };
        Field::new(*name, ty, true)
    });
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}
