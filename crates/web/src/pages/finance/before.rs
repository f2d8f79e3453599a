//! What whoever releases a payment is told of the one before it for the same case: that it goes elsewhere now, and how that one ended.

use duixian_casework::batch::{Batch, BatchLine};
use duixian_casework::case::PaymentOutcome;
use duixian_rules::vocabulary::Lang;

use super::batch::{People, at, person};
use super::masked;
use crate::locale::Text;

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
/// which came back after it had been paid, or of which the bank has said both.
pub(super) fn to_look_at(batch: &Batch, people: &People, sees_all: bool) -> Vec<(BatchLine, Text)> {
    batch
        .lines
        .iter()
        .filter_map(|line| {
            let marks = [ended_mark(line, people), account_mark(line, people, sees_all)];
            let marks: Vec<Text> = marks.into_iter().flatten().collect();
            let joined = |lang, between| marks.iter().map(|mark| mark.get(lang)).collect::<Vec<_>>().join(between);
            (!marks.is_empty()).then(|| (line.clone(), Text::new(joined(Lang::Zh, "；"), joined(Lang::En, "; "))))
        })
        .collect()
}

fn ended_mark(line: &BatchLine, people: &People) -> Option<Text> {
    let payment = &line.before.as_ref()?.payment;
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
        _ => None,
    }
}
