//! The answers of the bank that were read, each with what its file did.

use std::collections::BTreeSet;
use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use duixian_rules::vocabulary::Lang;
use duixian_store::batches::{REPORT, Settled, SettledBatch};
use duixian_store::reports::{MOST_LISTED, Report};

use crate::format;
use crate::list::{Cell, Column, List, Row};
use crate::locale::Text;
use crate::page::Page;
use crate::pages::shared;
use crate::pages::work::rows::sum;
use crate::portal::Portal;
use crate::problem::Problem;

use super::results::framed;

#[derive(Template)]
#[template(path = "finance/reports.html")]
struct ListOfReports {
    page: Page,
    list: List,
}

/// `GET /finance/reports`, and of one batch with `?batch=`
pub async fn page(State(portal): State<Arc<Portal>>, page: Page) -> Result<Response, Problem> {
    let of = page.query_value("batch").and_then(|id| id.parse().ok());
    let (found, batch) = match of {
        Some(id) => (portal.store.reports_of_batch(id).await?, Some(portal.store.batch(id).await?)),
        None => (portal.store.reports::<Settled>(REPORT, None, MOST_LISTED).await?, None),
    };
    let list = list(&portal, &found).await?;
    let mut page = framed(page, batch.as_ref(), ("读过的银行回单", "Answers of the bank that were read"));
    if batch.is_some() {
        page = page.led((
            "每读一次列一行。同一份文件再读也列在这里，没有重复记；批次页的份数只数不同的文件。",
            "One line for each time that one was read. The same file read again is listed too, though nothing was recorded twice; the batch \
             counts different files.",
        ));
    }
    Page::show(&ListOfReports { page, list })
}

/// Reports, each with what its file did.
pub(super) async fn list(portal: &Portal, found: &[(i64, Report<Settled>)]) -> Result<List, Problem> {
    let columns = vec![
        Column::text("at", ("读入时间", "Read")),
        Column::text("by", ("读入人", "By")),
        Column::text("batches", ("批次", "Batches")),
        Column::number("news", ("新记（笔）", "Recorded")),
        Column::number("odd", ("没有记（笔）", "Not recorded")),
        Column::number("reported", ("待第二人确认（笔）", "For a second person")),
        Column::money("open", ("读完还没有回音（元）", "Open after it (yuan)")),
    ];
    let mut list = List::new(("最近读过的银行回单", "The newest answers of the bank"), columns).cards();
    let names = shared::user_names(portal).await?;
    for (id, report) in found {
        let told = &report.told;
        let (settled, unreleased) = (told.batches.iter(), told.unreleased.iter());
        let numbers = settled.map(|one| one.number.as_str()).chain(unreleased.map(|one| one.number.as_str()));
        let mut told_of = BTreeSet::new();
        let numbers: Vec<&str> = numbers.filter(|number| told_of.insert(*number)).collect();
        let count = |of: fn(&SettledBatch) -> usize| whole(told.batches.iter().map(of).sum::<usize>());
        let odd = count(|one| one.settlement.odd.len())
            .saturating_add(whole(told.unknown.len() + told.more_unknown + told.unreleased.len()));
        let by = report.by.and_then(|user| names.get(&user).cloned()).unwrap_or_default();
        let at = report.at.local();
        let when = Text::new(format::moment(Lang::Zh, at), format::moment(Lang::En, at));
        let row = Row::new(vec![
            Cell::pair(when).link(format!("/finance/results/{id}")),
            Cell::text(by),
            Cell::pair(Text::new(numbers.join("、"), numbers.join(", "))),
            Cell::count(count(|one| one.settlement.news.len())),
            Cell::count(odd),
            Cell::count(count(|one| one.settlement.reported.len())),
            Cell::money(sum(told.batches.iter().map(|one| one.totals.2))),
        ]);
        list.push(if odd > 0 { row.late() } else { row });
    }
    Ok(list)
}

fn whole(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
