//! Decisions that wait for money: what each rule would give, side by side, before a decision maker chooses one.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use duixian_casework::moment::Moment;
use duixian_casework::people::Role;
use duixian_casework::refusal::Refusal;
use duixian_ledger::{AllocationRule, Share, Waiting};
use duixian_money::Fen;
use duixian_rules::vocabulary::Lang;
use duixian_store::StoreError;
use duixian_store::funds::{FundPosition, PlannedShare, Proposal, Proposed};

use crate::casefile::queue::{Queue, rule_name};
use crate::export::{self, Format};
use crate::format;
use crate::forms::{Field, Form, Posted};
use crate::list::{Cell, Column, List, Row, Value};
use crate::locale::Text;
use crate::page::Page;
use crate::pages::work::rows::{Names, sum};
use crate::portal::Portal;
use crate::problem::{Problem, for_form};
use crate::shell::Flash;
use crate::ui::Tabs;
use crate::viewer::Viewer;

use super::batch::{beside, words};
use super::proposed::{self, SentBack, Shown};
use super::{FundView, fund, fund_of_year, fund_tabs, waiting_href};

/// A rule, its word and what it means.
type Rule = (AllocationRule, &'static str, (&'static str, &'static str));

/// The rules.
const RULES: [Rule; 3] = [
    (
        AllocationRule::FirstDecided,
        "first_decided",
        (
            "按审定先后给足；轮到的一件不够就停下，后面的不插队。",
            "Whole amounts in the order of decision; it stops at the first that does not fit, and none behind it goes ahead.",
        ),
    ),
    (
        AllocationRule::ProRata,
        "pro_rata",
        (
            "每件按同一比例给，精确到分；少给的部分不再轮候。",
            "Each gets the same part, to the fen; nobody is left waiting, and what is lacking is not made up later.",
        ),
    ),
    (
        AllocationRule::Priority,
        "priority",
        (
            "按审定时定的优先级（1 最先）给足；同级按审定先后。越过审定在先的，写明理由，由另一位审定人员确认。",
            "Whole amounts by the priority set with the decision (1 first); within one, in the order of decision. What passes over who \
             was decided before takes grounds, and another decision maker.",
        ),
    ),
];

/// What a rule would give.
struct Plan {
    rule: AllocationRule,
    word: &'static str,
    name: Text,
    meaning: Text,
    shares: Vec<PlannedShare>,
    is_chosen: bool,
}

impl Plan {
    fn granted(&self) -> Fen {
        sum(self.shares.iter().map(|one| one.share.granted))
    }

    fn count(&self, fits: fn(&Share) -> bool) -> usize {
        self.shares.iter().filter(|one| fits(&one.share)).count()
    }

    fn whole(&self) -> usize {
        self.count(|share| share.short == Fen(0) && share.granted > Fen(0))
    }

    fn partly(&self) -> usize {
        self.count(|share| share.short > Fen(0) && share.granted > Fen(0))
    }

    fn none(&self) -> usize {
        self.count(|share| share.granted == Fen(0))
    }

    /// Those that get less than was decided, which is not made up later.
    fn are_cut(&self) -> impl Iterator<Item = &PlannedShare> {
        self.shares.iter().filter(|one| one.share.short > Fen(0) && one.share.granted > Fen(0))
    }

    /// Whether any that would get something is to be revoked.
    fn is_contested(&self) -> bool {
        self.shares.iter().any(|one| one.is_contested && one.share.granted > Fen(0))
    }

    /// Those that go without while one decided after them gets something.
    fn are_passed_over(&self) -> impl Iterator<Item = &PlannedShare> {
        self.shares.iter().filter(|one| one.is_passed_over)
    }

    /// Whether another decision maker has to confirm it.
    fn takes_two(&self) -> bool {
        self.are_cut().chain(self.are_passed_over()).next().is_some()
    }

    /// Who is passed over, in words.
    fn passed_over(&self) -> Vec<Text> {
        let words = |one: &PlannedShare| {
            let [zh, en] = [Lang::Zh, Lang::En].map(|lang| format::yuan(lang, one.share.short));
            let who = format!("{} {}", one.number, one.party_name);
            Text::new(
                format!("{who}：审定 {zh}，这次一分不给，继续轮候"),
                format!("{who}: {en} decided, gets nothing now and goes on waiting"),
            )
        };
        self.are_passed_over().map(words).collect()
    }

    /// What is cut in all.
    fn cut(&self) -> Fen {
        sum(self.are_cut().map(|one| one.share.short))
    }

    /// What is cut of each, in words.
    fn cuts(&self) -> Vec<Text> {
        self.cuts_of(self.are_cut().map(|one| one.share))
    }

    /// The same of shares that were put forward: of those that wait still.
    fn cuts_of(&self, shares: impl Iterator<Item = Share>) -> Vec<Text> {
        let words = |share: Share| {
            let Share { case, granted, short } = share;
            let one = self.shares.iter().find(|one| one.share.case == case)?;
            let decided = Fen(granted.0.saturating_add(short.0));
            let [zh, en] =
                [Lang::Zh, Lang::En].map(|lang| [decided, granted, short].map(|one| format::yuan(lang, one)));
            let who = format!("{} {}", one.number, one.party_name);
            Some(Text::new(
                format!("{who}：应支持{}，本次安排{}，其余{}不再安排", zh[0], zh[1], zh[2]),
                format!("{who}: {} decided, {} now, {} cut", en[0], en[1], en[2]),
            ))
        };
        shares.filter_map(words).collect()
    }

    fn of(&self, case: i64) -> Option<&Share> {
        self.shares.iter().map(|one| &one.share).find(|share| share.case == case)
    }

    fn is_stopped(&self, case: i64) -> bool {
        self.shares.iter().any(|one| one.share.case == case && one.stopped.is_some())
    }

    /// What the official agrees to, as the form carries it.
    fn seen(&self) -> Vec<String> {
        let seen = |one: &PlannedShare| format!("{}:{}:{}", one.share.case, one.share.granted.0, one.share.short.0);
        self.shares.iter().map(seen).collect()
    }
}

/// What was put forward and waits for another decision maker.
struct Open {
    shown: Shown,
    /// Who would get less by it, and how much.
    cuts: Vec<Text>,
    /// Who would go without before one decided later.
    passed_over: Vec<Text>,
}

#[derive(Template)]
#[template(path = "finance/waiting.html")]
struct WaitingPage {
    page: Page,
    tabs: Tabs,
    position: FundPosition,
    plans: Vec<Plan>,
    list: List,
    /// Why it is shared out like this: asked where any gets less than its amount, or is passed over.
    form: Form,
    may_choose: bool,
    href: String,
    /// What was put forward and waits for another decision maker.
    proposed: Option<Open>,
    /// What another decision maker would not have.
    sent_back: Vec<SentBack>,
    /// Decisions that are to be revoked, each with its case: nothing is given to them before that is settled.
    contested: Vec<(i64, String)>,
    /// Decisions for which nothing may be set aside, each with its case, and why: what is free goes to the others.
    stopped: Vec<(i64, String, Text)>,
}

impl WaitingPage {
    fn chosen(&self) -> Option<&Plan> {
        self.plans.iter().find(|plan| plan.is_chosen)
    }

    /// Why nothing is shared out another way now, for who chooses how; none where it can be.
    fn waits(&self) -> Option<Text> {
        (self.may_choose && self.proposed.is_some()).then(|| words(&Refusal::SharingOpen))
    }

    fn left(&self, plan: &Plan) -> Fen {
        Fen(self.position.free.0.saturating_sub(plan.granted().0))
    }
}

/// `GET /finance/waiting/{fund}/{year}?rule=pro_rata`
pub async fn page(
    State(portal): State<Arc<Portal>>,
    viewer: Viewer,
    page: Page,
    Path((fund, year)): Path<(String, i32)>,
) -> Result<Response, Problem> {
    let asked = page.query_value("rule");
    let chosen = RULES.into_iter().find(|(_, word, _)| asked.as_deref() == Some(word));
    let form = form(page.lang, chosen.map(|(rule, ..)| rule));
    shown(&portal, &viewer, page, (&fund, year), asked.as_deref(), form).await
}

async fn shown(
    portal: &Portal,
    viewer: &Viewer,
    page: Page,
    (fund, year): (&str, i32),
    asked: Option<&str>,
    form: Form,
) -> Result<Response, Problem> {
    let store = &portal.store;
    let position = store.position(fund, year).await?;
    let names = Names::load(store).await?;
    let waiting = store.waiting(fund, year).await?;
    let is_it = |one: &Proposal| matches!(one.what, Proposed::ShareOut(_)) && one.fund == fund && one.year == year;
    let open = store.proposals().await?.into_iter().find(is_it);
    let may_choose = viewer.has(Role::DecisionMaker);
    let mut plans = Vec::new();
    for (rule, word, meaning) in RULES {
        let shares = store.preview_allocation(fund, year, rule).await?;
        let is_chosen = may_choose && open.is_none() && asked == Some(word);
        plans.push(Plan { rule, word, name: rule_name(rule), meaning: meaning.into(), shares, is_chosen });
    }
    let contested = plans.first().map(|plan| {
        let contested = plan.shares.iter().filter(|one| one.is_contested);
        contested.map(|one| (one.share.case, one.number.clone())).collect::<Vec<_>>()
    });
    let why = |one: &PlannedShare| one.stopped.as_ref().map(|why| beside(&one.number, &words(why)));
    let stopped = plans.first().into_iter().flat_map(|plan| &plan.shares);
    let stopped = stopped.filter_map(|one| Some((one.share.case, one.number.clone(), why(one)?))).collect();
    let proposed = match open {
        Some(open) => proposed_for(portal, viewer, &names, open, &plans).await?,
        None => None,
    };
    let is_of_fund = |one: &Proposal| one.what.role() == Role::DecisionMaker && one.fund == fund && one.year == year;
    let sent_back = proposed::sent_back(portal, &names, is_of_fund).await?;
    let list = list(&waiting, &plans, &names);
    if let Some(format) = Format::asked(&page) {
        let of = fund_of_year(&names, &position.fund, position.year);
        return export::answer_of(&list, page.lang, format, "waiting", &of);
    }
    let page = fund::framed(page, &names, &position).wide();
    let tabs = fund_tabs(&position, FundView::Waiting);
    let href = waiting_href(fund, year);
    let status = if form.is_good() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Page::show_as(
        status,
        &WaitingPage {
            page,
            tabs,
            position,
            plans,
            list,
            form,
            may_choose,
            href,
            proposed,
            sent_back,
            contested: contested.unwrap_or_default(),
            stopped,
        },
    )
}

/// How the fund is to be shared out, as one decision maker has put it forward.
async fn proposed_for(
    portal: &Portal,
    viewer: &Viewer,
    names: &Names,
    open: Proposal,
    plans: &[Plan],
) -> Result<Option<Open>, Problem> {
    let shown = proposed::shown(portal, viewer, names).await?.into_iter().find(|one| one.id == open.id);
    let is_cut = |share: &Share| share.granted > Fen(0) && share.short > Fen(0);
    let Some(shown) = shown else { return Ok(None) };
    let plan = plans.iter().find(|plan| matches!(open.what, Proposed::ShareOut(rule) if rule == plan.rule));
    // Of what can't be confirmed any more nobody gets less, or is passed over.
    let (cuts, passed_over) = match plan.filter(|_| shown.stale.is_none()) {
        Some(plan) => (plan.cuts_of(open.shares.iter().copied().filter(is_cut)), plan.passed_over()),
        None => Default::default(),
    };
    Ok(Some(Open { shown, cuts, passed_over }))
}

/// The grounds, and who reads them: letters tell of what is cut, and of whole amounts by priority only officials read by which rule.
fn form(lang: Lang, rule: Option<AllocationRule>) -> Form {
    let read_by = match rule {
        Some(AllocationRule::Priority) => (
            "写进分到资金的和被越过的案件的经过、日志，工作人员和审计看得到；不写进决定书，企业看不到。",
            "It stands in the official history of the cases that get money and of those passed over, and in the journal; no letter has it, \
             and no party reads it.",
        ),
        _ => (
            "写进经过，分到一部分的还写进决定书；这些企业会原样看到。",
            "It stands in the history, and in the letters of those that get a part; they read it as it is.",
        ),
    };
    let grounds =
        Field::text_area("grounds", ("这样分配的理由", "Why it is shared out like this")).hint(read_by).max_chars(300);
    Form::new(lang, vec![grounds])
}

/// `POST /finance/waiting/{fund}/{year}`
pub async fn share_out(
    State(portal): State<Arc<Portal>>,
    viewer: Viewer,
    page: Page,
    Path((fund, year)): Path<(String, i32)>,
    posted: Posted,
) -> Result<Response, Problem> {
    let key = posted.key()?;
    let known = RULES.into_iter().find(|(_, word, _)| *word == posted.get("rule"));
    let (rule, word, _) = known.ok_or_else(|| Problem::bad_request("the form names no rule"))?;
    let seen: Option<Vec<Share>> = posted.all("share").into_iter().map(read_share).collect();
    let seen = seen.ok_or_else(|| Problem::bad_request("a share can't be read"))?;
    let mut form = form(page.lang, Some(rule));
    let plan = portal.store.preview_allocation(&fund, year, rule).await?;
    let takes_two = seen.iter().any(|share| share.granted > Fen(0) && share.short > Fen(0))
        || plan.iter().any(|one| one.is_passed_over);
    if takes_two {
        form = form.filled(&posted);
        if !form.is_good() {
            return shown(&portal, &viewer, page, (&fund, year), Some(word), form).await;
        }
    }
    let to = waiting_href(&fund, year);
    if takes_two {
        let why = (rule, form.text("grounds"));
        return match portal.store.propose_sharing(&viewer.actor, &key, (&fund, year), why, seen).await {
            Ok(_) => Ok(Flash::done(
                "已提请，等另一位审定人员在本页确认，确认以后才预留资金",
                "Put forward: another decision maker confirms it on this page, and then the money is reserved",
            )
            .redirect(&portal.site().key, &to)),
            Err(error) => Ok(Flash { good: false, text: for_form(error)? }.redirect(&portal.site().key, &to)),
        };
    }
    match portal.store.allocate(&viewer.actor, &key, &fund, year, rule, Some(seen)).await {
        Ok(done) => {
            let served: Vec<&Share> = done.value.iter().filter(|share| share.granted > Fen(0)).collect();
            let granted = sum(served.iter().map(|share| share.granted));
            let name = rule_name(rule);
            let text = Text::new(
                format!("{}：{} 件共分到 {}", name.zh, served.len(), format::yuan(Lang::Zh, granted)),
                format!("{}: {} cases get {} in all", name.en, served.len(), format::yuan(Lang::En, granted)),
            );
            Ok(Flash { good: true, text }.redirect(&portal.site().key, &to))
        }
        Err(error @ (StoreError::Conflict { .. } | StoreError::Refused(_))) => {
            let text = for_form(error)?;
            Ok(Flash { good: false, text }.redirect(&portal.site().key, &to))
        }
        Err(error) => Err(error.into()),
    }
}

/// `12:500:0`: the case, what it gets and what it lacks.
fn read_share(text: &str) -> Option<Share> {
    let mut parts = text.split(':').map(|part| part.parse::<i64>().ok());
    let (case, granted, short) = (parts.next()??, parts.next()??, parts.next()??);
    Some(Share { case, granted: Fen(granted), short: Fen(short) })
}

fn list(waiting: &[Waiting], plans: &[Plan], names: &Names) -> List {
    let mut columns = vec![
        Column::number("place", ("位次", "Place")),
        Column::text("number", ("受理号", "Number")),
        Column::text("party", ("单位", "Party")),
        Column::text("measure", ("措施", "Measure")),
        Column::date("decided", ("审定时间", "Decided")),
        Column::number("priority", ("优先级", "Priority")),
        Column::money("amount", ("审定金额（元）", "Decided (yuan)")),
    ];
    for plan in plans {
        let title = Text::new(format!("{}（元）", plan.name.zh), format!("{} (yuan)", plan.name.en));
        columns.push(Column::money(plan.word, title));
    }
    let mut list = List::new(("轮候资金的审定", "Decisions that wait for money"), columns).cards();
    let named = plans.first().map(|plan| plan.shares.as_slice()).unwrap_or_default();
    for one in waiting {
        let planned = named.iter().find(|planned| planned.share.case == one.case);
        let (number, party, measure) = planned.map_or_else(Default::default, |planned| {
            (planned.number.clone(), planned.party_name.clone(), planned.measure.clone())
        });
        let queue = Queue::among(waiting, one.case);
        let place = queue.map_or_else(Cell::empty, |queue| {
            let place = Cell::count(i64::try_from(queue.first_decided()).unwrap_or(i64::MAX));
            match queue.otherwise() {
                Some(other) => {
                    place.note(Text::new(format!("按优先级第 {other}"), format!("by priority number {other}")))
                }
                None => place,
            }
        });
        let mut cells = vec![
            place,
            Cell::text(number).link(format!("/work/cases/{}", one.case)),
            Cell::text(party),
            Cell::pair(names.measure(&measure)),
            Cell::of(Value::Moment(Moment(one.decided_at).local())),
            Cell::count(i64::from(one.priority)),
            Cell::money(one.amount),
        ];
        cells.extend(plans.iter().map(|plan| match plan.of(one.case) {
            Some(_) if plan.is_stopped(one.case) => Cell::money(Fen(0)).note(("现在不能安排", "can't be funded now")),
            Some(share) if share.granted == Fen(0) => Cell::money(Fen(0)).note(("继续轮候", "goes on waiting")),
            Some(share) if share.short > Fen(0) => Cell::money(share.granted).note(Text::new(
                format!("少 {}", format::yuan(Lang::Zh, share.short)),
                format!("{} short", format::yuan(Lang::En, share.short)),
            )),
            Some(share) => Cell::money(share.granted).note(("给足", "in full")),
            None => Cell::empty(),
        }));
        list.push(Row::new(cells));
    }
    if !waiting.is_empty() {
        let mut totals = vec![Cell::pair(("合计", "Sum"))];
        totals.extend(std::iter::repeat_with(Cell::empty).take(5));
        totals.push(Cell::money(sum(waiting.iter().map(|one| one.amount))));
        totals.extend(plans.iter().map(|plan| Cell::money(plan.granted())));
        list.totals = totals;
    }
    list
}
