//! Where a case stands when an action makes sense.

use crate::command::Action;
use crate::stage::Stage;

/// The stages in which an action makes sense.
pub(super) fn stages(action: Action) -> &'static [Stage] {
    match action {
        Action::Save | Action::AddEvidence | Action::RemoveEvidence => &[Stage::Draft, Stage::Correction],
        Action::Submit => &[Stage::Draft],
        Action::Resubmit => &[Stage::Correction],
        Action::KeepDays => &[Stage::InNotice, Stage::Correction, Stage::PaymentFailed],
        Action::Remind => &[Stage::Draft, Stage::Correction, Stage::PaymentFailed],
        Action::Withdraw => &[
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
            Stage::Correction,
            Stage::OnHold,
            Stage::PaymentFailed,
        ],
        Action::Accept => &[Stage::Submitted],
        Action::NotAccept => &[Stage::Submitted],
        Action::AskCorrection => &[Stage::Submitted, Stage::FormalReview, Stage::SubstantiveReview],
        Action::TakeUp => &[Stage::Accepted, Stage::FormalReview, Stage::SubstantiveReview],
        Action::FindStatement | Action::ConfirmFacts | Action::FindEvidence | Action::Review => {
            &[Stage::FormalReview, Stage::SubstantiveReview]
        }
        Action::Distinguish => &[Stage::FormalReview, Stage::SubstantiveReview, Stage::Reviewed],
        Action::Reassess => &[Stage::FormalReview, Stage::SubstantiveReview, Stage::Reviewed],
        // What was decided is not sent back by one alone: it is revoked.
        Action::SendBack => &[Stage::Reviewed],
        Action::Hold => {
            &[Stage::Submitted, Stage::Accepted, Stage::FormalReview, Stage::SubstantiveReview, Stage::Reviewed]
        }
        Action::Resume => &[Stage::OnHold],
        Action::Decide => &[Stage::Reviewed],
        Action::Fund => &[Stage::Queued],
        Action::Decline => &[Stage::Reviewed, Stage::Queued],
        Action::ProposeRevocation | Action::ConfirmRevocation | Action::DropRevocation => &[
            Stage::Queued,
            Stage::Decided,
            Stage::InNotice,
            Stage::Payable,
            Stage::PaymentFailed,
            Stage::Declined,
            Stage::PaymentEnded,
        ],
        Action::PublishNotice => &[Stage::Decided],
        Action::Object => &[Stage::InNotice, Stage::Objection],
        Action::Reply | Action::AnswerObjection => &[Stage::Objection],
        Action::EndNotice => &[Stage::InNotice],
        Action::PutInBatch | Action::TakeOutOfBatch | Action::NoteRelease => &[Stage::Payable],
        // Of a failed one the bank may yet say that it was made, whatever became of the case.
        Action::RecordPayment => &[
            Stage::Payable,
            Stage::PaymentFailed,
            Stage::Paid,
            Stage::Closed,
            Stage::Withdrawn,
            Stage::FormalReview,
            Stage::SubstantiveReview,
            Stage::Reviewed,
            Stage::Queued,
            Stage::Decided,
            Stage::InNotice,
            Stage::Objection,
            Stage::Correction,
            Stage::OnHold,
            Stage::Declined,
            Stage::PaymentEnded,
        ],
        Action::ConfirmFailure => stages(Action::RecordPayment),
        Action::RecordReturn | Action::CorrectReference => &[Stage::Paid, Stage::Closed],
        Action::ProposeEnding | Action::EndPayment | Action::DropEnding => &[Stage::PaymentFailed],
        Action::CorrectAccount => &[Stage::Payable, Stage::PaymentFailed],
        Action::Close => &[Stage::Paid],
    }
}
