//! What came of one action on many cases, told case by case, at an address of its own.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use duixian_casework::command::Action;
use duixian_casework::stage::Stage;
use duixian_money::Fen;
use duixian_rules::vocabulary::Lang;
use duixian_store::reports::MOST_LISTED;
use serde::{Deserialize, Serialize};

use crate::casefile::stages;
use crate::format;
use crate::list::{Cell, Column, List, Row};
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

#[derive(Template)]
#[template(path = "work/reports.html")]
struct Own {
    page: Page,
    list: List,
}

/// `GET /work/reports`: what came of the bulk actions of who asks, the newest first.
pub async fn own(State(portal): State<Arc<Portal>>, viewer: Viewer, page: Page) -> Result<Response, Problem> {
    let found = portal.store.reports::<Told>(KIND, viewer.actor.user(), MOST_LISTED).await?;
    let columns = vec![
        Column::text("at", ("办理时间", "When")),
        Column::text("action", ("事项", "What")),
        Column::number("done", ("办成（件）", "Done")),
        Column::number("not_done", ("没有办成（件）", "Not done")),
        Column::text("cases", ("案件", "Cases")),
    ];
    let mut list = List::new(("最近的批量办理", "The newest bulk actions"), columns).cards();
    for (id, report) in found {
        let Told { action, results } = report.told;
        let Ok((action, _)) = bulk::bulk_action(&action) else { continue };
        let done = results.iter().filter(|one| one.done.is_some()).count();
        let at = report.at.local();
        let when = Text::new(format::moment(Lang::Zh, at), format::moment(Lang::En, at));
        let first = |lang: Lang, between: &str, more: &str| {
            let first: Vec<&str> = results.iter().take(3).map(|one| one.number.get(lang)).collect();
            format!("{}{}", first.join(between), if results.len() > 3 { more } else { "" })
        };
        let row = Row::new(vec![
            Cell::pair(when).link(format!("/work/reports/{id}")),
            Cell::pair(Text::new(action.label(Lang::Zh), action.label(Lang::En))),
            Cell::count(whole(done)),
            Cell::count(whole(results.len() - done)),
            Cell::pair(Text::new(first(Lang::Zh, "、", "等"), first(Lang::En, ", ", ", …"))),
        ]);
        list.push(if done < results.len() { row.late() } else { row });
    }
    let page = page.titled(("我的批量办理结果", "What came of my bulk actions")).under("/work", ("办件", "Cases"));
    Page::show(&Own { page, list })
}

fn whole(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

impl Report {
    fn status(&self, stage: &Stage) -> Status {
        stages::status(*stage)
    }

    /// Whether what was done says more than where the case stands now: “已受理” twice says nothing more.
    fn says_more(&self, done: &Text, stage: &Stage) -> bool {
        done.zh != self.status(stage).text.zh
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
