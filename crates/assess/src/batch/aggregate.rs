//! Aggregates over a party's rows of another table.
//!
//! The pairs of an outer row and its party's inner rows are laid out flat, the filter and the value are evaluated over the pairs
//! like over any frame, and the pairs of one outer row are then reduced to one value.

use std::rc::Rc;

use duixian_rules::plan::{AggregateKind, Node, NodeId};
use duixian_rules::vocabulary::TableId;
use rustc_hash::FxHashMap;

use super::frame::Frame;
use super::run::Context;
use super::vector::{ABSENT, Vector};

/// About how many pairs are evaluated together: enough to fill vectors, few enough to stay in the cache. The rows
/// of one party are never torn apart.
const PAIRS: usize = 4096;

impl Frame<'_> {
    /// An aggregate's value in every row.
    pub fn aggregate(
        &self,
        kind: AggregateKind,
        table: TableId,
        filter: Option<NodeId>,
        value: Option<NodeId>,
    ) -> Vector {
        let looks_outside = self.looks_outside([filter, value].into_iter().flatten(), table);
        let (outer, group_of) = if looks_outside { (self.all_rows(), None) } else { self.one_row_per_party() };
        let mut result = Vector { values: Vec::with_capacity(outer.len()), missing: Vec::with_capacity(outer.len()) };
        let no_single = value.map_or(Context::UNNAMED, |value| self.facts_read(value));
        let mut pending = Pairs::default();
        for (position, &row) in outer.iter().enumerate() {
            let inner = self.run.rows_of_party(table, self.party[row as usize]);
            pending.outer.extend(inner.iter().map(|_| row));
            pending.inner.extend_from_slice(inner);
            pending.ends.push(pending.inner.len());
            if pending.inner.len() >= PAIRS || position + 1 == outer.len() {
                self.reduce(&pending, kind, table, (filter, value), no_single, &mut result);
                pending = Pairs::default();
            }
        }
        match group_of {
            Some(groups) => result.take(&groups),
            None => result,
        }
    }

    /// Appends to `result` the values of the outer rows whose pairs these are.
    fn reduce(
        &self,
        pairs: &Pairs,
        kind: AggregateKind,
        table: TableId,
        (filter, value): (Option<NodeId>, Option<NodeId>),
        no_single: u64,
        result: &mut Vector,
    ) {
        let mut frame = self.take_unevaluated(&pairs.outer);
        frame.tables.insert(0, (table, pairs.inner.clone()));
        let mut evaluate = |node: Option<NodeId>, without: i64| match node {
            Some(node) if frame.len() > 0 => frame.evaluate(node),
            _ => Rc::new(Vector::constant(without)),
        };
        let (filter, value) = (evaluate(filter, 1), evaluate(value, ABSENT));
        let mut start = 0;
        for &end in &pairs.ends {
            let mut tally = Tally::default();
            for pair in start..end {
                tally.add(&filter, &value, pair);
            }
            let (value, missing) = tally.result(kind, no_single);
            result.values.push(value);
            result.missing.push(missing);
            start = end;
        }
    }

    fn all_rows(&self) -> Vec<u32> {
        (0..self.len() as u32).collect()
    }

    /// One row of each party, and for every row which of those stands for it.
    fn one_row_per_party(&self) -> (Vec<u32>, Option<Vec<u32>>) {
        let mut group_of_party: FxHashMap<u32, u32> = FxHashMap::default();
        let mut representatives = Vec::new();
        let groups = self.party.iter().zip(0..).map(|(&party, row)| {
            *group_of_party.entry(party).or_insert_with(|| {
                representatives.push(row);
                representatives.len() as u32 - 1
            })
        });
        let groups = groups.collect();
        (representatives, Some(groups))
    }

    /// Whether nodes inside an aggregate over `table` read the outer row or its date: then two rows of one party
    /// may differ in the aggregate.
    fn looks_outside(&self, nodes: impl Iterator<Item = NodeId>, table: TableId) -> bool {
        let mut found = false;
        self.run.visit(nodes, &mut |node| match node {
            Node::BasisDate | Node::RowYear => found = true,
            Node::Column(of, _) => found |= *of != table && self.run.party_table != Some(*of),
            _ => {}
        });
        found
    }

    /// The facts a value reads, which are missing where there is no single row to read them of.
    fn facts_read(&self, value: NodeId) -> u64 {
        let mut facts = 0;
        self.run.visit([value], &mut |node| {
            if let Node::Column(table, column) = node {
                facts |= self.missing_bit(*table, *column);
            }
        });
        if facts == 0 { Context::UNNAMED } else { facts }
    }
}

/// Outer rows and their inner rows, end to end.
#[derive(Default)]
struct Pairs {
    outer: Vec<u32>,
    inner: Vec<u32>,
    /// Where each outer row's pairs end.
    ends: Vec<usize>,
}

/// What one outer row's pairs come to.
struct Tally {
    rows: i64,
    sum: i64,
    least: i64,
    greatest: i64,
    missing_in_filter: u64,
    missing_in_value: u64,
}

impl Default for Tally {
    fn default() -> Self {
        Tally { rows: 0, sum: 0, least: ABSENT, greatest: ABSENT, missing_in_filter: 0, missing_in_value: 0 }
    }
}

impl Tally {
    fn add(&mut self, filter: &Vector, value: &Vector, pair: usize) {
        let missing = filter.missing_at(pair);
        if missing != 0 || filter.at(pair) != 1 {
            self.missing_in_filter |= missing;
            return;
        }
        self.rows += 1;
        let missing = value.missing_at(pair);
        let value = value.at(pair);
        if missing != 0 {
            self.missing_in_value |= missing;
        } else if value != ABSENT {
            self.sum = self.sum.saturating_add(value).max(-i64::MAX);
            self.least = if self.least == ABSENT { value } else { self.least.min(value) };
            self.greatest = self.greatest.max(value);
        }
    }

    /// The value and what it misses.
    fn result(&self, kind: AggregateKind, no_single: u64) -> (i64, u64) {
        let missing = self.missing_in_filter | self.missing_in_value;
        match kind {
            AggregateKind::Any if self.rows > 0 => (1, 0),
            AggregateKind::Any => (0, self.missing_in_filter),
            AggregateKind::Count => (self.rows, self.missing_in_filter),
            AggregateKind::Sum => (self.sum, missing),
            AggregateKind::Earliest => (self.least, missing),
            AggregateKind::Latest => (self.greatest, missing),
            AggregateKind::Only if self.missing_in_filter != 0 => (ABSENT, self.missing_in_filter),
            AggregateKind::Only if self.rows != 1 => (ABSENT, no_single),
            AggregateKind::Only => (self.greatest, self.missing_in_value),
        }
    }
}
