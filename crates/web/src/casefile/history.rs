//! What happened to a case, as a timeline.

use chrono::NaiveDate;
use duixian_casework::case::{BankAccount, Ending, Late, Recommendation, Revocation, Sharing};
use duixian_casework::event::{AfterAnswer, What};
use duixian_casework::people::UserId;
use duixian_casework::stage::Stage;
use duixian_rules::vocabulary::Lang;
use duixian_store::cases::JournalEntry;
use duixian_store::funds::PassedOver;

use super::doubted;
use super::file::{CaseFile, local};
use super::industry;
use super::queue::{plain, rule_name};
use super::said;
use super::why::cell_name;
use crate::format;
use crate::locale::Text;
use crate::ui::{Event, EventKind, Timeline};

/// Who reads the timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// An official who answers objections or decides, or the auditor: sees all, who has objected too.
    Answering,
    /// Any other official: sees who did what, and what was said inside the office.
    Official,
    /// The party: sees what concerns it; of officials their part, not their names, and of those who object nothing.
    Party,
}

/// What stands for who has objected, for those who need not know.
pub const WITHHELD: (&str, &str) = ("异议人（姓名和联系方式只有答复、审定的人员和审计看得到）", "objector withheld");

/// The timeline, the latest first.
///
/// Accounts are written by `account`: whole for who may read them so.
pub fn timeline(file: &CaseFile, reader: Reader, account: &dyn Fn(&BankAccount) -> Text) -> Timeline {
    let events = file.history.iter().enumerate();
    let events = events.filter_map(|(place, entry)| Some((entry.seq, event(file, place, entry, reader, account)?)));
    let found = file.findings.iter().filter(|_| reader != Reader::Party);
    let found = found.filter_map(|one| Some((one.seq, doubted::found(one, &file.who(one.read_by))?)));
    let passed = file.passed_over.iter().filter(|_| reader != Reader::Party);
    let passed = passed.map(|one| (one.seq, passed_over(file, one)));
    let mut events: Vec<(i64, Event)> = events.chain(found).chain(passed).collect();
    events.sort_by_key(|(seq, _)| std::cmp::Reverse(*seq));
    Timeline(events.into_iter().map(|(_, event)| event).collect())
}

/// That others, decided later, were given money before the case: by whom, and on which grounds.
fn passed_over(file: &CaseFile, one: &PassedOver) -> Event {
    let (rule, grounds) = (rule_name(one.sharing.rule), plain(&one.sharing.grounds));
    let who = |user: Option<UserId>| user.map_or_else(String::new, |user| file.who(user));
    let (by, proposed_by) = (who(one.by), who(one.sharing.proposed_by));
    let note = Text::new(
        format!("{}，后审定的先给，本件继续轮候（{proposed_by}提请、另一人确认）　{grounds}", rule.zh),
        format!(
            "{}: others, decided later, get money first, and this one waits on (put forward by {proposed_by}, confirmed by another) \
             {grounds}",
            rule.en
        ),
    );
    let title = ("分配轮候资金时被越过", "Passed over when the fund was shared out");
    Event::new(title, local(one.at)).by(Text::same(by)).note(note)
}

fn event(
    file: &CaseFile,
    place: usize,
    entry: &JournalEntry,
    reader: Reader,
    account: &dyn Fn(&BankAccount) -> Text,
) -> Option<Event> {
    let what = &entry.event.what;
    let is_inside = matches!(
        what,
        What::TakenUp { .. }
            | What::Reassessed(_)
            | What::StatementFound { .. }
            | What::FactsConfirmed { .. }
            | What::EvidenceFound { .. }
            | What::NumberDistinguished { .. }
            | What::Reviewed { .. }
            | What::SentBack { .. }
            | What::RanLate(_)
            | What::RevocationProposed(_)
            | What::RevocationDropped { .. }
            | What::EndingProposed(_)
            | What::EndingDropped { .. }
            | What::Reserved { .. }
            | What::ReferenceCorrected { .. }
            | What::PutInBatch(_)
            | What::TakenOutOfBatch { .. }
            | What::PaymentReleased { .. }
    );
    if is_inside && reader == Reader::Party || matches!(what, What::Reserved { .. }) {
        return None;
    }
    let by_party = matches!(what, What::Opened(_)) || what.is_for_the_party();
    let who = match (&entry.actor_name, what) {
        (Some(name), _) if reader != Reader::Party || by_party => Text::same(name.clone()),
        (Some(_), _) => ("主管部门", "the office").into(),
        (None, What::Objected { .. }) => ("公众", "the public").into(),
        (None, _) => ("系统", "the system").into(),
    };
    let mut event = Event::new(title(what), local(entry.at)).by(who).kind(kind(what));
    let note = match what {
        What::AccountCorrected { account: new, .. } => {
            let ending = ending_before(file, place).filter(|_| reader != Reader::Party);
            Some(and_no_ending(change(account_before(file, place), new, account), ending, file))
        }
        what => note(file, what, reader),
    };
    if let Some(note) = note {
        event = event.note(note);
    }
    Some(event)
}

/// The account that a case had before a place in its history.
fn account_before(file: &CaseFile, place: usize) -> Option<&BankAccount> {
    file.history[..place].iter().rev().find_map(|entry| match &entry.event.what {
        What::AccountCorrected { account, .. } | What::Saved { account: Some(account), .. } => Some(account),
        _ => None,
    })
}

/// That it was proposed to end the payment when something happened at a place in the history, and nobody had confirmed or dropped it.
fn ending_before(file: &CaseFile, place: usize) -> Option<&Ending> {
    let latest = file.history[..place].iter().rev().find_map(|entry| match &entry.event.what {
        What::EndingProposed(ending) => Some(Some(ending)),
        // What is proposed of a failed payment comes to nothing with whatever moves the case on.
        What::EndingDropped { .. } | What::PaymentFailed { .. } | What::PaymentReturned { .. } => Some(None),
        _ => None,
    });
    latest.flatten()
}

/// A note, and that with what happened the proposal to end the payment has come to nothing.
fn and_no_ending(note: Text, ending: Option<&Ending>, file: &CaseFile) -> Text {
    let Some(ending) = ending else { return note };
    let who = file.who(ending.by);
    Text::new(
        format!("{}；{who}提请的终止拨付随之作废", note.zh),
        format!("{}; what {who} had proposed, to end the payment, has come to nothing with it", note.en),
    )
}

/// From which account to which.
fn change(old: Option<&BankAccount>, new: &BankAccount, account: &dyn Fn(&BankAccount) -> Text) -> Text {
    let new = account(new);
    match old.map(account) {
        Some(old) => Text::new(format!("{} → {}", old.zh, new.zh), format!("{} → {}", old.en, new.en)),
        None => new,
    }
}

fn kind(what: &What) -> EventKind {
    match what {
        What::Decided { .. } | What::Funded { .. } | What::Paid { .. } | What::Closed => EventKind::Good,
        What::NotAccepted { .. }
        | What::Declined { .. }
        | What::PaymentEnded { .. }
        | What::Revoked { .. }
        | What::PaidAfterAll { .. }
        | What::FailedAfterAll { .. }
        | What::PaymentFailed { .. }
        | What::PaymentReturned { .. }
        | What::CorrectionAsked { .. }
        | What::Objected { .. } => EventKind::Bad,
        _ => EventKind::Plain,
    }
}

fn title(what: &What) -> (&'static str, &'static str) {
    match what {
        What::Opened(_) => ("新建草稿", "Draft begun"),
        What::Saved { .. } => ("保存填报内容", "Draft saved"),
        What::EvidenceAdded(_) => ("上传佐证", "Evidence handed in"),
        What::EvidenceRemoved(_) => ("删除佐证", "Evidence taken back"),
        What::Submitted { .. } => ("提交申请", "Submitted"),
        What::Accepted { .. } => ("受理", "Accepted"),
        What::NotAccepted { .. } => ("不予受理", "Not accepted"),
        What::CorrectionAsked { .. } => ("通知补正", "Sent back for correction"),
        What::AccountReminded { .. } => ("提醒更正收款账户", "Reminded of the account to be corrected"),
        What::DraftReminded { .. } => ("提醒提交草稿", "Reminded of the draft"),
        What::DraftMissed { .. } => ("告知草稿没有赶上批次", "Told that the draft missed its round"),
        What::DeadlineMoved { .. } => ("期限顺延", "Put off"),
        What::CorrectionReminded { .. } => ("提醒补正期限", "Reminded of the correction"),
        What::Corrected { .. } => ("提交补正", "Corrected"),
        What::TakenUp { .. } => ("领办", "Taken up"),
        What::StatementFound { .. } => ("核实填报", "Statement verified"),
        What::FactsConfirmed { .. } => ("确认登记事实", "Registered facts confirmed"),
        What::EvidenceFound { .. } => ("核验佐证", "Evidence verified"),
        What::NumberDistinguished { .. } => ("认定编号不同", "Numbers found to be two"),
        What::Reassessed(_) => ("重新评定", "Assessed again"),
        What::Reviewed { .. } => ("提出审核意见", "Opinion given"),
        What::SentBack { .. } => ("退回审核", "Sent back to review"),
        What::RanLate(_) => ("超期离开岗位", "Left the desk late"),
        What::Held { .. } => ("暂缓", "Put on hold"),
        What::Resumed { .. } => ("恢复办理", "Resumed"),
        What::Decided { .. } => ("审定金额，预留资金", "Decided, money reserved"),
        What::Queued(_) => ("审定金额，资金不足，进入轮候", "Decided; waits for money"),
        What::Funded { .. } => ("安排资金", "Funded"),
        What::Reserved { .. } => ("预留资金", "Money reserved"),
        What::Declined { .. } => ("不予支持", "Declined"),
        What::PaymentEnded { .. } => ("终止拨付", "Payment ended"),
        What::RevocationProposed(_) => ("提请撤销审定", "Proposed to revoke the decision"),
        What::RevocationDropped { .. } => ("不撤销审定", "The decision stands"),
        What::Revoked { .. } => ("撤销审定，退回审核", "Decision revoked: back to review"),
        What::NoticePublished(_) => ("开始公示", "Notice published"),
        What::Objected { .. } => ("收到异议", "Objection received"),
        What::Replied(_) => ("申请单位陈述意见", "The party's reply"),
        What::ObjectionAnswered { .. } => ("答复异议", "Objection answered"),
        What::NoticeEnded { .. } => ("公示期满", "Notice ended"),
        What::PutInBatch(_) => ("列入拨付批次", "Put in a payment batch"),
        What::TakenOutOfBatch { .. } => ("移出拨付批次", "Taken out of the batch"),
        What::PaymentReleased { by } if by.len() < 2 => ("第一人复核", "Released by the first of two"),
        What::PaymentReleased { .. } => ("放款", "Payment released"),
        What::Paid { .. } => ("银行已付款", "Paid by the bank"),
        What::FailedAfterAll { .. } => ("银行再次称该笔未付", "The bank says once more that it failed"),
        What::ReferenceCorrected { .. } => ("更正银行流水", "The bank's number corrected"),
        What::PaidAfterAll { .. } => ("银行称以前失败的一笔已付", "The bank says that a failed payment was made"),
        What::PaymentReturned { .. } => ("已付款项被银行退回（退汇）", "Payment sent back by the bank"),
        What::PaymentFailed { .. } => ("拨付失败", "Payment failed"),
        What::EndingProposed(_) => ("提请终止拨付", "Proposed to end the payment"),
        What::EndingDropped { .. } => ("不终止拨付", "The payment is not ended"),
        What::AccountCorrected { .. } => ("更正收款账户", "Account corrected"),
        What::Closed => ("办结", "Closed"),
        What::Withdrawn { .. } => ("撤回", "Withdrawn"),
    }
}

/// That a change of the calendar has put the end of a period off, and which.
pub fn put_off(stage: Stage, was_due: NaiveDate, due: NaiveDate) -> Text {
    let [was_zh, due_zh] = [was_due, due].map(|day| format::date(Lang::Zh, day));
    let [was_en, due_en] = [was_due, due].map(|day| format::date(Lang::En, day));
    let (zh, en) = match stage {
        Stage::InNotice => ("公示", "the notice hangs"),
        Stage::Correction => ("补正", "the correction may come"),
        _ => ("更正收款账户", "the account may be corrected"),
    };
    Text::new(
        format!("工作日历有变，{zh}的期限由{was_zh}顺延到{due_zh}"),
        format!("the calendar of working days has changed: {en} until {due_en}, not {was_en}"),
    )
}

fn note(file: &CaseFile, what: &What, reader: Reader) -> Option<Text> {
    let day = |day| (format::date(Lang::Zh, day), format::date(Lang::En, day));
    let until = |zh: &str, en: &str, date: NaiveDate| {
        let (zh_day, en_day) = day(date);
        Text::new(format!("{zh}{zh_day}"), format!("{en} {en_day}"))
    };
    let yuan = |amount| (format::yuan(Lang::Zh, amount), format::yuan(Lang::En, amount));
    Some(match what {
        What::Submitted { number, .. } => {
            Text::new(format!("申请编号 {number}"), format!("Application number {number}"))
        }
        What::Saved { statements, account } => {
            let names: Vec<Text> = statements.keys().map(|cell| cell_name(file, cell)).collect();
            let account = account.as_ref().map(|_| Text::from(("收款账户", "bank account")));
            joined(names.into_iter().chain(account).collect())?
        }
        What::EvidenceAdded(evidence) => said::piece_name(&file.pack().plan.english, evidence),
        What::EvidenceRemoved(id) => {
            let added = file.history.iter().find_map(|entry| match &entry.event.what {
                What::EvidenceAdded(evidence) if evidence.id == *id => Some(evidence),
                _ => None,
            });
            said::piece_name(&file.pack().plan.english, added?)
        }
        What::Corrected { answers, .. } if !answers.is_empty() => Text::new(
            format!("企业说明：{}", said(answers, "；")),
            format!("The applicant says: {}", said(answers, "; ")),
        ),
        What::Accepted { due: Some(due), .. }
        | What::Corrected { due: Some(due), .. }
        | What::Resumed { due: Some(due) } => until("办理期限到", "Due by", *due),
        What::PaymentFailed { reason, is_payers: true, .. } => Text::new(
            format!("{reason}；不是收款账户的原因，原账户另批再付"),
            format!("{reason}; nothing is wrong with the account: another batch pays it to the same"),
        ),
        What::NotAccepted { reason }
        | What::Declined { reason }
        | What::PaymentEnded { reason }
        | What::SentBack { reason, .. }
        | What::RevocationDropped { reason }
        | What::EndingProposed(Ending { reason, .. })
        | What::EndingDropped { reason }
        | What::Held { reason, .. }
        | What::Withdrawn { reason }
        | What::PaymentFailed { reason, .. } => Text::same(industry::named(file.vocabulary(), reason)),
        What::TakenOutOfBatch { reason, .. } if !reason.is_empty() => {
            Text::new(format!("整批作废：{reason}"), format!("the whole batch was cancelled: {reason}"))
        }
        What::CorrectionAsked { defects, due, .. } => {
            let (zh_day, en_day) = day(*due);
            let all: Vec<String> = defects.iter().map(|defect| defect.text.clone()).collect();
            Text::new(
                format!("{}处，期限到{zh_day}：{}", defects.len(), all.join("；")),
                format!("{} in all, by {en_day}: {}", defects.len(), all.join("; ")),
            )
        }
        What::AccountReminded { due } => until("账户更正期限到", "The account to be corrected by", *due),
        What::RanLate(late @ Late { desk, days, .. }) => {
            let desk = file.desk_name(desk);
            Text::new(
                format!("{}（{}）超期 {days} 个工作日", late.label(Lang::Zh), desk.zh),
                format!("{} ({}): {days} working days late", late.label(Lang::En), desk.en),
            )
        }
        What::DraftReminded { closes } => until("提交截止", "To be sent by", *closes),
        What::DraftMissed { closed } => until("批次受理到", "The round took applications up to", *closed),
        What::DeadlineMoved { stage, was_due, due } => put_off(*stage, *was_due, *due),
        What::CorrectionReminded { due } => until("补正期限到", "To be corrected by", *due),
        What::StatementFound { cell, finding } => {
            let name = cell_name(file, cell);
            found(&name, finding.holds, &finding.note)
        }
        What::FactsConfirmed { registered, finding } => {
            let names = joined(registered.keys().map(|cell| cell_name(file, cell)).collect())?;
            Text::new(format!("{}。依据：{}", names.zh, finding.note), format!("{}. By: {}", names.en, finding.note))
        }
        What::EvidenceFound { id, finding } => {
            let piece = file.case.evidence.iter().find(|one| one.id == *id);
            let name = piece.map_or_else(|| Text::same(id.to_string()), |piece| file.evidence_name(&piece.kind));
            found(&name, finding.holds, &finding.note)
        }
        What::NumberDistinguished { number, finding, .. } => Text::new(
            format!("与 {number} 不是同一个编号：{}", finding.note),
            format!("not the number of {number}: {}", finding.note),
        ),
        What::Reassessed(assessed) => assessed.span.map_or_else(
            || {
                let named = |text: &str| industry::named(file.vocabulary(), text);
                Text::new(named(&assessed.reason.0), named(&assessed.reason.1))
            },
            super::file::span_text,
        ),
        What::Reviewed { opinion, .. } => {
            let (recommends, text) =
                (recommendation(opinion.recommends), industry::named(file.vocabulary(), &opinion.text));
            Text::new(format!("{}：{text}", recommends.zh), format!("{}: {text}", recommends.en))
        }
        What::Decided { decision, .. } | What::Queued(decision) => {
            let (zh, en) = yuan(decision.amount);
            Text::new(format!("{zh}。{}", decision.reason), format!("{en}. {}", decision.reason))
        }
        What::Funded { amount, sharing, .. } => {
            let (zh, en) = yuan(*amount);
            match sharing {
                Some(Sharing { rule, grounds, proposed_by }) => {
                    let (name, grounds) = (rule_name(*rule), plain(grounds));
                    let by = proposed_by.filter(|_| reader != Reader::Party).map(|user| file.who(user));
                    let (by_zh, by_en) = by.map_or_else(Default::default, |who| {
                        (format!("，{who}提请、另一人确认"), format!(", put forward by {who}, confirmed by another"))
                    });
                    Text::new(
                        format!("{zh}（{}{by_zh}）　{grounds}", name.zh),
                        format!("{en} ({}{by_en}) {grounds}", name.en),
                    )
                }
                None => Text::new(zh, en),
            }
        }
        What::RevocationProposed(proposal) => with_remark(proposal),
        What::Revoked { proposal, .. } => {
            let said = with_remark(proposal);
            match reader {
                Reader::Party => said,
                Reader::Answering | Reader::Official => {
                    let who = file.who(proposal.by);
                    Text::new(format!("{}（{who}提请）", said.zh), format!("{} (proposed by {who})", said.en))
                }
            }
        }
        What::NoticePublished(notice) => until("公示到", "Until", notice.until),
        What::Objected { objection, .. } => Text::same(match reader {
            Reader::Answering => format!("{}（{}）：{}", objection.name, objection.contact, objection.grounds),
            Reader::Official | Reader::Party => objection.grounds.clone(),
        }),
        What::Replied(reply) => Text::same(reply.text.clone()),
        What::ObjectionAnswered { answer, then, .. } => {
            let (zh, en) = match then {
                AfterAnswer::StillObjected if answer.upheld => {
                    ("异议成立，其余异议答复后退回审核", "upheld; back to review once the others are answered")
                }
                AfterAnswer::StillObjected => ("异议不成立", "not upheld"),
                AfterAnswer::BackToReview { .. } if !answer.upheld => {
                    ("异议不成立；另有异议成立，退回审核", "not upheld; another was, so back to review")
                }
                AfterAnswer::NoticeGoesOn(_) => ("异议不成立，公示继续", "not upheld; the notice goes on"),
                AfterAnswer::BackToReview { .. } => ("异议成立，退回审核", "upheld; back to review"),
            };
            Text::new(format!("{zh}：{}", answer.text), format!("{en}: {}", answer.text))
        }
        What::NoticeEnded { due: Some(due) } => until("应当在此前拨付：", "To be paid by", *due),
        What::PutInBatch(payment) => {
            let (zh, en) = yuan(payment.amount);
            Text::new(zh, en)
        }
        What::PaidAfterAll { end_to_end_id } | What::FailedAfterAll { end_to_end_id, reported_by: None, .. } => {
            Text::same(end_to_end_id.clone())
        }
        What::FailedAfterAll { end_to_end_id, reported_by: Some(reader), .. } => {
            let reader = file.who(*reader);
            Text::new(
                format!("{end_to_end_id}，{reader}读入回单，另一人确认"),
                format!("{end_to_end_id}; read by {reader}, confirmed by another person"),
            )
        }
        What::ReferenceCorrected { recorded, reference, on, reported_by, .. } => {
            let ((zh, en), reader) = (day(*on), file.who(*reported_by));
            Text::new(
                format!("流水 {recorded} → {reference}，{zh}付款；{reader}读入回单，另一人确认"),
                format!("{recorded} → {reference}, paid on {en}; read by {reader}, confirmed by another person"),
            )
        }
        What::PaymentReturned { back, reported_by, .. } => {
            let ((zh, en), reader) = (day(back.on), file.who(*reported_by));
            let reference = back.reference.as_deref().unwrap_or("—");
            Text::new(
                format!("{zh}退回：{}；退汇流水 {reference}；{reader}读入回单，另一人确认", back.reason),
                format!(
                    "on {en}: {}; the bank's number {reference}; read by {reader}, confirmed by another person",
                    back.reason
                ),
            )
        }
        What::Paid { on, reference, .. } => {
            let (zh, en) = day(*on);
            Text::new(format!("{zh}，银行流水号 {reference}"), format!("{en}, the bank's number {reference}"))
        }
        _ => return None,
    })
}

/// The grounds of a revocation, with what the public reads of it.
fn with_remark(proposal: &Revocation) -> Text {
    let Revocation { grounds, remark, .. } = proposal;
    match remark.is_empty() {
        true => Text::same(grounds.clone()),
        false => Text::new(format!("{grounds}　公开说明：{remark}"), format!("{grounds} For the public: {remark}")),
    }
}

fn found(name: &Text, holds: bool, note: &str) -> Text {
    let (zh, en) = if holds { ("属实", "holds") } else { ("不属实", "does not hold") };
    let (zh_note, en_note) =
        if note.is_empty() { (String::new(), String::new()) } else { (format!("，{note}"), format!(", {note}")) };
    Text::new(format!("{}：{zh}{zh_note}", name.zh), format!("{}: {en}{en_note}", name.en))
}

fn joined(names: Vec<Text>) -> Option<Text> {
    if names.is_empty() {
        return None;
    }
    let zh: Vec<&str> = names.iter().map(|name| &*name.zh).collect();
    let en: Vec<&str> = names.iter().map(|name| &*name.en).collect();
    Some(Text::new(zh.join("、"), en.join(", ")))
}

/// What was said to some of what was to be mended, each with its number.
pub fn said(answers: &[String], between: &str) -> String {
    let said = answers.iter().enumerate().filter(|(_, answer)| !answer.is_empty());
    said.map(|(place, answer)| format!("{}. {answer}", place + 1)).collect::<Vec<_>>().join(between)
}

/// A recommendation in words.
pub fn recommendation(recommends: Recommendation) -> Text {
    match recommends {
        Recommendation::GoOn => ("形式符合，转下一步", "in form; on to the next step").into(),
        Recommendation::Decline => ("建议不予支持", "recommends to decline").into(),
        Recommendation::Support(amount) => Text::new(
            format!("建议支持 {}", format::yuan(Lang::Zh, amount)),
            format!("recommends {}", format::yuan(Lang::En, amount)),
        ),
    }
}
