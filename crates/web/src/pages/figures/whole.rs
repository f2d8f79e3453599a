//! One table of the figures with all its rows: on pages, and as a file.

use askama::Template;
use axum::response::Response;

use crate::export::{self, Format};
use crate::list::{Cell, List};
use crate::locale::Text;
use crate::page::Page;
use crate::portal::Portal;
use crate::problem::Problem;
use crate::ui::Pager;
use crate::viewer::Viewer;

use super::page::of_word;
use super::read::{Asked, PER_PAGE, Read};

#[derive(Template)]
#[template(path = "figures/list.html")]
struct WholePage {
    page: Page,
    list: List,
    pager: Pager,
}

/// `GET /figures?list=parties&year=2019`
pub async fn show(
    portal: &Portal,
    viewer: &Viewer,
    page: Page,
    word: &'static str,
    year: Option<i32>,
) -> Result<Response, Problem> {
    let desk = page.query_value("desk");
    let format = Format::asked(&page);
    let number = page.query_value("page").and_then(|text| text.parse().ok()).unwrap_or(1);
    let asked = Asked::Table { word, desk: desk.as_deref(), page: format.is_none().then_some(number) };
    let read = Read::load(&portal.store, viewer, year, asked).await?;
    let mut list = of_word(word, &read, true);
    if let Some(format) = format {
        return export::answer(&list, page.lang, format, word);
    }
    let total = read.total_of(word);
    let pager = Pager::asked(&page, PER_PAGE.into(), total.unwrap_or(list.rows.len() as u64));
    if total.is_none() {
        let before = usize::try_from(pager.offset()).unwrap_or(usize::MAX).min(list.rows.len());
        list.rows.drain(..before);
        list.rows.truncate(PER_PAGE as usize);
    }
    if pager.total > u64::from(PER_PAGE) {
        all_pages(list.totals.first_mut());
    }
    let mut title = list.caption.clone();
    if let Some(desk) = desk.filter(|_| word == "were_late") {
        let desk = read.names.desk(&desk);
        title = Text::new(format!("{}：{}", title.zh, desk.zh), format!("{}: {}", title.en, desk.en));
    }
    let back = match year {
        Some(year) => {
            title = Text::new(format!("{year}年度{}", title.zh), format!("{} of {year}", title.en));
            format!("/figures?year={year}")
        }
        None => "/figures".to_owned(),
    };
    let page = page.titled(title).under(back, ("总览", "Figures")).wide();
    Page::show(&WholePage { page, list, pager })
}

/// Says of a sum that it is of more rows than stand above it.
fn all_pages(sum: Option<&mut Cell>) {
    if let Some(sum) = sum {
        sum.note = ("各页在内", "of all pages").into();
    }
}
