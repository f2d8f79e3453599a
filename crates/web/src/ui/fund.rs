//! Where a fund's money is. It adds up: size = paid + reserved + free.

use duixian_money::Fen;

use super::shown;
use crate::format;
use crate::locale::Speak;

/// A fund's four figures, each leading to the list behind it.
#[derive(Clone, Debug)]
pub struct FundTiles {
    /// Paid out.
    pub paid: Fen,
    /// Reserved by decisions, not yet paid.
    pub reserved: Fen,
    /// Still free.
    pub free: Fen,
    /// Gone back at the year's end. It is said beside the size, which is that much smaller since.
    pub lapsed: Fen,
    /// The lists behind size, paid, reserved and free; empty for no link.
    pub hrefs: [String; 4],
}

struct Tile<'a> {
    zh: &'static str,
    en: &'static str,
    swatch: &'static str,
    amount: Fen,
    href: &'a str,
}

impl FundTiles {
    /// The size is the sum, never a figure of its own that could disagree.
    pub fn size(&self) -> Fen {
        Fen(self.paid.0.saturating_add(self.reserved.0).saturating_add(self.free.0))
    }

    fn tiles(&self) -> [Tile<'_>; 4] {
        let tile = |zh, en, swatch, amount, index: usize| Tile { zh, en, swatch, amount, href: &self.hrefs[index] };
        [
            tile("资金规模", "Size", "", self.size(), 0),
            tile("已拨付", "Paid", "swatch-paid", self.paid, 1),
            tile("已预留", "Reserved", "swatch-reserved", self.reserved, 2),
            tile("可用", "Free", "swatch-free", self.free, 3),
        ]
    }
}

shown!(FundTiles, ShownFundTiles, "ui/fund_tiles.html");
