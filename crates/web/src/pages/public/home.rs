//! The first page: what the programme gives, what can be applied for now, where the money stands, what is in notice.

use std::borrow::Borrow;
use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use duixian_casework::moment::Moment;
use duixian_casework::round::RoundState;
use duixian_money::Fen;
use duixian_rules::pack::Pack;
use duixian_store::public::{NoticeState, PublicFilter, PublicNotice};

use super::measure::{amount_text, group_of};
use crate::casefile::cells;
use crate::format;
use crate::locale::{Lang, Text};
use crate::page::Page;
use crate::pages::shared::{self, path_part};
use crate::portal::Portal;
use crate::problem::Problem;
use crate::ui::{Deadline, FundTiles};

/// Notices shown here; the rest stand on their own page.
const LATEST: usize = 5;

#[derive(Template)]
#[template(path = "public/home.html")]
struct Home {
    page: Page,
    rounds: Vec<OpenRound>,
    groups: Vec<(Text, Vec<Gift>)>,
    funds: Vec<Fund>,
    notices: Vec<Notice>,
    notices_total: u64,
    signed_in: bool,
}

impl Home {
    /// Whether anything can be applied for now.
    fn is_open(&self) -> bool {
        self.rounds.iter().any(|round| round.is_open)
    }
}

/// A round in which applications are taken, or will be.
struct OpenRound {
    name: String,
    year: i32,
    is_open: bool,
    opens: chrono::NaiveDate,
    closes: Deadline,
    measures: usize,
}

/// What a measure gives, in a line.
pub(super) struct Gift {
    pub(super) id: String,
    pub(super) name: Text,
    pub(super) amount: Text,
}

struct Fund {
    name: Text,
    year: i32,
    tiles: FundTiles,
}

/// One of a fund's four figures, which add up.
struct Figure<'a> {
    name: Text,
    swatch: &'static str,
    amount: Fen,
    href: &'a str,
}

impl Fund {
    fn figures(&self) -> [Figure<'_>; 4] {
        let tiles = &self.tiles;
        let figure = |name: (&'static str, &'static str), swatch, amount, place: usize| Figure {
            name: name.into(),
            swatch,
            amount,
            href: &tiles.hrefs[place],
        };
        [
            figure(("资金规模", "Size"), "", tiles.size(), 0),
            figure(("已拨付", "Paid"), "swatch-paid", tiles.paid, 1),
            figure(("已预留", "Reserved"), "swatch-reserved", tiles.reserved, 2),
            figure(("可用", "Free"), "swatch-free", tiles.free, 3),
        ]
    }
}

impl Figure<'_> {
    /// Whether it stands in a larger unit, so that the yuan say more. A small one stands in yuan already, and is said once.
    fn is_rounded(&self, lang: impl Borrow<Lang>) -> bool {
        !matches!(format::large_unit(lang, self.amount), "元" | "yuan")
    }
}

struct Notice {
    href: String,
    party: String,
    measure: Text,
    is_objected: bool,
    notice: PublicNotice,
}

pub(super) async fn show(State(portal): State<Arc<Portal>>, page: Page) -> Result<Response, Problem> {
    let store = &portal.store;
    let now = store.now();
    let calendar = store.calendar().await?;
    let current = store.current_pack().await?;
    let pack = current.as_ref().map(|(_, pack)| &**pack);
    let rounds = store.rounds().await?.into_iter().filter(|round| round.state(now) != RoundState::Closed);
    let rounds = rounds.map(|round| {
        let last_day = Moment(round.closes_at.0 - 1).day();
        OpenRound {
            is_open: round.state(now) == RoundState::Open,
            year: round.year,
            opens: round.opens_at.day(),
            closes: Deadline::seen(&calendar, now.day(), last_day),
            measures: if round.measures.is_empty() {
                pack.map_or(0, |pack| pack.plan.measures.len())
            } else {
                round.measures.len()
            },
            name: round.name,
        }
    });
    let mut rounds: Vec<OpenRound> = rounds.collect();
    // What can be applied for now comes first; of several, what closes first.
    rounds.sort_by_key(|round| (!round.is_open, round.closes.last_day));
    let mut positions = store.positions().await?;
    // This year's money: what people ask about. Earlier years stand with finance.
    let newest = positions.iter().map(|position| position.year).filter(|year| *year <= now.year()).max();
    positions.retain(|position| Some(position.year) == newest);
    let funds = positions.into_iter().map(|position| Fund {
        name: fund_name(pack, &position.fund),
        year: position.year,
        tiles: FundTiles {
            paid: position.paid,
            reserved: position.reserved,
            free: position.free,
            lapsed: position.lapsed,
            hrefs: [String::new(), "/paid".to_owned(), String::new(), String::new()],
        },
    });
    let funds = funds.collect();
    let latest = store.notices(&PublicFilter::default()).await?;
    let notices_total = latest.total;
    let mut notices = Vec::new();
    for notice in latest.rows.into_iter().take(LATEST) {
        notices.push(Notice {
            href: format!("/notices/{}", path_part(&notice.case.number)),
            party: notice.case.party_name.clone(),
            measure: shared::measure_name(pack, &notice.case.measure),
            is_objected: notice.state == NoticeState::Objected,
            notice,
        });
    }
    let groups = pack.map(groups).unwrap_or_default();
    let signed_in = page.viewer().is_some();
    let page = page.led((
        "条款写明、规则公开、每一步有据可查：能不能得、得多少、什么时候到账，都能自己查到。",
        "Clauses, rules and every step in the open: see whether you are entitled, to how much, and when it is paid.",
    ));
    Page::show(&Home { page, rounds, groups, funds, notices, notices_total, signed_in })
}

fn fund_name(pack: Option<&Pack>, id: &str) -> Text {
    let known = pack.and_then(|pack| pack.plan.funds.iter().find(|fund| fund.name.en == id));
    known.map_or_else(|| Text::same(id.to_owned()), |fund| cells::name(&fund.name))
}

/// What the programme gives, by the clause that the measures stand under.
pub(super) fn groups(pack: &Pack) -> Vec<(Text, Vec<Gift>)> {
    let mut groups: Vec<(Text, Vec<Gift>)> = Vec::new();
    for measure in &pack.plan.measures {
        let title = group_of(pack, &measure.clause);
        let gift = Gift {
            id: measure.name.en.clone(),
            name: cells::name(&measure.name).headed(),
            amount: amount_text(&pack.plan, measure),
        };
        match groups.last_mut() {
            Some((last, gifts)) if *last == title => gifts.push(gift),
            _ => groups.push((title, vec![gift])),
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_amount_is_said_once() {
        let figure = |amount| Figure { name: Text::default(), swatch: "", amount, href: "" };
        for (amount, zh, en) in [(10, false, false), (39_000, true, false), (2_000_000, true, true)] {
            let figure = figure(Fen::yuan(amount));
            assert_eq!((figure.is_rounded(Lang::Zh), figure.is_rounded(Lang::En)), (zh, en), "{amount}");
        }
    }
}
