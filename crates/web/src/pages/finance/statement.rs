//! The statement of a fund in a year, by measure, clause or case.

use std::collections::HashMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use duixian_casework::case::CaseId;
use duixian_ledger::{By, Key, Line, Statement};
use duixian_money::Fen;
use duixian_store::cases::CaseFilter;

use crate::export::{self, Format};
use crate::list::{Cell, Column, List, Row};
use crate::locale::Text;
use crate::page::Page;
use crate::pages::work::rows::Names;
use crate::portal::Portal;
use crate::problem::Problem;
use crate::ui::{Pager, Tab, Tabs};
use crate::viewer::Viewer;

use super::{FundView, fund, fund_of_year, fund_tabs, reservations};

const PER_PAGE: usize = 50;

/// A figure of a line, and whether it is left out where no line has any of it.
type Figure = (&'static str, (&'static str, &'static str), fn(&Line) -> Fen, bool);

const FIGURES: [Figure; 12] = [
    ("appropriated", ("安排", "Appropriated"), |line| line.appropriated, false),
    ("carried_in", ("上年转入", "Carried in"), |line| line.carried_in, true),
    ("carried_out", ("转出下年", "Carried out"), |line| less(line.carried_out), true),
    ("lapsed", ("年末收回", "Taken back at the year's end"), |line| less(line.lapsed), true),
    ("corrected", ("收回安排与更正", "Taken back, corrected"), |line| line.corrected, true),
    ("reserved", ("累计预留", "Reserved in all"), |line| line.reserved, false),
    ("released", ("累计释放", "Released in all"), |line| line.released, true),
    ("paid", ("拨付", "Paid"), |line| line.paid, false),
    ("returned", ("退回", "Returned"), |line| line.returned, true),
    (NET, ("净拨付", "Paid, net"), |line| Fen(line.paid.0.saturating_sub(line.returned.0)), true),
    ("closing_reserved", ("现在预留", "Reserved now"), |line| line.closing_reserved, false),
    ("closing_free", ("对可用余额的影响", "Effect on what is free"), |line| line.closing_free, false),
];

/// The figure that is what was paid wherever nothing has come back: it is told only beside what has.
const NET: &str = "net_paid";

/// What has gone out of a fund's size, which a row tells beside what came in: both with their signs, as corrections have theirs.
fn less(amount: Fen) -> Fen {
    Fen(amount.0.saturating_neg())
}

#[derive(Template)]
#[template(path = "finance/statement.html")]
struct StatementPage {
    page: Page,
    tabs: Tabs,
    by: Tabs,
    list: List,
    pager: Pager,
    total: Line,
    /// Whether the whole agrees with the position of the fund; none of a part of it.
    agrees: Option<bool>,
    /// The one measure whose cases these are, and where those of all stand.
    only: Option<(Text, String)>,
    /// The time until which it counts.
    at: String,
}

impl StatementPage {
    fn carried_out(&self) -> Fen {
        less(self.total.carried_out)
    }

    fn lapsed(&self) -> Fen {
        less(self.total.lapsed)
    }
}

/// `GET /finance/funds/{fund}/{year}/statement?by=measure`
pub async fn page(
    State(portal): State<Arc<Portal>>,
    viewer: Viewer,
    page: Page,
    Path((fund, year)): Path<(String, i32)>,
) -> Result<Response, Problem> {
    let store = &portal.store;
    let position = store.position(&fund, year).await?;
    let names = Names::load(store).await?;
    let asked = page.query_value("by");
    let by = match asked.as_deref() {
        Some("clause") => By::Clause,
        Some("case") => By::Case,
        _ => By::Measure,
    };
    let measure = page.query_value("measure").filter(|measure| by == By::Case && !measure.is_empty());
    let statement = match &measure {
        Some(measure) => store.measure_statement(&fund, year, measure).await?,
        None => store.statement(&fund, year, by).await?,
    };
    if let Some(format) = Format::asked(&page) {
        let cases = match by {
            By::Case => all_cases(&portal, &viewer, &fund, year).await?,
            _ => HashMap::new(),
        };
        let lines: Vec<&(Key, Line)> = statement.lines.iter().collect();
        let of = fund_of_year(&names, &position.fund, position.year);
        return export::answer_of(&list(&lines, &statement, &names, &cases, by), page.lang, format, "statement", &of);
    }
    let pager = Pager::asked(&page, PER_PAGE as u64, statement.lines.len() as u64);
    let offset = usize::try_from(pager.offset()).unwrap_or(usize::MAX);
    let lines: Vec<&(Key, Line)> = statement.lines.iter().skip(offset).take(PER_PAGE).collect();
    let cases = cases(&portal, &lines).await?;
    let mut list = list(&lines, &statement, &names, &cases, by);
    list.totals.push(Cell::pair(("合计", "Sum")));
    list.totals.extend(figures(&statement).map(|(.., of, _)| Cell::money(of(&statement.total))));
    let total = statement.total;
    let whole = total.closing_free == position.free && total.closing_reserved == position.reserved;
    let agrees = measure.is_none().then_some(whole);
    let all = page.href_with(&[("measure", ""), ("page", "")]);
    let only = measure.map(|measure| (names.measure(&measure), all));
    let page = fund::framed(page, &names, &position).wide();
    let tab = |word: &str, zh, en, one| Tab {
        href: page.href_with(&[("by", word), ("measure", ""), ("page", "")]),
        text: Text::new(zh, en),
        count: None,
        is_current: one == by,
    };
    let by = Tabs {
        label: ("按什么列", "By what").into(),
        tabs: vec![
            tab("measure", "按措施", "By measure", By::Measure),
            tab("clause", "按条款", "By clause", By::Clause),
            tab("case", "按案件", "By case", By::Case),
        ],
    };
    let tabs = fund_tabs(&position, FundView::Statement);
    let at = page.moment(store.now().local());
    Page::show(&StatementPage { page, tabs, by, list, pager, total, agrees, only, at })
}

/// A case as a line names it: its number and its party.
type Named = (String, String);

/// The cases of a page's lines.
async fn cases(portal: &Portal, lines: &[&(Key, Line)]) -> Result<HashMap<i64, Named>, Problem> {
    let mut cases = HashMap::new();
    for (key, _) in lines {
        if let Key::Case(Some(id)) = key {
            let case = portal.store.case(CaseId(*id)).await?;
            let party = portal.store.party_of(&case).await?;
            cases.insert(*id, (case.number.unwrap_or_default(), party));
        }
    }
    Ok(cases)
}

/// All cases of the fund and year: an export names every one.
async fn all_cases(portal: &Portal, viewer: &Viewer, fund: &str, year: i32) -> Result<HashMap<i64, Named>, Problem> {
    let filter = CaseFilter { fund: Some(fund.to_owned()), year: Some(year), ..CaseFilter::default() };
    let rows = reservations::all(portal, viewer, filter).await?;
    Ok(rows.into_iter().map(|row| (row.id.0, (row.number.unwrap_or_default(), row.party_name))).collect())
}

/// The figures that a statement shows: those that no line has any of are left out.
fn figures(statement: &Statement) -> impl Iterator<Item = Figure> {
    let any = |of: fn(&Line) -> Fen| statement.lines.iter().any(|(_, line)| of(line) != Fen(0));
    let is_shown = |(key, _, of, is_optional): &Figure| match *key {
        NET => any(|line| line.returned),
        _ => !is_optional || any(*of),
    };
    FIGURES.into_iter().filter(is_shown).collect::<Vec<_>>().into_iter()
}

fn list(lines: &[&(Key, Line)], statement: &Statement, names: &Names, cases: &HashMap<i64, Named>, by: By) -> List {
    let first = match by {
        By::Clause => ("条款", "Clause"),
        By::Case => ("案件", "Case"),
        _ => ("措施", "Measure"),
    };
    let mut columns = vec![Column::text("key", first)];
    if by == By::Case {
        columns.push(Column::text("party", ("单位", "Party")));
    }
    columns.extend(
        figures(statement)
            .map(|(key, (zh, en), ..)| Column::money(key, Text::new(format!("{zh}（元）"), format!("{en} (yuan)")))),
    );
    let mut list = List::new(("对账单", "Statement"), columns).cards();
    for (key, line) in lines {
        let mut cells = vec![name(key, names, cases)];
        if by == By::Case {
            let party = match key {
                Key::Case(Some(id)) => cases.get(id).map_or_else(String::new, |(_, party)| party.clone()),
                _ => String::new(),
            };
            cells.push(Cell::text(party));
        }
        cells.extend(figures(statement).map(|(.., of, _)| Cell::money(of(line))));
        list.push(Row::new(cells));
    }
    if by == By::Case {
        // The sums stand under the figures, one column further on.
        list.totals.push(Cell::empty());
    }
    list
}

fn name(key: &Key, names: &Names, cases: &HashMap<i64, Named>) -> Cell {
    match key {
        Key::Measure(Some(measure)) => Cell::pair(names.measure(measure)),
        Key::Clause(Some(clause)) => Cell::text(clause.clone()),
        Key::Case(Some(id)) => {
            let number = cases.get(id).map_or_else(|| id.to_string(), |(number, _)| number.clone());
            Cell::text(number).link(format!("/work/cases/{id}"))
        }
        Key::Fund(fund, year) => Cell::pair(super::fund_of_year(names, fund, *year)),
        Key::Measure(None) | Key::Clause(None) | Key::Case(None) => {
            Cell::pair(("安排、结转和收回", "Appropriated, carried over, taken back"))
        }
    }
}
