//! Syntax: tokens, keywords in both languages, the tree, and the parser.

pub mod ast;
pub mod keywords;
pub mod parser;
pub mod token;
