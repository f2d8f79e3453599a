//! How the rows of a result are named: the party's code and the basis as text.

use std::cmp::Ordering;
use std::io::Write as _;

use duixian_facts::order::compare_years;
use duixian_facts::table::{Column, Facts, TextColumn};
use duixian_facts::uscc::Uscc;
use duixian_rules::plan::Plan;
use duixian_rules::vocabulary::TableId;

/// The codes of all parties by row of the party table; empty where the plan has no such table.
pub fn party_codes<'a>(plan: &Plan, facts: &'a Facts) -> &'a [Uscc] {
    let table = plan.vocabulary.party_table();
    let column = table.and_then(|table| Some((table, plan.vocabulary.tables[table].party_column()?)));
    match column.and_then(|(table, column)| facts.tables.get(table)?.columns.get(column)) {
        Some(Column::Party(codes)) => codes,
        _ => &[],
    }
}

/// What stands in the column `basis`, for the rows of one table.
#[derive(Clone, Copy, Debug)]
pub enum BasisText<'a> {
    /// The row's id.
    Id(&'a TextColumn),
    /// The row's year.
    Year(&'a [i32]),
    /// Nothing: the basis is the party itself, or the table's rows have no name of one column.
    Nothing,
}

impl<'a> BasisText<'a> {
    /// The texts of a table's rows.
    pub fn of(plan: &Plan, facts: &'a Facts, table: TableId) -> BasisText<'a> {
        let shape = &plan.vocabulary.tables[table];
        let column = shape.id_column().or_else(|| shape.year_column());
        match column.and_then(|column| facts.tables.get(table)?.columns.get(column)) {
            Some(Column::Text(ids)) => BasisText::Id(ids),
            Some(Column::Date(years)) => BasisText::Year(years),
            _ => BasisText::Nothing,
        }
    }

    /// Some rows' texts as UTF-8, end to end, and where each ends.
    pub fn gather(self, rows: &[u32]) -> (Vec<u8>, Vec<usize>) {
        let (mut bytes, mut ends) = (Vec::with_capacity(rows.len() * 16), Vec::with_capacity(rows.len()));
        match self {
            BasisText::Id(ids) => {
                // Rows of a result lie anywhere in their table. To look for all texts before copying any lets the
                // processor wait for many of them at once.
                let texts: Vec<&[u8]> = rows.iter().map(|&row| ids.bytes(row as usize)).collect();
                for text in texts {
                    bytes.extend_from_slice(text);
                    ends.push(bytes.len());
                }
            }
            BasisText::Year(years) => {
                for &row in rows {
                    write!(bytes, "{}", years[row as usize]).expect("writing to memory does not fail");
                    ends.push(bytes.len());
                }
            }
            BasisText::Nothing => ends.resize(rows.len(), 0),
        }
        (bytes, ends)
    }

    /// A row's text.
    pub fn text(self, row: u32) -> String {
        match self {
            BasisText::Id(ids) => ids.get(row as usize).to_owned(),
            BasisText::Year(years) => years[row as usize].to_string(),
            BasisText::Nothing => String::new(),
        }
    }

    /// Compares two rows' texts by code point; equal texts by row.
    pub fn compare(self, one: u32, other: u32) -> Ordering {
        self.compare_text(one, other).then(one.cmp(&other))
    }

    /// Compares two rows' texts by code point.
    pub fn compare_text(self, one: u32, other: u32) -> Ordering {
        match self {
            BasisText::Id(ids) => ids.bytes(one as usize).cmp(ids.bytes(other as usize)),
            BasisText::Year(years) => compare_years(years[one as usize], years[other as usize]),
            BasisText::Nothing => Ordering::Equal,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_compare_years() {
        let years = BasisText::Year(&[2017, 999, 10_000, 2018]);
        assert_eq!(years.compare(0, 3), Ordering::Less);
        assert_eq!(years.compare(0, 1), Ordering::Less, "2017 stands before 999");
        assert_eq!(years.compare(2, 0), Ordering::Less, "10000 stands before 2017");
    }
}
