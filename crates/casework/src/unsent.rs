//! What may be done to a payment batch as long as nothing of it can be with the bank.

use std::collections::BTreeSet;

use crate::batch::{Batch, BatchStage};
use crate::case::CaseId;
use crate::refusal::Refusal;

impl Batch {
    /// That its file can't be with the bank. What may be there can't be unsent: nothing is taken out any more, and no signature is
    /// void. `is_fetched` says whether anyone has fetched the file.
    ///
    /// # Errors
    /// [`Refusal::FileAtBank`] once someone has fetched it, or the bank has answered.
    pub fn not_at_bank(&self, is_fetched: bool) -> Result<(), Refusal> {
        if is_fetched || self.is_answered() { Err(Refusal::FileAtBank) } else { Ok(()) }
    }

    /// Whether the bank has answered it, in whatever way: then its file was sent.
    pub fn is_answered(&self) -> bool {
        !self.results.is_empty() || self.lines.iter().any(|line| line.outcome.is_some())
    }

    /// Whether it may still be changed: payments taken out, or all of it cancelled. It may, whoever has released it, as long as nobody has
    /// fetched the file: what is found wrong by then was sent nowhere.
    ///
    /// # Errors
    /// [`Refusal::FileAtBank`], or [`Refusal::WrongBatchStage`] of one that was settled or cancelled.
    pub fn may_change(&self, is_fetched: bool) -> Result<(), Refusal> {
        match self.stage {
            BatchStage::Settled | BatchStage::Cancelled => Err(Refusal::WrongBatchStage(
                "这一批已经办完或作废，不能再改",
                "the batch was settled or cancelled: it cannot be changed",
            )),
            _ => self.not_at_bank(is_fetched),
        }
    }

    /// Takes payments out, all of them or none; releases given before are void, since they were for other contents.
    ///
    /// # Errors
    /// If its file may be with the bank, or it lacks one of the payments.
    pub fn take_out(&mut self, cases: &BTreeSet<CaseId>, is_fetched: bool) -> Result<(), Refusal> {
        self.may_change(is_fetched)?;
        let there: BTreeSet<CaseId> = self.lines.iter().map(|line| line.case).collect();
        if cases.is_empty() || !cases.is_subset(&there) {
            return Err(Refusal::NoSuch("笔拨付", "payment"));
        }
        self.lines.retain(|line| !cases.contains(&line.case));
        self.void_release();
        Ok(())
    }

    /// Takes back what was released: what was signed is not what there is any more.
    pub fn void_release(&mut self) {
        self.released_by.clear();
        self.released_at = None;
        self.confirmed.clear();
        self.debtor = None;
        self.stage = BatchStage::Drafted;
    }
}
