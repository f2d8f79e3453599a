//! A year's appropriation, or more of it.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use duixian_money::Fen;
use duixian_rules::pack::Pack;
use duixian_rules::vocabulary::Lang;

use crate::format;
use crate::forms::{Choice, Field, Form, Posted};
use crate::locale::Text;
use crate::page::Page;
use crate::pages::work::rows::Names;
use crate::portal::Portal;
use crate::problem::{Problem, for_form};
use crate::shell::Flash;
use crate::viewer::Viewer;

use super::{fund_href, fund_of_year};

#[derive(Template)]
#[template(path = "finance/appropriate.html")]
struct Appropriate {
    page: Page,
    form: Form,
}

/// `GET /finance/appropriate`
pub async fn page(State(portal): State<Arc<Portal>>, page: Page) -> Result<Response, Problem> {
    let asked = |name: &str| page.query_value(name);
    let year = asked("year").unwrap_or_else(|| portal.store.now().year().to_string());
    let form = form(&portal, page.lang).await?.with("fund", asked("fund").unwrap_or_default()).with("year", year);
    show(page, form, StatusCode::OK)
}

/// `POST /finance/appropriate`
pub async fn book(
    State(portal): State<Arc<Portal>>,
    viewer: Viewer,
    page: Page,
    posted: Posted,
) -> Result<Response, Problem> {
    let key = posted.key()?;
    let mut form = form(&portal, page.lang).await?.filled(&posted);
    let year = form.whole("year").and_then(|year| i32::try_from(year).ok());
    let (Some(year), Some(amount), true) = (year, form.money("amount"), form.is_good()) else {
        return show(page, form, StatusCode::UNPROCESSABLE_ENTITY);
    };
    let fund = form.text("fund").to_owned();
    match portal.store.appropriate(&viewer.actor, &key, &fund, year, amount, form.text("memo")).await {
        Ok(_) => {
            let name = fund_of_year(&Names::load(&portal.store).await?, &fund, year);
            let text = Text::new(
                format!("{}已安排 {}", name.zh, format::yuan(Lang::Zh, amount)),
                format!("{} appropriated to {}", format::yuan(Lang::En, amount), name.en),
            );
            Ok(Flash { good: true, text }.redirect(&portal.site().key, &fund_href(&fund, year)))
        }
        Err(error) => {
            form.error("amount", for_form(error)?);
            show(page, form, StatusCode::UNPROCESSABLE_ENTITY)
        }
    }
}

fn show(page: Page, form: Form, status: StatusCode) -> Result<Response, Problem> {
    let page = page
        .titled(("安排或追加资金", "Appropriate money"))
        .led(("按预算批复登记，登记后立即可用于审定。", "As the budget says; it can be granted at once."))
        .under("/finance", ("资金", "Funds"))
        .narrow();
    Page::show_as(status, &Appropriate { page, form })
}

async fn form(portal: &Portal, lang: Lang) -> Result<Form, Problem> {
    let names = Names::load(&portal.store).await?;
    let year = portal.store.now().year();
    let funds = match portal.store.current_pack().await? {
        Some((_, pack)) => choices(&pack, &names, year),
        None => Vec::new(),
    };
    let fields = vec![
        Field::radios("fund", ("资金", "Fund"), funds),
        Field::whole("year", ("预算年度", "Budget year"))
            .within(2000, 2100)
            .hint(("钱属于哪个年度，就填哪个年度。", "The year that the money belongs to.")),
        Field::money("amount", ("金额", "Amount")).between(Fen(1), Fen::MAX),
        Field::text("memo", ("依据", "Memo"))
            .hint(("例如预算批复文号。", "Such as the number of the budget's approval."))
            .max_chars(200)
            .optional(),
    ];
    Ok(Form::new(lang, fields))
}

fn choices(pack: &Pack, names: &Names, year: i32) -> Vec<Choice> {
    let choice = |fund: &duixian_rules::plan::Fund| {
        let choice = Choice::new(fund.name.en.clone(), names.fund(&fund.name.en));
        match fund.size_in(i64::from(year)) {
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
