//! Whole files: every block of rules and every table of examples in its canonical form, the prose between untouched.

use std::ops::Range;

use crate::diagnostic::{Diagnostic, has_errors};
use crate::markdown;
use crate::source::Span;
use crate::syntax::ast::Item;
use crate::syntax::parser::{Block, parse};
use crate::vocabulary::Lang;

use super::{Names, examples};

/// A part of a file to be replaced.
pub(super) type Edit = (Range<usize>, String);

/// Rewrites a Markdown file in its canonical form: each block in its own surface, or all in the target's. `names` are
/// those of the whole pack. A block that cannot be read is reported, and then nothing is rewritten, lest something be
/// lost.
pub fn file(
    file: u32,
    text: &str,
    target: Option<Lang>,
    names: &Names,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<String> {
    let document = markdown::read(file, text);
    let mut found = Vec::new();
    let mut edits = Vec::new();
    for block in &document.blocks {
        let items = parse(block, &mut found);
        let lang = target.unwrap_or(block.lang);
        let fence = start_of_line(text, block.start.saturating_sub(1));
        match rewritten(block, &items, lang, names) {
            Some(content) => {
                let indent = &text[fence..fence + indentation(&text[fence..])];
                edits.push((block.start..block.start + block.text.len(), placed(&content, indent, &block.text)));
            }
            None => found.push(not_the_same(block, fence)),
        }
        if lang != block.lang {
            let tag = |lang| if lang == Lang::Zh { "兑现" } else { "duixian" };
            let before = tag(block.lang);
            if let Some(at) = text[fence..block.start].find(before) {
                edits.push((fence + at..fence + at + before.len(), tag(lang).to_owned()));
            }
        }
    }
    let failed = has_errors(&found);
    diagnostics.append(&mut found);
    if failed {
        return None;
    }
    for table in &document.examples {
        edits.extend(examples::edits(text, table, target, names));
    }
    Some(apply(text, edits))
}

/// The first byte of the line that holds this one.
pub(super) fn start_of_line(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |end| end + 1)
}

/// The canonical text, if it says the same when read again: a name that one surface takes for a word of the language
/// must not change the meaning unseen.
fn rewritten(block: &Block, items: &[Item], lang: Lang, names: &Names) -> Option<String> {
    let text = super::block(items, lang, names);
    let written = Block { text, lang, start: 0, ..block.clone() };
    let mut diagnostics = Vec::new();
    let again = parse(&written, &mut diagnostics);
    let same = [Lang::Zh, Lang::En]
        .into_iter()
        .all(|surface| super::block(&again, surface, names) == super::block(items, surface, names));
    (diagnostics.is_empty() && same).then_some(written.text)
}

fn not_the_same(block: &Block, fence: usize) -> Diagnostic {
    let span = Span::new(block.file, fence, block.start.saturating_sub(1).max(fence));
    Diagnostic::new("E111", span, "这一块规则改写之后意思会变", "this block would mean something else when rewritten")
        .hint(
            "多半是某个名称与规则用语相同：换一个名称",
            "most likely a name is also a word of the language: rename it",
        )
}

/// With the fence's indentation, and the line ends the block had.
fn placed(content: &str, indent: &str, before: &str) -> String {
    let end = if before.contains("\r\n") { "\r\n" } else { "\n" };
    let lines =
        content.lines().map(|line| if line.is_empty() { end.to_owned() } else { format!("{indent}{line}{end}") });
    lines.collect()
}

fn indentation(line: &str) -> usize {
    line.len() - line.trim_start_matches([' ', '\t']).len()
}

fn apply(text: &str, mut edits: Vec<Edit>) -> String {
    edits.sort_by_key(|(range, _)| range.start);
    let mut result = String::with_capacity(text.len());
    let mut at = 0;
    for (range, replacement) in edits {
        result.push_str(&text[at..range.start]);
        result.push_str(&replacement);
        at = range.end;
    }
    result.push_str(&text[at..]);
    result
}
