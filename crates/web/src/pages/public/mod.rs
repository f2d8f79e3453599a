//! What everyone may read: the programme with its rules, what these would give, what is in notice, what was paid.

mod calculator;
mod clause;
mod home;
mod measure;
mod notices;
mod objecting;
mod paid;
mod programme;
mod reckoning;
#[cfg(test)]
mod tests;

use duixian_rules::pack::Pack;
use duixian_rules::plan::Measure;
use duixian_store::public::PublicFilter;

use crate::access::{Access, Routes};
use crate::casefile::cells;
use crate::forms::{Choice, Field, Form, Posted};
use crate::locale::Text;
use crate::page::Page;

/// The routes.
pub fn routes() -> Routes {
    Routes::new()
        .get("/", Access::Public, home::show)
        .get("/programme", Access::Public, programme::show)
        .get("/programme/{clause}", Access::Public, clause::show)
        .get("/calculator", Access::Public, calculator::all)
        .get("/calculator/{measure}", Access::Public, calculator::show)
        .get("/measures/{id}", Access::Public, measure::show)
        .get("/notices", Access::Public, notices::list)
        .get("/notices/{number}", Access::Public, notices::show)
        .post("/notices/{number}/object", Access::Public, objecting::object)
        .get("/paid", Access::Public, paid::list)
}

/// Rows on a page of the public lists; the store's own number.
const PER_PAGE: u64 = 50;

/// Rows that an export takes at a time; the store's own most.
const AT_ONCE: u64 = 1000;

/// From which page on a list is read, and how much at a time: an export takes all of it.
fn window(filter: &PublicFilter, is_export: bool) -> PublicFilter {
    match is_export {
        true => PublicFilter { page: 1, per_page: AT_ONCE, ..filter.clone() },
        false => filter.clone(),
    }
}

/// The filters of the public lists, as a form and as the store takes them.
fn filters(page: &Page, pack: Option<&Pack>, years: &[i32]) -> (Form, PublicFilter) {
    let measure = |one: &Measure| Choice::new(one.name.en.clone(), cells::name(&one.name));
    let measures = pack.map(|pack| pack.plan.measures.iter().map(measure).collect()).unwrap_or_default();
    let mut fields = vec![
        Field::text("q", ("单位或受理号", "Party or number")).optional(),
        Field::select("measure", ("措施", "Measure"), measures).optional(),
    ];
    if !years.is_empty() {
        let choices = years.iter().map(|year| Choice::new(year.to_string(), Text::same(year.to_string())));
        fields.push(Field::select("year", ("评定年度", "Year assessed"), choices.collect()).optional());
    }
    let form = Form::new(page.lang, fields).drafted(&Posted::from_query(page.query()));
    let given = |name: &str| Some(form.text(name).to_owned()).filter(|text| !text.is_empty());
    let filter = PublicFilter {
        measure: given("measure"),
        text: given("q"),
        year: given("year").and_then(|year| year.parse().ok()),
        page: page.query_value("page").and_then(|text| text.parse().ok()).unwrap_or(1),
        per_page: PER_PAGE,
    };
    (form, filter)
}
