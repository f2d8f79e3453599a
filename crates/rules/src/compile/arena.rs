//! The arena of nodes: equal expressions become one node, and each knows its scope and whether it can be absent.

use rustc_hash::FxHashMap;

use crate::plan::{AggregateKind, Node, NodeId, NodeInfo, NodeType, Scope};
use crate::vocabulary::{Empty, Vocabulary};

/// Builds [`crate::plan::Plan::nodes`].
#[derive(Default)]
pub(super) struct Arena {
    nodes: Vec<NodeInfo>,
    known: FxHashMap<(Node, NodeType), NodeId>,
}

impl Arena {
    pub(super) fn node(&self, id: NodeId) -> &NodeInfo {
        &self.nodes[id]
    }

    pub(super) fn into_nodes(self) -> Vec<NodeInfo> {
        self.nodes
    }

    pub(super) fn constant(&mut self, vocabulary: &Vocabulary, value: i64, ty: NodeType) -> NodeId {
        self.add(vocabulary, Node::Constant(value), ty)
    }

    pub(super) fn add(&mut self, vocabulary: &Vocabulary, node: Node, ty: NodeType) -> NodeId {
        let node = self.simplified(node);
        if let Node::And(operands) | Node::Or(operands) = &node
            && let [only] = operands[..]
        {
            return only;
        }
        if let Some(id) = self.known.get(&(node.clone(), ty)) {
            return *id;
        }
        let info = NodeInfo {
            scope: self.scope(vocabulary, &node),
            may_be_absent: self.may_be_absent(vocabulary, &node),
            ty,
            node: node.clone(),
        };
        self.nodes.push(info);
        self.known.insert((node, ty), self.nodes.len() - 1);
        self.nodes.len() - 1
    }

    /// Nested conjunctions and disjunctions become flat, and a double negation nothing.
    fn simplified(&self, node: Node) -> Node {
        let flatten = |operands: &[NodeId], and: bool| {
            let mut flat: Vec<NodeId> = Vec::new();
            for &operand in operands {
                let inner = match &self.nodes[operand].node {
                    Node::And(inner) if and => inner.clone(),
                    Node::Or(inner) if !and => inner.clone(),
                    _ => vec![operand],
                };
                for id in inner {
                    if !flat.contains(&id) {
                        flat.push(id);
                    }
                }
            }
            flat
        };
        match node {
            Node::And(operands) => Node::And(flatten(&operands, true)),
            Node::Or(operands) => Node::Or(flatten(&operands, false)),
            other => other,
        }
    }

    fn scope(&self, vocabulary: &Vocabulary, node: &Node) -> Scope {
        match node {
            Node::Constant(_) | Node::AsOf => Scope::Constant,
            Node::Column(table, _) if vocabulary.party_table() == Some(*table) => Scope::Party,
            Node::Column(..) | Node::BasisDate | Node::RowYear | Node::Aggregate { .. } => Scope::Row,
            other => operands(other).into_iter().map(|id| self.nodes[id].scope).max().unwrap_or(Scope::Constant),
        }
    }

    fn may_be_absent(&self, vocabulary: &Vocabulary, node: &Node) -> bool {
        let any = |ids: &[NodeId]| ids.iter().any(|id| self.nodes[*id].may_be_absent);
        match node {
            Node::Column(table, column) => {
                matches!(vocabulary.tables[*table].columns[*column].empty, Empty::NotHappened | Empty::Own)
            }
            Node::Steps(..) | Node::Dated { .. } => true,
            Node::Aggregate { kind, value, .. } => match kind {
                AggregateKind::Earliest | AggregateKind::Latest => true,
                AggregateKind::Only => value.is_some_and(|value| self.nodes[value].may_be_absent),
                AggregateKind::Count | AggregateKind::Sum | AggregateKind::Any => false,
            },
            Node::Least(ids) | Node::Greatest(ids) => ids.iter().all(|id| self.nodes[*id].may_be_absent),
            Node::YearOf(_)
            | Node::YearsBetween(..)
            | Node::Add(..)
            | Node::Subtract(..)
            | Node::Multiply(..)
            | Node::PercentOf(..)
            | Node::Round { .. } => any(&operands(node)),
            _ => false,
        }
    }
}

/// The nodes a node is made of.
pub fn operands(node: &Node) -> Vec<NodeId> {
    match node {
        Node::Constant(_) | Node::Column(..) | Node::BasisDate | Node::RowYear | Node::AsOf => Vec::new(),
        Node::YearOf(a) | Node::Round { value: a, .. } | Node::Happened(a) | Node::Not(a) => vec![*a],
        Node::OneOf(a, _) | Node::HasPrefix(a, _) | Node::TextIs(a, _) => vec![*a],
        Node::YearsBetween(a, b)
        | Node::Add(a, b)
        | Node::Subtract(a, b)
        | Node::Multiply(a, b)
        | Node::PercentOf(a, b)
        | Node::Steps(a, b)
        | Node::Compare(_, a, b) => vec![*a, *b],
        Node::CompareRatio { numerator, denominator, rate, .. } => vec![*numerator, *denominator, *rate],
        Node::Least(ids) | Node::Greatest(ids) | Node::And(ids) | Node::Or(ids) => ids.clone(),
        Node::Dated { on, steps } => std::iter::once(*on).chain(steps.iter().map(|(_, id)| *id)).collect(),
        Node::Aggregate { filter, value, .. } => filter.iter().chain(value).copied().collect(),
    }
}
