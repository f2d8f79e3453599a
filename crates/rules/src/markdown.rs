//! A pack's Markdown: headings that number clauses, prose, fenced blocks of rules, and tables of examples.

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use crate::source::Span;
use crate::syntax::parser::{Block, clause_number};
use crate::syntax::token::narrow;
use crate::vocabulary::Lang;

/// What one file of a pack holds.
#[derive(Clone, Debug, Default)]
pub struct Document {
    /// Clauses, in order.
    pub clauses: Vec<Clause>,
    /// Blocks of rules, in order.
    pub blocks: Vec<Block>,
    /// Tables of examples, in order.
    pub examples: Vec<ExampleTable>,
    /// Lines of tables that give a text's English beside it.
    pub english: Vec<EnglishLine>,
    /// Rule blocks inside a list or a quotation, where they are not read.
    pub misplaced: Vec<Span>,
}

/// A clause of the policy, from a heading that begins with its number.
#[derive(Clone, Debug)]
pub struct Clause {
    /// In normal form: `三(五).1`.
    pub number: String,
    /// The rest of the heading.
    pub title: String,
    /// The heading.
    pub span: Span,
    /// Our restatement: the paragraphs under the heading, in plain text.
    pub prose: Vec<String>,
    /// The readings chosen: the block quotes, one for each line that ends a sentence.
    pub readings: Vec<String>,
}

/// A table under a paragraph that begins with 示例 or Example.
#[derive(Clone, Debug)]
pub struct ExampleTable {
    /// What stands behind the word: the measure, and perhaps a year.
    pub title: Cell,
    /// Whether it sets the facts that other examples do not name (示例默认, Example defaults).
    pub defaults: bool,
    /// The headings.
    pub headings: Vec<Cell>,
    /// The rows; each has as many cells as there are headings.
    pub rows: Vec<Vec<Cell>>,
}

/// A line of a table headed 中文, English: one of the pack's own texts, and what readers of English are shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EnglishLine {
    /// A name that the pack declares, or a text of it.
    pub chinese: Cell,
    /// The same in English.
    pub english: Cell,
}

/// A text and where it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// Trimmed.
    pub text: String,
    /// Where.
    pub span: Span,
}

const EXAMPLE_WORDS: &[(&str, bool)] =
    &[("示例默认", true), ("示例", false), ("Example defaults", true), ("Examples", false), ("Example", false)];

/// The headings of a table that gives a text's English beside it.
pub const ENGLISH_HEADINGS: [&str; 2] = ["中文", "English"];

/// Reads one file.
pub fn read(file: u32, text: &str) -> Document {
    let mut reader = Reader { file, text, document: Document::default(), heading: None, example: None };
    let mut misplaced = Vec::new();
    let mut events = Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter();
    while let Some((event, range)) = events.next() {
        match event {
            Event::Start(Tag::Heading { .. }) => {
                let title = plain(&mut events, &mut misplaced);
                reader.heading(&title, Span::new(file, range.start, range.start + text[range].trim_end().len()));
            }
            Event::Start(Tag::Paragraph) => {
                let content = plain(&mut events, &mut misplaced);
                reader.paragraph(content, range.start);
            }
            Event::Start(Tag::BlockQuote(_)) => {
                let content = plain(&mut events, &mut misplaced);
                if let Some(clause) = reader.clause() {
                    clause.readings.extend(readings(&content));
                }
            }
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
                let content = content_of_fence(text, range.start, range.end);
                if let Some(lang) = surface(&info) {
                    reader.block(lang, content);
                }
                reader.example = None;
            }
            Event::Start(Tag::Table(_)) => reader.table(&mut events),
            Event::Start(Tag::Item) => {
                let content = plain(&mut events, &mut misplaced);
                if let Some(clause) = reader.clause() {
                    clause.prose.push(content.trim().to_owned());
                }
            }
            _ => {}
        }
    }
    reader.document.misplaced = misplaced.into_iter().map(|range| Span::new(file, range.start, range.end)).collect();
    reader.document
}

struct Reader<'a> {
    file: u32,
    text: &'a str,
    document: Document,
    /// Index of the clause whose heading was last seen.
    heading: Option<usize>,
    /// The title of an example whose table is expected next.
    example: Option<(Cell, bool)>,
}

impl Reader<'_> {
    fn heading(&mut self, title: &str, span: Span) {
        let (first, rest) = title.trim().split_once([' ', '\u{3000}']).unwrap_or((title.trim(), ""));
        self.example = None;
        if !is_clause_number(first) {
            self.heading = None;
            return;
        }
        self.heading = Some(self.document.clauses.len());
        self.document.clauses.push(Clause {
            number: clause_number(first),
            title: rest.trim().to_owned(),
            span,
            prose: Vec::new(),
            readings: Vec::new(),
        });
    }

    fn clause(&mut self) -> Option<&mut Clause> {
        self.heading.and_then(|index| self.document.clauses.get_mut(index))
    }

    fn paragraph(&mut self, content: String, start: usize) {
        let content = content.trim();
        for (word, defaults) in EXAMPLE_WORDS {
            if let Some(rest) = content.strip_prefix(word)
                && let Some(rest) = rest.trim_start().strip_prefix([':', '：'])
            {
                let title = rest.trim().to_owned();
                let at = self.text[start..].find(&title).map_or(start, |offset| start + offset);
                let span = Span::new(self.file, at, at + title.len());
                self.example = Some((Cell { text: title, span }, *defaults));
                return;
            }
        }
        self.example = None;
        if let Some(clause) = self.clause() {
            clause.prose.push(content.to_owned());
        }
    }

    fn block(&mut self, lang: Lang, (start, end): (usize, usize)) {
        let heading = self.heading.map(|index| self.document.clauses[index].number.clone());
        let text = self.text[start..end].to_owned();
        self.document.blocks.push(Block { file: self.file, start, text, lang, heading });
    }

    fn table<'e>(&mut self, events: &mut impl Iterator<Item = (Event<'e>, std::ops::Range<usize>)>) {
        let mut rows: Vec<Vec<Cell>> = Vec::new();
        while let Some((event, range)) = events.next() {
            match event {
                Event::End(TagEnd::Table) => break,
                Event::Start(Tag::TableHead | Tag::TableRow) => rows.push(Vec::new()),
                Event::Start(Tag::TableCell) => {
                    let content = plain(events, &mut Vec::new());
                    let text = content.trim().to_owned();
                    let at = self.text[range.clone()].find(&text).map_or(range.start, |offset| range.start + offset);
                    let span = Span::new(self.file, at, at + text.len());
                    if let Some(row) = rows.last_mut() {
                        row.push(Cell { text, span });
                    }
                }
                _ => {}
            }
        }
        if let Some((title, defaults)) = self.example.take() {
            let mut rows = rows.into_iter();
            let headings = rows.next().unwrap_or_default();
            self.document.examples.push(ExampleTable { title, defaults, headings, rows: rows.collect() });
        } else if rows.first().is_some_and(|headings| headings.iter().map(|one| &*one.text).eq(ENGLISH_HEADINGS)) {
            let line = |row: Vec<Cell>| {
                let mut cells = row.into_iter();
                let mut next = || cells.next().unwrap_or_default();
                EnglishLine { chinese: next(), english: next() }
            };
            self.document.english.extend(rows.into_iter().skip(1).map(line));
        }
    }
}

/// The text up to the end of the element just begun, without markup. Places of rule blocks in it go to `misplaced`: they
/// would be mistaken for prose.
fn plain<'e>(
    events: &mut impl Iterator<Item = (Event<'e>, std::ops::Range<usize>)>,
    misplaced: &mut Vec<std::ops::Range<usize>>,
) -> String {
    let mut text = String::new();
    let mut depth = 1;
    for (event, range) in events {
        match event {
            Event::Start(tag) => {
                depth += 1;
                if let Tag::CodeBlock(CodeBlockKind::Fenced(info)) = &tag
                    && surface(info).is_some()
                {
                    misplaced.push(range);
                }
            }
            Event::End(end) => {
                depth -= 1;
                if depth == 0 {
                    break;
                }
                if matches!(end, TagEnd::Paragraph | TagEnd::Item) {
                    text.push('\n');
                }
            }
            Event::Text(part) | Event::Code(part) => text.push_str(&part),
            Event::SoftBreak | Event::HardBreak => text.push('\n'),
            _ => {}
        }
    }
    text
}

/// The readings in a quotation: each ends with its sentence, wherever its lines are wrapped.
fn readings(content: &str) -> Vec<String> {
    let mut readings: Vec<String> = Vec::new();
    let mut goes_on = false;
    for line in content.lines().map(str::trim) {
        match readings.last_mut().filter(|_| goes_on && !line.is_empty()) {
            Some(last) => {
                // Chinese is joined without a blank, other writing with one.
                let both_ascii = last.ends_with(|c: char| c.is_ascii()) && line.starts_with(|c: char| c.is_ascii());
                last.push_str(if both_ascii { " " } else { "" });
                last.push_str(line);
            }
            None if !line.is_empty() => readings.push(line.to_owned()),
            None => {}
        }
        goes_on = !line.is_empty() && !line.ends_with(['。', '！', '？', '.', '!', '?']);
    }
    readings
}

/// The surface a fence's tag names, if it holds rules.
fn surface(info: &str) -> Option<Lang> {
    match info.split_whitespace().next() {
        Some("兑现") => Some(Lang::Zh),
        Some("duixian") => Some(Lang::En),
        _ => None,
    }
}

/// The bytes between the fence lines.
fn content_of_fence(text: &str, start: usize, end: usize) -> (usize, usize) {
    let block = &text[start..end];
    let from = block.find('\n').map_or(end, |at| start + at + 1);
    let body = text[..end].trim_end();
    let last_line = body.rfind('\n').map_or(start, |at| at + 1);
    let is_fence = text[last_line..end].trim_start().starts_with("```") && last_line >= from;
    (from, if is_fence { last_line } else { end.max(from) })
}

/// Whether a heading's first word numbers a clause: numerals, brackets, dots and the words 第 条 款 项 章 节, with a
/// numeral among them; `修(一)` and `附1` number amendments and annexes.
fn is_clause_number(word: &str) -> bool {
    let is_numeral =
        |c: char| c.is_ascii_digit() || "〇零一二三四五六七八九十百".contains(c) || ('①'..='⑳').contains(&c);
    let is_part = |c: char| is_numeral(c) || "().-第条款项章节修附§".contains(c);
    word.chars().map(narrow).any(is_numeral) && word.chars().map(narrow).all(is_part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_clauses_blocks_and_examples() {
        let text = "# 政策\n\n## 三（五）.1 专利资助\n\n按项资助。\n\n> 只看申请日。\n\n```兑现\n措施 甲 (a)\n```\n\n示例：甲 2017年\n\n| 类别 | 结果 |\n|---|---|\n| 发明 | 应得 |\n\n```rust\nfn no() {}\n```\n";
        let document = read(0, text);
        let clause = &document.clauses[0];
        assert_eq!((clause.number.as_str(), clause.title.as_str()), ("三(五).1", "专利资助"));
        assert_eq!(clause.prose, ["按项资助。"]);
        assert_eq!(clause.readings, ["只看申请日。"]);
        let block = &document.blocks[0];
        assert_eq!((block.text.as_str(), block.heading.as_deref()), ("措施 甲 (a)\n", Some("三(五).1")));
        assert_eq!(&text[block.start..block.start + block.text.len()], block.text);
        let example = &document.examples[0];
        assert_eq!(example.title.text, "甲 2017年");
        assert_eq!(example.rows[0][1].text, "应得");
        assert_eq!(&text[example.rows[0][1].span.start as usize..example.rows[0][1].span.end as usize], "应得");
        assert_eq!(document.blocks.len(), 1);
    }
}
