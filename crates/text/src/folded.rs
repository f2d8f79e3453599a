//! One key for all ways in which a number can be written, or made to look.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use unicode_security::confusable_detection::skeleton;

/// A number as it is compared: without width, case, spaces, signs and accents, and with one of each group of letters and
/// digits that look alike, whatever script they are of. Two numbers with one key need not be the same, but nobody is sure at a
/// glance; the same number always has the same key. What has neither letter nor digit stays as it is.
pub fn folded(number: &str) -> String {
    let plain = number.nfkd().filter(|one| !is_combining_mark(*one) && one.is_alphanumeric());
    let mut key = String::with_capacity(number.len());
    plain.for_each(|one| add_look(&mut key, one));
    if key.is_empty() { number.trim().to_owned() } else { key }
}

/// Adds the letter or digit that stands for all that look like this one, as a capital or as a small letter. Characters that look
/// like none of ours are themselves.
fn add_look(key: &mut String, one: char) {
    let before = key.len();
    let mut add = |look: char| key.push(without_case(look));
    if one.is_ascii() {
        return add(one);
    }
    let (capital, small): (String, String) = (one.to_uppercase().collect(), one.to_lowercase().collect());
    for form in [&capital, &small] {
        // As Unicode has it (UTS #39), a stroke through a letter being a mark.
        let looks = || skeleton(form).filter(|look| !is_combining_mark(*look));
        if looks().all(|look| look.is_ascii_alphanumeric()) {
            looks().for_each(&mut add);
            break;
        }
    }
    if key.len() == before {
        key.push_str(&small);
    }
}

/// A letter or digit of ours, without case, and with one of those that look alike.
fn without_case(one: char) -> char {
    match one.to_ascii_lowercase() {
        'o' => '0',
        'l' | 'i' => '1',
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
            "ꓲꓑ0000499601",
            "ⲒⲢ0000499601",
            "ιρ0000499601",
            "ІР00004996О1",
        ] {
            assert_eq!(folded(text), "1p0000499601", "{text:?}");
        }
        assert_ne!(folded("IP0000499601"), folded("IP0000499602"));
        assert_eq!((folded("ØØ1"), folded("øø1")), (folded("001"), folded("001")));
        assert_eq!((folded("З98"), folded("з98"), folded("Сс")), ("398".to_owned(), "398".to_owned(), "cc".to_owned()));
        assert_eq!((folded("黔科合〔2017〕12号"), folded("2018")), ("黔科合201712号".to_owned(), "2018".to_owned()));
        assert_eq!((folded(""), folded("—")), (String::new(), "—".to_owned()));
        assert_eq!(folded(&folded("Ab-Oil")), folded("Ab-Oil"), "a key is its own key");
    }
}
