//! What a decision comes to, to be looked at once more before it is made: one click is no second thought.

use std::borrow::{Borrow, Cow};

use askama::Template;
use axum::response::Response;
use duixian_casework::case::{Assessed, CaseId};
use duixian_casework::command::{Action, Command, IfShort};
use duixian_casework::handle::{handle, use_conditions};
use duixian_casework::people::Actor;
use duixian_money::Fen;
use duixian_rules::vocabulary::Lang;
use duixian_store::cases::{Ask, Earlier};

use crate::casefile::CaseFile;
use crate::casefile::disputed::Disputed;
use crate::casefile::file::span_text;
use crate::casefile::grounds::{Ground, Grounds};
use crate::casefile::queue::plain;
use crate::casefile::said::use_condition;
use crate::csrf;
use crate::documents::in_capitals;
use crate::format;
use crate::forms::Posted;
use crate::locale::Text;
use crate::once;
use crate::page::Page;
use crate::problem::Problem;
use crate::ui::Facts;

use super::following::Following;
use super::minding::{Mind, on_amount, on_refusal};
use super::money::{self, Purse};
use super::untrue;

#[derive(Template)]
#[template(path = "work/check.html")]
struct Check {
    page: Page,
    action: Action,
    id: CaseId,
    /// The list they came from, as it stands behind the address.
    list: String,
    facts: Facts,
    minds: Vec<Mind>,
    /// The form as it was sent, to be sent again: with the number by which the store does it once.
    carried: Vec<(String, String)>,
}

impl Check {
    fn say(&self, text: impl Borrow<Text>) -> String {
        self.page.text(text.borrow()).to_owned()
    }

    fn button(&self) -> Text {
        match self.action {
            Action::Decide => ("确认审定", "Decide").into(),
            Action::NotAccept => ("确认不予受理", "Do not accept").into(),
            _ => ("确认不予支持", "Decline").into(),
        }
    }

    fn is_grave(&self) -> bool {
        self.action != Action::Decide
    }
}

/// Whether what is asked is to be checked first: a decision, or that a case is not accepted, where nothing stands in the way. What would
/// be refused is refused at once.
pub fn is_to_be_checked(file: &CaseFile, actor: &Actor, ask: &Ask) -> bool {
    let command = match ask.clone() {
        Ask::Decide { amount, reason, conditions, priority, if_short } => {
            Command::Decide { amount, reason, conditions, priority, if_short }
        }
        Ask::Decline { reason } => Command::Decline { reason },
        Ask::NotAccept { reason } => Command::NotAccept { reason },
        _ => return false,
    };
    // A decision is held against what the rules say at that moment.
    let mut case = file.case.clone();
    case.assessed = Some(file.appraisal.assessed.clone());
    file.scene.with_context(file.now, |context| handle(&case, command, actor, context)).is_ok()
}

/// What is found in other cases for a decision to be held against.
pub struct Found {
    /// What was decided before for the measure.
    pub earlier: Option<Earlier>,
    /// What other parties have applied for, or were granted, by the same number.
    pub same_number: Vec<Text>,
}

/// The page on which a decision is checked.
pub fn page(
    file: &CaseFile,
    ask: &Ask,
    purse: Option<&Purse>,
    found: Found,
    grounds: &[Ground],
    posted: &Posted,
    page: Page,
) -> Result<Response, Problem> {
    let Found { earlier, same_number } = found;
    let (action, facts, minds, title) = match ask {
        Ask::Decide { amount, reason, conditions, priority, if_short } => {
            let facts = of_case(file)
                .add(("审定金额", "Amount"), yuan(*amount))
                .add(("大写", "In words"), Text::same(in_capitals(*amount)));
            let facts = beside_amount(file, earlier, facts)
                .add(("资金", "Fund"), money::effect(purse.map(|purse| &purse.fund), Some(*amount)))
                .add(("审定理由", "Reason"), Text::same(reason.clone()));
            let conditions = use_conditions(conditions, &file.scene.procedure);
            let facts = match conditions.is_empty() {
                true => facts,
                false => {
                    let english =
                        |text: &String| use_condition(&file.scene.pack.plan.english, &file.scene.procedure, text).en;
                    let in_english: Vec<String> = conditions.iter().map(english).map(Cow::into_owned).collect();
                    facts.add(("使用条件", "Conditions"), Text::new(numbered(&conditions), numbered(&in_english)))
                }
            };
            let waits = *if_short == IfShort::Queue && purse.is_some_and(|purse| purse.fund.for_new() < *amount);
            let facts = match waits {
                true => facts.add(("轮候优先级", "Priority in the queue"), Text::same(priority.to_string())),
                false => facts,
            };
            let title = ("审定：请核对", "Decide — please check");
            let mut minds: Vec<Mind> = untrue::told(file)?.iter().chain(&same_number).map(Mind::found).collect();
            minds.extend(on_amount(file, *amount, earlier, waits));
            (Action::Decide, facts, minds, title)
        }
        Ask::Decline { reason } | Ask::NotAccept { reason } => {
            let (action, title) = match ask {
                Ask::NotAccept { .. } => (Action::NotAccept, ("不予受理：请核对", "Do not accept — please check")),
                _ => (Action::Decline, ("不予支持：请核对", "Decline — please check")),
            };
            let facts = match Grounds::read(reason) {
                Some(of) => of_case(file)
                    .add(("不符合", "Not met"), Text::same(of.unmet))
                    .add(("查明的事实", "What was found"), Text::same(of.found)),
                None => of_case(file).add(("理由", "Reason"), Text::same(reason.clone())),
            };
            let facts = beside_amount(file, None, facts);
            let chosen = posted.all(&super::panels::field(action, None, "unmet"));
            (action, facts, on_refusal(file, action, grounds, &chosen), title)
        }
        _ => return Err(Problem::internal("what needs no check was to be checked")),
    };
    let disputes = Disputed::all(file);
    let told = |facts: Facts, one: &Disputed| {
        facts.add(("申请单位称登记有误", "Called wrong in the registry"), one.sentence())
    };
    let facts = disputes.iter().fold(facts, told);
    let id = file.case.id;
    let list = Following::of(&page).suffix();
    let page =
        page.titled(title).under(format!("/work/cases/{}{list}", id.0), ("返回案件", "Back to the case")).narrow();
    let carried = carried(posted);
    Page::show(&Check { page, action, id, list, facts, minds, carried })
}

/// A form as it was sent, to be sent again once it was looked at: with the number by which the store does it once.
pub fn carried(posted: &Posted) -> Vec<(String, String)> {
    debug_assert!(posted.has(once::FIELD));
    let is_carried = |name: &str| ![csrf::FIELD, "confirmed", "change"].contains(&name);
    posted.pairs().iter().filter(|(name, _)| is_carried(name)).cloned().collect()
}

/// Several conditions as one text, each with its number; one as it is.
pub fn numbered(conditions: &[String]) -> String {
    match conditions {
        [one] => one.clone(),
        all => {
            let numbered = all.iter().enumerate().map(|(place, text)| format!("{}. {}", place + 1, plain(text)));
            numbered.collect::<Vec<_>>().join("；")
        }
    }
}

fn yuan(amount: Fen) -> Text {
    Text::new(
        format!("¥{}（{}）", format::yuan_exact(amount), format::yuan(Lang::Zh, amount)),
        format!("¥{} ({})", format::yuan_exact(amount), format::yuan(Lang::En, amount)),
    )
}

fn of_case(file: &CaseFile) -> Facts {
    let (measure, basis) = (file.measure_name(), file.basis_name());
    let what = match basis.is_empty() {
        true => measure,
        false => Text::new(format!("{}：{}", measure.zh, basis.zh), format!("{}: {}", measure.en, basis.en)),
    };
    Facts::default()
        .add(("编号", "Number"), file.number())
        .add(("单位", "Party"), Text::same(file.party.clone()))
        .add(("措施", "Measure"), what)
}

/// What the rules and the reviewer say, and what was decided before.
fn beside_amount(file: &CaseFile, earlier: Option<Earlier>, facts: Facts) -> Facts {
    let facts =
        facts.add(("规则（按现在的记录）", "By the rules, as records stand now"), said(&file.appraisal.assessed));
    let facts = match file.case.opinions.last() {
        Some(opinion) => {
            let advised = crate::casefile::history::recommendation(opinion.recommends);
            facts.add(("审核意见", "Opinion"), advised)
        }
        None => facts,
    };
    match earlier {
        Some(Earlier { cases, median, most }) => {
            let words = |lang| (format::yuan(lang, median), format::yuan(lang, most));
            let (zh, en) = (words(Lang::Zh), words(Lang::En));
            facts.add(
                ("本措施以前审定的", "Decided before for this measure"),
                Text::new(
                    format!("最近 {cases} 件，中位数 {}，最高 {}", zh.0, zh.1),
                    format!("the latest {cases}: {} in the middle, {} at most", en.0, en.1),
                ),
            )
        }
        None => facts,
    }
}

fn said(assessed: &Assessed) -> Text {
    match assessed.span {
        Some(span) => span_text(span),
        None => Text::new(assessed.reason.0.clone(), assessed.reason.1.clone()),
    }
}
