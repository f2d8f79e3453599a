//! One page of a long list.

/// One page of a list, and how long the list is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// What stands on the page.
    pub rows: Vec<T>,
    /// How many there are on all pages.
    pub total: u64,
    /// Which page, from 1.
    pub page: u64,
    /// How many a page holds.
    pub per_page: u64,
}

impl<T> Page<T> {
    /// The page of a list with nothing in it.
    pub fn empty(per_page: u64) -> Page<T> {
        Page { rows: Vec::new(), total: 0, page: 1, per_page }
    }

    /// How many pages there are; at least one.
    pub fn pages(&self) -> u64 {
        self.total.div_ceil(self.per_page.max(1)).max(1)
    }
}
