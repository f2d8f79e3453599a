//! Rows that are written many at once: those of an import, and those that the jobs of a transaction leave to its end.

use std::borrow::Cow;
use std::fmt::Write as _;

use sea_orm::{DatabaseTransaction, DbErr};

use crate::db::{Value, execute_on};

/// Where rows go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) table: &'static str,
    /// The columns that have values, separated by commas.
    pub(crate) columns: Cow<'static, str>,
    /// What comes of a row that is there already: nothing, or an `ON CONFLICT` with a space before it.
    pub(crate) conflict: Cow<'static, str>,
}

impl Target {
    /// Rows that are new.
    pub(crate) const fn new(table: &'static str, columns: &'static str) -> Target {
        Target { table, columns: Cow::Borrowed(columns), conflict: Cow::Borrowed("") }
    }
}

/// The most rows of one statement, and the most values that both databases take, with room.
const MOST_ROWS: usize = 512;
const MOST_VALUES: usize = 30_000;

/// How many of the rows that are left go into the next statement: what the jobs of a transaction leave goes in two, and the
/// database has few different ones to prepare.
fn together(left: usize, width: usize) -> usize {
    let most = MOST_ROWS.min(MOST_VALUES / width.max(1)).max(1);
    match left {
        left if left >= most => most,
        left if left >= 64 => 64,
        left if left >= 8 => left / 8 * 8,
        left => left,
    }
}

/// Inserts rows. All have the same number of values, which is that of the columns.
pub(crate) async fn insert_many_on(
    link: &DatabaseTransaction,
    target: &Target,
    rows: Vec<Vec<Value>>,
) -> Result<(), DbErr> {
    let Some(width) = rows.first().map(Vec::len) else { return Ok(()) };
    let Target { table, columns, conflict } = target;
    let mut left = rows.len();
    let mut rows = rows.into_iter();
    while left > 0 {
        let size = together(left, width);
        left -= size;
        let mut sql = format!("INSERT INTO {table} ({columns}) VALUES ");
        for place in 0..size * width {
            let before = match (place, place % width) {
                (0, _) => "(",
                (_, 0) => "), (",
                _ => ", ",
            };
            // Writing to a string can't fail.
            let _ = write!(sql, "{before}${}", place + 1);
        }
        sql.push(')');
        sql.push_str(conflict);
        let values: Vec<Value> = rows.by_ref().take(size).flatten().collect();
        execute_on(link, &sql, values).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::together;

    #[test]
    fn all_rows_are_written_in_few_statements() {
        for rows in 0..2000 {
            let (mut left, mut statements) = (rows, 0);
            while left > 0 {
                let size = together(left, 27);
                assert!((1..=left).contains(&size));
                left -= size;
                statements += 1;
            }
            if rows <= 64 {
                assert!(statements <= 2, "{rows} rows take {statements} statements");
            }
        }
        assert_eq!(together(100_000, 60_000), 1);
    }
}
