//! Letters and digits in one width.

/// A text with its full-width letters and digits half-width, as a Chinese keyboard may write either. Brackets and other
/// signs stay: they belong to names.
pub fn half_width(text: &str) -> String {
    text.chars().map(half).collect()
}

fn half(one: char) -> char {
    match one {
        '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' => char::from_u32(u32::from(one) - 0xfee0).unwrap_or(one),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_and_digits_alone_are_narrowed() {
        assert_eq!(half_width("ＺＬ２０１７（贵阳）ａ－1〔２〕"), "ZL2017（贵阳）a－1〔2〕");
        assert_eq!(half_width("０９ＡＺａｚ／：＠［｀｛"), "09AZaz／：＠［｀｛");
    }
}
