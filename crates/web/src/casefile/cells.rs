//! Cells of facts as people read them, from the canonical text that data have.

use duixian_money::Fen;
use duixian_rules::vocabulary::{Column, ColumnId, ColumnType, Empty, Lang, Name, TableId, TableKind, Vocabulary};

use super::industry::division;
use crate::format;
use crate::forms::read_date;
use crate::locale::Text;

/// A name of the pack.
pub fn name(name: &Name) -> Text {
    Text::new(name.zh.clone(), name.in_english().into_owned())
}

/// A row of a party as its people know it: its number, its day, and what words and texts it has. Of accounts, the year alone. Of several
/// days, each says which it is.
pub fn row_name(vocabulary: &Vocabulary, table: TableId, key: &str, cells: &[String]) -> Text {
    let of = &vocabulary.tables[table];
    let says = |column: &Column| matches!(column.ty, ColumnType::Date | ColumnType::Word(_) | ColumnType::Text);
    let told = of.columns.iter().enumerate().zip(cells).filter(|((column, declared), cell)| {
        of.kind == TableKind::Event && !of.key.contains(column) && says(declared) && !cell.is_empty()
    });
    let told: Vec<_> = told.take(MOST_WORDS).collect();
    let is_day = |declared: &Column| declared.ty == ColumnType::Date;
    let has_several = told.iter().filter(|((_, declared), _)| is_day(declared)).count() > 1;
    let told = told.into_iter().map(|((column, declared), cell)| {
        let text = value(vocabulary, table, column, cell);
        if !(has_several && is_day(declared)) {
            return text;
        }
        let name = name(&declared.name);
        Text::new(format!("{}{}", name.zh, text.zh), format!("{} {}", name.en, text.en))
    });
    let (mut zh, mut en) = (key.to_owned(), key.to_owned());
    for text in told {
        zh = format!("{zh}　{}", text.zh);
        en = format!("{en}, {}", text.en);
    }
    Text::new(zh, en)
}

/// How many cells a row is recognised by.
const MOST_WORDS: usize = 3;

/// What stands in a cell. An empty one says what its column means by that.
pub fn value(vocabulary: &Vocabulary, table: TableId, column: ColumnId, text: &str) -> Text {
    let Some(declared) = vocabulary.tables.get(table).and_then(|table| table.columns.get(column)) else {
        return Text::same(text.to_owned());
    };
    if text.is_empty() {
        return match declared.empty {
            Empty::NotHappened => ("没有发生", "has not happened").into(),
            Empty::Own => ("自成一项", "one of its own").into(),
            Empty::Unknown | Empty::Required => ("空缺", "missing").into(),
        };
    }
    let both = |zh: String, en: String| Text::new(zh, en);
    match declared.ty {
        ColumnType::Money => match Fen::parse_yuan(text) {
            Ok(amount) => both(format::yuan(Lang::Zh, amount), format::yuan(Lang::En, amount)),
            Err(_) => Text::same(text.to_owned()),
        },
        ColumnType::Date => match read_date(text) {
            Ok(day) => both(format::date(Lang::Zh, day), format::date(Lang::En, day)),
            Err(_) => Text::same(text.to_owned()),
        },
        ColumnType::Year => both(format!("{text}年"), text.to_owned()),
        ColumnType::Bool if text == "true" => ("是", "yes").into(),
        ColumnType::Bool => ("否", "no").into(),
        ColumnType::Word(list) => {
            let words = vocabulary.word_lists.get(list).map(|list| list.words.as_slice()).unwrap_or_default();
            words.iter().find(|word| word.en == text).map_or_else(|| Text::same(text.to_owned()), name)
        }
        ColumnType::Percent if !text.ends_with('%') => Text::same(format!("{text}%")),
        // All by the same standard: a pack names only the industries that it is about.
        ColumnType::Industry => match division(text) {
            Some(division) => both(format!("{text} {}", division.zh), format!("{text} {}", division.en)),
            None => Text::same(text.to_owned()),
        },
        ColumnType::Division => match vocabulary.group_with(declared.ty, text) {
            Some(group) => both(format!("{text} {}", group.zh), format!("{text} {}", group.in_english())),
            None => Text::same(text.to_owned()),
        },
        ColumnType::Percent | ColumnType::Decimal | ColumnType::Count | ColumnType::Text | ColumnType::Party => {
            Text::same(text.to_owned())
        }
    }
}
