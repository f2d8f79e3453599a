//! What may stand in a text that people send, when two numbers are one to the eye, and what numbers are in plain digits. Every way in
//! asks the same functions: forms, the store, the files for the bank.

use unicode_normalization::UnicodeNormalization;

mod address;
mod folded;
mod labelled;
mod numerals;
mod personal;
mod width;

pub use folded::{folded, is_written_otherwise};
pub use numerals::{hundred_millions, whole_number};
pub use personal::{personal_details, run_together};
pub use width::half_width;

/// Whether a text holds a control character, a line break among them, or one that no XML document may hold: no line of a form,
/// of a list or of a bank's file has any.
pub fn has_control(text: &str) -> bool {
    text.chars().any(is_control)
}

/// The same of a text of several lines, which breaks and tabs may stand in.
pub fn has_control_in_lines(text: &str) -> bool {
    text.chars().any(|one| is_control(one) && !matches!(one, '\n' | '\r' | '\t'))
}

/// Whether a text holds marks that turn the direction of what follows: it would read otherwise than it is kept, searched and sent on.
pub fn has_turned(text: &str) -> bool {
    text.chars().any(|one| matches!(one, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'))
}

/// Whether a name or number holds something that nobody sees, or that stands for what could not be read: two that look the
/// same would not be.
pub fn has_unseen(text: &str) -> bool {
    text.chars().any(|one| is_control(one) || is_unseen(one))
}

/// Whether a number is written as numbers are here: with Chinese characters, our letters and digits, and signs. Letters of other
/// scripts are mostly there to look like ours.
pub fn is_plain(number: &str) -> bool {
    number.nfkc().all(|one| match one {
        ' '..='~' | '·' | '–' | '—' | '−' | '“' | '”' | '‘' | '’' | '…' => true,
        // Signs of Chinese, the zero among them; compatibility forms of brackets come down to these.
        '\u{3000}'..='\u{3017}' => true,
        // Bare strokes, and the rare characters of the extensions, are mostly there to look like our letters.
        '丨' | '丶' | '丿' | '亅' | '乀' | '乁' | '乙' | '乚' | '乛' | '亠' => false,
        '\u{4e00}'..='\u{9fff}' => true,
        _ => false,
    })
}

/// A text without what nobody sees: for names that come from elsewhere, and that nobody here could type anew.
pub fn without_unseen(text: &str) -> String {
    text.chars().filter(|one| !is_control(*one) && !is_unseen(*one)).collect::<String>().trim().to_owned()
}

/// A text of several lines without the same; its breaks and tabs stay.
fn without_unseen_in_lines(text: &str) -> String {
    text.chars().filter(|one| one.is_whitespace() || !(is_control(*one) || is_unseen(*one))).collect()
}

fn is_control(one: char) -> bool {
    one.is_control() || matches!(one, '\u{fffe}' | '\u{ffff}')
}

/// Characters of no width, those that turn the direction of writing, tags, variants, and the one for what was not readable.
fn is_unseen(one: char) -> bool {
    matches!(
        one,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'
            | '\u{1160}'
            | '\u{17b4}'
            | '\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffd}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_sees_is_found() {
        for text in ["工行\u{1}支行", "\u{85}某公司", "a\u{7f}", "a\u{9b}", "a\nb", "a\u{fffe}"] {
            assert!(has_control(text) && has_unseen(text), "{text:?}");
        }
        for text in
            ["IP\u{200b}1", "\u{202e}gpj.exe", "IP\u{ad}1", "IP\u{2060}1", "a\u{feff}", "a\u{fffd}", "a\u{e0041}"]
        {
            assert!(!has_control(text) && has_unseen(text), "{text:?}");
        }
        for text in ["", "中国工商银行（南明支行）", "IP-2017 001", "𠮷野家", "é", "e\u{301}"] {
            assert!(!has_control(text) && !has_unseen(text), "{text:?}");
        }
        for text in ["IP-2017 001", "ＺＬ２０１７．Ｘ", "黔科合〔2017〕12号", "软著登字第1234567号", "Ⅱ类2017", "㈠"]
        {
            assert!(is_plain(text), "{text:?}");
        }
        for text in
            ["ꓲꓑ0000398956", "IP0000З98956", "ΙΡ1", "٣٤", "ɪᴘ1", "丨1", "㐅M-9", "IP\u{200b}1", "Ø1", "I\u{301}"]
        {
            assert!(!is_plain(text), "{text:?}");
        }
        assert_eq!(without_unseen(" 贵州\u{202e}某\u{200b}公司\u{1} "), "贵州某公司");
        assert!(!has_control_in_lines("一\r\n二\t三") && has_control_in_lines("一\0二"));
    }
}
