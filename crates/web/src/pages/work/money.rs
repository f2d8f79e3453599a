//! What a decision does to its fund, said before it is made.

use duixian_money::Fen;
use duixian_rules::vocabulary::Lang;
use duixian_store::Store;
use duixian_store::StoreError;
use duixian_store::funds::FundPosition;

use crate::casefile::CaseFile;
use crate::casefile::queue::Queue;
use crate::format;
use crate::locale::Text;
use crate::problem::Problem;

/// The fund behind a case, and the place of the case among those that wait for its money.
pub struct Purse {
    /// What the fund has.
    pub fund: FundPosition,
    /// The place of the case among those that wait; none of one that does not.
    pub queue: Option<Queue>,
}

impl Purse {
    /// What funding a waiting case by itself does: what is free, and whom it overtakes; where the fund is short, what to do instead.
    pub fn funding(&self, decided: Fen) -> Text {
        let (zh, en) = (format::yuan(Lang::Zh, decided), format::yuan(Lang::En, decided));
        let effect = effect(Some(&self.fund), None);
        if self.fund.free < decided {
            return Text::new(
                format!("{}不够审定的 {zh}：要少给的，在轮候资金的页面按规则分配，由另一位审定人员确认。", effect.zh),
                format!(
                    "{} That is less than the {en} decided: to give less, share the fund out by a rule where what waits is listed; another decision \
                     maker confirms it.",
                    effect.en
                ),
            );
        }
        let ahead = self.queue.map_or(0, |queue| queue.ahead());
        let (before, before_en) = match ahead {
            0 => (String::new(), String::new()),
            ahead => (
                format!("有 {ahead} 件比本件先审定，现在安排，本件就排到前面。"),
                format!(" Decided before this one: {ahead}; funded now, it goes ahead."),
            ),
        };
        Text::new(
            format!("全额安排审定的 {zh}。{}{before}", effect.zh),
            format!("The {en} decided are set aside. {}{before_en}", effect.en),
        )
    }
}

/// The fund behind a case; none where it has no appropriation for the year.
pub async fn purse_of(store: &Store, file: &CaseFile) -> Result<Option<Purse>, Problem> {
    let subject = &file.case.subject;
    let Some(fund) = position(store, &subject.fund, subject.year).await? else { return Ok(None) };
    Ok(Some(Purse { fund, queue: Queue::of(store, &file.case).await? }))
}

/// A fund in a year.
pub async fn position(store: &Store, fund: &str, year: i32) -> Result<Option<FundPosition>, Problem> {
    match store.position(fund, year).await {
        Ok(position) => Ok(Some(position)),
        Err(StoreError::NotFound) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// What is free, and what that is after some amount: `可用 374.32万元，本件之后 344.32万元`.
pub fn effect(fund: Option<&FundPosition>, wanted: Option<Fen>) -> Text {
    let Some(fund) = fund else {
        return (
            "这笔资金在本年度还没有安排，不能审定。",
            "The fund has no appropriation for the year: nothing can be decided.",
        )
            .into();
    };
    let yuan = |amount| (format::yuan(Lang::Zh, amount), format::yuan(Lang::En, amount));
    let (free, free_en) = yuan(fund.free);
    let mut text = Text::new(format!("资金可用 {free}"), format!("Free in the fund: {free_en}"));
    if fund.waiting_cases > 0 {
        let (rest, rest_en) = yuan(fund.for_new());
        text = Text::new(
            format!("{}，先给轮候的，余 {rest}", text.zh),
            format!("{}; {rest_en} once those that wait are served", text.en),
        );
    }
    if let Some(wanted) = wanted {
        let left = Fen(fund.for_new().0.saturating_sub(wanted.0));
        let (zh, en) = if left >= Fen(0) {
            let (left, left_en) = yuan(left);
            (format!("，按 {} 审定后剩 {left}", yuan(wanted).0), format!("; {left_en} after {}", yuan(wanted).1))
        } else {
            let (short, short_en) = yuan(Fen(left.0.saturating_neg()));
            (
                format!("，按 {} 审定还差 {short}", yuan(wanted).0),
                format!("; short by {short_en} for {}", yuan(wanted).1),
            )
        };
        text = Text::new(format!("{}{zh}", text.zh), format!("{}{en}", text.en));
    }
    Text::new(format!("{}。{}", text.zh, queue(fund).zh), format!("{}. {}", text.en, queue(fund).en))
}

/// Who waits already.
pub fn queue(fund: &FundPosition) -> Text {
    if fund.waiting_cases == 0 {
        return ("没有轮候。", "Nobody waits.").into();
    }
    Text::new(
        format!("已有 {} 件轮候，共 {}。", fund.waiting_cases, format::yuan(Lang::Zh, fund.waiting)),
        format!("{} wait already, for {} in all.", fund.waiting_cases, format::yuan(Lang::En, fund.waiting)),
    )
}
