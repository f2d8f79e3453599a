//! One fen followed: appropriation, reservation, payment, account, and back to the clause that grants it.

use std::collections::HashMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use duixian_casework::batch::{Batch, BatchStage};
use duixian_casework::case::{Case, Payment, Sharing};
use duixian_casework::doubt::Doubt;
use duixian_casework::event::{MoneyMove, What};
use duixian_casework::moment::Moment;
use duixian_casework::people::UserId;
use duixian_casework::stage::Stage;
use duixian_ledger::{Entry as Reason, Kind, Purpose, Transfer};
use duixian_money::Fen;
use duixian_store::cases::JournalEntry;
use duixian_store::funds::{TransferFilter, TransferRow};
use duixian_store::search::JournalFilter;

use super::ends::ends;
use super::find::{self, Named, OfAmount, Several};
use super::funds::{self, FundsNamed};
use super::refs;
use crate::casefile::doubted;
use crate::casefile::queue::rule_name;
use crate::casefile::stages;
use crate::format;
use crate::locale::{Lang, Text};
use crate::page::Page;
use crate::pages::shared::{self, clause_href};
use crate::portal::Portal;
use crate::problem::Problem;
use crate::ui::{Event, EventKind, Facts, Timeline};
use crate::viewer::Viewer;

#[derive(Template)]
#[template(path = "audit/money.html")]
struct MoneyPage {
    page: Page,
    asked: String,
    found: Option<Found>,
    several: Option<Several>,
    of_amount: Option<OfAmount>,
    /// What funds were given, carried over, gave back or were advanced, of the amount that is looked for.
    of_funds: Timeline,
    /// Whether an amount is looked for: where it is not found, it is said what would be.
    is_amount: bool,
    funds: Option<FundsNamed>,
}

struct Found {
    facts: Facts,
    path: Timeline,
}

/// The way of a case's money.
pub(super) async fn follow(State(portal): State<Arc<Portal>>, viewer: Viewer, page: Page) -> Result<Response, Problem> {
    let asked = page.query_value("q").unwrap_or_default();
    let amount = find::amount(asked.trim());
    let named = match asked.trim() {
        "" => Named::Nothing,
        _ if amount.is_some_and(|(_, is_no_number)| is_no_number) => Named::Nothing,
        text => find::named(&portal, &viewer, &page, text).await?,
    };
    let of_amount = match amount {
        Some((amount, _)) => find::of_amount(&portal, &viewer, &page, amount, &named).await?,
        None => None,
    };
    let of_funds = match amount {
        Some((amount, _)) => funds::of_amount(&portal, &viewer, amount).await?,
        None => Timeline::default(),
    };
    let funds = funds::named(&portal, asked.trim()).await?;
    let (found, several) = match named {
        Named::One(case) => (Some(found(&portal, &case).await?), None),
        Named::Several(several) => (None, Some(several)),
        Named::Nothing => (None, None),
    };
    let page = page
        .titled(("追踪一笔钱", "Follow the money"))
        .under("/audit", ("审计", "Audit"))
        .led(("从预算安排到企业账户，再回到条款。", "From the appropriation to the account, and back to the clause."));
    let is_amount = amount.is_some();
    Page::show(&MoneyPage { page, asked, found, several, of_amount, of_funds, is_amount, funds })
}

async fn found(portal: &Portal, case: &Case) -> Result<Found, Problem> {
    let store = &portal.store;
    let (_, pack) = store.round_with_pack(case.subject.round).await?;
    let names = refs::people(portal).await?;
    let (fund, year) = (case.subject.fund.clone(), case.subject.year);
    // Of what happened at one moment, causes stand before what they cause.
    let mut events: Vec<(Moment, u8, Event)> = Vec::new();
    let own = TransferFilter { case: Some(case.id), per_page: 1000, ..TransferFilter::default() };
    let own = store.transfers(&own).await?.rows;
    let mut transfers = incoming(portal, &fund, year).await?;
    // What came into the fund after its money was last set aside is none of it.
    let reserved = own.iter().filter(|row| row.kind == "reserve").map(|row| row.transfer.at).max();
    transfers.retain(|row| reserved.is_none_or(|reserved| row.transfer.at <= reserved));
    transfers.extend(own);
    transfers.sort_by_key(|row| row.transfer.id.0);
    let entries = entries_of(portal, &transfers).await?;
    let history = store.history(case.id).await?;
    let mut replayed: Option<Case> = None;
    let mut taken_back: Vec<Moment> = Vec::new();
    for entry in &history {
        let before = replayed.as_ref().map(|case: &Case| case.stage);
        let who = entry.event.by.and_then(|by| names.get(&by).cloned()).unwrap_or_default();
        let told = |text: Text| Event::new(text, entry.at.local()).by(Text::same(who.clone()));
        if before.and_then(|stage| entry.event.what.money(stage)) == Some(MoneyMove::TakeBack) {
            taken_back.push(entry.at);
        }
        match &entry.event.what {
            What::Decided { decision, .. } => {
                let event = told(amount("审定：", "Decided: ", decision.amount));
                events.push((entry.at, 1, event.note(Text::same(decision.reason.clone()))));
            }
            What::Queued(decision) => {
                let event = told(amount("审定，进入轮候：", "Decided, waits for money: ", decision.amount));
                events.push((entry.at, 1, event.note(Text::same(decision.reason.clone()))));
            }
            What::Funded { amount: funded, sharing, .. } => {
                let event = told(amount("安排资金：", "Funded: ", *funded));
                events.push((entry.at, 1, event.note(served(sharing.as_ref()))));
            }
            What::PutInBatch(payment) => {
                let batch = store.batch(payment.batch).await?;
                let event = batch_event(&batch, payment, &names, entry.at);
                events.push((event_at(&batch, payment, entry.at), 3, event));
            }
            What::TakenOutOfBatch { batch, reason } => {
                let batch = store.batch(*batch).await?;
                let told = told(left_batch(&batch)).kind(EventKind::Bad).note(Text::same(reason.clone()));
                events.push((entry.at, 5, told.more(batch_href(&batch), ("看批次", "The batch"))));
            }
            what => {
                if let Some((zh, en, why)) = released_by(what, before) {
                    let event = told(Text::new(zh, en)).kind(EventKind::Bad).note(Text::same(why.to_owned()));
                    events.push((entry.at, 3, event));
                }
            }
        }
        match &mut replayed {
            Some(case) => case.apply(&entry.event),
            None => replayed = opened(case, entry),
        }
    }
    for row in &transfers {
        let at = Moment(row.transfer.at);
        let rank = match row.kind {
            "appropriation" | "carry_over" => 0,
            // What came back goes to the fund, and is set aside anew, by the entry that says so.
            _ if taken_back.contains(&at) => 6,
            "reserve" => 2,
            _ => 4,
        };
        events.push((at, rank, transfer_event(row, &entries)));
    }
    let mut doubted: Option<Batch> = None;
    for payment in &case.payments {
        let batch = store.batch(payment.batch).await?;
        let is_own = |doubt: &&Doubt| doubt.what.end_to_end_id() == payment.end_to_end_id;
        let doubts: Vec<&Doubt> = batch.open_doubts().map(|(_, doubt)| doubt).filter(is_own).collect();
        for doubt in &doubts {
            events.push((doubt.at, 6, doubt_event(doubt, &batch, &names)));
        }
        if !doubts.is_empty() {
            doubted = Some(batch);
        }
    }
    for finding in store.findings(case).await? {
        let reader = names.get(&finding.read_by).cloned().unwrap_or_default();
        let entry = Text::new(format!("日志第 {} 条", finding.seq), format!("entry {}", finding.seq));
        let told = doubted::found(&finding, &reader);
        events.extend(told.map(|event| (finding.at, 5, event.more(format!("/audit/entries/{}", finding.seq), entry))));
    }
    events.extend(ends(&history, &names).into_iter().map(|(at, event)| (at, 5, event)));
    events.sort_by_key(|(at, rank, _)| (*at, *rank));
    let path = Timeline(events.into_iter().map(|(_, _, event)| event).collect());
    let clause = case.assessed.as_ref().map(|assessed| assessed.clause.clone()).unwrap_or_default();
    let title = pack.clause(&clause).map_or_else(|| clause.clone(), |one| format!("{} {}", one.number, one.title));
    let party = store.party(&case.subject.party).await?.map_or_else(|| case.subject.party.clone(), |one| one.name);
    let fund_name = pack.plan.funds.iter().find(|one| one.name.en == fund);
    let fund_name = fund_name.map_or_else(
        || Text::same(fund.clone()),
        |one| Text::new(format!("{}（{year}年）", one.name.zh), format!("{} ({year})", one.name.in_english())),
    );
    let mut facts = Facts::default()
        .add(stages::number_label(&history), Text::same(case.number.clone().unwrap_or_default()))
        .link(format!("/work/cases/{}", case.id.0))
        .add(("单位", "Party"), Text::same(party))
        .add(("措施", "Measure"), shared::measure_name(Some(&pack), &case.subject.measure))
        .link(format!("/measures/{}", case.subject.measure))
        .add(("资金", "Fund"), fund_name)
        .add(("现在", "Now"), Text::new(case.stage.label(Lang::Zh), case.stage.label(Lang::En)));
    if let Some(batch) = doubted {
        let waits = Text::new(
            format!("回单待核实，见批次 {}", batch.number),
            format!("the bank's answer is to be looked into: batch {}", batch.number),
        );
        facts = facts.add(("银行回单", "The bank's answer"), waits).link(doubts_href(&batch));
    }
    let facts = facts.add(("依据条款", "Clause"), Text::same(title)).link(clause_href(&clause));
    Ok(Found { facts, path })
}

/// Where what the bank has said of a batch is looked into.
fn doubts_href(batch: &Batch) -> String {
    format!("/finance/batches/{}#doubts", batch.id)
}

/// What the bank has said of a payment that does not go with the record, and nobody has looked into yet.
fn doubt_event(doubt: &Doubt, batch: &Batch, people: &HashMap<UserId, String>) -> Event {
    let reader = people.get(&doubt.by).cloned().unwrap_or_default();
    Event::new(("回单待核实", "The bank's answer is to be looked into"), doubt.at.local())
        .kind(EventKind::Bad)
        .note(doubted::text(&doubt.what))
        .by(Text::new(format!("{reader}读入"), format!("read by {reader}")))
        .more(doubts_href(batch), Text::new(format!("看批次 {}", batch.number), format!("batch {}", batch.number)))
}

/// What lets go of the money that was set aside for a case, where it stood there: in words, and why.
fn released_by(what: &What, before: Option<Stage>) -> Option<(&'static str, &'static str, &str)> {
    if what.money(before?) != Some(MoneyMove::Release) {
        return None;
    }
    match what {
        What::Revoked { proposal, .. } => Some(("撤销审定", "Decision revoked", &proposal.grounds)),
        What::Declined { reason } => Some(("不予支持", "Declined", reason)),
        What::PaymentEnded { reason } => Some(("终止拨付", "Payment ended", reason)),
        What::Withdrawn { reason } => Some(("撤回申请", "Withdrawn", reason)),
        What::ObjectionAnswered { answer, .. } => Some(("异议成立", "Objection upheld", &answer.text)),
        _ => None,
    }
}

/// The case as it began.
fn opened(case: &Case, entry: &JournalEntry) -> Option<Case> {
    let What::Opened(subject) = &entry.event.what else { return None };
    Some(Case::open(case.id, subject.clone(), entry.event.by?, entry.at))
}

/// The kinds of transfers by which money comes into a fund, or leaves it other than by payment.
const CHANGING: [&str; 5] = ["appropriation", "carry_over", "advance", "correction", "lapse"];

/// What the money of a fund can have come from, whenever in its year.
pub(super) async fn incoming(portal: &Portal, fund: &str, year: i32) -> Result<Vec<TransferRow>, Problem> {
    let mut rows = changes(portal, fund, year).await?;
    // What goes on to the next year, or back, is none of it.
    rows.retain(|row| is_of(&row.to, fund, year));
    Ok(rows)
}

/// What has made a fund as large as it is, whenever in its year: asked for by its kinds, since a fund has many transfers beside.
pub(super) async fn changes(portal: &Portal, fund: &str, year: i32) -> Result<Vec<TransferRow>, Problem> {
    let mut rows = Vec::new();
    for kind in CHANGING {
        let mut filter = TransferFilter {
            fund: Some((fund.to_owned(), year)),
            kind: Some(kind.to_owned()),
            page: 1,
            per_page: 1000,
            ..TransferFilter::default()
        };
        loop {
            let found = portal.store.transfers(&filter).await?;
            let pages = found.pages();
            rows.extend(found.rows);
            if filter.page >= pages {
                break;
            }
            filter.page += 1;
        }
    }
    // What was booked as paid, and is not, was of the fund all along.
    rows.retain(|row| is_of(&row.from, fund, year) != is_of(&row.to, fund, year));
    rows.retain(|row| !row.from.is_paid() && !row.to.is_paid());
    Ok(rows)
}

/// Whether an account is that of a fund in a year.
pub(super) fn is_of(account: &Purpose, fund: &str, year: i32) -> bool {
    account.is_fund() && account.fund_year() == Some((fund, year))
}

/// The entries of the journal by which transfers were made, by the transfers' numbers.
pub(super) async fn entries_of(portal: &Portal, rows: &[TransferRow]) -> Result<HashMap<i64, i64>, Problem> {
    let mut entries = HashMap::new();
    for some in rows.chunks(MOST_SUBJECTS) {
        let subjects = some.iter().map(|row| format!("transfer/{}", row.transfer.id.0)).collect();
        let filter = JournalFilter { subjects, per_page: 1000, ..JournalFilter::default() };
        for entry in portal.store.journal(&filter).await?.rows {
            let id = entry.subject.strip_prefix("transfer/").and_then(|id| id.parse().ok());
            entries.extend(id.map(|id: i64| (id, entry.seq)));
        }
    }
    Ok(entries)
}

/// How many subjects the journal is asked for at once.
const MOST_SUBJECTS: usize = 500;

/// A transfer, with its entry in the journal.
pub(super) fn transfer_event(row: &TransferRow, entries: &HashMap<i64, i64>) -> Event {
    let (zh, en, kind) = match row.kind {
        "appropriation" => ("预算安排：", "Appropriated: ", EventKind::Plain),
        "carry_over" => ("上年结转：", "Carried over: ", EventKind::Plain),
        "advance" => ("财政垫付：", "Advanced by the treasury: ", EventKind::Plain),
        "reserve" => ("预留：", "Reserved: ", EventKind::Plain),
        "post" => ("从资金支出：", "Paid from the fund: ", EventKind::Good),
        "void" => ("释放预留：", "Reservation released: ", EventKind::Bad),
        "expire" => ("预留到期释放：", "Reservation expired: ", EventKind::Bad),
        "return" => ("退回资金：", "Returned to the fund: ", EventKind::Bad),
        _ => ("更正：", "Corrected: ", EventKind::Plain),
    };
    event_of(&row.transfer, (zh, en), entries).kind(kind)
}

/// A transfer by which money left a fund other than by payment, with its entry in the journal.
pub(super) fn leaving_event(row: &TransferRow, entries: &HashMap<i64, i64>) -> Event {
    let words = match row.kind {
        "carry_over" => ("结转下年：", "Carried over to the next year: "),
        "lapse" => ("年末收回：", "Taken back at the year's end: "),
        "advance" => ("归还垫付：", "Advance given back: "),
        _ if row.to == Purpose::Treasury => ("收回安排：", "Appropriation taken back: "),
        _ => ("更正转出：", "Taken out by a correction: "),
    };
    event_of(&row.transfer, words, entries)
}

fn event_of(transfer: &Transfer, (zh, en): (&str, &str), entries: &HashMap<i64, i64>) -> Event {
    let text = amount(zh, en, transfer.amount);
    let event = Event::new(text, Moment(transfer.at).local()).note(why(transfer));
    match entries.get(&transfer.id.0) {
        Some(seq) => {
            let words = Text::new(format!("日志第 {seq} 条"), format!("entry {seq}"));
            event.more(format!("/audit/entries/{seq}"), words)
        }
        None => event,
    }
}

/// Why a transfer was made, as people have written it; at the end of a year it is we who did, and in Chinese.
pub(super) fn why(transfer: &Transfer) -> Text {
    let memo = transfer.subject.memo.clone();
    match transfer.kind {
        Kind::Single(Reason::CarryOver) => Text::new(memo, "left over at the year's end, and carried over"),
        Kind::Single(Reason::Lapse) => Text::new(memo, "left over at the year's end, and taken back"),
        _ => Text::same(memo),
    }
}

/// By which rule a case that waited was served, and why so.
fn served(sharing: Option<&Sharing>) -> Text {
    let Some(Sharing { rule, grounds, .. }) = sharing else {
        return ("轮候中由审定人单独安排", "chosen alone among those that waited").into();
    };
    let rule = rule_name(*rule);
    let after = |colon: &str| if grounds.is_empty() { String::new() } else { format!("{colon}{grounds}") };
    Text::new(format!("轮候的分配规则：{}{}", rule.zh, after("：")), format!("shared out: {}{}", rule.en, after(": ")))
}

fn amount(zh: &str, en: &str, amount: Fen) -> Text {
    Text::new(format!("{zh}{}", format::yuan(Lang::Zh, amount)), format!("{en}{}", format::yuan(Lang::En, amount)))
}

fn batch_href(batch: &Batch) -> String {
    format!("/finance/batches/{}", batch.id)
}

/// When a payment went out with its batch: as that was released, or as it was put in where nothing was released of it.
fn event_at(batch: &Batch, payment: &Payment, put_in: Moment) -> Moment {
    batch.released_at.filter(|_| batch.line(&payment.end_to_end_id).is_some()).unwrap_or(put_in)
}

fn batch_event(batch: &Batch, payment: &Payment, names: &HashMap<UserId, String>, put_in: Moment) -> Event {
    let (id, at) = (&payment.end_to_end_id, event_at(batch, payment, put_in));
    let text = Text::new(
        format!("批次 {}：{}", batch.number, format::yuan(Lang::Zh, payment.amount)),
        format!("Batch {}: {}", batch.number, format::yuan(Lang::En, payment.amount)),
    );
    // Who has signed a batch that goes on without the payment has not signed for that.
    let signed = batch.released_by.iter().filter(|_| batch.line(id).is_some());
    let signed: Vec<&str> = signed.filter_map(|by| names.get(by).map(String::as_str)).collect();
    let (zh, en) = match (signed.is_empty(), batch.released_at) {
        (true, _) => (String::new(), String::new()),
        (_, None) => (format!("，第一人复核：{}", signed.join("、")), format!(", checked by {}", signed.join(", "))),
        (_, Some(_)) => (format!("，放款：{}", signed.join("、")), format!(", released by {}", signed.join(", "))),
    };
    let note = Text::new(format!("付款号 {id}{zh}"), format!("Payment no. {id}{en}"));
    Event::new(text, at.local()).note(note).more(batch_href(batch), ("看批次", "The batch"))
}

/// That a payment was taken out of its batch, or the batch was cancelled with it.
fn left_batch(batch: &Batch) -> Text {
    let (zh, en) = match batch.stage {
        BatchStage::Cancelled => ("作废", "cancelled"),
        _ => ("：移出这一笔", "the payment taken out"),
    };
    Text::new(format!("批次 {}{zh}", batch.number), format!("Batch {}: {en}", batch.number))
}
