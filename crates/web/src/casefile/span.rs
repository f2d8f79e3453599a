//! Amounts as an applicant reads them: one, or from one to another, with what may still be decided said in words.

use duixian_money::{Fen, Span};

use crate::format;
use crate::locale::{Lang, Text};

/// What an entitlement comes to: `300,000元`, `最多200,000元`, `30,000元 至 50,000元`.
pub fn span_text(span: Span) -> Text {
    written(span, format::yuan)
}

/// The same in ten thousands, where people think in them, to two decimals: `30.00万元`.
pub fn span_in_wan(span: Span) -> Text {
    written(span, format::about)
}

fn written(span: Span, yuan: fn(Lang, Fen) -> String) -> Text {
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
    fn spans_are_said_in_ten_thousands() {
        let span = Span { low: Fen::yuan(30_000), high: Some(Fen::yuan(50_000)) };
        assert_eq!(
            (&*span_in_wan(span).zh, &*span_in_wan(span).en),
            ("3.00万元 至 5.00万元", "CNY 30,000 to CNY 50,000")
        );
        assert_eq!(span_in_wan(Span::exact(Fen(1))).zh, "0.01元", "no fen is lost where ten thousands show nothing");
    }
}
