//! Expressions, with brackets only where the grammar needs them. The levels follow the parser's functions one by one.

use duixian_money::Rounding;

use crate::plan::{AggregateKind, Comparison};
use crate::syntax::ast::{Arithmetic, BuiltIn, Expr, ExprKind, Extreme, Ident, Logic, RoundingUnit};
use crate::syntax::keywords::Keyword;
use crate::vocabulary::Lang;

use super::surface::Surface;

/// How tightly a form binds, from the loosest; each is what one function of the parser reads.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    Or,
    And,
    Not,
    Comparison,
    /// A rounding takes the whole sum before it.
    Rounded,
    Sum,
    Product,
    With,
    /// Chinese only: a primary with any number of `的 …` behind it.
    Suffixed,
    Primary,
}

/// Names that, first on a line, would be read as the word that stands there.
const BEGIN_CLAUSES: &[Keyword] = &[Keyword::By, Keyword::AnyOf, Keyword::AllOf, Keyword::Transition];

impl Surface<'_> {
    /// Any expression, or an amount.
    pub(super) fn expr(self, expr: &Expr) -> String {
        let level = self.level(&expr.kind);
        if level < Level::Rounded { self.at(expr, level) } else { self.amount(expr) }
    }

    /// An amount, which may be a span, where an amount stands.
    pub(super) fn amount(self, expr: &Expr) -> String {
        match &expr.kind {
            ExprKind::OpenAmount => self.word(Keyword::OpenAmount).to_owned(),
            ExprKind::UpTo(bound) => format!("{} {}", self.word(Keyword::UpTo), self.bound(bound)),
            ExprKind::FloorOpen(bound) => format!("{} {}", self.word(Keyword::FloorOpen), self.bound(bound)),
            ExprKind::Span(low, high) => {
                let (mut low, mut high) = (self.bound(low), self.bound(high));
                if self.is_keyword(&format!("{low} {}", self.word(Keyword::To))) {
                    low = format!("({low})");
                }
                // `至` before a date would end a period of validity.
                if self.lang == Lang::Zh && high.starts_with(|c: char| c.is_ascii_digit()) && high.contains('日') {
                    high = format!("({high})");
                }
                format!("{low} {} {high}", self.word(Keyword::To))
            }
            _ => self.at(expr, Level::Rounded),
        }
    }

    /// Chinese brackets `(甲 与 乙 的 较小者)` here, which would be read wrongly by people, though not by the parser.
    fn bound(self, expr: &Expr) -> String {
        self.at(expr, self.pick(Level::Sum, Level::Rounded))
    }

    /// The expression where the grammar asks for this level or a tighter one.
    pub(super) fn at(self, expr: &Expr, level: Level) -> String {
        let text = self.bare(&expr.kind);
        if self.level(&expr.kind) < level { format!("({text})") } else { text }
    }

    fn level(self, kind: &ExprKind) -> Level {
        match kind {
            ExprKind::Logic(Logic::Or, _) => Level::Or,
            ExprKind::Logic(Logic::And, _) => Level::And,
            ExprKind::Not(_) | ExprKind::Happened(..) => Level::Not,
            ExprKind::Compare(..) | ExprKind::In(..) | ExprKind::StartsWith(..) => Level::Comparison,
            ExprKind::Round(..) => Level::Rounded,
            ExprKind::Arithmetic(Arithmetic::Add | Arithmetic::Subtract, ..) => Level::Sum,
            ExprKind::Arithmetic(Arithmetic::Multiply | Arithmetic::Divide, ..) => Level::Product,
            ExprKind::PercentOf(..) => self.pick(Level::Suffixed, Level::With),
            ExprKind::YearOf(_) => self.pick(Level::Suffixed, Level::Primary),
            // The parser would take the Chinese form as an operand of `×` and `+`; people would not.
            ExprKind::Extreme(..) => self.pick(Level::Rounded, Level::Primary),
            _ => Level::Primary,
        }
    }

    fn bare(self, kind: &ExprKind) -> String {
        match kind {
            ExprKind::Money(fen) => self.money(*fen),
            ExprKind::Percent(ppm) => self.percent(*ppm),
            ExprKind::Decimal(ppm) => self.decimal(*ppm),
            ExprKind::Integer(digits) => digits.clone(),
            ExprKind::Date(days) => self.date(*days),
            ExprKind::Year(year) => self.year(*year),
            ExprKind::Quoted(text) => self.quoted(text),
            ExprKind::Bool(value) => self.word(if *value { Keyword::True } else { Keyword::False }).to_owned(),
            ExprKind::Name(ident) => self.beginning_with(ident, self.name(ident).to_owned()),
            ExprKind::Qualified(table, column) => {
                self.beginning_with(table, format!("{}.{}", self.name(table), self.name(column)))
            }
            ExprKind::BuiltIn(built_in) => self.word(built_in_word(*built_in)).to_owned(),
            ExprKind::Logic(logic, operands) => {
                let (keyword, level) = match logic {
                    Logic::Or => (Keyword::OrElse, Level::And),
                    Logic::And => (Keyword::AndAlso, Level::Not),
                };
                self.joined(operands, level, keyword)
            }
            ExprKind::Not(operand) => format!("{} {}", self.word(Keyword::Negate), self.at(operand, Level::Not)),
            ExprKind::Happened(true, operand) => self.happened(Keyword::Happened, operand),
            ExprKind::Happened(false, operand) => self.happened(Keyword::NotHappened, operand),
            ExprKind::Compare(comparison, of_dates, left, right) => {
                let sign = self.word(comparison_word(*comparison, *of_dates));
                format!("{} {sign} {}", self.at(left, Level::Rounded), self.at(right, Level::Rounded))
            }
            ExprKind::In(positive, value, list) => {
                let keyword = if *positive { Keyword::In } else { Keyword::NotIn };
                format!("{} {} {}", self.at(value, Level::Rounded), self.word(keyword), self.primaries(list))
            }
            ExprKind::StartsWith(value, list) => {
                let keyword = self.word(Keyword::StartsWith);
                format!("{} {keyword} {}", self.at(value, Level::Rounded), self.primaries(list))
            }
            ExprKind::Arithmetic(operator, left, right) => {
                let (sign, level, tighter) = match operator {
                    Arithmetic::Add => ("+", Level::Sum, Level::Product),
                    Arithmetic::Subtract => ("-", Level::Sum, Level::Product),
                    Arithmetic::Multiply => (self.pick("×", "*"), Level::Product, Level::With),
                    Arithmetic::Divide => (self.pick("÷", "/"), Level::Product, Level::With),
                };
                format!("{} {sign} {}", self.at(left, level), self.at(right, tighter))
            }
            ExprKind::PercentOf(rate, amount) => self.percent_of(rate, amount),
            ExprKind::YearOf(date) => {
                let year = self.word(Keyword::YearOf);
                match self.lang {
                    Lang::Zh => format!("{} {} {year}", self.at(date, Level::Suffixed), self.word(Keyword::Of)),
                    Lang::En => format!("{year} {}", self.at(date, Level::Primary)),
                }
            }
            ExprKind::Extreme(extreme, operands) => {
                let which = self.word(extreme_word(*extreme));
                match self.lang {
                    Lang::Zh => {
                        let operands = self.joined(operands, Level::Suffixed, Keyword::With);
                        format!("{operands} {} {which}", self.word(Keyword::Of))
                    }
                    Lang::En => format!("{which} ({})", self.arguments(operands)),
                }
            }
            ExprKind::Round(value, rounding, unit) => {
                let (rounding, unit) = (self.word(rounding_word(*rounding)), self.word(unit_word(*unit)));
                format!("{} {rounding} {unit}", self.at(value, Level::Rounded))
            }
            ExprKind::Aggregate { kind, of, filter } => {
                let filter = filter.as_ref().map(|filter| self.filter(filter)).unwrap_or_default();
                format!("{}({}{filter})", self.word(aggregate_word(*kind)), self.at(of, Level::Primary))
            }
            ExprKind::YearsBetween(first, second) => {
                format!("{}({})", self.word(Keyword::YearsBetween), self.arguments([&**first, second]))
            }
            ExprKind::Steps(first, second) => {
                format!("{}({})", self.word(Keyword::Steps), self.arguments([&**first, second]))
            }
            // Spans stand only where an amount does, never inside an expression; written like one for completeness.
            ExprKind::Span(low, high) => {
                format!("{} {} {}", self.bare(&low.kind), self.word(Keyword::To), self.bare(&high.kind))
            }
            ExprKind::UpTo(bound) => format!("{} {}", self.word(Keyword::UpTo), self.bare(&bound.kind)),
            ExprKind::FloorOpen(bound) => format!("{} {}", self.word(Keyword::FloorOpen), self.bare(&bound.kind)),
            ExprKind::OpenAmount => self.word(Keyword::OpenAmount).to_owned(),
        }
    }

    /// ` 其中 …`, as it stands behind a table.
    pub(super) fn filter(self, filter: &Expr) -> String {
        format!(" {} {}", self.word(Keyword::Where), self.at(filter, Level::Or))
    }

    /// One value or several, as they stand behind 属于.
    pub(super) fn primaries(self, items: &[Expr]) -> String {
        self.list(items.iter().map(|item| self.at(item, Level::Primary)))
    }

    /// In brackets stands a rate that would make a word of the language together with the `of` beside it.
    fn percent_of(self, rate: &Expr, amount: &Expr) -> String {
        let of = self.word(Keyword::Of);
        let rate = self.at(rate, Level::Primary);
        match self.lang {
            Lang::Zh => {
                let first = rate.split('.').next().unwrap_or_default();
                let rate = if first == self.word(Keyword::YearOf) { format!("({rate})") } else { rate };
                format!("{} {of} {rate}", self.at(amount, Level::Suffixed))
            }
            Lang::En => {
                let last = rate.rsplit(' ').next().unwrap_or_default();
                let rate = if self.is_keyword(&format!("{last} {of}")) { format!("({rate})") } else { rate };
                format!("{rate} {of} {}", self.at(amount, Level::With))
            }
        }
    }

    /// `有 …`; in brackets stands what begins with a name that makes a longer word of the language, as in `has no`.
    fn happened(self, keyword: Keyword, operand: &Expr) -> String {
        let (word, operand) = (self.word(keyword), self.at(operand, Level::Primary));
        let first = operand.split([' ', '.']).next().unwrap_or_default();
        if self.is_keyword(&format!("{word} {first}")) {
            format!("{word} ({operand})")
        } else {
            format!("{word} {operand}")
        }
    }

    fn beginning_with(self, first: &Ident, text: String) -> String {
        let begins_clause = BEGIN_CLAUSES.iter().any(|keyword| self.word(*keyword) == self.name(first));
        if begins_clause { format!("({text})") } else { text }
    }

    fn is_keyword(self, text: &str) -> bool {
        Keyword::ALL.iter().any(|keyword| self.word(*keyword) == text)
    }

    fn joined(self, operands: &[Expr], level: Level, keyword: Keyword) -> String {
        let operands: Vec<String> = operands.iter().map(|operand| self.at(operand, level)).collect();
        operands.join(&format!(" {} ", self.word(keyword)))
    }

    /// What tests is bracketed here: a list of values would run on into the next argument.
    fn arguments<'e>(self, arguments: impl IntoIterator<Item = &'e Expr>) -> String {
        let arguments: Vec<String> = arguments.into_iter().map(|argument| self.at(argument, Level::Rounded)).collect();
        arguments.join(", ")
    }
}

/// The word of a comparison; words for dates exist only for those that order.
pub(super) fn comparison_word(comparison: Comparison, of_dates: bool) -> Keyword {
    match (comparison, of_dates) {
        (Comparison::Equal, _) => Keyword::Is,
        (Comparison::NotEqual, _) => Keyword::IsNot,
        (Comparison::AtLeast, false) => Keyword::AtLeast,
        (Comparison::AtMost, false) => Keyword::AtMost,
        (Comparison::Greater, false) => Keyword::MoreThan,
        (Comparison::Less, false) => Keyword::LessThan,
        (Comparison::AtLeast, true) => Keyword::NotBefore,
        (Comparison::AtMost, true) => Keyword::NotAfter,
        (Comparison::Greater, true) => Keyword::After,
        (Comparison::Less, true) => Keyword::Before,
    }
}

fn built_in_word(built_in: BuiltIn) -> Keyword {
    match built_in {
        BuiltIn::BasisDate => Keyword::BasisDate,
        BuiltIn::ThisYear => Keyword::ThisYear,
        BuiltIn::AsOf => Keyword::AsOf,
        BuiltIn::Rank => Keyword::Rank,
    }
}

fn extreme_word(extreme: Extreme) -> Keyword {
    match extreme {
        Extreme::Lesser => Keyword::Lesser,
        Extreme::Greater => Keyword::Greater,
        Extreme::Earlier => Keyword::Earlier,
        Extreme::Later => Keyword::Later,
    }
}

fn rounding_word(rounding: Rounding) -> Keyword {
    match rounding {
        Rounding::HalfUp => Keyword::RoundedTo,
        Rounding::Down => Keyword::RoundedDown,
        Rounding::Up => Keyword::RoundedUp,
    }
}

fn unit_word(unit: RoundingUnit) -> Keyword {
    match unit {
        RoundingUnit::Fen => Keyword::Fen,
        RoundingUnit::Jiao => Keyword::Jiao,
        RoundingUnit::Yuan => Keyword::Yuan,
        RoundingUnit::HundredYuan => Keyword::HundredYuan,
        RoundingUnit::ThousandYuan => Keyword::ThousandYuan,
        RoundingUnit::TenThousandYuan => Keyword::TenThousandYuan,
    }
}

fn aggregate_word(kind: AggregateKind) -> Keyword {
    match kind {
        AggregateKind::Count => Keyword::Count,
        AggregateKind::Sum => Keyword::Sum,
        AggregateKind::Any => Keyword::Any,
        AggregateKind::Earliest => Keyword::Earliest,
        AggregateKind::Latest => Keyword::Latest,
        AggregateKind::Only => Keyword::Only,
    }
}
