//! Words that people bring along from policies and from other languages, and what is written in their place.

use super::Cursor;
use crate::diagnostic::Message;
use crate::syntax::keywords::Keyword;
use crate::syntax::token::TokenKind;

/// Words, and what to do about them in Chinese and English.
const HABITS: &[(&[&str], &str, &str)] = &[
    (
        &["超过", "超出", "大于", "高于"],
        "写成 多于；本数也算的写成 不少于",
        "write 多于, or 不少于 where the number itself counts",
    ),
    (&["达到", "达", "不低于", "不小于", "至少", "最低"], "写成 不少于", "write 不少于"),
    (&["低于", "小于", "不足", "不满", "未满"], "写成 少于", "write 少于"),
    (&["不高于", "不大于", "不多于", "以内"], "写成 不超过", "write 不超过"),
    (&["等于", "为"], "写成 是", "write 是"),
    (&["不等于", "不为"], "写成 不是", "write 不是"),
    (
        &["在", "以上", "以下"],
        "“在 … 以上”写成 不少于 …，“在 … 以下”写成 不超过 …；日期写成 不早于 …、不晚于 …",
        "write 不少于 … for 以上 and 不超过 … for 以下; of dates, 不早于 … and 不晚于 …",
    ),
    (
        &["以后", "之后"],
        "写成 不早于 …；当日不算的写成 晚于 …",
        "write 不早于 …, or 晚于 … where the day itself does not count",
    ),
    (
        &["以前", "之前"],
        "写成 不晚于 …；当日不算的写成 早于 …",
        "write 不晚于 …, or 早于 … where the day itself does not count",
    ),
    (&["最高", "最多", "封顶", "上限"], CEILING_ZH.0, CEILING_ZH.1),
    (&["一次性"], "“一次性”另写一行：限额 每家 一次", "say so on a line of its own: 限额 每家 一次"),
    (&["从高到低", "从大到小"], "写成 从多到少", "write 从多到少"),
    (&["从低到高", "从小到大"], "写成 从少到多", "write 从少到多"),
    (&["和", "及", "以及", "并且"], "同时成立写成 且", "write 且 where both must hold"),
    (&["或者"], "写成 或", "write 或"),
    (
        &["exceeds", "exceeding", "over", "above", "greater", "higher", "larger"],
        "写成 more than；本数也算的写成 at least",
        "write more than, or at least where the number itself counts",
    ),
    (&["reaches", "reaching", "minimum"], "写成 at least", "write at least"),
    (&["below", "under", "lower", "smaller", "fewer"], "写成 less than", "write less than"),
    (&["equals", "equal"], "写成 is", "write is"),
    (&["maximum", "capped", "max"], CEILING_EN.0, CEILING_EN.1),
    (&["descending", "highest", "largest"], "写成 most first", "write most first"),
    (&["ascending", "lowest", "smallest"], "写成 fewest first", "write fewest first"),
];

/// What to do where an amount has a ceiling, by the surface.
const CEILING_ZH: (&str, &str) = (
    "由人裁量的写成 不超过 10万元；算出来而有上限的写成 (… 的 10%) 与 10万元 的 较小者",
    "write 不超过 10万元 where a person decides, (… 的 10%) 与 10万元 的 较小者 where it is worked out",
);
const CEILING_EN: (&str, &str) = (
    "由人裁量的写成 up to 100,000 yuan；算出来而有上限的写成 lesser of (10% of …, 100,000 yuan)",
    "write up to 100,000 yuan where a person decides, lesser of (10% of …, 100,000 yuan) where it is worked out",
);

impl Cursor<'_> {
    /// What to write in place of the word that stands here, maybe behind a comma, if it is one that people bring along.
    pub(super) fn habit(&self) -> Option<Message> {
        let Some(TokenKind::Word(word)) = self.behind_a_comma().peek() else { return None };
        let (_, zh, en) = HABITS.iter().find(|(words, ..)| words.contains(&word.as_str()))?;
        Some(Message::new(*zh, *en))
    }

    /// Whether such a word stands here before a figure, and so is no name.
    pub(super) fn sees_habit_before_figure(&self) -> bool {
        let next = self.tokens.get(self.at + 1).map(|token| &token.kind);
        let is_figure = matches!(
            next,
            Some(
                TokenKind::Money(_)
                    | TokenKind::Percent(_)
                    | TokenKind::Integer(_)
                    | TokenKind::Decimal(_)
                    | TokenKind::Date(_)
                    | TokenKind::Year(_)
                    | TokenKind::Years(_)
            )
        );
        is_figure && self.habit().is_some()
    }

    /// What to do where an amount is followed by a ceiling, as in `销售额 的 10%，不超过 10万元`.
    pub(super) fn ceiling_behind_amount(&self) -> Option<Message> {
        let here = self.behind_a_comma();
        let before = self.at.checked_sub(1).and_then(|at| self.tokens.get(at)).map(|token| &token.kind);
        let line = Cursor { at: 0, ..self.behind_a_comma() };
        let is_amount = line.sees(Keyword::Pays) || matches!(before, Some(TokenKind::Percent(_)));
        let has_ceiling = here.sees(Keyword::AtMost) || here.sees(Keyword::UpTo);
        let (zh, en) = match self.lang {
            crate::vocabulary::Lang::Zh => CEILING_ZH,
            crate::vocabulary::Lang::En => CEILING_EN,
        };
        (is_amount && has_ceiling).then(|| Message::new(zh, en))
    }

    /// This place, or the one behind the comma that stands here.
    fn behind_a_comma(&self) -> Cursor<'_> {
        let is_comma = matches!(self.peek(), Some(TokenKind::Symbol(",")));
        Cursor { tokens: self.tokens, at: self.at + usize::from(is_comma), lang: self.lang, end: self.end, depth: 0 }
    }
}
