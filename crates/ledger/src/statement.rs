//! Statements: what came into funds, was reserved, paid and returned in a period, by fund, measure, clause or case.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use duixian_money::Fen;
use serde::{Deserialize, Serialize};

use crate::{Account, AccountId, Entry, Kind, Purpose, Refused, Transfer, TransferId, start_of_china_day};

/// Which funds a statement covers. `None` is all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// Only the fund of this name.
    pub fund: Option<String>,
    /// Only money of this budget year.
    pub year: Option<i32>,
}

/// From an instant up to, not including, another, in Unix milliseconds; `None` is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// The first instant inside.
    pub from: Option<i64>,
    /// The first instant after.
    pub until: Option<i64>,
}

/// What a statement has a line for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum By {
    /// Each fund and budget year.
    Fund,
    /// Each measure.
    Measure,
    /// Each clause.
    Clause,
    /// Each case.
    Case,
}

/// What one line is about. What belongs to no measure, clause or case (appropriations, for one) has a line of its own
/// under `None`, which comes first: so the lines always add up to the whole.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Key {
    /// A fund and budget year.
    Fund(String, i32),
    /// A measure.
    Measure(Option<String>),
    /// A clause.
    Clause(Option<String>),
    /// A case.
    Case(Option<i64>),
}

/// A statement: its lines in order of their keys, and their sum.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// A line for every key that has ever moved money up to the end of the period.
    pub lines: Vec<(Key, Line)>,
    /// The whole, which every column of the lines adds up to.
    pub total: Line,
}

/// Two stocks at the beginning, what moved them, and the two stocks at the end. All in fen.
///
/// ```text
/// closing_free     = opening_free + appropriated + carried_in + corrected + returned + released
///                  - carried_out - lapsed - reserved
/// closing_reserved = opening_reserved + reserved - released - paid
/// ```
///
/// Of a whole fund, `closing_free` is what may still be granted. Of a measure, clause or case it is what that line
/// contributes to it, mostly negative: show the flows and `closing_reserved` there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Free at the beginning.
    #[serde(with = "crate::whole_fen")]
    pub opening_free: Fen,
    /// Reserved and not yet paid at the beginning.
    #[serde(with = "crate::whole_fen")]
    pub opening_reserved: Fen,
    /// Yearly appropriations.
    #[serde(with = "crate::whole_fen")]
    pub appropriated: Fen,
    /// From an earlier year of the fund.
    #[serde(with = "crate::whole_fen")]
    pub carried_in: Fen,
    /// To a later year of the fund.
    #[serde(with = "crate::whole_fen")]
    pub carried_out: Fen,
    /// Left over and taken back.
    #[serde(with = "crate::whole_fen")]
    pub lapsed: Fen,
    /// Corrections to the fund less corrections from it, other than of payments.
    #[serde(with = "crate::whole_fen")]
    pub corrected: Fen,
    /// Newly reserved. A payment booked by correction counts as reserved and paid at the same moment; where the booking is taken back, as
    /// neither.
    #[serde(with = "crate::whole_fen")]
    pub reserved: Fen,
    /// Reserved, then released: voided, expired, or the unpaid rest of a partial payment.
    #[serde(with = "crate::whole_fen")]
    pub released: Fen,
    /// Paid. Less than nothing where more of earlier bookings was taken back than was paid.
    #[serde(with = "crate::whole_fen")]
    pub paid: Fen,
    /// Paid, then come back.
    #[serde(with = "crate::whole_fen")]
    pub returned: Fen,
    /// Free at the end.
    #[serde(with = "crate::whole_fen")]
    pub closing_free: Fen,
    /// Reserved and not yet paid at the end.
    #[serde(with = "crate::whole_fen")]
    pub closing_reserved: Fen,
}

impl Period {
    /// Without beginning or end.
    pub const ALL: Period = Period { from: None, until: None };

    /// From the first day to the last, both included, in China.
    pub fn days(first: NaiveDate, last: NaiveDate) -> Period {
        Period { from: Some(start_of_china_day(first)), until: last.succ_opt().map(start_of_china_day) }
    }

    /// A calendar year in China.
    pub fn year(year: i32) -> Period {
        let start = |year| NaiveDate::from_ymd_opt(year, 1, 1).map(start_of_china_day);
        // A year outside the calendar lies wholly before or after every instant.
        let beyond = if year < NaiveDate::MIN.year() { i64::MIN } else { i64::MAX };
        Period { from: start(year).or(Some(beyond)), until: start(year.saturating_add(1)).or(Some(beyond)) }
    }
}

/// The statement of the funds in `scope`, over `period`, from the transfers that moved them.
///
/// `transfers` are all that touched these funds, from the first up to the end of the period at least, in any order;
/// `accounts` are at least those they name. Refused only where an account or reservation they name is missing or
/// a sum cannot be recorded.
pub fn statement(
    accounts: &[Account],
    transfers: &[Transfer],
    scope: &Scope,
    by: By,
    period: Period,
) -> Result<Statement, Refused> {
    let purposes: BTreeMap<AccountId, &Purpose> = accounts.iter().map(|it| (it.id, &it.purpose)).collect();
    let reserved: BTreeMap<TransferId, Fen> =
        transfers.iter().filter(|it| it.kind == Kind::Pending).map(|it| (it.id, it.amount)).collect();
    let mut lines: BTreeMap<Key, Line> = BTreeMap::new();
    let mut total = Line::default();
    for transfer in transfers.iter().filter(|it| period.until.is_none_or(|until| it.at < until)) {
        let purpose = |id| purposes.get(&id).copied().ok_or(Refused::UnknownAccount { account: id });
        let (debit, credit) = (purpose(transfer.debit)?, purpose(transfer.credit)?);
        let sides = [(transfer.debit, debit, credit, Side::Debit), (transfer.credit, credit, debit, Side::Credit)];
        for (account, own, other, side) in sides {
            let Some(key) = scope.key(own, by, transfer) else { continue };
            let flows = flows(transfer, side, other, &reserved)?;
            let before = period.from.is_some_and(|from| transfer.at < from);
            for line in [&mut total, lines.entry(key).or_default()] {
                line.add(&flows, before).ok_or(Refused::TooLarge { account })?;
            }
        }
    }
    Ok(Statement { lines: lines.into_iter().collect(), total })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Debit,
    Credit,
}

impl Scope {
    /// The line for a transfer's effect on an account, or `None` when that is no fund in scope.
    fn key(&self, purpose: &Purpose, by: By, transfer: &Transfer) -> Option<Key> {
        let Purpose::Fund { fund, year } = purpose else { return None };
        if self.fund.as_ref().is_some_and(|only| only != fund) || self.year.is_some_and(|only| only != *year) {
            return None;
        }
        let subject = &transfer.subject;
        Some(match by {
            By::Fund => Key::Fund(fund.clone(), *year),
            By::Measure => Key::Measure(subject.measure.clone()),
            By::Clause => Key::Clause(subject.clause.clone()),
            By::Case => Key::Case(subject.case),
        })
    }
}

/// The flow columns of one transfer on one fund account; its stocks stay 0.
fn flows(
    transfer: &Transfer,
    side: Side,
    other: &Purpose,
    reserved: &BTreeMap<TransferId, Fen>,
) -> Result<Line, Refused> {
    let amount = transfer.amount;
    let of = |pending| reserved.get(&pending).copied().ok_or(Refused::UnknownPending { pending });
    let none = Line::default();
    Ok(match (transfer.kind, side) {
        (Kind::Pending, _) => Line { reserved: amount, ..none },
        (Kind::Post { pending }, _) => {
            let rest = of(pending)?.0.checked_sub(amount.0).filter(|rest| *rest >= 0);
            let rest = rest.ok_or(Refused::MoreThanPending { pending, reserved: of(pending)?, wanted: amount })?;
            Line { paid: amount, released: Fen(rest), ..none }
        }
        (Kind::Void { pending } | Kind::Expire { pending }, _) => Line { released: of(pending)?, ..none },
        (Kind::Single(Entry::Appropriation), Side::Credit) => Line { appropriated: amount, ..none },
        (Kind::Single(Entry::CarryOver), Side::Credit) => Line { carried_in: amount, ..none },
        (Kind::Single(Entry::CarryOver), Side::Debit) => Line { carried_out: amount, ..none },
        (Kind::Single(Entry::Lapse), Side::Debit) => Line { lapsed: amount, ..none },
        // Nothing came back of what had not left.
        (Kind::Single(Entry::Correction), Side::Credit) if other.is_paid() => {
            let taken_back = Fen(amount.0.saturating_neg());
            Line { reserved: taken_back, paid: taken_back, ..none }
        }
        (Kind::Single(_), Side::Credit) if other.is_paid() => Line { returned: amount, ..none },
        (Kind::Single(_), Side::Debit) if other.is_paid() => Line { reserved: amount, paid: amount, ..none },
        (Kind::Single(_), Side::Credit) => Line { corrected: amount, ..none },
        (Kind::Single(_), Side::Debit) => Line { corrected: Fen(amount.0.saturating_neg()), ..none },
    })
}

impl Line {
    /// Adds one transfer's flows: to the opening stocks where it was before the period, else to the columns. `None`
    /// where a sum leaves the range of `i64`.
    fn add(&mut self, flows: &Line, before: bool) -> Option<()> {
        let free = sum(&[
            flows.appropriated,
            flows.carried_in,
            flows.corrected,
            flows.returned,
            flows.released,
            Fen(flows.carried_out.0.checked_neg()?),
            Fen(flows.lapsed.0.checked_neg()?),
            Fen(flows.reserved.0.checked_neg()?),
        ])?;
        let reserved = sum(&[flows.reserved, Fen(flows.released.0.checked_neg()?), Fen(flows.paid.0.checked_neg()?)])?;
        let stocks = Line {
            opening_free: if before { free } else { Fen(0) },
            opening_reserved: if before { reserved } else { Fen(0) },
            closing_free: free,
            closing_reserved: reserved,
            ..if before { Line::default() } else { *flows }
        };
        *self = self.plus(&stocks)?;
        Some(())
    }

    /// Column by column, or `None` where a sum leaves the range of `i64`.
    pub fn plus(&self, other: &Line) -> Option<Line> {
        let plus = |column: fn(&Line) -> Fen| sum(&[column(self), column(other)]);
        Some(Line {
            opening_free: plus(|it| it.opening_free)?,
            opening_reserved: plus(|it| it.opening_reserved)?,
            appropriated: plus(|it| it.appropriated)?,
            carried_in: plus(|it| it.carried_in)?,
            carried_out: plus(|it| it.carried_out)?,
            lapsed: plus(|it| it.lapsed)?,
            corrected: plus(|it| it.corrected)?,
            reserved: plus(|it| it.reserved)?,
            released: plus(|it| it.released)?,
            paid: plus(|it| it.paid)?,
            returned: plus(|it| it.returned)?,
            closing_free: plus(|it| it.closing_free)?,
            closing_reserved: plus(|it| it.closing_reserved)?,
        })
    }
}

fn sum(amounts: &[Fen]) -> Option<Fen> {
    amounts.iter().try_fold(0_i64, |sum, amount| sum.checked_add(amount.0)).map(Fen)
}
