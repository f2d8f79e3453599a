//! What changes how much a fund has, or gives those who wait for it less than was decided: put forward by one person, done once another
//! has confirmed it.

use duixian_casework::case::Sharing;
use duixian_casework::moment::Moment;
use duixian_casework::people::{Actor, Role, UserId};
use duixian_casework::refusal::Refusal;
use duixian_ledger::{AllocationRule, CarryRule, Entry, Purpose, Share, Subject, TransferId};
use duixian_money::Fen;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{FundPosition, book, late, share};
use crate::access::{given, needs};
use crate::db::{Queries, Store, values};
use crate::error::StoreError;
use crate::once::{Done, Key};
use crate::people;
use crate::settings;
use crate::tx::Tx;

/// What is to be done to a fund.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proposed {
    /// 安排: a year's appropriation, or more of it.
    Appropriate,
    /// 收回安排: what is still free of an appropriation goes back where it came from.
    TakeBack,
    /// 年末处理: what is free goes on or lapses.
    Close(CarryRule),
    /// 分配轮候资金: what is free is shared out by a rule that gives some less than was decided, or passes over some that were decided before.
    ShareOut(AllocationRule),
}

impl Proposed {
    /// Whose it is to put it forward, and to confirm it.
    pub fn role(self) -> Role {
        match self {
            Proposed::ShareOut(_) => Role::DecisionMaker,
            _ => Role::Finance,
        }
    }
}

/// Something put forward that waits for a second person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// Its number.
    pub id: i64,
    /// What is to be done.
    pub what: Proposed,
    /// The fund, by English name.
    pub fund: String,
    /// Its budget year.
    pub year: i32,
    /// How much; of the end of a year what was free when it was put forward.
    pub amount: Fen,
    /// Who would get what, where it is shared out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shares: Vec<Share>,
    /// The cases that would get nothing before one that was decided after them; none from before that was kept.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub passed_over: Vec<i64>,
    /// On what grounds; empty of the end of a year, whose grounds are the rule's.
    pub grounds: String,
    /// Who has put it forward.
    pub by: UserId,
    /// When.
    pub at: Moment,
}

impl Proposal {
    /// Whether an actor may confirm it.
    ///
    /// # Errors
    /// Those of [`Proposal::may_reject`]; [`StoreError::BadInput`] or `Refusal::SecondSharerNeeded` for who has put it forward.
    pub fn may_confirm(&self, actor: &Actor) -> Result<UserId, StoreError> {
        let user = self.may_reject(actor)?;
        match self.what {
            _ if user != self.by => Ok(user),
            Proposed::ShareOut(_) => Err(Refusal::SecondSharerNeeded.into()),
            _ => Err(StoreError::bad_input(
                "这是您登记的，须由另一名财务人员确认",
                "you have put this forward yourself: another person of finance confirms it",
            )),
        }
    }

    /// Whether an actor may send it back, or take it back who has put it forward.
    ///
    /// # Errors
    /// `Refusal::NeedsRole` for who lacks its role.
    pub fn may_reject(&self, actor: &Actor) -> Result<UserId, StoreError> {
        let role = self.what.role();
        Ok(actor.user().filter(|_| actor.has(role)).ok_or(Refusal::NeedsRole(role))?)
    }

    /// Whether a fund still has what is to be taken from it: until that is confirmed it can be granted.
    ///
    /// # Errors
    /// [`StoreError::BadInput`] while decisions wait for the money; [`StoreError::Conflict`] where too little is free, or at the end of a
    /// year something else than was put forward.
    pub fn still_fits(&self, position: &FundPosition) -> Result<(), StoreError> {
        match self.what {
            Proposed::TakeBack | Proposed::Close(_) => {
                fits(self.what, self.amount, position.free, position.waiting_cases)
            }
            Proposed::Appropriate | Proposed::ShareOut(_) => Ok(()),
        }
    }
}

/// Something put forward that another person has sent back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Returned {
    /// What it was.
    pub proposal: Proposal,
    /// Who has sent it back.
    pub by: UserId,
    /// When.
    pub at: Moment,
    /// Why.
    pub grounds: String,
}

/// Something put forward that waits no more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// What it was.
    pub proposal: Proposal,
    /// Whether it was confirmed, and done with that.
    pub is_confirmed: bool,
    /// Who has confirmed it, sent it back or taken it back.
    pub by: Option<UserId>,
    /// When.
    pub at: Moment,
    /// Why it was sent or taken back.
    pub grounds: String,
}

/// What the journal has of it.
#[derive(Deserialize)]
struct Told {
    proposal: Proposal,
    #[serde(default)]
    grounds: String,
}

/// What waits, how many there ever were, and what was sent back last, the last first. It is one value: what waits for a second person
/// at a time is a handful.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Proposals {
    pub(crate) last: i64,
    pub(crate) open: Vec<Proposal>,
    #[serde(default)]
    pub(crate) returned: Vec<Returned>,
}

/// How many are kept of those that were sent back: for who has put them forward to read why. The journal has them all.
const RETURNED: usize = 20;

/// Under which name that is kept.
const PROPOSALS: &str = "fund_proposals";

/// The most that one appropriation may come to where the policy writes no size: 100 billion yuan, more than any district has.
const MOST: Fen = Fen::yuan(100_000_000_000);

/// How many times the size that the policy writes one may come to: beyond that it is a slip of the pen.
const MOST_TIMES: i64 = 1000;

impl Store {
    /// Puts something forward: nothing is booked until another person of finance has confirmed it. Gives its number.
    ///
    /// # Errors
    /// [`StoreError::BadInput`] for what could not be done now either.
    pub async fn propose(
        &self,
        actor: &Actor,
        key: &Key,
        what: Proposed,
        (fund, year): (&str, i32),
        amount: Fen,
        grounds: &str,
    ) -> Result<Done<i64>, StoreError> {
        needs(actor, &[Role::Finance])?;
        let by = actor.user().ok_or(StoreError::Denied)?;
        let fund = given(fund, 100, "资金名称", "the fund's name")?;
        let grounds = match what {
            Proposed::Close(_) => String::new(),
            _ => given(grounds, 200, "依据，例如预算批复文号", "the grounds, such as the number of an approval")?,
        };
        if what == Proposed::Appropriate {
            self.may_appropriate(&fund, year, amount).await?;
        }
        let content = format!("propose {what:?} {fund} {year} {} {grounds}", amount.0);
        self.write_once(actor, key, content, move |tx| {
            Box::pin(async move {
                if what != Proposed::Appropriate {
                    may_move(tx, what, &fund, year, amount).await?;
                }
                let (id, at, shares, passed_over) = (0, tx.now(), Vec::new(), Vec::new());
                put_forward(tx, Proposal { id, what, fund, year, amount, shares, passed_over, grounds, by, at }).await
            })
        })
        .await
    }

    /// Puts forward how a short fund is shared out among the waiting decisions, by a rule that gives some less than was decided or passes over
    /// some that were decided before, and why: another decision maker confirms it. `seen` is the preview that was looked at. Gives its number.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if the shares are no longer those of the preview; [`StoreError::Refused`] where the actor may decide one of
    /// the cases no more, and [`Refusal::SharingOpen`] where a sharing was put forward already.
    pub async fn propose_sharing(
        &self,
        actor: &Actor,
        key: &Key,
        (fund, year): (&str, i32),
        (rule, grounds): (AllocationRule, &str),
        seen: Vec<Share>,
    ) -> Result<Done<i64>, StoreError> {
        needs(actor, &[Role::DecisionMaker])?;
        let by = actor.user().ok_or(StoreError::Denied)?;
        let grounds = given(grounds, 300, "这样分配的理由", "why it is shared out like this")?;
        let (official, fund) = (actor.clone(), fund.to_owned());
        let content = format!("propose_sharing {fund} {year} {rule:?} {grounds} {seen:?}");
        self.write_once(actor, key, content, move |tx| {
            Box::pin(async move {
                let what = Proposed::ShareOut(rule);
                no_sharing_open(tx, &fund, year).await?;
                let shared = share::shares(tx, &fund, year, rule, Some(seen)).await?;
                share::may_share_out(tx, &official, &shared).await?;
                let (shares, passed_over) = (shared.shares, shared.passed_over);
                let amount = Fen(shares.iter().fold(0, |sum, share| sum.saturating_add(share.granted.0)));
                let (id, at) = (0, tx.now());
                put_forward(tx, Proposal { id, what, fund, year, amount, shares, passed_over, grounds, by, at }).await
            })
        })
        .await
    }

    /// What waits for a second person, the first first.
    pub async fn proposals(&self) -> Result<Vec<Proposal>, StoreError> {
        Ok(proposals(self).await?.open)
    }

    /// What another person than who has put it forward has sent back lately, the last first.
    pub async fn returned_proposals(&self) -> Result<Vec<Returned>, StoreError> {
        Ok(proposals(self).await?.returned)
    }

    /// What became of something put forward, as the journal has it; none where it waits, or never was.
    pub async fn ended_proposal(&self, id: i64) -> Result<Option<Ended>, StoreError> {
        let sql = "SELECT kind, at, actor, body FROM journal WHERE kind IN ('fund.confirmed', 'fund.rejected') ORDER BY seq DESC";
        for row in self.all(sql, values![]).await? {
            let Told { proposal, grounds } = row.json("body")?;
            if proposal.id == id {
                let (is_confirmed, by) = (row.text("kind")? == "fund.confirmed", row.opt_int("actor")?.map(UserId));
                return Ok(Some(Ended { proposal, is_confirmed, by, at: Moment(row.int("at")?), grounds }));
            }
        }
        Ok(None)
    }

    /// Confirms what another person has put forward, and does it; or rejects it, on grounds, as may who has put it forward. Gives the
    /// number of the transfer; none of what was rejected, nor of what was shared out by several.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for what does not wait any more; those of [`Proposal::may_confirm`] and [`Proposal::may_reject`];
    /// [`StoreError::Conflict`] where the fund is not what it was.
    pub async fn end_proposal(
        &self,
        actor: &Actor,
        key: &Key,
        id: i64,
        is_confirmed: bool,
        grounds: &str,
    ) -> Result<Done<Option<i64>>, StoreError> {
        needs(actor, &[Role::Finance, Role::DecisionMaker])?;
        let grounds = if is_confirmed { String::new() } else { given(grounds, 200, "理由", "why")? };
        let official = actor.clone();
        self.write_once(actor, key, format!("end_proposal {id} {is_confirmed} {grounds}"), move |tx| {
            Box::pin(async move {
                let mut all = proposals(tx).await?;
                let place = all.open.iter().position(|one| one.id == id).ok_or(StoreError::NotFound)?;
                let open = &all.open[place];
                let user = if is_confirmed { open.may_confirm(&official) } else { open.may_reject(&official) }?;
                let proposal = all.open.remove(place);
                if !is_confirmed && user != proposal.by {
                    let (proposal, at, grounds) = (proposal.clone(), tx.now(), grounds.clone());
                    all.returned.insert(0, Returned { proposal, by: user, at, grounds });
                    all.returned.truncate(RETURNED);
                }
                keep(tx, &all).await?;
                let subject = format!("fund/{}", proposal.fund);
                let body = json!({ "proposal": proposal, "grounds": grounds });
                if !is_confirmed {
                    tx.journal(Some(user), "fund.rejected", &subject, &body)?;
                    return Ok(None);
                }
                people::still_has(tx, proposal.by, &[proposal.what.role()]).await?;
                tx.journal(Some(user), "fund.confirmed", &subject, &body)?;
                carry_out(tx, (&official, user), proposal).await
            })
        })
        .await
    }

    /// That an appropriation is one that a fund may get.
    pub(super) async fn may_appropriate(&self, fund: &str, year: i32, amount: Fen) -> Result<(), StoreError> {
        if !(2000..=2100).contains(&year) {
            return Err(StoreError::bad_input("年度应在 2000 至 2100 年之间", "the year lies between 2000 and 2100"));
        }
        if amount <= Fen(0) {
            return Err(StoreError::bad_input("金额应大于零", "the amount must be above zero"));
        }
        let pack = self.current_pack().await?;
        let declared = pack.as_ref().and_then(|(_, pack)| pack.plan.funds.iter().find(|one| one.name.en == fund));
        if pack.is_some() && declared.is_none() {
            return Err(StoreError::bad_input(
                format!("规则包里没有“{fund}”这项资金"),
                format!("the pack has no fund “{fund}”"),
            ));
        }
        let size = declared.and_then(|one| one.size_in(i64::from(year)));
        let most = size.map_or(MOST, |size| Fen(size.0.saturating_mul(MOST_TIMES)).min(MOST));
        if amount > most {
            let most = most.to_grouped_yuan();
            return Err(StoreError::bad_input(
                format!("一次安排不能超过 {most} 元，请核对金额的位数和单位"),
                format!("one appropriation is at most {most} yuan: check the digits and the unit"),
            ));
        }
        Ok(())
    }
}

/// That so much of a fund can go back, or that its year can be closed with so much.
async fn may_move(tx: &mut Tx, what: Proposed, fund: &str, year: i32, amount: Fen) -> Result<(), StoreError> {
    let purpose = Purpose::Fund { fund: fund.to_owned(), year };
    let free = book::find(tx, &purpose).await?.ok_or(StoreError::NotFound)?.free();
    if matches!(what, Proposed::Close(_)) && tx.now().year() <= year {
        return Err(StoreError::bad_input("年度还没有结束", "the year is not over"));
    }
    if amount <= Fen(0) {
        return Err(StoreError::bad_input("没有可用余额，没有变动", "nothing is free: nothing is moved"));
    }
    tx.put_down().await?;
    let waiting = share::waiting(tx, fund, year).await?.len() as u64;
    fits(what, amount, free, waiting)
}

/// That so much can be taken from what is free of a fund, for which so many decisions wait.
fn fits(what: Proposed, amount: Fen, free: Fen, waiting: u64) -> Result<(), StoreError> {
    if waiting > 0 {
        return Err(StoreError::bad_input(
            format!("还有 {waiting} 件在轮候这笔钱：先分配，或由审定人员另作决定，再办"),
            format!("{waiting} decisions wait for this money: share it out or decide anew first"),
        ));
    }
    let (now, put_forward) = (free.to_grouped_yuan(), amount.to_grouped_yuan());
    match what {
        Proposed::Close(_) if free != amount => Err(StoreError::conflict(
            format!("可用余额现在是 {now} 元，不是登记的 {put_forward} 元：请退回后重新登记"),
            format!("{now} yuan are free now, not the {put_forward} put forward: reject it and put it forward anew"),
        )),
        _ if free < amount => Err(StoreError::conflict(
            format!("可用余额现在只有 {now} 元，不够收回登记的 {put_forward} 元：请退回后重新登记"),
            format!(
                "{now} yuan are free now, less than the {put_forward} put forward: reject it and put it forward anew"
            ),
        )),
        _ => Ok(()),
    }
}

/// Keeps what waits from now on, and gives its number.
async fn put_forward(tx: &mut Tx, proposal: Proposal) -> Result<i64, StoreError> {
    let mut all = proposals(tx).await?;
    all.last += 1;
    let proposal = Proposal { id: all.last, ..proposal };
    tx.journal(Some(proposal.by), "fund.proposed", &format!("fund/{}", proposal.fund), &proposal)?;
    all.open.push(proposal);
    keep(tx, &all).await?;
    Ok(all.last)
}

async fn carry_out(
    tx: &mut Tx,
    (official, by): (&Actor, UserId),
    proposal: Proposal,
) -> Result<Option<i64>, StoreError> {
    let Proposal { what, fund, year, amount, shares, grounds, by: proposed_by, .. } = proposal;
    let transfer = match what {
        Proposed::ShareOut(rule) => {
            let sharing = Sharing { rule, grounds, proposed_by: Some(proposed_by) };
            share::share_out(tx, official, &fund, year, sharing, Some(shares)).await?;
            return Ok(None);
        }
        Proposed::Appropriate => appropriate(tx, Some(by), fund, year, amount, grounds).await,
        Proposed::TakeBack => {
            may_move(tx, what, &fund, year, amount).await?;
            let debit = book::open(tx, Purpose::Fund { fund, year }).await?;
            let credit = book::open(tx, Purpose::Treasury).await?;
            let subject = Subject { memo: grounds, ..Subject::default() };
            book::single(tx, Some(by), Entry::Correction, (debit, credit), amount, subject).await
        }
        Proposed::Close(rule) => {
            may_move(tx, what, &fund, year, amount).await?;
            let purpose = Purpose::Fund { fund: fund.clone(), year };
            let account = book::find(tx, &purpose).await?.ok_or(StoreError::NotFound)?;
            let next = fund.clone();
            let into = match rule {
                CarryRule::CarryOver => Purpose::Fund { fund, year: year + 1 },
                CarryRule::Lapse => Purpose::Lapsed { fund, year },
            };
            let into = book::open(tx, into).await?;
            let id = tx.next_id("transfers").await?;
            for transfer in duixian_ledger::close_year(&account, rule, into, TransferId(id), tx.now().0) {
                book::apply(tx, Some(by), &transfer).await?;
            }
            late::give_back(tx, Some(by), &next, year + 1).await?;
            Ok(id)
        }
    };
    transfer.map(Some)
}

/// Books an appropriation.
pub(super) async fn appropriate(
    tx: &mut Tx,
    by: Option<UserId>,
    fund: String,
    year: i32,
    amount: Fen,
    memo: String,
) -> Result<i64, StoreError> {
    let debit = book::open(tx, Purpose::Treasury).await?;
    let credit = book::open(tx, Purpose::Fund { fund: fund.clone(), year }).await?;
    let subject = Subject { memo, ..Subject::default() };
    let id = book::single(tx, by, Entry::Appropriation, (debit, credit), amount, subject).await?;
    late::give_back(tx, by, &fund, year).await?;
    Ok(id)
}

/// Whether it was put forward how a fund is shared out among those that wait, and that waits for a second person.
pub(crate) async fn is_sharing_open(link: &impl Queries, fund: &str, year: i32) -> Result<bool, StoreError> {
    let is_it = |one: &Proposal| matches!(one.what, Proposed::ShareOut(_)) && one.fund == fund && one.year == year;
    Ok(proposals(link).await?.open.iter().any(is_it))
}

/// Keeps a fund from being shared out another way meanwhile: whoever is to confirm what was put forward would look at what is no more.
pub(super) async fn no_sharing_open(link: &impl Queries, fund: &str, year: i32) -> Result<(), StoreError> {
    if is_sharing_open(link, fund, year).await? { Err(Refusal::SharingOpen.into()) } else { Ok(()) }
}

/// What waits, and what was sent back.
pub(crate) async fn proposals(link: &impl Queries) -> Result<Proposals, StoreError> {
    let kept = settings::kept(link, PROPOSALS).await?;
    kept.map_or(Ok(Proposals::default()), |text| Ok(serde_json::from_str(&text)?))
}

async fn keep(tx: &mut Tx, proposals: &Proposals) -> Result<(), StoreError> {
    settings::keep(tx, PROPOSALS, &crate::db::json(proposals)?).await
}
