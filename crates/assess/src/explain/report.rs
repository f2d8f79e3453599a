//! An explanation laid out for reading in one language: what text, pages and templates of others show. Every text is ready to
//! be read, and nothing in it is escaped.

use duixian_money::Span;
use duixian_rules::plan::FactSlot;
use duixian_rules::vocabulary::Lang;

use super::verdicts::TestLine;
use super::words::Words;
use crate::reference::Truth;
use crate::result::Status;

/// The whole explanation. That of a claim ([`crate::reference::Claim::explained`]) has one measure with one basis.
#[derive(Clone, Debug)]
pub struct Report<'a> {
    /// For the words around it.
    pub(super) words: Words<'a>,
    /// The language of its texts.
    pub lang: Lang,
    /// The party's name, or its code where it has none.
    pub party: String,
    /// Its code.
    pub code: String,
    /// The policy's name.
    pub policy: String,
    /// The assessed year.
    pub year: String,
    /// The as-of date.
    pub as_of: String,
    /// One line for each status that occurs.
    pub summary: Vec<SummaryLine>,
    /// The facts that are missing, and for what.
    pub missing: Vec<String>,
    /// Measures with a basis.
    pub measures: Vec<MeasureReport>,
    /// Measures without one.
    pub without: Vec<WithoutBasis>,
}

/// How many bases have one status, and what they come to.
#[derive(Clone, Debug)]
pub struct SummaryLine {
    /// The status.
    pub status: Status,
    /// The figure.
    pub text: String,
    /// What it is made of.
    pub items: Vec<SummaryItem>,
}

/// One basis in the summary.
#[derive(Clone, Debug)]
pub struct SummaryItem {
    /// The measure's name and the basis's.
    pub name: String,
    /// The amount, or why there is none.
    pub outcome: String,
}

/// A measure with a basis.
#[derive(Clone, Debug)]
pub struct MeasureReport {
    /// Index in the plan.
    pub measure: usize,
    /// Its id in results: the English name.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its clause.
    pub clause: String,
    /// The clause's heading; may be empty.
    pub clause_title: String,
    /// How the clause is read.
    pub readings: Vec<String>,
    /// What the rule pays.
    pub pays: String,
    /// The fund that pays it.
    pub fund: Option<String>,
    /// Notes by heading.
    pub notes: Vec<(&'static str, Vec<String>)>,
    /// The bases.
    pub bases: Vec<BasisReport>,
    /// The party's other rows of the table, and why they do not count.
    pub outside: Vec<String>,
}

/// One basis.
#[derive(Clone, Debug)]
pub struct BasisReport {
    /// Its row in the measure's table.
    pub row: u32,
    /// Its id in results: the id of the row, its year, or nothing.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its place in its file.
    pub place: Option<String>,
    /// What it comes to.
    pub status: Status,
    /// What it comes to in fen; none where facts are missing, 0 to 0 where it is refused.
    pub amount: Option<Span>,
    /// The amount in words, or why there is none.
    pub outcome: String,
    /// The same in a sentence.
    pub decision: String,
    /// The clause that decides.
    pub clause: String,
    /// From when it is paid.
    pub payable_from: Option<String>,
    /// The conditions, each with its tests.
    pub conditions: Vec<ConditionReport>,
    /// The calculations that the conditions and the amount call by a name, and how they come about.
    pub calculations: Vec<String>,
    /// The alternative that applies, with its amount.
    pub pays: Option<String>,
    /// The limits, as far as the row came.
    pub limits: Vec<LimitReport>,
    /// What keeps the row unknown.
    pub missing: Vec<MissingReport>,
    /// What would have to be otherwise for a refused row.
    pub nearest: Vec<NeedLine>,
    /// The cells that were read.
    pub facts: Vec<FactReport>,
}

/// One limit.
#[derive(Clone, Debug)]
pub struct LimitReport {
    /// Whether it let the row through.
    pub passed: bool,
    /// What it asks, of anyone.
    pub asked: String,
    /// The rule's own words.
    pub text: String,
    /// Its clause.
    pub clause: String,
    /// What it asks and did, in a sentence.
    pub effect: String,
    /// Whether undecided claims may yet take the place.
    pub is_contested: bool,
}

/// Something that is missing and would settle the row.
#[derive(Clone, Debug)]
pub struct MissingReport {
    /// The fact.
    pub slot: FactSlot,
    /// The row of the empty cell; none where a row is missing.
    pub row: Option<u32>,
    /// Table, row and column; of a missing row what it is that is missing.
    pub text: String,
    /// Where it should stand, where that is in a file.
    pub place: Option<String>,
}

/// One line of what would have to be otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NeedLine {
    /// How deep it stands under others, from 0.
    pub depth: usize,
    /// What it takes.
    pub text: String,
}

/// One condition.
#[derive(Clone, Debug)]
pub struct ConditionReport {
    /// Whether it holds.
    pub truth: Truth,
    /// How it came out, in a sentence.
    pub sentence: String,
    /// What it asks, of anyone.
    pub asked: String,
    /// The rule's own words.
    pub text: String,
    /// Where it stands: its clause, or the one under which the pack's reading stands that sets it.
    pub clause: String,
    /// Whether no clause sets it but that reading.
    pub is_reading: bool,
    /// The general rule it comes from.
    pub general: Option<String>,
    /// The cases of which none holds, where the condition offers several.
    pub tests: Vec<TestLine>,
}

/// A cell that was read.
#[derive(Clone, Debug)]
pub struct FactReport {
    /// The fact.
    pub slot: FactSlot,
    /// Its row in the table.
    pub row: u32,
    /// Whether the cell is empty.
    pub is_empty: bool,
    /// Table, row and column.
    pub name: String,
    /// What stands there.
    pub value: String,
    /// The table's name.
    pub table: String,
    /// Where in a file it stands; empty if it is in none.
    pub place: String,
}

/// A measure without a basis.
#[derive(Clone, Debug)]
pub struct WithoutBasis {
    /// Index in the plan.
    pub measure: usize,
    /// Its name.
    pub name: String,
    /// Its clause.
    pub clause: String,
    /// What basis it would need.
    pub needed: String,
    /// Rows that do not count, and why.
    pub outside: Vec<String>,
}

/// The mark before a test or condition.
pub fn mark(truth: Truth) -> &'static str {
    match truth {
        Truth::True => "✓",
        Truth::False => "✗",
        Truth::Unknown => "?",
    }
}

/// The mark before a decision.
pub fn status_mark(status: Status) -> &'static str {
    match status {
        Status::Entitled => "✓",
        Status::Conditional => "◇",
        Status::Unknown => "?",
        Status::NotEntitled => "✗",
    }
}
