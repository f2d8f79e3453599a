//! The store from outside, on both databases.
//!
//! One program for all of the crate's tests: each further one would hold every library once more.

mod afterwards;
mod appraisal;
mod batches;
mod by_amount;
mod calendar;
mod cases;
mod common;
mod contested;
mod crash;
mod doubted;
mod encrypted;
mod facts;
mod findings;
mod funds;
mod journal;
mod last_word;
mod late;
mod limits;
mod locked;
mod noticed;
mod numbers;
mod objections;
mod once;
mod one_liar;
mod packs;
mod paid_twice;
mod payees;
mod people;
mod put_away;
mod renumbered;
mod returns;
mod revoked;
mod rounds;
mod search;
mod serial;
mod statement;
mod taken_out;
mod together;
mod two_of_finance;
mod verified;
