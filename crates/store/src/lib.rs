//! Where cases, facts, funds and the journal are kept: the only crate that knows SQL.
//!
//! One [`Store`] on SQLite or PostgreSQL. Everything that changes something goes through [one writer](writer), in a
//! transaction with its entries in the [journal]; reading goes beside it. What a form asks carries a [`Key`], and is done
//! once.

mod access;
mod ahead;
mod appraisal;
mod attempts;
pub mod batches;
mod caches;
pub mod calendar;
pub mod cases;
mod clock;
mod db;
mod demo_clock;
mod error;
pub mod facts;
pub mod figures;
pub mod files;
pub mod funds;
pub mod journal;
mod late;
mod link;
mod memo;
pub mod messages;
mod migration;
#[cfg(target_os = "linux")]
mod nodelay;
pub mod notices;
mod numbers;
mod once;
mod packs;
mod page;
pub mod people;
pub mod public;
pub mod reports;
mod rounds;
pub mod search;
pub mod sessions;
mod settings;
mod threads;
mod together;
mod tx;
mod verify;
mod writer;

pub use appraisal::Appraised;
pub use clock::Clock;
pub use db::Store;
pub use error::StoreError;
pub use once::{Done, Key};
pub use packs::{GivenUp, PackVersion};
pub use page::Page;
pub use rounds::NewRound;
pub use settings::{Settings, number_prefix};
pub use verify::{Broken, Held, Progress, Verified};
