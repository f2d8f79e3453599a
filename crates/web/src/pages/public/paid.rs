//! What was paid: to whom, for what, under which clause, how much, when.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use duixian_rules::vocabulary::Lang;
use duixian_store::public::{PaidSums, PublicFilter};

use crate::casefile::basis::Bases;
use crate::export;
use crate::format;
use crate::forms::Form;
use crate::list::{Cell, Column, List, Row};
use crate::locale::Text;
use crate::page::Page;
use crate::pages::public::{filters, notices, window};
use crate::pages::shared::{self, clause_href, path_part};
use crate::portal::Portal;
use crate::problem::Problem;
use crate::ui::{Pager, Status};

#[derive(Template)]
#[template(path = "public/paid.html")]
struct PaidPage {
    /// Where what was asked for by its number stands, if it is not in the list.
    elsewhere: Option<String>,
    /// The same search among notices, and how much it finds there, where nothing of it is paid.
    noticed: Option<(String, u64)>,
    page: Page,
    form: Form,
    list: List,
    pager: Pager,
    sums: PaidSums,
}

/// What was paid, the latest first.
pub(super) async fn list(State(portal): State<Arc<Portal>>, page: Page) -> Result<Response, Problem> {
    let current = portal.store.current_pack().await?;
    let pack = current.as_ref().map(|(_, pack)| &**pack);
    let years: Vec<i32> = {
        let mut years: Vec<i32> = portal.store.rounds().await?.iter().map(|round| round.year).collect();
        years.sort_unstable();
        years.dedup();
        years
    };
    let (form, filter) = filters(&page, pack, &years);
    let mut list = List::new(
        ("已拨付的事项", "What was paid"),
        vec![
            Column::date("on", ("到账日期", "Paid on")),
            Column::text("party", ("单位", "Party")),
            Column::text("measure", ("措施", "Measure")),
            Column::text("basis", ("事项", "What for")),
            Column::text("clause", ("条款", "Clause")),
            Column::number("year", ("评定年度", "Year assessed")),
            Column::money("amount", ("金额（元）", "Amount (yuan)")),
            Column::text("number", ("受理号", "Number")),
            Column::status("state", ("状态", "State")),
        ],
    )
    .cards();
    let mut bases = Bases::new(&portal.store);
    let exported = export::Format::asked(&page);
    let sums = portal.store.payments_sums(&filter).await?;
    let mut asked = window(&filter, exported.is_some());
    let total = loop {
        let found = portal.store.payments_made(&asked).await?;
        for one in &found.rows {
            let case = &one.case;
            let state = match one.is_returned {
                true => Status::bad("银行退回，待重新拨付", "sent back by the bank; to be paid again"),
                false => Status::good("已到账", "arrived"),
            };
            list.push(Row::new(vec![
                Cell::date(one.paid_on),
                Cell::text(case.party_name.clone()),
                Cell::pair(shared::measure_name(pack, &case.measure)).link(format!("/measures/{}", case.measure)),
                Cell::pair(bases.name(case.round, &case.party, &case.measure, &case.basis).await?),
                Cell::text(case.clause.clone()).link(clause_href(&case.clause)),
                Cell::text(case.year.to_string()),
                Cell::money(one.amount).link(format!("/notices/{}#reckoning", path_part(&case.number))),
                Cell::text(case.number.clone()).link(format!("/notices/{}", path_part(&case.number))),
                Cell::status(state),
            ]));
        }
        if exported.is_none() || asked.page >= found.pages() {
            break found.total;
        }
        asked.page += 1;
    };
    if let Some(format) = exported {
        return export::answer(&list, page.lang, format, "paid");
    }
    let pager = Pager::asked(&page, super::PER_PAGE, total);
    if total <= super::PER_PAGE && total > 1 {
        // A sum only where it is the sum of all. What came back was not kept by anyone, and is named beside it.
        let mut totals = vec![Cell::empty(); 9];
        totals[0] = Cell::pair(("已到账合计", "Arrived, in all"));
        totals[6] = Cell::money(sums.arrived.1);
        if sums.returned.0 > 0 {
            let back = |lang| format::yuan(lang, sums.returned.1);
            totals[6] = Cell::money(sums.arrived.1).note(Text::new(
                format!("不含银行退回的 {}", back(Lang::Zh)),
                format!("without {} that the bank sent back", back(Lang::En)),
            ));
        }
        list.totals = totals;
    }
    let page = page.wide().titled(("已拨付", "What was paid")).led((
        "每一笔写明给谁、凭哪一条、多少、哪天到账；点金额看它是怎么算出来的。",
        "Each with whom, under which clause, how much, and when; an amount leads to how it comes about.",
    ));
    let elsewhere = notices::not_listed(&portal, &filter, total).await?;
    let noticed = match elsewhere {
        None if total == 0 && filter.text.is_some() => noticed(&portal, &filter).await?,
        _ => None,
    };
    Page::show(&PaidPage { elsewhere, noticed, page, form, list, pager, sums })
}

/// The same search among notices, and how much it finds there: nothing of that is paid.
async fn noticed(portal: &Portal, filter: &PublicFilter) -> Result<Option<(String, u64)>, Problem> {
    let filter = PublicFilter { page: 1, per_page: 1, ..filter.clone() };
    let running = portal.store.notices(&filter).await?.total;
    let over = portal.store.notices_over(&filter).await?.total;
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(filter.text.map(|text| ("q", text)));
    query.extend_pairs(filter.measure.map(|measure| ("measure", measure)));
    if over > 0 {
        query.append_pair(notices::SHOWN, notices::OVER);
    }
    Ok((running + over > 0).then(|| (format!("/notices?{}", query.finish()), running + over)))
}
