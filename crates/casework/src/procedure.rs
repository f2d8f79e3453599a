//! How a measure's cases are handled: its steps, desks, days and evidence, as the pack sets them out.

use duixian_rules::plan::{Measure, Plan, StepKind};

/// The steps of one measure.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    /// What the money is for, as the pack says it.
    pub purpose: Vec<String>,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Which.
    pub kind: StepKind,
    /// The desk that takes it, by English name.
    pub desk: String,
    /// Working days it may take; of a notice, how long it hangs.
    pub working_days: u32,
}

impl Procedure {
    /// The procedure of a measure of this plan.
    pub fn of(plan: &Plan, measure: &Measure) -> Procedure {
        let rule = &plan.procedures[measure.procedure];
        let steps = rule.steps.iter().map(|step| Step {
            kind: step.step,
            desk: plan.desks[step.desk].name.en.clone(),
            working_days: step.working_days.into(),
        });
        Procedure {
            steps: steps.collect(),
            correction_days: rule.correction_days.into(),
            objection_days: rule.objection_days.into(),
            required_evidence: measure.notes.evidence.clone(),
            optional_evidence: measure.notes.optional_evidence.clone(),
            purpose: measure.notes.purpose.clone(),
        }
    }

    /// The condition on the use of the money that the pack itself sets, as a letter says it: `用于企业项目建设`; none where it sets none.
    pub fn use_condition(&self) -> Option<String> {
        let purposes: Vec<&str> = self.purpose.iter().map(|one| one.strip_prefix("用于").unwrap_or(one)).collect();
        (!purposes.is_empty()).then(|| format!("用于{}", purposes.join("、")))
    }

    /// A step, if it is taken.
    pub fn step(&self, kind: StepKind) -> Option<&Step> {
        self.steps.iter().find(|step| step.kind == kind)
    }

    /// The working days from acceptance to the decision: what the steps between may take together.
    pub fn days_to_decide(&self) -> u32 {
        let steps = self.steps.iter().filter(|step| step.kind > StepKind::Accept && step.kind <= StepKind::Decide);
        steps.map(|step| step.working_days).sum()
    }

    /// The review that comes after another step, if any.
    pub fn review_after(&self, kind: StepKind) -> Option<&Step> {
        let is_review = |step: &&Step| matches!(step.kind, StepKind::FormalReview | StepKind::SubstantiveReview);
        self.steps.iter().filter(is_review).find(|step| step.kind > kind)
    }
}
