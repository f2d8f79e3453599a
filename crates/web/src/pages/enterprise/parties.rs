//! For whom someone acts: the parties delegated to them at this moment, and no others.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{NaiveDate, TimeDelta};
use duixian_assess::result::Status as Outcome;
use duixian_casework::moment::Moment;
use duixian_casework::people::Actor;
use duixian_casework::round::Round;
use duixian_casework::stage::Stage;
use duixian_money::Span;
use duixian_store::StoreError;
use duixian_store::cases::CaseFilter;
use duixian_store::facts::Party;
use duixian_text::{folded, half_width};

use super::amounts::{Left, Offer, Total};
use super::cases::{MAY_BE_YOURS, replied};
use super::offers::open_rounds;
use super::outlook::is_open;
use super::standing::day_text;
use super::taken_over::{closed_rounds, is_left};
use crate::forms::{Field, Form, Posted};
use crate::locale::Text;
use crate::page::Page;
use crate::portal::Portal;
use crate::problem::Problem;
use crate::shell::redirect;
use crate::viewer::Viewer;

/// A party that the viewer acts for now. Any other is not there: a delegation that has ended hides everything at once.
pub async fn own(portal: &Portal, viewer: &Viewer, code: &str) -> Result<Party, Problem> {
    if !viewer.actor.acts_for(code) {
        return Err(gone(portal, viewer, code, None).await?);
    }
    named(portal, code).await
}

/// Why what is a party's is not there: that the viewer's delegation has ended, where they had one, and what they ask for is from `before` its
/// end; to all others it is not known that there is anything.
pub async fn gone(portal: &Portal, viewer: &Viewer, code: &str, before: Option<Moment>) -> Result<Problem, Problem> {
    let now = portal.store.now();
    let own = portal.store.delegations_of(viewer.user).await?.into_iter().filter(|of| of.party == code);
    let ends = own.filter_map(|of| of.revoked_at.into_iter().chain(of.until).min());
    let end = ends.filter(|end| *end <= now && before.is_none_or(|before| before < *end)).max();
    let Some(end) = end else { return Ok(Problem::not_found()) };
    let (name, day) = (named(portal, code).await?.name, day_text(last_day(end)));
    let why = Text::new(
        format!(
            "{name}对您的经办授权已于{}结束：它的申请您不能再看、再填；结束以后填的没有保存，以前保存的还在。",
            day.zh
        ),
        format!(
            "Your delegation for {name} ended on {}: you can no longer see or fill in its applications. What was typed since was not kept; \
             what was saved before is there.",
            day.en
        ),
    );
    let todo = (
        "仍由您经办的，请单位到受理窗口重新办理授权，再打开这一页。",
        "If you are still to act for it, the party asks for another delegation at the intake desk; then open this page again.",
    );
    Ok(Problem::forbidden(why).with_status(StatusCode::NOT_FOUND).with_todo(todo))
}

/// The last day on which a delegation held that has ended: one that runs out does so as the next day begins.
fn last_day(end: Moment) -> NaiveDate {
    Moment(end.0 - 1).day()
}

/// A party with its name; the code where the registry has none.
pub async fn named(portal: &Portal, code: &str) -> Result<Party, Problem> {
    let found = portal.store.party(code).await?;
    Ok(found.unwrap_or_else(|| Party { code: code.to_owned(), name: code.to_owned() }))
}

/// All of them with their names, in the order of their codes.
pub async fn all(portal: &Portal, viewer: &Viewer) -> Result<Vec<Party>, Problem> {
    let codes = viewer.parties();
    let known: HashMap<String, String> =
        portal.store.parties(codes).await?.into_iter().map(|party| (party.code, party.name)).collect();
    let named = |code: &String| Party { code: code.clone(), name: known.get(code).unwrap_or(code).clone() };
    Ok(codes.iter().map(named).collect())
}

#[derive(Template)]
#[template(path = "enterprise/parties.html")]
struct Parties {
    page: Page,
    search: Form,
    is_searched: bool,
    /// Those shown at once: where something is to be done, those searched for, or all where they are few.
    parties: Vec<Choice>,
    /// The others, folded away.
    rest: Vec<Choice>,
    count: usize,
    /// Parties whose delegation has ended of late, and when: their cases are not there any more, and nothing else says why.
    ended: Vec<(String, NaiveDate)>,
}

/// A party to choose, and what waits there.
struct Choice {
    code: String,
    name: String,
    returned: usize,
    failed: usize,
    /// Objections to which there was no reply yet.
    objected: usize,
    drafts: usize,
    /// Drafts that were not sent before their round closed: nothing can be done with them.
    left: usize,
    /// What could be applied for.
    offer: Offer,
}

impl Choice {
    /// What there is money for, said beside it; none where there is nothing.
    fn offered(&self) -> Option<Text> {
        let (count, sum) = counted(&self.offer.now)?;
        Some(Text::new(format!("可申请 {count} 项{}", sum.zh), format!("{count} to apply for{}", sum.en)))
    }

    /// What could be applied for besides, and would wait for money, as the party's own page says it.
    fn waiting_for_money(&self) -> Option<Text> {
        let (count, sum) = counted(&self.offer.short)?;
        let (zh, en) = if self.offer.is_split() { ("另有", "more, ") } else { ("可申请", "to apply for, ") };
        Some(Text::new(
            format!("{zh} {count} 项{}，资金没有剩余或者不够，审定后轮候", sum.zh),
            format!("{count} {en}from funds with nothing or not enough left{}: what is decided waits", sum.en),
        ))
    }

    fn waiting(&self) -> usize {
        self.returned + self.failed + self.objected + self.drafts
    }
}

/// How many there are, and what they come to; none where there are none.
fn counted(total: &Total) -> Option<(usize, Text)> {
    let sum =
        total.text().map_or_else(Text::default, |sum| Text::new(format!("，{}", sum.zh), format!(": {}", sum.en)));
    (total.count > 0).then_some((total.count, sum))
}

/// Up to so many parties are looked over at a glance; more are searched.
pub const AT_A_GLANCE: usize = 8;
/// Of up to so many parties it is worked out what they could apply for.
const MOST_OFFERED: usize = 200;
/// How many waiting cases are counted at most: nobody works off more before coming back.
const MOST_WAITING: u64 = 1000;

/// For how long it is said that a delegation has ended.
const DAYS_TOLD: i64 = 60;

/// The parties that the viewer acted for until lately, by name, each with the day of the end.
pub async fn ended(portal: &Portal, viewer: &Viewer) -> Result<Vec<(String, NaiveDate)>, Problem> {
    let now = portal.store.now();
    let first = now.plus(TimeDelta::days(-DAYS_TOLD));
    let mut ended: Vec<(String, Moment)> = Vec::new();
    for of in portal.store.delegations_of(viewer.user).await? {
        let end = of.revoked_at.into_iter().chain(of.until).min().filter(|end| (first..=now).contains(end));
        let is_told = viewer.actor.acts_for(&of.party) || ended.iter().any(|(party, _)| *party == of.party);
        ended.extend(end.filter(|_| !is_told).map(|end| (of.party, end)));
    }
    let mut told = Vec::new();
    for (code, end) in ended {
        told.push((named(portal, &code).await?.name, last_day(end)));
    }
    Ok(told)
}

/// `GET /my`: straight to the only party, or a choice: those where something is to be done first, then those that could have
/// most now, the others by name.
pub async fn choose(State(portal): State<Arc<Portal>>, page: Page, viewer: Viewer) -> Result<Response, Problem> {
    if let [only] = viewer.parties() {
        return Ok(redirect(&format!("/my/{only}")));
    }
    let parties = all(&portal, &viewer).await?;
    let except = replied(&portal, &viewer).await?;
    let filter = CaseFilter { stages: MAY_BE_YOURS.to_vec(), except, per_page: MOST_WAITING, ..CaseFilter::default() };
    let waiting = if parties.is_empty() { Vec::new() } else { portal.store.cases(&viewer.actor, &filter).await?.rows };
    let search = Form::new(page.lang, vec![Field::text("q", ("单位名称或信用代码", "Name or code")).optional()]);
    let search = search.drafted(&Posted::from_query(page.query()));
    let plain = |text: &str| half_width(text).to_lowercase();
    let wanted = plain(search.text("q"));
    let is_wanted = |party: &Party| {
        let (name, code) = (plain(&party.name), plain(&party.code));
        wanted.split_whitespace().all(|word| name.contains(word) || code.contains(word))
    };
    let count = parties.len();
    let over = closed_rounds(&portal).await?;
    let choice = |party: Party| {
        let own = || waiting.iter().filter(|row| row.party == party.code);
        let at = |stage| own().filter(|row| row.stage == stage).count();
        let left = own().filter(|row| is_left(row, &over)).count();
        let (returned, failed, drafts) = (at(Stage::Correction), at(Stage::PaymentFailed), at(Stage::Draft) - left);
        let objected = at(Stage::Objection);
        Choice { code: party.code, name: party.name, returned, failed, objected, drafts, left, offer: Offer::default() }
    };
    let mut parties: Vec<Choice> = parties.into_iter().filter(is_wanted).map(choice).collect();
    let mut offers = Offers { portal: &portal, rounds: open_rounds(&portal).await?, left: HashMap::new() };
    for party in parties.iter_mut().take(MOST_OFFERED) {
        party.offer = offers.of(&viewer.actor, &party.code).await?;
    }
    parties.sort_by_cached_key(|party| {
        let is_sent_back = party.returned + party.failed + party.objected > 0;
        let worth = |total: &Total| (Reverse(total.high), Reverse(total.count));
        let (now, short) = (worth(&party.offer.now), worth(&party.offer.short));
        (!is_sent_back, party.waiting() == 0, now, short, party.name.clone())
    });
    let is_long = wanted.is_empty() && parties.len() > AT_A_GLANCE;
    let shown = if is_long {
        parties.partition_point(|party| party.waiting() > 0 || party.offer.count() > 0)
    } else {
        parties.len()
    };
    let rest = parties.split_off(shown);
    let page = if count == 0 {
        page.titled(("还没有可以办理的单位", "No party to act for yet"))
    } else {
        page.titled(("为哪家单位办事？", "For which party?"))
    };
    let ended = ended(&portal, &viewer).await?;
    Page::show(&Parties { page: page.narrow(), search, is_searched: !wanted.is_empty(), parties, rest, count, ended })
}

/// What parties could still apply for in the rounds that are open, counted as each one's own page counts it. Each fund is
/// looked at once.
struct Offers<'p> {
    portal: &'p Portal,
    rounds: Vec<Round>,
    left: HashMap<(String, i32), Option<Left>>,
}

impl Offers<'_> {
    async fn of(&mut self, actor: &Actor, party: &str) -> Result<Offer, Problem> {
        let mut spans: Vec<(Span, bool)> = Vec::new();
        for index in 0..self.rounds.len() {
            let (round, year) = (self.rounds[index].id, self.rounds[index].year);
            let found = match self.portal.store.entitlements(actor, round, party).await {
                Ok(found) => found,
                // The facts of the round know nothing of it.
                Err(StoreError::NotFound) => continue,
                Err(error) => return Err(error.into()),
            };
            let plan = &found.pack.plan;
            let taken =
                found.explained.measures.iter().filter(|of| found.round.takes(&plan.measures[of.measure].name.en));
            for of in taken {
                let rule = &plan.measures[of.measure];
                let left = match rule.fund {
                    Some(fund) => self.left(&plan.funds[fund].name.en, year).await?,
                    None => None,
                };
                for basis in of.bases.iter().filter(|basis| is_given(basis.row.status())) {
                    let key = folded(&basis.basis);
                    let about = found
                        .cases
                        .iter()
                        .filter(|case| case.measure == rule.name.en && case.year == year && folded(&case.basis) == key);
                    let stages: Vec<Stage> = about.map(|case| case.stage).collect();
                    let span = basis.row.amount().filter(|_| is_open(&stages));
                    spans.extend(span.map(|span| (span, left.is_some_and(|left| left.is_short(Some(span))))));
                }
            }
        }
        Ok(Offer::of(&spans))
    }

    async fn left(&mut self, fund: &str, year: i32) -> Result<Option<Left>, Problem> {
        let key = (fund.to_owned(), year);
        if let Some(left) = self.left.get(&key) {
            return Ok(*left);
        }
        let left = Left::of(self.portal, fund, year).await?;
        self.left.insert(key, left);
        Ok(left)
    }
}

fn is_given(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Entitled | Outcome::Conditional)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delegation_that_has_run_out_held_until_the_day_before() {
        let day = NaiveDate::from_ymd_opt(2019, 3, 16).expect("a day");
        assert_eq!(last_day(Moment::start_of(day)), day.pred_opt().expect("a day"));
        assert_eq!(last_day(Moment::start_of(day).plus(TimeDelta::hours(9))), day);
    }
}
