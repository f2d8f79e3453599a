//! All funds: what each has, and what waits for finance today.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use duixian_casework::batch::{Batch, BatchStage};
use duixian_casework::people::Role;
use duixian_casework::stage::Stage;
use duixian_money::Fen;
use duixian_store::cases::CaseFilter;
use duixian_store::funds::{FundPosition, Proposed, TransferFilter};

use crate::charts::{Chart, Kind, Series, Unit};
use crate::export::{self, Format};
use crate::list::{Cell, Column, List, Row};
use crate::locale::Text;
use crate::page::Page;
use crate::pages::shared::user_names;
use crate::pages::work::filters;
use crate::pages::work::rows::{Names, sum};
use crate::portal::Portal;
use crate::problem::Problem;
use crate::ui::{FundTiles, Tabs};
use crate::viewer::Viewer;

use super::{batches, doubts, fund_href, fund_of_year, halves, proposed, waiting_href};

/// How many funds are shown with all their figures; the others stand in the table.
const CARDS: usize = 6;

/// `GET /finance`
pub async fn page(State(portal): State<Arc<Portal>>, viewer: Viewer, page: Page) -> Result<Response, Problem> {
    let store = &portal.store;
    let names = Names::load(store).await?;
    let positions = store.positions().await?;
    let list = list(&positions, &names);
    if let Some(format) = Format::asked(&page) {
        return export::answer(&list, page.lang, format, "funds");
    }
    let todo = if viewer.has(Role::Finance) { todo(&portal, &viewer).await? } else { Vec::new() };
    let proposals = proposed::shown(&portal, &viewer, &names).await?;
    let sent_back = proposed::sent_back(&portal, &names, |_| true).await?;
    let returns = doubts::waiting(&store.doubted_batches().await?, &user_names(&portal).await?);
    let year = store.now().year();
    let without = without(&portal, &names, &positions, year).await?;
    let cards = positions.iter().take(CARDS).map(|position| Card::of(position, &names)).collect();
    let may_appropriate = viewer.has(Role::Finance);
    let page = page.titled(("资金", "Funds"));
    Page::show(&Funds {
        page,
        tabs: halves(false),
        proposals,
        sent_back,
        returns,
        todo,
        cards,
        chart: chart(&positions, &names),
        list,
        without,
        year,
        may_appropriate,
    })
}

/// The funds that have no appropriation of a year yet, put forward or booked. What was carried over into the year is none.
async fn without(portal: &Portal, names: &Names, positions: &[FundPosition], year: i32) -> Result<Vec<Text>, Problem> {
    let store = &portal.store;
    let Some((_, pack)) = store.current_pack().await? else { return Ok(Vec::new()) };
    let put_forward = store.proposals().await?;
    let mut without = Vec::new();
    for fund in &pack.plan.funds {
        let (fund, name) = (fund.name.en.as_str(), names.fund(&fund.name.en));
        let is_it = |of: &str, its: i32| of == fund && its == year;
        if put_forward.iter().any(|one| one.what == Proposed::Appropriate && is_it(&one.fund, one.year)) {
            continue;
        }
        if !positions.iter().any(|one| is_it(&one.fund, one.year)) {
            without.push(name);
            continue;
        }
        let filter = TransferFilter {
            fund: Some((fund.to_owned(), year)),
            kind: Some("appropriation".to_owned()),
            per_page: 1,
            ..TransferFilter::default()
        };
        if store.transfers(&filter).await?.total == 0 {
            without.push(Text::new(
                format!("{}（只有上年转入）", name.zh),
                format!("{} (has only what was carried over)", name.en),
            ));
        }
    }
    Ok(without)
}

/// One thing that waits.
struct Todo {
    text: Text,
    count: u64,
    amount: Option<Fen>,
    href: String,
    is_bad: bool,
}

/// A fund with its figures.
struct Card {
    name: Text,
    href: String,
    waiting_href: String,
    tiles: FundTiles,
    waiting: Fen,
    waiting_cases: u64,
}

impl Card {
    fn of(position: &FundPosition, names: &Names) -> Card {
        Card {
            name: fund_of_year(names, &position.fund, position.year),
            href: fund_href(&position.fund, position.year),
            waiting_href: waiting_href(&position.fund, position.year),
            tiles: tiles(position),
            waiting: position.waiting,
            waiting_cases: position.waiting_cases,
        }
    }
}

#[derive(Template)]
#[template(path = "finance/funds.html")]
struct Funds {
    page: Page,
    tabs: Tabs,
    /// What waits for a second person.
    proposals: Vec<proposed::Shown>,
    /// What a second person would not have.
    sent_back: Vec<proposed::SentBack>,
    /// What came back, or failed once more, and nobody has confirmed yet.
    returns: List,
    todo: Vec<Todo>,
    cards: Vec<Card>,
    chart: Chart,
    list: List,
    without: Vec<Text>,
    year: i32,
    may_appropriate: bool,
}

/// A fund's four figures, with the lists behind them.
pub fn tiles(position: &FundPosition) -> FundTiles {
    let base = fund_href(&position.fund, position.year);
    FundTiles {
        paid: position.paid,
        reserved: position.reserved,
        free: position.free,
        lapsed: position.lapsed,
        hrefs: [
            format!("{base}/transfers"),
            // What left for cases that were withdrawn since is paid too, and what came back is not: the statement has both.
            format!("{base}/statement?by=case"),
            format!("{base}/reservations"),
            format!("{base}/statement"),
        ],
    }
}

fn chart(positions: &[FundPosition], names: &Names) -> Chart {
    // Beside a bar there is little room: the year first, by which a long name is told from the next year's.
    let label = |position: &FundPosition| {
        let name = names.fund(&position.fund);
        Text::new(format!("{} {}", name.zh, position.year), format!("{} {}", position.year, name.en))
    };
    let series = |name: (&'static str, &'static str), of: fn(&FundPosition) -> Fen| {
        Series::new(name, positions.iter().map(|position| of(position).0).collect())
    };
    Chart {
        title: ("各项资金的使用", "How the funds are used").into(),
        kind: Kind::Stacked,
        unit: Unit::Money,
        categories: positions.iter().map(label).collect(),
        series: vec![
            series(("已拨付", "Paid"), |one| one.paid),
            series(("已预留", "Reserved"), |one| one.reserved),
            series(("可用", "Free"), |one| one.free),
        ],
    }
}

fn list(positions: &[FundPosition], names: &Names) -> List {
    let columns = vec![
        Column::text("year", ("年度", "Year")),
        Column::text("fund", ("资金", "Fund")),
        Column::money("size", ("规模（元）", "Size (yuan)")),
        Column::money("paid", ("已拨付（元）", "Paid (yuan)")),
        Column::money("reserved", ("已预留（元）", "Reserved (yuan)")),
        Column::money("free", ("可用（元）", "Free (yuan)")),
        Column::number("waiting_cases", ("轮候件数", "Cases waiting")),
        Column::money("waiting", ("轮候金额（元）", "Waiting (yuan)")),
    ];
    let mut list = List::new(("各年度资金", "Funds by year"), columns).cards();
    for position in positions {
        let cell = Cell::count(i64::try_from(position.waiting_cases).unwrap_or(i64::MAX));
        let waiting =
            if position.waiting_cases == 0 { cell } else { cell.link(waiting_href(&position.fund, position.year)) };
        list.push(Row::new(vec![
            Cell::text(position.year.to_string()),
            Cell::pair(names.fund(&position.fund)).link(fund_href(&position.fund, position.year)),
            Cell::money(position.size),
            Cell::money(position.paid),
            Cell::money(position.reserved),
            Cell::money(position.free),
            waiting,
            Cell::money(position.waiting),
        ]));
    }
    list
}

async fn todo(portal: &Portal, viewer: &Viewer) -> Result<Vec<Todo>, Problem> {
    let store = &portal.store;
    let in_stage = |stage| CaseFilter { stages: vec![stage], ..CaseFilter::default() };
    let mut todo = Vec::new();
    let by_stage = [
        (
            Stage::Payable,
            ("待拨付（含已列入批次的）", "payable, those in a batch included"),
            "/finance/batches/new",
            false,
        ),
        (Stage::PaymentFailed, ("拨付失败，等企业更正账户", "failed: the applicant corrects the account"), "", true),
        (Stage::Paid, ("已拨付，待办结", "paid, to be closed"), "", false),
    ];
    for (stage, text, href, is_bad) in by_stage {
        let filter = in_stage(stage);
        let counts = store.counts(&viewer.actor, &filter).await?;
        if let Some(count) = counts.by_stage.first() {
            let href = if href.is_empty() { filters::href(&filter) } else { href.to_owned() };
            todo.push(Todo { text: text.into(), count: count.cases, amount: Some(count.amount), href, is_bad });
        }
    }
    let late = CaseFilter { overdue: true, ..in_stage(Stage::PaymentFailed) };
    let ended = CaseFilter { awaits: Some(Role::Finance), ..CaseFilter::default() };
    let tally = async |filter: &CaseFilter| {
        let counts = store.counts(&viewer.actor, filter).await?.by_stage;
        let cases: u64 = counts.iter().map(|count| count.cases).sum();
        Ok::<_, Problem>((cases, sum(counts.iter().map(|count| count.amount))))
    };
    let (all_late, proposed) = (tally(&late).await?, tally(&ended).await?);
    // What is proposed already is late too, and nobody is to propose it again.
    let to_end = (all_late.0.saturating_sub(proposed.0), Fen(all_late.1.0.saturating_sub(proposed.1.0)));
    let counted = [
        (
            ("更正账户已超期，可以提请终止拨付", "no account was given in time: may be ended"),
            to_end,
            filters::href(&late),
        ),
        (
            ("已提请终止拨付，等第二人确认", "payments are to be ended: a second person confirms it"),
            proposed,
            filters::href(&ended),
        ),
    ];
    for (text, (count, amount), href) in counted.into_iter().filter(|(_, (count, _), _)| *count > 0) {
        todo.push(Todo { text: text.into(), count, amount: Some(amount), href, is_bad: true });
    }
    let open = batches::newest(store).await?;
    let doubted = store.doubted_batches().await?;
    if let Some(first) = doubted.first() {
        todo.push(Todo {
            text: ("批次的银行回单有内容待核实", "batches have answers of the bank to be looked into").into(),
            count: doubted.len() as u64,
            amount: None,
            href: if doubted.len() == 1 {
                format!("/finance/batches/{}", first.id)
            } else {
                "/finance/batches".to_owned()
            },
            is_bad: true,
        });
    }
    let at = |stage| open.iter().filter(|batch| batch.stage == stage).collect::<Vec<&Batch>>();
    // The bank answers nobody before someone has fetched its file.
    let unfetched = batches::unfetched(store, &open).await?;
    let (unsent, sent) = at(BatchStage::Released).into_iter().partition(|batch| unfetched.contains(&batch.id));
    let steps = [
        (at(BatchStage::Drafted), ("批次等第一人复核", "batches await the first release")),
        (at(BatchStage::HalfReleased), ("批次等第二人放款", "batches await the second release")),
        (unsent, ("批次等下载银行文件", "batches have a file for the bank to be fetched")),
        (sent, ("批次等银行回单", "batches await the bank's answer")),
    ];
    for (found, text) in steps {
        if let Some(first) = found.last() {
            let href = match found.len() {
                1 => format!("/finance/batches/{}", first.id),
                _ => "/finance/batches".to_owned(),
            };
            todo.push(Todo {
                text: text.into(),
                count: found.len() as u64,
                amount: Some(sum(found.iter().map(|batch| unanswered(batch)))),
                href,
                is_bad: false,
            });
        }
    }
    Ok(todo)
}

/// What a batch holds of which the bank has said nothing yet.
fn unanswered(batch: &Batch) -> Fen {
    sum(batch.lines.iter().filter(|line| line.outcome.is_none()).map(|line| line.amount))
}
