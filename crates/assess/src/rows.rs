//! The rows of a measure, in the parts in which they were worked out.

use std::borrow::Cow;
use std::ops::Range;

use crate::coded::CodedRows;
use crate::result::Row;

/// Rows of a result in their order. They stay in the parts in which the cores of the machine worked them out, since putting
/// them together would mean to write each of them a second time.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    /// None of them is empty.
    parts: Vec<Part>,
    rows: usize,
}

/// Some rows in their order.
#[derive(Clone, Debug)]
pub(crate) enum Part {
    /// One after the other.
    Whole(Vec<Row>),
    /// Column by column.
    Coded(CodedRows),
}

impl Rows {
    /// Rows whose parts follow each other.
    pub(crate) fn of_parts(parts: impl IntoIterator<Item = Part>) -> Rows {
        let parts: Vec<Part> = parts.into_iter().filter(|part| part.len() > 0).collect();
        Rows { rows: parts.iter().map(Part::len).sum(), parts }
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
    pub fn iter(&self) -> impl Iterator<Item = Row> + Clone {
        self.parts.iter().flat_map(|part| (0..part.len()).map(|position| part.row(position)))
    }

    /// The row at a position; none beyond the last.
    pub fn get(&self, position: usize) -> Option<Row> {
        self.within(position..position.saturating_add(1)).next()?.first().copied()
    }

    /// The rows within a range of positions, as far as there are any, in runs that are not empty.
    pub fn within(&self, range: Range<usize>) -> impl Iterator<Item = Cow<'_, [Row]>> + use<'_> {
        let mut before = 0;
        self.parts.iter().filter_map(move |part| {
            let cut = |at: usize| at.saturating_sub(before).min(part.len());
            let (start, end) = (cut(range.start), cut(range.end));
            before += part.len();
            (start < end).then(|| part.within(start..end))
        })
    }
}

impl Part {
    fn len(&self) -> usize {
        match self {
            Part::Whole(rows) => rows.len(),
            Part::Coded(rows) => rows.len(),
        }
    }

    fn row(&self, position: usize) -> Row {
        match self {
            Part::Whole(rows) => rows[position],
            Part::Coded(rows) => rows.row(position),
        }
    }

    fn within(&self, range: Range<usize>) -> Cow<'_, [Row]> {
        match self {
            Part::Whole(rows) => Cow::Borrowed(&rows[range]),
            Part::Coded(rows) => range.map(|position| rows.row(position)).collect(),
        }
    }

    /// The rows one after the other.
    pub(crate) fn into_whole(self) -> Vec<Row> {
        match self {
            Part::Whole(rows) => rows,
            Part::Coded(rows) => rows.to_whole(),
        }
    }
}

impl Default for Part {
    fn default() -> Part {
        Part::Whole(Vec::new())
    }
}

impl From<Vec<Row>> for Rows {
    fn from(rows: Vec<Row>) -> Rows {
        Rows::of_parts([Part::Whole(rows)])
    }
}

impl FromIterator<Row> for Rows {
    fn from_iter<I: IntoIterator<Item = Row>>(rows: I) -> Rows {
        Vec::from_iter(rows).into()
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
        let part = |rows: &[Row]| Part::Whole(rows.to_vec());
        let rows = Rows::of_parts([part(&all[..3]), Part::default(), part(&all[3..4]), part(&all[4..])]);
        assert_eq!(rows, all.clone().into());
        assert_eq!((rows.len(), rows.get(3), rows.get(7)), (7, Some(all[3]), None));
        for (start, end) in (0..8).flat_map(|start| (start..9).map(move |end| (start, end))) {
            let within: Vec<Row> = rows.within(start..end).flat_map(Cow::into_owned).collect();
            assert_eq!(within, all[start..end.min(7)]);
        }
    }
}
