//! What a party can get, how much, and what it still needs: the first screen after signing in.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use chrono::NaiveDate;
use duixian_assess::explain::{BasisReport, MeasureReport, Report};
use duixian_assess::result::Status as Outcome;
use duixian_casework::case::CaseId;
use duixian_casework::round::{Round, RoundState};
use duixian_casework::stage::Stage;
use duixian_money::{Fen, Span};
use duixian_rules::plan::Measure;
use duixian_rules::vocabulary::TableKind;
use duixian_store::cases::CaseRow;
use duixian_store::people::Delegation;

use super::amounts::{Left, Offer, Total, span_text};
use super::applied::{Applied, Reported, applied, reported};
use super::appraisal;
use super::edit::once;
use super::outlook::{Given, Outlook, apply_href, is_refused};
use super::standing::{day_text, last_day, status};
use super::taken_over::{closed_rounds, is_left};
use super::{parties, together};
use crate::casefile::cells;
use crate::casefile::question::slot_text;
use crate::casefile::said::all_said;
use crate::locale::{Lang, Text};
use crate::page::{NavItem, Page};
use crate::portal::Portal;
use crate::problem::Problem;
use crate::ui::{Deadline, Status};
use crate::viewer::Viewer;

/// How many applications stand on the page; the rest are one tap away.
const MOST_CASES: usize = 5;
/// How many bases of one measure stand there at once; a firm may have filed twenty patents.
const MOST_OF_A_MEASURE: usize = 3;

/// Where it stands why a basis comes to what it does; of all bases where none is named.
fn why_href(party: &str, round: i64, measure: &str, basis: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("round", &round.to_string());
    if !basis.is_empty() {
        query.append_pair("basis", basis);
    }
    format!("/my/{party}/why/{measure}?{}", query.finish())
}

/// One entitlement, or what might become one.
struct Item {
    measure: String,
    name: Text,
    basis: String,
    status: Status,
    amount: Option<Text>,
    reason: String,
    evidence: Vec<Text>,
    why: String,
    clause: String,
    /// Where another row of the same kind is reported, which the registry lacks.
    report: Option<String>,
    fund: Option<Text>,
    /// That the fund is empty, or has less than this.
    short: Option<Text>,
    former: Option<Former>,
    act: Act,
    once: String,
}

/// An earlier application for the same that came to nothing.
struct Former {
    id: CaseId,
    href: String,
    status: Text,
    /// Whether an office refused it; else it was taken back.
    is_refused: bool,
    /// Why, in the office's words; empty of one that was taken back.
    reason: String,
}

/// What can be done about it.
enum Act {
    /// Begin an application: a form posted there, and what its button says.
    Begin(String, Text),
    /// Go on with a draft.
    GoOn(String),
    /// Look at a draft that is not gone on with here, for this reason.
    Draft(String, Text),
    /// Look at it first: a page where what the registry lacks is named.
    State(String),
    /// Nothing now, for this reason.
    Closed(Text),
}

impl Item {
    /// Whether its last application was refused, and no new one was begun.
    fn is_refused(&self) -> bool {
        !matches!(self.act, Act::GoOn(_) | Act::Draft(..))
            && self.former.as_ref().is_some_and(|former| former.is_refused)
    }
}

/// Several of one measure that can be applied for together.
struct Group {
    href: String,
    name: Text,
    count: usize,
    /// How many of them were begun.
    drafts: usize,
    amount: Option<Text>,
}

/// What is at the top.
struct Totals {
    offer: Offer,
    /// Of the round, while it is not closed.
    drafts: usize,
    /// Drafts that were not sent before their round closed.
    left: usize,
    needs: usize,
    applied: usize,
    paid: Fen,
}

#[derive(Template)]
#[template(path = "enterprise/overview.html")]
struct OverviewPage {
    page: Page,
    others: Vec<NavItem>,
    code: String,
    round: Option<RoundLine>,
    rounds: Vec<NavItem>,
    totals: Totals,
    /// What was sent back, by an official or by the bank, in whatever round.
    yours: Vec<Applied>,
    /// What the party has reported itself, since the registry lacks it.
    reported: Vec<Reported>,
    groups: Vec<Group>,
    can: Vec<Item>,
    more_can: Vec<Item>,
    needs: Vec<Item>,
    more_needs: Vec<Item>,
    applied: Vec<Applied>,
    more_cases: usize,
    /// What the rules give something for, but an office has refused: no part of what can be expected.
    refused: Vec<Item>,
    not: Vec<Item>,
    /// Who acts for the party, each with since when.
    agents: Vec<Text>,
}

impl OverviewPage {
    /// How many applications the party has reported the row of.
    fn reported_count(&self) -> usize {
        self.reported.iter().map(Reported::count).sum()
    }
}

struct RoundLine {
    name: String,
    /// The measures that it takes, where it does not take all.
    only: Option<Text>,
    state: RoundState,
    opens: NaiveDate,
    deadline: Deadline,
}

/// `GET /my/{code}`.
pub async fn overview(
    State(portal): State<Arc<Portal>>,
    page: Page,
    viewer: Viewer,
    Path(code): Path<String>,
) -> Result<Response, Problem> {
    let party = parties::own(&portal, &viewer, &code).await?;
    let others = others(&portal, &viewer, &code).await?;
    let overview = Outlook::load(&portal, &page, &viewer, party).await?;
    let funds = overview.left(&portal).await?;
    let reported = reported(&overview);
    let (mut can, mut needs, mut not, mut refused) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut spans: Vec<(Span, bool)> = Vec::new();
    if let Some(given) = &overview.given {
        let sorter = Sorter { overview: &overview, given, funds: &funds, reported: &reported, lang: page.lang };
        appraisal::read(&given.explained, &given.pack, page.lang, |report| -> Result<(), Problem> {
            for (outcome, span, item) in sorter.items(report)? {
                match outcome {
                    Outcome::NotEntitled => not.push(item),
                    _ if item.is_refused() => refused.push(item),
                    Outcome::Entitled | Outcome::Conditional => {
                        spans.extend(span.map(|span| (span, item.short.is_some())));
                        can.push((outcome, span, item));
                    }
                    Outcome::Unknown => needs.push(item),
                }
            }
            Ok(())
        })?;
    }
    // What was begun comes first, then what is sure, the larger before the smaller.
    can.sort_by_key(|(outcome, span, item)| {
        let most = span.map(|span| std::cmp::Reverse(span.high.unwrap_or(span.low)));
        (!matches!(item.act, Act::GoOn(_) | Act::Draft(..)), *outcome, most)
    });
    let year = overview.given.as_ref().map(|given| given.round.year);
    let (yours, mut applied): (Vec<Applied>, Vec<Applied>) =
        applied(&overview).into_iter().partition(|one| one.is_yours);
    let round = overview.given.as_ref().map(|given| given.round.id);
    applied.retain(|one| Some(one.round) == round);
    for former in refused.iter_mut().filter_map(|item: &mut Item| item.former.as_mut()) {
        applied.retain(|one| one.href != former.href);
        former.reason = portal.store.case_for(&viewer.actor, former.id).await?.reason.unwrap_or_default();
    }
    let paid =
        overview.cases.iter().filter(|row| matches!(row.stage, Stage::Paid | Stage::Closed) && Some(row.year) == year);
    let over = closed_rounds(&portal).await?;
    let (left, drafts): (Vec<&CaseRow>, Vec<&CaseRow>) =
        overview.cases.iter().filter(|row| row.stage == Stage::Draft).partition(|row| is_left(row, &over));
    let totals = Totals {
        offer: Offer::of(&spans),
        drafts: drafts.iter().filter(|row| Some(row.round) == round).count(),
        left: left.len(),
        needs: needs.len(),
        applied: applied.len(),
        paid: Fen(paid.filter_map(|row| row.amount).fold(0, |sum, amount| sum.saturating_add(amount.0))),
    };
    let more_cases = applied.len().saturating_sub(MOST_CASES);
    applied.truncate(MOST_CASES);
    let round = overview.given.as_ref().map(|given| RoundLine {
        name: given.round.name.clone(),
        only: only(given),
        state: given.round.state(overview.now),
        opens: given.round.opens_at.day(),
        deadline: overview.deadline(last_day(&given.round)),
    });
    let rounds = other_rounds(&overview);
    let page = page.titled(Text::same(overview.party.name.clone()));
    let groups = groups(&overview, &can);
    let agents = agents(&portal, &overview.party.code).await?;
    let (mut can, mut more_can) = first_of_each(can.into_iter().map(|(_, _, item)| item).collect());
    let (mut needs, mut more_needs) = first_of_each(needs);
    // It is one page for a measure, whichever of its rows leads there: twenty patents need it said once.
    let mut led_to = BTreeSet::new();
    for item in can.iter_mut().chain(&mut needs).chain(&mut more_can).chain(&mut more_needs) {
        item.report.take_if(|report| !led_to.insert(report.clone()));
    }
    Page::show(&OverviewPage {
        page,
        others,
        code,
        round,
        rounds,
        totals,
        yours,
        reported,
        groups,
        can,
        more_can,
        needs,
        more_needs,
        applied,
        more_cases,
        refused,
        not,
        agents,
    })
}

/// Those who act for a party now: whoever does is to know who else does.
async fn agents(portal: &Portal, code: &str) -> Result<Vec<Text>, Problem> {
    let now = portal.store.now();
    let mut there = portal.store.delegations_for(code).await?;
    there.retain(|one| one.acts(now));
    let said = |one: Delegation| {
        let since = day_text(one.since.day());
        Text::new(format!("{}（{}起）", one.user_name, since.zh), format!("{} (since {})", one.user_name, since.en))
    };
    Ok(there.into_iter().rev().map(said).collect())
}

/// The measures that a round takes, where it does not take all.
fn only(given: &Given) -> Option<Text> {
    let names = given.pack.plan.measures.iter().filter(|rule| given.round.takes(&rule.name.en));
    let (zh, en): (Vec<String>, Vec<String>) =
        names.map(|rule| cells::name(&rule.name)).map(|name| (name.zh.into_owned(), name.en.into_owned())).unzip();
    let is_all = given.round.measures.is_empty();
    (!is_all).then(|| Text::new(format!("只受理{}", zh.join("、")), format!("takes {} alone", en.join(", "))))
}

/// The measures of which several can be applied for, or have been begun.
fn groups(overview: &Outlook, can: &[(Outcome, Option<Span>, Item)]) -> Vec<Group> {
    let Some(given) = &overview.given else { return Vec::new() };
    let mut of: BTreeMap<&str, Vec<(&Item, Option<Span>)>> = BTreeMap::new();
    for (_, span, item) in can.iter().filter(|(.., item)| matches!(item.act, Act::Begin(..) | Act::GoOn(_))) {
        of.entry(&item.measure).or_default().push((item, *span));
    }
    of.retain(|_, items| items.len() > 1);
    let group = |(measure, items): (&str, Vec<(&Item, Option<Span>)>)| {
        let total = Total::of(items.iter().filter_map(|(_, span)| *span));
        Some(Group {
            href: together::href(&overview.party.code, given.round.id, measure),
            name: items.first()?.0.name.clone(),
            count: items.len(),
            drafts: items.iter().filter(|(item, _)| matches!(item.act, Act::GoOn(_))).count(),
            amount: total.text().filter(|_| total.count > 0),
        })
    };
    of.into_iter().filter_map(group).collect()
}

/// The first few items of each measure, and the rest.
fn first_of_each(items: Vec<Item>) -> (Vec<Item>, Vec<Item>) {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    items.into_iter().partition(|item| {
        let count = seen.entry(item.measure.clone()).or_default();
        *count += 1;
        *count <= MOST_OF_A_MEASURE
    })
}

/// The other parties that the viewer acts for; of more than can be looked over, the page where one is searched for.
async fn others(portal: &Portal, viewer: &Viewer, code: &str) -> Result<Vec<NavItem>, Problem> {
    if viewer.parties().len() > parties::AT_A_GLANCE {
        return Ok(vec![NavItem::new("/my", "按名称或代码找", "Search by name or code")]);
    }
    let all = parties::all(portal, viewer).await?;
    let others = all.into_iter().filter(|party| party.code != code);
    Ok(others.map(|party| NavItem { href: format!("/my/{}", party.code), text: Text::same(party.name) }).collect())
}

fn other_rounds(overview: &Outlook) -> Vec<NavItem> {
    let current = overview.given.as_ref().map(|given| given.round.id);
    let others = overview.rounds.iter().filter(|round| Some(round.id) != current).take(6);
    let href = |round: &Round| format!("/my/{}?round={}", overview.party.code, round.id);
    others.map(|round| NavItem { href: href(round), text: Text::same(round.name.clone()) }).collect()
}

/// Sorts what a round gives into what can be done about it.
struct Sorter<'a> {
    overview: &'a Outlook,
    given: &'a Given,
    funds: &'a BTreeMap<usize, Left>,
    reported: &'a [Reported],
    lang: Lang,
}

impl Sorter<'_> {
    fn items(&self, report: &Report) -> Result<Vec<(Outcome, Option<Span>, Item)>, Problem> {
        let mut items = Vec::new();
        // What another round takes stands with that round.
        let is_taken = |measure: usize| self.given.round.takes(&self.given.pack.plan.measures[measure].name.en);
        for of in report.measures.iter().filter(|of| is_taken(of.measure)) {
            for basis in &of.bases {
                if let Some(item) = self.item(of, basis)? {
                    items.push((basis.status, basis.amount.filter(|_| basis.status != Outcome::Unknown), item));
                }
            }
        }
        for (measure, basis, facts) in self.given.unread.iter().filter(|(measure, ..)| is_taken(*measure)) {
            let rule = &self.given.pack.plan.measures[*measure];
            if self.overview.case_for(&rule.name.en, basis, self.given.round.year).is_some() {
                continue;
            }
            let names: Vec<String> =
                facts.iter().map(|slot| slot_text(&self.given.pack.plan.vocabulary, *slot, self.lang)).collect();
            let reason = match self.lang {
                Lang::Zh => format!("登记不全，缺：{}", names.join("、")),
                Lang::En => format!("the registry lacks: {}", names.join(", ")),
            };
            let act = match self.overview.takes(&rule.name.en) {
                Some(why) => Act::Closed(why),
                None => Act::Begin(self.apply(rule, basis), ("补充并申请", "Add it and apply").into()),
            };
            let mut item = self.build(rule, basis, basis.clone(), None, reason, act)?;
            item.status = appraisal::status(Some(Outcome::Unknown));
            items.push((Outcome::Unknown, None, item));
        }
        let is_unread = |measure: usize| self.given.unread.iter().any(|(of, ..)| *of == measure);
        // What the party has reported itself stands there, and it is not said beside it that there is nothing.
        let name = |measure: usize| &self.given.pack.plan.measures[measure].name.en;
        let is_reported = |measure: usize| self.reported.iter().any(|one| one.measure == *name(measure));
        let is_shown = |measure: usize| is_taken(measure) && !is_unread(measure) && !is_reported(measure);
        for without in report.without.iter().filter(|without| is_shown(without.measure)) {
            let rule = &self.given.pack.plan.measures[without.measure];
            let is_account = self.table_kind(rule) == TableKind::Account;
            let reason = match (without.outside.first(), self.lang) {
                (Some(outside), Lang::Zh) => format!("{outside}。需要：{}", without.needed),
                (Some(outside), Lang::En) => format!("{outside}; needed: {}", without.needed),
                (None, Lang::Zh) if is_account => format!("登记里还没有：{}", without.needed),
                (None, Lang::En) if is_account => format!("the registry does not have yet: {}", without.needed),
                (None, Lang::Zh) => format!("登记里没有：{}", without.needed),
                (None, Lang::En) => format!("the registry has no {}", without.needed),
            };
            let act = match self.overview.takes(&rule.name.en) {
                Some(why) => Act::Closed(why),
                None => Act::State(self.apply(rule, "")),
            };
            items.push((Outcome::NotEntitled, None, self.build(rule, "", String::new(), None, reason, act)?));
        }
        Ok(items)
    }

    /// An item for a basis; none where an application for it is on its way and stands among those.
    fn item(&self, of: &MeasureReport, basis: &BasisReport) -> Result<Option<Item>, Problem> {
        let rule = &self.given.pack.plan.measures[of.measure];
        let case = self.overview.case_for(&rule.name.en, &basis.id, self.given.round.year);
        if case.is_some_and(|case| case.stage != Stage::Draft) {
            return Ok(None);
        }
        let closed = self.overview.takes(&rule.name.en);
        let href = self.apply(rule, &basis.id);
        let act = match (case, closed, basis.status) {
            (Some(draft), ..) => match self.overview.go_on(draft) {
                (href, None) => Act::GoOn(href),
                (href, Some(why)) => Act::Draft(href, why),
            },
            (None, Some(why), _) => Act::Closed(why),
            (None, None, Outcome::Entitled | Outcome::Conditional) => Act::Begin(href, ("申请", "Apply").into()),
            (None, None, Outcome::Unknown) => Act::Begin(href, ("补充并申请", "Add it and apply").into()),
            (None, None, Outcome::NotEntitled) => Act::State(href),
        };
        let reason = match basis.status {
            Outcome::Entitled => basis.pays.clone().unwrap_or_else(|| of.pays.clone()),
            Outcome::Conditional => of.pays.clone(),
            _ => basis.outcome.clone(),
        };
        let span = match basis.status {
            Outcome::Entitled | Outcome::Conditional => basis.amount,
            Outcome::Unknown | Outcome::NotEntitled => None,
        };
        let named = self.given.row_name(rule.basis.table, &basis.id);
        let name = named.map_or_else(|| basis.name.clone(), |name| name.get(self.lang).to_owned());
        let mut item = self.build(rule, &basis.id, name, span, reason, act)?;
        item.status = appraisal::status(Some(basis.status));
        if case.is_some() {
            item.status = status(Stage::Draft);
        }
        Ok(Some(item))
    }

    fn build(
        &self,
        rule: &Measure,
        basis: &str,
        basis_name: String,
        span: Option<Span>,
        reason: String,
        act: Act,
    ) -> Result<Item, Problem> {
        let measure = &rule.name.en;
        let round = &self.given.round;
        let former = self.overview.former_case(measure, basis, round.year);
        let fund = rule.fund.and_then(|fund| Some((fund, *self.funds.get(&fund)?)));
        let fund = fund.map(|(fund, left)| (cells::name(&self.given.pack.plan.funds[fund].name), left));
        let short = fund.as_ref().and_then(|(name, left)| left.short(name, span));
        let fund = fund.filter(|_| short.is_none()).map(|(name, left)| {
            let left = left.text();
            Text::new(format!("{}还剩{}", name.zh, left.zh), format!("{}: {} left", name.en, left.en))
        });
        let table = &self.given.pack.plan.vocabulary.tables[rule.basis.table];
        let is_numbered = table.kind == TableKind::Event && table.id_column().is_some();
        let is_of_party = self.table_kind(rule) == TableKind::Party;
        Ok(Item {
            measure: measure.clone(),
            name: cells::name(&rule.name).headed(),
            basis: if is_of_party { String::new() } else { basis_name },
            status: appraisal::status(None),
            amount: span.map(span_text),
            reason,
            evidence: all_said(&self.given.pack.plan.english, &rule.notes.evidence),
            why: why_href(&self.overview.party.code, round.id, measure, basis),
            clause: rule.clause.clone(),
            report: is_numbered.then(|| self.apply(rule, "")),
            fund,
            short,
            former: former.map(|row| Former {
                id: row.id,
                href: format!("/cases/{}", row.id.0),
                status: status(row.stage).text,
                is_refused: is_refused(row.stage),
                reason: String::new(),
            }),
            act,
            once: once()?,
        })
    }

    fn table_kind(&self, rule: &Measure) -> TableKind {
        self.given.pack.plan.vocabulary.tables[rule.basis.table].kind
    }

    fn apply(&self, rule: &Measure, basis: &str) -> String {
        apply_href(&self.overview.party.code, self.given.round.id, &rule.name.en, basis)
    }
}
