//! Expressions. Chinese puts `的` behind, English puts `of` before; both are read here into one tree.

use crate::diagnostic::Diagnostic;
use crate::plan::{AggregateKind, Comparison};
use crate::syntax::ast::{Arithmetic, BuiltIn, Expr, ExprKind, Extreme, Logic, RoundingUnit};
use crate::syntax::keywords::Keyword;
use crate::syntax::token::TokenKind;
use duixian_money::Rounding;

use super::{Cursor, Parsed, Parser};

/// Comparison, and whether it is written in the words for dates.
const COMPARISONS: &[(Keyword, (Comparison, bool))] = &[
    (Keyword::Is, (Comparison::Equal, false)),
    (Keyword::IsNot, (Comparison::NotEqual, false)),
    (Keyword::AtLeast, (Comparison::AtLeast, false)),
    (Keyword::AtMost, (Comparison::AtMost, false)),
    (Keyword::MoreThan, (Comparison::Greater, false)),
    (Keyword::LessThan, (Comparison::Less, false)),
    (Keyword::Before, (Comparison::Less, true)),
    (Keyword::NotAfter, (Comparison::AtMost, true)),
    (Keyword::After, (Comparison::Greater, true)),
    (Keyword::NotBefore, (Comparison::AtLeast, true)),
];

const SYMBOLS: &[(&str, Comparison)] = &[
    ("=", Comparison::Equal),
    ("!=", Comparison::NotEqual),
    ("<=", Comparison::AtMost),
    (">=", Comparison::AtLeast),
    ("<", Comparison::Less),
    (">", Comparison::Greater),
];

const EXTREMES: &[(Keyword, Extreme)] = &[
    (Keyword::Lesser, Extreme::Lesser),
    (Keyword::Greater, Extreme::Greater),
    (Keyword::Earlier, Extreme::Earlier),
    (Keyword::Later, Extreme::Later),
];

const ROUNDINGS: &[(Keyword, Rounding)] = &[
    (Keyword::RoundedTo, Rounding::HalfUp),
    (Keyword::RoundedDown, Rounding::Down),
    (Keyword::RoundedUp, Rounding::Up),
];

const UNITS: &[(Keyword, RoundingUnit)] = &[
    (Keyword::Fen, RoundingUnit::Fen),
    (Keyword::Jiao, RoundingUnit::Jiao),
    (Keyword::Yuan, RoundingUnit::Yuan),
    (Keyword::HundredYuan, RoundingUnit::HundredYuan),
    (Keyword::ThousandYuan, RoundingUnit::ThousandYuan),
    (Keyword::TenThousandYuan, RoundingUnit::TenThousandYuan),
];

const AGGREGATES: &[(Keyword, AggregateKind)] = &[
    (Keyword::Count, AggregateKind::Count),
    (Keyword::Sum, AggregateKind::Sum),
    (Keyword::Any, AggregateKind::Any),
    (Keyword::Earliest, AggregateKind::Earliest),
    (Keyword::Latest, AggregateKind::Latest),
    (Keyword::Only, AggregateKind::Only),
];

const BUILT_INS: &[(Keyword, BuiltIn)] = &[
    (Keyword::BasisDate, BuiltIn::BasisDate),
    (Keyword::ThisYear, BuiltIn::ThisYear),
    (Keyword::AsOf, BuiltIn::AsOf),
    (Keyword::Rank, BuiltIn::Rank),
];

/// Nesting beyond this is refused rather than risk the stack on a hostile pack.
const MAX_DEPTH: usize = 64;

impl Parser<'_> {
    /// A boolean expression or any other; the lowest precedence.
    pub(super) fn expr(&mut self, cursor: &mut Cursor<'_>) -> Parsed<Expr> {
        cursor.depth += 1;
        if cursor.depth > MAX_DEPTH {
            cursor.depth -= 1;
            self.report(
                Diagnostic::new("E205", cursor.span(), "括号套得太深", "the expression is nested too deeply")
                    .hint("用 令 给中间结果起名", "name the inner parts with let"),
            );
            return None;
        }
        let result = self.logic(cursor, Logic::Or);
        cursor.depth -= 1;
        result
    }

    fn logic(&mut self, cursor: &mut Cursor<'_>, logic: Logic) -> Parsed<Expr> {
        let keyword = if logic == Logic::Or { Keyword::OrElse } else { Keyword::AndAlso };
        let operand = |parser: &mut Self, cursor: &mut Cursor<'_>| match logic {
            Logic::Or => parser.logic(cursor, Logic::And),
            Logic::And => parser.negation(cursor),
        };
        let first = operand(self, cursor)?;
        let mut operands = vec![first];
        while cursor.eat(keyword) {
            operands.push(operand(self, cursor)?);
        }
        if operands.len() == 1 {
            return operands.pop();
        }
        let span = operands[0].span.to(cursor.last_span());
        Some(Expr { kind: ExprKind::Logic(logic, operands), span })
    }

    fn negation(&mut self, cursor: &mut Cursor<'_>) -> Parsed<Expr> {
        let start = cursor.span();
        let Some(keyword) = [Keyword::Negate, Keyword::NotHappened, Keyword::Happened]
            .into_iter()
            .find(|keyword| cursor.sees(*keyword))
        else {
            return self.comparison(cursor);
        };
        // `has no X` begins with `has`: the longer one is tried first above.
        cursor.eat(keyword);
        cursor.depth += 1;
        if cursor.depth > MAX_DEPTH {
            cursor.depth -= 1;
            return self.expected(cursor, "较短的式子", "a shorter expression");
        }
        let operand = if keyword == Keyword::Negate { self.negation(cursor) } else { self.primary(cursor) };
        cursor.depth -= 1;
        let operand = Box::new(operand?);
        let span = start.to(cursor.last_span());
        let kind = match keyword {
            Keyword::Negate => ExprKind::Not(operand),
            keyword => ExprKind::Happened(keyword == Keyword::Happened, operand),
        };
        Some(Expr { kind, span })
    }

    fn comparison(&mut self, cursor: &mut Cursor<'_>) -> Parsed<Expr> {
        let left = self.sum(cursor)?;
        if let Some(positive) = cursor.eat_longest(&[(Keyword::In, true), (Keyword::NotIn, false)]) {
            let list = self.list(cursor)?;
            let span = left.span.to(cursor.last_span());
            return Some(Expr { kind: ExprKind::In(positive, Box::new(left), list), span });
        }
        if cursor.eat(Keyword::StartsWith) {
            let list = self.list(cursor)?;
            let span = left.span.to(cursor.last_span());
            return Some(Expr { kind: ExprKind::StartsWith(Box::new(left), list), span });
        }
        let Some((comparison, of_dates)) = self.comparison_sign(cursor) else { return Some(left) };
        let right = self.sum(cursor)?;
        if cursor.sees(Keyword::To) && !self.at_validity_end(cursor) {
            self.report(
                Diagnostic::new(
                    "E406",
                    right.span.to(cursor.span()),
                    "比较的时候不能写幅度：幅度只写在 支付 里",
                    "a span cannot be compared with: it stands only where an amount is paid",
                )
                .hint("写成 不少于 … 且 不超过 …", "write at least … and at most …"),
            );
            return None;
        }
        let span = left.span.to(right.span);
        Some(Expr { kind: ExprKind::Compare(comparison, of_dates, Box::new(left), Box::new(right)), span })
    }

    /// A comparison in words or symbols.
    pub(super) fn comparison_sign(&mut self, cursor: &mut Cursor<'_>) -> Option<(Comparison, bool)> {
        for (symbol, comparison) in SYMBOLS {
            if cursor.eat_symbol(symbol) {
                return Some((*comparison, false));
            }
        }
        cursor.eat_longest(COMPARISONS)
    }

    /// One value or several, separated by `、` or commas, of which the items are single names or literals.
    pub(super) fn list(&mut self, cursor: &mut Cursor<'_>) -> Parsed<Vec<Expr>> {
        let mut items = vec![self.primary(cursor)?];
        while cursor.eat_symbol(",") {
            items.push(self.primary(cursor)?);
        }
        Some(items)
    }

    /// Sums and differences, with rounding of the whole.
    pub(super) fn sum(&mut self, cursor: &mut Cursor<'_>) -> Parsed<Expr> {
        let mut left = self.product(cursor, false)?;
        loop {
            let operator = match cursor.peek() {
                Some(TokenKind::Symbol("+")) => Arithmetic::Add,
                Some(TokenKind::Symbol("-")) => Arithmetic::Subtract,
                _ => break,
            };
            cursor.at += 1;
            let right = self.product(cursor, true)?;
            left = binary(operator, left, right);
        }
        while let Some(rounding) = cursor.eat_longest(ROUNDINGS) {
            let Some(unit) = cursor.eat_longest(UNITS) else {
                return self.expected(cursor, "分、角、元、百元、千元或万元", "fen, jiao, yuan, hundred_yuan, …");
            };
            let span = left.span.to(cursor.last_span());
            left = Expr { kind: ExprKind::Round(Box::new(left), rounding, unit), span };
        }
        Some(left)
    }

    /// Products and quotients; `after_operator` where a sum goes on before this.
    fn product(&mut self, cursor: &mut Cursor<'_>, after_operator: bool) -> Parsed<Expr> {
        let mut left = if after_operator { self.with_of_alone(cursor)? } else { self.with_of(cursor)? };
        loop {
            let operator = match cursor.peek() {
                Some(TokenKind::Symbol("*")) => Arithmetic::Multiply,
                Some(TokenKind::Symbol("/")) => Arithmetic::Divide,
                _ => return Some(left),
            };
            cursor.at += 1;
            let right = self.with_of_alone(cursor)?;
            left = binary(operator, left, right);
        }
    }

    /// `甲 的 年份`, `甲 的 80%`, `甲 与 乙 的 较小者`; in English `80% of a`.
    fn with_of(&mut self, cursor: &mut Cursor<'_>) -> Parsed<Expr> {
        let mut left = self.primary(cursor)?;
        if self.lang == crate::vocabulary::Lang::En {
            if cursor.eat(Keyword::Of) {
                let amount = self.with_of(cursor)?;
                let span = left.span.to(amount.span);
                left = Expr { kind: ExprKind::PercentOf(Box::new(left), Box::new(amount)), span };
            }
            return Some(left);
        }
        left = self.of_suffix(cursor, left)?;
        if !cursor.sees(Keyword::With) {
            return Some(left);
        }
        let mut operands = vec![left];
        while cursor.eat(Keyword::With) {
            let operand = self.primary(cursor)?;
            operands.push(self.of_suffix(cursor, operand)?);
            if let Some(TokenKind::Symbol("+" | "-" | "*" | "/")) = cursor.peek() {
                self.report(
                    Diagnostic::new(
                        "E208",
                        cursor.span(),
                        "“与”旁边的加减乘除要加括号",
                        "a sum or product beside 与 needs brackets",
                    )
                    .hint("写成 甲 与 (乙 × 丙) 的 较小者", "write a 与 (b × c) 的 较小者"),
                );
                return None;
            }
        }
        self.keyword(cursor, Keyword::Of)?;
        let Some(extreme) = cursor.eat_longest(EXTREMES) else {
            return self.expected(cursor, "较小者、较大者、较早者或较晚者", "which of them");
        };
        let span = operands[0].span.to(cursor.last_span());
        Some(Expr { kind: ExprKind::Extreme(extreme, operands), span })
    }

    /// The right side of an operator: it may not begin a list, whose extent nobody could tell.
    fn with_of_alone(&mut self, cursor: &mut Cursor<'_>) -> Parsed<Expr> {
        if self.lang == crate::vocabulary::Lang::En {
            return self.with_of(cursor);
        }
        let operand = self.primary(cursor)?;
        let operand = self.of_suffix(cursor, operand)?;
        self.no_list_after_operator(cursor)?;
        Some(operand)
    }

    /// Reports `甲 × 乙 与 丙 的 较小者`, which one reader takes for the lesser of a product and another for a product of
    /// the lesser.
    fn no_list_after_operator(&mut self, cursor: &Cursor<'_>) -> Parsed<()> {
        let ambiguous = self.lang == crate::vocabulary::Lang::Zh && cursor.sees(Keyword::With);
        if ambiguous {
            self.report(
                Diagnostic::new(
                    "E208",
                    cursor.span(),
                    "“与”旁边的加减乘除要加括号",
                    "a sum or product beside 与 needs brackets",
                )
                .hint(
                    "写成 (甲 × 乙) 与 丙 的 较小者，或 甲 × (乙 与 丙 的 较小者)",
                    "write (a × b) 与 c 的 较小者, or a × (b 与 c 的 较小者)",
                ),
            );
        }
        (!ambiguous).then_some(())
    }

    /// Any number of `的 年份` and `的 80%`, but not the `的` that belongs to `较小者`.
    fn of_suffix(&mut self, cursor: &mut Cursor<'_>, mut left: Expr) -> Parsed<Expr> {
        loop {
            let mark = cursor.at;
            if !cursor.eat(Keyword::Of) {
                return Some(left);
            }
            if EXTREMES.iter().any(|(keyword, _)| cursor.sees(*keyword)) {
                cursor.at = mark;
                return Some(left);
            }
            let kind = if cursor.eat(Keyword::YearOf) {
                ExprKind::YearOf(Box::new(left.clone()))
            } else {
                let rate = self.primary(cursor)?;
                ExprKind::PercentOf(Box::new(rate), Box::new(left.clone()))
            };
            let span = left.span.to(cursor.last_span());
            left = Expr { kind, span };
        }
    }

    pub(super) fn primary(&mut self, cursor: &mut Cursor<'_>) -> Parsed<Expr> {
        let start = cursor.span();
        if cursor.eat_symbol("(") {
            let inner = self.expr(cursor)?;
            self.symbol(cursor, ")")?;
            return Some(Expr { span: start.to(cursor.last_span()), ..inner });
        }
        if let Some(kind) = self.prefix_form(cursor)? {
            return Some(Expr { kind, span: start.to(cursor.last_span()) });
        }
        let Some(token) = cursor.peek() else {
            return self.expected(cursor, "一个值或名称", "a value or a name");
        };
        let kind = match token {
            TokenKind::Money(fen) => ExprKind::Money(*fen),
            TokenKind::Percent(ppm) => ExprKind::Percent(*ppm),
            TokenKind::Decimal(ppm) => ExprKind::Decimal(*ppm),
            TokenKind::Integer(digits) => ExprKind::Integer(digits.clone()),
            TokenKind::Date(days) => ExprKind::Date(*days),
            TokenKind::Year(year) => ExprKind::Year(*year),
            TokenKind::Years(years) => ExprKind::Integer(years.to_string()),
            TokenKind::Quoted(text) => ExprKind::Quoted(text.clone()),
            TokenKind::Word(_) => {
                let ident = self.ident(cursor)?;
                if super::super::keywords::RESERVED.iter().any(|k| k.spelling(self.lang) == ident.text) {
                    cursor.at -= 1;
                    return self.expected(cursor, "一个值或名称", "a value or a name");
                }
                if cursor.eat_symbol(".") {
                    let column = self.ident(cursor)?;
                    let span = start.to(column.span);
                    return Some(Expr { kind: ExprKind::Qualified(ident, column), span });
                }
                return Some(Expr { span: ident.span, kind: ExprKind::Name(ident) });
            }
            TokenKind::Symbol(_) | TokenKind::WorkingDays(_) => {
                return self.expected(cursor, "一个值或名称", "a value or a name");
            }
        };
        cursor.at += 1;
        Some(Expr { kind, span: start })
    }

    /// Forms that begin with a keyword. `Some(None)`: there is none here.
    fn prefix_form(&mut self, cursor: &mut Cursor<'_>) -> Parsed<Option<ExprKind>> {
        for (keyword, value) in [(Keyword::True, true), (Keyword::False, false)] {
            if cursor.eat(keyword) {
                return Some(Some(ExprKind::Bool(value)));
            }
        }
        if let Some(built_in) = cursor.eat_longest(BUILT_INS) {
            return Some(Some(ExprKind::BuiltIn(built_in)));
        }
        if self.lang == crate::vocabulary::Lang::En {
            if cursor.eat(Keyword::YearOf) {
                return Some(Some(ExprKind::YearOf(Box::new(self.primary(cursor)?))));
            }
            if cursor.sees(Keyword::YearLiteral)
                && let Some(TokenKind::Integer(digits)) = cursor.tokens.get(cursor.at + 1).map(|token| &token.kind)
                && digits.len() == 4
                && let Ok(year) = digits.parse()
            {
                cursor.at += 2;
                return Some(Some(ExprKind::Year(year)));
            }
            if let Some(extreme) = cursor.eat_longest(EXTREMES) {
                let operands = self.arguments(cursor)?;
                if operands.len() < 2 {
                    return self.expected(cursor, "至少两个值", "at least two values");
                }
                return Some(Some(ExprKind::Extreme(extreme, operands)));
            }
        }
        self.function(cursor)
    }

    fn function(&mut self, cursor: &mut Cursor<'_>) -> Parsed<Option<ExprKind>> {
        let is_call = matches!(cursor.tokens.get(cursor.at + 1).map(|token| &token.kind), Some(TokenKind::Symbol("(")));
        if !is_call {
            return Some(None);
        }
        if let Some(kind) = cursor.eat_longest(AGGREGATES) {
            self.symbol(cursor, "(")?;
            let of = Box::new(self.primary(cursor)?);
            let filter = if cursor.eat(Keyword::Where) { Some(Box::new(self.expr(cursor)?)) } else { None };
            self.symbol(cursor, ")")?;
            return Some(Some(ExprKind::Aggregate { kind, of, filter }));
        }
        let binary = |first: Expr, second: Expr, years: bool| {
            let (first, second) = (Box::new(first), Box::new(second));
            if years { ExprKind::YearsBetween(first, second) } else { ExprKind::Steps(first, second) }
        };
        let Some(years) = cursor.eat_longest(&[(Keyword::YearsBetween, true), (Keyword::Steps, false)]) else {
            return Some(None);
        };
        let mut arguments = self.arguments(cursor)?;
        match (arguments.pop(), arguments.pop(), arguments.is_empty()) {
            (Some(second), Some(first), true) => Some(Some(binary(first, second, years))),
            _ => self.expected(cursor, "恰好两个值", "exactly two values"),
        }
    }

    fn arguments(&mut self, cursor: &mut Cursor<'_>) -> Parsed<Vec<Expr>> {
        self.symbol(cursor, "(")?;
        let mut arguments = vec![self.expr(cursor)?];
        while cursor.eat_symbol(",") {
            arguments.push(self.expr(cursor)?);
        }
        self.symbol(cursor, ")")?;
        Some(arguments)
    }
}

fn binary(operator: Arithmetic, left: Expr, right: Expr) -> Expr {
    let span = left.span.to(right.span);
    Expr { kind: ExprKind::Arithmetic(operator, Box::new(left), Box::new(right)), span }
}
