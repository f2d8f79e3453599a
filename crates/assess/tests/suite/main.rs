//! What assessment is held to from outside: both executions, loading, the words of rules and the telling of results.
//!
//! One program for all of the crate's tests: each further one would hold every library once more.

mod agreement;
mod compare;
mod dice;
mod district;
mod loading;
mod packs;
mod palette;
mod rule_words;
mod seen;
mod telling;
