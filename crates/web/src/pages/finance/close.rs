//! The end of a fund's year: what is left over goes on or back, shown before it is done.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use chrono::NaiveDate;
use duixian_casework::moment::Moment;
use duixian_casework::people::Actor;
use duixian_casework::round::RoundState;
use duixian_casework::stage::Stage;
use duixian_ledger::CarryRule;
use duixian_money::Fen;
use duixian_store::cases::CaseFilter;
use duixian_store::funds::{FundPosition, Proposed};

use crate::format;
use crate::forms::Posted;
use crate::locale::{Lang, Text};
use crate::page::Page;
use crate::pages::work::filters;
use crate::pages::work::rows::Names;
use crate::portal::Portal;
use crate::problem::{Problem, for_form};
use crate::viewer::Viewer;

use super::{fund_href, fund_of_year, proposed, waiting_href};

/// Why a year can't be closed now; none where it can.
pub fn why_not(position: &FundPosition, this_year: i32) -> Option<Text> {
    if this_year <= position.year {
        let year = position.year;
        return Some(Text::new(format!("{year}年度还没有结束"), format!("{year} is not over")));
    }
    if position.free > Fen(0) && position.waiting_cases > 0 {
        let (cases, sum) = (position.waiting_cases, position.waiting);
        return Some(Text::new(
            format!(
                "还有 {cases} 件（{}）在轮候这笔钱。先分配，或由审定人员另作决定，再办年末处理",
                format::yuan(Lang::Zh, sum)
            ),
            format!(
                "{cases} decisions ({}) wait for this money: share it out, or decide them anew, first",
                format::yuan(Lang::En, sum)
            ),
        ));
    }
    (position.free <= Fen(0))
        .then(|| ("没有可用余额，不需要结转或收回", "Nothing is free: there is nothing to move").into())
}

/// Where a case stands before it is decided.
const UNDECIDED: [Stage; 7] = [
    Stage::Submitted,
    Stage::Accepted,
    Stage::FormalReview,
    Stage::SubstantiveReview,
    Stage::Reviewed,
    Stage::Correction,
    Stage::OnHold,
];

#[derive(Template)]
#[template(path = "finance/close.html")]
struct Close {
    page: Page,
    position: FundPosition,
    /// Where the money goes.
    into: Text,
    carries_over: bool,
    refused: Option<Text>,
    /// What is new since the page was shown; empty where it is shown for the first time.
    changed: Text,
    /// Where the rule stands.
    source: Text,
    back: String,
    /// How many cases that it would pay are not decided yet, and where they are listed.
    undecided: (u64, String),
    /// The rounds of the year in which its money can still be applied for, with their last days.
    open: Vec<(String, NaiveDate)>,
    /// Where what waits is shared out.
    waiting: String,
    /// What is put forward of the fund and waits for a second person: it changes what is free.
    proposed: Vec<Text>,
}

/// `GET /finance/funds/{fund}/{year}/close`
pub async fn page(
    State(portal): State<Arc<Portal>>,
    page: Page,
    Path((fund, year)): Path<(String, i32)>,
) -> Result<Response, Problem> {
    show(&portal, page, &fund, year, Text::default(), StatusCode::OK).await
}

/// `POST /finance/funds/{fund}/{year}/close`
pub async fn close(
    State(portal): State<Arc<Portal>>,
    viewer: Viewer,
    page: Page,
    Path((fund, year)): Path<(String, i32)>,
    posted: Posted,
) -> Result<Response, Problem> {
    let key = posted.key()?;
    let (rule, _) = rule(&portal, &fund).await?;
    let seen = (posted.get("free"), posted.get("rule"));
    let position = portal.store.position(&fund, year).await?;
    let is_as_seen = seen == (position.free.0.to_string().as_str(), word(rule));
    // A form that was sent before finds nothing free any more; the store knows it and says so.
    if !is_as_seen && position.free > Fen(0) {
        let changed = Text::new(
            "余额或规则在您打开页面之后有变化，请按下面的数再确认一次。",
            "What is free, or the rule, has changed since you opened the page: confirm the figures below.",
        );
        return show(&portal, page, &fund, year, changed, StatusCode::CONFLICT).await;
    }
    let proposed = Proposed::Close(rule);
    match portal.store.propose(&viewer.actor, &key, proposed, (&fund, year), position.free, "").await {
        Ok(_) => Ok(proposed::put_forward(&portal)),
        Err(error) => {
            let text = for_form(error)?;
            show(&portal, page, &fund, year, text, StatusCode::UNPROCESSABLE_ENTITY).await
        }
    }
}

async fn show(
    portal: &Portal,
    page: Page,
    fund: &str,
    year: i32,
    changed: Text,
    status: StatusCode,
) -> Result<Response, Problem> {
    let store = &portal.store;
    let position = store.position(fund, year).await?;
    let names = Names::load(store).await?;
    let (rule, source) = rule(portal, fund).await?;
    let into = match rule {
        CarryRule::CarryOver => fund_of_year(&names, fund, year + 1),
        CarryRule::Lapse => ("财政收回，不再使用", "back to the treasury").into(),
    };
    let name = fund_of_year(&names, fund, year);
    let back = fund_href(fund, year);
    let title = Text::new(format!("{}：年末处理", name.zh), format!("{}: close the year", name.en));
    let page = page.titled(title).under("/finance", ("资金", "Funds")).under(back.clone(), name).narrow();
    let refused = why_not(&position, store.now().year());
    let carries_over = rule == CarryRule::CarryOver;
    let waiting = waiting_href(fund, year);
    let filter = CaseFilter {
        fund: Some(fund.to_owned()),
        year: Some(year),
        stages: UNDECIDED.to_vec(),
        per_page: 1,
        ..CaseFilter::default()
    };
    let count = store.cases(&Actor::System, &filter).await?.total;
    let undecided = (count, filters::href(&filter));
    let open = open_rounds(portal, fund, year).await?;
    let proposals = store.proposals().await?.into_iter();
    let of_fund = proposals.filter(|one| (one.fund.as_str(), one.year) == (fund, year));
    let proposed = of_fund.map(|one| proposed::text(&one, &names)).collect();
    Page::show_as(
        status,
        &Close {
            undecided,
            open,
            page,
            position,
            into,
            carries_over,
            refused,
            changed,
            source,
            back,
            waiting,
            proposed,
        },
    )
}

/// The rounds of a year that are not over and take applications which the fund would pay.
async fn open_rounds(portal: &Portal, fund: &str, year: i32) -> Result<Vec<(String, NaiveDate)>, Problem> {
    let now = portal.store.now();
    let mut open = Vec::new();
    for round in portal.store.rounds().await? {
        if round.year != year || round.state(now) == RoundState::Closed {
            continue;
        }
        let (round, pack) = portal.store.round_with_pack(round.id).await?;
        let of_fund = pack.plan.funds.iter().position(|one| one.name.en == fund);
        let mut measures = pack.plan.measures.iter().filter(|one| one.fund.is_some() && one.fund == of_fund);
        if measures.any(|one| round.takes(&one.name.en)) {
            // The moment at which it closes is the beginning of the day after its last.
            open.push((round.name, Moment(round.closes_at.0 - 1).day()));
        }
    }
    Ok(open)
}

impl Close {
    fn rule_word(&self) -> &'static str {
        word(if self.carries_over { CarryRule::CarryOver } else { CarryRule::Lapse })
    }
}

fn word(rule: CarryRule) -> &'static str {
    match rule {
        CarryRule::CarryOver => "carry_over",
        CarryRule::Lapse => "lapse",
    }
}

/// The fund's rule, and where it stands: in the pack, which is the policy itself, before what an administrator has set.
async fn rule(portal: &Portal, fund: &str) -> Result<(CarryRule, Text), Problem> {
    let pack = portal.store.current_pack().await?;
    let known = pack.as_ref().and_then(|(_, pack)| pack.plan.funds.iter().find(|one| one.name.en == fund));
    if let Some(known) = known
        && let Some(carries_over) = known.carries_over
    {
        let rule = if carries_over { CarryRule::CarryOver } else { CarryRule::Lapse };
        let source = Text::new(format!("政策{}", known.clause), format!("the policy, {}", known.clause));
        return Ok((rule, source));
    }
    let rule = portal.store.carry_rule(fund).await?;
    Ok((rule, ("系统设置；没有设置时收回", "the settings; where nothing is set, it is taken back").into()))
}
