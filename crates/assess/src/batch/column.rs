//! Reads columns of facts into vectors, and tests texts and codes where they lie.

use duixian_facts::table::{Column, NO_DATE, NO_DIVISION, NO_INDUSTRY, NO_WORD};
use duixian_facts::uscc::Uscc;
use duixian_rules::vocabulary::{ColumnId, ColumnType, Empty, TableId};

use super::frame::Frame;
use super::vector::{ABSENT, Vector};

impl Frame<'_> {
    /// A column's cells. Texts and codes have no value: those that are there count as 1.
    pub fn column(&self, table: TableId, column: ColumnId) -> Vector {
        let Some((cells, rows, facts)) = self.cells(table, column) else {
            return Vector::unknown(self.missing_bit(table, column));
        };
        let there = |there: bool| if there { 1 } else { ABSENT };
        let values = match cells {
            Column::Empty => vec![ABSENT],
            // An empty number is an absent value as it stands.
            Column::Number(cells) => gather(rows, |row| cells[row]),
            Column::Date(cells) => gather(rows, |row| match cells[row] {
                NO_DATE => ABSENT,
                value => value.into(),
            }),
            Column::Word(cells) => gather(rows, |row| match cells[row] {
                NO_WORD => ABSENT,
                value => value.into(),
            }),
            Column::Industry(cells) => gather(rows, |row| there(cells[row] != NO_INDUSTRY)),
            Column::Division(cells) => gather(rows, |row| there(cells[row] != NO_DIVISION)),
            Column::Party(_) => vec![1],
            Column::Text(cells) => gather(rows, |row| there(!cells.bytes(row).is_empty())),
        };
        let missing = missing_where_absent(&values, facts);
        Vector { values, missing }
    }

    /// Whether the text or code in a column is one of these (`whole`) or begins with one of these.
    pub fn column_test(&self, table: TableId, column: ColumnId, texts: &[String], whole: bool) -> Vector {
        let Some((cells, rows, facts)) = self.cells(table, column) else {
            return Vector::unknown(self.missing_bit(table, column));
        };
        let truth = |there: bool, holds: bool| if there { i64::from(holds) } else { ABSENT };
        let values = match cells {
            Column::Industry(cells) => {
                let tests: Vec<_> = texts.iter().filter_map(|text| industry_test(text, whole)).collect();
                gather(rows, |row| {
                    let code = u32::from(cells[row]);
                    truth(cells[row] != NO_INDUSTRY, tests.iter().any(|(shift, start)| code >> shift == *start))
                })
            }
            Column::Division(cells) => {
                let tests: Vec<_> = texts.iter().filter_map(|text| division_test(text, whole)).collect();
                gather(rows, |row| {
                    let holds = tests.iter().any(|(first, last)| (*first..=*last).contains(&cells[row]));
                    truth(cells[row] != NO_DIVISION, holds)
                })
            }
            Column::Party(cells) => {
                let tests: Vec<_> = texts.iter().filter_map(|text| party_test(text, whole)).collect();
                gather(rows, |row| {
                    let holds = tests.iter().any(|(first, last)| (*first..=*last).contains(&cells[row]));
                    truth(true, holds)
                })
            }
            Column::Text(cells) => gather(rows, |row| {
                let cell = cells.bytes(row);
                let holds =
                    |text: &String| if whole { cell == text.as_bytes() } else { cell.starts_with(text.as_bytes()) };
                truth(!cell.is_empty(), texts.iter().any(holds))
            }),
            Column::Empty => vec![ABSENT],
            // Numbers, dates and words have no text to test.
            Column::Number(_) | Column::Date(_) | Column::Word(_) => vec![0],
        };
        let missing = missing_where_absent(&values, facts);
        // A text that is absent is like nothing.
        Vector { values, missing }.map_all(|value| value.max(0))
    }

    /// A column, the rows to read of it, and the bit of an empty cell (zero where an empty cell is not unknown). None where
    /// the frame does not look at the table.
    fn cells(&self, table: TableId, column: ColumnId) -> Option<(&Column, &[u32], u64)> {
        let shape = &self.run.plan.vocabulary.tables[table].columns[column];
        let facts = match shape.empty {
            Empty::Unknown => self.missing_bit(table, column),
            Empty::NotHappened | Empty::Own | Empty::Required => 0,
        };
        let rows = self.rows_of(table)?;
        if shape.ty == ColumnType::Party && self.run.party_table != Some(table) {
            // Codes stand in the party table alone, and a frame's rows all belong to its parties.
            let key = self.run.party_code_column()?;
            return Some((key, &self.party, facts));
        }
        let cells = self.run.facts.tables.get(table).and_then(|table| table.columns.get(column));
        Some((cells.unwrap_or(&Column::Empty), rows, facts))
    }
}

fn gather(rows: &[u32], value: impl Fn(usize) -> i64) -> Vec<i64> {
    rows.iter().map(|&row| value(row as usize)).collect()
}

/// The missing facts of a column whose empty cells miss these.
fn missing_where_absent(values: &[i64], facts: u64) -> Vec<u64> {
    if facts == 0 || !values.contains(&ABSENT) {
        return Vec::new();
    }
    values.iter().map(|&value| if value == ABSENT { facts } else { 0 }).collect()
}

/// The digits of a text, or none if it holds anything else.
fn digits(text: &str, at_most: usize) -> Option<u32> {
    let plain = text.len() <= at_most && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.bytes().fold(0, |number, byte| number * 10 + u32::from(byte - b'0')))
}

/// How far to shift an industry code right, and what must then be left, for it to be this text or begin with it.
pub fn industry_test(text: &str, whole: bool) -> Option<(u32, u32)> {
    digits(text, 4)?;
    let start = text.bytes().fold(0, |code, byte| code << 4 | u32::from(byte - b'0'));
    let open = 4 * (4 - text.len() as u32);
    // After its last digit a code is filled with F.
    if whole { Some((0, start << open | ((1 << open) - 1))) } else { Some((open, start)) }
}

/// The first and last division code that is this text or begins with it.
pub fn division_test(text: &str, whole: bool) -> Option<(u32, u32)> {
    let start = digits(text, 6)?;
    let room = 10u32.pow(6 - text.len() as u32);
    (!whole || text.len() == 6).then(|| (start * room, start * room + (room - 1)))
}

/// The first and last party code that is this text or begins with it.
pub fn party_test(text: &str, whole: bool) -> Option<(Uscc, Uscc)> {
    if text.len() == 18 {
        return Uscc::parse(text).ok().map(|code| (code, code));
    }
    if whole || text.len() > 18 {
        return None;
    }
    // Of the codes with one beginning, the check digit decides nothing: the first 17 characters differ.
    let filled = |filler: &str| Uscc::complete(&format!("{text}{}", filler.repeat(17 - text.len())));
    Some((filled("0")?, filled("Y")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn industry_codes_are_tested_by_their_digits() {
        let holds = |code: u16, text: &str, whole| {
            industry_test(text, whole).is_some_and(|(shift, start)| u32::from(code) >> shift == start)
        };
        for (text, begins, is) in [("51", true, true), ("5", true, false), ("511", false, false), ("", true, false)] {
            assert_eq!((holds(0x51FF, text, false), holds(0x51FF, text, true)), (begins, is), "{text}");
        }
        assert!(holds(0x5112, "511", false) && holds(0x5112, "5112", true) && !holds(0x5112, "52", false));
        assert!(!holds(0x51FF, "F51", false) && !holds(0x51FF, "51123", false));
    }

    #[test]
    fn party_codes_are_tested_by_range() {
        let code = Uscc::complete("91520102MA6DJ0000").unwrap();
        let text = code.to_string();
        for length in 0..=18 {
            let (first, last) = party_test(&text[..length], false).unwrap();
            assert!((first..=last).contains(&code), "{length}");
        }
        assert_eq!(party_test(&text, true), Some((code, code)));
        let (first, last) = party_test("92", false).unwrap();
        assert!(!(first..=last).contains(&code));
        assert_eq!(party_test("91I", false), None);
        assert_eq!(party_test(&text[..17], true), None);
    }

    #[test]
    fn division_codes_are_tested_by_range() {
        assert_eq!(division_test("520102", true), Some((520_102, 520_102)));
        assert_eq!(division_test("52", false), Some((520_000, 529_999)));
        assert_eq!(division_test("", false), Some((0, 999_999)));
        assert_eq!((division_test("52", true), division_test("5x", false)), (None, None));
    }
}
