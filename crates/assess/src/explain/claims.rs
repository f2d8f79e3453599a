//! What one test says of a row, in the words for each of its outcomes. This is where every test of the language gets its words;
//! [`super::verdicts`] makes sentences of them.

use duixian_rules::plan::{AggregateKind, Comparison, FactSlot, Node, NodeId, NodeType};
use duixian_rules::vocabulary::{ColumnType, Lang};

use super::nouns::{children, happening};
use super::predicates::{comparing, mirrored, polar};
use super::words::Words;
use crate::reference::{Detail, Step, Value};

/// A test in words.
pub(super) enum Claim {
    /// Something is held against something else.
    Held {
        /// What is looked at: 销售额.
        subject: String,
        /// The same with what was found: 销售额为463万元. None where there is nothing to compare.
        fact: Option<String>,
        /// What it says of the subject where it holds, and where not: 达到1亿元, 未达到1亿元.
        says: Says,
        /// The outcome in which the fact says it all.
        echo: Option<bool>,
    },
    /// A statement that cannot be taken apart.
    Whole(Says),
}

/// What is said where a test holds, and where it does not.
pub(super) struct Says {
    pub(super) yes: String,
    pub(super) no: String,
}

impl Says {
    pub(super) fn when(self, holds: bool) -> String {
        if holds { self.yes } else { self.no }
    }
}

fn says((yes, no): (String, String)) -> Says {
    Says { yes, no }
}

impl Words<'_> {
    /// What a test says, with what was found in `step`; in general, where there is none. Not of what joins tests.
    pub(super) fn claim(self, id: NodeId, step: Option<&Step>) -> Claim {
        let operand = |index: usize| step.and_then(|step| children(step).get(index));
        match &self.plan.nodes[id].node {
            Node::Compare(comparison, a, b) if self.is_constant(*a) && !self.is_constant(*b) => {
                self.comparison(mirrored(*comparison), (*b, operand(1)), (*a, operand(0)))
            }
            Node::Compare(comparison, a, b) => self.comparison(*comparison, (*a, operand(0)), (*b, operand(1))),
            Node::CompareRatio { comparison, rate, .. } => self.ratio(id, *comparison, *rate, step),
            Node::OneOf(a, choices) => {
                let ty = self.plan.nodes[*a].ty;
                let choices: Vec<String> = choices.iter().map(|choice| self.tier_value(*a, *choice, ty)).collect();
                self.one_of((*a, operand(0)), &choices)
            }
            Node::TextIs(a, texts) => self.one_of((*a, operand(0)), texts),
            Node::HasPrefix(a, prefixes) => {
                let ty = self.column_type(*a);
                let says = says(self.begins(ty, prefixes));
                let subject = self.noun(*a);
                // The code alone: whether it belongs to what has a name is what the test says.
                let code = operand(0).and_then(|step| match &step.detail {
                    Detail::Fact(read) => read.text().map(str::to_owned),
                    _ => None,
                });
                let echo = code.as_ref().is_some_and(|code| prefixes.contains(code)).then_some(true);
                let fact = code.map(|code| format!("{subject}{}{code}", self.pick("为", " is ")));
                let has_name = ty.is_some_and(|ty| self.plan.vocabulary.group_of(ty, prefixes).is_some());
                Claim::Held { subject, fact, says, echo: echo.filter(|_| !has_name) }
            }
            Node::Happened(a) => Claim::Whole(self.happened(*a, operand(0))),
            Node::Aggregate { kind: AggregateKind::Any, table, filter, .. } => {
                let rows = self.rows(*table, *filter);
                Claim::Whole(says(self.rows_there(&rows, "")))
            }
            Node::Column(table, column) => {
                let name = self.column(FactSlot { table: *table, column: *column });
                Claim::Whole(says(polar(&name, self.lang).unwrap_or_else(|| self.answered(&name, step.is_some()))))
            }
            _ => {
                let noun = self.noun(id);
                Claim::Whole(match self.lang {
                    Lang::Zh => Says { yes: format!("{noun}成立"), no: format!("{noun}不成立") },
                    Lang::En => Says { yes: format!("{noun} holds"), no: format!("{noun} does not hold") },
                })
            }
        }
    }

    /// What a name says that is no statement: with its answer where there is one, otherwise as what is asked for.
    fn answered(self, name: &str, is_found: bool) -> (String, String) {
        match (is_found, self.lang) {
            (true, Lang::Zh) => (format!("{name}：是"), format!("{name}：否")),
            (true, Lang::En) => (format!("{name}: yes"), format!("{name}: no")),
            (false, Lang::Zh) => (name.to_owned(), format!("并非{name}")),
            (false, Lang::En) => (name.to_owned(), format!("not {name}")),
        }
    }

    /// What a definition says by its name.
    pub(super) fn by_definition(self, name: &str) -> Says {
        says(polar(name, self.lang).unwrap_or_else(|| match self.lang {
            Lang::Zh => (format!("符合“{name}”"), format!("不符合“{name}”")),
            Lang::En => (format!("“{name}” holds"), format!("“{name}” does not hold")),
        }))
    }

    fn held(self, (a, left): (NodeId, Option<&Step>), says: Says, echo: Option<bool>) -> Claim {
        let verb = self.pick("", "is");
        let fact = left.and_then(|left| self.found_value(left, verb));
        Claim::Held { subject: self.noun(a), fact, says, echo }
    }

    /// What was found of something, a cell as it stands there; none where it is absent.
    fn found_value(self, step: &Step, verb: &str) -> Option<String> {
        if step.value == Value::Absent {
            return None;
        }
        Some(match &step.detail {
            Detail::Fact(read) => match self.lang {
                Lang::Zh => format!("{}为{}", self.noun(step.node), self.cell(read)),
                Lang::En if self.plan.nodes[step.node].ty == NodeType::Text => {
                    format!("{} is {}", self.noun(step.node), self.cell(read))
                }
                Lang::En => self.fact_found(step, verb),
            },
            _ => self.fact_found(step, verb),
        })
    }

    fn comparison(
        self,
        comparison: Comparison,
        (a, left): (NodeId, Option<&Step>),
        (b, right): (NodeId, Option<&Step>),
    ) -> Claim {
        let ty = self.plan.nodes[a].ty;
        let bound = match self.plan.nodes[b].node {
            Node::Constant(value) => Some(value),
            _ => None,
        };
        match (&self.plan.nodes[a].node, bound) {
            (Node::Column(..), Some(wanted)) if ty == NodeType::Bool => {
                let Claim::Whole(Says { yes, no }) = self.claim(a, left) else { return self.claim(a, left) };
                let as_asked = (wanted == 1) == (comparison == Comparison::Equal);
                return Claim::Whole(if as_asked { Says { yes, no } } else { Says { yes: no, no: yes } });
            }
            (Node::YearsBetween(..), Some(years)) if matches!(comparison, Comparison::AtLeast | Comparison::Less) => {
                return self.whole_years(a, left, years, comparison == Comparison::AtLeast);
            }
            (Node::Aggregate { kind: AggregateKind::Count, table, filter, .. }, Some(bound)) => {
                return self.count(self.rows(*table, *filter), left, comparison, bound);
            }
            (Node::Column(..), Some(0)) if ty == NodeType::Money && comparison == Comparison::Greater => {
                let value = left.map(|left| self.outcome(&left.value, a)).unwrap_or_default();
                return Claim::Whole(says(self.amount_there(&self.noun(a), &value)));
            }
            _ => {}
        }
        let bound = match bound {
            Some(value) => self.tier_value(a, value, ty),
            None => self.noun_found(b, right),
        };
        let (yes, no) = match (comparison, bound.as_str(), self.lang) {
            // “Not over 0” is no way to speak of a number of things.
            (Comparison::Greater, "0", Lang::Zh) => ("大于0".to_owned(), "不足1".to_owned()),
            _ => {
                let (yes, no) = comparing(comparison, ty, self.lang);
                (format!("{yes}{bound}"), format!("{no}{bound}"))
            }
        };
        let is_exact = matches!(comparison, Comparison::Equal | Comparison::NotEqual);
        let is_time = matches!(ty, NodeType::Date | NodeType::Year);
        let verb = if is_exact || is_time { "is" } else { "came to" };
        let absent =
            [(a, left), (b, right)].into_iter().find(|(_, step)| step.is_some_and(|step| step.value == Value::Absent));
        if let Some((id, Some(step))) = absent {
            return Claim::Whole(self.nothing_to_compare(id, step, &yes, a));
        }
        let echo = is_exact.then_some(comparison == Comparison::Equal);
        let fact = left.and_then(|left| self.found_value(left, verb));
        Claim::Held { subject: self.noun(a), fact, says: Says { yes, no }, echo }
    }

    /// A side of a comparison has not happened: then it does not hold, whatever it asks.
    fn nothing_to_compare(self, absent: NodeId, step: &Step, yes: &str, a: NodeId) -> Says {
        // A year is absent where its date is.
        let (what, found) = match (&self.plan.nodes[absent].node, children(step)) {
            (Node::YearOf(date), [found]) => (*date, found),
            _ => (absent, step),
        };
        let Says { no, .. } = self.happened(what, Some(found));
        let text = match (absent == a, self.lang) {
            (true, Lang::Zh) => format!("{no}，不能认为{yes}"),
            (true, Lang::En) => format!("{no}, so it cannot be {yes}"),
            (false, Lang::Zh) => format!("{no}，{}无从比较", self.noun(a)),
            (false, Lang::En) => format!("{no} to compare with {}", self.noun(a)),
        };
        Says { yes: text.clone(), no: text }
    }

    fn ratio(self, id: NodeId, comparison: Comparison, rate: NodeId, step: Option<&Step>) -> Claim {
        let (yes, no) = comparing(comparison, NodeType::Percent, self.lang);
        let parts = step.map(children).unwrap_or_default();
        let bound = self.noun_found(rate, parts.get(2));
        let says = Says { yes: format!("{yes}{bound}"), no: format!("{no}{bound}") };
        let fact = step.map(|step| {
            let sides = self.spelled(id, Some(step));
            match self.quotient(parts, rate) {
                Some(quotient) => format!("{sides} {quotient}"),
                None => format!("{sides}{}", self.pick("，无从计算", ", which cannot be worked out")),
            }
        });
        Claim::Held { subject: self.spelled(id, None), fact, says, echo: None }
    }

    /// A quotient with two decimals, cut off away from what it is compared with, so that it never seems to equal what it misses.
    fn quotient(self, parts: &[Step], rate: NodeId) -> Option<String> {
        let known = |index: usize| parts.get(index).and_then(|part| part.value.known()).map(i128::from);
        let (numerator, denominator, against) = (known(0)?, known(1)?, known(2)?);
        if denominator <= 0 {
            return None;
        }
        let is_percent = self.plan.nodes[rate].ty == NodeType::Percent;
        let step = if is_percent { 100 } else { 10_000 };
        let ppm = numerator * 1_000_000;
        let down = ppm.div_euclid(denominator * step) * step;
        let is_exact = down * denominator == ppm;
        let is_over = ppm > against * denominator;
        let shown = if is_exact || !is_over { down } else { down + step };
        let text = self.value(i64::try_from(shown).ok()?, self.plan.nodes[rate].ty);
        Some(format!("{} {text}", if is_exact { "=" } else { "≈" }))
    }

    fn one_of(self, left: (NodeId, Option<&Step>), choices: &[String]) -> Claim {
        let (yes, no, echo) = match (choices, self.lang) {
            ([one], Lang::Zh) => (format!("为{one}"), format!("不是{one}"), Some(true)),
            ([one], Lang::En) => (one.clone(), format!("not {one}"), Some(true)),
            (_, Lang::Zh) => {
                let all = self.list(choices);
                (format!("属于{all}之一"), format!("不属于{all}"), None)
            }
            (_, Lang::En) => {
                let all = self.list(choices);
                (format!("one of {all}"), format!("none of {all}"), None)
            }
        };
        self.held(left, Says { yes, no }, echo)
    }

    fn begins(self, ty: Option<ColumnType>, prefixes: &[String]) -> (String, String) {
        let is_division = ty == Some(ColumnType::Division);
        let is_code = is_division || ty == Some(ColumnType::Industry);
        let whole = ty.and_then(|ty| self.plan.vocabulary.group_of(ty, prefixes));
        let one = |prefix: &String| {
            let alone = ty.and_then(|ty| self.plan.vocabulary.group_of(ty, std::slice::from_ref(prefix)));
            alone.map_or_else(|| prefix.clone(), |group| format!("{}{}", self.name(group), self.aside(prefix)))
        };
        let what = match whole {
            Some(group) => format!("{}{}", self.name(group), self.aside(&self.list(prefixes))),
            None => prefixes.iter().map(one).collect::<Vec<_>>().join(self.pick("、", " or ")),
        };
        match (is_code, is_division, self.lang) {
            (false, _, Lang::Zh) => (format!("以{what}开头"), format!("不以{what}开头")),
            (false, _, Lang::En) => (format!("beginning with {what}"), format!("not beginning with {what}")),
            (true, true, Lang::Zh) if whole.is_some() => (format!("在{what}"), format!("不在{what}")),
            (true, _, Lang::Zh) => (format!("属于{what}"), format!("不属于{what}")),
            (true, _, Lang::En) => (format!("in {what}"), format!("not in {what}")),
        }
    }

    /// Whether something is on record. A date is told by what happened on it.
    fn happened(self, a: NodeId, found: Option<&Step>) -> Says {
        if let Node::Aggregate { table, filter, .. } = &self.plan.nodes[a].node {
            return says(self.rows_there(&self.rows(*table, *filter), ""));
        }
        let noun = self.noun(a);
        let value = match found.map(|step| (&step.value, &step.detail)) {
            Some((Value::Known(_), Detail::Fact(read))) => self.aside(&self.cell(read)),
            Some((value @ Value::Known(_), _)) => self.aside(&self.outcome(value, a)),
            _ => String::new(),
        };
        let is_date = self.plan.nodes[a].ty == NodeType::Date;
        match self.lang {
            Lang::Zh if is_date => says(self.on_record(&format!("{}记录", happening(&noun)), &value)),
            Lang::Zh => says(self.on_record(&format!("{noun}记录"), &value)),
            Lang::En => says(self.on_record(&format!("“{noun}”"), &value)),
        }
    }

    fn on_record(self, what: &str, value: &str) -> (String, String) {
        match self.lang {
            Lang::Zh => (format!("有{what}{value}"), format!("没有{what}")),
            Lang::En => (format!("{what} on record{value}"), format!("no {what} on record")),
        }
    }

    fn rows_there(self, rows: &str, value: &str) -> (String, String) {
        match self.lang {
            Lang::Zh => self.on_record(rows, value),
            Lang::En => (format!("there are {rows}{value}"), format!("there are no {rows}")),
        }
    }

    fn amount_there(self, noun: &str, value: &str) -> (String, String) {
        let aside = if value.is_empty() { String::new() } else { self.aside(value) };
        match self.lang {
            Lang::Zh => (format!("有{noun}{aside}"), format!("没有{noun}{aside}")),
            Lang::En => (format!("there is {noun}{aside}"), format!("there is no {noun}{aside}")),
        }
    }

    fn whole_years(self, a: NodeId, left: Option<&Step>, years: i64, is_least: bool) -> Claim {
        let Node::YearsBetween(from, to) = self.plan.nodes[a].node else {
            return self.held((a, left), Says { yes: String::new(), no: String::new() }, None);
        };
        let time = |step: Option<&Step>| {
            let side = |index: usize, id: NodeId| self.noun_found(id, step.and_then(|step| children(step).get(index)));
            let (from, to) = (side(0, from), side(1, to));
            match self.lang {
                Lang::Zh => format!("从{from}到{to}"),
                Lang::En => format!("from {from} to {to}"),
            }
        };
        let (full, short) = match self.lang {
            Lang::Zh => (format!("已满{years}年"), format!("未满{years}年")),
            Lang::En => (format!("at least {years} full years"), format!("less than {years} full years")),
        };
        let says = if is_least { Says { yes: full, no: short } } else { Says { yes: short, no: full } };
        let is_absent = left.is_some_and(|left| left.value == Value::Absent);
        let fact = left.filter(|_| !is_absent).map(|left| time(Some(left)));
        Claim::Held { subject: time(None), fact, says, echo: None }
    }

    /// How many rows there are: whether there are any, or how many.
    fn count(self, rows: String, left: Option<&Step>, comparison: Comparison, bound: i64) -> Claim {
        let found = left.and_then(|left| left.value.known());
        let number = found.map(|found| match self.lang {
            Lang::Zh => self.aside(&format!("{found}项")),
            Lang::En => self.aside(&found.to_string()),
        });
        let there = || self.rows_there(&rows, number.as_deref().filter(|_| found != Some(0)).unwrap_or_default());
        match (comparison, bound) {
            (Comparison::Greater | Comparison::NotEqual, 0) | (Comparison::AtLeast, 1) => Claim::Whole(says(there())),
            (Comparison::Equal | Comparison::AtMost, 0) | (Comparison::Less, 1) => {
                let (some, none) = there();
                Claim::Whole(Says { yes: none, no: some })
            }
            _ => {
                let (yes, no) = comparing(comparison, NodeType::Count, self.lang);
                let (subject, fact, unit) = match self.lang {
                    Lang::Zh => (rows.clone(), found.map(|found| format!("{rows}有{found}项")), "项"),
                    Lang::En => (
                        format!("the number of {rows}"),
                        found.map(|found| format!("the number of {rows} is {found}")),
                        "",
                    ),
                };
                let says = Says { yes: format!("{yes}{bound}{unit}"), no: format!("{no}{bound}{unit}") };
                Claim::Held { subject, fact, says, echo: (comparison == Comparison::Equal).then_some(true) }
            }
        }
    }

    /// A figure as something is measured against it: that of 第几年 (nth year) is told as 第3年 (year 3).
    pub(super) fn tier_value(self, looked_at: NodeId, value: i64, ty: NodeType) -> String {
        match (self.ordinal(looked_at), self.lang) {
            (Some(unit), Lang::Zh) => format!("第{value}{unit}"),
            (Some(unit), Lang::En) => format!("{unit} {value}"),
            (None, _) => self.value(value, ty),
        }
    }

    fn column_type(self, id: NodeId) -> Option<ColumnType> {
        match self.plan.nodes[id].node {
            Node::Column(table, column) => Some(self.plan.vocabulary.tables[table].columns[column].ty),
            _ => None,
        }
    }
}
