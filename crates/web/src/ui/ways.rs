//! Ways about: tabs that are links, and the pages of a list.

use std::borrow::Borrow;

use askama::Template;
use askama::filters::HtmlSafe;

use super::shown;
use crate::locale::Text;
use crate::page::Page;

/// Views of one thing, each a page of its own.
#[derive(Clone, Debug)]
pub struct Tabs {
    /// What the views are of, for screen readers.
    pub label: Text,
    /// The views.
    pub tabs: Vec<Tab>,
}

/// One view.
#[derive(Clone, Debug)]
pub struct Tab {
    /// Its page.
    pub href: String,
    /// Its name.
    pub text: Text,
    /// How many things are in it, where that matters.
    pub count: Option<u64>,
    /// Whether it is the one shown.
    pub is_current: bool,
}

shown!(Tabs, ShownTabs, "ui/tabs.html");

/// Which part of a long list is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pager {
    /// The page, counted from 1.
    pub number: u64,
    /// Rows on a page.
    pub size: u64,
    /// Rows in all.
    pub total: u64,
}

impl Pager {
    /// The page that `?page=` asks for, or the last one where there are fewer.
    pub fn asked(page: &Page, size: u64, total: u64) -> Pager {
        let asked = page.query_value("page").and_then(|text| text.parse().ok()).unwrap_or(1);
        let size = size.max(1);
        Pager { number: asked.clamp(1, total.div_ceil(size).max(1)), size, total }
    }

    /// Rows before this page, for the query.
    pub fn offset(&self) -> u64 {
        (self.number - 1) * self.size
    }

    /// The markup: nothing but the total where all rows are on one page.
    pub fn show<'a>(&self, page: &'a Page) -> ShownPager<'a> {
        ShownPager { it: *self, page }
    }

    fn last(&self) -> u64 {
        self.total.div_ceil(self.size).max(1)
    }

    /// First, last, and the neighbours of this one; 0 stands for a gap.
    fn numbers(&self) -> Vec<u64> {
        let mut numbers = Vec::new();
        let mut before = 0;
        for number in 1..=self.last() {
            if number == 1 || number == self.last() || number.abs_diff(self.number) <= 2 {
                if number > before + 1 {
                    numbers.push(0);
                }
                numbers.push(number);
                before = number;
            }
        }
        numbers
    }

    fn first_row(&self) -> u64 {
        if self.total == 0 { 0 } else { self.offset() + 1 }
    }

    fn last_row(&self) -> u64 {
        (self.number * self.size).min(self.total)
    }
}

/// The markup of a [`Pager`].
#[derive(Template)]
#[template(path = "ui/pager.html")]
pub struct ShownPager<'a> {
    it: Pager,
    page: &'a Page,
}

impl HtmlSafe for ShownPager<'_> {}

impl ShownPager<'_> {
    fn href(&self, number: impl Borrow<u64>) -> String {
        self.page.href_with(&[("page", &number.borrow().to_string())])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lists_have_gaps_between_their_pages() {
        let pager = Pager { number: 6, size: 10, total: 995 };
        assert_eq!(pager.numbers(), [1, 0, 4, 5, 6, 7, 8, 0, 100]);
        assert_eq!((pager.first_row(), pager.last_row(), pager.offset()), (51, 60, 50));
        let empty = Pager { number: 1, size: 10, total: 0 };
        assert_eq!((empty.first_row(), empty.last_row(), empty.numbers()), (0, 0, vec![1]));
    }
}
