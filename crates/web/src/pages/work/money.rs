//! What a decision does to its fund, said before it is made, and what a short fund would do to a decision.

use duixian_casework::stage::Stage;
use duixian_money::Fen;
use duixian_rules::vocabulary::Lang;
use duixian_store::Store;
use duixian_store::StoreError;
use duixian_store::funds::{FundPosition, Proposed};

use crate::casefile::CaseFile;
use crate::casefile::queue::{Queue, plain, rule_name};
use crate::format;
use crate::locale::Text;
use crate::problem::Problem;

use super::rows::called;

/// The fund behind a case, and the place of the case among those that wait for its money.
pub struct Purse {
    /// What the fund has.
    pub fund: FundPosition,
    /// The place of the case among those that wait; none of one that does not.
    pub queue: Option<Queue>,
}

impl Purse {
    /// What funding a waiting case by itself does: what is free, what of it those have to get that were decided before, what this takes,
    /// and what is left for those after it.
    pub fn funding(&self, decided: Fen, for_those_before: Fen) -> Text {
        let yuan = |amount| (format::yuan(Lang::Zh, amount), format::yuan(Lang::En, amount));
        let FundPosition { free, waiting, waiting_cases, .. } = self.fund;
        let before = self.queue.map_or(0, |queue| queue.ahead()) as u64;
        let (free_zh, free_en) = yuan(free);
        let mut text = Text::new(format!("资金可用 {free_zh}。"), format!("Free in the fund: {free_en}."));
        if before > 0 {
            let (zh, en) = yuan(for_those_before);
            text = Text::new(
                format!("{}先审定的 {before} 件要用 {zh}，给它们留着。", text.zh),
                format!("{} Kept for the {before} decided before: {en}.", text.en),
            );
        }
        let taken = for_those_before.0.saturating_add(decided.0);
        let ((decided_zh, decided_en), (left_zh, left_en)) = (yuan(decided), yuan(Fen(free.0.saturating_sub(taken))));
        text = Text::new(
            format!("{}本件全额安排 {decided_zh}，之后还剩 {left_zh}", text.zh),
            format!("{} This case takes {decided_en} in full; {left_en} are left", text.en),
        );
        match waiting_cases.saturating_sub(before + 1) {
            0 => Text::new(format!("{}。", text.zh), format!("{}.", text.en)),
            after => {
                let (zh, en) = yuan(Fen(waiting.0.saturating_sub(taken)));
                Text::new(
                    format!("{}，后面还有 {after} 件轮候，共 {zh}。", text.zh),
                    format!("{} for the {after} that wait after it, for {en} in all.", text.en),
                )
            }
        }
    }
}

/// What a waiting case would lose by a sharing out that was put forward; none where none was, or it would get all it was decided.
pub async fn proposed_cut(store: &Store, file: &CaseFile) -> Result<Option<Text>, Problem> {
    let subject = &file.case.subject;
    if file.case.stage != Stage::Queued {
        return Ok(None);
    }
    let open = store.proposals().await?.into_iter().find_map(|one| match one.what {
        Proposed::ShareOut(rule) if one.fund == subject.fund && one.year == subject.year => Some((rule, one)),
        _ => None,
    });
    let Some((rule, proposal)) = open else { return Ok(None) };
    let mine = proposal.shares.iter().find(|share| share.case == file.case.id.0 && share.short > Fen(0));
    let Some(share) = mine else { return Ok(None) };
    let who = called(&store.user(proposal.by).await?);
    let (rule, at) = (rule_name(rule), |lang| format::moment(lang, proposal.at.local()));
    let decided = Fen(share.granted.0.saturating_add(share.short.0));
    let words = |lang| [decided, share.granted, share.short].map(|amount| format::yuan(lang, amount));
    let ([decided, granted, short], [decided_en, granted_en, short_en]) = (words(Lang::Zh), words(Lang::En));
    let (given, given_en) = match share.granted {
        Fen(0) => ("本件这次分不到，继续轮候".to_owned(), "this case gets nothing and goes on waiting".to_owned()),
        _ => (
            format!("本件审定 {decided}，只安排 {granted}，少给的 {short} 不再安排"),
            format!(
                "of the {decided_en} decided this case gets {granted_en}, and the other {short_en} is not made up later"
            ),
        ),
    };
    let grounds = plain(&proposal.grounds);
    Ok(Some(Text::new(
        format!("{} {} 提请{}分配：{given}。理由：{grounds}。", who.zh, at(Lang::Zh), rule.zh),
        format!(
            "Put forward by {}, {} ({}): {given_en}. Why: {grounds}.",
            who.en,
            at(Lang::En),
            rule.en.to_lowercase()
        ),
    )))
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
