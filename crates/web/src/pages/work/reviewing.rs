//! The conclusion of a review of many cases at once: it is recorded for the cases that it fits, and for no other.

use duixian_casework::case::Recommendation;
use duixian_casework::command::Action;
use duixian_money::Fen;

use crate::forms::{Choice, Field, Form};
use crate::locale::Text;

use super::picked::Picked;

/// The verdict of first reviews.
const GO_ON: &str = "go_on";
/// The verdict of last reviews that recommends each case's own amount.
const SUPPORT: &str = "support";
/// The verdict of last reviews that recommends nothing.
const DECLINE: &str = "decline";

/// What may be concluded of the cases on the page, picked or not.
pub struct Reviewing {
    /// How many go on to another review.
    going_on: usize,
    /// How many are at their last, which recommends an amount or to decline.
    last: usize,
}

impl Reviewing {
    /// Of the cases that can be reviewed.
    pub fn of(picked: &[Picked]) -> Reviewing {
        let open = || picked.iter().filter(|one| one.refused.is_empty());
        let last = open().filter(|one| one.has_amount(Action::Review)).count();
        Reviewing { going_on: open().count() - last, last }
    }

    /// What is asked for all.
    pub fn fields(&self) -> Vec<Field> {
        let mut choices = Vec::new();
        let count = |cases: usize| match (self.going_on, self.last) {
            (0, _) | (_, 0) => Text::default(),
            _ => Text::new(
                format!("只用于其中 {cases} 件，其余不办，办完逐件说明。"),
                format!("For {cases} of these alone; the others are left out, and told of."),
            ),
        };
        let beside = |hint: (&str, &str), cases: usize| {
            let count = count(cases);
            Text::new(format!("{}{}", hint.0, count.zh), format!("{} {}", hint.1, count.en).trim_end().to_owned())
        };
        if self.going_on > 0 {
            let hint = beside(("转下一步审核，不提金额。", "On to the next review, without an amount."), self.going_on);
            choices.push(Choice::new(GO_ON, ("符合，转下一步", "In order: on to the next review")).hint(hint));
        }
        if self.last > 0 {
            let hint = beside(("每件按表中填写的建议金额。", "Each with its own amount in the table."), self.last);
            choices.push(Choice::new(SUPPORT, ("建议支持", "Recommend support")).hint(hint));
            let hint = ("理由写在审核意见里，不看金额。", "Say why in the opinion; amounts do not matter.");
            choices.push(Choice::new(DECLINE, ("建议不予支持", "Recommend to decline")).hint(hint));
        }
        vec![
            Field::radios("verdict", ("结论", "Conclusion"), choices),
            Field::text_area("opinion", ("审核意见", "Opinion"))
                .hint(("写进每一件：只写您看过的。", "It stands in each case: only what you have looked at."))
                .max_chars(1000),
        ]
    }

    /// The form before anyone has chosen. Where no conclusion fits all, none is chosen.
    pub fn begun(&self, form: Form) -> Form {
        match (self.going_on, self.last) {
            (_, 0) => form.with("verdict", GO_ON),
            (0, _) => form.with("verdict", SUPPORT),
            _ => form,
        }
    }
}

/// Whether a verdict takes amounts.
pub fn is_support(verdict: &str) -> bool {
    verdict == SUPPORT
}

/// To decline goes with no case that would go on to its next review.
pub fn check(set: &[&Picked], form: &mut Form) {
    if form.text("verdict") != DECLINE {
        return;
    }
    let going_on = set.iter().filter(|one| one.refused.is_empty() && !one.has_amount(Action::Review)).count();
    if going_on > 0 {
        let text = Text::new(
            format!("选中的有 {going_on} 件要转下一步审核，不能一起建议不予支持；请先取消选中。"),
            format!("{going_on} of those picked go on to their next review: take them out before you decline."),
        );
        form.error("verdict", text);
    }
}

/// What is recommended for one case.
///
/// # Errors
/// Why it is left out: the conclusion that was chosen does not fit it.
pub fn recommends(one: &Picked, amount: Option<Fen>, form: &Form) -> Result<Recommendation, Text> {
    let is_last = one.has_amount(Action::Review);
    match (form.text("verdict"), amount) {
        _ if !one.refused.is_empty() => Err(one.refused.clone()),
        (GO_ON, _) if !is_last => Ok(Recommendation::GoOn),
        (DECLINE, _) if is_last => Ok(Recommendation::Decline),
        (SUPPORT, Some(amount)) if is_last => Ok(Recommendation::Support(amount)),
        _ if is_last => Err((
            "本件是最后一道审核，须提出金额或者建议不予支持，没有按“符合，转下一步”办",
            "this is its last review, which takes an amount or a recommendation to decline: it did not go on",
        )
            .into()),
        _ => Err((
            "本件还要转下一步审核，这一步不提金额，没有办；请选“符合，转下一步”",
            "it goes on to another review, and this one takes no amount: choose “on to the next review”",
        )
            .into()),
    }
}
