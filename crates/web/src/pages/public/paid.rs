//! What was paid: to whom, for what, under which clause, how much, when.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use duixian_money::Fen;
use duixian_store::public::PublicFilter;

use crate::casefile::basis::Bases;
use crate::export;
use crate::forms::Form;
use crate::list::{Cell, Column, List, Row};
use crate::page::Page;
use crate::pages::public::filters;
use crate::pages::shared::{self, clause_href, path_part};
use crate::portal::Portal;
use crate::problem::Problem;
use crate::ui::{Pager, Status};

#[derive(Template)]
#[template(path = "public/paid.html")]
struct PaidPage {
    page: Page,
    form: Form,
    list: List,
    pager: Pager,
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
            Column::number("year", ("年度", "Year")),
            Column::money("amount", ("金额（元）", "Amount (yuan)")),
            Column::text("number", ("受理号", "Number")),
            Column::status("state", ("状态", "State")),
        ],
    )
    .cards();
    let mut bases = Bases::new(&portal.store);
    let format = export::Format::asked(&page);
    let (mut total, mut sum) = (0, Fen(0));
    let mut number = if format.is_some() { 1 } else { filter.page };
    loop {
        let found = portal.store.payments_made(&PublicFilter { page: number, ..filter.clone() }).await?;
        total = found.total.max(total);
        for one in &found.rows {
            // What came back was not kept by anyone.
            sum = Fen(sum.0.saturating_add(if one.is_returned { 0 } else { one.amount.0 }));
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
                Cell::money(one.amount),
                Cell::text(one.number.clone()).link(format!("/notices/{}", path_part(&one.number))),
                Cell::status(state),
            ]));
        }
        if format.is_none() || number >= found.pages() {
            break;
        }
        number += 1;
    }
    if let Some(format) = format {
        return export::answer(&list, page.lang, format, "paid");
    }
    let pager = Pager::asked(&page, super::PER_PAGE, total);
    if total <= super::PER_PAGE && total > 1 {
        // A sum only where it is the sum of all.
        let mut totals = vec![Cell::empty(); 9];
        totals[0] = Cell::pair(("合计", "In all"));
        totals[6] = Cell::money(sum);
        list.totals = totals;
    }
    let page = page
        .wide()
        .titled(("已拨付", "What was paid"))
        .led(("每一笔写明给谁、凭哪一条、多少、哪天到账。", "Each with whom, under which clause, how much, and when."));
    Page::show(&PaidPage { page, form, list, pager })
}
