//! One page for a meeting: how much, to whom, for what, what is late and whose it is.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use duixian_casework::people::Role;
use duixian_casework::stage::Stage;
use duixian_money::Fen;
use duixian_store::figures::{Figures, MeasureFigures, Tally};

use crate::charts::Chart;
use crate::export::Format;
use crate::format;
use crate::list::List;
use crate::locale::{Lang, Text};
use crate::page::Page;
use crate::pages::work::filters;
use crate::portal::Portal;
use crate::problem::Problem;
use crate::ui::FundTiles;
use crate::viewer::Viewer;

use super::read::{Asked, MOST_SHOWN, Read, overdue};
use super::{charts, lists, targets, whole};

/// How many rows of a table a telephone shows: as cards they are long.
const MOST_ON_PHONE: usize = 3;

/// One of the figures at the top.
struct Tile {
    name: Text,
    tally: Tally,
    href: String,
    /// Whether the count says more than the amount.
    counts: bool,
    is_bad: bool,
    /// What is to be known of it, where that is not its amount.
    note: Text,
}

/// A table with the name under which it is exported.
struct Table {
    word: &'static str,
    list: List,
    /// How many rows it has in all.
    total: u64,
}

impl Table {
    fn of(word: &'static str, read: &Read) -> Table {
        let list = of_word(word, read, false);
        let total = read.total_of(word).unwrap_or(list.rows.len() as u64);
        Table { word, list, total }.shortened()
    }

    /// Its first rows: a page for a meeting is turned over, not scrolled.
    fn shortened(mut self) -> Table {
        // One row alone is not worth a link.
        if self.list.rows.len() > MOST_SHOWN as usize + 1 {
            self.list.rows.truncate(MOST_SHOWN as usize);
        }
        if let Some(sums) = self.list.totals.first_mut().filter(|_| self.total > self.list.rows.len() as u64) {
            sums.note = ("没有列出的也在内", "with those not listed").into();
        }
        self
    }

    /// Whether some of its rows are on another page.
    fn is_cut(&self) -> bool {
        self.total > self.list.rows.len() as u64
    }

    /// Whether a telephone shows a part of it. Whose the cases are and where the money is stands there whole.
    fn is_long(&self) -> bool {
        self.list.rows.len() > MOST_ON_PHONE + 1 && !matches!(self.word, "desks" | "funds")
    }

    /// What leads to all of it.
    fn all(&self) -> Text {
        let total = self.total;
        match self.word {
            "parties" => Text::new(format!("全部 {total} 家"), format!("All {total} parties")),
            "late" => Text::new(format!("全部 {total} 件超期"), format!("All {total} overdue")),
            _ => Text::new(format!("全部 {total} 行"), format!("All {total} rows")),
        }
    }
}

/// The words of the tables, as addresses have them.
const TABLES: [&str; 9] = ["measures", "funds", "parties", "desks", "late", "were_late", "months", "stages", "targets"];

/// A table by its word, with everything there is to say of its rows where it stands alone.
pub fn of_word(word: &str, read: &Read, is_whole: bool) -> List {
    match word {
        "measures" => lists::measures(read),
        "targets" => targets::targets(read.pack.as_deref(), &read.supported),
        "funds" => lists::funds(read),
        "parties" => lists::parties(read, is_whole),
        "desks" => lists::desks(read),
        "late" => lists::late(read, is_whole),
        "were_late" => lists::were_late(read),
        "months" => lists::months(read),
        _ => lists::stages(read),
    }
}

#[derive(Template)]
#[template(path = "figures/figures.html")]
struct FiguresPage {
    page: Page,
    at: String,
    year: Option<i32>,
    years: Vec<i32>,
    /// Whether anything was applied for.
    has_cases: bool,
    tiles: Vec<Tile>,
    funds: Option<FundTiles>,
    /// That funds have paid something else than cases were paid, and why.
    apart: Option<Text>,
    measures: Table,
    measure_chart: Chart,
    fund_table: Table,
    fund_chart: Chart,
    parties: Table,
    desks: Table,
    reconciled: Text,
    desk_chart: Chart,
    late: Table,
    months: Table,
    month_chart: Chart,
    stages: Table,
    stage_chart: Chart,
    /// What the policy sets out to reach; empty where its pack declares nothing.
    targets: Table,
}

impl FiguresPage {
    fn export_href(&self, table: &Table, format: &str) -> String {
        format!("{}&format={format}", lists::whole_href(self.year, table.word))
    }

    /// The whole of a table. Late cases are a list of the work list, where they can be sorted and narrowed.
    fn whole_href(&self, table: &Table) -> String {
        match table.word {
            "late" => filters::href(&overdue(self.year)),
            word => lists::whole_href(self.year, word),
        }
    }

    fn is_year(&self, year: &i32) -> bool {
        self.year == Some(*year)
    }
}

/// `GET /figures?year=2019`, and `?list=parties` for the whole of a table.
pub async fn page(State(portal): State<Arc<Portal>>, viewer: Viewer, page: Page) -> Result<Response, Problem> {
    let store = &portal.store;
    let mut years: Vec<i32> = store.positions().await?.iter().map(|position| position.year).collect();
    years.extend(store.rounds().await?.iter().map(|round| round.year));
    years.sort_unstable_by(|one, other| other.cmp(one));
    years.dedup();
    let year = match page.query_value("year") {
        Some(asked) => {
            Some(years.iter().copied().find(|year| year.to_string() == asked).ok_or_else(Problem::not_found)?)
        }
        None => None,
    };
    let asked = page.query_value("list");
    if asked.is_some() || Format::asked(&page).is_some() {
        let word = TABLES.into_iter().find(|word| asked.as_deref() == Some(*word)).ok_or_else(Problem::not_found)?;
        return whole::show(&portal, &viewer, page, word, year).await;
    }
    let read = Read::load(store, &viewer, year, Asked::Overview).await?;
    let title = match year {
        Some(year) => Text::new(format!("{year}年度总览"), format!("Figures of {year}")),
        None => ("总览", "Figures").into(),
    };
    let may_finance = viewer.has_any(&[Role::Leader, Role::Finance, Role::Auditor, Role::DecisionMaker]);
    let table = |word| Table::of(word, &read);
    let fund_table = table("funds");
    // What the funds have together is the last row of the table that names them.
    let funds_href = if fund_table.is_cut() { lists::whole_href(year, "funds") } else { "#funds".to_owned() };
    Page::show(&FiguresPage {
        at: page.moment(read.figures.at.local()),
        page: page.titled(title).wide(),
        year,
        years,
        has_cases: !read.figures.by_measure.is_empty(),
        tiles: tiles(&read.figures, read.late_total),
        funds: may_finance.then(|| all_funds(&read.figures, &funds_href)).flatten(),
        apart: apart(&read.figures),
        measures: table("measures"),
        measure_chart: charts::measures(&read),
        fund_table,
        fund_chart: charts::funds(&read),
        parties: table("parties"),
        desks: table("desks"),
        reconciled: read.reconciled(),
        desk_chart: charts::desks(&read),
        late: table("late"),
        months: table("months"),
        month_chart: charts::months(&read),
        stages: table("stages"),
        stage_chart: charts::stages(&read),
        targets: table("targets"),
    })
}

/// What all funds together have; each has its own row.
fn all_funds(figures: &Figures, href: &str) -> Option<FundTiles> {
    if figures.by_fund.is_empty() {
        return None;
    }
    let all = |of: fn(&duixian_store::funds::FundPosition) -> Fen| {
        Fen(figures.by_fund.iter().fold(0, |sum: i64, one| sum.saturating_add(of(one).0)))
    };
    Some(FundTiles {
        paid: all(|one| one.paid),
        reserved: all(|one| one.reserved),
        free: all(|one| one.free),
        lapsed: all(|one| one.lapsed),
        hrefs: std::array::from_fn(|_| href.to_owned()),
    })
}

/// Cases are paid once, by what was decided. What the bank says was paid besides, after it had called that payment failed, the funds have
/// paid all the same: until it is back or made up for, the two sums differ.
fn apart(figures: &Figures) -> Option<Text> {
    let of_funds = figures.by_fund.iter().fold(0, |sum: i64, one| sum.saturating_add(one.paid.0));
    let advanced = Fen(figures.by_fund.iter().fold(0, |sum: i64, one| sum.saturating_add(one.advanced.0)));
    let more = of_funds.saturating_sub(lists::of_all_measures(figures, |one| &one.paid).amount.0);
    if more == 0 {
        return None;
    }
    let words = |lang| [Fen(more), advanced].map(|amount| format::yuan(lang, amount));
    let ([more, advanced_zh], [more_en, advanced_en]) = (words(Lang::Zh), words(Lang::En));
    let (zh, en) = if advanced == Fen(0) {
        (String::new(), String::new())
    } else {
        (format!("，其中 {advanced_zh} 由财政垫付"), format!(", of which the treasury has advanced {advanced_en}"))
    };
    Some(Text::new(
        format!(
            "各项资金已拨付的比上面按件数的多 {more}：银行后来说，以前记为失败的款其实付了{zh}。可能付了两次，或者付给了已不再支持的案件，\
             请财务追回或者核销。"
        ),
        format!(
            "The funds have paid {more_en} more than the cases above were paid: the bank says that payments which it had called failed were made \
             after all{en}. They may have been paid twice, or to cases that are supported no more: finance is to have them sent back."
        ),
    ))
}

fn tiles(figures: &Figures, late_total: u64) -> Vec<Tile> {
    let sum = |of: fn(&MeasureFigures) -> &Tally| lists::of_all_measures(figures, of);
    let late = Tally { cases: late_total, filter: overdue(figures.year), ..Tally::default() };
    let tile = |name: (&'static str, &'static str), tally: Tally, counts, is_bad| Tile {
        name: name.into(),
        href: if tally.cases > 0 { filters::href(&tally.filter) } else { String::new() },
        tally,
        counts,
        is_bad,
        note: Text::default(),
    };
    let is_late = late.cases > 0;
    let mut open =
        tile(("正在办，还没有安排资金", "Under way, no money set apart yet"), sum(|one| &one.open), true, false);
    // What waits for money has its amount already: it is no amount of the others.
    let queued = figures.by_stage.iter().find(|(stage, tally)| *stage == Stage::Queued && tally.cases > 0);
    if let Some((_, queued)) = queued {
        let (cases, amount) = (queued.cases, queued.amount);
        open.note = Text::new(
            format!("其中 {cases} 件金额已定、轮候资金 {}", format::wan(Lang::Zh, amount)),
            format!("{cases} of them with an amount, waiting for money: {}", format::wan(Lang::En, amount)),
        );
    }
    vec![
        tile(("已拨付", "Paid"), sum(|one| &one.paid), false, false),
        tile(("已审定，还没有付", "Decided, not paid yet"), sum(|one| &one.decided), false, false),
        open,
        tile(
            ("不予支持、不予受理、终止拨付或撤回", "Declined, not accepted, ended or withdrawn"),
            sum(|one| &one.ended),
            true,
            false,
        ),
        tile(("超期", "Overdue"), late, true, is_late),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::list::{Cell, Column, Row};

    #[test]
    fn a_long_table_stands_with_its_first_rows() {
        let shown = |word: &'static str, rows: usize, total: u64| {
            let mut list = List::new(("按月", "By month"), vec![Column::text("month", ("月份", "Month"))]);
            (0..rows).for_each(|month| list.push(Row::new(vec![Cell::text(month.to_string())])));
            list.totals = vec![Cell::pair(("合计", "Sum"))];
            let table = Table { word, list, total }.shortened();
            assert_eq!(table.is_cut(), !table.list.totals[0].note.is_empty());
            (table.list.rows.len(), table.is_cut(), table.is_long())
        };
        assert_eq!(shown("months", 4, 4), (4, false, false));
        assert_eq!(shown("months", 11, 11), (11, false, true));
        assert_eq!(shown("months", 12, 12), (10, true, true));
        assert_eq!(shown("desks", 9, 9), (9, false, false), "whose the cases are stands whole");
        // Of some no more is read than is shown.
        assert_eq!(shown("parties", 10, 15), (10, true, true));
    }
}
