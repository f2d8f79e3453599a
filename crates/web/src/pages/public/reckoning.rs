//! By what a published amount was reckoned: the facts of the thing it is for, the tier or the calculation that applies, and what limits,
//! the decision and the fund made of that. Who doubts an amount can only look into what is shown. Nothing of people and accounts is, nor
//! what is not about that thing: a firm's revenue and taxes are its own. So are the figures of the thing itself of which a condition or a
//! tier asks no more than that they are large enough.

use std::collections::BTreeSet;

use duixian_assess::explain::{Report, amounts_in_words, limits_in_words};
use duixian_assess::reference::{BasisExplanation, Step};
use duixian_casework::case::{Assessed, Case, Decision, Sharing};
use duixian_money::{Fen, Span};
use duixian_rules::plan::{FactSlot, LimitKind, Measure, Plan};
use duixian_rules::vocabulary::{ColumnType, TableKind};
use duixian_store::Appraised;

use super::measure::amount_text;
use crate::casefile::{cells, facts, industry, queue};
use crate::format;
use crate::locale::{Lang, Text};
use crate::portal::Portal;
use crate::problem::Problem;
use crate::ui::Facts;

#[cfg(test)]
mod tests;

/// See the module.
pub(super) struct Reckoning {
    /// What the rule reads of the thing, each with its source.
    pub(super) facts: Facts,
    /// What applies, and what it comes to; what the rule pays in general where that rests on anything else.
    pub(super) pays: String,
    /// What made another amount of that, in order: limits, the decision, a fund that was short.
    pub(super) then: Vec<Text>,
}

/// How the amount of a case came about, in a reader's language; none where its pack does not have the measure.
pub(super) async fn reckoning(portal: &Portal, case: &Case, lang: Lang) -> Result<Option<Reckoning>, Problem> {
    let appraised = portal.store.appraisal(case).await?;
    let plan = &appraised.pack.plan;
    let found = plan.measures.iter().find(|measure| measure.name.en == case.subject.measure);
    let Some(measure) = found else { return Ok(None) };
    let basis = appraised.appraisal.claim.as_ref().map(|claim| claim.basis());
    let is_of_thing = plan.vocabulary.tables[measure.basis.table].kind == TableKind::Event;
    // Ranks are among those who have applied: what they came to when it was decided is not told from others that came since.
    let is_as_decided = case.assessed.as_ref().is_some_and(|kept| kept.span == appraised.appraisal.assessed.span);
    let told = basis.filter(|_| is_of_thing && (is_as_decided || !measure.pay.by_rank));
    let pays = told.and_then(|basis| pays(&appraised, measure, basis, lang));
    let then = |decision| then(plan, measure, case, decision, pays.is_some());
    Ok(Some(Reckoning {
        facts: basis
            .filter(|_| is_of_thing)
            .map(|basis| facts_of(&appraised, measure, basis, case))
            .unwrap_or_default(),
        then: case.standing_decision().map(then).unwrap_or_default(),
        pays: pays.unwrap_or_else(|| amount_text(plan, measure).get(lang).to_owned()),
    }))
}

/// Whether it is how much someone has or does, and not when, where or which.
fn is_figure(plan: &Plan, slot: FactSlot) -> bool {
    let ty = plan.vocabulary.tables[slot.table].columns[slot.column].ty;
    matches!(ty, ColumnType::Money | ColumnType::Percent | ColumnType::Decimal | ColumnType::Count)
}

/// The cells that some steps rest on.
fn read<'s>(steps: impl IntoIterator<Item = &'s Step>) -> BTreeSet<FactSlot> {
    let mut slots = BTreeSet::new();
    for step in steps {
        step.each_fact(&mut |read, _| {
            slots.insert(read.slot);
        });
    }
    slots
}

/// The cells by which the tier is picked that applies.
fn picks(basis: &BasisExplanation) -> BTreeSet<FactSlot> {
    let guard = basis.alternative.and_then(|index| basis.guards.get(index)?.as_ref());
    read(guard)
}

/// What applies, and what it comes to. Of a tier that is picked by a figure no more is told than which it is; none where figures of the
/// firm, or anything of other tables, have a part in it.
fn pays(appraised: &Appraised, measure: &Measure, basis: &BasisExplanation, lang: Lang) -> Option<String> {
    let plan = &appraised.pack.plan;
    let (amount, tier) = (read(&basis.amount), picks(basis));
    let party = plan.vocabulary.party_table();
    let is_open =
        |slot: &FactSlot| slot.table == measure.basis.table || Some(slot.table) == party && !is_figure(plan, *slot);
    if !amount.iter().chain(&tier).all(is_open) {
        return None;
    }
    if tier.iter().any(|slot| is_figure(plan, *slot) && !amount.contains(slot)) {
        return amounts_in_words(plan, measure, lang).into_iter().nth(basis.alternative?);
    }
    let explained = &appraised.appraisal.claim.as_ref()?.explained;
    let mut report = Report::new(explained, plan, lang, &|_| None);
    industry::name_in(&mut report, &plan.vocabulary);
    report.measures.into_iter().next()?.bases.into_iter().next()?.pays
}

/// What the rule reads of the thing. A figure is told where the amount is worked out from it; of one that a condition asks for, that
/// it is enough.
fn facts_of(appraised: &Appraised, measure: &Measure, basis: &BasisExplanation, case: &Case) -> Facts {
    let (plan, row) = (&appraised.pack.plan, case.subject.basis.as_str());
    let table = &plan.vocabulary.tables[measure.basis.table];
    let (amount, conditions) = (read(&basis.amount), read(&basis.conditions));
    let others = read(basis.filter.iter().chain(&basis.date));
    let all: BTreeSet<FactSlot> =
        [&others, &conditions, &picks(basis), &amount].into_iter().flatten().copied().collect();
    let mut facts = Facts::default();
    // In the order of the table, which is the one that people know them in.
    for slot in all.into_iter().filter(|slot| slot.table == measure.basis.table) {
        let column = &table.columns[slot.column];
        let Some((text, source)) = appraised.dossier.cell(slot.table, row, slot.column) else { continue };
        if text.is_empty() || matches!(column.ty, ColumnType::Text | ColumnType::Party) {
            continue;
        }
        let value = match is_figure(plan, slot) && !amount.contains(&slot) {
            false => cells::value(&plan.vocabulary, slot.table, slot.column, text),
            true if conditions.contains(&slot) => ("达到要求", "as required").into(),
            // Which tier it is in is told with the amount.
            true => continue,
        };
        let source = facts::source_of(source, &appraised.rows, (slot.table, row, slot.column));
        facts = facts.add(cells::name(&column.name), value).from(source);
    }
    facts
}

/// What made another amount of what the rule gives, which is told or not. The case keeps what limits left of it when it was decided:
/// others were granted since.
fn then(plan: &Plan, measure: &Measure, case: &Case, decision: &Decision, is_told: bool) -> Vec<Text> {
    let kept = case.assessed.as_ref();
    let span = kept.and_then(|kept| kept.span);
    let limited = kept.zip(span).and_then(|(kept, span)| limited(plan, measure, kept, span, is_told));
    let decided = span.filter(|span| span.high.is_none_or(|high| decision.amount < high)).map(|_| {
        let amount = |lang| format::yuan(lang, decision.amount);
        Text::new(
            format!("在这个范围内由审定决定：{}。", amount(Lang::Zh)),
            format!("Within this it is fixed by the decision: {}.", amount(Lang::En)),
        )
    });
    // Why a fund was shared out as it was is written for those who were cut.
    let without_grounds = |sharing: &Sharing| Sharing { grounds: String::new(), ..sharing.clone() };
    let sharing = decision.sharing.as_ref().map(without_grounds);
    let cut = queue::cut(&Decision { sharing, ..decision.clone() });
    [limited, decided, cut].into_iter().flatten().collect()
}

/// What limits left of an amount, by their rules; none where they left all of it. Where the amount is not told, what it was before would
/// tell what it is worked out from. For whose sake it was cut is never told: what was granted has its own notice.
fn limited(plan: &Plan, measure: &Measure, kept: &Assessed, span: Span, is_told: bool) -> Option<Text> {
    let (full, high) = (kept.claim.as_ref()?.full, span.high?);
    if high >= full || high <= Fen(0) {
        return None;
    }
    let cuts = |kind: &LimitKind| matches!(kind, LimitKind::TopUp { .. } | LimitKind::Cap { .. });
    let rules = |lang, between: &str| {
        let all = limits_in_words(plan, measure, lang).into_iter().zip(&measure.limits);
        all.filter(|(_, limit)| cuts(&limit.kind)).map(|(rule, _)| rule).collect::<Vec<_>>().join(between)
    };
    let (what, what_en) = if span.low == high { ("", "it is") } else { ("上限", "the ceiling is") };
    let (from, from_en) = match is_told {
        true => {
            let full = |lang| format::yuan(lang, full);
            (format!("由{}", full(Lang::Zh)), format!(" from {}", full(Lang::En)))
        }
        false => (String::new(), String::new()),
    };
    let to = |lang| format::yuan(lang, high);
    Some(Text::new(
        format!("按限额（{}），{what}{from}减为{}。", rules(Lang::Zh, "；"), to(Lang::Zh)),
        format!("By the limits ({}) {what_en} cut{from_en} to {}.", rules(Lang::En, "; "), to(Lang::En)),
    ))
}
