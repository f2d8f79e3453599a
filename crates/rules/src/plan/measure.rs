//! What a measure (措施) says: whom it looks at, on which conditions, how much it pays, within which limits.

use duixian_money::Fen;

use super::NodeId;
use crate::source::Span;
use crate::vocabulary::{ColumnId, Name, TableId, Vocabulary};

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
    /// Index in [`Plan::funds`](super::Plan::funds).
    pub fund: Option<usize>,
    /// How its cases are handled: index in [`Plan::procedures`](super::Plan::procedures), always within it.
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
    /// The clause under which the pack's reading stands that sets it, where no clause does; then `clause` is the measure's.
    pub reading_of: Option<String>,
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
