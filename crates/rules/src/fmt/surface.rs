//! How words, names and literals are written in a surface.

use chrono::Datelike;
use duixian_money::Fen;

use crate::syntax::ast::{self, Ident};
use crate::syntax::keywords::Keyword;
use crate::syntax::token::date_of;
use crate::vocabulary::Lang;

use super::Names;

/// One of the two surfaces, with the pack's names in it. The methods that write the tree are spread over the modules
/// beside this one.
#[derive(Clone, Copy)]
pub(super) struct Surface<'a> {
    pub(super) lang: Lang,
    pub(super) names: &'a Names,
}

impl<'a> Surface<'a> {
    pub(super) fn word(self, keyword: Keyword) -> &'static str {
        keyword.spelling(self.lang)
    }

    pub(super) fn pick<T>(self, zh: T, en: T) -> T {
        match self.lang {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }

    pub(super) fn name(self, ident: &'a Ident) -> &'a str {
        self.names.translate(&ident.text, self.lang)
    }

    /// A name where it is declared: this surface's first, the other in brackets.
    pub(super) fn declared(self, names: &ast::Names) -> String {
        let (first, second) = self.pick((&names.zh, &names.en), (&names.en, &names.zh));
        format!("{} ({})", first.text, second.text)
    }

    pub(super) fn list<T: AsRef<str>>(self, items: impl IntoIterator<Item = T>) -> String {
        let items: Vec<T> = items.into_iter().collect();
        let items: Vec<&str> = items.iter().map(AsRef::as_ref).collect();
        items.join(self.pick("、", ", "))
    }

    /// Chinese in the unit that gives the shortest exact figure, English in grouped yuan.
    pub(super) fn money(self, fen: Fen) -> String {
        const HUNDRED_MILLION_YUAN: i64 = 10_000_000_000;
        const TEN_THOUSAND_YUAN: i64 = 1_000_000;
        match (self.lang, fen.0) {
            (Lang::En, _) => format!("{} yuan", fen.to_grouped_yuan()),
            (Lang::Zh, n) if n >= HUNDRED_MILLION_YUAN && n % (HUNDRED_MILLION_YUAN / 100) == 0 => {
                format!("{}亿元", decimal(n, 10))
            }
            (Lang::Zh, n) if n >= TEN_THOUSAND_YUAN && n % (TEN_THOUSAND_YUAN / 100) == 0 => {
                format!("{}万元", decimal(n, 6))
            }
            (Lang::Zh, n) => format!("{}元", decimal(n, 2)),
        }
    }

    pub(super) fn percent(self, ppm: i64) -> String {
        format!("{}%", decimal(ppm, 4))
    }

    /// Always with a point: without one it would be a count.
    pub(super) fn decimal(self, ppm: i64) -> String {
        let text = decimal(ppm, 6);
        if text.contains('.') { text } else { text + ".0" }
    }

    pub(super) fn date(self, days: i64) -> String {
        let date = date_of(days);
        let (year, month, day) = (date.year(), date.month(), date.day());
        self.pick(format!("{year:04}年{month}月{day}日"), format!("{year:04}-{month:02}-{day:02}"))
    }

    /// Four digits, since `3年` is a number of years.
    pub(super) fn year(self, year: i64) -> String {
        self.pick(format!("{year:04}年"), format!("year {year:04}"))
    }

    /// `5个工作日`, `5 working days`.
    pub(super) fn working_days(self, days: i64) -> String {
        match (self.lang, days) {
            (Lang::Zh, _) => format!("{days}个工作日"),
            (Lang::En, 1) => "1 working day".to_owned(),
            (Lang::En, _) => format!("{days} working days"),
        }
    }

    /// In this surface's quotation marks, unless the text holds the closing one.
    pub(super) fn quoted(self, text: &str) -> String {
        let marks = self.pick([('“', '”'), ('「', '」'), ('"', '"')], [('"', '"'), ('“', '”'), ('「', '」')]);
        // The text was between one of these pairs, so one of the closing marks is not in it.
        let (open, close) = marks.into_iter().find(|(_, close)| !text.contains(*close)).unwrap_or(marks[0]);
        format!("{open}{text}{close}")
    }
}

/// `number / 10^power`, exactly and without trailing zeros.
fn decimal(number: i64, power: usize) -> String {
    let digits = format!("{:0>width$}", number.unsigned_abs(), width = power + 1);
    let (whole, fraction) = digits.split_at(digits.len() - power);
    let sign = if number < 0 { "-" } else { "" };
    match fraction.trim_end_matches('0') {
        "" => format!("{sign}{whole}"),
        fraction => format!("{sign}{whole}.{fraction}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::token::{TokenKind, lex};

    #[test]
    fn literals_are_short_exact_and_read_back() {
        let names = Names::default();
        let zh = Surface { lang: Lang::Zh, names: &names };
        let en = Surface { lang: Lang::En, names: &names };
        let cases = [
            (30_000_000, "30万元", "300,000 yuan"),
            (500_000, "5000元", "5,000 yuan"),
            (1_010_000, "1.01万元", "10,100 yuan"),
            (1_000_100, "10001元", "10,001 yuan"),
            (10_000_000_000, "1亿元", "100,000,000 yuan"),
            (12_300_000_000, "1.23亿元", "123,000,000 yuan"),
            (12_340_000_000, "12340万元", "123,400,000 yuan"),
            (12_345_000_000, "12345万元", "123,450,000 yuan"),
            (0, "0元", "0 yuan"),
            (1, "0.01元", "0.01 yuan"),
        ];
        for (fen, chinese, english) in cases {
            assert_eq!((zh.money(Fen(fen)), en.money(Fen(fen))), (chinese.into(), english.into()));
            for text in [zh.money(Fen(fen)), en.money(Fen(fen))] {
                let lines = lex(0, 0, &text, &mut Vec::new());
                assert_eq!(lines[0].tokens[0].kind, TokenKind::Money(Fen(fen)), "{text}");
            }
        }
        assert_eq!(zh.percent(21_200), "2.12%");
        assert_eq!(zh.decimal(2_000_000), "2.0");
        assert_eq!(zh.quoted("甲”"), "「甲”」");
        assert_eq!((zh.date(16_801), en.date(16_801)), ("2016年1月1日".into(), "2016-01-01".into()));
    }
}
