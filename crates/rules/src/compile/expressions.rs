//! From expressions to typed nodes. Every mismatch of types or units is reported at its place, and lowering goes on
//! with the rest.

use duixian_money::WHOLE;

use crate::diagnostic::{Diagnostic, Message};
use crate::plan::{Comparison, Node, NodeId, NodeType};
use crate::source::Span;
use crate::syntax::ast::{Arithmetic, BuiltIn, Expr, ExprKind, Ident, Logic, Transition};
use crate::vocabulary::{ColumnId, Empty, Name, TableId, Vocabulary};

use super::arena::Arena;
use super::names::unknown;
use super::scope::{Declared, Place, Ty};

/// How deep definitions may refer to one another: beyond it they go in circles.
const MAX_DEFINITIONS: usize = 32;

/// How deep expressions may stand in one another, through definitions too: walking them must not risk the stack.
const MAX_NESTING: usize = 200;

/// How many uses of definitions a pack may have, where definitions use one another: each could double the last.
const MAX_EXPANSIONS: usize = 50_000;

/// Lowers expressions into an arena.
pub(super) struct Lowering<'a> {
    pub(super) vocabulary: &'a Vocabulary,
    pub(super) declared: &'a Declared<'a>,
    pub(super) arena: &'a mut Arena,
    pub(super) diagnostics: &'a mut Vec<Diagnostic>,
    /// How many definitions are being read inside one another.
    pub(super) depth: usize,
    /// How many expressions are, those of the definitions included.
    pub(super) nesting: usize,
    /// How often a definition was put in for its name.
    pub(super) expansions: usize,
    /// The conditions that a definition was read as, with its name.
    pub(super) definitions: Vec<(NodeId, Name)>,
}

pub(super) type Lowered = Option<(NodeId, Ty)>;

impl Lowering<'_> {
    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Whether this was said of a place already: a general rule is compiled for each measure that it is for.
    pub(super) fn has_reported(&self, id: &str, span: Span) -> bool {
        self.diagnostics.iter().any(|diagnostic| diagnostic.id == id && diagnostic.span == span)
    }

    pub(super) fn add(&mut self, node: Node, ty: Ty) -> (NodeId, Ty) {
        (self.arena.add(self.vocabulary, node, node_type(ty)), ty)
    }

    pub(super) fn constant(&mut self, value: i64, ty: Ty) -> (NodeId, Ty) {
        (self.arena.constant(self.vocabulary, value, node_type(ty)), ty)
    }

    /// A condition: anything else is an error.
    pub(super) fn boolean(&mut self, place: &Place, expr: &Expr) -> Option<NodeId> {
        self.of_type(place, expr, Ty::Bool)
    }

    /// An expression that must have this type.
    pub(super) fn of_type(&mut self, place: &Place, expr: &Expr, expected: Ty) -> Option<NodeId> {
        let (node, ty) = self.lower(place, expr, Some(expected))?;
        if ty == expected {
            return Some(node);
        }
        self.mismatch(expr.span, expected, ty);
        None
    }

    /// Whether a line of this declaration was reported while reading: what it seems to lack may have stood there.
    pub(super) fn has_unread_lines(&self, item: Span) -> bool {
        self.diagnostics.iter().any(|found| {
            let inside = found.span.file == item.file && found.span.start >= item.start && found.span.end <= item.end;
            inside && (found.id.starts_with("E1") || found.id.starts_with("E2"))
        })
    }

    pub(super) fn mismatch(&mut self, span: Span, expected: Ty, found: Ty) {
        let hint = match (expected, found) {
            (Ty::Money, Ty::Count) => Some(("金额要写单位，如 5万元", "money takes its unit: 50,000 yuan")),
            (Ty::Percent, Ty::Count | Ty::Decimal) => Some(("比例写成 50%", "write a share as 50%")),
            (Ty::Date, Ty::Year) => {
                Some(("写明月日，或比较 某日期 的 年份", "name the day, or compare the year of the date"))
            }
            (Ty::Year, Ty::Date) => Some(("写成 某日期 的 年份", "write year of the date")),
            (Ty::Bool, _) => Some(("写明怎样才算，如 … 不少于 …", "say what is to hold, such as … at least …")),
            _ => None,
        };
        let (expected, found) = (expected.title(self.vocabulary), found.title(self.vocabulary));
        let diagnostic = Diagnostic::new(
            "E401",
            span,
            format!("这里要{}，写的却是{}", expected.0, found.0),
            format!("expected {} here, found {}", expected.1, found.1),
        );
        self.report(match hint {
            Some((zh, en)) => diagnostic.hint(zh, en),
            None => diagnostic,
        });
    }

    /// Lowers an expression; `expected` tells bare numbers and words what they are.
    pub(super) fn lower(&mut self, place: &Place, expr: &Expr, expected: Option<Ty>) -> Lowered {
        if self.nesting >= MAX_NESTING {
            self.too_large(expr.span);
            return None;
        }
        self.nesting += 1;
        let lowered = self.lower_here(place, expr, expected);
        self.nesting -= 1;
        lowered
    }

    fn too_large(&mut self, span: Span) {
        self.report(
            Diagnostic::new(
                "E205",
                span,
                "这个式子连同它用的定义太大",
                "this expression is too large, with the definitions it uses",
            )
            .hint("用 令 给中间结果起名", "name the inner parts with let"),
        );
    }

    fn lower_here(&mut self, place: &Place, expr: &Expr, expected: Option<Ty>) -> Lowered {
        match &expr.kind {
            ExprKind::Money(fen) => Some(self.constant(fen.0, Ty::Money)),
            ExprKind::Percent(ppm) => Some(self.constant(*ppm, Ty::Percent)),
            ExprKind::Decimal(ppm) => Some(self.constant(*ppm, Ty::Decimal)),
            ExprKind::Date(days) => Some(self.constant(*days, Ty::Date)),
            ExprKind::Year(year) => Some(self.constant(*year, Ty::Year)),
            ExprKind::Bool(value) => Some(self.constant(i64::from(*value), Ty::Bool)),
            ExprKind::Integer(digits) => self.integer(digits, expr.span, expected),
            ExprKind::Quoted(_) => {
                self.report(Diagnostic::new("E405", expr.span, "文字在这里没有意义", "text means nothing here").hint(
                    "文字只能这样比较：某列 是 “…”、某列 属于 “…”、某列 开头是 “…”",
                    "text is only tested: column is \"…\", column in \"…\", column starts with \"…\"",
                ));
                None
            }
            ExprKind::Name(ident) => self.name(place, ident, expected),
            ExprKind::Qualified(table, column) => self.qualified(place, table, column),
            ExprKind::BuiltIn(built_in) => self.built_in(*built_in, expr.span),
            ExprKind::Logic(logic, operands) => {
                let nodes: Vec<Option<NodeId>> = operands.iter().map(|operand| self.boolean(place, operand)).collect();
                let nodes = nodes.into_iter().collect::<Option<Vec<_>>>()?;
                let node = if *logic == Logic::And { Node::And(nodes) } else { Node::Or(nodes) };
                Some(self.add(node, Ty::Bool))
            }
            ExprKind::Not(operand) => {
                let operand = self.boolean(place, operand)?;
                Some(self.add(Node::Not(operand), Ty::Bool))
            }
            ExprKind::Happened(positive, operand) => self.happened(place, *positive, operand),
            ExprKind::Compare(comparison, of_dates, left, right) => {
                self.compare(place, (*comparison, *of_dates), left, right, expr.span)
            }
            ExprKind::In(positive, value, list) => self.one_of(place, *positive, value, list),
            ExprKind::StartsWith(value, list) => self.starts_with(place, value, list),
            ExprKind::Arithmetic(operator, left, right) => self.arithmetic(place, *operator, left, right, expr.span),
            ExprKind::PercentOf(rate, amount) => {
                let rate = self.of_type(place, rate, Ty::Percent);
                let amount = self.of_type(place, amount, Ty::Money);
                Some(self.add(Node::PercentOf(rate?, amount?), Ty::Money))
            }
            ExprKind::YearOf(date) => {
                let date = self.of_type(place, date, Ty::Date)?;
                Some(self.add(Node::YearOf(date), Ty::Year))
            }
            ExprKind::Extreme(extreme, operands) => self.extreme(place, *extreme, operands, expected),
            ExprKind::Round(value, rounding, unit) => {
                let value = self.of_type(place, value, Ty::Money)?;
                Some(self.add(Node::Round { value, unit_fen: unit.fen(), rounding: *rounding }, Ty::Money))
            }
            ExprKind::Aggregate { kind, of, filter } => self.aggregate(place, *kind, of, filter.as_deref()),
            ExprKind::YearsBetween(from, to) => {
                let from = self.of_type(place, from, Ty::Date);
                let to = self.of_type(place, to, Ty::Date);
                Some(self.add(Node::YearsBetween(from?, to?), Ty::Count))
            }
            ExprKind::Steps(value, step) => {
                let (value, ty) = self.lower(place, value, None)?;
                let step = self.of_type(place, step, ty)?;
                Some(self.add(Node::Steps(value, step), Ty::Count))
            }
            // The parser reads these only as what is paid, where `pay` takes them apart.
            ExprKind::Span(..) | ExprKind::UpTo(_) | ExprKind::FloorOpen(_) | ExprKind::OpenAmount => None,
        }
    }

    fn integer(&mut self, digits: &str, span: Span, expected: Option<Ty>) -> Lowered {
        let Ok(value) = digits.parse::<i64>() else {
            self.report(
                Diagnostic::new("E104", span, "这个数太大", "this number is too large")
                    .hint("代码和编号加引号写成文字", "put codes and numbers of things in quotation marks"),
            );
            return None;
        };
        Some(match expected {
            Some(Ty::Year) if (1000..=9999).contains(&value) => self.constant(value, Ty::Year),
            Some(Ty::Decimal) => self.constant(value.saturating_mul(WHOLE), Ty::Decimal),
            _ => self.constant(value, Ty::Count),
        })
    }

    fn name(&mut self, place: &Place, ident: &Ident, expected: Option<Ty>) -> Lowered {
        if let Some(Ty::Word(list)) = expected
            && let Some(word) = self.vocabulary.word_lists[list].words.iter().position(|word| word.is(&ident.text))
        {
            return Some(self.constant(word as i64, Ty::Word(list)));
        }
        if let Some((_, node, ty)) = place.lets.iter().rev().find(|(name, _, _)| name.is(&ident.text)) {
            if place.aggregate.is_some() && self.reads_a_row(*node) {
                self.report(
                    Diagnostic::new(
                        "E417",
                        ident.span,
                        format!("“{}”取自依据那一行，统计里读不到", ident.text),
                        format!("“{}” is of the basis row, which an aggregate cannot read", ident.text),
                    )
                    .hint(
                        "统计里能用的是所统计表的列、主体的列、本年度和基准日",
                        "inside it stand columns of its own table and of the parties, this_year and basis_date",
                    ),
                );
                return None;
            }
            return Some((*node, *ty));
        }
        if place.unread.iter().any(|name| name.is(&ident.text)) {
            return None;
        }
        if let Some((table, column)) = place.column(self.vocabulary, &ident.text) {
            return Some(self.column(table, column));
        }
        if let Some(expr) = self.declared.defines.get(ident.text.as_str()).copied() {
            if self.depth >= MAX_DEFINITIONS {
                self.report(
                    Diagnostic::new(
                        "E304",
                        ident.span,
                        format!("定义“{}”绕回了自己", ident.text),
                        format!("the definition of “{}” comes back to itself", ident.text),
                    )
                    .hint("让其中一个只用列来写", "write one of them with columns alone"),
                );
                return None;
            }
            if self.expansions >= MAX_EXPANSIONS {
                self.too_large(ident.span);
                return None;
            }
            self.expansions += 1;
            self.depth += 1;
            let lowered = self.lower(place, expr, expected);
            self.depth -= 1;
            if let Some((node, Ty::Bool)) = lowered
                && let Some(name) = self.declared.names.iter().find(|name| name.is(&ident.text))
                && !self.definitions.iter().any(|(known, _)| *known == node)
            {
                self.definitions.push((node, name.clone()));
            }
            return lowered;
        }
        if self.declared.parameters.contains_key(ident.text.as_str()) {
            return self.parameter(ident);
        }
        if let Some(Ty::Word(list)) = expected {
            let list = &self.vocabulary.word_lists[list];
            let mut diagnostic = unknown(ident, ("词", "word"), list.words.iter());
            diagnostic.message = Message::new(
                format!("词表“{}”里没有“{}”", list.name.zh, ident.text),
                format!("the list “{}” has no word “{}”", list.name.en, ident.text),
            );
            self.report(diagnostic);
            return None;
        }
        if self.vocabulary.word_lists.iter().any(|list| list.words.iter().any(|word| word.is(&ident.text))) {
            self.report(
                Diagnostic::new(
                    "E419",
                    ident.span,
                    format!("“{}”是词表里的词，不能单独成为条件", ident.text),
                    format!("“{}” is a word of a list and no condition by itself", ident.text),
                )
                .hint("几个词任选其一，写 某列 属于 甲、乙", "for one of several words write column in a, b"),
            );
            return None;
        }
        let tables = place.aggregate.or(place.basis).into_iter().chain(self.vocabulary.party_table());
        let columns: Vec<&Name> = tables
            .flat_map(|table| self.vocabulary.tables[table].columns.iter().map(|column| &column.name))
            .chain(place.lets.iter().map(|(name, _, _)| name))
            .chain(&self.declared.names)
            .collect();
        let diagnostic = unknown(ident, ("列、定义或参数", "column, definition or parameter"), columns.into_iter());
        self.report(diagnostic);
        None
    }

    /// Whether a value comes from a row of events or accounts.
    fn reads_a_row(&self, node: NodeId) -> bool {
        match &self.arena.node(node).node {
            Node::Column(table, _) => self.vocabulary.party_table() != Some(*table),
            Node::Aggregate { .. } => true,
            other => super::operands(other).into_iter().any(|operand| self.reads_a_row(operand)),
        }
    }

    fn qualified(&mut self, place: &Place, table: &Ident, column: &Ident) -> Lowered {
        let (table_id, column_id) = self.find_column(table, column)?;
        if !place.reaches(self.vocabulary, table_id) {
            self.report(
                Diagnostic::new(
                    "E407",
                    table.span.to(column.span),
                    format!("这里读不到“{}”的某一行", table.text),
                    format!("no single row of “{}” can be read here", table.text),
                )
                .hint(
                    "用 合计(…)、最早(…)、取值(… 其中 …) 等从多行得出一个值",
                    "make one value of its rows with sum(…), earliest(…) or only(… where …)",
                ),
            );
            return None;
        }
        Some(self.column(table_id, column_id))
    }

    pub(super) fn find_column(&mut self, table: &Ident, column: &Ident) -> Option<(TableId, ColumnId)> {
        let Some(table_id) = self.vocabulary.table(&table.text) else {
            let diagnostic = unknown(table, ("表", "table"), self.vocabulary.tables.iter().map(|table| &table.name));
            self.report(diagnostic);
            return None;
        };
        let declared = &self.vocabulary.tables[table_id];
        let Some(column_id) = declared.column(&column.text) else {
            let diagnostic = unknown(column, ("列", "column"), declared.columns.iter().map(|column| &column.name));
            self.report(diagnostic);
            return None;
        };
        Some((table_id, column_id))
    }

    pub(super) fn column(&mut self, table: TableId, column: ColumnId) -> (NodeId, Ty) {
        let ty = Ty::of(self.vocabulary.tables[table].columns[column].ty);
        // The code of an event's party is that of the party itself; tables of events hold no codes of their own.
        if ty == Ty::Party
            && let Some(party) = self.vocabulary.party_table()
            && let Some(code) = self.vocabulary.tables[party].party_column()
        {
            return self.add(Node::Column(party, code), ty);
        }
        self.add(Node::Column(table, column), ty)
    }

    fn built_in(&mut self, built_in: BuiltIn, span: Span) -> Lowered {
        match built_in {
            BuiltIn::BasisDate => Some(self.add(Node::BasisDate, Ty::Date)),
            BuiltIn::ThisYear => Some(self.add(Node::RowYear, Ty::Year)),
            BuiltIn::AsOf => Some(self.add(Node::AsOf, Ty::Date)),
            BuiltIn::Rank => {
                self.report(
                    Diagnostic::new("E408", span, "名次只能用在 支付 按 名次", "rank stands only in pays by rank")
                        .hint(
                            "只取前几名的，写 限额 每年 前3名 按 … 从多到少",
                            "to take the first few write limit yearly top 3 by … most first",
                        ),
                );
                None
            }
        }
    }

    fn parameter(&mut self, ident: &Ident) -> Lowered {
        let parameter = self.declared.parameters[ident.text.as_str()];
        let mut steps = Vec::new();
        let mut ty = None;
        for (value, validity) in &parameter.values {
            let (node, found) = self.lower(&Place::default(), value, ty)?;
            if ty.is_some_and(|ty| ty != found) {
                self.mismatch(value.span, ty.unwrap_or(found), found);
                return None;
            }
            ty = Some(found);
            let from = validity.from.map_or(i64::MIN, |(day, _)| day);
            steps.push((from, node));
        }
        let ty = ty?;
        steps.sort_by_key(|(from, _)| *from);
        let on = match parameter.transition {
            Transition::ByBasisDate => self.add(Node::BasisDate, Ty::Date).0,
            Transition::ByAsOf => self.add(Node::AsOf, Ty::Date).0,
        };
        if let [(i64::MIN, only)] = steps[..] {
            return Some((only, ty));
        }
        Some(self.add(Node::Dated { on, steps }, ty))
    }

    fn happened(&mut self, place: &Place, positive: bool, operand: &Expr) -> Lowered {
        let (node, _) = self.lower(place, operand, None)?;
        if !self.arena.node(node).may_be_absent {
            self.report(
                Diagnostic::new(
                    "E409",
                    operand.span,
                    "只有“空即未发生”的列才能问有没有：别的列空着是不知道",
                    "only a column whose empty cell means not happened can be asked whether it has; elsewhere empty is unknown",
                )
                .hint(
                    "在词汇里给这一列写上 空即未发生，或去掉这个条件",
                    "declare the column with empty means not happened, or drop this test",
                ),
            );
            return None;
        }
        let (node, ty) = self.add(Node::Happened(node), Ty::Bool);
        Some(if positive { (node, ty) } else { self.add(Node::Not(node), Ty::Bool) })
    }

    /// What a column with unknown cells is, for the analysis of what a measure may miss.
    pub(super) fn can_be_unknown(vocabulary: &Vocabulary, table: TableId, column: ColumnId) -> bool {
        vocabulary.tables[table].columns[column].empty == Empty::Unknown
    }

    /// A comparison by words for numbers or for dates, or a ratio against a rate.
    pub(super) fn compare(
        &mut self,
        place: &Place,
        (comparison, of_dates): (Comparison, bool),
        left: &Expr,
        right: &Expr,
        span: Span,
    ) -> Lowered {
        if let ExprKind::Arithmetic(Arithmetic::Divide, numerator, denominator) = &left.kind {
            let (numerator, ty) = self.lower(place, numerator, None)?;
            let denominator = self.of_type(place, denominator, ty)?;
            let (rate, rate_ty) = self.lower(place, right, Some(Ty::Decimal))?;
            if !matches!(rate_ty, Ty::Percent | Ty::Decimal) {
                self.mismatch(right.span, Ty::Percent, rate_ty);
                return None;
            }
            return Some(self.add(Node::CompareRatio { comparison, numerator, denominator, rate }, Ty::Bool));
        }
        super::membership::compare(self, place, (comparison, of_dates), left, right, span)
    }

    fn one_of(&mut self, place: &Place, positive: bool, value: &Expr, list: &[Expr]) -> Lowered {
        let node = super::membership::one_of(self, place, value, list)?;
        Some(if positive { (node, Ty::Bool) } else { self.add(Node::Not(node), Ty::Bool) })
    }

    fn starts_with(&mut self, place: &Place, value: &Expr, list: &[Expr]) -> Lowered {
        super::membership::starts_with(self, place, value, list)
    }
}

pub(super) fn node_type(ty: Ty) -> NodeType {
    match ty {
        Ty::Bool => NodeType::Bool,
        Ty::Money => NodeType::Money,
        Ty::Percent => NodeType::Percent,
        Ty::Decimal => NodeType::Decimal,
        Ty::Date => NodeType::Date,
        Ty::Year => NodeType::Year,
        Ty::Count => NodeType::Count,
        Ty::Word(list) => NodeType::Word(list),
        Ty::Text | Ty::Industry | Ty::Division | Ty::Party => NodeType::Text,
    }
}
