//! What time it is for the store.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use duixian_casework::moment::Moment;

/// Where the time comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// The machine's clock, shifted by what stands in the database; a demonstration moves it forward
    /// ([`Store::advance_clock`](crate::Store::advance_clock)).
    Shifted,
}

/// The running clock. It never goes back, even where the machine's does: what happened later is never dated earlier.
#[derive(Debug)]
pub(crate) struct Ticking {
    pub(crate) clock: Clock,
    shift: AtomicI64,
    last: AtomicI64,
}

impl Ticking {
    pub(crate) fn new(clock: Clock, shift: i64, last: Moment) -> Ticking {
        Ticking { clock, shift: AtomicI64::new(shift), last: AtomicI64::new(last.0) }
    }

    pub(crate) fn now(&self) -> Moment {
        let Moment(now) = shifted_by(self.shift.load(Ordering::Relaxed));
        Moment(self.last.fetch_max(now, Ordering::Relaxed).max(now))
    }

    /// A moment that nothing has had before, a millisecond ahead of the machine's where it must be: what is served in the order of its
    /// time is never of one time with another.
    pub(crate) fn next(&self) -> Moment {
        let Moment(now) = shifted_by(self.shift.load(Ordering::Relaxed));
        let after = |last: i64| now.max(last.saturating_add(1));
        let last = self.last.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| Some(after(last)));
        Moment(last.map_or(now, after))
    }

    /// Begins anew at a moment, and gives the shift that this takes.
    pub(crate) fn restart(&self, start: Moment) -> i64 {
        self.set_shift(0);
        self.last.store(0, Ordering::Relaxed);
        let shift = start.0.saturating_sub(self.now().0);
        self.last.store(start.0, Ordering::Relaxed);
        self.set_shift(shift);
        shift
    }

    /// Takes note of a moment that another process has recorded.
    pub(crate) fn not_before(&self, moment: Moment) {
        self.last.fetch_max(moment.0, Ordering::Relaxed);
    }

    pub(crate) fn set_shift(&self, shift: i64) {
        self.shift.store(shift, Ordering::Relaxed);
    }
}

/// The machine's time with a shift.
pub(crate) fn shifted_by(shift: i64) -> Moment {
    let machine = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let machine = i64::try_from(machine.as_millis()).unwrap_or(i64::MAX);
    Moment(machine.saturating_add(shift))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_of_their_own_are_never_the_same_and_the_clock_goes_on_from_them() {
        let clock = Ticking::new(Clock::System, 0, Moment(0));
        let taken: Vec<Moment> = (0..50).map(|_| clock.next()).collect();
        assert!(taken.windows(2).all(|pair| pair[0] < pair[1]), "{taken:?}");
        assert!(clock.now() >= taken[49]);
    }
}
