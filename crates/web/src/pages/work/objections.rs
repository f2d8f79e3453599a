//! Objections that wait for an answer, and those that were answered.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use duixian_casework::stage::Stage;
use duixian_store::cases::CaseFilter;

use crate::casefile::history::WITHHELD;
use crate::casefile::stages;
use crate::export::{self, Format};
use crate::list::{Cell, Column, List, Row, Value};
use crate::locale::Text;
use crate::page::Page;
use crate::portal::Portal;
use crate::problem::Problem;
use crate::ui::{Deadline, Pager};
use crate::viewer::Viewer;

/// How many cases a page has.
const PER_PAGE: u64 = 50;

/// `GET /work/objections`
pub async fn page(State(portal): State<Arc<Portal>>, viewer: Viewer, page: Page) -> Result<Response, Problem> {
    let store = &portal.store;
    let number = page.query_value("page").and_then(|text| text.parse().ok()).unwrap_or(1).max(1);
    let format = Format::asked(&page);
    let (number, per_page) = if format.is_some() { (1, 1000) } else { (number, PER_PAGE) };
    let filter = CaseFilter { stages: vec![Stage::Objection], page: number, per_page, ..CaseFilter::default() };
    let found = store.cases(&viewer.actor, &filter).await?;
    let calendar = store.calendar().await?;
    let today = store.now().day();
    let columns = vec![
        Column::text("number", ("受理号", "Number")),
        Column::text("party", ("单位", "Party")),
        Column::text("who", ("异议人", "Who objects")),
        Column::text("grounds", ("理由", "Grounds")),
        Column::date("at", ("提出时间", "Raised")),
        Column::date("due", ("答复期限", "Answer due")),
        Column::status("stage", ("状态", "State")),
    ];
    let mut list = List::new(("待答复的异议", "Objections that wait for an answer"), columns).cards();
    for row in &found.rows {
        let case = store.case_for(&viewer.actor, row.id).await?;
        let number = row.number.clone().unwrap_or_default();
        let is_known = store.may_see_objectors(&viewer.actor, &case).await?;
        for objection in case.open_objections() {
            let deadline = row.due.map(|last_day| Deadline::seen(&calendar, today, last_day));
            let is_late = deadline.is_some_and(|deadline| deadline.is_past());
            let due =
                deadline.map_or_else(Cell::empty, |deadline| Cell::date(deadline.last_day).note(deadline.count()));
            let cells = vec![
                Cell::text(number.clone()).link(format!("/work/cases/{}#objections", row.id.0)),
                Cell::text(row.party_name.clone()),
                if is_known {
                    Cell::text(objection.name.clone()).note(Text::same(objection.contact.clone()))
                } else {
                    Cell::pair(WITHHELD)
                },
                Cell::text(objection.grounds.clone()),
                Cell::of(Value::Moment(objection.at.local())),
                due,
                Cell::status(stages::status(Stage::Objection)),
            ];
            let row = Row::new(cells);
            list.push(if is_late { row.late() } else { row });
        }
    }
    if let Some(format) = format {
        return export::answer(&list, page.lang, format, "objections");
    }
    let pager = Pager { number: found.page, size: found.per_page, total: found.total };
    let page = page.titled(("异议", "Objections")).under("/work", ("办件", "Cases")).wide();
    Page::show(&Objections { page, list, pager })
}

#[derive(Template)]
#[template(path = "work/objections.html")]
struct Objections {
    page: Page,
    list: List,
    pager: Pager,
}
