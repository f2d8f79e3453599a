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
use crate::pages::public::{filters, notices};
use crate::pages::shared::{self, clause_href, path_part};
use crate::portal::Portal;
use crate::problem::Problem;
use crate::ui::{Pager, Status};

#[derive(Template)]
#[template(path = "public/paid.html")]
struct PaidPage {
    /// Where what was asked for by its number stands, if it is not in the list.
    elsewhere: Option<String>,
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
    let mut total = 0;
    let mut number = if exported.is_some() { 1 } else { filter.page };
    loop {
        let found = portal.store.payments_made(&PublicFilter { page: number, ..filter.clone() }).await?;
        total = found.total.max(total);
        for one in &found.rows {
            let state = match one.is_returned {
                true => Status::bad("银行退回，待重新拨付", "sent back by the bank; to be paid again"),
                false => Status::good("已到账", "arrived"),
            };
            list.push(Row::new(vec![
                Cell::date(one.paid_on),
                Cell::text(one.party_name.clone()),
                Cell::pair(shared::measure_name(pack, &one.measure)).link(format!("/measures/{}", one.measure)),
                Cell::pair(bases.name(one.round, &one.party, &one.measure, &one.basis).await?),
                Cell::text(one.clause.clone()).link(clause_href(&one.clause)),
                Cell::text(one.year.to_string()),
                Cell::money(one.amount).link(format!("/notices/{}#reckoning", path_part(&one.number))),
                Cell::text(one.number.clone()).link(format!("/notices/{}", path_part(&one.number))),
                Cell::status(state),
            ]));
        }
        if exported.is_none() || number >= found.pages() {
            break;
        }
        number += 1;
    }
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
    Page::show(&PaidPage { elsewhere, page, form, list, pager, sums })
}
