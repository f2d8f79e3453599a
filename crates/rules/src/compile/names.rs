//! Names: every name is declared once, in both languages, and the pairing is the same throughout the pack.

use rustc_hash::FxHashMap;

use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::syntax::ast::{Ident, Item, ItemKind, Names};
use crate::vocabulary::Name;

/// Checks that a Chinese name goes with one English name everywhere, and the other way round, so that a pack can be
/// translated word by word and no word means two things.
pub(super) fn check_pairs(items: &[Item], diagnostics: &mut Vec<Diagnostic>) {
    let mut partner: FxHashMap<&str, (&str, Span)> = FxHashMap::default();
    for names in items.iter().flat_map(all_names) {
        for (one, other) in [(&names.zh, &names.en), (&names.en, &names.zh)] {
            match partner.get(one.text.as_str()) {
                Some((text, before)) if *text != other.text => {
                    diagnostics.push(
                        Diagnostic::new(
                            "E301",
                            one.span,
                            format!("“{}”在这里与“{}”配对，在别处与“{text}”配对", one.text, other.text),
                            format!("“{}” is paired with “{}” here and with “{text}” elsewhere", one.text, other.text),
                        )
                        .related(*before, "别处在这里", "elsewhere is here")
                        .hint(
                            "同一个词在整套规则里只配一个译名：两处写成一样，或把其中一处的词改得更具体，如 级别 改为 评估级别",
                            "give a word one partner throughout the pack: write both alike, or make one of them say more, such as grade_of_review",
                        ),
                    );
                }
                Some(_) => {}
                None => {
                    partner.insert(&one.text, (&other.text, one.span));
                }
            }
        }
    }
}

/// Every pair of names an item declares: its own, and those of its words, columns and lets.
pub fn all_names(item: &Item) -> Vec<&Names> {
    let mut names = vec![&item.names];
    match &item.kind {
        ItemKind::WordList(words) => names.extend(words),
        ItemKind::Table(_, columns) => names.extend(columns.iter().map(|column| &column.names)),
        ItemKind::Measure(measure) => names.extend(measure.lets.iter().map(|(names, _)| names)),
        _ => {}
    }
    names
}

/// The same, to give them what readers of English call them.
pub(crate) fn all_names_mut(item: &mut Item) -> Vec<&mut Names> {
    let mut names = vec![&mut item.names];
    match &mut item.kind {
        ItemKind::WordList(words) => names.extend(words),
        ItemKind::Table(_, columns) => names.extend(columns.iter_mut().map(|column| &mut column.names)),
        ItemKind::Measure(measure) => names.extend(measure.lets.iter_mut().map(|(names, _)| names)),
        _ => {}
    }
    names
}

/// A declared name as the plan has it.
pub fn name_of(names: &Names) -> Name {
    Name { english: names.english.clone(), ..Name::new(names.zh.text.clone(), names.en.text.clone()) }
}

/// Reports a name that means nothing here, with the nearest one that does.
pub(super) fn unknown<'a>(ident: &Ident, what: (&str, &str), candidates: impl Iterator<Item = &'a Name>) -> Diagnostic {
    let diagnostic = Diagnostic::new(
        "E302",
        ident.span,
        format!("没有叫“{}”的{}", ident.text, what.0),
        format!("there is no {} called “{}”", what.1, ident.text),
    );
    let nearest = candidates
        .flat_map(|name| [name.zh.as_str(), name.en.as_str()])
        .map(|text| (distance(&ident.text, text), text))
        .filter(|(distance, text)| *distance * 2 <= text.chars().count().max(2))
        .min();
    if matches!(ident.text.as_str(), "是" | "否") {
        return diagnostic.hint("是否类的列写 真 或 假，或直接写列名、非 列名", "write true or false");
    }
    match nearest {
        Some((_, text)) => diagnostic.hint(format!("是不是“{text}”？"), format!("did you mean “{text}”?")),
        None => diagnostic.hint("先声明它，或核对写法", "declare it first, or check the spelling"),
    }
}

/// Levenshtein's distance, in characters.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.chars().enumerate() {
        let mut before = row[0];
        row[0] = i + 1;
        for (j, b) in right.iter().enumerate() {
            let replace = before + usize::from(a != *b);
            before = row[j + 1];
            row[j + 1] = replace.min(before + 1).min(row[j] + 1);
        }
    }
    row.last().copied().unwrap_or(0)
}
