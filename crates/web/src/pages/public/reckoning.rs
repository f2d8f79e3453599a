//! By what a published amount was reckoned: the facts of the thing it is for, and the tier or the calculation that applies. Who
//! doubts an amount can only look into what is shown. Nothing of people and accounts is, nor what is not about that thing: a firm's
//! revenue and taxes are its own.

use duixian_assess::facts_read;
use duixian_assess::reference::Audience;
use duixian_casework::case::Case;
use duixian_rules::plan::FactSlot;
use duixian_rules::vocabulary::{ColumnType, TableKind};

use super::measure::amount_text;
use crate::casefile::CaseFile;
use crate::casefile::facts::FactLine;
use crate::casefile::why::Why;
use crate::locale::{Lang, Text};
use crate::portal::Portal;
use crate::problem::Problem;
use crate::ui::Facts;

/// See the module.
pub(super) struct Reckoning {
    /// What the rule reads of the thing, each with its source.
    pub(super) facts: Facts,
    /// What applies, and what it comes to; what the rule pays in general where that rests on anything else.
    pub(super) pays: Text,
}

/// How the amount of a case came about; none where its pack does not have the measure.
pub(super) async fn reckoning(portal: &Portal, case: Case) -> Result<Option<Reckoning>, Problem> {
    let file = CaseFile::of(&portal.store, case).await?;
    let Some((_, measure)) = file.measure() else { return Ok(None) };
    let plan = &file.pack().plan;
    let table = &plan.vocabulary.tables[measure.basis.table];
    let ty = |slot: &FactSlot| plan.vocabulary.tables[slot.table].columns[slot.column].ty;
    let read = facts_read(plan, measure);
    let is_of_thing = table.kind == TableKind::Event;
    let is_shown = |slot: &&FactSlot| is_of_thing && !matches!(ty(slot), ColumnType::Text | ColumnType::Party);
    let shown: Vec<&str> =
        read.basis.iter().filter(is_shown).map(|slot| table.columns[slot.column].name.en.as_str()).collect();
    let (why, english) = (Why::of(&file, Lang::Zh, Audience::Party)?, Why::of(&file, Lang::En, Audience::Party)?);
    let mut facts = Facts::default();
    for line in FactLine::all(&file, why.as_ref()) {
        let cell = &line.cell;
        let is_own = cell.table == table.name.en && cell.row == file.case.subject.basis;
        if is_own && !line.is_missing && shown.contains(&cell.column.as_str()) {
            facts = facts.add(line.name, line.value).from(line.source);
        }
    }
    let is_open = is_of_thing && read.others.is_empty() && !read.party.iter().any(|slot| ty(slot) == ColumnType::Money);
    let found = why.and_then(|why| why.pays).zip(english.and_then(|why| why.pays)).filter(|_| is_open);
    let pays = found.map_or_else(|| amount_text(plan, measure), |(zh, en)| Text::new(zh, en));
    Ok(Some(Reckoning { facts, pays }))
}
