//! What a rule pays, in words, where there is no case.

use duixian_rules::plan::{Amount, Measure, Node, NodeId, Plan};
use duixian_rules::vocabulary::Lang;

use super::words::Words;

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
            format!("{}{}{amount}", words.in_general(guard), words.pick("：", ": "))
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
