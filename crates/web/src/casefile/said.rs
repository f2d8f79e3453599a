//! What a pack says in words (titles, readings, notes, types of evidence) as a page shows it in the reader's language.

use duixian_casework::case::Evidence;
use duixian_rules::english::English;

use crate::locale::{Lang, Text};

/// What someone hands in that the rules do not name. Its kind begins so, and goes on with what they call it.
pub const OTHER_EVIDENCE: &str = "其他证明材料";

/// A text of the pack: in English as the pack says it, or else as it is.
pub fn said(english: &English, text: &str) -> Text {
    Text::new(text.to_owned(), english.in_lang(text, Lang::En).to_owned())
}

/// Texts of the pack.
pub fn all_said(english: &English, texts: &[String]) -> Vec<Text> {
    texts.iter().map(|text| said(english, text)).collect()
}

/// A type of evidence: as the pack says it, or as whoever handed it in calls it.
pub fn evidence(english: &English, kind: &str) -> Text {
    match kind.strip_prefix(OTHER_EVIDENCE) {
        Some(name) => Text::new(kind.to_owned(), format!("other evidence{}", name.replacen('：', ": ", 1))),
        None => said(english, kind),
    }
}

/// A piece of evidence by its type and its file.
pub fn piece_name(english: &English, piece: &Evidence) -> Text {
    let name = evidence(english, &piece.kind);
    match &piece.file {
        Some(file) => Text::new(format!("{}：{}", name.zh, file.name), format!("{}: {}", name.en, file.name)),
        None => name,
    }
}

#[cfg(test)]
mod tests {
    use duixian_rules::markdown::{Cell, EnglishLine};

    use super::*;

    #[test]
    fn evidence_is_named_in_both_languages() {
        let cell = |text: &str| Cell { text: text.to_owned(), ..Cell::default() };
        let line = EnglishLine { chinese: cell("贷款合同"), english: cell("Loan contract") };
        let english = English::read(&[&line]);
        let named = |kind: &str| evidence(&english, kind).en.into_owned();
        assert_eq!(named("贷款合同"), "Loan contract");
        assert_eq!(named("纳税证明"), "纳税证明", "what the pack says in Chinese alone stays so");
        assert_eq!(named("其他证明材料"), "other evidence");
        assert_eq!(named("其他证明材料：厂房租赁合同"), "other evidence: 厂房租赁合同");
    }
}
