//! One action on many cases: every case listed with its own amount, confirmed once, done each for itself, and told of.

use std::borrow::Borrow;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use duixian_casework::case::{CaseId, Recommendation, Subject};
use duixian_casework::command::Action;
use duixian_casework::people::Role;
use duixian_casework::stage::Stage;
use duixian_money::{Fen, Span};
use duixian_rules::vocabulary::Lang;
use duixian_store::cases::{Ask, CaseFilter};
use duixian_store::funds::FundPosition;

use crate::casefile::file::span_text;
use crate::casefile::stages;
use crate::format;
use crate::forms::{Field, Form, Posted};
use crate::locale::Text;
use crate::page::Page;
use crate::portal::Portal;
use crate::problem::{Problem, words};
use crate::shell::redirect;
use crate::ui::Status;
use crate::viewer::Viewer;

use super::ask::{PRIORITY, if_short, lines};
use super::declining::Declining;
use super::filters::{self, View};
use super::panels::once;
use super::picked::{Picked, load};
use super::report::{self, Outcome, Told};
use super::reviewing::{self, Reviewing};
use super::rows::sum;
use super::{ask, deciding, effects, money, refusing, together};

/// The most cases at once: more than anyone checks in one go.
pub const MOST: usize = 100;

/// The actions that can be done to many cases at once.
const BULK: [(Action, Role); 7] = [
    (Action::Accept, Role::Intake),
    (Action::PublishNotice, Role::Intake),
    (Action::TakeUp, Role::Reviewer),
    (Action::Review, Role::Reviewer),
    (Action::Decide, Role::DecisionMaker),
    (Action::Decline, Role::DecisionMaker),
    (Action::Close, Role::Finance),
];

/// The bulk actions that a list offers someone: those of their roles that fit the stage the list shows.
pub fn offered(viewer: &Viewer, view: View, filter: &CaseFilter) -> Vec<Action> {
    let fits = |action: Action| match filter.stages[..] {
        // A second word is given case by case, and what is on hold is resumed first.
        _ if filter.awaits.is_some() || filter.held => false,
        [] => view != View::All || filters::is_narrowed(filter),
        [stage] => starts_in(action).contains(&stage),
        _ => true,
    };
    let offered = BULK.into_iter().filter(|(action, role)| viewer.has(*role) && fits(*action));
    offered.map(|(action, _)| action).collect()
}

fn starts_in(action: Action) -> &'static [Stage] {
    match action {
        Action::Accept => &[Stage::Submitted],
        Action::PublishNotice => &[Stage::Decided],
        Action::TakeUp => &[Stage::Accepted, Stage::FormalReview, Stage::SubstantiveReview],
        Action::Review => &[Stage::FormalReview],
        Action::Decide => &[Stage::Reviewed],
        Action::Decline => &[Stage::Reviewed, Stage::Queued],
        Action::Close => &[Stage::Paid],
        _ => &[],
    }
}

/// An action of many cases by its word, with whose it is.
pub fn bulk_action(word: &str) -> Result<(Action, Role), Problem> {
    BULK.into_iter().find(|(action, _)| action.word() == word).ok_or_else(Problem::not_found)
}

/// What a fund has, and what the picked cases want of it.
pub struct FundLine {
    /// The fund by English name, and the year.
    key: (String, i32),
    /// The fund and its year.
    pub name: Text,
    /// What they want.
    pub wanted: Fen,
    /// What it has for them.
    pub free: Fen,
    /// The same in words, whatever is picked.
    has: Text,
    /// What that leaves.
    pub effect: Text,
    /// Whether it has less.
    pub is_short: bool,
}

impl FundLine {
    /// Whether it is the fund of a case.
    pub fn is_of(&self, one: &Picked) -> bool {
        let subject = &one.file.case.subject;
        self.key.0 == subject.fund && self.key.1 == subject.year
    }
}

#[derive(Template)]
#[template(path = "work/bulk.html")]
struct Confirm {
    page: Page,
    action: Action,
    picked: Vec<Picked>,
    declining: Declining,
    form: Form,
    funds: Vec<FundLine>,
    once: String,
    back: String,
}

impl Confirm {
    fn say(&self, text: impl Borrow<Text>) -> String {
        self.page.text(text.borrow()).to_owned()
    }

    /// The cases that can be done: they come first.
    fn doable(&self) -> Vec<&Picked> {
        self.picked.iter().filter(|one| one.refused.is_empty()).collect()
    }

    /// The others, each with its reason.
    fn undoable(&self) -> Vec<&Picked> {
        self.picked.iter().filter(|one| !one.refused.is_empty()).collect()
    }

    /// The picks with what each comes to, in fen, where that is not typed: for the sums that follow the picks.
    fn amounts(&self) -> String {
        let granted = self.picked.iter().filter(|_| self.shows_granted());
        let granted = granted.filter_map(|one| Some((one.value(), one.granted()?.0.to_string().into())));
        serde_json::Value::Object(granted.collect()).to_string()
    }

    /// The place of a case's fund among those shown.
    fn fund_of(&self, one: &Picked) -> usize {
        let Subject { fund, year, .. } = &one.file.case.subject;
        self.funds.iter().position(|line| line.key.0 == *fund && line.key.1 == *year).unwrap_or_default()
    }

    /// That nothing was picked, beside what there is to pick.
    fn nothing_picked(&self) -> Option<&Text> {
        self.form.found().iter().find(|(name, _)| name == "cases").map(|(_, text)| text)
    }

    fn open(&self) -> usize {
        self.picked.iter().filter(|one| one.refused.is_empty() && one.is_set).count()
    }

    /// Whether some case has an amount of its own to be typed.
    fn has_amounts(&self) -> bool {
        self.decides() || self.picked.iter().any(|one| one.has_amount(self.action))
    }

    fn decides(&self) -> bool {
        self.action == Action::Decide
    }

    fn amount_title(&self) -> Text {
        match self.action {
            Action::Review => ("建议金额", "Amount recommended").into(),
            _ => ("审定金额", "Amount").into(),
        }
    }

    /// Whether what the reviewers recommend stands beside each case.
    fn has_opinions(&self) -> bool {
        matches!(self.action, Action::Decide | Action::Decline)
    }

    fn shows_granted(&self) -> bool {
        matches!(self.action, Action::PublishNotice | Action::Close)
    }

    /// What the rules give to all that can be done, whichever are picked; empty where they give nothing to any.
    fn rules_total(&self) -> Text {
        let doable = self.picked.iter().filter(|one| one.refused.is_empty());
        let spans: Vec<Span> = doable.filter_map(|one| one.file.span()).collect();
        if spans.is_empty() {
            return Text::default();
        }
        let low = sum(spans.iter().map(|span| span.low));
        let high = spans.iter().map(|span| span.high).collect::<Option<Vec<Fen>>>();
        span_text(Span { low, high: high.map(|all| sum(all.into_iter())) })
    }

    /// What is on record as not met in a case that is to be declined.
    fn unmet(&self, one: &Picked) -> Text {
        self.declining.unmet(one.file.case.id)
    }

    /// How many cases go against their recommendation, and how many of those somebody has picked all the same.
    fn against(&self) -> (usize, usize) {
        self.odd(|one| !one.against.is_empty())
    }

    /// How many are marked with something else that takes a look of its own, and how many of those are picked.
    fn marked(&self) -> (usize, usize) {
        self.odd(|one| !one.marks.is_empty())
    }

    fn odd(&self, is_odd: fn(&Picked) -> bool) -> (usize, usize) {
        let odd = || self.picked.iter().filter(|one| one.refused.is_empty() && is_odd(one));
        (odd().count(), odd().filter(|one| one.is_set).count())
    }

    /// What follows for those that can be done, each once: to which desk they go, or until when they are up.
    fn effects(&self) -> Vec<Text> {
        let mut told = Vec::new();
        if matches!(self.action, Action::Accept | Action::PublishNotice) {
            for one in self.picked.iter().filter(|one| one.refused.is_empty()) {
                let effect = effects::effect(&one.file, self.action, None);
                if !told.contains(&effect) {
                    told.push(effect);
                }
            }
        }
        told
    }

    fn label(&self) -> Text {
        Text::new(self.action.label(Lang::Zh), self.action.label(Lang::En))
    }

    fn total(&self) -> Fen {
        let set = self.picked.iter().filter(|one| one.refused.is_empty() && one.is_set);
        if self.has_amounts() {
            // A case that has no field shows no amount, and adds none.
            let shown = set.filter(|one| one.has_amount(self.action));
            sum(shown.filter_map(|one| self.form.money(&one.amount_field())))
        } else {
            sum(set.filter_map(Picked::granted))
        }
    }

    fn status(&self, stage: &Stage) -> Status {
        stages::status(*stage)
    }

    /// The fields that hold for all.
    fn common(&self) -> Vec<&str> {
        match self.action {
            Action::Decide => vec!["reason", "conditions", "if_short"],
            Action::Decline => vec!["unmet", "clause", "reason"],
            Action::Review => vec!["verdict", "opinion"],
            _ => Vec::new(),
        }
    }
}

/// `GET /work/bulk/{action}?case=1&case=2`, or with the filter of a list and `all=1`
pub async fn confirm(
    State(portal): State<Arc<Portal>>,
    viewer: Viewer,
    page: Page,
    Path(word): Path<String>,
) -> Result<Response, Problem> {
    let (action, _) = bulk_action(&word)?;
    let asked = Posted::from_query(page.query());
    let ids: Vec<CaseId> = if asked.has("all") {
        let filter = CaseFilter { page: 1, per_page: MOST as u64, ..filters::asked(&page, &viewer) };
        portal.store.cases(&viewer.actor, &filter).await?.rows.iter().map(|row| row.id).collect()
    } else {
        asked.all("case").into_iter().filter_map(|id| id.parse().ok()).map(CaseId).take(MOST).collect()
    };
    let picked = load(&portal, &viewer, action, &ids).await?;
    let declining = Declining::of(action, &picked)?;
    let mut form = form(action, &picked, &declining, page.lang);
    for one in picked.iter().filter(|one| one.has_amount(action)) {
        if let Some(amount) = one.suggested(action) {
            form = form.with(&one.amount_field(), amount.to_yuan_string());
        }
    }
    show(&portal, page, action, picked, declining, form, StatusCode::OK).await
}

/// `POST /work/bulk/{action}`
pub async fn run(
    State(portal): State<Arc<Portal>>,
    viewer: Viewer,
    page: Page,
    Path(word): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let (action, _) = bulk_action(&word)?;
    let key = posted.key()?;
    let sent: Vec<(CaseId, u64)> = posted.all("case").into_iter().filter_map(read_pick).take(MOST).collect();
    let shown: Vec<CaseId> = posted.all("shown").into_iter().filter_map(|id| id.parse().ok()).map(CaseId).collect();
    let ids: Vec<CaseId> = if shown.is_empty() { sent.iter().map(|(id, _)| *id).collect() } else { shown };
    let mut picked = load(&portal, &viewer, action, &ids[..ids.len().min(MOST)]).await?;
    for one in &mut picked {
        one.is_set = sent.iter().any(|(id, _)| *id == one.file.case.id);
    }
    // What stands beside a case that is not picked does not matter.
    let set: Vec<&Picked> = picked.iter().filter(|one| one.is_set).collect();
    let is_support = reviewing::is_support(posted.get("verdict"));
    let (declining, review) = (Declining::of(action, &picked)?, Reviewing::of(&picked));
    let mut form = form_of(action, &set, &declining, (&review, is_support), page.lang).filled(&posted);
    if action == Action::Review {
        reviewing::check(&set, &mut form);
    }
    if action == Action::Decline {
        refusing::check_clause(&mut form, "unmet", "clause");
    }
    // Nothing is done yet: the sums are wanted anew, or what was to be confirmed is to be changed.
    let is_recount = posted.has("recount") || posted.has("change");
    if set.is_empty() && !is_recount {
        form.error("cases", ("请至少选择一件。", "Pick at least one case."));
    }
    if is_recount || !form.is_good() {
        // Every case that is open keeps its field, so that one may be picked after all.
        let mut shown = self::form(action, &picked, &declining, page.lang).drafted(&posted);
        if is_recount {
            return show(&portal, page, action, picked, declining, shown, StatusCode::OK).await;
        }
        for (name, text) in form.found() {
            // Which case an amount is of, its label says already.
            let is_missing = name.starts_with("amount-") && form.text(name).is_empty();
            let text = if is_missing { Text::from(("请填写。", "Fill it in.")) } else { text.clone() };
            shown.error(name, text);
        }
        return show(&portal, page, action, picked, declining, shown, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    if action == Action::Decide && !posted.has("confirmed") {
        let mut funds = fund_lines(&portal, &picked, &form).await?;
        funds.retain(|fund| fund.wanted > Fen(0));
        return together::page(&portal, &set, funds, &form, &posted, page).await;
    }
    let find = |id: CaseId| picked.iter().find(|one| one.file.case.id == id);
    let (mut asks, mut left_out) = (Vec::new(), Vec::new());
    for (id, version) in sent {
        match ask_of(action, id, find(id), &declining, &form) {
            Ok(ask) => asks.push((id, version, ask)),
            Err(why) => left_out.push((id, Err(why))),
        }
    }
    let outcomes = portal.store.ask_many(&viewer.actor, &key, asks).await;
    let outcomes = outcomes.into_iter().map(|(id, outcome)| (id, outcome.map_err(|error| words(&error))));
    let mut results = Vec::new();
    for (id, outcome) in outcomes.chain(left_out) {
        let one = find(id);
        let (number, party, measure, basis) = one.map_or_else(
            || (Text::same(id.0.to_string()), String::new(), Text::default(), Text::default()),
            |one| (one.file.number(), one.file.party.clone(), one.file.measure_name(), one.file.basis_name()),
        );
        let amount = match (&outcome, action) {
            (Ok(case), Action::Decide) => case.decision.as_ref().map(|decision| decision.amount),
            // Of what was shared out that is less than was decided.
            (Ok(case), Action::PublishNotice | Action::Close) => case.granted(),
            (Ok(case), Action::Review) => match case.opinions.last().map(|opinion| opinion.recommends) {
                Some(Recommendation::Support(amount)) => Some(amount),
                _ => None,
            },
            (Err(_), Action::Decide | Action::Review) => form.money(&format!("amount-{}", id.0)),
            _ => None,
        };
        let done = outcome.as_ref().ok().map(|case| (ask::done_to(action, case), case.stage));
        let why = outcome.err();
        results.push(Outcome { id: id.0, number, party, measure, basis, amount, done, why });
    }
    // An address of its own: reading it again does nothing again.
    let told = Told { action: word, results };
    let report = portal.store.keep_report(&viewer.actor, &key, report::KIND, &told).await?;
    Ok(redirect(&format!("/work/reports/{}", report.value)))
}

/// `12:7`: the case and the version of it that was seen.
fn read_pick(text: &str) -> Option<(CaseId, u64)> {
    let (id, version) = text.split_once(':')?;
    Some((CaseId(id.parse().ok()?), version.parse().ok()?))
}

fn form(action: Action, picked: &[Picked], declining: &Declining, lang: Lang) -> Form {
    let open: Vec<&Picked> = picked.iter().filter(|one| one.refused.is_empty()).collect();
    form_of(action, &open, declining, (&Reviewing::of(picked), true), lang)
}

/// A field for the amount of a case.
fn amount_field(one: &Picked) -> Field {
    let number = one.file.number();
    let label = Text::new(format!("{} 金额", number.zh), format!("{} amount", number.en));
    let amount = Field::money(one.amount_field(), label);
    match one.file.span() {
        Some(span) => amount.between(span.low, span.high.unwrap_or(Fen::MAX)),
        None => amount,
    }
}

/// What is asked for these cases. Amounts of last reviews must be given where they are for support.
fn form_of(
    action: Action,
    picked: &[&Picked],
    declining: &Declining,
    (review, is_support): (&Reviewing, bool),
    lang: Lang,
) -> Form {
    let mut fields = Vec::new();
    match action {
        Action::Decide => {
            fields.extend(picked.iter().map(|one| amount_field(one)));
            fields.push(
                Field::text_area("reason", ("审定理由", "Reason for the amounts"))
                    .hint(("写进每一件的决定书。", "It stands in the decision letter of each."))
                    .max_chars(500),
            );
            fields.push(
                Field::text_area("conditions", ("资金使用条件", "Conditions on the use of the money"))
                    .hint(("每行一条，适用于每一件。", "One on each line; they hold for each."))
                    .max_chars(500)
                    .optional(),
            );
            fields.push(Field::radios("if_short", ("资金不足时", "If the fund is short"), deciding::if_short(None)));
        }
        Action::Decline => fields.extend(declining.fields()),
        Action::Review => {
            for one in picked.iter().filter(|one| one.has_amount(action)) {
                let amount = amount_field(one);
                fields.push(if is_support { amount } else { amount.optional() });
            }
            fields.extend(review.fields());
        }
        _ => {}
    }
    let form = Form::new(lang, fields);
    match action {
        Action::Decide => form.with("if_short", "refuse"),
        Action::Review => review.begun(form),
        _ => form,
    }
}

/// What is asked of one case; why it is left out, where what was chosen for all does not fit it.
fn ask_of(
    action: Action,
    id: CaseId,
    picked: Option<&Picked>,
    declining: &Declining,
    form: &Form,
) -> Result<Ask, Text> {
    let amount = || form.money(&format!("amount-{}", id.0)).unwrap_or(Fen(0));
    Ok(match action {
        Action::PublishNotice => Ask::PublishNotice,
        Action::TakeUp => Ask::TakeUp,
        Action::Close => Ask::Close,
        Action::Review => {
            let one = picked.ok_or_else(|| Text::from(("没有这一件", "there is no such case")))?;
            let recommends = reviewing::recommends(one, form.money(&one.amount_field()), form)?;
            Ask::Review { recommends, opinion: form.text("opinion").to_owned() }
        }
        Action::Decide => Ask::Decide {
            // Each case's own amount, never one for all.
            amount: amount(),
            reason: form.text("reason").to_owned(),
            conditions: lines(form.text("conditions")),
            priority: PRIORITY,
            if_short: if_short(form.text("if_short")),
        },
        Action::Decline => match picked {
            // A box that is sent for a case that cannot be declined.
            Some(one) if !one.refused.is_empty() => return Err(one.refused.clone()),
            _ => Ask::Decline { reason: declining.reason(id, form)? },
        },
        _ => Ask::Accept,
    })
}

async fn show(
    portal: &Portal,
    page: Page,
    action: Action,
    picked: Vec<Picked>,
    declining: Declining,
    form: Form,
    status: StatusCode,
) -> Result<Response, Problem> {
    let funds = if action == Action::Decide { fund_lines(portal, &picked, &form).await? } else { Vec::new() };
    let title = Text::new(
        format!("批量{}：请核对", action.label(Lang::Zh)),
        format!("In bulk: {} — please check", action.label(Lang::En)),
    );
    let page = page.titled(title).under("/work", ("办件", "Cases")).wide();
    let back = "/work".to_owned();
    Page::show_as(status, &Confirm { page, action, picked, declining, form, funds, once: once()?, back })
}

async fn fund_lines(portal: &Portal, picked: &[Picked], form: &Form) -> Result<Vec<FundLine>, Problem> {
    let mut lines: Vec<(String, i32, Text, Fen)> = Vec::new();
    for one in picked.iter().filter(|one| one.refused.is_empty()) {
        let subject = &one.file.case.subject;
        // What is not picked wants nothing, until it is.
        let wanted = form.money(&one.amount_field()).filter(|_| one.is_set).unwrap_or(Fen(0));
        match lines.iter_mut().find(|(fund, year, ..)| *fund == subject.fund && *year == subject.year) {
            Some((.., sum)) => *sum = Fen(sum.0.saturating_add(wanted.0)),
            None => lines.push((subject.fund.clone(), subject.year, one.file.fund_name(), wanted)),
        }
    }
    let mut shown = Vec::new();
    for (fund, year, name, wanted) in lines {
        let position: Option<FundPosition> = money::position(&portal.store, &fund, year).await?;
        let free = position.as_ref().map_or(Fen(0), FundPosition::for_new);
        let (has, effect) = (money::effect(position.as_ref(), None), money::effect(position.as_ref(), Some(wanted)));
        let is_short = free < wanted;
        let name = Text::new(format!("{} {year}年", name.zh), format!("{} {year}", name.en));
        shown.push(FundLine { key: (fund, year), name, wanted, free, has, effect, is_short });
    }
    Ok(shown)
}
