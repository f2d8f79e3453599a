//! The design system on one page, `/design`, and a sample of each document. Mounted in demo mode only.

mod letters;
mod samples;

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;

use crate::assets;
use crate::charts::Chart;
use crate::documents;
use crate::export::{self, Format};
use crate::forms::{Form, Posted};
use crate::list::{List, Sort};
use crate::once::Once;
use crate::page::Page;
use crate::problem::Problem;
use crate::shell::Flash;
use crate::ui::{Action, Deadline, Facts, FundTiles, Pager, Status, Steps, Tabs, Timeline};

/// `/design` and what hangs below it.
pub fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route("/design", get(design).post(check))
        .route("/design/draft", axum::routing::post(draft))
        .route("/design/documents/{name}", get(document))
        .route("/design/problems/{status}", get(problem))
}

/// A colour of the style sheet with its contrast against a ground.
pub struct Colour {
    /// The token, as in `--ink`.
    pub name: String,
    /// `#17222e`.
    pub hex: String,
    /// The ground it is read on.
    pub ground: String,
    /// The ratio of WCAG 2 in hundredths: 450 is 4.5 to 1.
    pub contrast_hundredths: u32,
}

#[derive(Template)]
#[template(path = "design/all.html")]
struct DesignPage {
    page: Page,
    once: String,
    form: Form,
    filters: Form,
    list: List,
    plain_list: List,
    pager: Pager,
    statuses: Vec<Status>,
    deadlines: Vec<Deadline>,
    actions: Vec<Action>,
    steps: Steps,
    timeline: Timeline,
    facts: Facts,
    tiles: FundTiles,
    tabs: Tabs,
    charts: Vec<Chart>,
    colours: Vec<Colour>,
    documents: Vec<(&'static str, String)>,
}

async fn design(page: Page) -> Result<Response, Problem> {
    let form = samples::form(page.lang);
    view(page, form, StatusCode::OK)
}

/// The form of the page, checked: with errors it is shown again, without it sends on.
async fn check(page: Page, posted: Posted) -> Result<Response, Problem> {
    posted.once()?;
    let form = samples::form(page.lang).filled(&posted);
    if !form.is_good() {
        return view(page, form, StatusCode::UNPROCESSABLE_ENTITY);
    }
    Ok(Flash::done("表单没有错误。", "The form has no errors.").redirect(&page.site().key, "/design"))
}

/// What a draft is saved by: nothing is kept here.
async fn draft(_: Posted) -> StatusCode {
    StatusCode::NO_CONTENT
}

fn view(page: Page, form: Form, status: StatusCode) -> Result<Response, Problem> {
    let page = page
        .titled(("设计", "Design"))
        .led((
            "门户的全部构件：字体、颜色、表单、表格、状态、图表、文书。",
            "All parts of the portal: type, colour, forms, tables, states, charts, documents.",
        ))
        .under("/", ("首页", "Home"))
        .wide();
    let list = samples::list().sorted(Sort::asked(page.query()));
    if let Some(format) = Format::asked(&page) {
        return export::answer(&list, page.lang, format, "design");
    }
    let once = Once::fresh().map_err(|error| Problem::internal(error.to_string()))?.to_string();
    let filters = samples::filters(page.lang).drafted(&Posted::from_query(page.query()));
    let pager = Pager::asked(&page, 20, 995);
    let template = DesignPage {
        once,
        form,
        filters,
        list: list.pickable("case"),
        plain_list: samples::plain_list(),
        pager,
        statuses: samples::statuses(),
        deadlines: samples::deadlines(),
        actions: samples::actions(),
        steps: samples::steps(),
        timeline: samples::timeline(),
        facts: samples::facts(),
        tiles: samples::tiles(),
        tabs: samples::tabs(),
        charts: samples::charts(),
        colours: colours(),
        documents: letters::names(),
        page,
    };
    Page::show_as(status, &template)
}

async fn document(page: Page, Path(name): Path<String>) -> Result<Response, Problem> {
    let page = page.under("/design", ("设计", "Design"));
    match &*name {
        "submission" => documents::show(page, &letters::submission()),
        "acceptance" => documents::show(page, &letters::acceptance()),
        "correction" => documents::show(page, &letters::correction()),
        "not-accepted" => documents::show(page, &letters::not_accepted()),
        "lapse" => documents::show(page, &letters::lapse()),
        "supported" => documents::show(page, &letters::supported()),
        "declined" => documents::show(page, &letters::declined()),
        "notice" => documents::show(page, &letters::notice()),
        "payment" => documents::show(page, &letters::payment()),
        "ending" => documents::show(page, &letters::ending()),
        _ => Err(Problem::not_found()),
    }
}

/// Every error page, so that it can be looked at.
async fn problem(Path(status): Path<u16>) -> Problem {
    match status {
        403 => Problem::forbidden((
            "同一案件的审核、审定和拨付，一个人只能办一项；您已经审核过本案。",
            "One person may do only one of review, decision and payment of a case; you have reviewed this one.",
        )),
        409 => Problem::conflict(("本案刚刚由另一位同事审定。", "A colleague has just decided this case.")),
        status => StatusCode::from_u16(status).map_or(Problem::not_found(), Problem::of_status),
    }
}

/// The pairs of text and ground that pages use, with their contrast worked out from the style sheet itself.
pub fn colours() -> Vec<Colour> {
    const PAIRS: [(&str, &str); 14] = [
        ("ink", "paper"),
        ("ink", "ground"),
        ("soft-ink", "paper"),
        ("soft-ink", "ground"),
        ("link", "paper"),
        ("link", "ground"),
        ("blue", "blue-wash"),
        ("paper", "blue"),
        ("green", "green-wash"),
        ("amber", "amber-wash"),
        ("amber", "paper"),
        ("red", "red-wash"),
        ("red", "paper"),
        ("soft-ink", "blue-wash"),
    ];
    PAIRS
        .iter()
        .filter_map(|(name, ground)| {
            let (hex, ground_hex) = (token(name)?, token(ground)?);
            Some(Colour {
                name: (*name).to_owned(),
                contrast_hundredths: contrast_hundredths(&hex, &ground_hex)?,
                hex,
                ground: (*ground).to_owned(),
            })
        })
        .collect()
}

/// The value of a colour token in the style sheet.
fn token(name: &str) -> Option<String> {
    let css = assets::all().iter().find(|asset| asset.name == "base.css")?;
    let css = std::str::from_utf8(css.bytes).ok()?;
    let (_, rest) = css.split_once(&format!("\n  --{name}: "))?;
    rest.split_once(';').map(|(value, _)| value.to_owned())
}

/// The contrast ratio of WCAG 2.2 between two colours, in hundredths, rounded down.
fn contrast_hundredths(one: &str, other: &str) -> Option<u32> {
    let (one, other) = (luminance(one)?, luminance(other)?);
    let (light, dark) = if one > other { (one, other) } else { (other, one) };
    Some(((light + 0.05) / (dark + 0.05) * 100.0) as u32)
}

fn luminance(hex: &str) -> Option<f64> {
    let bytes = crate::csrf::unhex(hex.strip_prefix('#')?)?;
    let [red, green, blue] = bytes[..] else { return None };
    let linear = |part: u8| {
        let part = f64::from(part) / 255.0;
        if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    };
    Some(0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue))
}

impl DesignPage {
    fn ratio(&self, colour: &Colour) -> String {
        format!("{}.{:02}", colour.contrast_hundredths / 100, colour.contrast_hundredths % 100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_of_colours_is_readable() {
        let colours = colours();
        assert_eq!(colours.len(), 14, "a token has gone from the style sheet");
        for colour in colours {
            assert!(
                colour.contrast_hundredths >= 450,
                "{} on {}: {}",
                colour.name,
                colour.ground,
                colour.contrast_hundredths
            );
        }
        assert_eq!(contrast_hundredths("#000000", "#ffffff"), Some(2100));
    }
}
