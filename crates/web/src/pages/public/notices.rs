//! Notices: what was decided and hangs for all to see; anyone can object. Nothing of people, accounts or evidence is shown,
//! and of an objection only its answer.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use chrono::NaiveDate;
use duixian_casework::calendar::Calendar;
use duixian_casework::case::{Case, Objection};
use duixian_casework::event::What;
use duixian_casework::stage::Stage;
use duixian_money::Fen;
use duixian_rules::pack::Pack;
use duixian_store::StoreError;
use duixian_store::public::{NoticeState, PublicCase, PublicFilter, PublicNotice};

use crate::casefile::basis::Bases;
use crate::export;
use crate::forms::Form;
use crate::list::{Cell, Column, List, Row};
use crate::locale::{Lang, Text};
use crate::page::Page;
use crate::pages::public::filters;
use crate::pages::public::measure::titled;
use crate::pages::public::objecting::objection_form;
use crate::pages::public::reckoning::{Reckoning, reckoning};
use crate::pages::shared::{self, clause_href, path_part};
use crate::portal::Portal;
use crate::problem::Problem;
use crate::ui::{Deadline, Facts, Pager, Status, Tab, Tabs};

#[derive(Template)]
#[template(path = "public/notices.html")]
struct NoticesPage {
    /// Where what was asked for by its number stands, if it is in neither list.
    elsewhere: Option<String>,
    /// The other list, and how much of what was searched for it has, where this one has nothing.
    other: Option<(String, u64)>,
    page: Page,
    tabs: Tabs,
    /// Which list a search is sent to, where that is not the one shown first.
    shown: Option<(&'static str, &'static str)>,
    form: Form,
    list: List,
    pager: Pager,
}

/// What has become of a notice, as everyone may know it: why a payment failed is the party's own business.
fn status_of(state: NoticeState) -> Status {
    match state {
        NoticeState::Hanging => Status::active("公示中", "In notice"),
        NoticeState::Objected => Status::hold("异议处理中", "Objection"),
        NoticeState::Payable => Status::active("公示期满，待拨付", "Notice over; to be paid"),
        NoticeState::Paid(_) => Status::good("已拨付", "Paid"),
        NoticeState::Returned => Status::bad("款项被银行退回，待重新拨付", "Sent back by the bank; to be paid again"),
        NoticeState::Withdrawn => Status::quiet("已撤回，不再拨付", "Withdrawn: nothing is paid"),
        NoticeState::PaymentEnded => Status::quiet("终止拨付", "Payment ended: nothing is paid"),
        NoticeState::TakenDown => Status::hold("公示终止", "Taken out of notice"),
    }
}

/// The name in the query of which notices are listed, and its word for those that are over.
pub(super) const SHOWN: &str = "show";
pub(super) const OVER: &str = "over";

/// What is in notice now, or what was.
pub(super) async fn list(State(portal): State<Arc<Portal>>, page: Page) -> Result<Response, Problem> {
    let current = portal.store.current_pack().await?;
    let pack = current.as_ref().map(|(_, pack)| &**pack);
    let is_over = page.query_value(SHOWN).is_some_and(|which| which == OVER);
    let (form, filter) = filters(&page, pack, &[]);
    let filter = PublicFilter { text: filter.text.map(without_place), ..filter };
    let caption =
        if is_over { ("公示结束的事项", "No longer in notice") } else { ("公示中的事项", "In notice") };
    let mut list = List::new(
        caption,
        vec![
            Column::text("number", ("受理号", "Number")),
            Column::text("party", ("单位", "Party")),
            Column::text("measure", ("措施", "Measure")),
            Column::text("basis", ("事项", "What for")),
            Column::text("clause", ("条款", "Clause")),
            Column::number("year", ("评定年度", "Year assessed")),
            Column::money("amount", ("拟支持金额（元）", "Amount (yuan)")),
            Column::date("until", ("公示到", "Until")),
            Column::status("state", ("状态", "State")),
        ],
    )
    .cards();
    let calendar = portal.store.calendar().await?;
    let today = portal.store.now().day();
    let mut bases = Bases::new(&portal.store);
    let format = export::Format::asked(&page);
    let mut asked = super::window(&filter, format.is_some());
    let total = loop {
        let found = match is_over {
            true => portal.store.notices_over(&asked).await?,
            false => portal.store.notices(&asked).await?,
        };
        for one in &found.rows {
            let case = &one.case;
            let until = match one.state {
                // While an objection is dealt with the clock stands still, so that no last day is known.
                NoticeState::Objected => Cell::pair(("公示暂停", "paused")),
                NoticeState::Hanging => Cell::date(one.until).note(Deadline::seen(&calendar, today, one.until).count()),
                _ => Cell::date(one.until),
            };
            list.push(Row::new(vec![
                Cell::text(case.number.clone()).link(notice_href(&case.number)),
                Cell::text(case.party_name.clone()),
                Cell::pair(shared::measure_name(pack, &case.measure)),
                Cell::pair(bases.name(case.round, &case.party, &case.measure, &case.basis).await?),
                Cell::text(case.clause.clone()).link(clause_href(&case.clause)),
                Cell::text(case.year.to_string()),
                one.amount.map_or_else(Cell::empty, Cell::money),
                until,
                Cell::status(status_of(one.state)),
            ]));
        }
        if format.is_none() || asked.page >= found.pages() {
            break found.total;
        }
        asked.page += 1;
    };
    if let Some(format) = format {
        return export::answer(&list, page.lang, format, if is_over { "notices-over" } else { "notices" });
    }
    let pager = Pager::asked(&page, super::PER_PAGE, total);
    let page = page.wide().titled(("公示", "Public notices")).led((
        "审定的结果先公示再拨付。任何人都可以提出异议，处理期间不拨付。",
        "Decisions are published before they are paid. Anyone can object; nothing is paid while that is dealt with.",
    ));
    let of_others = PublicFilter { page: 1, per_page: 1, ..filter.clone() };
    let (running, over) = match is_over {
        true => (portal.store.notices(&of_others).await?.total, total),
        false => (total, portal.store.notices_over(&of_others).await?.total),
    };
    let tabs = tabs(&page, is_over, running, over);
    let of_other = if is_over { running } else { over };
    let other = tabs.tabs.iter().find(|tab| !tab.is_current && total == 0 && of_other > 0);
    let other = other.map(|tab| (tab.href.clone(), of_other));
    let elsewhere = not_listed(&portal, &filter, running + over).await?;
    let shown = is_over.then_some((SHOWN, OVER));
    Page::show(&NoticesPage { elsewhere, other, page, tabs, shown, form, list, pager })
}

/// What is looked for, without which of a case's objections it is: whoever has objected noted that behind the number.
fn without_place(text: String) -> String {
    let before = text.trim_end().strip_suffix('项').and_then(|rest| rest.rsplit_once('第'));
    let number = before.filter(|(_, place)| place.trim().chars().all(|one| one.is_ascii_digit()));
    number.map_or_else(|| text.clone(), |(number, _)| number.trim_end().to_owned())
}

/// The two lists, each with how much of what is searched for it has.
fn tabs(page: &Page, is_over: bool, running: u64, over: u64) -> Tabs {
    let tab = |shown: &str, text: (&'static str, &'static str), count, is_current| Tab {
        href: page.href_with(&[(SHOWN, shown), ("page", "")]),
        text: text.into(),
        count: Some(count),
        is_current,
    };
    Tabs {
        label: ("看哪些公示", "Which notices").into(),
        tabs: vec![
            tab("", ("公示中", "In notice"), running, !is_over),
            tab(OVER, ("公示结束", "No longer in notice"), over, is_over),
        ],
    }
}

#[derive(Template)]
#[template(path = "public/notice.html")]
struct NoticePage {
    page: Page,
    facts: Facts,
    status: Status,
    /// Until when it hangs; none once it has ended.
    until: Option<Deadline>,
    /// From when to when it hung, once it has ended.
    hung: Option<(NaiveDate, NaiveDate)>,
    /// When it was to come down before the calendar was changed, where it hangs longer for that.
    put_off_from: Option<NaiveDate>,
    /// Whether anyone can object.
    is_open: bool,
    is_objected: bool,
    /// Why it came down, where the decision was revoked, and since when.
    revoked: Option<(NaiveDate, String)>,
    /// Since when it is down for an objection that was upheld, and for which.
    upheld: Option<(NaiveDate, u32)>,
    /// How the amount came about; none where there is none.
    reckoning: Option<Reckoning>,
    answers: Vec<AnswerView>,
    waiting: Vec<Waiting>,
    /// The number, and which of its objections whoever reads the page has filed, by its address.
    receipt: Option<Receipt>,
    form: Form,
    action: String,
    objection_days: u32,
}

impl NoticePage {
    /// Whether an answer is late: then nobody is promised one in time.
    fn is_late(&self) -> bool {
        self.waiting.iter().any(|one| one.due.is_some_and(|due| due.is_past()))
    }

    /// How many are being dealt with.
    fn open(&self) -> usize {
        self.waiting.iter().filter(|one| one.due.is_some()).count()
    }

    /// Whether any was left when a notice came down.
    fn has_left(&self) -> bool {
        self.waiting.iter().any(|one| one.due.is_none())
    }
}

/// What whoever has objected notes to find the answer.
struct Receipt {
    number: String,
    objection: u32,
    /// Whether it waits for its answer.
    is_waiting: bool,
}

/// An objection that was not answered, by the number that whoever objected was given.
struct Waiting {
    number: u32,
    received: NaiveDate,
    /// By when it is answered; none where the notice came down, and nobody answers it any more.
    due: Option<Deadline>,
    /// Whether it is that of whoever reads the page.
    is_theirs: bool,
}

/// The answer to an objection. Who objected, and in which words, stays with the officials.
struct AnswerView {
    number: u32,
    received: NaiveDate,
    answered: NaiveDate,
    upheld: bool,
    text: String,
}

/// One notice.
pub(super) async fn show(
    State(portal): State<Arc<Portal>>,
    Path(number): Path<String>,
    page: Page,
) -> Result<Response, Problem> {
    let form = objection_form(page.lang);
    shown(&portal, page, &number, form, StatusCode::OK).await
}

pub(super) async fn shown(
    portal: &Portal,
    page: Page,
    number: &str,
    form: Form,
    status: StatusCode,
) -> Result<Response, Problem> {
    let Published { of, amount, until, status: status_tag, is_open, is_objected, paid_on, revoked, upheld } =
        published(portal, number).await?;
    // Only what was published is looked at, by its number; of the case nothing is taken but the answers, and by what its amount
    // was reckoned.
    let case = portal.store.case_by_number(number).await?;
    let (_, pack) = portal.store.round_with_pack(of.round).await?;
    let subject = Bases::new(&portal.store).name(of.round, &of.party, &of.measure, &of.basis).await?;
    let facts = facts_of(&of, subject, amount, paid_on, &pack);
    let reckoning = if amount.is_some() { reckoning(portal, &case, page.lang).await? } else { None };
    let calendar = portal.store.calendar().await?;
    let today = portal.store.now().day();
    let objection_days = objection_days(&pack, &of.measure);
    let measure_name = shared::measure_name(Some(&pack), &of.measure);
    let page = page
        .titled(Text::new(
            format!("{}：{}", of.party_name, measure_name.zh),
            format!("{}: {}", of.party_name, measure_name.en),
        ))
        .under("/notices", ("公示", "Notices"));
    let seen = |day| Deadline::seen(&calendar, today, day);
    let open: Vec<u32> = case.open_objections().filter(|_| is_objected).map(|one| one.id).collect();
    let receipt = page.query_value(OBJECTION).and_then(|text| text.parse().ok());
    let receipt = receipt.filter(|id| case.objections.iter().any(|one| one.id == *id)).map(|objection| Receipt {
        number: number.to_owned(),
        objection,
        is_waiting: open.contains(&objection),
    });
    let waiting = case.unanswered_objections().map(|one| Waiting {
        number: one.id,
        received: one.at.day(),
        due: open.contains(&one.id).then(|| seen(due_of(one, &calendar, objection_days))),
        is_theirs: receipt.as_ref().is_some_and(|receipt| receipt.objection == one.id),
    });
    let waiting: Vec<Waiting> = waiting.collect();
    let view = NoticePage {
        page,
        receipt,
        upheld,
        facts,
        status: status_tag,
        hung: case.notice.as_ref().filter(|_| !is_open).map(|notice| (notice.first_day(&calendar), notice.until)),
        until: until.filter(|_| is_open && !is_objected).map(seen),
        put_off_from: case.notice.as_ref().and_then(|notice| notice.put_off_from).filter(|_| is_open && !is_objected),
        is_open,
        is_objected,
        revoked,
        reckoning,
        waiting,
        answers: answers_of(&case),
        form,
        action: format!("{}/object", notice_href(number)),
        objection_days,
    };
    Page::show_as(status, &view)
}

/// Within how many working days an objection to a measure is answered.
fn objection_days(pack: &Pack, measure: &str) -> u32 {
    let measure = pack.plan.measures.iter().find(|one| one.name.en == measure);
    measure.map_or(5, |measure| u32::from(pack.plan.procedures[measure.procedure].objection_days))
}

/// By when an objection is answered. One whose day was not put on record has its days from when it came.
fn due_of(objection: &Objection, calendar: &Calendar, days: u32) -> NaiveDate {
    objection.due.unwrap_or_else(|| calendar.add_working_days(objection.at.day(), days))
}

/// The page of a notice.
pub(super) fn notice_href(number: &str) -> String {
    format!("/notices/{}", path_part(number))
}

/// The name in the query of which objection whoever reads a notice has filed.
const OBJECTION: &str = "objection";

/// The page of a notice, for whoever has filed one of its objections.
pub(super) fn receipt_href(number: &str, objection: usize) -> String {
    format!("{}?{OBJECTION}={objection}", notice_href(number))
}

/// Something that was published, and what has become of it.
pub(super) struct Published {
    of: PublicCase,
    /// What is to be paid, or was; none where what was decided holds no more.
    amount: Option<Fen>,
    /// The last day of its notice, where it has one.
    until: Option<NaiveDate>,
    status: Status,
    /// Whether it hangs, so that anyone can object.
    pub(super) is_open: bool,
    is_objected: bool,
    paid_on: Option<NaiveDate>,
    /// Why it came down, where the decision was revoked, and since when.
    revoked: Option<(NaiveDate, String)>,
    /// Since when it is down for an objection that was upheld, and for which.
    upheld: Option<(NaiveDate, u32)>,
}

/// What is or was in notice under a number: whoever has objected finds the answer there, whatever it was.
pub(super) async fn published(portal: &Portal, number: &str) -> Result<Published, Problem> {
    match portal.store.notice(number).await {
        Ok(PublicNotice { state: NoticeState::TakenDown, .. }) => return taken_down(portal, number).await,
        Ok(PublicNotice { case, amount, until, state }) => {
            return Ok(Published {
                of: case,
                amount,
                until: Some(until),
                status: status_of(state),
                is_open: state.is_running(),
                is_objected: state == NoticeState::Objected,
                paid_on: if let NoticeState::Paid(day) = state { Some(day) } else { None },
                revoked: None,
                upheld: None,
            });
        }
        Err(StoreError::NotFound) => {}
        Err(error) => return Err(error.into()),
    }
    // Some measures have no notice: what they pay is public once it is paid.
    let filter = PublicFilter { text: Some(number.to_owned()), ..PublicFilter::default() };
    let paid = portal.store.payments_made(&filter).await?.rows.into_iter().find(|one| one.case.number == number);
    let Some(paid) = paid else { return taken_down(portal, number).await };
    let state = if paid.is_returned { NoticeState::Returned } else { NoticeState::Paid(paid.paid_on) };
    Ok(Published {
        of: paid.case,
        amount: Some(paid.amount),
        until: None,
        status: status_of(state),
        is_open: false,
        is_objected: false,
        paid_on: (!paid.is_returned).then_some(paid.paid_on),
        revoked: None,
        upheld: None,
    })
}

/// The page of what was asked for by its number and is in no list any more, or not yet: whoever has objected looks for it by that.
pub(super) async fn not_listed(portal: &Portal, filter: &PublicFilter, total: u64) -> Result<Option<String>, Problem> {
    let Some(number) = filter.text.as_deref().map(str::trim).filter(|text| total == 0 && !text.is_empty()) else {
        return Ok(None);
    };
    let was_published = match portal.store.case_by_number(number).await {
        Ok(_) => published(portal, number).await.is_ok(),
        Err(StoreError::NotFound) => false,
        Err(error) => return Err(error.into()),
    };
    Ok(was_published.then(|| notice_href(number)))
}

/// A notice that was taken down: an objection was upheld, or the decision was revoked. What was decided has no amount any more. Of a case
/// that never was in notice nobody learns.
async fn taken_down(portal: &Portal, number: &str) -> Result<Published, Problem> {
    let case = portal.store.case_by_number(number).await?;
    // A decision that was revoked before it was put up for all to see has nothing to say to them.
    let revoked = portal.store.history(case.id).await?.into_iter().rev().find_map(|entry| match entry.event.what {
        What::Revoked { proposal, .. } if !proposal.remark.is_empty() => Some((entry.at.day(), proposal.remark)),
        _ => None,
    });
    if case.objections.is_empty() && revoked.is_none() {
        return Err(Problem::not_found());
    }
    let party = portal.store.party(&case.subject.party).await?;
    let status = match case.stage {
        Stage::Withdrawn => status_of(NoticeState::Withdrawn),
        Stage::PaymentEnded => status_of(NoticeState::PaymentEnded),
        _ => status_of(NoticeState::TakenDown),
    };
    let of = PublicCase {
        number: number.to_owned(),
        party_name: party.map_or_else(|| case.subject.party.clone(), |party| party.name),
        party: case.subject.party.clone(),
        measure: case.subject.measure.clone(),
        basis: case.subject.basis.clone(),
        clause: case.assessed.as_ref().map_or_else(String::new, |assessed| assessed.clause.clone()),
        year: case.subject.year,
        round: case.subject.round,
    };
    let upheld = case.objections.iter().rev().find_map(|one| {
        let answer = one.answer.as_ref().filter(|answer| answer.upheld && revoked.is_none())?;
        Some((case.taken_down.unwrap_or(answer.at.day()), one.id))
    });
    let (is_open, is_objected) = (false, false);
    Ok(Published { of, amount: None, until: None, status, is_open, is_objected, paid_on: None, revoked, upheld })
}

fn facts_of(of: &PublicCase, subject: Text, amount: Option<Fen>, paid_on: Option<NaiveDate>, pack: &Pack) -> Facts {
    let clause = pack.clause(&of.clause);
    let title = clause.map_or_else(|| Text::same(of.clause.clone()), |one| titled(pack, one));
    let mut facts = Facts::default()
        .add(("受理号", "Number"), Text::same(of.number.clone()))
        .add(("单位", "Party"), Text::same(of.party_name.clone()))
        .add(("措施", "Measure"), shared::measure_name(Some(pack), &of.measure))
        .link(format!("/measures/{}", of.measure));
    if !subject.is_empty() {
        facts = facts.add(("事项", "What for"), subject);
    }
    facts = facts
        .add(("依据条款", "Clause"), title)
        .link(clause_href(&of.clause))
        .add(("评定年度", "Year assessed"), Text::same(of.year.to_string()));
    if let Some(amount) = amount {
        let yuan = |lang| crate::format::yuan(lang, amount);
        let name = if paid_on.is_some() { ("拨付金额", "Paid") } else { ("拟支持金额", "Amount") };
        facts = facts.add(name, Text::new(yuan(Lang::Zh), yuan(Lang::En)));
    }
    if let Some(day) = paid_on {
        let day = |lang| crate::format::date(lang, day);
        facts = facts.add(("到账日期", "Paid on"), Text::new(day(Lang::Zh), day(Lang::En)));
    }
    facts
}

fn answers_of(case: &Case) -> Vec<AnswerView> {
    let answered = case.objections.iter().filter_map(|one| one.answer.as_ref().map(|answer| (one, answer)));
    let view = answered.map(|(one, answer)| AnswerView {
        number: one.id,
        received: one.at.day(),
        answered: answer.at.day(),
        upheld: answer.upheld,
        text: answer.text.clone(),
    });
    view.collect()
}
