//! What the writer remembers from one transaction to the next: documents that seldom change, the last numbers given.
//!
//! It is right because everything that changes them is journaled: an entry of such a kind, or one that another process has
//! written, and all is forgotten. So is it when a transaction fails.

use std::any::Any;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::db::Queries;
use crate::error::StoreError;

/// The most documents that are kept.
const MOST: usize = 4096;

/// Documents by a name of their own.
#[derive(Default)]
pub(crate) struct Memo {
    kept: Mutex<HashMap<String, Arc<dyn Any + Send + Sync>>>,
    /// Whether the job under way has itself changed what is remembered: what it reads may yet be taken back.
    is_bypassed: bool,
}

impl Memo {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Arc<dyn Any + Send + Sync>>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes note of an entry on the journal. Cases and money move all the time and are not what is remembered.
    pub(crate) fn journaled(&mut self, kind: &str) {
        let moves = ["case.", "transfer", "account.", "batch."];
        if !moves.iter().any(|one| kind.starts_with(one)) {
            self.lock().clear();
            self.is_bypassed = true;
        }
    }

    pub(crate) fn get<T: Clone + 'static>(&self, name: &str) -> Option<T> {
        let there = self.lock().get(name).cloned()?;
        there.downcast_ref::<T>().cloned()
    }

    pub(crate) fn put<T: Send + Sync + 'static>(&self, name: &str, value: T) {
        let mut kept = self.lock();
        if kept.len() >= MOST {
            kept.clear();
        }
        kept.insert(name.to_owned(), Arc::new(value));
    }

    /// The job is over.
    pub(crate) fn job_ended(&mut self) {
        self.is_bypassed = false;
    }
}

/// Reads something by way of the writer's memory; elsewhere, simply reads it.
pub(crate) async fn memoized<T: Clone + Send + Sync + 'static>(
    link: &impl Queries,
    name: &str,
    read: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    let Some(memo) = link.memo().filter(|memo| !memo.is_bypassed) else { return read.await };
    if let Some(there) = memo.get(name) {
        return Ok(there);
    }
    let found = read.await?;
    memo.put(name, found.clone());
    Ok(found)
}
