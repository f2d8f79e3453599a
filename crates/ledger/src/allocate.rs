//! Who is served when a fund is short: the waiting decisions, by the rule the official chose.

use duixian_money::Fen;
use serde::{Deserialize, Serialize};

/// How decisions that wait for money are served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum AllocationRule {
    /// 先审定先保障: whole amounts, first decided first.
    FirstDecided,
    /// 按比例: everyone the same part, to the fen.
    ProRata,
    /// 按优先级: whole amounts by [`Waiting::priority`], then first decided first.
    Priority,
}

/// A decision that waits for money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Waiting {
    /// The case, by its number.
    pub case: i64,
    /// What it was decided to get, in fen. 0 or less gets nothing.
    #[serde(with = "crate::whole_fen")]
    pub amount: Fen,
    /// When it was decided, in Unix milliseconds.
    pub decided_at: i64,
    /// As officials count: 1 is served before 2.
    pub priority: i32,
}

/// What a waiting decision gets. `granted + short` is its amount, neither is negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Share {
    /// The case, by its number.
    pub case: i64,
    /// What it gets now, in fen.
    #[serde(with = "crate::whole_fen")]
    pub granted: Fen,
    /// What is lacking, in fen.
    #[serde(with = "crate::whole_fen")]
    pub short: Fen,
}

/// Divides what a fund has free among the waiting: one share for each, in the order of service, which is the same for
/// the same decisions in whatever order they come in (ties go by case number).
///
/// [`AllocationRule::FirstDecided`] and [`AllocationRule::Priority`] serve whole amounts and stop at the first that
/// does not fit. They don't skip it for a smaller one behind it: the large one would wait for ever while small ones
/// pass it, an amount could be decided small in order to jump the queue, and nobody could be told their place in it.
///
/// [`AllocationRule::ProRata`] gives out exactly the smaller of what is free and what is waited for. Each gets the part
/// that is theirs rounded down to the fen; the few fen left over go one each to the largest fractions.
pub fn allocate(free: Fen, waiting: &[Waiting], rule: AllocationRule) -> Vec<Share> {
    let queue = in_turn(waiting, rule);
    let free = free.0.max(0);
    let wanted: Vec<i64> = queue.iter().map(|it| it.amount.0.max(0)).collect();
    let granted = match rule {
        AllocationRule::FirstDecided | AllocationRule::Priority => in_order(free, &wanted),
        AllocationRule::ProRata => pro_rata(free, &wanted, &queue),
    };
    queue
        .iter()
        .zip(wanted.iter().zip(granted))
        .map(|(it, (wanted, granted))| Share { case: it.case, granted: Fen(granted), short: Fen(wanted - granted) })
        .collect()
}

/// Those of the waiting that by these shares get nothing while one that was decided after them gets something, first decided first. Who has
/// no share at all is nobody's to serve.
pub fn passed_over(waiting: &[Waiting], shares: &[Share]) -> Vec<i64> {
    let granted = |case: i64| shares.iter().find(|share| share.case == case).map(|share| share.granted);
    let queue = in_turn(waiting, AllocationRule::FirstDecided);
    let last = queue.iter().rposition(|one| granted(one.case).is_some_and(|granted| granted > Fen(0))).unwrap_or(0);
    queue.iter().take(last).filter(|one| granted(one.case) == Some(Fen(0))).map(|one| one.case).collect()
}

/// The place of a waiting decision, from 1, by a rule that serves one after the other; none by one that gives all of them
/// their part at once, and of a case that does not wait.
pub fn place(waiting: &[Waiting], case: i64, rule: AllocationRule) -> Option<usize> {
    match rule {
        AllocationRule::ProRata => None,
        AllocationRule::FirstDecided | AllocationRule::Priority => {
            in_turn(waiting, rule).iter().position(|one| one.case == case).map(|before| before + 1)
        }
    }
}

fn in_turn(waiting: &[Waiting], rule: AllocationRule) -> Vec<Waiting> {
    let mut queue = waiting.to_vec();
    queue.sort_by_key(|it| {
        let priority = if rule == AllocationRule::Priority { it.priority } else { 0 };
        (priority, it.decided_at, it.case, it.amount)
    });
    queue
}

fn in_order(free: i64, wanted: &[i64]) -> Vec<i64> {
    let mut left = Some(free);
    wanted
        .iter()
        .map(|&wanted| {
            left = left.and_then(|left| left.checked_sub(wanted)).filter(|left| *left >= 0);
            if left.is_some() { wanted } else { 0 }
        })
        .collect()
}

fn pro_rata(free: i64, wanted: &[i64], queue: &[Waiting]) -> Vec<i64> {
    let total: i128 = wanted.iter().map(|&wanted| i128::from(wanted)).sum();
    let free = i128::from(free);
    if total <= free {
        return wanted.to_vec();
    }
    // Both factors are below 2^63, so the product is below 2^126. Here `free < total`, so each quotient is less than
    // what is wanted wherever that is not 0, and a further fen still fits.
    let exact: Vec<i128> = wanted.iter().map(|&wanted| free * i128::from(wanted)).collect();
    let mut granted: Vec<i64> = exact.iter().map(|exact| (exact / total) as i64).collect();
    let left = free - granted.iter().map(|&granted| i128::from(granted)).sum::<i128>();
    let mut by_fraction: Vec<usize> = (0..wanted.len()).collect();
    by_fraction.sort_by_key(|&index| (std::cmp::Reverse(exact[index] % total), queue[index].case));
    // There are fewer left-over fen than fractions that are not 0, because those fractions add up to them.
    for &index in by_fraction.iter().take(left as usize) {
        granted[index] += 1;
    }
    granted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waiting(case: i64, amount: i64, decided_at: i64, priority: i32) -> Waiting {
        Waiting { case, amount: Fen(amount), decided_at, priority }
    }

    fn granted(free: i64, waiting: &[Waiting], rule: AllocationRule) -> Vec<(i64, i64)> {
        allocate(Fen(free), waiting, rule).iter().map(|share| (share.case, share.granted.0)).collect()
    }

    #[test]
    fn serves_whole_amounts_in_order_and_does_not_skip() {
        let queue = [waiting(1, 50, 30, 1), waiting(2, 80, 20, 2), waiting(3, 40, 10, 2)];
        assert_eq!(granted(100, &queue, AllocationRule::FirstDecided), [(3, 40), (2, 0), (1, 0)]);
        assert_eq!(granted(120, &queue, AllocationRule::FirstDecided), [(3, 40), (2, 80), (1, 0)]);
        assert_eq!(granted(100, &queue, AllocationRule::Priority), [(1, 50), (3, 40), (2, 0)]);
        assert_eq!(granted(0, &queue, AllocationRule::Priority), [(1, 0), (3, 0), (2, 0)]);
        assert_eq!(granted(-5, &queue, AllocationRule::Priority), [(1, 0), (3, 0), (2, 0)]);
    }

    #[test]
    fn who_goes_without_before_one_decided_later_is_passed_over() {
        let queue = [waiting(1, 50, 30, 1), waiting(2, 80, 20, 2), waiting(3, 40, 10, 2)];
        let passed = |free, rule| passed_over(&queue, &allocate(Fen(free), &queue, rule));
        assert_eq!(passed(50, AllocationRule::Priority), [3, 2]);
        assert_eq!(passed(100, AllocationRule::Priority), [2]);
        assert_eq!(passed(170, AllocationRule::Priority), [0; 0], "it is enough for all");
        assert_eq!(passed(0, AllocationRule::Priority), [0; 0], "nobody gets anything");
        for free in [0, 39, 40, 100, 120, 169, 170] {
            assert_eq!(passed(free, AllocationRule::FirstDecided), [0; 0], "{free}");
        }
        let mut shares = allocate(Fen(100), &queue, AllocationRule::Priority);
        shares.retain(|share| share.case != 2);
        assert_eq!(passed_over(&queue, &shares), [0; 0], "who is not to be served is not passed over");
    }

    #[test]
    fn a_place_is_that_of_the_order_of_service_and_pro_rata_has_none() {
        let queue = [waiting(1, 50, 30, 1), waiting(2, 80, 20, 2), waiting(3, 40, 10, 2)];
        let places = |rule| [1, 2, 3, 4].map(|case| place(&queue, case, rule));
        assert_eq!(places(AllocationRule::FirstDecided), [Some(3), Some(2), Some(1), None]);
        assert_eq!(places(AllocationRule::Priority), [Some(1), Some(3), Some(2), None]);
        assert_eq!(places(AllocationRule::ProRata), [None; 4]);
    }

    #[test]
    fn divides_to_the_last_fen() {
        let three = [waiting(9, 100, 1, 0), waiting(8, 100, 2, 0), waiting(7, 100, 3, 0)];
        assert_eq!(
            granted(100, &three, AllocationRule::ProRata),
            [(9, 33), (8, 33), (7, 34)],
            "the tie goes to case 7"
        );
        assert_eq!(granted(101, &three, AllocationRule::ProRata), [(9, 33), (8, 34), (7, 34)]);
        let uneven = [waiting(1, 1, 1, 0), waiting(2, 5, 1, 0), waiting(3, 4, 1, 0), waiting(4, -3, 1, 0)];
        assert_eq!(granted(7, &uneven, AllocationRule::ProRata), [(1, 1), (2, 3), (3, 3), (4, 0)]);
        assert_eq!(granted(11, &uneven, AllocationRule::ProRata), [(1, 1), (2, 5), (3, 4), (4, 0)], "enough for all");
        assert!(granted(5, &[], AllocationRule::ProRata).is_empty());
    }

    #[test]
    fn the_largest_amounts_do_not_overflow() {
        let queue = [waiting(1, i64::MAX, 1, 0), waiting(2, i64::MAX, 2, 0)];
        assert_eq!(granted(i64::MAX, &queue, AllocationRule::ProRata), [(1, i64::MAX / 2 + 1), (2, i64::MAX / 2)]);
    }
}
