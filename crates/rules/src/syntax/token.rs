//! Tokens: one lexer for both surfaces, since keywords are told apart only by the parser.

use chrono::NaiveDate;
use duixian_money::{Fen, WHOLE};

use crate::diagnostic::Diagnostic;
use crate::source::Span;

/// One token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Where.
    pub span: Span,
}

/// The kinds of tokens. Full-width forms are read as their ASCII ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// A name or keyword: Chinese or other letters, digits and `_`, not beginning with a digit.
    Word(String),
    /// `"…"`, `“…”` or `「…」`.
    Quoted(String),
    /// Digits as written: a count, a year or a code, as the context asks.
    Integer(String),
    /// A number with a decimal point, in parts per million.
    Decimal(i64),
    /// `2.5%`, in parts per million.
    Percent(i64),
    /// `30万元`, `300,000 yuan`.
    Money(Fen),
    /// `2016年1月1日`, `2016-01-01`: days since 1970-01-01.
    Date(i64),
    /// `2016年`.
    Year(i64),
    /// `3年`: a number of years.
    Years(i64),
    /// `5个工作日`, `5 working days`: a number of working days.
    WorkingDays(i64),
    /// Punctuation or an operator, in its ASCII or mathematical form.
    Symbol(&'static str),
}

/// One line that is not blank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Width of its indentation.
    pub indent: usize,
    /// Its tokens; never empty.
    pub tokens: Vec<Token>,
    /// Where, without indentation and line end.
    pub span: Span,
}

/// Cuts a block into lines of tokens. `start` is the block's first byte in `file`. Unreadable parts are reported and
/// skipped.
pub fn lex(file: u32, start: usize, text: &str, diagnostics: &mut Vec<Diagnostic>) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut offset = start;
    for raw in text.split_inclusive('\n') {
        let body = raw.trim_end();
        let trimmed = body.trim_start();
        let indent = body[..body.len() - trimmed.len()].chars().map(|c| if c == ' ' { 1 } else { 2 }).sum();
        if !trimmed.is_empty() {
            let at = offset + body.len() - trimmed.len();
            let span = Span::new(file, at, at + trimmed.len());
            let mut lexer = Lexer { file, base: at, text: trimmed, at: 0, diagnostics, tokens: Vec::new() };
            lexer.run();
            if !lexer.tokens.is_empty() {
                lines.push(Line { indent, tokens: lexer.tokens, span });
            }
        }
        offset += raw.len();
    }
    lines
}

/// The ASCII form of full-width letters, digits and punctuation.
pub fn narrow(c: char) -> char {
    match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
        '\u{3000}' => ' ',
        '−' | '–' => '-',
        _ => c,
    }
}

fn is_word_char(c: char) -> bool {
    let c = narrow(c);
    c == '_' || c.is_alphanumeric()
}

struct Lexer<'a> {
    file: u32,
    base: usize,
    text: &'a str,
    at: usize,
    diagnostics: &'a mut Vec<Diagnostic>,
    tokens: Vec<Token>,
}

impl Lexer<'_> {
    fn run(&mut self) {
        while let Some(c) = self.peek() {
            let start = self.at;
            if c == ' ' || c == '\t' || c == '。' || c == ';' {
                self.bump();
            } else if c.is_ascii_digit() {
                self.number();
            } else if is_word_char(c) {
                let word = self.take_while(is_word_char);
                self.push(TokenKind::Word(word), start);
            } else if let Some(close) = closing_quote(c) {
                self.quoted(close);
            } else if let Some((symbol, length)) = self.symbol() {
                self.at += length;
                self.push(TokenKind::Symbol(symbol), start);
            } else {
                self.bump();
                let span = self.span(start);
                let found = &self.text[start..self.at];
                let diagnostic = Diagnostic::new(
                    "E101",
                    span,
                    format!("规则里不能有 {found}"),
                    format!("{found} has no place in a rule"),
                );
                self.diagnostics.push(
                    diagnostic
                        .hint("说明文字写在代码块之外的正文里", "explanations belong in the prose outside the block"),
                );
                // What follows is most likely prose: one report is enough for the line.
                self.at = self.text.len();
            }
        }
    }

    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next().map(narrow)
    }

    fn bump(&mut self) {
        self.at += self.text[self.at..].chars().next().map_or(0, char::len_utf8);
    }

    fn take_while(&mut self, accept: impl Fn(char) -> bool) -> String {
        let mut taken = String::new();
        while let Some(c) = self.peek().filter(|c| accept(*c)) {
            taken.push(c);
            self.bump();
        }
        taken
    }

    fn span(&self, start: usize) -> Span {
        Span::new(self.file, self.base + start, self.base + self.at)
    }

    fn push(&mut self, kind: TokenKind, start: usize) {
        let span = self.span(start);
        self.tokens.push(Token { kind, span });
    }

    fn symbol(&self) -> Option<(&'static str, usize)> {
        let mut chars = self.text[self.at..].chars();
        let first = chars.next()?;
        let second = chars.next();
        // Either half of a pair may be full-width.
        let second_length = second.map_or(0, char::len_utf8);
        let second = second.map(narrow);
        let (symbol, pair) = match (narrow(first), second) {
            ('<', Some('=')) | ('≤', _) => ("<=", narrow(first) == '<'),
            ('>', Some('=')) | ('≥', _) => (">=", narrow(first) == '>'),
            ('!', Some('=')) | ('≠', _) => ("!=", narrow(first) == '!'),
            ('<', _) => ("<", false),
            ('>', _) => (">", false),
            ('=', _) => ("=", false),
            ('(', _) => ("(", false),
            (')', _) => (")", false),
            ('、', _) | (',', _) => (",", false),
            ('.', _) => (".", false),
            (':', _) => (":", false),
            ('+', _) => ("+", false),
            ('-', _) => ("-", false),
            ('*', _) | ('×', _) => ("*", false),
            ('/', _) | ('÷', _) => ("/", false),
            _ => return None,
        };
        let length = first.len_utf8() + if pair { second_length } else { 0 };
        Some((symbol, length))
    }

    fn quoted(&mut self, close: char) {
        let start = self.at;
        self.bump();
        let inner = self.at;
        while let Some(c) = self.text[self.at..].chars().next() {
            if c == close {
                let text = self.text[inner..self.at].to_owned();
                self.bump();
                return self.push(TokenKind::Quoted(text), start);
            }
            self.bump();
        }
        let span = self.span(start);
        let diagnostic = Diagnostic::new("E102", span, "引号没有收尾", "this quotation mark is never closed");
        self.diagnostics.push(
            diagnostic.hint(format!("在同一行补上 {close}"), format!("put the closing {close} on the same line")),
        );
        self.push(TokenKind::Quoted(self.text[inner..].to_owned()), start);
    }

    /// A number with what is written onto it: a unit, a date, a percent sign.
    fn number(&mut self) {
        let start = self.at;
        let whole = self.digits_with_groups();
        if self.tokens_follow_date(&whole, start) {
            return;
        }
        let mut decimals = String::new();
        let mut next = self.text[self.at..].chars().map(narrow);
        if next.next() == Some('.') && next.next().is_some_and(|c| c.is_ascii_digit()) {
            self.bump();
            decimals = self.take_while(|c| c.is_ascii_digit());
        }
        let unit = self.unit();
        let span = self.span(start);
        let kind = match unit.as_str() {
            "%" => scaled(&whole, &decimals, 4).map(TokenKind::Percent),
            "元" | "yuan" => scaled(&whole, &decimals, 2).map(|fen| TokenKind::Money(Fen(fen))),
            "万元" => scaled(&whole, &decimals, 6).map(|fen| TokenKind::Money(Fen(fen))),
            "亿元" => scaled(&whole, &decimals, 10).map(|fen| TokenKind::Money(Fen(fen))),
            "分" => scaled(&whole, &decimals, 0).map(|fen| TokenKind::Money(Fen(fen))),
            "年" if decimals.is_empty() && whole.len() == 4 => whole.parse().ok().map(TokenKind::Year),
            "年" | "years" if decimals.is_empty() => whole.parse().ok().map(TokenKind::Years),
            "个工作日" | "工作日" | "working days" if decimals.is_empty() => {
                whole.parse().ok().map(TokenKind::WorkingDays)
            }
            "" if decimals.is_empty() => Some(TokenKind::Integer(whole)),
            "" => scaled(&whole, &decimals, 6).map(TokenKind::Decimal),
            _ => {
                let diagnostic = Diagnostic::new(
                    "E103",
                    span,
                    format!("不认得单位“{unit}”"),
                    format!("“{unit}” is not a unit of this language"),
                );
                let known = UNITS.iter().find(|known| unit.starts_with(**known));
                self.diagnostics.push(match known {
                    None if matches!(unit.as_str(), "天" | "日" | "个自然日" | "自然日") => diagnostic.hint(
                        "期限按工作日计，如 5个工作日；满多少天的条件用日期比较",
                        "time limits count working days: 5 working days; conditions on days compare dates",
                    ),
                    Some(known) => {
                        diagnostic.hint(format!("“{known}”后面空一格"), format!("put a blank behind “{known}”"))
                    }
                    None => diagnostic.hint(
                        "金额用 元、万元、亿元；日期如 2016年1月1日；年度如 2016年；比例用 %；件数、人数只写数字",
                        "money takes yuan, 万元 or 亿元; dates are 2016-01-01; shares take %; counts are bare numbers",
                    ),
                });
                Some(match known {
                    Some(&"年") | None => TokenKind::Integer(whole),
                    Some(_) => TokenKind::Money(Fen(0)),
                })
            }
        };
        match kind {
            Some(kind) => self.push(kind, start),
            None => {
                self.diagnostics.push(
                    Diagnostic::new("E104", span, "这个数写得不合规", "this number cannot be read exactly").hint(
                        "金额最多精确到分，比例最多四位小数，其他最多六位小数，且不能过大",
                        "money goes down to the fen, percentages to four decimals, others to six, and none may be huge",
                    ),
                );
                // A value of the right kind stands for it, so that one mistake is told once.
                let kind = match unit.as_str() {
                    "%" => TokenKind::Percent(0),
                    "年" | "years" => TokenKind::Years(1),
                    "个工作日" | "工作日" | "working days" => TokenKind::WorkingDays(1),
                    "" => TokenKind::Decimal(0),
                    _ => TokenKind::Money(Fen(0)),
                };
                self.push(kind, start);
            }
        }
    }

    /// Digits, with thousands separators where every group but the first has three digits.
    fn digits_with_groups(&mut self) -> String {
        let mut digits = self.take_while(|c| c.is_ascii_digit());
        loop {
            let rest = &self.text[self.at..];
            let group: Vec<char> = rest.chars().take(5).collect();
            let is_group = group.first() == Some(&',')
                && group.len() >= 4
                && group[1..4].iter().all(|c| c.is_ascii_digit())
                && !group.get(4).is_some_and(|c| c.is_ascii_digit());
            if !is_group || digits.is_empty() {
                return digits;
            }
            digits.extend(&group[1..4]);
            self.at += 4;
        }
    }

    /// `2016-01-01` or `2016年1月1日`.
    fn tokens_follow_date(&mut self, year: &str, start: usize) -> bool {
        let rest: String = self.text[self.at..].chars().take(16).map(narrow).collect();
        let parts = if let Some(rest) = rest.strip_prefix('-') {
            split_date(rest, '-', None)
        } else if let Some(rest) = rest.strip_prefix('年') {
            split_date(rest, '月', Some('日'))
        } else {
            None
        };
        let Some((month, day, characters)) = parts.filter(|_| year.len() == 4) else { return false };
        for _ in 0..characters + 1 {
            self.bump();
        }
        let span = self.span(start);
        let date = NaiveDate::from_ymd_opt(year.parse().unwrap_or(0), month, day);
        match date {
            Some(date) => self.push(TokenKind::Date(days_of(date)), start),
            None => {
                self.diagnostics.push(
                    Diagnostic::new("E105", span, "日历上没有这一天", "there is no such day in the calendar")
                        .hint("核对月份和日子", "check the month and the day"),
                );
                self.push(TokenKind::Date(0), start);
            }
        }
        true
    }

    /// What is written onto a number; `yuan`, `years` and working days may stand apart by a space.
    fn unit(&mut self) -> String {
        if self.peek() == Some('%') {
            self.bump();
            return "%".into();
        }
        let mark = self.at;
        self.take_while(|c| c == ' ');
        let word = self.take_while(is_word_char);
        let apart = self.at > mark && self.text[mark..].starts_with([' ', '\u{3000}']);
        if word == "working" {
            let behind = self.at;
            self.take_while(|c| c == ' ');
            if matches!(self.take_while(is_word_char).as_str(), "days" | "day") {
                return "working days".into();
            }
            self.at = behind;
        }
        const APART: &[&str] = &["yuan", "years", "元", "万元", "亿元", "个工作日", "工作日"];
        if apart && !APART.contains(&word.as_str()) {
            self.at = mark;
            return String::new();
        }
        word
    }
}

/// Units that are often run together with the word behind them: `3万元至5万元`.
const UNITS: &[&str] = &["亿元", "万元", "元", "年"];

fn closing_quote(open: char) -> Option<char> {
    match open {
        '"' => Some('"'),
        '“' => Some('”'),
        '「' => Some('」'),
        _ => None,
    }
}

/// Month, day, and how many characters they took, of `1月1日` or `01-01`.
fn split_date(rest: &str, between: char, end: Option<char>) -> Option<(u32, u32, usize)> {
    let (month, rest) = rest.split_once(between)?;
    let digits = rest.chars().take_while(char::is_ascii_digit).count();
    let day = &rest[..digits];
    let closed = match end {
        Some(end) => rest[digits..].starts_with(end),
        None => true,
    };
    let is_number = |text: &str| (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    let characters = month.len() + 1 + day.len() + usize::from(end.is_some());
    (closed && is_number(month) && is_number(day)).then_some(())?;
    Some((month.parse().ok()?, day.parse().ok()?, characters))
}

/// The number times 10^power, if it is whole and not too large.
fn scaled(whole: &str, decimals: &str, power: usize) -> Option<i64> {
    let decimals = decimals.trim_end_matches('0');
    if decimals.len() > power {
        return None;
    }
    let number: i64 = format!("{whole}{decimals:0<power$}").parse().ok()?;
    (number <= Fen::MAX.0 && number / WHOLE < i64::MAX / WHOLE).then_some(number)
}

/// Days since 1970-01-01.
pub fn days_of(date: NaiveDate) -> i64 {
    i64::from(date.to_epoch_days())
}

/// The date of a number of days since 1970-01-01; far-off days come back as the calendar's last.
pub fn date_of(days: i64) -> NaiveDate {
    i32::try_from(days).ok().and_then(NaiveDate::from_epoch_days).unwrap_or(NaiveDate::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<TokenKind> {
        let mut diagnostics = Vec::new();
        let lines = lex(0, 0, text, &mut diagnostics);
        assert_eq!(diagnostics, [], "{text}");
        lines.into_iter().flat_map(|line| line.tokens).map(|token| token.kind).collect()
    }

    #[test]
    fn reads_the_domains_literals() {
        use TokenKind::*;
        let day = days_of(NaiveDate::from_ymd_opt(2016, 1, 1).expect("a day"));
        let cases = [
            ("30万元", Money(Fen(30_000_000))),
            ("0.5万元", Money(Fen(500_000))),
            ("１亿元", Money(Fen(10_000_000_000))),
            ("300,000 yuan", Money(Fen(30_000_000))),
            ("0.01元", Money(Fen(1))),
            ("2.12%", Percent(21_200)),
            ("80％", Percent(800_000)),
            ("2016年1月1日", Date(day)),
            ("2016-01-01", Date(day)),
            ("2016年", Year(2016)),
            ("3年", Years(3)),
            ("3 years", Years(3)),
            ("5个工作日", WorkingDays(5)),
            ("5 工作日", WorkingDays(5)),
            ("10 working days", WorkingDays(10)),
            ("1 working day", WorkingDays(1)),
            ("520102", Integer("520102".into())),
            ("1,000", Integer("1000".into())),
            ("1.5", Decimal(1_500_000)),
            ("“有”", Quoted("有".into())),
            ("前3名", Word("前3名".into())),
            ("次年1月1日", Word("次年1月1日".into())),
        ];
        for (text, kind) in cases {
            assert_eq!(kinds(text), [kind], "{text}");
        }
        assert_eq!(kinds("5 working"), [Integer("5".into()), Word("working".into())]);
        assert_eq!(kinds("51、52"), [Integer("51".into()), Symbol(","), Integer("52".into())]);
        assert_eq!(
            kinds("（甲＋乙）≥5"),
            [
                Symbol("("),
                Word("甲".into()),
                Symbol("+"),
                Word("乙".into()),
                Symbol(")"),
                Symbol(">="),
                Integer("5".into())
            ]
        );
    }

    #[test]
    fn reports_what_it_cannot_read() {
        for (text, id) in
            [("3件", "E103"), ("0.001元", "E104"), ("2015年2月29日", "E105"), ("“有", "E102"), ("# 注", "E101")]
        {
            let mut diagnostics = Vec::new();
            lex(0, 0, text, &mut diagnostics);
            assert_eq!(diagnostics.iter().map(|d| d.id).collect::<Vec<_>>(), [id], "{text}");
        }
    }
}
