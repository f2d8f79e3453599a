//! Payment batches, the newest first.

use std::collections::BTreeSet;
use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use duixian_casework::batch::{Batch, BatchStage};
use duixian_casework::people::Role;
use duixian_money::Fen;
use duixian_rules::vocabulary::Lang;
use duixian_store::Store;

use crate::export::{self, Format};
use crate::list::{Cell, Column, List, Row, Value};
use crate::locale::Text;
use crate::page::Page;
use crate::pages::shared::user_names;
use crate::pages::work::rows::Names;
use crate::portal::Portal;
use crate::problem::Problem;
use crate::ui::{Pager, Status, Tabs, Tone};
use crate::viewer::Viewer;

use super::{fund_of_year, halves};

/// How many pages of batches are looked through for what waits: older ones have long been settled.
const RECENT_PAGES: u64 = 5;

#[derive(Template)]
#[template(path = "finance/batches.html")]
struct Batches {
    page: Page,
    tabs: Tabs,
    list: List,
    pager: Pager,
    may_pay: bool,
}

/// `GET /finance/batches`
pub async fn page(State(portal): State<Arc<Portal>>, viewer: Viewer, page: Page) -> Result<Response, Problem> {
    let store = &portal.store;
    let names = Names::load(store).await?;
    let people = user_names(&portal).await?;
    let person = |user| people.get(&user).cloned().unwrap_or_default();
    if let Some(format) = Format::asked(&page) {
        let mut batches = Vec::new();
        let mut number = 1;
        loop {
            let found = store.batches(number).await?;
            let pages = found.pages();
            batches.extend(found.rows);
            if number >= pages {
                break;
            }
            number += 1;
        }
        let unfetched = unfetched(store, &batches).await?;
        return export::answer(&list(&batches, &unfetched, &names, person), page.lang, format, "batches");
    }
    let asked = page.query_value("page").and_then(|page| page.parse().ok()).unwrap_or(1);
    let found = store.batches(asked).await?;
    let pager = Pager { number: asked.clamp(1, found.pages()), size: found.per_page, total: found.total };
    let list = list(&found.rows, &unfetched(store, &found.rows).await?, &names, person);
    let page = page.titled(("拨付批次", "Payment batches")).wide();
    Page::show(&Batches { page, tabs: halves(true), list, pager, may_pay: viewer.has(Role::Finance) })
}

/// The newest batches.
pub async fn newest(store: &Store) -> Result<Vec<Batch>, Problem> {
    let mut batches = Vec::new();
    for number in 1..=RECENT_PAGES {
        let found = store.batches(number).await?;
        let pages = found.pages();
        batches.extend(found.rows);
        if number >= pages {
            break;
        }
    }
    Ok(batches)
}

/// Those that are released and whose file for the bank nobody has fetched: the bank can't pay by them yet.
pub async fn unfetched(store: &Store, batches: &[Batch]) -> Result<BTreeSet<i64>, Problem> {
    let mut unfetched = BTreeSet::new();
    for batch in batches.iter().filter(|batch| batch.stage == BatchStage::Released) {
        let is_fetched = !store.fetched(batch.id).await?.is_empty();
        if batch.not_at_bank(is_fetched).is_ok() {
            unfetched.insert(batch.id);
        }
    }
    Ok(unfetched)
}

/// A batch's stage: colour, shape and word. What has ended is not settled while what the bank says of it is still to be looked into.
pub fn status(batch: &Batch) -> Status {
    let stage = batch.stage;
    if batch.is_doubted() && matches!(stage, BatchStage::Released | BatchStage::Settled) {
        return Status::bad("回单待核实", "the bank's answer is to be looked into");
    }
    let tone = match stage {
        BatchStage::Drafted | BatchStage::Released => Tone::Active,
        BatchStage::HalfReleased => Tone::Hold,
        BatchStage::Settled => Tone::Good,
        BatchStage::Cancelled => Tone::Quiet,
    };
    Status::new(tone, Text::new(stage.label(Lang::Zh), stage.label(Lang::En)))
}

fn list(
    batches: &[Batch],
    unfetched: &BTreeSet<i64>,
    names: &Names,
    person: impl Fn(duixian_casework::people::UserId) -> String,
) -> List {
    let columns = vec![
        Column::text("number", ("批次号", "Number")),
        Column::text("fund", ("资金", "Fund")),
        Column::status("stage", ("状态", "Stage")),
        Column::number("lines", ("笔数", "Payments")),
        Column::money("total", ("金额（元）", "Amount (yuan)")),
        Column::money("paid", ("已付（元）", "Paid (yuan)")),
        Column::money("failed", ("失败（元）", "Failed (yuan)")),
        Column::money("returned", ("付后退汇（元）", "Came back (yuan)")),
        Column::money("open", ("未回（元）", "Open (yuan)")),
        Column::text("made", ("编制", "Made by")),
        Column::text("released", ("放款", "Released by")),
        Column::date("released_at", ("放款时间", "Released")),
    ];
    let mut list = List::new(("拨付批次", "Payment batches"), columns).cards();
    for batch in batches {
        let ((paid, failed, open), returned) = (batch.totals(), batch.returned());
        let is_released = matches!(batch.stage, BatchStage::Released | BatchStage::Settled);
        // One signature alone releases nothing; both stay on record where the batch was cancelled after them.
        let signed = batch.released_by.iter().filter(|_| batch.released_at.is_some());
        let released: Vec<String> = signed.map(|user| person(*user)).collect();
        list.push(Row::new(vec![
            Cell::text(batch.number.clone()).link(format!("/finance/batches/{}", batch.id)),
            Cell::pair(fund_of_year(names, &batch.fund, batch.year)),
            Cell::status(match unfetched.contains(&batch.id) {
                true => Status::new(
                    Tone::Hold,
                    ("已放款，银行文件待下载", "released; its file for the bank is to be fetched"),
                ),
                false => status(batch),
            }),
            Cell::count(i64::try_from(batch.lines.len()).unwrap_or(i64::MAX)),
            Cell::money(batch.total()),
            Cell::money(paid),
            Cell::money(Fen(failed.0.saturating_sub(returned.0))),
            Cell::money(returned),
            // Before it is released nobody has been asked for an answer.
            if is_released { Cell::money(open) } else { Cell::empty() },
            Cell::text(person(batch.created_by)),
            Cell::pair(Text::new(released.join("、"), released.join(", "))),
            batch.released_at.map_or_else(Cell::empty, |at| Cell::of(Value::Moment(at.local()))),
        ]));
    }
    list
}
