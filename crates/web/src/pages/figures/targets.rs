//! The targets that the policy sets itself, with their values by year. The portal has an actual value only of those that are
//! counted by a measure: it knows what was applied for and paid, not what a district spends, and says so.

use std::collections::HashMap;

use duixian_rules::compile::name_of;
use duixian_rules::english::English;
use duixian_rules::fmt::{self, Names};
use duixian_rules::pack::Pack;
use duixian_rules::syntax::ast::{Goal, GoalValue, GoalYear, Item, ItemKind};
use duixian_rules::vocabulary::Lang;
use duixian_store::figures::SupportedFigures;

use crate::casefile::cells;
use crate::casefile::said::said;
use crate::list::{Cell, Column, List, Row};
use crate::locale::Text;
use crate::pages::work::filters;

/// What each measure supports that a target is counted by, by English name.
pub type Supported = HashMap<String, Vec<SupportedFigures>>;

/// The measures that the targets of a pack are counted by, by English name.
pub fn counted_by(pack: &Pack) -> Vec<String> {
    pack.items.iter().filter_map(|item| measure_of(pack, item)).collect()
}

fn measure_of(pack: &Pack, item: &Item) -> Option<String> {
    let ItemKind::Target(target) = &item.kind else { return None };
    let named = target.counted_by.as_ref()?;
    let measures = pack.items.iter().filter(|item| matches!(item.kind, ItemKind::Measure(_))).map(|item| &item.names);
    let mut named = measures.filter(|names| [&names.zh.text, &names.en.text].contains(&&named.text));
    named.next().map(|names| names.en.text.clone())
}

/// The targets of a pack, in its order.
pub fn targets(pack: Option<&Pack>, supported: &Supported) -> List {
    let columns = vec![
        Column::text("target", ("指标", "Target")),
        Column::text("strength", ("力度", "How firm")),
        Column::text("goals", ("目标值", "To be reached")),
        Column::text("responsible", ("责任单位", "Who answers for it")),
        Column::text("actual", ("实际值", "Reached")),
    ];
    let mut list = List::new(("政策目标", "What the policy sets out to reach"), columns).cards();
    let Some(pack) = pack else { return list };
    let (names, english) = (Names::new(&pack.items), &pack.plan.english);
    for item in &pack.items {
        let ItemKind::Target(target) = &item.kind else { continue };
        let goals = |lang: Lang, between: &str| {
            target.goals.iter().map(|goal| told(goal, lang, english, &names)).collect::<Vec<_>>().join(between)
        };
        let clause = item.heading.clone().unwrap_or_default();
        let unit = target.unit.clone().unwrap_or_default();
        let in_words = |text: &str| said(english, text);
        let (zh, en): (Vec<_>, Vec<_>) =
            target.responsible.iter().map(|one| in_words(one)).map(|one| (one.zh, one.en)).unzip();
        let responsible = Text::new(zh.join("、"), en.join(", "));
        list.push(Row::new(vec![
            Cell::pair(cells::name(&name_of(&item.names)))
                .link(format!("/programme/{}", crate::pages::shared::path_part(&clause)))
                .note(in_words(&unit)),
            match target.must {
                Some(true) => Cell::pair(Text::from(("确保", "must be reached"))),
                Some(false) => Cell::pair(Text::from(("力争", "aimed at"))),
                None => Cell::empty(),
            },
            Cell::pair(Text::new(goals(Lang::Zh, "；"), goals(Lang::En, "; "))),
            Cell::pair(responsible),
            measure_of(pack, item).map_or_else(
                || Cell::pair(Text::from(("本系统没有这项数据", "the portal has no figure for it"))),
                |measure| actual(supported.get(&measure).map_or(&[], Vec::as_slice)),
            ),
        ]));
    }
    list
}

/// How many parties were supported, year by year; it opens the cases of the newest.
fn actual(years: &[SupportedFigures]) -> Cell {
    let Some(newest) = years.last() else {
        return Cell::pair(Text::from(("还没有支持的单位", "nobody was supported yet")));
    };
    let said = |one: &SupportedFigures| {
        let (year, parties) = (one.year, one.parties);
        (format!("{year}年 {parties}家"), format!("{year}: {parties} parties"))
    };
    let (zh, en): (Vec<String>, Vec<String>) = years.iter().map(said).unzip();
    Cell::pair(Text::new(zh.join("；"), en.join("; "))).link(filters::href(&newest.filter))
}

/// A goal with its year: `2020年 不少于 2.5%`.
fn told(goal: &Goal, lang: Lang, english: &English, names: &Names) -> String {
    let value = match &goal.value {
        GoalValue::Words(words) => format!("“{}”", english.in_lang(words, lang)),
        GoalValue::Figure(..) => fmt::goal(goal, lang, names),
    };
    match (goal.when, lang) {
        (GoalYear::In(year), Lang::Zh) => format!("{year}年 {value}"),
        (GoalYear::In(year), Lang::En) => format!("{year}: {value}"),
        (GoalYear::Every, Lang::Zh) => format!("每年 {value}"),
        (GoalYear::Every, Lang::En) => format!("every year: {value}"),
        (GoalYear::Increase, Lang::Zh) => format!("逐年增加 {value}"),
        (GoalYear::Increase, Lang::En) => format!("more each year: {value}"),
        (GoalYear::Unsaid, _) => value,
    }
}

#[cfg(test)]
mod tests {
    use duixian_rules::source::Sources;
    use duixian_store::cases::CaseFilter;

    use super::*;

    #[test]
    fn targets_stand_with_their_values_by_year_and_no_actual_ones() {
        let text = "## 一 目标\n\n```兑现\n指标 科技支出占比 (st_share)\n  力度 确保\n  单位 占财政支出的比重\n  \
                    目标 2016年 2.12%\n  目标 2020年 不少于 2.5%\n  逐年 增加 不少于 0.1%\n  责任 区财政局、区科技局\n```\n";
        let mut sources = Sources::default();
        sources.add("goals.md", text.to_owned());
        let pack = Pack::read(sources);
        let csv = crate::export::csv(&targets(Some(&pack), &Supported::new()), Lang::Zh).expect("a table");
        let csv = String::from_utf8(csv).expect("text");
        for part in ["科技支出占比", "确保", "2016年 2.12%；2020年 不少于 2.5%；逐年增加 不少于 0.1%", "没有这项数据"]
        {
            assert!(csv.contains(part), "{part}: {csv}");
        }
        assert!(targets(None, &Supported::new()).rows.is_empty());
    }

    #[test]
    fn a_target_that_a_measure_counts_has_its_actual_values_and_opens_their_cases() {
        let text = "## 一 目标\n\n```兑现\n措施 获奖补助 (prize)\n指标 获奖单位 (winners)\n  目标 每年 3\n  统计 获奖补助\n```\n";
        let mut sources = Sources::default();
        sources.add("goals.md", text.to_owned());
        let pack = Pack::read(sources);
        assert_eq!(counted_by(&pack), ["prize"]);
        let of = |year, parties| SupportedFigures {
            year,
            parties,
            filter: CaseFilter { year: Some(year), measure: Some("prize".to_owned()), ..CaseFilter::default() },
        };
        let supported = Supported::from([("prize".to_owned(), vec![of(2018, 1), of(2019, 2)])]);
        let csv = crate::export::csv(&targets(Some(&pack), &supported), Lang::Zh).expect("a table");
        let csv = String::from_utf8(csv).expect("text");
        assert!(csv.contains("2018年 1家；2019年 2家") && !csv.contains("没有这项数据"), "{csv}");
    }
}
