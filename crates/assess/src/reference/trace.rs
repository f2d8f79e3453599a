//! What an explanation is made of: every decision with the steps that led to it, down to the cells that were read.

use duixian_facts::table::Cell;
use duixian_rules::plan::{FactSlot, NodeId};

use super::judge::Outside;
use super::limits::Effect;
use super::value::{Truth, Value};
use crate::result::Row;

/// One party before all measures that were asked for.
#[derive(Clone, Debug)]
pub struct PartyExplanation {
    /// Its row in the party table.
    pub party: u32,
    /// Its code.
    pub code: String,
    /// Its name, where the party table has a text column `name` and the cell is not empty.
    pub name: Option<String>,
    /// The assessed year.
    pub year: i64,
    /// In days since 1970-01-01.
    pub as_of: i64,
    /// The measures, in the plan's order.
    pub measures: Vec<MeasureExplanation>,
    /// For each table the name of the file its rows came from; empty if there was none.
    pub files: Vec<String>,
}

/// Who reads an explanation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Audience {
    /// One who may see everything.
    Official,
    /// The party itself, which must not learn who its rivals are or what they are worth.
    Party,
}

impl PartyExplanation {
    /// The explanation without what its reader must not learn. Leaving it out here, and not in each way of showing it, is what
    /// makes sure that no page forgets to.
    pub fn for_audience(mut self, audience: Audience) -> PartyExplanation {
        if audience == Audience::Party {
            let bases = self.measures.iter_mut().flat_map(|measure| &mut measure.bases);
            for trace in bases.flat_map(|basis| &mut basis.limits) {
                trace.withhold_others(&self.code);
            }
        }
        self
    }
}

/// One measure for one party.
#[derive(Clone, Debug)]
pub struct MeasureExplanation {
    /// Index in the plan.
    pub measure: usize,
    /// The party's bases that give a result, by their text. Refused ones are always here, even of measures whose result leaves
    /// them out.
    pub bases: Vec<BasisExplanation>,
    /// The party's other rows of the measure's table, and why they give none.
    pub outside: Vec<OutsideRow>,
}

/// A row that gives no result in the assessed year.
#[derive(Clone, Debug)]
pub struct OutsideRow {
    /// Its name.
    pub basis: String,
    /// Its line in the file.
    pub line: u32,
    /// Why.
    pub why: Outside,
}

/// One basis: what it comes to, and how.
#[derive(Clone, Debug)]
pub struct BasisExplanation {
    /// The result.
    pub row: Row,
    /// The basis's name: its id, its year, or nothing.
    pub basis: String,
    /// Its line in its file.
    pub line: u32,
    /// The basis date in days since 1970-01-01, of a measure that goes by date, if it is known.
    pub day: Option<i64>,
    /// The year it belongs to, if that is known.
    pub year: Option<i64>,
    /// How the basis date came about, of a measure that goes by date.
    pub date: Option<Step>,
    /// Whether the row is meant by the measure (其中).
    pub filter: Option<Step>,
    /// One for each condition of the measure.
    pub conditions: Vec<Step>,
    /// One for each alternative of the pay; none where it has no guard.
    pub guards: Vec<Option<Step>>,
    /// The alternative that applies, by the guards or by rank, whether or not it is paid in the end.
    pub alternative: Option<usize>,
    /// Low and high of that alternative: one step for an exact amount or where it is open above.
    pub amount: Vec<Step>,
    /// What each limit did, as far as the row came.
    pub limits: Vec<LimitTrace>,
    /// What keeps the row unknown.
    pub missing: Vec<Gap>,
    /// Of a refused row, for each condition that fails what would have to be otherwise; of one that no tier covers, the same
    /// for each tier.
    pub nearest: Vec<Need>,
}

/// What one limit did with a row.
#[derive(Clone, Debug)]
pub struct LimitTrace {
    /// Index in the measure.
    pub limit: usize,
    /// Whether it let the row through.
    pub passed: bool,
    /// How.
    pub effect: Effect,
    /// The limit's own value: the first year, or what is ranked by.
    pub step: Option<Step>,
    /// The rival that [`Effect`] names.
    pub other: Option<OtherRow>,
    /// How many rows hang on missing facts which, once they are there, may take this one's place or part of what it gets.
    pub unsettled: usize,
    /// Claims that are not decided yet and would take this one's place, or part of it, if they were granted first.
    pub pending: Vec<OtherRow>,
}

/// A rival, maybe of another party, that has taken a place: a row of the measure's table or a claim on record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherRow {
    /// Its party's code.
    pub code: String,
    /// Its name.
    pub basis: String,
    /// The case it was claimed in; none of a row that is known from facts alone.
    pub case: Option<String>,
    /// Whether the reader may not learn whose it is: code, name and case are then left out ([`Audience::Party`]).
    pub is_withheld: bool,
    /// Its day since 1970-01-01, of a measure that goes by date.
    pub day: Option<i64>,
    /// Its year.
    pub year: i64,
}

impl LimitTrace {
    fn withhold_others(&mut self, own: &str) {
        let rivals = self.other.iter_mut().chain(&mut self.pending);
        let mut is_withheld = false;
        for rival in rivals.filter(|rival| rival.code != own) {
            let OtherRow { day, year, .. } = *rival;
            *rival = OtherRow { code: String::new(), basis: String::new(), case: None, is_withheld: true, day, year };
            is_withheld = true;
        }
        // What a rival ranks by, its sales for one, is its own affair too.
        if let (true, Effect::Top { last, .. }) = (is_withheld, &mut self.effect) {
            *last = None;
        }
    }
}

/// An expression, its value, and how it came about.
#[derive(Clone, Debug)]
pub struct Step {
    /// The expression.
    pub node: NodeId,
    /// What it comes to.
    pub value: Value,
    /// From what.
    pub detail: Detail<Step>,
}

/// What the value of an expression rests on.
#[derive(Clone, Debug)]
pub enum Detail<F> {
    /// On other expressions, in the order of the plan; of a value that changes by date the date and the step that applies.
    Operands(Vec<F>),
    /// On a cell.
    Fact(FactRead),
    /// On the party's rows of another table.
    Rows {
        /// All there are.
        rows: Vec<InnerRow<F>>,
        /// The years that are meant, by what is asked of the year alone, and of which there is no row.
        years_without_row: Vec<i64>,
    },
}

impl<F> Detail<F> {
    /// On nothing: a constant, or the row's own date or year.
    pub fn none() -> Detail<F> {
        Detail::Operands(Vec::new())
    }
}

/// A row that an aggregate looks at.
#[derive(Clone, Debug)]
pub struct InnerRow<F> {
    /// Its row in the aggregate's table.
    pub row: u32,
    /// Whether it is meant; if there is no filter it is.
    pub filter: Option<F>,
    /// What it adds.
    pub value: Option<F>,
}

/// A cell that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactRead {
    /// Which fact.
    pub slot: FactSlot,
    /// Its row in the table.
    pub row: u32,
    /// The row's id or year; empty where it has neither.
    pub of: String,
    /// Its line in the table's file.
    pub line: u32,
    /// What stands there.
    pub cell: Cell<'static>,
}

impl FactRead {
    /// The text that stands there, if it is one.
    pub fn text(&self) -> Option<&str> {
        match &self.cell {
            Cell::Text(text) => Some(text),
            Cell::Number(_) | Cell::Empty => None,
        }
    }
}

/// Something that is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Gap {
    /// A cell is empty.
    Cell(FactRead),
    /// A value was to be taken from the only row that is meant, and there is none, or more than one.
    Row {
        /// The value.
        slot: FactSlot,
        /// How many rows are meant.
        rows: usize,
        /// The years that are meant and of which there is no row.
        years: Vec<i64>,
    },
}

impl Gap {
    /// The fact.
    pub fn slot(&self) -> FactSlot {
        match self {
            Gap::Cell(FactRead { slot, .. }) | Gap::Row { slot, .. } => *slot,
        }
    }

    /// The empty cell, if there is one to fill.
    pub fn cell(&self) -> Option<&FactRead> {
        match self {
            Gap::Cell(read) => Some(read),
            Gap::Row { .. } => None,
        }
    }
}

/// What would have to be otherwise for a condition to hold.
#[derive(Clone, Debug)]
pub enum Need {
    /// All of these.
    All(Vec<Need>),
    /// Any one of these.
    Any(Vec<Need>),
    /// This test would have to come out as `wanted`.
    Test {
        /// The test as it came out.
        step: Step,
        /// How it would have to.
        wanted: bool,
        /// By how much the left side of a comparison misses the right, in the unit of their type: the least change, if it is
        /// a comparison of two known values in an order.
        distance: Option<i64>,
    },
}

impl Step {
    /// Calls `f` with each cell that this value rests on, in the order of the rule. Of another table's rows those that are not
    /// meant add nothing; of those that are, what they add says enough where it was asked for.
    pub fn each_fact<'a>(&'a self, f: &mut dyn FnMut(&'a FactRead, &'a Value)) {
        match &self.detail {
            Detail::Fact(read) => f(read, &self.value),
            Detail::Operands(operands) => operands.iter().for_each(|operand| operand.each_fact(f)),
            Detail::Rows { rows, .. } => {
                for row in rows {
                    let read = match (row.truth(), &row.value) {
                        (Truth::False, _) => continue,
                        (Truth::True, Some(value)) => [None, Some(value)],
                        (_, value) => [row.filter.as_ref(), value.as_ref()],
                    };
                    read.into_iter().flatten().for_each(|step| step.each_fact(f));
                }
            }
        }
    }
}
