//! One page for a meeting: how much, to whom, for what, what is late and whose it is.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use duixian_casework::calendar::Calendar;
use duixian_casework::people::Role;
use duixian_casework::stage::Stage;
use duixian_money::Fen;
use duixian_rules::pack::Pack;
use duixian_store::cases::{CaseFilter, CaseRow, Sort};
use duixian_store::figures::{Figures, MeasureFigures, PartyFigures, Tally};
use duixian_store::people::User;

use crate::charts::Chart;
use crate::export::{self, Format};
use crate::format;
use crate::list::List;
use crate::locale::{Lang, Text};
use crate::page::Page;
use crate::pages::work::filters;
use crate::pages::work::rows::{Names, called};
use crate::portal::Portal;
use crate::problem::Problem;
use crate::ui::FundTiles;
use crate::viewer::Viewer;

use super::{charts, lists, targets};

/// How many rows of a table stand on the page; the lists and exports have all.
const MOST_SHOWN: u32 = 10;

/// Everything that the page is made of.
pub struct Read {
    pub figures: Figures,
    pub parties: Vec<PartyFigures>,
    /// What is most overdue.
    pub late: Vec<CaseRow>,
    /// How many are overdue in all, at desks and with applicants.
    pub late_total: u64,
    pub users: Vec<User>,
    pub names: Names,
    pub calendar: Arc<Calendar>,
    pub today: NaiveDate,
    /// The newest rules.
    pub pack: Option<Arc<Pack>>,
    /// What the measures support that its targets are counted by.
    pub supported: targets::Supported,
}

impl Read {
    /// Who sits at a desk.
    pub fn at_desk(&self, desk: &str) -> Vec<&str> {
        let sits = |user: &&User| user.active && user.desks.iter().any(|one| one == desk);
        self.users.iter().filter(sits).map(|user| user.name.as_str()).collect()
    }

    /// The measures, those with most money first.
    pub fn most_money_first(&self) -> Vec<&MeasureFigures> {
        let mut all: Vec<&MeasureFigures> = self.figures.by_measure.iter().collect();
        all.sort_by_key(|one| std::cmp::Reverse(granted(one)));
        all
    }

    /// What neither a desk has nor is at its end: it waits for the applicant.
    pub fn with_applicants(&self) -> Tally {
        let open = self.figures.by_stage.iter().filter(|(stage, _)| !stage.is_final());
        let away = open.filter(|(stage, _)| stage.step().is_none() && !at_some_desk(*stage));
        let mut whole =
            Tally { filter: CaseFilter { year: self.figures.year, ..CaseFilter::default() }, ..Tally::default() };
        for (stage, tally) in away {
            whole.cases += tally.cases;
            whole.amount = Fen(whole.amount.0.saturating_add(tally.amount.0));
            whole.filter.stages.push(*stage);
        }
        whole
    }

    /// What the desks and the applicants have together, by the groups at the top of the page.
    pub fn reconciled(&self) -> Text {
        let sum = |of: fn(&MeasureFigures) -> u64| self.figures.by_measure.iter().map(of).sum::<u64>();
        let (open, decided) = (sum(|one| one.open.cases), sum(|one| one.decided.cases));
        let of_stage = self.figures.by_stage.iter().find(|(stage, _)| *stage == Stage::Paid);
        let paid = of_stage.map_or(0, |(_, tally)| tally.cases);
        let all = open + decided + paid;
        Text::new(
            format!(
                "合计 {all} 件 ＝ 还没有安排资金 {open} ＋ 已审定未拨付 {decided} ＋ 已拨付待办结 {paid}。超期的包括在内。"
            ),
            format!(
                "{all} in all = {open} without money set apart + {decided} decided, not paid + {paid} paid, to be closed. Those overdue are among them."
            ),
        )
    }

    /// Someone's name.
    pub fn person(&self, row: &CaseRow) -> Text {
        let user = row.assignee.and_then(|assignee| self.users.iter().find(|user| user.id == assignee));
        user.map_or_else(Text::default, called)
    }
}

/// What was paid by a measure and what will be.
pub fn granted(of: &MeasureFigures) -> Fen {
    Fen(of.paid.amount.0.saturating_add(of.decided.amount.0))
}

/// Whether a stage without a step of its own is at a desk: what was taken in waits for its review, what is held for whoever
/// holds it.
fn at_some_desk(stage: Stage) -> bool {
    matches!(stage, Stage::Accepted | Stage::OnHold)
}

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
    /// How many rows it has in all, where not all of them are shown.
    all: Option<usize>,
}

impl Table {
    /// Its first rows, unless the whole of it was asked for: a page for a meeting is turned over, not scrolled.
    fn shortened(mut self, whole: Option<&str>) -> Table {
        let all = self.list.rows.len();
        // One row alone is not worth a link.
        if all > MOST_SHOWN as usize + 1 && whole != Some(self.word) {
            self.list.rows.truncate(MOST_SHOWN as usize);
            self.all = Some(all);
            if let Some(sums) = self.list.totals.first_mut() {
                sums.note = ("没有列出的也在内", "with those not listed").into();
            }
        }
        self
    }
}

#[derive(Template)]
#[template(path = "figures/figures.html")]
struct FiguresPage {
    page: Page,
    at: String,
    year: Option<i32>,
    years: Vec<i32>,
    tiles: Vec<Tile>,
    funds: Option<FundTiles>,
    measures: Table,
    measure_chart: Chart,
    fund_table: Table,
    fund_chart: Chart,
    parties: Table,
    desks: Table,
    reconciled: Text,
    desk_chart: Chart,
    late: Table,
    late_total: u64,
    late_href: String,
    months: Table,
    month_chart: Chart,
    stages: Table,
    stage_chart: Chart,
    /// What the policy sets out to reach; empty where its pack declares nothing.
    targets: Table,
}

impl FiguresPage {
    fn export_href(&self, table: &Table, format: &str) -> String {
        self.page.href_with(&[("list", table.word), ("format", format)])
    }

    /// The same page with the whole of a table.
    fn whole_href(&self, table: &Table) -> String {
        format!("{}#{}", self.page.href_with(&[("whole", table.word)]), table.word)
    }

    fn is_year(&self, year: &i32) -> bool {
        self.year == Some(*year)
    }
}

/// `GET /figures?year=2019`
pub async fn page(State(portal): State<Arc<Portal>>, viewer: Viewer, page: Page) -> Result<Response, Problem> {
    let store = &portal.store;
    let year = page.query_value("year").and_then(|year| year.parse::<i32>().ok());
    let figures = store.figures(&viewer.actor, year).await?;
    let overdue =
        CaseFilter { overdue: true, year, sort: Sort::Due, per_page: u64::from(MOST_SHOWN), ..CaseFilter::default() };
    let late = store.cases(&viewer.actor, &overdue).await?;
    let late_total = late.total;
    let pack = store.current_pack().await?.map(|(_, pack)| pack);
    let mut supported = targets::Supported::new();
    for measure in pack.as_deref().map(targets::counted_by).unwrap_or_default() {
        let years = store.supported(&viewer.actor, &measure, year).await?;
        supported.insert(measure, years);
    }
    let read = Read {
        parties: store.most_paid(&viewer.actor, year, MOST_SHOWN).await?,
        figures,
        late: late.rows,
        late_total,
        users: store.users().await?,
        names: Names::load(store).await?,
        calendar: store.calendar().await?,
        today: store.now().day(),
        pack,
        supported,
    };
    let table = |word: &'static str| Table {
        word,
        all: None,
        list: match word {
            "measures" => lists::measures(&read),
            "targets" => targets::targets(read.pack.as_deref(), &read.supported),
            "funds" => lists::funds(&read),
            "parties" => lists::parties(&read),
            "desks" => lists::desks(&read),
            "late" => lists::late(&read),
            "months" => lists::months(&read),
            _ => lists::stages(&read),
        },
    };
    if let Some(format) = Format::asked(&page) {
        let words = ["measures", "funds", "parties", "desks", "late", "months", "targets"];
        let asked = page.query_value("list").unwrap_or_default();
        let word = words.into_iter().find(|word| *word == asked).unwrap_or("stages");
        return export::answer(&table(word).list, page.lang, format, word);
    }
    let mut years: Vec<i32> = store.positions().await?.iter().map(|position| position.year).collect();
    years.extend(store.rounds().await?.iter().map(|round| round.year));
    years.sort_unstable_by(|one, other| other.cmp(one));
    years.dedup();
    let title = match year {
        Some(year) => Text::new(format!("{year}年度总览"), format!("Figures of {year}")),
        None => ("总览", "Figures").into(),
    };
    let may_finance = viewer.has_any(&[Role::Leader, Role::Finance, Role::Auditor, Role::DecisionMaker]);
    let at = page.moment(read.figures.at.local());
    let whole = page.query_value("whole");
    let short = |word| table(word).shortened(whole.as_deref());
    let (measures, fund_table, desks) = (short("measures"), short("funds"), short("desks"));
    let (months, stages) = (short("months"), short("stages"));
    Page::show(&FiguresPage {
        page: page.titled(title).wide(),
        at,
        year,
        years,
        tiles: tiles(&read.figures, &overdue, late_total),
        funds: may_finance.then(|| all_funds(&read.figures)).flatten(),
        measures,
        measure_chart: charts::measures(&read),
        fund_table,
        fund_chart: charts::funds(&read),
        parties: table("parties"),
        desks,
        reconciled: read.reconciled(),
        desk_chart: charts::desks(&read),
        late: table("late"),
        late_total,
        late_href: filters::href(&overdue),
        months,
        month_chart: charts::months(&read),
        stages,
        stage_chart: charts::stages(&read),
        targets: table("targets"),
    })
}

/// What all funds together have, where there is more than one: one has its own row.
fn all_funds(figures: &Figures) -> Option<FundTiles> {
    if figures.by_fund.is_empty() {
        return None;
    }
    let all = |of: fn(&duixian_store::funds::FundPosition) -> Fen| {
        Fen(figures.by_fund.iter().fold(0, |sum: i64, one| sum.saturating_add(of(one).0)))
    };
    let finance = || "/finance".to_owned();
    Some(FundTiles {
        paid: all(|one| one.paid),
        reserved: all(|one| one.reserved),
        free: all(|one| one.free),
        lapsed: all(|one| one.lapsed),
        hrefs: [finance(), finance(), finance(), finance()],
    })
}

fn tiles(figures: &Figures, overdue: &CaseFilter, late_total: u64) -> Vec<Tile> {
    let sum = |of: fn(&duixian_store::figures::MeasureFigures) -> &Tally| {
        let mut whole = Tally::default();
        for tally in figures.by_measure.iter().map(of) {
            whole.cases += tally.cases;
            whole.amount = Fen(whole.amount.0.saturating_add(tally.amount.0));
            // Of all measures alike: the same stages and year, without the measure.
            whole.filter = CaseFilter { measure: None, ..tally.filter.clone() };
        }
        whole
    };
    let filter = CaseFilter { sort: Sort::Due, per_page: 0, ..overdue.clone() };
    let late = Tally { cases: late_total, filter, ..Tally::default() };
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
    fn a_long_table_stands_with_its_first_rows_unless_all_are_asked_for() {
        let shown = |rows: usize, whole: Option<&str>| {
            let mut list = List::new(("按月", "By month"), vec![Column::text("month", ("月份", "Month"))]);
            (0..rows).for_each(|month| list.push(Row::new(vec![Cell::text(month.to_string())])));
            let table = Table { word: "months", list, all: None }.shortened(whole);
            (table.list.rows.len(), table.all)
        };
        assert_eq!(shown(11, None), (11, None));
        assert_eq!(shown(12, None), (10, Some(12)));
        assert_eq!(shown(12, Some("stages")), (10, Some(12)));
        assert_eq!(shown(12, Some("months")), (12, None));
    }
}
