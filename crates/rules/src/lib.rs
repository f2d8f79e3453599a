//! The policy language.

pub mod diagnostic;
pub mod markdown;
pub mod plan;
pub mod source;
pub mod syntax;
pub mod vocabulary;
