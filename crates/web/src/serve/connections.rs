//! How many connections there may be at once: so many in all that the system has files left for the database, and so many
//! from one address that one client cannot take them all.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How many there may be from one address. An office that shares one has a few dozen browsers with six each.
const FROM_ONE: usize = 200;
/// How many there may be where the system sets no limit.
const MOST: usize = 20_000;
/// How many files a process may open where the system does not say: the least that systems are shipped with.
const USUAL_FILES: usize = 256;

/// The most connections at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// In all.
    pub all: usize,
    /// From one address; none where all come from a proxy.
    pub from_one: Option<usize>,
}

impl Limits {
    /// What the system has room for: a quarter of the files that may be open is left for everything else.
    pub fn of_system(behind_proxy: bool) -> Limits {
        let files = std::fs::read_to_string("/proc/self/limits").ok().and_then(|text| soft_files(&text));
        let files = files.unwrap_or(USUAL_FILES);
        Limits { all: (files - files / 4).clamp(1, MOST), from_one: (!behind_proxy).then_some(FROM_ONE) }
    }
}

/// How many files a process may open, as `/proc/self/limits` says.
fn soft_files(limits: &str) -> Option<usize> {
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    match line.split_whitespace().next()? {
        "unlimited" => Some(usize::MAX),
        number => number.parse().ok(),
    }
}

/// The connections that there are.
pub struct Connections {
    limits: Limits,
    open: Arc<Mutex<Open>>,
}

#[derive(Default)]
struct Open {
    all: usize,
    from: HashMap<IpAddr, usize>,
}

/// The place of one connection, free again when this is dropped.
pub struct Place {
    open: Arc<Mutex<Open>>,
    from: IpAddr,
}

impl Connections {
    /// None yet.
    pub fn new(limits: Limits) -> Connections {
        Connections { limits, open: Arc::default() }
    }

    /// A place for a connection from an address; none where there are too many.
    pub fn place(&self, peer: IpAddr) -> Option<Place> {
        let from = client(peer);
        let mut open = lock(&self.open);
        let known = open.from.get(&from).copied().unwrap_or(0);
        if open.all >= self.limits.all || self.limits.from_one.is_some_and(|most| known >= most) {
            return None;
        }
        open.all += 1;
        open.from.insert(from, known + 1);
        drop(open);
        Some(Place { open: self.open.clone(), from })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = lock(&self.open);
        open.all -= 1;
        match open.from.get_mut(&self.from) {
            Some(count) if *count > 1 => *count -= 1,
            _ => drop(open.from.remove(&self.from)),
        }
    }
}

fn lock(open: &Mutex<Open>) -> MutexGuard<'_, Open> {
    open.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whose address it is: a client with IPv6 has a whole network of them.
fn client(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6((address.to_bits() >> 64 << 64).into()),
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_by_client_and_given_back() {
        let connections = Connections::new(Limits { all: 3, from_one: Some(2) });
        let place = |address: &str| connections.place(address.parse().expect("an address"));
        let first = place("10.0.0.1").expect("room");
        let second = place("::ffff:10.0.0.1").expect("room");
        assert!(place("10.0.0.1").is_none(), "two already");
        let third = place("2001:db8::1").expect("room");
        assert!(place("10.0.0.2").is_none(), "three in all");
        drop(first);
        let fourth = place("2001:db8::2").expect("room");
        assert!(place("2001:db8::3").is_none());
        drop((second, third, fourth));
        assert!(lock(&connections.open).from.is_empty());
        assert_eq!(lock(&connections.open).all, 0);
    }

    #[test]
    fn the_system_says_how_many_files_may_be_open() {
        let told = "Limit   Soft Limit  Hard Limit  Units\nMax processes   9  9  processes\nMax open files            \
                    1024                 1048576              files\n";
        assert_eq!(soft_files(told), Some(1024));
        assert_eq!(soft_files(&told.replace("1024", "unlimited")), Some(usize::MAX));
        assert_eq!(soft_files("nothing"), None);
        assert!(Limits::of_system(false).all >= 1);
        assert_eq!(Limits::of_system(true).from_one, None);
    }
}
