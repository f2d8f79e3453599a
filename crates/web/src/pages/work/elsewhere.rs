//! What waits for an official on other pages than the list of cases: told above it, so that no figure of it is taken for all there is.

use duixian_casework::people::Role;
use duixian_ledger::CarryRule;
use duixian_money::Fen;
use duixian_rules::vocabulary::Lang;
use duixian_store::funds::{FundPosition, Proposal, Proposed};

use crate::format;
use crate::locale::Text;
use crate::pages::finance::{fund_of_year, waiting_href};
use crate::portal::Portal;
use crate::problem::Problem;
use crate::viewer::Viewer;

use super::rows::Names;

/// What a decision maker can serve now of what waits for money.
pub async fn money_that_came(portal: &Portal, viewer: &Viewer) -> Result<Vec<(Text, String)>, Problem> {
    if !viewer.has(Role::DecisionMaker) {
        return Ok(Vec::new());
    }
    let said = |one: &FundPosition| {
        let (cases, free) = (one.waiting_cases, one.free);
        let text = Text::new(
            format!("{cases} 件轮候资金，现有 {} 可以分配", format::yuan(Lang::Zh, free)),
            format!("{cases} wait for money; {} can be shared out now", format::yuan(Lang::En, free)),
        );
        (text, waiting_href(&one.fund, one.year))
    };
    let positions = portal.store.positions().await?;
    Ok(positions.iter().filter(|one| one.waiting_cases > 0 && one.free > Fen(0)).map(said).collect())
}

/// What of funds one person has put forward, for another of the same role to confirm: the sharing out of what is short, appropriations
/// and the ends of years.
pub async fn put_forward(portal: &Portal, viewer: &Viewer, names: &Names) -> Result<Vec<(Text, String)>, Problem> {
    if !viewer.has_any(&[Role::DecisionMaker, Role::Finance]) {
        return Ok(Vec::new());
    }
    let open = portal.store.proposals().await?.into_iter().filter(|one| viewer.has(one.what.role()));
    Ok(open.map(|one| said(&one, names)).collect())
}

fn said(one: &Proposal, names: &Names) -> (Text, String) {
    let fund = fund_of_year(names, &one.fund, one.year);
    let (zh, en) = (format::yuan(Lang::Zh, one.amount), format::yuan(Lang::En, one.amount));
    let (what, what_en) = match one.what {
        Proposed::ShareOut(_) => {
            let text = Text::new(
                format!("等另一位审定人员确认的分配：{}", fund.zh),
                format!("To be confirmed by another decision maker: the sharing out of {}", fund.en),
            );
            return (text, format!("{}#proposed", waiting_href(&one.fund, one.year)));
        }
        Proposed::Appropriate => ("安排", "appropriate"),
        Proposed::TakeBack => ("收回安排", "take back"),
        Proposed::Close(CarryRule::CarryOver) => ("年末结转", "carry over"),
        Proposed::Close(CarryRule::Lapse) => ("年末收回", "let lapse"),
    };
    let text = Text::new(
        format!("等另一名财务人员确认：{} {what} {zh}", fund.zh),
        format!("To be confirmed by another person of finance: {what_en} {en}, {}", fund.en),
    );
    (text, "/finance#proposals".to_owned())
}
