//! What was answered: the form with what was typed into it, and what the rules can be asked with.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use duixian_casework::case::{CellRef, Statement};
use duixian_casework::dossier::Dossier;
use duixian_casework::moment::Moment;
use duixian_casework::people::UserId;
use duixian_rules::plan::Plan;
use duixian_rules::vocabulary::{ColumnType, Vocabulary};

use super::sheet::{Ask, Group, Sheet};
use super::starts::made;
use crate::casefile::question::{both, typed_text};
use crate::forms::{Choice, Field, Form, Kind, Posted};
use crate::locale::{Lang, Text};

/// The answers, by the name of the question: a value in canonical form or the word of a choice; empty says that it has not happened,
/// or that there is no such row. Questions that were left open are not among them.
pub(super) type Given = BTreeMap<String, String>;

/// The names of the fields of a group.
pub(super) fn names(group: &Group) -> Vec<String> {
    let asked = group.asks.iter().flat_map(|ask| {
        let none = ask.may_not_have_happened().then(|| ask.not_happened());
        std::iter::once(ask.name.clone()).chain(none)
    });
    asked.chain(group.other.iter().map(|row| row.none.clone())).collect()
}

/// The fields of a group.
fn fields_of_group(group: &Group, vocabulary: &Vocabulary, today: NaiveDate) -> Vec<Field> {
    let asked = group.asks.iter().flat_map(|ask| fields_of(ask, vocabulary, today));
    let none = group.other.iter().map(|row| Field::checkbox(&*row.none, row.says.clone()).optional());
    asked.chain(none).collect()
}

/// The control of a question and, where it may be that it has not happened, the box that says so.
fn fields_of(ask: &Ask, vocabulary: &Vocabulary, today: NaiveDate) -> Vec<Field> {
    let label = ask.label();
    let mut field = if ask.is_choice_of_starts() {
        choice_of_starts(ask)
    } else {
        ask.question.control(vocabulary, &ask.name, label.clone(), today)
    };
    let mut hints = vec![ask.meaning.clone(), field.hint.clone()];
    if !ask.starts.is_empty() && !ask.is_choice_of_starts() {
        hints.push(looked_for(ask));
    }
    let unknown = || Choice::new("", ("不知道", "I don't know"));
    if let Kind::Radios(choices) = &mut field.kind {
        choices.push(unknown());
    }
    let mut fields = Vec::new();
    if ask.may_not_have_happened() {
        hints.push(
            (
                "没有的，勾选下面一项；不知道的，空着。",
                "Tick the box below if there is none; leave it empty if you don't know.",
            )
                .into(),
        );
        let label = ask.question.label();
        let label = if ask.question.column.ty == ColumnType::Date {
            Text::new(format!("没有{}（没有发生）", label.zh), format!("No “{}”: it has not happened", label.en))
        } else {
            Text::new(format!("没有{}", label.zh), format!("No “{}”", label.en))
        };
        fields.push(Field::checkbox(ask.not_happened(), label).optional());
    }
    hints.retain(|hint| !hint.is_empty());
    let (zh, en): (Vec<String>, Vec<String>) =
        hints.into_iter().map(|hint| (hint.zh.into_owned(), hint.en.into_owned())).unzip();
    fields.insert(0, field.optional().hint(Text::new(zh.concat(), en.join(" "))));
    fields
}

fn choice_of_starts(ask: &Ask) -> Field {
    let choices: Vec<Choice> = ask.starts.iter().map(|start| Choice::new(&*start.value, start.text.clone())).collect();
    let label = ask.label();
    let hint: Text = if ask.is_code() {
        ("只看开头几位，不问是哪一家。", "Only how it begins: nobody asks whose it is.").into()
    } else {
        Text::default()
    };
    let field = if choices.len() > 8 {
        Field::select(&*ask.name, label, choices)
    } else {
        Field::radios(&*ask.name, label, choices)
    };
    field.hint(hint)
}

/// The beginnings that the rule looks for, where a code is typed.
fn looked_for(ask: &Ask) -> Text {
    // The last one is any other.
    let told = ask.starts.split_last().map_or(&[][..], |(_, told)| told);
    let (zh, en): (Vec<&str>, Vec<&str>) = told.iter().map(|start| (&*start.text.zh, &*start.text.en)).unzip();
    Text::new(format!("这项措施看的是：{}。", zh.join("、")), format!("The measure looks for: {}.", en.join(", ")))
}

/// The form with what was typed, and what of it is an answer. `first` stands before the questions.
pub(super) fn read(
    sheet: &Sheet,
    vocabulary: &Vocabulary,
    posted: &Posted,
    today: NaiveDate,
    lang: Lang,
    first: Option<Field>,
) -> (Form, Given) {
    let fields = sheet.groups.iter().flat_map(|group| fields_of_group(group, vocabulary, today));
    let mut form = Form::new(lang, first.into_iter().chain(fields).collect()).unmarked();
    let mut given = Given::new();
    for ask in sheet.asks() {
        let typed = posted.get(&ask.name);
        let (kept, error) =
            if ask.is_choice_of_starts() { chosen(ask, typed) } else { ask.question.read(vocabulary, typed, today) };
        let is_absent = ask.may_not_have_happened() && !posted.get(&ask.not_happened()).is_empty();
        let error = error.or_else(|| (is_absent && !kept.is_empty()).then(both));
        form = form.with(&ask.name, typed_text(&ask.question.column, &kept));
        if is_absent {
            form = form.with(&ask.not_happened(), "yes");
        }
        match error {
            Some(error) => form.error(&ask.name, error),
            None if is_absent || !kept.is_empty() => {
                given.insert(ask.name.clone(), kept);
            }
            None => {}
        }
    }
    for row in sheet.groups.iter().filter_map(|group| group.other.as_ref()) {
        if !posted.get(&row.none).is_empty() {
            form = form.with(&row.none, "yes");
            given.insert(row.none.clone(), String::new());
        }
    }
    (form, given)
}

/// One of the beginnings that are offered.
fn chosen(ask: &Ask, typed: &str) -> (String, Option<Text>) {
    let typed = typed.trim();
    match ask.starts.iter().find(|start| start.value == typed) {
        Some(start) => (start.value.clone(), None),
        None if typed.is_empty() => (String::new(), None),
        None => (String::new(), Some(("请从列出的选项中选择。", "Choose from what is listed.").into())),
    }
}

/// A made-up party of which no more is known than was answered: its code begins as it was said, and is nobody's.
pub(super) fn dossier(sheet: &Sheet, plan: &Plan, given: &Given) -> Dossier {
    let mut statements: BTreeMap<CellRef, Statement> = BTreeMap::new();
    // Who says it, and when, plays no part: nobody has said anything that is kept.
    let stated =
        |value: &str| Statement { value: value.to_owned(), dispute: None, by: UserId(0), at: Moment(0), finding: None };
    for (cell, word) in &sheet.fixed {
        statements.insert(cell.clone(), stated(word));
    }
    let mut party = None;
    let is_there = |group: &&Group| group.other.as_ref().is_none_or(|row| !given.contains_key(&row.none));
    for ask in sheet.groups.iter().filter(is_there).flat_map(|group| &group.asks) {
        let Some(value) = given.get(&ask.name) else { continue };
        // A beginning stands for a code that begins so.
        let value = ask.starts.iter().find(|start| start.value == *value).map_or(&**value, |start| &*start.code);
        if ask.is_code() {
            party = Some(value.to_owned());
        } else {
            statements.insert(ask.question.cell.clone(), stated(value));
        }
    }
    // Where the rule does not look at it, any code will do.
    let party = party.or_else(|| made(ColumnType::Party, "", &[])).unwrap_or_default();
    let others = sheet.groups.iter().filter(is_there).filter_map(|group| group.other.as_ref());
    others.fold(Dossier::of(plan, &party, [], &statements), |dossier, row| dossier.with_row(plan, row.table, &row.key))
}
