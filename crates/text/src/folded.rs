//! One key for all ways in which a number can be written, or made to look.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A number as it is compared: without width, case, spaces, signs and accents, and with one of each group of letters and
/// digits that look alike. Two numbers with one key need not be the same, but nobody is sure at a glance; the same number
/// always has the same key. What has neither letter nor digit stays as it is.
pub fn folded(number: &str) -> String {
    let plain = number.nfkd().filter(|one| !is_combining_mark(*one)).flat_map(char::to_lowercase);
    let key: String = plain.filter(|one| one.is_alphanumeric()).map(look).collect();
    if key.is_empty() { number.trim().to_owned() } else { key }
}

/// The one character that stands for all that look like it: the Cyrillic and Greek letters that look like Latin ones as
/// small or as capital letters, and the letters that look like 0 and 1.
fn look(one: char) -> char {
    match one {
        'o' | 'о' | 'ο' | 'օ' | '〇' => '0',
        'l' | 'i' | 'ı' | 'і' | 'ι' | 'ӏ' | 'ǀ' => '1',
        'а' | 'α' => 'a',
        'в' | 'β' => 'b',
        'с' | 'ϲ' => 'c',
        'е' | 'ε' => 'e',
        'һ' | 'н' | 'η' => 'h',
        'ј' | 'ϳ' => 'j',
        'к' | 'κ' => 'k',
        'м' | 'μ' => 'm',
        'ν' => 'n',
        'р' | 'ρ' => 'p',
        'ԛ' => 'q',
        'ѕ' => 's',
        'т' | 'τ' => 't',
        'ѵ' => 'v',
        'ԝ' => 'w',
        'х' | 'χ' => 'x',
        'у' | 'υ' | 'ү' => 'y',
        'ζ' => 'z',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_number_has_one_key_however_it_is_written() {
        for text in [
            "IP0000499601",
            "ip0000499601",
            "ＩＰ００００４９９６０１",
            "IP 0000499601",
            "IP\u{3000}0000499601.",
            "IP-0000499601",
            "IP\u{ad}0000499601",
            "IP0000499601\u{200b}",
            "IP\u{2060}0000499601",
            "IР0000499601",
            "ΙΡ0000499601",
            "IP0000499601",
            "IPOOOO4996O1",
            "lP0000499601",
            "I\u{301}P0000499601",
            "𝐈𝐏0000499601",
        ] {
            assert_eq!(folded(text), "1p0000499601", "{text:?}");
        }
        assert_ne!(folded("IP0000499601"), folded("IP0000499602"));
        assert_eq!((folded("黔科合〔2017〕12号"), folded("2018")), ("黔科合201712号".to_owned(), "2018".to_owned()));
        assert_eq!((folded(""), folded("—")), (String::new(), "—".to_owned()));
        assert_eq!(folded(&folded("Ab-Oil")), folded("Ab-Oil"), "a key is its own key");
    }
}
