//! What the bank has said that does not go with what is recorded: on the batch's page until another person than who has read it has
//! looked into it.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use duixian_casework::batch::Batch;
use duixian_casework::doubt::{Doubt, Doubted};
use duixian_rules::vocabulary::Lang;

use super::batch::{People, at, person, words};
use super::{release, results};
use crate::format;
use crate::forms::Posted;
use crate::list::{Cell, Column, List, Row, Value};
use crate::locale::Text;
use crate::portal::Portal;
use crate::problem::Problem;
use crate::viewer::Viewer;

/// A doubt as its batch's page shows it.
pub(super) struct Shown {
    /// Its place among the batch's doubts.
    pub place: usize,
    /// What the bank says.
    pub text: Text,
    /// Who has read it, when; and of one that has ended how, by whom and on what grounds.
    pub by: Text,
    /// Whether there is something to confirm.
    pub frees_money: bool,
    /// Why the viewer can't end it; none where they can.
    pub refused: Option<Text>,
}

/// The doubts of a batch: those that are open, and those that were ended.
pub(super) fn shown(batch: &Batch, people: &People, viewer: &Viewer) -> (Vec<Shown>, Vec<Shown>) {
    let all = batch.doubts.iter().enumerate().map(|(place, doubt)| Shown {
        place,
        text: text(&doubt.what),
        by: by(doubt, people),
        frees_money: doubt.what.frees_money(),
        refused: batch.may_end_doubt(place, &viewer.actor).err().map(|refusal| words(&refusal)),
    });
    all.partition(|one| batch.doubts[one.place].end.is_none())
}

/// What waits in all batches for a second person to confirm, by which money can be paid again: whose, how much, since when.
pub(super) fn waiting(batches: &[Batch], people: &People) -> List {
    let columns = vec![
        Column::text("number", ("编号", "Number")),
        Column::text("party", ("单位", "Party")),
        Column::money("amount", ("金额（元）", "Amount (yuan)")),
        Column::text("batch", ("批次", "Batch")),
        Column::text("what", ("银行说", "The bank says")),
        Column::text("by", ("报告人", "Reported by")),
        Column::date("since", ("从什么时候起", "Since")),
    ];
    let mut list = List::new(("退汇，等第二人核实", "Came back, to be looked into"), columns).cards();
    for batch in batches {
        for (_, doubt) in batch.open_doubts().filter(|(_, doubt)| doubt.what.frees_money()) {
            let id = doubt.what.end_to_end_id();
            let Some(line) = batch.lines.iter().find(|line| line.end_to_end_id == id) else { continue };
            list.push(Row::new(vec![
                Cell::text(line.number.clone()).link(format!("/work/cases/{}", line.case.0)),
                Cell::text(line.party.clone()),
                Cell::money(line.amount),
                Cell::text(batch.number.clone()).link(format!("/finance/batches/{}#doubts", batch.id)),
                Cell::pair(text(&doubt.what)),
                Cell::text(person(people, doubt.by)),
                Cell::of(Value::Moment(doubt.at.local())),
            ]));
        }
    }
    list
}

/// What a doubt is about, in words.
pub(super) fn text(what: &Doubted) -> Text {
    match what {
        Doubted::Returned(back) => {
            let reference = back.reference.as_ref();
            let of = |before: &str| reference.map_or_else(String::new, |number| format!("{before}{number}"));
            Text::new(
                format!(
                    "{}：银行说，已付的款项于{}退回：{}{}",
                    back.end_to_end_id,
                    format::date(Lang::Zh, back.on),
                    back.reason,
                    of("，退汇流水 ")
                ),
                format!(
                    "{}: the bank says that what was paid came back on {}: {}{}",
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
        Doubted::Odd(odd) => results::oddity(odd),
    }
}

fn by(doubt: &Doubt, people: &People) -> Text {
    let read = (person(people, doubt.by), at(doubt.at, Lang::Zh), at(doubt.at, Lang::En));
    let (zh, en) = (format!("{} {}读入", read.0, read.1), format!("read by {}, {}", read.0, read.2));
    let Some(end) = &doubt.end else { return Text::new(zh, en) };
    let who = person(people, end.by);
    let grounds = |colon: &str| if end.grounds.is_empty() { String::new() } else { format!("{colon}{}", end.grounds) };
    Text::new(
        format!("{zh}；{who} {}{}{}", at(end.at, Lang::Zh), end.how.label(Lang::Zh), grounds("：")),
        format!("{en}; {} by {who}, {}{}", end.how.label(Lang::En), at(end.at, Lang::En), grounds(": ")),
    )
}

/// `POST /finance/batches/{id}/doubts/{place}`
pub async fn end(
    State(portal): State<Arc<Portal>>,
    viewer: Viewer,
    Path((id, place)): Path<(i64, usize)>,
    posted: Posted,
) -> Result<Response, Problem> {
    let (key, is_confirmed) = (posted.key()?, posted.get("end") == "confirm");
    let outcome = portal.store.end_doubt(&viewer.actor, &key, id, place, is_confirmed, posted.get("grounds")).await;
    let done = match is_confirmed {
        true => ("已确认并入账", "Confirmed and recorded"),
        false => ("已核实，原来的记录不变", "Looked into; what was recorded stands"),
    };
    release::told(&portal, id, outcome.map(|_| done.into()))
}
