//! Funds as an auditor names them: what each has and where it went, what made it so large, and what of that is of an amount.

use duixian_casework::moment::Moment;
use duixian_ledger::{Purpose, Transfer};
use duixian_money::Fen;

use super::{money, refs};
use crate::format;
use crate::list::List;
use crate::locale::{Lang, Text};
use crate::pages::figures;
use crate::pages::finance::fund_of_year;
use crate::pages::shared::path_part;
use crate::pages::work::rows::Names;
use crate::portal::Portal;
use crate::problem::Problem;
use crate::ui::{Event, Timeline};
use crate::viewer::Viewer;

/// The fewest characters that name a fund: one is in most names.
const FEWEST: usize = 2;

/// Funds that a text names.
pub(super) struct FundsNamed {
    /// What they have: each figure leads to what is behind it.
    pub(super) list: List,
    /// What came into each and what left it other than by payment, in all: the one less the other is its size.
    pub(super) sums: Vec<Text>,
    /// The same one by one.
    pub(super) changes: Timeline,
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
    // Transfers are numbered in the order of time. What goes on to another year leaves the one before it comes into the other.
    let (mut events, mut sums): (Vec<(i64, bool, Event)>, Vec<Text>) = (Vec::new(), Vec::new());
    for one in &positions {
        let rows = money::changes(portal, &one.fund, one.year).await?;
        let entries = money::entries_of(portal, &rows).await?;
        let name = fund_of_year(&names, &one.fund, one.year);
        let (mut came, mut left) = (0_i64, 0_i64);
        for row in &rows {
            let (transfer, comes) = (&row.transfer, money::is_of(&row.to, &one.fund, one.year));
            let (sum, event) = match comes {
                true => (&mut came, money::transfer_event(row, &entries)),
                false => (&mut left, money::leaving_event(row, &entries)),
            };
            *sum = sum.saturating_add(transfer.amount.0);
            events.push((transfer.id.0, comes, event.by(name.clone())));
        }
        sums.push(in_all(&name, Fen(came), Fen(left)));
    }
    events.sort_by_key(|(id, comes, _)| (*id, *comes));
    let changes = Timeline(events.into_iter().map(|(_, _, event)| event).collect());
    let mut list = figures::funds_of(&positions, &names);
    list.caption = Text::from(("各项资金现在", "What the funds have now"));
    Ok(Some(FundsNamed { list, sums, changes }))
}

/// What came into a fund and what left it other than by payment.
fn in_all(name: &Text, came: Fen, left: Fen) -> Text {
    let size = Fen(came.0.saturating_sub(left.0));
    let yuan = format::yuan;
    Text::new(
        format!(
            "{}：转入合计 {}，转出合计 {}，规模 {}",
            name.zh,
            yuan(Lang::Zh, came),
            yuan(Lang::Zh, left),
            yuan(Lang::Zh, size)
        ),
        format!(
            "{}: {} came in and {} left, which makes its size {}",
            name.en,
            yuan(Lang::En, came),
            yuan(Lang::En, left),
            yuan(Lang::En, size)
        ),
    )
}

/// What funds were given, carried over, gave back or were advanced, of just this amount; each leads to all there is of its fund.
pub(super) async fn of_amount(portal: &Portal, viewer: &Viewer, amount: Fen) -> Result<Timeline, Problem> {
    let transfers = portal.store.fund_transfers_of_amount(&viewer.actor, amount).await?;
    if transfers.is_empty() {
        return Ok(Timeline::default());
    }
    let (names, accounts) = (Names::load(&portal.store).await?, refs::accounts(portal).await?);
    let event = |transfer: &Transfer| {
        let sides = [transfer.debit, transfer.credit];
        let (fund, year) = sides.iter().filter_map(|account| accounts.get(account)).find_map(Purpose::fund_year)?;
        let (name, does) = (fund_of_year(&names, fund, year), refs::what_it_does(transfer, &accounts).headed());
        let text = Text::new(
            format!("{}：{}", does.zh, format::yuan(Lang::Zh, amount)),
            format!("{}: {}", does.en, format::yuan(Lang::En, amount)),
        );
        let href = format!("/audit/money?q={}", path_part(&name.zh));
        let more = ("这项资金从哪里来，到哪里去", "Where this fund came from, and where it went");
        Some(Event::new(text, Moment(transfer.at).local()).by(name).note(money::why(transfer)).more(href, more))
    };
    Ok(Timeline(transfers.iter().filter_map(event).collect()))
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
