//! The words of a PDF one after another, as any reader takes them apart.

use super::pdf_name;

/// A word of a PDF.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// `<<`
    Open,
    /// `>>`
    Close,
    /// `[`
    OpenList,
    /// `]`
    CloseList,
    /// A name, spelled out.
    Name(Vec<u8>),
    /// A text, in either kind of brackets.
    Text,
    /// A number or a keyword.
    Word(&'a [u8]),
}

/// The words from a place on.
pub(super) struct Tokens<'a> {
    bytes: &'a [u8],
    at: usize,
}

pub(super) fn is_space(byte: u8) -> bool {
    byte.is_ascii_whitespace() || byte == 0
}

fn is_regular(byte: u8) -> bool {
    !is_space(byte) && !b"()<>[]{}/%".contains(&byte)
}

impl<'a> Tokens<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Tokens<'a> {
        Tokens { bytes, at: 0 }
    }

    /// How many bytes were taken.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// What follows, behind white space and comments.
    pub(super) fn rest(&mut self) -> &'a [u8] {
        loop {
            self.skip(is_space);
            if self.bytes.get(self.at) != Some(&b'%') {
                return &self.bytes[self.at..];
            }
            self.skip(|byte| byte != b'\n' && byte != b'\r');
        }
    }

    fn skip(&mut self, is_skipped: impl Fn(u8) -> bool) {
        let rest = &self.bytes[self.at..];
        self.at += rest.iter().position(|byte| !is_skipped(*byte)).unwrap_or(rest.len());
    }

    /// To the end of a text in round brackets, which may hold others and escaped ones.
    fn skip_text(&mut self) {
        let mut depth = 0_u32;
        while let Some(byte) = self.bytes.get(self.at) {
            self.at += 1;
            match byte {
                b'\\' => self.at = (self.at + 1).min(self.bytes.len()),
                b'(' => depth += 1,
                b')' if depth <= 1 => return,
                b')' => depth -= 1,
                _ => {}
            }
        }
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        let rest = self.rest();
        let start = self.at;
        let (token, used) = match rest {
            [] => return None,
            [b'<', b'<', ..] => (Token::Open, 2),
            [b'>', b'>', ..] => (Token::Close, 2),
            [b'[', ..] => (Token::OpenList, 1),
            [b']', ..] => (Token::CloseList, 1),
            [b'(', ..] => {
                self.skip_text();
                return Some(Token::Text);
            }
            [b'<', ..] => {
                self.skip(|byte| byte != b'>');
                self.at = (self.at + 1).min(self.bytes.len());
                return Some(Token::Text);
            }
            [b'/', behind @ ..] => {
                let (name, _) = pdf_name(behind);
                self.at += 1;
                self.skip(is_regular);
                return Some(Token::Name(name));
            }
            [byte, ..] if !is_regular(*byte) => (Token::Word(&rest[..1]), 1),
            _ => {
                self.skip(is_regular);
                return Some(Token::Word(&self.bytes[start..self.at]));
            }
        };
        self.at += used;
        Some(token)
    }
}
