//! What is wrong with a pack, where, and what to do: in Chinese and English.

use unicode_width::UnicodeWidthStr;

use crate::source::{Sources, Span};
use crate::vocabulary::Lang;

/// A text in both languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Message {
    /// A message from its two texts.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Message {
        Message { zh: zh.into(), en: en.into() }
    }

    /// The text in a language.
    pub fn in_lang(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => &self.zh,
            Lang::En => &self.en,
        }
    }
}

/// How grave a diagnostic is: an error keeps the pack from running.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The pack cannot run.
    Error,
    /// The pack runs; a person should look.
    Warning,
}

/// One finding. `docs/reference/diagnostics.md` lists all ids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Stable id: `E` or `W` and three digits.
    pub id: &'static str,
    /// Error or warning.
    pub severity: Severity,
    /// Where.
    pub span: Span,
    /// What is wrong.
    pub message: Message,
    /// What to do.
    pub hint: Option<Message>,
    /// Other places that belong to it, each with a word of its own.
    pub related: Vec<(Span, Message)>,
}

impl Diagnostic {
    /// A finding; ids that begin with `W` are warnings.
    pub fn new(id: &'static str, span: Span, zh: impl Into<String>, en: impl Into<String>) -> Diagnostic {
        let severity = if id.starts_with('W') { Severity::Warning } else { Severity::Error };
        Diagnostic { id, severity, span, message: Message::new(zh, en), hint: None, related: Vec::new() }
    }

    /// With what to do.
    pub fn hint(mut self, zh: impl Into<String>, en: impl Into<String>) -> Diagnostic {
        self.hint = Some(Message::new(zh, en));
        self
    }

    /// With another place.
    pub fn related(mut self, span: Span, zh: impl Into<String>, en: impl Into<String>) -> Diagnostic {
        self.related.push((span, Message::new(zh, en)));
        self
    }

    /// For a terminal: id and message, the place with its line marked, related places, and the hint.
    pub fn render(&self, sources: &Sources, lang: Lang) -> String {
        let word = match (self.severity, lang) {
            (Severity::Error, Lang::Zh) => "错误",
            (Severity::Error, Lang::En) => "error",
            (Severity::Warning, Lang::Zh) => "提醒",
            (Severity::Warning, Lang::En) => "warning",
        };
        let mut text = format!("{word}[{}] {}\n", self.id, self.message.in_lang(lang));
        text.push_str(&excerpt(sources, self.span, None));
        for (span, message) in &self.related {
            text.push_str(&excerpt(sources, *span, Some(message.in_lang(lang))));
        }
        if let Some(hint) = &self.hint {
            let word = if lang == Lang::Zh { "怎么办：" } else { "help: " };
            text.push_str(&format!("  = {word}{}\n", hint.in_lang(lang)));
        }
        text
    }
}

/// The place and its line, marked with carets as wide as the marked characters are shown.
fn excerpt(sources: &Sources, span: Span, note: Option<&str>) -> String {
    let at = sources.locate(span);
    let number = at.line.to_string();
    let margin = " ".repeat(number.len());
    let (shown, before, marked) = window(at.line_text, at.in_line);
    let note = note.map(|note| format!(" {note}")).unwrap_or_default();
    format!(
        "{margin}--> {}:{}:{}\n{number} | {}\n{margin} | {}{}{note}\n",
        at.path,
        at.line,
        at.column,
        shown,
        " ".repeat(before),
        "^".repeat(marked),
    )
}

/// A line as shown, with the widths of what stands before the mark and of the mark: of a very long line only what is
/// around the place.
fn window(line: &str, (start, end): (usize, usize)) -> (String, usize, usize) {
    const AROUND: usize = 100;
    let before = line[..start].char_indices().rev().nth(AROUND - 1).map_or(0, |(at, _)| at);
    let after = line[start..].char_indices().nth(2 * AROUND).map_or(line.len(), |(at, _)| start + at);
    let (left, right) = (if before > 0 { "…" } else { "" }, if after < line.len() { "…" } else { "" });
    let shown = format!("{left}{}{right}", &line[before..after]);
    (shown, left.width() + line[before..start].width(), line[start..end.min(after)].width().max(1))
}

/// Sorts findings as a reader meets them: by file, then place, then id; errors and warnings together.
pub fn sort(diagnostics: &mut Vec<Diagnostic>) {
    diagnostics.sort_by_key(|diagnostic| (diagnostic.span.file, diagnostic.span.start, diagnostic.id));
    diagnostics.dedup();
}

/// Whether any of them is an error.
pub fn has_errors(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
}
