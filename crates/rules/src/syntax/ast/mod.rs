//! The syntax tree: what a pack says, whichever surface it is written in.
//!
//! Names are kept as written; which language they are in does not matter, since a name in either language means the
//! same thing. The tree never fails to exist: what could not be read was reported and left out.

mod expressions;
mod procedures;

pub use expressions::{Arithmetic, BuiltIn, Expr, ExprKind, Extreme, Logic, RoundingUnit};
pub use procedures::{Desk, Procedure, StepDecl, WorkingDays};

use std::sync::Arc;

use crate::plan::Comparison;
use crate::source::Span;
use crate::vocabulary::{ColumnType, Empty, TableKind};

/// A name as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ident {
    /// The word.
    pub text: String,
    /// Where.
    pub span: Span,
}

/// A declared name: `研发平台奖励 (platform_grant)` or the other way round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names {
    /// The Chinese name.
    pub zh: Ident,
    /// The English name, which is the id.
    pub en: Ident,
    /// What readers of English call it, where the pack says so.
    pub english: Option<Arc<str>>,
}

/// One declaration.
#[derive(Clone, Debug)]
pub struct Item {
    /// Its names.
    pub names: Names,
    /// The clauses it cites (依据), as written.
    pub cites: Vec<ClauseRef>,
    /// The clause under whose heading it stands, if any.
    pub heading: Option<String>,
    /// What it declares.
    pub kind: ItemKind,
    /// All of it.
    pub span: Span,
}

/// A clause as cited, in normal form (half-width brackets).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClauseRef {
    /// `三(五).1`
    pub number: String,
    /// Where.
    pub span: Span,
}

/// What can be declared.
#[derive(Clone, Debug)]
pub enum ItemKind {
    /// 政策
    Policy(Policy),
    /// 词表
    WordList(Vec<Names>),
    /// 主体, 事项, 账目
    Table(TableKind, Vec<ColumnDecl>),
    /// 组: words or codes under one name.
    Group(Vec<Expr>),
    /// 定义: an expression under one name.
    Define(Expr),
    /// 参数: a value that changes from a day on.
    Parameter(Parameter),
    /// 通则
    General(General),
    /// 措施
    Measure(Box<Measure>),
    /// 资金
    Fund(Fund),
    /// 岗位
    Desk(Desk),
    /// 流程
    Procedure(Procedure),
    /// 指标
    Target(Target),
    /// Parts of the policy that pay nothing by rule.
    Statement(StatementKind, Statement),
}

/// The head of a pack.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// 发布
    pub published: Option<(i64, Span)>,
    /// 起算: the first day covered where a measure names none.
    pub covers: Option<(i64, Span)>,
    /// 起付
    pub payable: Option<(i64, Span)>,
    /// 来源
    pub source: Vec<String>,
}

/// A column of a table.
#[derive(Clone, Debug)]
pub struct ColumnDecl {
    /// Its names.
    pub names: Names,
    /// Its type; a word list is named.
    pub ty: TypeDecl,
    /// Part of the key.
    pub key: bool,
    /// What an empty cell means.
    pub empty: Empty,
    /// 备查: kept for people, read by no rule.
    pub for_the_record: bool,
    /// The whole line.
    pub span: Span,
}

/// A column's type as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TypeDecl {
    /// One of the built-in types.
    BuiltIn(ColumnType),
    /// A word list.
    Words(Ident),
}

/// A named value with its history.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Values in the order written.
    pub values: Vec<(Expr, Validity)>,
    /// 过渡
    pub transition: Transition,
}

/// From when to when something is in force, and which clause says so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Validity {
    /// First day.
    pub from: Option<(i64, Span)>,
    /// Last day.
    pub until: Option<(i64, Span)>,
    /// The clause that says so, if not the measure's.
    pub cites: Option<ClauseRef>,
}

/// Which date decides what is in force.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Transition {
    /// The basis date: a basis from before a change keeps the old rule.
    #[default]
    ByBasisDate,
    /// The as-of date: from the change on, the new rule is for all.
    ByAsOf,
}

/// A rule for every measure that does not exempt itself.
#[derive(Clone, Debug)]
pub struct General {
    /// 适用: `Some(true)` measures by day, `Some(false)` those by year, `None` all.
    pub dated_only: Option<bool>,
    /// 条件
    pub conditions: Vec<ConditionDecl>,
    /// Whether it cites nothing and stands where the pack restates no clause but gives a reading.
    pub is_reading: bool,
}

/// A measure.
#[derive(Clone, Debug, Default)]
pub struct Measure {
    /// 对象
    pub basis: Option<BasisDecl>,
    /// 基准日
    pub dated: Option<Expr>,
    /// 自…起: a date or a year.
    pub from: Option<Expr>,
    /// 令
    pub lets: Vec<(Names, Expr)>,
    /// 条件
    pub conditions: Vec<ConditionDecl>,
    /// 不适用
    pub exempt: Vec<Ident>,
    /// 支付
    pub pays: Vec<PayDecl>,
    /// 例外
    pub exceptions: Vec<ExceptionDecl>,
    /// 限额
    pub limits: Vec<LimitDecl>,
    /// 可付 次年1月1日 起
    pub next_year: Option<Span>,
    /// 资金
    pub fund: Option<Ident>,
    /// 流程
    pub procedure: Option<Ident>,
    /// 可与…并享: measures that may pay the same basis too.
    pub stacks_with: Vec<Ident>,
    /// 过渡
    pub transition: Option<(Transition, Span)>,
    /// 佐证
    pub evidence: Vec<String>,
    /// 可附
    pub optional_evidence: Vec<String>,
    /// 裁量
    pub discretion: Vec<String>,
    /// 用途
    pub purpose: Vec<String>,
}

/// 对象
#[derive(Clone, Debug)]
pub struct BasisDecl {
    /// How it is spoken of.
    pub each: Each,
    /// The table.
    pub table: Ident,
    /// 其中
    pub filter: Option<Expr>,
}

/// How a basis is spoken of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Each {
    /// 每项: by date.
    Event,
    /// 每年: by whole years.
    Year,
    /// 每家: the party itself, by date.
    Party,
}

/// 条件
#[derive(Clone, Debug)]
pub struct ConditionDecl {
    /// What must hold.
    pub test: Test,
    /// From when to when.
    pub validity: Validity,
    /// Where.
    pub span: Span,
}

/// One expression, or a list of which any or all must hold.
#[derive(Clone, Debug)]
pub enum Test {
    /// On one line.
    One(Expr),
    /// 任一
    Any(Vec<Expr>),
    /// 全部
    All(Vec<Expr>),
}

/// 支付
#[derive(Clone, Debug)]
pub struct PayDecl {
    /// What.
    pub amount: AmountDecl,
    /// From when to when.
    pub validity: Validity,
    /// Where.
    pub span: Span,
}

/// What is paid.
#[derive(Clone, Debug)]
pub enum AmountDecl {
    /// One expression.
    One(Expr),
    /// 按: a table of tiers.
    Tiers {
        /// What the tiers are by.
        by: Expr,
        /// The rows.
        tiers: Vec<TierDecl>,
    },
    /// 不支付
    Nothing,
}

/// A row of a table of tiers.
#[derive(Clone, Debug)]
pub struct TierDecl {
    /// For which values.
    pub key: TierKey,
    /// How much.
    pub amount: Expr,
    /// Where.
    pub span: Span,
}

/// For which values a tier is.
#[derive(Clone, Debug)]
pub enum TierKey {
    /// One of these.
    Values(Vec<Expr>),
    /// All of these comparisons hold.
    Range(Vec<(Comparison, Expr)>),
    /// 其他: no other tier.
    Otherwise(Span),
}

/// 例外
#[derive(Clone, Debug)]
pub struct ExceptionDecl {
    /// 当
    pub when: Expr,
    /// 支付 or 不支付
    pub amount: AmountDecl,
    /// The clause that makes it.
    pub validity: Validity,
    /// Where.
    pub span: Span,
}

/// 限额
#[derive(Clone, Debug)]
pub struct LimitDecl {
    /// Which.
    pub kind: LimitKindDecl,
    /// Where.
    pub span: Span,
}

/// The limits as written.
#[derive(Clone, Debug)]
pub enum LimitKindDecl {
    /// 每家 一次
    Once(KeyDecl),
    /// 至多 3年 自 … 起
    Years(i64, Expr),
    /// 每年 前3名 按 … 从多到少
    Top {
        /// Ranked apart by.
        key: KeyDecl,
        /// How many.
        places: i64,
        /// By what.
        by: Expr,
        /// From high to low.
        descending: bool,
    },
    /// 同一 … 就高补差
    TopUp(KeyDecl),
    /// 每家 每年 不超过 …
    Cap {
        /// Counted together.
        key: KeyDecl,
        /// Anew every year, or in total.
        every_year: bool,
        /// The most.
        at_most: Expr,
    },
}

/// Which rows a limit counts together.
#[derive(Clone, Debug)]
pub enum KeyDecl {
    /// 每家
    Party,
    /// 同一
    Column(Ident),
    /// 全部
    All,
}

/// A fund.
#[derive(Clone, Debug, Default)]
pub struct Fund {
    /// 规模: yearly sizes, each from a year on.
    pub sizes: Vec<(Expr, i64, Span)>,
    /// 余额: `Some(true)` carried over, `Some(false)` lapses.
    pub carries_over: Option<bool>,
    /// 来源
    pub source: Vec<String>,
    /// 用途
    pub purpose: Vec<String>,
    /// 说明
    pub notes: Vec<String>,
}

/// A target (indicator).
#[derive(Clone, Debug, Default)]
pub struct Target {
    /// 力度: `Some(true)` must, `Some(false)` aim.
    pub must: Option<bool>,
    /// 单位
    pub unit: Option<String>,
    /// 目标: values by year, or for the whole period.
    pub goals: Vec<Goal>,
    /// 统计: the measure whose supported parties are its actual value, where there is one.
    pub counted_by: Option<Ident>,
    /// 责任
    pub responsible: Vec<String>,
    /// 说明
    pub notes: Vec<String>,
}

/// One value of a target.
#[derive(Clone, Debug)]
pub struct Goal {
    /// The year, or `None`: every year of the programme, or no year said.
    pub when: GoalYear,
    /// What is to be reached.
    pub value: GoalValue,
    /// Where.
    pub span: Span,
}

/// When a goal is to be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GoalYear {
    /// In this year.
    In(i64),
    /// 每年: every year.
    Every,
    /// 逐年 增加: the growth over the year before.
    Increase,
    /// The text names no year.
    Unsaid,
}

/// What is to be reached.
#[derive(Clone, Debug)]
pub enum GoalValue {
    /// A figure, with how it is compared.
    Figure(Comparison, Expr),
    /// In words, where the text gives no figure.
    Words(String),
}

/// Which part of a policy that pays nothing by rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatementKind {
    /// 平台: a service platform.
    Platform,
    /// 任务: a key task.
    Task,
    /// 金融: science and technology finance.
    Finance,
    /// 人才: talent.
    Talent,
    /// 保障: a safeguard.
    Safeguard,
    /// 引用: another document.
    Reference,
    /// 承诺: support promised without a figure, decided case by case.
    Promise,
}

/// Its content.
#[derive(Clone, Debug, Default)]
pub struct Statement {
    /// 说明
    pub notes: Vec<String>,
    /// 牵头
    pub lead: Vec<String>,
    /// 责任
    pub responsible: Vec<String>,
    /// 资金
    pub fund: Option<Ident>,
}
