//! The tables of the figures: each figure opens the cases that it counts.

use duixian_money::Fen;
use duixian_store::figures::Tally;

use crate::casefile::stages as names_of_stages;
use crate::list::{Cell, Column, List, Row, RowState};
use crate::locale::Text;
use crate::pages::finance::{fund_href, waiting_href};
use crate::pages::work::filters;
use crate::ui::Deadline;

use super::charts::word;
use super::page::Read;

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

/// Adds up counts and amounts under a table.
#[derive(Default)]
struct Sum(Tally);

impl Sum {
    fn of<'a>(tallies: impl Iterator<Item = &'a Tally>) -> Sum {
        let mut whole = Tally::default();
        for tally in tallies {
            whole.cases += tally.cases;
            whole.amount = Fen(whole.amount.0.saturating_add(tally.amount.0));
        }
        Sum(whole)
    }

    fn count(&self) -> Cell {
        Cell::count(whole(self.0.cases))
    }

    fn amount(&self) -> Cell {
        Cell::money(self.0.amount)
    }
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
    let all = &read.figures.by_measure;
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
    let (decided, paid) = (Sum::of(all.iter().map(|one| &one.decided)), Sum::of(all.iter().map(|one| &one.paid)));
    list.totals = vec![
        Cell::pair(("合计", "Sum")),
        Sum::of(all.iter().map(|one| &one.submitted)).count(),
        Sum::of(all.iter().map(|one| &one.open)).count(),
        decided.count(),
        decided.amount(),
        paid.count(),
        paid.amount(),
        Sum::of(all.iter().map(|one| &one.ended)).count(),
    ];
    list
}

/// From which fund.
pub fn funds(read: &Read) -> List {
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
    for one in &read.figures.by_fund {
        let waiting = Cell::money(one.waiting);
        let waiting = match one.waiting_cases {
            0 => waiting,
            cases => waiting
                .link(waiting_href(&one.fund, one.year))
                .note(Text::new(format!("{cases} 件"), format!("{cases} cases"))),
        };
        list.push(Row::new(vec![
            Cell::pair(read.names.fund(&one.fund)).link(fund_href(&one.fund, one.year)),
            Cell::text(one.year.to_string()),
            Cell::money(one.size),
            Cell::money(one.paid),
            Cell::money(one.reserved),
            Cell::money(one.free),
            waiting,
        ]));
    }
    list
}

/// To whom: those who got most.
pub fn parties(read: &Read) -> List {
    let columns = vec![
        Column::text("party", ("单位", "Party")),
        Column::number("cases", ("件数", "Cases")),
        Column::money("amount", ("已拨付（元）", "Paid (yuan)")),
    ];
    // Three columns fit a telephone as a table; as cards they would be three times as long.
    let mut list = List::new(("拨付最多的单位", "Paid most"), columns);
    for one in &read.parties {
        list.push(Row::new(vec![
            Cell::text(one.name.clone()).note(Text::same(one.party.clone())),
            count(&one.paid),
            amount(&one.paid),
        ]));
    }
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
    for one in &read.figures.by_desk {
        let due = one
            .oldest_due
            .map_or_else(Cell::empty, |last_day| Cell::deadline(Deadline::seen(&read.calendar, read.today, last_day)));
        let state = if one.overdue.cases > 0 { RowState::Late } else { RowState::Plain };
        let row = Row::new(vec![
            Cell::pair(read.names.desk(&one.desk)),
            Cell::text(read.at_desk(&one.desk).join("、")),
            count(&one.open),
            count(&one.overdue),
            Cell::count(whole(one.was_late)),
            due,
            one.oldest_submitted.map_or_else(Cell::empty, |at| Cell::date(at.day())),
        ]);
        list.push(row.in_state(state));
    }
    let mut late = Sum::of(read.figures.by_desk.iter().map(|one| &one.overdue));
    // What is at no desk and not at its end waits for its applicant: both columns add up to all there is.
    let away = read.with_applicants();
    let elsewhere = read.late_total.saturating_sub(late.0.cases);
    if away.cases + elsewhere > 0 {
        late.0.cases += elsewhere;
        let mut cells = vec![Cell::pair(("在申请人手里", "With applicants")), Cell::empty(), count(&away)];
        cells.push(Cell::count(whole(elsewhere)));
        cells.extend(std::iter::repeat_with(Cell::empty).take(3));
        let state = if elsewhere > 0 { RowState::Late } else { RowState::Plain };
        list.push(Row::new(cells).in_state(state));
    }
    let mut all = Sum::of(read.figures.by_desk.iter().map(|one| &one.open));
    all.0.cases += away.cases;
    list.totals = vec![
        Cell::pair(("合计", "Sum")),
        Cell::empty(),
        all.count(),
        late.count(),
        Cell::empty(),
        Cell::empty(),
        Cell::empty(),
    ];
    list
}

/// The cases that are most overdue.
pub fn late(read: &Read) -> List {
    let columns = vec![
        Column::text("number", ("编号", "Number")),
        Column::text("party", ("单位", "Party")),
        Column::status("stage", ("阶段", "Stage")),
        Column::text("desk", ("在谁手里", "Whose it is")),
        Column::date("due", ("期限", "Due")),
    ];
    let mut list = List::new(("超期最久的案件", "Most overdue"), columns).cards();
    for row in &read.late {
        let due = row
            .due
            .map_or_else(Cell::empty, |last_day| Cell::deadline(Deadline::seen(&read.calendar, read.today, last_day)));
        let desk = read.names.desk(&row.desk);
        list.push(
            Row::new(vec![
                Cell::text(row.number.clone().unwrap_or_default()).link(format!("/work/cases/{}", row.id.0)),
                Cell::text(row.party_name.clone()).note(read.names.measure(&row.measure)),
                Cell::status(names_of_stages::status(row.stage)),
                Cell::pair(desk).note(read.person(row)),
                due,
            ])
            .late(),
        );
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
        list.push(Row::new(vec![Cell::status(names_of_stages::status(*stage)), count(tally), amount(tally)]));
    }
    let whole = Sum::of(read.figures.by_stage.iter().map(|(_, tally)| tally));
    list.totals = vec![Cell::pair(("合计", "Sum")), whole.count(), whole.amount()];
    list
}
