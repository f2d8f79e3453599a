//! Several applications for one measure, begun, filled in and sent together: a firm that filed twenty patents applies for
//! twenty fees, with one notice of the office and one account.
//!
//! What is common is asked once; each stays an application of its own, and what only one of them lacks is filled in on its own
//! pages. There is nothing here but the drafts: leaving and coming back, on whatever device, finds them.
//!
//! | Address under `/my/{code}/together/{round}/{measure}` | What |
//! |---|---|
//! | nothing | which ones |
//! | `/evidence/{n}` | the required evidence, one type at a time |
//! | `/account` | where the money is to go |
//! | `/check` | all of them once more; from here they are sent |
//! | `/sent` | what was sent |

pub mod account;
pub mod check;
pub mod evidence;
pub mod pick;
pub mod sent;

use duixian_casework::calendar::Calendar;
use duixian_casework::case::{Case, CaseId};
use duixian_casework::refusal::Refusal;
use duixian_casework::round::{Round, RoundState};
use duixian_casework::stage::Stage;
use duixian_rules::plan::Measure;
use duixian_store::StoreError;
use duixian_store::cases::{CaseFilter, CaseRow, Outcomes, Sort};
use duixian_store::facts::Party;

use super::appraisal::SharedPack;
use super::draft::{Draft, Step, title};
use super::parties;
use super::standing::last_day;
use crate::casefile::cells;
use crate::casefile::said;
use crate::locale::{Lang, Text};
use crate::page::Page;
use crate::portal::Portal;
use crate::problem::{self, Problem};
use crate::ui::Deadline;
use crate::viewer::Viewer;

/// How many applications go together at most: more than anybody looks over at once.
const MOST: usize = 100;

/// The path's parts, on every page.
#[derive(serde::Deserialize)]
pub struct Place {
    code: String,
    round: i64,
    measure: String,
    /// Of a page about evidence: which type, from 1.
    number: Option<usize>,
}

/// Where applications for a measure begin together.
pub fn href(party: &str, round: i64, measure: &str) -> String {
    format!("/my/{party}/together/{round}/{measure}")
}

/// What was sent of those that began at an address; of these cases alone.
pub fn sent_href(base: &str, sent: &[CaseId]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(sent.iter().map(|id| ("case", id.0.to_string())));
    format!("{base}/sent?{}", query.finish())
}

/// The drafts of a party for one measure of a round.
pub struct Together {
    party: Party,
    round: Round,
    pack: SharedPack,
    measure: usize,
    drafts: Vec<Draft>,
}

/// One page of the way.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Pick,
    /// A type of evidence: index in the procedure's list.
    Evidence(usize),
    Account,
    Check,
}

impl Together {
    async fn at(portal: &Portal, viewer: &Viewer, place: &Place) -> Result<Together, Problem> {
        let party = parties::own(portal, viewer, &place.code).await?;
        let (round, pack) = portal.store.round_with_pack(place.round).await?;
        let measure =
            pack.plan.measures.iter().position(|rule| rule.name.en == place.measure).ok_or_else(Problem::not_found)?;
        let mut together = Together { party, round, pack, measure, drafts: Vec::new() };
        let mut rows = together.cases(portal, viewer, vec![Stage::Draft]).await?;
        rows.sort_by_key(|row| row.id);
        for row in rows.iter().take(MOST) {
            together.drafts.push(Draft::of(portal, viewer, row.id.0).await?);
        }
        Ok(together)
    }

    /// The party's applications for the measure in the round.
    async fn cases(&self, portal: &Portal, viewer: &Viewer, stages: Vec<Stage>) -> Result<Vec<CaseRow>, Problem> {
        let filter = CaseFilter {
            stages,
            party: Some(self.party.code.clone()),
            measure: Some(self.rule().name.en.clone()),
            round: Some(self.round.id),
            sort: Sort::Number,
            per_page: 1000,
            ..CaseFilter::default()
        };
        Ok(portal.store.cases(&viewer.actor, &filter).await?.rows)
    }

    /// Why nothing can be sent now; nothing where it can.
    fn closed(&self, portal: &Portal) -> Option<Text> {
        let refusal = match self.round.state(portal.store.now()) {
            RoundState::Open => return None,
            RoundState::Announced => Refusal::RoundNotOpen(self.round.opens_at.day()),
            RoundState::Closed => Refusal::RoundClosed(last_day(&self.round)),
        };
        Some(Text::new(refusal.text(Lang::Zh), refusal.text(Lang::En)))
    }

    fn rule(&self) -> &Measure {
        &self.pack.plan.measures[self.measure]
    }

    /// What a type of evidence is called.
    fn evidence_name(&self, kind: &str) -> Text {
        said::evidence(&self.pack.plan.english, kind)
    }

    fn required_evidence(&self) -> &[String] {
        &self.rule().notes.evidence
    }

    fn parts(&self) -> Vec<Part> {
        let evidence = (0..self.required_evidence().len()).map(Part::Evidence);
        [Part::Pick].into_iter().chain(evidence).chain([Part::Account, Part::Check]).collect()
    }

    fn href(&self, part: Part) -> String {
        let start = href(&self.party.code, self.round.id, &self.rule().name.en);
        match part {
            Part::Pick => start,
            Part::Evidence(index) => format!("{start}/evidence/{}", index + 1),
            Part::Account => format!("{start}/account"),
            Part::Check => format!("{start}/check"),
        }
    }

    /// What was sent; of these cases alone.
    fn sent_href(&self, sent: &[CaseId]) -> String {
        sent_href(&self.href(Part::Pick), sent)
    }

    /// The first page where something is missing of what all need.
    fn next_open(&self) -> Part {
        let evidence = self.required_evidence();
        let lacks = |kind: &String| self.drafts.iter().any(|draft| !draft.has_evidence(kind));
        match evidence.iter().position(lacks) {
            Some(index) => Part::Evidence(index),
            None if self.drafts.iter().any(|draft| !draft.is_done(Step::Account)) => Part::Account,
            None => Part::Check,
        }
    }

    fn after(&self, part: Part) -> String {
        let parts = self.parts();
        let place = parts.iter().position(|one| *one == part).unwrap_or(0);
        self.href(parts[(place + 1).min(parts.len() - 1)])
    }

    fn walk(&self, portal: &Portal, part: Part, calendar: &Calendar) -> Walk {
        let parts = self.parts();
        let place = parts.iter().position(|one| *one == part).unwrap_or(0);
        let last_day = last_day(&self.round);
        Walk {
            what: cells::name(&self.rule().name),
            party: self.party.name.clone(),
            home: format!("/my/{}", self.party.code),
            number: place + 1,
            count: parts.len(),
            back: place.checked_sub(1).map(|place| self.href(parts[place])),
            next: self.after(part),
            deadline: Deadline::seen(calendar, portal.store.now().day(), last_day),
        }
    }
}

/// What is around every page of the way.
struct Walk {
    what: Text,
    party: String,
    home: String,
    number: usize,
    count: usize,
    back: Option<String>,
    next: String,
    deadline: Deadline,
}

/// What one of the applications is called beside the others: its row, as the party knows it.
fn basis_text(draft: &Draft) -> Text {
    let (basis, table) = (&draft.case.subject.basis, draft.rule().basis.table);
    match draft.rows.iter().find(|row| row.table == table && row.key == *basis) {
        Some(row) => cells::row_name(&draft.scene.pack.plan.vocabulary, table, basis, &row.cells),
        None if basis.is_empty() => draft.title(),
        None => Text::same(basis.clone()),
    }
}

/// A case that another page has sent all the same: what became of this one's form is beside the point.
async fn sent_elsewhere(portal: &Portal, viewer: &Viewer, id: CaseId) -> Option<Case> {
    let case = portal.store.case_for(&viewer.actor, id).await.ok()?;
    (case.number.is_some() && case.stage != Stage::Withdrawn).then_some(case)
}

/// What was refused, each with its reason.
async fn refused(
    portal: &Portal,
    viewer: &Viewer,
    together: &Together,
    outcomes: Outcomes,
) -> Result<Vec<Text>, Problem> {
    let mut refused = Vec::new();
    for (id, outcome) in outcomes {
        let Err(error) = outcome else { continue };
        if let Some(case) = sent_elsewhere(portal, viewer, id).await {
            let number = case.number.unwrap_or_default();
            let name = title(together.rule(), &case.subject.basis);
            refused.push(Text::new(
                format!("{}：已经在别处提交，编号{number}", name.zh),
                format!("{}: sent elsewhere already, as {number}", name.en),
            ));
            continue;
        }
        // That a draft has become late changes it, too: where the round is over, that alone is the reason.
        let why = match (&error, together.closed(portal)) {
            (StoreError::Conflict { .. }, Some(closed)) => closed,
            _ => problem::for_form(error)?,
        };
        let draft = together.drafts.iter().find(|draft| draft.case.id == id);
        let name = draft.map_or_else(
            || Text::new("已在别处提交或改动的一件", "One that was sent or changed elsewhere"),
            basis_text,
        );
        refused.push(Text::new(format!("{}：{}", name.zh, why.zh), format!("{}: {}", name.en, why.en)));
    }
    Ok(refused)
}

fn page_of(page: Page, together: &Together, title: impl Into<Text>) -> Page {
    page.narrow().titled(title).under(format!("/my/{}", together.party.code), Text::same(together.party.name.clone()))
}
