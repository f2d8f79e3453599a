//! Amounts in words: what a rule pays where there is no case, and how the amount of a case comes about.

use duixian_rules::plan::{Alternative, Amount, Comparison, Measure, Node, NodeId, NodeType, Plan};
use duixian_rules::vocabulary::Lang;

use super::claims::Claim;
use super::words::Words;
use crate::reference::{BasisExplanation, Step};

/// What a measure pays, one line for each alternative.
pub fn amounts_in_words(plan: &Plan, measure: &Measure, lang: Lang) -> Vec<String> {
    let words = Words::new(plan, lang).of(measure);
    let line = |(index, alternative): (usize, &Alternative)| {
        let amount = words.amount_in_general(alternative.amount);
        match alternative.guard {
            _ if measure.pay.by_rank => format!("{}{}{amount}", words.rank(index), words.pick("：", ": ")),
            Some(guard) => format!("{}{}{amount}", words.tier(guard), words.pick("：", ": ")),
            None => amount,
        }
    };
    measure.pay.alternatives.iter().enumerate().map(line).collect()
}

/// What the calculations are that a measure gives names (令), one line for each.
pub fn names_in_words(plan: &Plan, measure: &Measure, lang: Lang) -> Vec<String> {
    let words = Words::new(plan, lang).of(measure);
    let line = |(node, name): &(NodeId, _)| format!("{} = {}", words.name(name), words.spelled(*node, None));
    measure.named.iter().map(line).collect()
}

/// Which tiers a measure has, as the reason says it of a row that none covers; empty where there are none.
pub fn tiers_in_words(plan: &Plan, measure: &Measure, lang: Lang) -> String {
    let words = Words::new(plan, lang).of(measure);
    let guards = measure.pay.alternatives.iter().filter_map(|alternative| alternative.guard);
    let tiers: Vec<String> = guards.filter(|guard| !words.is_version(*guard)).map(|guard| words.tier(guard)).collect();
    words.list(&tiers)
}

/// What a measure's conditions ask of anyone, one sentence for each.
pub fn conditions_in_words(plan: &Plan, measure: &Measure, lang: Lang) -> Vec<String> {
    let words = Words::new(plan, lang).of(measure);
    measure.conditions.iter().map(|condition| words.in_general(condition.node)).collect()
}

/// What a measure's limits ask of anyone, one sentence for each.
pub fn limits_in_words(plan: &Plan, measure: &Measure, lang: Lang) -> Vec<String> {
    let words = Words::new(plan, lang).of(measure);
    measure.limits.iter().map(|limit| words.limit_asked(measure, &limit.kind)).collect()
}

impl Words<'_> {
    /// Whether an amount is nothing in every case.
    fn is_zero(self, amount: NodeId) -> bool {
        matches!(self.plan.nodes[amount].node, Node::Constant(0))
    }

    /// The tests that make a tier, where all look at one thing: which it is, and the tests.
    fn tests_of_tier(self, guard: NodeId) -> Option<(NodeId, Vec<NodeId>)> {
        let tests = self.parts_of(guard);
        let mut looked_at = None;
        for test in &tests {
            let (Node::Compare(_, a, _) | Node::OneOf(a, _) | Node::TextIs(a, _) | Node::HasPrefix(a, _)) =
                &self.plan.nodes[*test].node
            else {
                return None;
            };
            if *looked_at.get_or_insert(*a) != *a {
                return None;
            }
        }
        looked_at.map(|looked_at| (looked_at, tests))
    }

    /// The tests that a guard is made of. That no exception takes its place goes without saying.
    fn parts_of(self, guard: NodeId) -> Vec<NodeId> {
        let Node::And(all) = &self.plan.nodes[guard].node else { return vec![guard] };
        let parts: Vec<NodeId> = all.iter().flat_map(|part| self.parts_of(*part)).collect();
        let kept: Vec<NodeId> = parts.iter().copied().filter(|part| !self.is_not(*part)).collect();
        if kept.is_empty() { parts } else { kept }
    }

    fn is_not(self, test: NodeId) -> bool {
        matches!(self.plan.nodes[test].node, Node::Not(_))
    }

    /// Whether a guard is more than a tier: that of a version, or of an exception with several tests.
    fn is_version(self, guard: NodeId) -> bool {
        self.tests_of_tier(guard).is_none() && matches!(self.plan.nodes[guard].node, Node::And(_))
    }

    /// The rank that an alternative pays.
    fn rank(self, index: usize) -> String {
        match self.lang {
            Lang::Zh => format!("第{}名", index + 1),
            Lang::En => format!("rank {}", index + 1),
        }
    }

    /// Which tier it is: a word alone says it, a number with what it numbers.
    fn tier(self, guard: NodeId) -> String {
        match self.tests_of_tier(guard) {
            Some((looked_at, tests)) => {
                let name = match self.plan.nodes[looked_at].ty {
                    NodeType::Word(_) => String::new(),
                    _ if self.ordinal(looked_at).is_some() => String::new(),
                    _ => format!("{}{}", self.noun(looked_at), self.pick("", " ")),
                };
                format!("{name}{}", self.bounds(&tests))
            }
            None => {
                let parts: Vec<String> = self.parts_of(guard).into_iter().map(|part| self.in_general(part)).collect();
                parts.join(self.pick("且", " and "))
            }
        }
    }

    /// What some tests ask of the one thing they look at: 超过30亿元且不超过50亿元. One value says it by itself.
    fn bounds(self, tests: &[NodeId]) -> String {
        let said = |test: &NodeId| match &self.plan.nodes[*test].node {
            Node::OneOf(looked_at, values) => {
                let ty = self.plan.nodes[*looked_at].ty;
                self.list(&values.iter().map(|value| self.tier_value(*looked_at, *value, ty)).collect::<Vec<_>>())
            }
            Node::Compare(Comparison::Equal, looked_at, value) => match self.plan.nodes[*value].node {
                Node::Constant(value) => self.tier_value(*looked_at, value, self.plan.nodes[*looked_at].ty),
                _ => self.noun(*value),
            },
            _ => match self.claim(*test, None) {
                Claim::Held { says, .. } | Claim::Whole(says) => says.yes,
            },
        };
        let said: Vec<String> = tests.iter().map(said).collect();
        said.join(self.pick("且", " and "))
    }

    /// That no tier covers a row, with what the tiers look at and which there are; none where they look at several things.
    pub fn without_tier(self, basis: &BasisExplanation) -> Option<String> {
        let guards: Vec<&Step> = basis.guards.iter().flatten().collect();
        let tiers: Vec<(NodeId, Vec<NodeId>)> =
            guards.iter().filter_map(|guard| self.tests_of_tier(guard.node)).collect();
        let (looked_at, _) = tiers.first()?;
        if tiers.len() < guards.len() || tiers.iter().any(|(other, _)| other != looked_at) {
            return None;
        }
        let fact = self.fact_found(guards.iter().find_map(|guard| find(guard, *looked_at))?, "is");
        let covered: Vec<String> = tiers.iter().map(|(_, tests)| self.bounds(tests)).collect();
        let covered = self.list(&covered);
        Some(match self.lang {
            Lang::Zh => format!("{fact}，只支持{covered}"),
            Lang::En => format!("{fact}; there is support only for {covered}"),
        })
    }

    pub(super) fn amount_in_general(self, amount: Amount) -> String {
        match amount {
            Amount::Exact(node) => self.noun(node),
            Amount::Span { low, high: None } if self.is_zero(low) => {
                self.pick("由审定确定，文件没有写明金额", "fixed by the decision; the text names no amount").to_owned()
            }
            Amount::Span { low, high: None } => self.without_ceiling(&self.noun(low)),
            Amount::Span { low, high: Some(high) } if self.is_zero(low) => {
                format!("{}{}", self.pick("不超过", "up to "), self.noun(high))
            }
            Amount::Span { low, high: Some(high) } => {
                format!("{}{}{}", self.noun(low), self.pick(" 至 ", " to "), self.noun(high))
            }
            Amount::Nothing => self.pick("不予支持", "nothing").to_owned(),
        }
    }

    fn without_ceiling(self, low: &str) -> String {
        match self.lang {
            Lang::Zh => format!("不少于{low}，文件没有写明上限，由审定确定"),
            Lang::En => format!("{low} or more, fixed by the decision; the text names no ceiling"),
        }
    }

    /// The alternative that applies, and how its amount comes about; none where no amount was worked out.
    pub fn amount_found(self, measure: &Measure, basis: &BasisExplanation) -> Option<String> {
        let index = basis.alternative?;
        let alternative = &measure.pay.alternatives[index];
        let amounts: Vec<String> = basis.amount.iter().map(|step| self.worked_out(step)).collect();
        let amount = match (alternative.amount, &amounts[..]) {
            (Amount::Nothing, _) | (Amount::Span { high: None, .. }, [_])
                if basis.amount.iter().all(|low| self.is_zero(low.node)) =>
            {
                self.amount_in_general(alternative.amount)
            }
            (Amount::Span { high: None, .. }, [low]) => self.without_ceiling(low),
            (Amount::Span { low, .. }, [_, high]) if self.is_zero(low) => {
                format!("{}{high}", self.pick("不超过", "up to "))
            }
            (_, [low, high]) => format!("{low}{}{high}", self.pick(" 至 ", " to ")),
            (_, [amount]) => amount.clone(),
            // A row that something else leaves unknown has no amount worked out.
            _ => return None,
        };
        let guard = basis.guards.get(index).and_then(Option::as_ref);
        let which = match guard {
            _ if measure.pay.by_rank => Some(self.rank(index)),
            Some(guard) => Some(self.tier_found(guard)),
            None => None,
        };
        let which = which.map(|which| format!("{which}{}", self.pick("：", ": ")));
        Some(format!("{}{amount}", which.unwrap_or_default()))
    }

    /// The tier that a row is in, with what was found: of several values the one that it has.
    fn tier_found(self, guard: &Step) -> String {
        let parts = self.parts_of(guard.node);
        let found = parts.iter().filter_map(|part| find(guard, *part));
        let told: Vec<String> = found
            .map(|part| match (&self.plan.nodes[part.node].node, super::nouns::children(part)) {
                (Node::OneOf(..), [looked_at]) => self.fact_found(looked_at, "is"),
                _ => self.verdict(part),
            })
            .collect();
        // A range is told with both its ends.
        if self.tests_of_tier(guard.node).is_some_and(|(_, tests)| tests.len() > 1) {
            return self.verdict(guard);
        }
        told.join(self.pick("；", "; "))
    }

    /// An amount and what it is made of: 20万元，即贷款利息（128万元），以20万元为限.
    pub(super) fn worked_out(self, step: &Step) -> String {
        let amount = self.outcome(&step.value, step.node);
        if self.is_constant(step.node) {
            return amount;
        }
        let how = match self.is_one_thing(step.node) {
            true => self.noun(step.node),
            false => self.spelled(step.node, Some(step)),
        };
        format!("{amount}{}{how}", self.pick("，即", ", which is "))
    }
}

/// A step among those that a step was made of.
fn find(step: &Step, node: NodeId) -> Option<&Step> {
    if step.node == node {
        return Some(step);
    }
    super::nouns::children(step).iter().find_map(|part| find(part, node))
}
