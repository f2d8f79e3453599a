//! Why a row is not paid, what would have to be otherwise, and why a row is no basis: in sentences.

use duixian_rules::plan::{Condition, Measure, Node, Period, Plan};
use duixian_rules::vocabulary::Lang;

use super::limits::Limited;
use super::report::NeedLine;
use super::verdicts::TestLine;
use super::words::Words;
use crate::reference::{BasisExplanation, Need, Outside, Step, Truth};
use crate::result::Reason;

/// Why a row is not simply paid, in one line that stays true whatever becomes of others and names none of them: a limit says
/// what it asks. Empty where the row is paid.
pub fn reason_in_words(plan: &Plan, measure: &Measure, basis: &BasisExplanation, lang: Lang) -> String {
    let words = Words::new(plan, lang);
    match basis.row.reason() {
        Reason::Limit(index) => words.limit_asked(measure, &measure.limits[usize::from(index)].kind),
        _ => words.reason(Limited { measure, basis, code: "" }),
    }
}

impl Words<'_> {
    /// Why a row is not simply paid; empty where it is.
    pub fn reason(self, of: Limited) -> String {
        let Limited { measure, basis, .. } = of;
        let words = self.within(measure, basis);
        let reason = basis.row.reason();
        let told = match reason {
            Reason::ConditionFailed(index) => {
                let rule = &measure.conditions[usize::from(index)];
                basis.conditions.get(usize::from(index)).map(|step| words.inline(rule, step))
            }
            Reason::NoTier if basis.alternative.is_none() => words.without_tier(basis),
            Reason::PaysNothing(index) => {
                let guard = basis.guards.get(usize::from(index)).and_then(Option::as_ref);
                let tail = self.pick("，按例外规定不予支持", ", for which an exception pays nothing");
                guard.map(|guard| format!("{}{tail}", words.verdict(guard)))
            }
            Reason::Limit(index) => {
                let limit = basis.limits.iter().find(|limit| limit.limit == usize::from(index));
                limit.map(|limit| words.effect(of, limit))
            }
            Reason::Missing(_) => {
                let missing = words.missing(of);
                let label = self.pick("还缺：", "missing: ");
                (!missing.is_empty()).then(|| format!("{label}{}", self.list(&missing)))
            }
            Reason::None | Reason::NoTier | Reason::Contradiction(..) => None,
        };
        told.unwrap_or_else(|| self.in_words(reason.text(self.plan, measure, self.lang)))
    }

    /// All that keeps a row unknown, each once.
    fn missing(self, Limited { measure, basis, .. }: Limited) -> Vec<String> {
        let mut missing: Vec<String> = Vec::new();
        for gap in &basis.missing {
            let gap = self.gap_beside(gap, measure, basis);
            if !missing.contains(&gap) {
                missing.push(gap);
            }
        }
        if missing.is_empty() {
            let facts = basis.row.reason().missing_facts(measure);
            missing.extend(facts.map(|slot| self.fact_of(slot)));
        }
        missing
    }

    /// A condition as it came out. Where it turns a row away and the source does not state it, it is told whose it is.
    pub fn condition_told(self, rule: &Condition, step: &Step) -> (String, Vec<TestLine>) {
        let (mut sentence, cases) = self.condition(step);
        if rule.reading_of.is_some() && step.value.truth() == Truth::False {
            sentence += &self.aside(self.pick("依据本规则包的读法", "by the pack's reading"));
        }
        (sentence, cases)
    }

    /// The same in one line, with the cases under it.
    fn inline(self, rule: &Condition, step: &Step) -> String {
        let (sentence, cases) = self.condition_told(rule, step);
        if cases.is_empty() {
            return sentence;
        }
        let cases: Vec<String> = cases.into_iter().map(|case| case.text).collect();
        format!("{sentence}{}{}", self.pick("：", ": "), cases.join(self.pick("；", "; ")))
    }

    /// What would have to be otherwise, one line each, with its depth.
    pub fn needs(self, needs: &[Need]) -> Vec<NeedLine> {
        let mut lines = Vec::new();
        needs.iter().for_each(|need| self.add_need(need, 0, &mut lines));
        lines
    }

    fn add_need(self, need: &Need, depth: usize, lines: &mut Vec<NeedLine>) {
        let mut several = |heading: &str, needs: &[Need]| {
            lines.push(NeedLine { depth, text: heading.to_owned() });
            needs.iter().for_each(|need| self.add_need(need, depth + 1, lines));
        };
        match need {
            Need::All(needs) => several(self.pick("以下都要满足", "all of these"), needs),
            Need::Any(needs) => several(self.pick("以下满足一项即可", "any one of these"), needs),
            Need::Test { step, wanted, distance } => {
                let away = distance.map(|distance| self.distance(distance, self.compared_type(step)));
                lines.push(NeedLine { depth, text: self.wanted(step, *wanted, away.as_deref()) });
            }
        }
    }

    /// A day with what it is the day of.
    pub(super) fn dated_by(self, measure: &Measure, day: &str) -> String {
        format!("{}{}{day}", self.date_name(measure), self.pick("", " "))
    }

    /// What a measure's rows are dated by: the column's name, or that it is their date.
    fn date_name(self, measure: &Measure) -> String {
        let column = match measure.basis.period {
            Period::Dated { date, .. } => match &self.plan.nodes[date].node {
                Node::Column(table, column) => self.plan.vocabulary.tables[*table].columns.get(*column),
                _ => None,
            },
            Period::Yearly { .. } => None,
        };
        match column {
            Some(column) => self.name(&column.name),
            None => self.pick("日期", "date").to_owned(),
        }
    }

    /// Why a row is no basis in the assessed year.
    pub fn outside(self, why: Outside, measure: &Measure) -> String {
        let start = match measure.basis.period {
            Period::Dated { start, .. } => self.date(start),
            Period::Yearly { start } => self.year(start),
        };
        let what = self.date_name(measure);
        match (why, self.lang) {
            (Outside::NotMeant, Lang::Zh) => "不属于本措施所指".to_owned(),
            (Outside::NotMeant, Lang::En) => "not of the kind the measure means".to_owned(),
            (Outside::NotDated, Lang::Zh) => format!("{what}空缺，尚未发生"),
            (Outside::NotDated, Lang::En) => format!("{what}: has not happened yet"),
            (Outside::AfterAsOf(day, as_of), Lang::Zh) => {
                format!("{what}{}，在核算的截至日期{}之后", self.date(day), self.date(as_of))
            }
            (Outside::AfterAsOf(day, as_of), Lang::En) => {
                format!("{what} {}, after the as-of date {}", self.date(day), self.date(as_of))
            }
            (Outside::BeforeStart(day), Lang::Zh) => format!("{what}{}，早于起算日{start}", self.date(day)),
            (Outside::BeforeStart(day), Lang::En) => format!("{what} {}, before the start on {start}", self.date(day)),
            (Outside::OtherYear(year), Lang::Zh) => format!("属于{year}年"),
            (Outside::OtherYear(year), Lang::En) => format!("belongs to {year}"),
            (Outside::YearBeforeStart(year), Lang::Zh) => format!("{year}年早于起算年{start}"),
            (Outside::YearBeforeStart(year), Lang::En) => format!("{year}, before the start in {start}"),
        }
    }

    /// What a row would have to be for a measure to look at it.
    pub fn needed_basis(self, measure: &Measure) -> String {
        self.of(measure).rows(measure.basis.table, measure.basis.filter)
    }

    /// A basis's name among the party's other bases; none where it is the party itself.
    pub fn basis_name(self, basis: &BasisExplanation, measure: &Measure) -> String {
        let is_year = basis.year.is_some_and(|year| basis.basis == year.to_string());
        let name = match (&basis.basis[..], is_year) {
            ("", _) => self.table(measure.basis.table),
            (_, true) => format!("{} {}", self.table(measure.basis.table), self.year(basis.year.unwrap_or_default())),
            (name, false) => format!("{} {name}", self.table(measure.basis.table)),
        };
        let goes_by_date = matches!(measure.basis.period, Period::Dated { .. });
        match (basis.day, goes_by_date) {
            (Some(day), _) => format!("{name}{}", self.aside(&self.date(day))),
            (None, true) => format!("{name}{}", self.aside(self.pick("日期空缺", "date missing"))),
            (None, false) => name,
        }
    }
}
