use crate::{Fen, WHOLE};

/// How a quotient becomes a whole number of units. Halves go away from zero in [`Rounding::HalfUp`], so that a
/// refund of an amount rounds to the same figure as the amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rounding {
    /// 四舍五入: to the nearest unit, halves away from zero.
    HalfUp,
    /// 舍去: towards zero.
    Down,
    /// 进位: away from zero.
    Up,
}

/// A percentage of an amount, rounded half-up to the fen. `rate_ppm` is in parts per million.
pub fn percent_of(rate_ppm: i64, amount: Fen) -> Fen {
    Fen(divide(i128::from(rate_ppm) * i128::from(amount.0), i128::from(WHOLE), Rounding::HalfUp))
}

/// Rounds an amount to a whole number of units of `unit_fen` fen (which is at least 1).
pub fn round_to(amount: Fen, unit_fen: i64, rounding: Rounding) -> Fen {
    let units = divide(i128::from(amount.0), i128::from(unit_fen.max(1)), rounding);
    Fen(units.saturating_mul(unit_fen.max(1)))
}

fn divide(dividend: i128, divisor: i128, rounding: Rounding) -> i64 {
    let (quotient, remainder) = (dividend / divisor, dividend % divisor);
    let away = match rounding {
        Rounding::HalfUp => remainder.abs() * 2 >= divisor,
        Rounding::Down => false,
        Rounding::Up => remainder != 0,
    };
    let rounded = if away { quotient + dividend.signum() } else { quotient };
    rounded.clamp(i128::from(i64::MIN + 1), i128::from(i64::MAX)) as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_round_half_up_to_the_fen() {
        assert_eq!(percent_of(800_000, Fen(3)), Fen(2), "2.4 fen");
        assert_eq!(percent_of(500_000, Fen(1)), Fen(1), "half a fen goes up");
        assert_eq!(percent_of(600_000, Fen(-1)), Fen(-1));
        assert_eq!(percent_of(1_000_000, Fen(123)), Fen(123));
    }

    #[test]
    fn rounds_to_units() {
        assert_eq!(round_to(Fen(12_350), 100, Rounding::HalfUp), Fen(12_400));
        assert_eq!(round_to(Fen(12_399), 100, Rounding::Down), Fen(12_300));
        assert_eq!(round_to(Fen(12_301), 100, Rounding::Up), Fen(12_400));
    }
}
