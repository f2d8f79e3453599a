//! The bank's files from outside: what is written, what is read, what is refused.
//!
//! One program for all of the crate's tests: each further one would hold every library once more.

mod hostile;
mod payment_files;
mod reconciliation;
mod results;
mod structure;
mod support;
