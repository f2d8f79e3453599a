//! Views of a case that several areas share: timeline, facts, why, evidence, decision, documents.

pub mod basis;
pub mod cells;
pub mod corrected;
pub mod disputed;
pub mod documents;
pub mod doubted;
pub mod facts;
pub mod failed;
pub mod file;
pub mod grounds;
pub mod history;
pub mod industry;
pub mod payee;
pub mod question;
pub mod queue;
pub mod reasons;
pub mod said;
pub mod shared;
pub mod span;
pub mod stages;
pub mod why;

pub use file::CaseFile;

use crate::access::{Access, Routes};

/// The routes.
pub fn routes() -> Routes {
    Routes::new().get("/cases/{id}/documents/{kind}", Access::SignedIn, documents::page)
}
