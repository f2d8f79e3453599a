//! Typed tables of facts: readers, row errors, the sample district.

pub mod table;
pub mod uscc;
