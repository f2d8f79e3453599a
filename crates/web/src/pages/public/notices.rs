//! Notices: what was decided and hangs for all to see; anyone can object. Nothing of people, accounts or evidence is shown,
//! and of an objection only its answer.

use std::net::SocketAddr;
use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::{ConnectInfo, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use chrono::NaiveDate;
use duixian_casework::case::Case;
use duixian_casework::event::What;
use duixian_casework::people::Actor;
use duixian_casework::refusal::Refusal;
use duixian_casework::stage::Stage;
use duixian_money::Fen;
use duixian_rules::pack::Pack;
use duixian_store::StoreError;
use duixian_store::cases::Ask;
use duixian_store::public::{PublicFilter, PublicNotice};

use crate::casefile::basis::Bases;
use crate::export;
use crate::forms::{Field, Form, Posted};
use crate::list::{Cell, Column, List, Row};
use crate::locale::{Lang, Text};
use crate::page::Page;
use crate::pages::public::filters;
use crate::pages::public::measure::titled;
use crate::pages::public::reckoning::{Reckoning, reckoning};
use crate::pages::shared::{self, clause_href, path_part};
use crate::portal::Portal;
use crate::problem::{Problem, for_form};
use crate::shell::Flash;
use crate::ui::{Deadline, Facts, Pager, Status};

#[derive(Template)]
#[template(path = "public/notices.html")]
struct NoticesPage {
    /// Where what was asked for by its number stands, if it is not in the list.
    elsewhere: Option<String>,
    page: Page,
    form: Form,
    list: List,
    pager: Pager,
}

fn status_of(is_objected: bool) -> Status {
    if is_objected { Status::hold("异议处理中", "Objection") } else { Status::active("公示中", "In notice") }
}

/// What is in notice now.
pub(super) async fn list(State(portal): State<Arc<Portal>>, page: Page) -> Result<Response, Problem> {
    let current = portal.store.current_pack().await?;
    let pack = current.as_ref().map(|(_, pack)| &**pack);
    let (form, filter) = filters(&page, pack, &[]);
    let calendar = portal.store.calendar().await?;
    let today = portal.store.now().day();
    let mut list = List::new(
        ("公示中的事项", "In notice"),
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
    let mut bases = Bases::new(&portal.store);
    let format = export::Format::asked(&page);
    let mut total;
    let mut number = if format.is_some() { 1 } else { filter.page };
    loop {
        let found = portal.store.notices(&PublicFilter { page: number, ..filter.clone() }).await?;
        total = found.total;
        for one in &found.rows {
            let deadline = Deadline::seen(&calendar, today, one.until);
            // While an objection is dealt with the clock stands still, so that no last day is known.
            let until = match one.is_objected {
                true => Cell::pair(("公示暂停", "paused")),
                false => Cell::date(one.until).note(deadline.count()),
            };
            list.push(Row::new(vec![
                Cell::text(one.number.clone()).link(format!("/notices/{}", path_part(&one.number))),
                Cell::text(one.party_name.clone()),
                Cell::pair(shared::measure_name(pack, &one.measure)),
                Cell::pair(bases.name(one.round, &one.party, &one.measure, &one.basis).await?),
                Cell::text(one.clause.clone()).link(clause_href(&one.clause)),
                Cell::text(one.year.to_string()),
                Cell::money(one.amount),
                until,
                Cell::status(status_of(one.is_objected)),
            ]));
        }
        if format.is_none() || number >= found.pages() {
            break;
        }
        number += 1;
    }
    if let Some(format) = format {
        return export::answer(&list, page.lang, format, "notices");
    }
    let pager = Pager::asked(&page, super::PER_PAGE, total);
    let page = page.wide().titled(("公示", "Public notices")).led((
        "审定的结果先公示再拨付。任何人都可以提出异议，处理期间不拨付。",
        "Decisions are published before they are paid. Anyone can object; nothing is paid while that is dealt with.",
    ));
    let elsewhere = not_listed(&portal, &filter, total).await?;
    Page::show(&NoticesPage { elsewhere, page, form, list, pager })
}

#[derive(Template)]
#[template(path = "public/notice.html")]
struct NoticePage {
    page: Page,
    facts: Facts,
    status: Status,
    /// Until when it hangs; none once it has ended.
    until: Option<Deadline>,
    is_objected: bool,
    /// Why it came down, where the decision was revoked, and since when.
    revoked: Option<(NaiveDate, String)>,
    /// How the amount came about; none where there is none.
    reckoning: Option<Reckoning>,
    answers: Vec<AnswerView>,
    waiting: usize,
    form: Form,
    action: String,
    objection_days: u32,
}

/// The answer to an objection. Who objected, and in which words, stays with the officials.
struct AnswerView {
    number: u32,
    received: NaiveDate,
    answered: NaiveDate,
    upheld: bool,
    text: String,
}

fn objection_form(lang: Lang) -> Form {
    Form::new(
        lang,
        vec![
            Field::text("name", ("您的姓名或单位", "Your name, or your firm's"))
                .max_chars(60)
                .hint((
                    "只有答复、审定的人员和审计看得到，不会公开，也不会告诉对方。",
                    "Seen by those who answer, decide and audit; neither published nor told to the party.",
                ))
                .autocomplete("name"),
            Field::text("contact", ("联系方式", "How to reach you"))
                .max_chars(100)
                .hint(("电话、邮箱都可以，用来答复您。", "Telephone or e-mail, for the answer."))
                .autocomplete("tel"),
            Field::text_area("grounds", ("异议的理由", "Grounds"))
                .hint((
                    "写明哪一点不对、您怎么知道的。您写的事实和理由会转给申请单位，请不要在这里写自己的姓名、电话和住址。",
                    "What is wrong, and how you know. What you write here is sent to the applicant: leave out your own name, \
                     number and address.",
                )),
        ],
    )
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

async fn shown(portal: &Portal, page: Page, number: &str, form: Form, status: StatusCode) -> Result<Response, Problem> {
    let Published { notice, paid_on, ended, revoked } = published(portal, number).await?;
    // Only what was published is looked at, by its number; of the case nothing is taken but the answers, and by what its amount
    // was reckoned.
    let case = portal.store.case_by_number(number).await?;
    let (_, pack) = portal.store.round_with_pack(notice.round).await?;
    // What was taken back has no amount any more, and what is decided anew has none before it is published.
    let was_published = case.standing_decision().is_some() && case.notice.is_some();
    let amount = (was_published || ended.is_none()).then_some(notice.amount);
    let subject = Bases::new(&portal.store).name(notice.round, &notice.party, &notice.measure, &notice.basis).await?;
    let facts = facts_of(&notice, subject, amount, paid_on, &pack);
    let reckoning = if amount.is_some() { reckoning(portal, &case, page.lang).await? } else { None };
    let calendar = portal.store.calendar().await?;
    let today = portal.store.now().day();
    let (status_tag, until) = match paid_on {
        Some(_) => (Status::good("已拨付", "Paid"), None),
        None if let Some(ended) = ended => (ended, None),
        None => {
            let deadline = Deadline::seen(&calendar, today, notice.until);
            (status_of(notice.is_objected), Some(deadline).filter(|_| !notice.is_objected))
        }
    };
    let measure = pack.plan.measures.iter().find(|one| one.name.en == notice.measure);
    let procedure = measure.map(|measure| &pack.plan.procedures[measure.procedure]);
    let page = page
        .titled(Text::new(
            format!("{}：{}", notice.party_name, shared::measure_name(Some(&pack), &notice.measure).zh),
            format!("{}: {}", notice.party_name, shared::measure_name(Some(&pack), &notice.measure).en),
        ))
        .under("/notices", ("公示", "Notices"));
    let answers = answers_of(&case);
    let view = NoticePage {
        page,
        facts,
        status: status_tag,
        until,
        is_objected: notice.is_objected,
        revoked,
        reckoning,
        waiting: case.open_objections().count(),
        answers,
        form,
        action: format!("/notices/{}/object", path_part(number)),
        objection_days: procedure.map_or(5, |procedure| u32::from(procedure.objection_days)),
    };
    Page::show_as(status, &view)
}

/// Something that was published, and what has become of it.
struct Published {
    notice: PublicNotice,
    paid_on: Option<NaiveDate>,
    /// That its notice is over, if it is, and not paid yet.
    ended: Option<Status>,
    /// Why it came down, where the decision was revoked, and since when.
    revoked: Option<(NaiveDate, String)>,
}

/// What is or was in notice under a number: whoever has objected finds the answer there, whatever it was.
async fn published(portal: &Portal, number: &str) -> Result<Published, Problem> {
    match portal.store.notice(number).await {
        Ok(notice) => return Ok(Published { notice, paid_on: None, ended: None, revoked: None }),
        Err(StoreError::NotFound) => {}
        Err(error) => return Err(error.into()),
    }
    let filter = PublicFilter { text: Some(number.to_owned()), ..PublicFilter::default() };
    let paid = portal.store.payments_made(&filter).await?.rows.into_iter().find(|one| one.number == number);
    let Some(paid) = paid else { return over(portal, number).await };
    let notice = PublicNotice {
        number: paid.number,
        party_name: paid.party_name,
        party: paid.party,
        measure: paid.measure,
        basis: paid.basis,
        clause: paid.clause,
        year: paid.year,
        round: paid.round,
        amount: paid.amount,
        until: paid.paid_on,
        is_objected: false,
    };
    let back = ("款项被银行退回，待重新拨付", "sent back by the bank; to be paid again");
    let ended = paid.is_returned.then(|| Status::bad(back.0, back.1));
    Ok(Published { notice, paid_on: (!paid.is_returned).then_some(paid.paid_on), ended, revoked: None })
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
    Ok(was_published.then(|| format!("/notices/{}", path_part(number))))
}

/// A notice that is over: its days are, an objection was upheld, or the decision was revoked. Of a case that never was in notice nobody learns.
async fn over(portal: &Portal, number: &str) -> Result<Published, Problem> {
    let case = portal.store.case_by_number(number).await?;
    // A decision that was revoked before it was put up for all to see has nothing to say to them.
    let revoked = portal.store.history(case.id).await?.into_iter().rev().find_map(|entry| match entry.event.what {
        What::Revoked { proposal, .. } if !proposal.remark.is_empty() => Some((entry.at.day(), proposal.remark)),
        _ => None,
    });
    if case.notice.is_none() && case.objections.is_empty() && revoked.is_none() {
        return Err(Problem::not_found());
    }
    let revoked = revoked.filter(|_| case.notice.is_none());
    let ended = match (&case.decision, &case.notice) {
        _ if case.stage == Stage::Withdrawn => Status::quiet("已撤回，不再拨付", "Withdrawn: nothing is paid"),
        _ if case.stage == Stage::PaymentEnded => Status::quiet("终止拨付", "Payment ended: nothing is paid"),
        (Some(_), Some(_)) => Status::active("公示期满", "Notice over"),
        _ => Status::hold("公示终止", "Taken out of notice"),
    };
    let party = portal.store.party(&case.subject.party).await?;
    let notice = PublicNotice {
        number: number.to_owned(),
        party_name: party.map_or_else(|| case.subject.party.clone(), |party| party.name),
        party: case.subject.party.clone(),
        measure: case.subject.measure.clone(),
        basis: case.subject.basis.clone(),
        clause: case.assessed.as_ref().map_or_else(String::new, |assessed| assessed.clause.clone()),
        year: case.subject.year,
        round: case.subject.round,
        amount: case.granted().unwrap_or(Fen(0)),
        until: case.notice.as_ref().map_or_else(|| portal.store.now().day(), |notice| notice.until),
        is_objected: false,
    };
    Ok(Published { notice, paid_on: None, ended: Some(ended), revoked })
}

fn facts_of(
    notice: &PublicNotice,
    subject: Text,
    amount: Option<Fen>,
    paid_on: Option<NaiveDate>,
    pack: &Pack,
) -> Facts {
    let clause = pack.clause(&notice.clause);
    let title = clause.map_or_else(|| Text::same(notice.clause.clone()), |one| titled(pack, one));
    let mut facts = Facts::default()
        .add(("受理号", "Number"), Text::same(notice.number.clone()))
        .add(("单位", "Party"), Text::same(notice.party_name.clone()))
        .add(("措施", "Measure"), shared::measure_name(Some(pack), &notice.measure))
        .link(format!("/measures/{}", notice.measure));
    if !subject.is_empty() {
        facts = facts.add(("事项", "What for"), subject);
    }
    facts = facts
        .add(("依据条款", "Clause"), title)
        .link(clause_href(&notice.clause))
        .add(("评定年度", "Year assessed"), Text::same(notice.year.to_string()));
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

/// Takes an objection in.
pub(super) async fn object(
    State(portal): State<Arc<Portal>>,
    Path(number): Path<String>,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
    page: Page,
    posted: Posted,
) -> Result<Response, Problem> {
    let published = published(&portal, &number).await?;
    // The page may have lain open until the notice was over.
    if published.paid_on.is_some() || published.ended.is_some() {
        let (zh, en) = (
            "公示已经结束，不能在网上提异议了；有新情况的，请书面向受理窗口反映。",
            "The notice is over, and no objection is taken here any more: write to the office that takes in applications.",
        );
        let flash = Flash { good: false, text: Text::new(zh, en) };
        return Ok(flash.redirect(&page.site().key, &format!("/notices/{}", path_part(&number))));
    }
    let mut form = objection_form(page.lang).filled(&posted);
    if !form.is_good() {
        return shown(&portal, page, &number, form, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    // Each stops a notice and must be answered: nobody is to stop them all by the dozen.
    let address = portal.address(peer.map(|Extension(ConnectInfo(peer))| peer), &headers);
    if let Some(until) = portal.store.count_objection(&address).await? {
        let time = until.local().format("%H:%M").to_string();
        let (zh, en) = (
            format!("您那里短时间内提出的异议太多，请在 {time} 以后再提，或者来电话、来信。"),
            format!("There were too many objections from where you are: send it after {time}, or call or write."),
        );
        form.error("grounds", Text::new(zh, en));
        return shown(&portal, page, &number, form, StatusCode::TOO_MANY_REQUESTS).await;
    }
    let id = portal.store.case_by_number(&number).await?.id;
    let text = |name: &str| form.text(name).to_owned();
    let ask = Ask::Object { name: text("name"), contact: text("contact"), grounds: text("grounds") };
    // Whoever is signed in objects as anyone else does: the objection is not tied to their account.
    match portal.store.ask(&Actor::Public, &posted.key()?, id, ask).await {
        Ok(done) => {
            let (due, count) = (done.value.due, done.value.objections.len());
            let by = |lang| due.map_or_else(String::new, |due| crate::format::date(lang, due));
            let flash = Flash::done(
                format!(
                    "异议已收到，编号 {number} 第 {count} 项，请记下。公示暂停，{}以前答复，答复公布在本页",
                    by(Lang::Zh)
                ),
                format!(
                    "Your objection was received as number {count} to {number}: please note it. The notice is stopped; \
                     the answer stands on this page by {}",
                    by(Lang::En)
                ),
            );
            Ok(flash.redirect(&page.site().key, &format!("/notices/{}", path_part(&number))))
        }
        Err(error) => {
            let is_contact = matches!(error, StoreError::Refused(Refusal::Unreachable));
            form.error(if is_contact { "contact" } else { "grounds" }, for_form(error)?);
            shown(&portal, page, &number, form, StatusCode::UNPROCESSABLE_ENTITY).await
        }
    }
}
