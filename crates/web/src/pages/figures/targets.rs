//! The targets that the policy sets itself, with their values by year. The portal has no actual values: it knows what was applied
//! for and paid, not what a district spends or how many institutions it has, and says so.

use duixian_rules::fmt::{self, Names};
use duixian_rules::pack::Pack;
use duixian_rules::syntax::ast::{Goal, GoalYear, ItemKind};
use duixian_rules::vocabulary::Lang;

use crate::list::{Cell, Column, List, Row};
use crate::locale::Text;
use crate::pages::shared::english;

/// The targets of a pack, in its order.
pub fn targets(pack: Option<&Pack>) -> List {
    let columns = vec![
        Column::text("target", ("指标", "Target")),
        Column::text("strength", ("力度", "How firm")),
        Column::text("goals", ("目标值", "To be reached")),
        Column::text("responsible", ("责任单位", "Who answers for it")),
        Column::text("actual", ("实际值", "Reached")),
    ];
    let mut list = List::new(("政策目标", "What the policy sets out to reach"), columns).cards();
    let Some(pack) = pack else { return list };
    let names = Names::new(&pack.items);
    for item in &pack.items {
        let ItemKind::Target(target) = &item.kind else { continue };
        let goals = |lang: Lang, between: &str| {
            target.goals.iter().map(|goal| said(goal, lang, &names)).collect::<Vec<_>>().join(between)
        };
        let clause = item.heading.clone().unwrap_or_default();
        let unit = target.unit.clone().unwrap_or_default();
        list.push(Row::new(vec![
            Cell::pair(Text::new(item.names.zh.text.clone(), english(&item.names.en.text)))
                .link(format!("/programme/{}", crate::pages::shared::path_part(&clause)))
                .note(Text::same(unit)),
            match target.must {
                Some(true) => Cell::pair(Text::from(("确保", "must be reached"))),
                Some(false) => Cell::pair(Text::from(("力争", "aimed at"))),
                None => Cell::empty(),
            },
            Cell::pair(Text::new(goals(Lang::Zh, "；"), goals(Lang::En, "; "))),
            Cell::text(target.responsible.join("、")),
            Cell::pair(Text::from(("本系统没有这项数据", "the portal has no figure for it"))),
        ]));
    }
    list
}

/// A goal with its year: `2020年 不少于 2.5%`.
fn said(goal: &Goal, lang: Lang, names: &Names) -> String {
    let value = fmt::goal(goal, lang, names);
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

    use super::*;

    #[test]
    fn targets_stand_with_their_values_by_year_and_no_actual_ones() {
        let text = "## 一 目标\n\n```兑现\n指标 科技支出占比 (st_share)\n  力度 确保\n  单位 占财政支出的比重\n  \
                    目标 2016年 2.12%\n  目标 2020年 不少于 2.5%\n  逐年 增加 不少于 0.1%\n  责任 区财政局、区科技局\n```\n";
        let mut sources = Sources::default();
        sources.add("goals.md", text.to_owned());
        let pack = Pack::read(sources);
        let csv = crate::export::csv(&targets(Some(&pack)), Lang::Zh).expect("a table");
        let csv = String::from_utf8(csv).expect("text");
        for part in ["科技支出占比", "确保", "2016年 2.12%；2020年 不少于 2.5%；逐年增加 不少于 0.1%", "没有这项数据"]
        {
            assert!(csv.contains(part), "{part}: {csv}");
        }
        assert!(targets(None).rows.is_empty());
    }
}
