//! Reading facts from outside: every format, every refusal.
//!
//! One program for all of the crate's tests: each further one would hold every library once more.

mod common;
mod formats;
mod hostile;
mod records;
mod rows;
mod sample;
