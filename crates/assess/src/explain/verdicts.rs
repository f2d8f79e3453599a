//! Tests as sentences: what was found and how it comes out, what is asked in general, and what would have to be so.

use duixian_rules::plan::{AggregateKind, Comparison, Node, NodeId, NodeType};
use duixian_rules::vocabulary::Lang;

use super::claims::Claim;
use super::nouns::children;
use super::words::Words;
use crate::reference::{Step, Truth, Value};

/// One test of a condition, or a heading over several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestLine {
    /// How deep it stands under others, from 0.
    pub depth: usize,
    /// Whether it holds.
    pub truth: Truth,
    /// The test in words, with both sides of a comparison.
    pub text: String,
}

impl Words<'_> {
    /// A condition as it came out, in one sentence, and the cases under it where none of several holds.
    pub fn condition(self, step: &Step) -> (String, Vec<TestLine>) {
        let cases = self.open_cases(step);
        if cases.len() < 2 {
            let tail =
                if self.states_the_contrary(step) { self.pick("，不予支持", ", which rules it out") } else { "" };
            return (self.verdict(step) + tail, Vec::new());
        }
        let truth = step.value.truth();
        let heading = match truth {
            Truth::Unknown => {
                self.pick("下列情形是否有一项符合，还不能判定", "it is open whether one of these cases holds")
            }
            _ => self.pick("下列情形都不符合", "none of these cases holds"),
        };
        let line = |(index, case): (usize, &&Step)| {
            let text = match self.lang {
                Lang::Zh => format!("（{}）{}", index + 1, self.verdict(case)),
                Lang::En => format!("({}) {}", index + 1, self.verdict(case)),
            };
            TestLine { depth: 0, truth: case.value.truth(), text }
        };
        (heading.to_owned(), cases.iter().enumerate().map(line).collect())
    }

    /// All the tests that a condition is made of.
    pub fn all_tests(self, step: &Step) -> Vec<TestLine> {
        let mut lines = Vec::new();
        self.add_tests(step, 0, &mut lines);
        lines
    }

    fn add_tests(self, step: &Step, depth: usize, lines: &mut Vec<TestLine>) {
        let heading = match &self.plan.nodes[step.node].node {
            Node::And(_) => self.pick("以下各项都要符合", "all of these"),
            Node::Or(_) => self.pick("以下任一项符合即可", "any of these"),
            _ => {
                lines.push(TestLine { depth, truth: step.value.truth(), text: self.verdict(step) });
                return;
            }
        };
        lines.push(TestLine { depth, truth: step.value.truth(), text: heading.to_owned() });
        children(step).iter().for_each(|operand| self.add_tests(operand, depth + 1, lines));
    }

    /// How a test came out, in one sentence. Of several that are joined those are told which decide.
    pub fn verdict(self, step: &Step) -> String {
        let truth = step.value.truth();
        match (self.plan.definition(step.node), truth) {
            (Some(name), Truth::True | Truth::False) => {
                let says = self.by_definition(&self.name(name)).when(truth == Truth::True);
                format!("{says}{}", self.aside(&self.unnamed(step)))
            }
            _ => self.unnamed(step),
        }
    }

    fn unnamed(self, step: &Step) -> String {
        let truth = step.value.truth();
        match &self.plan.nodes[step.node].node {
            Node::Not(_) if children(step).len() == 1 => self.verdict(&children(step)[0]),
            Node::And(_) | Node::Or(_) => self.joined(&self.deciding(step)),
            _ => self.settled(self.claim(step.node, Some(step)), step, truth),
        }
    }

    fn settled(self, claim: Claim, step: &Step, truth: Truth) -> String {
        let comma = self.pick("，", ", ");
        match (claim, truth) {
            (claim, Truth::Unknown) => self.undecided(claim, step),
            (Claim::Whole(says), _) => says.when(truth == Truth::True),
            (Claim::Held { fact: Some(fact), echo, .. }, _) if echo == Some(truth == Truth::True) => fact,
            (Claim::Held { subject, fact, says, .. }, _) => {
                let none = || format!("{subject}{}", self.pick("无记录", ": none on record"));
                format!("{}{comma}{}", fact.unwrap_or_else(none), says.when(truth == Truth::True))
            }
        }
    }

    /// What cannot be told, and for want of what.
    fn undecided(self, claim: Claim, step: &Step) -> String {
        let mut missing: Vec<String> = Vec::new();
        self.add_missing(step, &mut missing);
        if missing.is_empty() {
            missing.push(self.pick("有关事实", "facts").to_owned());
        }
        let what = self.list(&missing);
        let asked = match (claim, self.lang) {
            (_, _) if matches!(self.plan.nodes[step.node].node, Node::Column(..)) => {
                return format!("{what}{}", self.pick("空缺，还不能判定", " missing, so it is open"));
            }
            (Claim::Held { subject, says, .. }, Lang::Zh) if subject == what => format!("是否{}", says.yes),
            (Claim::Held { subject, says, .. }, Lang::Zh) => format!("{subject}是否{}", says.yes),
            (Claim::Held { subject, says, .. }, Lang::En) if subject == what => format!("it is {}", says.yes),
            (Claim::Held { subject, says, .. }, Lang::En) => format!("{subject} is {}", says.yes),
            (Claim::Whole(_), Lang::Zh) => format!("是否{}", self.in_general(step.node)),
            (Claim::Whole(_), Lang::En) => self.in_general(step.node),
        };
        let what = self.quoted(what);
        match self.lang {
            Lang::Zh => format!("{what}空缺，不能判定{asked}"),
            Lang::En => format!("{what} missing, so it is open whether {asked}"),
        }
    }

    /// What is missing, as the rule calls it: a cell, or what is made of other rows.
    fn add_missing(self, step: &Step, missing: &mut Vec<String>) {
        let Value::Unknown(facts) = &step.value else { return };
        let node = &self.plan.nodes[step.node].node;
        let is_only = matches!(node, Node::Aggregate { kind: AggregateKind::Only, .. });
        let names = match node {
            _ if is_only => vec![self.noun(step.node) + &self.beside_years(step)],
            Node::Aggregate { .. } => facts.iter().map(|slot| self.fact_of(*slot)).collect(),
            _ if children(step).is_empty() => facts.iter().map(|slot| self.column(*slot)).collect(),
            _ => return children(step).iter().for_each(|part| self.add_missing(part, missing)),
        };
        for name in names {
            if !missing.contains(&name) {
                missing.push(name);
            }
        }
    }

    /// The parts of joined tests that decide: all that hold or the first that does, all that fail, or those that are open.
    fn deciding(self, step: &Step) -> Vec<&Step> {
        let truth = step.value.truth();
        let all: Vec<&Step> = children(step).iter().filter(|part| part.value.truth() == truth).collect();
        let is_or = matches!(self.plan.nodes[step.node].node, Node::Or(_));
        match truth {
            Truth::True if is_or => all.into_iter().take(1).collect(),
            Truth::False if is_or => self.without_mere_occurrence(all),
            Truth::False => self.without_what_has_not_happened(all),
            _ => all,
        }
    }

    /// The cases of which none holds for certain, where there is more than one.
    fn open_cases(self, step: &Step) -> Vec<&Step> {
        match self.plan.nodes[step.node].node {
            Node::Or(_) if step.value.truth() != Truth::True => self.deciding(step),
            _ => Vec::new(),
        }
    }

    /// Leaves out that something has happened where another case says more of it: 没有 迁入日期 或 基准日 不早于 迁入日期.
    fn without_mere_occurrence(self, cases: Vec<&Step>) -> Vec<&Step> {
        let nodes: Vec<NodeId> = cases.iter().map(|case| case.node).collect();
        let is_told = |case: &&Step| {
            let Some(it) = self.not_happened(case.node) else { return false };
            nodes.iter().any(|other| *other != case.node && self.looks_at(*other, it))
        };
        let left: Vec<&Step> = cases.iter().copied().filter(|case| !is_told(case)).collect();
        if left.is_empty() { cases } else { left }
    }

    /// Where something has not happened, what else is asked of it fails for that alone.
    fn without_what_has_not_happened(self, parts: Vec<&Step>) -> Vec<&Step> {
        let is_told = |part: &&Step| {
            parts.iter().any(|other| match self.plan.nodes[other.node].node {
                Node::Happened(it) => other.node != part.node && self.looks_at(part.node, it),
                _ => false,
            })
        };
        parts.iter().copied().filter(|part| !is_told(part)).collect()
    }

    fn not_happened(self, id: NodeId) -> Option<NodeId> {
        let Node::Not(inner) = self.plan.nodes[id].node else { return None };
        let Node::Happened(it) = self.plan.nodes[inner].node else { return None };
        Some(it)
    }

    fn looks_at(self, id: NodeId, it: NodeId) -> bool {
        id == it || crate::reference::operands(&self.plan.nodes[id].node).iter().any(|part| self.looks_at(*part, it))
    }

    /// Several verdicts. Bounds of one thing follow each other: 为40亿元，超过30亿元，不超过50亿元.
    fn joined(self, steps: &[&Step]) -> String {
        let mut texts: Vec<String> = Vec::new();
        let mut before: Option<String> = None;
        for step in steps {
            let truth = step.value.truth();
            let plain = matches!(self.plan.nodes[step.node].node, Node::Compare(..)) && truth != Truth::Unknown;
            let held = if plain { Some(self.claim(step.node, Some(step))) } else { None };
            match held {
                Some(Claim::Held { fact: Some(fact), says, echo, .. })
                    if before.as_ref() == Some(&fact) && echo != Some(truth == Truth::True) =>
                {
                    let said = says.when(truth == Truth::True);
                    if let Some(last) = texts.last_mut() {
                        *last = format!("{last}{}{said}", self.pick("，", ", "));
                    }
                }
                Some(Claim::Held { fact, .. }) => {
                    before = fact;
                    texts.push(self.verdict(step));
                }
                _ => {
                    before = None;
                    texts.push(self.verdict(step));
                }
            }
        }
        texts.dedup();
        texts.join(self.pick("；", "; "))
    }

    /// Whether the verdict of a test that fails says something that is so, and so not that it is in the way.
    fn states_the_contrary(self, step: &Step) -> bool {
        let is_flat = |id: NodeId| matches!(self.plan.nodes[id].node, Node::Happened(_) | Node::And(_) | Node::Or(_));
        step.value.truth() == Truth::False
            && match self.plan.nodes[step.node].node {
                Node::Not(inner) => !is_flat(inner),
                Node::Compare(Comparison::NotEqual, ..) => true,
                Node::Compare(Comparison::Equal | Comparison::AtMost, a, b) if self.counts(a) => {
                    self.plan.nodes[b].node == Node::Constant(0)
                }
                Node::Compare(Comparison::Equal, a, b) => {
                    self.plan.nodes[a].ty == NodeType::Bool && self.plan.nodes[b].node == Node::Constant(0)
                }
                _ => false,
            }
    }

    fn counts(self, id: NodeId) -> bool {
        matches!(self.plan.nodes[id].node, Node::Aggregate { kind: AggregateKind::Count, .. })
    }

    /// What a test asks, of no row.
    pub fn in_general(self, id: NodeId) -> String {
        self.asked(id, true)
    }

    /// What a test asks, or asks not.
    fn asked(self, id: NodeId, holds: bool) -> String {
        if let Some(name) = self.plan.definition(id) {
            return self.by_definition(&self.name(name)).when(holds);
        }
        match &self.plan.nodes[id].node {
            Node::Not(inner) => self.asked(*inner, !holds),
            Node::And(all) => self.asked_of_all(all, holds, holds),
            Node::Or(all) => self.asked_of_all(all, holds, !holds),
            _ => match self.claim(id, None) {
                Claim::Whole(says) => says.when(holds),
                Claim::Held { subject, says, .. } => {
                    format!("{subject}{}{}", self.pick("", " is "), says.when(holds))
                }
            },
        }
    }

    fn asked_of_all(self, all: &[NodeId], holds: bool, every: bool) -> String {
        let part = |id: &NodeId| {
            let text = self.asked(*id, holds);
            let is_joined = matches!(self.plan.nodes[*id].node, Node::And(_) | Node::Or(_)) && all.len() > 1;
            match self.lang {
                _ if !is_joined || self.plan.definition(*id).is_some() => text,
                Lang::Zh => format!("（{text}）"),
                Lang::En => format!("({text})"),
            }
        };
        let parts: Vec<String> = all.iter().map(part).collect();
        parts.join(if every { self.pick("且", " and ") } else { self.pick("或", " or ") })
    }

    /// What would have to be so of a test, beside what is, and how far that is away.
    pub fn wanted(self, step: &Step, wanted: bool, away: Option<&str>) -> String {
        let (text, is_held) = match (self.plan.definition(step.node), self.claim(step.node, None)) {
            (None, Claim::Held { subject, says, .. }) => match self.lang {
                Lang::Zh => (format!("{subject}须{}", says.when(wanted)), true),
                Lang::En => (format!("{subject} must be {}", says.when(wanted)), true),
            },
            _ => (format!("{}{}", self.pick("须", "needed: "), self.asked(step.node, wanted)), false),
        };
        let sides = children(step);
        let is_figure = is_held && matches!(self.plan.nodes[step.node].node, Node::Compare(..));
        let now = sides.first().filter(|_| is_figure).map(|left| {
            let value = self.outcome(&left.value, left.node) + &self.beside_years(left);
            match self.lang {
                Lang::Zh => format!("现为{value}"),
                Lang::En => format!("now {value}"),
            }
        });
        let known = |index: usize| sides.get(index).and_then(|side| side.value.known());
        let is_over = known(0) > known(1);
        let away = away.map(|away| match (is_over, self.lang) {
            (false, Lang::Zh) => format!("尚差{away}"),
            (false, Lang::En) => format!("{away} short"),
            (true, Lang::Zh) => format!("超出{away}"),
            (true, Lang::En) => format!("{away} over"),
        });
        let beside: Vec<String> = now.into_iter().chain(away).collect();
        if beside.is_empty() {
            return text;
        }
        format!("{text}{}", self.aside(&beside.join(self.pick("，", ", "))))
    }

    /// The type of the left side of a comparison.
    pub fn compared_type(self, step: &Step) -> NodeType {
        let left = crate::reference::operands(&self.plan.nodes[step.node].node).first().copied();
        self.plan.nodes[left.unwrap_or(step.node)].ty
    }
}
