//! What the bank says that does not go with what is recorded, in words.

use std::collections::BTreeMap;

use duixian_casework::batch::Batch;
use duixian_casework::case::Case;
use duixian_casework::doubt::{Doubt, Doubted};
use duixian_casework::refusal::Refusal;
use duixian_casework::settlement::Oddity;
use duixian_casework::stage::Stage;
use duixian_rules::vocabulary::Lang;

use crate::format;
use crate::locale::Text;
use crate::portal::Portal;
use crate::problem::Problem;

/// What is to be done about payments that were recorded as failed and that the bank calls paid, each by what has become of its case.
#[derive(Default)]
pub(super) struct After {
    words: BTreeMap<String, Text>,
    /// The cases.
    cases: BTreeMap<String, Case>,
}

impl After {
    /// Of what is said of a batch's payments.
    pub async fn of(portal: &Portal, batch: &Batch, said: impl Iterator<Item = &Oddity>) -> Result<After, Problem> {
        let mut after = After::default();
        for oddity in said {
            let Oddity::PaidAfterAll(id) = oddity else { continue };
            let Some(line) = batch.lines.iter().find(|line| line.end_to_end_id == *id) else { continue };
            let case = portal.store.case(line.case).await?;
            after.words.insert(id.clone(), after_all(portal, &case, id).await?);
            after.cases.insert(id.clone(), case);
        }
        Ok(after)
    }

    /// Why a doubt can't be ended by letting the record stand; none where it can.
    pub fn keeps_open(&self, doubt: &Doubt) -> Option<Refusal> {
        doubt.may_be_dismissed(self.cases.get(doubt.what.end_to_end_id())?).err()
    }

    /// Of what was brought up of a batch.
    pub async fn of_doubts(portal: &Portal, batch: &Batch) -> Result<After, Problem> {
        let odd = batch.doubts.iter().filter(|doubt| doubt.end.is_none()).filter_map(|doubt| match &doubt.what {
            Doubted::Odd(odd) => Some(odd),
            _ => None,
        });
        After::of(portal, batch, odd).await
    }
}

/// The same of one payment.
async fn after_all(portal: &Portal, case: &Case, id: &str) -> Result<Text, Problem> {
    let doubted = case.payments.iter().any(|payment| payment.end_to_end_id == id && payment.is_paid_after_all);
    let mut others = case.payments.iter().filter(|payment| payment.end_to_end_id != id);
    if let Some(open) = case.open_payment() {
        let number = portal.store.batch(open.batch).await?.number;
        return Ok(Text::new(
            format!(
                "本件已列入批次 {number}，那一批现在不能放款：把它移出（付款文件已有人下载的移不出，请银行止付），确已付到的再读一次这份回单"
            ),
            format!(
                "Its case is in batch {number}, which can't be released: take it out there (if its file was fetched, ask the bank to \
                 stop the payment), and if it did arrive read this answer once more"
            ),
        ));
    }
    let words = if others.any(|payment| payment.is_called_paid()) {
        (
            "本件已另外拨付，可能付了两次，多付的已记入资金；确已付两次的请追回一笔，读入退回的回单",
            "Its case was paid otherwise, so that it may be paid twice, which is booked: have one of them sent back, and read the answer \
             that says so",
        )
    } else if doubted && may_not_be_paid_by(case) {
        (
            "付款以后撤销过审定、重新审定：确已付到的请审定人员撤销现在的审定，本件不再拨付",
            "It was decided anew since that payment: if it did arrive, have that decision revoked, so that nothing more is paid",
        )
    } else if doubted && case.granted().is_none() {
        (
            "本件已经不再支持，付出的钱已记入资金；同一事项不再支持，另有一件在办的也不能再付",
            "Nothing is granted to its case any more; what was paid is booked, and nothing more is granted or paid for the same, in \
             another case neither",
        )
    } else {
        return Ok(Text::default());
    };
    Ok(words.into())
}

/// Whether a case waits for payment that no earlier one can pay, since it was decided anew.
fn may_not_be_paid_by(case: &Case) -> bool {
    matches!(case.stage, Stage::Payable | Stage::PaymentFailed) && !case.revoked.is_empty()
}

/// What a doubt is about, in words.
pub(super) fn text(what: &Doubted, after: &After) -> Text {
    match what {
        Doubted::Returned(back) => {
            let reference = back.reference.as_ref();
            let of = |before: &str| reference.map_or_else(String::new, |number| format!("{before}{number}"));
            Text::new(
                format!(
                    "{}：银行先说已付，又说于{}退回或者没有付成：{}{}",
                    back.end_to_end_id,
                    format::date(Lang::Zh, back.on),
                    back.reason,
                    of("，退汇流水 ")
                ),
                format!(
                    "{}: called paid first; the bank now says that it came back, or was not made, on {}: {}{}",
                    back.end_to_end_id,
                    format::date(Lang::En, back.on),
                    back.reason,
                    of(", by its entry ")
                ),
            )
        }
        Doubted::FailedAgain { end_to_end_id, reason, reference } => {
            let of = |words: &str| reference.as_ref().map_or_else(String::new, |number| format!("{words}{number}"));
            Text::new(
                format!("{end_to_end_id}：银行先说失败、又说已付，现在再次说失败：{reason}{}", of("，流水 ")),
                format!(
                    "{end_to_end_id}: called failed, then paid, and now failed once more: {reason}{}",
                    of(", by its entry ")
                ),
            )
        }
        Doubted::Renumbered { end_to_end_id, recorded, reference, on } => Text::new(
            format!(
                "{end_to_end_id}：记录的银行流水是 {recorded}，银行现在说是 {reference}，{}付款",
                format::date(Lang::Zh, *on)
            ),
            format!(
                "{end_to_end_id}: recorded by the bank's number {recorded}; the bank now says {reference}, paid on {}",
                format::date(Lang::En, *on)
            ),
        ),
        Doubted::PaidAgain { end_to_end_id, reference, on } => Text::new(
            format!(
                "{end_to_end_id}：这笔款记录为失败或退回，银行现在又说{}付出（流水 {reference}），不晚于失败或退回的日子，可能就是退回以前的那一次",
                format::date(Lang::Zh, *on)
            ),
            format!(
                "{end_to_end_id}: recorded as failed or sent back; the bank now says that it was paid on {} (number {reference}), no later than \
                 that: it may tell of what was before it came back",
                format::date(Lang::En, *on)
            ),
        ),
        Doubted::NotReturned { end_to_end_id, reference, on, reason, proof } => Text::new(
            format!(
                "{end_to_end_id}：这笔款{}付出（流水 {reference}），记录为退汇；有人提出其实没有退回：{reason}（凭据：{proof}）",
                format::date(Lang::Zh, *on)
            ),
            format!(
                "{end_to_end_id}: paid on {} (number {reference}) and recorded as come back; it was put forward that it has not: {reason} (by {proof})",
                format::date(Lang::En, *on)
            ),
        ),
        Doubted::Odd(odd) => oddity(odd, after),
    }
}

/// What does not fit, in words.
pub(super) fn oddity(oddity: &Oddity, after: &After) -> Text {
    match oddity {
        Oddity::Unknown(id) => {
            Text::new(format!("{id}：这一批没有这笔付款"), format!("{id}: the batch has no such payment"))
        }
        Oddity::Amount { end_to_end_id, sent, said } => Text::new(
            format!(
                "{end_to_end_id}：发出 {}，银行说 {}",
                format::yuan(Lang::Zh, *sent),
                format::yuan(Lang::Zh, *said)
            ),
            format!(
                "{end_to_end_id}: {} were sent, the bank says {}",
                format::yuan(Lang::En, *sent),
                format::yuan(Lang::En, *said)
            ),
        ),
        Oddity::Day { end_to_end_id, said } => Text::new(
            format!(
                "{end_to_end_id}：银行说的日期 {} 在放款以前或今天以后，没有记，请与银行核实",
                format::date(Lang::Zh, *said)
            ),
            format!(
                "{end_to_end_id}: {} is before the release or after today; not recorded, ask the bank",
                format::date(Lang::En, *said)
            ),
        ),
        Oddity::OtherFile { end_to_end_id, said } => Text::new(
            format!("{end_to_end_id}：银行说它属于付款文件 {said}，不是这一批的，没有记，请与银行核实"),
            format!(
                "{end_to_end_id}: the bank says that file {said} asked for it, not this batch's; not recorded, ask the bank"
            ),
        ),
        Oddity::OtherAccount { end_to_end_id, said } => Text::new(
            format!("{end_to_end_id}：银行说是从账户 {said} 付的，不是本单位的付款账户，没有记，请与银行核实"),
            format!(
                "{end_to_end_id}: the bank says that account {said} paid it, which is not ours; not recorded, ask the bank"
            ),
        ),
        Oddity::PaidAfterAll(id) => {
            let now = after.words.get(id).cloned().unwrap_or_default();
            Text::new(
                format!("{id}：以前记为拨付失败，现在银行说已付，请向银行核实。{}", now.zh),
                format!("{id}: recorded as failed before, paid by what the bank says now: ask the bank. {}", now.en),
            )
        }
        Oddity::Reference { end_to_end_id, said, other } => Text::new(
            format!(
                "{end_to_end_id}：银行流水 {said} 已经是付款 {other} 的凭据，一个流水号只能证明一笔付款，没有记，请与银行核实"
            ),
            format!(
                "{end_to_end_id}: the bank's reference {said} is recorded for payment {other} already and proves one payment; not \
                 recorded, ask the bank"
            ),
        ),
        Oddity::Contradicts(id) => Text::new(
            format!(
                "{id}：与以前记的结果相反，保留以前的，请与银行核实；如果是付后退汇，把这份回单重新读一次，由另一人确认"
            ),
            format!(
                "{id}: contradicts what was recorded, which stands; ask the bank. If what was paid came back, read this file again, and \
                 another confirms it"
            ),
        ),
    }
}
