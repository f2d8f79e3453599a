//! What taking something back comes to, as its proposal and its confirmation say it.

use duixian_casework::stage::Stage;

use crate::casefile::CaseFile;
use crate::casefile::queue::plain;
use crate::locale::Text;

/// What falls with a decision that is revoked, by where it stands: of a refusal nothing is reserved, and of what waits nothing yet.
pub fn what_falls(stage: Stage) -> (&'static str, &'static str) {
    match stage {
        Stage::Declined | Stage::PaymentEnded => (
            "结束本件的决定撤销，发出的文书标为已撤销",
            "the decision that ended the case is revoked, its letters are marked",
        ),
        Stage::Queued => (
            "原审定撤销，本件退出轮候，发出的决定书标为已撤销",
            "the decision is revoked (until then the fund is not shared out), the case leaves the queue, its letters are marked",
        ),
        _ => (
            "原审定撤销，预留的资金释放，正在公示的撤下，发出的文书标为已撤销",
            "the decision is revoked (until then no notice begins and nothing is paid), its money is free again, its notice comes down, its \
             letters are marked",
        ),
    }
}

/// What confirming the end of a payment does, with its grounds.
pub fn ending(file: &CaseFile) -> Text {
    let Some(proposal) = &file.case.ending else { return Text::default() };
    let (who, reason) = (file.who(proposal.by), plain(&proposal.reason));
    Text::new(
        format!(
            "{who}提请，理由：{reason}。确认后本件到此结束，预留的资金释放，企业收到终止拨付告知书；本批次还在受理期内的，可以重新申请。"
        ),
        format!(
            "Proposed by {who}: {reason}. Once confirmed the case ends here, its money is free again, and the applicant has a letter; it may \
             apply again while the round is open."
        ),
    )
}

/// What confirming a revocation does, with its grounds.
pub fn revocation(file: &CaseFile) -> Text {
    let Some(proposal) = &file.case.revocation else { return Text::default() };
    let (who, grounds) = (file.who(proposal.by), plain(&proposal.grounds));
    let (remark_zh, remark_en) = match plain(&proposal.remark) {
        "" => (String::new(), String::new()),
        remark => (format!("公开说明：{remark}。"), format!(" For the public: {remark}.")),
    };
    let (zh, en) = what_falls(file.case.stage);
    Text::new(
        format!("{who}提请，理由：{grounds}。{remark_zh}确认后，{zh}，本件回到最后一道审核，企业会收到理由。"),
        format!(
            "Proposed by {who}: {grounds}.{remark_en} Once confirmed {en}, the case goes back to the last review, and the applicant is \
             told why."
        ),
    )
}
