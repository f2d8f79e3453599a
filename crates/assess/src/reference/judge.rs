//! One row before one measure, up to the limits: is it a basis, do the conditions hold, what would it be paid.

use duixian_money::{Fen, Span};
use duixian_rules::plan::{Amount, LimitKind, Measure, NodeId, Payable, Period};

use super::evaluate::{Evaluator, Finding, Place};
use super::operations::{day_in, year_of};
use super::value::{MissingFacts, Truth, Value, missing_in};
use crate::result::{Reason, Row};

/// Why a row gives no result in the assessed year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outside {
    /// The measure does not mean it (其中).
    NotMeant,
    /// What would date it has not happened.
    NotDated,
    /// It is dated after the as-of date; in days since 1970-01-01.
    AfterAsOf(i64, i64),
    /// It is dated before the measure begins; in days since 1970-01-01.
    BeforeStart(i64),
    /// It belongs to this year, which is not the assessed one.
    OtherYear(i64),
    /// It belongs to this year, in which the measure had not begun.
    YearBeforeStart(i64),
}

/// When a basis happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Days since 1970-01-01, of a measure that goes by date.
    pub day: Option<i64>,
    /// The calendar year.
    pub year: i64,
}

/// A row and all that was evaluated of it.
pub struct Examined<F> {
    /// Its row in the measure's table.
    pub basis: u32,
    /// Its party.
    pub party: u32,
    /// When it happened; none if unknown.
    pub moment: Option<Moment>,
    /// The basis date, of a measure that goes by date.
    pub date: Option<F>,
    /// Whether the measure means it.
    pub filter: Option<F>,
    /// One for each condition.
    pub conditions: Vec<F>,
    /// One for each alternative; none where it has no guard, or where the pay goes by rank.
    pub guards: Vec<Option<F>>,
    /// The alternative that the guards leave, paid or not.
    pub alternative: Option<usize>,
    /// For each alternative that may be paid, as far as the guards say, its low and high as found.
    pub offers: Vec<Offer<F>>,
    /// One for each limit; none where it goes by order alone.
    pub limit_values: Vec<Option<F>>,
    /// What it comes to before the limits.
    pub verdict: Verdict,
}

/// An alternative's amount.
pub struct Offer<F> {
    /// Low, and high if it is not the same and not open.
    pub found: Vec<F>,
    /// What it comes to.
    pub verdict: Verdict,
}

/// What a row comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is paid.
    Paid {
        /// By this alternative.
        alternative: usize,
        /// Whether it is one amount and not for a person to decide.
        exact: bool,
        /// How much.
        amount: Span,
    },
    /// It hangs on these facts.
    Unknown(MissingFacts),
    /// Two alternatives hold.
    Contradiction(usize, usize),
    /// It is refused.
    Refused(Reason),
}

/// Looks at a row of a measure's table in an assessed year. Rows of earlier years are examined if a limit counts them.
pub fn examine<F: Finding>(
    evaluator: Evaluator,
    measure: &Measure,
    basis: u32,
    assessed_year: i64,
) -> Result<Examined<F>, Outside> {
    let mut place = evaluator.place(measure, basis);
    let settled = settle_moment(evaluator, measure, &mut place, assessed_year);
    let filter: Option<F> = measure.basis.filter.map(|filter| evaluator.find(filter, &place));
    if filter.as_ref().is_some_and(|filter| filter.value().truth() == Truth::False) {
        // That the measure does not mean a row says more than when it was dated.
        return Err(Outside::NotMeant);
    }
    let (date, moment) = settled?;
    if let Some(Moment { year, .. }) = moment
        && (year > assessed_year || (year < assessed_year && !measure.needs_history()))
    {
        return Err(Outside::OtherYear(year));
    }
    let find = |node: NodeId| -> F { evaluator.find(node, &place) };
    let pay = &measure.pay;
    let mut examined = Examined {
        basis,
        party: place.party,
        moment,
        date,
        filter,
        conditions: measure.conditions.iter().map(|condition| find(condition.node)).collect(),
        guards: pay.alternatives.iter().map(|alternative| alternative.guard.map(find)).collect(),
        alternative: None,
        offers: Vec::new(),
        limit_values: measure.limits.iter().map(|limit| limit_node(&limit.kind).map(find)).collect(),
        verdict: Verdict::Refused(Reason::NoTier),
    };
    examined.verdict = match examined.before_the_amount(measure) {
        Some(Verdict::Unknown(mut facts)) => {
            // Whoever fills the gaps is to be told of all at once: also of those in the amounts that may be paid.
            let possible = |index: &usize| !pay.by_rank && guard_truth(&examined.guards[*index]) != Truth::False;
            let possible = (0..pay.alternatives.len()).filter(possible);
            examined.offers = possible.map(|index| offer(index, pay.alternatives[index].amount, find)).collect();
            let amounts = examined.offers.iter().flat_map(|offer| &offer.found);
            let further = amounts.chain(examined.limit_values.iter().flatten());
            facts.extend(missing_in(further.map(F::value)).into_iter().flatten());
            Verdict::Unknown(facts)
        }
        Some(settled) => settled,
        None => {
            let chosen = if pay.by_rank { 0..pay.alternatives.len() } else { examined.chosen() };
            examined.offers = chosen.map(|index| offer(index, pay.alternatives[index].amount, find)).collect();
            examined.with_the_amount(measure)
        }
    };
    Ok(examined)
}

/// Settles the row's date and year in `place`, which is done also where the measure does not look at that day, and whether it
/// does.
fn settle_moment<F: Finding>(
    evaluator: Evaluator,
    measure: &Measure,
    place: &mut Place,
    assessed_year: i64,
) -> Result<(Option<F>, Option<Moment>), Outside> {
    match measure.basis.period {
        Period::Dated { date, start } => {
            let date: F = evaluator.find(date, place);
            place.date = date.value().clone();
            match place.date.clone() {
                Value::Absent => {
                    place.year = Value::Absent;
                    Err(Outside::NotDated)
                }
                Value::Known(day) => {
                    let moment = Moment { day: Some(day), year: year_of(day) };
                    place.year = Value::Known(moment.year);
                    match day {
                        _ if day > evaluator.as_of => Err(Outside::AfterAsOf(day, evaluator.as_of)),
                        _ if day < start => Err(Outside::BeforeStart(day)),
                        _ => Ok((Some(date), Some(moment))),
                    }
                }
                Value::Unknown(facts) => {
                    place.year = Value::Unknown(facts);
                    Ok((Some(date), None))
                }
            }
        }
        Period::Yearly { start } => {
            let (table, basis) = place.rows[0];
            let year = evaluator.index.year_of(table, basis).unwrap_or(assessed_year);
            place.date = Value::Known(day_in(year, 12, 31));
            place.year = Value::Known(year);
            if year < start {
                return Err(Outside::YearBeforeStart(year));
            }
            Ok((None, Some(Moment { day: None, year })))
        }
    }
}

impl<F: Finding> Examined<F> {
    /// What the row comes to whatever the amount, if that is settled: a false condition, then the guards, then what is
    /// missing.
    fn before_the_amount(&mut self, measure: &Measure) -> Option<Verdict> {
        let truths = self.conditions.iter().map(|condition| condition.value().truth());
        if let Some(failed) = truths.into_iter().position(|truth| truth == Truth::False) {
            return Some(Verdict::Refused(Reason::ConditionFailed(failed as u16)));
        }
        if !measure.pay.by_rank {
            let truths: Vec<Truth> = self.guards.iter().map(guard_truth).collect();
            let holding: Vec<usize> = (0..truths.len()).filter(|&index| truths[index] == Truth::True).collect();
            let all_known = !truths.contains(&Truth::Unknown);
            match holding[..] {
                [one, other, ..] => return Some(Verdict::Contradiction(one, other)),
                [] if all_known => return Some(Verdict::Refused(Reason::NoTier)),
                [one] if all_known => {
                    self.alternative = Some(one);
                    if measure.pay.alternatives[one].amount == Amount::Nothing {
                        return Some(Verdict::Refused(Reason::PaysNothing(one as u16)));
                    }
                }
                _ => {}
            }
        }
        let guards = self.guards.iter().flatten();
        let settled = self.filter.iter().chain(&self.date).chain(&self.conditions).chain(guards);
        missing_in(settled.map(F::value)).map(Verdict::Unknown)
    }

    fn chosen(&self) -> std::ops::Range<usize> {
        self.alternative.map_or(0..0, |index| index..index + 1)
    }

    /// What the row comes to with its amount, unless a limit turns it away.
    fn with_the_amount(&self, measure: &Measure) -> Verdict {
        let goes_by_top = measure.limits.iter().any(|limit| matches!(limit.kind, LimitKind::Top { .. }));
        let verdict = match (measure.pay.by_rank, &self.offers[..]) {
            // Until the rank is known it is paid nothing in particular.
            (true, _) if goes_by_top => Verdict::Paid { alternative: 0, exact: false, amount: Span::exact(Fen(0)) },
            (false, [offer]) => offer.verdict.clone(),
            _ => Verdict::Refused(Reason::NoTier),
        };
        let limit_values = || self.limit_values.iter().flatten().map(F::value);
        match verdict {
            Verdict::Paid { .. } if limit_values().any(|value| value.known().is_none()) => {
                Verdict::Unknown(missing_in(limit_values()).unwrap_or_default())
            }
            Verdict::Unknown(mut facts) => {
                facts.extend(missing_in(limit_values()).into_iter().flatten());
                Verdict::Unknown(facts)
            }
            verdict => verdict,
        }
    }
}

/// An alternative without a guard always holds.
fn guard_truth<F: Finding>(guard: &Option<F>) -> Truth {
    guard.as_ref().map_or(Truth::True, |guard| guard.value().truth())
}

fn offer<F: Finding>(alternative: usize, amount: Amount, find: impl Fn(NodeId) -> F) -> Offer<F> {
    let (found, exact, open) = match amount {
        Amount::Exact(amount) => (vec![find(amount)], true, false),
        Amount::Span { low, high: Some(high) } => (vec![find(low), find(high)], false, false),
        Amount::Span { low, high: None } => (vec![find(low)], false, true),
        Amount::Nothing => {
            let refused = Verdict::Refused(Reason::PaysNothing(alternative as u16));
            return Offer { found: Vec::new(), verdict: refused };
        }
    };
    let ends: Option<Vec<Fen>> = found.iter().map(|end| end.value().known().map(|fen| Fen(fen.max(0)))).collect();
    let verdict = match (missing_in(found.iter().map(F::value)), ends.as_deref()) {
        (Some(facts), _) => Verdict::Unknown(facts),
        (None, Some([low, .., high])) => {
            Verdict::Paid { alternative, exact, amount: Span { low: *low, high: Some(*high) } }
        }
        (None, Some([one])) => {
            let amount = Span { low: *one, high: (!open).then_some(*one) };
            Verdict::Paid { alternative, exact, amount }
        }
        (None, _) => Verdict::Refused(Reason::NoTier),
    };
    Offer { found, verdict }
}

/// The expression a limit goes by, besides order.
fn limit_node(kind: &LimitKind) -> Option<NodeId> {
    match kind {
        LimitKind::Years { first, .. } => Some(*first),
        LimitKind::Top { by, .. } => Some(*by),
        LimitKind::Once { .. } | LimitKind::TopUp { .. } | LimitKind::Cap { .. } => None,
    }
}

/// A verdict as a row of the result.
pub fn row_of(
    verdict: &Verdict,
    (party, basis): (u32, u32),
    measure: &Measure,
    moment: Option<Moment>,
    assessed_year: i64,
) -> Row {
    let payable = payable_from(measure, moment, assessed_year);
    match verdict {
        Verdict::Paid { alternative, exact, amount } => {
            Row::paid(party, basis, *alternative as u16, *exact, *amount, payable)
        }
        Verdict::Unknown(facts) => {
            let bits = measure.slots.iter().take(64).enumerate().filter(|(_, slot)| facts.contains(slot));
            Row::missing(party, basis, bits.map(|(bit, _)| 1 << bit).sum(), payable)
        }
        Verdict::Contradiction(one, other) => Row::contradiction(party, basis, *one as u16, *other as u16, payable),
        Verdict::Refused(reason) => Row::refused(party, basis, *reason),
    }
}

/// The first day of payment of a row that is not refused, in days since 1970-01-01.
fn payable_from(measure: &Measure, moment: Option<Moment>, assessed_year: i64) -> Option<i64> {
    match measure.payable {
        Payable::NextYear => Some(day_in(assessed_year + 1, 1, 1)),
        Payable::NotBefore(first) => {
            let day = moment.and_then(|moment| moment.day)?;
            first.filter(|first| day < *first)
        }
    }
}
