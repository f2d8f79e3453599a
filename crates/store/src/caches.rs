//! What is read often and changes seldom: parsed packs, facts in columns, the calendar.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use duixian_casework::calendar::Calendar;
use duixian_facts::table::Facts;
use duixian_rules::pack::Pack;

use crate::facts::FactRow;

/// Everything kept in memory beside the database. Nothing in it is needed to be right: it can always be read again, and
/// what can change is kept under the version it has in the database.
pub(crate) struct Caches {
    /// Packs by number.
    pub(crate) packs: Recent<i64, Arc<Pack>>,
    /// Facts in columns, by version of the facts and pack. A district takes some tens of megabytes.
    pub(crate) facts: Recent<(i64, i64), Arc<Facts>>,
    /// What a version of the facts says of a party: by version, pack and code. A party takes some kilobytes.
    pub(crate) parties: Ageing<(i64, i64, String), Arc<Vec<FactRow>>>,
    /// The calendar, by its version.
    pub(crate) calendar: Recent<i64, Arc<Calendar>>,
}

impl Default for Caches {
    fn default() -> Caches {
        let parties = Ageing::of(4096);
        Caches { packs: Recent::of(8), facts: Recent::of(2), parties, calendar: Recent::of(1) }
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

/// Many values. Those that were used last are kept: when the young are too many they become the old, and the old that
/// nobody has asked for since are forgotten.
pub(crate) struct Ageing<K, V> {
    kept: Mutex<(HashMap<K, V>, HashMap<K, V>)>,
    /// How many are young at most.
    most: usize,
}

impl<K: Eq + Hash + Clone, V: Clone> Ageing<K, V> {
    fn of(most: usize) -> Ageing<K, V> {
        Ageing { kept: Mutex::default(), most }
    }

    fn lock(&self) -> MutexGuard<'_, (HashMap<K, V>, HashMap<K, V>)> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn get(&self, key: &K) -> Option<V> {
        let mut kept = self.lock();
        if let Some(young) = kept.0.get(key) {
            return Some(young.clone());
        }
        let old = kept.1.remove(key)?;
        self.place(&mut kept, key.clone(), old.clone());
        Some(old)
    }

    pub(crate) fn put(&self, key: K, value: V) {
        self.place(&mut self.lock(), key, value);
    }

    fn place(&self, kept: &mut (HashMap<K, V>, HashMap<K, V>), key: K, value: V) {
        if kept.0.len() >= self.most {
            kept.1 = std::mem::take(&mut kept.0);
        }
        kept.0.insert(key, value);
    }
}

#[cfg(test)]
mod tests {
    use super::Ageing;

    #[test]
    fn what_is_used_stays_and_the_rest_is_forgotten() {
        let cache = Ageing::of(4);
        for number in 0..100 {
            cache.put(number, number * 2);
            assert_eq!(cache.get(&0), Some(0), "used all the time");
            assert_eq!(cache.get(&number), Some(number * 2));
        }
        assert_eq!(cache.get(&50), None);
        let kept = cache.lock();
        assert!(kept.0.len() + kept.1.len() <= 8);
    }
}
