//! What came of one action on many cases, told case by case, at an address of its own.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use duixian_casework::command::Action;
use duixian_casework::stage::Stage;
use duixian_money::Fen;
use duixian_rules::vocabulary::Lang;
use serde::{Deserialize, Serialize};

use crate::casefile::stages;
use crate::format;
use crate::locale::Text;
use crate::page::Page;
use crate::pages::shared;
use crate::portal::Portal;
use crate::problem::Problem;
use crate::ui::Status;
use crate::viewer::Viewer;

use super::bulk;
use super::rows::sum;

/// The kind of these reports.
pub const KIND: &str = "bulk";

/// What came of all.
#[derive(Serialize, Deserialize)]
pub struct Told {
    /// The word of the action.
    pub action: String,
    pub results: Vec<Outcome>,
}

/// What came of one case.
#[derive(Serialize, Deserialize)]
pub struct Outcome {
    pub id: i64,
    pub number: Text,
    pub party: String,
    pub measure: Text,
    /// As its people know it: what tells one party's cases apart.
    pub basis: Text,
    pub amount: Option<Fen>,
    /// What was done, and where it stood then.
    pub done: Option<(Text, Stage)>,
    pub why: Option<Text>,
}

#[derive(Template)]
#[template(path = "work/bulk_done.html")]
struct Report {
    page: Page,
    action: Action,
    results: Vec<Outcome>,
    done: Text,
    /// Whether the reader does such things themselves.
    may_again: bool,
}

/// `GET /work/reports/{id}`
pub async fn page(
    State(portal): State<Arc<Portal>>,
    viewer: Viewer,
    page: Page,
    Path(id): Path<i64>,
) -> Result<Response, Problem> {
    let report = portal.store.report::<Told>(KIND, id).await?;
    let done = shared::by_and_at(&portal, report.by, report.at).await?;
    let Told { action, results } = report.told;
    let (action, role) = bulk::bulk_action(&action)?;
    let title =
        Text::new(format!("批量{}：结果", action.label(Lang::Zh)), format!("In bulk: {}", action.label(Lang::En)));
    let page = page.titled(title).under("/work", ("办件", "Cases")).wide();
    Page::show(&Report { page, action, results, done, may_again: viewer.has(role) })
}

impl Report {
    fn status(&self, stage: &Stage) -> Status {
        stages::status(*stage)
    }

    fn good(&self) -> usize {
        self.results.iter().filter(|one| one.done.is_some()).count()
    }

    fn bad(&self) -> usize {
        self.results.len() - self.good()
    }

    fn total(&self) -> Fen {
        sum(self.results.iter().filter(|one| one.done.is_some()).filter_map(|one| one.amount))
    }

    fn has_amounts(&self) -> bool {
        self.results.iter().any(|one| one.amount.is_some())
    }

    /// The cases that were not done, to be looked at again as they are now.
    fn again_href(&self) -> String {
        let rest = self.results.iter().filter(|one| one.done.is_none()).map(|one| format!("case={}", one.id));
        format!("/work/bulk/{}?{}", self.action.word(), rest.collect::<Vec<_>>().join("&"))
    }
}
