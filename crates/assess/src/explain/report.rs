//! An explanation laid out for reading in one language: what text, pages and templates of others show. Every text is ready to
//! be read, and nothing in it is escaped.

use std::collections::BTreeMap;

use duixian_facts::table::Cell;
use duixian_money::{Fen, Span};
use duixian_rules::plan::{Amount, FactSlot, Measure, Node, Plan};
use duixian_rules::vocabulary::Lang;

use super::Clauses;
use super::expression::TestLine;
use super::words::Words;
use crate::reference::{
    BasisExplanation, FactRead, Gap, MeasureExplanation, Outside, OutsideRow, PartyExplanation, Step, Truth,
};
use crate::result::{Reason, Status};

/// The whole explanation. That of a claim ([`crate::reference::Claim::explained`]) has one measure with one basis.
#[derive(Clone, Debug)]
pub struct Report<'a> {
    /// For the words around it.
    pub(super) words: Words<'a>,
    /// The language of its texts.
    pub lang: Lang,
    /// The party's name, or its code where it has none.
    pub party: String,
    /// Its code.
    pub code: String,
    /// The policy's name.
    pub policy: String,
    /// The assessed year.
    pub year: String,
    /// The as-of date.
    pub as_of: String,
    /// One line for each status that occurs.
    pub summary: Vec<SummaryLine>,
    /// The facts that are missing, and for what.
    pub missing: Vec<String>,
    /// Measures with a basis.
    pub measures: Vec<MeasureReport>,
    /// Measures without one.
    pub without: Vec<WithoutBasis>,
}

/// How many bases have one status, and what they come to.
#[derive(Clone, Debug)]
pub struct SummaryLine {
    /// The status.
    pub status: Status,
    /// The figure.
    pub text: String,
    /// What it is made of.
    pub items: Vec<SummaryItem>,
}

/// One basis in the summary.
#[derive(Clone, Debug)]
pub struct SummaryItem {
    /// The measure's name and the basis's.
    pub name: String,
    /// The amount, or why there is none.
    pub outcome: String,
}

/// A measure with a basis.
#[derive(Clone, Debug)]
pub struct MeasureReport {
    /// Index in the plan.
    pub measure: usize,
    /// Its id in results: the English name.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its clause.
    pub clause: String,
    /// The clause's heading; may be empty.
    pub clause_title: String,
    /// How the clause is read.
    pub readings: Vec<String>,
    /// What the rule pays, in its own words.
    pub pays: String,
    /// The fund that pays it.
    pub fund: Option<String>,
    /// Notes by heading.
    pub notes: Vec<(&'static str, Vec<String>)>,
    /// The bases.
    pub bases: Vec<BasisReport>,
    /// The party's other rows of the table, and why they do not count.
    pub outside: Vec<String>,
}

/// One basis.
#[derive(Clone, Debug)]
pub struct BasisReport {
    /// Its row in the measure's table.
    pub row: u32,
    /// Its id in results: the id of the row, its year, or nothing.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its place in its file.
    pub place: Option<String>,
    /// What it comes to.
    pub status: Status,
    /// What it comes to in fen; none where facts are missing, 0 to 0 where it is refused.
    pub amount: Option<Span>,
    /// The amount in words, or why there is none.
    pub outcome: String,
    /// The same in a sentence.
    pub decision: String,
    /// The clause that decides.
    pub clause: String,
    /// From when it is paid.
    pub payable_from: Option<String>,
    /// The conditions, each with its tests.
    pub conditions: Vec<ConditionReport>,
    /// The alternative that applies, with its amount.
    pub pays: Option<String>,
    /// The limits, as far as the row came.
    pub limits: Vec<LimitReport>,
    /// What keeps the row unknown.
    pub missing: Vec<MissingReport>,
    /// What would have to be otherwise for a refused row.
    pub nearest: Vec<NeedLine>,
    /// The cells that were read.
    pub facts: Vec<FactReport>,
}

/// One limit.
#[derive(Clone, Debug)]
pub struct LimitReport {
    /// Whether it let the row through.
    pub passed: bool,
    /// The rule's own words.
    pub text: String,
    /// Its clause.
    pub clause: String,
    /// What it did.
    pub effect: String,
    /// Whether undecided claims may yet take the place.
    pub is_contested: bool,
}

/// Something that is missing and would settle the row.
#[derive(Clone, Debug)]
pub struct MissingReport {
    /// The fact.
    pub slot: FactSlot,
    /// The row of the empty cell; none where a row is missing.
    pub row: Option<u32>,
    /// Table, column and place.
    pub text: String,
}

/// One line of what would have to be otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NeedLine {
    /// How deep it stands under others, from 0.
    pub depth: usize,
    /// What it takes.
    pub text: String,
}

/// One condition.
#[derive(Clone, Debug)]
pub struct ConditionReport {
    /// Whether it holds.
    pub truth: Truth,
    /// The rule's own words.
    pub text: String,
    /// Its clause.
    pub clause: String,
    /// The general rule it comes from.
    pub general: Option<String>,
    /// The tests it is made of, with both sides.
    pub tests: Vec<TestLine>,
}

/// A cell that was read.
#[derive(Clone, Debug)]
pub struct FactReport {
    /// The fact.
    pub slot: FactSlot,
    /// Its row in the table.
    pub row: u32,
    /// Whether the cell is empty.
    pub is_empty: bool,
    /// Table and column.
    pub name: String,
    /// What stands there.
    pub value: String,
    /// Where; empty if not in a file.
    pub place: String,
}

/// A measure without a basis.
#[derive(Clone, Debug)]
pub struct WithoutBasis {
    /// Index in the plan.
    pub measure: usize,
    /// Its name.
    pub name: String,
    /// Its clause.
    pub clause: String,
    /// What basis it would need.
    pub needed: String,
    /// Rows that do not count, and why.
    pub outside: Vec<String>,
}

impl<'a> Report<'a> {
    /// Lays an explanation out. Where the party itself reads it, give it what [`PartyExplanation::for_audience`] leaves.
    pub fn new(explanation: &'a PartyExplanation, plan: &'a Plan, lang: Lang, clauses: Clauses<'a>) -> Report<'a> {
        let layout = Layout { words: Words::new(plan, lang), explanation, clauses };
        let (with, without): (Vec<_>, Vec<_>) =
            explanation.measures.iter().partition(|measure| !measure.bases.is_empty());
        Report {
            words: layout.words,
            lang,
            party: explanation.name.clone().unwrap_or_else(|| explanation.code.clone()),
            code: explanation.code.clone(),
            policy: layout.words.name(&plan.policy),
            year: layout.words.year(explanation.year),
            as_of: layout.words.date(explanation.as_of),
            summary: layout.summary(),
            missing: layout.missing(),
            measures: with.into_iter().map(|measure| layout.measure(measure)).collect(),
            without: without.into_iter().map(|measure| layout.without(measure)).collect(),
        }
    }
}

#[derive(Clone, Copy)]
struct Layout<'a> {
    words: Words<'a>,
    explanation: &'a PartyExplanation,
    clauses: Clauses<'a>,
}

impl<'a> Layout<'a> {
    fn bases(self) -> impl Iterator<Item = (&'a Measure, &'a BasisExplanation)> {
        let measures = self.explanation.measures.iter();
        measures.flat_map(move |of| of.bases.iter().map(move |basis| (&self.words.plan.measures[of.measure], basis)))
    }

    fn summary(self) -> Vec<SummaryLine> {
        let words = self.words;
        let mut lines = Vec::new();
        for status in Status::ALL {
            let of_status: Vec<_> = self.bases().filter(|(_, basis)| basis.row.status() == status).collect();
            if of_status.is_empty() {
                continue;
            }
            let count = match words.lang {
                Lang::Zh => format!("{}项", of_status.len()),
                Lang::En => of_status.len().to_string(),
            };
            let total = total(of_status.iter().filter_map(|(_, basis)| basis.row.amount()));
            let text = match status {
                Status::Entitled | Status::Conditional => {
                    let total = words.span(total, status == Status::Conditional);
                    format!("{count}{}{total}", words.pick("，合计", ", together "))
                }
                Status::Unknown | Status::NotEntitled => count,
            };
            let item = |(measure, basis): &(&Measure, &BasisExplanation)| {
                let name = format!("{} · {}", words.name(&measure.name), words.basis_name(basis, measure));
                SummaryItem { name, outcome: self.outcome(measure, basis) }
            };
            lines.push(SummaryLine { status, text, items: of_status.iter().map(item).collect() });
        }
        lines
    }

    /// Amount or reason.
    fn outcome(self, measure: &Measure, basis: &BasisExplanation) -> String {
        match (basis.row.status(), basis.row.amount()) {
            (Status::Entitled, Some(amount)) => self.words.due(amount),
            (Status::Conditional, Some(amount)) => self.words.span(amount, true),
            _ => self.words.reason(basis, measure),
        }
    }

    /// Each missing fact once, with the bases that wait for it.
    fn missing(self) -> Vec<String> {
        let words = self.words;
        let mut waiting: BTreeMap<(FactSlot, Option<u32>, String), Vec<String>> = BTreeMap::new();
        for (measure, basis) in self.bases() {
            for gap in &basis.missing {
                let key = (gap.slot(), gap.cell().map(|read| read.row), self.located(gap, None));
                let name = format!("{} {}", words.name(&measure.name), basis.basis).trim_end().to_owned();
                waiting.entry(key).or_default().push(name);
            }
        }
        let line = |((_, _, gap), waiting): ((_, _, String), Vec<String>)| match words.lang {
            Lang::Zh => format!("{gap}——用于判定：{}", words.list(&waiting)),
            Lang::En => format!("{gap} — to settle: {}", words.list(&waiting)),
        };
        waiting.into_iter().map(line).collect()
    }

    /// What is missing of a basis that belongs to a year, with its place.
    fn located(self, gap: &Gap, of_year: Option<i64>) -> String {
        self.words.gap(gap, of_year, gap.cell().and_then(|read| self.place(read)))
    }

    fn place(self, read: &FactRead) -> Option<String> {
        self.words.place(self.explanation.files.get(read.slot.table)?, read.line)
    }

    fn measure(self, of: &MeasureExplanation) -> MeasureReport {
        let words = self.words;
        let measure = &words.plan.measures[of.measure];
        let clause = (self.clauses)(&measure.clause).unwrap_or_default();
        let notes = [
            (words.pick("佐证", "Evidence to show"), &measure.notes.evidence),
            (words.pick("可附", "Evidence that may be added"), &measure.notes.optional_evidence),
            (words.pick("裁量", "What the official weighs"), &measure.notes.discretion),
            (words.pick("用途", "What the money is for"), &measure.notes.purpose),
        ];
        let notes = notes.into_iter().filter(|(_, notes)| !notes.is_empty());
        MeasureReport {
            measure: of.measure,
            id: measure.name.en.clone(),
            name: words.name(&measure.name),
            clause: measure.clause.clone(),
            clause_title: clause.title,
            readings: clause.readings,
            pays: words.rule(&measure.pay.text),
            fund: measure.fund.map(|fund| words.name(&words.plan.funds[fund].name)),
            notes: notes.map(|(heading, notes)| (heading, notes.clone())).collect(),
            bases: of.bases.iter().map(|basis| self.basis(measure, basis)).collect(),
            outside: self.outside(measure, of),
        }
    }

    /// The rows that might have been a basis. Those of another kind, and the accounts of other years, are no news to anyone.
    fn outside(self, measure: &Measure, of: &MeasureExplanation) -> Vec<String> {
        let named_by = |row: &OutsideRow, year: i64| row.basis == year.to_string();
        let line = |row: &OutsideRow| {
            let why = self.words.outside(row.why, measure);
            match row.why {
                Outside::NotMeant => None,
                Outside::OtherYear(year) if named_by(row, year) => None,
                Outside::YearBeforeStart(year) if named_by(row, year) => Some(why),
                _ if row.basis.is_empty() => Some(why),
                _ => Some(format!("{}{}{why}", row.basis, self.words.pick("：", ": "))),
            }
        };
        of.outside.iter().filter_map(line).collect()
    }

    fn without(self, of: &MeasureExplanation) -> WithoutBasis {
        let measure = &self.words.plan.measures[of.measure];
        WithoutBasis {
            measure: of.measure,
            name: self.words.name(&measure.name),
            clause: measure.clause.clone(),
            needed: self.words.needed_basis(measure),
            outside: self.outside(measure, of),
        }
    }

    fn basis(self, measure: &'a Measure, basis: &BasisExplanation) -> BasisReport {
        let words = self.words.of(measure);
        let file = self.explanation.files.get(measure.basis.table).map_or("", String::as_str);
        let condition = |(rule, step): (&duixian_rules::plan::Condition, &Step)| ConditionReport {
            truth: step.value.truth(),
            text: words.rule(&rule.text),
            clause: rule.clause.clone(),
            general: rule.general.as_ref().map(|general| words.name(general)),
            tests: words.tests(step),
        };
        let limits = basis.limits.iter().map(|trace| {
            let limit = &measure.limits[trace.limit];
            LimitReport {
                passed: trace.passed,
                text: words.rule(&limit.text),
                clause: limit.clause.clone(),
                effect: words.effect(trace),
                is_contested: !trace.pending.is_empty(),
            }
        });
        let missing = |gap: &Gap| MissingReport {
            slot: gap.slot(),
            row: gap.cell().map(|read| read.row),
            text: self.located(gap, basis.year),
        };
        BasisReport {
            row: basis.row.basis,
            id: basis.basis.clone(),
            name: words.basis_name(basis, measure),
            place: words.place(file, basis.line),
            status: basis.row.status(),
            amount: basis.row.amount(),
            outcome: self.outcome(measure, basis),
            decision: self.decision(measure, basis),
            clause: basis.row.clause(measure).to_owned(),
            payable_from: basis.row.payable_from().map(|day| words.date(day.into())),
            conditions: measure.conditions.iter().zip(&basis.conditions).map(condition).collect(),
            pays: self.pays(measure, basis),
            limits: limits.collect(),
            missing: basis.missing.iter().map(missing).collect(),
            nearest: words.needs(&basis.nearest),
            facts: self.facts(basis),
        }
    }

    fn decision(self, measure: &Measure, basis: &BasisExplanation) -> String {
        let outcome = self.outcome(measure, basis);
        // What the tests that fail need stands below; the first that fails is the reason.
        match basis.row.reason() {
            Reason::None | Reason::Missing(_) => outcome,
            _ => outcome + self.words.pick("。", "."),
        }
    }

    /// The alternative that applies, how its amount comes about.
    fn pays(self, measure: &'a Measure, basis: &BasisExplanation) -> Option<String> {
        let alternative = &measure.pay.alternatives[basis.alternative?];
        let words = self.words.of(measure);
        let amounts: Vec<String> = basis.amount.iter().map(|step| words.found(step)).collect();
        let amount = match (&alternative.amount, &amounts[..]) {
            (Amount::Span { high: None, .. }, [low]) => {
                format!("{low}{}", words.pick("起，不设上限", " or more, open above"))
            }
            (Amount::Span { low, .. }, [_, high]) if words.is_zero(*low) => {
                format!("{}{high}", words.pick("不超过", "up to "))
            }
            (_, [low, high]) => format!("{low}{}{high}", words.pick(" 至 ", " to ")),
            (_, [amount]) => amount.clone(),
            (Amount::Nothing, _) => words.pick("不予支付", "nothing").to_owned(),
            // A row that something else leaves unknown has no amount worked out.
            _ => return None,
        };
        let guard = basis.guards.get(basis.alternative?).and_then(Option::as_ref);
        let when = guard.map(|guard| {
            // Versions and exceptions join several tests into one: the rule's own words say which it is.
            let is_joined = alternative.guard.is_some_and(|id| matches!(words.plan.nodes[id].node, Node::And(_)));
            let which = if is_joined { words.rule(&alternative.text) } else { words.tier_found(guard) };
            format!("{which}{}", words.pick("：", ": "))
        });
        let names = words.names_used(guard.into_iter().chain(&basis.amount));
        Some(format!("{}{amount}{names}", when.unwrap_or_default()))
    }

    /// Every cell that was read, each once.
    fn facts(self, basis: &BasisExplanation) -> Vec<FactReport> {
        let mut facts: Vec<&FactRead> = Vec::new();
        let steps = basis.filter.iter().chain(&basis.date).chain(&basis.conditions);
        let steps = steps.chain(basis.guards.iter().flatten()).chain(&basis.amount);
        for step in steps.chain(basis.limits.iter().filter_map(|limit| limit.step.as_ref())) {
            step.each_fact(&mut |read, _| {
                if !facts.contains(&read) {
                    facts.push(read);
                }
            });
        }
        let report = |read: &FactRead| FactReport {
            slot: read.slot,
            row: read.row,
            is_empty: read.cell == Cell::Empty,
            name: self.words.fact(read.slot),
            value: self.words.cell(read),
            place: self.place(read).unwrap_or_default(),
        };
        facts.into_iter().map(report).collect()
    }
}

/// What some entitlements come to together, open if one of them is.
fn total(amounts: impl Iterator<Item = Span>) -> Span {
    amounts.fold(Span::exact(Fen(0)), |sum, amount| Span {
        low: Fen(sum.low.0.saturating_add(amount.low.0)),
        high: sum.high.zip(amount.high).map(|(one, other)| Fen(one.0.saturating_add(other.0))),
    })
}

/// The mark before a test or condition.
pub fn mark(truth: Truth) -> &'static str {
    match truth {
        Truth::True => "✓",
        Truth::False => "✗",
        Truth::Unknown => "?",
    }
}

/// The mark before a decision.
pub fn status_mark(status: Status) -> &'static str {
    match status {
        Status::Entitled => "✓",
        Status::Conditional => "◇",
        Status::Unknown => "?",
        Status::NotEntitled => "✗",
    }
}
