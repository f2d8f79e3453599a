//! What limits did with a row, in sentences that say what the rule gives to whom. They say nothing of payments, which the facts do
//! not tell, and name no other party.

use duixian_money::{Fen, Span};
use duixian_rules::plan::{Key, LimitKind, Measure, NodeType};
use duixian_rules::vocabulary::Lang;

use super::words::Words;
use crate::reference::{BasisExplanation, Effect, LimitTrace, OtherRow};

/// Whose row a limit was put to.
#[derive(Clone, Copy)]
pub struct Limited<'a> {
    /// The measure.
    pub measure: &'a Measure,
    /// The row.
    pub basis: &'a BasisExplanation,
    /// Its party's code.
    pub code: &'a str,
}

impl Words<'_> {
    /// What a limit did with a row, and which undecided claims may yet change that.
    pub fn effect(self, of: Limited, limit: &LimitTrace) -> String {
        let mut done = self.done(of, limit);
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
        let rivals: Vec<String> = limit.pending.iter().map(|rival| self.other(of, rival)).collect();
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

    fn done(self, of: Limited, limit: &LimitTrace) -> String {
        match &limit.effect {
            Effect::Once { .. } => self.once(of, limit),
            Effect::Years { first, last } => self.period(of, limit.passed, (*first, *last)),
            Effect::Top { .. } => self.ranking(of, limit),
            Effect::TopUp { full, reached, .. } => self.top_up(of, limit, *full, *reached),
            Effect::Cap { full, taken, .. } => self.cap(of, limit, *full, *taken),
        }
    }

    /// What a limit counts together.
    fn counted(self, measure: &Measure, key: Key) -> String {
        match (key, self.lang) {
            (Key::All, Lang::Zh) => "全部事项".to_owned(),
            (Key::All, Lang::En) => "all together".to_owned(),
            (Key::Party, Lang::Zh) => "每家".to_owned(),
            (Key::Party, Lang::En) => "each party".to_owned(),
            (Key::Column(column), _) => {
                let column = self.name(&self.plan.vocabulary.tables[measure.basis.table].columns[column].name);
                match self.lang {
                    Lang::Zh => format!("同一{column}"),
                    Lang::En => format!("the same {column}"),
                }
            }
        }
    }

    /// What a limit asks, of anyone.
    pub fn limit_asked(self, measure: &Measure, kind: &LimitKind) -> String {
        match kind {
            LimitKind::Once { key } => {
                format!("{}{}", self.counted(measure, *key), self.pick("只支持一次", " is supported once"))
            }
            LimitKind::Years { at_most, first } => {
                let first = self.of(measure).noun(*first);
                match self.lang {
                    Lang::Zh => format!("自{first}起，最多支持{at_most}年"),
                    Lang::En => format!("supported for at most {at_most} years, beginning with {first}"),
                }
            }
            LimitKind::Top { .. } => self.of(measure).ranking_asked(measure, kind, self.pick("每年", "each year")),
            LimitKind::TopUp { key } => match self.lang {
                Lang::Zh => format!("{}就高补差", self.counted(measure, *key)),
                Lang::En => format!("top-up to the highest for {}", self.counted(measure, *key)),
            },
            LimitKind::Cap { key, every_year, at_most } => {
                let (who, most) = (self.counted(measure, *key), self.money(at_most.0));
                let when = if *every_year { self.pick("每年", "each year") } else { self.pick("累计", "in all") };
                match self.lang {
                    Lang::Zh => format!("{who}{when}不超过{most}"),
                    Lang::En => format!("{who}, {when}: not more than {most}"),
                }
            }
        }
    }

    fn ranking_asked(self, measure: &Measure, kind: &LimitKind, when: &str) -> String {
        let LimitKind::Top { places, by, descending, key } = kind else { return String::new() };
        let by = self.noun(*by);
        let among = match key {
            Key::All => String::new(),
            key => format!("{}{}", self.counted(measure, *key), self.pick("，", ", ")),
        };
        match (descending, self.lang) {
            (true, Lang::Zh) => format!("{among}{when}按{by}从多到少取前{places}名"),
            (false, Lang::Zh) => format!("{among}{when}按{by}从少到多取前{places}名"),
            (true, Lang::En) => format!("{among}{when} the {places} with the most {by}"),
            (false, Lang::En) => format!("{among}{when} the {places} with the least {by}"),
        }
    }

    fn asked_of(self, of: Limited, limit: &LimitTrace) -> String {
        self.limit_asked(of.measure, &of.measure.limits[limit.limit].kind)
    }

    fn once(self, of: Limited, limit: &LimitTrace) -> String {
        let (asked, other) = (self.asked_of(of, limit), limit.other.as_ref());
        match (other, self.lang) {
            (None, Lang::Zh) => format!("{asked}，由本项享受"),
            (None, Lang::En) => format!("{asked}, by this"),
            // What is on record was decided first, whatever the dates.
            (Some(other), Lang::Zh) if other.case.is_some() || other.is_withheld => {
                format!("{asked}，应由{}享受", self.other(of, other))
            }
            (Some(other), Lang::Zh) => format!("{asked}，应由日期在前的{}享受", self.other(of, other)),
            (Some(other), Lang::En) if other.case.is_some() || other.is_withheld => {
                format!("{asked}, which is for {}", self.other(of, other))
            }
            (Some(other), Lang::En) => {
                format!("{asked}, which is for the earlier {}", self.other(of, other))
            }
        }
    }

    fn period(self, of: Limited, passed: bool, (first, last): (i64, i64)) -> String {
        let years = last.saturating_sub(first).saturating_add(1);
        let year = of.basis.year.unwrap_or_default();
        match (passed, self.lang) {
            (true, Lang::Zh) => format!("支持期为{first}年至{last}年，{year}年在期内"),
            (true, Lang::En) => format!("supported from {first} to {last}, and so in {year}"),
            // As many years were granted already, and this is another.
            (false, Lang::Zh) if year <= last => format!("{first}年至{last}年已支持满年数，{year}年不再支持"),
            (false, Lang::En) if year <= last => {
                format!("supported from {first} to {last} for as many years as there may be, and so not in {year}")
            }
            (false, Lang::Zh) => format!("支持期为{first}年至{last}年，{year}年已超过{years}年"),
            (false, Lang::En) => format!("supported from {first} to {last}; {year} is beyond these {years} years"),
        }
    }

    fn ranking(self, of: Limited, limit: &LimitTrace) -> String {
        let Effect::Top { rank, ranked, value, last, .. } = &limit.effect else { return String::new() };
        let ty = limit.step.as_ref().map_or(NodeType::Count, |step| self.plan.nodes[step.node].ty);
        let value = self.value(*value, ty);
        let kind = &of.measure.limits[limit.limit].kind;
        let told = self.ranking_asked(of.measure, kind, self.pick("当年", "each year"));
        let threshold = last.filter(|_| !limit.passed).map(|(_, value)| self.value(value, ty));
        let threshold = match (threshold, self.lang) {
            (None, _) => String::new(),
            (Some(value), Lang::Zh) => format!("，末位入选的为{value}"),
            (Some(value), Lang::En) => format!("; the last place went to {value}"),
        };
        match (limit.passed, self.lang) {
            (true, Lang::Zh) => format!("{told}，本项为{value}，在{ranked}项中列第{rank}名，入选"),
            (true, Lang::En) => format!("{told}; this has {value}, rank {rank} of {ranked}, and is in"),
            (false, Lang::Zh) => format!("{told}，本项为{value}，在{ranked}项中列第{rank}名，没有入选{threshold}"),
            (false, Lang::En) => format!("{told}; this has {value}, rank {rank} of {ranked}, and is not in{threshold}"),
        }
    }

    fn top_up(self, of: Limited, limit: &LimitTrace, full: Span, reached: Fen) -> String {
        let (asked, tier) = (self.asked_of(of, limit), self.span(full, false));
        let colon = self.pick("：", ": ");
        if full.high == Some(Fen(0)) {
            return format!("{asked}{colon}{}", self.nothing_to_cut());
        }
        let head = format!("{asked}{colon}{}{tier}", self.pick("本档", "this tier is "));
        let Some(other) = limit.other.as_ref().filter(|_| reached != Fen(0)) else {
            return match self.lang {
                Lang::Zh => format!("{head}，前面没有其他事项，按全额计算"),
                Lang::En => format!("{head}; nothing comes before it, so all of it counts"),
            };
        };
        let (other, reached) = (self.other(of, other), self.money(reached.0));
        match (limit.passed, self.lang) {
            (true, Lang::Zh) => format!("{head}，在前的{other}应享受{reached}，只补差额"),
            (true, Lang::En) => format!("{head}; {other} comes before it with {reached}; the difference counts"),
            (false, Lang::Zh) => format!("{head}，在前的{other}应享受{reached}，没有差额可补"),
            (false, Lang::En) => format!("{head}; {other} comes before it with {reached}; no difference is left"),
        }
    }

    fn cap(self, of: Limited, limit: &LimitTrace, full: Span, taken: Span) -> String {
        let head = format!("{}{}", self.asked_of(of, limit), self.pick("：", "; "));
        if full.high == Some(Fen(0)) {
            return format!("{head}{}", self.nothing_to_cut());
        }
        let (own, first) = (self.span(full, false), taken.high == Some(Fen(0)));
        let taken = self.span(taken, false);
        match (first, self.lang) {
            (true, Lang::Zh) => format!("{head}本项{own}，前面没有其他事项占用"),
            (false, Lang::Zh) => format!("{head}本项{own}，在前的事项应占用{taken}"),
            (true, Lang::En) => format!("{head}this is {own}, and nothing comes before it"),
            (false, Lang::En) => format!("{head}this is {own}, and what comes before it takes {taken}"),
        }
    }

    /// Of a row that came to nothing before any limit.
    fn nothing_to_cut(self) -> &'static str {
        self.pick(
            "本项按规定计算金额为零，无可扣减",
            "this comes to zero by the rule itself, and there is nothing to cut",
        )
    }

    /// A rival: another row of the measure, or a claim on record. Whose it is is not said, unless it is the party's own.
    fn other(self, of: Limited, other: &OtherRow) -> String {
        let when = match other.day {
            Some(day) => self.dated_by(of.measure, &self.date(day)),
            None => self.year(other.year),
        };
        let comma = self.pick("，", ", ");
        let is_own = other.code == of.code;
        let another = self.pick("另一单位", "another party");
        // A row named by its year, or by nothing, is told by its year alone.
        let is_named = !other.basis.is_empty() && other.basis != other.year.to_string();
        let basis = Some(other.basis.clone()).filter(|_| is_named);
        let (name, mut about) = match (&other.case, basis) {
            (Some(case), basis) => (format!("{}{case}", self.pick("案件", "case ")), basis),
            (None, _) if other.is_withheld => (another.to_owned(), None),
            (None, Some(basis)) if is_own => (basis, None),
            (None, Some(basis)) => (basis, Some(another.to_owned())),
            (None, None) if is_own => (self.pick("本单位事项", "the party's own").to_owned(), None),
            (None, None) => (another.to_owned(), None),
        };
        about = Some(about.map_or(when.clone(), |about| format!("{about}{comma}{when}")));
        format!("{name}{}", self.aside(&about.unwrap_or_default()))
    }
}
