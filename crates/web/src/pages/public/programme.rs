//! The programme: every clause in order, with our restatement, each leading to its rule.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use duixian_rules::pack::Pack;

use super::measure::titled;
use crate::casefile::cells;
use crate::casefile::said::all_said;
use crate::locale::Text;
use crate::page::Page;
use crate::pages::shared::clause_href;
use crate::portal::Portal;
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "public/programme.html")]
struct Programme {
    page: Page,
    clauses: Vec<ClauseRow>,
    measures: usize,
}

struct ClauseRow {
    href: String,
    title: Text,
    /// How deep it stands: 2 to 4, as a heading.
    level: usize,
    prose: Vec<Text>,
    measures: Vec<(String, Text)>,
    has_rule: bool,
}

pub(super) async fn show(State(portal): State<Arc<Portal>>, page: Page) -> Result<Response, Problem> {
    let current = portal.store.current_pack().await?;
    let clauses = current.as_ref().map(|(_, pack)| rows(pack)).unwrap_or_default();
    let measures = clauses.iter().map(|clause| clause.measures.len()).sum();
    let page = page.narrow().titled(("政策与规则", "The programme and its rules")).led((
        "每一条都用我们自己的话复述，并附上真正运行的规则、有歧义时的读法和示例。",
        "Each clause restated in our words, with the rule that is really run, the readings chosen and examples.",
    ));
    Page::show(&Programme { page, clauses, measures })
}

fn rows(pack: &Pack) -> Vec<ClauseRow> {
    let clauses = pack.documents.iter().flat_map(|document| &document.clauses);
    let row = |clause: &duixian_rules::markdown::Clause| ClauseRow {
        href: clause_href(&clause.number),
        level: level(&clause.number),
        title: titled(pack, clause),
        prose: all_said(&pack.plan.english, &clause.prose),
        measures: pack
            .plan
            .measures
            .iter()
            .filter(|measure| measure.clause == clause.number)
            .map(|one| (one.name.en.clone(), cells::name(&one.name).headed()))
            .collect(),
        has_rule: pack.items.iter().any(|item| item.heading.as_deref() == Some(clause.number.as_str())),
    };
    clauses.map(row).collect()
}

/// `三` is a part, `三(一)` stands in it, `三(一).1` and `二(一)①` in that.
fn level(number: &str) -> usize {
    match number.split_once('(') {
        None => 2,
        Some((_, rest)) if rest.ends_with(')') => 3,
        Some(_) => 4,
    }
}
