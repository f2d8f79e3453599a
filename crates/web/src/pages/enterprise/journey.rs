//! What happened to a case, in plain words, as its applicant may read it: who objected, who reviewed and what was recommended
//! stay inside.

use duixian_casework::case::{Answer, Case, Defect};
use duixian_casework::event::{AfterAnswer, What};
use duixian_casework::stage::Stage;
use duixian_rules::english::English;
use duixian_rules::plan::Plan;
use duixian_store::cases::{Finding, JournalEntry};

use super::amounts::span_text;
use super::draft::Draft;
use super::outlook::is_refused;
use super::standing::{ahead, bank_words, day_text, desk_at};
use crate::casefile::corrected::in_words;
use crate::casefile::history::{put_off, said};
use crate::casefile::industry;
use crate::casefile::queue::plain as without_end;
use crate::casefile::said::piece_name;
use crate::format;
use crate::locale::{Lang, Text};
use crate::ui::{Event, EventKind, Timeline};

/// The timeline of a case: what happened, the latest last, then what is still to come.
pub fn timeline(draft: &Draft, history: &[JournalEntry], findings: &[Finding]) -> Timeline {
    let mut events = Vec::new();
    let mut undone = findings.iter().filter(|finding| finding.undoes_a_return()).peekable();
    let mut case: Option<Case> = None;
    let refused = history.iter().rposition(|entry| is_refusal(&entry.event.what));
    let refused = refused.filter(|_| is_refused(draft.case.stage));
    for (place, entry) in history.iter().enumerate() {
        while let Some(finding) = undone.next_if(|finding| finding.seq < entry.seq) {
            events.push(no_return(finding, draft));
        }
        let before = case.as_ref().map(|case| case.stage);
        let said = match (&entry.event.what, &case) {
            (What::EvidenceRemoved(id), Some(case)) if case.stage == Stage::Correction => {
                taken_out(case, &draft.scene.pack.plan.english, *id)
            }
            (What::Withdrawn { .. }, Some(case)) if case.stage == Stage::Draft => {
                Some((("放弃草稿", "Given up").into(), Text::default(), EventKind::Plain))
            }
            (what, _) => words(what, &draft.scene.pack.plan),
        };
        // Why it was refused stands above in full.
        let said =
            said.map(|(what, note, kind)| (what, if refused == Some(place) { Text::default() } else { note }, kind));
        if let What::Opened(subject) = &entry.event.what {
            let by = entry.event.by.unwrap_or(duixian_casework::people::UserId(0));
            case = Some(Case::open(draft.case.id, subject.clone(), by, entry.at));
        } else if let Some(case) = &mut case {
            case.apply(&entry.event);
        }
        let Some((what, note, kind)) = said else { continue };
        let mut event = Event::new(what, entry.at.local()).note(note).kind(kind);
        event = event.by(match by_applicant(&entry.event.what) {
            true => Text::same(entry.actor_name.clone().unwrap_or_default()),
            false => before.map_or_else(Text::default, |stage| desk_of(&entry.event.what, stage, draft)),
        });
        events.push(event);
    }
    events.extend(undone.map(|finding| no_return(finding, draft)));
    events.extend(ahead(&draft.case, &draft.scene).into_iter().map(Event::next));
    Timeline(events)
}

/// That a return of which the applicant was told never was.
fn no_return(finding: &Finding, draft: &Draft) -> Event {
    let note = ("经核对银行明细，款项没有退回", "By the bank's entries the money never came back");
    let what = ("退回一事记录有误", "That the money was sent back was recorded wrongly");
    Event::new(what, finding.at.local()).note(note).by(desk_at(Stage::Payable, &draft.scene))
}

/// Whether it is what an office brings an application to nothing by.
pub fn is_refusal(what: &What) -> bool {
    matches!(what, What::Declined { .. } | What::PaymentEnded { .. } | What::NotAccepted { .. })
}

fn by_applicant(what: &What) -> bool {
    matches!(
        what,
        What::Opened(_)
            | What::Submitted { .. }
            | What::Corrected { .. }
            | What::EvidenceRemoved(_)
            | What::AccountCorrected { .. }
            | What::Replied(_)
            | What::Withdrawn { .. }
    )
}

/// The desk that did it; nothing where it was time, the bank or the public.
fn desk_of(what: &What, before: Stage, draft: &Draft) -> Text {
    match what {
        What::NoticeEnded { .. }
        | What::DeadlineMoved { .. }
        | What::Objected { .. }
        | What::Paid { .. }
        | What::PaymentReturned { .. }
        | What::PaymentFailed { .. } => Text::default(),
        What::NoticePublished(_) => desk_at(Stage::Decided, &draft.scene),
        // What was decided is taken back by those who decide, wherever the case stood; what could not be paid is ended by who pays.
        What::Revoked { .. }
        | What::ObjectionAnswered { answer: Answer { upheld: true, .. }, then: AfterAnswer::StillObjected, .. }
        | What::ObjectionAnswered { then: AfterAnswer::BackToReview { by_decider: true, .. }, .. } => {
            desk_at(Stage::Reviewed, &draft.scene)
        }
        What::PaymentEnded { .. } => desk_at(Stage::Payable, &draft.scene),
        _ => desk_at(before, &draft.scene),
    }
}

/// A piece that was taken out during a correction: replaced, where a later one of its type is there. The journal keeps it.
fn taken_out(case: &Case, english: &English, id: u32) -> Option<(Text, Text, EventKind)> {
    let piece = case.evidence.iter().find(|piece| piece.id == id)?;
    let is_replaced = case.evidence.iter().any(|other| other.kind == piece.kind && other.id > id);
    let what: Text = match is_replaced {
        true => ("原来的材料已被替换", "A document was replaced").into(),
        false => ("撤下一份材料", "A document was taken back").into(),
    };
    Some((what, piece_name(english, piece), EventKind::Plain))
}

/// What happened at a stage and what was said with it; nothing of what is not for the applicant, or no news.
fn words(what: &What, plan: &Plan) -> Option<(Text, Text, EventKind)> {
    let plain = |zh: &'static str, en: &'static str| Some((Text::new(zh, en), Text::default(), EventKind::Plain));
    let noted = |zh: &'static str, en: &'static str, note: Text, kind| Some((Text::new(zh, en), note, kind));
    let same = |text: &String| Text::same(industry::named(&plan.vocabulary, text));
    match what {
        What::Opened(_) => plain("开始填写", "Begun"),
        What::Submitted { number, .. } => noted(
            "提交申请",
            "Sent",
            Text::new(format!("申请编号 {number}"), format!("application number {number}")),
            EventKind::Plain,
        ),
        What::Accepted { .. } => plain("受理", "Accepted"),
        What::NotAccepted { reason } => noted("不予受理", "Not accepted", same(reason), EventKind::Bad),
        What::CorrectionAsked { defects, due, .. } => {
            // Officials end what they write with a full stop, or not.
            let text = |defect: &Defect| in_words(plan, &defect.about, without_end(&defect.text));
            let texts: Vec<Text> = defects.iter().map(text).collect();
            let list = |lang: Lang, between| texts.iter().map(|text| text.get(lang)).collect::<Vec<_>>().join(between);
            let day = day_text(*due);
            let note = Text::new(
                format!("{}。请在{}前（含当天）补正", list(Lang::Zh, "；"), day.zh),
                format!("{}. To be mended by {}", list(Lang::En, "; "), day.en),
            );
            noted("请您补正", "Sent back for correction", note, EventKind::Bad)
        }
        What::AccountReminded { due } => {
            let day = day_text(*due);
            let note = Text::new(format!("请在{}前（含当天）更正", day.zh), format!("To be corrected by {}", day.en));
            noted("提醒更正收款账户", "Reminded of the account", note, EventKind::Plain)
        }
        What::DeadlineMoved { stage, was_due, due } => {
            noted("期限顺延", "Put off", put_off(*stage, *was_due, *due), EventKind::Plain)
        }
        What::DraftReminded { closes } => {
            let day = day_text(*closes);
            let note = Text::new(format!("请在{}前（含当天）提交", day.zh), format!("To be sent by {}", day.en));
            noted("提醒提交草稿", "Reminded of the draft", note, EventKind::Plain)
        }
        What::DraftMissed { closed } => {
            let day = day_text(*closed);
            let note = Text::new(format!("受理到{}为止", day.zh), format!("Applications were taken up to {}", day.en));
            noted("批次已截止，草稿没有提交", "The round has closed; the draft was not sent", note, EventKind::Bad)
        }
        What::CorrectionReminded { due } => {
            let day = day_text(*due);
            let note = Text::new(format!("请在{}前（含当天）补正", day.zh), format!("To be mended by {}", day.en));
            noted("提醒补正", "Reminded of the correction", note, EventKind::Plain)
        }
        What::Corrected { answers, .. } if !answers.is_empty() => {
            let note = Text::new(
                format!("您的说明：{}", said(answers, "；")),
                format!("What you said: {}", said(answers, "; ")),
            );
            noted("补正后再次提交", "Correction sent", note, EventKind::Plain)
        }
        What::Corrected { .. } => plain("补正后再次提交", "Correction sent"),
        What::TakenUp { stage } => match stage {
            Stage::SubstantiveReview => plain("开始实质审核", "Substantive review begun"),
            _ => plain("开始形式审查", "Formal review begun"),
        },
        What::Reviewed { opinion, .. } => match opinion.stage {
            Stage::SubstantiveReview => plain("实质审核完毕", "Substantive review finished"),
            _ => plain("形式审查完毕", "Formal review finished"),
        },
        What::SentBack { .. } => plain("退回重新审核", "Back to review"),
        What::Held { reason, .. } => noted("暂缓办理", "Put on hold", same(reason), EventKind::Plain),
        What::Resumed { .. } => plain("恢复办理", "Resumed"),
        What::Decided { decision, .. } => {
            let amount = span_text(duixian_money::Span::exact(decision.funded));
            noted("审定金额", "Decided", amount, EventKind::Good)
        }
        What::Queued(decision) => {
            let amount = format::yuan(Lang::Zh, decision.amount);
            let english = format::yuan(Lang::En, decision.amount);
            let note =
                Text::new(format!("审定{amount}，资金暂时不够，进入轮候"), format!("{english}; waits for money"));
            noted("审定，排队等资金", "Decided, waits for funds", note, EventKind::Plain)
        }
        What::Funded { amount, .. } => {
            let note = Text::new(format::yuan(Lang::Zh, *amount), format::yuan(Lang::En, *amount));
            noted("资金已安排", "Funded", note, EventKind::Good)
        }
        What::Declined { reason } => noted("不予支持", "Declined", same(reason), EventKind::Bad),
        What::PaymentEnded { reason } => noted("终止拨付", "Payment ended", same(reason), EventKind::Bad),
        What::Revoked { proposal, .. } => noted(
            "决定已撤销，退回重新审核",
            "The decision was revoked: back to review",
            same(&proposal.grounds),
            EventKind::Bad,
        ),
        What::NoticePublished(notice) => {
            let day = day_text(notice.until);
            noted(
                "公示",
                "In public notice",
                Text::new(format!("到{}为止", day.zh), format!("until {}", day.en)),
                EventKind::Plain,
            )
        }
        What::Objected { objection, .. } => {
            noted("有人提出异议", "Objected to", same(&objection.grounds), EventKind::Bad)
        }
        What::Replied(reply) => noted("陈述意见", "Replied", same(&reply.text), EventKind::Plain),
        What::ObjectionAnswered { answer, then, .. } => {
            let is_back = matches!(then, AfterAnswer::BackToReview { .. });
            let (zh, en) = match (answer.upheld, is_back) {
                (true, true) => (
                    "异议成立，退回审核，预留资金已释放",
                    "Objection upheld: back to review, the reserved money is let go",
                ),
                (true, false) => (
                    "异议成立，其余异议答复后退回审核",
                    "Objection upheld: back to review once the others are answered",
                ),
                (false, true) => (
                    "异议不成立；另有异议成立，退回审核，预留资金已释放",
                    "Objection answered; another was upheld: back to review, the reserved money is let go",
                ),
                (false, false) => ("异议不成立", "Objection answered"),
            };
            let until = match then {
                AfterAnswer::NoticeGoesOn(day) => {
                    let day = day_text(*day);
                    Text::new(format!("公示继续，到{}为止。", day.zh), format!(" The notice goes on until {}.", day.en))
                }
                _ => Text::default(),
            };
            let note = Text::new(
                format!("{}。{}", answer.text.trim_end_matches('。'), until.zh),
                format!("{}{}", answer.text, until.en),
            );
            noted(zh, en, note, if answer.upheld || is_back { EventKind::Bad } else { EventKind::Plain })
        }
        What::NoticeEnded { .. } => plain("公示期满", "Notice over"),
        What::PutInBatch(_) => plain("列入拨付批次", "In a payment batch"),
        What::Paid { on, .. } => {
            let day = day_text(*on);
            noted(
                "已到账",
                "Paid",
                Text::new(format!("{}付款", day.zh), format!("paid on {}", day.en)),
                EventKind::Good,
            )
        }
        What::PaymentFailed { reason, is_payers: true, .. } => {
            let words = bank_words(reason);
            let note = Text::new(
                format!("{words}；不是您的账户的原因，不用您办什么，财政另批再付"),
                format!(
                    "{words}; nothing is wrong with your account and nothing is asked of you: it is paid in another batch"
                ),
            );
            noted("款项没有付成", "Payment failed", note, EventKind::Bad)
        }
        What::PaymentFailed { reason, .. } => {
            let words = Text::same(bank_words(reason).to_owned());
            noted("款项没有付成", "Payment failed", words, EventKind::Bad)
        }
        What::PaymentReturned { back, .. } => {
            let (day, words) = (day_text(back.on), bank_words(&back.reason));
            let note = Text::new(format!("{}退回：{words}", day.zh), format!("on {}: {words}", day.en));
            noted("已付款项被银行退回", "What was paid was sent back by the bank", note, EventKind::Bad)
        }
        What::AccountCorrected { .. } => plain("更正收款账户", "Account corrected"),
        What::Closed => noted("办结", "Closed", Text::default(), EventKind::Good),
        What::Withdrawn { reason } => noted("撤回", "Withdrawn", same(reason), EventKind::Plain),
        What::Saved { .. }
        | What::EvidenceAdded(_)
        | What::EvidenceRemoved(_)
        | What::StatementFound { .. }
        | What::FactsConfirmed { .. }
        | What::EvidenceFound { .. }
        | What::NumberDistinguished { .. }
        | What::Reassessed(_)
        | What::Reserved { .. }
        | What::RevocationProposed(_)
        | What::RanLate(_)
        | What::RevocationDropped { .. }
        | What::EndingProposed(_)
        | What::EndingDropped { .. }
        | What::TakenOutOfBatch { .. }
        | What::PaidAfterAll { .. }
        | What::FailedAfterAll { .. }
        | What::ReferenceCorrected { .. }
        | What::PaymentReleased { .. } => None,
    }
}
