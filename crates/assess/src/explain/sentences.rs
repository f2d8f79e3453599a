//! What limits did, what would have to be otherwise, and why a row is no basis: in sentences.

use duixian_money::Fen;
use duixian_rules::plan::{Measure, Node, NodeType, Period};
use duixian_rules::vocabulary::Lang;

use super::report::NeedLine;
use super::words::Words;
use crate::reference::{BasisExplanation, Detail, Effect, LimitTrace, Need, OtherRow, Outside, Step, Truth};
use crate::result::Reason;

impl Words<'_> {
    /// Why a row is not simply paid; empty where it is. Where no tier covers it, what the tiers look at is named.
    pub fn reason(self, basis: &BasisExplanation, measure: &Measure) -> String {
        let words = Words::new(self.plan, self.lang).of(measure);
        let reason = basis.row.reason();
        let mut missing: Vec<String> = basis.missing.iter().map(|gap| self.gap(gap, basis.year, None)).collect();
        missing.dedup();
        if !missing.is_empty() {
            return format!("{}{}", self.pick("还缺：", "missing: "), self.list(&missing));
        }
        let text = self.in_words(reason.text(self.plan, measure, self.lang));
        let values = match reason {
            Reason::NoTier if basis.alternative.is_none() => words.values_without_tier(basis),
            _ => Vec::new(),
        };
        if values.is_empty() { text } else { format!("{text}{}{}", self.pick("：", ": "), self.list(&values)) }
    }

    /// What the tests look at that keep a row out of the tiers it comes nearest to.
    fn values_without_tier(self, basis: &BasisExplanation) -> Vec<String> {
        let failed = |guard| {
            let mut failed = Vec::new();
            self.add_failed(guard, &mut failed);
            failed
        };
        let guards: Vec<Vec<&Step>> = basis.guards.iter().flatten().map(failed).collect();
        let fewest = guards.iter().map(Vec::len).min().unwrap_or(0);
        let mut values: Vec<String> = Vec::new();
        for test in guards.into_iter().filter(|failed| failed.len() == fewest).flatten() {
            let Detail::Operands(operands) = &test.detail else { continue };
            let value = |looked_at| self.found(looked_at) + &self.names_used([looked_at]);
            let Some(value) = operands.first().map(value) else { continue };
            if !values.contains(&value) {
                values.push(value);
            }
        }
        values
    }

    /// The tests within a condition that do not hold.
    fn add_failed<'s>(self, step: &'s Step, failed: &mut Vec<&'s Step>) {
        match (&self.plan.nodes[step.node].node, &step.detail) {
            (Node::And(_) | Node::Or(_), Detail::Operands(operands)) => {
                operands.iter().for_each(|operand| self.add_failed(operand, failed));
            }
            _ if step.value.truth() == Truth::False => failed.push(step),
            _ => {}
        }
    }

    /// What a limit did with a row, and which undecided claims may yet change that.
    pub fn effect(self, limit: &LimitTrace) -> String {
        let mut done = self.done(limit);
        match (limit.unsettled, self.lang) {
            (0, _) => {}
            (rows, Lang::Zh) => done += &format!("；另有{rows}项待定，补齐后可能改变本项"),
            (1, Lang::En) => done += "; 1 other row still misses facts and may change this once they are there",
            (rows, Lang::En) => {
                done += &format!("; {rows} other rows still miss facts and may change this once they are there");
            }
        }
        if limit.pending.is_empty() {
            return done;
        }
        let rivals: Vec<String> = limit.pending.iter().map(|rival| self.other(rival)).collect();
        match self.lang {
            Lang::Zh => {
                format!("{done}；另有{}件申请尚未审定：{}，先获准的先占", rivals.len(), self.list(&rivals))
            }
            Lang::En => {
                let rivals = self.list(&rivals);
                format!("{done}; not decided yet: {rivals}; whichever is granted first takes the place")
            }
        }
    }

    fn done(self, limit: &LimitTrace) -> String {
        let by_type = limit.step.as_ref().map_or(NodeType::Count, |step| self.plan.nodes[step.node].ty);
        let other = || limit.other.as_ref().map(|other| self.other(other)).unwrap_or_default();
        let goes_by_date = limit.other.as_ref().is_some_and(|other| other.case.is_none() && !other.is_withheld);
        match (&limit.effect, self.lang) {
            (Effect::Once { taken_by: None }, Lang::Zh) => "此前没有其他依据占用，由本项享受".to_owned(),
            (Effect::Once { taken_by: None }, Lang::En) => "no earlier basis has taken it".to_owned(),
            // What is on record was decided first, whatever the dates.
            (Effect::Once { taken_by: Some(_) }, Lang::Zh) if !goes_by_date => {
                format!("只兑现一次，已由{}占用", other())
            }
            (Effect::Once { taken_by: Some(_) }, Lang::En) if !goes_by_date => {
                format!("paid once only; taken by {}", other())
            }
            (Effect::Once { taken_by: Some(_) }, Lang::Zh) => format!("只兑现一次，已由更早的{}占用", other()),
            (Effect::Once { taken_by: Some(_) }, Lang::En) => {
                format!("paid once only; taken by the earlier {}", other())
            }
            (Effect::Years { first, last }, Lang::Zh) => format!("覆盖{first}年至{last}年"),
            (Effect::Years { first, last }, Lang::En) => format!("covers the years {first} to {last}"),
            (Effect::Top { rank, ranked, places, value, .. }, _) => {
                let value = self.value(*value, by_type);
                let standing = match self.lang {
                    Lang::Zh => format!("{value}，在{ranked}家（项）中排第{rank}，名额{places}个"),
                    Lang::En => format!("{value}, rank {rank} of {ranked}, for {places} places"),
                };
                if limit.passed { standing } else { standing + &self.last_place(limit, by_type) }
            }
            (Effect::TopUp { full, .. } | Effect::Cap { full, .. }, _) if full.high == Some(Fen(0)) => {
                self.pick("按规定计算金额为零，无可扣减", "the rule itself comes to zero, nothing to cut").to_owned()
            }
            (Effect::TopUp { full, reached: Fen(0), .. }, Lang::Zh) => {
                format!("此前没有兑现过，按{}全额", self.span(*full, false))
            }
            (Effect::TopUp { full, reached: Fen(0), .. }, Lang::En) => {
                format!("nothing reached before; {} in full", self.span(*full, false))
            }
            (Effect::TopUp { full, reached, .. }, Lang::Zh) => {
                format!("本档{}，此前{}已达到{}，补差额", self.span(*full, false), other(), self.money(reached.0))
            }
            (Effect::TopUp { full, reached, .. }, Lang::En) => format!(
                "this tier is {}; {} had reached {}; the difference counts",
                self.span(*full, false),
                other(),
                self.money(reached.0)
            ),
            (Effect::Cap { full, at_most, taken }, Lang::Zh) => format!(
                "本项{}；总额上限{}，此前各项已占{}",
                self.span(*full, false),
                self.money(at_most.0),
                self.taken(*taken)
            ),
            (Effect::Cap { full, at_most, taken }, Lang::En) => format!(
                "this basis is {}; the cap is {} in all, of which earlier ones take {}",
                self.span(*full, false),
                self.money(at_most.0),
                self.taken(*taken)
            ),
        }
    }

    fn taken(self, taken: duixian_money::Span) -> String {
        if taken.high == Some(Fen(0)) { self.money(0) } else { self.span(taken, false) }
    }

    fn last_place(self, limit: &LimitTrace, by_type: NodeType) -> String {
        let (Effect::Top { last, .. }, Some(other)) = (&limit.effect, &limit.other) else { return String::new() };
        let (other, value) = (self.other(other), last.map(|(_, value)| self.value(value, by_type)));
        match (value, self.lang) {
            (Some(value), Lang::Zh) => format!("；最后一个名额是{other}，{value}"),
            (Some(value), Lang::En) => format!("; the last place went to {other} with {value}"),
            (None, Lang::Zh) => format!("；最后一个名额是{other}"),
            (None, Lang::En) => format!("; the last place went to {other}"),
        }
    }

    /// A rival: another row of the measure, or a claim on record.
    fn other(self, other: &OtherRow) -> String {
        let when = other.day.map_or_else(|| self.year(other.year), |day| self.date(day));
        if other.is_withheld {
            return format!("{}{}", self.pick("另一单位", "another party"), self.aside(&when));
        }
        // A row named by its year, or by nothing, is told by its party.
        let is_named = !other.basis.is_empty() && other.basis != other.year.to_string();
        let mut about = vec![when];
        let name = match &other.case {
            Some(case) => {
                about.splice(0..0, is_named.then(|| other.basis.clone()));
                about.push(other.code.clone());
                format!("{}{case}", self.pick("案件", "case "))
            }
            None if is_named => {
                about.push(other.code.clone());
                other.basis.clone()
            }
            None => other.code.clone(),
        };
        format!("{name}{}", self.aside(&about.join(self.pick("，", ", "))))
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
                let test = self.by_name(step, self.wanted(step, *wanted));
                let away = distance.map(|distance| self.distance(distance, self.compared_type(step)));
                let text = match (away, self.lang) {
                    (None, Lang::Zh) => format!("须 {test}"),
                    (None, Lang::En) => format!("needed: {test}"),
                    (Some(away), Lang::Zh) => format!("须 {test}，现相差{away}"),
                    (Some(away), Lang::En) => format!("needed: {test}; {away} away"),
                };
                lines.push(NeedLine { depth, text });
            }
        }
    }

    /// What a measure's rows are dated by: the column's name, or that it is their date.
    fn dated_by(self, measure: &Measure) -> String {
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
        let what = self.dated_by(measure);
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
        let table = self.table(measure.basis.table);
        match (measure.basis.filter, self.lang) {
            (None, _) => table,
            (Some(filter), Lang::Zh) => format!("{table}，其中 {}", self.in_general(filter)),
            (Some(filter), Lang::En) => format!("{table} where {}", self.in_general(filter)),
        }
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
