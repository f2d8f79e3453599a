//! What an applicant states of a cell, held against what its column can hold and against the calendar. A draft keeps whatever was typed,
//! so that nothing is lost; nothing wrong is sent, wherever it is sent from.

use chrono::{Datelike, NaiveDate};
use duixian_facts::check_cell;
use duixian_facts::report::RowErrorKind;
use duixian_money::Fen;
use duixian_rules::plan::FactSlot;
use duixian_rules::vocabulary::{Column, ColumnType, Empty, Lang, Vocabulary};

use crate::case::{Case, Statement};
use crate::refusal::Refusal;

/// The first day that is taken for a date: nobody who applies is older than the republic.
pub const FIRST_DAY: NaiveDate = NaiveDate::from_ymd_opt(1949, 10, 1).expect("a day of the calendar");

/// Whether a column says until when something lasts: that may lie ahead. All other days say when something happened. Vocabularies name
/// such columns so (`有效期止 (valid_until)`).
pub fn is_term(column: &Column) -> bool {
    let name = &column.name;
    column.ty == ColumnType::Date && (name.en.ends_with("until") || name.zh.ends_with('止'))
}

/// Whether an amount may lie below nothing: a profit may be a loss, and what grows may shrink. Vocabularies have no mark for that, so that the
/// column's name decides (`利润 (profit)`, `产值增量 (output_growth)`); what was spent, sold or paid is never less than nothing.
fn may_be_negative(column: &Column) -> bool {
    let zh = ["利润", "盈", "亏", "净", "增长", "增量", "增减", "差额", "变动"];
    let en = ["profit", "loss", "net", "growth", "increase", "change", "difference"];
    zh.iter().any(|word| column.name.zh.contains(word)) || column.name.en.split('_').any(|word| en.contains(&word))
}

/// Why an amount can't be what is stated, in the words in which a count below nothing is refused.
fn below_nothing(column: &Column, value: &str) -> Option<(String, String)> {
    let amount = Fen::parse_yuan(value).ok().filter(|_| column.ty == ColumnType::Money)?;
    (amount < Fen(0) && !may_be_negative(column)).then(|| told(&RowErrorKind::Negative))
}

/// Why a value can't be what is stated of a cell, as a sentence in Chinese and in English; none where it can, or says nothing.
pub fn wrong(vocabulary: &Vocabulary, slot: FactSlot, value: &str, today: NaiveDate) -> Option<(String, String)> {
    if value.is_empty() {
        return None;
    }
    let column = &vocabulary.tables[slot.table].columns[slot.column];
    match check_cell(vocabulary, slot.table, slot.column, value) {
        Ok(()) => below_nothing(column, value).or_else(|| out_of_time(column, value, today)),
        Err(error) => Some(told(&error)),
    }
}

/// What is wrong with a cell, as sentences.
fn told(error: &RowErrorKind) -> (String, String) {
    let sentence = |text: String, end: &str| if text.ends_with(['。', '.', '！', '？']) { text } else { text + end };
    (sentence(error.message(Lang::Zh), "。"), sentence(error.message(Lang::En), "."))
}

/// Why a day can't be that of what is stated.
fn out_of_time(column: &Column, value: &str, today: NaiveDate) -> Option<(String, String)> {
    let day: NaiveDate = value.parse().ok().filter(|_| column.ty == ColumnType::Date)?;
    let zh = |day: NaiveDate| format!("{}年{}月{}日", day.year(), day.month(), day.day());
    let en = |day: NaiveDate| day.format("%-d %B %Y");
    if day < FIRST_DAY {
        return Some((
            format!("不能早于{}，请检查年份。", zh(FIRST_DAY)),
            format!("It must not be before {}: check the year.", en(FIRST_DAY)),
        ));
    }
    (day > today && !is_term(column)).then(|| {
        (
            format!("不能晚于今天（{}）：还没有发生的事不能填。", zh(today)),
            format!("It must not be after today, {}: what has not happened yet can't be stated.", en(today)),
        )
    })
}

/// What a dispute of the registry lacks: what should stand there, or why.
fn half_a_dispute(column: &Column, statement: &Statement) -> Option<(&'static str, &'static str)> {
    let grounds = statement.dispute.as_deref()?;
    if statement.value.is_empty() && matches!(column.empty, Empty::Unknown | Empty::Required) {
        return Some(("请写明应当是什么。", "Say what it should be."));
    }
    grounds.trim().is_empty().then_some(("请写明为什么登记的不对。", "Say why the registry is wrong."))
}

/// That a case can't be sent because of what is stated in it, with all of it that is wrong; none where nothing is.
pub fn all_wrong(vocabulary: &Vocabulary, case: &Case, today: NaiveDate) -> Option<Refusal> {
    let (mut zh, mut en) = (Vec::new(), Vec::new());
    for (cell, statement) in &case.statements {
        let Some(table) = vocabulary.table(&cell.table) else { continue };
        let declared = &vocabulary.tables[table];
        let Some(column) = declared.column(&cell.column) else { continue };
        let wrong = wrong(vocabulary, FactSlot { table, column }, &statement.value, today);
        let half = || half_a_dispute(&declared.columns[column], statement);
        let Some(words) = wrong.or_else(|| half().map(|(zh, en)| (zh.to_owned(), en.to_owned()))) else { continue };
        let row = if cell.row.is_empty() { String::new() } else { format!(" {}", cell.row) };
        let name = &declared.columns[column].name;
        zh.push(format!("{}{row} · {}：{}", declared.name.zh, name.zh, words.0));
        en.push(format!("{}{row} · {}: {}", declared.name.in_english(), name.in_english(), words.1));
    }
    (!zh.is_empty()).then(|| Refusal::FactsWrong(zh.concat(), en.join(" ")))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use duixian_rules::vocabulary::{Empty, Name, Table, TableKind, WordList};

    use super::*;
    use crate::case::{CaseId, CellRef, Statement, Subject};
    use crate::moment::Moment;
    use crate::people::UserId;

    fn vocabulary() -> Vocabulary {
        let column = |zh: &str, en: &str, ty| Column { name: Name::new(zh, en), ty, empty: Empty::Unknown };
        let columns = vec![
            column("编号", "id", ColumnType::Text),
            column("申请日", "filed_on", ColumnType::Date),
            column("有效期止", "valid_until", ColumnType::Date),
            column("级别", "level", ColumnType::Word(0)),
            column("金额", "amount", ColumnType::Money),
            column("净利润", "net_profit", ColumnType::Money),
        ];
        let table = Table { name: Name::new("认定", "recognitions"), kind: TableKind::Event, columns, key: vec![0] };
        let words = ["national", "provincial"].map(|word| Name::new(word, word)).to_vec();
        let list = WordList { name: Name::new("级别表", "levels"), words };
        Vocabulary { tables: vec![table], word_lists: vec![Arc::new(list)], ..Vocabulary::default() }
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    fn refusal(stated: &[(&str, &str)]) -> Option<Refusal> {
        let stated: Vec<_> = stated.iter().map(|(column, value)| (*column, *value, None)).collect();
        refusal_of(&stated)
    }

    fn refusal_of(stated: &[(&str, &str, Option<&str>)]) -> Option<Refusal> {
        let subject = Subject {
            party: "p".to_owned(),
            measure: "m".to_owned(),
            basis: "R1".to_owned(),
            year: 2019,
            round: 1,
            fund: String::new(),
        };
        let mut case = Case::open(CaseId(1), subject, UserId(1), Moment(0));
        let cell = |column: &str| CellRef {
            table: "recognitions".to_owned(),
            row: "R1".to_owned(),
            column: column.to_owned(),
        };
        let said = |value: &str, grounds: Option<&str>| Statement {
            value: value.to_owned(),
            dispute: grounds.map(str::to_owned),
            by: UserId(1),
            at: Moment(0),
            finding: None,
        };
        let cells = stated.iter().map(|(column, value, grounds)| (cell(column), said(value, *grounds)));
        case.statements = cells.collect::<BTreeMap<_, _>>();
        all_wrong(&vocabulary(), &case, day("2019-06-03"))
    }

    #[test]
    fn what_cant_be_is_told_all_at_once_and_what_can_is_not() {
        for good in ["2019-06-03", "1949-10-01", ""] {
            assert_eq!(refusal(&[("filed_on", good), ("valid_until", "2029-01-01"), ("level", "national")]), None);
        }
        assert_eq!(refusal(&[("net_profit", "-500.00"), ("amount", "0.00")]), None, "a profit may be a loss");
        assert_eq!(refusal(&[("no_such", "x")]), None, "what no rule knows is not read");
        for (column, value, zh, en) in [
            ("filed_on", "2019-06-04", "申请日：不能晚于今天（2019年6月3日）", "must not be after today, 3 June 2019"),
            ("filed_on", "1800-01-01", "申请日：不能早于1949年10月1日", "must not be before 1 October 1949"),
            ("valid_until", "1800-01-01", "有效期止：不能早于", "(valid_until): It must not be before"),
            ("filed_on", "soon", "申请日：不是日历上的日期", "not a day of the calendar"),
            ("level", "galactic", "级别：不在“级别表”之列", "not a word of levels"),
            ("amount", "-500.00", "金额：不能为负，请核对", "it cannot be negative; check it"),
            ("amount", "30万", "金额：不是金额", "not an amount"),
            ("amount", "99999999999999999999", "金额：数太大", "too large a number"),
        ] {
            let Some(Refusal::FactsWrong(told, english)) = refusal(&[(column, value)]) else {
                panic!("{column} {value} was let through")
            };
            assert!(told.starts_with(&format!("认定 R1 · {zh}")) && told.ends_with('。'), "{told}");
            assert!(english.contains(en) && english.ends_with('.'), "{english}");
        }
        let both = refusal(&[("filed_on", "2019-06-04"), ("level", "galactic")]).expect("refused");
        let told = both.text(Lang::Zh);
        assert!(told.contains("申请日") && told.contains("级别：") && told.starts_with("填报的内容不能用"), "{told}");
    }

    #[test]
    fn a_dispute_says_what_should_stand_there_and_why() {
        assert_eq!(refusal_of(&[("filed_on", "2019-06-03", Some("受理通知书上是这天"))]), None);
        for (value, grounds, told) in [("2019-06-03", " ", "为什么登记的不对"), ("", "登记的不对", "应当是什么")]
        {
            let Some(Refusal::FactsWrong(zh, _)) = refusal_of(&[("filed_on", value, Some(grounds))]) else {
                panic!("let through: {told}")
            };
            assert!(zh.contains(told), "{zh}");
        }
    }
}
