//! The transfers of a fund in a year: every fen that came, was set aside, went or came back.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use duixian_casework::case::CaseId;
use duixian_casework::moment::Moment;
use duixian_ledger::{Entry, Kind, Outcome, Transfer};
use duixian_rules::vocabulary::Lang;
use duixian_store::StoreError;
use duixian_store::cases::{CaseFilter, CaseRow, Mistaken};
use duixian_store::funds::{FundPosition, TransferFilter, TransferRow};
use duixian_text::half_width;

use crate::export::{self, Format};
use crate::format;
use crate::forms::read_date;
use crate::list::{Cell, Column, List, Row, Value};
use crate::locale::Text;
use crate::page::Page;
use crate::pages::work::rows::Names;
use crate::portal::Portal;
use crate::problem::Problem;
use crate::ui::{Pager, Status, Tabs};
use crate::viewer::Viewer;

use super::reservations::MOST_EXPORTED;
use super::{FundView, fund, fund_of_year, fund_tabs, purpose};

const PER_PAGE: u64 = 50;

/// The kinds of transfers, in the order of a fund's year.
const KINDS: [(&str, (&str, &str)); 10] = [
    ("appropriation", ("年度安排", "appropriation")),
    ("carry_over", ("结转", "carried over")),
    ("reserve", ("预留", "reserved")),
    ("post", ("拨付", "paid")),
    ("void", ("释放预留", "reservation released")),
    ("expire", ("预留到期释放", "reservation expired")),
    ("return", ("退回", "returned")),
    ("lapse", ("年末收回", "taken back at the year's end")),
    ("correction", ("收回安排或更正", "taken back or corrected")),
    ("advance", ("垫付及归还", "advanced or given back")),
];

#[derive(Template)]
#[template(path = "finance/transfers.html")]
struct Transfers {
    page: Page,
    tabs: Tabs,
    list: List,
    pager: Pager,
    asked: Asked,
}

/// What the address asks for, as it was typed.
#[derive(Default)]
struct Asked {
    kind: String,
    since: String,
    until: String,
    case: String,
    /// What of it could not be used.
    wrong: Option<Text>,
}

impl Asked {
    fn is_kind(&self, word: &str) -> bool {
        self.kind == word
    }

    fn is_narrowed(&self) -> bool {
        [&self.kind, &self.since, &self.until, &self.case].iter().any(|text| !text.is_empty())
    }
}

impl Transfers {
    fn kinds(&self) -> Vec<(&'static str, Text)> {
        KINDS.into_iter().map(|(word, text)| (word, text.into())).collect()
    }
}

/// `GET /finance/funds/{fund}/{year}/transfers`
pub async fn page(
    State(portal): State<Arc<Portal>>,
    viewer: Viewer,
    page: Page,
    Path((fund, year)): Path<(String, i32)>,
) -> Result<Response, Problem> {
    let store = &portal.store;
    let position = store.position(&fund, year).await?;
    let names = Names::load(store).await?;
    let (asked, filter) = asked(&portal, &viewer, &page, &position).await?;
    let Some(filter) = filter else {
        let pager = Pager { number: 1, size: PER_PAGE, total: 0 };
        return show(page, &names, &position, list(&[], &[], &names), pager, asked);
    };
    if let Some(format) = Format::asked(&page) {
        let mut rows = Vec::new();
        let mut all = TransferFilter { page: 1, per_page: 1000, ..filter };
        loop {
            let found = store.transfers(&all).await?;
            let pages = found.pages();
            rows.extend(found.rows);
            if all.page >= pages || rows.len() >= MOST_EXPORTED {
                break;
            }
            all.page += 1;
        }
        let mistaken = store.mistaken_returns(&rows).await?;
        let of = fund_of_year(&names, &position.fund, position.year);
        return export::answer_of(&list(&rows, &mistaken, &names), page.lang, format, "transfers", &of);
    }
    let found = store.transfers(&filter).await?;
    let pager = Pager { number: filter.page.min(found.pages()), size: PER_PAGE, total: found.total };
    let mistaken = store.mistaken_returns(&found.rows).await?;
    show(page, &names, &position, list(&found.rows, &mistaken, &names), pager, asked)
}

fn show(
    page: Page,
    names: &Names,
    position: &FundPosition,
    list: List,
    pager: Pager,
    asked: Asked,
) -> Result<Response, Problem> {
    let page = fund::framed(page, names, position).wide();
    Page::show(&Transfers { page, tabs: fund_tabs(position, FundView::Transfers), list, pager, asked })
}

/// The case that a number, or a part of one, names; or why it names none.
async fn case_numbered(portal: &Portal, viewer: &Viewer, typed: &str) -> Result<Result<CaseId, Text>, Problem> {
    match portal.store.case_by_number(typed).await {
        Ok(found) => return Ok(Ok(found.id)),
        Err(StoreError::NotFound) => {}
        Err(error) => return Err(error.into()),
    }
    let typed = half_width(typed);
    let filter = CaseFilter { text: Some(typed.clone()), per_page: 1000, ..CaseFilter::default() };
    let rows = portal.store.cases(&viewer.actor, &filter).await?.rows;
    let has = |row: &CaseRow| row.number.as_deref().is_some_and(|number| number.contains(&typed));
    let found: Vec<CaseId> = rows.iter().filter(|row| has(row)).map(|row| row.id).collect();
    Ok(match found[..] {
        [only] => Ok(only),
        [] => Err(("没有这个受理号的案件", "No case has this number").into()),
        _ => Err(("有好几件的受理号都含有它，请写得完整些", "Several numbers hold it: type more of it").into()),
    })
}

/// What is asked; no filter where it names a case that is not there, or a day that is none.
async fn asked(
    portal: &Portal,
    viewer: &Viewer,
    page: &Page,
    position: &FundPosition,
) -> Result<(Asked, Option<TransferFilter>), Problem> {
    let value = |name: &str| page.query_value(name).unwrap_or_default().trim().to_owned();
    let mut asked =
        Asked { kind: value("kind"), since: value("since"), until: value("until"), case: value("case"), wrong: None };
    let mut day = |text: &str| match text {
        "" => None,
        text => read_date(text).map_err(|error| asked.wrong = Some(error)).ok(),
    };
    let (since, until) = (day(&value("since")), day(&value("until")));
    let mut case = None;
    if !asked.case.is_empty() {
        match case_numbered(portal, viewer, &asked.case).await? {
            Ok(found) => case = Some(found),
            Err(wrong) => asked.wrong = Some(wrong),
        }
    }
    if asked.wrong.is_some() {
        return Ok((asked, None));
    }
    let filter = TransferFilter {
        fund: Some((position.fund.clone(), position.year)),
        case,
        kind: KINDS.iter().find(|(word, _)| *word == asked.kind).map(|(word, _)| (*word).to_owned()),
        since,
        until,
        page: page.query_value("page").and_then(|page| page.parse().ok()).unwrap_or(1),
        per_page: PER_PAGE,
    };
    Ok((asked, Some(filter)))
}

/// What a kind of transfer is called.
pub fn kind(word: &str) -> Text {
    KINDS
        .iter()
        .find(|(known, _)| *known == word)
        .map_or_else(|| Text::same(word.to_owned()), |(_, text)| (*text).into())
}

/// What of a fund is held for a case.
fn set_apart(fund: Text) -> Text {
    Text::new(format!("{}（预留）", fund.zh), format!("{} (reserved)", fund.en))
}

fn outcome(outcome: Option<Outcome>) -> Cell {
    match outcome {
        None => Cell::empty(),
        Some(Outcome::Open) => Cell::status(Status::active("预留中", "held")),
        Some(Outcome::Posted { by, .. }) => {
            Cell::status(Status::good("已拨付", "paid")).note(Text::new(format!("见 {by} 号"), format!("see no. {by}")))
        }
        Some(Outcome::Voided { by } | Outcome::Expired { by }) => Cell::status(Status::quiet("已释放", "released"))
            .note(Text::new(format!("见 {by} 号"), format!("see no. {by}"))),
    }
}

/// What a transfer is called, where it booked a return that never was, or what made up for that.
fn kind_of(row: &TransferRow, mistaken: &[Mistaken]) -> Text {
    let of_kind = kind(row.kind);
    if let Some(one) = mistaken.iter().find(|one| one.transfer == row.transfer.id.0) {
        let day = |lang| format::date(lang, one.found_at.day());
        return Text::new(
            format!("{}（记错了：钱没有退回，{}查明）", of_kind.zh, day(Lang::Zh)),
            format!("{} (a mistake: it never came back, as was found on {})", of_kind.en, day(Lang::En)),
        );
    }
    let made_up = mistaken.iter().find(|one| {
        let is_it = matches!(row.kind, "post" | "correction") && row.transfer.at == one.found_at.0;
        is_it && row.transfer.subject.case == Some(one.case.0)
    });
    match made_up {
        Some(Mistaken { transfer, .. }) => Text::new(
            format!("{}（{transfer} 号退回记错了）", of_kind.zh),
            format!("{} (no. {transfer}, by which it came back, was a mistake)", of_kind.en),
        ),
        None => of_kind,
    }
}

/// What stands with a transfer: words that people have written, and of the end of a year what we have, in the reader's language.
fn memo(transfer: &Transfer) -> Text {
    let memo = transfer.subject.memo.clone();
    match transfer.kind {
        Kind::Single(Entry::CarryOver) => Text::new(memo, "carried over at the end of the year"),
        Kind::Single(Entry::Lapse) => Text::new(memo, "lapsed at the end of the year"),
        _ => Text::same(memo),
    }
}

fn list(rows: &[TransferRow], mistaken: &[Mistaken], names: &Names) -> List {
    let columns = vec![
        Column::text("id", ("号", "No.")),
        Column::date("at", ("时间", "Time")),
        Column::text("kind", ("类别", "Kind")),
        Column::text("from", ("从", "From")),
        Column::text("to", ("到", "To")),
        Column::money("amount", ("金额（元）", "Amount (yuan)")),
        Column::text("memo", ("受理号或说明", "Case or memo")),
        Column::text("measure", ("措施", "Measure")),
        Column::text("clause", ("条款", "Clause")),
        Column::status("outcome", ("预留的结果", "Outcome")),
    ];
    let mut list = List::new(("收支明细", "Transfers"), columns).cards();
    for row in rows {
        let transfer = &row.transfer;
        // A reservation and what ends it name the same two accounts: what is set apart goes on to the party, or back.
        let (from, to) = (purpose(&row.from, names), purpose(&row.to, names));
        let (from, to) = match row.kind {
            "reserve" => (from.clone(), set_apart(from)),
            "post" => (set_apart(from), to),
            "void" | "expire" => (set_apart(from.clone()), from),
            _ => (from, to),
        };
        let memo = Cell::pair(memo(transfer));
        let memo = match transfer.subject.case {
            Some(case) => memo.link(format!("/work/cases/{case}")),
            None => memo,
        };
        list.push(Row::new(vec![
            Cell::text(transfer.id.to_string()),
            Cell::of(Value::Moment(Moment(transfer.at).local())),
            Cell::pair(kind_of(row, mistaken)),
            Cell::pair(from),
            Cell::pair(to),
            Cell::money(transfer.amount),
            memo,
            transfer.subject.measure.as_deref().map_or_else(Cell::empty, |measure| Cell::pair(names.measure(measure))),
            Cell::text(transfer.subject.clause.clone().unwrap_or_default()),
            outcome(row.outcome),
        ]));
    }
    list
}
