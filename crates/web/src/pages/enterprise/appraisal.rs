//! What the rules say of a party and of a case, as applicants may read it: never who others are.

use std::collections::BTreeMap;
use std::sync::Arc;

use duixian_assess::explain::{BasisReport, MeasureReport, Report};
use duixian_assess::reference::{Audience, PartyExplanation};
use duixian_assess::result::Status as Outcome;
use duixian_casework::appraisal::Appraisal;
use duixian_casework::case::{Case, CellRef, Finding, Standing, Statement};
use duixian_casework::moment::Moment;
use duixian_casework::people::UserId;
use duixian_money::Span;
use duixian_rules::pack::Pack;

use super::amounts::span_text;
use super::draft::Draft;
use crate::casefile::industry;
pub use crate::casefile::reasons::read;
use crate::locale::{Lang, Text};
use crate::portal::Portal;
use crate::problem::Problem;
use crate::ui::{Status, Tone};

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

impl Preview {
    /// Whether anything may come of it. Where nothing is due, nothing can be short, and a fund is beside the point.
    pub fn may_be_due(&self) -> bool {
        self.outcome.is_some_and(|outcome| outcome != Outcome::NotEntitled)
    }
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
pub async fn previews(portal: &Portal, draft: &Draft) -> Result<Previews, Problem> {
    let now = preview(portal, draft, draft.case.statements.clone()).await?;
    let has_disputes = draft.case.statements.values().any(|statement| statement.dispute.is_some());
    let if_right = if has_disputes {
        let found = found_right(&draft.case.statements);
        Some(preview(portal, draft, found).await?).filter(|other| other.sentence != now.sentence)
    } else {
        None
    };
    Ok(Previews { now, if_right })
}

/// The statements as they would be if an official had found every one of them right.
fn found_right(statements: &BTreeMap<CellRef, Statement>) -> BTreeMap<CellRef, Statement> {
    let finding = Finding { holds: true, note: String::new(), by: UserId(0), at: Moment(0) };
    let right = |statement: &Statement| Statement { finding: Some(finding.clone()), ..statement.clone() };
    statements.iter().map(|(cell, statement)| (cell.clone(), right(statement))).collect()
}

/// Asks the rules what a draft comes to with these statements: the same that is asked when it is sent.
async fn preview(portal: &Portal, draft: &Draft, statements: BTreeMap<CellRef, Statement>) -> Result<Preview, Problem> {
    let case = Case { statements, ..draft.case.clone() };
    let appraised = portal.store.appraisal(&case).await?;
    let Appraisal { assessed, claim, unread } = appraised.appraisal;
    let Some(claim) = claim else {
        let missing: Vec<CellRef> = unread.iter().filter_map(|slot| draft.cell_of(*slot)).collect();
        let is_open = assessed.standing == Standing::Unknown;
        let named = |text: &str| industry::named(&draft.scene.pack.plan.vocabulary, text);
        let (zh, en) = (named(&assessed.reason.0), named(&assessed.reason.1));
        let sentence = if is_open {
            ("还缺这一项的基本情况，填完就能算出结果。", "The essentials of this item are still missing.").into()
        } else {
            Text::new(
                format!("按现有事实，这一项不在本批次范围内：{zh}。"),
                format!("By the facts there are, this item is not within the round: {en}."),
            )
        };
        let outcome = is_open.then_some(Outcome::Unknown);
        return Ok(Preview { outcome, span: None, sentence, missing, explained: None });
    };
    let basis = claim.basis();
    let missing = basis.missing.iter().filter_map(|gap| draft.cell_of(gap.cell()?.slot)).collect();
    let (outcome, span) = (basis.row.status(), basis.row.amount());
    let explained = claim.explained.for_audience(Audience::Party);
    let reason =
        |lang| read(&explained, &draft.scene.pack, lang, |report| only(report).map(|(_, basis)| basis.outcome.clone()));
    let reasons = (reason(Lang::Zh).unwrap_or_default(), reason(Lang::En).unwrap_or_default());
    Ok(Preview {
        outcome: Some(outcome),
        span,
        sentence: sentence(outcome, span, reasons),
        missing,
        explained: Some(explained),
    })
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

/// How an outcome looks.
pub fn status(outcome: Option<Outcome>) -> Status {
    match outcome {
        Some(Outcome::Entitled) => Status::new(Tone::Good, ("应得", "entitled")),
        Some(Outcome::Conditional) => Status::new(Tone::Good, ("符合条件", "eligible")),
        Some(Outcome::Unknown) => Status::new(Tone::Hold, ("待定", "not settled")),
        Some(Outcome::NotEntitled) | None => Status::new(Tone::Bad, ("不予", "not supported")),
    }
}

/// A pack is shared by all that read it.
pub type SharedPack = Arc<Pack>;
