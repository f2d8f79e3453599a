//! The case on one page: what is known on the left, what can be done on the right.

use std::borrow::Borrow;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use duixian_assess::reference::Audience;
use duixian_casework::case::{Assessed, Case, CaseId, Finding, Late};
use duixian_casework::command::Action;
use duixian_casework::people::Role;
use duixian_casework::permit::{is_clear, may_see_objectors};
use duixian_casework::stage::Stage;
use duixian_money::Fen;
use duixian_store::cases::{Elsewhere, SharedAccount};

use crate::casefile::corrected::Corrected;
use crate::casefile::facts::FactLine;
use crate::casefile::failed::{self, FailedAccount};
use crate::casefile::file::span_text;
use crate::casefile::history::{Reader, timeline};
use crate::casefile::queue::cut;
use crate::casefile::said::use_condition;
use crate::casefile::why::{Why, verdict};
use crate::casefile::{CaseFile, cells, documents, payee, stages};
use crate::format;
use crate::forms::Form;
use crate::locale::{Lang, Text};
use crate::page::Page;
use crate::pages::finance::waiting_href;
use crate::portal::Portal;
use crate::problem::Problem;
use crate::ui::{Deadline, Status, Timeline};
use crate::viewer::Viewer;

use super::contradicted::{self, Contradicted};
use super::correction::{self, Item};
use super::distinguishing;
use super::following::Following;
use super::late::Changed;
use super::lines::{self, EvidenceLine, Objected, Paid, Said};
use super::panels::{Panels, once};
use super::rows::called;

/// `GET /work/cases/{id}`
pub async fn page(
    State(portal): State<Arc<Portal>>,
    viewer: Viewer,
    page: Page,
    Path(id): Path<i64>,
) -> Result<Response, Problem> {
    let view = CaseView::load(&portal, &viewer, page, CaseId(id)).await?;
    Page::show(&view)
}

/// A verification that was sent with something wrong in it.
pub struct BadFinding {
    /// `f` or `e` and the place, or `source` where facts were confirmed.
    pub slot: String,
    /// What was typed.
    pub note: String,
    /// What is wrong.
    pub error: Text,
}

/// The page.
#[derive(Template)]
#[template(path = "work/case.html")]
pub struct CaseView {
    /// The surroundings.
    pub page: Page,
    /// The case.
    pub file: CaseFile,
    /// What can be done.
    pub panels: Panels,
    /// What may be asked to be mended, and the form for it.
    pub items: Vec<Item>,
    /// What is wrong with the form that was sent.
    pub errors: Option<Form>,
    /// What is wrong with a verification that was sent.
    pub bad_finding: Option<BadFinding>,
    /// That the case has changed since a form was opened that was sent, and who was quicker.
    pub late: Option<Changed>,
    /// What was typed into a form that the page has no more, to be copied from there.
    pub typed: Vec<(Text, String)>,
    why: Option<Why>,
    facts: Vec<(FactLine, String)>,
    evidence: Vec<EvidenceLine>,
    missing_evidence: Vec<Text>,
    /// The correction that came back.
    corrected: Option<Corrected>,
    opinions: Vec<Said>,
    objections: Vec<Objected>,
    payments: Vec<Paid>,
    account: Option<Text>,
    payee: Option<Text>,
    /// That the bank could not pay to it in another case of the party.
    failed_account: Option<FailedAccount>,
    /// The other parties' cases whose account it is too.
    shared_account: Vec<SharedAccount>,
    /// Where it stands among those that wait for the same money.
    queue: Option<Text>,
    /// What a sharing out of that money would cut it by, as one decision maker has put it forward.
    proposed_cut: Option<Text>,
    /// Where those who wait are listed, for those who may read it.
    waiting: Option<String>,
    status: Status,
    deadline: Option<Deadline>,
    history: Timeline,
    documents: Vec<(String, Text)>,
    next: Option<(String, Text)>,
    /// The list they came from.
    following: Following,
    /// Other parties' cases for a basis of the same number.
    same_number: Vec<Elsewhere>,
    /// What other cases of the party state otherwise.
    contradicted: Vec<Contradicted>,
    is_reader: bool,
    is_yours: bool,
    /// Whether nobody acts for the party: then nobody reads what it is told.
    has_no_agent: bool,
    /// Who has taken it up.
    assignee: Option<Text>,
}

impl CaseView {
    /// Reads everything there is to show.
    pub async fn load(portal: &Portal, viewer: &Viewer, page: Page, id: CaseId) -> Result<CaseView, Problem> {
        let store = &portal.store;
        let file = CaseFile::load(store, &viewer.actor, id).await?;
        let purse = super::money::purse_of(store, &file).await?;
        let mut panels = Panels::of(&file, &viewer.actor, purse.as_ref(), page.lang)?;
        let why = Why::of(&file, page.lang, Audience::Official)?;
        let lines = FactLine::all(&file, why.as_ref());
        let items = correction::items(&file, &lines);
        panels.offer(Action::AskCorrection, correction::offered(&items, page.lang));
        let facts = lines.into_iter().map(|line| Ok((line, once()?))).collect::<Result<Vec<_>, Problem>>()?;
        let mut following = Following::of(&page);
        let next = following.find(portal, viewer, &page, id).await?;
        let files = file.case.evidence.iter().filter_map(|piece| piece.file.as_ref());
        let files: Vec<&str> = files.map(|file| file.sha256.as_str()).collect();
        let elsewhere = store.other_uses(&viewer.actor, id, &files).await?;
        let same_number = store.cases_elsewhere(&file.case).await?;
        let contradicted = contradicted::of(portal, &file).await?;
        if distinguishing::is_open(&same_number) {
            panels.offer(Action::Distinguish, distinguishing::form(&same_number, page.lang));
        } else {
            panels.leave_out(Action::Distinguish);
        }
        let sees_objectors =
            file.scene.with_context(file.now, |context| may_see_objectors(&file.case, &viewer.actor, context));
        let number = file.number();
        let title = Text::new(format!("{} {}", number.zh, file.party), format!("{} {}", number.en, file.party));
        let required = &file.scene.procedure.required_evidence;
        let is_there = |kind: &&String| file.case.evidence.iter().any(|piece| piece.kind == **kind);
        let missing_evidence =
            required.iter().filter(|kind| !is_there(kind)).map(|kind| file.evidence_name(kind)).collect();
        let assignee = match file.case.assignee {
            Some(user) => Some(called(&store.user(user).await?)),
            None => None,
        };
        let agents = store.delegations_for(&file.case.subject.party).await?;
        let has_no_agent = !file.case.stage.is_final() && !agents.iter().any(|one| one.acts(file.now));
        let shared_account = store.shared_accounts(&[&file.case]).await?.remove(&id).unwrap_or_default();
        let is_reader = !viewer.has_any(&[Role::Intake, Role::Reviewer, Role::DecisionMaker, Role::Finance]);
        Ok(CaseView {
            page: page.titled(title).wide(),
            evidence: lines::evidence(&file, &elsewhere)?,
            missing_evidence,
            assignee,
            corrected: Corrected::of(&file),
            opinions: lines::opinions(&file),
            objections: lines::objections(&file, sees_objectors),
            payments: lines::payments(&file),
            account: file.case.account.as_ref().map(|account| lines::account_text(account, viewer)),
            proposed_cut: super::money::proposed_cut(store, &file).await?,
            waiting: waiting(&file, viewer),
            queue: purse.as_ref().and_then(|purse| purse.queue).map(|queue| queue.text()),
            payee: payee::mark_of(file.case.account.as_ref(), &file.party, &file.case.subject.party),
            failed_account: failed::told(&file.scene, "/work/cases"),
            status: stages::status(file.case.stage),
            deadline: file.deadline(),
            history: timeline(&file, if sees_objectors { Reader::Answering } else { Reader::Official }, &|account| {
                lines::account_text(account, viewer)
            }),
            documents: documents::links(&file),
            is_yours: file.case.assignee.is_some() && file.case.assignee == viewer.actor.user(),
            errors: None,
            bad_finding: None,
            late: None,
            typed: Vec::new(),
            same_number,
            shared_account,
            contradicted,
            file,
            panels,
            items,
            why,
            facts,
            next,
            following,
            is_reader,
            has_no_agent,
        })
    }

    /// The page again, with what is wrong.
    pub fn show_wrong(self, status: StatusCode) -> Result<Response, Problem> {
        Page::show_as(status, &self)
    }

    fn say(&self, text: impl Borrow<Text>) -> String {
        self.page.text(text.borrow()).to_owned()
    }

    fn version(&self) -> u64 {
        self.file.case.version
    }

    fn case_path(&self) -> String {
        format!("/work/cases/{}", self.file.case.id.0)
    }

    /// Where something is done to it.
    fn act_path(&self, action: &str) -> String {
        format!("{}/{action}{}", self.case_path(), self.following.suffix())
    }

    fn span(&self) -> Text {
        match (self.file.assessed(), self.file.span()) {
            (_, Some(span)) => span_text(span),
            (Some(assessed), None) => Text::new(assessed.reason.0.clone(), assessed.reason.1.clone()),
            (None, None) => ("还没有评定", "not assessed yet").into(),
        }
    }

    /// What was decided.
    fn amount(&self) -> Option<Fen> {
        Some(self.file.case.standing_decision()?.amount)
    }

    /// A condition on the use of the money.
    fn condition(&self, text: &str) -> Text {
        use_condition(&self.file.scene.pack.plan.english, &self.file.scene.procedure, text)
    }

    /// By which rule the decision got less than its amount, where it did.
    fn cut(&self) -> Option<Text> {
        self.file.case.decision.as_ref().and_then(cut)
    }

    /// What of it was funded, where the money was short; nothing while it waits.
    fn funded(&self) -> Option<Fen> {
        let decision = self.file.case.standing_decision()?;
        Some(decision.funded).filter(|funded| *funded > Fen(0) && *funded != decision.amount)
    }

    /// Where it was late before: what is due anew was.
    fn was_late(&self) -> Option<Text> {
        let late = &self.file.case.late;
        let words = |lang: Lang, between: &str| {
            let one = |late: &Late| format!("{} {}", late.label(lang), late.days);
            late.iter().map(one).collect::<Vec<_>>().join(between)
        };
        let text = || {
            Text::new(
                format!("曾超期：{}（个工作日）", words(Lang::Zh, "，")),
                format!("was late, in working days: {}", words(Lang::En, ", ")),
            )
        };
        (!late.is_empty()).then(text)
    }

    /// What of the bank's answers about its payments is not cleared up.
    fn in_doubt(&self) -> Option<Text> {
        let (case, scene) = (&self.file.case, &self.file.scene);
        let refusal = scene.with_context(self.file.now, |context| is_clear(case, context)).err()?;
        Some(Text::new(refusal.text(Lang::Zh), refusal.text(Lang::En)))
    }

    fn stage_of(&self, other: &Elsewhere) -> Text {
        stages::label(other.stage)
    }

    /// That the rules would say something else by now than what the decision goes by.
    fn changed(&self) -> Option<Text> {
        let kept = self.file.case.assessed.as_ref()?;
        let now = &self.file.appraisal.assessed;
        let is_open = matches!(
            self.file.case.stage,
            Stage::Submitted | Stage::Accepted | Stage::FormalReview | Stage::SubstantiveReview | Stage::Reviewed
        );
        if !is_open || (kept.standing == now.standing && kept.span == now.span) {
            return None;
        }
        let said = |assessed: &Assessed| match assessed.span {
            Some(span) => span_text(span),
            None => Text::new(assessed.reason.0.clone(), assessed.reason.1.clone()),
        };
        let (then, now) = (said(kept), said(now));
        Some(Text::new(
            format!(
                "提交或核实以来，别的事项已经审定：当时是“{}”，现在是“{}”。下面按现在的情况列出。",
                then.zh, now.zh
            ),
            format!(
                "Other claims were decided since: then “{}”, now “{}”. Below is how it stands now.",
                then.en, now.en
            ),
        ))
    }

    fn verdict(&self, truth: &duixian_assess::reference::Truth) -> Status {
        verdict(*truth)
    }

    fn passed(&self, passed: &bool) -> Status {
        if *passed { Status::good("通过", "passed") } else { Status::bad("不通过", "not passed") }
    }

    /// Tests stand under their condition where they say more than it does.
    fn depth(&self, depth: &usize) -> usize {
        (*depth).min(4)
    }

    /// What the registry says of a fact that was stated otherwise; empty where it says nothing else.
    fn recorded<'a>(&'a self, fact: &'a FactLine) -> &'a str {
        fact.recorded.as_ref().map_or("", |recorded| self.page.text(recorded))
    }

    fn bad_note(&self, slot: &str) -> &str {
        self.bad_finding.as_ref().filter(|bad| bad.slot == slot).map_or("", |bad| &bad.note)
    }

    fn bad_error(&self, slot: &str) -> Option<&Text> {
        self.bad_finding.as_ref().filter(|bad| bad.slot == slot).map(|bad| &bad.error)
    }

    /// How many facts of the registry that the rule reads nobody disputes.
    fn undisputed(&self) -> usize {
        self.facts.iter().filter(|(fact, _)| fact.undisputed.is_some()).count()
    }

    /// How many of them are confirmed.
    fn confirmed(&self) -> usize {
        self.facts.iter().filter(|(fact, _)| fact.undisputed.is_some() && !fact.is_to_confirm()).count()
    }

    /// A fact's cell as it stands in forms.
    fn cell_name(&self, fact: &FactLine) -> String {
        String::from(fact.cell.clone())
    }

    /// Whether a fact is ticked to be confirmed: those that are not yet, or all where all are.
    fn is_ticked(&self, fact: &FactLine) -> bool {
        fact.is_to_confirm() || self.confirmed() == self.undisputed()
    }

    fn unverified(&self) -> usize {
        duixian_casework::handle::unverified(&self.file.case).len()
    }

    /// Whether a piece came with the correction.
    fn is_new(&self, id: &u32) -> bool {
        self.corrected.as_ref().is_some_and(|corrected| corrected.new.contains(id))
    }

    /// How many pieces of evidence nothing was found of.
    fn open_evidence(&self) -> usize {
        self.evidence.iter().filter(|piece| !piece.is_found()).count()
    }

    /// Where the first thing that is not verified yet stands on the page.
    fn first_unverified(&self) -> Option<String> {
        first_unverified(&self.file.case)
    }

    /// Whether a field is that of the first thing to be verified: the facts of the registry come once nothing else is open.
    fn is_first_to_verify(&self, slot: &str) -> bool {
        match self.first_unverified() {
            Some(first) => first == slot,
            None => slot == "source" && self.confirmed() < self.undisputed(),
        }
    }

    fn is_review(&self, action: &Action) -> bool {
        *action == Action::Review
    }

    /// Whether this review is the last one: it cannot end before everything is verified.
    fn is_last_review(&self) -> bool {
        self.file.is_last_review()
    }

    /// By whom unsent text is kept for which case: nobody else finds it at the same computer.
    fn keeper(&self) -> String {
        format!("{} {}", self.page.viewer().map_or("", |viewer| &viewer.name), self.case_path())
    }

    fn is_queued(&self) -> bool {
        self.file.case.stage == Stage::Queued
    }

    fn defect_about(&self, defect: &duixian_casework::case::Defect) -> Text {
        correction::about(&self.file, &defect.about)
    }

    fn item_error<'a>(&self, form: &'a Form, field: &str) -> Option<&'a str> {
        let found = form.found().iter().find(|(name, _)| name == field);
        found.map(|(_, text)| self.page.text(text))
    }

    /// The ids of what stands beside an item: what it was filled in from, and what is wrong with it.
    fn item_notes(&self, form: &Form, item: &Item) -> String {
        let (hint, error) = (!item.offered.is_empty(), self.item_error(form, &item.field).is_some());
        let notes = [("hint", hint), ("error", error)].into_iter().filter(|(_, there)| *there);
        notes.map(|(part, _)| format!("{}-{part}", item.field)).collect::<Vec<_>>().join(" ")
    }

    fn is_correction(&self, action: &Action) -> bool {
        *action == Action::AskCorrection
    }

    fn submitted(&self) -> Option<String> {
        self.file.case.submitted_at.map(|at| self.page.date(at.day()))
    }

    fn wrong(&self) -> Option<&Form> {
        self.errors.as_ref()
    }
}

/// Where those are listed that wait for the same money, for those who may read it.
fn waiting(file: &CaseFile, viewer: &Viewer) -> Option<String> {
    let reads = [Role::Finance, Role::DecisionMaker, Role::Auditor, Role::Leader, Role::Administrator];
    let subject = &file.case.subject;
    (file.case.stage == Stage::Queued && viewer.has_any(&reads)).then(|| waiting_href(&subject.fund, subject.year))
}

/// Whether nothing was found of it yet, or nothing that still counts.
pub fn is_open(case: &Case, finding: &Option<Finding>) -> bool {
    !finding.as_ref().is_some_and(|finding| case.is_current(finding))
}

/// What has no finding yet, as a refusal for it names it: columns by their names for people.
pub fn unverified(file: &CaseFile) -> Text {
    let tables = &file.vocabulary().tables;
    let statements = file.case.statements.iter().filter(|(_, statement)| is_open(&file.case, &statement.finding));
    let named = statements.map(|(cell, _)| {
        let table = tables.iter().find(|table| table.name.en == cell.table);
        let column = table.and_then(|table| table.columns.iter().find(|column| column.name.en == cell.column));
        column.map_or_else(|| Text::same(cell.column.clone()), |column| cells::name(&column.name))
    });
    let evidence = file.case.evidence.iter().filter(|piece| is_open(&file.case, &piece.finding));
    let all: Vec<Text> = named.chain(evidence.map(|piece| file.evidence_name(&piece.kind))).collect();
    let joined = |lang, between: &str| all.iter().map(|text| text.get(lang)).collect::<Vec<_>>().join(between);
    Text::new(
        format!("还没有核实：{}", joined(Lang::Zh, "、")),
        format!("not verified yet: {}", joined(Lang::En, ", ")),
    )
}

/// The id on the page of the first statement or piece of evidence without a finding: `f` or `e` and its place.
pub fn first_unverified(case: &Case) -> Option<String> {
    let statement = case.statements.values().position(|statement| is_open(case, &statement.finding));
    let evidence =
        || case.evidence.iter().find(|piece| is_open(case, &piece.finding)).map(|piece| format!("e{}", piece.id));
    statement.map(|place| format!("f{place}")).or_else(evidence)
}
