//! A year's appropriation, or more of it.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use duixian_money::Fen;
use duixian_rules::pack::Pack;
use duixian_rules::vocabulary::Lang;
use duixian_store::funds::{FundPosition, Proposed};

use crate::format;
use crate::forms::{Choice, Field, Form, Posted};
use crate::locale::Text;
use crate::page::Page;
use crate::pages::check::{Check, carried};
use crate::pages::work::rows::Names;
use crate::portal::Portal;
use crate::problem::{Problem, for_form};
use crate::ui::Facts;
use crate::viewer::Viewer;

use super::proposed;

/// The years that money can be of.
const YEARS: std::ops::RangeInclusive<i32> = 2000..=2100;

#[derive(Template)]
#[template(path = "finance/appropriate.html")]
struct Appropriate {
    page: Page,
    form: Form,
}

/// `GET /finance/appropriate`
pub async fn page(State(portal): State<Arc<Portal>>, page: Page) -> Result<Response, Problem> {
    let fund = page.query_value("fund");
    let short = short(&portal.store.positions().await?, fund.as_deref());
    // Money of the wrong year is no help to those who wait: where some do, no year is suggested but that of a fund that is
    // short; where nobody does, it is this year's budget.
    let (fund, year) = match (fund, page.query_value("year"), &short[..]) {
        (fund, Some(year), _) => (fund, Some(year)),
        (_, None, [only]) => (Some(only.fund.clone()), Some(only.year.to_string())),
        (fund, None, []) => (fund, Some(portal.store.now().year().to_string())),
        (fund, None, _) => (fund, None),
    };
    let asked = year.as_deref().and_then(|year| year.parse().ok());
    let form = form(&portal, page.lang, asked).await?;
    let form = form.with("fund", fund.unwrap_or_default()).with("year", year.unwrap_or_default());
    show(page, form, StatusCode::OK)
}

/// The funds for which decisions wait: all, or one in all its years.
fn short(positions: &[FundPosition], fund: Option<&str>) -> Vec<FundPosition> {
    let waits = |one: &&FundPosition| one.waiting_cases > 0 && fund.is_none_or(|fund| one.fund == fund);
    positions.iter().filter(waits).cloned().collect()
}

/// `POST /finance/appropriate`: shows what is about to be booked; with `confirmed`, books it.
pub async fn book(
    State(portal): State<Arc<Portal>>,
    viewer: Viewer,
    page: Page,
    posted: Posted,
) -> Result<Response, Problem> {
    let key = posted.key()?;
    let asked = posted.get("year").trim().parse().ok();
    if posted.has("change") {
        let form = form(&portal, page.lang, asked).await?.drafted(&posted);
        return show(page, form, StatusCode::OK);
    }
    let mut form = form(&portal, page.lang, asked).await?.filled(&posted);
    let year = form.whole("year").and_then(|year| i32::try_from(year).ok());
    let (Some(year), Some(amount), true) = (year, form.money("amount"), form.is_good()) else {
        return show(page, form, StatusCode::UNPROCESSABLE_ENTITY);
    };
    let fund = form.text("fund").to_owned();
    let names = Names::load(&portal.store).await?;
    if !posted.has("confirmed") {
        return confirm(&portal, page, form, &names, year, amount).await;
    }
    let grounds = form.text("memo").to_owned();
    match portal.store.propose(&viewer.actor, &key, Proposed::Appropriate, (&fund, year), amount, &grounds).await {
        Ok(_) => Ok(proposed::put_forward(&portal)),
        Err(error) => {
            form.error("amount", for_form(error)?);
            show(page, form, StatusCode::UNPROCESSABLE_ENTITY)
        }
    }
}

async fn confirm(
    portal: &Portal,
    page: Page,
    form: Form,
    names: &Names,
    year: i32,
    amount: Fen,
) -> Result<Response, Problem> {
    let fund = form.text("fund").to_owned();
    let positions = portal.store.positions().await?;
    let position = positions.iter().find(|one| one.fund == fund && one.year == year);
    let (size, free) = position.map_or((Fen(0), Fen(0)), |one| (one.size, one.free));
    let yuan = |amount| Text::new(format::yuan(Lang::Zh, amount), format::yuan(Lang::En, amount));
    let change = |before: Fen| proposed::change(before, Fen(before.0.saturating_add(amount.0)));
    let facts = Facts::default()
        .add(("资金", "Fund"), names.fund(&fund))
        .add(("预算年度", "Budget year"), Text::same(year.to_string()))
        .add(("本次安排", "Amount"), yuan(amount))
        .add(("规模", "Size"), change(size))
        .add(("可用", "Free"), change(free))
        .add(("依据", "Grounds"), Text::same(form.text("memo").to_owned()));
    let pack = portal.store.current_pack().await?;
    let declared = pack.as_ref().and_then(|(_, pack)| pack.plan.funds.iter().find(|one| one.name.en == fund));
    let limit = declared.and_then(|fund| fund.size_in(i64::from(year)));
    let after = Fen(size.0.saturating_add(amount.0));
    let mut warnings: Vec<Text> = limit.filter(|limit| after > *limit).map(beyond(after)).into_iter().collect();
    // What waits for a second person is not in the books yet, and easily put forward twice.
    let waiting = portal.store.proposals().await?.into_iter().filter(|one| one.fund == fund && one.year == year);
    warnings.extend(waiting.map(|one| {
        let text = proposed::text(&one, names);
        Text::new(
            format!("已登记、等第二人确认：{}。请勿重复登记。", text.zh),
            format!(
                "Put forward already, and to be confirmed by a second person: {}. Do not put it forward twice.",
                text.en
            ),
        )
    }));
    warnings.extend(far_off(year, portal.store.now().year()));
    warnings.extend(warning(position, &short(&positions, Some(&fund)), year));
    let page = framed(page).titled(("请核对后登记", "Check before it is booked"));
    let note = (
        "登记以后由另一名财务人员确认，确认以后才入账。",
        "It is booked once another person of finance has confirmed it.",
    );
    Page::show(&Check {
        page,
        action: "/finance/appropriate",
        warnings,
        facts,
        carried: carried(&form, &["fund", "year", "amount", "memo"]),
        note: note.into(),
        button: ("确认登记", "Book it").into(),
        back: "/finance",
    })
}

/// That the fund would have more than the policy says.
fn beyond(after: Fen) -> impl Fn(Fen) -> Text {
    move |limit| {
        Text::new(
            format!(
                "登记后共 {}，超过政策写明的规模 {}。请核对金额和依据。",
                format::yuan(Lang::Zh, after),
                format::yuan(Lang::Zh, limit)
            ),
            format!(
                "It would have {}, more than the {} of the policy: check the amount and its grounds.",
                format::yuan(Lang::En, after),
                format::yuan(Lang::En, limit)
            ),
        )
    }
}

/// That the year is neither this one nor one beside it: a digit is easily mistyped.
fn far_off(year: i32, now: i32) -> Option<Text> {
    (year.abs_diff(now) > 1).then(|| {
        Text::new(
            format!("今年是 {now} 年，这笔钱记在 {year} 年度。请核对年度。"),
            format!("This year is {now}, and the money is booked for {year}: check the year."),
        )
    })
}

/// That the money goes where nobody waits for it, or where there was none before.
fn warning(position: Option<&FundPosition>, short: &[FundPosition], year: i32) -> Option<Text> {
    if short.iter().any(|one| one.year == year) {
        return None;
    }
    if let Some(other) = short.first() {
        let (cases, waiting) = (other.waiting_cases, other.waiting);
        return Some(Text::new(
            format!(
                "这项资金轮候的是 {} 年度（{cases} 件，{}）。安排到 {year} 年度，它们用不上。",
                other.year,
                format::yuan(Lang::Zh, waiting)
            ),
            format!(
                "What waits is of {} ({cases} cases, {}): money of {year} does not reach it.",
                other.year,
                format::yuan(Lang::En, waiting)
            ),
        ));
    }
    position.is_none().then(|| {
        Text::new(
            format!("这是这项资金 {year} 年度的第一笔安排。"),
            format!("It is the fund's first appropriation for {year}."),
        )
    })
}

fn framed(page: Page) -> Page {
    page.under("/finance", ("资金", "Funds")).narrow()
}

fn show(page: Page, form: Form, status: StatusCode) -> Result<Response, Problem> {
    let page = framed(page).titled(("安排或追加资金", "Appropriate money")).led((
        "按预算批复登记。下一步先核对；登记后由另一名财务人员确认，确认以后可用于审定。",
        "As the budget says; you check it in the next step, another person of finance confirms it, and then it can be granted.",
    ));
    Page::show_as(status, &Appropriate { page, form })
}

/// `asked` is the year that the money is for, whose sizes stand beside the funds: this year's where it is not known yet.
async fn form(portal: &Portal, lang: Lang, asked: Option<i32>) -> Result<Form, Problem> {
    let names = Names::load(&portal.store).await?;
    let year = asked.unwrap_or_else(|| portal.store.now().year());
    let funds = match portal.store.current_pack().await? {
        Some((_, pack)) => choices(&pack, &names, year),
        None => Vec::new(),
    };
    let fields = vec![
        Field::radios("fund", ("资金", "Fund"), funds),
        Field::whole("year", ("预算年度", "Budget year"))
            .within(i64::from(*YEARS.start()), i64::from(*YEARS.end()))
            .hint(("钱属于哪个年度，就填哪个年度。", "The year that the money belongs to.")),
        Field::money("amount", ("金额", "Amount")).between(Fen(1), Fen::MAX),
        Field::text("memo", ("依据", "Grounds"))
            .hint((
                "例如预算批复文号；审计时查的就是它。",
                "Such as the number of the budget's approval: it is what an audit asks for.",
            ))
            .max_chars(200),
    ];
    Ok(Form::new(lang, fields))
}

fn choices(pack: &Pack, names: &Names, year: i32) -> Vec<Choice> {
    let choice = |fund: &duixian_rules::plan::Fund| {
        let choice = Choice::new(fund.name.en.clone(), names.fund(&fund.name.en));
        match fund.size_in(i64::from(year)).filter(|_| YEARS.contains(&year)) {
            Some(size) => choice.hint(Text::new(
                format!("政策{}：{year}年规模 {}", fund.clause, format::wan(Lang::Zh, size)),
                format!("The policy, {}: {} in {year}", fund.clause, format::wan(Lang::En, size)),
            )),
            None => choice.hint(Text::new(
                format!("政策{}没有写明规模", fund.clause),
                format!("The policy, {}, names no size", fund.clause),
            )),
        }
    };
    pack.plan.funds.iter().map(choice).collect()
}
