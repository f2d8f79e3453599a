//! How a measure's cases are handled: its steps, desks, days and evidence.

use duixian_rules::vocabulary::Lang;
use serde::{Deserialize, Serialize};

/// The steps of one measure, as its pack sets them out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Procedure {
    /// The steps that are taken, in the order of [`StepKind`].
    pub steps: Vec<Step>,
    /// Working days the applicant has for a correction.
    pub correction_days: u32,
    /// Working days in which an objection is answered.
    pub objection_days: u32,
    /// Types of evidence that must be there.
    pub required_evidence: Vec<String>,
    /// Types of evidence that may be there.
    pub optional_evidence: Vec<String>,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Which.
    pub kind: StepKind,
    /// The desk that takes it, by English name.
    pub desk: String,
    /// Working days it may take; of a notice, how long it hangs.
    pub working_days: u32,
}

/// The steps there are, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    /// 受理
    Accept,
    /// 形式审查
    FormalReview,
    /// 实质审核
    SubstantiveReview,
    /// 审定
    Decide,
    /// 公示
    Notice,
    /// 拨付
    Pay,
}

impl StepKind {
    /// All steps, in order.
    pub const ALL: [StepKind; 6] = [
        StepKind::Accept,
        StepKind::FormalReview,
        StepKind::SubstantiveReview,
        StepKind::Decide,
        StepKind::Notice,
        StepKind::Pay,
    ];

    /// The step as people read it.
    pub fn label(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (StepKind::Accept, Lang::Zh) => "受理",
            (StepKind::Accept, Lang::En) => "acceptance",
            (StepKind::FormalReview, Lang::Zh) => "形式审查",
            (StepKind::FormalReview, Lang::En) => "formal review",
            (StepKind::SubstantiveReview, Lang::Zh) => "实质审核",
            (StepKind::SubstantiveReview, Lang::En) => "substantive review",
            (StepKind::Decide, Lang::Zh) => "审定",
            (StepKind::Decide, Lang::En) => "decision",
            (StepKind::Notice, Lang::Zh) => "公示",
            (StepKind::Notice, Lang::En) => "public notice",
            (StepKind::Pay, Lang::Zh) => "拨付",
            (StepKind::Pay, Lang::En) => "payment",
        }
    }
}

impl Procedure {
    /// A step, if it is taken.
    pub fn step(&self, kind: StepKind) -> Option<&Step> {
        self.steps.iter().find(|step| step.kind == kind)
    }

    /// The review that comes after another step, if any.
    pub fn review_after(&self, kind: StepKind) -> Option<&Step> {
        let is_review = |step: &&Step| matches!(step.kind, StepKind::FormalReview | StepKind::SubstantiveReview);
        self.steps.iter().filter(is_review).find(|step| step.kind > kind)
    }
}
