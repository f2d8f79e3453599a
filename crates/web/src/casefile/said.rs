//! What a pack says in words (titles, readings, notes, types of evidence) as a page shows it in the reader's language.

use duixian_casework::case::Evidence;
use duixian_casework::procedure::Procedure;
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

/// A condition on the use of the money: in English as the pack says what the money is for, where the pack has set it; what an official
/// has written stays as it is.
pub fn use_condition(english: &English, procedure: &Procedure, text: &str) -> Text {
    let is_set = english.of(text).is_none() && procedure.use_condition().is_some_and(|set| set == text);
    let purposes: Option<Vec<&str>> = procedure.purpose.iter().map(|purpose| english.of(purpose)).collect();
    match purposes.filter(|_| is_set) {
        Some(purposes) => Text::new(text.to_owned(), format!("What the money is for: {}", purposes.join("; "))),
        None => said(english, text),
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

    /// A pack's English, by pairs.
    fn english(pairs: &[(&str, &str)]) -> English {
        let cell = |text: &str| Cell { text: text.to_owned(), ..Cell::default() };
        let lines: Vec<EnglishLine> =
            pairs.iter().map(|(zh, en)| EnglishLine { chinese: cell(zh), english: cell(en) }).collect();
        English::read(&lines.iter().collect::<Vec<_>>())
    }

    #[test]
    fn a_condition_of_use_is_in_english_where_the_pack_sets_it() {
        let purpose = ["用于研发", "企业项目建设"].map(str::to_owned).to_vec();
        let procedure = Procedure {
            steps: Vec::new(),
            correction_days: 10,
            objection_days: 5,
            required_evidence: Vec::new(),
            optional_evidence: Vec::new(),
            purpose,
        };
        let set = procedure.use_condition().expect("it sets one");
        let both = english(&[("用于研发", "research"), ("企业项目建设", "the enterprise's projects")]);
        let told = use_condition(&both, &procedure, &set);
        assert_eq!(
            (told.zh.as_ref(), told.en.as_ref()),
            (set.as_str(), "What the money is for: research; the enterprise's projects")
        );
        for (english, text) in [(&both, "不得用于发放工资"), (&english(&[("用于研发", "research")]), &set)]
        {
            assert_eq!(use_condition(english, &procedure, text), Text::same(text.to_owned()), "as it was written");
        }
    }

    #[test]
    fn evidence_is_named_in_both_languages() {
        let english = english(&[("贷款合同", "Loan contract")]);
        let named = |kind: &str| evidence(&english, kind).en.into_owned();
        assert_eq!(named("贷款合同"), "Loan contract");
        assert_eq!(named("纳税证明"), "纳税证明", "what the pack says in Chinese alone stays so");
        assert_eq!(named("其他证明材料"), "other evidence");
        assert_eq!(named("其他证明材料：厂房租赁合同"), "other evidence: 厂房租赁合同");
    }
}
