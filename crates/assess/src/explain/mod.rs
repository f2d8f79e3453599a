//! Explanations for people: why a party is or is not entitled, fact by fact and clause by clause, as text, JSON or one
//! self-contained page, and as a [`Report`] for pages of others.

mod claims;
mod html;
mod json;
mod layout;
mod limits;
mod nouns;
mod predicates;
mod report;
mod rule;
mod sentences;
#[cfg(test)]
mod tests;
mod text;
mod verdicts;
#[cfg(test)]
#[path = "wording/tests.rs"]
mod wording;
mod words;

use duixian_rules::pack::Pack;
use duixian_rules::plan::Plan;
use duixian_rules::vocabulary::Lang;

use crate::reference::PartyExplanation;

pub use report::{
    BasisReport, ConditionReport, FactReport, LimitReport, MeasureReport, MissingReport, NeedLine, Report, SummaryItem,
    SummaryLine, WithoutBasis, mark, status_mark,
};
pub use rule::{amounts_in_words, conditions_in_words, limits_in_words, names_in_words, tiers_in_words};
pub use sentences::reason_in_words;
pub use verdicts::TestLine;

/// What a pack says of a clause beside its rules.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClauseText {
    /// Its heading; may be empty.
    pub title: String,
    /// How it is read where its words leave room (读法).
    pub readings: Vec<String>,
}

impl ClauseText {
    /// The text of a pack's clause, with the readings of the clauses it stands within.
    pub fn of(pack: &Pack, number: &str) -> Option<ClauseText> {
        let readings = pack.readings(number).into_iter().map(str::to_owned).collect();
        pack.clause(number).map(|clause| ClauseText { title: clause.title.clone(), readings })
    }
}

/// Finds a clause by its number as the source writes it, such as `三(五).1`.
pub type Clauses<'a> = &'a dyn Fn(&str) -> Option<ClauseText>;

/// For a terminal.
pub fn render_text(explanation: &PartyExplanation, plan: &Plan, lang: Lang, clauses: Clauses) -> String {
    text::render(&Report::new(explanation, plan, lang, clauses))
}

/// For other programs: keys in English, money as text in yuan with two decimals, texts in both languages.
pub fn render_json(explanation: &PartyExplanation, plan: &Plan, clauses: Clauses) -> String {
    format!("{:#}\n", json::render(explanation, plan, clauses))
}

/// For a browser or a printer: one page that needs nothing else.
pub fn render_html(explanation: &PartyExplanation, plan: &Plan, lang: Lang, clauses: Clauses) -> String {
    html::render(&Report::new(explanation, plan, lang, clauses))
}
