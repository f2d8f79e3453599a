//! What was sent: each with its number, and what happens next.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use duixian_casework::stage::Stage;
use duixian_money::Span;
use duixian_store::cases::CaseRow;

use super::super::amounts::{Total, span_text};
use super::super::draft::Draft;
use super::super::standing::{Standing, standing, status};
use super::{Part, Place, Together, page_of};
use crate::forms::Posted;
use crate::locale::Text;
use crate::page::Page;
use crate::portal::Portal;
use crate::problem::Problem;
use crate::ui::Status;
use crate::viewer::Viewer;

/// One that was sent.
struct Line {
    href: String,
    number: String,
    basis: String,
    amount: Option<Text>,
    status: Status,
}

#[derive(Template)]
#[template(path = "enterprise/together/sent.html")]
struct Sent {
    page: Page,
    lines: Vec<Line>,
    sum: Option<Text>,
    /// Where the first that was only just sent stands: the others stand there too.
    standing: Option<Standing>,
    /// How many were sent before these.
    earlier: usize,
    /// How many drafts are left, and where they go on.
    drafts: usize,
    check: String,
    home: String,
}

/// `GET …/sent`.
pub async fn show(
    State(portal): State<Arc<Portal>>,
    page: Page,
    viewer: Viewer,
    Path(place): Path<Place>,
) -> Result<Response, Problem> {
    let together = Together::at(&portal, &viewer, &place).await?;
    let stages = Stage::ALL.into_iter().filter(|stage| !matches!(stage, Stage::Draft | Stage::Withdrawn));
    let mut rows = together.cases(&portal, &viewer, stages.collect()).await?;
    let asked = Posted::from_query(page.query());
    let is_asked = |row: &CaseRow| asked.all("case").contains(&row.id.0.to_string().as_str());
    let earlier = if asked.has("case") { rows.iter().filter(|row| !is_asked(row)).count() } else { 0 };
    rows.retain(|row| !asked.has("case") || is_asked(row));
    let span = |row: &CaseRow| row.amount.map(Span::exact).or(row.low.map(|low| Span { low, high: row.high }));
    let total = Total::of(rows.iter().filter_map(span));
    let just_sent = rows.iter().find(|row| row.stage == Stage::Submitted);
    let standing = match just_sent {
        Some(row) => Some(standing(&Draft::of(&portal, &viewer, row.id.0).await?, portal.store.now().day())),
        None => None,
    };
    let line = |row: &CaseRow| Line {
        href: format!("/cases/{}", row.id.0),
        number: row.number.clone().unwrap_or_default(),
        basis: row.basis.clone(),
        amount: span(row).map(span_text),
        status: status(row.stage),
    };
    let shown = Sent {
        lines: rows.iter().map(line).collect(),
        sum: total.text().filter(|_| total.count > 0),
        standing,
        earlier,
        drafts: together.drafts.len(),
        check: together.href(Part::Check),
        home: format!("/my/{}", together.party.code),
        page: page_of(page, &together, ("已经提交的申请", "What was sent")),
    };
    Page::show(&shown)
}
