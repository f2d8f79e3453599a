//! The tables of the figures: each figure opens the cases that it counts.

use duixian_money::Fen;
use duixian_store::cases::CaseFilter;
use duixian_store::figures::{DeskFigures, Figures, MeasureFigures, Tally};
use duixian_store::funds::FundPosition;

use crate::casefile::stages as names_of_stages;
use crate::list::{Cell, Column, List, Row, RowState};
use crate::locale::Text;
use crate::pages::finance::{fund_href, waiting_href};
use crate::pages::work::filters;
use crate::pages::work::rows::{Names, deadline};
use crate::ui::{Deadline, Status};

use super::charts::{WITH_APPLICANTS, word};
use super::read::{Read, overdue};

fn link(cell: Cell, tally: &Tally) -> Cell {
    if tally.cases == 0 { cell } else { cell.link(filters::href(&tally.filter)) }
}

fn count(tally: &Tally) -> Cell {
    link(Cell::count(whole(tally.cases)), tally)
}

fn amount(tally: &Tally) -> Cell {
    link(Cell::money(tally.amount), tally)
}

fn whole(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// What a column comes to, and the cases that it counts.
fn sum<'a>(tallies: impl Iterator<Item = &'a Tally>, filter: CaseFilter) -> Tally {
    let mut whole = Tally { filter, ..Tally::default() };
    for tally in tallies {
        whole.cases += tally.cases;
        whole.amount = Fen(whole.amount.0.saturating_add(tally.amount.0));
    }
    whole
}

/// The address of a whole table.
pub fn whole_href(year: Option<i32>, word: &str) -> String {
    let year = year.map_or_else(String::new, |year| format!("&year={year}"));
    format!("/figures?list={word}{year}")
}

/// For what, that with most money first.
pub fn measures(read: &Read) -> List {
    let columns = vec![
        Column::text("measure", ("措施", "Measure")),
        Column::number("submitted", ("申请（件）", "Submitted")),
        Column::number("open", ("正在办（件）", "Under way")),
        Column::number("decided", ("已审定未付（件）", "Decided, not paid")),
        Column::money("decided_amount", ("已审定未付（元）", "Decided, not paid (yuan)")),
        Column::number("paid", ("已拨付（件）", "Paid")),
        Column::money("paid_amount", ("已拨付（元）", "Paid (yuan)")),
        Column::number("ended", ("结束、未支持（件）", "Ended unpaid")),
    ];
    let mut list = List::new(("按措施", "By measure"), columns).cards();
    for one in read.most_money_first() {
        list.push(Row::new(vec![
            Cell::pair(read.names.measure(&one.measure)),
            count(&one.submitted),
            count(&one.open),
            count(&one.decided),
            amount(&one.decided),
            count(&one.paid),
            amount(&one.paid),
            count(&one.ended),
        ]));
    }
    let all = |of| of_all_measures(&read.figures, of);
    let (decided, paid) = (all(|one| &one.decided), all(|one| &one.paid));
    list.totals = vec![
        Cell::pair(("合计", "Sum")),
        count(&all(|one| &one.submitted)),
        count(&all(|one| &one.open)),
        count(&decided),
        amount(&decided),
        count(&paid),
        amount(&paid),
        count(&all(|one| &one.ended)),
    ];
    list
}

/// What all measures come to: they count the same stages of the same year, so that without the measure a filter takes all.
pub fn of_all_measures(figures: &Figures, of: fn(&MeasureFigures) -> &Tally) -> Tally {
    let tallies = || figures.by_measure.iter().map(of);
    let filter = tallies().next().map_or_else(CaseFilter::default, |one| one.filter.clone());
    sum(tallies(), CaseFilter { measure: None, ..filter })
}

/// From which fund.
pub fn funds(read: &Read) -> List {
    let mut list = funds_of(&read.figures.by_fund, &read.names);
    let all = |of: fn(&FundPosition) -> Fen| {
        let amounts = read.figures.by_fund.iter().map(of);
        Cell::money(Fen(amounts.fold(0, |sum, amount| sum.saturating_add(amount.0))))
    };
    list.totals = vec![
        Cell::pair(("合计", "Sum")),
        Cell::empty(),
        all(|one| one.size),
        all(|one| one.paid),
        all(|one| one.reserved),
        all(|one| one.free),
        all(|one| one.waiting),
    ];
    list
}

/// What some funds have.
pub fn funds_of(positions: &[FundPosition], names: &Names) -> List {
    let columns = vec![
        Column::text("fund", ("资金", "Fund")),
        Column::text("year", ("年度", "Year")),
        Column::money("size", ("规模（元）", "Size (yuan)")),
        Column::money("paid", ("已拨付（元）", "Paid (yuan)")),
        Column::money("reserved", ("已预留（元）", "Reserved (yuan)")),
        Column::money("free", ("可用（元）", "Free (yuan)")),
        Column::money("waiting", ("轮候（元）", "Waiting (yuan)")),
    ];
    let mut list = List::new(("按资金", "By fund"), columns).cards();
    positions.iter().for_each(|one| list.push(fund(one, names)));
    list
}

/// One fund of a year; each figure opens what the fund's own page has behind it.
fn fund(one: &FundPosition, names: &Names) -> Row {
    let href = fund_href(&one.fund, one.year);
    let money = |amount: Fen, href: String| match amount {
        Fen(0) => Cell::money(amount),
        _ => Cell::money(amount).link(href),
    };
    let waiting = money(one.waiting, waiting_href(&one.fund, one.year));
    let waiting = match one.waiting_cases {
        0 => waiting,
        cases => waiting.note(Text::new(format!("{cases} 件"), format!("{cases} cases"))),
    };
    Row::new(vec![
        Cell::pair(names.fund(&one.fund)).link(href.clone()),
        Cell::text(one.year.to_string()),
        money(one.size, format!("{href}/transfers")),
        // What left for cases that were withdrawn since is paid too, and what came back is not: the statement has both, case by case.
        money(one.paid, format!("{href}/statement?by=case")),
        money(one.reserved, format!("{href}/reservations")),
        money(one.free, format!("{href}/statement")),
        waiting,
    ])
}

/// To whom: those who got most, or all of them, with the codes in a column of their own.
pub fn parties(read: &Read, is_whole: bool) -> List {
    let mut columns = vec![
        Column::text("party", ("单位", "Party")),
        Column::number("cases", ("件数", "Cases")),
        Column::money("amount", ("已拨付（元）", "Paid (yuan)")),
    ];
    if is_whole {
        columns.insert(1, Column::text("code", ("统一社会信用代码", "Social credit code")));
    }
    let caption = if is_whole {
        ("拨付过的单位", "Parties that were paid")
    } else {
        ("拨付最多的单位", "Paid most")
    };
    // Three columns fit a telephone as a table; as cards they would be three times as long. Four don't.
    let list = List::new(caption, columns);
    let mut list = if is_whole { list.cards() } else { list };
    let row = |name: Cell, code: Cell, paid: &Tally| {
        let mut cells = vec![name, count(paid), amount(paid)];
        if is_whole {
            cells.insert(1, code);
        }
        cells
    };
    for one in &read.parties.rows {
        let (name, code) = (Cell::text(one.name.clone()), Text::same(one.party.clone()));
        let name = if is_whole { name } else { name.note(code.clone()) };
        list.push(Row::new(row(name, Cell::pair(code), &one.paid)));
    }
    list.totals = row(Cell::pair(("合计", "Sum")), Cell::empty(), &read.parties.sum);
    list
}

/// What waits at each desk, and whose it is.
pub fn desks(read: &Read) -> List {
    let columns = vec![
        Column::text("desk", ("岗位", "Desk")),
        Column::text("people", ("谁在岗", "Who sits there")),
        Column::number("open", ("手里（件）", "Has")),
        Column::number("late", ("超期（件）", "Overdue")),
        Column::number("was_late", ("曾超期（件）", "Was late")),
        Column::date("due", ("最早的期限", "Earliest deadline")),
        Column::date("submitted", ("等得最久的提交于", "The oldest submitted")),
    ];
    let mut list = List::new(("各岗位", "By desk"), columns).cards();
    let away = Some(&read.figures.with_applicants).filter(|away| away.open.cases > 0);
    for one in read.figures.by_desk.iter().chain(away) {
        list.push(desk(one, read));
    }
    let was_late: u64 = read.figures.by_desk.iter().map(|one| one.was_late).sum();
    let late = Tally { cases: read.late_total, filter: overdue(read.figures.year), ..Tally::default() };
    list.totals = vec![
        Cell::pair(("合计", "Sum")),
        Cell::empty(),
        count(&read.open()),
        count(&late),
        left_late(was_late, whole_href(read.figures.year, "were_late")),
        Cell::empty(),
        Cell::empty(),
    ];
    list
}

/// How many cases have left a desk late, and which.
fn left_late(cases: u64, href: String) -> Cell {
    let cell = Cell::count(whole(cases));
    if cases == 0 { cell } else { cell.link(href) }
}

/// What one desk has, or the applicants, whose desk has no name.
fn desk(one: &DeskFigures, read: &Read) -> Row {
    let due = one
        .oldest_due
        .map_or_else(Cell::empty, |last_day| Cell::deadline(Deadline::seen(&read.calendar, read.today, last_day)));
    let (name, people, was_late) = match one.desk.as_str() {
        "" => (Cell::pair(WITH_APPLICANTS), Cell::empty(), Cell::empty()),
        name => {
            let sitting = read.at_desk(name);
            let people = match sitting.is_empty() {
                true => Cell::status(Status::bad("没有人在岗", "nobody is there")),
                false => Cell::pair(sitting.words()),
            };
            let part: String = form_urlencoded::byte_serialize(name.as_bytes()).collect();
            let href = format!("{}&desk={part}", whole_href(read.figures.year, "were_late"));
            (Cell::pair(read.names.desk(name)), people, left_late(one.was_late, href))
        }
    };
    let cells = vec![
        name,
        people,
        count(&one.open),
        count(&one.overdue),
        was_late,
        due,
        one.oldest_submitted.map_or_else(Cell::empty, |at| Cell::date(at.day())),
    ];
    let state = if one.overdue.cases > 0 { RowState::Late } else { RowState::Plain };
    Row::new(cells).in_state(state)
}

/// What has left a desk after its deadline: by whom it was late, and how much.
pub fn were_late(read: &Read) -> List {
    let columns = vec![
        Column::text("number", ("编号", "Number")),
        Column::text("party", ("单位", "Party")),
        Column::text("measure", ("措施", "Measure")),
        Column::text("desk", ("岗位", "Desk")),
        Column::number("days", ("在岗位共超期（工作日）", "Late there in all (working days)")),
        Column::date("left", ("最后一次离开", "Left last")),
    ];
    let mut list = List::new(("曾超期的案件", "Cases that were late"), columns).cards();
    for one in &read.were_late {
        list.push(Row::new(vec![
            Cell::text(one.number.clone()).link(format!("/work/cases/{}", one.id.0)),
            Cell::text(one.party_name.clone()),
            Cell::pair(read.names.measure(&one.measure)),
            Cell::pair(read.names.desk(&one.desk)),
            Cell::count(whole(one.days)),
            Cell::date(one.left_at.day()),
        ]));
    }
    list
}

/// The cases that are most overdue, or all that are, with a column for everything that is said of them.
pub fn late(read: &Read, is_whole: bool) -> List {
    let mut columns = vec![
        Column::text("number", ("编号", "Number")),
        Column::text("party", ("单位", "Party")),
        Column::status("stage", ("阶段", "Stage")),
        Column::text("desk", ("在谁手里", "Whose it is")),
        Column::date("due", ("期限", "Due")),
    ];
    if is_whole {
        columns.insert(2, Column::text("measure", ("措施", "Measure")));
        columns.insert(5, Column::text("assignee", ("办理人", "With")));
    }
    let caption = if is_whole { ("超期的案件", "Overdue") } else { ("超期最久的案件", "Most overdue") };
    let mut list = List::new(caption, columns).cards();
    for row in &read.late {
        let due = deadline(row, &read.calendar, read.today).map_or_else(Cell::empty, Cell::deadline);
        let desk = match row.desk.as_str() {
            "" => Cell::pair(WITH_APPLICANTS),
            desk => Cell::pair(read.names.desk(desk)),
        };
        let (party, measure) = (Cell::text(row.party_name.clone()), read.names.measure(&row.measure));
        let mut cells = vec![
            Cell::text(row.number.clone().unwrap_or_default()).link(format!("/work/cases/{}", row.id.0)),
            if is_whole { party } else { party.note(measure.clone()) },
            Cell::status(names_of_stages::status(row.stage)),
            if is_whole { desk } else { desk.note(read.person(row)) },
            due,
        ];
        if is_whole {
            cells.insert(2, Cell::pair(measure));
            cells.insert(5, Cell::pair(read.person(row)));
        }
        list.push(Row::new(cells).late());
    }
    list
}

/// Month by month, the newest first.
pub fn months(read: &Read) -> List {
    let columns = vec![
        Column::text("month", ("月份", "Month")),
        Column::number("submitted", ("提交（件）", "Submitted")),
        Column::number("decided", ("审定（件）", "Decided")),
        Column::money("decided_amount", ("审定（元）", "Decided (yuan)")),
        Column::number("paid", ("拨付（件）", "Paid")),
        Column::money("paid_amount", ("拨付（元）", "Paid (yuan)")),
    ];
    let mut list = List::new(("按月", "By month"), columns).cards();
    for one in read.figures.by_month.iter().rev() {
        list.push(Row::new(vec![
            Cell::text(word(one.month)),
            count(&one.submitted),
            count(&one.decided),
            amount(&one.decided),
            count(&one.paid),
            amount(&one.paid),
        ]));
    }
    list
}

/// Where the cases are.
pub fn stages(read: &Read) -> List {
    let columns = vec![
        Column::status("stage", ("阶段", "Stage")),
        Column::number("cases", ("件数", "Cases")),
        Column::money("amount", ("审定金额（元）", "Decided (yuan)")),
    ];
    let mut list = List::new(("按阶段", "By stage"), columns);
    for (stage, tally) in &read.figures.by_stage {
        // Where nothing was decided yet there is no amount, which is another thing than one of nothing. A sheet has nothing there.
        let decided = if tally.amount == Fen(0) { Cell::empty().note(Text::same("—")) } else { amount(tally) };
        list.push(Row::new(vec![Cell::status(names_of_stages::status(*stage)), count(tally), decided]));
    }
    let stages = read.figures.by_stage.iter().map(|(stage, _)| *stage).collect();
    let whole = sum(read.figures.by_stage.iter().map(|(_, tally)| tally), CaseFilter { stages, ..read.of_year() });
    list.totals = vec![Cell::pair(("合计", "Sum")), count(&whole), amount(&whole)];
    list
}
