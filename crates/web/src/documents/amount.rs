//! Amounts in capital numerals, as receipts and payment notices must write them.

use duixian_money::Fen;

const DIGITS: [&str; 10] = ["零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖"];

/// `人民币叁拾万元整`, `人民币壹仟零伍元贰角叁分`. After 元 without jiao and fen stands 整; a missing jiao before fen is 零
/// (Payment and Settlement Measures of the People's Bank of China, annex on filling in bills).
pub fn in_capitals(amount: impl std::borrow::Borrow<Fen>) -> String {
    let amount = amount.borrow();
    let magnitude = amount.0.unsigned_abs();
    let (yuan, jiao, fen) = (magnitude / 100, (magnitude / 10 % 10) as usize, (magnitude % 10) as usize);
    let mut text = String::from(if amount.0 < 0 { "人民币负" } else { "人民币" });
    if yuan > 0 || (jiao == 0 && fen == 0) {
        text.push_str(&whole(yuan));
        text.push('元');
    }
    match (jiao, fen) {
        (0, 0) => text.push('整'),
        (0, fen) => {
            if yuan > 0 {
                text.push('零');
            }
            text.push_str(&format!("{}分", DIGITS[fen]));
        }
        (jiao, 0) => text.push_str(&format!("{}角整", DIGITS[jiao])),
        (jiao, fen) => text.push_str(&format!("{}角{}分", DIGITS[jiao], DIGITS[fen])),
    }
    text
}

/// A whole number in groups of four digits. A gap of zeros is read once, also across groups.
fn whole(number: u64) -> String {
    const GROUPS: [&str; 5] = ["", "万", "亿", "万亿", "亿亿"];
    const PLACES: [&str; 4] = ["", "拾", "佰", "仟"];
    if number == 0 {
        return DIGITS[0].to_owned();
    }
    let mut text = String::new();
    let mut is_gap = false;
    for group in (0..5).rev() {
        let part = (number / 10_000u64.pow(group)) % 10_000;
        for place in (0..4).rev() {
            let digit = (part / 10u64.pow(place) % 10) as usize;
            if digit == 0 {
                is_gap = !text.is_empty();
                continue;
            }
            if is_gap {
                text.push_str(DIGITS[0]);
                is_gap = false;
            }
            text.push_str(DIGITS[digit]);
            text.push_str(PLACES[place as usize]);
        }
        if part > 0 {
            text.push_str(GROUPS[group as usize]);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_as_a_cashier_writes_them() {
        for (fen, text) in [
            (0, "人民币零元整"),
            (30_000_000, "人民币叁拾万元整"),
            (100_523, "人民币壹仟零伍元贰角叁分"),
            (100_003, "人民币壹仟元零叁分"),
            (100_020, "人民币壹仟元贰角整"),
            (1_000_500_000, "人民币壹仟万零伍仟元整"),
            (10_010_100_000, "人民币壹亿零壹拾万零壹仟元整"),
            (5, "人民币伍分"),
            (50, "人民币伍角整"),
            (-100, "人民币负壹元整"),
            (100_000_000_000_000, "人民币壹万亿元整"),
        ] {
            assert_eq!(in_capitals(Fen(fen)), text, "{fen}");
        }
    }
}
