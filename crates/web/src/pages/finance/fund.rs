//! One fund in one year: its position, by measure.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use duixian_casework::people::Role;
use duixian_money::Fen;
use duixian_store::funds::{FundPosition, MeasurePosition};

use crate::charts::{Chart, Kind, Series, Unit};
use crate::export::{self, Format};
use crate::list::{Cell, Column, List, Row};
use crate::locale::Text;
use crate::page::Page;
use crate::pages::work::rows::{Names, sum};
use crate::portal::Portal;
use crate::problem::Problem;
use crate::ui::{Action, FundTiles, Tabs};
use crate::viewer::Viewer;

use super::{FundView, close, fund_href, fund_of_year, fund_tabs, funds, segment, waiting_href};

/// `GET /finance/funds/{fund}/{year}`
pub async fn page(
    State(portal): State<Arc<Portal>>,
    viewer: Viewer,
    page: Page,
    Path((fund, year)): Path<(String, i32)>,
) -> Result<Response, Problem> {
    let store = &portal.store;
    let position = store.position(&fund, year).await?;
    let names = Names::load(store).await?;
    let list = list(&position, &names);
    if let Some(format) = Format::asked(&page) {
        let of = fund_of_year(&names, &position.fund, position.year);
        return export::answer_of(&list, page.lang, format, "position", &of);
    }
    let page = framed(page, &names, &position);
    Page::show(&Fund {
        tabs: fund_tabs(&position, FundView::Position),
        tiles: funds::tiles(&position),
        bar: bar(&position, &names),
        by_measure: by_measure(&position, &names),
        waiting_href: waiting_href(&fund, year),
        transfers_href: format!("{}/transfers?kind=advance", fund_href(&fund, year)),
        actions: actions(&viewer, &position, store.now().year()),
        page,
        list,
        position,
    })
}

#[derive(Template)]
#[template(path = "finance/fund.html")]
struct Fund {
    page: Page,
    tabs: Tabs,
    tiles: FundTiles,
    bar: Chart,
    by_measure: Chart,
    list: List,
    position: FundPosition,
    waiting_href: String,
    transfers_href: String,
    actions: Vec<Action>,
}

/// The title and the way to a page of a fund and year.
pub fn framed(page: Page, names: &Names, position: &FundPosition) -> Page {
    page.titled(fund_of_year(names, &position.fund, position.year)).under("/finance", ("资金", "Funds"))
}

fn actions(viewer: &Viewer, position: &FundPosition, this_year: i32) -> Vec<Action> {
    let mut actions = Vec::new();
    let base = fund_href(&position.fund, position.year);
    if viewer.has(Role::Finance) {
        let (fund, year) = (segment(&position.fund), position.year);
        let href = format!("/finance/batches/new?fund={fund}&year={year}");
        actions.push(Action::main("batch", ("编制拨付批次", "Make a payment batch"), href));
    }
    if viewer.has(Role::Finance) {
        let href = format!("/finance/appropriate?fund={}&year={}", segment(&position.fund), position.year);
        actions.push(Action::second("appropriate", ("追加安排", "Appropriate more"), href));
    }
    if viewer.has(Role::Finance) && position.free > Fen(0) {
        actions.push(Action::second("take-back", ("收回安排", "Take money back"), format!("{base}/take-back")));
    }
    if viewer.has(Role::Finance) {
        let close = Action::second("close", ("年末结转或收回", "Close the year"), format!("{base}/close"));
        actions.push(close.unless(close::why_not(position, this_year)));
    }
    actions
}

fn bar(position: &FundPosition, names: &Names) -> Chart {
    Chart {
        title: ("规模 ＝ 已拨付 ＋ 已预留 ＋ 可用", "Size = paid + reserved + free").into(),
        kind: Kind::Stacked,
        unit: Unit::Money,
        categories: vec![names.fund(&position.fund)],
        series: vec![
            Series::new(("已拨付", "Paid"), vec![position.paid.0]),
            Series::new(("已预留", "Reserved"), vec![position.reserved.0]),
            Series::new(("可用", "Free"), vec![position.free.0]),
        ],
    }
}

fn by_measure(position: &FundPosition, names: &Names) -> Chart {
    let series = |name: (&'static str, &'static str), of: fn(&MeasurePosition) -> Fen| {
        Series::new(name, position.by_measure.iter().map(|one| of(one).0).collect())
    };
    Chart {
        title: ("用在哪些措施上", "Which measures it went to").into(),
        kind: Kind::Stacked,
        unit: Unit::Money,
        categories: position.by_measure.iter().map(|one| names.measure(&one.measure)).collect(),
        series: vec![series(("已拨付", "Paid"), |one| one.paid), series(("已预留", "Reserved"), |one| one.reserved)],
    }
}

fn list(position: &FundPosition, names: &Names) -> List {
    let columns = vec![
        Column::text("measure", ("措施", "Measure")),
        Column::money("paid", ("已拨付（元）", "Paid (yuan)")),
        Column::money("reserved", ("已预留（元）", "Reserved (yuan)")),
        Column::money("sum", ("合计（元）", "Sum (yuan)")),
    ];
    let mut list = List::new(("按措施", "By measure"), columns).cards();
    let base = fund_href(&position.fund, position.year);
    let link = |cell: Cell, amount: Fen, href: String| if amount == Fen(0) { cell } else { cell.link(href) };
    for one in &position.by_measure {
        let paid = format!("{base}/statement?by=case&measure={}", segment(&one.measure));
        let reserved = format!("{base}/reservations?measure={}", segment(&one.measure));
        list.push(Row::new(vec![
            Cell::pair(names.measure(&one.measure)),
            link(Cell::money(one.paid), one.paid, paid),
            link(Cell::money(one.reserved), one.reserved, reserved),
            Cell::money(sum([one.paid, one.reserved].into_iter())),
        ]));
    }
    // What came back under a measure is taken off that measure already: what is left here belongs to no measure's case.
    let paid = sum(position.by_measure.iter().map(|one| one.paid));
    let returned = Fen(position.paid.0.saturating_sub(paid.0));
    if returned != Fen(0) {
        list.push(Row::new(vec![
            Cell::pair(("退回与更正", "Returned and corrected")),
            Cell::money(returned),
            Cell::empty(),
            Cell::money(returned),
        ]));
    }
    list.totals = vec![
        Cell::pair(Text::new("合计", "Sum")),
        Cell::money(position.paid),
        Cell::money(position.reserved),
        Cell::money(sum([position.paid, position.reserved].into_iter())),
    ];
    list
}
