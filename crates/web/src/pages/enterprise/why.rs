//! Why a party gets what it gets of one measure: one tap from the overview, the law one more.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use duixian_assess::result::Status as Outcome;

use super::amounts::span_text;
use super::appraisal;
use super::outlook::{Outlook, apply_href};
use super::parties;
use super::questions::name_text;
use super::reasons::{Reasons, Sources};
use crate::locale::Text;
use crate::page::Page;
use crate::portal::Portal;
use crate::problem::Problem;
use crate::ui::Status;
use crate::viewer::Viewer;

/// One basis.
struct Shown {
    name: String,
    status: Status,
    amount: Option<Text>,
    decision: String,
    payable_from: Option<String>,
    apply: Option<String>,
    reasons: Reasons,
}

#[derive(Template)]
#[template(path = "enterprise/why.html")]
struct Why {
    page: Page,
    round_name: String,
    bases: Vec<Shown>,
    needed: Option<String>,
    outside: Vec<String>,
    clause: String,
    state_own: Option<String>,
    notes: Vec<(String, Vec<String>)>,
    all: Option<String>,
}

/// `GET /my/{code}/why/{measure}`.
pub async fn why(
    State(portal): State<Arc<Portal>>,
    page: Page,
    viewer: Viewer,
    Path((code, measure)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let party = parties::own(&portal, &viewer, &code).await?;
    let overview = Outlook::load(&portal, &page, &viewer, party.clone()).await?;
    let Some(given) = &overview.given else { return Err(Problem::not_found()) };
    let plan = &given.pack.plan;
    let rule = plan.measures.iter().find(|rule| rule.name.en == measure).ok_or_else(Problem::not_found)?;
    let sources = Sources { vocabulary: &plan.vocabulary, rows: &given.rows, case: None };
    let lang = page.lang;
    let asked = page.query_value("basis");
    let can_apply = overview.takes(&measure).is_none();
    let (bases, needed, outside, notes) = appraisal::read(&given.explained, &given.pack, lang, |report| {
        let of = report.measures.iter().find(|one| one.id == measure);
        let bases = of.iter().flat_map(|of| of.bases.iter().map(move |basis| (of, basis)));
        let bases = bases.filter(|(_, basis)| asked.as_ref().is_none_or(|asked| *asked == basis.id));
        let shown = bases.map(|(of, basis)| Shown {
            name: basis.name.clone(),
            status: appraisal::status(Some(basis.status)),
            amount: basis
                .amount
                .filter(|_| matches!(basis.status, Outcome::Entitled | Outcome::Conditional))
                .map(span_text),
            decision: basis.decision.clone(),
            payable_from: basis.payable_from.clone(),
            apply: can_apply.then(|| apply_href(&code, given.round.id, &measure, &basis.id)),
            reasons: Reasons::of(of, basis, sources, lang),
        });
        let without = report.without.iter().find(|one| plan.measures[one.measure].name.en == measure);
        let outside = of.map(|of| of.outside.clone()).or_else(|| without.map(|one| one.outside.clone()));
        let notes =
            of.map(|of| of.notes.iter().map(|(heading, notes)| ((*heading).to_owned(), notes.clone())).collect());
        (
            shown.collect::<Vec<_>>(),
            without.map(|one| one.needed.clone()),
            outside.unwrap_or_default(),
            notes.unwrap_or_default(),
        )
    });
    let state_own = can_apply.then(|| apply_href(&code, given.round.id, &measure, ""));
    let page = page.titled(name_text(&rule.name)).under(format!("/my/{code}"), Text::same(party.name)).narrow();
    let all = asked.is_some().then(|| page.href_with(&[("basis", "")]));
    let (round_name, clause) = (given.round.name.clone(), rule.clause.clone());
    Page::show(&Why { page, round_name, bases, needed, outside, clause, state_own, notes, all })
}
