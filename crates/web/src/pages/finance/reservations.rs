//! What is reserved in a fund: decisions that are not paid yet, each with where it stands.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use duixian_casework::stage::Stage;
use duixian_money::Fen;
use duixian_store::cases::{CaseFilter, CaseRow, Sort};
use duixian_store::funds::FundPosition;

use crate::casefile::stages;
use crate::export::{self, Format};
use crate::list::{Cell, Column, List, Row, Sort as SortAsked};
use crate::locale::Text;
use crate::page::Page;
use crate::pages::work::rows::{Names, sum};
use crate::portal::Portal;
use crate::problem::Problem;
use crate::ui::{Pager, Tabs};
use crate::viewer::Viewer;

use super::{FundView, fund, fund_of_year, fund_tabs};

/// The stages in which a decision holds money.
pub const RESERVED: [Stage; 5] =
    [Stage::Decided, Stage::InNotice, Stage::Objection, Stage::Payable, Stage::PaymentFailed];
const PER_PAGE: u64 = 50;
/// The most rows of an export.
pub const MOST_EXPORTED: usize = 200_000;

#[derive(Template)]
#[template(path = "finance/reservations.html")]
struct Reservations {
    page: Page,
    tabs: Tabs,
    position: FundPosition,
    names: Names,
    list: List,
    pager: Pager,
    /// What the cases of the whole list come to.
    total: Fen,
    measure: Option<String>,
    stage: Option<Stage>,
}

impl Reservations {
    fn is_measure(&self, en: &str) -> bool {
        self.measure.as_deref() == Some(en)
    }

    fn is_stage(&self, stage: &Stage) -> bool {
        self.stage == Some(*stage)
    }

    fn stages(&self) -> Vec<(Stage, Text)> {
        RESERVED.into_iter().map(|stage| (stage, stages::label(stage))).collect()
    }

    fn is_narrowed(&self) -> bool {
        self.measure.is_some() || self.stage.is_some()
    }

    /// Whether the cases add up to what the ledger has reserved.
    fn agrees(&self) -> bool {
        self.total == self.position.reserved
    }
}

/// `GET /finance/funds/{fund}/{year}/reservations`
pub async fn page(
    State(portal): State<Arc<Portal>>,
    viewer: Viewer,
    page: Page,
    Path((fund, year)): Path<(String, i32)>,
) -> Result<Response, Problem> {
    let store = &portal.store;
    let position = store.position(&fund, year).await?;
    let names = Names::load(store).await?;
    let measure = page.query_value("measure");
    let stage = page.query_value("stage").and_then(|word| Stage::from_word(&word));
    let stage = stage.filter(|stage| RESERVED.contains(stage));
    let asked = SortAsked::asked(page.query());
    let filter = CaseFilter {
        stages: stage.map_or_else(|| RESERVED.to_vec(), |stage| vec![stage]),
        measure: measure.clone(),
        fund: Some(fund),
        year: Some(year),
        sort: asked.as_ref().map_or(Sort::Number, |sort| order(&sort.key)),
        descending: asked.as_ref().is_some_and(|sort| sort.descending),
        per_page: PER_PAGE,
        ..CaseFilter::default()
    };
    if let Some(format) = Format::asked(&page) {
        let rows = all(&portal, &viewer, filter).await?;
        let of = fund_of_year(&names, &position.fund, position.year);
        return export::answer_of(&list(&rows, &names, None), page.lang, format, "reservations", &of);
    }
    let counts = store.counts(&viewer.actor, &filter).await?;
    let total = sum(counts.by_stage.iter().map(|count| count.amount));
    let cases = counts.by_stage.iter().map(|count| count.cases).sum();
    let pager = Pager::asked(&page, PER_PAGE, cases);
    let found = store.cases(&viewer.actor, &CaseFilter { page: pager.number, ..filter }).await?;
    let mut list = list(&found.rows, &names, asked);
    if pager.total > PER_PAGE {
        list.caption = Text::new("预留（本页）", "Reservations (this page)");
    } else {
        list.totals = vec![
            Cell::pair(("合计", "Sum")),
            Cell::empty(),
            Cell::empty(),
            Cell::empty(),
            Cell::empty(),
            Cell::money(total),
        ];
    }
    let page = fund::framed(page, &names, &position);
    let tabs = fund_tabs(&position, FundView::Reservations);
    Page::show(&Reservations { page, tabs, position, names, list, pager, total, measure, stage })
}

/// All cases that a filter takes.
pub async fn all(portal: &Portal, viewer: &Viewer, filter: CaseFilter) -> Result<Vec<CaseRow>, Problem> {
    let mut rows = Vec::new();
    let mut filter = CaseFilter { page: 1, per_page: 1000, ..filter };
    loop {
        let found = portal.store.cases(&viewer.actor, &filter).await?;
        let pages = found.pages();
        rows.extend(found.rows);
        if filter.page >= pages || rows.len() >= MOST_EXPORTED {
            return Ok(rows);
        }
        filter.page += 1;
    }
}

fn order(key: &str) -> Sort {
    match key {
        "party" => Sort::Party,
        "amount" => Sort::Amount,
        "stage" => Sort::Stage,
        "due" => Sort::Due,
        _ => Sort::Number,
    }
}

fn list(rows: &[CaseRow], names: &Names, sort: Option<SortAsked>) -> List {
    let columns = vec![
        Column::text("number", ("受理号", "Number")).sortable(),
        Column::text("party", ("单位", "Party")).sortable(),
        Column::text("measure", ("措施", "Measure")),
        Column::status("stage", ("阶段", "Stage")).sortable(),
        Column::date("due", ("办理期限", "Due")).sortable(),
        Column::money("amount", ("预留金额（元）", "Reserved (yuan)")).sortable(),
    ];
    let mut list = List::new(("预留", "Reservations"), columns).cards().sorted(sort);
    for row in rows {
        let number = row.number.clone().unwrap_or_default();
        list.push(Row::new(vec![
            Cell::text(number).link(format!("/work/cases/{}", row.id.0)),
            Cell::text(row.party_name.clone()),
            Cell::pair(names.measure(&row.measure)).note(Text::same(row.clause.clone())),
            Cell::status(stages::status(row.stage)),
            row.due.map_or_else(Cell::empty, Cell::date),
            row.amount.map_or_else(Cell::empty, Cell::money),
        ]));
    }
    list
}
