//! The decision letter: what was decided, how the amount was reckoned, and the facts it rests on beside what the clause asks.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use duixian_assess::reference::{Audience, Truth};
use duixian_casework::case::{CellRef, Evidence, Finding};
use duixian_casework::event::What;
use duixian_rules::vocabulary::Lang;

use super::issued::Issued;
use super::{Maker, gone};
use crate::casefile::disputed::Disputed;
use crate::casefile::facts::FactLine;
use crate::casefile::file::as_of_place;
use crate::casefile::grounds::{self, About, Ground, Grounds, stands_as_registered};
use crate::casefile::queue::cut;
use crate::casefile::why::{Condition, Why, cell_name};
use crate::casefile::{CaseFile, industry};
use crate::documents::{Comparison, Conclusion, DecisionLetter, Outcome};
use crate::format;
use crate::problem::Problem;

impl Maker<'_> {
    pub(super) async fn decision(&self, issued: &Issued) -> Result<DecisionLetter, Problem> {
        let entry = &self.file.history[issued.place];
        let then = self.then(issued).await?;
        let day = entry.at.day();
        let why = Why::of(&then, Lang::Zh, Audience::Party)?;
        let named = |text: &str| industry::named(then.vocabulary(), text);
        let (outcome, comparisons) = match (&entry.event.what, &then.case.decision) {
            // The grounds are told apart by the words that the reason has for them; names are for what is printed.
            (What::Declined { reason }, _) => match Grounds::read(reason) {
                Some(of) => (
                    Outcome::Declined { unmet: sentence(&named(&of.unmet)), reason: sentence(&named(&of.found)) },
                    against(&then, why.as_ref(), &grounds::all(&then)?, &Contrary { of: &of, day }),
                ),
                None => (
                    Outcome::Declined { unmet: String::new(), reason: sentence(&named(reason)) },
                    against_by_rules(&then, why.as_ref()),
                ),
            },
            (what, Some(decision)) => (
                Outcome::Supported {
                    amount: if matches!(what, What::Queued(_)) { decision.amount } else { decision.funded },
                    is_waiting: matches!(what, What::Queued(_)),
                    cut: cut(decision).map_or_else(String::new, |text| text.zh.to_string()),
                    fund: self.fund(),
                    reason: sentence(&named(&decision.reason)),
                    conditions: decision.conditions.iter().map(|condition| sentence(condition)).collect(),
                },
                why.as_ref().map_or_else(Vec::new, |why| supporting(&then, why)),
            ),
            (_, None) => return Err(gone()),
        };
        let mut comparisons = comparisons;
        for row in &mut comparisons {
            for words in [&mut row.fact, &mut row.required, &mut row.found] {
                *words = named(words);
            }
        }
        let reckoning = match (&outcome, &why) {
            (Outcome::Supported { .. }, Some(why)) => reckoning(why),
            _ => Vec::new(),
        };
        Ok(DecisionLetter {
            frame: self.frame(issued, day),
            case_number: self.case_number(),
            measure: self.measure(),
            item: self.item().await?,
            clause: then.clause(),
            submitted: self.submitted(),
            outcome,
            comparisons,
            reckoning,
            disputes: Disputed::all(&then).iter().map(|one| one.sentence().zh.into_owned()).collect(),
            remedies: self.remedies(day),
        })
    }
}

/// How the rule comes to its amount: what applies, and what the names in it stand for.
fn reckoning(why: &Why) -> Vec<String> {
    let Some(pays) = &why.pays else { return Vec::new() };
    let mut lines = vec![sentence(&format!("金额按条款计算：{pays}"))];
    if !why.calculations.is_empty() {
        lines.push(sentence(&format!("其中：{}", why.calculations.join("；"))));
    }
    lines
}

/// What a grant rests on: the conditions, the limits that it passed, and what the amount was reckoned by.
fn supporting(file: &CaseFile, why: &Why) -> Vec<Comparison> {
    let facts = FactLine::all(file, Some(why));
    let mut rows: Vec<Comparison> = why.conditions.iter().map(|condition| comparison(condition, &facts)).collect();
    // What others were granted after this decision may fill a limit that was open to it.
    rows.extend(limits(why, true));
    let in_conditions: BTreeSet<_> = why.conditions.iter().flat_map(|condition| &condition.read).collect();
    let reckoned_by = facts.iter().filter(|fact| fact.is_read && !in_conditions.contains(&fact.cell));
    rows.extend(reckoned_by.map(|fact| Comparison {
        fact: fact.name.zh.to_string(),
        required: "—".to_owned(),
        found: fact.value.zh.to_string(),
        source: fact.source.zh.to_string(),
        conclusion: Conclusion::Reckoned,
    }));
    rows
}

/// What a refusal rests on that names its grounds: first those, whatever the rules say of them, then the conditions of the rule.
fn against(file: &CaseFile, why: Option<&Why>, all: &[Ground], contrary: &Contrary) -> Vec<Comparison> {
    let facts = FactLine::all(file, why);
    let named: Vec<&Ground> = all.iter().filter(|ground| ground.is_named_in(&contrary.of.unmet)).collect();
    let conditions = || why.into_iter().flat_map(|why| &why.conditions);
    let is_refuted = |cell: &CellRef| {
        let is_registered = || file.case.statements.get(cell).is_some_and(stands_as_registered);
        named.iter().any(|ground| matches!(&ground.about, About::Fact(of) if of == cell)) && !is_registered()
    };
    let mut rows = Vec::new();
    for ground in &named {
        match &ground.about {
            About::Condition(place) => {
                let condition = why.and_then(|why| why.conditions.get(*place));
                let row = condition.map(|condition| comparison(condition, &facts));
                rows.extend(row.map(|row| match row.conclusion {
                    // The record alone would meet it: the refusal rests on what was found.
                    Conclusion::Met => contrary.row(row, "记录为"),
                    _ => Comparison { conclusion: Conclusion::Unmet, ..row },
                }));
            }
            About::Fact(cell) => {
                let asked: Vec<&str> = conditions()
                    .filter(|condition| condition.read.contains(cell))
                    .map(|condition| condition.asked.as_str())
                    .collect();
                let row = |fact| named_fact(file, fact, &asked.join("；"), contrary);
                rows.extend(facts.iter().filter(|fact| fact.cell == *cell).map(row));
            }
            About::Evidence(kind) => rows.extend(named_evidence(file, kind)),
            // A limit has its row below.
            About::Limit | About::Other => {}
        }
    }
    // What is none of all this has a row too: without it a table of conditions that are met would speak for a grant.
    let in_words = grounds::parts(&contrary.of.unmet).into_iter();
    let in_words = in_words.filter(|words| named.is_empty() || grounds::is_other(words));
    rows.extend(in_words.map(|words| contrary.in_words(words)));
    if named.is_empty() && !grounds::is_other(&contrary.of.unmet) {
        rows.extend(untrue(file));
    }
    if let Some(why) = why {
        let is_named = |place: usize| named.iter().any(|ground| ground.about == About::Condition(place));
        // What reads a fact that was found to be otherwise is not shown as met by it: the fact has its row.
        let is_open = |condition: &Condition| condition.read.iter().any(is_refuted);
        let others = why.conditions.iter().enumerate().filter(|(place, one)| !is_named(*place) && !is_open(one));
        rows.extend(others.map(|(_, condition)| comparison(condition, &facts)));
        rows.extend(limits(why, false));
    }
    rows
}

/// What a refusal rests on that gives a reason alone: what was found not to hold, and the conditions, unless all are met: then
/// they explain nothing.
fn against_by_rules(file: &CaseFile, why: Option<&Why>) -> Vec<Comparison> {
    let facts = FactLine::all(file, why);
    let mut rows = untrue(file);
    if let Some(why) = why {
        let mut of_rule: Vec<Comparison> =
            why.conditions.iter().map(|condition| comparison(condition, &facts)).collect();
        of_rule.extend(limits(why, false));
        if of_rule.iter().any(|row| row.conclusion != Conclusion::Met) {
            rows.extend(of_rule);
        }
    }
    rows
}

/// What was looked into and found not to hold. Where the registry stands against what was stated nobody said an untruth.
fn untrue(file: &CaseFile) -> Vec<Comparison> {
    let case = &file.case;
    let stated = case.statements.iter().filter(|(_, statement)| !stands_as_registered(statement));
    let stated = stated.filter_map(|(cell, statement)| {
        let finding = statement.finding.as_ref().filter(|finding| !finding.holds)?;
        Some(not_so(cell_name(file, cell).zh.to_string(), "填报属实", finding))
    });
    let handed_in = case.evidence.iter().filter_map(|piece| {
        let finding = piece.finding.as_ref().filter(|finding| !finding.holds)?;
        Some(not_so(format!("佐证：{}", piece.kind), "佐证属实", finding))
    });
    stated.chain(handed_in).collect()
}

fn not_so(fact: String, required: &str, finding: &Finding) -> Comparison {
    Comparison {
        fact,
        required: required.to_owned(),
        found: noted("不属实", finding),
        source: looked_into(finding),
        conclusion: Conclusion::Unmet,
    }
}

fn noted(result: &str, finding: &Finding) -> String {
    if finding.note.is_empty() { result.to_owned() } else { format!("{result}：{}", finding.note) }
}

fn looked_into(finding: &Finding) -> String {
    format!("{}核实", format::date(Lang::Zh, finding.at.day()))
}

/// What a refusal found to be otherwise than on record, and when.
struct Contrary<'a> {
    of: &'a Grounds,
    day: NaiveDate,
}

impl Contrary<'_> {
    /// The row of a ground that is none of the conditions, facts and documents: its words are all that is known of it, and what
    /// is asked is that it be met.
    fn in_words(&self, words: &str) -> Comparison {
        let clause = grounds::clause_of_other(words);
        let required = clause.map_or_else(|| "应当符合这一要求".to_owned(), |clause| format!("应当符合{clause}的规定"));
        let (found, source) = (String::new(), String::new());
        let row = Comparison { fact: words.to_owned(), required, found, source, conclusion: Conclusion::Unmet };
        self.row(row, "")
    }

    /// A row whose value is that on record: it says that it was found to be otherwise, and who found so.
    fn row(&self, row: Comparison, recorded: &str) -> Comparison {
        let found = match row.found.as_str() {
            "" => "经查不符合，见“查明”".to_owned(),
            value => format!("{recorded}“{value}”，经查不符合，见“查明”"),
        };
        let source = format!("本机关{}查明", format::date(Lang::Zh, self.day));
        Comparison { found, source, conclusion: Conclusion::Unmet, ..row }
    }
}

/// A fact that a refusal names, with what is asked of it, what was found of it, and by whom.
fn named_fact(file: &CaseFile, fact: &FactLine, asked: &str, contrary: &Contrary) -> Comparison {
    let required = if asked.is_empty() { "属实，有证明" } else { asked };
    let row = |found: String, source: String| Comparison {
        fact: fact.name.zh.to_string(),
        required: required.to_owned(),
        found,
        source,
        conclusion: Conclusion::Unmet,
    };
    let statement = file.case.statements.get(&fact.cell);
    let (value, source) = (fact.value.zh.to_string(), fact.source.zh.to_string());
    match statement.and_then(|statement| Some((statement, statement.finding.as_ref()?))) {
        Some((statement, finding)) if stands_as_registered(statement) => {
            row(noted(&format!("以登记为准（{value}）"), finding), source)
        }
        Some((_, finding)) if !finding.holds => row(noted("不属实", finding), looked_into(finding)),
        _ => contrary.row(row(value, source), if statement.is_some() { "填报为" } else { "登记为" }),
    }
}

/// The evidence of a type that a refusal names: each piece with who has looked at it, and with what result.
fn named_evidence(file: &CaseFile, kind: &str) -> Vec<Comparison> {
    let row = |found: String, source: String| Comparison {
        fact: format!("佐证：{kind}"),
        required: "已提交、属实，足以证明".to_owned(),
        found,
        source,
        conclusion: Conclusion::Unmet,
    };
    let pieces = file.case.evidence.iter().filter(|piece| piece.kind == kind);
    let rows: Vec<Comparison> = pieces
        .map(|piece| {
            let name = if piece.number.is_empty() { String::new() } else { format!("{}，", piece.number) };
            match &piece.finding {
                Some(finding) => {
                    let result = if finding.holds {
                        "核验为属实，仍不符合的理由见“查明”"
                    } else {
                        "不属实"
                    };
                    let by = verifying_desk(file, piece, finding);
                    row(format!("{name}{}", noted(result, finding)), format!("{by}{}", looked_into(finding)))
                }
                None => row(format!("{name}没有核验"), String::new()),
            }
        })
        .collect();
    if rows.is_empty() { vec![row("没有提交".to_owned(), String::new())] } else { rows }
}

/// The desk that had the case when a piece was looked at: letters name offices, not people.
fn verifying_desk(file: &CaseFile, piece: &Evidence, finding: &Finding) -> String {
    let is_it =
        |what: &What| matches!(what, What::EvidenceFound { id, finding: of } if *id == piece.id && of == finding);
    let place = file.history.iter().position(|entry| is_it(&entry.event.what));
    let stage = place.and_then(|place| as_of_place(file.case.id, &file.history, place)).map(|case| case.stage);
    let step = stage.and_then(|stage| stage.step()).and_then(|kind| file.scene.procedure.step(kind));
    step.map_or_else(String::new, |step| format!("{}，", file.desk_name(&step.desk).zh))
}

/// The limits that it passed, or all of them.
fn limits(why: &Why, passed_alone: bool) -> impl Iterator<Item = Comparison> + '_ {
    why.limits.iter().filter(move |limit| limit.passed || !passed_alone).map(|limit| Comparison {
        fact: "限额".to_owned(),
        required: limit.asked.clone(),
        found: limit.effect.clone(),
        source: "已审定和已拨付的事项".to_owned(),
        conclusion: if limit.passed { Conclusion::Met } else { Conclusion::Unmet },
    })
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
        conclusion: if condition.truth == Truth::True { Conclusion::Met } else { Conclusion::Unmet },
    }
}

/// A reason as a sentence of the letter: with one full stop, however many were typed, unless it ends in another way or goes on.
pub(super) fn sentence(text: &str) -> String {
    let text = text.trim();
    let plain = text.trim_end_matches('。');
    match plain.chars().last() {
        None => String::new(),
        Some('！' | '？' | '.' | '；' | ';' | '：' | ':') => plain.to_owned(),
        Some(_) => format!("{plain}。"),
    }
}
