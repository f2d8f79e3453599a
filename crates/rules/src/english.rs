//! What a pack says in English of its own names and texts, for pages in English.
//!
//! A pack may hold tables headed 中文, English (mostly in a file of their own). A line gives what readers of English are shown for a
//! name that the pack declares, for the title, restatement or a reading of a clause, or for a note of a rule. It changes nothing of
//! what the rules mean, what ids are, or how a pack is translated.

use std::collections::BTreeSet;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::compile::{all_names, all_names_mut};
use crate::diagnostic::Diagnostic;
use crate::markdown::{Clause, EnglishLine};
use crate::source::Span;
use crate::syntax::ast::{GoalValue, Item, ItemKind};
use crate::vocabulary::Lang;

/// A pack's texts in English, by their Chinese.
#[derive(Clone, Debug, Default)]
pub struct English {
    texts: FxHashMap<String, Arc<str>>,
}

impl English {
    /// What the lines of a pack say; of two for one text, the first.
    pub fn read(lines: &[&EnglishLine]) -> English {
        let mut texts = FxHashMap::default();
        for line in lines.iter().filter(|line| !line.english.text.is_empty()) {
            texts.entry(key(&line.chinese.text)).or_insert_with(|| Arc::from(line.english.text.as_str()));
        }
        English { texts }
    }

    /// A text of the pack in English, where the pack says it.
    pub fn of(&self, text: &str) -> Option<&str> {
        self.texts.get(&key(text)).map(|english| &**english)
    }

    /// A text of the pack in a language: in Chinese where the pack says it in no other.
    pub fn in_lang<'a>(&'a self, text: &'a str, lang: Lang) -> &'a str {
        match lang {
            Lang::Zh => text,
            Lang::En => self.of(text).unwrap_or(text),
        }
    }

    /// Gives every declared name what readers of English call it.
    pub fn name(&self, items: &mut [Item]) {
        for names in items.iter_mut().flat_map(all_names_mut) {
            names.english = self.texts.get(&key(&names.zh.text)).cloned();
        }
    }
}

/// A text as it is looked up: where its lines are wrapped makes no other text of it.
fn key(text: &str) -> String {
    text.chars().filter(|one| !one.is_whitespace()).collect()
}

/// Says which lines are for nothing in the pack, which give a second English, and, in a pack that has lines, which texts have none.
pub(crate) fn check(lines: &[&EnglishLine], items: &[Item], clauses: &[&Clause], diagnostics: &mut Vec<Diagnostic>) {
    let Some(first) = lines.first() else { return };
    let texts = texts(items, clauses);
    let there: BTreeSet<String> = texts.iter().map(|text| key(text)).collect();
    let mut given: FxHashMap<String, Span> = FxHashMap::default();
    for line in lines {
        let (text, span) = (key(&line.chinese.text), line.chinese.span);
        if !there.contains(&text) {
            diagnostics.push(
                Diagnostic::new(
                    "W720",
                    span,
                    format!("规则包里没有“{}”，这行英文没有用处", shortened(&line.chinese.text)),
                    format!("the pack has no “{}”: this line's English is for nothing", shortened(&line.chinese.text)),
                )
                .hint(
                    "写规则包里的名称或原句；原句改过的，这里一起改",
                    "give a name or a text as the pack has it; where that has changed, change it here too",
                ),
            );
        } else if line.english.text.is_empty() {
            continue;
        } else if let Some(before) = given.insert(text, span) {
            diagnostics.push(
                Diagnostic::new(
                    "W721",
                    span,
                    format!("“{}”的英文写了两次，用的是前一次", shortened(&line.chinese.text)),
                    format!("the English of “{}” is given twice; the first counts", shortened(&line.chinese.text)),
                )
                .related(before, "前一次在这里", "first given here")
                .hint("删去一行", "drop one of the lines"),
            );
        }
    }
    let lacking: Vec<String> =
        texts.iter().filter(|text| !given.contains_key(&key(text))).map(|text| shortened(text)).collect();
    if !lacking.is_empty() {
        diagnostics.push(
            Diagnostic::new(
                "W722",
                first.chinese.span,
                format!("有 {} 处没有英文：{}", lacking.len(), lacking.join("、")),
                format!("{} have no English: {}", lacking.len(), lacking.join(", ")),
            )
            .hint(
                "在“中文 | English”表里各加一行；没有英文的，英文页面显示中文（名称带上 id）",
                "add a line for each to a table headed 中文, English; until then pages in English show the Chinese, names with their ids",
            ),
        );
    }
}

/// Every name and text of the pack that people are shown, each once, in the order of the pack.
fn texts<'a>(items: &'a [Item], clauses: &[&'a Clause]) -> Vec<&'a str> {
    let names = items.iter().flat_map(all_names).map(|names| &names.zh.text);
    let of_clause = |clause: &&'a Clause| std::iter::once(&clause.title).chain(&clause.prose).chain(&clause.readings);
    let all = names.chain(clauses.iter().flat_map(of_clause)).chain(items.iter().flat_map(notes)).map(String::as_str);
    let mut seen = BTreeSet::new();
    all.filter(|text| !text.is_empty() && seen.insert(key(text))).collect()
}

/// What a declaration says in words.
fn notes(item: &Item) -> Vec<&String> {
    match &item.kind {
        ItemKind::Policy(policy) => policy.source.iter().collect(),
        ItemKind::Measure(measure) => {
            let (evidence, optional) = (&measure.evidence, &measure.optional_evidence);
            evidence.iter().chain(optional).chain(&measure.discretion).chain(&measure.purpose).collect()
        }
        ItemKind::Fund(fund) => fund.source.iter().chain(&fund.purpose).chain(&fund.notes).collect(),
        ItemKind::Desk(desk) => desk.department.iter().collect(),
        ItemKind::Target(target) => {
            let goals = target.goals.iter().filter_map(|goal| match &goal.value {
                GoalValue::Words(words) => Some(words),
                GoalValue::Figure(..) => None,
            });
            target.unit.iter().chain(goals).chain(&target.responsible).chain(&target.notes).collect()
        }
        ItemKind::Statement(_, statement) => {
            statement.notes.iter().chain(&statement.lead).chain(&statement.responsible).collect()
        }
        ItemKind::WordList(_)
        | ItemKind::Table(..)
        | ItemKind::Group(_)
        | ItemKind::Define(_)
        | ItemKind::Parameter(_)
        | ItemKind::General(_)
        | ItemKind::Procedure(_) => Vec::new(),
    }
}

/// A text as a finding names it.
fn shortened(text: &str) -> String {
    const MOST: usize = 24;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
