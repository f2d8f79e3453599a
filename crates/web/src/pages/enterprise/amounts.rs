//! Amounts as an applicant reads them: in yuan, with what may still be decided said in words.

use duixian_money::{Fen, Span};

use crate::format;
use crate::locale::{Lang, Text};

/// What an entitlement comes to: `300,000元`, `最多200,000元`, `30,000元 至 50,000元`.
pub fn span_text(span: Span) -> Text {
    let yuan = |lang, amount| format::yuan(lang, amount);
    match span {
        Span { low, high: Some(high) } if low == high => Text::new(yuan(Lang::Zh, low), yuan(Lang::En, low)),
        Span { low: Fen(0), high: Some(high) } => {
            Text::new(format!("最多{}", yuan(Lang::Zh, high)), format!("up to {}", yuan(Lang::En, high)))
        }
        Span { low, high: Some(high) } => Text::new(
            format!("{} 至 {}", yuan(Lang::Zh, low), yuan(Lang::Zh, high)),
            format!("{} to {}", yuan(Lang::En, low), yuan(Lang::En, high)),
        ),
        Span { low: Fen(0), high: None } => ("金额由主管部门核定", "an amount that the office fixes").into(),
        Span { low, high: None } => Text::new(
            format!("不少于{}，由主管部门核定", yuan(Lang::Zh, low)),
            format!("{} or more, as the office fixes", yuan(Lang::En, low)),
        ),
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
    fn spans_are_said_in_yuan() {
        let zh =
            |low, high: Option<i64>| span_text(Span { low: Fen::yuan(low), high: high.map(Fen::yuan) }).zh.to_string();
        assert_eq!(zh(300_000, Some(300_000)), "300,000元");
        assert_eq!(zh(0, Some(200_000)), "最多200,000元");
        assert_eq!(zh(30_000, Some(50_000)), "30,000元 至 50,000元");
        assert_eq!(zh(0, None), "金额由主管部门核定");
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
