//! The applications of a party as they stand on its first screen.

use std::collections::{BTreeMap, BTreeSet};

use duixian_casework::stage::Stage;
use duixian_money::Span;
use duixian_store::cases::CaseRow;
use duixian_text::folded;

use super::amounts::span_text;
use super::draft::title;
use super::outlook::{Given, Outlook, apply_href, counts, is_refused};
use super::standing::status;
use crate::casefile::cells;
use crate::locale::Text;
use crate::ui::{Deadline, Status};

/// An application on its way.
pub struct Applied {
    /// Its page.
    pub href: String,
    /// Its round.
    pub round: i64,
    /// What it is for.
    pub title: Text,
    /// Where it stands.
    pub status: Status,
    /// Its number.
    pub number: Option<String>,
    /// What was decided, or what the rules give.
    pub amount: Option<Text>,
    /// Until when whoever has it is to be done.
    pub deadline: Option<Deadline>,
    /// Whether it waits for the applicant.
    pub is_yours: bool,
}

/// The applications that are under way, or came to something: those that wait for the applicant first.
pub fn applied(overview: &Outlook) -> Vec<Applied> {
    let is_yours = |row: &CaseRow| matches!(row.stage, Stage::Correction | Stage::PaymentFailed);
    let mut rows: Vec<&CaseRow> =
        overview.cases.iter().filter(|row| !matches!(row.stage, Stage::Draft | Stage::Withdrawn)).collect();
    rows.sort_by_key(|row| (!is_yours(row), row.stage.is_final(), std::cmp::Reverse(row.updated_at)));
    let plan = overview.given.as_ref().map(|given| &given.pack.plan);
    let applied = |row: &CaseRow| {
        let rule = plan.and_then(|plan| plan.measures.iter().find(|rule| rule.name.en == row.measure));
        let standing =
            |last_day| Deadline::standing(&overview.calendar, overview.now.day(), last_day, row.left_on_hold);
        let deadline = row.due.filter(|_| !row.stage.is_final()).map(standing);
        let span = row.low.map(|low| Span { low, high: row.high });
        Applied {
            href: format!("/cases/{}", row.id.0),
            round: row.round,
            title: rule.map_or_else(|| Text::same(row.measure.clone()), |rule| title(rule, &row.basis)),
            status: status(row.stage),
            number: row.number.clone(),
            amount: row.amount.map(Span::exact).or(span.filter(|_| !is_refused(row.stage))).map(span_text),
            deadline,
            is_yours: is_yours(row),
        }
    };
    rows.into_iter().map(applied).collect()
}

/// How many drafts of one measure stand there; the rest are one tap away.
const MOST_DRAFTS: usize = 5;

/// A measure for which the party has reported itself what the round's registry has no row for: these applications stand at no
/// entitlement, and would be seen nowhere.
pub struct Reported {
    /// The measure, by English name.
    pub measure: String,
    /// Its name.
    pub name: Text,
    /// What was begun and not sent.
    pub drafts: Vec<Begun>,
    /// How many more there are.
    pub more: usize,
    /// How many were sent.
    pub sent: usize,
    /// Where another is reported; none where the round takes none.
    pub another: Option<String>,
}

/// A draft.
pub struct Begun {
    /// What it is for.
    pub basis: String,
    /// Where it is gone on with, or looked at.
    pub href: String,
    /// Why it is not gone on with.
    pub why_not: Option<Text>,
}

impl Reported {
    /// How many were begun and not sent.
    pub fn draft_count(&self) -> usize {
        self.drafts.len() + self.more
    }

    /// How many there are in all.
    pub fn count(&self) -> usize {
        self.draft_count() + self.sent
    }
}

/// All of these, measure by measure.
pub fn reported(overview: &Outlook) -> Vec<Reported> {
    let Some(given) = &overview.given else { return Vec::new() };
    let known = known(given);
    let is_meant = |row: &&CaseRow| {
        let is_of_round = row.year == given.round.year && given.round.takes(&row.measure);
        is_of_round && counts(row.stage) && !known.contains(&(row.measure.as_str(), folded(&row.basis)))
    };
    let mut of: BTreeMap<&str, Vec<&CaseRow>> = BTreeMap::new();
    for row in overview.cases.iter().filter(is_meant) {
        of.entry(&row.measure).or_default().push(row);
    }
    let reported = |(measure, rows): (&str, Vec<&CaseRow>)| {
        let is_draft = |row: &&&CaseRow| row.stage == Stage::Draft;
        let drafts = rows.iter().filter(is_draft).count();
        let begun = |row: &&CaseRow| {
            let (href, why_not) = overview.go_on(row);
            Begun { basis: row.basis.clone(), href, why_not }
        };
        let rule = given.pack.plan.measures.iter().find(|rule| rule.name.en == measure);
        let is_taken = rule.is_some() && overview.takes(measure).is_none();
        Reported {
            measure: measure.to_owned(),
            name: rule.map_or_else(|| Text::same(measure.to_owned()), |rule| cells::name(&rule.name)),
            drafts: rows.iter().filter(is_draft).take(MOST_DRAFTS).map(begun).collect(),
            more: drafts.saturating_sub(MOST_DRAFTS),
            sent: rows.len() - drafts,
            another: is_taken.then(|| apply_href(&overview.party.code, given.round.id, measure, "")),
        }
    };
    of.into_iter().map(reported).collect()
}

/// The bases that stand on the screen by themselves, since the registry has them.
fn known(given: &Given) -> BTreeSet<(&str, String)> {
    let name = |measure: usize| given.pack.plan.measures[measure].name.en.as_str();
    let of = |measure: usize, basis: &str| (name(measure), folded(basis));
    let looked_at = given.explained.measures.iter();
    let looked_at = looked_at.flat_map(|one| one.bases.iter().map(move |basis| of(one.measure, &basis.basis)));
    let unread = given.unread.iter().map(|(measure, basis, _)| of(*measure, basis));
    looked_at.chain(unread).collect()
}
