//! What the rule makes of the answers: the amount where they settle it; otherwise what is missing and, where only so much can be
//! answered, between what it lies.

use chrono::NaiveDate;
use duixian_assess::reference::Gap;
use duixian_assess::result::Status as Outcome;
use duixian_casework::appraisal::Trial;
use duixian_casework::dossier::row_key;
use duixian_facts::record::cells_of;
use duixian_money::{Fen, Span};
use duixian_rules::plan::{Amount, FactSlot, Measure, Node, NodeId, Plan};
use duixian_rules::vocabulary::ColumnType;

use super::answers::{Given, dossier};
use super::sheet::{Ask, BASIS, Sheet};
use crate::problem::Problem;

/// How often the rule is asked at most for one page.
const MOST_TRIALS: u32 = 64;

/// What is put to which rule.
#[derive(Clone, Copy)]
pub(super) struct Case<'a> {
    pub(super) plan: &'a Plan,
    pub(super) measure: usize,
    pub(super) sheet: &'a Sheet,
    pub(super) year: i32,
    pub(super) as_of: NaiveDate,
}

/// What it comes to.
pub(super) struct Reckoned {
    /// The evaluation that is shown.
    pub(super) trial: Trial,
    /// What it comes to; none where the thing is no basis of the measure in the year.
    pub(super) outcome: Option<Outcome>,
    /// The amount, where it is settled.
    pub(super) span: Option<Span>,
    /// What is still open, by question, or in words where there is none.
    pub(super) missing: Vec<Missing>,
    /// Between what it lies, where that can be said of an open one.
    pub(super) possible: Option<Possible>,
    /// The beginning of the code that the evaluation shown takes for granted, since none was given.
    pub(super) assumed: Option<usize>,
}

/// Something that is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Missing {
    /// The answer to the question of this name.
    Answer(String),
    /// A row of a table, or something that is not asked, by its place among what the explanation names.
    Named(usize),
}

/// Between what an amount lies that is not settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Possible {
    /// From the least to the most that is paid; none where nothing is paid in any case.
    pub(super) span: Option<Span>,
    /// Whether it may be that nothing is paid.
    pub(super) may_be_nothing: bool,
}

impl Possible {
    const NONE: Possible = Possible { span: None, may_be_nothing: false };

    /// These, and what is paid in one more case.
    fn and(self, outcome: Option<Outcome>, paid: Option<Span>) -> Possible {
        let gives = matches!(outcome, Some(Outcome::Entitled | Outcome::Conditional));
        match (paid.filter(|_| gives), self.span) {
            (None, _) => Possible { may_be_nothing: true, ..self },
            (Some(paid), None) => Possible { span: Some(paid), ..self },
            (Some(paid), Some(span)) => Possible { span: Some(hull(span, paid)), ..self },
        }
    }
}

/// The least span that holds both.
fn hull(one: Span, other: Span) -> Span {
    Span { low: one.low.min(other.low), high: one.high.zip(other.high).map(|(one, other)| one.max(other)) }
}

impl Case<'_> {
    fn rule(&self) -> &Measure {
        &self.plan.measures[self.measure]
    }

    /// What the rule makes of some answers.
    pub(super) fn reckon(&self, given: &Given) -> Result<Reckoned, Problem> {
        let open_code = self.sheet.code().filter(|code| !given.contains_key(&code.name));
        let mut trials: Vec<(Option<usize>, Trial)> = Vec::new();
        match open_code {
            None => trials.push((None, self.trial(given)?)),
            Some(code) => {
                for (place, start) in code.starts.iter().enumerate() {
                    trials.push((Some(place), self.trial(&with(given, code, &start.value))?));
                }
            }
        }
        let all: Vec<_> = trials.iter().map(|(_, trial)| comes_to(trial)).collect();
        let is_one = all.windows(2).all(|pair| pair[0] == pair[1]);
        // What is shown is what is best for whoever asks.
        let best = (0..trials.len()).max_by_key(|place| (rank(all[*place].0), std::cmp::Reverse(*place)));
        let best = best.ok_or_else(|| Problem::internal("no code begins in any way that the rule knows"))?;
        let (assumed, trial) = trials.swap_remove(best);
        let (outcome, span) = if is_one { all[best] } else { (Some(Outcome::Unknown), None) };
        let mut missing = Vec::new();
        if outcome == Some(Outcome::Unknown) {
            missing.extend(open_code.filter(|_| !is_one).map(|code| Missing::Answer(code.name.clone())));
            missing.extend(self.missing(&trial));
            // In the order of the form, so that whoever goes through it comes to each in turn.
            missing.sort_by_key(|one| {
                self.sheet.asks().position(|ask| matches!(one, Missing::Answer(name) if *name == ask.name))
            });
        }
        let mut reckoned = Reckoned { trial, outcome, span, missing, possible: None, assumed };
        if outcome == Some(Outcome::Unknown) {
            let mut left = MOST_TRIALS;
            reckoned.possible = self.explore(given, &mut left, Possible::NONE)?;
        } else if self.rule().pay.by_rank && reckoned.span.is_some() {
            // Alone, whoever asks would be the first of all.
            let offers = self.rule().pay.alternatives.iter().filter_map(|one| constant(self.plan, one.amount));
            let span = offers.reduce(hull);
            reckoned.possible = Some(Possible { span, may_be_nothing: true });
            (reckoned.outcome, reckoned.span) = (Some(Outcome::Unknown), None);
        }
        Ok(reckoned)
    }

    /// Asks the rule once.
    fn trial(&self, given: &Given) -> Result<Trial, Problem> {
        let dossier = dossier(self.sheet, self.plan, given);
        let table = self.rule().basis.table;
        let is_yearly = self.plan.vocabulary.tables[table].year_column().is_some();
        let basis = if is_yearly { self.year.to_string() } else { BASIS.to_owned() };
        let trial = Trial::of(self.plan, self.measure, dossier, &basis, (self.year, self.as_of));
        // What is wrong would name what was typed, and that does not go to the log.
        trial.map_err(|_| Problem::internal("what was typed into the calculator can't be read as tables"))
    }

    /// What an evaluation misses.
    fn missing(&self, trial: &Trial) -> Vec<Missing> {
        let Ok(claim) = &trial.claim else { return Vec::new() };
        let missing = claim.basis().missing.iter().enumerate().map(|(place, gap)| {
            self.ask_of(trial, gap).map_or(Missing::Named(place), |ask| Missing::Answer(ask.name.clone()))
        });
        let mut told = Vec::new();
        for one in missing {
            if !told.contains(&one) {
                told.push(one);
            }
        }
        told
    }

    /// The question that fills a gap.
    fn ask_of(&self, trial: &Trial, gap: &Gap) -> Option<&Ask> {
        let vocabulary = &trial.plan.vocabulary;
        match gap {
            Gap::Cell(read) => {
                let FactSlot { table, .. } = read.slot;
                let cells = cells_of(vocabulary, &trial.facts, table, read.row as usize);
                self.sheet.ask_of(read.slot, &row_key(&vocabulary.tables[table], &cells))
            }
            Gap::Row { slot, years, .. } => {
                let of_year = |year: &i64| self.sheet.ask_of(*slot, &year.to_string());
                years.iter().find_map(of_year)
            }
        }
    }

    /// What comes of all answers that could still be given; none where there are too many, or no end of them.
    fn explore(&self, given: &Given, left: &mut u32, found: Possible) -> Result<Option<Possible>, Problem> {
        let open_code = self.sheet.code().filter(|code| !given.contains_key(&code.name));
        let open = match open_code {
            Some(code) => Some(code),
            None => {
                let Some(rest) = left.checked_sub(1) else { return Ok(None) };
                *left = rest;
                let trial = self.trial(given)?;
                let (outcome, span) = comes_to(&trial);
                if outcome != Some(Outcome::Unknown) {
                    return Ok(Some(found.and(outcome, span)));
                }
                let asks: Option<Vec<&Ask>> = self.missing(&trial).iter().map(|one| self.named(one)).collect();
                let asks = asks.filter(|asks| asks.iter().all(|ask| !self.answers(ask).is_empty()));
                asks.and_then(|asks| asks.first().copied())
            }
        };
        let Some(open) = open else { return Ok(None) };
        let mut found = found;
        for answer in self.answers(open) {
            match self.explore(&with(given, open, &answer), left, found)? {
                Some(more) => found = more,
                None => return Ok(None),
            }
        }
        Ok(Some(found))
    }

    fn named(&self, missing: &Missing) -> Option<&Ask> {
        match missing {
            Missing::Answer(name) => self.sheet.asks().find(|ask| ask.name == *name),
            Missing::Named(_) => None,
        }
    }

    /// All answers to a question, where they can be counted.
    fn answers(&self, ask: &Ask) -> Vec<String> {
        if ask.may_not_have_happened() {
            return Vec::new();
        }
        match ask.question.column.ty {
            ColumnType::Bool => vec!["true".to_owned(), "false".to_owned()],
            ColumnType::Word(_) => {
                ask.question.words(&self.plan.vocabulary).into_iter().map(|word| word.en.clone()).collect()
            }
            _ => ask.starts.iter().map(|start| start.value.clone()).collect(),
        }
    }
}

fn with(given: &Given, ask: &Ask, answer: &str) -> Given {
    let mut given = given.clone();
    given.insert(ask.name.clone(), answer.to_owned());
    given
}

/// What an evaluation comes to.
fn comes_to(trial: &Trial) -> (Option<Outcome>, Option<Span>) {
    match &trial.claim {
        Ok(claim) => (Some(claim.basis().row.status()), claim.basis().row.amount()),
        Err(_) => (None, None),
    }
}

/// How good it is to come to this.
fn rank(outcome: Option<Outcome>) -> u8 {
    match outcome {
        Some(Outcome::Entitled | Outcome::Conditional) => 3,
        Some(Outcome::Unknown) => 2,
        Some(Outcome::NotEntitled) => 1,
        None => 0,
    }
}

/// An amount that hangs on nothing.
fn constant(plan: &Plan, amount: Amount) -> Option<Span> {
    let fen = |node: NodeId| match plan.nodes[node].node {
        Node::Constant(value) => Some(Fen(value)),
        _ => None,
    };
    match amount {
        Amount::Exact(node) => fen(node).map(Span::exact),
        Amount::Span { low, high } => {
            Some(Span { low: fen(low)?, high: high.map(fen).map_or(Some(None), |high| high.map(Some))? })
        }
        Amount::Nothing => None,
    }
}
