//! From plans and facts to entitlements: the batch evaluator, its results, and the files they are written to.

pub mod batch;
pub mod calendar;
mod coded;
pub mod examples;
pub mod explain;
mod limits;
pub mod names;
pub mod output;
mod reading;
pub mod reference;
pub mod result;
pub mod rows;
pub mod summary;
#[cfg(test)]
mod testing;

pub use batch::{AssessOptions, assess_batch};
pub use output::{Entitlements, OutputError};
pub use reading::{FactsRead, Looks, facts_read, looks, words_meant};
pub use result::{Assessment, MeasureRows, Reason, Row, Status};
pub use rows::Rows;
pub use summary::Summary;
