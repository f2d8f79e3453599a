//! The vocabulary a pack declares.

use std::sync::Arc;

use crate::diagnostic::Diagnostic;
use crate::plan::{Node, NodeInfo};
use crate::syntax::ast::{ColumnDecl, Expr, ExprKind, Item, ItemKind, TypeDecl};
use crate::vocabulary::{CodeGroup, Column, ColumnType, Empty, Name, Table, TableKind, Vocabulary, WordList};

use super::names::{name_of, unknown};

/// Most words a list can hold: columns keep a word in one byte.
const MAX_WORDS: usize = 250;

/// Gathers word lists and tables; what is wrong with them is reported.
pub(super) fn declare(items: &[Item], diagnostics: &mut Vec<Diagnostic>) -> Vocabulary {
    let mut vocabulary = Vocabulary { groups: items.iter().filter_map(group).collect(), ..Vocabulary::default() };
    for item in items {
        if let ItemKind::WordList(words) = &item.kind {
            if words.is_empty() || words.len() > MAX_WORDS {
                diagnostics.push(
                    Diagnostic::new(
                        "E310",
                        item.names.zh.span,
                        format!("词表要有 1 到 {MAX_WORDS} 个词"),
                        format!("a word list holds 1 to {MAX_WORDS} words"),
                    )
                    .hint("下面一行一个词；词太多的改用文本列", "one word a line below it; for more use a text column"),
                );
            }
            let list: Vec<Name> = words.iter().take(MAX_WORDS).map(name_of).collect();
            for (index, names) in words.iter().enumerate().take(list.len()) {
                if list[..index].contains(&list[index]) {
                    diagnostics.push(twice(&names.zh.text, names.zh.span));
                }
            }
            vocabulary.word_lists.push(Arc::new(WordList { name: name_of(&item.names), words: list }));
        }
    }
    for item in items {
        if let ItemKind::Table(kind, columns) = &item.kind {
            let table = table(item, *kind, columns, &vocabulary, diagnostics);
            if *kind == TableKind::Party && vocabulary.party_table().is_some() {
                diagnostics.push(
                    Diagnostic::new(
                        "E311",
                        item.names.zh.span,
                        "主体表只能有一张",
                        "there can be one table of parties only",
                    )
                    .hint("其他主体也放进同一张表", "put the other parties into the same table"),
                );
                continue;
            }
            vocabulary.tables.push(table);
        }
    }
    vocabulary
}

/// Notes of each group of codes which columns are tested against it, alone or with other codes.
pub(super) fn note_tested_groups(vocabulary: &mut Vocabulary, nodes: &[NodeInfo]) {
    for info in nodes {
        let Node::HasPrefix(tested, codes) = &info.node else { continue };
        let Node::Column(table, column) = nodes[*tested].node else { continue };
        let ty = vocabulary.tables[table].columns[column].ty;
        let meant = |group: &&mut CodeGroup| group.codes.iter().all(|code| codes.contains(code));
        for group in vocabulary.groups.iter_mut().filter(meant) {
            if !group.tested.contains(&ty) {
                group.tested.push(ty);
            }
        }
    }
}

/// A group whose members are codes.
fn group(item: &Item) -> Option<CodeGroup> {
    let ItemKind::Group(members) = &item.kind else { return None };
    let code = |member: &Expr| match &member.kind {
        ExprKind::Integer(code) | ExprKind::Quoted(code) => Some(code.clone()),
        _ => None,
    };
    Some(CodeGroup {
        name: name_of(&item.names),
        codes: members.iter().map(code).collect::<Option<_>>()?,
        tested: Vec::new(),
    })
}

fn table(
    item: &Item,
    kind: TableKind,
    columns: &[ColumnDecl],
    vocabulary: &Vocabulary,
    diagnostics: &mut Vec<Diagnostic>,
) -> Table {
    let mut table = Table { name: name_of(&item.names), kind, columns: Vec::new(), key: Vec::new() };
    for declared in columns {
        let ty = match &declared.ty {
            TypeDecl::BuiltIn(ty) => *ty,
            TypeDecl::Words(ident) => match vocabulary.word_lists.iter().position(|list| list.name.is(&ident.text)) {
                Some(list) => ColumnType::Word(list),
                None => {
                    let lists = vocabulary.word_lists.iter().map(|list| &list.name);
                    diagnostics.push(unknown(ident, ("类型或词表", "type or word list"), lists));
                    ColumnType::Text
                }
            },
        };
        let name = name_of(&declared.names);
        if table.columns.iter().any(|column| column.name == name) {
            diagnostics.push(twice(&name.zh, declared.span));
            continue;
        }
        if declared.empty == Empty::Own && ty != ColumnType::Text {
            diagnostics.push(
                Diagnostic::new(
                    "E312",
                    declared.span,
                    "只有文本列可以“空即自成一项”",
                    "only a text column can say that an empty cell means its own",
                )
                .hint("没有发生的日期写 空即未发生", "for a day that has not come write empty means not happened"),
            );
        }
        if declared.key {
            table.key.push(table.columns.len());
        }
        let required = declared.key || ty == ColumnType::Party;
        let empty = if required { Empty::Required } else { declared.empty };
        table.columns.push(Column { name, ty, empty });
    }
    check_key(item, &table, diagnostics);
    table
}

fn check_key(item: &Item, table: &Table, diagnostics: &mut Vec<Diagnostic>) {
    let types: Vec<ColumnType> = table.key.iter().map(|id| table.columns[*id].ty).collect();
    let parties = table.columns.iter().filter(|column| column.ty == ColumnType::Party).count();
    let fits = match table.kind {
        TableKind::Party => types == [ColumnType::Party],
        TableKind::Account => types == [ColumnType::Party, ColumnType::Year],
        TableKind::Event => types == [ColumnType::Text] || types == [ColumnType::Party, ColumnType::Year],
    };
    if !fits || parties != 1 {
        diagnostics.push(
            Diagnostic::new(
                "E313",
                item.names.zh.span,
                format!("表“{}”的主键不对", table.name.zh),
                format!("the key of table “{}” is not of a known form", table.name.en),
            )
            .hint(
                "主体以统一代码为主键；账目以统一代码加年份；事项以编号（另有一列统一代码），或以统一代码加年份",
                "parties are keyed by code; accounts by code and year; events by an id (with a code beside it), or by code and year",
            ),
        );
    }
}

fn twice(name: &str, span: crate::source::Span) -> Diagnostic {
    Diagnostic::new("E303", span, format!("“{name}”声明了两次"), format!("“{name}” is declared twice"))
        .hint("删去一处，或改名", "remove one of them, or rename it")
}
