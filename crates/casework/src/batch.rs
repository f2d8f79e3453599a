//! Payment batches (拨付批次): made from payable cases, released by two people, settled by what the bank says.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use duixian_money::Fen;
use duixian_rules::vocabulary::Lang;
use serde::{Deserialize, Serialize};

use crate::account::{is_other_name, is_writable};
use crate::case::{BankAccount, CaseId, Payment, PaymentOutcome};
use crate::doubt::{Doubt, Failing};
use crate::moment::Moment;
use crate::people::{Actor, Role, UserId};
use crate::refusal::Refusal;

/// Payments that go to the bank together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Batch {
    /// Its number in the store.
    pub id: i64,
    /// 批次号, as people read it.
    pub number: String,
    /// The fund that pays, by English name.
    pub fund: String,
    /// The year of the appropriation.
    pub year: i32,
    /// Who made it.
    pub created_by: UserId,
    /// When.
    pub created_at: Moment,
    /// Where it stands.
    pub stage: BatchStage,
    /// The payments.
    pub lines: Vec<BatchLine>,
    /// Who has released it, at most two.
    pub released_by: Vec<UserId>,
    /// When the second did.
    pub released_at: Option<Moment>,
    /// Who has looked into the payees under another name than the party's, and into accounts that are another party's too, each before
    /// their release.
    #[serde(default)]
    pub confirmed: Vec<Confirmed>,
    /// The account that it is paid from, as it was signed; none before, nor of a batch from when that was not kept.
    #[serde(default)]
    pub debtor: Option<BankAccount>,
    /// The result files that were read, by their SHA-256.
    pub results: Vec<String>,
    /// What they have said that does not go with what is recorded, in the order in which it was brought up.
    #[serde(default)]
    pub doubts: Vec<Doubt>,
}

/// What one person has looked into before they released a batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmed {
    /// Who.
    pub by: UserId,
    /// When.
    pub at: Moment,
    /// The cases whose money goes to another name than the party's, or to an account that is another party's too.
    pub cases: Vec<CaseId>,
    /// Of those whose account is another party's too, the other parties that the person was told of; none from before that was kept.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub shared: SharedWith,
}

/// Of cases whose account is another party's too, which other parties', by their codes.
pub type SharedWith = BTreeMap<CaseId, BTreeSet<String>>;

/// One payment of a batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchLine {
    /// The case it pays.
    pub case: CaseId,
    /// The case's number.
    pub number: String,
    /// The party's name, so that whoever releases the money sees whom it is for and whose account it goes to; empty where
    /// the registry has none.
    pub party: String,
    /// What the bank knows it by.
    pub end_to_end_id: String,
    /// How much.
    pub amount: Fen,
    /// Where to.
    pub account: BankAccount,
    /// How it ended.
    pub outcome: Option<PaymentOutcome>,
    /// Who has read the answer by which it is recorded so, or called paid after all; none where two people stand for that, nor from when that
    /// was not kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_by: Option<UserId>,
    /// All who have read an answer by which it was recorded or called paid, whatever has become of that: a number that one of them has read
    /// may be another payment's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub readers: Vec<UserId>,
    /// Whether it is recorded as made, and was as failed or back before: who alone has read that does not close its case.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub has_turned: bool,
    /// The bank's number by which it has called this paid after it was recorded as failed: it proves no other payment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub called_paid: Option<String>,
    /// The numbers by which it had called it paid before, each replaced by the next.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub called_before: Vec<String>,
    /// The failures and returns that the bank has told of it, whatever became of them: told again, they are no news.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failings: Vec<Failing>,
    /// The numbers by which the bank has called it paid, and two people have found that it came to nothing: by one of them, too, it is called
    /// paid by two people again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub undone: Vec<String>,
    /// The numbers that two people have rejected: they were recorded for it and were another payment's, or told of what was before. By one of
    /// them it is called paid by two people again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dropped: Vec<String>,
    /// The day on which the answer was read by which two people have found that it failed after all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found_failed: Option<NaiveDate>,
    /// The payment of the same case before this one, which whoever releases this one is told of.
    #[serde(default)]
    pub before: Option<Before>,
}

/// A payment of the same case that came to nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Before {
    /// The payment, with the account that it went to.
    pub payment: Payment,
    /// Who has given another account since, and when; none where it is the same.
    pub changed: Option<(Option<UserId>, Moment)>,
    /// Who has recorded that it failed, by what they read of the bank, and when; none where it did not fail, nor from when that was not kept.
    #[serde(default)]
    pub failed: Option<(Option<UserId>, Moment)>,
}

/// Where a batch stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BatchStage {
    /// 编制中
    Drafted,
    /// 待第二人放款
    HalfReleased,
    /// 已放款: the file may go to the bank.
    Released,
    /// 已对账: every payment has ended.
    Settled,
    /// 已作废: its cases are payable again.
    Cancelled,
}

impl BatchStage {
    /// The word that stands in records.
    pub fn word(self) -> &'static str {
        match self {
            BatchStage::Drafted => "drafted",
            BatchStage::HalfReleased => "half_released",
            BatchStage::Released => "released",
            BatchStage::Settled => "settled",
            BatchStage::Cancelled => "cancelled",
        }
    }

    /// The stage as people read it.
    pub fn label(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (BatchStage::Drafted, Lang::Zh) => "编制中",
            (BatchStage::Drafted, Lang::En) => "drafted",
            (BatchStage::HalfReleased, Lang::Zh) => "待第二人放款",
            (BatchStage::HalfReleased, Lang::En) => "awaits a second person",
            (BatchStage::Released, Lang::Zh) => "已放款",
            (BatchStage::Released, Lang::En) => "released",
            (BatchStage::Settled, Lang::Zh) => "已对账",
            (BatchStage::Settled, Lang::En) => "settled",
            (BatchStage::Cancelled, Lang::Zh) => "已作废",
            (BatchStage::Cancelled, Lang::En) => "cancelled",
        }
    }
}

impl BatchLine {
    /// Whether the money goes to an account under another name than the party's.
    pub fn is_to_another_name(&self) -> bool {
        is_other_name(&self.account.holder, &self.party)
    }
}

impl Batch {
    /// The payment that the bank knows by this.
    pub fn line(&self, end_to_end_id: &str) -> Option<&BatchLine> {
        self.lines.iter().find(|line| line.end_to_end_id == end_to_end_id)
    }

    /// What all payments come to.
    pub fn total(&self) -> Fen {
        Fen(self.lines.iter().map(|line| line.amount.0).sum())
    }

    /// The payments whose payee is to be looked into: to an account under another name than the party's, or to one that is another
    /// party's too, which those of the cases `shared` go to. Whoever releases the batch names each of them.
    pub fn to_look_into(&self, shared: impl Fn(CaseId) -> bool) -> impl Iterator<Item = &BatchLine> {
        self.lines.iter().filter(move |line| line.is_to_another_name() || shared(line.case))
    }

    /// The payments to an account that no file for the bank can hold, which none taken in today is: with one of them in the batch
    /// there is no file, so that nothing of the batch can have been paid.
    pub fn unwritable(&self) -> impl Iterator<Item = &BatchLine> {
        self.lines.iter().filter(|line| !is_writable(&line.account))
    }

    /// What was paid, what failed or came back, and what is open, in fen; together [`Batch::total`].
    pub fn totals(&self) -> (Fen, Fen, Fen) {
        let (mut paid, mut failed, mut open) = (0, 0, 0);
        for line in &self.lines {
            match line.outcome {
                Some(PaymentOutcome::Paid { .. }) => paid += line.amount.0,
                Some(PaymentOutcome::Failed { .. } | PaymentOutcome::Returned { .. }) => failed += line.amount.0,
                None => open += line.amount.0,
            }
        }
        (Fen(paid), Fen(failed), Fen(open))
    }

    /// Whether an actor may release it now.
    ///
    /// # Errors
    /// Why not.
    pub fn may_release(&self, actor: &Actor) -> Result<UserId, Refusal> {
        let user = actor.user().filter(|_| actor.has(Role::Finance)).ok_or(Refusal::NeedsRole(Role::Finance))?;
        match self.stage {
            BatchStage::Drafted | BatchStage::HalfReleased => {}
            _ => {
                let (zh, en) = ("这一批已经放款或作废", "the batch was released or cancelled already");
                return Err(Refusal::WrongBatchStage(zh, en));
            }
        }
        if self.lines.is_empty() {
            return Err(Refusal::WrongBatchStage("这一批里没有拨付", "the batch is empty"));
        }
        if self.released_by.contains(&user) {
            return Err(Refusal::SecondPersonNeeded);
        }
        Ok(user)
    }

    /// Releases it, by the first or the second person. After the second, true: the file may go to the bank. `confirmed` are
    /// the cases that the person has looked into, because the money goes to another name than the party's or, as for those that are
    /// `shared`, to an account that is another party's too: all of them and no other, since a signature for what was not seen is
    /// none. It is kept which other parties those are. `debtor` is the account that it is paid from, for good.
    ///
    /// # Errors
    /// Why it may not be released.
    pub fn release(
        &mut self,
        actor: &Actor,
        confirmed: &[CaseId],
        shared: &SharedWith,
        debtor: &BankAccount,
        now: Moment,
    ) -> Result<bool, Refusal> {
        let user = self.may_release(actor)?;
        let unwritable: Vec<String> = self.unwritable().map(|line| line.number.clone()).collect();
        if !unwritable.is_empty() {
            return Err(Refusal::AccountsUnwritable(unwritable));
        }
        let meant: Vec<&BatchLine> = self.to_look_into(|case| shared.contains_key(&case)).collect();
        let open = meant.iter().filter(|line| !confirmed.contains(&line.case));
        let open: Vec<String> = open.map(|line| line.number.clone()).collect();
        if !open.is_empty() {
            return Err(Refusal::PayeesNotConfirmed(open));
        }
        let cases: Vec<CaseId> = meant.iter().map(|line| line.case).collect();
        if confirmed.iter().any(|case| !cases.contains(case)) {
            return Err(Refusal::NoSuch("笔要核实收款账户的付款", "payment whose account is to be looked into"));
        }
        if !cases.is_empty() {
            self.confirmed.push(Confirmed { by: user, at: now, cases, shared: shared.clone() });
        }
        self.released_by.push(user);
        self.debtor = Some(debtor.clone());
        let both = self.released_by.len() == 2;
        self.stage = if both { BatchStage::Released } else { BatchStage::HalfReleased };
        self.released_at = both.then_some(now);
        Ok(both)
    }

    /// The number of its file, as the bank hands it back.
    pub fn message_id(&self) -> String {
        format!("DXB{}", self.id)
    }

    /// The day the bank is asked to pay.
    pub fn execution_day(&self) -> NaiveDate {
        self.released_at.unwrap_or(self.created_at).day()
    }
}
