//! What all measures of one run share: the plan, the facts, and what is worth working out once.

use duixian_facts::table::{Column, Facts};
use duixian_rules::plan::{Amount, FactSlot, LimitKind, Measure, Node, NodeId, Period, Plan, Scope};
use duixian_rules::vocabulary::{ColumnId, TableId, TableKind};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::frame::{Frame, Moment};

/// A plan over facts, for one year and day.
pub struct Run<'a> {
    /// The rules.
    pub plan: &'a Plan,
    /// The tables.
    pub facts: &'a Facts,
    /// The assessed year.
    pub year: i64,
    /// Days since 1970-01-01.
    pub as_of: i64,
    /// The table of parties.
    pub party_table: Option<TableId>,
    /// For each table that aggregates read, the rows of each party.
    by_party: FxHashMap<TableId, PartyIndex>,
    /// Conditions on the party alone that several measures share, for all parties.
    truths: FxHashMap<NodeId, Vec<Truth>>,
}

/// The value of a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Truth {
    /// It does not hold.
    False,
    /// It holds.
    True,
    /// Facts are missing.
    Unknown,
}

impl<'a> Run<'a> {
    /// Prepares a run of these measures.
    pub fn new(plan: &'a Plan, facts: &'a Facts, year: i64, as_of: i64, measures: &[usize]) -> Run<'a> {
        let party_table = plan.vocabulary.party_table();
        let (by_party, truths) = Default::default();
        let mut run = Run { plan, facts, year, as_of, party_table, by_party, truths };
        let roots: Vec<NodeId> = measures.iter().flat_map(|&measure| roots(&plan.measures[measure])).collect();
        let mut tables = Vec::new();
        run.visit(roots, &mut |node| {
            if let Node::Aggregate { table, .. } = node {
                tables.push(*table);
            }
        });
        tables.sort_unstable();
        tables.dedup();
        let parties = run.parties();
        run.by_party = tables.into_par_iter().map(|table| (table, PartyIndex::of(facts, table, parties))).collect();
        run.truths = run.shared_party_conditions(measures);
        run
    }

    /// How many parties there are.
    pub fn parties(&self) -> usize {
        self.party_table.and_then(|table| self.facts.tables.get(table)).map_or(0, |table| table.rows)
    }

    /// Whether the party table lies in the order of codes.
    pub fn are_parties_in_order(&self) -> bool {
        self.party_table.is_some_and(|table| self.facts.is_in_order(&self.plan.vocabulary, table))
    }

    /// How many rows of a table can be looked at. A row that belongs to no party is none.
    pub fn rows(&self, table: TableId) -> usize {
        let Some(rows) = self.facts.tables.get(table) else { return 0 };
        if self.plan.vocabulary.tables[table].kind == TableKind::Party { rows.rows } else { rows.party.len() }
    }

    /// The column of the party table that holds the codes.
    pub fn party_code_column(&self) -> Option<&'a Column> {
        let table = self.party_table?;
        let column = self.plan.vocabulary.tables[table].party_column()?;
        self.facts.tables.get(table)?.columns.get(column)
    }

    /// A party's rows of a table that some aggregate reads, in the table's order.
    pub fn rows_of_party(&self, table: TableId, party: u32) -> &[u32] {
        self.by_party.get(&table).map_or(&[], |index| index.rows_of(party))
    }

    /// A condition's value for every party, if it was worked out.
    pub fn truths(&self, condition: NodeId) -> Option<&[Truth]> {
        self.truths.get(&condition).map(Vec::as_slice)
    }

    /// Calls `f` once on each of some nodes and all they are made of.
    pub fn visit(&self, nodes: impl IntoIterator<Item = NodeId>, f: &mut dyn FnMut(&'a Node)) {
        let mut pending: Vec<NodeId> = nodes.into_iter().collect();
        let mut seen = FxHashSet::default();
        while let Some(id) = pending.pop() {
            if seen.insert(id) {
                let node = &self.plan.nodes[id].node;
                f(node);
                for_each_operand(node, &mut |operand| pending.push(operand));
            }
        }
    }

    /// Works out, for all parties, the conditions on the party alone that more than one measure sets.
    fn shared_party_conditions(&self, measures: &[usize]) -> FxHashMap<NodeId, Vec<Truth>> {
        let mut uses: FxHashMap<NodeId, usize> = FxHashMap::default();
        for condition in measures.iter().flat_map(|&measure| &self.plan.measures[measure].conditions) {
            *uses.entry(condition.node).or_default() += 1;
        }
        let worth_it = |(node, uses): &(NodeId, usize)| *uses > 1 && self.plan.nodes[*node].scope == Scope::Party;
        uses.into_iter().filter(worth_it).map(|(node, _)| (node, self.truths_of_all_parties(node))).collect()
    }

    fn truths_of_all_parties(&self, condition: NodeId) -> Vec<Truth> {
        let context = Context::default();
        let mut truths = vec![Truth::False; self.parties()];
        truths.par_chunks_mut(2048).enumerate().for_each(|(chunk, truths)| {
            let first = chunk as u32 * 2048;
            let mut frame = Frame {
                run: self,
                context: &context,
                tables: Vec::new(),
                party: (first..first + truths.len() as u32).collect(),
                moment: Moment::Unsettled,
                memo: FxHashMap::default(),
            };
            let value = frame.evaluate(condition);
            for (row, truth) in truths.iter_mut().enumerate() {
                *truth = match (value.missing_at(row), value.at(row)) {
                    (0, 1) => Truth::True,
                    (0, _) => Truth::False,
                    _ => Truth::Unknown,
                };
            }
        });
        truths
    }
}

/// What one measure makes of nodes: which facts have which bit, and which values are worth remembering.
#[derive(Default)]
pub struct Context {
    bits: FxHashMap<(TableId, ColumnId), u64>,
    shared: Vec<bool>,
}

impl Context {
    /// The bit of a fact that is not among the measure's slots. It makes a value unknown like any other; [`Context::named`]
    /// takes it out of what is reported.
    pub const UNNAMED: u64 = 1 << 63;

    /// The context of a measure.
    pub fn of(run: &Run, measure: &Measure) -> Context {
        let slots = measure.slots.iter().take(64).enumerate();
        let bits = slots.map(|(bit, &FactSlot { table, column })| ((table, column), 1 << bit)).collect();
        let mut uses = vec![0u8; run.plan.nodes.len()];
        let mut count = |node: NodeId| uses[node] = uses[node].saturating_add(1);
        let roots = roots(measure);
        roots.iter().for_each(|root| count(*root));
        run.visit(roots, &mut |node| for_each_operand(node, &mut count));
        let worth_it = |(node, uses): (usize, &u8)| {
            *uses > 1 && !matches!(run.plan.nodes[node].node, Node::Constant(_) | Node::AsOf | Node::BasisDate)
        };
        Context { bits, shared: uses.iter().enumerate().map(worth_it).collect() }
    }

    /// The bit of a column's empty cells.
    pub fn bit(&self, table: TableId, column: ColumnId) -> u64 {
        self.bits.get(&(table, column)).copied().unwrap_or(Context::UNNAMED)
    }

    /// Those of the missing facts that have a name.
    pub fn named(&self, facts: u64) -> u64 {
        match self.bits.len() {
            64.. => facts,
            named => facts & ((1 << named) - 1),
        }
    }

    /// Whether a node's value is asked for more than once.
    pub fn is_shared(&self, node: NodeId) -> bool {
        self.shared.get(node).copied().unwrap_or(false)
    }
}

/// For each party its rows in one table, one party after the other.
struct PartyIndex {
    /// Where each party's rows begin; one more entry than parties.
    starts: Vec<u32>,
    rows: Vec<u32>,
}

impl PartyIndex {
    fn of(facts: &Facts, table: TableId, parties: usize) -> PartyIndex {
        let owner: &[u32] = facts.tables.get(table).map_or(&[], |table| &table.party);
        let mut starts = vec![0u32; parties + 1];
        for &party in owner {
            starts[party as usize + 1] += 1;
        }
        for party in 0..parties {
            starts[party + 1] += starts[party];
        }
        let mut next = starts.clone();
        let mut rows = vec![0; owner.len()];
        for (row, &party) in (0..).zip(owner) {
            let place = &mut next[party as usize];
            rows[*place as usize] = row;
            *place += 1;
        }
        PartyIndex { starts, rows }
    }

    fn rows_of(&self, party: u32) -> &[u32] {
        let party = party as usize;
        &self.rows[self.starts[party] as usize..self.starts[party + 1] as usize]
    }
}

/// The nodes a measure starts from.
fn roots(measure: &Measure) -> Vec<NodeId> {
    let date = match measure.basis.period {
        Period::Dated { date, .. } => Some(date),
        Period::Yearly { .. } => None,
    };
    let amounts = |amount: &Amount| match *amount {
        Amount::Exact(amount) => [Some(amount), None],
        Amount::Span { low, high } => [Some(low), high],
        Amount::Nothing => [None, None],
    };
    let of_limit = |limit: &LimitKind| match limit {
        LimitKind::Years { first, .. } => Some(*first),
        LimitKind::Top { by, .. } => Some(*by),
        LimitKind::Once { .. } | LimitKind::TopUp { .. } | LimitKind::Cap { .. } => None,
    };
    let mut roots: Vec<NodeId> = [measure.basis.filter, date].into_iter().flatten().collect();
    roots.extend(measure.conditions.iter().map(|condition| condition.node));
    for alternative in &measure.pay.alternatives {
        roots.extend(alternative.guard);
        roots.extend(amounts(&alternative.amount).into_iter().flatten());
    }
    roots.extend(measure.limits.iter().filter_map(|limit| of_limit(&limit.kind)));
    roots
}

/// Calls `f` on the nodes a node is made of.
fn for_each_operand(node: &Node, f: &mut dyn FnMut(NodeId)) {
    match node {
        Node::Constant(_) | Node::Column(..) | Node::BasisDate | Node::RowYear | Node::AsOf => {}
        Node::YearOf(a) | Node::OneOf(a, _) | Node::HasPrefix(a, _) | Node::TextIs(a, _) => f(*a),
        Node::Happened(a) | Node::Not(a) | Node::Round { value: a, .. } => f(*a),
        Node::YearsBetween(a, b)
        | Node::Add(a, b)
        | Node::Subtract(a, b)
        | Node::Multiply(a, b)
        | Node::PercentOf(a, b)
        | Node::Steps(a, b)
        | Node::Compare(_, a, b) => {
            f(*a);
            f(*b);
        }
        Node::Least(all) | Node::Greatest(all) | Node::And(all) | Node::Or(all) => all.iter().for_each(|a| f(*a)),
        Node::Dated { on, steps } => {
            f(*on);
            steps.iter().for_each(|(_, value)| f(*value));
        }
        Node::CompareRatio { numerator, denominator, rate, .. } => {
            f(*numerator);
            f(*denominator);
            f(*rate);
        }
        Node::Aggregate { filter, value, .. } => filter.iter().chain(value).for_each(|a| f(*a)),
    }
}
