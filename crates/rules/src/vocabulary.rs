//! What a pack's rules may speak of: tables of parties, events and accounts, their columns, and lists of words.
//!
//! A pack declares its vocabulary; the readers in `duixian-facts` type the tables by it, and rules refer to nothing else.

use std::borrow::Cow;
use std::sync::Arc;

/// A thing's two names. The English one is its id in files, results and the command line.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Name {
    /// Chinese name, as officials read it.
    pub zh: String,
    /// English name in snake_case.
    pub en: String,
    /// What readers of English call it, where the pack says so.
    pub english: Option<Arc<str>>,
}

impl Name {
    /// A name from its two forms.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Name {
        Name { zh: zh.into(), en: en.into(), english: None }
    }

    /// The same with what readers of English call it.
    pub fn called(self, english: impl Into<Arc<str>>) -> Name {
        Name { english: Some(english.into()), ..self }
    }

    /// What readers of English are shown: an id is a word of files and programs, so that a thing which the pack gives no English
    /// for stands in Chinese, with its id.
    pub fn in_english(&self) -> Cow<'_, str> {
        match &self.english {
            Some(english) => Cow::Borrowed(english),
            None if self.zh.is_empty() => Cow::Borrowed(&self.en),
            None => Cow::Owned(format!("{} ({})", self.zh, self.en)),
        }
    }

    /// The name within a sentence. English sentences are made of English words: where the pack gives none, of those of the id.
    pub fn in_a_sentence(&self, lang: Lang) -> Cow<'_, str> {
        match (lang, &self.english) {
            (Lang::Zh, _) => Cow::Borrowed(&self.zh),
            (Lang::En, Some(english)) => Cow::Borrowed(english),
            (Lang::En, None) => Cow::Owned(self.en.replace('_', " ")),
        }
    }

    /// Whether a text is this name in either language.
    pub fn is(&self, text: &str) -> bool {
        self.zh == text || self.en == text
    }

    /// The name in a language.
    pub fn in_lang(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => &self.zh,
            Lang::En => &self.en,
        }
    }
}

/// The two languages of packs, diagnostics and explanations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Lang {
    /// Chinese, which comes first.
    #[default]
    Zh,
    /// English.
    En,
}

/// Index of a table in [`Vocabulary::tables`].
pub type TableId = usize;
/// Index of a column in [`Table::columns`].
pub type ColumnId = usize;
/// Index of a word list in [`Vocabulary::word_lists`].
pub type WordListId = usize;

/// All tables and word lists of a pack. At most one table is of kind [`TableKind::Party`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Vocabulary {
    /// The tables, in the order declared.
    pub tables: Vec<Table>,
    /// The closed lists of words that columns may hold: shared with whoever says which words there are.
    pub word_lists: Vec<Arc<WordList>>,
    /// Groups of codes: a reader knows “wholesale” better than 51.
    pub groups: Vec<CodeGroup>,
}

/// A name for codes, or for beginnings of codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeGroup {
    /// Its names.
    pub name: Name,
    /// The codes, as the pack writes them.
    pub codes: Vec<String>,
    /// The types of the columns that rules test against it: 52 begins a trade in one column and a province in another.
    pub tested: Vec<ColumnType>,
}

impl Vocabulary {
    /// The group of just these codes, of those that columns of a type are tested against.
    pub fn group_of(&self, ty: ColumnType, codes: &[String]) -> Option<&Name> {
        self.groups_of(ty).find(|group| group.codes == codes).map(|group| &group.name)
    }

    /// The group that comes closest to a code in a column of a type, of those it belongs to.
    pub fn group_with(&self, ty: ColumnType, code: &str) -> Option<&Name> {
        let lengths = |group: &CodeGroup| {
            group.codes.iter().filter(|start| code.starts_with(start.as_str())).map(String::len).max().unwrap_or(0)
        };
        self.groups_of(ty)
            .filter(|group| lengths(group) > 0)
            .max_by_key(|group| lengths(group))
            .map(|group| &group.name)
    }

    fn groups_of(&self, ty: ColumnType) -> impl Iterator<Item = &CodeGroup> {
        self.groups.iter().filter(move |group| group.tested.contains(&ty))
    }

    /// The table with this name in either language.
    pub fn table(&self, name: &str) -> Option<TableId> {
        self.tables.iter().position(|table| table.name.is(name))
    }

    /// The table of parties, if the pack declares one.
    pub fn party_table(&self) -> Option<TableId> {
        self.tables.iter().position(|table| table.kind == TableKind::Party)
    }
}

/// One table of facts. Every table but the party table has exactly one column of type [`ColumnType::Party`], which
/// names the party its rows belong to; the party table's column of that type is its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Its names; files are named after the English one.
    pub name: Name,
    /// What its rows are.
    pub kind: TableKind,
    /// Its columns, in the order declared.
    pub columns: Vec<Column>,
    /// The columns whose values together name a row: `id`, or `code` and `year`. Never empty.
    pub key: Vec<ColumnId>,
}

impl Table {
    /// The column with this name in either language.
    pub fn column(&self, name: &str) -> Option<ColumnId> {
        self.columns.iter().position(|column| column.name.is(name))
    }

    /// The column that names the party.
    pub fn party_column(&self) -> Option<ColumnId> {
        self.columns.iter().position(|column| column.ty == ColumnType::Party)
    }

    /// The year column of a table keyed by year, as `annual_accounts` and `trainings` are.
    pub fn year_column(&self) -> Option<ColumnId> {
        self.key.iter().copied().find(|&id| self.columns[id].ty == ColumnType::Year)
    }

    /// The text column that alone is the key (`id`), of a table of events.
    pub fn id_column(&self) -> Option<ColumnId> {
        match self.key[..] {
            [id] if self.columns[id].ty == ColumnType::Text => Some(id),
            _ => None,
        }
    }
}

/// What the rows of a table are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TableKind {
    /// 主体: the parties themselves, one row each.
    Party,
    /// 事项: events that belong to a party.
    Event,
    /// 账目: a party's accounts, one row a year. A measure on these reports only who is not refused.
    Account,
}

/// One column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its names; either is accepted as a heading.
    pub name: Name,
    /// The type of its cells.
    pub ty: ColumnType,
    /// What an empty cell means.
    pub empty: Empty,
}

/// What an empty cell means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Empty {
    /// The fact is not known: a result that hangs on it is unknown.
    Unknown,
    /// `°` It has not happened.
    NotHappened,
    /// `!` The row is in error.
    Required,
    /// The row is a project or platform of its own, shared with no other row.
    Own,
}

/// The types of cells, in the domain's own units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ColumnType {
    /// Yuan with at most two decimals, held in fen.
    Money,
    /// A share, written `2.12%` or as the plain number of percent `2.12`; held in parts per million.
    Percent,
    /// A decimal number with at most six decimals; held in parts per million.
    Decimal,
    /// A calendar day `YYYY-MM-DD`.
    Date,
    /// A calendar year `YYYY`.
    Year,
    /// A whole number, zero or more.
    Count,
    /// `true` or `false`.
    Bool,
    /// Any text.
    Text,
    /// One of a closed list.
    Word(WordListId),
    /// A GB/T 4754-2017 industry code: 2–4 digits, with or without the section letter.
    Industry,
    /// A six-digit administrative division code (GB/T 2260).
    Division,
    /// A unified social credit code (GB 32100-2015), check digit verified.
    Party,
}

/// A closed list of words, such as the levels of a recognition. A word's index in the list is what columns hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WordList {
    /// The list's names.
    pub name: Name,
    /// The words; data files hold the English form. At most 250.
    pub words: Vec<Name>,
}
