//! A summary of an assessment: what each measure and each fund comes to.

use duixian_money::Fen;
use duixian_rules::plan::Plan;
use duixian_rules::vocabulary::{Lang, Name};
use unicode_width::UnicodeWidthStr;

use crate::result::{Assessment, Status};

/// What an assessment comes to. Sums are in fen, in 128 bits: no number of rows overflows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// The assessed year.
    pub year: i64,
    /// The assessed measures, in the plan's order.
    pub measures: Vec<MeasureSummary>,
    /// The funds that pay them, in the plan's order.
    pub funds: Vec<FundSummary>,
}

/// What one measure comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeasureSummary {
    /// Index in [`Plan::measures`].
    pub measure: usize,
    /// Its names.
    pub name: Name,
    /// How many rows have each status, in the order of [`Status::ALL`].
    pub rows: [usize; 4],
    /// What is owed for sure: the sum of the entitled rows.
    pub entitled: i128,
    /// What entitled and conditional rows come to.
    pub total: Total,
}

/// What one fund has to pay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FundSummary {
    /// Index in [`Plan::funds`]; none for measures that no fund pays.
    pub fund: Option<usize>,
    /// Its names.
    pub name: Name,
    /// Its size in the year, where the text gives one.
    pub size: Option<Fen>,
    /// What entitled and conditional rows of its measures come to.
    pub total: Total,
    /// How many rows of its measures are unknown: they are in no sum.
    pub unknown: usize,
}

/// A sum of intervals, in fen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Total {
    /// The least.
    pub low: i128,
    /// The most, not counting rows that are open.
    pub high: i128,
    /// How many rows have no upper end: with any, `high` is no bound.
    pub open: usize,
}

impl Total {
    fn add(&mut self, other: Total) {
        self.low += other.low;
        self.high += other.high;
        self.open += other.open;
    }
}

impl FundSummary {
    /// What is left of the fund, in fen, if every row is paid its least, and if every row is paid its most; negative where
    /// it does not suffice. Nothing can be said of a fund without size, or of the most where a row is open.
    pub fn headroom(&self) -> Option<(i128, Option<i128>)> {
        let size = i128::from(self.size?.0);
        Some((size - self.total.low, (self.total.open == 0).then_some(size - self.total.high)))
    }
}

impl Summary {
    /// Sums up an assessment by this plan.
    pub fn of(plan: &Plan, assessment: &Assessment) -> Summary {
        let mut measures = Vec::new();
        for of_measure in &assessment.measures {
            let (mut rows, mut entitled, mut total) = ([0; 4], 0, Total::default());
            for row in of_measure.rows.iter() {
                rows[row.status() as usize] += 1;
                let Some(span) = row.amount() else { continue };
                let high = span.high.map_or(0, |high| high.0);
                total.add(Total { low: span.low.0.into(), high: high.into(), open: span.high.is_none().into() });
                if row.status() == Status::Entitled {
                    entitled += i128::from(span.low.0);
                }
            }
            let measure = of_measure.measure;
            let name = plan.measures[measure].name.clone();
            measures.push(MeasureSummary { measure, name, rows, entitled, total });
        }
        let of_fund = |fund: Option<usize>| {
            let mut paid = measures.iter().filter(|summary| plan.measures[summary.measure].fund == fund).peekable();
            paid.peek()?;
            let (mut total, mut unknown) = (Total::default(), 0);
            paid.for_each(|summary| {
                total.add(summary.total);
                unknown += summary.rows[Status::Unknown as usize];
            });
            let declared = fund.map(|fund| &plan.funds[fund]);
            let name = declared.map_or_else(|| Name::new("（未指明资金）", "(no fund)"), |fund| fund.name.clone());
            let size = declared.and_then(|fund| fund.size_in(assessment.year));
            Some(FundSummary { fund, name, size, total, unknown })
        };
        let funds = (0..plan.funds.len()).map(Some).chain([None]).filter_map(of_fund).collect();
        Summary { year: assessment.year, measures, funds }
    }

    /// A table for a terminal. Amounts are in 万元 with two decimals, in English in units of ten thousand yuan.
    pub fn render(&self, lang: Lang) -> String {
        let mut text = String::new();
        let year = self.year;
        match lang {
            Lang::Zh => text.push_str(&format!("{year} 年度兑现测算（金额单位：万元）\n\n")),
            Lang::En => text.push_str(&format!("Assessment of {year} (amounts in 10,000 yuan)\n\n")),
        }
        text.push_str(&align(&self.measure_lines(lang)));
        text.push('\n');
        text.push_str(&align(&self.fund_lines(lang)));
        text
    }

    fn measure_lines(&self, lang: Lang) -> Vec<Vec<String>> {
        let [name, entitled, low, high, total] = match lang {
            Lang::Zh => ["措施", "应得金额", "最低合计", "最高合计", "合计"],
            Lang::En => ["measure", "sum entitled", "low", "high", "total"],
        };
        let mut heading = vec![name.to_owned()];
        heading.extend(Status::ALL.map(|status| status.label(lang).to_owned()));
        heading.extend([entitled, low, high].map(str::to_owned));
        let mut lines = vec![heading];
        let line = |name: &str, summary: &MeasureSummary| {
            let mut line = vec![name.to_owned()];
            line.extend(summary.rows.map(|rows| rows.to_string()));
            line.extend([wan_yuan(summary.entitled), wan_yuan(summary.total.low), most(summary.total, lang)]);
            line
        };
        lines.extend(self.measures.iter().map(|summary| line(summary.name.in_lang(lang), summary)));
        if let [first, others @ .., _] = &self.measures[..] {
            let mut all = first.clone();
            for other in others.iter().chain(self.measures.last()) {
                (0..4).for_each(|status| all.rows[status] += other.rows[status]);
                all.entitled += other.entitled;
                all.total.add(other.total);
            }
            lines.push(line(total, &all));
        }
        lines
    }

    fn fund_lines(&self, lang: Lang) -> Vec<Vec<String>> {
        let (heading, unset) = match lang {
            Lang::Zh => (["资金", "年度规模", "最低需求", "最高需求", "余额", "另有待定（项，未计入）"], "未定"),
            Lang::En => {
                (["fund", "size", "least needed", "most needed", "headroom", "unknown (rows, not counted)"], "not set")
            }
        };
        let mut lines = vec![heading.map(str::to_owned).to_vec()];
        lines.extend(self.funds.iter().map(|fund| {
            let headroom = match fund.headroom() {
                None => unset.to_owned(),
                Some((best, Some(worst))) if best == worst => wan_yuan(best),
                Some((best, Some(worst))) => format!("{} ~ {}", wan_yuan(worst), wan_yuan(best)),
                Some((best, None)) if lang == Lang::Zh => format!("至多 {}", wan_yuan(best)),
                Some((best, None)) => format!("at most {}", wan_yuan(best)),
            };
            let size = fund.size.map_or_else(|| unset.to_owned(), |size| wan_yuan(size.0.into()));
            let name = fund.name.in_lang(lang).to_owned();
            vec![name, size, wan_yuan(fund.total.low), most(fund.total, lang), headroom, fund.unknown.to_string()]
        }));
        lines
    }
}

/// The high total; rows that are open are named, since they are in no sum.
fn most(total: Total, lang: Lang) -> String {
    let sum = wan_yuan(total.high);
    match (total.open, lang) {
        (0, _) => sum,
        (open, Lang::Zh) => format!("{sum} + {open} 项未写上限"),
        (open, Lang::En) => format!("{sum} + {open} open"),
    }
}

/// In 万元 with two decimals, rounded half away from zero, thousands set apart: for reading only, never for a payment.
fn wan_yuan(fen: i128) -> String {
    let hundredths = (fen.unsigned_abs() + 5_000) / 10_000;
    let sign = if fen < 0 && hundredths > 0 { "-" } else { "" };
    let digits = (hundredths / 100).to_string();
    let mut whole = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            whole.push(',');
        }
        whole.push(digit);
    }
    format!("{sign}{whole}.{:02}", hundredths % 100)
}

/// Lines of cells as columns, the first to the left, the others to the right; a Chinese character is two wide.
fn align(lines: &[Vec<String>]) -> String {
    let columns = lines.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| lines.iter().filter_map(|line| line.get(column)).map(|cell| cell.width()).max();
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
    let mut text = String::new();
    for line in lines {
        let mut padded = String::new();
        for (index, (cell, width)) in line.iter().zip(&widths).enumerate() {
            let padding = " ".repeat(width - cell.width());
            match index {
                0 => padded.extend([cell, &padding[..]]),
                _ => padded.extend(["  ", &padding[..], cell]),
            }
        }
        text.push_str(padded.trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use duixian_money::Span;
    use duixian_rules::plan::{Amount, Fund};

    use super::*;
    use crate::result::{MeasureRows, Reason, Row};
    use crate::testing::{EVENTS, World};

    fn summary() -> Summary {
        let mut world = World::new();
        let amount = world.constant(0);
        for (zh, en, fund) in [("研发平台奖励", "platform_grant", 0), ("项目配套", "matching", 1)] {
            let measure = world.measure(EVENTS, &[], &[(None, Amount::Exact(amount))]);
            world.plan.measures[measure].name = Name::new(zh, en);
            world.plan.measures[measure].fund = Some(fund);
        }
        for (zh, en, sizes) in [
            ("创新专项资金", "innovation_fund", vec![(2015, Fen::yuan(15_000_000))]),
            ("产业扶持资金", "industry_fund", vec![]),
        ] {
            world.plan.funds.push(Fund { name: Name::new(zh, en), clause: String::new(), sizes, carries_over: None });
        }
        let exact = |amount| Row::paid(0, 0, 0, true, Span::exact(amount), None);
        let span = |high| Row::paid(0, 0, 0, false, Span { low: Fen::yuan(1), high }, None);
        let refused = Row::refused(0, 0, Reason::NoTier);
        let first =
            vec![exact(Fen::yuan(300_000)), exact(Fen::yuan(20_000_000)), refused, span(Some(Fen::yuan(100_000)))];
        let second = vec![span(None), Row::missing(0, 0, 1, None), exact(Fen::yuan(8_888_888))];
        let measures =
            vec![MeasureRows { measure: 0, rows: first.into() }, MeasureRows { measure: 1, rows: second.into() }];
        Summary::of(&world.plan, &Assessment { year: 2017, as_of: 0, measures })
    }

    #[test]
    fn sums_are_exact_and_funds_know_their_headroom() {
        let summary = summary();
        let yuan = |yuan: i128| yuan * 100;
        assert_eq!(summary.measures[0].rows, [2, 1, 0, 1]);
        assert_eq!(summary.measures[0].entitled, yuan(20_300_000));
        assert_eq!(summary.measures[0].total, Total { low: yuan(20_300_001), high: yuan(20_400_000), open: 0 });
        assert_eq!(summary.measures[1].total.open, 1);
        assert_eq!(summary.funds[0].headroom(), Some((yuan(-5_300_001), Some(yuan(-5_400_000)))));
        assert_eq!(summary.funds[1].headroom(), None);
    }

    #[test]
    fn renders_in_both_languages() {
        insta::assert_snapshot!("summary_zh", summary().render(Lang::Zh));
        insta::assert_snapshot!("summary_en", summary().render(Lang::En));
    }

    #[test]
    fn wan_yuan_is_that_of_money() {
        for fen in [0, 4_999, 5_000, -4_999, -5_000, 123_456_789_012] {
            assert_eq!(wan_yuan(fen.into()), Fen(fen).to_wan_yuan());
        }
    }
}
