//! Plans built by hand: each kind of node, the rules on unknown and absent, each limit, and what explanations tell.

use duixian_money::{Fen, Rounding, Span};
use duixian_rules::plan::{
    AggregateKind, Amount, Comparison, FactSlot, Key, LimitKind, Node, NodeId, Payable, Period, Plan,
};

use super::example::{self, code};
use super::*;
use crate::batch::{AssessOptions, assess_batch};
use crate::result::Reason;
use crate::testing::*;

/// Assesses a year with the reference, and makes sure that the batch comes to the same, and so does each explanation.
fn rows(world: &World, year: i64) -> Vec<Vec<Row>> {
    rows_as_of(&world.plan, &world.facts, year, day(year, 12, 31))
}

pub fn rows_as_of(plan: &Plan, facts: &Facts, year: i64, as_of: i64) -> Vec<Vec<Row>> {
    let mut latest: Vec<Vec<Row>> = Vec::new();
    for all in [false, true] {
        let assessed = assess(plan, facts, year, as_of, None, all).assessment;
        let options = AssessOptions { year, as_of, measures: None, all };
        assert_eq!(assessed, assess_batch(plan, facts, &options));
        latest = assessed.measures.into_iter().map(|measure| measure.rows.iter().collect()).collect();
    }
    let index = Index::new(plan, facts);
    let mut explained: Vec<Vec<Row>> = vec![Vec::new(); plan.measures.len()];
    for party in 0..facts.tables[0].rows as u32 {
        for measure in explain_party(&index, party, year, as_of, None).measures {
            explained[measure.measure].extend(measure.bases.iter().map(|basis| basis.row));
        }
    }
    for (rows, explained) in latest.iter().zip(&mut explained) {
        let key = |row: &Row| (row.party, row.basis);
        let mut rows = rows.clone();
        rows.sort_by_key(key);
        explained.sort_by_key(key);
        assert_eq!(rows, *explained);
    }
    latest
}

/// What a node is worth for one event, whose party has another event and an account.
fn value_of(event: Event, build: impl Fn(&mut World) -> NodeId) -> Value {
    let mut world = World::new();
    let party = world.party("91520102", Some(520_102), None, Some(0x5112));
    world.event(Event { id: "a", party, ..event });
    world.event(Event {
        id: "b",
        party,
        amount: Some(7),
        on: Some(day(2016, 5, 1)),
        level: Some(2),
        ..Event::default()
    });
    world.account(party, 2017, Some(1_000));
    let node = build(&mut world);
    world.measure(EVENTS, &[], &[(None, Amount::Nothing)]);
    let index = Index::new(&world.plan, &world.facts);
    let evaluator = Evaluator { index: &index, as_of: day(2017, 12, 31) };
    let mut place = evaluator.place(&world.plan.measures[0], 0);
    place.date = Value::Known(day(2017, 6, 1));
    place.year = Value::Known(2017);
    let step: Step = evaluator.find(node, &place);
    assert_eq!(step.value, evaluator.find::<Value>(node, &place), "a trace changes nothing");
    step.value
}

type Binary = fn(NodeId, NodeId) -> Node;

const AMOUNT_FACT: FactSlot = FactSlot { table: EVENTS, column: E_AMOUNT };
const LEVEL_FACT: FactSlot = FactSlot { table: EVENTS, column: E_LEVEL };

#[test]
fn arithmetic_of_known_unknown_and_absent() {
    let with = |amount: Option<i64>, node: Binary| {
        value_of(Event { amount, ..Event::default() }, |world| {
            let amount = world.column(EVENTS, E_AMOUNT);
            let three = world.constant(3);
            world.node(node(amount, three))
        })
    };
    let missing = Value::missing(AMOUNT_FACT);
    let cases: [(Binary, i64); 6] = [
        (Node::Add, 13),
        (Node::Subtract, 7),
        (Node::Multiply, 30),
        (Node::Steps, 3),
        (|a, b| Node::Least(vec![a, b]), 3),
        (|a, b| Node::Greatest(vec![a, b]), 10),
    ];
    for (node, expected) in cases {
        assert_eq!(with(Some(10), node), Value::Known(expected));
        assert_eq!(with(None, node), missing);
    }
    assert_eq!(with(Some(-10), Node::Steps), Value::Known(0));
    assert_eq!(with(Some(0), |amount, three| Node::Steps(three, amount)), Value::Absent);
    assert_eq!(with(Some(i64::MAX), Node::Add), Value::Known(i64::MAX));
    assert_eq!(with(Some(500_000), Node::PercentOf), Value::Known(2), "1.5 fen");
    let rounded = |value, _| Node::Round { value, unit_fen: 100, rounding: Rounding::Down };
    assert_eq!(with(Some(199), rounded), Value::Known(100));
}

#[test]
fn absent_values_make_comparisons_false_and_are_passed_over_by_least_and_greatest() {
    let with = |node: Binary| {
        value_of(Event::default(), |world| {
            let (closed, date) = (world.column(EVENTS, E_CLOSED), world.node(Node::BasisDate));
            world.node(node(closed, date))
        })
    };
    let date = Value::Known(day(2017, 6, 1));
    assert_eq!(with(Node::Add), Value::Absent);
    assert_eq!(with(Node::YearsBetween), Value::Absent);
    assert_eq!(with(|closed, date| Node::Greatest(vec![closed, date])), date);
    assert_eq!(with(|closed, date| Node::Least(vec![closed, date])), date);
    assert_eq!(with(|closed, _| Node::Least(vec![closed])), Value::Absent);
    for comparison in [Comparison::NotEqual, Comparison::Less, Comparison::AtLeast] {
        let value = value_of(Event::default(), |world| {
            let (closed, date) = (world.column(EVENTS, E_CLOSED), world.node(Node::BasisDate));
            world.node(Node::Compare(comparison, closed, date))
        });
        assert_eq!(value, Value::of_bool(false));
    }
    assert_eq!(with(|closed, _| Node::Happened(closed)), Value::of_bool(false));
    assert_eq!(with(|_, date| Node::Happened(date)), Value::of_bool(true));
    assert_eq!(with(|closed, _| Node::OneOf(closed, vec![1])), Value::of_bool(false));
    assert_eq!(with(|_, date| Node::YearOf(date)), Value::Known(2017));
    assert_eq!(with(|_, _| Node::AsOf), Value::Known(day(2017, 12, 31)));
    assert_eq!(with(|_, _| Node::RowYear), Value::Known(2017));
}

#[test]
fn logic_is_kleenes_and_names_what_is_missing() {
    let with = |node: fn([NodeId; 4]) -> Node| {
        value_of(Event::default(), |world| {
            let (no, yes) = (world.constant(0), world.constant(1));
            let (amount, level) = (world.column(EVENTS, E_AMOUNT), world.column(EVENTS, E_LEVEL));
            let rich = world.node(Node::Compare(Comparison::Greater, amount, no));
            let high = world.node(Node::OneOf(level, vec![0]));
            world.node(node([no, yes, rich, high]))
        })
    };
    assert_eq!(with(|[no, _, rich, _]| Node::And(vec![rich, no])), Value::of_bool(false));
    assert_eq!(with(|[_, yes, rich, _]| Node::Or(vec![rich, yes])), Value::of_bool(true));
    assert_eq!(with(|[no, _, rich, _]| Node::Or(vec![no, rich])), Value::missing(AMOUNT_FACT));
    assert_eq!(with(|[_, _, rich, _]| Node::Not(rich)), Value::missing(AMOUNT_FACT));
    assert_eq!(with(|[no, ..]| Node::Not(no)), Value::of_bool(true));
    let both = Value::Unknown(MissingFacts::from([AMOUNT_FACT, LEVEL_FACT]));
    assert_eq!(with(|[_, yes, rich, high]| Node::And(vec![yes, rich, high])), both);
}

#[test]
fn texts_codes_ratios_and_dated_values() {
    let text = |column: (usize, usize), test: fn(NodeId, Vec<String>) -> Node, sought: &str| {
        value_of(Event { title: "云平台", ..Event::default() }, |world| {
            let column = world.column(column.0, column.1);
            world.node(test(column, vec![sought.to_owned()]))
        })
    };
    assert_eq!(text((EVENTS, E_TITLE), Node::TextIs, "云平台"), Value::of_bool(true));
    assert_eq!(text((EVENTS, E_TITLE), Node::HasPrefix, "云"), Value::of_bool(true));
    assert_eq!(text((EVENTS, E_KEY), Node::HasPrefix, ""), Value::of_bool(false), "an absent text is like nothing");
    assert_eq!(text((PARTIES, P_INDUSTRY), Node::HasPrefix, "51"), Value::of_bool(true));
    assert_eq!(text((PARTIES, P_DISTRICT), Node::TextIs, "520102"), Value::of_bool(true));
    assert_eq!(text((PARTIES, P_CODE), Node::HasPrefix, "91"), Value::of_bool(true));
    assert_eq!(text((EVENTS, E_CODE), Node::HasPrefix, "92"), Value::of_bool(false), "the code is the party's");

    let ratio = |denominator: i64| {
        value_of(Event { amount: Some(1), ..Event::default() }, |world| {
            let (numerator, denominator) = (world.column(EVENTS, E_AMOUNT), world.constant(denominator));
            let rate = world.constant(333_333);
            world.node(Node::CompareRatio { comparison: Comparison::Greater, numerator, denominator, rate })
        })
    };
    assert_eq!([3, 4, 0, -3].map(ratio), [1, 0, 0, 0].map(Value::Known));

    let dated = |first: i64| {
        value_of(Event::default(), |world| {
            let on = world.node(Node::BasisDate);
            let (old, new) = (world.constant(1), world.constant(2));
            world.node(Node::Dated { on, steps: vec![(first, old), (day(2017, 6, 1), new)] })
        })
    };
    assert_eq!(dated(day(2017, 1, 1)), Value::Known(2));
    let before = value_of(Event::default(), |world| {
        let (on, new) = (world.node(Node::BasisDate), world.constant(2));
        world.node(Node::Dated { on, steps: vec![(day(2017, 6, 2), new)] })
    });
    assert_eq!(before, Value::Absent);
}

#[test]
fn aggregates_over_the_partys_rows() {
    use AggregateKind::{Any, Count, Earliest, Latest, Only, Sum};
    let of = |amount: Option<i64>, level: Option<u8>, kind, filtered: bool| {
        value_of(Event { amount, level, ..Event::default() }, |world| {
            let (amount, level) = (world.column(EVENTS, E_AMOUNT), world.column(EVENTS, E_LEVEL));
            let filter = world.node(Node::OneOf(level, vec![2]));
            let value = (!matches!(kind, Any | Count)).then_some(amount);
            world.node(Node::Aggregate { kind, table: EVENTS, filter: filtered.then_some(filter), value })
        })
    };
    for (kind, expected) in [(Count, 2), (Sum, 12), (Any, 1), (Earliest, 5), (Latest, 7)] {
        assert_eq!(of(Some(5), Some(0), kind, false), Value::Known(expected));
    }
    for (kind, expected) in [(Count, 1), (Sum, 7), (Any, 1), (Earliest, 7), (Latest, 7), (Only, 7)] {
        assert_eq!(of(Some(5), Some(0), kind, true), Value::Known(expected));
    }
    assert_eq!(of(Some(5), Some(0), Only, false), Value::missing(AMOUNT_FACT), "there are two");
    for kind in [Count, Sum, Earliest, Only] {
        assert_eq!(of(Some(5), None, kind, true), Value::missing(LEVEL_FACT));
    }
    assert_eq!(of(Some(5), None, Any, true), Value::of_bool(true), "the other row settles it");
    assert_eq!(of(None, Some(2), Sum, true), Value::missing(AMOUNT_FACT));
    assert_eq!(of(None, Some(0), Sum, true), Value::Known(7));
}

#[test]
fn conditions_guards_and_amounts_in_their_order() {
    let mut world = World::new();
    let party = world.any_party();
    let on = Some(day(2017, 6, 1));
    for (id, level, amount) in [("a", None, Some(5)), ("b", Some(0), None), ("c", Some(0), Some(-5)), ("d", None, None)]
    {
        world.event(Event { id, party, level, amount, on, ..Event::default() });
    }
    let (level, amount, zero) = (world.column(EVENTS, E_LEVEL), world.column(EVENTS, E_AMOUNT), world.constant(0));
    let high = world.node(Node::OneOf(level, vec![0]));
    let (never, always) = (world.constant(0), world.constant(1));
    let rich = world.node(Node::Compare(Comparison::Greater, amount, zero));
    world.measure(EVENTS, &[high], &[(None, Amount::Exact(amount))]);
    world.measure(EVENTS, &[high, rich, never], &[(Some(never), Amount::Exact(amount))]);
    world.measure(EVENTS, &[high], &[(Some(never), Amount::Exact(amount))]);
    world.measure(EVENTS, &[high], &[(Some(always), Amount::Nothing)]);
    world.measure(EVENTS, &[], &[(Some(high), Amount::Exact(zero)), (Some(rich), Amount::Nothing)]);
    world.measure(EVENTS, &[], &[(None, Amount::Span { low: amount, high: None }), (Some(always), Amount::Nothing)]);
    let rows = rows(&world, 2017);
    let reasons = |measure: usize| rows[measure].iter().map(Row::reason).collect::<Vec<_>>();
    assert_eq!(
        reasons(0),
        [Reason::Missing(LEVEL), Reason::Missing(AMOUNT), Reason::None, Reason::Missing(LEVEL | AMOUNT)],
        "whoever fills gaps is told of all at once"
    );
    assert_eq!(rows[0][2].amount(), Some(Span::exact(Fen(0))), "a negative amount is paid as zero");
    assert_eq!(reasons(1)[3], Reason::ConditionFailed(2), "a false condition wins over unknown ones and over no tier");
    assert_eq!(reasons(1)[2], Reason::ConditionFailed(1), "the first that is false");
    assert_eq!(reasons(2), [Reason::NoTier; 4]);
    assert_eq!(reasons(3), [Reason::PaysNothing(0); 4]);
    assert_eq!(
        reasons(4),
        [Reason::Missing(LEVEL), Reason::Missing(AMOUNT), Reason::None, Reason::Missing(LEVEL | AMOUNT)]
    );
    assert_eq!(reasons(5), [Reason::Contradiction(0, 1); 4]);
}

#[test]
fn bases_by_date_and_by_year() {
    let mut world = World::new();
    let party = world.any_party();
    let days = [("a", 2017, 6), ("b", 2009, 6), ("c", 2016, 6), ("d", 2017, 11), ("e", 2018, 1)];
    for (id, year, month) in days {
        let on = Some(day(year, month, 1));
        world.event(Event { id, party, amount: Some(5), on, level: Some(0), ..Event::default() });
    }
    world.event(Event { id: "f", party, amount: Some(5), ..Event::default() });
    world.account(party, 2017, Some(9));
    world.account(party, 2009, Some(9));
    world.account(party, 2016, None);
    let (level, amount, sales) =
        (world.column(EVENTS, E_LEVEL), world.column(EVENTS, E_AMOUNT), world.column(ACCOUNTS, A_SALES));
    let on_events = world.measure(EVENTS, &[], &[(None, Amount::Exact(amount))]);
    let on_accounts = world.measure(ACCOUNTS, &[], &[(None, Amount::Exact(sales))]);
    let on_parties = world.measure(PARTIES, &[], &[(None, Amount::Exact(amount))]);
    let filtered = world.measure(EVENTS, &[], &[(None, Amount::Exact(amount))]);
    world.plan.measures[filtered].basis.filter = Some(world.node(Node::OneOf(level, vec![0])));
    world.plan.measures[on_events].payable = Payable::NotBefore(Some(day(2017, 6, 2)));
    world.plan.measures[on_accounts].payable = Payable::NextYear;
    let constant = world.constant(3);
    world.plan.measures[on_parties].pay.alternatives[0].amount = Amount::Exact(constant);

    let rows = rows_as_of(&world.plan, &world.facts, 2017, day(2017, 10, 1));
    let seen = |measure: usize| rows[measure].iter().map(|row| (row.basis, row.reason())).collect::<Vec<_>>();
    assert_eq!(seen(on_events), [(0, Reason::None), (5, Reason::Missing(ON))]);
    assert_eq!(rows[on_events][0].payable_from(), Some(day(2017, 6, 2) as i32));
    assert_eq!(seen(on_accounts), [(0, Reason::None)]);
    assert_eq!(rows[on_accounts][0].payable_from(), Some(day(2018, 1, 1) as i32));
    assert_eq!(seen(on_parties), [(0, Reason::None)]);
    assert_eq!(seen(filtered), [(0, Reason::None), (5, Reason::Missing(ON | LEVEL))]);
    assert!(rows_as_of(&world.plan, &world.facts, 2009, day(2009, 12, 31)).iter().skip(1).take(2).all(Vec::is_empty));
}

/// Six events of three parties, two of which share a key; one without an amount, one without a date.
fn crowd(limits: impl IntoIterator<Item = LimitKind>) -> World {
    let mut world = World::new();
    let parties = [world.any_party(), world.any_party(), world.any_party()];
    let events = [
        ("a", 0, Some((2016, 3)), Some(200), "k"),
        ("b", 1, Some((2017, 1)), Some(300), "k"),
        ("c", 1, Some((2017, 2)), Some(250), "k"),
        ("d", 2, Some((2017, 1)), None, "k"),
        ("e", 2, None, Some(900), "k"),
        ("f", 0, Some((2017, 3)), Some(400), ""),
    ];
    for (id, party, on, amount, key) in events {
        let on = on.map(|(year, month)| day(year, month, 1));
        world.event(Event { id, party: parties[party], on, amount, key, ..Event::default() });
    }
    world.limited(limits);
    world
}

fn outcomes(world: &World) -> Vec<Reason> {
    rows(world, 2017)[0].iter().map(Row::reason).collect()
}

#[test]
fn once_goes_to_the_earliest_known_row() {
    let (none, limit) = (Reason::None, Reason::Limit(0));
    let (amount, on) = (Reason::Missing(AMOUNT), Reason::Missing(ON));
    // By party: f of the first; b and c of the second; d and e of the third.
    assert_eq!(outcomes(&crowd([LimitKind::Once { key: Key::Column(E_KEY) }])), [none, limit, limit, amount, on]);
    assert_eq!(outcomes(&crowd([LimitKind::Once { key: Key::Party }])), [limit, none, limit, amount, on]);
    assert_eq!(outcomes(&crowd([LimitKind::Once { key: Key::All }])), [limit, limit, limit, amount, on]);
}

#[test]
fn top_up_pays_the_difference_and_a_cap_what_is_left() {
    let paid =
        |world: &World| rows(world, 2017)[0].iter().map(|row| row.amount().map(|span| span.low.0)).collect::<Vec<_>>();
    let top_up = crowd([LimitKind::TopUp { key: Key::Column(E_KEY) }]);
    assert_eq!(paid(&top_up), [Some(400), Some(100), Some(0), None, None]);
    let cap = |every_year| crowd([LimitKind::Cap { key: Key::Column(E_KEY), every_year, at_most: Fen(400) }]);
    assert_eq!(paid(&cap(false)), [Some(400), Some(200), Some(0), None, None]);
    assert_eq!(paid(&cap(true)), [Some(400), Some(300), Some(100), None, None]);
    let both = crowd([
        LimitKind::Once { key: Key::Party },
        LimitKind::Cap { key: Key::All, every_year: false, at_most: Fen(350) },
    ]);
    assert_eq!(
        paid(&both),
        [Some(0), Some(150), Some(0), None, None],
        "f was refused before it could take from the cap"
    );
}

#[test]
fn a_cap_after_discretion_leaves_a_span() {
    let mut world = crowd([LimitKind::Cap { key: Key::Party, every_year: true, at_most: Fen(400) }]);
    let (zero, amount) = (world.constant(0), world.column(EVENTS, E_AMOUNT));
    world.plan.measures[0].pay.alternatives[0].amount = Amount::Span { low: zero, high: Some(amount) };
    let spans: Vec<_> = rows(&world, 2017)[0].iter().map(Row::amount).collect();
    let up_to = |fen| Some(Span { low: Fen(0), high: Some(Fen(fen)) });
    assert_eq!(spans[..3], [up_to(400), up_to(300), up_to(250)]);
}

#[test]
fn years_and_places() {
    let mut world = crowd([]);
    let first = world.constant(2015);
    let amount = world.column(EVENTS, E_AMOUNT);
    for (kind, expected) in [
        (LimitKind::Years { at_most: 2, first }, [true, true, true]),
        (LimitKind::Years { at_most: 3, first }, [false, false, false]),
        (LimitKind::Top { places: 2, key: Key::All, by: amount, descending: true }, [false, false, true]),
        (LimitKind::Top { places: 1, key: Key::All, by: amount, descending: false }, [true, true, false]),
        (LimitKind::Top { places: 1, key: Key::Party, by: amount, descending: true }, [false, false, true]),
        (LimitKind::Top { places: 0, key: Key::All, by: amount, descending: true }, [true, true, true]),
    ] {
        world.limited([kind]);
        let measure = world.plan.measures.len() - 1;
        let refused: Vec<_> = rows(&world, 2017)[measure].iter().map(|row| row.reason() == Reason::Limit(0)).collect();
        assert_eq!(refused[..3], expected);
    }
    let closed = world.column(EVENTS, E_CLOSED);
    world.limited([LimitKind::Top { places: 9, key: Key::All, by: closed, descending: true }]);
    assert_eq!(rows(&world, 2017).last().unwrap()[0].reason(), Reason::Missing(0), "nothing to rank by");
}

#[test]
fn a_rank_decides_the_amount() {
    let mut world = crowd([]);
    let amount = world.column(EVENTS, E_AMOUNT);
    let measure = world.limited([LimitKind::Top { places: 3, key: Key::All, by: amount, descending: true }]);
    let (gold, silver) = (world.constant(50), world.constant(30));
    let mut alternatives = world.plan.measures[measure].pay.alternatives.clone();
    alternatives.push(alternatives[0].clone());
    alternatives[0].amount = Amount::Exact(gold);
    alternatives[1].amount = Amount::Span { low: silver, high: Some(gold) };
    world.plan.measures[measure].pay.alternatives = alternatives;
    world.plan.measures[measure].pay.by_rank = true;
    let rows = rows(&world, 2017);
    let paid: Vec<_> = rows[measure].iter().map(|row| (row.alternative(), row.reason())).collect();
    assert_eq!(paid[..3], [(Some(0), Reason::None), (Some(1), Reason::None), (None, Reason::NoTier)]);
}

#[test]
fn coverage_tells_what_the_rows_put_to_use() {
    let (plan, facts) = (example::plan(), example::facts());
    let coverage = assess(&plan, &facts, 2017, day(2017, 12, 31), None, true).coverage;
    let platform = &coverage.measures[0];
    assert_eq!(platform.conditions, [ConditionCoverage { seen_true: true, ..ConditionCoverage::default() }]);
    assert_eq!(platform.alternatives, [false, true, true], "the municipal tier by a row of the year before");
    assert_eq!(platform.limits, [LimitCoverage { let_through: true, turned_away: false, cut: true }]);
    let loans = &coverage.measures[1].conditions[1];
    assert!(loans.seen_true && loans.seen_false && !loans.seen_unknown);
    assert_eq!(coverage.measures[3].limits, [LimitCoverage { let_through: true, turned_away: true, cut: false }]);
    let mut sum = Coverage::none(&plan);
    sum.add(&coverage);
    assert_eq!(sum, coverage);
}

#[test]
fn explanations_name_rivals_gaps_and_distances() {
    let (plan, facts) = (example::plan(), example::facts());
    rows_as_of(&plan, &facts, 2017, day(2017, 12, 31));
    let index = Index::new(&plan, &facts);
    assert_eq!(index.party(&code(2).to_string()), Some(1));
    let explanation = explain_party(&index, 0, 2017, day(2017, 12, 31), None);
    let [platform, loans, high_tech, training, standard] = &explanation.measures[..] else { unreachable!() };

    let top_up = &platform.bases[0].limits[0];
    assert_eq!(top_up.other.as_ref().map(|other| (&other.code, &other.basis[..])), Some((&code(2).to_string(), "R-5")));
    let missing: Vec<_> =
        platform.bases[1].missing.iter().map(|gap| (gap.slot().column, gap.cell().map(|read| read.line))).collect();
    assert_eq!(missing, [(3, Some(5))], "the level, on line 5");
    let outside: Vec<_> = platform.outside.iter().map(|row| (&row.basis[..], row.why)).collect();
    assert_eq!(outside, [("R-2", Outside::NotMeant), ("R-3", Outside::NotMeant)], "another kind, whatever its date");

    // Of the two cases that would do, the one for another industry is in nobody's hands.
    let [Need::Test { distance, .. }] = loans.bases[0].nearest[..] else { panic!("{:?}", loans.bases[0].nearest) };
    assert_eq!(distance, Some(2_000_000_000), "20 million yuan of sales");

    let taken_by = high_tech.bases[0].limits[0].other.as_ref().map(|other| (&other.basis[..], other.year));
    assert_eq!(taken_by, Some(("R-2", 2015)));
    assert!(matches!(training.bases[0].limits[0].effect, Effect::Top { rank: 3, ranked: 3, last: Some((2, 60)), .. }));
    assert!(standard.bases.is_empty() && standard.outside.is_empty());
}

/// With history, rows of earlier years are put to the limits and take places, but are not reported.
#[test]
fn yearly_history_counts() {
    let mut world = World::new();
    let party = world.any_party();
    for year in [2009, 2016, 2017] {
        world.account(party, year, Some(100));
    }
    let sales = world.column(ACCOUNTS, A_SALES);
    let measure = world.measure(ACCOUNTS, &[], &[(None, Amount::Exact(sales))]);
    let cap = crowd([LimitKind::Cap { key: Key::Party, every_year: false, at_most: Fen(150) }]);
    world.plan.measures[measure].limits = cap.plan.measures[0].limits.clone();
    assert!(matches!(world.plan.measures[measure].basis.period, Period::Yearly { start: 2010 }));
    let rows = rows(&world, 2017);
    assert_eq!(rows[0].iter().map(Row::amount).collect::<Vec<_>>(), [Some(Span::exact(Fen(50)))]);
}
