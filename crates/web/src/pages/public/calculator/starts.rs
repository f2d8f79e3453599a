//! How a code may begin, where a rule looks at no more of it: `91 开头（是企业）`, `南明区（520102）`, anything else. Whoever
//! tries a rule out says which, and the rule is given a made-up code that begins so.

use duixian_facts::uscc::Uscc;
use duixian_rules::plan::{Node, NodeId, Plan};
use duixian_rules::vocabulary::{ColumnType, Name};

use crate::casefile::cells;
use crate::locale::Text;

/// One way in which a code may begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Start {
    /// What is sent: the beginning itself, or that it is any other.
    pub(super) value: String,
    /// What is read.
    pub(super) text: Text,
    /// A made-up code that begins so.
    pub(super) code: String,
}

/// What is sent for a code that begins in no way that the rule knows.
const OTHER: &str = "other";

/// How many beginnings are told apart at most: a choice among more is none, and the rule is asked once for each of them.
const MOST: usize = 60;

/// The beginnings that some tests of a rule tell apart, and any other. None where there are no tests, or more than can be chosen
/// from: such a code is typed. A party's own is never asked, so that of its beginnings the first are offered. A beginning that no code
/// can have is left out.
pub(super) fn starts(plan: &Plan, ty: ColumnType, tests: &[NodeId]) -> Vec<Start> {
    let mut told: Vec<(&str, Vec<&Name>)> = Vec::new();
    for &test in tests {
        let Node::HasPrefix(_, beginnings) = &plan.nodes[test].node else { continue };
        let name = plan.definition(test).or_else(|| plan.vocabulary.group_of(ty, beginnings));
        for beginning in beginnings {
            let known = told.iter().position(|(of, _)| of == beginning).unwrap_or_else(|| {
                told.push((beginning, Vec::new()));
                told.len() - 1
            });
            let names = &mut told[known].1;
            names.extend(name.filter(|name| !names.contains(name)));
        }
    }
    if told.is_empty() || told.len() > MOST && ty != ColumnType::Party {
        return Vec::new();
    }
    let all: Vec<&str> = told.iter().map(|(beginning, _)| *beginning).collect();
    let start = |(beginning, names): &(&str, Vec<&Name>)| {
        let code = made(ty, beginning, &all)?;
        Some(Start { value: (*beginning).to_owned(), text: named(ty, beginning, names), code })
    };
    let other = made(ty, "", &all).map(|code| Start { value: OTHER.to_owned(), text: otherwise(ty), code });
    told.iter().take(MOST).filter_map(start).chain(other).collect()
}

/// A code that begins in a way, and in no longer one of those that are told apart.
pub(super) fn made(ty: ColumnType, beginning: &str, told: &[&str]) -> Option<String> {
    let is_apart = |code: &String| told.iter().all(|other| !code.starts_with(other) || beginning.starts_with(other));
    let filled = |filler: char, length: usize| {
        let rest = length.checked_sub(beginning.chars().count())?;
        Some(beginning.chars().chain(std::iter::repeat_n(filler, rest)).collect::<String>())
    };
    let code = |filler: char| match ty {
        ColumnType::Party => Uscc::complete(&filled(filler, 17)?).map(|code| code.to_string()),
        ColumnType::Division => filled(filler, 6),
        ColumnType::Industry if beginning.len() >= 2 => Some(beginning.to_owned()),
        ColumnType::Industry => filled(filler, 2),
        _ => None,
    };
    ('1'..='9').filter_map(code).find(is_apart)
}

fn named(ty: ColumnType, beginning: &str, names: &[&Name]) -> Text {
    // A condition's English says what the party is: `is enterprise`.
    let thing = |en: &str| en.strip_prefix("is ").unwrap_or(en).to_owned();
    let (zh, en): (Vec<String>, Vec<String>) =
        names.iter().map(|name| cells::name(name)).map(|name| (name.zh.into_owned(), thing(&name.en))).unzip();
    match (ty, names.is_empty()) {
        (ColumnType::Party, true) => Text::new(format!("{beginning} 开头"), format!("begins with {beginning}")),
        (ColumnType::Party, false) => Text::new(
            format!("{beginning} 开头（{}）", zh.join("、")),
            format!("begins with {beginning} ({})", en.join(", ")),
        ),
        (_, true) => Text::same(beginning.to_owned()),
        (_, false) => {
            Text::new(format!("{}（{beginning}）", zh.join("、")), format!("{} ({beginning})", en.join(", ")))
        }
    }
}

fn otherwise(ty: ColumnType) -> Text {
    match ty {
        ColumnType::Party => ("别的开头", "begins otherwise").into(),
        ColumnType::Division => ("别的地方", "elsewhere").into(),
        _ => ("别的", "any other").into(),
    }
}

#[cfg(test)]
mod tests {
    use duixian_facts::uscc::Uscc;

    use super::*;

    #[test]
    fn made_up_codes_are_sound_and_begin_as_they_should_and_no_further() {
        let told = ["91", "9152", "52"];
        for beginning in ["91", "9152", "52", ""] {
            let code = made(ColumnType::Party, beginning, &told).expect("there is such a code");
            assert!(Uscc::parse(&code).is_ok() && code.starts_with(beginning), "{code}");
            let told: Vec<&&str> = told.iter().filter(|other| code.starts_with(**other)).collect();
            assert!(told.iter().all(|other| beginning.starts_with(**other)), "{code} is {told:?} too");
        }
        assert_eq!(made(ColumnType::Party, "ZZ", &[]), None, "no code has these letters");
        assert_eq!(made(ColumnType::Party, "912345678901234567890", &[]), None, "no code is that long");
        assert_eq!(made(ColumnType::Division, "520102", &["520102"]).as_deref(), Some("520102"));
        assert_eq!(made(ColumnType::Division, "", &["1", "2"]).as_deref(), Some("333333"));
        assert_eq!(made(ColumnType::Industry, "51", &["51", "52"]).as_deref(), Some("51"));
        assert_eq!(made(ColumnType::Industry, "", &["51", "11"]).as_deref(), Some("22"));
    }
}
