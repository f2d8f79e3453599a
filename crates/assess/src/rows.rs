//! The rows of a measure, in the parts in which they were worked out.

use std::ops::{Index, Range};

use crate::result::Row;

/// Rows of a result in their order. They stay in the parts in which the cores of the machine worked them out, since putting
/// them together would mean to write each of them a second time.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    /// None of them is empty.
    parts: Vec<Vec<Row>>,
    rows: usize,
}

impl Rows {
    /// Rows whose parts follow each other.
    pub fn of_parts(parts: impl IntoIterator<Item = Vec<Row>>) -> Rows {
        let parts: Vec<Vec<Row>> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        Rows { rows: parts.iter().map(Vec::len).sum(), parts }
    }

    /// How many rows.
    pub fn len(&self) -> usize {
        self.rows
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// The rows one by one.
    pub fn iter(&self) -> impl Iterator<Item = &Row> + Clone {
        self.parts.iter().flatten()
    }

    /// The row at a position; none beyond the last.
    pub fn get(&self, position: usize) -> Option<&Row> {
        self.within(position..position.saturating_add(1)).next()?.first()
    }

    /// The rows within a range of positions, as far as there are any, in runs that are not empty.
    pub fn within(&self, range: Range<usize>) -> impl Iterator<Item = &[Row]> + use<'_> {
        let mut before = 0;
        self.parts.iter().filter_map(move |part| {
            let cut = |at: usize| at.saturating_sub(before).min(part.len());
            let (start, end) = (cut(range.start), cut(range.end));
            before += part.len();
            (start < end).then(|| &part[start..end])
        })
    }
}

impl From<Vec<Row>> for Rows {
    fn from(rows: Vec<Row>) -> Rows {
        Rows::of_parts([rows])
    }
}

impl FromIterator<Row> for Rows {
    fn from_iter<I: IntoIterator<Item = Row>>(rows: I) -> Rows {
        Vec::from_iter(rows).into()
    }
}

impl IntoIterator for Rows {
    type Item = Row;
    type IntoIter = std::iter::Flatten<std::vec::IntoIter<Vec<Row>>>;

    fn into_iter(self) -> Self::IntoIter {
        self.parts.into_iter().flatten()
    }
}

impl Index<usize> for Rows {
    type Output = Row;

    fn index(&self, position: usize) -> &Row {
        self.get(position).expect("the position is that of a row")
    }
}

/// Rows are equal whatever their parts.
impl PartialEq for Rows {
    fn eq(&self, other: &Rows) -> bool {
        self.rows == other.rows && self.iter().eq(other.iter())
    }
}

impl Eq for Rows {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::result::Reason;

    #[test]
    fn parts_make_no_difference() {
        let all: Vec<Row> = (0..7).map(|basis| Row::refused(basis, basis, Reason::NoTier)).collect();
        let rows = Rows::of_parts([all[..3].to_vec(), Vec::new(), all[3..4].to_vec(), all[4..].to_vec()]);
        assert_eq!(rows, all.clone().into());
        assert_eq!((rows.len(), rows[3], rows.get(7)), (7, all[3], None));
        for (start, end) in (0..8).flat_map(|start| (start..9).map(move |end| (start, end))) {
            assert_eq!(rows.within(start..end).collect::<Vec<_>>().concat(), all[start..end.min(7)]);
        }
        assert!(rows.into_iter().eq(all));
    }
}
