//! Rows that are written many at once: those of an import, and those that the jobs of a transaction leave to its end.
//!
//! PostgreSQL takes a few rows, whatever tables they are for, in one statement, since the way there takes longer than the rows.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::db::Value;

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

/// Rows for a table. All have the same number of values, which is that of the columns.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Insert {
    pub(crate) target: Target,
    pub(crate) rows: Vec<Vec<Value>>,
}

impl Insert {
    pub(crate) fn new(target: Target, rows: Vec<Vec<Value>>) -> Insert {
        Insert { target, rows }
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

/// Statements with rows of values. None of the tables is empty-handed.
pub(crate) fn in_rows(inserts: Vec<Insert>, is_postgres: bool) -> Vec<(String, Vec<Value>)> {
    let rows = inserts.iter().map(|insert| insert.rows.len()).sum::<usize>();
    let values = inserts.iter().flat_map(|insert| &insert.rows).map(Vec::len).sum::<usize>();
    if is_postgres && inserts.len() > 1 && rows <= MOST_ROWS && values <= MOST_VALUES {
        return vec![in_one_statement(inserts)];
    }
    let mut calls: Vec<(String, Vec<Value>)> = Vec::new();
    for Insert { target, rows } in inserts {
        let (mut left, width) = (rows.len(), rows[0].len());
        let mut rows = rows.into_iter();
        while left > 0 {
            let size = together(left, width);
            left -= size;
            let (mut sql, mut values) = (String::new(), Vec::new());
            add_insert(&mut sql, &mut values, &target, rows.by_ref().take(size), is_postgres);
            calls.push((sql, values));
        }
    }
    calls
}

/// One statement for several tables: PostgreSQL inserts what a `WITH` says, whether or not that is asked for.
fn in_one_statement(inserts: Vec<Insert>) -> (String, Vec<Value>) {
    let (mut sql, mut values) = (String::new(), Vec::new());
    let last = inserts.len().saturating_sub(1);
    for (number, Insert { target, rows }) in inserts.into_iter().enumerate() {
        if number < last {
            sql.push_str(if number == 0 { "WITH " } else { ", " });
            // Writing to a string can't fail.
            let _ = write!(sql, "w{number} AS (");
        } else {
            sql.push(' ');
        }
        add_insert(&mut sql, &mut values, &target, rows.into_iter(), true);
        if number < last {
            sql.push(')');
        }
    }
    (sql, values)
}

/// Adds an `INSERT` and its values. For SQLite placeholders have no number, since it looks numbered ones up by going through
/// all.
fn add_insert(
    sql: &mut String,
    values: &mut Vec<Value>,
    Target { table, columns, conflict }: &Target,
    rows: impl Iterator<Item = Vec<Value>>,
    is_numbered: bool,
) {
    let _ = write!(sql, "INSERT INTO {table} ({columns}) VALUES ");
    for (place, row) in rows.enumerate() {
        sql.push_str(if place == 0 { "(" } else { ", (" });
        if is_numbered {
            for column in 0..row.len() {
                let _ = write!(sql, "{}${}", if column == 0 { "" } else { ", " }, values.len() + column + 1);
            }
        } else {
            sql.extend((0..row.len()).map(|column| if column == 0 { "?" } else { ", ?" }));
        }
        values.extend(row);
        sql.push(')');
    }
    sql.push_str(conflict);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::values;

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

    fn two_tables() -> Vec<Insert> {
        let conflict = Cow::Borrowed(" ON CONFLICT (id) DO NOTHING");
        let second = Target { conflict, ..Target::new("b", "id") };
        vec![
            Insert::new(Target::new("a", "n, t"), vec![values![1_i64, "x"], values![None::<i64>, None::<String>]]),
            Insert::new(second, vec![values![7_i64]]),
        ]
    }

    #[test]
    fn postgres_takes_all_tables_in_one_statement_and_too_many_rows_in_several() {
        let calls = in_rows(two_tables(), true);
        let sql = "WITH w0 AS (INSERT INTO a (n, t) VALUES ($1, $2), ($3, $4)) \
                   INSERT INTO b (id) VALUES ($5) ON CONFLICT (id) DO NOTHING";
        assert_eq!(calls, [(sql.to_owned(), values![1_i64, "x", None::<i64>, None::<String>, 7_i64])]);
        let mut many = two_tables();
        many[1].rows = (0..512_i64).map(|id| values![id]).collect();
        let calls = in_rows(many, true);
        assert_eq!(calls[0].0, "INSERT INTO a (n, t) VALUES ($1, $2), ($3, $4)");
        assert_eq!(calls.iter().map(|(_, values)| values.len()).collect::<Vec<_>>(), [4, 512]);
    }

    #[test]
    fn sqlite_takes_each_table_alone_and_many_rows_in_several_statements() {
        let mut many = two_tables();
        many[1].rows = (0..20_i64).map(|id| values![id]).collect();
        let calls = in_rows(many, false);
        assert_eq!(calls[0].0, "INSERT INTO a (n, t) VALUES (?, ?), (?, ?)");
        assert_eq!(calls[2].0, "INSERT INTO b (id) VALUES (?), (?), (?), (?) ON CONFLICT (id) DO NOTHING");
        assert_eq!(calls.iter().map(|(_, values)| values.len()).collect::<Vec<_>>(), [4, 16, 4]);
    }
}
