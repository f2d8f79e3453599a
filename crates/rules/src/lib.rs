//! The policy language.

pub mod analysis;
pub mod compile;
pub mod diagnostic;
pub mod examples;
pub mod fmt;
pub mod markdown;
pub mod pack;
pub mod plan;
pub mod reads;
pub mod source;
pub mod syntax;
pub mod vocabulary;
