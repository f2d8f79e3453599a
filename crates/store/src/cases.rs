//! Cases: what is asked of them, and what they are.
//!
//! What is asked goes through [`act`](act::act): the case as its row has it, the one transition of casework, its events on
//! the journal, their money in the ledger, their messages, and the row anew, all in one transaction.

use duixian_casework::case::{Case, CaseId, Subject};
use duixian_casework::event::What;
use duixian_casework::people::{Actor, Role};
use duixian_casework::permit::may_see_objectors;
use duixian_casework::refusal::Refusal;
use duixian_casework::round::RoundState;
use duixian_casework::stage::Stage;
use duixian_rules::vocabulary::TableId;
use duixian_text::folded;
use serde::{Deserialize, Serialize};
use tokio::task::JoinSet;

use crate::ahead::Ahead;
use crate::cases::known::Basis;
use crate::db::{Queries, Store, values};
use crate::error::StoreError;
use crate::facts::FactRow;
use crate::once::{Done, Key};
use crate::{facts, rounds};

pub(crate) mod accounts;
pub(crate) mod act;
mod asked;
mod basis;
mod earlier;
pub(crate) mod elsewhere;
mod failed;
mod findings;
mod history;
mod keys;
pub(crate) mod known;
pub(crate) mod left;
mod list;
mod objections;
mod payable;
mod rests;
pub(crate) mod rows;
mod scene;
mod tick;

pub use accounts::{SharedAccount, SharedAccounts};
pub use asked::Ask;
pub use basis::{LONGEST_NUMBER, basis_name};
pub use earlier::Earlier;
pub use elsewhere::Elsewhere;
pub use findings::{Finding, Mistaken};
pub use history::JournalEntry;
pub use list::{CaseCounts, CaseFilter, CaseRow, Count, Month, Sort};
pub use objections::{Objected, Objections};
pub use payable::{PayableCase, may_pay};
pub use scene::Scene;
pub use tick::Ticked;

/// An application that is to be begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCase {
    /// The round.
    pub round: i64,
    /// The party's code.
    pub party: String,
    /// The measure, by English name.
    pub measure: String,
    /// The basis's name in the measure's table: its id, its year as digits, or nothing for the party itself.
    pub basis: String,
}

/// A draft that was begun, or found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    /// The draft. An applicant has one for a basis and round: asked again, it is the one that is there.
    pub id: CaseId,
    /// Another case for the same basis that is under way, and its number: a warning, since only one can be submitted.
    pub earlier: Option<(CaseId, String)>,
}

/// The name of a row of the registry that is such.
fn row_where(rows: &[FactRow], table: TableId, is_meant: impl Fn(&str) -> bool) -> Option<String> {
    let row = rows.iter().find(|row| row.table == table && is_meant(&row.key));
    row.map(|row| row.key.clone())
}

/// What a bulk action came to for each case, in the order asked.
pub type Outcomes = Vec<(CaseId, Result<Case, StoreError>)>;

impl Store {
    /// Begins a draft.
    ///
    /// # Errors
    /// [`Refusal::NotYourParty`] for those who don't act for the party, [`Refusal::RoundClosed`] for a round that is over.
    pub async fn open_draft(&self, actor: &Actor, key: &Key, new: NewCase) -> Result<Done<Opened>, StoreError> {
        let content = format!("open_draft {new:?}");
        let opener = actor.clone();
        let (party, measure, basis) = (new.party.clone(), new.measure.clone(), folded(&new.basis));
        let basis = actor.acts_for(&new.party).then_some(Basis { party, measure, basis });
        let ahead = Ahead { basis, ..Ahead::default() };
        self.write_once_ahead(ahead, actor, key, content, move |tx| {
            Box::pin(async move {
                let by = opener.user().filter(|_| opener.acts_for(&new.party)).ok_or(Refusal::NotYourParty)?;
                let (round, pack) = rounds::round_with_pack(tx, new.round).await?;
                if round.is_withdrawn {
                    return Err(StoreError::bad_input("这一批已经撤销", "the round was withdrawn"));
                }
                if round.state(tx.now()) == RoundState::Closed {
                    return Err(Refusal::RoundClosed(round.closes_at.day()).into());
                }
                let plan = &pack.plan;
                let measure = plan.measures.iter().find(|measure| measure.name.en == new.measure);
                let measure = measure.filter(|_| round.takes(&new.measure)).ok_or_else(|| {
                    StoreError::bad_input(
                        "本批次不受理这项措施",
                        "the round does not take applications for this measure",
                    )
                })?;
                let table = measure.basis.table;
                // A row of the registry is named as it is there, whatever stands in it, and found however it is typed.
                let rows = facts::frozen_rows(tx, &round, &new.party).await?;
                let basis = match row_where(&rows, table, |key| key == new.basis) {
                    Some(key) => key,
                    None => {
                        let typed = basis_name(&plan.vocabulary.tables[table], &new.basis, tx.now().day())?;
                        row_where(&rows, table, |key| folded(key) == folded(&typed)).unwrap_or(typed)
                    }
                };
                // A measure that names no fund can be applied for; its decision will say that there is no money.
                let fund = measure.fund.map_or(String::new(), |fund| plan.funds[fund].name.en.clone());
                let subject =
                    Subject { party: new.party, measure: new.measure, basis, year: round.year, round: round.id, fund };
                if elsewhere::is_of_another(tx, plan, &subject, round.facts).await? {
                    return Err(Refusal::OfAnotherParty.into());
                }
                let mine = rows::draft_of(tx, &subject).await?;
                let earlier = rows::live_case_of(tx, plan, &subject, None).await?;
                if let Some(id) = mine {
                    return Ok(Opened { id, earlier });
                }
                // Nobody is to fill in what can only be refused: of what is granted already nothing more can come. What is
                // still under way may come to nothing, and another may be prepared beside it.
                if let Some(number) = rows::granted_before(tx, plan, &subject, None).await? {
                    return Err(Refusal::GrantedBefore(number).into());
                }
                let id = CaseId(tx.next_id("cases").await?);
                let case = Case::open(id, subject.clone(), by, tx.now());
                tx.journal(Some(by), "case.opened", &rows::subject_of(id), &What::Opened(subject))?;
                let scene = Scene::around(tx, &case).await?;
                rows::keep(tx, &case, &scene).await?;
                Ok(Opened { id, earlier })
            })
        })
        .await
    }

    /// Asks something of a case, and gives what the case is then.
    ///
    /// # Errors
    /// [`StoreError::Refused`] with the rule in the way; [`StoreError::NotFound`] where the actor may not see the case.
    pub async fn ask(&self, actor: &Actor, key: &Key, id: CaseId, ask: Ask) -> Result<Done<Case>, StoreError> {
        self.ask_of_version(actor, key, id, None, ask).await
    }

    /// Asks something of a case as it was seen: refused with [`StoreError::Conflict`] if it has changed since.
    pub async fn ask_of_version(
        &self,
        actor: &Actor,
        key: &Key,
        id: CaseId,
        expected: Option<u64>,
        ask: Ask,
    ) -> Result<Done<Case>, StoreError> {
        self.ask_in(actor, key, id, expected, vec![ask], None).await
    }

    /// Asks several things of a case as it was seen, one after the other: all of them are done, or none.
    ///
    /// # Errors
    /// As for [`Store::ask_of_version`], by the first that is refused.
    pub async fn ask_in_turn(
        &self,
        actor: &Actor,
        key: &Key,
        id: CaseId,
        expected: u64,
        asks: Vec<Ask>,
    ) -> Result<Done<Case>, StoreError> {
        self.ask_in(actor, key, id, Some(expected), asks, None).await
    }

    /// The same of several in turn; `form` is the key where a form asks something of several cases.
    async fn ask_in(
        &self,
        actor: &Actor,
        key: &Key,
        id: CaseId,
        expected: Option<u64>,
        asks: Vec<Ask>,
        form: Option<Key>,
    ) -> Result<Done<Case>, StoreError> {
        let content = format!("ask {id:?} {expected:?} {asks:?}");
        let (actor, key) = (actor.clone(), key.clone());
        let ahead = Ahead {
            key: Some(key.clone()),
            case: Some(id),
            is_assessed: asks.iter().any(Ask::is_assessed),
            basis: None,
        };
        self.write_ahead(ahead, move |tx| {
            Box::pin(async move {
                let mut case = rows::load(tx, id).await?;
                let before = tx.recall::<u64>(&key, &actor, &content).await?;
                if !may_see(&actor, &case) && !asks.iter().all(|ask| is_open_to_objection(&case, ask)) {
                    return Err(StoreError::NotFound);
                }
                if before.is_some() {
                    return Ok(Done { value: case, already: true });
                }
                if expected.is_some_and(|expected| expected != case.version) {
                    return Err(changed_meanwhile());
                }
                // Where a fund is short, who was decided first is served first: in one millisecond many can be.
                if asks.iter().any(|ask| matches!(ask, Ask::Decide { .. })) {
                    tx.take_moment();
                }
                for ask in asks {
                    case = act::ask(tx, case, ask, &actor, form.as_ref()).await?;
                }
                tx.remember(&key, &actor, &content, &case.version)?;
                Ok(Done { value: case, already: false })
            })
        })
        .await
    }

    /// Asks something of several cases, of each for itself: what is refused for one changes nothing for the others. Each
    /// comes with the version it was seen in and with what is asked of it, so that a bulk decision keeps each amount. What a
    /// party sends together is told to it in one message.
    pub async fn ask_many(&self, actor: &Actor, key: &Key, asked: Vec<(CaseId, u64, Ask)>) -> Outcomes {
        let order: Vec<CaseId> = asked.iter().map(|(id, ..)| *id).collect();
        let form = (order.len() > 1).then(|| key.clone());
        let mut all = JoinSet::new();
        let mut outcomes: Vec<Option<Result<Case, StoreError>>> = order.iter().map(|_| None).collect();
        for (place, (id, version, ask)) in asked.into_iter().enumerate() {
            let (store, actor, key) = (self.clone(), actor.clone(), key.part(&format!("{place} {}", id.0)));
            let (form, is_decided) = (form.clone(), matches!(ask, Ask::Decide { .. }));
            let one = async move { (place, store.ask_in(&actor, &key, id, Some(version), vec![ask], form).await) };
            // Who is decided first has the fund's last yuan, and comes first where it is short: that goes as the official has it listed.
            if is_decided {
                outcomes[place] = Some(one.await.1.map(|done| done.value));
            } else {
                all.spawn(one);
            }
        }
        while let Some(ended) = all.join_next().await {
            if let Ok((place, outcome)) = ended {
                outcomes[place] = Some(outcome.map(|done| done.value));
            }
        }
        let stopped = || {
            let (zh, en) = ("程序正在停止，没有办完", "the program is stopping: this was not done");
            Err(StoreError::environment(zh, en, "a task was stopped"))
        };
        order.into_iter().zip(outcomes).map(|(id, outcome)| (id, outcome.unwrap_or_else(stopped))).collect()
    }

    /// A case.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is none.
    pub async fn case(&self, id: CaseId) -> Result<Case, StoreError> {
        rows::load(self, id).await
    }

    /// A case that an actor may see.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is none, or it is not for them to know of.
    pub async fn case_for(&self, actor: &Actor, id: CaseId) -> Result<Case, StoreError> {
        let case = rows::load(self, id).await?;
        if may_see(actor, &case) { Ok(case) } else { Err(StoreError::NotFound) }
    }

    /// What a case has its party called: as the registry does now or, where the case is done, as it did until then; its code where it has
    /// no name.
    pub async fn party_of(&self, case: &Case) -> Result<String, StoreError> {
        rows::party_of(self, case).await
    }

    /// A case by its number.
    pub async fn case_by_number(&self, number: &str) -> Result<Case, StoreError> {
        let row = self.one("SELECT data FROM cases WHERE number = $1", values![number]).await?;
        row.ok_or(StoreError::NotFound)?.json("data")
    }

    /// Whether an actor may know who has objected to a case.
    pub async fn may_see_objectors(&self, actor: &Actor, case: &Case) -> Result<bool, StoreError> {
        let scene = Scene::around(self, case).await?;
        Ok(scene.with_context(self.now(), |context| may_see_objectors(case, actor, context)))
    }

    /// What a page needs beside the case to say which actions are open to whom.
    pub async fn context_of(&self, case: &Case) -> Result<Scene, StoreError> {
        let mut scene = Scene::around(self, case).await?;
        scene.look_up_free(self, case).await?;
        scene.look_up_duplicate(self, case).await?;
        scene.look_up_doubt(self, case).await?;
        scene.look_up_assignee(self, case).await?;
        scene.look_up_failed_account(self, case).await?;
        if case.stage == Stage::Queued {
            scene.look_up_limits(self, case).await?;
        }
        if case.stage == Stage::Paid {
            scene.look_up_doubt_of_others(self, case).await?;
        }
        Ok(scene)
    }
}

/// Whether an actor may see a case: those who act for its party, and the officials once it is submitted; what an applicant
/// is still writing is their own, but for the auditor.
pub(crate) fn may_see(actor: &Actor, case: &Case) -> bool {
    let Actor::User { roles, .. } = actor else { return *actor == Actor::System };
    let is_official = roles.iter().any(|role| role.is_official());
    let was_submitted = case.stage != Stage::Draft && case.number.is_some();
    actor.acts_for(&case.subject.party) || is_official && was_submitted || actor.has(Role::Auditor)
}

/// Anyone may object to what is in notice.
fn is_open_to_objection(case: &Case, ask: &Ask) -> bool {
    matches!(ask, Ask::Object { .. }) && matches!(case.stage, Stage::InNotice | Stage::Objection)
}

fn changed_meanwhile() -> StoreError {
    StoreError::conflict(
        "本件在您打开之后已有变化，请刷新后再办",
        "the case has changed since you opened it: look at it again first",
    )
}
