//! The calculator: what a measure would give, tried out by anyone, without an account.
//!
//! | Address | What |
//! |---|---|
//! | `/calculator` | the measures |
//! | `/calculator/{measure}` | its questions; with answers in the query, what they come to |
//!
//! It only reads rules. A party is made up for each answer and nobody's; nothing is looked up of anyone, nothing is kept, and no answer
//! goes to the log. What was typed stands in the address, which can be kept or given to others, and which others may record: the page says so.

mod answers;
mod reckon;
mod result;
mod sheet;
mod starts;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use chrono::NaiveDate;
use duixian_casework::moment::Moment;
use duixian_casework::people::Role;
use duixian_casework::round::{Round, RoundState};
use duixian_rules::pack::Pack;
use duixian_rules::plan::Measure;

use self::reckon::Case;
use self::result::Answer;
use self::sheet::Sheet;
use super::home::{Gift, groups};
use super::measure::amount_text;
use crate::casefile::cells;
use crate::format;
use crate::forms::{Choice, Field, Form, Posted};
use crate::locale::{Lang, Text};
use crate::page::Page;
use crate::pages::shared::clause_href;
use crate::portal::Portal;
use crate::problem::Problem;
use crate::ui::Deadline;
use crate::viewer::Viewer;

/// How many rounds can be chosen from: each brings its own rules.
const MOST_ROUNDS: usize = 8;

#[derive(Template)]
#[template(path = "public/calculator_all.html")]
struct AllPage {
    page: Page,
    groups: Vec<(Text, Vec<Gift>)>,
}

/// `GET /calculator`.
pub(super) async fn all(State(portal): State<Arc<Portal>>, page: Page) -> Result<Response, Problem> {
    let current = portal.store.current_pack().await?;
    let groups = current.map(|(_, pack)| groups(&pack)).unwrap_or_default();
    let page = page.narrow().titled(("试算", "Calculator")).led((
        "选一项措施，填几项，看按规则能得多少。不用登录，不问是哪一家，填的什么也不保存。",
        "Choose a measure, answer a few questions and see what the rule gives. No account, no names, and nothing is kept.",
    ));
    Page::show(&AllPage { page, groups })
}

/// By what is reckoned: the rules and the year of a round or, where none takes the measure, the rules in force and this year.
struct Setting {
    pack: Arc<Pack>,
    version: i64,
    measure: usize,
    round: Option<Round>,
    /// The rounds that could be chosen.
    rounds: Vec<Round>,
    /// Whether a round was asked for that there is not, or that does not take the measure.
    is_elsewhere: bool,
    year: i32,
    as_of: NaiveDate,
    now: Moment,
}

impl Setting {
    /// For a measure by its English name. The round is that of `?round=`, be it closed: its rules and its year stay what they were, and so
    /// does the answer of an address that was kept. Without one it is the open round that closes first, then the next one, then the last.
    async fn of(portal: &Portal, id: &str, asked: Option<&str>) -> Result<Setting, Problem> {
        let store = &portal.store;
        let now = store.now();
        let all = store.rounds().await?;
        let taking: Vec<Round> = all.into_iter().filter(|round| round.takes(id)).collect();
        let (closed, mut rounds): (Vec<Round>, Vec<Round>) =
            taking.iter().cloned().partition(|round| round.state(now) == RoundState::Closed);
        rounds.sort_by_key(|round| match round.state(now) {
            RoundState::Open => (0, round.closes_at.0),
            RoundState::Announced | RoundState::Closed => (1, round.opens_at.0),
        });
        rounds.truncate(MOST_ROUNDS);
        if rounds.is_empty() {
            rounds.extend(closed.iter().max_by_key(|round| round.closes_at.0).cloned());
        }
        let asked_id: Option<i64> = asked.and_then(|asked| asked.parse().ok());
        let is_asked = |round: &Round| Some(round.id) == asked_id;
        if !rounds.iter().any(is_asked) {
            rounds.extend(taking.into_iter().find(is_asked));
        }
        let place = |pack: &Pack| pack.plan.measures.iter().position(|measure| measure.name.en == id);
        let mut found: Vec<(Round, Arc<Pack>, usize)> = Vec::new();
        for round in rounds {
            let pack = store.pack(round.pack).await?;
            // A round that takes all measures takes those that its own rules have.
            if let Some(measure) = place(&pack) {
                found.push((round, pack, measure));
            }
        }
        let rounds = found.iter().map(|(round, ..)| round.clone()).collect();
        let chosen = found.iter().position(|(round, ..)| is_asked(round));
        let is_elsewhere = asked.is_some() && chosen.is_none();
        if let Some((round, pack, measure)) = found.into_iter().nth(chosen.unwrap_or(0)) {
            let (version, year, as_of) = (round.pack, round.year, round.as_of);
            return Ok(Setting { pack, version, measure, round: Some(round), rounds, is_elsewhere, year, as_of, now });
        }
        let (version, pack) = store.current_pack().await?.ok_or_else(Problem::not_found)?;
        let measure = place(&pack).ok_or_else(Problem::not_found)?;
        let (year, as_of) = (now.year(), now.day());
        Ok(Setting { pack, version, measure, round: None, rounds, is_elsewhere, year, as_of, now })
    }

    fn rule(&self) -> &Measure {
        &self.pack.plan.measures[self.measure]
    }

    /// By what is reckoned, in a sentence.
    fn text(&self) -> Text {
        let policy = &self.pack.plan.policy;
        let (year, version) = (self.year, self.version);
        let (zh, en) = (format::date(Lang::Zh, self.as_of), format::date(Lang::En, self.as_of));
        let round = self.round.as_ref().map(|round| round.name.as_str()).unwrap_or_default();
        if round.is_empty() {
            return Text::new(
                format!("现在没有受理这项的批次，按{}的第 {version} 版规则、{year}年度、截至{zh}算。", policy.zh),
                format!(
                    "No round takes this measure now: it is reckoned by version {version} of the rules of {}, for {year}, as of {en}.",
                    policy.in_english()
                ),
            );
        }
        Text::new(
            format!("按“{round}”算：{}的第 {version} 版规则，{year}年度，截至{zh}。", policy.zh),
            format!(
                "Reckoned by “{round}”: version {version} of the rules of {}, for {year}, as of {en}.",
                policy.in_english()
            ),
        )
    }

    fn is_closed(&self) -> bool {
        self.round.as_ref().is_some_and(|round| round.state(self.now) == RoundState::Closed)
    }

    /// Whether another round takes the measure, or will.
    fn has_newer(&self) -> bool {
        self.is_closed() && self.rounds.iter().any(|round| round.state(self.now) != RoundState::Closed)
    }

    /// What whoever kept the address is to know of its round before they read an answer.
    fn warning(&self) -> Text {
        let name = self.round.as_ref().map(|round| round.name.as_str()).unwrap_or_default();
        match (self.is_elsewhere, self.has_newer(), name) {
            (true, _, "") => (
                "网址里的批次没有找到，或者不受理这一项；下面按现行规则算。",
                "The round in the address is not known, or does not take this measure: what follows is reckoned by the rules in force.",
            )
                .into(),
            (true, ..) => Text::new(
                format!("网址里的批次没有找到，或者不受理这一项；下面按“{name}”算。"),
                format!(
                    "The round in the address is not known, or does not take this measure: what follows is reckoned by “{name}”."
                ),
            ),
            (_, true, _) => Text::new(
                format!("“{name}”已经截止。下面还是按它的规则和年度算，和当时一样；以后的批次可能不同。"),
                format!(
                    "“{name}” is closed. What follows is still reckoned by its rules and its year, as it was then; later rounds may differ."
                ),
            ),
            _ => Text::default(),
        }
    }

    /// The choice of a round; where there is but one it stands in the address all the same, so that what is kept of it says by which it was
    /// reckoned.
    fn field(&self) -> Option<Field> {
        if self.rounds.len() == 1 {
            return Some(Field::hidden(ROUND).optional());
        }
        let choice = |round: &Round| {
            let closed =
                if round.state(self.now) == RoundState::Closed { ("（已截止）", " (closed)") } else { ("", "") };
            let name = Text::new(format!("{}{}", round.name, closed.0), format!("{}{}", round.name, closed.1));
            Choice::new(round.id.to_string(), name)
        };
        let choices: Vec<Choice> = self.rounds.iter().map(choice).collect();
        let field = Field::radios(ROUND, ("按哪个批次算", "By which round"), choices).optional();
        (self.rounds.len() > 1).then_some(field)
    }
}

/// The name of the field of the round.
const ROUND: &str = "round";

/// What can be done next.
enum Next {
    /// Applications are taken, until then.
    Open(Deadline),
    /// They will be, from then on.
    Announced(NaiveDate),
    /// Not in this round, but in another, which is reckoned by at this address.
    Another(String),
    /// They are not.
    Closed,
}

#[derive(Template)]
#[template(path = "public/calculator.html")]
struct CalculatorPage {
    page: Page,
    id: String,
    clause: String,
    clause_href: String,
    amount: Text,
    setting: Text,
    /// What is to be known of the round in the address.
    warning: Text,
    form: Form,
    /// The groups of questions: id, heading, the names of its fields.
    groups: Vec<(String, Text, Vec<String>)>,
    has_rounds: bool,
    /// What was taken for granted: the only kind that the measure means.
    fixed: Vec<(Text, Text)>,
    answer: Option<Answer>,
    next: Next,
    /// Whether an applicant is signed in, who applies from their own page.
    is_agent: bool,
    is_signed_in: bool,
}

/// `GET /calculator/{measure}`.
pub(super) async fn show(
    State(portal): State<Arc<Portal>>,
    viewer: Option<Viewer>,
    Path(id): Path<String>,
    page: Page,
) -> Result<Response, Problem> {
    let setting = Setting::of(&portal, &id, page.query_value(ROUND).as_deref()).await?;
    let (rule, vocabulary) = (setting.rule(), &setting.pack.plan.vocabulary);
    let sheet = Sheet::of(&setting.pack, rule, setting.year);
    let posted = Posted::from_query(page.query());
    let (form, given) = answers::read(&sheet, vocabulary, &posted, setting.now.day(), page.lang, setting.field());
    let form = match &setting.round {
        Some(round) => form.with(ROUND, round.id.to_string()),
        None => form,
    };
    let is_asked = sheet.asks().next().is_none() || sheet.asks().any(|ask| posted.has(&ask.name));
    let answer = if is_asked && form.is_good() {
        let case = Case {
            plan: &setting.pack.plan,
            measure: setting.measure,
            sheet: &sheet,
            year: setting.year,
            as_of: setting.as_of,
        };
        Some(Answer::of(&case.reckon(&given)?, &setting.pack, rule, &sheet, &form))
    } else {
        None
    };
    let next = next(&portal, &setting, &page).await?;
    let name = cells::name(&rule.name);
    let titled = page
        .narrow()
        .titled(Text::new(format!("试算：{}", name.zh), format!("Calculator: {}", name.en)))
        .under("/calculator", ("试算", "Calculator"));
    let status = if form.is_good() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let fixed = sheet.fixed.iter().filter_map(|(cell, word)| {
        let table = vocabulary.table(&cell.table)?;
        let column = vocabulary.tables[table].column(&cell.column)?;
        let label = cells::name(&vocabulary.tables[table].columns[column].name);
        Some((label, cells::value(vocabulary, table, column, word)))
    });
    let answered = CalculatorPage {
        id,
        clause: rule.clause.clone(),
        clause_href: clause_href(&rule.clause),
        amount: amount_text(&setting.pack.plan, rule),
        setting: setting.text(),
        warning: setting.warning(),
        groups: sheet
            .groups
            .iter()
            .map(|group| (group.id.clone(), group.title.clone(), answers::names(group)))
            .collect(),
        has_rounds: setting.rounds.len() > 1,
        fixed: fixed.collect(),
        form,
        answer,
        next,
        is_agent: viewer.as_ref().is_some_and(|viewer| viewer.has(Role::Agent)),
        is_signed_in: viewer.is_some(),
        page: titled,
    };
    Page::show_as(status, &answered)
}

async fn next(portal: &Portal, setting: &Setting, page: &Page) -> Result<Next, Problem> {
    let Some(round) = &setting.round else { return Ok(Next::Closed) };
    Ok(match round.state(setting.now) {
        RoundState::Open => {
            let calendar = portal.store.calendar().await?;
            // A round that closes at midnight has the day before as its last.
            let last_day = Moment(round.closes_at.0 - 1).day();
            Next::Open(Deadline::seen(&calendar, setting.now.day(), last_day))
        }
        RoundState::Announced => Next::Announced(round.opens_at.day()),
        RoundState::Closed if setting.has_newer() => Next::Another(page.href_with(&[(ROUND, "")])),
        RoundState::Closed => Next::Closed,
    })
}
