//! One page of a long list.

/// One page of a list, and how long the list is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// What stands on the page.
    pub rows: Vec<T>,
    /// How many there are on all pages.
    pub total: u64,
    /// Which page, from 1: the last where one beyond it was asked for.
    pub page: u64,
    /// How many a page holds.
    pub per_page: u64,
}

/// The page that is asked for, from 1, or the last one where there are fewer; and how many rows stand before it.
pub(crate) fn window(asked: u64, per_page: u64, total: u64) -> (u64, u64) {
    let per_page = per_page.max(1);
    let page = asked.clamp(1, total.div_ceil(per_page).max(1));
    (page, (page - 1) * per_page)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_beyond_the_last_is_the_last() {
        assert_eq!(window(0, 50, 101), (1, 0));
        assert_eq!(window(3, 50, 101), (3, 100));
        assert_eq!(window(u64::MAX, 50, 101), (3, 100));
        assert_eq!(window(u64::MAX, 50, 0), (1, 0));
    }
}
