//! The applications of the parties that someone acts for, as a list.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use duixian_casework::case::CaseId;
use duixian_casework::round::RoundState;
use duixian_casework::stage::Stage;
use duixian_money::Fen;
use duixian_rules::pack::Pack;
use duixian_store::cases::{CaseFilter, CaseRow, Sort as Order};
use duixian_store::facts::Party;

use super::draft::title;
use super::parties;
use super::standing::{last_day, status_of};
use crate::export::{self, Format};
use crate::forms::{Choice, Field, Form, Posted};
use crate::list::{Cell, Column, List, Row, RowState, Sort, Value};
use crate::locale::{Lang, Text};
use crate::page::Page;
use crate::pages::work::rows::span_figures;
use crate::portal::Portal;
use crate::problem::Problem;
use crate::ui::{Deadline, Pager, Urgency};
use crate::viewer::Viewer;

const PER_PAGE: u64 = 30;
/// How many rows a file has at most.
const MOST_ROWS: u64 = 10_000;

/// What wait for the applicant.
const YOURS: [Stage; 3] = [Stage::Draft, Stage::Correction, Stage::PaymentFailed];
/// The same and what is objected to, which waits until there was a reply ([`replied`]).
pub const MAY_BE_YOURS: [Stage; 4] = [Stage::Draft, Stage::Correction, Stage::PaymentFailed, Stage::Objection];
/// What is under way elsewhere.
const UNDER_WAY: [Stage; 11] = [
    Stage::Submitted,
    Stage::Accepted,
    Stage::FormalReview,
    Stage::SubstantiveReview,
    Stage::Reviewed,
    Stage::Queued,
    Stage::Decided,
    Stage::InNotice,
    Stage::Payable,
    Stage::OnHold,
    Stage::Objection,
];
/// What is over.
const OVER: [Stage; 6] =
    [Stage::Paid, Stage::Closed, Stage::NotAccepted, Stage::Declined, Stage::PaymentEnded, Stage::Withdrawn];

#[derive(Template)]
#[template(path = "enterprise/cases.html")]
struct Cases {
    page: Page,
    filters: Form,
    list: List,
    pager: Pager,
    is_filtered: bool,
}

fn filters(lang: Lang, parties: &[Party]) -> Form {
    let mut fields = vec![Field::text("q", ("找", "Find")).optional().hint((
        "申请编号、单位、信用代码、证书或项目编号",
        "Number, party, code, or the certificate's or project's number",
    ))];
    if parties.len() > 1 {
        // They stand by their codes, which are read beside the names: nobody finds a name in an order that cannot be seen.
        let named = |party: &Party| Text::same(format!("{}　{}", party.code, party.name));
        let choices = parties.iter().map(|party| Choice::new(party.code.clone(), named(party)));
        fields.push(Field::select("party", ("单位", "Party"), choices.collect()).optional());
    }
    let states = vec![
        Choice::new("yours", ("等您办的", "waiting for you")),
        Choice::new("drafts", ("草稿", "drafts")),
        Choice::new("under_way", ("在办的", "under way")),
        Choice::new("over", ("已有结果的", "over")),
    ];
    fields.push(Field::select("state", ("状态", "State"), states).optional());
    Form::new(lang, fields)
}

/// The cases of the viewer that are objected to and to which they have replied: nothing of them waits for the applicant.
pub async fn replied(portal: &Portal, viewer: &Viewer) -> Result<Vec<CaseId>, Problem> {
    let filter = CaseFilter { stages: vec![Stage::Objection], per_page: 1000, ..CaseFilter::default() };
    let mut replied = Vec::new();
    for row in portal.store.cases(&viewer.actor, &filter).await?.rows {
        let case = portal.store.case(row.id).await?;
        if case.open_objections().all(|objection| objection.reply.is_some()) {
            replied.push(row.id);
        }
    }
    Ok(replied)
}

/// `GET /cases`.
pub async fn list(State(portal): State<Arc<Portal>>, page: Page, viewer: Viewer) -> Result<Response, Problem> {
    let parties = parties::all(&portal, &viewer).await?;
    let filters = filters(page.lang, &parties).drafted(&Posted::from_query(page.query()));
    let stages = match filters.text("state") {
        "yours" => MAY_BE_YOURS.to_vec(),
        "drafts" => vec![Stage::Draft],
        "under_way" => UNDER_WAY.to_vec(),
        "over" => OVER.to_vec(),
        _ => Vec::new(),
    };
    let given = |name: &str| Some(filters.text(name).to_owned()).filter(|text| !text.is_empty());
    // Of a party that the viewer does not act for there is nothing, said as for one that has nothing.
    let party = given("party").or_else(|| match parties.as_slice() {
        [only] => Some(only.code.clone()),
        _ => None,
    });
    let is_allowed = party.as_ref().is_none_or(|party| viewer.actor.acts_for(party));
    let sort = Sort::asked(page.query());
    let order = match sort.as_ref().map(|sort| sort.key.as_str()) {
        Some("number") => Order::Number,
        Some("due") => Order::Due,
        Some("amount") => Order::Amount,
        Some("party") => Order::Party,
        Some("stage") => Order::Stage,
        _ => Order::Applicant,
    };
    let descending = sort.as_ref().is_none_or(|sort| sort.descending);
    let is_filtered = given("q").is_some() || given("state").is_some() || given("party").is_some();
    let format = Format::asked(&page);
    let filter = CaseFilter {
        stages,
        party,
        text: given("q"),
        // A draft that can't be sent any more waits for nobody.
        sendable: filters.text("state") == "yours",
        except: if filters.text("state") == "yours" { replied(&portal, &viewer).await? } else { Vec::new() },
        sort: order,
        descending,
        per_page: if format.is_some() { 1000 } else { PER_PAGE },
        page: page.query_value("page").and_then(|text| text.parse().ok()).unwrap_or(1),
        ..CaseFilter::default()
    };
    let own = |row: &CaseRow| viewer.actor.acts_for(&row.party);
    let (rows, total) = if !is_allowed || parties.is_empty() {
        (Vec::new(), 0)
    } else if format.is_some() {
        let mut rows = Vec::new();
        let mut filter = CaseFilter { page: 1, ..filter };
        loop {
            let found = portal.store.cases(&viewer.actor, &filter).await?;
            let is_last = filter.page >= found.pages() || filter.page * 1000 >= MOST_ROWS;
            rows.extend(found.rows);
            if is_last {
                break;
            }
            filter.page += 1;
        }
        let total = rows.len() as u64;
        (rows, total)
    } else {
        let found = portal.store.cases(&viewer.actor, &filter).await?;
        (found.rows, found.total)
    };
    let pack = portal.store.current_pack().await?.map(|(_, pack)| pack);
    let calendar = portal.store.calendar().await?;
    let today = portal.store.now().day();
    let layout = Layout { has_parties: parties.len() > 1, is_file: format.is_some() };
    let mut list = List::new(("我的案件", "My cases"), columns(layout)).cards().sorted(sort);
    let closing = closing(&portal).await?;
    for row in rows.iter().filter(|row| own(row)) {
        let last_day = match row.stage {
            Stage::Draft => closing.get(&row.round).copied(),
            stage => row.due.filter(|_| !OVER.contains(&stage)),
        };
        let deadline = last_day.map(|last_day| Deadline::standing(&calendar, today, last_day, row.left_on_hold));
        list.push(line(row, pack.as_deref(), deadline, layout));
    }
    if let Some(format) = format {
        return export::answer(&list, page.lang, format, "cases");
    }
    let pager = Pager::asked(&page, PER_PAGE, total);
    let page = page.titled(("我的案件", "My cases"));
    Page::show(&Cases { page, filters, list, pager, is_filtered })
}

/// The last day of each round that is not closed: until then its drafts can be sent.
async fn closing(portal: &Portal) -> Result<BTreeMap<i64, NaiveDate>, Problem> {
    let now = portal.store.now();
    let rounds = portal.store.rounds().await?.into_iter().filter(|round| round.state(now) != RoundState::Closed);
    Ok(rounds.map(|round| (round.id, last_day(&round))).collect())
}

/// What the list has columns for.
#[derive(Clone, Copy)]
struct Layout {
    /// Whether the cases are of several parties.
    has_parties: bool,
    /// Whether it is written as a file: there a span is two numbers that can be reckoned with, and on a page it is words.
    is_file: bool,
}

fn columns(layout: Layout) -> Vec<Column> {
    let mut columns = vec![Column::text("measure", ("事项", "Measure"))];
    if layout.has_parties {
        columns.push(Column::text("party", ("单位", "Party")).sortable());
    }
    columns.extend([
        Column::status("stage", ("状态", "State")).sortable(),
        Column::money("amount", ("审定金额（元）", "Decided (yuan)")).sortable(),
    ]);
    if layout.is_file {
        columns.extend([
            Column::money("low", ("规则下限（元）", "At least (yuan)")),
            Column::money("high", ("规则上限（元）", "At most (yuan)")),
        ]);
    } else {
        columns.push(Column::text("expected", ("按规则（元）", "By the rules")));
    }
    columns.extend([
        Column::date("due", ("期限", "Due")).sortable(),
        Column::text("number", ("编号", "Number")).sortable(),
        Column::date("updated", ("最近变化", "Last change")),
    ]);
    columns
}

fn line(row: &CaseRow, pack: Option<&Pack>, deadline: Option<Deadline>, layout: Layout) -> Row {
    let rule = pack.and_then(|pack| pack.plan.measures.iter().find(|rule| rule.name.en == row.measure));
    let name =
        rule.map_or_else(|| Text::same(format!("{} {}", row.measure, row.basis)), |rule| title(rule, &row.basis));
    let href =
        if row.stage == Stage::Draft { format!("/cases/{}/edit", row.id.0) } else { format!("/cases/{}", row.id.0) };
    let mut cells = vec![Cell::pair(name).link(href)];
    if layout.has_parties {
        cells.push(Cell::text(row.party_name.clone()));
    }
    cells.push(Cell::status(status_of(row.stage, row.number.is_some())));
    let money = |amount: Option<Fen>| amount.map_or_else(Cell::empty, Cell::money);
    cells.push(money(row.amount));
    let is_expected = row.amount.is_none() && !OVER.contains(&row.stage);
    if layout.is_file {
        cells.extend([row.low, row.high].map(|bound| money(bound.filter(|_| is_expected))));
    } else {
        cells.push(if is_expected { Cell::pair(span_figures(row)) } else { Cell::empty() });
    }
    cells.push(deadline.map_or_else(Cell::empty, |deadline| Cell::date(deadline.last_day).note(deadline.count())));
    cells.push(row.number.clone().map_or_else(Cell::empty, Cell::text));
    cells.push(Cell::of(Value::Date(row.updated_at.day())));
    let waits = YOURS.contains(&row.stage);
    let state = match deadline.map(|deadline| deadline.urgency()) {
        _ if OVER.contains(&row.stage) => RowState::Done,
        Some(Urgency::Late) if waits => RowState::Late,
        Some(Urgency::Soon) if waits => RowState::Soon,
        _ => RowState::Plain,
    };
    Row::new(cells).in_state(state)
}
