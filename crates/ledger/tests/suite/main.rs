//! The books from outside: a model beside them, random interleavings, refusals, statements.
//!
//! One program for all of the crate's tests: each further one would hold every library once more.

mod common;
mod model;
mod properties;
mod refusals;
mod statements;
