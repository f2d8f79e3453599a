//! The documents of a case, each with what its text needs.

use askama::Template;
use chrono::NaiveDate;
use duixian_money::Fen;

use super::{Document, Frame, PartyName};
use crate::format;

/// 回执: the application has arrived, with what was handed in.
#[derive(Clone, Debug, Template)]
#[template(path = "documents/submission_receipt.html")]
pub struct SubmissionReceipt {
    /// What is around the text.
    pub frame: Frame,
    /// The number of the case.
    pub case_number: String,
    /// The measure applied for.
    pub measure: String,
    /// For which of its bases, in brackets; empty where it is the party itself.
    pub item: String,
    /// The day it was handed in.
    pub submitted: NaiveDate,
    /// The materials handed in.
    pub materials: Vec<String>,
    /// The desk that has it next; empty where none takes applications in.
    pub desk: String,
    /// The day by which it is taken in or not; none where no day is set.
    pub accepted_by: Option<NaiveDate>,
}

/// 受理通知书: the application is complete and taken in.
#[derive(Clone, Debug, Template)]
#[template(path = "documents/acceptance_receipt.html")]
pub struct AcceptanceReceipt {
    /// What is around the text.
    pub frame: Frame,
    /// The number of the case.
    pub case_number: String,
    /// The measure applied for.
    pub measure: String,
    /// For which of its bases, in brackets; empty where it is the party itself.
    pub item: String,
    /// Its clause: `三（二）.2`.
    pub clause: String,
    /// The day it was handed in.
    pub submitted: NaiveDate,
    /// The materials taken in.
    pub materials: Vec<String>,
    /// The day by which it is decided.
    pub due: NaiveDate,
    /// How many working days that is.
    pub working_days: u32,
    /// The first step, and the day by which it is done; none where the decision is the first.
    pub first: Option<(String, NaiveDate)>,
}

/// 补正通知书: all defects at once.
#[derive(Clone, Debug, Template)]
#[template(path = "documents/correction_notice.html")]
pub struct CorrectionNotice {
    /// What is around the text.
    pub frame: Frame,
    /// The number of the case.
    pub case_number: String,
    /// The measure applied for.
    pub measure: String,
    /// For which of its bases, in brackets; empty where it is the party itself.
    pub item: String,
    /// The day it was handed in.
    pub submitted: NaiveDate,
    /// Everything that is to be corrected.
    pub defects: Vec<Defect>,
    /// The last day.
    pub due: NaiveDate,
    /// How many working days that is.
    pub working_days: u32,
    /// What happens otherwise: `视为撤回申请`.
    pub otherwise: String,
}

/// One thing to correct.
#[derive(Clone, Debug)]
pub struct Defect {
    /// What is missing or wrong.
    pub what: String,
    /// How to put it right.
    pub remedy: String,
}

/// 不予受理通知书.
#[derive(Clone, Debug, Template)]
#[template(path = "documents/not_accepted.html")]
pub struct NotAccepted {
    /// What is around the text.
    pub frame: Frame,
    /// The number of the case.
    pub case_number: String,
    /// The measure applied for.
    pub measure: String,
    /// For which of its bases, in brackets; empty where it is the party itself.
    pub item: String,
    /// The clause that forbids it.
    pub clause: String,
    /// The day it was handed in.
    pub submitted: NaiveDate,
    /// What is not met, with its clause; empty where the reasons say it all.
    pub unmet: String,
    /// Why, or what was found, in sentences.
    pub reasons: Vec<String>,
    /// Until when it can be fought.
    pub remedies: Remedies,
}

/// The last days on which what a document says can be fought.
#[derive(Clone, Copy, Debug)]
pub struct Remedies {
    /// By reconsideration (行政复议).
    pub reconsider_until: NaiveDate,
    /// In court (行政诉讼).
    pub sue_until: NaiveDate,
}

/// 逾期未补正告知书: a correction did not come in time, and the application counts as withdrawn.
#[derive(Clone, Debug, Template)]
#[template(path = "documents/lapse_notice.html")]
pub struct LapseNotice {
    /// What is around the text.
    pub frame: Frame,
    /// The number of the case.
    pub case_number: String,
    /// The measure applied for.
    pub measure: String,
    /// For which of its bases, in brackets; empty where it is the party itself.
    pub item: String,
    /// The day it was handed in.
    pub submitted: NaiveDate,
    /// The number of the notice that asked for the correction.
    pub correction_number: String,
    /// The day of that notice.
    pub asked: NaiveDate,
    /// What that asked for.
    pub defects: Vec<Defect>,
    /// The last day it gave.
    pub due: NaiveDate,
    /// Until when it can be fought.
    pub remedies: Remedies,
}

/// 决定书: support, or not.
#[derive(Clone, Debug, Template)]
#[template(path = "documents/decision_letter.html")]
pub struct DecisionLetter {
    /// What is around the text.
    pub frame: Frame,
    /// The number of the case.
    pub case_number: String,
    /// The measure applied for.
    pub measure: String,
    /// For which of its bases, in brackets; empty where it is the party itself.
    pub item: String,
    /// Its clause.
    pub clause: String,
    /// The day it was handed in.
    pub submitted: NaiveDate,
    /// What was decided.
    pub outcome: Outcome,
    /// The facts that were found, against what the clause asks; empty of one that is declined for what stands in the decision
    /// alone.
    pub comparisons: Vec<Comparison>,
    /// How the amount was reckoned, in sentences; empty of one that is declined.
    pub reckoning: Vec<String>,
    /// What the party says that the registry has wrong, each with what became of it, in a sentence.
    pub disputes: Vec<String>,
    /// Until when it can be fought.
    pub remedies: Remedies,
}

/// What was decided.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// 予以支持.
    Supported {
        /// The amount.
        amount: Fen,
        /// Whether the fund is short of it, so that it waits for money.
        is_waiting: bool,
        /// By which rule it is less than was decided, where the fund was too short for all of it; empty where it is all.
        cut: String,
        /// The fund it comes from.
        fund: String,
        /// Why this amount, where the clause leaves a choice. Empty where it leaves none.
        reason: String,
        /// Conditions on the use of the money.
        conditions: Vec<String>,
    },
    /// 不予支持.
    Declined {
        /// What is not met, with its clause; empty where the reason says it all, or the rules do.
        unmet: String,
        /// Why, or what was found, in sentences.
        reason: String,
    },
}

/// Both sides of a comparison.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// The fact: `上年度销售额`.
    pub fact: String,
    /// What the clause asks: `不低于5,000万元`.
    pub required: String,
    /// What was found: `4,210.00万元`.
    pub found: String,
    /// Where: `税务机关 2017年4月`.
    pub source: String,
    /// What that comes to.
    pub conclusion: Conclusion,
}

/// What a comparison comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conclusion {
    /// It meets the clause.
    Met,
    /// It does not.
    Unmet,
    /// Nothing was asked of it: the amount was reckoned by it.
    Reckoned,
}

impl Conclusion {
    /// As the letter says it.
    pub fn text(self) -> &'static str {
        match self {
            Conclusion::Met => "符合",
            Conclusion::Unmet => "不符合",
            Conclusion::Reckoned => "计算用",
        }
    }
}

/// 公示.
#[derive(Clone, Debug, Template)]
#[template(path = "documents/public_notice.html")]
pub struct PublicNotice {
    /// What is around the text.
    pub frame: Frame,
    /// The round: `2017年第一批`.
    pub round: String,
    /// Who is to receive what.
    pub rows: Vec<PublicRow>,
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub until: NaiveDate,
    /// How many working days that is.
    pub working_days: u32,
    /// The last day since the calendar of working days was changed, where that is another.
    pub put_off_to: Option<NaiveDate>,
    /// Where objections go: office, its telephone and address.
    pub objections_to: String,
}

/// 公示期顺延公告: an objection had stopped a notice, and it goes on.
#[derive(Clone, Debug, Template)]
#[template(path = "documents/notice_extended.html")]
pub struct NoticeExtended {
    /// What is around the text.
    pub frame: Frame,
    /// The number of the notice whose days are longer.
    pub notice: String,
    /// Who is to receive something.
    pub party: String,
    /// The number of the case.
    pub case_number: String,
    /// The measure.
    pub measure: String,
    /// For which of its bases, in brackets; empty where it is the party itself.
    pub item: String,
    /// The day the objection stopped it.
    pub stopped: NaiveDate,
    /// The day of the answer, from which it goes on.
    pub answered: NaiveDate,
    /// The last day it hangs now.
    pub until: NaiveDate,
    /// Where objections go.
    pub objections_to: String,
}

/// One line of a public notice.
#[derive(Clone, Debug)]
pub struct PublicRow {
    /// Who.
    pub party: PartyName,
    /// For which measure.
    pub measure: String,
    /// And for what of the party's; empty where that is the party itself.
    pub what: String,
    /// By which clause.
    pub clause: String,
    /// How much.
    pub amount: Fen,
    /// Since when it holds no more, and why; empty while it stands.
    pub void: String,
}

/// 拨付通知书: the money has left.
#[derive(Clone, Debug, Template)]
#[template(path = "documents/payment_notice.html")]
pub struct PaymentNotice {
    /// What is around the text.
    pub frame: Frame,
    /// The number of the case.
    pub case_number: String,
    /// The measure.
    pub measure: String,
    /// For which of its bases, in brackets; empty where it is the party itself.
    pub item: String,
    /// Its clause.
    pub clause: String,
    /// The number of the decision.
    pub decision_number: String,
    /// How much.
    pub amount: Fen,
    /// The fund it comes from.
    pub fund: String,
    /// The number of the payment batch.
    pub batch: String,
    /// The day the bank paid.
    pub paid: NaiveDate,
    /// Whose account the money went to.
    pub holder: String,
    /// The last digits of its number.
    pub last_digits: String,
    /// Whether that is someone else than whom the letter is for.
    pub is_to_another: bool,
    /// Conditions on the use of the money.
    pub conditions: Vec<String>,
}

/// 终止拨付告知书: what was granted could not be paid, and is paid no more.
#[derive(Clone, Debug, Template)]
#[template(path = "documents/payment_ended.html")]
pub struct PaymentEnded {
    /// What is around the text.
    pub frame: Frame,
    /// The number of the case.
    pub case_number: String,
    /// The measure.
    pub measure: String,
    /// For which of its bases, in brackets; empty where it is the party itself.
    pub item: String,
    /// The number of the decision.
    pub decision_number: String,
    /// How much was to be paid.
    pub amount: Fen,
    /// The fund it was to come from.
    pub fund: String,
    /// Why it could not be paid, in the bank's words.
    pub said: String,
    /// Whether it had been paid, and came back.
    pub came_back: bool,
    /// Until when another account could be given.
    pub due: NaiveDate,
    /// Why it was ended.
    pub reason: String,
    /// Until when it can be fought.
    pub remedies: Remedies,
}

impl PublicNotice {
    fn total(&self) -> Fen {
        Fen(self.rows.iter().fold(0, |sum, row| sum.saturating_add(row.amount.0)))
    }

    /// What still stands; none where all does.
    fn standing(&self) -> Option<Fen> {
        let standing = self.rows.iter().filter(|row| row.void.is_empty());
        let is_all = self.rows.iter().all(|row| row.void.is_empty());
        (!is_all).then(|| Fen(standing.fold(0, |sum, row| sum.saturating_add(row.amount.0))))
    }
}

impl Document for SubmissionReceipt {
    fn title(&self) -> String {
        "回执".to_owned()
    }
}

impl Document for AcceptanceReceipt {
    fn title(&self) -> String {
        "受理通知书".to_owned()
    }
}

impl Document for CorrectionNotice {
    fn title(&self) -> String {
        "补正通知书".to_owned()
    }
}

impl Document for NotAccepted {
    fn title(&self) -> String {
        "不予受理通知书".to_owned()
    }
}

impl Document for LapseNotice {
    fn title(&self) -> String {
        "逾期未补正告知书".to_owned()
    }
}

impl Document for DecisionLetter {
    fn title(&self) -> String {
        match self.outcome {
            Outcome::Supported { .. } => "予以支持决定书".to_owned(),
            Outcome::Declined { .. } => "不予支持决定书".to_owned(),
        }
    }
}

impl Document for PublicNotice {
    fn title(&self) -> String {
        format!("关于{}拟支持对象的公示", self.round)
    }
}

impl Document for NoticeExtended {
    fn title(&self) -> String {
        "关于公示期顺延的公告".to_owned()
    }
}

impl Document for PaymentEnded {
    fn title(&self) -> String {
        "终止拨付告知书".to_owned()
    }
}

impl Document for PaymentNotice {
    fn title(&self) -> String {
        "资金拨付通知书".to_owned()
    }
}
