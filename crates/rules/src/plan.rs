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

mod measure;
mod procedure;

use duixian_money::{Fen, Rounding};

pub use measure::{
    Alternative, Amount, Basis, Condition, FactSlot, Key, Limit, LimitKind, Measure, MeasureNotes, Pay, Payable, Period,
};
pub use procedure::{CORRECTION_DAYS, Desk, Duty, MAX_WORKING_DAYS, OBJECTION_DAYS, Procedure, StepKind, StepRule};

use crate::english::English;
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
    /// What the pack says in English of its own texts.
    pub english: English,
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
