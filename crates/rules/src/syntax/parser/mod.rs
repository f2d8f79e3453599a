//! From lines of tokens to the tree. One mistake costs one line: it is reported, left out, and reading goes on.

mod amounts;
mod declarations;
mod expressions;
mod habits;
mod measure;
mod procedures;

use crate::diagnostic::{Diagnostic, Message};
use crate::source::Span;
use crate::vocabulary::Lang;

use super::ast::{ClauseRef, Expr, Ident, Item, Names};
use super::keywords::Keyword;
use super::token::{Line, Token, TokenKind, lex, narrow};

/// A fenced block of rules in a pack's Markdown.
#[derive(Clone, Debug)]
pub struct Block {
    /// The file's index.
    pub file: u32,
    /// First byte of its content.
    pub start: usize,
    /// Its content.
    pub text: String,
    /// The surface it is written in.
    pub lang: Lang,
    /// The clause under whose heading it stands.
    pub heading: Option<String>,
}

/// How many tokens a line may have. No tree is deeper than its line is long, so that walking one never risks the stack.
const MAX_TOKENS: usize = 400;

/// Reads a block. What it could not read is reported and left out.
pub fn parse(block: &Block, diagnostics: &mut Vec<Diagnostic>) -> Vec<Item> {
    let mut lexical = Vec::new();
    let mut lines = lex(block.file, block.start, &block.text, &mut lexical);
    lines.retain(|line| {
        let is_short = line.tokens.len() <= MAX_TOKENS;
        if !is_short {
            diagnostics.push(
                Diagnostic::new("E205", line.tokens[MAX_TOKENS].span, "这一行太长", "this line is too long")
                    .hint("用 令、定义 或 组 拆开", "break it up with let, define or group"),
            );
        }
        is_short
    });
    let mut items = Vec::new();
    let mut prose = Vec::new();
    for node in tree(&lines, diagnostics) {
        let mut parser = Parser { lang: block.lang, source: block, diagnostics, prose: &mut prose };
        if let Some(mut item) = parser.item(&node) {
            item.heading = block.heading.clone();
            items.push(item);
        }
    }
    // In text figures, units and quotation marks mean nothing. Both lists are in the order of lines.
    lexical.retain(|found| {
        let before = prose.partition_point(|text: &Span| text.start <= found.span.start);
        before == 0 || found.span.end > prose[before - 1].end
    });
    diagnostics.append(&mut lexical);
    items
}

/// A line and the lines indented under it.
struct Node<'a> {
    line: &'a Line,
    children: Vec<Node<'a>>,
}

impl Node<'_> {
    fn span(&self) -> Span {
        self.children.last().map_or(self.line.span, |last| self.line.span.to(last.span()))
    }
}

fn tree<'a>(lines: &'a [Line], diagnostics: &mut Vec<Diagnostic>) -> Vec<Node<'a>> {
    let mut nodes = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let line = &lines[at];
        let under = lines[at + 1..].iter().take_while(|next| next.indent > line.indent).count();
        let body = &lines[at + 1..at + 1 + under];
        if let Some(first) = body.first()
            && let Some(odd) = body.iter().find(|other| other.indent < first.indent)
        {
            diagnostics.push(
                Diagnostic::new("E110", odd.span, "缩进与上面各行对不齐", "the indentation fits no line above")
                    .hint("同一层的各行缩进相同", "lines of one level begin in the same column"),
            );
        }
        // Deep nesting means nothing in this language; four levels hold every form and bound the recursion.
        let children = if line.indent > 64 {
            diagnostics.extend(body.iter().map(|line| {
                Diagnostic::new("E110", line.span, "缩进太深", "this line is indented too far")
                    .hint("一层缩进两个空格", "indent by two spaces a level")
            }));
            Vec::new()
        } else {
            tree(body, diagnostics)
        };
        nodes.push(Node { line, children });
        at += 1 + under;
    }
    nodes
}

/// What a parsing step gives, or nothing where it has reported why not.
type Parsed<T> = Option<T>;

struct Parser<'a> {
    lang: Lang,
    source: &'a Block,
    diagnostics: &'a mut Vec<Diagnostic>,
    /// Where lines hold text that is no rule, in order.
    prose: &'a mut Vec<Span>,
}

/// Reads along one line.
struct Cursor<'a> {
    tokens: &'a [Token],
    at: usize,
    lang: Lang,
    /// Where to point when the line ends too soon.
    end: Span,
    /// How many expressions are open around this place.
    depth: usize,
}

impl<'a> Cursor<'a> {
    fn new(line: &'a Line, lang: Lang) -> Cursor<'a> {
        let end = Span { start: line.span.end, ..line.span };
        Cursor { tokens: &line.tokens, at: 0, lang, end, depth: 0 }
    }

    fn peek(&self) -> Option<&'a TokenKind> {
        self.tokens.get(self.at).map(|token| &token.kind)
    }

    fn span(&self) -> Span {
        self.tokens.get(self.at).map_or(self.end, |token| token.span)
    }

    /// The span of the token before.
    fn last_span(&self) -> Span {
        self.at.checked_sub(1).and_then(|at| self.tokens.get(at)).map_or(self.end, |token| token.span)
    }

    fn at_end(&self) -> bool {
        self.at >= self.tokens.len()
    }

    /// How many tokens the keyword takes here; 0 if it is not here.
    fn matches(&self, keyword: Keyword) -> usize {
        let mut length = 0;
        for part in keyword.spelling(self.lang).split(' ') {
            // `as-of` is three tokens: the hyphen is a symbol.
            for (index, word) in part.split('-').enumerate() {
                if index > 0 {
                    if self.tokens.get(self.at + length).map(|t| &t.kind) != Some(&TokenKind::Symbol("-")) {
                        return 0;
                    }
                    length += 1;
                }
                let matched = match self.tokens.get(self.at + length).map(|token| &token.kind) {
                    Some(TokenKind::Word(found)) => found == word,
                    Some(TokenKind::Integer(found)) => found == word,
                    _ => false,
                };
                if !matched {
                    return 0;
                }
                length += 1;
            }
        }
        length
    }

    fn sees(&self, keyword: Keyword) -> bool {
        self.matches(keyword) > 0
    }

    fn eat(&mut self, keyword: Keyword) -> bool {
        let length = self.matches(keyword);
        self.at += length;
        length > 0
    }

    fn eat_symbol(&mut self, symbol: &str) -> bool {
        let found = matches!(self.peek(), Some(TokenKind::Symbol(s)) if *s == symbol);
        self.at += usize::from(found);
        found
    }

    /// The longest of these keywords that stands here.
    fn eat_longest<T: Copy>(&mut self, choices: &[(Keyword, T)]) -> Option<T> {
        let best = choices.iter().max_by_key(|(keyword, _)| self.matches(*keyword))?;
        self.eat(best.0).then_some(best.1)
    }
}

impl Parser<'_> {
    fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Reports that something else was expected here.
    fn expected<T>(&mut self, cursor: &Cursor<'_>, zh: &str, en: &str) -> Parsed<T> {
        let found = match cursor.peek() {
            None => ("这一行到此为止".to_owned(), "the line ends here".to_owned()),
            Some(_) => {
                let text = self.text_of(cursor.span());
                (format!("这里是“{text}”"), format!("found “{text}”"))
            }
        };
        let mut diagnostic = Diagnostic::new(
            "E201",
            cursor.span(),
            format!("这里应当是{zh}；{}", found.0),
            format!("expected {en}; {}", found.1),
        );
        diagnostic.hint = cursor.habit();
        self.report(diagnostic);
        None
    }

    /// The text of a place in the block.
    fn text_of(&self, span: Span) -> &str {
        let start = (span.start as usize).saturating_sub(self.source.start);
        let end = (span.end as usize).saturating_sub(self.source.start);
        self.source.text.get(start..end).unwrap_or("")
    }

    /// Reports that a line lacks what belongs below it.
    fn expected_below<T>(&mut self, cursor: &Cursor<'_>, zh: &str, en: &str) -> Parsed<T> {
        self.report(Diagnostic::new(
            "E201",
            cursor.span(),
            format!("这一行下面要有{zh}"),
            format!("below this line belongs {en}"),
        ));
        None
    }

    /// Reports whatever is left over on a line.
    fn finish(&mut self, cursor: &Cursor<'_>) -> Parsed<()> {
        let Some(next) = cursor.peek() else { return Some(()) };
        let before = cursor.at.checked_sub(1).and_then(|at| cursor.tokens.get(at)).map(|token| &token.kind);
        let hint = match (before, next) {
            _ if cursor.habit().is_some() => None,
            (Some(TokenKind::Percent(_)), TokenKind::Word(_)) => Some(("写成 金额 的 80%", "write 80% of amount")),
            (Some(TokenKind::Money(_)), TokenKind::Money(_)) => {
                Some(("幅度写成 5万元 至 10万元", "write a span as 50,000 yuan to 100,000 yuan"))
            }
            (Some(TokenKind::Integer(_)), TokenKind::Word(_)) => {
                Some(("金额用 元、万元、亿元；件数、人数只写数字", "money takes yuan; counts are bare numbers"))
            }
            _ => None,
        };
        let left: Parsed<()> = self.expected(cursor, "行尾", "the end of the line");
        let hint = hint.map(|(zh, en)| Message::new(zh, en));
        if let (Some(hint), Some(last)) = (cursor.ceiling_behind_amount().or(hint), self.diagnostics.last_mut()) {
            last.hint = Some(hint);
        }
        left
    }

    fn keyword(&mut self, cursor: &mut Cursor<'_>, keyword: Keyword) -> Parsed<()> {
        if cursor.eat(keyword) {
            return Some(());
        }
        let spelling = keyword.spelling(self.lang);
        self.expected(cursor, &format!("“{spelling}”"), &format!("“{spelling}”"))
    }

    fn symbol(&mut self, cursor: &mut Cursor<'_>, symbol: &'static str) -> Parsed<()> {
        if cursor.eat_symbol(symbol) {
            return Some(());
        }
        self.expected(cursor, &format!("“{symbol}”"), &format!("“{symbol}”"))
    }

    fn ident(&mut self, cursor: &mut Cursor<'_>) -> Parsed<Ident> {
        match cursor.peek() {
            Some(TokenKind::Word(text)) => {
                let ident = Ident { text: text.clone(), span: cursor.span() };
                cursor.at += 1;
                Some(ident)
            }
            _ => self.expected(cursor, "一个名称", "a name"),
        }
    }

    /// `中文名 (english_name)` or `english_name (中文名)`.
    fn names(&mut self, cursor: &mut Cursor<'_>) -> Parsed<Names> {
        let first = self.ident(cursor)?;
        if !cursor.eat_symbol("(") {
            let diagnostic = Diagnostic::new(
                "E202",
                first.span,
                format!("“{}”缺少另一种语言的名称", first.text),
                format!("“{}” lacks its name in the other language", first.text),
            );
            self.report(diagnostic.hint(
                "写成 中文名 (english_name)：英文名用于数据文件和结果",
                "write english_name (中文名): data files and results use the English name",
            ));
            return None;
        }
        let second = self.ident(cursor)?;
        self.symbol(cursor, ")")?;
        for ident in [&first, &second] {
            self.not_reserved(ident);
        }
        match (first.text.is_ascii(), second.text.is_ascii()) {
            (false, true) => Some(Names { zh: first, en: second, english: None }),
            (true, false) => Some(Names { zh: second, en: first, english: None }),
            _ => {
                let diagnostic = Diagnostic::new(
                    "E203",
                    first.span.to(second.span),
                    "两个名称应当一个是中文、一个是英文",
                    "one of the two names must be Chinese and the other English",
                );
                self.report(diagnostic.hint(
                    "英文名只用小写字母、数字和下划线",
                    "the English name takes letters, digits and underscores only",
                ));
                None
            }
        }
    }

    fn not_reserved(&mut self, ident: &Ident) {
        let taken = super::keywords::RESERVED
            .iter()
            .any(|keyword| [Lang::Zh, Lang::En].iter().any(|lang| keyword.spelling(*lang) == ident.text));
        if taken {
            let diagnostic = Diagnostic::new(
                "E204",
                ident.span,
                format!("“{}”是规则里的用语，不能作名称", ident.text),
                format!("“{}” is a word of the language and cannot be a name", ident.text),
            );
            self.report(diagnostic.hint(
                "换一个名称；语言参考列有不能作名称的用语",
                "choose another name; the language reference lists the words that cannot be one",
            ));
        }
    }

    /// The rest of the line as it was written, without width changes.
    fn rest_of_line(&mut self, cursor: &mut Cursor<'_>, line: &Line) -> (String, Span) {
        let from = cursor.tokens.get(cursor.at.saturating_sub(1)).map_or(line.span.start, |token| token.span.end);
        let span = Span { start: from, ..line.span };
        let text = &self.source.text[from as usize - self.source.start..line.span.end as usize - self.source.start];
        cursor.at = cursor.tokens.len();
        self.prose.push(span);
        let leading = text.len() - text.trim_start().len();
        (text.trim().to_owned(), Span { start: span.start + leading as u32, ..span })
    }

    /// 依据 and what follows it to the end of the line: one clause or several.
    fn cites(&mut self, cursor: &mut Cursor<'_>, line: &Line) -> Parsed<Vec<ClauseRef>> {
        let (text, span) = self.rest_of_line(cursor, line);
        let mut clauses = Vec::new();
        let mut at = 0;
        for part in text.split(['、', ' ', '\u{3000}', ',', '，']) {
            let number = clause_number(part);
            if !number.is_empty() {
                let start = span.start as usize + at;
                clauses.push(ClauseRef { number, span: Span::new(span.file, start, start + part.len()) });
            }
            // Every separator is one character; find the next part behind it.
            at += part.len();
            at += text[at..].chars().next().map_or(0, char::len_utf8);
        }
        if clauses.is_empty() {
            cursor.at = cursor.tokens.len();
            return self.expected(cursor, "条款号，如 三(五).1", "a clause number such as 三(五).1");
        }
        Some(clauses)
    }
}

/// A clause number in normal form: half-width brackets and dots, no blanks.
pub fn clause_number(text: &str) -> String {
    text.chars().map(narrow).filter(|c| !c.is_whitespace()).collect::<String>().trim_matches('。').to_owned()
}

/// Reads one amount on its own, as a cell of an example holds it: `3万元`, `5万元 至 10万元`, `不定额`.
pub fn parse_amount(
    file: u32,
    start: usize,
    text: &str,
    lang: Lang,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Expr> {
    let lines = lex(file, start, text, diagnostics);
    let [line] = &lines[..] else { return None };
    let block = Block { file, start, text: text.to_owned(), lang, heading: None };
    let mut parser = Parser { lang, source: &block, diagnostics, prose: &mut Vec::new() };
    let mut cursor = Cursor::new(line, lang);
    let amount = parser.amount(&mut cursor)?;
    parser.finish(&cursor)?;
    Some(amount)
}
