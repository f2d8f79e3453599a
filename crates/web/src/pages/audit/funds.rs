//! Funds as an auditor names them: what each has and where it went, and the appropriations that it came from.

use duixian_casework::moment::Moment;
use duixian_store::funds::FundPosition;

use super::money;
use crate::list::List;
use crate::locale::Text;
use crate::pages::figures;
use crate::pages::finance::fund_of_year;
use crate::pages::work::rows::Names;
use crate::portal::Portal;
use crate::problem::Problem;
use crate::ui::{Event, Timeline};

/// The fewest characters that name a fund: one is in most names.
const FEWEST: usize = 2;

/// Funds that a text names.
pub(super) struct FundsNamed {
    /// What they have: each figure leads to what is behind it.
    pub(super) list: List,
    /// Where their money came from.
    pub(super) appropriations: Timeline,
}

/// The funds with a text in their names, of all years; none where there are none.
pub(super) async fn named(portal: &Portal, text: &str) -> Result<Option<FundsNamed>, Problem> {
    if text.chars().count() < FEWEST {
        return Ok(None);
    }
    let names = Names::load(&portal.store).await?;
    let typed = text.to_lowercase();
    let is_named = |one: &FundPosition| {
        let name = fund_of_year(&names, &one.fund, one.year);
        name.zh.contains(text) || name.en.to_lowercase().contains(&typed)
    };
    let mut positions = portal.store.positions().await?;
    // A year alone names no fund: it may be the beginning of any number.
    positions.retain(|one| is_named(one) && one.year.to_string() != text);
    if positions.is_empty() {
        return Ok(None);
    }
    let mut events: Vec<(Moment, Event)> = Vec::new();
    for one in &positions {
        for row in money::appropriations(portal, &one.fund, one.year).await? {
            let event = money::transfer_event(portal, &row).await?;
            events.push((Moment(row.transfer.at), event.by(fund_of_year(&names, &one.fund, one.year))));
        }
    }
    events.sort_by_key(|(at, _)| *at);
    let appropriations = Timeline(events.into_iter().map(|(_, event)| event).collect());
    let mut list = figures::funds_of(&positions, &names);
    list.caption = Text::from(("各项资金现在", "What the funds have now"));
    Ok(Some(FundsNamed { list, appropriations }))
}
