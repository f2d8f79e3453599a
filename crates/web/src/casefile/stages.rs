//! Where a case stands, as pages show it: a status, and the steps of its way.

use duixian_casework::case::Case;
use duixian_casework::procedure::Procedure;
use duixian_casework::stage::Stage;
use duixian_rules::plan::StepKind;
use duixian_rules::vocabulary::Lang;

use crate::locale::Text;
use crate::ui::{Status, Steps, Tone};

/// A stage as a status: colour, shape and word.
pub fn status(stage: Stage) -> Status {
    let tone = match stage {
        Stage::Draft | Stage::Withdrawn => Tone::Quiet,
        Stage::Submitted
        | Stage::Accepted
        | Stage::FormalReview
        | Stage::SubstantiveReview
        | Stage::Reviewed
        | Stage::InNotice
        | Stage::Payable => Tone::Active,
        Stage::Queued | Stage::Correction | Stage::OnHold | Stage::Objection => Tone::Hold,
        Stage::Decided | Stage::Paid | Stage::Closed => Tone::Good,
        Stage::PaymentFailed | Stage::PaymentEnded | Stage::NotAccepted | Stage::Declined => Tone::Bad,
    };
    Status::new(tone, label(stage))
}

/// What a case's number is called: it is given with the application, and counts as the case's from acceptance on.
pub fn number_label(case: &Case) -> Text {
    if case.is_accepted() { ("受理号", "Case no.") } else { ("申请编号", "Application no.") }.into()
}

/// A stage's name.
pub fn label(stage: Stage) -> Text {
    Text::new(stage.label(Lang::Zh), stage.label(Lang::En))
}

/// The steps that a case of this procedure takes, with where it is.
pub fn steps(case: &Case, procedure: &Procedure) -> Steps {
    let mut names: Vec<Text> = vec![("申请", "application").into()];
    let kinds: Vec<StepKind> = procedure.steps.iter().map(|step| step.kind).collect();
    names.extend(kinds.iter().map(|kind| Text::new(kind.label(Lang::Zh), kind.label(Lang::En))));
    names.push(("办结", "closed").into());
    let place = |kind: StepKind| kinds.iter().position(|one| *one == kind).map_or(kinds.len(), |place| place + 1);
    let review = || procedure.review_after(StepKind::Accept).map_or(StepKind::Decide, |step| step.kind);
    let stage = case.paused.as_ref().map_or(case.stage, |paused| paused.stage);
    let current = match stage {
        Stage::Draft | Stage::Withdrawn | Stage::Correction | Stage::OnHold => 0,
        Stage::Submitted | Stage::NotAccepted => place(StepKind::Accept),
        Stage::Accepted => place(review()),
        Stage::FormalReview => place(StepKind::FormalReview),
        Stage::SubstantiveReview => place(StepKind::SubstantiveReview),
        Stage::Reviewed | Stage::Queued | Stage::Declined => place(StepKind::Decide),
        Stage::Decided | Stage::InNotice | Stage::Objection => place(StepKind::Notice),
        Stage::Payable | Stage::PaymentFailed | Stage::PaymentEnded => place(StepKind::Pay),
        Stage::Paid => names.len() - 1,
        Stage::Closed => names.len(),
    };
    Steps::at(names, current)
}
