//! Random plans over random districts: the batch and the explanations must come to what the reference comes to.

use duixian_money::{Fen, Rounding};
use duixian_rules::plan::{AggregateKind, Amount, Comparison, Key, LimitKind, Node, NodeId, Payable, Period, Scope};
use proptest::prelude::*;

use super::tests::rows_as_of;
use crate::testing::*;

/// Numbers from a seed (SplitMix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) % sides as u64) as usize
    }

    fn one_in(&mut self, sides: usize) -> bool {
        self.below(sides) == 0
    }

    fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    /// Something, or nothing once in four times.
    fn maybe<T: Copy>(&mut self, of: &[T]) -> Option<T> {
        if self.one_in(4) { None } else { Some(self.pick(of)) }
    }
}

fn district(dice: &mut Dice, world: &mut World) {
    let moments: Vec<i64> =
        [2009, 2015, 2016, 2017, 2018].iter().flat_map(|&year| [day(year, 2, 28), day(year, 7, 1)]).collect();
    let parties = 1 + dice.below(4) as u32;
    for number in 0..parties {
        let beginning = dice.pick(&["91520102", "52520102", "91"]);
        let body = format!("{beginning}{:0>1$}", parties - number, 17 - beginning.len());
        let district = dice.maybe(&[520_102, 520_103]);
        let moved = if dice.one_in(2) { None } else { Some(dice.pick(&moments)) };
        world.party(&body, district, moved, dice.maybe(&[0x51FF, 0x5112, 0x52FF]));
    }
    let ids = ["c", "a", "f", "e", "B", "d", "十", "aa", "b", "0"];
    for id in ids.iter().take(dice.below(ids.len() + 1)) {
        world.event(Event {
            id,
            party: dice.below(parties as usize) as u32,
            level: dice.maybe(&[0, 1, 2]),
            on: dice.maybe(&moments),
            amount: dice.maybe(&[-5, 0, 1, 50, 50, 100, 299]),
            key: dice.pick(&["", "k", "l"]),
            title: dice.pick(&["", "云", "云平台"]),
            closed: dice.maybe(&moments),
        });
    }
    for party in 0..parties {
        for year in 2014..2019 {
            if dice.one_in(2) {
                let sales = dice.maybe(&[0, 70, 100, 230]);
                world.account(party, year, sales);
            }
        }
    }
}

/// Writes expressions over the rows of one table.
struct Author<'a> {
    dice: &'a mut Dice,
    world: &'a mut World,
    table: usize,
    /// The tables of the aggregates around the expression.
    inside: Vec<usize>,
}

impl Author<'_> {
    fn add(&mut self, node: Node, operands: &[NodeId]) -> NodeId {
        let own = match &node {
            Node::Constant(_) | Node::AsOf => Scope::Constant,
            Node::Column(PARTIES, _) => Scope::Party,
            Node::Column(..) | Node::BasisDate | Node::RowYear | Node::Aggregate { .. } => Scope::Row,
            _ => Scope::Constant,
        };
        let scope = operands.iter().map(|&operand| self.world.plan.nodes[operand].scope).max().unwrap_or(own).max(own);
        self.world.scoped(node, scope)
    }

    /// A number or date; of either, since nothing but their order matters here.
    fn number(&mut self, depth: usize) -> NodeId {
        if depth == 0 || self.dice.one_in(3) {
            let node = match self.dice.below(9) {
                0 => Node::Constant(self.dice.pick(&[0, 1, 2, 60, 100, 250_000, 2016])),
                1 => Node::BasisDate,
                2 => Node::RowYear,
                3 => Node::AsOf,
                4 => Node::Column(PARTIES, P_MOVED),
                _ => self.cell(),
            };
            return self.add(node, &[]);
        }
        if self.dice.one_in(5) {
            return self.aggregate(depth - 1);
        }
        let a = self.number(depth - 1);
        let b = self.number(depth - 1);
        let first = if self.dice.one_in(2) { 0 } else { day(2016, 7, 1) };
        let node = match self.dice.below(11) {
            0 => Node::Add(a, b),
            1 => Node::Subtract(a, b),
            2 => Node::Multiply(a, b),
            3 => Node::PercentOf(a, b),
            4 => Node::Steps(a, b),
            5 => Node::Least(vec![a, b]),
            6 => Node::Greatest(vec![a, b]),
            7 => Node::YearsBetween(a, b),
            8 => Node::YearOf(a),
            9 => {
                let rounding = self.dice.pick(&[Rounding::HalfUp, Rounding::Down, Rounding::Up]);
                Node::Round { value: a, unit_fen: self.dice.pick(&[1, 10, 100]), rounding }
            }
            _ => {
                let on = self.add(Node::BasisDate, &[]);
                let node = Node::Dated { on, steps: vec![(first, a), (day(2017, 2, 28), b)] };
                return self.add(node, &[on, a, b]);
            }
        };
        self.add(node, &[a, b])
    }

    /// A number in the row at hand.
    fn cell(&mut self) -> Node {
        match self.inside.last().copied().unwrap_or(self.table) {
            EVENTS => Node::Column(EVENTS, self.dice.pick(&[E_LEVEL, E_ON, E_AMOUNT, E_AMOUNT, E_CLOSED])),
            ACCOUNTS => Node::Column(ACCOUNTS, self.dice.pick(&[A_YEAR, A_SALES])),
            _ => Node::Column(PARTIES, P_MOVED),
        }
    }

    fn test(&mut self, depth: usize) -> NodeId {
        let below = depth.saturating_sub(1);
        let comparison = self.dice.pick(&[
            Comparison::Equal,
            Comparison::NotEqual,
            Comparison::Less,
            Comparison::AtMost,
            Comparison::Greater,
            Comparison::AtLeast,
        ]);
        match self.dice.below(if depth == 0 { 6 } else { 10 }) {
            0 => self.text_test(),
            1 => {
                let a = self.number(below);
                self.add(Node::Happened(a), &[a])
            }
            2 => {
                let a = self.number(below);
                let choices = vec![self.dice.pick(&[0, 1, 50, 2017]), 2, 100];
                self.add(Node::OneOf(a, choices), &[a])
            }
            3 => {
                let [numerator, denominator, rate] = [self.number(below), self.number(below), self.number(0)];
                let node = Node::CompareRatio { comparison, numerator, denominator, rate };
                self.add(node, &[numerator, denominator, rate])
            }
            4 | 5 => {
                let (a, b) = (self.number(below), self.number(below));
                self.add(Node::Compare(comparison, a, b), &[a, b])
            }
            6 => {
                let a = self.test(below);
                self.add(Node::Not(a), &[a])
            }
            7 => self.aggregate_of(AggregateKind::Any, below),
            sides => {
                let all = vec![self.test(below), self.test(below), self.test(0)];
                let node = if sides == 8 { Node::And(all.clone()) } else { Node::Or(all.clone()) };
                self.add(node, &all)
            }
        }
    }

    fn text_test(&mut self) -> NodeId {
        let here = self.inside.last().copied().unwrap_or(self.table);
        let of_party = [(PARTIES, P_CODE), (PARTIES, P_DISTRICT), (PARTIES, P_INDUSTRY)];
        let of_event = [(EVENTS, E_TITLE), (EVENTS, E_KEY), (EVENTS, E_CODE), (EVENTS, 0)];
        let (table, column) =
            if here == EVENTS && self.dice.one_in(2) { self.dice.pick(&of_event) } else { self.dice.pick(&of_party) };
        let column = self.add(Node::Column(table, column), &[]);
        let text = self.dice.pick(&["", "91", "520102", "51", "5112", "云", "云平台", "k", "a"]).to_owned();
        let texts = vec![text, "52".to_owned()];
        let node = if self.dice.one_in(3) { Node::TextIs(column, texts) } else { Node::HasPrefix(column, texts) };
        self.add(node, &[column])
    }

    fn aggregate(&mut self, depth: usize) -> NodeId {
        use AggregateKind::{Count, Earliest, Latest, Only, Sum};
        let kind = self.dice.pick(&[Count, Sum, Earliest, Latest, Only]);
        self.aggregate_of(kind, depth)
    }

    fn aggregate_of(&mut self, kind: AggregateKind, depth: usize) -> NodeId {
        let table = self.dice.pick(&[EVENTS, ACCOUNTS]);
        self.inside.push(table);
        let filter = if self.dice.one_in(3) { None } else { Some(self.test(depth.min(1))) };
        let value = match kind {
            AggregateKind::Count | AggregateKind::Any => None,
            _ => Some(self.number(depth.min(1))),
        };
        self.inside.pop();
        self.add(Node::Aggregate { kind, table, filter, value }, &[])
    }

    fn amount(&mut self) -> Amount {
        let low = self.number(1);
        let high = self.number(1);
        match self.dice.below(8) {
            0 => Amount::Nothing,
            1 => Amount::Span { low, high: None },
            2 | 3 => Amount::Span { low, high: Some(high) },
            _ => Amount::Exact(low),
        }
    }

    fn limit(&mut self) -> LimitKind {
        let key = match self.table {
            EVENTS => self.dice.pick(&[Key::All, Key::Party, Key::Column(E_KEY), Key::Column(E_LEVEL)]),
            _ => self.dice.pick(&[Key::All, Key::Party]),
        };
        match self.dice.below(5) {
            0 => LimitKind::Once { key },
            1 => {
                let first = self.dice.pick(&[2014, 2015, 2016]);
                LimitKind::Years { at_most: 2, first: self.add(Node::Constant(first), &[]) }
            }
            2 => {
                let (places, by) = (self.dice.below(4) as i64, self.number(1));
                LimitKind::Top { places, key, by, descending: self.dice.one_in(2) }
            }
            3 => LimitKind::TopUp { key },
            _ => {
                let every_year = self.dice.one_in(2);
                LimitKind::Cap { key, every_year, at_most: Fen(self.dice.pick(&[0, 60, 120, 300])) }
            }
        }
    }

    fn measure(&mut self) {
        let conditions: Vec<NodeId> = (0..self.dice.below(3)).map(|_| self.test(2)).collect();
        let tiers = if self.dice.one_in(2) { 1 } else { 2 };
        let mut alternatives = Vec::new();
        for _ in 0..tiers {
            let guard = if tiers == 1 && self.dice.one_in(2) { None } else { Some(self.test(1)) };
            alternatives.push((guard, self.amount()));
        }
        let count = self.dice.below(3);
        let limits: Vec<LimitKind> = (0..count).map(|_| self.limit()).collect();
        let measure = self.world.measure(self.table, &conditions, &alternatives);
        let template = self.world.limited(limits);
        let limited = self.world.plan.measures.remove(template);
        let (closed, on) = (self.world.column(EVENTS, E_CLOSED), self.world.column(EVENTS, E_ON));
        let later = self.world.node(Node::Greatest(vec![closed, on]));
        let filter = if self.dice.one_in(3) { Some(self.test(1)) } else { None };
        let measure = &mut self.world.plan.measures[measure];
        measure.limits = limited.limits;
        measure.basis.filter = filter;
        measure.payable = match self.dice.below(3) {
            0 => Payable::NextYear,
            1 => Payable::NotBefore(Some(day(2017, 6, 1))),
            _ => Payable::NotBefore(None),
        };
        if let Period::Dated { date, .. } = &mut measure.basis.period {
            *date = self.dice.pick(&[*date, closed, later]);
        }
        if self.dice.one_in(6) && measure.limits.iter().any(|limit| matches!(limit.kind, LimitKind::Top { .. })) {
            // By rank: amounts that do not hang on the row.
            measure.pay.by_rank = true;
            let amount = self.world.constant(70);
            for alternative in &mut self.world.plan.measures.last_mut().unwrap().pay.alternatives {
                alternative.guard = None;
                alternative.amount = self.dice.pick(&[Amount::Exact(amount), Amount::Nothing]);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_batch_agrees_with_the_reference(seed in any::<u64>()) {
        let mut dice = Dice(seed);
        let mut world = World::new();
        district(&mut dice, &mut world);
        for table in [EVENTS, EVENTS, ACCOUNTS, PARTIES] {
            Author { dice: &mut dice, world: &mut world, table, inside: Vec::new() }.measure();
        }
        let in_order = world.facts.clone().in_order(&world.plan.vocabulary);
        for facts in [&world.facts, &in_order] {
            rows_as_of(&world.plan, facts, 2017, day(2017, 12, 31));
            rows_as_of(&world.plan, facts, 2016, day(2016, 7, 1));
        }
    }
}

/// Tiers by the year of moving in, over more rows than are looked at together: most are settled by their cells.
#[test]
fn they_agree_on_many_rows() {
    let mut dice = Dice(7);
    let mut world = World::new();
    for number in 0..3_000 {
        let beginning = dice.pick(&["91520102", "91520102", "52520102"]);
        // The order of codes is not the order of the table.
        let body = format!("{beginning}{:09}", number * 7_919 % 10_007);
        let moved = dice.maybe(&[2014, 2015, 2016, 2017, 2018]).map(|year| day(year, 12, 31) + dice.below(2) as i64);
        let party = world.party(&body, dice.maybe(&[520_102, 520_102, 520_103]), moved, Some(0x51FF));
        for year in [2016, 2017] {
            let sales = dice.maybe(&[-5, 0, 1, 230, 12_345]);
            world.account(party, year, sales);
        }
    }
    let [code, district] = [P_CODE, P_DISTRICT].map(|column| world.column(PARTIES, column));
    let [moved, sales] = [(PARTIES, P_MOVED), (ACCOUNTS, A_SALES)].map(|(table, column)| world.column(table, column));
    let [nothing, one, two, most, half] = [0, 1, 2, 10_000, 500_000].map(|value| world.constant(value));
    let is_here = world.node(Node::TextIs(district, vec!["520102".to_owned()]));
    let is_firm = world.node(Node::HasPrefix(code, vec!["91".to_owned()]));
    let sells = world.node(Node::Compare(Comparison::Greater, sales, nothing));
    let sells_much = world.node(Node::Compare(Comparison::Less, most, sales));
    let (this_year, year) = (world.node(Node::RowYear), world.node(Node::YearOf(moved)));
    let since = world.node(Node::Subtract(this_year, year));
    let nth = world.node(Node::Add(since, one));
    let [first, second] = [one, two].map(|tier| world.node(Node::Compare(Comparison::Equal, nth, tier)));
    let later = world.node(Node::Compare(Comparison::Greater, nth, two));
    let reduced = world.node(Node::PercentOf(half, sales));
    let tiers = [(Some(first), Amount::Exact(sales)), (Some(second), Amount::Exact(reduced))];
    let span = Amount::Span { low: nothing, high: Some(sales) };
    world.measure(ACCOUNTS, &[is_here, is_firm, sells], &tiers);
    world.measure(ACCOUNTS, &[is_firm], &[(Some(sells_much), Amount::Exact(sales)), (Some(sells), span)]);
    world.measure(PARTIES, &[is_here], &[(Some(first), Amount::Exact(most)), (Some(later), Amount::Nothing)]);
    let limited = world.limited([LimitKind::Once { key: Key::Party }]);
    let limits = world.plan.measures.remove(limited).limits;
    let with_history = world.measure(ACCOUNTS, &[is_here, sells], &tiers);
    world.plan.measures[with_history].limits = limits;
    let rows = rows_as_of(&world.plan, &world.facts, 2017, day(2017, 12, 31));
    assert!(rows.iter().all(|rows| rows.len() > 2_048), "many rows are looked at");
    rows_as_of(&world.plan, &world.facts, 2016, day(2016, 12, 31));
    let in_order = world.facts.clone().in_order(&world.plan.vocabulary);
    assert!((0..3).all(|table| in_order.is_in_order(&world.plan.vocabulary, table)));
    rows_as_of(&world.plan, &in_order, 2017, day(2017, 12, 31));
    rows_as_of(&world.plan, &in_order, 2016, day(2016, 12, 31));
}
