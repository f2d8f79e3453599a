//! Numbers that look random and are the same everywhere: SplitMix64 (Steele, Lea and Flood, 2014), whole numbers only.

/// A stream of numbers.
pub(super) struct Rng(u64);

impl Rng {
    /// The stream of one member of a family of streams, so that enterprises can be made in any order.
    pub(super) fn of(seed: u64, member: u64) -> Rng {
        let mut family = Rng(seed);
        let mut stream = Rng(family.next() ^ member.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        // One step more parts the streams of neighbouring members.
        Rng(stream.next())
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 up to, but not including, `end`.
    pub(super) fn below(&mut self, end: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(end)) >> 64) as u64
    }

    /// A number from `first` to `last`.
    pub(super) fn between(&mut self, first: i64, last: i64) -> i64 {
        first + self.below((last - first).max(0) as u64 + 1) as i64
    }

    /// True so many times in a thousand.
    pub(super) fn chance(&mut self, per_mille: u64) -> bool {
        self.below(1_000) < per_mille
    }

    /// One of a list.
    pub(super) fn pick<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len() as u64) as usize]
    }

    /// An index, each as likely as its weight says.
    pub(super) fn weighted(&mut self, weights: &[u64]) -> usize {
        let mut point = self.below(weights.iter().sum());
        for (index, &weight) in weights.iter().enumerate() {
            if point < weight {
                return index;
            }
            point -= weight;
        }
        weights.len() - 1
    }

    /// An amount about a median, spread as revenues are: its logarithm is near to normal. `octaves` is how far from the
    /// median, in doublings, the rarest amounts lie divided by two.
    pub(super) fn log_normal(&mut self, median: i64, octaves: i64) -> i64 {
        // Four even numbers added are near enough to a normal one.
        let sum: i64 = (0..4).map(|_| self.below(1 << 16) as i64).sum();
        let exponent = (sum - (2 << 16)) * octaves;
        // 2^fraction is taken as 1 + fraction, which bends the curve a little and needs whole numbers only.
        let (doublings, fraction) = (exponent >> 16, exponent & 0xFFFF);
        let amount = i128::from(median) * i128::from((1 << 16) + fraction);
        let amount = if doublings >= 0 { amount << doublings } else { amount >> -doublings };
        (amount >> 16).clamp(1, 1_000_000_000_000_000) as i64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_lie_about_their_median() {
        let mut rng = Rng::of(7, 1);
        let mut amounts: Vec<i64> = (0..10_001).map(|_| rng.log_normal(1_000_000, 3)).collect();
        amounts.sort();
        assert!((900_000..1_100_000).contains(&amounts[5_000]), "{}", amounts[5_000]);
        assert!(amounts[9_900] > 4 * amounts[5_000], "a long tail");
    }
}
