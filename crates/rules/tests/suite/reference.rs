//! The language's reference page names every word of the language, in both surfaces.

use std::path::Path;

use crate::common::text;
use duixian_rules::examples::{HEADINGS, RESULTS};
use duixian_rules::syntax::keywords::{Keyword, RESERVED};
use duixian_rules::vocabulary::Lang;

#[test]
fn every_word_of_the_language_is_in_the_reference() {
    let page = text(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/language.md"));
    let keywords = Keyword::ALL.iter().map(|keyword| (keyword.spelling(Lang::Zh), keyword.spelling(Lang::En)));
    let results = RESULTS.iter().map(|(zh, en, _)| (*zh, *en));
    for (zh, en) in keywords.chain(results).chain(HEADINGS.iter().copied()) {
        assert!(page.contains(zh) && page.contains(en), "docs/reference/language.md lacks {zh} or {en}");
    }
}

#[test]
fn words_that_cannot_be_names_are_listed() {
    let page = text(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/language.md"));
    let list = page.split("\n\n").find(|part| part.starts_with("Words of the language that cannot be names"));
    let list = list.expect("the reference lists them");
    for keyword in RESERVED {
        let (zh, en) = (keyword.spelling(Lang::Zh), keyword.spelling(Lang::En));
        assert!(list.contains(zh), "{zh} is not listed");
        // A name is one word.
        assert!(en.contains(' ') || list.contains(&format!("`{en}`")), "{en} is not listed");
    }
}
