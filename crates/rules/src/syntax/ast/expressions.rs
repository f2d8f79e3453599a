//! Expressions.

use duixian_money::{Fen, Rounding};

use super::Ident;
use crate::plan::{AggregateKind, Comparison};
use crate::source::Span;

/// An expression.
#[derive(Clone, Debug)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where.
    pub span: Span,
}

/// What an expression is.
#[derive(Clone, Debug)]
pub enum ExprKind {
    /// `30万元`
    Money(Fen),
    /// `80%`
    Percent(i64),
    /// `1.5`
    Decimal(i64),
    /// Digits as written: a count or a code.
    Integer(String),
    /// `2016年1月1日`
    Date(i64),
    /// `2016年`
    Year(i64),
    /// `“…”`
    Quoted(String),
    /// 真, 假
    Bool(bool),
    /// A name.
    Name(Ident),
    /// `认定.级别`
    Qualified(Ident, Ident),
    /// 基准日, 本年度, 截止日, 名次
    BuiltIn(BuiltIn),
    /// 且, 或
    Logic(Logic, Vec<Expr>),
    /// 非
    Not(Box<Expr>),
    /// 有, 没有
    Happened(bool, Box<Expr>),
    /// A comparison; `true` where written in the words for dates.
    Compare(Comparison, bool, Box<Expr>, Box<Expr>),
    /// 属于, 不属于
    In(bool, Box<Expr>, Vec<Expr>),
    /// 开头是
    StartsWith(Box<Expr>, Vec<Expr>),
    /// `+ - × ÷`
    Arithmetic(Arithmetic, Box<Expr>, Box<Expr>),
    /// `区级留成 的 80%`: rate, amount.
    PercentOf(Box<Expr>, Box<Expr>),
    /// `注册日期 的 年份`
    YearOf(Box<Expr>),
    /// `甲 与 乙 的 较小者`
    Extreme(Extreme, Vec<Expr>),
    /// 四舍五入到 元
    Round(Box<Expr>, Rounding, RoundingUnit),
    /// Over a party's events.
    Aggregate {
        /// What is made of them.
        kind: AggregateKind,
        /// The table, or the column of it that is taken.
        of: Box<Expr>,
        /// 其中
        filter: Option<Box<Expr>>,
    },
    /// `满年数(甲, 乙)`
    YearsBetween(Box<Expr>, Box<Expr>),
    /// `整数倍(甲, 乙)`
    Steps(Box<Expr>, Box<Expr>),
    /// `5万元 至 10万元`
    Span(Box<Expr>, Box<Expr>),
    /// 不超过, from nothing.
    UpTo(Box<Expr>),
    /// 不少于, open above.
    FloorOpen(Box<Expr>),
    /// 不定额
    OpenAmount,
}

/// Values that every measure has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BuiltIn {
    /// 基准日
    BasisDate,
    /// 本年度
    ThisYear,
    /// 截止日
    AsOf,
    /// 名次
    Rank,
}

/// Connectives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Logic {
    /// 且
    And,
    /// 或
    Or,
}

/// Operators on numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arithmetic {
    /// +
    Add,
    /// -
    Subtract,
    /// ×
    Multiply,
    /// ÷
    Divide,
}

/// Which of several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extreme {
    /// 较小者
    Lesser,
    /// 较大者
    Greater,
    /// 较早者
    Earlier,
    /// 较晚者
    Later,
}

/// What an amount is rounded to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoundingUnit {
    /// 分
    Fen,
    /// 角
    Jiao,
    /// 元
    Yuan,
    /// 百元
    HundredYuan,
    /// 千元
    ThousandYuan,
    /// 万元
    TenThousandYuan,
}

impl RoundingUnit {
    /// Its size in fen.
    pub fn fen(self) -> i64 {
        match self {
            RoundingUnit::Fen => 1,
            RoundingUnit::Jiao => 10,
            RoundingUnit::Yuan => 100,
            RoundingUnit::HundredYuan => 10_000,
            RoundingUnit::ThousandYuan => 100_000,
            RoundingUnit::TenThousandYuan => 1_000_000,
        }
    }
}

impl ExprKind {
    /// The expressions directly inside this one.
    pub fn children(&self) -> Vec<&Expr> {
        match self {
            ExprKind::Money(_)
            | ExprKind::Percent(_)
            | ExprKind::Decimal(_)
            | ExprKind::Integer(_)
            | ExprKind::Date(_)
            | ExprKind::Year(_)
            | ExprKind::Quoted(_)
            | ExprKind::Bool(_)
            | ExprKind::Name(_)
            | ExprKind::Qualified(..)
            | ExprKind::BuiltIn(_)
            | ExprKind::OpenAmount => Vec::new(),
            ExprKind::Logic(_, operands) | ExprKind::Extreme(_, operands) => operands.iter().collect(),
            ExprKind::Not(inner)
            | ExprKind::Happened(_, inner)
            | ExprKind::YearOf(inner)
            | ExprKind::Round(inner, ..)
            | ExprKind::UpTo(inner)
            | ExprKind::FloorOpen(inner) => vec![inner],
            ExprKind::Compare(_, _, left, right)
            | ExprKind::Arithmetic(_, left, right)
            | ExprKind::PercentOf(left, right)
            | ExprKind::YearsBetween(left, right)
            | ExprKind::Steps(left, right)
            | ExprKind::Span(left, right) => vec![left, right],
            ExprKind::In(_, value, list) | ExprKind::StartsWith(value, list) => {
                std::iter::once(value.as_ref()).chain(list).collect()
            }
            ExprKind::Aggregate { of, filter, .. } => std::iter::once(of).chain(filter).map(Box::as_ref).collect(),
        }
    }
}
