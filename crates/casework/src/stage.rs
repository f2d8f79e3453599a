//! Where a case stands.

use duixian_rules::plan::StepKind;
use duixian_rules::vocabulary::Lang;
use serde::{Deserialize, Serialize};

/// Where a case stands. The main path comes first, in its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// 草稿: the applicant is still writing.
    Draft,
    /// 已提交: waits to be taken in.
    Submitted,
    /// 已受理: taken in; waits for a reviewer.
    Accepted,
    /// 形式审查: is everything there, and in form?
    FormalReview,
    /// 实质审核: is it true?
    SubstantiveReview,
    /// 待审定: examined, with a recommendation; waits for the decision.
    Reviewed,
    /// 轮候: decided, but the fund is short; waits for money by the rule the official chose.
    Queued,
    /// 已审定: the amount is fixed and the money reserved; waits for its notice.
    Decided,
    /// 公示中
    InNotice,
    /// 待拨付
    Payable,
    /// 已拨付: the bank has paid.
    Paid,
    /// 办结
    Closed,
    /// 补正: sent back to the applicant with all defects.
    Correction,
    /// 暂缓
    OnHold,
    /// 异议处理: someone objects; the notice's clock stands still.
    Objection,
    /// 拨付失败: the bank has sent it back; the account must be corrected.
    PaymentFailed,
    /// 不予受理
    NotAccepted,
    /// 不予支持
    Declined,
    /// 终止拨付: what was granted could not be paid, and no other account was given.
    PaymentEnded,
    /// 撤回: by the applicant.
    Withdrawn,
}

impl Stage {
    /// All stages, in the order of declaration.
    pub const ALL: [Stage; 20] = [
        Stage::Draft,
        Stage::Submitted,
        Stage::Accepted,
        Stage::FormalReview,
        Stage::SubstantiveReview,
        Stage::Reviewed,
        Stage::Queued,
        Stage::Decided,
        Stage::InNotice,
        Stage::Payable,
        Stage::Paid,
        Stage::Closed,
        Stage::Correction,
        Stage::OnHold,
        Stage::Objection,
        Stage::PaymentFailed,
        Stage::NotAccepted,
        Stage::Declined,
        Stage::PaymentEnded,
        Stage::Withdrawn,
    ];

    /// The stages that a case which meets no trouble goes through, in order.
    pub const MAIN_PATH: [Stage; 10] = [
        Stage::Draft,
        Stage::Submitted,
        Stage::Accepted,
        Stage::FormalReview,
        Stage::SubstantiveReview,
        Stage::Decided,
        Stage::InNotice,
        Stage::Payable,
        Stage::Paid,
        Stage::Closed,
    ];

    /// The word that stands in records and addresses.
    pub fn word(self) -> &'static str {
        match self {
            Stage::Draft => "draft",
            Stage::Submitted => "submitted",
            Stage::Accepted => "accepted",
            Stage::FormalReview => "formal_review",
            Stage::SubstantiveReview => "substantive_review",
            Stage::Reviewed => "reviewed",
            Stage::Queued => "queued",
            Stage::Decided => "decided",
            Stage::InNotice => "in_notice",
            Stage::Payable => "payable",
            Stage::Paid => "paid",
            Stage::Closed => "closed",
            Stage::Correction => "correction",
            Stage::OnHold => "on_hold",
            Stage::Objection => "objection",
            Stage::PaymentFailed => "payment_failed",
            Stage::NotAccepted => "not_accepted",
            Stage::Declined => "declined",
            Stage::PaymentEnded => "payment_ended",
            Stage::Withdrawn => "withdrawn",
        }
    }

    /// The stage with this word.
    pub fn from_word(word: &str) -> Option<Stage> {
        Stage::ALL.into_iter().find(|stage| stage.word() == word)
    }

    /// The stage as people read it.
    pub fn label(self, lang: Lang) -> &'static str {
        match lang {
            Lang::Zh => match self {
                Stage::Draft => "草稿",
                Stage::Submitted => "已提交",
                Stage::Accepted => "已受理",
                Stage::FormalReview => "形式审查",
                Stage::SubstantiveReview => "实质审核",
                Stage::Reviewed => "待审定",
                Stage::Queued => "轮候",
                Stage::Decided => "已审定",
                Stage::InNotice => "公示中",
                Stage::Payable => "待拨付",
                Stage::Paid => "已拨付",
                Stage::Closed => "办结",
                Stage::Correction => "补正",
                Stage::OnHold => "暂缓",
                Stage::Objection => "异议处理",
                Stage::PaymentFailed => "拨付失败",
                Stage::NotAccepted => "不予受理",
                Stage::Declined => "不予支持",
                Stage::PaymentEnded => "终止拨付",
                Stage::Withdrawn => "撤回",
            },
            Lang::En => match self {
                Stage::FormalReview => "formal review",
                Stage::SubstantiveReview => "substantive review",
                Stage::Reviewed => "awaiting decision",
                Stage::Queued => "waiting for funds",
                Stage::InNotice => "in notice",
                Stage::OnHold => "on hold",
                Stage::PaymentFailed => "payment failed",
                Stage::NotAccepted => "not accepted",
                Stage::PaymentEnded => "payment ended",
                other => other.word(),
            },
        }
    }

    /// Whether a case that stands here with a decision has been granted something that was not taken back.
    pub fn is_granted(self) -> bool {
        use Stage::{Closed, Decided, InNotice, Objection, Paid, Payable, PaymentFailed, Queued};
        matches!(self, Queued | Decided | InNotice | Objection | Payable | PaymentFailed | Paid | Closed)
    }

    /// Whether nothing follows.
    pub fn is_final(self) -> bool {
        matches!(self, Stage::Closed | Stage::NotAccepted | Stage::Declined | Stage::PaymentEnded | Stage::Withdrawn)
    }

    /// Whether what was applied for is done: it keeps the name that its party had then, whatever the registry calls that since.
    pub fn is_done(self) -> bool {
        self.is_final() || self == Stage::Paid
    }

    /// Whether money is reserved for the case, and not yet gone.
    pub fn holds_money(self) -> bool {
        matches!(self, Stage::Decided | Stage::InNotice | Stage::Objection | Stage::Payable | Stage::PaymentFailed)
    }

    /// The step whose desk has the case; none where the applicant has it, or nobody.
    pub fn step(self) -> Option<StepKind> {
        match self {
            Stage::Submitted => Some(StepKind::Accept),
            Stage::FormalReview => Some(StepKind::FormalReview),
            Stage::SubstantiveReview => Some(StepKind::SubstantiveReview),
            Stage::Reviewed | Stage::Queued => Some(StepKind::Decide),
            Stage::Decided | Stage::InNotice | Stage::Objection => Some(StepKind::Notice),
            Stage::Payable | Stage::Paid => Some(StepKind::Pay),
            _ => None,
        }
    }
}
