//! Sums, differences, products: which units go together, and what to write where they do not.

use crate::diagnostic::Diagnostic;
use crate::plan::Node;
use crate::source::Span;
use crate::syntax::ast::{Arithmetic, Expr};

use super::expressions::{Lowered, Lowering};
use super::scope::{Place, Ty};

impl Lowering<'_> {
    pub(super) fn arithmetic(
        &mut self,
        place: &Place,
        operator: Arithmetic,
        left: &Expr,
        right: &Expr,
        span: Span,
    ) -> Lowered {
        let left_lowered = self.lower(place, left, None);
        let right_lowered = self.lower(place, right, None);
        let ((a, left_ty), (b, right_ty)) = (left_lowered?, right_lowered?);
        let (node, ty) = match (operator, left_ty, right_ty) {
            (Arithmetic::Add, Ty::Money, Ty::Money) => (Node::Add(a, b), Ty::Money),
            (Arithmetic::Subtract, Ty::Money, Ty::Money) => (Node::Subtract(a, b), Ty::Money),
            (Arithmetic::Add, Ty::Count, Ty::Count) => (Node::Add(a, b), Ty::Count),
            (Arithmetic::Subtract, Ty::Count, Ty::Count) => (Node::Subtract(a, b), Ty::Count),
            (Arithmetic::Add, Ty::Percent, Ty::Percent) => (Node::Add(a, b), Ty::Percent),
            (Arithmetic::Subtract, Ty::Percent, Ty::Percent) => (Node::Subtract(a, b), Ty::Percent),
            (Arithmetic::Add, Ty::Year, Ty::Count) => (Node::Add(a, b), Ty::Year),
            (Arithmetic::Add, Ty::Count, Ty::Year) => (Node::Add(b, a), Ty::Year),
            (Arithmetic::Subtract, Ty::Year, Ty::Count) => (Node::Subtract(a, b), Ty::Year),
            (Arithmetic::Subtract, Ty::Year, Ty::Year) => (Node::Subtract(a, b), Ty::Count),
            (Arithmetic::Multiply, Ty::Count, Ty::Money) => (Node::Multiply(a, b), Ty::Money),
            (Arithmetic::Multiply, Ty::Money, Ty::Count) => (Node::Multiply(b, a), Ty::Money),
            (Arithmetic::Multiply, Ty::Count, Ty::Count) => (Node::Multiply(a, b), Ty::Count),
            _ => {
                self.wrong_units(operator, left_ty, right_ty, span);
                return None;
            }
        };
        Some(self.add(node, ty))
    }

    fn wrong_units(&mut self, operator: Arithmetic, left: Ty, right: Ty, span: Span) {
        let (left_title, right_title) = (left.title(self.vocabulary), right.title(self.vocabulary));
        let (zh, en) = match operator {
            Arithmetic::Add => ("相加", "added"),
            Arithmetic::Subtract => ("相减", "subtracted"),
            Arithmetic::Multiply => ("相乘", "multiplied"),
            Arithmetic::Divide => ("相除", "divided"),
        };
        let diagnostic = Diagnostic::new(
            "E402",
            span,
            format!("{}与{}不能{zh}", left_title.0, right_title.0),
            format!("{} and {} cannot be {en}", left_title.1, right_title.1),
        );
        let hint = match (operator, left, right) {
            (Arithmetic::Multiply, Ty::Money, Ty::Percent) | (Arithmetic::Multiply, Ty::Percent, Ty::Money) => {
                ("写成 金额 的 80%", "write 80% of amount: it says how the result is rounded")
            }
            (Arithmetic::Multiply, Ty::Money, Ty::Decimal) | (Arithmetic::Multiply, Ty::Decimal, Ty::Money) => {
                ("写成 金额 的 50%", "write 50% of amount: it says how the result is rounded")
            }
            (Arithmetic::Divide, ..) => (
                "除法只用在比较里：甲 / 乙 不少于 5%；取一部分写 甲 的 50%；按份算写 整数倍(甲, 乙)",
                "a division stands only in a comparison: a / b at least 5%; for a part write 50% of a, for steps steps(a, b)",
            ),
            (_, Ty::Date, Ty::Money) | (_, Ty::Money, Ty::Date) => {
                ("核对是不是写错了列", "check whether one of the columns is the wrong one")
            }
            (_, Ty::Date, _) | (_, _, Ty::Date) => (
                "日期之间用 满年数(甲, 乙)，或取 某日期 的 年份 再算",
                "between dates use years_between(a, b), or compute with year of a date",
            ),
            _ => ("核对两边的单位", "check the units of both sides"),
        };
        self.report(diagnostic.hint(hint.0, hint.1));
    }
}
