//! Where a case stands, in plain words: what is going on, who has it, until when, and what comes then.

use chrono::NaiveDate;
use duixian_casework::case::{Case, PaymentOutcome, Reopened};
use duixian_casework::round::Round;
use duixian_casework::stage::Stage;
use duixian_rules::plan::StepKind;
use duixian_store::cases::Scene;

use super::draft::Draft;
use crate::casefile::cells;
use crate::casefile::queue::plain;
use crate::casefile::said::said as in_both;
use crate::casefile::stages;
use crate::format;
use crate::locale::{Lang, Text};
use crate::ui::{Deadline, Status, Steps, Tone};

/// Where a case stands.
#[derive(Clone, Debug)]
pub struct Standing {
    /// The word and its colour.
    pub status: Status,
    /// What is going on.
    pub now: Text,
    /// Who has it.
    pub who: Text,
    /// What is to be done until then: the step; empty where it is no step of an office.
    pub step: Text,
    /// Until when; none where nobody has to do anything.
    pub deadline: Option<Deadline>,
    /// What comes then. May be empty.
    pub next: Text,
    /// The main path.
    pub steps: Steps,
}

/// Says where a case stands.
pub fn standing(draft: &Draft, today: NaiveDate) -> Standing {
    let (case, scene) = (&draft.case, &draft.scene);
    let deadline = |last_day| Deadline::seen(&scene.calendar, today, last_day);
    let due = match case.stage {
        Stage::Draft if draft.is_over => None,
        Stage::Draft => Some(last_day(&scene.round)),
        Stage::InNotice => case.notice.as_ref().map(|notice| notice.until),
        stage if stage.is_final() => None,
        Stage::PaymentFailed if is_being_cleared_up(case, scene) => None,
        _ => case.due,
    };
    Standing {
        status: status_of(case.stage, case.number.is_some()),
        now: now(draft),
        who: if draft.is_over { Text::default() } else { who(case, scene) },
        step: due_step(case, scene)
            .map_or_else(Text::default, |step| Text::new(step.label(Lang::Zh), step.label(Lang::En))),
        deadline: due.map(deadline),
        next: if draft.is_over { Text::default() } else { next(case, scene) },
        steps: steps(case, scene),
    }
}

/// The last day on which a round takes applications.
pub fn last_day(round: &Round) -> NaiveDate {
    round.last_day()
}

/// A stage's word and colour, as applicants read it.
pub fn status(stage: Stage) -> Status {
    let tone = match stage {
        Stage::Draft | Stage::Withdrawn => Tone::Quiet,
        Stage::Correction | Stage::OnHold | Stage::Objection | Stage::Queued => Tone::Hold,
        Stage::Decided | Stage::InNotice | Stage::Payable | Stage::Paid | Stage::Closed => Tone::Good,
        Stage::NotAccepted | Stage::Declined | Stage::PaymentFailed | Stage::PaymentEnded => Tone::Bad,
        _ => Tone::Active,
    };
    let text = match stage {
        Stage::Correction => ("请您补正", "your correction is needed").into(),
        Stage::Accepted => ("已受理", "accepted").into(),
        Stage::Decided => ("已审定", "decided").into(),
        Stage::OnHold => ("暂缓办理", "on hold").into(),
        Stage::Objection => ("有人提出异议", "objected to").into(),
        Stage::Withdrawn => ("已撤回", "withdrawn").into(),
        Stage::Closed => ("已办结", "closed").into(),
        Stage::Queued => ("排队等资金", "waiting for funds").into(),
        stage => Text::new(stage.label(Lang::Zh), stage.label(Lang::En)),
    };
    Status::new(tone, text)
}

/// The same of a case: a draft that was given up was no application, and nothing was withdrawn.
pub fn status_of(stage: Stage, was_sent: bool) -> Status {
    match stage {
        Stage::Withdrawn if !was_sent => Status::quiet("草稿已放弃", "draft given up"),
        stage => status(stage),
    }
}

fn now(draft: &Draft) -> Text {
    let case = &draft.case;
    let reason = || case.reason.clone().unwrap_or_default();
    match case.stage {
        Stage::Draft if draft.is_over => (
            "没有提交，本批次已经截止，不能再填写、提交。可以放弃这份草稿；有批次受理这一项的，填过的内容可以带过去。",
            "Not sent, and its round is closed: it can no more be filled in or sent. You can give it up; where a round takes \
             the same, what you filled in is taken over.",
        )
            .into(),
        Stage::Draft => (
            "还没有提交：办件的人看不到，审计可以查看。",
            "Not sent yet: those who handle cases do not see it; the auditor may look at it.",
        )
            .into(),
        Stage::Submitted => {
            ("申请已经收到，等待受理：窗口先看材料齐不齐。", "Received; the desk looks whether it is complete.").into()
        }
        Stage::Accepted => ("已经受理，等待审核。", "Accepted; waits for review.").into(),
        Stage::FormalReview | Stage::SubstantiveReview if case.reopened.as_ref().is_some_and(Reopened::takes_back) => (
            "退回重新审核，正在看材料；以前的决定不再算数，为什么退回见下面的经过。",
            "Back to review; what was decided before counts no more. Why it came back stands in its history below.",
        )
            .into(),
        Stage::FormalReview | Stage::SubstantiveReview if case.reopened.is_some() => (
            "审定前退回重新审核，还没有作出决定；审核完再审定。",
            "Back to review before a decision: nothing has been decided yet. The decision follows the review.",
        )
            .into(),
        Stage::FormalReview => ("正在看材料是否齐全、合规。", "The papers are being looked at.").into(),
        Stage::SubstantiveReview => ("正在核实所报的事实。", "What they say is being verified.").into(),
        Stage::Reviewed => ("审核完毕，等待审定金额。", "Reviewed; waits for the decision.").into(),
        Stage::Queued => {
            ("同意支持，但今年这笔资金暂时不够，正在轮候。", "Supported, but the fund is short; it waits for money.")
                .into()
        }
        Stage::Decided => {
            ("金额已经审定，资金已经留好，等待公示。", "Decided, and the money is reserved; waits for public notice.")
                .into()
        }
        Stage::InNotice => ("正在公示，期间任何人都可以提出异议。", "In public notice; anyone may object.").into(),
        Stage::Payable => match case.open_payment() {
            Some(_) => ("已列入拨付批次，等待银行付款。", "In a payment batch; the bank is to pay.").into(),
            None => ("公示期满，没有未答复的异议，等待拨付。", "The notice is over; waits for payment.").into(),
        },
        Stage::Paid | Stage::Closed => ("款项已经到账。", "The money has been paid.").into(),
        Stage::Correction => {
            let count = case.defects.len();
            Text::new(
                format!("有{count}处需要补正，改好后再提交即可。"),
                format!("{count} thing(s) are to be mended; then send it again."),
            )
        }
        Stage::OnHold => said(("暂缓办理：", "On hold: "), &reason()),
        Stage::Objection => (
            "公示期间有人提出异议，正在核实答复；公示的时间暂停计算。",
            "Someone has objected; the notice's clock stands still.",
        )
            .into(),
        Stage::PaymentFailed if is_being_cleared_up(case, &draft.scene) => (
            "以前的一笔付款没有付成，后来银行又说已经付了，财政部门正在向银行核实；现在不用更正收款账户，您这边收到款的，请告诉财政部门。",
            "An earlier payment failed, and then the bank said that it was made: finance is asking the bank. No other account is needed \
             now; if the money has reached you, please tell finance.",
        )
            .into(),
        Stage::PaymentFailed if let Some(ending) = &case.ending => {
            let reason = plain(&ending.reason);
            Text::new(
                format!(
                    "财政部门已经提出终止拨付，还要另一人确认。理由：{reason}。确认以前仍可以更正收款账户，更正以后照常拨付；一经确认，\
                     拨付终止，为您留的资金收回。"
                ),
                format!(
                    "Finance has proposed to end the payment, which another person has yet to confirm. Why: {reason}. Until then you can \
                     still give another account, and it is paid as planned; once confirmed, nothing is paid, and the money is taken back."
                ),
            )
        }
        Stage::PaymentFailed => {
            let words = match case.payments.last().and_then(|last| last.outcome.as_ref()) {
                Some(PaymentOutcome::Returned { .. }) => {
                    ("付出的款项被银行退回：", "What was paid was sent back by the bank: ")
                }
                _ => ("款项没有付成：", "The bank could not pay: "),
            };
            said(words, &failure(case))
        }
        // Why, and what can be done, stands below, once.
        Stage::NotAccepted => ("没有受理。", "Not accepted.").into(),
        Stage::PaymentEnded => ("拨付已经终止。", "The payment was ended.").into(),
        Stage::Declined => ("决定不予支持。", "Declined.").into(),
        Stage::Withdrawn if case.number.is_none() => {
            ("这份草稿已经放弃，没有提交过。", "This draft was given up; it was never sent.").into()
        }
        Stage::Withdrawn => said(("已经撤回：", "Withdrawn: "), &reason()),
    }
}

fn said((zh, en): (&str, &str), words: &str) -> Text {
    Text::new(format!("{zh}{words}"), format!("{en}{words}"))
}

/// What a bank said, without the code by which officials look it up: `收款账户已销户（AC04）`.
pub fn bank_words(reason: &str) -> &str {
    let Some((words, code)) = reason.strip_suffix('）').and_then(|rest| rest.rsplit_once('（')) else {
        return reason;
    };
    let is_code = code.len() == 4 && code.chars().all(|one| one.is_ascii_uppercase() || one.is_ascii_digit());
    if is_code && !words.is_empty() { words } else { reason }
}

/// What the bank said of the payment that came back last.
pub fn failure(case: &Case) -> String {
    let last = case.payments.iter().rev().find_map(|payment| match &payment.outcome {
        Some(PaymentOutcome::Failed { reason } | PaymentOutcome::Returned { reason, .. }) => {
            Some(bank_words(reason).to_owned())
        }
        _ => None,
    });
    last.unwrap_or_default()
}

fn who(case: &Case, scene: &Scene) -> Text {
    match case.stage {
        Stage::PaymentFailed if is_being_cleared_up(case, scene) => desk_at(Stage::Payable, scene),
        Stage::Draft | Stage::Correction | Stage::PaymentFailed => ("您", "you").into(),
        Stage::Closed | Stage::Paid | Stage::NotAccepted | Stage::Declined | Stage::PaymentEnded | Stage::Withdrawn => {
            Text::default()
        }
        Stage::OnHold => case.paused.as_ref().map_or_else(Text::default, |paused| desk_at(paused.stage, scene)),
        stage => desk_at(stage, scene),
    }
}

/// Whether the bank has said two things of a payment of the case, which finance clears up before the applicant has anything to do.
fn is_being_cleared_up(case: &Case, scene: &Scene) -> bool {
    case.doubtful_payment().is_some() || scene.doubted_in.is_some()
}

/// The step whose last day is that of the case.
fn due_step(case: &Case, scene: &Scene) -> Option<StepKind> {
    match case.stage {
        Stage::Accepted => scene.procedure.review_after(StepKind::Accept).map(|step| step.kind),
        Stage::Decided => Some(StepKind::Notice),
        Stage::Draft | Stage::InNotice | Stage::Objection | Stage::Correction | Stage::OnHold => None,
        stage => stage.step(),
    }
}

/// The desk that has a case at a stage, with its department.
pub fn desk_at(stage: Stage, scene: &Scene) -> Text {
    let step = match stage {
        Stage::Accepted => scene.procedure.review_after(StepKind::Accept),
        stage => stage.step().and_then(|kind| scene.procedure.step(kind)),
    };
    step.map_or_else(Text::default, |step| desk(&step.desk, scene))
}

fn desk(en: &str, scene: &Scene) -> Text {
    let Some(desk) = scene.pack.plan.desks.iter().find(|desk| desk.name.en == en) else {
        return Text::same(en.to_owned());
    };
    let name = cells::name(&desk.name);
    match &desk.department {
        // Departments have brackets of their own.
        Some(department) => {
            let department = in_both(&scene.pack.plan.english, department);
            Text::new(format!("{}，{}", name.zh, department.zh), format!("{}, {}", name.en, department.en))
        }
        None => name,
    }
}

/// The step after a stage, if one is left.
fn step_after(stage: Stage, scene: &Scene) -> Option<&duixian_casework::procedure::Step> {
    let here = match stage {
        Stage::Submitted | Stage::Accepted => StepKind::Accept,
        Stage::FormalReview => StepKind::FormalReview,
        Stage::SubstantiveReview => StepKind::SubstantiveReview,
        // What is decided has yet to be published.
        Stage::Reviewed | Stage::Queued | Stage::Decided => StepKind::Decide,
        Stage::InNotice | Stage::Objection => StepKind::Notice,
        _ => return None,
    };
    scene.procedure.steps.iter().find(|step| step.kind > here)
}

fn next(case: &Case, scene: &Scene) -> Text {
    match case.stage {
        Stage::Draft => (
            "提交以后给出申请编号，由窗口受理。",
            "Once sent it gets an application number and goes to the intake desk.",
        )
            .into(),
        Stage::Correction => (
            "补正后回到原来的岗位继续办；逾期没有补正的，视为撤回。",
            "It then goes on where it was; what is not mended in time counts as withdrawn.",
        )
            .into(),
        Stage::PaymentFailed if is_being_cleared_up(case, scene) => (
            "确已付到的，记为已拨付；没有付到的，再请您更正收款账户，重新给足期限。",
            "If it was made it is recorded as paid; if not, you are asked for another account, with the whole time for it.",
        )
            .into(),
        Stage::PaymentFailed => (
            "更正收款账户后，列入下一批拨付；逾期没有更正的，可以终止拨付。",
            "With another account it is paid in the next batch; if none is given in time it may be ended.",
        )
            .into(),
        Stage::Objection => (
            "异议不成立的，继续公示；成立的，退回重新审核。",
            "If the objection fails the notice goes on; if not, the case is reviewed again.",
        )
            .into(),
        Stage::OnHold => {
            ("原因消除后接着办，剩下的时限不变。", "It goes on when the reason is gone, with the time it had left.")
                .into()
        }
        Stage::Payable => ("付款到账后会通知您。", "You will be told when it is paid.").into(),
        Stage::Queued => ("资金到位后公示、拨付。", "Notice and payment follow when there is money.").into(),
        stage => step_after(stage, scene).map_or_else(Text::default, |step| {
            let desk = desk(&step.desk, scene);
            let days = step.working_days;
            Text::new(
                format!("{}：{}；{days}个工作日内", step.kind.label(Lang::Zh), desk.zh),
                format!("{}: {}, within {days} working days", step.kind.label(Lang::En), desk.en),
            )
        }),
    }
}

/// The steps that are still to come after a stage, for the end of the timeline.
pub fn ahead(case: &Case, scene: &Scene) -> Vec<Text> {
    let at = match case.stage {
        Stage::OnHold | Stage::Correction => case.paused.as_ref().map_or(case.stage, |paused| paused.stage),
        stage => stage,
    };
    let here = match at {
        Stage::Draft => None,
        Stage::Submitted | Stage::Accepted => Some(StepKind::Accept),
        Stage::FormalReview => Some(StepKind::FormalReview),
        Stage::SubstantiveReview => Some(StepKind::SubstantiveReview),
        Stage::Reviewed | Stage::Queued | Stage::Decided => Some(StepKind::Decide),
        Stage::InNotice | Stage::Objection => Some(StepKind::Notice),
        _ => return Vec::new(),
    };
    let left = scene.procedure.steps.iter().filter(|step| here.is_none_or(|here| step.kind > here));
    let line = |step: &duixian_casework::procedure::Step| {
        let days = step.working_days;
        Text::new(
            format!("{}（{days}个工作日）", step.kind.label(Lang::Zh)),
            format!("{} ({days} working days)", step.kind.label(Lang::En)),
        )
    };
    left.map(line).collect()
}

/// The main path, as far as the case's procedure takes it.
fn steps(case: &Case, scene: &Scene) -> Steps {
    let mut way: Vec<(Option<StepKind>, Text)> = vec![(None, ("提交", "sent").into())];
    way.extend(scene.procedure.steps.iter().map(|step| (Some(step.kind), stages::name_of(step.kind))));
    let place =
        |kind: StepKind| scene.procedure.steps.iter().position(|step| step.kind == kind).map_or(1, |place| place + 1);
    let at = match case.stage {
        Stage::OnHold | Stage::Correction => case.paused.as_ref().map_or(case.stage, |paused| paused.stage),
        stage => stage,
    };
    let current = match at {
        Stage::Draft => 0,
        Stage::Accepted => {
            scene.procedure.review_after(StepKind::Accept).map_or(place(StepKind::Decide), |step| place(step.kind))
        }
        Stage::PaymentFailed | Stage::Payable => place(StepKind::Pay),
        Stage::Paid | Stage::Closed => way.len(),
        stage => stage.step().map_or(1, place),
    };
    stages::taken(case, way, current)
}

/// Why a case can't be written on now.
pub fn says_no(draft: &Draft) -> Text {
    if draft.is_over {
        return (
            "本批次已经截止，这份草稿不能再填写、提交。",
            "Its round is closed: the draft can no more be filled in or sent.",
        )
            .into();
    }
    let case = &draft.case;
    let (zh, en) = (case.stage.label(Lang::Zh), case.stage.label(Lang::En));
    Text::new(format!("本件现在是“{zh}”，不能再修改。"), format!("The case is “{en}” now and can't be changed."))
}

/// A day in both languages.
pub fn day_text(day: NaiveDate) -> Text {
    Text::new(format::date(Lang::Zh, day), format::date(Lang::En, day))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_applicant_reads_the_banks_words_without_its_code() {
        assert_eq!(bank_words("收款账户已销户（AC04）"), "收款账户已销户");
        for plain in ["账号户名不符", "户名不符（请核对）", "（NARR）"] {
            assert_eq!(bank_words(plain), plain);
        }
    }
}
