//! The result of an assessment: one small row per basis, measure by measure.

use std::fmt;

use duixian_money::{Fen, Span};
use duixian_rules::plan::{FactSlot, Measure, Plan};
use duixian_rules::vocabulary::{Lang, Name, Vocabulary};

use crate::explain::tiers_in_words;
use crate::rows::Rows;

/// Who is entitled to what in one year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assessment {
    /// The assessed calendar year.
    pub year: i64,
    /// Bases dated after this day are left out; in days since 1970-01-01.
    pub as_of: i64,
    /// The assessed measures, in the plan's order.
    pub measures: Vec<MeasureRows>,
}

impl Assessment {
    /// How many rows all measures have together.
    pub fn rows(&self) -> usize {
        self.measures.iter().map(|measure| measure.rows.len()).sum()
    }

    /// Rows for which a measure's rule contradicts itself, with the measure's index in the plan. A run reports them as
    /// errors of the pack.
    pub fn contradictions<'a>(&'a self, plan: &'a Plan) -> impl Iterator<Item = (usize, Row)> {
        let can_contradict = |measure: &&MeasureRows| plan.measures[measure.measure].pay.alternatives.len() > 1;
        self.measures.iter().filter(can_contradict).flat_map(|measure| {
            let contradictory = |row: &Row| matches!(row.reason(), Reason::Contradiction(..));
            measure.rows.iter().filter(contradictory).map(|row| (measure.measure, row))
        })
    }
}

/// The rows of one measure, by party code, then by basis as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeasureRows {
    /// Index in [`Plan::measures`].
    pub measure: usize,
    /// The rows.
    pub rows: Rows,
}

/// What a row comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// One amount.
    Entitled,
    /// An interval, within which a person decides.
    Conditional,
    /// Facts are missing.
    Unknown,
    /// Nothing.
    NotEntitled,
}

impl Status {
    /// All statuses, in the order of declaration.
    pub const ALL: [Status; 4] = [Status::Entitled, Status::Conditional, Status::Unknown, Status::NotEntitled];

    /// The word that stands in results.
    pub fn word(self) -> &'static str {
        match self {
            Status::Entitled => "entitled",
            Status::Conditional => "conditional",
            Status::Unknown => "unknown",
            Status::NotEntitled => "not_entitled",
        }
    }

    /// The status as people read it.
    pub fn label(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (Status::Entitled, Lang::Zh) => "应得",
            (Status::Conditional, Lang::Zh) => "裁量",
            (Status::Unknown, Lang::Zh) => "待定",
            (Status::NotEntitled, Lang::Zh) => "不予",
            (_, Lang::En) => match self {
                Status::NotEntitled => "not entitled",
                _ => self.word(),
            },
        }
    }
}

/// Why a row is not simply paid. Indices are those of the measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// It is paid.
    None,
    /// This condition is false; none before it is.
    ConditionFailed(u16),
    /// No tier covers the row, or the one that does has no amount.
    NoTier,
    /// This alternative takes the payment away.
    PaysNothing(u16),
    /// This limit turns the row away.
    Limit(u16),
    /// Facts are missing: a bit set over [`Measure::slots`]. Empty where no single fact can be named.
    Missing(u64),
    /// These two alternatives hold at once.
    Contradiction(u16, u16),
}

impl Reason {
    /// The reason in words; empty for [`Reason::None`]. `measure` is the row's own.
    pub fn text(self, plan: &Plan, measure: &Measure, lang: Lang) -> String {
        let alternative = |index: u16| measure.pay.alternatives[usize::from(index)].text.in_lang(lang);
        match (self, lang) {
            (Reason::None, _) => String::new(),
            (Reason::ConditionFailed(index), Lang::Zh) => {
                let condition = &measure.conditions[usize::from(index)];
                let by_reading = if condition.reading_of.is_some() { "（依据本规则包的读法）" } else { "" };
                format!("条件不成立{by_reading}：{}", condition.text.zh)
            }
            (Reason::ConditionFailed(index), Lang::En) => {
                let condition = &measure.conditions[usize::from(index)];
                let by_reading = if condition.reading_of.is_some() { " (by the pack's reading)" } else { "" };
                format!("condition not met{by_reading}: {}", condition.text.en)
            }
            (Reason::NoTier, _) => {
                let (none, colon) = match lang {
                    Lang::Zh => ("没有适用的档次", "：只有"),
                    Lang::En => ("no tier applies", ": there is only "),
                };
                let tiers = tiers_in_words(plan, measure, lang);
                if tiers.is_empty() { none.to_owned() } else { format!("{none}{colon}{tiers}") }
            }
            (Reason::PaysNothing(index), Lang::Zh) => format!("不予支付：{}", alternative(index)),
            (Reason::PaysNothing(index), Lang::En) => format!("pays nothing: {}", alternative(index)),
            (Reason::Limit(index), Lang::Zh) => format!("限额：{}", measure.limits[usize::from(index)].text.zh),
            (Reason::Limit(index), Lang::En) => format!("limit: {}", measure.limits[usize::from(index)].text.en),
            (Reason::Missing(_), _) => {
                let facts: Vec<String> = self
                    .missing_facts(measure)
                    .map(|slot| {
                        let (table, column) = fact_name(&plan.vocabulary, slot);
                        format!("{}.{}", table.in_lang(lang), column.in_lang(lang))
                    })
                    .collect();
                match (facts.is_empty(), lang) {
                    (true, Lang::Zh) => "缺少事实".to_owned(),
                    (true, Lang::En) => "facts missing".to_owned(),
                    (false, Lang::Zh) => format!("缺少：{}", facts.join("、")),
                    (false, Lang::En) => format!("missing: {}", facts.join(", ")),
                }
            }
            (Reason::Contradiction(one, other), Lang::Zh) => {
                format!("规则自相矛盾：{} 与 {} 同时成立", alternative(one), alternative(other))
            }
            (Reason::Contradiction(one, other), Lang::En) => {
                format!("the rule contradicts itself: both {} and {} apply", alternative(one), alternative(other))
            }
        }
    }

    /// The facts that are missing; none for reasons other than [`Reason::Missing`].
    pub fn missing_facts(self, measure: &Measure) -> impl Iterator<Item = FactSlot> {
        let bits = if let Reason::Missing(bits) = self { bits } else { 0 };
        let slots = measure.slots.iter().copied().take(64);
        slots.enumerate().filter(move |(bit, _)| bits >> bit & 1 == 1).map(|(_, slot)| slot)
    }
}

/// One basis and what it is worth. Thirty-two bytes, since a district has millions.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// The party's row in the party table.
    pub party: u32,
    /// The basis's row in the measure's table.
    pub basis: u32,
    /// Low in fen; of an unknown row the missing bits, or the second alternative of a contradiction.
    first: i64,
    /// High in fen, or [`OPEN`].
    second: i64,
    /// Days since 1970-01-01, or [`AT_ONCE`].
    payable_from: i32,
    /// Index of the alternative, condition or limit that decides.
    index: u16,
    status: Status,
    kind: Kind,
}

/// The variants of [`Reason`] without their content.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Paid,
    ConditionFailed,
    NoTier,
    PaysNothing,
    Limit,
    Missing,
    Contradiction,
}

/// No upper end. Amounts are never negative, so it stands for no amount.
const OPEN: i64 = i64::MIN;
/// No first day of payment.
const AT_ONCE: i32 = i32::MIN;

impl Row {
    /// A row that is paid by an alternative: entitled if `exact`, otherwise conditional. `payable_from` in days since
    /// 1970-01-01.
    pub fn paid(party: u32, basis: u32, alternative: u16, exact: bool, amount: Span, payable_from: Option<i64>) -> Row {
        let status = if exact { Status::Entitled } else { Status::Conditional };
        let (first, second) = (amount.low.0, amount.high.map_or(OPEN, |high| high.0));
        let payable_from = pack_day(payable_from);
        Row { party, basis, first, second, payable_from, index: alternative, status, kind: Kind::Paid }
    }

    /// The same verdict on another basis: a row that is paid another amount.
    #[inline]
    pub fn with(mut self, party: u32, basis: u32, amount: Span) -> Row {
        (self.party, self.basis) = (party, basis);
        (self.first, self.second) = (amount.low.0, amount.high.map_or(OPEN, |high| high.0));
        self
    }

    /// A row that hangs on missing facts, given as bits over [`Measure::slots`].
    pub fn missing(party: u32, basis: u32, facts: u64, payable_from: Option<i64>) -> Row {
        let payable_from = pack_day(payable_from);
        let first = facts.cast_signed();
        Row { party, basis, first, second: 0, payable_from, index: 0, status: Status::Unknown, kind: Kind::Missing }
    }

    /// A row for which two alternatives hold at once.
    pub fn contradiction(party: u32, basis: u32, one: u16, other: u16, payable_from: Option<i64>) -> Row {
        let payable_from = pack_day(payable_from);
        let (status, kind) = (Status::Unknown, Kind::Contradiction);
        Row { party, basis, first: other.into(), second: 0, payable_from, index: one, status, kind }
    }

    /// A row that is refused. Of the reasons those fit that refuse: a false condition, no tier, nothing paid, a limit.
    pub fn refused(party: u32, basis: u32, reason: Reason) -> Row {
        let (kind, index) = match reason {
            Reason::ConditionFailed(index) => (Kind::ConditionFailed, index),
            Reason::PaysNothing(index) => (Kind::PaysNothing, index),
            Reason::Limit(index) => (Kind::Limit, index),
            Reason::NoTier | Reason::None | Reason::Missing(_) | Reason::Contradiction(..) => (Kind::NoTier, 0),
        };
        let status = Status::NotEntitled;
        Row { party, basis, first: 0, second: 0, payable_from: AT_ONCE, index, status, kind }
    }

    /// What the row comes to.
    pub fn status(&self) -> Status {
        self.status
    }

    /// The interval; none of an unknown row, 0 to 0 of a refused one.
    pub fn amount(&self) -> Option<Span> {
        let high = (self.second != OPEN).then_some(Fen(self.second));
        (self.status != Status::Unknown).then_some(Span { low: Fen(self.first), high })
    }

    /// The first day of payment in days since 1970-01-01, where one is set.
    pub fn payable_from(&self) -> Option<i32> {
        (self.payable_from != AT_ONCE).then_some(self.payable_from)
    }

    /// The alternative that pays, by index in the measure's pay; none of a row that is not paid.
    pub fn alternative(&self) -> Option<u16> {
        (self.kind == Kind::Paid).then_some(self.index)
    }

    /// Why the row is not simply paid.
    pub fn reason(&self) -> Reason {
        match self.kind {
            Kind::Paid => Reason::None,
            Kind::ConditionFailed => Reason::ConditionFailed(self.index),
            Kind::NoTier => Reason::NoTier,
            Kind::PaysNothing => Reason::PaysNothing(self.index),
            Kind::Limit => Reason::Limit(self.index),
            Kind::Missing => Reason::Missing(self.first.cast_unsigned()),
            // A contradiction's second index was put in as a u16.
            Kind::Contradiction => Reason::Contradiction(self.index, self.first as u16),
        }
    }

    /// The clause that decides. `measure` is the row's own.
    pub fn clause<'a>(&self, measure: &'a Measure) -> &'a str {
        let index = usize::from(self.index);
        match self.kind {
            Kind::Paid | Kind::PaysNothing => &measure.pay.alternatives[index].clause,
            Kind::ConditionFailed => &measure.conditions[index].clause,
            Kind::Limit => &measure.limits[index].clause,
            Kind::NoTier | Kind::Missing | Kind::Contradiction => &measure.clause,
        }
    }
}

impl fmt::Debug for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Row")
            .field("party", &self.party)
            .field("basis", &self.basis)
            .field("status", &self.status)
            .field("amount", &self.amount())
            .field("payable_from", &self.payable_from())
            .field("alternative", &self.alternative())
            .field("reason", &self.reason())
            .finish()
    }
}

fn pack_day(day: Option<i64>) -> i32 {
    // A day beyond 32 bits lies millions of years away; the nearest that fits says as much.
    day.map_or(AT_ONCE, |day| day.clamp(i64::from(i32::MIN) + 1, i32::MAX.into()) as i32)
}

fn fact_name(vocabulary: &Vocabulary, slot: FactSlot) -> (&Name, &Name) {
    let table = &vocabulary.tables[slot.table];
    (&table.name, &table.columns[slot.column].name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_small_and_gives_back_what_was_put_in() {
        assert_eq!(size_of::<Row>(), 32);
        let open = Span { low: Fen(5), high: None };
        let paid = Row::paid(1, 2, 3, false, open, Some(17_289));
        assert_eq!((paid.status(), paid.amount(), paid.alternative()), (Status::Conditional, Some(open), Some(3)));
        assert_eq!((paid.payable_from(), paid.reason()), (Some(17_289), Reason::None));

        let missing = Row::missing(1, 2, u64::MAX, None);
        assert_eq!((missing.status(), missing.amount()), (Status::Unknown, None));
        assert_eq!((missing.reason(), missing.payable_from()), (Reason::Missing(u64::MAX), None));

        let torn = Row::contradiction(1, 2, 0, u16::MAX, None);
        assert_eq!(torn.reason(), Reason::Contradiction(0, u16::MAX));
        for reason in [Reason::ConditionFailed(7), Reason::NoTier, Reason::PaysNothing(1), Reason::Limit(2)] {
            let refused = Row::refused(1, 2, reason);
            assert_eq!((refused.reason(), refused.amount()), (reason, Some(Span::exact(Fen(0)))));
        }
    }
}
