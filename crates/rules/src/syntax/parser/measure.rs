//! Measures and general rules: the clauses of a rule, one line each.

use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::syntax::ast::{
    BasisDecl, ConditionDecl, Each, General, Ident, KeyDecl, LimitDecl, LimitKindDecl, Measure, Test, Transition,
};
use crate::syntax::keywords::Keyword;
use crate::syntax::token::TokenKind;

use super::declarations::Head;
use super::{Cursor, Node, Parsed, Parser};

impl Parser<'_> {
    pub(super) fn measure(&mut self, head: &mut Head, node: &Node<'_>) -> Measure {
        let mut measure = Measure::default();
        for child in &node.children {
            let mut cursor = Cursor::new(child.line, self.lang);
            // A clause that could not be read is already reported; the others still count.
            let _ = self.measure_clause(head, &mut measure, &mut cursor, child);
        }
        measure
    }

    fn measure_clause(
        &mut self,
        head: &mut Head,
        measure: &mut Measure,
        cursor: &mut Cursor<'_>,
        node: &Node<'_>,
    ) -> Parsed<()> {
        let line = node.line;
        if cursor.eat(Keyword::Cites) {
            head.cites.extend(self.cites(cursor, line)?);
        } else if cursor.eat(Keyword::For) {
            let basis = self.basis(cursor)?;
            self.once(measure.basis.is_none(), line.span)?;
            measure.basis = Some(basis);
        } else if cursor.eat(Keyword::Dated) {
            self.once(measure.dated.is_none(), line.span)?;
            measure.dated = Some(self.sum(cursor)?);
        } else if cursor.eat(Keyword::From) {
            self.once(measure.from.is_none(), line.span)?;
            measure.from = Some(self.primary(cursor)?);
            self.keyword(cursor, Keyword::Onward)?;
        } else if cursor.eat(Keyword::Let) {
            let names = self.names(cursor)?;
            self.symbol(cursor, "=")?;
            measure.lets.push((names, self.expr(cursor)?));
        } else if cursor.eat(Keyword::Condition) {
            measure.conditions.push(self.condition(cursor, node)?);
            return Some(());
        } else if cursor.eat(Keyword::Except) {
            self.idents(cursor, &mut measure.exempt)?;
        } else if cursor.eat(Keyword::StacksWith) {
            self.idents(cursor, &mut measure.stacks_with)?;
            self.keyword(cursor, Keyword::Stacked)?;
        } else if cursor.eat(Keyword::Pays) {
            measure.pays.push(self.pays(cursor, node)?);
            return Some(());
        } else if cursor.eat(Keyword::Exception) {
            measure.exceptions.push(self.exception(cursor, node)?);
            return Some(());
        } else if cursor.eat(Keyword::Limit) {
            let kind = self.limit(cursor)?;
            measure.limits.push(LimitDecl { kind, span: line.span });
        } else if cursor.eat(Keyword::Payable) {
            self.keyword(cursor, Keyword::NextYear)?;
            self.once(measure.next_year.is_none(), line.span)?;
            measure.next_year = Some(line.span);
        } else if cursor.eat(Keyword::Fund) {
            self.once(measure.fund.is_none(), line.span)?;
            measure.fund = Some(self.ident(cursor)?);
        } else if cursor.eat(Keyword::Procedure) {
            self.once(measure.procedure.is_none(), line.span)?;
            measure.procedure = Some(self.ident(cursor)?);
        } else if cursor.eat(Keyword::Transition) {
            self.once(measure.transition.is_none(), line.span)?;
            measure.transition = Some((self.transition(cursor)?, line.span));
        } else if cursor.eat(Keyword::Evidence) {
            measure.evidence.push(self.text(cursor, node)?);
        } else if cursor.eat(Keyword::OptionalEvidence) {
            measure.optional_evidence.push(self.text(cursor, node)?);
        } else if cursor.eat(Keyword::Discretion) {
            measure.discretion.push(self.text(cursor, node)?);
        } else if cursor.eat(Keyword::Purpose) {
            measure.purpose.push(self.text(cursor, node)?);
        } else {
            return self.unknown_clause(cursor, MEASURE_CLAUSES);
        }
        self.finish(cursor)?;
        self.no_children(node);
        Some(())
    }

    /// Names separated by `、` or commas.
    fn idents(&mut self, cursor: &mut Cursor<'_>, idents: &mut Vec<Ident>) -> Parsed<()> {
        idents.push(self.ident(cursor)?);
        while cursor.eat_symbol(",") {
            idents.push(self.ident(cursor)?);
        }
        Some(())
    }

    fn basis(&mut self, cursor: &mut Cursor<'_>) -> Parsed<BasisDecl> {
        let choices =
            [(Keyword::EachEvent, Each::Event), (Keyword::EachYear, Each::Year), (Keyword::EachParty, Each::Party)];
        let Some(each) = cursor.eat_longest(&choices) else {
            return self.expected(cursor, "每项、每年或每家", "each, each year of or each party of");
        };
        let table = self.ident(cursor)?;
        let filter = if cursor.eat(Keyword::Where) { Some(self.expr(cursor)?) } else { None };
        Some(BasisDecl { each, table, filter })
    }

    fn condition(&mut self, cursor: &mut Cursor<'_>, node: &Node<'_>) -> Parsed<ConditionDecl> {
        let choice = cursor.eat_longest(&[(Keyword::AnyOf, true), (Keyword::AllOf, false)]);
        let Some(any) = choice else {
            let test = Test::One(self.expr(cursor)?);
            let validity = self.validity(cursor, node)?;
            self.no_children(node);
            return Some(ConditionDecl { test, validity, span: node.line.span });
        };
        let validity = self.validity(cursor, node)?;
        let mut operands = Vec::new();
        for child in &node.children {
            let mut inner = Cursor::new(child.line, self.lang);
            operands.push(self.expr(&mut inner).and_then(|expr| self.finish(&inner).map(|()| expr)));
            self.no_children(child);
        }
        let operands = operands.into_iter().collect::<Option<Vec<_>>>()?;
        if operands.len() < 2 {
            return self.expected_below(cursor, "至少两行，一行一个条件", "two conditions or more, one on each line");
        }
        let test = if any { Test::Any(operands) } else { Test::All(operands) };
        Some(ConditionDecl { test, validity, span: node.span() })
    }

    fn limit(&mut self, cursor: &mut Cursor<'_>) -> Parsed<LimitKindDecl> {
        // `不超过 3年 自 … 起` stands alone: it counts years, not rows.
        let mark = cursor.at;
        if cursor.eat(Keyword::AtMost) {
            if let Some(TokenKind::Years(years)) = cursor.peek() {
                cursor.at += 1;
                self.keyword(cursor, Keyword::From)?;
                let first = self.sum(cursor)?;
                self.keyword(cursor, Keyword::Onward)?;
                return Some(LimitKindDecl::Years(*years, first));
            }
            cursor.at = mark;
        }
        let top_first = cursor.eat(Keyword::Yearly);
        let key = self.limit_key(cursor)?;
        let every_year = top_first || cursor.eat(Keyword::Yearly);
        if let Some(places) = self.places(cursor) {
            self.keyword(cursor, Keyword::By)?;
            let by = self.sum(cursor)?;
            let orders = [(Keyword::MostFirst, true), (Keyword::FewestFirst, false)];
            let Some(descending) = cursor.eat_longest(&orders) else {
                return self.expected(cursor, "从多到少 或 从少到多", "most first or fewest first");
            };
            return Some(LimitKindDecl::Top { key: key.unwrap_or(KeyDecl::All), places, by, descending });
        }
        let Some(key) = key else {
            return self.expected(
                cursor,
                "每家、同一 …、全部，或 前3名",
                "per party, per (a column), over all, or top 3",
            );
        };
        if !every_year && cursor.eat(Keyword::OnceOnly) {
            return Some(LimitKindDecl::Once(key));
        }
        if !every_year && cursor.eat(Keyword::TopUp) {
            return Some(LimitKindDecl::TopUp(key));
        }
        let in_total = !every_year && cursor.eat(Keyword::InTotal);
        if (every_year || in_total) && cursor.eat(Keyword::AtMost) {
            let at_most = self.sum(cursor)?;
            return Some(LimitKindDecl::Cap { key, every_year, at_most });
        }
        self.expected(
            cursor,
            "一次、就高补差、每年 不超过 …、累计 不超过 …",
            "once, top up to highest, yearly at most …, in total at most …",
        )
    }

    fn limit_key(&mut self, cursor: &mut Cursor<'_>) -> Parsed<Option<KeyDecl>> {
        // `per party` begins with `per`: the longer is tried first.
        if cursor.eat(Keyword::PerParty) {
            return Some(Some(KeyDecl::Party));
        }
        if cursor.eat(Keyword::OverAll) {
            return Some(Some(KeyDecl::All));
        }
        if cursor.eat(Keyword::PerKey) {
            return Some(Some(KeyDecl::Column(self.ident(cursor)?)));
        }
        Some(None)
    }

    /// `前3名` or `top 3`.
    fn places(&mut self, cursor: &mut Cursor<'_>) -> Option<i64> {
        let Some(TokenKind::Word(word)) = cursor.peek() else { return None };
        let chinese = word.strip_prefix('前').and_then(|rest| rest.strip_suffix('名')).and_then(|n| n.parse().ok());
        if let Some(places) = chinese {
            cursor.at += 1;
            return Some(places);
        }
        match (word.as_str(), cursor.tokens.get(cursor.at + 1).map(|token| &token.kind)) {
            ("top", Some(TokenKind::Integer(digits))) => {
                cursor.at += 2;
                digits.parse().ok()
            }
            _ => None,
        }
    }

    pub(super) fn transition(&mut self, cursor: &mut Cursor<'_>) -> Parsed<Transition> {
        let choices = [(Keyword::ByBasisDate, Transition::ByBasisDate), (Keyword::ByAsOf, Transition::ByAsOf)];
        match cursor.eat_longest(&choices) {
            Some(transition) => Some(transition),
            None => self.expected(cursor, "按 基准日 或 按 截止日", "by basis date or by as-of date"),
        }
    }

    pub(super) fn general(&mut self, head: &mut Head, node: &Node<'_>) -> General {
        let mut general = General { dated_only: None, conditions: Vec::new(), is_reading: false };
        for child in &node.children {
            let mut cursor = Cursor::new(child.line, self.lang);
            let _ = self.general_clause(head, &mut general, &mut cursor, child);
        }
        general
    }

    fn general_clause(
        &mut self,
        head: &mut Head,
        general: &mut General,
        cursor: &mut Cursor<'_>,
        node: &Node<'_>,
    ) -> Parsed<()> {
        if cursor.eat(Keyword::Condition) {
            general.conditions.push(self.condition(cursor, node)?);
            return Some(());
        }
        if cursor.eat(Keyword::Cites) {
            head.cites.extend(self.cites(cursor, node.line)?);
        } else if cursor.eat(Keyword::AppliesTo) {
            self.once(general.dated_only.is_none(), node.line.span)?;
            let choices = [(Keyword::DatedMeasures, true), (Keyword::YearlyMeasures, false)];
            general.dated_only = match cursor.eat_longest(&choices) {
                None => return self.expected(cursor, "按日 措施 或 按年 措施", "dated measures or yearly measures"),
                choice => choice,
            };
        } else {
            return self.unknown_clause(cursor, &[Keyword::Cites, Keyword::AppliesTo, Keyword::Condition]);
        }
        self.finish(cursor)?;
        self.no_children(node);
        Some(())
    }

    /// Reports a second clause of a kind that stands once.
    pub(super) fn once(&mut self, first: bool, span: Span) -> Parsed<()> {
        if !first {
            let diagnostic = Diagnostic::new("E206", span, "这一项已经写过一次", "this clause is given twice");
            self.report(diagnostic.hint("只留一处", "keep one of them"));
        }
        first.then_some(())
    }
}

const MEASURE_CLAUSES: &[Keyword] = &[
    Keyword::Cites,
    Keyword::For,
    Keyword::Dated,
    Keyword::From,
    Keyword::Let,
    Keyword::Condition,
    Keyword::Except,
    Keyword::Pays,
    Keyword::Exception,
    Keyword::Limit,
    Keyword::Payable,
    Keyword::Fund,
    Keyword::Procedure,
    Keyword::StacksWith,
    Keyword::Transition,
    Keyword::Evidence,
    Keyword::OptionalEvidence,
    Keyword::Discretion,
    Keyword::Purpose,
];
