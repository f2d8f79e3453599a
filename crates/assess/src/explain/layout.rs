//! How an explanation is laid out as a [`Report`].

use std::collections::BTreeMap;

use duixian_facts::table::Cell;
use duixian_money::{Fen, Span};
use duixian_rules::plan::{FactSlot, Measure, Plan};
use duixian_rules::vocabulary::{Lang, TableKind};

use super::Clauses;
use super::limits::Limited;
use super::report::{
    BasisReport, ConditionReport, FactReport, LimitReport, MeasureReport, MissingReport, Report, SummaryItem,
    SummaryLine, WithoutBasis,
};
use super::rule::amounts_in_words;
use super::words::Words;
use crate::reference::{
    BasisExplanation, FactRead, Gap, MeasureExplanation, Outside, OutsideRow, PartyExplanation, Step,
};
use crate::result::{Reason, Status};

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

    fn limited<'m>(self, measure: &'m Measure, basis: &'m BasisExplanation) -> Limited<'m>
    where
        'a: 'm,
    {
        Limited { measure, basis, code: &self.explanation.code }
    }

    /// Amount or reason.
    fn outcome(self, measure: &Measure, basis: &BasisExplanation) -> String {
        match (basis.row.status(), basis.row.amount()) {
            (Status::Entitled, Some(amount)) => self.words.due(amount),
            (Status::Conditional, Some(amount)) => self.words.span(amount, true),
            _ => self.words.reason(self.limited(measure, basis)),
        }
    }

    /// Each missing fact once, with the bases that wait for it.
    fn missing(self) -> Vec<String> {
        let words = self.words;
        let mut waiting: BTreeMap<(FactSlot, Option<u32>, String), Vec<String>> = BTreeMap::new();
        for (measure, basis) in self.bases() {
            for gap in &basis.missing {
                let key = (gap.slot(), gap.cell().map(|read| read.row), words.gap(gap));
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
            clause_title: words.text(&clause.title),
            readings: words.texts(&clause.readings),
            pays: amounts_in_words(words.plan, measure, words.lang).join(words.pick("；", "; ")),
            fund: measure.fund.map(|fund| words.name(&words.plan.funds[fund].name)),
            notes: notes.map(|(heading, notes)| (heading, words.texts(notes))).collect(),
            bases: of.bases.iter().map(|basis| self.basis(measure, basis)).collect(),
            outside: self.outside(measure, of),
        }
    }

    /// The rows that might have been a basis. Those of another kind, and the accounts of other years, are no news to anyone:
    /// that those of a year long gone lie before the start says nothing of why the assessed year has none.
    fn outside(self, measure: &Measure, of: &MeasureExplanation) -> Vec<String> {
        let named_by = |row: &OutsideRow, year: i64| row.basis == year.to_string();
        let line = |row: &OutsideRow| {
            let why = self.words.outside(row.why, measure);
            match row.why {
                Outside::NotMeant => None,
                Outside::OtherYear(year) if named_by(row, year) => None,
                Outside::YearBeforeStart(year) if named_by(row, year) => (year == self.explanation.year).then_some(why),
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
            needed: self.needed(measure),
            outside: self.outside(measure, of),
        }
    }

    /// What would be a basis; of accounts, whose.
    fn needed(self, measure: &Measure) -> String {
        let needed = self.words.needed_basis(measure);
        let is_account = self.words.plan.vocabulary.tables[measure.basis.table].kind == TableKind::Account;
        match (is_account, self.words.year(self.explanation.year), self.words.lang) {
            (false, ..) => needed,
            (true, year, Lang::Zh) => format!("{year}的{needed}"),
            (true, year, Lang::En) => format!("{needed} for {year}"),
        }
    }

    fn basis(self, measure: &'a Measure, basis: &BasisExplanation) -> BasisReport {
        let words = self.words.within(measure, basis);
        let file = self.explanation.files.get(measure.basis.table).map_or("", String::as_str);
        let condition = |(rule, step): (&duixian_rules::plan::Condition, &Step)| {
            let (sentence, tests) = words.condition_told(rule, step);
            ConditionReport {
                truth: step.value.truth(),
                sentence,
                asked: words.in_general(rule.node),
                text: words.rule(&rule.text),
                clause: rule.reading_of.as_ref().unwrap_or(&rule.clause).clone(),
                is_reading: rule.reading_of.is_some(),
                general: rule.general.as_ref().map(|general| words.name(general)),
                tests,
            }
        };
        let limited = self.limited(measure, basis);
        let limits = basis.limits.iter().map(|trace| {
            let limit = &measure.limits[trace.limit];
            LimitReport {
                passed: trace.passed,
                asked: words.limit_asked(measure, &limit.kind),
                text: words.rule(&limit.text),
                clause: limit.clause.clone(),
                effect: words.effect(limited, trace),
                is_contested: !trace.pending.is_empty(),
            }
        });
        let missing = |gap: &Gap| MissingReport {
            slot: gap.slot(),
            row: gap.cell().map(|read| read.row),
            text: words.gap(gap),
            place: gap.cell().and_then(|read| self.place(read)),
        };
        // Which amount it would be matters to nobody where a condition fails.
        let is_refused = matches!(basis.row.reason(), Reason::ConditionFailed(_));
        let guards = basis.guards.iter().flatten().filter(|_| !is_refused);
        let steps = basis.conditions.iter().chain(guards).chain(&basis.amount);
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
            calculations: words.calculations(steps),
            pays: words.amount_found(measure, basis),
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
            name: self.words.fact(read),
            value: self.words.cell(read),
            table: self.words.table(read.slot.table),
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
