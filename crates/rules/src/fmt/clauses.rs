//! Clauses of measures on one line each, as explanations quote them and blocks begin their lines.

use unicode_width::UnicodeWidthStr;

use crate::syntax::ast::{
    AmountDecl, BasisDecl, ClauseRef, ConditionDecl, Each, ExceptionDecl, Expr, ExprKind, KeyDecl, LimitKindDecl, Test,
    TierDecl, TierKey, Transition, Validity,
};
use crate::syntax::keywords::Keyword;
use crate::vocabulary::Lang;

use super::expressions::{Level, comparison_word};
use super::surface::Surface;

impl Surface<'_> {
    pub(super) fn condition_line(self, condition: &ConditionDecl) -> String {
        let head = self.condition_head(condition);
        match &condition.test {
            Test::One(_) => head,
            Test::Any(operands) | Test::All(operands) => {
                self.with_parts(head, operands.iter().map(|operand| self.expr(operand)))
            }
        }
    }

    pub(super) fn amount_line(self, amount: &AmountDecl, validity: &Validity) -> String {
        let head = self.amount_head(amount, validity);
        match amount {
            AmountDecl::Tiers { tiers, .. } => self.with_parts(head, tiers.iter().map(|tier| self.tier_line(tier))),
            AmountDecl::One(_) | AmountDecl::Nothing => head,
        }
    }

    pub(super) fn tier_line(self, tier: &TierDecl) -> String {
        format!("{} {}", self.tier_key(tier), self.amount(&tier.amount))
    }

    pub(super) fn exception_line(self, exception: &ExceptionDecl) -> String {
        let amount = self.amount_line(&exception.amount, &Validity::default());
        let amount = match exception.amount {
            AmountDecl::Nothing => amount,
            _ => format!("{} {amount}", self.word(Keyword::Pays)),
        };
        self.with_parts(self.exception_head(exception), [amount])
    }

    /// The condition's first line: all of it, or 任一 with the operands to follow.
    pub(super) fn condition_head(self, condition: &ConditionDecl) -> String {
        let head = match &condition.test {
            Test::One(expr) => self.at(expr, Level::Or),
            Test::Any(_) => self.word(Keyword::AnyOf).to_owned(),
            Test::All(_) => self.word(Keyword::AllOf).to_owned(),
        };
        head + &self.validity(&condition.validity)
    }

    /// The amount's first line: all of it, or what the tiers to follow are by.
    pub(super) fn amount_head(self, amount: &AmountDecl, validity: &Validity) -> String {
        let head = match amount {
            AmountDecl::One(expr) => self.amount(expr),
            AmountDecl::Tiers { by, .. } => format!("{} {}", self.word(Keyword::By), self.at(by, Level::Rounded)),
            AmountDecl::Nothing => self.word(Keyword::PaysNothing).to_owned(),
        };
        head + &self.validity(validity)
    }

    pub(super) fn exception_head(self, exception: &ExceptionDecl) -> String {
        let when = self.at(&exception.when, Level::Or);
        format!("{} {when}{}", self.word(Keyword::If), self.validity(&exception.validity))
    }

    /// The rows of a table of tiers, their amounts in one column.
    pub(super) fn tier_rows(self, tiers: &[TierDecl]) -> Vec<String> {
        columns(tiers.iter().map(|tier| {
            let (mut key, amount) = (self.tier_key(tier), self.amount(&tier.amount));
            if would_run_on(&key, &amount) {
                key.push(':');
            }
            (key, amount)
        }))
    }

    fn tier_key(self, tier: &TierDecl) -> String {
        match &tier.key {
            TierKey::Values(values) => self.primaries(values),
            TierKey::Otherwise(_) => self.word(Keyword::Otherwise).to_owned(),
            TierKey::Range(range) => {
                let parts: Vec<String> = range
                    .iter()
                    .map(|(comparison, bound)| {
                        let of_dates = matches!(bound.kind, ExprKind::Date(_));
                        let sign = self.word(comparison_word(*comparison, of_dates));
                        format!("{sign} {}", self.at(bound, Level::Rounded))
                    })
                    .collect();
                parts.join(&format!(" {} ", self.word(Keyword::AndAlso)))
            }
        }
    }

    pub(super) fn limit(self, limit: &LimitKindDecl) -> String {
        let at_most = self.word(Keyword::AtMost);
        match limit {
            LimitKindDecl::Once(key) => format!("{} {}", self.limit_key(key), self.word(Keyword::OnceOnly)),
            LimitKindDecl::TopUp(key) => format!("{} {}", self.limit_key(key), self.word(Keyword::TopUp)),
            LimitKindDecl::Years(years, first) => {
                let years = match self.lang {
                    // Five digits: with four it would be a calendar year.
                    Lang::Zh if (1000..10_000).contains(years) => format!("{years:05}年"),
                    Lang::Zh => format!("{years}年"),
                    Lang::En => format!("{years} years"),
                };
                let (from, onward) = (self.word(Keyword::From), self.word(Keyword::Onward));
                format!("{at_most} {years} {from} {} {onward}", self.at(first, Level::Rounded))
            }
            LimitKindDecl::Top { key, places, by, descending } => {
                let key = match key {
                    KeyDecl::All => String::new(),
                    key => self.limit_key(key) + " ",
                };
                let order = if *descending { Keyword::MostFirst } else { Keyword::FewestFirst };
                let (yearly, places) =
                    (self.word(Keyword::Yearly), self.pick(format!("前{places}名"), format!("top {places}")));
                let (by_word, by, order) = (self.word(Keyword::By), self.at(by, Level::Rounded), self.word(order));
                format!("{yearly} {key}{places} {by_word} {by} {order}")
            }
            LimitKindDecl::Cap { key, every_year, at_most: most } => {
                let span = self.word(if *every_year { Keyword::Yearly } else { Keyword::InTotal });
                format!("{} {span} {at_most} {}", self.limit_key(key), self.at(most, Level::Rounded))
            }
        }
    }

    fn limit_key(self, key: &KeyDecl) -> String {
        match key {
            KeyDecl::Party => self.word(Keyword::PerParty).to_owned(),
            KeyDecl::All => self.word(Keyword::OverAll).to_owned(),
            KeyDecl::Column(column) => format!("{} {}", self.word(Keyword::PerKey), self.name(column)),
        }
    }

    pub(super) fn basis(self, basis: &BasisDecl) -> String {
        let each = match basis.each {
            Each::Event => Keyword::EachEvent,
            Each::Year => Keyword::EachYear,
            Each::Party => Keyword::EachParty,
        };
        let filter = basis.filter.as_ref().map(|filter| self.filter(filter)).unwrap_or_default();
        format!("{} {}{filter}", self.word(each), self.name(&basis.table))
    }

    pub(super) fn transition(self, transition: Transition) -> &'static str {
        self.word(match transition {
            Transition::ByBasisDate => Keyword::ByBasisDate,
            Transition::ByAsOf => Keyword::ByAsOf,
        })
    }

    /// ` 自 … 起 至 … 止 依据 …`, or nothing.
    pub(super) fn validity(self, validity: &Validity) -> String {
        let mut text = String::new();
        if let Some((from, _)) = validity.from {
            text += &format!(" {} {} {}", self.word(Keyword::From), self.date(from), self.word(Keyword::Onward));
        }
        if let Some((until, _)) = validity.until {
            text += &format!(" {} {} {}", self.word(Keyword::Until), self.date(until), self.word(Keyword::Ended));
        }
        if let Some(ClauseRef { number, .. }) = &validity.cites {
            text += &format!(" {} {number}", self.word(Keyword::Cites));
        }
        text
    }

    /// `任一:甲;乙`
    fn with_parts(self, head: String, parts: impl IntoIterator<Item = String>) -> String {
        let parts: Vec<String> = parts.into_iter().collect();
        format!("{head}{}{}", self.pick("：", ": "), parts.join(self.pick("；", "; ")))
    }

    /// A goal's figure with its comparison; 是 stands only where the figure alone would be read otherwise.
    pub(super) fn goal_figure(self, comparison: crate::plan::Comparison, value: &Expr) -> String {
        let amount = self.amount(value);
        if comparison == crate::plan::Comparison::Equal && is_plain_figure(value) {
            return amount;
        }
        format!("{} {amount}", self.word(comparison_word(comparison, false)))
    }
}

fn is_plain_figure(value: &Expr) -> bool {
    match &value.kind {
        ExprKind::Money(_)
        | ExprKind::Percent(_)
        | ExprKind::Decimal(_)
        | ExprKind::Integer(_)
        | ExprKind::OpenAmount => true,
        ExprKind::Span(low, _) => is_plain_figure(low),
        _ => false,
    }
}

/// Two columns, the second aligned by the width shown.
pub(super) fn columns(rows: impl IntoIterator<Item = (String, String)>) -> Vec<String> {
    let rows: Vec<(String, String)> = rows.into_iter().collect();
    let width = rows.iter().map(|(first, _)| first.width()).max().unwrap_or(0);
    rows.into_iter()
        .map(|(first, second)| {
            let gap = " ".repeat(width - first.width() + 2);
            format!("{first}{gap}{second}").trim_end().to_owned()
        })
        .collect()
}

/// Whether a tier's key and amount would be read as one where they meet: a name that is also a function before a
/// bracket, `year` before a number, a number before a name that is also a unit.
fn would_run_on(key: &str, amount: &str) -> bool {
    const BEFORE: &[Keyword] = &[
        Keyword::Count,
        Keyword::Sum,
        Keyword::Any,
        Keyword::Earliest,
        Keyword::Latest,
        Keyword::Only,
        Keyword::YearsBetween,
        Keyword::Steps,
        Keyword::YearLiteral,
    ];
    const UNITS: &[&str] = &["yuan", "years", "元", "万元", "亿元", "个工作日", "工作日"];
    let is_word = |text: &str, keywords: &[Keyword]| {
        keywords.iter().any(|keyword| [Lang::Zh, Lang::En].iter().any(|lang| keyword.spelling(*lang) == text))
    };
    let last = key.rsplit([' ', '、', '.']).next().unwrap_or(key);
    let first = amount.split([' ', '.']).next().unwrap_or(amount);
    is_word(last, BEFORE) || UNITS.contains(&first)
}
