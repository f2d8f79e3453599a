//! From a form to what the store is asked.

use std::collections::BTreeMap;

use duixian_casework::case::{Case, CaseId, CellRef, Recommendation};
use duixian_casework::command::{Action, IfShort};
use duixian_casework::handle::REMARK;
use duixian_casework::refusal::Refusal;
use duixian_casework::stage::Stage;
use duixian_money::Fen;
use duixian_rules::vocabulary::Lang;
use duixian_store::StoreError;
use duixian_store::cases::Ask;

use crate::casefile::CaseFile;
use crate::casefile::grounds::Ground;
use crate::format;
use crate::forms::{Form, Posted};
use crate::locale::Text;

use super::correction::{self, Item};
use super::panels::{self, field};
use super::refusing;

/// The place in the queue of decisions that name none.
pub const PRIORITY: i32 = 100;

/// Beside an amount that goes with no conclusion but support.
const NO_AMOUNT: (&str, &str) = (
    "只有“建议支持”才提金额：要提这个金额，请改选“建议支持”；不提的，请清空。",
    "Support alone comes with an amount: choose “Recommend this amount”, or empty the field.",
);

/// What a form offered to choose from.
pub struct Offered {
    /// What may be asked to be mended.
    pub items: Vec<Item>,
    /// What the registry says and nobody disputes, that may be confirmed.
    pub facts: BTreeMap<CellRef, String>,
    /// What may not be met.
    pub grounds: Vec<Ground>,
}

/// What a good form asks. Says what is wrong in the form where the fields do not fit together.
pub fn of(
    file: &CaseFile,
    action: Action,
    objection: Option<u32>,
    form: &mut Form,
    offered: &Offered,
    posted: &Posted,
) -> Option<Ask> {
    let name = |name: &str| field(action, objection, name);
    let reason = form.text(&name("reason")).to_owned();
    Some(match action {
        Action::Accept => Ask::Accept,
        Action::TakeUp => Ask::TakeUp,
        Action::Resume => Ask::Resume,
        Action::PublishNotice => Ask::PublishNotice,
        Action::EndNotice => Ask::EndNotice,
        Action::Close => Ask::Close,
        Action::NotAccept => Ask::NotAccept { reason: refusing::reason(&offered.grounds, action, form) },
        Action::Decline => Ask::Decline { reason: refusing::reason(&offered.grounds, action, form) },
        Action::ProposeEnding => Ask::ProposeEnding { reason },
        Action::EndPayment => Ask::EndPayment,
        Action::DropEnding => Ask::DropEnding { reason },
        Action::SendBack => Ask::SendBack { reason },
        Action::ProposeRevocation => {
            Ask::ProposeRevocation { grounds: reason, remark: form.text(&name("remark")).to_owned() }
        }
        Action::ConfirmRevocation => Ask::ConfirmRevocation,
        Action::DropRevocation => Ask::DropRevocation { reason },
        Action::Hold => Ask::Hold { reason },
        Action::AskCorrection => {
            let defects = correction::defects(&offered.items, form);
            if defects.is_empty() {
                form.error(&panel(action), panels::words(&Refusal::NoDefects));
                return None;
            }
            Ask::AskCorrection { defects }
        }
        Action::Review => {
            let chosen = form.text(&name("recommends"));
            // What is typed is not dropped unsaid; what stood in the form beforehand nobody has typed.
            let typed = form.money(&name("amount")).filter(|typed| panels::exact(file.span()) != Some(*typed));
            if chosen != "support" && typed.is_some() {
                form.error(&name("amount"), NO_AMOUNT);
                return None;
            }
            let recommends = match chosen {
                "go_on" => Recommendation::GoOn,
                "decline" => Recommendation::Decline,
                _ => match form.money(&name("amount")) {
                    Some(amount) => Recommendation::Support(amount),
                    None => {
                        form.error(
                            &name("amount"),
                            ("建议支持的，请填写金额。", "Give the amount that you recommend."),
                        );
                        return None;
                    }
                },
            };
            Ask::Review { recommends, opinion: form.text(&name("opinion")).to_owned() }
        }
        Action::Decide => Ask::Decide {
            amount: form.money(&name("amount")).unwrap_or(Fen(0)),
            reason,
            conditions: lines(form.text(&name("conditions"))),
            priority: form.whole(&name("priority")).and_then(|number| i32::try_from(number).ok()).unwrap_or(PRIORITY),
            if_short: if_short(form.text(&name("if_short"))),
        },
        Action::Fund => Ask::Fund,
        Action::AnswerObjection => Ask::AnswerObjection {
            id: objection?,
            upheld: form.text(&name("upheld")) == "yes",
            text: form.text(&name("text")).to_owned(),
        },
        Action::FindStatement => {
            let place: usize = posted.get("which").parse().ok()?;
            let cell: CellRef = file.case.statements.keys().nth(place)?.clone();
            Ask::FindStatement { cell, holds: holds(posted)?, note: posted.get("note").trim().to_owned() }
        }
        Action::ConfirmFacts => {
            let picked = posted.all("fact");
            let is_picked = |cell: &CellRef| picked.contains(&String::from(cell.clone()).as_str());
            let facts = offered.facts.iter().filter(|(cell, _)| is_picked(cell));
            let facts = facts.map(|(cell, value)| (cell.clone(), value.clone())).collect();
            Ask::ConfirmFacts { facts, source: posted.get("source").to_owned() }
        }
        Action::Distinguish => {
            let other = form.text(&name("other")).parse().map(CaseId).ok()?;
            Ask::Distinguish { other, grounds: reason }
        }
        Action::FindEvidence => {
            let id = posted.get("which").parse().ok()?;
            Ask::FindEvidence { id, holds: holds(posted)?, note: posted.get("note").trim().to_owned() }
        }
        _ => return None,
    })
}

fn holds(posted: &Posted) -> Option<bool> {
    match posted.get("holds") {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}

/// What to do where the fund is short: refuse, unless the official says otherwise.
pub fn if_short(word: &str) -> IfShort {
    if word == "queue" { IfShort::Queue } else { IfShort::Refuse }
}

/// The lines of a text that say something.
pub fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// The id of an action's panel, for what is wrong with the whole of it.
pub fn panel(action: Action) -> String {
    format!("panel-{}", action.word())
}

/// The field that a refusal is about, among those of an action; the action itself where it is none of them.
pub fn field_of(action: Action, objection: Option<u32>, error: &StoreError) -> String {
    let name = |name: &str| field(action, objection, name);
    let StoreError::Refused(refusal) = error else { return panel(action) };
    match (action, refusal) {
        (
            Action::Decide | Action::Review,
            Refusal::OutsideSpan { .. }
            | Refusal::NothingToGrant
            | Refusal::NotEntitled(..)
            | Refusal::FactsMissing(..),
        ) => name("amount"),
        (Action::Decide, Refusal::FundShort { .. } | Refusal::OthersWait { .. } | Refusal::NoFund(_)) => {
            name("if_short")
        }
        (Action::Review, Refusal::TextMissing(..)) => name("opinion"),
        (Action::AnswerObjection, Refusal::TextMissing(..) | Refusal::Personal(..) | Refusal::Objector(..)) => {
            name("text")
        }
        (
            Action::AnswerObjection,
            Refusal::NeedsRole(..) | Refusal::NeedsDesk(..) | Refusal::OwnParty | Refusal::Recused { .. },
        ) => name("upheld"),
        (Action::ProposeRevocation, Refusal::Personal(zh, ..) | Refusal::Objector(zh, ..)) if *zh == REMARK.0 => {
            name("remark")
        }
        (_, Refusal::TextMissing(..) | Refusal::Objector(..)) => name("reason"),
        _ => panel(action),
    }
}

/// What was done to a case, for the next page. An amount that waits for its money is not told of as money that is there.
pub fn done_to(action: Action, case: &Case) -> Text {
    match (action, case.stage, &case.decision) {
        (Action::Decide, Stage::Queued, Some(decision)) => {
            let yuan = |lang| format::yuan(lang, decision.amount);
            Text::new(
                format!("金额已定 {}；资金不够，已进入轮候", yuan(Lang::Zh)),
                format!("The amount is fixed at {}; the fund is short, so it waits", yuan(Lang::En)),
            )
        }
        _ => done(action),
    }
}

/// What the answer to an objection did, and what followed for the case.
pub fn answered(objection: u32, case: &Case) -> Text {
    let open = case.open_objections().count();
    let (zh, en) = match (case.stage, &case.notice, &case.reopened) {
        (Stage::Objection, ..) => (format!("还有 {open} 项待答复"), format!("{open} more to answer")),
        (Stage::InNotice, Some(notice), _) => (
            format!("公示继续到{}", format::date(Lang::Zh, notice.until)),
            format!("the notice goes on until {}", format::date(Lang::En, notice.until)),
        ),
        (_, _, Some(reopened)) if reopened.objection.is_some() => {
            ("案件退回审核".to_owned(), "the case goes back to review".to_owned())
        }
        _ => return done(Action::AnswerObjection),
    };
    Text::new(format!("已答复第 {objection} 项异议，{zh}"), format!("Objection {objection} is answered, {en}"))
}

/// What was done, for the next page.
fn done(action: Action) -> Text {
    match action {
        Action::Accept => ("已受理", "Accepted"),
        Action::TakeUp => ("已领办", "Taken up: it is yours"),
        Action::Resume => ("已恢复办理", "Resumed"),
        Action::PublishNotice => ("已开始公示", "Published"),
        Action::EndNotice => ("公示已结束", "The notice has ended"),
        Action::Close => ("已办结", "Closed"),
        Action::NotAccept => ("已作出不予受理", "Not accepted"),
        Action::Decline => ("已作出不予支持", "Declined"),
        Action::ProposeEnding => {
            ("已提请终止拨付，等另一名财务人员确认", "Proposed: another person of finance must confirm it")
        }
        Action::DropEnding => ("不终止，继续等企业更正账户", "Not ended: the case waits for another account"),
        Action::EndPayment => ("已终止拨付，预留的资金已释放", "The payment was ended; its money is free again"),
        Action::SendBack => ("已退回审核", "Sent back to review"),
        Action::ProposeRevocation => {
            ("已提请撤销，等另一位审定人员确认", "Proposed: a second decision maker must confirm it")
        }
        Action::ConfirmRevocation => ("决定已撤销，退回审核", "The decision is revoked: back to review"),
        Action::DropRevocation => ("不撤销，原决定继续有效", "Not revoked: the decision stands"),
        Action::Hold => ("已暂缓", "Put on hold"),
        Action::AskCorrection => ("已发出补正通知", "Sent back for correction"),
        Action::Review => ("审核意见已提交", "The opinion is on record"),
        Action::Decide => ("已审定", "Decided"),
        Action::Fund => ("已安排资金", "Funded"),
        Action::AnswerObjection => ("已答复异议", "Answered"),
        Action::ConfirmFacts => ("已确认登记事实", "The registered facts are confirmed, on record"),
        Action::Distinguish => ("已认定编号不同，记录在案", "The numbers are found to be two, on record"),
        Action::FindStatement | Action::FindEvidence => ("已记录核验结果", "The finding is on record"),
        _ => ("已办理", "Done"),
    }
    .into()
}
