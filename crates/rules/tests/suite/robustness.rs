//! Whatever a file holds, reading it ends, and ends with a tree.

use std::time::{Duration, Instant};

use crate::common::{files, pack, text};
use duixian_rules::markdown;
use duixian_rules::pack::Pack;
use duixian_rules::plan::{MAX_WORKING_DAYS, Plan, StepKind};
use duixian_rules::syntax::parser;
use duixian_rules::vocabulary::Lang;

/// Far more than any of these takes, on a slow machine and without optimisation.
const PATIENCE: Duration = Duration::from_secs(60);

/// Reads a pack and says all that is to be said of it, so that every place is looked up too.
fn read(text: &str) -> Pack {
    let pack = pack(&[("pack.md", text)]);
    for diagnostic in pack.diagnostics.iter().take(4) {
        for lang in [Lang::Zh, Lang::En] {
            assert!(!diagnostic.render(&pack.sources, lang).is_empty());
        }
    }
    the_procedures_are_whole(&pack.plan);
    pack
}

/// Whatever was written, cases have a way to go: indexes point to something, the needed steps are there, in order.
fn the_procedures_are_whole(plan: &Plan) {
    assert!(!plan.procedures.is_empty());
    assert!(plan.measures.iter().all(|measure| measure.procedure < plan.procedures.len()));
    for procedure in &plan.procedures {
        assert!(procedure.steps.is_sorted_by(|one, next| one.step < next.step), "{procedure:?}");
        let needed = StepKind::ALL.into_iter().filter(|step| step.is_required());
        assert!(needed.into_iter().all(|step| procedure.step(step).is_some()), "{procedure:?}");
        assert!(procedure.steps.iter().all(|rule| rule.desk < plan.desks.len()), "{procedure:?}");
        let days = procedure.steps.iter().map(|rule| rule.working_days);
        let mut days = days.chain([procedure.correction_days, procedure.objection_days]);
        assert!(days.all(|days| (1..=MAX_WORKING_DAYS).contains(&days)), "{procedure:?}");
    }
}

/// A larger pack has no form that the smaller ones lack, and would be read a hundred thousand times.
const LARGEST: usize = 16 * 1024;

fn good_packs() -> Vec<String> {
    files("tests/good", ".md").iter().map(|path| text(path)).filter(|text| text.len() <= LARGEST).collect()
}

#[test]
fn every_beginning_of_a_good_pack_is_read() {
    for text in good_packs() {
        for (count, (at, _)) in text.char_indices().enumerate() {
            // Reading is tried everywhere, checking and compiling often enough to meet every kind of end.
            if count % 8 == 0 {
                read(&text[..at]);
            } else {
                let blocks = markdown::read(0, &text[..at]).blocks;
                blocks.iter().for_each(|block| drop(parser::parse(block, &mut Vec::new())));
            }
        }
    }
}

#[test]
fn a_good_pack_without_any_one_line_is_read() {
    for text in good_packs() {
        let lines: Vec<&str> = text.lines().collect();
        for left_out in 0..lines.len() {
            let kept: Vec<&str> = [&lines[..left_out], &lines[left_out + 1..]].concat();
            read(&kept.join("\n"));
        }
    }
}

#[test]
fn good_packs_with_bytes_changed_at_random_are_read() {
    let packs = good_packs();
    let mut random = Random(20_170_503);
    for _ in 0..2_000 {
        let mut bytes = packs[random.below(packs.len())].clone().into_bytes();
        for _ in 0..1 + random.below(8) {
            let at = random.below(bytes.len());
            match random.below(3) {
                0 => bytes[at] = random.below(256) as u8,
                1 => {
                    bytes.remove(at);
                }
                _ => bytes.insert(at, b"()<>=.,:+-*/%| \n\t#0123456789"[random.below(28)]),
            }
        }
        read(&String::from_utf8_lossy(&bytes));
    }
}

/// Knuth's linear congruential generator.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }
}

#[test]
fn symbols_of_any_width_may_stand_together() {
    for text in [
        "甲 <＝ 2．5",
        "甲 ＞= 2．",
        "２．５％",
        "1．",
        "甲 ！＝ 乙",
        "２０２０－０１－０１",
        "2020年１３月１日",
        "「",
        "“",
    ] {
        read(&format!("```兑现\n定义 丙 (c) = {text}\n```\n"));
    }
}

/// A hostile pack, read in bounded time by a thread with the stack that threads have.
fn withstands(name: &str, text: String) {
    let started = Instant::now();
    let reading = std::thread::spawn(move || read(&text));
    reading.join().unwrap_or_else(|_| panic!("{name} brought the reader down"));
    assert!(started.elapsed() < PATIENCE, "{name} took {:?}", started.elapsed());
}

const HEAD: &str = "## 一 奖励\n\n```兑现\n政策 某县办法 (county)\n  发布 2020年1月1日\n\n主体 单位 (enterprises)\n  信用代码 (code) 统一代码 主键\n  数 (number) 数目\n  额 (money_of) 金额\n  日 (day) 日期\n\n";

fn measure(lines: &str) -> String {
    format!("{HEAD}措施 甲 (a)\n  对象 每家 单位\n  基准日 日\n{lines}\n```\n")
}

#[test]
fn deep_nesting_is_withstood() {
    let deep = 64 * 1024;
    withstands("brackets", measure(&format!("  条件 {}数{}", "(".repeat(deep), ")".repeat(deep))));
    withstands("brackets never closed", measure(&format!("  条件 {}", "(".repeat(deep))));
    withstands("negations", measure(&format!("  条件 {}数 是 1", "非 ".repeat(deep))));
    withstands("shallow brackets", measure(&format!("  条件 {}数 是 1{}", "(".repeat(60), ")".repeat(60))));
    withstands("indentation", (0..2_000).map(|n| format!("{}甲\n", " ".repeat(n))).collect::<String>());
    let indented: String = (0..2_000).map(|n| format!("{}甲\n", " ".repeat(n))).collect();
    withstands("indented rules", format!("```兑现\n{indented}```\n"));
    withstands("quotations", "> ".repeat(20_000));
    withstands("lists", (0..2_000).map(|n| format!("{}- 甲\n", "  ".repeat(n))).collect::<String>());
}

#[test]
fn long_expressions_are_withstood() {
    withstands("a sum", measure(&format!("  支付 额{}", " + 额".repeat(190))));
    withstands("shares of shares", measure(&format!("  支付 额{}", " 的 1%".repeat(190))));
    withstands("years of years", measure(&format!("  条件 日{} 是 1", " 的 年份".repeat(190))));
    withstands("roundings", measure(&format!("  支付 额{}", " 舍去到 元".repeat(190))));
    let english = measure("  支付 额\n```\n\n```duixian\nmeasure b (乙)\n  for each party of enterprises\n");
    withstands(
        "shares in English",
        english.replace("```\n", &format!("  pays {}money_of\n```\n", "1% of ".repeat(190))),
    );
    withstands("a long line", measure(&format!("  条件 数 属于 {}", "1、".repeat(1_000_000))));
    withstands("a long word", measure(&format!("  条件 {}", "数".repeat(1_000_000))));
    withstands("a long figure", measure(&format!("  条件 数 是 {}", "1".repeat(1_000_000))));
    withstands("a long text", measure(&format!("  佐证 {}", "文".repeat(1_000_000))));
}

#[test]
fn definitions_that_double_are_withstood() {
    let mut text = String::from("定义 甲0 (d0) = 数 + 数\n");
    for n in 1..60 {
        text += &format!("定义 甲{n} (d{n}) = 甲{m} + 甲{m}\n", m = n - 1);
    }
    for last in [20, 30, 59] {
        withstands("doubling", measure(&format!("  条件 甲{last} 多于 1\n\n{text}")));
    }
    let long = " + 数".repeat(190);
    let mut chain = format!("定义 甲0 (d0) = 数{long}\n");
    for n in 1..30 {
        chain += &format!("定义 甲{n} (d{n}) = 甲{m}{long}\n", m = n - 1);
    }
    withstands("a chain of long definitions", measure(&format!("  条件 甲29 多于 1\n\n{chain}")));
    let lets: String = (1..60).map(|n| format!("  令 乙{n} (l{n}) = 乙{m} + 乙{m}\n", m = n - 1)).collect();
    withstands("doubling lets", measure(&format!("  令 乙0 (l0) = 数\n{lets}  条件 乙59 多于 1")));
}

#[test]
fn very_long_packs_are_withstood() {
    let lines = 100_000;
    withstands("blank lines", measure(&"\n".repeat(lines)));
    withstands("prose", "文字。\n".repeat(lines));
    withstands("headings", (0..lines).map(|n| format!("# {n} 标题\n\n")).collect::<String>());
    withstands("conditions", measure(&"  条件 数 多于 1\n".repeat(lines)));
    withstands("texts", measure(&"  佐证 3件材料 # 第 1 份\n".repeat(lines)));
    withstands("unreadable lines", measure(&"  胡说\n".repeat(lines)));
    withstands("unknown names", measure(&"  条件 没有的列 多于 1\n".repeat(lines)));
    let groups: String = (0..lines / 2).map(|n| format!("组 甲{n} (g{n}) = {n}\n\n")).collect();
    withstands("groups", measure(&format!("\n{groups}")));
    let measures: String =
        (0..lines / 5).map(|n| format!("措施 乙{n} (m{n})\n  对象 每家 单位\n  基准日 日\n  支付 1元\n\n")).collect();
    withstands("measures", measure(&format!("  支付 1元\n\n{measures}")));
    let rows = "| 1 | 应得 |\n".repeat(lines);
    withstands("examples", measure("  支付 1元") + &format!("\n示例：甲\n\n| 数 | 结果 |\n|---|---|\n{rows}"));
}
