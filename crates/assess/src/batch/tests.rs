//! Each node, and the way from a basis to its status, on a district small enough to check by eye.

use duixian_facts::table::Column;
use duixian_money::Rounding;
use duixian_rules::plan::{AggregateKind, Amount, Comparison, Node, NodeId, Payable, Period, Scope};
use rustc_hash::FxHashMap;

use super::frame::{Frame, Moment};
use super::run::{Context, Run};
use super::vector::ABSENT;
use super::*;
use crate::calendar::day_number;
use crate::result::{Reason, Status};
use crate::testing::*;

/// A node's value in one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Value {
    Known(i64),
    Absent,
    Unknown(u64),
}
use Value::{Absent, Known, Unknown};

impl World {
    /// A node's value for every event, whose basis date is its day.
    fn values(&mut self, node: NodeId) -> Vec<Value> {
        let date = self.column(EVENTS, E_ON);
        // Aggregates are found through a measure.
        let measure = self.measure(EVENTS, &[node], &[]);
        let options = (2017, day(2017, 12, 31));
        let run = Run::new(&self.plan, &self.facts, options.0, options.1, &[measure]);
        let context = Context::of(&run, &self.plan.measures[measure]);
        let party = self.facts.tables[EVENTS].party.clone();
        let tables = vec![(EVENTS, (0..party.len() as u32).collect())];
        let memo = FxHashMap::default();
        let mut frame = Frame { run: &run, context: &context, tables, party, moment: Moment::Unsettled, memo };
        frame.moment = Moment::Day(frame.evaluate(date));
        let vector = frame.evaluate(node);
        let value = |row| match (vector.missing_at(row), vector.at(row)) {
            (0, ABSENT) => Absent,
            (0, value) => Known(value),
            (facts, _) => Unknown(facts),
        };
        (0..frame.len()).map(value).collect()
    }

    fn value_of(&mut self, node: Node) -> Vec<Value> {
        let node = self.node(node);
        self.values(node)
    }
}

/// Two parties and four events: whole, empty, of another party, closed.
fn world() -> World {
    let mut world = World::new();
    let here = world.party("91520102", Some(520_102), Some(day(2016, 6, 1)), Some(0x5112));
    let unknown = world.party("52520102", None, None, None);
    world.event(Event {
        id: "a",
        party: here,
        level: Some(1),
        on: Some(day(2017, 3, 1)),
        amount: Some(12_350),
        title: "新药",
        closed: Some(day(2018, 2, 28)),
        key: "k",
    });
    world.event(Event { id: "b", party: here, ..Event::default() });
    world.event(Event { id: "c", party: unknown, on: Some(day(2016, 2, 29)), amount: Some(-50), ..Event::default() });
    world
}

#[test]
fn cells_are_known_unknown_or_absent() {
    let mut world = world();
    assert_eq!(world.value_of(Node::Column(EVENTS, E_LEVEL)), [Known(1), Unknown(LEVEL), Unknown(LEVEL)]);
    assert_eq!(world.value_of(Node::Column(EVENTS, E_CLOSED)), [Known(day(2018, 2, 28)), Absent, Absent]);
    assert_eq!(world.value_of(Node::Column(EVENTS, E_AMOUNT)), [Known(12_350), Unknown(AMOUNT), Known(-50)]);
    let moved = Known(day(2016, 6, 1));
    assert_eq!(world.value_of(Node::Column(PARTIES, P_MOVED)), [moved, moved, Absent]);
    assert_eq!(world.value_of(Node::BasisDate), [Known(day(2017, 3, 1)), Unknown(ON), Known(day(2016, 2, 29))]);
    assert_eq!(world.value_of(Node::RowYear), [Known(2017), Unknown(ON), Known(2016)]);
    assert_eq!(world.value_of(Node::AsOf)[1], Known(day(2017, 12, 31)));
    world.facts.tables[EVENTS].columns[E_LEVEL] = Column::Empty;
    world.facts.tables[EVENTS].columns[E_CLOSED] = Column::Empty;
    assert_eq!(world.value_of(Node::Column(EVENTS, E_LEVEL)), [Unknown(LEVEL); 3]);
    assert_eq!(world.value_of(Node::Column(EVENTS, E_CLOSED)), [Absent; 3]);
}

#[test]
fn texts_and_codes_are_tested_in_their_columns() {
    let mut world = world();
    let texts = |texts: &[&str]| texts.iter().map(ToString::to_string).collect::<Vec<_>>();
    let (yes, no) = (Known(1), Known(0));
    let district = world.column(PARTIES, P_DISTRICT);
    assert_eq!(world.value_of(Node::TextIs(district, texts(&["520102"]))), [yes, yes, Unknown(DISTRICT)]);
    assert_eq!(world.value_of(Node::HasPrefix(district, texts(&["51", "5203"]))), [no, no, Unknown(DISTRICT)]);
    let industry = world.column(PARTIES, P_INDUSTRY);
    assert_eq!(world.value_of(Node::HasPrefix(industry, texts(&["52", "511"]))), [yes, yes, Unknown(2)]);
    let title = world.column(EVENTS, E_TITLE);
    assert_eq!(world.value_of(Node::HasPrefix(title, texts(&["新"]))), [yes, Unknown(TITLE), Unknown(TITLE)]);
    assert_eq!(world.value_of(Node::TextIs(title, texts(&["新"])))[0], no);
    let key = world.column(EVENTS, E_KEY);
    assert_eq!(world.value_of(Node::TextIs(key, texts(&["k"]))), [yes, no, no]);
    assert_eq!(world.value_of(Node::Happened(key)), [yes, no, no]);
    for code in [world.column(PARTIES, P_CODE), world.column(EVENTS, E_CODE)] {
        assert_eq!(world.value_of(Node::HasPrefix(code, texts(&["91"]))), [yes, yes, no]);
        assert_eq!(world.value_of(Node::Happened(code)), [yes, yes, yes]);
    }
}

#[test]
fn arithmetic_passes_on_what_is_unknown_or_absent() {
    let mut world = world();
    let amount = world.column(EVENTS, E_AMOUNT);
    let closed = world.column(EVENTS, E_CLOSED);
    let on = world.column(EVENTS, E_ON);
    let [two, half, most] = [2, 500_000, i64::MAX].map(|value| world.constant(value));
    let unknown = Unknown(AMOUNT);
    assert_eq!(world.value_of(Node::Add(amount, two)), [Known(12_352), unknown, Known(-48)]);
    assert_eq!(world.value_of(Node::Add(amount, most))[0], Known(i64::MAX));
    assert_eq!(world.value_of(Node::Subtract(two, amount)), [Known(-12_348), unknown, Known(52)]);
    assert_eq!(world.value_of(Node::Multiply(amount, most))[2], Known(-i64::MAX), "never taken for absent");
    assert_eq!(world.value_of(Node::Subtract(closed, amount)), [Known(day(2018, 2, 28) - 12_350), unknown, Absent]);
    assert_eq!(world.value_of(Node::PercentOf(half, amount)), [Known(6_175), unknown, Known(-25)]);
    let unit = |rounding| Node::Round { value: amount, unit_fen: 100, rounding };
    assert_eq!(world.value_of(unit(Rounding::HalfUp)), [Known(12_400), unknown, Known(-100)]);
    assert_eq!(world.value_of(unit(Rounding::Down)), [Known(12_300), unknown, Known(0)]);
    let [thousand, nothing] = [1_000, 0].map(|value| world.constant(value));
    assert_eq!(world.value_of(Node::Steps(amount, thousand)), [Known(12), unknown, Known(0)]);
    assert_eq!(world.value_of(Node::Steps(amount, nothing)), [Absent, unknown, Absent]);
    assert_eq!(world.value_of(Node::YearOf(closed)), [Known(2018), Absent, Absent]);
    assert_eq!(world.value_of(Node::YearsBetween(on, closed)), [Known(0), Unknown(ON), Absent]);
    assert_eq!(world.value_of(Node::Least(vec![closed, two])), [Known(2), Known(2), Known(2)]);
    assert_eq!(world.value_of(Node::Greatest(vec![closed, two])), [Known(day(2018, 2, 28)), Known(2), Known(2)]);
    assert_eq!(world.value_of(Node::Greatest(vec![closed, amount])), [Known(day(2018, 2, 28)), unknown, Known(-50)]);
    assert_eq!(world.value_of(Node::Least(vec![closed])), [Known(day(2018, 2, 28)), Absent, Absent]);
}

#[test]
fn values_change_from_a_day_on() {
    let mut world = world();
    let (one, amount) = (world.constant(1), world.column(EVENTS, E_AMOUNT));
    let (date, as_of) = (world.node(Node::BasisDate), world.node(Node::AsOf));
    let steps = vec![(day(2016, 2, 29), one), (day(2017, 3, 1), amount)];
    assert_eq!(world.value_of(Node::Dated { on: date, steps: steps.clone() }), [Known(12_350), Unknown(ON), Known(1)]);
    assert_eq!(world.value_of(Node::Dated { on: as_of, steps }), [Known(12_350), Unknown(AMOUNT), Known(-50)]);
    let late = vec![(day(2017, 3, 2), one)];
    assert_eq!(world.value_of(Node::Dated { on: date, steps: late }), [Absent, Unknown(ON), Absent]);
}

#[test]
fn comparisons_and_logic() {
    let mut world = world();
    let (amount, closed) = (world.column(EVENTS, E_AMOUNT), world.column(EVENTS, E_CLOSED));
    let (zero, level) = (world.constant(0), world.column(EVENTS, E_LEVEL));
    let (yes, no) = (Known(1), Known(0));
    let positive = world.node(Node::Compare(Comparison::Greater, amount, zero));
    assert_eq!(world.values(positive), [yes, Unknown(AMOUNT), no]);
    assert_eq!(world.value_of(Node::Compare(Comparison::NotEqual, closed, zero)), [yes, no, no]);
    let middle = world.node(Node::OneOf(level, vec![1, 2]));
    assert_eq!(world.values(middle), [yes, Unknown(LEVEL), Unknown(LEVEL)]);
    assert_eq!(world.value_of(Node::And(vec![positive, middle])), [yes, Unknown(AMOUNT | LEVEL), no]);
    assert_eq!(world.value_of(Node::Or(vec![positive, middle])), [yes, Unknown(AMOUNT | LEVEL), Unknown(LEVEL)]);
    assert_eq!(world.value_of(Node::Not(positive)), [no, Unknown(AMOUNT), yes]);
    assert_eq!(world.value_of(Node::Happened(closed)), [yes, no, no]);
    let [two, rate] = [2, 6_175_000_000].map(|value| world.constant(value));
    let ratio = |comparison, denominator| Node::CompareRatio { comparison, numerator: amount, denominator, rate };
    assert_eq!(world.value_of(ratio(Comparison::Equal, two)), [yes, Unknown(AMOUNT), no]);
    assert_eq!(world.value_of(ratio(Comparison::Less, two)), [no, Unknown(AMOUNT), yes]);
    assert_eq!(world.value_of(ratio(Comparison::Less, zero)), [no, Unknown(AMOUNT), no]);
}

#[test]
fn aggregates_look_at_all_rows_of_the_party() {
    let mut world = world();
    let third = world.any_party();
    world.event(Event { id: "d", party: third, on: Some(day(2017, 1, 1)), ..Event::default() });
    for (year, sales) in [(2015, Some(7)), (2016, Some(5)), (2017, None)] {
        world.account(0, year, sales);
    }
    world.account(1, 2016, Some(3));
    let (year, sales) = (world.column(ACCOUNTS, A_YEAR), world.column(ACCOUNTS, A_SALES));
    let row_year = world.node(Node::RowYear);
    let earlier = world.node(Node::Compare(Comparison::Less, year, row_year));
    let rich = {
        let six = world.constant(6);
        world.node(Node::Compare(Comparison::Greater, sales, six))
    };
    let mut all = |kind, filter, value| world.value_of(Node::Aggregate { kind, table: ACCOUNTS, filter, value });
    use AggregateKind::{Any, Count, Earliest, Latest, Only, Sum};
    // The events are of party 0 in 2017, of party 0 in an unknown year, of party 1 in 2016, of party 2 without accounts.
    assert_eq!(all(Count, None, None), [Known(3), Known(3), Known(1), Known(0)]);
    assert_eq!(all(Count, Some(earlier), None), [Known(2), Unknown(ON), Known(0), Known(0)]);
    assert_eq!(all(Sum, None, Some(sales)), [Unknown(SALES), Unknown(SALES), Known(3), Known(0)]);
    assert_eq!(all(Sum, Some(earlier), Some(sales)), [Known(12), Unknown(ON), Known(0), Known(0)]);
    assert_eq!(all(Any, Some(rich), None), [Known(1), Known(1), Known(0), Known(0)]);
    assert_eq!(all(Count, Some(rich), None), [Unknown(SALES), Unknown(SALES), Known(0), Known(0)]);
    assert_eq!(all(Earliest, Some(earlier), Some(sales)), [Known(5), Unknown(ON), Absent, Absent]);
    assert_eq!(all(Latest, Some(earlier), Some(sales)), [Known(7), Unknown(ON), Absent, Absent]);
    assert_eq!(all(Latest, None, Some(year)), [Known(2017), Known(2017), Known(2016), Absent]);
    assert_eq!(all(Only, None, Some(sales)), [Unknown(SALES), Unknown(SALES), Known(3), Unknown(SALES)]);
}

#[test]
fn an_aggregate_over_the_measures_own_table_sees_its_own_rows() {
    let mut world = world();
    let amount = world.column(EVENTS, E_AMOUNT);
    let sum =
        world.node(Node::Aggregate { kind: AggregateKind::Sum, table: EVENTS, filter: None, value: Some(amount) });
    // The same node means the inner row inside the aggregate and the outer one outside.
    assert_eq!(world.value_of(Node::Subtract(sum, amount)), [Unknown(AMOUNT), Unknown(AMOUNT), Known(0)]);
}

#[test]
fn a_row_goes_by_filter_date_conditions_and_tiers() {
    let mut world = world();
    let level = world.column(EVENTS, E_LEVEL);
    let amount = world.column(EVENTS, E_AMOUNT);
    let zero = world.constant(0);
    let [is_high, is_middle] = [0, 1].map(|word| world.node(Node::OneOf(level, vec![word])));
    let positive = world.node(Node::Compare(Comparison::Greater, amount, zero));
    let [five, six] = [5, 6].map(|value| world.constant(value));
    let tiers = [(Some(is_high), Amount::Exact(five)), (Some(is_middle), Amount::Span { low: six, high: None })];
    let paid = world.measure(EVENTS, &[positive], &tiers);
    let party = 0;
    let on = Some(day(2017, 6, 1));
    world.event(Event { id: "d", party, on, level: Some(2), ..Event::default() });
    world.event(Event { id: "e", party, on, level: Some(2), amount: Some(0), ..Event::default() });
    world.event(Event { id: "f", party, on, level: Some(0), amount: Some(9), ..Event::default() });
    world.event(Event { id: "g", party, on, amount: Some(9), ..Event::default() });
    world.event(Event { id: "h", party, amount: Some(0), ..Event::default() });
    let expected = [
        ("a", Outcome::Span(6, None)),
        ("b", Outcome::Reason(Reason::Missing(LEVEL | ON | AMOUNT))),
        ("d", Outcome::Reason(Reason::NoTier)),
        ("e", Outcome::Reason(Reason::ConditionFailed(0))),
        ("f", Outcome::Pays(5)),
        ("g", Outcome::Reason(Reason::Missing(LEVEL))),
        ("h", Outcome::Reason(Reason::ConditionFailed(0))),
    ];
    assert_eq!(world.outcomes(paid, 2017), expected, "d: no tier wins over an unknown condition");
    world.plan.measures[paid].basis.filter = Some(is_middle);
    let expected = [
        ("a", Outcome::Span(6, None)),
        ("b", Outcome::Reason(Reason::Missing(LEVEL | ON | AMOUNT))),
        ("g", Outcome::Reason(Reason::Missing(LEVEL))),
        ("h", Outcome::Reason(Reason::ConditionFailed(0))),
    ];
    assert_eq!(world.outcomes(paid, 2017), expected);
    assert_eq!(world.outcomes(paid, 2015).len(), 2, "only what has no date comes in every year");
}

#[test]
fn alternatives_can_contradict_pay_nothing_or_have_no_amount() {
    let mut world = world();
    let (level, amount) = (world.column(EVENTS, E_LEVEL), world.column(EVENTS, E_AMOUNT));
    let zero = world.constant(0);
    let known_level = world.node(Node::OneOf(level, vec![0, 1, 2]));
    let positive = world.node(Node::Compare(Comparison::Greater, amount, zero));
    let not_positive = world.node(Node::Not(positive));
    let both = [(Some(known_level), Amount::Exact(zero)), (Some(positive), Amount::Nothing)];
    let torn = world.measure(EVENTS, &[], &both);
    let either = [(Some(positive), Amount::Nothing), (Some(not_positive), Amount::Exact(amount))];
    let exception = world.measure(EVENTS, &[known_level], &either);
    let steps = world.node(Node::Steps(amount, zero));
    let hollow = world.measure(EVENTS, &[], &[(None, Amount::Exact(steps))]);
    world.event(Event { id: "d", party: 0, on: Some(day(2017, 1, 1)), amount: Some(1), ..Event::default() });
    let negative =
        Event { id: "e", party: 0, on: Some(day(2017, 1, 1)), amount: Some(-1), level: Some(0), ..Event::default() };
    world.event(negative);
    let reason = |measure: usize, event: usize| world.outcomes(measure, 2017)[event].1;
    assert_eq!(reason(torn, 0), Outcome::Reason(Reason::Contradiction(0, 1)));
    assert_eq!(reason(torn, 2), Outcome::Reason(Reason::Missing(LEVEL)), "d: one guard true, one unknown");
    assert_eq!(reason(exception, 0), Outcome::Reason(Reason::PaysNothing(0)));
    assert_eq!(reason(exception, 2), Outcome::Reason(Reason::PaysNothing(0)), "though a condition is unknown");
    assert_eq!(reason(exception, 3), Outcome::Pays(0), "a negative amount is paid as zero");
    assert_eq!(reason(hollow, 0), Outcome::Reason(Reason::NoTier));
    let options = AssessOptions { year: 2017, as_of: day(2017, 12, 31), measures: None, all: false };
    let assessment = assess_batch(&world.plan, &world.facts, &options);
    assert_eq!(assessment.contradictions(&world.plan).count(), 1);
}

#[test]
fn dates_bound_what_is_looked_at() {
    let mut world = world();
    let amount = world.constant(100);
    let measure = world.measure(EVENTS, &[], &[(None, Amount::Exact(amount))]);
    let ids = |world: &World, year, as_of| {
        let options = AssessOptions { year, as_of, measures: None, all: true };
        let assessment = assess_batch(&world.plan, &world.facts, &options);
        assessment.measures[0].rows.iter().map(|row| row.basis).collect::<Vec<_>>()
    };
    assert_eq!(ids(&world, 2017, day(2017, 12, 31)), [0, 1]);
    assert_eq!(ids(&world, 2017, day(2017, 2, 28)), [1], "dated after the as-of date");
    assert_eq!(ids(&world, 2016, day(2020, 1, 1)), [2, 1], "by party code");
    let Period::Dated { date, .. } = world.plan.measures[measure].basis.period else { unreachable!() };
    world.plan.measures[measure].basis.period = Period::Dated { date, start: day(2017, 3, 2) };
    assert_eq!(ids(&world, 2017, day(2017, 12, 31)), [1], "before the start");
    let closed = world.column(EVENTS, E_CLOSED);
    world.plan.measures[measure].basis.period = Period::Dated { date: closed, start: 0 };
    assert_eq!(ids(&world, 2018, day(2018, 12, 31)), [0], "what has not happened is no basis");
}

#[test]
fn whole_years_and_parties() {
    let mut world = world();
    for (party, year) in [(0, 2017), (1, 2017), (1, 2016)] {
        world.account(party, year, (party == 0).then_some(5));
    }
    let date = world.node(Node::BasisDate);
    let end_of_year = world.constant(day_number(2017, 12, 31));
    let on_last_day = world.node(Node::Compare(Comparison::Equal, date, end_of_year));
    let sales = world.column(ACCOUNTS, A_SALES);
    let by_account = world.measure(ACCOUNTS, &[on_last_day], &[(None, Amount::Exact(sales))]);
    let by_party = world.measure(PARTIES, &[on_last_day], &[(None, Amount::Exact(end_of_year))]);
    let rows = world.assess(2017);
    let bases = |measure: usize| rows[measure].iter().map(|row| (row.basis, row.status())).collect::<Vec<_>>();
    assert_eq!(bases(by_account), [(1, Status::Unknown), (0, Status::Entitled)]);
    assert_eq!(bases(by_party), [(1, Status::Entitled), (0, Status::Entitled)]);
    assert_eq!(world.assess(2009)[by_party], [], "before the start");
    let options = AssessOptions { year: 2016, as_of: 0, measures: None, all: false };
    let assessment = assess_batch(&world.plan, &world.facts, &options);
    assert!(assessment.measures.iter().all(|measure| measure.rows.is_empty()), "refusals are hidden");
    assert_eq!(world.assess(2016)[by_account].len(), 1);
}

#[test]
fn payable_from() {
    let mut world = world();
    let amount = world.column(EVENTS, E_AMOUNT);
    let measure = world.measure(EVENTS, &[], &[(None, Amount::Exact(amount))]);
    let start = day(2017, 5, 3);
    world.event(Event { id: "d", party: 0, on: Some(start), amount: Some(1), ..Event::default() });
    let days = |world: &World| world.assess(2017)[0].iter().map(|row| row.payable_from()).collect::<Vec<_>>();
    world.plan.measures[measure].payable = Payable::NotBefore(Some(start));
    assert_eq!(days(&world), [Some(start as i32), None, None], "before it; unknown; on it");
    world.plan.measures[measure].payable = Payable::NextYear;
    assert_eq!(days(&world), [Some(day(2018, 1, 1) as i32); 3]);
    let never = world.constant(0);
    world.plan.measures[measure].conditions = {
        let refused = world.measure(EVENTS, &[never], &[]);
        world.plan.measures[refused].conditions.clone()
    };
    assert_eq!(days(&world), [None; 3]);
}

#[test]
fn reasons_and_clauses_in_words() {
    use duixian_rules::vocabulary::Lang;
    let mut world = world();
    let level = world.column(EVENTS, E_LEVEL);
    let known_level = world.node(Node::OneOf(level, vec![1]));
    let amount = world.column(EVENTS, E_AMOUNT);
    world.measure(EVENTS, &[known_level], &[(None, Amount::Exact(amount))]);
    world.event(Event { id: "d", party: 0, on: Some(day(2017, 1, 1)), level: Some(0), ..Event::default() });
    let rows = world.assess(2017).remove(0);
    let measure = &world.plan.measures[0];
    let words = |lang| rows.iter().map(|row| row.reason().text(&world.plan, measure, lang)).collect::<Vec<_>>();
    assert_eq!(
        words(Lang::Zh),
        ["", "缺少：events中.level中、events中.on中、events中.amount中", "条件不成立：condition0号"]
    );
    assert_eq!(
        words(Lang::En),
        ["", "missing: events.level, events.on, events.amount", "condition not met: condition 0"]
    );
    let clauses: Vec<&str> = rows.iter().map(|row| row.clause(measure)).collect();
    assert_eq!(clauses, ["三.0", "一", "二.0"]);
    assert_eq!(Reason::Missing(0).text(&world.plan, measure, Lang::Zh), "缺少事实");
}

/// A condition that several measures share is worked out once per party, and says the same as when it is not.
#[test]
fn shared_conditions_on_the_party() {
    let mut world = world();
    let texts = vec!["520102".to_owned()];
    let district = world.scoped(Node::Column(PARTIES, P_DISTRICT), Scope::Party);
    let shared = world.scoped(Node::TextIs(district, texts.clone()), Scope::Party);
    let alone = world.node(Node::TextIs(district, texts));
    let amount = world.constant(1);
    for condition in [shared, shared, alone] {
        world.measure(EVENTS, &[condition], &[(None, Amount::Exact(amount))]);
    }
    for year in [2016, 2017] {
        let rows = world.assess(year);
        assert_eq!(rows[0], rows[2]);
        assert_eq!(rows[1], rows[2]);
    }
    assert_eq!(world.assess(2016)[0][0].reason(), Reason::Missing(DISTRICT));
}

/// Large enough for several ranges and chunks, in no order.
#[test]
fn the_number_of_threads_does_not_matter() {
    let mut world = World::new();
    let mut random = 1u64;
    let mut next = move |below: u64| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (random >> 33) % below
    };
    for _ in 0..500 {
        world.party(&format!("91520102{:09}", next(1_000_000_000)), Some(520_102), None, None);
    }
    for _ in 0..70_000 {
        let id = format!("{}", next(1_000_000_000));
        let on = Some(day(2016, 1, 1) + next(900) as i64);
        let key = format!("{}", next(3_000));
        let amount = (next(10) > 0).then_some(next(100) as i64);
        let party = next(500) as u32;
        world.event(Event { id: &id, party, on, amount, key: &key, ..Event::default() });
    }
    world.limited([]);
    use duixian_rules::plan::{Key, LimitKind};
    world.limited([LimitKind::Once { key: Key::Column(E_KEY) }]);
    world.limited([LimitKind::TopUp { key: Key::Party }]);
    let by_threads = [1, 2, 7].map(|threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| world.assess(2017))
    });
    assert!(by_threads[0].iter().all(|rows| rows.len() > 20_000));
    assert_eq!(by_threads[0], by_threads[1]);
    assert_eq!(by_threads[0], by_threads[2]);
    let codes = crate::names::party_codes(&world.plan, &world.facts);
    let text = BasisText::of(&world.plan, &world.facts, EVENTS);
    let key = |row: &Row| (codes[row.party as usize].to_string(), text.text(row.basis));
    for rows in &by_threads[0] {
        assert!(rows.is_sorted_by_key(key));
    }
}
