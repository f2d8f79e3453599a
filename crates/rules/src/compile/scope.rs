//! What the names of a pack stand for.

use rustc_hash::FxHashMap;

use crate::diagnostic::Diagnostic;
use crate::plan::NodeId;
use crate::source::Span;
use crate::syntax::ast::{Desk, Expr, Fund, General, Item, ItemKind, Parameter, Procedure};
use crate::vocabulary::{ColumnId, ColumnType, Name, TableId, Vocabulary, WordListId};

use super::names::name_of;

/// A type an expression can have. Codes and text have no value of their own: they are only tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ty {
    Bool,
    Money,
    Percent,
    Decimal,
    Date,
    Year,
    Count,
    Word(WordListId),
    Text,
    Industry,
    Division,
    Party,
}

impl Ty {
    pub(super) fn of(column: ColumnType) -> Ty {
        match column {
            ColumnType::Money => Ty::Money,
            ColumnType::Percent => Ty::Percent,
            ColumnType::Decimal => Ty::Decimal,
            ColumnType::Date => Ty::Date,
            ColumnType::Year => Ty::Year,
            ColumnType::Count => Ty::Count,
            ColumnType::Bool => Ty::Bool,
            ColumnType::Text => Ty::Text,
            ColumnType::Word(list) => Ty::Word(list),
            ColumnType::Industry => Ty::Industry,
            ColumnType::Division => Ty::Division,
            ColumnType::Party => Ty::Party,
        }
    }

    /// What people call it.
    pub(super) fn title(self, vocabulary: &Vocabulary) -> (String, String) {
        let (zh, en) = match self {
            Ty::Bool => ("条件（是或否）", "a yes or no"),
            Ty::Money => ("金额", "money"),
            Ty::Percent => ("比例", "a percentage"),
            Ty::Decimal => ("小数", "a decimal"),
            Ty::Date => ("日期", "a date"),
            Ty::Year => ("年份", "a year"),
            Ty::Count => ("数目", "a count"),
            Ty::Word(list) => {
                let name = &vocabulary.word_lists[list].name;
                return (format!("“{}”里的词", name.zh), format!("a word of “{}”", name.en));
            }
            Ty::Text => ("文本", "text"),
            Ty::Industry => ("行业代码", "an industry code"),
            Ty::Division => ("区划代码", "a division code"),
            Ty::Party => ("统一代码", "a party's code"),
        };
        (zh.into(), en.into())
    }
}

/// What is declared in a pack, by name in either language.
pub(super) struct Declared<'a> {
    pub(super) groups: FxHashMap<&'a str, &'a [Expr]>,
    pub(super) defines: FxHashMap<&'a str, &'a Expr>,
    pub(super) parameters: FxHashMap<&'a str, &'a Parameter>,
    pub(super) generals: Vec<(Name, &'a Item, &'a General)>,
    pub(super) funds: Vec<(Name, &'a Item, &'a Fund)>,
    pub(super) desks: Vec<(Name, &'a Desk)>,
    pub(super) procedures: Vec<(Name, &'a Item, &'a Procedure)>,
    pub(super) measures: Vec<Name>,
    pub(super) names: Vec<Name>,
}

impl<'a> Declared<'a> {
    /// Gathers the declarations; two of one name and kind are reported.
    pub(super) fn gather(items: &'a [Item], diagnostics: &mut Vec<Diagnostic>) -> Declared<'a> {
        let mut declared = Declared {
            groups: FxHashMap::default(),
            defines: FxHashMap::default(),
            parameters: FxHashMap::default(),
            generals: Vec::new(),
            funds: Vec::new(),
            desks: Vec::new(),
            procedures: Vec::new(),
            measures: Vec::new(),
            names: Vec::new(),
        };
        let mut seen: FxHashMap<&str, Span> = FxHashMap::default();
        for item in items {
            let (zh, en) = (item.names.zh.text.as_str(), item.names.en.text.as_str());
            if let Some(before) = seen.insert(en, item.names.en.span) {
                diagnostics.push(
                    Diagnostic::new(
                        "E303",
                        item.names.en.span,
                        format!("“{zh}”声明了两次"),
                        format!("“{en}” is declared twice"),
                    )
                    .related(before, "先在这里声明", "first declared here")
                    .hint("删去一处，或改名", "remove one of them, or rename it"),
                );
                continue;
            }
            match &item.kind {
                ItemKind::Group(list) => {
                    declared.groups.extend([(zh, list.as_slice()), (en, list.as_slice())]);
                }
                ItemKind::Define(expr) => declared.defines.extend([(zh, expr), (en, expr)]),
                ItemKind::Parameter(parameter) => declared.parameters.extend([(zh, parameter), (en, parameter)]),
                ItemKind::General(general) => declared.generals.push((name_of(&item.names), item, general)),
                ItemKind::Fund(fund) => declared.funds.push((name_of(&item.names), item, fund)),
                ItemKind::Desk(desk) => declared.desks.push((name_of(&item.names), desk)),
                ItemKind::Procedure(procedure) => {
                    declared.procedures.push((name_of(&item.names), item, procedure));
                }
                ItemKind::Measure(_) => {
                    declared.measures.push(name_of(&item.names));
                    continue;
                }
                _ => continue,
            }
            declared.names.push(name_of(&item.names));
        }
        declared
    }
}

/// Where an expression stands: what a bare name can mean there.
#[derive(Clone, Debug, Default)]
pub(super) struct Place {
    /// The basis table, if there is one.
    pub(super) basis: Option<TableId>,
    /// The table of the aggregate around, if there is one.
    pub(super) aggregate: Option<TableId>,
    /// Values named by 令.
    pub(super) lets: Vec<(Name, NodeId, Ty)>,
    /// Names given by 令 to what could not be read: reported once, where they are given.
    pub(super) unread: Vec<Name>,
}

impl Place {
    /// The column a bare name means: of the aggregate's table, else of the basis, else of the party.
    pub(super) fn column(&self, vocabulary: &Vocabulary, name: &str) -> Option<(TableId, ColumnId)> {
        // Inside an aggregate the basis row is out of reach: the plan has no node for it.
        let row = self.aggregate.or(self.basis);
        row.into_iter()
            .chain(vocabulary.party_table())
            .find_map(|table| vocabulary.tables[table].column(name).map(|column| (table, column)))
    }

    /// Whether a table's columns can be read here.
    pub(super) fn reaches(&self, vocabulary: &Vocabulary, table: TableId) -> bool {
        self.aggregate.or(self.basis) == Some(table) || vocabulary.party_table() == Some(table)
    }
}
