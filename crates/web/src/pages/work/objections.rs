//! Objections that wait for an answer, and those that were answered.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use duixian_store::cases::{Objected, Objections};

use crate::casefile::history::WITHHELD;
use crate::casefile::stages;
use crate::export::{self, Format};
use crate::list::{Cell, Column, List, Row, Value};
use crate::locale::Text;
use crate::page::Page;
use crate::portal::Portal;
use crate::problem::Problem;
use crate::ui::{Deadline, Pager, Status, Tab, Tabs};
use crate::viewer::Viewer;

/// How many objections a page has.
const PER_PAGE: u64 = 50;

/// The views, by their words in addresses.
const VIEWS: [(&str, Objections, (&str, &str)); 3] = [
    ("open", Objections::Open, ("待答复", "Open")),
    ("answered", Objections::Answered, ("已答复", "Answered")),
    ("all", Objections::All, ("全部", "All")),
];

/// `GET /work/objections?state=answered`
pub async fn page(State(portal): State<Arc<Portal>>, viewer: Viewer, page: Page) -> Result<Response, Problem> {
    let store = &portal.store;
    let number = page.query_value("page").and_then(|text| text.parse().ok()).unwrap_or(1).max(1);
    let asked = page.query_value("state");
    let which = VIEWS.iter().find(|(word, ..)| asked.as_deref() == Some(word)).map_or(Objections::Open, |view| view.1);
    let format = Format::asked(&page);
    let mut found = store.objections(&viewer.actor, which, (number, PER_PAGE)).await?;
    if format.is_some() {
        found.rows = store.all_objections(&viewer.actor, which).await?;
    }
    let calendar = store.calendar().await?;
    let today = store.now().day();
    let mut columns = vec![
        Column::text("number", ("受理号", "Number")),
        Column::text("party", ("单位", "Party")),
        Column::text("who", ("异议人", "Who objects")),
        Column::text("grounds", ("理由", "Grounds")),
        Column::date("at", ("提出时间", "Raised")),
    ];
    columns.push(Column::date("due", ("答复期限", "Answer due")));
    if which != Objections::Open {
        columns.push(Column::date("answered", ("答复时间", "Answered")));
        columns.push(Column::text("by", ("答复人", "By whom")));
        columns.push(Column::text("answer", ("答复", "Answer")));
    }
    columns.push(Column::status("stage", ("状态", "State")));
    let mut list = List::new(caption(which), columns).cards();
    for one in &found.rows {
        let Objected { case, party_name, objection, due, answered_by } = one;
        let is_known = store.may_see_objectors(&viewer.actor, case).await?;
        let mut cells = vec![
            Cell::text(case.number.clone().unwrap_or_default())
                .link(format!("/work/cases/{}#objection-{}", case.id.0, objection.id))
                .note(Text::new(format!("第 {} 项异议", objection.id), format!("objection {}", objection.id))),
            Cell::text(party_name.clone()),
            if is_known {
                Cell::text(objection.name.clone()).note(Text::same(objection.contact.clone()))
            } else {
                Cell::pair(WITHHELD)
            },
            Cell::text(objection.grounds.clone()),
            Cell::of(Value::Moment(objection.at.local())),
        ];
        // Of one that was answered it is told whether that was in time.
        let answered = objection.answer.as_ref().map(|answer| answer.at.day());
        let deadline = Deadline::seen(&calendar, answered.unwrap_or(today), *due);
        let (due, count) = (Cell::date(*due), deadline.count());
        cells.push(match answered {
            None => due.note(count),
            Some(_) if deadline.is_past() => {
                due.note(Text::new(format!("答复时{}", count.zh), format!("{} when it was answered", count.en)))
            }
            Some(_) => due,
        });
        if which != Objections::Open {
            match &objection.answer {
                Some(answer) => cells.extend([
                    Cell::of(Value::Moment(answer.at.local())),
                    Cell::text(answered_by.clone().unwrap_or_default()),
                    Cell::text(answer.text.clone()),
                ]),
                None => cells.extend([Cell::empty(), Cell::empty(), Cell::empty()]),
            }
        }
        cells.push(Cell::status(match &objection.answer {
            Some(answer) if answer.upheld => Status::bad("异议成立", "upheld"),
            Some(_) => Status::quiet("异议不成立", "not upheld"),
            None => stages::status(case.stage),
        }));
        let row = Row::new(cells);
        list.push(if answered.is_none() && deadline.is_past() { row.late() } else { row });
    }
    if let Some(format) = format {
        return export::answer(&list, page.lang, format, "objections");
    }
    let pager = Pager { number: found.page, size: found.per_page, total: found.total };
    let tabs = VIEWS.map(|(word, view, text)| Tab {
        href: format!("/work/objections?state={word}"),
        text: text.into(),
        count: (view == which).then_some(found.total),
        is_current: view == which,
    });
    let tabs = Tabs { label: ("异议", "Objections").into(), tabs: tabs.into() };
    let page = page.titled(("异议", "Objections")).under("/work", ("办件", "Cases")).wide();
    Page::show(&ObjectionsPage { page, tabs, which, list, pager })
}

fn caption(which: Objections) -> Text {
    match which {
        Objections::Open => ("待答复的异议", "Objections that wait for an answer"),
        Objections::Answered => ("已答复的异议", "Objections that were answered"),
        Objections::All => ("全部异议", "All objections"),
    }
    .into()
}

#[derive(Template)]
#[template(path = "work/objections.html")]
struct ObjectionsPage {
    page: Page,
    tabs: Tabs,
    which: Objections,
    list: List,
    pager: Pager,
}

impl ObjectionsPage {
    fn is_of_answered(&self) -> bool {
        self.which == Objections::Answered
    }
}
