//! Which facts a measure reads, in the order in which its rule comes to them, and which words of them it means: what a form has to
//! ask, and what it may offer.

use std::collections::{BTreeMap, BTreeSet};

use duixian_rules::plan::{
    Amount, Comparison, FactSlot, Key, LimitKind, Measure, Node, NodeId, NodeType, Period, Plan,
};
use duixian_rules::vocabulary::{ColumnId, TableId, TableKind};

use crate::reference::operands;

/// The facts a measure reads, each once, in the order of its rule: what dates a row, what the measure means, its conditions,
/// its amounts, its limits. Together they are what [`duixian_rules::reads::columns_read`] says of the measure.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FactsRead {
    /// Columns of the measure's table, unless that is the party table.
    pub basis: Vec<FactSlot>,
    /// Columns of the party table.
    pub party: Vec<FactSlot>,
    /// Columns of other tables, of whose rows the party may have any number.
    pub others: Vec<FactSlot>,
}

/// The facts that a measure reads, in reading order.
pub fn facts_read(plan: &Plan, measure: &Measure) -> FactsRead {
    let table = measure.basis.table;
    let party_table = plan.vocabulary.party_table();
    let mut read = FactsRead::default();
    for slot in Reader::through(plan, measure).slots {
        let list = match slot.table {
            of if Some(of) == party_table => &mut read.party,
            of if of == table => &mut read.basis,
            _ => &mut read.others,
        };
        list.push(slot);
    }
    read
}

/// What a rule does with facts, beyond which they are: for who asks for them without a registry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Looks {
    /// The tests of how a code begins, by the code's column, of columns that the rule looks at in no other way: which code it is
    /// does not matter then.
    pub beginnings: BTreeMap<FactSlot, Vec<NodeId>>,
    /// The tables of whose rows it makes a sum, a number or the like, each with the columns that it reads of them for that.
    pub gathered: Vec<(TableId, Vec<ColumnId>)>,
    /// The columns that it reads only to count rows together: alone, a row needs them for nothing.
    pub keys: BTreeSet<FactSlot>,
}

/// How a measure looks at the facts that it reads.
pub fn looks(plan: &Plan, measure: &Measure) -> Looks {
    let reader = Reader::through(plan, measure);
    let column = |node: NodeId| match plan.nodes[node].node {
        Node::Column(table, column) => Some(FactSlot { table, column }),
        _ => None,
    };
    let mut looks = Looks::default();
    let mut otherwise: BTreeSet<FactSlot> = BTreeSet::new();
    for &id in &reader.seen {
        match &plan.nodes[id].node {
            Node::HasPrefix(code, _) => {
                column(*code).into_iter().for_each(|slot| looks.beginnings.entry(slot).or_default().push(id));
            }
            Node::TextIs(text, _) => otherwise.extend(column(*text)),
            Node::Aggregate { table, filter, value, .. } => {
                let mut inner = Reader::new(plan);
                [filter, value].into_iter().flatten().for_each(|node| inner.read(*node));
                let columns = inner.slots.iter().filter(|slot| slot.table == *table).map(|slot| slot.column);
                let known = looks.gathered.iter().position(|(of, _)| of == table).unwrap_or_else(|| {
                    looks.gathered.push((*table, Vec::new()));
                    looks.gathered.len() - 1
                });
                let (_, all) = &mut looks.gathered[known];
                columns.for_each(|column| {
                    if !all.contains(&column) {
                        all.push(column);
                    }
                });
            }
            operation => otherwise.extend(operands(operation).into_iter().filter_map(column)),
        }
    }
    looks.beginnings.retain(|slot, _| !otherwise.contains(slot));
    let computed: BTreeSet<FactSlot> = reader.seen.iter().filter_map(|id| column(*id)).collect();
    looks.keys = reader.slots.into_iter().filter(|slot| !computed.contains(slot)).collect();
    looks
}

/// The words that a measure means, for each column of its table of which it says so (`其中 类别 是 高新技术企业`): a row with
/// any other word is no basis. By their places in the column's list.
pub fn words_meant(plan: &Plan, measure: &Measure) -> BTreeMap<usize, Vec<i64>> {
    let mut meant = BTreeMap::new();
    let mut tests: Vec<NodeId> = measure.basis.filter.into_iter().collect();
    while let Some(test) = tests.pop() {
        let (looked_at, words) = match &plan.nodes[test].node {
            Node::And(all) => {
                tests.extend(all);
                continue;
            }
            Node::OneOf(looked_at, words) => (*looked_at, words.clone()),
            Node::Compare(Comparison::Equal, a, b) => match (&plan.nodes[*a].node, &plan.nodes[*b].node) {
                (_, Node::Constant(word)) => (*a, vec![*word]),
                (Node::Constant(word), _) => (*b, vec![*word]),
                _ => continue,
            },
            _ => continue,
        };
        if let (&Node::Column(table, column), NodeType::Word(_)) =
            (&plan.nodes[looked_at].node, plan.nodes[looked_at].ty)
            && table == measure.basis.table
        {
            meant
                .entry(column)
                .and_modify(|both: &mut Vec<i64>| both.retain(|word| words.contains(word)))
                .or_insert(words);
        }
    }
    meant
}

/// Walks through expressions in the order in which they are written.
struct Reader<'p> {
    plan: &'p Plan,
    seen: BTreeSet<NodeId>,
    slots: Vec<FactSlot>,
}

impl<'p> Reader<'p> {
    fn new(plan: &'p Plan) -> Reader<'p> {
        Reader { plan, seen: BTreeSet::new(), slots: Vec::new() }
    }

    /// Everything that a measure reads.
    fn through(plan: &'p Plan, measure: &Measure) -> Reader<'p> {
        let table = measure.basis.table;
        let mut reader = Reader::new(plan);
        if let Period::Dated { date, .. } = measure.basis.period {
            reader.read(date);
        }
        let shape = &plan.vocabulary.tables[table];
        if let (Some(column), true) = (shape.year_column(), shape.kind != TableKind::Party) {
            reader.add(FactSlot { table, column });
        }
        measure.basis.filter.into_iter().for_each(|filter| reader.read(filter));
        measure.conditions.iter().for_each(|condition| reader.read(condition.node));
        for alternative in &measure.pay.alternatives {
            alternative.guard.into_iter().for_each(|guard| reader.read(guard));
            match alternative.amount {
                Amount::Exact(amount) => reader.read(amount),
                Amount::Span { low, high } => [Some(low), high].into_iter().flatten().for_each(|end| reader.read(end)),
                Amount::Nothing => {}
            }
        }
        for limit in &measure.limits {
            let key = match &limit.kind {
                LimitKind::Once { key } | LimitKind::TopUp { key } | LimitKind::Cap { key, .. } => Some(*key),
                LimitKind::Years { first, .. } => {
                    reader.read(*first);
                    None
                }
                LimitKind::Top { key, by, .. } => {
                    reader.read(*by);
                    Some(*key)
                }
            };
            if let Some(Key::Column(column)) = key {
                reader.add(FactSlot { table, column });
            }
        }
        reader
    }

    fn read(&mut self, id: NodeId) {
        if !self.seen.insert(id) {
            return;
        }
        match &self.plan.nodes[id].node {
            &Node::Column(table, column) => self.add(FactSlot { table, column }),
            Node::HasPrefix(column, _) | Node::TextIs(column, _) => self.read(*column),
            Node::Dated { on, steps } => {
                self.read(*on);
                steps.iter().for_each(|(_, step)| self.read(*step));
            }
            Node::Aggregate { filter, value, .. } => {
                [filter, value].into_iter().flatten().for_each(|node| self.read(*node));
            }
            operation => operands(operation).into_iter().for_each(|operand| self.read(operand)),
        }
    }

    fn add(&mut self, slot: FactSlot) {
        if !self.slots.contains(&slot) {
            self.slots.push(slot);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::example::plan;
    use duixian_rules::plan::NodeInfo;
    use duixian_rules::reads::columns_read;

    #[test]
    fn a_measure_reads_what_the_plan_says_in_the_order_of_its_rule() {
        let plan = plan();
        let name = |slot: &FactSlot| plan.vocabulary.tables[slot.table].columns[slot.column].name.en.clone();
        for measure in &plan.measures {
            let read = facts_read(&plan, measure);
            let all = [&read.basis, &read.party, &read.others].into_iter().flatten();
            let all: BTreeSet<_> = all.map(|slot| (slot.table, slot.column)).collect();
            assert_eq!(all, columns_read(&plan, [measure].into_iter()), "{}", measure.name.en);
        }
        let platform = facts_read(&plan, &plan.measures[0]);
        assert_eq!(
            platform.basis.iter().map(name).collect::<Vec<_>>(),
            ["recognised_on", "kind", "level", "platform_key"]
        );
        assert_eq!(platform.party.iter().map(name).collect::<Vec<_>>(), ["district"]);
    }

    #[test]
    fn a_code_of_which_the_beginning_alone_is_looked_at_is_told_from_one_that_is_read() {
        let mut plan = plan();
        let name =
            |plan: &Plan, slot: &FactSlot| plan.vocabulary.tables[slot.table].columns[slot.column].name.en.clone();
        let platform = looks(&plan, &plan.measures[0]);
        let begins: Vec<String> = platform.beginnings.keys().map(|slot| name(&plan, slot)).collect();
        assert_eq!(begins, ["district"]);
        assert_eq!(platform.keys.iter().map(|slot| name(&plan, slot)).collect::<Vec<_>>(), ["platform_key"]);
        assert!(platform.gathered.is_empty());

        // Whether it is there at all is another question than how it begins.
        let (slot, tests) = platform.beginnings.first_key_value().expect("the district");
        let Node::HasPrefix(code, _) = plan.nodes[tests[0]].node else { panic!("it tests a beginning") };
        let bool_like = |plan: &Plan, node: Node| NodeInfo { node, ..plan.nodes[tests[0]].clone() };
        plan.nodes.push(bool_like(&plan, Node::Happened(code)));
        let there = plan.nodes.len() - 1;
        plan.measures[0].conditions[0].node = there;
        assert!(!looks(&plan, &plan.measures[0]).beginnings.contains_key(slot));

        // What is gathered from rows is told with the columns that it takes.
        let (table, column) = (plan.measures[0].basis.table, 2);
        plan.nodes.push(bool_like(&plan, Node::Column(table, column)));
        let value = Some(plan.nodes.len() - 1);
        let kind = duixian_rules::plan::AggregateKind::Any;
        plan.nodes.push(bool_like(&plan, Node::Aggregate { kind, table, filter: value, value: None }));
        plan.measures[0].conditions[0].node = plan.nodes.len() - 1;
        assert_eq!(looks(&plan, &plan.measures[0]).gathered, [(table, vec![column])]);
    }

    #[test]
    fn words_are_meant_where_every_test_of_the_filter_takes_them() {
        let mut plan = plan();
        let kind = FactSlot { table: plan.measures[0].basis.table, column: 2 };
        let meant = |plan: &Plan, measure: usize| words_meant(plan, &plan.measures[measure]);
        assert_eq!(meant(&plan, 0), BTreeMap::from([(kind.column, vec![0])]));
        assert_eq!(meant(&plan, 1), BTreeMap::new(), "it takes all");

        let filter = plan.measures[0].basis.filter.unwrap();
        let Some(&looked_at) = operands(&plan.nodes[filter].node).first() else { panic!("it looks at a column") };
        let mut test = |node: Node| {
            let info = plan.nodes[filter].clone();
            plan.nodes.push(NodeInfo { node, ..info });
            plan.nodes.len() - 1
        };
        let (several, other) = (test(Node::OneOf(looked_at, vec![0, 1])), test(Node::OneOf(looked_at, vec![1, 2])));
        let (both, either) = (test(Node::And(vec![several, other])), test(Node::Or(vec![several, other])));
        for (filter, words) in [(several, Some(vec![0, 1])), (both, Some(vec![1])), (either, None)] {
            plan.measures[0].basis.filter = Some(filter);
            assert_eq!(meant(&plan, 0).remove(&kind.column), words);
        }
    }
}
