//! Where a case stands, as pages show it: a status, and the steps of its way.

use duixian_casework::case::Case;
use duixian_casework::event::What;
use duixian_casework::stage::Stage;
use duixian_rules::plan::StepKind;
use duixian_rules::vocabulary::Lang;
use duixian_store::cases::JournalEntry;

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

/// What a case's number is called: it is given with the application, and counts as the case's from acceptance on, whatever became of it.
pub fn number_label(history: &[JournalEntry]) -> Text {
    let is_accepted = history.iter().any(|entry| matches!(entry.event.what, What::Accepted { .. }));
    if is_accepted { ("受理号", "Case no.") } else { ("申请编号", "Application no.") }.into()
}

/// A stage's name.
pub fn label(stage: Stage) -> Text {
    Text::new(stage.label(Lang::Zh), stage.label(Lang::En))
}

/// What a step of the procedure is called.
pub fn name_of(kind: StepKind) -> Text {
    Text::new(kind.label(Lang::Zh), kind.label(Lang::En))
}

/// The steps of a case's way, with the one that it is at. A review that it has passed without ever being there, since whoever
/// reviewed it before sent it straight to the decision, is none of them.
pub fn taken(case: &Case, way: Vec<(Option<StepKind>, Text)>, current: usize) -> Steps {
    let has_opinion = |stage: Stage| case.opinions.iter().any(|opinion| opinion.stage == stage);
    let was_passed_over = |kind: Option<StepKind>| match kind {
        Some(StepKind::FormalReview) => !has_opinion(Stage::FormalReview),
        Some(StepKind::SubstantiveReview) => !has_opinion(Stage::SubstantiveReview),
        _ => false,
    };
    let is_left_out = |place: usize, kind: Option<StepKind>| place < current && was_passed_over(kind);
    let left_out = way.iter().enumerate().filter(|(place, (kind, _))| is_left_out(*place, *kind)).count();
    let there = way.into_iter().enumerate().filter(|(place, (kind, _))| !is_left_out(*place, *kind));
    Steps::at(there.map(|(_, (_, name))| name).collect(), current - left_out)
}

#[cfg(test)]
mod tests {
    use duixian_casework::case::{CaseId, Opinion, Recommendation, Subject};
    use duixian_casework::moment::Moment;
    use duixian_casework::people::UserId;

    use super::*;

    fn case(stage: Stage, reviews: &[Stage]) -> Case {
        let own = str::to_owned;
        let (party, measure, basis, fund) = (own("p"), own("m"), own("b"), own("f"));
        let subject = Subject { party, measure, basis, year: 2019, round: 1, fund };
        let mut case = Case::open(CaseId(1), subject, UserId(1), Moment(0));
        let opinion = |stage: &Stage| Opinion {
            stage: *stage,
            recommends: Recommendation::Decline,
            text: own("不符合"),
            by: UserId(2),
            at: Moment(0),
        };
        (case.stage, case.opinions) = (stage, reviews.iter().map(opinion).collect());
        case
    }

    #[test]
    fn a_review_that_never_took_place_is_no_step_that_was_passed() {
        let kinds = [StepKind::Accept, StepKind::FormalReview, StepKind::SubstantiveReview, StepKind::Decide];
        let way = || kinds.into_iter().map(|kind| (Some(kind), name_of(kind))).collect::<Vec<_>>();
        let names = |case: &Case, current| {
            let steps = taken(case, way(), current);
            let marked = |step: &crate::ui::Step| format!("{}{:?}", step.text.zh, step.state);
            steps.0.iter().map(marked).collect::<Vec<_>>().join(" ")
        };
        let decided_early = case(Stage::Reviewed, &[Stage::FormalReview]);
        assert_eq!(names(&decided_early, 3), "受理Done 形式审查Done 审定Current");
        let reviewed = case(Stage::Reviewed, &[Stage::FormalReview, Stage::SubstantiveReview]);
        assert_eq!(names(&reviewed, 3), "受理Done 形式审查Done 实质审核Done 审定Current");
        // What is still to come is a step.
        let ahead = case(Stage::FormalReview, &[]);
        assert_eq!(names(&ahead, 1), "受理Done 形式审查Current 实质审核Ahead 审定Ahead");
    }
}
