//! Where a decision that waits for money stands among the others that wait for it.

use duixian_casework::case::{Case, Decision};
use duixian_casework::stage::Stage;
use duixian_ledger::{AllocationRule, Waiting, place};
use duixian_money::Fen;
use duixian_rules::vocabulary::Lang;
use duixian_store::Store;

use crate::format;
use crate::locale::Text;
use crate::problem::Problem;

/// What a rule by which a short fund is shared out is called.
pub fn rule_name(rule: AllocationRule) -> Text {
    match rule {
        AllocationRule::FirstDecided => ("先审定先保障", "First decided, first served"),
        AllocationRule::ProRata => ("按比例", "Pro rata"),
        AllocationRule::Priority => ("按优先级", "By priority"),
    }
    .into()
}

/// What someone has written, without what ends it: it stands in a sentence that ends by itself.
pub fn plain(text: &str) -> &str {
    text.trim().trim_end_matches(['。', '.', '；']).trim_end()
}

/// What a decision got that the fund did not carry whole: by which rule, of how much, and that the rest is not made up later.
/// Nothing where it got all of it.
pub fn cut(decision: &Decision) -> Option<Text> {
    let (decided, funded) = (decision.amount, decision.funded);
    if funded >= decided || funded <= Fen(0) {
        return None;
    }
    let rest = Fen(decided.0.saturating_sub(funded.0));
    let words = |lang| [decided, funded, rest].map(|amount| format::yuan(lang, amount));
    let ([decided, funded, rest], [decided_en, funded_en, rest_en]) = (words(Lang::Zh), words(Lang::En));
    let (by, by_en, why, why_en) = match &decision.sharing {
        Some(sharing) => {
            let name = rule_name(sharing.rule);
            let grounds = plain(&sharing.grounds);
            let (why, why_en) = match grounds {
                "" => (String::new(), String::new()),
                grounds => (format!("理由：{grounds}。"), format!(" Why: {grounds}.")),
            };
            (format!("分配规则：{}", name.zh), format!("shared out {}", name.en.to_lowercase()), why, why_en)
        }
        None => ("因资金不足".to_owned(), "the fund was short".to_owned(), String::new(), String::new()),
    };
    Some(Text::new(
        format!("{by}，应支持{decided}，本次安排{funded}，其余{rest}不再安排。{why}"),
        format!(
            "{by_en}: {decided_en} was decided, {funded_en} is paid, and the other {rest_en} is not made up later.{why_en}"
        ),
    ))
}

/// The place of a waiting decision by each rule that serves one after the other. Which rule it will be is chosen when there
/// is money to share out, so that none of them is left unsaid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Queue {
    first_decided: usize,
    by_priority: usize,
    waiting: usize,
}

impl Queue {
    /// Of a case; none of one that does not wait.
    pub async fn of(store: &Store, case: &Case) -> Result<Option<Queue>, Problem> {
        if case.stage != Stage::Queued {
            return Ok(None);
        }
        let waiting = store.waiting(&case.subject.fund, case.subject.year).await?;
        Ok(Queue::among(&waiting, case.id.0))
    }

    /// Of a case among those that wait.
    pub fn among(waiting: &[Waiting], case: i64) -> Option<Queue> {
        Some(Queue {
            first_decided: place(waiting, case, AllocationRule::FirstDecided)?,
            by_priority: place(waiting, case, AllocationRule::Priority)?,
            waiting: waiting.len(),
        })
    }

    /// How many of those that wait were decided before.
    pub fn ahead(&self) -> usize {
        self.first_decided - 1
    }

    /// The place by the order of decision, from 1.
    pub fn first_decided(&self) -> usize {
        self.first_decided
    }

    /// The place by priority, where that is another.
    pub fn otherwise(&self) -> Option<usize> {
        (self.by_priority != self.first_decided).then_some(self.by_priority)
    }

    /// In words.
    pub fn text(&self) -> Text {
        let Queue { first_decided, by_priority, waiting } = self;
        if *waiting == 1 {
            return ("这笔资金目前只有本件轮候。", "Nothing else waits for this fund.").into();
        }
        let places = match self.otherwise() {
            None => Text::new(
                format!("按审定先后或者按优先级，本件都排第 {first_decided}"),
                format!("by the order of decision, and by priority too, this one is number {first_decided}"),
            ),
            Some(_) => Text::new(
                format!("按审定先后，本件排第 {first_decided}；按优先级，排第 {by_priority}"),
                format!(
                    "by the order of decision this one is number {first_decided}, by priority number {by_priority}"
                ),
            ),
        };
        Text::new(
            format!(
                "这笔资金共有 {waiting} 件轮候。{}；按比例分的，不分先后，各件同时分到一部分。用哪一种，安排资金时决定。",
                places.zh
            ),
            format!(
                "{waiting} decisions wait for this fund: {}; pro rata there is no order, and each gets a part at the same time. \
                 Which it is to be is decided when there is money.",
                places.en
            ),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waiting(case: i64, decided_at: i64, priority: i32) -> Waiting {
        Waiting { case, amount: Fen(1), decided_at, priority }
    }

    #[test]
    fn what_was_written_ends_once() {
        for text in ["资金有限，各家同等。", "资金有限，各家同等。。 ", " 资金有限，各家同等", "资金有限，各家同等；"]
        {
            assert_eq!(plain(text), "资金有限，各家同等");
        }
    }

    #[test]
    fn both_orders_are_told_and_that_pro_rata_has_none() {
        let all = [waiting(1, 10, 9), waiting(2, 20, 1), waiting(3, 30, 9)];
        let text = |case| Queue::among(&all, case).map(|queue| queue.text()).unwrap_or_default();
        let two = text(2);
        assert!(
            two.zh.contains("共有 3 件轮候") && two.zh.contains("按审定先后，本件排第 2；按优先级，排第 1"),
            "{}",
            two.zh
        );
        assert!(two.zh.contains("按比例分的，不分先后"), "{}", two.zh);
        assert!(
            two.en.contains("number 2, by priority number 1") && two.en.contains("pro rata there is no order"),
            "{}",
            two.en
        );
        assert!(text(3).zh.contains("按审定先后或者按优先级，本件都排第 3"));
        let alone = Queue::among(&all[..1], 1).expect("it waits");
        assert_eq!((alone.text().zh.as_ref(), alone.ahead()), ("这笔资金目前只有本件轮候。", 0));
        assert_eq!(Queue::among(&all, 4), None);
    }
}
