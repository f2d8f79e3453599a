//! Typed tables of facts: readers of CSV, Parquet and XLSX and of records and rows in memory, row errors, the sample district.

pub mod error;
pub mod form;
pub mod limits;
pub mod narrow;
pub mod order;
pub mod record;
pub mod report;
pub mod sample;
pub mod table;
pub mod uscc;

mod assemble;
mod cells;
mod chunk;
mod csv;
mod encoding;
mod heading;
mod keys;
mod load;
mod parquet;
mod rows;
mod source;
mod xlsx;

pub use encoding::decoded;
pub use error::{InputProblem, LoadError};
pub use form::{canonical_cell, check_cell};
pub use load::{LoadOptions, Loaded, load};
pub use report::{ErrorClass, Report, RowError, RowErrorKind, TableReport, Warning};
pub use sample::{SampleError, SampleFormat, SampleOptions, SampleReport, sample};
pub use source::{Source, TableRows, TableText};
