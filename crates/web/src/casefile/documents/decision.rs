//! The decision letter: what was decided, and the facts it rests on beside what the clause asks.

use duixian_assess::reference::{Audience, Truth};
use duixian_casework::case::Finding;
use duixian_casework::event::What;
use duixian_rules::vocabulary::Lang;

use super::issued::Issued;
use super::{Maker, gone};
use crate::casefile::CaseFile;
use crate::casefile::facts::FactLine;
use crate::casefile::grounds::Grounds;
use crate::casefile::why::{Condition, Why, cell_name};
use crate::documents::{Comparison, DecisionLetter, Outcome};
use crate::format;
use crate::problem::Problem;

impl Maker<'_> {
    pub(super) async fn decision(&self, issued: &Issued) -> Result<DecisionLetter, Problem> {
        let entry = &self.file.history[issued.place];
        let then = self.then(issued).await?;
        let day = entry.at.day();
        let outcome = match (&entry.event.what, &then.case.decision) {
            (What::Declined { reason }, _) => match Grounds::read(reason) {
                Some(of) => Outcome::Declined { unmet: sentence(&of.unmet), reason: sentence(&of.found) },
                None => Outcome::Declined { unmet: String::new(), reason: sentence(reason) },
            },
            (_, Some(decision)) => Outcome::Supported {
                amount: decision.funded,
                decided: Some(decision.amount).filter(|decided| *decided != decision.funded),
                fund: self.fund(),
                reason: sentence(&decision.reason),
                conditions: decision.conditions.iter().map(|condition| sentence(condition)).collect(),
            },
            (_, None) => return Err(gone()),
        };
        let why = Why::of(&then, Lang::Zh, Audience::Party)?;
        let is_supported = matches!(outcome, Outcome::Supported { .. });
        let mut comparisons = why.as_ref().map_or_else(Vec::new, |why| comparisons(&then, why, is_supported));
        if !is_supported {
            // Conditions that are all met do not explain why it is declined: what does is the reason, and what was found.
            if comparisons.iter().all(|comparison| comparison.is_met) {
                comparisons.clear();
            }
            comparisons.splice(0..0, untrue(&then));
        }
        Ok(DecisionLetter {
            frame: self.frame(issued, day),
            case_number: self.case_number(),
            measure: self.measure(),
            item: self.item().await?,
            clause: then.clause(),
            submitted: self.submitted(),
            outcome,
            comparisons,
            reconsider_until: self.reconsider_until(day),
        })
    }
}

/// What was looked into and found not to hold: a decision against the party rests on that, whatever the rules say of the
/// facts that are left.
fn untrue(file: &CaseFile) -> Vec<Comparison> {
    let case = &file.case;
    let row = |fact: String, required: &str, finding: &Finding| Comparison {
        fact,
        required: required.to_owned(),
        found: if finding.note.is_empty() { "不属实".to_owned() } else { format!("不属实：{}", finding.note) },
        source: format!("{}核实", format::date(Lang::Zh, finding.at.day())),
        is_met: false,
    };
    let stated = case.statements.iter().filter_map(|(cell, statement)| {
        let finding = statement.finding.as_ref().filter(|finding| !finding.holds)?;
        Some(row(cell_name(file, cell).zh.to_string(), "填报属实", finding))
    });
    let handed_in = case.evidence.iter().filter_map(|piece| {
        let finding = piece.finding.as_ref().filter(|finding| !finding.holds)?;
        Some(row(format!("佐证：{}", piece.kind), "佐证属实", finding))
    });
    stated.chain(handed_in).collect()
}

fn comparisons(file: &CaseFile, why: &Why, is_supported: bool) -> Vec<Comparison> {
    let facts = FactLine::all(file, Some(why));
    let mut rows: Vec<Comparison> = why.conditions.iter().map(|condition| comparison(condition, &facts)).collect();
    // What others were granted after this decision may fill a limit that was open to it.
    let limits = why.limits.iter().filter(|limit| limit.passed || !is_supported);
    rows.extend(limits.map(|limit| Comparison {
        fact: "限额".to_owned(),
        required: limit.asked.clone(),
        found: limit.effect.clone(),
        source: "已审定和已拨付的事项".to_owned(),
        is_met: limit.passed,
    }));
    rows
}

fn comparison(condition: &Condition, facts: &[FactLine]) -> Comparison {
    let read: Vec<&FactLine> =
        condition.read.iter().filter_map(|cell| facts.iter().find(|fact| fact.cell == *cell)).collect();
    let joined = |texts: Vec<String>| {
        let mut distinct: Vec<String> = Vec::new();
        for text in texts.into_iter().filter(|text| !text.is_empty()) {
            if !distinct.contains(&text) {
                distinct.push(text);
            }
        }
        distinct.join("；")
    };
    let names = joined(read.iter().map(|fact| fact.name.zh.to_string()).collect());
    let values = match &read[..] {
        [only] => only.value.zh.to_string(),
        several => joined(several.iter().map(|fact| format!("{}：{}", fact.name.zh, fact.value.zh)).collect()),
    };
    Comparison {
        fact: if names.is_empty() { "条件".to_owned() } else { names },
        required: condition.asked.clone(),
        found: values,
        source: joined(read.iter().map(|fact| fact.source.zh.to_string()).collect()),
        is_met: condition.truth == Truth::True,
    }
}

/// A reason as a sentence of the letter: with a full stop.
pub(super) fn sentence(text: &str) -> String {
    let text = text.trim();
    match text.chars().last() {
        None => String::new(),
        Some('。' | '！' | '？' | '.' | '；' | ';') => text.to_owned(),
        Some(_) => format!("{text}。"),
    }
}
