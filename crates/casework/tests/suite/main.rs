//! A case's life from outside, by commands alone.
//!
//! One program for all of the crate's tests: each further one would hold every library once more.

mod any_order;
mod contradicting;
mod desk;
mod left;
mod life;
