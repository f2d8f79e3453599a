//! Tables of examples: their title, headings and cells in one language, their columns aligned by the width shown.

use unicode_width::UnicodeWidthStr;

use crate::examples::{HEADINGS, RESULTS};
use crate::markdown::{Cell, ExampleTable};
use crate::syntax::ast::{Expr, ExprKind};
use crate::syntax::parser::parse_amount;
use crate::vocabulary::Lang;

use super::Names;
use super::file::{Edit, start_of_line};
use super::names::CellKind;
use super::surface::Surface;

/// The words that begin a title, and the canonical word of each in both languages.
const TITLES: &[(&str, Lang, (&str, &str))] = &[
    ("示例默认", Lang::Zh, ("示例默认", "Example defaults")),
    ("示例", Lang::Zh, ("示例", "Examples")),
    ("Example defaults", Lang::En, ("示例默认", "Example defaults")),
    ("Examples", Lang::En, ("示例", "Examples")),
    ("Example", Lang::En, ("示例", "Examples")),
];

/// What to replace so that a table of examples is canonical in the target, or in the language of its title. A table
/// that is not written as expected stays as it is.
pub(super) fn edits(text: &str, table: &ExampleTable, target: Option<Lang>, names: &Names) -> Vec<Edit> {
    let start = start_of_line(text, table.title.span.start as usize);
    let line = text[start..].lines().next().unwrap_or("");
    let at = start + line.len() - line.trim_start_matches([' ', '\t', '>']).len();
    let Some((word, own, title)) = TITLES.iter().find(|(word, ..)| text[at..].starts_with(word)) else {
        return Vec::new();
    };
    let surface = Surface { lang: target.unwrap_or(*own), names };
    let mut edits: Vec<Edit> = title_edit(text, at, word, *title, &table.title, surface).into_iter().collect();
    edits.extend(table_edit(text, table, surface));
    edits
}

/// `示例：措施 2017年` or `Examples: measure 2017`.
fn title_edit(
    text: &str,
    start: usize,
    word: &str,
    (zh, en): (&str, &str),
    title: &Cell,
    surface: Surface<'_>,
) -> Option<Edit> {
    let after = &text[start + word.len()..];
    let colon = after.find([':', '：']).filter(|at| after[..*at].trim().is_empty())?;
    let colon_end = start + word.len() + colon + after[colon..].chars().next().map_or(0, char::len_utf8);
    let word = surface.pick(format!("{zh}："), format!("{en}: "));
    if title.text.is_empty() {
        return Some((start..colon_end, word.trim_end().to_owned()));
    }
    let range = title.span.start as usize..title.span.end as usize;
    // Where the title has markup in it, it is not found as it reads, and stays.
    let is_plain = text.get(range.clone()) == Some(&title.text) && range.start >= colon_end;
    if !is_plain || title.text.contains('\n') {
        return None;
    }
    let words: Vec<String> = title.text.split_whitespace().map(|word| in_title(word, surface)).collect();
    Some((start..range.end, word + &words.join(" ")))
}

fn in_title(word: &str, surface: Surface<'_>) -> String {
    match year_of(word) {
        Some(year) => surface.pick(format!("{year}年"), year.to_owned()),
        None => surface.names.translate(word, surface.lang).to_owned(),
    }
}

/// The four digits of `2017` or `2017年`.
fn year_of(text: &str) -> Option<&str> {
    let digits = text.strip_suffix('年').unwrap_or(text);
    (digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(digits)
}

/// What a column's cells are.
#[derive(Clone, Copy)]
enum Column {
    Result,
    Amount,
    Fact(CellKind),
    /// Labels, notes, and what is not certain.
    AsWritten,
}

fn table_edit(text: &str, table: &ExampleTable, surface: Surface<'_>) -> Option<Edit> {
    let start = start_of_line(text, table.headings.first()?.span.start as usize);
    let lines: Vec<&str> = text[start..].split_inclusive('\n').take(table.rows.len() + 2).collect();
    let (head, rest) = lines.split_first()?;
    let (delimiters, body) = rest.split_first()?;
    let is_delimiter = delimiters.trim().chars().all(|c| "|:->\t ".contains(c));
    if body.len() != table.rows.len() || !is_delimiter {
        return None;
    }
    let prefix = &head[..head.len() - head.trim_start_matches([' ', '\t', '>']).len()];
    let headings = cells_of(head);
    let columns: Vec<Column> = headings.iter().map(|heading| column(untick(heading).1, surface.names)).collect();
    let mut rows = vec![headings.iter().map(|heading| retick(heading, |text| in_heading(text, surface))).collect()];
    rows.extend(body.iter().map(|line| row(line, &columns, surface)));
    let drawn = draw(prefix, &cells_of(delimiters), &rows);
    let length = lines.iter().map(|line| line.len()).sum::<usize>();
    let ends = text[start..start + length].ends_with('\n');
    let line_end = if head.ends_with("\r\n") { "\r\n" } else { "\n" };
    let joined = drawn.join(line_end) + if ends { line_end } else { "" };
    Some((start..start + length, joined))
}

fn row(line: &str, columns: &[Column], surface: Surface<'_>) -> Vec<String> {
    let mut cells: Vec<String> = Vec::new();
    for (index, cell) in cells_of(line).into_iter().enumerate() {
        let column = columns.get(index).copied().unwrap_or(Column::AsWritten);
        cells.push(retick(cell, |text| in_cell(text, column, surface)));
    }
    cells.resize(cells.len().max(columns.len()), String::new());
    cells
}

fn column(heading: &str, names: &Names) -> Column {
    let special = HEADINGS.iter().find(|(zh, en)| heading == *zh || heading == *en);
    match special.map(|(_, en)| *en) {
        Some("result") => Column::Result,
        Some("amount") => Column::Amount,
        Some(_) => Column::AsWritten,
        None => names.cells(heading).map_or(Column::AsWritten, Column::Fact),
    }
}

fn in_heading(heading: &str, surface: Surface<'_>) -> String {
    match HEADINGS.iter().find(|(zh, en)| heading == *zh || heading == *en) {
        Some((zh, en)) => surface.pick(*zh, *en).to_owned(),
        None => surface.names.translate_qualified(heading, surface.lang),
    }
}

fn in_cell(text: &str, column: Column, surface: Surface<'_>) -> String {
    let found = match column {
        Column::AsWritten | Column::Fact(CellKind::Other) => None,
        Column::Result => {
            let result = RESULTS.iter().find(|(zh, en, _)| text == *zh || text == *en);
            result.map(|(zh, en, _)| surface.pick(*zh, *en).to_owned())
        }
        Column::Fact(CellKind::Word) => Some(surface.names.translate(text, surface.lang).to_owned()),
        Column::Fact(CellKind::Bool) => match text {
            "是" | "true" => Some(surface.pick("是", "true").to_owned()),
            "否" | "false" => Some(surface.pick("否", "false").to_owned()),
            _ => None,
        },
        Column::Fact(CellKind::Year) => year_of(text).map(str::to_owned),
        Column::Amount | Column::Fact(CellKind::Date | CellKind::Money) => literal(text, surface),
    };
    found.unwrap_or_else(|| text.to_owned())
}

/// A date, an amount of money, or a span of such amounts, read in either language. Dates are as in data files.
fn literal(text: &str, surface: Surface<'_>) -> Option<String> {
    [Lang::Zh, Lang::En].into_iter().find_map(|lang| {
        let mut diagnostics = Vec::new();
        let expr = parse_amount(0, 0, text, lang, &mut diagnostics).filter(|_| diagnostics.is_empty())?;
        let is_money = |expr: &&Expr| matches!(expr.kind, ExprKind::Money(_));
        match &expr.kind {
            ExprKind::Date(days) => Some(Surface { lang: Lang::En, ..surface }.date(*days)),
            ExprKind::Money(_) | ExprKind::OpenAmount => Some(surface.amount(&expr)),
            ExprKind::Span(..) | ExprKind::UpTo(_) | ExprKind::FloorOpen(_) => {
                expr.kind.children().iter().all(is_money).then(|| surface.amount(&expr))
            }
            _ => None,
        }
    })
}

/// The cells of a table's line, trimmed, with their markup.
fn cells_of(line: &str) -> Vec<&str> {
    let line = line.trim_start_matches([' ', '\t', '>']).trim_end();
    let line = line.strip_prefix('|').unwrap_or(line);
    let mut cells = Vec::new();
    let (mut from, mut escaped) = (0, false);
    for (at, c) in line.char_indices() {
        if c == '|' && !escaped {
            cells.push(line[from..at].trim());
            from = at + 1;
        }
        escaped = c == '\\' && !escaped;
    }
    if !line[from..].trim().is_empty() {
        cells.push(line[from..].trim());
    }
    cells
}

/// Rewrites a cell's text inside its backticks, if it has some; names with underscores are often written so.
fn retick(cell: &str, rewrite: impl Fn(&str) -> String) -> String {
    let (tick, text) = untick(cell);
    format!("{tick}{}{tick}", rewrite(text))
}

fn untick(cell: &str) -> (&str, &str) {
    match cell.strip_prefix('`').and_then(|rest| rest.strip_suffix('`')) {
        Some(text) if !text.contains('`') => ("`", text),
        _ => ("", cell),
    }
}

/// The lines of a table; the first row is the head, and the delimiters keep their colons.
fn draw(prefix: &str, delimiters: &[&str], rows: &[Vec<String>]) -> Vec<String> {
    let count = rows.iter().map(Vec::len).max().unwrap_or(0);
    let heads = rows.first().map_or(0, Vec::len);
    let widths: Vec<usize> = (0..count)
        .map(|column| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.width()).max().unwrap_or(0).max(3))
        .collect();
    let line = |cells: Vec<String>| format!("{prefix}| {} |", cells.join(" | "));
    let mut lines: Vec<String> = Vec::new();
    for row in rows {
        let padded = row.iter().enumerate().map(|(column, cell)| {
            let gap = " ".repeat(widths[column] - cell.width());
            let is_right = delimiters.get(column).is_some_and(|mark| mark.ends_with(':') && !mark.starts_with(':'));
            if is_right { format!("{gap}{cell}") } else { format!("{cell}{gap}") }
        });
        lines.push(line(padded.collect()));
        if lines.len() == 1 {
            let marks = (0..heads).map(|column| {
                let mark = delimiters.get(column).copied().unwrap_or("");
                let (left, right) = (mark.starts_with(':'), mark.ends_with(':'));
                let dashes = "-".repeat(widths[column] - usize::from(left) - usize::from(right));
                format!("{}{dashes}{}", if left { ":" } else { "" }, if right { ":" } else { "" })
            });
            lines.push(line(marks.collect()));
        }
    }
    lines
}
