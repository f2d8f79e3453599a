//! What follows from an action on a case, as the official reads it before they do it.

use chrono::NaiveDate;
use duixian_casework::command::Action;
use duixian_casework::stage::Stage;
use duixian_money::Fen;
use duixian_rules::plan::StepKind;
use duixian_rules::vocabulary::Lang;

use super::money::{self, Purse};
use super::panels::is_to_decline;
use super::undoing;
use crate::casefile::CaseFile;
use crate::format;
use crate::locale::Text;
use crate::ui::Deadline;

/// What follows from an action.
pub(super) fn effect(file: &CaseFile, action: Action, purse: Option<&Purse>) -> Text {
    let procedure = &file.scene.procedure;
    let in_days = |days: u32| file.scene.calendar.add_working_days(file.today(), days);
    match action {
        Action::Accept => {
            let next = procedure.review_after(StepKind::Accept).or_else(|| procedure.step(StepKind::Decide));
            next.map_or_else(Text::default, |step| {
                let desk = file.desk_name(&step.desk);
                until(
                    format!("转{}{}", desk.zh, step.kind.label(Lang::Zh)),
                    format!("On to {} for the {}", desk.en, step.kind.label(Lang::En)),
                    in_days(step.working_days),
                    step.working_days,
                )
            })
        }
        Action::NotAccept | Action::Decline => (
            "本件到此结束。企业会看到理由，并知道什么时候以前可以申请行政复议、提起行政诉讼。",
            "The case ends here. The applicant reads why, and until when to ask for reconsideration or go to court.",
        )
            .into(),
        Action::AskCorrection => {
            let (day, days) = (in_days(procedure.correction_days), procedure.correction_days);
            Text::new(
                format!(
                    "请一次写明全部需要补正的内容。企业最晚在{}（含当天）补正（{days}个工作日）；补正期间不计入本环节的办理时间。",
                    format::date_with_weekday(Lang::Zh, day)
                ),
                format!(
                    "Name everything that is to be mended at once. The applicant has until {} ({days} working days), which do \
                     not count towards this step.",
                    format::date_with_weekday(Lang::En, day)
                ),
            )
        }
        Action::TakeUp if file.case.assignee.is_some() => {
            let who = file.case.assignee.map(|user| file.who(user)).unwrap_or_default();
            Text::new(
                format!("现在由{who}办理，接手后改由您办理，记入经过；{who}要再办，也须接手。"),
                format!("{who} has it. It becomes yours, which is on record; to work on it again, {who} has to take it over too."),
            )
        }
        Action::TakeUp => ("由您办理，别人能看到。", "It becomes yours, and others see that.").into(),
        Action::Decide if is_to_decline(file) => (
            "审核意见是建议不予支持，请先看意见。审定后预留资金；有公示环节的转公示。",
            "The reviewer recommends to decline: read why first. The money is reserved; a notice follows where there is one.",
        )
            .into(),
        Action::Decide => {
            ("预留资金；有公示环节的转公示。", "The money is reserved; a notice follows where there is one.").into()
        }
        Action::Fund => {
            let decided = file.case.decision.as_ref().map_or(Fen(0), |decision| decision.amount);
            purse.map_or_else(|| money::effect(None, None), |purse| purse.funding(decided, file.scene.ahead))
        }
        Action::PublishNotice => procedure.step(StepKind::Notice).map_or_else(Text::default, |step| {
            until(
                "任何人都可以看到并提出异议".to_owned(),
                "Anyone can read it and object".to_owned(),
                in_days(step.working_days),
                step.working_days,
            )
        }),
        Action::EndNotice => ("公示期满，转待拨付。", "The days are over: it can be paid.").into(),
        Action::ProposeEnding => (
            "另一名财务人员确认后，本件到此结束，预留的资金释放，企业收到告知书；确认以前企业仍可以更正账户。",
            "Once another person of finance confirms it the case ends here, its money is free again, and the applicant has a letter. Until \
             then another account can still be given.",
        )
            .into(),
        Action::EndPayment => undoing::ending(file),
        Action::DropEnding => ("本件继续等企业更正账户。", "The case goes on waiting for another account.").into(),
        Action::Close => ("归档，不再变动。", "It is filed; nothing changes any more.").into(),
        Action::Hold => ("停止计时，恢复办理后接着计。", "The clock stops until the case is resumed.").into(),
        Action::Resume => {
            let paused = file.case.paused.as_ref();
            let due = paused.map(|paused| file.scene.with_context(file.now, |context| context.resume(paused)));
            let due = due.unwrap_or(file.today());
            let deadline = Deadline::seen(&file.scene.calendar, file.today(), due);
            let (count, day) = (deadline.count(), |lang| format::date_with_weekday(lang, due));
            Text::new(
                format!("接着计时，期限{}（{}）。", day(Lang::Zh), count.zh),
                format!("The clock goes on; due on {} ({}).", day(Lang::En), count.en),
            )
        }
        Action::ProposeRevocation => {
            let (zh, en) = undoing::what_falls(file.case.stage);
            Text::new(
                format!("另一位审定人员确认后，{zh}，本件回到最后一道审核。"),
                format!("Once a second decision maker confirms it {en}, and the case goes back to the last review."),
            )
        }
        Action::ConfirmRevocation => undoing::revocation(file),
        Action::DropRevocation if matches!(file.case.stage, Stage::Declined | Stage::PaymentEnded) => {
            ("原决定继续有效，本件仍然结束。", "What was decided stands, and the case stays at its end.").into()
        }
        Action::DropRevocation => ("原审定继续有效，接着办。", "What was decided stands, and goes on.").into(),
        Action::SendBack => ("回到最后一道审核，重新计时。", "Back to the last review, with a new deadline.").into(),
        _ => Text::default(),
    }
}

fn until(zh: String, en: String, day: NaiveDate, days: u32) -> Text {
    Text::new(
        format!("{zh}，到{}（{days}个工作日）。", format::date_with_weekday(Lang::Zh, day)),
        format!("{en}, until {} ({days} working days).", format::date_with_weekday(Lang::En, day)),
    )
}
