//! What is read often and changes seldom: parsed packs, facts in columns, the calendar.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use duixian_casework::calendar::Calendar;
use duixian_facts::table::Facts;
use duixian_rules::pack::Pack;

/// Everything kept in memory beside the database. Nothing in it is needed to be right: it can always be read again, and
/// what can change is kept under the version it has in the database.
pub(crate) struct Caches {
    /// Packs by number.
    pub(crate) packs: Recent<i64, Arc<Pack>>,
    /// Facts in columns, by version of the facts and pack. A district takes some tens of megabytes.
    pub(crate) facts: Recent<(i64, i64), Arc<Facts>>,
    /// The calendar, by its version.
    pub(crate) calendar: Recent<i64, Arc<Calendar>>,
}

impl Default for Caches {
    fn default() -> Caches {
        Caches { packs: Recent::of(8), facts: Recent::of(2), calendar: Recent::of(1) }
    }
}

/// The few values that were used last.
pub(crate) struct Recent<K, V> {
    kept: Mutex<Vec<(K, V)>>,
    most: usize,
}

impl<K: PartialEq, V: Clone> Recent<K, V> {
    fn of(most: usize) -> Recent<K, V> {
        Recent { kept: Mutex::default(), most }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<(K, V)>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn get(&self, key: &K) -> Option<V> {
        let mut kept = self.lock();
        let place = kept.iter().position(|(one, _)| one == key)?;
        let found = kept.remove(place);
        let value = found.1.clone();
        kept.push(found);
        Some(value)
    }

    pub(crate) fn put(&self, key: K, value: V) {
        let mut kept = self.lock();
        kept.retain(|(one, _)| *one != key);
        kept.push((key, value));
        if kept.len() > self.most {
            kept.remove(0);
        }
    }
}
