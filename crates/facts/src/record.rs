//! One row of facts as one CSV record, the form in which a database keeps it: cells in the order of the vocabulary, each as
//! `docs/reference/data.md` writes it. What is written here loads as it was ([`crate::TableText::from_records`]).

use std::io::Read as _;
use std::sync::Arc;

use duixian_money::Fen;
use duixian_rules::vocabulary::{ColumnType, Table, TableId, TableKind, Vocabulary, WordList};

use crate::cells::date_text;
use crate::table::{Cell, Facts};

/// A table's heading: the English names of its columns.
pub fn heading(table: &Table) -> String {
    let names: Vec<Option<&str>> = table.columns.iter().map(|column| Some(column.name.en.as_str())).collect();
    write(&names)
}

/// Cells as a record, without a line break after it. A cell that is `None` is empty. A cell may itself hold commas,
/// quotation marks and line breaks.
pub fn write(cells: &[Option<&str>]) -> String {
    // As with reading: nearly all cells are plain, and stand as they are.
    let is_plain = |cell: &Option<&str>| !cell.is_some_and(|cell| cell.contains([',', '"', '\r', '\n']));
    if cells.len() > 1 && cells.iter().all(is_plain) {
        let cells: Vec<&str> = cells.iter().map(|cell| cell.unwrap_or_default()).collect();
        return cells.join(",");
    }
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(cells.iter().map(|cell| cell.unwrap_or_default())).expect("memory takes any record");
    let mut bytes = writer.into_inner().expect("memory takes any record");
    bytes.pop();
    String::from_utf8(bytes).expect("cells are UTF-8, and so are commas and quotation marks")
}

/// The cells of a record; of a text that holds several, those of the first.
pub fn read(record: &str) -> Vec<String> {
    // Nearly all records are plain, and a party has hundreds: a reader is made only for what needs one.
    if !record.is_empty() && !record.contains(['"', '\r', '\n']) {
        return record.split(',').map(str::to_owned).collect();
    }
    // A byte order mark is dropped at the start of a text only, where one in a first cell must not stand.
    let text = b"\n".chain(record.as_bytes());
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text);
    let first = reader.records().next().and_then(Result::ok).unwrap_or_default();
    first.iter().map(str::to_owned).collect()
}

/// The cells of a row that was loaded, in the vocabulary's order, as data files write them: `12345.60`, `2017-06-30`, the
/// English word, the code; empty where the cell is, or where the column was not kept. An industry's section letter, which
/// its digits imply, is left out.
pub fn cells_of(vocabulary: &Vocabulary, facts: &Facts, table: TableId, row: usize) -> Vec<String> {
    let (declared, rows) = (&vocabulary.tables[table], facts.table(table));
    let cell = |(id, column): (usize, &duixian_rules::vocabulary::Column)| {
        let is_foreign = column.ty == ColumnType::Party && declared.kind != TableKind::Party;
        if is_foreign {
            party_code(vocabulary, facts, rows.party[row])
        } else {
            text(vocabulary, column.ty, &rows.cell(id, row))
        }
    };
    declared.columns.iter().enumerate().map(cell).collect()
}

/// A party's code, by its row in the party table.
fn party_code(vocabulary: &Vocabulary, facts: &Facts, party: u32) -> String {
    let place = vocabulary.party_table().and_then(|table| Some((table, vocabulary.tables[table].party_column()?)));
    let code = place.map(|(table, column)| facts.table(table).cell(column, party as usize));
    code.map_or_else(String::new, |code| text(vocabulary, ColumnType::Party, &code))
}

/// A cell as data files write it.
pub(crate) fn text(vocabulary: &Vocabulary, ty: ColumnType, cell: &Cell<'_>) -> String {
    let list = if let ColumnType::Word(list) = ty { vocabulary.word_lists.get(list).map(Arc::as_ref) } else { None };
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => text.clone().into_owned(),
        Cell::Number(number) => number_text(ty, list, *number),
    }
}

fn number_text(ty: ColumnType, list: Option<&WordList>, number: i64) -> String {
    match ty {
        ColumnType::Money => Fen(number).to_yuan_string(),
        ColumnType::Percent => fixed_point(number, 4),
        ColumnType::Decimal => fixed_point(number, 6),
        ColumnType::Date => i32::try_from(number).map_or_else(|_| number.to_string(), date_text),
        ColumnType::Bool => (number == 1).to_string(),
        ColumnType::Word(_) => {
            let word = usize::try_from(number).ok().and_then(|index| list?.words.get(index));
            word.map_or_else(String::new, |word| word.en.clone())
        }
        _ => number.to_string(),
    }
}

/// A number in units of its last place, without zeros at the end.
fn fixed_point(number: i64, decimals: usize) -> String {
    let sign = if number < 0 { "-" } else { "" };
    let digits = format!("{:0width$}", number.unsigned_abs(), width = decimals + 1);
    let (whole, fraction) = digits.split_at(digits.len() - decimals);
    let fraction = fraction.trim_end_matches('0');
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}
