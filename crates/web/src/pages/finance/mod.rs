//! Finance: what funds have, who waits for money, payment batches, what the bank answers.

mod appropriate;
mod batch;
mod batches;
mod before;
mod choose;
mod close;
mod contested;
mod doubts;
mod fund;
mod funds;
mod lines;
mod payees;
mod proposed;
mod recused;
mod release;
mod reports;
mod reservations;
mod results;
mod said;
mod sample;
mod standing;
mod statement;
mod take_back;
#[cfg(test)]
mod tests;
mod transfers;
mod unsent;
mod waiting;

use duixian_casework::people::Role;
use duixian_ledger::Purpose;
use duixian_store::funds::FundPosition;

use crate::access::{Access, Routes};
use crate::locale::Text;
use crate::pages::work::rows::Names;
use crate::ui::{Tab, Tabs};

/// Those who see where money is.
const READING: Access =
    Access::Roles(&[Role::Finance, Role::Auditor, Role::Leader, Role::DecisionMaker, Role::Administrator]);
/// Those who pay.
const PAYING: Access = Access::Roles(&[Role::Finance]);
/// Those who book appropriations.
const APPROPRIATING: Access = Access::Roles(&[Role::Finance]);
/// Those who share out a short fund.
const DECIDING: Access = Access::Roles(&[Role::DecisionMaker]);

/// Those who confirm what another of their role has put forward.
const CONFIRMING: Access = Access::Roles(&[Role::Finance, Role::DecisionMaker]);

/// The routes.
pub fn routes() -> Routes {
    let upload = results::MOST_BYTES + 64 * 1024;
    Routes::new()
        .get("/finance", READING, funds::page)
        .get("/finance/appropriate", APPROPRIATING, appropriate::page)
        .post("/finance/appropriate", APPROPRIATING, appropriate::book)
        .get("/finance/funds/{fund}/{year}", READING, fund::page)
        .get("/finance/funds/{fund}/{year}/reservations", READING, reservations::page)
        .get("/finance/funds/{fund}/{year}/transfers", READING, transfers::page)
        .get("/finance/funds/{fund}/{year}/statement", READING, statement::page)
        .get("/finance/funds/{fund}/{year}/close", PAYING, close::page)
        .post("/finance/funds/{fund}/{year}/close", PAYING, close::close)
        .get("/finance/funds/{fund}/{year}/take-back", PAYING, take_back::page)
        .post("/finance/funds/{fund}/{year}/take-back", PAYING, take_back::propose)
        .post("/finance/proposals/{id}", CONFIRMING, proposed::end)
        .get("/finance/waiting/{fund}/{year}", READING, waiting::page)
        .post("/finance/waiting/{fund}/{year}", DECIDING, waiting::share_out)
        .get("/finance/batches", READING, batches::page)
        .post("/finance/batches", PAYING, choose::make)
        .get("/finance/batches/new", PAYING, choose::page)
        .get("/finance/batches/{id}", READING, batch::page)
        .post("/finance/batches/{id}/release", PAYING, release::release)
        .post("/finance/batches/{id}/take-out", PAYING, release::take_out)
        .post("/finance/batches/{id}/cancel", PAYING, release::cancel)
        .post("/finance/batches/{id}/file/{format}", PAYING, release::file)
        .post("/finance/batches/{id}/doubts/{place}", PAYING, doubts::end)
        .post("/finance/batches/{id}/not-returned", PAYING, contested::propose)
        .get("/finance/batches/{id}/sample", PAYING, sample::file)
        .get("/finance/batches/{id}/results", PAYING, results::page_of_batch)
        .post_files("/finance/batches/{id}/results", PAYING, upload, results::read_of_batch)
        .get("/finance/results", PAYING, results::page)
        .post_files("/finance/results", PAYING, upload, results::read)
        .get("/finance/results/{id}", READING, results::report)
        .get("/finance/reports", READING, reports::page)
}

/// The page of a fund and year.
pub(crate) fn fund_href(fund: &str, year: i32) -> String {
    format!("/finance/funds/{}/{year}", segment(fund))
}

/// The page of those who wait for its money.
pub(crate) fn waiting_href(fund: &str, year: i32) -> String {
    format!("/finance/waiting/{}/{year}", segment(fund))
}

/// A text as one part of a path.
fn segment(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}

/// `产业扶持资金 2019年度`
pub(crate) fn fund_of_year(names: &Names, fund: &str, year: i32) -> Text {
    let name = names.fund(fund);
    Text::new(format!("{} {year}年度", name.zh), format!("{} {year}", name.en))
}

/// The two halves of the area.
fn halves(at_batches: bool) -> Tabs {
    let tab = |href: &str, zh, en, is_current| Tab {
        href: href.to_owned(),
        text: Text::new(zh, en),
        count: None,
        is_current,
    };
    Tabs {
        label: ("资金与拨付", "Funds and payments").into(),
        tabs: vec![
            tab("/finance", "资金", "Funds", !at_batches),
            tab("/finance/batches", "拨付批次", "Payment batches", at_batches),
        ],
    }
}

/// The views of one fund and year; each is a page of its own.
#[derive(Clone, Copy, PartialEq, Eq)]
enum FundView {
    Position,
    Reservations,
    Transfers,
    Statement,
    Waiting,
}

fn fund_tabs(position: &FundPosition, current: FundView) -> Tabs {
    let base = fund_href(&position.fund, position.year);
    let tab = |href: String, zh: &'static str, en: &'static str, count: Option<u64>, view| Tab {
        href,
        text: Text::new(zh, en),
        count,
        is_current: view == current,
    };
    let waiting = waiting_href(&position.fund, position.year);
    Tabs {
        label: ("这项资金", "This fund").into(),
        tabs: vec![
            tab(base.clone(), "资金状况", "Position", None, FundView::Position),
            tab(format!("{base}/reservations"), "预留", "Reservations", None, FundView::Reservations),
            tab(format!("{base}/transfers"), "收支明细", "Transfers", None, FundView::Transfers),
            tab(format!("{base}/statement"), "对账单", "Statement", None, FundView::Statement),
            tab(waiting, "轮候", "Waiting", Some(position.waiting_cases), FundView::Waiting),
        ],
    }
}

/// An account with all but its last four digits hidden: what screens need to tell accounts apart, and no more.
fn masked(number: &str) -> String {
    let digits: Vec<char> = number.chars().collect();
    if digits.len() <= 4 {
        return "****".to_owned();
    }
    let tail: String = digits[digits.len() - 4..].iter().collect();
    format!("**** {tail}")
}

/// What an account is for.
pub fn purpose(purpose: &Purpose, names: &Names) -> Text {
    let of = |fund: &str, year: i32, zh: &str, en: &str| {
        let name = fund_of_year(names, fund, year);
        Text::new(format!("{}{zh}", name.zh), format!("{}{en}", name.en))
    };
    match purpose {
        Purpose::Treasury => ("财政", "Treasury").into(),
        Purpose::Fund { fund, year } => of(fund, *year, "", ""),
        Purpose::Paid { fund, year } => of(fund, *year, "（拨给单位）", " (to parties)"),
        Purpose::Lapsed { fund, year } => of(fund, *year, "（年末收回）", " (taken back at the year's end)"),
    }
}
