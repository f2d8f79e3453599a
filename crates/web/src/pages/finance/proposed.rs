//! What is to change how much a fund has, or is shared out so that it takes two, as it waits for a second person; and what they
//! say.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use duixian_casework::people::UserId;
use duixian_ledger::CarryRule;
use duixian_money::Fen;
use duixian_rules::vocabulary::Lang;
use duixian_store::StoreError;
use duixian_store::funds::{Ended, FundPosition, Proposal, Proposed};

use super::{fund_of_year, waiting_href};
use crate::casefile::queue::rule_name;
use crate::format;
use crate::forms::Posted;
use crate::locale::Text;
use crate::pages::shared;
use crate::pages::work::rows::Names;
use crate::portal::Portal;
use crate::problem::{Problem, for_form};
use crate::shell::Flash;
use crate::ui::Facts;
use crate::viewer::Viewer;

/// A proposal as pages show it.
pub(super) struct Shown {
    /// Its number.
    pub id: i64,
    /// What is to be done, to which fund, with how much.
    pub text: Text,
    /// What it makes of the fund's figures.
    pub facts: Facts,
    /// Who has put it forward, when, on what grounds.
    pub by: Text,
    /// Where who gets what is looked at and confirmed, if not here.
    pub elsewhere: Option<String>,
    /// What can be done with the money until then; empty where the page says it.
    pub meanwhile: Text,
    /// Why the viewer can't confirm it; none where they can.
    pub refused: Option<Text>,
    /// Why nobody can, since the fund is not what it was; none where it is.
    pub stale: Option<Text>,
    /// Whether the viewer may send it back.
    pub may_reject: bool,
    /// Whether the viewer has put it forward.
    pub is_own: bool,
}

/// What was sent back, as pages show it.
pub(super) struct SentBack {
    /// What was to be done, to which fund, with how much.
    pub text: Text,
    /// Who had put it forward.
    pub by: Text,
    /// Who has sent it back, when and why.
    pub why: Text,
}

/// For so many days pages show what was sent back.
const SHOWN_DAYS: i64 = 15;

impl Shown {
    /// What the second person agrees to.
    pub(super) fn agreed(&self) -> Text {
        match self.elsewhere {
            Some(_) => ("核对无误，确认分配", "Checked: share it out").into(),
            None => ("核对无误，确认入账", "Checked: book it").into(),
        }
    }

    /// What they say otherwise; or who has put it forward does.
    pub(super) fn rejected(&self) -> Text {
        match self.elsewhere {
            _ if self.is_own => ("确认撤回", "Take it back").into(),
            Some(_) => ("退回，不分配", "Reject it").into(),
            None => ("退回，不入账", "Reject it").into(),
        }
    }

    /// What opens the form for that.
    pub(super) fn rejecting(&self) -> Text {
        match (self.is_own, &self.elsewhere) {
            (true, Some(_)) => ("撤回这份方案", "Take it back").into(),
            (true, None) => ("撤回这笔登记", "Take it back").into(),
            (false, _) => ("退回", "Reject").into(),
        }
    }

    /// What is asked for that.
    pub(super) fn reason(&self) -> Text {
        match self.is_own {
            true => ("撤回的理由", "Why it is taken back").into(),
            false => ("退回的理由（登记人会看到）", "Why it is rejected; who has put it forward reads it").into(),
        }
    }
}

/// What waits for a second person.
pub(super) async fn shown(portal: &Portal, viewer: &Viewer, names: &Names) -> Result<Vec<Shown>, Problem> {
    let people = shared::user_names(portal).await?;
    let positions = portal.store.positions().await?;
    let mut all = Vec::new();
    for proposal in portal.store.proposals().await? {
        let who = people.get(&proposal.by).cloned().unwrap_or_else(|| format!("#{}", proposal.by.0));
        let at = |lang| format::moment(lang, proposal.at.local());
        let grounds = |before: &str| match proposal.grounds.as_str() {
            "" => String::new(),
            grounds => format!("{before}{grounds}"),
        };
        let is_shared_out = matches!(proposal.what, Proposed::ShareOut(_));
        let (put, on) = if is_shared_out { ("提请", "；理由：") } else { ("登记", "；依据：") };
        let by = Text::new(
            format!("{who} {}{put}{}", at(Lang::Zh), grounds(on)),
            format!("put forward by {who}, {}{}", at(Lang::En), grounds("; grounds: ")),
        );
        let refused = match proposal.may_confirm(&viewer.actor) {
            Ok(_) => None,
            Err(error) => Some(for_form(error)?),
        };
        let stale = stale(portal, &proposal, &positions).await?;
        // What can't be confirmed moves nothing.
        let moved = if stale.is_some() { Fen(0) } else { proposal.amount };
        all.push(Shown {
            id: proposal.id,
            text: if stale.is_some() && is_shared_out { outgrown(&proposal, names) } else { text(&proposal, names) },
            facts: facts(&proposal, moved, &positions),
            by,
            elsewhere: is_shared_out.then(|| waiting_href(&proposal.fund, proposal.year)),
            meanwhile: meanwhile(proposal.what),
            refused,
            stale,
            may_reject: proposal.may_reject(&viewer.actor).is_ok(),
            is_own: viewer.actor.user() == Some(proposal.by),
        });
    }
    Ok(all)
}

/// Why nobody can confirm it, since the fund, or who waits for it, is not what it was; none where it is.
async fn stale(portal: &Portal, proposal: &Proposal, positions: &[FundPosition]) -> Result<Option<Text>, Problem> {
    let Proposed::ShareOut(rule) = proposal.what else {
        let position = positions.iter().find(|one| one.fund == proposal.fund && one.year == proposal.year);
        let refused = position.and_then(|position| proposal.still_fits(position).err());
        return refused.map(for_form).transpose();
    };
    let planned = portal.store.preview_allocation(&proposal.fund, proposal.year, rule).await?;
    let changed = (
        "资金或轮候名单已有变化，不能照此分配：请退回或撤回，再重新提请",
        "the fund or the queue has changed, so that it can't be shared out like this: reject it or take it back, and put it forward anew",
    );
    Ok((!planned.iter().map(|one| one.share).eq(proposal.shares.iter().copied())).then(|| changed.into()))
}

/// What can be done with the money before a second person has confirmed what is put forward.
fn meanwhile(what: Proposed) -> Text {
    match what {
        Proposed::Appropriate => ("确认以前，这笔钱不能用。", "Until it is confirmed the money can't be used."),
        Proposed::TakeBack => (
            "确认以前，这笔钱仍可以审定出去；可用的不够收回了，就要退回重新登记。",
            "Until it is confirmed the money can still be granted; where too little is free by then, it is put forward anew.",
        ),
        Proposed::Close(_) => (
            "确认以前，这笔钱仍可以审定出去；可用余额有变化的，要退回重新登记。",
            "Until it is confirmed the money can still be granted; where something else is free by then, it is put forward anew.",
        ),
        Proposed::ShareOut(_) => return Text::default(),
    }
    .into()
}

/// What was sent back in the last days, of the fund and year that `is_shown` names.
pub(super) async fn sent_back(
    portal: &Portal,
    names: &Names,
    is_shown: impl Fn(&Proposal) -> bool,
) -> Result<Vec<SentBack>, Problem> {
    let people = shared::user_names(portal).await?;
    let name = |id: UserId| people.get(&id).cloned().unwrap_or_else(|| format!("#{}", id.0));
    let since = portal.store.now().0 - SHOWN_DAYS * 24 * 60 * 60 * 1000;
    let returned = portal.store.returned_proposals().await?.into_iter();
    let shown = returned.filter(|one| one.at.0 >= since && is_shown(&one.proposal)).map(|one| {
        let (who, by) = (name(one.proposal.by), name(one.by));
        let at = |lang| format::moment(lang, one.at.local());
        let put = if matches!(one.proposal.what, Proposed::ShareOut(_)) { "提请" } else { "登记" };
        SentBack {
            text: text(&one.proposal, names),
            by: Text::new(format!("{who} {put}"), format!("put forward by {who}")),
            why: Text::new(
                format!("{by} {}退回，理由：{}", at(Lang::Zh), one.grounds),
                format!("sent back by {by}, {}: {}", at(Lang::En), one.grounds),
            ),
        }
    });
    Ok(shown.collect())
}

/// `1,000 元 → 1,500 元`; one figure where nothing changes.
pub(super) fn change(before: Fen, after: Fen) -> Text {
    let [(zh, en), (zh_after, en_after)] =
        [before, after].map(|one| (format::yuan(Lang::Zh, one), format::yuan(Lang::En, one)));
    match before == after {
        true => Text::new(zh, en),
        false => Text::new(format!("{zh} → {zh_after}"), format!("{en} → {en_after}")),
    }
}

/// The fund's figures before and after so much is moved. What the treasury has advanced is paid back first from what comes in.
fn facts(proposal: &Proposal, moved: Fen, positions: &[FundPosition]) -> Facts {
    let of = |year: i32| positions.iter().find(|one| one.fund == proposal.fund && one.year == year);
    let figure = |of: Option<&FundPosition>, figure: fn(&FundPosition) -> Fen| of.map_or(Fen(0), figure);
    let now = of(proposal.year);
    let (size, reserved) = (figure(now, |one| one.size), figure(now, |one| one.reserved));
    let (free, advanced) = (figure(now, |one| one.free), figure(now, |one| one.advanced));
    let amount = moved.0;
    let gained = amount.saturating_sub(advanced.0.min(amount));
    let (grows, set_aside, comes) = match proposal.what {
        Proposed::Appropriate => (gained, 0, gained),
        Proposed::TakeBack | Proposed::Close(_) => (-amount, 0, -amount),
        Proposed::ShareOut(_) => (0, amount, -amount),
    };
    let moved = |before: Fen, by: i64| change(before, Fen(before.0.saturating_add(by)));
    let facts = Facts::default()
        .add(("规模", "Size"), moved(size, grows))
        .add(("已拨付", "Paid"), moved(figure(now, |one| one.paid), 0))
        .add(("已预留", "Reserved"), moved(reserved, set_aside))
        .add(("可用", "Free"), moved(free, comes));
    match proposal.what {
        Proposed::Close(CarryRule::CarryOver) => {
            let next = of(proposal.year + 1);
            let advanced = figure(next, |one| one.advanced).0.min(amount);
            let (zh, en) = (format!("{}年度可用", proposal.year + 1), format!("Free in {}", proposal.year + 1));
            facts.add(Text::new(zh, en), moved(figure(next, |one| one.free), amount.saturating_sub(advanced)))
        }
        _ => facts,
    }
}

/// What is put forward, in words.
pub(super) fn text(proposal: &Proposal, names: &Names) -> Text {
    let fund = fund_of_year(names, &proposal.fund, proposal.year);
    let (zh, en) = (format::yuan(Lang::Zh, proposal.amount), format::yuan(Lang::En, proposal.amount));
    match proposal.what {
        Proposed::Appropriate => Text::new(format!("{}：安排 {zh}", fund.zh), format!("{}: appropriate {en}", fund.en)),
        Proposed::TakeBack => {
            Text::new(format!("{}：收回安排 {zh}", fund.zh), format!("{}: take {en} of it back", fund.en))
        }
        Proposed::Close(CarryRule::CarryOver) => {
            let next = proposal.year + 1;
            Text::new(
                format!("{}：年末余额 {zh} 结转到{next}年度", fund.zh),
                format!("{}: carry the {en} that are left over to {next}", fund.en),
            )
        }
        Proposed::ShareOut(rule) => {
            let rule = rule_name(rule);
            let served = proposal.shares.iter().filter(|share| share.granted > Fen(0));
            let (count, cut) =
                served.fold((0, 0_i64), |(count, cut), share| (count + 1, cut.saturating_add(share.short.0)));
            let (cut_zh, cut_en) = (format::yuan(Lang::Zh, Fen(cut)), format::yuan(Lang::En, Fen(cut)));
            // What gives nobody less is put forward since it passes over who was decided before.
            let (how, how_en) = match cut {
                0 => ("越过审定在先的".to_owned(), "passing over some that were decided before".to_owned()),
                _ => (format!("共少给 {cut_zh}"), format!("{cut_en} less than was decided")),
            };
            Text::new(
                format!("{}：轮候的 {count} 件{}分配 {zh}，{how}", fund.zh, rule.zh),
                format!("{}: {count} that wait get {en} {}, {how_en}", fund.en, rule.en.to_lowercase()),
            )
        }
        Proposed::Close(CarryRule::Lapse) => {
            Text::new(format!("{}：年末余额 {zh} 收回", fund.zh), format!("{}: the {en} that are left lapse", fund.en))
        }
    }
}

/// A sharing out by which nobody gets anything any more, in words: how many it was, and how much less, fits nothing that can be looked up now.
fn outgrown(proposal: &Proposal, names: &Names) -> Text {
    let fund = fund_of_year(names, &proposal.fund, proposal.year);
    match proposal.what {
        Proposed::ShareOut(rule) => {
            let rule = rule_name(rule);
            Text::new(format!("{}：{}分配轮候资金", fund.zh, rule.zh), format!("{}: share it out {}", fund.en, rule.en))
        }
        _ => text(proposal, names),
    }
}

/// `POST /finance/proposals/{id}`
pub async fn end(
    State(portal): State<Arc<Portal>>,
    viewer: Viewer,
    Path(id): Path<i64>,
    posted: Posted,
) -> Result<Response, Problem> {
    let (key, is_confirmed) = (posted.key()?, posted.get("end") == "confirm");
    let open = portal.store.proposals().await?.into_iter().find(|one| one.id == id);
    let is_own = open.as_ref().is_some_and(|one| viewer.actor.user() == Some(one.by));
    let shared_out = open.filter(|one| matches!(one.what, Proposed::ShareOut(_)));
    let to = shared_out.map_or_else(|| "/finance".to_owned(), |one| waiting_href(&one.fund, one.year));
    let done = portal.store.end_proposal(&viewer.actor, &key, id, is_confirmed, posted.get("grounds")).await;
    let flash = match done {
        Ok(_) if is_confirmed && to != "/finance" => {
            Flash::done("已确认并分配，资金已预留", "Confirmed: the money is reserved")
        }
        Ok(_) if !is_confirmed && is_own => Flash::done("已撤回", "Taken back"),
        Ok(_) if to != "/finance" => Flash::done("已退回，没有分配", "Rejected; nothing was shared out"),
        Ok(_) if is_confirmed => Flash::done("已确认并入账", "Confirmed and booked"),
        Ok(_) => Flash::done("已退回，没有入账", "Rejected; nothing was booked"),
        Err(StoreError::NotFound) => {
            let ended = portal.store.ended_proposal(id).await?.ok_or_else(Problem::not_found)?;
            let text = became(&portal, &ended).await?;
            let Ended { proposal, .. } = ended;
            let to = match proposal.what {
                Proposed::ShareOut(_) => waiting_href(&proposal.fund, proposal.year),
                _ => to,
            };
            return Ok(Flash { good: false, text }.redirect(&portal.site().key, &to));
        }
        Err(error) => Flash { good: false, text: for_form(error)? },
    };
    Ok(flash.redirect(&portal.site().key, &to))
}

/// What became of something that a page from before still offers to end.
async fn became(portal: &Portal, ended: &Ended) -> Result<Text, Problem> {
    let people = shared::user_names(portal).await?;
    let name = |id: UserId| people.get(&id).cloned().unwrap_or_else(|| format!("#{}", id.0));
    let who = ended.by.map_or_else(String::new, name);
    let [zh, en] = [Lang::Zh, Lang::En].map(|lang| format::moment(lang, ended.at.local()));
    let (did, done) = match ended.is_confirmed {
        true => ("确认", "confirmed"),
        false if ended.by == Some(ended.proposal.by) => ("撤回", "taken back"),
        false => ("退回", "rejected"),
    };
    let why = |colon: &str| if ended.grounds.is_empty() { String::new() } else { format!("{colon}{}", ended.grounds) };
    Ok(Text::new(
        format!("这一项{who}已在 {zh} {did}{}，没有再办", why("，理由：")),
        format!("This was {done} by {who}, {en}{}; nothing more was done", why(": ")),
    ))
}

/// Back to the page of funds once something was put forward.
pub(super) fn put_forward(portal: &Portal) -> Response {
    let flash = Flash::done(
        "已登记，等另一名财务人员在资金页确认，确认以后才入账",
        "Put forward: another person of finance confirms it on the page of funds, and then it is booked",
    );
    flash.redirect(&portal.site().key, "/finance")
}
