//! One cell as a person types it into a form: checked as a file's cell would be, and put into the one form that data have.

use duixian_rules::vocabulary::{Column, ColumnId, ColumnType, Empty, Table, TableId, Vocabulary};

use crate::chunk::Cells;
use crate::heading::Bound;
use crate::report::RowErrorKind;
use crate::{cells, limits, record, table};

/// Checks one cell as a load would: its type, its words, whether it may be empty. Whether a code is a party's and whether a
/// key is free hang on other rows, and are not asked here.
pub fn check_cell(vocabulary: &Vocabulary, table: TableId, column: ColumnId, text: &str) -> Result<(), RowErrorKind> {
    typed(vocabulary, table, column, text).map(drop)
}

/// A cell as data have it, from what a person typed: full-width digits, `2017/5/3` and `2017年5月3日`, `1,234.50` and
/// `¥1234.50`, words in Chinese, 是 and 否 are taken too. What comes out passes [`check_cell`], loads, and comes out
/// unchanged when put in again.
pub fn canonical_cell(
    vocabulary: &Vocabulary,
    table: TableId,
    column: ColumnId,
    typed_text: &str,
) -> Result<String, RowErrorKind> {
    let declared = &vocabulary.tables[table].columns[column];
    typed(vocabulary, table, column, &as_data(vocabulary, declared, typed_text)?)
}

/// Whether a cell of this column must not be empty.
pub fn is_required(table: &Table, column: ColumnId) -> bool {
    let declared = &table.columns[column];
    table.key.contains(&column) || declared.ty == ColumnType::Party || declared.empty == Empty::Required
}

/// The canonical text of a cell that is as data have it.
fn typed(vocabulary: &Vocabulary, table: TableId, column: ColumnId, text: &str) -> Result<String, RowErrorKind> {
    if text.len() > limits::CELL_BYTES {
        return Err(RowErrorKind::TooLong { most: limits::CELL_BYTES });
    }
    let bound = Bound::new(vocabulary, table, column);
    let mut cells = Cells::alone(&bound);
    cells.push(text)?;
    let one = table::Table { rows: 1, columns: vec![cells.take()], ..table::Table::default() };
    Ok(record::text(vocabulary, bound.ty, &one.cell(0, 0)))
}

/// What a person typed, as near to data as it can be read; what cannot be read stays, so that the check names it.
fn as_data(vocabulary: &Vocabulary, column: &Column, text: &str) -> Result<String, RowErrorKind> {
    let text = cells::trim(text);
    if column.ty == ColumnType::Text {
        // A text area ends its lines in both characters. No other control character is ever typed on purpose.
        let text = text.replace("\r\n", "\n");
        let is_stray = |c: char| c.is_control() && c != '\n' && c != '\t';
        return if text.contains(is_stray) { Err(RowErrorKind::NotText) } else { Ok(text) };
    }
    let text: String = text.chars().map(narrow).collect();
    let text = cells::trim(&text);
    Ok(match column.ty {
        ColumnType::Money => {
            let number = text.strip_prefix(['¥', '￥']).unwrap_or(text);
            ungrouped(number.strip_suffix('元').unwrap_or(number).trim())
        }
        ColumnType::Count | ColumnType::Decimal => ungrouped(text),
        ColumnType::Date => date(text).unwrap_or_else(|| text.to_owned()),
        ColumnType::Year => text.strip_suffix('年').unwrap_or(text).trim_end().to_owned(),
        ColumnType::Bool => match text {
            "是" => "true".to_owned(),
            "否" => "false".to_owned(),
            _ => text.to_owned(),
        },
        ColumnType::Word(list) => {
            let words = vocabulary.word_lists.get(list).map(|list| list.words.as_slice()).unwrap_or_default();
            // An English word comes first, should another word be called so in Chinese.
            let chinese = || words.iter().find(|word| word.zh == text);
            words.iter().find(|word| word.en == text).or_else(chinese).map_or(text, |word| &word.en).to_owned()
        }
        ColumnType::Industry | ColumnType::Party => text.split_whitespace().collect::<String>().to_ascii_uppercase(),
        ColumnType::Percent | ColumnType::Division | ColumnType::Text => text.to_owned(),
    })
}

/// A full-width form of an ASCII character as that character.
fn narrow(character: char) -> char {
    match character {
        '\u{FF01}'..='\u{FF5E}' => {
            char::from_u32(u32::from(character) - 0xFEE0).expect("the full-width forms lie in ASCII's order")
        }
        '\u{3000}' => ' ',
        other => other,
    }
}

/// A number without the commas between its thousands, if that is what its commas are.
fn ungrouped(number: &str) -> String {
    let (whole, fraction) = number.split_at(number.find('.').unwrap_or(number.len()));
    let mut groups = whole.strip_prefix('-').unwrap_or(whole).split(',');
    let first = groups.next().unwrap_or_default();
    let well_formed = (1..=3).contains(&first.len()) && groups.all(|group| group.len() == 3) && !fraction.contains(',');
    if well_formed { number.replace(',', "") } else { number.to_owned() }
}

/// Year, month and day in one of the usual forms as `YYYY-MM-DD`; whether there is such a day is not asked.
fn date(text: &str) -> Option<String> {
    let parts: Vec<&str> = if let Some((year, rest)) = text.split_once('年') {
        let (month, day) = rest.split_once('月')?;
        vec![year, month, day.strip_suffix(['日', '号']).unwrap_or(day)]
    } else if text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        vec![&text[..4], &text[4..6], &text[6..]]
    } else {
        text.split(['/', '.', '-']).collect()
    };
    let [year, month, day] = parts[..] else { return None };
    let parts = [year, month, day].map(str::trim);
    let is_number = |(part, lengths): (&str, std::ops::RangeInclusive<usize>)| {
        lengths.contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    let [year, month, day] = parts;
    let all = [(year, 4..=4), (month, 1..=2), (day, 1..=2)].into_iter().all(is_number);
    all.then(|| format!("{year}-{month:0>2}-{day:0>2}"))
}
