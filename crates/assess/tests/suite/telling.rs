//! What explanations tell of gaps, of amounts that come to nothing, and of others who may yet come first.

// What fails in a helper is to fail the test.
#![allow(clippy::unwrap_used)]

use std::fs;

use duixian_assess::explain::{conditions_in_words, reason_in_words, render_text};
use duixian_assess::reference::{Index, explain_party};
use duixian_assess::{AssessOptions, Assessment, Status, assess_batch};
use duixian_facts::table::Facts;
use duixian_facts::{LoadOptions, load};
use duixian_rules::pack::Pack;
use duixian_rules::plan::Plan;
use duixian_rules::source::Sources;
use duixian_rules::vocabulary::Lang;

const ONE: &str = "91990101MA0000001Y";
const TWO: &str = "91990101MA00000022";
/// 31 December 2021, in days since 1970-01-01.
const AS_OF: i64 = 18_992;

/// The pack, and examples with it.
fn pack(examples: &str) -> Pack {
    let mut sources = Sources::default();
    sources.add("telling.md", format!("{}\n{examples}", include_str!("telling.md")));
    let pack = Pack::read(sources);
    assert!(!pack.has_errors(), "{:?}", pack.diagnostics);
    pack
}

fn plan() -> Plan {
    pack("").plan
}

/// Two parties with these tables; `online` is what is known of both.
fn facts(plan: &Plan, online: &str, yearly: &[&str], recognitions: &[&str]) -> Facts {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, heading: &str, rows: &[&str]| {
        let text = format!("{heading}\n{}\n", rows.join("\n")).replace("ONE", ONE).replace("TWO", TWO);
        fs::write(folder.path().join(name), text).unwrap();
    };
    let parties = [format!("ONE,{online}"), format!("TWO,{online}")];
    write("parties_table.csv", "code,is_online", &parties.each_ref().map(String::as_str));
    write("yearly.csv", "code,year,tax_paid,rd_spending", yearly);
    write("recognitions.csv", "id,code,kind,recognised_on,score", recognitions);
    load(&plan.vocabulary, folder.path(), &LoadOptions::default()).unwrap().facts
}

fn assessed(plan: &Plan, facts: &Facts) -> Assessment {
    assess_batch(plan, facts, &AssessOptions { year: 2021, as_of: AS_OF, measures: None, all: true })
}

fn told(plan: &Plan, facts: &Facts, lang: Lang) -> String {
    let index = Index::new(plan, facts);
    let party = index.party(ONE).unwrap();
    render_text(&explain_party(&index, party, 2021, AS_OF, None), plan, lang, &|_| None)
}

fn assert_says(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part} in\n{text}");
    }
}

#[test]
fn all_gaps_are_told_at_once_and_a_missing_row_by_its_year() {
    let plan = plan();
    let facts = facts(&plan, "", &["ONE,2021,,900"], &[]);
    let text = told(&plan, &facts, Lang::Zh);
    assert_says(
        &text,
        &[
            "还缺：单位·电商企业、年度账目·纳税额、年度账目·纳税额（2020年，无记录）",
            "年度账目·纳税额（2020年，无记录）——用于判定：增长 2021",
        ],
    );
    let english = told(&plan, &facts, Lang::En);
    assert_says(&english, &["parties table: is online, yearly: tax paid, yearly: tax paid (no row for 2020)"]);
    let measures = assessed(&plan, &facts).measures;
    let row = measures[0].rows.iter().next().unwrap();
    let reason = row.reason().text(&plan, &plan.measures[0], Lang::Zh);
    assert_eq!(reason, "缺少：单位.电商企业、年度账目.纳税额");
}

#[test]
fn years_that_a_sum_takes_for_zero_are_named() {
    let plan = plan();
    let facts = facts(&plan, "true", &["ONE,2021,1,900000", "ONE,2018,1,1"], &[]);
    assert_says(&told(&plan, &facts, Lang::Zh), &["三年研发为90万元（2019、2020年无记录，按零计），未达到200万元"]);
    assert_says(&told(&plan, &facts, Lang::En), &["came to 900,000 yuan (no row for 2019, 2020, counted as zero)"]);
}

#[test]
fn an_amount_of_zero_is_not_the_limits_affair() {
    let plan = plan();
    let facts = facts(&plan, "true", &["ONE,2020,200,0", "ONE,2021,100,0"], &[]);
    let measures = assessed(&plan, &facts).measures;
    assert_eq!(measures[0].rows.iter().next().map(|row| row.status()), Some(Status::Entitled));
    assert_says(&told(&plan, &facts, Lang::Zh), &["✓ 应得：0元（按规定计算金额为零）", "按规定计算金额为零，无可扣减"]);
}

#[test]
fn a_refusal_by_a_reading_says_so() {
    let of = |stated: &str| {
        let heading = format!("## 二 对谁\n\n{stated}\n\n> 读作电商企业。");
        let plan = pack(&format!("{heading}\n\n```兑现\n通则 是电商 (online)\n  条件 电商企业\n```")).plan;
        told(&plan, &facts(&plan, "false", &["ONE,2020,200,0", "ONE,2021,300,0"], &[]), Lang::Zh)
    };
    assert_says(
        &of(""),
        &["✗ 不予：不是电商企业（依据本规则包的读法）。", "是电商：不是电商企业（依据本规则包的读法） · "],
    );
    assert!(!of("支持电商企业。").contains("读法）"));
}

#[test]
fn a_reason_in_one_line_is_a_sentence_and_so_is_what_a_condition_asks() {
    let plan = pack(
        "## 二 对谁\n\n> 读作电商企业。\n\n```兑现\n通则 是电商 (online)\n  条件 电商企业 或 信用代码 开头是 12\n```",
    )
    .plan;
    let facts = facts(&plan, "false", &["ONE,2020,200,0", "ONE,2021,300,0"], &[]);
    let index = Index::new(&plan, &facts);
    let explained = explain_party(&index, index.party(ONE).unwrap(), 2021, AS_OF, None);
    let (measure, basis) = (&plan.measures[0], &explained.measures[0].bases[0]);
    let reason = |lang| reason_in_words(&plan, measure, basis, lang);
    assert_eq!(
        reason(Lang::Zh),
        "下列情形都不符合（依据本规则包的读法）：（1）不是电商企业；（2）信用代码为91990101MA0000001Y，不以12开头"
    );
    assert!(reason(Lang::En).starts_with("none of these cases holds (by the pack's reading): (1) "));
    let asked = conditions_in_words(&plan, measure, Lang::Zh);
    assert!(asked.contains(&"是电商企业或信用代码以12开头".to_owned()), "{asked:?}");
}

#[test]
fn what_is_joined_within_what_is_asked_stands_in_the_brackets_of_its_language() {
    let either = "电商企业 且 信用代码 开头是 12 或 电商企业 且 信用代码 开头是 91";
    let plan =
        pack(&format!("## 二 对谁\n\n> 读作电商企业。\n\n```兑现\n通则 是电商 (online)\n  条件 {either}\n```")).plan;
    let asked = |lang| conditions_in_words(&plan, &plan.measures[0], lang).join("\n");
    let (zh, en) = (asked(Lang::Zh), asked(Lang::En));
    assert!(zh.contains("以12开头）或（") && !zh.contains('('), "{zh}");
    assert!(en.contains(") or (") && !en.contains('（'), "{en}");
}

#[test]
fn rows_of_another_kind_are_not_said_to_be_undated_or_early() {
    let plan = plan();
    let early_and_undated = ["A,ONE,licence,2019-01-01,1", "B,ONE,licence,,1", "C,ONE,platform,2019-05-01,1"];
    let text = told(&plan, &facts(&plan, "true", &[], &early_and_undated), Lang::Zh);
    assert_says(&text, &["C：认定日2019年5月1日，早于起算日2020年1月1日"]);
    assert!(!text.contains("A：") && !text.contains("B："), "{text}");
}

#[test]
fn accounts_that_are_not_in_yet_are_missed_for_their_year() {
    let plan = plan();
    let text = told(&plan, &facts(&plan, "true", &["ONE,2018,200,0"], &[]), Lang::Zh);
    assert_says(&text, &["须先有：2021年的年度账目"]);
    assert!(!text.contains("2018年早于起算年"), "{text}");
    let text = told(&plan, &facts(&plan, "true", &["ONE,2018,200,0"], &[]), Lang::En);
    assert_says(&text, &["would need: yearly for 2021"]);
}

#[test]
fn those_who_may_yet_come_first_are_counted() {
    let plan = plan();
    let of = |other: &str| {
        let recognitions = ["A,ONE,platform,2021-05-01,5", other];
        let text = told(&plan, &facts(&plan, "true", &[], &recognitions), Lang::Zh);
        assert_says(&text, &["✓ 应得：1万元"]);
        text.matches("另有1项待定，补齐后可能改变本项").count()
    };
    assert_eq!(of("B,TWO,platform,2021-05-01,"), 1, "in the ranking");
    assert_eq!(of("B,TWO,platform,2021-05-01,4"), 0, "it is ranked, and comes second");
    assert_eq!(of("B,TWO,licence,2021-05-01,"), 0, "it is of another kind");
    assert_eq!(of("B,ONE,platform,2021-04-01,"), 2, "its own may take the only place, too");
    assert_eq!(of("B,ONE,platform,2021-06-01,"), 1, "a later one may not, but is ranked");
}

#[test]
fn a_cap_that_cuts_nothing_is_not_reached_by_an_example_of_zero() {
    let reached = |tax: &str, amount: &str| {
        let rows =
            format!("| 甲 | 甲 | 2020 | 2万元 | 是 | 无 | |\n| 甲 | 甲 | 2021 | {tax} | 是 | 应得 | {amount} |\n");
        let heading = "示例：增长 2021年\n\n| 案例 | 企业 | 年度 | 纳税额 | 电商企业 | 结果 | 金额 |\n|---|---|---|---|---|---|---|";
        let pack = pack(&format!("{heading}\n{rows}"));
        let run = duixian_assess::examples::run(&pack.plan, &pack.examples);
        assert!(run.failures.is_empty(), "{:?}", run.failures);
        let limit = pack.plan.measures[0].limits[0].span;
        !run.unreached.iter().any(|found| found.id == "W662" && found.span == limit)
    };
    assert!(!reached("1万元", "0元"));
    assert!(!reached("12万元", "1万元"));
    assert!(reached("6002万元", "500万元"), "it was 600万元");
}
