//! Which applications go together: all that the rules give, if nobody says otherwise.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use duixian_assess::result::Status as Outcome;
use duixian_money::Span;
use duixian_store::cases::NewCase;

use super::super::amounts::{Total, span_text};
use super::super::appraisal;
use super::super::edit::{form_key, once};
use super::super::outlook::{Outlook, is_refused};
use super::{MOST, Part, Place, Together, Walk, page_of};
use crate::casefile::said::all_said;
use crate::forms::{Choice, Field, Form, Posted};
use crate::locale::{Lang, Text};
use crate::page::Page;
use crate::portal::Portal;
use crate::problem::{self, Problem};
use crate::shell::redirect;
use crate::viewer::Viewer;

#[derive(Template)]
#[template(path = "enterprise/together/pick.html")]
struct Pick {
    page: Page,
    walk: Walk,
    form: Form,
    once: String,
    /// What can be begun, and what it comes to.
    count: usize,
    sum: Option<Text>,
    /// How many drafts there are, and where they go on.
    drafts: usize,
    go_on: String,
    evidence: Vec<Text>,
    closed: Option<Text>,
}

/// A basis that the rules give something for and nobody has applied for.
struct Candidate {
    basis: String,
    name: Text,
    amount: Option<Span>,
}

/// `GET /my/{code}/together/{round}/{measure}`.
pub async fn ask(
    State(portal): State<Arc<Portal>>,
    page: Page,
    viewer: Viewer,
    Path(place): Path<Place>,
) -> Result<Response, Problem> {
    let together = Together::at(&portal, &viewer, &place).await?;
    show(&portal, &viewer, page, &together, None).await
}

async fn show(
    portal: &Portal,
    viewer: &Viewer,
    page: Page,
    together: &Together,
    wrong: Option<(Text, &Posted)>,
) -> Result<Response, Problem> {
    let overview = Outlook::load_round(portal, &viewer.actor, together.party.clone(), together.round.clone()).await?;
    let candidates = candidates(&overview, together, page.lang);
    let choices = candidates.iter().map(|one| {
        let choice = Choice::new(one.basis.clone(), one.name.clone()).amount(one.amount);
        one.amount.map_or(choice.clone(), |amount| choice.hint(span_text(amount)))
    });
    // What somebody left out before is not put in again behind their back.
    let is_new = together.drafts.is_empty();
    let ticked = candidates.iter().filter(|_| is_new).map(|one| ("basis", one.basis.clone()));
    let ticked = Posted::from_pairs(ticked);
    let label = if is_new { ("一起申请哪些？", "Which ones?") } else { ("再加哪些？", "Which others?") };
    let field = Field::checkboxes("basis", label, choices.collect());
    let form = Form::new(page.lang, vec![field]);
    let (status, form) = match wrong {
        // What somebody chose stays chosen, and what they left out stays out.
        Some((error, posted)) => {
            let mut form = form.drafted(posted);
            form.error("basis", error);
            (StatusCode::UNPROCESSABLE_ENTITY, form)
        }
        None => (StatusCode::OK, form.drafted(&ticked)),
    };
    let total = Total::of(candidates.iter().filter_map(|one| one.amount));
    let shown = Pick {
        walk: together.walk(portal, Part::Pick, &overview.calendar),
        form,
        once: once()?,
        count: candidates.len(),
        sum: total.text().filter(|_| total.count > 0),
        drafts: together.drafts.len(),
        go_on: together.href(together.next_open()),
        evidence: all_said(&together.pack.plan.english, together.required_evidence()),
        closed: overview.takes(&together.rule().name.en),
        page: page_of(page, together, ("一起申请哪些？", "Which ones together?")),
    };
    Page::show_as(status, &shown)
}

/// The bases that the rules give something for and that have no application yet, in their order.
fn candidates(overview: &Outlook, together: &Together, lang: Lang) -> Vec<Candidate> {
    let Some(given) = &overview.given else { return Vec::new() };
    let measure = &together.rule().name.en;
    appraisal::read(&given.explained, &given.pack, lang, |report| {
        let bases = report.measures.iter().filter(|of| of.measure == together.measure).flat_map(|of| &of.bases);
        let is_given = |status| matches!(status, Outcome::Entitled | Outcome::Conditional);
        let bases = bases.filter(|basis| is_given(basis.status));
        let bases = bases.filter(|basis| overview.case_for(measure, &basis.id, given.round.year).is_none());
        // What was refused is applied for again by itself, by whoever has made good what was not met.
        let was_refused = |id: &str| {
            overview.former_case(measure, id, given.round.year).is_some_and(|former| is_refused(former.stage))
        };
        let bases = bases.filter(|basis| !was_refused(&basis.id));
        let candidate = |basis: &duixian_assess::explain::BasisReport| Candidate {
            basis: basis.id.clone(),
            name: given.row_name(together.rule().basis.table, &basis.id).unwrap_or(Text::same(basis.name.clone())),
            amount: basis.amount,
        };
        bases.map(candidate).take(MOST.saturating_sub(together.drafts.len())).collect()
    })
}

/// `POST /my/{code}/together/{round}/{measure}`: begins a draft for each that was ticked.
pub async fn begin(
    State(portal): State<Arc<Portal>>,
    page: Page,
    viewer: Viewer,
    Path(place): Path<Place>,
    posted: Posted,
) -> Result<Response, Problem> {
    let together = Together::at(&portal, &viewer, &place).await?;
    let ticked: Vec<&str> = posted.all("basis").into_iter().take(MOST).collect();
    if ticked.is_empty() && together.drafts.is_empty() {
        let error = ("请至少选一项。", "Choose at least one.").into();
        return show(&portal, &viewer, page, &together, Some((error, &posted))).await;
    }
    for basis in ticked {
        let new = NewCase {
            round: together.round.id,
            party: together.party.code.clone(),
            measure: together.rule().name.en.clone(),
            basis: basis.to_owned(),
        };
        let key = form_key(&posted, &format!("together {new:?}"))?;
        if let Err(error) = portal.store.open_draft(&viewer.actor, &key, new).await {
            let why = problem::for_form(error)?;
            let error = Text::new(format!("{basis}：{}", why.zh), format!("{basis}: {}", why.en));
            let together = Together::at(&portal, &viewer, &place).await?;
            return show(&portal, &viewer, page, &together, Some((error, &posted))).await;
        }
    }
    let together = Together::at(&portal, &viewer, &place).await?;
    Ok(redirect(&together.href(together.next_open())))
}
