//! How the payments of a case ended, as it was recorded at the time: what the bank said first stays told whatever it said later.

use std::collections::HashMap;

use duixian_casework::case::{BankAccount, Payment};
use duixian_casework::event::What;
use duixian_casework::moment::Moment;
use duixian_casework::people::UserId;
use duixian_store::cases::JournalEntry;

use crate::format;
use crate::locale::{Lang, Text};
use crate::ui::{Event, EventKind};

/// What the bank said of the payments of a case, and which accounts were given in between; each at its moment. Who audits reads the
/// accounts whole, as on the case's page: it is by them that money went where it should, or did not.
pub(super) fn ends(history: &[JournalEntry], names: &HashMap<UserId, String>) -> Vec<(Moment, Event)> {
    let (mut payments, mut account): (Vec<&Payment>, Option<&BankAccount>) = (Vec::new(), None);
    let mut events = Vec::new();
    for entry in history {
        let who = |user: Option<UserId>| user.and_then(|user| names.get(&user).cloned()).unwrap_or_default();
        let paid = |id: &str| payments.iter().rev().find(|one| one.end_to_end_id == id).copied();
        let told = |text: Text, note: Text, kind| {
            (entry.at, Event::new(text, entry.at.local()).kind(kind).note(note).by(Text::same(who(entry.event.by))))
        };
        match &entry.event.what {
            What::PutInBatch(payment) => payments.push(payment),
            What::TakenOutOfBatch { batch, .. } => payments.retain(|payment| payment.batch != *batch),
            What::Saved { account: Some(given), .. } => account = Some(given),
            What::Paid { reference, on, after_all } => {
                let payment = after_all.as_deref().and_then(paid).or(payments.last().copied());
                let to = payment.map_or_else(String::new, to);
                let (zh, en) = (format::date(Lang::Zh, *on), format::date(Lang::En, *on));
                let text = Text::new(format!("{zh}到账"), format!("Arrived on {en}"));
                let note =
                    Text::new(format!("{to}，银行流水 {reference}"), format!("{to}, bank reference {reference}"));
                events.push(told(text, note, EventKind::Good));
            }
            What::PaymentFailed { reason, .. } => {
                let to = payments.last().map_or_else(String::new, |payment| to(payment));
                let note = Text::new(format!("{to}：{reason}"), format!("{to}: {reason}"));
                events.push(told(("拨付失败", "Payment failed").into(), note, EventKind::Bad));
            }
            What::PaymentReturned { back, reported_by, .. } => {
                let to = paid(&back.end_to_end_id).map_or_else(String::new, to);
                let (zh, en) = (format::date(Lang::Zh, back.on), format::date(Lang::En, back.on));
                let (reader, reference) = (who(Some(*reported_by)), back.reference.as_deref().unwrap_or("—"));
                let text = Text::new(format!("{zh}付后退汇"), format!("Came back on {en} after it had been paid"));
                let note = Text::new(
                    format!("{to}：{}，退汇流水 {reference}；{reader}读入，另一人确认", back.reason),
                    format!(
                        "{to}: {}, bank reference {reference}; read by {reader}, confirmed by another",
                        back.reason
                    ),
                );
                events.push(told(text, note, EventKind::Bad));
            }
            What::PaidAfterAll { end_to_end_id } => {
                let text =
                    ("银行称以前失败的一笔已付，暂停再付", "Paid after all, says the bank: nothing more is paid");
                events.push(told(text.into(), Text::same(end_to_end_id.clone()), EventKind::Bad));
            }
            What::FailedAfterAll { end_to_end_id, reported_by, .. } => {
                let reader = reported_by.map_or_else(String::new, |user| who(Some(user)));
                let note = match reported_by {
                    Some(_) => Text::new(
                        format!("{end_to_end_id}，{reader}读入，另一人确认"),
                        format!("{end_to_end_id}; read by {reader}, confirmed by another"),
                    ),
                    None => Text::same(end_to_end_id.clone()),
                };
                let text = ("银行再次称该笔未付", "Failed all the same, says the bank");
                events.push(told(text.into(), note, EventKind::Bad));
            }
            What::ReferenceCorrected { end_to_end_id, recorded, reference, on, reported_by } => {
                let (zh, en) = (format::date(Lang::Zh, *on), format::date(Lang::En, *on));
                let reader = who(Some(*reported_by));
                let note = Text::new(
                    format!("{end_to_end_id}：流水 {recorded} → {reference}，{zh}付款；{reader}读入，另一人确认"),
                    format!(
                        "{end_to_end_id}: {recorded} → {reference}, paid on {en}; read by {reader}, confirmed by another"
                    ),
                );
                events.push(told(("更正银行流水", "The bank's number corrected").into(), note, EventKind::Plain));
            }
            What::AccountCorrected { account: given, .. } => {
                let old = account.map_or_else(String::new, whole);
                let note = Text::same(format!("{old} → {}", whole(given)));
                events.push(told(("更正收款账户", "Account corrected").into(), note, EventKind::Plain));
                account = Some(given);
            }
            _ => {}
        }
    }
    events
}

fn to(payment: &Payment) -> String {
    whole(&payment.account)
}

fn whole(account: &BankAccount) -> String {
    format!("{} {} {}", account.holder, account.bank, account.number)
}
