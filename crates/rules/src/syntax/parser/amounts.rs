//! Amounts: spans, tables of tiers, exceptions, and from when to when they are in force.

use crate::diagnostic::Diagnostic;
use crate::syntax::ast::{AmountDecl, ExceptionDecl, Expr, ExprKind, PayDecl, TierDecl, TierKey, Validity};
use crate::syntax::keywords::Keyword;
use crate::syntax::token::TokenKind;

use super::{Cursor, Node, Parsed, Parser};

impl Parser<'_> {
    /// `30万元`, `5万元 至 10万元`, `不超过 20万元`, `不少于 5万元`, `不定额`.
    pub(super) fn amount(&mut self, cursor: &mut Cursor<'_>) -> Parsed<Expr> {
        let start = cursor.span();
        if cursor.sees_habit_before_figure() {
            return self.expected(cursor, "金额", "an amount");
        }
        if cursor.eat(Keyword::OpenAmount) {
            return Some(Expr { kind: ExprKind::OpenAmount, span: start });
        }
        for (keyword, up_to) in [(Keyword::UpTo, true), (Keyword::FloorOpen, false)] {
            if cursor.eat(keyword) {
                let bound = Box::new(self.sum(cursor)?);
                let kind = if up_to { ExprKind::UpTo(bound) } else { ExprKind::FloorOpen(bound) };
                return Some(Expr { kind, span: start.to(cursor.last_span()) });
            }
        }
        let low = self.sum(cursor)?;
        if !self.at_validity_end(cursor) && cursor.eat(Keyword::To) {
            let high = self.sum(cursor)?;
            let span = low.span.to(high.span);
            return Some(Expr { kind: ExprKind::Span(Box::new(low), Box::new(high)), span });
        }
        Some(low)
    }

    /// Whether `至` here begins `至 2018年12月31日 止` rather than a span of amounts.
    pub(super) fn at_validity_end(&self, cursor: &Cursor<'_>) -> bool {
        cursor.sees(Keyword::Until)
            && matches!(cursor.tokens.get(cursor.at + 1).map(|token| &token.kind), Some(TokenKind::Date(_)))
    }

    /// 支付, on a line with its tiers below.
    pub(super) fn pays(&mut self, cursor: &mut Cursor<'_>, node: &Node<'_>) -> Parsed<PayDecl> {
        let (amount, validity) = self.amount_decl(cursor, node)?;
        Some(PayDecl { amount, validity, span: node.span() })
    }

    fn amount_decl(&mut self, cursor: &mut Cursor<'_>, node: &Node<'_>) -> Parsed<(AmountDecl, Validity)> {
        if !cursor.eat(Keyword::By) {
            let amount = self.amount(cursor)?;
            let validity = self.validity(cursor, node)?;
            self.no_children(node);
            return Some((AmountDecl::One(amount), validity));
        }
        let by = self.sum(cursor)?;
        let goes_on = [Keyword::From, Keyword::Until, Keyword::Cites].iter().any(|keyword| cursor.sees(*keyword));
        if !cursor.at_end() && !goes_on {
            return self.expected(
                cursor,
                "行尾：各档写在下面，一行一档",
                "the end of the line, with the tiers below, one on each line",
            );
        }
        let validity = self.validity(cursor, node)?;
        let mut tiers = Vec::new();
        for child in &node.children {
            // A tier that cannot be read must not make the table look as if it had a gap: the whole is left out.
            tiers.push(self.tier(child));
        }
        if tiers.is_empty() {
            return self.expected_below(cursor, "各档的金额，一行一档", "a tier on each line");
        }
        let tiers = tiers.into_iter().collect::<Option<Vec<_>>>()?;
        Some((AmountDecl::Tiers { by, tiers }, validity))
    }

    fn tier(&mut self, node: &Node<'_>) -> Parsed<TierDecl> {
        let mut cursor = Cursor::new(node.line, self.lang);
        let cursor = &mut cursor;
        let key = if cursor.sees(Keyword::Otherwise) {
            cursor.eat(Keyword::Otherwise);
            TierKey::Otherwise(cursor.last_span())
        } else if let Some((comparison, _)) = self.comparison_sign(cursor) {
            let mut range = vec![(comparison, self.sum(cursor)?)];
            while cursor.eat(Keyword::AndAlso) {
                let Some((comparison, _)) = self.comparison_sign(cursor) else {
                    return self.expected(cursor, "比较，如 少于 1亿元", "a comparison such as less than 5,000 yuan");
                };
                range.push((comparison, self.sum(cursor)?));
            }
            TierKey::Range(range)
        } else if cursor.sees_habit_before_figure() {
            return self.expected(cursor, "比较，如 少于 1亿元", "a comparison such as less than 5,000 yuan");
        } else {
            TierKey::Values(self.list(cursor)?)
        };
        cursor.eat_symbol(":");
        let amount = self.amount(cursor)?;
        self.finish(cursor)?;
        self.no_children(node);
        Some(TierDecl { key, amount, span: node.line.span })
    }

    /// 例外 当 …, with 支付 or 不支付 below.
    pub(super) fn exception(&mut self, cursor: &mut Cursor<'_>, node: &Node<'_>) -> Parsed<ExceptionDecl> {
        self.keyword(cursor, Keyword::If)?;
        let when = self.expr(cursor)?;
        let validity = self.validity(cursor, node)?;
        let [child] = &node.children[..] else {
            return self.expected_below(cursor, "恰好一行 支付 或 不支付", "exactly one line: pays or pays nothing");
        };
        let mut inner = Cursor::new(child.line, self.lang);
        let amount = if inner.eat(Keyword::PaysNothing) {
            self.finish(&inner)?;
            self.no_children(child);
            AmountDecl::Nothing
        } else {
            self.keyword(&mut inner, Keyword::Pays)?;
            let (amount, own) = self.amount_decl(&mut inner, child)?;
            if own != Validity::default() {
                let at = Cursor::new(child.line, self.lang);
                return self.expected(
                    &at,
                    "不带起止日期的金额（起止写在 例外 一行）",
                    "an amount without dates of its own",
                );
            }
            amount
        };
        Some(ExceptionDecl { when, amount, validity, span: node.span() })
    }

    /// `自 2019年1月1日 起`, `至 2018年12月31日 止`, `依据 修(一)`, each at most once, to the end of the line.
    pub(super) fn validity(&mut self, cursor: &mut Cursor<'_>, node: &Node<'_>) -> Parsed<Validity> {
        let mut validity = Validity::default();
        if cursor.eat(Keyword::From) {
            validity.from = Some(self.date(cursor)?);
            self.keyword(cursor, Keyword::Onward)?;
        }
        if cursor.eat(Keyword::Until) {
            validity.until = Some(self.date(cursor)?);
            self.keyword(cursor, Keyword::Ended)?;
        }
        if cursor.eat(Keyword::Cites) {
            let mut clauses = self.cites(cursor, node.line)?;
            let last = clauses.pop();
            // Here is room for one clause; another must not vanish.
            self.once(clauses.is_empty(), last.as_ref().map_or(node.line.span, |clause| clause.span))?;
            validity.cites = last;
        }
        self.finish(cursor)?;
        Some(validity)
    }

    pub(super) fn date(&mut self, cursor: &mut Cursor<'_>) -> Parsed<(i64, crate::source::Span)> {
        match cursor.peek() {
            Some(TokenKind::Date(days)) => {
                let found = (*days, cursor.span());
                cursor.at += 1;
                Some(found)
            }
            _ => self.expected(cursor, "日期，如 2016年1月1日", "a date such as 2016-01-01"),
        }
    }

    /// Reports lines indented under one that takes none.
    pub(super) fn no_children(&mut self, node: &Node<'_>) {
        if let Some(child) = node.children.first() {
            let diagnostic = Diagnostic::new(
                "E201",
                child.line.span,
                "上一行下面不能再有内容",
                "the line above takes nothing below it",
            );
            self.report(
                diagnostic.hint("与上一行的开头对齐，或删去这一行", "align it with the line above, or drop it"),
            );
        }
    }
}
