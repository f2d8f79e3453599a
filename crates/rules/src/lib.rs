//! The policy language: from a pack's Markdown to a plan that can be executed.
//!
//! [`pack::Pack::read`] goes all the way: [`markdown`] finds the blocks, [`syntax`] reads them into a tree, [`compile`]
//! gives the tree names and types and makes the [`plan`], [`analysis`] says what is odd about it, [`examples`] reads the
//! examples. What is wrong is gathered as [`diagnostic`]s; there is always a tree and a plan. [`mod@fmt`] writes packs back.

pub mod analysis;
pub mod compile;
pub mod diagnostic;
pub mod english;
pub mod examples;
pub mod fmt;
pub mod markdown;
pub mod pack;
pub mod plan;
pub mod reads;
pub mod source;
pub mod syntax;
pub mod vocabulary;
