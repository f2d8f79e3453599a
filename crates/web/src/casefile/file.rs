//! A case with everything that its page shows, read once.

use std::borrow::Borrow;
use std::collections::HashMap;

use chrono::{NaiveDate, NaiveDateTime};
use duixian_casework::appraisal::Appraisal;
use duixian_casework::case::{Assessed, Case, CaseId};
use duixian_casework::dossier::Dossier;
use duixian_casework::event::What;
use duixian_casework::moment::Moment;
use duixian_casework::people::{Actor, UserId};
use duixian_casework::stage::Stage;
use duixian_money::Span;
use duixian_rules::pack::Pack;
use duixian_rules::plan::Measure;
use duixian_rules::vocabulary::{Lang, Vocabulary};
use duixian_store::Store;
use duixian_store::cases::{Finding, JournalEntry, Scene};
use duixian_store::facts::FactRow;
use duixian_store::funds::PassedOver;

use crate::format;
use crate::locale::Text;
use crate::problem::Problem;
use crate::ui::Deadline;

use super::cells;
use super::said;

/// A case, its surroundings, its facts and its history.
pub struct CaseFile {
    /// The case.
    pub case: Case,
    /// Its round, pack, procedure, calendar, and what its fund has free.
    pub scene: Scene,
    /// The party's name; of what is done, the one of then.
    pub party: String,
    /// All that happened, in order.
    pub history: Vec<JournalEntry>,
    /// What was found of what the bank has said of its payments, in order.
    pub findings: Vec<Finding>,
    /// Where it went without when its fund was shared out, before one that was decided after it; in order.
    pub passed_over: Vec<PassedOver>,
    /// What the registry says of the party in the round's snapshot.
    pub registry: Vec<FactRow>,
    /// The same with what counts of the applicant's statements laid over it.
    pub dossier: Dossier,
    /// What the rules say at this moment, beside the claims on record. What binds is what the case itself has.
    pub appraisal: Appraisal,
    /// When it was read.
    pub now: Moment,
    names: HashMap<UserId, String>,
}

impl CaseFile {
    /// What a type of evidence is called.
    pub fn evidence_name(&self, kind: &str) -> Text {
        said::evidence(&self.pack().plan.english, kind)
    }

    /// A case that the actor may see.
    ///
    /// # Errors
    /// 404 where there is none, or it is not for them to know of.
    pub async fn load(store: &Store, actor: &Actor, id: CaseId) -> Result<CaseFile, Problem> {
        let case = store.case_for(actor, id).await?;
        CaseFile::of(store, case).await
    }

    /// The file of a case that was read already.
    ///
    /// # Errors
    /// What the store says.
    pub async fn of(store: &Store, case: Case) -> Result<CaseFile, Problem> {
        let scene = store.context_of(&case).await?;
        let party = store.party_of(&case).await?;
        let history = store.history(case.id).await?;
        let appraised = store.appraisal(&case).await?;
        let (registry, dossier, appraisal) = (appraised.rows, appraised.dossier, appraised.appraisal);
        let findings = store.findings(&case).await?;
        let has_waited = history.iter().any(|entry| matches!(entry.event.what, What::Queued(_)));
        let passed_over = if has_waited { store.passed_over(&case).await? } else { Vec::new() };
        let mut names: HashMap<UserId, String> =
            history.iter().filter_map(|entry| Some((entry.actor?, entry.actor_name.clone()?))).collect();
        // Who has read what another has confirmed may have done nothing else here.
        let is_read_by_another = |entry: &JournalEntry| {
            matches!(entry.event.what, What::PaymentReturned { .. } | What::FailedAfterAll { reported_by: Some(_), .. })
        };
        if !findings.is_empty() || !passed_over.is_empty() || history.iter().any(is_read_by_another) {
            names.extend(store.users().await?.into_iter().map(|user| (user.id, user.name)));
        }
        let now = store.now();
        Ok(CaseFile { case, scene, party, history, findings, passed_over, registry, dossier, appraisal, now, names })
    }

    /// The pack of its round.
    pub fn pack(&self) -> &Pack {
        &self.scene.pack
    }

    /// The words of that pack.
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.scene.pack.plan.vocabulary
    }

    /// Its measure, with the place of that in the plan.
    pub fn measure(&self) -> Option<(usize, &Measure)> {
        let measures = self.scene.pack.plan.measures.iter().enumerate();
        measures.into_iter().find(|(_, measure)| measure.name.en == self.case.subject.measure)
    }

    /// Its measure's name.
    pub fn measure_name(&self) -> Text {
        self.measure().map_or_else(|| Text::same(self.case.subject.measure.clone()), |(_, of)| cells::name(&of.name))
    }

    /// Its basis as its people know it: number, day and what it is; empty where the party itself is the basis.
    pub fn basis_name(&self) -> Text {
        let basis = &self.case.subject.basis;
        let Some((_, measure)) = self.measure() else { return Text::same(basis.clone()) };
        let table = measure.basis.table;
        match self.registry.iter().find(|row| row.table == table && row.key == *basis) {
            Some(row) => cells::row_name(self.vocabulary(), table, basis, &row.cells),
            None => Text::same(basis.clone()),
        }
    }

    /// Its fund's name; empty of a measure without one.
    pub fn fund_name(&self) -> Text {
        let funds = &self.scene.pack.plan.funds;
        let fund = funds.iter().find(|fund| fund.name.en == self.case.subject.fund);
        fund.map_or_else(|| Text::same(self.case.subject.fund.clone()), |fund| cells::name(&fund.name))
    }

    /// The clause that decides; before an assessment the measure's.
    pub fn clause(&self) -> String {
        let assessed = self.assessed().map(|assessed| assessed.clause.clone());
        let of_measure = || self.measure().map_or_else(String::new, |(_, measure)| measure.clause.clone());
        assessed.filter(|clause| !clause.is_empty()).unwrap_or_else(of_measure)
    }

    /// A desk's name.
    pub fn desk_name(&self, desk: &str) -> Text {
        let found = self.scene.pack.plan.desks.iter().find(|one| one.name.en == desk);
        found.map_or_else(|| Text::same(desk.to_owned()), |one| cells::name(&one.name))
    }

    /// The desk that has the case now; empty where the applicant has it, or nobody.
    pub fn desk(&self) -> Text {
        use duixian_casework::stage::Stage;
        use duixian_rules::plan::StepKind;
        let procedure = &self.scene.procedure;
        let stage = self.case.paused.as_ref().filter(|_| self.case.stage == Stage::OnHold);
        let stage = stage.map_or(self.case.stage, |paused| paused.stage);
        let step = match stage {
            Stage::Accepted => procedure.review_after(StepKind::Accept),
            stage => stage.step().and_then(|kind| procedure.step(kind)),
        };
        step.map_or_else(Text::default, |step| self.desk_name(&step.desk))
    }

    /// Someone who has acted on the case.
    pub fn who(&self, user: impl Borrow<UserId>) -> String {
        let user = user.borrow();
        self.names.get(user).cloned().unwrap_or_else(|| format!("#{}", user.0))
    }

    /// The number, or that it is a draft.
    pub fn number(&self) -> Text {
        self.case.number.clone().map_or_else(|| ("草稿", "draft").into(), Text::same)
    }

    /// The calendar day it was read.
    pub fn today(&self) -> NaiveDate {
        self.now.day()
    }

    /// Until when whoever has it must be done.
    pub fn deadline(&self) -> Option<Deadline> {
        let last_day = self.case.last_day()?;
        Some(Deadline::standing(&self.scene.calendar, self.today(), last_day, self.case.left_on_hold()))
    }

    /// What the rules say: as of the last submission or finding; where a decision is to be made, as records stand now, since
    /// that is what the decision is held against.
    pub fn assessed(&self) -> Option<&Assessed> {
        let kept = self.case.assessed.as_ref();
        if self.case.stage == Stage::Reviewed { kept.map(|_| &self.appraisal.assessed) } else { kept }
    }

    /// What the rules give, by [`CaseFile::assessed`].
    pub fn span(&self) -> Option<Span> {
        self.assessed().and_then(|assessed| assessed.span)
    }

    /// Whether it is at the last review there is, which recommends an amount or to decline.
    pub fn is_last_review(&self) -> bool {
        self.case.stage.step().is_some_and(|step| self.scene.procedure.review_after(step).is_none())
    }

    /// The last time something of a kind happened: the entry.
    pub fn last(&self, is_meant: impl Fn(&What) -> bool) -> Option<&JournalEntry> {
        self.history.iter().rev().find(|entry| is_meant(&entry.event.what))
    }
}

/// A case as it was right after the last time that something of a kind happened to it; none where that never did.
pub fn as_of(id: CaseId, history: &[JournalEntry], is_meant: impl Fn(&What) -> bool) -> Option<Case> {
    let last = history.iter().rposition(|entry| is_meant(&entry.event.what))?;
    as_of_place(id, history, last)
}

/// A case as it was right after a place in its history.
pub fn as_of_place(id: CaseId, history: &[JournalEntry], place: usize) -> Option<Case> {
    let mut case: Option<Case> = None;
    for entry in history.get(..=place)? {
        match (&mut case, &entry.event.what) {
            (_, What::Opened(subject)) => {
                case = Some(Case::open(id, subject.clone(), entry.event.by.unwrap_or(UserId(0)), entry.at));
            }
            (Some(case), _) => case.apply(&entry.event),
            (None, _) => {}
        }
    }
    case
}

/// A moment as pages show it: day and hour in China.
pub fn local(moment: Moment) -> NaiveDateTime {
    moment.local()
}

/// What a span comes to: `300,000元`, `3万元 至 5万元`, in yuan.
pub fn span_text(span: Span) -> Text {
    let yuan = |amount| (format::yuan(Lang::Zh, amount), format::yuan(Lang::En, amount));
    let (low, low_en) = yuan(span.low);
    let is_from_zero = span.low.0 == 0;
    match span.high.map(yuan) {
        Some((high, _)) if high == low => Text::new(low, low_en),
        Some((high, high_en)) if is_from_zero => Text::new(format!("不超过{high}"), format!("up to {high_en}")),
        Some((high, high_en)) => Text::new(format!("{low} 至 {high}"), format!("{low_en} to {high_en}")),
        None if is_from_zero => {
            ("文件没有写明金额，由审定确定", "the text names no amount; the decision fixes it").into()
        }
        None => {
            Text::new(format!("不少于{low}，文件没有写明上限"), format!("{low_en} or more; the text names no ceiling"))
        }
    }
}
