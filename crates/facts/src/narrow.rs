//! Dates, years and divisions in fewer bytes than their columns hold.
//!
//! A district's days lie within decades and its divisions within a city, so that the distance from the least of them mostly
//! fits two bytes, or one. Conditions are put to whole columns, and take half the time where cells are half as wide.

use std::sync::OnceLock;

use duixian_rules::vocabulary::{ColumnId, TableId};
use rayon::prelude::*;

use crate::table::{Column, Facts, NO_DATE, NO_DIVISION};

/// A column's cells, each as its distance from a value below all of them; 0 is an empty cell.
#[derive(Debug)]
pub struct Narrow {
    /// The distance is from this.
    pub base: i64,
    /// The greatest value; the least is the one after the base.
    pub greatest: i64,
    /// Whether some cell is empty.
    pub has_empty: bool,
    /// The cells.
    pub cells: NarrowCells,
}

/// The cells of a narrow column.
#[derive(Debug)]
pub enum NarrowCells {
    /// All lie within 255 of the base.
    Byte(Vec<u8>),
    /// All lie within 65,535 of the base.
    Short(Vec<u16>),
}

/// The narrow columns of some facts, made when first asked for; none where values lie too far apart.
pub(crate) type NarrowColumns = Vec<Vec<OnceLock<Option<Narrow>>>>;

impl Facts {
    /// A column of dates, years or divisions with narrow cells, if its values lie near each other. It is kept, so that the
    /// table must not be changed once it was asked for.
    pub fn narrow(&self, table: TableId, column: ColumnId) -> Option<&Narrow> {
        let columns = |id: usize| self.tables[id].columns.iter().map(|_| OnceLock::new()).collect();
        let known = self.narrow.get_or_init(|| (0..self.tables.len()).map(columns).collect::<Vec<_>>().into());
        let of_column = known.get(table)?.get(column)?;
        of_column.get_or_init(|| Narrow::of(&self.tables[table].columns[column])).as_ref()
    }
}

impl Narrow {
    fn of(column: &Column) -> Option<Narrow> {
        match column {
            Column::Date(cells) => Narrow::of_cells(cells, NO_DATE),
            Column::Division(cells) => Narrow::of_cells(cells, NO_DIVISION),
            _ => None,
        }
    }

    fn of_cells<T: Copy + Ord + Into<i64> + Send + Sync>(cells: &[T], empty: T) -> Option<Narrow> {
        /// Cells that one core looks at together.
        const CHUNK: usize = 1 << 16;
        let ends = cells.par_chunks(CHUNK).filter_map(|cells| {
            let there = || cells.iter().copied().filter(|cell| *cell != empty);
            Some((there().min()?, there().max()?))
        });
        let wider = |(low, high): (T, T), (other_low, other_high): (T, T)| (low.min(other_low), high.max(other_high));
        let (least, greatest) = ends.reduce_with(wider)?;
        let has_empty = cells.par_chunks(CHUNK).any(|cells| cells.contains(&empty));
        let (base, greatest) = (least.into() - 1, greatest.into());
        let distance = |cell: T| if cell == empty { 0 } else { cell.into() - base };
        let widest = greatest - base;
        let cells = if widest <= i64::from(u8::MAX) {
            NarrowCells::Byte(cells.par_iter().with_min_len(CHUNK).map(|&cell| distance(cell) as u8).collect())
        } else if widest <= i64::from(u16::MAX) {
            NarrowCells::Short(cells.par_iter().with_min_len(CHUNK).map(|&cell| distance(cell) as u16).collect())
        } else {
            return None;
        };
        Some(Narrow { base, greatest, has_empty, cells })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_as_narrow_as_their_values_lie_near() {
        let of = |cells: &[i32]| Narrow::of(&Column::Date(cells.to_vec()));
        let bytes = of(&[2018, NO_DATE, 2016, 2270]).unwrap();
        assert!(matches!(&bytes.cells, NarrowCells::Byte(cells) if *cells == [3, 0, 1, 255]));
        assert_eq!((bytes.base, bytes.greatest, bytes.has_empty), (2015, 2270, true));
        let shorts = of(&[-5, NO_DATE, 65_529]).unwrap();
        assert!(matches!(&shorts.cells, NarrowCells::Short(cells) if *cells == [1, 0, u16::MAX]));
        assert!(of(&[-5, 65_530]).is_none() && of(&[NO_DATE]).is_none() && of(&[]).is_none());
        let divisions = Narrow::of(&Column::Division(vec![520_102, NO_DIVISION, 520_103])).unwrap();
        assert!(matches!(&divisions.cells, NarrowCells::Byte(cells) if *cells == [1, 0, 2]));
        assert!(Narrow::of(&Column::Number(vec![1])).is_none());
    }
}
