//! What whoever pays is told of the payments before it for the same case: that it goes elsewhere now, how the last one ended and by
//! whose word, and what became of earlier ones to the same number.

use std::collections::BTreeMap;

use duixian_casework::account::number_key;
use duixian_casework::batch::{Batch, BatchLine};
use duixian_casework::case::{BankAccount, Case, CaseId, PaymentOutcome};
use duixian_rules::vocabulary::Lang;

use super::batch::{People, at, person};
use super::masked;
use crate::locale::Text;
use crate::portal::Portal;
use crate::problem::Problem;

/// That a payment goes to another account than the one before it, whose change that was, and when. Whoever pays and whoever audits
/// reads the numbers whole.
pub(super) fn account_mark(line: &BatchLine, people: &People, sees_all: bool) -> Option<Text> {
    let before = line.before.as_ref()?;
    let (old, new) = (&before.payment.account, &line.account);
    if old == new {
        return None;
    }
    let number = |number: &str| if sees_all { number.to_owned() } else { masked(number) };
    let mut way = format!("{} → {}", number(&old.number), number(&new.number));
    if old.number == new.number {
        way = format!("{} {} → {} {}", old.holder, old.bank, new.holder, new.bank);
    }
    let by = |lang| {
        let (by, moment) = before.changed?;
        Some((by.map_or_else(String::new, |user| person(people, user)), at(moment, lang)))
    };
    Some(Text::new(
        match by(Lang::Zh) {
            Some((who, when)) => format!("▲ 本次账户与上次不同：{way}，{who} {when}更正"),
            None => format!("▲ 本次账户与上次不同：{way}"),
        },
        match by(Lang::En) {
            Some((who, when)) => format!("▲ Another account than last time: {way}, changed by {who}, {when}"),
            None => format!("▲ Another account than last time: {way}"),
        },
    ))
}

/// What to look at before a batch is released: the payments that go elsewhere than the one before them, and those that follow one
/// which failed, came back after it had been paid, or of which the bank has said both; and those to a number that an earlier one to
/// came to nothing.
pub(super) async fn to_look_at(
    portal: &Portal,
    batch: &Batch,
    people: &People,
    sees_all: bool,
) -> Result<Vec<(BatchLine, Text)>, Problem> {
    let mut cases: BTreeMap<CaseId, Case> = BTreeMap::new();
    // What has no payment before it has none to the same number either: few cases are loaded.
    for line in batch.lines.iter().filter(|line| line.before.is_some()) {
        cases.insert(line.case, portal.store.case(line.case).await?);
    }
    let marked = batch.lines.iter().filter_map(|line| {
        let last = line.before.as_ref().map_or("", |before| &before.payment.end_to_end_id);
        let marks = [ended_mark(line, people), account_mark(line, people, sees_all)].into_iter().flatten();
        let earlier = cases.get(&line.case).into_iter().flat_map(|case| to_the_same(case, &line.account, last));
        let marks: Vec<Text> = marks.chain(earlier).collect();
        (!marks.is_empty()).then(|| (line.clone(), joined(&marks)))
    });
    Ok(marked.collect())
}

/// Several marks as one.
pub(super) fn joined(marks: &[Text]) -> Text {
    let joined = |lang, between| marks.iter().map(|mark| mark.get(lang)).collect::<Vec<_>>().join(between);
    Text::new(joined(Lang::Zh, "；"), joined(Lang::En, "; "))
}

/// The earlier payments of a case to the number of an account that came to nothing, but the one that is told of otherwise. Another name of
/// the bank beside the number may be a correction, or the same account once more: only who pays can find out.
pub(super) fn to_the_same<'c>(case: &'c Case, account: &BankAccount, told: &'c str) -> impl Iterator<Item = Text> + 'c {
    let key = number_key(&account.number);
    let earlier = case.payments.iter().filter(move |payment| {
        payment.end_to_end_id != told && !payment.is_paid_after_all && number_key(&payment.account.number) == key
    });
    earlier.filter_map(|payment| {
        let id = &payment.end_to_end_id;
        match payment.outcome.as_ref()? {
            PaymentOutcome::Returned { reason, .. } => Some(Text::new(
                format!("▲ 这个账号在 {id} 付过，银行退回：{reason}"),
                format!("▲ {id} went to this number, and the bank sent it back: {reason}"),
            )),
            PaymentOutcome::Failed { reason } => Some(Text::new(
                format!("▲ 这个账号在 {id} 付过，没有付成：{reason}"),
                format!("▲ {id} went to this number, and failed: {reason}"),
            )),
            PaymentOutcome::Paid { .. } => None,
        }
    })
}

fn ended_mark(line: &BatchLine, people: &People) -> Option<Text> {
    let before = line.before.as_ref()?;
    let payment = &before.payment;
    let id = &payment.end_to_end_id;
    if let Some(cleared) = &payment.cleared {
        let (reader, other) = (person(people, cleared.reported_by), person(people, cleared.confirmed_by));
        return Some(Text::new(
            format!("▲ 上一笔 {id}，银行先说失败、又说已付，后由{reader}读入失败回单、{other}确认没有付到"),
            format!(
                "▲ The one before, {id}, was called failed and then paid; {reader} read that it failed, {other} confirmed it"
            ),
        ));
    }
    match &payment.outcome {
        Some(PaymentOutcome::Returned { returned_on, reason, .. }) => {
            let day = |lang| crate::format::date(lang, *returned_on);
            Some(Text::new(
                format!("▲ 上一笔 {id} 付出以后于{}退汇：{reason}", day(Lang::Zh)),
                format!("▲ The one before, {id}, was paid and came back on {}: {reason}", day(Lang::En)),
            ))
        }
        Some(PaymentOutcome::Failed { reason }) => {
            // One person's word has made it payable again: both who sign see whose.
            let by = |lang| {
                before
                    .failed
                    .map(|(by, moment)| (by.map_or_else(String::new, |by| person(people, by)), at(moment, lang)))
            };
            let zh = by(Lang::Zh).map_or_else(String::new, |(who, when)| format!("（{who} {when}记录）"));
            let en = by(Lang::En).map_or_else(String::new, |(who, when)| format!(" (recorded by {who}, {when})"));
            Some(Text::new(
                format!("▲ 上一笔 {id} 记为失败：{reason}{zh}，请先查对账户明细，确认那一笔没有付出"),
                format!(
                    "▲ The one before, {id}, was recorded as failed: {reason}{en}; look at the account's entries first, whether it \
                     was made all the same"
                ),
            ))
        }
        _ => None,
    }
}
