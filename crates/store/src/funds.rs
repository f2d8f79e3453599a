//! Funds: appropriations, what is reserved and paid, who waits for money, and how a short fund is shared out.

use duixian_casework::case::{CaseId, Sharing};
use duixian_casework::people::{Actor, Role};
use duixian_ledger::{AllocationRule, By, CarryRule, Discrepancy, Period, Scope, Share, Statement, Waiting};
use duixian_money::Fen;
use serde_json::json;

use crate::access::{given, needs};
use crate::db::{Queries, Store, values};
use crate::error::StoreError;
use crate::once::{Done, Key};
use crate::settings::unchanged;

pub(crate) mod book;
pub(crate) mod late;
pub(crate) mod passed_over;
pub(crate) mod position;
pub(crate) mod proposed;
pub(crate) mod share;

pub use passed_over::PassedOver;
pub use position::{FundPosition, MeasurePosition, TransferFilter, TransferRow};
pub use proposed::{Ended, Proposal, Proposed, Returned};
pub use share::PlannedShare;

impl Store {
    /// Books what the funds of an installation begin with, at once; gives the transfer's number. People put an appropriation forward
    /// for another to confirm ([`Store::propose`]).
    ///
    /// # Errors
    /// [`StoreError::Denied`] for people; [`StoreError::BadInput`] for a fund that the current pack does not have, a year out of
    /// range or an amount that no fund may get.
    pub async fn appropriate(
        &self,
        actor: &Actor,
        key: &Key,
        fund: &str,
        year: i32,
        amount: Fen,
        memo: &str,
    ) -> Result<Done<i64>, StoreError> {
        needs(actor, &[])?;
        let fund = given(fund, 100, "资金名称", "the fund's name")?;
        let memo = given(memo, 200, "依据，例如预算批复文号", "the grounds, such as the number of an approval")?;
        self.may_appropriate(&fund, year, amount).await?;
        let by = actor.user();
        let content = format!("appropriate {fund} {year} {} {memo}", amount.0);
        self.write_once(actor, key, content, move |tx| {
            Box::pin(proposed::appropriate(tx, by, fund, year, amount, memo))
        })
        .await
    }

    /// What a fund does with money left over: as was set, else as the current pack says, else it lapses.
    pub async fn carry_rule(&self, fund: &str) -> Result<CarryRule, StoreError> {
        if let Some(row) = self.one("SELECT rule FROM carry_rules WHERE fund = $1", values![fund]).await? {
            return row.json("rule");
        }
        let pack = self.current_pack().await?;
        let carries = pack.and_then(|(_, pack)| {
            let declared = pack.plan.funds.iter().find(|one| one.name.en == fund);
            declared.and_then(|declared| declared.carries_over)
        });
        Ok(if carries == Some(true) { CarryRule::CarryOver } else { CarryRule::Lapse })
    }

    /// Says what a fund does with money left over.
    pub async fn set_carry_rule(
        &self,
        actor: &Actor,
        key: &Key,
        fund: &str,
        rule: CarryRule,
    ) -> Result<Done<()>, StoreError> {
        self.set_carry_rule_of_version(actor, key, fund, None, rule).await
    }

    /// Says so in place of what was seen: `expected` is the number of the last change of the fund's rule on the journal, 0 before the
    /// first.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if the rule has changed since.
    pub async fn set_carry_rule_of_version(
        &self,
        actor: &Actor,
        key: &Key,
        fund: &str,
        expected: Option<i64>,
        rule: CarryRule,
    ) -> Result<Done<()>, StoreError> {
        needs(actor, &[Role::Administrator])?;
        let (by, fund) = (actor.user(), given(fund, 100, "资金名称", "the fund's name")?);
        self.write_once(actor, key, format!("set_carry_rule {fund} {expected:?} {rule:?}"), move |tx| {
            Box::pin(async move {
                unchanged(tx, "fund.carry_rule", &format!("fund/{fund}"), expected).await?;
                let sql = "INSERT INTO carry_rules (fund, rule) VALUES ($1, $2) \
                           ON CONFLICT (fund) DO UPDATE SET rule = excluded.rule";
                tx.execute(sql, values![fund.as_str(), crate::db::json(&rule)?]).await?;
                tx.journal(by, "fund.carry_rule", &format!("fund/{fund}"), &json!({ "rule": rule }))?;
                Ok(())
            })
        })
        .await
    }

    /// The statement of a fund in a year, from its first transfer on, by measure, clause or case.
    pub async fn statement(&self, fund: &str, year: i32, by: By) -> Result<Statement, StoreError> {
        self.statement_over(fund, year, by, None).await
    }

    /// What one measure has had of a fund in a year, case by case.
    pub async fn measure_statement(&self, fund: &str, year: i32, measure: &str) -> Result<Statement, StoreError> {
        self.statement_over(fund, year, By::Case, Some(measure)).await
    }

    async fn statement_over(
        &self,
        fund: &str,
        year: i32,
        by: By,
        measure: Option<&str>,
    ) -> Result<Statement, StoreError> {
        let snapshot = self.snapshot().await?;
        let accounts = book::accounts(&snapshot).await?;
        let own = accounts.iter().filter(|account| account.purpose.fund_year() == Some((fund, year)));
        let own: Vec<String> = own.map(|account| account.id.0.to_string()).collect();
        if own.is_empty() {
            return Err(StoreError::NotFound);
        }
        let own = own.join(", ");
        // A settlement names the measure of what it settles, so that none is left without its reservation.
        let of_measure = if measure.is_some() { " AND measure = $1" } else { "" };
        let sql = format!(
            "SELECT {} FROM transfers WHERE (debit IN ({own}) OR credit IN ({own})){of_measure} ORDER BY id",
            book::TRANSFER
        );
        let rows = snapshot.all(&sql, measure.map(Into::into).into_iter().collect()).await?;
        let transfers = rows.iter().map(book::transfer_of).collect::<Result<Vec<_>, _>>()?;
        let scope = Scope { fund: Some(fund.to_owned()), year: Some(year) };
        duixian_ledger::statement(&accounts, &transfers, &scope, by, Period::ALL)
            .map_err(|refused| StoreError::corrupt(format!("{fund} {year}"), refused.en()))
    }

    /// Checks every balance against every transfer, and every reservation against what settled it. Nothing found: sound.
    pub async fn verify_ledger(&self) -> Result<Vec<Discrepancy>, StoreError> {
        book::verify(&self.snapshot().await?).await
    }

    /// The decisions that wait for money of a fund and year, first decided first.
    pub async fn waiting(&self, fund: &str, year: i32) -> Result<Vec<Waiting>, StoreError> {
        share::waiting(self, fund, year).await
    }

    /// What each waiting decision would get by a rule now, and who they are: the effect, shown before it is chosen.
    pub async fn preview_allocation(
        &self,
        fund: &str,
        year: i32,
        rule: AllocationRule,
    ) -> Result<Vec<PlannedShare>, StoreError> {
        share::plan(&self.snapshot().await?, fund, year, rule).await
    }

    /// Shares out what a fund has free among the waiting decisions, where that gives each all of its amount or nothing and passes over none
    /// that was decided before: all else is put forward for another to confirm ([`Store::propose_sharing`]).
    /// Each that gets something goes on; all or none. `seen` is the preview the official has agreed to: another state of things refuses.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if the shares are no longer those of the preview; [`StoreError::Refused`] as for
    /// [`Ask::Fund`](crate::cases::Ask::Fund), of one case for all, where it takes a second person, and
    /// [`Refusal::SharingOpen`](duixian_casework::refusal::Refusal::SharingOpen) while another way waits to be confirmed.
    pub async fn allocate(
        &self,
        actor: &Actor,
        key: &Key,
        fund: &str,
        year: i32,
        rule: AllocationRule,
        seen: Option<Vec<Share>>,
    ) -> Result<Done<Vec<Share>>, StoreError> {
        needs(actor, &[Role::DecisionMaker])?;
        let (official, fund) = (actor.clone(), fund.to_owned());
        let content = format!("allocate {fund} {year} {rule:?} {seen:?}");
        let sharing = Sharing { rule, grounds: String::new(), proposed_by: None };
        self.write_once(actor, key, content, move |tx| {
            Box::pin(async move {
                proposed::no_sharing_open(tx, &fund, year).await?;
                share::share_out(tx, &official, &fund, year, sharing, seen).await
            })
        })
        .await
    }
}

/// The case of a share.
pub(crate) fn case_of(share: &Share) -> CaseId {
    CaseId(share.case)
}
