//! A list of things, described once: shown as a table, written as CSV and XLSX ([`crate::export`]).
//!
//! ```ignore
//! let mut list = List::new(("案件", "Cases"), vec![
//!     Column::text("number", ("编号", "Number")).sortable(),
//!     Column::money("amount", ("金额", "Amount")).sortable(),
//!     Column::status("status", ("状态", "Status")),
//! ]);
//! list.push(Row::new(vec![Cell::text("2017-0042").link("/cases/42"), Cell::money(amount), Cell::status(status)]).late());
//! if let Some(format) = Format::asked(&page) { return export::answer(&list, page.lang, format, "cases") }
//! // template: {{ list.table(page) }} {{ list.exports(page) }}
//! ```

use std::borrow::Borrow;

use askama::Template;
use askama::filters::HtmlSafe;
use chrono::{NaiveDate, NaiveDateTime};
use duixian_money::Fen;

use crate::format;
use crate::locale::{Lang, Text};
use crate::page::Page;
use crate::ui::{Deadline, Status};

/// Columns and rows.
#[derive(Clone, Debug)]
pub struct List {
    /// What is listed.
    pub caption: Text,
    /// The columns.
    pub columns: Vec<Column>,
    /// The rows in the order shown.
    pub rows: Vec<Row>,
    /// A last row of sums, one cell for each column; empty where there is none.
    pub totals: Vec<Cell>,
    /// The column sorted by.
    pub sort: Option<Sort>,
    /// The name of the checkboxes for bulk actions.
    pub pick: Option<String>,
    /// Whether rows become cards on a phone; otherwise the table scrolls inside its own box.
    pub cards: bool,
    /// Whether the table is as high as the screen at most, with its head in sight.
    pub tall: bool,
}

/// One column.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its key in `?sort=`.
    pub key: &'static str,
    /// Its heading.
    pub title: Text,
    /// Whether its figures stand on the right.
    pub is_number: bool,
    /// Whether the heading is a link that sorts.
    pub is_sortable: bool,
}

/// One row.
#[derive(Clone, Debug, Default)]
pub struct Row {
    /// One for each column.
    pub cells: Vec<Cell>,
    /// How urgent it is.
    pub state: RowState,
    /// The value of its checkbox, where the list has them.
    pub pick: String,
    /// What the checkbox is called for a screen reader: the case's number.
    pub pick_label: String,
}

/// How a row stands out. The reason stands in a cell in words as well.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RowState {
    /// Like all others.
    #[default]
    Plain,
    /// Due within days.
    Soon,
    /// Overdue.
    Late,
    /// Nothing more to do.
    Done,
}

/// What is in a cell, and where it leads.
#[derive(Clone, Debug, Default)]
pub struct Cell {
    /// The value.
    pub value: Value,
    /// A page of ours.
    pub href: Option<String>,
    /// A second line in small type; not exported.
    pub note: Text,
}

/// The value of a cell.
#[derive(Clone, Debug, Default)]
pub enum Value {
    /// Nothing.
    #[default]
    Empty,
    /// Words, the same in both languages: names, numbers of cases.
    Text(String),
    /// Words in both languages.
    Pair(Text),
    /// An amount.
    Money(Fen),
    /// A whole number.
    Count(i64),
    /// A share in parts per million.
    Percent(i64),
    /// A day.
    Date(NaiveDate),
    /// A day and an hour.
    Moment(NaiveDateTime),
    /// A last day with its count of working days; exported as the day.
    Deadline(Deadline),
    /// A status.
    Status(Status),
}

/// `?sort=key` or `?sort=-key`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sort {
    /// The column's key.
    pub key: String,
    /// From large to small.
    pub descending: bool,
}

impl Sort {
    /// Reads `sort` of a query. Whether the key exists is for the list to say.
    pub fn asked(query: Option<&str>) -> Option<Sort> {
        let (_, value) = form_urlencoded::parse(query?.as_bytes()).find(|(key, _)| key == "sort")?;
        Some(match value.strip_prefix('-') {
            Some(key) => Sort { key: key.to_owned(), descending: true },
            None => Sort { key: value.into_owned(), descending: false },
        })
    }
}

impl List {
    /// An empty list.
    pub fn new(caption: impl Into<Text>, columns: Vec<Column>) -> List {
        List {
            caption: caption.into(),
            columns,
            rows: Vec::new(),
            totals: Vec::new(),
            sort: None,
            pick: None,
            cards: false,
            tall: false,
        }
    }

    /// Adds a row.
    pub fn push(&mut self, row: Row) {
        self.rows.push(row);
    }

    /// Marks the column sorted by, if the list has it and it can be sorted by.
    pub fn sorted(mut self, sort: Option<Sort>) -> List {
        self.sort = sort.filter(|sort| self.columns.iter().any(|column| column.is_sortable && column.key == sort.key));
        self
    }

    /// Cards on a phone.
    pub fn cards(self) -> List {
        List { cards: true, ..self }
    }

    /// At most as high as the screen.
    pub fn tall(self) -> List {
        List { tall: true, ..self }
    }

    /// With a checkbox of this name in each row that has a value for it.
    pub fn pickable(self, name: impl Into<String>) -> List {
        List { pick: Some(name.into()), ..self }
    }

    /// As a table.
    pub fn table<'a>(&'a self, page: &'a Page) -> Table<'a> {
        Table { list: self, page }
    }

    /// Links that write it as CSV and XLSX: this address with `format=`.
    pub fn exports<'a>(&'a self, page: &'a Page) -> Exports<'a> {
        Exports { page }
    }
}

impl Column {
    /// Words.
    pub fn text(key: &'static str, title: impl Into<Text>) -> Column {
        Column { key, title: title.into(), is_number: false, is_sortable: false }
    }

    /// Amounts. The unit, 元, belongs into the title.
    pub fn money(key: &'static str, title: impl Into<Text>) -> Column {
        Column { is_number: true, ..Column::text(key, title) }
    }

    /// Numbers and shares.
    pub fn number(key: &'static str, title: impl Into<Text>) -> Column {
        Column { is_number: true, ..Column::text(key, title) }
    }

    /// Days.
    pub fn date(key: &'static str, title: impl Into<Text>) -> Column {
        Column::text(key, title)
    }

    /// Statuses.
    pub fn status(key: &'static str, title: impl Into<Text>) -> Column {
        Column::text(key, title)
    }

    /// Can be sorted by.
    pub fn sortable(self) -> Column {
        Column { is_sortable: true, ..self }
    }
}

impl Row {
    /// A row.
    pub fn new(cells: Vec<Cell>) -> Row {
        Row { cells, ..Row::default() }
    }

    /// Overdue.
    pub fn late(self) -> Row {
        self.in_state(RowState::Late)
    }

    /// Due soon.
    pub fn soon(self) -> Row {
        self.in_state(RowState::Soon)
    }

    /// Urgent, or not.
    pub fn in_state(self, state: RowState) -> Row {
        Row { state, ..self }
    }

    /// Can be picked: the value sent, and its name for a screen reader.
    pub fn pick(self, value: impl Into<String>, label: impl Into<String>) -> Row {
        Row { pick: value.into(), pick_label: label.into(), ..self }
    }

    fn class(&self) -> &'static str {
        match self.state {
            RowState::Plain => "",
            RowState::Soon => "soon",
            RowState::Late => "late",
            RowState::Done => "done",
        }
    }
}

impl Cell {
    /// Words.
    pub fn text(text: impl Into<String>) -> Cell {
        Cell::of(Value::Text(text.into()))
    }

    /// Words in both languages.
    pub fn pair(text: impl Into<Text>) -> Cell {
        Cell::of(Value::Pair(text.into()))
    }

    /// An amount.
    pub fn money(amount: Fen) -> Cell {
        Cell::of(Value::Money(amount))
    }

    /// A whole number.
    pub fn count(number: i64) -> Cell {
        Cell::of(Value::Count(number))
    }

    /// A day.
    pub fn date(date: NaiveDate) -> Cell {
        Cell::of(Value::Date(date))
    }

    /// A last day with its count of working days.
    pub fn deadline(deadline: Deadline) -> Cell {
        Cell::of(Value::Deadline(deadline))
    }

    /// A status.
    pub fn status(status: Status) -> Cell {
        Cell::of(Value::Status(status))
    }

    /// Nothing.
    pub fn empty() -> Cell {
        Cell::default()
    }

    /// Any value.
    pub fn of(value: Value) -> Cell {
        Cell { value, ..Cell::default() }
    }

    /// With a page that it leads to.
    pub fn link(self, href: impl Into<String>) -> Cell {
        Cell { href: Some(href.into()), ..self }
    }

    /// With a second line.
    pub fn note(self, note: impl Into<Text>) -> Cell {
        Cell { note: note.into(), ..self }
    }
}

impl Value {
    /// As words for a reader. Statuses too, without their shape.
    pub fn words(&self, lang: impl Borrow<Lang>) -> String {
        let lang = *lang.borrow();
        match self {
            Value::Empty => String::new(),
            Value::Text(text) => text.clone(),
            Value::Pair(text) => text.get(lang).to_owned(),
            Value::Money(amount) => format::yuan_exact(*amount),
            Value::Count(number) => format::count(*number),
            Value::Percent(ppm) => format::percent(*ppm),
            Value::Date(date) => format::date(lang, *date),
            Value::Moment(moment) => format::moment(lang, *moment),
            Value::Deadline(deadline) => format::date(lang, deadline.last_day),
            Value::Status(status) => status.text.get(lang).to_owned(),
        }
    }
}

/// See [`List::table`].
#[derive(Template)]
#[template(path = "ui/table.html")]
pub struct Table<'a> {
    list: &'a List,
    page: &'a Page,
}

impl HtmlSafe for Table<'_> {}

impl Table<'_> {
    fn is_number(&self, index: &usize) -> bool {
        self.list.columns.get(*index).is_some_and(|column| column.is_number)
    }

    /// Whether what stands there is the number of a document or of a clause, which no line breaks.
    fn is_whole(&self, index: &usize) -> bool {
        self.list.columns.get(*index).is_some_and(|column| matches!(column.key, "number" | "clause"))
    }

    fn title(&self, index: &usize) -> &str {
        self.list.columns.get(*index).map_or("", |column| self.page.text(&column.title))
    }

    fn sort_word(&self, column: &Column) -> Option<&'static str> {
        let sort = self.list.sort.as_ref().filter(|sort| sort.key == column.key)?;
        Some(if sort.descending { "descending" } else { "ascending" })
    }

    /// The same page sorted by a column; a second time the other way round. Back to the first page.
    fn sort_href(&self, column: &Column) -> String {
        let other_way = self.list.sort.as_ref().is_some_and(|sort| sort.key == column.key && !sort.descending);
        let value = format!("{}{}", if other_way { "-" } else { "" }, column.key);
        self.page.href_with(&[("sort", &value), ("page", "")])
    }

    fn caption(&self) -> &str {
        self.page.text(&self.list.caption)
    }
}

/// See [`List::exports`].
#[derive(Template)]
#[template(path = "ui/exports.html")]
pub struct Exports<'a> {
    page: &'a Page,
}

impl HtmlSafe for Exports<'_> {}

impl Exports<'_> {
    fn href(&self, format: &str) -> String {
        self.page.href_with(&[("format", format), ("page", "")])
    }
}
