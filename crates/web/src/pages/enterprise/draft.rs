//! An application that is being filled in: its case with all that its form is made of, and the steps of the form.

mod open;

use std::collections::BTreeSet;

use axum::http::StatusCode;
use chrono::NaiveDate;
use duixian_casework::case::{Case, CaseId, CellRef, DefectAbout};
use duixian_casework::people::Actor;
use duixian_casework::round::RoundState;
use duixian_casework::stage::Stage;
use duixian_rules::plan::{FactSlot, Measure};
use duixian_store::cases::Scene;
use duixian_store::facts::{FactRow, Party};

use self::open::asked;
use super::amounts::Left;
use super::parties;
use super::questions::questions;
use crate::casefile::cells;
use crate::casefile::question::Question;
use crate::casefile::said::{self, OTHER_EVIDENCE};
use crate::locale::Text;
use crate::page::Page;
use crate::portal::Portal;
use crate::problem::Problem;
use crate::viewer::Viewer;

/// A case with what is needed to fill it in or to read it.
pub struct Draft {
    /// The case.
    pub case: Case,
    /// Its round, pack, procedure and calendar.
    pub scene: Scene,
    /// Its measure's index in the plan.
    pub measure: usize,
    /// Its party.
    pub party: Party,
    /// What the registry knows of the party, as of the round.
    pub rows: Vec<FactRow>,
    /// What its form is made of.
    pub questions: Vec<Question>,
    /// The cells that its rule comes to and the registry does not know: they are to be answered. Those it passes over need not be.
    pub reached: BTreeSet<CellRef>,
    /// The cells that nobody has answered and without which it can't be sent; none of one that can't be written on.
    pub open: BTreeSet<CellRef>,
    /// Today: nothing that is stated happens later.
    pub today: NaiveDate,
    /// Whether it was not sent before its round closed: it can be given up, or taken over into another round, and no more.
    pub is_over: bool,
}

/// One page of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// What the registry knows, to be looked through.
    Known,
    /// One question: index in [`Draft::questions`].
    Fact(usize),
    /// All questions about a row that the registry does not have: index of the first.
    Row(usize),
    /// One required piece of evidence: index in the procedure's list.
    Evidence(usize),
    /// Other evidence.
    More,
    /// Where the money is to go.
    Account,
    /// All of it once more; from here it is sent.
    Check,
}

impl Step {
    /// The last part of its address.
    pub fn word(self) -> String {
        match self {
            Step::Known => "known".to_owned(),
            Step::Fact(index) => format!("fact-{}", index + 1),
            Step::Row(index) => format!("row-{}", index + 1),
            Step::Evidence(index) => format!("evidence-{}", index + 1),
            Step::More => "more".to_owned(),
            Step::Account => "account".to_owned(),
            Step::Check => "check".to_owned(),
        }
    }
}

impl Draft {
    /// A case of a party that the viewer acts for; any other is not there.
    pub async fn of(portal: &Portal, viewer: &Viewer, id: i64) -> Result<Draft, Problem> {
        match own_case(portal, &viewer.actor, id).await {
            Ok(case) => Draft::around(portal, case).await,
            Err(problem) if problem.status == StatusCode::NOT_FOUND => Err(gone(portal, viewer, id).await?),
            Err(problem) => Err(problem),
        }
    }

    /// A case that someone may see.
    pub async fn around(portal: &Portal, case: Case) -> Result<Draft, Problem> {
        let scene = portal.store.context_of(&case).await?;
        let subject = &case.subject;
        let rows = portal.store.party_rows(scene.round.facts, scene.round.pack, &subject.party).await?;
        let party = Party { code: subject.party.clone(), name: portal.store.party_of(&case).await? };
        let plan = &scene.pack.plan;
        let measure = plan.measures.iter().position(|measure| measure.name.en == subject.measure);
        let measure =
            measure.ok_or_else(|| Problem::internal(format!("no measure {} in its pack", subject.measure)))?;
        let questions = questions(plan, &plan.measures[measure], &subject.basis, &rows);
        let now = portal.store.now();
        let is_over = case.stage == Stage::Draft && scene.round.state(now) == RoundState::Closed;
        let (reached, open) = if can_be_written_on(&case, is_over) {
            asked(&case, &scene, &rows, &questions)?
        } else {
            Default::default()
        };
        Ok(Draft { case, scene, measure, party, rows, questions, reached, open, today: now.day(), is_over })
    }

    /// Its measure.
    pub fn rule(&self) -> &Measure {
        &self.scene.pack.plan.measures[self.measure]
    }

    /// What it is called: `研发平台奖励 R3`.
    pub fn title(&self) -> Text {
        title(self.rule(), &self.case.subject.basis)
    }

    /// A page about something of the case, under the case and the list of all.
    pub fn framed(&self, page: Page, title: impl Into<Text>) -> Page {
        let page = page.narrow().titled(title).under("/cases", ("我的案件", "My cases"));
        page.under(format!("/cases/{}", self.case.id.0), self.title())
    }

    /// The fund that pays it; empty of a measure without one.
    pub fn fund_name(&self) -> Text {
        let funds = &self.scene.pack.plan.funds;
        let fund = funds.iter().find(|fund| fund.name.en == self.case.subject.fund);
        fund.map_or_else(Text::default, |fund| cells::name(&fund.name))
    }

    /// What its fund has left for it.
    pub async fn left(&self, portal: &Portal) -> Result<Option<Left>, Problem> {
        Left::of(portal, &self.case.subject.fund, self.case.subject.year).await
    }

    /// Whether it can be written on.
    pub fn is_open(&self) -> bool {
        can_be_written_on(&self.case, self.is_over)
    }

    /// Its steps, in order.
    pub fn steps(&self) -> Vec<Step> {
        let mut steps = Vec::new();
        if self.questions.iter().any(|question| question.known.is_some()) {
            steps.push(Step::Known);
        }
        let asked = self.questions.iter().enumerate().filter(|(_, question)| question.known.is_none());
        steps.extend(asked.map(|(index, _)| self.step_asking(index)));
        // Those about one row come one after the other.
        steps.dedup();
        steps.extend((0..self.scene.procedure.required_evidence.len()).map(Step::Evidence));
        steps.extend([Step::More, Step::Account, Step::Check]);
        steps
    }

    /// The step that asks a question which the registry does not answer: alone, or with all others about its row where the
    /// registry does not have that row at all. Who reports a certificate has it in hand, and knows the whole of it.
    fn step_asking(&self, index: usize) -> Step {
        let row = |question: &Question| (question.slot.table, question.cell.row.clone());
        let own = row(&self.questions[index]);
        let is_there = self.rows.iter().any(|there| (there.table, there.key.as_str()) == (own.0, own.1.as_str()));
        let mut of_row = (0..self.questions.len()).filter(|other| row(&self.questions[*other]) == own);
        match (of_row.next(), of_row.next()) {
            (Some(first), Some(_)) if !is_there => Step::Row(first),
            _ => Step::Fact(index),
        }
    }

    /// The questions of a step.
    pub fn questions_of(&self, step: Step) -> Vec<&Question> {
        let is_asked = |(index, question): &(usize, &Question)| match (step, &question.known) {
            (Step::Known, known) => known.is_some(),
            (Step::Fact(_) | Step::Row(_), None) => self.step_asking(*index) == step,
            _ => false,
        };
        self.questions.iter().enumerate().filter(is_asked).map(|(_, question)| question).collect()
    }

    /// The step with this word.
    pub fn step(&self, word: &str) -> Result<Step, Problem> {
        self.steps().into_iter().find(|step| step.word() == word).ok_or_else(Problem::not_found)
    }

    /// Its place among the steps, from 0, and how many there are.
    pub fn place(&self, step: Step) -> (usize, usize) {
        let steps = self.steps();
        (steps.iter().position(|one| *one == step).unwrap_or(0), steps.len())
    }

    /// What comes after a step.
    pub fn after(&self, step: Step) -> Step {
        let steps = self.steps();
        let (place, count) = self.place(step);
        steps[(place + 1).min(count - 1)]
    }

    /// What comes before it; none before the first.
    pub fn before(&self, step: Step) -> Option<Step> {
        let place = self.place(step).0;
        place.checked_sub(1).map(|place| self.steps()[place])
    }

    /// The first step where something is missing; the last one where nothing is.
    pub fn next_open(&self) -> Step {
        self.steps().into_iter().find(|step| !self.is_done(*step)).unwrap_or(Step::Check)
    }

    /// Whether a step needs nothing more. What the registry knows is done when the next thing was begun.
    pub fn is_done(&self, step: Step) -> bool {
        match step {
            Step::Known => self.case.version > 0 && self.has_begun(),
            Step::Fact(_) | Step::Row(_) => {
                !self.questions_of(step).into_iter().any(|question| self.open.contains(&question.cell))
            }
            Step::Evidence(index) => self.has_evidence(&self.scene.procedure.required_evidence[index]),
            Step::More => true,
            Step::Account => {
                self.case.account.clone().is_some_and(|account| duixian_casework::account::sound(account).is_ok())
            }
            Step::Check => false,
        }
    }

    fn has_begun(&self) -> bool {
        !self.case.statements.is_empty() || !self.case.evidence.is_empty() || self.case.account.is_some()
    }

    /// Whether evidence of a type was handed in.
    pub fn has_evidence(&self, kind: &str) -> bool {
        self.case.evidence.iter().any(|evidence| evidence.kind == kind)
    }

    /// The types of evidence of a step.
    pub fn kinds(&self, step: Step) -> Vec<String> {
        let procedure = &self.scene.procedure;
        match step {
            Step::Evidence(index) => procedure.required_evidence.get(index).cloned().into_iter().collect(),
            Step::More => {
                let other = || OTHER_EVIDENCE.to_owned();
                procedure.optional_evidence.iter().cloned().chain([other()]).collect()
            }
            _ => Vec::new(),
        }
    }

    /// What a type of evidence is called.
    pub fn evidence_name(&self, kind: &str) -> Text {
        said::evidence(&self.scene.pack.plan.english, kind)
    }

    /// The step, and the place on its page, where a defect is mended: what has no place of its own, by another document.
    pub fn place_of(&self, about: &DefectAbout) -> (Step, String) {
        let document = |step| (step, "file".to_owned());
        match about {
            DefectAbout::Fact(cell) => self.place_of_cell(cell).unwrap_or_else(|| document(Step::More)),
            DefectAbout::Evidence(kind) => {
                let index = self.scene.procedure.required_evidence.iter().position(|one| one == kind);
                document(index.map_or(Step::More, Step::Evidence))
            }
            DefectAbout::Account => (Step::Account, "holder".to_owned()),
            DefectAbout::Other => document(Step::More),
        }
    }

    /// The step, and the place on its page, of a cell.
    pub fn place_of_cell(&self, cell: &CellRef) -> Option<(Step, String)> {
        let index = self.questions.iter().position(|question| question.cell == *cell)?;
        let question = &self.questions[index];
        Some(match question.known {
            Some(_) => (Step::Known, format!("q{}", question.number)),
            None => (self.step_asking(index), question.field()),
        })
    }

    /// The case's cell of a fact that an explanation names.
    pub fn cell_of(&self, slot: FactSlot) -> Option<CellRef> {
        self.questions.iter().find(|question| question.slot == slot).map(|question| question.cell.clone())
    }

    /// The address of a step.
    pub fn href(&self, step: Step) -> String {
        format!("/cases/{}/edit/{}", self.case.id.0, step.word())
    }
}

fn can_be_written_on(case: &Case, is_over: bool) -> bool {
    !is_over && matches!(case.stage, Stage::Draft | Stage::Correction)
}

/// A case of a party that someone acts for.
pub async fn own_case(portal: &Portal, actor: &Actor, id: i64) -> Result<Case, Problem> {
    let case = portal.store.case_for(actor, CaseId(id)).await?;
    if actor.acts_for(&case.subject.party) { Ok(case) } else { Err(Problem::not_found()) }
}

/// Why a case is not there: whoever could fill it in until lately is told that their delegation has ended.
pub async fn gone(portal: &Portal, viewer: &Viewer, id: i64) -> Result<Problem, Problem> {
    match portal.store.case_for(&Actor::System, CaseId(id)).await {
        Ok(case) => parties::gone(portal, viewer, &case.subject.party, Some(case.opened_at)).await,
        Err(error) => Ok(error.into()),
    }
}

/// What an application is called: the measure, and which of its bases.
pub fn title(measure: &Measure, basis: &str) -> Text {
    let name = cells::name(&measure.name);
    if basis.is_empty() { name } else { Text::new(format!("{} {basis}", name.zh), format!("{} {basis}", name.en)) }
}
