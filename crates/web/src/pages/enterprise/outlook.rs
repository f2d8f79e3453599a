//! What a party's first screen rests on, and the pages that begin applications: the round that is looked at, what its rules give,
//! and the party's applications.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;
use duixian_assess::reference::{Audience, PartyExplanation};
use duixian_casework::calendar::Calendar;
use duixian_casework::moment::Moment;
use duixian_casework::people::Actor;
use duixian_casework::refusal::Refusal;
use duixian_casework::round::{Round, RoundState};
use duixian_casework::stage::Stage;
use duixian_rules::plan::FactSlot;
use duixian_rules::vocabulary::TableId;
use duixian_store::cases::{CaseFilter, CaseRow};
use duixian_store::facts::{FactRow, Party};
use duixian_text::folded;

use super::amounts::Left;
use super::appraisal::SharedPack;
use super::standing::last_day;
use crate::casefile::cells;
use crate::locale::{Lang, Text};
use crate::page::Page;
use crate::portal::Portal;
use crate::problem::Problem;
use crate::ui::Deadline;
use crate::viewer::Viewer;

/// See the module.
pub struct Outlook {
    /// The party.
    pub party: Party,
    /// The rounds that can be looked at, open ones first.
    pub rounds: Vec<Round>,
    /// The round that is looked at, with what its rules give; none where there is no round yet.
    pub given: Option<Given>,
    /// The party's applications.
    pub cases: Vec<CaseRow>,
    /// The moment at which it was read.
    pub now: Moment,
    /// The working days.
    pub calendar: Arc<Calendar>,
}

/// What a round gives a party.
pub struct Given {
    /// The round.
    pub round: Round,
    /// Its pack.
    pub pack: SharedPack,
    /// What the registry knows of the party.
    pub rows: Vec<FactRow>,
    /// Why.
    pub explained: PartyExplanation,
    /// Bases that can't be looked at for want of facts: measure, basis, facts.
    pub unread: Vec<(usize, String, Vec<FactSlot>)>,
}

impl Given {
    /// A row of the registry as the party knows it; none that the registry does not have.
    pub fn row_name(&self, table: TableId, key: &str) -> Option<Text> {
        let row = self.rows.iter().find(|row| row.table == table && row.key == key)?;
        Some(cells::row_name(&self.pack.plan.vocabulary, table, key, &row.cells))
    }
}

impl Outlook {
    /// Reads it. The round is that of `?round=`, or the open one, or the next, or the last; of several open ones that which takes most
    /// measures.
    pub async fn load(portal: &Portal, page: &Page, viewer: &Viewer, party: Party) -> Result<Outlook, Problem> {
        let now = portal.store.now();
        let mut rounds = portal.store.rounds().await?;
        // A round that names no measures takes all.
        let few = |round: &Round| if round.measures.is_empty() { 0 } else { usize::MAX - round.measures.len() };
        rounds.sort_by_key(|round| match round.state(now) {
            RoundState::Open => (0, few(round), round.closes_at.0),
            RoundState::Announced => (1, few(round), round.opens_at.0),
            RoundState::Closed => (2, 0, -round.closes_at.0),
        });
        let asked = page.query_value("round").and_then(|text| text.parse::<i64>().ok());
        let chosen = asked.and_then(|id| rounds.iter().find(|round| round.id == id)).or(rounds.first()).cloned();
        match chosen {
            Some(round) => Ok(Outlook { rounds, ..Outlook::load_round(portal, &viewer.actor, party, round).await? }),
            None => {
                let calendar = portal.store.calendar().await?;
                Ok(Outlook { party, rounds, given: None, cases: Vec::new(), now, calendar })
            }
        }
    }

    /// The same of one round, without the others.
    pub async fn load_round(portal: &Portal, actor: &Actor, party: Party, round: Round) -> Result<Outlook, Problem> {
        let now = portal.store.now();
        let found = portal.store.entitlements(actor, round.id, &party.code).await?;
        let (pack, rows, unread) = (found.pack, found.rows, found.unread);
        let given = Some(Given { round, pack, rows, unread, explained: found.explained.for_audience(Audience::Party) });
        let filter = CaseFilter { party: Some(party.code.clone()), per_page: 1000, ..CaseFilter::default() };
        let cases = portal.store.cases(actor, &filter).await?.rows;
        let calendar = portal.store.calendar().await?;
        Ok(Outlook { party, rounds: Vec::new(), given, cases, now, calendar })
    }

    /// Why a measure can't be applied for in the round that is looked at; nothing where it can.
    pub fn takes(&self, measure: &str) -> Option<Text> {
        let round = &self.given.as_ref()?.round;
        if !round.takes(measure) {
            return Some(("本批次不受理这项措施", "this round takes no applications for the measure").into());
        }
        match round.state(self.now) {
            RoundState::Closed => {
                let refusal = Refusal::RoundClosed(last_day(round));
                Some(Text::new(refusal.text(Lang::Zh), refusal.text(Lang::En)))
            }
            RoundState::Open | RoundState::Announced => None,
        }
    }

    /// What each fund has left for the round's year, by its place in the plan.
    pub async fn left(&self, portal: &Portal) -> Result<BTreeMap<usize, Left>, Problem> {
        let mut left = BTreeMap::new();
        let Some(given) = &self.given else { return Ok(left) };
        for (index, fund) in given.pack.plan.funds.iter().enumerate() {
            if let Some(of_fund) = Left::of(portal, &fund.name.en, given.round.year).await? {
                left.insert(index, of_fund);
            }
        }
        Ok(left)
    }

    /// Where a draft is gone on with; where that can't be with the round that is looked at, its page, and why. It can be sent
    /// with its own round alone, as long as that is open.
    pub fn go_on(&self, draft: &CaseRow) -> (String, Option<Text>) {
        let href = format!("/cases/{}", draft.id.0);
        if Some(draft.round) != self.given.as_ref().map(|given| given.round.id) {
            let own = self.rounds.iter().find(|round| round.id == draft.round);
            let own = own.map_or_else(|| draft.round.to_string(), |round| round.name.clone());
            return (href, Some(Text::new(format!("草稿在“{own}”"), format!("its draft is with “{own}”"))));
        }
        if self.takes(&draft.measure).is_some() {
            let why =
                ("草稿没有提交，本批次已截止，不能再提交", "not sent before the round closed, and now it can't be");
            return (href, Some(why.into()));
        }
        (format!("{href}/edit"), None)
    }

    /// A last day as it is seen today.
    pub fn deadline(&self, last_day: NaiveDate) -> Deadline {
        Deadline::seen(&self.calendar, self.now.day(), last_day)
    }

    /// The application for a basis that counts: one under way, or one that was paid.
    pub fn case_for(&self, measure: &str, basis: &str, year: i32) -> Option<&CaseRow> {
        let is_of = is_about(measure, basis, year);
        self.cases.iter().filter(is_of).find(|row| counts(row.stage))
    }

    /// The last one that came to nothing: the last that was refused, whatever was taken back since; else the last taken back
    /// of those that had been sent.
    pub fn former_case(&self, measure: &str, basis: &str, year: i32) -> Option<&CaseRow> {
        let is_of = is_about(measure, basis, year);
        let is_over = |row: &&CaseRow| is_refused(row.stage) || row.stage == Stage::Withdrawn && row.number.is_some();
        let over = self.cases.iter().filter(is_of).filter(is_over);
        over.max_by_key(|row| (is_refused(row.stage), row.updated_at))
    }
}

/// Whether what stands so counts: it is under way, or was paid.
pub fn counts(stage: Stage) -> bool {
    !is_refused(stage) && stage != Stage::Withdrawn
}

/// Whether a basis is still to be applied for, by where its applications stand: none was sent that counts, and none was refused
/// that was not begun anew.
pub fn is_open(stages: &[Stage]) -> bool {
    let is_sent = stages.iter().any(|stage| counts(*stage) && *stage != Stage::Draft);
    !is_sent && (stages.contains(&Stage::Draft) || !stages.iter().any(|stage| is_refused(*stage)))
}

/// Whether an office has brought to nothing what stands so.
pub fn is_refused(stage: Stage) -> bool {
    matches!(stage, Stage::Declined | Stage::PaymentEnded | Stage::NotAccepted)
}

/// Whether a case is about a basis, however its number was written.
fn is_about<'r>(measure: &str, basis: &str, year: i32) -> impl Fn(&&'r CaseRow) -> bool {
    let (measure, key) = (measure.to_owned(), folded(basis));
    move |row| row.year == year && row.measure == measure && folded(&row.basis) == key
}

/// Where an application begins.
pub fn apply_href(party: &str, round: i64, measure: &str, basis: &str) -> String {
    let encoded: String = form_urlencoded::byte_serialize(basis.as_bytes()).collect();
    let basis = encoded.replace('+', "%20");
    let slash = if basis.is_empty() { "" } else { "/" };
    format!("/my/{party}/apply/{round}/{measure}{slash}{basis}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_begun_is_still_to_be_applied_for_and_what_was_refused_is_not() {
        use Stage::{Declined, Draft, Paid, Submitted, Withdrawn};
        for stages in [&[][..], &[Draft], &[Withdrawn], &[Declined, Draft]] {
            assert!(is_open(stages), "{stages:?}");
        }
        for stages in [&[Submitted][..], &[Paid, Draft], &[Declined], &[Declined, Withdrawn]] {
            assert!(!is_open(stages), "{stages:?}");
        }
    }
}
