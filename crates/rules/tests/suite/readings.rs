//! What rests on the pack's reading rather than on a clause, and which readings belong to a clause.

use crate::common::pack;

fn read(heading: &str) -> duixian_rules::pack::Pack {
    let text = format!(
        "# 试\n\n```兑现\n政策 试 (trial_policy)\n  发布 2020年1月1日\n\n主体 单位 (parties_table)\n  信用代码 (code) 统一代码 主键\n\
         \x20 登记区划 (district) 区划代码\n\n资金 钱 (money_fund)\n  依据 三\n```\n\n{heading}\n\n```兑现\n\
         通则 在本区 (here)\n  条件 登记区划 属于 520102\n```\n\n## 三(一) 奖励\n\n奖励。\n\n> 一次付清。\n\n```兑现\n\
         措施 奖励 (award)\n  对象 每年 账 \n  支付 5万元\n  资金 钱\n\n账目 账 (yearly)\n  信用代码 (code) 统一代码 主键\n\
         \x20 年度 (year) 年份 主键\n```\n"
    );
    let pack = pack(&[("试.md", &text)]);
    assert!(!pack.has_errors(), "{:?}", pack.diagnostics);
    pack
}

#[test]
fn a_general_rule_that_no_clause_states_refuses_by_the_measures_clause() {
    let of = |heading: &str| {
        let pack = read(heading);
        let condition = pack.plan.measures[0].conditions[0].clone();
        (condition.reading_of, condition.clause)
    };
    assert_eq!(of("## 三 对谁\n\n> 读作在本区登记的单位。"), (Some("三".to_owned()), "三(一)".to_owned()));
    assert_eq!(of("## 三 对谁\n\n只支持在本区登记的单位。"), (None, "三".to_owned()));
    assert_eq!(of("## 三 对谁\n\n只支持本区单位。\n\n> 读作在本区登记的单位。"), (None, "三".to_owned()));
}

#[test]
fn a_clause_is_read_as_those_around_it_are() {
    let pack = read("## 三 对谁\n\n> 读作在本区登记的单位。");
    assert_eq!(pack.readings("三(一)"), ["一次付清。", "读作在本区登记的单位。"]);
    assert_eq!(pack.readings("三"), ["读作在本区登记的单位。"]);
}
