//! The release of a batch by two people: what each has before their eyes, and whether the first one's signature still counts.

use std::collections::BTreeSet;

use duixian_casework::batch::{Batch, BatchLine, BatchStage, SharedWith};
use duixian_casework::case::{BankAccount, Case, CaseId};
use duixian_casework::command::Command;
use duixian_casework::people::{Actor, Role};
use duixian_casework::permit::{may_be_funded, may_leave};
use duixian_casework::refusal::Refusal;
use duixian_casework::stage::Stage;
use duixian_rules::vocabulary::Lang;
use duixian_text::folded;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{confirmed_payee, doubts, file, keep, load};
use crate::appraisal::limits;
use crate::cases::accounts::shared_accounts;
use crate::cases::{Scene, SharedAccount, SharedAccounts, act, may_pay, rows};
use crate::db::{Queries, Store, json as text_of};
use crate::error::StoreError;
use crate::once::{Done, Key, hex};
use crate::{people, settings};

/// Why a first release counts no more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Void {
    /// The account that pays is another by now.
    Debtor,
    /// The account of the person, by name, was closed.
    Inactive(String),
    /// The person, by name, is not of finance any more.
    NotFinance(String),
    /// The account of a case, by number, is a party's too of which the person was not told.
    Shared(String),
    /// The person, by name, may have no part in the payment of a case, by number.
    Kept(String, String),
}

impl Void {
    /// What has happened, and what to do.
    pub fn text(&self, lang: Lang) -> String {
        let (zh, en) = match self {
            Void::Debtor => (
                "付款账户在第一人复核以后改过".to_owned(),
                "the account that pays was changed after the first release".to_owned(),
            ),
            Void::Inactive(name) => (
                format!("第一人{name}复核以后，其账号已停用"),
                format!("the account of {name}, who released it first, was closed since"),
            ),
            Void::NotFinance(name) => (
                format!("第一人{name}复核以后，已不是财务人员"),
                format!("{name}, who released it first, is not of finance any more"),
            ),
            Void::Shared(case) => (
                format!("第一人复核以后，{case} 的账号又查到也是别的单位的收款账户，第一人没有核实过"),
                format!(
                    "the account of {case} has turned out to be another party's too, which the first person has not looked into"
                ),
            ),
            Void::Kept(name, case) => (
                format!("第一人{name}是其中 {case} 的单位的经办人，或者办过它的审核、审定，应当回避"),
                format!("{name}, who released it first, is tied to the party of {case}, or has reviewed or decided it"),
            ),
        };
        match lang {
            Lang::Zh => format!("{zh}，那次复核不再有效，须由两人重新确认"),
            Lang::En => format!("{en}, which counts no more: two people confirm it anew"),
        }
    }
}

/// A batch as whoever releases it now finds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToRelease {
    /// The batch, without a release that counts no more.
    pub batch: Batch,
    /// The account that it is paid from: that of its release, or the one that is set now; none where none is.
    pub debtor: Option<BankAccount>,
    /// Why a release that was given counts no more.
    pub void: Option<Void>,
    /// The cases that nothing may be paid for now, by what the bank has said of others or of themselves, and why. Of a batch
    /// that was released already, they keep its file from being written.
    pub stopped: Vec<(CaseId, Refusal)>,
    /// The cases whose money goes to an account that is another party's too.
    pub shared: SharedAccounts,
    /// What whoever releases it has before their eyes, in short: every payment with what is told of it, and the account that pays.
    pub seen: String,
}

impl ToRelease {
    /// The payments whose payee whoever releases it looks into, and says so.
    pub fn to_look_into(&self) -> impl Iterator<Item = &BatchLine> {
        self.batch.to_look_into(|case| self.shared.contains_key(&case))
    }
}

/// What came of a release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Released {
    /// Whether it was the second, after which the file may go to the bank.
    pub is_second: bool,
    /// Why the first one's counted no more, so that this is the first.
    pub void: Option<Void>,
}

impl Store {
    /// A batch as whoever releases it now finds it.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for a number that none has.
    pub async fn to_release(&self, batch: i64) -> Result<ToRelease, StoreError> {
        let found = to_release(self, batch).await?;
        let stopped = stopped(self, &found.batch).await?;
        Ok(ToRelease { stopped, ..found })
    }

    /// Releases a batch, as the first or the second person; after the second its file may go to the bank. `seen` is what the
    /// person has seen ([`ToRelease::seen`]): they sign that, and nothing else. `confirmed` are the cases whose payee bears
    /// another name than the party's, or whose account is another party's too ([`ToRelease::to_look_into`]), each looked into by the
    /// person; the journal keeps who confirmed which.
    ///
    /// # Errors
    /// [`Refusal::PayeesNotConfirmed`] if one of them is not named; [`Refusal::FileAtBank`] where an earlier file of it was fetched;
    /// `SecondPersonNeeded` for the same person twice; `Recused` for who has reviewed or decided one of its cases;
    /// [`StoreError::Conflict`] if the batch is not what was seen; [`StoreError::BadInput`] if the account that pays is not set.
    pub async fn release(
        &self,
        actor: &Actor,
        key: &Key,
        batch: i64,
        seen: &str,
        confirmed: Vec<CaseId>,
    ) -> Result<Done<Released>, StoreError> {
        let (official, seen) = (actor.clone(), seen.to_owned());
        self.write_once(actor, key, format!("release {batch} {seen} {confirmed:?}"), move |tx| {
            Box::pin(async move {
                let found = to_release(tx, batch).await?;
                if found.seen != seen {
                    return Err(StoreError::conflict(
                        "这一批在您打开之后有变化，请重新核对",
                        "the batch has changed since you opened it: check it again",
                    ));
                }
                let ToRelease { mut batch, debtor, void, shared, .. } = found;
                if matches!(batch.stage, BatchStage::Drafted | BatchStage::HalfReleased) {
                    batch.not_at_bank(file::is_fetched(tx, batch.id).await?)?;
                }
                let debtor = debtor.ok_or_else(no_debtor)?;
                let is_second = batch.release(&official, &confirmed, &shared_with(&shared), &debtor, tx.now())?;
                for line in &batch.lines {
                    let case = rows::load(tx, line.case).await?;
                    // Whoever is recused from one case is told at once, not by the second person's release.
                    let by = batch.released_by.clone();
                    act::act(tx, case, Command::NoteRelease { by }, &official).await?;
                }
                let confirmed = batch.to_look_into(|case| shared.contains_key(&case));
                let confirmed: Vec<_> = confirmed.map(|line| confirmed_payee(line, shared.get(&line.case))).collect();
                let mut body = json!({
                    "by": official.user(),
                    "second": is_second,
                    "total": batch.total(),
                    "debtor": debtor,
                    "confirmed": confirmed,
                });
                if let Some(void) = &void {
                    body["void"] = void.text(Lang::Zh).into();
                }
                if is_second {
                    match file::hashes(tx, &batch).await {
                        Ok(files) => body["files"] = files,
                        // What the bank would not take is told where the file is asked for.
                        Err(StoreError::BadInput { .. }) => {}
                        Err(error) => return Err(error),
                    }
                }
                keep(tx, &official, &batch, "released", &body).await?;
                Ok(Released { is_second, void })
            })
        })
        .await
    }
}

/// Nothing is released that no file can be made of.
pub(super) fn no_debtor() -> StoreError {
    StoreError::bad_input("请先在设置里填写付款账户", "set the account that pays first, in the settings")
}

/// The account that a batch is paid from: what was signed stays, whatever is set later.
pub(super) async fn debtor_of(link: &impl Queries, batch: &Batch) -> Result<Option<BankAccount>, StoreError> {
    match &batch.debtor {
        Some(debtor) => Ok(Some(debtor.clone())),
        None => Ok(settings::settings(link).await?.debtor),
    }
}

/// The cases of a batch that may not be paid as things are now. What the bank has answered about already is with the bank. Within a
/// transaction, what it keeps of cases must be put down before.
pub(super) async fn stopped(link: &impl Queries, batch: &Batch) -> Result<Vec<(CaseId, Refusal)>, StoreError> {
    if matches!(batch.stage, BatchStage::Settled | BatchStage::Cancelled) {
        return Ok(Vec::new());
    }
    let mut cases = Vec::new();
    for line in batch.lines.iter().filter(|line| line.outcome.is_none()) {
        cases.push(rows::load(link, line.case).await?);
    }
    stopped_of(link, &cases).await
}

/// Those of some cases that wait for payment which may not be paid, by what the bank has said of them or of others.
pub(crate) async fn stopped_of(link: &impl Queries, cases: &[Case]) -> Result<Vec<(CaseId, Refusal)>, StoreError> {
    let mut stopped = Vec::new();
    for case in said_of(link, cases).await? {
        let mut scene = Scene::around(link, case).await?;
        scene.look_up_paid(link, case).await?;
        scene.look_up_doubt(link, case).await?;
        scene.look_up_doubt_of_others(link, case).await?;
        let now = link.shared().clock.now();
        let refused = scene.with_context(now, |context| may_leave(case, context));
        stopped.extend(refused.err().map(|refusal| (case.id, refusal)));
    }
    Ok(stopped)
}

/// Those of some cases that wait for money for which none may be set aside, by the same.
pub(crate) async fn not_to_be_funded(
    link: &impl Queries,
    cases: &[Case],
) -> Result<Vec<(CaseId, Refusal)>, StoreError> {
    let mut stopped = Vec::new();
    for case in said_of(link, cases).await? {
        let mut scene = Scene::around(link, case).await?;
        scene.look_up_paid(link, case).await?;
        scene.look_up_doubt(link, case).await?;
        let refused = scene.with_context(link.shared().clock.now(), |context| may_be_funded(case, context));
        stopped.extend(refused.err().map(|refusal| (case.id, refusal)));
    }
    Ok(stopped)
}

/// Those of some cases of which, of whose basis, or beside which by a limit the bank has said anything: most need not be looked at.
async fn said_of<'c>(link: &impl Queries, cases: &'c [Case]) -> Result<Vec<&'c Case>, StoreError> {
    // What holds no money has a day of decision only where the bank has paid it all the same: those are few.
    let granted = Stage::ALL.into_iter().filter(|stage| stage.is_granted());
    let granted: Vec<String> = granted.map(|stage| format!("'{}'", stage.word())).collect();
    let sql = format!("SELECT data FROM cases WHERE decided_at IS NOT NULL AND stage NOT IN ({})", granted.join(", "));
    let (mut late, mut counted) = (BTreeSet::new(), BTreeSet::new());
    for row in &link.all(&sql, vec![]).await? {
        let case: Case = row.json("data")?;
        counted.extend(limits::counted_with(link, &case).await?);
        late.insert((case.subject.measure, folded(&case.subject.basis)));
    }
    for case in doubts::doubted_cases(link).await? {
        late.insert((case.subject.measure, folded(&case.subject.basis)));
    }
    let is_meant = |case: &&Case| {
        let is_late =
            counted.contains(&case.id) || late.contains(&(case.subject.measure.clone(), folded(&case.subject.basis)));
        is_late || case.payments.iter().any(|payment| payment.outcome.is_some())
    };
    Ok(cases.iter().filter(is_meant).collect())
}

async fn to_release(link: &impl Queries, batch: i64) -> Result<ToRelease, StoreError> {
    let mut batch = load(link, batch).await?;
    let payees = batch.lines.iter().map(|line| (line.case, line.account.number.as_str()));
    let shared = shared_accounts(link, payees).await?;
    let mut void = None;
    if batch.stage == BatchStage::HalfReleased {
        void = void_by(link, &batch, &shared).await?;
        if void.is_some() {
            batch.void_release();
        }
    }
    let debtor = debtor_of(link, &batch).await?;
    let others: Vec<(CaseId, Vec<CaseId>)> =
        shared.iter().map(|(case, others)| (*case, others.iter().map(|other| other.case).collect())).collect();
    let seen = hex(&Sha256::digest(text_of(&(&batch.lines, &debtor, others))?));
    Ok(ToRelease { batch, debtor, void, stopped: Vec::new(), shared, seen })
}

/// Why the first release of a batch counts no more.
async fn void_by(link: &impl Queries, batch: &Batch, shared: &SharedAccounts) -> Result<Option<Void>, StoreError> {
    // One from before accounts were signed with it was for whatever account is set.
    if batch.debtor.is_some() && batch.debtor != settings::settings(link).await?.debtor {
        return Ok(Some(Void::Debtor));
    }
    let Some(first) = batch.released_by.first() else { return Ok(None) };
    // Who has signed must still be one who could: an administrator who bars someone means also what is half done.
    let user = people::user_of(link, *first).await?;
    let name = user.name.clone();
    if !user.active {
        return Ok(Some(Void::Inactive(name)));
    }
    let signer = people::actor(link, user, link.shared().clock.now()).await?;
    if !signer.has(Role::Finance) {
        return Ok(Some(Void::NotFinance(name)));
    }
    for line in &batch.lines {
        let case = rows::load(link, line.case).await?;
        if may_pay(&case, &signer).is_err() {
            return Ok(Some(Void::Kept(name, line.number.clone())));
        }
    }
    let seen = batch.confirmed.iter().filter(|one| one.by == *first).flat_map(|one| &one.shared);
    let seen: SharedWith = seen.map(|(case, parties)| (*case, parties.clone())).collect();
    let is_seen = |case: &CaseId, party: &String| seen.get(case).is_some_and(|parties| parties.contains(party));
    let shared = shared_with(shared);
    let has_unseen = |line: &&BatchLine| {
        shared.get(&line.case).is_some_and(|parties| parties.iter().any(|party| !is_seen(&line.case, party)))
    };
    let unseen = batch.lines.iter().find(has_unseen);
    Ok(unseen.map(|line| Void::Shared(line.number.clone())))
}

/// The other parties that whoever releases a batch is told of.
fn shared_with(shared: &SharedAccounts) -> SharedWith {
    let parties = |others: &Vec<SharedAccount>| others.iter().map(|other| other.party.clone()).collect();
    shared.iter().map(|(case, others)| (*case, parties(others))).collect()
}
