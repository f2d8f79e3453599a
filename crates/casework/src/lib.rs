//! The life of an application, from draft to payment, without I/O and without a clock.
//!
//! A [`Case`](case::Case) is what its [events](event) made of it. [`handle`](handle::handle) is the one transition: it takes a case, a
//! [command], the [actor](people) and the time, and gives events or a [refusal] that names the rule in the way.
//! [`permit`](permit::permit) is the part of it that a page can ask beforehand. Steps, desks and days come from the pack
//! ([`procedure`]); deadlines count working days ([`calendar`]); money moves by what events say of it
//! ([`event::MoneyMove`]), in the ledger, in the same transaction.

pub mod account;
mod apply;
pub mod appraisal;
pub mod batch;
pub mod calendar;
pub mod case;
pub mod command;
mod contested;
pub mod contradiction;
mod decision;
pub mod dossier;
pub mod doubt;
pub mod event;
pub mod handle;
mod late;
pub mod moment;
mod payment;
pub mod people;
pub mod permit;
pub mod procedure;
pub mod refusal;
pub mod round;
pub mod settlement;
pub mod stage;
pub mod stated;
mod unsent;
