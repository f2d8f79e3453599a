//! What the figures are made of, read once for a page.

use std::sync::Arc;

use chrono::NaiveDate;
use duixian_casework::calendar::Calendar;
use duixian_casework::people::Role;
use duixian_casework::permit::role_of;
use duixian_casework::stage::Stage;
use duixian_money::Fen;
use duixian_rules::pack::Pack;
use duixian_store::Store;
use duixian_store::cases::{CaseFilter, CaseRow, Sort};
use duixian_store::figures::{Figures, LateCase, MeasureFigures, PaidParties, Tally};
use duixian_store::people::User;

use crate::locale::{Lang, Text};
use crate::pages::work::rows::{Names, called};
use crate::problem::Problem;
use crate::viewer::Viewer;

use super::targets;

/// How many rows of a table stand on the page; the lists and exports have all.
pub const MOST_SHOWN: u32 = 10;
/// How many a page of a whole list has.
pub const PER_PAGE: u32 = 50;
/// The most late cases of a whole list: a sheet of Excel takes a little over a million rows.
const MOST_LATE: usize = 200_000;

/// Everything that the page is made of.
pub struct Read {
    pub figures: Figures,
    /// Those that were paid: as many as are asked for.
    pub parties: PaidParties,
    /// What is most overdue, or a page of it.
    pub late: Vec<CaseRow>,
    /// How many are overdue in all, at desks and with applicants.
    pub late_total: u64,
    /// What has left a desk late; read where that is asked for.
    pub were_late: Vec<LateCase>,
    pub users: Vec<User>,
    pub names: Names,
    pub calendar: Arc<Calendar>,
    pub today: NaiveDate,
    /// The newest rules.
    pub pack: Option<Arc<Pack>>,
    /// What the measures support that its targets are counted by.
    pub supported: targets::Supported,
}

/// What is overdue of a year, or of all, the longest first.
pub fn overdue(year: Option<i32>) -> CaseFilter {
    CaseFilter { overdue: true, year, sort: Sort::Due, ..CaseFilter::default() }
}

/// What of the figures is asked for.
#[derive(Clone, Copy)]
pub enum Asked<'a> {
    /// The page for a meeting: of each table the rows that it shows.
    Overview,
    /// One table by its word, which may be of one desk: a page of it, or all its rows.
    Table { word: &'a str, desk: Option<&'a str>, page: Option<u64> },
}

impl Asked<'_> {
    /// Whether any of these tables is asked for.
    fn has(self, words: &[&str]) -> bool {
        match self {
            Asked::Overview => true,
            Asked::Table { word, .. } => words.contains(&word),
        }
    }
}

impl Read {
    /// The figures of a year, or of all. No more is read than the tables that are asked for are made of: parties and late cases can be
    /// many, and all other figures together read every case.
    pub async fn load(store: &Store, viewer: &Viewer, year: Option<i32>, asked: Asked<'_>) -> Result<Read, Problem> {
        let actor = &viewer.actor;
        let figures = match asked.has(&["measures", "funds", "desks", "months", "stages"]) {
            true => store.figures(actor, year).await?,
            false => Figures { at: store.now(), year, ..Figures::default() },
        };
        let (page, rows) = match asked {
            Asked::Overview => (1, MOST_SHOWN),
            Asked::Table { page: Some(page), .. } => (page, PER_PAGE),
            Asked::Table { page: None, .. } => (1, u32::MAX),
        };
        let parties = match asked.has(&["parties"]) {
            true => store.most_paid(actor, year, page, rows).await?,
            false => PaidParties::default(),
        };
        let (late, late_total) = match asked {
            Asked::Table { word: "late", page: None, .. } => all_late(store, viewer, year).await?,
            _ if asked.has(&["late", "desks"]) => {
                let filter = CaseFilter { page, per_page: u64::from(rows.min(PER_PAGE)), ..overdue(year) };
                let found = store.cases(actor, &filter).await?;
                (found.rows, found.total)
            }
            _ => (Vec::new(), 0),
        };
        let were_late = match asked {
            Asked::Table { word: "were_late", desk, .. } => store.were_late(actor, year, desk).await?,
            _ => Vec::new(),
        };
        let pack = store.current_pack().await?.map(|(_, pack)| pack);
        let mut supported = targets::Supported::new();
        for measure in pack.as_deref().filter(|_| asked.has(&["targets"])).map(targets::counted_by).unwrap_or_default()
        {
            let years = store.supported(actor, &measure, year).await?;
            supported.insert(measure, years);
        }
        Ok(Read {
            figures,
            parties,
            late,
            late_total,
            were_late,
            users: if asked.has(&["desks", "late"]) { store.users().await? } else { Vec::new() },
            names: Names::load(store).await?,
            calendar: store.calendar().await?,
            today: store.now().day(),
            pack,
            supported,
        })
    }

    /// How many rows a table has in all of which no more than a page was read; none of one that was read whole.
    pub fn total_of(&self, word: &str) -> Option<u64> {
        match word {
            "parties" => Some(self.parties.total),
            "late" => Some(self.late_total),
            _ => None,
        }
    }

    /// Who sits at a desk: whoever has one of its roles, and either names it or names none and so sits at all.
    pub fn at_desk(&self, desk: &str) -> Sitting<'_> {
        let mut roles = self.roles_of(desk);
        let sits = |user: &User| {
            let names_it = user.desks.iter().any(|one| one == desk);
            // What roles a desk of older rules has is not known any more.
            let has_role = if roles.is_empty() { names_it } else { roles.iter().any(|role| user.roles.contains(role)) };
            user.active && has_role && (names_it || user.desks.is_empty())
        };
        let people: Vec<&User> = self.users.iter().filter(|user| sits(user)).collect();
        roles.retain(|role| !people.iter().any(|user| user.roles.contains(role)));
        Sitting { people, nobody: roles }
    }

    /// The roles of those who act at a desk, by the newest rules.
    fn roles_of(&self, desk: &str) -> Vec<Role> {
        let Some(plan) = self.pack.as_deref().map(|pack| &pack.plan) else { return Vec::new() };
        let steps = plan.procedures.iter().flat_map(|procedure| &procedure.steps);
        let here = steps.filter(|step| plan.desks[step.desk].name.en == desk);
        let mut roles: Vec<Role> = here.map(|step| role_of(step.step)).collect();
        roles.sort_unstable();
        roles.dedup();
        roles
    }

    /// The measures, those with most money first.
    pub fn most_money_first(&self) -> Vec<&MeasureFigures> {
        let mut all: Vec<&MeasureFigures> = self.figures.by_measure.iter().collect();
        all.sort_by_key(|one| std::cmp::Reverse(granted(one)));
        all
    }

    /// The year without anything else: what sums of a whole column count.
    pub fn of_year(&self) -> CaseFilter {
        CaseFilter { year: self.figures.year, ..CaseFilter::default() }
    }

    /// What is not at its end: what desks and applicants have.
    pub fn open(&self) -> Tally {
        let mut whole = Tally { filter: self.of_year(), ..Tally::default() };
        for (stage, tally) in self.figures.by_stage.iter().filter(|(stage, _)| !stage.is_final()) {
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

/// Who sits at a desk.
pub struct Sitting<'r> {
    pub people: Vec<&'r User>,
    /// The roles of the desk that nobody there has: what comes to them lies there.
    pub nobody: Vec<Role>,
}

impl Sitting<'_> {
    /// Whether nobody is there at all.
    pub fn is_empty(&self) -> bool {
        self.people.is_empty()
    }

    /// Their names, and what nobody there does.
    pub fn words(&self) -> Text {
        let names = |between: &str| self.people.iter().map(|user| user.name.as_str()).collect::<Vec<_>>().join(between);
        let roles = |lang: Lang, between: &str| {
            self.nobody.iter().map(|role| role.label(lang)).collect::<Vec<_>>().join(between)
        };
        match self.nobody[..] {
            [] => Text::new(names("、"), names(", ")),
            _ => Text::new(
                format!("{}；没有人在岗：{}", names("、"), roles(Lang::Zh, "、")),
                format!("{}; nobody for: {}", names(", "), roles(Lang::En, ", ")),
            ),
        }
    }
}

/// What was paid by a measure and what will be.
pub fn granted(of: &MeasureFigures) -> Fen {
    Fen(of.paid.amount.0.saturating_add(of.decided.amount.0))
}

/// Every late case, and how many there are.
async fn all_late(store: &Store, viewer: &Viewer, year: Option<i32>) -> Result<(Vec<CaseRow>, u64), Problem> {
    let mut filter = CaseFilter { page: 1, per_page: 1000, ..overdue(year) };
    let mut rows = Vec::new();
    loop {
        let found = store.cases(&viewer.actor, &filter).await?;
        let (pages, total) = (found.pages(), found.total);
        rows.extend(found.rows);
        if filter.page >= pages || rows.len() >= MOST_LATE {
            return Ok((rows, total));
        }
        filter.page += 1;
    }
}
