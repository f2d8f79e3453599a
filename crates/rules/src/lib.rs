//! The policy language.

pub mod plan;
pub mod source;
pub mod vocabulary;
