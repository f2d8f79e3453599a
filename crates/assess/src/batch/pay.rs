//! What a row is paid: which alternative holds, and how much it comes to.

use std::rc::Rc;

use duixian_money::{Fen, Span};
use duixian_rules::plan::{Amount, LimitKind, NodeId};

use super::frame::{Frame, Moment};
use super::measure::{Job, Piece, Spot, Work};
use super::vector::{ABSENT, Vector, positions, union};
use crate::limits::Candidate;
use crate::result::{Reason, Row};

impl Job<'_> {
    /// Chooses each row's alternative and works out its amount.
    pub fn pay(&self, mut work: Work<'_>, piece: &mut Piece) {
        let pay = &self.measure.pay;
        let choice = if pay.by_rank {
            // The rank decides later; until then the first alternative stands for all.
            Choice::first_of_all(work.missing.len())
        } else {
            Choice::of(&mut work.frame, pay.alternatives.iter().map(|alternative| alternative.guard))
        };
        let mut taken: Vec<Vec<u32>> = vec![Vec::new(); pay.alternatives.len().max(1)];
        let mut incomplete = Vec::new();
        for row in 0..work.missing.len() {
            let missing = choice.missing[row] | work.missing[row];
            match (choice.first[row], choice.second[row]) {
                (Some(one), Some(other)) => self.contradict(work.spot(row), one, other, piece),
                (first, _) if choice.missing[row] == 0 && !self.pays(first) => {
                    self.refuse(work.spot(row), first.map_or(Reason::NoTier, Reason::PaysNothing), piece);
                }
                (Some(one), None) if missing == 0 => taken[usize::from(one)].push(row as u32),
                _ => {
                    work.missing[row] = missing;
                    incomplete.push(row as u32);
                }
            }
        }
        if !incomplete.is_empty() {
            self.miss_all(work.take(&incomplete), piece);
        }
        for (alternative, rows) in taken.iter().enumerate().filter(|(_, rows)| !rows.is_empty()) {
            if rows.len() == work.missing.len() {
                return self.offer(work, alternative as u16, piece);
            }
            self.offer(work.take(rows), alternative as u16, piece);
        }
    }

    /// Whether this alternative, if any, pays at all.
    fn pays(&self, alternative: Option<u16>) -> bool {
        let pay = &self.measure.pay;
        alternative.is_some_and(|index| pay.by_rank || pay.alternatives[usize::from(index)].amount != Amount::Nothing)
    }

    /// Pays by an alternative those rows of which nothing is missing.
    pub fn offer_if_complete(&self, work: Work<'_>, alternative: u16, piece: &mut Piece) {
        let complete = positions(work.missing.len(), |row| work.missing[row] == 0);
        let incomplete = positions(work.missing.len(), |row| work.missing[row] != 0);
        if !incomplete.is_empty() {
            self.miss_all(work.take(&incomplete), piece);
        }
        if !complete.is_empty() {
            self.offer(work.take(&complete), alternative, piece);
        }
    }

    /// Reports rows that hang on missing facts. Besides what is known to be missing of them they miss what the amounts hang on
    /// that may be paid, and the limits: whoever fills the gaps is to be told of all at once.
    fn miss_all(&self, mut work: Work<'_>, piece: &mut Piece) {
        let pay = &self.measure.pay;
        for alternative in pay.alternatives.iter().filter(|_| !pay.by_rank) {
            let offer = Offer::of(&mut work.frame, alternative.amount);
            if offer.missing.is_empty() {
                continue;
            }
            let guard = alternative.guard.map(|guard| work.frame.evaluate(guard));
            let may_hold = |row| guard.as_ref().is_none_or(|it| it.missing_at(row) != 0 || it.at(row) == 1);
            for (row, missing) in work.missing.iter_mut().enumerate().filter(|(row, _)| may_hold(*row)) {
                *missing |= offer.missing_at(row);
            }
        }
        for values in self.limit_values(&mut work.frame) {
            work.missing.iter_mut().enumerate().for_each(|(row, missing)| *missing |= values.missing_at(row));
        }
        (0..work.missing.len()).for_each(|row| self.miss(work.spot(row), work.missing[row], piece));
    }

    /// Works out the amounts of rows that an alternative pays, and pays them or puts them to the limits.
    pub fn offer(&self, mut work: Work<'_>, alternative: u16, piece: &mut Piece) {
        let pay = &self.measure.pay;
        let by_rank = pay.by_rank;
        let no_rank = by_rank && !self.limits.iter().any(|(_, limit)| matches!(limit.kind, LimitKind::Top { .. }));
        let amount = if by_rank { None } else { Some(pay.alternatives[usize::from(alternative)].amount) };
        let offer = Offer::of(&mut work.frame, amount.unwrap_or(Amount::Nothing));
        if self.limits.is_empty() && !by_rank && offer.missing.is_empty() {
            return self.pay_out(&work, &offer, alternative, matches!(amount, Some(Amount::Exact(_))), piece);
        }
        let values = self.limit_values(&mut work.frame);
        for row in 0..work.missing.len() {
            let spot = work.spot(row);
            let (missing, span) = offer.at(row);
            let missing_in_limits = values.iter().fold(0, |missing, values| missing | values.missing_at(row));
            let Some(span) = span.filter(|_| !no_rank) else {
                if missing == 0 {
                    self.refuse(spot, Reason::NoTier, piece);
                } else {
                    self.miss(spot, missing | missing_in_limits, piece);
                }
                continue;
            };
            if missing_in_limits != 0 || values.iter().any(|values| values.at(row) == ABSENT) {
                self.miss(spot, missing_in_limits, piece);
                continue;
            }
            let exact = matches!(amount, Some(Amount::Exact(_)));
            let paid = Row::paid(spot.party, spot.basis, alternative, exact, span, self.payable_from(spot));
            if self.limits.is_empty() {
                piece.rows.push(paid);
            } else {
                piece.candidates.push(Candidate { row: paid, time: time_of(spot) });
                piece.values.extend(values.iter().map(|values| values.at(row)));
            }
        }
    }

    /// Pays rows of which nothing is missing and that no limit looks at.
    fn pay_out(&self, work: &Work<'_>, offer: &Offer, alternative: u16, exact: bool, piece: &mut Piece) {
        let rows = work.missing.len();
        piece.rows.reserve(rows);
        // By years, the day of payment is the same for all.
        let payable_from = |row| self.payable_from(work.spot(row));
        let by_year = matches!(work.frame.moment, Moment::Year(_)).then(|| payable_from(0));
        for (row, (&party, &basis)) in work.frame.party.iter().zip(&work.frame.tables[0].1).enumerate() {
            match offer.amount_at(row) {
                Some(span) => {
                    let payable_from = by_year.unwrap_or_else(|| payable_from(row));
                    piece.rows.push(Row::paid(party, basis, alternative, exact, span, payable_from));
                }
                None => self.refuse(work.spot(row), Reason::NoTier, piece),
            }
        }
    }

    /// What each limit goes by: 0 where it goes by nothing but order.
    fn limit_values(&self, frame: &mut Frame) -> Vec<Rc<Vector>> {
        let value = |kind: &LimitKind| match kind {
            LimitKind::Years { first: node, .. } | LimitKind::Top { by: node, .. } => frame.evaluate(*node),
            LimitKind::Once { .. } | LimitKind::TopUp { .. } | LimitKind::Cap { .. } => Rc::new(Vector::constant(0)),
        };
        self.limits.iter().map(|(_, limit)| &limit.kind).map(value).collect()
    }

    /// What the alternatives of a measure that pays by rank come to, first rank first, and whether that is exact; or
    /// why the rank is refused.
    pub fn amounts_by_rank(&self) -> Vec<Result<(Span, bool), Reason>> {
        let mut frame = self.frame(Vec::new());
        let amounts = self.measure.pay.alternatives.iter().zip(0..).map(|(alternative, index)| {
            if alternative.amount == Amount::Nothing {
                return Err(Reason::PaysNothing(index));
            }
            // The amounts are constants, which are there even where there are no rows.
            let (_, span) = Offer::of(&mut frame, alternative.amount).at(0);
            Ok((span.ok_or(Reason::NoTier)?, matches!(alternative.amount, Amount::Exact(_))))
        });
        amounts.collect()
    }
}

/// A row that is paid has a known time: rows of unknown time have missing facts.
fn time_of(spot: Spot) -> i32 {
    spot.time.unwrap_or(0).clamp(i32::MIN.into(), i32::MAX.into()) as i32
}

/// Which alternatives hold, row by row.
struct Choice {
    /// The first that holds.
    first: Vec<Option<u16>>,
    /// The second, which makes the rule contradict itself.
    second: Vec<Option<u16>>,
    /// What the guards miss that are unknown.
    missing: Vec<u64>,
}

impl Choice {
    fn first_of_all(rows: usize) -> Choice {
        Choice { first: vec![Some(0); rows], second: vec![None; rows], missing: vec![0; rows] }
    }

    fn of(frame: &mut Frame, guards: impl Iterator<Item = Option<NodeId>>) -> Choice {
        let rows = frame.len();
        let mut choice = Choice { first: vec![None; rows], second: vec![None; rows], missing: vec![0; rows] };
        for (guard, index) in guards.zip(0..) {
            let holds = guard.map_or_else(|| Rc::new(Vector::constant(1)), |guard| frame.evaluate(guard));
            for row in 0..rows {
                let missing = holds.missing_at(row);
                choice.missing[row] |= missing;
                if missing == 0 && holds.at(row) == 1 {
                    let place = if choice.first[row].is_none() { &mut choice.first } else { &mut choice.second };
                    place[row] = place[row].or(Some(index));
                }
            }
        }
        choice
    }
}

/// What one alternative comes to.
struct Offer {
    low: Rc<Vector>,
    /// None where it is open.
    high: Option<Rc<Vector>>,
    missing: Vec<u64>,
}

impl Offer {
    fn of(frame: &mut Frame, amount: Amount) -> Offer {
        let (low, high) = match amount {
            Amount::Exact(node) => {
                let value = frame.evaluate(node);
                (Rc::clone(&value), Some(value))
            }
            Amount::Span { low, high } => (frame.evaluate(low), high.map(|high| frame.evaluate(high))),
            Amount::Nothing => {
                let nothing = Rc::new(Vector::constant(0));
                (Rc::clone(&nothing), Some(nothing))
            }
        };
        let missing = union(&low.missing, high.as_ref().map_or(&[], |high| &high.missing));
        Offer { low, high, missing }
    }

    /// What a row's amount misses, and the amount if it is there. A negative amount is zero.
    fn at(&self, row: usize) -> (u64, Option<Span>) {
        let missing = self.missing_at(row);
        (missing, if missing == 0 { self.amount_at(row) } else { None })
    }

    fn missing_at(&self, row: usize) -> u64 {
        match self.missing.len() {
            0 => 0,
            1 => self.missing[0],
            _ => self.missing[row],
        }
    }

    /// The amount of a row of which nothing is missing, if it is there.
    #[inline]
    fn amount_at(&self, row: usize) -> Option<Span> {
        let (low, high) = (self.low.at(row), self.high.as_ref().map(|high| high.at(row)));
        let span = Span { low: Fen(low.max(0)), high: high.map(|high| Fen(high.max(0))) };
        (low != ABSENT && high != Some(ABSENT)).then_some(span)
    }
}
