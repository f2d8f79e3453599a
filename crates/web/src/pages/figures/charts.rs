//! The drawings of the figures.

use duixian_money::Fen;
use duixian_store::cases::Month;
use duixian_store::figures::{DeskFigures, MeasureFigures, MonthFigures};
use duixian_store::funds::FundPosition;

use crate::casefile::stages as names_of_stages;
use crate::charts::{Chart, Kind, Series, Unit};
use crate::locale::Text;

use super::read::{Read, granted};

/// How many bars fit beside each other on a page for a meeting.
const MOST_BARS: usize = 12;
/// What no desk has.
pub const WITH_APPLICANTS: (&str, &str) = ("在申请人手里", "With applicants");
/// How many months a line shows: two years.
const MOST_MONTHS: usize = 24;

fn whole(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// A title that says so where not all have a bar.
fn titled(title: (&'static str, &'static str), which: (&str, &str), all: usize) -> Text {
    match all > MOST_BARS {
        true => Text::new(
            format!("{}（{} {MOST_BARS} 项，共 {all} 项）", title.0, which.0),
            format!("{} (the {MOST_BARS} of {all} {})", title.1, which.1),
        ),
        false => Text::new(title.0, title.1),
    }
}

/// Paid and decided by measure, those with most at the top.
pub fn measures(read: &Read) -> Chart {
    let mut shown = read.most_money_first();
    shown.retain(|one| granted(one) > Fen(0));
    let title = titled(("用在哪些措施上", "What for"), ("金额最多的", "with the most money"), shown.len());
    shown.truncate(MOST_BARS);
    let series = |name: (&'static str, &'static str), of: fn(&MeasureFigures) -> Fen| {
        Series::new(name, shown.iter().map(|one| of(one).0).collect())
    };
    Chart {
        title,
        kind: Kind::Stacked,
        unit: Unit::Money,
        categories: shown.iter().map(|one| read.names.measure(&one.measure)).collect(),
        series: vec![
            series(("已拨付", "Paid"), |one| one.paid.amount),
            series(("已审定未付", "Decided, not paid"), |one| one.decided.amount),
        ],
    }
}

/// Where the money of each fund is.
pub fn funds(read: &Read) -> Chart {
    let shown: Vec<&FundPosition> = read.figures.by_fund.iter().take(MOST_BARS).collect();
    let series = |name: (&'static str, &'static str), of: fn(&FundPosition) -> Fen| {
        Series::new(name, shown.iter().map(|one| of(one).0).collect())
    };
    let name = |one: &&FundPosition| {
        let fund = read.names.fund(&one.fund);
        match read.figures.year {
            Some(_) => fund,
            None => Text::new(format!("{} {}", fund.zh, one.year), format!("{} {}", one.year, fund.en)),
        }
    };
    Chart {
        title: titled(("资金还有多少", "How much there is"), ("前", "listed first"), read.figures.by_fund.len()),
        kind: Kind::Stacked,
        unit: Unit::Money,
        categories: shown.iter().map(name).collect(),
        series: vec![
            series(("已拨付", "Paid"), |one| one.paid),
            series(("已预留", "Reserved"), |one| one.reserved),
            series(("可用", "Free"), |one| one.free),
        ],
    }
}

/// How many cases wait at each desk and with applicants: on time, late, and without a deadline.
pub fn desks(read: &Read) -> Chart {
    let away = Some(&read.figures.with_applicants).filter(|away| away.open.cases > 0);
    let name = |one: &DeskFigures| match one.desk.as_str() {
        "" => WITH_APPLICANTS.into(),
        desk => read.names.desk(desk),
    };
    let shown: Vec<&DeskFigures> = read.figures.by_desk.iter().chain(away).collect();
    let series = |name: (&'static str, &'static str), of: fn(&DeskFigures) -> u64| {
        Series::new(name, shown.iter().map(|one| whole(of(one))).collect())
    };
    Chart {
        title: ("在办案件都在谁手里", "Who has the cases").into(),
        kind: Kind::Stacked,
        unit: Unit::Count,
        categories: shown.iter().map(|one| name(one)).collect(),
        series: vec![
            series(("期限内", "On time"), |one| one.open.cases.saturating_sub(one.overdue.cases + one.untimed)),
            series(("超期", "Overdue"), |one| one.overdue.cases),
            series(("不计时", "No deadline"), |one| one.untimed),
        ],
    }
}

/// Decided and paid, month by month. Months in which nothing happened stand as nothing.
pub fn months(read: &Read) -> Chart {
    let known = &read.figures.by_month;
    let mut shown: Vec<Month> = Vec::new();
    if let (Some(first), Some(last)) = (known.first(), known.last()) {
        let mut month = first.month;
        // No data span so many months that this would not end soon.
        while month <= last.month && shown.len() < 1200 {
            shown.push(month);
            month = next(month);
        }
    }
    let shown = &shown[shown.len().saturating_sub(MOST_MONTHS)..];
    let series = |name: (&'static str, &'static str), of: fn(&MonthFigures) -> Fen| {
        let at = |month: &Month| known.iter().find(|one| one.month == *month).map_or(0, |one| of(one).0);
        Series::new(name, shown.iter().map(at).collect())
    };
    Chart {
        title: ("每月审定与拨付", "Decided and paid by month").into(),
        kind: Kind::Line,
        unit: Unit::Money,
        categories: shown.iter().map(|month| Text::same(word(*month))).collect(),
        series: vec![
            series(("审定", "Decided"), |one| one.decided.amount),
            series(("拨付", "Paid"), |one| one.paid.amount),
        ],
    }
}

fn next(month: Month) -> Month {
    match month.month {
        12 => Month { year: month.year + 1, month: 1 },
        _ => Month { month: month.month + 1, ..month },
    }
}

/// `2019-03`
pub fn word(month: Month) -> String {
    format!("{}-{:02}", month.year, month.month)
}

/// How many cases stand where.
pub fn stages(read: &Read) -> Chart {
    let stages = &read.figures.by_stage;
    Chart {
        title: ("案件都在哪一步", "Where the cases are").into(),
        kind: Kind::Bars,
        unit: Unit::Count,
        categories: stages.iter().map(|(stage, _)| names_of_stages::label(*stage)).collect(),
        series: vec![Series::new(("件数", "Cases"), stages.iter().map(|(_, tally)| whole(tally.cases)).collect())],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chart_that_leaves_some_out_says_so() {
        let title = |all| titled(("用在哪些措施上", "What for"), ("金额最多的", "with the most money"), all);
        assert_eq!(title(12).zh, "用在哪些措施上");
        assert_eq!(title(15).zh, "用在哪些措施上（金额最多的 12 项，共 15 项）");
        assert_eq!(title(15).en, "What for (the 12 of 15 with the most money)");
    }
}
