//! What rows may take beside each other: the limits of a measure, one after the other.

use std::collections::BTreeMap;

use duixian_facts::table::Cell;
use duixian_money::{Fen, Span};
use duixian_rules::plan::{Key, LimitKind, Measure};
use duixian_rules::vocabulary::ColumnType;

use super::evaluate::Finding;
use super::index::Index;
use super::judge::{Examined, Moment, Verdict};
use crate::result::Reason;

/// A row after the limits.
#[derive(Clone, Debug)]
pub struct Settled {
    /// Its row in the measure's table.
    pub basis: u32,
    /// Its party.
    pub party: u32,
    /// When it happened; none if unknown.
    pub moment: Option<Moment>,
    /// What it comes to.
    pub verdict: Verdict,
    /// What the limits did, in order, until one turned it away. Empty for a row that was not put to them.
    pub passes: Vec<Pass>,
}

/// What one limit did with one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pass {
    /// Index in the measure.
    pub limit: usize,
    /// Whether the row was let through.
    pub passed: bool,
    /// How.
    pub effect: Effect,
}

/// How a limit acted. Rows are rows of the measure's table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Once: the row that came first, unless it is this one.
    Once {
        /// The row that took the place.
        taken_by: Option<u32>,
    },
    /// Years: those covered.
    Years {
        /// The first.
        first: i64,
        /// The last.
        last: i64,
    },
    /// Top: the place among those that count together.
    Top {
        /// From 1.
        rank: usize,
        /// How many rows were ranked.
        ranked: usize,
        /// How many places there are.
        places: i64,
        /// What the row ranks by.
        value: i64,
        /// The row in the last place that was given, and what it ranks by.
        last: Option<(u32, i64)>,
    },
    /// Top-up: what was reached before.
    TopUp {
        /// The amount before it is reduced.
        full: Span,
        /// The highest amount that earlier rows reached.
        reached: Fen,
        /// The row that reached it.
        reached_by: Option<u32>,
    },
    /// Cap: what was left.
    Cap {
        /// The amount before it is cut.
        full: Span,
        /// The most in all.
        at_most: Fen,
        /// What earlier rows take, at least and at most.
        taken: Span,
    },
}

/// A row before the limits, with what they go by.
struct Candidate {
    settled: Settled,
    code: String,
    text: String,
    values: Vec<Option<i64>>,
    /// By rank: what each place comes to.
    offers: Vec<Verdict>,
}

/// Which rows count together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Group {
    All,
    Party(u32),
    Text(String),
    Alone(u32),
}

/// Puts a measure's rows to its limits. `rows` must hold every row that shares a key with one of them.
pub fn settle<F: Finding>(index: &Index, measure: &Measure, rows: Vec<Examined<F>>) -> Vec<Settled> {
    let mut candidates: Vec<Candidate> = rows.into_iter().map(|row| Candidate::of(index, measure, row)).collect();
    for (limit, rule) in measure.limits.iter().enumerate() {
        let mut groups: BTreeMap<(Group, i64), Vec<&mut Candidate>> = BTreeMap::new();
        for candidate in &mut candidates {
            let (Verdict::Paid { .. }, Some(moment)) = (&candidate.settled.verdict, candidate.settled.moment) else {
                continue;
            };
            let year = if is_yearly(&rule.kind) { moment.year } else { 0 };
            let group = group(index, measure, &rule.kind, &candidate.settled);
            groups.entry((group, year)).or_default().push(candidate);
        }
        for mut group in groups.into_values() {
            match &rule.kind {
                LimitKind::Once { .. } => once(limit, &mut group),
                LimitKind::Years { at_most, .. } => years(limit, *at_most, &mut group),
                LimitKind::Top { places, descending, .. } => {
                    top(limit, *places, *descending, measure.pay.by_rank, &mut group);
                }
                LimitKind::TopUp { .. } => top_up(limit, &mut group),
                LimitKind::Cap { at_most, .. } => cap(limit, *at_most, &mut group),
            }
        }
    }
    candidates.into_iter().map(|candidate| candidate.settled).collect()
}

/// Whether rows of different years are counted apart.
fn is_yearly(kind: &LimitKind) -> bool {
    matches!(kind, LimitKind::Top { .. } | LimitKind::Cap { every_year: true, .. })
}

/// The key that a limit counts by; none where each row stands for itself.
pub fn key_of(kind: &LimitKind) -> Option<Key> {
    match kind {
        LimitKind::Once { key } | LimitKind::TopUp { key } => Some(*key),
        LimitKind::Top { key, .. } | LimitKind::Cap { key, .. } => Some(*key),
        LimitKind::Years { .. } => None,
    }
}

fn group(index: &Index, measure: &Measure, kind: &LimitKind, row: &Settled) -> Group {
    let table = measure.basis.table;
    match key_of(kind) {
        None => Group::Alone(row.basis),
        Some(Key::All) => Group::All,
        Some(Key::Party) => Group::Party(row.party),
        Some(Key::Column(column)) if index.plan.vocabulary.tables[table].columns[column].ty == ColumnType::Party => {
            Group::Party(row.party)
        }
        Some(Key::Column(column)) => match index.cell(table, column, row.basis) {
            Cell::Empty => Group::Alone(row.basis),
            Cell::Number(number) => Group::Text(number.to_string()),
            Cell::Text(text) => Group::Text(text.into_owned()),
        },
    }
}

fn once(limit: usize, group: &mut [&mut Candidate]) {
    in_order(group);
    let first = group.first().map(|first| first.settled.basis);
    for (position, row) in group.iter_mut().enumerate() {
        let taken_by = first.filter(|_| position > 0);
        row.note(limit, taken_by.is_none(), Effect::Once { taken_by });
    }
}

fn years(limit: usize, at_most: i64, group: &mut [&mut Candidate]) {
    for row in group {
        let (Some(first), Some(moment)) = (row.values[limit], row.settled.moment) else { continue };
        let last = first.saturating_add(at_most).saturating_sub(1);
        row.note(limit, moment.year <= last, Effect::Years { first, last });
    }
}

fn top(limit: usize, places: i64, descending: bool, by_rank: bool, group: &mut [&mut Candidate]) {
    let value = |row: &Candidate| row.values[limit].unwrap_or_default();
    group.sort_by(|a, b| {
        let by_value = value(a).cmp(&value(b));
        let by_value = if descending { by_value.reverse() } else { by_value };
        by_value.then_with(|| a.code.cmp(&b.code)).then_with(|| a.text.cmp(&b.text))
    });
    let given = usize::try_from(places).unwrap_or(0).min(group.len());
    let last = given.checked_sub(1).map(|last| (group[last].settled.basis, value(group[last])));
    let ranked = group.len();
    for (position, row) in group.iter_mut().enumerate() {
        let effect = Effect::Top { rank: position + 1, ranked, places, value: value(row), last };
        row.note(limit, position < given, effect);
        if by_rank && position < given {
            row.settled.verdict = row.offers.get(position).cloned().unwrap_or(Verdict::Refused(Reason::NoTier));
        }
    }
}

fn top_up(limit: usize, group: &mut [&mut Candidate]) {
    in_order(group);
    let (mut reached, mut reached_by) = (Fen(0), None);
    for row in group {
        let full = row.amount();
        let less = |amount: Fen| Fen((amount.0 - reached.0).max(0));
        let left = Span { low: less(full.low), high: full.high.map(less) };
        row.reduce(limit, left, Effect::TopUp { full, reached, reached_by });
        let highest = full.high.unwrap_or(full.low);
        if highest > reached {
            (reached, reached_by) = (highest, Some(row.settled.basis));
        }
    }
}

fn cap(limit: usize, at_most: Fen, group: &mut [&mut Candidate]) {
    in_order(group);
    let mut taken = Span::exact(Fen(0));
    for row in group {
        let full = row.amount();
        let left_of = |taken: Fen| Fen(at_most.0.saturating_sub(taken.0).max(0));
        let least_left = left_of(taken.high.unwrap_or(Fen::MAX));
        let most_left = left_of(taken.low);
        let low = full.low.min(least_left);
        let high = full.high.map_or(most_left, |high| high.min(most_left));
        row.reduce(limit, Span { low, high: Some(high) }, Effect::Cap { full, at_most, taken });
        if let Verdict::Paid { amount, .. } = row.settled.verdict {
            let add = |one: Fen, other: Fen| Fen(one.0.saturating_add(other.0));
            taken = Span { low: add(taken.low, amount.low), high: taken.high.zip(amount.high).map(|(a, b)| add(a, b)) };
        }
    }
}

/// By date, or year, then by basis id and party code as text.
fn in_order(group: &mut [&mut Candidate]) {
    let moment = |row: &Candidate| row.settled.moment.map(|moment| (moment.day, moment.year));
    group.sort_by(|a, b| moment(a).cmp(&moment(b)).then_with(|| a.text.cmp(&b.text)).then_with(|| a.code.cmp(&b.code)));
}

impl Candidate {
    fn of<F: Finding>(index: &Index, measure: &Measure, row: Examined<F>) -> Candidate {
        Candidate {
            code: index.party_code(row.party),
            text: index.basis_text(measure.basis.table, row.basis),
            values: row
                .limit_values
                .iter()
                .map(|value| value.as_ref().and_then(|value| value.value().known()))
                .collect(),
            offers: row.offers.into_iter().map(|offer| offer.verdict).collect(),
            settled: Settled {
                basis: row.basis,
                party: row.party,
                moment: row.moment,
                verdict: row.verdict,
                passes: Vec::new(),
            },
        }
    }

    fn amount(&self) -> Span {
        match self.settled.verdict {
            Verdict::Paid { amount, .. } => amount,
            _ => Span::exact(Fen(0)),
        }
    }

    /// Notes what a limit did, and refuses the row if it was not let through.
    fn note(&mut self, limit: usize, passed: bool, effect: Effect) {
        self.settled.passes.push(Pass { limit, passed, effect });
        if !passed {
            self.settled.verdict = Verdict::Refused(Reason::Limit(limit as u16));
        }
    }

    /// Reduces what is paid to what is left; a row of which nothing is left is refused.
    fn reduce(&mut self, limit: usize, left: Span, effect: Effect) {
        self.note(limit, left.high != Some(Fen(0)), effect);
        if let Verdict::Paid { amount, exact, .. } = &mut self.settled.verdict {
            *amount = left;
            // What hangs on how much a person grants an earlier row is no longer one amount.
            *exact &= left.high == Some(left.low);
        }
    }
}
