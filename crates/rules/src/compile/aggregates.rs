//! Values made of several: aggregates over a party's rows, and the least or greatest of a few.

use crate::diagnostic::Diagnostic;
use crate::plan::{AggregateKind, Node};
use crate::source::Span;
use crate::syntax::ast::{Expr, ExprKind, Extreme};
use crate::vocabulary::TableKind;

use super::expressions::{Lowered, Lowering};
use super::names::unknown;
use super::scope::{Place, Ty};

impl Lowering<'_> {
    pub(super) fn aggregate(
        &mut self,
        place: &Place,
        kind: AggregateKind,
        of: &Expr,
        filter: Option<&Expr>,
    ) -> Lowered {
        if place.aggregate.is_some() {
            self.report(
                Diagnostic::new("E410", of.span, "统计里不能再套统计", "an aggregate cannot stand inside another")
                    .hint("把里面的统计写成另一个条件", "make the inner one a condition of its own"),
            );
            return None;
        }
        let takes_value = !matches!(kind, AggregateKind::Count | AggregateKind::Any);
        let (table, column) = match (&of.kind, takes_value) {
            (ExprKind::Name(table), false) => match self.vocabulary.table(&table.text) {
                Some(table) => (table, None),
                None => {
                    let tables = self.vocabulary.tables.iter().map(|table| &table.name);
                    let diagnostic = unknown(table, ("表", "table"), tables);
                    self.report(diagnostic);
                    return None;
                }
            },
            (ExprKind::Qualified(table, column), true) => {
                let (table, column) = self.find_column(table, column)?;
                (table, Some(column))
            }
            (_, takes_value) => {
                let (zh, en) = if takes_value {
                    ("这里要写 表.列，如 年度账目.销售额", "write table.column here, such as annual_accounts.sales")
                } else {
                    ("这里要写一张表的名称", "write the name of a table here")
                };
                let hint = if takes_value {
                    ("只数有几行的，用 件数(表)", "to count the rows write count(table)")
                } else {
                    ("只数某些行的，写 件数(表 其中 条件)", "to count some rows write count(table where …)")
                };
                self.report(Diagnostic::new("E411", of.span, zh, en).hint(hint.0, hint.1));
                return None;
            }
        };
        if self.vocabulary.tables[table].kind == TableKind::Party {
            self.report(
                Diagnostic::new(
                    "E412",
                    of.span,
                    "主体表每家只有一行，不用统计",
                    "a party has one row among the parties",
                )
                .hint("直接写列名", "write the column's name alone"),
            );
            return None;
        }
        let inner = Place { aggregate: Some(table), ..place.clone() };
        let filter = match filter {
            Some(filter) => Some(self.boolean(&inner, filter)?),
            None => None,
        };
        let value = column.map(|column| self.column(table, column));
        let ty = match (kind, value) {
            (AggregateKind::Count, _) => Ty::Count,
            (AggregateKind::Any, _) => Ty::Bool,
            (_, Some((_, ty))) => ty,
            (_, None) => return None,
        };
        let fits = match kind {
            AggregateKind::Sum => matches!(ty, Ty::Money | Ty::Count),
            AggregateKind::Earliest | AggregateKind::Latest => matches!(ty, Ty::Date | Ty::Year),
            AggregateKind::Only => !matches!(ty, Ty::Text | Ty::Party | Ty::Industry | Ty::Division),
            AggregateKind::Count | AggregateKind::Any => true,
        };
        if !fits {
            let title = ty.title(self.vocabulary);
            self.report(
                Diagnostic::new(
                    "E413",
                    of.span,
                    format!("{}不能这样统计", title.0),
                    format!("{} cannot be aggregated so", title.1),
                )
                .hint(
                    "合计 用于金额和数目，最早、最晚 用于日期",
                    "sum takes money and counts, earliest and latest take dates",
                ),
            );
            return None;
        }
        Some(self.add(Node::Aggregate { kind, table, filter, value: value.map(|(node, _)| node) }, ty))
    }

    pub(super) fn extreme(
        &mut self,
        place: &Place,
        extreme: Extreme,
        operands: &[Expr],
        expected: Option<Ty>,
    ) -> Lowered {
        let mut nodes = Vec::new();
        let mut ty = expected;
        for operand in operands {
            let (node, found) = self.lower(place, operand, ty)?;
            if let Some(ty) = ty.filter(|ty| *ty != found && !nodes.is_empty()) {
                self.mismatch(operand.span, ty, found);
                return None;
            }
            ty = Some(found);
            nodes.push(node);
        }
        let ty = ty?;
        let of_dates = matches!(extreme, Extreme::Earlier | Extreme::Later);
        let fits = if of_dates {
            matches!(ty, Ty::Date | Ty::Year)
        } else {
            matches!(ty, Ty::Money | Ty::Count | Ty::Percent | Ty::Decimal)
        };
        if !fits {
            let span = operands.first().map_or(Span::default(), |operand| operand.span);
            let title = ty.title(self.vocabulary);
            let (zh, en) =
                if of_dates { ("不分早晚", "earlier or later") } else { ("不分大小", "lesser or greater") };
            self.report(
                Diagnostic::new("E404", span, format!("{}{zh}", title.0), format!("{} has nothing {en}", title.1))
                    .hint(
                        "日期、年份用 较早者、较晚者；金额、数目用 较小者、较大者",
                        "dates and years take earlier of and later of; money and counts lesser of and greater of",
                    ),
            );
            return None;
        }
        let node = match extreme {
            Extreme::Lesser | Extreme::Earlier => Node::Least(nodes),
            Extreme::Greater | Extreme::Later => Node::Greatest(nodes),
        };
        Some(self.add(node, ty))
    }
}
