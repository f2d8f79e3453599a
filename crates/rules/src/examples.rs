//! Examples inside the pack: given facts, expected result. This module reads them; `duixian-assess` runs them.
//!
//! An example is a table under a paragraph `示例：<措施> <年度>` (`Examples: <measure> <year>`). Its headings are columns of
//! the basis or of the parties (`表.列` for others) and these: 案例 `case`, 企业 `party`, 结果 `result`, 金额 `amount`,
//! 原因 `because`, 说明 `note`. Rows of one case stand in one district together; facts not named are empty, or as
//! `示例默认：…` (`Example defaults: …`) sets them.

use duixian_money::{Fen, Span as MoneySpan};

use crate::diagnostic::Diagnostic;
use crate::markdown::{Cell, ExampleTable};
use crate::plan::Plan;
use crate::source::Span;
use crate::syntax::ast::{Expr, ExprKind};
use crate::syntax::parser::parse_amount;
use crate::syntax::token::{TokenKind, lex};
use crate::vocabulary::{ColumnId, ColumnType, Empty, Lang, Name, TableId, Vocabulary};

/// One table of examples.
#[derive(Clone, Debug)]
pub struct Example {
    /// Index in [`Plan::measures`].
    pub measure: usize,
    /// The year assessed; the as-of date is its last day.
    pub year: i64,
    /// The cases, in order.
    pub cases: Vec<Case>,
}

/// Rows that stand in one district together.
#[derive(Clone, Debug)]
pub struct Case {
    /// As written; empty where the row is a case of its own.
    pub label: String,
    /// The rows.
    pub rows: Vec<CaseRow>,
}

/// One basis, or party, with what is expected of it.
#[derive(Clone, Debug)]
pub struct CaseRow {
    /// Which party of the case, as written; rows with the same label are the same party's.
    pub party: String,
    /// Facts that are not empty.
    pub given: Vec<Given>,
    /// The status expected.
    pub status: ExpectedStatus,
    /// The amount expected, where the table says.
    pub amount: Option<MoneySpan>,
    /// Words the reason must hold, where the table says.
    pub because: Option<String>,
    /// The row.
    pub span: Span,
}

/// One fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// Its table.
    pub table: TableId,
    /// Its column.
    pub column: ColumnId,
    /// Its value.
    pub value: Value,
}

/// A fact's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// In the units of [`crate::plan`].
    Number(i64),
    /// Text or code.
    Text(String),
}

/// What is expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExpectedStatus {
    /// 应得
    Entitled,
    /// 裁量
    Conditional,
    /// 待定
    Unknown,
    /// 不予
    NotEntitled,
    /// 无: no row at all.
    NoRow,
}

/// The result words, Chinese and English.
pub const RESULTS: &[(&str, &str, ExpectedStatus)] = &[
    ("应得", "entitled", ExpectedStatus::Entitled),
    ("裁量", "conditional", ExpectedStatus::Conditional),
    ("待定", "unknown", ExpectedStatus::Unknown),
    ("不予", "not_entitled", ExpectedStatus::NotEntitled),
    ("无", "none", ExpectedStatus::NoRow),
];

/// Headings with a meaning of their own, Chinese and English.
pub const HEADINGS: &[(&str, &str)] = &[
    ("案例", "case"),
    ("企业", "party"),
    ("结果", "result"),
    ("金额", "amount"),
    ("原因", "because"),
    ("说明", "note"),
];

/// Reads the examples of a pack.
///
/// `declared` are the names of all measures the pack declares: one that could not be compiled is no reason to call its
/// examples wrong.
pub fn read(
    tables: &[ExampleTable],
    plan: &Plan,
    declared: &[Name],
    default_year: i64,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Example> {
    let mut defaults = Vec::new();
    for table in tables.iter().filter(|table| table.defaults) {
        let roles = roles(table, None, &plan.vocabulary, diagnostics);
        for row in &table.rows {
            defaults.extend(given(row, &roles, &plan.vocabulary, diagnostics));
        }
    }
    let mut examples = Vec::new();
    for table in tables.iter().filter(|table| !table.defaults) {
        let name = table.title.text.split_whitespace().next().unwrap_or("");
        let is_of = |known: &Name| known.is(name);
        if declared.iter().any(is_of) && !plan.measures.iter().any(|measure| is_of(&measure.name)) {
            continue;
        }
        examples.extend(example(table, plan, &defaults, default_year, diagnostics));
    }
    examples
}

/// What a column of an example is for.
enum Role {
    Special(&'static str),
    Fact(TableId, ColumnId),
    Unknown,
}

fn example(
    table: &ExampleTable,
    plan: &Plan,
    defaults: &[Given],
    default_year: i64,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Example> {
    let mut words = table.title.text.split_whitespace();
    let name = words.next().unwrap_or("");
    let Some(measure) = plan.measures.iter().position(|measure| measure.name.is(name)) else {
        diagnostics.push(
            Diagnostic::new(
                "E601",
                table.title.span,
                format!("示例写的“{name}”不是一项措施"),
                format!("the example names “{name}”, which is no measure"),
            )
            .hint("写成 示例：措施名 2017年", "write Examples: measure 2017"),
        );
        return None;
    };
    let year = words.next().and_then(|word| word.trim_end_matches('年').parse().ok()).unwrap_or(default_year);
    let basis = plan.measures[measure].basis.table;
    let roles = roles(table, Some(basis), &plan.vocabulary, diagnostics);
    if !roles.iter().any(|role| matches!(role, Role::Special("result"))) {
        diagnostics.push(
            Diagnostic::new("E602", table.title.span, "示例没有“结果”一列", "the example has no column “result”").hint(
                "结果写 应得、裁量、待定、不予 或 无",
                "results are entitled, conditional, unknown, not_entitled or none",
            ),
        );
        return None;
    }
    let mut cases: Vec<Case> = Vec::new();
    for (index, cells) in table.rows.iter().enumerate() {
        let special = |name: &str| {
            roles
                .iter()
                .zip(cells)
                .find(|(role, _)| matches!(role, Role::Special(n) if *n == name))
                .map(|(_, cell)| cell)
        };
        let text = |name: &str| special(name).map(|cell| cell.text.clone()).unwrap_or_default();
        let result = special("result").cloned().unwrap_or_default();
        let found = RESULTS.iter().find(|(zh, en, _)| result.text == *zh || result.text == *en);
        let Some((_, _, status)) = found else {
            diagnostics.push(
                Diagnostic::new(
                    "E603",
                    result.span,
                    format!("“{}”不是一种结果", result.text),
                    format!("“{}” is no result", result.text),
                )
                .hint(
                    "结果写 应得、裁量、待定、不予 或 无",
                    "results are entitled, conditional, unknown, not_entitled or none",
                ),
            );
            continue;
        };
        let amount = special("amount").filter(|cell| !cell.text.is_empty());
        let amount = match amount {
            Some(cell) => match amount_of(cell, diagnostics) {
                None => continue,
                amount => amount,
            },
            None => None,
        };
        let own = given(cells, &roles, &plan.vocabulary, diagnostics);
        let given = with_defaults(own, defaults);
        check_required(basis, &given, &plan.vocabulary, cells, diagnostics);
        let because = Some(text("because")).filter(|text| !text.is_empty());
        let is_party_table = plan.vocabulary.party_table() == Some(basis);
        let mut party = text("party");
        if party.is_empty() && is_party_table {
            party = format!("#{index}");
        }
        let span = cells.first().zip(cells.last()).map_or(table.title.span, |(first, last)| first.span.to(last.span));
        let row = CaseRow { party, given, status: *status, amount, because, span };
        let label = text("case");
        match cases.last_mut().filter(|case| !label.is_empty() && case.label == label) {
            Some(case) => case.rows.push(row),
            None => cases.push(Case { label, rows: vec![row] }),
        }
    }
    Some(Example { measure, year, cases })
}

fn roles(
    table: &ExampleTable,
    basis: Option<TableId>,
    vocabulary: &Vocabulary,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Role> {
    let mut roles = Vec::new();
    for heading in &table.headings {
        let role = role(&heading.text, basis, vocabulary);
        if matches!(role, Role::Unknown) {
            diagnostics.push(
                Diagnostic::new(
                    "E604",
                    heading.span,
                    format!("示例的列“{}”既不是事实也不是结果", heading.text),
                    format!("the example's column “{}” is neither a fact nor a result", heading.text),
                )
                .hint(
                    "写列名；别的表的列写 表.列",
                    "write a column of the basis or of the parties; of other tables, table.column",
                ),
            );
        }
        roles.push(role);
    }
    roles
}

fn role(heading: &str, basis: Option<TableId>, vocabulary: &Vocabulary) -> Role {
    if let Some((table, column)) = heading.split_once(['.', '．']) {
        let found = vocabulary
            .table(table.trim())
            .and_then(|table| vocabulary.tables[table].column(column.trim()).map(|column| Role::Fact(table, column)));
        return found.unwrap_or(Role::Unknown);
    }
    if let Some((_, en)) = HEADINGS.iter().find(|(zh, en)| heading == *zh || heading == *en) {
        return Role::Special(en);
    }
    let tables = basis.into_iter().chain(vocabulary.party_table());
    for table in tables {
        if let Some(column) = vocabulary.tables[table].column(heading) {
            // Whichever table names it, a code is that of the party itself.
            let is_code = vocabulary.tables[table].columns[column].ty == ColumnType::Party;
            let of_party = vocabulary.party_table().filter(|_| is_code);
            let code = of_party.and_then(|party| vocabulary.tables[party].party_column().map(|code| (party, code)));
            let (table, column) = code.unwrap_or((table, column));
            return Role::Fact(table, column);
        }
    }
    Role::Unknown
}

fn given(cells: &[Cell], roles: &[Role], vocabulary: &Vocabulary, diagnostics: &mut Vec<Diagnostic>) -> Vec<Given> {
    let mut given = Vec::new();
    for (role, cell) in roles.iter().zip(cells) {
        if let Role::Fact(table, column) = *role
            && !cell.text.is_empty()
        {
            let ty = vocabulary.tables[table].columns[column].ty;
            match value(cell, ty, vocabulary) {
                Some(value) => given.push(Given { table, column, value }),
                None => {
                    let name = &vocabulary.tables[table].columns[column].name;
                    let (zh, en) = written(ty, vocabulary);
                    diagnostics.push(
                        Diagnostic::new(
                            "E605",
                            cell.span,
                            format!("“{}”不是“{}”的值", cell.text, name.zh),
                            format!("“{}” is not a value of “{}”", cell.text, name.en),
                        )
                        .hint(format!("写成 {zh}"), format!("write {en}")),
                    );
                }
            }
        }
    }
    given
}

/// How values of a type are written.
fn written(ty: ColumnType, vocabulary: &Vocabulary) -> (String, String) {
    let (zh, en) = match ty {
        ColumnType::Money => ("1万元 或 10000", "10,000 yuan or 10000"),
        ColumnType::Percent => ("2.5%", "2.5%"),
        ColumnType::Decimal => ("1.5", "1.5"),
        ColumnType::Date => ("2017年5月3日 或 2017-05-03", "2017-05-03"),
        ColumnType::Year => ("2017", "2017"),
        ColumnType::Count => ("30", "30"),
        ColumnType::Bool => ("是 或 否", "true or false"),
        ColumnType::Word(list) => {
            let words = &vocabulary.word_lists[list].words;
            let all = |lang: Lang| words.iter().map(|word| word.in_lang(lang)).collect::<Vec<_>>();
            return (all(Lang::Zh).join("、"), all(Lang::En).join(", "));
        }
        ColumnType::Text => ("文字", "text"),
        ColumnType::Industry => ("5131 或 F51（2 到 4 位数字）", "5131 or F51 (2 to 4 digits)"),
        ColumnType::Division => ("520102（6 位数字）", "520102 (6 digits)"),
        ColumnType::Party => ("91（代码的开头）或整个 18 位代码", "91 (how the code begins), or all 18 characters"),
    };
    (zh.into(), en.into())
}

/// A default stands where the row itself is silent.
fn with_defaults(own: Vec<Given>, defaults: &[Given]) -> Vec<Given> {
    let silent = |default: &&Given| !own.iter().any(|g| (g.table, g.column) == (default.table, default.column));
    let added: Vec<Given> = defaults.iter().filter(silent).cloned().collect();
    own.into_iter().chain(added).filter(|given| given.value != Value::Text("-".into())).collect()
}

fn check_required(
    basis: TableId,
    given: &[Given],
    vocabulary: &Vocabulary,
    cells: &[Cell],
    diagnostics: &mut Vec<Diagnostic>,
) {
    let table = &vocabulary.tables[basis];
    for (column, declared) in table.columns.iter().enumerate() {
        // Keys, codes and years of the assessed year are filled in by the runner.
        let filled = table.key.contains(&column) || declared.ty == ColumnType::Party;
        let has = given.iter().any(|given| (given.table, given.column) == (basis, column));
        if declared.empty == Empty::Required && !filled && !has {
            let span = cells.first().map_or(Span::default(), |cell| cell.span);
            diagnostics.push(
                Diagnostic::new(
                    "E606",
                    span,
                    format!("示例没有给出必填的“{}”", declared.name.zh),
                    format!("the example does not give “{}”, which is required", declared.name.en),
                )
                .hint("加上这一列，或写进 示例默认", "add the column, or set it in Example defaults"),
            );
        }
    }
}

/// A cell's value by its column's type.
fn value(cell: &Cell, ty: ColumnType, vocabulary: &Vocabulary) -> Option<Value> {
    let tokens = {
        let mut ignored = Vec::new();
        let lines = lex(cell.span.file, cell.span.start as usize, &cell.text, &mut ignored);
        lines.into_iter().flat_map(|line| line.tokens).map(|token| token.kind).collect::<Vec<_>>()
    };
    let sign = if matches!(tokens.first(), Some(TokenKind::Symbol("-"))) { -1 } else { 1 };
    let token = if sign < 0 { tokens.get(1) } else { tokens.first() };
    let number = match (ty, token) {
        (ColumnType::Money, Some(TokenKind::Money(fen))) => Some(fen.0 * sign),
        (ColumnType::Money, _) => Fen::parse_yuan(&cell.text).ok().map(|fen| fen.0),
        (ColumnType::Percent, Some(TokenKind::Percent(ppm))) => Some(ppm * sign),
        (ColumnType::Decimal, Some(TokenKind::Decimal(ppm))) => Some(ppm * sign),
        (ColumnType::Date, Some(TokenKind::Date(days))) => Some(*days),
        (ColumnType::Year, Some(TokenKind::Year(year))) => Some(*year),
        (ColumnType::Year | ColumnType::Count, Some(TokenKind::Integer(digits))) => digits.parse().ok(),
        (ColumnType::Bool, _) => match cell.text.as_str() {
            "是" | "true" => Some(1),
            "否" | "false" => Some(0),
            _ => None,
        },
        (ColumnType::Word(list), _) => {
            vocabulary.word_lists[list].words.iter().position(|word| word.is(&cell.text)).map(|word| word as i64)
        }
        (ColumnType::Text | ColumnType::Industry | ColumnType::Division | ColumnType::Party, _) => {
            return is_text_of(ty, &cell.text).then(|| Value::Text(cell.text.clone()));
        }
        _ => None,
    };
    number.map(Value::Number)
}

/// Whether a text can be a code of this type. A party's may be cut short: the runner completes it.
fn is_text_of(ty: ColumnType, text: &str) -> bool {
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    match ty {
        ColumnType::Industry => {
            let digits = text.trim_start_matches(|c: char| c.is_ascii_uppercase());
            text.len() - digits.len() <= 1 && (2..=4).contains(&digits.len()) && is_digits(digits)
        }
        ColumnType::Division => text.len() == 6 && is_digits(text),
        ColumnType::Party => {
            text.len() <= 18 && text.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
        }
        _ => true,
    }
}

fn amount_of(cell: &Cell, diagnostics: &mut Vec<Diagnostic>) -> Option<MoneySpan> {
    let mut found = Vec::new();
    for lang in [Lang::Zh, Lang::En] {
        let mut own = Vec::new();
        let expr = parse_amount(cell.span.file, cell.span.start as usize, &cell.text, lang, &mut own);
        if let Some(span) = expr.filter(|_| own.is_empty()).as_ref().and_then(span_of) {
            return Some(span);
        }
        found.extend(own);
    }
    diagnostics.push(
        Diagnostic::new(
            "E607",
            cell.span,
            format!("“{}”不是金额", cell.text),
            format!("“{}” is not an amount", cell.text),
        )
        .hint(
            "写 3万元、3万元 至 5万元、不超过 20万元 或 不定额",
            "write 30,000 yuan, a to b, up to a, or open amount",
        ),
    );
    None
}

fn span_of(expr: &Expr) -> Option<MoneySpan> {
    let fen = |expr: &Expr| match expr.kind {
        ExprKind::Money(fen) => Some(fen),
        _ => None,
    };
    Some(match &expr.kind {
        ExprKind::Money(amount) => MoneySpan::exact(*amount),
        ExprKind::Span(low, high) => MoneySpan { low: fen(low)?, high: Some(fen(high)?) },
        ExprKind::UpTo(high) => MoneySpan { low: Fen(0), high: Some(fen(high)?) },
        ExprKind::FloorOpen(low) => MoneySpan { low: fen(low)?, high: None },
        ExprKind::OpenAmount => MoneySpan { low: Fen(0), high: None },
        _ => return None,
    })
}
