//! Source files and places in them.

use std::sync::Arc;

/// A place in a pack: bytes `start..end` of one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct Span {
    /// Index in [`Sources::files`].
    pub file: u32,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// A place in a file.
    pub fn new(file: u32, start: usize, end: usize) -> Span {
        // Packs are read with a bound on their size far below 4 GiB.
        Span { file, start: start as u32, end: end as u32 }
    }

    /// From the start of this to the end of that, in one file.
    pub fn to(self, other: Span) -> Span {
        Span { file: self.file, start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

/// The files of a pack, in the order they were read.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// The files.
    pub files: Vec<SourceFile>,
}

/// One file of a pack.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// Its path as the user named it.
    pub path: String,
    /// Its content.
    pub text: Arc<str>,
}

/// A place as people name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location<'a> {
    /// The file's path.
    pub path: &'a str,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// The line's text, without its end.
    pub line_text: &'a str,
    /// Byte range of the span within `line_text`; a span over several lines is cut at the end of the first.
    pub in_line: (usize, usize),
}

impl Sources {
    /// Adds a file and returns its index.
    pub fn add(&mut self, path: impl Into<String>, text: impl Into<Arc<str>>) -> u32 {
        self.files.push(SourceFile { path: path.into(), text: text.into() });
        self.files.len() as u32 - 1
    }

    /// The text of a span.
    pub fn text(&self, span: Span) -> &str {
        let text = &self.files[span.file as usize].text;
        text.get(span.start as usize..span.end as usize).unwrap_or("")
    }

    /// Where a span begins.
    pub fn locate(&self, span: Span) -> Location<'_> {
        let file = &self.files[span.file as usize];
        let text: &str = &file.text;
        let start = (span.start as usize).min(text.len());
        let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let line_end = text[start..].find('\n').map_or(text.len(), |at| start + at);
        let line_text = text[line_start..line_end].trim_end_matches('\r');
        let end = (span.end as usize).clamp(start, line_start + line_text.len().max(start - line_start));
        Location {
            path: &file.path,
            line: text[..start].matches('\n').count() + 1,
            column: text[line_start..start].chars().count() + 1,
            line_text,
            in_line: (start - line_start, end - line_start),
        }
    }
}
