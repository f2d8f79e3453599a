//! Why a party gets what it gets of one measure: one tap from the overview, the law one more.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use duixian_assess::explain::BasisReport;
use duixian_assess::result::Status as Outcome;
use duixian_casework::stage::Stage;

use super::amounts::span_text;
use super::applied::{Reported, reported};
use super::appraisal;
use super::outlook::{Given, Outlook, apply_href};
use super::parties;
use crate::casefile::cells;
use crate::casefile::reasons::{Reasons, Sources};
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
    act: Option<Act>,
    reasons: Reasons,
}

/// What can be done about a basis.
struct Act {
    href: String,
    text: Text,
    /// Whether it is written there what is wrong with a fact.
    is_open: bool,
}

#[derive(Template)]
#[template(path = "enterprise/why.html")]
struct Why {
    page: Page,
    round_name: String,
    bases: Vec<Shown>,
    needed: Option<String>,
    /// What the party has reported itself of the measure.
    reported: Option<Reported>,
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
    let reported = reported(&overview).into_iter().find(|one| one.measure == measure);
    let (bases, needed, outside, notes) = appraisal::read(&given.explained, &given.pack, lang, |report| {
        let of = report.measures.iter().find(|one| one.id == measure);
        let bases = of.iter().flat_map(|of| of.bases.iter().map(move |basis| (of, basis)));
        let bases = bases.filter(|(_, basis)| asked.as_ref().is_none_or(|asked| *asked == basis.id));
        let shown = bases.map(|(of, basis)| {
            let act = act(&overview, given, &measure, basis);
            let dispute = act.as_ref().filter(|act| act.is_open).map(|act| act.href.clone());
            Shown {
                name: basis.name.clone(),
                status: appraisal::status(Some(basis.status)),
                amount: basis
                    .amount
                    .filter(|_| matches!(basis.status, Outcome::Entitled | Outcome::Conditional))
                    .map(span_text),
                decision: basis.decision.clone(),
                payable_from: basis.payable_from.clone(),
                reasons: Reasons::of(of, basis, sources, lang).disputed_at(dispute),
                act,
            }
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
    let page = page.titled(cells::name(&rule.name)).under(format!("/my/{code}"), Text::same(party.name)).narrow();
    let all = asked.is_some().then(|| page.href_with(&[("basis", "")]));
    let (round_name, clause) = (given.round.name.clone(), rule.clause.clone());
    Page::show(&Why { page, round_name, bases, needed, reported, outside, clause, state_own, notes, all })
}

/// What can be done about a basis: nothing is begun where an application is there already, and what is refused by the registry is
/// applied for only by who says that the registry is wrong.
fn act(overview: &Outlook, given: &Given, measure: &str, basis: &BasisReport) -> Option<Act> {
    let (year, round) = (given.round.year, given.round.id);
    if let Some(case) = overview.case_for(measure, &basis.id, year) {
        let (href, why_not) = overview.go_on(case);
        let is_open = case.stage == Stage::Draft && why_not.is_none();
        let text = match case.stage {
            Stage::Draft if is_open => ("接着填写", "Go on with the draft"),
            Stage::Draft => ("看草稿", "See the draft"),
            _ => ("看已有的申请", "See its application"),
        };
        let href = if is_open { href } else { format!("/cases/{}", case.id.0) };
        return Some(Act { href, text: text.into(), is_open });
    }
    if overview.takes(measure).is_some() {
        return None;
    }
    let text = match basis.status {
        Outcome::Entitled | Outcome::Conditional => ("去申请", "Apply"),
        Outcome::Unknown => ("补充并申请", "Add it and apply"),
        Outcome::NotEntitled => ("登记不对？写明并附证明", "Registry wrong? Say so, and show it"),
    };
    let href = apply_href(&overview.party.code, round, measure, &basis.id);
    Some(Act { href, text: text.into(), is_open: true })
}
