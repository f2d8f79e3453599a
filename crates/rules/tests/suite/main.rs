//! The policy language from outside: packs, good and wrong, and what is said of them.
//!
//! One program for all of the crate's tests: each further one would hold every library once more.

mod common;
mod diagnostics;
mod good;
mod procedures;
mod readings;
mod reference;
mod robustness;
