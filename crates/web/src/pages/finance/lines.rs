//! The payments of a batch, one by one: where each goes, and how it ended.

use duixian_casework::account::is_writable;
use duixian_casework::batch::{Batch, BatchLine, BatchStage};
use duixian_casework::case::PaymentOutcome;
use duixian_rules::vocabulary::Lang;
use duixian_store::cases::SharedAccounts;

use super::batch::{People, person};
use super::{before, masked};
use crate::casefile::{payee, shared};
use crate::list::{Cell, Column, List, Row, RowState};
use crate::locale::Text;
use crate::ui::Status;

/// What its reader may do with the list and see of it, and whether the bank can have been asked for the payments.
pub(super) struct Reads<'a> {
    /// Whether payments are picked to be taken out.
    pub may_pick: bool,
    /// Whether accounts are shown whole: whoever pays reads them so, since it is they who send the money there, and whoever audits them.
    pub sees_accounts: bool,
    /// Whether the file may be with the bank.
    pub is_at_bank: bool,
    /// Whether it is for a file, in which what the bank has said stands in columns of its own.
    pub is_file: bool,
    /// The cases whose account is another party's too.
    pub shared: &'a SharedAccounts,
    /// The payments that the reader can't take out, each with why.
    pub kept: &'a [(BatchLine, Text)],
}

/// Whether a view of the payments, by its word in addresses, shows one.
pub(super) fn is_wanted(line: &BatchLine, wanted: &str) -> bool {
    match wanted {
        "paid" => matches!(line.outcome, Some(PaymentOutcome::Paid { .. })),
        "failed" => line.outcome.as_ref().is_some_and(PaymentOutcome::is_back),
        "open" => line.outcome.is_none(),
        _ => true,
    }
}

/// Whose account it is, marked where that is someone else than the party.
fn holder(line: &BatchLine, batch: &Batch, people: &People) -> Cell {
    let cell = Cell::text(line.account.holder.clone());
    if !line.is_to_another_name() {
        return cell;
    }
    cell.note(looked_into(payee::mark(&line.account.holder, &line.party), line, batch, people))
}

/// A mark with who has looked into it.
fn looked_into(mark: Text, line: &BatchLine, batch: &Batch, people: &People) -> Text {
    let confirmed = batch.confirmed.iter().filter(|one| one.cases.contains(&line.case));
    let who: Vec<String> = confirmed.map(|one| person(people, one.by)).collect();
    if who.is_empty() {
        return mark;
    }
    Text::new(
        format!("{}；{}已核实", mark.zh, who.join("、")),
        format!("{}; looked into by {}", mark.en, who.join(", ")),
    )
}

/// The account, marked where the payment before this one went to another, or where it is another party's too.
fn account(line: &BatchLine, batch: &Batch, people: &People, reads: &Reads) -> Cell {
    let number = &line.account.number;
    let cell = Cell::text(if reads.sees_accounts { number.clone() } else { masked(number) });
    let moved = before::account_mark(line, people, reads.sees_accounts);
    let shared = reads.shared.get(&line.case).map(|others| looked_into(shared::mark(others), line, batch, people));
    match (moved, shared) {
        (Some(moved), Some(shared)) => {
            cell.note(Text::new(format!("{}；{}", moved.zh, shared.zh), format!("{}; {}", moved.en, shared.en)))
        }
        (Some(mark), None) | (None, Some(mark)) => cell.note(mark),
        (None, None) => cell,
    }
}

/// The status of a payment.
fn outcome(line: &BatchLine) -> Cell {
    match &line.outcome {
        None => Cell::status(Status::active("未回", "open")),
        Some(PaymentOutcome::Paid { reference, on }) => Cell::status(Status::good("已付", "paid")).note(Text::new(
            format!("{} 银行流水 {reference}", crate::format::date(Lang::Zh, on)),
            format!("{}, bank reference {reference}", crate::format::date(Lang::En, on)),
        )),
        Some(PaymentOutcome::Failed { reason }) => {
            Cell::status(Status::bad("失败", "failed")).note(Text::same(reason.clone()))
        }
        Some(PaymentOutcome::Returned { reference, on, returned_on, reason, .. }) => {
            let day = crate::format::date;
            Cell::status(Status::bad("付后退汇", "paid, came back")).note(Text::new(
                format!(
                    "{} 付，银行流水 {reference}；{} 退回：{reason}",
                    day(Lang::Zh, *on),
                    day(Lang::Zh, *returned_on)
                ),
                format!(
                    "{}, bank reference {reference}; back on {}: {reason}",
                    day(Lang::En, *on),
                    day(Lang::En, *returned_on)
                ),
            ))
        }
    }
}

fn not_to_take_out(why: &Text) -> Text {
    Text::new(format!("您不能移出：{}", why.zh), format!("not yours to take out: {}", why.en))
}

/// What the bank has said of a payment, for a file: by which number and on which day it was made, when it came back, and why that or why it
/// failed.
fn said(outcome: Option<&PaymentOutcome>) -> [Cell; 4] {
    let none = Cell::empty;
    match outcome {
        None => [none(), none(), none(), none()],
        Some(PaymentOutcome::Paid { reference, on }) => {
            [Cell::text(reference.clone()), Cell::date(*on), none(), none()]
        }
        Some(PaymentOutcome::Failed { reason }) => [none(), none(), none(), Cell::text(reason.clone())],
        Some(PaymentOutcome::Returned { reference, on, returned_on, reason, .. }) => {
            [Cell::text(reference.clone()), Cell::date(*on), Cell::date(*returned_on), Cell::text(reason.clone())]
        }
    }
}

/// The payments as a list.
pub(super) fn list(lines: &[&BatchLine], batch: &Batch, people: &People, reads: &Reads) -> List {
    let mut columns = vec![
        Column::text("number", ("受理号", "Case")),
        Column::text("end_to_end_id", ("付款号", "Payment no.")),
        Column::text("party", ("单位", "Party")),
        Column::text("holder", ("收款户名", "Account holder")),
        Column::text("account", ("账号", "Account")),
        Column::text("bank", ("开户行", "Bank")),
        Column::money("amount", ("金额（元）", "Amount (yuan)")),
        Column::status("outcome", ("结果", "Outcome")),
    ];
    if reads.is_file {
        columns.extend([
            Column::text("reference", ("银行流水号", "Bank's number")),
            Column::date("paid_on", ("银行付款日", "Paid on")),
            Column::date("returned_on", ("退汇日", "Came back on")),
            Column::text("reason", ("失败或退汇的原因", "Why it failed or came back")),
            Column::text("shared", ("账号也是", "The account is also that of")),
        ]);
    }
    let mut list = List::new(("逐笔付款", "The payments"), columns).cards();
    if reads.may_pick {
        list = list.pickable("case");
    }
    for line in lines {
        let state = match &line.outcome {
            Some(outcome) if outcome.is_back() => RowState::Late,
            _ => RowState::Plain,
        };
        let result = if batch.stage == BatchStage::Cancelled {
            Cell::status(Status::quiet("已作废", "cancelled"))
        } else if !is_writable(&line.account) {
            Cell::status(Status::bad("账户写不进付款文件，请移出", "no file can hold the account: take it out"))
        } else if matches!(batch.stage, BatchStage::Drafted | BatchStage::HalfReleased) {
            Cell::status(Status::quiet("未放款", "not released"))
        } else if !reads.is_at_bank {
            Cell::status(Status::quiet("等下载银行文件", "its file is to be fetched"))
        } else {
            outcome(line)
        };
        let kept = reads.kept.iter().find(|(one, _)| reads.may_pick && one.case == line.case).map(|(_, why)| why);
        let number = Cell::text(line.number.clone()).link(format!("/work/cases/{}", line.case.0));
        let number = match kept {
            Some(why) => number.note(not_to_take_out(why)),
            None => number,
        };
        let mut cells = vec![
            number,
            Cell::text(line.end_to_end_id.clone()),
            Cell::text(line.party.clone()),
            holder(line, batch, people),
            account(line, batch, people, reads),
            Cell::text(line.account.bank.clone()),
            Cell::money(line.amount),
            result,
        ];
        if reads.is_file {
            cells.extend(said(line.outcome.as_ref()));
            let others = reads.shared.get(&line.case).map(|others| Cell::pair(shared::names(others)));
            cells.push(others.unwrap_or_else(Cell::empty));
        }
        let row = Row::new(cells).in_state(state);
        list.push(match kept {
            Some(_) => row,
            None => row.pick(line.case.0.to_string(), line.number.clone()),
        });
    }
    list
}
