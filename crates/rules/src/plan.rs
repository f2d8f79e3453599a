//! The plan: what the checked rules of a pack come down to, ready to be executed.
//!
//! A plan knows no syntax. It is one arena of typed, shared expression nodes, and per measure the roots that an
//! execution needs. Three executions run it and must agree on every row: the reference interpreter, the columnar
//! evaluator (both in `duixian-assess`) and, later, SQL.
//!
//! # Values
//! Every value is an `i64`: money in fen, a date in days since 1970-01-01, a year, a count, a percent or decimal in parts
//! per million, a word as its index in its list, a boolean as 0 or 1. Beside its value each expression is in one of three
//! conditions: **known**, **unknown** (a fact it hangs on is missing), or **absent** (it has not happened, like the moving-in
//! day of a firm that was always here).
//!
//! # Unknown and absent
//! - Logic is Kleene's: `false and unknown` is false, `true or unknown` is true.
//! - Arithmetic and comparisons with an unknown operand are unknown; otherwise, with an absent operand, arithmetic is
//!   absent and every comparison is false. [`Node::Least`] and [`Node::Greatest`] pass over absent operands and are absent
//!   when all are; they are unknown when any operand is.
//! - The *missing facts* of an expression that is unknown are the union of those of its unknown operands; of one that is
//!   known or absent: none. (So in `false or X` with X empty, the fact X is missing; in `true or X` it is not.)
//!   A fact is a column, named without its row: [`FactSlot`].
//! - A row that is unknown misses, all at once, what its filter, its date, its conditions and guards miss, the amounts of the
//!   alternatives whose guard is not false, and the values its limits go by.

mod procedure;

use duixian_money::{Fen, Rounding};

pub use procedure::{CORRECTION_DAYS, Desk, Duty, MAX_WORKING_DAYS, OBJECTION_DAYS, Procedure, StepKind, StepRule};

use crate::source::Span;
use crate::vocabulary::{ColumnId, Name, TableId, Vocabulary};

/// Index into [`Plan::nodes`]. Operands come before the nodes that use them.
pub type NodeId = usize;

/// A pack's executable content.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Names of the programme.
    pub policy: Name,
    /// The tables the rules read.
    pub vocabulary: Vocabulary,
    /// All expressions, shared across measures: equal expressions are one node.
    pub nodes: Vec<NodeInfo>,
    /// The measures, in the order the pack declares them, which is the order of results.
    pub measures: Vec<Measure>,
    /// The funds that pay them.
    pub funds: Vec<Fund>,
    /// The desks at which cases are worked on.
    pub desks: Vec<Desk>,
    /// The ways a case can take; never empty. The first is that of measures which name none.
    pub procedures: Vec<Procedure>,
    /// Conditions that have a definition of their own, by which explanations call them.
    pub definitions: Vec<(NodeId, Name)>,
}

impl Plan {
    /// What a condition is defined as.
    pub fn definition(&self, node: NodeId) -> Option<&Name> {
        self.definitions.iter().find(|(of, _)| *of == node).map(|(_, name)| name)
    }
}

/// A node and what is known of it without running it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct NodeInfo {
    /// The operation.
    pub node: Node,
    /// What the value depends on.
    pub scope: Scope,
    /// The type of the value.
    pub ty: NodeType,
    /// Whether the value can be absent.
    pub may_be_absent: bool,
}

/// What a node's value depends on, from least to most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Nothing: it is the same for every row.
    Constant,
    /// The party's own columns alone.
    Party,
    /// The basis row, its date or year, or the party's events.
    Row,
}

/// The type of a node's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NodeType {
    /// 0 or 1.
    Bool,
    /// Fen.
    Money,
    /// Parts per million.
    Percent,
    /// Parts per million.
    Decimal,
    /// Days since 1970-01-01.
    Date,
    /// A calendar year.
    Year,
    /// A whole number.
    Count,
    /// Index in a word list.
    Word(usize),
    /// Text or code: has no `i64` value, and is an operand only of [`Node::Happened`], [`Node::HasPrefix`], [`Node::TextIs`]
    /// and, for text, [`AggregateKind::Count`]-like tests.
    Text,
}

/// One operation. See the module's page for how unknown and absent operands act.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Node {
    /// A literal of any `i64` type.
    Constant(i64),
    /// A cell: of the basis row where the table is the measure's basis (or, inside an aggregate, of the aggregate's row),
    /// otherwise of the party's row in the party table. Empty cells are unknown or absent as the column says.
    Column(TableId, ColumnId),
    /// The basis date of the row; for measures on whole years 31 December of the row's year.
    BasisDate,
    /// The calendar year the row belongs to: of its basis date, or of its year column; for yearly measures on
    /// tables without a year column, the assessed year.
    RowYear,
    /// The as-of date of the assessment.
    AsOf,
    /// The calendar year of a date.
    YearOf(NodeId),
    /// Whole years elapsed from the first date to the second (negative when it lies before; a birthday counts as reached
    /// on the day, 29 February on 1 March).
    YearsBetween(NodeId, NodeId),
    /// Sum, saturating.
    Add(NodeId, NodeId),
    /// Difference, saturating.
    Subtract(NodeId, NodeId),
    /// A count times an amount or count, saturating.
    Multiply(NodeId, NodeId),
    /// A percentage (left, ppm) of an amount (right), half-up to the fen.
    PercentOf(NodeId, NodeId),
    /// How many whole steps (right, over 0) fit in an amount (left): floor division; absent where the step is not over 0;
    /// 0 where the amount is negative.
    Steps(NodeId, NodeId),
    /// Rounded to a whole number of `unit_fen`.
    Round {
        /// What is rounded.
        value: NodeId,
        /// The unit in fen: 1, 10, 100, 10,000, …
        unit_fen: i64,
        /// Which way.
        rounding: Rounding,
    },
    /// The least of the operands that are not absent.
    Least(Vec<NodeId>),
    /// The greatest of the operands that are not absent.
    Greatest(Vec<NodeId>),
    /// A value that changes from a day on: that of the last step whose day is not after `on`; absent before the first.
    Dated {
        /// The date that decides: [`Node::BasisDate`] or [`Node::AsOf`].
        on: NodeId,
        /// Days since 1970-01-01 and the value's node from then on, ascending.
        steps: Vec<(i64, NodeId)>,
    },
    /// A comparison of two values of one type.
    Compare(Comparison, NodeId, NodeId),
    /// `numerator / denominator` compared with a rate in ppm, exactly (by cross-multiplication in 128 bits). False
    /// where the denominator is zero or less, or anything is absent.
    CompareRatio {
        /// How.
        comparison: Comparison,
        /// Dividend.
        numerator: NodeId,
        /// Divisor.
        denominator: NodeId,
        /// The right side, ppm.
        rate: NodeId,
    },
    /// Whether the value is one of these.
    OneOf(NodeId, Vec<i64>),
    /// Whether the code or text in a column begins with one of these.
    HasPrefix(NodeId, Vec<String>),
    /// Whether the text in a column is one of these.
    TextIs(NodeId, Vec<String>),
    /// Whether it has happened: true if known, false if absent.
    Happened(NodeId),
    /// Kleene's not.
    Not(NodeId),
    /// Kleene's and.
    And(Vec<NodeId>),
    /// Kleene's or.
    Or(Vec<NodeId>),
    /// Over the party's rows of an event or account table. Inside `filter` and `value`, [`Node::Column`] of `table` is the
    /// aggregate's row; [`Node::BasisDate`], [`Node::RowYear`] and party columns are those of the outer row.
    Aggregate {
        /// What is made of the rows.
        kind: AggregateKind,
        /// The table.
        table: TableId,
        /// Which rows; all if none.
        filter: Option<NodeId>,
        /// Of what (not for count and any).
        value: Option<NodeId>,
    },
}

/// The six comparisons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// =
    Equal,
    /// ≠ (false, like every comparison, where a side is absent)
    NotEqual,
    /// <
    Less,
    /// ≤
    AtMost,
    /// >
    Greater,
    /// ≥
    AtLeast,
}

impl Comparison {
    /// Whether the comparison holds between two known values.
    pub fn holds<T: Ord>(self, left: T, right: T) -> bool {
        match self {
            Comparison::Equal => left == right,
            Comparison::NotEqual => left != right,
            Comparison::Less => left < right,
            Comparison::AtMost => left <= right,
            Comparison::Greater => left > right,
            Comparison::AtLeast => left >= right,
        }
    }
}

/// What an aggregate makes of the party's rows whose filter is true (a row whose filter is unknown makes the aggregate
/// unknown, except as said).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AggregateKind {
    /// How many rows.
    Count,
    /// The sum of the values; unknown if one of them is; absent values count as zero; 0 of no rows.
    Sum,
    /// Whether there is a row: true as soon as one row's filter is true, whatever the others'.
    Any,
    /// The least value; absent values are passed over; absent of no rows; unknown if one value is.
    Earliest,
    /// The greatest value, likewise.
    Latest,
    /// The value of the only row; of no rows or of several it is unknown, and the fact missing is the value's column.
    Only,
}

/// A column named as a fact that may be missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FactSlot {
    /// Its table.
    pub table: TableId,
    /// Its column.
    pub column: ColumnId,
}

/// One measure (措施): who is paid what, on which basis, within which limits.
#[derive(Clone, Debug)]
pub struct Measure {
    /// Its names; the English one is the id in results.
    pub name: Name,
    /// The clause it carries, as the source numbers it.
    pub clause: String,
    /// Where the pack declares it.
    pub span: Span,
    /// What is looked at.
    pub basis: Basis,
    /// Calculations that the measure gives a name (令), by which explanations call them.
    pub named: Vec<(NodeId, Name)>,
    /// What must hold, general rules first. All are evaluated with Kleene's and; the first that is false is the reason.
    pub conditions: Vec<Condition>,
    /// What is paid, if the conditions hold.
    pub pay: Pay,
    /// Applied in this order to rows whose conditions hold and whose amount is known.
    pub limits: Vec<Limit>,
    /// From when it can be paid.
    pub payable: Payable,
    /// Index in [`Plan::funds`].
    pub fund: Option<usize>,
    /// How its cases are handled: index in [`Plan::procedures`], always within it.
    pub procedure: usize,
    /// The facts that can be missing: a row's missing facts are a bit set over this list (at most 64).
    pub slots: Vec<FactSlot>,
    /// What must or may be shown (佐证, 可附), what the official weighs (裁量), what the money is for (用途).
    pub notes: MeasureNotes,
}

impl Measure {
    /// Whether rows of status `not_entitled` are left out unless asked for: so where the basis is the party itself or
    /// its accounts, since every party would have one (`docs/reference/data.md`, "The result").
    pub fn hides_refusals(&self, vocabulary: &Vocabulary) -> bool {
        use crate::vocabulary::TableKind;
        vocabulary.tables[self.basis.table].kind != TableKind::Event
    }

    /// Whether rows of earlier years must be evaluated because a limit counts them.
    pub fn needs_history(&self) -> bool {
        self.limits.iter().any(|limit| {
            matches!(
                limit.kind,
                LimitKind::Once { .. } | LimitKind::TopUp { .. } | LimitKind::Cap { every_year: false, .. }
            )
        })
    }
}

/// What a measure looks at, and when a row belongs to a year.
#[derive(Clone, Debug)]
pub struct Basis {
    /// Each row of this table is a basis.
    pub table: TableId,
    /// Which rows are meant (其中). A row for which this is false is no basis and gives no result; where it is
    /// unknown, the row's result is unknown (or refused by a condition that is false).
    pub filter: Option<NodeId>,
    /// By day or by year.
    pub period: Period,
}

/// How a basis is dated.
#[derive(Clone, Debug)]
pub enum Period {
    /// By a date. A row whose date is absent is no basis. One whose date is unknown gives a row in every year, of
    /// status unknown unless a condition is false. One dated before `start`, after the as-of date or outside the assessed year
    /// gives no row; the first two are not counted by limits either.
    Dated {
        /// The basis date.
        date: NodeId,
        /// First day covered, in days since 1970-01-01.
        start: i64,
    },
    /// By whole years: rows of the assessed year (all rows, where the table has no year column). Years before `start`
    /// give no row. The as-of date does not act.
    Yearly {
        /// First year covered.
        start: i64,
    },
}

impl Period {
    /// Whether a basis happens once, whenever that is said to have been, and is not one for every year anew.
    pub fn is_dated(&self) -> bool {
        matches!(self, Period::Dated { .. })
    }
}

/// One condition, with what a reader needs to recognise it.
#[derive(Clone, Debug)]
pub struct Condition {
    /// A boolean node.
    pub node: NodeId,
    /// The clause that sets it.
    pub clause: String,
    /// The rule's own words, in Chinese and English surface.
    pub text: Name,
    /// The general rule (通则) it comes from, if any.
    pub general: Option<Name>,
    /// Whether no clause sets it but the pack's reading; then `clause` is the measure's.
    pub is_reading: bool,
    /// Where it stands.
    pub span: Span,
}

/// What is paid. The alternatives exclude each other: of their guards exactly one holds for a row that is paid. None
/// true, all false: refused, because no tier covers it. One unknown: unknown. Two true: the rule contradicts itself; the row is
/// unknown and the run reports an error.
#[derive(Clone, Debug)]
pub struct Pay {
    /// The alternatives, in the order written.
    pub alternatives: Vec<Alternative>,
    /// Whether the amount goes by the rank that a [`LimitKind::Top`] gives: alternative `n` pays rank `n + 1`. Guards are then
    /// `None` and amounts constant.
    pub by_rank: bool,
    /// The rule's own words.
    pub text: Name,
    /// Where it stands.
    pub span: Span,
}

/// One amount that may be paid.
#[derive(Clone, Debug)]
pub struct Alternative {
    /// When; always, if none.
    pub guard: Option<NodeId>,
    /// How much.
    pub amount: Amount,
    /// The clause that sets it.
    pub clause: String,
    /// The tier's or exception's own words.
    pub text: Name,
    /// Where it stands.
    pub span: Span,
}

/// An amount, exact or within a person's discretion. A negative amount is paid as zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    /// One amount: status `entitled`.
    Exact(NodeId),
    /// From low to high, both included; open above if `high` is `None`: status `conditional` whatever the figures.
    Span {
        /// The least.
        low: NodeId,
        /// The most.
        high: Option<NodeId>,
    },
    /// Nothing (an exception that takes the payment away): the row is refused, with the alternative as reason.
    Nothing,
}

/// A limit with its own words.
#[derive(Clone, Debug)]
pub struct Limit {
    /// What it does.
    pub kind: LimitKind,
    /// The clause that sets it.
    pub clause: String,
    /// The rule's own words.
    pub text: Name,
    /// Where it stands.
    pub span: Span,
}

/// The limits. "Order" is by basis date, or year, then basis id, then party code, as text by code point.
#[derive(Clone, Debug)]
pub enum LimitKind {
    /// The first row of each key, in order, is paid; later ones are refused.
    Once {
        /// Whose first.
        key: Key,
    },
    /// At most this many years from the first (whose node is a year): a row of a later year is refused. Where the first is
    /// unknown the row is unknown, and takes no place in any limit.
    Years {
        /// How many.
        at_most: i64,
        /// The first year.
        first: NodeId,
    },
    /// Within each year and key, the first `places` rows by a value; ties go to the smaller code, then basis. Where the
    /// value is unknown (or absent) the row is unknown, and takes no place.
    Top {
        /// How many places.
        places: i64,
        /// Ranked apart by this key.
        key: Key,
        /// The value.
        by: NodeId,
        /// From high to low, or from low to high.
        descending: bool,
    },
    /// 就高补差: in order within a key, a row is paid its amount less the highest amount that an earlier one reached;
    /// refused if that leaves nothing of what there was. Amounts are exact.
    TopUp {
        /// What is topped up.
        key: Key,
    },
    /// In order within a key (and year), no more than this in all. Low is cut by what earlier rows may take at most, high by
    /// what they take at least; a row of which nothing is left is refused. (One that came to nothing by itself is let through.)
    Cap {
        /// Counted together.
        key: Key,
        /// Counted anew every year.
        every_year: bool,
        /// The most, a constant.
        at_most: Fen,
    },
}

impl LimitKind {
    /// What it counts rows by; none where each row stands for itself.
    pub fn key(&self) -> Option<Key> {
        match self {
            LimitKind::Once { key }
            | LimitKind::TopUp { key }
            | LimitKind::Top { key, .. }
            | LimitKind::Cap { key, .. } => Some(*key),
            LimitKind::Years { .. } => None,
        }
    }
}

/// Which rows a limit counts together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// All rows of the measure.
    All,
    /// Those of one party.
    Party,
    /// Those with the same text in this column of the basis table, whoever the party is; an empty cell is a key of its own.
    Column(ColumnId),
}

/// From when an entitlement can be paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payable {
    /// At once; where the basis date is known and before this day (days since 1970-01-01), from this day.
    NotBefore(Option<i64>),
    /// 1 January of the year after the assessed one.
    NextYear,
}

/// What a measure says beside its rule: texts shown, not executed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MeasureNotes {
    /// 佐证: documents that must be shown, one type each.
    pub evidence: Vec<String>,
    /// 可附: documents that may be shown.
    pub optional_evidence: Vec<String>,
    /// 裁量: what the deciding official weighs.
    pub discretion: Vec<String>,
    /// 用途: what the money is to be used for.
    pub purpose: Vec<String>,
}

/// A fund (资金) and its yearly size.
#[derive(Clone, Debug)]
pub struct Fund {
    /// Its names.
    pub name: Name,
    /// The clause that sets it up.
    pub clause: String,
    /// Size per year from a first year on, ascending; empty where the text gives none.
    pub sizes: Vec<(i64, Fen)>,
    /// Whether what is left at the end of a year is carried over (余额 结转) or lapses (余额 收回); `None` where the pack does
    /// not say.
    pub carries_over: Option<bool>,
}

impl Fund {
    /// Its size in a year, where the text gives one.
    pub fn size_in(&self, year: i64) -> Option<Fen> {
        self.sizes.iter().rev().find(|(from, _)| *from <= year).map(|(_, size)| *size)
    }
}
