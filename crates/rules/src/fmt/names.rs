//! The names a pack declares, as a dictionary between its two surfaces.

use rustc_hash::FxHashMap;

use crate::syntax::ast::{self, Ident, Item, ItemKind, TypeDecl};
use crate::vocabulary::{ColumnType, Lang, Name};

/// Every name a pack declares, in both languages. In a checked pack the pairing is one-to-one; where it is not, the
/// first declaration counts.
#[derive(Clone, Debug, Default)]
pub struct Names {
    pairs: Vec<Name>,
    by_text: FxHashMap<String, usize>,
    /// What the cells of columns hold, by `column` and `table.column` in English; `None` where columns of one name
    /// differ.
    cells: FxHashMap<String, Option<CellKind>>,
}

/// What the cells of a column hold, as far as it matters to writing them in the other language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CellKind {
    Word,
    Bool,
    Date,
    Year,
    Money,
    /// Text, codes and plain numbers, which are the same in both languages.
    Other,
}

impl Names {
    /// All names in these declarations; give those of the whole pack, since any file may name what another declares.
    pub fn new(items: &[Item]) -> Names {
        let mut names = Names::default();
        for item in items {
            names.add(&item.names);
            match &item.kind {
                ItemKind::WordList(words) => words.iter().for_each(|word| names.add(word)),
                ItemKind::Table(_, columns) => {
                    for column in columns {
                        names.add(&column.names);
                        names.add_cells(&item.names.en.text, &column.names.en.text, cell_kind(&column.ty));
                    }
                }
                ItemKind::Measure(measure) => measure.lets.iter().for_each(|(name, _)| names.add(name)),
                _ => {}
            }
        }
        names
    }

    /// The declared name a text is in either language, written in this language; another text stays as it is.
    pub fn translate<'a>(&'a self, text: &'a str, lang: Lang) -> &'a str {
        self.by_text.get(text).map_or(text, |&index| self.pairs[index].in_lang(lang))
    }

    /// `column` or `table.column`, part by part.
    pub(super) fn translate_qualified(&self, text: &str, lang: Lang) -> String {
        let parts: Vec<&str> = text.split(['.', '．']).map(|part| self.translate(part.trim(), lang)).collect();
        parts.join(".")
    }

    /// What the cells under a heading hold, if it names a column and it is certain.
    pub(super) fn cells(&self, heading: &str) -> Option<CellKind> {
        self.cells.get(&self.translate_qualified(heading, Lang::En)).copied().flatten()
    }

    fn add_cells(&mut self, table: &str, column: &str, kind: CellKind) {
        for heading in [column.to_owned(), format!("{table}.{column}")] {
            let known = self.cells.entry(heading).or_insert(Some(kind));
            if *known != Some(kind) {
                *known = None;
            }
        }
    }

    fn add(&mut self, names: &ast::Names) {
        let index = self.pairs.len();
        self.pairs.push(Name::new(&names.zh.text, &names.en.text));
        for Ident { text, .. } in [&names.zh, &names.en] {
            self.by_text.entry(text.clone()).or_insert(index);
        }
    }
}

fn cell_kind(ty: &TypeDecl) -> CellKind {
    match ty {
        TypeDecl::Words(_) | TypeDecl::BuiltIn(ColumnType::Word(_)) => CellKind::Word,
        TypeDecl::BuiltIn(ColumnType::Bool) => CellKind::Bool,
        TypeDecl::BuiltIn(ColumnType::Date) => CellKind::Date,
        TypeDecl::BuiltIn(ColumnType::Year) => CellKind::Year,
        TypeDecl::BuiltIn(ColumnType::Money) => CellKind::Money,
        TypeDecl::BuiltIn(_) => CellKind::Other,
    }
}
