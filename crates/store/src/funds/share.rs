//! Who waits for money, and who gets it.

use std::collections::BTreeMap;

use duixian_casework::case::{Case, CaseId, Sharing};
use duixian_casework::command::{Action, Command};
use duixian_casework::people::Actor;
use duixian_casework::permit::permit;
use duixian_casework::refusal::Refusal;
use duixian_ledger::{AllocationRule, Share, Waiting, allocate, passed_over};
use duixian_money::Fen;

use crate::batches;
use crate::cases::{Scene, act, rows};
use crate::db::{Queries, values};
use crate::error::StoreError;
use crate::funds::{book, case_of};
use crate::tx::Tx;

/// A share, and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedShare {
    /// What the case gets, and what it lacks.
    pub share: Share,
    /// The case's number for people.
    pub number: String,
    /// The party's code.
    pub party: String,
    /// The party's name.
    pub party_name: String,
    /// The measure, by English name.
    pub measure: String,
    /// Whether its decision is to be revoked, which is settled before the fund is shared out.
    pub is_contested: bool,
    /// Why nothing may be set aside for it, by what the bank has said: it goes on waiting, and takes nothing from the others.
    pub stopped: Option<Refusal>,
    /// Whether it gets nothing while one that was decided after it gets something.
    pub is_passed_over: bool,
}

const QUEUE: &str = "SELECT id, amount, decided_at, priority, number, party, party_name, measure, awaits FROM cases \
                     WHERE fund = $1 AND year = $2 AND stage = 'queued' AND amount IS NOT NULL ORDER BY decided_at, id";

pub(crate) async fn waiting(link: &impl Queries, fund: &str, year: i32) -> Result<Vec<Waiting>, StoreError> {
    let rows = link.all(QUEUE, values![fund, i64::from(year)]).await?;
    rows.iter().map(waiting_of).collect()
}

fn waiting_of(row: &crate::db::Row) -> Result<Waiting, StoreError> {
    let priority = row.opt_int("priority")?.unwrap_or(0);
    Ok(Waiting {
        case: row.int("id")?,
        amount: Fen(row.opt_int("amount")?.unwrap_or(0)),
        decided_at: row.opt_int("decided_at")?.unwrap_or(0),
        priority: i32::try_from(priority).unwrap_or(i32::MAX),
    })
}

/// Those of some who wait that nothing may be set aside for, by what the bank has said, and why. Within a transaction, what it keeps of
/// cases must be put down before.
async fn stopped_among(link: &impl Queries, waiting: &[Waiting]) -> Result<BTreeMap<i64, Refusal>, StoreError> {
    let mut cases = Vec::with_capacity(waiting.len());
    for one in waiting {
        cases.push(rows::load(link, CaseId(one.case)).await?);
    }
    Ok(batches::not_to_be_funded(link, &cases).await?.into_iter().map(|(case, why)| (case.0, why)).collect())
}

/// What those get who wait and were decided before a case: whoever may get nothing keeps no place. Within a transaction, what it keeps
/// of cases must be put down before.
pub(crate) async fn ahead_of(link: &impl Queries, waiting: &[Waiting], case: CaseId) -> Result<Fen, StoreError> {
    let Some(place) = waiting.iter().position(|one| one.case == case.0) else { return Ok(sum_of(waiting)) };
    let before = waiting.get(..place).unwrap_or_default();
    let stopped = stopped_among(link, before).await?;
    Ok(sum_of(before.iter().filter(|one| !stopped.contains_key(&one.case))))
}

/// What some who wait were granted.
pub(crate) fn sum_of<'w>(waiting: impl IntoIterator<Item = &'w Waiting>) -> Fen {
    Fen(waiting.into_iter().fold(0, |sum, one| sum.saturating_add(one.amount.0)))
}

/// What each of those who wait would get by a rule.
pub(super) struct Shared {
    pub(super) shares: Vec<Share>,
    /// Why some of them may get nothing: what is free goes to the others.
    stopped: BTreeMap<i64, Refusal>,
    /// Those that get nothing before one that was decided after them. Who may get nothing is passed over by nobody.
    pub(super) passed_over: Vec<i64>,
}

impl Shared {
    /// Whether it takes a second person: some get less than was decided, or are passed over.
    fn takes_two(&self) -> bool {
        let is_cut = self.shares.iter().any(|share| share.granted > Fen(0) && share.short > Fen(0));
        is_cut || !self.passed_over.is_empty()
    }
}

/// What each of those who wait would get by a rule. Within a transaction, what it keeps of cases must be put down before.
async fn shared_among(
    link: &impl Queries,
    waiting: &[Waiting],
    free: Fen,
    rule: AllocationRule,
) -> Result<Shared, StoreError> {
    let stopped = stopped_among(link, waiting).await?;
    let (kept, served): (Vec<Waiting>, Vec<Waiting>) =
        waiting.iter().cloned().partition(|one| stopped.contains_key(&one.case));
    let mut shares = allocate(free, &served, rule);
    let passed_over = passed_over(&served, &shares);
    shares.extend(kept.iter().map(|one| Share { case: one.case, granted: Fen(0), short: one.amount }));
    Ok(Shared { shares, stopped, passed_over })
}

pub(crate) async fn plan(
    link: &impl Queries,
    fund: &str,
    year: i32,
    rule: AllocationRule,
) -> Result<Vec<PlannedShare>, StoreError> {
    let rows = link.all(QUEUE, values![fund, i64::from(year)]).await?;
    let waiting = rows.iter().map(waiting_of).collect::<Result<Vec<_>, _>>()?;
    let free = book::free(link, fund, year).await?.unwrap_or(Fen(0));
    let mut planned = Vec::with_capacity(rows.len());
    let Shared { shares, mut stopped, passed_over } = shared_among(link, &waiting, free, rule).await?;
    for share in shares {
        let place = waiting.iter().position(|one| one.case == share.case);
        let row = place.and_then(|place| rows.get(place)).ok_or_else(|| {
            StoreError::corrupt(rows::subject_of(CaseId(share.case)), "it has a share and does not wait")
        })?;
        planned.push(PlannedShare {
            share,
            number: row.opt_text("number")?.unwrap_or_default(),
            party: row.text("party")?,
            party_name: row.text("party_name")?,
            measure: row.text("measure")?,
            is_contested: !row.text("awaits")?.is_empty(),
            stopped: stopped.remove(&share.case),
            is_passed_over: passed_over.contains(&share.case),
        });
    }
    Ok(planned)
}

/// What each of those who wait would get by a rule now, if that is what was seen.
pub(super) async fn shares(
    tx: &mut Tx,
    fund: &str,
    year: i32,
    rule: AllocationRule,
    seen: Option<Vec<Share>>,
) -> Result<Shared, StoreError> {
    let free = book::free(tx, fund, year).await?.unwrap_or(Fen(0));
    tx.put_down().await?;
    let shared = shared_among(tx, &waiting(tx, fund, year).await?, free, rule).await?;
    if seen.is_some_and(|seen| seen != shared.shares) {
        return Err(StoreError::conflict(
            "资金或轮候名单已有变化，没有分配：请重新查看分配结果再办；已经提请的，请先退回",
            "the fund or the queue has changed, and nothing was shared out: look at the shares again; reject what was put forward before",
        ));
    }
    Ok(shared)
}

/// That an actor may fund each that gets something: whoever puts it forward takes part in the decision of all of them.
pub(super) async fn may_share_out(tx: &mut Tx, actor: &Actor, shared: &Shared) -> Result<(), StoreError> {
    for share in shared.shares.iter().filter(|share| share.granted > Fen(0)) {
        let case = rows::load(tx, case_of(share)).await?;
        not_contested(&case)?;
        let (scene, now) = (Scene::around(tx, &case).await?, tx.now());
        scene.with_context(now, |context| permit(&case, Action::Fund, actor, context))?;
    }
    if shared.takes_two() {
        return Ok(());
    }
    Err(StoreError::bad_input(
        "这样分配，每件都不少给，也没有越过先审定的，不需要第二人确认，请直接分配",
        "nobody gets less than was decided by this, or is passed over: share it out without a second person",
    ))
}

/// Keeps a fund from being shared out while a decision that waits for it is to be revoked.
fn not_contested(case: &Case) -> Result<(), StoreError> {
    if case.revocation.is_none() {
        return Ok(());
    }
    let number = case.number.clone().unwrap_or_default();
    Err(StoreError::conflict(
        format!("{number} 已提请撤销审定：请先确认或者驳回，再分配资金"),
        format!("it was proposed to revoke the decision of {number}: confirm that or let it stand, then share out"),
    ))
}

pub(crate) async fn share_out(
    tx: &mut Tx,
    actor: &Actor,
    fund: &str,
    year: i32,
    sharing: Sharing,
    seen: Option<Vec<Share>>,
) -> Result<Vec<Share>, StoreError> {
    let shares = shares(tx, fund, year, sharing.rule, seen).await?.shares;
    for share in shares.iter().filter(|share| share.granted > Fen(0)) {
        let case = rows::load(tx, case_of(share)).await?;
        not_contested(&case)?;
        let shared = Some((share.granted, sharing.clone()));
        act::act(tx, case, Command::Fund { shared }, actor).await?;
    }
    Ok(shares)
}
