//! Desks and procedures: who works on a case, in which steps, within how many working days.

use crate::plan::StepKind;
use crate::syntax::ast::{Desk, Procedure, StepDecl, WorkingDays};
use crate::syntax::keywords::Keyword;
use crate::syntax::token::TokenKind;

use super::declarations::Head;
use super::{Cursor, Node, Parsed, Parser};

const STEPS: &[(Keyword, StepKind)] = &[
    (Keyword::Accept, StepKind::Accept),
    (Keyword::FormalReview, StepKind::FormalReview),
    (Keyword::SubstantiveReview, StepKind::SubstantiveReview),
    (Keyword::Decide, StepKind::Decide),
    (Keyword::Notice, StepKind::Notice),
    (Keyword::Pay, StepKind::Pay),
];

const PROCEDURE_CLAUSES: &[Keyword] = &[
    Keyword::Cites,
    Keyword::Accept,
    Keyword::FormalReview,
    Keyword::SubstantiveReview,
    Keyword::Decide,
    Keyword::Notice,
    Keyword::Pay,
    Keyword::Correction,
    Keyword::Objection,
];

impl Parser<'_> {
    pub(super) fn desk(&mut self, node: &Node<'_>) -> Desk {
        let mut desk = Desk::default();
        self.clauses(node, |parser, cursor, child| {
            if !cursor.eat(Keyword::Department) {
                return parser.unknown_clause(cursor, &[Keyword::Department]);
            }
            parser.once(desk.department.is_none(), child.line.span)?;
            desk.department = Some(parser.text(cursor, child)?);
            Some(())
        });
        desk
    }

    pub(super) fn procedure(&mut self, head: &mut Head, node: &Node<'_>) -> Procedure {
        let mut procedure = Procedure::default();
        self.clauses(node, |parser, cursor, child| {
            let span = child.line.span;
            if let Some(step) = cursor.eat_longest(STEPS) {
                parser.once(procedure.steps.iter().all(|other| other.step != step), span)?;
                let desk = parser.ident(cursor)?;
                let within = parser.working_days(cursor)?;
                procedure.steps.push(StepDecl { step, desk, within, span });
            } else if cursor.eat(Keyword::Correction) {
                parser.once(procedure.correction.is_none(), span)?;
                procedure.correction = Some(parser.working_days(cursor)?);
            } else if cursor.eat(Keyword::Objection) {
                parser.once(procedure.objection.is_none(), span)?;
                procedure.objection = Some(parser.working_days(cursor)?);
            } else if cursor.eat(Keyword::Cites) {
                head.cites.extend(parser.cites(cursor, child.line)?);
            } else {
                return parser.unknown_clause(cursor, PROCEDURE_CLAUSES);
            }
            Some(())
        });
        procedure
    }

    /// `5个工作日` or `5 working days`.
    fn working_days(&mut self, cursor: &mut Cursor<'_>) -> Parsed<WorkingDays> {
        let days = match cursor.peek() {
            Some(TokenKind::WorkingDays(days)) => Some(*days),
            // Written onto another unit, of which the lexer has told.
            Some(TokenKind::Integer(digits)) if self.text_of(cursor.span()).ends_with(char::is_alphabetic) => {
                digits.parse().ok()
            }
            _ => None,
        };
        let Some(days) = days else {
            return self.expected(cursor, "期限，如 5个工作日", "a time limit such as 5 working days");
        };
        let within = WorkingDays { days, span: cursor.span() };
        cursor.at += 1;
        Some(within)
    }
}
