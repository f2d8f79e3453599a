//! Limits: what rows may take beside each other.

use std::cmp::Ordering;

use duixian_facts::table::{Cell, Column};
use duixian_money::{Fen, Span};
use duixian_rules::plan::{Key, LimitKind};
use duixian_rules::vocabulary::{ColumnId, ColumnType, Table, TableKind};
use rayon::slice::ParallelSliceMut;
use rustc_hash::FxHashMap;

use crate::batch::measure::Job;
use crate::names::BasisText;
use crate::result::{Reason, Row, Status};

/// A row that is paid unless a limit turns it away.
pub struct Candidate {
    /// The row as it stands after the limits applied so far.
    pub row: Row,
    /// Its basis date in days since 1970-01-01, or its year.
    pub time: i32,
}

/// Whether a limit can turn no row away, because each of its keys has one row.
pub fn is_idle(limit: &LimitKind, table: &Table) -> bool {
    match limit {
        LimitKind::Once { key: Key::Column(column) } => table.key == [*column],
        LimitKind::Once { key: Key::Party } => table.kind == TableKind::Party,
        _ => false,
    }
}

/// Applies a measure's limits in order. `values` holds, candidate by candidate, what each of the job's limits goes by;
/// `ranks` is the place of each party in the order of codes.
pub fn apply(job: &Job, candidates: &mut [Candidate], values: &[i64], ranks: &[u32]) {
    let text = BasisText::of(job.run.plan, job.run.facts, job.measure.basis.table);
    for (place, (index, limit)) in job.limits.iter().enumerate() {
        let value = |candidate: usize| values[candidate * job.limits.len() + place];
        let mut bench = Bench { job, ranks, text, candidates, refusal: Reason::Limit(*index as u16) };
        match &limit.kind {
            LimitKind::Years { at_most, .. } => bench.years(*at_most, value),
            LimitKind::Once { key } => bench.once(*key),
            LimitKind::Top { places, key, descending, .. } => {
                // Reversing all bits turns the order round without a value that cannot be negated.
                bench.top(*places, *key, |candidate| if *descending { !value(candidate) } else { value(candidate) });
            }
            LimitKind::TopUp { key } => bench.top_up(*key),
            LimitKind::Cap { key, every_year, at_most } => bench.cap(*key, *every_year, *at_most),
        }
    }
}

/// The candidates before one limit.
struct Bench<'a> {
    job: &'a Job<'a>,
    ranks: &'a [u32],
    text: BasisText<'a>,
    candidates: &'a mut [Candidate],
    refusal: Reason,
}

/// A candidate in a queue.
#[derive(Clone, Copy)]
struct Entry {
    /// Candidates of one key have one group.
    group: u32,
    /// As the candidate's; where a limit ranks within a year, that year.
    time: i32,
    candidate: u32,
}

impl Entry {
    fn index(&self) -> usize {
        self.candidate as usize
    }

    fn key(&self) -> (u32, i32) {
        (self.group, self.time)
    }
}

impl Bench<'_> {
    fn years(&mut self, at_most: i64, first: impl Fn(usize) -> i64) {
        for index in 0..self.candidates.len() {
            let candidate = &mut self.candidates[index];
            let year = self.job.year_of(candidate.time.into());
            if candidate.is_paid() && year >= first(index).saturating_add(at_most) {
                candidate.refuse(self.refusal);
            }
        }
    }

    fn once(&mut self, key: Key) {
        for group in self.in_order(key).chunk_by(|one, other| one.group == other.group) {
            for later in &group[1..] {
                self.candidates[later.index()].refuse(self.refusal);
            }
        }
    }

    /// The first `places` by `value`, the least first.
    fn top(&mut self, places: i64, key: Key, value: impl Fn(usize) -> i64 + Sync) {
        let by_rank = self.job.measure.pay.by_rank.then(|| self.job.amounts_by_rank());
        let mut entries = self.entries(key);
        for entry in &mut entries {
            entry.time = self.job.year_of(entry.time.into()) as i32;
        }
        let candidates = &*self.candidates;
        entries.par_sort_unstable_by(|one, other| {
            let (a, b) = (&candidates[one.index()].row, &candidates[other.index()].row);
            let place = one.key().cmp(&other.key()).then_with(|| value(one.index()).cmp(&value(other.index())));
            place.then_with(|| self.by_code(a, b)).then_with(|| self.text.compare(a.basis, b.basis))
        });
        for group in entries.chunk_by(|one, other| one.key() == other.key()) {
            for (rank, entry) in group.iter().enumerate() {
                let candidate = &mut self.candidates[entry.index()];
                match &by_rank {
                    _ if rank as i64 >= places => candidate.refuse(self.refusal),
                    Some(amounts) => match amounts.get(rank).copied().unwrap_or(Err(Reason::NoTier)) {
                        Ok((span, exact)) => candidate.pay(rank as u16, exact, span),
                        Err(reason) => candidate.refuse(reason),
                    },
                    None => {}
                }
            }
        }
    }

    fn top_up(&mut self, key: Key) {
        for group in self.in_order(key).chunk_by(|one, other| one.group == other.group) {
            let mut reached = Fen(0);
            for entry in group {
                let candidate = &mut self.candidates[entry.index()];
                let full = candidate.amount();
                let less = |amount: Fen| Fen(amount.0.saturating_sub(reached.0).max(0));
                candidate.reduce(Span { low: less(full.low), high: full.high.map(less) }, self.refusal);
                reached = reached.max(full.high.unwrap_or(full.low));
            }
        }
    }

    fn cap(&mut self, key: Key, every_year: bool, at_most: Fen) {
        let job = self.job;
        let year = |entry: &Entry| if every_year { job.year_of(entry.time.into()) } else { 0 };
        let together = |one: &Entry, other: &Entry| one.group == other.group && year(one) == year(other);
        for group in self.in_order(key).chunk_by(together) {
            let (mut least_taken, mut most_taken) = (Fen(0), Fen(0));
            for entry in group {
                let candidate = &mut self.candidates[entry.index()];
                let full = candidate.amount();
                let most_left = Fen(at_most.0.saturating_sub(least_taken.0).max(0));
                let least_left = Fen(at_most.0.saturating_sub(most_taken.0).max(0));
                let high = full.high.map_or(most_left, |high| high.min(most_left));
                candidate.reduce(Span { low: full.low.min(least_left), high: Some(high) }, self.refusal);
                let taken = candidate.amount();
                least_taken.0 = least_taken.0.saturating_add(taken.low.0);
                most_taken.0 = most_taken.0.saturating_add(taken.high.map_or(0, |high| high.0));
            }
        }
    }

    /// The candidates that are still paid, key by key; within a key by date or year, then basis id, then party code.
    fn in_order(&self, key: Key) -> Vec<Entry> {
        let mut entries = self.entries(key);
        let candidates = &*self.candidates;
        entries.par_sort_unstable_by(|one, other| {
            one.key().cmp(&other.key()).then_with(|| {
                let (a, b) = (&candidates[one.index()].row, &candidates[other.index()].row);
                // Texts are equal only where the basis is a year or has no text; then the code decides.
                self.text.compare_text(a.basis, b.basis).then_with(|| self.by_code(a, b)).then(a.basis.cmp(&b.basis))
            })
        });
        entries
    }

    fn by_code(&self, one: &Row, other: &Row) -> Ordering {
        self.ranks[one.party as usize].cmp(&self.ranks[other.party as usize])
    }

    /// The candidates that are still paid, with their groups.
    fn entries(&self, key: Key) -> Vec<Entry> {
        let mut group_of = self.groups(key);
        let entry = |(candidate, index): (&Candidate, u32)| {
            let paid = candidate.is_paid();
            paid.then(|| Entry { group: group_of(&candidate.row), time: candidate.time, candidate: index })
        };
        self.candidates.iter().zip(0..).filter_map(entry).collect()
    }

    /// Which group each row belongs to.
    fn groups(&self, key: Key) -> Box<dyn FnMut(&Row) -> u32 + '_> {
        let run = self.job.run;
        let table = self.job.measure.basis.table;
        match key {
            Key::All => Box::new(|_| 0),
            Key::Party => Box::new(|row| row.party),
            Key::Column(column) if run.plan.vocabulary.tables[table].columns[column].ty == ColumnType::Party => {
                Box::new(|row| row.party)
            }
            Key::Column(column) => match run.facts.table(table).columns.get(column) {
                Some(Column::Text(texts)) => {
                    let mut groups = Groups::default();
                    Box::new(move |row| {
                        groups.of(Some(texts.bytes(row.basis as usize)).filter(|text| !text.is_empty()))
                    })
                }
                _ => self.groups_by_cell(column),
            },
        }
    }

    fn groups_by_cell(&self, column: ColumnId) -> Box<dyn FnMut(&Row) -> u32 + '_> {
        let facts = self.job.run.facts.table(self.job.measure.basis.table);
        let mut groups = Groups::default();
        Box::new(move |row| {
            groups.of(match facts.cell(column, row.basis as usize) {
                Cell::Empty => None,
                Cell::Number(number) => Some(number.to_string()),
                Cell::Text(text) => Some(text.into_owned()),
            })
        })
    }
}

/// Numbers keys in the order they are met; rows without a key are each alone.
struct Groups<K> {
    known: FxHashMap<K, u32>,
    next: u32,
}

impl<K> Default for Groups<K> {
    fn default() -> Self {
        Groups { known: FxHashMap::default(), next: 0 }
    }
}

impl<K: std::hash::Hash + Eq> Groups<K> {
    fn of(&mut self, key: Option<K>) -> u32 {
        let fresh = self.next;
        let group = key.map_or(fresh, |key| *self.known.entry(key).or_insert(fresh));
        self.next += u32::from(group == fresh);
        group
    }
}

impl Candidate {
    fn is_paid(&self) -> bool {
        self.row.alternative().is_some()
    }

    fn amount(&self) -> Span {
        self.row.amount().unwrap_or(Span::exact(Fen(0)))
    }

    fn refuse(&mut self, reason: Reason) {
        self.row = Row::refused(self.row.party, self.row.basis, reason);
    }

    /// Reduces what is paid; refused if nothing is left of what there was. An exact amount that now depends on what a person grants an
    /// earlier row is one amount no longer.
    fn reduce(&mut self, left: Span, refusal: Reason) {
        match self.row.alternative() {
            Some(alternative) if left.high != Some(Fen(0)) || self.amount().high == Some(Fen(0)) => {
                let exact = self.row.status() == Status::Entitled && left.high == Some(left.low);
                self.pay(alternative, exact, left);
            }
            _ => self.refuse(refusal),
        }
    }

    fn pay(&mut self, alternative: u16, exact: bool, span: Span) {
        let payable_from = self.row.payable_from().map(i64::from);
        self.row = Row::paid(self.row.party, self.row.basis, alternative, exact, span, payable_from);
    }
}

#[cfg(test)]
mod tests {
    use duixian_rules::plan::{Amount, Node};

    use super::*;
    use crate::testing::Outcome::{Pays, Span as Within};
    use crate::testing::*;

    const REFUSED: Outcome = Outcome::Reason(Reason::Limit(0));
    const MISSING_AMOUNT: Outcome = Outcome::Reason(Reason::Missing(AMOUNT));

    /// Events of two parties (the second has the smaller code), given as id, party, day of 2016-12 on, amount and key.
    fn world(events: &[(&str, u32, i64, Option<i64>, &str)]) -> World {
        let mut world = World::new();
        for code in ["92", "91"] {
            world.party(code, Some(520_102), None, None);
        }
        for &(id, party, from_december, amount, key) in events {
            let on = Some(day(2016, 12, 1) + from_december);
            world.event(Event { id, party, on, amount, key, ..Event::default() });
        }
        world
    }

    #[test]
    fn once_pays_the_earliest_of_each_key() {
        let mut world = world(&[
            ("c", 0, 40, Some(1), "k"),
            ("b", 0, 40, Some(2), "k"),
            ("a", 1, 41, Some(3), "k"),
            ("d", 1, 42, Some(4), ""),
            ("e", 1, 43, Some(5), ""),
            ("f", 1, 20, None, "k"),
        ]);
        let by_key = world.limited([LimitKind::Once { key: Key::Column(E_KEY) }]);
        let by_party = world.limited([LimitKind::Once { key: Key::Party }]);
        let of_all = world.limited([LimitKind::Once { key: Key::All }]);
        let by_code = world.limited([LimitKind::Once { key: Key::Column(E_CODE) }]);
        let by_amount = world.limited([LimitKind::Once { key: Key::Column(E_AMOUNT) }]);
        let expected = [("a", REFUSED), ("d", Pays(4)), ("e", Pays(5)), ("b", Pays(2)), ("c", REFUSED)];
        assert_eq!(world.outcomes(by_key, 2017), expected, "an unknown row takes no place");
        let expected = [("a", Pays(3)), ("d", REFUSED), ("e", REFUSED), ("b", Pays(2)), ("c", REFUSED)];
        assert_eq!(world.outcomes(by_party, 2017), expected);
        assert_eq!(world.outcomes(by_code, 2017), expected);
        let expected = [("a", REFUSED), ("d", REFUSED), ("e", REFUSED), ("b", Pays(2)), ("c", REFUSED)];
        assert_eq!(world.outcomes(of_all, 2017), expected);
        assert!(world.outcomes(by_amount, 2017).iter().all(|(_, outcome)| matches!(outcome, Pays(_))));
        assert_eq!(world.outcomes(by_key, 2016), [("f", MISSING_AMOUNT)]);
    }

    #[test]
    fn earlier_years_count_and_are_not_reported() {
        let mut world = world(&[("a", 0, 5, Some(1), "k"), ("b", 1, 40, Some(2), "k")]);
        let once = world.limited([LimitKind::Once { key: Key::Column(E_KEY) }]);
        assert_eq!(world.outcomes(once, 2017), [("b", REFUSED)]);
        assert_eq!(world.outcomes(once, 2016), [("a", Pays(1))]);
        let duixian_rules::plan::Period::Dated { start, .. } = &mut world.plan.measures[once].basis.period else {
            unreachable!()
        };
        *start = day(2016, 12, 7);
        assert_eq!(world.outcomes(once, 2017), [("b", Pays(2))], "what lies before the start is not counted");
    }

    #[test]
    fn top_up_pays_the_difference_to_the_highest_so_far() {
        let mut world = world(&[
            ("a", 0, 1, Some(10), "k"),
            ("b", 0, 40, Some(30), "k"),
            ("c", 1, 41, Some(20), "k"),
            ("d", 1, 42, Some(35), "k"),
            ("e", 1, 43, Some(35), "other"),
            ("f", 1, 44, Some(0), "third"),
        ]);
        let top_up = world.limited([LimitKind::TopUp { key: Key::Column(E_KEY) }]);
        let expected = [("c", REFUSED), ("d", Pays(5)), ("e", Pays(35)), ("f", Pays(0)), ("b", Pays(20))];
        assert_eq!(world.outcomes(top_up, 2017), expected);
    }

    #[test]
    fn a_cap_is_shared_in_order() {
        let mut world = world(&[
            ("a", 0, 1, Some(50), ""),
            ("b", 0, 40, Some(30), ""),
            ("c", 1, 41, Some(40), ""),
            ("d", 1, 42, Some(1), ""),
        ]);
        let cap = |every_year, key| LimitKind::Cap { key, every_year, at_most: Fen(100) };
        let for_ever = world.limited([cap(false, Key::All)]);
        let every_year = world.limited([cap(true, Key::All)]);
        assert_eq!(world.outcomes(for_ever, 2017), [("c", Pays(20)), ("d", REFUSED), ("b", Pays(30))]);
        assert_eq!(world.outcomes(every_year, 2017), [("c", Pays(40)), ("d", Pays(1)), ("b", Pays(30))]);
    }

    #[test]
    fn a_cap_cuts_spans_by_what_others_may_take() {
        let mut world = world(&[("a", 0, 40, Some(60), ""), ("b", 0, 41, Some(70), ""), ("c", 0, 42, Some(5), "")]);
        let measure = world.limited([LimitKind::Cap { key: Key::All, every_year: true, at_most: Fen(100) }]);
        let ten = world.constant(10);
        let high = world.column(EVENTS, E_AMOUNT);
        world.plan.measures[measure].pay.alternatives[0].amount = Amount::Span { low: ten, high: Some(high) };
        let spans = [("a", Within(10, Some(60))), ("b", Within(10, Some(70))), ("c", Within(0, Some(5)))];
        assert_eq!(world.outcomes(measure, 2017), spans);
        world.plan.measures[measure].pay.alternatives[0].amount = Amount::Span { low: ten, high: None };
        let spans = [("a", Within(10, Some(100))), ("b", Within(0, Some(90))), ("c", Within(0, Some(90)))];
        assert_eq!(world.outcomes(measure, 2017), spans);
    }

    #[test]
    fn years_count_from_the_first() {
        let mut world = world(&[("a", 0, 40, Some(1), ""), ("b", 0, 41, None, "")]);
        let closed = world.column(EVENTS, E_CLOSED);
        let first = world.node(Node::YearOf(closed));
        let nothing = world.limited([LimitKind::Years { at_most: 2, first }]);
        let two_years = |world: &mut World, year| {
            let first = world.constant(year);
            let measure = world.limited([LimitKind::Years { at_most: 2, first }]);
            world.outcomes(measure, 2017)[0].1
        };
        assert_eq!([2015, 2016, 2017].map(|year| two_years(&mut world, year)), [REFUSED, Pays(1), Pays(1)]);
        let expected = [("a", Outcome::Reason(Reason::Missing(0))), ("b", MISSING_AMOUNT)];
        assert_eq!(world.outcomes(nothing, 2017), expected, "there is no first year");
    }

    #[test]
    fn top_places_go_by_value_then_code() {
        let mut world = world(&[
            ("a", 0, 40, Some(5), ""),
            ("b", 1, 41, Some(5), ""),
            ("c", 0, 42, Some(7), ""),
            ("d", 0, 43, Some(1), ""),
            ("e", 0, 1, Some(100), ""),
        ]);
        let by = world.column(EVENTS, E_AMOUNT);
        let top = |places, descending| LimitKind::Top { places, key: Key::All, by, descending };
        let highest = world.limited([top(2, true)]);
        let lowest = world.limited([top(2, false)]);
        let expected = [("b", Pays(5)), ("a", REFUSED), ("c", Pays(7)), ("d", REFUSED)];
        assert_eq!(world.outcomes(highest, 2017), expected);
        let expected = [("b", Pays(5)), ("a", REFUSED), ("c", REFUSED), ("d", Pays(1))];
        assert_eq!(world.outcomes(lowest, 2017), expected);
    }

    #[test]
    fn ranks_pay_their_alternative() {
        let mut world = world(&[("a", 0, 40, Some(5), ""), ("b", 0, 41, Some(6), ""), ("c", 0, 42, Some(7), "")]);
        let by = world.column(EVENTS, E_AMOUNT);
        let ranked = world.limited([LimitKind::Top { places: 3, key: Key::All, by, descending: true }]);
        let [first, second] = [300, 200].map(|value| world.constant(value));
        let pay = &mut world.plan.measures[ranked].pay;
        pay.by_rank = true;
        pay.alternatives.push(pay.alternatives[0].clone());
        pay.alternatives[0].amount = Amount::Exact(first);
        pay.alternatives[1].amount = Amount::Span { low: second, high: None };
        pay.alternatives[1].clause = "三.1".to_owned();
        let expected = [("a", Outcome::Reason(Reason::NoTier)), ("b", Within(200, None)), ("c", Pays(300))];
        assert_eq!(world.outcomes(ranked, 2017), expected);
        assert_eq!(world.assess(2017)[ranked][1].clause(&world.plan.measures[ranked]), "三.1");
    }

    #[test]
    fn a_limit_sees_what_the_ones_before_left() {
        let mut world = world(&[("a", 0, 40, Some(1), "k"), ("b", 0, 41, Some(2), "k"), ("c", 0, 42, Some(3), "l")]);
        let by = world.column(EVENTS, E_AMOUNT);
        let limits = [
            LimitKind::Top { places: 2, key: Key::All, by, descending: true },
            LimitKind::Once { key: Key::Column(E_KEY) },
        ];
        let measure = world.limited(limits);
        assert_eq!(world.outcomes(measure, 2017), [("a", REFUSED), ("b", Pays(2)), ("c", Pays(3))]);
    }
}
