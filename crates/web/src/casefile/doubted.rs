//! What the bank says that does not go with what is recorded, in words, and what was found of it.

use duixian_casework::case::PaymentOutcome;
use duixian_casework::doubt::Doubted;
use duixian_casework::settlement::{Oddity, Stray};
use duixian_rules::vocabulary::Lang;
use duixian_store::cases::Finding;

use super::file::local;
use crate::format;
use crate::locale::Text;
use crate::ui::{Event, EventKind};

/// What was found, as officials read it in a case's history: that the record stands, or that a return never was. What else was confirmed is
/// an event of the case itself. `reader` is who had read it, or put it forward; the number of a strange account stands as its last digits.
pub fn found(finding: &Finding, reader: &str) -> Option<Event> {
    let Finding { what, grounds, .. } = finding;
    let (title, zh, en) = match finding.is_confirmed {
        true if !finding.undoes_a_return() => return None,
        true => (UNDONE, "提出", "put forward"),
        false if matches!(what, Doubted::NotReturned { .. }) => (STANDS, "提出", "put forward"),
        false => (STANDS, "读入", "read"),
    };
    let said = text(&masked(what));
    let after = |colon: &str| if grounds.is_empty() { String::new() } else { format!("{colon}{grounds}") };
    let note = Text::new(
        format!(
            "{}。{reader}{zh}，{}{}",
            said.zh,
            if finding.is_confirmed { "另一人确认" } else { "另一人核实" },
            after("：")
        ),
        format!(
            "{}. {en} by {reader}, {} by another person{}",
            said.en,
            if finding.is_confirmed { "confirmed" } else { "looked into" },
            after(": ")
        ),
    );
    let kind = if finding.is_confirmed { EventKind::Good } else { EventKind::Plain };
    Some(Event::new(title, local(finding.at)).by(Text::same(finding.by_name.clone())).kind(kind).note(note))
}

/// That the record stands.
pub const STANDS: (&str, &str) = ("回单已核实，维持原记录", "The bank's answer looked into: the record stands");

/// That a return never was.
pub const UNDONE: (&str, &str) = ("退汇记错了，钱没有退回", "The return was a mistake: the money never came back");

fn masked(what: &Doubted) -> Doubted {
    let mut what = what.clone();
    if let Doubted::Odd(Oddity::OtherAccount { said, .. }) = &mut what {
        let digits = said.chars().count();
        *said = format!("**** {}", said.chars().skip(digits.saturating_sub(4)).collect::<String>());
    }
    what
}

/// What a doubt is about, in words.
pub fn text(what: &Doubted) -> Text {
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
        Doubted::Odd(odd) => oddity(odd),
    }
}

/// What does not fit, in words.
pub fn oddity(oddity: &Oddity) -> Text {
    match oddity {
        Oddity::Unknown(one) => stray(one),
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
        Oddity::PaidAfterAll(id) => Text::new(
            format!("{id}：以前记为拨付失败，现在银行说已付，请向银行核实。"),
            format!("{id}: recorded as failed before, paid by what the bank says now: ask the bank."),
        ),
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

/// What the bank says of a payment that its batch does not have any more: what people ask it about.
fn stray(one: &Stray) -> Text {
    let id = one.end_to_end_id();
    let Stray::Said { amount, outcome, failed_by, .. } = one else {
        return Text::new(format!("{id}：这一批没有这笔付款"), format!("{id}: the batch has no such payment"));
    };
    let (said, said_en) = match outcome {
        PaymentOutcome::Paid { reference, on } => (
            format!("{}已付，流水 {reference}", format::date(Lang::Zh, on)),
            format!("paid on {}, number {reference}", format::date(Lang::En, on)),
        ),
        PaymentOutcome::Failed { reason } | PaymentOutcome::Returned { reason, .. } => {
            let by = |words: &str| failed_by.as_ref().map_or_else(String::new, |number| format!("{words}{number}"));
            (
                format!("失败或退回：{reason}{}", by("，流水 ")),
                format!("failed or came back: {reason}{}", by(", by its entry ")),
            )
        }
    };
    let [zh, en] = [Lang::Zh, Lang::En].map(|lang| format::yuan(lang, *amount));
    Text::new(
        format!("{id}：这一批没有这笔付款，银行说：{zh}，{said}"),
        format!("{id}: the batch has no such payment; the bank says: {en}, {said_en}"),
    )
}
