//! Funds as an auditor names them: what each has and where it went, and the appropriations that it came from.

use duixian_casework::moment::Moment;

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

/// The funds with a text in their names, of all years or of the year that is written with it; none where there are none.
pub(super) async fn named(portal: &Portal, text: &str) -> Result<Option<FundsNamed>, Problem> {
    // A year, or a part of one, names no fund: it may be the beginning of any number.
    if text.chars().count() < FEWEST || text.chars().all(char::is_numeric) {
        return Ok(None);
    }
    let names = Names::load(&portal.store).await?;
    let mut positions = portal.store.positions().await?;
    positions.retain(|one| is_named(&names.fund(&one.fund), &fund_of_year(&names, &one.fund, one.year), text));
    if positions.is_empty() {
        return Ok(None);
    }
    let mut events: Vec<(Moment, Event)> = Vec::new();
    for one in &positions {
        let rows = money::incoming(portal, &one.fund, one.year).await?;
        let entries = money::entries_of(portal, &rows).await?;
        for row in &rows {
            let event = money::transfer_event(row, &entries);
            events.push((Moment(row.transfer.at), event.by(fund_of_year(&names, &one.fund, one.year))));
        }
    }
    events.sort_by_key(|(at, _)| *at);
    let appropriations = Timeline(events.into_iter().map(|(_, event)| event).collect());
    let mut list = figures::funds_of(&positions, &names);
    list.caption = Text::from(("各项资金现在", "What the funds have now"));
    Ok(Some(FundsNamed { list, appropriations }))
}

/// Whether a text is a part of a fund's name, or all of it with a year or the beginning of one.
fn is_named(name: &Text, with_year: &Text, text: &str) -> bool {
    let is_in = |name: &str, with_year: &str, text: &str| {
        name.contains(text) || !name.is_empty() && text.starts_with(name) && with_year.starts_with(text)
    };
    let lower = |text: &str| text.to_lowercase();
    is_in(&name.zh, &with_year.zh, text) || is_in(&lower(&name.en), &lower(&with_year.en), &lower(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fund_is_named_by_its_name_and_not_by_its_year_alone() {
        let (name, year) =
            (Text::new("创新资金", "innovation fund"), Text::new("创新资金 2019年度", "innovation fund 2019"));
        for text in ["创新", "创新资金", "创新资金 2019", "创新资金 2019年度", "Innovation", "innovation fund 2019"]
        {
            assert!(is_named(&name, &year, text), "{text}");
        }
        for text in ["20", "2019年", "年度", "资金 2019", "创新资金 2018", "创新资金会"] {
            assert!(!is_named(&name, &year, text), "{text}");
        }
    }
}
