//! The canonical form of packs, in either surface: one way to write each tree, so that formatting twice changes nothing
//! and translating there and back gives the text one began with.

mod clauses;
mod declarations;
mod examples;
mod expressions;
mod file;
mod names;
mod surface;
#[cfg(test)]
mod tests;

use crate::syntax::ast::{ConditionDecl, ExceptionDecl, Expr, Goal, GoalValue, Item, LimitDecl, PayDecl, TierDecl};
use crate::vocabulary::Lang;

pub use file::file;
pub use names::Names;

use surface::Surface;

/// The declarations of a block, each clause in its fixed place, ending with a line end; empty if there are none.
pub fn block(items: &[Item], lang: Lang, names: &Names) -> String {
    Surface { lang, names }.block(items)
}

/// An expression or amount, with no more brackets than it needs.
pub fn expr(expr: &Expr, lang: Lang, names: &Names) -> String {
    Surface { lang, names }.expr(expr)
}

/// What a condition asks, on one line: `任一:甲;乙`.
pub fn condition(condition: &ConditionDecl, lang: Lang, names: &Names) -> String {
    Surface { lang, names }.condition_line(condition)
}

/// What is paid, on one line: `按 级别:国家级 30万元;省级 20万元`.
pub fn pay(pay: &PayDecl, lang: Lang, names: &Names) -> String {
    Surface { lang, names }.amount_line(&pay.amount, &pay.validity)
}

/// A tier on one line: `国家级 30万元`.
pub fn tier(tier: &TierDecl, lang: Lang, names: &Names) -> String {
    Surface { lang, names }.tier_line(tier)
}

/// A limit, without the word that begins its line: `每家 一次`.
pub fn limit(limit: &LimitDecl, lang: Lang, names: &Names) -> String {
    Surface { lang, names }.limit(&limit.kind)
}

/// What a goal asks to be reached, without its year: `不少于 2.5%`.
pub fn goal(goal: &Goal, lang: Lang, names: &Names) -> String {
    match &goal.value {
        GoalValue::Figure(comparison, value) => Surface { lang, names }.goal_figure(*comparison, value),
        GoalValue::Words(words) => words.clone(),
    }
}

/// An exception on one line: `当 甲:不支付`.
pub fn exception(exception: &ExceptionDecl, lang: Lang, names: &Names) -> String {
    Surface { lang, names }.exception_line(exception)
}
