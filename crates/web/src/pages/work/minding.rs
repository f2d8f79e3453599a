//! What is to be thought of before a decision is made: said where it is checked, of one case as of many.

use duixian_casework::case::Recommendation;
use duixian_casework::command::Action;
use duixian_money::Fen;
use duixian_rules::vocabulary::Lang;
use duixian_store::cases::Earlier;

use crate::casefile::CaseFile;
use crate::casefile::grounds::Ground;
use crate::format;
use crate::locale::Text;

use super::refusing;

/// How many times what was usual an amount is before that is remarked on: as many as a nought makes of it.
const MANY_TIMES: i64 = 10;

/// Something to be thought of.
pub struct Mind {
    /// In a sentence.
    pub text: Text,
    /// Whether it speaks against the whole decision, and not its amount alone.
    pub is_grave: bool,
}

impl Mind {
    /// Something about the amount.
    pub fn light(text: impl Into<Text>) -> Mind {
        Mind { text: text.into(), is_grave: false }
    }

    /// Something that speaks against the decision.
    pub fn grave(text: impl Into<Text>) -> Mind {
        Mind { text: text.into(), is_grave: true }
    }

    /// The same of words that are no sentence yet.
    pub fn found(words: &Text) -> Mind {
        Mind::grave(Text::new(format!("{}。", words.zh), format!("{}.", format::capital(&words.en))))
    }
}

/// Before an amount is fixed, of that amount. `waits`: whether the fund is short of it, so that the case waits.
pub fn on_amount(file: &CaseFile, amount: Fen, earlier: Option<Earlier>, waits: bool) -> Vec<Mind> {
    let mut minds: Vec<Mind> = Vec::new();
    match file.case.opinions.last().map(|opinion| opinion.recommends) {
        Some(Recommendation::Decline) => {
            minds.push(Mind::grave(("审核意见是建议不予支持。", "The reviewer recommends to decline.")));
        }
        Some(Recommendation::Support(advised)) if advised != amount => minds.push(Mind::light(Text::new(
            format!("与审核建议的 {} 不同。", format::yuan(Lang::Zh, advised)),
            format!("The reviewer recommends {}.", format::yuan(Lang::En, advised)),
        ))),
        _ => {}
    }
    if let Some(Earlier { median, most, .. }) = earlier {
        if median > Fen(0) && amount.0 >= median.0.saturating_mul(MANY_TIMES) {
            let times = amount.0 / median.0;
            minds.push(Mind::light(Text::new(
                format!("是本措施最近审定的中位数的 {times} 倍，请数一数零。"),
                format!("It is {times} times what was usual for this measure: count the noughts."),
            )));
        } else if amount > most {
            minds.push(Mind::light(Text::new(
                format!("比本措施最近审定的最高金额 {} 还高。", format::yuan(Lang::Zh, most)),
                format!("It is more than was lately decided for this measure ({}).", format::yuan(Lang::En, most)),
            )));
        }
    }
    if waits {
        minds.push(Mind::light((
            "资金不足，审定后进入轮候，还没有钱。",
            "The fund is short: the case waits, and has no money yet.",
        )));
    }
    minds
}

/// Before a case is refused: declined, or not accepted.
pub fn on_refusal(file: &CaseFile, action: Action, grounds: &[Ground], chosen: &[&str]) -> Vec<Mind> {
    let mut minds: Vec<Mind> = Vec::new();
    if refusing::is_against_the_rules(file, action) {
        minds.push(Mind { is_grave: false, ..Mind::found(&refusing::by_the_rules(file)) });
    }
    if let Some(Recommendation::Support(advised)) = file.case.opinions.last().map(|opinion| opinion.recommends) {
        minds.push(Mind::light(Text::new(
            format!("审核意见是建议支持 {}。", format::yuan(Lang::Zh, advised)),
            format!("The reviewer recommends {}.", format::yuan(Lang::En, advised)),
        )));
    }
    minds.extend(refusing::contradicted(grounds, chosen).into_iter().map(Mind::light));
    if action == Action::NotAccept {
        minds.push(Mind::light((
            "作出不予受理后，本件到此结束，在本系统里不能撤销。",
            "Once it is not accepted the case ends here, and that can't be undone in this portal.",
        )));
    }
    minds
}
