//! One key for all ways in which a number can be written, or made to look.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use unicode_security::confusable_detection::skeleton;

/// A number as it is compared: without width, case, spaces, signs and accents, and with one of each group of letters and
/// digits that look alike, whatever script they are of; also without the 号 at its end, and without what only looks like a dash beside
/// Latin letters and digits. Two numbers with one key need not be the same, but nobody is sure at a
/// glance; the same number always has the same key. What has neither letter nor digit stays as it is.
pub fn folded(number: &str) -> String {
    let mut key = String::with_capacity(number.len());
    if number.is_ascii() {
        // Most are, and have nothing to be taken apart.
        number.chars().filter(char::is_ascii_alphanumeric).for_each(|one| add_look(&mut key, one));
    } else {
        let plain = number.nfkd().filter(|one| !is_combining_mark(*one) && one.is_alphanumeric());
        plain.for_each(|one| add_look(&mut key, one));
    }
    if key.contains(LIKE_DASHES) {
        key = without_dashes(&key);
    }
    if key.is_empty() {
        return number.trim().to_owned();
    }
    let stem = key.trim_end_matches('号').len();
    // What is nothing else is no number's ending.
    if stem > 0 {
        key.truncate(stem);
    }
    key
}

/// Whether two numbers are written otherwise than in width, case and spaces alone: where they have one key all the same, an official
/// may have found out that they are two.
pub fn is_written_otherwise(one: &str, other: &str) -> bool {
    let plain = |number: &str| -> String {
        number.nfkc().filter(|one| !one.is_whitespace()).flat_map(char::to_lowercase).collect()
    };
    plain(one) != plain(other)
}

/// The number one, and letters of other scripts, that nobody tells from a dash.
const LIKE_DASHES: [char; 3] = ['一', 'ー', '\u{1173}'];

/// A key without what stands for a dash: beside a Latin letter or digit nobody writes the number one as 一.
fn without_dashes(key: &str) -> String {
    let letters: Vec<char> = key.chars().collect();
    let is_dash = |one: &char| LIKE_DASHES.contains(one);
    let is_ours = |run: Option<&&[char]>, edge: fn(&[char]) -> Option<&char>| {
        run.and_then(|run| edge(run)).is_some_and(char::is_ascii_alphanumeric)
    };
    let runs: Vec<&[char]> = letters.chunk_by(|one, next| is_dash(one) == is_dash(next)).collect();
    let stays = |place: usize| {
        let before = place.checked_sub(1).and_then(|place| runs.get(place));
        !runs[place].iter().all(is_dash)
            || !is_ours(before, <[char]>::last) && !is_ours(runs.get(place + 1), <[char]>::first)
    };
    (0..runs.len()).filter(|place| stays(*place)).flat_map(|place| runs[place]).collect()
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
        assert_eq!((folded("黔科合〔2017〕12号"), folded("2018")), ("黔科合201712".to_owned(), "2018".to_owned()));
        assert_eq!((folded(""), folded("—")), (String::new(), "—".to_owned()));
        assert_eq!(folded(&folded("Ab-Oil")), folded("Ab-Oil"), "a key is its own key");
    }

    #[test]
    fn what_differs_in_signs_is_written_otherwise() {
        for (one, other, is) in [("1-12", "11-2", true), ("1-12", " 1－12", false), ("Ab 1", "aB１", false)] {
            assert_eq!(folded(one), folded(other));
            assert_eq!(is_written_otherwise(one, other), is, "{one} {other}");
        }
    }

    #[test]
    fn what_only_looks_like_a_dash_makes_no_other_number() {
        for text in [
            "ZL-2019-5566",
            "ZL一2019一5566",
            "ZLー2019㇐5566",
            "ZL⼀2019一一5566号",
            "一ZL2019 5566一",
            "ZLㅡ20195566",
        ] {
            assert_eq!(folded(text), "z120195566", "{text:?}");
        }
        assert_eq!(folded("黔科合一2017一12号"), folded("黔科合-2017-12"));
        // Between Chinese characters it is the number one.
        assert_ne!(folded("三期一号楼"), folded("三期号楼"));
        for text in ["一", "号", "第一号", "一号", "2一号", "号一2", "12号号"] {
            assert_eq!(folded(&folded(text)), folded(text), "a key is its own key");
            assert!(!folded(text).is_empty(), "{text:?}");
        }
    }
}
