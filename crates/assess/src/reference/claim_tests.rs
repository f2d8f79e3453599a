//! Claims beside records: each limit by hand, and beside the district where everyone claims in order.

use duixian_money::{Fen, Span};
use duixian_rules::plan::{Amount, Key, LimitKind};
use proptest::prelude::*;

use super::*;
use crate::result::Reason;
use crate::testing::*;

/// One event of the year with this amount and key, of a measure with these limits.
fn world(limits: impl IntoIterator<Item = LimitKind>, amount: i64, key: &str) -> World {
    let mut world = World::new();
    let party = world.any_party();
    let on = Some(day(2017, 6, 1));
    world.event(Event { id: "mine", party, on, amount: Some(amount), key, ..Event::default() });
    world.limited(limits);
    world
}

fn claim(world: &World, records: &[ClaimRecord]) -> Claim {
    let index = Index::new(&world.plan, &world.facts);
    let row = index.row_named(EVENTS, 0, "mine").unwrap();
    explain_claim(&index, 0, row, 2017, day(2017, 12, 31), records).unwrap()
}

/// A record of another party under the same key, its full amount and what was granted of it.
fn record(world: &World, full: i64, granted: Option<i64>) -> ClaimRecord {
    let mut record = claim(world, &[]).record("2016-7", Standing::Pending, Fen(0));
    record.party = code(9);
    record.basis = "theirs".to_owned();
    record.values.iter_mut().for_each(|value| *value = value.map(|_| full));
    (record.full, record.granted) = (Fen(full), Fen(granted.unwrap_or(0)));
    record.standing = if granted.is_some() { Standing::Granted } else { Standing::Pending };
    record
}

fn code(number: u32) -> String {
    super::example::code(number).to_string()
}

fn amount(claim: &Claim) -> Option<i64> {
    claim.basis().row.amount().map(|amount| amount.low.0)
}

#[test]
fn once_is_taken_by_what_was_granted_alone() {
    let world = world([LimitKind::Once { key: Key::Column(E_KEY) }], 100, "k");
    let free = claim(&world, &[]);
    assert_eq!((amount(&free), free.full), (Some(100), Some(Span::exact(Fen(100)))));
    assert_eq!(free.keys, [ClaimKey::Text { column: "key".to_owned(), text: "k".to_owned() }]);

    let refused = claim(&world, &[record(&world, 50, Some(0))]);
    assert_eq!(refused.basis().row.reason(), Reason::Limit(0));
    let other = refused.basis().limits[0].other.as_ref().unwrap();
    assert_eq!((other.case.as_deref(), &other.code, &other.basis[..]), (Some("2016-7"), &code(9), "theirs"));

    let contested = claim(&world, &[record(&world, 50, None)]);
    assert_eq!(amount(&contested), Some(100));
    assert_eq!(contested.basis().limits[0].pending.len(), 1);

    let mut elsewhere = record(&world, 50, Some(50));
    elsewhere.keys = vec![ClaimKey::Text { column: "title".to_owned(), text: "k".to_owned() }];
    assert_eq!(amount(&claim(&world, &[elsewhere])), Some(100), "another column's key is another key");
    let itself = free.record("2017-1", Standing::Pending, Fen(0));
    assert!(claim(&world, &[itself]).basis().limits[0].pending.is_empty());
}

#[test]
fn an_empty_key_is_shared_with_nobody() {
    let world = world([LimitKind::Once { key: Key::Column(E_KEY) }], 100, "");
    let mut theirs = record(&world, 50, Some(50));
    theirs.keys = vec![ClaimKey::Alone { party: theirs.party.clone(), basis: "mine".to_owned() }];
    assert_eq!(amount(&claim(&world, &[theirs])), Some(100));
    let again = claim(&world, &[]).record("2017-1", Standing::Granted, Fen(100));
    assert_eq!(claim(&world, &[again]).basis().row.reason(), Reason::Limit(0), "this basis was paid already");
}

#[test]
fn a_top_up_pays_what_is_above_the_tier_that_was_reached() {
    let world = world([LimitKind::TopUp { key: Key::Column(E_KEY) }], 100, "k");
    let records = [record(&world, 40, Some(40)), record(&world, 70, Some(30)), record(&world, 90, None)];
    let topped_up = claim(&world, &records);
    assert_eq!((amount(&topped_up), topped_up.full), (Some(30), Some(Span::exact(Fen(100)))));
    assert!(matches!(topped_up.basis().limits[0].effect, Effect::TopUp { reached: Fen(70), reached_by: Some(1), .. }));
    assert_eq!(topped_up.basis().limits[0].pending.len(), 1);
    assert_eq!(claim(&world, &[record(&world, 100, Some(100))]).basis().row.reason(), Reason::Limit(0));
}

#[test]
fn a_cap_counts_what_was_granted() {
    for (every_year, left) in [(false, 60), (true, 100)] {
        let kind = LimitKind::Cap { key: Key::Party, every_year, at_most: Fen(160) };
        let mut world = world([kind], 100, "");
        let low = world.constant(10);
        let high = world.column(EVENTS, E_AMOUNT);
        world.plan.measures[0].pay.alternatives[0].amount = Amount::Span { low, high: Some(high) };
        let mut earlier = record(&world, 300, Some(100));
        earlier.party = claim(&world, &[]).explained.code;
        earlier.year = 2016;
        let mut others = record(&world, 300, Some(100));
        others.keys.clear();
        let claim = claim(&world, &[earlier, others]);
        assert_eq!(claim.basis().row.amount(), Some(Span { low: Fen(10), high: Some(Fen(left)) }));
    }
}

#[test]
fn a_ranking_puts_what_was_granted_first() {
    let mut world = world([], 100, "");
    let by = world.column(EVENTS, E_AMOUNT);
    world.plan.measures.clear();
    world.limited([LimitKind::Top { places: 2, key: Key::All, by, descending: true }]);
    let rank = |records: &[ClaimRecord]| {
        let claim = claim(&world, records);
        let trace = claim.basis().limits[0].clone();
        let Effect::Top { rank, last, .. } = trace.effect else { unreachable!() };
        (trace.passed, rank, last.map(|(_, value)| value))
    };
    let [granted, low, high] = [Some(1), None, None].map(|standing| record(&world, 50, standing));
    let high = ClaimRecord { values: vec![Some(200)], ..high };
    assert_eq!(rank(&[]), (true, 1, Some(100)));
    assert_eq!(rank(&[granted.clone(), low.clone()]), (true, 2, Some(100)), "a lower one that was granted stays");
    assert_eq!(rank(&[granted.clone(), high.clone()]), (false, 3, Some(200)));
    assert_eq!(rank(&[granted.clone(), granted.clone()]), (false, 3, Some(50)));
    let other_year = ClaimRecord { year: 2016, ..granted };
    assert_eq!(rank(&[other_year, high]), (true, 2, Some(100)));
}

#[test]
fn what_is_no_basis_or_does_not_qualify_meets_no_limit() {
    let mut world = world([LimitKind::Once { key: Key::All }], 100, "");
    let index = Index::new(&world.plan, &world.facts);
    let outside = explain_claim(&index, 0, 0, 2018, day(2018, 12, 31), &[]).unwrap_err();
    assert_eq!(outside, Outside::OtherYear(2017));
    drop(index);
    let never = world.constant(0);
    world.plan.measures.clear();
    world.measure(EVENTS, &[never], &[(None, Amount::Nothing)]);
    let claim = claim(&world, &[]);
    assert_eq!((claim.basis().row.reason(), claim.full), (Reason::ConditionFailed(0), None));
}

#[test]
fn records_survive_being_stored() {
    let world = world([LimitKind::Once { key: Key::Column(E_KEY) }, LimitKind::TopUp { key: Key::All }], 100, "k");
    let record = record(&world, 70, Some(30));
    let stored = serde_json::to_string(&record).unwrap();
    assert_eq!(serde_json::from_str::<ClaimRecord>(&stored).unwrap(), record);
    insta::assert_snapshot!(
        stored,
        @r#"{"case":"2016-7","party":"91520102MA6D000095","basis":"theirs","day":17318,"year":2017,"keys":[{"text":{"column":"key","text":"k"}},"all"],"values":[null,null],"full":70,"granted":30,"standing":"granted"}"#
    );
}

#[test]
fn a_shared_index_outlives_its_maker_and_crosses_threads() {
    let world = world([], 100, "");
    let index = Index::shared(Arc::new(world.plan), Arc::new(world.facts));
    let paid = std::thread::spawn(move || {
        let claim = explain_claim(&index, 0, 0, 2017, day(2017, 12, 31), &[]).unwrap();
        amount(&claim)
    });
    assert_eq!(paid.join().unwrap(), Some(100));
}

fn limit() -> impl Strategy<Value = LimitKind> {
    let key = || prop_oneof![Just(Key::All), Just(Key::Party), Just(Key::Column(E_KEY))];
    prop_oneof![
        key().prop_map(|key| LimitKind::Once { key }),
        key().prop_map(|key| LimitKind::TopUp { key }),
        (key(), any::<bool>(), 1..30i64).prop_map(|(key, every_year, at_most)| LimitKind::Cap {
            key,
            every_year,
            at_most: Fen(at_most)
        }),
    ]
}

type EventRow = (u32, i64, Option<i64>, &'static str);

fn event() -> impl Strategy<Value = EventRow> {
    let day = (2015..=2017i64, 1..=12i64).prop_map(|(year, month)| day(year, month, 1));
    (0..3u32, day, prop::option::weighted(0.9, 0..20i64), proptest::sample::select(vec!["", "k", "l"]))
}

fn district(events: &[EventRow]) -> World {
    let mut world = World::new();
    (0..3).for_each(|_| {
        world.any_party();
    });
    for (number, &(party, on, amount, key)) in events.iter().enumerate() {
        let id = format!("e{number:02}");
        world.event(Event { id: &id, party, on: Some(on), amount, key, ..Event::default() });
    }
    world
}

proptest! {
    /// Where everyone claims in the order of limits and is granted all of it, records come to what the facts come to; until a
    /// later limit refuses a basis, which then keeps a place of an earlier one in the district, but not on record.
    #[test]
    fn claims_in_order_agree_with_the_district(
        events in prop::collection::vec(event(), 0..12),
        once in prop::option::of(Just(LimitKind::Once { key: Key::Column(E_KEY) })),
        limit in limit(),
    ) {
        let last = usize::from(once.is_some()) as u16;
        let mut world = district(&events);
        world.limited(once.into_iter().chain([limit]));
        let index = Index::new(&world.plan, &world.facts);
        let mut order: Vec<usize> = (0..events.len()).collect();
        order.sort_by_key(|&row| (events[row].1, row));
        let as_of = day(2018, 1, 1);
        let mut records = Vec::new();
        for row in order {
            let year = if events[row].1 < day(2016, 1, 1) { 2015 } else if events[row].1 < day(2017, 1, 1) { 2016 } else { 2017 };
            let claim = explain_claim(&index, 0, row as u32, year, as_of, &records).unwrap();
            let district = assess(&world.plan, &world.facts, year, as_of, None, true).assessment;
            let expected = district.measures[0].rows.iter().find(|other| other.basis == row as u32);
            prop_assert_eq!(Some(claim.basis().row), expected);
            if last > 0 && claim.basis().row.reason() == Reason::Limit(last) {
                return Ok(());
            }
            if claim.basis().row.alternative().is_some() {
                let granted = claim.basis().row.amount().unwrap().low;
                records.push(claim.record(row.to_string(), Standing::Granted, granted));
            }
        }
    }

    /// Where nothing is decided yet, a ranking of claims is that of the district.
    #[test]
    fn pending_claims_rank_as_the_district_does(
        events in prop::collection::vec(event(), 0..12),
        places in 0..4i64,
        descending in any::<bool>(),
    ) {
        let mut world = district(&events);
        let by = world.column(EVENTS, E_AMOUNT);
        world.limited([LimitKind::Top { places, key: Key::Column(E_KEY), by, descending }]);
        let (index, as_of) = (Index::new(&world.plan, &world.facts), day(2017, 12, 31));
        let claims = |records: &[ClaimRecord]| -> Vec<Claim> {
            (0..events.len() as u32).filter_map(|row| explain_claim(&index, 0, row, 2017, as_of, records).ok()).collect()
        };
        let known = |claim: &Claim| claim.basis().row.status() != crate::result::Status::Unknown;
        let records: Vec<ClaimRecord> =
            claims(&[]).iter().filter(|claim| known(claim)).map(|claim| claim.record("", Standing::Pending, Fen(0))).collect();
        let mut rows: Vec<Row> = claims(&records).iter().map(|claim| claim.basis().row).collect();
        let expected = assess(&world.plan, &world.facts, 2017, as_of, None, true).assessment.measures.remove(0).rows;
        let mut expected: Vec<Row> = expected.iter().collect();
        rows.sort_by_key(|row| row.basis);
        expected.sort_by_key(|row| row.basis);
        prop_assert_eq!(rows, expected);
    }
}
