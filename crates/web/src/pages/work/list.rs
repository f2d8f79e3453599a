//! The work list: what is due, the most overdue first.

use std::collections::BTreeSet;
use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use duixian_casework::calendar::Calendar;
use duixian_casework::command::Action;
use duixian_casework::people::Role;
use duixian_casework::permit::is_anothers_to_answer;
use duixian_casework::stage::Stage;
use duixian_money::Fen;
use duixian_rules::vocabulary::Lang;
use duixian_store::cases::{CaseFilter, CaseRow, Month, Objections};

use crate::casefile::stages;
use crate::export::{self, Format};
use crate::list::{Cell, Column, List, Row, RowState, Sort as SortAsked, Value};
use crate::locale::{Speak, Text};
use crate::page::Page;
use crate::portal::Portal;
use crate::problem::Problem;
use crate::ui::{Pager, Tab, Tabs, Urgency};
use crate::viewer::Viewer;

use super::chips::{self, Chip, Headline};
use super::filters::{self, View};
use super::following::Following;
use super::rows::{Names, deadline, span, span_figures};
use super::{bulk, elsewhere};

/// The most rows of an export: a sheet of Excel takes a little over a million.
const MOST_EXPORTED: usize = 200_000;

/// `GET /work`
pub async fn page(State(portal): State<Arc<Portal>>, viewer: Viewer, page: Page) -> Result<Response, Problem> {
    let store = &portal.store;
    let filter = filters::asked(&page, &viewer);
    let mut names = Names::load(store).await?;
    let calendar = store.calendar().await?;
    let today = store.now().day();
    if let Some(format) = Format::asked(&page) {
        let mut rows = Vec::new();
        let mut all = CaseFilter { page: 1, per_page: 1000, ..filter };
        loop {
            let found = store.cases(&viewer.actor, &all).await?;
            let pages = found.pages();
            rows.extend(found.rows);
            if all.page >= pages || rows.len() >= MOST_EXPORTED {
                break;
            }
            all.page += 1;
        }
        names.meet(store, &rows).await?;
        return export::answer(&exported(&rows, &names, &calendar, today), page.lang, format, "cases");
    }
    let found = store.cases(&viewer.actor, &filter).await?;
    names.meet(store, &found.rows).await?;
    let view = View::asked(&page, &viewer);
    // The headline is that of the rows, so that it says what a figure that led here said; the figures beside it say what they open.
    let (taken, beside) = store.counts_beside(&viewer.actor, &filter).await?;
    let answers = viewer.has_any(&[Role::Intake, Role::DecisionMaker]);
    let has_objections = answers || beside.by_stage.iter().any(|count| count.of == Stage::Objection);
    let tabs = tabs(&portal, &viewer, view, &filter).await?;
    let bulk = bulk::offered(&viewer, view, &filter);
    let list = shown(&found.rows, &names, &calendar, today, &page, !bulk.is_empty());
    let pager = Pager { number: filter.page.min(found.pages()), size: found.per_page, total: found.total };
    let page = page.titled(("办件", "Cases")).wide();
    Page::show(&WorkList {
        tells_of_funds: filter.awaits.is_some() && filters::for_second(&viewer).is_some(),
        is_narrowed: filters::is_narrowed(&filter),
        chips: chips::of_stages(&page, &beside, &filter),
        desks: chips::of_desks(&page, &beside, &filter, &names),
        objections: if has_objections { objected(&portal, &viewer, answers).await? } else { 0 },
        total: found.total,
        headline: Headline::of(&taken),
        money: elsewhere::money_that_came(&portal, &viewer).await?,
        put_forward: elsewhere::put_forward(&portal, &viewer, &names).await?,
        page,
        tabs,
        view,
        filter,
        names,
        list,
        pager,
        bulk,
    })
}

/// How many cases the page of objections has, whatever narrows the list that leads there: of who answers them, but those that they have
/// decided or reviewed, which others answer.
async fn objected(portal: &Portal, viewer: &Viewer, answers: bool) -> Result<usize, Problem> {
    let open = portal.store.all_objections(&viewer.actor, Objections::Open).await?;
    let theirs = open.iter().filter(|one| !answers || !is_anothers_to_answer(&one.case, &viewer.actor));
    Ok(theirs.map(|one| one.case.id).collect::<BTreeSet<_>>().len())
}

#[derive(Template)]
#[template(path = "work/list.html")]
struct WorkList {
    page: Page,
    tabs: Tabs,
    view: View,
    filter: CaseFilter,
    names: Names,
    chips: Vec<Chip>,
    desks: Vec<Chip>,
    list: List,
    pager: Pager,
    bulk: Vec<Action>,
    total: u64,
    headline: Headline,
    objections: usize,
    /// Funds with money for decisions that wait: what each can do now, and where.
    money: Vec<(Text, String)>,
    /// What of funds was put forward and waits for another person of the viewer's role.
    put_forward: Vec<(Text, String)>,
    is_narrowed: bool,
    /// Whether it lists what waits for a second person, to someone who gives that word of funds too.
    tells_of_funds: bool,
}

impl WorkList {
    fn stages(&self) -> Vec<(&'static str, Text)> {
        Stage::ALL
            .iter()
            .filter(|stage| **stage != Stage::Draft)
            .map(|stage| (stage.word(), stages::label(*stage)))
            .collect()
    }

    fn is_stage(&self, word: &str) -> bool {
        matches!(self.filter.stages[..], [stage] if stage.word() == word)
    }

    /// Several stages that the list is of, as the form sends them back, and what that is called; none where it is of one or
    /// all.
    fn several_stages(&self) -> Option<(String, Text)> {
        let stages = &self.filter.stages;
        let many = stages.len();
        let called = Text::new(format!("已选 {many} 个阶段"), format!("{many} stages"));
        (many > 1).then(|| (filters::stages_word(stages), called))
    }

    /// What the address narrows beside the fields of the form, kept when the form is sent.
    fn carried(&self) -> Vec<(&'static str, String)> {
        filters::carried(&self.filter)
    }

    /// The same in words.
    fn carried_words(&self) -> String {
        let lang = self.page.lang;
        let month = |month: Month| match lang {
            Lang::Zh => format!("{}年{}月", month.year, month.month),
            Lang::En => format!("{}-{:02}", month.year, month.month),
        };
        let filter = &self.filter;
        let mut words = Vec::new();
        if filter.stages.len() + 1 == Stage::ALL.len() {
            words.push(lang.t("已提交的", "submitted").to_owned());
        } else if filter.stages.len() > 1 {
            let stages: Vec<&str> = filter.stages.iter().map(|stage| stage.label(lang)).collect();
            words.push(stages.join(lang.t("或", " or ")));
        }
        if let Some(year) = filter.year {
            words.push(format!("{}{year}", lang.t("年度 ", "year ")));
        }
        words.extend(filter.fund.as_ref().map(|fund| self.names.fund(fund).get(lang).to_owned()));
        words.extend(filter.party.clone());
        words.extend(filter.awaits.map(|_| lang.t("待第二人确认的", "for a second person").to_owned()));
        let months = [
            (filter.submitted_in, ("提交", "submitted in")),
            (filter.decided_in, ("审定", "decided in")),
            (filter.paid_in, ("拨付", "paid in")),
        ];
        for (at, (zh, en)) in months {
            words.extend(at.map(|at| match lang {
                Lang::Zh => format!("{}{zh}", month(at)),
                Lang::En => format!("{en} {}", month(at)),
            }));
        }
        words.join(lang.t("，", ", "))
    }

    fn is_desk(&self, en: &str) -> bool {
        self.filter.desk.as_deref() == Some(en)
    }

    fn is_measure(&self, en: &str) -> bool {
        self.filter.measure.as_deref() == Some(en)
    }

    /// The `lang` attribute of a round's name.
    fn tag(&self, name: &str) -> Option<&'static str> {
        Text::same(name.to_owned()).own_tag(self.page.lang)
    }

    fn is_round(&self, id: &i64) -> bool {
        self.filter.round == Some(*id)
    }

    fn searched(&self) -> &str {
        self.filter.text.as_deref().unwrap_or("")
    }

    fn label(&self, action: &Action) -> String {
        action.label(self.page.lang).to_owned()
    }

    /// The address of a bulk action on everything that the filter takes.
    fn all_href(&self, action: &Action) -> String {
        let query = self.page.href_with(&[("all", "1"), ("page", "")]);
        let query = query.split_once('?').map_or("all=1", |(_, query)| query);
        format!("/work/bulk/{}?{query}", action.word())
    }

    fn can_take_all(&self) -> bool {
        self.total > 0 && self.total <= bulk::MOST as u64
    }
}

async fn tabs(portal: &Portal, viewer: &Viewer, current: View, shown: &CaseFilter) -> Result<Tabs, Problem> {
    let mut tabs = Vec::new();
    for view in View::of(viewer) {
        let filter = CaseFilter { per_page: 1, ..view.filter(viewer) };
        let count = portal.store.cases(&viewer.actor, &filter).await?.total;
        let is_current = view == current && shown.awaits.is_none();
        // Little is ever on hold: as long as nothing is, there is nothing to see.
        if view == View::Held && count == 0 && !is_current {
            continue;
        }
        let (href, text) = (format!("/work?view={}", view.word()), view.name().into());
        tabs.push(Tab { href, text, count: Some(count), is_current });
    }
    if let Some(filter) = filters::for_second(viewer) {
        tabs.push(Tab {
            href: filters::href(&filter),
            text: ("待第二人确认的案件", "Cases for a second person").into(),
            count: Some(portal.store.cases(&viewer.actor, &filter).await?.total),
            is_current: shown.awaits == filter.awaits,
        });
    }
    Ok(Tabs { label: ("看哪些案件", "Which cases").into(), tabs })
}

fn shown(
    rows: &[CaseRow],
    names: &Names,
    calendar: &Calendar,
    today: NaiveDate,
    page: &Page,
    is_pickable: bool,
) -> List {
    let columns = vec![
        Column::text("number", ("编号", "Number")).sortable(),
        Column::text("party", ("单位", "Party")).sortable(),
        Column::text("measure", ("措施", "Measure")),
        Column::status("stage", ("阶段", "Stage")).sortable(),
        Column::date("due", ("办理期限", "Due")).sortable(),
        Column::money("amount", ("金额（元）", "Amount (yuan)")).sortable(),
        Column::text("assignee", ("办理人", "With")),
    ];
    let asked = SortAsked::asked(page.query()).or(Some(SortAsked { key: "due".to_owned(), descending: false }));
    let mut list = List::new(("案件", "Cases"), columns).sorted(asked).cards();
    if is_pickable {
        list = list.pickable("case");
    }
    let following = Following::of(page);
    for row in rows {
        list.push(shown_row(row, names, calendar, today, following.case_href(row.id)));
    }
    list
}

fn shown_row(row: &CaseRow, names: &Names, calendar: &Calendar, today: NaiveDate, href: String) -> Row {
    let number = row.number.clone().unwrap_or_else(|| "—".to_owned());
    let deadline = deadline(row, calendar, today);
    let basis = if row.basis.is_empty() { String::new() } else { format!("·{}", row.basis) };
    let due = deadline.map_or_else(Cell::empty, |deadline| {
        let count = deadline.count();
        let mark = |text: &str| match deadline.urgency() {
            Urgency::Late => format!("▲ {text}"),
            Urgency::Soon => format!("△ {text}"),
            Urgency::Calm => text.to_owned(),
        };
        Cell::date(deadline.last_day).note(Text::new(mark(&count.zh), mark(&count.en)))
    });
    let amount = match row.amount {
        Some(amount) => Cell::money(amount).note(match row.stage {
            Stage::Queued => ("审定，轮候", "decided, waits"),
            Stage::Paid | Stage::Closed => ("已拨付", "paid"),
            _ => ("已安排", "set aside"),
        }),
        // What the rules gave once says nothing of a case that came to an end without money.
        None if span(row).is_some() && !row.stage.is_final() => {
            Cell::pair(span_figures(row)).note(("按规则初算", "first reckoning"))
        }
        None => Cell::empty(),
    };
    let cells = vec![
        Cell::text(number.clone()).link(href),
        Cell::text(row.party_name.clone()).note(Text::same(row.party.clone())),
        Cell::pair(names.measure(&row.measure)).note(Text::same(format!("{}{basis}", row.clause))),
        Cell::status(stages::status(row.stage)).note(awaits(row).unwrap_or_else(|| names.desk(&row.desk))),
        due,
        amount,
        Cell::pair(names.person(row.assignee)),
    ];
    let state = match deadline.map(|deadline| deadline.urgency()) {
        Some(Urgency::Late) => RowState::Late,
        Some(Urgency::Soon) => RowState::Soon,
        _ if row.stage.is_final() => RowState::Done,
        _ => RowState::Plain,
    };
    Row::new(cells).in_state(state).pick(row.id.0.to_string(), number)
}

/// What one has proposed of it, and waits for a second person.
fn awaits(row: &CaseRow) -> Option<Text> {
    row.awaits.map(|role| match role {
        Role::Finance => ("▲ 已提请终止拨付，待第二人确认", "▲ to be ended: a second person confirms it").into(),
        _ if matches!(row.stage, Stage::Declined | Stage::PaymentEnded) => {
            ("▲ 已提请撤销原决定，待第二人确认", "▲ to be revoked: a second person confirms it").into()
        }
        _ => ("▲ 已提请撤销审定，待第二人确认", "▲ to be revoked: a second person confirms it").into(),
    })
}

/// For Excel: every figure in a cell of its own.
fn exported(rows: &[CaseRow], names: &Names, calendar: &Calendar, today: NaiveDate) -> List {
    let columns = vec![
        Column::text("number", ("编号", "Number")),
        Column::text("party", ("单位", "Party")),
        Column::text("code", ("统一社会信用代码", "Social credit code")),
        Column::text("measure", ("措施", "Measure")),
        Column::text("clause", ("条款", "Clause")),
        Column::text("basis", ("依据", "Basis")),
        Column::number("year", ("年度", "Year")),
        Column::text("round", ("申报批次", "Round")),
        Column::text("fund", ("资金", "Fund")),
        Column::text("stage", ("阶段", "Stage")),
        Column::text("desk", ("岗位", "Desk")),
        Column::text("assignee", ("办理人", "With")),
        Column::date("submitted", ("提交日期", "Submitted")),
        Column::date("due", ("办理期限", "Due")),
        Column::number("left", ("剩余工作日", "Working days left")),
        Column::money("low", ("规则下限（元）", "At least (yuan)")),
        Column::money("high", ("规则上限（元）", "At most (yuan)")),
        Column::money("amount", ("审定或安排金额（元）", "Decided or set aside (yuan)")),
    ];
    let mut list = List::new(("案件清单", "Cases"), columns);
    let money = |amount: Option<Fen>| amount.map_or_else(Cell::empty, Cell::money);
    for row in rows {
        let deadline = deadline(row, calendar, today);
        list.push(Row::new(vec![
            Cell::text(row.number.clone().unwrap_or_default()),
            Cell::text(row.party_name.clone()),
            Cell::text(row.party.clone()),
            Cell::pair(names.measure(&row.measure)),
            Cell::text(row.clause.clone()),
            Cell::text(row.basis.clone()),
            // A year is no quantity: it takes no separator between its thousands.
            Cell::text(row.year.to_string()),
            Cell::text(names.round(row.round)),
            Cell::pair(names.fund(&row.fund)),
            Cell::pair(Text::new(row.stage.label(Lang::Zh), row.stage.label(Lang::En))),
            Cell::pair(names.desk(&row.desk)),
            Cell::pair(names.person(row.assignee)),
            row.submitted_at.map_or_else(Cell::empty, |at| Cell::date(at.day())),
            row.due.map_or_else(Cell::empty, Cell::date),
            deadline.map_or_else(Cell::empty, |deadline| Cell::of(Value::Count(deadline.working_days_left))),
            money(row.low),
            money(row.high),
            money(row.amount),
        ]));
    }
    list
}
