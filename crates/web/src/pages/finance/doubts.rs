//! What the bank has said that does not go with what is recorded: on the batch's page until another person than who has read it has
//! looked into it.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use duixian_casework::batch::{Batch, BatchLine};
use duixian_casework::case::CaseId;
use duixian_casework::doubt::{Doubt, Doubted};
use duixian_casework::settlement::References;
use duixian_rules::vocabulary::Lang;

use super::batch::{self, NotReleased, People, at, person, words};
use super::release;
use super::said::{self, After};
use crate::forms::Posted;
use crate::list::{Cell, Column, List, Row, Value};
use crate::locale::Text;
use crate::page::Page;
use crate::portal::Portal;
use crate::problem::{Problem, for_form};
use crate::viewer::Viewer;

/// A doubt as its batch's page shows it.
pub(super) struct Shown {
    /// Its place among the batch's doubts.
    pub place: usize,
    /// The payment that it is about; none of what the batch does not have.
    pub line: Option<BatchLine>,
    /// The case, and its number, of one that was taken out of the batch.
    pub stray: Option<(CaseId, String)>,
    /// What the bank says.
    pub text: Text,
    /// Who has read it, when; and of one that has ended how, by whom and on what grounds.
    pub by: Text,
    /// What there is to confirm; none where it can only be looked into.
    pub confirm: Option<Confirm>,
    /// Why the viewer can't end it; none where they can.
    pub refused: Option<Text>,
    /// Why the viewer can't let the record stand; none where they can.
    pub kept: Option<Text>,
    /// Why it was not ended just now; empty where nobody asked.
    pub why: Text,
    /// What was typed to let the record stand; none where nobody asked for that.
    pub typed: Option<String>,
}

/// What a second person confirms, and what is to be looked at before.
pub(super) struct Confirm {
    /// What to look at first, and what confirming does.
    pub first: Text,
    /// The button.
    pub button: Text,
    /// Whether how it was found out must be written down, since a wrong confirmation pays twice.
    pub takes_grounds: bool,
    /// Why nobody can confirm it now; none where someone can.
    pub refused: Option<Text>,
    /// What was typed to confirm it; none where nobody asked for that.
    pub typed: Option<String>,
}

/// How someone would have ended a doubt just now, and why they could not; empty where nobody asked.
#[derive(Default)]
pub(super) struct NotEnded {
    pub place: usize,
    pub is_confirmed: bool,
    pub grounds: String,
    pub why: Text,
}

/// What is known beside a batch's doubts.
pub(super) struct Known {
    /// What has become of their cases.
    pub after: After,
    /// The payments that have the numbers by which others are to be called paid.
    pub taken: BTreeMap<usize, Taken>,
    /// Whose the numbers are by which payments came back.
    pub shared: References,
}

/// That the number by which a payment is to be called paid proves another.
pub(super) struct Taken {
    number: String,
    /// The other.
    other: String,
    /// Whether the other is to have this one's number, as the bank says now: both are set right in one.
    is_mirrored: bool,
}

/// The numbers, by the places of what waits, that prove another payment already: what gives one is not confirmed.
pub(super) async fn taken(portal: &Portal, batch: &Batch) -> Result<BTreeMap<usize, Taken>, Problem> {
    let number_of = |what: &Doubted| what.reference().filter(|_| !what.frees_money()).map(str::to_owned);
    let said = batch.open_doubts().filter_map(|(place, doubt)| Some((place, &doubt.what, number_of(&doubt.what)?)));
    let said: Vec<(usize, &Doubted, String)> = said.collect();
    let numbers = said.iter().map(|(_, _, number)| number.as_str());
    let known = portal.store.payments_proved_by(&numbers.collect()).await?;
    let mut taken = BTreeMap::new();
    for (place, what, number) in said {
        let payments = known.get(&number).filter(|payments| !payments.contains(what.end_to_end_id()));
        let Some(other) = payments.and_then(|payments| payments.first()) else { continue };
        let mut is_mirrored = false;
        for case in portal.store.cases_by_payment(other).await? {
            let case = portal.store.case(case).await?;
            let payment = case.payments.iter().find(|payment| payment.end_to_end_id == *other);
            if let Some(payment) = payment {
                is_mirrored = portal.store.batch(payment.batch).await?.mirror(what).is_some();
            }
        }
        taken.insert(place, Taken { number, other: other.clone(), is_mirrored });
    }
    Ok(taken)
}

impl Confirm {
    /// Of one by whose number another payment came back, too, or was paid, it says which.
    fn beside(what: &Doubted, shared: &References, taken: Option<&Taken>) -> Option<Confirm> {
        let confirm = Confirm::of(what)?;
        if let Some(Taken { number, other, is_mirrored }) = taken {
            return Some(match is_mirrored {
                true => Confirm {
                    first: Text::new(
                        format!(
                            "银行流水 {number} 现在记在 {other} 上，两笔记成了对方的流水：确认以后一并更正。{}",
                            confirm.first.zh
                        ),
                        format!(
                            "The bank's number {number} is recorded for {other} now, and that one is to have this one's: both are set right. {}",
                            confirm.first.en
                        ),
                    ),
                    ..confirm
                },
                false => Confirm {
                    refused: Some(Text::new(
                        format!(
                            "现在不能确认：银行流水 {number} 已经用于 {other}，一笔流水只能证明一笔，请向银行查清。{other} 的流水也记错了的，先读入 {other} 的回单并更正；没有记错的，维持原记录"
                        ),
                        format!(
                            "This can't be confirmed now: the bank's number {number} proves {other} already, and no other; ask the bank. If {other} has a wrong \
                             number too, read the answer about it and correct that first; if not, let the record stand"
                        ),
                    )),
                    ..confirm
                },
            });
        }
        let number = what.reference().filter(|_| what.frees_money());
        let payments = number.and_then(|number| shared.get(number)).into_iter().flatten();
        let others: Vec<&str> = payments.map(String::as_str).filter(|one| *one != what.end_to_end_id()).collect();
        let (Some(number), false) = (number, others.is_empty()) else { return Some(confirm) };
        let first = Text::new(
            format!(
                "银行流水 {number} 也是 {} 的：请向银行查清这一笔是不是确实退回了。{}",
                others.join("、"),
                confirm.first.zh
            ),
            format!(
                "The bank's number {number} is that of {} too: ask the bank whether this one did come back. {}",
                others.join(", "),
                confirm.first.en
            ),
        );
        Some(Confirm { first, ..confirm })
    }

    fn of(what: &Doubted) -> Option<Confirm> {
        let (first, button) = match what {
            Doubted::Odd(_) => return None,
            Doubted::Renumbered { .. } => (
                (
                    "请先查对付款账户的明细：这笔款只付出过一次，流水和日期以银行现在说的为准，才可确认；付出过两次的不要确认，请向收款单位追回一笔。确认以后原来的流水不再是这笔的凭据，可以用于它真正对应的那一笔：把那一笔的回单再读一次。两笔记成了对方的流水的，读入两笔的回单，确认其中一项，两笔一并更正。",
                    "Look at the account's entries first: confirm only if this left once, by the number and on the day that the bank gives now. If it left twice do not confirm, but have one of the two sent back. Once confirmed, the number that was recorded proves this payment no more: read the answer about the payment that it belongs to once again. Where two have each other's numbers, read the answers about both and confirm one: both are set right.",
                ),
                ("确认，以银行现在说的为准", "Confirm: as the bank says now"),
            ),
            Doubted::NotReturned { .. } => (
                (
                    "请先查对付款账户的明细：钱确实没有退回、不在账上，才可确认，确认以后这笔恢复为已付；钱在账上的，维持原记录。",
                    "Look at the account's entries first: confirm only if the money never came back and is not there; the payment then counts as made again. If the money is there, let the record stand.",
                ),
                ("确认，没有退回", "Confirm: it has not come back"),
            ),
            Doubted::PaidAgain { .. } => (
                (
                    "请先查对付款账户的明细：失败或退回以后又付出过，钱现在不在账上，才可确认，确认以后记为已付：本件已另外拨付的，就是付了两次，多付的记入资金，要追回；说的是退回以前的那一次、钱在账上的，维持原记录，可以再付。",
                    "Look at the account's entries first: confirm only if it left once more after it had come back, so that the money is not there; it is then recorded as paid. If its case was paid otherwise it was paid twice, which is booked, and one of them is to be sent back. If this tells of what was before it came back, and the money is there, let the record stand: it can be paid again.",
                ),
                ("确认，钱已付出", "Confirm: the money has left"),
            ),
            Doubted::Returned(_) | Doubted::FailedAgain { .. } => (
                (
                    "请先查对付款账户的明细，钱确在账上再确认：确认以后这笔钱可以再付，确认错了会付两次。退汇的，钱回到本件的预留，企业会收到更正收款账户的通知。",
                    "Look at the account's entries first, and confirm only if the money is there: from then on it can be paid again, and if it is not there it is paid twice. What came back is reserved for its case again, and the firm is asked for another account.",
                ),
                ("确认，钱在账上", "Confirm: the money is there"),
            ),
        };
        let (takes_grounds, refused, typed) = (what.frees_money(), None, None);
        Some(Confirm { first: first.into(), button: button.into(), takes_grounds, refused, typed })
    }
}

impl Shown {
    /// Puts what was typed back where it was typed, or into the form that is still offered.
    fn keep_typed(&mut self, not_ended: &NotEnded) {
        self.why = not_ended.why.clone();
        let typed = Some(not_ended.grounds.clone());
        match self.confirm.as_mut().filter(|confirm| confirm.refused.is_none()) {
            Some(confirm) if not_ended.is_confirmed || self.kept.is_some() => confirm.typed = typed,
            _ => self.typed = typed,
        }
    }
}

/// The doubts of a batch: those that are open, and those that were ended.
pub(super) fn shown(
    batch: &Batch,
    known: &Known,
    not_ended: &NotEnded,
    people: &People,
    viewer: &Viewer,
) -> (Vec<Shown>, Vec<Shown>) {
    let Known { after, taken, shared } = known;
    let refused = |place| batch.may_end_doubt(place, &viewer.actor).err();
    let kept = |place, doubt| batch.may_dismiss(place, &viewer.actor).err().or_else(|| after.keeps_open(doubt));
    let all = batch.doubts.iter().enumerate().map(|(place, doubt)| {
        let mut shown = Shown {
            place,
            line: batch.line(doubt.what.end_to_end_id()).cloned(),
            stray: after.stray(doubt.what.end_to_end_id(), batch),
            text: said::text(&doubt.what, after),
            by: by(doubt, people),
            confirm: Confirm::beside(&doubt.what, shared, taken.get(&place)),
            refused: refused(place).map(|refusal| words(&refusal)),
            kept: kept(place, doubt).map(|refusal| words(&refusal)),
            why: Text::default(),
            typed: None,
        };
        if not_ended.place == place && !not_ended.why.is_empty() {
            shown.keep_typed(not_ended);
        }
        shown
    });
    all.partition(|one| batch.doubts[one.place].end.is_none())
}

/// What waits in all batches for a second person to confirm, by which money can be paid again, or counts as paid though it was recorded as come
/// back: whose, how much, since when.
pub(super) fn waiting(batches: &[Batch], people: &People) -> List {
    let columns = vec![
        Column::text("number", ("编号", "Number")),
        Column::text("party", ("单位", "Party")),
        Column::money("amount", ("金额（元）", "Amount (yuan)")),
        Column::text("batch", ("批次", "Batch")),
        Column::text("what", ("说的是", "What is said")),
        Column::text("by", ("报告人", "Reported by")),
        Column::date("since", ("从什么时候起", "Since")),
    ];
    let mut list = List::new(
        ("说是退回、没有付成，或者退汇记错了的", "What is said to have come back or failed, or not to have come back"),
        columns,
    )
    .cards();
    let is_listed = |doubt: &Doubt| doubt.what.frees_money() || matches!(doubt.what, Doubted::NotReturned { .. });
    for batch in batches {
        for (_, doubt) in batch.open_doubts().filter(|(_, doubt)| is_listed(doubt)) {
            let id = doubt.what.end_to_end_id();
            let Some(line) = batch.lines.iter().find(|line| line.end_to_end_id == id) else { continue };
            list.push(Row::new(vec![
                Cell::text(line.number.clone()).link(format!("/work/cases/{}", line.case.0)),
                Cell::text(line.party.clone()),
                Cell::money(line.amount),
                Cell::text(batch.number.clone()).link(format!("/finance/batches/{}#doubts", batch.id)),
                Cell::pair(said::text(&doubt.what, &After::default())),
                Cell::text(person(people, doubt.by)),
                Cell::of(Value::Moment(doubt.at.local())),
            ]));
        }
    }
    list
}

fn by(doubt: &Doubt, people: &People) -> Text {
    let read = (person(people, doubt.by), at(doubt.at, Lang::Zh), at(doubt.at, Lang::En));
    let (zh, en) = match doubt.what {
        Doubted::NotReturned { .. } => {
            (format!("{} {}提出", read.0, read.1), format!("put forward by {}, {}", read.0, read.2))
        }
        _ => (format!("{} {}读入", read.0, read.1), format!("read by {}, {}", read.0, read.2)),
    };
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
    page: Page,
    Path((id, place)): Path<(i64, usize)>,
    posted: Posted,
) -> Result<Response, Problem> {
    let (key, is_confirmed, grounds) = (posted.key()?, posted.get("end") == "confirm", posted.get("grounds"));
    let outcome = portal.store.end_doubt(&viewer.actor, &key, id, place, is_confirmed, grounds).await;
    let batch = portal.store.batch(id).await?;
    let outcome = match outcome {
        // Where they may try again they find what they have typed.
        Err(error) if batch.may_end_doubt(place, &viewer.actor).is_ok() => {
            let not_ended = NotEnded { place, is_confirmed, grounds: grounds.to_owned(), why: for_form(error)? };
            return batch::show(&portal, &viewer, page, id, (NotReleased::default(), not_ended)).await;
        }
        outcome => outcome,
    };
    let what = batch.doubts.get(place).map(|doubt| &doubt.what);
    let done = match is_confirmed {
        true if matches!(what, Some(Doubted::Renumbered { .. })) => {
            ("已更正银行流水", "The bank's number is corrected")
        }
        // Where another has paid the case meanwhile nothing is booked by it.
        true if what.and_then(Doubted::called_paid).is_some() => {
            ("已确认银行付出过这一笔", "Confirmed that the bank made this payment")
        }
        true => ("已确认并入账", "Confirmed and recorded"),
        false => ("已核实，原来的记录不变", "Looked into; what was recorded stands"),
    };
    release::told(&portal, id, outcome.map(|_| done.into()))
}
