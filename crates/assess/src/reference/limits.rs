//! What rows may take beside each other: the limits of a measure, one after the other.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

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
    /// For each limit the value it goes by, if there is one and it is known.
    pub values: Vec<Option<i64>>,
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
    /// Whether it was left with another amount than it came with.
    pub cut: bool,
    /// How.
    pub effect: Effect,
}

/// How a limit acted. A rival is a row of the measure's table; of a claim it is the place of a record among those it was put
/// beside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Once: the row that came first, unless it is this one.
    Once {
        /// The rival that took the place.
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
        /// The rival in the last place that was given, and what it ranks by.
        last: Option<(u32, i64)>,
    },
    /// Top-up: what was reached before.
    TopUp {
        /// The amount before it is reduced.
        full: Span,
        /// The highest amount that earlier rows reached.
        reached: Fen,
        /// The rival that reached it.
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
pub struct Candidate {
    /// What it comes to so far.
    pub settled: Settled,
    /// Its party's code.
    pub code: String,
    /// Its name.
    pub text: String,
    /// By rank: what each place comes to.
    offers: Vec<Verdict>,
}

/// Which rows count together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// All of the measure.
    All,
    /// Those of one party.
    Party(u32),
    /// Those with one text in the column that the limit counts by.
    Text(String),
    /// One row.
    Alone(u32),
}

/// Puts a measure's rows to its limits. `rows` must hold every row that shares a key with one of them.
pub fn settle<F: Finding>(index: &Index, measure: &Measure, rows: Vec<Examined<F>>) -> Vec<Settled> {
    let mut candidates: Vec<Candidate> = rows.iter().map(|row| Candidate::of(index, measure, row)).collect();
    for (limit, rule) in measure.limits.iter().enumerate() {
        let mut groups: BTreeMap<(Group, i64), Vec<&mut Candidate>> = BTreeMap::new();
        for candidate in &mut candidates {
            let (Verdict::Paid { .. }, Some(moment)) = (&candidate.settled.verdict, candidate.settled.moment) else {
                continue;
            };
            let year = if is_yearly(&rule.kind) { moment.year } else { 0 };
            let group = group(index, measure, &rule.kind, (candidate.settled.party, candidate.settled.basis));
            groups.entry((group, year)).or_default().push(candidate);
        }
        for mut group in groups.into_values() {
            match &rule.kind {
                LimitKind::Once { .. } => once(limit, &mut group),
                LimitKind::Years { at_most, .. } => {
                    group.iter_mut().for_each(|row| row.years(limit, *at_most, &BTreeSet::new()));
                }
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
pub fn is_yearly(kind: &LimitKind) -> bool {
    matches!(kind, LimitKind::Top { .. } | LimitKind::Cap { every_year: true, .. })
}

/// The rows that a limit counts together with this one of a party.
pub fn group(index: &Index, measure: &Measure, kind: &LimitKind, (party, basis): (u32, u32)) -> Group {
    let table = measure.basis.table;
    match kind.key() {
        None => Group::Alone(basis),
        Some(Key::All) => Group::All,
        Some(Key::Party) => Group::Party(party),
        Some(Key::Column(column)) if index.plan.vocabulary.tables[table].columns[column].ty == ColumnType::Party => {
            Group::Party(party)
        }
        Some(Key::Column(column)) => match index.cell(table, column, basis) {
            Cell::Empty => Group::Alone(basis),
            Cell::Number(number) => Group::Text(number.to_string()),
            Cell::Text(text) => Group::Text(text.into_owned()),
        },
    }
}

/// How many rows that hang on missing facts may come before a row that a limit let through, once these are there, and so take its
/// place, its rank or part of its amount. `all` are the rows it was settled with.
pub fn may_come_before(index: &Index, measure: &Measure, pass: &Pass, own: &Settled, all: &[Settled]) -> usize {
    let kind = &measure.limits[pass.limit].kind;
    let (true, Some(moment), Some(_)) = (pass.passed, own.moment, kind.key()) else { return 0 };
    let named = |row: &Settled| (index.party_code(row.party), index.basis_text(measure.basis.table, row.basis));
    let together = |row: &Settled| group(index, measure, kind, (row.party, row.basis));
    let comes_before = |row: &Settled| {
        let ((code, text), (own_code, own_text)) = (named(row), named(own));
        match kind {
            LimitKind::Top { descending, .. } => row.values[pass.limit].is_none_or(|value| {
                let own = (own.values[pass.limit].unwrap_or_default(), &own_code[..], &own_text[..]);
                compare_ranks(*descending, (value, &code, &text), own).is_lt()
            }),
            _ => row.moment.is_none_or(|other| {
                let own = ((moment.day, moment.year), own_text, own_code);
                ((other.day, other.year), text, code) < own
            }),
        }
    };
    let own_group = together(own);
    let is_open = |row: &&Settled| {
        matches!(row.verdict, Verdict::Unknown(_))
            && (!is_yearly(kind) || row.moment.is_none_or(|other| other.year == moment.year))
            && together(row) == own_group
            && comes_before(row)
    };
    let open = all.iter().filter(is_open).count();
    match pass.effect {
        // There is room for all of them.
        Effect::Top { rank, places, .. } if !measure.pay.by_rank && (rank + open) as i64 <= places => 0,
        _ => open,
    }
}

fn once(limit: usize, group: &mut [&mut Candidate]) {
    in_order(group);
    let first = group.first().map(|first| first.settled.basis);
    for (position, row) in group.iter_mut().enumerate() {
        row.once(limit, first.filter(|_| position > 0));
    }
}

fn top(limit: usize, places: i64, descending: bool, by_rank: bool, group: &mut [&mut Candidate]) {
    group.sort_by(|a, b| compare_ranks(descending, a.ranked_by(limit), b.ranked_by(limit)));
    let last = places_given(places, group.len()).checked_sub(1).map(|last| &group[last]);
    let last = last.map(|last| (last.settled.basis, last.ranked_by(limit).0));
    let ranked = group.len();
    for (position, row) in group.iter_mut().enumerate() {
        row.top(limit, by_rank, Place { position, ranked, places, last });
    }
}

/// The order in which a ranking gives its places: by value, then by the code and name of the row.
pub fn compare_ranks(descending: bool, one: (i64, &str, &str), other: (i64, &str, &str)) -> Ordering {
    let by_value = one.0.cmp(&other.0);
    let by_value = if descending { by_value.reverse() } else { by_value };
    by_value.then_with(|| (one.1, one.2).cmp(&(other.1, other.2)))
}

/// How many of the places are given where so many want one.
pub fn places_given(places: i64, ranked: usize) -> usize {
    usize::try_from(places).unwrap_or(0).min(ranked)
}

fn top_up(limit: usize, group: &mut [&mut Candidate]) {
    in_order(group);
    let (mut reached, mut reached_by) = (Fen(0), None);
    for row in group {
        let full = row.amount();
        row.top_up(limit, reached, reached_by);
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
        row.cap(limit, at_most, taken);
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

/// A row's place in a ranking.
pub struct Place {
    /// How many come before it.
    pub position: usize,
    /// How many were ranked.
    pub ranked: usize,
    /// How many places there are.
    pub places: i64,
    /// As in [`Effect::Top`].
    pub last: Option<(u32, i64)>,
}

impl Candidate {
    /// A row that was examined, before the first limit.
    pub fn of<F: Finding>(index: &Index, measure: &Measure, row: &Examined<F>) -> Candidate {
        Candidate {
            code: index.party_code(row.party),
            text: index.basis_text(measure.basis.table, row.basis),
            offers: row.offers.iter().map(|offer| offer.verdict.clone()).collect(),
            settled: Settled {
                basis: row.basis,
                party: row.party,
                moment: row.moment,
                verdict: row.verdict.clone(),
                values: row
                    .limit_values
                    .iter()
                    .map(|value| value.as_ref().and_then(|value| value.value().known()))
                    .collect(),
                passes: Vec::new(),
            },
        }
    }

    /// Is let through unless a rival has taken the only place.
    pub fn once(&mut self, limit: usize, taken_by: Option<u32>) {
        self.note(limit, taken_by.is_none(), false, Effect::Once { taken_by });
    }

    /// Is let through in so many years from its first. What was granted in other years counts, too: an earlier one was the first,
    /// and where there are as many as there may be, no other is left.
    pub fn years(&mut self, limit: usize, at_most: i64, granted: &BTreeSet<i64>) {
        let (Some(first), Some(moment)) = (self.settled.values[limit], self.settled.moment) else { return };
        let first = granted.first().map_or(first, |granted| first.min(*granted));
        let last = first.saturating_add(at_most).saturating_sub(1);
        let is_left = i64::try_from(granted.len()).is_ok_and(|granted| granted < at_most);
        let (first, last) = match (is_left, granted.first(), granted.last()) {
            (false, Some(first), Some(last)) => (*first, *last),
            _ => (first, last),
        };
        self.note(limit, is_left && moment.year <= last, false, Effect::Years { first, last });
    }

    /// Is let through if its place is one of those given, and paid by it if the measure pays by rank.
    pub fn top(&mut self, limit: usize, by_rank: bool, Place { position, ranked, places, last }: Place) {
        let given = places_given(places, ranked);
        let effect = Effect::Top { rank: position + 1, ranked, places, value: self.ranked_by(limit).0, last };
        self.note(limit, position < given, false, effect);
        if by_rank && position < given {
            self.settled.verdict = self.offers.get(position).cloned().unwrap_or(Verdict::Refused(Reason::NoTier));
        }
    }

    /// What a ranking goes by.
    pub fn ranked_by(&self, limit: usize) -> (i64, &str, &str) {
        (self.settled.values[limit].unwrap_or_default(), &self.code, &self.text)
    }

    /// Is paid what it is more than was reached before.
    pub fn top_up(&mut self, limit: usize, reached: Fen, reached_by: Option<u32>) {
        let full = self.amount();
        let less = |amount: Fen| Fen((amount.0 - reached.0).max(0));
        let left = Span { low: less(full.low), high: full.high.map(less) };
        self.reduce(limit, left, Effect::TopUp { full, reached, reached_by });
    }

    /// Is paid no more than earlier ones leave of the most in all.
    pub fn cap(&mut self, limit: usize, at_most: Fen, taken: Span) {
        let full = self.amount();
        let left_of = |taken: Fen| Fen(at_most.0.saturating_sub(taken.0).max(0));
        let least_left = left_of(taken.high.unwrap_or(Fen::MAX));
        let most_left = left_of(taken.low);
        let low = full.low.min(least_left);
        let high = full.high.map_or(most_left, |high| high.min(most_left));
        self.reduce(limit, Span { low, high: Some(high) }, Effect::Cap { full, at_most, taken });
    }

    /// What it comes to so far; nothing where it is not paid.
    pub fn amount(&self) -> Span {
        match self.settled.verdict {
            Verdict::Paid { amount, .. } => amount,
            _ => Span::exact(Fen(0)),
        }
    }

    /// Notes what a limit did, and refuses the row if it was not let through.
    fn note(&mut self, limit: usize, passed: bool, cut: bool, effect: Effect) {
        self.settled.passes.push(Pass { limit, passed, cut, effect });
        if !passed {
            self.settled.verdict = Verdict::Refused(Reason::Limit(limit as u16));
        }
    }

    /// Reduces what is paid to what is left; a row of which nothing is left is refused. One that came to nothing by the rule itself
    /// is not the limit's affair.
    fn reduce(&mut self, limit: usize, left: Span, effect: Effect) {
        let (full, nothing) = (self.amount(), Some(Fen(0)));
        self.note(limit, left.high != nothing || full.high == nothing, left != full, effect);
        if let Verdict::Paid { amount, exact, .. } = &mut self.settled.verdict {
            *amount = left;
            // What hangs on how much a person grants an earlier row is no longer one amount.
            *exact &= left.high == Some(left.low);
        }
    }
}
