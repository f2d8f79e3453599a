//! Amounts as an applicant reads them: in yuan, with what may still be decided said in words.

use duixian_money::{Fen, Span};
use duixian_store::StoreError;
use duixian_store::funds::FundPosition;

pub use crate::casefile::span::span_text;
use crate::format;
use crate::locale::{Lang, Text};
use crate::portal::Portal;
use crate::problem::Problem;

/// A sum of a fund, as an applicant weighs it: in 万元 where it comes to one, else in yuan, since `0.00万元` says nothing.
pub fn fund_text(amount: Fen) -> Text {
    let in_lang =
        |lang| if amount < Fen::yuan(10_000) { format::yuan(lang, amount) } else { format::wan(lang, amount) };
    Text::new(in_lang(Lang::Zh), in_lang(Lang::En))
}

/// What a fund has for whoever applies now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Left {
    /// What is free once those are served that were decided before.
    amount: Fen,
    /// What those wait for.
    waiting: Fen,
    /// What went back at the year's end: that is not used up.
    lapsed: Fen,
}

impl Left {
    /// Of a fund in a year; none where it has no appropriation.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub async fn of(portal: &Portal, fund: &str, year: i32) -> Result<Option<Left>, Problem> {
        match portal.store.position(fund, year).await {
            Ok(position) => Ok(Some(Left::at(&position))),
            Err(StoreError::NotFound) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Where a fund stands: a new decision stands behind what waits.
    fn at(position: &FundPosition) -> Left {
        Left { amount: position.for_new(), waiting: position.waiting, lapsed: position.lapsed }
    }

    /// The amount, and what was taken off it.
    pub fn text(&self) -> Text {
        let left = fund_text(self.amount);
        if self.waiting <= Fen(0) {
            return left;
        }
        let waiting = fund_text(self.waiting);
        Text::new(
            format!("{}（已扣除轮候的{}）", left.zh, waiting.zh),
            format!("{} ({} that others wait for is taken off)", left.en, waiting.en),
        )
    }

    /// Whether it has nothing left, or less than the least that the rules give.
    pub fn is_short(&self, span: Option<Span>) -> bool {
        self.amount <= Fen(0) || span.is_some_and(|span| self.amount < span.low)
    }

    /// That a fund has nothing left, or less than the least that the rules give; nothing where it has enough. It is said
    /// before anyone applies: what is decided then waits its turn.
    pub fn short(&self, fund: &Text, span: Option<Span>) -> Option<Text> {
        if !self.is_short(span) {
            return None;
        }
        let left = self.text();
        Some(match (self.amount <= Fen(0), self.waiting <= Fen(0)) {
            (true, true) if self.lapsed > Fen(0) => {
                let lapsed = fund_text(self.lapsed);
                Text::new(
                    format!("{}年末已收回{}，没有可用的；审定后轮候", fund.zh, lapsed.zh),
                    format!(
                        "{}: {} went back at the year's end, and nothing is left; what is decided waits its turn",
                        fund.en, lapsed.en
                    ),
                )
            }
            (true, true) => Text::new(
                format!("{}已用完，审定后轮候", fund.zh),
                format!("{}: nothing is left; what is decided waits its turn", fund.en),
            ),
            (true, false) => Text::new(
                format!("{}先给已在轮候的，之后没有剩余；再审定的排在后面", fund.zh),
                format!("{}: nothing is left after those that wait; what is decided now waits behind them", fund.en),
            ),
            (false, _) => Text::new(
                format!("{}只剩{}，不够的审定后轮候", fund.zh, left.zh),
                format!("{}: only {} left; what is decided beyond it waits its turn", fund.en, left.en),
            ),
        })
    }
}

/// What can be applied for, by whether there is money for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Offer {
    /// What there is money for.
    pub now: Total,
    /// What is of funds that have nothing left, or less than that: what is decided waits.
    pub short: Total,
}

impl Offer {
    /// Of these amounts, each with whether its fund is short of it.
    pub fn of(spans: &[(Span, bool)]) -> Offer {
        let total = |short| Total::of(spans.iter().filter(|(_, is_short)| *is_short == short).map(|(span, _)| *span));
        Offer { now: total(false), short: total(true) }
    }

    /// The one that stands large: what there is money for; where there is money for nothing, what waits for it.
    pub fn main(&self) -> &Total {
        if self.now.count == 0 { &self.short } else { &self.now }
    }

    /// How many there are in all.
    pub fn count(&self) -> usize {
        self.now.count + self.short.count
    }

    /// Whether there is money for none of it.
    pub fn is_all_short(&self) -> bool {
        self.now.count == 0 && self.short.count > 0
    }

    /// Whether there is money for some of it alone.
    pub fn is_split(&self) -> bool {
        self.now.count > 0 && self.short.count > 0
    }
}

/// What several entitlements come to together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Total {
    /// Those with an end, added up: at least this.
    pub low: Fen,
    /// And at most this.
    pub high: Fen,
    /// How many there are.
    pub count: usize,
    /// How many of them have no upper end.
    pub open: usize,
}

impl Total {
    /// Of these amounts.
    pub fn of(spans: impl IntoIterator<Item = Span>) -> Total {
        let mut total = Total::default();
        for span in spans {
            total.count += 1;
            total.low = Fen(total.low.0.saturating_add(span.low.0));
            match span.high {
                Some(high) => total.high = Fen(total.high.0.saturating_add(high.0)),
                None => {
                    total.high = Fen(total.high.0.saturating_add(span.low.0));
                    total.open += 1;
                }
            }
        }
        total
    }

    /// The figure that stands large: none where all are open.
    pub fn text(&self) -> Option<Text> {
        if self.count == self.open && self.high == Fen(0) {
            return None;
        }
        Some(span_text(Span { low: self.low, high: Some(self.high) }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_fund_is_said_and_a_small_one_in_yuan() {
        let fund = Text::new("研发资金", "R&D fund");
        let short = |amount, span| {
            let left = Left { amount, waiting: Fen(0), lapsed: Fen(0) };
            left.short(&fund, span).map(|text| text.zh.to_string())
        };
        assert_eq!(short(Fen(0), None).as_deref(), Some("研发资金已用完，审定后轮候"));
        let span = Some(Span::exact(Fen::yuan(500)));
        assert_eq!(short(Fen::yuan(1), span).as_deref(), Some("研发资金只剩1元，不够的审定后轮候"));
        assert_eq!(short(Fen::yuan(500), span), None);
        let lapsed = Left { amount: Fen(0), waiting: Fen(0), lapsed: Fen::yuan(120_000) };
        let told = lapsed.short(&fund, span).map(|text| text.zh.to_string());
        assert_eq!(told.as_deref(), Some("研发资金年末已收回12.00万元，没有可用的；审定后轮候"));
        assert_eq!(fund_text(Fen::yuan(20)).zh, "20元");
        assert_eq!(fund_text(Fen::yuan(10_000)).zh, "1.00万元");
    }

    #[test]
    fn what_others_wait_for_is_not_left() {
        let fund = Text::new("研发资金", "R&D fund");
        let left = |free, waiting| {
            Left::at(&FundPosition {
                advanced: Fen(0),
                fund: "rd_fund".to_owned(),
                year: 2018,
                size: Fen::yuan(free),
                paid: Fen(0),
                reserved: Fen(0),
                free: Fen::yuan(free),
                lapsed: Fen(0),
                waiting: Fen::yuan(waiting),
                waiting_cases: 1,
                by_measure: Vec::new(),
            })
        };
        let some = left(90_000, 60_000);
        assert_eq!(some.text().zh, "3.00万元（已扣除轮候的6.00万元）");
        let short =
            |left: Left, low| left.short(&fund, Some(Span::exact(Fen::yuan(low)))).map(|text| text.zh.to_string());
        assert_eq!(short(some, 30_000), None);
        assert_eq!(
            short(some, 30_001).as_deref(),
            Some("研发资金只剩3.00万元（已扣除轮候的6.00万元），不够的审定后轮候")
        );
        let none = short(left(90_000, 90_000), 1);
        assert_eq!(none.as_deref(), Some("研发资金先给已在轮候的，之后没有剩余；再审定的排在后面"));
    }

    #[test]
    fn what_waits_for_money_is_told_from_what_there_is_money_for() {
        let left = |yuan| Left { amount: Fen::yuan(yuan), waiting: Fen(0), lapsed: Fen(0) };
        let span = |yuan| Span::exact(Fen::yuan(yuan));
        assert!(left(10).is_short(Some(span(591_001))) && !left(10).is_short(Some(span(10))));
        assert!(left(0).is_short(None) && !left(10).is_short(None));
        let offer = Offer::of(&[(span(28_000), false), (span(500), false), (span(264), true)]);
        assert_eq!((offer.now.high, offer.short.high, offer.count()), (Fen::yuan(28_500), Fen::yuan(264), 3));
        assert!(offer.is_split() && offer.main() == &offer.now);
        let none = Offer::of(&[(span(264), true)]);
        assert!(none.is_all_short() && !none.is_split() && none.main() == &none.short);
    }

    #[test]
    fn a_total_counts_what_has_no_end_apart() {
        let span = |low, high: Option<i64>| Span { low: Fen::yuan(low), high: high.map(Fen::yuan) };
        let total = Total::of([span(5, Some(5)), span(0, Some(20)), span(0, None)]);
        assert_eq!((total.low, total.high, total.count, total.open), (Fen::yuan(5), Fen::yuan(25), 3, 1));
        assert_eq!(total.text().map(|text| text.zh.to_string()), Some("5元 至 25元".to_owned()));
        assert_eq!(Total::of([span(0, None)]).text(), None);
    }
}
