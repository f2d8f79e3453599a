//! What a rule pays, in words, where there is no case.

use duixian_rules::plan::{Amount, Comparison, Measure, Node, NodeId, NodeType, Plan};
use duixian_rules::vocabulary::Lang;

use super::words::Words;
use crate::reference::{Detail, Step};

/// What a measure pays, one line for each alternative. Where the rank decides, and of versions and exceptions, the rule's own words
/// say for whom.
pub fn amounts_in_words(plan: &Plan, measure: &Measure, lang: Lang) -> Vec<String> {
    let words = Words::new(plan, lang).of(measure);
    if measure.pay.by_rank {
        return measure.pay.alternatives.iter().map(|alternative| words.rule(&alternative.text)).collect();
    }
    let line = |alternative: &duixian_rules::plan::Alternative| match alternative.guard {
        Some(guard) if matches!(plan.nodes[guard].node, Node::And(_)) => words.rule(&alternative.text),
        Some(guard) => {
            let amount = words.amount_in_general(alternative.amount);
            format!("{}{}{amount}", words.tier(guard), words.pick("：", ": "))
        }
        None => words.amount_in_general(alternative.amount),
    };
    measure.pay.alternatives.iter().map(line).collect()
}

/// What the calculations are that a measure gives names (令), one line for each.
pub fn names_in_words(plan: &Plan, measure: &Measure, lang: Lang) -> Vec<String> {
    let words = Words::new(plan, lang).of(measure);
    let line = |(node, name): &(NodeId, _)| format!("{} = {}", words.name(name), words.meaning(*node));
    measure.named.iter().map(line).collect()
}

impl Words<'_> {
    /// Whether an amount is nothing in every case.
    pub fn is_zero(self, amount: NodeId) -> bool {
        matches!(self.plan.nodes[amount].node, Node::Constant(0))
    }

    /// What a test looks at that asks for one value alone, and this value.
    fn equality(self, test: NodeId) -> Option<(NodeId, i64)> {
        match &self.plan.nodes[test].node {
            Node::OneOf(looked_at, values) => match values[..] {
                [value] => Some((*looked_at, value)),
                _ => None,
            },
            Node::Compare(Comparison::Equal, looked_at, value) => match self.plan.nodes[*value].node {
                Node::Constant(value) => Some((*looked_at, value)),
                _ => None,
            },
            _ => None,
        }
    }

    /// Which tier it is: a word alone says it, a number with what it numbers.
    fn tier(self, guard: NodeId) -> String {
        match self.equality(guard) {
            Some((looked_at, value)) => match self.plan.nodes[looked_at].ty {
                ty @ NodeType::Word(_) => self.value(value, ty),
                ty => format!("{} {}", self.in_general(looked_at), self.value(value, ty)),
            },
            None => self.in_general(guard),
        }
    }

    /// The same of a row that is in it, with what was found.
    pub fn tier_found(self, step: &Step) -> String {
        match (self.equality(step.node), &step.detail) {
            (Some(_), Detail::Operands(operands)) if !operands.is_empty() => self.found(&operands[0]),
            _ => self.found(step),
        }
    }

    fn amount_in_general(self, amount: Amount) -> String {
        match amount {
            Amount::Exact(node) => self.in_general(node),
            Amount::Span { low, high: None } if self.is_zero(low) => {
                self.pick("由审定确定，不设上限", "set by the decision, with no upper limit").to_owned()
            }
            Amount::Span { low, high: None } => {
                format!("{}{}", self.in_general(low), self.pick("起，不设上限", " or more, open above"))
            }
            Amount::Span { low, high: Some(high) } if self.is_zero(low) => {
                format!("{}{}", self.pick("不超过", "up to "), self.in_general(high))
            }
            Amount::Span { low, high: Some(high) } => {
                format!("{}{}{}", self.in_general(low), self.pick(" 至 ", " to "), self.in_general(high))
            }
            Amount::Nothing => self.pick("不予支付", "nothing").to_owned(),
        }
    }
}
