//! What is to change how much a fund has, as it waits for a second person; and what they say.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use duixian_ledger::CarryRule;
use duixian_rules::vocabulary::Lang;
use duixian_store::funds::{Proposal, Proposed};

use super::fund_of_year;
use crate::format;
use crate::forms::Posted;
use crate::locale::Text;
use crate::pages::shared;
use crate::pages::work::rows::Names;
use crate::portal::Portal;
use crate::problem::{Problem, for_form};
use crate::shell::Flash;
use crate::viewer::Viewer;

/// A proposal as the page of funds shows it.
pub(super) struct Shown {
    /// Its number.
    pub id: i64,
    /// What is to be done, to which fund, with how much.
    pub text: Text,
    /// Who has put it forward, when, on what grounds.
    pub by: Text,
    /// Why the viewer can't confirm it; none where they can.
    pub refused: Option<Text>,
}

/// What waits for a second person.
pub(super) async fn shown(portal: &Portal, viewer: &Viewer, names: &Names) -> Result<Vec<Shown>, Problem> {
    let people = shared::user_names(portal).await?;
    let mut all = Vec::new();
    for proposal in portal.store.proposals().await? {
        let who = people.get(&proposal.by).cloned().unwrap_or_else(|| format!("#{}", proposal.by.0));
        let at = |lang| format::moment(lang, proposal.at.local());
        let grounds = |before: &str| match proposal.grounds.as_str() {
            "" => String::new(),
            grounds => format!("{before}{grounds}"),
        };
        let by = Text::new(
            format!("{who} {}登记{}", at(Lang::Zh), grounds("；依据：")),
            format!("put forward by {who}, {}{}", at(Lang::En), grounds("; grounds: ")),
        );
        let refused = match proposal.may_end(&viewer.actor) {
            Ok(_) => None,
            Err(error) => Some(for_form(error)?),
        };
        all.push(Shown { id: proposal.id, text: text(&proposal, names), by, refused });
    }
    Ok(all)
}

fn text(proposal: &Proposal, names: &Names) -> Text {
    let fund = fund_of_year(names, &proposal.fund, proposal.year);
    let (zh, en) = (format::yuan(Lang::Zh, proposal.amount), format::yuan(Lang::En, proposal.amount));
    match proposal.what {
        Proposed::Appropriate => Text::new(format!("{}：安排 {zh}", fund.zh), format!("{}: appropriate {en}", fund.en)),
        Proposed::TakeBack => {
            Text::new(format!("{}：撤回安排 {zh}", fund.zh), format!("{}: take {en} of it back", fund.en))
        }
        Proposed::Close(CarryRule::CarryOver) => {
            let next = proposal.year + 1;
            Text::new(
                format!("{}：年末余额 {zh} 结转到{next}年度", fund.zh),
                format!("{}: carry the {en} that are left over to {next}", fund.en),
            )
        }
        Proposed::Close(CarryRule::Lapse) => {
            Text::new(format!("{}：年末余额 {zh} 收回", fund.zh), format!("{}: the {en} that are left lapse", fund.en))
        }
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
    let done = portal.store.end_proposal(&viewer.actor, &key, id, is_confirmed, posted.get("grounds")).await;
    let flash = match done {
        Ok(_) if is_confirmed => Flash::done("已确认并入账", "Confirmed and booked"),
        Ok(_) => Flash::done("已退回，没有入账", "Rejected; nothing was booked"),
        Err(error) => Flash { good: false, text: for_form(error)? },
    };
    Ok(flash.redirect(&portal.site().key, "/finance"))
}

/// Back to the page of funds once something was put forward.
pub(super) fn put_forward(portal: &Portal) -> Response {
    let flash = Flash::done(
        "已登记，等另一名财务人员在资金页确认，确认以后才入账",
        "Put forward: another person of finance confirms it on the page of funds, and then it is booked",
    );
    flash.redirect(&portal.site().key, "/finance")
}
