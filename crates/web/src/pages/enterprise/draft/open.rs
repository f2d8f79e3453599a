//! What a draft has yet to say, what the rules say of it until then, and what in it is to be looked at twice.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use duixian_assess::result::Status as Outcome;
use duixian_casework::appraisal::Asked;
use duixian_casework::case::{Case, CellRef};
use duixian_rules::plan::FactSlot;
use duixian_rules::vocabulary::ColumnType;
use duixian_store::cases::Scene;
use duixian_store::facts::FactRow;

use super::super::appraisal::{self, Preview, Previews};
use super::Draft;
use crate::casefile::question::Question;
use crate::format;
use crate::locale::{Lang, Text};
use crate::portal::Portal;
use crate::problem::Problem;

/// The cells that a case is asked for: those that its rule comes to, and those of them that nobody has answered.
pub fn asked(
    case: &Case,
    scene: &Scene,
    rows: &[FactRow],
    questions: &[Question],
) -> Result<(BTreeSet<CellRef>, BTreeSet<CellRef>), Problem> {
    let registry: Vec<_> = rows.iter().map(FactRow::registry).collect();
    let asked = Asked::of(&scene.pack.plan, &case.subject, &registry, &case.statements, scene.round.as_of);
    let asked = asked.map_err(|error| Problem::internal(error.message(Lang::Zh)))?;
    let cell = |slot: &FactSlot| questions.iter().find(|question| question.slot == *slot).map(|one| one.cell.clone());
    let cells = |slots: &[FactSlot]| slots.iter().filter_map(cell).collect();
    Ok((cells(&asked.reached), cells(&asked.open)))
}

impl Draft {
    /// What the rules say as it stands, and what they would say if every dispute were found to be right.
    pub async fn previews(&self, portal: &Portal) -> Result<Previews, Problem> {
        let previews = appraisal::previews(portal, self).await?;
        let is_told = |cell: &CellRef| previews.now.missing.contains(cell);
        if self.open.iter().all(is_told) {
            return Ok(previews);
        }
        // A case that was sent is judged by what it says, and silence says there that a thing has not happened. Here it can still be
        // asked.
        let open = self.questions.iter().filter(|question| self.open.contains(&question.cell));
        let (zh, en): (Vec<String>, Vec<String>) =
            open.map(Question::label).map(|label| (label.zh.into_owned(), label.en.into_owned())).unzip();
        let now = Preview {
            outcome: Some(Outcome::Unknown),
            span: None,
            sentence: Text::new(
                format!("还不能判定。还没有填：{}", zh.join("、")),
                format!("not settled yet; to be filled in: {}", en.join(", ")),
            ),
            missing: self.open.iter().cloned().collect(),
            explained: None,
        };
        Ok(Previews { now, if_right: None })
    }

    /// Terms that end before what they are the term of has begun: no error, but hardly meant.
    pub fn doubts(&self) -> Vec<(&Question, Text)> {
        let terms = self.questions.iter().filter(|question| question.is_term());
        let doubt = |term| {
            let end = self.day(term)?;
            let is_beside = |other: &&Question| {
                let row = |question: &Question| (question.slot.table, question.cell.row.clone());
                row(other) == row(term) && !other.is_term() && self.day(other).is_some_and(|day| day > end)
            };
            let begun = self.questions.iter().find(is_beside)?;
            let (label, other, day) = (term.label(), begun.label(), self.day(begun)?);
            let date = |lang, day| format::date(lang, day);
            let text = Text::new(
                format!("{}（{}）早于{}（{}），请核对。", label.zh, date(Lang::Zh, end), other.zh, date(Lang::Zh, day)),
                format!(
                    "{} ({}) is before {} ({}): please check.",
                    label.en,
                    date(Lang::En, end),
                    other.en,
                    date(Lang::En, day)
                ),
            );
            Some((term, text))
        };
        terms.filter_map(doubt).collect()
    }

    /// The day that a question is answered with, or that the registry has.
    fn day(&self, question: &Question) -> Option<NaiveDate> {
        let said = self.case.statements.get(&question.cell).map(|said| said.value.as_str());
        let value = said.or(question.known.as_ref().map(|known| known.value.as_str()))?;
        value.parse().ok().filter(|_| question.column.ty == ColumnType::Date)
    }
}
