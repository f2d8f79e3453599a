//! The payable cases of a fund and year, of which a batch is made.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::NaiveDate;
use duixian_casework::account::FailedElsewhere;
use duixian_casework::case::{Case, CaseId};
use duixian_casework::refusal::Refusal;
use duixian_casework::stage::Stage;
use duixian_money::Fen;
use duixian_store::cases::{CaseFilter, PayableCase, SharedAccount, SharedAccounts};

use crate::casefile::{failed, payee, shared};
use crate::forms::Posted;
use crate::list::{Cell, Column, List, Row};
use crate::locale::Text;
use crate::page::Page;
use crate::pages::work::all_words;
use crate::pages::work::rows::{Names, sum};
use crate::portal::Portal;
use crate::problem::{Problem, for_form};
use crate::shell::Flash;
use crate::ui::{Deadline, Pager};
use crate::viewer::Viewer;

use super::batch::beside;
use super::before::{joined, to_the_same};
use super::payees::{self, SharedLine};
use super::{fund_of_year, masked, segment};

/// How many cases are shown at once; a batch may take all, shown or not.
const PER_PAGE: u64 = 100;
/// How many of those that cannot go in now are listed.
const MOST_HELD: usize = 50;

/// A fund and year with payable cases.
struct Source {
    fund: String,
    year: i32,
    name: Text,
    cases: u64,
    amount: Fen,
    href: String,
    is_current: bool,
}

#[derive(Template)]
#[template(path = "finance/choose.html")]
struct Choose {
    page: Page,
    sources: Vec<Source>,
    list: List,
    pager: Pager,
    /// Amounts in fen by case, as JSON, for the sum that follows the picks.
    amounts: String,
    ready: Fen,
    /// The cases that can go in, with a space between.
    ids: String,
    held: Vec<(PayableCase, Text)>,
    held_more: usize,
    /// Those of the list whose account is another party's too.
    shared: Vec<SharedLine>,
    error: Option<Text>,
}

impl Choose {
    fn current(&self) -> Option<&Source> {
        self.sources.iter().find(|source| source.is_current)
    }

    fn amount(&self, one: &PayableCase) -> Fen {
        one.case.granted().unwrap_or(Fen(0))
    }

    /// The batch that has a case.
    fn batch(&self, one: &PayableCase) -> Option<i64> {
        one.case.open_payment().map(|payment| payment.batch)
    }
}

/// `GET /finance/batches/new?fund=…&year=…`
pub async fn page(State(portal): State<Arc<Portal>>, viewer: Viewer, page: Page) -> Result<Response, Problem> {
    let asked = page.query_value("fund").zip(page.query_value("year").and_then(|year| year.parse().ok()));
    show(&portal, &viewer, page, asked, None, StatusCode::OK).await
}

/// `POST /finance/batches`
pub async fn make(
    State(portal): State<Arc<Portal>>,
    viewer: Viewer,
    page: Page,
    posted: Posted,
) -> Result<Response, Problem> {
    let key = posted.key()?;
    let fund = posted.get("fund").to_owned();
    let year: i32 = posted.get("year").parse().map_err(|_| Problem::bad_request("the form names no year"))?;
    let cases: Vec<CaseId> = if posted.has("all") {
        // A second click finds its cases in the batch already; those of the first are kept with the form's own list.
        posted.get("ready").split(' ').filter_map(|id| id.parse().ok()).map(CaseId).collect()
    } else {
        posted.all("case").into_iter().filter_map(|id| id.parse().ok()).map(CaseId).collect()
    };
    match portal.store.make_batch(&viewer.actor, &key, &fund, year, cases).await {
        Ok(done) => {
            let batch = portal.store.batch(done.value).await?;
            let flash = Flash::done(
                format!("已编制 {}，请核对后放款", batch.number),
                format!("{} was made; check it before you release it", batch.number),
            );
            Ok(flash.redirect(&portal.site().key, &format!("/finance/batches/{}", batch.id)))
        }
        Err(error) => {
            let error = for_form(error)?;
            show(&portal, &viewer, page, Some((fund, year)), Some(error), StatusCode::UNPROCESSABLE_ENTITY).await
        }
    }
}

async fn show(
    portal: &Portal,
    viewer: &Viewer,
    page: Page,
    asked: Option<(String, i32)>,
    error: Option<Text>,
    status: StatusCode,
) -> Result<Response, Problem> {
    let store = &portal.store;
    let names = Names::load(store).await?;
    let sources = sources(portal, viewer, &names, asked).await?;
    let now = store.now();
    let (mut ready, mut held) = (Vec::new(), Vec::new());
    if let Some(source) = sources.iter().find(|source| source.is_current) {
        for one in store.payable(&source.fund, source.year).await? {
            let obstacles = one.obstacles(&viewer.actor, now);
            if obstacles.is_empty() {
                ready.push(one);
            } else {
                let why = why(&one, &obstacles);
                held.push((one, why));
            }
        }
    }
    let pager = Pager::asked(&page, PER_PAGE, ready.len() as u64);
    let offset = usize::try_from(pager.offset()).unwrap_or(usize::MAX);
    let shown: Vec<&PayableCase> = ready.iter().skip(offset).take(PER_PAGE as usize).collect();
    let amount = |one: &PayableCase| one.case.granted().unwrap_or(Fen(0));
    let amounts: BTreeMap<String, String> =
        shown.iter().map(|one| (one.case.id.0.to_string(), amount(one).0.to_string())).collect();
    let amounts = serde_json::to_string(&amounts).map_err(|error| Problem::internal(error.to_string()))?;
    let calendar = store.calendar().await?;
    let cases: Vec<&Case> = shown.iter().map(|one| &one.case).collect();
    let failed = store.failed_accounts(&cases).await?;
    let shared = store.shared_accounts(&cases).await?;
    let list = list(&shown, &names, (&failed, &shared), |due| Deadline::seen(&calendar, now.day(), due));
    let shared = payees::shared_among(shown.iter().map(|one| (&one.case, one.party_name.as_str())), &shared);
    let all = sum(ready.iter().map(amount));
    let ids: Vec<String> = ready.iter().map(|one| one.case.id.0.to_string()).collect();
    let held_more = held.len().saturating_sub(MOST_HELD);
    held.truncate(MOST_HELD);
    let page = page
        .titled(("编制拨付批次", "Make a payment batch"))
        .under("/finance/batches", ("拨付批次", "Payment batches"))
        .wide();
    let ids = ids.join(" ");
    Page::show_as(
        status,
        &Choose { page, sources, list, pager, amounts, ready: all, ids, held, held_more, shared, error },
    )
}

async fn sources(
    portal: &Portal,
    viewer: &Viewer,
    names: &Names,
    asked: Option<(String, i32)>,
) -> Result<Vec<Source>, Problem> {
    let mut sources: Vec<Source> = Vec::new();
    for position in portal.store.positions().await? {
        let filter = CaseFilter {
            stages: vec![Stage::Payable],
            fund: Some(position.fund.clone()),
            year: Some(position.year),
            ..CaseFilter::default()
        };
        let counts = portal.store.counts(&viewer.actor, &filter).await?;
        let is_current = asked.as_ref().is_some_and(|(fund, year)| (fund, *year) == (&position.fund, position.year));
        let (cases, amount) = counts.by_stage.first().map_or((0, Fen(0)), |count| (count.cases, count.amount));
        if cases == 0 && !is_current {
            continue;
        }
        let href = format!("/finance/batches/new?fund={}&year={}", segment(&position.fund), position.year);
        let name = fund_of_year(names, &position.fund, position.year);
        sources.push(Source { fund: position.fund, year: position.year, name, cases, amount, href, is_current });
    }
    if !sources.iter().any(|source| source.is_current)
        && let Some(first) = sources.first_mut()
    {
        first.is_current = true;
    }
    Ok(sources)
}

fn why(one: &PayableCase, obstacles: &[Refusal]) -> Text {
    match one.case.open_payment() {
        Some(_) => ("已经列入批次", "in a batch already").into(),
        None => beside(one.case.number.as_deref().unwrap_or_default(), &all_words(obstacles)),
    }
}

fn list(
    rows: &[&PayableCase],
    names: &Names,
    (failed, shared): (&BTreeMap<CaseId, FailedElsewhere>, &SharedAccounts),
    deadline: impl Fn(NaiveDate) -> Deadline,
) -> List {
    let columns = vec![
        Column::text("number", ("受理号", "Number")),
        Column::text("party", ("单位", "Party")),
        Column::text("measure", ("措施", "Measure")),
        Column::text("holder", ("收款户名", "Account holder")),
        Column::text("account", ("账号", "Account")),
        Column::text("bank", ("开户行", "Bank")),
        Column::money("amount", ("金额（元）", "Amount (yuan)")),
        Column::date("due", ("应付期限", "To be paid by")),
    ];
    let mut list = List::new(("可以拨付的案件", "Cases that can be paid"), columns).cards().pickable("case");
    for one in rows {
        let case = &one.case;
        let number = case.number.clone().unwrap_or_default();
        let tried = case.payments.len();
        let account = case.account.as_ref();
        let mark = payee::mark_of(account, &one.party_name, &case.subject.party).unwrap_or_default();
        let again = match tried {
            0 => Text::default(),
            _ => Text::new(format!("第 {} 次拨付", tried + 1), format!("attempt {}", tried + 1)),
        };
        list.push(
            Row::new(vec![
                Cell::text(number.clone()).link(format!("/work/cases/{}", case.id.0)).note(again),
                Cell::text(one.party_name.clone()),
                Cell::pair(names.measure(&case.subject.measure)),
                Cell::text(account.map_or_else(String::new, |account| account.holder.clone())).note(mark),
                Cell::text(account.map_or_else(String::new, |account| masked(&account.number))).note(account_mark(
                    case,
                    failed.get(&case.id),
                    shared.get(&case.id),
                )),
                Cell::text(account.map_or_else(String::new, |account| account.bank.clone())),
                Cell::money(case.granted().unwrap_or(Fen(0))),
                case.due.map_or_else(Cell::empty, |due| Cell::date(due).note(deadline(due).count())),
            ])
            .pick(case.id.0.to_string(), number),
        );
    }
    list
}

/// What is told beside an account: that a payment to its number has failed, in this case or in another, and that it is another party's too.
fn account_mark(case: &Case, failed: Option<&FailedElsewhere>, shared: Option<&Vec<SharedAccount>>) -> Text {
    let earlier = case.account.iter().flat_map(|account| to_the_same(case, account, ""));
    let others = failed.map(failed::mark).into_iter().chain(shared.map(|others| shared::mark(others)));
    joined(&earlier.chain(others).collect::<Vec<_>>())
}
