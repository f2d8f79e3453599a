//! What is still free of an appropriation, taken back: put forward by one person, booked once another has confirmed it.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use duixian_money::Fen;
use duixian_rules::vocabulary::Lang;
use duixian_store::funds::{FundPosition, Proposal, Proposed};

use super::{fund_href, fund_of_year, proposed, waiting_href};
use crate::format;
use crate::forms::{Field, Form, Posted};
use crate::locale::Text;
use crate::page::Page;
use crate::pages::work::rows::{Names, sum};
use crate::portal::Portal;
use crate::problem::{Problem, for_form};
use crate::ui::Facts;
use crate::viewer::Viewer;

/// What is about to be put forward, to be looked at once more.
#[derive(Template)]
#[template(path = "finance/take_back_check.html")]
struct Check {
    page: Page,
    form: Form,
    facts: Facts,
    waiting: Option<(u64, String)>,
    pending: Option<Text>,
    back: String,
}

#[derive(Template)]
#[template(path = "finance/take_back.html")]
struct TakeBack {
    page: Page,
    form: Form,
    free: Fen,
    waiting: Option<(u64, String)>,
    pending: Option<Text>,
    back: String,
}

/// `GET /finance/funds/{fund}/{year}/take-back`
pub async fn page(
    State(portal): State<Arc<Portal>>,
    page: Page,
    Path((fund, year)): Path<(String, i32)>,
) -> Result<Response, Problem> {
    let position = portal.store.position(&fund, year).await?;
    let form = form(&position, page.lang);
    show(&portal, page, &position, form, StatusCode::OK).await
}

/// `POST /finance/funds/{fund}/{year}/take-back`: shows what is about to be put forward; with `confirmed`, puts it forward.
pub async fn propose(
    State(portal): State<Arc<Portal>>,
    viewer: Viewer,
    page: Page,
    Path((fund, year)): Path<(String, i32)>,
    posted: Posted,
) -> Result<Response, Problem> {
    let key = posted.key()?;
    let position = portal.store.position(&fund, year).await?;
    if posted.has("change") || position.free <= Fen(0) {
        let form = form(&position, page.lang).drafted(&posted);
        return show(&portal, page, &position, form, StatusCode::OK).await;
    }
    let mut form = form(&position, page.lang).filled(&posted);
    let (Some(amount), true) = (form.money("amount"), form.is_good()) else {
        return show(&portal, page, &position, form, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    let grounds = form.text("grounds").to_owned();
    if !posted.has("confirmed") {
        return check(&portal, page, &position, form, amount).await;
    }
    match portal.store.propose(&viewer.actor, &key, Proposed::TakeBack, (&fund, year), amount, &grounds).await {
        Ok(_) => Ok(proposed::put_forward(&portal)),
        Err(error) => {
            form.error("amount", for_form(error)?);
            show(&portal, page, &position, form, StatusCode::UNPROCESSABLE_ENTITY).await
        }
    }
}

async fn check(
    portal: &Portal,
    page: Page,
    position: &FundPosition,
    form: Form,
    amount: Fen,
) -> Result<Response, Problem> {
    let names = Names::load(&portal.store).await?;
    let less = |before: Fen| proposed::change(before, Fen(before.0.saturating_sub(amount.0)));
    let facts = Facts::default()
        .add(("资金", "Fund"), names.fund(&position.fund))
        .add(("预算年度", "Budget year"), Text::same(position.year.to_string()))
        .add(("本次收回", "Amount to take back"), proposed::change(amount, amount))
        .add(("规模", "Size"), less(position.size))
        .add(("可用", "Free"), less(position.free))
        .add(("依据", "Grounds"), Text::same(form.text("grounds").to_owned()));
    let waiting = waiting(position);
    let back = fund_href(&position.fund, position.year);
    let page = framed(page, &names, position).titled(("请核对后登记", "Check before it is put forward"));
    let pending = pending(portal, position, Some(amount)).await?;
    Page::show(&Check { page, form, facts, waiting, pending, back })
}

/// How many cases wait for what is to be taken back, and where they stand: they come first.
fn waiting(position: &FundPosition) -> Option<(u64, String)> {
    let waits = position.waiting_cases > 0;
    waits.then(|| (position.waiting_cases, waiting_href(&position.fund, position.year)))
}

/// What was put forward to be taken back of the same fund and is not confirmed yet: what is free still counts it. Of an amount that is to be
/// put forward beside it, what both leave.
async fn pending(portal: &Portal, position: &FundPosition, amount: Option<Fen>) -> Result<Option<Text>, Problem> {
    let is_it =
        |one: &Proposal| one.what == Proposed::TakeBack && one.fund == position.fund && one.year == position.year;
    let open: Vec<Fen> = portal.store.proposals().await?.into_iter().filter(is_it).map(|one| one.amount).collect();
    if open.is_empty() {
        return Ok(None);
    }
    let all = sum(open.iter().copied());
    let left = position.free.0.saturating_sub(all.0).saturating_sub(amount.unwrap_or_default().0);
    let words = |lang| [all, Fen(left.max(0)), Fen(left.saturating_neg())].map(|amount| format::yuan(lang, amount));
    let ([all, rest, lacking], [all_en, rest_en, lacking_en]) = (words(Lang::Zh), words(Lang::En));
    let (then, then_en) = match (amount, left < 0) {
        (None, _) => (format!("都确认以后，可用的还剩 {rest}"), format!("{rest_en} are free once that is confirmed")),
        (Some(_), false) => (
            format!("连这次的都确认以后，可用的还剩 {rest}"),
            format!("{rest_en} are free once that and this are confirmed"),
        ),
        (Some(_), true) => (
            format!("连这次的一起可用的不够，差 {lacking}，后确认的那一笔会确认不了"),
            format!("with this it is {lacking_en} more than is free, and the one that is confirmed last can't be"),
        ),
    };
    Ok(Some(Text::new(
        format!("已登记 {} 笔收回，共 {all}，等另一名财务人员确认，上面的可用里还没有减去；{then}。", open.len()),
        format!(
            "{} to be taken back for {all_en} in all wait to be confirmed, and are not taken off what is free yet; {then_en}.",
            open.len()
        ),
    )))
}

/// The way back to the fund.
fn framed(page: Page, names: &Names, position: &FundPosition) -> Page {
    let name = fund_of_year(names, &position.fund, position.year);
    let back = fund_href(&position.fund, position.year);
    page.under("/finance", ("资金", "Funds")).under(back, name).narrow()
}

async fn show(
    portal: &Portal,
    page: Page,
    position: &FundPosition,
    form: Form,
    status: StatusCode,
) -> Result<Response, Problem> {
    let names = Names::load(&portal.store).await?;
    let name = fund_of_year(&names, &position.fund, position.year);
    let back = fund_href(&position.fund, position.year);
    let title = Text::new(format!("{}：收回安排", name.zh), format!("{}: take money back", name.en));
    let page = framed(page, &names, position).titled(title);
    let pending = pending(portal, position, None).await?;
    Page::show_as(status, &TakeBack { page, form, free: position.free, waiting: waiting(position), pending, back })
}

fn form(position: &FundPosition, lang: Lang) -> Form {
    let fields = vec![
        Field::money("amount", ("收回的金额", "Amount to take back")).between(Fen(1), position.free),
        Field::text("grounds", ("依据", "Grounds"))
            .hint((
                "例如更正的预算批复文号，或者登记错在哪里。",
                "Such as the number of the budget's correction, or what was booked wrongly.",
            ))
            .max_chars(200),
    ];
    Form::new(lang, fields)
}
