//! Declarations: what begins in the first column.

use crate::diagnostic::Diagnostic;
use crate::plan::Comparison;
use crate::syntax::ast::{
    ClauseRef, ColumnDecl, Expr, Fund, Goal, GoalValue, GoalYear, Item, ItemKind, Parameter, Policy, Statement,
    StatementKind, Target, TypeDecl, Validity,
};
use crate::syntax::keywords::Keyword;
use crate::syntax::token::TokenKind;
use crate::vocabulary::{ColumnType, Empty, Lang, TableKind};

use super::{Cursor, Node, Parsed, Parser};

/// What every declaration gathers on the way.
#[derive(Default)]
pub(super) struct Head {
    pub(super) cites: Vec<ClauseRef>,
}

const STATEMENTS: &[(Keyword, StatementKind)] = &[
    (Keyword::Platform, StatementKind::Platform),
    (Keyword::Task, StatementKind::Task),
    (Keyword::Finance, StatementKind::Finance),
    (Keyword::Talent, StatementKind::Talent),
    (Keyword::Safeguard, StatementKind::Safeguard),
    (Keyword::Reference, StatementKind::Reference),
    (Keyword::Promise, StatementKind::Promise),
];

const TABLES: &[(Keyword, TableKind)] = &[
    (Keyword::PartyTable, TableKind::Party),
    (Keyword::EventTable, TableKind::Event),
    (Keyword::AccountTable, TableKind::Account),
];

const TYPES: &[(Keyword, ColumnType)] = &[
    (Keyword::TypeMoney, ColumnType::Money),
    (Keyword::TypePercent, ColumnType::Percent),
    (Keyword::TypeDecimal, ColumnType::Decimal),
    (Keyword::TypeDate, ColumnType::Date),
    (Keyword::TypeYear, ColumnType::Year),
    (Keyword::TypeCount, ColumnType::Count),
    (Keyword::TypeBool, ColumnType::Bool),
    (Keyword::TypeText, ColumnType::Text),
    (Keyword::TypeIndustry, ColumnType::Industry),
    (Keyword::TypeDivision, ColumnType::Division),
    (Keyword::TypeParty, ColumnType::Party),
];

impl Parser<'_> {
    pub(super) fn item(&mut self, node: &Node<'_>) -> Parsed<Item> {
        let mut cursor = Cursor::new(node.line, self.lang);
        let cursor = &mut cursor;
        let mut head = Head::default();
        let (names, kind) = if cursor.eat(Keyword::Policy) {
            let names = self.names(cursor)?;
            (names, ItemKind::Policy(self.policy(&mut head, node)))
        } else if cursor.eat(Keyword::WordList) {
            let names = self.names(cursor)?;
            (names, ItemKind::WordList(self.words(node)))
        } else if let Some(kind) = cursor.eat_longest(TABLES) {
            let names = self.names(cursor)?;
            let columns = node.children.iter().filter_map(|child| self.column(child)).collect();
            (names, ItemKind::Table(kind, columns))
        } else if cursor.eat(Keyword::Group) {
            let names = self.names(cursor)?;
            self.symbol(cursor, "=")?;
            let list = self.list(cursor)?;
            self.no_children(node);
            (names, ItemKind::Group(list))
        } else if cursor.eat(Keyword::Define) {
            let names = self.names(cursor)?;
            self.symbol(cursor, "=")?;
            let expr = self.expr(cursor)?;
            self.no_children(node);
            (names, ItemKind::Define(expr))
        } else if cursor.eat(Keyword::Parameter) {
            let names = self.names(cursor)?;
            (names, ItemKind::Parameter(self.parameter(node)))
        } else if cursor.eat(Keyword::General) {
            let names = self.names(cursor)?;
            (names, ItemKind::General(self.general(&mut head, node)))
        } else if cursor.eat(Keyword::Measure) {
            let names = self.names(cursor)?;
            (names, ItemKind::Measure(Box::new(self.measure(&mut head, node))))
        } else if cursor.eat(Keyword::Fund) {
            let names = self.names(cursor)?;
            (names, ItemKind::Fund(self.fund(&mut head, node)))
        } else if cursor.eat(Keyword::Desk) {
            let names = self.names(cursor)?;
            (names, ItemKind::Desk(self.desk(node)))
        } else if cursor.eat(Keyword::Procedure) {
            let names = self.names(cursor)?;
            (names, ItemKind::Procedure(self.procedure(&mut head, node)))
        } else if cursor.eat(Keyword::Target) {
            let names = self.names(cursor)?;
            (names, ItemKind::Target(self.target(&mut head, node)))
        } else if let Some(kind) = cursor.eat_longest(STATEMENTS) {
            let names = self.names(cursor)?;
            (names, ItemKind::Statement(kind, self.statement(&mut head, node)))
        } else {
            return self.unknown_clause(cursor, DECLARATIONS);
        };
        self.finish(cursor)?;
        Some(Item { names, cites: head.cites, heading: None, kind, span: node.span() })
    }

    fn policy(&mut self, head: &mut Head, node: &Node<'_>) -> Policy {
        let mut policy = Policy::default();
        self.clauses(node, |parser, cursor, child| {
            if cursor.eat(Keyword::Published) {
                parser.once(policy.published.is_none(), child.line.span)?;
                policy.published = Some(parser.date(cursor)?);
            } else if cursor.eat(Keyword::Covers) {
                parser.once(policy.covers.is_none(), child.line.span)?;
                policy.covers = Some(parser.date(cursor)?);
            } else if cursor.eat(Keyword::PayableNotBefore) {
                parser.once(policy.payable.is_none(), child.line.span)?;
                policy.payable = Some(parser.date(cursor)?);
            } else if cursor.eat(Keyword::Source) {
                policy.source.push(parser.text(cursor, child)?);
            } else if cursor.eat(Keyword::Cites) {
                head.cites.extend(parser.cites(cursor, child.line)?);
            } else {
                let allowed = [Keyword::Published, Keyword::Covers, Keyword::PayableNotBefore, Keyword::Source];
                return parser.unknown_clause(cursor, &allowed);
            }
            Some(())
        });
        policy
    }

    fn words(&mut self, node: &Node<'_>) -> Vec<super::Names> {
        let mut words = Vec::new();
        self.clauses(node, |parser, cursor, _| {
            words.push(parser.names(cursor)?);
            Some(())
        });
        words
    }

    fn column(&mut self, node: &Node<'_>) -> Parsed<ColumnDecl> {
        let mut cursor = Cursor::new(node.line, self.lang);
        let cursor = &mut cursor;
        let names = self.names(cursor)?;
        let ty = match cursor.eat_longest(TYPES) {
            Some(ty) => TypeDecl::BuiltIn(ty),
            None => TypeDecl::Words(self.ident(cursor)?),
        };
        let key = cursor.eat(Keyword::IsKey);
        let choices = [
            (Keyword::IsRequired, Empty::Required),
            (Keyword::EmptyNotHappened, Empty::NotHappened),
            (Keyword::EmptyOwn, Empty::Own),
        ];
        let empty = cursor.eat_longest(&choices).unwrap_or(if key { Empty::Required } else { Empty::Unknown });
        let for_the_record = cursor.eat(Keyword::ForTheRecord);
        self.finish(cursor)?;
        self.no_children(node);
        Some(ColumnDecl { names, ty, key, empty, for_the_record, span: node.line.span })
    }

    fn parameter(&mut self, node: &Node<'_>) -> Parameter {
        let mut values: Vec<(Expr, Validity)> = Vec::new();
        let mut transition = None;
        self.clauses(node, |parser, cursor, child| {
            if cursor.eat(Keyword::Transition) {
                parser.once(transition.is_none(), child.line.span)?;
                transition = Some(parser.transition(cursor)?);
            } else {
                let value = parser.sum(cursor)?;
                values.push((value, parser.validity(cursor, child)?));
            }
            Some(())
        });
        Parameter { values, transition: transition.unwrap_or_default() }
    }

    fn fund(&mut self, head: &mut Head, node: &Node<'_>) -> Fund {
        let mut fund = Fund::default();
        self.clauses(node, |parser, cursor, child| {
            if cursor.eat(Keyword::Size) {
                parser.keyword(cursor, Keyword::Yearly)?;
                let size = parser.sum(cursor)?;
                parser.keyword(cursor, Keyword::From)?;
                let from = parser.year(cursor)?;
                parser.keyword(cursor, Keyword::Onward)?;
                fund.sizes.push((size, from, child.line.span));
            } else if cursor.eat(Keyword::Balance) {
                parser.once(fund.carries_over.is_none(), child.line.span)?;
                fund.carries_over = match cursor.eat_longest(&[(Keyword::CarriesOver, true), (Keyword::Lapses, false)])
                {
                    None => return parser.expected(cursor, "结转 或 收回", "carries over or lapses"),
                    rule => rule,
                };
            } else if cursor.eat(Keyword::Source) {
                fund.source.push(parser.text(cursor, child)?);
            } else if cursor.eat(Keyword::Purpose) {
                fund.purpose.push(parser.text(cursor, child)?);
            } else if cursor.eat(Keyword::Note) {
                fund.notes.push(parser.text(cursor, child)?);
            } else if cursor.eat(Keyword::Cites) {
                head.cites.extend(parser.cites(cursor, child.line)?);
            } else {
                return parser.unknown_clause(cursor, FUND_CLAUSES);
            }
            Some(())
        });
        fund
    }

    fn target(&mut self, head: &mut Head, node: &Node<'_>) -> Target {
        let mut target = Target::default();
        self.clauses(node, |parser, cursor, child| {
            if cursor.eat(Keyword::Strength) {
                parser.once(target.must.is_none(), child.line.span)?;
                target.must = match cursor.eat_longest(&[(Keyword::Must, true), (Keyword::Aim, false)]) {
                    None => return parser.expected(cursor, "确保 或 力争", "must or aim"),
                    strength => strength,
                };
            } else if cursor.eat(Keyword::Unit) {
                parser.once(target.unit.is_none(), child.line.span)?;
                target.unit = Some(parser.text(cursor, child)?);
            } else if cursor.eat(Keyword::Goal) {
                let every = cursor.eat(Keyword::Yearly);
                let when = match (every, cursor.peek()) {
                    (true, _) => GoalYear::Every,
                    (false, Some(TokenKind::Year(_))) => GoalYear::In(parser.year(cursor)?),
                    (false, _) if cursor.sees(Keyword::YearLiteral) => GoalYear::In(parser.year(cursor)?),
                    _ => GoalYear::Unsaid,
                };
                target.goals.push(parser.goal(cursor, when, child)?);
            } else if cursor.eat(Keyword::Increase) {
                target.goals.push(parser.goal(cursor, GoalYear::Increase, child)?);
            } else if cursor.eat(Keyword::CountedBy) {
                parser.once(target.counted_by.is_none(), child.line.span)?;
                target.counted_by = Some(parser.ident(cursor)?);
            } else if cursor.eat(Keyword::Responsible) {
                target.responsible.push(parser.text(cursor, child)?);
            } else if cursor.eat(Keyword::Note) {
                target.notes.push(parser.text(cursor, child)?);
            } else if cursor.eat(Keyword::Cites) {
                head.cites.extend(parser.cites(cursor, child.line)?);
            } else {
                return parser.unknown_clause(cursor, TARGET_CLAUSES);
            }
            Some(())
        });
        target
    }

    fn goal(&mut self, cursor: &mut Cursor<'_>, when: GoalYear, node: &Node<'_>) -> Parsed<Goal> {
        let value = if let Some(TokenKind::Quoted(words)) = cursor.peek() {
            let words = words.clone();
            cursor.at += 1;
            GoalValue::Words(words)
        } else {
            let comparison = self.comparison_sign(cursor).map_or(Comparison::Equal, |(comparison, _)| comparison);
            GoalValue::Figure(comparison, self.amount(cursor)?)
        };
        Some(Goal { when, value, span: node.line.span })
    }

    fn statement(&mut self, head: &mut Head, node: &Node<'_>) -> Statement {
        let mut statement = Statement::default();
        self.clauses(node, |parser, cursor, child| {
            if cursor.eat(Keyword::Note) {
                statement.notes.push(parser.text(cursor, child)?);
            } else if cursor.eat(Keyword::Lead) {
                statement.lead.push(parser.text(cursor, child)?);
            } else if cursor.eat(Keyword::Responsible) {
                statement.responsible.push(parser.text(cursor, child)?);
            } else if cursor.eat(Keyword::Fund) {
                parser.once(statement.fund.is_none(), child.line.span)?;
                statement.fund = Some(parser.ident(cursor)?);
            } else if cursor.eat(Keyword::Cites) {
                head.cites.extend(parser.cites(cursor, child.line)?);
            } else {
                let allowed = [Keyword::Cites, Keyword::Note, Keyword::Lead, Keyword::Responsible, Keyword::Fund];
                return parser.unknown_clause(cursor, &allowed);
            }
            Some(())
        });
        statement
    }

    /// Reads each line below a declaration; one that fails is reported and left out.
    pub(super) fn clauses(
        &mut self,
        node: &Node<'_>,
        mut read: impl FnMut(&mut Self, &mut Cursor<'_>, &Node<'_>) -> Parsed<()>,
    ) {
        for child in &node.children {
            let mut cursor = Cursor::new(child.line, self.lang);
            if read(self, &mut cursor, child).is_some() && self.finish(&cursor).is_some() {
                self.no_children(child);
            }
        }
    }

    /// Free text to the end of the line.
    pub(super) fn text(&mut self, cursor: &mut Cursor<'_>, node: &Node<'_>) -> Parsed<String> {
        let (text, _) = self.rest_of_line(cursor, node.line);
        if text.is_empty() { self.expected(cursor, "说明文字", "some text") } else { Some(text) }
    }

    /// `2015年` or `year 2015`.
    fn year(&mut self, cursor: &mut Cursor<'_>) -> Parsed<i64> {
        cursor.eat(Keyword::YearLiteral);
        let year = match cursor.peek() {
            Some(TokenKind::Year(year)) => Some(*year),
            Some(TokenKind::Integer(digits)) if digits.len() == 4 => digits.parse().ok(),
            _ => None,
        };
        match year {
            Some(year) => {
                cursor.at += 1;
                Some(year)
            }
            None => self.expected(cursor, "年度，如 2015年", "a year such as year 2015"),
        }
    }

    /// Reports a line that begins with none of the words that may begin it here.
    pub(super) fn unknown_clause<T>(&mut self, cursor: &Cursor<'_>, allowed: &[Keyword]) -> Parsed<T> {
        let words: Vec<&str> = allowed.iter().map(|keyword| keyword.spelling(self.lang)).collect();
        let found = self.text_of(cursor.span());
        let diagnostic = Diagnostic::new(
            "E207",
            cursor.span(),
            format!("这里的一行不能以“{found}”开头"),
            format!("no line begins with “{found}” here"),
        );
        let (other, zh, en) = match self.lang {
            Lang::Zh => (
                Lang::En,
                "这一块用中文写；英文写法的代码块标 duixian",
                "this block is in Chinese; blocks in English are marked duixian",
            ),
            Lang::En => (
                Lang::Zh,
                "这一块用英文写；中文写法的代码块标 兑现",
                "this block is in English; blocks in Chinese are marked 兑现",
            ),
        };
        let elsewhere = Cursor { lang: other, ..Cursor { tokens: cursor.tokens, ..*cursor } };
        let in_other = allowed.iter().any(|keyword| elsewhere.sees(*keyword));
        self.report(if in_other {
            diagnostic.hint(zh, en)
        } else {
            diagnostic
                .hint(format!("这里可以用：{}", words.join("、")), format!("here may stand: {}", words.join(", ")))
        });
        None
    }
}

const FUND_CLAUSES: &[Keyword] =
    &[Keyword::Cites, Keyword::Size, Keyword::Balance, Keyword::Source, Keyword::Purpose, Keyword::Note];

const TARGET_CLAUSES: &[Keyword] = &[
    Keyword::Cites,
    Keyword::Strength,
    Keyword::Unit,
    Keyword::Goal,
    Keyword::Increase,
    Keyword::CountedBy,
    Keyword::Responsible,
    Keyword::Note,
];

const DECLARATIONS: &[Keyword] = &[
    Keyword::Policy,
    Keyword::WordList,
    Keyword::PartyTable,
    Keyword::EventTable,
    Keyword::AccountTable,
    Keyword::Group,
    Keyword::Define,
    Keyword::Parameter,
    Keyword::General,
    Keyword::Measure,
    Keyword::Fund,
    Keyword::Desk,
    Keyword::Procedure,
    Keyword::Target,
    Keyword::Platform,
    Keyword::Task,
    Keyword::Finance,
    Keyword::Talent,
    Keyword::Safeguard,
    Keyword::Reference,
    Keyword::Promise,
];
