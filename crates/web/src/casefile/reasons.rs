//! Why: the conditions with both sides, the limits, the facts with their source and date, what would have to be otherwise.

use askama::Template;
use duixian_assess::explain::{BasisReport, ClauseText, MeasureReport, Report};
use duixian_assess::reference::{PartyExplanation, Truth};
use duixian_casework::case::{Case, CellRef};
use duixian_rules::pack::Pack;
use duixian_rules::vocabulary::{ColumnType, Lang, TableKind, Vocabulary};
use duixian_store::facts::FactRow;

use super::industry;
use super::queue::plain;
use crate::format;
use crate::locale::Speak;

/// Why a basis comes to what it does, ready to be read in one language. It prints itself: `{{ reasons }}`.
#[derive(Clone, Debug, Template)]
#[template(path = "casefile/reasons.html")]
pub struct Reasons {
    lang: Lang,
    /// The amount, or why there is none, in one line.
    outcome: String,
    conditions: Vec<Condition>,
    calculations: Vec<String>,
    pays: Option<String>,
    rule: String,
    limits: Vec<(bool, String, String)>,
    missing: Vec<String>,
    nearest: Vec<(usize, String)>,
    facts: Vec<FactLine>,
    /// Where a fact is disputed; none where that can't be done.
    dispute: Option<String>,
    readings: Vec<String>,
    clause: String,
    clause_title: String,
}

impl askama::filters::HtmlSafe for Reasons {}

#[derive(Clone, Debug)]
struct Condition {
    truth: Truth,
    sentence: String,
    clause: String,
    general: Option<String>,
    tests: Vec<(usize, Truth, String)>,
}

#[derive(Clone, Debug)]
struct FactLine {
    name: String,
    value: String,
    source: String,
    /// Whether it names a row, which nobody can call wrong.
    is_name: bool,
}

/// Where facts come from.
#[derive(Clone, Copy)]
pub struct Sources<'a> {
    /// The vocabulary of the rows.
    pub vocabulary: &'a Vocabulary,
    /// What the registry knows of the party.
    pub rows: &'a [FactRow],
    /// The case whose statements lie over it, if there is one.
    pub case: Option<&'a Case>,
}

impl Reasons {
    /// Why a basis comes to what it does.
    pub fn of(measure: &MeasureReport, basis: &BasisReport, sources: Sources, lang: Lang) -> Reasons {
        let condition = |of: &duixian_assess::explain::ConditionReport| Condition {
            truth: of.truth,
            sentence: of.sentence.clone(),
            clause: of.clause.clone(),
            general: of.general.clone(),
            tests: of.tests.iter().map(|test| (test.depth, test.truth, test.text.clone())).collect(),
        };
        let fact = |of: &duixian_assess::explain::FactReport| FactLine {
            name: of.name.clone(),
            value: of.value.clone(),
            source: sources.of(of.slot.table, of.slot.column, &basis.id, lang),
            is_name: sources.names_the_row(of.slot.table, of.slot.column),
        };
        Reasons {
            lang,
            outcome: basis.outcome.clone(),
            conditions: basis.conditions.iter().map(condition).collect(),
            calculations: basis.calculations.clone(),
            pays: basis.pays.clone(),
            rule: measure.pays.clone(),
            limits: basis
                .limits
                .iter()
                .map(|limit| (limit.passed, limit.clause.clone(), limit.effect.clone()))
                .collect(),
            missing: basis
                .missing
                .iter()
                .map(|missing| match missing.row {
                    Some(_) => sources.name(missing.slot.table, missing.slot.column, lang),
                    // That a whole row is missing takes more words than the fact's name.
                    None => missing.text.clone(),
                })
                .collect(),
            nearest: basis.nearest.iter().map(|line| (line.depth, line.text.clone())).collect(),
            facts: basis.facts.iter().map(fact).collect(),
            dispute: None,
            readings: measure.readings.clone(),
            clause: measure.clause.clone(),
            clause_title: measure.clause_title.clone(),
        }
    }

    /// The same with the place where each of its facts is disputed.
    pub fn disputed_at(self, href: Option<String>) -> Reasons {
        Reasons { dispute: href, ..self }
    }

    /// What of it is not met, what would have to be otherwise, and the law; none where all is met. What is met, and what
    /// would be paid, explains no refusal.
    pub fn unmet(mut self) -> Option<Reasons> {
        self.conditions.retain(|condition| condition.truth == Truth::False);
        self.limits.retain(|(passed, ..)| !passed);
        self.pays = None;
        self.facts.clear();
        (!self.conditions.is_empty() || !self.limits.is_empty()).then_some(self)
    }

    /// Whether some words say no more than it does.
    pub fn says(&self, words: &str) -> bool {
        let words = plain(words);
        let sentences = self.conditions.iter().map(|condition| &condition.sentence);
        let effects = self.limits.iter().map(|(_, _, effect)| effect);
        let mut told = std::iter::once(&self.outcome).chain(sentences).chain(effects);
        !words.is_empty() && told.any(|text| plain(text) == words)
    }

    fn mark(&self, truth: &Truth) -> &'static str {
        match truth {
            Truth::True => self.lang.t("符合", "met"),
            Truth::False => self.lang.t("不符合", "not met"),
            Truth::Unknown => self.lang.t("待定", "open"),
        }
    }

    fn class(&self, truth: &Truth) -> &'static str {
        match truth {
            Truth::True => "yes",
            Truth::False => "no",
            Truth::Unknown => "open",
        }
    }

    fn sign(&self, truth: &Truth) -> &'static str {
        match truth {
            Truth::True => "✓",
            Truth::False => "✕",
            Truth::Unknown => "?",
        }
    }
}

impl Sources<'_> {
    fn names_the_row(&self, table: usize, column: usize) -> bool {
        let declared = &self.vocabulary.tables[table];
        declared.key.contains(&column) || declared.columns[column].ty == ColumnType::Party
    }

    /// Where a cell's value comes from, and since when.
    fn of(&self, table: usize, column: usize, basis: &str, lang: Lang) -> String {
        let declared = &self.vocabulary.tables[table];
        let row_key = if declared.kind == TableKind::Party { "" } else { basis };
        let cell = CellRef {
            table: declared.name.en.clone(),
            row: row_key.to_owned(),
            column: declared.columns[column].name.en.clone(),
        };
        let row = self.rows.iter().find(|row| row.table == table && row.key == row_key);
        let known = row.filter(|row| row.cells.get(column).is_some_and(|cell| !cell.is_empty()));
        let stated = self.case.and_then(|case| case.statements.get(&cell));
        if let Some(stated) = stated {
            let holds = stated.finding.as_ref().map(|finding| finding.holds);
            let day = format::date(lang, stated.at.day());
            match (holds, known) {
                (Some(true), _) => {
                    return format!("{}{day}", lang.t("您填报，已核实，", "stated by you and verified, "));
                }
                (None, None) => return format!("{}{day}", lang.t("您填报，", "stated by you, ")),
                _ => {}
            }
        }
        match row {
            Some(row) => format!(
                "{}{}{}",
                row.source.in_lang(lang),
                lang.t("，", ", "),
                format::date(lang, row.recorded_at.day())
            ),
            None => String::new(),
        }
    }

    fn name(&self, table: usize, column: usize, lang: Lang) -> String {
        let declared = &self.vocabulary.tables[table];
        let column = &declared.columns[column].name;
        match lang {
            Lang::Zh => format!("{}的{}", declared.name.zh, column.zh),
            Lang::En => format!("{} ({})", column.in_english(), declared.name.in_english()),
        }
    }
}

/// Lays an explanation out in a language, and gives it to be read.
pub fn read<T>(explained: &PartyExplanation, pack: &Pack, lang: Lang, read: impl FnOnce(&Report) -> T) -> T {
    let clauses = |number: &str| ClauseText::of(pack, number);
    let mut report = Report::new(explained, &pack.plan, lang, &clauses);
    industry::name_in(&mut report, &pack.plan.vocabulary);
    read(&report)
}
