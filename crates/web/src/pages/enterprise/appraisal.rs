//! What the rules say of a party and of a case, as applicants may read it: never who others are.

use std::collections::BTreeMap;
use std::sync::Arc;

use duixian_assess::explain::{BasisReport, ClauseText, MeasureReport, Report};
use duixian_assess::reference::{Audience, Index, Outside, PartyExplanation, explain_claim, explain_party};
use duixian_assess::result::Status as Outcome;
use duixian_casework::case::{CellRef, Statement};
use duixian_casework::dossier::{Dossier, RegistryRow};
use duixian_casework::moment::Moment;
use duixian_casework::people::UserId;
use duixian_casework::round::Round;
use duixian_money::Span;
use duixian_rules::pack::Pack;
use duixian_store::facts::FactRow;

use super::amounts::span_text;
use super::draft::Draft;
use crate::locale::{Lang, Text};
use crate::portal::Portal;
use crate::problem::Problem;
use crate::ui::{Status, Tone};

/// Lays an explanation out in a language, and gives it to be read.
pub fn read<T>(explained: &PartyExplanation, pack: &Pack, lang: Lang, read: impl FnOnce(&Report) -> T) -> T {
    let clauses = |number: &str| {
        let clause = pack.clause(number)?;
        Some(ClauseText { title: clause.title.clone(), readings: clause.readings.clone() })
    };
    read(&Report::new(explained, &pack.plan, lang, &clauses))
}

/// What the rules say of a case as it is filled in now.
#[derive(Clone, Debug)]
pub struct Preview {
    /// What it comes to; none where the row is no basis of the measure in this year.
    pub outcome: Option<Outcome>,
    /// The amount, where it is known.
    pub span: Option<Span>,
    /// One sentence: the amount, or why there is none.
    pub sentence: Text,
    /// The cells that are missing, by table, column and row key, as far as they are this case's.
    pub missing: Vec<CellRef>,
    /// All of it.
    pub explained: Option<PartyExplanation>,
}

/// What the rules say now, and what they would say if every dispute were found to be right.
#[derive(Clone, Debug)]
pub struct Previews {
    /// As the registry has it, with what fills its gaps.
    pub now: Preview,
    /// With the disputes; none where there are none, or where they change nothing.
    pub if_right: Option<Preview>,
}

/// Asks the rules about a draft.
pub fn previews(draft: &Draft) -> Result<Previews, Problem> {
    let now = preview(draft, &draft.case.statements)?;
    let has_disputes = draft.case.statements.values().any(|statement| statement.dispute.is_some());
    let if_right = if has_disputes {
        let found = found_right(&draft.case.statements);
        Some(preview(draft, &found)?).filter(|other| other.sentence != now.sentence)
    } else {
        None
    };
    Ok(Previews { now, if_right })
}

/// The statements as they would be if an official had found every one of them right.
fn found_right(statements: &BTreeMap<CellRef, Statement>) -> BTreeMap<CellRef, Statement> {
    let finding = duixian_casework::case::Finding { holds: true, note: String::new(), by: UserId(0), at: Moment(0) };
    let right = |statement: &Statement| Statement { finding: Some(finding.clone()), ..statement.clone() };
    statements.iter().map(|(cell, statement)| (cell.clone(), right(statement))).collect()
}

fn preview(draft: &Draft, statements: &BTreeMap<CellRef, Statement>) -> Result<Preview, Problem> {
    let plan = &draft.scene.pack.plan;
    let subject = &draft.case.subject;
    let registry: Vec<RegistryRow> = draft.rows.iter().map(FactRow::registry).collect();
    let dossier = Dossier::of(plan, &subject.party, &registry, statements);
    let table = plan.measures[draft.measure].basis.table;
    let needed: Vec<CellRef> = draft
        .questions
        .iter()
        .filter(|question| question.slot.table == table && question.is_required)
        .filter(|question| dossier.cell(table, &question.cell.row, question.slot.column).is_none_or(|(cell, _)| cell.is_empty()))
        .map(|question| question.cell.clone())
        .collect();
    let facts = dossier.facts(plan).map_err(|error| Problem::internal(format!("the facts cannot be laid out: {error:?}")))?;
    let index = Index::new(plan, &facts);
    let row = index.party(&subject.party).and_then(|party| index.row_named(table, party, &subject.basis));
    let Some(row) = row else {
        return Ok(Preview {
            outcome: Some(Outcome::Unknown),
            span: None,
            sentence: ("还缺这一项的基本情况，填完就能算出结果。", "The essentials of this item are still missing.").into(),
            missing: needed,
            explained: None,
        });
    };
    let as_of = days(draft.scene.round.as_of);
    let claim = match explain_claim(&index, draft.measure, row, i64::from(subject.year), as_of, &[]) {
        Ok(claim) => claim,
        Err(outside) => {
            let why = outside_text(outside);
            return Ok(Preview {
                outcome: None,
                span: None,
                sentence: Text::new(
                    format!("按现有事实，这一项不在本批次范围内：{}。", why.zh),
                    format!("By the facts there are, this item is not within the round: {}.", why.en),
                ),
                missing: needed,
                explained: None,
            });
        }
    };
    let basis = claim.basis();
    let missing = basis.missing.iter().filter_map(|read| draft.cell_of(read.slot)).collect();
    let (outcome, span) = (basis.row.status(), basis.row.amount());
    let explained = claim.explained.clone().for_audience(Audience::Party);
    let reason = |lang| read(&explained, &draft.scene.pack, lang, |report| only(report).map(|(_, basis)| basis.outcome.clone()));
    let reasons = (reason(Lang::Zh).unwrap_or_default(), reason(Lang::En).unwrap_or_default());
    Ok(Preview { outcome: Some(outcome), span, sentence: sentence(outcome, span, reasons), missing, explained: Some(explained) })
}

/// The only basis of an explanation that has one.
pub fn only<'r>(report: &'r Report) -> Option<(&'r MeasureReport, &'r BasisReport)> {
    let measure = report.measures.first()?;
    Some((measure, measure.bases.first()?))
}

fn sentence(outcome: Outcome, span: Option<Span>, (zh, en): (String, String)) -> Text {
    match (outcome, span) {
        (Outcome::Entitled, Some(span)) => {
            let amount = span_text(span);
            Text::new(format!("应得{}", amount.zh), format!("entitled to {}", amount.en))
        }
        (Outcome::Conditional, Some(span)) => {
            let amount = span_text(span);
            Text::new(
                format!("符合条件，{}，具体由审定决定", amount.zh),
                format!("eligible; {}, as decided", amount.en),
            )
        }
        (Outcome::Unknown, _) => Text::new(format!("还不能判定。{zh}"), format!("not settled yet: {en}")),
        _ => Text::new(format!("按规则不予支持。{zh}"), format!("not supported by the rules: {en}")),
    }
}

/// Why a row is no basis of the measure in the year.
fn outside_text(why: Outside) -> Text {
    let day = |days: i64| {
        let day = chrono::NaiveDate::default() + chrono::TimeDelta::days(days);
        (crate::format::date(Lang::Zh, day), crate::format::date(Lang::En, day))
    };
    match why {
        Outside::NotMeant => ("不属于本措施所指", "not of the kind the measure means").into(),
        Outside::NotDated => ("所需的日期还没有发生", "what it waits for has not happened yet").into(),
        Outside::AfterAsOf(days) => {
            let (zh, en) = day(days);
            Text::new(format!("日期{zh}在本批次截至日期之后"), format!("{en} is after the round's as-of date"))
        }
        Outside::BeforeStart(days) => {
            let (zh, en) = day(days);
            Text::new(format!("日期{zh}早于政策起算日"), format!("{en} is before the policy's start"))
        }
        Outside::OtherYear(year) => Text::new(format!("属于{year}年"), format!("it belongs to {year}")),
        Outside::YearBeforeStart(year) => Text::new(format!("{year}年早于政策起算年"), format!("{year} is before the start")),
    }
}

/// What a round's rules give a party, and why.
pub async fn of_party(portal: &Portal, round: &Round, code: &str) -> Result<(SharedPack, PartyExplanation), Problem> {
    let pack = portal.store.pack(round.pack).await?;
    let rows = portal.store.party_rows(round.facts, round.pack, code).await?;
    let registry: Vec<RegistryRow> = rows.iter().map(FactRow::registry).collect();
    let dossier = Dossier::of(&pack.plan, code, &registry, &BTreeMap::new());
    let facts = dossier.facts(&pack.plan).map_err(|error| Problem::internal(format!("the facts cannot be laid out: {error:?}")))?;
    let index = Index::new(&pack.plan, &facts);
    let party = index.party(code).ok_or_else(Problem::not_found)?;
    let explained = explain_party(&index, party, i64::from(round.year), days(round.as_of), None);
    Ok((pack, explained))
}

/// How an outcome looks.
pub fn status(outcome: Option<Outcome>) -> Status {
    match outcome {
        Some(Outcome::Entitled) => Status::new(Tone::Good, ("应得", "entitled")),
        Some(Outcome::Conditional) => Status::new(Tone::Good, ("符合条件", "eligible")),
        Some(Outcome::Unknown) => Status::new(Tone::Hold, ("待定", "not settled")),
        Some(Outcome::NotEntitled) | None => Status::new(Tone::Bad, ("不予", "not supported")),
    }
}

/// Days since 1970-01-01.
pub fn days(day: chrono::NaiveDate) -> i64 {
    (day - chrono::NaiveDate::default()).num_days()
}

/// A pack is shared by all that read it.
pub type SharedPack = Arc<Pack>;
