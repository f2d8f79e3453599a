//! An explanation for other programs.

use duixian_facts::table::Cell;
use duixian_money::Fen;
use duixian_rules::plan::{FactSlot, Measure, Plan};
use duixian_rules::vocabulary::{Lang, Name};
use serde_json::{Value as Json, json};

use super::Clauses;
use super::limits::Limited;
use super::words::{Words, type_of};
use crate::calendar::iso_date;
use crate::reference::{
    BasisExplanation, FactRead, Gap, LimitTrace, MeasureExplanation, OtherRow, Outside, PartyExplanation, Step, Truth,
};

/// The whole explanation as one object.
pub fn render(explanation: &PartyExplanation, plan: &Plan, clauses: Clauses) -> Json {
    let page = Page { plan, explanation, clauses };
    json!({
        "policy": name(&plan.policy),
        "party": { "code": explanation.code, "name": explanation.name },
        "year": explanation.year,
        "as_of": iso_date(explanation.as_of),
        "measures": explanation.measures.iter().map(|measure| page.measure(measure)).collect::<Vec<_>>(),
    })
}

#[derive(Clone, Copy)]
struct Page<'a> {
    plan: &'a Plan,
    explanation: &'a PartyExplanation,
    clauses: Clauses<'a>,
}

impl Page<'_> {
    /// A text in both languages.
    fn both(self, text: impl Fn(Words) -> String) -> Json {
        let in_lang = |lang| text(Words::new(self.plan, lang));
        json!({ "zh": in_lang(Lang::Zh), "en": in_lang(Lang::En) })
    }

    fn measure(self, of: &MeasureExplanation) -> Json {
        let measure = &self.plan.measures[of.measure];
        let clause = (self.clauses)(&measure.clause).unwrap_or_default();
        let outside = |row: &crate::reference::OutsideRow| {
            json!({
                "basis": row.basis,
                "line": row.line,
                "why": why(row.why),
                "text": self.both(|words| words.outside(row.why, measure)),
            })
        };
        json!({
            "id": measure.name.en,
            "name": name(&measure.name),
            "clause": measure.clause,
            "clause_title": clause.title,
            "readings": clause.readings,
            "pays": name(&measure.pay.text),
            "fund": measure.fund.map(|fund| name(&self.plan.funds[fund].name)),
            "evidence": measure.notes.evidence,
            "optional_evidence": measure.notes.optional_evidence,
            "discretion": measure.notes.discretion,
            "purpose": measure.notes.purpose,
            "needed_basis": self.both(|words| words.needed_basis(measure)),
            "bases": of.bases.iter().map(|basis| self.basis(of.measure, basis)).collect::<Vec<_>>(),
            "outside": of.outside.iter().map(outside).collect::<Vec<_>>(),
        })
    }

    fn basis(self, measure: usize, basis: &BasisExplanation) -> Json {
        let measure = &self.plan.measures[measure];
        let amount = basis.row.amount();
        let in_row = |text: &dyn Fn(Words) -> String| self.both(|words| text(words.within(measure, basis)));
        let conditions = measure.conditions.iter().zip(&basis.conditions).map(|(condition, step)| {
            json!({
                "holds": truth(step.value.truth()),
                "text": name(&condition.text),
                "clause": condition.clause,
                "general": condition.general.as_ref().map(name),
                "sentence": in_row(&|words| words.condition_told(condition, step).0),
                "tests": self.tests(measure, basis, step),
                "facts": self.facts(step),
            })
        });
        let limits = basis.limits.iter().map(|trace| self.limit(measure, basis, trace));
        let alternative = basis.alternative.map(|index| {
            let alternative = &measure.pay.alternatives[index];
            let guard = basis.guards.get(index).and_then(Option::as_ref);
            json!({
                "text": name(&alternative.text),
                "clause": alternative.clause,
                "when": guard.map(|guard| in_row(&|words| words.verdict(guard))),
                "amount": basis.amount.iter().map(|step| in_row(&|words| words.worked_out(step))).collect::<Vec<_>>(),
                "facts": guard.into_iter().chain(&basis.amount).flat_map(|step| self.facts(step)).collect::<Vec<_>>(),
            })
        });
        json!({
            "basis": basis.basis,
            "file": self.explanation.files.get(measure.basis.table),
            "line": basis.line,
            "date": basis.day.map(iso_date),
            "year": basis.year,
            "status": basis.row.status().word(),
            "low": amount.map(|amount| yuan(amount.low)),
            "high": amount.and_then(|amount| amount.high).map(yuan),
            "payable_from": basis.row.payable_from().map(|day| iso_date(day.into())),
            "clause": basis.row.clause(measure),
            "reason": self.both(|words| words.reason(Limited { measure, basis, code: &self.explanation.code })),
            "conditions": conditions.collect::<Vec<_>>(),
            "alternative": alternative,
            "limits": limits.collect::<Vec<_>>(),
            "missing": basis.missing.iter().map(|gap| self.gap(gap)).collect::<Vec<_>>(),
            "nearest": self.nearest(measure, basis),
        })
    }

    fn limit(self, measure: &Measure, basis: &BasisExplanation, trace: &LimitTrace) -> Json {
        let limited = Limited { measure, basis, code: &self.explanation.code };
        let limit = &measure.limits[trace.limit];
        let rival = |other: &OtherRow| {
            let seen = |text: &str| (!other.is_withheld).then(|| text.to_owned());
            json!({
                "code": seen(&other.code),
                "basis": seen(&other.basis),
                "case": other.case,
                "date": other.day.map(iso_date),
                "year": other.year,
            })
        };
        json!({
            "let_through": trace.passed,
            "text": name(&limit.text),
            "clause": limit.clause,
            "effect": self.both(|words| words.effect(limited, trace)),
            "other": trace.other.as_ref().map(rival),
            "unsettled": trace.unsettled,
            "pending": trace.pending.iter().map(rival).collect::<Vec<_>>(),
        })
    }

    fn tests(self, measure: &Measure, basis: &BasisExplanation, step: &Step) -> Vec<Json> {
        let in_lang = |lang| Words::new(self.plan, lang).within(measure, basis).all_tests(step);
        let tests = in_lang(Lang::Zh).into_iter().zip(in_lang(Lang::En));
        let test = tests.map(
            |(zh, en)| json!({ "depth": zh.depth, "holds": truth(zh.truth), "text": { "zh": zh.text, "en": en.text } }),
        );
        test.collect()
    }

    fn nearest(self, measure: &Measure, basis: &BasisExplanation) -> Vec<Json> {
        let in_lang = |lang| Words::new(self.plan, lang).within(measure, basis).needs(&basis.nearest);
        let lines = in_lang(Lang::Zh).into_iter().zip(in_lang(Lang::En));
        lines.map(|(zh, en)| json!({ "depth": zh.depth, "text": { "zh": zh.text, "en": en.text } })).collect()
    }

    fn facts(self, step: &Step) -> Vec<Json> {
        let mut facts = Vec::new();
        step.each_fact(&mut |read, _| facts.push(self.fact(read)));
        facts
    }

    /// Something missing: an empty cell, or the row of which a value was to be taken.
    fn gap(self, gap: &Gap) -> Json {
        let (rows, years) = match gap {
            Gap::Cell(read) => return self.fact(read),
            Gap::Row { rows, years, .. } => (rows, years),
        };
        let FactSlot { table, column } = gap.slot();
        let shape = &self.plan.vocabulary.tables[table];
        json!({
            "table": shape.name.en,
            "column": shape.columns[column].name.en,
            "name": self.both(|words| words.heading(gap.slot())),
            "value": Json::Null,
            "file": self.explanation.files.get(table),
            "line": Json::Null,
            "rows": rows,
            "years": years,
        })
    }

    /// A cell; its value as data files write it.
    fn fact(self, read: &FactRead) -> Json {
        let table = &self.plan.vocabulary.tables[read.slot.table];
        let column = &table.columns[read.slot.column];
        json!({
            "table": table.name.en,
            "column": column.name.en,
            "name": self.both(|words| words.fact(read)),
            "value": self.written(read),
            "file": self.explanation.files.get(read.slot.table),
            "line": read.line,
        })
    }

    fn written(self, read: &FactRead) -> Option<String> {
        use duixian_rules::plan::NodeType;
        let column = &self.plan.vocabulary.tables[read.slot.table].columns[read.slot.column];
        match &read.cell {
            Cell::Empty => None,
            Cell::Text(text) => Some(text.clone().into_owned()),
            Cell::Number(value) => Some(match type_of(column.ty) {
                NodeType::Money => yuan(Fen(*value)),
                NodeType::Date => iso_date(*value),
                NodeType::Bool => (*value == 1).to_string(),
                NodeType::Year => value.to_string(),
                NodeType::Word(list) => {
                    let words = &self.plan.vocabulary.word_lists[list].words;
                    usize::try_from(*value).ok().and_then(|index| words.get(index)).map(|word| word.en.clone())?
                }
                ty => Words::new(self.plan, Lang::En).value(*value, ty),
            }),
        }
    }
}

fn name(name: &Name) -> Json {
    json!({ "zh": name.zh, "en": name.en })
}

fn yuan(amount: Fen) -> String {
    amount.to_yuan_string()
}

/// True, false, or null where facts are missing.
fn truth(truth: Truth) -> Json {
    match truth {
        Truth::True => Json::Bool(true),
        Truth::False => Json::Bool(false),
        Truth::Unknown => Json::Null,
    }
}

fn why(why: Outside) -> &'static str {
    match why {
        Outside::NotMeant => "not_meant",
        Outside::NotDated => "not_dated",
        Outside::AfterAsOf(..) => "after_as_of",
        Outside::BeforeStart(_) | Outside::YearBeforeStart(_) => "before_start",
        Outside::OtherYear(_) => "other_year",
    }
}
