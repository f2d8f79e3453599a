//! The form of a decision: the amount, why, and what happens where the fund is short of it.

use duixian_casework::case::Recommendation;
use duixian_casework::command::Action;
use duixian_money::Fen;
use duixian_rules::vocabulary::Lang;
use duixian_store::funds::FundPosition;

use crate::casefile::CaseFile;
use crate::casefile::said::use_condition;
use crate::format;
use crate::forms::{Choice, Field, Form};
use crate::locale::Text;

use super::{money, panels};

/// What a decision asks. What happens if the fund is short is asked for the amount that was typed; before anyone has typed, the
/// least that can be typed says whether there is anything to choose, and what the fund has is said without an amount, since no page
/// follows what is typed.
pub fn form(file: &CaseFile, fund: Option<&FundPosition>, typed: Option<Fen>, lang: Lang) -> Form {
    let name = |name: &str| panels::field(Action::Decide, None, name);
    let mut amount = Field::money(name("amount"), ("审定金额", "Amount"));
    if let Some(span) = file.span() {
        amount = amount.hint(panels::within(span)).between(span.low, span.high.unwrap_or(Fen::MAX));
    }
    let wanted = suggested(file);
    let is_short_of = |amount: Fen| fund.is_some_and(|fund| fund.for_new() < amount);
    let least = file.span().map_or(Fen(1), |span| span.low.max(Fen(1)));
    let is_short = is_short_of(typed.or(wanted).unwrap_or(least));
    let mut choices = if_short(fund);
    let is_closed = is_short_of(typed.unwrap_or(least)) && beyond(file, fund, typed).is_none();
    if let Some(not_decided) = choices.first_mut().filter(|_| is_closed) {
        not_decided.disabled_because = Text::new(
            "资金不足：钱已被别的决定用去，或者要先给轮候的，现在审定只能进入轮候。要等追加资金的，不提交这张表单就行",
            "the fund is short: other decisions have taken the money, or what waits comes first, so that a decision made now waits. To \
             wait for more money before deciding, leave this form as it is",
        );
    }
    let mut what_then = Field::radios(name("if_short"), ("资金不足时", "If the fund is short"), choices)
        .hint(money::effect(fund, typed));
    if typed.is_some() && !is_short {
        what_then = what_then.unmarked();
    }
    let fields = vec![
        amount,
        Field::text_area(name("reason"), ("审定理由", "Reason for the amount"))
            .hint(beside_reason(file))
            .max_chars(500),
        Field::text_area(name("conditions"), ("资金使用条件", "Conditions on the use of the money"))
            .hint(beside_conditions(file))
            .max_chars(500)
            .optional(),
        what_then,
        Field::whole(name("priority"), ("轮候优先级", "Priority in the queue"))
            .hint((
                "按优先级分配时，数小的先安排；不填按 100。",
                "Where money is shared out by priority the smaller number comes first; 100 if left empty.",
            ))
            .within(1, 999)
            .optional(),
    ];
    // A fund that is known to be short leaves one thing to decide: that the case waits. Who does not want that decides nothing.
    let form = Form::new(lang, fields);
    let form = if is_short { form } else { form.with(&name("if_short"), "refuse") };
    match wanted {
        Some(amount) => form.with(&name("amount"), amount.to_yuan_string()),
        None => form,
    }
}

/// By how much an amount alone is more than the fund has free, whoever waits: what is wrong is the amount then, and not that others were
/// first. None of a fund that can't carry the least that may be decided.
pub fn beyond(file: &CaseFile, fund: Option<&FundPosition>, typed: Option<Fen>) -> Option<Text> {
    let (fund, typed) = (fund?, typed?);
    let least = file.span().map_or(Fen(1), |span| span.low.max(Fen(1)));
    if typed <= fund.free || fund.for_new() < least {
        return None;
    }
    let words = |lang| [fund.free, Fen(typed.0.saturating_sub(fund.free.0))].map(|amount| format::yuan(lang, amount));
    let ([free, over], [free_en, over_en]) = (words(Lang::Zh), words(Lang::En));
    Some(Text::new(
        format!("资金可用 {free}，这个金额多出 {over}：请核对金额；确要审定这么多的，下面选“进入轮候”"),
        format!(
            "{free_en} are free in the fund, and this is {over_en} more: check the amount; to grant that much, let it wait, below"
        ),
    ))
}

/// What the rules set by themselves, beside what is added to it.
fn beside_conditions(file: &CaseFile) -> Text {
    let (zh, en) = ("每行一条，写进决定书。", "One on each line; they stand in the decision letter.");
    match file.scene.procedure.use_condition() {
        Some(set) => {
            let set = use_condition(&file.scene.pack.plan.english, &file.scene.procedure, &set);
            Text::new(
                format!("{zh}规则写明的不用填，排在第一条：{}。", set.zh),
                format!("{en} What the rules set comes first by itself: {}.", set.en),
            )
        }
        None => (zh, en).into(),
    }
}

/// What the reviewer says, beside the reason that the decision letter gives: it is written for the office, and goes into no letter
/// unseen.
fn beside_reason(file: &CaseFile) -> Text {
    let letter = ("写进决定书，企业会看到。", "It stands in the decision letter, which the applicant reads.");
    match file.case.opinions.last() {
        Some(opinion) if !opinion.text.is_empty() => Text::new(
            format!("{}审核意见（内部，不会自动写入）：{}", letter.0, opinion.text),
            format!("{} The opinion (internal, not copied): {}", letter.1, opinion.text),
        ),
        _ => letter.into(),
    }
}

/// What to do where a fund is short.
pub fn if_short(fund: Option<&FundPosition>) -> Vec<Choice> {
    let ahead = fund.map_or_else(Text::default, money::queue);
    vec![
        Choice::new("refuse", ("不作决定", "Do not decide"))
            .hint(("本件留在待审定，等追加资金。", "The case stays where it is, until there is more money.")),
        Choice::new("queue", ("进入轮候", "Let it wait")).hint(Text::new(
            format!("金额确定下来，有钱再安排。{}", ahead.zh),
            format!("The amount is fixed, the money follows. {}", ahead.en),
        )),
    ]
}

/// The amount that stands in the form before anyone types: what the last reviewer recommends, or what the rules give;
/// none where that reviewer is against any support, or has said nothing since the case came back.
pub fn suggested(file: &CaseFile) -> Option<Fen> {
    let since = file.case.reopened.as_ref().map(|reopened| reopened.at);
    let last = file
        .case
        .opinions
        .last()
        .filter(|opinion| since.is_none_or(|since| opinion.at >= since))
        .map(|opinion| opinion.recommends);
    match last {
        Some(Recommendation::Support(amount)) => Some(amount),
        Some(Recommendation::Decline) => None,
        None if since.is_some() => None,
        _ => panels::exact(file.span()),
    }
}
