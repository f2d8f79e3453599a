//! One fact that a rule reads, as a question: its control, what may be typed into it, and what is wrong with what was.

use chrono::NaiveDate;
use duixian_casework::case::CellRef;
use duixian_casework::moment::Moment;
use duixian_casework::stated::{self, FIRST_DAY};
use duixian_facts::form::canonical_cell;
use duixian_facts::report::RowErrorKind;
use duixian_money::Fen;
use duixian_rules::pack::Pack;
use duixian_rules::plan::FactSlot;
use duixian_rules::vocabulary::{Column, ColumnType, Empty, Name, Table, Vocabulary};
use duixian_text::whole_number;

use super::cells;
use super::said::said;
use crate::format;
use crate::forms::{Choice, Field, read_money};
use crate::locale::{Lang, Text};

/// The longest text that is kept of a cell, in characters: what is typed into a form is not a document.
pub const LONGEST: usize = 500;

/// One fact that a measure reads.
#[derive(Clone, Debug)]
pub struct Question {
    /// Its place in the form, from 1: the same as long as the case's round is, so that it can stand in addresses.
    pub number: usize,
    /// The cell.
    pub cell: CellRef,
    /// The same by index.
    pub slot: FactSlot,
    /// The names of its table.
    pub table: Name,
    /// Its column.
    pub column: Column,
    /// Whether the row cannot be read without it.
    pub is_required: bool,
    /// What the registry knows.
    pub known: Option<Known>,
    /// The words of which one is to be chosen, by their places in the column's list: where the measure means no others, an
    /// answer with another word would only lead nowhere. All of them if none.
    pub offered: Option<Vec<i64>>,
}

/// What the registry says of a cell.
#[derive(Clone, Debug)]
pub struct Known {
    /// The value in canonical form; empty says that it has not happened, or is shared with nothing.
    pub value: String,
    /// Where it comes from.
    pub source: Name,
    /// When it was recorded.
    pub recorded_at: Moment,
}

/// Whether a column is the row's name or its party, which is no question.
pub fn names_the_row(table: &Table, column: usize) -> bool {
    table.key.contains(&column) || table.columns[column].ty == ColumnType::Party
}

impl Question {
    /// The field's name and id on the page.
    pub fn field(&self) -> String {
        format!("f{}", self.number)
    }

    /// What is asked: `级别`.
    pub fn label(&self) -> Text {
        cells::name(&self.column.name)
    }

    /// Its row: `认定 GR201852000123`.
    pub fn row_label(&self) -> Text {
        let row = if self.cell.row.is_empty() { String::new() } else { format!(" {}", self.cell.row) };
        Text::new(format!("{}{row}", self.table.zh), format!("{}{row}", self.table.in_english()))
    }

    /// With its table, where it stands among others: `认定 · 级别`.
    pub fn full_label(&self) -> Text {
        let row = self.row_label();
        Text::new(
            format!("{} · {}", row.zh, self.column.name.zh),
            format!("{} · {}", row.en, self.column.name.in_english()),
        )
    }

    /// Where what the registry says comes from, and since when.
    pub fn source(&self) -> Text {
        let Some(known) = &self.known else { return Text::default() };
        let day = known.recorded_at.day();
        Text::new(
            format!("{}，{}登记", known.source.zh, format::date(Lang::Zh, day)),
            format!("{}, recorded {}", known.source.en, format::date(Lang::En, day)),
        )
    }

    /// A cell's value for reading.
    pub fn value_text(&self, vocabulary: &Vocabulary, value: &str) -> Text {
        cells::value(vocabulary, self.slot.table, self.slot.column, value)
    }

    /// The control by which it is answered.
    pub fn control(&self, vocabulary: &Vocabulary, name: &str, label: Text, today: NaiveDate) -> Field {
        control(vocabulary, self, name, label.headed(), today)
    }

    /// Whether it may be answered that it has not happened. What the registry knows is known either way.
    pub fn may_not_have_happened(&self) -> bool {
        self.column.empty == Empty::NotHappened && self.known.is_none()
    }

    /// The name of the box by which it is answered so: an empty field answers nothing.
    pub fn not_happened(&self) -> String {
        format!("n{}", self.number)
    }

    /// Whether it asks until when something lasts.
    pub fn is_term(&self) -> bool {
        stated::is_term(&self.column)
    }

    /// The only word that can be answered, where there is but one.
    pub fn only_word(&self, vocabulary: &Vocabulary) -> Option<String> {
        match self.words(vocabulary).as_slice() {
            [word] => Some(word.en.clone()),
            _ => None,
        }
    }

    /// The words that can be answered.
    pub fn words<'v>(&self, vocabulary: &'v Vocabulary) -> Vec<&'v Name> {
        let ColumnType::Word(list) = self.column.ty else { return Vec::new() };
        let words = vocabulary.word_lists.get(list).map(|list| list.words.as_slice()).unwrap_or_default();
        let is_offered = |place: usize| self.offered.as_ref().is_none_or(|offered| offered.contains(&(place as i64)));
        words.iter().enumerate().filter(|(place, _)| is_offered(*place)).map(|(_, word)| word).collect()
    }

    /// What was typed, as it is kept: in the form that data have, or as typed where it is no value, and then what is wrong.
    pub fn read(&self, vocabulary: &Vocabulary, typed: &str, today: NaiveDate) -> (String, Option<Text>) {
        let typed = typed.trim();
        if typed.is_empty() {
            return (String::new(), None);
        }
        let value = self.plain(typed).and_then(|plain| {
            canonical_cell(vocabulary, self.slot.table, self.slot.column, &plain).map_err(|error| error_text(&error))
        });
        match value {
            Ok(value) => {
                let error = self.wrong(vocabulary, &value, today);
                (value, error)
            }
            Err(error) => {
                let kept = typed.chars().filter(|one| !one.is_control() || *one == '\n').take(LONGEST).collect();
                (kept, Some(error))
            }
        }
    }

    /// What was typed, as the column's own check reads it: data know plain yuan and digits alone. An amount may be written as in
    /// every other form, `30万` too, and as rules write it, `1.3亿`; a class as it stands on a certificate, `三类`.
    fn plain(&self, typed: &str) -> Result<String, Text> {
        match self.column.ty {
            ColumnType::Money => read_money(typed).map(Fen::to_yuan_string),
            ColumnType::Count => Ok(whole_number(typed).unwrap_or_else(|| typed.to_owned())),
            _ => Ok(typed.to_owned()),
        }
    }

    /// What is wrong with a value that was kept; nothing where it is sound or empty. What the store refuses, and in its words, but for what
    /// a form takes that data do not: that is told as its field tells it.
    pub fn wrong(&self, vocabulary: &Vocabulary, value: &str, today: NaiveDate) -> Option<Text> {
        let words = stated::wrong(vocabulary, self.slot, value, today)?;
        Some(self.plain(value).err().unwrap_or_else(|| Text::new(words.0, words.1)))
    }
}

fn error_text(error: &RowErrorKind) -> Text {
    Text::new(sentence(error.message(Lang::Zh), "。"), sentence(error.message(Lang::En), "."))
}

/// The control of a column. It says what may be typed; what was typed is judged by the column itself.
fn control(vocabulary: &Vocabulary, question: &Question, name: &str, label: Text, today: NaiveDate) -> Field {
    let column = &question.column;
    let field = match column.ty {
        ColumnType::Money => Field::money(name, label).hint((
            "单位是元，例如 300000，也可以写 30万、1.3亿。",
            "In yuan, such as 300000; 30万 or 1.3亿 will do as well.",
        )),
        ColumnType::Date => Field::date(name, label).days(Some(FIRST_DAY), Some(today).filter(|_| !question.is_term())),
        ColumnType::Count if column.name.zh.contains('类') => Field::whole(name, label)
            .hint(("写数字，例如 3；写成“三类”“Ⅲ”也可以。", "A number, such as 3; 三类 or Ⅲ will do as well.")),
        ColumnType::Count => Field::whole(name, label),
        ColumnType::Bool => {
            Field::radios(name, label, vec![Choice::new("true", ("是", "Yes")), Choice::new("false", ("否", "No"))])
        }
        ColumnType::Word(_) => {
            let words = question.words(vocabulary).into_iter();
            let choices: Vec<Choice> = words.map(|word| Choice::new(word.en.clone(), cells::name(word))).collect();
            if choices.len() > 8 { Field::select(name, label, choices) } else { Field::radios(name, label, choices) }
        }
        ColumnType::Year => Field::whole(name, label).hint(("四位数字，例如 2018。", "Four digits, such as 2018.")),
        ColumnType::Percent => Field::text(name, label).hint(("百分数，例如 12.5%。", "In percent, such as 12.5%.")),
        ColumnType::Decimal => Field::text(name, label).hint(("数字，最多六位小数。", "A number, up to six decimals.")),
        ColumnType::Industry => Field::text(name, label).hint((
            "国民经济行业分类代码（GB/T 4754），两到四位数字，营业执照或统计报表上有。",
            "The industry code of GB/T 4754: two to four digits.",
        )),
        ColumnType::Division => Field::text(name, label).hint(("六位行政区划代码。", "The division code, six digits.")),
        ColumnType::Party => Field::text(name, label).hint(("18 位统一社会信用代码。", "18 characters.")),
        ColumnType::Text => Field::text(name, label),
    };
    let field = field.max_chars(LONGEST);
    match column.empty {
        Empty::Own => field.optional().hint((
            "与别的申报是同一项目或同一平台的，填写共同的编号；不是的，留空。",
            "Give the common name where it is one project or platform with another; otherwise leave empty.",
        )),
        _ => field.optional(),
    }
}

fn sentence(text: String, end: &str) -> String {
    if text.ends_with(['。', '.', '！', '？']) { text } else { text + end }
}

/// What stands in a control for what was kept: dates and words as they are, amounts without needless decimals.
pub fn typed_text(column: &Column, value: &str) -> String {
    match column.ty {
        ColumnType::Money => value.strip_suffix(".00").unwrap_or(value).to_owned(),
        _ => value.to_owned(),
    }
}

/// What a fact is called in a language, for lists of what is missing.
pub fn slot_text(vocabulary: &Vocabulary, slot: FactSlot, lang: Lang) -> String {
    let table = &vocabulary.tables[slot.table];
    cells::name(&table.columns[slot.column].name).get(lang).to_owned()
}

/// What the pack says a fact is: a reading of the measure's clause that begins with its name, `达产日指……`; empty where it says
/// nothing.
pub fn meaning(pack: &Pack, clause: &str, column: &Column) -> Text {
    let name = &column.name.zh;
    let readings = pack.readings(clause);
    let mut defining =
        readings.into_iter().filter(|text| text.strip_prefix(name.as_str()).is_some_and(|rest| rest.starts_with('指')));
    defining.next().map_or_else(Text::default, |text| said(&pack.plan.english, text))
}

/// That something is said to have happened and not to have.
pub fn both() -> Text {
    (
        "既填了内容，又勾选了“没有发生”，请只留一个。",
        "It is filled in, and the box says that it has not happened: leave one of the two.",
    )
        .into()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use duixian_rules::vocabulary::{TableKind, WordList};

    use super::*;
    use crate::forms::Kind;

    /// A question about a column, with its vocabulary.
    fn about(name: Name, ty: ColumnType) -> (Question, Vocabulary) {
        let column = Column { name, ty, empty: Empty::Unknown };
        let table = Table {
            name: Name::new("经营", "business"),
            kind: TableKind::Party,
            columns: vec![column.clone()],
            key: vec![0],
        };
        let question = Question {
            number: 1,
            cell: CellRef { table: "business".to_owned(), row: String::new(), column: column.name.en.clone() },
            slot: FactSlot { table: 0, column: 0 },
            table: table.name.clone(),
            column,
            is_required: false,
            known: None,
            offered: None,
        };
        (question, Vocabulary { tables: vec![table], ..Vocabulary::default() })
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    #[test]
    fn nothing_is_stated_that_has_not_happened_or_happened_before_all_memory() {
        let today = day("2019-06-03");
        let (filed, vocabulary) = about(Name::new("申请日", "filed_on"), ColumnType::Date);
        for (typed, zh) in
            [("2099-01-01", "不能晚于今天"), ("2019-06-04", "不能晚于今天"), ("1800-1-1", "不能早于1949年")]
        {
            let (kept, error) = filed.read(&vocabulary, typed, today);
            let error = error.expect("out of time");
            assert!(error.zh.contains(zh), "{typed}: {}", error.zh);
            assert_eq!(filed.wrong(&vocabulary, &kept, today), Some(error), "kept, and wrong at the end too");
        }
        for typed in ["2019-06-03", "1949-10-01"] {
            assert_eq!(filed.read(&vocabulary, typed, today), (typed.to_owned(), None));
        }
        let (valid, vocabulary) = about(Name::new("有效期止", "valid_until"), ColumnType::Date);
        assert_eq!(valid.read(&vocabulary, "2022-01-01", today).1, None, "a term may end later");
    }

    #[test]
    fn an_amount_is_taken_as_its_hint_offers_and_its_error_says_the_same() {
        let (question, vocabulary) = about(Name::new("销售额", "sales"), ColumnType::Money);
        let today = day("2019-06-03");
        for (typed, value) in [
            ("30万", "300000.00"),
            ("30.5万元", "305000.00"),
            ("３０００元", "3000.00"),
            ("1,234.5", "1234.50"),
            ("1.3亿", "130000000.00"),
        ] {
            assert_eq!(question.read(&vocabulary, typed, today), (value.to_owned(), None), "{typed}");
        }
        let (kept, error) = question.read(&vocabulary, "三十万", today);
        let error = error.expect("that is no amount");
        assert!(kept == "三十万" && error.zh.contains("30万"), "{}", error.zh);
    }

    #[test]
    fn a_class_is_taken_as_it_stands_on_a_certificate() {
        let (question, vocabulary) = about(Name::new("类号", "class"), ColumnType::Count);
        let today = day("2019-06-03");
        for typed in ["3", "三类", "Ⅲ", "第3类"] {
            let (kept, error) = question.read(&vocabulary, typed, today);
            assert_eq!((kept.as_str(), error), ("3", None), "{typed}");
        }
        assert!(question.read(&vocabulary, "三或四类", today).1.is_some());
        let field = question.control(&vocabulary, "f1", question.label(), today);
        assert!(field.hint.zh.contains("三类"), "{}", field.hint.zh);
    }

    #[test]
    fn only_words_that_the_measure_means_are_offered() {
        let words = ["centre", "laboratory", "high_tech"].map(|word| Name::new(word, word)).to_vec();
        let (question, vocabulary) = about(Name::new("类别", "kind"), ColumnType::Word(0));
        let list = WordList { name: Name::new("类别", "kinds"), words };
        let vocabulary = Vocabulary { word_lists: vec![Arc::new(list)], ..vocabulary };
        let with = |offered: Option<Vec<i64>>| Question { offered, ..question.clone() };
        let choices = |question: Question| {
            let field = question.control(&vocabulary, "f1", question.label(), day("2019-06-03"));
            match field.kind {
                Kind::Radios(choices) => choices.into_iter().map(|choice| choice.value).collect::<Vec<_>>(),
                _ => Vec::new(),
            }
        };
        assert_eq!(choices(with(None)).len(), 3);
        assert_eq!(choices(with(Some(vec![0, 1]))), ["centre", "laboratory"]);
        assert_eq!(with(Some(vec![0, 1])).only_word(&vocabulary), None);
        assert_eq!(with(Some(vec![2])).only_word(&vocabulary).as_deref(), Some("high_tech"));
    }
}
