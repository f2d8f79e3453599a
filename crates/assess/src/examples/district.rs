//! The small district that a case of an example describes.

use std::borrow::Cow;

use duixian_facts::table::{
    Column, Facts, Lines, NO_DATE, NO_DIVISION, NO_INDUSTRY, NO_NUMBER, NO_WORD, Origin, Table, TextColumn,
};
use duixian_facts::uscc::Uscc;
use duixian_rules::examples::{Case, Given, Value};
use duixian_rules::vocabulary::{ColumnId, ColumnType, TableId, Vocabulary};

/// A case as facts, and where each of its rows came to stand.
pub(super) struct District {
    pub(super) facts: Facts,
    /// For each row of the case its row in the basis table.
    pub(super) basis_rows: Vec<u32>,
}

/// Codes of parties that give none, or give only how theirs begins: an enterprise's, in order of mention.
const ENTERPRISE: &str = "91";

impl District {
    /// The district of a case, whose basis is `basis`, assessed in `year`.
    pub(super) fn of(case: &Case, basis: TableId, year: i64, vocabulary: &Vocabulary) -> District {
        let mut parties: Vec<&str> = Vec::new();
        for row in &case.rows {
            if !parties.contains(&row.party.as_str()) {
                parties.push(&row.party);
            }
        }
        let party_table = vocabulary.party_table();
        let mut rows: Vec<Vec<RowDraft<'_>>> = vocabulary.tables.iter().map(|_| Vec::new()).collect();
        for (index, label) in parties.iter().enumerate() {
            // What several rows say of one party counts together; the first word on a fact stands.
            let given = case.rows.iter().filter(|row| row.party == *label).flat_map(|row| &row.given).collect();
            if let Some(table) = party_table {
                rows[table].push(RowDraft { party: index, number: index, given });
            }
        }
        let mut basis_rows = Vec::new();
        for (number, row) in case.rows.iter().enumerate() {
            let party = parties.iter().position(|label| *label == row.party).unwrap_or(0);
            for (table, drafts) in rows.iter_mut().enumerate() {
                let is_basis = table == basis;
                let is_party_table = Some(table) == party_table;
                let spoken_of = row.given.iter().any(|given| given.table == table);
                if !is_party_table && (is_basis || spoken_of) {
                    drafts.push(RowDraft { party, number, given: row.given.iter().collect() });
                }
                if is_basis {
                    basis_rows.push(if is_party_table { party } else { drafts.len() - 1 } as u32);
                }
            }
        }
        let table = |(id, rows): (TableId, &Vec<RowDraft<'_>>)| build(vocabulary, id, rows, year);
        District { facts: Facts::new(rows.iter().enumerate().map(table).collect()), basis_rows }
    }
}

/// A row before it has columns.
struct RowDraft<'a> {
    party: usize,
    number: usize,
    given: Vec<&'a Given>,
}

impl RowDraft<'_> {
    fn value(&self, table: TableId, column: ColumnId) -> Option<&Value> {
        self.given.iter().find(|given| (given.table, given.column) == (table, column)).map(|given| &given.value)
    }

    fn number(&self, table: TableId, column: ColumnId) -> Option<i64> {
        match self.value(table, column) {
            Some(Value::Number(number)) => Some(*number),
            _ => None,
        }
    }

    fn text(&self, table: TableId, column: ColumnId) -> Option<&str> {
        match self.value(table, column) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }
}

fn build(vocabulary: &Vocabulary, id: TableId, rows: &[RowDraft<'_>], year: i64) -> Table {
    let declared = &vocabulary.tables[id];
    let is_party_table = vocabulary.party_table() == Some(id);
    let columns = declared.columns.iter().enumerate().map(|(column, spec)| {
        let numbers = || rows.iter().map(|row| row.number(id, column));
        match spec.ty {
            ColumnType::Money | ColumnType::Percent | ColumnType::Decimal | ColumnType::Count => {
                Column::Number(numbers().map(|number| number.unwrap_or(NO_NUMBER)).collect())
            }
            ColumnType::Date => Column::Date(numbers().map(narrow).collect()),
            ColumnType::Year => {
                let missing = if declared.key.contains(&column) { Some(year) } else { None };
                Column::Date(numbers().map(|number| narrow(number.or(missing))).collect())
            }
            ColumnType::Bool | ColumnType::Word(_) => {
                Column::Word(numbers().map(|n| n.and_then(|n| u8::try_from(n).ok()).unwrap_or(NO_WORD)).collect())
            }
            ColumnType::Industry => Column::Industry(rows.iter().map(|row| industry(row.text(id, column))).collect()),
            ColumnType::Division => Column::Division(rows.iter().map(|row| division(row.text(id, column))).collect()),
            ColumnType::Party if is_party_table => {
                Column::Party(rows.iter().map(|row| code(row.text(id, column), row.party)).collect())
            }
            ColumnType::Party => Column::Empty,
            ColumnType::Text => {
                let mut texts = TextColumn::with_capacity(rows.len(), 0);
                for row in rows {
                    let missing = || match declared.id_column() == Some(column) {
                        true => Cow::from(format!("{:04}", row.number + 1)),
                        false => Cow::from(""),
                    };
                    texts.push(&row.text(id, column).map_or_else(missing, Cow::from));
                }
                Column::Text(texts)
            }
        }
    });
    Table {
        rows: rows.len(),
        party: if is_party_table { Vec::new() } else { rows.iter().map(|row| row.party as u32).collect() },
        columns: columns.collect(),
        origin: Origin { file: String::new(), lines: Lines::CountUp(1) },
    }
}

fn narrow(number: Option<i64>) -> i32 {
    number.and_then(|number| i32::try_from(number).ok()).unwrap_or(NO_DATE)
}

fn industry(text: Option<&str>) -> u16 {
    let digits = text.unwrap_or("").trim_start_matches(|c: char| c.is_ascii_uppercase());
    let padded = format!("{digits:F<4}");
    let fits = (2..=4).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    if fits { u16::from_str_radix(&padded, 16).unwrap_or(NO_INDUSTRY) } else { NO_INDUSTRY }
}

fn division(text: Option<&str>) -> u32 {
    text.filter(|text| text.len() == 6).and_then(|text| text.parse().ok()).unwrap_or(NO_DIVISION)
}

/// A valid code: the one given, or one that begins as given and ends in the party's number, so that parties mentioned
/// earlier have smaller codes.
fn code(text: Option<&str>, party: usize) -> Uscc {
    let given = text.unwrap_or(ENTERPRISE);
    if let Ok(code) = Uscc::parse(given) {
        return code;
    }
    let start: String = given.chars().take(13).collect();
    let from = |start: &str| Uscc::complete(&format!("{start:0<13}{:04}", party % 10_000));
    from(&start).or_else(|| from(ENTERPRISE)).expect("digits alone are always a code once the check digit is added")
}
