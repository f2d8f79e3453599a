//! Whether conditions can hold together: sets, intervals, beginnings of codes and presence, per expression.
//!
//! The answer "no" is certain. The answer "yes" may be wrong where conditions compare two columns with each other or
//! compute: such conditions are passed over.

use rustc_hash::FxHashMap;

use crate::plan::{Comparison, Node, NodeId, NodeType, Plan};

/// Most ways of choosing one branch of each 或 that are tried; beyond it the answer is "yes".
const MAX_BRANCHES: usize = 4096;

/// Whether all of these can be true at once.
pub(super) fn satisfiable(plan: &Plan, nodes: &[NodeId]) -> bool {
    possible(plan, nodes.iter().map(|id| (*id, true)).collect())
}

/// Whether this can be false.
pub(super) fn refutable(plan: &Plan, node: NodeId) -> bool {
    possible(plan, vec![(node, false)])
}

fn possible(plan: &Plan, mut pending: Vec<(NodeId, bool)>) -> bool {
    let mut budget = MAX_BRANCHES;
    let mut facts = Facts::default();
    let mut branches = Vec::new();
    facts.assume_all(plan, &mut pending, &mut branches) && choose(plan, facts, branches, &mut budget)
}

/// What a conjunction says of one expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Domain {
    pub(super) min: i64,
    pub(super) max: i64,
    /// The only values left, if they are listed.
    pub(super) allowed: Option<Vec<i64>>,
    forbidden: Vec<i64>,
    /// The beginnings a code must have, one of each list.
    prefixes: Vec<Vec<String>>,
    refused_prefixes: Vec<String>,
    happened: Option<bool>,
}

impl Default for Domain {
    fn default() -> Self {
        Domain {
            min: i64::MIN,
            max: i64::MAX,
            allowed: None,
            forbidden: Vec::new(),
            prefixes: Vec::new(),
            refused_prefixes: Vec::new(),
            happened: None,
        }
    }
}

impl Domain {
    pub(super) fn admits(&self, value: i64) -> bool {
        (self.min..=self.max).contains(&value)
            && self.allowed.as_ref().is_none_or(|allowed| allowed.contains(&value))
            && !self.forbidden.contains(&value)
    }

    fn possible(&self) -> bool {
        let number = match &self.allowed {
            Some(allowed) => allowed.iter().any(|value| self.admits(*value)),
            None => {
                let width = i128::from(self.max) - i128::from(self.min) + 1;
                width > 0 && (width > self.forbidden.len() as i128 || (self.min..=self.max).any(|v| self.admits(v)))
            }
        };
        // One beginning of each list must agree with one of every other list, and with no refused one.
        let agree = |a: &String, b: &String| a.starts_with(b.as_str()) || b.starts_with(a.as_str());
        let codes = self.prefixes.iter().enumerate().all(|(index, list)| {
            list.iter().any(|prefix| {
                let with_others = self.prefixes[index + 1..].iter().all(|other| other.iter().any(|o| agree(prefix, o)));
                with_others && !self.refused_prefixes.iter().any(|refused| prefix.starts_with(refused.as_str()))
            })
        });
        number && codes
    }
}

#[derive(Clone, Default)]
struct Facts {
    domains: FxHashMap<NodeId, Domain>,
    truths: FxHashMap<NodeId, bool>,
}

/// What a conjunction of nodes says of each expression, without choosing branches.
pub(super) fn domains(plan: &Plan, nodes: &[NodeId]) -> FxHashMap<NodeId, Domain> {
    let mut facts = Facts::default();
    let mut pending: Vec<(NodeId, bool)> = nodes.iter().map(|id| (*id, true)).collect();
    let mut branches = Vec::new();
    facts.assume_all(plan, &mut pending, &mut branches);
    facts.domains
}

/// Tries the branches that are still open, one choice of each.
fn choose(plan: &Plan, facts: Facts, mut branches: Vec<(Vec<NodeId>, bool)>, budget: &mut usize) -> bool {
    let Some((choices, truth)) = branches.pop() else { return true };
    for choice in choices {
        if *budget == 0 {
            return true;
        }
        *budget -= 1;
        let mut inner = facts.clone();
        let mut open = branches.clone();
        let holds = inner.assume_all(plan, &mut vec![(choice, truth)], &mut open);
        if holds && choose(plan, inner, open, budget) {
            return true;
        }
    }
    false
}

impl Facts {
    /// What is known of an expression; at first, what its type says.
    fn domain(&mut self, plan: &Plan, id: NodeId) -> &mut Domain {
        self.domains.entry(id).or_insert_with(|| match plan.nodes[id].ty {
            NodeType::Bool => Domain { min: 0, max: 1, ..Domain::default() },
            NodeType::Word(list) => {
                Domain { min: 0, max: plan.vocabulary.word_lists[list].words.len() as i64 - 1, ..Domain::default() }
            }
            _ => Domain::default(),
        })
    }

    /// Takes all of these, and what follows from them, for true or false; stops at the first contradiction.
    fn assume_all(
        &mut self,
        plan: &Plan,
        pending: &mut Vec<(NodeId, bool)>,
        branches: &mut Vec<(Vec<NodeId>, bool)>,
    ) -> bool {
        while let Some((id, truth)) = pending.pop() {
            if !self.assume(plan, id, truth, pending, branches) {
                return false;
            }
        }
        true
    }

    /// Takes a condition for true or false. False if that contradicts what is known already.
    fn assume(
        &mut self,
        plan: &Plan,
        id: NodeId,
        truth: bool,
        pending: &mut Vec<(NodeId, bool)>,
        branches: &mut Vec<(Vec<NodeId>, bool)>,
    ) -> bool {
        if self.truths.insert(id, truth).is_some_and(|before| before != truth) {
            return false;
        }
        let constant = |id: NodeId| match plan.nodes[id].node {
            Node::Constant(value) => Some(value),
            _ => None,
        };
        match &plan.nodes[id].node {
            Node::Constant(value) => return (*value != 0) == truth,
            Node::Not(inner) => pending.push((*inner, !truth)),
            Node::And(operands) if truth => pending.extend(operands.iter().map(|id| (*id, true))),
            Node::Or(operands) if !truth => pending.extend(operands.iter().map(|id| (*id, false))),
            Node::And(operands) | Node::Or(operands) => branches.push((operands.clone(), truth)),
            Node::Happened(inner) => {
                let domain = self.domain(plan, *inner);
                if domain.happened.replace(truth).is_some_and(|before| before != truth) {
                    return false;
                }
            }
            Node::OneOf(inner, values) => {
                let domain = self.domain(plan, *inner);
                if truth {
                    let kept = values.iter().copied().filter(|value| domain.admits(*value)).collect();
                    domain.allowed = Some(kept);
                    domain.happened = domain.happened.or(Some(true));
                } else if !plan.nodes[*inner].may_be_absent {
                    domain.forbidden.extend(values);
                }
                return domain.possible() && (!truth || domain.happened != Some(false));
            }
            Node::HasPrefix(inner, prefixes) => {
                let domain = self.domain(plan, *inner);
                if truth {
                    domain.prefixes.push(prefixes.clone());
                } else {
                    domain.refused_prefixes.extend(prefixes.iter().cloned());
                }
                return domain.possible();
            }
            Node::Compare(comparison, left, right) => {
                let (inner, bound, comparison) = match (constant(*left), constant(*right)) {
                    (None, Some(bound)) => (*left, bound, *comparison),
                    (Some(bound), None) => (*right, bound, mirrored(*comparison)),
                    (Some(a), Some(b)) => return comparison.holds(a, b) == truth,
                    (None, None) => return true,
                };
                // A comparison with something absent is false, so a false one bounds only what cannot be absent.
                if !truth && plan.nodes[inner].may_be_absent {
                    return true;
                }
                let comparison = if truth { comparison } else { negated(comparison) };
                let domain = self.domain(plan, inner);
                match comparison {
                    Comparison::Equal => {
                        domain.min = domain.min.max(bound);
                        domain.max = domain.max.min(bound);
                    }
                    Comparison::NotEqual => domain.forbidden.push(bound),
                    Comparison::Less => domain.max = domain.max.min(bound.saturating_sub(1)),
                    Comparison::AtMost => domain.max = domain.max.min(bound),
                    Comparison::Greater => domain.min = domain.min.max(bound.saturating_add(1)),
                    Comparison::AtLeast => domain.min = domain.min.max(bound),
                }
                if truth {
                    if domain.happened == Some(false) {
                        return false;
                    }
                    domain.happened = Some(true);
                }
                return domain.possible();
            }
            _ => {}
        }
        true
    }
}

fn mirrored(comparison: Comparison) -> Comparison {
    match comparison {
        Comparison::Less => Comparison::Greater,
        Comparison::AtMost => Comparison::AtLeast,
        Comparison::Greater => Comparison::Less,
        Comparison::AtLeast => Comparison::AtMost,
        same => same,
    }
}

fn negated(comparison: Comparison) -> Comparison {
    match comparison {
        Comparison::Equal => Comparison::NotEqual,
        Comparison::NotEqual => Comparison::Equal,
        Comparison::Less => Comparison::AtLeast,
        Comparison::AtMost => Comparison::Greater,
        Comparison::Greater => Comparison::AtMost,
        Comparison::AtLeast => Comparison::Less,
    }
}
